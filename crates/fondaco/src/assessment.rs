//! What has to be paid, line by line, with every step shown.
//!
//! In: the [`Declaration`], the law on the day. Out: an [`Assessment`]: for every item the value, the
//! duties and taxes in the order of the pack, and what could not be computed with the reason.
//!
//! Holds always:
//! - the total is the sum of what is payable on the lines;
//! - a missing rate, quantity or rate of exchange is [`Unknown`], never zero, and so is every tax
//!   whose base includes it;
//! - the order of the items does not matter.

use std::collections::BTreeMap;

use crate::condition::Facts;
use crate::declaration::{Charge, Declaration, Item, ItemFacts};
use crate::formula::{Input, Inputs, Unknown};
use crate::measures::Found;
use crate::money::{Currency, Decimal, Rounding};
use crate::quantity::{Count, Quantity, UnitProduct};
use crate::rates::rates;
use crate::reference::{ChargeRule, Reference, Relief, ReliefEffect, Tax};
use crate::token::Token;

/// A tax line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxLine {
    /// Item number.
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
    /// `ours`, `note …` or empty.
    pub mark: String,
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
}

/// The value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemValue {
    /// Item number.
    pub item: u32,
    /// The customs value in the currency of assessment, rounded; `None` where it cannot be told.
    pub value: Option<Decimal>,
    /// Price and charges that made it: what, amount, currency, rate.
    pub parts: Vec<(Token, Decimal, Currency, Decimal)>,
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

/// Computes what has to be paid.
#[must_use]
pub fn assess(declaration: &Declaration, reference: Reference<'_>) -> Assessment {
    let profile = &reference.pack.profile;
    let mut assessment = Assessment::nothing(profile.currency);
    for item in &declaration.items {
        let value = value(declaration, item, reference);
        ItemAssessor::new(declaration, item, reference, value.value).run(&mut assessment);
        assessment.values.push(value);
    }
    let sum = assessment.lines.iter().try_fold(Decimal::ZERO, |s, l| s.checked_add(l.payable));
    let mut total = sum.unwrap_or(Decimal::MAX);
    if total.scale() < profile.value_rounding.digits {
        total.rescale(profile.value_rounding.digits);
    }
    assessment.total = total;
    assessment
}

/// The customs value of an item: its price, its charges, its share of the consignment's.
///
/// Source: WTO Agreement on Implementation of Article VII of GATT 1994, articles 1 and 8.
fn value(declaration: &Declaration, item: &Item, reference: Reference<'_>) -> ItemValue {
    let profile = &reference.pack.profile;
    let mut result = ItemValue { item: item.number, value: None, parts: Vec::new() };
    let Some(price) = item.price.or(item.customs_value) else { return result };
    let Some(rate) = reference.rate(price.currency) else { return result };
    let Some(mut sum) = price.amount.checked_mul(rate) else { return result };
    result.parts.push((Token::EMPTY, price.amount, price.currency, rate));
    let share = share(declaration, item);
    let own = item.charges.iter().map(|c| (c, Some(Decimal::ONE)));
    let whole = declaration.charges.iter().map(|c| (c, share));
    for (Charge { kind, amount }, share) in own.chain(whole) {
        // A charge the pack does not know, or a share that cannot be told: the value cannot either.
        let adds = match profile.charge(*kind) {
            Some(ChargeRule::Added) => true,
            Some(ChargeRule::TakenOff) => false,
            Some(ChargeRule::Apart) => continue,
            Some(ChargeRule::Untold) | None => return result,
        };
        let Some(share) = share else { return result };
        let Some(rate) = reference.rate(amount.currency) else { return result };
        let part = amount.amount.checked_mul(share).and_then(|x| x.checked_mul(rate));
        let total = part.and_then(|p| if adds { sum.checked_add(p) } else { sum.checked_sub(p) });
        let (Some(part), Some(total)) = (part, total) else { return result };
        sum = total;
        let signed = if adds { part } else { -part };
        result.parts.push((*kind, signed, amount.currency, rate));
    }
    // What is taken off cannot be more than the price: the value cannot be told.
    result.value = Some(profile.value_rounding.apply(sum)).filter(|v| *v >= Decimal::ZERO);
    result
}

/// The item's share of the consignment's charges, by price; `None` where the prices are not all
/// stated in one currency.
fn share(declaration: &Declaration, item: &Item) -> Option<Decimal> {
    let price = item.price?;
    let sum = declaration.items.iter().try_fold(Decimal::ZERO, |sum, i| {
        let same = i.price.filter(|p| p.currency == price.currency)?;
        sum.checked_add(same.amount)
    })?;
    price.amount.checked_div(sum)
}

/// What became of one tax on one item.
#[derive(Clone, Copy)]
enum Outcome {
    Amount(Decimal),
    Unknown,
}

struct ItemAssessor<'a> {
    declaration: &'a Declaration,
    item: &'a Item,
    reference: Reference<'a>,
    value: Option<Decimal>,
    facts: ItemFacts<'a>,
    done: BTreeMap<Token, Outcome>,
}

impl<'a> ItemAssessor<'a> {
    fn new(
        declaration: &'a Declaration,
        item: &'a Item,
        reference: Reference<'a>,
        value: Option<Decimal>,
    ) -> Self {
        let facts = ItemFacts { declaration, item: Some(item), reference, value };
        Self { declaration, item, reference, value, facts, done: BTreeMap::new() }
    }

    fn run(mut self, into: &mut Assessment) {
        for (tax, rates) in rates(&self.facts) {
            for rate in rates {
                match (rate.row, rate.untold) {
                    (Some(row), None) => self.line(tax, &row, into),
                    (row, why) => {
                        let why = why.unwrap_or(Unknown::NoMeasure);
                        self.unknown(tax, row.as_ref(), why, into);
                    }
                }
            }
        }
        if self.declaration.direction.is_none() {
            return;
        }
        // A tax the declarant names and the pack has not: said, not dropped.
        let taxes = &self.reference.pack.profile.taxes;
        for declared in &self.item.taxes {
            let known = taxes.iter().any(|t| t.code == declared.tax);
            if !known && !declared.tax.is_empty() && !self.done.contains_key(&declared.tax) {
                self.done.insert(declared.tax, Outcome::Unknown);
                into.unknown.push(UnknownLine {
                    item: self.item.number,
                    tax: declared.tax,
                    formula: String::new(),
                    why: Unknown::NoMeasure,
                    basis: String::new(),
                });
            }
        }
    }

    fn unknown(
        &mut self,
        tax: &Tax,
        measure: Option<&Found<'_>>,
        why: Unknown,
        into: &mut Assessment,
    ) {
        self.done.insert(tax.code, Outcome::Unknown);
        let formula = measure.and_then(|m| m.formula);
        into.unknown.push(UnknownLine {
            item: self.item.number,
            tax: tax.code,
            formula: formula.map(ToString::to_string).unwrap_or_default(),
            why,
            basis: measure.map(|m| m.basis.to_owned()).unwrap_or_default(),
        });
    }

    fn base(&self, tax: &Tax) -> Result<(Decimal, Vec<(Token, Decimal)>), Unknown> {
        let mut sum = Decimal::ZERO;
        let mut terms = Vec::new();
        for term in &tax.base {
            if term.when.holds(&self.facts) == Some(false) {
                continue;
            }
            let amount = if term.term == "value" {
                self.value.ok_or(Unknown::NoValue)?
            } else if term.term == "others" {
                self.others()?
            } else {
                match self.done.get(&term.term) {
                    None => continue,
                    Some(Outcome::Amount(amount)) => *amount,
                    Some(Outcome::Unknown) => return Err(Unknown::DependsOn(term.term)),
                }
            };
            let next = if term.less { sum.checked_sub(amount) } else { sum.checked_add(amount) };
            sum = next.ok_or(Unknown::TooLarge)?;
            if term.term != "others" {
                terms.push((term.term, if term.less { -amount } else { amount }));
            }
        }
        // What is taken off cannot be more than what it is taken off: the base cannot be told.
        if sum < Decimal::ZERO {
            return Err(Unknown::NoValue);
        }
        Ok((self.reference.pack.profile.value_rounding.apply(sum), terms))
    }

    /// Taxes the declarant names that the pack has not: if any, the base cannot be told.
    fn others(&self) -> Result<Decimal, Unknown> {
        let taxes = &self.reference.pack.profile.taxes;
        let unknown = self
            .item
            .taxes
            .iter()
            .find(|d| !d.tax.is_empty() && !taxes.iter().any(|t| t.code == d.tax));
        unknown.map_or(Ok(Decimal::ZERO), |d| Err(Unknown::DependsOn(d.tax)))
    }

    fn line(&mut self, tax: &'a Tax, measure: &Found<'a>, into: &mut Assessment) {
        let Some(formula) = measure.formula else {
            return self.unknown(tax, Some(measure), Unknown::NoMeasure, into);
        };
        let (base, base_terms, no_base) = match self.base(tax) {
            Ok((base, terms)) => (Some(base), terms, Unknown::NoValue),
            Err(why) => (None, Vec::new(), why),
        };
        let mut inputs = Vec::new();
        let source = Source { assessor: self, tax, measure, base };
        let exact = match formula.evaluate(&source, &mut inputs) {
            Ok(exact) => exact,
            // The formula asks for the base: why there is none.
            Err(Unknown::NoValue) => return self.unknown(tax, Some(measure), no_base, into),
            Err(why) => return self.unknown(tax, Some(measure), why, into),
        };
        let amount = tax.rounding.apply(exact);
        let relief = self.relief(tax);
        let zero = tax.rounding.apply(Decimal::ZERO);
        let [assessed, deducted, secured, payable] = match relief.map(|r| r.effect) {
            None => [amount, zero, zero, amount],
            Some(ReliefEffect::Suspend) => [amount, zero, zero, zero],
            Some(ReliefEffect::Relieve) => [zero, amount, zero, zero],
            Some(ReliefEffect::Exempt) => [zero, zero, zero, zero],
            Some(ReliefEffect::Secure) => [zero, zero, amount, zero],
        };
        let in_base = if relief.is_some_and(|r| r.in_base) { amount } else { assessed };
        let sum = match self.done.get(&tax.code) {
            Some(Outcome::Amount(before)) => before.checked_add(in_base),
            _ => Some(in_base),
        };
        let outcome = match (self.done.get(&tax.code), sum) {
            (Some(Outcome::Unknown), _) | (_, None) => Outcome::Unknown,
            (_, Some(sum)) => Outcome::Amount(sum),
        };
        self.done.insert(tax.code, outcome);
        if let Some(note) = measure.mark.strip_prefix("note") {
            into.unknown.push(UnknownLine {
                item: self.item.number,
                tax: tax.code,
                formula: formula.to_string(),
                why: Unknown::Note(note.trim().to_owned()),
                basis: measure.basis.to_owned(),
            });
        }
        into.lines.push(TaxLine {
            item: self.item.number,
            tax: tax.code,
            base,
            percent: formula.percent(),
            formula: formula.to_string(),
            inputs,
            base_terms,
            exact,
            rounding: tax.rounding,
            assessed,
            deducted,
            secured,
            payable,
            relief: relief.map(|r| (r.id.clone(), r.basis.clone())),
            measure: measure.code,
            basis: measure.basis.to_owned(),
            mark: measure.mark.to_owned(),
        });
    }

    fn relief(&self, tax: &Tax) -> Option<&'a Relief> {
        self.reference.pack.profile.reliefs.iter().find(|r| {
            (r.taxes.is_empty() || r.taxes.contains(&tax.code))
                && r.when.holds(&self.facts) == Some(true)
        })
    }

    /// A quantity in this unit, as stated or as the product of two that are.
    fn quantity(&self, tax: &Tax, measure: &Found<'_>, unit: Token) -> Option<Count> {
        self.stated(tax, measure, unit).or_else(|| {
            let products = self.reference.pack.units.products(unit);
            let count = |product: &UnitProduct| {
                let [a, b] = product.of.map(|of| self.stated(tax, measure, of));
                a?.times(b?)?.times(Count { dividend: product.factor, divisor: Decimal::ONE })
            };
            products.filter_map(count).next()
        })
    }

    /// A quantity in this unit: what the tax line states, what the goods measure states, the masses.
    fn stated(&self, tax: &Tax, measure: &Found<'_>, unit: Token) -> Option<Count> {
        let item = self.item;
        let line = self.reference.line(&item.code);
        let units = &self.reference.pack.units;
        // A quantity stated with no tax type is for any tax counted in its unit.
        let stated = item.taxes.iter().filter(|t| t.tax == tax.code || t.tax.is_empty());
        let declared = stated.filter_map(|t| t.quantity);
        let supplementary = item.quantities.iter().enumerate().map(|(n, q)| {
            if !q.unit.is_empty() {
                return *q;
            }
            let unit = match (n, line) {
                (0, _) if !measure.unit.is_empty() => measure.unit,
                (n, Some(line)) => line.units.get(n).copied().unwrap_or_default(),
                _ => Token::EMPTY,
            };
            Quantity { value: q.value, unit }
        });
        let mass = item.net_mass.map(|value| Quantity { value, unit: Token::lossy("KGM") });
        declared
            .chain(supplementary)
            .chain(mass)
            // None of something, or less, is no quantity that goods can have.
            .filter(|q| !q.unit.is_empty() && q.value > Decimal::ZERO)
            .find_map(|q| units.convert(q, unit))
    }
}

struct Source<'s, 'a> {
    assessor: &'s ItemAssessor<'a>,
    tax: &'s Tax,
    measure: &'s Found<'a>,
    base: Option<Decimal>,
}

impl Inputs for Source<'_, '_> {
    fn base(&self) -> Option<Decimal> {
        self.base
    }

    fn quantity(&self, unit: Token) -> Option<Count> {
        self.assessor.quantity(self.tax, self.measure, unit)
    }

    fn part(&self, name: &str, _unit: Token) -> Option<Decimal> {
        self.fact(name)
    }

    fn fact(&self, name: &str) -> Option<Decimal> {
        let stated = &self.assessor.item.facts;
        let named = stated.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        // Less than none would make the duty negative.
        named.map(|(_, figure)| *figure).filter(|figure| *figure >= Decimal::ZERO)
    }

    fn rate(&self, currency: Currency) -> Option<Decimal> {
        self.assessor.reference.rate(currency)
    }

    fn tax(&self, tax: Token) -> Result<Decimal, Unknown> {
        match self.assessor.done.get(&tax) {
            None => Ok(Decimal::ZERO),
            Some(Outcome::Amount(amount)) => Ok(*amount),
            Some(Outcome::Unknown) => Err(Unknown::DependsOn(tax)),
        }
    }
}

impl std::fmt::Debug for ItemAssessor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "ItemAssessor({}, {})",
            self.item.number,
            self.facts.text(crate::condition::TextField::Commodity)
        )
    }
}
