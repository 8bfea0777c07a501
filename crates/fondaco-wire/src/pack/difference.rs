//! What one bundle says that another does not: for who is asked to approve it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use fondaco::measure::Groups;
use serde::Serialize;

use super::{Problem, problem, table, unfold};

/// A file of a pack whose rows differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// The file, by its name in the bundle.
    pub file: String,
    /// Rows in it that were not there before.
    pub added: usize,
    /// Rows that were there before and are not.
    pub removed: usize,
    /// Rows in it now.
    pub rows: usize,
}

/// The files that differ, by name. A row that changed is one removed and one added; of a file that is
/// no table of rows, each line counts as one.
///
/// # Errors
/// What is wrong with a bundle.
pub fn between(before: &[u8], after: &[u8]) -> Result<Vec<FileChange>, Vec<Problem>> {
    let (before, after) = (unfold(before)?, unfold(after)?);
    let (before, after) = (before.files()?, after.files()?);
    let mut changes = Vec::new();
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let bytes = [before.get(name), after.get(name)];
        let [Some(old), Some(new)] = bytes else {
            let rows = bytes.map(|b| b.map_or(Ok(HashMap::new()), |b| rows(name, b)));
            let [old, new] = rows;
            changes.push(change(name, &old?, &new?));
            continue;
        };
        if old != new {
            let one = change(name, &rows(name, old)?, &rows(name, new)?);
            if one.added > 0 || one.removed > 0 {
                changes.push(one);
            }
        }
    }
    Ok(changes)
}

/// How often each row is in a file, by a hash of what it says.
type Rows = HashMap<u64, usize>;

fn change(file: &str, old: &Rows, new: &Rows) -> FileChange {
    let more = |of: &Rows, than: &Rows| -> usize {
        of.iter().map(|(row, n)| n.saturating_sub(than.get(row).copied().unwrap_or(0))).sum()
    };
    let (added, removed) = (more(new, old), more(old, new));
    FileChange { file: file.to_owned(), added, removed, rows: new.values().sum() }
}

fn rows(name: &str, bytes: &[u8]) -> Result<Rows, Vec<Problem>> {
    let mut rows = Rows::new();
    if !name.ends_with(".table") {
        for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
            *rows.entry(hash(&line)).or_default() += 1;
        }
        return Ok(rows);
    }
    let table = table::decode(bytes, &Groups::new()).map_err(|e| problem(name, e))?;
    let measures = fondaco::measures::Measures { tables: vec![table] };
    for row in measures.iter() {
        let said = (
            (row.code(), row.direction().map(fondaco::measure::Direction::name), row.tax()),
            (row.origin().to_string(), row.regime().to_string(), row.quota()),
            row.formula().map(ToString::to_string),
            (row.unit(), row.when().text.as_str(), row.season().map(|s| s.to_string())),
            (row.validity().from, row.validity().until, row.basis(), row.mark()),
        );
        *rows.entry(hash(&said)).or_default() += 1;
    }
    Ok(rows)
}

fn hash(said: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    said.hash(&mut hasher);
    hasher.finish()
}
