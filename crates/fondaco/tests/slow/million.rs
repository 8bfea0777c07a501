//! A million declarations by chance: what always holds of an assessment.
//!
//! A greater price never gives a smaller duty where every formula of the pack rises with its base:
//! `free`, percentages, amounts for a unit, `A + B`, `max`, `min`, `A * "fact"`, and `A - B` where `B`
//! does not ask for the base; where no term of a base and no charge of the consignment is taken off.
//! It need not hold of `entry`, which falls as the price rises, and of `upto`, which takes off a tax
//! that rises.
//!
//! The order of the items does not matter where the figures are those of a declaration. With 28
//! digits the last of a sum may hang on the order of its terms: such are not compared, nor is a total
//! of more than twenty digits before the point.

use std::time::Instant;

use fondaco::assessment::{Assessment, TaxLine, assess};
use fondaco::condition::{Condition, Test, TextField};
use fondaco::declaration::{Charge, Declaration, DeclaredTax, Item, Message};
use fondaco::formula::{Formula, Unknown};
use fondaco::measure::Direction;
use fondaco::money::{Decimal, Money, Rounding};
use fondaco::quantity::Quantity;
use fondaco::reference::{Choice, Pack, Relief, ReliefEffect};
use fondaco::token::Token;

use crate::chance::{CURRENCIES, Chance, FACTS, PARTS, Size, UNITS, formula};
use crate::world::{self, currency, day, measure, t, tax};

const CASES: u64 = 1_000_000;
const SEED: u64 = 11_232_026;
const TAXES: &[&str] = &["A00", "413", "B00"];

/// A pack and a declaration.
struct World {
    size: Size,
    pack: Pack,
    declaration: Declaration,
    /// Whether every duty rises with the price.
    rises: bool,
}

/// Whether the formula asks for the tax base.
fn asks_base(formula: &Formula) -> bool {
    match formula {
        Formula::AdValorem { part, .. } => part.is_none(),
        Formula::Free | Formula::Specific { .. } | Formula::Flat { .. } | Formula::Note(_) => false,
        Formula::Sum(all) | Formula::Greatest(all) | Formula::Least(all) => {
            all.iter().any(asks_base)
        }
        Formula::Less(a, b) => asks_base(a) || asks_base(b),
        Formula::Times(formula, _) => asks_base(formula),
        Formula::Entry(..) | Formula::UpTo(..) => true,
    }
}

/// Whether the amount never falls as the base rises.
fn rises(formula: &Formula) -> bool {
    match formula {
        Formula::Free
        | Formula::AdValorem { .. }
        | Formula::Specific { .. }
        | Formula::Flat { .. }
        | Formula::Note(_) => true,
        Formula::Sum(all) | Formula::Greatest(all) | Formula::Least(all) => all.iter().all(rises),
        Formula::Less(a, b) => rises(a) && !asks_base(b),
        Formula::Times(formula, _) => rises(formula),
        Formula::Entry(..) | Formula::UpTo(..) => false,
    }
}

fn money(chance: &mut Chance, size: Size) -> Money {
    Money { amount: chance.figure(size), currency: currency(chance.of(CURRENCIES)) }
}

fn charges(chance: &mut Chance, size: Size, most: usize) -> Vec<Charge> {
    let one = |chance: &mut Chance| {
        let kind =
            t(chance.of(&["AK", "AK", "AK", "AK", "AK", "AK", "BA", "BA", "AP", "AP", "AP", "ZZ"]));
        Charge { kind, amount: money(chance, size) }
    };
    (0..chance.below(most + 1)).map(|_| one(chance)).collect()
}

fn quantity(chance: &mut Chance, size: Size) -> Quantity {
    let value = chance.figure(size);
    let value = if chance.one_in(30) { -value } else { value };
    Quantity { value, unit: if chance.one_in(6) { Token::EMPTY } else { t(chance.of(UNITS)) } }
}

fn item(chance: &mut Chance, size: Size, number: u32, one_currency: bool) -> Item {
    let mut price = money(chance, size);
    if one_currency {
        price.currency = currency(world::OWN);
    }
    let mut item = Item {
        number,
        code: t(chance.of(&["44071110", "22042109"])),
        origin: t("RU"),
        procedure: t(chance.of(&["40", "40", "40", "71", "51", "53", "76"])),
        price: (!chance.one_in(15)).then_some(price),
        charges: charges(chance, size, 2),
        ..Item::default()
    };
    if chance.one_in(15) {
        item.customs_value = Some(money(chance, size));
    }
    if !chance.one_in(15) {
        let mass = chance.figure(size);
        item.net_mass = Some(if chance.one_in(40) { -mass } else { mass });
    }
    if chance.one_in(3) {
        item.quantities.push(quantity(chance, size));
    }
    for unit in ["LTR", "ASV", "NMB", "KGM#G", "3B", "SET"] {
        if !chance.one_in(12) {
            item.quantities.push(Quantity { value: chance.figure(size), unit: t(unit) });
        }
    }
    for _ in 0..chance.below(2) {
        let tax = t(chance.of(&["A00", "413", "", "XYZ"]));
        let quantity = Some(quantity(chance, size));
        item.taxes.push(DeclaredTax { tax, method: Token::EMPTY, quantity });
    }
    for name in PARTS.iter().chain(FACTS) {
        if !chance.one_in(15) {
            let figure = chance.figure(size);
            item.facts
                .push((name.to_uppercase(), if chance.one_in(30) { -figure } else { figure }));
        }
    }
    item
}

fn relief(chance: &mut Chance, procedure: &str, effect: ReliefEffect) -> Relief {
    Relief {
        id: procedure.into(),
        taxes: if chance.one_in(2) { vec![t("A00")] } else { Vec::new() },
        effect,
        in_base: chance.one_in(2),
        when: Condition::Text(TextField::Procedure, Test::OneOf(vec![t(procedure)])),
        secured: None,
        basis: "law".into(),
    }
}

fn world(number: u64) -> World {
    let chance = &mut Chance::of_case(SEED, number);
    let size = if chance.one_in(3) { Size::Extreme } else { Size::Usual };
    let digits = chance.of(&[2, 2, 2, 0, 4, 6]);
    let mut pack = world::pack(Rounding { digits, mode: chance.mode() });
    let taken_off = chance.one_in(6);
    let base: &[&str] =
        if taken_off { &["value", "413", "-A00"] } else { &["value", "A00", "413"] };
    let (of_duty, of_all) = (chance.of(&[2, 2, 0, 6]), chance.of(&[2, 2, 0, 6]));
    pack.profile.taxes = vec![
        tax("A00", &["value"], of_duty, chance.mode()),
        tax("413", &["value"], 2, chance.mode()),
        tax("B00", base, of_all, chance.mode()),
    ];
    for tax in &mut pack.profile.taxes {
        tax.choice = chance.of(&[Choice::All, Choice::Each, Choice::Highest, Choice::Lowest]);
    }
    if chance.one_in(3) {
        for (procedure, effect) in [
            ("71", ReliefEffect::Suspend),
            ("51", ReliefEffect::Relieve),
            ("53", ReliefEffect::Exempt),
            ("76", ReliefEffect::Secure),
        ] {
            let relief = relief(chance, procedure, effect);
            pack.profile.reliefs.push(relief);
        }
    }
    let mut rows = Vec::new();
    for code in TAXES {
        for _ in 0..chance.of(&[0, 1, 1, 1, 1, 1, 2]) {
            let text = if chance.one_in(40) { String::new() } else { formula(chance, size) };
            rows.push(measure(code, &text, chance.of(&["", "LTR", "NMB"])));
        }
    }
    pack.measures = world::measures(&rows);
    for code in ["CNY", "EUR"] {
        let least = Decimal::new(1, 6);
        let per_unit = chance.figure(size).max(least);
        pack.rates.push(world::rate(code, per_unit, chance.of(&["2025-01-01", "2026-11-23"])));
    }
    let many = chance.of(&[1, 1, 2, 3, 4]);
    let one_currency = chance.one_in(2);
    let items = (1..=many).map(|n| item(chance, size, n, one_currency)).collect();
    let charges = charges(chance, size, 1);
    let share_rises = charges.iter().all(|c| c.kind != "BA");
    let formulas = || rows.iter().filter_map(|row| row.formula.as_ref());
    let rises = !taken_off && share_rises && formulas().all(rises);
    let declaration = Declaration {
        message: Message::Original,
        direction: Some(Direction::Import),
        charges,
        items,
        ..Declaration::default()
    };
    World { size, pack, declaration, rises }
}

#[derive(Default, Debug)]
struct Counts {
    cases: u64,
    extreme: u64,
    lines: u64,
    unknown: u64,
    too_large: u64,
    total_too_large: u64,
    reordered: u64,
    raised: u64,
    lines_raised: u64,
}

/// Nothing is negative, nothing is lost, the total is the sum.
fn figures_hold(world: &World, assessment: &Assessment, counts: &mut Counts) {
    let lines = &assessment.lines;
    for line in lines {
        let figures = [line.exact, line.assessed, line.deducted, line.secured, line.payable];
        assert!(figures.iter().all(|f| *f >= Decimal::ZERO), "negative: {line:?}");
        assert!(line.base.is_none_or(|b| b >= Decimal::ZERO), "negative base: {line:?}");
        assert!(line.payable == line.assessed || line.payable.is_zero(), "{line:?}");
    }
    assert!(assessment.values.iter().all(|v| v.value.is_none_or(|v| v >= Decimal::ZERO)));
    let sum = lines.iter().try_fold(Decimal::ZERO, |sum, l| sum.checked_add(l.payable));
    match sum {
        Some(sum) => assert_eq!(assessment.total, sum, "the total is the sum of the lines"),
        None => {
            counts.total_too_large += 1;
            assert_eq!(assessment.total, Decimal::MAX);
        }
    }
    for item in &world.declaration.items {
        for tax in TAXES {
            let line = lines.iter().any(|l| l.item == item.number && l.tax == *tax);
            let unknown = &assessment.unknown;
            let unknown = unknown.iter().any(|u| u.item == item.number && u.tax == *tax);
            assert!(line || unknown, "nothing is said of {tax} on {}", item.number);
        }
    }
    counts.lines += lines.len() as u64;
    counts.unknown += assessment.unknown.len() as u64;
    let too_large = assessment.unknown.iter().filter(|u| u.why == Unknown::TooLarge);
    counts.too_large += too_large.count() as u64;
}

/// What stands in an assessment, in an order of its own.
fn sorted(mut assessment: Assessment) -> Assessment {
    assessment.values.sort_by_key(|v| v.item);
    assessment.lines.sort_by_key(|l| l.item);
    assessment.unknown.sort_by_key(|u| u.item);
    assessment
}

fn order_does_not_matter(world: &World, assessment: &Assessment, chance: &mut Chance) {
    let mut other = world.declaration.clone();
    let many = other.items.len();
    other.items.rotate_left(chance.below(many));
    other.items.swap(0, many / 2);
    let mut other = assess(&other, world.pack.on(day()), &[], &[]);
    if assessment.total >= Decimal::from_i128_with_scale(10_i128.pow(20), 0) {
        other.total = assessment.total;
    }
    assert_eq!(sorted(other), sorted(assessment.clone()), "the order of the items matters");
}

fn greater_price_is_no_smaller_duty(
    world: &World,
    before: &Assessment,
    chance: &mut Chance,
    counts: &mut Counts,
) {
    let mut greater = world.declaration.clone();
    let place = chance.below(greater.items.len());
    let item = &mut greater.items[place];
    let number = item.number;
    let more = chance.figure(world.size);
    let (Some(price), true) = (&mut item.price, world.rises) else { return };
    let Some(amount) = price.amount.checked_add(more) else { return };
    price.amount = amount;
    let after = assess(&greater, world.pack.on(day()), &[], &[]);
    let of_item = |a: &Assessment| {
        a.lines.iter().filter(|l| l.item == number).cloned().collect::<Vec<TaxLine>>()
    };
    let (before, after) = (of_item(before), of_item(&after));
    // A figure that has become too large to compute is no smaller one.
    if before.len() != after.len() {
        return;
    }
    counts.raised += 1;
    for (a, b) in before.iter().zip(&after) {
        if a.tax != b.tax || a.formula != b.formula {
            return;
        }
        counts.lines_raised += 1;
        assert!(a.exact <= b.exact && a.assessed <= b.assessed, "falls: {a:#?}\nto {b:#?}");
        assert!(a.payable <= b.payable, "falls: {a:#?}\nto {b:#?}");
        // Where the formula does not ask for it, the base may have become too large.
        let base = b.base.is_none_or(|base| a.base <= Some(base));
        assert!(base, "the base falls: {a:#?}\nto {b:#?}");
    }
}

/// Says which case it was, where one fails.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("case {}", self.0);
        }
    }
}

fn of_numbers(numbers: impl Iterator<Item = u64>) -> Counts {
    let mut counts = Counts::default();
    for number in numbers {
        let _named = Named(number);
        let world = world(number);
        let chance = &mut Chance::of_case(!SEED, number);
        let assessment = assess(&world.declaration, world.pack.on(day()), &[], &[]);
        figures_hold(&world, &assessment, &mut counts);
        let again = assess(&world.declaration.clone(), world.pack.clone().on(day()), &[], &[]);
        assert_eq!(again, assessment, "the same of the same on the same day");
        match world.size {
            Size::Usual => {
                order_does_not_matter(&world, &assessment, chance);
                counts.reordered += 1;
            }
            Size::Extreme => counts.extreme += 1,
        }
        greater_price_is_no_smaller_duty(&world, &assessment, chance, &mut counts);
        counts.cases += 1;
    }
    counts
}

#[test]
fn what_always_holds_of_an_assessment_holds_a_million_times() {
    let begun = Instant::now();
    let counts = std::thread::scope(|threads| {
        let halves = [0, 1]
            .map(|odd| threads.spawn(move || of_numbers((0..CASES).filter(move |n| n % 2 == odd))));
        halves.map(|half| half.join().unwrap())
    });
    println!("assessments by chance in {:.0?}: {counts:#?}", begun.elapsed());
    assert_eq!(counts.iter().map(|c| c.cases).sum::<u64>(), CASES);
    // The suite would prove nothing if next to nothing could be computed.
    assert!(counts.iter().all(|c| c.lines > CASES / 2 && c.lines_raised > CASES / 20));
}
