//! What it means that a time is up.
//!
//! In: what was waited for, and the life so far. Out: what happens by it: nothing where it came, where
//! it is waited for no more, or where that was said already.

use super::{Event, Hold, HoldKind, Life, State};
use crate::agency::{Awaited, Silence};

/// What a clock is about, beside the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Nothing; of a payment, whatever debt is open.
    Nothing,
    /// The hold that documents or an answer are wanted for.
    Hold(Hold),
    /// The debt, opened this how manyth time.
    Debt(u32),
}

/// What happens when what is waited for did not come in time.
#[must_use]
pub fn time_up(awaits: Awaited, about: About, life: &Life) -> Vec<Event> {
    let state = life.state();
    let one = |event: Event, when: bool| if when { vec![event] } else { Vec::new() };
    match awaits {
        Awaited::Arrival => one(Event::Expired, state == State::PreLodged),
        // Goods that may leave; whose are held are not late.
        Awaited::Departure => {
            let may = matches!(state, State::Released | State::Cleared | State::AwaitingExit);
            one(Event::NotDeparted, may && !life.has(Event::Departed))
        }
        Awaited::Exit => {
            let may = matches!(state, State::Released | State::Cleared);
            one(Event::ExitUnproved, may && !life.has(Event::ExitUnproved))
        }
        // A debt opened since has a clock of its own.
        Awaited::Payment => {
            let owes = match about {
                About::Debt(time) => life.owes_since(time),
                About::Nothing | About::Hold(_) => life.owes(),
            };
            one(Event::Reminded, owes && !state.is_over())
        }
        Awaited::Documents => match about {
            About::Hold(hold) => one(Event::Overdue(hold), is_late(hold, life)),
            About::Nothing | About::Debt(_) => Vec::new(),
        },
    }
}

/// What happens when an agency did not speak in time of its hold. Its silence releases only what nobody
/// else is waited for: a hold that waits for its word.
#[must_use]
pub fn agency_silent(hold: Hold, silence: Silence, life: &Life) -> Vec<Event> {
    // An agency that refused has spoken.
    if !is_late(hold, life) || life.refusal(hold.agency) == Some(false) {
        return Vec::new();
    }
    let releases = silence == Silence::Release && hold.kind == HoldKind::Delay;
    let lifted = releases.then_some(Event::Lifted(hold));
    [Some(Event::Overdue(hold)), lifted].into_iter().flatten().collect()
}

/// Whether a hold is open, of what is not over, and nobody said yet that it is late.
fn is_late(hold: Hold, life: &Life) -> bool {
    life.hold(hold) == Some(false) && !life.is_overdue(hold) && !life.state().is_over()
}

#[cfg(test)]
mod tests {
    use super::super::{Refusal, fold};
    use super::*;
    use crate::token::Token;

    #[test]
    fn a_time_that_is_up_means_something_where_it_is_still_waited_for() {
        use Event as E;
        let check = |awaits, events: &[Event], wanted: &[Event]| {
            let life = fold(events.iter().copied());
            assert_eq!(time_up(awaits, About::Nothing, &life), wanted, "{awaits:?} {events:?}");
            // Said once.
            let after = fold(events.iter().chain(wanted).copied());
            if awaits != Awaited::Payment {
                assert_eq!(time_up(awaits, About::Nothing, &after), [], "{awaits:?} {events:?}");
            }
        };
        check(Awaited::Arrival, &[E::Registered], &[E::Expired]);
        check(Awaited::Arrival, &[E::Registered, E::Arrived, E::Accepted], &[]);
        check(Awaited::Arrival, &[E::Registered, E::Cancelled], &[]);
        check(Awaited::Departure, &[E::Accepted, E::Cleared], &[E::NotDeparted]);
        check(Awaited::Departure, &[E::Accepted, E::Cleared, E::Departed], &[]);
        let unproved = [E::Accepted, E::Cleared, E::ExitUnproved];
        check(Awaited::Departure, &unproved, &[E::NotDeparted]);
        check(Awaited::Departure, &[E::Accepted], &[]);
        check(Awaited::Exit, &[E::Accepted, E::Cleared], &[E::ExitUnproved]);
        check(Awaited::Exit, &[E::Accepted, E::Cleared, E::Exited], &[]);
        let recalled = [E::Accepted, E::Cleared, E::Held(Hold::of_customs(HoldKind::Query))];
        check(Awaited::Exit, &recalled, &[]);
        check(Awaited::Payment, &[E::Accepted, E::PaymentWanted(1)], &[E::Reminded]);
        check(Awaited::Payment, &[E::Accepted, E::PaymentWanted(1), E::Secured(1)], &[]);
        check(Awaited::Payment, &[E::Accepted, E::PaymentWanted(1), E::Cancelled], &[]);
        check(Awaited::Documents, &[E::Accepted], &[]);
        let reminds = |events: &[Event], time, wanted: usize| {
            let life = fold(events.iter().copied());
            let said = time_up(Awaited::Payment, About::Debt(time), &life);
            assert_eq!(said, vec![E::Reminded; wanted], "{events:?} {time}");
        };
        // The clock of a debt that was settled says nothing of one opened since.
        let again = [E::Accepted, E::PaymentWanted(1), E::Settled(1), E::PaymentWanted(2)];
        reminds(&again[..2], 1, 1);
        reminds(&again, 1, 0);
        reminds(&again, 2, 1);
        reminds(&[E::Accepted, E::PaymentWanted(1), E::PaymentWanted(2)], 1, 1);
        reminds(&[&again[..], &[E::Secured(2)]].concat(), 2, 0);
    }

    #[test]
    fn silence_releases_only_what_waits_for_the_agency() {
        use Event as E;
        let vet = Token::lossy("vet");
        let hold = |kind| Hold { kind, agency: vet, reason: Token::lossy("q") };
        let check = |kind, silence, more: &[Event], wanted: &[Event]| {
            let mut events = vec![E::Accepted, E::Held(hold(kind))];
            events.extend_from_slice(more);
            let life = fold(events.iter().copied());
            assert_eq!(agency_silent(hold(kind), silence, &life), wanted, "{kind:?} {silence:?}");
        };
        let (delay, overdue) = (hold(HoldKind::Delay), |kind| E::Overdue(hold(kind)));
        let late = overdue(HoldKind::Delay);
        check(HoldKind::Delay, Silence::Release, &[], &[late, E::Lifted(delay)]);
        check(HoldKind::Delay, Silence::Escalate, &[], &[late]);
        check(HoldKind::Delay, Silence::Nothing, &[], &[late]);
        for kind in
            [HoldKind::Documents, HoldKind::Query, HoldKind::Examination, HoldKind::Detention]
        {
            check(kind, Silence::Release, &[], &[overdue(kind)]);
        }
        check(HoldKind::Delay, Silence::Release, &[E::Lifted(delay)], &[]);
        check(HoldKind::Delay, Silence::Release, &[late], &[]);
        check(HoldKind::Delay, Silence::Release, &[E::Refused(Refusal::first(vet))], &[]);
        check(HoldKind::Delay, Silence::Release, &[E::Cancelled], &[]);
        let life = fold([E::Accepted, E::Held(hold(HoldKind::Query))]);
        let query = About::Hold(hold(HoldKind::Query));
        assert_eq!(time_up(Awaited::Documents, query, &life), [overdue(HoldKind::Query)]);
    }
}
