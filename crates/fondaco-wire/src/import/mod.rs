//! Official tariff and list files to the rows of a data pack.
//!
//! Each reader takes the bytes of a file as its publisher gives it, plain or gzipped, and returns
//! rows. A bad row is refused with its place and never takes good ones with it; a file that breaks
//! off or is something else is refused whole, because half a tariff looks like a whole one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use fondaco::formula::Formula;
use quick_xml::events::BytesRef;
use serde::Serialize;

use crate::pack::rows::{
    GroupRow, LawRow, LineRow, ListRow, MeasureRow, NameRow, QuotaRow, RateRow, RequirementRow,
};

pub mod chapter99;
pub mod cn;
pub mod ett;
pub mod hts;
pub mod origin;
mod records;
pub mod succession;
pub mod table;
pub mod taric3;
pub mod uk_codes;
pub mod un_list;

/// The most bytes a gzipped file may unfold to.
pub const MAX_UNFOLDED: u64 = 512 << 20;

/// Level of zstd for pack files: made once, read often.
const ZSTD_LEVEL: i32 = 19;

/// What a reader made of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What stands between a file's name and its ending, where a pack has several sources.
    pub stem: Cow<'static, str>,
    /// Lines of the nomenclature, by code.
    pub lines: Vec<LineRow>,
    /// Rates, by code.
    pub measures: Vec<MeasureRow>,
    /// What must be shown.
    pub requirements: Vec<RequirementRow>,
    /// Tariff quotas.
    pub quotas: Vec<QuotaRow>,
    /// Groups of countries.
    pub groups: Vec<GroupRow>,
    /// Rates of exchange.
    pub rates: Vec<RateRow>,
    /// The acts that the rows cite.
    pub law: Vec<LawRow>,
    /// Codes of code lists, by list and code.
    pub lists: Vec<ListRow>,
    /// Parties on a list.
    pub names: Vec<NameRow>,
    /// Rows that were not taken.
    pub refused: Vec<Refused>,
    /// How many of what, in the order of the report.
    pub counts: Vec<(&'static str, usize)>,
    /// Counts of something by its name, such as rows by note.
    pub tallies: Vec<(&'static str, BTreeMap<String, usize>)>,
    /// Duty texts that no formula could be made of, each once. Their rows are taken with neither
    /// rate nor formula: not known.
    pub unparsed: Vec<String>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The line of the file or the number of the record in it, from 1; 0 is the file as a whole.
    pub line: usize,
    /// Why.
    pub reason: String,
}

/// A pack file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CannotWrite {
    /// The rows do not go into CSV.
    #[error("cannot write CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The CSV does not compress.
    #[error("cannot compress: {0}")]
    Zstd(#[from] std::io::Error),
    /// The `law.csv` that is already there cannot be read.
    #[error("law.csv, which is already there, cannot be read: {0}")]
    Law(csv::Error),
}

impl Imported {
    fn whole(reason: impl Into<String>) -> Self {
        let mut imported = Self::default();
        imported.refuse(0, reason);
        imported
    }

    fn refuse(&mut self, line: usize, reason: impl Into<String>) {
        self.refused.push(Refused { line, reason: reason.into() });
    }

    /// Whether there is anything to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
            && self.measures.is_empty()
            && self.requirements.is_empty()
            && self.quotas.is_empty()
            && self.groups.is_empty()
            && self.rates.is_empty()
            && self.lists.is_empty()
            && self.names.is_empty()
    }

    fn sort(&mut self) {
        self.lines.sort_by(|a, b| a.code.cmp(&b.code));
        // Stable: rows of one code keep the order of the source.
        self.measures.sort_by(|a, b| a.code.cmp(&b.code));
        self.lists.sort_by(|a, b| (&a.list, &a.code).cmp(&(&b.list, &b.code)));
    }

    /// The files of a pack directory, by path in it. The same rows give the same bytes.
    ///
    /// `law` is the `law.csv` already in the directory, or nothing: acts of other imports are kept.
    ///
    /// # Errors
    /// [`CannotWrite`] where rows cannot be written or `law` is no `law.csv`.
    pub fn files(&self, law: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, CannotWrite> {
        let mut files = BTreeMap::new();
        let stem = &*self.stem;
        let mut put = |name: &str, rows: Vec<u8>| -> Result<(), CannotWrite> {
            if !rows.is_empty() {
                files.insert(format!("{name}{stem}.csv.zst"), zstd(&rows)?);
            }
            Ok(())
        };
        put("lines", csv_of(&self.lines)?)?;
        put("measures", csv_of(&self.measures)?)?;
        put("requirements", csv_of(&self.requirements)?)?;
        put("quotas", csv_of(&self.quotas)?)?;
        put("groups", csv_of(&self.groups)?)?;
        put("rates", csv_of(&self.rates)?)?;
        put("names", csv_of(&self.names)?)?;
        let mut lists: BTreeMap<&str, Vec<&ListRow>> = BTreeMap::new();
        for row in &self.lists {
            lists.entry(&row.list).or_default().push(row);
        }
        for (list, rows) in lists {
            files.insert(format!("lists/{list}{stem}.csv"), csv_of(rows)?);
        }
        if !self.law.is_empty() {
            let mut acts: BTreeMap<String, LawRow> = BTreeMap::new();
            for row in csv::Reader::from_reader(law).deserialize() {
                let row: LawRow = row.map_err(CannotWrite::Law)?;
                acts.insert(row.id.clone(), row);
            }
            acts.extend(self.law.iter().map(|row| (row.id.clone(), row.clone())));
            files.insert("law.csv".to_owned(), csv_of(acts.values())?);
        }
        Ok(files)
    }
}

fn csv_of<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Result<Vec<u8>, CannotWrite> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    writer.into_inner().map_err(|e| CannotWrite::Zstd(e.into_error()))
}

fn zstd(bytes: &[u8]) -> Result<Vec<u8>, CannotWrite> {
    Ok(zstd::encode_all(bytes, ZSTD_LEVEL)?)
}

/// The file without gzip and byte order mark, or why not.
fn unfold(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let mut plain = Cow::Borrowed(bytes);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unfolded = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes)
            .take(MAX_UNFOLDED + 1)
            .read_to_end(&mut unfolded)
            .map_err(|e| format!("the gzip is broken: {e}"))?;
        if unfolded.len() as u64 > MAX_UNFOLDED {
            return Err(format!("unfolds to more than {} MiB", MAX_UNFOLDED >> 20));
        }
        plain = Cow::Owned(unfolded);
    }
    if plain.starts_with(b"\xef\xbb\xbf") {
        plain = Cow::Owned(plain.get(3..).unwrap_or_default().to_vec());
    }
    Ok(plain)
}

/// A CSV file by the names of its columns.
struct Table {
    columns: Vec<String>,
    rows: Vec<(usize, csv::StringRecord)>,
    bad: Vec<Refused>,
}

impl Table {
    /// Reads every row; a row that is no CSV, not UTF-8 or of another width is set apart.
    fn read(bytes: &[u8], wanted: &[&str]) -> Result<Self, String> {
        Self::cut(bytes, b',', wanted, &[])
    }

    /// As [`Table::read`], with another delimiter; of `more` a column may be wanting.
    fn cut(bytes: &[u8], delimiter: u8, wanted: &[&str], more: &[&str]) -> Result<Self, String> {
        let mut records = records::records(bytes, delimiter)?.into_iter();
        let header = records.next().map(|header| header.fields);
        let header = header.unwrap_or_else(|| Err("the file is empty".to_owned()));
        let header = header.map_err(|e| format!("no header line: {e}"))?;
        let columns: Vec<String> = header.iter().map(|h| h.trim().to_owned()).collect();
        if let Some(missing) = wanted.iter().find(|w| !columns.iter().any(|c| c == *w)) {
            return Err(format!("no column `{missing}` in the header line"));
        }
        let used = |name: &String| [wanted, more].concat().contains(&name.as_str());
        let twice = |(at, name): &(usize, &String)| columns.iter().take(*at).any(|c| c == *name);
        if let Some((_, name)) = columns.iter().enumerate().filter(|(_, n)| used(n)).find(twice) {
            return Err(format!("the column `{name}` stands twice in the header line"));
        }
        let last_used = columns.last().is_some_and(used);
        let mut table = Self { columns, rows: Vec::new(), bad: Vec::new() };
        for record in records {
            let width = table.columns.len();
            let fields = record.fields.and_then(|fields| match fields.len() {
                got if got != width => Err(format!("{got} fields where the header has {width}")),
                _ if record.open && last_used => Err("the file ends in this line, and may have \
                                                      been cut off: want a line break behind it"
                    .to_owned()),
                _ => Ok(fields),
            });
            match fields {
                Ok(fields) => table.rows.push((record.line, fields.into())),
                // Good rows may be in it.
                Err(reason) if record.last > record.line => {
                    let (first, last) = (record.line, record.last);
                    return Err(format!(
                        "lines {first} to {last} are one row by their quotes, and it has {reason}: \
                         a quote may not be closed"
                    ));
                }
                Err(reason) => table.bad.push(Refused { line: record.line, reason }),
            }
        }
        if table.rows.is_empty() && table.bad.is_empty() {
            return Err("no row below the header line".to_owned());
        }
        Ok(table)
    }

    /// A field of a row, without white space around it; empty where there is no such column.
    fn field<'r>(&self, row: &'r csv::StringRecord, column: &str) -> &'r str {
        let at = self.columns.iter().position(|c| c == column);
        at.and_then(|at| row.get(at)).unwrap_or_default().trim()
    }
}

/// A rate in the two fields that a measure has for it: `rate` where plain, else `formula`.
fn rate_fields(formula: &Formula) -> (String, String) {
    match formula {
        Formula::AdValorem { percent, part: None } => {
            (percent.normalize().to_string(), String::new())
        }
        other => (String::new(), other.to_string()),
    }
}

/// The character that a reference in XML stands for; `None` where XML itself has no such one.
fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

/// The text with every run of white space made one space and none around it.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest name that keeps every heading in full, in characters.
const LONG_NAME: usize = 600;
/// What is kept of a heading in a name longer than that.
const LONG_HEADING: usize = 160;

/// The description of a line with those of the headings above it, outermost first.
///
/// In a very long name the headings are cut short; the line's own description never is.
fn path_name(path: &[String]) -> String {
    let parts: Vec<&str> = path.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    let full = parts.join(" > ");
    if full.chars().count() <= LONG_NAME {
        return full;
    }
    let last = parts.len().saturating_sub(1);
    let cut: Vec<Cow<'_, str>> = parts
        .iter()
        .enumerate()
        .map(|(n, part)| match part.char_indices().nth(LONG_HEADING) {
            Some((end, _)) if n < last => {
                let head = part.get(..end).unwrap_or_default();
                let head = head.rsplit_once(' ').map_or(head, |(head, _)| head);
                Cow::Owned(format!("{head} …"))
            }
            _ => Cow::Borrowed(*part),
        })
        .collect();
    cut.join(" > ")
}

/// Puts a description at its depth, dropping whatever stood there and below.
fn put_at(path: &mut Vec<String>, depth: usize, description: String) {
    path.truncate(depth);
    path.resize(depth, String::new());
    path.push(description);
}

/// The deepest heading any tariff has is far above this; a number beyond is an error, and would
/// make [`put_at`] grow without need.
const MAX_DEPTH: usize = 30;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::io::Write;

    use super::*;

    /// The shared data beside the repository; `None`, said aloud, where it is not there.
    pub(crate) fn shared(path: &str) -> Option<Vec<u8>> {
        let at = shared_path(path)?;
        Some(std::fs::read(at).unwrap())
    }

    pub(crate) fn shared_path(path: &str) -> Option<std::path::PathBuf> {
        let at = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data")
            .join(path);
        if at.exists() {
            return Some(at);
        }
        println!("skipped: {} is not beside the repository", at.display());
        None
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn gzip_unfolds_or_is_refused() {
        assert_eq!(unfold(b"abc").unwrap().as_ref(), b"abc");
        assert_eq!(unfold(b"\xef\xbb\xbfabc").unwrap().as_ref(), b"abc");
        let folded = gzip(b"abc");
        assert_eq!(unfold(&folded).unwrap().as_ref(), b"abc");
        assert_eq!(unfold(&[folded.clone(), folded.clone()].concat()).unwrap().as_ref(), b"abcabc");
        for broken in [&folded[..folded.len() - 5], &folded[..3]] {
            assert!(unfold(broken).unwrap_err().starts_with("the gzip is broken"));
        }
    }

    #[test]
    fn bad_rows_of_a_table_leave_the_good_ones() {
        let table = Table::read(b"a,b\n1,2\n3\n\xff,5\n6,7\n", &["a", "b"]).unwrap();
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.field(&table.rows[1].1, "b"), "7");
        assert_eq!(table.field(&table.rows[1].1, "c"), "");
        assert_eq!(table.bad.iter().map(|b| b.line).collect::<Vec<_>>(), [3, 4]);
        assert!(Table::read(b"", &["a"]).is_err());
        assert!(Table::read(b"a,b\n", &["a"]).is_err());
        assert!(Table::read(b"a,b\n1,2\n", &["a", "z"]).is_err());
        assert!(Table::read(b"a,a\n1,2\n", &["a"]).is_err());
        assert!(Table::read(b"a,b,b\n1,2,3\n", &["a"]).is_ok());
        // What a quote made of three lines is not one bad row.
        assert!(Table::read(b"a,b\n1,\"2\n3,4\n5\",6\n", &["a"]).is_err());
        // The last figure of a file without a last line break may have had more digits.
        let cut = |wanted| Table::read(b"a,b\n1,2\n3,4", wanted).unwrap().rows.len();
        assert_eq!((cut(&["a", "b"]), cut(&["a"])), (1, 2));
    }

    #[test]
    fn long_names_lose_headings_before_the_description() {
        let path = ["Heading ".repeat(60), String::new(), "Leaf ".repeat(100)].map(|s| squeeze(&s));
        let name = path_name(&path);
        assert!(name.ends_with(&path[2]), "{name}");
        assert!(name.starts_with("Heading Heading") && name.contains("Heading … > Leaf"), "{name}");
        assert_eq!(path_name(&["A".to_owned(), String::new(), "B".to_owned()]), "A > B");
        assert_eq!(path_name(&[]), "");
    }

    #[test]
    fn files_are_the_same_each_time_and_keep_other_acts() {
        let act = |id: &str| LawRow { id: id.to_owned(), ..LawRow::default() };
        let imported = Imported {
            lines: vec![LineRow { code: "01".to_owned(), ..LineRow::default() }],
            lists: vec![ListRow { list: "country".to_owned(), ..ListRow::default() }],
            law: vec![act("b")],
            ..Imported::default()
        };
        let there = csv_of([act("c"), act("b"), act("a")]).unwrap();
        let files = imported.files(&there).unwrap();
        assert_eq!(files, imported.files(&there).unwrap());
        assert_eq!(
            files.keys().map(String::as_str).collect::<Vec<_>>(),
            ["law.csv", "lines.csv.zst", "lists/country.csv"]
        );
        let law = String::from_utf8(files["law.csv"].clone()).unwrap();
        assert_eq!(law.lines().map(|l| &l[..1]).collect::<Vec<_>>(), ["i", "a", "b", "c"]);
        assert!(imported.files(b"id\n\xff\n").is_err());
    }
}
