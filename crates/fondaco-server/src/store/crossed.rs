//! What became of a neighbour's export here: what its house told last, and which imports were filed of it.

use rusqlite::{OptionalExtension as _, params};

use super::{Fault, Store, Writing};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS import_of (
  seq INTEGER PRIMARY KEY,
  import TEXT NOT NULL,
  export TEXT NOT NULL,
  partner TEXT NOT NULL,
  UNIQUE (import, export, partner)
) STRICT;
CREATE TABLE IF NOT EXISTS import_followed (
  filing INTEGER PRIMARY KEY
) STRICT;
CREATE INDEX IF NOT EXISTS import_of_export ON import_of (partner, export);
";

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

    /// The last envelope of an export that was taken before an import was filed; empty where none was.
    pub(crate) fn last_envelope_of(
        &self,
        partner: &str,
        export: &str,
        import: &str,
    ) -> Result<String, Fault> {
        self.read(|db| {
            let sql = "SELECT t.id FROM envelope_taken t JOIN filing f ON f.mrn = ?3
                 WHERE t.partner = ?1 AND t.mrn = ?2 AND t.at <= f.at
                   AND NOT EXISTS (SELECT 1 FROM envelope_notice n WHERE n.id = t.id)
                 ORDER BY t.sequence DESC LIMIT 1";
            let id = db.prepare_cached(sql)?.query_row([partner, export, import], |r| r.get(0));
            Ok(id.optional()?.unwrap_or_default())
        })
    }

    /// Imports filed of a neighbour's export, oldest first.
    pub(crate) fn imports_of(&self, partner: &str, mrn: &str) -> Result<Vec<String>, Fault> {
        self.read(|db| {
            let sql =
                "SELECT import FROM import_of WHERE partner = ?1 AND export = ?2 ORDER BY seq";
            db.prepare_cached(sql)?.query_map([partner, mrn], |r| r.get(0))?.collect()
        })
    }

    /// The neighbours' exports an import was filed of: neighbour and number.
    pub(crate) fn exports_of(&self, import: &str) -> Result<Vec<(String, String)>, Fault> {
        self.read(|db| {
            let sql = "SELECT partner, export FROM import_of WHERE import = ?1 ORDER BY seq";
            db.prepare_cached(sql)?.query_map([import], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
        })
    }

    /// Up to which filing it was written down of which exports imports are. Before the first envelope
    /// was taken no import was of one.
    pub(crate) fn imports_followed(&self) -> Result<i64, Fault> {
        self.read(|db| {
            let sql = "SELECT max(filing) FROM import_followed";
            if let Some(filing) = db.query_row(sql, [], |r| r.get::<_, Option<i64>>(0))? {
                return Ok(filing);
            }
            let sql = "SELECT seq FROM filing WHERE at < (SELECT min(at) FROM envelope_taken)
                 ORDER BY seq DESC LIMIT 1";
            Ok(db.query_row(sql, [], |r| r.get(0)).optional()?.unwrap_or(0))
        })
    }

    /// The neighbours that sent an export of this number.
    pub(crate) fn sent_by(&self, mrn: &str) -> Result<Vec<String>, Fault> {
        self.read(|db| {
            let sql = "SELECT DISTINCT partner FROM envelope_taken WHERE mrn = ?1";
            db.prepare_cached(sql)?.query_map([mrn], |r| r.get(0))?.collect()
        })
    }

    /// Filings with a number after a place, at most so many: place and number. Empty where no envelope
    /// was ever taken.
    pub(crate) fn filed_since(&self, seq: i64, most: usize) -> Result<Vec<(i64, String)>, Fault> {
        self.read(|db| {
            let sql = "SELECT seq, mrn FROM filing WHERE seq > ?1 AND mrn IS NOT NULL
                   AND EXISTS (SELECT 1 FROM envelope_taken) ORDER BY seq LIMIT ?2";
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let mut statement = db.prepare_cached(sql)?;
            let rows = statement.query_map(params![seq, most], |r| Ok((r.get(0)?, r.get(1)?)))?;
            rows.collect()
        })
    }
}

impl Writing<'_> {
    /// Writes down of which neighbours' exports imports were filed (import, neighbour, number), up to a
    /// filing.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn imports_of_exports(
        &self,
        upto: i64,
        found: &[(String, String, String)],
    ) -> Result<(), Fault> {
        let sql = "INSERT OR IGNORE INTO import_of (import, partner, export) VALUES (?1, ?2, ?3)";
        let mut statement = self.db.prepare_cached(sql)?;
        for (import, partner, export) in found {
            statement.execute([import, partner, export])?;
        }
        let sql = "INSERT OR IGNORE INTO import_followed (filing) VALUES (?1)";
        self.db.prepare_cached(sql)?.execute([upto])?;
        Ok(())
    }
}
