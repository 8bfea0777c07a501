//! `fondaco import taric3`: transmissions into a pack.
//!
//! Each transmission is kept in `taric3/` of the pack's folder as it was read, under its number; the
//! rows of the pack are then made of all that are kept. A run that is cut short has kept what it had
//! read, and goes on from there.

use std::fs;
use std::path::{Path, PathBuf};

use fondaco_wire::import::{Imported, Refused, taric3};

use super::{Steps, at, read, write_all};

/// Where a pack's folder keeps transmissions.
const KEPT: &str = "taric3";
/// Level of zstd for what is kept.
const LEVEL: i32 = 9;

/// A refused record with the file it is in.
pub(super) struct Bad {
    pub(super) file: String,
    pub(super) refused: Refused,
}

/// What came of the files: the rows of all transmissions, the counts of these files first.
pub(super) struct Taken {
    pub(super) imported: Imported,
    pub(super) refused: Vec<Bad>,
    /// Files that had been taken before.
    pub(super) again: usize,
}

/// Reads the files, keeps them, and makes the rows.
pub(super) fn take(files: &[PathBuf], into: &Path, steps: &Steps) -> Result<Taken, String> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    let mut refused = Vec::new();
    let mut again = 0;
    for (n, path) in files.iter().enumerate() {
        steps.say(&format!("reading {} ({} of {})", path.display(), n + 1, files.len()));
        let transmission = taric3::read(&read(path)?);
        let shown = path.display().to_string();
        refused.extend(
            transmission.refused.iter().map(|r| Bad { file: shown.clone(), refused: r.clone() }),
        );
        for (what, count) in transmission.counts() {
            match counts.iter_mut().find(|(name, _)| *name == what) {
                Some((_, sum)) => *sum += count,
                None => counts.push((what, count)),
            }
        }
        if transmission.records.is_empty() {
            continue;
        }
        let name = format!("{KEPT}/{}.jsonl.zst", transmission.id);
        let place = into.join(&name);
        let lines = transmission.to_lines();
        match fs::read(&place) {
            Ok(kept) if zstd::decode_all(kept.as_slice()).is_ok_and(|kept| kept == lines) => {
                again += 1;
            }
            // Where records of it were refused, it may come again, mended.
            Ok(kept) if spoiled(&transmission.id, &kept) => {
                write_all(into, [(&name, &pack(&lines, &place)?)])?;
            }
            // What was published under a number is never replaced.
            Ok(_) => {
                let reason =
                    format!("transmission {} was taken before with other records", transmission.id);
                refused.push(Bad { file: shown, refused: Refused { line: 0, reason } });
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                write_all(into, [(&name, &pack(&lines, &place)?)])?;
            }
            Err(e) => return Err(at(&place, &e)),
        }
    }
    steps.say("making the rows");
    let transmissions = kept(into)?;
    let mut imported = if transmissions.is_empty() {
        Imported::default()
    } else {
        taric3::rows::of(&transmissions)
    };
    counts.append(&mut imported.counts);
    imported.counts = counts;
    Ok(Taken { imported, refused, again })
}

fn pack(lines: &[u8], place: &Path) -> Result<Vec<u8>, String> {
    zstd::encode_all(lines, LEVEL).map_err(|e| at(place, &e))
}

/// Whether some record of what is kept was refused.
fn spoiled(id: &str, kept: &[u8]) -> bool {
    let lines = zstd::decode_all(kept).unwrap_or_default();
    taric3::Transmission::from_lines(id, &lines).is_ok_and(|t| t.is_spoiled())
}

/// The transmissions kept, in the order of their numbers.
fn kept(into: &Path) -> Result<Vec<taric3::Transmission>, String> {
    let dir = into.join(KEPT);
    let entries = match fs::read_dir(&dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|e| at(&dir, &e))?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| at(&dir, &e))?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(id) = name.strip_suffix(".jsonl.zst") else { continue };
        let lines = zstd::decode_all(read(&path)?.as_slice()).map_err(|e| at(&path, &e))?;
        all.push(taric3::Transmission::from_lines(id, &lines)?);
    }
    // Numbers rise, and may grow by a digit.
    all.sort_by(|a, b| (a.id.len(), &a.id).cmp(&(b.id.len(), &b.id)));
    Ok(all)
}
