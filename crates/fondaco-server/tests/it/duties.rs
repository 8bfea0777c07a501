//! Duties and taxes, figure by figure, against the administration's own notifications.

use rust_decimal::Decimal;

use crate::{reports, rows, shared};

/// Lines that do not come out: scenario, tax, amount and base, and why.
const MISSES: &[(&str, &str, &str, &str)] = &[
    ("TT_IM017b", "A00", "200.00 of 10000.00", "the notification was for another price of item 1"),
    ("TT_IM017b", "B00", "2040.00 of 10200.00", "the same"),
    ("TT_IM028a", "B05", "0.00 of 977.03", "A50 is in euro, and no rate of exchange is given"),
    ("TT_IM033b", "A00", "19.96 of 998.00", "the figures after the amendment"),
    ("TT_IM033b", "B00", "203.59 of 1017.96", "the same"),
    ("TT_IM036a", "B05", "47.28 of 236.40", "A70 was more than its own rate of the base"),
    ("TT_IM115a", "A00", "11.20 of 50.00", "a second notification, for part of the quota"),
    ("TT_IM115a", "B00", "12.24 of 61.20", "the same"),
    ("TT_IM116a", "B00", "1615.14 of 8075.70", "no rate of excise 413 is given"),
    (
        "TT_IM157a",
        "B05",
        "68.92 of 344.61",
        "A80 and A90 are in euro, and no rate of exchange is given",
    ),
    ("TT_IM189a", "B00", "473.10 of 2365.53", "no rate of excise 633 is given"),
    ("TT_IM209a", "B05", "0.00 of 327.13", "no rate of A50 is given"),
    ("TT_IM219a", "B00", "0.00 of 1067.78", "no rate of A00 is given"),
    ("TT_IM222a", "B00", "0.00 of 411.65", "no rate of excise 324 is given"),
];

#[test]
fn figures_are_those_of_the_notifications() {
    let Some(dir) = shared("cds-dms/dev") else { return };
    let cases = rows(&dir.join("CASES.csv"));
    let mut files: Vec<_> = cases.iter().map(|c| dir.join(&c["file"])).collect();
    files.sort_unstable();
    files.dedup();
    let mut args: Vec<_> = ["assess", "--pack", "gb", "--measures"].map(Into::into).to_vec();
    args.push(dir.join("MEASURES.csv").into_os_string());
    args.extend(files.into_iter().map(std::path::PathBuf::into_os_string));
    let reports = reports(&args);
    let figure = |text: &str| text.parse::<Decimal>().ok();
    let (mut matched, mut misses) = (0, Vec::new());
    for case in cases.iter().filter(|c| c["kind"] == "exact") {
        let report = &reports[&dir.join(&case["file"])];
        let lines = report["assessment"]["lines"].as_array().cloned().unwrap_or_default();
        let wanted = (figure(&case["base"]), figure(&case["assessed"]));
        let hit = lines.iter().any(|line| {
            let said = |key: &str| figure(line[key].as_str().unwrap_or_default());
            line["item"].as_u64() == case["item"].parse().ok()
                && line["tax_type"] == *case["tax_type"]
                && (said("base"), said("assessed")) == wanted
        });
        if hit {
            matched += 1;
        } else {
            let of = format!("{} of {}", case["assessed"], case["base"]);
            misses.push((case["scenario"].clone(), case["tax_type"].clone(), of));
        }
    }
    println!("{matched} of {} exact lines", matched + misses.len());
    assert!(matched >= 98, "{matched} lines: {misses:?}");
    let known: Vec<_> = MISSES
        .iter()
        .map(|(s, t, of, _)| ((*s).to_owned(), (*t).to_owned(), (*of).to_owned()))
        .collect();
    let new: Vec<_> = misses.iter().filter(|m| !known.contains(m)).collect();
    let gone: Vec<_> = known.iter().filter(|m| !misses.contains(m)).collect();
    assert!(new.is_empty() && gone.is_empty(), "new misses: {new:?}\nno longer missed: {gone:?}");
}
