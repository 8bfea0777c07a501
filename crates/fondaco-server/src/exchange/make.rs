//! Making what neighbours are told: an envelope of each export that is let go to them, and a notice of
//! one that was told and does not come.

use std::sync::PoisonError;

use fondaco::bridge;
use fondaco::consignment::State;
use fondaco::measure::Direction;
use fondaco_wire::envelope::{self, Envelope, GONE, Notice, Receiver, Refused, Sender};
use fondaco_wire::receipt;

use super::{LookedFor, Partner};
use crate::house::{House, now};
use crate::store::{Due, Fault};

/// Events looked at in one go.
const AT_ONCE: usize = 1_000;

impl House {
    /// Makes the envelopes that are due; how many. Where it fails for one neighbour the others get theirs.
    ///
    /// # Errors
    /// [`Fault`], that says of which neighbours; those made stand.
    pub(crate) fn make_envelopes(&self) -> Result<usize, Fault> {
        let mut made = 0;
        let mut faults = Vec::new();
        for partner in self.partners()? {
            match self.make_for(&partner) {
                Ok(some) => made += some,
                Err(fault) => faults.push(format!("{}: {fault}", partner.name)),
            }
        }
        if faults.is_empty() { Ok(made) } else { Err(Fault::Engine(faults.join("; "))) }
    }

    /// Makes those that are due to one neighbour, in the order of the log; how many.
    ///
    /// # Errors
    /// [`Fault`]; those made before it stand, and are all that come before it in the log.
    pub(crate) fn make_for(&self, partner: &Partner) -> Result<usize, Fault> {
        let pack = self.pack();
        // One at a time for one neighbour; what another's are made of is not waited for.
        let looked = {
            let mut all = self.looked_for.events.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(partner.name.clone()).or_default().clone()
        };
        let mut looked = looked.lock().unwrap_or_else(PoisonError::into_inner);
        let terms = partner.terms();
        let anew = looked.terms != terms && !self.store.is_looked_through(&partner.name, &terms)?;
        let before = match looked.cursor {
            0 => self.store.last_due(&partner.name)?,
            cursor => cursor,
        };
        let from = if anew { 0 } else { before };
        // What happens from here on is looked at next time, also where it is looked at now.
        let upto = self.store.last_event()?;
        if upto == from {
            return Ok(0);
        }
        let mut made = 0;
        let exports = pack.profile.types.iter().filter(|t| t.direction == Direction::Export);
        let kinds: Vec<&str> = exports.map(|t| &*t.prefix).collect();
        let mut after = from;
        // One pass over all kinds: after a kill it goes on from the last that was made.
        loop {
            let (since, name) = (&partner.begins(), &partner.name);
            let some = self.store.let_go(&kinds, after, since, AT_ONCE, name)?;
            for (cursor, mrn) in &some {
                // By new terms more is told; what was told by the old ones is not taken back.
                let is_old = *cursor <= before;
                made += usize::from(self.make(partner, mrn, *cursor, is_old)?);
            }
            match some.last() {
                Some((last, _)) if some.len() == AT_ONCE => after = *last,
                _ => break,
            }
        }
        if anew {
            let name = partner.name.clone();
            let by = terms.clone();
            self.store.written_here(move |writing| writing.looked_through(&name, &by))?;
        }
        *looked = LookedFor { cursor: upto, terms };
        Ok(made)
    }

    /// Makes the envelope of an export for a neighbour, where its goods may go there; a notice where they
    /// may no longer, unless the event was looked at before (`is_old`). What was told last is not told again.
    fn make(&self, partner: &Partner, mrn: &str, cursor: i64, is_old: bool) -> Result<bool, Fault> {
        let state = match self.state(mrn)? {
            State::Released => "released",
            State::Cleared | State::AwaitingExit | State::Exited => "cleared",
            other if GONE.contains(&other.name()) && !is_old => {
                return self.make_notice(partner, mrn, cursor, other.name());
            }
            _ => return Ok(false),
        };
        let Some(main) = self.store.filing(mrn)? else { return Ok(false) };
        let Some(draft) = self.as_it_stands(&main)?.draft else { return Ok(false) };
        let country = bridge::destination(&draft);
        let country = country.filter(|country| partner.countries.iter().any(|c| c == country));
        let Some(country) = country else {
            if is_old {
                return Ok(false);
            }
            return self.make_notice(partner, mrn, cursor, "elsewhere");
        };
        let declared = match envelope::declared(&draft) {
            Ok(declared) => declared,
            Err(why) => {
                eprintln!("fondaco: no envelope is made of {mrn}: {why}");
                return Ok(false);
            }
        };
        let due = self.due(partner, mrn, cursor, declared.digest.clone(), false);
        let mut said = Envelope {
            id: due.id.clone(),
            from: self.sender(),
            to: Receiver { house: partner.house.clone(), country: country.to_owned() },
            sequence: 0,
            previous: String::new(),
            issued_at: due.at.clone(),
            mrn: due.mrn.clone(),
            state: state.to_owned(),
            declaration: declared.json,
            xml: declared.xml,
            xml_digest: declared.digest,
        };
        // One that nobody takes would stop those behind it.
        if !envelope::fits(&said) {
            eprintln!("fondaco: no envelope is made of {mrn}: it would be too large");
            return Ok(false);
        }
        let signer = self.signer().clone();
        self.store.written_here(move |writing| {
            writing.envelope(&due, |place| {
                said.sequence = u64::try_from(place.sequence).unwrap_or_default();
                said.previous = place.previous;
                sealed(envelope::seal(&signer, &said))
            })
        })
    }

    /// Makes the notice that an export does not come, where it was told of before.
    fn make_notice(
        &self,
        partner: &Partner,
        mrn: &str,
        cursor: i64,
        state: &str,
    ) -> Result<bool, Fault> {
        let due = self.due(partner, mrn, cursor, state.to_owned(), true);
        let country = partner.countries.first().cloned().unwrap_or_default();
        let mut said = Notice {
            id: due.id.clone(),
            from: self.sender(),
            to: Receiver { house: partner.house.clone(), country },
            sequence: 0,
            previous: String::new(),
            issued_at: due.at.clone(),
            mrn: due.mrn.clone(),
            state: state.to_owned(),
            about: 0,
        };
        let signer = self.signer().clone();
        self.store.written_here(move |writing| {
            writing.envelope(&due, |place| {
                said.sequence = u64::try_from(place.sequence).unwrap_or_default();
                said.about = u64::try_from(place.about).unwrap_or_default();
                said.previous = place.previous;
                sealed(envelope::seal_notice(&signer, &said))
            })
        })
    }

    fn due(
        &self,
        partner: &Partner,
        mrn: &str,
        cursor: i64,
        declared: String,
        notice: bool,
    ) -> Due {
        Due {
            partner: partner.name.clone(),
            mrn: mrn.to_owned(),
            declared,
            cursor,
            at: now(),
            id: uuid::Uuid::now_v7().to_string(),
            notice,
        }
    }

    /// This house, as its envelopes name it.
    fn sender(&self) -> Sender {
        let pack = self.pack();
        Sender {
            house: self.id().to_owned(),
            pack: pack.id.clone(),
            country: pack.profile.country.to_string(),
        }
    }
}

/// The text and its digest.
fn sealed(jws: Result<String, Refused>) -> Result<(String, String), Fault> {
    let jws = jws.map_err(|why| Fault::Engine(why.to_string()))?;
    let digest = receipt::digest(jws.as_bytes());
    Ok((jws, digest))
}
