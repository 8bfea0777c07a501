//! The sums of the books: read at a start from the last checkpoint and what was posted since; written as a
//! checkpoint now and then. Only appended to.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::ledger::{Debt, Standing, Sums, Totals};
use fondaco::money::Decimal;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Fault;
use super::books::{entry, fault};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS books_checkpoint (
  seq INTEGER PRIMARY KEY,
  upto INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS books_sum (
  checkpoint INTEGER NOT NULL,
  account TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  c TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS books_sum_of ON books_sum (checkpoint);
CREATE TABLE IF NOT EXISTS books_total (
  checkpoint INTEGER NOT NULL,
  currency TEXT NOT NULL,
  debts INTEGER NOT NULL,
  paid INTEGER NOT NULL,
  secured INTEGER NOT NULL,
  due TEXT NOT NULL,
  contingent TEXT NOT NULL,
  received TEXT NOT NULL,
  deferred TEXT NOT NULL,
  guaranteed TEXT NOT NULL,
  idle TEXT NOT NULL,
  PRIMARY KEY (checkpoint, currency)
) STRICT;
CREATE INDEX IF NOT EXISTS posting_entry_posting ON posting_entry (posting);
CREATE INDEX IF NOT EXISTS posting_entry_refund ON posting_entry (a) WHERE account = 'refund';
CREATE INDEX IF NOT EXISTS posting_reverses ON posting (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX IF NOT EXISTS payment_request_of ON payment_request (declaration)
  WHERE declaration <> '';
CREATE INDEX IF NOT EXISTS debt_known_of ON debt_known (declaration);
CREATE INDEX IF NOT EXISTS deferment_holder_of ON deferment_holder (deferment);
";

/// Postings after which there is a checkpoint, at least: a start folds so many at most, and a half of them
/// on average.
const OFTEN: usize = 20_000;

/// Whether there is to be a checkpoint of these sums after so many postings: they stay a small part of the
/// store.
pub(super) fn is_due(posted: usize, sums: &Sums) -> bool {
    posted >= OFTEN && posted >= 4 * sums.count()
}

/// The sums, and how many postings were folded that are in no checkpoint.
pub(super) fn read(db: &Connection) -> Result<(Sums, usize), Fault> {
    let sql = "SELECT seq, upto FROM books_checkpoint ORDER BY seq DESC LIMIT 1";
    let last: Option<(i64, i64)> =
        db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let mut sums = Sums::default();
    if let Some((checkpoint, _)) = last {
        read_checkpoint(db, checkpoint, &mut sums)?;
    }
    let upto = last.map_or(0, |(_, upto)| upto);
    let tail = read_tail(db, upto, &mut sums)?;
    sums.tidy();
    // Whoever changed a row is found out, where it does not balance.
    let of_balances = sums.balances().map(|(_, money)| money.currency);
    let currencies: BTreeSet<_> = of_balances.chain(sums.totals().map(|(c, _)| c)).collect();
    for currency in currencies {
        let sum = sums.sum(currency);
        if !sum.is_zero() {
            return Err(fault(format!("the books sum to {sum} {currency}, not to nothing")));
        }
    }
    Ok((sums, tail))
}

fn read_checkpoint(db: &Connection, checkpoint: i64, sums: &mut Sums) -> Result<(), Fault> {
    let sql = "SELECT account, a, b, c, currency, amount FROM books_sum WHERE checkpoint = ?1";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([checkpoint])?;
    while let Some(row) = rows.next()? {
        let entry = entry(row)?;
        sums.put(entry.account, entry.money);
    }
    let mut statement = db.prepare(
        "SELECT currency, debts, paid, secured, due, contingent, received, deferred, guaranteed, idle
         FROM books_total WHERE checkpoint = ?1",
    )?;
    let mut rows = statement.query([checkpoint])?;
    while let Some(row) = rows.next()? {
        let count = |n: usize| -> Result<u64, Fault> {
            u64::try_from(row.get::<_, i64>(n)?).map_err(fault)
        };
        let amount = |n: usize| -> Result<Decimal, Fault> {
            row.get::<_, String>(n)?.parse().map_err(fault)
        };
        let totals = Totals {
            debts: count(1)?,
            paid: count(2)?,
            secured: count(3)?,
            due: amount(4)?,
            contingent: amount(5)?,
            received: amount(6)?,
            deferred: amount(7)?,
            guaranteed: amount(8)?,
            idle: amount(9)?,
        };
        sums.put_totals(row.get::<_, String>(0)?.parse().map_err(fault)?, totals);
    }
    Ok(())
}

/// Adds what was posted after a posting; how many postings that were.
fn read_tail(db: &Connection, upto: i64, sums: &mut Sums) -> Result<usize, Fault> {
    let mut moved: BTreeMap<Debt, Standing> = BTreeMap::new();
    let sql = "SELECT account, a, b, c, currency, amount FROM posting_entry WHERE posting > ?1";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([upto])?;
    while let Some(row) = rows.next()? {
        let entry = entry(row)?;
        match entry.account.debt() {
            None => sums.add(entry.account, entry.money),
            Some(debt) => moved
                .entry(debt.clone())
                .or_insert_with(|| Standing::none(entry.money.currency))
                .add(&entry.account, entry.money.amount),
        }
    }
    for (debt, more) in moved {
        let before = if upto == 0 { None } else { before(db, &debt, upto)? };
        let now = before.map_or(more, |before| Standing {
            due: before.due + more.due,
            contingent: before.contingent + more.contingent,
            received: before.received + more.received,
            deferred: before.deferred + more.deferred,
            secured: before.secured + more.secured,
            ..more
        });
        sums.recount(before.as_ref(), &now);
    }
    let sql = "SELECT count(*) FROM posting WHERE seq > ?1";
    let tail: i64 = db.query_row(sql, [upto], |row| row.get(0))?;
    Ok(usize::try_from(tail).unwrap_or(0))
}

/// The figures of a debt when a posting was the last.
fn before(db: &Connection, debt: &Debt, upto: i64) -> Result<Option<Standing>, Fault> {
    let mut statement = db.prepare_cached(concat!(
        "SELECT account, a, b, c, currency, amount FROM posting_entry
         WHERE a = ?1 AND b = ?2 AND posting <= ?3 AND ",
        of_a_debt!()
    ))?;
    let mut rows =
        statement.query(params![debt.declaration.as_str(), debt.debtor.as_str(), upto])?;
    let mut standing = None;
    while let Some(row) = rows.next()? {
        let entry = entry(row)?;
        let currency = entry.money.currency;
        let of: &mut Standing = standing.get_or_insert_with(|| Standing::none(currency));
        of.add(&entry.account, entry.money.amount);
    }
    Ok(standing)
}

/// Writes a checkpoint of everything that was posted.
pub(super) fn write(db: &Connection, sums: &Sums) -> Result<(), Fault> {
    db.execute(
        "INSERT INTO books_checkpoint (upto) SELECT coalesce(max(seq), 0) FROM posting",
        [],
    )?;
    let checkpoint = db.last_insert_rowid();
    let mut statement =
        db.prepare_cached("INSERT INTO books_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (account, money) in sums.lasting() {
        let (kind, [a, b, c]) = account.columns();
        let (currency, amount) = (money.currency.as_str(), money.amount.to_string());
        statement.execute(params![checkpoint, kind, a, b, c, currency, amount])?;
    }
    let mut statement = db.prepare_cached(
        "INSERT INTO books_total VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    for (currency, t) in sums.totals() {
        statement.execute(params![
            checkpoint,
            currency.as_str(),
            count(t.debts),
            count(t.paid),
            count(t.secured),
            t.due.to_string(),
            t.contingent.to_string(),
            t.received.to_string(),
            t.deferred.to_string(),
            t.guaranteed.to_string(),
            t.idle.to_string(),
        ])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use fondaco::ledger::Slip;
    use fondaco::money::Money;

    use super::super::books::tests::{filing, gbp, lodge};
    use super::*;
    use crate::store::{About, Intent, Store, Sync};

    /// A row that somebody changed is found at the start, in whatever currency it is.
    #[test]
    fn books_out_of_balance_are_not_opened() {
        for (currency, debts) in [("GBP", true), ("CNY", false)] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("s.db");
            let store = Store::open(&path, Sync::Off).unwrap();
            store.open_books().unwrap();
            store.written_here(|w| w.lodge(&lodge(0, 0, 100))).unwrap();
            let slip = Slip {
                key: "act 1".parse().unwrap(),
                day: crate::cli::today(),
                note: String::new(),
            };
            let money = Money { currency: currency.parse().unwrap(), ..gbp(5) };
            let intent: Intent =
                Box::new(move |ledger| ledger.guarantee(slip, &"G".parse().unwrap(), money));
            let with = (About::default(), Some(intent));
            let done = store.written_here(move |w| w.money_act(&filing(1), with, None, None));
            assert!(done.unwrap().is_ok());
            assert_eq!(store.sums().totals().any(|(c, _)| c == money.currency), debts);
            store.close();
            Store::open(&path, Sync::Off).unwrap().open_books().unwrap();
            let db = Connection::open(&path).unwrap();
            let sql = "UPDATE posting_entry SET amount = '6' WHERE account = 'amount'";
            assert_eq!(db.execute(sql, []).unwrap(), 1);
            let opened = Store::open(&path, Sync::Off).unwrap().open_books();
            let why = opened.unwrap_err().to_string();
            assert!(why.contains(&format!("sum to 1 {currency}, not to nothing")), "{why}");
        }
    }
}
