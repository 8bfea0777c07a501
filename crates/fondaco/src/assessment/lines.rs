//! What an assessment says, line by line.

use crate::formula::{Input, Unknown};
use crate::measures::Found;
use crate::money::{Currency, Decimal, Rounding};
use crate::token::Token;
use crate::valuation::ItemValue;

/// A tax line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxLine {
    /// Item number; 0 for what is charged once for the declaration.
    pub item: u32,
    /// Tax type.
    pub tax: Token,
    /// The tax base in the currency of assessment, rounded as the value is; `None` where it cannot
    /// be told and the formula does not ask for it.
    pub base: Option<Decimal>,
    /// The plain percentage, where the formula is one.
    pub percent: Option<Decimal>,
    /// The formula in its notation.
    pub formula: String,
    /// Every figure that went in.
    pub inputs: Vec<Input>,
    /// What is in the base: a term and its amount.
    pub base_terms: Vec<(Token, Decimal)>,
    /// The amount before relief, exact and unrounded.
    pub exact: Decimal,
    /// How it was rounded.
    pub rounding: Rounding,
    /// The amount due after relief.
    pub assessed: Decimal,
    /// What a relief took off.
    pub deducted: Decimal,
    /// What is secured instead of paid.
    pub secured: Decimal,
    /// What is to be paid now.
    pub payable: Decimal,
    /// The relief, where one applied: id and basis.
    pub relief: Option<(String, String)>,
    /// The code the measure names; empty where it is for all.
    pub measure: Token,
    /// The act.
    pub basis: String,
    /// `ours`, `note …`, [`TaxLine::DETERMINED`] or empty.
    pub mark: String,
}

impl TaxLine {
    /// The mark of an amount that an officer stated.
    pub const DETERMINED: &'static str = "determined";

    /// Whether an officer stated it.
    #[must_use]
    pub fn is_determined(&self) -> bool {
        self.mark == Self::DETERMINED
    }

    /// Whether it would be more with a cost that lacks in the value, as far as that is paid or secured.
    pub(super) fn wants_the_value(&self) -> bool {
        let bears = !self.payable.is_zero() || !self.secured.is_zero();
        bears && !self.is_determined()
    }
}

/// What an officer states of a tax on an item that could not be computed. It stands in the place of all
/// that was computed of the tax on the item, and in the base of the taxes after it. Source: RKC General
/// Annex, chapter 4; WTO TFA, article 7.3 (what is secured until the final determination).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Determined {
    /// Item number; 0 for what is charged once for the declaration.
    pub item: u32,
    /// Tax type.
    pub tax: Token,
    /// What is to be paid, in the currency of assessment, not below zero.
    pub payable: Decimal,
    /// What is to be secured beside it, not below zero.
    pub secured: Decimal,
    /// Why so much, as the officer wrote it.
    pub basis: String,
}

/// Something that could not be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLine {
    /// Item number.
    pub item: u32,
    /// Tax type.
    pub tax: Token,
    /// The formula that could not be computed; empty where there is none.
    pub formula: String,
    /// Why.
    pub why: Unknown,
    /// The act, where a measure was found.
    pub basis: String,
    /// Whether it may have to be paid: not where a relief takes it away, whatever it comes to, and of a cost
    /// that lacks in the value only where something is to be paid or secured by that value.
    pub payable: bool,
}

impl UnknownLine {
    /// Whether it is waited for; `collected` says whether a tax that is unknown is collected with the
    /// declaration. Where a cost lacks, what was computed is too little: it is waited for in any case.
    #[must_use]
    pub fn is_waited_for(&self, collected: bool) -> bool {
        self.payable && (collected || self.tax.is_empty())
    }

    /// What is unknown of a tax, and the row that would say it, where there is one.
    pub(super) fn of(item: u32, tax: Token, row: Option<&Found<'_>>, why: Unknown) -> Self {
        let formula = row.and_then(|r| r.formula()).map(ToString::to_string).unwrap_or_default();
        let basis = row.map(|r| r.basis().to_owned()).unwrap_or_default();
        Self { item, tax, formula, why, basis, payable: true }
    }
}

/// What has to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// In this currency.
    pub currency: Currency,
    /// Sum of what is payable on the lines; what is unknown is not in it.
    pub total: Decimal,
    /// Values, in item order.
    pub values: Vec<ItemValue>,
    /// Lines, in item order, then in the order of the taxes.
    pub lines: Vec<TaxLine>,
    /// What could not be computed.
    pub unknown: Vec<UnknownLine>,
}

impl Assessment {
    /// Whether something is waited for that could not be computed; `collected` says whether what is unknown
    /// is collected with the declaration at all. Nothing is charged until it is known, and payment is wanted.
    #[must_use]
    pub fn waits(&self, collected: bool) -> bool {
        self.unknown.iter().any(|unknown| unknown.is_waited_for(collected))
    }

    /// One in which nothing has been computed.
    #[must_use]
    pub fn nothing(currency: Currency) -> Self {
        Self {
            currency,
            total: Decimal::ZERO,
            values: Vec::new(),
            lines: Vec::new(),
            unknown: Vec::new(),
        }
    }
}
