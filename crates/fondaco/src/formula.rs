//! Duty formulas as trees: how a rate of the tariff becomes an amount.
//!
//! A formula has one notation, used in data packs, in `--measures` and in every explanation:
//!
//! | written | means |
//! |---|---|
//! | `free` | nothing to pay |
//! | `12.5%` | of the tax base |
//! | `12.5% of "case"` | of the value of a part of the goods that is declared apart |
//! | `0.25 EUR/KGM`, `10 GBP/100 LTR` | so much money for each (hundred) of a unit |
//! | `0.44 USD/NMB of "strap"` | the same, for a part declared apart |
//! | `A + B`, `A - B` | both together; the second taken off the first |
//! | `max(A, B)` | the greater: "A, but not less than B" |
//! | `min(A, B)` | the lesser: "A, but not more than B" |
//! | `A * "degrees under 100"` | A for each of a stated fact |
//! | `entry(84 EUR/100 KGM: A, 80 EUR/100 KGM: B, else: C)` | by bands of the tax base: A from 84 euro for 100 kg (an entry price), B from 80, otherwise C; with `flat(…)` from so much money |
//! | `upto(15%, DTY)` | as much as brings it together with the tax DTY to 15 % |
//! | `note("…")` | the law leaves the rate to a text this pack does not hold as a formula |
//!
//! In: the tax base, the quantities, the rates of exchange. Out: an exact amount with every input
//! named, or why it cannot be computed. A missing input is never zero.

use std::fmt;
use std::str::FromStr;

use crate::money::{Currency, Decimal, decimal};
use crate::quantity::{Count, Quantity};
use crate::token::Token;

/// A duty formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Nothing to pay.
    Free,
    /// A percentage of the tax base, or of a part of the goods.
    AdValorem {
        /// Per cent.
        percent: Decimal,
        /// The part whose value is the base, where not the whole.
        part: Option<String>,
    },
    /// So much money for each so many of a unit.
    Specific {
        /// Money for each `per` units.
        amount: Decimal,
        /// In this currency.
        currency: Currency,
        /// How many units the amount is for; above zero.
        per: Decimal,
        /// The unit.
        unit: Token,
        /// The part that is counted, where not the whole.
        part: Option<String>,
    },
    /// So much money, whatever the goods: a fee.
    Flat {
        /// How much.
        amount: Decimal,
        /// In this currency.
        currency: Currency,
    },
    /// All of them together.
    Sum(Vec<Formula>),
    /// The second taken off the first.
    Less(Box<Formula>, Box<Formula>),
    /// The greatest.
    Greatest(Vec<Formula>),
    /// The least.
    Least(Vec<Formula>),
    /// The formula for each of a fact that must be stated.
    Times(Box<Formula>, String),
    /// By bands, such as entry prices: the first whose threshold the tax base reaches decides, else the last.
    /// Source: TARIC condition V; Regulation (EU) 2017/892, article 74.
    Entry(Vec<(Formula, Formula)>, Box<Formula>),
    /// As much as brings it, together with a tax computed before, to the formula's amount.
    UpTo(Box<Formula>, Token),
    /// A text of the law that is no formula here.
    Note(String),
}

/// The text is not a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAFormula {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What was wanted there.
    pub wanted: &'static str,
}

impl std::error::Error for NotAFormula {}

impl fmt::Display for NotAFormula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a formula: want {} at character {}", self.wanted, self.at)
    }
}

/// Why an amount cannot be computed. It is said, never taken for zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The value of the goods is not stated and cannot be derived.
    NoValue,
    /// The value wants this cost, which is neither in the price nor stated: the amounts are computed
    /// without it.
    NoCost(&'static str),
    /// No rate of exchange for this currency on this day.
    NoRate(Currency),
    /// The quantity in this unit is not stated.
    NoQuantity(Token),
    /// The value or quantity of a part is not stated.
    NoPart(String),
    /// A fact the formula asks for is not stated.
    NoFact(String),
    /// The pack has no rate for this tax on this code.
    NoMeasure,
    /// Rates of this tax stand under longer codes, and the code stated does not say which are for the
    /// goods.
    ShortCode,
    /// A preference is claimed, and the pack has no rate for it: regime, origin.
    NoPreference(Token, Token),
    /// The law leaves the rate to this text.
    Note(String),
    /// Whether the rate applies hangs on what is not stated or not held: the condition, or the
    /// countries.
    Hangs(String),
    /// A rate is under this quota, and whether anything is left of it is not held.
    QuotaUntold(Token),
    /// The base includes this tax, which is itself unknown.
    DependsOn(Token),
    /// The figures are too large to compute exactly.
    TooLarge,
}

/// What a formula may ask for.
pub trait Inputs {
    /// The tax base, in the currency of assessment.
    fn base(&self) -> Option<Decimal>;
    /// The quantity in this unit, converted if the tables allow.
    fn quantity(&self, unit: Token) -> Option<Count>;
    /// The value (`unit` empty) or quantity of a part declared apart.
    fn part(&self, name: &str, unit: Token) -> Option<Decimal>;
    /// A stated fact.
    fn fact(&self, name: &str) -> Option<Decimal>;
    /// One unit of the currency in the currency of assessment.
    fn rate(&self, currency: Currency) -> Option<Decimal>;
    /// What a tax computed before comes to; nothing where it does not bear on the goods.
    ///
    /// # Errors
    /// [`Unknown::DependsOn`] where that is not known.
    fn tax(&self, tax: Token) -> Result<Decimal, Unknown>;
}

/// One figure that went into an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The tax base.
    Base(Decimal),
    /// A quantity as the formula counts it.
    Quantity(Quantity),
    /// A part's value or quantity.
    Part(String, Decimal),
    /// A stated fact.
    Fact(String, Decimal),
    /// One unit of this currency in the currency of assessment.
    Rate(Currency, Decimal),
    /// What a tax computed before comes to.
    Tax(Token, Decimal),
    /// The tax base at which the entry price is reached.
    Threshold(Decimal),
}

impl Formula {
    /// The amount, exact and not yet rounded; the figures used are appended to `trace`.
    ///
    /// # Errors
    /// The first [`Unknown`] met.
    pub fn evaluate(
        &self,
        inputs: &dyn Inputs,
        trace: &mut Vec<Input>,
    ) -> Result<Decimal, Unknown> {
        let mut note = |input| {
            if !trace.contains(&input) {
                trace.push(input);
            }
        };
        match self {
            Self::Free => Ok(Decimal::ZERO),
            Self::AdValorem { percent, part } => {
                let base = match part {
                    None => {
                        let base = inputs.base().ok_or(Unknown::NoValue)?;
                        note(Input::Base(base));
                        base
                    }
                    Some(part) => {
                        let value = inputs
                            .part(part, Token::EMPTY)
                            .ok_or_else(|| Unknown::NoPart(part.clone()))?;
                        note(Input::Part(part.clone(), value));
                        value
                    }
                };
                base.checked_mul(*percent)
                    .and_then(|x| x.checked_div(Decimal::ONE_HUNDRED))
                    .ok_or(Unknown::TooLarge)
            }
            Self::Specific { amount, currency, per, unit, part } => {
                let count = match part {
                    None => {
                        let count = inputs.quantity(*unit).ok_or(Unknown::NoQuantity(*unit))?;
                        let value = count.value().ok_or(Unknown::TooLarge)?;
                        note(Input::Quantity(Quantity { value, unit: *unit }));
                        count
                    }
                    Some(part) => {
                        let value = inputs
                            .part(part, *unit)
                            .ok_or_else(|| Unknown::NoPart(part.clone()))?;
                        note(Input::Part(part.clone(), value));
                        Count { dividend: value, divisor: Decimal::ONE }
                    }
                };
                let rate = inputs.rate(*currency).ok_or(Unknown::NoRate(*currency))?;
                if rate != Decimal::ONE {
                    note(Input::Rate(*currency, rate));
                }
                let of = |count: Count| {
                    let all = count.dividend.checked_mul(*amount)?.checked_mul(rate)?;
                    all.checked_div(count.divisor.checked_mul(*per)?)
                };
                // What is too large undivided may still be told with the last digits lost.
                let divided = || {
                    let value = count.value()?;
                    of(Count { dividend: value, divisor: Decimal::ONE })
                };
                of(count).or_else(divided).ok_or(Unknown::TooLarge)
            }
            Self::Flat { amount, currency } => {
                let rate = inputs.rate(*currency).ok_or(Unknown::NoRate(*currency))?;
                if rate != Decimal::ONE {
                    note(Input::Rate(*currency, rate));
                }
                amount.checked_mul(rate).ok_or(Unknown::TooLarge)
            }
            Self::Sum(all) => all.iter().try_fold(Decimal::ZERO, |sum, one| {
                sum.checked_add(one.evaluate(inputs, trace)?).ok_or(Unknown::TooLarge)
            }),
            Self::Less(a, b) => {
                let (a, b) = (a.evaluate(inputs, trace)?, b.evaluate(inputs, trace)?);
                a.checked_sub(b).map(|x| x.max(Decimal::ZERO)).ok_or(Unknown::TooLarge)
            }
            Self::Greatest(all) => Self::fold(all, inputs, trace, Decimal::max),
            Self::Least(all) => Self::fold(all, inputs, trace, Decimal::min),
            Self::Times(formula, fact) => {
                let times = inputs.fact(fact).ok_or_else(|| Unknown::NoFact(fact.clone()))?;
                trace.push(Input::Fact(fact.clone(), times));
                formula.evaluate(inputs, trace)?.checked_mul(times).ok_or(Unknown::TooLarge)
            }
            Self::Entry(bands, otherwise) => {
                let base = inputs.base().ok_or(Unknown::NoValue)?;
                note(Input::Base(base));
                for (threshold, formula) in bands {
                    let reached = threshold.evaluate(inputs, trace)?;
                    if base >= reached {
                        trace.push(Input::Threshold(reached));
                        return formula.evaluate(inputs, trace);
                    }
                }
                otherwise.evaluate(inputs, trace)
            }
            Self::UpTo(formula, tax) => {
                let whole = formula.evaluate(inputs, trace)?;
                let had = inputs.tax(*tax)?;
                trace.push(Input::Tax(*tax, had));
                whole.checked_sub(had).map(|x| x.max(Decimal::ZERO)).ok_or(Unknown::TooLarge)
            }
            Self::Note(text) => Err(Unknown::Note(text.clone())),
        }
    }

    fn fold(
        all: &[Self],
        inputs: &dyn Inputs,
        trace: &mut Vec<Input>,
        choose: fn(Decimal, Decimal) -> Decimal,
    ) -> Result<Decimal, Unknown> {
        let mut best: Option<Decimal> = None;
        for one in all {
            let amount = one.evaluate(inputs, trace)?;
            best = Some(best.map_or(amount, |b| choose(b, amount)));
        }
        best.ok_or(Unknown::NoMeasure)
    }

    /// The percentage, where the formula is a plain one: `free` is 0.
    #[must_use]
    pub fn percent(&self) -> Option<Decimal> {
        match self {
            Self::Free => Some(Decimal::ZERO),
            Self::AdValorem { percent, part: None } => Some(*percent),
            _ => None,
        }
    }

    /// Which kind of rate this is, as tariffs are counted: one of `free`, `ad valorem`,
    /// `specific`, `fee`, `compound`, `minimum`, `maximum`, `entry price`, `note`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::AdValorem { .. } => "ad valorem",
            Self::Specific { .. } => "specific",
            Self::Flat { .. } => "fee",
            Self::Sum(_) | Self::Less(..) | Self::Times(..) | Self::UpTo(..) => "compound",
            Self::Entry(..) => "entry price",
            Self::Greatest(_) => "minimum",
            Self::Least(_) => "maximum",
            Self::Note(_) => "note",
        }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list(f: &mut fmt::Formatter<'_>, name: &str, all: &[Formula]) -> fmt::Result {
            write!(f, "{name}(")?;
            for (n, one) in all.iter().enumerate() {
                if n > 0 {
                    f.write_str(", ")?;
                }
                write!(f, "{one}")?;
            }
            f.write_str(")")
        }
        fn of(f: &mut fmt::Formatter<'_>, part: Option<&String>) -> fmt::Result {
            part.map_or(Ok(()), |part| write!(f, " of \"{part}\""))
        }
        fn operand(f: &mut fmt::Formatter<'_>, one: &Formula) -> fmt::Result {
            match one {
                Formula::Sum(_) | Formula::Less(..) => write!(f, "({one})"),
                _ => write!(f, "{one}"),
            }
        }
        match self {
            Self::Free => f.write_str("free"),
            Self::AdValorem { percent, part } => {
                write!(f, "{}%", percent.normalize())?;
                of(f, part.as_ref())
            }
            Self::Specific { amount, currency, per, unit, part } => {
                write!(f, "{} {currency}/", amount.normalize())?;
                if *per != Decimal::ONE {
                    write!(f, "{} ", per.normalize())?;
                }
                write!(f, "{unit}")?;
                of(f, part.as_ref())
            }
            Self::Flat { amount, currency } => write!(f, "flat({} {currency})", amount.normalize()),
            Self::Sum(all) => {
                for (n, one) in all.iter().enumerate() {
                    if n > 0 {
                        f.write_str(" + ")?;
                    }
                    operand(f, one)?;
                }
                Ok(())
            }
            Self::Less(a, b) => {
                operand(f, a)?;
                f.write_str(" - ")?;
                operand(f, b)
            }
            Self::Greatest(all) => list(f, "max", all),
            Self::Least(all) => list(f, "min", all),
            Self::Times(formula, fact) => {
                operand(f, formula)?;
                write!(f, " * \"{fact}\"")
            }
            Self::Entry(bands, otherwise) => {
                f.write_str("entry(")?;
                for (threshold, formula) in bands {
                    write!(f, "{threshold}: {formula}, ")?;
                }
                write!(f, "else: {otherwise})")
            }
            Self::UpTo(formula, tax) => write!(f, "upto({formula}, {tax})"),
            Self::Note(text) => write!(f, "note(\"{text}\")"),
        }
    }
}

impl FromStr for Formula {
    type Err = NotAFormula;
    fn from_str(text: &str) -> Result<Self, NotAFormula> {
        let mut reader = Reader { text, at: 0, depth: 0 };
        let formula = reader.sum()?;
        reader.space();
        if reader.at == text.len() { Ok(formula) } else { Err(reader.want("the end")) }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    fn want(&self, wanted: &'static str) -> NotAFormula {
        NotAFormula { at: self.at, wanted }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn span(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        self.space();
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Decimal, NotAFormula> {
        let start = self.at;
        let digits = self.span(|c| c.is_ascii_digit() || c == '.');
        decimal(digits).ok_or(NotAFormula { at: start, wanted: "a number" })
    }

    fn quoted(&mut self) -> Result<String, NotAFormula> {
        if !self.take("\"") {
            return Err(self.want("a quoted text"));
        }
        let rest = self.rest();
        let end = rest.find('"').ok_or_else(|| self.want("a closing quote"))?;
        self.at += end + 1;
        Ok(rest.get(..end).unwrap_or_default().to_owned())
    }

    fn sum(&mut self) -> Result<Formula, NotAFormula> {
        self.depth += 1;
        if self.depth > 16 {
            return Err(self.want("less nesting"));
        }
        let mut terms = vec![self.product()?];
        loop {
            if self.take("+") {
                terms.push(self.product()?);
            } else if self.take("-") {
                let taken = self.product()?;
                let from = Self::one(terms);
                terms = vec![Formula::Less(Box::new(from), Box::new(taken))];
            } else {
                self.depth -= 1;
                return Ok(Self::one(terms));
            }
        }
    }

    fn one(mut terms: Vec<Formula>) -> Formula {
        if terms.len() == 1 { terms.remove(0) } else { Formula::Sum(terms) }
    }

    fn product(&mut self) -> Result<Formula, NotAFormula> {
        let mut formula = self.factor()?;
        while self.take("*") {
            formula = Formula::Times(Box::new(formula), self.quoted()?);
        }
        Ok(formula)
    }

    fn factor(&mut self) -> Result<Formula, NotAFormula> {
        if self.take("free") {
            return Ok(Formula::Free);
        }
        if self.take("note(") {
            let text = self.quoted()?;
            return self.close(Formula::Note(text));
        }
        if self.take("max(") {
            let all = self.list()?;
            return Ok(Formula::Greatest(all));
        }
        if self.take("min(") {
            let all = self.list()?;
            return Ok(Formula::Least(all));
        }
        if self.take("flat(") {
            let amount = self.number()?;
            let start = self.at;
            let currency = self.span(|c| c.is_ascii_uppercase()).parse();
            let currency = currency.map_err(|_| NotAFormula { at: start, wanted: "a currency" })?;
            return self.close(Formula::Flat { amount, currency });
        }
        if self.take("entry(") {
            return self.entry();
        }
        if self.take("upto(") {
            let formula = Box::new(self.sum()?);
            if !self.take(",") {
                return Err(self.want(","));
            }
            let tax = self.span(|c| c.is_ascii_alphanumeric());
            let tax = Token::new(tax).ok().filter(|t| !t.is_empty());
            let tax = tax.ok_or_else(|| self.want("a tax type"))?;
            return self.close(Formula::UpTo(formula, tax));
        }
        if self.take("(") {
            let inner = self.sum()?;
            return self.close(inner);
        }
        let number = self.number()?;
        if self.take("%") {
            return Ok(Formula::AdValorem { percent: number, part: self.part()? });
        }
        let start = self.at;
        let currency = self
            .span(|c| c.is_ascii_uppercase())
            .parse()
            .map_err(|_| NotAFormula { at: start, wanted: "% or a currency" })?;
        if !self.take("/") {
            return Err(self.want("/ and a unit"));
        }
        self.space();
        // Some units begin with a digit: a number is one with white space behind it.
        let behind = self.rest().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let counted = behind.len() < self.rest().len() && behind.starts_with(char::is_whitespace);
        let per = if counted { self.number()? } else { Decimal::ONE };
        let unit = self.span(|c| c.is_ascii_alphanumeric() || c == '#');
        if unit.is_empty() || per.is_zero() {
            return Err(self.want("a unit"));
        }
        let unit = Token::new(unit).map_err(|_| self.want("a shorter unit"))?;
        Ok(Formula::Specific { amount: number, currency, per, unit, part: self.part()? })
    }

    fn entry(&mut self) -> Result<Formula, NotAFormula> {
        let mut bands = Vec::new();
        while !self.take("else:") {
            let threshold = self.sum()?;
            if !self.take(":") {
                return Err(self.want(":"));
            }
            bands.push((threshold, self.sum()?));
            if !self.take(",") {
                return Err(self.want(", and else:"));
            }
        }
        let otherwise = Box::new(self.sum()?);
        self.close(Formula::Entry(bands, otherwise))
    }

    fn part(&mut self) -> Result<Option<String>, NotAFormula> {
        if self.take("of ") { self.quoted().map(Some) } else { Ok(None) }
    }

    fn list(&mut self) -> Result<Vec<Formula>, NotAFormula> {
        let mut all = vec![self.sum()?];
        while self.take(",") {
            all.push(self.sum()?);
        }
        if self.take(")") { Ok(all) } else { Err(self.want(") or ,")) }
    }

    fn close(&mut self, formula: Formula) -> Result<Formula, NotAFormula> {
        if self.take(")") { Ok(formula) } else { Err(self.want(")")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shipment;
    impl Inputs for Shipment {
        fn base(&self) -> Option<Decimal> {
            decimal("4000")
        }
        fn quantity(&self, unit: Token) -> Option<Count> {
            let whole = |text| Some(Count { dividend: decimal(text)?, divisor: Decimal::ONE });
            match unit.as_str() {
                "KGM" => whole("2000"),
                "NMB" => whole("3"),
                "3B" => whole("7"),
                "GRO" => Some(Count { dividend: decimal("4")?, divisor: decimal("144")? }),
                _ => None,
            }
        }
        fn part(&self, name: &str, unit: Token) -> Option<Decimal> {
            (name == "case" && unit.is_empty()).then(|| decimal("100"))?
        }
        fn fact(&self, name: &str) -> Option<Decimal> {
            (name == "degrees under 100").then(|| decimal("4"))?
        }
        fn rate(&self, currency: Currency) -> Option<Decimal> {
            match currency.as_str() {
                "GBP" => Some(Decimal::ONE),
                "EUR" => decimal("0.86"),
                _ => None,
            }
        }
        fn tax(&self, tax: Token) -> Result<Decimal, Unknown> {
            match tax.as_str() {
                "A00" => Ok(decimal("100").unwrap()),
                "A20" => Err(Unknown::DependsOn(tax)),
                _ => Ok(Decimal::ZERO),
            }
        }
    }

    fn check(text: &str, wanted: &str) {
        let got = match text.parse::<Formula>() {
            Err(e) => e.to_string(),
            Ok(formula) => {
                assert_eq!(formula.to_string().parse(), Ok(formula.clone()), "{text}");
                match formula.evaluate(&Shipment, &mut Vec::new()) {
                    Ok(amount) => amount.normalize().to_string(),
                    Err(why) => format!("{why:?}"),
                }
            }
        };
        assert_eq!(got, wanted, "{text}");
    }

    #[test]
    fn every_construct_computes() {
        check("free", "0");
        check("12.5%", "500");
        check("flat(1067 GBP)", "1067");
        check("flat(10 EUR)", "8.6");
        check("flat(10 USD)", "NoRate(USD)");
        check("flat(10 GBP/KGM)", "not a formula: want ) at character 11");
        check("min(max(0.3464%, flat(33.58 GBP)), flat(651.50 GBP))", "33.58");
        check(
            "entry(flat(4000.01 GBP): flat(3 GBP), flat(4000 GBP): flat(2 GBP), else: flat(1 GBP))",
            "2",
        );
        check("0.084 EUR/KGM", "144.48");
        check("8.4 EUR/100 KGM", "144.48");
        check("20.8% + 8.4 EUR/100 KGM", "976.48");
        check("max(5%, 0.2 GBP/KGM)", "400");
        check("max(15%, 0.2 GBP/KGM)", "600");
        check("min(15%, 0.2 GBP/KGM)", "400");
        check("0.1 GBP/KGM - 0.01 GBP/KGM * \"degrees under 100\"", "120");
        check("max(0.1 GBP/KGM - 0.1 GBP/KGM * \"degrees under 100\", 0.02 GBP/KGM)", "40");
        check("1.5 GBP/NMB + 6% of \"case\"", "10.5");
        check("(2% + 3%) * \"degrees under 100\"", "800");
        // 4000 GBP for 2000 kg: 200 GBP, 232.56 EUR, for 100 kg.
        check("entry(201 GBP/100 KGM: free, 200 GBP/100 KGM: 1%, else: 2%)", "40");
        check("entry(232.55 EUR/100 KGM: 1%, else: 2% + 1 GBP/KGM)", "40");
        check("entry(232.56 EUR/100 KGM: 1%, else: 2% + 1 GBP/KGM)", "2080");
        check("entry(else: 3%)", "120");
        // Divided last: 4 pieces of a gross at 6843.6 are 190.1 and nothing more.
        check("6843.6 GBP/GRO", "190.1");
        check("upto(15%, A00)", "500");
        check("upto(2%, A00)", "0");
        check("upto(2%, XX)", "80");
        check("1 GBP/3B", "7");
        check("1 GBP/2 3B + 1 GBP/100 KGM", "23.5");
    }

    #[test]
    fn what_is_missing_is_unknown_and_never_zero() {
        check("1 USD/KGM", "NoRate(USD)");
        check("1 GBP/LTR", "NoQuantity(\"LTR\")");
        check("5% + 1 GBP/LTR", "NoQuantity(\"LTR\")");
        check("max(5%, 1 GBP/LTR)", "NoQuantity(\"LTR\")");
        check("5% of \"strap\"", "NoPart(\"strap\")");
        check("1% * \"proof\"", "NoFact(\"proof\")");
        check("note(\"see chapter 99\")", "Note(\"see chapter 99\")");
        check("entry(1 GBP/LTR: 1%, else: 2%)", "NoQuantity(\"LTR\")");
        check("entry(1 USD/KGM: 1%, else: 2%)", "NoRate(USD)");
        check("upto(15%, A20)", "DependsOn(\"A20\")");
    }

    #[test]
    fn what_is_not_a_formula_is_said_with_its_place() {
        check("", "not a formula: want a number at character 0");
        check("5", "not a formula: want % or a currency at character 1");
        check("5 EUR", "not a formula: want / and a unit at character 5");
        check("5 EUR/0 KGM", "not a formula: want a unit at character 11");
        check("max(5%", "not a formula: want ) or , at character 6");
        check("5% 6%", "not a formula: want the end at character 3");
        check("note(\"x", "not a formula: want a closing quote at character 6");
        check("entry(1 GBP/KGM: 1%)", "not a formula: want , and else: at character 19");
        check("entry(1%, else: 2%)", "not a formula: want : at character 8");
        check("upto(15%)", "not a formula: want , at character 8");
        check("upto(15%, )", "not a formula: want a tax type at character 10");
        check(&"(".repeat(40), "not a formula: want less nesting at character 16");
    }
}
