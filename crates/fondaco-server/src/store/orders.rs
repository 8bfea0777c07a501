//! Refunds a bank was told to pay out.

use fondaco::ledger::{Account, Posting, Reason, RefundId};
use fondaco::money::Money;
use rusqlite::params;

use super::books::Books;
use super::{Fault, Filing, Lodged, Writing};

impl Writing<'_> {
    /// Writes an order of refunds, where none of them was ordered before and each still stands as it was
    /// seen.
    pub(crate) fn order(
        &self,
        filing: &Filing,
        refunds: &[(RefundId, Money)],
    ) -> Result<Lodged, Fault> {
        if let Some(before) = self.before(filing)? {
            return Ok(before);
        }
        let moved = self.with_books(|books| {
            for (refund, money) in refunds {
                let account = Account::Refund(refund.clone());
                let waits = -books.ledger.balance(&account, money.currency);
                if waits != money.amount || self.is_ordered(refund)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if moved {
            return Ok(Lodged::Moved);
        }
        let seq = self.filing(filing)?;
        for (refund, _) in refunds {
            self.db
                .prepare_cached("INSERT INTO payment_order (refund, filing) VALUES (?1, ?2)")?
                .execute(params![refund.as_str(), seq])?;
        }
        Ok(Lodged::Written)
    }

    /// Whether a posting takes back a refund that a bank was told to pay out, and did not take back itself.
    pub(super) fn undoes_an_order(&self, books: &Books, posting: &Posting) -> Result<bool, Fault> {
        let of = posting.reverses().and_then(|key| books.ledger.posting(key));
        for entry in of.map(Posting::entries).unwrap_or_default() {
            if let Account::Refund(id) = &entry.account
                && self.is_ordered(id)?
                && !self.came_back(books, id, entry.money)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a bank paid a refund out after it was ordered and gave it back, so that all of it waits again.
    /// None is ordered twice, and only a bank moves what it paid: nothing is under way then.
    fn came_back(&self, books: &Books, refund: &RefundId, whole: Money) -> Result<bool, Fault> {
        let account = Account::Refund(refund.clone());
        if books.ledger.balance(&account, whole.currency) != whole.amount {
            return Ok(false);
        }
        let sql = "SELECT 1 FROM posting_entry e JOIN posting p ON p.seq = e.posting
                   WHERE e.account = 'refund' AND e.a = ?1 AND p.reason = ?2
                     AND p.filing > (SELECT filing FROM payment_order WHERE refund = ?1)";
        let paid = [refund.as_str(), Reason::RefundPaid.name()];
        Ok(self.db.prepare_cached(sql)?.exists(paid)?)
    }

    /// Whether a bank was told to pay a refund out.
    fn is_ordered(&self, refund: &RefundId) -> Result<bool, Fault> {
        let sql = "SELECT 1 FROM payment_order WHERE refund = ?1";
        Ok(self.db.prepare_cached(sql)?.exists([refund.as_str()])?)
    }
}
