//! `fondaco bench walk`: the whole way of a filing, beside what others do of it, in one run.
//!
//! The peers: PostgreSQL committing the same rows, libxml2 parsing and validating the same files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fondaco::allotment::nothing_drawn;
use fondaco_wire::{FORMATS, Limits, sniff};
use serde_json::{Value, json};

use super::peer::Postgres;
use super::rounded;
use crate::assess::expand;
use crate::cli::{Exit, Failure};
use crate::consider::{NO_DRAW, When, consider};
use crate::house::House;
use crate::store::{self, Sync};

#[derive(Debug, clap::Args)]
pub(super) struct WalkArgs {
    /// Declarations to file; by default the UK samples beside the repository, else the corpus.
    #[arg(long)]
    files: Option<PathBuf>,
    /// The pack.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// Measures added for this run.
    #[arg(long)]
    measures: Option<PathBuf>,
    /// Schema for libxml2 to validate by.
    #[arg(long)]
    schema: Option<PathBuf>,
    /// How many filings to lodge in each part.
    #[arg(long, default_value_t = 40_000)]
    filings: usize,
    /// Where the store is put for the run; a temporary folder by default.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) struct Corpus {
    pub(super) files: Vec<Vec<u8>>,
    paths: Vec<PathBuf>,
    bytes: usize,
}

/// Accepted declarations of the folder: what is filed again and again under new references.
pub(super) fn corpus(files: Option<&Path>, house: &House) -> Result<Corpus, Failure> {
    let beside = ["../shared/data/cds-dms/dev", "data/corpus/gb", "../../shared/data/cds-dms/dev"];
    let folder =
        match files {
            Some(folder) => folder.to_owned(),
            None => beside.iter().map(PathBuf::from).find(|p| p.is_dir()).ok_or_else(|| {
                Failure::Usage("name a folder of declarations with --files".into())
            })?,
        };
    let mut corpus = Corpus { files: Vec::new(), paths: Vec::new(), bytes: 0 };
    let when = When { on: None, today: crate::cli::today(), window: false };
    for path in expand(&[folder])? {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let considered =
            consider(&house.pack(), sniff(&bytes), &bytes, when, NO_DRAW, &nothing_drawn);
        let original = considered
            .declaration
            .is_some_and(|d| d.message == fondaco::declaration::Message::Original);
        if original {
            corpus.bytes += bytes.len();
            corpus.files.push(bytes);
            corpus.paths.push(path);
        }
    }
    if corpus.files.is_empty() {
        return Err(Failure::Usage("no accepted declaration in the folder".into()));
    }
    Ok(corpus)
}

/// The bytes with another reference, of the same length where it can be.
///
/// Cheap: what the load costs is not what the house costs.
fn renamed(bytes: &[u8], n: usize) -> Vec<u8> {
    const OPEN: &[u8] = b"FunctionalReferenceID>";
    let open = memchr::memmem::find(bytes, OPEN).map(|at| at + OPEN.len());
    let end = open.and_then(|open| Some(open + memchr::memchr(b'<', bytes.get(open..)?)?));
    let parts = open.zip(end).and_then(|(o, e)| Some((bytes.get(..o)?, bytes.get(e..)?)));
    let Some((before, after)) = parts else { return bytes.to_vec() };
    [before, format!("B{n:015}").as_bytes(), after].concat()
}

pub(super) struct Load {
    pub(super) per_second: f64,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    /// How long each took, shortest first.
    pub(super) times: Vec<Duration>,
}

/// Files `filings` of them from `workers` threads with `window` in flight each; with `pace`, one is
/// begun every so often and its time counts from when it should have begun.
pub(super) fn load(
    house: &Arc<House>,
    corpus: &Corpus,
    filings: usize,
    first: usize,
    workers: usize,
    window: usize,
    pace: Option<Duration>,
) -> Result<Load, Failure> {
    let next = AtomicUsize::new(0);
    let times = Mutex::new(Vec::with_capacity(filings));
    let failed = Mutex::new(None::<String>);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let (sender, receiver) =
                    channel::<(Instant, Result<store::Lodged, store::Fault>)>();
                let mut waiting = 0usize;
                let mut mine: Vec<Duration> = Vec::new();
                let mut take = |waiting: &mut usize, block: bool| -> bool {
                    let got = if block { receiver.recv().ok() } else { receiver.try_recv().ok() };
                    let Some((began, result)) = got else { return false };
                    *waiting -= 1;
                    mine.push(began.elapsed());
                    if !matches!(result, Ok(store::Lodged::Written)) {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) =
                            Some(format!("{result:?}").chars().take(200).collect());
                    }
                    true
                };
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= filings {
                        break;
                    }
                    let began = match pace {
                        None => Instant::now(),
                        Some(pace) => {
                            let due = start + pace * u32::try_from(n).unwrap_or(u32::MAX);
                            while Instant::now() < due {
                                if !take(&mut waiting, false) {
                                    std::thread::sleep(
                                        due.saturating_duration_since(Instant::now())
                                            .min(Duration::from_micros(200)),
                                    );
                                }
                            }
                            due
                        }
                    };
                    while waiting >= window {
                        take(&mut waiting, true);
                    }
                    let bytes = renamed(&corpus.files[n % corpus.files.len()], first + n);
                    match house.prepare(sniff(&bytes), &bytes, &format!("k{}", first + n), None) {
                        Ok(lodge) => {
                            waiting += 1;
                            let sender = sender.clone();
                            house.store.lodge(lodge, move |result| {
                                sender.send((began, result)).ok();
                            });
                        }
                        Err(e) => {
                            *failed.lock().unwrap_or_else(PoisonError::into_inner) =
                                Some(e.to_string());
                        }
                    }
                    while take(&mut waiting, false) {}
                }
                while waiting > 0 {
                    take(&mut waiting, true);
                }
                times.lock().unwrap_or_else(PoisonError::into_inner).extend(mine);
            });
        }
    });
    let elapsed = start.elapsed();
    if let Some(why) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(Failure::Fault(format!("a filing was not written: {why}")));
    }
    let mut times = times.into_inner().unwrap_or_else(PoisonError::into_inner);
    times.sort();
    let at = |share: usize| {
        times.get(times.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
    };
    Ok(Load { per_second: ratio(filings, elapsed), p50: at(50), p99: at(99), times })
}

#[allow(clippy::cast_precision_loss, reason = "a measured rate is not money")]
fn ratio(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// CPU seconds of this process and its waited-for children so far, where the system tells.
fn cpu(children: bool) -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<u64>().ok());
    let sum = if children { ticks(13)? + ticks(14)? } else { ticks(11)? + ticks(12)? };
    Some(Duration::from_millis(sum * 10))
}

/// Megabytes a second of one core: the format's own reading and validating, nothing else.
fn parse(corpus: &Corpus) -> f64 {
    let limits = Limits::default();
    let rounds = (400_000_000 / corpus.bytes.max(1)).max(3);
    // CPU time where the system tells it, as for the peer: others may be at work on the machine.
    let before = cpu(false);
    let start = Instant::now();
    for _ in 0..rounds {
        for bytes in &corpus.files {
            std::hint::black_box((FORMATS[1].decode)(bytes, &limits));
        }
    }
    let spent = match (before, cpu(false)) {
        (Some(before), Some(after)) if after > before => after - before,
        _ => start.elapsed(),
    };
    ratio(rounds * corpus.bytes, spent) / 1e6
}

/// The same files through libxml2, parsing and validating by the schema, in CPU time of `xmllint`.
fn libxml2(corpus: &Corpus, schema: Option<&Path>) -> Option<f64> {
    let schema = schema.map(Path::to_owned).or_else(|| {
        let beside = "../shared/data/cds-dms/common/schemas/_driver_dec.xsd";
        Some(PathBuf::from(beside)).filter(|p| p.is_file())
    })?;
    let run = |rounds: usize| -> Option<Duration> {
        let mut command = Command::new("xmllint");
        command.args(["--noout", "--schema"]).arg(&schema);
        for _ in 0..rounds {
            command.args(&corpus.paths);
        }
        let before = cpu(true)?;
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        Some(cpu(true)?.saturating_sub(before))
    };
    // Once to load schema and files; the difference to many rounds is parsing and validating alone.
    let rounds = 20;
    let once = run(1)?;
    let spent = run(rounds)?.saturating_sub(once);
    if spent.is_zero() {
        return None;
    }
    Some(ratio((rounds - 1) * corpus.bytes, spent) / 1e6)
}

/// PostgreSQL alone committing the same rows: a filing and two events a transaction, 32 clients.
fn postgres(house: &House, corpus: &Corpus, dir: &Path) -> Option<Value> {
    let lodge = house.prepare(sniff(&corpus.files[0]), &corpus.files[0], "pg", None).ok()?;
    let mut sizes = (0usize, 0usize);
    for bytes in &corpus.files {
        let lodge = house.prepare(sniff(bytes), bytes, "pg", None).ok()?;
        sizes.0 += lodge.filing.body.len();
        sizes.1 += lodge.filing.opinion.len();
    }
    let n = corpus.files.len();
    let (body, opinion) = (sizes.0 / n, sizes.1 / n);
    let peer = Postgres::start(&dir.join("postgres"))?;
    peer.sql(
        "CREATE TABLE filing (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text UNIQUE,
         mrn text UNIQUE, lrn text, declarant text, at text, receipt text, body bytea, opinion bytea,
         key text UNIQUE, UNIQUE (declarant, lrn));
         ALTER TABLE filing ALTER body SET STORAGE EXTERNAL, ALTER opinion SET STORAGE EXTERNAL;
         CREATE TABLE event (cursor bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mrn text,
         event text, at text); CREATE INDEX ON event (mrn);",
    )?;
    // The parameters are sent with each transaction, as a program would send them.
    let blob = |n: usize| "a1".repeat(n);
    let script = format!(
        "\\set a random(1, 9000000000000000)\n\\set b random(1, 9000000000000000)\nBEGIN;\n\
         INSERT INTO filing (id, mrn, lrn, declarant, at, receipt, body, opinion, key) VALUES \
         (':a:b', 'M:a:b', 'L:a:b', 'GB1', '{}', '{}', '\\x{}', '\\x{}', 'k:a:b');\n\
         INSERT INTO event (mrn, event, at) VALUES ('M:a:b', 'accepted', '{}'), ('M:a:b', 'assessed', '{}');\n\
         COMMIT;\n",
        lodge.filing.at,
        lodge.filing.receipt,
        blob(body),
        blob(opinion),
        lodge.filing.at,
        lodge.filing.at
    );
    peer.per_second(&script, 32, "simple").map(|n| json!(rounded(n)))
}

/// Microseconds of one filing in each stage, alone on one core.
fn stages(house: &House, corpus: &Corpus) -> Value {
    use fondaco::admission::{Admission, admit};
    use fondaco_wire::report::Report;
    let limits = Limits::default();
    let pack = house.pack();
    let reference = pack.on(crate::cli::today());
    let rounds = 20;
    let mut spent = [Duration::ZERO; 6];
    let mut count = 0usize;
    for _ in 0..rounds {
        for bytes in &corpus.files {
            let mut at = Instant::now();
            let mut lap = |n: usize| {
                let now = Instant::now();
                spent[n] += now - at;
                at = now;
            };
            let decoded = (sniff(bytes).decode)(bytes, &limits);
            lap(0);
            let Some(draft) = decoded.draft else { continue };
            let Admission::Accepted(d, findings) = admit(&draft, decoded.findings, reference, None)
            else {
                continue;
            };
            lap(1);
            let opinion = fondaco::walk::consider(&d, reference, NO_DRAW, &nothing_drawn);
            lap(2);
            let report = Report::accepted(&d, &findings, &opinion, reference).to_bytes();
            lap(3);
            std::hint::black_box((store::pack(bytes).ok(), store::pack(&report).ok()));
            lap(4);
            let receipt = fondaco_wire::receipt::Receipt {
                id: String::new(),
                mrn: String::new(),
                lrn: d.reference.clone(),
                outcome: String::new(),
                lodged_at: String::new(),
                digest: fondaco_wire::receipt::digest(bytes),
                bundle: String::new(),
            };
            std::hint::black_box(house.signer().sign(&receipt));
            lap(5);
            count += 1;
        }
    }
    let each = |n: usize| {
        rounded(spent[n].as_secs_f64() * 1e6 / ratio(count.max(1), Duration::from_secs(1)))
    };
    json!({
        "decode_us": each(0), "admit_us": each(1), "consider_us": each(2),
        "report_us": each(3), "compress_us": each(4), "digest_sign_us": each(5),
    })
}

/// Runs the benchmark.
pub(super) fn walk(args: &WalkArgs) -> Result<Exit, Failure> {
    let made;
    let dir = match &args.dir {
        Some(dir) => dir.clone(),
        None => {
            made = std::env::temp_dir().join(format!("fondaco-bench-{}", std::process::id()));
            made.clone()
        }
    };
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", dir.display()));
    std::fs::create_dir_all(&dir).map_err(fault)?;
    let open = |name: &str, sync| -> Result<Arc<House>, Failure> {
        let house = super::house(&dir.join(name), &args.pack, sync)?;
        if args.measures.is_some() {
            house.set_pack(crate::assess::load_pack(&args.pack, args.measures.as_deref(), None)?);
        }
        Ok(Arc::new(house))
    };
    let house = open("full", Sync::Full)?;
    let corpus = corpus(args.files.as_deref(), &house)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let talk = |text: &str| eprintln!("fondaco: {text}");
    talk(&format!(
        "{} declarations, {} kB on average",
        corpus.files.len(),
        corpus.bytes / corpus.files.len() / 1000
    ));
    talk("parse and validate …");
    let parse_mb = parse(&corpus);
    talk("the same through libxml2 …");
    let libxml2_mb = libxml2(&corpus, args.schema.as_deref());
    talk("stages of one filing …");
    let stage_us = stages(&house, &corpus);
    talk("full walk, durable …");
    load(&house, &corpus, 2_000, 0, cores, 128, None)?;
    let full = load(&house, &corpus, args.filings, 10_000_000, cores, 256, None)?;
    talk("the same at half that rate …");
    let pace = Duration::from_secs_f64(2.0 / full.per_second);
    let half = load(&house, &corpus, args.filings / 4, 20_000_000, cores, 4096, Some(pace))?;
    talk("the same without the store's sync …");
    let unsynced = open("off", Sync::Off)?;
    let off = load(&unsynced, &corpus, args.filings / 2, 30_000_000, cores, 256, None)?;
    talk("PostgreSQL committing the same rows alone …");
    let commits = postgres(&house, &corpus, &dir);
    house.store.close();
    unsynced.store.close();
    if args.dir.is_none() {
        std::fs::remove_dir_all(&dir).ok();
    }
    let ms = |d: Duration| (d.as_secs_f64() * 1e5).round() / 100.0;
    let result = json!({
        "filings_per_s": rounded(full.per_second),
        "p50_ms": ms(half.p50),
        "p99_ms": ms(half.p99),
        "filings_per_s_without_sync": rounded(off.per_second),
        "postgres_commits_per_s": commits,
        "parse_validate_mb_s": rounded(parse_mb),
        "libxml2_mb_s": libxml2_mb.map(rounded),
        "cores": cores,
        "filings": args.filings,
        "stages": stage_us,
    });
    if args.json {
        println!("{result}");
    } else {
        println!("{}", serde_json::to_string_pretty(&result).unwrap_or_default());
    }
    Ok(Exit::Fine)
}
