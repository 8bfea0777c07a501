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
/// A document of the whole declaration is for each item it fits that names none of its type; where it fits
/// none, each is told so.
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
    let header = named(&declaration.documents, reference);
    let own: Vec<_> = declaration.items.iter().map(|i| named(&i.documents, reference)).collect();
    for one in header.iter().chain(own.iter().flatten()) {
        let key = (one.kind, one.number);
        records.entry(key).or_insert_with(|| looked.document(one.kind, one.number));
    }
    // For other goods than the item's, or for goods from or to elsewhere.
    let apart = |one: &Named<'_>, item: &Item, records: &BTreeMap<_, Option<Record>>| {
        let record = records.get(&(one.kind, one.number)).and_then(Option::as_ref);
        let fits = |r: &Record| r.document.terms.fit(&item.code, origin(item), &item.destination);
        let fits = record.map_or(Ok(()), fits);
        matches!(fits, Err(Doubt::OtherGoods | Doubt::OtherCountry))
    };
    let of_none: Vec<bool> =
        header.iter().map(|h| declaration.items.iter().all(|i| apart(h, i, &records))).collect();
    let mut all = Vec::new();
    for (n, (item, own)) in declaration.items.iter().zip(&own).enumerate() {
        let value = assessment.values.get(n).and_then(|v| v.value);
        let facts = ItemFacts { declaration, item: Some(item), reference, value };
        let of_header = header.iter().zip(&of_none).filter(|(one, of_none)| {
            own.iter().all(|o| o.kind != one.kind) && (**of_none || !apart(one, item, &records))
        });
        let here: Vec<&Named<'_>> = own.iter().chain(of_header.map(|(one, _)| one)).collect();
        // What is stated of a document for other goods covers none of these.
        let sharing: Vec<&Named<'_>> =
            here.iter().copied().filter(|one| !apart(one, item, &records)).collect();
        for one in here {
            let record = records.get_mut(&(one.kind, one.number)).and_then(Option::as_mut);
            let quantity = |unit| wanted(one, &sharing, &facts, unit);
            let value = |currency| worth(one, &sharing, item, &facts, currency);
            let asked = Asked {
                code: &item.code,
                origin: origin(item),
                destination: &item.destination,
                holders: &holders,
                quantity: &quantity,
                value: &value,
            };
            let outcome = verify(record.as_deref(), &asked, reference.day);
            let mut checked = Checked {
                item: item.number,
                kind: one.kind,
                number: one.number.to_owned(),
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
    all
}

/// The origin of an item that documents are held against.
fn origin(item: &Item) -> &str {
    if item.origin.is_empty() { &item.preferential_origin } else { &item.origin }
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

/// A document as it is named, by one entry or by several.
struct Named<'d> {
    kind: Token,
    number: &'d str,
    entries: Vec<&'d Document>,
}

impl Named<'_> {
    /// What its entries state together; `None` where none does, or one cannot be told.
    fn stated(&self, of: impl Fn(&Document) -> Option<Option<Decimal>>) -> Option<Decimal> {
        let mut stated = self.entries.iter().filter_map(|d| of(d)).peekable();
        stated.peek()?;
        stated.try_fold(Decimal::ZERO, |sum, one| sum.checked_add(one?))
    }
}

/// The documents of types that the register keeps, each once.
fn named<'d>(documents: &'d [Document], reference: Reference<'_>) -> Vec<Named<'d>> {
    let mut all: Vec<Named<'d>> = Vec::new();
    let mut places = BTreeMap::new();
    for document in documents.iter().filter(|d| reference.keeps(d.code)) {
        let (kind, number) = (document.code, document.id.as_str());
        let place = *places.entry((kind, number)).or_insert(all.len());
        match all.get_mut(place) {
            Some(named) => named.entries.push(document),
            None => all.push(Named { kind, number, entries: vec![document] }),
        }
    }
    all
}

/// What several documents of one type state together, as far as it can be told.
fn together(
    one: &Named<'_>,
    sharing: &[&Named<'_>],
    stated: impl Fn(&Named<'_>) -> Option<Decimal>,
) -> Option<Decimal> {
    let of_kind = sharing.iter().filter(|s| s.kind == one.kind);
    of_kind.filter_map(|s| stated(s)).try_fold(Decimal::ZERO, Decimal::checked_add)
}

/// How many of a unit are to be written off: as stated with the document, or the goods. `sharing` are the
/// documents that are for the goods.
fn wanted(
    one: &Named<'_>,
    sharing: &[&Named<'_>],
    facts: &ItemFacts<'_>,
    unit: Token,
) -> Result<Decimal, Doubt> {
    let untold = Doubt::NotChecked(Untold::Quantity);
    let goods = facts.goods(unit);
    let units = &facts.reference.pack.units;
    let stated = |named: &Named<'_>| {
        named.stated(|d| {
            let q = d.written_off?;
            let q = Quantity { unit: if q.unit.is_empty() { unit } else { q.unit }, ..q };
            Some(units.convert(q, unit).and_then(crate::quantity::Count::value))
        })
    };
    let amount = if one.entries.iter().all(|d| d.written_off.is_none()) {
        goods.ok_or(untold)?
    } else {
        // Several documents may share the goods, but together they are written off for all of them. What is
        // stated is believed only as far as it can be held against the goods.
        let (goods, together) = goods.zip(together(one, sharing, stated)).ok_or(untold)?;
        if together < goods {
            return Err(Doubt::Short);
        }
        stated(one).ok_or(untold)?
    };
    let amount = TO_A_MILLIONTH.apply(amount).normalize();
    if amount > Decimal::ZERO { Ok(amount) } else { Err(untold) }
}

/// What is to be written off in a currency: as stated with the document, or the value of the goods.
fn worth(
    one: &Named<'_>,
    sharing: &[&Named<'_>],
    item: &Item,
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
    let stated = |named: &Named<'_>| named.stated(|d| d.written_off_value.map(changed));
    let amount = if one.entries.iter().all(|d| d.written_off_value.is_none()) {
        facts.value.zip(rate(currency)).and_then(|(value, rate)| value.checked_div(rate))
    } else {
        // Against the price: freight and the like are in the customs value, not on the licence.
        let price = item.price.and_then(changed);
        let (price, together) = price.zip(together(one, sharing, stated)).ok_or(untold)?;
        if together < price {
            return Err(Doubt::Short);
        }
        stated(one)
    };
    let amount = TO_A_MILLIONTH.apply(amount.ok_or(untold)?).normalize();
    if amount > Decimal::ZERO { Ok(amount) } else { Err(untold) }
}
