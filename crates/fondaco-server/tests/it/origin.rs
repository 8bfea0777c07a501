//! Origin asked before shipping, and a production held against the rules of a scheme.

use serde_json::{Value, json};

use crate::commands::run_with;

fn run(args: &[&str], input: &str) -> (i32, String) {
    let came = run_with(args, input.as_bytes());
    (came.code, came.out)
}

/// The schemes of goods of an origin on a day, and the proof wanted where a regime is claimed.
#[track_caller]
fn check(code: &str, origin: &str, regime: &str, on: &str, schemes: &[&str], documents: &str) {
    let asked = ["requirements", "--pack", "gb", "--json", "--code", code, "--origin", origin];
    let mut args = asked.to_vec();
    args.extend(["--regime", regime, "--on", on]);
    let answer: Value = serde_json::from_str(&run(&args, "").1).unwrap();
    let held: Vec<&str> = answer["schemes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["scope"] == "uk")
        .map(|s| s["scheme"].as_str().unwrap())
        .collect();
    assert_eq!(held, schemes, "{code} of {origin}");
    let wanted = answer["requirements"].as_array().unwrap().iter();
    let wanted: Vec<&str> = wanted
        .filter(|r| r["id"].as_str().unwrap().starts_with("origin-"))
        .map(|r| r["document"].as_str().unwrap())
        .collect();
    let documents: Vec<&str> = documents.split_whitespace().collect();
    assert_eq!(wanted, documents, "{code} of {origin}");
}

#[test]
fn schemes_and_proofs_are_those_of_the_origin_and_the_day() {
    check("1905310000", "FR", "300", "2026-03-01", &["eu"], "U116|U118|U117");
    check("1905310000", "FR", "100", "2026-03-01", &["eu"], "");
    check("6109100010", "BD", "200", "2026-03-01", &["dcts-ldcs"], "N865|9001");
    check("8703221010", "AU", "", "2024-12-23", &["australia"], "");
    check("8703221010", "AU", "", "2024-12-24", &["australia", "cptpp"], "");
}

#[test]
fn a_production_is_held_against_each_set_of_rules() {
    let made = json!({
        "country": "JP", "ex_works": 100, "fob": "110",
        "materials": [
            { "code": "8503", "value": 30 },
            { "code": "8501", "value": 20, "origin": "GB", "proven": true },
        ],
    });
    let args = ["origin", "--scheme", "eu", "--code", "190531", "--on", "2026-03-01", "--json"];
    let (code, out) = run(&args, "");
    assert_eq!(code, 0, "{out}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["scheme"]["rules"][0]["heading"], "1901-1905");
    assert_eq!(told["outcome"], Value::Null);
    let args = ["origin", "--scheme", "japan", "--code", "8501", "--on", "2026-03-01", "--json"];
    let mut args = args.to_vec();
    args.extend(["--production", "-"]);
    let (_, out) = run(&args, &made.to_string());
    let told: Value = serde_json::from_str(&out).unwrap();
    let materials = &told["scheme"]["rules"][0]["rules"][0]["verdict"]["materials"];
    assert_eq!(*materials, json!(["not", "bilateral"]), "{told}");
    let bad = run(&args, "{\"nothing\": 1}");
    assert_eq!(bad.0, 2);
}
