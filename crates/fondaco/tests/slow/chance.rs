//! Chance from a fixed seed: figures and formulas. The number of a case is all that is needed to make
//! it again.

use fondaco::money::{Decimal, RoundingMode};

/// A generator of its own, so that a case is the same on every machine and in every version.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (SplitMix64).
pub(crate) struct Chance(u64);

/// How large the figures are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Size {
    /// As on declarations: nine digits, four of them after the point at most.
    Usual,
    /// Up to all 28 digits, the point anywhere.
    Extreme,
}

impl Chance {
    pub(crate) fn of_case(seed: u64, case: u64) -> Self {
        let mut chance = Self(seed ^ case.wrapping_mul(0xD134_2543_DE82_EF95));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        b ^ (b >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// A figure of so many digits at most, so many of them after the point at most; not negative.
    pub(crate) fn digits(&mut self, most: u32, after: u32) -> Decimal {
        let digits = 1 + self.below(most as usize) as u32;
        let random = u128::from(self.next()) << 64 | u128::from(self.next());
        let figure = match self.below(20) {
            0 => 0,
            // The edges: all nines, a one with noughts.
            1 => 10_u128.pow(digits) - 1,
            2 => 10_u128.pow(digits - 1),
            _ => random % 10_u128.pow(digits),
        };
        let after = self.below(after as usize + 1) as u32;
        Decimal::from_i128_with_scale(figure as i128, after)
    }

    pub(crate) fn figure(&mut self, size: Size) -> Decimal {
        match size {
            Size::Usual => self.digits(9, 4),
            Size::Extreme => self.digits(28, 28),
        }
    }

    pub(crate) fn mode(&mut self) -> RoundingMode {
        use RoundingMode::{Down, HalfEven, HalfUp, Up};
        self.of(&[HalfUp, HalfEven, Down, Up])
    }
}

pub(crate) const CURRENCIES: &[&str] = &[
    "GBP", "GBP", "GBP", "GBP", "GBP", "CNY", "CNY", "CNY", "CNY", "EUR", "EUR", "EUR", "EUR",
    "XAU",
];
pub(crate) const UNITS: &[&str] = &[
    "KGM", "KGM", "GRM", "TNE", "DTN", "LBR", "LTR", "HLT", "GLL", "NMB", "DZN", "GRO", "MIL",
    "ASV", "LPA", "HPA", "KGM#G", "3B", "KWH", "SET",
];
pub(crate) const PARTS: &[&str] = &["case", "strap"];
pub(crate) const FACTS: &[&str] = &["degrees", "degrees under 100", "Sucrose"];
pub(crate) const TAXES: &[&str] = &["DTY", "DTY", "OTH"];

/// A formula in the notation of `docs/formulas.md`.
pub(crate) fn formula(chance: &mut Chance, size: Size) -> String {
    let deep = chance.of(&[0, 0, 1, 1, 1, 2, 2, 3]);
    sum(chance, size, deep)
}

fn sum(chance: &mut Chance, size: Size, deep: usize) -> String {
    let mut text = product(chance, size, deep);
    while deep > 0 && chance.one_in(3) {
        let sign = chance.of(&[" + ", " + ", " - "]);
        text += sign;
        text += &product(chance, size, deep - 1);
    }
    text
}

fn product(chance: &mut Chance, size: Size, deep: usize) -> String {
    let mut text = factor(chance, size, deep);
    while deep > 0 && chance.one_in(8) {
        text += &format!(" * \"{}\"", chance.of(FACTS));
    }
    text
}

fn list(chance: &mut Chance, size: Size, deep: usize) -> String {
    let many = 1 + chance.below(3);
    (0..many).map(|_| sum(chance, size, deep)).collect::<Vec<_>>().join(", ")
}

fn factor(chance: &mut Chance, size: Size, deep: usize) -> String {
    if deep == 0 {
        return leaf(chance, size);
    }
    let deep = deep - 1;
    match chance.below(12) {
        0 | 1 => format!("max({})", list(chance, size, deep)),
        2 | 3 => format!("min({})", list(chance, size, deep)),
        4 => format!("({})", sum(chance, size, deep)),
        5 => {
            let formula = sum(chance, size, deep);
            format!("upto({formula}, {})", chance.of(TAXES))
        }
        6 => {
            let mut text = "entry(".to_owned();
            for _ in 0..chance.below(3) {
                let threshold = sum(chance, size, deep);
                text += &format!("{threshold}: {}, ", sum(chance, size, deep));
            }
            text + &format!("else: {})", sum(chance, size, deep))
        }
        _ => leaf(chance, size),
    }
}

fn leaf(chance: &mut Chance, size: Size) -> String {
    match chance.below(60) {
        0 | 1 => "free".into(),
        2 => "note(\"see chapter 99\")".into(),
        3..=28 => {
            let percent = match size {
                Size::Usual => chance.digits(5, 3),
                Size::Extreme => chance.figure(size),
            };
            format!("{percent}%{}", of_part(chance))
        }
        _ => {
            let amount = match size {
                Size::Usual => chance.digits(6, 4),
                Size::Extreme => chance.figure(size),
            };
            let per = chance.of(&["", "", "", "", "10 ", "100 ", "1000 ", "0.5 ", "3 ", "12 "]);
            let (currency, unit) = (chance.of(CURRENCIES), chance.of(UNITS));
            format!("{amount} {currency}/{per}{unit}{}", of_part(chance))
        }
    }
}

fn of_part(chance: &mut Chance) -> String {
    if chance.one_in(8) { format!(" of \"{}\"", chance.of(PARTS)) } else { String::new() }
}
