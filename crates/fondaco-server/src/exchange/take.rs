//! Taking what a neighbour's house sends: who signed it, which it is in its chain, what it says.
//!
//! One that has its place and says what it may not is put aside, with a reason the house signs: it takes
//! its number, nothing comes of it, and the next may come.

use std::sync::PoisonError;
use std::time::Instant;

use fondaco_wire::envelope::{self, Opened, Refused, Said, Sender, Slip};
use fondaco_wire::receipt;
use serde::Serialize;

use super::{AT_A_TIME, NotTaken, Partner, Receipted};
use crate::cli::today;
use crate::house::{House, now};
use crate::store::{Aside, Came, Fault, Gone, Kept, Taken};

/// The kind (`typ`) of what a house signs when it takes an envelope.
const TAKEN: &str = "fondaco-envelope-taken";

/// The kind (`typ`) of what a house signs when it puts one aside.
const ASIDE: &str = "fondaco-envelope-aside";

/// How far what was put aside of a neighbour was judged again, and by which terms.
#[derive(Default)]
pub(super) struct Judged {
    by: String,
    /// Its place; [`i64::MAX`] where all was.
    after: i64,
}

/// What a house signs when it takes an envelope.
#[derive(Serialize)]
struct TakenStatement<'a> {
    id: &'a str,
    from: &'a str,
    sequence: i64,
    mrn: &'a str,
    digest: &'a str,
    taken_at: &'a str,
    /// Why it is put aside; not there where it is not.
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
    /// The field, where it is one.
    #[serde(skip_serializing_if = "str::is_empty")]
    field: &'a str,
}

/// Why a message that has its place is put aside.
fn aside(why: &Refused) -> Aside {
    let field = match why {
        Refused::Field(field) => *field,
        _ => "",
    };
    Aside { why: why.name().to_owned(), field: field.to_owned() }
}

impl House {
    /// Takes an envelope of a neighbour; waits until it is on the disk. It reads and verifies for as long
    /// as that takes: not for a thread that serves others.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub(crate) fn take(&self, jws: &str) -> Result<Receipted, NotTaken> {
        let kid = envelope::kid(jws).ok_or(Refused::Form)?;
        let day = today().to_string();
        let partners = self.partners()?;
        let known = partners.iter().find_map(|p| Some((p, p.keys.iter().find(|k| k.kid == kid)?)));
        let Some((partner, key)) = known else { return Err(Refused::OtherKey(kid).into()) };
        let digest = receipt::digest(jws.as_bytes());
        // What was taken while the key counted keeps its answer; a key that does not brings nothing new.
        if partner.key(&kid, &day).is_none() && !self.store.has_taken(&partner.name, &digest)? {
            return Err(Refused::OtherKey(kid).into());
        }
        let Opened { slip, said } = envelope::read(jws, &key.key)?;
        // One of another chain has no place in this one.
        if slip.from != partner.house {
            return Err(Refused::Field("from.house").into());
        }
        if slip.to != self.id() {
            return Err(Refused::Field("to.house").into());
        }
        let mut told = said.and_then(|said| self.is_for_us(&said, partner));
        if let Ok(Some(Gone { about, .. })) = told {
            let last = self.store.last_taken(&partner.name)?;
            if about > last {
                return Err(NotTaken::Wanted(last + 1));
            }
            if !self.store.is_of_export(&partner.name, about, &slip.mrn)? {
                told = Err(Refused::Field("about"));
            }
        }
        let put_aside = told.as_ref().err().map(aside);
        let came = self.came(jws, &slip, partner, digest, put_aside);
        let came = Came { told: told.ok().flatten(), ..came };
        let kept = came.kept.clone();
        let again = came.clone();
        let (kept, taken) = match self.store.written_here(move |writing| writing.take(&again))? {
            Taken::SameId => {
                let why = Some(aside(&Refused::Field("id")));
                let mut came = self.came(jws, &slip, partner, kept.digest, why);
                // An id is the name of one: this one is told from the first by its place.
                let Kept { id, partner, sequence, .. } = &came.kept;
                came.kept.id = format!("{id}/{partner}/{sequence}");
                let kept = came.kept.clone();
                (kept, self.store.written_here(move |writing| writing.take(&came))?)
            }
            taken => (kept, taken),
        };
        match taken {
            Taken::Written => {
                Self::say_aside(&kept);
                Ok(Receipted { kept, repeated: false })
            }
            Taken::Before(kept) => Ok(Receipted { kept: *kept, repeated: true }),
            Taken::Used(kept) => Err(NotTaken::Used(kept)),
            Taken::Wanted(number) => Err(NotTaken::Wanted(number)),
            Taken::Chain => Err(Refused::Field("previous").into()),
            Taken::SameId => Err(Refused::Field("id").into()),
        }
    }

    /// A message that came, with what the house signs of it.
    fn came(
        &self,
        jws: &str,
        slip: &Slip,
        partner: &Partner,
        digest: String,
        put_aside: Option<Aside>,
    ) -> Came {
        let at = now();
        let sequence = i64::try_from(slip.sequence).unwrap_or(i64::MAX);
        let statement = TakenStatement {
            id: &slip.id,
            from: &slip.from,
            sequence,
            mrn: &slip.mrn,
            digest: &digest,
            taken_at: &at,
            why: put_aside.as_ref().map_or("", |a| &a.why),
            field: put_aside.as_ref().map_or("", |a| &a.field),
        };
        let kind = if put_aside.is_some() { ASIDE } else { TAKEN };
        let kept = Kept {
            partner: partner.name.clone(),
            sequence,
            id: slip.id.clone(),
            mrn: slip.mrn.clone(),
            receipt: self.signer().state(kind, &statement),
            digest,
            at,
            jws: jws.as_bytes().to_vec(),
            aside: put_aside,
        };
        let (previous, issued) = (slip.previous.clone(), slip.issued_at.clone());
        Came { kept, previous, issued, told: None }
    }

    /// Judges what was put aside again: at the start, and where something else was said of its neighbour or
    /// of this house. It ends after a second or so and goes on the next time.
    ///
    /// # Errors
    /// [`Fault`]: the store cannot be written, or not at all be read.
    pub(crate) fn judge_again(&self) -> Result<(), Fault> {
        let begun = Instant::now();
        let mut judged = self.looked_for.asides.lock().unwrap_or_else(PoisonError::into_inner);
        for partner in self.partners()? {
            let terms = format!("{:?} {}", partner, self.pack().profile.country);
            let Judged { by, after } = judged.entry(partner.name.clone()).or_default();
            if *by != terms {
                (*by, *after) = (terms, 0);
            }
            // What comes to be put aside from here on is judged by these terms.
            while *after < i64::MAX {
                let next = self.store.aside_after(&partner.name, *after)?;
                let Some((seq, id)) = next else {
                    *after = i64::MAX;
                    break;
                };
                // One that cannot be read stays where it is, and those behind it are judged.
                match self.store.taken(&id) {
                    Ok(kept) => self.judge(kept)?,
                    Err(fault) => eprintln!("fondaco: {id} is not judged again: {fault}"),
                }
                *after = seq;
                if begun.elapsed() > AT_A_TIME {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Judges one that is put aside again.
    fn judge(&self, kept: Option<Kept>) -> Result<(), Fault> {
        let Some(kept) = kept else { return Ok(()) };
        let Ok(jws) = std::str::from_utf8(&kept.jws) else { return Ok(()) };
        match self.take(jws) {
            Ok(Receipted { kept, repeated: false }) if kept.aside.is_none() => {
                let (partner, number) = (&kept.partner, kept.sequence);
                eprintln!("fondaco: envelope {number} of {partner}, put aside before, is taken");
                Ok(())
            }
            Err(NotTaken::Fault(fault)) => Err(fault),
            _ => Ok(()),
        }
    }

    /// Tells the operator, once.
    fn say_aside(kept: &Kept) {
        if let Some(Aside { why, field }) = &kept.aside {
            let (partner, number) = (&kept.partner, kept.sequence);
            eprintln!("fondaco: envelope {number} of {partner} is put aside: {why} {field}");
        }
    }

    /// Whether this neighbour may send this to this house; of a notice, what it tells.
    ///
    /// When a message says it was made is not held against the clock nor the one before: that is the
    /// sender's clock, which may have been set; the order is that of the numbers, and a key counts on
    /// the day of taking.
    fn is_for_us(&self, said: &Said, partner: &Partner) -> Result<Option<Gone>, Refused> {
        let (from, to): (&Sender, _) = match said {
            Said::Export(envelope, _) => (&envelope.from, &envelope.to),
            Said::Notice(notice) => (&notice.from, &notice.to),
        };
        let ours = match partner.ours.as_slice() {
            [] => *to.country == *self.pack().profile.country,
            ours => ours.contains(&to.country),
        };
        let mrn = match said {
            Said::Export(envelope, _) => &envelope.mrn,
            Said::Notice(notice) => &notice.mrn,
        };
        let checks = [
            ("from.pack", from.pack == partner.pack),
            ("from.country", partner.countries.contains(&from.country)),
            // Nobody tells of another's exports: the third and fourth letters of a number are the country's.
            ("mrn", mrn.get(2..4).is_some_and(|of| partner.countries.iter().any(|c| c == of))),
            // A notice is about an export by whichever country that was sent.
            ("to.country", ours || matches!(said, Said::Notice(_))),
        ];
        match (checks.iter().find(|(_, fine)| !fine), said) {
            (Some((field, _)), _) => Err(Refused::Field(field)),
            (None, Said::Notice(notice)) => {
                let about = i64::try_from(notice.about).unwrap_or(i64::MAX);
                Ok(Some(Gone { state: notice.state.clone(), about }))
            }
            (None, Said::Export(..)) => Ok(None),
        }
    }
}
