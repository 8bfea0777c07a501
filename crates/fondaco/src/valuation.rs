//! The customs value: the price paid or payable, what is added to it and taken off, the item's share
//! of what is charged for the consignment; and the statistical value beside it.
//!
//! Which costs belong to the value is the law's, which of them are in the price already is said by
//! the delivery term: a charge for carriage is added where the law wants it and the price has it not,
//! taken off where the price has it and the law does not want it.
//!
//! Holds always:
//! - a cost the law wants, that is neither in the price nor stated, is said to be lacking: what is
//!   computed without it is not the whole value;
//! - the shares of the items are the whole charge.
//!
//! Source: WTO Agreement on Implementation of Article VII of GATT 1994, articles 1 and 8; Incoterms
//! 2020 (ICC).

use crate::declaration::{Charge, Declaration, Item};
use crate::money::{Currency, Decimal, Money};
use crate::reference::{Apportionment, ChargeEffect, ChargeKind, Cost, Reference, ValueRule};
use crate::token::Token;

/// What went into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The kind of charge; empty for the price, the name of the cost where the law fills it in.
    pub kind: Token,
    /// The item's share of it, in its own currency.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
    /// One unit of that in the currency of assessment.
    pub rate: Decimal,
    /// Where the rate is from; empty where the currency is that of assessment.
    pub source: String,
    /// What it does to the value, in the currency of assessment: below zero where it is taken off,
    /// nothing where it stands apart.
    pub value: Decimal,
}

/// The value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemValue {
    /// Item number.
    pub item: u32,
    /// The customs value in the currency of assessment, rounded; `None` where it cannot be told.
    pub value: Option<Decimal>,
    /// Price and charges that made it.
    pub parts: Vec<Part>,
    /// Costs the law wants in the value that are neither in the price nor stated.
    pub lacks: Vec<Cost>,
    /// Kinds of charges that are added although the delivery term has them in the price.
    pub doubts: Vec<Token>,
    /// The value for statistics, rounded; `None` where it cannot be told or is not asked for.
    pub statistical: Option<Money>,
}

/// The customs value of an item and its statistical value.
#[must_use]
pub fn value(declaration: &Declaration, item: &Item, reference: Reference<'_>) -> ItemValue {
    let profile = &reference.pack.profile;
    let worked = work(declaration, item, reference, profile.value_rule(declaration.direction));
    // What is taken off cannot be more than the price: the value cannot be told.
    let rounded = |sum: Decimal| profile.value_rounding.apply(sum);
    let value = worked.sum.map(rounded).filter(|v| *v >= Decimal::ZERO);
    ItemValue {
        item: item.number,
        value,
        parts: worked.parts,
        lacks: worked.lacks,
        doubts: worked.doubts,
        statistical: statistical(declaration, item, reference),
    }
}

/// The value for statistics.
///
/// Source: United Nations, International Merchandise Trade Statistics 2010, chapter 4: imports as they
/// stand at the border of the importer, exports at that of the exporter.
fn statistical(declaration: &Declaration, item: &Item, reference: Reference<'_>) -> Option<Money> {
    let mut rules = reference.pack.profile.statistics.iter();
    let rule = rules.find(|r| Some(r.value.direction) == declaration.direction)?;
    let worked = work(declaration, item, reference, Some(&rule.value));
    let sum = worked.sum.filter(|sum| worked.lacks.is_empty() && *sum >= Decimal::ZERO)?;
    let amount = rule.rounding.apply(sum.checked_div(reference.rate(rule.currency)?)?);
    Some(Money { amount, currency: rule.currency })
}

/// A sum on its way.
#[derive(Default)]
struct Worked {
    sum: Option<Decimal>,
    parts: Vec<Part>,
    lacks: Vec<Cost>,
    doubts: Vec<Token>,
}

impl Worked {
    /// Takes in an amount; the sum is lost where that cannot be computed.
    fn take(
        &mut self,
        kind: Token,
        amount: Option<Decimal>,
        currency: Currency,
        sign: Sign,
        reference: Reference<'_>,
    ) {
        let added = || {
            let amount = amount?;
            let rate = reference.rate(currency)?;
            let in_own = amount.checked_mul(rate)?;
            let value = match sign {
                Sign::Added => in_own,
                Sign::TakenOff => -in_own,
                Sign::Apart => Decimal::ZERO,
            };
            let source = reference.rate_row(currency).map(|row| row.source.clone());
            let source = source.unwrap_or_default();
            Some(Part { kind, amount, currency, rate, source, value })
        };
        match added() {
            Some(part) => {
                self.sum = self.sum.and_then(|sum| sum.checked_add(part.value));
                self.parts.push(part);
            }
            // What stands apart is not needed.
            None if matches!(sign, Sign::Apart) => {}
            None => self.sum = None,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Added,
    TakenOff,
    Apart,
}

fn work(
    declaration: &Declaration,
    item: &Item,
    reference: Reference<'_>,
    rule: Option<&ValueRule>,
) -> Worked {
    let profile = &reference.pack.profile;
    let mut worked = Worked { sum: Some(Decimal::ZERO), ..Worked::default() };
    // By another method than that of the price the value is what the declarant worked out.
    let by_price = item.method.is_empty() || profile.price_methods.contains(&item.method);
    if let Some(stated) = item.customs_value.filter(|_| !by_price || item.price.is_none()) {
        worked.take(Token::EMPTY, Some(stated.amount), stated.currency, Sign::Added, reference);
        return worked;
    }
    let Some(price) = item.price else { return Worked::default() };
    worked.take(Token::EMPTY, Some(price.amount), price.currency, Sign::Added, reference);
    let in_price = reference.in_price(&declaration.incoterm);
    let own = item.charges.iter().map(|c| (c, true));
    let all: Vec<_> = own.chain(declaration.charges.iter().map(|c| (c, false))).collect();
    let mut stated: Vec<Cost> = Vec::new();
    for (Charge { kind, amount }, own) in all {
        // A charge the pack does not know, or of which it does not hold what it does.
        let known = profile.charge(*kind).filter(|k| k.effect != ChargeEffect::Untold);
        let Some(of) = known else { return Worked::default() };
        stated.extend(&of.of);
        let Some(sign) = sign(of, rule, in_price) else { return Worked::default() };
        let all_in = |price: &[Cost]| of.of.iter().all(|cost| price.contains(cost));
        if sign == Sign::Added && !of.of.is_empty() && in_price.is_some_and(all_in) {
            worked.doubts.push(*kind);
        }
        let share = if own { Some(Decimal::ONE) } else { share(declaration, item, of.by) };
        let part = share.and_then(|share| amount.amount.checked_mul(share));
        worked.take(*kind, part, amount.currency, sign, reference);
    }
    let (Some(rule), Some(in_price)) = (rule, in_price) else { return worked };
    for cost in &rule.includes {
        if in_price.contains(cost) || stated.contains(cost) {
            continue;
        }
        let fill = rule.fills.iter().find(|(of, _)| of == cost);
        match fill {
            Some((_, percent)) if worked.lacks.is_empty() => {
                let share = worked
                    .sum
                    .and_then(|sum| sum.checked_mul(*percent)?.checked_div(Decimal::ONE_HUNDRED));
                worked.take(
                    Token::lossy(cost.name()),
                    share,
                    profile.currency,
                    Sign::Added,
                    reference,
                );
            }
            _ => worked.lacks.push(*cost),
        }
    }
    worked
}

/// What a charge does here; `None` where that hangs on a delivery term that is not stated.
fn sign(kind: &ChargeKind, rule: Option<&ValueRule>, in_price: Option<&[Cost]>) -> Option<Sign> {
    let as_stated = match kind.effect {
        ChargeEffect::Added => Sign::Added,
        ChargeEffect::TakenOff => Sign::TakenOff,
        ChargeEffect::Apart => Sign::Apart,
        ChargeEffect::Untold => return None,
    };
    let Some(rule) = rule.filter(|_| !kind.of.is_empty()) else { return Some(as_stated) };
    let wanted = kind.of.iter().any(|cost| rule.includes.contains(cost));
    match (as_stated, wanted) {
        // It says itself what it does.
        (Sign::Added, true) | (Sign::TakenOff, false) => Some(as_stated),
        (Sign::TakenOff, true) => Some(Sign::Apart),
        (Sign::Added | Sign::Apart, false) => {
            let within = in_price?.iter().any(|cost| kind.of.contains(cost));
            Some(if within { Sign::TakenOff } else { Sign::Apart })
        }
        (Sign::Apart, true) => {
            let within = in_price?.iter().any(|cost| kind.of.contains(cost));
            Some(if within { Sign::Apart } else { Sign::Added })
        }
    }
}

/// The item's share of the consignment's charges; `None` where what it goes by is not stated of every
/// item, or not in one currency.
fn share(declaration: &Declaration, item: &Item, by: Apportionment) -> Option<Decimal> {
    let figure = |of: &Item| match by {
        Apportionment::GrossMass => of.gross_mass,
        Apportionment::Price => {
            let price = of.price?;
            (price.currency == item.price?.currency).then_some(price.amount)
        }
    };
    let sum =
        declaration.items.iter().try_fold(Decimal::ZERO, |sum, i| sum.checked_add(figure(i)?))?;
    figure(item)?.checked_div(sum)
}
