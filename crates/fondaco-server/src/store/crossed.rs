//! What became of a neighbour's export here: what its house told last, and which imports were filed of it;
//! and what could not be read where neighbours are told or imports are followed.

use rusqlite::{OptionalExtension as _, params};

use super::{Fault, Store, Writing, unpack};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS import_names (
  seq INTEGER PRIMARY KEY,
  import TEXT NOT NULL,
  export TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT '',
  UNIQUE (import, export)
) STRICT;
CREATE TABLE IF NOT EXISTS import_named (
  cursor INTEGER PRIMARY KEY
) STRICT;
CREATE INDEX IF NOT EXISTS import_names_export ON import_names (export);
CREATE TABLE IF NOT EXISTS envelope_stuck (
  seq INTEGER PRIMARY KEY,
  partner TEXT NOT NULL,
  mrn TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  why TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS envelope_stuck_mrn ON envelope_stuck (partner, mrn, seq);
";

/// What `import_names` had not in the first stores of this version: when the name came, RFC 3339.
pub(super) const SINCE: &str = "ALTER TABLE import_names ADD COLUMN at TEXT NOT NULL DEFAULT ''";

/// A declaration of which something else may be declared from an event on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The event.
    pub(crate) cursor: i64,
    /// The declaration.
    pub(crate) mrn: String,
    /// When, RFC 3339.
    pub(crate) at: String,
}

/// A declaration that could not be read, and was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stuck {
    /// The declaration.
    pub(crate) mrn: String,
    /// The event that was looked at.
    pub(crate) cursor: i64,
    /// Why; empty where that is over.
    pub(crate) why: String,
}

/// What came last of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Last {
    /// The message.
    pub(crate) id: String,
    /// The how manieth.
    pub(crate) sequence: i64,
    /// When it was taken, RFC 3339.
    pub(crate) at: String,
    /// Of a notice, where the export stands; `None` of an envelope.
    pub(crate) gone: Option<String>,
}

impl Store {
    /// What came last of a neighbour's export and is not put aside; `None` where nothing did.
    pub(crate) fn last_of_export(&self, partner: &str, mrn: &str) -> Result<Option<Last>, Fault> {
        self.read(|db| {
            let sql = "SELECT t.id, t.sequence, t.at, n.state FROM envelope_taken t
                   LEFT JOIN envelope_notice n ON n.id = t.id
                 WHERE t.partner = ?1 AND t.mrn = ?2 AND coalesce((SELECT word FROM envelope_word
                       WHERE id = t.id ORDER BY seq DESC LIMIT 1), '') <> 'aside'
                 ORDER BY t.sequence DESC LIMIT 1";
            let last = |r: &rusqlite::Row<'_>| {
                Ok(Last { id: r.get(0)?, sequence: r.get(1)?, at: r.get(2)?, gone: r.get(3)? })
            };
            db.prepare_cached(sql)?.query_row([partner, mrn], last).optional()
        })
    }

    /// The envelope an import was filed of, as far as is known: the last of the export that was taken
    /// before the import named it, else the first after; empty where none was. What is put aside is none,
    /// and what was put aside and taken later came then.
    pub(crate) fn last_envelope_of(
        &self,
        partner: &str,
        export: &str,
        import: &str,
    ) -> Result<String, Fault> {
        self.read(|db| {
            let sql = "SELECT t.id, coalesce(w.at, t.at) <= coalesce(nullif(i.at, ''), f.at) AS before
                 FROM envelope_taken t JOIN filing f ON f.mrn = ?3
                   LEFT JOIN import_names i ON i.import = ?3 AND i.export = ?2
                   LEFT JOIN envelope_word w ON w.seq =
                     (SELECT max(seq) FROM envelope_word WHERE id = t.id)
                 WHERE t.partner = ?1 AND t.mrn = ?2 AND coalesce(w.word, '') <> 'aside'
                   AND NOT EXISTS (SELECT 1 FROM envelope_notice n WHERE n.id = t.id)
                 ORDER BY before DESC, CASE WHEN before THEN -t.sequence ELSE t.sequence END LIMIT 1";
            let id = db.prepare_cached(sql)?.query_row([partner, export, import], |r| r.get(0));
            Ok(id.optional()?.unwrap_or_default())
        })
    }

    /// What came last of a neighbour's export after a number and is put aside: its id, and when it came.
    pub(crate) fn aside_of_export(
        &self,
        partner: &str,
        mrn: &str,
        after: i64,
    ) -> Result<Option<(String, String)>, Fault> {
        self.read(|db| {
            let sql = "SELECT t.id, t.at FROM envelope_taken t
                 WHERE t.partner = ?1 AND t.mrn = ?2 AND t.sequence > ?3
                   AND (SELECT word FROM envelope_word WHERE id = t.id ORDER BY seq DESC LIMIT 1)
                       = 'aside'
                 ORDER BY t.sequence DESC LIMIT 1";
            let aside = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?));
            db.prepare_cached(sql)?.query_row(params![partner, mrn, after], aside).optional()
        })
    }

    /// The next of what is put aside of a neighbour after a place: its place, its id.
    pub(crate) fn aside_after(
        &self,
        partner: &str,
        after: i64,
    ) -> Result<Option<(i64, String)>, Fault> {
        self.read(|db| {
            let sql = "SELECT t.seq, t.id FROM envelope_taken t JOIN envelope_word w ON w.seq =
                   (SELECT max(seq) FROM envelope_word WHERE id = t.id)
                 WHERE t.partner = ?1 AND t.seq > ?2 AND w.word = 'aside' ORDER BY t.seq LIMIT 1";
            let next = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?));
            db.prepare_cached(sql)?.query_row(params![partner, after], next).optional()
        })
    }

    /// Whether the message of this number of a neighbour was of this export, and no notice.
    pub(crate) fn is_of_export(
        &self,
        partner: &str,
        number: i64,
        mrn: &str,
    ) -> Result<bool, Fault> {
        self.read(|db| {
            let sql = "SELECT 1 FROM envelope_taken t
                 WHERE t.partner = ?1 AND t.sequence = ?2 AND t.mrn = ?3
                   AND NOT EXISTS (SELECT 1 FROM envelope_notice n WHERE n.id = t.id)";
            db.prepare_cached(sql)?.exists(params![partner, number, mrn])
        })
    }

    /// What is passed over for a neighbour, or (`partner` empty) where imports are followed.
    pub(crate) fn stuck(&self, partner: &str) -> Result<Vec<Stuck>, Fault> {
        self.read(|db| {
            let sql =
                "SELECT mrn, cursor, why FROM envelope_stuck s WHERE partner = ?1 AND why <> ''
                   AND seq = (SELECT max(seq) FROM envelope_stuck
                              WHERE partner = s.partner AND mrn = s.mrn) ORDER BY cursor";
            let stuck = |r: &rusqlite::Row<'_>| {
                Ok(Stuck { mrn: r.get(0)?, cursor: r.get(1)?, why: r.get(2)? })
            };
            db.prepare_cached(sql)?.query_map([partner], stuck)?.collect()
        })
    }

    /// The last envelope of an export that was made for a neighbour, notices apart; `None` where none was.
    pub(crate) fn told_last(&self, partner: &str, mrn: &str) -> Result<Option<String>, Fault> {
        self.read(|db| {
            let sql = "SELECT jws FROM envelope WHERE partner = ?1 AND mrn = ?2
                   AND declared LIKE 'sha-256:%' ORDER BY sequence DESC LIMIT 1";
            let jws = db.prepare_cached(sql)?.query_row([partner, mrn], |row| unpack(row, 0));
            Ok(jws.optional()?.map(|jws| String::from_utf8_lossy(&jws).into_owned()))
        })
    }

    /// When an event happened, RFC 3339; empty where there is none of this number.
    pub(crate) fn event_at(&self, cursor: i64) -> Result<String, Fault> {
        self.read(|db| {
            let sql = "SELECT at FROM event WHERE cursor = ?1";
            let at = db.prepare_cached(sql)?.query_row([cursor], |row| row.get(0));
            Ok(at.optional()?.unwrap_or_default())
        })
    }

    /// Imports that name an export, oldest first.
    pub(crate) fn imports_of(&self, mrn: &str) -> Result<Vec<String>, Fault> {
        self.read(|db| {
            let sql = "SELECT import FROM import_names WHERE export = ?1 ORDER BY seq";
            db.prepare_cached(sql)?.query_map([mrn], |r| r.get(0))?.collect()
        })
    }

    /// The neighbours' exports an import was filed of: neighbour and number.
    pub(crate) fn exports_of(&self, import: &str) -> Result<Vec<(String, String)>, Fault> {
        self.read(|db| {
            let sql = "SELECT t.partner, n.export FROM import_names n
                   JOIN envelope_taken t ON t.mrn = n.export
                 WHERE n.import = ?1 GROUP BY t.partner, n.export ORDER BY min(n.seq), t.partner";
            db.prepare_cached(sql)?.query_map([import], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
        })
    }

    /// Up to which event it was written down which exports imports name.
    pub(crate) fn imports_followed(&self) -> Result<i64, Fault> {
        self.read(|db| {
            let sql = "SELECT coalesce(max(cursor), 0) FROM import_named";
            db.query_row(sql, [], |r| r.get(0))
        })
    }

    /// The neighbours that sent an export of this number.
    pub(crate) fn sent_by(&self, mrn: &str) -> Result<Vec<String>, Fault> {
        self.read(|db| {
            let sql = "SELECT DISTINCT partner FROM envelope_taken WHERE mrn = ?1";
            db.prepare_cached(sql)?.query_map([mrn], |r| r.get(0))?.collect()
        })
    }

    /// Declarations of which something else may be declared since an event, at most so many: event and
    /// number, oldest first.
    pub(crate) fn declared_since(&self, after: i64, most: usize) -> Result<Vec<Declared>, Fault> {
        self.read(|db| {
            let sql = "SELECT cursor, mrn, at FROM event WHERE cursor > ?1
                   AND event IN ('registered', 'accepted', 'request-granted')
                 ORDER BY cursor LIMIT ?2";
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let mut statement = db.prepare_cached(sql)?;
            let declared = |r: &rusqlite::Row<'_>| {
                Ok(Declared { cursor: r.get(0)?, mrn: r.get(1)?, at: r.get(2)? })
            };
            statement.query_map(params![after, most], declared)?.collect()
        })
    }
}

impl Writing<'_> {
    /// Writes down that a declaration is passed over for a neighbour, or (`why` empty) no more.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn stuck(&self, partner: &str, stuck: &Stuck, at: &str) -> Result<(), Fault> {
        let sql = "INSERT INTO envelope_stuck (partner, mrn, cursor, why, at)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        let said = params![partner, stuck.mrn, stuck.cursor, stuck.why, at];
        self.db.prepare_cached(sql)?.execute(said)?;
        Ok(())
    }

    /// Writes down which exports imports name, up to an event: those that are named no more are taken
    /// out, for this is an index of what stands, which the log tells the history of.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn imports_named(
        &self,
        upto: i64,
        named: &[(Declared, Vec<String>)],
    ) -> Result<(), Fault> {
        let gone = "DELETE FROM import_names WHERE import = ?1
             AND export NOT IN (SELECT value FROM json_each(?2))";
        let mut gone = self.db.prepare_cached(gone)?;
        let new = "INSERT OR IGNORE INTO import_names (import, export, at) VALUES (?1, ?2, ?3)";
        let mut new = self.db.prepare_cached(new)?;
        for (import, exports) in named {
            gone.execute([&import.mrn, &serde_json::json!(exports).to_string()])?;
            for export in exports {
                new.execute([&import.mrn, export, &import.at])?;
            }
        }
        let sql = "INSERT OR IGNORE INTO import_named (cursor) VALUES (?1)";
        self.db.prepare_cached(sql)?.execute([upto])?;
        Ok(())
    }
}
