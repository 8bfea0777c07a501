//! Rules of origin: each construct held against productions, and what must hold of all.

use expect_test::{Expect, expect};
use fondaco::day::Validity;
use fondaco::money::{Decimal, decimal};
use fondaco::origin::judge::{Standing, judge_test, statement};
use fondaco::origin::{Cumulation, Material, Outcome, Production, Scheme, Test, Tolerance};
use fondaco::token::Token;
use proptest::prelude::*;

fn token(text: &str) -> Token {
    Token::new(text).unwrap()
}

fn scheme(tolerance: Option<&str>) -> Scheme {
    let by = |method: &str, countries: &[&str]| Cumulation {
        method: token(method),
        countries: countries.iter().map(|c| token(c)).collect(),
    };
    Scheme {
        id: "own".into(),
        scope: token("here"),
        title: "An agreement".into(),
        unilateral: false,
        validity: Validity::ALWAYS,
        basis: "own".into(),
        proofs: Vec::new(),
        cumulation: vec![
            by("bilateral", &["AA", "BB"]),
            by("extended", &["CC"]),
            by("full", &["DD"]),
        ],
        countries: vec![token("BB")],
        tolerance: tolerance.map(|t| Tolerance { percent: decimal(t).unwrap() }),
        note: String::new(),
    }
}

/// A production in few words: `code 190531 exw 100 fob 110 weight 10 whole no`, then a line for each
/// material: `1701 own 30`, `0401 AA 20 2kg whole`, `1001 none 50`, and `+ words` or `- words` for what
/// is stated. `none used` is no materials; no line is materials not stated.
fn production(text: &str) -> Production {
    let mut made = Production { country: token("BB"), ..Production::default() };
    for (n, line) in text.lines().map(str::trim).filter(|l| !l.is_empty()).enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if n == 0 {
            for pair in words.chunks(2) {
                let figure = decimal(pair[1]);
                match pair[0] {
                    "code" => made.code = token(pair[1]),
                    "exw" => made.ex_works = figure,
                    "fob" => made.fob = figure,
                    "weight" => made.weight = figure,
                    "whole" => made.whole = Some(pair[1] == "yes"),
                    other => panic!("{other}"),
                }
            }
            continue;
        }
        if let Some(so) = line
            .strip_prefix("+ ")
            .map(|w| (w, true))
            .or_else(|| line.strip_prefix("- ").map(|w| (w, false)))
        {
            made.stated.insert(statement(so.0), so.1);
            continue;
        }
        let materials = made.materials.get_or_insert_default();
        if line == "none used" {
            continue;
        }
        let mut material =
            Material { code: token(words[0].trim_matches('?')), ..Material::default() };
        (material.origin, material.proven) = match words[1] {
            "own" => (token("BB"), Some(true)),
            "own?" => (token("BB"), None),
            "none" => (Token::EMPTY, None),
            country => (token(country), Some(true)),
        };
        for word in &words[2..] {
            match *word {
                "whole" => material.whole = Some(true),
                "not-whole" => material.whole = Some(false),
                weight if weight.ends_with("kg") => {
                    material.weight = decimal(weight.trim_end_matches("kg"));
                }
                part if part.starts_with('~') => material.foreign_part = decimal(&part[1..]),
                value => material.value = decimal(value),
            }
        }
        materials.push(material);
    }
    made
}

#[track_caller]
fn check_with(tolerance: Option<&str>, rule: &str, made: &str, wanted: Expect) {
    let test: Test = rule.parse().unwrap();
    let verdict = judge_test(&test, &scheme(tolerance), &production(made));
    let mut got = format!("{}\n", verdict.outcome.name());
    for step in &verdict.steps {
        for why in &step.why {
            got.push_str(&format!("  {why:?}\n"));
        }
    }
    for (n, standing) in verdict.standings.iter().enumerate() {
        if let Standing::By(method) = standing {
            got.push_str(&format!("  material {} counts by {method}\n", n + 1));
        }
    }
    wanted.assert_eq(&got);
}

#[track_caller]
fn check(rule: &str, made: &str, wanted: Expect) {
    check_with(None, rule, made, wanted);
}

/// Only the outcome.
#[track_caller]
fn told(rule: &str, made: &str, wanted: Outcome) {
    let test: Test = rule.parse().unwrap();
    let verdict = judge_test(&test, &scheme(None), &production(made));
    assert_eq!(verdict.outcome, wanted, "{rule} of {made}: {verdict:#?}");
}

/// Biscuits, of wheat flour, sugar and butter. UK-EU Trade and Cooperation Agreement, heading 1905:
/// a change of heading, sugar and milk limited by weight.
#[test]
fn a_change_of_heading_with_limits_of_weight() {
    let rule = "all(change(4), weight(0402-0406+1701, 40))";
    check(
        rule,
        "code 190531 weight 10\n1101 none 4kg\n1701 none 3kg\n0405 own 2kg",
        expect![[r#"
        met
          Share { part: 3, most: 3, whole: 10, percent: 30, limit: 40, least: false, base: None }
    "#]],
    );
    check(
        rule,
        "code 190531 weight 10\n1101 none 4kg\n1701 none 5kg",
        expect![[r#"
        not-met
          Share { part: 5, most: 5, whole: 10, percent: 50, limit: 40, least: false, base: None }
    "#]],
    );
    check(
        rule,
        "code 190531\n1101 none 4kg\n1701 none 5kg",
        expect![[r#"
        untold
          Missing(Weight)
    "#]],
    );
}

/// Cars: non-originating materials of at most 45 % of the ex-works price.
#[test]
fn a_most_of_non_originating_materials() {
    let rule = "value(*, 45, exw)";
    check(
        rule,
        "code 870322 exw 20000\n8407 none 5000\n8708 none 4000",
        expect![[r#"
        met
          Share { part: 9000, most: 9000, whole: 20000, percent: 45, limit: 45, least: false, base: Some(ExWorks) }
    "#]],
    );
    check(
        rule,
        "code 870322 exw 20000\n8407 none 5000\n8708 none 4000.01",
        expect![[r#"
        not-met
          Share { part: 9000.01, most: 9000.01, whole: 20000, percent: 45.00, limit: 45, least: false, base: Some(ExWorks) }
    "#]],
    );
    check(
        rule,
        "code 870322\n8407 none 5000",
        expect![[r#"
        untold
          Missing(ExWorks)
    "#]],
    );
    check(
        rule,
        "code 870322 exw 20000\n8407 none",
        expect![[r#"
        untold
          Missing(MaterialValue(1))
          Share { part: 0, most: 0, whole: 20000, percent: 0, limit: 45, least: false, base: Some(ExWorks) }
    "#]],
    );
    check(
        rule,
        "code 870322 exw 20000",
        expect![[r#"
        untold
          Missing(Materials)
    "#]],
    );
    check(
        rule,
        "code 870322 exw 20000\n8407 own? 12000",
        expect![[r#"
        untold
          Missing(MaterialProof(1))
          Share { part: 0, most: 12000, whole: 20000, percent: 0, limit: 45, least: false, base: Some(ExWorks) }
    "#]],
    );
}

/// A missing figure does not hide that the limit is passed already.
#[test]
fn what_is_passed_already_is_not_met() {
    told("value(*, 45, exw)", "code 8703 exw 100\n8407 none\n8708 none 46", Outcome::NotMet);
    told("value(*, 45, exw)", "code 8703 exw 100\n8407 own? 50\n8708 none 46", Outcome::NotMet);
}

/// Regional value content: UK-Japan CEPA (55 % of FOB), CPTPP (build-down 40 %, build-up 30 %).
#[test]
fn a_regional_value_content() {
    check(
        "content(55, down, fob)",
        "code 8501 fob 200\n8503 none 90",
        expect![[r#"
        met
          Share { part: 90, most: 90, whole: 200, percent: 45, limit: 45, least: false, base: Some(Fob) }
    "#]],
    );
    check(
        "content(55, down, fob)",
        "code 8501 fob 200\n8503 none 90.5",
        expect![[r#"
        not-met
          Share { part: 90.5, most: 90.5, whole: 200, percent: 45.25, limit: 45, least: false, base: Some(Fob) }
    "#]],
    );
    check(
        "content(30, up, fob)",
        "code 8501 fob 200\n8503 own 59\n7408 AA 1",
        expect![[r#"
        met
          Share { part: 60, most: 60, whole: 200, percent: 30, limit: 30, least: true, base: Some(Fob) }
          material 2 counts by bilateral
    "#]],
    );
    check(
        "content(30, up, fob)",
        "code 8501 fob 200\n8503 own 59",
        expect![[r#"
        not-met
          Share { part: 59, most: 59, whole: 200, percent: 29.50, limit: 30, least: true, base: Some(Fob) }
    "#]],
    );
    told("content(30, up, fob)", "code 8501 fob 200\n8503 own? 59\n8503 own 2", Outcome::Untold);
    told("content(55, down, fob)", "code 8501\n8503 none 90", Outcome::Untold);
}

#[test]
fn changes_of_chapter_heading_and_subheading() {
    for (rule, material, wanted) in [
        ("change(2)", "6006", Outcome::Met),
        ("change(2)", "6103", Outcome::NotMet),
        ("change(4)", "6103", Outcome::Met),
        ("change(4)", "610910", Outcome::NotMet),
        ("change(6)", "610990", Outcome::Met),
        ("change(6)", "610910", Outcome::NotMet),
        ("change(6)", "6109", Outcome::Untold),
        ("change(4)", "61", Outcome::Untold),
        ("change(2, 5204-5212)", "520811", Outcome::NotMet),
        ("change(2, 5204-5212)", "5203", Outcome::Met),
        ("change(2, 5204-5212)", "52", Outcome::Untold),
        ("change(0)", "610910", Outcome::Met),
        ("change(0, 61)", "610910", Outcome::NotMet),
        ("other()", "6109", Outcome::Untold),
        ("other()", "6108", Outcome::Met),
    ] {
        told(rule, &format!("code 610910\n{material} none 5"), wanted);
        // Originating materials need no change.
        told(rule, &format!("code 610910\n{material} own 5"), Outcome::Met);
    }
    told("change(4)", "code 61\n6109 none", Outcome::Untold);
    told("change(4)", "code 610910\nnone used", Outcome::Met);
    told("change(4)", "code 610910", Outcome::Untold);
}

/// "However, materials of the same heading may be used up to 20 % of the ex-works price": chemicals.
#[test]
fn what_may_fail_a_change() {
    let rule = "spare(change(4), same, 20, exw)";
    check(
        rule,
        "code 280610 exw 100\n2801 none 30\n2806 none 20",
        expect![[r#"
        met
          Share { part: 20, most: 20, whole: 100, percent: 20, limit: 20, least: false, base: Some(ExWorks) }
          Spared(2)
    "#]],
    );
    check(
        rule,
        "code 280610 exw 100\n2806 none 20.01",
        expect![[r#"
        not-met
          Share { part: 20.01, most: 20.01, whole: 100, percent: 20.01, limit: 20, least: false, base: Some(ExWorks) }
          Fails(1)
    "#]],
    );
    told(rule, "code 280610\n2806 none 20", Outcome::Untold);
    let rule = "spare(change(0, 3701-3702), 3702, 30, exw)";
    told(rule, "code 370110 exw 100\n3702 none 30", Outcome::Met);
    told(rule, "code 370110 exw 100\n3701 none 1", Outcome::NotMet);
}

/// A tolerance is given only where the data states one, and what is said says which.
#[test]
fn a_tolerance_is_given_only_where_it_is_stated() {
    let made = "code 610910 exw 100\n6109 none 10";
    check(
        "change(4)",
        made,
        expect![[r#"
        not-met
          NoTolerance
          Fails(1)
    "#]],
    );
    check_with(
        Some("10"),
        "change(4)",
        made,
        expect![[r#"
        met
          Share { part: 10, most: 10, whole: 100, percent: 10, limit: 10, least: false, base: Some(ExWorks) }
          Spared(1)
    "#]],
    );
    check_with(
        Some("9.9"),
        "change(4)",
        made,
        expect![[r#"
        not-met
          Share { part: 10, most: 10, whole: 100, percent: 10, limit: 9.9, least: false, base: Some(ExWorks) }
          Fails(1)
    "#]],
    );
}

#[test]
fn materials_count_by_cumulation() {
    check(
        "change(4)",
        "code 610910\n6109 AA 10\n6109 CC 10",
        expect![[r#"
        met
          material 1 counts by bilateral
          material 2 counts by extended
    "#]],
    );
    // Proven, but of a country that is in no cumulation.
    told("change(4)", "code 610910\n6109 ZZ 10", Outcome::NotMet);
    // Under full cumulation only the part that is itself foreign counts.
    let made = |part: &str| {
        let text = format!("code 870322 exw 100\n8407 DD 60 {part}");
        let mut made = production(&text);
        made.materials.as_mut().unwrap()[0].proven = Some(false);
        judge_test(&"value(*, 45, exw)".parse().unwrap(), &scheme(None), &made).outcome
    };
    assert_eq!((made("~40"), made("")), (Outcome::Met, Outcome::NotMet));
}

#[test]
fn wholly_obtained_goods_and_materials() {
    told("whole()", "code 0102 whole yes", Outcome::Met);
    told("whole()", "code 0102 whole no", Outcome::NotMet);
    told("whole()", "code 0102", Outcome::Untold);
    told("whole(04)", "code 190531\n0405 own 5 whole\n1101 none 3", Outcome::Met);
    told("whole(04)", "code 190531\n0405 none 5", Outcome::NotMet);
    told("whole(04)", "code 190531\n0405 own 5", Outcome::Untold);
    told("whole(04)", "code 190531\n0405 own 5 not-whole", Outcome::NotMet);
    told("originating(04)", "code 190531\n0405 none 5", Outcome::NotMet);
    told("originating()", "code 190531\n0405 own 5", Outcome::Met);
    told("originating()", "code 190531\n0405 own? 5", Outcome::Untold);
}

#[test]
fn figures_of_some_materials_and_against_one_another() {
    told("value(17, 30, exw)", "code 180690 exw 100\n1701 none 30\n1801 none 60", Outcome::Met);
    told("value(17, 30, exw)", "code 180690 exw 100\n1701 none 31", Outcome::NotMet);
    told("value(same, 50, price)", "code 9403 fob 100\n9403 none 50", Outcome::Met);
    told("value(same, 50, price)", "code 9403 exw 90 fob 100\n9403 none 46", Outcome::Met);
    told("balance()", "code 8501\n8503 none 50\n7408 own 50", Outcome::Met);
    told("balance()", "code 8501\n8503 none 51\n7408 own 50", Outcome::NotMet);
    told("balance()", "code 8501\n8503 none 51\n7408 own", Outcome::Untold);
    told("from(7206)", "code 7207\n7206 none 5", Outcome::Met);
    told("from(7206)", "code 7207\n7201 none 5", Outcome::Untold);
}

/// What the maker states settles it, both ways; what nobody read never does.
#[test]
fn processes_are_stated_and_what_was_not_read_is_asked() {
    let rule = "all(done(\"spinning of natural fibres\"), done(\"weaving\"))";
    told(rule, "code 5208\n+ Spinning of  natural fibres.\n+ weaving", Outcome::Met);
    told(rule, "code 5208\n+ spinning of natural fibres\n- weaving", Outcome::NotMet);
    told(rule, "code 5208\n+ weaving", Outcome::Untold);
    told("ask(\"Who knows?\")", "code 5208\n+ Who knows?", Outcome::Untold);
    told("all(ask(\"Who knows?\"), change(4))", "code 5208\n5208 none", Outcome::NotMet);
    told("any(ask(\"Who knows?\"), change(4))", "code 5208\n5203 none", Outcome::Met);
    told("any(ask(\"Who knows?\"), change(4))", "code 5208\n5208 none", Outcome::Untold);
}

fn any_rule() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "change(2)",
        "change(4, 0405+17)",
        "spare(change(4), same, 20, exw)",
        "value(*, 40, exw)",
        "value(17, 30, price)",
        "content(55, down, fob)",
        "content(30, up, fob)",
        "balance()",
        "weight(17, 40)",
        "originating(04)",
        "from(11+17)",
        "any(change(4), value(*, 50, exw))",
        "all(change(4), value(17, 30, exw), balance())",
    ])
}

fn any_material() -> impl Strategy<Value = Material> {
    let codes = vec!["0405", "1101", "1701", "170199", "1905", "190531", "19", ""];
    let origins =
        vec![("BB", Some(true)), ("BB", None), ("AA", Some(true)), ("ZZ", Some(true)), ("", None)];
    let figure = || prop::option::of((0i64..80).prop_map(Decimal::from));
    (prop::sample::select(codes), prop::sample::select(origins), figure(), figure()).prop_map(
        |(code, (origin, proven), value, weight)| Material {
            code: token(code),
            origin: token(origin),
            proven,
            value,
            weight,
            ..Material::default()
        },
    )
}

fn any_production() -> impl Strategy<Value = Production> {
    let figure = || prop::option::weighted(0.8, (1i64..200).prop_map(Decimal::from));
    (figure(), figure(), figure(), prop::collection::vec(any_material(), 0..5)).prop_map(
        |(ex_works, fob, weight, materials)| Production {
            code: token("190531"),
            country: token("BB"),
            ex_works,
            fob,
            weight,
            materials: Some(materials),
            ..Production::default()
        },
    )
}

proptest! {
    #[test]
    fn an_originating_material_more_never_turns_met_into_not_met(
        rule in any_rule(), made in any_production(), value in 0i64..80,
    ) {
        let test: Test = rule.parse().unwrap();
        let before = judge_test(&test, &scheme(None), &made).outcome;
        let mut more = made;
        more.materials.as_mut().unwrap().push(Material {
            code: token("0405"),
            origin: token("BB"),
            proven: Some(true),
            value: Some(Decimal::from(value)),
            weight: Some(Decimal::ONE),
            ..Material::default()
        });
        let after = judge_test(&test, &scheme(None), &more).outcome;
        prop_assert!(!(before == Outcome::Met && after == Outcome::NotMet), "{rule}");
    }

    #[test]
    fn a_dearer_foreign_material_never_turns_not_met_into_met(
        rule in any_rule(), made in any_production(), more in 1i64..80,
    ) {
        let test: Test = rule.parse().unwrap();
        let before = judge_test(&test, &scheme(None), &made);
        let mut dearer = made;
        let materials = dearer.materials.as_mut().unwrap();
        for (material, standing) in materials.iter_mut().zip(&before.standings) {
            if *standing == Standing::Not {
                material.value = material.value.map(|v| v + Decimal::from(more));
            }
        }
        let after = judge_test(&test, &scheme(None), &dearer).outcome;
        prop_assert!(!(before.outcome == Outcome::NotMet && after == Outcome::Met), "{rule}");
    }

    /// What is not known only ever leaves open what was told.
    #[test]
    fn a_figure_less_never_turns_one_answer_into_the_other(
        rule in any_rule(), made in any_production(), nth in 0usize..5,
    ) {
        let test: Test = rule.parse().unwrap();
        let before = judge_test(&test, &scheme(None), &made).outcome;
        let mut less = made;
        if let Some(material) = less.materials.as_mut().unwrap().get_mut(nth) {
            material.value = None;
        }
        let after = judge_test(&test, &scheme(None), &less).outcome;
        prop_assert!(after == before || after == Outcome::Untold || before == Outcome::Untold, "{rule}");
    }
}
