//! Every document a declaration shows of a type the register keeps, looked up and held against the goods.

use std::cmp::Ordering;
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
/// none, each is told so. What is stated to be written off on it is for these together, and is taken once.
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
    let mut header = named(&declaration.documents, reference);
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
    // What is stated of a document of the whole declaration is stated of all the items it is for.
    for (one, of_none) in header.iter_mut().zip(&of_none) {
        let items = declaration.items.iter().zip(&own).enumerate();
        let for_it = items.filter(|(_, (item, own))| {
            own.iter().all(|o| o.kind != one.kind) && (*of_none || !apart(one, item, &records))
        });
        one.over = for_it.map(|(n, _)| n).collect();
    }
    let value = |n: usize| assessment.values.get(n).and_then(|v| v.value);
    let facts = declaration.items.iter().enumerate().map(|(n, item)| ItemFacts {
        declaration,
        item: Some(item),
        reference,
        value: value(n),
    });
    let facts: Vec<ItemFacts<'_>> = facts.collect();
    let mut all = Vec::new();
    for (n, (item, own)) in declaration.items.iter().zip(&own).enumerate() {
        let of_header = header.iter().filter(|one| one.over.contains(&n));
        let here: Vec<&Named<'_>> = own.iter().chain(of_header).collect();
        // What is stated of a document for other goods covers none of these.
        let sharing: Vec<&Named<'_>> =
            here.iter().copied().filter(|one| !apart(one, item, &records)).collect();
        for one in here {
            let record = records.get_mut(&(one.kind, one.number)).and_then(Option::as_mut);
            let place = Place { n, sharing: &sharing, facts: &facts };
            let quantity = |unit| wanted(one, place, unit);
            let value = |currency| worth(one, place, currency);
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
    /// Of a document of the whole declaration: the items it is for, from 0.
    over: Vec<usize>,
}

/// An item, among those of its declaration.
#[derive(Clone, Copy)]
struct Place<'a, 'd> {
    /// Its place, from 0.
    n: usize,
    /// The documents that are for its goods.
    sharing: &'a [&'a Named<'d>],
    /// The facts of every item.
    facts: &'a [ItemFacts<'d>],
}

impl Place<'_, '_> {
    /// Whether of each item that what is stated is for it can be told how much there is.
    fn told(self, one: &Named<'_>, of: impl Fn(&ItemFacts<'_>) -> Option<Decimal>) -> bool {
        let told = |n: &usize| self.facts.get(*n).and_then(&of).is_some();
        one.over.len() < 2 || one.over.iter().all(told)
    }

    /// What of a figure stated with a document is for this item, by how much there is of each it is for:
    /// exactly, and to a millionth so that the parts are the whole. `None` where that cannot be told of one.
    fn part(
        self,
        one: &Named<'_>,
        stated: Decimal,
        of: impl Fn(&ItemFacts<'_>) -> Option<Decimal>,
    ) -> Option<(Decimal, Decimal)> {
        if one.over.len() < 2 {
            return Some((stated, stated));
        }
        let (mut before, mut own, mut sum) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for n in &one.over {
            let figure = self.facts.get(*n).and_then(&of)?;
            sum = sum.checked_add(figure)?;
            match n.cmp(&self.n) {
                Ordering::Less => before = before.checked_add(figure)?,
                Ordering::Equal => own = figure,
                Ordering::Greater => {}
            }
        }
        let of_it = |part: Decimal| stated.checked_mul(part)?.checked_div(sum);
        let until = TO_A_MILLIONTH.apply(of_it(before.checked_add(own)?)?);
        Some((of_it(own)?, until.checked_sub(TO_A_MILLIONTH.apply(of_it(before)?))?))
    }
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
            None => {
                all.push(Named { kind, number, entries: vec![document], over: Vec::new() });
            }
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

/// How many of a unit are to be written off: as stated with the document, or the goods.
fn wanted(one: &Named<'_>, place: Place<'_, '_>, unit: Token) -> Result<Decimal, Doubt> {
    let untold = Doubt::NotChecked(Untold::Quantity);
    let of = |facts: &ItemFacts<'_>| facts.goods(unit);
    let facts = place.facts.get(place.n).ok_or(untold)?;
    let goods = of(facts);
    let units = &facts.reference.pack.units;
    let stated = |named: &Named<'_>| {
        let all = named.stated(|d| {
            let q = d.written_off?;
            let q = Quantity { unit: if q.unit.is_empty() { unit } else { q.unit }, ..q };
            Some(units.convert(q, unit).and_then(crate::quantity::Count::value))
        });
        place.part(named, all?, of)
    };
    let amount = if one.entries.iter().all(|d| d.written_off.is_none()) {
        goods.ok_or(untold)?
    } else if !place.told(one, of) {
        return Err(untold);
    } else {
        // Several documents may share the goods, but together they are written off for all of them. What is
        // stated is believed only as far as it can be held against the goods.
        let exactly = |named: &Named<'_>| stated(named).map(|(exactly, _)| exactly);
        let (goods, together) = goods.zip(together(one, place.sharing, exactly)).ok_or(untold)?;
        if TO_A_MILLIONTH.apply(together) < goods {
            return Err(Doubt::Short);
        }
        stated(one).ok_or(untold)?.1
    };
    let amount = TO_A_MILLIONTH.apply(amount).normalize();
    if amount > Decimal::ZERO { Ok(amount) } else { Err(untold) }
}

/// What is to be written off in a currency: as stated with the document, or the value of the goods.
fn worth(one: &Named<'_>, place: Place<'_, '_>, currency: Currency) -> Result<Decimal, Doubt> {
    let untold = Doubt::NotChecked(Untold::Value);
    let facts = place.facts.get(place.n).ok_or(untold)?;
    let rate = |c| facts.reference.rate(c);
    let changed = |money: Money| {
        if money.currency == currency {
            return Some(money.amount);
        }
        money.amount.checked_mul(rate(money.currency)?)?.checked_div(rate(currency)?)
    };
    // Against the price: freight and the like are in the customs value, not on the licence.
    let of = |facts: &ItemFacts<'_>| facts.item.and_then(|item| item.price).and_then(changed);
    let stated = |named: &Named<'_>| {
        let all = named.stated(|d| d.written_off_value.map(changed));
        place.part(named, all?, of)
    };
    let amount = if one.entries.iter().all(|d| d.written_off_value.is_none()) {
        facts.value.zip(rate(currency)).and_then(|(value, rate)| value.checked_div(rate))
    } else if !place.told(one, of) {
        return Err(untold);
    } else {
        let exactly = |named: &Named<'_>| stated(named).map(|(exactly, _)| exactly);
        let together = together(one, place.sharing, exactly);
        let (price, together) = of(facts).zip(together).ok_or(untold)?;
        if TO_A_MILLIONTH.apply(together) < price {
            return Err(Doubt::Short);
        }
        stated(one).map(|(_, taken)| taken)
    };
    let amount = TO_A_MILLIONTH.apply(amount.ok_or(untold)?).normalize();
    if amount > Decimal::ZERO { Ok(amount) } else { Err(untold) }
}
