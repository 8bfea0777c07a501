//! Draws on tariff quotas: written with the filing that makes them, in the order of acceptance.
//!
//! The one writer of the store decides: a filing whose draws no longer fit what is left is not
//! written, and its opinion is formed again on what is. So no period is ever oversold.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use fondaco::allotment::Allotment;
use fondaco::money::Decimal;
use fondaco::quota::{Quota, QuotaState};
use rusqlite::{Connection, params};

use super::{Fault, Store};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS quota_draw (
  seq INTEGER PRIMARY KEY,
  filing INTEGER NOT NULL,
  mrn TEXT NOT NULL,
  item INTEGER NOT NULL,
  order_number TEXT NOT NULL,
  definition TEXT NOT NULL,
  today INTEGER NOT NULL,
  wanted TEXT,
  granted TEXT NOT NULL,
  before TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS quota_draw_period ON quota_draw (order_number, definition);
CREATE INDEX IF NOT EXISTS quota_draw_mrn ON quota_draw (mrn);
CREATE INDEX IF NOT EXISTS quota_draw_filing ON quota_draw (filing);
CREATE TABLE IF NOT EXISTS quota_seen (
  filing INTEGER NOT NULL,
  order_number TEXT NOT NULL,
  definition TEXT NOT NULL,
  before TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS quota_seen_filing ON quota_seen (filing);
";

/// A draw on the period of a quota, granted in full, in part or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draw {
    /// Item number.
    pub(crate) item: u32,
    /// The order number of the quota.
    pub(crate) order: String,
    /// The number of the period.
    pub(crate) definition: String,
    /// How much was wanted, in the unit of the quota; `None` where it could not be told.
    pub(crate) wanted: Option<Decimal>,
    /// How much of it is granted.
    pub(crate) granted: Decimal,
    /// What was drawn before by others, since the balance was told.
    pub(crate) before: Decimal,
    /// How much of it the declaration had before it was amended.
    kept: Decimal,
    /// How much was left when the balance was told.
    left: Decimal,
    /// The day of that, as days since 1970: what was drawn here before it is in the balance.
    since: Option<i32>,
    /// What must have been drawn for the period to become critical; `None` where it does not, or is.
    calm_until: Option<Decimal>,
    /// Whether it is drawn: it is not for goods that are still to come.
    taken: bool,
}

impl Draw {
    /// As the opinion proposes it.
    pub(crate) fn proposed(allotment: &Allotment<'_>) -> Self {
        let Allotment { item, quota, wanted, granted, drawn, kept, state } = *allotment;
        Self {
            item,
            order: quota.order.to_string(),
            definition: quota.definition.to_string(),
            wanted,
            granted,
            before: drawn,
            kept,
            left: quota.left(),
            since: since(quota),
            calm_until: (state == QuotaState::Open).then(|| calm_until(quota)).flatten(),
            taken: true,
        }
    }

    /// The same of goods that are still to come: it is kept what was there, and nothing is drawn.
    pub(crate) fn foreseen(self) -> Self {
        Self { taken: false, ..self }
    }

    /// Whether the opinion comes out the same when this much was drawn before.
    fn stands(&self, drawn: Decimal) -> bool {
        if self.wanted != Some(self.granted) {
            return drawn == self.before;
        }
        // What the declaration had is there for it whatever became of the period.
        let room = self.granted <= self.kept
            || drawn.checked_add(self.granted).is_some_and(|after| after <= self.left);
        room && self.calm_until.is_none_or(|limit| drawn < limit)
    }
}

fn since(quota: &Quota) -> Option<i32> {
    quota.told_on().map(fondaco::day::Day::number)
}

/// How much may be drawn here before the period is critical.
fn calm_until(quota: &Quota) -> Option<Decimal> {
    let limit = quota.threshold?.checked_mul(quota.volume)?.checked_div(Decimal::ONE_HUNDRED)?;
    let drawn_elsewhere = quota.volume.checked_sub(quota.left())?;
    limit.checked_sub(drawn_elsewhere)
}

/// What was drawn on each period that was asked for, by the day it was drawn; read from the table
/// once.
#[derive(Default)]
pub(crate) struct Draws {
    periods: HashMap<(String, String), BTreeMap<i32, Decimal>>,
}

impl Draws {
    fn period(
        &mut self,
        db: &Connection,
        order: &str,
        definition: &str,
    ) -> rusqlite::Result<&mut BTreeMap<i32, Decimal>> {
        let key = (order.to_owned(), definition.to_owned());
        Ok(match self.periods.entry(key) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(free) => free.insert(read(db, order, definition)?),
        })
    }

    /// What was drawn on a period since its balance was told.
    pub(crate) fn drawn(&mut self, db: &Connection, quota: &Quota) -> rusqlite::Result<Decimal> {
        let days = self.period(db, &quota.order, &quota.definition)?;
        Ok(sum(days, since(quota)))
    }

    /// Whether all draws of a filing still come out as they were proposed; what the declaration `mrn` drew
    /// before is left out, where it is not empty.
    pub(crate) fn stand(
        &mut self,
        db: &Connection,
        mrn: &str,
        draws: &[Draw],
    ) -> rusqlite::Result<bool> {
        let had = if mrn.is_empty() { Vec::new() } else { had(db, mrn, i64::MAX)? };
        for (n, draw) in draws.iter().enumerate().filter(|(_, draw)| draw.taken) {
            let days = self.period(db, &draw.order, &draw.definition)?;
            let mut drawn = sum(days, draw.since);
            drawn = drawn.checked_sub(had_of(&had, &draw.order, &draw.definition)).unwrap_or(drawn);
            // Items of one declaration draw one after the other.
            let own = draws.iter().take(n).filter(|d| d.definition == draw.definition);
            for before in own.filter(|d| d.order == draw.order) {
                drawn = drawn.checked_add(before.granted).unwrap_or(Decimal::MAX);
            }
            if !draw.stands(drawn) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the draws of a filing; `anew` where they take the place of what the declaration drew before.
    ///
    /// What it had and still has is drawn on the day it was first drawn: it keeps its place. What it has
    /// beyond that is drawn today.
    pub(crate) fn write(
        &mut self,
        db: &Connection,
        filing: i64,
        mrn: &str,
        today: i32,
        draws: &[Draw],
        anew: bool,
    ) -> rusqlite::Result<()> {
        let mut had = if anew { had(db, mrn, i64::MAX)? } else { Vec::new() };
        self.give_back(db, filing, mrn, &had)?;
        for draw in draws {
            if !draw.taken {
                db.prepare_cached(
                    "INSERT INTO quota_seen (filing, order_number, definition, before)
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    filing,
                    draw.order,
                    draw.definition,
                    draw.before.to_string()
                ])?;
                continue;
            }
            let mut left = draw.granted;
            let of = |h: &&mut Had| h.order == draw.order && h.definition == draw.definition;
            let mut parts = Vec::new();
            for one in had.iter_mut().filter(of) {
                let part = one.granted.min(left);
                if part > Decimal::ZERO {
                    one.granted = one.granted.checked_sub(part).unwrap_or_default();
                    left = left.checked_sub(part).unwrap_or_default();
                    parts.push((one.today, part));
                }
            }
            if left > Decimal::ZERO || parts.is_empty() {
                parts.push((today, left));
            }
            for (n, (day, granted)) in parts.into_iter().enumerate() {
                let wanted = draw.wanted.filter(|_| n == 0).map(|w| w.to_string());
                let before = draw.before.to_string();
                let item = draw.item;
                let of = (item, draw.order.as_str(), draw.definition.as_str());
                self.append(db, (filing, mrn), of, day, granted, (wanted, before))?;
            }
        }
        Ok(())
    }

    /// Writes a draw, or below zero what is given back.
    fn append(
        &mut self,
        db: &Connection,
        (filing, mrn): (i64, &str),
        (item, order, definition): (u32, &str, &str),
        day: i32,
        granted: Decimal,
        (wanted, before): (Option<String>, String),
    ) -> rusqlite::Result<()> {
        // Held before it is written, so that no reader reads it half.
        let of_day = self.period(db, order, definition)?.entry(day).or_default();
        *of_day = of_day.checked_add(granted).unwrap_or(Decimal::MAX);
        db.prepare_cached(
            "INSERT INTO quota_draw
               (filing, mrn, item, order_number, definition, today, wanted, granted, before)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            filing,
            mrn,
            item,
            order,
            definition,
            day,
            wanted,
            granted.to_string(),
            before,
        ])?;
        Ok(())
    }

    /// Gives back what a declaration that is ended drew: what was granted is taken off again, on the day
    /// it was drawn, so that a balance told since counts neither.
    pub(crate) fn restore(
        &mut self,
        db: &Connection,
        filing: i64,
        mrn: &str,
    ) -> rusqlite::Result<()> {
        let had = had(db, mrn, i64::MAX)?;
        self.give_back(db, filing, mrn, &had)
    }

    fn give_back(
        &mut self,
        db: &Connection,
        filing: i64,
        mrn: &str,
        had: &[Had],
    ) -> rusqlite::Result<()> {
        for one in had {
            let of = (one.item, one.order.as_str(), one.definition.as_str());
            let nothing = (None, "0".to_owned());
            self.append(db, (filing, mrn), of, one.today, -one.granted, nothing)?;
        }
        Ok(())
    }

    /// Reads what it holds again, as the writer sees it.
    pub(crate) fn read_again(&mut self, db: &Connection) -> rusqlite::Result<()> {
        for ((order, definition), days) in &mut self.periods {
            *days = read(db, order, definition)?;
        }
        Ok(())
    }

    /// Forgets what it holds, for a transaction that was not committed.
    pub(crate) fn forget(&mut self) {
        self.periods.clear();
    }
}

/// What a declaration has of a period by an item and a day: what it drew, without what was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Had {
    item: u32,
    order: String,
    definition: String,
    today: i32,
    granted: Decimal,
}

/// What a declaration had before this filing, in the order it was drawn.
fn had(db: &Connection, mrn: &str, before: i64) -> rusqlite::Result<Vec<Had>> {
    let mut statement = db.prepare_cached(
        "SELECT item, order_number, definition, today, granted FROM quota_draw
         WHERE mrn = ?1 AND filing < ?2 ORDER BY seq",
    )?;
    let mut rows = statement.query(params![mrn, before])?;
    let mut all: Vec<Had> = Vec::new();
    while let Some(row) = rows.next()? {
        let one = Had {
            item: row.get(0)?,
            order: row.get(1)?,
            definition: row.get(2)?,
            today: row.get(3)?,
            granted: decimal(row, 4)?,
        };
        let same = |h: &&mut Had| Had { granted: one.granted, ..(**h).clone() } == one;
        match all.iter_mut().find(same) {
            Some(held) => {
                held.granted = held.granted.checked_add(one.granted).unwrap_or_default();
            }
            None => all.push(one),
        }
    }
    all.retain(|h| h.granted > Decimal::ZERO);
    Ok(all)
}

/// How much of a period it had.
pub(crate) fn had_of(had: &[Had], order: &str, definition: &str) -> Decimal {
    let of = had.iter().filter(|h| h.order == order && h.definition == definition);
    of.fold(Decimal::ZERO, |sum, h| sum.checked_add(h.granted).unwrap_or(sum))
}

impl Store {
    /// What a declaration has of tariff quotas; as it was before the filing with this id, where it is not
    /// empty.
    pub(crate) fn had(&self, mrn: &str, filing: &str) -> Result<Vec<Had>, Fault> {
        if mrn.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|db| {
            let before = match filing {
                "" => i64::MAX,
                id => db
                    .prepare_cached("SELECT seq FROM filing WHERE id = ?1")?
                    .query_row([id], |row| row.get(0))?,
            };
            had(db, mrn, before)
        })
    }
}

/// What was granted of a period, by day.
fn read(
    db: &Connection,
    order: &str,
    definition: &str,
) -> rusqlite::Result<BTreeMap<i32, Decimal>> {
    let mut days: BTreeMap<i32, Decimal> = BTreeMap::new();
    let mut statement = db.prepare_cached(
        "SELECT today, granted FROM quota_draw WHERE order_number = ?1 AND definition = ?2",
    )?;
    let mut rows = statement.query([order, definition])?;
    while let Some(row) = rows.next()? {
        let of_day = days.entry(row.get(0)?).or_default();
        let granted = decimal(row, 1)?;
        *of_day = of_day.checked_add(granted).unwrap_or(Decimal::MAX);
    }
    Ok(days)
}

fn sum(days: &BTreeMap<i32, Decimal>, since: Option<i32>) -> Decimal {
    // Of the day the balance was told it is not known which draws are in it: all are counted, so that
    // the period is rather left with a little than oversold.
    let days = days.range(since.unwrap_or(i32::MIN)..);
    days.fold(Decimal::ZERO, |sum, (_, more)| sum.checked_add(*more).unwrap_or(Decimal::MAX))
}

pub(super) fn decimal(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Decimal> {
    let text: String = row.get(column)?;
    text.parse().map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e))
    })
}

/// What was drawn before on each period a filing drew on or would have, as it was when the opinion was
/// formed: order, definition, drawn.
pub(crate) fn before(
    db: &Connection,
    filing: &str,
) -> rusqlite::Result<Vec<(String, String, Decimal)>> {
    // What is given back says nothing of it.
    let mut statement = db.prepare_cached(
        "SELECT order_number, definition, before FROM (
           SELECT d.seq, d.filing, d.order_number, d.definition, d.before FROM quota_draw d
           WHERE d.granted NOT LIKE '-%'
           UNION ALL
           SELECT s.rowid, s.filing, s.order_number, s.definition, s.before FROM quota_seen s) d
         WHERE d.filing = (SELECT seq FROM filing WHERE id = ?1) ORDER BY d.seq",
    )?;
    let rows = statement.query_map([filing], |r| Ok((r.get(0)?, r.get(1)?, decimal(r, 2)?)))?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_stands_as_long_as_its_opinion_would_be_the_same() {
        let n = Decimal::from;
        let check = |wanted: i64, granted: i64, drawn: i64, stands: bool| {
            let draw = Draw {
                item: 1,
                order: "090001".into(),
                definition: "1".into(),
                wanted: Some(n(wanted)),
                granted: n(granted),
                before: n(10),
                kept: n(0),
                left: n(100),
                since: None,
                calm_until: Some(n(90)),
                taken: true,
            };
            assert_eq!(draw.stands(n(drawn)), stands, "{wanted} {granted} {drawn}");
            // What it had, it has.
            if wanted == granted {
                let kept = Draw { kept: n(granted), ..draw };
                assert_eq!(kept.stands(n(drawn)), drawn < 90, "{granted} {drawn}");
            }
        };
        check(20, 20, 10, true);
        // Another drew between: there is still enough.
        check(20, 20, 50, true);
        check(20, 20, 80, true);
        check(20, 20, 81, false);
        // There is enough, but the period became critical.
        check(5, 5, 90, false);
        // A draw in part hangs on exactly what was left.
        check(95, 90, 10, true);
        check(95, 90, 11, false);
        check(95, 90, 9, false);
        check(95, 0, 10, true);
    }
}
