//! Entries seen before, and which of them one is.

use std::collections::BTreeSet;

use super::{BankEntry, Intake, Told};
use crate::ledger::mark::{
    Shape, details, entry_reference, in_statement, is_reference, place, servicer, shape,
};
use crate::ledger::posting::Key;
use crate::money::Decimal;

/// An entry seen before.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    told: Told,
    pub(super) shape: Shape,
    servicer_reference: String,
    /// The bank's references of its transactions.
    of_parts: Option<Vec<String>>,
    /// Amount, references and EndToEndId of its parts; `None` where the message gave none.
    details: Option<Vec<(Decimal, String, String)>>,
    /// Whether a message of the other kind told it too.
    paired: bool,
    /// Messages that told it as a copy.
    copied_by: BTreeSet<String>,
    pub(super) postings: Vec<Key>,
}

impl Seen {
    /// Whether the bank gave it and an entry references of their own that are not one: of both the entry, or
    /// of both the transactions alone. What one is called as a whole says nothing of the other's parts.
    pub(super) fn has_another_mark(&self, entry: &BankEntry) -> bool {
        let (own, other) = (&self.servicer_reference, &entry.servicer_reference);
        // An older program kept what stands where there is none.
        match (is_reference(own), is_reference(other)) {
            (true, true) => own != other,
            (false, false) => self
                .of_parts
                .as_ref()
                .zip(of_parts(entry))
                .is_some_and(|(own, other)| own.len() == other.len() && *own != other),
            _ => false,
        }
    }

    /// Whether it may be one of the same figures and details that no reference tells apart: a message of the
    /// other kind told it and none of this kind did, or a copy tells it again. A copy tells no entry twice.
    fn is_told_again_by(&self, entry: &BankEntry) -> bool {
        let other_kind = self.told != entry.told && !self.paired;
        other_kind || (entry.copy && !self.copied_by.contains(&entry.message))
    }

    /// That an entry is it.
    fn is_told_by(&mut self, entry: &BankEntry) {
        self.paired |= self.told != entry.told;
        if !is_reference(&self.servicer_reference) {
            self.servicer_reference.clone_from(&entry.servicer_reference);
        }
        self.of_parts = self.of_parts.take().or_else(|| of_parts(entry));
        if entry.copy {
            self.copied_by.insert(entry.message.clone());
        }
    }
}

/// The bank's references of the transactions of an entry, in one order; `None` where one has none.
fn of_parts(entry: &BankEntry) -> Option<Vec<String>> {
    let mut all: Vec<String> = entry.parts.iter().map(|p| p.servicer_reference.clone()).collect();
    all.sort();
    all.iter().all(|text| is_reference(text)).then_some(all)
}

impl Intake {
    /// The entry seen before that this one is.
    pub(super) fn told_before(&self, entry: &BankEntry) -> Option<usize> {
        let same = |at: &usize| self.seen.get(*at).is_some_and(|s| !s.has_another_mark(entry));
        let first = |of: Option<&Vec<usize>>| of?.iter().copied().find(same);
        let by_place = || self.places.get(&place(entry)).copied();
        let by_statement = || first(self.statements.get(&in_statement(entry)));
        let by_servicer = || self.servicer.get(&servicer(entry)?).copied();
        let by_entry = || first(self.entry_references.get(&entry_reference(entry)?));
        by_place()
            .or_else(by_statement)
            .or_else(by_servicer)
            .or_else(by_entry)
            .or_else(|| self.by_shape(entry))
    }

    /// The one of the same figures and details.
    fn by_shape(&self, entry: &BankEntry) -> Option<usize> {
        let details = details(entry);
        let same = |at: &usize| {
            self.seen.get(*at).is_some_and(|seen| {
                let told = match (&seen.details, &details) {
                    (Some(a), Some(b)) => a == b,
                    _ => true,
                };
                told && seen.is_told_again_by(entry) && !seen.has_another_mark(entry)
            })
        };
        self.shapes.get(&shape(entry))?.iter().copied().find(same)
    }

    /// Keeps in mind that an entry was told, and that it is one told before.
    pub(super) fn note(&mut self, entry: &BankEntry, before: Option<usize>, postings: Vec<Key>) {
        let at = before.unwrap_or(self.seen.len());
        self.owned.extend(postings.iter().cloned());
        if self.seen.get(at).is_none() {
            self.seen.push(Seen {
                told: entry.told,
                shape: shape(entry),
                servicer_reference: String::new(),
                of_parts: None,
                details: details(entry),
                paired: false,
                copied_by: BTreeSet::new(),
                postings,
            });
            self.shapes.entry(shape(entry)).or_default().push(at);
        }
        if let Some(seen) = self.seen.get_mut(at) {
            seen.is_told_by(entry);
        }
        let known = |of: &mut Vec<usize>| {
            if !of.contains(&at) {
                of.push(at);
            }
        };
        self.places.entry(place(entry)).or_insert(at);
        known(self.statements.entry(in_statement(entry)).or_default());
        if let Some(mark) = servicer(entry) {
            self.servicer.entry(mark).or_insert(at);
        }
        if let Some(mark) = entry_reference(entry) {
            known(self.entry_references.entry(mark).or_default());
        }
    }
}
