//! The scenarios of a real administration, played as scripts on a whole house: what its traders filed is
//! filed, what its officers, ports and bank are seen to have done in its notifications is done, and the
//! house must tell the same, in the same order.
//!
//! The house is given a cause only where it tells nothing of itself: the next notification of the script
//! says which. Whatever it tells that the script has not, or not there, is a miss. Two notifications
//! issued within a second of each other may come in either order: they were sent from several machines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fondaco::consignment::{Answer, Event, HoldKind, Request};

use roxmltree::{Document, Node};

use crate::act::ActMessage;
use crate::assess::expand;
use crate::house::House;
use crate::http::notifications::functions_told;
use crate::store::{Filing, Lodge, Lodged, Sync};

/// The first element of this name within a node, whatever its prefix.
fn within<'d>(node: Node<'d, 'd>, name: &str) -> Option<Node<'d, 'd>> {
    node.descendants().find(|n| n.tag_name().name() == name)
}

fn text_of<'d>(node: Node<'d, 'd>, name: &str) -> &'d str {
    within(node, name).and_then(|n| n.text()).unwrap_or_default().trim()
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
    let mut script = Script::default();
    let mut seen = BTreeSet::new();
    let mut told: BTreeMap<&str, Vec<Told>> = BTreeMap::new();
    let files = expand(&[dir.to_owned()]).unwrap();
    let texts: Vec<_> = files.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
    let texts = texts.iter().map(|text| text.trim_start_matches('\u{feff}'));
    // One is not well formed as published.
    let read: Vec<_> = texts.filter_map(|text| Document::parse(text).ok()).collect();
    for document in &read {
        let root = document.root();
        if let Some(response) = within(root, "Response") {
            let stamp =
                within(response, "IssueDateTime").map_or("", |n| text_of(n, "DateTimeString"));
            let function = text_of(response, "FunctionCode");
            let name = within(response, "Status").map_or("", |n| text_of(n, "NameCode"));
            // A copy of a notification under another name is the same one; some folders hold one or two
            // of another declaration.
            let own = text_of(response, "FunctionalReferenceID");
            let about = within(response, "Declaration").map_or("", |n| text_of(n, "ID"));
            // A report of what is on file is no notification.
            if function.len() == 2 && seen.insert((function, own, stamp)) {
                let one = (seconds(stamp), function.to_owned(), name.to_owned());
                told.entry(about).or_default().push(one);
            }
        } else if within(root, "MetaData").is_some()
            && let Some(declaration) = within(root, "Declaration")
        {
            let xml = || document.input_text().to_owned();
            match (text_of(declaration, "FunctionCode"), text_of(declaration, "TypeCode")) {
                ("9", _) => {
                    script.declaration.get_or_insert_with(xml);
                }
                ("13", "COR") => script.amendments.push(xml()),
                ("13", "INV") => script.cancellations.push(xml()),
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
    let document = Document::parse(xml).unwrap();
    let declaration = within(document.root(), "Declaration").unwrap();
    let own = |name: &str| declaration.children().find(|n| n.tag_name().name() == name);
    let text = |name: &str| own(name).and_then(|n| n.first_child()).map(|n| n.range());
    let mut places: Vec<_> = [("FunctionalReferenceID", lrn), ("ID", mrn)]
        .into_iter()
        .filter_map(|(name, value)| Some((text(name)?, value)))
        .collect();
    places.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut xml = xml.to_owned();
    for (range, value) in places {
        xml.replace_range(range, value);
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
        let lodge = Lodge { filing, events: vec![event], seen: Some(last), ..Lodge::default() };
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
                stage.money(life.secures())
            } else if !life.is_settled() {
                stage.money(life.settles())
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
