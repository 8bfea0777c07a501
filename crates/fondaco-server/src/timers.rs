//! Times that are up: what did not come is an event, lodged by the house as a message of its own.
//!
//! A sweep takes the time as an argument. It looks at what became due since the last one, asks the core
//! what that means of where the declaration stands, and lodges it; in the writer it is asked again. A
//! sweep that is repeated, or made by two at once, does nothing twice.

use std::sync::Weak;
use std::sync::mpsc;
use std::time::Duration;

use fondaco::agency::{Agency, Awaited, Silence};
use fondaco::consignment::{About, Event, Hold, Life, agency_silent, time_up};
use fondaco::day::{Day, Validity};
use fondaco::finding::Trilingual;
use fondaco::reference::Pack;
use fondaco_wire::report::Texts;
use jiff::Timestamp;
use serde_json::json;

use crate::house::{self, House};
use crate::store::{self, Fault, Filing, Timer};
use crate::tasks::AGENCY;

/// The format of a time that is up in the store.
pub(crate) const FORMAT: &str = "timer";
/// Who lodges it.
pub(crate) const HOUSE: &str = "house";
/// How often it is looked whether a time is up.
const EVERY: Duration = Duration::from_secs(1);
/// Messages handed to the writer before they are waited for.
const AT_ONCE: usize = 256;

/// What a timer waits for, as its row in force then says.
#[derive(Clone, Copy, Debug)]
enum Waits {
    For(Awaited, About),
    Agency(Hold, Silence),
}

impl Waits {
    fn happens(self, life: &Life) -> Vec<Event> {
        match self {
            Self::For(awaits, about) => time_up(awaits, about, life),
            Self::Agency(hold, silence) => agency_silent(hold, silence, life),
        }
    }
}

/// What is said of an agency that did not speak, and what can be done.
fn silent() -> [Trilingual; 2] {
    let said = |[en, zh, ru]: [&str; 3]| Trilingual {
        en: en.to_owned(),
        zh: zh.to_owned(),
        ru: ru.to_owned(),
    };
    [
        said([
            "The agency did not speak in its time.",
            "主管部门未在时限内答复。",
            "Ведомство не ответило в срок.",
        ]),
        said(["Nothing is wanted of you.", "无需您采取行动。", "От вас ничего не требуется."]),
    ]
}

impl House {
    /// Looks at every time that is up by `now` and was not before; how many meant something. Waits until
    /// that is on the disk. Not to be called where waiting is not allowed.
    ///
    /// # Errors
    /// [`Fault`]; what was lodged before stays so, the rest is looked at again by the next sweep.
    pub(crate) fn sweep(&self, now: Timestamp) -> Result<usize, Fault> {
        while let Some((from, to, steps)) = self.unfollowed()? {
            self.store.written_here(move |writing| writing.follow(from, to, &steps))?;
        }
        let due = self.store.due(now.as_millisecond())?;
        if due.timers.is_empty() {
            return Ok(0);
        }
        let pack = self.pack();
        let mut meant = 0;
        for some in due.timers.chunks(AT_ONCE) {
            let (sender, receiver) = mpsc::channel();
            for timer in some {
                let waits = waits(timer, &pack);
                // Most of what was waited for has come: nothing is made of that.
                let Some(waits) = waits else { continue };
                let (life, _) = self.store.life(&timer.mrn)?;
                if waits.happens(&life).is_empty() || self.began_anew(timer, waits, &life)? {
                    continue;
                }
                let filing = self.time_up(timer, &pack, now)?;
                let sender = sender.clone();
                self.store.write(
                    move |writing| writing.time_up(&filing, |life| waits.happens(life)),
                    move |result| {
                        sender.send(result).ok();
                    },
                );
            }
            drop(sender);
            for result in receiver {
                meant += usize::from(result?);
            }
        }
        self.store.written_here(move |writing| writing.swept(due.until, due.seen))?;
        Ok(meant)
    }

    /// Whether the clock of an agency began anew since: where its refusal was overturned.
    fn began_anew(&self, timer: &Timer, waits: Waits, life: &Life) -> Result<bool, Fault> {
        let Waits::Agency(hold, _) = waits else { return Ok(false) };
        // Whatever its hours are by now, the last clock counts.
        Ok(life.refusal(hold.agency) == Some(true) && self.store.is_set_anew(timer)?)
    }

    /// The message that a time is up.
    fn time_up(&self, timer: &Timer, pack: &Pack, now: Timestamp) -> Result<Filing, Fault> {
        let begun = |hours, validity: &Validity| {
            day_begun(timer, hours).is_some_and(|day| validity.covers(day))
        };
        let limits = &pack.agencies.limits;
        let limit = limits.iter().find(|l| l.id == *timer.row && begun(l.hours, &l.validity));
        let of_agency = agency_row(timer, pack);
        let basis = limit.map(|l| l.basis.as_str()).or(of_agency.map(|a| a.basis.as_str()));
        let [text, remedy] = match limit {
            Some(limit) => [limit.text.clone(), limit.remedy.clone()],
            None => silent(),
        };
        let hold = timer.hold.parse::<Hold>().ok();
        let due = Timestamp::from_millisecond(timer.due).map(|t| format!("{t:.3}"));
        let said = json!({
            "awaits": timer.awaits,
            "hold": if hold.is_some() { timer.hold.as_str() } else { "" },
            "debt": timer.hold.parse::<u32>().ok(),
            "due": due.unwrap_or_default(),
            "reason": timer.row,
            "basis": basis.unwrap_or_default(),
        });
        let opinion = json!({
            "act": said,
            "text": Texts::from(&text),
            "remedy": Texts::from(&remedy),
        });
        let bytes = said.to_string();
        // No caller's key has a character that is not visible.
        let key = format!("{FORMAT}\u{1f}{}", timer.seq);
        let mut filing = Filing {
            about: timer.mrn.clone(),
            declarant: HOUSE.to_owned(),
            kind: timer.awaits.clone(),
            at: format!("{now:.3}"),
            opinion: store::pack(opinion.to_string().as_bytes())?,
            ..house::sent(FORMAT, &pack.digest, bytes.as_bytes(), &key)?
        };
        filing.receipt = self.receipt(&filing, &timer.mrn);
        Ok(filing)
    }
}

/// The day, UTC, on which the clock of a timer began that runs so many hours.
fn day_begun(timer: &Timer, hours: u32) -> Option<Day> {
    let begun = timer.due.checked_sub(i64::from(hours) * 3_600_000)?;
    Day::from_number(i32::try_from(begun.div_euclid(86_400_000)).ok()?).ok()
}

/// The row of an agency that was in force when the clock of a timer began.
fn agency_row<'p>(timer: &Timer, pack: &'p Pack) -> Option<&'p Agency> {
    let in_force = |a: &&Agency| {
        let day = a.hours.and_then(|hours| day_begun(timer, hours));
        a.id == *timer.row && day.is_some_and(|day| a.validity.covers(day))
    };
    pack.agencies.all.iter().find(in_force)
}

/// What a timer waits for; `None` where this program does not know it.
fn waits(timer: &Timer, pack: &Pack) -> Option<Waits> {
    let hold = timer.hold.parse::<Hold>().ok();
    if timer.awaits == AGENCY {
        let hold = hold?;
        // A row that was taken back, or is shown only by now, means nothing.
        let row = agency_row(timer, pack).filter(|row| !row.illustrative);
        return Some(Waits::Agency(hold, row.map(|row| row.silence).unwrap_or_default()));
    }
    let debt = timer.hold.parse().ok().map(About::Debt);
    let about = hold.map(About::Hold).or(debt).unwrap_or(About::Nothing);
    Some(Waits::For(Awaited::named(&timer.awaits)?, about))
}

/// Looks every second whether a time is up; ends with the house.
pub(crate) fn watch(house: &Weak<House>) {
    let mut complained = String::new();
    while let Some(house) = house.upgrade() {
        match house.sweep(Timestamp::now()) {
            Ok(_) => complained.clear(),
            Err(Fault::Stopped) => return,
            Err(fault) => {
                let said = fault.to_string();
                if said != complained {
                    eprintln!("fondaco: times that are up could not be looked at: {said}");
                    complained = said;
                }
            }
        }
        drop(house);
        std::thread::sleep(EVERY);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fondaco::consignment::State;

    use super::*;
    use crate::act::ActMessage;
    use crate::http::notifications::functions_told;
    use crate::store::Sync;

    const AGENCIES: &str = "\
id,name_en,name_zh,name_ru,format,hours,silence,basis,illustrative,from,until
plant-health,P,P,P,json,24,escalate,\"phr-2020, a test\",,,
port-health,P,P,P,json,72,release,\"phr-2020, a test\",,,
";
    const LIMITS: &str = "\
id,awaits,direction,hours,text_en,text_zh,text_ru,remedy_en,remedy_zh,remedy_ru,basis,illustrative,from,until
a30,arrival,,720,Late <30>.,Z,R,Again.,Z,R,\"tcta-2018, a test\",,,
e90,exit,export,2160,No proof.,Z,R,Show it.,Z,R,\"tcta-2018, a test\",,,
d150,departure,export,3600,Not gone.,Z,R,Anew.,Z,R,\"tcta-2018, a test\",,,
p10,payment,,240,Owed.,Z,R,Pay.,Z,R,\"tcta-2018, a test\",,,
p20,payment,,480,Owed still.,Z,R,Pay.,Z,R,\"tcta-2018, a test\",,,
d5,documents,,120,No documents.,Z,R,Show them.,Z,R,\"tcta-2018, a test\",,,
i1,arrival,,1,Never applied.,Z,R,Z,Z,R,none,yes,,
";

    struct Stage {
        house: House,
        runtime: tokio::runtime::Runtime,
        keys: std::cell::Cell<u32>,
        begun: Timestamp,
    }

    impl Stage {
        fn new(dir: &Path) -> Self {
            std::fs::create_dir_all(dir.join("pack")).unwrap();
            std::fs::write(dir.join("pack/agencies.csv"), AGENCIES).unwrap();
            std::fs::write(dir.join("pack/time-limits.csv"), LIMITS).unwrap();
            let house = House::open(dir, "gb", true, Sync::Off).unwrap();
            let runtime = tokio::runtime::Runtime::new().unwrap();
            Self { house, runtime, keys: std::cell::Cell::new(0), begun: Timestamp::now() }
        }

        fn key(&self) -> String {
            self.keys.set(self.keys.get() + 1);
            format!("k{}", self.keys.get())
        }

        fn file(&self, name: &str) -> String {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/");
            let text = std::fs::read_to_string(format!("{path}{name}")).unwrap();
            let own = text.split("<FunctionalReferenceID>").nth(1).unwrap();
            let text = text.replace(own.split('<').next().unwrap(), &self.key());
            let format = fondaco_wire::format_of("application/xml").unwrap();
            let key = self.key();
            let filed = self.house.file(format, text.as_bytes(), &key, None);
            let answer = self.runtime.block_on(filed).unwrap();
            assert_eq!(answer.outcome, "accepted");
            answer.mrn
        }

        fn act(&self, mrn: &str, act: &str, hold: Hold) {
            let message = ActMessage {
                act: act.to_owned(),
                by: "o".to_owned(),
                kind: hold.kind.name().to_owned(),
                agency: hold.agency.to_string(),
                hold: hold.reason.to_string(),
                reason: if act == "hold" { "question".to_owned() } else { String::new() },
                ..ActMessage::default()
            };
            let bytes = serde_json::to_vec(&message).unwrap();
            let key = self.key();
            self.runtime.block_on(self.house.act(mrn, &message, &bytes, &key)).unwrap();
        }

        /// Lifts what is open, but for holds of an agency.
        fn lift(&self, mrn: &str, but: &str) {
            let life = self.house.store.life(mrn).unwrap().0;
            for hold in life.open_holds().filter(|h| but.is_empty() || h.agency != but) {
                self.act(mrn, "lift", hold);
            }
        }

        /// A sweep at so many hours after the beginning; how many times that were up meant something.
        fn at(&self, hours: i64) -> usize {
            let now = self.begun + jiff::SignedDuration::from_hours(hours);
            self.house.sweep(now).unwrap()
        }

        fn state(&self, mrn: &str) -> State {
            self.house.state(mrn).unwrap()
        }

        fn told(&self, mrn: &str) -> Vec<String> {
            let told = functions_told(&self.house, mrn).unwrap();
            told.into_iter().map(|(function, _)| function).collect()
        }

        /// A message by which something happens, so many hours after the beginning.
        fn say(&self, mrn: &str, hours: i64, events: &[Event]) {
            let at = self.begun + jiff::SignedDuration::from_hours(hours);
            let filing = Filing {
                about: mrn.to_owned(),
                opinion: store::pack(b"{}").unwrap(),
                at: format!("{at:.3}"),
                ..house::sent(crate::act::FORMAT, "", b"{}", &self.key()).unwrap()
            };
            let events = events.to_vec();
            let written = move |w: &store::Writing<'_>| w.time_up(&filing, |_| events);
            assert!(self.house.store.written_here(written).unwrap());
        }

        fn count(&self, mrn: &str, event: &str) -> usize {
            let all = self.house.store.events(mrn, 0, 1000).unwrap();
            all.iter().filter(|h| h.event.name() == event).count()
        }
    }

    #[test]
    fn goods_that_do_not_come_in_time_expire_once_and_those_that_came_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let late = stage.file("035-prelodged.xml");
        let other = stage.file("035-prelodged.xml");
        assert_eq!(stage.state(&late), State::PreLodged);
        let arrival = format!(
            "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"><FunctionCode>13</FunctionCode>\
             <FunctionalReferenceID>ARRIVES</FunctionalReferenceID><ID>{other}</ID>\
             <TypeCode>GPR</TypeCode></Declaration>"
        );
        let format = fondaco_wire::format_of("application/xml").unwrap();
        let came = stage.house.file(format, arrival.as_bytes(), "arrives", None);
        assert_eq!(stage.runtime.block_on(came).unwrap().outcome, "accepted");
        // What the other owes and has to show is told meanwhile.
        stage.at(719);
        assert_eq!(stage.state(&late), State::PreLodged);
        assert_eq!(stage.at(721), 1);
        assert_eq!(stage.state(&late), State::Expired);
        assert_ne!(stage.state(&other), State::Expired);
        assert_eq!(stage.told(&late).last().map(String::as_str), Some("03"));
        // Again, later, and with a clock that was set back: nothing more.
        for hours in [721, 722, 10_000, 0, 10_000] {
            stage.at(hours);
        }
        assert_eq!(stage.count(&late, "expired"), 1);
        // The message of the house has a receipt, and says which row set the time, and what to do.
        let about = stage.house.store.about(&late).unwrap();
        let timer = about.iter().find(|f| f.format == FORMAT).unwrap();
        assert_eq!((&*timer.declarant, timer.receipt.is_empty()), (HOUSE, false));
        let said: serde_json::Value = serde_json::from_slice(&timer.opinion).unwrap();
        assert_eq!(
            (&said["act"]["reason"], &said["text"]["en"]),
            (&"a30".into(), &"Late <30>.".into())
        );
        let replayed = crate::replay::replay(dir.path(), &stage.house.store, timer).unwrap();
        assert_eq!(replayed, timer.opinion);
    }

    #[test]
    fn an_agency_that_is_silent_lets_go_or_leaves_it_to_customs_as_its_row_says() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let lamb = stage.file("014-lamb-gateway.xml");
        let bare = stage.file("015-beef-bare.xml");
        let timber = stage.file("029-timber-immingham.xml");
        let refused = stage.file("014-lamb-gateway.xml");
        for mrn in [&lamb, &bare] {
            stage.lift(mrn, "port-health");
        }
        stage.lift(&timber, "plant-health");
        let refusal = ActMessage {
            act: "refuse".to_owned(),
            by: "v".to_owned(),
            agency: "port-health".to_owned(),
            reason: "sanitary".to_owned(),
            ..ActMessage::default()
        };
        let bytes = serde_json::to_vec(&refusal).unwrap();
        stage.runtime.block_on(stage.house.act(&refused, &refusal, &bytes, "refuse")).unwrap();
        assert_eq!(stage.state(&lamb), State::AwaitingAgency);
        stage.at(23);
        assert_eq!(stage.count(&timber, "hold-overdue"), 0);
        stage.at(25);
        // Its hold stays, and the task is customs' too.
        assert_eq!(
            (stage.count(&timber, "hold-overdue"), stage.state(&timber)),
            (1, State::AwaitingAgency)
        );
        stage.runtime.block_on(stage.house.follow()).unwrap();
        let task = stage.house.store.tasks("", (i64::MIN, 0), 10).unwrap().remove(0);
        assert_eq!(
            (&*task.mrn, task.items, task.hold.agency.as_str()),
            (&*timber, vec![1], "plant-health")
        );
        assert_eq!(stage.count(&lamb, "hold-overdue"), 0);
        stage.at(73);
        assert_eq!(
            (stage.count(&lamb, "hold-overdue"), stage.count(&lamb, "hold-lifted") > 0),
            (1, true)
        );
        assert_ne!(stage.state(&lamb), State::AwaitingAgency);
        // Where the trader is waited for, silence of the agency lets nothing go; an agency that refused has
        // spoken.
        assert_eq!(stage.count(&bare, "hold-overdue"), 0);
        assert_eq!(
            (stage.count(&refused, "hold-overdue"), stage.state(&refused)),
            (0, State::Refused)
        );
        stage.at(10_000);
        assert_eq!(
            (stage.count(&bare, "hold-overdue"), stage.state(&bare)),
            (1, State::UnderDocumentaryCheck)
        );
        stage.act(&timber, "lift", task.hold);
        stage.runtime.block_on(stage.house.follow()).unwrap();
        let customs = stage.house.store.tasks("", (i64::MIN, 0), 10).unwrap();
        assert!(customs.iter().all(|t| t.mrn != timber), "{customs:?}");
    }

    #[test]
    fn exit_departure_debts_and_documents_have_their_times() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let left = stage.file("043-machine-licence.xml");
        let stays = stage.file("043-machine-licence.xml");
        let held = stage.file("043-machine-licence.xml");
        let owes = stage.file("001-phones-felixstowe.xml");
        let kind = fondaco::consignment::HoldKind::Query;
        let query = Hold { reason: fondaco::token::Token::lossy("q"), ..Hold::of_customs(kind) };
        stage.act(&held, "hold", query);
        for mrn in [&left, &stays, &owes] {
            stage.lift(mrn, "");
        }
        stage.act(&left, "depart", query);
        assert_eq!((stage.state(&left), stage.state(&stays)), (State::Exited, State::Cleared));
        assert_eq!(stage.state(&owes), State::AwaitingPayment);
        stage.at(121);
        assert_eq!(
            stage.count(&held, "hold-overdue"),
            1 + usize::from(stage.count(&held, "documents-wanted") > 0)
        );
        stage.at(241);
        assert_eq!(stage.count(&owes, "payment-reminded"), 1);
        stage.at(481);
        assert_eq!(stage.count(&owes, "payment-reminded"), 2);
        assert_eq!(stage.told(&owes).iter().filter(|f| *f == "15").count(), 2);
        stage.at(2161);
        assert_eq!((stage.state(&stays), stage.state(&left)), (State::AwaitingExit, State::Exited));
        stage.at(3601);
        assert_eq!((stage.state(&stays), stage.state(&left)), (State::NotDeparted, State::Exited));
        assert_ne!(stage.state(&held), State::NotDeparted);
        let told = stage.told(&stays);
        assert_eq!(told[told.len() - 2..], ["18", "10"], "{told:?}");
    }

    #[test]
    fn goods_held_when_their_time_is_up_are_looked_at_again_once_they_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let kind = fondaco::consignment::HoldKind::Query;
        let query = Hold { reason: fondaco::token::Token::lossy("q"), ..Hold::of_customs(kind) };
        let [soon, late, gone] = [(); 3].map(|()| {
            let mrn = stage.file("043-machine-licence.xml");
            stage.lift(&mrn, "");
            stage.act(&mrn, "hold", query);
            assert_eq!(stage.state(&mrn), State::Recalled);
            mrn
        });
        stage.at(2161);
        assert_eq!(stage.state(&soon), State::Recalled);
        stage.act(&soon, "lift", query);
        assert_eq!(stage.state(&soon), State::Cleared);
        stage.act(&gone, "lift", query);
        stage.act(&gone, "depart", query);
        // The time was up: it is not waited for once more.
        stage.at(2162);
        assert_eq!(stage.state(&soon), State::AwaitingExit);
        assert_eq!((stage.state(&late), stage.state(&gone)), (State::Recalled, State::Exited));
        stage.at(3601);
        assert_eq!((stage.state(&soon), stage.state(&late)), (State::NotDeparted, State::Recalled));
        stage.act(&late, "lift", query);
        stage.at(3602);
        assert_eq!(stage.state(&late), State::NotDeparted);
        stage.at(10_000);
        for mrn in [&soon, &late] {
            let said = ["exit-unproved", "not-departed"].map(|event| stage.count(mrn, event));
            assert_eq!(said, [1, 1]);
        }
        assert_eq!(stage.count(&gone, "exit-unproved"), 0);
    }

    #[test]
    fn the_clock_of_a_debt_that_was_paid_reminds_of_no_later_one() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let mrn = stage.file("001-phones-felixstowe.xml");
        stage.lift(&mrn, "");
        stage.at(1);
        stage.say(&mrn, 0, &[Event::Settled(1), Event::PaymentWanted(2)]);
        assert_eq!(stage.state(&mrn), State::AwaitingPayment);
        // Both clocks are up; only the second debt is owed.
        stage.at(241);
        assert_eq!(stage.count(&mrn, "payment-reminded"), 1);
        stage.at(481);
        assert_eq!(stage.count(&mrn, "payment-reminded"), 2);
    }

    #[test]
    fn goods_that_owed_nothing_until_an_amendment_are_looked_at_again_once_that_is_paid() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        // An export of which nothing was computed.
        let mrn = "26GBZ0000000000099".to_owned();
        let filing = Filing {
            mrn: mrn.clone(),
            lrn: "BARE".to_owned(),
            kind: "EXA".to_owned(),
            opinion: store::pack(b"{}").unwrap(),
            at: house::now(),
            ..house::sent("xml", "", b"bare", "bare").unwrap()
        };
        let events = vec![Event::Accepted];
        let lodge = crate::store::Lodge { filing, events, ..crate::store::Lodge::default() };
        stage.runtime.block_on(stage.house.lodge(lodge)).unwrap();
        assert_eq!((stage.state(&mrn), stage.count(&mrn, "debt-settled")), (State::Cleared, 0));
        stage.say(&mrn, 1, &[Event::PaymentWanted(1)]);
        assert_eq!(stage.state(&mrn), State::AwaitingPayment);
        stage.at(2161);
        assert_eq!(stage.count(&mrn, "exit-unproved"), 0);
        stage.say(&mrn, 2161, &[Event::Settled(1)]);
        stage.at(2162);
        assert_eq!(stage.state(&mrn), State::AwaitingExit);
    }

    #[test]
    fn an_agency_whose_refusal_was_overturned_has_its_time_anew_and_no_earlier_one() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let mrn = stage.file("014-lamb-gateway.xml");
        stage.lift(&mrn, "port-health");
        let agency = fondaco::token::Token::lossy("port-health");
        let refusal = fondaco::consignment::Refusal::first(agency);
        stage.say(&mrn, 49, &[Event::Refused(refusal)]);
        stage.say(&mrn, 50, &[Event::Overturned(refusal)]);
        assert_eq!(stage.state(&mrn), State::AwaitingAgency);
        // Its first 72 hours are over; those since are not.
        stage.at(73);
        stage.at(121);
        assert_eq!(
            (stage.count(&mrn, "hold-overdue"), stage.state(&mrn)),
            (0, State::AwaitingAgency)
        );
        stage.at(123);
        assert_eq!(stage.count(&mrn, "hold-overdue"), 1);
        assert_ne!(stage.state(&mrn), State::AwaitingAgency);
    }

    #[test]
    fn many_sweeps_at_once_and_a_sweep_that_was_not_put_down_do_each_thing_once() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::new(dir.path());
        let mrns: Vec<String> = (0..40).map(|_| stage.file("035-prelodged.xml")).collect();
        let house = &stage.house;
        let now = stage.begun + jiff::SignedDuration::from_hours(800);
        let meant: usize = std::thread::scope(|scope| {
            let all: Vec<_> =
                (0..8).map(|_| scope.spawn(move || house.sweep(now).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(meant, 40);
        for mrn in &mrns {
            assert_eq!((stage.count(mrn, "expired"), stage.state(mrn)), (1, State::Expired));
        }
        // Killed before it was put down that they were looked at: they are looked at again.
        house.store.written_here(|writing| writing.swept(0, 0)).unwrap();
        assert_eq!(house.sweep(now).unwrap(), 0);
        assert!(mrns.iter().all(|mrn| stage.count(mrn, "expired") == 1));
    }
}
