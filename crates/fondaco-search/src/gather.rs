//! Official files and our own list of synonyms to the rows of `data/search`.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::finding::Language;

use crate::data::{Name, Word};

/// The longest text of what stands below a name, in characters.
const MORE: usize = 1500;

/// Names of a tariff, gathered to subheadings and headings.
///
/// `lines` are codes with names whose parents are parted by ` > `. Where names carry no parents
/// (`flat`), what is shown are the first two.
#[must_use]
pub fn names<'a>(
    lines: impl Iterator<Item = (&'a str, &'a str)>,
    lang: Language,
    flat: bool,
) -> Vec<Name> {
    let mut six: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut four: BTreeMap<String, &str> = BTreeMap::new();
    for (code, name) in lines {
        // Chapters 98 and 99 are no goods of their own.
        let Some(sub) = code.get(..6).filter(|c| *c < "98" && !name.is_empty()) else { continue };
        six.entry(sub.to_owned()).or_default().push(name);
        if let (Some(heading), Some((first, _))) = (code.get(..4), name.split_once(" > ")) {
            four.entry(heading.to_owned()).or_insert(first);
        }
    }
    let mut out = Vec::new();
    if !flat {
        for (code, name) in four {
            out.push(Name { code, lang, name: name.to_owned(), more: String::new() });
        }
    }
    for (code, names) in six {
        let parts: Vec<Vec<&str>> = names.iter().map(|n| n.split(" > ").collect()).collect();
        let first = parts.first().cloned().unwrap_or_default();
        let mut shared: Vec<&str> = if flat {
            names.iter().copied().take(2).collect()
        } else {
            let same = |n: &usize| parts.iter().all(|p| p.get(*n) == first.get(*n));
            first.iter().enumerate().take_while(|(n, _)| same(n)).map(|(_, p)| *p).collect()
        };
        shared.dedup();
        let mut more = String::new();
        let mut seen: BTreeSet<&str> = shared.iter().copied().collect();
        for part in parts.iter().flatten() {
            if seen.insert(part) && more.chars().count() + part.chars().count() < MORE {
                more.push_str(part);
                more.push_str("; ");
            }
        }
        let name = shared.join(if flat { "; " } else { " > " });
        out.push(Name { code, lang, name, more: more.trim_end_matches("; ").to_owned() });
    }
    out
}

/// Our synonyms: rows of `code|en|ru|zh`, phrases parted by `;`, `#` before a remark.
#[must_use]
pub fn synonyms(list: &str) -> Vec<Word> {
    let mut out = Vec::new();
    for row in list.lines().filter(|row| !row.starts_with('#')) {
        let mut fields = row.split('|');
        let code = fields.next().unwrap_or_default();
        for (lang, phrases) in [Language::En, Language::Ru, Language::Zh].into_iter().zip(fields) {
            out.extend(phrases.split(';').map(str::trim).filter(|p| !p.is_empty()).map(|text| {
                Word { code: code.to_owned(), lang, text: text.to_owned(), source: "ours".into() }
            }));
        }
    }
    out
}

fn word(code: &str, text: &str, source: &str) -> Word {
    let text = text.trim().replace("&amp;", "&").replace("&quot;", "\"");
    Word { code: code.to_owned(), lang: Language::En, text, source: source.to_owned() }
}

/// Descriptions with codes: CSV of text and code, the first row a heading.
#[must_use]
pub fn pairs(csv: &[u8], source: &str) -> Vec<Word> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let rows = reader.byte_records().filter_map(Result::ok);
    rows.filter_map(|row| {
        let field = |n: usize| String::from_utf8_lossy(row.get(n).unwrap_or_default()).into_owned();
        let code = field(1);
        let code = code.trim().get(..6).filter(|c| c.bytes().all(|b| b.is_ascii_digit()))?;
        Some(word(code, &field(0), source))
    })
    .collect()
}

/// Terms that say too little: CSV, the first row a heading.
#[must_use]
pub fn vague(csv: &[u8]) -> Vec<Word> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let rows = reader.byte_records().filter_map(Result::ok);
    rows.filter_map(|row| {
        let text = String::from_utf8_lossy(row.get(0)?).into_owned();
        (!text.trim().is_empty()).then(|| word("", &text, "vague"))
    })
    .collect()
}

/// Hints of a tariff's help: `  term: "message"`, of which only the term and the codes are taken.
#[must_use]
pub fn hints(yaml: &str) -> Vec<Word> {
    let mut out = Vec::new();
    for row in yaml.lines() {
        let Some((term, message)) = row.split_once(": \"") else { continue };
        let mut codes = BTreeSet::new();
        let words: Vec<&str> = message.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for pair in words.windows(2) {
            let [kind, code] = pair else { continue };
            if ["chapter", "heading", "subheading", "commodity"].contains(kind)
                && code.bytes().all(|b| b.is_ascii_digit())
                && code.len() > 1
            {
                codes.insert(code.get(..6).unwrap_or(code));
            }
        }
        // More codes than four are no hint.
        if (1..=4).contains(&codes.len()) {
            out.extend(codes.iter().map(|code| word(code, term.trim().trim_matches('"'), "hint")));
        }
    }
    out
}

/// Rows as the CSV that [`crate::data::Data::read`] reads.
///
/// # Errors
/// None from memory, in practice.
pub fn names_csv(names: &[Name]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["code", "lang", "name", "more"])?;
    for n in names {
        out.write_record([&n.code, n.lang.tag(), &n.name, &n.more])?;
    }
    Ok(out.into_inner().unwrap_or_default())
}

/// Rows as the CSV that [`crate::data::Data::read`] reads.
///
/// # Errors
/// None from memory, in practice.
pub fn words_csv(words: &[Word]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["code", "lang", "text", "source"])?;
    for w in words {
        out.write_record([w.code.as_str(), w.lang.tag(), &w.text, &w.source])?;
    }
    Ok(out.into_inner().unwrap_or_default())
}
