//! Which rows of the tariff apply to goods, before anything is computed.
//!
//! The one choice that the assessment of a declaration and the answer to a question before shipping
//! share: both meet the very same rows.

use crate::declaration::{Item, ItemFacts};
use crate::formula::{Formula, Unknown};
use crate::reference::{Choice, Measure, Reference, Tax};
use crate::token::Token;

/// The rows of one tax, or why none can be named.
pub type Rates<'a> = Result<Vec<&'a Measure>, Unknown>;

/// The taxes that may bear on an item, in the order of the pack, each with its rows.
///
/// A tax whose condition does not hold, or that has no row and is not expected, is left out; one
/// whose condition hangs on a figure not stated is not.
#[must_use]
pub fn rates<'a>(facts: &ItemFacts<'a>) -> Vec<(&'a Tax, Rates<'a>)> {
    let (Some(item), Some(_)) = (facts.item, facts.declaration.direction) else {
        return Vec::new();
    };
    let mut found = found(item, facts);
    keep_one_family(&mut found, facts);
    let taxes = &facts.reference.pack.profile.taxes;
    let bearing = taxes.iter().filter(|t| t.when.holds(facts) != Some(false));
    bearing.filter_map(|tax| Some((tax, of_tax(tax, item, &found, facts.reference)?))).collect()
}

/// Every row in force for the goods, under each of their origins.
fn found<'a>(item: &'a Item, facts: &ItemFacts<'a>) -> Vec<&'a Measure> {
    let Some(direction) = facts.declaration.direction else { return Vec::new() };
    let mut found: Vec<&'a Measure> = Vec::new();
    let [own, preferential] = item.duty_origins();
    let first = if own.is_empty() { &item.preferential_origin } else { &item.origin };
    let rows = |origin| facts.reference.measures(&item.code, direction, origin, &item.regime);
    found.extend(rows(first));
    if !preferential.is_empty() && preferential != own {
        // Where the origins differ, only a claimed regime looks at the preferential one.
        for row in rows(&item.preferential_origin).filter(|m| !m.regime.is_any()) {
            if !found.iter().any(|f| std::ptr::eq(*f, row)) {
                found.push(row);
            }
        }
    }
    found
}

/// Of two families of taxes with measures in both, drops the one that does not apply.
fn keep_one_family(found: &mut Vec<&Measure>, facts: &ItemFacts<'_>) {
    for family in &facts.reference.pack.profile.exclusive {
        let has = |all: &[Token], found: &[&Measure]| found.iter().any(|m| all.contains(&m.tax));
        if !has(&family.prefer, found) || !has(&family.over, found) {
            continue;
        }
        let dropped = match family.when.holds(facts) {
            Some(true) => &family.over,
            _ => &family.prefer,
        };
        found.retain(|m| !dropped.contains(&m.tax));
    }
}

/// How closely a row is meant for the goods: the longer code, then a named origin, then a named
/// regime.
fn rank(row: &Measure) -> (usize, bool, bool) {
    (row.code.len(), !row.origin.is_any(), !row.regime.is_any())
}

fn percent(row: &&Measure) -> Option<crate::money::Decimal> {
    row.formula.as_ref().and_then(Formula::percent)
}

fn of_tax<'a>(
    tax: &'a Tax,
    item: &Item,
    found: &[&'a Measure],
    reference: Reference<'a>,
) -> Option<Rates<'a>> {
    let profile = &reference.pack.profile;
    let of_tax = || found.iter().copied().filter(|m| m.tax == tax.code);
    let Some(top) = of_tax().map(rank).max() else {
        // Where the other family applies, this one is not wanted.
        let other = profile.exclusive.iter().any(|f| {
            let has = |all: &[Token]| found.iter().any(|m| all.contains(&m.tax));
            (f.over.contains(&tax.code) && has(&f.prefer))
                || (f.prefer.contains(&tax.code) && has(&f.over))
        });
        return (tax.expected && !other).then_some(Err(Unknown::NoMeasure));
    };
    let closest = || of_tax().filter(|m| rank(m) == top).collect::<Vec<_>>();
    let picked = tax.picks.iter().find(|(code, _)| item.additional_codes.contains(code));
    let mut chosen = match picked {
        None => closest(),
        Some((_, wanted)) => {
            let best = of_tax().filter(|m| percent(m) == Some(*wanted)).max_by_key(|m| rank(m));
            best.map_or_else(closest, |row| vec![row])
        }
    };
    if chosen.len() > 1 && chosen.iter().all(|m| percent(m).is_some()) {
        let one = match tax.choice {
            Choice::All => None,
            Choice::Highest => chosen.iter().copied().max_by_key(percent),
            Choice::Lowest => chosen.iter().copied().min_by_key(percent),
        };
        if let Some(one) = one {
            chosen = vec![one];
        }
    }
    chosen.dedup_by(|a, b| a.formula == b.formula && a.basis == b.basis);
    // A claim is never settled by the rate that goods without one have.
    let settles = |m: &&Measure| !m.regime.is_any() || m.mark == Measure::ADDED;
    if tax.preferential && profile.is_claim(&item.regime) && !chosen.iter().any(settles) {
        let origin = match item.preferential_origin {
            Token::EMPTY => item.origin,
            stated => stated,
        };
        return Some(Err(Unknown::NoPreference(item.regime, origin)));
    }
    Some(Ok(chosen))
}
