//! What can be done with debts: from the state and an intent to a posting, or a named refusal.
//!
//! None of these changes the ledger: what they return is given to [`Ledger::apply`]. An intent sent again
//! under its key gets the posting it made before.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::{Ledger, same};
use super::posting::{
    Account, Debt, DebtorId, DefermentId, Entry, GuaranteeId, Key, Payable, Posting, Reason,
    RefundId, SuspenseId, is_amount,
};
use super::refusal::Refusal;
use crate::assessment::Assessment;
use crate::day::Day;
use crate::money::{Currency, Decimal, Money};
use crate::token::Token;

/// What every intent says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The idempotency key.
    pub key: Key,
    /// The day of the posting.
    pub day: Day,
    /// The decision, act or document behind it.
    pub note: String,
}

/// What is owed, by tax type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    currency: Currency,
    lines: BTreeMap<Token, Decimal>,
    contingent: Decimal,
    /// Taxes of which not all is known: what was charged of them before stays, at least.
    partly: BTreeSet<Token>,
}

impl Charge {
    /// What is owed by these lines, a tax type and an amount each, and what has to be secured beside
    /// it. Lines of one tax type are added up.
    ///
    /// # Errors
    /// [`Refusal::NotAnAmount`] where an amount is below zero or has too many digits.
    pub fn new(
        currency: Currency,
        lines: impl IntoIterator<Item = (Token, Decimal)>,
        contingent: Decimal,
    ) -> Result<Self, Refusal> {
        let amount = |amount: Decimal| {
            let good = amount >= Decimal::ZERO && is_amount(amount);
            if good { Ok(amount) } else { Err(Refusal::NotAnAmount(amount)) }
        };
        let mut all: BTreeMap<Token, Decimal> = BTreeMap::new();
        for (tax, more) in lines {
            let sum = all.entry(tax).or_default();
            *sum = amount(sum.checked_add(amount(more)?).ok_or(Refusal::NotAnAmount(more))?)?;
        }
        let contingent = amount(contingent)?;
        Ok(Self { currency, lines: all, contingent, partly: BTreeSet::new() })
    }

    /// What is owed by an assessment: what is payable on its lines, and beside it what is secured.
    ///
    /// # Errors
    /// [`Refusal::NotAssessed`] where something of it that may be payable is unknown, for an unknown amount is not zero;
    /// [`Refusal::NotAnAmount`] as in [`Charge::new`].
    pub fn of(assessment: &Assessment) -> Result<Self, Refusal> {
        if assessment.waits(true) {
            return Err(Refusal::NotAssessed);
        }
        Self::of_known(assessment)
    }

    /// The same of what is known alone, where what is unknown is not collected: nothing that was charged
    /// before is less by that.
    ///
    /// # Errors
    /// [`Refusal::NotAssessed`] where what was computed is too little, for a cost lacks;
    /// [`Refusal::NotAnAmount`] as in [`Charge::new`].
    pub fn of_known(assessment: &Assessment) -> Result<Self, Refusal> {
        if assessment.waits(false) {
            return Err(Refusal::NotAssessed);
        }
        let secured = assessment.lines.iter().try_fold(Decimal::ZERO, |sum, line| {
            sum.checked_add(line.secured).ok_or(Refusal::NotAnAmount(line.secured))
        })?;
        let lines = assessment.lines.iter().map(|line| (line.tax, line.payable));
        let unknown = assessment.unknown.iter().filter(|unknown| unknown.payable);
        let partly = unknown.map(|unknown| unknown.tax).collect();
        Ok(Self { partly, ..Self::new(assessment.currency, lines, secured)? })
    }

    /// Whether nothing is owed by it and nothing to be secured.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.contingent.is_zero() && self.lines.values().all(Decimal::is_zero)
    }

    /// What is to be secured beside it.
    #[must_use]
    pub fn secured(&self) -> Decimal {
        self.contingent
    }

    /// The sum of what is owed now.
    #[must_use]
    pub fn total(&self) -> Decimal {
        self.lines
            .values()
            .fold(Decimal::ZERO, |sum, a| sum.checked_add(*a).unwrap_or(Decimal::MAX))
    }
}

/// Why a posting is reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// An appeal was granted.
    Appeal,
    /// The declaration was cancelled.
    Cancellation,
    /// It was a mistake.
    Correction,
}

/// Whose money is given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// What is over on a debt.
    Debt(Debt),
    /// A debtor's credit.
    Credit(DebtorId),
    /// Money that found no debt.
    Suspense(SuspenseId),
}

/// A debit and its credit.
fn pair(debit: Account, credit: Account, money: Money) -> Vec<Entry> {
    let back = Money { amount: -money.amount, currency: money.currency };
    vec![Entry { account: debit, money }, Entry { account: credit, money: back }]
}

/// The amount, where it is above zero and can stand in a posting.
fn above_zero(money: Money) -> Result<Money, Refusal> {
    let good = money.amount > Decimal::ZERO && is_amount(money.amount);
    if good { Ok(money) } else { Err(Refusal::NotAnAmount(money.amount)) }
}

impl Ledger {
    /// Makes the posting of an intent, or gives back the one it made before.
    pub(super) fn made(
        &self,
        slip: Slip,
        reason: Reason,
        entries: Vec<Entry>,
        allowed: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<Posting, Refusal> {
        let before = self.posting(&slip.key);
        if let Some(before) = before
            && entries.is_empty()
            && before.reason() == reason
        {
            return Ok(before.clone());
        }
        if entries.is_empty() {
            return Err(Refusal::NothingToPost);
        }
        let posting = Posting::new(slip.key, slip.day, reason, slip.note, entries)
            .map_err(Refusal::Unbalanced)?;
        if let Some(before) = before {
            let again = same(before, &posting);
            let key = posting.key().clone();
            return if again { Ok(before.clone()) } else { Err(Refusal::KeyReused(key)) };
        }
        allowed()?;
        self.check(&posting)?;
        Ok(posting)
    }

    fn owes(&self, debt: &Debt) -> Result<super::Standing, Refusal> {
        self.standing(debt).ok_or_else(|| Refusal::NoSuchDebt(debt.clone()))
    }

    /// Charges a debt. A charge of nothing makes a debt that is paid.
    ///
    /// # Errors
    /// [`Refusal::AlreadyCharged`]; and those of [`Ledger::apply`].
    pub fn charge(&self, slip: Slip, debt: &Debt, charge: &Charge) -> Result<Posting, Refusal> {
        let money = |amount| Money { amount, currency: charge.currency };
        let of = |(tax, amount): (&Token, &Decimal)| {
            pair(Account::Due(debt.clone(), *tax), Account::Revenue(*tax), money(*amount))
        };
        let mut entries: Vec<Entry> = charge.lines.iter().flat_map(of).collect();
        if entries.is_empty() || !charge.contingent.is_zero() {
            let contingent = Account::Contingent(debt.clone());
            entries.extend(pair(contingent, Account::Contingents, money(charge.contingent)));
        }
        self.made(slip, Reason::Charge, entries, || match self.standing(debt) {
            Some(_) => Err(Refusal::AlreadyCharged(debt.clone())),
            None => Ok(()),
        })
    }

    /// Makes a debt what it should have been, up or down: posts the difference of each tax type.
    ///
    /// # Errors
    /// [`Refusal::NoSuchDebt`]; [`Refusal::WrongCurrency`]; [`Refusal::NothingToPost`] where there is no
    /// difference.
    pub fn amend(&self, slip: Slip, debt: &Debt, charge: &Charge) -> Result<Posting, Refusal> {
        self.make_it(slip, Reason::Amendment, debt, charge)
    }

    /// Makes a debt nothing, because its declaration was cancelled or an appeal against all of it was
    /// granted.
    ///
    /// # Errors
    /// [`Refusal::NoSuchDebt`]; [`Refusal::NothingToPost`] where nothing is owed.
    pub fn cancel(&self, slip: Slip, debt: &Debt, why: Why) -> Result<Posting, Refusal> {
        let nothing = Charge::new(self.owes(debt)?.currency, [], Decimal::ZERO)?;
        self.make_it(slip, why.reason(), debt, &nothing)
    }

    fn make_it(
        &self,
        slip: Slip,
        reason: Reason,
        debt: &Debt,
        charge: &Charge,
    ) -> Result<Posting, Refusal> {
        let standing = self.owes(debt)?;
        if standing.currency != charge.currency {
            return Err(Refusal::WrongCurrency(standing.currency));
        }
        let mut differences = charge.lines.clone();
        for (tax, is) in self.due(debt, standing.currency) {
            let wanted = differences.entry(tax).or_default();
            *wanted = wanted.checked_sub(is).ok_or(Refusal::TooLarge)?;
            if charge.partly.contains(&tax) {
                *wanted = (*wanted).max(Decimal::ZERO);
            }
        }
        let money = |amount| Money { amount, currency: charge.currency };
        let differ = |(tax, amount): (Token, Decimal)| {
            let entries =
                pair(Account::Due(debt.clone(), tax), Account::Revenue(tax), money(amount));
            if amount.is_zero() { Vec::new() } else { entries }
        };
        let mut entries: Vec<Entry> = differences.into_iter().flat_map(differ).collect();
        let mut contingent =
            charge.contingent.checked_sub(standing.contingent).ok_or(Refusal::TooLarge)?;
        if !charge.partly.is_empty() {
            contingent = contingent.max(Decimal::ZERO);
        }
        if !contingent.is_zero() {
            let account = Account::Contingent(debt.clone());
            entries.extend(pair(account, Account::Contingents, money(contingent)));
        }
        self.made(slip, reason, entries, || Ok(()))
    }

    /// Sets the limit of a deferment account, in a currency, from now on.
    ///
    /// # Errors
    /// [`Refusal::OverLimit`] where the account owes more than that.
    pub fn limit(
        &self,
        slip: Slip,
        deferment: &DefermentId,
        limit: Money,
    ) -> Result<Posting, Refusal> {
        self.terms(slip, Account::Limit(deferment.clone()), limit)
    }

    /// Sets the amount a guarantee stands for, in a currency, from now on.
    ///
    /// # Errors
    /// [`Refusal::OverGuarantee`] where more than that is used.
    pub fn guarantee(
        &self,
        slip: Slip,
        guarantee: &GuaranteeId,
        amount: Money,
    ) -> Result<Posting, Refusal> {
        self.terms(slip, Account::Amount(guarantee.clone()), amount)
    }

    fn terms(&self, slip: Slip, account: Account, wanted: Money) -> Result<Posting, Refusal> {
        if wanted.amount < Decimal::ZERO || !is_amount(wanted.amount) {
            return Err(Refusal::NotAnAmount(wanted.amount));
        }
        let is = self.balance(&account, wanted.currency);
        let amount = wanted.amount.checked_sub(is).ok_or(Refusal::TooLarge)?;
        let money = Money { amount, currency: wanted.currency };
        let entries = pair(account, Account::Granted, money);
        let entries = if amount.is_zero() { Vec::new() } else { entries };
        self.made(slip, Reason::Terms, entries, || Ok(()))
    }

    /// Has a deferment account take over what is owed of a debt, or part of it.
    ///
    /// # Errors
    /// [`Refusal::MoreThanOwed`]; [`Refusal::OverLimit`], also where the account has no limit in the
    /// currency.
    pub fn defer(
        &self,
        slip: Slip,
        debt: &Debt,
        deferment: &DefermentId,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        let standing = self.owes(debt)?;
        let (from, to) = (
            Account::Deferment(deferment.clone()),
            Account::Deferred(debt.clone(), deferment.clone()),
        );
        self.made(slip, Reason::Deferment, pair(from, to, money), || {
            // What has to be secured and is not yet owed is no matter of a deferment account.
            let owed = standing.due - standing.received - standing.deferred;
            let owed = Money { amount: owed.max(Decimal::ZERO), currency: standing.currency };
            if money.amount > owed.amount { Err(Refusal::MoreThanOwed(owed)) } else { Ok(()) }
        })
    }

    /// Has a deferment account give back what it took over of a debt, where that is owed no more.
    ///
    /// # Errors
    /// [`Refusal::StillDue`] where the debt would be open by it; [`Refusal::MoreThanHeld`] where the
    /// account took over less.
    pub fn undefer(
        &self,
        slip: Slip,
        debt: &Debt,
        deferment: &DefermentId,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        let standing = self.owes(debt)?;
        let (to, from) = (
            Account::Deferred(debt.clone(), deferment.clone()),
            Account::Deferment(deferment.clone()),
        );
        self.made(slip, Reason::Deferment, pair(to, from, money), || {
            let over = Money { amount: standing.over(), currency: standing.currency };
            if money.amount > over.amount { Err(Refusal::StillDue(over)) } else { Ok(()) }
        })
    }

    /// Has a guarantee stand for a debt, or for part of it. More than is owed may be secured.
    ///
    /// # Errors
    /// [`Refusal::OverGuarantee`] where less is free in the currency.
    pub fn secure(
        &self,
        slip: Slip,
        debt: &Debt,
        guarantee: &GuaranteeId,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        self.owes(debt)?;
        let (used, secured) =
            (Account::Used(guarantee.clone()), Account::Secured(debt.clone(), guarantee.clone()));
        self.made(slip, Reason::Security, pair(used, secured, money), || Ok(()))
    }

    /// Frees a guarantee of what it stands for, where the debt is settled without that.
    ///
    /// # Errors
    /// [`Refusal::StillDue`] with what may be freed; [`Refusal::MoreThanHeld`] where the guarantee
    /// stands for less.
    pub fn release(
        &self,
        slip: Slip,
        debt: &Debt,
        guarantee: &GuaranteeId,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        let standing = self.owes(debt)?;
        let (secured, used) =
            (Account::Secured(debt.clone(), guarantee.clone()), Account::Used(guarantee.clone()));
        self.made(slip, Reason::SecurityReleased, pair(secured, used, money), || {
            let needed = standing.outstanding().max(Decimal::ZERO);
            let spare = (standing.secured - needed).max(Decimal::ZERO);
            let spare = Money { amount: spare, currency: standing.currency };
            if money.amount > spare.amount { Err(Refusal::StillDue(spare)) } else { Ok(()) }
        })
    }

    /// Decides that money is given back; it leaves when the bank says so.
    ///
    /// # Errors
    /// [`Refusal::NotPaid`] where less was paid; [`Refusal::StillDue`] where less is over;
    /// [`Refusal::MoreThanHeld`] where the credit or suspense is less; [`Refusal::RefundTaken`] where the
    /// id is another refund's.
    pub fn refund(
        &self,
        slip: Slip,
        from: &Source,
        refund: &RefundId,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        let account = match from {
            Source::Debt(debt) => Account::Received(debt.clone()),
            Source::Credit(debtor) => Account::Credit(debtor.clone()),
            Source::Suspense(id) => Account::Suspense(id.clone()),
        };
        let to = Account::Refund(refund.clone());
        self.made(slip, Reason::Refund, pair(account, to.clone(), money), || {
            if self.knows(&to) {
                return Err(Refusal::RefundTaken);
            }
            if let Source::Debt(debt) = from {
                let standing = self.owes(debt)?;
                let of = |amount| Money { amount, currency: standing.currency };
                if money.amount > standing.received {
                    return Err(Refusal::NotPaid(of(standing.received.max(Decimal::ZERO))));
                }
                if money.amount > standing.over() {
                    return Err(Refusal::StillDue(of(standing.over())));
                }
            }
            Ok(())
        })
    }

    /// Makes what was paid too much on a debt a credit of its debtor.
    ///
    /// # Errors
    /// [`Refusal::NothingToPost`] where nothing is over.
    pub fn credit(&self, slip: Slip, debt: &Debt) -> Result<Posting, Refusal> {
        let standing = self.owes(debt)?;
        let amount = standing.over().min(standing.received);
        let money = Money { amount, currency: standing.currency };
        let (from, to) = (Account::Received(debt.clone()), Account::Credit(debt.debtor.clone()));
        let entries = if amount > Decimal::ZERO { pair(from, to, money) } else { Vec::new() };
        self.made(slip, Reason::Credit, entries, || Ok(()))
    }

    /// Pays a debt from the credit of its debtor.
    ///
    /// # Errors
    /// [`Refusal::MoreThanHeld`] where the credit is less; [`Refusal::MoreThanOwed`].
    pub fn use_credit(&self, slip: Slip, debt: &Debt, money: Money) -> Result<Posting, Refusal> {
        let from = Account::Credit(debt.debtor.clone());
        self.pay_of(slip, Reason::CreditUsed, from, &Payable::Debt(debt.clone()), money)
    }

    /// Puts money that found no debt where a person found that it belongs.
    ///
    /// # Errors
    /// [`Refusal::MoreThanHeld`] where less is in suspense; [`Refusal::MoreThanOwed`].
    pub fn assign(
        &self,
        slip: Slip,
        suspense: &SuspenseId,
        to: &Payable,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let from = Account::Suspense(suspense.clone());
        self.pay_of(slip, Reason::Assignment, from, to, money)
    }

    fn pay_of(
        &self,
        slip: Slip,
        reason: Reason,
        from: Account,
        to: &Payable,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        let owed = match to {
            Payable::Debt(debt) => {
                let standing = self.owes(debt)?;
                Money { amount: standing.outstanding(), currency: standing.currency }
            }
            Payable::Deferment(id) => {
                Money { amount: self.owed(id, money.currency), currency: money.currency }
            }
        };
        self.made(slip, reason, pair(from, to.received(), money), || {
            let owed = Money { amount: owed.amount.max(Decimal::ZERO), ..owed };
            if money.amount > owed.amount { Err(Refusal::MoreThanOwed(owed)) } else { Ok(()) }
        })
    }

    /// Says that money which left and found no refund was this refund: all of both, which are the same.
    ///
    /// # Errors
    /// [`Refusal::MoreThanHeld`] with what of the refund is to be paid, where that is another amount.
    pub fn assign_refund(
        &self,
        slip: Slip,
        suspense: &SuspenseId,
        refund: &RefundId,
        money: Money,
    ) -> Result<Posting, Refusal> {
        let money = above_zero(money)?;
        let (from, to) = (Account::Refund(refund.clone()), Account::Suspense(suspense.clone()));
        let left = self.balance(&to, money.currency);
        let open = -self.balance(&from, money.currency);
        self.made(slip, Reason::Assignment, pair(from, to, money), || {
            let fits = left == money.amount && open == money.amount;
            let open = Money { amount: open.max(Decimal::ZERO), currency: money.currency };
            if fits { Ok(()) } else { Err(Refusal::MoreThanHeld(open)) }
        })
    }

    /// Reverses a posting, once.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPosting`]; [`Refusal::AlreadyReversed`]; [`Refusal::IsReversal`];
    /// [`Refusal::OnlyTheBank`] where it moved money at a bank; what must hold of an account.
    pub fn reverse(&self, slip: Slip, of: &Key, why: Why) -> Result<Posting, Refusal> {
        let original = self.posting(of).ok_or_else(|| Refusal::NoSuchPosting(of.clone()))?;
        if original.moves_bank() {
            return Err(Refusal::OnlyTheBank);
        }
        self.undone(original.reversed(slip.key, slip.day, why.reason(), slip.note))
    }

    /// A reversal that may be taken, or the one that was taken under the same key.
    pub(super) fn undone(&self, posting: Posting) -> Result<Posting, Refusal> {
        match self.posting(posting.key()) {
            Some(before) if same(before, &posting) => Ok(before.clone()),
            Some(_) => Err(Refusal::KeyReused(posting.key().clone())),
            None => self.check(&posting).map(|_| posting),
        }
    }
}

impl Why {
    /// The reason of the posting.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Self::Appeal => Reason::Appeal,
            Self::Cancellation => Reason::Cancellation,
            Self::Correction => Reason::Correction,
        }
    }
}
