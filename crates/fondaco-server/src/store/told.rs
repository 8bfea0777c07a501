//! What banks told, as rows: every entry and every part of it with what became of it. Only appended to.
//!
//! An entry that was told before is found by an index and brought to mind; which one it is, is decided by
//! [`Intake`] alone.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::day::Day;
use fondaco::ledger::{
    BankEntry, CreditorReference, Intake, Key, Part, Payable, Posting, RefundId, Side, Status,
    Taken, Told,
};
use fondaco::money::{Decimal, Money};
use fondaco_wire::receipt;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Fault;
use super::books::{Books, fault, request};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS bank_message (
  filing INTEGER PRIMARY KEY,
  digest TEXT NOT NULL,
  entries INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS bank_entry (
  seq INTEGER PRIMARY KEY,
  filing INTEGER NOT NULL,
  told TEXT NOT NULL,
  message TEXT NOT NULL,
  statement TEXT NOT NULL,
  page INTEGER NOT NULL,
  number INTEGER NOT NULL,
  copy INTEGER NOT NULL,
  account TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  side TEXT NOT NULL,
  reversal INTEGER NOT NULL,
  status TEXT NOT NULL,
  booked INTEGER,
  servicer_reference TEXT NOT NULL,
  entry_reference TEXT NOT NULL,
  mark TEXT NOT NULL,
  detailed INTEGER NOT NULL,
  says TEXT NOT NULL,
  same_as INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS bank_entry_filing ON bank_entry (filing);
CREATE INDEX IF NOT EXISTS bank_entry_same ON bank_entry (same_as) WHERE same_as IS NOT NULL;
CREATE INDEX IF NOT EXISTS bank_entry_place ON bank_entry (account, message, number);
DROP INDEX IF EXISTS bank_entry_statement;
CREATE INDEX IF NOT EXISTS bank_entry_in_statement
  ON bank_entry (account, statement, number, booked, amount, currency);
CREATE INDEX IF NOT EXISTS bank_entry_mark ON bank_entry (account, mark) WHERE mark <> '';
DROP INDEX IF EXISTS bank_entry_reference;
CREATE INDEX IF NOT EXISTS bank_entry_by_reference
  ON bank_entry (account, entry_reference, booked, amount, currency) WHERE entry_reference <> '';
CREATE INDEX IF NOT EXISTS bank_entry_shape ON bank_entry (account, booked, amount, currency, says);
CREATE TABLE IF NOT EXISTS bank_part (
  entry INTEGER NOT NULL,
  part INTEGER NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  side TEXT NOT NULL,
  servicer_reference TEXT NOT NULL,
  end_to_end TEXT NOT NULL,
  refs TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reference TEXT,
  posting TEXT,
  counts_on TEXT,
  counts TEXT,
  PRIMARY KEY (entry, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bank_received (
  reference TEXT NOT NULL,
  upto INTEGER NOT NULL,
  received TEXT NOT NULL,
  PRIMARY KEY (reference, upto)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bank_part_counts ON bank_part (counts_on) WHERE counts_on IS NOT NULL;
CREATE INDEX IF NOT EXISTS bank_part_reference ON bank_part (reference) WHERE reference IS NOT NULL;
CREATE INDEX IF NOT EXISTS bank_part_posting ON bank_part (posting) WHERE posting IS NOT NULL;
";

/// The code of a side, as the bank says it.
fn side_name(side: Side) -> &'static str {
    match side {
        Side::Credit => "CRDT",
        Side::Debit => "DBIT",
    }
}

fn side_of(name: &str) -> Side {
    if name == "CRDT" { Side::Credit } else { Side::Debit }
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Booked => "BOOK",
        Status::Pending => "PDNG",
        Status::Information => "INFO",
        Status::Other => "other",
    }
}

fn status_of(name: &str) -> Status {
    match name {
        "BOOK" => Status::Booked,
        "PDNG" => Status::Pending,
        "INFO" => Status::Information,
        _ => Status::Other,
    }
}

/// What the parts say, short: what is long is told by its digest.
fn says(entry: &BankEntry) -> String {
    let says = entry.says();
    if says.len() > 100 { receipt::digest(says.as_bytes()) } else { says }
}

/// A part that was taken, and the declaration it was for.
pub(crate) struct PartTaken {
    pub(crate) taken: Taken,
    pub(crate) declaration: Option<String>,
}

/// Takes an entry of the message in this filing, and writes what became of it.
pub(super) fn take(
    db: &Connection,
    books: &mut Books,
    filing: i64,
    entry: &BankEntry,
) -> Result<Vec<PartTaken>, Fault> {
    // Whether the account is the house's own was looked at when the message came.
    let mut intake = Intake::of([entry.account.clone()]);
    let mut known = Vec::new();
    if entry.status == Status::Booked {
        known = bring(db, books, &mut intake, entry)?;
    }
    let (before, taken) = intake.enter(&mut books.ledger, entry).map_err(Fault::Refused)?;
    let same_as = before.and_then(|at| known.get(at)).copied();
    write(db, filing, entry, same_as, &taken, &[])?;
    let declaration = |taken: Taken| {
        let asked = taken.reference.as_ref().and_then(|r| intake.request(r));
        let declaration = asked.and_then(|(request, _)| match &request.payable {
            Payable::Debt(debt) => Some(debt.declaration.to_string()),
            Payable::Deferment(_) => None,
        });
        PartTaken { taken, declaration }
    };
    Ok(taken.into_iter().map(declaration).collect())
}

/// Takes in an entry of a message that was taken before there were rows, and writes what became of it then:
/// what was posted of it, and in `outcomes` what was said of its parts. Nothing is posted.
pub(super) fn retell(
    db: &Connection,
    books: &mut Books,
    filing: i64,
    entry: &BankEntry,
    outcomes: &[String],
) -> Result<(), Fault> {
    let mut intake = Intake::of([entry.account.clone()]);
    // Pages were not told apart when it was posted: its keys have none.
    let posted = BankEntry { page: 0, ..entry.clone() };
    let mut known = Vec::new();
    if entry.status == Status::Booked {
        known = bring(db, books, &mut intake, &posted)?;
    }
    let mut unclaimed = BTreeSet::new();
    for key in posted.keys().filter_map(|key| key.parse::<Key>().ok()) {
        if books.ledger.posting(&key).is_some() && told_of(db, &key)?.is_none() {
            unclaimed.insert(key);
        }
    }
    let (before, taken) = intake.retell(&books.ledger, entry, &unclaimed);
    let same_as = before.and_then(|at| known.get(at)).copied();
    write(db, filing, entry, same_as, &taken, outcomes)
}

/// The row of the entry, or of the first it was told as, that a posting is of.
fn told_of(db: &Connection, key: &Key) -> Result<Option<i64>, Fault> {
    let sql =
        "SELECT coalesce(e.same_as, e.seq) FROM bank_part p JOIN bank_entry e ON e.seq = p.entry
               WHERE p.posting = ?1 ORDER BY e.seq LIMIT 1";
    Ok(db.prepare_cached(sql)?.query_row([key.as_str()], |row| row.get(0)).optional()?)
}

/// Brings to mind and to hand what an entry may be about: entries it may have been told as, requests, what
/// it takes back. The rows of those entries, by their number in the intake.
fn bring(
    db: &Connection,
    books: &mut Books,
    intake: &mut Intake,
    entry: &BankEntry,
) -> Result<Vec<i64>, Fault> {
    let mut known: Vec<i64> = Vec::new();
    let mut numbers: BTreeMap<i64, usize> = BTreeMap::new();
    let mut postings: BTreeSet<Key> = BTreeSet::new();
    let mut asked: BTreeSet<CreditorReference> = BTreeSet::new();
    for seq in alike(db, entry)? {
        let (told, same_as) = entry_at(db, seq)?;
        let keys = if same_as.is_none() { posted_of(db, seq)? } else { Vec::new() };
        postings.extend(keys.iter().cloned());
        let before = same_as.and_then(|of| numbers.get(&of)).copied();
        let at = intake.recall(&told, before, keys);
        numbers.insert(seq, at);
        if before.is_none() {
            known.push(seq);
        }
    }
    for key in entry.keys() {
        postings.extend(key.parse::<Key>());
    }
    let references = entry.parts.iter().flat_map(|part| &part.references);
    asked.extend(references.filter_map(|text| text.parse::<CreditorReference>().ok()));
    if entry.reversal {
        for part in entry.parts.iter().filter(|part| part.side == Side::Credit) {
            if let Ok(refund) = part.end_to_end.parse::<RefundId>()
                && let Some(key) = paid_out(db, &refund)?
            {
                postings.insert(key.clone());
                intake.recall_refund(refund, key);
            }
        }
    }
    for key in &postings {
        if books.bring_posting(db, key)? {
            asked.extend(counts_on(db, key)?);
            let of = books.ledger.posting(key).and_then(Posting::reverses).cloned();
            if let Some(of) = of {
                asked.extend(counts_on(db, &of)?);
            }
        }
    }
    for reference in asked {
        let Some(request) = request(db, &reference)? else { continue };
        let (received, _) = received(db, &reference)?;
        // Only what takes one back asks which they were.
        let payments = if entry.reversal { payments(db, &reference)? } else { Vec::new() };
        if let Payable::Debt(debt) = &request.payable {
            books.bring(db, &debt.declaration)?;
        }
        for key in &payments {
            books.bring_posting(db, key)?;
        }
        intake.recall_request(request, received, payments);
    }
    Ok(known)
}

const BY_PLACE: &str = "account = ?1 AND message = ?2 AND number = ?3";
const BY_MARK: &str = "account = ?1 AND mark = ?2 AND mark <> ''";
const BY_SHAPE: &str = "account = ?1 AND booked IS ?2 AND amount = ?3 AND currency = ?4";
const BY_DETAILS: &str = "account = ?1 AND booked IS ?2 AND amount = ?3 AND currency = ?4
    AND says IN ('', ?5)";
// Some banks give every entry the same reference, or every statement the same id.
const BY_STATEMENT: &str = "account = ?1 AND booked IS ?2 AND amount = ?3 AND currency = ?4
    AND statement = ?5 AND number = ?6";
const BY_REFERENCE: &str = "account = ?1 AND booked IS ?2 AND amount = ?3 AND currency = ?4
    AND entry_reference = ?5 AND entry_reference <> ''";

/// The first rows of entries told by this.
fn alike_by(condition: &str) -> String {
    format!("SELECT coalesce(same_as, seq) FROM bank_entry WHERE {condition} AND status = 'BOOK'")
}

/// Rows of entries that one may have been told as, and of those it may take back, with all that were told as
/// the same, in their order. It leaves out only what [`Intake`] would not take for it.
fn alike(db: &Connection, entry: &BankEntry) -> Result<BTreeSet<i64>, Fault> {
    let account = entry.account.as_str();
    let mut firsts: BTreeSet<i64> = BTreeSet::new();
    let mut find = |condition: &str, with: &[&dyn rusqlite::ToSql]| -> Result<(), Fault> {
        let mut statement = db.prepare_cached(&alike_by(condition))?;
        let mut rows = statement.query(with)?;
        while let Some(row) = rows.next()? {
            firsts.insert(row.get(0)?);
        }
        Ok(())
    };
    let (booked, amount) = (entry.booked.map(Day::number), figure(entry.money.amount));
    let currency = entry.money.currency.as_str();
    find(BY_PLACE, &[&account, &entry.message, &entry.number])?;
    find(BY_STATEMENT, &[&account, &booked, &amount, &currency, &entry.statement, &entry.number])?;
    let of_parts = entry.parts.iter().map(|part| part.servicer_reference.as_str());
    let marks: BTreeSet<&str> = of_parts.chain([entry.servicer_reference.as_str()]).collect();
    for mark in marks.into_iter().filter(|mark| !mark.is_empty()) {
        find(BY_MARK, &[&account, &mark])?;
    }
    if !entry.entry_reference.is_empty() {
        find(BY_REFERENCE, &[&account, &booked, &amount, &currency, &entry.entry_reference])?;
    }
    let says = says(entry);
    if says.is_empty() {
        find(BY_SHAPE, &[&account, &booked, &amount, &currency])?;
    } else {
        find(BY_DETAILS, &[&account, &booked, &amount, &currency, &says])?;
    }
    // Nor is what another was posted under posted under again.
    for key in entry.keys().filter_map(|key| key.parse::<Key>().ok()) {
        firsts.extend(told_of(db, &key)?);
    }
    let mut all = firsts.clone();
    let mut statement = db.prepare_cached("SELECT seq FROM bank_entry WHERE same_as = ?1")?;
    for first in firsts {
        let mut rows = statement.query([first])?;
        while let Some(row) = rows.next()? {
            all.insert(row.get(0)?);
        }
    }
    Ok(all)
}

/// An amount as it is compared: the same amount is the same text.
fn figure(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// An entry by its row, and the row of the one it was told as.
fn entry_at(db: &Connection, seq: i64) -> Result<(BankEntry, Option<i64>), Fault> {
    let mut statement = db.prepare_cached(
        "SELECT told, message, statement, number, copy, account, amount, currency, side, reversal,
           status, booked, servicer_reference, entry_reference, detailed, same_as, page
         FROM bank_entry WHERE seq = ?1",
    )?;
    let mut rows = statement.query([seq])?;
    let row = rows.next()?.ok_or_else(|| fault(format!("no entry {seq} of a bank")))?;
    let text = |n: usize| row.get::<_, String>(n);
    let entry = BankEntry {
        told: if text(0)? == Told::Statement.name() { Told::Statement } else { Told::Notification },
        message: text(1)?,
        statement: text(2)?,
        page: row.get(16)?,
        number: row.get(3)?,
        copy: row.get(4)?,
        account: text(5)?.parse().map_err(fault)?,
        money: money(row, 6)?,
        side: side_of(&text(8)?),
        reversal: row.get(9)?,
        status: status_of(&text(10)?),
        booked: row.get::<_, Option<i32>>(11)?.map(Day::from_number).transpose().map_err(fault)?,
        servicer_reference: text(12)?,
        entry_reference: text(13)?,
        detailed: row.get(14)?,
        parts: parts_of(db, seq)?,
    };
    Ok((entry, row.get(15)?))
}

fn money(row: &Row<'_>, at: usize) -> Result<Money, Fault> {
    let amount = row.get::<_, String>(at)?.parse().map_err(fault)?;
    Ok(Money { amount, currency: row.get::<_, String>(at + 1)?.parse().map_err(fault)? })
}

fn parts_of(db: &Connection, entry: i64) -> Result<Vec<Part>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT amount, currency, side, servicer_reference, end_to_end, refs FROM bank_part
         WHERE entry = ?1 ORDER BY part",
    )?;
    let mut rows = statement.query([entry])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        parts.push(Part {
            money: money(row, 0)?,
            side: side_of(&row.get::<_, String>(2)?),
            servicer_reference: row.get(3)?,
            end_to_end: row.get(4)?,
            references: serde_json::from_str(&row.get::<_, String>(5)?).map_err(fault)?,
        });
    }
    Ok(parts)
}

/// Keys of what was posted of an entry.
fn posted_of(db: &Connection, entry: i64) -> Result<Vec<Key>, Fault> {
    let sql =
        "SELECT posting FROM bank_part WHERE entry = ?1 AND posting IS NOT NULL ORDER BY part";
    let mut statement = db.prepare_cached(sql)?;
    let keys = statement.query_map([entry], |row| row.get::<_, String>(0))?;
    keys.map(|key| key?.parse().map_err(fault)).collect()
}

/// The request a posting counts on.
fn counts_on(db: &Connection, key: &Key) -> Result<Option<CreditorReference>, Fault> {
    let sql =
        "SELECT counts_on FROM bank_part WHERE posting = ?1 AND counts_on IS NOT NULL LIMIT 1";
    let on: Option<String> =
        db.prepare_cached(sql)?.query_row([key.as_str()], |row| row.get(0)).optional()?;
    on.map(|on| on.parse().map_err(fault)).transpose()
}

/// The posting that paid a refund out last.
fn paid_out(db: &Connection, refund: &RefundId) -> Result<Option<Key>, Fault> {
    let sql = "SELECT p.key FROM posting_entry e JOIN posting p ON p.seq = e.posting
               WHERE e.account = 'refund' AND e.a = ?1 AND p.reason = 'refund-paid'
               ORDER BY p.seq DESC LIMIT 1";
    let key: Option<String> =
        db.prepare_cached(sql)?.query_row([refund.as_str()], |row| row.get(0)).optional()?;
    key.map(|key| key.parse().map_err(fault)).transpose()
}

/// Parts that count on a request after which their sum is kept: a request that is paid by many is not added
/// up anew at each.
const OFTEN: usize = 64;

/// What was received on a request, and how many parts were added up for it.
pub(super) fn received(
    db: &Connection,
    reference: &CreditorReference,
) -> Result<(Decimal, usize), Fault> {
    let sql = "SELECT upto, received FROM bank_received WHERE reference = ?1
               ORDER BY upto DESC LIMIT 1";
    let kept = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
    let kept = db.prepare_cached(sql)?.query_row([reference.as_str()], kept).optional()?;
    let (upto, mut sum) = match kept {
        Some((upto, sum)) => (upto, sum.parse().map_err(fault)?),
        None => (0, Decimal::ZERO),
    };
    let sql = "SELECT counts FROM bank_part WHERE counts_on = ?1 AND entry > ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![reference.as_str(), upto])?;
    let mut parts = 0;
    while let Some(row) = rows.next()? {
        sum += row.get::<_, String>(0)?.parse::<Decimal>().map_err(fault)?;
        parts += 1;
    }
    Ok((sum, parts))
}

/// Keeps what was received on a request up to an entry, whose parts are written, now and then.
fn keep_received(db: &Connection, reference: &CreditorReference, upto: i64) -> Result<(), Fault> {
    let (sum, parts) = received(db, reference)?;
    if parts >= OFTEN {
        let sql = "INSERT OR IGNORE INTO bank_received VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(params![reference.as_str(), upto, figure(sum)])?;
    }
    Ok(())
}

/// The postings that paid on a request, in their order.
pub(super) fn payments(db: &Connection, reference: &CreditorReference) -> Result<Vec<Key>, Fault> {
    let sql = "SELECT counts, posting FROM bank_part WHERE counts_on = ?1 ORDER BY entry, part";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([reference.as_str()])?;
    let mut payments = Vec::new();
    while let Some(row) = rows.next()? {
        // What was taken back is below zero.
        if row.get::<_, String>(0)?.parse::<Decimal>().map_err(fault)? > Decimal::ZERO {
            payments.push(row.get::<_, String>(1)?.parse().map_err(fault)?);
        }
    }
    Ok(payments)
}

fn write(
    db: &Connection,
    filing: i64,
    entry: &BankEntry,
    same_as: Option<i64>,
    taken: &[Taken],
    outcomes: &[String],
) -> Result<(), Fault> {
    db.prepare_cached(
        "INSERT INTO bank_entry (filing, told, message, statement, number, copy, account, amount,
           currency, side, reversal, status, booked, servicer_reference, entry_reference, mark,
           detailed, says, same_as, page)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20)",
    )?
    .execute(params![
        filing,
        entry.told.name(),
        entry.message,
        entry.statement,
        entry.number,
        entry.copy,
        entry.account.as_str(),
        figure(entry.money.amount),
        entry.money.currency.as_str(),
        side_name(entry.side),
        entry.reversal,
        status_name(entry.status),
        entry.booked.map(Day::number),
        entry.servicer_reference,
        entry.entry_reference,
        entry.mark(),
        entry.detailed,
        says(entry),
        same_as,
        entry.page,
    ])?;
    let seq = db.last_insert_rowid();
    let mut insert = db.prepare_cached(
        "INSERT INTO bank_part VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
    )?;
    for (part, taken) in entry.parts.iter().zip(taken) {
        let at = usize::try_from(taken.part.saturating_sub(1)).unwrap_or(0);
        let outcome = outcomes.get(at).map_or(taken.outcome.name(), String::as_str);
        insert.execute(params![
            seq,
            taken.part,
            figure(part.money.amount),
            part.money.currency.as_str(),
            side_name(part.side),
            part.servicer_reference,
            part.end_to_end,
            serde_json::to_string(&part.references).map_err(fault)?,
            outcome,
            taken.reference.as_ref().map(CreditorReference::as_str),
            taken.posted.as_ref().map(Key::as_str),
            taken.counts.as_ref().map(|(on, _)| on.as_str()),
            taken.counts.as_ref().map(|(_, amount)| figure(*amount)),
        ])?;
    }
    let counts = taken.iter().filter_map(|taken| taken.counts.as_ref());
    let on: BTreeSet<CreditorReference> = counts.map(|(on, _)| *on).collect();
    on.iter().try_for_each(|reference| keep_received(db, reference, seq))
}

/// Says that the rows of a message are written.
pub(super) fn write_message(
    db: &Connection,
    filing: i64,
    digest: &str,
    entries: usize,
) -> Result<(), Fault> {
    let sql = "INSERT INTO bank_message VALUES (?1, ?2, ?3)";
    let entries = i64::try_from(entries).unwrap_or(i64::MAX);
    db.prepare_cached(sql)?.execute(params![filing, digest, entries])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use fondaco::ledger::{Ledger, Refusal, Slip, Source, Why};

    use super::super::books::tests::{
        debt, decides, decides_about, entry, filing, folded, gbp, lodge, tells,
    };
    use super::*;
    use crate::store::{About, Lodged, Store, Sync};

    /// A refund that the bank pays out and takes back in one message is found by what takes it back.
    #[test]
    fn an_entry_is_taken_back_by_one_of_the_same_message() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        store.written_here(|w| w.lodge(&lodge(0, 0, 100))).unwrap();
        assert_eq!(tells(&store, 1, vec![entry(1, 1, 100, 1)]), ["matched"]);
        refunds(&store, 2, "R1");
        let both = vec![paid_out_as("R1", 1, false), paid_out_as("R1", 2, true)];
        assert_eq!(tells(&store, 4, both), ["refund-paid", "reversed"]);
        let waits = fondaco::ledger::Account::Refund("R1".parse().unwrap());
        assert_eq!(store.sums().balance(&waits, gbp(0).currency), -gbp(100).amount);
        assert_eq!(store.sums(), folded(&Connection::open(&path).unwrap()));
        store.close();
    }

    /// Cancels the debt, by the act of this number, and decides the refund of what was paid by the next.
    fn refunds(store: &Store, n: u64, refund: &'static str) {
        let cancel = |l: &Ledger, slip: Slip| l.cancel(slip, &debt(0), Why::Cancellation);
        decides(store, n, cancel).unwrap();
        decides(store, n + 1, move |l, slip| {
            l.refund(slip, &Source::Debt(debt(0)), &refund.parse().unwrap(), gbp(100))
        })
        .unwrap();
    }

    /// A refund that the bank pays out, or takes back.
    fn paid_out_as(refund: &str, number: u32, back: bool) -> BankEntry {
        let side = if back { Side::Credit } else { Side::Debit };
        let mut entry = BankEntry { number, side, reversal: back, ..entry(7, 1, 100, 1) };
        let end_to_end = refund.to_owned();
        let part = Part { side, end_to_end, references: Vec::new(), ..entry.parts[0].clone() };
        entry.parts = vec![part];
        entry
    }

    /// A refund that was ordered is taken back by nobody while the bank may pay it or has; once the bank took
    /// it back it is, and one to the right payee is decided and ordered.
    #[test]
    fn a_refund_the_bank_took_back_is_decided_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        store.written_here(|w| w.lodge(&lodge(0, 0, 100))).unwrap();
        assert_eq!(tells(&store, 1, vec![entry(1, 1, 100, 1)]), ["matched"]);
        refunds(&store, 2, "R1");
        let orders = |n: u64, refund: &str| {
            let refunds = [(refund.parse().unwrap(), gbp(100))];
            let done = store.written_here(move |w| w.order(&filing(n), &refunds)).unwrap();
            assert!(matches!(done, Lodged::Written), "{done:?}");
        };
        let reverses = |n: u64| {
            let about = About { declaration: None, posting: "act 3".parse().ok() };
            decides_about(&store, n, about, |l, slip| {
                l.reverse(slip, &"act 3".parse().unwrap(), Why::Correction)
            })
        };
        orders(4, "R1");
        assert_eq!(reverses(5), Err(Refusal::OnlyTheBank));
        assert_eq!(tells(&store, 6, vec![paid_out_as("R1", 1, false)]), ["refund-paid"]);
        assert!(reverses(7).is_err());
        assert_eq!(tells(&store, 8, vec![paid_out_as("R1", 2, true)]), ["reversed"]);
        assert_eq!(reverses(9), Ok(()));
        assert!(matches!(reverses(10), Err(Refusal::AlreadyReversed(_))));
        decides(&store, 11, |l, slip| {
            l.refund(slip, &Source::Debt(debt(0)), &"R2".parse().unwrap(), gbp(100))
        })
        .unwrap();
        orders(12, "R2");
        // What the bank pays of the first all the same is no refund that waits.
        let late = vec![paid_out_as("R1", 3, false), paid_out_as("R2", 4, false)];
        assert_eq!(tells(&store, 13, late), ["not-credit", "refund-paid"]);
        assert_eq!(store.sums(), folded(&Connection::open(&path).unwrap()));
        store.close();
    }

    /// What was received on a request is not added up from its first payment at each; one of them is taken
    /// back all the same.
    #[test]
    fn a_request_that_many_pay_is_added_up_in_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        store.written_here(|w| w.lodge(&lodge(0, 0, 1_000_000))).unwrap();
        let many = 3 * super::OFTEN as u64;
        let pays = |n: u64| {
            let (message, statement) = (format!("p{n}"), format!("p{n}"));
            let servicer_reference = String::new();
            BankEntry { message, statement, servicer_reference, ..entry(n, 1, 100 + n, 1) }
        };
        let paid: Vec<BankEntry> = (1..=many).map(pays).collect();
        assert!(tells(&store, 10, paid.clone()).iter().all(|outcome| *outcome == "part"));
        let back = BankEntry { reversal: true, side: Side::Debit, ..paid[1].clone() };
        let parts = vec![Part { side: Side::Debit, ..back.parts[0].clone() }];
        let back = BankEntry { parts, message: "back".into(), number: 9, ..back };
        assert_eq!(tells(&store, 11, vec![back]), ["reversed"]);
        let db = Connection::open(&path).unwrap();
        let reference = CreditorReference::numbered("GB", 1).unwrap();
        let (sum, parts) = received(&db, &reference).unwrap();
        let all: u64 = (1..=many).map(|n| 100 + n).sum::<u64>() - 102;
        assert_eq!(sum, gbp(all).amount);
        assert!(parts <= super::OFTEN, "{parts}");
        // Without what was kept it is the same.
        db.execute("DELETE FROM bank_received", []).unwrap();
        assert_eq!(received(&db, &reference).unwrap(), (sum, many as usize + 1));
        store.close();
    }

    /// However many rows an account has, those that may be the same are found by an index alone, and few of
    /// them are: also where the bank gives every entry one reference and every statement one id.
    #[test]
    fn entries_that_may_be_the_same_are_found_by_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        Store::open(&path, Sync::Off).unwrap().close();
        let db = Connection::open(&path).unwrap();
        let shape = "booked=? AND amount=? AND currency=?";
        for (condition, index) in [
            (BY_PLACE, "bank_entry_place (account=? AND message=? AND number=?)".to_owned()),
            (BY_MARK, "bank_entry_mark (account=? AND mark=?)".to_owned()),
            (BY_SHAPE, format!("bank_entry_shape (account=? AND {shape})")),
            (BY_DETAILS, format!("bank_entry_shape (account=? AND {shape} AND says=?)")),
            (
                BY_STATEMENT,
                format!(
                    "bank_entry_in_statement (account=? AND statement=? AND number=? AND {shape})"
                ),
            ),
            (
                BY_REFERENCE,
                format!("bank_entry_by_reference (account=? AND entry_reference=? AND {shape})"),
            ),
        ] {
            let sql = format!("EXPLAIN QUERY PLAN {}", alike_by(condition));
            let mut statement = db.prepare(&sql).unwrap();
            let mut rows = statement.raw_query();
            let plan: String = rows.next().unwrap().unwrap().get(3).unwrap();
            assert_eq!(plan, format!("SEARCH bank_entry USING INDEX {index}"));
        }
    }
}
