//! The house: looks at a message, gives it a number and a receipt, lodges it, tells what follows.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use fondaco::allotment::Drawn;
use fondaco::consignment::{self, Event, Follows, Life, State};
use fondaco::day::Day;
use fondaco::decision::{Lane, Step};
use fondaco::declaration::{Declaration, Message};
use fondaco::finding::Code;
use fondaco::id::Mrn;
use fondaco::money::Decimal;
use fondaco::reference::Pack;
use fondaco_wire::receipt::{self, Receipt, Signer};
use fondaco_wire::report::Report;
use fondaco_wire::{Decoded, Format};
use sha2::{Digest, Sha256};

use crate::cli::{Failure, today};
use crate::consider::{self, When};
use crate::exchange::Looked;
use crate::keys::Keys;
use crate::law::kept::{in_force, keep, laid_over, loaded, of_digest};
use crate::law::{self, Register, Version};
use crate::money;
use crate::packs;
use crate::replay;
use crate::store::lpco::Lookups;
use crate::store::{self, Draw, Fault, Filing, Lodge, Lodged, Store, Sync};
use crate::tasks;
use crate::tell::Tell;

/// A running house.
pub(crate) struct House {
    pub(crate) dir: PathBuf,
    /// The law in force, whole.
    law: RwLock<Arc<Pack>>,
    /// How much had been said of the law, and on which day, when it was last looked at.
    looked: Mutex<Option<(i64, Day)>>,
    pub(crate) store: Arc<Store>,
    /// What it signs with.
    pub(crate) keys: Keys,
    pub(crate) tell: Tell,
    /// Whether recorded messages may be filed again as of their own day, with no sign-in.
    pub(crate) sandbox: bool,
    /// What the operator says of its money.
    pub(crate) money: money::Settings,
    /// Secret of the draw.
    seed: [u8; 32],
    sequence: AtomicU64,
    /// How far it was looked for envelopes to neighbours.
    pub(crate) looked_for: Looked,
    /// Held as long as the house is open: two writers would give one number twice.
    _lock: fs::File,
}

/// The answer to a filing.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) mrn: String,
    pub(crate) outcome: String,
    pub(crate) lane: String,
    pub(crate) receipt: String,
    /// The opinion, as stored.
    pub(crate) opinion: Vec<u8>,
    /// Whether it was answered before.
    pub(crate) repeated: bool,
}

/// How often a filing is looked at again because what it hangs on moved meanwhile.
pub(crate) const MOST_TRIES: usize = 1_000;

/// That each time another came first.
pub(crate) fn too_many() -> Fault {
    Fault::Engine("too many act on the same at once".to_owned())
}

/// Why a filing was not taken at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The Idempotency-Key was used with other bytes.
    #[error("this Idempotency-Key was used for another message")]
    KeyUsed,
    /// The store failed; nothing was taken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Now, RFC 3339 UTC with milliseconds.
pub(crate) fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// The 32 bytes of a key in a file only its owner can read; made where it is not.
pub(crate) fn secret(path: &Path) -> Result<[u8; 32], Failure> {
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", path.display()));
    match fs::read(path) {
        Ok(bytes) => bytes
            .try_into()
            .map_err(|_| Failure::Fault(format!("{}: not a key of 32 bytes", path.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|e| Failure::Fault(format!("no randomness: {e}")))?;
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(fault)?;
            file.write_all(&key).map_err(fault)?;
            file.sync_all().map_err(fault)?;
            Ok(key)
        }
        Err(e) => Err(fault(e)),
    }
}

impl House {
    /// Opens the house in a folder, making it where it is not.
    pub(crate) fn open(
        dir: &Path,
        pack_name: &str,
        sandbox: bool,
        sync: Sync,
    ) -> Result<Self, Failure> {
        let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", dir.display()));
        fs::create_dir_all(dir.join("bundles")).map_err(fault)?;
        let lock = fs::File::create(dir.join("lock")).map_err(fault)?;
        if lock.try_lock().is_err() {
            return Err(Failure::Usage(format!(
                "{}: another program keeps this house open",
                dir.display()
            )));
        }
        let (mut pack, mut bundle) = packs::load(pack_name).map_err(Failure::Usage)?;
        // What an operator lays over the pack (rates of exchange, lists) goes into the bundle, so
        // that its digest names it too.
        let over = dir.join("pack");
        if over.is_dir()
            && let Some(with) = laid_over(&bundle, &over)?
        {
            bundle = with;
            pack = loaded(&bundle)?;
        }
        // The bundle is kept as long as opinions formed by it may be replayed.
        keep(dir, &pack.digest, &bundle)?;
        let seed = secret(&dir.join("draw.key"))?;
        let keys = Keys::open(dir)?;
        let tell = Tell::open(dir, keys.id())?;
        fs::write(dir.join("receipt.jwk"), keys.public()).map_err(fault)?;
        let store = Store::open(&dir.join("fondaco.db"), sync)
            .map_err(|e| Failure::Fault(e.to_string()))?;
        store.open_books().map_err(|e| Failure::Fault(e.to_string()))?;
        let pack = Arc::new(in_force(dir, &store, &keys, pack, sandbox)?);
        let sequence = store.last_number().map_err(|e| Failure::Fault(e.to_string()))?;
        let sequence = AtomicU64::new(sequence);
        let dir = dir.to_owned();
        let law = RwLock::new(pack);
        let looked = Mutex::default();
        let money = money::Settings::read(&dir)?;
        let looked_for = Looked::default();
        let house = Self {
            dir,
            law,
            looked,
            store,
            keys,
            tell,
            sandbox,
            money,
            seed,
            sequence,
            looked_for,
            _lock: lock,
        };
        house.charge_old()?;
        house.hold_old()?;
        Ok(house)
    }

    /// The law in force. Who looks at something holds it until it is done: half of one law and half of
    /// the next is never applied.
    pub(crate) fn pack(&self) -> Arc<Pack> {
        self.law.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key that signs today.
    pub(crate) fn signer(&self) -> &Signer {
        self.keys.on(today())
    }

    /// Puts another law in the place of that in force.
    pub(crate) fn set_pack(&self, pack: Pack) {
        *self.law.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pack);
    }

    /// What was proposed, approved and refused as the law.
    pub(crate) fn versions(&self) -> Result<Vec<Version>, Fault> {
        Register::new(&self.store, self.keys.public()).versions(today())
    }

    /// Looks whether another bundle is the law by now: one was approved, or its day has come. `Some` of
    /// what it is now.
    ///
    /// # Errors
    /// Why it cannot be told or loaded; what was in force stays so.
    pub(crate) fn turn(&self) -> Result<Option<String>, Failure> {
        let fault = |fault: Fault| Failure::Fault(fault.to_string());
        // Signatures are verified again only where something was said since, or another day came.
        let now = (self.store.acts_said().map_err(fault)?, today());
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if *looked == Some(now) {
            return Ok(None);
        }
        let versions = self.versions().map_err(fault)?;
        let law = versions.iter().find(|v| v.in_force);
        let law = law.filter(|_| !self.sandbox || law::is_voted_on(&versions));
        let other = law.filter(|law| law.bundle != self.pack().digest);
        if let Some(law) = other {
            self.set_pack(of_digest(&self.dir, &law.bundle)?);
        }
        *looked = Some(now);
        Ok(other.map(|law| law.bundle.clone()))
    }

    /// A number nobody has, and its MRN. One that is not used in the end leaves a gap.
    fn next_mrn(&self, day: Day, country: &str) -> Result<(i64, Mrn), Fault> {
        let n = self.sequence.fetch_add(1, Ordering::Relaxed) + 1;
        let year = u8::try_from(day.year().rem_euclid(100)).unwrap_or(0);
        let mrn = Mrn::new(year, country, n).map_err(|e| Fault::Engine(e.to_string()))?;
        Ok((i64::try_from(n).unwrap_or(i64::MAX), mrn))
    }

    /// The draw of a number: fixed by the house's secret before the message is looked at.
    fn draw(&self, mrn: &str) -> u32 {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(mrn.as_bytes());
        let digest = hash.finalize();
        let number = digest.iter().take(8).fold(0u64, |n, b| (n << 8) | u64::from(*b));
        u32::try_from(number % 10_000).unwrap_or(0)
    }

    /// Looks at a message and makes of it what will be lodged. All the work, no waiting.
    pub(crate) fn prepare(
        &self,
        format: &Format,
        bytes: &[u8],
        key: &str,
        on: Option<Day>,
    ) -> Result<Lodge, Fault> {
        let today = today();
        let when = When { on, today, window: !self.sandbox };
        let pack = self.pack();
        let (number, mrn) = self.next_mrn(today, &pack.profile.country)?;
        let mrn = mrn.to_string();
        let draw = self.draw(&mrn);
        let (considered, sight) = self
            .with_known("", |known| consider::consider(&pack, format, bytes, when, draw, known))?;
        let mut filing = Filing {
            on: on.map(Day::number),
            window: when.window,
            draw,
            today: today.number(),
            ..sent(format.name, &pack.digest, bytes, key)?
        };
        let mut events = Vec::new();
        let mut draws = Vec::new();
        let mut owed = None;
        let mut looked = Lookups::default();
        let mut seen = None;
        let mut report = considered.report;
        if let Some(declaration) = &considered.declaration {
            filing.lrn.clone_from(&declaration.reference);
            declaration.declarant().clone_into(&mut filing.declarant);
            filing.kind = declaration.kind.to_string();
            if declaration.message == Message::Original {
                filing.mrn = mrn;
                filing.number = Some(number);
                events = consignment::on_lodging(
                    declaration,
                    &follows(&pack, &report, Some(declaration)),
                    &Life::default(),
                );
                // Goods that are still to come draw, and owe, when they have come.
                let here = !declaration.is_pre_lodged();
                draws = considered.draws;
                if !here {
                    draws = draws.into_iter().map(Draw::foreseen).collect();
                } else {
                    owed = self.owed(&pack, &filing.mrn, declaration, considered.charge, today);
                }
                looked = Lookups::of(sight, &pack, considered.checked, here);
            } else {
                filing.about.clone_from(&declaration.mrn);
                let main = self.store.filing(&declaration.mrn)?;
                let main = main.filter(|main| main.mrn == declaration.mrn);
                let life = main.as_ref().map(|main| self.store.life(&main.mrn)).transpose()?;
                // What is over is not changed or ended again.
                let over = |life: &Life| {
                    consignment::asks(declaration.message).is_some_and(|k| !life.state().takes(k))
                };
                let against = match &life {
                    None => Some(Code::DeclarationUnknown),
                    Some((life, _)) if over(life) => Some(Code::DeclarationOver),
                    Some(_) => None,
                };
                if let (Some(code), Some(draft)) = (against, &considered.draft) {
                    let (day, mrn) = (considered.day, &declaration.mrn);
                    report = consider::returned(&pack, day, draft, code, "ID", mrn);
                    filing.about.clear();
                } else if let Some((main, (life, last))) = main.zip(life) {
                    seen = Some(last);
                    events = consignment::on_lodging(
                        declaration,
                        &follows(&pack, &report, Some(declaration)),
                        &life,
                    );
                    if declaration.message == Message::Arrival && life.state() == State::PreLodged {
                        let when = When { on: Some(on.unwrap_or(today)), ..when };
                        let accepted = self.accepted_on_arrival(&pack, &main, when)?;
                        events.extend(accepted.events);
                        // Where they are is otherwise than was declared.
                        let now = &declaration.location;
                        if !now.is_empty() && *now != accepted.location {
                            events.push(Event::Changed);
                        }
                        draws = accepted.draws;
                        owed = accepted.owed;
                        looked = accepted.looked;
                        if let Some(formed) = accepted.report {
                            report = formed;
                        }
                    }
                }
            }
        } else if let Some(root) = considered.draft.as_ref().and_then(|d| d.root()) {
            // A returned filing is kept under what it called itself.
            let text = |name: &str| root.child(name).map(|c| c.text().to_owned());
            filing.lrn = text("FunctionalReferenceID").unwrap_or_default();
            filing.kind = text("TypeCode").unwrap_or_default();
            let declarant = root.child("Declarant").and_then(|d| d.child("ID"));
            filing.declarant = declarant.map(|d| d.text().to_owned()).unwrap_or_default();
        }
        self.seal(&mut filing, &report)?;
        if filing.outcome == "returned" {
            events = vec![Event::Rejected];
            (owed, seen) = (None, None);
            (draws, looked) = (Vec::new(), Lookups::default());
        }
        let (decided_items, judges) = (None, false);
        Ok(Lodge { filing, events, draws, owed, looked, seen, decided_items, judges })
    }

    /// Does what asks how much is drawn on quotas now.
    pub(crate) fn with_drawn<T>(&self, f: impl FnOnce(&Drawn<'_>) -> T) -> Result<T, Fault> {
        let failed = std::cell::RefCell::new(None);
        let result = f(&|quota| {
            self.store.drawn(quota).unwrap_or_else(|fault| {
                failed.replace(Some(fault));
                Decimal::MAX
            })
        });
        failed.into_inner().map_or(Ok(result), Err)
    }

    /// Puts the report and the receipt into the filing.
    fn seal(&self, filing: &mut Filing, report: &Report) -> Result<(), Fault> {
        report.outcome.clone_into(&mut filing.outcome);
        judged(filing, report)?;
        filing.receipt = self.receipt(filing, &filing.mrn);
        Ok(())
    }

    /// The receipt of a filing, for the declaration with this number.
    pub(crate) fn receipt(&self, filing: &Filing, mrn: &str) -> String {
        self.signer().sign(&Receipt {
            id: filing.id.clone(),
            mrn: mrn.to_owned(),
            lrn: filing.lrn.clone(),
            outcome: filing.outcome.clone(),
            lodged_at: filing.at.clone(),
            digest: filing.digest.clone(),
            bundle: filing.bundle.clone(),
        })
    }

    /// The filing whose opinion stands in place of the declaration's own: formed when the goods of one
    /// lodged before they came did come, or when an amendment was granted; the last of them. `None` where
    /// it is the declaration's own.
    pub(crate) fn standing(&self, main: &Filing) -> Result<Option<Filing>, Fault> {
        let about = if main.mrn.is_empty() { Vec::new() } else { self.store.about(&main.mrn)? };
        Ok(last_formed(&about).cloned())
    }

    /// The declaration with the amendments that were granted.
    pub(crate) fn as_it_stands(&self, main: &Filing) -> Result<Decoded, Fault> {
        replay::as_it_stands(&self.store, main, None)
    }

    /// Files a message: looks at it, lodges it, waits until it is on the disk.
    pub(crate) async fn file(
        &self,
        format: &Format,
        bytes: &[u8],
        key: &str,
        on: Option<Day>,
    ) -> Result<Answer, Refusal> {
        if !key.is_empty()
            && let Some(before) = self.store.by_key(key)?
        {
            return if before.digest == receipt::digest(bytes) {
                Ok(answer(before, true))
            } else {
                Err(Refusal::KeyUsed)
            };
        }
        // Others may draw on the same quota meanwhile, or report the same arrival: it is looked at
        // again. Each time somebody was served, and an exhausted quota moves no more.
        for _ in 0..MOST_TRIES {
            let lodge = self.prepare(format, bytes, key, on)?;
            let copy = lodge.clone();
            match self.lodge(lodge).await? {
                Lodged::Moved => {}
                Lodged::Written => return self.written(copy.filing),
                Lodged::Repeated(before) => return Ok(answer(*before, true)),
                Lodged::KeyUsed => return Err(Refusal::KeyUsed),
                Lodged::ReferenceUsed => {
                    // Known only now: the filing becomes a returned one, and is kept as such.
                    let returned = self.reference_used(copy.filing, format, bytes)?;
                    let kept = returned.filing.clone();
                    return match self.lodge(returned).await? {
                        Lodged::Repeated(before) => Ok(answer(*before, true)),
                        Lodged::KeyUsed => Err(Refusal::KeyUsed),
                        Lodged::Written | Lodged::ReferenceUsed | Lodged::Moved => {
                            self.written(kept)
                        }
                    };
                }
            }
        }
        Err(Fault::Engine("too many file about the same at once".to_owned()).into())
    }

    fn written(&self, mut filing: Filing) -> Result<Answer, Refusal> {
        filing.opinion = zstd::decode_all(filing.opinion.as_slice()).map_err(Fault::from)?;
        Ok(answer(filing, false))
    }

    /// Hands it to the writer and waits.
    pub(crate) async fn lodge(&self, lodge: Lodge) -> Result<Lodged, Fault> {
        self.store.written(move |writing| writing.lodge(&lodge)).await
    }

    fn reference_used(
        &self,
        mut filing: Filing,
        format: &Format,
        bytes: &[u8],
    ) -> Result<Lodge, Fault> {
        let decoded = (format.decode)(bytes, &fondaco_wire::Limits::default());
        if let Some(draft) = &decoded.draft {
            let on = filing.on.and_then(|n| Day::from_number(n).ok());
            let day = on.or(consider::stated_acceptance(draft)).unwrap_or_else(today);
            let report = consider::returned(
                &self.pack(),
                day,
                draft,
                Code::ReferenceUsed,
                "FunctionalReferenceID",
                &filing.lrn,
            );
            filing.mrn.clear();
            filing.number = None;
            self.seal(&mut filing, &report)?;
        }
        Ok(Lodge { filing, events: vec![Event::Rejected], ..Lodge::default() })
    }

    /// The state of a declaration: what its events come to.
    pub(crate) fn state(&self, mrn: &str) -> Result<State, Fault> {
        Ok(self.store.life(mrn)?.0.state())
    }
}

/// A filing of a message as it was sent, taken now; what it is about and what is thought of it is for the
/// caller to say.
pub(crate) fn sent(format: &str, bundle: &str, bytes: &[u8], key: &str) -> Result<Filing, Fault> {
    Ok(Filing {
        id: uuid::Uuid::now_v7().to_string(),
        outcome: "accepted".to_owned(),
        at: now(),
        today: today().number(),
        format: format.to_owned(),
        bundle: bundle.to_owned(),
        digest: receipt::digest(bytes),
        body: store::pack(bytes)?,
        key: key.to_owned(),
        ..Filing::default()
    })
}

/// Whether a filing is the same message of the same format, sent again.
pub(crate) fn is_again(before: &Filing, format: &str, bytes: &[u8]) -> bool {
    before.format == format && before.digest == receipt::digest(bytes)
}

/// Puts an opinion into a filing, with what lists show of it.
pub(crate) fn judged(filing: &mut Filing, report: &Report) -> Result<(), Fault> {
    report.decision.lane.clone_into(&mut filing.lane);
    filing.total = total(report);
    filing.opinion = store::pack(&report.to_bytes())?;
    Ok(())
}

/// The sum of what has to be paid by an opinion, as filings have it.
pub(crate) fn total(report: &Report) -> String {
    match &report.assessment {
        // Where nothing could be computed there is no sum, and zero would be one.
        Some(a) if !a.lines.is_empty() || a.unknown.is_empty() => {
            format!("{} {}", a.total, a.currency)
        }
        _ => String::new(),
    }
}

/// The format a filing came in.
pub(crate) fn format_of(filing: &Filing) -> Result<&'static Format, String> {
    let none = || format!("there is no format {}", filing.format);
    fondaco_wire::format_named(&filing.format).ok_or_else(none)
}

/// What happens next by an opinion.
pub(crate) fn follows(pack: &Pack, report: &Report, declaration: Option<&Declaration>) -> Follows {
    let names_taxes = declaration.is_some_and(Declaration::names_taxes);
    let assessment = report.assessment.as_ref();
    let unknown = assessment.is_some_and(|a| !a.unknown.is_empty());
    // Also where the declarant names taxes and no amount could be told, or its type is always told.
    let told = declaration.and_then(|d| pack.profile.type_of(&d.kind)).is_some_and(|t| t.assessed);
    let assessed =
        told || assessment.is_some_and(|a| !a.lines.is_empty()) || (names_taxes && unknown);
    let plan = report.decision.plan.iter().filter_map(|s| step(s)).collect();
    let asked = report.requirements.iter().map(|r| (r.id.as_str(), r.status));
    let tasks = tasks::holds(pack, asked);
    let lane = Lane::named(report.decision.lane).unwrap_or(Lane::Red);
    Follows { lane, plan, assessed, tasks }
}

/// Of messages about a declaration, oldest first, the last whose opinion is one on that declaration.
pub(crate) fn last_formed(about: &[Filing]) -> Option<&Filing> {
    about.iter().rev().find(|filing| forms_an_opinion(filing))
}

/// The filing by whose opinion a declaration stood before the message with this id came; `until` may be empty,
/// for what stands now.
pub(crate) fn stood_by<'f>(about: &'f [Filing], main: &'f Filing, until: &str) -> &'f Filing {
    let before = about.iter().position(|filing| filing.id == until).unwrap_or(about.len());
    about.get(..before).and_then(last_formed).unwrap_or(main)
}

/// Whether the opinion stored with a message about a declaration is one on that declaration.
pub(crate) fn forms_an_opinion(filing: &Filing) -> bool {
    let opinion: serde_json::Value = serde_json::from_slice(&filing.opinion).unwrap_or_default();
    !filing.about.is_empty() && opinion["assessment"].is_object()
}

pub(crate) fn step(name: &str) -> Option<Step> {
    Step::ALL.into_iter().find(|s| s.name() == name)
}

fn answer(filing: Filing, repeated: bool) -> Answer {
    Answer {
        id: filing.id,
        mrn: filing.mrn,
        outcome: filing.outcome,
        lane: filing.lane,
        receipt: filing.receipt,
        opinion: filing.opinion,
        repeated,
    }
}
