//! Money, rates and rounding: exact decimals, never floats.

use std::fmt;
use std::str::FromStr;

pub use rust_decimal::Decimal;

/// An ISO 4217 currency by its three letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The first there can be, in their order.
    pub(crate) const FIRST: Self = Self(*b"AAA");
}

/// The text is not three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACurrency;

impl std::error::Error for NotACurrency {}

impl fmt::Display for NotACurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a currency: want three capital letters of ISO 4217")
    }
}

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits behind the point its smallest unit has. Source: ISO 4217:2015, list one, minor unit.
    #[must_use]
    pub fn minor_digits(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;
    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency)?;
        if bytes.iter().all(u8::is_ascii_uppercase) { Ok(Self(bytes)) } else { Err(NotACurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in one currency. Never negative on a declaration; may be in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// The amount in major units (pounds, yuan, roubles).
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

/// Which way a figure between two steps goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingMode {
    /// To the nearer step, the half away from zero.
    HalfUp,
    /// To the nearer step, the half to the even neighbour.
    HalfEven,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl RoundingMode {
    /// The name used in data packs and explanations.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half-even",
            Self::Down => "down",
            Self::Up => "up",
        }
    }

    /// The mode with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::HalfUp, Self::HalfEven, Self::Down, Self::Up].into_iter().find(|m| m.name() == name)
    }
}

/// How a jurisdiction rounds an amount: to so many digits, in such a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// Digits after the point, 0 to 6.
    pub digits: u32,
    /// Which way.
    pub mode: RoundingMode,
}

impl Rounding {
    /// The amount, rounded.
    #[must_use]
    pub fn apply(self, amount: Decimal) -> Decimal {
        use rust_decimal::RoundingStrategy as S;
        let strategy = match self.mode {
            RoundingMode::HalfUp => S::MidpointAwayFromZero,
            RoundingMode::HalfEven => S::MidpointNearestEven,
            RoundingMode::Down => S::ToZero,
            RoundingMode::Up => S::AwayFromZero,
        };
        let mut rounded = amount.round_dp_with_strategy(self.digits, strategy);
        rounded.rescale(self.digits);
        rounded
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} digits, {}", self.digits, self.mode.name())
    }
}

/// Reads a plain decimal as `xs:decimal` and our JSON write it: an optional sign, digits, an
/// optional point. No exponent, no group separators.
///
/// `None` where the text is anything else or has more than 28 significant digits.
#[must_use]
pub fn decimal(text: &str) -> Option<Decimal> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut digits = 0usize;
    let mut points = 0usize;
    for byte in body.bytes() {
        match byte {
            b'0'..=b'9' => digits = digits.saturating_add(1),
            b'.' => points = points.saturating_add(1),
            _ => return None,
        }
    }
    if digits == 0 || points > 1 {
        return None;
    }
    Decimal::from_str_exact(text.strip_prefix('+').unwrap_or(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_as_named() {
        let at = |mode, text: &str| {
            decimal(text).map(|d| Rounding { digits: 2, mode }.apply(d).to_string())
        };
        let all = |text| {
            [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Down, RoundingMode::Up]
                .map(|m| at(m, text).unwrap_or_default())
        };
        assert_eq!(all("473.106"), ["473.11", "473.11", "473.10", "473.11"]);
        assert_eq!(all("0.125"), ["0.13", "0.12", "0.12", "0.13"]);
        assert_eq!(all("7"), ["7.00"; 4]);
    }

    #[test]
    fn only_plain_decimals_are_read() {
        for good in ["0", "12", "1.50", ".5", "5.", "+3", "-2.25", "0001"] {
            assert!(decimal(good).is_some(), "{good}");
        }
        for bad in ["", ".", "1e3", "1,000", "1 0", "NaN", "1.2.3", "--1", "１", "1_000"] {
            assert!(decimal(bad).is_none(), "{bad}");
        }
        assert!(decimal(&"9".repeat(40)).is_none());
    }
}
