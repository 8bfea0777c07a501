//! The customs value: what the law wants in it, what the delivery term has in the price, what is stated.

use fondaco::assessment::assess;
use fondaco::declaration::Charge;
use fondaco::measure::Direction;
use fondaco::money::{Decimal, Money, Rounding, RoundingMode};
use fondaco::reference::{
    Apportionment, ChargeEffect, ChargeKind, Cost, Pack, StatisticsRule, ValueRule,
};
use fondaco::valuation::value;
use proptest::prelude::*;

use super::{currency, day, declaration, item, measure, pack, t, tax};

const CIF: [Cost; 3] = [Cost::Origin, Cost::Carriage, Cost::Insurance];

/// A law that wants these costs, and the terms EXW, FOB, CFR, CIF and DAP.
fn world(includes: &[Cost]) -> Pack {
    let mut pack = pack(Vec::new());
    let kind = |kind: &str, effect, of: &[Cost], by| ChargeKind {
        kind: t(kind),
        effect,
        of: of.to_vec(),
        by,
    };
    let rule = |includes: &[Cost]| ValueRule {
        direction: Direction::Import,
        includes: includes.to_vec(),
        fills: Vec::new(),
        basis: "law".into(),
    };
    pack.profile.charges = vec![
        kind("AB", ChargeEffect::Added, &[], Apportionment::Price),
        kind("AK", ChargeEffect::Added, &CIF, Apportionment::Price),
        kind("FR", ChargeEffect::Apart, &[Cost::Carriage], Apportionment::GrossMass),
        kind("BA", ChargeEffect::TakenOff, &[Cost::CarriageAfter], Apportionment::Price),
        kind("ZZ", ChargeEffect::Untold, &[], Apportionment::Price),
    ];
    pack.profile.values = vec![rule(includes)];
    pack.profile.statistics = vec![StatisticsRule {
        value: rule(&CIF),
        currency: currency("CNY"),
        rounding: Rounding { digits: 0, mode: RoundingMode::HalfUp },
    }];
    let d_term = [Cost::Origin, Cost::Carriage, Cost::Insurance, Cost::CarriageAfter];
    pack.terms = vec![
        (t("EXW"), Vec::new()),
        (t("FOB"), vec![Cost::Origin]),
        (t("CFR"), vec![Cost::Origin, Cost::Carriage]),
        (t("CIF"), CIF.to_vec()),
        (t("DAP"), d_term.to_vec()),
    ];
    pack
}

fn pounds(amount: i64) -> Money {
    Money { amount: Decimal::from(amount), currency: currency("GBP") }
}

/// `1000 of goods` on a term with charges such as `AK 100`: the value, what lacks, what is doubtful.
fn said(pack: &Pack, term: &str, charges: &[&str]) -> String {
    let charges = charges.iter().map(|text| {
        let (kind, amount) = text.split_once(' ').unwrap();
        Charge { kind: t(kind), amount: pounds(amount.parse().unwrap()) }
    });
    let mut one = item(1);
    one.price = Some(pounds(1000));
    one.charges = charges.collect();
    let mut d = declaration(vec![one], Vec::new());
    d.incoterm = t(term);
    let v = value(&d, &d.items[0], pack.on(day()));
    let mut said = v.value.map_or("unknown".to_owned(), |v| v.to_string());
    for lack in v.lacks {
        said += &format!(" lacks {}", lack.name());
    }
    for doubt in v.doubts {
        said += &format!(" doubts {doubt}");
    }
    said
}

#[test]
fn the_delivery_term_says_what_the_price_has_in_it() {
    let check = |includes: &[Cost], term, charges: &[&str], wanted: &str| {
        assert_eq!(said(&world(includes), term, charges), wanted, "{term} {charges:?}");
    };
    // A law that takes the value at its own border.
    check(&CIF, "CIF", &[], "1000.00");
    check(&CIF, "FOB", &["AK 100"], "1100.00");
    check(&CIF, "FOB", &[], "1000.00 lacks carriage lacks insurance");
    check(&CIF, "EXW", &[], "1000.00 lacks origin lacks carriage lacks insurance");
    check(&CIF, "CFR", &[], "1000.00 lacks insurance");
    // Freight stated apart is added where the price has it not, and only there.
    check(&CIF, "FOB", &["FR 80"], "1080.00 lacks insurance");
    check(&CIF, "CIF", &["FR 80"], "1000.00");
    // A charge that says of itself that it is added is, and is doubted where the price has it.
    check(&CIF, "CIF", &["AK 100"], "1100.00 doubts AK");
    check(&CIF, "DAP", &["BA 60"], "940.00");
    check(&CIF, "DAP", &[], "1000.00");
    // A law that takes it at the border of the exporter.
    check(&[], "FOB", &["FR 80"], "1000.00");
    check(&[], "CIF", &["FR 80"], "920.00");
    check(&[], "DAP", &["FR 80", "BA 60"], "860.00");
    check(&[], "CIF", &["AB 50"], "1050.00");
    // Whether the price has it in is not told.
    check(&[], "", &["FR 80"], "unknown");
    check(&[], "XXX", &["FR 80"], "unknown");
    check(&CIF, "", &["AK 100"], "1100.00");
    check(&CIF, "CIF", &["ZZ 1"], "unknown");
    check(&CIF, "CIF", &["QQ 1"], "unknown");
    // More is taken off than there is.
    check(&[], "CIF", &["FR 2000"], "unknown");
}

#[test]
fn what_cannot_be_told_is_filled_in_where_the_law_says_how() {
    let mut pack = world(&CIF);
    pack.profile.values[0].fills = vec![(Cost::Insurance, Decimal::new(3, 1))];
    assert_eq!(said(&pack, "CFR", &[]), "1003.00");
    assert_eq!(said(&pack, "FOB", &["FR 200"]), "1203.60");
    // Of a price whose freight is not known it cannot be told either.
    assert_eq!(said(&pack, "FOB", &[]), "1000.00 lacks carriage lacks insurance");
}

#[test]
fn a_cost_that_lacks_is_waited_for_where_something_is_paid_by_the_value() {
    let check = |rate: &str, procedure: &str, fee: &str, wanted: bool| {
        let mut pack = world(&CIF);
        let mut rows = vec![measure("", "A00", rate)];
        let mut of_all = tax("FEE", &["value"], RoundingMode::HalfUp);
        of_all.per_declaration = true;
        pack.profile.taxes.truncate(1);
        if !fee.is_empty() {
            pack.profile.taxes.push(of_all);
            rows.push(measure("", "FEE", fee));
        }
        pack.measures = super::pack(rows).measures;
        let mut one = item(1);
        (one.price, one.procedure) = (Some(pounds(1000)), t(procedure));
        let mut d = declaration(vec![one], Vec::new());
        d.incoterm = t("CFR");
        let assessed = assess(&d, pack.on(day()), &[], &[]);
        let payable: Vec<bool> = assessed.unknown.iter().map(|u| u.payable).collect();
        assert_eq!(payable, [wanted], "{rate} {procedure} {fee}: {assessed:?}");
        // What was computed is too little, whether or not what is unknown is collected.
        assert_eq!((assessed.waits(true), assessed.waits(false)), (wanted, wanted));
    };
    check("5%", "40", "", true);
    check("0%", "40", "", false);
    // Suspended, but for a fee on the values together.
    check("5%", "71", "", false);
    check("5%", "71", "1%", true);
    check("5%", "71", "0%", false);
}

#[test]
fn other_methods_take_the_value_stated_and_statistics_have_their_own() {
    let pack = world(&[]);
    let mut one = item(1);
    one.price = Some(pounds(1000));
    one.customs_value = Some(pounds(700));
    one.charges = vec![Charge { kind: t("FR"), amount: pounds(80) }];
    let mut d = declaration(vec![one], Vec::new());
    d.incoterm = t("CIF");
    let of = |d: &fondaco::declaration::Declaration| value(d, &d.items[0], pack.on(day()));
    let by_price = of(&d);
    assert_eq!(by_price.value, Some(Decimal::new(92_000, 2)));
    // 1000 pounds at 0.1087 a yuan.
    assert_eq!(by_price.statistical.unwrap().amount, Decimal::from(9200));
    assert_eq!(by_price.parts.len(), 2);
    assert_eq!(by_price.parts[1].value, Decimal::from(-80));
    d.items[0].method = t("6");
    assert_eq!(of(&d).value, Some(Decimal::new(70_000, 2)));
    // What is not whole is no statistic.
    d.items[0].method = t("1");
    d.items[0].charges.clear();
    d.incoterm = t("FOB");
    assert_eq!(of(&d).statistical, None);
}

proptest! {
    /// A charge of the consignment is shared out whole, by price or by mass.
    #[test]
    fn the_shares_are_the_whole_charge(
        goods in prop::collection::vec((1i64..100_000, 1i64..100_000), 1..9),
        charge in 1i64..1_000_000,
        by_mass in any::<bool>(),
    ) {
        let pack = world(&CIF);
        let kind = if by_mass { "FR" } else { "AK" };
        let items = goods.iter().enumerate().map(|(n, (price, mass))| {
            let mut one = item(n as u32 + 1);
            one.price = Some(pounds(*price));
            one.gross_mass = Some(Decimal::from(*mass));
            one
        });
        let charges = vec![Charge { kind: t(kind), amount: pounds(charge) }];
        let mut d = declaration(items.collect(), charges);
        d.incoterm = t("FOB");
        let parts: Decimal = d.items.iter().map(|i| value(&d, i, pack.on(day())).parts[1].value).sum();
        prop_assert!((parts - Decimal::from(charge)).abs() < Decimal::new(1, 12));
        // Nobody bears more of it for weighing or costing less.
        let of = |i: usize| value(&d, &d.items[i], pack.on(day())).parts[1].value;
        for (n, pair) in goods.windows(2).enumerate() {
            let figure = |g: &(i64, i64)| if by_mass { g.1 } else { g.0 };
            if figure(&pair[0]) <= figure(&pair[1]) {
                prop_assert!(of(n) <= of(n + 1));
            }
        }
    }
}
