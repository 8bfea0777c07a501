//! The demonstration: everything a newcomer is to see, from a clone alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{pay, run};

struct House {
    child: Child,
    address: String,
}

impl Drop for House {
    fn drop(&mut self) {
        // Told to stop, it writes what waits; killed, it would lose nothing either.
        Command::new("kill").arg(self.child.id().to_string()).status().ok();
        self.child.wait().ok();
    }
}

/// Starts a house and waits until it says where it is.
fn start(root: &Path, binary: &Path, data: &Path, pack: &str, port: u16) -> Result<House, String> {
    // Rates of exchange and posts are the operator's to load; these are for the demonstration and say so.
    let over = data.join("pack");
    fs::create_dir_all(&over).map_err(|e| e.to_string())?;
    let rates = format!("rates-{pack}.csv");
    for name in [rates.as_str(), "posts.csv"] {
        fs::copy(root.join("data/demo").join(name), over.join(name)).map_err(|e| e.to_string())?;
    }
    let money = root.join(format!("data/demo/money-{pack}.toml"));
    fs::copy(money, data.join("money.toml")).map_err(|e| e.to_string())?;
    let log = data.with_extension("log");
    let file = fs::File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
    let mut child = Command::new(binary)
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", &format!("127.0.0.1:{port}"), "--pack", pack, "--sandbox"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .spawn()
        .map_err(|e| format!("fondaco serve: {e}"))?;
    let begun = Instant::now();
    loop {
        let said = fs::read_to_string(&log).unwrap_or_default();
        if let Some(at) = said.find("http://") {
            let address = said.get(at..).unwrap_or_default();
            let address = address.split(['/', '\n']).nth(2).unwrap_or_default();
            return Ok(House { child, address: format!("http://{address}") });
        }
        if child.try_wait().ok().flatten().is_some() || begun.elapsed() > Duration::from_secs(30) {
            return Err(format!("the house of {pack} did not start:\n{said}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Files a folder and returns the summary.
fn file(binary: &Path, house: &House, work: &Path, folders: &[PathBuf]) -> Result<Value, String> {
    let name = house.address.replace([':', '/'], "-");
    let output = Command::new(binary)
        .arg("file")
        .args(folders)
        .args(["--to", &house.address, "--json"])
        .arg("--journal")
        .arg(work.join(format!("{name}.jsonl")))
        .arg("--errors")
        .arg(work.join(format!("{name}.csv")))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("fondaco file: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.trim()).map_err(|e| format!("fondaco file: {e}: {text}"))
}

/// What is due by currency, asked of the house.
fn due(house: &House) -> Vec<(String, String, usize)> {
    let Ok(output) = Command::new("curl")
        .args(["-s", "-m", "20", &format!("{}/v1/declarations?limit=1000", house.address)])
        .output()
    else {
        return Vec::new();
    };
    let all: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let mut sums: std::collections::BTreeMap<String, (rust_decimal::Decimal, usize)> =
        std::collections::BTreeMap::new();
    for one in all.as_array().into_iter().flatten() {
        if let Some((amount, currency)) = one["total"].as_str().and_then(|t| t.split_once(' '))
            && let Ok(amount) = amount.parse::<rust_decimal::Decimal>()
        {
            let sum = sums.entry(currency.to_owned()).or_default();
            sum.0 += amount;
            sum.1 += 1;
        }
    }
    sums.into_iter().map(|(currency, (sum, n))| (currency, sum.to_string(), n)).collect()
}

/// Builds, files everything, says what came of it; serves until stopped unless `once`.
pub(crate) fn run(root: &Path, once: bool, port: u16) -> Result<(), String> {
    run::run(root, "cargo", &["build", "--release", "--package", "fondaco-server"])?;
    let binary = run::binary(root)?;
    let work = run::target(root)?.join("demo");
    fs::remove_dir_all(&work).ok();
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;
    let corpus = root.join("data/corpus");
    let real = root.join("../shared/data/cds-dms/dev");
    let mut houses = Vec::new();
    let (mut filed, mut returned) = (0u64, 0u64);
    println!();
    for (n, pack) in ["gb", "eaeu", "cn", "us"].into_iter().enumerate() {
        let mut folders = vec![corpus.join(pack)];
        if pack == "gb" {
            if real.is_dir() {
                folders.extend(submissions(&real, &work)?);
            } else {
                println!("skipped: the real UK declarations: ../shared/data is not here");
            }
        }
        let port = if port == 0 { 0 } else { port + u16::try_from(n).unwrap_or(0) };
        let house = start(root, &binary, &work.join(pack), pack, port)?;
        let summary = file(&binary, &house, &work, &folders)?;
        let count = |key: &str| summary[key].as_u64().unwrap_or(0);
        filed += count("files");
        returned += count("returned");
        println!(
            "{pack:5} {:>4} filed  {:>4} accepted  {:>4} returned  lanes {}",
            count("files"),
            count("accepted"),
            count("returned"),
            summary["lanes"]
        );
        for (currency, sum, n) in due(&house) {
            println!("      {sum:>18} {currency} payable on {n} declarations");
        }
        let (paid, cleared) = pay::pay(&house.address, &work)?;
        if paid > 0 {
            println!(
                "      {paid} paid at the bank, {cleared} of them cleared: {}/money",
                house.address
            );
        }
        println!(
            "      per filing over HTTP: p50 {:.1} ms, p99 {:.1} ms",
            Duration::from_micros(count("p50_us")).as_secs_f32() * 1000.0,
            Duration::from_micros(count("p99_us")).as_secs_f32() * 1000.0,
        );
        houses.push((pack, house));
    }
    println!(
        "\n{filed} declarations filed, {returned} returned with what is wrong and how to mend it."
    );
    println!("What was returned and why, as CSV: {}", work.display());
    for (pack, house) in &houses {
        println!("  {pack:5} {}/   (also /?lang=zh and /?lang=ru)", house.address);
    }
    println!(
        "No sign-in: these are sandboxes on this machine. Without --sandbox a house asks for the token in its folder."
    );
    if once {
        return Ok(());
    }
    println!("Press Ctrl-C to stop.");
    for (_, house) in &mut houses {
        house.child.wait().ok();
    }
    Ok(())
}

/// The real submissions, without answers and movement messages, linked into a folder of their own.
fn submissions(real: &Path, work: &Path) -> Result<Vec<PathBuf>, String> {
    let index = fs::read_to_string(real.join("INDEX.csv")).map_err(|e| e.to_string())?;
    let folder = work.join("real");
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    for line in index.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [path, _, response, function, ..] = fields.as_slice() else { continue };
        if *response == "False" && *function == "9" && !path.contains("DIS_Report") {
            let name = path.replace('/', "--");
            let name = if name.ends_with(".XML") { name.replace(".XML", ".xml") } else { name };
            fs::copy(real.join(path), folder.join(name)).map_err(|e| format!("{path}: {e}"))?;
        }
    }
    Ok(vec![folder])
}

/// How long `fondaco assess` of one file takes from a cold start, and how large the program is.
pub(crate) fn cold(root: &Path) -> Result<(), String> {
    let binary = run::binary(root)?;
    let size = fs::metadata(&binary).map_err(|e| e.to_string())?.len();
    println!("binary with its packs: {:.1} MB", size as f32 / 1e6);
    for pack in ["gb", "us", "eaeu", "cn"] {
        let folder = root.join("data/corpus").join(pack);
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .map_err(|e| format!("{}: {e}", folder.display()))?
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "xml"))
            .collect();
        files.sort();
        let Some(file) = files.first() else { continue };
        let mut times = Vec::new();
        for _ in 0..15 {
            let begun = Instant::now();
            Command::new(&binary)
                .arg("assess")
                .arg(file)
                .args(["--pack", pack, "--json"])
                .stdout(Stdio::null())
                .status()
                .map_err(|e| e.to_string())?;
            times.push(begun.elapsed());
        }
        times.sort();
        println!(
            "fondaco assess, one file, pack {pack:5}: median {} ms, worst of 15 {} ms",
            times[7].as_millis(),
            times[14].as_millis()
        );
    }
    Ok(())
}
