//! The ledger: the fold of postings, its balances, and what they say of a debt.

use std::collections::{BTreeMap, BTreeSet};

use super::hand::{Place, Step, Sums};
use super::posting::{
    Account, Debt, DeclarationId, DefermentId, GuaranteeId, Key, Posting, Reason,
};
use super::refusal::Refusal;
use super::standing::{Settled, Standing};
use crate::money::{Currency, Decimal, Money};
use crate::token::Token;

/// Balances stay below this, so that sums of five decimals are exact: 10^22.
const TOO_MUCH: Decimal = Decimal::from_parts(0xb240_0000, 0x19e0_c9ba, 0x21e, false, 0);

/// What became of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was posted.
    New,
    /// It had been posted before, and changed nothing now.
    Repeated,
}

/// The fold of postings. Looking up a balance, a posting or a debt takes O(log n).
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Balances of accounts that belong to no debt, and sums over the debts.
    pub(super) sums: Sums,
    /// Balances of accounts that belong to a debt.
    pub(super) of_debts: BTreeMap<Place, Decimal>,
    pub(super) postings: BTreeMap<Key, Posting>,
    /// Keys of the postings that were applied, in their order.
    pub(super) order: Vec<Key>,
    pub(super) reversed: BTreeMap<Key, Key>,
    pub(super) debts: BTreeMap<Debt, Standing>,
    /// Declarations whose debts were brought to hand; `None` where every posting was.
    pub(super) at_hand: Option<BTreeSet<DeclarationId>>,
    /// How to undo what was done since it is kept; `None` where nobody will.
    pub(super) journal: Option<Vec<Step>>,
}

/// The balances a posting would leave.
type After = Vec<(Place, Decimal)>;

impl Ledger {
    /// The ledger of these postings, in their order.
    ///
    /// # Errors
    /// The first posting that is refused, and why.
    pub fn fold(postings: impl IntoIterator<Item = Posting>) -> Result<Self, (Key, Refusal)> {
        let mut ledger = Self::default();
        for posting in postings {
            let key = posting.key().clone();
            ledger.apply(posting).map_err(|refusal| (key, refusal))?;
        }
        Ok(ledger)
    }

    /// Takes a posting in, or says that it was taken before.
    ///
    /// # Errors
    /// [`Refusal`]: the key was used for something else, it reverses what it may not, or it breaks what
    /// must hold of an account; nothing is changed then.
    pub fn apply(&mut self, posting: Posting) -> Result<Applied, Refusal> {
        if let Some(before) = self.postings.get(posting.key()) {
            return if same(before, &posting) {
                Ok(Applied::Repeated)
            } else {
                Err(Refusal::KeyReused(posting.key().clone()))
            };
        }
        let after = self.check(&posting)?;
        for entry in posting.entries() {
            if let Some(debt) = entry.account.debt() {
                self.move_debt(debt, &entry.account, entry.money);
            }
        }
        for (place, amount) in after {
            self.set(place, amount);
        }
        self.post(posting);
        Ok(Applied::New)
    }

    /// Whether a posting with a new key may be taken, and the balances it leaves.
    pub(super) fn check(&self, posting: &Posting) -> Result<After, Refusal> {
        self.check_reversal(posting)?;
        let bank_told = match posting.reason() {
            Reason::Payment | Reason::Unmatched | Reason::RefundPaid | Reason::BankReversal => true,
            Reason::Charge
            | Reason::Amendment
            | Reason::Assignment
            | Reason::Deferment
            | Reason::Security
            | Reason::SecurityReleased
            | Reason::Terms
            | Reason::Credit
            | Reason::CreditUsed
            | Reason::Refund
            | Reason::Appeal
            | Reason::Cancellation
            | Reason::Correction => false,
        };
        if posting.moves_bank() && !bank_told {
            return Err(Refusal::OnlyTheBank);
        }
        if !exchanges_well(posting) {
            return Err(Refusal::OnlyTheBank);
        }
        self.check_debts(posting)?;
        let mut after: After = Vec::with_capacity(posting.entries().len());
        for entry in posting.entries() {
            let place = (entry.account.clone(), entry.money.currency);
            let at = after.iter().position(|(p, _)| *p == place);
            let before = match at.and_then(|at| after.get(at)) {
                Some((_, amount)) => *amount,
                None => self.at(&place),
            };
            let sum = before.checked_add(entry.money.amount).filter(|s| s.abs() < TOO_MUCH);
            let sum = sum.ok_or(Refusal::TooLarge)?;
            match at.and_then(|at| after.get_mut(at)) {
                Some((_, amount)) => *amount = sum,
                None => after.push((place, sum)),
            }
        }
        for (place, amount) in &after {
            self.check_account(place, *amount, &after, posting.moves_bank())?;
        }
        Ok(after)
    }

    fn check_reversal(&self, posting: &Posting) -> Result<(), Refusal> {
        let Some(of) = posting.reverses() else { return Ok(()) };
        let original = self.postings.get(of).ok_or_else(|| Refusal::NoSuchPosting(of.clone()))?;
        if original.reverses().is_some() {
            return Err(Refusal::IsReversal(of.clone()));
        }
        if let Some(by) = self.reversed.get(of) {
            return Err(Refusal::AlreadyReversed(by.clone()));
        }
        let back = original.entries().iter().zip(posting.entries()).all(|(a, b)| {
            let sum = a.money.amount.checked_add(b.money.amount);
            a.account == b.account
                && a.money.currency == b.money.currency
                && sum.is_some_and(|sum| sum.is_zero())
        });
        if !back || original.entries().len() != posting.entries().len() {
            return Err(Refusal::NotTheReverse(of.clone()));
        }
        Ok(())
    }

    /// A debt is in one currency and arises by being charged.
    fn check_debts(&self, posting: &Posting) -> Result<(), Refusal> {
        let mut fresh: Option<(&Debt, Currency)> = None;
        for entry in posting.entries() {
            let Some(debt) = entry.account.debt() else { continue };
            if self.at_hand.as_ref().is_some_and(|held| !held.contains(&debt.declaration)) {
                return Err(Refusal::NotAtHand(debt.declaration.clone()));
            }
            let currency = match (self.debts.get(debt), fresh) {
                (Some(standing), _) => standing.currency,
                (None, Some((known, currency))) if known == debt => currency,
                (None, _) => match entry.account {
                    Account::Due(..) | Account::Contingent(_) => {
                        fresh = Some((debt, entry.money.currency));
                        entry.money.currency
                    }
                    _ => return Err(Refusal::NoSuchDebt(debt.clone())),
                },
            };
            if currency != entry.money.currency {
                return Err(Refusal::WrongCurrency(currency));
            }
        }
        Ok(())
    }

    /// What must hold of an account after a posting.
    fn check_account(
        &self,
        place: &Place,
        now: Decimal,
        after: &After,
        moves_bank: bool,
    ) -> Result<(), Refusal> {
        let (account, currency) = place;
        let money = |amount: Decimal| Money { amount, currency: *currency };
        let left = |other: Account| {
            let place = (other, *currency);
            let touched = after.iter().find(|(p, _)| *p == place);
            touched.map_or_else(|| self.at(&place), |(_, amount)| *amount)
        };
        let before = self.at(place);
        match account {
            Account::Due(..) | Account::Contingent(_) if now < Decimal::ZERO => {
                Err(Refusal::MoreThanOwed(money(before)))
            }
            Account::Deferred(..) | Account::Secured(..) | Account::Refund(_)
                if now > Decimal::ZERO =>
            {
                Err(Refusal::MoreThanHeld(money(-before)))
            }
            // What the bank took back may have been passed on before; it is said as it is.
            Account::Received(_)
            | Account::DefermentPaid(_)
            | Account::Credit(_)
            | Account::Suspense(_)
                if now > Decimal::ZERO && now > before && !moves_bank =>
            {
                Err(Refusal::MoreThanHeld(money((-before).max(Decimal::ZERO))))
            }
            Account::Used(id) | Account::Amount(id) => {
                let (used, amount) =
                    (left(Account::Used(id.clone())), left(Account::Amount(id.clone())));
                if used > amount {
                    let free = self.free(id, *currency);
                    return Err(Refusal::OverGuarantee(money(free)));
                }
                if used < Decimal::ZERO || amount < Decimal::ZERO {
                    return Err(Refusal::MoreThanHeld(money(before)));
                }
                Ok(())
            }
            Account::Deferment(id) | Account::Limit(id) => {
                let owed =
                    left(Account::Deferment(id.clone())) + left(Account::DefermentPaid(id.clone()));
                let limit = left(Account::Limit(id.clone()));
                if limit < Decimal::ZERO {
                    return Err(Refusal::MoreThanHeld(money(before)));
                }
                // What is over already, because the bank took a payment back, may grow less.
                let worse = match account {
                    Account::Limit(_) => now < before,
                    _ => now > before,
                };
                if owed > limit && worse {
                    return Err(Refusal::OverLimit(money(self.room(id, *currency))));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn at(&self, place: &Place) -> Decimal {
        let of = match place.0.debt() {
            Some(_) => &self.of_debts,
            None => &self.sums.balances,
        };
        of.get(place).copied().unwrap_or_default()
    }

    /// The balance of an account: positive is debit, negative is credit.
    #[must_use]
    pub fn balance(&self, account: &Account, currency: Currency) -> Decimal {
        self.at(&(account.clone(), currency))
    }

    /// Every balance that is held, by account and currency.
    pub fn balances(&self) -> impl Iterator<Item = (&Account, Money)> {
        self.sums.balances().chain(self.of_debts.iter().map(super::hand::as_money))
    }

    /// The sum of all balances in a currency. It is zero; who keeps the ledger may look.
    #[must_use]
    pub fn sum(&self, currency: Currency) -> Decimal {
        self.sums.sum(currency)
    }

    /// The currencies anything was posted in.
    #[must_use]
    pub fn currencies(&self) -> BTreeSet<Currency> {
        self.sums.balances.keys().map(|(_, currency)| *currency).collect()
    }

    /// The posting with this key.
    #[must_use]
    pub fn posting(&self, key: &Key) -> Option<&Posting> {
        self.postings.get(key)
    }

    /// The postings, in the order they were taken.
    pub fn postings(&self) -> impl Iterator<Item = &Posting> {
        self.order.iter().filter_map(|key| self.postings.get(key))
    }

    /// How many postings were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.order.len()
    }

    /// The postings after the first `taken`, in the order they were taken.
    pub fn since(&self, taken: usize) -> impl Iterator<Item = &Posting> {
        let keys = self.order.get(taken..).unwrap_or_default();
        keys.iter().filter_map(|key| self.postings.get(key))
    }

    /// The posting that reversed the one with this key.
    #[must_use]
    pub fn reversed_by(&self, key: &Key) -> Option<&Key> {
        self.reversed.get(key)
    }

    /// The figures of a debt; `None` where it was never charged.
    #[must_use]
    pub fn standing(&self, debt: &Debt) -> Option<Standing> {
        self.debts.get(debt).copied()
    }

    /// How far a debt is settled; [`Settled::Open`] where it was never charged.
    #[must_use]
    pub fn settled(&self, debt: &Debt) -> Settled {
        self.debts.get(debt).map_or(Settled::Open, Standing::settled)
    }

    /// Every debt and its figures.
    pub fn debts(&self) -> impl Iterator<Item = (&Debt, &Standing)> {
        self.debts.iter()
    }

    /// The debts of a declaration.
    pub fn debts_of(
        &self,
        declaration: &DeclarationId,
    ) -> impl Iterator<Item = (&Debt, &Standing)> {
        self.debts
            .range(Debt::first_of(declaration)..)
            .take_while(move |(debt, _)| debt.declaration == *declaration)
    }

    /// What deferment accounts took over of a debt and guarantees stand for, above zero.
    pub fn stands_for(&self, debt: &Debt) -> impl Iterator<Item = (&Account, Money)> {
        let (deferred, secured) = Account::stands_for(debt);
        let of = move |first: Account| {
            let kind = std::mem::discriminant(&first);
            self.of_debts.range((first, Currency::FIRST)..).take_while(move |((account, _), _)| {
                std::mem::discriminant(account) == kind && account.debt() == Some(debt)
            })
        };
        of(deferred).chain(of(secured)).filter(|(_, amount)| !amount.is_zero()).map(
            |((account, currency), amount)| {
                (account, Money { amount: -*amount, currency: *currency })
            },
        )
    }

    /// Whether the goods of a declaration may be released, as far as money goes: it was charged, and
    /// every debt of it is settled.
    #[must_use]
    pub fn releases(&self, declaration: &DeclarationId) -> bool {
        let mut debts = self.debts_of(declaration).peekable();
        debts.peek().is_some() && debts.all(|(_, standing)| standing.settled().releases())
    }

    /// What of a guarantee is free, in a currency.
    #[must_use]
    pub fn free(&self, guarantee: &GuaranteeId, currency: Currency) -> Decimal {
        self.balance(&Account::Amount(guarantee.clone()), currency)
            - self.balance(&Account::Used(guarantee.clone()), currency)
    }

    /// What a deferment account owes, in a currency; below zero where too much was paid on it.
    #[must_use]
    pub fn owed(&self, deferment: &DefermentId, currency: Currency) -> Decimal {
        self.balance(&Account::Deferment(deferment.clone()), currency)
            + self.balance(&Account::DefermentPaid(deferment.clone()), currency)
    }

    /// What a deferment account has room for, in a currency; not negative.
    #[must_use]
    pub fn room(&self, deferment: &DefermentId, currency: Currency) -> Decimal {
        let limit = self.balance(&Account::Limit(deferment.clone()), currency);
        (limit - self.owed(deferment, currency)).max(Decimal::ZERO)
    }

    /// Whether anything was ever posted on an account.
    pub(super) fn knows(&self, account: &Account) -> bool {
        let next = self.sums.balances.range((account.clone(), Currency::FIRST)..).next();
        next.is_some_and(|((of, _), _)| of == account)
    }

    /// What is owed of a debt by tax type, in its currency.
    pub(super) fn due(&self, debt: &Debt, currency: Currency) -> Vec<(Token, Decimal)> {
        let first = (Account::Due(debt.clone(), Token::EMPTY), currency);
        let of = |((account, _), amount): (&(Account, Currency), &Decimal)| match account {
            Account::Due(of, tax) if of == debt => Some((*tax, *amount)),
            _ => None,
        };
        self.of_debts.range(first..).map_while(of).collect()
    }
}

/// Whether a posting changes money of one currency into another only where a bank moved it: one amount in
/// and one out, of two currencies.
fn exchanges_well(posting: &Posting) -> bool {
    let exchanged = posting.entries().iter().filter(|e| e.account == Account::Exchange);
    let exchanged: Vec<Money> = exchanged.map(|e| e.money).collect();
    match exchanged[..] {
        [] => true,
        [a, b] => {
            let opposite = a.amount.is_sign_negative() != b.amount.is_sign_negative();
            posting.moves_bank() && opposite && a.currency != b.currency
        }
        _ => false,
    }
}

/// Whether a posting is the same as one sent before: a second try may be made on another day.
pub(super) fn same(before: &Posting, again: &Posting) -> bool {
    before.reason() == again.reason()
        && before.reverses() == again.reverses()
        && before.entries() == again.entries()
}
