//! What a document of the register says, as JSON: in the API and in the store.

use fondaco::day::{Day, Validity};
use fondaco::lpco::{Line, Terms};
use fondaco::money::{Currency, Decimal, Money, decimal};
use fondaco::quantity::Quantity;
use fondaco::token::Token;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TermsForm {
    /// Whom it is given to: a registration number as it stands on declarations; empty is whoever shows it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) holder: String,
    /// First day it is good on, YYYY-MM-DD.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) from: String,
    /// Last day it is good on; empty is until further notice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) until: String,
    /// Where the goods have their origin; empty is anywhere.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) origin: String,
    /// Where they go; empty is anywhere.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) destination: String,
    /// Whether it is good for one declaration only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) once: bool,
    /// What it allows; nothing here is any goods, uncounted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<LineForm>,
}

/// What a line of a document allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LineForm {
    /// Commodity codes or their beginnings; empty is every code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) codes: Vec<String>,
    /// How much, a decimal; empty where it is not counted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) quantity: String,
    /// Its unit of Recommendation 20.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) unit: String,
    /// For how much, a decimal; empty where it is not counted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) value: String,
    /// Its currency.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) currency: String,
}

/// Reads what is stored.
pub(crate) fn read(json: &str) -> Result<TermsForm, String> {
    serde_json::from_str(json).map_err(|e| e.to_string())
}

/// A day; `None` of nothing.
fn day(text: &str, field: &'static str) -> Result<Option<Day>, &'static str> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| field) }
}

/// A code that is short enough to be one.
pub(crate) fn token(text: &str, field: &'static str) -> Result<Token, &'static str> {
    Token::new(text).map_err(|_| field)
}

fn country(text: &str, field: &'static str) -> Result<Token, &'static str> {
    let two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    if text.is_empty() || two { token(text, field) } else { Err(field) }
}

/// An amount of something; `None` of neither.
pub(crate) fn figure<U: std::str::FromStr>(
    amount: &str,
    of: &str,
    fields: [&'static str; 2],
) -> Result<Option<(Decimal, U)>, &'static str> {
    match (amount, of) {
        ("", "") => Ok(None),
        ("", _) => Err(fields[0]),
        (_, "") => Err(fields[1]),
        (amount, of) => {
            let amount = decimal(amount).ok_or(fields[0])?;
            Ok(Some((amount, of.parse().map_err(|_| fields[1])?)))
        }
    }
}

impl LineForm {
    fn line(&self) -> Result<Line, &'static str> {
        let codes: Result<Vec<Token>, _> = self.codes.iter().map(|c| token(c, "codes")).collect();
        let quantity = figure::<Token>(&self.quantity, &self.unit, ["quantity", "unit"])?;
        let value = figure::<Currency>(&self.value, &self.currency, ["value", "currency"])?;
        Ok(Line {
            codes: codes?,
            quantity: quantity.map(|(value, unit)| Quantity { value, unit }),
            value: value.map(|(amount, currency)| Money { amount, currency }),
        })
    }
}

impl TermsForm {
    /// What it says.
    ///
    /// # Errors
    /// The field that cannot be read. That it may be so is another question.
    pub(crate) fn terms(&self) -> Result<Terms, &'static str> {
        let plain = |text: &str| text.trim() == text && text.chars().count() <= 70;
        if !plain(&self.holder) {
            return Err("holder");
        }
        let lines: Result<Vec<Line>, _> = self.lines.iter().map(LineForm::line).collect();
        Ok(Terms {
            holder: self.holder.clone(),
            validity: Validity {
                from: day(&self.from, "from")?,
                until: day(&self.until, "until")?,
            },
            origin: country(&self.origin, "origin")?,
            destination: country(&self.destination, "destination")?,
            lines: lines?,
            once: self.once,
        })
    }
}

impl From<&Terms> for TermsForm {
    fn from(terms: &Terms) -> Self {
        let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
        let line = |line: &Line| LineForm {
            codes: line.codes.iter().map(ToString::to_string).collect(),
            quantity: line.quantity.map(|q| q.value.normalize().to_string()).unwrap_or_default(),
            unit: line.quantity.map(|q| q.unit.to_string()).unwrap_or_default(),
            value: line.value.map(|v| v.amount.normalize().to_string()).unwrap_or_default(),
            currency: line.value.map(|v| v.currency.to_string()).unwrap_or_default(),
        };
        Self {
            holder: terms.holder.clone(),
            from: day(terms.validity.from),
            until: day(terms.validity.until),
            origin: terms.origin.to_string(),
            destination: terms.destination.to_string(),
            once: terms.once,
            lines: terms.lines.iter().map(line).collect(),
        }
    }
}
