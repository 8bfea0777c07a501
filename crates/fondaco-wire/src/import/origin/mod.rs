//! Preferential rules of origin as the UK publishes them: a file of schemes for each territory and a
//! file of rules for each scheme, JSON, plain or gzipped.
//!
//! In: files with their paths, from which a file of rules has its scheme and its territory. Out: rows
//! of a pack. A bad scheme or set of rules is refused with its file and number and never takes good
//! ones with it; a set of which one rule is bad is refused whole, because an alternative less is
//! another rule.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::day::Day;
use fondaco::token::Token;
use serde::Serialize;
use serde_json::Value;

use super::CannotWrite;
use crate::pack::rows::{LawRow, NoteRow, OriginRow, SchemeRow};

pub mod read;
mod text;
mod work;

/// Something that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The file.
    pub file: String,
    /// The number of the scheme or set in it, from 1; 0 is the file as a whole.
    pub record: usize,
    /// Why.
    pub reason: String,
}

/// What was taken of one scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Sets of rules.
    pub sets: usize,
    /// Rules.
    pub rules: usize,
    /// Rules read without a rest.
    pub read: usize,
    /// Of these, rules that codes, figures and origins alone answer.
    pub counted: usize,
}

/// What the files hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Schemes.
    pub schemes: Vec<SchemeRow>,
    /// Rules.
    pub rules: Vec<OriginRow>,
    /// Notes that rules name.
    pub notes: Vec<NoteRow>,
    /// The acts they stand in.
    pub law: Vec<LawRow>,
    /// By scheme.
    pub counts: BTreeMap<String, Count>,
    /// What was not taken.
    pub refused: Vec<Refused>,
    /// Files that hold neither schemes nor rules, only which areas have which scheme.
    pub left_out: Vec<String>,
}

type Taken<T> = Result<T, String>;

fn text<'v>(value: &'v Value, key: &str) -> Taken<&'v str> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.trim()),
        Some(_) => Err(format!("“{key}” is not a text")),
    }
}

fn needed<'v>(value: &'v Value, key: &str) -> Taken<&'v str> {
    match text(value, key)? {
        "" => Err(format!("no “{key}”")),
        text => Ok(text),
    }
}

fn list<'v>(value: &'v Value, key: &str) -> Taken<&'v [Value]> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(all)) => Ok(all),
        Some(_) => Err(format!("“{key}” is not a list")),
    }
}

fn words(value: &Value, key: &str) -> Taken<Vec<String>> {
    let word = |v: &Value| v.as_str().map(|w| w.trim().to_owned());
    let all: Option<Vec<_>> = list(value, key)?.iter().map(word).collect();
    all.ok_or_else(|| format!("“{key}” holds something that is not a text"))
}

fn flag(value: &Value, key: &str, default: bool) -> Taken<bool> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(format!("“{key}” is neither true nor false")),
    }
}

fn day(value: &Value, key: &str) -> Taken<String> {
    let text = text(value, key)?;
    if text.is_empty() {
        return Ok(String::new());
    }
    let day: Result<Day, _> = text.parse();
    day.map(|d| d.to_string()).map_err(|_| format!("“{key}”: “{text}” is not a day"))
}

/// Codes of countries or areas; some lists name the scheme itself among them.
fn areas(value: &Value, key: &str) -> Taken<Vec<String>> {
    let all = words(value, key)?;
    let word = |w: &String| {
        matches!(w.len(), 2..=23) && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let bad = all.iter().find(|w| !word(w));
    match bad {
        Some(bad) => Err(format!("“{key}”: “{bad}” is no country")),
        None => Ok(all),
    }
}

/// What stands in a list of a row may not part it.
fn inner(text: &str) -> String {
    let plain = text.replace(['|', '='], "/");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn scheme_id(scope: &str, code: &str) -> String {
    // The territory a pack is named for goes without a word before it.
    if scope == "uk" || scope.is_empty() { code.to_owned() } else { format!("{scope}-{code}") }
}

fn scheme(value: &Value, scope: &str, file: &str) -> Taken<(SchemeRow, LawRow)> {
    let code = needed(value, "scheme_code")?;
    if !code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(format!("“{code}” is no code of a scheme"));
    }
    let id = scheme_id(scope, code);
    let mut proofs = Vec::new();
    for proof in list(value, "proofs")? {
        let (class, summary) = (needed(proof, "proof_class")?, needed(proof, "summary")?);
        Token::new(class).map_err(|e| format!("“{class}”: {e}"))?;
        let more = text(proof, "subtext")?;
        let space = if more.is_empty() { "" } else { " " };
        proofs.push(format!("{}={}{space}{}", inner(class), inner(summary), inner(more)));
    }
    let mut cumulation = Vec::new();
    match value.get("cumulation_methods") {
        None | Some(Value::Null) => {}
        Some(Value::Object(methods)) => {
            for (method, of) in methods {
                let countries = areas(of, "countries")?.join(" ");
                cumulation.push(format!("{}={countries}", inner(method)));
            }
        }
        Some(_) => return Err("“cumulation_methods” is not an object".into()),
    }
    let countries = areas(value, "countries")?;
    if countries.is_empty() {
        return Err("no “countries”".into());
    }
    let (from, until) = (day(value, "validity_start_date")?, day(value, "validity_end_date")?);
    if !until.is_empty() && from > until {
        return Err(format!("{from} is after {until}"));
    }
    let title = needed(value, "title")?;
    let document = value.get("ord").unwrap_or(&Value::Null);
    let of_document =
        [("version", "ord_version"), ("", "ord_date")].into_iter().map(|(word, key)| {
            let said = text(document, key)?;
            Ok(if said.is_empty() {
                String::new()
            } else {
                format!("{word} {said}").trim().to_owned()
            })
        });
    let reference: Taken<Vec<String>> = of_document.collect();
    let reference: Vec<String> = reference?.into_iter().filter(|r| !r.is_empty()).collect();
    let own = match text(document, "ord_title")? {
        "" => title,
        title => title,
    };
    let basis = format!("origin-{id}");
    let source = match text(document, "ord_original")? {
        "" => file.to_owned(),
        original => format!("{file}; its rules are those of {original}"),
    };
    let law = LawRow {
        id: basis.clone(),
        title_en: inner(own),
        reference: reference.join(", "),
        source,
        ..LawRow::default()
    };
    let row = SchemeRow {
        scheme: id,
        scope: scope.to_owned(),
        title: inner(title),
        unilateral: if flag(value, "unilateral", false)? { "Y".into() } else { String::new() },
        from,
        until,
        basis,
        proofs: proofs.join("|"),
        cumulation: cumulation.join("|"),
        countries: countries.join("|"),
        tolerance: String::new(),
        note: inner(&text(value, "footnote")?.replace('<', " <").replace("</", " </")),
    };
    Ok((row, law))
}

/// A set with its rules, as rows without the scheme and the number.
fn set(value: &Value) -> Taken<Vec<OriginRow>> {
    let heading = needed(value, "heading")?;
    let goods = text(value, "subdivision")?;
    if !flag(value, "valid", true)? {
        return Err(format!("{heading}: its source says it is not valid"));
    }
    let (from, until) = (needed(value, "min")?, needed(value, "max")?);
    for code in [from, until] {
        if code.len() != 10 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("{heading}: “{code}” is not a code of ten digits"));
        }
    }
    if from > until {
        return Err(format!("{heading}: {from} is after {until}"));
    }
    let rules = list(value, "rules")?;
    if rules.is_empty() {
        return Err(format!("{heading}: no rule"));
    }
    let mut rows = Vec::new();
    let mut or = false;
    for rule in rules {
        if rule.get("rule").is_none() {
            return Err(format!("{heading}: a rule without a text"));
        }
        // An alternative of which nothing was published is one to ask about.
        let published = match text(rule, "rule").map_err(|e| format!("{heading}: {e}"))? {
            "" => "No text was published.",
            published => published,
        };
        let operator = text(rule, "operator")?;
        if !matches!(operator, "" | "or") {
            return Err(format!("{heading}: “{operator}” is no operator that is known"));
        }
        or |= operator == "or";
        let classes = words(rule, "class")?.join("|");
        let (import, export) = (flag(rule, "import", true)?, flag(rule, "export", true)?);
        let direction = match (import, export) {
            (true, true) => "",
            (true, false) => "import",
            (false, true) => "export",
            (false, false) => return Err(format!("{heading}: a rule for neither way")),
        };
        rows.push(OriginRow {
            from: from.to_owned(),
            until: until.to_owned(),
            heading: heading.to_owned(),
            goods: goods.to_owned(),
            operator: operator.to_owned(),
            read: read::read(published, &classes).to_string(),
            classes,
            text: published.to_owned(),
            notes: words(rule, "footnotes")?.join("|"),
            direction: direction.to_owned(),
            quota: if flag(rule, "quota", false)? { "Y".into() } else { String::new() },
            ..OriginRow::default()
        });
    }
    // Several rules and nothing between any of them.
    if rows.len() > 1 && !or {
        rows.iter_mut().for_each(|row| "unsaid".clone_into(&mut row.join));
    }
    // A rule that only goes on with the one before is no alternative.
    let goes_on = |row: &OriginRow| {
        let begins = ["However", "Followed", "Of which", "of which", "provided", "In each case"];
        begins.iter().any(|word| row.text.starts_with(word))
    };
    if rows.iter().any(goes_on) {
        rows.iter_mut().for_each(|row| {
            "unsaid".clone_into(&mut row.join);
            row.read = fondaco::origin::Test::Ask(row.text.clone()).to_string();
        });
    }
    Ok(rows)
}

/// Takes files given by their paths.
#[must_use]
pub fn take(files: &[(String, Vec<u8>)]) -> Origin {
    let mut origin = Origin::default();
    let mut rules = Vec::new();
    let mut scopes = BTreeSet::new();
    for (file, bytes) in files {
        let mut refuse = |record, reason: String| {
            origin.refused.push(Refused { file: file.clone(), record, reason });
        };
        let value: Value = match super::unfold(bytes) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(value) => value,
                Err(e) => {
                    refuse(0, format!("not JSON: {e}"));
                    continue;
                }
            },
            Err(e) => {
                refuse(0, e);
                continue;
            }
        };
        match (value.get("schemes"), value.get("rule_sets")) {
            (Some(Value::Array(all)), None) => {
                let scope = match text(&value, "scope") {
                    Ok(scope) if Token::new(scope).is_ok() => scope,
                    _ => {
                        refuse(0, "“scope” is no word".into());
                        continue;
                    }
                };
                scopes.insert(scope.to_owned());
                for (n, one) in (1..).zip(all) {
                    match scheme(one, scope, file) {
                        Ok((row, _)) if origin.schemes.iter().any(|s| s.scheme == row.scheme) => {
                            refuse(n, format!("{} stands twice", row.scheme));
                        }
                        Ok((row, law)) => {
                            origin.counts.insert(row.scheme.clone(), Count::default());
                            origin.schemes.push(row);
                            origin.law.push(law);
                        }
                        Err(reason) => refuse(n, reason),
                    }
                }
            }
            (None, Some(Value::Array(_))) => rules.push((file.as_str(), value)),
            _ => {
                let areas = value.as_object().is_some_and(|all| {
                    !all.is_empty() && all.values().all(|v| v.is_null() || v.is_string())
                });
                if areas {
                    origin.left_out.push(file.clone());
                } else {
                    refuse(0, "holds neither schemes nor sets of rules".into());
                }
            }
        }
    }
    let only = if scopes.len() == 1 { scopes.first().cloned() } else { None };
    for (file, value) in rules {
        take_rules(&mut origin, file, &value, only.as_deref());
    }
    origin
}

fn take_rules(origin: &mut Origin, file: &str, value: &Value, only: Option<&str>) {
    let scope = file.split(['/', '\\']).find_map(|part| part.strip_prefix("roo_schemes_"));
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let code = name.split('.').next().unwrap_or_default();
    let id = scheme_id(scope.or(only).unwrap_or_default(), code);
    let mut refuse = |record, reason: String| {
        origin.refused.push(Refused { file: file.to_owned(), record, reason });
    };
    let Some(count) = origin.counts.get_mut(&id) else {
        refuse(0, format!("no scheme {id} was read"));
        return;
    };
    if count.sets > 0 {
        refuse(0, format!("the rules of {id} were read already"));
        return;
    }
    if let Some(Value::Object(notes)) = value.get("footnotes") {
        for (key, note) in notes {
            if let Some(text) = note.as_str() {
                origin.notes.push(NoteRow { note: format!("{id}:{key}"), text: text.to_owned() });
            }
        }
    }
    for (n, one) in
        (1..).zip(value.get("rule_sets").and_then(Value::as_array).into_iter().flatten())
    {
        match set(one) {
            Err(reason) => refuse(n, reason),
            Ok(rows) => {
                count.sets += 1;
                for row in rows {
                    let test: Result<fondaco::origin::Test, _> = row.read.parse();
                    count.rules += 1;
                    count.read += usize::from(test.as_ref().is_ok_and(|t| t.is_read()));
                    count.counted += usize::from(test.is_ok_and(|t| t.is_counted()));
                    origin.rules.push(OriginRow {
                        scheme: id.clone(),
                        set: count.sets.to_string(),
                        ..row
                    });
                }
            }
        }
    }
}

impl Origin {
    /// All schemes together.
    #[must_use]
    pub fn total(&self) -> Count {
        self.counts.values().fold(Count::default(), |sum, one| Count {
            sets: sum.sets + one.sets,
            rules: sum.rules + one.rules,
            read: sum.read + one.read,
            counted: sum.counted + one.counted,
        })
    }

    /// The files of a pack directory, by path in it. The same rows give the same bytes.
    ///
    /// # Errors
    /// [`CannotWrite`] where rows cannot be written.
    pub fn files(&self) -> Result<BTreeMap<String, Vec<u8>>, CannotWrite> {
        let mut files = BTreeMap::new();
        let all = [
            ("origin-schemes.csv.zst", super::csv_of(&self.schemes)?),
            ("origin-rules.csv.zst", super::csv_of(&self.rules)?),
            ("origin-notes.csv.zst", super::csv_of(&self.notes)?),
            ("law-origin.csv.zst", super::csv_of(&self.law)?),
        ];
        for (name, rows) in all {
            if !rows.is_empty() {
                files.insert(name.to_owned(), super::zstd(&rows)?);
            }
        }
        Ok(files)
    }
}
