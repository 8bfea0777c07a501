//! What belongs to a value: costs between seller and buyer, charges for them, and which of them a law
//! wants.

use crate::measure::Direction;
use crate::money::{Currency, Decimal, Rounding};
use crate::token::Token;

/// A cost of bringing goods from seller to buyer that a price may have in it and a law may want in
/// the value.
///
/// Source: WTO Valuation Agreement, article 8.2 and the note to article 1; Incoterms 2020.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// Loading and carriage to the place where the main carriage begins.
    Origin,
    /// Main carriage to the place of importation.
    Carriage,
    /// Insurance of the goods on it.
    Insurance,
    /// Unloading there.
    Unloading,
    /// Carriage from there on.
    CarriageAfter,
    /// Duties and taxes of the importation.
    Duties,
}

impl Cost {
    /// All of them, on the way.
    pub const ALL: [Self; 6] = [
        Self::Origin,
        Self::Carriage,
        Self::Insurance,
        Self::Unloading,
        Self::CarriageAfter,
        Self::Duties,
    ];

    /// The name on the wire and in packs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Carriage => "carriage",
            Self::Insurance => "insurance",
            Self::Unloading => "unloading",
            Self::CarriageAfter => "carriage-after",
            Self::Duties => "duties",
        }
    }

    /// The cost with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cost| cost.name() == name)
    }
}

/// What a charge does to the customs value. Source: WTO Valuation Agreement, article 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeEffect {
    /// It is added to the price.
    Added,
    /// It is taken off the price.
    TakenOff,
    /// It is stated, and by itself no part of the value.
    Apart,
    /// It is taken, and the pack does not hold what it does: the value is unknown.
    Untold,
}

/// What a charge for the whole consignment is shared out by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Apportionment {
    /// By the prices of the items.
    #[default]
    Price,
    /// By their gross masses.
    GrossMass,
}

/// A kind of charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeKind {
    /// The kind, or the beginning of one with `*` behind it.
    pub kind: Token,
    /// What it says itself that it does.
    pub effect: ChargeEffect,
    /// The costs it is for; empty where it is for none of the way.
    pub of: Vec<Cost>,
    /// What it is shared out by.
    pub by: Apportionment,
}

/// Which costs belong to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRule {
    /// Of goods that go this way.
    pub direction: Direction,
    /// The costs.
    pub includes: Vec<Cost>,
    /// Costs that are so many per cent of the sum so far where they are not stated and cannot be told.
    pub fills: Vec<(Cost, Decimal)>,
    /// The act.
    pub basis: String,
}

/// How the value for statistics is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsRule {
    /// Which costs belong to it.
    pub value: ValueRule,
    /// In this currency.
    pub currency: Currency,
    /// Rounded so.
    pub rounding: Rounding,
}
