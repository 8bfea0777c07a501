//! The register of law: who may say which bundle is the law, and what they said. Only appended to.

use rusqlite::{Connection, TransactionBehavior, params};

use super::{Fault, Store, open};

/// A person whose signature counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The name, unique in the house.
    pub(crate) name: String,
    /// The public key, a JWK.
    pub(crate) key: String,
    /// When they were taken in, RFC 3339.
    pub(crate) at: String,
}

/// Something said of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    /// Who said it; empty where the house did.
    pub(crate) person: String,
    /// The signed statement.
    pub(crate) statement: String,
}

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS person (
  seq INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS law_act (
  seq INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  statement TEXT NOT NULL
) STRICT;
";

fn acts(db: &Connection) -> rusqlite::Result<Vec<Act>> {
    let mut statement = db.prepare_cached("SELECT person, statement FROM law_act ORDER BY seq")?;
    let rows = statement.query_map([], |r| Ok(Act { person: r.get(0)?, statement: r.get(1)? }))?;
    rows.collect()
}

impl Store {
    /// Everybody whose signature counts, in the order they were taken in.
    pub(crate) fn persons(&self) -> Result<Vec<Person>, Fault> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT name, key, at FROM person ORDER BY seq")?;
            let rows = statement
                .query_map([], |r| Ok(Person { name: r.get(0)?, key: r.get(1)?, at: r.get(2)? }))?;
            rows.collect()
        })
    }

    /// Everything said of bundles, oldest first.
    pub(crate) fn acts(&self) -> Result<Vec<Act>, Fault> {
        self.read(acts)
    }

    /// How many things were said of bundles.
    pub(crate) fn acts_said(&self) -> Result<i64, Fault> {
        self.read(|db| db.query_row("SELECT count(*) FROM law_act", [], |r| r.get(0)))
    }

    /// Takes a person in.
    pub(crate) fn add_person(&self, person: &Person) -> Result<(), Fault> {
        let db = open(&self.path, super::Sync::Full)?;
        db.execute(
            "INSERT INTO person (name, key, at) VALUES (?1, ?2, ?3)",
            params![person.name, person.key, person.at],
        )?;
        Ok(())
    }

    /// Appends what is said, where `allowed` finds nothing against it in what was said before; two
    /// that speak at one time are heard one after the other.
    ///
    /// # Errors
    /// [`Fault`]; inside, what `allowed` has against it.
    pub(crate) fn say<E>(
        &self,
        act: &Act,
        allowed: impl FnOnce(&[Act]) -> Result<(), E>,
    ) -> Result<Result<(), E>, Fault> {
        let mut db = open(&self.path, super::Sync::Full)?;
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Err(against) = allowed(&acts(&transaction)?) {
            return Ok(Err(against));
        }
        transaction.execute(
            "INSERT INTO law_act (person, statement) VALUES (?1, ?2)",
            params![act.person, act.statement],
        )?;
        transaction.commit()?;
        Ok(Ok(()))
    }
}
