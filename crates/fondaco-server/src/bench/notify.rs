//! `fondaco bench notify`: how long a filing takes while receivers of notifications hang, beside how
//! long it takes without any, in turn in one run.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::rounded;
use super::walk::{Load, corpus, load};
use crate::cli::{Exit, Failure};
use crate::store::Sync;
use crate::tell::desk;
use crate::tell::subscribe::{Verb, WebhookMessage};

#[derive(Debug, clap::Args)]
pub(super) struct NotifyArgs {
    /// Declarations to file; by default the UK samples beside the repository, else the corpus.
    #[arg(long)]
    files: Option<PathBuf>,
    /// The pack.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// How many filings to lodge in each round.
    #[arg(long, default_value_t = 500)]
    filings: usize,
    /// How many rounds each way.
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// Filings a second; by default half of what the house takes.
    #[arg(long)]
    rate: Option<f64>,
    /// How many receivers never answer; as many take a second for each notification.
    #[arg(long, default_value_t = 4)]
    receivers: usize,
}

/// A receiver that takes what is sent and answers after a time, or (`None`) never; how often it was
/// called, and its address.
fn receiver(after: Option<Duration>) -> std::io::Result<(Arc<AtomicUsize>, String)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let called = Arc::new(AtomicUsize::new(0));
    let counted = called.clone();
    std::thread::Builder::new().name("receiver".into()).spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            counted.fetch_add(1, Ordering::Relaxed);
            std::thread::spawn(move || {
                // What it reads it does not look at; the house says when it has enough.
                let mut some = vec![0; 1 << 16];
                let _some = stream.read(&mut some);
                match after {
                    Some(after) => {
                        std::thread::sleep(after);
                        stream.write_all(b"HTTP/1.1 204 ok\r\nconnection: close\r\n\r\n").ok();
                    }
                    None => while stream.read(&mut some).is_ok_and(|n| n > 0) {},
                }
            });
        }
    })?;
    Ok((called, address))
}

/// So many hundredths of these took no longer than this, in milliseconds.
fn at(all: &[Duration], share: usize) -> f64 {
    let at = all.len().saturating_sub(1) * share / 100;
    all.get(at).map_or(0.0, |d| d.as_secs_f64() * 1e3)
}

/// Runs the benchmark.
pub(super) fn notify(args: &NotifyArgs) -> Result<Exit, Failure> {
    let dir = std::env::temp_dir().join(format!("fondaco-notify-{}", std::process::id()));
    let result = measured(args, &dir);
    std::fs::remove_dir_all(&dir).ok();
    println!("{}", serde_json::to_string_pretty(&result?).unwrap_or_default());
    Ok(Exit::Fine)
}

fn measured(args: &NotifyArgs, dir: &std::path::Path) -> Result<serde_json::Value, Failure> {
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", dir.display()));
    let mut called = Vec::new();
    let mut addresses = Vec::new();
    for n in 0..args.receivers * 2 {
        let slow = (n >= args.receivers).then_some(Duration::from_secs(1));
        let (count, address) = receiver(slow).map_err(fault)?;
        called.push(count);
        addresses.push(address);
    }
    let (alone, beside) = (dir.join("alone"), dir.join("beside"));
    std::fs::create_dir_all(&beside).map_err(fault)?;
    std::fs::write(beside.join("webhook-allow"), addresses.join("\n")).map_err(fault)?;
    let alone = Arc::new(super::house(&alone, &args.pack, Sync::Full)?);
    let beside = Arc::new(super::house(&beside, &args.pack, Sync::Full)?);
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(fault)?;
    for (n, address) in addresses.iter().enumerate() {
        let message = WebhookMessage {
            by: "bench".to_owned(),
            url: Some(format!("http://{address}/")),
            ..WebhookMessage::default()
        };
        let key = format!("s{n}");
        runtime
            .block_on(beside.subscribe(Verb::Make, "", &message, key.as_bytes(), &key))
            .map_err(|e| Failure::Fault(format!("{e:?}")))?;
    }
    desk::open(&beside, desk::Limits::default()).map_err(fault)?;
    let corpus = corpus(args.files.as_deref(), &alone)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let talk = |text: &str| eprintln!("fondaco: {text}");
    talk("how many it takes …");
    let mut first = 0;
    let mut run = |house, window, pace| -> Result<Load, Failure> {
        first += 1_000_000;
        load(house, &corpus, args.filings, first, cores, window, pace)
    };
    run(&beside, 128, None)?;
    let full = run(&alone, 128, None)?;
    let rate = args.rate.unwrap_or(full.per_second / 2.0);
    let pace = Some(Duration::from_secs_f64(1.0 / rate));
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for round in 0..args.rounds {
        // The first of a round is the other one each time.
        for beside_it in [round % 2 == 0, round % 2 != 0] {
            let (house, all) =
                if beside_it { (&beside, &mut with) } else { (&alone, &mut without) };
            all.extend(run(house, 4096, pace)?.times);
        }
    }
    without.sort();
    with.sort();
    let calls: usize = called.iter().map(|c| c.load(Ordering::Relaxed)).sum();
    alone.store.close();
    beside.store.close();
    let hundredths = |n: f64| (n * 100.0).round() / 100.0;
    let (p99, p99_beside) = (at(&without, 99), at(&with, 99));
    Ok(json!({
        "p50_ms": hundredths(at(&without, 50)),
        "p99_ms": hundredths(p99),
        "p50_ms_beside": hundredths(at(&with, 50)),
        "p99_ms_beside": hundredths(p99_beside),
        "p99_ratio": hundredths(p99_beside / p99),
        "filings_per_s": rounded(rate),
        "receivers": addresses.len(),
        "calls": calls,
        "rounds": args.rounds,
        "filings": args.filings,
        "cores": cores,
    }))
}
