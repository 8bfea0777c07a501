//! Duties and taxes, figure by figure, against the administration's own notifications.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde_json::Value;

use crate::{Row, reports, rows, shared};

/// Notifications that were computed by the law of an earlier day than they were sent on: scenario and
/// last day of the rate they apply. The administration's test service had not yet taken the new one.
const EARLIER: &[(&str, &str)] = &[("TT_IM189a", "2024-10-30")];

/// Lines that do not come out: scenario, tax, amount and base, and why.
const MISSES: &[(&str, &str, &str, &str)] = &[
    ("TT_IM017b", "A00", "200.00 of 10000.00", "the notification was for another price of item 1"),
    ("TT_IM017b", "B00", "2040.00 of 10200.00", "the same"),
    ("TT_IM028a", "A50", "977.03 of ", "in euro, and no rate of exchange is given"),
    ("TT_IM028a", "B05", "0.00 of 977.03", "on A50, which is in euro"),
    ("TT_IM030a", "MDP", "780.00 of ", "what would be due if the preference failed: no row has it"),
    ("TT_IM033b", "A00", "19.96 of 998.00", "the figures after the amendment"),
    ("TT_IM033b", "B00", "203.59 of 1017.96", "the same"),
    ("TT_IM036a", "A70", "16.40 of 10000.00", "the row gives the rate cut to two digits: 0.16"),
    ("TT_IM036a", "B05", "47.28 of 236.40", "on A70"),
    ("TT_IM063a", "B00", "0.00 of 1000.00", "X435 is stated, and no excise was charged"),
    ("TT_IM115a", "A00", "11.20 of 50.00", "a second notification, for part of the quota"),
    ("TT_IM115a", "B00", "12.24 of 61.20", "the same"),
    ("TT_IM134a", "A00", "5.00 of ", "a second notification, for part of the goods"),
    ("TT_IM157a", "A90", "198.33 of ", "in euro, and no rate of exchange is given"),
    ("TT_IM157a", "A80", "144.10 of ", "in euro, and no rate of exchange is given"),
    ("TT_IM157a", "B05", "68.92 of 344.61", "on A80 and A90, which are in euro"),
    ("TT_IM157a", "STA", "8.47 of ", "interest or aid taken off: no row says how it is computed"),
    ("TT_IM157a", "STA", "6.16 of ", "the same"),
    ("TT_IM209a", "A50", "0.00 of ", "no rate of A50 is given, nor of its agricultural component"),
    ("TT_IM209a", "A50", "327.13 of ", "the same"),
    ("TT_IM209a", "B05", "0.00 of 327.13", "on A50"),
    ("TT_IM219a", "A00", "67.78 of ", "no rate of A00 under the quota is given"),
    ("TT_IM219a", "B00", "0.00 of 1067.78", "on A00"),
    ("TT_IM222a", "324", "252.65 of ", "the rate of before 2025-02-01, on goods accepted in 2026"),
    ("TT_IM222a", "B00", "0.00 of 411.65", "on 324"),
];

fn figure(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

/// The day of the first notification of tax in the scenario's folder.
fn notified(file: &Path) -> Option<String> {
    let mut dirs = vec![file.parent()?.to_owned()];
    let mut days = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).ok()?.flatten() {
            let path = entry.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            if path.is_dir() {
                dirs.push(path);
            } else if name.contains("DMSTAX") {
                let text = std::fs::read_to_string(&path).ok()?;
                let at = text.find("IssueDateTime")?;
                let issued = text.get(at..)?;
                let day = issued.split('>').find(|t| t.starts_with("20") && t.len() > 8)?;
                let part = |range| day.get(range).unwrap_or_default();
                days.push(format!("{}-{}-{}", part(0..4), part(4..6), part(6..8)));
            }
        }
    }
    days.into_iter().min()
}

/// Whether the report has the line: base and amount, or the amount where none is told of a base.
fn has(report: &Value, case: &Row) -> bool {
    let lines = report["assessment"]["lines"].as_array().cloned().unwrap_or_default();
    let of_item = |line: &&Value| line["item"].as_u64() == case["item"].parse().ok();
    let said = |line: &Value, key: &str| figure(line[key].as_str().unwrap_or_default());
    let wanted = figure(&case["assessed"]);
    // Lines of their own for what is relieved, secured or suspended: ours stand on the tax's line.
    let kept = |line: &Value| {
        let suspended = said(line, "assessed").zip(said(line, "payable")).map(|(a, p)| a - p);
        [said(line, "deducted"), said(line, "secured"), suspended].contains(&wanted)
    };
    lines.iter().filter(of_item).any(|line| {
        let no_base = case["base"].is_empty();
        let own = line["tax_type"] == *case["tax_type"]
            && (no_base || said(line, "base") == figure(&case["base"]))
            && said(line, "assessed") == wanted;
        own || (no_base && case["payment"].is_empty() && kept(line))
    })
}

#[test]
fn figures_are_those_of_the_notifications() {
    let Some(dir) = shared("cds-dms/dev") else { return };
    let cases = rows(&dir.join("CASES.csv"));
    let mut files: Vec<_> = cases.iter().map(|c| dir.join(&c["file"])).collect();
    files.sort_unstable();
    files.dedup();
    let run = |files: Vec<PathBuf>, day: Option<&str>| {
        let mut args: Vec<_> = ["assess", "--pack", "gb", "--measures"].map(Into::into).to_vec();
        args.push(dir.join("MEASURES.csv").into_os_string());
        args.extend(day.into_iter().flat_map(|day| ["--on".into(), day.into()]));
        args.extend(files.into_iter().map(PathBuf::into_os_string));
        reports(&args)
    };
    let today = run(files.clone(), None);
    let mut then: BTreeMap<PathBuf, Value> = BTreeMap::new();
    // kind: lines, right without a day, right by the law of the day of the notification.
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut misses = Vec::new();
    for case in &cases {
        let file = dir.join(&case["file"]);
        let count = counts.entry(case["kind"].as_str()).or_default();
        count[0] += 1;
        if has(&today[&file], case) {
            count[1] += 1;
            count[2] += 1;
            continue;
        }
        if !then.contains_key(&file) {
            let earlier = EARLIER.iter().find(|(scenario, _)| *scenario == case["scenario"]);
            let day = earlier.map(|(_, day)| (*day).to_owned()).or_else(|| notified(&file));
            then.extend(run(vec![file.clone()], day.as_deref()));
        }
        if has(&then[&file], case) {
            count[2] += 1;
        } else {
            let of = format!("{} of {}", case["assessed"], case["base"]);
            misses.push((case["scenario"].clone(), case["tax_type"].clone(), of));
        }
    }
    for (kind, [all, today, then]) in &counts {
        println!(
            "{kind}: {all} lines, {today} right by the law of today, {then} by that of the day"
        );
    }
    let known: Vec<_> = MISSES
        .iter()
        .map(|(s, t, of, _)| ((*s).to_owned(), (*t).to_owned(), (*of).to_owned()))
        .collect();
    let new: Vec<_> = misses.iter().filter(|m| !known.contains(m)).collect();
    let gone: Vec<_> = known.iter().filter(|m| !misses.contains(m)).collect();
    assert!(new.is_empty() && gone.is_empty(), "new misses: {new:#?}\nno longer missed: {gone:?}");
}
