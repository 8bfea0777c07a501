//! Agencies, how long they and others may take, and the posts where goods are looked at: rows of a pack
//! or of an operator's file.
//!
//! Holds always: silence never releases what somebody else is waited for; a row that is illustrative is
//! shown and starts no clock.

use crate::day::{Day, Validity};
use crate::finding::Trilingual;
use crate::measure::Direction;
use crate::token::Token;

/// What it means that an agency did not speak in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Silence {
    /// Nothing: the hold stays, and it is on file that the time is over.
    #[default]
    Nothing,
    /// Consent: the hold is lifted.
    Release,
    /// The hold stays, and the task is the customs administration's too.
    Escalate,
}

impl Silence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Release, Self::Escalate];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Release => "release",
            Self::Escalate => "escalate",
        }
    }

    /// That with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// An agency that decides on goods beside the customs administration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Its id, at most 23 bytes and without a stroke.
    pub id: Token,
    /// Its name.
    pub name: Trilingual,
    /// The format its tasks are spoken of in, such as `json`.
    pub format: Token,
    /// Hours it has to speak; `None` where no time is set.
    pub hours: Option<u32>,
    /// What it means that it did not speak in them.
    pub silence: Silence,
    /// The act.
    pub basis: String,
    /// Whether no source was at hand for its time and its silence: they are shown and not applied.
    pub illustrative: bool,
    /// When in force.
    pub validity: Validity,
}

/// What an agency looks at before it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Control {
    /// The documents.
    Documents,
    /// The goods themselves.
    Goods,
}

impl Control {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Goods => "goods",
        }
    }

    /// That with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Documents, Self::Goods].into_iter().find(|c| c.name() == name)
    }
}

/// Who has to decide on goods that a requirement is about, and by looking at what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decides {
    /// The id of the agency.
    pub agency: Token,
    /// What it looks at.
    pub control: Control,
}

/// What is waited for, beside an agency's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Awaited {
    /// Goods that were declared before they came.
    Arrival,
    /// Goods that were accepted and are to leave.
    Departure,
    /// The proof that goods that may leave have left.
    Exit,
    /// Money.
    Payment,
    /// Documents or an answer of the trader.
    Documents,
}

impl Awaited {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Arrival, Self::Departure, Self::Exit, Self::Payment, Self::Documents];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Departure => "departure",
            Self::Exit => "exit",
            Self::Payment => "payment",
            Self::Documents => "documents",
        }
    }

    /// That with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// How long something may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLimit {
    /// Its id.
    pub id: Token,
    /// What is waited for.
    pub awaits: Awaited,
    /// Of goods that go this way; `None` is both.
    pub direction: Option<Direction>,
    /// Hours from what set the clock going.
    pub hours: u32,
    /// What is said when they are over.
    pub text: Trilingual,
    /// What can be done then.
    pub remedy: Trilingual,
    /// The act.
    pub basis: String,
    /// Whether no source was at hand; such a row starts no clock.
    pub illustrative: bool,
    /// When in force.
    pub validity: Validity,
}

/// A place where goods are looked at, with its hours, as they go every week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id, at most 23 bytes.
    pub id: Token,
    /// Its name.
    pub name: Trilingual,
    /// Minutes its clock is ahead of UTC; negative where it is behind.
    pub ahead: i16,
    /// Days of the week it works, Monday first.
    pub days: [bool; 7],
    /// Minute of the day it opens, on its own clock.
    pub opens: u16,
    /// Minute of the day it closes.
    pub closes: u16,
    /// Minutes of one slot, from 1.
    pub slot: u16,
    /// Consignments in one slot, from 1.
    pub capacity: u32,
    /// Agencies that look at goods there; empty is all of them.
    pub agencies: Vec<Token>,
    /// When in force.
    pub validity: Validity,
}

impl Post {
    /// Whether a slot of this day begins at this minute.
    #[must_use]
    pub fn has_slot(&self, day: Day, minute: u16) -> bool {
        // 1970-01-01 was a Thursday.
        let weekday = day.number().wrapping_add(3).rem_euclid(7);
        let works = usize::try_from(weekday).ok().and_then(|n| self.days.get(n)).copied();
        works == Some(true)
            && self.validity.covers(day)
            && self.slots().any(|begins| begins == minute)
    }

    /// Minutes of the day at which its slots begin; a slot ends before it closes.
    pub fn slots(&self) -> impl Iterator<Item = u16> {
        let (slot, closes) = (self.slot.max(1), self.closes);
        (self.opens..closes)
            .step_by(usize::from(slot))
            .filter(move |begins| begins.checked_add(slot).is_some_and(|ends| ends <= closes))
    }

    /// Whether this agency looks at goods there; empty is the customs administration, which does
    /// everywhere.
    #[must_use]
    pub fn serves(&self, agency: Token) -> bool {
        agency.is_empty() || self.agencies.is_empty() || self.agencies.contains(&agency)
    }
}

/// The rows of a pack of who decides, how long things may take, and where goods are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agencies {
    /// Agencies, by id.
    pub all: Vec<Agency>,
    /// Time limits.
    pub limits: Vec<TimeLimit>,
    /// Posts, by id.
    pub posts: Vec<Post>,
}

impl Agencies {
    /// The agency with this id on a day.
    #[must_use]
    pub fn agency(&self, id: &str, day: Day) -> Option<&Agency> {
        self.all.iter().find(|a| a.id == id && a.validity.covers(day))
    }

    /// The limits on what is waited for, of goods that go this way, that are applied on a day.
    pub fn limits_on(
        &self,
        awaits: Awaited,
        direction: Option<Direction>,
        day: Day,
    ) -> impl Iterator<Item = &TimeLimit> {
        self.limits.iter().filter(move |l| {
            let way = l.direction.is_none() || l.direction == direction;
            l.awaits == awaits && way && !l.illustrative && l.validity.covers(day)
        })
    }

    /// The post with this id on a day.
    #[must_use]
    pub fn post(&self, id: &str, day: Day) -> Option<&Post> {
        self.posts.iter().find(|p| p.id == id && p.validity.covers(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_has_the_slots_of_its_week() {
        let post = Post {
            id: Token::lossy("quay"),
            name: Trilingual { en: String::new(), zh: String::new(), ru: String::new() },
            ahead: 0,
            days: [true, true, true, true, true, false, false],
            opens: 9 * 60,
            closes: 10 * 60 + 20,
            slot: 30,
            capacity: 1,
            agencies: vec![Token::lossy("vet")],
            validity: Validity::ALWAYS,
        };
        let check = |day: &str, minute: u16, wanted: bool| {
            let day: Day = day.parse().unwrap();
            assert_eq!(post.has_slot(day, minute), wanted, "{day} {minute}");
        };
        // 2026-11-26 is a Thursday.
        check("2026-11-26", 540, true);
        check("2026-11-26", 570, true);
        // It would end after the post closes.
        check("2026-11-26", 600, false);
        check("2026-11-26", 541, false);
        check("2026-11-28", 540, false);
        check("2026-11-29", 540, false);
        check("2026-11-30", 540, true);
        check("1969-12-29", 540, true);
        check("1969-12-28", 540, false);
        assert!(post.serves(Token::EMPTY) && post.serves(Token::lossy("vet")));
        assert!(!post.serves(Token::lossy("radio")));
    }
}
