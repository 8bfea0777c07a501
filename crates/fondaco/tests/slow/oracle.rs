//! A hundred thousand formulas by chance, computed here and by `data/cases/formula_oracle.py`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use fondaco::assessment::assess;
use fondaco::declaration::{Declaration, DeclaredTax, Item, Message};
use fondaco::formula::Unknown;
use fondaco::measure::Direction;
use fondaco::money::{Decimal, Money, Rounding, RoundingMode};
use fondaco::quantity::Quantity;
use fondaco::reference::{Line, Pack};
use fondaco::token::Token;

use crate::chance::{CURRENCIES, Chance, FACTS, PARTS, Size, UNITS, formula};
use crate::world::{self, currency, day, measure, t, tax};

const CASES: u64 = 100_000;
const SEED: u64 = 20_261_123;
const MODES: [RoundingMode; 4] =
    [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Down, RoundingMode::Up];

/// What came out here.
enum Ours {
    /// The exact amount, and rounded by each mode.
    Amount(Decimal, [Decimal; 4]),
    Unknown(String),
}

struct Case {
    size: Size,
    json: String,
    ours: Ours,
}

/// JSON by hand: the core has no library for it.
fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list(all: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", all.into_iter().collect::<Vec<_>>().join(","))
}

fn or_null(said: Option<String>) -> String {
    said.map_or_else(|| "null".to_owned(), |said| text(&said))
}

fn kind(why: &Unknown) -> String {
    let kind = match why {
        Unknown::NoValue => "no-value".into(),
        Unknown::NoRate(currency) => format!("no-rate:{currency}"),
        Unknown::NoQuantity(unit) => format!("no-quantity:{unit}"),
        Unknown::NoPart(part) => format!("no-part:{part}"),
        Unknown::NoFact(fact) => format!("no-fact:{fact}"),
        Unknown::Note(note) => format!("note:{note}"),
        Unknown::DependsOn(tax) => format!("depends-on:{tax}"),
        Unknown::TooLarge => "too-large".into(),
        Unknown::NoMeasure
        | Unknown::ShortCode
        | Unknown::NoPreference(..)
        | Unknown::QuotaUntold(_)
        | Unknown::NoCost(_)
        | Unknown::Hangs(_) => format!("{why:?}"),
    };
    kind.replace(' ', "_")
}

/// Quantities, most of them in a unit of the formula or one that converts to it.
fn quantities(chance: &mut Chance, formula: &str, size: Size) -> Vec<Quantity> {
    let mut all = Vec::new();
    for unit in UNITS.iter().filter(|unit| formula.contains(**unit)) {
        let unit = match world::UNITS.iter().find(|(u, ..)| u == unit) {
            Some((_, base, _)) if base.contains('*') => chance.of(&["LTR", "ASV", "GLL", "HPA"]),
            Some((_, base, _)) if chance.one_in(2) => {
                let same: Vec<_> = world::UNITS.iter().filter(|(_, b, _)| b == base).collect();
                chance.of(&same).0
            }
            _ => unit,
        };
        // Sixteen digits is the most a message can state.
        let value = match size {
            Size::Usual => chance.digits(8, 3),
            Size::Extreme => chance.digits(16, 6),
        };
        if !chance.one_in(15) {
            all.push(Quantity {
                value: if chance.one_in(40) { -value } else { value },
                unit: t(unit),
            });
        }
        if unit == "LTR" && chance.one_in(2) {
            all.push(Quantity { value: chance.digits(4, 2), unit: t("ASV") });
        }
    }
    all
}

fn case(number: u64) -> Case {
    let chance = &mut Chance::of_case(SEED, number);
    let size = if chance.one_in(8) { Size::Extreme } else { Size::Usual };
    let value_rounding = Rounding { digits: chance.of(&[2, 2, 0, 4]), mode: chance.mode() };
    let (duty_mode, digits, mode) = (chance.mode(), chance.below(5) as u32, chance.below(4));
    let formula = formula(chance, size);
    let duty = chance.of(&["10%", "2.5%", "0.35 CNY/KGM", "note(\"later\")", "1 GBP/NMB", ""]);
    let duty_in_base = chance.one_in(2);
    let measure_unit = chance.of(&["", "", "LTR", "NMB"]);
    let line_unit = chance.of(&["", "KGM", "LBR", "LTR"]);

    let mut rates = Vec::new();
    for code in ["CNY", "EUR"] {
        // Before the day, after it, several, or none. Those of a pack stand newest first.
        let mut from =
            ["2027-01-01", "2026-11-23", "2026-11-01", "2025-01-01"].map(|d| (d, chance.one_in(2)));
        if !chance.one_in(8) {
            from[3].1 = true;
        }
        for (from, _) in from.into_iter().filter(|(_, there)| *there) {
            let per_unit = match size {
                Size::Usual => chance.digits(7, 6),
                Size::Extreme => chance.figure(size),
            };
            rates.push((code, per_unit.max(Decimal::new(1, 6)), from));
        }
    }

    let price = (!chance.one_in(20)).then(|| chance.figure(size));
    let price_in = chance.of(CURRENCIES);
    let mut facts = Vec::new();
    for name in PARTS.iter().chain(FACTS) {
        if !chance.one_in(12) {
            let figure = chance.digits(if size == Size::Extreme { 28 } else { 5 }, 2);
            let figure = if chance.one_in(20) { -figure } else { figure };
            facts.push((
                if chance.one_in(2) { name.to_uppercase() } else { (*name).into() },
                figure,
            ));
        }
    }
    let (mut taxes, mut supplementary) = (Vec::new(), Vec::new());
    for quantity in quantities(chance, &formula, size) {
        if chance.one_in(3) {
            let tax = t(chance.of(&["TST", "DTY", ""]));
            taxes.push(DeclaredTax { tax, method: Token::EMPTY, quantity: Some(quantity) });
        } else {
            supplementary.push(quantity);
        }
    }
    if let Some(first) = supplementary.first_mut().filter(|_| chance.one_in(4)) {
        first.unit = Token::EMPTY;
    }
    let net_mass = (!chance.one_in(6)).then(|| chance.digits(8, 3));

    let json = format!(
        "{{\"formula\":{},\"duty\":{},\"duty_in_base\":{duty_in_base},\"duty_rounding\":[2,\"{}\"],\
         \"value\":[{},\"{}\"],\"digits\":{digits},\"own\":\"{}\",\"day\":\"{}\",\"price\":{},\
         \"currency\":\"{price_in}\",\"rates\":{},\"units\":{},\"tax_quantities\":{},\
         \"supplementary\":{},\"measure_unit\":\"{measure_unit}\",\"line_unit\":\"{line_unit}\",\
         \"net_mass\":{},\"facts\":{}}}",
        text(&formula),
        or_null((!duty.is_empty()).then(|| duty.to_owned())),
        duty_mode.name(),
        value_rounding.digits,
        value_rounding.mode.name(),
        world::OWN,
        world::DAY,
        or_null(price.map(|p| p.to_string())),
        list(rates.iter().map(|(c, per, from)| format!("[\"{c}\",\"{per}\",\"{from}\"]"))),
        list(world::UNITS.iter().map(|(u, b, f)| format!("[\"{u}\",\"{b}\",\"{f}\"]"))),
        list(taxes.iter().filter_map(|d| {
            d.quantity.map(|q| format!("[\"{}\",\"{}\",\"{}\"]", q.value, q.unit, d.tax))
        })),
        list(supplementary.iter().map(|q| format!("[\"{}\",\"{}\"]", q.value, q.unit))),
        or_null(net_mass.map(|m| m.to_string())),
        list(facts.iter().map(|(name, figure)| format!("[{},\"{figure}\"]", text(name)))),
    );

    let mut pack = world::pack(value_rounding);
    let base: &[&str] = if duty_in_base { &["value", "DTY"] } else { &["value"] };
    pack.profile.taxes =
        vec![tax("DTY", &["value"], 2, duty_mode), tax("TST", base, digits, MODES[mode])];
    pack.profile.taxes[0].expected = false;
    let mut rows = vec![measure("TST", &formula, measure_unit)];
    if !duty.is_empty() {
        rows.push(measure("DTY", duty, measure_unit));
    }
    pack.measures = world::measures(&rows);
    pack.rates = rates.iter().map(|(code, per, from)| world::rate(code, *per, from)).collect();
    pack.lines = vec![Line {
        code: t("44071110"),
        units: [t(line_unit), Token::EMPTY],
        name: pack.profile.name.clone(),
        validity: fondaco::day::Validity::ALWAYS,
        season: None,
    }];
    let item = Item {
        number: 1,
        code: t("44071110"),
        origin: t("RU"),
        price: price.map(|amount| Money { amount, currency: currency(price_in) }),
        net_mass,
        quantities: supplementary,
        taxes,
        facts,
        ..Item::default()
    };
    Case { size, json, ours: ours(&pack, item, mode) }
}

fn ours(pack: &Pack, item: Item, mode: usize) -> Ours {
    let declaration = Declaration {
        message: Message::Original,
        direction: Some(Direction::Import),
        items: vec![item],
        ..Declaration::default()
    };
    let assessment = assess(&declaration, pack.on(day()), &[], &[]);
    let line = assessment.lines.iter().find(|l| l.tax == "TST");
    let Some(line) = line else {
        let unknown = assessment.unknown.iter().find(|u| u.tax == "TST").unwrap();
        return Ours::Unknown(kind(&unknown.why));
    };
    let digits = line.rounding.digits;
    let rounded = MODES.map(|mode| Rounding { digits, mode }.apply(line.exact));
    assert_eq!(line.assessed, rounded[mode], "the line is rounded as its tax says");
    Ours::Amount(line.exact, rounded)
}

/// A figure of the oracle; one beyond all decimals is the greatest.
fn figure(text: &str) -> Decimal {
    text.parse().unwrap_or(Decimal::MAX)
}

/// How the two compare.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Verdict {
    /// The very same amount, exact and by each mode.
    SameAmount,
    /// More than 28 digits are needed: the amount is where it may be, and so rounded by each mode.
    WithinWhatIsLost,
    /// As before, but what is lost decided a rounding: another step than the exact amount has.
    RoundedOtherwise,
    /// Too large to compute, where more than 28 digits are needed.
    TooLarge,
    /// The same kind of unknown.
    SameUnknown,
    /// What is lost decides which band applies; not compared.
    Loose,
    Different,
}

fn compare(ours: &Ours, theirs: &str) -> Verdict {
    let words: Vec<&str> = theirs.split(' ').collect();
    match (ours, words.as_slice()) {
        (_, ["loose"]) => Verdict::Loose,
        (Ours::Unknown(why), ["unknown", _, whys @ ..]) if whys.contains(&why.as_str()) => {
            Verdict::SameUnknown
        }
        // A value, a product of units or a tax before that is too large is said as one that cannot
        // be told.
        (Ours::Unknown(why), [_, "1", ..])
            if ["too-large", "no-value", "depends-on:DTY"].contains(&why.as_str())
                || why.starts_with("no-quantity") =>
        {
            Verdict::TooLarge
        }
        (Ours::Amount(exact, rounded), ["amount", wide, low, high, by_mode @ ..]) => {
            let within = |low: &str, x: Decimal, high: &str| figure(low) <= x && x <= figure(high);
            let ends = by_mode.iter().map(|m| m.split('|').collect::<Vec<_>>());
            let mut otherwise = false;
            let all = ends.zip(rounded).all(|(ends, ours)| {
                otherwise |= figure(ends[1]) != *ours;
                within(ends[0], *ours, ends[2])
            });
            match (within(low, *exact, high) && all && by_mode.len() == 4, *wide, otherwise) {
                (false, ..) => Verdict::Different,
                (true, "0", _) => Verdict::SameAmount,
                (true, _, false) => Verdict::WithinWhatIsLost,
                (true, _, true) => Verdict::RoundedOtherwise,
            }
        }
        _ => Verdict::Different,
    }
}

#[test]
fn a_hundred_thousand_formulas_come_to_what_the_oracle_says() {
    let begun = Instant::now();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let oracle = Command::new("python3")
        .arg(root.join("data/cases/formula_oracle.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut oracle = match oracle {
        Ok(oracle) => oracle,
        Err(e) => return println!("skipped: the oracle of formulas: python3: {e}"),
    };
    let mut asked = oracle.stdin.take().unwrap();
    let mut answers = BufReader::new(oracle.stdout.take().unwrap()).lines();
    // It answers while it is asked: neither pipe may fill.
    let (send, cases) = sync_channel::<Case>(10_000);
    let asking = std::thread::spawn(move || {
        for number in 0..CASES {
            let case = case(number);
            let sent = writeln!(asked, "{}", case.json).is_ok();
            if send.send(case).is_err() || !sent {
                return;
            }
        }
    });
    let mut verdicts = BTreeMap::new();
    let mut shown = [0; 2];
    for (number, case) in cases.iter().enumerate() {
        let theirs = answers.next().map(Result::unwrap).unwrap_or_default();
        let verdict = compare(&case.ours, &theirs);
        let ours = match &case.ours {
            Ours::Amount(exact, rounded) => format!("{exact} {rounded:?}"),
            Ours::Unknown(why) => why.clone(),
        };
        let usual = case.size == Size::Usual;
        let shows = match verdict {
            Verdict::Different => Some(0),
            // Of figures as on declarations each is a step that the law does not have.
            Verdict::RoundedOtherwise if usual => Some(1),
            _ => None,
        };
        if let Some(kind) = shows.filter(|kind| shown[*kind] < [20, 3][*kind]) {
            println!("case {number}, {verdict:?}: ours {ours}\n  theirs {theirs}\n  {}", case.json);
            shown[kind] += 1;
        }
        *verdicts.entry((verdict, case.size)).or_insert(0_u64) += 1;
    }
    asking.join().unwrap();
    assert!(oracle.wait().unwrap().success(), "the oracle failed");
    println!("formulas against the oracle in {:.0?}: {verdicts:#?}", begun.elapsed());
    assert_eq!(verdicts.values().sum::<u64>(), CASES);
    assert!(verdicts.keys().all(|(verdict, _)| *verdict != Verdict::Different));
}
