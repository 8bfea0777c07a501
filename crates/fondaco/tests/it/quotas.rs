//! What a declaration gets of a tariff quota, and what that costs.

use fondaco::allotment::{allot, nothing_drawn};
use fondaco::assessment::assess;
use fondaco::day::Validity;
use fondaco::measure::Selection;
use fondaco::money::{Decimal, Money};
use fondaco::quantity::Quantity;
use fondaco::quota::{PartOf, Quota};
use fondaco::reference::Pack;
use proptest::prelude::*;

use super::{currency, day, declaration, item, measure, pack, t};

/// Timber at 20 %, and at 5 % within quota 090001 for who claims regime 120; VAT at 10 % on both.
fn world(change: impl FnOnce(&mut Quota)) -> Pack {
    let mut under = measure("4407", "A00", "5%");
    under.regime = Selection { of: vec![t("120")], but: Vec::new() };
    under.quota = t("090001");
    let mut outside = measure("4407", "A00", "20%");
    outside.regime = Selection { of: vec![t("100")], but: Vec::new() };
    let mut pack = pack(vec![under, outside, measure("4407", "B00", "10%")]);
    let mut quota = Quota {
        order: t("090001"),
        definition: t("1"),
        validity: Validity::ALWAYS,
        volume: Decimal::from(1000),
        unit: t("KGM"),
        critical: false,
        threshold: Some(Decimal::from(90)),
        balance: None,
        over: false,
        closed: Vec::new(),
        part_of: None,
    };
    change(&mut quota);
    for tax in &mut pack.profile.taxes {
        tax.preferential = tax.code == "A00";
        tax.expected = tax.code != "413";
    }
    pack.quotas = vec![quota];
    pack
}

/// Items of so many kilograms that claim the quota, at a pound a kilogram.
fn claims(masses: &[i64]) -> fondaco::declaration::Declaration {
    let one = |(n, mass): (usize, &i64)| {
        let mut item = item(n as u32 + 1);
        item.code = t("44071110");
        item.regime = t("120");
        item.quota = t("090001");
        item.price = Some(Money { amount: Decimal::from(*mass), currency: currency("GBP") });
        item.net_mass = (*mass > 0).then(|| Decimal::from(*mass));
        item
    };
    declaration(masses.iter().enumerate().map(one).collect(), Vec::new())
}

/// What is granted, then each line: tax, base, rate, payable, secured; then what is unknown.
fn said(pack: &Pack, masses: &[i64], drawn: i64) -> Vec<String> {
    let d = claims(masses);
    let reference = pack.on(day());
    let allotted = allot(&d, reference, &|_| Decimal::from(drawn), &nothing_drawn);
    let a = assess(&d, reference, &allotted, &[]);
    let grants = allotted.iter().map(|a| format!("{} {}", a.granted.normalize(), a.state.name()));
    let lines = a.lines.iter().map(|l| {
        let secured =
            if l.secured.is_zero() { String::new() } else { format!(" secured {}", l.secured) };
        format!("{} {} {}{secured}", l.tax, l.base.unwrap(), l.payable)
    });
    let unknown = a.unknown.iter().map(|u| format!("{} {:?}", u.tax, u.why));
    grants.chain(lines).chain(unknown).collect()
}

#[test]
fn the_most_that_is_stated_of_the_goods_is_drawn() {
    let draws = |lines: &[(&str, i64)], stated: &[i64]| {
        let mut d = claims(&[100]);
        let kilograms = |value: &i64| Quantity { value: Decimal::from(*value), unit: t("KGM") };
        d.items[0].quantities = stated.iter().map(kilograms).collect();
        let line = |(tax, value): &(&str, i64)| fondaco::declaration::DeclaredTax {
            tax: t(tax),
            method: t(""),
            quantity: Some(kilograms(value)),
        };
        d.items[0].taxes = lines.iter().map(line).collect();
        let pack = world(|_| {});
        let allotted = allot(&d, pack.on(day()), &|_| Decimal::ZERO, &nothing_drawn);
        allotted[0].granted.normalize().to_string()
    };
    assert_eq!(draws(&[], &[]), "100");
    // A line that states one kilogram, or a hundred of them, hides nothing.
    assert_eq!(draws(&[("A00", 1)], &[]), "100");
    assert_eq!(draws(&[("", 1)], &[1]), "100");
    assert_eq!(draws(&[("A00", 300)], &[200]), "300");
    assert_eq!(draws(&[("", 1)], &[250, 2]), "250");
}

#[test]
fn a_claim_gets_what_is_left() {
    let check = |change: fn(&mut Quota), masses: &[i64], drawn, wanted: &[&str]| {
        assert_eq!(said(&world(change), masses, drawn), wanted);
    };
    let all = |_: &mut Quota| {};
    // All of it is under the quota.
    check(all, &[200], 0, &["200 open", "A00 200.00 10.00", "B00 210.00 21.00"]);
    // Nine tenths are gone: the difference to 20 % is secured.
    check(all, &[50], 900, &["50 critical", "A00 50.00 2.50 secured 7.50", "B00 52.50 5.25"]);
    // For a part there is enough; the rest bears the rate outside.
    check(
        all,
        &[250],
        950,
        &["50 critical", "A00 50.00 2.50 secured 7.50", "A00 200.00 40.00", "B00 292.50 29.25"],
    );
    // A third of a pound does not get lost between the two portions.
    check(
        |q| q.volume = Decimal::new(1, 0),
        &[3],
        0,
        &["1 open", "A00 1.00 0.05", "A00 2.00 0.40", "B00 3.45 0.35"],
    );
    // Nothing is left; nothing is drawn on blocked days.
    check(all, &[100], 1000, &["0 exhausted", "A00 100.00 20.00", "B00 120.00 12.00"]);
    let blocked = |q: &mut Quota| q.closed = vec![Validity::ALWAYS];
    check(blocked, &[100], 0, &["0 blocked", "A00 100.00 20.00", "B00 120.00 12.00"]);
    // Items draw one after the other.
    check(
        |q| q.threshold = None,
        &[600, 600],
        0,
        &[
            "600 open",
            "400 open",
            "A00 600.00 30.00",
            "B00 630.00 63.00",
            "A00 400.00 20.00",
            "A00 200.00 40.00",
            "B00 660.00 66.00",
        ],
    );
    // The quota counts in another unit, or in money.
    check(
        |q| q.unit = t("GBP"),
        &[200],
        900,
        &["100 critical", "A00 100.00 5.00 secured 15.00", "A00 100.00 20.00", "B00 225.00 22.50"],
    );
    check(
        |q| q.unit = t("LTR"),
        &[200],
        0,
        &["0 open", "A00 NoQuantity(\"LTR\")", "B00 DependsOn(\"A00\")"],
    );
    // No period is held for the day: the rate is told, and that it hangs on the quota.
    check(
        |q| q.validity = Validity { from: None, until: Some("2020-01-01".parse().unwrap()) },
        &[200],
        0,
        &["A00 200.00 10.00", "B00 210.00 21.00", "A00 QuotaUntold(\"090001\")"],
    );
}

#[test]
fn a_part_of_a_quota_draws_on_the_whole_too() {
    let check = |coefficient: i64, left: i64, mass: i64, wanted: &[&str]| {
        let mut pack = world(|q| {
            q.threshold = None;
            q.part_of = Some(PartOf {
                order: t("090000"),
                definition: t("9"),
                coefficient: Decimal::new(coefficient, 1),
            });
        });
        let part = &pack.quotas[0];
        let whole = Quota {
            order: t("090000"),
            definition: t("9"),
            volume: Decimal::from(left),
            part_of: None,
            ..part.clone()
        };
        pack.quotas.insert(0, whole);
        assert_eq!(said(&pack, &[mass], 0), wanted, "{coefficient} {left} {mass}");
    };
    check(10, 5000, 200, &["200 open", "200 open", "A00 200.00 10.00", "B00 210.00 21.00"]);
    // A unit of the part takes one and a half of the whole.
    check(15, 5000, 200, &["200 open", "300 open", "A00 200.00 10.00", "B00 210.00 21.00"]);
    // The whole has less than the part.
    let part = &["100 open", "150 open", "A00 100.00 5.00", "A00 100.00 20.00", "B00 225.00 22.50"];
    check(15, 150, 200, part);
    check(10, 0, 200, &["0 exhausted", "0 exhausted", "A00 200.00 40.00", "B00 240.00 24.00"]);
}

#[test]
fn a_part_whose_whole_is_not_held_is_untold() {
    let part = |order, definition| {
        Some(PartOf { order: t(order), definition: t(definition), coefficient: Decimal::ONE })
    };
    for (order, definition) in [("090000", "9"), ("090001", "1")] {
        let pack = world(|q| q.part_of = part(order, definition));
        let untold = "A00 QuotaUntold(\"090001\")";
        assert_eq!(said(&pack, &[200], 0), ["A00 200.00 10.00", "B00 210.00 21.00", untold]);
    }
}

#[test]
fn what_was_drawn_before_an_amendment_keeps_its_place() {
    // `others`: drawn by others since the balance was told.
    let check = |change: fn(&mut Quota), others: i64, kept: i64, mass: i64, wanted: &str| {
        let pack = world(change);
        let d = claims(&[mass]);
        let (drawn, had) = (|_: &Quota| Decimal::from(others), |_: &Quota| Decimal::from(kept));
        let allotted = allot(&d, pack.on(super::day()), &drawn, &had);
        let told = format!("{} {}", allotted[0].granted.normalize(), allotted[0].state.name());
        assert_eq!(told, wanted, "{others} {kept} {mass}");
    };
    check(|_| {}, 600, 300, 300, "300 open");
    check(|_| {}, 600, 300, 200, "200 open");
    // What grows has what is left.
    check(|_| {}, 600, 300, 500, "400 open");
    check(|_| {}, 700, 300, 500, "300 open");
    // Told to be used up or closed since: what was had is had against security, and no more.
    check(|q| q.over = true, 0, 300, 300, "300 critical");
    check(|q| q.over = true, 0, 300, 500, "300 critical");
    check(|q| q.over = true, 0, 0, 500, "0 exhausted");
    check(|q| q.closed = vec![Validity::ALWAYS], 0, 300, 300, "300 critical");
    // The balance has it in it: what is left is beside it.
    let told = |q: &mut Quota| q.balance = Some((Decimal::from(50), "2026-01-01".parse().ok()));
    check(told, -300, 300, 400, "350 open");
    check(told, -300, 300, 300, "300 open");
}

proptest! {
    /// However much is claimed of a period, no more is granted than is left, and the goods are charged
    /// whole: what is under the quota and what is not are all of them.
    #[test]
    fn a_period_is_never_oversold(
        masses in prop::collection::vec(1i64..2000, 1..8),
        drawn in 0i64..1500,
    ) {
        let pack = world(|_| {});
        let d = claims(&masses);
        let allotted = allot(&d, pack.on(day()), &|_| Decimal::from(drawn), &nothing_drawn);
        let granted: Decimal = allotted.iter().map(|a| a.granted).sum();
        prop_assert!(granted <= Decimal::from((1000 - drawn).max(0)));
        prop_assert_eq!(granted, Decimal::from(masses.iter().sum::<i64>().min((1000 - drawn).max(0))));
        let a = assess(&d, pack.on(day()), &allotted, &[]);
        for (item, mass) in d.items.iter().zip(&masses) {
            let lines = a.lines.iter().filter(|l| l.item == item.number && l.tax == "A00");
            let base: Decimal = lines.filter_map(|l| l.base).sum();
            prop_assert_eq!(base, Decimal::from(*mass));
        }
    }
}
