//! Folded text and what is found in it: days, headings, U.S. notes.
//!
//! [`fold`] makes one spelling of the many in the export. Everything after works on folded text,
//! which is lower case with single spaces.

use fondaco::day::Day;
use fondaco::money::{Decimal, decimal};

use super::super::hts::strip_tags;

/// The text without tags and accents, in lower case, with plain quotes, dashes and spaces.
pub(super) fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in strip_tags(text).chars().flat_map(char::to_lowercase) {
        plain.push(match c {
            '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2014}' | '\u{2212}' => '-',
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' => 'o',
            'ù'..='ü' => 'u',
            'ý' | 'ÿ' => 'y',
            // An accent that stands behind its letter.
            '\u{300}'..='\u{36f}' => continue,
            other => other,
        });
    }
    let mut out = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        // `9903.01.26- 9903.01.33`: a range that was broken over a line.
        let digits = |c: char| c.is_ascii_digit();
        let broken = out.strip_suffix('-').is_some_and(|o| o.ends_with(digits));
        let joined = broken && word.starts_with(digits);
        if !out.is_empty() && !joined {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace("day light", "daylight")
}

/// Passes over `word` where the text begins with it.
pub(super) fn eat(text: &mut &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    *text = rest.unwrap_or(text);
    rest.is_some()
}

/// Passes over the first of `words` that begins the text.
pub(super) fn eat_any(text: &mut &str, words: &[&str]) -> bool {
    words.iter().any(|word| eat(text, word))
}

/// Where any of `words` first stands.
pub(super) fn find_any(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().filter_map(|word| text.find(word)).min()
}

/// Whether any of `words` stands in the text.
pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The text without what stands from `start` to `end`, squeezed where it was cut.
pub(super) fn cut(text: &str, start: usize, end: usize) -> String {
    let before = text.get(..start).unwrap_or_default().trim_end();
    let after = text.get(end..).unwrap_or_default().trim_start();
    [before, after].join(" ").trim().to_owned()
}

/// A day that a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'t> {
    /// The text before it and before its time of day.
    pub before: &'t str,
    /// Where it ends.
    pub end: usize,
    /// The day.
    pub day: Day,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Every day the text names, in order: `12:01 a.m. eastern daylight time on april 5, 2025`.
pub(super) fn days(text: &str) -> Vec<Named<'_>> {
    let mut all: Vec<Named<'_>> = Vec::new();
    for (number, month) in (1i8..).zip(MONTHS) {
        for (at, _) in text.match_indices(month) {
            let mut rest = text.get(at + month.len()..).unwrap_or_default();
            if let Some(day) = day_and_year(&mut rest, number) {
                let before = without_clock(text.get(..at).unwrap_or_default());
                all.push(Named { before, end: text.len() - rest.len(), day });
            }
        }
    }
    all.sort_by_key(|named| named.end);
    all
}

/// Passes over a day with nothing but one of `words` before it.
pub(super) fn eat_day<'t>(text: &mut &'t str, words: &[&str]) -> Option<Named<'t>> {
    let mut day = days(text).into_iter().next()?;
    day.before = day.before.trim_matches([',', ' ']);
    words.contains(&day.before).then(|| {
        *text = text.get(day.end..).unwrap_or_default();
        day
    })
}

fn day_and_year(rest: &mut &str, month: i8) -> Option<Day> {
    let day = rest.strip_prefix(' ')?;
    let (day, year) = day.split_at_checked(day.find(|c: char| !c.is_ascii_digit())?)?;
    let year = year.strip_prefix(',').unwrap_or(year).strip_prefix(' ')?;
    let (year, after) = year.split_at_checked(4)?;
    let day = Day::of(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    *rest = after;
    Some(day)
}

/// The text without a time of day at its end.
fn without_clock(text: &str) -> &str {
    let gap: &[char] = &[',', ' '];
    let text = text.trim_end();
    let clock = text.strip_suffix(" on").unwrap_or(text).trim_end_matches(gap);
    let zones = ["eastern daylight time", "eastern standard time", " edt", " est", " et"];
    let clock = zones.iter().find_map(|z| clock.strip_suffix(z)).unwrap_or(clock);
    let clock = clock.trim_end_matches(gap);
    let times = ["12:01 a.m.", "12:00 a.m.", "12:01 am", "12:00 am", "12:01 a.m", "12:00 a.m"];
    times.iter().find_map(|t| clock.strip_suffix(t)).map_or(text, |t| t.trim_end_matches(gap))
}

/// The day after.
pub(super) fn next(day: Day) -> Option<Day> {
    Day::from_number(day.number().checked_add(1)?).ok()
}

/// The day before.
pub(super) fn previous(day: Day) -> Option<Day> {
    Day::from_number(day.number().checked_sub(1)?).ok()
}

/// Passes over a heading of chapter 99, and gives its digits: 4 after the chapter, or 6.
fn eat_heading(text: &mut &str) -> Option<String> {
    let shaped = |len: usize| {
        let head = text.get(..len)?;
        let shape = head.bytes().zip(b"99dd.dd.dd").all(|(b, s)| match s {
            b'd' => b.is_ascii_digit(),
            other => b == *other,
        });
        shape.then_some((head, len))
    };
    let (head, len) = shaped(10).or_else(|| shaped(7))?;
    *text = text.get(len..).unwrap_or_default();
    Some(head.chars().filter(char::is_ascii_digit).collect())
}

/// Where the first heading of chapter 99 stands.
pub(super) fn heading_in(text: &str) -> Option<usize> {
    text.match_indices("99")
        .map(|(at, _)| at)
        .find(|at| text.get(*at..).is_some_and(|mut rest| eat_heading(&mut rest).is_some()))
}

/// The headings from one to another of the same four digits; the two where they are not.
fn range(first: String, last: String) -> Vec<String> {
    let parts = |code: &str| {
        let (head, tail) = code.split_at_checked(6)?;
        Some((head.to_owned(), tail.parse::<u8>().ok()?))
    };
    match (parts(&first), parts(&last)) {
        (Some((head, low)), Some((other, high))) if head == other => {
            (low..=high).map(|n| format!("{head}{n:02}")).collect()
        }
        _ => vec![first, last],
    }
}

/// A list of headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Headings {
    /// Their digits, each once, in order.
    pub codes: Vec<String>,
    /// Whether a U.S. note stands among them.
    pub note: bool,
}

impl Headings {
    fn push(&mut self, code: String) {
        if !self.codes.contains(&code) {
            self.codes.push(code);
        }
    }
}

/// Passes over `heading `, `subheadings ` and the like.
fn eat_heading_word(text: &mut &str) -> bool {
    eat_any(text, &["subheadings ", "subheading ", "headings ", "heading "])
}

/// Passes over a range `H-H` or one heading.
fn eat_range(text: &mut &str, into: &mut Headings) -> bool {
    let Some(first) = eat_heading(text) else { return false };
    let mut rest = *text;
    eat(&mut rest, " ");
    if eat_any(&mut rest, &["-", "through", "to "]) {
        eat(&mut rest, " ");
        eat_heading_word(&mut rest);
        if let Some(last) = eat_heading(&mut rest) {
            *text = rest;
            range(first, last).into_iter().for_each(|code| into.push(code));
            return true;
        }
    }
    into.push(first);
    true
}

/// Passes over a list of headings, in which a U.S. note may stand: `H, H-H, H or u.s. note 2(w)`.
pub(super) fn eat_headings(text: &mut &str) -> Headings {
    let mut all = Headings::default();
    eat_heading_word(text);
    if !eat_range(text, &mut all) {
        return all;
    }
    loop {
        let mut rest = *text;
        rest = rest.trim_start_matches([',', ' ']);
        if eat_any(&mut rest, &["and", "or"]) {
            rest = rest.trim_start_matches([',', ' ']);
        }
        eat_heading_word(&mut rest);
        if rest.len() == text.len() {
            return all;
        }
        if eat(&mut rest, "u.s. note ") {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            while eat_subdivision(&mut rest).is_some() {}
            eat(&mut rest, " to this subchapter");
            all.note = true;
        } else if !eat_range(&mut rest, &mut all) {
            return all;
        }
        *text = rest;
    }
}

/// Every heading of chapter 99 in the text, ranges written out.
pub(super) fn headings(text: &str) -> Vec<String> {
    let mut all = Headings::default();
    let mut rest = text;
    while let Some(at) = heading_in(rest) {
        rest = rest.get(at..).unwrap_or_default();
        if !eat_range(&mut rest, &mut all) {
            break;
        }
    }
    all.codes
}

/// A place in the U.S. notes of the subchapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Its number.
    pub number: String,
    /// The subdivision, such as `(v)(iii)`, or nothing.
    pub part: String,
}

impl Note {
    /// The letters of the first subdivision.
    pub(super) fn letters(&self) -> Option<&str> {
        self.part.strip_prefix('(')?.split_once(')').map(|(letters, _)| letters)
    }
}

/// Passes over one `(x)`, and gives what is inside.
fn eat_subdivision<'t>(text: &mut &'t str) -> Option<&'t str> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    let short = (1..=5).contains(&inside.len());
    if !short || !inside.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return None;
    }
    *text = rest;
    Some(inside)
}

/// Passes over `(v)(iii)`, and gives it.
fn eat_part<'t>(text: &mut &'t str) -> &'t str {
    let start = *text;
    while eat_subdivision(text).is_some() {}
    start.get(..start.len() - text.len()).unwrap_or_default()
}

/// Passes over digits, and gives them.
fn eat_digits<'t>(text: &mut &'t str) -> Option<&'t str> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    *text = rest;
    (!digits.is_empty()).then_some(digits)
}

/// The U.S. notes the text names, in order: `subdivisions (d) and (f) of u.s. note 37`.
///
/// General notes and statistical notes are none of them.
pub(super) fn notes(text: &str) -> Vec<Note> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|t| find_any(t, &["subdivision", "note"])) {
        let at = from + at;
        let before = text.get(..at).unwrap_or_default();
        let mut rest = text.get(at..).unwrap_or_default();
        let found = if rest.starts_with('s') {
            eat_subdivisions_of_note(&mut rest)
        } else {
            let before = before.strip_suffix("u.s. ").unwrap_or(before);
            let other = ["general ", "statistical "].iter().any(|word| before.ends_with(word));
            eat_note(&mut rest).filter(|_| !other).map(|note| vec![note])
        };
        match found {
            Some(notes) => {
                all.extend(notes);
                from = text.len() - rest.len();
            }
            None => from = at + 1,
        }
    }
    all
}

fn eat_note(text: &mut &str) -> Option<Note> {
    let mut rest = *text;
    eat_any(&mut rest, &["notes ", "note "]).then_some(())?;
    let number = eat_digits(&mut rest)?.to_owned();
    let part = eat_part(&mut rest).to_owned();
    *text = rest;
    Some(Note { number, part })
}

fn eat_subdivisions_of_note(text: &mut &str) -> Option<Vec<Note>> {
    let mut rest = *text;
    eat_any(&mut rest, &["subdivisions ", "subdivision "]).then_some(())?;
    let mut parts = Vec::new();
    loop {
        let part = eat_part(&mut rest);
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        let mut after = rest;
        if eat_any(&mut after, &[" of ", " to "]) {
            eat(&mut after, "such ");
            eat(&mut after, "u.s. ");
            if let Some(note) = eat_note(&mut after) {
                *text = after;
                let note = |part: &&str| Note { part: (*part).to_owned(), ..note.clone() };
                return Some(parts.iter().map(note).collect());
            }
        }
        rest = rest.trim_start_matches([',', ' ']);
        eat_any(&mut rest, &["and ", "or ", "through ", "to "]);
        eat(&mut rest, "subdivision ");
    }
}

/// Passes over a figure with `percent` or `%` behind it.
pub(super) fn eat_percent(text: &mut &str) -> Option<Decimal> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (figure, rest) = text.split_at_checked(end)?;
    let mut rest = rest;
    eat(&mut rest, " ");
    eat_any(&mut rest, &["%", "percent"]).then_some(())?;
    let percent = decimal(figure)?;
    *text = rest;
    Some(percent)
}

/// The codes of ordinary headings that a description names: `provided for in subheading 0406.40.44
/// or 0406.40.70`.
pub(super) fn ordinary_codes(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_ascii_digit() && c != '.') {
        let word = word.trim_matches('.');
        let groups: Vec<&str> = word.split('.').collect();
        let shape: Vec<usize> = groups.iter().map(|g| g.len()).collect();
        let code = groups.concat();
        let whole = matches!(shape.as_slice(), [4, 2] | [4, 2, 2] | [4, 2, 4] | [4, 2, 2, 2]);
        if whole && !code.starts_with("98") && !code.starts_with("99") && !all.contains(&code) {
            all.push(code);
        }
    }
    // A heading of four digits looks like a year: it is one only behind its word.
    for (at, word) in text.match_indices("heading") {
        let mut rest = text.get(at + word.len()..).unwrap_or_default();
        eat(&mut rest, "s");
        while let Some(code) = rest.trim_start_matches([',', ' ']).get(..4) {
            rest = rest.trim_start_matches([',', ' ']).get(4..).unwrap_or_default();
            let ends = !rest.starts_with(|c: char| c.is_ascii_digit())
                && !rest
                    .strip_prefix('.')
                    .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
            if !ends || !code.bytes().all(|b| b.is_ascii_digit()) {
                break;
            }
            if !all.iter().any(|c| c == code) {
                all.push(code.to_owned());
            }
            eat_any(&mut rest, &[", or ", ", and ", " or ", " and "]);
        }
    }
    all
}
