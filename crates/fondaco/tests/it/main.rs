//! What holds of every declaration and every pack, with packs and declarations made by chance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod ledger;
mod lpco;
mod origin;
mod quotas;
mod values;

use std::collections::BTreeMap;

use fondaco::allotment::nothing_drawn;
use fondaco::assessment::assess;
use fondaco::condition::{Comparison, Condition, ListField, Number, NumberField, Test, TextField};
use fondaco::day::{Day, Validity};
use fondaco::declaration::{Charge, Declaration, DeclaredTax, Document, Item, Message, Party};
use fondaco::draft::NodeId;
use fondaco::finder::{Question, answer};
use fondaco::finding::Trilingual;
use fondaco::measure::{Direction, Groups, Measure, Selection, When};
use fondaco::measures::Measures;
use fondaco::money::{Currency, Decimal, Money, Rounding, RoundingMode};
use fondaco::quantity::{Quantity, Units};
use fondaco::reference::{
    Apportionment, BaseTerm, ChargeEffect, ChargeKind, Choice, Names, Pack, Policy, Profile, Rate,
    Relief, ReliefEffect, RequirementRule, Requirements, RiskRule, Tax, TypeRule,
};
use fondaco::token::Token;
use fondaco::walk::{Opinion, consider};
use proptest::prelude::*;
use proptest::sample::select;

fn t(text: &str) -> Token {
    Token::lossy(text)
}

fn currency(text: &str) -> Currency {
    text.parse().unwrap()
}

fn said(text: &str) -> Trilingual {
    Trilingual { en: text.to_owned(), zh: text.to_owned(), ru: text.to_owned() }
}

fn charge_kind(kind: &str, effect: ChargeEffect) -> ChargeKind {
    ChargeKind { kind: t(kind), effect, of: Vec::new(), by: Apportionment::Price }
}

fn tax(code: &str, base: &[&str], rounding: RoundingMode) -> Tax {
    let term = |term: &&str| BaseTerm { term: t(term), less: false, when: Condition::ALWAYS };
    Tax {
        code: t(code),
        name: said(code),
        base: base.iter().map(term).collect(),
        rounding: Rounding { digits: 2, mode: rounding },
        choice: Choice::All,
        picks: Vec::new(),
        expected: true,
        preferential: true,
        when: Condition::ALWAYS,
        per_declaration: false,
    }
}

fn measure(code: &str, tax: &str, formula: &str) -> Measure {
    Measure {
        code: t(code),
        direction: Some(Direction::Import),
        origin: Selection::default(),
        regime: Selection::default(),
        tax: t(tax),
        formula: (!formula.is_empty()).then(|| formula.parse().unwrap()),
        unit: Token::EMPTY,
        quota: Token::EMPTY,
        when: When::ALWAYS,
        season: None,
        validity: Validity::ALWAYS,
        basis: "law".into(),
        mark: String::new(),
    }
}

/// A duty, an excise and a VAT on both.
fn pack(measures: Vec<Measure>) -> Pack {
    let rounding = Rounding { digits: 2, mode: RoundingMode::HalfUp };
    Pack {
        id: "own".into(),
        digest: String::new(),
        profile: Profile {
            name: said("own"),
            currency: currency("GBP"),
            country: t("GB"),
            value_rounding: rounding,
            code_lengths: vec![8],
            lines_complete: false,
            packages_must_add_up: true,
            types: vec![TypeRule {
                prefix: t("IM"),
                direction: Direction::Import,
                assessed: false,
                supplements: false,
                acceptance_days: Some(0),
            }],
            lists_at: Vec::new(),
            taxes: vec![
                tax("A00", &["value"], RoundingMode::Down),
                tax("413", &["value"], RoundingMode::HalfEven),
                tax("B00", &["value", "A00", "413"], RoundingMode::HalfUp),
            ],
            exclusive: Vec::new(),
            reliefs: vec![Relief {
                id: "suspended".into(),
                taxes: vec![t("A00")],
                effect: ReliefEffect::Suspend,
                in_base: false,
                when: Condition::Text(TextField::Procedure, Test::OneOf(vec![t("71")])),
                secured: None,
                basis: "law".into(),
            }],
            charges: vec![
                charge_kind("AK", ChargeEffect::Added),
                charge_kind("BA", ChargeEffect::TakenOff),
            ],
            values: Vec::new(),
            statistics: Vec::new(),
            price_methods: vec![t("1")],
            no_claim: Some(vec![t("100")]),
            carried_out: Vec::new(),
            deferment_documents: Vec::new(),
            documents: Default::default(),
            taxes_named: false,
            rate_days: None,
            policy: Policy {
                yellow_from: 30,
                red_from: 60,
                random_per_10000: 200,
                basis: "order".into(),
            },
        },
        law: BTreeMap::new(),
        lines: Vec::new(),
        measures: Measures::of(&measures, &Groups::new()).unwrap(),
        groups: Groups::new(),
        untold_groups: Vec::new(),
        rates: vec![Rate {
            currency: currency("CNY"),
            per_unit: Decimal::new(1_087, 4),
            validity: Validity::ALWAYS,
            source: "bank".into(),
        }],
        lists: BTreeMap::new(),
        list_names: BTreeMap::new(),
        units: Units::default(),
        checks: Vec::new(),
        requirements: Requirements::default(),
        lpcos: Vec::new(),
        terms: Vec::new(),
        quotas: Vec::new(),
        origins: fondaco::origin::Origins::default(),
        proofs: fondaco::reference::Proofs::default(),
        risks: Vec::new(),
        names: Names { by_key: BTreeMap::new(), loaded: 1 },
        reasons: Vec::new(),
        agencies: Default::default(),
    }
}

fn item(number: u32) -> Item {
    Item {
        number,
        description: "Sawn timber".into(),
        origin: t("RU"),
        export_country: t("RU"),
        destination: t("GB"),
        procedure: t("40"),
        previous_procedure: t("00"),
        regime: t("100"),
        method: t("1"),
        ..Item::default()
    }
}

fn declaration(items: Vec<Item>, charges: Vec<Charge>) -> Declaration {
    Declaration {
        message: Message::Original,
        kind: t("IMA"),
        direction: Some(Direction::Import),
        reference: "OWN-1".into(),
        mode: t("3"),
        charges,
        parties: vec![Party {
            role: "Importer",
            id: "GB1".into(),
            name: "Timber Ltd".into(),
            country: t("GB"),
            node: NodeId(0),
        }],
        items,
        ..Declaration::default()
    }
}

const CODES: &[&str] = &["44071110", "22042109", "85171300", "27101245"];
const FORMULAS: &[&str] = &[
    "free",
    "2%",
    "12.5%",
    "0.333%",
    "1.7 GBP/KGM",
    "0.25 CNY/KGM",
    "0.44 CNY/NMB",
    "max(10%, 0.5 GBP/KGM)",
    "min(50%, 3 CNY/KGM)",
    "5% + 0.1 GBP/KGM",
    "10 EUR/KGM",
    "note(\"text\")",
    "",
];

fn day() -> Day {
    "2026-11-23".parse().unwrap()
}

fn cents() -> impl Strategy<Value = Decimal> {
    (0i64..100_000_000).prop_map(|n| Decimal::new(n, 2))
}

fn money() -> impl Strategy<Value = Money> {
    // The euro has no rate here.
    (cents(), select(&["GBP", "GBP", "CNY", "EUR"][..]))
        .prop_map(|(amount, code)| Money { amount, currency: currency(code) })
}

fn charge() -> impl Strategy<Value = Charge> {
    (select(&["AK", "BA", "ZZ"][..]), money())
        .prop_map(|(kind, amount)| Charge { kind: t(kind), amount })
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let one = (
        select(CODES),
        prop::option::weighted(0.9, money()),
        prop::option::weighted(0.8, cents()),
        prop::option::weighted(0.3, cents()),
        select(&["40", "40", "71"][..]),
        prop::collection::vec(charge(), 0..3),
        any::<bool>(),
    );
    prop::collection::vec(one, 1..8).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(n, (code, price, mass, count, procedure, charges, shown))| {
                let mut item = item(n as u32 + 1);
                item.code = t(code);
                item.price = price;
                item.net_mass = mass;
                item.gross_mass = mass;
                item.quantities =
                    count.into_iter().map(|value| Quantity { value, unit: t("NMB") }).collect();
                item.procedure = t(procedure);
                item.charges = charges;
                if shown {
                    item.documents =
                        vec![Document { code: t("N851"), id: "1".into(), ..Document::default() }];
                }
                item
            })
            .collect()
    })
}

fn declarations() -> impl Strategy<Value = Declaration> {
    (items(), prop::collection::vec(charge(), 0..2))
        .prop_map(|(items, charges)| declaration(items, charges))
}

fn packs() -> impl Strategy<Value = Pack> {
    let row =
        (select(CODES), 0usize..=8, select(&["A00", "A00", "413", "B00"][..]), select(FORMULAS));
    prop::collection::vec(row, 0..12).prop_map(|rows| {
        let rows = rows
            .into_iter()
            .map(|(code, digits, tax, formula)| measure(&code[..digits / 2 * 2], tax, formula));
        pack(rows.collect())
    })
}

fn conditions() -> impl Strategy<Value = Condition> {
    let compare = |field, comparison, figure: i64| {
        let figure = Number::Constant(Decimal::new(figure, 0));
        Condition::Compare(Number::Field(field), comparison, figure)
    };
    let leaf = prop_oneof![
        Just(Condition::ALWAYS),
        select(CODES)
            .prop_map(|c| Condition::Text(TextField::Commodity, Test::StartsWith(t(&c[..2])))),
        (0i64..1_000_000).prop_map(move |n| compare(NumberField::ItemValue, Comparison::Above, n)),
        (0i64..1_000_000).prop_map(move |n| compare(NumberField::NetMass, Comparison::Below, n)),
    ];
    prop_oneof![
        leaf.clone(),
        leaf.clone().prop_map(|c| Condition::Not(Box::new(c))),
        prop::collection::vec(leaf.clone(), 0..3).prop_map(Condition::Any),
        prop::collection::vec(leaf, 0..3).prop_map(Condition::All),
    ]
}

fn risks() -> impl Strategy<Value = RiskRule> {
    (0u32..80, conditions()).prop_map(|(points, when)| RiskRule {
        id: format!("r{points}"),
        points,
        when,
        text: said("a risk"),
        category: said("risk"),
        validity: Validity::ALWAYS,
    })
}

fn requirements() -> impl Strategy<Value = RequirementRule> {
    let kinds = select(&["certificate", "licence", "prohibition"][..]);
    (kinds, conditions(), any::<bool>(), any::<bool>()).prop_map(
        |(kind, when, none, illustrative)| RequirementRule {
            id: format!("q-{kind}"),
            kind: t(kind),
            agency: said("agency"),
            codes: Vec::new(),
            direction: None,
            origin: Selection::default(),
            when,
            documents: if none { Vec::new() } else { vec![t("N851")] },
            text: said("a certificate"),
            basis: "law".into(),
            write_off: Token::EMPTY,
            days: None,
            cost: String::new(),
            without: None,
            illustrative,
            decides: None,
            validity: Validity::ALWAYS,
        },
    )
}

/// The total, the lines and what is unknown, in an order of their own.
fn figures(opinion: &Opinion<'_>) -> (Decimal, Vec<String>) {
    let assessment = &opinion.assessment;
    let mut all: Vec<String> = assessment.lines.iter().map(|l| format!("{l:?}")).collect();
    all.extend(assessment.unknown.iter().map(|u| format!("{u:?}")));
    all.extend(assessment.values.iter().map(|v| format!("{v:?}")));
    all.sort_unstable();
    (assessment.total, all)
}

/// What is said of each tax on the one item: the amount, or why there is none.
fn said_of(item: Item, pack: &Pack) -> Vec<String> {
    let d = declaration(vec![item], Vec::new());
    let a = consider(&d, pack.on(day()), 9_999, &nothing_drawn).assessment;
    let lines = a.lines.iter().map(|l| format!("{} {}", l.tax, l.assessed));
    lines.chain(a.unknown.iter().map(|u| format!("{} {:?}", u.tax, u.why))).collect()
}

fn pounds(amount: Decimal) -> Option<Money> {
    Some(Money { amount, currency: currency("GBP") })
}

// Each of these was found by `tests/slow`.

#[test]
fn less_than_nothing_is_not_stated() {
    let mut item = Item { code: t("44071110"), price: pounds(Decimal::ONE), ..item(1) };
    item.net_mass = Some(-Decimal::TEN);
    item.facts = vec![("degrees".into(), -Decimal::TEN), ("case".into(), -Decimal::ONE)];
    for (formula, why) in [
        ("2 GBP/KGM", "A00 NoQuantity(\"KGM\")"),
        ("2% * \"degrees\"", "A00 NoFact(\"degrees\")"),
        ("2% of \"case\"", "A00 NoPart(\"case\")"),
    ] {
        let said = said_of(item.clone(), &pack(vec![measure("", "A00", formula)]));
        assert!(said.contains(&why.to_owned()), "{formula}: {said:?}");
    }
}

#[test]
fn a_base_below_zero_cannot_be_told() {
    let mut pack = pack(vec![measure("", "A00", "9 GBP/KGM"), measure("", "413", "2%")]);
    let less = BaseTerm { term: t("A00"), less: true, when: Condition::ALWAYS };
    pack.profile.taxes[1].base.push(less);
    let mut item = Item { code: t("44071110"), price: pounds(Decimal::TEN), ..item(1) };
    item.net_mass = Some(Decimal::ONE);
    assert!(said_of(item.clone(), &pack).contains(&"413 0.02".to_owned()));
    item.net_mass = Some(Decimal::TWO);
    assert!(said_of(item, &pack).contains(&"413 NoValue".to_owned()));
}

#[test]
fn a_formula_that_does_not_ask_for_the_value_needs_none() {
    let sum = "1 GBP/KGM + 2 GBP/NMB";
    let pack = pack(vec![measure("", "A00", sum), measure("", "B00", "max(1 GBP/KGM, 20%)")]);
    let mut item = Item { code: t("44071110"), net_mass: Some(Decimal::TEN), ..item(1) };
    item.quantities = vec![Quantity { value: Decimal::ONE, unit: t("NMB") }];
    let said = said_of(item, &pack);
    assert_eq!(said, ["A00 12.00", "413 NoMeasure", "B00 NoValue"]);
}

#[test]
fn prices_too_large_to_add_up_do_not_stop_it() {
    let item = |n| Item { code: t("44071110"), price: pounds(Decimal::MAX), ..item(n) };
    let d = declaration(vec![item(1), item(2)], Vec::new());
    let pack = pack(vec![measure("", "A00", "2%")]);
    let assessment = consider(&d, pack.on(day()), 9_999, &nothing_drawn).assessment;
    assert!(assessment.unknown.iter().any(|u| u.tax == "A00"));
}

/// Goods whose duty is only secured are not let go for nothing; one that is relieved or suspended is
/// secured where its row says so of these goods.
#[test]
fn what_is_to_be_secured_is_asked_for() {
    let named = |code| Some(Condition::List(ListField::PaymentMethods, Test::OneOf(vec![t(code)])));
    let check = |effect, secured, wanted: i64| {
        let mut pack = pack(vec![measure("", "A00", "12%")]);
        pack.profile.reliefs[0].effect = effect;
        pack.profile.reliefs[0].secured = secured;
        pack.profile.taxes.retain(|tax| tax.code == "A00");
        let mut goods = item(1);
        goods.procedure = t("71");
        goods.taxes = vec![DeclaredTax { tax: t("A00"), method: t("S"), quantity: None }];
        goods.price = Some(Money { amount: Decimal::from(1000), currency: currency("GBP") });
        let declared = declaration(vec![goods], Vec::new());
        let opinion = consider(&declared, pack.on(day()), 9_999, &nothing_drawn);
        assert_eq!(opinion.assessment.total, Decimal::new(0, 2));
        assert_eq!(opinion.assessment.lines[0].secured, Decimal::from(wanted));
        let steps: Vec<_> = opinion.plan.iter().map(|step| step.name()).collect();
        assert_eq!(steps.contains(&"request payment"), wanted > 0, "{steps:?}");
    };
    check(ReliefEffect::Secure, None, 120);
    check(ReliefEffect::Relieve, None, 0);
    check(ReliefEffect::Relieve, named("S"), 120);
    check(ReliefEffect::Suspend, named("S"), 120);
    check(ReliefEffect::Suspend, named("E"), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_123), ..ProptestConfig::default() })]

    #[test]
    fn the_total_is_the_sum_of_what_is_payable(d in declarations(), pack in packs()) {
        let opinion = consider(&d, pack.on(day()), 9_999, &nothing_drawn);
        let assessment = &opinion.assessment;
        prop_assert_eq!(assessment.total, assessment.lines.iter().map(|l| l.payable).sum::<Decimal>());
        for line in &assessment.lines {
            prop_assert!(line.assessed >= Decimal::ZERO, "{:?}", line);
            prop_assert!(line.payable == line.assessed || line.payable.is_zero(), "{:?}", line);
        }
        // Every tax of every item is a line or is said to be unknown.
        for item in &d.items {
            for tax in ["A00", "413", "B00"] {
                let said = assessment.lines.iter().any(|l| l.item == item.number && l.tax == tax)
                    || assessment.unknown.iter().any(|u| u.item == item.number && u.tax == tax);
                prop_assert!(said, "nothing said of {} on {}", tax, item.number);
            }
        }
    }

    #[test]
    fn the_same_comes_of_the_same(d in declarations(), pack in packs(), draw in 0u32..10_000) {
        let (a, b) = (consider(&d, pack.on(day()), draw, &nothing_drawn), consider(&d, pack.on(day()), draw, &nothing_drawn));
        prop_assert_eq!(format!("{a:?}"), format!("{b:?}"));
    }

    #[test]
    fn the_order_of_items_does_not_matter(
        d in declarations(),
        mut pack in packs(),
        risks in prop::collection::vec(risks(), 0..4),
        requirements in prop::collection::vec(requirements(), 0..3),
        seed in any::<prop::sample::Index>(),
    ) {
        pack.risks = risks;
        pack.requirements = Requirements::new(requirements);
        let mut other = d.clone();
        let n = other.items.len();
        other.items.rotate_left(seed.index(n));
        other.items.swap(0, n / 2);
        let (a, b) = (consider(&d, pack.on(day()), 9_999, &nothing_drawn), consider(&other, pack.on(day()), 9_999, &nothing_drawn));
        prop_assert_eq!(figures(&a), figures(&b));
        prop_assert_eq!(a.score.points, b.score.points);
        prop_assert_eq!(a.decision.lane, b.decision.lane);
        prop_assert_eq!(a.plan, b.plan);
    }

    #[test]
    fn one_more_reason_never_lowers_the_lane(
        d in declarations(),
        mut pack in packs(),
        risks in prop::collection::vec(risks(), 0..4),
        requirements in prop::collection::vec(requirements(), 0..3),
        risk in risks(),
        requirement in requirements(),
        draw in 0u32..10_000,
    ) {
        pack.risks = risks;
        pack.requirements = Requirements::new(requirements);
        let before = consider(&d, pack.on(day()), draw, &nothing_drawn);
        let lane = before.decision.lane;
        let reasons = before.decision.reasons.len();
        let with = |change: &dyn Fn(&mut Pack)| {
            let mut pack = pack.clone();
            change(&mut pack);
            let after = consider(&d, pack.on(day()), draw, &nothing_drawn);
            (after.decision.lane, after.decision.reasons.len())
        };
        for (after, n) in [
            with(&|p| p.risks.push(risk.clone())),
            with(&|p| {
                let more = [p.requirements.all(), std::slice::from_ref(&requirement)].concat();
                p.requirements = Requirements::new(more);
            }),
            with(&|p| {
                let more = [std::slice::from_ref(&requirement), p.requirements.all()].concat();
                p.requirements = Requirements::new(more);
            }),
            with(&|p| p.profile.policy.random_per_10000 = 10_000),
            with(&|p| p.profile.policy.yellow_from = 0),
        ] {
            prop_assert!(after >= lane, "{:?} after {:?}", after, lane);
            prop_assert!(n >= reasons);
        }
    }

    #[test]
    fn the_answer_before_shipping_is_that_at_filing(d in declarations(), pack in packs()) {
        let reference = pack.on(day());
        for item in &d.items {
            let question = Question {
                code: item.code,
                direction: Direction::Import,
                origin: item.origin,
                from: item.export_country,
                to: item.destination,
                regime: Token::EMPTY,
                procedure: item.procedure,
            };
            let asked = question.declaration(&pack.profile);
            let told = answer(&asked, reference);
            let mut before: Vec<_> = told
                .duties
                .iter()
                .map(|duty| {
                    let formula = duty.rate.row.and_then(|row| row.formula());
                    (duty.tax.code, formula.map(ToString::to_string).unwrap_or_default())
                })
                .collect();
            // The same goods, filed: now with a price, masses and quantities.
            let filed = Declaration { items: vec![item.clone()], ..d.clone() };
            let assessed = assess(&filed, reference, &[], &[]);
            let lines = assessed.lines.iter().map(|l| (l.tax, l.formula.clone()));
            let unknown = assessed.unknown.iter().map(|u| (u.tax, u.formula.clone()));
            let mut after: Vec<_> = lines.chain(unknown).collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn what_could_not_be_told_is_never_green(d in declarations(), pack in packs()) {
        let opinion = consider(&d, pack.on(day()), 9_999, &nothing_drawn);
        if !opinion.assessment.unknown.is_empty() {
            prop_assert!(opinion.decision.lane > fondaco::decision::Lane::Green);
        }
    }
}
