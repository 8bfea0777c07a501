//! What cannot be read and is passed over, so that it holds up nothing behind it: written down, said once,
//! and looked at again.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::house::{House, now};
use crate::store::{Fault, Stuck};

/// After what time it is looked again; at the start it is too.
const AGAIN: Duration = Duration::from_secs(3_600);

/// Most characters of a reason that are kept.
const REASON: usize = 300;

/// The declarations that are passed over for one neighbour, or (`name` empty) when imports are followed.
#[derive(Default)]
pub(super) struct Passed {
    name: String,
    /// By number: the event, and why.
    all: BTreeMap<String, (i64, String)>,
    /// Those to be looked at again now.
    again: VecDeque<(i64, String)>,
    /// When that began last; `None` before it did.
    begun: Option<Instant>,
}

impl Passed {
    /// Those of a name.
    pub(super) fn of(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The next to be looked at again: its event, its number; `None` where it is not time.
    ///
    /// # Errors
    /// [`Fault`].
    pub(super) fn again(&mut self, house: &House) -> Result<Option<(i64, String)>, Fault> {
        let is_time = || self.begun.is_none_or(|begun| begun.elapsed() >= AGAIN);
        if self.again.is_empty() && is_time() {
            for Stuck { mrn, cursor, why } in house.store.stuck(&self.name)? {
                self.all.insert(mrn, (cursor, why));
            }
            self.again = self.all.iter().map(|(mrn, (at, _))| (*at, mrn.clone())).collect();
            self.begun = Some(Instant::now());
        }
        let next = self.again.pop_front();
        // The time counts from when the last of them was looked at.
        if next.is_some() {
            self.begun = Some(Instant::now());
        }
        Ok(next)
    }

    /// Passes a declaration over; said once for each reason.
    ///
    /// # Errors
    /// [`Fault`]: it could not be written down.
    pub(super) fn pass(
        &mut self,
        house: &House,
        mrn: &str,
        cursor: i64,
        why: &str,
    ) -> Result<(), Fault> {
        let why: String = why.chars().take(REASON).collect();
        if self.all.get(mrn).is_some_and(|(_, before)| *before == why) {
            return Ok(());
        }
        let stuck = Stuck { mrn: mrn.to_owned(), cursor, why: why.clone() };
        let name = self.name.clone();
        house.store.written_here(move |writing| writing.stuck(&name, &stuck, &now()))?;
        match &*self.name {
            "" => eprintln!("fondaco: {mrn} is passed over where imports are followed: {why}"),
            name => eprintln!("fondaco: {name} is not told of {mrn}: {why}"),
        }
        self.all.insert(mrn.to_owned(), (cursor, why));
        Ok(())
    }

    /// A declaration could be read; where it was passed over before, that is over.
    ///
    /// # Errors
    /// [`Fault`]: it could not be written down.
    pub(super) fn read(&mut self, house: &House, mrn: &str) -> Result<(), Fault> {
        let Some((cursor, _)) = self.all.get(mrn) else { return Ok(()) };
        let over = Stuck { mrn: mrn.to_owned(), cursor: *cursor, why: String::new() };
        let name = self.name.clone();
        house.store.written_here(move |writing| writing.stuck(&name, &over, &now()))?;
        self.all.remove(mrn);
        Ok(())
    }
}
