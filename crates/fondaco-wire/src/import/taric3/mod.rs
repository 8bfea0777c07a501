//! TARIC3: the transmissions in which the European Commission publishes changes of its tariff.
//!
//! A transmission is an XML envelope of records, each of which inserts, updates or deletes one thing:
//! a measure, a component of its duty, a condition, the definition or the balance of a quota. The
//! law is what all transmissions so far come to. So the records are kept as they came, in a folder
//! of the pack, and the rows of the pack are made of all of them each time: nothing is edited, and a
//! transmission that comes late or twice gives what it gives in its turn.
//!
//! In: the bytes of transmissions. Out: [`Transmission`]s, then [`Imported`] by [`rows::of`].
//!
//! A record that is not right is refused with its number in the file and why; the others are taken.
//! A file that is not well-formed XML or breaks off is refused whole.

use std::collections::BTreeMap;

use fondaco::day::Day;
use fondaco::money::decimal;
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use serde::{Deserialize, Serialize};

use super::{Refused, resolve, squeeze, unfold};

mod duty;
mod lists;
pub mod rows;
mod state;

/// The envelope nests seven deep.
const MAX_DEPTH: usize = 16;

/// What a record does to the thing it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    /// The thing is now so.
    Update,
    /// The thing never was.
    Delete,
    /// There is a new thing.
    Insert,
}

/// One record of a transmission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its number in the file, from 1.
    pub number: usize,
    /// What it does.
    pub update: Update,
    /// The kind of thing, such as `measure` or `quota.balance.event`.
    pub kind: String,
    /// What is said of it, by element.
    pub fields: BTreeMap<String, String>,
}

impl Record {
    /// A field; empty where not stated.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// One transmission.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transmission {
    /// The number of its envelope; empty where it has none.
    pub id: String,
    /// Its records, in order.
    pub records: Vec<Record>,
    /// Records that were not taken.
    pub refused: Vec<Refused>,
}

impl Transmission {
    /// Whether some record of it was refused, and so stands for what is not known.
    #[must_use]
    pub fn is_spoiled(&self) -> bool {
        self.records.iter().any(|r| r.kind == REFUSED)
    }

    /// How many of what it holds, in the order of the report.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let of = |kind: &str| self.records.iter().filter(|r| r.kind == kind).count();
        let event = |r: &&Record| r.kind.starts_with("quota.") && r.kind.ends_with(".event");
        vec![
            ("records", self.records.iter().filter(|r| r.kind != REFUSED).count()),
            ("measures", of("measure")),
            ("components", of("measure.component")),
            ("conditions", of("measure.condition")),
            ("condition_components", of("measure.condition.component")),
            ("quota_definitions", of("quota.definition")),
            ("quota_events", self.records.iter().filter(event).count()),
            ("certificates", of("certificate")),
        ]
    }

    /// The records as lines of JSON, as they are kept.
    #[must_use]
    pub fn to_lines(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for record in &self.records {
            // Texts and numbers: there is nothing that cannot be written.
            out.extend(serde_json::to_vec(record).unwrap_or_default());
            out.push(b'\n');
        }
        out
    }

    /// Reads what [`Transmission::to_lines`] wrote.
    ///
    /// # Errors
    /// The line that cannot be read, and why.
    pub fn from_lines(id: &str, bytes: &[u8]) -> Result<Self, String> {
        let mut records = Vec::new();
        for (n, line) in bytes.split(|b| *b == b'\n').enumerate().filter(|(_, l)| !l.is_empty()) {
            let record = serde_json::from_slice(line);
            records.push(record.map_err(|e| format!("transmission {id}, line {}: {e}", n + 1))?);
        }
        Ok(Self { id: id.to_owned(), records, refused: Vec::new() })
    }

    fn whole(reason: impl Into<String>) -> Self {
        let refused = vec![Refused { line: 0, reason: reason.into() }];
        Self { refused, ..Self::default() }
    }
}

/// The kind of what is kept of a refused record: which measure or condition it was about, whose duty
/// is then not known.
pub(crate) const REFUSED: &str = "refused";

/// Most characters of the number of an envelope.
const LONGEST_ID: usize = 20;

/// Elements of a record that are about the record and not the thing.
const ABOUT: [&str; 5] =
    ["transaction.id", "record.code", "subrecord.code", "record.sequence.number", "update.type"];

/// A record while it is read.
#[derive(Default)]
struct Open {
    about: BTreeMap<String, String>,
    things: Vec<(String, BTreeMap<String, String>)>,
    bad: Option<String>,
}

/// Reads a transmission, plain or gzipped.
#[must_use]
pub fn read(bytes: &[u8]) -> Transmission {
    let bytes = match unfold(bytes) {
        Ok(bytes) => bytes,
        Err(reason) => return Transmission::whole(reason),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Transmission::whole("not UTF-8");
    };
    let mut out = Transmission::default();
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut open: Option<(usize, Open)> = None;
    let (mut value, mut number) = (String::new(), 0);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(e) => {
                let at = reader.error_position();
                return Transmission::whole(format!("broken XML at byte {at}: {e}"));
            }
        };
        match event {
            Event::Start(start) => {
                let name = local(start.name().0).to_owned();
                if path.is_empty() {
                    if !out.id.is_empty() {
                        return Transmission::whole("more than one envelope");
                    }
                    if name != "envelope" {
                        return Transmission::whole(format!("the root is {name}, not envelope"));
                    }
                    let id = start.try_get_attribute("id").ok().flatten();
                    let id = id.and_then(|a| a.normalized_value(XmlVersion::Implicit1_0).ok());
                    out.id = id.map(|id| squeeze(&id)).unwrap_or_default();
                }
                if path.len() >= MAX_DEPTH {
                    return Transmission::whole(format!("nests more than {MAX_DEPTH} deep"));
                }
                match &mut open {
                    None if name == "record" => {
                        number += 1;
                        open = Some((path.len(), Open::default()));
                    }
                    Some((depth, open))
                        if path.len() == *depth + 1 && !ABOUT.contains(&name.as_str()) =>
                    {
                        open.things.push((name.clone(), BTreeMap::new()));
                    }
                    _ => {}
                }
                path.push(name);
                value.clear();
            }
            Event::Empty(empty) => {
                // An element without content states nothing.
                let name = local(empty.name().0);
                if open.is_none() && name == "record" {
                    number += 1;
                    out.refused
                        .push(Refused { line: number, reason: "the record is empty".into() });
                }
            }
            Event::Text(text) => value.push_str(&text),
            Event::CData(text) => value.push_str(&text),
            Event::GeneralRef(reference) => match (resolve(&reference), &mut open) {
                (Some(character), _) => value.push(character),
                (None, Some((_, open))) => {
                    let bad = format!("unknown entity &{};", &*reference);
                    open.bad.get_or_insert(bad);
                }
                (None, None) => return Transmission::whole("an unknown entity"),
            },
            Event::DocType(_) => return Transmission::whole("a document type is not taken"),
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                if let Some((depth, mut record)) = open.take() {
                    if path.len() == depth {
                        let about = record.refused(number);
                        match record.finish(number) {
                            Ok(record) => out.records.push(record),
                            Err(reason) => {
                                out.refused.push(Refused { line: number, reason });
                                out.records.push(about);
                            }
                        }
                    } else {
                        if path.len() == depth + 1 && ABOUT.contains(&name.as_str()) {
                            record.about.insert(name, squeeze(&value));
                        } else if path.len() == depth + 2 {
                            record.put(name, &value);
                        }
                        open = Some((depth, record));
                    }
                }
                value.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !path.is_empty() || number == 0 {
        return Transmission::whole("the transmission breaks off or has no records");
    }
    let plain = out.id.bytes().all(|b| b.is_ascii_alphanumeric());
    if out.id.is_empty() || out.id.len() > LONGEST_ID || !plain {
        return Transmission::whole("the envelope has no number");
    }
    out
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

impl Open {
    fn put(&mut self, name: String, value: &str) {
        let Some((_, fields)) = self.things.last_mut() else { return };
        let value = squeeze(value);
        if value.is_empty() {
            return;
        }
        if fields.insert(name.clone(), value).is_some() {
            self.bad.get_or_insert(format!("{name} stands twice"));
        }
    }

    /// What is kept of it where it is refused.
    fn refused(&self, number: usize) -> Record {
        let of = |name: &str| {
            let mut told = self.things.iter().filter_map(|(_, fields)| fields.get(name));
            told.next().map(|value| (name.to_owned(), value.clone()))
        };
        let fields =
            ["measure.sid", "measure.condition.sid"].iter().filter_map(|n| of(n)).collect();
        Record { number, update: Update::Insert, kind: REFUSED.to_owned(), fields }
    }

    /// The record, or why it is none.
    fn finish(self, number: usize) -> Result<Record, String> {
        let about = |name: &str| self.about.get(name).map_or("", String::as_str);
        let said = |what: String| {
            let transaction = about("transaction.id");
            if transaction.is_empty() { what } else { format!("transaction {transaction}: {what}") }
        };
        if let Some(bad) = self.bad {
            return Err(said(bad));
        }
        let update = match about("update.type") {
            "1" => Update::Update,
            "2" => Update::Delete,
            "3" => Update::Insert,
            "" => return Err(said("no update.type".into())),
            other => return Err(said(format!("update.type “{}” is none of 1, 2, 3", cut(other)))),
        };
        let mut things = self.things.into_iter();
        let (kind, fields) = match (things.next(), things.next()) {
            (Some(thing), None) => thing,
            (None, _) => return Err(said("the record is about nothing".into())),
            (Some(_), Some(_)) => return Err(said("the record is about two things".into())),
        };
        let record = Record { number, update, kind, fields };
        match check(&record) {
            Ok(()) => Ok(record),
            Err(what) => Err(said(format!("{}: {what}", record.kind))),
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The kinds of things that records may be about. Source: TARIC3 schema, names of record elements.
const KINDS: &str = "\
additional.code additional.code.description additional.code.description.period \
additional.code.type additional.code.type.description additional.code.type.measure.type \
base.regulation ceiling certificate certificate.description certificate.description.period \
certificate.type certificate.type.description complete.abrogation.regulation \
duty.expression duty.expression.description explicit.abrogation.regulation \
export.refund.nomenclature export.refund.nomenclature.description \
export.refund.nomenclature.description.period export.refund.nomenclature.indents footnote \
footnote.association.additional.code footnote.association.ern \
footnote.association.goods.nomenclature footnote.association.measure \
footnote.association.meursing.heading footnote.description footnote.description.period \
footnote.type footnote.type.description fts.regulation.action \
full.temporary.stop.regulation geographical.area geographical.area.description \
geographical.area.description.period geographical.area.membership goods.nomenclature \
goods.nomenclature.description goods.nomenclature.description.period \
goods.nomenclature.group goods.nomenclature.group.description goods.nomenclature.indents \
goods.nomenclature.origin goods.nomenclature.successor language language.description \
measure measure.action measure.action.description measure.component measure.condition \
measure.condition.code measure.condition.code.description measure.condition.component \
measure.excluded.geographical.area measure.partial.temporary.stop measure.type \
measure.type.description measure.type.series measure.type.series.description measurement \
measurement.unit measurement.unit.description measurement.unit.qualifier \
measurement.unit.qualifier.description meursing.additional.code meursing.heading \
meursing.heading.text meursing.subheading meursing.table.cell.component \
meursing.table.plan modification.regulation monetary.exchange.period \
monetary.exchange.rate monetary.unit monetary.unit.description \
nomenclature.group.membership prorogation.regulation prorogation.regulation.action \
publication.sigle quota.association quota.balance.event quota.blocking.period \
quota.closed.and.transferred.event quota.critical.event quota.definition \
quota.exhaustion.event quota.extended.information quota.order.number \
quota.order.number.origin quota.order.number.origin.exclusions quota.reopening.event \
quota.suspension.period quota.unblocking.event quota.unsuspension.event regulation.group \
regulation.group.description regulation.replacement regulation.role.type \
regulation.role.type.description transmission.comment";

/// The element that numbers a quota's definition.
const DEFINITION: &str = "quota.definition.sid";

/// The fields that name the thing of a kind, all of which it must have.
fn key(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "measure" => &["measure.sid"],
        "measure.component" => &["measure.sid", "duty.expression.id"],
        "measure.condition" => &["measure.condition.sid"],
        "measure.condition.component" => &["measure.condition.sid", "duty.expression.id"],
        "measure.excluded.geographical.area" => &["measure.sid", "excluded.geographical.area"],
        "measure.partial.temporary.stop" => {
            &["measure.sid", "partial.temporary.stop.regulation.id"]
        }
        "measure.type" => &["measure.type.id"],
        "geographical.area" => &["geographical.area.sid"],
        "geographical.area.membership" => {
            &["geographical.area.sid", "geographical.area.group.sid", "validity.start.date"]
        }
        "goods.nomenclature" => &["goods.nomenclature.sid"],
        "goods.nomenclature.description" => {
            &["goods.nomenclature.description.period.sid", "language.id"]
        }
        "goods.nomenclature.description.period" => &["goods.nomenclature.description.period.sid"],
        "quota.definition" => &[DEFINITION],
        "quota.association" => &["main.quota.definition.sid", "sub.quota.definition.sid"],
        "quota.order.number" => &["quota.order.number.sid"],
        "quota.blocking.period" => &["quota.blocking.period.sid"],
        "quota.suspension.period" => &["quota.suspension.period.sid"],
        "certificate" => &["certificate.type.code", "certificate.code"],
        "certificate.description" => {
            &["certificate.description.period.sid", "certificate.type.code", "certificate.code"]
        }
        "base.regulation" => &["base.regulation.id"],
        "modification.regulation" => &["modification.regulation.id"],
        _ if kind.starts_with("quota.") && kind.ends_with(".event") => {
            &[DEFINITION, "occurrence.timestamp"]
        }
        _ => return None,
    })
}

/// The fields beside its key without which a thing of a kind says nothing.
fn wanted(kind: &str) -> &'static [&'static str] {
    match kind {
        "measure" => &[
            "measure.type",
            "geographical.area",
            "validity.start.date",
            "measure.generating.regulation.id",
        ],
        "measure.condition" => &["measure.sid", "condition.code", "component.sequence.number"],
        "goods.nomenclature" => &["goods.nomenclature.item.id", "validity.start.date"],
        "quota.definition" => {
            &["quota.order.number.id", "validity.start.date", "validity.end.date", "initial.volume"]
        }
        "quota.order.number" => &["quota.order.number.id", "validity.start.date"],
        "quota.balance.event" => &["new.balance"],
        "quota.blocking.period" => &["blocking.start.date", "blocking.end.date"],
        "quota.suspension.period" => &["suspension.start.date", "suspension.end.date"],
        "quota.critical.event" => &["critical.state"],
        "geographical.area" => &["geographical.area.id"],
        _ => &[],
    }
}

/// The day of a date or of a point in time.
fn day(text: &str) -> Option<Day> {
    text.get(..10)
        .filter(|_| text.len() == 10 || text.as_bytes().get(10) == Some(&b'T'))?
        .parse()
        .ok()
}

/// Whether the record says what a record of its kind must, in the form it must have.
fn check(record: &Record) -> Result<(), String> {
    if !KINDS.split(' ').any(|kind| kind == record.kind) {
        return Err("no such kind of record".into());
    }
    let named = key(&record.kind).unwrap_or(&[]);
    let told = if record.update == Update::Delete { &[] } else { wanted(&record.kind) };
    if let Some(missing) = named.iter().chain(told).find(|f| record.field(f).is_empty()) {
        return Err(format!("no {missing}"));
    }
    if record.fields.is_empty() {
        return Err("it says nothing".into());
    }
    for (name, value) in &record.fields {
        let form = |fits: bool, what: &str| {
            if fits { Ok(()) } else { Err(format!("{name} “{}” is not {what}", cut(value))) }
        };
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        if name.ends_with(".date") || name.ends_with(".date.in.allocation") {
            form(day(value).is_some(), "a day")?;
        } else if name.ends_with(".timestamp") {
            form(day(value).is_some(), "a point in time")?;
        } else if name.ends_with(".sid") {
            let number = value.strip_prefix('-').unwrap_or(value);
            form(!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()), "a number")?;
        } else if name.ends_with("goods.nomenclature.item.id") {
            form(digits && value.len() == 10, "ten digits")?;
        } else if matches!(
            name.as_str(),
            "duty.amount"
                | "condition.duty.amount"
                | "volume"
                | "initial.volume"
                | "old.balance"
                | "new.balance"
                | "imported.amount"
        ) {
            form(decimal(value).is_some(), "a figure")?;
        } else if matches!(name.as_str(), "component.sequence.number" | "maximum.precision") {
            form(digits && value.len() < 6, "a number")?;
        } else if matches!(
            name.as_str(),
            "additional.code"
                | "additional.code.type"
                | "certificate.type.code"
                | "certificate.code"
                | "geographical.area"
                | "geographical.area.id"
                | "excluded.geographical.area"
                | "ordernumber"
                | "quota.order.number.id"
                | "measure.generating.regulation.id"
        ) {
            let plain = value.len() < 12 && value.bytes().all(|b| b.is_ascii_alphanumeric());
            form(plain, "a code")?;
        } else if name == "critical.state" {
            form(matches!(value.as_str(), "Y" | "N"), "Y or N")?;
        } else if name.ends_with("monetary.unit.code") {
            let letters = value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase());
            form(letters, "a currency")?;
        } else if name == "duty.expression.id" {
            form(digits && value.len() < 3, "one or two digits")?;
        }
    }
    let ends = (day(record.field("validity.start.date")), day(record.field("validity.end.date")));
    if let (Some(from), Some(until)) = ends
        && from > until
    {
        return Err(format!("it ends on {until}, before it begins on {from}"));
    }
    Ok(())
}
