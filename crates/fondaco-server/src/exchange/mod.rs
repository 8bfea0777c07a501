//! The bridge to neighbours' houses: envelopes of exports that were let go, made and taken, and the
//! drafts of imports that come of them.

pub(crate) mod commands;
pub(crate) mod drafts;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use fondaco::bridge;
use fondaco::consignment::State;
use fondaco::measure::Direction;
use fondaco_wire::envelope::{self, Envelope, Receiver, Refused, Sender};
use fondaco_wire::receipt;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cli::today;
use crate::house::{House, now};
use crate::store::{Due, Fault, Kept, PartnerKey, Store, Taken};

/// How far two clocks may be apart.
const CLOCKS: SignedDuration = SignedDuration::from_secs(300);

/// Events looked at in one go.
const AT_ONCE: usize = 1_000;

/// The kind (`typ`) of what a house signs when it takes an envelope.
const TAKEN: &str = "fondaco-envelope-taken";

/// The kind (`typ`) of what a neighbour signs when it asks for envelopes.
const PULL: &str = "fondaco-pull";

/// Up to which event it was looked for envelopes, by neighbour. After a start it is looked again from
/// the last one made.
#[derive(Default)]
pub(crate) struct Looked(Mutex<HashMap<String, i64>>);

/// A neighbour, as it was last said to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Partner {
    /// Its name here.
    pub(crate) name: String,
    /// The id of its house.
    pub(crate) house: String,
    /// The pack its house applies.
    pub(crate) pack: String,
    /// The countries it stands for.
    pub(crate) countries: Vec<String>,
    /// The day from which exports are told to it.
    pub(crate) since: String,
    /// Its keys: what was said last of each.
    pub(crate) keys: Vec<PartnerKey>,
}

impl Partner {
    /// The key of this name, where it counts on a day (YYYY-MM-DD).
    fn key(&self, kid: &str, day: &str) -> Option<&PartnerKey> {
        let counts = |k: &&PartnerKey| {
            k.kid == kid && *k.from <= *day && (k.until.is_empty() || *day < *k.until)
        };
        self.keys.iter().find(counts)
    }
}

/// The neighbours of a house, by name: what was said last stands.
///
/// # Errors
/// [`Fault`].
pub(crate) fn partners(store: &Store) -> Result<Vec<Partner>, Fault> {
    let mut all: BTreeMap<String, Partner> = BTreeMap::new();
    for said in store.partner_keys()? {
        let partner = all.entry(said.name.clone()).or_insert_with(|| Partner {
            name: said.name.clone(),
            since: said.from.clone(),
            ..Partner::default()
        });
        partner.house.clone_from(&said.house);
        partner.pack.clone_from(&said.pack);
        partner.countries = said.countries.split(' ').map(str::to_owned).collect();
        partner.keys.retain(|k| k.kid != said.kid);
        partner.keys.push(said);
    }
    Ok(all.into_values().collect())
}

/// An envelope that was taken, now or before.
#[derive(Clone, Debug)]
pub(crate) struct Receipted {
    pub(crate) kept: Kept,
    pub(crate) repeated: bool,
}

/// Why an envelope is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    /// It proves nothing, or says what it may not.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Its id or its number was used by another envelope; that one.
    #[error("this id or number was used by another envelope")]
    Used(Box<Kept>),
    /// Another is next: which.
    #[error("envelope {0} is wanted next")]
    Wanted(i64),
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
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
}

/// What a neighbour signs when it asks for envelopes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pull {
    /// The house that asks.
    from: String,
    /// The house that is asked.
    to: String,
    /// When, RFC 3339.
    at: String,
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A statement by which a house asks another for its envelopes; it counts for five minutes.
pub(crate) fn pull_statement(signer: &receipt::Signer, to: &str) -> String {
    let pull = Pull { from: signer.kid().to_owned(), to: to.to_owned(), at: now() };
    signer.state(PULL, &pull)
}

impl House {
    /// By what its neighbours know this house: the name of its key.
    pub(crate) fn id(&self) -> &str {
        self.signer.kid()
    }

    /// Its neighbours.
    pub(crate) fn partners(&self) -> Result<Vec<Partner>, Fault> {
        partners(&self.store)
    }

    /// The neighbour that signed a request for envelopes; `None` where nobody known did, or not now.
    pub(crate) fn who_pulls(&self, statement: &str) -> Result<Option<Partner>, Fault> {
        let Some(kid) = envelope::kid(statement) else { return Ok(None) };
        let day = today().to_string();
        for partner in self.partners()? {
            let Some(key) = partner.key(&kid, &day) else { continue };
            let Ok(pull) = receipt::stated::<Pull>(statement, PULL, &key.key) else { continue };
            let near = moment(&pull.at)
                .is_some_and(|at| Timestamp::now().duration_since(at).abs() <= CLOCKS);
            if near && pull.from == partner.house && pull.to == self.id() {
                return Ok(Some(partner));
            }
        }
        Ok(None)
    }

    /// Makes the envelopes that are due; how many.
    ///
    /// # Errors
    /// [`Fault`]; those made before it stand.
    pub(crate) fn make_envelopes(&self) -> Result<usize, Fault> {
        let mut made = 0;
        for partner in self.partners()? {
            made += self.make_for(&partner)?;
        }
        Ok(made)
    }

    fn make_for(&self, partner: &Partner) -> Result<usize, Fault> {
        let pack = self.pack();
        let mut looked = self.looked_for.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = match looked.get(&partner.name) {
            Some(cursor) => *cursor,
            None => self.store.last_due(&partner.name)?,
        };
        // What happens from here on is looked at next time, also where it is looked at now.
        let upto = self.store.last_event()?;
        if upto == from {
            return Ok(0);
        }
        let mut made = 0;
        let exports = pack.profile.types.iter().filter(|t| t.direction == Direction::Export);
        for kind in exports {
            let mut after = from;
            loop {
                let some = self.store.let_go(&kind.prefix, after, &partner.since, AT_ONCE)?;
                for (cursor, mrn) in &some {
                    made += usize::from(self.make(partner, mrn, *cursor)?);
                }
                match some.last() {
                    Some((last, _)) if some.len() == AT_ONCE => after = *last,
                    _ => break,
                }
            }
        }
        looked.insert(partner.name.clone(), upto);
        Ok(made)
    }

    /// Makes the envelope of an export for a neighbour, where its goods may go there and this
    /// declaration was not sent before.
    fn make(&self, partner: &Partner, mrn: &str, cursor: i64) -> Result<bool, Fault> {
        let state = match self.state(mrn)? {
            State::Released => "released",
            State::Cleared | State::AwaitingExit | State::Exited => "cleared",
            _ => return Ok(false),
        };
        let Some(main) = self.store.filing(mrn)? else { return Ok(false) };
        let Some(draft) = self.as_it_stands(&main)?.draft else { return Ok(false) };
        let Some(country) = bridge::destination(&draft) else { return Ok(false) };
        if !partner.countries.iter().any(|c| c == country) {
            return Ok(false);
        }
        let declared = match envelope::declared(&draft) {
            Ok(declared) => declared,
            Err(why) => {
                eprintln!("fondaco: no envelope is made of {mrn}: {why}");
                return Ok(false);
            }
        };
        let pack = self.pack();
        let due = Due {
            partner: partner.name.clone(),
            mrn: mrn.to_owned(),
            declared: declared.digest.clone(),
            cursor,
            at: now(),
            id: uuid::Uuid::now_v7().to_string(),
        };
        let mut said = Envelope {
            id: due.id.clone(),
            from: Sender {
                house: self.id().to_owned(),
                pack: pack.id.clone(),
                country: pack.profile.country.to_string(),
            },
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
        let signer = self.signer.clone();
        self.store.written_here(move |writing| {
            writing.envelope(&due, |sequence, previous| {
                said.sequence = u64::try_from(sequence).unwrap_or_default();
                said.previous = previous;
                let jws =
                    envelope::seal(&signer, &said).map_err(|why| Fault::Engine(why.to_string()))?;
                let digest = receipt::digest(jws.as_bytes());
                Ok((jws, digest))
            })
        })
    }

    /// Takes an envelope of a neighbour; waits until it is on the disk.
    pub(crate) async fn take(&self, jws: &str) -> Result<Receipted, NotTaken> {
        let kid = envelope::kid(jws).ok_or(Refused::Form)?;
        let day = today().to_string();
        let partners = self.partners()?;
        let known = partners.iter().find_map(|p| Some((p, p.key(&kid, &day)?)));
        let (partner, key) = known.ok_or(Refused::OtherKey(kid))?;
        let (said, _) = envelope::open(jws, &key.key)?;
        self.is_for_us(&said, partner)?;
        let at = now();
        let digest = receipt::digest(jws.as_bytes());
        let sequence = i64::try_from(said.sequence).unwrap_or(i64::MAX);
        let statement = TakenStatement {
            id: &said.id,
            from: &said.from.house,
            sequence,
            mrn: &said.mrn,
            digest: &digest,
            taken_at: &at,
        };
        let kept = Kept {
            partner: partner.name.clone(),
            sequence,
            id: said.id.clone(),
            mrn: said.mrn.clone(),
            receipt: self.signer.state(TAKEN, &statement),
            digest,
            at,
            jws: jws.as_bytes().to_vec(),
        };
        let new = kept.clone();
        let taken = self
            .store
            .written(move |writing| writing.take(&new, &said.previous, &said.issued_at))
            .await?;
        match taken {
            Taken::Written => Ok(Receipted { kept, repeated: false }),
            Taken::Before(kept) => Ok(Receipted { kept: *kept, repeated: true }),
            Taken::Used(kept) => Err(NotTaken::Used(kept)),
            Taken::Wanted(number) => Err(NotTaken::Wanted(number)),
            Taken::Chain => Err(Refused::Field("previous").into()),
            Taken::Time => Err(Refused::Field("issued_at").into()),
        }
    }

    /// Whether this neighbour may send this to this house now.
    fn is_for_us(&self, said: &Envelope, partner: &Partner) -> Result<(), Refused> {
        let pack = self.pack();
        let latest = Timestamp::now().saturating_add(CLOCKS).unwrap_or(Timestamp::MAX);
        let checks = [
            ("from.house", said.from.house == partner.house),
            ("from.pack", said.from.pack == partner.pack),
            ("from.country", partner.countries.contains(&said.from.country)),
            ("to.house", said.to.house == self.id()),
            ("to.country", *said.to.country == *pack.profile.country),
            ("issued_at", moment(&said.issued_at).is_some_and(|at| at <= latest)),
        ];
        match checks.iter().find(|(_, fine)| !fine) {
            Some((field, _)) => Err(Refused::Field(field)),
            None => Ok(()),
        }
    }
}
