//! By what an entry of a bank is known.

use std::fmt::Write as _;

use super::intake::{BankEntry, Part, Side};
use super::posting::BankId;
use crate::day::Day;
use crate::money::{Currency, Decimal, Money};

/// What an entry is known by whoever tells it: account, day, amount, way.
pub(super) type Shape = (BankId, Option<Day>, Decimal, Currency, Side, bool);

/// Where an entry stands: account, message, page, number.
pub(super) type Place = (BankId, String, u32, u32);

/// The bank's reference of an entry: account, reference, way, whether it takes back.
pub(super) type Mark = (BankId, String, Side, bool);

/// Whether a text is a reference: it is one of the bank's own, and not what banks write where they have none.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let none = |of: &str| text.eq_ignore_ascii_case(of);
    !["", "NONREF", "NOTPROVIDED"].into_iter().any(none)
}

impl BankEntry {
    /// The keys its parts are posted under.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        (1..).zip(&self.parts).map(|(part, _)| key(self, part))
    }

    /// The bank's reference it is known by; empty where it has none.
    #[must_use]
    pub fn mark(&self) -> &str {
        // Where the entry has none, that of its only part is as good.
        let of_part = || match &self.parts[..] {
            [only] => only.servicer_reference.as_str(),
            _ => "",
        };
        let own = self.servicer_reference.as_str();
        if own.is_empty() { of_part() } else { own }
    }

    /// What its parts say, as a text that is the same for the same; empty where the message gave none.
    #[must_use]
    pub fn says(&self) -> String {
        let mut out = String::new();
        for (amount, references, end_to_end) in details(self).into_iter().flatten() {
            // Writing to a text does not fail.
            let _ = write!(out, "{} {references:?} {end_to_end:?};", amount.normalize());
        }
        out
    }
}

pub(super) fn shape(entry: &BankEntry) -> Shape {
    let Money { amount, currency } = entry.money;
    (entry.account.clone(), entry.booked, amount, currency, entry.side, entry.reversal)
}

/// The page it stands on: what is whole is its own first page.
fn page(entry: &BankEntry) -> u32 {
    entry.page.max(1)
}

pub(super) fn place(entry: &BankEntry) -> Place {
    (entry.account.clone(), entry.message.clone(), page(entry), entry.number)
}

pub(super) fn in_statement(entry: &BankEntry) -> (Shape, String, u32, u32) {
    (shape(entry), entry.statement.clone(), page(entry), entry.number)
}

pub(super) fn servicer(entry: &BankEntry) -> Option<Mark> {
    let text = entry.mark();
    let mark = || (entry.account.clone(), text.to_owned(), entry.side, entry.reversal);
    (!text.is_empty()).then(mark)
}

pub(super) fn entry_reference(entry: &BankEntry) -> Option<(Shape, String)> {
    let own = &entry.entry_reference;
    (!own.is_empty()).then(|| (shape(entry), own.clone()))
}

pub(super) fn details(entry: &BankEntry) -> Option<Vec<(Decimal, String, String)>> {
    let of = |part: &Part| (part.money.amount, part.references.join(" "), part.end_to_end.clone());
    let mut all: Vec<_> = entry.parts.iter().map(of).collect();
    all.sort();
    entry.detailed.then_some(all)
}

/// The key of the posting of a part: by the bank's reference where there is one, else by its place.
pub(super) fn key(entry: &BankEntry, part: u32) -> String {
    // What stands on the first page has the key it always had.
    let page = (page(entry) > 1).then_some(entry.page);
    key_of(entry, part, servicer(entry), page)
}

/// A key by its place with its page, where that without one is another entry's: an older program posted what
/// stood on any page without it.
pub(super) fn key_on_page(entry: &BankEntry, part: u32) -> String {
    key_of(entry, part, None, Some(page(entry)))
}

fn key_of(entry: &BankEntry, part: u32, mark: Option<Mark>, page: Option<u32>) -> String {
    let mut out = format!("bank {}", entry.account);
    let way = match (entry.side, entry.reversal) {
        (Side::Credit, false) => "in",
        (Side::Credit, true) => "in-back",
        (Side::Debit, false) => "out",
        (Side::Debit, true) => "out-back",
    };
    // Doubled, so that no two places give one text. Writing to a text does not fail.
    let (message, statement) =
        (entry.message.replace('/', "//"), entry.statement.replace('/', "//"));
    let number = entry.number;
    let _ = match (mark, page) {
        (Some((_, reference, ..)), _) => write!(out, " ref {reference} {way} {part}"),
        (None, Some(page)) => {
            write!(out, " at {message} / {statement} / page {page} / {number} {way} {part}")
        }
        (None, None) => write!(out, " at {message} / {statement} / {number} {way} {part}"),
    };
    out.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub(super) fn note(entry: &BankEntry, part: &Part) -> String {
    let told = entry.told.name();
    let mut out = format!("{told} {} / {} / {}", entry.message, entry.statement, entry.number);
    for reference in &part.references {
        let _ = write!(out, ", reference {reference}");
    }
    if !part.end_to_end.is_empty() {
        let _ = write!(out, ", end to end {}", part.end_to_end);
    }
    out
}
