//! `fondaco bench search`: how well goods are found, beside plain BM25 over the same names.
//!
//! The words of trade carried in the program are cut into folds, see [`fondaco_search::measure`]:
//! what is looked for was never shown to the search that looks.

use std::path::PathBuf;
use std::time::Instant;

use fondaco_search::data::Data;
use fondaco_search::measure::{Count, Spoken, measure, spoken};
use fondaco_search::{LEARNT, POINTS, SIGNS, Search};

use crate::classify::data;
use crate::cli::{Exit, Failure};

/// What to measure with.
#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// Into how many folds the words are cut
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// The same goods in three languages: CSV of code, zh, ru, en
    #[arg(long, default_value = "data/cases/search-three-languages.csv")]
    cases: PathBuf,
    /// Print those missed
    #[arg(long)]
    missed: bool,
}

fn share(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64)
}

fn line(name: &str, n: &Count) {
    println!(
        "{name:<12} {:>5}  plain {:>6}  search {:>6}  answered {:>6}  asked back {:>6}",
        n.all,
        share(n.plain, n.all),
        share(n.ranked, n.all),
        share(n.answered, n.all),
        share(n.refused, n.all)
    );
}

fn say(name: &str, spoken: &Spoken, missed: bool) {
    let all = spoken.all;
    let three = |n: &[usize; 3]| n.map(|n| share(n, all)).join(" ");
    println!(
        "{name:<12} {all:>5}  first (en zh ru) {}  of five {}  same {}  all right {}",
        three(&spoken.first),
        three(&spoken.five),
        share(spoken.same, all),
        share(spoken.right, all)
    );
    for (code, language, had) in spoken.missed.iter().filter(|_| missed) {
        println!("  {code} {language} {had}");
    }
}

/// Measures and prints.
pub(super) fn search(args: &SearchArgs) -> Result<Exit, Failure> {
    let data = data()?;
    let fault = |e: fondaco_search::Broken| Failure::Fault(e.to_string());
    let measured = measure(&data, args.folds.max(2)).map_err(fault)?;
    println!("Six digits among the first five, {} folds:", args.folds.max(2));
    let mut pairs = Count::default();
    for (source, n) in &measured.by_source {
        line(source, n);
        if *source != "vague" {
            pairs.all += n.all;
            pairs.plain += n.plain;
            pairs.ranked += n.ranked;
            pairs.answered += n.answered;
            pairs.refused += n.refused;
        }
    }
    line("both pairs", &pairs);
    println!("Weights learnt (of all words; those in use are LEARNT), of the order:");
    for (name, weight) in POINTS.iter().zip(&measured.learnt.order) {
        println!("  {weight:>9.4}  {name}");
    }
    println!("Whether they say too little:");
    for (name, weight) in SIGNS.iter().zip(&measured.learnt.signs) {
        println!("  {weight:>9.4}  {name}");
    }
    println!(
        "  {:>9.4}  bias\n  {:>9.4}  threshold",
        measured.learnt.bias, measured.learnt.threshold
    );
    let began = Instant::now();
    let whole = Search::new(data.clone(), LEARNT).map_err(fault)?;
    println!("Index made in {} ms.", began.elapsed().as_millis());
    let Ok(cases) = std::fs::read_to_string(&args.cases) else {
        println!("skipped: no {}", args.cases.display());
        return Ok(Exit::Fine);
    };
    let rows = fondaco_search::measure::cases(&cases);
    let asked: std::collections::BTreeSet<String> =
        rows.iter().flat_map(|row| row.iter().skip(1).map(|t| t.to_lowercase())).collect();
    let words = data.words.iter().filter(|w| !asked.contains(&w.text.to_lowercase()));
    let without = Data { names: data.names.clone(), words: words.cloned().collect() };
    let without = Search::new(without, LEARNT).map_err(fault)?;
    println!("The same asked in three languages:");
    for (name, digits) in [("chapters", 2), ("goods", 4)] {
        let rows: Vec<_> = rows.iter().filter(|r| r[0].len() == digits).cloned().collect();
        let began = Instant::now();
        say(name, &spoken(&whole, &rows), args.missed);
        let each = began.elapsed() / u32::try_from(3 * rows.len().max(1)).unwrap_or(1);
        println!(
            "  {} µs a question; without words that are the question itself:",
            each.as_micros()
        );
        say(name, &spoken(&without, &rows), false);
    }
    Ok(Exit::Fine)
}
