//! `fondaco import origin-rules`: schemes and rules of origin into a pack.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fondaco_wire::import::origin::{self, Origin};

use super::{REFUSED, Steps, TAKEN, To, at, read, write_all};

/// Most refusals printed for people.
const SHOWN: usize = 40;

pub(super) fn run(paths: &[PathBuf], to: &To, steps: &Steps) -> Result<u8, String> {
    let mut files = Vec::new();
    for path in paths {
        below(path, &mut files)?;
    }
    files.sort();
    steps.say("taking the rules");
    let taken = origin::take(&files);
    let mut written = Vec::new();
    if !taken.schemes.is_empty() {
        steps.say("writing");
        let files = taken.files().map_err(|e| e.to_string())?;
        write_all(&to.into, &files)?;
        written.extend(files.into_keys());
    }
    steps.end();
    report(&taken, &written);
    if to.json {
        let told = serde_json::json!({
            "schemes": taken.counts,
            "total": taken.total(),
            "left_out": taken.left_out,
            "refused": taken.refused,
            "written": written,
        });
        writeln!(io::stdout().lock(), "{told}").map_err(|e| format!("stdout: {e}"))?;
    }
    Ok(if taken.refused.is_empty() { TAKEN } else { REFUSED })
}

/// Every `.json` and `.json.gz` in and below a folder, or the file itself.
fn below(path: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), String> {
    if !path.is_dir() {
        files.push((path.display().to_string(), read(path)?));
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(|e| at(path, &e))? {
        let inner = entry.map_err(|e| at(path, &e))?.path();
        let name = inner.display().to_string();
        if inner.is_dir() || name.ends_with(".json") || name.ends_with(".json.gz") {
            below(&inner, files)?;
        }
    }
    Ok(())
}

fn report(taken: &Origin, written: &[String]) {
    for (scheme, count) in &taken.counts {
        eprintln!(
            "{:>8}  sets of {scheme}: {} rules, {} read, {} of them by codes and figures",
            count.sets, count.rules, count.read, count.counted
        );
    }
    let total = taken.total();
    eprintln!(
        "{:>8}  sets in all: {} rules, {} read, {} of them by codes and figures",
        total.sets, total.rules, total.read, total.counted
    );
    for file in &taken.left_out {
        eprintln!("{:>8}  left out: {file}", "");
    }
    for bad in taken.refused.iter().take(SHOWN) {
        eprintln!("refused: {}:{}: {}", bad.file, bad.record, bad.reason);
    }
    if taken.refused.len() > SHOWN {
        eprintln!("refused: {} more (--json has all)", taken.refused.len() - SHOWN);
    }
    for file in written {
        eprintln!("wrote {file}");
    }
}
