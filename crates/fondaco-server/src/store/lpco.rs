//! The register of licences, permits, certificates and others: acts about documents, and what declarations
//! write off on them. Only appended to.
//!
//! Nothing of it is held in memory: every row of a write-off carries what was written off on its line with
//! it, so that the last row is the balance, and a reader sees what was committed and no more. What a
//! document was when an opinion was formed is found again by how many acts and write-offs there were then.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use fondaco::lpco::{Act, Checked, Document, NotDone, Record, Take, Used, next};
use fondaco::money::Decimal;
use fondaco::token::Token;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::writer::Writing;
use super::{Fault, Filing, Lodged, Store, decimal};
use crate::lpco::form;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS lpco_act (
  seq INTEGER PRIMARY KEY,
  filing INTEGER NOT NULL,
  kind TEXT NOT NULL,
  number TEXT NOT NULL,
  act TEXT NOT NULL,
  issuer TEXT NOT NULL,
  holder TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  terms TEXT NOT NULL,
  note TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS lpco_act_number ON lpco_act (number, kind);
CREATE INDEX IF NOT EXISTS lpco_act_holder ON lpco_act (holder, kind);
CREATE UNIQUE INDEX IF NOT EXISTS lpco_act_issue ON lpco_act (number, kind) WHERE act = 'issue';
CREATE TABLE IF NOT EXISTS lpco_draw (
  seq INTEGER PRIMARY KEY,
  filing INTEGER NOT NULL,
  mrn TEXT NOT NULL,
  kind TEXT NOT NULL,
  number TEXT NOT NULL,
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  quantity TEXT NOT NULL,
  value TEXT NOT NULL,
  uses INTEGER NOT NULL,
  used_quantity TEXT NOT NULL,
  used_value TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS lpco_draw_line ON lpco_draw (number, kind, line);
CREATE INDEX IF NOT EXISTS lpco_draw_mrn ON lpco_draw (mrn);
CREATE TABLE IF NOT EXISTS lpco_seen (
  filing INTEGER PRIMARY KEY,
  acts INTEGER NOT NULL,
  draws INTEGER NOT NULL
) STRICT;
";

/// How much the register had when it was looked at: the last act and the last write-off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    acts: i64,
    draws: i64,
}

impl Sight {
    /// Everything there is.
    pub(crate) const ALL: Self = Self { acts: i64::MAX, draws: i64::MAX };
}

/// What a filing looked up in the register.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookups {
    /// What the register had then; `None` where nothing was looked up.
    pub(crate) sight: Option<Sight>,
    /// Whether it was asked who is an authorised operator.
    pub(crate) operators: bool,
    /// Whether what it takes is written off: it is not for goods that are still to come.
    pub(crate) reserves: bool,
    /// Each document shown.
    pub(crate) checked: Vec<Checked>,
}

/// An act about a document, as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Acted {
    pub(crate) kind: Token,
    pub(crate) number: String,
    pub(crate) act: Act,
    pub(crate) issuer: String,
    /// The agency that issues documents of the type by the law; empty where any does.
    pub(crate) competent: String,
    pub(crate) by: String,
    /// What the document says, in JSON; empty where the act says nothing of it.
    pub(crate) terms: String,
    pub(crate) note: String,
    pub(crate) at: String,
}

impl Acted {
    /// Whether the agency may do it about a document that this one issued, if any did: whoever issued it may,
    /// and whoever issues such by the law.
    fn may(&self, issued_by: Option<&str>) -> bool {
        let competent = self.issuer == self.competent;
        match (&self.act, issued_by) {
            (Act::Issue(_), _) => competent || self.competent.is_empty(),
            (_, None) => true,
            (_, Some(issuer)) => issuer == self.issuer || (competent && !self.issuer.is_empty()),
        }
    }
}

/// What became of an act.
#[derive(Clone, Debug)]
pub(crate) enum Registered {
    /// Written: the document as it stands.
    Written(Box<Document>),
    /// Nothing was written.
    NotDone(NotDone),
    /// The key was used before.
    Before(Lodged),
}

/// An act of the history of a document.
#[derive(Clone, Debug)]
pub(crate) struct ActRow {
    pub(crate) filing: String,
    pub(crate) act: String,
    pub(crate) issuer: String,
    pub(crate) by: String,
    pub(crate) terms: String,
    pub(crate) note: String,
    pub(crate) at: String,
}

/// A write-off of the history of a document; below zero where it was given back.
#[derive(Clone, Debug)]
pub(crate) struct DrawRow {
    pub(crate) mrn: String,
    pub(crate) item: u32,
    /// The line, from 0.
    pub(crate) line: usize,
    pub(crate) quantity: Decimal,
    pub(crate) value: Decimal,
    /// When.
    pub(crate) at: String,
    /// Whether it gives back.
    pub(crate) given_back: bool,
    /// Whether the goods are cleared.
    pub(crate) cleared: bool,
}

/// A document of a list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) seq: i64,
    pub(crate) kind: String,
    pub(crate) number: String,
    pub(crate) issuer: String,
    pub(crate) at: String,
}

fn unread(column: usize, what: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.into())
}

fn place(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<usize> {
    Ok(row.get::<_, u32>(column)? as usize)
}

fn act_named(name: &str, terms: &str) -> Result<Act, String> {
    let read = || form::read(terms).and_then(|form| form.terms().map_err(str::to_owned));
    Ok(match name {
        "issue" => Act::Issue(read()?),
        "amend" => Act::Amend(read()?),
        "suspend" => Act::Suspend,
        "resume" => Act::Resume,
        "revoke" => Act::Revoke,
        other => return Err(format!("there is no act {other}")),
    })
}

/// The document as its acts made it.
fn document(
    db: &Connection,
    kind: Token,
    number: &str,
    sight: Sight,
) -> rusqlite::Result<Option<Document>> {
    let mut statement = db.prepare_cached(
        "SELECT act, terms FROM lpco_act WHERE number = ?1 AND kind = ?2 AND seq <= ?3 ORDER BY seq",
    )?;
    let mut rows = statement.query(params![number, kind.as_str(), sight.acts])?;
    let mut document = None;
    while let Some(row) = rows.next()? {
        let (name, terms): (String, String) = (row.get(0)?, row.get(1)?);
        let act = act_named(&name, &terms).map_err(|e| unread(1, e))?;
        // What was written off was looked at when the act was written.
        let after = next(document, &act, &[]).map_err(|e| unread(0, e.name().to_owned()))?;
        document = Some(after);
    }
    Ok(document)
}

/// What was written off on a line.
fn used_of(
    db: &Connection,
    kind: &str,
    number: &str,
    line: usize,
    sight: Sight,
) -> rusqlite::Result<Used> {
    let mut last = db.prepare_cached(
        "SELECT used_quantity, used_value FROM lpco_draw
         WHERE number = ?1 AND kind = ?2 AND line = ?3 AND seq <= ?4 ORDER BY seq DESC LIMIT 1",
    )?;
    let row = last.query_row(params![number, kind, line as i64, sight.draws], |row| {
        Ok(Used { quantity: decimal(row, 0)?, value: decimal(row, 1)? })
    });
    Ok(row.optional()?.unwrap_or_default())
}

/// The document and what was written off on it; what `but` wrote off is left out.
fn record(
    db: &Connection,
    kind: Token,
    number: &str,
    sight: Sight,
    but: &str,
) -> rusqlite::Result<Option<Record>> {
    let Some(document) = document(db, kind, number, sight)? else { return Ok(None) };
    let key = params![number, kind.as_str(), sight.draws, but];
    let lines = 0..document.terms.lines.len();
    let of_line = |line| used_of(db, kind.as_str(), number, line, sight);
    let mut used = lines.map(of_line).collect::<rusqlite::Result<Vec<Used>>>()?;
    if !but.is_empty() {
        let mut own = db.prepare_cached(
            "SELECT line, quantity, value FROM lpco_draw
             WHERE number = ?1 AND kind = ?2 AND seq <= ?3 AND mrn = ?4",
        )?;
        let mut rows = own.query(key)?;
        while let Some(row) = rows.next()? {
            let line = place(row, 0)?;
            if let Some(used) = used.get_mut(line) {
                used.quantity = used.quantity.checked_sub(decimal(row, 1)?).unwrap_or_default();
                used.value = used.value.checked_sub(decimal(row, 2)?).unwrap_or_default();
            }
        }
    }
    let in_use = document.terms.once
        && db
            .prepare_cached(
                "SELECT 1 FROM lpco_draw WHERE number = ?1 AND kind = ?2 AND seq <= ?3 AND mrn <> ?4
                 GROUP BY mrn HAVING sum(uses) > 0 LIMIT 1",
            )?
            .exists(key)?;
    Ok(Some(Record { document, used, in_use }))
}

/// The numbers of the documents of a type that were ever given to a holder.
fn given(
    db: &Connection,
    kind: Token,
    holder: &str,
    sight: Sight,
) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT number FROM lpco_act WHERE holder = ?1 AND kind = ?2 AND seq <= ?3
         ORDER BY number",
    )?;
    let rows = statement.query_map(params![holder, kind.as_str(), sight.acts], |row| row.get(0))?;
    rows.collect()
}

/// Whether an opinion would come out the same by what the register has now.
pub(super) fn stand(db: &Connection, lookups: &Lookups, mrn: &str) -> rusqlite::Result<bool> {
    let Some(sight) = lookups.sight else { return Ok(true) };
    if lookups.operators
        && db.prepare_cached("SELECT 1 FROM lpco_act WHERE seq > ?1")?.exists([sight.acts])?
    {
        return Ok(false);
    }
    let mut now: BTreeMap<(Token, &str), Option<Record>> = BTreeMap::new();
    for one in &lookups.checked {
        let key = params![one.number, one.kind.as_str(), sight.acts];
        let mut acted = db.prepare_cached(
            "SELECT 1 FROM lpco_act WHERE number = ?1 AND kind = ?2 AND seq > ?3",
        )?;
        if acted.exists(key)? {
            return Ok(false);
        }
        match &one.outcome {
            // It hangs on exactly what was left.
            Err(doubt) if doubt.hangs_on_use() => {
                let key = params![one.number, one.kind.as_str(), sight.draws];
                let mut drawn = db.prepare_cached(
                    "SELECT 1 FROM lpco_draw WHERE number = ?1 AND kind = ?2 AND seq > ?3",
                )?;
                if drawn.exists(key)? {
                    return Ok(false);
                }
            }
            Err(_) => {}
            Ok(take) => {
                let key = (one.kind, one.number.as_str());
                let found = match now.entry(key) {
                    Entry::Occupied(held) => held.into_mut(),
                    Entry::Vacant(free) => {
                        free.insert(record(db, one.kind, &one.number, Sight::ALL, mrn)?)
                    }
                };
                // Items of one declaration take one after the other.
                match found {
                    Some(record) if record.has(take) && !(one.once && record.in_use) => {
                        record.take(take);
                    }
                    _ => return Ok(false),
                }
            }
        }
    }
    Ok(true)
}

/// Writes what a filing looked up, and what it writes off for the declaration; `anew` where that takes the
/// place of what the declaration wrote off before.
pub(super) fn write(
    db: &Connection,
    filing: i64,
    mrn: &str,
    lookups: &Lookups,
    anew: bool,
) -> rusqlite::Result<()> {
    if let Some(sight) = lookups.sight {
        db.prepare_cached("INSERT INTO lpco_seen (filing, acts, draws) VALUES (?1, ?2, ?3)")?
            .execute(params![filing, sight.acts, sight.draws])?;
    }
    if !lookups.reserves {
        return Ok(());
    }
    // What an amended declaration wrote off before it was amended is written off no longer, also where it
    // shows nothing any more.
    if anew {
        restore(db, filing, mrn)?;
    }
    for one in &lookups.checked {
        if let Ok(take) = one.outcome {
            append(db, filing, mrn, (one.kind.as_str(), &one.number), one.item, take, 1)?;
        }
    }
    Ok(())
}

/// Appends a write-off, with what is written off on its line by it.
fn append(
    db: &Connection,
    filing: i64,
    mrn: &str,
    (kind, number): (&str, &str),
    item: u32,
    take: Take,
    uses: i64,
) -> rusqlite::Result<()> {
    let (quantity, value) = (take.quantity.unwrap_or_default(), take.value.unwrap_or_default());
    let before = used_of(db, kind, number, take.line, Sight::ALL)?;
    let sum = |a: Decimal, b| a.checked_add(b).unwrap_or(Decimal::MAX).normalize();
    db.prepare_cached(
        "INSERT INTO lpco_draw (filing, mrn, kind, number, item, line, quantity, value, uses,
           used_quantity, used_value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        filing,
        mrn,
        kind,
        number,
        item,
        take.line as i64,
        quantity.to_string(),
        value.to_string(),
        uses,
        sum(before.quantity, quantity).to_string(),
        sum(before.value, value).to_string(),
    ])?;
    Ok(())
}

/// Gives back what a declaration that is ended, or written off anew, had written off; once.
pub(super) fn restore(db: &Connection, filing: i64, mrn: &str) -> rusqlite::Result<()> {
    type Key = (String, String, u32, usize);
    let mut open: BTreeMap<Key, (Decimal, Decimal, i64)> = BTreeMap::new();
    let mut statement = db.prepare_cached(
        "SELECT kind, number, item, line, quantity, value, uses FROM lpco_draw WHERE mrn = ?1",
    )?;
    let mut rows = statement.query([mrn])?;
    while let Some(row) = rows.next()? {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?, place(row, 3)?);
        let sum = open.entry(key).or_default();
        sum.0 = sum.0.checked_add(decimal(row, 4)?).unwrap_or_default();
        sum.1 = sum.1.checked_add(decimal(row, 5)?).unwrap_or_default();
        sum.2 += row.get::<_, i64>(6)?;
    }
    for ((kind, number, item, line), (quantity, value, uses)) in open {
        if uses <= 0 {
            continue;
        }
        let take = Take { line, quantity: Some(-quantity), value: Some(-value) };
        append(db, filing, mrn, (&kind, &number), item, take, -uses)?;
    }
    Ok(())
}

impl Writing<'_> {
    /// Writes an act about a document, where it can be done by what there is by now; `said` makes what is
    /// answered of how the document stands by it.
    pub(crate) fn register(
        &self,
        mut filing: Filing,
        acted: &Acted,
        said: impl FnOnce(&str) -> Result<Vec<u8>, Fault>,
    ) -> Result<Registered, Fault> {
        if let Some(before) = self.before(&filing)? {
            return Ok(Registered::Before(before));
        }
        let Acted { kind, number, act, .. } = acted;
        let before = record(self.db, *kind, number, Sight::ALL, "")?;
        let issued_by: Option<String> = self
            .db
            .prepare_cached(
                "SELECT issuer FROM lpco_act WHERE number = ?1 AND kind = ?2 AND act = 'issue'",
            )?
            .query_row(params![number, kind.as_str()], |row| row.get(0))
            .optional()?;
        if !acted.may(issued_by.as_deref()) {
            return Ok(Registered::NotDone(NotDone::OtherIssuer));
        }
        let used = before.as_ref().map(|r| r.used.clone()).unwrap_or_default();
        let document = match next(before.map(|r| r.document), act, &used) {
            Ok(document) => document,
            Err(why) => return Ok(Registered::NotDone(why)),
        };
        filing.opinion = said(document.standing.name())?;
        let seq = self.filing(&filing)?;
        self.db
            .prepare_cached(
                "INSERT INTO lpco_act (filing, kind, number, act, issuer, holder, by_whom, terms, note, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                seq,
                kind.as_str(),
                number,
                act.name(),
                acted.issuer,
                document.terms.holder,
                acted.by,
                acted.terms,
                acted.note,
                acted.at,
            ])?;
        Ok(Registered::Written(Box::new(document)))
    }
}

impl Store {
    /// What the register has now.
    pub(crate) fn lpco_sight(&self) -> Result<Sight, Fault> {
        self.read(|db| {
            let sql = "SELECT (SELECT coalesce(max(seq), 0) FROM lpco_act),
                              (SELECT coalesce(max(seq), 0) FROM lpco_draw)";
            db.prepare_cached(sql)?
                .query_row([], |row| Ok(Sight { acts: row.get(0)?, draws: row.get(1)? }))
        })
    }

    /// What the register had when the opinion of a filing was formed; `None` where it looked nothing up.
    pub(crate) fn lpco_seen(&self, filing: &str) -> Result<Option<Sight>, Fault> {
        self.read(|db| {
            let sql = "SELECT s.acts, s.draws FROM lpco_seen s JOIN filing f ON f.seq = s.filing
                       WHERE f.id = ?1";
            db.prepare_cached(sql)?
                .query_row([filing], |row| Ok(Sight { acts: row.get(0)?, draws: row.get(1)? }))
                .optional()
        })
    }

    /// A document and what was written off on it, as far as the sight goes, without what the declaration
    /// `but` wrote off.
    pub(crate) fn lpco(
        &self,
        kind: Token,
        number: &str,
        sight: Sight,
        but: &str,
    ) -> Result<Option<Record>, Fault> {
        self.read(|db| record(db, kind, number, sight, but))
    }

    /// The documents of a type that were given to a holder and still are his.
    pub(crate) fn lpcos_held(
        &self,
        kind: Token,
        holder: &str,
        sight: Sight,
    ) -> Result<Vec<Record>, Fault> {
        self.read(|db| {
            let mut held = Vec::new();
            for number in given(db, kind, holder, sight)? {
                let found = record(db, kind, &number, sight, "")?;
                held.extend(found.filter(|r| r.document.terms.holder == holder));
            }
            Ok(held)
        })
    }

    /// The types under which there is a document of this number.
    pub(crate) fn lpco_kinds(&self, number: &str) -> Result<Vec<String>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT DISTINCT kind FROM lpco_act WHERE number = ?1 ORDER BY kind",
            )?;
            let rows = statement.query_map([number], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// The acts about a document, oldest first.
    pub(crate) fn lpco_acts(&self, kind: &str, number: &str) -> Result<Vec<ActRow>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT f.id, a.act, a.issuer, a.by_whom, a.terms, a.note, a.at FROM lpco_act a
                 JOIN filing f ON f.seq = a.filing WHERE a.number = ?1 AND a.kind = ?2 ORDER BY a.seq",
            )?;
            let rows = statement.query_map([number, kind], |row| {
                Ok(ActRow {
                    filing: row.get(0)?,
                    act: row.get(1)?,
                    issuer: row.get(2)?,
                    by: row.get(3)?,
                    terms: row.get(4)?,
                    note: row.get(5)?,
                    at: row.get(6)?,
                })
            })?;
            rows.collect()
        })
    }

    /// The last write-offs of a document, newest first.
    pub(crate) fn lpco_draws(
        &self,
        kind: &str,
        number: &str,
        most: usize,
    ) -> Result<Vec<DrawRow>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT d.mrn, d.item, d.line, d.quantity, d.value, f.at, d.uses, EXISTS (
                   SELECT 1 FROM event e WHERE e.mrn = d.mrn AND e.event = 'cleared')
                 FROM lpco_draw d JOIN filing f ON f.seq = d.filing
                 WHERE d.number = ?1 AND d.kind = ?2 ORDER BY d.seq DESC LIMIT ?3",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![number, kind, most], |row| {
                Ok(DrawRow {
                    mrn: row.get(0)?,
                    item: row.get(1)?,
                    line: place(row, 2)?,
                    quantity: decimal(row, 3)?,
                    value: decimal(row, 4)?,
                    at: row.get(5)?,
                    given_back: row.get::<_, i64>(6)? < 0,
                    cleared: row.get(7)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Documents, the last issued first; `holder` and `kind` may be empty, `before` is where to go back from.
    /// A document is of the holder that it was issued or last amended to.
    pub(crate) fn lpcos(
        &self,
        kind: &str,
        holder: &str,
        before: i64,
        most: usize,
    ) -> Result<Vec<Listed>, Fault> {
        self.read(|db| {
            let sql = if holder.is_empty() {
                "SELECT seq, kind, number, issuer, at FROM lpco_act
                 WHERE act = 'issue' AND seq < ?1 AND (?2 = '' OR kind = ?2) AND ?3 = ''
                 ORDER BY seq DESC LIMIT ?4"
            } else {
                // Of those that ever were the holder's, those whose last act says so still.
                "SELECT i.seq, i.kind, i.number, i.issuer, i.at FROM (
                   SELECT DISTINCT number, kind FROM lpco_act WHERE holder = ?3) c
                 JOIN lpco_act i ON i.number = c.number AND i.kind = c.kind AND i.act = 'issue'
                 WHERE i.seq < ?1 AND (?2 = '' OR i.kind = ?2) AND ?3 = (
                   SELECT l.holder FROM lpco_act l WHERE l.number = i.number AND l.kind = i.kind
                   ORDER BY l.seq DESC LIMIT 1)
                 ORDER BY i.seq DESC LIMIT ?4"
            };
            let mut statement = db.prepare_cached(sql)?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![before, kind, holder, most], |row| {
                Ok(Listed {
                    seq: row.get(0)?,
                    kind: row.get(1)?,
                    number: row.get(2)?,
                    issuer: row.get(3)?,
                    at: row.get(4)?,
                })
            })?;
            rows.collect()
        })
    }
}
