//! What agencies have to decide and when time is up, as rows made of the log of events: whoever follows
//! the log writes them, each stretch of it once. Only appended to.

use fondaco::consignment::{Event, Hold, Life};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Fault, Filing, Lodge, Lodged, Store, Writing};

/// The time of what has no time limit.
pub(crate) const NEVER: i64 = i64::MAX;

/// Something an agency has to decide: its hold on a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// Position in the table; 0 before it is written.
    pub(crate) seq: i64,
    /// The event it began with.
    pub(crate) event: i64,
    /// The declaration.
    pub(crate) mrn: String,
    /// Whose task it is; empty is the customs administration.
    pub(crate) agency: String,
    /// The hold, which may be another agency's that did not speak in time.
    pub(crate) hold: Hold,
    /// Item numbers; empty is the whole declaration.
    pub(crate) items: Vec<u32>,
    /// Since when, RFC 3339 UTC.
    pub(crate) since: String,
    /// Until when, milliseconds since 1970; [`NEVER`] where no time is set.
    pub(crate) due: i64,
}

/// A time that is up one day, for something of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timer {
    /// Position in the table; 0 before it is written.
    pub(crate) seq: i64,
    /// Milliseconds since 1970.
    pub(crate) due: i64,
    /// The declaration.
    pub(crate) mrn: String,
    /// What is waited for: a name of `Awaited`, or `agency`.
    pub(crate) awaits: String,
    /// The hold it is about, or the how manyth debt; empty where it is about neither.
    pub(crate) hold: String,
    /// The id of the row of the pack that set it.
    pub(crate) row: String,
}

/// What became due.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    /// In order.
    pub(crate) timers: Vec<Timer>,
    /// Until when they are all there, milliseconds since 1970.
    pub(crate) until: i64,
    /// The last timer there was when it was looked.
    pub(crate) seen: i64,
}

/// Most timers looked at in one sweep.
const MOST: usize = 10_000;

/// What was set since the last sweep for a time that was looked at already, by its position.
const LATE: &str = "SELECT seq, due, mrn, awaits, hold, source FROM timer NOT INDEXED
WHERE seq > ?2 AND due <= ?1 AND due <= ?3 ORDER BY seq LIMIT ?4";
/// What became due since the last sweep, by the index on the time.
const DUE: &str = "SELECT seq, due, mrn, awaits, hold, source FROM timer
WHERE due > ?1 AND due <= ?2 ORDER BY due, seq LIMIT ?3";

/// What an event means for tasks and timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A task begins.
    Task(Task),
    /// A clock is set.
    Timer(Timer),
    /// Tasks of a declaration are over by an event: those of one hold, or all.
    Over { event: i64, mrn: String, hold: Option<Hold> },
}

/// A decision on some of the items a hold is about.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// The hold.
    pub(crate) hold: Hold,
    /// All items it is about.
    pub(crate) of: Vec<u32>,
    /// Those decided now.
    pub(crate) items: Vec<u32>,
    /// `release` or `refuse`.
    pub(crate) decision: &'static str,
}

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS task (
  seq INTEGER PRIMARY KEY,
  event INTEGER NOT NULL,
  mrn TEXT NOT NULL,
  agency TEXT NOT NULL,
  hold TEXT NOT NULL,
  items TEXT NOT NULL,
  since TEXT NOT NULL,
  due INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS task_agency ON task (agency, due, seq);
CREATE INDEX IF NOT EXISTS task_mrn ON task (mrn);
CREATE TABLE IF NOT EXISTS task_over (
  task INTEGER PRIMARY KEY,
  event INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS timer (
  seq INTEGER PRIMARY KEY,
  due INTEGER NOT NULL,
  mrn TEXT NOT NULL,
  awaits TEXT NOT NULL,
  hold TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS timer_due ON timer (due);
CREATE TABLE IF NOT EXISTS followed (
  seq INTEGER PRIMARY KEY,
  cursor INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS swept (
  seq INTEGER PRIMARY KEY,
  due INTEGER NOT NULL,
  timer INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS item_decision (
  seq INTEGER PRIMARY KEY,
  mrn TEXT NOT NULL,
  hold TEXT NOT NULL,
  item INTEGER NOT NULL,
  decision TEXT NOT NULL,
  filing TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS item_decision_mrn ON item_decision (mrn);
CREATE TABLE IF NOT EXISTS old_held (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL
) STRICT;
";

/// A hold as the table has it: as in the detail of an event.
pub(crate) fn key(hold: &Hold) -> String {
    format!("{}/{}/{}", hold.kind.name(), hold.agency, hold.reason)
}

fn numbers(text: &str) -> Vec<u32> {
    text.split(',').filter_map(|n| n.parse().ok()).collect()
}

fn written(numbers: &[u32]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn bad(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "hold".into(), rusqlite::types::Type::Text)
}

fn task(row: &rusqlite::Row<'_>) -> rusqlite::Result<Task> {
    Ok(Task {
        seq: row.get(0)?,
        event: row.get(1)?,
        mrn: row.get(2)?,
        agency: row.get(3)?,
        hold: row.get::<_, String>(4)?.parse().map_err(|_| bad(4))?,
        items: numbers(&row.get::<_, String>(5)?),
        since: row.get(6)?,
        due: row.get(7)?,
    })
}

const TASK: &str = "t.seq, t.event, t.mrn, t.agency, t.hold, t.items, t.since, t.due";

fn last(db: &Connection, sql: &str) -> rusqlite::Result<(i64, i64)> {
    let found = db.prepare_cached(sql)?.query_row([], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

fn followed(db: &Connection) -> rusqlite::Result<i64> {
    last(db, "SELECT cursor, 0 FROM followed ORDER BY seq DESC LIMIT 1").map(|(cursor, _)| cursor)
}

/// Decisions on single items of a declaration: the hold, the item, the decision.
pub(super) fn decided(db: &Connection, mrn: &str) -> rusqlite::Result<Vec<(String, u32, String)>> {
    let mut statement =
        db.prepare_cached("SELECT hold, item, decision FROM item_decision WHERE mrn = ?1")?;
    let rows = statement.query_map([mrn], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    rows.collect()
}

impl Store {
    /// The type of a declaration; empty where there is none.
    pub(crate) fn kind(&self, mrn: &str) -> Result<String, Fault> {
        self.read(|db| {
            let found = db
                .prepare_cached("SELECT kind FROM filing WHERE mrn = ?1")?
                .query_row([mrn], |row| row.get(0))
                .optional()?;
            Ok(found.unwrap_or_default())
        })
    }

    /// How far the log was followed: the last event that was.
    pub(crate) fn followed(&self) -> Result<i64, Fault> {
        self.read(followed)
    }

    /// Until when all times that were up were looked at, milliseconds since 1970.
    pub(crate) fn swept(&self) -> Result<i64, Fault> {
        self.read(|db| {
            last(db, "SELECT due, timer FROM swept ORDER BY seq DESC LIMIT 1").map(|(due, _)| due)
        })
    }

    /// Open tasks of an agency after this time and position, the oldest due first.
    pub(crate) fn tasks(
        &self,
        agency: &str,
        after: (i64, i64),
        most: usize,
    ) -> Result<Vec<Task>, Fault> {
        self.read(|db| {
            let sql = format!(
                "SELECT {TASK} FROM task t WHERE t.agency = ?1 AND (t.due, t.seq) > (?2, ?3)
                   AND NOT EXISTS (SELECT 1 FROM task_over o WHERE o.task = t.seq)
                 ORDER BY t.due, t.seq LIMIT ?4"
            );
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map(params![agency, after.0, after.1, most], task)?;
            rows.collect()
        })
    }

    /// Every task of a declaration, oldest first.
    pub(crate) fn tasks_of(&self, mrn: &str) -> Result<Vec<Task>, Fault> {
        self.read(|db| {
            let sql = format!("SELECT {TASK} FROM task t WHERE t.mrn = ?1 ORDER BY t.seq");
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map([mrn], task)?;
            rows.collect()
        })
    }

    /// How many tasks each agency has open.
    pub(crate) fn tasks_open(&self) -> Result<Vec<(String, i64)>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT t.agency, count(*) FROM task t
                 WHERE NOT EXISTS (SELECT 1 FROM task_over o WHERE o.task = t.seq)
                 GROUP BY 1 ORDER BY 1",
            )?;
            let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
            rows.collect()
        })
    }

    /// What became due by this time, milliseconds since 1970, and was not looked at before.
    pub(crate) fn due(&self, now: i64) -> Result<Due, Fault> {
        self.read(|db| {
            let (due, timer) = last(db, "SELECT due, timer FROM swept ORDER BY seq DESC LIMIT 1")?;
            let seen = db
                .prepare_cached("SELECT coalesce(max(seq), 0) FROM timer")?
                .query_row([], |row| row.get(0))?;
            let most = i64::try_from(MOST).unwrap_or(i64::MAX);
            let timer_row = |row: &rusqlite::Row<'_>| {
                Ok(Timer {
                    seq: row.get(0)?,
                    due: row.get(1)?,
                    mrn: row.get(2)?,
                    awaits: row.get(3)?,
                    hold: row.get(4)?,
                    row: row.get(5)?,
                })
            };
            let mut statement = db.prepare_cached(DUE)?;
            let rows = statement.query_map([due, now, most], timer_row)?;
            let timers = rows.collect::<rusqlite::Result<Vec<Timer>>>()?;
            let mut statement = db.prepare_cached(LATE)?;
            let rows = statement.query_map([due, timer, now, i64::MAX], timer_row)?;
            let late = rows.collect::<rusqlite::Result<Vec<Timer>>>()?;
            // Of one that was cut off there may be more of its last time.
            let cut = timers.last().filter(|_| timers.len() >= MOST).map(|t| t.due - 1);
            let until = cut.map_or(now, |cut| cut.min(now));
            let timers = late.into_iter().chain(timers).collect();
            // A clock that was set back is no reason to look again at what was looked at.
            Ok(Due { timers, until: until.max(due), seen })
        })
    }

    /// Declarations whose goods were to be looked at and have not gone, where this was not looked at before:
    /// an older program may have held them for that look alone.
    pub(crate) fn never_held(&self) -> Result<Option<Vec<String>>, Fault> {
        self.read(|db| {
            if db.prepare("SELECT 1 FROM old_held")?.exists([])? {
                return Ok(None);
            }
            let mut statement = db.prepare(
                "SELECT DISTINCT mrn FROM event e WHERE event = 'control-ordered'
                   AND NOT EXISTS (SELECT 1 FROM event WHERE mrn = e.mrn AND event IN
                     ('released', 'cleared', 'cancelled', 'handed-over', 'not-departed'))
                 ORDER BY mrn",
            )?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<Result<_, _>>().map(Some)
        })
    }

    /// Whether a clock for the same was set later.
    pub(crate) fn is_set_anew(&self, timer: &Timer) -> Result<bool, Fault> {
        self.read(|db| {
            let sql =
                "SELECT 1 FROM timer WHERE seq > ?1 AND mrn = ?2 AND awaits = ?3 AND hold = ?4";
            let of = params![timer.seq, timer.mrn, timer.awaits, timer.hold];
            db.prepare_cached(sql)?.exists(of)
        })
    }

    /// Decisions on single items of a declaration: the hold, the item, the decision.
    pub(crate) fn decided_items(&self, mrn: &str) -> Result<Vec<(String, u32, String)>, Fault> {
        self.read(|db| decided(db, mrn))
    }
}

impl Writing<'_> {
    /// Writes what a stretch of the log means; `false` where another did meanwhile.
    pub(crate) fn follow(&self, from: i64, to: i64, steps: &[Step]) -> Result<bool, Fault> {
        let db = self.db;
        if followed(db)? != from {
            return Ok(false);
        }
        for step in steps {
            match step {
                Step::Task(t) => {
                    db.prepare_cached(
                        "INSERT INTO task (event, mrn, agency, hold, items, since, due)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![
                        t.event,
                        t.mrn,
                        t.agency,
                        key(&t.hold),
                        written(&t.items),
                        t.since,
                        t.due
                    ])?;
                }
                Step::Timer(t) => {
                    db.prepare_cached(
                        "INSERT INTO timer (due, mrn, awaits, hold, source)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![t.due, t.mrn, t.awaits, t.hold, t.row])?;
                }
                Step::Over { event, mrn, hold } => {
                    db.prepare_cached(
                        "INSERT OR IGNORE INTO task_over (task, event)
                         SELECT seq, ?1 FROM task WHERE mrn = ?2 AND (?3 = '' OR hold = ?3)",
                    )?
                    .execute(params![
                        event,
                        mrn,
                        hold.as_ref().map(key).unwrap_or_default()
                    ])?;
                }
            }
        }
        db.prepare_cached("INSERT INTO followed (cursor) VALUES (?1)")?.execute([to])?;
        Ok(true)
    }

    /// Lodges what the house does of itself, as that a time is up, with what it means of where the declaration stands now; `false` where it
    /// means nothing, or was said already.
    pub(crate) fn time_up(
        &self,
        filing: &Filing,
        happens: impl FnOnce(&Life) -> Vec<Event>,
    ) -> Result<bool, Fault> {
        if self.before(filing)?.is_some() {
            return Ok(false);
        }
        let (life, _) = super::life(self.db, &filing.about)?;
        let events = happens(&life);
        if events.is_empty() {
            return Ok(false);
        }
        let seq = self.filing(filing)?;
        self.happen(seq, &filing.about, &filing.at, life, &events)?;
        Ok(true)
    }

    /// Says that what an older program did not hold is held; it is not done again.
    pub(crate) fn old_are_held(&self, at: &str) -> Result<(), Fault> {
        self.db.execute("INSERT INTO old_held (at) VALUES (?1)", [at])?;
        Ok(())
    }

    /// Puts down until when and up to which timer everything was looked at.
    pub(crate) fn swept(&self, until: i64, timer: i64) -> Result<(), Fault> {
        self.db
            .prepare_cached("INSERT INTO swept (due, timer) VALUES (?1, ?2)")?
            .execute([until, timer])?;
        Ok(())
    }

    /// Lodges a decision on some items: what the act does happens once every item of the hold is decided,
    /// whoever decides the last ones.
    pub(crate) fn lodge_part(&self, mut lodge: Lodge, parts: &[Part]) -> Result<Lodged, Fault> {
        let mrn = lodge.filing.about.clone();
        let before = decided(self.db, &mrn)?;
        let releases = parts.iter().any(|part| part.decision == "release");
        let is_open = |part: &Part| {
            let hold = key(&part.hold);
            let was = |item: &u32| before.iter().any(|(h, i, _)| *h == hold && i == item);
            part.of.iter().any(|item| !part.items.contains(item) && !was(item))
        };
        if releases && parts.iter().any(is_open) {
            lodge.events.clear();
        }
        if !releases {
            // Refused were the last that were not decided: the agency has nothing left to decide.
            let done = parts.iter().filter(|part| !part.items.is_empty() && !is_open(part));
            lodge.events.extend(done.map(|part| Event::Lifted(part.hold)));
        }
        let lodged = self.lodge(&lodge)?;
        if matches!(lodged, Lodged::Written) {
            let mut insert = self.db.prepare_cached(
                "INSERT INTO item_decision (mrn, hold, item, decision, filing)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for part in parts {
                for item in &part.items {
                    insert.execute(params![
                        mrn,
                        key(&part.hold),
                        item,
                        part.decision,
                        lodge.filing.id
                    ])?;
                }
            }
        }
        Ok(lodged)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{DUE, LATE, SCHEMA};

    #[test]
    fn a_sweep_looks_at_what_is_due_and_not_at_all_there_is() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(SCHEMA).unwrap();
        let check = |sql: &str, wanted: &str| {
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let rows = plan.raw_query();
            let rows: Vec<String> = rows.mapped(|row| row.get(3)).map(Result::unwrap).collect();
            assert_eq!(rows, [wanted]);
        };
        check(DUE, "SEARCH timer USING INDEX timer_due (due>? AND due<?)");
        check(LATE, "SEARCH timer USING INTEGER PRIMARY KEY (rowid>?)");
    }
}
