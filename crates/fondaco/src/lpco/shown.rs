//! Every document a declaration shows of a type the register keeps, looked up and held against the goods.

use std::collections::BTreeMap;

use super::Record;
use super::verify::{Asked, Doubt, Take, Untold, verify};
use crate::assessment::Assessment;
use crate::declaration::{Declaration, Document, Item, ItemFacts};
use crate::money::{Currency, Decimal, Money, Rounding, RoundingMode};
use crate::quantity::Quantity;
use crate::reference::Reference;
use crate::token::Token;

/// What the register of a house has.
pub trait Looked {
    /// The document of this type and number; `None` where there is none.
    fn document(&self, kind: Token, number: &str) -> Option<Record>;
    /// The documents of this type that the register gave to this holder.
    fn held(&self, kind: Token, holder: &str) -> Vec<Record>;
}

/// A register that has nothing.
pub struct Empty;

/// A register that has nothing.
pub const EMPTY: Empty = Empty;

impl Looked for Empty {
    fn document(&self, _: Token, _: &str) -> Option<Record> {
        None
    }

    fn held(&self, _: Token, _: &str) -> Vec<Record> {
        Vec::new()
    }
}

/// A document that an item shows, and what the register says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Item number.
    pub item: u32,
    /// Category and type run together.
    pub kind: Token,
    /// Its number.
    pub number: String,
    /// What the goods take of it, or why it is not good.
    pub outcome: Result<Take, Doubt>,
    /// Of what it takes: the unit and the currency; empty where not counted.
    pub unit: Token,
    /// The currency of the value taken.
    pub currency: Option<Currency>,
    /// Whether it is good for one declaration only.
    pub once: bool,
}

/// To a millionth, upwards, so that no write-off is less than the goods.
const TO_A_MILLIONTH: Rounding = Rounding { digits: 6, mode: RoundingMode::Up };

/// Checks every document shown of a type the register keeps, in the order of items.
///
/// A document of the whole declaration is for each item it fits; where it fits none, each is told so.
#[must_use]
pub fn check(
    declaration: &Declaration,
    assessment: &Assessment,
    reference: Reference<'_>,
    looked: &dyn Looked,
) -> Vec<Checked> {
    if !reference.pack.lpcos.iter().any(|row| row.kept) {
        return Vec::new();
    }
    let mut records: BTreeMap<(Token, &str), Option<Record>> = BTreeMap::new();
    let holders: Vec<&str> =
        declaration.parties.iter().map(|p| p.id.as_str()).filter(|id| !id.is_empty()).collect();
    let mut all = Vec::new();
    for (n, item) in declaration.items.iter().enumerate() {
        let value = assessment.values.get(n).and_then(|v| v.value);
        let facts = ItemFacts { declaration, item: Some(item), reference, value };
        for document in shown(declaration, item).filter(|d| reference.keeps(d.code)) {
            let key = (document.code, document.id.as_str());
            let record =
                records.entry(key).or_insert_with(|| looked.document(document.code, &document.id));
            let quantity = |unit| wanted(document, item, declaration, &facts, unit);
            let value = |currency| worth(document, item, declaration, &facts, currency);
            let asked = Asked {
                code: &item.code,
                origin: if item.origin.is_empty() {
                    &item.preferential_origin
                } else {
                    &item.origin
                },
                destination: &item.destination,
                holders: &holders,
                quantity: &quantity,
                value: &value,
            };
            let outcome = verify(record.as_ref(), &asked, reference.day);
            let mut checked = Checked {
                item: item.number,
                kind: document.code,
                number: document.id.clone(),
                outcome,
                unit: Token::EMPTY,
                currency: None,
                once: false,
            };
            // Items of one declaration take one after the other.
            if let (Ok(take), Some(record)) = (&outcome, record) {
                record.take(take);
                let terms = &record.document.terms;
                checked.once = terms.once;
                if let Some(line) = terms.lines.get(take.line) {
                    checked.unit = line.quantity.map(|q| q.unit).unwrap_or_default();
                    checked.currency = line.value.map(|v| v.currency);
                }
            }
            all.push(checked);
        }
    }
    let elsewhere = |one: &Checked| {
        matches!(one.outcome, Err(Doubt::OtherGoods | Doubt::OtherCountry))
            && declaration.documents.iter().any(|d| d.code == one.kind && d.id == one.number)
    };
    let fits: Vec<(Token, String)> =
        all.iter().filter(|c| !elsewhere(c)).map(|c| (c.kind, c.number.clone())).collect();
    all.retain(|one| {
        !elsewhere(one) || !fits.iter().any(|(kind, n)| *kind == one.kind && *n == one.number)
    });
    all
}

/// The programmes of authorised operators that who is named in these roles is in on the day.
#[must_use]
pub fn programmes(
    declaration: &Declaration,
    reference: Reference<'_>,
    looked: &dyn Looked,
) -> Vec<Token> {
    let rows = reference.pack.lpcos.iter().filter(|row| row.kept && row.operators);
    let rows = rows.filter(|row| row.validity.covers(reference.day));
    let holders = || {
        let roles = ["Declarant", "Importer"];
        let parties = declaration.parties.iter().filter(move |p| roles.contains(&p.role));
        parties.map(|p| p.id.as_str()).filter(|id| !id.is_empty())
    };
    let is_in = |kind: Token, holder: &str| {
        looked.held(kind, holder).iter().any(|record| {
            record.document.standing == super::Standing::Active
                && record.document.terms.validity.covers(reference.day)
        })
    };
    rows.map(|row| row.document).filter(|kind| holders().any(|h| is_in(*kind, h))).collect()
}

/// The documents of an item and of its declaration, each once.
fn shown<'d>(declaration: &'d Declaration, item: &'d Item) -> impl Iterator<Item = &'d Document> {
    let own = |of: &Document| item.documents.iter().any(|d| d.code == of.code && d.id == of.id);
    let header = declaration.documents.iter().filter(move |d| !own(d));
    item.documents.iter().chain(header)
}

/// How many of a unit are to be written off: as stated with the document, or the goods.
fn wanted(
    document: &Document,
    item: &Item,
    declaration: &Declaration,
    facts: &ItemFacts<'_>,
    unit: Token,
) -> Result<Decimal, Doubt> {
    let untold = Doubt::NotChecked(Untold::Quantity);
    let goods = facts.quantity(Token::EMPTY, Token::EMPTY, unit);
    let goods = goods.and_then(crate::quantity::Count::value);
    let units = &facts.reference.pack.units;
    let stated = |d: &Document| {
        let q = d.written_off?;
        let q = Quantity { unit: if q.unit.is_empty() { unit } else { q.unit }, ..q };
        units.convert(q, unit)?.value()
    };
    let amount = if document.written_off.is_none() {
        goods.ok_or(untold)?
    } else {
        // Several documents may share the goods, but together they are written off for all of them.
        let of_kind = shown(declaration, item).filter(|d| d.code == document.code);
        let together = of_kind.filter_map(stated).try_fold(Decimal::ZERO, Decimal::checked_add);
        // What is stated is believed only as far as it can be held against the goods.
        let (goods, together) = goods.zip(together).ok_or(untold)?;
        if together < goods {
            return Err(Doubt::Short);
        }
        stated(document).ok_or(untold)?
    };
    let amount = TO_A_MILLIONTH.apply(amount).normalize();
    if amount > Decimal::ZERO { Ok(amount) } else { Err(untold) }
}

/// What is to be written off in a currency: as stated with the document, or the value of the goods.
fn worth(
    document: &Document,
    item: &Item,
    declaration: &Declaration,
    facts: &ItemFacts<'_>,
    currency: Currency,
) -> Result<Decimal, Doubt> {
    let untold = Doubt::NotChecked(Untold::Value);
    let rate = |c| facts.reference.rate(c);
    let changed = |money: Money| {
        if money.currency == currency {
            return Some(money.amount);
        }
        money.amount.checked_mul(rate(money.currency)?)?.checked_div(rate(currency)?)
    };
    let stated = |d: &Document| d.written_off_value.and_then(changed);
    let amount = if document.written_off_value.is_none() {
        facts.value.zip(rate(currency)).and_then(|(value, rate)| value.checked_div(rate))
    } else {
        let of_kind = shown(declaration, item).filter(|d| d.code == document.code);
        let together = of_kind.filter_map(stated).try_fold(Decimal::ZERO, Decimal::checked_add);
        // Against the price: freight and the like are in the customs value, not on the licence.
        let price = item.price.and_then(changed);
        let (price, together) = price.zip(together).ok_or(untold)?;
        if together < price {
            return Err(Doubt::Short);
        }
        stated(document)
    };
    let amount = TO_A_MILLIONTH.apply(amount.ok_or(untold)?).normalize();
    if amount > Decimal::ZERO { Ok(amount) } else { Err(untold) }
}
