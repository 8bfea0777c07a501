//! The scenarios of a real administration, played as scripts on a whole house: what its traders filed is
//! filed, what its officers, ports and bank are seen to have done in its notifications is done, and the
//! house must tell the same, in the same order.
//!
//! The house is given a cause only where it tells nothing of itself: the next notification of the script
//! says which. Whatever it tells that the script has not, or not there, is a miss. Two notifications
//! issued within a second of each other may come in either order: they were sent from several machines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fondaco::consignment::{Answer, Event, HoldKind, Request};

use crate::act::ActMessage;
use crate::house::House;
use crate::http::notifications::functions_told;
use crate::store::{Filing, Lodge, Lodged, Sync};

/// The text of an element, by its local name; the first there is.
fn text_of<'t>(xml: &'t str, element: &str) -> Option<&'t str> {
    let mut rest = xml;
    while let Some(at) = rest.find(element) {
        let (before, after) = rest.split_at(at);
        let after = &after[element.len()..];
        let opens = before.ends_with('<') || before.ends_with(':');
        if opens && after.starts_with(['>', ' ']) {
            let text = &after[after.find('>')? + 1..];
            return Some(text[..text.find('<')?].trim());
        }
        rest = after;
    }
    None
}

/// XML without its comments.
fn bare(path: &Path) -> Option<String> {
    let mut text = String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned();
    while let Some(from) = text.find("<!--") {
        let until = text[from..].find("-->").map_or(text.len(), |n| from + n + 3);
        text.replace_range(from..until, "");
    }
    Some(text)
}

fn xml_files(dir: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut entries: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            xml_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "xml") {
            into.push(path);
        }
    }
}

/// Scripts that are not told as the administration told them; `docs/lifecycle.md` says why.
const MISSED: &[&str] = &[
    "TT_FI001b",
    "TT_IM014a",
    "TT_IM017b",
    "TT_IM040b",
    "TT_IM134a",
    "TT_IM176a",
    "TT_IM183a",
    "TT_IM219a",
];

/// A notification: second of issue, function, name code.
type Told = (i64, String, String);

/// What a scenario holds.
#[derive(Default)]
struct Script {
    /// The declaration.
    declaration: Option<String>,
    /// Amendments, in order.
    amendments: Vec<String>,
    /// Cancellations.
    cancellations: Vec<String>,
    /// Notifications, as issued.
    told: Vec<Told>,
}

/// Seconds of `YYYYMMDDhhmmss…`, good enough to tell which are near.
fn seconds(stamp: &str) -> i64 {
    let n = |from: usize, to: usize| stamp.get(from..to).and_then(|t| t.parse::<i64>().ok());
    let day = n(0, 4).unwrap_or(0) * 372 + n(4, 6).unwrap_or(0) * 31 + n(6, 8).unwrap_or(0);
    day * 86_400
        + n(8, 10).unwrap_or(0) * 3600
        + n(10, 12).unwrap_or(0) * 60
        + n(12, 14).unwrap_or(0)
}

fn script(dir: &Path) -> Script {
    let mut files = Vec::new();
    xml_files(dir, &mut files);
    let mut script = Script::default();
    let mut seen = BTreeSet::new();
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for path in &files {
        let Some(xml) = bare(path) else { continue };
        let is_response = xml.contains("<Response") || xml.contains(":Response");
        if is_response {
            let stamp =
                xml.split("IssueDateTime").nth(1).and_then(|t| text_of(t, "DateTimeString"));
            let function = text_of(&xml, "FunctionCode").unwrap_or_default().to_owned();
            let status = xml.split("Status>").nth(1).unwrap_or_default();
            let name = text_of(status, "NameCode").unwrap_or_default().to_owned();
            // A copy of a notification under another name is the same one; some folders hold one or two
            // of another declaration.
            let own = text_of(&xml, "FunctionalReferenceID").unwrap_or_default().to_owned();
            let about = xml.split("IssueDateTime").last().unwrap_or_default();
            let about = about.find("Declaration").and_then(|at| text_of(&about[at..], "ID"));
            // A report of what is on file is no notification.
            if function.len() == 2
                && seen.insert((function.clone(), own, stamp.unwrap_or_default().to_owned()))
            {
                let about = about.unwrap_or_default().to_owned();
                told.entry(about).or_default().push((
                    seconds(stamp.unwrap_or_default()),
                    function,
                    name,
                ));
            }
        } else if xml.contains("Declaration")
            && !xml.contains("DIS")
            && !path.to_string_lossy().contains("DIS")
        {
            match (text_of(&xml, "FunctionCode"), text_of(&xml, "TypeCode")) {
                (Some("9"), _) => {
                    script.declaration.get_or_insert(xml);
                }
                (Some("13"), Some("COR")) => script.amendments.push(xml),
                (Some("13"), Some("INV")) => script.cancellations.push(xml),
                _ => {}
            }
        }
    }
    script.told = told.into_values().max_by_key(Vec::len).unwrap_or_default();
    script.told.sort_by_key(|(at, ..)| *at);
    script
}

/// The message with another reference of its own and the number of the declaration it is about.
fn readdressed(xml: &str, lrn: &str, mrn: &str) -> String {
    let mut xml = xml.to_owned();
    for (element, value) in [("FunctionalReferenceID", lrn), ("ID", mrn)] {
        if value.is_empty() {
            continue;
        }
        // The first of the declaration's own: before any class within it.
        let Some(root) = xml.find("Declaration") else { continue };
        let opened = |sign: &str| {
            let found = xml[root..].find(&format!("{sign}{element}>"))?;
            Some(root + found + sign.len() + element.len() + 1)
        };
        let Some(at) = opened("<").or_else(|| opened(":")) else { continue };
        let end = xml[at..].find('<').map_or(at, |n| at + n);
        xml.replace_range(at..end, value);
    }
    xml
}

/// A house in which a script is played.
struct Stage {
    house: House,
    runtime: tokio::runtime::Runtime,
    mrn: String,
    keys: usize,
}

impl Stage {
    fn file(&mut self, xml: &str) -> Result<(), String> {
        self.keys += 1;
        let key = format!("k{}", self.keys);
        let format = fondaco_wire::format_of("application/xml").ok_or("no format")?;
        let filed = self.runtime.block_on(self.house.file(format, xml.as_bytes(), &key, None));
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

    /// What the bank says, which the house has no other way to hear yet: lodged as an act is.
    fn money(&mut self, event: Event) -> Result<(), String> {
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
        let lodge = Lodge { filing, events: vec![event], draws: Vec::new(), seen: Some(last) };
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
fn cause(stage: &mut Stage, script: &mut Script, next: &str, name: &str) -> Result<(), String> {
    let life = stage.house.store.life(&stage.mrn).map_err(|e| e.to_string())?.0;
    let open: Vec<Request> =
        life.requests().filter(|(_, a)| *a == Answer::Open).map(|(r, _)| r).collect();
    let mrn = stage.mrn.clone();
    let hold = |kind: HoldKind, reason: &str| ActMessage {
        act: "hold".to_owned(),
        by: "officer".to_owned(),
        kind: kind.name().to_owned(),
        hold: "script".to_owned(),
        reason: reason.to_owned(),
        ..ActMessage::default()
    };
    // An amendment whose answer is in no file was not asked for in this run; what changed, the arrival
    // changed.
    let has = |function: &str| script.told.iter().any(|(_, f, _)| f == function);
    if !has("11") {
        script.amendments.clear();
        script.cancellations.clear();
    }
    let place = if has("07") && !has("11") { "QUAY 4" } else { "" };
    match next {
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
        "51" => stage.act(&hold(HoldKind::Query, "question")),
        "11" => match open.first() {
            Some(request) => stage.act(&ActMessage {
                act: if name == "41" { "deny" } else { "grant" }.to_owned(),
                by: "officer".to_owned(),
                kind: request.kind.name().to_owned(),
                request: request.number,
                reason: if name == "41" { "not-founded" } else { "" }.to_owned(),
                ..ActMessage::default()
            }),
            None => Err("nothing was asked".to_owned()),
        },
        "14" => stage.money(Event::FundsShort),
        "16" => stage.act(&ActMessage {
            act: "depart".to_owned(),
            by: "port".to_owned(),
            ..ActMessage::default()
        }),
        // The goods are to move: what holds them is lifted, what is owed is secured or paid.
        "08" | "09" | "13" => {
            stage.lift()?;
            let later = script.told.iter().any(|(_, f, _)| f == "08");
            let life = stage.house.store.life(&mrn).map_err(|e| e.to_string())?.0;
            if life.owes() && later {
                stage.money(Event::Secured)
            } else if life.has(Event::PaymentWanted) && !life.has(Event::Settled) {
                stage.money(Event::Settled)
            } else {
                Ok(())
            }
        }
        _ => Err("nothing in the house makes it".to_owned()),
    }
}

/// Whether what was told may have come in this order: none before another that was issued more than a
/// second earlier.
fn in_order(told: &[String], script: &[Told]) -> bool {
    let mut left: Vec<(i64, &str)> = script.iter().map(|(at, f, _)| (*at, f.as_str())).collect();
    for function in told {
        let Some(at) = left.iter().position(|(_, f)| f == function) else { return false };
        let (when, _) = left.remove(at);
        if left.iter().any(|(other, _)| when - other > 1) {
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
fn play(dir: &Path, scratch: &Path) -> Option<(Vec<String>, Vec<Told>, String)> {
    let mut script = script(dir);
    let declaration = script.declaration.clone()?;
    if script.told.is_empty() {
        return None;
    }
    lay_measures(&scratch.join("pack"));
    let house = House::open(scratch, "gb", true, Sync::Off).unwrap_or_else(|e| panic!("{e}"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().ok()?;
    let mut stage = Stage { house, runtime, mrn: String::new(), keys: 0 };
    let mut why = stage.file(&declaration).err().unwrap_or_default();
    while why.is_empty() {
        let told = stage.told();
        if told.len() >= script.told.len() || !in_order(&told, &script.told) {
            break;
        }
        // The earliest that is not told yet, and may be caused.
        let mut left: Vec<_> = script.told.clone();
        for function in &told {
            if let Some(at) = left.iter().position(|(_, f, _)| f == function) {
                left.remove(at);
            }
        }
        let Some((first, ..)) = left.first().cloned() else { break };
        let near: Vec<_> = left.iter().filter(|(at, ..)| at - first <= 1).cloned().collect();
        let mut moved = false;
        for (_, function, name) in &near {
            if let Err(e) = cause(&mut stage, &mut script, function, name) {
                why = if why.is_empty() { e } else { format!("{why}; {e}") };
            }
            if stage.told().len() > told.len() {
                (moved, why) = (true, String::new());
                break;
            }
        }
        if !moved {
            if why.is_empty() {
                why = format!("nothing tells {}", near[0].1);
            }
            break;
        }
    }
    let told = stage.told();
    stage.house.store.close();
    Some((told, script.told, why))
}

#[test]
fn scenarios_of_an_administration_are_told_as_it_told_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cds-dms/dev");
    if !root.exists() {
        return println!("skipped: ../shared/data/cds-dms is not here");
    }
    let scratch = tempfile::tempdir().unwrap();
    let mut folders: Vec<_> =
        std::fs::read_dir(&root).unwrap().flatten().map(|e| e.path()).collect();
    folders.sort();
    let (mut right, mut missed) = (0, BTreeMap::new());
    for folder in folders.iter().filter(|f| f.is_dir()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Some((told, wanted, why)) = play(folder, &scratch.path().join(&name)) else { continue };
        if told.len() == wanted.len() && in_order(&told, &wanted) {
            right += 1;
        } else {
            let wanted: Vec<_> = wanted.iter().map(|(_, f, _)| f.as_str()).collect();
            missed.insert(name, format!("{} for {}: {why}", told.join(" "), wanted.join(" ")));
        }
    }
    let all = right + missed.len();
    println!("{right} of {all} scripts");
    for (name, why) in &missed {
        println!("{name}: {why}");
    }
    let missed: Vec<_> = missed.keys().map(String::as_str).collect();
    assert_eq!(missed, MISSED);
}
