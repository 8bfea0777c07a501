//! Entries that were taken before anybody kept them: what became of them is found again in the ledger.

use std::collections::BTreeSet;

use super::{BankEntry, Intake, Status, Taken};
use crate::ledger::fold::Ledger;
use crate::ledger::mark::{key, shape};
use crate::ledger::outcome::Outcome;
use crate::ledger::posting::Key;

impl Intake {
    /// Takes in an entry that was taken before, by rules that may have been others and told no pages apart:
    /// what became of it then stands. Nothing is posted. Its own are the postings in `unclaimed` under its
    /// keys without a page; where there is none it was taken for another one. Its outcomes say no more than
    /// that it was told before. Otherwise as [`Intake::enter`].
    pub fn retell(
        &mut self,
        ledger: &Ledger,
        entry: &BankEntry,
        unclaimed: &BTreeSet<Key>,
    ) -> (Option<usize>, Vec<Taken>) {
        let is_booked = entry.status == Status::Booked;
        let without_page = BankEntry { page: 0, ..entry.clone() };
        let (mut taken, mut own) = (Vec::with_capacity(entry.parts.len()), Vec::new());
        for (number, part) in (1..).zip(&entry.parts) {
            let key = key(&without_page, number).parse().ok();
            let key = key.filter(|key| is_booked && unclaimed.contains(key));
            let posting = key.and_then(|key| ledger.posting(&key)).cloned();
            let reference = posting.as_ref().and_then(|_| self.reference(part));
            let counts = posting.as_ref().and_then(|p| self.note_posting(reference, part, p));
            let outcome = match (is_booked, &posting) {
                (false, _) => Outcome::NotBooked,
                (true, posting) => Outcome::Duplicate { differs: posting.is_none() },
            };
            let posted = posting.map(|posting| posting.key().clone());
            own.extend(posted.clone());
            taken.push(Taken { part: number, outcome, reference, posted, counts });
        }
        if !is_booked {
            return (None, taken);
        }
        let before = if own.is_empty() {
            self.told_before(entry).or_else(|| self.told_on_any_page(entry))
        } else {
            None
        };
        self.note(entry, before, own);
        (before, taken)
    }

    /// The entry at the same place of any page, whatever references the bank gave both.
    fn told_on_any_page(&self, entry: &BankEntry) -> Option<usize> {
        let mut places = self.places.iter();
        let in_message = places.find(|((account, message, _, number), _)| {
            *account == entry.account && *message == entry.message && *number == entry.number
        });
        let mut statements = self.statements.iter();
        let mut in_statement = || {
            statements.find(|((other, statement, _, number), _)| {
                *other == shape(entry) && *statement == entry.statement && *number == entry.number
            })
        };
        in_message.map(|(_, at)| *at).or_else(|| in_statement()?.1.first().copied())
    }
}
