//! The books of the house: the sums in memory, everything of one debt in rows that are brought to hand where
//! they are wanted. The writer keeps them.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::consignment::{Event, Life};
use fondaco::day::Day;
use fondaco::ledger::{
    Account, Change, CreditorReference, Debt, DeclarationId, DefermentId, Entry, Key, Ledger, Mark,
    Payable, PaymentRequest, Posting, Reason, Refusal, Slip, Standing, Sums, Why,
};
use fondaco::money::{Decimal, Money};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Fault, sums};

/// What the writer keeps of the books in memory.
pub(crate) struct Books {
    /// Sums over everything, and of the debts those that the job under way looks at.
    pub(crate) ledger: Ledger,
    /// Postings since the last checkpoint, without those of the commit under way.
    tail: usize,
    /// Whether the commit under way wrote a checkpoint.
    checked: bool,
    /// The row of the last posting, without those of the commit under way.
    last: i64,
}

pub(super) fn fault(what: impl std::fmt::Display) -> Fault {
    Fault::Engine(format!("money: {what}"))
}

impl Books {
    /// The sums, as the last checkpoint and what was posted since have them.
    pub(super) fn read(db: &Connection) -> Result<Self, Fault> {
        let (sums, tail) = sums::read(db)?;
        Ok(Self { ledger: Ledger::of_sums(sums), tail, checked: false, last: last_posting(db)? })
    }

    /// Brings the debts of a declaration to hand.
    pub(super) fn bring(&mut self, db: &Connection, of: &DeclarationId) -> Result<(), Fault> {
        if !self.ledger.has_at_hand(of) {
            self.ledger.recall(of, postings_touching(db, of)?);
        }
        Ok(())
    }

    /// Brings a posting to hand, with which reversed it and the debts it touches; whether there is one.
    pub(super) fn bring_posting(&mut self, db: &Connection, key: &Key) -> Result<bool, Fault> {
        if self.ledger.posting(key).is_none() {
            let sql = "SELECT seq FROM posting WHERE key = ?1";
            let seq = db.prepare_cached(sql)?.query_row([key.as_str()], |row| row.get(0));
            let Some(seq) = seq.optional()? else { return Ok(false) };
            let sql = "SELECT key FROM posting WHERE reverses = ?1";
            let by: Option<String> =
                db.prepare_cached(sql)?.query_row([key.as_str()], |row| row.get(0)).optional()?;
            let by = by.map(|key| key.parse()).transpose().map_err(fault)?;
            self.ledger.recall_posting(posting_at(db, seq)?, by);
        }
        let posting = self.ledger.posting(key);
        let debts = posting.into_iter().flat_map(Posting::entries).filter_map(|e| e.account.debt());
        let declarations: BTreeSet<DeclarationId> = debts.map(|d| d.declaration.clone()).collect();
        for declaration in declarations {
            self.bring(db, &declaration)?;
        }
        Ok(true)
    }

    /// Has what was done since the last commit kept; what changed in the sums.
    pub(super) fn keep(&mut self) -> Vec<Change> {
        let more = self.ledger.unkept();
        self.tail = if self.checked { 0 } else { self.tail + more };
        self.last = self.last.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
        self.checked = false;
        self.ledger.keep()
    }

    /// Undoes what was done since a mark; of the whole commit where there is none.
    pub(super) fn undo(&mut self, to: Option<Mark>) {
        if to.is_none() {
            self.checked = false;
        }
        self.ledger.undo(to.unwrap_or_default());
        self.ledger.put_away();
    }

    /// Whether everything that was posted has a row; writes a checkpoint where so much was posted that a
    /// start would be slow without one.
    ///
    /// # Errors
    /// [`Fault`], by which the commit is lost: money that is in memory alone would be gone at the next start.
    pub(super) fn check(&mut self, db: &Connection) -> Result<(), Fault> {
        let more = self.ledger.unkept();
        let rows = last_posting(db)?.saturating_sub(self.last);
        if i64::try_from(more) != Ok(rows) {
            return Err(fault(format!("{more} postings and {rows} rows of them")));
        }
        let tail = self.tail + more;
        if sums::is_due(tail, self.ledger.sums()) {
            sums::write(db, self.ledger.sums())?;
            self.checked = true;
        }
        Ok(())
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

/// The row of the last posting. Rows are numbered one after another: none is ever deleted.
fn last_posting(db: &Connection) -> Result<i64, Fault> {
    let sql = "SELECT coalesce(max(seq), 0) FROM posting";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// An entry by the columns of its account, its currency and its amount.
pub(super) fn entry(row: &Row<'_>) -> Result<Entry, Fault> {
    let text = |n: usize| row.get::<_, String>(n);
    let (kind, a, b, c) = (text(0)?, text(1)?, text(2)?, text(3)?);
    let account = Account::of_columns(&kind, [&a, &b, &c]);
    let account = account.ok_or_else(|| fault(format!("no account: {kind} {a} {b} {c}")))?;
    let currency = text(4)?.parse().map_err(fault)?;
    let amount = text(5)?.parse().map_err(fault)?;
    Ok(Entry { account, money: Money { amount, currency } })
}

/// A posting as its row has it.
struct Stored {
    key: String,
    day: i32,
    reason: String,
    note: String,
    reverses: Option<String>,
    entries: Vec<Entry>,
}

impl Stored {
    /// Without its entries, by its columns from this one on.
    fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Self> {
        let (key, day, reason) = (row.get(at)?, row.get(at + 1)?, row.get(at + 2)?);
        let (note, reverses) = (row.get(at + 3)?, row.get(at + 4)?);
        Ok(Self { key, day, reason, note, reverses, entries: Vec::new() })
    }

    fn posting(self) -> Result<Posting, Fault> {
        let key: Key = self.key.parse().map_err(fault)?;
        let day = Day::from_number(self.day).map_err(fault)?;
        let reason = Reason::named(&self.reason).ok_or_else(|| fault(&self.reason))?;
        let reverses = self.reverses.map(|key| key.parse()).transpose().map_err(fault)?;
        Posting::stored(key, day, reason, self.note, reverses, self.entries).map_err(fault)
    }
}

/// The posting in this row.
fn posting_at(db: &Connection, seq: i64) -> Result<Posting, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT account, a, b, c, currency, amount FROM posting_entry WHERE posting = ?1 ORDER BY rowid",
    )?;
    let mut rows = statement.query([seq])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    let mut statement =
        db.prepare_cached("SELECT key, day, reason, note, reverses FROM posting WHERE seq = ?1")?;
    let stored = statement.query_row([seq], |row| Stored::read(row, 0))?;
    Stored { entries, ..stored }.posting()
}

/// The postings that touch a debt of a declaration, in their order.
fn postings_touching(db: &Connection, of: &DeclarationId) -> Result<Vec<Posting>, Fault> {
    let mut statement = db.prepare_cached(concat!(
        "SELECT account, a, b, c, currency, amount, key, day, reason, note, reverses, seq
         FROM posting JOIN posting_entry e ON e.posting = seq
         WHERE seq IN (SELECT posting FROM posting_entry WHERE a = ?1 AND ",
        of_a_debt!(),
        ") ORDER BY seq, e.rowid"
    ))?;
    let mut rows = statement.query([of.as_str()])?;
    let mut all: Vec<(i64, Stored)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (seq, one) = (row.get(11)?, entry(row)?);
        match all.last_mut().filter(|(last, _)| *last == seq) {
            Some((_, stored)) => stored.entries.push(one),
            None => all.push((seq, Stored { entries: vec![one], ..Stored::read(row, 6)? })),
        }
    }
    all.into_iter().map(|(_, stored)| stored.posting()).collect()
}

/// The debts of a declaration and their figures, for who looks at them beside the writer.
pub(super) fn debts_of(
    db: &Connection,
    of: &DeclarationId,
) -> Result<Vec<(Debt, Standing)>, Fault> {
    let mut ledger = Ledger::of_sums(Sums::default());
    ledger.recall(of, postings_touching(db, of)?);
    Ok(ledger.debts_of(of).map(|(debt, standing)| (debt.clone(), *standing)).collect())
}

const REQUEST: &str = "reference, declaration, debtor, deferment, currency, amount, worth_currency,
    worth, until";

fn request_of(row: &Row<'_>) -> Result<PaymentRequest, Fault> {
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
    // One from before there were other currencies has none.
    let worth = match &*text(6)? {
        "" => money,
        currency => Money {
            amount: text(7)?.parse().map_err(fault)?,
            currency: currency.parse().map_err(fault)?,
        },
    };
    let until = row.get::<_, Option<i32>>(8)?.map(Day::from_number).transpose();
    Ok(PaymentRequest { reference, payable, money, worth, until: until.map_err(fault)? })
}

/// The request with this reference.
pub(super) fn request(
    db: &Connection,
    reference: &CreditorReference,
) -> Result<Option<PaymentRequest>, Fault> {
    let sql = format!("SELECT {REQUEST} FROM payment_request WHERE reference = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([reference.as_str()])?;
    rows.next()?.map(request_of).transpose()
}

/// Payment requests of a declaration, oldest first.
pub(super) fn requests_of(
    db: &Connection,
    of: &DeclarationId,
) -> Result<Vec<PaymentRequest>, Fault> {
    let sql = format!(
        "SELECT {REQUEST} FROM payment_request WHERE declaration = ?1 AND declaration <> '' ORDER BY seq"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([of.as_str()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(request_of(row)?);
    }
    Ok(all)
}

/// Who may use a deferment account.
pub(super) fn holders(db: &Connection, of: &DefermentId) -> Result<BTreeSet<String>, Fault> {
    let sql = "SELECT holder, may FROM deferment_holder WHERE deferment = ?1 ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([of.as_str()])?;
    let mut all = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let holder: String = row.get(0)?;
        if row.get(1)? {
            all.insert(holder);
        } else {
            all.remove(&holder);
        }
    }
    Ok(all)
}

/// Who may use which deferment account.
pub(super) fn all_holders(db: &Connection) -> Result<BTreeMap<String, BTreeSet<String>>, Fault> {
    let sql = "SELECT deferment, holder, may FROM deferment_holder ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (holders, holder) = (all.entry(row.get(0)?).or_default(), row.get(1)?);
        if row.get(2)? {
            holders.insert(holder);
        } else {
            holders.remove(&holder);
        }
    }
    Ok(all)
}

/// Whether the debt of a declaration was charged and is not known any more.
pub(super) fn is_unknown(db: &Connection, of: &DeclarationId) -> Result<bool, Fault> {
    let sql = "SELECT known FROM debt_known WHERE declaration = ?1 ORDER BY seq DESC LIMIT 1";
    let known: Option<bool> =
        db.prepare_cached(sql)?.query_row([of.as_str()], |row| row.get(0)).optional()?;
    Ok(known == Some(false))
}

/// Declarations of which something was posted since.
pub(super) fn touched(ledger: &Ledger, taken: usize) -> BTreeSet<DeclarationId> {
    let entries = ledger.since(taken).flat_map(Posting::entries);
    entries.filter_map(|e| e.account.debt()).map(|debt| debt.declaration.clone()).collect()
}

/// What a declaration's debt, as it stands, has happen that has not: it is open again, secured or settled.
/// Its debts have to be at hand.
pub(super) fn settles(
    db: &Connection,
    books: &Books,
    declaration: &DeclarationId,
    life: &Life,
) -> Result<Option<Event>, Fault> {
    let charged = books.ledger.debts_of(declaration).next().is_some();
    if !charged {
        return Ok(None);
    }
    if is_unknown(db, declaration)? {
        // Nothing settles what is not known. A house of an older program may have let it pass by what was
        // charged before: that opens again where it is taken back.
        let opens = books.is_final(declaration).is_none() && !life.owes();
        return Ok(opens.then(|| life.wants_again()));
    }
    Ok(match books.is_final(declaration) {
        Some(true) => (!life.is_settled()).then(|| life.settles()),
        Some(false) => life.owes().then(|| life.secures()),
        None => (!life.owes()).then(|| life.wants_again()),
    })
}

/// Takes back what is owed of a debt, and frees what stands for it and is not needed.
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
        let free = |ledger: &Ledger, money| -> Result<Result<Posting, Refusal>, Fault> {
            match &account {
                Account::Deferred(_, id) => {
                    Ok(ledger.undefer(slip(format!("undefer {id}"))?, debt, id, money))
                }
                Account::Secured(_, id) => {
                    Ok(ledger.release(slip(format!("release {id}"))?, debt, id, money))
                }
                _ => Ok(Err(Refusal::NothingToPost)),
            }
        };
        let posting = match free(ledger, money)? {
            // What the bank took back after it was given back is still due: what stands for it stays.
            Err(Refusal::StillDue(spare)) if spare.amount > Decimal::ZERO => free(ledger, spare)?,
            all => all,
        };
        match posting {
            Ok(posting) => drop(ledger.apply(posting).map_err(fault)?),
            Err(Refusal::StillDue(_) | Refusal::NothingToPost) => {}
            Err(why) => return Err(fault(why)),
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use fondaco::ledger::{BankEntry, Charge, Part, RefundId, Side, Source, Status, Told};
    use fondaco::token::Token;

    use super::*;
    use crate::store::{About, Filing, Intent, Lodge, Lodged, Owed, Store, Sync, lock};

    /// Numbers by chance, the same on every machine.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % sides
        }
    }

    pub(in crate::store) fn gbp(amount: u64) -> Money {
        Money { amount: amount.into(), currency: "GBP".parse().unwrap() }
    }

    pub(in crate::store) fn debt(n: u64) -> Debt {
        let declaration = format!("M{n}").parse().unwrap();
        Debt { declaration, debtor: "Trader".parse().unwrap() }
    }

    pub(in crate::store) fn filing(n: u64) -> Filing {
        Filing { id: format!("f{n}"), lrn: format!("f{n}"), ..Filing::default() }
    }

    pub(in crate::store) fn lodge(n: u64, which: u64, amount: u64) -> Lodge {
        let lines = [(Token::lossy("A00"), gbp(amount).amount)];
        let owed = Owed {
            debt: debt(which),
            charge: Some(Charge::new(gbp(0).currency, lines, Decimal::ZERO).unwrap()),
            deferments: Vec::new(),
            parties: Vec::new(),
            prefix: "GB".into(),
            day: crate::cli::today(),
            mark: "",
        };
        let mrn = format!("M{which}");
        let filing = Filing { mrn: format!("{mrn}-{n}"), ..filing(n) };
        Lodge {
            filing,
            events: vec![Event::Accepted],
            owed: Some(Box::new(owed)),
            ..Lodge::default()
        }
    }

    pub(in crate::store) fn entry(n: u64, number: u64, amount: u64, way: u64) -> BankEntry {
        let side = if way == 0 { Side::Debit } else { Side::Credit };
        let reference = CreditorReference::numbered("GB", number).unwrap().as_str().to_owned();
        let part = Part {
            money: gbp(amount),
            side,
            servicer_reference: String::new(),
            end_to_end: String::new(),
            references: vec![reference],
        };
        BankEntry {
            told: if n.is_multiple_of(3) { Told::Statement } else { Told::Notification },
            message: format!("m{}", n / 2),
            statement: format!("s{}", n / 2),
            page: 0,
            number: 1,
            copy: false,
            account: "ACC".parse().unwrap(),
            money: gbp(amount),
            side,
            reversal: way == 0,
            status: Status::Booked,
            booked: Some(Day::of(2026, 11, 26).unwrap()),
            servicer_reference: if n.is_multiple_of(5) {
                format!("X{}", n / 4)
            } else {
                String::new()
            },
            entry_reference: String::new(),
            parts: vec![part],
            detailed: true,
        }
    }

    /// The sums of a fold of every posting there is, by the ledger itself.
    pub(in crate::store) fn folded(db: &Connection) -> Sums {
        let mut statement = db.prepare("SELECT seq FROM posting ORDER BY seq").unwrap();
        let rows = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let postings = rows.map(|seq| posting_at(db, seq.unwrap()).unwrap());
        let mut sums = Ledger::fold(postings).unwrap().sums().clone();
        sums.tidy();
        sums
    }

    /// What became of each part of what a bank tells.
    pub(in crate::store) fn tells(
        store: &Store,
        n: u64,
        entries: Vec<BankEntry>,
    ) -> Vec<&'static str> {
        let (sender, outcomes) = std::sync::mpsc::channel();
        let done = store.written_here(move |w| {
            w.bank(filing(n), &entries, |told| {
                for part in told.iter().flatten() {
                    sender.send(part.taken.outcome.name()).unwrap();
                }
                b"{}".to_vec()
            })
        });
        assert!(done.unwrap().is_ok());
        outcomes.iter().collect()
    }

    /// What a person decides of the debt of M0, by the act of this number.
    pub(in crate::store) fn decides(
        store: &Store,
        n: u64,
        what: impl FnOnce(&Ledger, Slip) -> Result<Posting, Refusal> + Send + 'static,
    ) -> Result<(), Refusal> {
        let about = About { declaration: Some(debt(0).declaration), posting: None };
        decides_about(store, n, about, what)
    }

    /// The same, of something else.
    pub(in crate::store) fn decides_about(
        store: &Store,
        n: u64,
        about: About,
        what: impl FnOnce(&Ledger, Slip) -> Result<Posting, Refusal> + Send + 'static,
    ) -> Result<(), Refusal> {
        let key = format!("act {n}").parse().unwrap();
        let slip = Slip { key, day: crate::cli::today(), note: String::new() };
        let intent: Intent = Box::new(move |ledger| what(ledger, slip));
        let with = (about, Some(intent));
        let done = store.written_here(move |w| w.money_act(&filing(n), with, None, None));
        done.unwrap().map(|_| ())
    }

    /// A declaration is ended though the bank took back what was given back already: what stands for that
    /// stays, the rest is free.
    #[test]
    fn what_stands_for_money_the_bank_took_back_stays_when_a_declaration_is_ended() {
        for ((deferred, back, secured), left) in [
            ((0, 100, 100), (0, 100)),
            ((0, 100, 130), (0, 100)),
            ((0, 60, 100), (0, 60)),
            ((100, 100, 0), (100, 0)),
            ((100, 60, 30), (60, 0)),
            ((100, 0, 30), (0, 0)),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("s.db");
            let store = Store::open(&path, Sync::Off).unwrap();
            store.open_books().unwrap();
            store.written_here(move |w| w.lodge(&lodge(0, 0, 100 + deferred))).unwrap();
            tells(&store, 1, vec![entry(1, 1, 100, 1)]);
            let (account, guarantee) = (|| "D".parse().unwrap(), || "G".parse().unwrap());
            if deferred > 0 {
                decides(&store, 2, move |l, s| l.limit(s, &account(), gbp(deferred))).unwrap();
                let defer = move |l: &Ledger, s| l.defer(s, &debt(0), &account(), gbp(deferred));
                decides(&store, 3, defer).unwrap();
            }
            decides(&store, 4, |l, s| l.cancel(s, &debt(0), Why::Appeal)).unwrap();
            decides(&store, 5, |l, s| {
                l.refund(s, &Source::Debt(debt(0)), &"R1".parse().unwrap(), gbp(100))
            })
            .unwrap();
            let mut out = BankEntry { reversal: false, ..entry(3, 1, 100, 0) };
            "R1".clone_into(&mut out.parts[0].end_to_end);
            assert_eq!(tells(&store, 6, vec![out]), ["refund-paid"]);
            if back > 0 {
                assert_eq!(tells(&store, 7, vec![entry(7, 1, back, 0)]), ["reversed"]);
            }
            if secured > 0 {
                decides(&store, 8, move |l, s| l.guarantee(s, &guarantee(), gbp(secured))).unwrap();
                let secure = move |l: &Ledger, s| l.secure(s, &debt(0), &guarantee(), gbp(secured));
                decides(&store, 9, secure).unwrap();
            }
            store
                .written_here(|w| {
                    let seq = w.filing(&filing(10))?;
                    w.uncharge(seq, "M0")
                })
                .unwrap();
            let (_, standing) = store.debts(&debt(0).declaration).unwrap()[0];
            let is = (standing.deferred, standing.secured);
            assert_eq!(is, (gbp(left.0).amount, gbp(left.1).amount), "{deferred} {back} {secured}");
            assert_eq!(store.sums(), folded(&Connection::open(&path).unwrap()));
            store.close();
        }
    }

    /// As an older program left it: settled, and unknown since. What the bank takes back of it opens the debt.
    #[test]
    fn what_the_bank_takes_back_of_a_debt_that_became_unknown_after_it_was_settled_opens_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("s.db"), Sync::Off).unwrap();
        store.open_books().unwrap();
        store
            .written_here(|w| {
                let mut lodge = lodge(0, 0, 100);
                lodge.events.push(Event::Accepted);
                lodge.events.push(Event::PaymentWanted(1));
                w.lodge(&lodge)
            })
            .unwrap();
        assert_eq!(tells(&store, 1, vec![entry(1, 1, 100, 1)]), ["matched"]);
        let owes = || store.life("M0").unwrap().0.owes();
        assert!(!owes());
        let unknown = "INSERT INTO debt_known (declaration, known, filing) VALUES ('M0', 0, 1)";
        store.written_here(|w| Ok(w.db.execute(unknown, [])?)).unwrap();
        // What else is decided of it opens nothing.
        decides(&store, 2, |l, s| l.guarantee(s, &"G".parse().unwrap(), gbp(5))).unwrap();
        decides(&store, 3, |l, s| l.secure(s, &debt(0), &"G".parse().unwrap(), gbp(5))).ok();
        assert!(!owes());
        assert_eq!(tells(&store, 7, vec![entry(7, 1, 40, 0)]), ["reversed"]);
        assert!(owes());
        // And nothing that is paid settles what is unknown.
        assert_eq!(tells(&store, 11, vec![entry(11, 1, 40, 1)]).len(), 1);
        assert!(owes());
        store.close();
    }

    /// A store of version 5 may have requests from before there were other currencies: what was asked is what
    /// it settles.
    #[test]
    fn requests_of_a_store_from_before_they_had_a_worth_are_read_and_paid() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        store.written_here(|w| w.lodge(&lodge(0, 0, 100))).unwrap();
        store.close();
        let db = Connection::open(&path).unwrap();
        let columns = "seq, reference, declaration, debtor, deferment, currency, amount, filing";
        db.execute_batch(&format!(
            "CREATE TABLE old (seq INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE,
               declaration TEXT NOT NULL, debtor TEXT NOT NULL, deferment TEXT NOT NULL,
               currency TEXT NOT NULL, amount TEXT NOT NULL, filing INTEGER NOT NULL) STRICT;
             INSERT INTO old SELECT {columns} FROM payment_request;
             DROP TABLE payment_request;
             ALTER TABLE old RENAME TO payment_request;
             PRAGMA user_version = 5;"
        ))
        .unwrap();
        for _ in 0..2 {
            Store::open(&path, Sync::Off).unwrap().close();
        }
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        let reference = CreditorReference::numbered("GB", 1).unwrap();
        let asked = store.requests(&debt(0).declaration).unwrap();
        let plain = PaymentRequest::plain(reference, Payable::Debt(debt(0)), gbp(100));
        assert_eq!(asked, [(plain, Decimal::ZERO)]);
        store.written_here(|w| w.lodge(&lodge(1, 1, 50))).unwrap();
        let both = vec![entry(1, 1, 100, 1), BankEntry { number: 2, ..entry(1, 2, 50, 1) }];
        assert_eq!(tells(&store, 2, both), ["matched", "matched"]);
        store.close();
    }

    fn decision(dice: &mut Dice, n: u64) -> (About, Intent) {
        let which = debt(dice.roll(60));
        let slip = Slip {
            key: format!("act {n}").parse().unwrap(),
            day: crate::cli::today(),
            note: String::new(),
        };
        let about = About { declaration: Some(which.declaration.clone()), posting: None };
        let money = gbp(1 + dice.roll(100));
        let (deferment, refund): (DefermentId, RefundId) =
            ("D".parse().unwrap(), format!("R{n}").parse().unwrap());
        let reversed: Key = format!("act {}", dice.roll(n)).parse().unwrap();
        let intent: Intent = match dice.roll(6) {
            0 => Box::new(move |l| l.limit(slip, &deferment, gbp(5_000))),
            1 => Box::new(move |l| l.defer(slip, &which, &deferment, money)),
            2 => Box::new(move |l| l.refund(slip, &Source::Debt(which), &refund, money)),
            3 => Box::new(move |l| l.credit(slip, &which)),
            4 => {
                let about = About { posting: Some(reversed.clone()), ..about };
                let intent: Intent = Box::new(move |l| l.reverse(slip, &reversed, Why::Appeal));
                return (about, intent);
            }
            _ => Box::new(move |l| l.cancel(slip, &which, Why::Cancellation)),
        };
        (about, intent)
    }

    /// Jobs by chance of which some are undone: the sums in memory, those of a start and those that others
    /// look into are the fold of what was kept; and so they are where checkpoints lie between.
    #[test]
    fn a_job_that_is_undone_leaves_no_trace_in_the_books() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        let db = Connection::open(&path).unwrap();
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let (mut kept, mut undone) = (0, 0);
        for n in 1..=1_200 {
            let fails = dice.roll(4) == 0;
            let end = move || if fails { Err(fault("undone")) } else { Ok(()) };
            let done = match dice.roll(4) {
                0 => {
                    let lodge = lodge(n, dice.roll(60), 10 + dice.roll(300));
                    store.written_here(move |w| {
                        assert!(matches!(w.lodge(&lodge)?, Lodged::Written));
                        end()
                    })
                }
                1 => {
                    let (about, intent) = decision(&mut dice, n);
                    store.written_here(move |w| {
                        let _refused =
                            w.money_act(&filing(n), (about, Some(intent)), None, None)?;
                        end()
                    })
                }
                2 if dice.roll(8) == 0 => store.written_here(move |w| {
                    w.with_books(|books| sums::write(w.db, books.ledger.sums()))?;
                    end()
                }),
                _ => {
                    let amount = 10 + dice.roll(60);
                    let told = entry(n, 1 + dice.roll(60), amount, dice.roll(5));
                    store.written_here(move |w| {
                        let told = [told];
                        let _said = w.bank(filing(n), &told, |_| b"{}".to_vec())?;
                        end()
                    })
                }
            };
            assert_eq!(done.is_err(), fails, "{done:?}");
            if fails {
                undone += 1
            } else {
                kept += 1
            }
            if n % 40 == 0 {
                let wanted = folded(&db);
                let (mut read, _) = sums::read(&db).unwrap();
                read.tidy();
                assert_eq!(read, wanted, "a start after {n}");
                assert_eq!(store.sums(), wanted, "others, after {n}");
                assert_eq!(lock(&store.books).as_ref().unwrap().ledger.sums(), &wanted);
            }
        }
        let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let checkpoints = count("SELECT count(*) FROM books_checkpoint");
        let (paid, back) = (
            count("SELECT count(*) FROM posting WHERE reason = 'payment'"),
            count("SELECT count(*) FROM posting WHERE reason = 'bank-reversal'"),
        );
        assert!(kept > 600 && undone > 200 && checkpoints > 10, "{kept} {undone} {checkpoints}");
        assert!(paid > 50 && back > 5, "{paid} {back}");
        // What the bank told is there once for what was kept, and every posting of a part is one.
        assert_eq!(
            count("SELECT count(*) FROM bank_entry"),
            count("SELECT coalesce(sum(entries), 0) FROM bank_message")
        );
        let lost = "SELECT count(*) FROM bank_part WHERE posting IS NOT NULL
                    AND posting NOT IN (SELECT key FROM posting)";
        assert_eq!(count(lost), 0);
        store.close();
    }

    /// Rows of a bank's messages bring to mind what an intake that saw every entry has in mind.
    #[test]
    fn entries_from_rows_are_taken_as_by_an_intake_that_saw_them_all() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("s.db"), Sync::Off).unwrap();
        store.open_books().unwrap();
        let mut ledger = Ledger::default();
        let mut intake = fondaco::ledger::Intake::of(["ACC".parse().unwrap()]);
        let mut dice = Dice(0x2545_f491_4f6c_dd1d);
        for n in 0..40 {
            let lodge = lodge(n, n, 50);
            store.written_here(move |w| w.lodge(&lodge)).unwrap();
            let key = format!("charge f{n}").parse().unwrap();
            let slip = Slip { key, day: crate::cli::today(), note: String::new() };
            let lines = [(Token::lossy("A00"), gbp(50).amount)];
            let charge = Charge::new(gbp(0).currency, lines, Decimal::ZERO).unwrap();
            let posting = ledger.charge(slip, &debt(n), &charge).unwrap();
            ledger.apply(posting).unwrap();
            let reference = CreditorReference::numbered("GB", n + 1).unwrap();
            let payable = Payable::Debt(debt(n));
            intake.ask(PaymentRequest::plain(reference, payable, gbp(50))).unwrap();
        }
        let mut outcomes = std::collections::BTreeSet::new();
        for n in 40..900 {
            let amount = 10 * (1 + dice.roll(5));
            let mut told = entry(n - dice.roll(6), 1 + dice.roll(45), amount, dice.roll(4));
            told.copy = dice.roll(20) == 0;
            if dice.roll(4) == 0 {
                told.parts[0].servicer_reference = format!("P{}", n / 4);
            }
            // As banks write that give every entry one reference, and every statement one id.
            if dice.roll(3) == 0 {
                told.entry_reference = "1".to_owned();
                told.statement = "S".to_owned();
            }
            if dice.roll(10) == 0 {
                told.status = Status::Pending;
            }
            let wanted = intake.take(&mut ledger, &told).unwrap();
            let (sender, receiver) = std::sync::mpsc::channel();
            store
                .written_here(move |w| {
                    let _said = w.bank(filing(n), &[told], |told| {
                        let all: Vec<_> = told[0].iter().map(|p| p.taken.clone()).collect();
                        sender.send(all).unwrap();
                        b"{}".to_vec()
                    })?;
                    Ok(())
                })
                .unwrap();
            let is = receiver.recv().unwrap();
            outcomes.extend(is.iter().map(|t| t.outcome.name()));
            assert_eq!(is, wanted, "entry {n}");
        }
        assert!(outcomes.len() > 5, "{outcomes:?}");
        let mut sums = ledger.sums().clone();
        sums.tidy();
        assert_eq!(store.sums(), sums);
        store.close();
    }
}
