//! The books of the house in memory: the ledger, what was asked for and what banks told, read from the
//! tables once; the writer keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use fondaco::consignment::{Event, Life};
use fondaco::day::Day;
use fondaco::ledger::{
    Account, BankEntry, CreditorReference, Debt, DeclarationId, DefermentId, Entry, Intake, Key,
    Ledger, Payable, PaymentRequest, Posting, Reason, Refusal, Slip, Standing, Taken, Why,
};
use fondaco::money::{Decimal, Money};
use fondaco_wire::{Limits, iso20022};
use rusqlite::Connection;

use super::money::BANK;
use super::{Fault, lock, unpack};

/// The ledger and what stands beside it, read from the tables once; the writer keeps it.
pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) intake: Intake,
    /// Payment requests of declarations, oldest first.
    pub(crate) asked: BTreeMap<DeclarationId, Vec<CreditorReference>>,
    /// Payment requests of deferment accounts, oldest first.
    pub(crate) asked_of: BTreeMap<DefermentId, Vec<CreditorReference>>,
    /// Who may use a deferment account.
    pub(crate) holders: BTreeMap<DefermentId, BTreeSet<String>>,
    /// Declarations whose debt was charged and is not known any more.
    pub(super) unknown: BTreeSet<DeclarationId>,
    pub(super) requests: u64,
    /// How often something of this was changed, so that a job that is undone and changed nothing costs
    /// nothing.
    pub(super) changes: u64,
}

pub(super) fn fault(what: impl std::fmt::Display) -> Fault {
    Fault::Engine(format!("money: {what}"))
}

impl Books {
    /// Everything the tables have.
    pub(super) fn read(db: &Connection) -> Result<Self, Fault> {
        let mut entries: BTreeMap<i64, Vec<Entry>> = BTreeMap::new();
        let mut statement = db.prepare_cached(
            "SELECT posting, account, a, b, c, currency, amount FROM posting_entry ORDER BY rowid",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |n: usize| row.get::<_, String>(n);
            let (kind, a, b, c) = (text(1)?, text(2)?, text(3)?, text(4)?);
            let account = Account::of_columns(&kind, [&a, &b, &c]);
            let account =
                account.ok_or_else(|| fault(format!("no account: {kind} {a} {b} {c}")))?;
            let currency = text(5)?.parse().map_err(fault)?;
            let amount = text(6)?.parse().map_err(fault)?;
            let money = Money { amount, currency };
            entries.entry(row.get(0)?).or_default().push(Entry { account, money });
        }
        let mut postings = Vec::new();
        let mut statement = db.prepare_cached(
            "SELECT seq, key, day, reason, note, reverses FROM posting ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key: Key = row.get::<_, String>(1)?.parse().map_err(fault)?;
            let day = Day::from_number(row.get(2)?).map_err(fault)?;
            let reason: String = row.get(3)?;
            let reason = Reason::named(&reason).ok_or_else(|| fault(reason))?;
            let reverses: Option<String> = row.get(5)?;
            let reverses = reverses.map(|key| key.parse()).transpose().map_err(fault)?;
            let of = entries.remove(&row.get(0)?).unwrap_or_default();
            let note: String = row.get(4)?;
            postings.push(Posting::stored(key, day, reason, note, reverses, of).map_err(fault)?);
        }
        let ledger = Ledger::fold(postings).map_err(|(key, why)| fault(format!("{key}: {why}")))?;
        let mut books = Self {
            ledger,
            intake: Intake::of([]),
            asked: BTreeMap::new(),
            asked_of: BTreeMap::new(),
            holders: BTreeMap::new(),
            unknown: BTreeSet::new(),
            requests: 0,
            changes: 0,
        };
        let mut statement = db.prepare_cached(
            "SELECT reference, declaration, debtor, deferment, currency, amount, worth_currency,
               worth, until FROM payment_request ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |n: usize| row.get::<_, String>(n);
            let (declaration, debtor, deferment) = (text(1)?, text(2)?, text(3)?);
            let payable = match deferment.is_empty() {
                true => Payable::Debt(Debt {
                    declaration: declaration.parse().map_err(fault)?,
                    debtor: debtor.parse().map_err(fault)?,
                }),
                false => Payable::Deferment(deferment.parse().map_err(fault)?),
            };
            let currency = text(4)?.parse().map_err(fault)?;
            let money = Money { amount: text(5)?.parse().map_err(fault)?, currency };
            let reference = text(0)?.parse().map_err(fault)?;
            let currency = text(6)?.parse().map_err(fault)?;
            let worth = Money { amount: text(7)?.parse().map_err(fault)?, currency };
            let until = row.get::<_, Option<i32>>(8)?.map(Day::from_number).transpose();
            let until = until.map_err(fault)?;
            let request = PaymentRequest { reference, payable, money, worth, until };
            books.keep(request).map_err(fault)?;
        }
        let mut statement =
            db.prepare_cached("SELECT deferment, holder, may FROM deferment_holder ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get::<_, String>(0)?.parse().map_err(fault)?;
            books.hold(id, row.get(1)?, row.get(2)?);
        }
        let mut statement =
            db.prepare_cached("SELECT declaration, known FROM debt_known ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let declaration = row.get::<_, String>(0)?.parse().map_err(fault)?;
            books.tell_known(declaration, row.get(1)?);
        }
        let mut statement = db.prepare_cached(
            "SELECT body FROM filing WHERE format = ?1 AND outcome = 'accepted' ORDER BY seq",
        )?;
        let mut rows = statement.query([BANK])?;
        while let Some(row) = rows.next()? {
            let body = unpack(row, 0)?;
            let message = iso20022::read(&body, &Limits::default())
                .map_err(|_| fault("a bank's message that was taken cannot be read"))?;
            for entry in message.entries() {
                books.take(entry).map_err(fault)?;
            }
        }
        Ok(books)
    }

    pub(super) fn keep(&mut self, request: PaymentRequest) -> Result<(), Refusal> {
        self.intake.ask(request.clone())?;
        self.requests += 1;
        match request.payable {
            Payable::Debt(debt) => self.asked.entry(debt.declaration).or_default(),
            Payable::Deferment(id) => self.asked_of.entry(id).or_default(),
        }
        .push(request.reference);
        Ok(())
    }

    pub(super) fn tell_known(&mut self, declaration: DeclarationId, known: bool) {
        if known {
            self.unknown.remove(&declaration);
        } else {
            self.unknown.insert(declaration);
        }
    }

    pub(super) fn hold(&mut self, id: DefermentId, holder: String, may: bool) {
        let holders = self.holders.entry(id).or_default();
        if may {
            holders.insert(holder);
        } else {
            holders.remove(&holder);
        }
    }

    pub(super) fn take(&mut self, entry: &BankEntry) -> Result<Vec<Taken>, Refusal> {
        // Whether it is the house's own was looked at when the message came.
        self.intake.open(entry.account.clone());
        self.intake.take(&mut self.ledger, entry)
    }

    /// Whether nothing of a declaration is owed any more: all is received or deferred, and nothing of it
    /// is only secured. `None` where it was never charged or something is open.
    fn is_final(&self, declaration: &DeclarationId) -> Option<bool> {
        if !self.ledger.releases(declaration) {
            return None;
        }
        let is_final =
            |(_, s): (&Debt, &Standing)| s.outstanding() <= Decimal::ZERO && s.contingent.is_zero();
        Some(self.ledger.debts_of(declaration).all(is_final))
    }
}

/// How often the books were changed; 0 where they are not read.
pub(super) fn changes(books: &Mutex<Option<Books>>) -> u64 {
    lock(books).as_ref().map_or(0, |b| b.changes)
}

/// Reads the books again where they were changed since by what is undone. Where that fails they are read
/// when they are wanted next.
pub(super) fn undo(db: &Connection, books: &Mutex<Option<Books>>, since: u64) {
    let mut books = lock(books);
    if books.as_ref().is_some_and(|b| b.changes != since) {
        *books = Books::read(db).ok();
        if let Some(books) = books.as_mut() {
            books.changes = since + 1;
        }
    }
}

/// Declarations of which something was posted since.
pub(super) fn touched(ledger: &Ledger, taken: usize) -> BTreeSet<DeclarationId> {
    let entries = ledger.since(taken).flat_map(Posting::entries);
    entries.filter_map(|e| e.account.debt()).map(|debt| debt.declaration.clone()).collect()
}

/// What a declaration's debt, as it stands, has happen that has not: it is open again, secured or settled.
pub(super) fn settles(books: &Books, declaration: &DeclarationId, life: &Life) -> Option<Event> {
    let charged = books.ledger.debts_of(declaration).next().is_some();
    if !charged || books.unknown.contains(declaration) {
        return None;
    }
    match books.is_final(declaration) {
        Some(true) => (!life.is_settled()).then(|| life.settles()),
        Some(false) => life.owes().then(|| life.secures()),
        None => (!life.owes()).then(|| life.wants_again()),
    }
}

/// Takes back what is owed of a debt, and frees what stands for it.
pub(super) fn cancel(ledger: &mut Ledger, debt: &Debt) -> Result<(), Fault> {
    // A declaration is ended once, and no debt has a day of its own to be told by.
    let slip = |what: String| -> Result<Slip, Fault> {
        let key =
            format!("{what} of {} {}", debt.declaration, debt.debtor).parse().map_err(fault)?;
        Ok(Slip { key, day: crate::cli::today(), note: "the declaration was ended".to_owned() })
    };
    match ledger.cancel(slip("cancel".to_owned())?, debt, Why::Cancellation) {
        Ok(posting) => drop(ledger.apply(posting).map_err(fault)?),
        Err(Refusal::NothingToPost) => {}
        Err(why) => return Err(fault(why)),
    }
    let held: Vec<(Account, Money)> =
        ledger.stands_for(debt).map(|(account, money)| (account.clone(), money)).collect();
    for (account, money) in held {
        let posting = match &account {
            Account::Deferred(_, id) => {
                ledger.undefer(slip(format!("undefer {id}"))?, debt, id, money)
            }
            Account::Secured(_, id) => {
                ledger.release(slip(format!("release {id}"))?, debt, id, money)
            }
            _ => continue,
        };
        ledger.apply(posting.map_err(fault)?).map_err(fault)?;
    }
    Ok(())
}
