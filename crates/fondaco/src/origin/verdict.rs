//! What is stated of a production, and what a rule says of it.

use std::collections::BTreeMap;

use super::test::Base;
use crate::money::Decimal;
use crate::token::Token;

/// A material used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Material {
    /// What it is, in the maker's words.
    pub name: String,
    /// Its commodity code.
    pub code: Token,
    /// Its country of origin under the scheme; empty where it has none.
    pub origin: Token,
    /// Whether that origin is proven; `None` where not stated.
    pub proven: Option<bool>,
    /// Whether it is wholly obtained; `None` where not stated.
    pub whole: Option<bool>,
    /// Its customs value.
    pub value: Option<Decimal>,
    /// Its weight.
    pub weight: Option<Decimal>,
    /// Under full cumulation: the part of the value that is itself of non-originating materials.
    pub foreign_part: Option<Decimal>,
}

/// How goods were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Production {
    /// The commodity code of the product.
    pub code: Token,
    /// The country it was made in.
    pub country: Token,
    /// Its ex-works price.
    pub ex_works: Option<Decimal>,
    /// Its price free on board.
    pub fob: Option<Decimal>,
    /// Its net weight.
    pub weight: Option<Decimal>,
    /// Whether it is wholly obtained in the country; `None` where not stated.
    pub whole: Option<bool>,
    /// Every material used; `None` where not stated.
    pub materials: Option<Vec<Material>>,
    /// What the maker states of processes, named materials and the goods themselves, by the words of
    /// the rule ([`statement`]): that it is so, or that it is not.
    pub stated: BTreeMap<String, bool>,
}

/// Words of a rule as a key of what is stated.
#[must_use]
pub fn statement(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches(['.', ',', ';']).to_lowercase()
}

/// Three values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The rule is met.
    Met,
    /// It is not.
    NotMet,
    /// It cannot be told.
    Untold,
}

impl Outcome {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Untold => "untold",
        }
    }

    pub(super) fn of(told: Option<bool>) -> Self {
        match told {
            Some(true) => Self::Met,
            Some(false) => Self::NotMet,
            None => Self::Untold,
        }
    }

    pub(super) fn told(self) -> Option<bool> {
        match self {
            Self::Met => Some(true),
            Self::NotMet => Some(false),
            Self::Untold => None,
        }
    }
}

/// A fact that is not stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The materials used.
    Materials,
    /// The price ex works.
    ExWorks,
    /// The price free on board.
    Fob,
    /// The net weight of the product.
    Weight,
    /// Whether the product is wholly obtained.
    Whole,
    /// The code of the product, or enough digits of it.
    Code,
    /// Of the material with this number: its code, or enough digits of it.
    MaterialCode(usize),
    /// Its value.
    MaterialValue(usize),
    /// Its weight.
    MaterialWeight(usize),
    /// Whether its origin is proven.
    MaterialProof(usize),
    /// Whether it is wholly obtained.
    MaterialWhole(usize),
    /// Whether this is so.
    Statement(String),
}

/// Why a step came out so. Numbers of materials count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Not stated.
    Missing(Fact),
    /// A share was counted: so much of so much, in per cent, against a limit.
    Share {
        /// The part.
        part: Decimal,
        /// Where not every fact is known: the most it can be.
        most: Decimal,
        /// The whole.
        whole: Decimal,
        /// The part in per cent of the whole, to two digits.
        percent: Decimal,
        /// The limit in per cent.
        limit: Decimal,
        /// Whether the limit is the least instead of the most.
        least: bool,
        /// Of which price; `None` where of a weight.
        base: Option<Base>,
    },
    /// Two values were compared: non-originating, originating.
    Against(Decimal, Decimal),
    /// The material fails the step.
    Fails(usize),
    /// The material is not of those named; whether it may be used has to be asked.
    Beside(usize),
    /// The material fails a change, within what the rule or the scheme allows.
    Spared(usize),
    /// No tolerance was given: the data states none for the scheme.
    NoTolerance,
    /// The maker states it.
    Stated(String, bool),
    /// The text was not read.
    Unread(String),
}

/// One step of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How deep it stands.
    pub depth: usize,
    /// What was asked, in the notation.
    pub test: String,
    /// How it came out.
    pub outcome: Outcome,
    /// Why.
    pub why: Vec<Why>,
}

/// How a material was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Originating where the product is made.
    Own,
    /// Originating by cumulation of this method.
    By(Token),
    /// Not originating.
    Not,
    /// Its proof is not stated.
    Untold,
}

/// What a rule says of a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Met, not met, or untold.
    pub outcome: Outcome,
    /// The steps, from the whole to its parts.
    pub steps: Vec<Step>,
    /// How each material was counted.
    pub standings: Vec<Standing>,
}
