//! Who is told of what happens, and how far each has been told. Only appended to.
//!
//! `subscription` holds what was said of each, whole every time: the last row stands. `delivery` holds
//! how far it came: the last row that answers to the last thing said stands, so that a delivery under way
//! takes nothing back that was said meanwhile.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{COLUMNS, Fault, Filing, Lodged, Store, Writing, from_row};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS subscription (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  said TEXT NOT NULL,
  url TEXT NOT NULL,
  declarant TEXT NOT NULL,
  functions TEXT NOT NULL,
  language TEXT NOT NULL,
  secret INTEGER NOT NULL,
  secret_at INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  filing INTEGER NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS subscription_id ON subscription (id, seq);
CREATE TABLE IF NOT EXISTS delivery (
  seq INTEGER PRIMARY KEY,
  subscription TEXT NOT NULL,
  said INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  failing_since INTEGER NOT NULL,
  due INTEGER NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS delivery_subscription ON delivery (subscription, seq);
";

/// What is wanted of a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Where to: `https:` or `mailto:`.
    pub(crate) url: String,
    /// Whose declarations; empty is everybody's.
    pub(crate) declarant: String,
    /// WCO function codes; none is all.
    pub(crate) functions: Vec<String>,
    /// The language of mails: `en`, `zh`, `ru`.
    pub(crate) language: String,
}

/// How far a subscription came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// All up to and with this cursor is delivered, or was not wanted.
    pub(crate) cursor: i64,
    /// `delivered`, `failed` or `paused`; empty before anything was tried.
    pub(crate) outcome: String,
    /// How often the next one was tried in vain.
    pub(crate) attempts: u32,
    /// Since when nothing arrived, in milliseconds since 1970; 0 where the last try arrived.
    pub(crate) failing_since: i64,
    /// When it is tried again, in milliseconds since 1970.
    pub(crate) due: i64,
    /// Why the last try failed.
    pub(crate) why: String,
    /// When that was, in milliseconds since 1970.
    pub(crate) at: i64,
}

/// A subscription as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// The id of the filing that made it.
    pub(crate) id: String,
    /// Which thing said of it stands.
    pub(crate) seq: i64,
    /// Whether it was ended.
    pub(crate) ended: bool,
    /// What is wanted.
    pub(crate) terms: Terms,
    /// The number of its secret, from 1.
    pub(crate) secret: u32,
    /// When that secret was made, in milliseconds since 1970.
    pub(crate) secret_at: i64,
    /// When this was said, RFC 3339.
    pub(crate) at: String,
    /// How far it came.
    pub(crate) progress: Progress,
}

/// Something said of a subscription.
#[derive(Clone, Debug)]
pub(crate) enum Say {
    /// It is made: with what is wanted, and from which cursor; `None` is from now on.
    Make(Terms, Option<i64>),
    /// It is changed, or goes on after a pause; with another secret, from another cursor.
    Change {
        terms: Terms,
        /// What was said when the change was thought of.
        seen: i64,
        rotate: bool,
        after: Option<i64>,
    },
    /// It ends.
    End,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// It stands so now.
    Stands(Box<Subscription>),
    /// The key was used before: by this filing, or with other bytes.
    Before(Lodged),
    /// There is none, or it has ended.
    None,
    /// It was changed meanwhile: look again.
    Moved,
}

fn subscription(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    let functions: String = row.get(5)?;
    Ok(Subscription {
        seq: row.get(0)?,
        id: row.get(1)?,
        ended: row.get::<_, String>(2)? == "ended",
        terms: Terms {
            url: row.get(3)?,
            declarant: row.get(4)?,
            functions: functions.split_whitespace().map(str::to_owned).collect(),
            language: row.get(6)?,
        },
        secret: row.get(7)?,
        secret_at: row.get(8)?,
        progress: Progress { cursor: row.get(9)?, ..Progress::default() },
        at: row.get(10)?,
    })
}

fn progress(row: &Row<'_>) -> rusqlite::Result<Progress> {
    Ok(Progress {
        cursor: row.get(0)?,
        outcome: row.get(1)?,
        attempts: row.get(2)?,
        failing_since: row.get(3)?,
        due: row.get(4)?,
        why: row.get(5)?,
        at: row.get(6)?,
    })
}

const SAID: &str =
    "seq, id, said, url, declarant, functions, language, secret, secret_at, cursor, at";
const TRIED: &str = "cursor, outcome, attempts, failing_since, due, why, at";

fn with_progress(db: &Connection, mut s: Subscription) -> rusqlite::Result<Subscription> {
    let sql = format!(
        "SELECT {TRIED} FROM delivery WHERE subscription = ?1 AND said = ?2 ORDER BY seq DESC LIMIT 1"
    );
    let last = db.prepare_cached(&sql)?.query_row(params![s.id, s.seq], progress).optional()?;
    if let Some(last) = last {
        s.progress = last;
    }
    Ok(s)
}

fn standing(db: &Connection, id: &str) -> rusqlite::Result<Option<Subscription>> {
    let sql = format!("SELECT {SAID} FROM subscription WHERE id = ?1 ORDER BY seq DESC LIMIT 1");
    let said = db.prepare_cached(&sql)?.query_row([id], subscription).optional()?;
    said.map(|s| with_progress(db, s)).transpose()
}

/// The last position in the log of the house.
pub(super) fn last_cursor(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(cursor), 0) FROM event")?.query_row([], |r| r.get(0))
}

/// The last thing said of any subscription.
pub(super) fn last_said(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(seq), 0) FROM subscription")?.query_row([], |r| r.get(0))
}

impl Store {
    /// A subscription as it stands; also one that has ended.
    pub(crate) fn subscription(&self, id: &str) -> Result<Option<Subscription>, Fault> {
        self.read(|db| standing(db, id))
    }

    /// All that have not ended, in the order they were made.
    pub(crate) fn subscriptions(&self) -> Result<Vec<Subscription>, Fault> {
        self.read(|db| {
            let sql = format!(
                "SELECT {SAID} FROM subscription WHERE seq IN \
                 (SELECT max(seq) FROM subscription GROUP BY id) AND said <> 'ended' ORDER BY id"
            );
            let mut statement = db.prepare_cached(&sql)?;
            let all = statement.query_map([], subscription)?;
            all.map(|s| with_progress(db, s?)).collect()
        })
    }

    /// The last tries of a subscription, newest first.
    pub(crate) fn tries(&self, id: &str, most: u32) -> Result<Vec<Progress>, Fault> {
        self.read(|db| {
            let sql = format!(
                "SELECT {TRIED} FROM delivery WHERE subscription = ?1 ORDER BY seq DESC LIMIT ?2"
            );
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map(params![id, most], progress)?;
            rows.collect()
        })
    }

    /// The last position in the log of the house.
    pub(crate) fn last_cursor(&self) -> Result<i64, Fault> {
        self.read(last_cursor)
    }

    /// The filings with these MRNs or ids, by both; the bodies only of those in the format `whole`.
    pub(crate) fn filings(
        &self,
        names: &[&str],
        whole: &str,
    ) -> Result<BTreeMap<String, Filing>, Fault> {
        let names = serde_json::to_string(names).map_err(|e| Fault::Engine(e.to_string()))?;
        self.read(|db| {
            let columns =
                COLUMNS.replace("body,", "CASE WHEN format = ?2 THEN body ELSE x'' END,");
            let sql = format!(
                "WITH name AS (SELECT value FROM json_each(?1)) \
                 SELECT {columns} FROM filing WHERE seq IN (SELECT seq FROM filing WHERE mrn IN name \
                 UNION SELECT seq FROM filing WHERE id IN name)"
            );
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map([names.as_str(), whole], from_row)?;
            let mut all = BTreeMap::new();
            for filing in rows {
                let filing = filing?;
                if !filing.mrn.is_empty() {
                    all.insert(filing.mrn.clone(), filing.clone());
                }
                all.insert(filing.id.clone(), filing);
            }
            Ok(all)
        })
    }
}

impl Writing<'_> {
    /// Lodges what is said of a subscription: of the one the filing makes, or of that named.
    pub(crate) fn say_of_subscription(
        &self,
        filing: &Filing,
        id: &str,
        say: &Say,
        now: i64,
    ) -> Result<Heard, Fault> {
        if let Some(before) = self.before(filing)? {
            return Ok(Heard::Before(before));
        }
        let stands = standing(self.db, id)?.filter(|s| !s.ended);
        // What lies behind the end of the log has not happened: nobody passes over it.
        let last = last_cursor(self.db)?;
        let (said, terms, secret, cursor) = match (say, &stands) {
            (Say::Make(terms, after), None) => {
                ("made", terms, (1, now), after.map_or(last, |after| after.min(last)))
            }
            (Say::Change { seen, .. }, Some(s)) if s.seq != *seen => return Ok(Heard::Moved),
            (Say::Change { terms, rotate, after, .. }, Some(s)) => {
                let secret = if *rotate { (s.secret + 1, now) } else { (s.secret, s.secret_at) };
                ("changed", terms, secret, after.unwrap_or(s.progress.cursor).min(last))
            }
            (Say::End, Some(s)) => ("ended", &s.terms, (s.secret, s.secret_at), s.progress.cursor),
            _ => return Ok(Heard::None),
        };
        let seq = self.filing(filing)?;
        self.db
            .prepare_cached(
                "INSERT INTO subscription (id, said, url, declarant, functions, language, secret, \
                 secret_at, cursor, filing, at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
            )?
            .execute(params![
                id,
                said,
                terms.url,
                terms.declarant,
                terms.functions.join(" "),
                terms.language,
                secret.0,
                secret.1,
                cursor,
                seq,
                filing.at,
            ])?;
        let stands = standing(self.db, id)?.ok_or(Fault::Stopped)?;
        Ok(Heard::Stands(Box::new(stands)))
    }

    /// Writes how far a subscription came; `false`, and nothing written, where something was said of it
    /// since the delivery began.
    pub(crate) fn delivered(&self, id: &str, said: i64, p: &Progress) -> Result<bool, Fault> {
        if standing(self.db, id)?.is_none_or(|s| s.seq != said || s.ended) {
            return Ok(false);
        }
        self.db
            .prepare_cached(
                "INSERT INTO delivery (subscription, said, cursor, outcome, attempts, failing_since, due, \
                 why, at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
            )?
            .execute(params![
                id,
                said,
                p.cursor,
                p.outcome,
                p.attempts,
                p.failing_since,
                p.due,
                p.why,
                p.at
            ])?;
        Ok(true)
    }
}
