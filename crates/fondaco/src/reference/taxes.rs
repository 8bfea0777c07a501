//! The taxes of a jurisdiction, what they are computed of, and what takes them away.

use crate::condition::Condition;
use crate::finding::Trilingual;
use crate::money::{Decimal, Rounding};
use crate::token::Token;

/// What is in a tax base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseTerm {
    /// `value` for the customs value, otherwise a tax type.
    pub term: Token,
    /// Whether it is taken off instead of added.
    pub less: bool,
    /// Only where this holds.
    pub when: Condition,
}

/// Which of several equally specific rates of one tax applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Each of them, as lines of its own.
    All,
    /// Every rate in force, however closely it is meant for the goods: duties that come on top of
    /// one another.
    Each,
    /// The highest.
    Highest,
    /// The lowest.
    Lowest,
}

/// A duty, tax or fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tax {
    /// Its code on the wire.
    pub code: Token,
    /// Its name.
    pub name: Trilingual,
    /// Its base, in order.
    pub base: Vec<BaseTerm>,
    /// How its amount is rounded.
    pub rounding: Rounding,
    /// What to do with several rates.
    pub choice: Choice,
    /// Additional commodity codes that pick a rate: code, percentage.
    pub picks: Vec<(Token, Decimal)>,
    /// Whether a line without a rate for it is said to be unknown.
    pub expected: bool,
    /// Whether a claimed preference bears on it: a claim without a row of its own is unknown.
    pub preferential: bool,
    /// Only where this holds.
    pub when: Condition,
    /// Whether it is charged once for the declaration, on the values of the items for which `when` holds.
    pub per_declaration: bool,
}

/// Taxes of which one family applies, not both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusive {
    /// These …
    pub prefer: Vec<Token>,
    /// … instead of these …
    pub over: Vec<Token>,
    /// … where this holds; otherwise the other way round.
    pub when: Condition,
}

/// What a relief does to an assessed amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReliefEffect {
    /// Deducted: assessed and payable are nothing, the amount stands as deducted.
    Relieve,
    /// Assessed, but nothing is payable while the procedure lasts.
    Suspend,
    /// Not assessed at all.
    Exempt,
    /// Secured: nothing is assessed and payable yet, the amount stands as security.
    Secure,
}

/// A relief from a duty or tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relief {
    /// Short id.
    pub id: String,
    /// Which taxes; empty is all.
    pub taxes: Vec<Token>,
    /// What it does.
    pub effect: ReliefEffect,
    /// Whether taxes whose base holds this one are computed on the amount before it.
    pub in_base: bool,
    /// Where it applies.
    pub when: Condition,
    /// Where what it leaves unpaid has to be secured before the goods move; `None` is nowhere.
    pub secured: Option<Condition>,
    /// Why.
    pub basis: String,
}
