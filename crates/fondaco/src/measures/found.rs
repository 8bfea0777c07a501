//! A row of the law, looked at where it stands.

use std::fmt;

use super::{Entry, Shared, unpack};
use crate::day::{Day, Validity};
use crate::formula::Formula;
use crate::measure::{Direction, Measure, Season, Selection, When};
use crate::token::Token;

/// A row of [`super::Measures`], looked at in its place.
///
/// It is carried from hand to hand a dozen times in a lookup, so it holds where to look, not what
/// is there.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    pub(super) shared: &'a Shared,
    pub(super) entry: &'a Entry,
    /// The code, packed.
    pub(super) key: u64,
    pub(super) row: u32,
    pub(super) table: u16,
    pub(super) origin_untold: bool,
}

/// What a place that is not there would hold; [`super::Table::from_parts`] lets no such place in.
static ANY: Selection = Selection { of: Vec::new(), but: Vec::new() };
static ALWAYS: When = When::ALWAYS;

impl<'a> Found<'a> {
    /// The code the row names; empty is every code.
    #[must_use]
    pub fn code(&self) -> Token {
        unpack(self.key)
    }

    /// How many digits that code has.
    #[must_use]
    pub fn digits(&self) -> usize {
        (self.key & 31) as usize
    }

    /// Which way; `None` is both.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        match self.entry.direction {
            1 => Some(Direction::Import),
            2 => Some(Direction::Export),
            _ => None,
        }
    }

    /// Whose goods.
    #[must_use]
    pub fn origin(&self) -> &'a Selection {
        self.shared.origins.get(self.entry.origin as usize).unwrap_or(&ANY)
    }

    /// Under which regimes.
    #[must_use]
    pub fn regime(&self) -> &'a Selection {
        self.shared.regimes.get(usize::from(self.entry.regime)).unwrap_or(&ANY)
    }

    /// Which tax.
    #[must_use]
    pub fn tax(&self) -> Token {
        self.shared.taxes.get(usize::from(self.entry.tax)).copied().unwrap_or_default()
    }

    /// How much; `None` is unknown, not zero.
    #[must_use]
    pub fn formula(&self) -> Option<&'a Formula> {
        self.shared.formulas.get(self.entry.formula as usize)?.as_ref()
    }

    /// The unit of a supplementary quantity stated without one.
    #[must_use]
    pub fn unit(&self) -> Token {
        self.shared.units.get(usize::from(self.entry.unit)).copied().unwrap_or_default()
    }

    /// The order number of the tariff quota; empty where for none.
    #[must_use]
    pub fn quota(&self) -> Token {
        self.shared.quotas.get(self.entry.quota as usize).copied().unwrap_or_default()
    }

    /// Only where this holds.
    #[must_use]
    pub fn when(&self) -> &'a When {
        self.shared.whens.get(self.entry.when as usize).unwrap_or(&ALWAYS)
    }

    /// Only in this part of the year.
    #[must_use]
    pub fn season(&self) -> Option<Season> {
        self.shared.seasons.get(usize::from(self.entry.season)).copied().flatten()
    }

    /// The act, as cited.
    #[must_use]
    pub fn basis(&self) -> &'a str {
        self.shared.bases.get(self.entry.basis as usize).map_or("", String::as_str)
    }

    /// `ours`, `illustrative`, `added`, `note …` or empty.
    #[must_use]
    pub fn mark(&self) -> &'a str {
        self.shared.marks.get(usize::from(self.entry.mark)).map_or("", String::as_str)
    }

    /// Whether it is for goods of the origin asked for hangs on a group whose members are not held.
    #[must_use]
    pub fn origin_untold(&self) -> bool {
        self.origin_untold
    }

    /// Which table and which row of it.
    #[must_use]
    pub fn place(&self) -> (u16, u32) {
        (self.table, self.row)
    }

    /// When in force.
    #[must_use]
    pub fn validity(&self) -> Validity {
        let day = |number, open| {
            if number == open { None } else { Day::from_number(number).ok() }
        };
        Validity { from: day(self.entry.from, i32::MIN), until: day(self.entry.until, i32::MAX) }
    }

    /// The row as one of its own.
    #[must_use]
    pub fn to_measure(&self) -> Measure {
        Measure {
            code: self.code(),
            direction: self.direction(),
            origin: self.origin().clone(),
            regime: self.regime().clone(),
            tax: self.tax(),
            formula: self.formula().cloned(),
            unit: self.unit(),
            quota: self.quota(),
            when: self.when().clone(),
            season: self.season(),
            validity: self.validity(),
            basis: self.basis().to_owned(),
            mark: self.mark().to_owned(),
        }
    }
}

impl PartialEq for Found<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
            && self.origin_untold == other.origin_untold
            && self.to_measure() == other.to_measure()
    }
}

impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_measure(), f)
    }
}
