//! Data packs: law and lists as dated rows, compiled into one bundle with one digest.
//!
//! A pack is a folder of files (`data/packs/<id>` over `data/packs/common`); a bundle is those files
//! in one, compressed. Both are read by the same code, so a pack that compiles is a pack that loads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use fondaco::condition::Condition;
use fondaco::finding::Trilingual;
use fondaco::measure::{Groups, Measure};
use fondaco::measures::{Found, Table, Unfit};
use fondaco::reference::{BaseTerm, Choice, Pack, Tax};
use fondaco::token::Token;
use sha2::{Digest, Sha256};

mod agencies;
mod asked;
pub mod cel;
pub mod difference;
pub mod folder;
mod lpcos;
mod origin;
mod profile;
mod quotas;
mod reasons;
pub mod rows;
pub(crate) mod source;
mod table;

/// Something wrong in a file of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line of a CSV file or the number of the entry, from 1; 0 for the whole file.
    pub row: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.row, self.what)
    }
}

const MAGIC: &[u8; 8] = b"FONDACO2";
/// Bundles of before tables: the files as postcard. A house may have judged by one and keeps it.
const MAGIC_1: &[u8; 8] = b"FONDACO1";
/// Most bytes a bundle or a file of it may unfold to.
const MOST: u64 = 512 << 20;
/// A bundle of more bytes than this is compressed quickly instead of well.
const LARGE: usize = 32 << 20;

/// The files of a pack by their names, uncompressed.
type Files<'a> = BTreeMap<String, Cow<'a, [u8]>>;

fn problem(file: &str, what: impl fmt::Display) -> Vec<Problem> {
    vec![Problem { file: file.to_owned(), row: 0, what: what.to_string() }]
}

fn unzstd(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    zstd::Decoder::new(bytes)?.take(MOST + 1).read_to_end(&mut out)?;
    // Half a file looks like a whole one.
    if out.len() as u64 > MOST {
        return Err(std::io::Error::other(format!("unfolds to more than {} MiB", MOST >> 20)));
    }
    Ok(out)
}

/// Compiles the files of a pack, given by their names within it, into a bundle, checking every row.
///
/// # Errors
/// Everything that is wrong.
pub fn compile(files: BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Vec<Problem>> {
    bundled(BTreeMap::new(), files, 19)
}

/// A bundle with more files, those of the same name replaced.
///
/// # Errors
/// Everything that is wrong.
pub fn with_files(
    bundle: &[u8],
    files: BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, Vec<Problem>> {
    let encoded = unfold(bundle)?;
    bundled(encoded.files()?, files, 3)
}

fn bundled(
    mut plain: Files<'_>,
    files: BTreeMap<String, Vec<u8>>,
    level: i32,
) -> Result<Vec<u8>, Vec<Problem>> {
    for (name, bytes) in files {
        let (name, bytes) = match name.strip_suffix(".zst") {
            Some(inner) => (inner.to_owned(), unzstd(&bytes).map_err(|e| problem(&name, e))?),
            None => (name, bytes),
        };
        if let Some(table) = table_of(&name).or_else(|| origin::packed_name(&name)) {
            plain.remove(&table);
        }
        plain.insert(name, Cow::Owned(bytes));
    }
    source::read(&plain, String::new())?;
    let mut problems = Vec::new();
    quotas::check(&plain, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    tabulate(&mut plain)?;
    origin::pack(&mut plain)?;
    let mut encoded = Vec::new();
    for (name, bytes) in &plain {
        encoded.extend((name.len() as u64).to_le_bytes());
        encoded.extend(name.as_bytes());
        encoded.extend((bytes.len() as u64).to_le_bytes());
        encoded.extend(bytes.as_ref());
    }
    let level = if encoded.len() > LARGE { 3 } else { level };
    let mut bundle = MAGIC.to_vec();
    bundle.extend(zstd::encode_all(encoded.as_slice(), level).map_err(|e| problem("bundle", e))?);
    Ok(bundle)
}

/// The name a file of measures has once it is a table; `None` of any other file.
fn table_of(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".csv").filter(|stem| stem.starts_with("measures"))?;
    Some(format!("{stem}.table"))
}

/// Puts a table in the place of each file of measures that is rows of CSV; the rows are right.
fn tabulate(files: &mut Files<'_>) -> Result<(), Vec<Problem>> {
    let rows: Vec<_> =
        files.keys().filter_map(|name| Some((name.clone(), table_of(name)?))).collect();
    for (name, table) in rows {
        let Some(bytes) = files.remove(&name) else { continue };
        let mut problems = Vec::new();
        let mut measures = Vec::new();
        read_rows(&name, &bytes, &mut problems, |reader, row: rows::MeasureRow| {
            measures.extend(reader.measure(&row));
        });
        // Who is in a group is not part of the table.
        let packed = Table::of(&measures, &Groups::new()).and_then(|t| table::encode(&t));
        files.insert(table, Cow::Owned(packed.map_err(|e| problem(&name, e))?));
    }
    Ok(())
}

/// Loads a bundle. Its digest is the SHA-256 of its bytes.
///
/// # Errors
/// Everything that is wrong.
pub fn load(bundle: &[u8]) -> Result<Pack, Vec<Problem>> {
    source::read(&unfold(bundle)?.files()?, hex(&Sha256::digest(bundle)))
}

/// What is in a bundle, decompressed.
struct Unfolded {
    bytes: Vec<u8>,
    /// Of the form before tables.
    old: bool,
}

fn unfold(bundle: &[u8]) -> Result<Unfolded, Vec<Problem>> {
    let (body, old) = match (bundle.strip_prefix(MAGIC), bundle.strip_prefix(MAGIC_1)) {
        (Some(body), _) => (body, false),
        (None, Some(body)) => (body, true),
        (None, None) => return Err(problem("bundle", "not a Fondaco bundle of this version")),
    };
    Ok(Unfolded { bytes: unzstd(body).map_err(|e| problem("bundle", e))?, old })
}

impl Unfolded {
    fn files(&self) -> Result<Files<'_>, Vec<Problem>> {
        if self.old {
            let files: Result<BTreeMap<String, &[u8]>, _> = postcard::from_bytes(&self.bytes);
            let files = files.map_err(|e| problem("bundle", e))?;
            return Ok(files.into_iter().map(|(name, b)| (name, Cow::Borrowed(b))).collect());
        }
        fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
            let (length, after) = rest.split_first_chunk::<8>()?;
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            let (part, after) = after.split_at_checked(length)?;
            *rest = after;
            Some(part)
        }
        let mut rest = self.bytes.as_slice();
        let mut files = Files::new();
        while !rest.is_empty() {
            let next = part(&mut rest).zip(part(&mut rest));
            let next = next.and_then(|(n, b)| Some((std::str::from_utf8(n).ok()?.to_owned(), b)));
            let (name, bytes) = next.ok_or_else(|| problem("bundle", "it breaks off"))?;
            files.insert(name, Cow::Borrowed(bytes));
        }
        Ok(files)
    }
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Adds rows of `--measures` and `--rates` to a pack for one run; the pack's digest takes them in.
///
/// # Errors
/// Every row that is wrong, and what was wrong with it.
pub fn extend(
    pack: &mut Pack,
    measures: Option<(&str, &[u8])>,
    rates: Option<(&str, &[u8])>,
) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut digest = Sha256::new();
    digest.update(pack.digest.as_bytes());
    if let Some((name, bytes)) = measures {
        let mut added = Vec::new();
        read_rows(name, bytes, &mut problems, |reader, row: rows::MeasureRow| {
            if let Some(measure) = reader.measure(&row) {
                reader.groups(&measure.origin, pack);
                added.push(Measure { mark: Measure::ADDED.to_owned(), ..measure });
            }
        });
        name_taxes(pack, &added);
        add(pack, &added).map_err(|e| problem(name, e))?;
        digest.update(bytes);
    }
    if let Some((name, bytes)) = rates {
        let mut added = Vec::new();
        read_rows(name, bytes, &mut problems, |reader, row: rows::RateRow| {
            added.extend(reader.rate(&row));
        });
        // Rows of this run go before those of the pack.
        added.append(&mut pack.rates);
        pack.rates = added;
        digest.update(bytes);
    }
    pack.digest = hex(&digest.finalize());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A tax the rows name and the pack has not is one on the customs value, with no more said of it.
fn name_taxes(pack: &mut Pack, added: &[Measure]) {
    for measure in added {
        let taxes = &mut pack.profile.taxes;
        if taxes.iter().any(|t| t.code == measure.tax) {
            continue;
        }
        let code = measure.tax.to_string();
        let value = BaseTerm { term: Token::lossy("value"), less: false, when: Condition::ALWAYS };
        taxes.push(Tax {
            code: measure.tax,
            name: Trilingual { en: code.clone(), zh: code.clone(), ru: code },
            base: vec![value],
            rounding: pack.profile.value_rounding,
            choice: Choice::All,
            picks: Vec::new(),
            expected: false,
            preferential: false,
            when: Condition::ALWAYS,
            per_declaration: false,
        });
    }
}

/// Rows of a run stand in the place of those of the pack that say the same of the same goods.
fn add(pack: &mut Pack, added: &[Measure]) -> Result<(), Unfit> {
    let same = |old: &Found<'_>| {
        added.iter().any(|new| {
            old.code() == new.code
                && old.tax() == new.tax
                && old.direction() == new.direction
                && *old.origin() == new.origin
                && *old.regime() == new.regime
                && old.quota() == new.quota
                && *old.when() == new.when
                && old.season() == new.season
                && old.validity().overlaps(&new.validity)
        })
    };
    pack.measures.remove(same, &pack.groups)?;
    pack.measures.tables.push(Table::of(added, &pack.groups)?);
    Ok(())
}

fn read_rows<T: serde::de::DeserializeOwned>(
    file: &str,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
    mut take: impl FnMut(&mut source::Reader<'_>, T),
) {
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    for (n, row) in csv.deserialize::<T>().enumerate() {
        match row {
            Ok(row) => {
                let mut reader =
                    source::Reader { file: file.to_owned(), row: n + 2, problems: &mut *problems };
                take(&mut reader, row);
            }
            Err(e) => {
                problems.push(Problem { file: file.to_owned(), row: n + 2, what: e.to_string() })
            }
        }
    }
}
