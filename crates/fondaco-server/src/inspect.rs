//! Visits in which goods are looked at: booked for the holds of one or several agencies, one place in a
//! slot for all of them; and their results, put down at once or later from a device that was offline.

use fondaco::agency::Post;
use fondaco::consignment::{Event, Hold, HoldKind, State};
use fondaco::day::Day;
use fondaco::finding::Trilingual;
use fondaco::inspection::Outcome;
use fondaco::reference::{DecisionReason, Pack};
use fondaco::token::Token;
use fondaco_wire::receipt;
use fondaco_wire::report::Texts;
use fondaco_wire::wco::is_char;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::act;
use crate::house::{self, House, MOST_TRIES};
use crate::store::{
    self, ControlResult, Fault, Filing, Happened, No, Noted, Results, Slot, Wanted,
};
use crate::tasks::millis;

/// The formats of their messages in the store.
pub(crate) const BOOKING: &str = "inspection";
pub(crate) const RESULT: &str = "inspection-result";

/// How far ahead of the house's a device's clock may be, milliseconds.
const AHEAD: i64 = 5 * 60 * 1000;
/// Most controls in one message.
const MOST: usize = 100;

/// A hold, as messages name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlMessage {
    /// `documents`, `examination`, `query`, `delay` or `detention`.
    pub(crate) kind: String,
    /// Whose hold; empty is the customs administration.
    #[serde(default)]
    pub(crate) agency: String,
    /// Which of several of a kind.
    #[serde(default)]
    pub(crate) hold: String,
}

/// A visit to be booked, moved or given up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookingMessage {
    /// Who books.
    pub(crate) by: String,
    /// The post; empty gives up `replaces` and books nothing.
    #[serde(default)]
    pub(crate) post: String,
    /// When its slot begins, on the clock of the post: `YYYY-MM-DDTHH:MM`.
    #[serde(default)]
    pub(crate) slot: String,
    /// The holds it is for; none are all open ones of kind `examination`.
    #[serde(default)]
    pub(crate) controls: Vec<ControlMessage>,
    /// The visit that is given up for it.
    #[serde(default)]
    pub(crate) replaces: String,
}

/// What was found of one control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundMessage {
    /// The kind of the hold.
    pub(crate) kind: String,
    /// Whose hold; empty is the customs administration.
    #[serde(default)]
    pub(crate) agency: String,
    /// Which of several of a kind.
    #[serde(default)]
    pub(crate) hold: String,
    /// `pass`, `detain` or `refuse`.
    pub(crate) outcome: String,
    /// Why, of what is not `pass`: a code of `decision-reasons.csv`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) reason: String,
    /// Anything more, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    /// Item numbers it is about; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) items: Vec<u32>,
}

/// Results of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResultMessage {
    /// Who looked.
    pub(crate) by: String,
    /// The device's own id, at most 64 characters.
    pub(crate) device: String,
    /// The device's own number of this message; never used for another.
    pub(crate) sequence: u32,
    /// When it was made, by the device's clock, RFC 3339.
    pub(crate) made_at: String,
    /// What was found of each control.
    pub(crate) controls: Vec<FoundMessage>,
}

/// What became of a message about a visit.
#[derive(Clone, Debug)]
pub(crate) struct Visited {
    /// The message's id.
    pub(crate) id: String,
    /// The visit; empty where one was only given up.
    pub(crate) inspection: String,
    pub(crate) state: State,
    pub(crate) receipt: String,
    pub(crate) repeated: bool,
}

/// Why a visit is not booked or a result not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotVisited {
    /// There is no such declaration.
    #[error("there is no such declaration")]
    Unknown,
    /// The message says something there is not: which field.
    #[error("{0} is not what it may be")]
    Field(&'static str),
    /// The reason does not go with the outcome, or there is none: those that do.
    #[error("a reason is wanted")]
    Reason(Vec<Value>),
    /// The post has no such slot, on its clock.
    #[error("the post has no such slot")]
    NoSlot,
    /// The slot has begun.
    #[error("the slot is past")]
    Past,
    /// An agency does not look at goods there.
    #[error("the agency does not look at goods there")]
    NotServed,
    /// It cannot be.
    #[error("{0:?}")]
    No(No),
    /// The Idempotency-Key was used with other bytes.
    #[error("this Idempotency-Key was used for another message")]
    KeyUsed,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why, by its name on the wire and in words.
pub(crate) fn why(not: &NotVisited) -> (&'static str, Trilingual) {
    let (name, [en, zh, ru]) = match not {
        NotVisited::No(No::NotHeld) => (
            "not-held",
            ["There is no such open hold.", "没有该未解除的扣留。", "Такой открытой задержки нет."],
        ),
        NotVisited::No(No::Full) => (
            "full",
            [
                "The slot is full. Take another.",
                "该时段已满，请另选。",
                "Время занято. Выберите другое.",
            ],
        ),
        NotVisited::No(No::Already(_)) => {
            ("already", ["It is booked already.", "已预约。", "Уже записано."])
        }
        NotVisited::No(No::Elsewhere(..)) => (
            "elsewhere",
            [
                "The declaration has a visit already: join that one, or move it (replaces).",
                "该报关单已有查验预约：请加入该预约，或改期（replaces）。",
                "Досмотр по декларации уже назначен: присоединитесь к нему или перенесите его (replaces).",
            ],
        ),
        NotVisited::No(No::Visit) => (
            "no-such-visit",
            ["There is no such visit.", "没有该查验预约。", "Такого досмотра нет."],
        ),
        NotVisited::No(No::NotFor) => (
            "not-for-it",
            [
                "The visit is not for this control.",
                "该查验不包括此项监管。",
                "Этот досмотр не для этого контроля.",
            ],
        ),
        NotVisited::NoSlot => (
            "no-slot",
            [
                "The post has no slot that begins then.",
                "该查验点没有此时开始的时段。",
                "У поста нет времени с таким началом.",
            ],
        ),
        NotVisited::Past => {
            ("past", ["The slot has begun already.", "该时段已开始。", "Это время уже началось."])
        }
        NotVisited::NotServed => (
            "not-served",
            [
                "An agency does not look at goods at this post.",
                "有关部门不在该查验点查验。",
                "Ведомство не работает на этом посту.",
            ],
        ),
        _ => ("", ["", "", ""]),
    };
    (name, Trilingual { en: en.to_owned(), zh: zh.to_owned(), ru: ru.to_owned() })
}

/// A hold by the names a message has for it.
fn hold(kind: &str, agency: &str, reason: &str) -> Result<Hold, NotVisited> {
    let token = |text: &str| Token::new(text).map_err(|_| NotVisited::Field("controls"));
    let kind = HoldKind::named(kind).ok_or(NotVisited::Field("controls"))?;
    Ok(Hold { kind, agency: token(agency)?, reason: token(reason)? })
}

/// When a slot begins, in milliseconds since 1970.
fn begins(post: &Post, day: Day, minute: u16) -> i64 {
    let minutes = i64::from(day.number()) * 24 * 60 + i64::from(minute) - i64::from(post.ahead);
    minutes * 60_000
}

/// `YYYY-MM-DDTHH:MM` as a day and a minute of it.
fn slot(text: &str) -> Option<(Day, u16)> {
    let (day, clock) = text.split_once('T')?;
    let (hours, minutes) = clock.split_once(':').filter(|_| clock.len() == 5)?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let fits = hours < 24 && minutes < 60;
    Some((day.parse().ok().filter(|_| fits)?, hours * 60 + minutes))
}

impl BookingMessage {
    /// What is wanted of the writer; the holds of an empty list are `open`.
    fn wanted(&self, pack: &Pack, open: Vec<Hold>, at: i64) -> Result<Wanted, NotVisited> {
        if self.by.trim().is_empty() {
            return Err(NotVisited::Field("by"));
        }
        if self.controls.len() > MOST {
            return Err(NotVisited::Field("controls"));
        }
        let replaces = self.replaces.clone();
        if self.post.is_empty() {
            if replaces.is_empty() || !self.slot.is_empty() || !self.controls.is_empty() {
                return Err(NotVisited::Field("post"));
            }
            return Ok(Wanted { slot: None, holds: Vec::new(), replaces });
        }
        let (day, minute) = slot(&self.slot).ok_or(NotVisited::Field("slot"))?;
        let post = pack.agencies.post(&self.post, day).ok_or(NotVisited::Field("post"))?;
        if !post.has_slot(day, minute) {
            return Err(NotVisited::NoSlot);
        }
        if begins(post, day, minute) <= at {
            return Err(NotVisited::Past);
        }
        let named = self.controls.iter().map(|c| hold(&c.kind, &c.agency, &c.hold));
        let mut holds = named.collect::<Result<Vec<_>, _>>()?;
        if holds.is_empty() {
            holds = open;
            holds.retain(|h| h.kind == HoldKind::Examination && post.serves(h.agency));
        }
        // What is detained is let go by a decision, not by a look.
        if holds.iter().any(|h| h.kind == HoldKind::Detention) {
            return Err(NotVisited::Field("controls"));
        }
        if holds.is_empty() {
            return Err(NotVisited::No(No::NotHeld));
        }
        if !holds.iter().all(|h| post.serves(h.agency)) {
            return Err(NotVisited::NotServed);
        }
        let slot = Slot { post: self.post.clone(), day: day.to_string(), minute };
        Ok(Wanted { slot: Some((slot, post.capacity)), holds, replaces })
    }
}

impl FoundMessage {
    /// The hold, what was found, and the reason of what is not a pass.
    fn found<'p>(
        &self,
        pack: &'p Pack,
    ) -> Result<(Hold, Outcome, Option<&'p DecisionReason>), NotVisited> {
        let outcome = Outcome::named(&self.outcome).ok_or(NotVisited::Field("outcome"))?;
        let hold = hold(&self.kind, &self.agency, &self.hold)?;
        if !self.note.chars().all(is_char) {
            return Err(NotVisited::Field("note"));
        }
        let act = match outcome {
            Outcome::Pass => return Ok((hold, outcome, None)),
            Outcome::Detain => "hold detention",
            Outcome::Refuse => "refuse",
        };
        let fitting = || act::reasons_for(pack, act.to_owned());
        match fitting().find(|r| r.code == self.reason.as_str()) {
            Some(reason) => Ok((hold, outcome, Some(reason))),
            None => Err(NotVisited::Reason(fitting().map(act::offered).collect())),
        }
    }
}

/// The result by which goods were detained or refused. A detention is named after its own; of refusals it is
/// the how manyth of the message, of those results that were not late and did not detain instead.
pub(crate) fn came_of<'r>(
    results: &'r [ControlResult],
    log: &[Happened],
    happened: &Happened,
) -> Option<&'r ControlResult> {
    let with = |one: &Happened| one.filing == happened.filing;
    let holds = |came: &ControlResult, hold: Hold| came.found.hold(came.control.agency) == hold;
    let mut own = results.iter().enumerate().filter(|(_, came)| came.filing == happened.filing);
    let came = match happened.event {
        Event::Held(hold) => own.find(|(_, came)| holds(came, hold)),
        Event::Refused(refusal) => {
            let before = |one: &&Happened| {
                let of_agency =
                    matches!(one.event, Event::Refused(r) if r.agency == refusal.agency);
                of_agency && with(one) && one.cursor < happened.cursor
            };
            let refused = |(n, came): &(usize, &ControlResult)| {
                let detained = |one: &Happened| {
                    with(one) && matches!(one.event, Event::Held(hold) if holds(came, hold))
                };
                came.control.agency == refusal.agency
                    && came.found.outcome == Outcome::Refuse
                    && came.decides(results.get(..=*n).unwrap_or_default())
                    && !log.iter().any(detained)
            };
            own.filter(refused).nth(log.iter().filter(before).count())
        }
        _ => None,
    };
    came.map(|(_, came)| came)
}

impl House {
    /// What a message says of something that happened by it; see [`act::said_of`].
    pub(crate) fn said_of(&self, by: &Filing, happened: &Happened) -> Result<Value, Fault> {
        let decided = matches!(happened.event, Event::Held(_) | Event::Refused(_));
        if by.format != RESULT || !decided {
            return Ok(act::said_of(by, None));
        }
        let results = self.store.results_of(&happened.mrn)?;
        let log = self.store.events(&happened.mrn, 0, usize::MAX)?;
        let came = came_of(&results, &log, happened);
        Ok(act::said_of(by, came.map(|came| came.control)))
    }

    /// The filing of a message about a visit, with what the parties are told of it.
    fn visit_filing(
        &self,
        main: &Filing,
        what: Visit<'_>,
        opinion: &Value,
    ) -> Result<Filing, Fault> {
        let mut filing = Filing {
            about: main.mrn.clone(),
            declarant: what.by.to_owned(),
            kind: what.format.to_owned(),
            opinion: store::pack(opinion.to_string().as_bytes())?,
            ..house::sent(what.format, &self.pack().digest, what.bytes, what.key)?
        };
        filing.receipt = self.receipt(&filing, &main.mrn);
        Ok(filing)
    }

    fn numbered(&self, mrn: &str) -> Result<Filing, NotVisited> {
        let main = self.store.filing(mrn)?.filter(|f| f.mrn == mrn && !mrn.is_empty());
        main.ok_or(NotVisited::Unknown)
    }

    fn visited(&self, mrn: &str, noted: Noted, filing: Filing) -> Result<Visited, NotVisited> {
        match noted {
            Noted::Written(inspection) => {
                let state = self.state(mrn)?;
                let (id, receipt) = (filing.id, filing.receipt);
                Ok(Visited { id, inspection, state, receipt, repeated: false })
            }
            // The same bytes about another declaration are another message.
            Noted::Repeated(before) if before.about == mrn && before.format == filing.format => {
                let inspection = self.store.booking_by(&before.id)?;
                let (id, receipt) = (before.id, before.receipt);
                Ok(Visited { id, inspection, state: self.state(mrn)?, receipt, repeated: true })
            }
            Noted::Repeated(_) | Noted::KeyUsed => Err(NotVisited::KeyUsed),
            Noted::Moved => Err(house::too_many().into()),
            Noted::No(no) => Err(NotVisited::No(no)),
        }
    }

    /// Books a visit; waits until it is on the disk.
    pub(crate) async fn book(
        &self,
        mrn: &str,
        message: &BookingMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<Visited, NotVisited> {
        let main = self.numbered(mrn)?;
        let opinion = json!({ "inspection": message });
        let what = Visit { format: BOOKING, by: &message.by, bytes, key };
        let filing = self.visit_filing(&main, what, &opinion)?;
        // What was answered before is answered again, also when its slot is past by now.
        if let Some(before) = self.store.by_key(key)? {
            let noted = match before.digest == filing.digest {
                true => Noted::Repeated(Box::new(before)),
                false => Noted::KeyUsed,
            };
            return self.visited(mrn, noted, filing);
        }
        let open = self.store.life(mrn)?.0.open_holds().collect();
        let at = Timestamp::now().as_millisecond();
        let wanted = message.wanted(&self.pack(), open, at)?;
        let copy = filing.clone();
        let noted = self.store.written(move |writing| writing.book(&copy, &wanted)).await?;
        self.visited(mrn, noted, filing)
    }

    /// Puts down what was found in a visit; waits until it is on the disk.
    pub(crate) async fn found(
        &self,
        mrn: &str,
        inspection: &str,
        message: &ResultMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<Visited, NotVisited> {
        let main = self.numbered(mrn)?;
        let pack = self.pack();
        let is_name = |text: &str| !text.trim().is_empty() && text.len() <= 64;
        if message.by.trim().is_empty() {
            return Err(NotVisited::Field("by"));
        }
        if !is_name(&message.device) {
            return Err(NotVisited::Field("device"));
        }
        let made = millis(&message.made_at).ok_or(NotVisited::Field("made_at"))?;
        // What is made tomorrow would stand against all that is found today.
        if made > Timestamp::now().as_millisecond().saturating_add(AHEAD) {
            return Err(NotVisited::Field("made_at"));
        }
        if message.controls.is_empty() || message.controls.len() > MOST {
            return Err(NotVisited::Field("controls"));
        }
        let mut found: Vec<(Hold, Outcome)> = Vec::new();
        let mut controls = Vec::new();
        for one in &message.controls {
            let (hold, outcome, reason) = one.found(&pack)?;
            if found.iter().any(|(h, _)| *h == hold) {
                return Err(NotVisited::Field("controls"));
            }
            found.push((hold, outcome));
            controls.push(json!({
                "act": one,
                "text": reason.map(|r| Texts::from(&r.text)),
                "remedy": reason.map(|r| Texts::from(&r.remedy)),
            }));
        }
        let said = serde_json::to_vec(&(inspection, message)).unwrap_or_default();
        let mut results = Results {
            booking: inspection.to_owned(),
            device: message.device.clone(),
            sequence: i64::from(message.sequence),
            digest: receipt::digest(&said),
            made,
            found,
            off: Vec::new(),
            seen: 0,
        };
        let opinion = json!({
            "inspection": inspection,
            "device": message.device,
            "sequence": message.sequence,
            "made_at": message.made_at,
            "controls": controls,
        });
        let what = Visit { format: RESULT, by: &message.by, bytes, key };
        let filing = self.visit_filing(&main, what, &opinion)?;
        for _ in 0..MOST_TRIES {
            results.seen = self.store.life(mrn)?.1;
            results.off = self.off(&main)?;
            let (copy, results) = (filing.clone(), results.clone());
            let noted = self.store.written(move |w| w.results(&copy, &results)).await?;
            if !matches!(noted, Noted::Moved) {
                return self.visited(mrn, noted, filing);
            }
        }
        Err(house::too_many().into())
    }
}

/// What a filing about a visit is made of.
struct Visit<'a> {
    format: &'static str,
    by: &'a str,
    bytes: &'a [u8],
    key: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_read_and_begins_on_the_clock_of_its_post() {
        let check = |text: &str, wanted: Option<(&str, u16)>| {
            let got = slot(text);
            let got = got.map(|(day, minute)| (day.to_string(), minute));
            assert_eq!(got, wanted.map(|(day, minute)| (day.to_owned(), minute)), "{text}");
        };
        check("2026-12-01T09:30", Some(("2026-12-01", 570)));
        check("2026-12-01T24:00", None);
        check("2026-12-01T9:30", None);
        check("2026-12-01T09:60", None);
        check("2026-12-01 09:30", None);
        check("2026-02-30T09:30", None);
        check("", None);
        let mut post = Post {
            id: Token::lossy("quay"),
            name: Trilingual { en: String::new(), zh: String::new(), ru: String::new() },
            ahead: 8 * 60,
            days: [true; 7],
            opens: 0,
            closes: 24 * 60,
            slot: 30,
            capacity: 1,
            agencies: Vec::new(),
            validity: fondaco::day::Validity::ALWAYS,
        };
        let day: Day = "2026-12-01".parse().unwrap();
        assert_eq!(Some(begins(&post, day, 30)), millis("2026-11-30T16:30:00Z"));
        post.ahead = -210;
        assert_eq!(Some(begins(&post, day, 0)), millis("2026-12-01T03:30:00Z"));
    }
}
