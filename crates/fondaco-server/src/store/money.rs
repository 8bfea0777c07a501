//! Money: postings of the ledger, payment requests, who may use an account. Only appended to.
//!
//! The one writer decides: what is owed is charged in the commit of the acceptance it follows from, and
//! goods are released in the commit of the bank's word that settles their debt.

use std::collections::BTreeSet;

use fondaco::consignment::{Event, Life};
use fondaco::day::Day;
use fondaco::ledger::{
    BankEntry, Charge, CreditorReference, Debt, DeclarationId, DefermentId, Key, Ledger, Payable,
    Posting, Refusal, Slip,
};
use fondaco::money::{Decimal, Money};
use rusqlite::{Connection, params};

use super::books::{self, Books, cancel, fault, settles, touched};
use super::told::{self, PartTaken};
use super::{Fault, Filing, Lodge, Lodged, Writing, lock};

const SCHEMA: &str = concat!(
    "
CREATE TABLE IF NOT EXISTS posting (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  day INTEGER NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  reverses TEXT,
  filing INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS posting_entry (
  posting INTEGER NOT NULL,
  account TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  c TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS posting_entry_of ON posting_entry (a)
  WHERE ",
    of_a_debt!(),
    ";
CREATE TABLE IF NOT EXISTS payment_request (
  seq INTEGER PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  declaration TEXT NOT NULL,
  debtor TEXT NOT NULL,
  deferment TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  worth_currency TEXT NOT NULL,
  worth TEXT NOT NULL,
  until INTEGER,
  filing INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS payment_order (
  refund TEXT PRIMARY KEY,
  filing INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS debt_known (
  seq INTEGER PRIMARY KEY,
  declaration TEXT NOT NULL,
  known INTEGER NOT NULL,
  filing INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS old_charged (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS deferment_holder (
  seq INTEGER PRIMARY KEY,
  deferment TEXT NOT NULL,
  holder TEXT NOT NULL,
  may INTEGER NOT NULL,
  filing INTEGER NOT NULL
) STRICT;
"
);

/// What requests of a store of version 5 may not have.
const WORTH: &str = "
BEGIN IMMEDIATE;
ALTER TABLE payment_request ADD COLUMN worth_currency TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_request ADD COLUMN worth TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_request ADD COLUMN until INTEGER;
COMMIT;
";

/// Makes the tables and columns that are not there.
pub(super) fn make(db: &Connection) -> Result<(), Fault> {
    db.execute_batch(SCHEMA)?;
    if !db.column_exists(None, "payment_request", "worth")? {
        db.execute_batch(WORTH)?;
    }
    Ok(())
}

/// The format of what a bank told, as filings have it.
pub(crate) const BANK: &str = "camt";

/// What is owed of a declaration, for the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    /// Whose.
    pub(crate) debt: Debt,
    /// How much; `None` where something of it is not known.
    pub(crate) charge: Option<Charge>,
    /// Deferment accounts it names, and who asks for them.
    pub(crate) deferments: Vec<DefermentId>,
    /// Who may be a holder of those accounts: the debtor, and who files for it.
    pub(crate) parties: Vec<String>,
    /// What payment references begin with.
    pub(crate) prefix: String,
    /// The day of the posting.
    pub(crate) day: Day,
    /// What is to be said of the charge beside the filing it came with; empty where nothing.
    pub(crate) mark: &'static str,
}

/// What is done with the ledger by a person.
pub(crate) type Intent = Box<dyn FnOnce(&Ledger) -> Result<Posting, Refusal> + Send>;

/// What a person's decision is about: it is brought to hand before.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub(crate) declaration: Option<DeclarationId>,
    /// The posting that is reversed.
    pub(crate) posting: Option<Key>,
}

/// Money asked for by a person, for what a deferment account owes.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) deferment: DefermentId,
    pub(crate) money: Money,
    pub(crate) prefix: String,
}

/// What was made of a bank's message: of each entry, what became of its parts.
pub(crate) type Told = Vec<Vec<PartTaken>>;

impl Writing<'_> {
    /// Writes what the ledger took since it had so many postings.
    fn write_postings(&self, books: &Books, taken: usize, filing: i64) -> Result<(), Fault> {
        for posting in books.ledger.since(taken) {
            self.db
                .prepare_cached(
                    "INSERT INTO posting (key, day, reason, note, reverses, filing)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    posting.key().as_str(),
                    posting.day().number(),
                    posting.reason().name(),
                    posting.note(),
                    posting.reverses().map(Key::as_str),
                    filing,
                ])?;
            let seq = self.db.last_insert_rowid();
            for entry in posting.entries() {
                let (kind, [a, b, c]) = entry.account.columns();
                let Money { amount, currency } = entry.money;
                self.db
                    .prepare_cached(
                        "INSERT INTO posting_entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![seq, kind, a, b, c, currency.as_str(), amount.to_string()])?;
            }
        }
        Ok(())
    }

    /// Asks for money under the next reference.
    fn ask(
        &self,
        filing: i64,
        payable: Payable,
        money: Money,
        prefix: &str,
    ) -> Result<CreditorReference, Fault> {
        self.ask_in(filing, payable, money, (money, None), prefix)
    }

    /// Asks for money that settles that much in another currency, until a day.
    fn ask_in(
        &self,
        filing: i64,
        payable: Payable,
        money: Money,
        (worth, until): (Money, Option<Day>),
        prefix: &str,
    ) -> Result<CreditorReference, Fault> {
        let sql = "SELECT coalesce(max(seq), 0) FROM payment_request";
        let before: i64 = self.db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        let number = u64::try_from(before).map_err(fault)? + 1;
        let reference = CreditorReference::numbered(prefix, number).map_err(fault)?;
        let (declaration, debtor, deferment) = match &payable {
            Payable::Debt(debt) => (debt.declaration.as_str(), debt.debtor.as_str(), ""),
            Payable::Deferment(id) => ("", "", id.as_str()),
        };
        self.db
            .prepare_cached(
                "INSERT INTO payment_request
                   (reference, declaration, debtor, deferment, currency, amount, worth_currency,
                    worth, until, filing)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                reference.as_str(),
                declaration,
                debtor,
                deferment,
                money.currency.as_str(),
                money.amount.to_string(),
                worth.currency.as_str(),
                worth.amount.to_string(),
                until.map(Day::number),
                filing,
            ])?;
        Ok(reference)
    }

    /// Charges what is owed, or makes it what it is by an amendment; takes it from a deferment account
    /// that is named and may be used; asks for what is left. The events that follow for a declaration
    /// with this life.
    pub(super) fn charge(
        &self,
        filing: (i64, &str),
        owed: &Owed,
        life: &Life,
    ) -> Result<Vec<Event>, Fault> {
        self.with_books(|books| self.charged(books, filing, owed, life))
    }

    fn charged(
        &self,
        books: &mut Books,
        filing: (i64, &str),
        owed: &Owed,
        life: &Life,
    ) -> Result<Vec<Event>, Fault> {
        let taken = books.ledger.taken();
        let declaration = &owed.debt.declaration;
        books.bring(self.db, declaration)?;
        // Who was charged first stays the debtor: another who is named later owes nothing twice.
        let first = books.ledger.debts_of(declaration).next().map(|(debt, _)| debt.clone());
        let known = first.is_some();
        let (debt, day) = (&first.unwrap_or_else(|| owed.debt.clone()), owed.day);
        let slip = |what: &str| -> Result<Slip, Fault> {
            let key = format!("{what} {}", filing.1).parse().map_err(fault)?;
            let mark = if owed.mark.is_empty() { "" } else { ": " };
            Ok(Slip { key, day, note: format!("filing {}{mark}{}", filing.1, owed.mark) })
        };
        if known {
            self.write_known(filing.0, declaration, owed.charge.is_some())?;
        }
        let posting = match (&owed.charge, known) {
            // What is not known is not charged, and what was charged before settles nothing of it.
            (None, true) if !life.owes() => return Ok(vec![life.wants_again()]),
            (None, _) => return Ok(Vec::new()),
            (Some(charge), false) if charge.is_nothing() => {
                return Ok(Vec::from_iter(life.owes().then(|| life.settles())));
            }
            (Some(charge), false) => {
                Some(books.ledger.charge(slip("charge")?, debt, charge).map_err(fault)?)
            }
            (Some(charge), true) => match books.ledger.amend(slip("amend")?, debt, charge) {
                Ok(posting) => Some(posting),
                Err(Refusal::NothingToPost) => None,
                Err(why) => return Err(fault(why)),
            },
        };
        if let Some(posting) = posting {
            books.ledger.apply(posting).map_err(fault)?;
        }
        let mut events = Vec::new();
        let open = |books: &Books| books.ledger.standing(debt).filter(|s| !s.settled().releases());
        if let Some(standing) = open(books) {
            let mut named: Vec<&DefermentId> = Vec::new();
            for id in &owed.deferments {
                let holders = books::holders(self.db, id)?;
                if owed.parties.iter().any(|party| holders.contains(party)) {
                    named.push(id);
                }
            }
            // What has to be secured and is not owed yet is no matter of a deferment account.
            let amount = standing.due - standing.received - standing.deferred;
            let money = Money { amount, currency: standing.currency };
            if amount > Decimal::ZERO && !named.is_empty() {
                let deferred = named
                    .iter()
                    .find_map(|id| books.ledger.defer(slip("defer").ok()?, debt, id, money).ok());
                match deferred {
                    Some(posting) => drop(books.ledger.apply(posting).map_err(fault)?),
                    None if !life.has(Event::FundsShort) => events.push(Event::FundsShort),
                    None => {}
                }
            }
        }
        if let Some(standing) = open(books) {
            let money = Money { amount: standing.outstanding(), currency: standing.currency };
            self.ask(filing.0, Payable::Debt(debt.clone()), money, &owed.prefix)?;
        }
        self.write_postings(books, taken, filing.0)?;
        events.extend(settles(self.db, books, &debt.declaration, life)?);
        Ok(events)
    }

    /// Charges a declaration of before the ledger by what its standing opinion says it owes, where it waits
    /// for payment and nothing was charged; whether it did.
    pub(crate) fn charge_old(&self, filing: &Filing, owed: &Owed) -> Result<bool, Fault> {
        let declaration = &owed.debt.declaration;
        let (life, _) = super::life(self.db, declaration.as_str())?;
        let charged = self.with_books(|books| {
            books.bring(self.db, declaration)?;
            Ok(books.ledger.debts_of(declaration).next().is_some())
        })?;
        if charged || !life.owes() || life.state().is_over() {
            return Ok(false);
        }
        let seq = self.filing(filing)?;
        let events = self.charge((seq, &filing.id), owed, &life)?;
        self.happen(seq, declaration.as_str(), &filing.at, life, &events)?;
        Ok(true)
    }

    /// Says that declarations of before the ledger were charged; it is not done again.
    pub(crate) fn old_are_charged(&self, at: &str) -> Result<(), Fault> {
        self.db.execute("INSERT INTO old_charged (at) VALUES (?1)", [at])?;
        Ok(())
    }

    /// Writes whether what a declaration owes is known, where that is otherwise than it was.
    fn write_known(
        &self,
        filing: i64,
        declaration: &DeclarationId,
        known: bool,
    ) -> Result<(), Fault> {
        if books::is_unknown(self.db, declaration)? != known {
            return Ok(());
        }
        self.db
            .prepare_cached(
                "INSERT INTO debt_known (declaration, known, filing) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![declaration.as_str(), known, filing])?;
        Ok(())
    }

    /// Owes nothing any more for a declaration that is ended: what was deferred and secured is free, what
    /// was paid is over.
    pub(super) fn uncharge(&self, filing: i64, mrn: &str) -> Result<(), Fault> {
        let Ok(declaration) = mrn.parse::<DeclarationId>() else { return Ok(()) };
        self.with_books(|books| {
            books.bring(self.db, &declaration)?;
            let taken = books.ledger.taken();
            let debts = books.ledger.debts_of(&declaration).map(|(debt, _)| debt.clone());
            for debt in debts.collect::<Vec<_>>() {
                cancel(&mut books.ledger, &debt)?;
            }
            self.write_postings(books, taken, filing)
        })
    }

    /// Takes what a bank told, whole or not at all: what is said of it, or what was answered before.
    ///
    /// # Errors
    /// [`Fault`]; [`Fault::Refused`] where an entry cannot be taken.
    pub(crate) fn bank(
        &self,
        mut filing: Filing,
        entries: &[BankEntry],
        opinion: impl FnOnce(&Told) -> Vec<u8>,
    ) -> Result<Result<Vec<u8>, Lodged>, Fault> {
        if let Some(before) = self.before(&filing)? {
            return Ok(Err(before));
        }
        // What is said of the entries is kept with the filing, and they with its number: nobody else
        // writes, so that it is known before.
        let sql = "SELECT coalesce(max(seq), 0) + 1 FROM filing";
        let seq: i64 = self.db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        let (touched, opinion) = self.with_books(|books| {
            let taken = books.ledger.taken();
            let mut told = Vec::with_capacity(entries.len());
            for entry in entries {
                // Each is looked up by those after it, so that it is written at once.
                let before = books.ledger.taken();
                told.push(told::take(self.db, books, seq, entry)?);
                self.write_postings(books, before, seq)?;
            }
            told::write_message(self.db, seq, &filing.digest, entries.len())?;
            Ok((touched(&books.ledger, taken), opinion(&told)))
        })?;
        filing.opinion = super::pack(&opinion)?;
        if self.filing(&filing)? != seq {
            return Err(fault("a filing came between"));
        }
        self.settle(seq, &filing.at, &touched)?;
        Ok(Ok(opinion))
    }

    /// Does what a person decided about money.
    ///
    /// # Errors
    /// [`Fault`]; within, why the ledger does not take it.
    pub(crate) fn money_act(
        &self,
        filing: &Filing,
        (about, intent): (About, Option<Intent>),
        holders: Option<(DefermentId, Vec<String>)>,
        ask: Option<Ask>,
    ) -> Result<Result<(Lodged, Option<CreditorReference>), Refusal>, Fault> {
        if let Some(before) = self.before(filing)? {
            return Ok(Ok((before, None)));
        }
        let done = self.with_books(|books| {
            let taken = books.ledger.taken();
            if let Some(intent) = intent {
                match self.post(books, &about, intent)? {
                    // The limit stays, and others may use the account.
                    Err(Refusal::NothingToPost) if holders.is_some() => {}
                    Err(why) => return Ok(Err(why)),
                    Ok(_) => {}
                }
            }
            let seq = self.filing(filing)?;
            self.write_postings(books, taken, seq)?;
            if let Some((id, wanted)) = holders {
                self.write_holders(seq, &id, &wanted)?;
            }
            let asked = ask.map(|Ask { deferment, money, prefix }| {
                self.ask(seq, Payable::Deferment(deferment), money, &prefix)
            });
            Ok(Ok((seq, asked.transpose()?, touched(&books.ledger, taken))))
        })?;
        let (seq, reference, touched) = match done {
            Ok(done) => done,
            Err(why) => return Ok(Err(why)),
        };
        self.settle(seq, &filing.at, &touched)?;
        Ok(Ok((Lodged::Written, reference)))
    }

    /// Posts what a person decided, with what it is about at hand; the key of the posting, or why the ledger
    /// does not take it.
    fn post(
        &self,
        books: &mut Books,
        about: &About,
        intent: Intent,
    ) -> Result<Result<Key, Refusal>, Fault> {
        if let Some(declaration) = &about.declaration {
            books.bring(self.db, declaration)?;
        }
        if let Some(posting) = &about.posting {
            books.bring_posting(self.db, posting)?;
        }
        let posting = match intent(&books.ledger) {
            Ok(posting) => posting,
            Err(why) => return Ok(Err(why)),
        };
        if self.undoes_an_order(books, &posting)? {
            return Ok(Err(Refusal::OnlyTheBank));
        }
        let key = posting.key().clone();
        Ok(books.ledger.apply(posting).map(|_| key))
    }

    /// Lodges what decides on a request with what it decides about the money of its declaration: all of it or
    /// nothing.
    ///
    /// # Errors
    /// [`Fault::Refused`] where the ledger does not take it, or it is of something else.
    pub(crate) fn lodge_with_money(
        &self,
        lodge: &Lodge,
        mrn: &str,
        intents: Vec<(About, Intent)>,
    ) -> Result<Lodged, Fault> {
        let declaration: DeclarationId = mrn.parse().map_err(fault)?;
        // Before anything follows: what opens the debt again holds the goods that would go by the decision.
        self.lodge_with(lodge, |seq, life| {
            self.with_books(|books| {
                let taken = books.ledger.taken();
                for (about, intent) in intents {
                    let before = books.ledger.taken();
                    let key = self.post(books, &about, intent)?.map_err(Fault::Refused)?;
                    let of = touched(&books.ledger, before);
                    if of != BTreeSet::from([declaration.clone()]) {
                        return Err(Fault::Refused(Refusal::NoSuchPosting(key)));
                    }
                }
                self.write_postings(books, taken, seq)?;
                settles(self.db, books, &declaration, life)
            })
        })
    }

    /// Asks for what is open of a declaration's debt in another currency: how much that is, and until when
    /// it is taken, is worked out by `price` of what is open now.
    ///
    /// # Errors
    /// [`Fault`]; within, that nothing is open.
    pub(crate) fn ask_for(
        &self,
        filing: &Filing,
        declaration: &DeclarationId,
        prefix: &str,
        price: impl FnOnce(Money) -> Option<(Money, Day)>,
    ) -> Result<Result<Lodged, Refusal>, Fault> {
        if let Some(before) = self.before(filing)? {
            return Ok(Ok(before));
        }
        self.with_books(|books| {
            books.bring(self.db, declaration)?;
            let open = books.ledger.debts_of(declaration).find_map(|(debt, standing)| {
                let amount = standing.outstanding();
                let money = Money { amount, currency: standing.currency };
                (amount > Decimal::ZERO).then(|| (debt.clone(), money))
            });
            let Some((debt, worth)) = open else { return Ok(Err(Refusal::NothingToPost)) };
            let Some((money, until)) = price(worth) else {
                return Ok(Err(Refusal::NotAnAmount(worth.amount)));
            };
            let seq = self.filing(filing)?;
            let until = (worth, Some(until));
            self.ask_in(seq, Payable::Debt(debt), money, until, prefix)?;
            Ok(Ok(Lodged::Written))
        })
    }

    /// Writes who may use a deferment account from now on: these and nobody else.
    fn write_holders(&self, filing: i64, id: &DefermentId, wanted: &[String]) -> Result<(), Fault> {
        let before = books::holders(self.db, id)?;
        let gone = before.iter().filter(|h| !wanted.contains(h)).map(|h| (h, false));
        let new = wanted.iter().filter(|h| !before.contains(*h)).map(|h| (h, true));
        for (holder, may) in gone.chain(new) {
            self.db
                .prepare_cached(
                    "INSERT INTO deferment_holder (deferment, holder, may, filing)
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![id.as_str(), holder, may, filing])?;
        }
        Ok(())
    }

    /// Has happen what follows for declarations whose debt moved.
    fn settle(
        &self,
        filing: i64,
        at: &str,
        touched: &BTreeSet<DeclarationId>,
    ) -> Result<(), Fault> {
        for declaration in touched {
            let (life, _) = super::life(self.db, declaration.as_str())?;
            let event = self.with_books(|books| {
                books.bring(self.db, declaration)?;
                settles(self.db, books, declaration, &life)
            })?;
            if let Some(event) = event {
                self.happen(filing, declaration.as_str(), at, life, &[event])?;
            }
        }
        Ok(())
    }

    /// Does something with the books, as the writer sees them.
    pub(super) fn with_books<T>(
        &self,
        work: impl FnOnce(&mut Books) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut held = lock(self.books);
        if held.is_none() {
            // Nothing of this commit is posted yet: what is read is on the disk.
            let books = Books::read(self.db)?;
            self.shown.set(books.ledger.sums().clone());
            *held = Some(books);
        }
        work(held.as_mut().ok_or(Fault::Stopped)?)
    }
}
