//! Looking into the books: from rows and a copy of the sums, never in the way of who writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, TryLockError};

use fondaco::ledger::{Change, Debt, DeclarationId, PaymentRequest, Standing, Sums};
use fondaco::money::Decimal;
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::books::{self, Books};
use super::{Fault, Store, lock, retold, told};
use crate::money::MONEY;

/// Whether somebody sent a declaration or anything about it, or decided about its debt or asked for it.
pub(super) fn had_part(db: &Connection, mrn: &str, by: &str) -> rusqlite::Result<bool> {
    let mut statement = db.prepare_cached(concat!(
        "SELECT declarant FROM filing WHERE mrn = ?1
         UNION SELECT declarant FROM filing WHERE about = ?1
         UNION SELECT f.declarant FROM posting_entry e
           JOIN posting p ON p.seq = e.posting JOIN filing f ON f.seq = p.filing
           WHERE e.a = ?1 AND f.format = ?2 AND ",
        of_a_debt!(),
        "
         UNION SELECT f.declarant FROM payment_request r JOIN filing f ON f.seq = r.filing
           WHERE r.declaration = ?1 AND f.format = ?2"
    ))?;
    let mut rows = statement.query([mrn, MONEY])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(0)?.as_str()?.trim() == by.trim() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the books come to, as far as it is on the disk: for who looks.
#[derive(Default)]
pub(super) struct Shown {
    sums: Mutex<Sums>,
    /// What changed in them while they were copied.
    since: Mutex<Vec<Change>>,
}

impl Shown {
    /// Begins with these.
    pub(super) fn set(&self, sums: Sums) {
        let mut shown = lock(&self.sums);
        lock(&self.since).clear();
        *shown = sums;
    }

    /// Shows what was kept; who is copying is not waited for.
    pub(super) fn change(&self, changes: Vec<Change>) {
        lock(&self.since).extend(changes);
        match self.sums.try_lock() {
            Ok(mut sums) => self.bring(&mut sums),
            Err(TryLockError::Poisoned(e)) => self.bring(&mut e.into_inner()),
            // It is brought in with the next, or by who copies next.
            Err(TryLockError::WouldBlock) => {}
        }
    }

    fn bring(&self, sums: &mut Sums) {
        let since = std::mem::take(&mut *lock(&self.since));
        since.into_iter().for_each(|change| sums.change(change));
    }

    fn copy(&self) -> Sums {
        let mut sums = lock(&self.sums);
        self.bring(&mut sums);
        sums.clone()
    }
}

impl Store {
    /// Reads what the books come to; before anything is written by this program. Rows that an older program
    /// did not write are made up for, once.
    pub(crate) fn open_books(&self) -> Result<(), Fault> {
        let mut db = super::open(&self.path, super::Sync::Full)?;
        let mut books = Books::read(&db)?;
        let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let unread = retold::write_old(&transaction, &mut books)?;
        books.check(&transaction)?;
        transaction.commit()?;
        for (filing, why) in unread {
            eprintln!("fondaco: a bank's message of before cannot be read: filing {filing}: {why}");
        }
        drop(books.keep());
        self.shown.set(books.ledger.sums().clone());
        *lock(&self.books) = Some(books);
        Ok(())
    }

    /// What the books come to, as far as it is on the disk: a copy, so that nobody waits for who looks.
    pub(crate) fn sums(&self) -> Sums {
        self.shown.copy()
    }

    /// The debts of a declaration and their figures; none where nothing was ever charged.
    pub(crate) fn debts(&self, of: &DeclarationId) -> Result<Vec<(Debt, Standing)>, Fault> {
        self.look(|db| books::debts_of(db, of))
    }

    /// Payment requests of a declaration and what was received on each, oldest first.
    pub(crate) fn requests(
        &self,
        of: &DeclarationId,
    ) -> Result<Vec<(PaymentRequest, Decimal)>, Fault> {
        self.look(|db| {
            let with = |request: PaymentRequest| {
                let (received, _) = told::received(db, &request.reference)?;
                Ok((request, received))
            };
            books::requests_of(db, of)?.into_iter().map(with).collect()
        })
    }

    /// Declarations that payment was wanted of and nothing was charged on, where this was not looked at
    /// before: those of a house from before the ledger.
    pub(crate) fn never_charged(&self) -> Result<Option<Vec<String>>, Fault> {
        self.read(|db| {
            if db.prepare("SELECT 1 FROM old_charged")?.exists([])? {
                return Ok(None);
            }
            let mut statement = db.prepare(concat!(
                "SELECT DISTINCT mrn FROM event WHERE event = 'payment-wanted'
                   AND NOT EXISTS (SELECT 1 FROM posting_entry WHERE a = mrn AND ",
                of_a_debt!(),
                ") ORDER BY mrn"
            ))?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<Result<_, _>>().map(Some)
        })
    }

    /// Who may use which deferment account.
    pub(crate) fn holders(&self) -> Result<BTreeMap<String, BTreeSet<String>>, Fault> {
        self.look(books::all_holders)
    }

    /// Reads, where more than the engine can say no.
    pub(super) fn look<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.read(|db| Ok(look(db)))?
    }

    /// The reference of the payment request that came with a filing; empty where there is none.
    pub(crate) fn reference_of(&self, filing: &str) -> Result<String, Fault> {
        self.read(|db| {
            let sql = "SELECT r.reference FROM payment_request r JOIN filing f ON f.seq = r.filing
                       WHERE f.id = ?1";
            db.prepare_cached(sql)?.query_row([filing], |row| row.get(0)).optional()
        })
        .map(Option::unwrap_or_default)
    }

    /// Ids of refunds that were ordered from a bank.
    pub(crate) fn ordered(&self) -> Result<BTreeSet<String>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT refund FROM payment_order")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// Whether the debt of a declaration was charged and is not known any more.
    pub(crate) fn is_unknown(&self, of: &DeclarationId) -> Result<bool, Fault> {
        self.look(|db| books::is_unknown(db, of))
    }

    /// See [`had_part`].
    pub(crate) fn had_part(&self, mrn: &str, by: &str) -> Result<bool, Fault> {
        self.read(|db| had_part(db, mrn, by))
    }

    /// What was posted of a declaration, oldest first.
    pub(crate) fn postings_of(&self, declaration: &str) -> Result<Vec<Posted>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(concat!(
                "SELECT p.reason, p.key, p.note, f.at, f.id, e.account, e.c, e.currency, e.amount
                 FROM posting_entry e JOIN posting p ON p.seq = e.posting
                 JOIN filing f ON f.seq = p.filing
                 WHERE e.a = ?1 AND ",
                of_a_debt!(),
                " ORDER BY p.seq, e.rowid"
            ))?;
            let rows = statement.query_map([declaration], |row| {
                Ok(Posted {
                    reason: row.get(0)?,
                    posting: row.get(1)?,
                    note: row.get(2)?,
                    at: row.get(3)?,
                    filing: row.get(4)?,
                    account: row.get(5)?,
                    of: row.get(6)?,
                    currency: row.get(7)?,
                    amount: row.get(8)?,
                })
            })?;
            rows.collect()
        })
    }
}

/// One line of a posting, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Posted {
    /// Why it was posted.
    pub(crate) reason: String,
    /// The key of the posting, to reverse it by.
    pub(crate) posting: String,
    /// The decision, act or bank entry behind it.
    pub(crate) note: String,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// The filing it came with.
    pub(crate) filing: String,
    /// `due`, `contingent`, `received`, `deferred` or `secured`.
    pub(crate) account: String,
    /// The tax type, the deferment account or the guarantee.
    pub(crate) of: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// How much: what is owed is above zero, what stands against it below.
    pub(crate) amount: String,
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::books::tests::{folded, lodge};
    use super::*;
    use crate::store::Sync;

    /// Who copies the sums, however long that takes, does not hold up a commit, and sees it after.
    #[test]
    fn a_report_holds_up_no_commit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        store.open_books().unwrap();
        let copying = lock(&store.shown.sums);
        let before = copying.clone();
        let (say, said) = std::sync::mpsc::channel();
        for n in 0..3 {
            let say = say.clone();
            store.lodge(lodge(n, n, 100), move |done| say.send(done.is_ok()).unwrap());
            assert_eq!(said.recv_timeout(std::time::Duration::from_secs(5)), Ok(true));
        }
        assert_eq!(*copying, before);
        drop(copying);
        let now = folded(&Connection::open(&path).unwrap());
        assert_eq!(store.sums(), now);
        assert!(now != before);
        store.close();
    }
}
