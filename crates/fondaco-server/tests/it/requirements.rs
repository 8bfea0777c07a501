//! What goods will pay and show, asked before they are shipped: the command and the API.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::commands::run_with;
use crate::http::House;

/// Runs `fondaco requirements`: exit code, standard output, standard error.
fn run(args: &[&str], input: &str) -> (i32, String, String) {
    let came = run_with(&[&["requirements"], args].concat(), input.as_bytes());
    (came.code, came.out, came.err)
}

/// What an answer says, a line for each part.
fn told(answer: &Value) -> String {
    let mut out = String::new();
    let said = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = |part: &str| answer[part].as_array().cloned().unwrap_or_default();
    for part in ["duties", "conditional", "preferences"] {
        for row in rows(part) {
            let why = row["unknown"]["why"].as_str().map(|w| format!(" ?{w}")).unwrap_or_default();
            let when = match said(&row, "when") {
                when if when.is_empty() => when,
                when => format!(" when {when}"),
            };
            let (tax, formula, rate) =
                (said(&row, "tax_type"), said(&row, "formula"), said(&row, "rate"));
            let (basis, from, until) =
                (said(&row, "basis"), said(&row, "from"), said(&row, "until"));
            out +=
                &format!("{part}: {tax} {formula} [{rate}]{why}{when} | {basis} {from}..{until}\n");
        }
    }
    for row in rows("requirements") {
        let ask = if row["unknown"] == true { " ask" } else { "" };
        let document = said(&row, "document");
        out += &format!(
            "{}: {} {document}{ask} | {}\n",
            said(&row, "kind"),
            said(&row, "id"),
            said(&row, "basis")
        );
    }
    for row in rows("below") {
        out += &format!("below: {}\n", said(&row, "code"));
    }
    for row in rows("unknown") {
        out += format!("unknown: {} {}", said(&row, "why"), said(&row, "what")).trim_end();
        out.push('\n');
    }
    out
}

#[track_caller]
fn check(pack: &str, args: &[&str], wanted: &Expect) {
    let mut all = vec!["--pack", pack, "--json"];
    all.extend(args);
    let (_, out, said) = run(&all, "");
    let answer: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{said}"));
    wanted.assert_eq(&told(&answer));
    // The languages say the same of the same rows.
    for row in answer["requirements"].as_array().into_iter().flatten() {
        for language in ["en", "zh", "ru"] {
            assert!(row["text"][language].as_str().is_some_and(|t| !t.is_empty()), "{row}");
        }
    }
}

#[test]
fn an_answer_names_duties_documents_and_what_is_not_told() {
    // A note of the tariff set another rate for one member state.
    check(
        "eaeu",
        &["--code", "8408 20 100 0", "--origin", "DE", "--on", "2026-11-25"],
        &expect![[r#"
            duties: 2010 9% [9] | eaeu-ett, note 24С 2026-03-08..
            duties: 5010 22% [22] | ru-425-fz, article 2(9); Tax Code article 164(3) 2026-01-01..
            duties: 1010 entry(flat(10000000.01 RUB): flat(73860 RUB), flat(5500000.01 RUB): flat(49240 RUB), flat(4200000.01 RUB): flat(21344 RUB), flat(2700000.01 RUB): flat(18465 RUB), flat(1200000.01 RUB): flat(13541 RUB), flat(450000.01 RUB): flat(4924 RUB), flat(200000.01 RUB): flat(2462 RUB), else: flat(1231 RUB)) [] | ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025 2026-01-01..
            unknown: no-quotas
        "#]],
    );
    check(
        "cn",
        &["--code", "12019011", "--origin", "RU", "--on", "2026-06-01"],
        &expect![[r#"
            duties: DTY 3% [3] | cn-tariff-2026, MFN 2026-01-01..2026-12-31
            duties: VAT 9% [9] | cn-vat-law, article 10(2), agricultural products and edible vegetable oils 2026-01-01..
            certificate: cn-phyto N851 | cn-quarantine-law, article 12
            permit: cn-quarantine-permit CQP | cn-quarantine-law, article 10
            unknown: no-quotas
        "#]],
    );
    check(
        "us",
        &["--code", "8471.60.10.50", "--origin", "CN", "--on", "2025-10-20"],
        &expect![[r#"
            duties: DTY free [0] | us-hts, general 2025-01-01..
            duties: ADD 20% [20] when !item.additional_codes.exists(c, c in ["99030121", "99030122"]) | us-htsus-99, heading 9903.01.24, ieepa/fentanyl_cn 2025-03-07..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99038003", "99038184", "99038186", "99038189", "99038190", "99038191", "99038192", "99038193", "99038196", "99038197", "99038198", "99038199"]) | us-htsus-99, heading 9903.81.90, s232/steel_derivatives, left to a U.S. note 2025-06-04..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99038503", "99038504", "99038507", "99038508", "99038509", "99038513", "99038514", "99038515", "99038568", "99038570", "99038572"]) | us-htsus-99, heading 9903.85.07, s232/aluminum_derivatives, left to a U.S. note 2025-06-04..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99037801", "99037802"]) | us-htsus-99, heading 9903.78.01, s232/copper, left to a U.S. note 2025-08-01..2025-11-08
            duties: ADD 10% [10] when !item.additional_codes.exists(c, c in ["99030128", "99030130", "99030131", "99030132", "99030133", "99030134", "99030201"]) | us-htsus-99, heading 9903.01.25, ieepa/reciprocal 2025-08-07..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99039401", "99039402", "99039403", "99039404", "99039406", "99039431", "99039440", "99039441", "99039450", "99039451"]) | us-htsus-99, heading 9903.94.01, s232/autos, left to a U.S. note 2025-09-25..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99039405", "99039406", "99039432", "99039442", "99039443", "99039452", "99039453"]) | us-htsus-99, heading 9903.94.05, s232/auto_parts, left to a U.S. note 2025-09-25..2025-10-31
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99037601"]) | us-htsus-99, heading 9903.76.01, s232/softwood_lumber, left to a U.S. note 2025-10-14..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99037602", "99037620", "99037621", "99037622"]) | us-htsus-99, heading 9903.76.02, s232/wood_furniture, left to a U.S. note 2025-10-14..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99037603", "99037620", "99037621", "99037622"]) | us-htsus-99, heading 9903.76.03, s232/kitchen_cabinets, left to a U.S. note 2025-10-14..2025-11-08
            duties: ADD  [] ?no-measure when !item.additional_codes.exists(c, c in ["99039104"]) | us-htsus-99, heading 9903.91.04, s301/china_301, left to a U.S. note 2025-01-01..2025-11-08
            duties: ADD 25% [25] when !item.additional_codes.exists(c, c in ["99038813", "99038818", "99038833", "99038834", "99038835", "99038836", "99038837", "99038838", "99038840", "99038841", "99038843", "99038845", "99038846", "99038848", "99038869"]) | us-htsus-99, heading 9903.88.03, s301/china_301 2025-09-02..2025-11-08
            duties: MPF min(max(0.3464%, flat(33.58 USD)), flat(651.5 USD)) [] | us-cfr-24-23, paragraph (b)(1)(i), 90 FR 34665, 2025-07-23 (2025-13869, CBP Dec. 25-10) 2025-10-01..2026-09-30
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99038001"]) | us-htsus-99, heading 9903.80.01, s232/steel, as stated 2025-01-01..2025-11-08
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99038003"]) | us-htsus-99, heading 9903.80.03, s232/steel_derivatives, as stated 2025-01-01..2025-11-08
            conditional: ADD 10% [10] when item.additional_codes.exists(c, c in ["99038503"]) | us-htsus-99, heading 9903.85.03, s232/aluminum_derivatives, as stated 2025-01-01..2025-11-08
            conditional: ADD 10% [10] when item.additional_codes.exists(c, c in ["99038501"]) | us-htsus-99, heading 9903.85.01, s232/aluminum, as stated 2025-01-01..2025-11-08
            conditional: ADD 25% of "non-u.s. content" [] when item.additional_codes.exists(c, c in ["99039403"]) | us-htsus-99, heading 9903.94.03, s232/autos, as stated 2025-04-03..2025-11-08
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99039401"]) | us-htsus-99, heading 9903.94.01, s232/autos, as stated 2025-04-03..2025-11-08
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99039405"]) | us-htsus-99, heading 9903.94.05, s232/auto_parts, as stated 2025-05-03..2025-11-08
            conditional: ADD 25% of "aluminum content" [] when item.additional_codes.exists(c, c in ["99038515"]) | us-htsus-99, heading 9903.85.15, s232/aluminum_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% of "aluminum content" [] when item.additional_codes.exists(c, c in ["99038508"]) | us-htsus-99, heading 9903.85.08, s232/aluminum_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% of "steel content" [] when item.additional_codes.exists(c, c in ["99038191"]) | us-htsus-99, heading 9903.81.91, s232/steel_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038187"]) | us-htsus-99, heading 9903.81.87, s232/steel, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038188"]) | us-htsus-99, heading 9903.81.88, s232/steel, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038189"]) | us-htsus-99, heading 9903.81.89, s232/steel_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038190"]) | us-htsus-99, heading 9903.81.90, s232/steel_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038193"]) | us-htsus-99, heading 9903.81.93, s232/steel_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038502"]) | us-htsus-99, heading 9903.85.02, s232/aluminum, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038504"]) | us-htsus-99, heading 9903.85.04, s232/aluminum_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% [50] when item.additional_codes.exists(c, c in ["99038507"]) | us-htsus-99, heading 9903.85.07, s232/aluminum_derivatives, as stated 2025-06-04..2025-11-08
            conditional: ADD 50% of "copper content" [] when item.additional_codes.exists(c, c in ["99037801"]) | us-htsus-99, heading 9903.78.01, s232/copper, as stated 2025-08-01..2025-11-08
            conditional: ADD 40% [40] when item.additional_codes.exists(c, c in ["99030201"]) | us-htsus-99, heading 9903.02.01, ieepa/reciprocal, as stated 2025-08-07..2025-11-08
            conditional: ADD 10% [10] when item.additional_codes.exists(c, c in ["99037601"]) | us-htsus-99, heading 9903.76.01, s232/softwood_lumber, as stated 2025-10-14..2025-11-08
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99037602"]) | us-htsus-99, heading 9903.76.02, s232/wood_furniture, as stated 2025-10-14..2025-11-08
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99037603"]) | us-htsus-99, heading 9903.76.03, s232/kitchen_cabinets, as stated 2025-10-14..2025-11-08
            conditional: ADD 25% [25] when item.additional_codes.exists(c, c in ["99039104"]) | us-htsus-99, heading 9903.91.04, s301/china_301, as stated 2025-01-01..2025-11-08
            unknown: no-quotas
        "#]],
    );
    // Half a year later no edition is held: what chapter 99 adds is unknown, not nothing.
    check(
        "us",
        &["--code", "8471601050", "--origin", "CN", "--on", "2026-05-01"],
        &expect![[r#"
            duties: DTY free [0] | us-hts, general 2025-01-01..
            duties: ADD  [] ?no-measure | us-chapter-99, what applies on this day is not held 2025-11-09..
            duties: MPF min(max(0.3464%, flat(33.58 USD)), flat(651.5 USD)) [] | us-cfr-24-23, paragraph (b)(1)(i), 90 FR 34665, 2025-07-23 (2025-13869, CBP Dec. 25-10) 2025-10-01..2026-09-30
            unknown: no-quotas
        "#]],
    );
}

#[test]
fn a_heading_is_answered_with_its_lines_and_no_code_with_why() {
    check(
        "cn",
        &["--code", "1201", "--origin", "RU", "--on", "2026-06-01"],
        &expect![[r#"
            certificate: cn-phyto N851 | cn-quarantine-law, article 12
            permit: cn-quarantine-permit CQP | cn-quarantine-law, article 10
            below: 12011000
            below: 12019011
            below: 12019019
            below: 12019020
            below: 12019030
            below: 12019090
            unknown: not-a-line 1201
            unknown: no-quotas
        "#]],
    );
    check(
        "eaeu",
        &["--code", "0808108006", "--origin", "CN", "--on", "2026-12-01"],
        &expect![[r#"
            duties: 2010 0.06 EUR/KGM [] | eaeu-ett 2024-07-28..
            duties: 5010 10% [10] | ru-nk, article 164(2)(1) and 164(5) 2019-10-01..
            duties: 1010 entry(flat(10000000.01 RUB): flat(73860 RUB), flat(5500000.01 RUB): flat(49240 RUB), flat(4200000.01 RUB): flat(21344 RUB), flat(2700000.01 RUB): flat(18465 RUB), flat(1200000.01 RUB): flat(13541 RUB), flat(450000.01 RUB): flat(4924 RUB), flat(200000.01 RUB): flat(2462 RUB), else: flat(1231 RUB)) [] | ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025 2026-01-01..
            certificate: ea-phyto N851 | eaeu-dec-318, list of quarantine-controlled goods
            unknown: other-season 08-01/11-30
            unknown: no-quotas
        "#]],
    );
    check(
        "eaeu",
        &["--code", "99", "--on", "2026-06-01"],
        &expect![[r#"
            unknown: no-line 99
            unknown: no-origin
            unknown: no-quotas
        "#]],
    );
    let (code, ..) = run(&["--pack", "eaeu", "--code", "99"], "");
    assert_eq!(code, 1);
}

#[test]
fn many_codes_are_asked_at_once_and_a_bad_one_leaves_the_others() {
    let args = ["--pack", "eaeu", "--origin", "CN", "--on", "2026-06-01", "--json", "--codes", "-"];
    let (code, out, _) = run(&args, "8703231940\n\nbeef\n0201100001\n");
    assert_eq!(code, 1);
    let answers: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let codes: Vec<_> = answers.iter().map(|a| a["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["8703231940", "beef", "0201100001"]);
    assert_eq!(answers[1]["refused"]["parameter"], "code");
    assert_eq!(answers[0]["duties"][0]["rate"], "15");
}

#[test]
fn a_question_that_cannot_be_read_is_answered_by_name() {
    let check = |args: &[&str], named: &str| {
        let (code, out, said) = run(args, "");
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(said.contains(named), "{said}");
    };
    check(&["--pack", "eaeu", "--code", "beef"], "code “beef”");
    check(&["--pack", "eaeu", "--code", "0201", "--origin", "Russia"], "origin “Russia”");
    check(&["--pack", "eaeu", "--code", "0201", "--on", "1.5.2026"], "on “1.5.2026”");
    check(&["--pack", "eaeu", "--code", "0201", "--direction", "up"], "direction");
    check(&["--pack", "eaeu"], "--code");
    check(&["--pack", "nowhere", "--code", "0201"], "nowhere");
}

#[test]
fn people_read_it_in_their_language() {
    let args = |language| {
        [
            "--pack",
            "eaeu",
            "--code",
            "8703231940",
            "--origin",
            "CN",
            "--on",
            "2026-06-01",
            "--language",
            language,
        ]
    };
    for (language, heading) in
        [("en", "Duties and taxes"), ("zh", "税费"), ("ru", "Пошлины и налоги")]
    {
        let (code, out, _) = run(&args(language), "");
        assert_eq!(code, 0);
        assert!(out.contains(heading) && out.contains("15%"), "{out}");
    }
}

#[test]
fn the_house_answers_as_the_command_does() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::start(dir.path(), &["--pack", "eaeu", "--sandbox"]);
    let query = "code=8703231940&origin=CN&on=2026-06-01";
    let said = house.get(&format!("/v1/requirements?{query}"));
    assert_eq!(said.status, 200);
    // By the law as the house keeps it.
    let bundle = dir.path().join("bundles").join(format!("{}.pack", said.text("digest")));
    let args = [
        "--pack",
        bundle.to_str().unwrap(),
        "--code",
        "8703231940",
        "--origin",
        "CN",
        "--on",
        "2026-06-01",
        "--json",
    ];
    let (_, out, _) = run(&args, "");
    assert_eq!(said.json(), serde_json::from_str::<Value>(&out).unwrap());
    for (query, parameter) in [
        ("code=beef", "code"),
        ("code=0201&on=yesterday", "on"),
        ("code=0201&origin=Россия", "origin"),
        ("code=0201&direction=up", "direction"),
    ] {
        let said = house.get(&format!("/v1/requirements?{query}"));
        said.is_problem(400, "bad-request");
        assert_eq!(said.json()["parameter"], parameter, "{query}");
    }
    house.get("/v1/requirements").is_problem(400, "bad-request");
}
