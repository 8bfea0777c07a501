//! A pack that both suites fill by chance: its currency, its units, its taxes.

use std::collections::BTreeMap;

use fondaco::condition::Condition;
use fondaco::day::{Day, Validity};
use fondaco::finding::Trilingual;
use fondaco::measure::{Direction, Groups, Measure, Selection, When};
use fondaco::measures::Measures;
use fondaco::money::{Currency, Decimal, Rounding, RoundingMode};
use fondaco::quantity::{UnitProduct, UnitRow, Units};
use fondaco::reference::{
    Apportionment, BaseTerm, ChargeEffect, ChargeKind, Choice, Names, Pack, Policy, Profile, Rate,
    Requirements, Tax,
};
use fondaco::token::Token;

pub(crate) const OWN: &str = "GBP";
pub(crate) const DAY: &str = "2026-11-23";

/// As `units.csv` of the packs writes them.
pub(crate) const UNITS: &[(&str, &str, &str)] = &[
    ("KGM", "KGM", "1"),
    ("GRM", "KGM", "0.001"),
    ("DTN", "KGM", "100"),
    ("TNE", "KGM", "1000"),
    ("LBR", "KGM", "0.45359237"),
    ("KGM#G", "KGM#G", "1"),
    ("LTR", "LTR", "1"),
    ("HLT", "LTR", "100"),
    ("GLL", "LTR", "3.785411784"),
    ("LPA", "LPA", "1"),
    ("LPA", "LTR*ASV", "0.01"),
    ("HPA", "LPA", "100"),
    ("ASV", "ASV", "1"),
    ("NMB", "NMB", "1"),
    ("DZN", "NMB", "12"),
    ("GRO", "NMB", "144"),
    ("MIL", "NMB", "1000"),
    ("3B", "3B", "1"),
    ("KWH", "3B", "3.6"),
];

fn charge_kind(kind: &str, effect: ChargeEffect) -> ChargeKind {
    ChargeKind { kind: t(kind), effect, of: Vec::new(), by: Apportionment::Price }
}

pub(crate) fn t(text: &str) -> Token {
    Token::new(text).unwrap()
}

pub(crate) fn currency(text: &str) -> Currency {
    text.parse().unwrap()
}

pub(crate) fn day() -> Day {
    DAY.parse().unwrap()
}

fn said(text: &str) -> Trilingual {
    Trilingual { en: text.to_owned(), zh: text.to_owned(), ru: text.to_owned() }
}

/// A base is terms; `-` before one takes it off.
pub(crate) fn tax(code: &str, base: &[&str], digits: u32, mode: RoundingMode) -> Tax {
    let term = |term: &&str| {
        let (less, term) = term.strip_prefix('-').map_or((false, *term), |term| (true, term));
        BaseTerm { term: t(term), less, when: Condition::ALWAYS }
    };
    Tax {
        code: t(code),
        name: said(code),
        base: base.iter().map(term).collect(),
        rounding: Rounding { digits, mode },
        choice: Choice::All,
        picks: Vec::new(),
        expected: true,
        preferential: false,
        when: Condition::ALWAYS,
        per_declaration: false,
    }
}

pub(crate) fn measure(tax: &str, formula: &str, unit: &str) -> Measure {
    Measure {
        code: Token::EMPTY,
        direction: Some(Direction::Import),
        origin: Selection::default(),
        regime: Selection::default(),
        tax: t(tax),
        formula: (!formula.is_empty()).then(|| {
            let read = formula.parse::<fondaco::formula::Formula>();
            let read = read.unwrap_or_else(|e| panic!("{formula}: {e}"));
            assert_eq!(read.to_string().parse(), Ok(read.clone()), "written anew: {formula}");
            read
        }),
        unit: t(unit),
        quota: Token::EMPTY,
        when: When::ALWAYS,
        season: None,
        validity: Validity::ALWAYS,
        basis: "law".into(),
        mark: String::new(),
    }
}

pub(crate) fn rate(code: &str, per_unit: Decimal, from: &str) -> Rate {
    let validity = Validity { from: from.parse().ok(), until: None };
    Rate { currency: currency(code), per_unit, validity, source: "bank".into() }
}

/// A pack that holds nothing but how it rounds the value.
pub(crate) fn pack(value_rounding: Rounding) -> Pack {
    let factor = |text: &str| text.parse::<Decimal>().unwrap();
    let row = |&(unit, base, by): &(&str, &str, &str)| match base.split_once('*') {
        Some(_) => None,
        None => Some(UnitRow { unit: t(unit), base: t(base), factor: factor(by) }),
    };
    let product = |&(unit, base, by): &(&str, &str, &str)| {
        let (a, b) = base.split_once('*')?;
        Some(UnitProduct { unit: t(unit), of: [t(a), t(b)], factor: factor(by) })
    };
    let units = Units::new(
        UNITS.iter().filter_map(row).collect(),
        UNITS.iter().filter_map(product).collect(),
    );
    Pack {
        id: "own".into(),
        digest: String::new(),
        profile: Profile {
            name: said("own"),
            currency: currency(OWN),
            country: t("GB"),
            value_rounding,
            code_lengths: vec![8],
            lines_complete: false,
            packages_must_add_up: true,
            types: Vec::new(),
            lists_at: Vec::new(),
            taxes: Vec::new(),
            exclusive: Vec::new(),
            reliefs: Vec::new(),
            charges: vec![
                charge_kind("AK", ChargeEffect::Added),
                charge_kind("BA", ChargeEffect::TakenOff),
                charge_kind("AP", ChargeEffect::Apart),
            ],
            values: Vec::new(),
            statistics: Vec::new(),
            price_methods: vec![t("1")],
            no_claim: None,
            carried_out: Vec::new(),
            deferment_documents: Vec::new(),
            documents: Default::default(),
            taxes_named: false,
            rate_days: None,
            policy: Policy {
                yellow_from: 30,
                red_from: 60,
                random_per_10000: 0,
                basis: "order".into(),
            },
        },
        law: BTreeMap::new(),
        lines: Vec::new(),
        measures: Measures::of(&[], &Groups::new()).unwrap(),
        groups: Groups::new(),
        untold_groups: Vec::new(),
        rates: Vec::new(),
        lists: BTreeMap::new(),
        list_names: BTreeMap::new(),
        units,
        checks: Vec::new(),
        requirements: Requirements::default(),
        lpcos: Vec::new(),
        terms: Vec::new(),
        quotas: Vec::new(),
        origins: fondaco::origin::Origins::default(),
        proofs: fondaco::reference::Proofs::default(),
        risks: Vec::new(),
        names: Names { by_key: BTreeMap::new(), loaded: 0 },
        reasons: Vec::new(),
        agencies: Default::default(),
    }
}

pub(crate) fn measures(rows: &[Measure]) -> Measures {
    Measures::of(rows, &Groups::new()).unwrap()
}
