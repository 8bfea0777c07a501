//! The additional duties of chapter 99 of the Harmonized Tariff Schedule, read from its wording.
//!
//! Headings 9903.01.01 and on say in words which goods of which countries pay how much on top of the
//! ordinary duty, from when to when, and which other heading goes before. The records of an export
//! go in; out come measures of the tax `ADD`, of which everyone in force applies on top of the
//! others. So for one programme at most one row without a condition takes goods of one country on a
//! day.
//!
//! Never zero by silence: where products, origin or rate are left to a U.S. note, which the export
//! does not hold, or are not understood, the row has neither rate nor formula.

use std::collections::{HashMap, HashSet};

use fondaco::day::Day;
use serde_json::Value;

use super::Imported;
use super::hts::Record;
use crate::pack::rows::LawRow;
use programme::Programme;
use rate::Rate;
use text::{days, fold};
use wording::{Condition, Doubt, Start, Status, Wording};

mod countries;
mod programme;
mod rate;
mod rows;
mod text;
mod wording;

#[cfg(test)]
mod tests;

/// The tax of additional duties.
pub const TAX: &str = "ADD";
/// The act the rows cite.
pub const LAW: &str = "us-htsus-99";

/// Adds the measures of chapter 99 to what was imported. `from` is the first day of the edition,
/// or nothing.
///
/// What is not understood is added to `unparsed`. Records that cannot be read are passed over: the
/// importer of the schedule has refused them.
pub(super) fn add(records: &[Value], from: &str, out: &mut Imported) -> Vec<String> {
    let Chapter { headings, lines } = Chapter::read(records);
    if headings.is_empty() {
        return Vec::new();
    }
    out.measures.extend(rows::rows(&headings, &lines, from.parse().ok()));
    out.law.push(law());
    headings.iter().flat_map(Heading::unread).collect()
}

impl Imported {
    /// Gives every additional duty that states no end, or a later one, this last day: what comes
    /// after an edition is not told by it.
    pub fn end_additional_duties(&mut self, last: Day) {
        let last = last.to_string();
        let open = |until: &str| until.is_empty() || *until > *last;
        for row in self.measures.iter_mut().filter(|m| m.tax_type == TAX) {
            if open(&row.until) {
                row.until.clone_from(&last);
            }
        }
        self.measures.retain(|m| m.tax_type != TAX || m.from <= m.until);
    }
}

fn law() -> LawRow {
    LawRow {
        id: LAW.to_owned(),
        title_en: "Harmonized Tariff Schedule of the United States, chapter 99, subchapter III"
            .to_owned(),
        title_zh: "美国协调关税税则第99章第三分章".to_owned(),
        title_ru: "Гармонизированный таможенный тариф США, глава 99, подглава III".to_owned(),
        reference:
            "19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings \
                    9903.01.01 and on states them"
                .to_owned(),
        source: "JSON export of the United States International Trade Commission (hts.usitc.gov); \
                 the U.S. notes of the subchapter are not in it"
            .to_owned(),
    }
}

/// A heading of chapter 99, subchapter III.
#[derive(Clone, Debug)]
struct Heading {
    /// Its eight digits.
    code: String,
    /// Its description, read.
    wording: Wording,
    /// Column 1, general.
    general: Rate,
    /// Column 2.
    other: Rate,
    /// The general column as printed.
    printed: String,
    /// What it is part of: mostly one; a heading for two subdivisions of a note is of both.
    programmes: Vec<Programme>,
}

impl Heading {
    /// Whether it is in force on a day; `None` is before any day that is named.
    fn in_force(&self, day: Option<Day>) -> bool {
        let from = self.wording.from.is_none_or(|(from, _)| day.is_some_and(|day| from <= day));
        let until = self.wording.until.is_none_or(|until| day.is_none_or(|day| day <= until));
        self.wording.status == Status::Active && from && until
    }

    fn is_conditional(&self) -> bool {
        !self.wording.conditions.is_empty()
    }

    fn doubts(&self, doubt: Doubt) -> bool {
        self.wording.doubts.contains(&doubt)
    }

    /// Its code as it is printed.
    fn dotted(&self) -> String {
        dotted(&self.code)
    }

    /// What of it was not understood, in words.
    fn unread(&self) -> Vec<String> {
        let mut all = Vec::new();
        let heading = self.dotted();
        if self.general == Rate::Unread {
            all.push(format!("heading {heading}: {}", self.printed));
        }
        for doubt in &self.wording.doubts {
            let what = match doubt {
                Doubt::CompilersNote => "a compiler's note",
                Doubt::Origin => "the origin",
                // Left to a note by the law itself: nothing to mend here.
                Doubt::OriginInNote => continue,
            };
            all.push(format!("heading {heading}: {what} is not understood"));
        }
        all
    }
}

/// Eight digits with the dots they are printed with.
fn dotted(code: &str) -> String {
    match (code.get(..4), code.get(4..6), code.get(6..)) {
        (Some(a), Some(b), Some(c)) => format!("{a}.{b}.{c}"),
        _ => code.to_owned(),
    }
}

/// Where a footnote of a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// At the general rate, or at the line as a whole.
    General,
    /// At column 2.
    Other,
    /// At the description only.
    Description,
}

/// A line of chapters 1 to 97 with a footnote that points to chapter 99.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// Its digits.
    code: String,
    /// The footnotes, folded, and where each stands.
    footnotes: Vec<(String, Column)>,
}

/// What an export says of chapter 99.
struct Chapter {
    headings: Vec<Heading>,
    lines: Vec<Line>,
}

impl Chapter {
    fn read(records: &[Value]) -> Self {
        let (mut headings, mut lines) = (Vec::new(), Vec::new());
        let (mut path, mut seen) = (Vec::new(), HashSet::new());
        for value in records {
            let Ok(Some(record)) = Record::read(value, &mut path) else { continue };
            let footnotes = footnotes(value);
            if record.code.starts_with("9903") && record.code.len() == 8 {
                if seen.insert(record.code.clone()) {
                    headings.push(heading(record, &path, &footnotes));
                }
            } else if !record.code.starts_with("98") && !record.code.starts_with("99") {
                let footnotes: Vec<_> = footnotes
                    .into_iter()
                    .filter(|(text, _)| text.contains("99") || text.contains("note "))
                    .collect();
                if !footnotes.is_empty() {
                    lines.push(Line { code: record.code, footnotes });
                }
            }
        }
        programme::assign(&mut headings);
        starts_of_twins(&mut headings);
        Self { headings, lines }
    }
}

/// The footnotes of a record, folded. One of another form is passed over.
fn footnotes(value: &Value) -> Vec<(String, Column)> {
    let all = value.get("footnotes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    all.iter()
        .filter_map(|footnote| {
            let text = fold(footnote.get("value")?.as_str()?);
            let columns = footnote.get("columns").and_then(Value::as_array);
            let at = |name: &str| columns.is_some_and(|all| all.iter().any(|c| c == name));
            let column = if at("general") {
                Column::General
            } else if at("other") {
                Column::Other
            } else if at("desc") {
                Column::Description
            } else {
                Column::General
            };
            Some((text, column))
        })
        .collect()
}

fn heading(record: Record, path: &[String], footnotes: &[(String, Column)]) -> Heading {
    let path: Vec<&str> = path.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    let mut wording = Wording::read(&path.join(": "));
    let mut heading = Heading {
        code: record.code,
        general: Rate::read(&record.general),
        other: Rate::read(&record.other),
        printed: record.general,
        programmes: Vec::new(),
        wording: Wording::read(""),
    };
    let own = heading.dotted();
    for (text, _) in footnotes {
        if text.contains(&own) && text.contains("suspend") && wording.status == Status::Active {
            wording.status = Status::Suspended;
        } else if ["have expired", "has expired", "is expired"].iter().any(|w| text.contains(w)) {
            wording.status = Status::Ended;
        }
    }
    heading.wording = wording;
    heading
}

/// The first day of a heading whose text states none, where another heading implies it.
fn starts_of_twins(headings: &mut [Heading]) {
    // Goods that entered a foreign trade zone before a day stand apart, so the others are under
    // their heading from that day.
    let zone: Vec<_> = headings
        .iter()
        .filter(|h| h.wording.conditions.contains(&Condition::ForeignTradeZone))
        .filter_map(|h| {
            let text = &h.wording.text;
            let day = days(text)
                .into_iter()
                .find(|d| d.before.ends_with("prior to") || d.before.ends_with("before"))?;
            let note = h.wording.notes.first()?;
            Some((note.clone(), h.wording.countries.clone(), h.general.clone(), day.day))
        })
        .collect();
    for heading in headings.iter_mut().filter(|h| h.wording.from.is_none() && !h.is_conditional()) {
        let Some(note) = heading.wording.notes.first().filter(|n| !n.part.is_empty()) else {
            continue;
        };
        let twin = zone.iter().find(|(other, countries, rate, _)| {
            other == note && *countries == heading.wording.countries && *rate == heading.general
        });
        heading.wording.from = twin.map(|(.., day)| (*day, Start::Implied));
    }
    // Goods on their way are excepted where they enter on or after a day: the heading begins then.
    let transit: HashMap<String, (Day, bool, Vec<&str>)> = headings
        .iter()
        .filter(|h| h.wording.conditions.contains(&Condition::InTransit))
        .filter_map(|h| match h.wording.from {
            Some((day, Start::Text)) => {
                Some((h.code.clone(), (day, h.wording.any, h.wording.countries.clone())))
            }
            _ => None,
        })
        .collect();
    for heading in headings.iter_mut().filter(|h| h.wording.from.is_none() && h.general.is_duty()) {
        let day = heading
            .wording
            .but_headings
            .iter()
            .filter_map(|code| transit.get(code))
            .filter(|(_, any, of)| *any || of.iter().any(|c| heading.wording.countries.contains(c)))
            .map(|(day, ..)| *day)
            .min();
        heading.wording.from = day.map(|day| (day, Start::Implied));
    }
}
