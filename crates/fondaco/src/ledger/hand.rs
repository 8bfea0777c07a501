//! A ledger that holds what is at hand: sums of everything, and of the debts only those that are looked at.
//! And the journal, by which what was done to a ledger is undone step by step.
//!
//! Who keeps the postings elsewhere brings the debts of a declaration to hand ([`Ledger::recall`]), has them
//! changed, and puts them away again ([`Ledger::put_away`]). What is posted on a debt that is not at hand is
//! refused: nothing is ever charged twice because somebody forgot to look.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::Ledger;
use super::posting::{Account, Debt, DeclarationId, Key, Posting};
use super::standing::{Standing, Totals};
use crate::money::{Currency, Decimal, Money};

/// Where a balance stands.
pub(super) type Place = (Account, Currency);

/// What a ledger comes to: balances of accounts that belong to no debt, and sums over the debts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub(super) balances: BTreeMap<Place, Decimal>,
    pub(super) totals: BTreeMap<Currency, Totals>,
}

impl Sums {
    /// Puts a balance, as a store keeps it.
    pub fn put(&mut self, account: Account, money: Money) {
        self.balances.insert((account, money.currency), money.amount);
    }

    /// Puts the sums over the debts of a currency, as a store keeps them.
    pub fn put_totals(&mut self, currency: Currency, totals: Totals) {
        self.totals.insert(currency, totals);
    }

    /// Adds what an entry says on an account that belongs to no debt.
    pub fn add(&mut self, account: Account, money: Money) {
        let sum = self.balances.entry((account, money.currency)).or_default();
        *sum = sum.checked_add(money.amount).unwrap_or(Decimal::MAX);
    }

    /// Counts a debt as what it is now instead of what it was before.
    pub fn recount(&mut self, before: Option<&Standing>, now: &Standing) {
        let totals = self.totals.entry(now.currency).or_default();
        if let Some(before) = before {
            totals.remove(before);
        }
        totals.add(now);
    }

    /// Changes what changed in those it is a copy of.
    pub fn change(&mut self, change: Change) {
        match change.0 {
            Changed::Balance(place, now) => put_back(&mut self.balances, place, now),
            Changed::Totals(currency, now) => put_back(&mut self.totals, currency, now),
        }
    }

    /// How many balances there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.balances.len()
    }

    /// Balances of accounts that belong to no debt, by account and currency.
    pub fn balances(&self) -> impl Iterator<Item = (&Account, Money)> {
        self.balances.iter().map(as_money)
    }

    /// The same without those that are over: what is to be kept.
    pub fn lasting(&self) -> impl Iterator<Item = (&Account, Money)> {
        self.balances().filter(|(account, money)| !is_over(account, money.amount))
    }

    /// The balance of such an account.
    #[must_use]
    pub fn balance(&self, account: &Account, currency: Currency) -> Decimal {
        self.balances.get(&(account.clone(), currency)).copied().unwrap_or_default()
    }

    /// Sums over the debts, by currency.
    pub fn totals(&self) -> impl Iterator<Item = (Currency, &Totals)> {
        self.totals.iter().map(|(currency, totals)| (*currency, totals))
    }

    /// The sum of all balances in a currency, those of debts too. It is zero.
    #[must_use]
    pub fn sum(&self, currency: Currency) -> Decimal {
        let of = self.balances.iter().filter(|((_, c), _)| *c == currency);
        let debts = self.totals.get(&currency).map(Totals::balance).unwrap_or_default();
        of.fold(debts, |sum, (_, amount)| sum.checked_add(*amount).unwrap_or(Decimal::MAX))
    }

    /// Drops what is nothing and will hardly be asked for again: a house has more such every day.
    pub fn tidy(&mut self) {
        self.balances.retain(|(account, _), amount| !is_over(account, *amount));
    }
}

/// Whether an account is of one matter that is over: its balance is nothing.
fn is_over(account: &Account, amount: Decimal) -> bool {
    amount.is_zero()
        && matches!(account, Account::Suspense(_) | Account::Refund(_) | Account::Credit(_))
}

pub(super) fn as_money<'a>((place, amount): (&'a Place, &Decimal)) -> (&'a Account, Money) {
    (&place.0, Money { amount: *amount, currency: place.1 })
}

/// How to undo one thing that was done: what was there before.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Balance(Place, Option<Decimal>),
    Debt(Debt, Option<Standing>),
    Totals(Currency, Option<Totals>),
    Posted(Key),
}

/// What changed in sums: what is there now.
#[derive(Clone, Debug)]
pub struct Change(Changed);

#[derive(Clone, Debug)]
enum Changed {
    Balance(Place, Option<Decimal>),
    Totals(Currency, Option<Totals>),
}

/// A point in the journal of a ledger; by default its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(usize);

/// Puts back what was there.
fn put_back<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

impl Ledger {
    /// A ledger of these sums with nothing at hand, which keeps a journal.
    #[must_use]
    pub fn of_sums(sums: Sums) -> Self {
        Self { sums, at_hand: Some(BTreeSet::new()), journal: Some(Vec::new()), ..Self::default() }
    }

    /// Has it keep a journal from now on.
    #[must_use]
    pub fn journaled(mut self) -> Self {
        self.journal = Some(Vec::new());
        self
    }

    /// What it comes to.
    #[must_use]
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Whether the debts of a declaration are at hand.
    #[must_use]
    pub fn has_at_hand(&self, declaration: &DeclarationId) -> bool {
        self.at_hand.as_ref().is_none_or(|held| held.contains(declaration))
    }

    /// Brings the debts of a declaration to hand: every posting that touches one of them, in their order.
    /// They are in the sums already. Does nothing where they are at hand.
    pub fn recall(
        &mut self,
        declaration: &DeclarationId,
        postings: impl IntoIterator<Item = Posting>,
    ) {
        let Some(held) = &mut self.at_hand else { return };
        if !held.insert(declaration.clone()) {
            return;
        }
        for posting in postings {
            let own = posting.entries().iter().filter_map(|e| Some((e.account.debt()?, e)));
            for (debt, entry) in own.filter(|(debt, _)| debt.declaration == *declaration) {
                let currency = entry.money.currency;
                let standing =
                    self.debts.entry(debt.clone()).or_insert_with(|| Standing::none(currency));
                standing.add(&entry.account, entry.money.amount);
                *self.of_debts.entry((entry.account.clone(), currency)).or_default() +=
                    entry.money.amount;
            }
            self.recall_posting(posting, None);
        }
    }

    /// Brings a posting to hand, and which one reversed it: so that it can be reversed, or told to be one
    /// that was taken before.
    pub fn recall_posting(&mut self, posting: Posting, reversed_by: Option<Key>) {
        if let Some(of) = posting.reverses() {
            self.reversed.insert(of.clone(), posting.key().clone());
        }
        if let Some(by) = reversed_by {
            self.reversed.insert(posting.key().clone(), by);
        }
        self.postings.entry(posting.key().clone()).or_insert(posting);
    }

    /// Puts away what is at hand; the sums stay, but for those that are over.
    pub fn put_away(&mut self) {
        let Some(held) = &mut self.at_hand else { return };
        held.clear();
        self.of_debts.clear();
        self.debts.clear();
        self.postings.clear();
        self.order.clear();
        self.reversed.clear();
    }

    /// A point to which it can be brought back.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.journal.as_ref().map_or(0, Vec::len))
    }

    /// How many postings were taken since it was kept.
    #[must_use]
    pub fn unkept(&self) -> usize {
        let steps = self.journal.iter().flatten();
        steps.filter(|step| matches!(step, Step::Posted(_))).count()
    }

    /// Undoes all that was done since a point, the last first.
    pub fn undo(&mut self, to: Mark) {
        while let Some(journal) = &mut self.journal
            && journal.len() > to.0
            && let Some(step) = journal.pop()
        {
            match step {
                Step::Balance(place, before) if place.0.debt().is_some() => {
                    put_back(&mut self.of_debts, place, before);
                }
                Step::Balance(place, before) => put_back(&mut self.sums.balances, place, before),
                Step::Debt(debt, before) => put_back(&mut self.debts, debt, before),
                Step::Totals(currency, before) => {
                    put_back(&mut self.sums.totals, currency, before);
                }
                Step::Posted(key) => {
                    let posting = self.postings.remove(&key);
                    if let Some(of) = posting.as_ref().and_then(Posting::reverses) {
                        self.reversed.remove(of);
                    }
                    if self.order.last() == Some(&key) {
                        self.order.pop();
                    }
                }
            }
        }
    }

    /// Keeps what was done: it is not undone any more. What changed in the sums, for a copy that somebody
    /// else looks into.
    pub fn keep(&mut self) -> Vec<Change> {
        let steps = self.journal.iter_mut().flat_map(std::mem::take);
        let mut changes = Vec::new();
        for step in steps {
            match step {
                Step::Balance(place, _) if place.0.debt().is_none() => {
                    let now = self.sums.balances.get(&place).copied();
                    let now = now.filter(|now| !is_over(&place.0, *now));
                    if now.is_none() {
                        self.sums.balances.remove(&place);
                    }
                    changes.push(Change(Changed::Balance(place, now)));
                }
                Step::Totals(currency, _) => {
                    let now = self.sums.totals.get(&currency).copied();
                    changes.push(Change(Changed::Totals(currency, now)));
                }
                Step::Balance(..) | Step::Debt(..) | Step::Posted(_) => {}
            }
        }
        changes
    }

    fn note(&mut self, step: impl FnOnce() -> Step) {
        if let Some(journal) = &mut self.journal {
            journal.push(step());
        }
    }

    /// Sets a balance.
    pub(super) fn set(&mut self, place: Place, amount: Decimal) {
        let of = match place.0.debt() {
            Some(_) => &mut self.of_debts,
            None => &mut self.sums.balances,
        };
        let before = of.insert(place.clone(), amount);
        self.note(|| Step::Balance(place, before));
    }

    /// Moves the figures of a debt, and the sums over all with them.
    pub(super) fn move_debt(&mut self, debt: &Debt, account: &Account, money: Money) {
        let before = self.debts.get(debt).copied();
        let mut now = before.unwrap_or_else(|| Standing::none(money.currency));
        now.add(account, money.amount);
        let totals = self.sums.totals.get(&now.currency).copied();
        self.sums.recount(before.as_ref(), &now);
        self.debts.insert(debt.clone(), now);
        self.note(|| Step::Totals(now.currency, totals));
        self.note(|| Step::Debt(debt.clone(), before));
    }

    /// Enters a posting that was found good.
    pub(super) fn post(&mut self, posting: Posting) {
        let key = posting.key().clone();
        if let Some(of) = posting.reverses() {
            self.reversed.insert(of.clone(), key.clone());
        }
        self.order.push(key.clone());
        self.postings.insert(key.clone(), posting);
        self.note(|| Step::Posted(key));
    }
}
