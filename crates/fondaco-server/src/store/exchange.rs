//! What goes to neighbours' houses and comes from them. Only appended to; what was taken is kept whole.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Fault, Store, Writing, open, pack, unpack};

/// What an operator said of a neighbour: a key of its house, and from when to when it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartnerKey {
    /// The neighbour's name here.
    pub(crate) name: String,
    /// The id of its house.
    pub(crate) house: String,
    /// The name of the key: its thumbprint.
    pub(crate) kid: String,
    /// The public key, a JWK.
    pub(crate) key: String,
    /// Two-letter codes of the countries it stands for, with a space between.
    pub(crate) countries: String,
    /// The pack its house applies.
    pub(crate) pack: String,
    /// The first day on which the key counts, YYYY-MM-DD.
    pub(crate) from: String,
    /// The first day on which it no longer does; empty where none is set.
    pub(crate) until: String,
    /// When it was said, RFC 3339.
    pub(crate) at: String,
}

/// An envelope that was made or taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The neighbour's name here.
    pub(crate) partner: String,
    /// The how manieth.
    pub(crate) sequence: i64,
    /// The message.
    pub(crate) id: String,
    /// The export.
    pub(crate) mrn: String,
    /// `sha-256:` and the digest of the envelope.
    pub(crate) digest: String,
    /// When it was made or taken, RFC 3339.
    pub(crate) at: String,
    /// Of one taken, what the house signed when it took it.
    pub(crate) receipt: String,
    /// The envelope, byte for byte.
    pub(crate) jws: Vec<u8>,
}

/// An envelope that is to be made, once it is known which it is.
pub(crate) struct Due {
    /// For whom.
    pub(crate) partner: String,
    /// The export.
    pub(crate) mrn: String,
    /// The digest of the declaration as it stands: each is sent once.
    pub(crate) declared: String,
    /// The event it follows from.
    pub(crate) cursor: i64,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Its id.
    pub(crate) id: String,
}

/// What became of an envelope that came.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    /// It was written.
    Written,
    /// The same bytes came before: this was the answer.
    Before(Box<Kept>),
    /// Its id or its number was used by another envelope of this neighbour.
    Used(Box<Kept>),
    /// Another is next: which.
    Wanted(i64),
    /// It does not say the digest of the one before it.
    Chain,
    /// It says that it was made before the one before it.
    Time,
}

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS partner (
  seq INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  house TEXT NOT NULL,
  kid TEXT NOT NULL,
  key TEXT NOT NULL,
  countries TEXT NOT NULL,
  pack TEXT NOT NULL,
  first TEXT NOT NULL,
  until TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS envelope (
  seq INTEGER PRIMARY KEY,
  partner TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  mrn TEXT NOT NULL,
  declared TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  digest TEXT NOT NULL,
  at TEXT NOT NULL,
  jws BLOB NOT NULL,
  UNIQUE (partner, sequence),
  UNIQUE (partner, mrn, declared)
) STRICT;
CREATE TABLE IF NOT EXISTS envelope_taken (
  seq INTEGER PRIMARY KEY,
  partner TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  mrn TEXT NOT NULL,
  digest TEXT NOT NULL,
  issued TEXT NOT NULL,
  at TEXT NOT NULL,
  receipt TEXT NOT NULL,
  jws BLOB NOT NULL,
  UNIQUE (partner, sequence)
) STRICT;
";

fn kept(row: &rusqlite::Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        partner: row.get(0)?,
        sequence: row.get(1)?,
        id: row.get(2)?,
        mrn: row.get(3)?,
        digest: row.get(4)?,
        at: row.get(5)?,
        receipt: row.get(6)?,
        jws: unpack(row, 7)?,
    })
}

const MADE: &str = "SELECT partner, sequence, id, mrn, digest, at, '', jws FROM envelope";
const TOOK: &str =
    "SELECT partner, sequence, id, mrn, digest, at, receipt, jws FROM envelope_taken";

fn one(db: &Connection, sql: &str, by: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<Option<Kept>> {
    db.prepare_cached(sql)?.query_row(by, kept).optional()
}

impl Store {
    /// Everything said of neighbours, oldest first.
    pub(crate) fn partner_keys(&self) -> Result<Vec<PartnerKey>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT name, house, kid, key, countries, pack, first, until, at FROM partner
                 ORDER BY seq",
            )?;
            let rows = statement.query_map([], |r| {
                Ok(PartnerKey {
                    name: r.get(0)?,
                    house: r.get(1)?,
                    kid: r.get(2)?,
                    key: r.get(3)?,
                    countries: r.get(4)?,
                    pack: r.get(5)?,
                    from: r.get(6)?,
                    until: r.get(7)?,
                    at: r.get(8)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Says something of a neighbour; beside the writer, as the register of law is, for the house may
    /// be closed.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn say_of_partner(&self, said: &PartnerKey) -> Result<(), Fault> {
        let db = open(&self.path, super::Sync::Full)?;
        db.execute(
            "INSERT INTO partner (name, house, kid, key, countries, pack, first, until, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                said.name,
                said.house,
                said.kid,
                said.key,
                said.countries,
                said.pack,
                said.from,
                said.until,
                said.at
            ],
        )?;
        Ok(())
    }

    /// Declarations whose kind begins so and that something befell after an event, and since a day, by
    /// which goods may go: the event and the number, oldest first.
    pub(crate) fn let_go(
        &self,
        kind: &str,
        after: i64,
        since: &str,
        most: usize,
    ) -> Result<Vec<(i64, String)>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT e.cursor, e.mrn FROM event e JOIN filing f ON f.mrn = e.mrn
                 WHERE e.cursor > ?2 AND e.at >= ?4 AND substr(f.kind, 1, length(?1)) = ?1
                   AND e.event IN ('released', 'cleared', 'request-granted', 'hold-lifted', 'refusal-overturned')
                 ORDER BY e.cursor LIMIT ?3",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![kind, after, most, since], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.collect()
        })
    }

    /// The last event of the house's log; 0 where there is none.
    pub(crate) fn last_event(&self) -> Result<i64, Fault> {
        self.read(|db| db.query_row("SELECT coalesce(max(cursor), 0) FROM event", [], |r| r.get(0)))
    }

    /// The last event an envelope for a neighbour followed from; 0 where there is none.
    pub(crate) fn last_due(&self, partner: &str) -> Result<i64, Fault> {
        self.read(|db| {
            let sql = "SELECT coalesce(max(cursor), 0) FROM envelope WHERE partner = ?1";
            db.prepare_cached(sql)?.query_row([partner], |r| r.get(0))
        })
    }

    /// Envelopes made for a neighbour after a number, in their order.
    pub(crate) fn envelopes(
        &self,
        partner: &str,
        after: i64,
        most: usize,
    ) -> Result<Vec<Kept>, Fault> {
        self.read(|db| {
            let sql =
                format!("{MADE} WHERE partner = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3");
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map(params![partner, after, most], kept)?;
            rows.collect()
        })
    }

    /// The number of the last envelope made for a neighbour; 0 where there is none.
    pub(crate) fn last_made(&self, partner: &str) -> Result<i64, Fault> {
        self.read(|db| {
            let sql = "SELECT coalesce(max(sequence), 0) FROM envelope WHERE partner = ?1";
            db.prepare_cached(sql)?.query_row([partner], |r| r.get(0))
        })
    }

    /// The number of the last envelope taken from a neighbour; 0 where there is none.
    pub(crate) fn last_taken(&self, partner: &str) -> Result<i64, Fault> {
        self.read(|db| {
            let sql = "SELECT coalesce(max(sequence), 0) FROM envelope_taken WHERE partner = ?1";
            db.prepare_cached(sql)?.query_row([partner], |r| r.get(0))
        })
    }

    /// An envelope that was taken, by its id.
    pub(crate) fn taken(&self, id: &str) -> Result<Option<Kept>, Fault> {
        self.read(|db| one(db, &format!("{TOOK} WHERE id = ?1"), &[&id]))
    }

    /// The envelopes taken last, newest first, with their place; `before` is the place to go back from.
    pub(crate) fn newest_taken(&self, before: i64, most: usize) -> Result<Vec<(i64, Kept)>, Fault> {
        self.read(|db| {
            let sql = "SELECT partner, sequence, id, mrn, digest, at, receipt, jws, seq
                 FROM envelope_taken WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
            let mut statement = db.prepare_cached(sql)?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows =
                statement.query_map(params![before, most], |row| Ok((row.get(8)?, kept(row)?)))?;
            rows.collect()
        })
    }
}

impl Writing<'_> {
    /// Writes an envelope where this declaration was not sent to this neighbour before. `make` is told
    /// which number it has and the digest of the one before, and gives the text and its digest; two
    /// that ask at one time get one number each.
    ///
    /// # Errors
    /// [`Fault`]; what `make` has against it.
    pub(crate) fn envelope(
        &self,
        due: &Due,
        make: impl FnOnce(i64, String) -> Result<(String, String), Fault>,
    ) -> Result<bool, Fault> {
        let sent = self
            .db
            .prepare_cached(
                "SELECT 1 FROM envelope WHERE partner = ?1 AND mrn = ?2 AND declared = ?3",
            )?
            .exists([&due.partner, &due.mrn, &due.declared])?;
        if sent {
            return Ok(false);
        }
        let sql = "SELECT sequence, digest FROM envelope WHERE partner = ?1
             ORDER BY sequence DESC LIMIT 1";
        let last: Option<(i64, String)> = self
            .db
            .prepare_cached(sql)?
            .query_row([&due.partner], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let (last, previous) = last.unwrap_or_default();
        let sequence = last + 1;
        let (jws, digest) = make(sequence, previous)?;
        self.db
            .prepare_cached(
                "INSERT INTO envelope (partner, sequence, id, mrn, declared, cursor, digest, at, jws)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                due.partner,
                sequence,
                due.id,
                due.mrn,
                due.declared,
                due.cursor,
                digest,
                due.at,
                pack(jws.as_bytes())?
            ])?;
        Ok(true)
    }

    /// Takes an envelope that was verified, where it is the next of its neighbour.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn take(&self, new: &Kept, previous: &str, issued: &str) -> Result<Taken, Fault> {
        let db = self.db;
        let seen = one(
            db,
            &format!("{TOOK} WHERE id = ?1 OR (partner = ?2 AND sequence = ?3)"),
            &[&new.id, &new.partner, &new.sequence],
        )?;
        if let Some(seen) = seen {
            let same = seen.digest == new.digest && seen.jws == new.jws;
            let seen = Box::new(seen);
            return Ok(if same { Taken::Before(seen) } else { Taken::Used(seen) });
        }
        let last: Option<(i64, String, String)> = db
            .prepare_cached(
                "SELECT sequence, digest, issued FROM envelope_taken WHERE partner = ?1
                 ORDER BY sequence DESC LIMIT 1",
            )?
            .query_row([&new.partner], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .optional()?;
        let (last, digest, before) = last.unwrap_or_default();
        if new.sequence != last + 1 {
            return Ok(Taken::Wanted(last + 1));
        }
        if digest != previous {
            return Ok(Taken::Chain);
        }
        // Both are written in one form, so that the later one sorts behind.
        if issued < before.as_str() {
            return Ok(Taken::Time);
        }
        db.prepare_cached(
            "INSERT INTO envelope_taken
               (partner, sequence, id, mrn, digest, issued, at, receipt, jws)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            new.partner,
            new.sequence,
            new.id,
            new.mrn,
            new.digest,
            issued,
            new.at,
            new.receipt,
            pack(&new.jws)?
        ])?;
        Ok(Taken::Written)
    }
}
