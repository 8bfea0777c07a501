//! A rate of a duty or tax as one row of the law, and what such a row hangs on: which way goods go,
//! whose they are, under which regime, when in the year, under which condition.
//!
//! Holds always: a group of countries whose members are not held takes nobody for certain and nobody
//! out; what hangs on it is untold, never "no".

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::condition::Condition;
use crate::day::{Day, Validity};
use crate::formula::Formula;
use crate::token::Token;

/// Which way goods go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Into the customs territory.
    Import,
    /// Out of it.
    Export,
}

impl Direction {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
        }
    }

    /// The direction with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Import, Self::Export].into_iter().find(|d| d.name() == name)
    }
}

/// Groups of countries by their names with `~` before them; who is in one, and when.
pub type Groups = BTreeMap<Token, Vec<(Token, Validity)>>;

/// Which countries, or which regimes, a row is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// One of these; empty means any.
    pub of: Vec<Token>,
    /// None of these.
    pub but: Vec<Token>,
}

impl Selection {
    /// Whether the row says nothing about it.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.of.is_empty() && self.but.is_empty()
    }

    /// Whether it takes this country or regime; `None` where that hangs on a group whose members
    /// are not held.
    #[must_use]
    pub fn takes(&self, value: &str, groups: &Groups, day: Day) -> Option<bool> {
        let within = |all: &[Token]| {
            let mut told = true;
            for one in all {
                if one == value {
                    return Some(true);
                }
                if one.starts_with('~') {
                    match groups.get(one) {
                        None => told = false,
                        Some(of) if of.iter().any(|(c, v)| c == value && v.covers(day)) => {
                            return Some(true);
                        }
                        Some(_) => {}
                    }
                }
            }
            told.then_some(false)
        };
        let of = if self.of.is_empty() { Some(true) } else { within(&self.of) };
        match (of, within(&self.but)) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        }
    }

    /// Whether who is in it hangs on the day or on a group that is not held.
    pub(crate) fn hangs(&self, groups: &Groups) -> bool {
        self.of.iter().chain(&self.but).filter(|one| one.starts_with('~')).any(|one| {
            groups.get(one).is_none_or(|of| of.iter().any(|(_, v)| *v != Validity::ALWAYS))
        })
    }
}

impl FromStr for Selection {
    type Err = crate::token::TooLong;
    /// Reads codes joined by `|`; `!` before one excludes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut selection = Self::default();
        for one in text.split('|').map(str::trim).filter(|t| !t.is_empty()) {
            match one.strip_prefix('!') {
                Some(but) => selection.but.push(Token::new(but)?),
                None => selection.of.push(Token::new(one)?),
            }
        }
        Ok(selection)
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.of.iter().map(|t| ("", t));
        for (n, (sign, one)) in of.chain(self.but.iter().map(|t| ("!", t))).enumerate() {
            write!(f, "{}{sign}{one}", if n > 0 { "|" } else { "" })?;
        }
        Ok(())
    }
}

/// A part of every year, both ends within; it may pass over the new year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Season {
    /// First day: month and day.
    pub from: (i8, i8),
    /// Last day: month and day.
    pub until: (i8, i8),
}

/// The text is not a season.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASeason;

impl std::error::Error for NotASeason {}

impl fmt::Display for NotASeason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a season: want MM-DD/MM-DD")
    }
}

impl Season {
    /// Whether the day lies within.
    #[must_use]
    pub fn covers(self, day: Day) -> bool {
        let at = day.month_and_day();
        if self.from <= self.until {
            self.from <= at && at <= self.until
        } else {
            self.from <= at || at <= self.until
        }
    }
}

impl FromStr for Season {
    type Err = NotASeason;
    fn from_str(text: &str) -> Result<Self, NotASeason> {
        // A leap year has every day that any year has.
        let day = |text: &str| {
            let day: Day = format!("2024-{text}").parse().map_err(|_| NotASeason)?;
            Ok(day.month_and_day())
        };
        let (from, until) = text.split_once('/').ok_or(NotASeason)?;
        Ok(Self { from: day(from)?, until: day(until)? })
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((a, b), (c, d)) = (self.from, self.until);
        write!(f, "{a:02}-{b:02}/{c:02}-{d:02}")
    }
}

/// A condition of a row, with the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// As written; empty is always.
    pub text: String,
    /// As read.
    pub condition: Condition,
}

impl When {
    /// Always.
    pub const ALWAYS: Self = Self { text: String::new(), condition: Condition::ALWAYS };
}

/// A rate of a duty or tax, as a row of the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// A commodity code or its beginning, digits, at most [`Measure::LONGEST`]; empty is every
    /// code.
    pub code: Token,
    /// Which way; `None` is both.
    pub direction: Option<Direction>,
    /// Whose goods.
    pub origin: Selection,
    /// Under which regimes.
    pub regime: Selection,
    /// Which tax.
    pub tax: Token,
    /// How much; `None` where the source has no rate, which is unknown, not zero.
    pub formula: Option<Formula>,
    /// The unit of a supplementary quantity stated without one; empty where the line says.
    pub unit: Token,
    /// The order number of the tariff quota the rate is for; empty where for none.
    pub quota: Token,
    /// Only where this holds.
    pub when: When,
    /// Only in this part of the year.
    pub season: Option<Season>,
    /// When in force.
    pub validity: Validity,
    /// The act, as cited.
    pub basis: String,
    /// `ours`, `illustrative`, `added`, `note …` or empty.
    pub mark: String,
}

impl Measure {
    /// Most digits of a code.
    pub const LONGEST: usize = 17;
    /// The mark of a row that was added for one run.
    pub const ADDED: &'static str = "added";
    /// The mark of a row without a source: shown, never applied.
    pub const ILLUSTRATIVE: &'static str = "illustrative";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_season_is_refused() {
        for season in ["", "13-01/01-01", "01-01", "1-1/2-2", "02-30/03-01"] {
            assert_eq!(season.parse::<Season>(), Err(NotASeason), "{season}");
        }
        assert_eq!("02-29/03-01".parse::<Season>().unwrap().to_string(), "02-29/03-01");
    }
}
