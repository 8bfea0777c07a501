//! The scenarios of a real administration, played as scripts on a whole house: what its traders filed is
//! filed, what its officers, ports and bank are seen to have done in its notifications is done, and the
//! house must tell the same, in the same order.
//!
//! The house is given a cause only where it tells nothing of itself: the next notification of the script
//! says which. Whatever it tells that the script has not, or not there, is a miss. Two notifications
//! issued within a second of each other may come in either order: they were sent from several machines.

mod read;

use std::path::{Path, PathBuf};

use fondaco::consignment::{Answer, Event, HoldKind, Request};
use fondaco::day::Day;
use jiff::{SignedDuration, Timestamp};

use crate::act::ActMessage;
use crate::house::House;
use crate::http::notifications::functions_told;
use crate::store::{Filing, Lodge, Lodged, Sync};
use read::{Script, Told, readdressed};

/// Scripts whose folder is whole and that are not told as the administration told them;
/// `docs/lifecycle.md` says why.
const MISSED: &[&str] = &[];
/// Scripts whose folder is not whole: what is missing was made up of what the administration says
/// elsewhere.
const NOT_WHOLE: &[&str] = &["TT_IM017b", "TT_IM040b", "TT_IM134a"];

/// Scenarios without notifications in their folder that are told otherwise than listed.
const MISSED_OF_LISTED: &[&str] = &[
    // Not listed in full, or of two declarations.
    "TT_EX005a",
    "TT_EX019a",
    "TT_EX021a",
    "TT_EX022a",
    "TT_EX030a",
    "TT_EX031a",
    // The second amendment is not in the folder.
    "TT_IM002c",
    // No rate is held for the goods, and the declarant names no tax.
    "TT_IM042a",
    "TT_IM069a",
    "TT_IM143a",
    // A simplified declaration, whose duties are told of the one that completes it.
    "TT_IM144a",
];

/// A house in which a script is played.
struct Stage {
    house: House,
    runtime: tokio::runtime::Runtime,
    mrn: String,
    keys: usize,
    /// The day on which its trader filed.
    day: Option<Day>,
}

impl Stage {
    /// A house for one declaration, which keeps the window for acceptance as of the day of the script.
    fn new(scratch: &Path, day: Option<Day>) -> Self {
        lay_measures(&scratch.join("pack"));
        let house = House::open(scratch, "gb", day.is_none(), Sync::Off);
        let house = house.unwrap_or_else(|e| panic!("{e}"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { house, runtime, mrn: String::new(), keys: 0, day }
    }

    fn file(&mut self, xml: &str) -> Result<(), String> {
        self.keys += 1;
        let key = format!("k{}", self.keys);
        let format = fondaco_wire::format_of("application/xml").ok_or("no format")?;
        let filed = self.runtime.block_on(self.house.file(format, xml.as_bytes(), &key, self.day));
        let answer = filed.map_err(|e| e.to_string())?;
        if answer.outcome != "accepted" && !self.mrn.is_empty() {
            let opinion: serde_json::Value =
                serde_json::from_slice(&answer.opinion).unwrap_or_default();
            return Err(format!("returned: {}", opinion["findings"][0]["text"]["en"]));
        }
        if !answer.mrn.is_empty() {
            self.mrn = answer.mrn;
        } else if self.mrn.is_empty() {
            self.mrn = answer.id;
        }
        Ok(())
    }

    /// What the bank says, put into the store: lodged as an act is.
    fn money(&mut self, events: Vec<Event>) -> Result<(), String> {
        let fault = |e: crate::store::Fault| e.to_string();
        let (_, last) = self.house.store.life(&self.mrn).map_err(fault)?;
        self.keys += 1;
        let filing = Filing {
            id: format!("bank-{}", self.keys),
            about: self.mrn.clone(),
            outcome: "accepted".to_owned(),
            format: crate::act::FORMAT.to_owned(),
            opinion: crate::store::pack(b"{}").map_err(fault)?,
            body: crate::store::pack(b"{}").map_err(fault)?,
            at: crate::house::now(),
            ..Filing::default()
        };
        let lodge = Lodge { filing, events, seen: Some(last), ..Lodge::default() };
        match self.runtime.block_on(self.house.lodge(lodge)) {
            Ok(Lodged::Written) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    }

    fn act(&mut self, message: &ActMessage) -> Result<(), String> {
        self.keys += 1;
        let bytes = serde_json::to_vec(message).map_err(|e| e.to_string())?;
        let key = format!("k{}", self.keys);
        let mrn = self.mrn.clone();
        let done = self.runtime.block_on(self.house.act(&mrn, message, &bytes, &key));
        done.map(|_| ()).map_err(|e| format!("{}: {e}", message.act))
    }

    /// What was told, without the looks that the house chose of itself: whom to look at is a matter of
    /// each administration's risk rules, and ours are others.
    fn told(&self) -> Vec<String> {
        let all = functions_told(&self.house, &self.mrn).unwrap_or_default();
        all.into_iter().filter(|(_, by_lane)| !by_lane).map(|(function, _)| function).collect()
    }

    /// So much later nothing that was waited for has come.
    fn wait(&mut self) -> Result<(), String> {
        let later = Timestamp::now() + SignedDuration::from_hours(24 * 400);
        self.house.sweep(later).map(|_| ()).map_err(|e| e.to_string())
    }

    /// Lifts every hold that is open.
    fn lift(&mut self) -> Result<(), String> {
        let life = self.house.store.life(&self.mrn).map_err(|e| e.to_string())?.0;
        for hold in life.open_holds().collect::<Vec<_>>() {
            self.act(&ActMessage {
                act: "lift".to_owned(),
                by: "officer".to_owned(),
                kind: hold.kind.name().to_owned(),
                agency: hold.agency.to_string(),
                hold: hold.reason.to_string(),
                ..ActMessage::default()
            })?;
        }
        Ok(())
    }
}

fn arrival(mrn: &str, n: usize, declarant: &str, place: &str) -> String {
    let declarant = if declarant.is_empty() {
        String::new()
    } else {
        format!("<Declarant><ID>{declarant}</ID></Declarant>")
    };
    let shipment = if place.is_empty() {
        String::new()
    } else {
        format!(
            "<GoodsShipment><Consignment><GoodsLocation><Name>{place}</Name></GoodsLocation>\
             </Consignment></GoodsShipment>"
        )
    };
    format!(
        "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"><FunctionCode>13</FunctionCode>\
         <FunctionalReferenceID>ARRIVES-{n}</FunctionalReferenceID><ID>{mrn}</ID>\
         <TypeCode>GPR</TypeCode>{declarant}{shipment}</Declaration>"
    )
}

/// Gives the house the cause of what is to be told next; `Err` where there is none.
fn cause(stage: &mut Stage, script: &mut Script, next: &Told) -> Result<(), String> {
    let life = stage.house.store.life(&stage.mrn).map_err(|e| e.to_string())?.0;
    let open: Vec<Request> =
        life.requests().filter(|(_, a)| *a == Answer::Open).map(|(r, _)| r).collect();
    let mrn = stage.mrn.clone();
    let act = |act: &str, reason: &str| ActMessage {
        act: act.to_owned(),
        by: "officer".to_owned(),
        reason: reason.to_owned(),
        ..ActMessage::default()
    };
    let hold = |kind: HoldKind, reason: &str| ActMessage {
        kind: kind.name().to_owned(),
        hold: format!("script {}", stage.keys),
        ..act("hold", reason)
    };
    // An amendment whose answer is in no file was not asked for in this run; what changed, the arrival
    // changed.
    let count = |function: &str| script.told.iter().filter(|one| one.function == function).count();
    let has = |function: &str| count(function) > 0;
    if !has("11") {
        script.amendments.clear();
        script.cancellations.clear();
    }
    let place = if count("07") > usize::from(has("11")) { "QUAY 4" } else { "" };
    match &*next.function {
        "02" if !script.amendments.is_empty() => {
            let xml = script.amendments.remove(0);
            stage.file(&readdressed(&xml, &format!("AMEND-{}", stage.keys), &mrn))
        }
        "02" if !script.cancellations.is_empty() => {
            let xml = script.cancellations.remove(0);
            stage.file(&readdressed(&xml, &format!("CANCEL-{}", stage.keys), &mrn))
        }
        "02" => stage.file(&arrival(&mrn, stage.keys, "", place)),
        "01" => stage.file(&arrival(&mrn, stage.keys, "PORT", place)),
        "05" => stage.act(&hold(HoldKind::Examination, "identity-check")),
        "06" => stage.act(&hold(HoldKind::Documents, "document-missing")),
        "50" => stage.act(&hold(HoldKind::Delay, "agency-busy")),
        "51" => stage.act(&hold(HoldKind::Query, "question")),
        "52" => stage.act(&hold(HoldKind::Detention, "prohibited")),
        "11" => match open.first() {
            Some(request) => {
                let denied = next.name == "41";
                let word = if denied { "deny" } else { "grant" };
                stage.act(&ActMessage {
                    kind: request.kind.name().to_owned(),
                    request: request.number,
                    ..act(word, if denied { "not-founded" } else { "" })
                })
            }
            None => Err("nothing was asked".to_owned()),
        },
        "14" => stage.money(vec![Event::FundsShort]),
        "16" => stage.act(&act("depart", "")),
        "17" => stage.act(&act("hand-over", "outside")),
        // Nothing that was waited for came: the goods, their leaving, the money.
        "03" | "15" | "18" => stage.wait(),
        "10" if life.has(Event::ExitUnproved) => stage.wait(),
        "10" => stage.act(&act("cancel", "lodged-in-error")),
        // The goods are to move: what holds them is lifted, what is owed is secured or paid.
        "08" | "09" | "13" => {
            stage.lift()?;
            let life = stage.house.store.life(&mrn).map_err(|e| e.to_string())?.0;
            if life.owes() && has("08") {
                stage.money(vec![life.secures()])
            } else if !life.is_settled() && otherwise_than_secured(script, next) {
                let again = fondaco::consignment::next(life.clone(), life.wants_again());
                stage.money(vec![life.wants_again(), again.settles()])
            } else if !life.is_settled() {
                stage.money(vec![life.settles()])
            } else {
                Ok(())
            }
        }
        _ => Err("nothing in the house makes it".to_owned()),
    }
}

/// Whether a final debt is otherwise than it was told when it was secured: a quota was allotted meanwhile.
fn otherwise_than_secured(script: &Script, next: &Told) -> bool {
    if next.at.is_none() {
        // Of what is only listed the figures are not known: a third one is told for a reason.
        return script.told.iter().filter(|one| one.function == "13").count() > 2;
    }
    let secured = script.told.iter().find(|one| one.name == "115" && one.at < next.at);
    next.function == "13" && secured.is_some_and(|one| one.figures != next.figures)
}

/// Whether what was told may have come in this order: none before another that was issued more than a
/// second earlier.
fn in_order(told: &[String], script: &[Told]) -> bool {
    let mut left: Vec<&Told> = script.iter().collect();
    for function in told {
        let Some(at) = left.iter().position(|one| one.function == *function) else { return false };
        let when = left.remove(at).at;
        let earlier = |one: &&Told| when.zip(one.at).is_some_and(|(when, at)| when - at > 1);
        if left.iter().any(earlier) {
            return false;
        }
    }
    true
}

/// The rates that the administration's notifications state, as a file of the operator's own.
fn lay_measures(over: &Path) {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cds-dms/dev");
    let Ok(text) = std::fs::read_to_string(shared.join("MEASURES.csv")) else { return };
    // What stands in quotes at the end of a row is the scenario; the act is one of the pack.
    let line = |line: &str| match line.rsplit_once(",\"") {
        Some((row, _)) => format!("{row},tcta-2018\n"),
        None => format!("{line}\n"),
    };
    std::fs::create_dir_all(over).unwrap();
    let rows: String = text.lines().map(line).collect();
    std::fs::write(over.join("measures-scripts.csv"), rows).unwrap();
}

/// Plays a script; what the house told, and why it could not go on.
fn play(mut script: Script, scratch: &Path) -> Option<(Vec<String>, Vec<Told>, String)> {
    let declaration = script.declaration.clone()?;
    if script.told.is_empty() {
        return None;
    }
    // A declaration that states a later day was edited after the run.
    let day = script.told.iter().find_map(|one| one.day);
    let day = day.map(|day| read::stated_acceptance(&declaration).map_or(day, |at| at.max(day)));
    let mut stage = Stage::new(scratch, day);
    let mut why = stage.file(&declaration).err().unwrap_or_default();
    while why.is_empty() {
        let told = stage.told();
        if told.len() >= script.told.len() || !in_order(&told, &script.told) {
            break;
        }
        // The earliest that is not told yet, and may be caused.
        let mut left = script.told.clone();
        for function in &told {
            if let Some(at) = left.iter().position(|one| one.function == *function) {
                left.remove(at);
            }
        }
        let first = left.iter().find_map(|one| one.at);
        let is_near = |at: i64| first.is_none_or(|first| at - first <= 1);
        let mut near = left.clone();
        near.retain(|one| one.at.is_none_or(is_near));
        near.sort_by_key(|one| one.at.is_none());
        // Where it is still to be told that something was heard and nothing is asked for, it is that the
        // goods came.
        let asks = !(script.amendments.is_empty() && script.cancellations.is_empty());
        let heard = near.iter().find(|one| one.function == "02" && !asks).cloned();
        let mut moved = false;
        for next in &near {
            let next = heard.as_ref().filter(|_| next.function == "01").unwrap_or(next);
            if let Err(e) = cause(&mut stage, &mut script, next) {
                why = if why.is_empty() { e } else { format!("{why}; {e}") };
            }
            if stage.told().len() > told.len() {
                (moved, why) = (true, String::new());
                break;
            }
        }
        if !moved {
            if why.is_empty() {
                why = format!("nothing tells {}", near[0].function);
            }
            break;
        }
    }
    let told = stage.told();
    stage.house.store.close();
    Some((told, script.told, why))
}

/// The folders of scenarios, by name.
fn folders(root: &Path) -> Vec<(String, PathBuf)> {
    let all = std::fs::read_dir(root).unwrap().flatten().map(|entry| entry.path());
    let named =
        |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), path.clone());
    let mut all: Vec<_> = all.filter(|path| path.is_dir()).map(named).collect();
    all.sort();
    all
}

/// What is wrong with how a script was told.
fn wrong((told, wanted, why): &(Vec<String>, Vec<Told>, String)) -> Option<String> {
    let right = told.len() == wanted.len() && in_order(told, wanted);
    let wanted: Vec<_> = wanted.iter().map(|one| one.function.as_str()).collect();
    (!right).then(|| format!("{} for {}: {why}", told.join(" "), wanted.join(" ")))
}

#[test]
fn scenarios_of_an_administration_are_told_as_it_told_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cds-dms/dev");
    if !root.exists() {
        return println!("skipped: ../shared/data/cds-dms is not here");
    }
    let scratch = tempfile::tempdir().unwrap();
    let listed = read::listed(&root);
    let (mut whole, mut right, mut missed, mut lacking) = (0, 0, Vec::new(), Vec::new());
    for (name, folder) in folders(&root) {
        let script = read::script(&folder, listed.get(&name).map_or(&[], Vec::as_slice));
        let lacks = script.lacks.join("; ");
        let Some(played) = play(script, &scratch.path().join(&name)) else { continue };
        let wrong = wrong(&played);
        if lacks.is_empty() {
            whole += 1;
            right += usize::from(wrong.is_none());
        } else {
            println!("{name} is not whole, it lacks {lacks}");
            lacking.push(name.clone());
        }
        if let Some(wrong) = wrong {
            println!("{name}: {wrong}");
            missed.push(name);
        }
    }
    println!("{right} of {whole} whole scripts, {} that are not whole", lacking.len());
    assert_eq!(missed, MISSED);
    assert_eq!(lacking, NOT_WHOLE);
}

/// The others have no notifications in their folder; of them the administration's list of scenarios says
/// which kinds were told, in no sure order.
#[test]
fn scenarios_without_notifications_are_told_in_the_kinds_the_administration_lists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cds-dms/dev");
    if !root.exists() {
        return println!("skipped: ../shared/data/cds-dms is not here");
    }
    let scratch = tempfile::tempdir().unwrap();
    let listed = read::listed(&root);
    let (mut all, mut missed) = (0, Vec::new());
    for (name, folder) in folders(&root) {
        let functions = listed.get(&name).map_or(&[][..], Vec::as_slice);
        let mut script = read::script(&folder, &[]);
        if !script.told.is_empty() || functions.is_empty() {
            continue;
        }
        let told = |function: &&str| Told { function: (*function).to_owned(), ..Told::default() };
        script.told = functions.iter().map(told).collect();
        let Some(played) = play(script, &scratch.path().join(&name)) else { continue };
        all += 1;
        if let Some(wrong) = wrong(&played) {
            println!("{name}: {wrong}");
            missed.push(name);
        }
    }
    println!("{} of {all} listed scripts", all - missed.len());
    assert_eq!(missed, MISSED_OF_LISTED);
}
