//! Tariff quotas: so much of some goods at a lower rate in a period, drawn first come, first served.
//!
//! Here is what is told of a quota; what a declaration gets of it is in `allotment`, and drawing on
//! it is the store's, which alone sees all draws.

use crate::day::{Day, Validity};
use crate::money::Decimal;
use crate::token::Token;

/// A period of a tariff quota. Source: WCO DM 3.6, 401 QuotaOrderID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Its order number, which is claimed.
    pub order: Token,
    /// The number of the period.
    pub definition: Token,
    /// When it may be drawn on.
    pub validity: Validity,
    /// How much there was, in `unit`.
    pub volume: Decimal,
    /// The unit.
    pub unit: Token,
    /// Whether what is drawn may no longer be there, and is secured.
    pub critical: bool,
    /// Per cent drawn from which it is critical; `None` where not told.
    pub threshold: Option<Decimal>,
    /// How much was left when last told, and on which day; `None` where nothing was told.
    pub balance: Option<(Decimal, Option<Day>)>,
    /// Whether it was told to be exhausted or closed.
    pub over: bool,
    /// Spans in which nothing is drawn.
    pub closed: Vec<Validity>,
    /// The larger period it is part of: what is drawn on this one is drawn on that one too.
    pub part_of: Option<PartOf>,
}

/// The period of which another is a part. Source: TARIC3, `quota.association`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartOf {
    /// The order number of the larger one.
    pub order: Token,
    /// The number of its period.
    pub definition: Token,
    /// How much of the larger one a unit drawn on the part takes; above zero.
    pub coefficient: Decimal,
}

/// Whether a quota can be drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuotaState {
    /// It can.
    Open,
    /// It can, against security: it may be used up when the draw has its turn.
    Critical,
    /// Nothing is left.
    Exhausted,
    /// Nothing is drawn for the time being.
    Blocked,
}

impl QuotaState {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Critical => "critical",
            Self::Exhausted => "exhausted",
            Self::Blocked => "blocked",
        }
    }
}

impl Quota {
    /// How much was left when last told.
    #[must_use]
    pub fn left(&self) -> Decimal {
        self.balance.map_or(self.volume, |(left, _)| left)
    }

    /// The day on which its balance was told: what was drawn here before that day is in it.
    #[must_use]
    pub fn told_on(&self) -> Option<Day> {
        self.balance.and_then(|(_, day)| day)
    }

    /// How much is left when this much was drawn here since its balance was told; never negative.
    #[must_use]
    pub fn left_after(&self, drawn: Decimal) -> Decimal {
        self.left().checked_sub(drawn).unwrap_or_default().max(Decimal::ZERO)
    }

    /// Its state on a day, when this much was drawn here since its balance was told.
    #[must_use]
    pub fn state(&self, day: Day, drawn: Decimal) -> QuotaState {
        let left = self.left_after(drawn);
        let drawn = self
            .volume
            .checked_sub(left)
            .and_then(|drawn| drawn.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(self.volume));
        let critical = self.threshold.zip(drawn).is_some_and(|(limit, drawn)| drawn >= limit);
        if self.closed.iter().any(|span| span.covers(day)) {
            QuotaState::Blocked
        } else if self.over || left <= Decimal::ZERO {
            QuotaState::Exhausted
        } else if self.critical || critical {
            QuotaState::Critical
        } else {
            QuotaState::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_what_was_told() {
        let day: Day = "2026-05-02".parse().unwrap();
        let check_drawn = |change: fn(&mut Quota), drawn: i64, wanted| {
            let mut quota = Quota {
                order: Token::lossy("090709"),
                definition: Token::lossy("14308"),
                validity: Validity::ALWAYS,
                volume: Decimal::from(1000),
                unit: Token::lossy("KGM"),
                critical: false,
                threshold: Some(Decimal::from(90)),
                balance: None,
                over: false,
                closed: Vec::new(),
                part_of: None,
            };
            change(&mut quota);
            assert_eq!(quota.state(day, Decimal::from(drawn)), wanted);
        };
        let check = |change, wanted| check_drawn(change, 0, wanted);
        check(|_| {}, QuotaState::Open);
        check(|q| q.balance = Some((Decimal::from(101), None)), QuotaState::Open);
        check(|q| q.balance = Some((Decimal::from(100), None)), QuotaState::Critical);
        check(|q| q.critical = true, QuotaState::Critical);
        check(|q| q.balance = Some((Decimal::ZERO, None)), QuotaState::Exhausted);
        check(|q| q.over = true, QuotaState::Exhausted);
        check(|q| q.closed = vec![Validity::ALWAYS], QuotaState::Blocked);
        // What was drawn here counts as well as what was told.
        check_drawn(|_| {}, 899, QuotaState::Open);
        check_drawn(|_| {}, 900, QuotaState::Critical);
        check_drawn(|q| q.balance = Some((Decimal::from(101), None)), 1, QuotaState::Critical);
        check_drawn(|_| {}, 1000, QuotaState::Exhausted);
        check_drawn(|_| {}, 2000, QuotaState::Exhausted);
        // A quota of nothing has nothing left.
        check(|q| q.volume = Decimal::ZERO, QuotaState::Exhausted);
    }
}
