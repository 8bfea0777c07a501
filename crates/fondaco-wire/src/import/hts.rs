//! The Harmonized Tariff Schedule of the United States, as the USITC exports it in JSON.
//!
//! The file is one array with a record for each printed line: `htsno`, `indent`, `description`,
//! `units` and the three rate columns `general`, `special` and `other` (column 2). A rate stands on
//! the eight-digit line, sometimes on the ten-digit one; a measure is made where it stands, and its
//! code covers the longer codes below it.

use std::collections::{BTreeSet, HashSet};

use fondaco::formula::Formula;
use fondaco::money::{Decimal, decimal};
use fondaco::token::Token;
use serde_json::Value;

use super::{Imported, MAX_DEPTH, chapter99, path_name, put_at, rate_fields, squeeze, unfold};
use crate::json::{self, Scan};
use crate::pack::rows::{LawRow, LineRow, MeasureRow};

/// The regime of a rate in the special column that names no programme.
pub const SPECIAL: &str = "special";
/// The group of origins that pay column 2.
pub const COLUMN_2: &str = "~column2";

const LAW: &str = "us-hts";

/// Reads a revision. `from` is its first day (`YYYY-MM-DD`), which the file does not state.
///
/// Counts: `lines` (every ten-digit code, and every eight-digit one with none below it), `codes_10`,
/// `additional_duties` (those of the measures that chapter 99 makes), `duty_texts` (distinct texts in
/// the three columns). Source: USITC, hts.usitc.gov/export.
#[must_use]
pub fn import(bytes: &[u8], from: Option<&str>) -> Imported {
    let bytes = match unfold(bytes) {
        Ok(bytes) => bytes,
        Err(reason) => return Imported::whole(reason),
    };
    if let Scan::Twice(name) = json::scan(&bytes, usize::MAX) {
        return Imported::whole(format!("a record has the member `{name}` twice"));
    }
    let records: Vec<Value> = match serde_json::from_slice(&bytes) {
        Ok(records) => records,
        Err(e) => return Imported::whole(format!("not a JSON array of records: {e}")),
    };
    let mut out = Imported::default();
    let mut taken: Vec<Record> = Vec::new();
    let mut seen = HashSet::new();
    let mut path = Vec::new();
    let mut lost = Vec::new();
    for (at, value) in records.iter().enumerate() {
        let number = at + 1;
        match Record::read(value, &mut path) {
            Ok(None) => {}
            Ok(Some(record)) if seen.insert(record.code.clone()) => taken.push(record),
            Ok(Some(record)) => out.refuse(number, format!("{} stands twice", record.code)),
            Err(reason) => {
                // It may have headed those below it: no name is better than another's.
                path.clear();
                lost.extend(parent(value, taken.last()));
                out.refuse(number, reason);
            }
        }
    }
    let tens = taken.iter().filter(|r| r.code.len() == 10).filter_map(|r| r.code.get(..8));
    let parents: HashSet<&str> = tens.chain(lost.iter().map(String::as_str)).collect();
    let from = from.unwrap_or_default();
    let mut texts = BTreeSet::new();
    let mut unparsed = BTreeSet::new();
    for record in &taken {
        if record.code.len() == 10
            || (record.code.len() == 8 && !parents.contains(record.code.as_str()))
        {
            out.lines.push(LineRow {
                code: record.code.clone(),
                unit: record.units.first().cloned().unwrap_or_default(),
                unit2: record.units.get(1).cloned().unwrap_or_default(),
                name_en: record.name.clone(),
                from: from.to_owned(),
                ..LineRow::default()
            });
        }
        for (column, text) in [
            ("general", &record.general),
            ("special", &record.special),
            ("column 2", &record.other),
        ] {
            let tidied = tidy(text);
            // Stray signs are a rate that cannot be read; a colon alone is the print's "none".
            let text = if tidied.is_empty() { squeeze(&strip_tags(text)) } else { tidied };
            if ["", ":"].contains(&text.as_str()) {
                continue;
            }
            texts.insert(text.clone());
            let mut groups = vec![(String::new(), text.as_str())];
            if column == "special" {
                groups = special(&text);
                if groups.is_empty() {
                    groups.push((SPECIAL.to_owned(), text.as_str()));
                }
            }
            for (regime, rate) in groups {
                let formula = duty(rate);
                if formula.is_none() {
                    unparsed.insert(rate.to_owned());
                }
                let (rate, formula) = formula.as_ref().map(rate_fields).unwrap_or_default();
                out.measures.push(MeasureRow {
                    code: record.code.clone(),
                    direction: "import".to_owned(),
                    origin: if column == "column 2" { COLUMN_2 } else { "" }.to_owned(),
                    regime,
                    tax_type: "DTY".to_owned(),
                    rate,
                    formula,
                    from: from.to_owned(),
                    basis: format!("{LAW}, {column}"),
                    ..MeasureRow::default()
                });
            }
        }
    }
    if !taken.is_empty() {
        out.law.push(law());
    }
    let additional = out.measures.len();
    unparsed.extend(chapter99::add(&records, from, &mut out));
    out.counts = vec![
        ("lines", out.lines.len()),
        ("codes_10", taken.iter().filter(|r| r.code.len() == 10).count()),
        ("measures", out.measures.len()),
        ("additional_duties", out.measures.len() - additional),
        ("duty_texts", texts.len()),
    ];
    out.unparsed = unparsed.into_iter().collect();
    out.sort();
    out
}

fn law() -> LawRow {
    LawRow {
        id: LAW.to_owned(),
        title_en: "Harmonized Tariff Schedule of the United States".to_owned(),
        title_zh: "美国协调关税税则".to_owned(),
        title_ru: "Гармонизированный таможенный тариф США".to_owned(),
        reference: "19 U.S.C. 1202; rates of the revision in force from the day the rows state"
            .to_owned(),
        source: "JSON export of the United States International Trade Commission \
                 (hts.usitc.gov). A work of the US Government, in the public domain \
                 (17 U.S.C. 105)."
            .to_owned(),
    }
}

/// The eight digits that a refused record stood below, by its code, else by its indent: they are
/// no line of their own for its being lost.
fn parent(refused: &Value, before: Option<&Record>) -> Option<String> {
    let text = |field: &str| refused.get(field).and_then(Value::as_str).unwrap_or_default();
    let code: String = text("htsno").chars().filter(char::is_ascii_digit).collect();
    if code.len() == 10 {
        return code.get(..8).map(str::to_owned);
    }
    let depth: usize = text("indent").trim().parse().ok()?;
    before.filter(|b| b.code.len() == 8 && depth > b.depth).map(|b| b.code.clone())
}

/// A printed line that has a code.
pub(super) struct Record {
    pub(super) code: String,
    depth: usize,
    name: String,
    units: Vec<String>,
    pub(super) general: String,
    special: String,
    pub(super) other: String,
}

impl Record {
    /// `None` for a line without a code: it only heads those below it.
    pub(super) fn read(value: &Value, path: &mut Vec<String>) -> Result<Option<Self>, String> {
        if !value.is_object() {
            return Err("not a record".to_owned());
        }
        let text = |field: &str| match value.get(field) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(format!("`{field}` is not text")),
        };
        let indent = text("indent")?;
        let depth = indent
            .trim()
            .parse::<usize>()
            .ok()
            .filter(|depth| *depth <= MAX_DEPTH)
            .ok_or_else(|| format!("`indent` is `{indent}`: want a number to {MAX_DEPTH}"))?;
        let description = strip_tags(&text("description")?);
        put_at(path, depth, squeeze(&description).trim_end_matches([':', ' ']).to_owned());

        let htsno = text("htsno")?;
        let code: String = htsno.chars().filter(|c| *c != '.' && !c.is_whitespace()).collect();
        if code.is_empty() {
            for column in ["general", "special", "other"] {
                if !tidy(&text(column)?).is_empty() {
                    return Err(format!("a rate in `{column}` and no `htsno`"));
                }
            }
            return Ok(None);
        }
        if !code.bytes().all(|b| b.is_ascii_digit()) || ![4, 6, 8, 10].contains(&code.len()) {
            return Err(format!("`htsno` is `{htsno}`: want 4, 6, 8 or 10 digits"));
        }
        let units = match value.get("units") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(units)) => {
                let units: Option<Vec<&str>> = units.iter().map(Value::as_str).collect();
                let units = units.ok_or("`units` holds something that is not text")?;
                units
                    .iter()
                    .flat_map(|unit| unit.split(" and "))
                    .map(line_unit)
                    .filter(|unit| !unit.is_empty())
                    .collect()
            }
            Some(_) => return Err("`units` is not a list".to_owned()),
        };
        Ok(Some(Self {
            code,
            depth,
            name: path_name(path),
            units,
            general: text("general")?,
            special: text("special")?,
            other: text("other")?,
        }))
    }
}

/// The schedule's abbreviations with their code in UN/ECE Rec 20.
const UNITS: &[(&str, &str)] = &[
    ("X", ""),
    ("No.", "NMB"),
    ("No", "NMB"),
    ("pcs", "NMB"),
    ("pcs.", "NMB"),
    ("hundreds", "CEN"),
    ("thousands", "MIL"),
    ("doz.", "DZN"),
    ("Dz Pcs", "DPC"),
    ("doz. pcs.", "DPC"),
    ("prs.", "NPR"),
    ("doz. prs.", "DPR"),
    ("gross", "GRO"),
    ("pack", "NMP"),
    ("carat", "CTM"),
    ("g", "GRM"),
    ("kg", "KGM"),
    ("t", "TNE"),
    ("liters", "LTR"),
    ("pf.liters", "PFL"),
    ("bbl", "BLL"),
    ("m", "MTR"),
    ("lin. m", "LM"),
    ("thousand m", "KMT"),
    ("cm2", "CMK"),
    ("m2", "MTK"),
    ("m3", "MTQ"),
    ("thousand m3", "R9"),
    ("MWh", "MWH"),
    ("GBq", "GBQ"),
    ("square", "SQR"),
];

/// The unit of a line: Rec 20 where the schedule's unit is one, else its own text in capitals, such
/// as `PT G` for grams of platinum. Empty where that is longer than a code can be.
fn line_unit(text: &str) -> String {
    let text = squeeze(&text.replace('²', "2").replace('³', "3"));
    if let Some((_, code)) = UNITS.iter().find(|(name, _)| *name == text) {
        return (*code).to_owned();
    }
    let own = text.to_uppercase();
    if Token::new(&own).is_ok() { own } else { String::new() }
}

/// The text without HTML tags: the export has a few, most of them empty.
pub(super) fn strip_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let name = after.strip_prefix('/').unwrap_or(after);
        match after.split_once('>') {
            Some((tag, after))
                if name.starts_with(|c: char| c.is_ascii_alphabetic()) && tag.len() < 40 =>
            {
                rest = after;
            }
            _ => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A text of a rate column for reading; empty where it says nothing.
fn tidy(text: &str) -> String {
    let text = strip_tags(text).replace('²', "2").replace('³', "3");
    if text.contains(|c: char| c.is_alphanumeric()) { squeeze(&text) } else { String::new() }
}

/// Cuts the special column into its groups: the programmes joined by `|`, and their rate.
///
/// `Free (A+,AU) 5% (KR)` gives `A+|AU` with `Free` and `KR` with `5%`. A rate that no programme
/// follows gets [`SPECIAL`].
#[must_use]
pub fn special(text: &str) -> Vec<(String, &str)> {
    let clean = |rate: &'_ str| -> bool { rate.contains(|c: char| c.is_alphanumeric()) };
    let trim = |rate| str::trim_matches(rate, |c: char| c.is_whitespace() || c == ',' || c == ';');
    let mut groups: Vec<(String, &str)> = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(open) = text.get(from..).and_then(|t| t.find('(')).map(|at| at + from) {
        let Some(close) = text.get(open..).and_then(|t| t.find(')')).map(|at| at + open) else {
            break;
        };
        from = close + 1;
        let Some(programmes) = text.get(open + 1..close).and_then(programmes) else { continue };
        let rate = text.get(start..open).unwrap_or_default();
        start = from;
        if clean(rate) {
            groups.push((programmes, trim(rate)));
        } else if let Some((before, _)) = groups.last_mut() {
            before.push('|');
            before.push_str(&programmes);
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    if clean(rest) {
        groups.push((SPECIAL.to_owned(), trim(rest)));
    }
    groups
}

/// `A+, AU` as `A+|AU`; `None` where the words in the brackets are not programmes. The export has
/// missing and doubled separators and a doubled bracket, so those are taken for separators.
fn programmes(text: &str) -> Option<String> {
    let mut all: Vec<&str> = Vec::new();
    for word in text.split([',', '.', ';', ' ', '(']).filter(|w| !w.is_empty()) {
        let letters = word.strip_suffix(['*', '+', '#']).unwrap_or(word);
        if !(1..=2).contains(&letters.len()) || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        if !all.contains(&word) {
            all.push(word);
        }
    }
    (!all.is_empty()).then(|| all.join("|"))
}

/// The formula of one duty text, without programmes; `None` where it cannot be read.
///
/// A text in words is a note, and so is a rate with a condition in words: such a rate is for a
/// person to decide, and is never taken without its condition.
#[must_use]
pub fn duty(text: &str) -> Option<Formula> {
    let text = tidy(text);
    let text = text.trim_end_matches([';', ',', '/', ' ']);
    if text.is_empty() {
        return None;
    }
    if let Some(formula) = by_degrees(text) {
        return Some(formula);
    }
    if [" but if ", "shall not exceed", "whichever", "in no case"].iter().any(|w| text.contains(w))
    {
        return Some(note(text));
    }
    let mut formula: Option<Formula> = None;
    let mut sign = '+';
    for (term, next) in terms(text) {
        let term = one_duty(term)?;
        formula = Some(match (formula, sign) {
            (None, _) => term,
            (Some(Formula::Sum(mut all)), '+') => {
                all.push(term);
                Formula::Sum(all)
            }
            (Some(first), '+') => Formula::Sum(vec![first, term]),
            (Some(first), _) => Formula::Less(Box::new(first), Box::new(term)),
        });
        sign = next;
    }
    formula
}

fn note(text: &str) -> Formula {
    Formula::Note(text.trim_end_matches(['.', ' ']).replace('"', "'"))
}

/// Cuts at `+`, `plus` and `minus` outside brackets. Each term comes with the sign that follows it.
fn terms(text: &str) -> Vec<(&str, char)> {
    let mut out = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '+' => {
                out.push((text.get(start..at).unwrap_or_default().trim(), '+'));
                start = at + 1;
            }
            ' ' => {
                let rest = text.get(at..).unwrap_or_default();
                for (word, sign) in [(" plus ", '+'), (" minus ", '-')] {
                    if rest.starts_with(word) {
                        out.push((text.get(start..at).unwrap_or_default().trim(), sign));
                        start = at + word.len();
                    }
                }
            }
            _ => {}
        }
    }
    out.push((text.get(start..).unwrap_or_default().trim(), '+'));
    out
}

/// `A less B for each degree under 100 degrees (…) but not less than C`: sugar by its polarisation.
fn by_degrees(text: &str) -> Option<Formula> {
    let (whole, rest) = text.split_once(" less ")?;
    let (step, rest) = rest.split_once(" for each degree under ")?;
    let (degrees, rest) = rest.split_once(" degrees")?;
    let degrees = decimal(degrees.trim())?;
    let least = rest.split_once("but not less")?.1.trim();
    let least = least.strip_prefix("than ").unwrap_or(least);
    let plain = |text: &str| match one_duty(text.trim()) {
        Some(duty @ Formula::Specific { .. }) => Some(duty),
        _ => None,
    };
    let step = Formula::Times(Box::new(plain(step)?), format!("degrees under {degrees}"));
    let less = Formula::Less(Box::new(plain(whole)?), Box::new(step));
    Some(Formula::Greatest(vec![less, plain(least)?]))
}

fn one_duty(text: &str) -> Option<Formula> {
    if text.trim_end_matches('.').eq_ignore_ascii_case("free") {
        return Some(Formula::Free);
    }
    if let Some(rate) = ["a duty of ", "A duty of "].iter().find_map(|a| text.strip_prefix(a)) {
        return one_duty(rate);
    }
    if text.starts_with(|c: char| c.is_alphabetic()) {
        // One word is a slip of the pen: the law takes more of them to say anything.
        return text.contains(' ').then(|| note(text));
    }
    if let Some(rest) = text.strip_prefix('$') {
        let (amount, rest) = number(rest)?;
        return specific(amount, rest, text);
    }
    let (value, rest) = number(text)?;
    if let Some(rest) = rest.strip_prefix('¢').or_else(|| rest.strip_prefix(" cents")) {
        return specific(value.checked_div(Decimal::ONE_HUNDRED)?, rest, text);
    }
    let (value, rest) = match fraction(rest) {
        Some((fraction, rest)) => (value.checked_add(fraction)?, rest),
        None => (value, rest),
    };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('%').or_else(|| rest.strip_prefix("percent"))?;
    if ["", "ad val", "ad valorem"].contains(&rest.trim_matches(['.', ' '])) {
        return Some(Formula::AdValorem { percent: value, part: None });
    }
    match part(rest) {
        Some(part) => Some(Formula::AdValorem { percent: value, part: Some(part) }),
        None => rest.contains(char::is_alphabetic).then(|| note(text)),
    }
}

/// Digits with an optional point; commas between thousands are dropped, and stand nowhere else.
fn number(text: &str) -> Option<(Decimal, &str)> {
    let end =
        text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let most = if whole.contains(',') { 3 } else { usize::MAX };
    if groups.next().is_none_or(|first| first.len() > most)
        || groups.any(|g| g.len() != 3)
        || part.contains(',')
    {
        return None;
    }
    Some((decimal(&digits.replace(',', ""))?, rest))
}

/// The `1/3` of `33 1/3%`, as a decimal of 15 places. Rounded up, so that a third of an amount is
/// never a hair below the whole cent it comes to.
fn fraction(text: &str) -> Option<(Decimal, &str)> {
    let (over, rest) = number(text.strip_prefix(' ')?)?;
    let (under, rest) = number(rest.strip_prefix('/')?)?;
    let value = over.checked_div(under)?;
    Some((value.round_dp_with_strategy(15, UP), rest))
}

const UP: rust_decimal::RoundingStrategy = rust_decimal::RoundingStrategy::AwayFromZero;

/// What an amount of money is for: the text after the `/`, Rec 20, how many, and the part that is
/// counted where it is not the goods themselves. A text that another begins with stands after it.
const PER: &[(&str, &str, u32, &str)] = &[
    ("clean kg", "KGM", 1, "clean yield"),
    ("kg", "KGM", 1, ""),
    ("g", "GRM", 1, ""),
    ("t", "TNE", 1, ""),
    ("pf. liter", "PFL", 1, ""),
    ("pf.liter", "PFL", 1, ""),
    ("liter", "LTR", 1, ""),
    ("bbl", "BLL", 1, ""),
    ("lin. m", "LM", 1, ""),
    ("cm2", "CMK", 1, ""),
    ("m2", "MTK", 1, ""),
    ("m3", "MTQ", 1, ""),
    ("m", "MTR", 1, ""),
    ("head", "NMB", 1, ""),
    ("article", "NMB", 1, ""),
    ("jewel", "NMB", 1, "jewels"),
    ("pack", "NMP", 1, ""),
    ("prs.", "NPR", 1, ""),
    ("pr.", "NPR", 1, ""),
    ("pair", "NPR", 1, ""),
    ("doz. prs.", "DPR", 1, ""),
    ("doz. pr.", "DPR", 1, ""),
    ("doz.", "DZN", 1, ""),
    ("dozen", "DZN", 1, ""),
    ("gross", "GRO", 1, ""),
    ("1,000 pins", "NMB", 1000, "pins"),
    ("1,000", "NMB", 1000, ""),
    ("1000", "NMB", 1000, ""),
    ("thou- sand", "NMB", 1000, ""),
    ("thousand", "NMB", 1000, ""),
];

/// An amount of money for each unit; `after` is the text behind the amount, `text` the whole term.
fn specific(amount: Decimal, after: &str, text: &str) -> Option<Formula> {
    let after = after.trim();
    let make = |unit: &str, per: u32, part: &str| {
        Some(Formula::Specific {
            amount,
            currency: "USD".parse().ok()?,
            per: Decimal::from(per),
            unit: Token::new(unit).ok()?,
            part: (!part.is_empty()).then(|| part.to_owned()),
        })
    };
    if after.trim_end_matches('.') == "each" {
        return make("NMB", 1, "");
    }
    let after = after.strip_prefix('/')?.trim_start();
    if ["line/ gross", "line/gross"].contains(&after) {
        return Some(Formula::Times(Box::new(make("GRO", 1, "")?), "lines".to_owned()));
    }
    let (unit, per, counted, rest) = PER.iter().find_map(|(name, unit, per, counted)| {
        let rest = after.strip_prefix(name)?;
        // A squared or cubed metre is sometimes run together with the next word.
        let ends = name.ends_with(['2', '3']) || !rest.starts_with(|c: char| c.is_alphanumeric());
        ends.then_some((*unit, *per, *counted, rest.trim_matches(['.', ' '])))
    })?;
    if rest.is_empty() {
        return make(unit, per, counted);
    }
    if counted == "jewels" && rest.starts_with("over ") {
        return make(unit, per, &format!("{counted} {rest}"));
    }
    if rest == ", including weight of container" {
        return make(unit, per, "goods, including weight of container");
    }
    match part(rest) {
        Some(part) if counted.is_empty() => make(unit, per, &part),
        _ => rest.contains(char::is_alphabetic).then(|| note(text)),
    }
}

/// The part in `on the case`, `of total sugars`, `upon the value of the steel content`.
fn part(text: &str) -> Option<String> {
    let text = text.trim_matches(['.', ' ']);
    let rest = ["on ", "of ", "upon "].iter().find_map(|word| text.strip_prefix(word))?;
    // Twice in the schedule the article runs into its noun.
    let rest = rest.strip_prefix("the").filter(|r| !r.starts_with("se ")).unwrap_or(rest).trim();
    let rest = rest.strip_prefix("value of ").unwrap_or(rest);
    let rest = rest.strip_prefix("the ").unwrap_or(rest);
    let rest = rest.strip_suffix(", if any").unwrap_or(rest);
    let rest = rest.replace("weght", "weight");
    let name = rest.replace('"', "'");
    name.starts_with(|c: char| c.is_alphabetic()).then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::tests::{shared, shared_path};
    use super::*;

    fn check(text: &str, wanted: &str) {
        let got = duty(text);
        if let Some(formula) = &got {
            assert_eq!(formula.to_string().parse(), Ok(formula.clone()), "{text}");
        }
        assert_eq!(got.map_or("-".to_owned(), |f| f.to_string()), wanted, "{text}");
    }

    #[test]
    fn duty_texts_become_formulas() {
        check("Free", "free");
        check("2.5%", "2.5%");
        check("10% <u></u>", "10%");
        check("13.1% /", "13.1%");
        check("33 1/3%", "33.333333333333334%");
        check("12 1/2%", "12.5%");
        check("0.9¢/kg", "0.009 USD/KGM");
        check("$1.104/kg + 14.9%", "1.104 USD/KGM + 14.9%");
        check("9.4¢/kg+ 5.3%", "0.094 USD/KGM + 5.3%");
        check("4¢ each + 2.9%", "0.04 USD/NMB + 2.9%");
        check("$3/head", "3 USD/NMB");
        check("$1.34/1000", "1.34 USD/1000 NMB");
        check("$2/1,000 + 60%", "2 USD/1000 NMB + 60%");
        check("$2.50/thou- sand + 40%", "2.5 USD/1000 NMB + 40%");
        check("10¢/1,000 pins + 3.5%", "0.1 USD/1000 NMB of \"pins\" + 3.5%");
        check("18.5¢/doz. + 4%", "0.185 USD/DZN + 4%");
        check("10¢/doz.", "0.1 USD/DZN");
        check("Free.", "free");
        check("5% ad val.", "5%");
        check("$1.58/pr. + 35%", "1.58 USD/NPR + 35%");
        check("$2.88/gross + 35%", "2.88 USD/GRO + 35%");
        check("5¢/gross of immediate containers", "0.05 USD/GRO of \"immediate containers\"");
        check("0.3¢/line/ gross + 4.6%", "0.003 USD/GRO * \"lines\" + 4.6%");
        check("2¢/pack + 5%", "0.02 USD/NMP + 5%");
        check("52.5¢/bbl", "0.525 USD/BLL");
        check("$1.13/m<sup>3</sup>", "1.13 USD/MTQ");
        check("22.5¢/m²", "0.225 USD/MTK");
        check("6.9¢/m2of recording surface", "0.069 USD/MTK of \"recording surface\"");
        check("3¢/lin. m", "0.03 USD/LM");
        check("21.1¢/pf.liter", "0.211 USD/PFL");
        check(
            "3.1¢/liter + 22.1¢/pf. liter on ethyl alcohol content",
            "0.031 USD/LTR + 0.221 USD/PFL of \"ethyl alcohol content\"",
        );
        check("18.7¢/clean kg", "0.187 USD/KGM of \"clean yield\"");
        check("1.1¢/kg on lead content", "0.011 USD/KGM of \"lead content\"");
        check(
            "0.7¢/kg on copper content + 0.7¢/kg on lead content",
            "0.007 USD/KGM of \"copper content\" + 0.007 USD/KGM of \"lead content\"",
        );
        check("2.1¢/kg on drained weght + 9.8%", "0.021 USD/KGM of \"drained weight\" + 9.8%");
        check("33.9¢/kg of total sugars + 5.1%", "0.339 USD/KGM of \"total sugars\" + 5.1%");
        check(
            "$1.32/t, including weight of container",
            "1.32 USD/TNE of \"goods, including weight of container\"",
        );
        check(
            "$1.53 each + 4.2% on the case + 2% on the strap, band or bracelet",
            "1.53 USD/NMB + 4.2% of \"case\" + 2% of \"strap, band or bracelet\"",
        );
        check(
            "$2.70 each + 45% on the case + 35% on thebattery",
            "2.7 USD/NMB + 45% of \"case\" + 35% of \"battery\"",
        );
        check(
            "90¢ each + 44% + 25¢/jewel over 7",
            "0.9 USD/NMB + 44% + 0.25 USD/NMB of \"jewels over 7\"",
        );
        check("2.5% on the value of the lead content", "2.5% of \"lead content\"");
        check(
            "20% on the value of the rifle + 20% on the value of the telescopic sight, if any",
            "20% of \"rifle\" + 20% of \"telescopic sight\"",
        );
        check("3 percent of the fair retail value", "3% of \"fair retail value\"");
        check(
            "1.4606¢/kg less 0.020668¢ /kg for each degree under 100 degrees (and fractions of a \
             degree in proportion) but not less than 0.943854¢/kg",
            "max(0.014606 USD/KGM - 0.00020668 USD/KGM * \"degrees under 100\", \
             0.00943854 USD/KGM)",
        );
        check(
            "6¢/kg less 1¢ /kg for each degree under 100 degrees (so) but not less 5¢ /kg",
            "max(0.06 USD/KGM - 0.01 USD/KGM * \"degrees under 100\", 0.05 USD/KGM)",
        );
    }

    #[test]
    fn what_the_law_leaves_to_words_is_a_note() {
        check("No change", "note(\"No change\")");
        check("See 9823.01.01-9823.01.07", "note(\"See 9823.01.01-9823.01.07\")");
        check("Free, under bond", "note(\"Free, under bond\")");
        check("A so-called \"rate\"", "note(\"A so-called 'rate'\")");
        check(
            "The duty provided in the applicable subheading + 25%.",
            "note(\"The duty provided in the applicable subheading\") + 25%",
        );
        check(
            "The duty provided in the applicable subheading plus 25%",
            "note(\"The duty provided in the applicable subheading\") + 25%",
        );
        check(
            "The duty rate provided in such subheading minus 0.5%",
            "note(\"The duty rate provided in such subheading\") - 0.5%",
        );
        check(
            "The duty provided in the applicable subheading + a duty of 50% upon the value of \
             the steel content.",
            "note(\"The duty provided in the applicable subheading\") + 50% of \"steel content\"",
        );
        check("5%, under bond", "note(\"5%, under bond\")");
        check(
            "45% + 2¢ for each piece, but if in part",
            "note(\"45% + 2¢ for each piece, but if in part\")",
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        for text in [
            "",
            " ",
            ":",
            "5",
            "5¢",
            "5¢/widget",
            "2,5%",
            "1,0000%",
            "1.5,000%",
            "Fre3",
            "S% + 5%",
            "5%#?",
            "1¢/kg#?",
            "$/kg",
            "%",
            "5 1/0%",
            "5¢kg",
            "+ 5%",
            "5% +",
        ] {
            check(text, "-");
        }
        check(&"5% + ".repeat(3), "-");
    }

    #[test]
    fn special_rates_go_with_their_programmes() {
        let check = |text: &str, wanted: &[(&str, &str)]| {
            let got = special(text);
            let got: Vec<_> = got.iter().map(|(p, r)| (p.as_str(), *r)).collect();
            assert_eq!(got, wanted, "{text}");
        };
        check("Free (A+,AU, BH)", &[("A+|AU|BH", "Free")]);
        check("Free(A*,AU)9.3¢/pf.liter(JO)", &[("A*|AU", "Free"), ("JO", "9.3¢/pf.liter")]);
        check("Free (BH) See 9822.05.20 (P+)", &[("BH", "Free"), ("P+", "See 9822.05.20")]);
        check("Free (D,E IL,MA,.OM)", &[("D|E|IL|MA|OM", "Free")]);
        check("See 9919.04.50 (PA (PA)", &[("PA", "See 9919.04.50")]);
        check("A duty (see U.S. note 3) (B,C,)", &[("B|C", "A duty (see U.S. note 3)")]);
        check("Free (A) (B)", &[("A|B", "Free")]);
        check("Free; 5% (KR)", &[("KR", "Free; 5%")]);
        check("No change", &[("special", "No change")]);
        check("Free (A) 5%", &[("A", "Free"), ("special", "5%")]);
        check("Free (see note 3(e)", &[("special", "Free (see note 3(e)")]);
        check("(A)", &[]);
        check("", &[]);
    }

    #[test]
    fn units_are_those_of_rec_20_or_their_own() {
        for (text, wanted) in [
            ("No.", "NMB"),
            ("kg", "KGM"),
            (" kg", "KGM"),
            ("m²", "MTK"),
            ("doz. ", "DZN"),
            ("X", ""),
            ("\n", ""),
            ("Pt g", "PT G"),
            ("pf.liters", "PFL"),
            ("a unit that is much too long", ""),
        ] {
            assert_eq!(line_unit(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_bad_record_leaves_the_good_ones() {
        let got = import(
            br#"[
                {"htsno":"0101","indent":"0","description":"Live horses:","units":[],"general":""},
                {"htsno":"0101.21.00","indent":"1","description":"Breeding","general":"Free","other":"5%"},
                {"htsno":"0101.21.00.10","indent":"2","description":"Males","units":["No. and kg"]},
                {"htsno":"01.X","indent":"0","description":"?"},
                7,
                {"htsno":"0102.10.00","indent":"x"},
                {"htsno":"0102.10.00","indent":"1","units":3},
                {"htsno":"0102.10.00","indent":"1","general":3},
                {"htsno":"0101.21.00","indent":"1","description":"again"},
                {"htsno":"9903.01.24","indent":"0","description":"China <i>all</i>","general":"The rate + 20%","special":"5% (A) ~"}
            ]"#,
            Some("2025-01-01"),
        );
        assert_eq!(got.refused.iter().map(|r| r.line).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
        let lines: Vec<_> =
            got.lines.iter().map(|l| (&*l.code, &*l.name_en, &*l.unit, &*l.unit2)).collect();
        assert_eq!(
            lines,
            [
                ("0101210010", "Live horses > Breeding > Males", "NMB", "KGM"),
                ("99030124", "China all", "", ""),
            ]
        );
        let measures: Vec<_> = got
            .measures
            .iter()
            .filter(|m| m.tax_type == "DTY")
            .map(|m| (&*m.code, &*m.origin, &*m.regime, &*m.rate, &*m.formula, &*m.from))
            .collect();
        assert_eq!(
            measures,
            [
                ("01012100", "", "", "", "free", "2025-01-01"),
                ("01012100", "~column2", "", "5", "", "2025-01-01"),
                ("99030124", "", "", "", "note(\"The rate\") + 20%", "2025-01-01"),
                ("99030124", "", "A", "5", "", "2025-01-01"),
            ]
        );
        for (bytes, reason) in [
            (&b"[{"[..], "not a JSON array"),
            (b"{}", "not a JSON array"),
            (b"", "not a JSON array"),
            (b"\x1f\x8b\x08", "the gzip is broken"),
        ] {
            let got = import(bytes, None);
            assert!(got.is_empty() && got.refused[0].reason.starts_with(reason), "{got:?}");
        }
    }

    /// Every revision at hand: nothing refused, nothing unread, every formula reads back.
    #[test]
    fn every_revision_at_hand_is_taken_whole() {
        let Some(dir) = shared_path("us-hts/dev") else { return };
        let mut names: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("hts_"))
            .collect();
        names.sort();
        assert_eq!(names.len(), 27);
        let half = names.len() / 2;
        std::thread::scope(|scope| {
            for names in [&names[..half], &names[half..]] {
                scope.spawn(move || names.iter().for_each(|name| taken_whole(name)));
            }
        });
    }

    fn taken_whole(name: &str) {
        let got = import(&shared(&format!("us-hts/dev/{name}")).unwrap(), Some("2025-11-01"));
        println!("{name}: {:?}", got.counts);
        assert_eq!(got.refused, [], "{name}");
        assert_eq!(got.unparsed, Vec::<String>::new(), "{name}");
        assert!(got.counts.iter().any(|(n, c)| *n == "codes_10" && *c > 19_700), "{name}");
        let mut seen = HashSet::new();
        // What chapter 99 adds may be left to its notes.
        for measure in got.measures.iter().filter(|m| m.tax_type == "DTY") {
            assert!(measure.rate.is_empty() != measure.formula.is_empty(), "{measure:?}");
            if !measure.formula.is_empty() && seen.insert(&measure.formula) {
                let formula: Formula = measure.formula.parse().unwrap();
                assert_eq!(formula.to_string(), measure.formula);
            }
        }
    }
}
