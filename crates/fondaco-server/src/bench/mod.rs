//! `fondaco bench`: what the house does a second, beside what others do of it, in one run.
//!
//! Peers are looked for, never required. Where a peer is not installed its figure is null.

mod books;
mod bridge;
mod law;
mod notify;
mod peer;
mod search;
mod walk;

use std::path::Path;

use crate::cli::{Exit, Failure};
use crate::house::House;
use crate::store::Sync;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The full walk of filings, durable; parse and validate; beside PostgreSQL and libxml2.
    Walk(walk::WalkArgs),
    /// Looking up and computing the duty of lines over millions of measures, beside PostgreSQL.
    Law(law::LawArgs),
    /// How much of an import an export of a neighbour fills in.
    Bridge(bridge::BridgeArgs),
    /// How long a filing takes beside receivers of notifications that hang, and without any.
    Notify(notify::NotifyArgs),
    /// A house with a country's debts in its books: starting, charging, paying, reporting.
    Books(books::BooksArgs),
    /// How well goods are found by their names, beside plain BM25.
    Search(search::SearchArgs),
}

/// Runs a benchmark.
pub(crate) fn run(args: &BenchArgs) -> Result<Exit, Failure> {
    match &args.what {
        What::Walk(args) => walk::walk(args),
        What::Law(args) => law::law(args),
        What::Bridge(args) => bridge::bridge(args),
        What::Notify(args) => notify::notify(args),
        What::Books(args) => books::books(args),
        What::Search(args) => search::search(args),
    }
}

/// Opens a house with a list that nobody of a benchmark is on: with none loaded nobody is clear, and a
/// filing that goes through would be measured as one that is looked at.
fn house(dir: &Path, pack: &str, sync: Sync) -> Result<House, Failure> {
    let over = dir.join("pack");
    let path = over.join("names-bench.csv");
    let rows =
        "id,kind,name,country,list,from\nB-1,entity,Nobody in a benchmark,,Bench,2020-01-01\n";
    let written = std::fs::create_dir_all(&over).and_then(|()| std::fs::write(&path, rows));
    written.map_err(|e| Failure::Fault(format!("{}: {e}", path.display())))?;
    House::open(dir, pack, true, sync)
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The most memory this process has held, in megabytes.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kb| kb / 1000.0)
}
