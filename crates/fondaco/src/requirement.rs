//! What must be shown before goods may cross the border.
//!
//! A requirement is found from the law in force on one day and settled against what the trader has
//! shown. Finding asks "what does the law want?"; settling asks "is it there?". They are two steps
//! because a trader may ask the first question before shipping.
//!
//! Holds always:
//! - what has no number, or is said not to be there, meets nothing, but for a statement of the declarant;
//! - a rule whose condition cannot be told gives [`Settlement::Unknown`], never `Met`;
//! - an illustrative row is shown and never applied;
//! - nothing here knows a country.

use crate::assessment::Assessment;
use crate::declaration::{Declaration, Document, ItemFacts};
use crate::lpco::{self, Checked, Doubt};
use crate::measure::Direction;
use crate::reference::{Reference, RequirementRule};
use crate::token::Token;

/// What the law wants for one item.
#[derive(Clone, Debug)]
pub struct Requirement<'a> {
    /// Item number.
    pub item: u32,
    /// The row.
    pub rule: &'a RequirementRule,
    /// Whether it is certain that the row applies.
    pub certain: bool,
}

/// Whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Settlement {
    /// A document that satisfies it is named on the declaration.
    Met,
    /// It is shown for information: the row has no source at hand.
    Illustrative,
    /// The agency has to say.
    Unknown,
    /// It is not there.
    Missing,
    /// Nothing can satisfy it.
    Prohibited,
}

impl Settlement {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Illustrative => "illustrative",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
            Self::Prohibited => "prohibited",
        }
    }
}

/// A requirement and whether it is there.
#[derive(Clone, Debug)]
pub struct Settled<'a> {
    /// The requirement.
    pub requirement: Requirement<'a>,
    /// Whether it is there.
    pub settlement: Settlement,
    /// The number of the document that satisfies it; empty where none does.
    pub document: String,
    /// The document that is shown and is not good, and why.
    pub doubt: Option<(String, Doubt)>,
}

/// Finds what the law wants, in item order.
#[must_use]
pub fn find<'a>(
    declaration: &Declaration,
    assessment: &Assessment,
    reference: Reference<'a>,
) -> Vec<Requirement<'a>> {
    let mut found = Vec::new();
    for (n, item) in declaration.items.iter().enumerate() {
        let value = assessment.values.get(n).and_then(|v| v.value);
        let facts = ItemFacts { declaration, item: Some(item), reference, value };
        for rule in reference.pack.requirements.of_chapter(&item.code) {
            let applies = rule.validity.covers(reference.day)
                && rule.direction.is_none_or(|d| declaration.direction == Some(d));
            let Some(of_code) = applies.then(|| is_of(rule, &item.code)).flatten() else {
                continue;
            };
            match (reference.takes(&rule.origin, &item.origin), rule.when.holds(&facts)) {
                (Some(false), _) | (_, Some(false)) => {}
                (origin, when) => {
                    let certain = of_code && origin.is_some() && when.is_some();
                    found.push(Requirement { item: item.number, rule, certain });
                }
            }
        }
        found.extend(proof_of_origin(&facts, reference));
    }
    found
}

/// Whether it is certain that a rule is for goods of a code: not where only some of what the code holds
/// is under the rule. `None` where it is for other goods, and where there is no code, which the lane says.
fn is_of(rule: &RequirementRule, code: &str) -> Option<bool> {
    let whole = rule.codes.is_empty() || rule.codes.iter().any(|c| code.starts_with(c.as_str()));
    let in_part = || !code.is_empty() && rule.codes.iter().any(|c| c.starts_with(code));
    if whole { Some(true) } else { in_part().then_some(false) }
}

/// The proof of the origin that the regime of an item claims; nothing where it claims none.
fn proof_of_origin<'a>(facts: &ItemFacts<'_>, reference: Reference<'a>) -> Option<Requirement<'a>> {
    let item = facts.item?;
    if facts.declaration.direction != Some(Direction::Import) || item.regime.is_empty() {
        return None;
    }
    let origins = &reference.pack.origins;
    // The first claim whose condition does not say no; one that cannot be told leaves it uncertain.
    let (claim, certain) = origins.claims.iter().find_map(|claim| {
        let when = claim.is_by(&item.regime).then(|| claim.when.holds(facts))?;
        (when != Some(false)).then_some((claim, when.is_some()))
    })?;
    let country = match item.preferential_origin {
        Token::EMPTY => item.origin,
        stated => stated,
    };
    let rule =
        reference.pack.proofs.wanted(claim.scope, claim.unilateral, country, reference.day)?;
    Some(Requirement { item: item.number, rule, certain })
}

/// Settles each against the documents named, and what the register says of those it keeps by this reference.
#[must_use]
pub fn settle<'a>(
    requirements: Vec<Requirement<'a>>,
    declaration: &Declaration,
    checked: &[Checked],
    reference: Reference<'_>,
) -> Vec<Settled<'a>> {
    requirements
        .into_iter()
        .map(|requirement| {
            let item = declaration.items.iter().find(|i| i.number == requirement.item);
            let mut fitting = item
                .into_iter()
                .flat_map(|i| &i.documents)
                .chain(&declaration.documents)
                .filter(|d| requirement.rule.documents.contains(&d.code))
                .peekable();
            let of_item = |d: &Document| {
                let (kind, item) = (d.code, requirement.item);
                checked.iter().filter(move |c| c.item == item && c.kind == kind)
            };
            let said = |d: &Document| lpco::stated(d, &reference.pack.profile.documents);
            let doubt = fitting
                .clone()
                .flat_map(of_item)
                .find_map(|c| c.outcome.err().map(|doubt| (c.number.clone(), doubt)));
            // Of what the declarant says of it: what is no document, or not there, is no proof.
            let doubt = doubt.or_else(|| {
                let shown =
                    |d: &Document| if d.id.is_empty() { d.code.to_string() } else { d.id.clone() };
                fitting.clone().find_map(|d| said(d).map(|doubt| (shown(d), doubt)))
            });
            // Of one type every document shown is to be good: they may share the goods.
            let shown = fitting.find(|d| {
                said(d).is_none()
                    && (!reference.keeps(d.code)
                        || (of_item(d).all(|c| c.outcome.is_ok())
                            && of_item(d).any(|c| c.number == d.id)))
            });
            let waived = matches!(doubt, Some((_, Doubt::Waived)));
            let not_checked = matches!(doubt, Some((_, Doubt::NotChecked(_))));
            let settlement = if requirement.rule.illustrative {
                Settlement::Illustrative
            } else if shown.is_some() {
                Settlement::Met
            } else if !requirement.certain || not_checked {
                Settlement::Unknown
            } else if requirement.rule.kind == "prohibition" {
                Settlement::Prohibited
            } else if requirement.rule.documents.is_empty() || waived {
                Settlement::Unknown
            } else {
                Settlement::Missing
            };
            let document = shown.map(|d| d.id.clone()).unwrap_or_default();
            let doubt = doubt.filter(|_| shown.is_none());
            Settled { requirement, settlement, document, doubt }
        })
        .collect()
}
