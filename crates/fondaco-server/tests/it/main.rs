//! The program from outside: the binary, files in, JSON out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod acts;
mod agencies;
mod appeals;
mod assess;
mod arrivals;
mod bridge;
mod channel;
mod classify;
mod commands;
mod decide;
mod documents;
mod duties;
mod explain;
mod findings;
mod golden;
mod http;
mod inspections;
mod law;
mod money;
mod neighbours;
mod lpcos;
mod mutants;
mod notify;
mod origin;
mod outcomes;
mod pages;
mod quotas;
#[path = "../common/receiver.rs"]
mod receiver;
mod requirements;
mod screening;
mod tls;
mod undone;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A row of a table, by the names of its columns.
pub(crate) type Row = BTreeMap<String, String>;

/// The shared data beside the repository; `None`, said aloud, where there is none.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: ../shared/data/{path} is not here");
    None
}

/// The rows of a table.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Runs the program and gives its report on each file, by the file's path.
pub(crate) fn reports<A: AsRef<OsStr>>(args: &[A]) -> BTreeMap<PathBuf, Value> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_fondaco")).args(args).arg("--json").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|c| c < 2), "{:?}: {said}", output.status);
    let report = |line: &str| {
        let report: Value = serde_json::from_str(line).unwrap();
        (PathBuf::from(report["file"].as_str().unwrap()), report)
    };
    String::from_utf8(output.stdout).unwrap().lines().map(report).collect()
}

/// Codes of the findings that stand against it, with where they point.
pub(crate) fn errors(report: &Value) -> Vec<(&str, &str)> {
    report["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|f| f["severity"] == "error")
        .map(|f| (f["code"].as_str().unwrap_or_default(), f["path"].as_str().unwrap_or_default()))
        .collect()
}

/// The messages of the set that are sent to the house: file and row of the index.
pub(crate) fn submissions() -> Option<Vec<(PathBuf, Row)>> {
    let dir = shared("cds-dms/dev")?;
    let sent = |row: &Row| {
        row["response"] == "False"
            && matches!(&*row["function"], "9" | "13")
            && row["root"] != "DeclarationFullResponse"
    };
    let all = rows(&dir.join("INDEX.csv")).into_iter().filter(sent);
    Some(all.map(|row| (dir.join(&row["path"]), row)).collect())
}

/// The declarations of our own corpus for a pack: file and row of the index; none, said aloud, where
/// it is not there.
pub(crate) fn corpus(pack: &str) -> Vec<(PathBuf, Row)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus");
    if !dir.join("INDEX.csv").exists() {
        println!("skipped: data/corpus is not here");
        return Vec::new();
    }
    let all = rows(&dir.join("INDEX.csv")).into_iter().filter(|row| row["pack"] == pack);
    all.map(|row| (dir.join(&row["file"]), row)).collect()
}

/// Whether the binary carries the pack; said aloud where it does not (a build with `FONDACO_PACKS`).
pub(crate) fn is_carried(pack: &str) -> bool {
    let nothing = tempfile::NamedTempFile::new().unwrap();
    let args = ["check".as_ref(), nothing.path().as_os_str(), "--pack".as_ref(), pack.as_ref()];
    let output = Command::new(env!("CARGO_BIN_EXE_fondaco")).args(args).output().unwrap();
    let carried = output.status.code() == Some(1);
    if !carried {
        println!("skipped: the pack {pack} is not in this build");
    }
    carried
}
