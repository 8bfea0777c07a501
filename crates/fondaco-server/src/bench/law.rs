//! `fondaco bench law`: the duty of one line over millions of measures, beside PostgreSQL answering
//! the same lookup.
//!
//! The measures are made from the codes and formulas of a pack: for every line one rate for all and
//! one for each of so many countries, in editions that follow one another. They go the way an
//! operator's rows go: as CSV into a bundle. A child process loads the bundle, so that what it takes
//! in memory is its own.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use fondaco::assessment::assess;
use fondaco::declaration::{Declaration, Item, ItemFacts};
use fondaco::measure::Direction;
use fondaco::money::{Decimal, Money};
use fondaco::rates::rates;
use fondaco::reference::Pack;
use fondaco::token::Token;
use fondaco_wire::pack;
use serde_json::{Value, json};

use super::peer::Postgres;
use super::{resident, rounded};
use crate::cli::{Exit, Failure, today};

/// What to measure on.
#[derive(Debug, clap::Args)]
pub(super) struct LawArgs {
    /// The pack whose codes, taxes and formulas are taken.
    #[arg(long, default_value = "eaeu")]
    pack: String,
    /// About how many measures.
    #[arg(long, default_value_t = 3_000_000)]
    measures: usize,
    /// Only load this bundle, look up in it and print what that took.
    #[arg(long, hide = true)]
    bundle: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Two-letter codes of invented countries, so many that each line has its own rate for each.
fn country(n: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
    [letter(n / 26), letter(n)].iter().collect()
}

/// A cheap, repeatable sequence of numbers.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

/// How many countries, and the measures as CSV of a pack and as CSV of a table of PostgreSQL.
fn measures(pack: &Pack, wanted: usize) -> (usize, usize, String, String) {
    let lines = &pack.lines;
    let countries = (wanted / lines.len().max(1)).clamp(1, 676);
    let mut formulas: Vec<String> =
        pack.measures.iter().filter_map(|m| m.formula().map(ToString::to_string)).collect();
    formulas.sort();
    formulas.dedup();
    let tax = pack.profile.taxes.iter().find(|t| t.expected).map(|t| t.code).unwrap_or_default();
    let act = pack.law.keys().next().cloned().unwrap_or_default();
    let mut rows = String::from("code,direction,origin,tax_type,formula,from,until,basis\n");
    let mut table = String::new();
    let mut count = 0;
    let mut sequence = Sequence(7);
    for line in lines {
        for n in 0..countries {
            let origin = if n == 0 { String::new() } else { country(n) };
            let formula = &formulas[sequence.next(formulas.len())];
            let from = ["2020-01-01", "2022-07-01", "2025-01-01"][sequence.next(3)];
            let code = line.code;
            writeln!(rows, "{code},import,{origin},{tax},\"{formula}\",{from},,{act}").ok();
            writeln!(table, "{code},{origin},\"{formula}\",{from},").ok();
            count += 1;
        }
    }
    (countries, count, rows, table)
}

/// What a question says of goods.
struct Asked {
    code: Token,
    origin: Token,
    price: Option<Money>,
    net_mass: Option<Decimal>,
}

/// Questions about lines of the pack from countries that have rates.
fn items(pack: &Pack, countries: usize, many: usize) -> Vec<Asked> {
    let mut sequence = Sequence(11);
    let ask = |_| {
        let line = &pack.lines[sequence.next(pack.lines.len())];
        Asked {
            code: line.code,
            origin: Token::lossy(&country(1 + sequence.next(countries.max(2) - 1))),
            price: Some(Money {
                amount: Decimal::from(1000 + sequence.next(100_000)),
                currency: pack.profile.currency,
            }),
            net_mass: Some(Decimal::from(10 + sequence.next(20_000))),
        }
    };
    (0..many).map(ask).collect()
}

/// The child: loads the bundle and looks lines up in it, on one core.
fn load(path: &std::path::Path, countries: usize) -> Result<Value, Failure> {
    let fault = |e: String| Failure::Fault(e);
    let at = Instant::now();
    let bytes = std::fs::read(path).map_err(|e| fault(e.to_string()))?;
    let pack = pack::load(&bytes).map_err(|e| fault(format!("{} problems", e.len())))?;
    let loaded = at.elapsed();
    let held = resident();
    let reference = pack.on(today());
    // One declaration is asked of one line after another: a filing is in the cache when its lines are
    // looked up, a hundred thousand of them are not.
    let items = items(&pack, countries, 100_000);
    let mut declaration = Declaration {
        direction: Some(Direction::Import),
        items: vec![Item { number: 1, ..Item::default() }],
        ..Declaration::default()
    };
    let mut per_second = |rounds: usize, look: &dyn Fn(&Declaration) -> usize| {
        let at = Instant::now();
        let mut seen = 0;
        for _ in 0..rounds {
            for asked in &items {
                for item in &mut declaration.items {
                    item.code = asked.code;
                    item.origin = asked.origin;
                    item.price = asked.price;
                    item.net_mass = asked.net_mass;
                }
                seen += look(&declaration);
            }
        }
        let all = rounds * items.len();
        (all as f64 / at.elapsed().as_secs_f64(), seen / rounds)
    };
    // The first round brings the pages in.
    let rows = |d: &Declaration| {
        let facts = ItemFacts { declaration: d, item: d.items.first(), reference, value: None };
        rates(&facts).len()
    };
    per_second(1, &rows);
    let (lookups, _) = per_second(5, &rows);
    let (lines, computed) = per_second(3, &|d| assess(d, reference, &[], &[]).lines.len());
    Ok(json!({
        "load_ms": rounded(loaded.as_secs_f64() * 1000.0),
        "resident_mb": held.map(rounded),
        "bundle_mb": rounded(bytes.len() as f64 / 1e6),
        "measures": pack.measures.len(),
        "lookups_per_s": rounded(lookups),
        "assessed_per_s": rounded(lines),
        "duty_lines": computed,
    }))
}

/// PostgreSQL with the same rows and an index on code and origin: the closest rate of one line.
fn postgres(table: &str, pack: &Pack, countries: usize, dir: &std::path::Path) -> Option<f64> {
    let peer = Postgres::start(&dir.join("postgres"))?;
    peer.sql("CREATE TABLE measure (code text, origin text, formula text, valid_from date, valid_until date)")?;
    peer.copy("measure (code, origin, formula, valid_from, valid_until)", table.as_bytes())?;
    peer.sql("CREATE INDEX ON measure (code, origin)")?;
    peer.sql("CREATE TABLE line (n int PRIMARY KEY, code text)")?;
    let mut lines = String::new();
    for (n, line) in pack.lines.iter().enumerate() {
        writeln!(lines, "{n},{}", line.code).ok()?;
    }
    peer.copy("line", lines.as_bytes())?;
    peer.sql("CREATE TABLE country (n int PRIMARY KEY, code text)")?;
    let mut all = String::new();
    for n in 1..countries {
        writeln!(all, "{n},{}", country(n)).ok()?;
    }
    peer.copy("country", all.as_bytes())?;
    peer.sql("ANALYZE")?;
    // The code and the country are looked up first, since pgbench has numbers only; both tables are
    // small and in memory. Prefixes of the code are asked for as the law has them.
    let script = format!(
        "\\set a random(0, {})\n\\set b random(1, {})\n\
         SELECT m.formula FROM line l, country c, measure m WHERE l.n = :a AND c.n = :b \
         AND m.code IN (l.code, left(l.code, 8), left(l.code, 6), left(l.code, 4), '') \
         AND m.origin IN (c.code, '') AND m.valid_from <= current_date \
         AND (m.valid_until IS NULL OR m.valid_until >= current_date) \
         ORDER BY length(m.code) DESC, m.origin DESC LIMIT 1;\n",
        pack.lines.len() - 1,
        countries - 1
    );
    peer.per_second(&script, 8, "prepared")
}

/// Runs the benchmark.
pub(super) fn law(args: &LawArgs) -> Result<Exit, Failure> {
    let (pack, bundle) = crate::packs::load(&args.pack).map_err(Failure::Usage)?;
    if pack.lines.is_empty() {
        return Err(Failure::Usage(format!("the pack {} has no lines", pack.id)));
    }
    let countries = (args.measures / pack.lines.len()).clamp(1, 676);
    if let Some(path) = &args.bundle {
        println!("{}", load(path, countries)?);
        return Ok(Exit::Fine);
    }
    let talk = |text: &str| eprintln!("fondaco: {text}");
    let dir = std::env::temp_dir().join(format!("fondaco-bench-{}", std::process::id()));
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", dir.display()));
    std::fs::create_dir_all(&dir).map_err(fault)?;
    talk("making measures …");
    let (countries, count, rows, table) = measures(&pack, args.measures);
    talk(&format!("packing {count} measures …"));
    let files = [("measures.csv".to_owned(), rows.into_bytes())].into();
    let large = pack::with_files(&bundle, files)
        .map_err(|e| Failure::Fault(e.first().map(ToString::to_string).unwrap_or_default()))?;
    let path = dir.join("large.pack");
    std::fs::write(&path, &large).map_err(fault)?;
    drop(large);
    talk("loading and looking up, in a process of its own …");
    let mut best: Option<Value> = None;
    for _ in 0..3 {
        let program = std::env::current_exe().map_err(fault)?;
        let mut child = std::process::Command::new(program);
        child.args(["bench", "law", "--json", "--pack", &args.pack, "--measures"]);
        child.arg(args.measures.to_string()).arg("--bundle").arg(&path);
        let output = child.output().map_err(fault)?;
        let value: Value = serde_json::from_slice(&output.stdout)
            .map_err(|e| Failure::Fault(format!("the child: {e}")))?;
        let load = |v: &Value| v["load_ms"].as_f64().unwrap_or(f64::MAX);
        if best.as_ref().is_none_or(|b| load(&value) < load(b)) {
            best = Some(value);
        }
    }
    talk("PostgreSQL answering the same lookup …");
    let peer = postgres(&table, &pack, countries, &dir);
    std::fs::remove_dir_all(&dir).ok();
    let mut result = best.unwrap_or_default();
    let lookups = result["lookups_per_s"].as_f64().unwrap_or_default();
    result["postgres_lookups_per_s"] = json!(peer.map(rounded));
    result["ratio"] = json!(peer.map(|p| rounded(lookups / p)));
    result["countries"] = json!(countries);
    if args.json {
        println!("{result}");
    } else {
        println!("{}", serde_json::to_string_pretty(&result).unwrap_or_default());
    }
    Ok(Exit::Fine)
}
