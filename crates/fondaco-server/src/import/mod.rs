//! `fondaco import`: official tariff and list files to the files of a data pack.
//!
//! The rows are made in `fondaco_wire::import`; here is only reading, writing and reporting. Every
//! file is written beside its place and all are renamed at the end, so that a run that is cut short
//! leaves the pack as it was.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fondaco::day::Day;
use fondaco_wire::import::succession::Changes;
use fondaco_wire::import::{Imported, cn, ett, hts, table, uk_codes, un_list};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

mod origin;
mod search;
mod taric3;

use taric3::Bad;

/// Everything was taken.
const TAKEN: u8 = 0;
/// Something was refused; the rest was taken.
const REFUSED: u8 = 1;
/// A field there is not.
const USAGE: u8 = 2;
/// A file could not be read or written.
const FAULT: u8 = 3;

/// Takes an official tariff or list into a data pack.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The US Harmonized Tariff Schedule: a JSON export of the USITC, plain or .gz
    Hts {
        /// The export
        file: PathBuf,
        /// Last day on which the additional duties of chapter 99 are known to be as this edition says:
        /// those that state no end are given this one
        #[arg(long, value_name = "DATE", value_parser = day)]
        additional_until: Option<Day>,
        #[command(flatten)]
        to: To,
    },
    /// The Common Customs Tariff of the EAEU as CSV, plain or .gz
    EaeuEtt {
        /// The tariff
        file: PathBuf,
        /// The notes to it (CSV): without them every note is marked unread
        #[arg(long, value_name = "FILE")]
        notes: Option<PathBuf>,
        /// The member state the goods are brought into: without it the rates of notes for some
        /// states are left open
        #[arg(long, value_name = "ISO", value_parser = ett::MEMBERS)]
        state: Option<String>,
        #[command(flatten)]
        to: To,
    },
    /// TARIC3 transmissions of the European Commission in XML, plain or .gz: measures, conditions,
    /// quotas; those taken before are kept and built on
    Taric3 {
        /// The transmissions, in any order
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        to: To,
    },
    /// Preferential rules of origin of the UK's online tariff: files of schemes and of rules in JSON,
    /// plain or .gz, or folders of them
    OriginRules {
        /// The files and folders; a folder is read with those below it
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        to: To,
    },
    /// China's tariff of 2026 as CSV, plain or .gz
    Cn {
        /// The tariff
        file: PathBuf,
        #[command(flatten)]
        to: To,
    },
    /// Any official table in CSV (comma, semicolon or tab), plain or .gz
    Csv {
        /// The table
        file: PathBuf,
        /// The rows to make of it
        #[arg(long, value_name = "ROWS", value_parser = table::Rows::ALL.map(|(name, _)| name))]
        rows: String,
        /// The column a field is in, where it is not called as the field is
        #[arg(long = "as", value_name = "FIELD=COLUMN", value_parser = pair)]
        columns: Vec<(String, String)>,
        /// The value a field has in every row
        #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = pair)]
        values: Vec<(String, String)>,
        /// Goes into the name of the pack's file, so that it is beside the pack's own
        #[arg(long, value_name = "NAME", default_value = "csv", value_parser = stem)]
        stem: String,
        #[command(flatten)]
        to: To,
    },
    /// The code lists of the UK's CDS: a directory of JSON files
    UkCodes {
        /// The directory, read with those below it
        dir: PathBuf,
        #[command(flatten)]
        to: To,
    },
    /// Names and words that `fondaco classify` searches: from packs, our synonyms, HMRC's references
    Search(search::SearchArgs),
    /// The UN Security Council Consolidated List in XML, plain or .gz
    UnList {
        /// The list
        file: PathBuf,
        #[command(flatten)]
        to: To,
    },
}

#[derive(Debug, clap::Args)]
struct To {
    /// The pack's directory; made if it is not there
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// Print the report as one JSON object on stdout
    #[arg(long)]
    json: bool,
    /// First day of the rows (YYYY-MM-DD), where the file does not state one or states another;
    /// rows of earlier editions that are there go on or end the day before
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Day>,
}

/// Runs the import and returns the exit code: 0 all taken, 1 something refused, 3 fault. (Wrong
/// usage is 2 and is found before this.)
#[must_use]
pub(crate) fn run(args: ImportArgs) -> u8 {
    // What the rows have for fields is known only once it is known which rows.
    if let What::Csv { rows, columns, values, .. } = &args.what
        && let Err(e) = layout(rows, columns, values)
    {
        eprintln!("fondaco import csv: {e}");
        return USAGE;
    }
    match import(args.what) {
        Ok(code) => code,
        Err(e) => {
            eprintln!("fondaco import: {e}");
            FAULT
        }
    }
}

fn import(what: What) -> Result<u8, String> {
    let steps = Steps::start();
    steps.say("reading");
    let mut refused = Vec::new();
    // The file that holds the days of the editions, where they follow one another.
    let mut editions = Some(EDITIONS.to_owned());
    let (mut imported, to) = match what {
        What::Search(args) => return Ok(search::run(&args)),
        What::Taric3 { files, to } => {
            let taken = taric3::take(&files, &to.into, &steps)?;
            refused = taken.refused;
            editions = None;
            if taken.again > 0 {
                eprintln!("{:>8}  taken before", taken.again);
            }
            (taken.imported, to)
        }
        What::OriginRules { files, to } => return origin::run(&files, &to, &steps),
        What::Hts { file, additional_until, to } => {
            let bytes = read(&file)?;
            steps.say("taking the schedule");
            let mut imported = hts::import(&bytes, to.day().as_deref());
            if let Some(until) = additional_until {
                imported.end_additional_duties(until);
            }
            (imported, to)
        }
        What::EaeuEtt { file, notes, state, to } => {
            let bytes = read(&file)?;
            let notes = notes.as_deref().map(read).transpose()?;
            steps.say("taking the tariff");
            let (notes, state, day) = (notes.as_deref(), state.as_deref(), to.day());
            (ett::import(&bytes, notes, state, day.as_deref()), to)
        }
        What::Cn { file, to } => {
            let bytes = read(&file)?;
            steps.say("taking the tariff");
            (cn::import(&bytes, to.day().as_deref()), to)
        }
        What::Csv { file, rows, columns, values, stem, to } => {
            let bytes = read(&file)?;
            steps.say("taking the table");
            let layout = layout(&rows, &columns, &values)?;
            editions = layout.follow().then(|| format!("editions-{stem}-{rows}.csv"));
            (table::import(&bytes, &layout, &stem, to.day().as_deref()), to)
        }
        What::UkCodes { dir, to } => {
            let files = read_below(&dir)?;
            steps.say("taking the lists");
            (uk_codes::import(&files, to.day().as_deref()), to)
        }
        What::UnList { file, to } => {
            let bytes = read(&file)?;
            steps.say("taking the list");
            (un_list::import(&bytes), to)
        }
    };
    let mut written = Vec::new();
    let mut changes = None;
    if !imported.is_empty() {
        let mut taken = None;
        let tariff = !imported.measures.is_empty() || !imported.lines.is_empty();
        if let (Some(day), Some(name), true) = (to.from, editions, tariff) {
            steps.say("following the edition before");
            taken = Some((edition(&to.into.join(&name), day)?, name));
            changes = Some(succeed(&mut imported, &to.into, day)?);
        }
        steps.say("packing");
        let law = match fs::read(to.into.join("law.csv")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            law => law.map_err(|e| at(&to.into.join("law.csv"), &e))?,
        };
        let mut files = imported.files(&law).map_err(|e| e.to_string())?;
        files.extend(taken.map(|(text, name)| (name, text)));
        steps.say("writing");
        write_all(&to.into, &files)?;
        written.extend(files.into_keys());
    }
    steps.end();
    let own = imported.refused.iter().map(|r| Bad { file: String::new(), refused: r.clone() });
    refused.extend(own);
    if let Some(Changes { added, ended, kept }) = changes {
        eprintln!("{added:>8}  rows begin");
        eprintln!("{ended:>8}  rows end");
        eprintln!("{kept:>8}  rows go on");
    }
    report(&imported, &refused, &written, &to);
    if to.json {
        let mut out = io::stdout().lock();
        let mut told = json(&imported, &refused);
        if let Some(changes) = changes {
            told["changes"] = serde_json::to_value(changes).unwrap_or_default();
        }
        writeln!(out, "{told}").map_err(|e| format!("stdout: {e}"))?;
    }
    Ok(if refused.is_empty() && imported.unparsed.is_empty() { TAKEN } else { REFUSED })
}

/// The days of the editions a pack has taken, one a line.
const EDITIONS: &str = "editions.csv";

/// Notes that an edition is taken; an edition older than one that is there is refused, since what
/// came after it would be lost.
fn edition(path: &Path, day: Day) -> Result<Vec<u8>, String> {
    let mut text = match fs::read_to_string(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => "from\n".to_owned(),
        text => text.map_err(|e| at(path, &e))?,
    };
    let days: Vec<Day> = text.lines().skip(1).filter_map(|line| line.parse().ok()).collect();
    match days.iter().max() {
        Some(last) if *last > day => Err(format!(
            "{}: an edition of {last} is there, and one of {day} cannot go behind it",
            path.display()
        )),
        _ => {
            if !days.contains(&day) {
                text.push_str(&format!("{day}\n"));
            }
            Ok(text.into_bytes())
        }
    }
}

/// Puts the edition behind the rows of the pack that are there.
fn succeed(imported: &mut Imported, into: &Path, day: Day) -> Result<Changes, String> {
    let there = |name: &str| -> Result<Option<Vec<u8>>, String> {
        let path = into.join(format!("{name}{}.csv.zst", imported.stem));
        match fs::read(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            bytes => {
                let bytes = bytes.and_then(|bytes| zstd::decode_all(bytes.as_slice()));
                bytes.map(Some).map_err(|e| at(&path, &e))
            }
        }
    };
    // What an import has none of, it says nothing of.
    let of = |name, none: bool| if none { Ok(None) } else { there(name) };
    let lines = of("lines", imported.lines.is_empty())?;
    let measures = of("measures", imported.measures.is_empty())?;
    imported
        .succeed(lines.as_deref(), measures.as_deref(), day)
        .map_err(|e| format!("{}: the rows that are there: {e}", into.display()))
}

fn layout(
    rows: &str,
    columns: &[(String, String)],
    values: &[(String, String)],
) -> Result<table::Layout, String> {
    let rows = table::Rows::ALL.into_iter().find(|(name, _)| *name == rows);
    let (_, rows) = rows.ok_or("no such rows")?;
    table::Layout::new(rows, columns, values)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(field, _)| !field.is_empty());
    let (field, value) = pair.ok_or("want FIELD=…")?;
    Ok((field.to_owned(), value.to_owned()))
}

fn stem(text: &str) -> Result<String, String> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.is_empty() || !text.bytes().all(fits) {
        return Err("want small letters, digits and -".to_owned());
    }
    Ok(text.to_owned())
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|e: fondaco::day::NotADay| e.to_string())
}

impl To {
    fn day(&self) -> Option<String> {
        self.from.map(|day| day.to_string())
    }
}

fn at(path: &Path, e: &io::Error) -> String {
    format!("{}: {e}", path.display())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| at(path, &e))
}

/// Every `.json` file in and below a directory, by its path from there with `/`.
fn read_below(root: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut files = Vec::new();
    let mut dirs = vec![root.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).map_err(|e| at(&dir, &e))? {
            let entry = entry.map_err(|e| at(&dir, &e))?;
            let path = entry.path();
            // A link is not followed: it could lead round in a circle.
            if entry.file_type().map_err(|e| at(&path, &e))?.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "json") {
                let name: Vec<_> = path.strip_prefix(root).unwrap_or(&path).iter().collect();
                let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
                let bytes = read(&path)?;
                files.push((name.join("/"), bytes));
            }
        }
    }
    Ok(files)
}

/// Writes every file beside its place, then renames all of them. Where one cannot be written, none
/// is.
fn write_all<'a>(
    root: &Path,
    files: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>,
) -> Result<(), String> {
    let mut ready: Vec<(PathBuf, PathBuf)> = Vec::new();
    let written = files.into_iter().try_for_each(|(name, bytes)| {
        let place = root.join(name);
        let beside = place.with_added_extension(format!("{}.new", std::process::id()));
        if let Some(dir) = place.parent() {
            fs::create_dir_all(dir).map_err(|e| at(dir, &e))?;
        }
        ready.push((beside.clone(), place));
        let mut file = fs::File::create(&beside).map_err(|e| at(&beside, &e))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| at(&beside, &e))
    });
    let renamed = written.and_then(|()| {
        ready
            .iter()
            .try_for_each(|(beside, place)| fs::rename(beside, place).map_err(|e| at(place, &e)))
    });
    if renamed.is_err() {
        for (beside, _) in &ready {
            // What has been renamed already is no longer there.
            let _ = fs::remove_file(beside);
        }
    }
    renamed
}

/// How many refusals are printed for people; `--json` has them all.
const SHOWN: usize = 20;

fn report(imported: &Imported, refused: &[Bad], written: &[String], to: &To) {
    for (what, count) in &imported.counts {
        eprintln!("{count:>8}  {}", what.replace('_', " "));
    }
    for text in imported.unparsed.iter().take(SHOWN) {
        eprintln!("not read: {text}");
    }
    for Bad { file, refused } in refused.iter().take(SHOWN) {
        let file = if file.is_empty() { String::new() } else { format!("{file}: ") };
        match refused.line {
            0 => eprintln!("refused: {file}{}", refused.reason),
            line => eprintln!("refused: {file}{line}: {}", refused.reason),
        }
    }
    let more = |all: usize| all.saturating_sub(SHOWN);
    let more = more(refused.len()) + more(imported.unparsed.len());
    if more > 0 {
        eprintln!("… and {more} more (--json has all)");
    }
    if written.is_empty() {
        eprintln!("nothing was written");
    } else {
        eprintln!("written to {}: {}", to.into.display(), written.join(", "));
    }
}

fn json(imported: &Imported, refused: &[Bad]) -> serde_json::Value {
    let counts = imported.counts.iter().map(|(what, count)| ((*what).to_owned(), (*count).into()));
    let mut all: serde_json::Map<String, serde_json::Value> = counts.collect();
    for (what, tally) in &imported.tallies {
        let tally = tally.iter().map(|(name, count)| (name.clone(), (*count).into()));
        all.insert((*what).to_owned(), tally.collect::<serde_json::Map<_, _>>().into());
    }
    all.insert("unparsed".to_owned(), imported.unparsed.clone().into());
    let refused = refused.iter().map(|Bad { file, refused }| {
        let mut one = serde_json::json!({ "line": refused.line, "reason": refused.reason });
        if !file.is_empty() {
            one["file"] = file.clone().into();
        }
        one
    });
    all.insert("refused".to_owned(), refused.collect::<Vec<_>>().into());
    all.into()
}

/// The steps of the run on stderr, where that is a terminal.
struct Steps(ProgressBar);

impl Steps {
    fn start() -> Self {
        let target = if io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(4), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:20} {elapsed} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    fn say(&self, step: &str) {
        if !self.0.message().is_empty() {
            self.0.inc(1);
        }
        self.0.set_message(step.to_owned());
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use fondaco_wire::import::Refused;

    use super::*;

    fn to(dir: &Path) -> To {
        To { into: dir.join("pack"), json: false, from: None }
    }

    fn hts(dir: &Path, text: &str) -> u8 {
        let file = dir.join("in.json");
        fs::write(&file, text).unwrap();
        run(ImportArgs { what: What::Hts { file, additional_until: None, to: to(dir) } })
    }

    const GOOD: &str =
        r#"{"htsno":"0101.21.00","indent":"0","description":"Horses","general":"Free"}"#;

    #[test]
    fn an_import_is_written_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let names = || {
            let mut names: Vec<_> = fs::read_dir(dir.path().join("pack"))
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        assert_eq!(hts(dir.path(), "[]"), TAKEN);
        assert_eq!(hts(dir.path(), "junk"), REFUSED);
        assert!(!dir.path().join("pack").exists());
        assert_eq!(hts(dir.path(), &format!("[{GOOD}]")), TAKEN);
        let files = ["law.csv", "lines.csv.zst", "measures.csv.zst"];
        assert_eq!(names(), files);
        let before = fs::read(dir.path().join("pack/lines.csv.zst")).unwrap();
        assert_eq!(hts(dir.path(), &format!("[{GOOD},7]")), REFUSED);
        assert_eq!(hts(dir.path(), "junk"), REFUSED);
        assert_eq!(names(), files);
        assert_eq!(fs::read(dir.path().join("pack/lines.csv.zst")).unwrap(), before);

        // A directory stands where a file should go: no file of the new import stays.
        fs::remove_file(dir.path().join("pack/lines.csv.zst")).unwrap();
        fs::create_dir_all(dir.path().join("pack/lines.csv.zst/x")).unwrap();
        assert_eq!(hts(dir.path(), &format!("[{GOOD}]")), FAULT);
        assert_eq!(names(), files);
    }

    #[test]
    fn what_cannot_be_read_is_a_fault() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        let run_on = |what| run(ImportArgs { what });
        assert_eq!(run_on(What::Cn { file: gone.clone(), to: to(dir.path()) }), FAULT);
        assert_eq!(run_on(What::UkCodes { dir: gone, to: to(dir.path()) }), FAULT);
    }

    #[test]
    fn the_report_has_every_count_and_refusal() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("lists/goods-locations-codes");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("rail.json"), r#"[{"code":"GBX","en":"X"},{}]"#).unwrap();
        let files = read_below(&dir.path().join("lists")).unwrap();
        assert_eq!(files[0].0, "goods-locations-codes/rail.json");
        let imported = uk_codes::import(&files, None);
        let bad = |r: &Refused| Bad { file: String::new(), refused: r.clone() };
        let got = json(&imported, &imported.refused.iter().map(bad).collect::<Vec<_>>());
        assert_eq!(got["goods-location"], 1);
        assert_eq!(got["refused"][0]["line"], 2);
        assert_eq!(got["unparsed"], serde_json::json!([]));

        let tariff = "code,level,dash_depth,name_ru,unit,duty_text,duty_kind,ad_valorem_pct,specific,\
            specific_currency,specific_per,duty_notes,pdf_revision\n\
            0101210000,10,0,x,шт,5,ADV,5,,,,9С),08.03.2026\n";
        let got = json(&ett::import(tariff.as_bytes(), None, Some("RU"), None), &[]);
        assert_eq!((&got["codes_10"], &got["notes_read"]), (&1.into(), &0.into()));
        assert_eq!((&got["ad_valorem"], &got["notes_unread"]), (&1.into(), &1.into()));
        assert_eq!(got["rows_by_note"], serde_json::json!({ "9С": 1 }));
    }
    fn csv(dir: &Path, text: &str, rows: &str, values: &[&str], from: Option<&str>) -> u8 {
        let file = dir.join("in.csv");
        fs::write(&file, text).unwrap();
        let values = values.iter().map(|value| pair(value).unwrap()).collect();
        let (rows, columns, stem) = (rows.to_owned(), Vec::new(), "x".to_owned());
        let to = To { from: from.map(|day| day.parse().unwrap()), ..to(dir) };
        run(ImportArgs { what: What::Csv { file, rows, columns, values, stem, to } })
    }

    #[test]
    fn a_table_is_written_beside_the_rows_of_the_pack() {
        let dir = tempfile::tempdir().unwrap();
        let pack = dir.path().join("pack");
        fs::create_dir_all(&pack).unwrap();
        fs::write(pack.join("measures.csv.zst"), "the pack's own").unwrap();
        let fixed = ["tax_type=A00", "basis=act", "direction=import"];
        let rates = |text: &str, from| csv(dir.path(), text, "measures", &fixed, from);
        let there = || {
            let bytes = fs::read(pack.join("measures-x.csv.zst")).unwrap();
            let text = String::from_utf8(zstd::decode_all(&*bytes).unwrap()).unwrap();
            let row = |line: &str| {
                let cells: Vec<_> = line.split(',').collect();
                format!("{} {} {}..{}", cells[0], cells[5], cells[11], cells[12])
            };
            text.lines().skip(1).map(row).collect::<Vec<_>>()
        };
        assert_eq!(rates("code,rate\n01,5\n02,6\n03,7\n", Some("2026-01-01")), TAKEN);
        assert_eq!(there(), ["01 5 2026-01-01..", "02 6 2026-01-01..", "03 7 2026-01-01.."]);
        // Refused in part: the good rows; what was refused is not known rather than ended.
        assert_eq!(rates("code,rate\n01,5\n02,8\n03,x\n", Some("2026-07-01")), REFUSED);
        let second = [
            "01 5 2026-01-01..",
            "02 6 2026-01-01..2026-06-30",
            "02 8 2026-07-01..",
            "03 7 2026-01-01..2026-06-30",
            "03  2026-07-01..",
        ];
        assert_eq!(there(), second);
        // Refused whole, of an edition before the last, or of fields there are not: nothing.
        assert_eq!(rates("code,duty\n01,5\n", Some("2026-08-01")), REFUSED);
        assert_eq!(rates("code,rate\n01,x\n", Some("2026-08-01")), REFUSED);
        assert_eq!(rates("code,rate\n01,5\n", Some("2026-06-30")), FAULT);
        assert_eq!(csv(dir.path(), "code\n01\n", "lines", &["rate=5"], None), USAGE);
        assert_eq!(there(), second);
        assert_eq!(fs::read(pack.join("measures.csv.zst")).unwrap(), b"the pack's own");
        let days = fs::read_to_string(pack.join("editions-x-measures.csv")).unwrap();
        assert_eq!(days, "from\n2026-01-01\n2026-07-01\n");

        let list = "code,name_en\nXA,A\nXA,B\n";
        assert_eq!(csv(dir.path(), list, "lists", &["list=country"], None), REFUSED);
        let list = fs::read_to_string(pack.join("lists/country-x.csv")).unwrap();
        assert_eq!(list.lines().nth(1), Some("country,XA,A,,,,"));
        let rates = "currency,per_unit\nUSD,0.79\n";
        assert_eq!(csv(dir.path(), rates, "rates", &["source=a bank"], None), TAKEN);
        assert!(pack.join("rates-x.csv.zst").exists());
        assert!(stem("../x").is_err() && stem("").is_err() && stem("id-2026").is_ok());
        assert!(pair("=x").is_err() && pair("x").is_err());
    }
}
