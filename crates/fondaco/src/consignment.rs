//! The life of a declaration: events, and the state that follows from them.
//!
//! State is never stored; it is the fold of the events. Every pair of state and event is written
//! out, so that a new event makes the compiler list what was not considered.

use crate::decision::{Lane, Step};
use crate::declaration::{Declaration, Message};

/// Something that happened to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// Lodged before the goods came: registered, not yet accepted.
    Registered,
    /// Returned to the sender with what is wrong.
    Rejected,
    /// Accepted: from now on it is a legal act.
    Accepted,
    /// The goods came.
    Arrived,
    /// Duties and taxes were computed.
    Assessed,
    /// Documents are wanted or looked at.
    DocumentsWanted,
    /// The goods are to be examined.
    ControlOrdered,
    /// The goods may move; the debt is not settled.
    Released,
    /// The goods may move and nothing is owed.
    Cleared,
    /// A change was asked for.
    AmendmentRequested,
    /// Its end was asked for.
    CancellationRequested,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Registered,
        Self::Rejected,
        Self::Accepted,
        Self::Arrived,
        Self::Assessed,
        Self::DocumentsWanted,
        Self::ControlOrdered,
        Self::Released,
        Self::Cleared,
        Self::AmendmentRequested,
        Self::CancellationRequested,
    ];

    /// The name in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Rejected => "rejected",
            Self::Accepted => "accepted",
            Self::Arrived => "arrived",
            Self::Assessed => "assessed",
            Self::DocumentsWanted => "documents-wanted",
            Self::ControlOrdered => "control-ordered",
            Self::Released => "released",
            Self::Cleared => "cleared",
            Self::AmendmentRequested => "amendment-requested",
            Self::CancellationRequested => "cancellation-requested",
        }
    }

    /// The event with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }

    /// The WCO response it is told by (017 of the Response); `None` where nobody is told.
    ///
    /// Source: function codes of the response message, as in `docs/protocol/responses.md`.
    #[must_use]
    pub fn response(self) -> Option<&'static str> {
        match self {
            Self::Accepted => Some("01"),
            Self::Registered | Self::AmendmentRequested | Self::CancellationRequested => Some("02"),
            Self::Rejected => Some("03"),
            Self::ControlOrdered => Some("05"),
            Self::DocumentsWanted => Some("06"),
            Self::Released => Some("08"),
            Self::Cleared => Some("09"),
            Self::Assessed => Some("13"),
            Self::Arrived => None,
        }
    }
}

/// Where a declaration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nothing happened yet.
    Draft,
    /// Returned; nothing more can happen to it.
    Rejected,
    /// Registered, waiting for the goods.
    PreLodged,
    /// Accepted.
    Accepted,
    /// Duties and taxes computed.
    Assessed,
    /// Waiting for documents or for somebody to look at them.
    UnderDocumentaryCheck,
    /// Waiting for an examination of the goods.
    UnderExamination,
    /// The goods may move.
    Released,
    /// The goods may move and nothing is owed.
    Cleared,
}

impl State {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Rejected => "rejected",
            Self::PreLodged => "pre-lodged",
            Self::Accepted => "accepted",
            Self::Assessed => "assessed",
            Self::UnderDocumentaryCheck => "under-documentary-check",
            Self::UnderExamination => "under-examination",
            Self::Released => "released",
            Self::Cleared => "cleared",
        }
    }
}

/// The state after an event. A late or repeated event leaves the state as it is.
#[must_use]
pub fn next(state: State, event: Event) -> State {
    use Event as E;
    use State as S;
    match (state, event) {
        (S::Draft, E::Rejected) => S::Rejected,
        (S::Draft, E::Registered) => S::PreLodged,
        (S::Draft | S::PreLodged, E::Accepted) => S::Accepted,
        (S::Accepted, E::Assessed) => S::Assessed,
        (S::Accepted | S::Assessed, E::DocumentsWanted) => S::UnderDocumentaryCheck,
        (S::Accepted | S::Assessed | S::UnderDocumentaryCheck, E::ControlOrdered) => {
            S::UnderExamination
        }
        (
            S::Accepted | S::Assessed | S::UnderDocumentaryCheck | S::UnderExamination,
            E::Released,
        ) => S::Released,
        (
            S::Accepted
            | S::Assessed
            | S::UnderDocumentaryCheck
            | S::UnderExamination
            | S::Released,
            E::Cleared,
        ) => S::Cleared,
        // Returned is the end; accepted is never undone by a rejection.
        (S::Rejected, _)
        | (
            S::PreLodged
            | S::Accepted
            | S::Assessed
            | S::UnderDocumentaryCheck
            | S::UnderExamination
            | S::Released
            | S::Cleared,
            E::Rejected,
        ) => state,
        // A request never moves the declaration; only its grant will.
        (
            S::Draft
            | S::PreLodged
            | S::Accepted
            | S::Assessed
            | S::UnderDocumentaryCheck
            | S::UnderExamination
            | S::Released
            | S::Cleared,
            E::AmendmentRequested | E::CancellationRequested | E::Arrived,
        )
        // Late or repeated.
        | (
            S::PreLodged
            | S::Accepted
            | S::Assessed
            | S::UnderDocumentaryCheck
            | S::UnderExamination
            | S::Released
            | S::Cleared,
            E::Registered,
        )
        | (
            S::Accepted
            | S::Assessed
            | S::UnderDocumentaryCheck
            | S::UnderExamination
            | S::Released
            | S::Cleared,
            E::Accepted,
        )
        | (
            S::Assessed
            | S::UnderDocumentaryCheck
            | S::UnderExamination
            | S::Released
            | S::Cleared,
            E::Assessed,
        )
        | (
            S::UnderDocumentaryCheck | S::UnderExamination | S::Released | S::Cleared,
            E::DocumentsWanted,
        )
        | (S::UnderExamination | S::Released | S::Cleared, E::ControlOrdered)
        | (S::Released | S::Cleared, E::Released)
        | (S::Cleared, E::Cleared)
        // Too early: nothing follows from an order on what is not yet accepted.
        | (
            S::Draft | S::PreLodged,
            E::Assessed
            | E::DocumentsWanted
            | E::ControlOrdered
            | E::Released
            | E::Cleared,
        ) => state,
    }
}

/// The state after these events.
#[must_use]
pub fn fold(events: impl IntoIterator<Item = Event>) -> State {
    events.into_iter().fold(State::Draft, next)
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
}

/// The events that follow from acceptance and the decision, in order.
#[must_use]
pub fn after_acceptance(follows: &Follows) -> Vec<Event> {
    let mut events = vec![Event::Accepted];
    if follows.assessed {
        events.push(Event::Assessed);
    }
    match follows.lane {
        Lane::Red => events.push(Event::ControlOrdered),
        Lane::Yellow => events.push(Event::DocumentsWanted),
        Lane::Green => {
            // Goods whose debt is open are released on money, which is not yet there.
            if !follows.plan.contains(&Step::RequestPayment) {
                events.push(Event::Cleared);
            }
        }
    }
    events
}

/// The events of lodging a message.
#[must_use]
pub fn on_lodging(declaration: &Declaration, follows: &Follows) -> Vec<Event> {
    match declaration.message {
        Message::Original if declaration.is_pre_lodged() => vec![Event::Registered],
        Message::Original => after_acceptance(follows),
        Message::Amendment | Message::Request => vec![Event::AmendmentRequested],
        Message::Cancellation => vec![Event::CancellationRequested],
        Message::Arrival => vec![Event::Arrived],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_and_late_events_change_nothing() {
        use Event as E;
        let life =
            [E::Registered, E::Arrived, E::Accepted, E::Assessed, E::ControlOrdered, E::Cleared];
        assert_eq!(fold(life), State::Cleared);
        let mut repeated: Vec<Event> = life.to_vec();
        for n in 0..life.len() {
            repeated.extend_from_slice(&life[..=n]);
        }
        assert_eq!(fold(repeated), State::Cleared);
        assert_eq!(fold([E::Assessed, E::Cleared]), State::Draft);
    }

    #[test]
    fn the_state_never_goes_back() {
        for state in [
            State::Draft,
            State::Rejected,
            State::PreLodged,
            State::Accepted,
            State::Assessed,
            State::UnderDocumentaryCheck,
            State::UnderExamination,
            State::Released,
            State::Cleared,
        ] {
            for event in Event::ALL {
                assert!(next(state, event) >= state, "{state:?} {event:?}");
            }
        }
    }
}
