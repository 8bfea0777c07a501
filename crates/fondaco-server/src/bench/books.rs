//! `fondaco bench books`: a house with a country's debts in its books: how long it takes to start and what
//! it holds in memory, how fast debts are charged and paid, and what a report costs who files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fondaco::consignment::Event;
use fondaco::ledger::{Charge, CreditorReference, Debt};
use fondaco::money::{Decimal, decimal};
use fondaco::token::Token;
use serde_json::{Value, json};

use super::walk::{Load, corpus, load};
use super::{resident, rounded};
use crate::cli::{Exit, Failure, today};
use crate::house::House;
use crate::store::{Filing, Lodge, Lodged, Owed, Sync};

#[derive(Debug, clap::Args)]
pub(super) struct BooksArgs {
    /// Declarations to file beside a report; by default the UK samples beside the repository, else the
    /// corpus.
    #[arg(long)]
    files: Option<PathBuf>,
    /// The pack.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// How many debts are in the books.
    #[arg(long, default_value_t = 1_000_000)]
    debts: usize,
    /// One of so many stays open.
    #[arg(long, default_value_t = 20)]
    open: usize,
    /// How many debts are charged, durable, with those in the books.
    #[arg(long, default_value_t = 50_000)]
    charges: usize,
    /// How many filings are lodged in each round beside a report and without.
    #[arg(long, default_value_t = 5_000)]
    filings: usize,
    /// How many rounds each way.
    #[arg(long, default_value_t = 4)]
    rounds: usize,
    /// Where the store is put; a temporary folder by default.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Only start the house that is there, and tell how long that took.
    #[arg(long)]
    start: bool,
}

/// What payment references begin with.
const PREFIX: &str = "BENCH";
const ACCOUNT: &str = "GB33BUKB20201555555555";
/// Entries in one message of the bank.
const ENTRIES: usize = 1_000;

fn fault(what: impl std::fmt::Display) -> Failure {
    Failure::Fault(what.to_string())
}

/// What the n-th debt comes to.
fn amount(n: usize) -> String {
    format!("{}.{:02}", 100 + n % 9_000, n % 100)
}

/// An accepted declaration that owes, with nothing in it.
fn owing(n: usize) -> Result<Lodge, Failure> {
    let mrn = format!("26GBB{n:013}");
    let amount: Decimal = decimal(&amount(n)).ok_or_else(|| fault("an amount"))?;
    let currency = "GBP".parse().map_err(fault)?;
    let duty = amount.round_dp(0);
    let lines = [(Token::lossy("A00"), duty), (Token::lossy("B00"), amount - duty)];
    let lines = lines.map(|(tax, amount)| (tax, amount.max(Decimal::ZERO)));
    let debtor = format!("GB{:012}", n % 50_000);
    let owed = Owed {
        debt: Debt {
            declaration: mrn.parse().map_err(fault)?,
            debtor: debtor.parse().map_err(fault)?,
        },
        charge: Some(Charge::new(currency, lines, Decimal::ZERO).map_err(fault)?),
        deferments: Vec::new(),
        parties: vec![debtor.clone()],
        prefix: PREFIX.to_owned(),
        day: today(),
        mark: "",
    };
    let filing = Filing {
        id: format!("bench-{n}"),
        mrn,
        lrn: format!("bench-{n}"),
        declarant: debtor,
        kind: "IMA".into(),
        outcome: "accepted".into(),
        at: "2026-11-26T12:00:00Z".into(),
        today: today().number(),
        format: "none".into(),
        ..Filing::default()
    };
    let events = vec![Event::Accepted, Event::Assessed];
    Ok(Lodge { filing, events, owed: Some(Box::new(owed)), ..Lodge::default() })
}

/// Charges the debts from one to another; how many a second.
fn charge(house: &House, debts: std::ops::Range<usize>) -> Result<f64, Failure> {
    let count = debts.len();
    let began = Instant::now();
    let (sender, receiver) = channel();
    let mut waiting = 0usize;
    let take = |result: Result<Lodged, crate::store::Fault>| match result {
        Ok(Lodged::Written) => Ok(()),
        other => Err(fault(format!("{other:?}"))),
    };
    for n in debts {
        let sender = sender.clone();
        house.store.lodge(owing(n)?, move |result| {
            sender.send(result).ok();
        });
        waiting += 1;
        while waiting > 1_000 {
            take(receiver.recv().map_err(fault)?)?;
            waiting -= 1;
        }
    }
    for _ in 0..waiting {
        take(receiver.recv().map_err(fault)?)?;
    }
    Ok(per_second(count, began.elapsed()))
}

#[allow(clippy::cast_precision_loss, reason = "a measured rate is not money")]
fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// A notification that these debts were paid.
fn paid(message: usize, debts: impl Iterator<Item = usize>) -> Result<String, Failure> {
    let mut all = String::new();
    for n in debts {
        let number = u64::try_from(n + 1).map_err(fault)?;
        let reference = CreditorReference::numbered(PREFIX, number).map_err(fault)?;
        let amount = amount(n);
        write!(
            all,
            "<Ntry><Amt Ccy=\"GBP\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-11-26</Dt></BookgDt><AcctSvcrRef>S{n}</AcctSvcrRef>\
             <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Amt Ccy=\"GBP\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Strd><CdtrRefInf><Ref>{}</Ref></CdtrRefInf></Strd>\
             </RmtInf></TxDtls></NtryDtls></Ntry>",
            reference.as_str()
        )
        .map_err(fault)?;
    }
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
         <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N{message}</MsgId>\
         <CreDtTm>2026-11-26T18:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N{message}</Id>\
         <CreDtTm>2026-11-26T18:00:00Z</CreDtTm><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>\
         {all}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n"
    ))
}

/// Pays the debts, but one of so many; how many entries a second.
fn pay(house: &House, debts: usize, open: usize) -> Result<f64, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(fault)?;
    let began = Instant::now();
    let mut count = 0;
    for (message, from) in (0..debts).step_by(ENTRIES).enumerate() {
        let of = (from..debts.min(from + ENTRIES)).filter(|n| n % open != 0);
        count += of.clone().count();
        let text = paid(message, of)?;
        let key = format!("bank-{message}");
        let done = runtime.block_on(house.bank(text.as_bytes(), &key, None)).map_err(fault)?;
        if !done.taken {
            return Err(fault(format!("{:.300}", done.told.to_string())));
        }
    }
    Ok(per_second(count, began.elapsed()))
}

fn settings(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(fault)?;
    let text = format!(
        "holder = \"bench\"\nreference = \"{PREFIX}\"\n[[account]]\nid = \"{ACCOUNT}\"\ncurrency = \"GBP\"\n"
    );
    std::fs::write(dir.join("money.toml"), text).map_err(fault)
}

/// Starts the house in a process of its own: milliseconds until it is ready, megabytes it holds.
fn start(args: &BooksArgs, dir: &Path) -> Result<Value, Failure> {
    let program = std::env::current_exe().map_err(fault)?;
    let mut child = std::process::Command::new(program);
    child.args(["bench", "books", "--start", "--pack", &args.pack, "--dir"]).arg(dir);
    let output = child.output().map_err(fault)?;
    serde_json::from_slice(&output.stdout).map_err(|e| fault(format!("the child: {e}")))
}

/// Runs the benchmark.
pub(super) fn books(args: &BooksArgs) -> Result<Exit, Failure> {
    let made = std::env::temp_dir().join(format!("fondaco-books-{}", std::process::id()));
    let dir = args.dir.clone().unwrap_or(made);
    if args.start {
        let began = Instant::now();
        let house = super::house(&dir, &args.pack, Sync::Full)?;
        let ready = began.elapsed();
        let started =
            json!({"ready_ms": rounded(ready.as_secs_f64() * 1e3), "resident_mb": resident()});
        house.store.close();
        println!("{started}");
        return Ok(Exit::Fine);
    }
    let result = measured(args, &dir);
    if args.dir.is_none() {
        std::fs::remove_dir_all(&dir).ok();
    }
    println!("{}", serde_json::to_string_pretty(&result?).unwrap_or_default());
    Ok(Exit::Fine)
}

fn measured(args: &BooksArgs, dir: &Path) -> Result<Value, Failure> {
    let talk = |text: &str| eprintln!("fondaco: {text}");
    settings(dir)?;
    let few = args.charges.min(args.debts);
    talk("debts charged with none in the books …");
    let house = super::house(dir, &args.pack, Sync::Full)?;
    let empty = charge(&house, 0..few)?;
    house.store.close();
    drop(house);
    talk("filling the books …");
    let house = super::house(dir, &args.pack, Sync::Off)?;
    charge(&house, few..args.debts)?;
    talk("paying …");
    let entries = pay(&house, args.debts, args.open.max(2))?;
    house.store.close();
    drop(house);
    talk("starting …");
    let started = start(args, dir)?;
    talk("debts charged with all of them in the books …");
    let house = Arc::new(super::house(dir, &args.pack, Sync::Full)?);
    let full = charge(&house, args.debts..args.debts + args.charges)?;
    talk("filing beside a client that asks for the report all the time …");
    let beside = beside(args, &house)?;
    house.store.close();
    Ok(json!({
        "debts": args.debts,
        "ready_ms": started["ready_ms"],
        "resident_mb": started["resident_mb"],
        "charged_per_s_at_first": rounded(empty),
        "charged_per_s": rounded(full),
        "bank_entries_per_s": rounded(entries),
        "beside": beside,
    }))
}

/// How long a filing takes while somebody asks for the report all the time, and without.
fn beside(args: &BooksArgs, house: &Arc<House>) -> Result<Value, Failure> {
    let corpus = corpus(args.files.as_deref(), house)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut first = 0;
    let mut run = |window, pace| -> Result<Load, Failure> {
        first += 1_000_000;
        load(house, &corpus, args.filings, first, cores, window, pace)
    };
    run(128, None)?;
    let most = run(128, None)?;
    // With somebody who asks there is a processor less to file with.
    let pace = Some(Duration::from_secs_f64(4.0 / most.per_second));
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let (stop, asked) = (AtomicBool::new(true), AtomicUsize::new(0));
    let reports = Mutex::new(Vec::new());
    for round in 0..args.rounds * 2 {
        if round % 2 == 0 {
            without.extend(run(4096, pace)?.times);
            continue;
        }
        stop.store(false, Ordering::Relaxed);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    std::hint::black_box(house.money_view().ok());
                    asked.fetch_add(1, Ordering::Relaxed);
                    let took = began.elapsed();
                    reports.lock().unwrap_or_else(PoisonError::into_inner).push(took);
                    // What is measured is whether it is in the way, not who gets the processor.
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
            let times = run(4096, pace);
            stop.store(true, Ordering::Relaxed);
            times.map(|load| with.extend(load.times))
        })?;
    }
    let mut reports = reports.into_inner().unwrap_or_else(PoisonError::into_inner);
    for times in [&mut without, &mut with, &mut reports] {
        times.sort();
    }
    let at = |all: &[Duration], share: usize| {
        let at = all.len().saturating_sub(1) * share / 100;
        all.get(at).map_or(0.0, |d| (d.as_secs_f64() * 1e5).round() / 100.0)
    };
    Ok(json!({
        "filings_per_s": rounded(most.per_second / 4.0),
        "p50_ms": at(&without, 50), "p99_ms": at(&without, 99),
        "p50_ms_beside": at(&with, 50), "p99_ms_beside": at(&with, 99),
        "reports": asked.into_inner(),
        "report_p50_ms": at(&reports, 50), "report_p99_ms": at(&reports, 99),
    }))
}
