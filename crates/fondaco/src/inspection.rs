//! What comes of looking at goods: results of controls, which may come late, twice and in any order.
//!
//! In: what was found before about a control, what is found now, and the life so far. Out: what happens by
//! it. Nothing here knows a clock: when a result was made is what its device says.
//!
//! Holds always:
//! - the decision on a control is that of its result made last, whenever it comes;
//! - a result made before that is on file and changes nothing;
//! - once a result came, what held the goods for the control does no more; what was found does.

use crate::consignment::{Event, Hold, HoldKind, Life};
use crate::token::Token;

/// What was found of one control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The goods are as they have to be.
    Pass,
    /// They are not: they are detained until the agency says more.
    Detain,
    /// They are not, and the agency refuses them.
    Refuse,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pass, Self::Detain, Self::Refuse];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Detain => "detain",
            Self::Refuse => "refuse",
        }
    }

    /// That with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name() == name)
    }
}

/// A result of a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// When it was made, milliseconds since 1970, by the device's clock.
    pub made: i64,
    /// The device.
    pub device: String,
    /// Which of the device's results; of two made in one millisecond the later one is the higher.
    pub sequence: i64,
    /// Its number in the house, which names what it holds.
    pub number: i64,
    /// What was found.
    pub outcome: Outcome,
}

impl Found {
    /// What tells which of two was made last: no two results have the same.
    fn order(&self) -> (i64, &str, i64) {
        (self.made, &self.device, self.sequence)
    }

    /// The hold it places for an agency.
    #[must_use]
    pub fn hold(&self, agency: Token) -> Hold {
        let reason = Token::lossy(&format!("result {}", self.number));
        Hold { kind: HoldKind::Detention, agency, reason }
    }
}

/// The result that decides: that made last.
#[must_use]
pub fn decides(all: &[Found]) -> Option<&Found> {
    all.iter().max_by(|a, b| a.order().cmp(&b.order()))
}

/// What of the refusals of an agency no result of this control decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Otherwise {
    /// It refuses by something else: another control, or an officer's own act.
    pub refuses: bool,
    /// A refusal was overturned by something else than results: an appeal, or an amendment.
    pub overturned: bool,
}

/// What happens by a result of a control: nothing where one made later came before.
#[must_use]
pub fn happens(
    control: Hold,
    before: &[Found],
    now: &Found,
    otherwise: Otherwise,
    life: &Life,
) -> Vec<Event> {
    let last = decides(before);
    if last.is_some_and(|last| last.order() >= now.order()) {
        return Vec::new();
    }
    let agency = control.agency;
    let mut events = Vec::new();
    // What holds now comes before what does not any more: goods do not move between.
    match now.outcome {
        Outcome::Pass => {}
        Outcome::Detain => events.push(Event::Held(now.hold(agency))),
        // What an appeal or an amendment ended does not come back by a result: the goods are detained for it.
        Outcome::Refuse if otherwise.overturned && life.refusal(agency) == Some(true) => {
            events.push(Event::Held(now.hold(agency)));
        }
        Outcome::Refuse => events.push(life.refuses(agency)),
    }
    if let Some(last) = last {
        let open = |hold: &Hold| life.hold(*hold) == Some(false);
        events.extend(Some(last.hold(agency)).filter(open).map(Event::Lifted));
        let stands = life.refusal(agency) == Some(false) && !otherwise.refuses;
        if last.outcome == Outcome::Refuse && now.outcome != Outcome::Refuse && stands {
            events.push(life.overturns(agency));
        }
    }
    // A look ends no detention, also where it was booked as a control before that was refused.
    if life.hold(control) == Some(false) && control.kind != HoldKind::Detention {
        events.push(Event::Lifted(control));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consignment::{Refusal, State, fold, next, reactions};

    const VET: &str = "vet";

    fn control() -> Hold {
        let agency = Token::lossy(VET);
        Hold { kind: HoldKind::Examination, agency, reason: Token::lossy("q") }
    }

    fn found(number: i64, made: i64, outcome: Outcome) -> Found {
        Found { made, device: "tablet".into(), sequence: made, number, outcome }
    }

    /// The life after results that come in this order, and what was found so far.
    fn play(results: &[Found]) -> Life {
        let mut life = fold([Event::Accepted, Event::Held(control())]);
        let mut seen: Vec<Found> = Vec::new();
        for one in results {
            if seen.contains(one) {
                continue;
            }
            for event in happens(control(), &seen, one, Otherwise::default(), &life) {
                life = next(life, event);
            }
            for event in reactions(&life) {
                life = next(life, event);
            }
            seen.push(one.clone());
        }
        life
    }

    #[test]
    fn a_result_does_what_was_found() {
        use Outcome::{Detain, Pass, Refuse};
        let check = |outcomes: &[(i64, Outcome)], wanted: State| {
            let results: Vec<Found> =
                (1..).zip(outcomes).map(|(n, (made, o))| found(n, *made, *o)).collect();
            let life = play(&results);
            assert_eq!(life.state(), wanted, "{outcomes:?}");
            assert_eq!(life.hold(control()), Some(true), "{outcomes:?}");
        };
        check(&[(1, Pass)], State::Cleared);
        check(&[(1, Detain)], State::Detained);
        check(&[(1, Refuse)], State::Refused);
        // Looked at again.
        check(&[(1, Detain), (2, Pass)], State::Cleared);
        check(&[(1, Refuse), (2, Pass)], State::Cleared);
        check(&[(1, Refuse), (2, Detain)], State::Detained);
        check(&[(1, Detain), (2, Refuse)], State::Refused);
        check(&[(1, Detain), (2, Detain)], State::Detained);
        check(&[(1, Refuse), (2, Pass), (3, Refuse)], State::Refused);
        // What was made before comes late: it changes nothing.
        check(&[(2, Pass), (1, Refuse)], State::Cleared);
        check(&[(2, Detain), (1, Pass)], State::Detained);
        // What was made later comes after the goods were let go.
        check(&[(1, Pass), (2, Detain)], State::Recalled);
    }

    #[test]
    fn a_look_ends_no_detention() {
        let detained = Hold { kind: HoldKind::Detention, ..control() };
        let life = fold([Event::Accepted, Event::Held(detained)]);
        for outcome in Outcome::ALL {
            let came = happens(detained, &[], &found(1, 1, outcome), Otherwise::default(), &life);
            assert!(!came.contains(&Event::Lifted(detained)), "{outcome:?} {came:?}");
        }
    }

    #[test]
    fn the_decision_is_that_made_last_in_any_order_and_however_often_it_comes() {
        let outcomes = Outcome::ALL;
        let orders: [[usize; 3]; 6] =
            [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for kinds in 0..27usize {
            let results: Vec<Found> = (0..3i64)
                .zip([kinds % 3, kinds / 3 % 3, kinds / 9])
                .map(|(n, k)| found(n + 1, 10 + n, outcomes[k]))
                .collect();
            for order in orders {
                let mut came: Vec<Found> = order.iter().map(|n| results[*n].clone()).collect();
                came.extend(came.clone());
                let life = play(&came);
                let last = &results[2];
                assert_eq!(decides(&came), Some(last));
                // Whether the goods are held or refused is what was made last; whether they had gone by
                // then is what was known by then.
                let stands = life.open_holds().next().is_some() || life.refusals().next().is_some();
                assert_eq!(stands, last.outcome != Outcome::Pass, "{came:?}");
            }
        }
    }

    #[test]
    fn a_refusal_stands_while_another_control_of_the_agency_does() {
        let life = fold([
            Event::Accepted,
            Event::Held(control()),
            Event::Refused(Refusal::first(Token::lossy(VET))),
        ]);
        let before = [found(1, 1, Outcome::Refuse)];
        let pass = found(2, 2, Outcome::Pass);
        let check = |refuses: bool, wanted: &[Event]| {
            let otherwise = Otherwise { refuses, overturned: false };
            assert_eq!(happens(control(), &before, &pass, otherwise, &life), wanted);
        };
        check(true, &[Event::Lifted(control())]);
        check(
            false,
            &[Event::Overturned(Refusal::first(Token::lossy(VET))), Event::Lifted(control())],
        );
    }

    #[test]
    fn what_an_appeal_or_an_amendment_ended_does_not_come_back_by_a_result() {
        let agency = Token::lossy(VET);
        let first = Refusal::first(agency);
        let refuse = found(3, 3, Outcome::Refuse);
        let again = Event::Refused(Refusal { agency, time: 2 });
        let check = |events: &[Event], overturned: bool, wanted: Event| {
            let life = fold([&[Event::Accepted], events].concat());
            let otherwise = Otherwise { refuses: false, overturned };
            assert_eq!(happens(control(), &[], &refuse, otherwise, &life), [wanted], "{events:?}");
        };
        let over = [Event::Refused(first), Event::Overturned(first)];
        check(&over, true, Event::Held(refuse.hold(agency)));
        check(&over, false, again);
        // Refused by an officer since: that stands, and so does this.
        let third = Event::Refused(Refusal { agency, time: 3 });
        check(&[over[0], over[1], again], true, third);
        check(&[], false, Event::Refused(first));
    }
}
