//! Quantities with their unit.

use crate::money::Decimal;
use crate::token::Token;

/// A quantity in a unit of UN/ECE Recommendation 20, or one of a tariff's own units (`TNE#I`).
///
/// Source: WCO DM 3.6, 65A GoodsMeasure; UN/ECE Rec 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// How much; not negative.
    pub value: Decimal,
    /// The unit; empty where the message states none and the tariff line gives it.
    pub unit: Token,
}

/// How many of a unit there are, not yet divided: four pieces are 4 of a 144th of a gross.
///
/// A formula divides last, so that no digit is lost before a rounding looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// What is divided.
    pub dividend: Decimal,
    /// By this; above zero.
    pub divisor: Decimal,
}

impl Count {
    /// The figure, as exact as 28 digits are; `None` where it is too large.
    #[must_use]
    pub fn value(self) -> Option<Decimal> {
        self.dividend.checked_div(self.divisor)
    }

    /// The two multiplied; `None` where that is too large.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            dividend: self.dividend.checked_mul(other.dividend)?,
            divisor: self.divisor.checked_mul(other.divisor)?,
        })
    }
}

/// One row of the unit table: a unit as so many of its base unit.
///
/// A tonne is 1,000 of `KGM`; a hectolitre is 100 of `LTR`. Only units of one base convert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// The unit.
    pub unit: Token,
    /// The unit it converts to.
    pub base: Token,
    /// How many base units one unit is; above zero.
    pub factor: Decimal,
}

/// A unit as so much of two others together: a litre of pure alcohol is a litre times its strength in
/// per cent by volume, over a hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitProduct {
    /// The unit.
    pub unit: Token,
    /// The two units.
    pub of: [Token; 2],
    /// How much of the unit one times one of the two is; above zero.
    pub factor: Decimal,
}

/// The unit table, sorted by unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    rows: Vec<UnitRow>,
    products: Vec<UnitProduct>,
}

impl Units {
    /// Takes rows in any order.
    #[must_use]
    pub fn new(mut rows: Vec<UnitRow>, products: Vec<UnitProduct>) -> Self {
        rows.sort_by_key(|row| row.unit);
        Self { rows, products }
    }

    /// The rows, by unit.
    #[must_use]
    pub fn rows(&self) -> &[UnitRow] {
        &self.rows
    }

    /// What the unit is a product of.
    pub fn products(&self, unit: Token) -> impl Iterator<Item = &UnitProduct> {
        self.products.iter().filter(move |product| product.unit == unit)
    }

    /// Whether the text may be a unit: one of the table, or two or three capitals and digits with at
    /// most a qualifier (`KGM#G`). Tariffs count in more units than Recommendation 20 has, so one
    /// that is not in the table is taken; what is counted in it may then be unknown.
    #[must_use]
    pub fn may_be(&self, unit: &str) -> bool {
        let (plain, qualifier) = unit.split_once('#').unwrap_or((unit, ""));
        let code = |t: &str| t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        self.row(unit).is_some()
            || ((2..=3).contains(&plain.len())
                && code(plain)
                && qualifier.len() <= 1
                && code(qualifier))
    }

    fn row(&self, unit: &str) -> Option<&UnitRow> {
        let at = self.rows.binary_search_by(|row| row.unit.as_str().cmp(unit)).ok()?;
        self.rows.get(at)
    }

    /// The quantity in another unit; `None` where the two do not convert.
    #[must_use]
    pub fn convert(&self, quantity: Quantity, to: Token) -> Option<Count> {
        if quantity.unit == to {
            return Some(Count { dividend: quantity.value, divisor: Decimal::ONE });
        }
        let (from, to) = (self.row(&quantity.unit)?, self.row(&to)?);
        if from.base != to.base {
            return None;
        }
        let dividend = quantity.value.checked_mul(from.factor)?;
        // What divides without a remainder is divided: a small divisor would carry off digits.
        let quotient = dividend.checked_div(to.factor);
        let exact = quotient.filter(|q| q.checked_mul(to.factor) == Some(dividend));
        Some(match exact {
            Some(quotient) => Count { dividend: quotient, divisor: Decimal::ONE },
            None => Count { dividend, divisor: to.factor },
        })
    }
}
