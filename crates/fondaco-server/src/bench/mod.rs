//! `fondaco bench`: what the house does a second, beside what others do of it, in one run.
//!
//! Peers are looked for, never required. Where a peer is not installed its figure is null.

mod bridge;
mod law;
mod notify;
mod peer;
mod search;
mod walk;

use crate::cli::{Exit, Failure};

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
        What::Search(args) => search::search(args),
    }
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
