//! The measures that the headings of chapter 99 make.
//!
//! Three kinds. A programme for all products makes rows for every code, one for each heading and its
//! countries. A heading that the footnotes of ordinary lines point to makes a row for each of them.
//! What is left to a U.S. note makes rows without a rate, one for a programme and a line.
//!
//! Exceptions that the importer claims, by stating the excepting heading as an additional code of
//! the item, are conditions of the rows; where the excepting heading has a duty of its own, it makes
//! a row for those who state it.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::day::Day;

use super::countries::CODES;
use super::programme::{self, ELSEWHERE, Outcome, Programme, resolve, spares_column2};
use super::rate::Rate;
use super::text::{headings as named, next, notes, ordinary_codes, previous};
use super::wording::{Condition, Doubt};
use super::{Column, Heading, LAW, Line, TAX, dotted};
use crate::import::hts::COLUMN_2;
use crate::pack::rows::MeasureRow;

/// What a basis says where a U.S. note, which is not in the export, lists the goods.
const LEFT_TO_NOTE: &str = ", left to a U.S. note";
/// What it says where the heading takes only some goods of the line, in words.
const SOME_GOODS: &str = ", for some goods of the line";
/// What it says of a row for those who state the heading.
const AS_STATED: &str = ", as stated";

/// A stretch of days in which nothing of what was asked about begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// First day; `None` is before any that is named.
    pub from: Option<Day>,
    /// Last day.
    pub until: Option<Day>,
}

/// The stretches from `start` on, cut where a heading begins or has ended.
fn spans<'h>(start: Option<Day>, headings: impl Iterator<Item = &'h Heading>) -> Vec<Span> {
    let mut cuts: BTreeSet<Day> = BTreeSet::new();
    for heading in headings {
        cuts.extend(heading.wording.from.map(|(from, _)| from));
        cuts.extend(heading.wording.until.and_then(next));
        cuts.extend(heading.wording.but_from);
    }
    let mut from = start;
    let mut all = Vec::new();
    for cut in cuts.into_iter().filter(|cut| start.is_none_or(|start| *cut > start)) {
        all.push(Span { from, until: previous(cut) });
        from = Some(cut);
    }
    all.push(Span { from, until: None });
    all
}

/// Rows by the days they are in force; a row that goes on is one row.
#[derive(Default)]
struct Rows {
    all: Vec<(MeasureRow, Span)>,
}

impl Rows {
    fn push(&mut self, row: MeasureRow, span: Span) {
        let goes_on = |(other, before): &&mut (MeasureRow, Span)| {
            *other == row && before.until.is_some() && before.until.and_then(next) == span.from
        };
        match self.all.iter_mut().rev().find(goes_on) {
            Some((_, before)) => before.until = span.until,
            None => self.all.push((row, span)),
        }
    }

    fn finish(self) -> impl Iterator<Item = MeasureRow> {
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        self.all.into_iter().map(move |(row, span)| MeasureRow {
            from: text(span.from),
            until: text(span.until),
            ..row
        })
    }
}

/// Every row, from the first day of the edition on.
pub(super) fn rows(headings: &[Heading], lines: &[Line], start: Option<Day>) -> Vec<MeasureRow> {
    let chapter = Maker::new(headings, start);
    let links = chapter.links(lines);
    let mut out = Vec::new();
    for (programme, mine) in programme::all(headings) {
        let rows = match programme.authority {
            "s301" => chapter.unlinked(programme, &mine, &links),
            _ if programme.is_of_products() => {
                let codes = links.notes.get(programme);
                chapter.left_to_note(programme, &mine, codes)
            }
            _ => {
                let mut rows = chapter.of_all_products(programme, &mine);
                rows.extend(chapter.unlinked(programme, &mine, &links));
                rows
            }
        };
        out.extend(rows);
    }
    let from = start.map(|day| day.to_string()).unwrap_or_default();
    let untold = |code: &String, what: String| MeasureRow {
        code: code.clone(),
        basis: format!("{LAW}, {what}"),
        from: from.clone(),
        ..blank()
    };
    for (programme, codes) in &links.notes {
        if !headings.iter().any(|h| h.programmes.contains(programme)) {
            out.extend(codes.iter().map(|code| untold(code, format!("{programme}{LEFT_TO_NOTE}"))));
        }
    }
    for (code, heading) in &links.absent {
        out.push(untold(code, format!("heading {}, not in the export", dotted(heading))));
    }
    // Lines with the same headings get the same rows.
    let mut made: BTreeMap<&Group<'_>, Vec<MeasureRow>> = BTreeMap::new();
    for ((code, _, _), group) in &links.groups {
        let rows = made.entry(group).or_insert_with(|| chapter.of_lines(group));
        out.extend(rows.iter().map(|row| MeasureRow { code: code.clone(), ..row.clone() }));
    }
    out
}

fn blank() -> MeasureRow {
    MeasureRow { direction: "import".to_owned(), tax_type: TAX.to_owned(), ..MeasureRow::default() }
}

/// `item.additional_codes.exists(c, c in ["99030126"])`, or not so.
fn stated<'c>(not: bool, codes: impl IntoIterator<Item = &'c str>) -> String {
    let codes: Vec<String> = codes.into_iter().map(|code| format!("\"{code}\"")).collect();
    if codes.is_empty() {
        return String::new();
    }
    let not = if not { "!" } else { "" };
    format!("{not}item.additional_codes.exists(c, c in [{}])", codes.join(", "))
}

/// The origins of a set of countries, in which [`ELSEWHERE`] stands for all that are not named.
fn origins(of: &BTreeSet<&str>, spares_column2: bool) -> String {
    if !of.contains(ELSEWHERE) {
        return of.iter().copied().collect::<Vec<_>>().join("|");
    }
    let but = CODES.iter().copied().filter(|code| !of.contains(code));
    let but = but.chain(spares_column2.then_some(COLUMN_2));
    but.map(|code| format!("!{code}")).collect::<Vec<_>>().join("|")
}

/// The origins of the goods of a line; of those in column 2 where only they are meant.
fn whose(of: &BTreeSet<&str>, column2: bool) -> String {
    if column2 && of.contains(ELSEWHERE) { COLUMN_2.to_owned() } else { origins(of, false) }
}

/// What ordinary lines point to.
#[derive(Default)]
struct Links<'h> {
    /// By code, programme and whether for column 2.
    groups: BTreeMap<(String, &'h Programme, bool), Group<'h>>,
    /// The lines where a footnote names the note of a programme and no heading.
    notes: BTreeMap<Programme, BTreeSet<String>>,
    /// The headings that some line points to.
    pointed: BTreeSet<&'h str>,
    /// Lines, and headings they point to that are not in the export.
    absent: BTreeSet<(String, String)>,
}

/// The headings of one programme that a line points to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group<'h> {
    programme: &'h Programme,
    column2: bool,
    /// The headings, and whether each takes only certain goods of the line.
    headings: BTreeMap<&'h str, bool>,
}

struct Maker<'h> {
    headings: &'h [Heading],
    by_code: BTreeMap<&'h str, &'h Heading>,
    start: Option<Day>,
}

impl<'h> Maker<'h> {
    fn new(headings: &'h [Heading], start: Option<Day>) -> Self {
        let by_code = headings.iter().map(|h| (h.code.as_str(), h)).collect();
        Self { headings, by_code, start }
    }

    fn spans(&self, of: &[&'h Heading]) -> Vec<Span> {
        let excepted = of.iter().flat_map(|h| self.excepted(h));
        spans(self.start, of.iter().copied().chain(excepted))
    }

    fn excepted(&self, heading: &Heading) -> impl Iterator<Item = &'h Heading> {
        heading
            .wording
            .but_headings
            .iter()
            .filter_map(|code| self.by_code.get(code.as_str()).copied())
    }

    /// The excepting headings that an importer of goods of these countries may state.
    ///
    /// Those that have a duty for goods as such are none: they stand in rows of their own.
    fn claims(&self, heading: &Heading, of: &BTreeSet<&str>, day: Option<Day>) -> Vec<&'h Heading> {
        let may = |h: &&Heading| {
            let countries = &h.wording.countries;
            let plain = h.general.is_duty() && !h.is_conditional() && h.wording.all_products;
            h.in_force(day)
                && !plain
                && !h.wording.conditions.contains(&Condition::Column2)
                && (countries.is_empty() || countries.iter().any(|c| of.contains(c)))
        };
        self.excepted(heading).filter(may).collect()
    }

    /// The rows of a programme that takes every product.
    fn of_all_products(&self, programme: &Programme, mine: &[&'h Heading]) -> Vec<MeasureRow> {
        let mut rows = Rows::default();
        for span in self.spans(mine) {
            let mut by_heading: BTreeMap<(&str, bool), (&Heading, BTreeSet<&str>)> =
                BTreeMap::new();
            for (country, outcome) in resolve(self.headings, programme, span.from) {
                let (heading, known) = match outcome {
                    Outcome::Taken(heading) => (heading, true),
                    Outcome::Unknown(heading) => (heading, false),
                    Outcome::Exempt => continue,
                };
                let entry = by_heading.entry((heading.code.as_str(), known));
                entry.or_insert_with(|| (heading, BTreeSet::new())).1.insert(country);
            }
            let mut claimed: BTreeMap<&str, &Heading> = BTreeMap::new();
            for ((_, known), (heading, of)) in by_heading {
                let mut claims = self.claims(heading, &of, span.from);
                let listed = heading.wording.listed || programme.is_untold();
                if listed {
                    claims.push(heading);
                }
                let spares =
                    heading.wording.any && spares_column2(self.headings, heading, span.from);
                let row = MeasureRow {
                    origin: origins(&of, spares),
                    when: stated(true, claims.iter().map(|h| h.code.as_str())),
                    basis: basis(heading, programme, if listed { LEFT_TO_NOTE } else { "" }),
                    ..blank()
                };
                let told = known && !listed;
                rows.push(if told { with_rate(row, &heading.general) } else { row }, span);
                claimed.extend(claims.iter().map(|h| (h.code.as_str(), *h)));
            }
            for heading in claimed.values().filter(|h| h.general.is_duty()) {
                rows.push(claim(heading, programme), span);
            }
        }
        rows.finish().collect()
    }

    /// The rows of a programme whose products a U.S. note lists: no rate, but for those who state
    /// under which of its headings the goods are.
    fn left_to_note(
        &self,
        programme: &Programme,
        mine: &[&'h Heading],
        lines: Option<&BTreeSet<String>>,
    ) -> Vec<MeasureRow> {
        let mut rows = Rows::default();
        for span in self.spans(mine) {
            let outcomes = resolve(self.headings, programme, span.from);
            let of: BTreeSet<&str> = outcomes.keys().copied().collect();
            let general = outcomes.values().find_map(|outcome| match outcome {
                Outcome::Taken(h) | Outcome::Unknown(h) if h.wording.any => Some(*h),
                _ => None,
            });
            let first = outcomes.values().find_map(|outcome| match outcome {
                Outcome::Taken(h) | Outcome::Unknown(h) => Some(*h),
                Outcome::Exempt => None,
            });
            let Some(heading) = general.or(first) else { continue };
            let now: Vec<&Heading> =
                mine.iter().copied().filter(|h| h.in_force(span.from)).collect();
            let mut may: BTreeSet<&str> = now.iter().map(|h| h.code.as_str()).collect();
            let excepted = now.iter().flat_map(|h| self.excepted(h));
            may.extend(excepted.filter(|h| h.in_force(span.from)).map(|h| h.code.as_str()));
            let spares = heading.wording.any && spares_column2(self.headings, heading, span.from);
            let row = MeasureRow {
                origin: origins(&of, spares),
                when: stated(true, may),
                basis: basis(heading, programme, LEFT_TO_NOTE),
                ..blank()
            };
            for code in lines.cloned().unwrap_or_else(|| codes_of(&now)) {
                rows.push(MeasureRow { code, ..row.clone() }, span);
            }
            for heading in now.iter().filter(|h| h.general.is_duty()) {
                rows.push(claim(heading, programme), span);
            }
        }
        rows.finish().collect()
    }

    /// The row of the headings of a programme whose products are left to a U.S. note, and that no
    /// line points to.
    fn unlinked(
        &self,
        programme: &Programme,
        mine: &[&'h Heading],
        links: &Links<'_>,
    ) -> Vec<MeasureRow> {
        let excepted: BTreeSet<&str> = self
            .headings
            .iter()
            .filter(|h| h.general.is_duty() && h.wording.all_products)
            .flat_map(|h| h.wording.but_headings.iter().map(String::as_str))
            .collect();
        // Where there are general headings, an origin that is not understood makes them unknown.
        let general = mine.iter().any(|h| h.wording.any && h.wording.all_products);
        let left: Vec<&Heading> = mine
            .iter()
            .copied()
            .filter(|h| h.general.is_duty() && !h.is_conditional())
            .filter(|h| programme.authority == "s301" || !h.wording.all_products)
            .filter(|h| !(general && h.doubts(Doubt::Origin)))
            .filter(|h| !links.pointed.contains(h.code.as_str()))
            .filter(|h| !excepted.contains(h.code.as_str()))
            .collect();
        let mut rows = Rows::default();
        for span in spans(self.start, left.iter().copied()) {
            let now: Vec<&Heading> =
                left.iter().copied().filter(|h| h.in_force(span.from)).collect();
            self.unknown(programme, &now, false, span, &mut rows);
        }
        rows.finish().collect()
    }

    /// One row without a rate for several headings, and one for each for those who state it.
    fn unknown(
        &self,
        programme: &Programme,
        now: &[&Heading],
        column2: bool,
        span: Span,
        rows: &mut Rows,
    ) {
        let Some(first) = now.first() else { return };
        let mut of: BTreeSet<&str> = BTreeSet::new();
        let mut may: BTreeSet<&str> = BTreeSet::new();
        for heading in now {
            of.extend(takes(heading, span.from));
            may.insert(&heading.code);
            let all = takes(heading, span.from).collect();
            may.extend(self.claims(heading, &all, span.from).iter().map(|h| h.code.as_str()));
        }
        let more = if now.len() > 1 { " or another" } else { "" };
        let noted = now.iter().any(|h| !h.wording.notes.is_empty());
        let why = if noted { LEFT_TO_NOTE } else { SOME_GOODS };
        let row = MeasureRow {
            origin: whose(&of, column2),
            when: stated(true, may),
            basis: basis(first, programme, &format!("{more}{why}")),
            ..blank()
        };
        rows.push(row, span);
        for heading in now {
            let rate = if column2 { &heading.other } else { &heading.general };
            let row = MeasureRow {
                origin: whose(&takes(heading, span.from).collect(), column2),
                when: stated(false, [heading.code.as_str()]),
                basis: basis(heading, programme, AS_STATED),
                ..blank()
            };
            rows.push(with_rate(row, rate), span);
        }
    }

    /// The rows of a line, without its code.
    fn of_lines(&self, group: &Group<'_>) -> Vec<MeasureRow> {
        let headings: Vec<(&Heading, bool)> = group
            .headings
            .iter()
            .filter_map(|(code, partly)| Some((*self.by_code.get(code)?, *partly)))
            .collect();
        let all: Vec<&Heading> = headings.iter().map(|(h, _)| *h).collect();
        let mut rows = Rows::default();
        for span in self.spans(&all) {
            let now: Vec<(&Heading, bool)> = headings
                .iter()
                .copied()
                .filter(|(h, _)| h.in_force(span.from) && !h.is_conditional())
                .filter(|(h, _)| if group.column2 { &h.other } else { &h.general }.is_duty())
                .collect();
            match now.as_slice() {
                [(heading, false)] if heading.wording.all_products && is_told(heading) => {
                    let of: BTreeSet<&str> = takes(heading, span.from).collect();
                    let claims = self.claims(heading, &of, span.from);
                    let rate = if group.column2 { &heading.other } else { &heading.general };
                    let row = MeasureRow {
                        origin: whose(&of, group.column2),
                        when: stated(true, claims.iter().map(|h| h.code.as_str())),
                        basis: basis(heading, group.programme, ""),
                        ..blank()
                    };
                    rows.push(with_rate(row, rate), span);
                    for heading in claims.iter().filter(|h| h.general.is_duty()) {
                        rows.push(claim(heading, group.programme), span);
                    }
                }
                _ => {
                    let now: Vec<&Heading> = now.iter().map(|(h, _)| *h).collect();
                    self.unknown(group.programme, &now, group.column2, span, &mut rows);
                }
            }
        }
        rows.finish().collect()
    }

    /// What the footnotes of lines, and the codes in the text of headings, point to.
    fn links(&self, lines: &[Line]) -> Links<'h> {
        let mut links = Links::default();
        for line in lines {
            for (text, column) in &line.footnotes {
                self.footnote(&line.code, text, *column, &mut links);
            }
        }
        for heading in self.headings {
            let duty = heading.general.is_duty() && !heading.is_conditional();
            let pointed = links.pointed.contains(heading.code.as_str());
            let noted = heading.programmes.iter().any(|p| p.is_of_products());
            if duty && !pointed && !noted && !heading.wording.all_products {
                for code in ordinary_codes(&heading.wording.text) {
                    links.add(&code, heading, Column::General, true);
                }
            }
        }
        links
    }

    fn footnote(&self, line: &str, text: &str, column: Column, links: &mut Links<'h>) {
        let mut pointed: Vec<&'h Heading> = Vec::new();
        for code in named(text).iter().filter(|code| code.starts_with("9903")) {
            let within = self.headings.iter().filter(|h| h.code.starts_with(code.as_str()));
            match self.by_code.get(code.as_str()) {
                Some(heading) => pointed.push(heading),
                None if code.len() == 6 => pointed.extend(within),
                None => {
                    links.absent.insert((line.to_owned(), code.clone()));
                }
            }
        }
        let of_subchapter = text.contains("subchapter iii") && text.contains("chapter 99");
        let notes = if of_subchapter { notes(text) } else { Vec::new() };
        let certain =
            ["definitional note", "covers certain goods"].iter().any(|w| text.contains(w));
        for heading in &pointed {
            let told = &heading.wording.notes;
            // A note beside a heading that names none says which goods are meant.
            let by_note = told.is_empty() && !notes.is_empty();
            let near = certain
                && notes.iter().any(|note| told.iter().any(|own| own.number == note.number));
            let partly = by_note || near || column == Column::Description;
            links.add(line, heading, column, partly);
        }
        for note in notes {
            let programme = Programme::of_note(&note.number);
            let told = pointed.iter().any(|h| {
                let own = &h.wording.notes;
                h.programmes.contains(&programme)
                    || own.iter().any(|own| own.number == note.number)
                    || (own.is_empty() && programme.authority == "unknown")
            });
            if !told {
                links.notes.entry(programme).or_default().insert(line.to_owned());
            }
        }
    }
}

impl<'h> Links<'h> {
    fn add(&mut self, line: &str, heading: &'h Heading, column: Column, partly: bool) {
        let column2 = column == Column::Other;
        let Some(programme) = heading.programmes.first() else { return };
        self.pointed.insert(&heading.code);
        let group = self
            .groups
            .entry((line.to_owned(), programme, column2))
            .or_insert_with(|| Group { programme, column2, headings: BTreeMap::new() });
        *group.headings.entry(&heading.code).or_default() |= partly;
    }
}

/// Whether origin and standing of a heading were understood.
fn is_told(heading: &Heading) -> bool {
    let doubts = [Doubt::CompilersNote, Doubt::Origin, Doubt::OriginInNote];
    !doubts.iter().any(|doubt| heading.doubts(*doubt))
}

/// The countries whose goods a heading takes.
fn takes(heading: &Heading, day: Option<Day>) -> impl Iterator<Item = &'static str> {
    let wording = &heading.wording;
    // An origin that is not understood might be any.
    let any = wording.countries.is_empty();
    let but = wording.but_from.is_none_or(|from| day.is_some_and(|day| day >= from));
    CODES.iter().copied().chain([ELSEWHERE]).filter(move |country| {
        wording.countries.contains(country)
            || (any && !(but && wording.but_countries.contains(country)))
    })
}

/// The codes that all the duties of a programme name in their text; every code where one names none.
fn codes_of(now: &[&Heading]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for heading in now.iter().filter(|h| h.general.is_duty() && !h.is_conditional()) {
        let codes = ordinary_codes(&heading.wording.text);
        if codes.is_empty() {
            return BTreeSet::from([String::new()]);
        }
        all.extend(codes);
    }
    all
}

/// The row of a heading for those who state it.
fn claim(heading: &Heading, programme: &Programme) -> MeasureRow {
    let row = MeasureRow {
        origin: origins(&takes(heading, None).collect(), false),
        when: stated(false, [heading.code.as_str()]),
        basis: basis(heading, programme, AS_STATED),
        ..blank()
    };
    with_rate(row, &heading.general)
}

fn basis(heading: &Heading, programme: &Programme, more: &str) -> String {
    format!("{LAW}, heading {}, {programme}{more}", heading.dotted())
}

/// The row with a rate; with neither rate nor formula where that is not understood.
fn with_rate(row: MeasureRow, rate: &Rate) -> MeasureRow {
    match rate {
        Rate::Added(percent, None) => MeasureRow { rate: percent.normalize().to_string(), ..row },
        Rate::Added(percent, Some(part)) => {
            MeasureRow { formula: format!("{}% of \"{part}\"", percent.normalize()), ..row }
        }
        Rate::Total(percent) => {
            MeasureRow { formula: format!("upto({}%, DTY)", percent.normalize()), ..row }
        }
        Rate::NothingAdded => MeasureRow { formula: "free".to_owned(), ..row },
        Rate::Blank | Rate::Unread => row,
    }
}
