//! What a declaration gets of the tariff quotas it claims.
//!
//! In: the [`Declaration`], the law on the day, and how much of a period was drawn in this house since
//! its balance was told. Out: for each item that claims a quota whose rate is for its goods, how much
//! is wanted and how much there is. What is proposed here is drawn by the store at acceptance, in the
//! order of acceptance, or not at all.
//!
//! What is drawn on a period that is part of a larger one is drawn on that one too, and no more than
//! both have.
//!
//! What a declaration that is amended drew before keeps its place: it is left out of what was drawn, and
//! given again as far as it is still wanted, whatever became of the period since.
//!
//! Holds always:
//! - of one period no more is granted than is left, beside what the declaration had before;
//! - of a period that is exhausted or blocked nothing more is granted, and the rate outside the quota
//!   applies.
//!
//! Source: Commission Implementing Regulation (EU) 2015/2447, articles 49 to 54, for the order of
//! drawing, the critical state and blocking; other laws differ in figures, which are data.

use crate::declaration::{Declaration, Item, ItemFacts};
use crate::money::{Currency, Decimal, Rounding, RoundingMode};
use crate::quota::{Quota, QuotaState};
use crate::rates::rates;
use crate::reference::Reference;
use crate::valuation;

/// How much of the period of a quota was drawn in this house since its balance was told, in the unit
/// of the quota, by others than the declaration looked at. Below zero where the balance has in it what that
/// declaration drew; else not negative.
pub type Drawn<'d> = dyn Fn(&Quota) -> Decimal + 'd;

/// Where nothing draws: a question, a trial run.
#[must_use]
pub fn nothing_drawn(_: &Quota) -> Decimal {
    Decimal::ZERO
}

/// What an item gets of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allotment<'a> {
    /// Item number.
    pub item: u32,
    /// The period drawn on.
    pub quota: &'a Quota,
    /// How much the goods are, in the unit of the quota; `None` where that is not stated.
    pub wanted: Option<Decimal>,
    /// How much of it is granted; at most what is wanted.
    pub granted: Decimal,
    /// What was drawn before, in this house since the balance was told.
    pub drawn: Decimal,
    /// How much of it the declaration had before it was amended.
    pub kept: Decimal,
    /// The state of the period before this draw, or that of a larger one it is part of where that is
    /// the worse.
    pub state: QuotaState,
}

impl Allotment<'_> {
    /// The part of the goods that is under the quota, from 0 to 1; `None` where it cannot be told.
    #[must_use]
    pub fn share(&self) -> Option<Decimal> {
        // Of an exhausted or blocked period nothing is had, however much is wanted.
        if matches!(self.state, QuotaState::Exhausted | QuotaState::Blocked) {
            return Some(Decimal::ZERO);
        }
        let wanted = self.wanted?;
        if wanted == self.granted { Some(Decimal::ONE) } else { self.granted.checked_div(wanted) }
    }
}

/// What the declaration gets, in the order of its items.
///
/// An item is in it that claims a quota of which a period is held, with all it is part of, and a rate
/// is for its goods: first what it gets of that period, then what that takes of the larger ones. `kept` is
/// what the declaration had drawn before it was amended.
#[must_use]
pub fn allot<'a>(
    declaration: &Declaration,
    reference: Reference<'a>,
    drawn: &Drawn<'_>,
    kept: &Drawn<'_>,
) -> Vec<Allotment<'a>> {
    let mut all: Vec<Allotment<'a>> = Vec::new();
    for item in declaration.items.iter().filter(|item| !item.quota.is_empty()) {
        let Some(quota) = reference.quota(&item.quota) else { continue };
        let value = valuation::value(declaration, item, reference).value;
        let facts = ItemFacts { declaration, item: Some(item), reference, value };
        if !is_for(item, &facts) {
            continue;
        }
        let Some(chain) = chain(quota, reference) else { continue };
        // Items of one declaration draw one after the other.
        let own = |quota: &Quota| {
            let before = all.iter().filter(|a| std::ptr::eq(a.quota, quota)).map(|a| a.granted);
            before.fold(Decimal::ZERO, |sum, more| sum.checked_add(more).unwrap_or(sum))
        };
        let chain: Vec<Link<'_>> = chain
            .into_iter()
            .map(|(quota, takes)| {
                let (own, before) = (own(quota), drawn(quota));
                let drawn = before.checked_add(own).unwrap_or(before);
                let kept = kept(quota).checked_sub(own).unwrap_or_default().max(Decimal::ZERO);
                Link { quota, takes, drawn, kept, state: quota.state(reference.day, drawn) }
            })
            .collect();
        let wanted = wanted(quota, &facts);
        let fits = |wanted: Decimal| {
            let of =
                |link: &Link<'_>| wanted.checked_mul(link.takes).is_some_and(|w| w <= link.room());
            chain.iter().all(of)
        };
        let granted = match wanted {
            None => Decimal::ZERO,
            Some(wanted) if fits(wanted) => wanted,
            Some(_) => {
                let room = chain.iter().filter_map(|l| l.room().checked_div(l.takes)).min();
                let down = Rounding { digits: 6, mode: RoundingMode::Down };
                down.apply(room.unwrap_or_default()).max(Decimal::ZERO)
            }
        };
        // What is kept of a period that gives nothing more is had against security.
        let told = |state: QuotaState| match state {
            QuotaState::Exhausted | QuotaState::Blocked if granted > Decimal::ZERO => {
                QuotaState::Critical
            }
            state => state,
        };
        let worst = chain.iter().map(|l| l.state).max().unwrap_or(QuotaState::Blocked);
        for (place, link) in chain.into_iter().enumerate() {
            let Link { quota, takes, drawn, kept, state } = link;
            let times = |amount: Decimal| amount.checked_mul(takes).map(|a| a.normalize());
            all.push(Allotment {
                item: item.number,
                quota,
                wanted: wanted.and_then(times),
                granted: times(granted).unwrap_or(Decimal::ZERO),
                drawn,
                kept,
                state: told(if place == 0 { worst } else { state }),
            });
        }
    }
    all
}

/// A period drawn on: the one claimed, or a larger one it is part of.
struct Link<'a> {
    quota: &'a Quota,
    /// How much of it a unit drawn on the first takes; above zero.
    takes: Decimal,
    /// What was drawn before.
    drawn: Decimal,
    /// What the declaration had before it was amended.
    kept: Decimal,
    state: QuotaState,
}

impl Link<'_> {
    /// How much there is for the declaration.
    fn room(&self) -> Decimal {
        match self.state {
            QuotaState::Open | QuotaState::Critical => {
                self.quota.left_after(self.drawn).max(self.kept)
            }
            QuotaState::Exhausted | QuotaState::Blocked => self.kept,
        }
    }
}

/// A period and the larger ones it is part of, one within the other, each with how much of it a unit
/// drawn on the first takes; `None` where one of them is not held.
fn chain<'a>(quota: &'a Quota, reference: Reference<'a>) -> Option<Vec<(&'a Quota, Decimal)>> {
    let mut chain = vec![(quota, Decimal::ONE)];
    let (mut last, mut takes) = (quota, Decimal::ONE);
    while let Some(part) = &last.part_of {
        last = reference.period(&part.order, &part.definition)?;
        takes = takes.checked_mul(part.coefficient)?;
        if chain.iter().any(|(held, _)| std::ptr::eq(*held, last)) {
            return None;
        }
        chain.push((last, takes));
    }
    Some(chain)
}

/// Whether a rate under the quota the item claims is for its goods.
fn is_for(item: &Item, facts: &ItemFacts<'_>) -> bool {
    let under = |row: &crate::measures::Found<'_>| row.quota() == item.quota;
    rates(facts).iter().flat_map(|(_, rates)| rates).any(|r| r.row.as_ref().is_some_and(under))
}

/// How much the goods are in the unit of the quota: a quantity, or their value where the unit is a
/// currency; to a millionth, upwards, so that no draw is less than the goods.
fn wanted(quota: &Quota, facts: &ItemFacts<'_>) -> Option<Decimal> {
    let amount = facts.goods(quota.unit).or_else(|| {
        let currency: Currency = quota.unit.parse().ok()?;
        facts.value?.checked_div(facts.reference.rate(currency)?)
    })?;
    let to_a_millionth = Rounding { digits: 6, mode: RoundingMode::Up };
    Some(to_a_millionth.apply(amount).normalize()).filter(|wanted| *wanted > Decimal::ZERO)
}
