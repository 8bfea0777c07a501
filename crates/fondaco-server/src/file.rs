//! `fondaco file`: sends a folder of thousands to a house, and goes on where it was cut off.
//!
//! Each file's Idempotency-Key is the digest of its bytes, so that sending it again is harmless; a
//! journal beside the folder only saves the sending.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fondaco_wire::receipt;
use serde_json::{Value, json};

use crate::assess::expand;
use crate::cli::{Exit, Failure, progress};

/// What to send and where.
#[derive(Debug, clap::Args)]
pub(crate) struct FileArgs {
    /// Declarations, XML or JSON; a folder stands for every file in it.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The house.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    to: String,
    /// File that holds the token to sign in with.
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    /// File as of this day (sandbox only).
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Journal of what was answered; files in it are not sent again.
    #[arg(long, default_value = "fondaco-file.jsonl")]
    journal: PathBuf,
    /// What was returned, with the findings: one line of CSV each.
    #[arg(long, default_value = "fondaco-returned.csv")]
    errors: PathBuf,
    /// How many are sent at once.
    #[arg(long, default_value_t = 8)]
    at_once: usize,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
}

struct Sent {
    status: u16,
    answer: Value,
    took: Duration,
}

fn send(
    agent: &ureq::Agent,
    args: &FileArgs,
    token: Option<&str>,
    bytes: &[u8],
) -> Result<Sent, String> {
    let format = fondaco_wire::sniff(bytes);
    let start = Instant::now();
    let mut tries = 0u32;
    loop {
        let mut request = agent
            .post(format!("{}/v1/declarations", args.to.trim_end_matches('/')))
            .header("Content-Type", format.media_types[0])
            .header("Idempotency-Key", receipt::digest(bytes));
        if let Some(on) = &args.on {
            request = request.header("Fondaco-On", on);
        }
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let result = request.send(bytes);
        match result {
            Ok(mut response) if response.status().as_u16() < 500 => {
                let status = response.status().as_u16();
                let text = response.body_mut().read_to_string().map_err(|e| e.to_string())?;
                let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
                return Ok(Sent { status, answer, took: start.elapsed() });
            }
            // The house is restarting or busy: the key makes it safe to ask again.
            other => {
                tries += 1;
                if tries > 6 {
                    return Err(match other {
                        Ok(response) => format!("the house answers {}", response.status()),
                        Err(e) => e.to_string(),
                    });
                }
                std::thread::sleep(Duration::from_millis(100u64 << tries));
            }
        }
    }
}

/// What this house answered before, by digest.
fn journaled(path: &Path, to: &str) -> BTreeMap<String, Value> {
    let Ok(file) = fs::File::open(path) else { return BTreeMap::new() };
    BufReader::new(file)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
        .filter(|entry| entry["to"] == to)
        .filter_map(|entry| Some((entry["digest"].as_str()?.to_owned(), entry)))
        .collect()
}

fn csv_field(text: &str) -> String {
    // A cell that a spreadsheet would run is made text.
    let guarded =
        if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.into() };
    format!("\"{}\"", guarded.replace('"', "\"\""))
}

/// Sends everything.
pub(crate) fn run(args: &FileArgs) -> Result<Exit, Failure> {
    let files = expand(&args.files)?;
    let token = match &args.token {
        Some(path) => Some(
            fs::read_to_string(path)
                .map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?
                .trim()
                .to_owned(),
        ),
        None => None,
    };
    let before = journaled(&args.journal, &args.to);
    let fault = |path: &Path, e: std::io::Error| Failure::Fault(format!("{}: {e}", path.display()));
    let journal = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&args.journal)
        .map_err(|e| fault(&args.journal, e))?;
    let journal = Mutex::new(journal);
    let results: Mutex<BTreeMap<PathBuf, Value>> = Mutex::new(BTreeMap::new());
    let failed: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let took: Mutex<Vec<Duration>> = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let resumed = AtomicUsize::new(0);
    let bar = progress(files.len() as u64, !args.json);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..args.at_once.clamp(1, 64) {
            scope.spawn(|| {
                let agent: ureq::Agent = ureq::Agent::config_builder()
                    .http_status_as_error(false)
                    .timeout_global(Some(Duration::from_secs(60)))
                    .build()
                    .into();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(n) else { break };
                    let outcome = fs::read(path).map_err(|e| e.to_string()).and_then(|bytes| {
                        let digest = receipt::digest(&bytes);
                        if let Some(entry) = before.get(&digest) {
                            resumed.fetch_add(1, Ordering::Relaxed);
                            return Ok(entry.clone());
                        }
                        let sent = send(&agent, args, token.as_deref(), &bytes)?;
                        if !matches!(sent.status, 201 | 422) {
                            let title = sent.answer["title"].as_str().unwrap_or_default();
                            return Err(format!("{} {title}", sent.status));
                        }
                        if let Ok(mut all) = took.lock() {
                            all.push(sent.took);
                        }
                        let entry = json!({
                            "to": args.to,
                            "file": path.display().to_string(),
                            "digest": digest,
                            "answer": sent.answer,
                        });
                        if let Ok(mut journal) = journal.lock() {
                            writeln!(journal, "{entry}").map_err(|e| e.to_string())?;
                        }
                        Ok(entry)
                    });
                    match outcome {
                        Ok(entry) => {
                            if let Ok(mut all) = results.lock() {
                                all.insert(path.clone(), entry);
                            }
                        }
                        Err(e) => {
                            if let Ok(mut all) = failed.lock() {
                                all.push(format!("{}: {e}", path.display()));
                            }
                        }
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let elapsed = start.elapsed();
    let results = results.into_inner().unwrap_or_default();
    let failed = failed.into_inner().unwrap_or_default();
    let mut took = took.into_inner().unwrap_or_default();
    took.sort();
    write_errors(&args.errors, &results).map_err(|e| fault(&args.errors, e))?;
    let summary = summarise(&results, &took, elapsed, resumed.into_inner(), &failed);
    if args.json {
        println!("{summary}");
    } else {
        println!("{}", shown(&summary, &args.errors));
    }
    for line in failed.iter().take(20) {
        eprintln!("fondaco: not filed: {line}");
    }
    if !failed.is_empty() {
        return Err(Failure::Fault(format!(
            "{} file(s) were not filed; run the same command again to go on",
            failed.len()
        )));
    }
    let returned = summary["returned"].as_u64().unwrap_or(0);
    Ok(if returned > 0 { Exit::Returned } else { Exit::Fine })
}

fn write_errors(path: &Path, results: &BTreeMap<PathBuf, Value>) -> std::io::Result<()> {
    let mut out = String::from("file,code,pointer,value,wanted,text_en,text_zh,text_ru\n");
    for (file, entry) in results {
        for finding in entry["answer"]["findings"].as_array().into_iter().flatten() {
            let cell = |v: &Value| csv_field(v.as_str().unwrap_or_default());
            let text = &finding["text"];
            out.push_str(&format!(
                "{},{},{},{},{},{},{},{}\n",
                csv_field(&file.display().to_string()),
                cell(&finding["code"]),
                cell(&finding["pointer"]),
                cell(&finding["value"]),
                cell(&finding["wanted"]),
                cell(&text["en"]),
                cell(&text["zh"]),
                cell(&text["ru"]),
            ));
        }
    }
    fs::write(path, out)
}

fn summarise(
    results: &BTreeMap<PathBuf, Value>,
    took: &[Duration],
    elapsed: Duration,
    resumed: usize,
    failed: &[String],
) -> Value {
    let mut lanes: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut accepted, mut returned) = (0u64, 0u64);
    for entry in results.values() {
        match entry["answer"]["lane"].as_str() {
            Some(lane) => {
                accepted += 1;
                *lanes.entry(if lane.is_empty() { "none" } else { lane }).or_default() += 1;
            }
            None => returned += 1,
        }
    }
    let at = |share: usize| {
        let n = took.len().saturating_sub(1).saturating_mul(share) / 100;
        took.get(n).map_or(0, |d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX))
    };
    json!({
        "files": results.len(),
        "accepted": accepted,
        "returned": returned,
        "lanes": lanes,
        "resumed": resumed,
        "failed": failed.len(),
        "seconds": format!("{:.3}", elapsed.as_secs_f32()),
        "p50_us": at(50),
        "p99_us": at(99),
    })
}

fn shown(s: &Value, errors: &Path) -> String {
    let mut text = format!(
        "{} filed: {} accepted, {} returned ({} sent before)\nlanes: {}\ntime per filing: p50 {} us, p99 {} us; {} s in all",
        s["files"],
        s["accepted"],
        s["returned"],
        s["resumed"],
        s["lanes"],
        s["p50_us"],
        s["p99_us"],
        s["seconds"].as_str().unwrap_or_default(),
    );
    if s["returned"].as_u64().unwrap_or(0) > 0 {
        text.push_str(&format!("\nwhat was returned and why: {}", errors.display()));
    }
    text
}
