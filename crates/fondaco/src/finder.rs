//! What a consignment will have to pay and show, asked before it is shipped.
//!
//! The question is put as the smallest declaration that says it, and goes to the same choice of
//! rows and the same rules that a filed declaration meets: the two answers cannot differ.
//!
//! Holds always:
//! - a code the tariff does not have is said to be unknown, not free of duty;
//! - what could not be told is in the answer, with why.

use crate::assessment::Assessment;
use crate::day::Day;
use crate::declaration::{Declaration, Item, ItemFacts};
use crate::formula::Formula;
use crate::measure::{Direction, Measure};
use crate::measures::Found;
use crate::money::Decimal;
use crate::origin::{RuleSet, Scheme};
use crate::quota::Quota;
use crate::rates::{Applies, fee, rates};
use crate::reference::{Line, Pack, Profile, Reference, Tax};
use crate::requirement::{self, Requirement};
use crate::token::Token;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The commodity code, or its beginning.
    pub code: Token,
    /// Which way.
    pub direction: Direction,
    /// Country of origin; empty where not told.
    pub origin: Token,
    /// Country of export; empty where not told.
    pub from: Token,
    /// Country of destination; empty where not told.
    pub to: Token,
    /// Regime (preference) that would be claimed; empty for none: the pack's own word for that is
    /// put in its place.
    pub regime: Token,
    /// Procedure; empty where not told.
    pub procedure: Token,
}

/// A duty or tax that bears on the goods.
#[derive(Clone, Debug)]
pub struct Duty<'a> {
    /// The tax.
    pub tax: &'a Tax,
    /// The row, or why it cannot be told.
    pub rate: Applies<'a>,
}

/// A lower rate that may be claimed.
#[derive(Clone, Debug)]
pub struct Preference<'a> {
    /// The row; its regimes are those to claim.
    pub row: Found<'a>,
    /// Percentage points saved against the rate without a claim, where both are plain percentages.
    pub saving: Option<Decimal>,
}

/// What the law says.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// The line of the tariff; `None` where the pack has none with this code.
    pub line: Option<&'a Line>,
    /// Whether the code cannot be declared: the pack holds the whole nomenclature and not this.
    pub no_such_line: bool,
    /// Where there is no such line: those the code is the beginning of.
    pub below: Vec<&'a Line>,
    /// Duties and taxes, in the order they are computed.
    pub duties: Vec<Duty<'a>>,
    /// Illustrative rows: shown, never applied.
    pub illustrative: Vec<Found<'a>>,
    /// Rows whose condition does not hold of what was asked, or that are for a quota: they apply
    /// where it holds.
    pub conditional: Vec<Found<'a>>,
    /// Rates that may be claimed.
    pub preferences: Vec<Preference<'a>>,
    /// Taxes that bear on goods only where the declaration names them or says more, and have rates for
    /// these: not looked at.
    pub not_asked: Vec<&'a Tax>,
    /// Quotas that rates for the goods are under, by order number: what is told of the period in
    /// which the day lies; `None` where nothing is held.
    pub quotas: Vec<(Token, Option<&'a Quota>)>,
    /// What has to be shown.
    pub requirements: Vec<Requirement<'a>>,
    /// Schemes under which goods of the origin may claim, with their rules for the code.
    pub schemes: Vec<Claimable<'a>>,
}

/// A scheme under which goods may claim, and what it asks of them.
#[derive(Clone, Debug)]
pub struct Claimable<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// Its rules for the code; empty where the pack holds none.
    pub sets: Vec<RuleSet<'a>>,
    /// Document codes any of which proves origin.
    pub documents: Vec<Token>,
}

impl Question {
    /// The smallest declaration that says it to this pack.
    #[must_use]
    pub fn declaration(&self, profile: &Profile) -> Declaration {
        let regime = match self.regime {
            Token::EMPTY => profile.unclaimed(),
            claimed => claimed,
        };
        let item = Item {
            number: 1,
            code: self.code,
            origin: self.origin,
            export_country: self.from,
            destination: self.to,
            regime,
            procedure: self.procedure,
            ..Item::default()
        };
        Declaration { direction: Some(self.direction), items: vec![item], ..Declaration::default() }
    }
}

/// What was one way before a day and is another from it on.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// The first day it is so.
    pub on: Day,
    /// The tax.
    pub tax: &'a Tax,
    /// The rates the day before.
    pub before: Vec<Applies<'a>>,
    /// The rates from that day on.
    pub after: Vec<Applies<'a>>,
}

/// Taxes charged once for a declaration of such goods.
fn fees<'a>(facts: &ItemFacts<'a>) -> impl Iterator<Item = &'a Tax> {
    let facts = *facts;
    let taxes = facts.reference.pack.profile.taxes.iter().filter(|tax| tax.per_declaration);
    taxes.filter(move |tax| tax.when.holds(&facts) != Some(false))
}

/// What changes for the goods after one day and until another, in the order of days.
///
/// A rate that is said again by another act counts as a change. Seasons are not told as changes: they
/// turn every year by the same row.
#[must_use]
pub fn changes<'a>(
    asked: &'a Declaration,
    pack: &'a Pack,
    after: Day,
    until: Day,
) -> Vec<Change<'a>> {
    let Some(item) = asked.items.first() else { return Vec::new() };
    let on = |day| {
        let facts = ItemFacts {
            declaration: asked,
            item: Some(item),
            reference: pack.on(day),
            value: None,
        };
        let mut all = rates(&facts);
        all.extend(fees(&facts).map(|tax| (tax, fee(tax, &facts))));
        all
    };
    let said = |all: &[Applies<'a>]| -> Vec<_> {
        let of =
            |a: &Applies<'a>| (a.row.map(|r| (r.formula(), r.basis(), r.mark())), a.untold.clone());
        all.iter().map(of).collect()
    };
    let mut changes = Vec::new();
    let mut turns = pack.measures.turns(&item.code, after, until);
    // Who is in a group may turn too.
    for (_, member) in pack.groups.values().flatten() {
        let left = member.until.and_then(|day| Day::from_number(day.number() + 1).ok());
        turns.extend([member.from, left].into_iter().flatten());
    }
    turns.retain(|turn| after < *turn && *turn <= until);
    turns.sort_unstable();
    turns.dedup();
    for day in turns {
        let Ok(eve) = Day::from_number(day.number() - 1) else { continue };
        let (before, now) = (on(eve), on(day));
        for tax in &pack.profile.taxes {
            let of = |all: &[(&Tax, Vec<Applies<'a>>)]| {
                let found = all.iter().find(|(t, _)| t.code == tax.code);
                found.map(|(_, rates)| rates.clone()).unwrap_or_default()
            };
            let (was, is) = (of(&before), of(&now));
            if said(&was) != said(&is) {
                changes.push(Change { on: day, tax, before: was, after: is });
            }
        }
    }
    changes
}

/// The schemes of the origin of the goods, where they are brought in.
fn claimable<'a>(
    item: &'a Item,
    direction: Direction,
    reference: Reference<'a>,
) -> Vec<Claimable<'a>> {
    if direction != Direction::Import {
        return Vec::new();
    }
    let origins = &reference.pack.origins;
    let of = origins.of(&item.origin, reference.day);
    of.map(|scheme| Claimable {
        scheme,
        sets: origins.rules.of(&scheme.id, &item.code).collect(),
        documents: origins.proofs_of(scheme),
    })
    .collect()
}

/// Answers from the law in force. `asked` is [`Question::declaration`] of the question: it outlives
/// the answer, which points into it.
#[must_use]
pub fn answer<'a>(asked: &'a Declaration, reference: Reference<'a>) -> Answer<'a> {
    let mut answer = Answer {
        line: None,
        no_such_line: false,
        below: Vec::new(),
        duties: Vec::new(),
        illustrative: Vec::new(),
        conditional: Vec::new(),
        preferences: Vec::new(),
        not_asked: Vec::new(),
        quotas: Vec::new(),
        requirements: Vec::new(),
        schemes: Vec::new(),
    };
    let (Some(item), Some(direction)) = (asked.items.first(), asked.direction) else {
        return answer;
    };
    answer.line = reference.line(&item.code);
    answer.no_such_line = reference.pack.profile.lines_complete && answer.line.is_none();
    if answer.line.is_none() {
        answer.below = reference.lines_below(&item.code).collect();
    }
    answer.schemes = claimable(item, direction, reference);
    let unvalued = Assessment::nothing(reference.pack.profile.currency);
    answer.requirements = requirement::find(asked, &unvalued, reference);
    if answer.no_such_line {
        return answer;
    }
    let facts = ItemFacts { declaration: asked, item: Some(item), reference, value: None };
    for (tax, rows) in rates(&facts) {
        answer.duties.extend(rows.into_iter().map(|rate| Duty { tax, rate }));
    }
    for tax in fees(&facts) {
        answer.duties.extend(fee(tax, &facts).into_iter().map(|rate| Duty { tax, rate }));
    }
    for tax in &reference.pack.profile.taxes {
        // Of a tax that is for the other direction nothing is left out.
        let left_out = tax.when.holds(&facts) == Some(false) && tax.when.asks_of_item();
        if left_out {
            answer.not_asked.push(tax);
        }
    }
    let percent = |row: &Found<'_>| row.formula().and_then(Formula::percent);
    for row in reference.measures_of_any_regime(&item.code, direction, &item.origin) {
        let known = answer.quotas.iter().any(|(order, _)| *order == row.quota());
        if !row.quota().is_empty() && !known {
            answer.quotas.push((row.quota(), reference.quota(&row.quota())));
        }
        if row.mark() == Measure::ILLUSTRATIVE {
            answer.illustrative.push(row);
        } else if row.regime().of.iter().any(|r| reference.pack.profile.is_claim(r))
            && reference.pack.profile.taxes.iter().any(|t| t.code == row.tax() && t.preferential)
        {
            let base = answer.duties.iter().find(|d| d.tax.code == row.tax());
            let told = base.filter(|d| d.rate.untold.is_none());
            let base = told.and_then(|d| d.rate.row.as_ref()).and_then(percent);
            let saving = base.zip(percent(&row)).and_then(|(b, p)| b.checked_sub(p));
            answer.preferences.push(Preference { row, saving });
        } else if !row.quota().is_empty() || row.when().condition.holds(&facts) == Some(false) {
            answer.conditional.push(row);
        }
    }
    answer
}
