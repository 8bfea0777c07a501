//! What a bank tells, held against what was asked for.
//!
//! In: entries of statements and notifications. Out: for each part of an entry an [`Outcome`], a posting
//! or none, and a sentence.
//!
//! An entry counts once, however often and by whichever message it is told. It is taken for one told
//! before where it has:
//! 1. the same place in the same message (of one in pages: on the same page; one that is whole is its own
//!    first page), or with the same day, amount and way the same place in a statement of the same id,
//!    unless both have a bank's reference and they differ;
//! 2. the bank's reference (AcctSvcrRef) of one before, going the same way;
//! 3. the entry reference (NtryRef) of one before, with the same day, amount and way, unless both have a
//!    bank's reference and they differ: some banks give every entry the same;
//! 4. the account, day, amount, way and details of one that a message of the other kind told and none of
//!    this kind did yet, or that a copy tells for the first time, unless both have a bank's reference and
//!    they differ.
//!
//! Two have a bank's reference where both entries have one, or neither has and all their transactions do.

mod retold;
mod seen;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::RoundingStrategy;

use super::fold::Ledger;
use super::mark::{Mark, Place, Shape, key, key_on_page, note, shape};
use super::outcome::Outcome;
use super::posting::{Account, BankId, Entry, Key, Payable, Posting, Reason, RefundId, SuspenseId};
use super::reference::CreditorReference;
use super::refusal::Refusal;
use crate::day::Day;
use crate::money::{Decimal, Money};
use seen::Seen;

/// Which message told an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// A notification of debits and credits. Source: ISO 20022, camt.054.
    Notification,
    /// A statement, with balances. Source: ISO 20022, camt.053.
    Statement,
}

impl Told {
    /// The name of the message, without its version.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Notification => "camt.054",
            Self::Statement => "camt.053",
        }
    }
}

/// Which way money went, as the owner of the account sees it. Source: ISO 20022, CdtDbtInd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// It came in: `CRDT`.
    Credit,
    /// It went out: `DBIT`.
    Debit,
}

/// How sure an entry is. Source: ISO 20022, Ntry/Sts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Booked: `BOOK`. Only this counts.
    Booked,
    /// Expected, not booked: `PDNG`.
    Pending,
    /// For information: `INFO`.
    Information,
    /// Another code: `FUTR`, or one of the bank's own.
    Other,
}

/// A transaction within an entry. Source: ISO 20022, Ntry/NtryDtls/TxDtls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How much, not negative.
    pub money: Money,
    /// Which way.
    pub side: Side,
    /// The bank's reference of the transaction (Refs/AcctSvcrRef); empty where there is none.
    pub servicer_reference: String,
    /// EndToEndId; empty where there is none or it is `NOTPROVIDED`.
    pub end_to_end: String,
    /// The structured creditor references as told (RmtInf/Strd/CdtrRefInf/Ref), right or wrong.
    pub references: Vec<String>,
}

/// An entry a bank told. Source: ISO 20022, camt.053 and camt.054, Ntry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankEntry {
    /// Which message.
    pub told: Told,
    /// MsgId of the message.
    pub message: String,
    /// Id of the statement or notification in it.
    pub statement: String,
    /// Which page, where the message or the statement comes in several, from 1; 0 where it is whole. Pages
    /// share their ids. Source: ISO 20022, StmtPgntn, NtfctnPgntn, MsgPgntn.
    pub page: u32,
    /// Which entry of the message or page, from 1.
    pub number: u32,
    /// Whether the message says it is a copy or duplicate (CpyDplctInd).
    pub copy: bool,
    /// The account.
    pub account: BankId,
    /// The whole of the entry, not negative.
    pub money: Money,
    /// Which way.
    pub side: Side,
    /// Whether it takes back an earlier entry of the other way (RvslInd).
    pub reversal: bool,
    /// How sure.
    pub status: Status,
    /// The booking day; there is one where it is booked.
    pub booked: Option<Day>,
    /// AcctSvcrRef; empty where there is none.
    pub servicer_reference: String,
    /// NtryRef; empty where there is none.
    pub entry_reference: String,
    /// What it is made of; at least one, and their sum is the whole.
    pub parts: Vec<Part>,
    /// Whether the message gave the parts; else there is one, the whole.
    pub detailed: bool,
}

/// Money asked for, under a reference of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// The reference the payer gives.
    pub reference: CreditorReference,
    /// What for.
    pub payable: Payable,
    /// How much, above zero.
    pub money: Money,
    /// What all of it settles, in the currency of what it is for: the same money, or that in another
    /// currency by the rate the request was made by.
    pub worth: Money,
    /// The last day on which money in another currency is taken at that rate; `None` where there is none.
    pub until: Option<Day>,
}

impl PaymentRequest {
    /// A request in the currency of what it is for.
    #[must_use]
    pub fn plain(reference: CreditorReference, payable: Payable, money: Money) -> Self {
        Self { reference, payable, money, worth: money, until: None }
    }

    /// What this much more settles where that much of the request was received before: all of it what it
    /// is worth, a part its share, cut down to the last digit of that.
    fn settles(&self, before: Decimal, more: Decimal) -> Option<Decimal> {
        if self.money.currency == self.worth.currency {
            return Some(more);
        }
        let share = |received: Decimal| {
            let exact = received.checked_mul(self.worth.amount)?.checked_div(self.money.amount)?;
            let scale = self.worth.amount.scale();
            Some(exact.round_dp_with_strategy(scale, RoundingStrategy::ToZero))
        };
        share(before.checked_add(more)?)?.checked_sub(share(before)?)
    }
}

/// What was made of a part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which part, from 1.
    pub part: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// The request it was for, where that is known.
    pub reference: Option<CreditorReference>,
    /// The key of its posting, also where that was there before; `None` where there is none.
    pub posted: Option<Key>,
    /// What of it counts on which request, in the currency of the request: below zero where it was taken
    /// back.
    pub counts: Option<(CreditorReference, Decimal)>,
}

/// A request and what came of it.
#[derive(Clone, Debug)]
struct Asked {
    request: PaymentRequest,
    received: Decimal,
    payments: Vec<Key>,
}

/// Requests asked for and entries seen: the fold of both, in their order.
///
/// Once the ledger is folded, a house that starts again gives it the requests and the entries again; what was
/// posted is found in the ledger by its key, and nothing is posted twice.
#[derive(Clone, Debug)]
pub struct Intake {
    accounts: BTreeSet<BankId>,
    asked: BTreeMap<CreditorReference, Asked>,
    paid_on: BTreeMap<Key, CreditorReference>,
    refunds: BTreeMap<RefundId, Key>,
    seen: Vec<Seen>,
    /// Postings of the entries seen.
    owned: BTreeSet<Key>,
    places: BTreeMap<Place, usize>,
    servicer: BTreeMap<Mark, usize>,
    entry_references: BTreeMap<(Shape, String), Vec<usize>>,
    statements: BTreeMap<(Shape, String, u32, u32), Vec<usize>>,
    shapes: BTreeMap<Shape, Vec<usize>>,
}

impl Intake {
    /// The intake of a house with these accounts at banks; money on another account is not its own.
    #[must_use]
    pub fn of(accounts: impl IntoIterator<Item = BankId>) -> Self {
        Self {
            accounts: accounts.into_iter().collect(),
            asked: BTreeMap::new(),
            paid_on: BTreeMap::new(),
            refunds: BTreeMap::new(),
            seen: Vec::new(),
            owned: BTreeSet::new(),
            places: BTreeMap::new(),
            servicer: BTreeMap::new(),
            entry_references: BTreeMap::new(),
            statements: BTreeMap::new(),
            shapes: BTreeMap::new(),
        }
    }

    /// Takes an account at a bank in as the house's own.
    pub fn open(&mut self, account: BankId) {
        self.accounts.insert(account);
    }

    /// Asks for money. The same request again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::ReferenceTaken`] where the reference is another request's; [`Refusal::NotAnAmount`].
    pub fn ask(&mut self, request: PaymentRequest) -> Result<(), Refusal> {
        let amount = request.money.amount;
        for amount in [amount, request.worth.amount] {
            if amount <= Decimal::ZERO || !super::posting::is_amount(amount) {
                return Err(Refusal::NotAnAmount(amount));
            }
        }
        match self.asked.get(&request.reference) {
            Some(asked) if asked.request == request => Ok(()),
            Some(_) => Err(Refusal::ReferenceTaken),
            None => {
                let asked = Asked { received: Decimal::ZERO, payments: Vec::new(), request };
                self.asked.insert(asked.request.reference, asked);
                Ok(())
            }
        }
    }

    /// Brings an entry to mind that was told, and that is the one with this number or a new one; and the
    /// keys of its postings. Gives its number. Who keeps the entries elsewhere has all that may be the same
    /// brought to mind before another is taken.
    pub fn recall(
        &mut self,
        entry: &BankEntry,
        before: Option<usize>,
        postings: Vec<Key>,
    ) -> usize {
        let at = before.unwrap_or(self.seen.len());
        self.note(entry, before, postings);
        at
    }

    /// Brings a request to mind, what was received on it, and by which postings, in their order.
    pub fn recall_request(
        &mut self,
        request: PaymentRequest,
        received: Decimal,
        payments: Vec<Key>,
    ) {
        let reference = request.reference;
        self.paid_on.extend(payments.iter().map(|key| (key.clone(), reference)));
        self.asked.insert(reference, Asked { request, received, payments });
    }

    /// Brings to mind which posting paid a refund out.
    pub fn recall_refund(&mut self, refund: RefundId, posting: Key) {
        self.refunds.insert(refund, posting);
    }

    /// The request with this reference, and what was received on it.
    #[must_use]
    pub fn request(&self, reference: &CreditorReference) -> Option<(&PaymentRequest, Decimal)> {
        self.asked.get(reference).map(|asked| (&asked.request, asked.received))
    }

    /// Takes an entry: posts what it says, and says what became of each of its parts.
    ///
    /// # Errors
    /// [`Refusal::ForeignAccount`] where the account is not the house's; another [`Refusal`] where the
    /// ledger does not take a posting: the entry may be taken again then, and what was posted of it is not
    /// posted twice.
    pub fn take(&mut self, ledger: &mut Ledger, entry: &BankEntry) -> Result<Vec<Taken>, Refusal> {
        self.enter(ledger, entry).map(|(_, taken)| taken)
    }

    /// The same, and which entry it is taken for, where it was told before: its number as
    /// [`Intake::recall`] gave it.
    ///
    /// # Errors
    /// As [`Intake::take`].
    pub fn enter(
        &mut self,
        ledger: &mut Ledger,
        entry: &BankEntry,
    ) -> Result<(Option<usize>, Vec<Taken>), Refusal> {
        let all = |outcome| {
            let taken = |part| Taken { part, outcome, reference: None, posted: None, counts: None };
            (1..).zip(&entry.parts).map(|(part, _)| taken(part)).collect()
        };
        if !self.accounts.contains(&entry.account) {
            return Err(Refusal::ForeignAccount(entry.account.clone()));
        }
        if entry.status != Status::Booked {
            return Ok((None, all(Outcome::NotBooked)));
        }
        if let Some(at) = self.told_before(entry) {
            let what = |(.., amount, currency, side, back): Shape| (amount, currency, side, back);
            let differs = self.seen.get(at).is_none_or(|seen| {
                what(seen.shape.clone()) != what(shape(entry)) || seen.has_another_mark(entry)
            });
            self.note(entry, Some(at), Vec::new());
            return Ok((Some(at), all(Outcome::Duplicate { differs })));
        }
        let mut taken = Vec::with_capacity(entry.parts.len());
        let mut postings = Vec::new();
        for (number, part) in (1..).zip(&entry.parts) {
            let one = self.take_part(ledger, entry, number, part)?;
            postings.extend(one.posted.clone());
            taken.push(one);
        }
        self.note(entry, None, postings);
        Ok((None, taken))
    }

    fn take_part(
        &mut self,
        ledger: &mut Ledger,
        entry: &BankEntry,
        number: u32,
        part: &Part,
    ) -> Result<Taken, Refusal> {
        let too_large = |_| Refusal::TooLarge;
        let mut key: Key = key(entry, number).parse().map_err(too_large)?;
        if self.owned.contains(&key) {
            key = key_on_page(entry, number).parse().map_err(too_large)?;
        }
        let reference = self.reference(part);
        if let Some(posting) = ledger.posting(&key) {
            let bank = posting.entries().iter().find(|e| matches!(e.account, Account::Bank(_)));
            let same = bank.is_some_and(|e| e.money == bank_money(part));
            let posting = posting.clone();
            let counts = self.note_posting(reference, part, &posting);
            let outcome = Outcome::Duplicate { differs: !same };
            return Ok(Taken { part: number, outcome, reference, posted: Some(key), counts });
        }
        let (outcome, posting) = self.weigh(ledger, entry, key, part, reference)?;
        let key = posting.key().clone();
        ledger.apply(posting.clone())?;
        let counts = self.note_posting(reference, part, &posting);
        Ok(Taken { part: number, outcome, reference, posted: Some(key), counts })
    }

    /// The one request whose reference a part gives.
    fn reference(&self, part: &Part) -> Option<CreditorReference> {
        let mut read = part.references.iter().map(|text| text.parse::<CreditorReference>().ok());
        let first = read.next()??;
        // Which part of the money would be for which?
        let one = read.all(|other| other == Some(first));
        (one && self.asked.contains_key(&first)).then_some(first)
    }

    /// What is to be posted of a part that was not told before.
    fn weigh(
        &self,
        ledger: &Ledger,
        entry: &BankEntry,
        key: Key,
        part: &Part,
        reference: Option<CreditorReference>,
    ) -> Result<(Outcome, Posting), Refusal> {
        let day = entry.booked.unwrap_or(Day::EPOCH);
        let note = note(entry, part);
        let against = |reason, account, key| {
            let bank = bank_money(part);
            let back = Money { amount: -bank.amount, currency: bank.currency };
            let entries = vec![
                Entry { account: Account::Bank(entry.account.clone()), money: bank },
                Entry { account, money: back },
            ];
            Posting::new(key, day, reason, note.clone(), entries).map_err(Refusal::Unbalanced)
        };
        let suspense = |outcome, key: Key| {
            let id: SuspenseId = key.as_str().parse().map_err(|_| Refusal::TooLarge)?;
            Ok((outcome, against(Reason::Unmatched, Account::Suspense(id), key)?))
        };
        if entry.reversal {
            if let Some(original) = self.original(ledger, entry, part, reference) {
                let undone = original.reversed(key, day, Reason::BankReversal, note.clone());
                return Ok((Outcome::Reversed { found: true }, ledger.undone(undone)?));
            }
            // Part of a payment, or one of several: what was received is less by it.
            if part.side == Side::Debit
                && let Some(asked) = reference.and_then(|r| self.asked.get(&r))
                && asked.request.money.currency == part.money.currency
                && asked.request.worth.currency == part.money.currency
                && asked.received >= part.money.amount
            {
                let to = asked.request.payable.received();
                let posting = against(Reason::BankReversal, to, key)?;
                return Ok((Outcome::Reversed { found: true }, posting));
            }
            return suspense(Outcome::Reversed { found: false }, key);
        }
        if part.side == Side::Debit {
            let waiting = part.end_to_end.parse::<RefundId>().ok().filter(|id| {
                let account = Account::Refund(id.clone());
                ledger.balance(&account, part.money.currency) == -part.money.amount
            });
            return match waiting {
                Some(id) => {
                    let posting = against(Reason::RefundPaid, Account::Refund(id), key)?;
                    Ok((Outcome::RefundPaid, posting))
                }
                None => suspense(Outcome::NotCredit, key),
            };
        }
        let Some(asked) = reference.and_then(|r| self.asked.get(&r)) else {
            return suspense(Outcome::UnknownReference, key);
        };
        let wanted = asked.request.money.currency;
        if wanted != part.money.currency {
            return suspense(Outcome::WrongCurrency(wanted), key);
        }
        let worth = asked.request.worth.currency;
        if let Payable::Debt(debt) = &asked.request.payable {
            match ledger.standing(debt) {
                None => return suspense(Outcome::UnknownReference, key),
                Some(standing) if standing.currency != worth => {
                    return suspense(Outcome::WrongCurrency(standing.currency), key);
                }
                Some(_) => {}
            }
        }
        if asked.request.until.is_some_and(|until| day > until) {
            return suspense(Outcome::StaleRate, key);
        }
        let to = asked.request.payable.received();
        let posting = if worth == wanted {
            against(Reason::Payment, to, key)?
        } else {
            let settles = asked.request.settles(asked.received, part.money.amount);
            let settles = settles.ok_or(Refusal::TooLarge)?;
            let own = |amount| Money { amount, currency: worth };
            let bank = bank_money(part);
            let back = Money { amount: -bank.amount, currency: bank.currency };
            let entries = vec![
                Entry { account: Account::Bank(entry.account.clone()), money: bank },
                Entry { account: Account::Exchange, money: back },
                Entry { account: Account::Exchange, money: own(settles) },
                Entry { account: to, money: own(-settles) },
            ];
            Posting::new(key, day, Reason::Payment, note, entries).map_err(Refusal::Unbalanced)?
        };
        // The posting holds how large an amount can be, so that this does not overflow.
        let left = asked.request.money.amount - asked.received - part.money.amount;
        let outcome = match left {
            left if left.is_zero() => Outcome::Matched,
            left if left > Decimal::ZERO => Outcome::Part(Money { amount: left, currency: wanted }),
            over => Outcome::Over(Money { amount: -over, currency: wanted }),
        };
        Ok((outcome, posting))
    }

    /// The posting that an entry takes back: of the same amount, not taken back before, and by the bank's
    /// reference, by the payer's reference or as the refund it was.
    fn original<'l>(
        &self,
        ledger: &'l Ledger,
        entry: &BankEntry,
        part: &Part,
        reference: Option<CreditorReference>,
    ) -> Option<&'l Posting> {
        let back = bank_money(part);
        let bank = Account::Bank(entry.account.clone());
        let takes_back = |posting: &&Posting| {
            let undoes = |e: &Entry| {
                e.account == bank
                    && e.money.amount == -back.amount
                    && e.money.currency == back.currency
            };
            posting.reverses().is_none()
                && ledger.reversed_by(posting.key()).is_none()
                && posting.entries().iter().any(undoes)
        };
        let first =
            |keys: &[Key]| keys.iter().rev().filter_map(|key| ledger.posting(key)).find(takes_back);
        let was = match part.side {
            Side::Debit => Side::Credit,
            Side::Credit => Side::Debit,
        };
        let by_bank = [&entry.servicer_reference, &part.servicer_reference]
            .into_iter()
            .filter(|text| !text.is_empty())
            .filter_map(|text| {
                let place = (entry.account.clone(), text.clone(), was, false);
                self.seen.get(*self.servicer.get(&place)?)
            })
            .find_map(|seen| first(&seen.postings));
        let by_payer = || match part.side {
            Side::Debit => first(&self.asked.get(&reference?)?.payments),
            Side::Credit => {
                let id: RefundId = part.end_to_end.parse().ok()?;
                ledger.posting(self.refunds.get(&id)?).filter(takes_back)
            }
        };
        by_bank.or_else(by_payer)
    }

    /// Keeps in mind what was posted for a request or a refund.
    fn note_posting(
        &mut self,
        reference: Option<CreditorReference>,
        part: &Part,
        posting: &Posting,
    ) -> Option<(CreditorReference, Decimal)> {
        let on = posting.reverses().and_then(|of| self.paid_on.get(of)).copied().or(reference);
        let received = posting
            .entries()
            .iter()
            .find(|e| matches!(e.account, Account::Received(_) | Account::DefermentPaid(_)));
        let bank = posting.entries().iter().find(|e| matches!(e.account, Account::Bank(_)));
        let mut counts = None;
        if let (Some(reference), Some(_), Some(bank)) = (on, received, bank)
            && let Some(asked) = self.asked.get_mut(&reference)
        {
            asked.received += bank.money.amount;
            counts = Some((reference, bank.money.amount));
            if posting.reason() == Reason::Payment {
                asked.payments.push(posting.key().clone());
                self.paid_on.insert(posting.key().clone(), reference);
            }
        }
        if posting.reason() == Reason::RefundPaid
            && let Ok(id) = part.end_to_end.parse()
        {
            self.refunds.insert(id, posting.key().clone());
        }
        counts
    }
}

/// What a part does to the account at the bank: positive where money came.
fn bank_money(part: &Part) -> Money {
    match part.side {
        Side::Credit => part.money,
        Side::Debit => Money { amount: -part.money.amount, currency: part.money.currency },
    }
}
