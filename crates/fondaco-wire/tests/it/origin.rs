//! Rules of origin: the real files whole, what the texts of agreements are read as, and a hundred
//! broken files.

use std::path::Path;

use fondaco_wire::import::origin::read::read;
use fondaco_wire::import::origin::{Origin, take};
use fondaco_wire::pack::rows::OriginRow;
use serde_json::{Value, json};

use crate::shared;

fn below(dir: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.to_string_lossy().contains(".json") {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// As many sets in each scheme as its file has, none refused, and seven of ten read at the least.
#[test]
fn every_rule_of_the_uk_is_taken_and_most_are_read() {
    let Some(dir) = shared("rules-of-origin-uk") else { return };
    let mut files = Vec::new();
    below(&dir, &mut files);
    files.sort();
    let taken = take(&files);
    assert_eq!(taken.refused, []);
    assert_eq!(taken.left_out.len(), 1);
    let total = taken.total();
    assert_eq!((total.sets, total.rules, taken.schemes.len()), (28_535, 41_255, 84));
    for (file, bytes) in files.iter().filter(|(file, _)| file.contains("rule_sets")) {
        let mut plain = String::new();
        std::io::Read::read_to_string(
            &mut flate2::read::GzDecoder::new(bytes.as_slice()),
            &mut plain,
        )
        .unwrap();
        let whole: Value = serde_json::from_str(&plain).unwrap();
        let name = file.rsplit('/').next().unwrap().split('.').next().unwrap();
        assert_eq!(taken.counts[name].sets, whole["rule_sets"].as_array().unwrap().len(), "{name}");
    }
    assert!(total.read * 10 >= total.rules * 7, "{total:?}");
    // What is held is what was published, to the letter.
    assert!(taken.rules.iter().all(|row| !row.text.is_empty()));
}

#[track_caller]
fn check(published: &str, wanted: &str) {
    assert_eq!(read(published, "").to_string(), wanted);
}

#[test]
fn texts_of_agreements_are_read() {
    check("All goods must be wholly obtained.", "whole()");
    check("All animals of [chapter&nbsp;1](/chapters/01) are wholly obtained.", "whole()");
    check(
        "Manufacture in which all the materials of [chapter&nbsp;5](/chapters/05) used are wholly obtained.",
        "whole(05)",
    );
    check("Manufacture from materials of any heading, except that of the product.", "change(4)");
    check(
        "<abbr title='Change of tariff chapter'>CC</abbr>: All non-originating materials used in the production of the good have undergone a change in tariff classification at the 2-digit level (chapter).",
        "change(2)",
    );
    check("A change from any other subheading.", "change(6)");
    check(
        "Manufacture from materials of any heading, except that of the product. However, materials of the same heading as the product may be used, provided that their total value does not exceed **20%** of the ex-works price of the product.",
        "spare(change(4), same, 20, exw)",
    );
    check(
        "Manufacture:\n\n- from materials of any heading, except that of the product, *and*\n\n- in which the value of all the materials used does not exceed **40%** of the ex-works price of the product.",
        "all(change(4), value(*, 40, exw))",
    );
    check(
        "Manufacture in which:\n\n- the value of all the materials used does not exceed **40%** of the ex-works price of the product, *and*\n\n- within the above limit, the value of all the materials of [heading&nbsp;8541](/headings/8541) and [heading&nbsp;8542](/headings/8542) used does not exceed **10%** of the ex-works price of the product.",
        "all(value(*, 40, exw), value(8541+8542, 10, exw))",
    );
    check(
        "Your goods contain a Regional Value Content (RVC) of at least **55%** of the Free on Board (FOB) cost of the goods.",
        "content(55, down, fob)",
    );
    check("- b) **40%** under the build-down method.", "content(40, down, fob)");
    check(
        "A maximum of **50%** of the ex-works price (EXW) is made up of non-originating parts (MAXNOM).",
        "value(*, 50, exw)",
    );
    check(
        "A change to a good of [subheading&nbsp;030442](/subheading/0304420000-80) through 030443 from any other heading.",
        "change(4)",
    );
    check(
        "A change to pisco of [subheading&nbsp;220820](/subheading/2208200000-80) from any other chapter.",
        "all(goods(\"pisco\"), change(2))",
    );
    check(
        "No change in tariff classification required for a good of [subheading&nbsp;151519](/subheading/1515190000-80), provided there is a regional value content of not less than **40%** under the build-down method.",
        "all(change(0), content(40, down, fob))",
    );
    check(
        "Manufacture from materials of any heading, except those of [heading&nbsp;3701](/headings/3701) to [heading&nbsp;3704](/headings/3704).",
        "change(0, 3701-3704)",
    );
    check("Manufacture from materials of [heading&nbsp;7001](/headings/7001).", "from(7001)");
    check(
        "Manufacture from materials of any heading, except potato starch of [heading&nbsp;1108](/headings/1108).",
        "all(change(0), any(change(0, 1108), done(\"no potato starch of 1108 used\")))",
    );
    check("Yarn dyeing accompanied by weaving.", "all(done(\"yarn dyeing\"), done(\"weaving\"))");
    // A note that may allow more is asked about wherever the rule is not met.
    check(
        "Manufacture from yarn. See introductory note 6.",
        "any(made(\"yarn\"), ask(\"see introductory note 6\"))",
    );
    check(
        "<abbr title='Change of tariff heading'>CTH</abbr>: All non-originating materials used in the production of the good have undergone a change in tariff classification at the 4-digit level (tariff heading), provided that:\n\n- all the materials of [chapter&nbsp;4](/chapters/04) used are wholly obtained, *and*\n\n- the total weight of non-originating materials of [heading&nbsp;1701](/headings/1701) used does not exceed **40%** of the weight of the product.",
        "all(change(4), whole(04), weight(1701, 40))",
    );
    // A limit for one country's goods is none for all.
    assert!(
        read("- b) **55%** under the build-down method.\n\nFor goods of some country, the rule is:\n\n- a) **25%** under the build-down method.", "")
            .to_string()
            .starts_with("ask(")
    );
    check("Standard QVC.", "ask(\"standard qvc\")");
}

fn schemes() -> Value {
    json!({ "scope": "uk", "schemes": [
        { "scheme_code": "one", "title": "One", "validity_start_date": "2021-01-01",
          "validity_end_date": null, "countries": ["AA"],
          "proofs": [{ "proof_class": "eur1", "summary": "EUR.1", "subtext": "", "detail": "" }],
          "cumulation_methods": { "bilateral": { "countries": ["AA", "BB"] } },
          "ord": { "ord_title": "The document", "ord_version": "1.0", "ord_date": "1 May 2021" } },
        { "scheme_code": "two", "title": "Two", "countries": ["CC"] },
    ] })
}

fn rules() -> Value {
    let rule = |text: &str, operator: Value| {
        json!({ "rule": text, "class": ["CTH"], "footnotes": [], "operator": operator,
                "quota": false, "import": true, "export": true })
    };
    let set = |heading: &str, from: &str, until: &str, rules: Vec<Value>| {
        json!({ "heading": heading, "subdivision": "", "min": from, "max": until, "rules": rules,
                "valid": true })
    };
    json!({ "rule_sets": [
        set("0101", "0101000000", "0101999999", vec![rule("All goods must be wholly obtained.", Value::Null)]),
        set("0201", "0201000000", "0201999999", vec![
            rule("A change from any other chapter.", Value::Null),
            rule("Weaving.", json!("or")),
        ]),
        set("0301", "0301000000", "0301999999", vec![rule("Nobody knows.", Value::Null)]),
    ] })
}

fn taken(schemes: &Value, rules: &Value) -> Origin {
    take(&[
        ("roo_schemes_uk.json".into(), schemes.to_string().into_bytes()),
        ("roo_schemes_uk/rule_sets/one.json".into(), rules.to_string().into_bytes()),
    ])
}

#[test]
fn a_small_file_is_taken_whole() {
    let taken = taken(&schemes(), &rules());
    assert_eq!(taken.refused, []);
    let said = |row: &OriginRow| format!("{} {} {}", row.set, row.operator, row.read);
    let got: Vec<String> = taken.rules.iter().map(said).collect();
    let wanted =
        ["1  whole()", "2  change(2)", "2 or done(\"weaving\")", "3  ask(\"nobody knows\")"];
    assert_eq!(got, wanted);
    assert_eq!(taken.schemes[0].cumulation, "bilateral=AA BB");
    assert_eq!(taken.law[0].reference, "version 1.0, 1 May 2021");
}

/// Every member of every set and scheme, made something else: what is refused is that record alone,
/// and named.
#[test]
fn a_hundred_broken_files_are_taken_but_for_what_is_broken() {
    let bad = [json!(7), json!("x|y"), json!({}), json!([1]), json!("2021-13-01"), json!("or not")];
    let mut broken = 0;
    for (key, value) in [
        ("heading", 0),
        ("min", 0),
        ("max", 0),
        ("rules", 0),
        ("valid", 0),
        ("rule", 1),
        ("class", 1),
        ("footnotes", 1),
        ("operator", 1),
        ("quota", 1),
        ("import", 1),
        ("export", 1),
    ] {
        for wrong in &bad {
            let mut all = rules();
            let set = &mut all["rule_sets"][1];
            let of = if value == 0 { set } else { &mut set["rules"][1] };
            of[key] = wrong.clone();
            let taken = taken(&schemes(), &all);
            broken += 1;
            // A text may say anything; what else is bad is refused.
            let free = matches!((key, wrong), ("heading" | "rule", Value::String(_)));
            if free {
                assert_eq!(taken.refused, [], "{key} {wrong}");
                continue;
            }
            let places: Vec<_> =
                taken.refused.iter().map(|r| (r.file.as_str(), r.record)).collect();
            assert_eq!(places, [("roo_schemes_uk/rule_sets/one.json", 2)], "{key} {wrong}");
            assert_eq!(taken.counts["one"].sets, 2);
        }
    }
    for key in [
        "scheme_code",
        "title",
        "validity_start_date",
        "validity_end_date",
        "countries",
        "proofs",
        "cumulation_methods",
    ] {
        for wrong in &bad {
            let mut all = schemes();
            all["schemes"][1][key] = wrong.clone();
            let taken = taken(&all, &rules());
            broken += 1;
            let refused = !taken.refused.is_empty();
            let free = matches!((key, wrong), ("title", Value::String(_)))
                || (key == "scheme_code" && *wrong == json!("2021-13-01"))
                || matches!((key, wrong), ("cumulation_methods", Value::Object(_)));
            assert_eq!(refused, !free, "{key} {wrong}: {:?}", taken.refused);
            assert_eq!(taken.counts["one"].sets, 3);
            let there =
                taken.refused.iter().all(|r| r.record == 2 && r.file == "roo_schemes_uk.json");
            assert!(there, "{key} {wrong}: {:?}", taken.refused);
        }
    }
    // Files that break off at any byte, and that are nothing of the kind.
    let whole = rules().to_string();
    for cut in (0..whole.len()).step_by(whole.len() / 40) {
        let files = [
            ("roo_schemes_uk.json".to_owned(), schemes().to_string().into_bytes()),
            ("one.json".to_owned(), whole.as_bytes()[..cut].to_vec()),
        ];
        let taken = take(&files);
        broken += 1;
        assert_eq!((taken.refused.len(), taken.refused[0].record), (1, 0));
        assert_eq!((taken.schemes.len(), taken.rules.len()), (2, 0));
    }
    for file in ["", "[]", "null", "7", "{\"schemes\": 3}", "{\"rule_sets\": {}}", "\u{1f}\u{8b}x"]
    {
        broken += 1;
        assert_eq!(take(&[("x.json".into(), file.into())]).refused.len(), 1, "{file}");
    }
    assert!(broken >= 100, "{broken}");
}
