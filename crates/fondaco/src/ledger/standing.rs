//! The figures of a debt, what they say of it, and their sums.

use super::posting::Account;
use crate::money::{Currency, Decimal};

/// How far a debt is settled, by what the bank confirmed, a deferment account took over or a guarantee
/// stands for; by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Settled {
    /// Not at all, or there is no such debt.
    Open,
    /// In part.
    Part,
    /// Wholly, some of it by a deferment account or a guarantee.
    Secured,
    /// Wholly, by money.
    Paid,
    /// By more than is owed.
    Over,
}

impl Settled {
    /// Whether the goods may be released, as far as money goes.
    #[must_use]
    pub fn releases(self) -> bool {
        match self {
            Self::Open | Self::Part => false,
            Self::Secured | Self::Paid | Self::Over => true,
        }
    }
}

/// The figures of a debt, in its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The currency of the debt.
    pub currency: Currency,
    /// What is owed.
    pub due: Decimal,
    /// What has to be secured because it may become owed.
    pub contingent: Decimal,
    /// Money received, less what was given back; below zero where the bank took back what had been
    /// given back already.
    pub received: Decimal,
    /// What deferment accounts took over.
    pub deferred: Decimal,
    /// What guarantees stand for.
    pub secured: Decimal,
}

impl Standing {
    /// Of a debt on which nothing was posted yet.
    #[must_use]
    pub fn none(currency: Currency) -> Self {
        Self {
            currency,
            due: Decimal::ZERO,
            contingent: Decimal::ZERO,
            received: Decimal::ZERO,
            deferred: Decimal::ZERO,
            secured: Decimal::ZERO,
        }
    }

    /// Whether nothing is owed and nothing to be secured; not where the bank took back what had been given
    /// back already, for then that is owed.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.due.is_zero() && self.contingent.is_zero() && self.outstanding() <= Decimal::ZERO
    }

    /// What is neither received nor deferred; below zero where too much is.
    #[must_use]
    pub fn outstanding(&self) -> Decimal {
        // Each is below 10^22: no sum of four is too large for a Decimal.
        self.due + self.contingent - self.received - self.deferred
    }

    /// What is received or deferred beyond what is owed and has to be secured; not negative.
    #[must_use]
    pub fn over(&self) -> Decimal {
        (-self.outstanding()).max(Decimal::ZERO)
    }

    /// How far it is settled.
    #[must_use]
    pub fn settled(&self) -> Settled {
        let outstanding = self.outstanding();
        if outstanding < Decimal::ZERO {
            Settled::Over
        } else if outstanding.is_zero() {
            let by_money = self.deferred.is_zero() && self.contingent.is_zero();
            if by_money { Settled::Paid } else { Settled::Secured }
        } else if self.secured >= outstanding {
            Settled::Secured
        } else if [self.received, self.deferred, self.secured].iter().any(|a| *a > Decimal::ZERO) {
            Settled::Part
        } else {
            Settled::Open
        }
    }

    /// Adds what an entry on an account of the debt says; other accounts are no matter of it.
    pub fn add(&mut self, account: &Account, amount: Decimal) {
        match account {
            Account::Due(..) => self.due += amount,
            Account::Contingent(_) => self.contingent += amount,
            Account::Received(_) => self.received -= amount,
            Account::Deferred(..) => self.deferred -= amount,
            Account::Secured(..) => self.secured -= amount,
            Account::Revenue(_)
            | Account::Contingents
            | Account::Bank(_)
            | Account::DefermentPaid(_)
            | Account::Credit(_)
            | Account::Suspense(_)
            | Account::Refund(_)
            | Account::Deferment(_)
            | Account::Used(_)
            | Account::Limit(_)
            | Account::Amount(_)
            | Account::Granted
            | Account::Exchange => {}
        }
    }
}

/// Sums over the debts of a currency: those that are something, and beside them what stands on those that
/// are nothing any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many are something: something was or is owed or has to be secured.
    pub debts: u64,
    /// Of these, settled by money.
    pub paid: u64,
    /// Of these, settled with the help of a deferment account or a guarantee.
    pub secured: u64,
    /// What is owed.
    pub due: Decimal,
    /// What has to be secured.
    pub contingent: Decimal,
    /// Money received.
    pub received: Decimal,
    /// What deferment accounts took over.
    pub deferred: Decimal,
    /// What guarantees stand for.
    pub guaranteed: Decimal,
    /// What is received, deferred or guaranteed on debts that are nothing.
    pub idle: Decimal,
}

impl Totals {
    /// Counts a debt in.
    pub fn add(&mut self, standing: &Standing) {
        self.count(standing, Decimal::ONE, u64::saturating_add);
    }

    /// Counts it out.
    pub fn remove(&mut self, standing: &Standing) {
        self.count(standing, Decimal::NEGATIVE_ONE, u64::saturating_sub);
    }

    fn count(&mut self, s: &Standing, sign: Decimal, by_one: fn(u64, u64) -> u64) {
        // Their other sides, such as the revenue, are held below 10^22, so that no sum is too large.
        let add = |sum: &mut Decimal, more: Decimal| {
            *sum = sum.checked_add(sign * more).unwrap_or(Decimal::MAX);
        };
        if s.is_nothing() {
            add(&mut self.idle, s.received + s.deferred + s.secured);
            return;
        }
        self.debts = by_one(self.debts, 1);
        match s.settled() {
            Settled::Paid | Settled::Over => self.paid = by_one(self.paid, 1),
            Settled::Secured => self.secured = by_one(self.secured, 1),
            Settled::Open | Settled::Part => {}
        }
        add(&mut self.due, s.due);
        add(&mut self.contingent, s.contingent);
        add(&mut self.received, s.received);
        add(&mut self.deferred, s.deferred);
        add(&mut self.guaranteed, s.secured);
    }

    /// What the accounts of all these debts sum to: debit is positive.
    #[must_use]
    pub fn balance(&self) -> Decimal {
        let less = [self.received, self.deferred, self.guaranteed, self.idle];
        less.into_iter().fold(self.due + self.contingent, |sum, less| sum - less)
    }
}
