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
    /// Of one taken, why it is put aside; `None` where it is not.
    pub(crate) aside: Option<Aside>,
}

/// Why an envelope that has its place is put aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aside {
    /// The name of the reason.
    pub(crate) why: String,
    /// The field, where it is one; else empty.
    pub(crate) field: String,
}

/// That an export does not come, as its house told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gone {
    /// Where the export stands now.
    pub(crate) state: String,
    /// The number of the envelope it is about.
    pub(crate) about: i64,
}

/// An envelope that is to be made, once it is known which it is.
pub(crate) struct Due {
    /// For whom.
    pub(crate) partner: String,
    /// The export.
    pub(crate) mrn: String,
    /// The digest of the declaration as it stands, or where the export stands: what was told last is not
    /// told again.
    pub(crate) declared: String,
    /// The event it follows from.
    pub(crate) cursor: i64,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Its id.
    pub(crate) id: String,
    /// Whether it is a notice: made only where something of this export was told before.
    pub(crate) notice: bool,
}

/// Where a message that is made stands.
pub(crate) struct Place {
    /// The how manieth.
    pub(crate) sequence: i64,
    /// The digest of the one before it; empty in the first.
    pub(crate) previous: String,
    /// The number of the last envelope of the same export; 0 where there is none.
    pub(crate) about: i64,
}

/// An envelope that came and has its place.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    /// It, and why it is put aside, if it is.
    pub(crate) kept: Kept,
    /// The digest it says is that of the one before it.
    pub(crate) previous: String,
    /// When it says it was made.
    pub(crate) issued: String,
    /// What it tells, where it is a notice.
    pub(crate) told: Option<Gone>,
}

/// What became of an envelope that came.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    /// It was written, or what was put aside is taken now.
    Written,
    /// The same bytes came before: this was the answer.
    Before(Box<Kept>),
    /// Its number, or its id while it is not its turn, was used by another envelope of this neighbour.
    Used(Box<Kept>),
    /// It is its turn, and its id was used before: it is to be put aside under another name.
    SameId,
    /// Another is next: which.
    Wanted(i64),
    /// It does not say the digest of the one before it.
    Chain,
}

/// Bytes of envelopes after which a page of them ends.
pub(crate) const PAGE: usize = 16 << 20;

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
CREATE INDEX IF NOT EXISTS envelope_taken_export ON envelope_taken (partner, mrn, sequence);
CREATE INDEX IF NOT EXISTS envelope_taken_mrn ON envelope_taken (mrn);
CREATE INDEX IF NOT EXISTS envelope_taken_digest ON envelope_taken (partner, digest);
CREATE INDEX IF NOT EXISTS envelope_export ON envelope (partner, mrn, sequence);
CREATE TABLE IF NOT EXISTS envelope_word (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  word TEXT NOT NULL,
  why TEXT NOT NULL,
  field TEXT NOT NULL,
  receipt TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS envelope_word_id ON envelope_word (id, seq);
CREATE TABLE IF NOT EXISTS envelope_notice (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS partner_terms (
  seq INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  terms TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS partner_ours (
  seq INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  countries TEXT NOT NULL,
  at TEXT NOT NULL
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
        aside: match row.get::<_, Option<String>>(8)?.as_deref() {
            Some("aside") => Some(Aside { why: row.get(9)?, field: row.get(10)? }),
            _ => None,
        },
    })
}

const MADE: &str =
    "SELECT partner, sequence, id, mrn, digest, at, '', jws, NULL, NULL, NULL FROM envelope";

/// With what was said of it last, and what the house signed then.
const TOOK: &str = "SELECT t.partner, t.sequence, t.id, t.mrn, t.digest, t.at,
       coalesce(w.receipt, t.receipt), t.jws, w.word, w.why, w.field, t.seq
  FROM envelope_taken t LEFT JOIN envelope_word w ON w.seq =
       (SELECT max(seq) FROM envelope_word WHERE id = t.id)";

fn one(db: &Connection, sql: &str, by: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<Option<Kept>> {
    db.prepare_cached(sql)?.query_row(by, kept).optional()
}

/// Rows until their envelopes are [`PAGE`] bytes together, one at least.
fn page<T>(
    rows: impl Iterator<Item = rusqlite::Result<T>>,
    kept: impl Fn(&T) -> &Kept,
) -> rusqlite::Result<Vec<T>> {
    let mut page = Vec::new();
    let mut bytes = 0_usize;
    for row in rows {
        let row = row?;
        bytes = bytes.saturating_add(kept(&row).jws.len());
        if bytes > PAGE && !page.is_empty() {
            break;
        }
        page.push(row);
    }
    Ok(page)
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

    /// Declarations whose kind is told (that of the first of `kinds` it begins with) and that something befell
    /// after an event, and since a moment (RFC 3339, UTC), by which goods may go; or anything where they were
    /// told of: the event and the number, oldest first.
    pub(crate) fn let_go(
        &self,
        kinds: &[(&str, bool)],
        after: i64,
        since: &str,
        most: usize,
        partner: &str,
    ) -> Result<Vec<(i64, String)>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT e.cursor, e.mrn FROM event e JOIN filing f ON f.mrn = e.mrn
                 WHERE e.cursor > ?2 AND e.at >= ?4
                   AND (e.event IN ('released', 'cleared', 'request-granted', 'hold-lifted', 'refusal-overturned')
                        AND (SELECT k.value ->> 1 FROM json_each(?1) k
                             WHERE substr(f.kind, 1, length(k.value ->> 0)) = k.value ->> 0
                             ORDER BY k.key LIMIT 1)
                        OR EXISTS (SELECT 1 FROM envelope v WHERE v.partner = ?5 AND v.mrn = e.mrn))
                 ORDER BY e.cursor LIMIT ?3",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let kinds = serde_json::json!(kinds).to_string();
            let rows = statement.query_map(params![kinds, after, most, since, partner], |row| {
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

    /// Whether the log was looked through for a neighbour by these terms, and by no others since.
    pub(crate) fn is_looked_through(&self, partner: &str, terms: &str) -> Result<bool, Fault> {
        self.read(|db| {
            let sql = "SELECT terms FROM partner_terms WHERE name = ?1 ORDER BY seq DESC LIMIT 1";
            let last = db.prepare_cached(sql)?.query_row([partner], |r| r.get::<_, String>(0));
            Ok(last.optional()?.as_deref() == Some(terms))
        })
    }

    /// Envelopes made for a neighbour after a number, in their order: at most so many, and no more once
    /// they are [`PAGE`] bytes together, but one at least.
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
            page(statement.query_map(params![partner, after, most], kept)?, |kept| kept)
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
        self.read(|db| one(db, &format!("{TOOK} WHERE t.id = ?1"), &[&id]))
    }

    /// Whether an envelope of this digest has its place in a neighbour's chain here.
    pub(crate) fn has_taken(&self, partner: &str, digest: &str) -> Result<bool, Fault> {
        self.read(|db| {
            let sql = "SELECT 1 FROM envelope_taken WHERE partner = ?1 AND digest = ?2";
            db.prepare_cached(sql)?.exists([partner, digest])
        })
    }

    /// The envelopes taken last, newest first, with their place; `before` is the place to go back from.
    /// Notices are none; `aside` asks for those put aside, else for all others. A page as of
    /// [`Store::envelopes`].
    pub(crate) fn newest_taken(
        &self,
        aside: bool,
        before: i64,
        most: usize,
    ) -> Result<Vec<(i64, Kept)>, Fault> {
        self.read(|db| {
            let sql = format!(
                "{TOOK} WHERE t.seq < ?1 AND (coalesce(w.word, '') = 'aside') = ?3
                   AND NOT EXISTS (SELECT 1 FROM envelope_notice n WHERE n.id = t.id)
                 ORDER BY t.seq DESC LIMIT ?2"
            );
            let mut statement = db.prepare_cached(&sql)?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let placed = |row: &rusqlite::Row<'_>| Ok((row.get(11)?, kept(row)?));
            page(statement.query_map(params![before, most, aside], placed)?, |(_, kept)| kept)
        })
    }

    /// How many of a neighbour's envelopes are put aside.
    pub(crate) fn put_aside(&self, partner: &str) -> Result<i64, Fault> {
        self.read(|db| {
            let sql = "SELECT count(*) FROM envelope_taken t JOIN envelope_word w ON w.seq =
                   (SELECT max(seq) FROM envelope_word WHERE id = t.id)
                 WHERE t.partner = ?1 AND w.word = 'aside'";
            db.prepare_cached(sql)?.query_row([partner], |r| r.get(0))
        })
    }

    /// By which countries of this house's a neighbour may address it, where an operator said so.
    pub(crate) fn partner_ours(&self) -> Result<Vec<(String, String)>, Fault> {
        self.read(|db| {
            let sql = "SELECT name, countries FROM partner_ours ORDER BY seq";
            db.prepare_cached(sql)?.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
        })
    }

    /// Says by which countries; beside the writer, as what is said of a neighbour.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn say_ours(&self, name: &str, countries: &str, at: &str) -> Result<(), Fault> {
        let db = open(&self.path, super::Sync::Full)?;
        let sql = "INSERT INTO partner_ours (name, countries, at) VALUES (?1, ?2, ?3)";
        db.execute(sql, [name, countries, at])?;
        Ok(())
    }
}

impl Writing<'_> {
    /// Writes down that the log was looked through for a neighbour by these terms.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn looked_through(&self, partner: &str, terms: &str) -> Result<(), Fault> {
        let sql = "INSERT INTO partner_terms (name, terms) VALUES (?1, ?2)";
        self.db.prepare_cached(sql)?.execute([partner, terms])?;
        Ok(())
    }

    /// Writes a message where something else was told of this export to this neighbour last. `make` is
    /// told where it stands, and gives the text and its digest; two that ask at one time get one number
    /// each.
    ///
    /// # Errors
    /// [`Fault`]; what `make` has against it.
    pub(crate) fn envelope(
        &self,
        due: &Due,
        make: impl FnOnce(Place) -> Result<(String, String), Fault>,
    ) -> Result<bool, Fault> {
        let sql = "SELECT declared FROM envelope WHERE partner = ?1 AND mrn = ?2
             ORDER BY sequence DESC LIMIT 1";
        let told: Option<String> = self
            .db
            .prepare_cached(sql)?
            .query_row([&due.partner, &due.mrn], |r| r.get(0))
            .optional()?;
        let told = told.unwrap_or_default();
        // What is told for the second time has its number behind it.
        let told = told.split('/').next().unwrap_or_default();
        if told == due.declared || due.notice && told.is_empty() {
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
        // Notices have the name of a state where envelopes have a digest.
        let sql = "SELECT coalesce(max(sequence), 0) FROM envelope
             WHERE partner = ?1 AND mrn = ?2 AND declared LIKE 'sha-256:%'";
        let about = self
            .db
            .prepare_cached(sql)?
            .query_row([&due.partner, &due.mrn], |r| r.get::<_, i64>(0))?;
        let before = self
            .db
            .prepare_cached(
                "SELECT 1 FROM envelope WHERE partner = ?1 AND mrn = ?2 AND declared = ?3",
            )?
            .exists([&due.partner, &due.mrn, &due.declared])?;
        let declared =
            if before { format!("{}/{sequence}", due.declared) } else { due.declared.clone() };
        let (jws, digest) = make(Place { sequence, previous, about })?;
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
                declared,
                due.cursor,
                digest,
                due.at,
                pack(jws.as_bytes())?
            ])?;
        Ok(true)
    }

    /// Takes an envelope that was verified, or puts it aside, where it is the next of its neighbour; one
    /// that was put aside is taken where nothing is against it any more.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn take(&self, came: &Came) -> Result<Taken, Fault> {
        let (db, new) = (self.db, &came.kept);
        let seen = format!("{TOOK} WHERE t.partner = ?1 AND t.sequence = ?2");
        if let Some(seen) = one(db, &seen, &[&new.partner, &new.sequence])? {
            let same = seen.digest == new.digest && seen.jws == new.jws;
            // One whose id was used before has another name here, and stays aside.
            if same && seen.aside.is_some() && new.aside.is_none() && seen.id == new.id {
                self.word(came)?;
                return Ok(Taken::Written);
            }
            let seen = Box::new(seen);
            return Ok(if same { Taken::Before(seen) } else { Taken::Used(seen) });
        }
        let last: Option<(i64, String)> = db
            .prepare_cached(
                "SELECT sequence, digest FROM envelope_taken WHERE partner = ?1
                 ORDER BY sequence DESC LIMIT 1",
            )?
            .query_row([&new.partner], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let (last, digest) = last.unwrap_or_default();
        if new.sequence != last + 1 {
            // Another neighbour's are not told of.
            let used = format!("{TOOK} WHERE t.id = ?1 AND t.partner = ?2");
            let used = one(db, &used, &[&new.id, &new.partner])?;
            return Ok(used.map_or(Taken::Wanted(last + 1), |kept| Taken::Used(Box::new(kept))));
        }
        if digest != came.previous {
            return Ok(Taken::Chain);
        }
        if db.prepare_cached("SELECT 1 FROM envelope_taken WHERE id = ?1")?.exists([&new.id])? {
            return Ok(Taken::SameId);
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
            came.issued,
            new.at,
            new.receipt,
            pack(&new.jws)?
        ])?;
        if new.aside.is_some() {
            self.word(came)?;
        } else {
            self.told(came)?;
        }
        Ok(Taken::Written)
    }

    /// What is said now of an envelope that has its place.
    fn word(&self, came: &Came) -> Result<(), Fault> {
        let new = &came.kept;
        let aside = new.aside.clone().unwrap_or_default();
        let word = if new.aside.is_some() { "aside" } else { "taken" };
        let sql = "INSERT INTO envelope_word (id, word, why, field, receipt, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let said = params![new.id, word, aside.why, aside.field, new.receipt, new.at];
        self.db.prepare_cached(sql)?.execute(said)?;
        if new.aside.is_none() { self.told(came) } else { Ok(()) }
    }

    fn told(&self, came: &Came) -> Result<(), Fault> {
        if let Some(told) = &came.told {
            let sql = "INSERT INTO envelope_notice (id, state) VALUES (?1, ?2)";
            self.db.prepare_cached(sql)?.execute([&came.kept.id, &told.state])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Sync;
    use super::*;

    #[test]
    fn a_page_of_envelopes_ends_by_their_bytes_and_has_one_at_least() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("s.db"), Sync::Off).unwrap();
        let sizes = [7, 7, 7, 17, 1, 1].map(|mib: usize| (mib << 20) - 100);
        for (n, size) in sizes.into_iter().enumerate() {
            let due = Due {
                partner: "b".to_owned(),
                mrn: format!("26GB{n}"),
                declared: format!("sha-256:{n}"),
                cursor: i64::try_from(n).unwrap(),
                at: String::new(),
                id: format!("id-{n}"),
                notice: false,
            };
            let make = move |_: Place| Ok(("x".repeat(size), format!("sha-256:{n}")));
            assert!(store.written_here(move |writing| writing.envelope(&due, make)).unwrap());
        }
        let check = |after: i64, most: usize, wanted: &[i64]| {
            let page = store.envelopes("b", after, most).unwrap();
            let numbers: Vec<i64> = page.iter().map(|kept| kept.sequence).collect();
            assert_eq!(numbers, wanted, "after {after}");
        };
        check(0, 100, &[1, 2]);
        check(2, 100, &[3]);
        check(3, 100, &[4]);
        check(4, 100, &[5, 6]);
        check(4, 1, &[5]);
        check(6, 100, &[]);
    }

    #[test]
    fn exports_of_all_kinds_are_looked_at_in_the_order_of_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let store = Store::open(&path, Sync::Off).unwrap();
        let db = open(&path, Sync::Off).unwrap();
        let rows =
            [("COA", "released"), ("EXA", "cleared"), ("IMA", "released"), ("COB", "hold-lifted")];
        for (n, (kind, event)) in rows.into_iter().enumerate() {
            let mrn = format!("26GB{n}");
            db.execute(
                "INSERT INTO filing (id, mrn, lrn, declarant, kind, outcome, lane, total, at, today,
                   window, draw, format, bundle, digest, body, opinion, receipt)
                 VALUES (?1, ?1, ?1, '', ?2, '', '', '', '2026', 0, 0, 0, '', '', '', x'', x'', '')",
                [&mrn, kind],
            )
            .unwrap();
            let sql = "INSERT INTO event (mrn, event, filing, at) VALUES (?1, ?2, 0, '2026')";
            db.execute(sql, [&mrn, event]).unwrap();
        }
        let check = |kinds: &[(&str, bool)], after: i64, wanted: &[i64]| {
            let some = store.let_go(kinds, after, "2026", 10, "b").unwrap();
            let cursors: Vec<i64> = some.iter().map(|(cursor, _)| *cursor).collect();
            assert_eq!(cursors, wanted, "{kinds:?}");
        };
        // Whatever is told last, what comes before it in the log was told before it.
        let (ex, co) = (("EX", true), ("CO", true));
        check(&[ex, co], 0, &[1, 2, 4]);
        check(&[ex, co], 1, &[2, 4]);
        check(&[ex], 0, &[2]);
        check(&[], 0, &[]);
        // The first it begins with says whether it is told.
        check(&[("COB", false), ex, co], 0, &[1, 2]);
        check(&[ex, co, ("COB", false)], 0, &[1, 2, 4]);
    }
}
