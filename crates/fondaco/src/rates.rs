//! Which rows of the tariff apply to goods, before anything is computed.
//!
//! The one choice that the assessment of a declaration and the answer to a question before shipping
//! share: both meet the very same rows.

use crate::declaration::{Item, ItemFacts};
use crate::formula::{Formula, Unknown};
use crate::measure::Measure;
use crate::measures::Found;
use crate::money::Decimal;
use crate::reference::{Choice, Reference, Tax};
use crate::token::Token;

/// A rate that applies, or of which that cannot be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Applies<'a> {
    /// The row; `None` where there is none.
    pub row: Option<Found<'a>>,
    /// Why it cannot be told; `None` where the row applies.
    pub untold: Option<Unknown>,
}

impl Applies<'_> {
    fn no_row(why: Unknown) -> Vec<Self> {
        vec![Self { row: None, untold: Some(why) }]
    }
}

/// The taxes that may bear on an item, in the order of the pack, each with its rates.
///
/// A tax whose condition does not hold, or that has no row and is not expected, is left out; one
/// whose condition hangs on a figure not stated is not.
#[must_use]
pub fn rates<'a>(facts: &ItemFacts<'a>) -> Vec<(&'a Tax, Vec<Applies<'a>>)> {
    let (Some(item), Some(_)) = (facts.item, facts.declaration.direction) else {
        return Vec::new();
    };
    let taxes = &facts.reference.pack.profile.taxes;
    let bearing = |tax: &&Tax| !tax.per_declaration && tax.when.holds(facts) != Some(false);
    let bearing: Vec<&Tax> = taxes.iter().filter(bearing).collect();
    let mut found = found(item, facts, &bearing);
    keep_one_family(&mut found, facts);
    let rates = |tax: &'a Tax| {
        // Of one that has rows for a part of what the code holds none can be chosen.
        let in_part = found.iter().any(|c| c.of_part && c.row.tax() == tax.code);
        match in_part {
            true => Applies::no_row(Unknown::ShortCode),
            false => of_tax(tax, item, &found, facts.reference),
        }
    };
    let all = bearing.into_iter().map(|tax| (tax, rates(tax)));
    all.filter(|(_, rates)| !rates.is_empty()).collect()
}

/// The rates of a tax that is charged once for the declaration; the item of the facts stands for all
/// its goods.
#[must_use]
pub fn fee<'a>(tax: &'a Tax, facts: &ItemFacts<'a>) -> Vec<Applies<'a>> {
    let Some(item) = facts.item else { return Vec::new() };
    of_tax(tax, item, &found(item, facts, &[tax]), facts.reference)
}

/// A row in force for the goods, and what stands in the way of saying that it applies.
struct Candidate<'a> {
    row: Found<'a>,
    hangs: Option<Unknown>,
    /// Whether it is for a part only of what the code stated holds.
    of_part: bool,
}

/// Every row in force for the goods, of taxes that bear on them, under each of their origins, whose
/// condition does not say no, those for a part of what the code holds too.
fn found<'a>(item: &'a Item, facts: &ItemFacts<'a>, bearing: &[&Tax]) -> Vec<Candidate<'a>> {
    let Some(direction) = facts.declaration.direction else { return Vec::new() };
    let [own, preferential] = item.duty_origins();
    let first = if own.is_empty() { &item.preferential_origin } else { &item.origin };
    let rows = |origin| facts.reference.measures(&item.code, direction, origin, &item.regime);
    let candidate = |row: Found<'a>| {
        let other_quota = !row.quota().is_empty() && row.quota() != item.quota;
        if other_quota || !bearing.iter().any(|tax| tax.code == row.tax()) {
            return None;
        }
        let hangs = match row.when().condition.holds(facts) {
            Some(false) => return None,
            None => Some(Unknown::Hangs(row.when().text.clone())),
            Some(true) if row.origin_untold() => Some(Unknown::Hangs(row.origin().to_string())),
            Some(true) => None,
        };
        Some(Candidate { row, hangs, of_part: false })
    };
    // From within, so that no row is carried from hand to hand.
    let mut found: Vec<Candidate<'a>> = Vec::new();
    rows(first).for_each(|row| found.extend(candidate(row)));
    if !preferential.is_empty() && preferential != own {
        // Where the origins differ, only a claimed regime looks at the preferential one.
        let claimed = rows(&item.preferential_origin).filter(|m| !m.regime().is_any());
        for more in claimed.filter_map(candidate) {
            if !found.iter().any(|f| f.row.place() == more.row.place()) {
                found.push(more);
            }
        }
    }
    let parts =
        |origin| facts.reference.measures_of_parts(&item.code, direction, origin, &item.regime);
    let of_part = parts(first).filter_map(candidate);
    found.extend(of_part.map(|c| Candidate { of_part: true, ..c }));
    found
}

/// Of two families of taxes with measures in both, drops the one that does not apply.
fn keep_one_family(found: &mut Vec<Candidate<'_>>, facts: &ItemFacts<'_>) {
    for family in &facts.reference.pack.profile.exclusive {
        let has = |all: &[Token], found: &[Candidate<'_>]| {
            found.iter().any(|c| all.contains(&c.row.tax()))
        };
        if !has(&family.prefer, found) || !has(&family.over, found) {
            continue;
        }
        let dropped = match family.when.holds(facts) {
            Some(true) => &family.over,
            _ => &family.prefer,
        };
        found.retain(|c| !dropped.contains(&c.row.tax()));
    }
}

/// How closely a row is meant for the goods: the longer code, then a named origin, then a named
/// regime.
fn rank(row: &Found<'_>) -> (usize, bool, bool) {
    (row.digits(), !row.origin().is_any(), !row.regime().is_any())
}

fn percent(row: &Found<'_>) -> Option<Decimal> {
    row.formula().and_then(Formula::percent)
}

fn of_tax<'a>(
    tax: &'a Tax,
    item: &Item,
    found: &[Candidate<'a>],
    reference: Reference<'a>,
) -> Vec<Applies<'a>> {
    let profile = &reference.pack.profile;
    let of_tax = || found.iter().filter(|c| c.row.tax() == tax.code);
    let Some(top) = of_tax().map(|c| rank(&c.row)).max() else {
        // Where the other family applies, this one is not wanted.
        let other = profile.exclusive.iter().any(|f| {
            let has = |all: &[Token]| found.iter().any(|c| all.contains(&c.row.tax()));
            (f.over.contains(&tax.code) && has(&f.prefer))
                || (f.prefer.contains(&tax.code) && has(&f.over))
        });
        let wanted = tax.expected && !other;
        return if wanted { Applies::no_row(Unknown::NoMeasure) } else { Vec::new() };
    };
    let closest = || of_tax().filter(|c| rank(&c.row) == top).collect::<Vec<_>>();
    let picked = tax.picks.iter().find(|(code, _)| item.additional_codes.contains(code));
    let mut chosen = match (picked, tax.choice) {
        (None, Choice::Each) => of_tax().collect(),
        (None, _) => closest(),
        (Some((_, wanted)), _) => {
            let says = of_tax().filter(|c| percent(&c.row) == Some(*wanted));
            says.max_by_key(|c| rank(&c.row)).map_or_else(closest, |one| vec![one])
        }
    };
    let plain = |c: &&&Candidate<'_>| c.hangs.is_none() && percent(&c.row).is_some();
    if chosen.len() > 1 && chosen.iter().filter(plain).count() == chosen.len() {
        let one = match tax.choice {
            Choice::All | Choice::Each => None,
            Choice::Highest => chosen.iter().copied().max_by_key(|c| percent(&c.row)),
            Choice::Lowest => chosen.iter().copied().min_by_key(|c| percent(&c.row)),
        };
        if let Some(one) = one {
            chosen = vec![one];
        }
    }
    chosen.dedup_by(|a, b| a.row.formula() == b.row.formula() && a.row.basis() == b.row.basis());
    // A claim is never settled by the rate that goods without one have.
    let settles = |c: &&Candidate<'_>| !c.row.regime().is_any() || c.row.mark() == Measure::ADDED;
    if tax.preferential && profile.is_claim(&item.regime) && !chosen.iter().any(settles) {
        let origin = match item.preferential_origin {
            Token::EMPTY => item.origin,
            stated => stated,
        };
        return Applies::no_row(Unknown::NoPreference(item.regime, origin));
    }
    let applies = |c: &Candidate<'a>| Applies { row: Some(c.row), untold: c.hangs.clone() };
    chosen.into_iter().map(applies).collect()
}
