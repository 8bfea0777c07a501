//! Accounts, and postings that cannot be out of balance.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::day::Day;
use crate::money::{Currency, Decimal, Money};
use crate::token::Token;

/// Most digits after the point of an amount. Source: ISO 20022, ActiveOrHistoricCurrencyAndAmount.
pub const MOST_DECIMALS: u32 = 5;

/// Amounts are below this: 18 digits in all. Source: as [`MOST_DECIMALS`].
const TOO_MUCH: Decimal = Decimal::from_parts(0xa764_0000, 0x0de0_b6b3, 0, false, 0);

/// The text is no id: want 1 to 500 bytes without control characters or spaces around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: want 1 to 500 bytes, no control character, no space around them")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => { $(
        $(#[$doc])*
        ///
        /// 1 to 500 bytes without control characters or spaces around them; copied cheaply.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let fits = (1..=500).contains(&text.len()) && text.trim() == text;
                if fits && !text.chars().any(char::is_control) {
                    Ok(Self(text.into()))
                } else {
                    Err(NotAnId)
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )* };
}

ids! {
    /// The declaration a debt is of: its number (MRN) or another of the house.
    DeclarationId,
    /// Who owes.
    DebtorId,
    /// A deferment account.
    DefermentId,
    /// A guarantee.
    GuaranteeId,
    /// An account of the house at a bank, as the bank's messages name it.
    BankId,
    /// A refund that was decided; on the wire its EndToEndId, so at most 35 characters there.
    RefundId,
    /// Money of a bank entry that found no debt.
    SuspenseId,
    /// What makes a posting the same posting when it is sent again (idempotency).
    Key,
}

/// A debt: what one debtor owes on one declaration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Debt {
    /// The declaration.
    pub declaration: DeclarationId,
    /// Who owes.
    pub debtor: DebtorId,
}

impl Debt {
    /// What stands before every debt of a declaration.
    pub(super) fn first_of(declaration: &DeclarationId) -> Self {
        Self { declaration: declaration.clone(), debtor: DebtorId("".into()) }
    }
}

/// What money is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payable {
    /// A debt.
    Debt(Debt),
    /// What a deferment account owes.
    Deferment(DefermentId),
}

impl Payable {
    /// The account its money is received on.
    pub(super) fn received(&self) -> Account {
        match self {
            Self::Debt(debt) => Account::Received(debt.clone()),
            Self::Deferment(id) => Account::DefermentPaid(id.clone()),
        }
    }
}

/// A closed part of the ledger: in every posting the entries of one book sum to zero by themselves, so
/// that a debt is never settled but by what stands in the book of money, of deferments or of guarantees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// What is owed, and to which tax.
    Duties,
    /// What may become owed, and is secured until then.
    Contingents,
    /// What the bank confirmed, and to whom it belongs.
    Money,
    /// What is paid later.
    Deferments,
    /// What guarantees stand for.
    Guarantees,
    /// Limits of deferment accounts and amounts of guarantees.
    Terms,
}

/// An account. A positive balance is a debit, a negative one a credit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What a debtor owes of a tax type; never negative.
    Due(Debt, Token),
    /// What a tax type brought in; against [`Account::Due`].
    Revenue(Token),
    /// What has to be secured of a debt because it may become owed; never negative.
    Contingent(Debt),
    /// Against [`Account::Contingent`].
    Contingents,
    /// Money at a bank, as its messages tell.
    Bank(BankId),
    /// Money received on a debt, negative.
    Received(Debt),
    /// Money received on a deferment account, negative.
    DefermentPaid(DefermentId),
    /// Money of a debtor that is on no debt, negative.
    Credit(DebtorId),
    /// Money that found no debt, negative; positive where money left and nobody said why.
    Suspense(SuspenseId),
    /// A refund decided and not yet paid out, negative.
    Refund(RefundId),
    /// What a deferment account took over, before what was paid on it.
    Deferment(DefermentId),
    /// What of a debt a deferment account took over, negative.
    Deferred(Debt, DefermentId),
    /// What of a guarantee is used.
    Used(GuaranteeId),
    /// What of a debt a guarantee stands for, negative.
    Secured(Debt, GuaranteeId),
    /// How much a deferment account may owe.
    Limit(DefermentId),
    /// How much a guarantee stands for.
    Amount(GuaranteeId),
    /// Against [`Account::Limit`] and [`Account::Amount`].
    Granted,
    /// What was paid in one currency for a debt in another: the house's position in each.
    Exchange,
}

impl Account {
    /// The book it stands in.
    #[must_use]
    pub fn book(&self) -> Book {
        match self {
            Self::Due(..) | Self::Revenue(_) => Book::Duties,
            Self::Contingent(_) | Self::Contingents => Book::Contingents,
            Self::Bank(_)
            | Self::Received(_)
            | Self::DefermentPaid(_)
            | Self::Credit(_)
            | Self::Suspense(_)
            | Self::Refund(_)
            | Self::Exchange => Book::Money,
            Self::Deferment(_) | Self::Deferred(..) => Book::Deferments,
            Self::Used(_) | Self::Secured(..) => Book::Guarantees,
            Self::Limit(_) | Self::Amount(_) | Self::Granted => Book::Terms,
        }
    }

    /// What stands before every account that stands for a debt: of a deferment account, of a guarantee.
    pub(super) fn stands_for(debt: &Debt) -> (Self, Self) {
        (
            Self::Deferred(debt.clone(), DefermentId("".into())),
            Self::Secured(debt.clone(), GuaranteeId("".into())),
        )
    }

    /// The debt it belongs to.
    #[must_use]
    pub fn debt(&self) -> Option<&Debt> {
        match self {
            Self::Due(debt, _)
            | Self::Contingent(debt)
            | Self::Received(debt)
            | Self::Deferred(debt, _)
            | Self::Secured(debt, _) => Some(debt),
            Self::Revenue(_)
            | Self::Contingents
            | Self::Bank(_)
            | Self::DefermentPaid(_)
            | Self::Credit(_)
            | Self::Suspense(_)
            | Self::Refund(_)
            | Self::Deferment(_)
            | Self::Used(_)
            | Self::Limit(_)
            | Self::Amount(_)
            | Self::Granted
            | Self::Exchange => None,
        }
    }

    /// The account in columns, as a store keeps it: its kind and up to three texts.
    #[must_use]
    pub fn columns(&self) -> (&'static str, [&str; 3]) {
        match self {
            Self::Due(d, tax) => ("due", [&d.declaration.0, &d.debtor.0, tax.as_str()]),
            Self::Revenue(tax) => ("revenue", [tax.as_str(), "", ""]),
            Self::Contingent(d) => ("contingent", [&d.declaration.0, &d.debtor.0, ""]),
            Self::Contingents => ("contingents", ["", "", ""]),
            Self::Bank(id) => ("bank", [&id.0, "", ""]),
            Self::Received(d) => ("received", [&d.declaration.0, &d.debtor.0, ""]),
            Self::DefermentPaid(id) => ("deferment-paid", [&id.0, "", ""]),
            Self::Credit(id) => ("credit", [&id.0, "", ""]),
            Self::Suspense(id) => ("suspense", [&id.0, "", ""]),
            Self::Refund(id) => ("refund", [&id.0, "", ""]),
            Self::Deferment(id) => ("deferment", [&id.0, "", ""]),
            Self::Deferred(d, id) => ("deferred", [&d.declaration.0, &d.debtor.0, &id.0]),
            Self::Used(id) => ("used", [&id.0, "", ""]),
            Self::Secured(d, id) => ("secured", [&d.declaration.0, &d.debtor.0, &id.0]),
            Self::Limit(id) => ("limit", [&id.0, "", ""]),
            Self::Amount(id) => ("amount", [&id.0, "", ""]),
            Self::Granted => ("granted", ["", "", ""]),
            Self::Exchange => ("exchange", ["", "", ""]),
        }
    }

    /// The account with these columns; `None` where there is no such kind or a text is no id of it.
    #[must_use]
    pub fn of_columns(kind: &str, [a, b, c]: [&str; 3]) -> Option<Self> {
        let debt = || Some(Debt { declaration: a.parse().ok()?, debtor: b.parse().ok()? });
        let account = match kind {
            "due" => Self::Due(debt()?, c.parse().ok()?),
            "revenue" => Self::Revenue(a.parse().ok()?),
            "contingent" => Self::Contingent(debt()?),
            "contingents" => Self::Contingents,
            "bank" => Self::Bank(a.parse().ok()?),
            "received" => Self::Received(debt()?),
            "deferment-paid" => Self::DefermentPaid(a.parse().ok()?),
            "credit" => Self::Credit(a.parse().ok()?),
            "suspense" => Self::Suspense(a.parse().ok()?),
            "refund" => Self::Refund(a.parse().ok()?),
            "deferment" => Self::Deferment(a.parse().ok()?),
            "deferred" => Self::Deferred(debt()?, c.parse().ok()?),
            "used" => Self::Used(a.parse().ok()?),
            "secured" => Self::Secured(debt()?, c.parse().ok()?),
            "limit" => Self::Limit(a.parse().ok()?),
            "amount" => Self::Amount(a.parse().ok()?),
            "granted" => Self::Granted,
            "exchange" => Self::Exchange,
            _ => return None,
        };
        // A text more than the kind has would be lost.
        (account.columns() == (kind, [a, b, c])).then_some(account)
    }
}

/// One line of a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account: Account,
    /// How much: positive is debit, negative is credit.
    pub money: Money,
}

/// What a posting is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A debt arises from an assessment.
    Charge,
    /// A debt is more or less than was charged.
    Amendment,
    /// Money the bank booked, on a debt or a deferment account.
    Payment,
    /// Money the bank booked that found no debt, or that left and found no refund.
    Unmatched,
    /// Money in suspense is put where it belongs.
    Assignment,
    /// A debt is taken over by a deferment account, or given back by it.
    Deferment,
    /// A debt is secured by a guarantee.
    Security,
    /// A guarantee no longer stands for a debt.
    SecurityReleased,
    /// The limit of a deferment account or the amount of a guarantee is set.
    Terms,
    /// What was over becomes a credit of the debtor.
    Credit,
    /// A credit pays a debt.
    CreditUsed,
    /// Money is to be given back.
    Refund,
    /// The bank booked a refund as paid out.
    RefundPaid,
    /// An appeal was granted.
    Appeal,
    /// The declaration was cancelled.
    Cancellation,
    /// A mistake is put right.
    Correction,
    /// The bank took back what it had booked.
    BankReversal,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Charge,
        Self::Amendment,
        Self::Payment,
        Self::Unmatched,
        Self::Assignment,
        Self::Deferment,
        Self::Security,
        Self::SecurityReleased,
        Self::Terms,
        Self::Credit,
        Self::CreditUsed,
        Self::Refund,
        Self::RefundPaid,
        Self::Appeal,
        Self::Cancellation,
        Self::Correction,
        Self::BankReversal,
    ];

    /// The name in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Amendment => "amendment",
            Self::Payment => "payment",
            Self::Unmatched => "unmatched",
            Self::Assignment => "assignment",
            Self::Deferment => "deferment",
            Self::Security => "security",
            Self::SecurityReleased => "security-released",
            Self::Terms => "terms",
            Self::Credit => "credit",
            Self::CreditUsed => "credit-used",
            Self::Refund => "refund",
            Self::RefundPaid => "refund-paid",
            Self::Appeal => "appeal",
            Self::Cancellation => "cancellation",
            Self::Correction => "correction",
            Self::BankReversal => "bank-reversal",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

/// Why entries are no posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unbalanced {
    /// There is none.
    Empty,
    /// The entries of this book in this currency sum to this and not to zero.
    Sum(Book, Currency, Decimal),
    /// An amount has more than five digits after the point or is 10^18 or more.
    NotAnAmount(Decimal),
}

impl fmt::Display for Unbalanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a posting without entries"),
            Self::Sum(book, currency, sum) => {
                write!(f, "the entries of {book:?} sum to {sum} {currency}, not to zero")
            }
            Self::NotAnAmount(amount) => {
                write!(f, "{amount}: want at most 18 digits, at most 5 behind the point")
            }
        }
    }
}

impl std::error::Error for Unbalanced {}

/// Whether an amount can stand in a posting: below 10^18, at most five digits after the point.
#[must_use]
pub fn is_amount(amount: Decimal) -> bool {
    amount.normalize().scale() <= MOST_DECIMALS && amount.abs() < TOO_MUCH
}

/// What happened, when and why, as entries that sum to zero in every book and currency.
///
/// There is no way to make one that does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    key: Key,
    day: Day,
    reason: Reason,
    note: String,
    reverses: Option<Key>,
    entries: Vec<Entry>,
}

impl Posting {
    /// A posting of these entries. `note` names the decision, the act or the bank's entry behind it.
    ///
    /// # Errors
    /// [`Unbalanced`] where there is no entry, an amount is none, or a book does not sum to zero.
    pub fn new(
        key: Key,
        day: Day,
        reason: Reason,
        note: impl Into<String>,
        entries: Vec<Entry>,
    ) -> Result<Self, Unbalanced> {
        Self::stored(key, day, reason, note, None, entries)
    }

    /// A posting as a store gives it back, with the key of the posting it reverses.
    ///
    /// That it is the exact reverse of that one is held by [`super::Ledger::apply`].
    ///
    /// # Errors
    /// As [`Posting::new`].
    pub fn stored(
        key: Key,
        day: Day,
        reason: Reason,
        note: impl Into<String>,
        reverses: Option<Key>,
        entries: Vec<Entry>,
    ) -> Result<Self, Unbalanced> {
        if entries.is_empty() {
            return Err(Unbalanced::Empty);
        }
        let mut sums: Vec<(Book, Currency, Decimal)> = Vec::new();
        for Entry { account, money } in &entries {
            if !is_amount(money.amount) {
                return Err(Unbalanced::NotAnAmount(money.amount));
            }
            let place = (account.book(), money.currency);
            match sums.iter_mut().find(|(book, currency, _)| (*book, *currency) == place) {
                None => sums.push((place.0, place.1, money.amount)),
                Some((_, _, sum)) => {
                    let more = sum.checked_add(money.amount).filter(|sum| is_amount(*sum));
                    *sum = more.ok_or(Unbalanced::NotAnAmount(money.amount))?;
                }
            }
        }
        match sums.into_iter().find(|(.., sum)| !sum.is_zero()) {
            Some((book, currency, sum)) => Err(Unbalanced::Sum(book, currency, sum)),
            None => Ok(Self { key, day, reason, note: note.into(), reverses, entries }),
        }
    }

    /// The posting that undoes this one.
    #[must_use]
    pub(super) fn reversed(&self, key: Key, day: Day, reason: Reason, note: String) -> Self {
        let back = |entry: &Entry| Entry {
            account: entry.account.clone(),
            money: Money { amount: -entry.money.amount, currency: entry.money.currency },
        };
        let entries = self.entries.iter().map(back).collect();
        Self { key, day, reason, note, reverses: Some(self.key.clone()), entries }
    }

    /// Its idempotency key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The day it is of.
    #[must_use]
    pub fn day(&self) -> Day {
        self.day
    }

    /// What it is for.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The decision, act or bank entry behind it.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The posting it reverses.
    #[must_use]
    pub fn reverses(&self) -> Option<&Key> {
        self.reverses.as_ref()
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether it moves money at a bank.
    #[must_use]
    pub fn moves_bank(&self) -> bool {
        self.entries.iter().any(|e| matches!(e.account, Account::Bank(_)))
    }
}
