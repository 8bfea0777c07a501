//! What a person or an agency may do about a declaration, and when.
//!
//! In: an act and the life so far. Out: what happens by it, or why it cannot be done now. What is refused
//! changes nothing.

use super::{Answer, Event, Hold, Life, Request, RequestKind, State};
use crate::token::Token;

/// An act about a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Holds the goods back.
    Hold(Hold),
    /// Lifts a hold.
    Lift(Hold),
    /// Refuses the goods, for an agency; empty is the customs administration. `further` says that it is
    /// about items that its refusals so far are not about.
    Refuse {
        /// The agency.
        agency: Token,
        /// Whether it goes further than a refusal that stands.
        further: bool,
    },
    /// Asks for something beside the declaration.
    Request(RequestKind),
    /// Grants a request; of an appeal against a refusal, whose refusal no longer stands.
    Grant(Request, Option<Token>),
    /// Denies a request.
    Deny(Request),
    /// Assesses anew what could not be computed: by what is known now, and by amounts an officer states.
    Assess,
    /// Says that the goods left the place of departure.
    Depart,
    /// Ends the declaration, for the administration.
    Cancel,
    /// Takes it out of the house, to be dealt with otherwise.
    HandOver,
}

/// Why an act cannot be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// The declaration is not accepted.
    NotAccepted,
    /// It is over.
    Over(State),
    /// The hold is there already, or the agency refused already, or it happened already.
    Already,
    /// The hold was lifted: another reason is wanted.
    LiftedBefore,
    /// There is no such hold.
    NotHeld,
    /// A declaration that stands so takes no such request.
    NotTaken(State),
    /// There is no such request.
    NoSuchRequest,
    /// The request was answered.
    Answered(Answer),
    /// There is no such refusal.
    NotRefused,
    /// Nothing is to be paid, or all of it was.
    NothingOwed,
    /// The name is of holds the house places itself ([`Hold::has_own_name`]).
    OwnName,
    /// The goods do not leave by this declaration.
    NotLeaving,
}

impl NotNow {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAccepted => "not-accepted",
            Self::Over(_) => "over",
            Self::Already => "already",
            Self::LiftedBefore => "lifted-before",
            Self::NotHeld => "not-held",
            Self::NotTaken(_) => "not-taken",
            Self::NoSuchRequest => "no-such-request",
            Self::Answered(_) => "answered",
            Self::NotRefused => "not-refused",
            Self::NothingOwed => "nothing-owed",
            Self::OwnName => "own-name",
            Self::NotLeaving => "not-leaving",
        }
    }
}

impl Act {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hold(_) => "hold",
            Self::Lift(_) => "lift",
            Self::Refuse { .. } => "refuse",
            Self::Request(_) => "request",
            Self::Grant(..) => "grant",
            Self::Deny(_) => "deny",
            Self::Assess => "assess",
            Self::Depart => "depart",
            Self::Cancel => "cancel",
            Self::HandOver => "hand-over",
        }
    }

    /// Whether who does it has to say why: what stops goods, or denies what was asked for.
    #[must_use]
    pub fn wants_reason(self) -> bool {
        matches!(
            self,
            Self::Hold(_) | Self::Refuse { .. } | Self::Deny(_) | Self::Cancel | Self::HandOver
        )
    }

    /// What happens by it.
    ///
    /// # Errors
    /// [`NotNow`].
    pub fn happens(self, life: &Life) -> Result<Vec<Event>, NotNow> {
        let state = life.state();
        let open = |request: Request| match life.requests().find(|(r, _)| *r == request) {
            None => Err(NotNow::NoSuchRequest),
            Some((_, Answer::Open)) => Ok(()),
            Some((_, answer)) => Err(NotNow::Answered(answer)),
        };
        let live = || match state {
            State::Draft | State::PreLodged => Err(NotNow::NotAccepted),
            state if state.is_over() => Err(NotNow::Over(state)),
            _ => Ok(()),
        };
        let once = |event: Event| if life.has(event) { Err(NotNow::Already) } else { Ok(event) };
        match self {
            Self::Hold(hold) => {
                live()?;
                match life.hold(hold) {
                    None if hold.has_own_name() => Err(NotNow::OwnName),
                    None => Ok(vec![Event::Held(hold)]),
                    Some(false) => Err(NotNow::Already),
                    Some(true) => Err(NotNow::LiftedBefore),
                }
            }
            // A hold is lifted also of what is over: nobody is to be left with an open one.
            Self::Lift(hold) => match life.hold(hold) {
                Some(false) => Ok(vec![Event::Lifted(hold)]),
                Some(true) => Err(NotNow::Already),
                None => Err(NotNow::NotHeld),
            },
            Self::Refuse { agency, further } => {
                live()?;
                if !further && life.refusals().any(|one| one == agency) {
                    return Err(NotNow::Already);
                }
                Ok(vec![life.refuses(agency)])
            }
            Self::Request(kind) => {
                if !state.takes(kind) {
                    return Err(NotNow::NotTaken(state));
                }
                Ok(vec![Event::Requested(Request { number: life.next_request(), kind })])
            }
            Self::Grant(request, overturns) => {
                open(request)?;
                // What was granted too late, of a declaration that is over, would have no effect.
                if !state.takes(request.kind) {
                    return Err(NotNow::NotTaken(state));
                }
                let mut events = vec![Event::Granted(request)];
                if let Some(agency) = overturns {
                    if request.kind != RequestKind::Appeal
                        || !life.refusals().any(|one| one == agency)
                    {
                        return Err(NotNow::NotRefused);
                    }
                    events.push(life.overturns(agency));
                }
                Ok(events)
            }
            Self::Deny(request) => {
                open(request)?;
                Ok(vec![Event::Denied(request)])
            }
            Self::Assess => {
                // What is secured until then is assessed finally too, wherever the goods are by then.
                // Source: WTO TFA, article 7.3.
                if !matches!(state, State::Exited | State::HandedOver) {
                    live()?;
                }
                if life.is_settled() {
                    return Err(NotNow::NothingOwed);
                }
                Ok(vec![Event::Assessed])
            }
            Self::Depart => {
                live()?;
                Ok(vec![once(Event::Departed)?])
            }
            Self::Cancel => match state {
                State::Draft | State::Rejected => Err(NotNow::NotAccepted),
                state if state.is_over() => Err(NotNow::Over(state)),
                _ => Ok(vec![once(Event::Cancelled)?]),
            },
            Self::HandOver => {
                live()?;
                Ok(vec![once(Event::HandedOver)?])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HoldKind, Refusal, fold};
    use super::*;

    #[test]
    fn an_act_is_done_when_it_can_be() {
        use Event as E;
        let hold = Hold::of_customs(HoldKind::Documents);
        let cancel = Request { number: 1, kind: RequestKind::Cancel };
        let appeal = Request { number: 1, kind: RequestKind::Appeal };
        let vet = Token::lossy("vet");
        let check = |events: &[Event], act: Act, wanted: Result<&[Event], NotNow>| {
            let got = act.happens(&fold(events.iter().copied()));
            assert_eq!(got.as_deref().map_err(|e| *e), wanted, "{events:?} {act:?}");
        };
        check(&[E::Accepted], Act::Hold(hold), Ok(&[E::Held(hold)]));
        check(&[E::Registered], Act::Hold(hold), Err(NotNow::NotAccepted));
        check(&[E::Rejected], Act::Hold(hold), Err(NotNow::Over(State::Rejected)));
        check(&[E::Accepted, E::Held(hold)], Act::Hold(hold), Err(NotNow::Already));
        let named = |name: &str| Hold { reason: Token::lossy(name), ..hold };
        for own in ["amendment 1", "amendment 23", "result 7", "vet~2", "~"] {
            check(&[E::Accepted], Act::Hold(named(own)), Err(NotNow::OwnName));
            // One from before is lifted like any.
            let there = [E::Accepted, E::Held(named(own))];
            check(&there, Act::Lift(named(own)), Ok(&[E::Lifted(named(own))]));
        }
        for name in ["amendment", "amendment ", "amendment 1a", "results 7", "my amendment 1"] {
            check(&[E::Accepted], Act::Hold(named(name)), Ok(&[E::Held(named(name))]));
        }
        let lifted = [E::Accepted, E::Held(hold), E::Lifted(hold)];
        check(&lifted, Act::Hold(hold), Err(NotNow::LiftedBefore));
        check(&lifted, Act::Lift(hold), Err(NotNow::Already));
        check(&lifted[..2], Act::Lift(hold), Ok(&[E::Lifted(hold)]));
        check(&[E::Accepted], Act::Lift(hold), Err(NotNow::NotHeld));
        let refusal = |time| Refusal { agency: vet, time };
        let refuse = |further| Act::Refuse { agency: vet, further };
        let refused = [E::Accepted, E::Refused(refusal(1))];
        check(&[E::Accepted], refuse(false), Ok(&[E::Refused(refusal(1))]));
        check(&refused, refuse(false), Err(NotNow::Already));
        check(&refused, refuse(true), Ok(&[E::Refused(refusal(2))]));
        let over = [&refused[..], &[E::Overturned(refusal(1))]].concat();
        check(&over, refuse(false), Ok(&[E::Refused(refusal(2))]));
        let ask = Act::Request(RequestKind::Cancel);
        check(&[E::Accepted], ask, Ok(&[E::Requested(cancel)]));
        let second = Request { number: 2, kind: RequestKind::Cancel };
        check(&[E::Accepted, E::Requested(cancel)], ask, Ok(&[E::Requested(second)]));
        let exited = [E::Accepted, E::Cleared, E::Exited];
        check(&exited, ask, Err(NotNow::NotTaken(State::Exited)));
        let asked = [E::Accepted, E::Requested(cancel)];
        check(&asked, Act::Grant(cancel, None), Ok(&[E::Granted(cancel)]));
        check(&asked, Act::Deny(cancel), Ok(&[E::Denied(cancel)]));
        check(&asked, Act::Grant(second, None), Err(NotNow::NoSuchRequest));
        let denied = [E::Accepted, E::Requested(cancel), E::Denied(cancel)];
        check(&denied, Act::Grant(cancel, None), Err(NotNow::Answered(Answer::Denied)));
        let gone = [E::Accepted, E::Requested(cancel), E::Cleared, E::Exited];
        check(&gone, Act::Grant(cancel, None), Err(NotNow::NotTaken(State::Exited)));
        let appealed = [E::Accepted, E::Refused(refusal(1)), E::Requested(appeal)];
        let overturned = [E::Granted(appeal), E::Overturned(refusal(1))];
        check(&appealed, Act::Grant(appeal, Some(vet)), Ok(&overturned));
        check(&appealed, Act::Grant(appeal, Some(Token::EMPTY)), Err(NotNow::NotRefused));
        check(&[E::Accepted], Act::Depart, Ok(&[E::Departed]));
        let waits = [E::Accepted, E::PaymentWanted(1)];
        check(&waits, Act::Assess, Ok(&[E::Assessed]));
        let secured = [&waits[..], &[E::Secured(1)]].concat();
        check(&secured, Act::Assess, Ok(&[E::Assessed]));
        let gone = [&secured[..], &[E::Released, E::Exited]].concat();
        check(&gone, Act::Assess, Ok(&[E::Assessed]));
        let ended = [&waits[..], &[E::Cancelled]].concat();
        check(&ended, Act::Assess, Err(NotNow::Over(State::Cancelled)));
        check(&waits[..1], Act::Assess, Err(NotNow::NothingOwed));
        check(&[E::Registered], Act::Assess, Err(NotNow::NotAccepted));
        let settled = [&waits[..], &[E::Settled(1)]].concat();
        check(&settled, Act::Assess, Err(NotNow::NothingOwed));
        check(&[E::Accepted, E::Departed], Act::Depart, Err(NotNow::Already));
        check(&[E::Registered], Act::Cancel, Ok(&[E::Cancelled]));
        check(&[E::Accepted, E::Cancelled], Act::Cancel, Err(NotNow::Over(State::Cancelled)));
        check(&[E::Accepted], Act::HandOver, Ok(&[E::HandedOver]));
    }
}
