//! Rows of a pack made of all the transmissions of TARIC3 so far.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::day::Day;
use fondaco::formula::Formula;
use fondaco::money::decimal;

use super::duty::{amount, formula};
use super::lists::{certificates, groups, lines, quotas};
use super::state::{Things, by, fold, of as all};
use super::{REFUSED, Record, Transmission, day};
use crate::import::{Imported, rate_fields};
use crate::pack::rows::{LawRow, MeasureRow, RequirementRow};

/// Everywhere: the group of all countries.
const ERGA_OMNES: &str = "1011";

/// What becomes of each type of measure; facts of the Commission's table of measure types.
const TYPES: &str = include_str!("../../../../../data/model/taric-measure-types.csv");

#[derive(Clone)]
struct MeasureType {
    kind: String,
    tax: String,
    regime: String,
    direction: String,
    name: String,
}

fn types() -> BTreeMap<String, MeasureType> {
    let mut all = BTreeMap::new();
    for row in csv::Reader::from_reader(TYPES.as_bytes()).records().flatten() {
        let field = |n: usize| row.get(n).unwrap_or_default().to_owned();
        let (kind, tax, regime) = (field(1), field(2), field(3));
        all.insert(
            field(0),
            MeasureType { kind, tax, regime, direction: field(4), name: field(5) },
        );
    }
    all
}

/// The rows that the transmissions, in the order of their numbers, come to.
///
/// Counts: `measures_held`, `rows`, `rows_without_duty`, `requirements`, `quotas`. A measure whose type
/// or formula is not read is named in `unparsed`; its row has neither rate nor formula, and so has
/// that of one whose components no transmission at hand holds.
#[must_use]
pub fn of(transmissions: &[Transmission]) -> Imported {
    let things = fold(transmissions);
    // Measures of which some record was refused: what is left of them may be half a duty.
    let condition_of: BTreeMap<&str, &str> = all(&things, "measure.condition")
        .map(|c| (c.field("measure.condition.sid"), c.field("measure.sid")))
        .collect();
    let spoiled = transmissions
        .iter()
        .flat_map(|t| &t.records)
        .filter(|r| r.kind == REFUSED)
        .filter_map(|r| match r.field("measure.sid") {
            "" => condition_of.get(r.field("measure.condition.sid")).copied(),
            sid => Some(sid),
        })
        .collect();
    let mut maker = Maker {
        types: types(),
        components: by(&things, "measure.component", "measure.sid"),
        conditions: by(&things, "measure.condition", "measure.sid"),
        amounts: by(&things, "measure.condition.component", "measure.condition.sid"),
        excluded: by(&things, "measure.excluded.geographical.area", "measure.sid"),
        stops: by(&things, "measure.partial.temporary.stop", "measure.sid"),
        acts: BTreeSet::new(),
        spoiled,
        companies: BTreeMap::new(),
        unparsed: BTreeSet::new(),
        areas: BTreeSet::new(),
        out: Imported { stem: "-taric".into(), ..Imported::default() },
    };
    let mut measures = 0;
    for measure in all(&things, "measure") {
        measures += 1;
        maker.measure(measure);
    }
    maker.companies_untold();
    let Maker { acts, unparsed, areas: named, mut out, .. } = maker;
    out.law = acts.iter().map(|id| act(id, &things)).collect();
    out.unparsed = unparsed.into_iter().collect();
    out.quotas = quotas(&things);
    out.groups = groups(&things, named);
    out.lines = lines(&things);
    out.lists = certificates(&things);
    out.counts = vec![
        ("measures_held", measures),
        ("rows", out.measures.len()),
        (
            "rows_without_duty",
            out.measures.iter().filter(|m| m.rate.is_empty() && m.formula.is_empty()).count(),
        ),
        ("requirements", out.requirements.len()),
        ("quotas", out.quotas.len()),
    ];
    out.sort();
    out
}

struct Maker<'a> {
    types: BTreeMap<String, MeasureType>,
    components: BTreeMap<&'a str, Vec<&'a Record>>,
    conditions: BTreeMap<&'a str, Vec<&'a Record>>,
    amounts: BTreeMap<&'a str, Vec<&'a Record>>,
    excluded: BTreeMap<&'a str, Vec<&'a Record>>,
    stops: BTreeMap<&'a str, Vec<&'a Record>>,
    acts: BTreeSet<String>,
    /// Measures of which some record was refused.
    spoiled: BTreeSet<&'a str>,
    /// Additional codes by the goods, area, tax and days whose duty they tell apart.
    companies: BTreeMap<[String; 5], (MeasureRow, BTreeSet<String>)>,
    unparsed: BTreeSet<String>,
    /// Groups of countries that rows name.
    areas: BTreeSet<String>,
    out: Imported,
}

/// What one way of meeting a measure's conditions comes to.
struct Arm {
    /// The document that has to be shown; empty for "otherwise".
    document: String,
    outcome: Outcome,
}

enum Outcome {
    /// The measure's own duty.
    Own,
    /// Another duty.
    Other(String),
    /// No duty of this measure.
    Not,
}

impl<'a> Maker<'a> {
    fn measure(&mut self, measure: &'a Record) {
        let sid = measure.field("measure.sid");
        let number = measure.field("measure.type");
        let Some(kind) = self.types.get(number).cloned() else {
            self.unparsed.insert(format!("measure type {number}"));
            return;
        };
        if matches!(kind.kind.as_str(), "unit" | "told") {
            return;
        }
        let act = format!("taric-{}", measure.field("measure.generating.regulation.id"));
        let base = MeasureRow {
            code: code(measure.field("goods.nomenclature.item.id")),
            direction: kind.direction.clone(),
            origin: self.origin(measure),
            regime: kind.regime.clone(),
            tax_type: kind.tax.clone(),
            quota: measure.field("ordernumber").to_owned(),
            basis: format!("{act}, measure {sid}"),
            ..MeasureRow::default()
        };
        let company = match measure.field("additional.code") {
            "" => String::new(),
            own => format!("{}{own}", measure.field("additional.code.type")),
        };
        let additional = match company.as_str() {
            "" => String::new(),
            own => format!("\"{own}\" in item.additional_codes"),
        };
        match kind.kind.as_str() {
            "duty" => {
                let rows = self.duty(sid, &base, &additional);
                for (from, until) in self.days(measure) {
                    let dated = rows.iter().map(|row| MeasureRow {
                        from: from.clone(),
                        until: until.clone(),
                        ..row.clone()
                    });
                    self.out.measures.extend(dated);
                    if !company.is_empty() {
                        let goods = [&base.code, &base.origin, &base.tax_type, &from, &until];
                        let row =
                            MeasureRow { from: from.clone(), until: until.clone(), ..base.clone() };
                        let of = self.companies.entry(goods.map(Clone::clone));
                        of.or_insert((row, BTreeSet::new())).1.insert(company.clone());
                    }
                }
            }
            control => {
                let rows = self.control(sid, control, &kind.name, &base, &additional);
                for (from, until) in self.days(measure) {
                    let dated = rows.iter().map(|row| RequirementRow {
                        from: from.clone(),
                        until: until.clone(),
                        ..row.clone()
                    });
                    self.out.requirements.extend(dated);
                }
            }
        }
        self.acts.insert(act);
    }

    /// Where a duty hangs on a company's additional code and none of them is stated, it is not known.
    fn companies_untold(&mut self) {
        for (row, codes) in std::mem::take(&mut self.companies).into_values() {
            let codes: Vec<_> = codes.iter().map(|c| format!("\"{c}\"")).collect();
            let when = format!("!item.additional_codes.exists(c, c in [{}])", codes.join(", "));
            self.out.measures.push(MeasureRow { when, ..row });
        }
    }

    /// The area of the measure without those excluded.
    fn origin(&mut self, measure: &Record) -> String {
        let mut area = |area: &str| {
            if !area.bytes().any(|b| b.is_ascii_digit()) {
                return area.to_owned();
            }
            let group = format!("~{area}");
            self.areas.insert(group.clone());
            group
        };
        let own = measure.field("geographical.area");
        let mut parts = Vec::new();
        if own != ERGA_OMNES {
            parts.push(area(own));
        }
        let excluded = self.excluded.get(measure.field("measure.sid")).into_iter().flatten();
        parts.extend(excluded.map(|e| format!("!{}", area(e.field("excluded.geographical.area")))));
        parts.join("|")
    }

    /// The days the measure is in force: its own without those it is stopped.
    fn days(&self, measure: &Record) -> Vec<(String, String)> {
        let limits = |record: &Record| {
            (day(record.field("validity.start.date")), day(record.field("validity.end.date")))
        };
        let mut parts = vec![limits(measure)];
        for stop in self.stops.get(measure.field("measure.sid")).into_iter().flatten() {
            let (Some(from), until) = limits(stop) else { continue };
            parts = parts.into_iter().flat_map(|part| without(part, from, until)).collect();
        }
        let said = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
        parts.into_iter().map(|(from, until)| (said(from), said(until))).collect()
    }

    /// The conditions of a measure by their code, each in its order.
    fn grouped(&self, sid: &str) -> BTreeMap<&'a str, Vec<&'a Record>> {
        let mut groups: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
        for condition in self.conditions.get(sid).into_iter().flatten() {
            groups.entry(condition.field("condition.code")).or_default().push(condition);
        }
        for group in groups.values_mut() {
            let place = |c: &&Record| c.field("component.sequence.number").parse::<u32>().ok();
            group.sort_by_key(place);
        }
        groups
    }

    /// The rows of a measure of duty, without their days.
    fn duty(&mut self, sid: &str, base: &MeasureRow, additional: &str) -> Vec<MeasureRow> {
        if self.spoiled.contains(sid) {
            return vec![MeasureRow { when: additional.to_owned(), ..base.clone() }];
        }
        let mut own = formula(self.components.get(sid).map_or(&[], Vec::as_slice));
        // Each way through the groups of documents: what has to hold, and what then applies.
        let mut ways: Vec<(Vec<String>, Option<String>)> = vec![(Vec::new(), None)];
        if !additional.is_empty() {
            ways = vec![(vec![additional.to_owned()], None)];
        }
        let mut unread = None;
        for (letter, group) in self.grouped(sid) {
            let amounts = group.iter().any(|c| !c.field("condition.duty.amount").is_empty());
            match letter {
                "V" if amounts => own = self.entry(&group),
                _ if amounts || !group.iter().all(|c| is_read(c.field("action.code"))) => {
                    unread = Some(format!("condition {letter} of measure {sid}"));
                }
                _ => ways = ways.into_iter().flat_map(|w| self.through(w, &group)).collect(),
            }
        }
        ways.into_iter()
            .map(|(when, other)| {
                let text = match (&unread, other) {
                    (Some(_), _) => None,
                    (None, Some(other)) => Some(other),
                    (None, None) => own.clone(),
                };
                let parsed = text.as_deref().map(str::parse::<Formula>);
                let (rate, formula) = match parsed {
                    Some(Ok(formula)) => rate_fields(&formula),
                    _ => {
                        if let Some(unread) = unread.clone().or(text) {
                            self.unparsed.insert(unread);
                        } else if self.components.contains_key(sid) {
                            self.unparsed.insert(format!("duty of measure {sid}"));
                        }
                        (String::new(), String::new())
                    }
                };
                MeasureRow { when: when.join(" && "), rate, formula, ..base.clone() }
            })
            .collect()
    }

    /// The arms of a group of documents.
    fn arms(&self, group: &[&Record]) -> Vec<Arm> {
        group
            .iter()
            .map(|condition| {
                let amounts = self.amounts.get(condition.field("measure.condition.sid"));
                let outcome = match (condition.field("action.code"), amounts) {
                    // Apply the amount of the action.
                    ("01", Some(amounts)) => Outcome::Other(formula(amounts).unwrap_or_default()),
                    ("01", None) => Outcome::Own,
                    (code, _) if allows(code) => Outcome::Own,
                    _ => Outcome::Not,
                };
                Arm { document: document(condition), outcome }
            })
            .collect()
    }

    /// The ways on through a group of documents: the first shown decides, else "otherwise".
    fn through(
        &self,
        (before, other): (Vec<String>, Option<String>),
        group: &[&Record],
    ) -> Vec<(Vec<String>, Option<String>)> {
        let shown = |all: &[String]| {
            let quoted: Vec<_> = all.iter().map(|d| format!("\"{d}\"")).collect();
            match quoted.as_slice() {
                [one] => format!("{one} in item.documents"),
                all => format!("item.documents.exists(d, d in [{}])", all.join(", ")),
            }
        };
        // Documents that lead to the measure's own duty, one after the other, are one way.
        let mut runs: Vec<(Vec<String>, Outcome)> = Vec::new();
        for arm in self.arms(group) {
            let otherwise = arm.document.is_empty();
            match (runs.last_mut(), arm.outcome) {
                (Some((documents, Outcome::Own)), Outcome::Own)
                    if !otherwise && !documents.is_empty() =>
                {
                    documents.push(arm.document);
                }
                (_, outcome) => {
                    let own = if otherwise { Vec::new() } else { vec![arm.document] };
                    runs.push((own, outcome));
                }
            }
        }
        let mut ways = Vec::new();
        let mut passed: Vec<String> = Vec::new();
        for (documents, outcome) in runs {
            let mut when = before.clone();
            if !documents.is_empty() {
                when.push(shown(&documents));
            }
            if !passed.is_empty() {
                when.push(format!("!({})", shown(&passed)));
            }
            match outcome {
                Outcome::Own => ways.push((when, other.clone())),
                Outcome::Other(formula) => ways.push((when, Some(formula))),
                Outcome::Not => {}
            }
            passed.extend(documents);
        }
        ways
    }

    /// The duty by entry price; `None` where an arm has none.
    fn entry(&self, group: &[&Record]) -> Option<String> {
        let mut bands = Vec::new();
        for condition in group {
            let amounts = self.amounts.get(condition.field("measure.condition.sid"))?;
            let duty = formula(amounts)?;
            let threshold = decimal(condition.field("condition.duty.amount"))?;
            if threshold.is_zero() {
                bands.push(format!("else: {duty}"));
                return Some(format!("entry({})", bands.join(", ")));
            }
            let threshold = amount(
                threshold,
                condition.field("condition.monetary.unit.code"),
                condition.field("condition.measurement.unit.code"),
                condition.field("condition.measurement.unit.qualifier.code"),
            )?;
            bands.push(format!("{threshold}: {duty}"));
        }
        None
    }

    /// The rows of a measure that wants something shown, without their days.
    fn control(
        &self,
        sid: &str,
        kind: &str,
        name: &str,
        base: &MeasureRow,
        additional: &str,
    ) -> Vec<RequirementRow> {
        let row = RequirementRow {
            id: format!("taric-{sid}"),
            kind: kind.to_owned(),
            agency_en: "The authority the act names".to_owned(),
            agency_zh: "法令所指主管机关".to_owned(),
            agency_ru: "Орган, названный в акте".to_owned(),
            codes: base.code.clone(),
            direction: base.direction.clone(),
            origin: base.origin.clone(),
            when: additional.to_owned(),
            text_en: name.to_owned(),
            text_zh: format!("欧盟税则措施：{name}"),
            text_ru: format!("Мера тарифа ЕС: {name}"),
            basis: base.basis.clone(),
            ..RequirementRow::default()
        };
        let groups = self.grouped(sid);
        if groups.is_empty() {
            return vec![row];
        }
        groups
            .into_iter()
            .map(|(letter, group)| {
                let good = group.iter().filter(|c| allows(c.field("action.code")));
                let documents: Vec<_> =
                    good.map(|c| document(c)).filter(|d| !d.is_empty()).collect();
                RequirementRow {
                    id: format!("{}-{letter}", row.id),
                    documents: documents.join("|"),
                    ..row.clone()
                }
            })
            .collect()
    }
}

/// Whether the action lets the measure apply or the goods pass. Source: table of action codes.
fn allows(action: &str) -> bool {
    matches!(action.parse::<u8>(), Ok(24..=38))
}

/// Whether it is known what the action does to a duty. Those that charge a difference between prices
/// are not.
fn is_read(action: &str) -> bool {
    allows(action) || matches!(action.parse::<u8>(), Ok(1 | 4..=10 | 14 | 16))
}

pub(super) fn document(condition: &Record) -> String {
    format!("{}{}", condition.field("certificate.type.code"), condition.field("certificate.code"))
}

/// A code without the pairs of noughts that only fill it up to ten digits.
fn code(item: &str) -> String {
    let mut code = item;
    while code.len() > 2 {
        match code.strip_suffix("00") {
            Some(shorter) => code = shorter,
            None => break,
        }
    }
    code.to_owned()
}

/// A span of days without another.
fn without(
    (from, until): (Option<Day>, Option<Day>),
    stop: Day,
    go_on: Option<Day>,
) -> Vec<(Option<Day>, Option<Day>)> {
    let near = |day: Day, by: i32| Day::from_number(day.number() + by).ok();
    let mut parts = Vec::new();
    if from.is_none_or(|from| from < stop) {
        let end = near(stop, -1);
        parts.push((from, until.filter(|u| Some(*u) < end).or(end)));
    }
    if let Some(go_on) = go_on
        && until.is_none_or(|until| until > go_on)
    {
        let begin = near(go_on, 1);
        parts.push((from.filter(|f| Some(*f) > begin).or(begin), until));
    }
    parts
}

/// The act a measure is made by, as far as its number tells.
fn act(id: &str, things: &Things<'_>) -> LawRow {
    let number = id.strip_prefix("taric-").unwrap_or(id);
    let told = all(things, "base.regulation")
        .map(|r| (r.field("base.regulation.id"), r))
        .chain(
            all(things, "modification.regulation")
                .map(|r| (r.field("modification.regulation.id"), r)),
        )
        .find(|(own, _)| *own == number)
        .map(|(_, r)| r.field("information.text").to_owned());
    // R1712340: a letter, the year, the number, and a nought or a letter more.
    let plain = |range| number.get(range).filter(|t: &&str| t.bytes().all(|b| b.is_ascii_digit()));
    let reference = match (plain(1..3), plain(3..7)) {
        (Some(year), Some(serial)) => {
            let year = if year < "58" { format!("20{year}") } else { format!("19{year}") };
            let (kind, serial) =
                (number.get(..1).unwrap_or_default(), serial.trim_start_matches('0'));
            format!("{kind} {year}/{serial} ({number})")
        }
        _ => number.to_owned(),
    };
    let title = told
        .filter(|t| !t.is_empty())
        .unwrap_or_else(|| format!("Act {reference} of the European Union"));
    LawRow {
        id: id.to_owned(),
        title_zh: format!("欧盟法令 {reference}"),
        title_ru: format!("Акт Европейского союза {reference}"),
        title_en: title,
        reference,
        source: "TARIC, European Commission: transmissions of TARIC3".to_owned(),
    }
}
