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

use std::collections::{BTreeMap, BTreeSet};

use crate::allotment::Allotment;
use crate::condition::Facts;
use crate::declaration::{Declaration, Item, ItemFacts};
use crate::formula::{Input, Inputs, Unknown};
use crate::measures::Found;
use crate::money::{Currency, Decimal, Rounding};
use crate::quantity::Count;
use crate::quota::QuotaState;
use crate::rates::{Applies, fee, rates};
use crate::reference::{Reference, Relief, ReliefEffect, Tax};
use crate::token::Token;
use crate::valuation;

mod lines;

pub use lines::{Assessment, Determined, TaxLine, UnknownLine};

/// Computes what has to be paid.
///
/// `allotted` says what the items get of the quotas they claim, as [`crate::allotment::allot`] does;
/// `determined` what officers stated, each tax of an item once.
#[must_use]
pub fn assess(
    declaration: &Declaration,
    reference: Reference<'_>,
    allotted: &[Allotment<'_>],
    determined: &[Determined],
) -> Assessment {
    let profile = &reference.pack.profile;
    let mut assessment = Assessment::nothing(profile.currency);
    for item in &declaration.items {
        let value = valuation::value(declaration, item, reference);
        let facts = ItemFacts { declaration, item: Some(item), reference, value: value.value };
        // What the goods bear that are not under the quota claimed.
        let unclaimed = (!item.quota.is_empty()).then(|| item.without_claim(profile));
        let outside = unclaimed.as_ref().map(|item| ItemFacts { item: Some(item), ..facts });
        let allotment = allotted.iter().find(|a| a.item == item.number);
        ItemAssessor { facts, item, determined, done: BTreeMap::new() }.run(
            allotment,
            outside.as_ref(),
            &mut assessment,
        );
        let basis = profile.value_rule(declaration.direction).map(|rule| rule.basis.as_str());
        assessment.unknown.extend(value.lacks.iter().map(|cost| UnknownLine {
            basis: basis.unwrap_or_default().to_owned(),
            ..UnknownLine::of(item.number, Token::EMPTY, None, Unknown::NoCost(cost.name()))
        }));
        assessment.values.push(value);
    }
    fees(declaration, reference, determined, &mut assessment);
    let Assessment { lines, unknown, .. } = &mut assessment;
    unknown.retain_mut(|unknown| {
        if unknown.tax.is_empty() {
            // A cost that lacks makes less of what was computed of the item, and of what is charged once.
            let mut of = lines.iter().filter(|l| l.item == unknown.item || l.item == 0).peekable();
            // Where each amount is stated, the value it would be computed of is not asked for.
            if of.peek().is_some() && of.clone().all(TaxLine::is_determined) {
                return false;
            }
            unknown.payable = of.any(TaxLine::wants_the_value);
        }
        true
    });
    let sum = assessment.lines.iter().try_fold(Decimal::ZERO, |s, l| s.checked_add(l.payable));
    let mut total = sum.unwrap_or(Decimal::MAX);
    if total.scale() < profile.value_rounding.digits {
        total.rescale(profile.value_rounding.digits);
    }
    assessment.total = total;
    assessment
}

/// Taxes charged once for the declaration, on the values of the items that bear them together. Their
/// lines have no item: its number is 0.
fn fees(
    declaration: &Declaration,
    reference: Reference<'_>,
    determined: &[Determined],
    into: &mut Assessment,
) {
    let taxes = &reference.pack.profile.taxes;
    for tax in taxes.iter().filter(|t| t.per_declaration && declaration.direction.is_some()) {
        let mut sum = Some(Decimal::ZERO);
        let (mut bears, mut hangs) = (false, false);
        for (item, value) in declaration.items.iter().zip(&into.values) {
            let facts = ItemFacts { declaration, item: Some(item), reference, value: value.value };
            match tax.when.holds(&facts) {
                Some(false) => continue,
                Some(true) => {}
                None => hangs = true,
            }
            bears = true;
            sum = sum.zip(value.value).and_then(|(sum, more)| sum.checked_add(more));
        }
        if !bears {
            continue;
        }
        let all = Item { number: 0, ..Item::default() };
        let facts = ItemFacts { declaration, item: Some(&all), reference, value: sum };
        let mut assessor = ItemAssessor { facts, item: &all, determined, done: BTreeMap::new() };
        let rates = fee(tax, &facts);
        if assessor.stated(tax.code, tax.rounding, into) {
            continue;
        }
        if hangs {
            let row = rates.iter().find_map(|r| r.row);
            assessor.unknown(tax, row.as_ref(), Unknown::NoValue, into);
        } else {
            assessor.lines(tax, &rates, Portion::Whole, into);
        }
    }
}

/// What became of one tax on one item.
#[derive(Clone, Copy)]
enum Outcome {
    Amount(Decimal),
    Unknown,
}

/// Which of the goods of an item a rate is for.
#[derive(Clone, Copy)]
enum Portion {
    Whole,
    /// The share that is under a quota: between 0 and 1.
    Under(Decimal),
    /// What is left beside that share.
    Beside(Decimal),
}

impl Portion {
    /// The portion of an amount that is rounded to steps: the two portions make the whole.
    fn of_amount(self, amount: Decimal, rounding: Rounding) -> Option<Decimal> {
        let under = |share| amount.checked_mul(share).map(|part| rounding.apply(part));
        match self {
            Self::Whole => Some(amount),
            Self::Under(share) => under(share),
            Self::Beside(share) => amount.checked_sub(under(share)?),
        }
    }

    fn of_count(self, count: Count) -> Option<Count> {
        let share = match self {
            Self::Whole => return Some(count),
            Self::Under(share) => share,
            Self::Beside(share) => Decimal::ONE.checked_sub(share)?,
        };
        count.times(Count { dividend: share, divisor: Decimal::ONE })
    }
}

/// What a rate comes to, before relief.
struct Computed {
    base: Option<Decimal>,
    base_terms: Vec<(Token, Decimal)>,
    inputs: Vec<Input>,
    exact: Decimal,
    amount: Decimal,
}

struct ItemAssessor<'a> {
    facts: ItemFacts<'a>,
    item: &'a Item,
    determined: &'a [Determined],
    done: BTreeMap<Token, Outcome>,
}

impl<'a> ItemAssessor<'a> {
    fn run(
        mut self,
        allotment: Option<&Allotment<'_>>,
        outside: Option<&ItemFacts<'a>>,
        into: &mut Assessment,
    ) {
        let claimed = rates(&self.facts);
        let under_quota = |rates: &[Applies<'_>]| {
            rates.iter().any(|r| r.row.is_some_and(|row| !row.quota().is_empty()))
        };
        let any = claimed.iter().any(|(_, rates)| under_quota(rates));
        let beside = outside.filter(|_| any).map(rates).unwrap_or_default();
        for (tax, rates) in claimed {
            if self.stated(tax.code, tax.rounding, into) {
                continue;
            }
            if !under_quota(&rates) {
                self.lines(tax, &rates, Portion::Whole, into);
                continue;
            }
            let of_tax = beside.iter().find(|(t, _)| t.code == tax.code);
            let beside = of_tax.map_or(&[][..], |(_, rates)| rates);
            self.under_quota(tax, &rates, beside, allotment, into);
        }
        if self.facts.declaration.direction.is_none() {
            return;
        }
        // A tax the declarant names and the pack has not: said, not dropped.
        let taxes = &self.facts.reference.pack.profile.taxes;
        for declared in &self.item.taxes {
            let known = taxes.iter().any(|t| t.code == declared.tax);
            if !known && !declared.tax.is_empty() && !self.done.contains_key(&declared.tax) {
                let rounding = self.facts.reference.pack.profile.value_rounding;
                if self.stated(declared.tax, rounding, into) {
                    continue;
                }
                self.done.insert(declared.tax, Outcome::Unknown);
                let why = Unknown::NoMeasure;
                into.unknown.push(UnknownLine::of(self.item.number, declared.tax, None, why));
            }
        }
    }

    fn statement(&self, tax: Token) -> Option<&'a Determined> {
        self.determined.iter().find(|d| d.item == self.item.number && d.tax == tax)
    }

    /// The line of a tax whose amount an officer stated; whether one did.
    fn stated(&mut self, tax: Token, rounding: Rounding, into: &mut Assessment) -> bool {
        let Some(stated) = self.statement(tax) else { return false };
        let assessed = stated.payable.checked_add(stated.secured).unwrap_or(Decimal::MAX);
        self.done.insert(tax, Outcome::Amount(assessed));
        into.lines.push(TaxLine {
            item: self.item.number,
            tax,
            base: None,
            percent: None,
            formula: String::new(),
            inputs: Vec::new(),
            base_terms: Vec::new(),
            exact: assessed,
            rounding,
            assessed,
            deducted: Decimal::ZERO,
            secured: stated.secured,
            payable: stated.payable,
            relief: None,
            measure: Token::EMPTY,
            basis: stated.basis.clone(),
            mark: TaxLine::DETERMINED.to_owned(),
        });
        true
    }

    /// The lines of a tax by its rates, for all the goods or for a portion.
    fn lines(
        &mut self,
        tax: &'a Tax,
        rates: &[Applies<'a>],
        portion: Portion,
        into: &mut Assessment,
    ) {
        for rate in rates {
            match (&rate.row, &rate.untold) {
                (Some(row), None) => self.line(tax, row, portion, into),
                (row, why) => {
                    let why = why.clone().unwrap_or(Unknown::NoMeasure);
                    self.unknown(tax, row.as_ref(), why, into);
                }
            }
        }
    }

    /// The lines of a tax whose rate is under the quota claimed: that rate for what is granted, the rate
    /// without a claim for the rest. Where what is granted may no longer be there when the draw has its
    /// turn, the difference is secured.
    fn under_quota(
        &mut self,
        tax: &'a Tax,
        rates: &[Applies<'a>],
        beside: &[Applies<'a>],
        allotment: Option<&Allotment<'_>>,
        into: &mut Assessment,
    ) {
        let Some(allotment) = allotment else {
            // No period of the quota is held: the rate is told, and that it hangs on the quota.
            self.lines(tax, rates, Portion::Whole, into);
            let row = rates.iter().find_map(|r| r.row);
            return self.told(tax, row.as_ref(), Unknown::QuotaUntold(self.item.quota), into);
        };
        let Some(share) = allotment.share() else {
            let row = rates.iter().find_map(|r| r.row);
            let why = Unknown::NoQuantity(allotment.quota.unit);
            return self.unknown(tax, row.as_ref(), why, into);
        };
        if share.is_zero() {
            return self.lines(tax, beside, Portion::Whole, into);
        }
        let whole = share == Decimal::ONE;
        let under = if whole { Portion::Whole } else { Portion::Under(share) };
        let first = into.lines.len();
        self.lines(tax, rates, under, into);
        if allotment.state == QuotaState::Critical {
            match self.dearer(tax, beside, under, into.lines.get(first..).unwrap_or_default()) {
                Ok(difference) => {
                    if let Some(line) = into.lines.get_mut(first) {
                        line.secured = line.secured.checked_add(difference).unwrap_or(line.secured);
                    }
                }
                Err(why) => {
                    let row = beside.iter().find_map(|r| r.row);
                    self.told(tax, row.as_ref(), why, into);
                }
            }
        }
        if !whole {
            self.lines(tax, beside, Portion::Beside(share), into);
        }
    }

    /// How much more a portion of the goods bears by these rates than by the lines.
    fn dearer(
        &self,
        tax: &'a Tax,
        rates: &[Applies<'a>],
        portion: Portion,
        than: &[TaxLine],
    ) -> Result<Decimal, Unknown> {
        let mut sum = Decimal::ZERO;
        for rate in rates {
            let row = match (&rate.row, &rate.untold) {
                (Some(row), None) => row,
                (_, why) => return Err(why.clone().unwrap_or(Unknown::NoMeasure)),
            };
            let amount = self.computed(tax, row, portion)?.amount;
            sum = sum.checked_add(amount).ok_or(Unknown::TooLarge)?;
        }
        let less = than.iter().try_fold(sum, |left, line| left.checked_sub(line.assessed));
        Ok(less.ok_or(Unknown::TooLarge)?.max(tax.rounding.apply(Decimal::ZERO)))
    }

    /// Says what could not be told of a tax, of which lines may stand.
    fn told(&self, tax: &Tax, row: Option<&Found<'_>>, why: Unknown, into: &mut Assessment) {
        let frees =
            |relief: &Relief| relief.effect != ReliefEffect::Secure && !self.pledges(relief);
        let payable = !self.relief(tax).is_some_and(frees);
        let line = UnknownLine::of(self.item.number, tax.code, row, why);
        into.unknown.push(UnknownLine { payable, ..line });
    }

    /// Says that a tax is unknown, and with it every tax whose base includes it.
    fn unknown(&mut self, tax: &Tax, row: Option<&Found<'_>>, why: Unknown, into: &mut Assessment) {
        self.done.insert(tax.code, Outcome::Unknown);
        self.told(tax, row, why, into);
    }

    fn base(
        &self,
        tax: &Tax,
        portion: Portion,
    ) -> Result<(Decimal, Vec<(Token, Decimal)>), Unknown> {
        let rounding = self.facts.reference.pack.profile.value_rounding;
        let mut sum = Decimal::ZERO;
        let mut terms = Vec::new();
        for term in &tax.base {
            if term.when.holds(&self.facts) == Some(false) {
                continue;
            }
            let amount = if term.term == "value" {
                self.facts.value.ok_or(Unknown::NoValue)?
            } else if term.term == "others" {
                self.others()?
            } else {
                match self.done.get(&term.term) {
                    None => continue,
                    Some(Outcome::Amount(amount)) => *amount,
                    Some(Outcome::Unknown) => return Err(Unknown::DependsOn(term.term)),
                }
            };
            let amount = portion.of_amount(amount, rounding).ok_or(Unknown::TooLarge)?;
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
        Ok((rounding.apply(sum), terms))
    }

    /// Taxes the declarant names that the pack has not: if any, the base cannot be told.
    fn others(&self) -> Result<Decimal, Unknown> {
        let taxes = &self.facts.reference.pack.profile.taxes;
        let declared = self.item.taxes.iter().map(|d| d.tax);
        let others =
            declared.filter(|tax| !tax.is_empty() && !taxes.iter().any(|t| t.code == *tax));
        let mut seen = BTreeSet::new();
        others.filter(|tax| seen.insert(*tax)).try_fold(Decimal::ZERO, |sum, tax| {
            let stated = self.statement(tax).ok_or(Unknown::DependsOn(tax))?;
            let more = stated.payable.checked_add(stated.secured);
            more.and_then(|more| sum.checked_add(more)).ok_or(Unknown::TooLarge)
        })
    }

    /// What a rate comes to for a portion of the goods.
    fn computed(
        &self,
        tax: &'a Tax,
        measure: &Found<'a>,
        portion: Portion,
    ) -> Result<Computed, Unknown> {
        let formula = measure.formula().ok_or(Unknown::NoMeasure)?;
        let (base, base_terms, no_base) = match self.base(tax, portion) {
            Ok((base, terms)) => (Some(base), terms, Unknown::NoValue),
            Err(why) => (None, Vec::new(), why),
        };
        let mut inputs = Vec::new();
        let source = Source { assessor: self, tax, measure, base, portion };
        let exact = match formula.evaluate(&source, &mut inputs) {
            Ok(exact) => exact,
            // The formula asks for the base: why there is none.
            Err(Unknown::NoValue) => return Err(no_base),
            Err(why) => return Err(why),
        };
        Ok(Computed { base, base_terms, inputs, exact, amount: tax.rounding.apply(exact) })
    }

    fn line(&mut self, tax: &'a Tax, measure: &Found<'a>, portion: Portion, into: &mut Assessment) {
        let computed = match self.computed(tax, measure, portion) {
            Ok(computed) => computed,
            Err(why) => return self.unknown(tax, Some(measure), why, into),
        };
        let Computed { base, base_terms, inputs, exact, amount } = computed;
        let Some(formula) = measure.formula() else { return };
        let relief = self.relief(tax);
        let zero = tax.rounding.apply(Decimal::ZERO);
        let [assessed, deducted, secured, payable] = match relief.map(|r| r.effect) {
            None => [amount, zero, zero, amount],
            Some(ReliefEffect::Suspend) => [amount, zero, zero, zero],
            Some(ReliefEffect::Relieve) => [zero, amount, zero, zero],
            Some(ReliefEffect::Exempt) => [zero, zero, zero, zero],
            Some(ReliefEffect::Secure) => [zero, zero, amount, zero],
        };
        let secured = if relief.is_some_and(|r| self.pledges(r)) { amount } else { secured };
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
        if let Some(note) = measure.mark().strip_prefix("note") {
            self.told(tax, Some(measure), Unknown::Note(note.trim().to_owned()), into);
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
            measure: measure.code(),
            basis: measure.basis().to_owned(),
            mark: measure.mark().to_owned(),
        });
    }

    /// Whether what a relief takes away has to be secured.
    fn pledges(&self, relief: &Relief) -> bool {
        relief.secured.as_ref().is_some_and(|when| when.holds(&self.facts) == Some(true))
    }

    fn relief(&self, tax: &Tax) -> Option<&'a Relief> {
        self.facts.reference.pack.profile.reliefs.iter().find(|r| {
            (r.taxes.is_empty() || r.taxes.contains(&tax.code))
                && r.when.holds(&self.facts) == Some(true)
        })
    }
}

struct Source<'s, 'a> {
    assessor: &'s ItemAssessor<'a>,
    tax: &'s Tax,
    measure: &'s Found<'a>,
    base: Option<Decimal>,
    portion: Portion,
}

impl Inputs for Source<'_, '_> {
    fn base(&self) -> Option<Decimal> {
        self.base
    }

    fn quantity(&self, unit: Token) -> Option<Count> {
        let whole = self.assessor.facts.quantity(self.tax.code, self.measure.unit(), unit)?;
        self.portion.of_count(whole)
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
        self.assessor.facts.reference.rate(currency)
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
