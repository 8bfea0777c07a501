//! `fondaco import search`: the files of `data/search`, from packs and reference data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fondaco::finding::Language;
use fondaco_search::data::{Name, Word};
use fondaco_search::gather;

/// What is gathered.
#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// Folder with search_references.json, extra_references.csv and vague_terms.csv
    references: PathBuf,
    /// Messages to terms searched for, as YAML
    #[arg(long, value_name = "FILE")]
    hints: PathBuf,
    /// Packs whose lines are named with their parents
    #[arg(long = "named", value_name = "PACK", required = true)]
    named: Vec<String>,
    /// Packs whose names carry no parents
    #[arg(long = "flat", value_name = "PACK")]
    flat: Vec<String>,
    /// The folder, which holds synonyms.txt
    #[arg(long, default_value = "data/search")]
    into: PathBuf,
}

const LANGUAGES: [Language; 3] = [Language::En, Language::Zh, Language::Ru];

/// Names of packs; a code that is named already gets the names of a later pack below it.
fn names(packs: &[String], flat: bool, into: &mut Vec<Name>) -> Result<(), String> {
    for pack in packs {
        let (pack, _) = crate::packs::load(pack)?;
        for lang in LANGUAGES {
            let text = |l: &fondaco::reference::Line| match lang {
                Language::En => l.name.en.clone(),
                Language::Zh => l.name.zh.clone(),
                Language::Ru => l.name.ru.clone(),
            };
            let rows: Vec<(String, String)> =
                pack.lines.iter().map(|l| (l.code.as_str().to_owned(), text(l))).collect();
            let rows = rows.iter().map(|(code, name)| (code.as_str(), name.as_str()));
            let found = gather::names(rows, lang, flat);
            let at: BTreeMap<(String, &str), usize> = into
                .iter()
                .enumerate()
                .map(|(n, name)| ((name.code.clone(), name.lang.tag()), n))
                .collect();
            for name in found {
                let held = at.get(&(name.code.clone(), lang.tag())).and_then(|n| into.get_mut(*n));
                match held {
                    Some(held) => {
                        held.more = format!("{}; {}; {}", held.more, name.name, name.more);
                    }
                    None => into.push(name),
                }
            }
        }
    }
    Ok(())
}

fn gathered(args: &SearchArgs) -> Result<String, String> {
    let read = |path: &Path| std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
    let text = |path: &Path| read(path).map(|b| String::from_utf8_lossy(&b).into_owned());
    let mut all = Vec::new();
    names(&args.named, false, &mut all)?;
    names(&args.flat, true, &mut all)?;
    let mut words = gather::synonyms(&text(&args.into.join("synonyms.txt"))?);
    let references: BTreeMap<String, String> =
        serde_json::from_slice(&read(&args.references.join("search_references.json"))?)
            .map_err(|e| format!("search_references.json: {e}"))?;
    words.extend(references.into_iter().filter_map(|(text, code)| {
        let code = code.get(..6)?.to_owned();
        Some(Word { code, lang: Language::En, text, source: "reference".to_owned() })
    }));
    words.extend(gather::pairs(&read(&args.references.join("extra_references.csv"))?, "trader"));
    words.extend(gather::hints(&text(&args.hints)?));
    words.extend(gather::vague(&read(&args.references.join("vague_terms.csv"))?));
    for (file, csv) in
        [("names.csv.zst", gather::names_csv(&all)), ("words.csv.zst", gather::words_csv(&words))]
    {
        let csv = csv.map_err(|e| format!("{file}: {e}"))?;
        let packed = zstd::encode_all(csv.as_slice(), 19).map_err(|e| format!("{file}: {e}"))?;
        // Beside its place first: what is cut short leaves the old one.
        let (new, place) = (args.into.join(format!("{file}.new")), args.into.join(file));
        let put = std::fs::write(&new, packed).and_then(|()| std::fs::rename(&new, &place));
        put.map_err(|e| format!("{}: {e}", place.display()))?;
    }
    Ok(format!("{} names, {} words", all.len(), words.len()))
}

/// Gathers and says what was taken.
pub(super) fn run(args: &SearchArgs) -> u8 {
    match gathered(args) {
        Ok(said) => {
            println!("{said}");
            super::TAKEN
        }
        Err(why) => {
            eprintln!("fondaco: {why}");
            super::FAULT
        }
    }
}
