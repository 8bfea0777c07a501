//! Reading what banks told, a page at a time.

use fondaco::day::Day;
use rusqlite::{Connection, params};

use super::books::fault;
use super::{Fault, Store};
use crate::money::{EntryQuery, EntryView, PartView};

impl Store {
    /// What banks told after an entry, oldest first.
    pub(crate) fn bank_entries(
        &self,
        query: &EntryQuery,
        most: usize,
    ) -> Result<Vec<EntryView>, Fault> {
        // A day that is none has no entries.
        let day: Option<i32> = match query.booked.as_str() {
            "" => None,
            text => Some(text.parse().map_or(i32::MIN, Day::number)),
        };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.look(|db| {
            let mut statement = db.prepare_cached(
                "SELECT e.seq, f.id, m.digest, f.at, e.told, e.message, e.statement, e.number,
                   e.account, e.amount, e.currency, e.side, e.reversal, e.status, e.booked,
                   e.servicer_reference, e.entry_reference, e.same_as
                 FROM bank_entry e JOIN filing f ON f.seq = e.filing
                 JOIN bank_message m ON m.filing = e.filing
                 WHERE e.seq > ?1 AND (?2 = '' OR e.account = ?2) AND (?3 IS NULL OR e.booked = ?3)
                   AND (?4 = '' OR e.seq IN (SELECT entry FROM bank_part WHERE reference = ?4))
                   AND (?5 = '' OR EXISTS (SELECT 1 FROM bank_part p
                     WHERE p.entry = e.seq AND p.outcome = ?5))
                 ORDER BY e.seq LIMIT ?6",
            )?;
            let of = params![query.after, query.account, day, query.reference, query.outcome, most];
            let mut rows = statement.query(of)?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let number = row.get(0)?;
                let booked = row.get::<_, Option<i32>>(14)?.map(Day::from_number).transpose();
                let booked = booked.map_err(fault)?.map(|day| day.to_string());
                all.push(EntryView {
                    number,
                    filing: row.get(1)?,
                    digest: row.get(2)?,
                    at: row.get(3)?,
                    told: row.get(4)?,
                    message: row.get(5)?,
                    statement: row.get(6)?,
                    entry: row.get(7)?,
                    account: row.get(8)?,
                    amount: row.get(9)?,
                    currency: row.get(10)?,
                    side: row.get(11)?,
                    reversal: row.get(12)?,
                    status: row.get(13)?,
                    booked: booked.unwrap_or_default(),
                    servicer_reference: row.get(15)?,
                    entry_reference: row.get(16)?,
                    same_as: row.get(17)?,
                    parts: parts(db, number)?,
                });
            }
            Ok(all)
        })
    }
}

fn parts(db: &Connection, entry: i64) -> Result<Vec<PartView>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT amount, side, end_to_end, refs, outcome, coalesce(reference, ''),
           coalesce(posting, '')
         FROM bank_part WHERE entry = ?1 ORDER BY part",
    )?;
    let mut rows = statement.query([entry])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(PartView {
            amount: row.get(0)?,
            side: row.get(1)?,
            end_to_end: row.get(2)?,
            references: serde_json::from_str(&row.get::<_, String>(3)?).map_err(fault)?,
            outcome: row.get(4)?,
            reference: row.get(5)?,
            posting: row.get(6)?,
        });
    }
    Ok(all)
}
