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
    /// What was drawn before, since the balance was told.
    pub(crate) before: Decimal,
    /// How much was left when the balance was told.
    left: Decimal,
    /// The day of that, as days since 1970: what was drawn here before it is in the balance.
    since: Option<i32>,
    /// What must have been drawn for the period to become critical; `None` where it does not, or is.
    calm_until: Option<Decimal>,
}

impl Draw {
    /// As the opinion proposes it.
    pub(crate) fn proposed(allotment: &Allotment<'_>) -> Self {
        let Allotment { item, quota, wanted, granted, drawn, state } = *allotment;
        Self {
            item,
            order: quota.order.to_string(),
            definition: quota.definition.to_string(),
            wanted,
            granted,
            before: drawn,
            left: quota.left(),
            since: since(quota),
            calm_until: (state == QuotaState::Open).then(|| calm_until(quota)).flatten(),
        }
    }

    /// Whether the opinion comes out the same when this much was drawn before.
    fn stands(&self, drawn: Decimal) -> bool {
        if self.wanted != Some(self.granted) {
            return drawn == self.before;
        }
        let room = drawn.checked_add(self.granted).is_some_and(|after| after <= self.left);
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

    /// Whether all draws of a filing still come out as they were proposed.
    pub(crate) fn stand(&mut self, db: &Connection, draws: &[Draw]) -> rusqlite::Result<bool> {
        for (n, draw) in draws.iter().enumerate() {
            let days = self.period(db, &draw.order, &draw.definition)?;
            let mut drawn = sum(days, draw.since);
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

    /// Writes the draws of a filing.
    pub(crate) fn write(
        &mut self,
        db: &Connection,
        filing: i64,
        mrn: &str,
        today: i32,
        draws: &[Draw],
    ) -> rusqlite::Result<()> {
        for draw in draws {
            db.prepare_cached(
                "INSERT INTO quota_draw
                   (filing, mrn, item, order_number, definition, today, wanted, granted, before)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                filing,
                mrn,
                draw.item,
                draw.order,
                draw.definition,
                today,
                draw.wanted.map(|w| w.to_string()),
                draw.granted.to_string(),
                draw.before.to_string(),
            ])?;
            let days = self.period(db, &draw.order, &draw.definition)?;
            let of_day = days.entry(today).or_default();
            *of_day = of_day.checked_add(draw.granted).unwrap_or(Decimal::MAX);
        }
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
        let mut statement = db.prepare_cached(
            "SELECT item, order_number, definition, today, granted FROM quota_draw WHERE mrn = ?1",
        )?;
        let drawn = statement
            .query_map([mrn], |row| {
                let granted = decimal(row, 4)?;
                Ok((row.get::<_, u32>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, granted))
            })?
            .collect::<rusqlite::Result<Vec<(_, String, String, i32, Decimal)>>>()?;
        for (item, order, definition, today, granted) in drawn {
            if granted <= Decimal::ZERO {
                continue;
            }
            // Held before it is written, so that no reader reads it half.
            let of_day = self.period(db, &order, &definition)?.entry(today).or_default();
            *of_day = of_day.checked_sub(granted).unwrap_or_default();
            db.prepare_cached(
                "INSERT INTO quota_draw
                   (filing, mrn, item, order_number, definition, today, wanted, granted, before)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, '0')",
            )?
            .execute(params![
                filing,
                mrn,
                item,
                order,
                definition,
                today,
                (-granted).to_string(),
            ])?;
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

/// What was drawn before each period a filing drew on, as it was when the opinion was formed: order,
/// definition, drawn.
pub(crate) fn before(
    db: &Connection,
    filing: &str,
) -> rusqlite::Result<Vec<(String, String, Decimal)>> {
    let mut statement = db.prepare_cached(
        "SELECT d.order_number, d.definition, d.before FROM quota_draw d
         JOIN filing f ON f.seq = d.filing WHERE f.id = ?1 ORDER BY d.seq",
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
                left: n(100),
                since: None,
                calm_until: Some(n(90)),
            };
            assert_eq!(draw.stands(n(drawn)), stands, "{wanted} {granted} {drawn}");
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
