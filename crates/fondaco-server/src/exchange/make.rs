//! Making what neighbours are told: an envelope of each export that is let go to them, and a notice of
//! one that was told and does not come.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use fondaco::bridge;
use fondaco::consignment::State;
use fondaco::measure::Direction;
use fondaco::reference::TypeRule;
use fondaco_wire::envelope::{self, Envelope, GONE, Notice, Receiver, Refused, Sender};
use fondaco_wire::receipt;

use super::stuck::Passed;
use super::{AT_A_TIME, Partner};
use crate::house::{House, now};
use crate::store::{Due, Fault};

/// Events looked at in one go.
const AT_ONCE: usize = 1_000;

/// How far it was looked for envelopes to one neighbour.
#[derive(Default)]
pub(super) struct LookedFor {
    /// Up to this event.
    after: i64,
    /// Up to this one it was looked before, by other terms.
    old: i64,
    /// The terms of the neighbour ([`Partner::terms`]); empty before it was looked at all.
    terms: String,
    /// Whether the whole log is looked through, by terms that are new.
    anew: bool,
    passed: Passed,
}

/// What a neighbour is to be told of an export.
enum Tell {
    Nothing,
    /// That it is let go, with the digest of its declaration.
    Export(Box<Envelope>),
    /// That it does not come: where it stands.
    Gone(String),
}

impl House {
    /// Makes the envelopes that are due; how many. Where it fails for one neighbour the others get theirs.
    /// For each it ends after a second or so and goes on the next time.
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

    /// Makes those that are due to one neighbour, in the order of the log, for a second or so; how many.
    /// Goes on from where it ended. What cannot be read is passed over, and looked at again later.
    ///
    /// # Errors
    /// [`Fault`]; those made before it stand, and are all that come before it in the log.
    pub(crate) fn make_for(&self, partner: &Partner) -> Result<usize, Fault> {
        let looked = self.looked(partner);
        let mut looked = looked.lock().unwrap_or_else(PoisonError::into_inner);
        self.make_from(partner, &mut looked, AT_A_TIME)
    }

    /// The same for who asks for them. Where they are being made already it is waited for a second at most:
    /// then those that stand are all there are to give.
    ///
    /// # Errors
    /// [`Fault`]; as of [`House::make_for`].
    pub(crate) fn make_for_asker(&self, partner: &Partner) -> Result<usize, Fault> {
        let looked = self.looked(partner);
        let begun = Instant::now();
        loop {
            let mut looked = match looked.try_lock() {
                Ok(looked) => looked,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if begun.elapsed() > AT_A_TIME => return Ok(0),
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                }
            };
            return self.make_from(partner, &mut looked, AT_A_TIME);
        }
    }

    /// How far it was looked for a neighbour. One makes for it at a time; what another's are made of is not
    /// waited for.
    fn looked(&self, partner: &Partner) -> Arc<Mutex<LookedFor>> {
        let mut all = self.looked_for.events.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(partner.name.clone()).or_default().clone()
    }

    /// The same from where it ended last, for so long; one is looked at in any case.
    fn make_from(
        &self,
        partner: &Partner,
        looked: &mut LookedFor,
        time: Duration,
    ) -> Result<usize, Fault> {
        let begun = Instant::now();
        let (name, terms) = (&partner.name, partner.terms());
        if looked.terms != terms {
            let before = match looked.old.max(looked.after) {
                0 => self.store.last_due(name)?,
                furthest => furthest,
            };
            let known = |terms: &str| self.store.is_looked_through(name, terms);
            let before_too = || partner.terms_of_before().map_or(Ok(false), |terms| known(&terms));
            let anew = !known(&terms)? && !before_too()?;
            let passed = Passed::of(name);
            *looked = LookedFor {
                after: if anew { 0 } else { before },
                old: before,
                terms: terms.clone(),
                anew,
                passed,
            };
        }
        let mut made = 0;
        // What happens from here on is looked at next time, also where it is looked at now.
        let upto = self.store.last_event()?;
        if upto == looked.after && !looked.anew {
            return self.make_passed(partner, looked, begun, time);
        }
        let pack = self.pack();
        // A supplementary declaration follows a simplified one of the same goods, that was told.
        let told = |t: &TypeRule| t.direction == Direction::Export && !t.supplements;
        let kinds: Vec<_> = pack.profile.types.iter().map(|t| (&*t.prefix, told(t))).collect();
        // Reading the log is not counted: it costs the same however little is made after it.
        let mut spent = begun.elapsed();
        // One pass over all kinds: after a kill it goes on from the last that was made.
        loop {
            let since = partner.begins();
            let some = self.store.let_go(&kinds, looked.after, &since, AT_ONCE, name)?;
            let begun = Instant::now();
            for (cursor, mrn) in &some {
                // By new terms more is told; what was told by the old ones is not taken back.
                let is_old = *cursor <= looked.old;
                made +=
                    usize::from(self.make(partner, &mut looked.passed, mrn, *cursor, is_old)?);
                looked.after = *cursor;
                if spent + begun.elapsed() > time {
                    return Ok(made);
                }
            }
            spent += begun.elapsed();
            if some.len() < AT_ONCE {
                break;
            }
        }
        if looked.anew {
            let name = name.clone();
            self.store.written_here(move |writing| writing.looked_through(&name, &terms))?;
            looked.anew = false;
        }
        looked.after = looked.after.max(upto);
        Ok(made + self.make_passed(partner, looked, begun, time)?)
    }

    /// Looks again at what was passed over, after all that is new: it holds up nothing.
    fn make_passed(
        &self,
        partner: &Partner,
        looked: &mut LookedFor,
        begun: Instant,
        time: Duration,
    ) -> Result<usize, Fault> {
        let mut made = 0;
        while begun.elapsed() <= time
            && let Some((cursor, mrn)) = looked.passed.again(self)?
        {
            made += usize::from(self.make(partner, &mut looked.passed, &mrn, cursor, false)?);
        }
        Ok(made)
    }

    /// Makes what a neighbour is to be told of an export; whether there was anything. Where that cannot be
    /// found out the export is passed over. What was told last is not told again.
    ///
    /// # Errors
    /// [`Fault`]: nothing can be written.
    fn make(
        &self,
        partner: &Partner,
        passed: &mut Passed,
        mrn: &str,
        cursor: i64,
        is_old: bool,
    ) -> Result<bool, Fault> {
        let tell = match self.look(partner, mrn, is_old) {
            Ok(tell) => tell,
            Err(why) => {
                passed.pass(self, mrn, cursor, &why)?;
                return Ok(false);
            }
        };
        let made = match tell {
            Tell::Nothing => false,
            Tell::Gone(state) => self.make_notice(partner, mrn, cursor, &state)?,
            Tell::Export(said) => self.make_envelope(partner, cursor, *said)?,
        };
        passed.read(self, mrn)?;
        Ok(made)
    }

    /// What a neighbour is to be told of an export: the declaration, where its goods may go there; that
    /// they may no longer, unless the event was looked at before (`is_old`). It only reads.
    ///
    /// # Errors
    /// Why it cannot be found out, or not be told.
    fn look(&self, partner: &Partner, mrn: &str, is_old: bool) -> Result<Tell, String> {
        let said = |fault: Fault| fault.to_string();
        let state = match self.state(mrn).map_err(said)? {
            State::Released => "released",
            State::Cleared | State::AwaitingExit | State::Exited => "cleared",
            other if GONE.contains(&other.name()) && !is_old => {
                return Ok(Tell::Gone(other.name().to_owned()));
            }
            _ => return Ok(Tell::Nothing),
        };
        let unread = || "the declaration cannot be read".to_owned();
        let main = self.store.filing(mrn).map_err(said)?.ok_or_else(unread)?;
        let draft = self.as_it_stands(&main).map_err(said)?.draft.ok_or_else(unread)?;
        let destination = bridge::destination(&draft);
        let country = destination.filter(|to| partner.countries.iter().any(|c| c == to));
        let Some(country) = country else {
            if is_old {
                return Ok(Tell::Nothing);
            }
            // A neighbour that stands for a country no longer is not told that the goods go elsewhere.
            let told = self.store.told_last(&partner.name, mrn).map_err(said)?;
            let Some(told) = told else { return Ok(Tell::Nothing) };
            let told = envelope::peek(&told).ok_or("the envelope told last cannot be read")?;
            let moved = destination != Some(&*told.to.country);
            return Ok(if moved { Tell::Gone("elsewhere".to_owned()) } else { Tell::Nothing });
        };
        let declared = envelope::declared(&draft).map_err(|why| why.to_string())?;
        let said = Envelope {
            id: uuid::Uuid::now_v7().to_string(),
            from: self.sender(),
            to: Receiver { house: partner.house.clone(), country: country.to_owned() },
            sequence: 0,
            previous: String::new(),
            issued_at: now(),
            mrn: mrn.to_owned(),
            state: state.to_owned(),
            declaration: declared.json,
            xml: declared.xml,
            xml_digest: declared.digest,
        };
        // One that nobody takes would stop those behind it.
        if !envelope::fits(&said) {
            return Err("the envelope would be too large".to_owned());
        }
        Ok(Tell::Export(Box::new(said)))
    }

    /// Makes an envelope, where something else was told of its export last.
    fn make_envelope(
        &self,
        partner: &Partner,
        cursor: i64,
        mut said: Envelope,
    ) -> Result<bool, Fault> {
        let due = Due {
            partner: partner.name.clone(),
            mrn: said.mrn.clone(),
            declared: said.xml_digest.clone(),
            cursor,
            at: said.issued_at.clone(),
            id: said.id.clone(),
            notice: false,
        };
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
        let due = Due {
            partner: partner.name.clone(),
            mrn: mrn.to_owned(),
            declared: state.to_owned(),
            cursor,
            at: now(),
            id: uuid::Uuid::now_v7().to_string(),
            notice: true,
        };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{PartnerKey, Sync};

    /// A house that let so many exports go to a neighbour, and the neighbour.
    fn house(exports: usize) -> (tempfile::TempDir, House, Partner) {
        let dir = tempfile::tempdir().unwrap();
        let house = House::open(dir.path(), "gb", true, Sync::Off).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/042-cashmere-heathrow.xml");
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
        let format = fondaco_wire::format_of("application/xml").unwrap();
        for n in 0..exports {
            let text = text.replace(own, &format!("MAKE-{n}"));
            let key = format!("k{n}");
            let filed = house.file(format, text.as_bytes(), &key, None);
            let mrn = runtime.block_on(filed).unwrap().mrn;
            for kind in ["documents", "examination"] {
                let act = format!(r#"{{"act":"lift","by":"o","kind":"{kind}"}}"#);
                let message = serde_json::from_str(&act).unwrap();
                runtime
                    .block_on(house.act(&mrn, &message, act.as_bytes(), &format!("{kind}{n}")))
                    .ok();
            }
        }
        let said = PartnerKey {
            name: "b".to_owned(),
            house: "h".to_owned(),
            countries: "CN".to_owned(),
            pack: "cn".to_owned(),
            from: "2020-01-01".to_owned(),
            ..PartnerKey::default()
        };
        house.store.say_of_partner(&said).unwrap();
        let partner = house.partners().unwrap().remove(0);
        (dir, house, partner)
    }

    #[test]
    fn terms_as_an_older_program_wrote_them_are_the_same() {
        let (_dir, house, mut partner) = house(1);
        let begins = partner.begins();
        match partner.terms_of_before() {
            Some(before) => {
                assert_eq!(before, "CN since 2020-01-01");
                let known = before.clone();
                house.store.written_here(move |w| w.looked_through("b", &known)).unwrap();
                let mut looked = LookedFor::default();
                house.make_from(&partner, &mut looked, Duration::ZERO).unwrap();
                assert!(!looked.anew);
                partner.countries.push("IN".to_owned());
                house.make_from(&partner, &mut looked, Duration::ZERO).unwrap();
                assert!(looked.anew);
            }
            // Where midnight is another moment it meant another.
            None => assert!(!begins.ends_with("T00:00:00.000Z"), "{begins}"),
        }
    }

    #[test]
    fn who_has_no_more_time_goes_on_where_it_ended() {
        let (_dir, house, mut partner) = house(3);
        let mut looked = LookedFor::default();
        let mut go = |partner: &Partner| {
            let before = house.store.last_made("b").unwrap();
            let made = house.make_from(partner, &mut looked, Duration::ZERO).unwrap();
            let after = house.store.last_made("b").unwrap();
            assert!(made <= 1 && i64::try_from(made).unwrap() == after - before, "{made}");
            after
        };
        let through =
            |partner: &Partner| house.store.is_looked_through("b", &partner.terms()).unwrap();
        while go(&partner) < 2 {
            assert!(!through(&partner));
        }
        // Other terms in the middle: nothing is told twice, and nothing left out.
        partner.countries.push("IN".to_owned());
        while !through(&partner) {
            go(&partner);
        }
        assert_eq!(go(&partner), 3);
        // By other countries nothing that was told is taken back.
        partner.countries = vec!["US".to_owned()];
        while !through(&partner) {
            go(&partner);
        }
        assert_eq!(go(&partner), 3);
    }

    #[test]
    fn an_export_is_elsewhere_only_where_its_goods_go_elsewhere() {
        let (_dir, house, mut partner) = house(1);
        let mut looked = LookedFor::default();
        assert_eq!(house.make_from(&partner, &mut looked, AT_A_TIME).unwrap(), 1);
        let mrn = house.store.envelopes("b", 0, 1).unwrap().remove(0).mrn;
        partner.countries = vec!["IN".to_owned()];
        assert!(matches!(house.look(&partner, &mrn, false).unwrap(), Tell::Nothing));
        partner.countries = vec!["CN".to_owned()];
        assert!(matches!(house.look(&partner, &mrn, false).unwrap(), Tell::Export(_)));
    }
}
