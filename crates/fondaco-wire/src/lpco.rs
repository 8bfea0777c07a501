//! Documents shown, and what the register of the house says of them, as JSON and in words.

use fondaco::lpco::{Checked, Doubt};
use fondaco::money::Decimal;
use serde::Serialize;

use crate::report::Texts;

/// A document that is shown and is not good.
#[derive(Debug, Serialize)]
pub struct DoubtView {
    /// Its number.
    pub document: String,
    /// Stable word for the reason.
    pub why: &'static str,
    /// The reason in words.
    pub text: Texts,
}

/// A document shown of a type that the register of the house keeps.
#[derive(Debug, Serialize)]
pub struct DocumentView {
    /// Item number.
    pub item: u32,
    /// Category and type run together.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// `valid`, or the stable word for why it is not good.
    pub status: &'static str,
    /// What is written off on it when the declaration is accepted, such as `120 KGM`; empty where no
    /// quantity is counted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quantity: String,
    /// The same of the value, such as `500 USD`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Why it is not good, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Texts>,
}

/// Why a document is not good.
pub(crate) fn doubt(number: &str, doubt: Doubt) -> DoubtView {
    let text = Texts::from(&doubt.text(number));
    DoubtView { document: number.to_owned(), why: doubt.name(), text }
}

/// What the register says of a document shown.
pub(crate) fn document(checked: &Checked) -> DocumentView {
    let take = checked.outcome.ok();
    let figure = |amount: Option<Decimal>, of: String| {
        amount.map(|a| format!("{a} {of}")).unwrap_or_default()
    };
    let currency = checked.currency.map(|c| c.to_string()).unwrap_or_default();
    let doubt = checked.outcome.err();
    DocumentView {
        item: checked.item,
        kind: checked.kind.to_string(),
        number: checked.number.clone(),
        status: doubt.map_or("valid", Doubt::name),
        quantity: figure(take.and_then(|t| t.quantity), checked.unit.to_string()),
        value: figure(take.and_then(|t| t.value), currency),
        text: doubt.map(|doubt| Texts::from(&doubt.text(&checked.number))),
    }
}
