//! What agencies and the customs administration have to decide: the log of events followed, so that every
//! hold is a task of whose it is, with its items and the time it has; and decisions on single items.

use fondaco::agency::Awaited;
use fondaco::consignment::{self, Act, Event, Hold, HoldKind};
use fondaco::day::Day;
use fondaco::measure::Direction;
use fondaco::reference::Pack;
use fondaco::requirement::Settlement;
use fondaco::token::Token;
use jiff::Timestamp;
use serde_json::Value;

use crate::act::{self, ActMessage, Refused};
use crate::house::House;
use crate::store::{Fault, Filing, Happened, NEVER, Part, Step, Task, Timer, key};

/// Most events followed in one go.
const STRETCH: usize = 1_000;

/// The awaited word of an agency, where a timer says what it waits for.
pub(crate) const AGENCY: &str = "agency";

/// The holds of the agencies that have to decide, by what an opinion says of requirements: id and status
/// of each. One agency decides once about one requirement, on all the items it is about.
pub(crate) fn holds<'r>(
    pack: &Pack,
    requirements: impl Iterator<Item = (&'r str, &'r str)>,
) -> Vec<Hold> {
    let mut holds: Vec<Hold> = Vec::new();
    for (id, status) in requirements {
        let rule = pack.requirements.all().iter().find(|r| r.id == id && !r.illustrative);
        let Some((rule, decides)) = rule.and_then(|r| Some((r, r.decides?))) else { continue };
        // Of what could not be told, a document that could settle it is asked for: an agency's silence
        // releases only what waits for nothing but its word.
        let untold = status == Settlement::Unknown.name() && !rule.documents.is_empty();
        let shown = status != Settlement::Missing.name() && !untold;
        let hold = consignment::task(&decides, id, shown);
        match holds.iter_mut().find(|h| (h.agency, h.reason) == (hold.agency, hold.reason)) {
            Some(held) => held.kind = held.kind.max(hold.kind),
            None => holds.push(hold),
        }
    }
    holds
}

/// The same, of an opinion as it is stored.
pub(crate) fn holds_of(pack: &Pack, opinion: &Value) -> Vec<Hold> {
    let all = opinion["requirements"].as_array().into_iter().flatten();
    holds(pack, all.filter_map(|r| Some((r["id"].as_str()?, r["status"].as_str()?))))
}

/// The items a hold is about, by the message it came with: those the act names, or those of which the
/// opinion says that its requirement is about them.
pub(crate) fn items_of(hold: &Hold, by: &Filing) -> Vec<u32> {
    items_in(hold, by, &act::said_of(by, None))
}

/// The same, by what the message says of it.
fn items_in(hold: &Hold, by: &Filing, opinion: &Value) -> Vec<u32> {
    let number = |n: &Value| n.as_u64().and_then(|n| u32::try_from(n).ok());
    if act::is_said(by) && opinion["act"].is_object() {
        return opinion["act"]["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(number)
            .collect();
    }
    asked_of(hold, opinion)
}

/// The items of which an opinion says that the requirement of a hold is about them.
pub(crate) fn asked_of(hold: &Hold, opinion: &Value) -> Vec<u32> {
    let number = |n: &Value| n.as_u64().and_then(|n| u32::try_from(n).ok());
    let wanted = consignment::requirement_of(hold);
    let all = opinion["requirements"].as_array().into_iter().flatten();
    let mut items: Vec<u32> =
        all.filter(|r| r["id"] == wanted).filter_map(|r| number(&r["item"])).collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The day of a time, UTC: rows of the pack are asked for by it.
fn day_of(at: &str) -> Option<Day> {
    at.get(..10)?.parse().ok()
}

/// Which way goods of this type of declaration go.
fn direction(pack: &Pack, kind: &str) -> Option<Direction> {
    pack.profile.type_of(kind).map(|t| t.direction)
}

/// What is looked at to tell what an event means.
struct Following<'h> {
    house: &'h House,
    pack: &'h Pack,
}

impl Following<'_> {
    /// Clocks of the pack for what is waited for from an event on, about a hold or a debt.
    fn clocks(&self, h: &Happened, awaits: Awaited, about: &str) -> Result<Vec<Step>, Fault> {
        let agencies = &self.pack.agencies;
        if !agencies.limits.iter().any(|l| l.awaits == awaits && !l.illustrative) {
            return Ok(Vec::new());
        }
        let (Some(day), Some(at)) = (day_of(&h.at), millis(&h.at)) else { return Ok(Vec::new()) };
        let kind = self.house.store.kind(&h.mrn)?;
        let rows = agencies.limits_on(awaits, direction(self.pack, &kind), day);
        let timer = |due, row: &str| {
            let (mrn, row) = (h.mrn.clone(), row.to_owned());
            let awaits = awaits.name().to_owned();
            Step::Timer(Timer { seq: 0, due, mrn, awaits, hold: about.to_owned(), row })
        };
        Ok(rows.map(|l| timer(after(at, l.hours), &l.id)).collect())
    }

    /// What a hold means: a task of its agency, with the time that agency or the trader has.
    fn held(&self, h: &Happened, hold: Hold) -> Result<Vec<Step>, Fault> {
        // The trader is waited for where documents or an answer are wanted.
        let mut steps = match hold.kind {
            HoldKind::Documents | HoldKind::Query => {
                self.clocks(h, Awaited::Documents, &key(&hold))?
            }
            HoldKind::Delay | HoldKind::Examination | HoldKind::Detention => Vec::new(),
        };
        let row = day_of(&h.at).and_then(|day| self.pack.agencies.agency(&hold.agency, day));
        let speaks = matches!(hold.kind, HoldKind::Delay | HoldKind::Examination);
        let hours = row.filter(|_| speaks).and_then(|row| row.hours);
        let due = hours.zip(millis(&h.at)).map_or(NEVER, |(hours, at)| after(at, hours));
        let by = self.house.store.filing(&h.filing)?;
        let items = by.map(|by| self.house.said_of(&by, h).map(|said| items_in(&hold, &by, &said)));
        steps.push(Step::Task(Task {
            seq: 0,
            event: h.cursor,
            mrn: h.mrn.clone(),
            agency: hold.agency.to_string(),
            hold,
            items: items.transpose()?.unwrap_or_default(),
            since: h.at.clone(),
            due,
        }));
        // What has no source is shown and starts no clock.
        if due != NEVER && row.is_some_and(|row| !row.illustrative) {
            let (mrn, row) = (h.mrn.clone(), hold.agency.to_string());
            let awaits = AGENCY.to_owned();
            steps.push(Step::Timer(Timer { seq: 0, due, mrn, awaits, hold: key(&hold), row }));
        }
        Ok(steps)
    }

    /// The clocks for the leaving of goods that were up while the goods were held, once more: whether it
    /// still is waited for is asked again now that they are not.
    fn looked_at_in_vain(&self, h: &Happened) -> Result<Vec<Step>, Fault> {
        let limits = &self.pack.agencies.limits;
        let leaving = [Awaited::Exit, Awaited::Departure];
        if !limits.iter().any(|l| leaving.contains(&l.awaits) && !l.illustrative) {
            return Ok(Vec::new());
        }
        let log = self.house.store.events(&h.mrn, 0, usize::MAX)?;
        let moved = |one: &&Happened| matches!(one.event, Event::Released | Event::Cleared);
        let Some(moved) = log.iter().filter(|one| one.cursor < h.cursor).find(moved) else {
            return Ok(Vec::new());
        };
        // What is looked at while this is followed was not yet told to be.
        let now = Timestamp::now().as_millisecond();
        let looked = self.house.store.swept()?.max(now);
        let mut steps = self.clocks(moved, Awaited::Exit, "")?;
        steps.extend(self.clocks(moved, Awaited::Departure, "")?);
        steps.retain(|step| matches!(step, Step::Timer(timer) if timer.due <= looked));
        Ok(steps)
    }

    /// The time an agency has anew whose refusal was overturned, for its holds that wait for its word.
    fn speaks_again(&self, h: &Happened, agency: Token) -> Result<Vec<Step>, Fault> {
        let row = day_of(&h.at).and_then(|day| self.pack.agencies.agency(&agency, day));
        let hours = row.filter(|row| !row.illustrative).and_then(|row| row.hours);
        let Some((hours, at)) = hours.zip(millis(&h.at)) else { return Ok(Vec::new()) };
        let log = self.house.store.events(&h.mrn, 0, usize::MAX)?;
        let before = log.iter().filter(|one| one.cursor <= h.cursor).map(|one| one.event);
        let life = consignment::fold(before);
        let waits = |hold: &Hold| {
            hold.agency == agency && matches!(hold.kind, HoldKind::Delay | HoldKind::Examination)
        };
        let clock = |hold: Hold| {
            let (mrn, row) = (h.mrn.clone(), agency.to_string());
            let (awaits, due) = (AGENCY.to_owned(), after(at, hours));
            Step::Timer(Timer { seq: 0, due, mrn, awaits, hold: key(&hold), row })
        };
        Ok(life.open_holds().filter(waits).map(clock).collect())
    }

    /// What an event means for tasks and clocks.
    fn steps(&self, h: &Happened) -> Result<Vec<Step>, Fault> {
        let over = |hold| vec![Step::Over { event: h.cursor, mrn: h.mrn.clone(), hold }];
        Ok(match h.event {
            Event::Registered => self.clocks(h, Awaited::Arrival, "")?,
            Event::Released | Event::Cleared => {
                let mut steps = self.clocks(h, Awaited::Exit, "")?;
                steps.extend(self.clocks(h, Awaited::Departure, "")?);
                steps
            }
            Event::PaymentWanted(time) => self.clocks(h, Awaited::Payment, &time.to_string())?,
            Event::Held(hold) => self.held(h, hold)?,
            Event::Lifted(hold) => {
                let mut steps = over(Some(hold));
                steps.extend(self.looked_at_in_vain(h)?);
                steps
            }
            // A debt held the goods like any hold; the first may be opened by an amendment after they were
            // cleared.
            Event::Secured(_) | Event::Settled(_) => self.looked_at_in_vain(h)?,
            Event::Overturned(refusal) => {
                let mut steps = self.speaks_again(h, refusal.agency)?;
                steps.extend(self.looked_at_in_vain(h)?);
                steps
            }
            Event::Cancelled | Event::HandedOver | Event::NotDeparted | Event::Exited => over(None),
            // An agency that did not speak in time: where that is to go on, it is customs' task too.
            Event::Overdue(hold) => {
                let row = day_of(&h.at).and_then(|d| self.pack.agencies.agency(&hold.agency, d));
                let goes_on = row.is_some_and(|row| {
                    row.silence == fondaco::agency::Silence::Escalate && !row.illustrative
                });
                if hold.agency.is_empty() || !goes_on {
                    return Ok(Vec::new());
                }
                let first = self.house.store.tasks_of(&h.mrn)?;
                let items = first.into_iter().find(|t| t.hold == hold).map(|t| t.items);
                vec![Step::Task(Task {
                    seq: 0,
                    event: h.cursor,
                    mrn: h.mrn.clone(),
                    agency: String::new(),
                    hold,
                    items: items.unwrap_or_default(),
                    since: h.at.clone(),
                    due: millis(&h.at).unwrap_or(NEVER),
                })]
            }
            _ => Vec::new(),
        })
    }
}

/// Milliseconds since 1970 of a time, RFC 3339.
pub(crate) fn millis(at: &str) -> Option<i64> {
    at.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// This many hours later.
fn after(at: i64, hours: u32) -> i64 {
    at.saturating_add(i64::from(hours) * 3_600_000)
}

impl House {
    /// What the events mean that nobody followed yet, and where the log was followed from and to; `None`
    /// where there are none.
    pub(crate) fn unfollowed(&self) -> Result<Option<(i64, i64, Vec<Step>)>, Fault> {
        let from = self.store.followed()?;
        let events = self.store.events("", from, STRETCH)?;
        let Some(to) = events.last().map(|h| h.cursor) else { return Ok(None) };
        let pack = self.pack();
        let following = Following { house: self, pack: &pack };
        let mut steps = Vec::new();
        for happened in &events {
            steps.extend(following.steps(happened)?);
        }
        Ok(Some((from, to, steps)))
    }

    /// Follows the log to its end, so that tasks are those of everything that was answered before.
    pub(crate) async fn follow(&self) -> Result<(), Fault> {
        while let Some((from, to, steps)) = self.unfollowed()? {
            self.store.written(move |writing| writing.follow(from, to, &steps)).await?;
        }
        Ok(())
    }

    /// What an act decides of single items: of a lift those of its hold, of a refusal those of the open
    /// tasks of its agency. None where the act is about all of them.
    ///
    /// # Errors
    /// [`Refused::Field`]: an item the hold is not about, or any where items were taken off since.
    pub(crate) async fn parts(
        &self,
        main: &Filing,
        act: Act,
        message: &ActMessage,
    ) -> Result<Vec<Part>, Refused> {
        if message.items.is_empty() || !matches!(act, Act::Lift(_) | Act::Refuse { .. }) {
            return Ok(Vec::new());
        }
        self.follow().await?;
        let (declared, reshaped) = self.items_now(main)?;
        let mut tasks = self.store.tasks_of(&main.mrn)?;
        for task in tasks.iter_mut().filter(|task| task.items.is_empty()) {
            // What is held as a whole is held item by item.
            task.items.clone_from(&declared);
        }
        // The numbers of what was held before items were taken off are no numbers of now: it is decided as
        // a whole.
        let stands = |task: &&Task| task.event > reshaped;
        Ok(match act {
            Act::Lift(hold) => {
                let Some(task) = tasks.iter().find(|t| t.hold == hold) else {
                    return Ok(Vec::new());
                };
                let about = |item: &u32| task.items.contains(item);
                if !stands(&task) || !message.items.iter().all(about) {
                    return Err(Refused::Field("items"));
                }
                let (of, items) = (task.items.clone(), message.items.clone());
                vec![Part { hold, of, items, decision: "release" }]
            }
            Act::Refuse { agency, .. } => tasks
                .iter()
                .filter(|task| task.hold.agency == agency && task.agency == agency.as_str())
                .filter(stands)
                .map(|task| {
                    let about = |item: &u32| task.items.contains(item);
                    let items = message.items.iter().copied().filter(about).collect();
                    Part { hold: task.hold, of: task.items.clone(), items, decision: "refuse" }
                })
                .collect(),
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_could_not_be_told_is_asked_for() {
        let (pack, _) = crate::packs::load("gb").unwrap();
        let check = |status: &str, wanted: HoldKind| {
            let holds = holds(&pack, [("gb-phyto", status)].into_iter());
            assert_eq!(holds.iter().map(|h| h.kind).collect::<Vec<_>>(), [wanted], "{status}");
        };
        check("met", HoldKind::Delay);
        check("missing", HoldKind::Documents);
        // Not to be released by the silence of the agency.
        check("unknown", HoldKind::Documents);
    }
}
