//! A million lives of consignments: what comes from outside in any order, late and repeated.
//!
//! Each life is a story: what happened, in the order in which it did. It is told to the house as it
//! happened, with what follows by itself after every message, and once more shuffled and with
//! repeats. No state on the way may be illegal, and both come to the same end.

use fondaco::consignment::{
    Answer, Event, Hold, HoldKind, Life, Refusal, Request, RequestKind, State, fold, next,
    reactions,
};
use fondaco::token::Token;

use super::chance::Chance;

/// What must be so of any life.
fn illegal(life: &Life) -> Option<&'static str> {
    let state = life.state();
    let has = |event| life.has(event);
    let held = life.open_holds().next().is_some() || life.refusals().next().is_some();
    if state.may_move() && state != State::Exited && held {
        return Some("goods with an open hold may move");
    }
    if state.may_move() && life.owes() && state != State::Exited {
        return Some("goods with an open debt may move");
    }
    if state.may_move() && !has(Event::Accepted) {
        return Some("goods that were not accepted may move");
    }
    if state == State::Exited && !has(Event::Released) && !has(Event::Cleared) {
        return Some("goods left that were never released");
    }
    if state == State::Rejected && has(Event::Accepted) {
        return Some("what was accepted is rejected");
    }
    let granted = |(r, a): (Request, Answer)| r.kind == RequestKind::Cancel && a == Answer::Granted;
    if state == State::Withdrawn && !life.requests().any(granted) {
        return Some("withdrawn without a grant");
    }
    None
}

/// What happened, with the first events that everything else hangs on.
fn story(chance: &mut Chance) -> (Vec<Event>, Vec<Event>) {
    let mut first = Vec::new();
    let mut rest = Vec::new();
    let token = |n: usize| Token::lossy(["", "vet", "phyto", "radio"][n % 4]);
    match chance.below(8) {
        0 => first.push(Event::Rejected),
        1 => first.push(Event::Registered),
        2 => first.extend([Event::Registered, Event::Arrived, Event::Accepted]),
        _ => first.push(Event::Accepted),
    }
    if chance.below(2) == 0 {
        first.push(Event::Assessed);
        if chance.below(4) > 0 {
            let times = 1 + u32::from(chance.below(4) == 0);
            first.extend((1..=times).map(Event::PaymentWanted));
            // The last time it is open counts; that an earlier one was settled may be told late.
            let time = 1 + chance.below(times as usize) as u32;
            let (secured, settled) = (Event::Secured(time), Event::Settled(time));
            match chance.below(4) {
                0 => {}
                1 => rest.push(secured),
                2 => rest.extend([secured, settled]),
                _ => rest.extend([Event::FundsShort, Event::Reminded, settled]),
            }
        }
    }
    for n in 0..chance.below(4) {
        let kind = HoldKind::ALL[chance.below(HoldKind::ALL.len())];
        let agency = token(chance.below(4));
        let hold = Hold { kind, agency, reason: Token::lossy(&format!("r{n}")) };
        first.push(Event::Held(hold));
        // One that is not lifted, or only late.
        if chance.below(4) > 0 {
            rest.push(Event::Lifted(hold));
        } else if chance.below(2) == 0 {
            rest.push(Event::Overdue(hold));
        }
    }
    if chance.below(10) == 0 {
        let agency = token(chance.below(4));
        for time in 1..=1 + chance.below(2) as u32 {
            first.push(Event::Refused(Refusal { agency, time }));
            if chance.below(2) == 0 {
                rest.push(Event::Overturned(Refusal { agency, time }));
            }
        }
    }
    for number in 1..=chance.below(3) as u32 {
        let kind = RequestKind::ALL[chance.below(RequestKind::ALL.len())];
        let request = Request { number, kind };
        rest.push(Event::Requested(request));
        match chance.below(3) {
            0 => {}
            1 => rest.push(Event::Denied(request)),
            _ => rest.push(Event::Granted(request)),
        }
    }
    if chance.below(3) == 0 {
        rest.push(Event::Departed);
    }
    if chance.below(6) == 0 {
        rest.push(Event::ExitUnproved);
    }
    if chance.below(8) == 0 {
        rest.push(Event::Amended(chance.below(3) as u32));
    }
    (first, rest)
}

/// The life after messages and what follows of each: `first` comes in one, as what follows from lodging
/// does, the others one by one.
fn check(first: &[Event], others: &[Event]) -> Life {
    let mut life = fold(first.iter().copied());
    let reacted = |life: Life| reactions(&life).into_iter().fold(life, next);
    life = reacted(life);
    for (n, event) in others.iter().enumerate() {
        if let Some(why) = illegal(&life) {
            panic!("{why}: {:?} after {first:?} {:?}", life.state(), &others[..n]);
        }
        life = reacted(next(life, *event));
    }
    assert_eq!(illegal(&life), None, "{first:?} {others:?}");
    life
}

#[test]
fn a_million_orders_of_events_end_the_same() {
    let mut chance = Chance::of_case(0x11fe, 0);
    let mut ends = std::collections::BTreeMap::<State, usize>::new();
    for _ in 0..500_000 {
        let (first, rest) = story(&mut chance);
        let end = check(&first, &rest);
        // The same, shuffled, every third message twice, some of the first ones again.
        let mut late = rest.clone();
        for event in &rest {
            if chance.below(3) == 0 {
                late.push(*event);
            }
        }
        for event in &first {
            if chance.below(3) == 0 {
                late.push(*event);
            }
        }
        for n in (1..late.len()).rev() {
            late.swap(n, chance.below(n + 1));
        }
        let other = check(&first, &late);
        assert_eq!(other.state(), end.state(), "{first:?} then {rest:?} or {late:?}");
        *ends.entry(end.state()).or_default() += 1;
    }
    println!("1,000,000 orders: {ends:?}");
    // The stories are not all of one kind.
    assert!(ends.len() >= 14, "{ends:?}");
}

/// Any events at all, also such as no house would ever write: no state on the way is illegal, and the
/// facts are the same whatever the order.
#[test]
fn no_events_at_all_lead_to_an_illegal_state() {
    let mut chance = Chance::of_case(0xdead, 0);
    for _ in 0..200_000 {
        let mut events = Vec::new();
        for _ in 0..chance.below(12) {
            let (first, rest) = story(&mut chance);
            let all = [first, rest, Event::PLAIN.to_vec()].concat();
            events.push(all[chance.below(all.len())]);
        }
        let mut life = Life::default();
        for event in &events {
            life = next(life, *event);
            assert_eq!(illegal(&life), None, "{events:?}");
        }
        let turned = fold(events.iter().rev().chain(&events).copied());
        assert_eq!(turned, life, "{events:?}");
    }
}
