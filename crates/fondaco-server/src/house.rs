//! The house: looks at a message, gives it a number and a receipt, lodges it, tells what follows.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fondaco::consignment::{self, Event, State};
use fondaco::day::Day;
use fondaco::decision::{Lane, Step};
use fondaco::declaration::Message;
use fondaco::finding::Code;
use fondaco::id::Mrn;
use fondaco::reference::Pack;
use fondaco_wire::receipt::{self, Receipt, Signer};
use fondaco_wire::report::Report;
use fondaco_wire::{Format, pack};
use sha2::{Digest, Sha256};

use crate::cli::{Failure, today};
use crate::consider::{self, When};
use crate::packs;
use crate::store::{self, Fault, Filing, Lodge, Lodged, Store, Sync};

/// A running house.
pub(crate) struct House {
    pub(crate) pack: Pack,
    pub(crate) store: Arc<Store>,
    pub(crate) signer: Signer,
    /// Whether recorded messages may be filed again as of their own day, with no sign-in.
    pub(crate) sandbox: bool,
    /// Secret of the draw.
    seed: [u8; 32],
    sequence: AtomicU64,
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

fn secret(path: &Path) -> Result<[u8; 32], Failure> {
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
        if over.is_dir() {
            let added = pack::folder::read(&over, &over).map_err(fault)?;
            if !added.is_empty() {
                let said = |problems: Vec<pack::Problem>| {
                    let all: Vec<String> =
                        problems.iter().take(5).map(ToString::to_string).collect();
                    Failure::Usage(format!("{}:\n{}", over.display(), all.join("\n")))
                };
                bundle = pack::with_files(&bundle, added).map_err(said)?;
                pack = pack::load(&bundle).map_err(said)?;
            }
        }
        // The bundle is kept as long as opinions formed by it may be replayed.
        let kept = dir.join("bundles").join(format!("{}.pack", pack.digest));
        if !kept.exists() {
            let beside = kept.with_extension("new");
            fs::write(&beside, &bundle).and_then(|()| fs::rename(&beside, &kept)).map_err(fault)?;
        }
        let key = secret(&dir.join("receipt.key"))?;
        let seed = secret(&dir.join("draw.key"))?;
        let signer = Signer::new(&key);
        fs::write(dir.join("receipt.jwk"), signer.public_jwk()).map_err(fault)?;
        let store = Store::open(&dir.join("fondaco.db"), sync)
            .map_err(|e| Failure::Fault(e.to_string()))?;
        let sequence = store.last_number().map_err(|e| Failure::Fault(e.to_string()))?;
        let sequence = AtomicU64::new(sequence);
        Ok(Self { pack, store, signer, sandbox, seed, sequence, _lock: lock })
    }

    /// A number nobody has, and its MRN. One that is not used in the end leaves a gap.
    fn next_mrn(&self, day: Day) -> Result<(i64, Mrn), Fault> {
        let n = self.sequence.fetch_add(1, Ordering::Relaxed) + 1;
        let year = u8::try_from(day.year().rem_euclid(100)).unwrap_or(0);
        let mrn = Mrn::new(year, &self.pack.profile.country, n)
            .map_err(|e| Fault::Engine(e.to_string()))?;
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
        let (number, mrn) = self.next_mrn(today)?;
        let mrn = mrn.to_string();
        let draw = self.draw(&mrn);
        let considered = consider::consider(&self.pack, format, bytes, when, draw);
        let mut filing = Filing {
            id: uuid::Uuid::now_v7().to_string(),
            today: today.number(),
            on: on.map(Day::number),
            window: when.window,
            draw,
            format: format.name.to_owned(),
            bundle: self.pack.digest.clone(),
            digest: receipt::digest(bytes),
            key: key.to_owned(),
            at: now(),
            body: store::pack(bytes)?,
            ..Filing::default()
        };
        let mut events = Vec::new();
        let mut report = considered.report;
        if let Some(declaration) = &considered.declaration {
            filing.lrn.clone_from(&declaration.reference);
            declaration.declarant().clone_into(&mut filing.declarant);
            filing.kind = declaration.kind.to_string();
            if declaration.message == Message::Original {
                filing.mrn = mrn;
                filing.number = Some(number);
                let lane = Lane::named(report.decision.lane).unwrap_or(Lane::Red);
                let plan: Vec<Step> = report.decision.plan.iter().filter_map(|s| step(s)).collect();
                let assessed = report.assessment.as_ref().is_some_and(|a| !a.lines.is_empty());
                for event in consignment::on_lodging(declaration, lane, &plan, assessed) {
                    events.push((filing.mrn.clone(), event));
                }
            } else {
                filing.about.clone_from(&declaration.mrn);
                match self.store.filing(&declaration.mrn)? {
                    None => {
                        if let Some(draft) = &considered.draft {
                            report = consider::returned(
                                &self.pack,
                                considered.day,
                                draft,
                                Code::DeclarationUnknown,
                                "ID",
                                &declaration.mrn,
                            );
                            filing.about.clear();
                        }
                    }
                    Some(main) => {
                        let first = consignment::on_lodging(declaration, Lane::Green, &[], false);
                        events.extend(first.into_iter().map(|e| (main.mrn.clone(), e)));
                        if declaration.message == Message::Arrival {
                            events.extend(self.accept_on_arrival(&main)?);
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
            events = vec![(filing.id.clone(), Event::Rejected)];
        }
        Ok(Lodge { filing, events })
    }

    /// Puts the report and the receipt into the filing.
    fn seal(&self, filing: &mut Filing, report: &Report) -> Result<(), Fault> {
        report.outcome.clone_into(&mut filing.outcome);
        report.decision.lane.clone_into(&mut filing.lane);
        filing.total = match &report.assessment {
            // Where nothing could be computed there is no sum, and zero would be one.
            Some(a) if !a.lines.is_empty() || a.unknown.is_empty() => {
                format!("{} {}", a.total, a.currency)
            }
            _ => String::new(),
        };
        filing.opinion = store::pack(&report.to_bytes())?;
        filing.receipt = self.signer.sign(&Receipt {
            id: filing.id.clone(),
            mrn: filing.mrn.clone(),
            lrn: filing.lrn.clone(),
            outcome: filing.outcome.clone(),
            lodged_at: filing.at.clone(),
            digest: filing.digest.clone(),
            bundle: filing.bundle.clone(),
        });
        Ok(())
    }

    /// What follows for a pre-lodged declaration when its goods come.
    fn accept_on_arrival(&self, main: &Filing) -> Result<Vec<(String, Event)>, Fault> {
        if self.state(&main.mrn)? != State::PreLodged {
            return Ok(Vec::new());
        }
        let opinion: serde_json::Value = serde_json::from_slice(&main.opinion).unwrap_or_default();
        let lane = opinion["decision"]["lane"].as_str().and_then(Lane::named).unwrap_or(Lane::Red);
        let plan: Vec<Step> = opinion["decision"]["plan"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|s| step(s.as_str()?))
            .collect();
        let assessed = opinion["assessment"]["lines"].as_array().is_some_and(|l| !l.is_empty());
        let events = consignment::after_acceptance(lane, &plan, assessed);
        Ok(events.into_iter().map(|e| (main.mrn.clone(), e)).collect())
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
        let lodge = self.prepare(format, bytes, key, on)?;
        let copy = lodge.clone();
        match self.lodge(lodge).await? {
            Lodged::Written => self.written(copy.filing),
            Lodged::Repeated(before) => Ok(answer(*before, true)),
            Lodged::KeyUsed => Err(Refusal::KeyUsed),
            Lodged::ReferenceUsed => {
                // Known only now: the filing becomes a returned one, and is kept as such.
                let returned = self.reference_used(copy.filing, format, bytes)?;
                let kept = returned.filing.clone();
                match self.lodge(returned).await? {
                    Lodged::Repeated(before) => Ok(answer(*before, true)),
                    Lodged::KeyUsed => Err(Refusal::KeyUsed),
                    Lodged::Written | Lodged::ReferenceUsed => self.written(kept),
                }
            }
        }
    }

    fn written(&self, mut filing: Filing) -> Result<Answer, Refusal> {
        filing.opinion = zstd::decode_all(filing.opinion.as_slice()).map_err(Fault::from)?;
        Ok(answer(filing, false))
    }

    async fn lodge(&self, lodge: Lodge) -> Result<Lodged, Fault> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.store.lodge(lodge, move |result| {
            sender.send(result).ok();
        });
        receiver.await.unwrap_or(Err(Fault::Stopped))
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
                &self.pack,
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
        let events = vec![(filing.id.clone(), Event::Rejected)];
        Ok(Lodge { filing, events })
    }

    /// The state of a declaration: the fold of its events.
    pub(crate) fn state(&self, mrn: &str) -> Result<State, Fault> {
        let events = self.store.events(mrn, 0, 10_000)?;
        Ok(consignment::fold(events.iter().map(|e| e.event)))
    }
}

/// Forms the opinion on a stored filing again, by the bundle it was formed by.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn replay(dir: &Path, filing: &Filing) -> Result<Vec<u8>, String> {
    let path = dir.join("bundles").join(format!("{}.pack", filing.bundle));
    let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let pack =
        &pack::load(&bytes).map_err(|p| format!("{}: {} problems", path.display(), p.len()))?;
    let format = fondaco_wire::FORMATS
        .iter()
        .find(|f| f.name == filing.format)
        .ok_or_else(|| format!("there is no format {}", filing.format))?;
    let day = |n: i32| Day::from_number(n).map_err(|e| e.to_string());
    let when = When {
        on: filing.on.map(day).transpose()?,
        today: day(filing.today)?,
        window: filing.window,
    };
    let considered = consider::consider(pack, format, &filing.body, when, filing.draw);
    // What only the store could know is taken from what was stored.
    let stored: serde_json::Value = serde_json::from_slice(&filing.opinion).unwrap_or_default();
    let first = &stored["findings"][0];
    let by_store =
        [(Code::ReferenceUsed, "FunctionalReferenceID"), (Code::DeclarationUnknown, "ID")];
    for (code, at) in by_store {
        if first["code"] == code.row().code
            && let Some(draft) = &considered.draft
        {
            let value = first["value"].as_str().unwrap_or_default();
            let report = consider::returned(pack, considered.day, draft, code, at, value);
            return Ok(report.to_bytes());
        }
    }
    Ok(considered.report.to_bytes())
}

fn step(name: &str) -> Option<Step> {
    [
        Step::ReviewDocuments,
        Step::ExamineGoods,
        Step::RequestDocuments,
        Step::Detain,
        Step::RequestPayment,
        Step::Release,
    ]
    .into_iter()
    .find(|s| s.name() == name)
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
