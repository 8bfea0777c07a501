//! The life of a declaration: events, and the state that follows from them.
//!
//! State is never stored; it is the fold of the events. What happened is kept as a set of facts
//! ([`Life`]), so that an event that comes late, early or twice leads to the same state; what each
//! state asks of the facts is written out in [`Life::state`], and each event in [`next`].
//!
//! What follows by itself of where a declaration stands ([`reaction`]) is decided by the store's one
//! writer, in the commit of what it follows from: goods are released when the last hold is lifted and
//! the debt is settled, whichever comes last.
//!
//! Holds always:
//! - goods with an open hold, a refusal or an open debt are neither released nor cleared;
//! - a request never moves the declaration, only its grant does;
//! - accepted is never undone by a rejection.

mod act;
mod event;
mod state;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

pub use act::{Act, NotNow};
pub use event::{Event, Hold, HoldKind, NotAnEvent, Refusal, Request, RequestKind};
pub use state::State;
pub use time::{About, agency_silent, time_up};

use crate::agency::{Control, Decides};
use crate::decision::{Lane, Step};
use crate::declaration::{Declaration, Message};
use crate::token::Token;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Nothing yet.
    Open,
    /// It was denied.
    Denied,
    /// It was granted; a denial told late does not undo it.
    Granted,
}

/// What happened to a declaration so far, as a set: saying something twice, or in another order, gives
/// the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Life {
    /// Bit n: the n-th of [`Event::PLAIN`] happened.
    plain: u32,
    /// How often the debt was open; 0 where nothing was ever wanted.
    wanted: u32,
    /// The last time that was secured.
    secured: u32,
    /// The last time that was settled.
    settled: u32,
    /// Holds, and whether they are over.
    holds: BTreeMap<Hold, bool>,
    /// Holds on which somebody was too late.
    overdue: BTreeSet<Hold>,
    /// Agencies that refused: how often, and the last refusal that does not stand any longer.
    refusals: BTreeMap<Token, (u32, u32)>,
    /// The last request up to which it was told as amended; `None` where it never was.
    amended: Option<u32>,
    /// The last amendment after which it was told as it stands, once cleared.
    corrected: u32,
    /// The last amendment after which it was told that it is cleared still.
    still_cleared: u32,
    /// Requests and what became of them.
    requests: BTreeMap<Request, Answer>,
}

impl Life {
    /// Whether something that carries nothing beside its name happened.
    #[must_use]
    pub fn has(&self, event: Event) -> bool {
        bit(event).is_some_and(|bit| self.plain & bit != 0)
    }

    /// Holds that are not over, gravest last.
    pub fn open_holds(&self) -> impl Iterator<Item = Hold> {
        self.holds.iter().filter(|(_, over)| !**over).map(|(hold, _)| *hold)
    }

    /// Whether a hold is over; `None` where it was never placed.
    #[must_use]
    pub fn hold(&self, hold: Hold) -> Option<bool> {
        self.holds.get(&hold).copied()
    }

    /// Whether somebody was too late on a hold.
    #[must_use]
    pub fn is_overdue(&self, hold: Hold) -> bool {
        self.overdue.contains(&hold)
    }

    /// Agencies whose refusal stands.
    pub fn refusals(&self) -> impl Iterator<Item = Token> {
        self.refusals.iter().filter(|(_, (last, over))| last > over).map(|(agency, _)| *agency)
    }

    /// Refusals of an agency that stand, by their numbers.
    #[must_use]
    pub fn refusals_of(&self, agency: Token) -> RangeInclusive<u32> {
        let (last, over) = self.refusals.get(&agency).copied().unwrap_or_default();
        over.saturating_add(1)..=last
    }

    /// That an agency refuses, once more.
    #[must_use]
    pub fn refuses(&self, agency: Token) -> Event {
        let (last, over) = self.refusals.get(&agency).copied().unwrap_or_default();
        Event::Refused(Refusal { agency, time: last.max(over).saturating_add(1) })
    }

    /// That no refusal of an agency stands any longer.
    #[must_use]
    pub fn overturns(&self, agency: Token) -> Event {
        let (last, over) = self.refusals.get(&agency).copied().unwrap_or_default();
        Event::Overturned(Refusal { agency, time: last.max(over).max(1) })
    }

    /// Whether the refusal of an agency was overturned; `None` where it never refused.
    #[must_use]
    pub fn refusal(&self, agency: Token) -> Option<bool> {
        self.refusals.get(&agency).map(|(last, over)| last <= over)
    }

    /// Requests and what became of them, by kind and number.
    pub fn requests(&self) -> impl Iterator<Item = (Request, Answer)> {
        self.requests.iter().map(|(request, answer)| (*request, *answer))
    }

    /// The number the next request gets.
    #[must_use]
    pub fn next_request(&self) -> u32 {
        self.requests.keys().map(|r| r.number).max().map_or(1, |n| n.saturating_add(1))
    }

    /// Whether a debt is in the way of the goods.
    #[must_use]
    pub fn owes(&self) -> bool {
        self.wanted > self.secured.max(self.settled)
    }

    /// Whether nothing is owed any more: all that was wanted is settled, or nothing ever was.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.wanted <= self.settled
    }

    /// That payment is wanted, once more.
    #[must_use]
    pub fn wants_again(&self) -> Event {
        Event::PaymentWanted(self.time().saturating_add(1))
    }

    /// That the debt is secured, as open as it is now.
    #[must_use]
    pub fn secures(&self) -> Event {
        Event::Secured(self.time().max(1))
    }

    /// That the debt is settled, as open as it is now.
    #[must_use]
    pub fn settles(&self) -> Event {
        Event::Settled(self.time().max(1))
    }

    /// The how manyth time the debt is open; 0 where it never was.
    fn time(&self) -> u32 {
        self.wanted.max(self.secured).max(self.settled)
    }

    /// Whether the debt is open that was opened this how manyth time.
    #[must_use]
    pub fn owes_since(&self, time: u32) -> bool {
        self.wanted >= time && self.secured.max(self.settled) < time
    }

    /// Whether nobody holds the goods, and no refusal stands.
    fn is_free(&self) -> bool {
        self.open_holds().next().is_none() && self.refusals().next().is_none()
    }

    /// The last amendment that was granted.
    fn last_amendment(&self) -> Option<u32> {
        let granted =
            |(r, a): &(Request, Answer)| r.kind == RequestKind::Amend && *a == Answer::Granted;
        self.requests().filter(granted).map(|(r, _)| r.number).max()
    }

    fn granted(&self, kind: RequestKind) -> bool {
        self.requests().any(|(r, answer)| r.kind == kind && answer == Answer::Granted)
    }

    /// Where the declaration stands: the first of these that the facts bear out.
    #[must_use]
    pub fn state(&self) -> State {
        let has = |event| self.has(event);
        let accepted = has(Event::Accepted);
        let known = accepted || has(Event::Registered);
        if has(Event::Rejected) && !accepted {
            return State::Rejected;
        }
        if has(Event::Cancelled) && known {
            return match self.granted(RequestKind::Cancel) {
                true => State::Withdrawn,
                false => State::Cancelled,
            };
        }
        if !accepted {
            return match (has(Event::Registered), has(Event::Expired)) {
                (false, _) => State::Draft,
                (true, false) => State::PreLodged,
                (true, true) => State::Expired,
            };
        }
        let moved = has(Event::Released) || has(Event::Cleared);
        if has(Event::Exited) && moved {
            return State::Exited;
        }
        if has(Event::NotDeparted) {
            return State::NotDeparted;
        }
        if has(Event::HandedOver) {
            return State::HandedOver;
        }
        if self.refusals().next().is_some() {
            return State::Refused;
        }
        match self.open_holds().last().map(|hold| hold.kind) {
            Some(_) if moved => State::Recalled,
            Some(HoldKind::Delay) => State::AwaitingAgency,
            Some(HoldKind::Documents) => State::UnderDocumentaryCheck,
            Some(HoldKind::Query) => State::QueryOpen,
            Some(HoldKind::Examination) => State::UnderExamination,
            Some(HoldKind::Detention) => State::Detained,
            None if self.owes() => State::AwaitingPayment,
            None if moved && has(Event::ExitUnproved) => State::AwaitingExit,
            None if has(Event::Cleared) => State::Cleared,
            None if has(Event::Released) => State::Released,
            None if has(Event::Assessed) => State::Assessed,
            None => State::Accepted,
        }
    }
}

/// The bit of an event that carries nothing.
fn bit(event: Event) -> Option<u32> {
    Event::PLAIN.iter().position(|plain| *plain == event).map(|n| 1 << n)
}

/// What there is after an event. A late or repeated event adds nothing.
#[must_use]
pub fn next(mut life: Life, event: Event) -> Life {
    match event {
        Event::Held(hold) => {
            life.holds.entry(hold).or_insert(false);
        }
        Event::Lifted(hold) => {
            life.holds.insert(hold, true);
        }
        Event::Overdue(hold) => {
            life.overdue.insert(hold);
        }
        Event::Refused(Refusal { agency, time }) => {
            let (last, _) = life.refusals.entry(agency).or_default();
            *last = time.max(*last);
        }
        Event::Overturned(Refusal { agency, time }) => {
            let (_, over) = life.refusals.entry(agency).or_default();
            *over = time.max(*over);
        }
        Event::Amended(request) => life.amended = life.amended.max(Some(request)),
        Event::Corrected(request) => life.corrected = life.corrected.max(request),
        Event::StillCleared(request) => life.still_cleared = life.still_cleared.max(request),
        Event::Requested(request) => {
            life.requests.entry(request).or_insert(Answer::Open);
        }
        Event::Denied(request) => {
            let answer = life.requests.entry(request).or_insert(Answer::Open);
            *answer = (*answer).max(Answer::Denied);
        }
        Event::Granted(request) => {
            life.requests.insert(request, Answer::Granted);
        }
        Event::PaymentWanted(time) => life.wanted = life.wanted.max(time),
        Event::Secured(time) => life.secured = life.secured.max(time),
        Event::Settled(time) => life.settled = life.settled.max(time),
        Event::Registered
        | Event::Rejected
        | Event::Arrived
        | Event::Accepted
        | Event::Assessed
        | Event::Changed
        | Event::FundsShort
        | Event::Reminded
        | Event::Released
        | Event::Cleared
        | Event::Departed
        | Event::Exited
        | Event::ExitUnproved
        | Event::Expired
        | Event::NotDeparted
        | Event::Cancelled
        | Event::HandedOver => life.plain |= bit(event).unwrap_or(0),
    }
    life
}

/// What there is after these events.
#[must_use]
pub fn fold(events: impl IntoIterator<Item = Event>) -> Life {
    events.into_iter().fold(Life::default(), next)
}

/// What follows by itself of where a declaration stands; `None` where nothing does.
///
/// Asked again until nothing follows, it ends: each event it names is one that has not happened.
#[must_use]
pub fn reaction(life: &Life) -> Option<Event> {
    let not_yet = |event: Event| (!life.has(event)).then_some(event);
    match life.state() {
        // A declaration that was granted its end is ended, wherever it stands.
        state
            if life.granted(RequestKind::Cancel)
                && !matches!(state, State::Draft | State::Rejected) =>
        {
            not_yet(Event::Cancelled)
        }
        State::Accepted | State::Assessed | State::Released | State::AwaitingExit
            if !life.has(Event::Cleared) =>
        {
            let final_debt = life.is_settled();
            // Of what was computed and owes nothing, that it is final is told too.
            let untold = life.has(Event::Assessed) && final_debt && life.settled == 0;
            let untold = untold.then(|| life.settles());
            let changed = life.has(Event::Changed).then_some(0).max(life.last_amendment());
            let amended = changed.filter(|_| changed > life.amended).map(Event::Amended);
            let moves = if final_debt { Event::Cleared } else { Event::Released };
            // Goods that are late and seen to leave need not wait for what is only secured.
            let left = life.state() == State::AwaitingExit && life.has(Event::Departed);
            let exits = || left.then(|| not_yet(Event::Exited)).flatten();
            untold.or(amended).or_else(|| not_yet(moves)).or_else(exits)
        }
        // What is amended after that is told as it stands, and that it is cleared still.
        State::Cleared | State::AwaitingExit
            if life.last_amendment() > life.amended.max(Some(life.corrected)) =>
        {
            life.last_amendment().map(Event::Corrected)
        }
        State::Cleared | State::AwaitingExit if life.corrected > life.still_cleared => {
            Some(Event::StillCleared(life.corrected))
        }
        // Goods seen to leave before they might have, are seen to have left once they may.
        State::Cleared | State::AwaitingExit if life.has(Event::Departed) => not_yet(Event::Exited),
        // Of goods that left on security, that the debt is final is told too.
        State::Exited if life.is_settled() && life.is_free() => not_yet(Event::Cleared),
        State::Draft
        | State::Rejected
        | State::PreLodged
        | State::Expired
        | State::AwaitingAgency
        | State::UnderDocumentaryCheck
        | State::QueryOpen
        | State::UnderExamination
        | State::Detained
        | State::AwaitingPayment
        | State::Accepted
        | State::Assessed
        | State::Released
        | State::Cleared
        | State::AwaitingExit
        | State::Exited
        | State::Recalled
        | State::Refused
        | State::HandedOver
        | State::NotDeparted
        | State::Cancelled
        | State::Withdrawn => None,
    }
}

/// Everything that follows by itself, in order, after what happened.
#[must_use]
pub fn reactions(life: &Life) -> Vec<Event> {
    let mut life = life.clone();
    let mut all = Vec::new();
    while let Some(event) = reaction(&life) {
        life = next(life, event);
        all.push(event);
    }
    all
}

/// What an opinion says of what happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follows {
    /// The lane.
    pub lane: Lane,
    /// The steps.
    pub plan: Vec<Step>,
    /// Whether any duty or tax was computed.
    pub assessed: bool,
    /// Holds of the agencies that have to decide, one for each and what it decides about ([`task`]).
    pub tasks: Vec<Hold>,
}

/// The events that follow from acceptance and the decision, in order, before what follows of
/// themselves ([`reactions`]).
#[must_use]
pub fn after_acceptance(follows: &Follows) -> Vec<Event> {
    let mut events = vec![Event::Accepted];
    events.extend(of_opinion(follows, None));
    events.extend(follows.tasks.iter().map(|hold| Event::Held(*hold)));
    events
}

/// The hold of an agency that has to decide because of a requirement, as far as what it wants is shown.
/// Whose documents are there is waited for itself; whose are not, the trader is asked for them.
#[must_use]
pub fn task(decides: &Decides, requirement: &str, shown: bool) -> Hold {
    let kind = match (decides.control, shown) {
        (Control::Goods, _) => HoldKind::Examination,
        (Control::Documents, true) => HoldKind::Delay,
        (Control::Documents, false) => HoldKind::Documents,
    };
    Hold { kind, agency: decides.agency, reason: Token::lossy(requirement) }
}

/// The reason of the hold of who has the name of a listed party.
const NAME: &str = "name-listed";

/// What parts the id of a requirement from the number of the amendment after which it is decided again.
const AGAIN: char = '~';

/// The requirement an agency's hold is about, where it was placed as a task.
#[must_use]
pub fn requirement_of(hold: &Hold) -> &str {
    hold.reason.split(AGAIN).next().unwrap_or_default()
}

/// Whether a hold is that of this task, at first or again.
fn is_task(hold: &Hold, task: &Hold) -> bool {
    (hold.kind, hold.agency) == (task.kind, task.agency) && requirement_of(hold) == &*task.reason
}

/// An open hold of an agency that an opinion placed, and not a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The hold.
    pub hold: Hold,
    /// Whether the agency decided on some of its items already.
    pub begun: bool,
}

/// The events that follow from a granted amendment: the declaration is assessed anew, and looked at where
/// the lane says so now. Of the holds that were placed those are lifted of which the declaration gives no
/// reason any more, and those on whose items something was decided, which are decided anew.
#[must_use]
pub fn after_amendment(
    follows: &Follows,
    life: &Life,
    request: Request,
    placed: &[Placed],
) -> Vec<Event> {
    let mut events = of_opinion(follows, Some(request.number));
    if !life.has(Event::Accepted) {
        events.retain(|event| *event == Event::Assessed);
    } else {
        // What was wanted is wanted anew. That it is not any more is for the ledger to say.
        let wants = |event: &Event| matches!(event, Event::PaymentWanted(_));
        if life.owes() {
            events.retain(|event| !wants(event));
        } else if let Some(wanted) = events.iter_mut().find(|event| wants(event)) {
            *wanted = life.wants_again();
        }
    }
    if life.has(Event::Accepted) {
        // What an agency decided, it decided on other goods; where it is still to, it need not twice.
        // What a person holds for, a person lifts: it is no task.
        let open = |task: &Hold| {
            let waits = |p: &Placed| !p.begun && life.hold(p.hold) == Some(false);
            placed.iter().any(|p| waits(p) && is_task(&p.hold, task))
        };
        events.extend(follows.tasks.iter().filter_map(|hold| match life.hold(*hold) {
            _ if open(hold) => None,
            None => Some(Event::Held(*hold)),
            Some(_) => {
                let again = format!("{}{AGAIN}{}", hold.reason, request.number);
                Some(Event::Held(Hold { reason: Token::lossy(&again), ..*hold }))
            }
        }));
        let asked = |hold: &Hold| follows.tasks.iter().any(|task| is_task(hold, task));
        let open = |hold: &Hold| life.hold(*hold) == Some(false);
        let fallen = placed.iter().filter(|p| open(&p.hold) && (p.begun || !asked(&p.hold)));
        events.extend(fallen.map(|p| Event::Lifted(p.hold)));
    }
    events
}

/// What tells the looks that an amendment wants from those before it: its number.
fn anew(amendment: u32) -> Token {
    Token::lossy(&format!("amendment {amendment}"))
}

/// The reason of the hold of a party with the name of a listed one, after this amendment.
fn listed(again: Option<u32>) -> Token {
    match again {
        None => Token::lossy(NAME),
        Some(n) => Token::lossy(&format!("{NAME}{AGAIN}{n}")),
    }
}

/// Whether a hold is that of a party with the name of a listed one.
#[must_use]
pub fn is_of_name(hold: &Hold) -> bool {
    requirement_of(hold) == NAME
}

/// The holds by what the goods are and who is named, detention and documents that lack, that an opinion plans
/// and that were never placed: on what was accepted, and has neither gone nor ended. `amendment` is the number of that
/// the opinion was formed by, after acceptance; `None` where it was none.
#[must_use]
pub fn never_placed(plan: &[Step], life: &Life, amendment: Option<u32>) -> Vec<Hold> {
    let goes = [Event::Released, Event::Cleared].into_iter().any(|event| life.has(event));
    if !life.has(Event::Accepted) || goes || life.state().is_over() {
        return Vec::new();
    }
    let reason = amendment.map_or(Token::EMPTY, anew);
    let wanted = [
        (Step::RequestDocuments, HoldKind::Documents, reason),
        (Step::Detain, HoldKind::Detention, reason),
        (Step::DecideName, HoldKind::Detention, listed(amendment)),
    ];
    let planned = wanted.into_iter().filter(|(step, ..)| plan.contains(step));
    let holds = planned.map(|(_, kind, reason)| Hold { reason, ..Hold::of_customs(kind) });
    holds.filter(|hold| life.hold(*hold).is_none()).collect()
}

/// What an opinion has happen: duties are told, payment is wanted, somebody looks, after which amendment, for it
/// tells one look from another. Who looks at the goods does not look at documents, nor for those that lack; what
/// is prohibited, and who has the name of a listed party, goes by no look: until somebody decides on it.
fn of_opinion(follows: &Follows, again: Option<u32>) -> Vec<Event> {
    // The look at what was declared first may be over: that after an amendment is another.
    let reason = again.map_or(Token::EMPTY, anew);
    let plans = |step| follows.plan.contains(&step);
    let documents = plans(Step::ReviewDocuments) || plans(Step::RequestDocuments);
    let name = listed(again);
    let looks = [
        (HoldKind::Documents, reason, follows.lane == Lane::Yellow || documents),
        (HoldKind::Examination, reason, follows.lane == Lane::Red),
        (HoldKind::Detention, reason, plans(Step::Detain)),
        (HoldKind::Detention, name, plans(Step::DecideName)),
    ];
    let looks = looks.into_iter().filter(|(.., is)| *is);
    let looks =
        looks.map(|(kind, reason, _)| Event::Held(Hold { reason, ..Hold::of_customs(kind) }));
    let assessed = follows.assessed.then_some(Event::Assessed);
    let payment = follows.plan.contains(&Step::RequestPayment).then_some(Event::PaymentWanted(1));
    assessed.into_iter().chain(payment).chain(looks).collect()
}

/// The events of lodging a message about a declaration with this life: empty for an original.
#[must_use]
pub fn on_lodging(declaration: &Declaration, follows: &Follows, life: &Life) -> Vec<Event> {
    let request = |kind| Event::Requested(Request { number: life.next_request(), kind });
    if let Some(kind) = asks(declaration.message) {
        return vec![request(kind)];
    }
    match declaration.message {
        // What it would cost is told at once.
        Message::Original if declaration.is_pre_lodged() && follows.assessed => {
            vec![Event::Registered, Event::Assessed]
        }
        Message::Original if declaration.is_pre_lodged() => vec![Event::Registered],
        Message::Original => after_acceptance(follows),
        Message::Arrival => vec![Event::Arrived],
        Message::Amendment | Message::Request | Message::Cancellation => Vec::new(),
    }
}

/// What a message about another declaration asks for; `None` where it asks for nothing.
#[must_use]
pub fn asks(message: Message) -> Option<RequestKind> {
    match message {
        Message::Amendment | Message::Request => Some(RequestKind::Amend),
        Message::Cancellation => Some(RequestKind::Cancel),
        Message::Original | Message::Arrival => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD: Hold = Hold { kind: HoldKind::Query, agency: Token::EMPTY, reason: Token::EMPTY };

    fn check(events: &[Event], wanted: State) {
        let life = fold(events.iter().copied());
        assert_eq!(life.state(), wanted, "{events:?}");
        let twice = fold(events.iter().rev().chain(events).copied());
        assert_eq!(twice, life, "{events:?}");
    }

    #[test]
    fn the_state_is_what_the_facts_bear_out() {
        use Event as E;
        let request = |kind| Request { number: 1, kind };
        let documents = Hold::of_customs(HoldKind::Documents);
        let examination = Hold::of_customs(HoldKind::Examination);
        check(&[], State::Draft);
        check(&[E::Rejected], State::Rejected);
        check(&[E::Accepted, E::Rejected], State::Accepted);
        check(&[E::Registered], State::PreLodged);
        check(&[E::Registered, E::Expired], State::Expired);
        check(&[E::Registered, E::Accepted, E::Expired], State::Accepted);
        check(&[E::Accepted, E::Assessed], State::Assessed);
        check(&[E::Accepted, E::Held(documents)], State::UnderDocumentaryCheck);
        let two = [E::Accepted, E::Held(documents), E::Held(examination)];
        check(&two, State::UnderExamination);
        check(&[&two[..], &[E::Lifted(examination)]].concat(), State::UnderDocumentaryCheck);
        check(&[E::Accepted, E::PaymentWanted(1)], State::AwaitingPayment);
        check(&[E::Accepted, E::PaymentWanted(1), E::Held(HOLD)], State::QueryOpen);
        check(&[E::Accepted, E::PaymentWanted(1), E::Released], State::AwaitingPayment);
        check(&[E::Accepted, E::PaymentWanted(1), E::Secured(1), E::Released], State::Released);
        // Open once more: more is owed, or the bank took back what it had booked.
        let again = [E::Accepted, E::PaymentWanted(1), E::Settled(1), E::PaymentWanted(2)];
        check(&again, State::AwaitingPayment);
        check(&[&again[..], &[E::Settled(1)]].concat(), State::AwaitingPayment);
        check(&[&again[..], &[E::Settled(2), E::Cleared]].concat(), State::Cleared);
        check(&[E::Accepted, E::Cleared], State::Cleared);
        check(&[E::Accepted, E::Cleared, E::Held(HOLD)], State::Recalled);
        check(&[E::Accepted, E::Cleared, E::ExitUnproved], State::AwaitingExit);
        check(&[E::Accepted, E::Cleared, E::ExitUnproved, E::Exited], State::Exited);
        check(&[E::Accepted, E::Exited], State::Accepted);
        check(&[E::Accepted, E::NotDeparted], State::NotDeparted);
        let refusal = |time| Refusal { agency: Token::EMPTY, time };
        check(&[E::Accepted, E::Refused(refusal(1))], State::Refused);
        let overturned = [E::Accepted, E::Refused(refusal(1)), E::Overturned(refusal(1))];
        check(&overturned, State::Accepted);
        // Refused once more: what overturned the first does not overturn the second.
        check(&[&overturned[..], &[E::Refused(refusal(2))]].concat(), State::Refused);
        let both = [E::Refused(refusal(2)), E::Overturned(refusal(2))];
        check(&[&overturned[..], &both].concat(), State::Accepted);
        check(&[E::Accepted, E::HandedOver], State::HandedOver);
        check(&[E::Accepted, E::Cancelled], State::Cancelled);
        let cancel = request(RequestKind::Cancel);
        check(&[E::Accepted, E::Requested(cancel)], State::Accepted);
        check(&[E::Accepted, E::Granted(cancel), E::Cancelled], State::Withdrawn);
        check(&[E::Accepted, E::Denied(cancel), E::Cancelled], State::Cancelled);
    }

    #[test]
    fn what_follows_follows_when_nothing_is_open() {
        use Event as E;
        let check = |events: &[Event], wanted: &[Event]| {
            assert_eq!(reactions(&fold(events.iter().copied())), wanted, "{events:?}");
        };
        let cancel = Request { number: 2, kind: RequestKind::Cancel };
        check(&[], &[]);
        check(&[E::Registered, E::Arrived], &[]);
        check(&[E::Accepted], &[E::Cleared]);
        check(&[E::Accepted, E::Held(HOLD)], &[]);
        check(&[E::Accepted, E::Held(HOLD), E::Lifted(HOLD)], &[E::Cleared]);
        check(&[E::Accepted, E::PaymentWanted(1)], &[]);
        check(&[E::Accepted, E::PaymentWanted(1), E::Secured(1)], &[E::Released]);
        check(&[E::Accepted, E::PaymentWanted(1), E::Settled(1)], &[E::Cleared]);
        check(&[E::Accepted, E::PaymentWanted(1), E::Settled(1), E::Held(HOLD)], &[]);
        let released = [E::Accepted, E::PaymentWanted(1), E::Secured(1), E::Released];
        check(&released, &[]);
        check(&[&released[..], &[E::Settled(1)]].concat(), &[E::Cleared]);
        // Secured, and not seen to leave in time: what becomes of the debt and the goods is told all the same.
        let late = [&released[..], &[E::ExitUnproved]].concat();
        check(&late, &[]);
        check(&[&late[..], &[E::Settled(1)]].concat(), &[E::Cleared]);
        check(&[&late[..], &[E::Settled(1), E::Departed]].concat(), &[E::Cleared, E::Exited]);
        check(&[&late[..], &[E::Departed]].concat(), &[E::Exited]);
        let gone = [&late[..], &[E::Departed, E::Exited]].concat();
        check(&gone, &[]);
        check(&[&gone[..], &[E::Settled(1)]].concat(), &[E::Cleared]);
        check(&[&gone[..], &[E::Settled(1), E::Cleared]].concat(), &[]);
        let asked = Request { number: 1, kind: RequestKind::Amend };
        check(&[&late[..], &[E::Granted(asked)]].concat(), &[E::Amended(1)]);
        check(&[E::Accepted, E::Departed], &[E::Cleared, E::Exited]);
        check(&[E::Accepted, E::Assessed], &[E::Settled(1), E::Cleared]);
        check(&[E::Accepted, E::Changed], &[E::Amended(0), E::Cleared]);
        let amend = Request { number: 1, kind: RequestKind::Amend };
        let amended = [E::Accepted, E::Granted(amend), E::PaymentWanted(1)];
        check(&amended, &[]);
        check(&[&amended[..], &[E::Settled(1)]].concat(), &[E::Amended(1), E::Cleared]);
        // Amended once it is cleared: told as it stands, and that it is cleared still, once.
        let cleared = [E::Accepted, E::Cleared, E::Granted(amend)];
        check(&cleared, &[E::Corrected(1), E::StillCleared(1)]);
        check(&[&cleared[..], &[E::Corrected(1), E::StillCleared(1)]].concat(), &[]);
        check(&[&cleared[..], &[E::Held(HOLD)]].concat(), &[]);
        check(
            &[&cleared[..], &[E::Departed]].concat(),
            &[E::Corrected(1), E::StillCleared(1), E::Exited],
        );
        let second = Request { number: 2, ..amend };
        let again = [E::Accepted, E::Granted(amend), E::Amended(1), E::Cleared, E::Granted(second)];
        check(&again, &[E::Corrected(2), E::StillCleared(2)]);
        check(&again[..4], &[]);
        // As an older house told it: nothing more of what was amended then.
        check(&[E::Accepted, E::Granted(amend), E::Amended(u32::MAX), E::Cleared], &[]);
        check(&[E::Accepted, E::Refused(Refusal::first(Token::EMPTY))], &[]);
        check(&[E::Registered, E::Granted(cancel)], &[E::Cancelled]);
        check(&[E::Accepted, E::Cleared, E::Granted(cancel)], &[E::Cancelled]);
        check(&[E::Rejected, E::Granted(cancel)], &[]);
    }

    #[test]
    fn an_agency_that_has_to_decide_holds_the_goods() {
        let decides = |control| Decides { agency: Token::lossy("vet"), control };
        let check = |control, shown, wanted: HoldKind| {
            assert_eq!(task(&decides(control), "ea-vet", shown).kind, wanted);
        };
        check(Control::Documents, true, HoldKind::Delay);
        check(Control::Documents, false, HoldKind::Documents);
        check(Control::Goods, true, HoldKind::Examination);
        let hold = task(&decides(Control::Goods), "ea-vet", true);
        let follows =
            Follows { lane: Lane::Green, plan: Vec::new(), assessed: false, tasks: vec![hold] };
        let accepted = [Event::Accepted, Event::Held(hold)];
        assert_eq!(after_acceptance(&follows), accepted);
        // After an amendment: not twice while it is open, anew once it was decided.
        let request = Request { number: 2, kind: RequestKind::Amend };
        let placed = |hold| Placed { hold, begun: false };
        let amended_with = |events: &[Event], placed: &[Placed]| {
            after_amendment(&follows, &fold(events.iter().copied()), request, placed)
        };
        let amended = |events: &[Event]| amended_with(events, &[]);
        assert_eq!(amended_with(&accepted, &[placed(hold)]), []);
        // What a person holds for is no task.
        let own = Hold { reason: Token::lossy("ea-vet~2"), ..hold };
        assert_eq!(amended(&accepted), [Event::Held(own)]);
        assert_eq!(amended(&[Event::Accepted]), [Event::Held(hold)]);
        let decided = [Event::Accepted, Event::Held(hold), Event::Lifted(hold)];
        let [Event::Held(again)] = amended(&decided)[..] else { panic!("it is decided anew") };
        assert_eq!((&*again.reason, requirement_of(&again)), ("ea-vet~2", "ea-vet"));
        assert_eq!(amended(&[Event::Registered]), []);
        // Decided again and still open: not a third time.
        let open = [&decided[..], &[Event::Held(again)]].concat();
        assert_eq!(amended_with(&open, &[placed(again)]), []);
        // What is asked for no more is lifted where an opinion placed it, what a person placed is not.
        let gone = |events: &[Event], placed: &[Placed]| {
            let follows = Follows { tasks: Vec::new(), ..follows.clone() };
            after_amendment(&follows, &fold(events.iter().copied()), request, placed)
        };
        assert_eq!(gone(&accepted, &[placed(hold)]), [Event::Lifted(hold)]);
        assert_eq!(gone(&open, &[placed(again)]), [Event::Lifted(again)]);
        assert_eq!(gone(&decided, &[placed(hold)]), []);
        assert_eq!(gone(&accepted, &[]), []);
        // Shown by the amendment: the agency is waited for, the trader is not any more.
        let missing = Hold { kind: HoldKind::Documents, ..hold };
        let life = fold([Event::Accepted, Event::Held(missing)]);
        let wanted = [Event::Held(hold), Event::Lifted(missing)];
        assert_eq!(after_amendment(&follows, &life, request, &[placed(missing)]), wanted);
        // Begun on goods as they were: decided anew, on all of them.
        let begun = [Placed { hold, begun: true }];
        let life = fold(accepted);
        let wanted = [Event::Held(again), Event::Lifted(hold)];
        assert_eq!(after_amendment(&follows, &life, request, &begun), wanted);
    }

    #[test]
    fn what_an_opinion_asks_for_is_a_hold_each() {
        let of = |lane, plan: &[Step], again: Option<u32>| -> Vec<String> {
            let follows = Follows { lane, plan: plan.to_vec(), assessed: false, tasks: Vec::new() };
            of_opinion(&follows, again).into_iter().map(Event::detail).collect()
        };
        let check = |lane, plan: &[Step], wanted: &[&str]| assert_eq!(of(lane, plan, None), wanted);
        check(Lane::Green, &[Step::Release], &[]);
        check(Lane::Yellow, &[Step::ReviewDocuments], &["documents//"]);
        check(Lane::Red, &[Step::ExamineGoods], &["examination//"]);
        let both = [Step::ReviewDocuments, Step::ExamineGoods];
        check(Lane::Red, &both, &["documents//", "examination//"]);
        let named = [Step::Detain, Step::DecideName, Step::ExamineGoods];
        let wanted = ["examination//", "detention//", "detention//name-listed"];
        check(Lane::Red, &named, &wanted);
        let again = ["examination//amendment 3", "detention//amendment 3"];
        let again = again.into_iter().chain(["detention//name-listed~3"]);
        assert_eq!(of(Lane::Red, &named, Some(3)), again.collect::<Vec<_>>());
    }

    #[test]
    fn what_an_opinion_plans_and_nobody_placed_holds_what_has_not_gone() {
        use Event as E;
        let [documents, detention] =
            [HoldKind::Documents, HoldKind::Detention].map(Hold::of_customs);
        let examined = E::Held(Hold::of_customs(HoldKind::Examination));
        let plan = [Step::Detain, Step::RequestDocuments, Step::ExamineGoods];
        let check = |events: &[Event], amendment, wanted: &[Hold]| {
            let life = fold(events.iter().copied());
            assert_eq!(never_placed(&plan, &life, amendment), wanted, "{events:?}");
        };
        let both = [documents, detention];
        check(&[E::Accepted, examined], None, &both);
        check(&[E::Accepted, examined, E::PaymentWanted(1)], None, &both);
        check(&[E::Accepted, examined, E::Held(detention)], None, &[documents]);
        let lifted = [E::Held(documents), E::Lifted(documents), E::Held(detention)];
        check(&[&[E::Accepted], &lifted[..]].concat(), None, &[]);
        let again = both.map(|hold| Hold { reason: Token::lossy("amendment 2"), ..hold });
        check(&[&[E::Accepted], &lifted[..]].concat(), Some(2), &again);
        check(&[E::Accepted, E::Held(again[0]), E::Held(again[1])], Some(2), &[]);
        for over in [E::Released, E::Cleared, E::Cancelled, E::HandedOver, E::NotDeparted] {
            check(&[E::Accepted, examined, over], None, &[]);
        }
        check(&[E::Registered], None, &[]);
        check(&[E::Rejected], None, &[]);
        let life = fold([E::Accepted, examined]);
        assert_eq!(never_placed(&[Step::ExamineGoods, Step::Release], &life, None), []);
        let name = Hold { reason: Token::lossy("name-listed"), ..detention };
        assert_eq!(never_placed(&[Step::DecideName], &life, None), [name]);
        assert!(is_of_name(&name) && !is_of_name(&detention));
    }

    #[test]
    fn an_event_is_read_as_it_is_written() {
        let hold = Hold {
            kind: HoldKind::Detention,
            agency: Token::lossy("vet"),
            reason: Token::lossy("a/b"),
        };
        let request = Request { number: 7, kind: RequestKind::Appeal };
        let mut all = Event::PLAIN.to_vec();
        for time in [1, 2, 30] {
            all.extend([Event::PaymentWanted(time), Event::Secured(time), Event::Settled(time)]);
        }
        all.extend([Event::Held(hold), Event::Lifted(hold), Event::Overdue(hold)]);
        for n in [0, 1, 7, u32::MAX] {
            all.extend([Event::Amended(n), Event::Corrected(n / 2), Event::StillCleared(n / 2)]);
        }
        for time in [1, 2, 9] {
            let refusal = Refusal { agency: hold.agency, time };
            all.extend([Event::Refused(refusal), Event::Overturned(refusal)]);
        }
        all.extend([Event::Requested(request), Event::Granted(request), Event::Denied(request)]);
        for event in all {
            assert_eq!(Event::read(event.name(), &event.detail()), Ok(event));
        }
        // As stores before holds had keys have them.
        let documents = Event::Held(Hold::of_customs(HoldKind::Documents));
        assert_eq!(Event::read("documents-wanted", ""), Ok(documents));
        let first = Request { number: 1, kind: RequestKind::Cancel };
        assert_eq!(Event::read("cancellation-requested", ""), Ok(Event::Requested(first)));
        for (name, detail) in [
            ("", ""),
            ("released", "x"),
            ("hold-lifted", "query/a"),
            ("debt-settled", "0"),
            ("refused", "vet/1"),
        ] {
            assert_eq!(Event::read(name, detail), Err(NotAnEvent), "{name} {detail}");
        }
    }
}
