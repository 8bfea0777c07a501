//! `fondaco classify`: which code goods may go under, or a question back.
//!
//! The names and words searched are carried in the program; with a pack its lines are laid below.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fondaco::day::Day;
use fondaco::finding::{Language, Trilingual};
use fondaco::reference::Pack;
use fondaco_search::data::Data;
use fondaco_search::{Answer, Hit, LEARNT, Search, Weights};
use serde_json::{Value, json};

use crate::cli::{Exit, Failure, today, written};

static NAMES: &[u8] = include_bytes!("../../../data/search/names.csv.zst");
static WORDS: &[u8] = include_bytes!("../../../data/search/words.csv.zst");

/// Goods to look for.
#[derive(Debug, clap::Args)]
pub(crate) struct ClassifyArgs {
    /// What the goods are, in Chinese, Russian or English
    #[arg(required_unless_present = "texts")]
    text: Vec<String>,
    /// A file with one text a line; the answers are JSON, one a line
    #[arg(long, value_name = "FILE")]
    texts: Option<PathBuf>,
    /// The pack whose lines are shown below the codes
    #[arg(long)]
    pack: Option<String>,
    /// The language of the answer: zh, ru or en
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// How many codes at most
    #[arg(long, default_value_t = 5)]
    most: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "want zh, ru or en".to_owned())
}

/// The data carried in the program.
///
/// # Errors
/// [`Failure::Fault`]: the program was built with data that cannot be read.
pub(crate) fn data() -> Result<Data, Failure> {
    let unpack = |bytes: &[u8]| zstd::decode_all(bytes);
    let fault = |e: &dyn std::fmt::Display| Failure::Fault(format!("data/search: {e}"));
    let names = unpack(NAMES).map_err(|e| fault(&e))?;
    let words = unpack(WORDS).map_err(|e| fault(&e))?;
    Data::read(&names, &words).map_err(|e| fault(&e))
}

/// A search over the data carried.
///
/// # Errors
/// [`Failure::Fault`]: the data cannot be read or no index be made.
pub(crate) fn search(weights: Weights) -> Result<Search, Failure> {
    Search::new(data()?, weights).map_err(|e| Failure::Fault(e.to_string()))
}

/// A name with those of its parents, as far as it is held.
pub(crate) fn named(name: &Trilingual, lang: Language) -> &str {
    let text = name.get(lang);
    [text, &name.en, &name.ru, &name.zh].into_iter().find(|t| !t.is_empty()).unwrap_or_default()
}

/// The answer as JSON.
pub(crate) fn told(text: &str, answer: &Answer, lang: Language) -> Value {
    match answer {
        Answer::Found(hits) => json!({
            "text": text, "outcome": "found",
            "codes": hits.iter().map(|hit| json!({
                "code": hit.code,
                "score": (hit.share * 1000.0).round() / 1000.0,
                "name": named(&hit.name, lang),
                "why": hit.why.as_ref().map(|(words, source)| json!({"words": words, "source": source})),
                "lines": hit.lines.iter().map(|(code, name)| json!({"code": code, "name": named(name, lang)})).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "question": null,
        }),
        Answer::Vague(question) => json!({
            "text": text, "outcome": "vague", "codes": [],
            "why": question.why.tag(),
            "question": question.ask.get(lang),
            "headings": question.headings.iter().map(|(code, name)| json!({"code": code, "name": named(name, lang)})).collect::<Vec<_>>(),
        }),
    }
}

fn shown(answer: &Answer, lang: Language) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    match answer {
        Answer::Found(hits) => {
            for hit in hits {
                let share = (hit.share * 100.0).round();
                let _ = writeln!(out, "{}  {share:>3} %  {}", hit.code, named(&hit.name, lang));
                if let Some((words, source)) = &hit.why {
                    let _ = writeln!(out, "               “{words}” ({source})");
                }
                for (code, name) in &hit.lines {
                    let _ = writeln!(out, "        {code}  {}", named(name, lang));
                }
            }
        }
        Answer::Vague(question) => {
            let _ = writeln!(out, "{}", question.ask.get(lang));
            for (code, name) in &question.headings {
                let _ = writeln!(out, "{code}  {}", named(name, lang));
            }
        }
    }
    out
}

/// How many lines of a pack are shown below a code.
const LINES: usize = 3;

/// Puts the nearest lines of a pack in force on a day below codes.
pub(crate) fn lay(search: &Search, text: &str, hits: &mut [Hit], pack: &Pack, day: Day) {
    let reference = pack.on(day);
    for hit in hits {
        let below = reference.lines_below(&hit.code).map(|l| (l.code.as_str(), &l.name));
        hit.lines = search.nearest(text, below, LINES);
    }
}

fn lines_of(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))
}

/// Answers; [`Exit::Returned`] where a single text says too little.
pub(crate) fn run(args: &ClassifyArgs) -> Result<Exit, Failure> {
    let search = search(LEARNT)?;
    let pack = args.pack.as_deref().map(crate::packs::load).transpose().map_err(Failure::Usage)?;
    let find = |text: &str| {
        let mut answer = search.find(text, args.most);
        if let (Answer::Found(hits), Some((pack, _))) = (&mut answer, &pack) {
            lay(&search, text, hits, pack, today());
        }
        answer
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    if let Some(path) = &args.texts {
        for text in lines_of(path)?.lines() {
            let answer = find(text);
            if !written(writeln!(out, "{}", told(text, &answer, args.lang)))? {
                break;
            }
        }
        written(out.flush())?;
        return Ok(Exit::Fine);
    }
    let text = args.text.join(" ");
    let answer = find(&text);
    if args.json {
        written(writeln!(out, "{}", told(&text, &answer, args.lang)))?;
    } else {
        written(write!(out, "{}", shown(&answer, args.lang)))?;
    }
    written(out.flush())?;
    Ok(if matches!(answer, Answer::Found(_)) { Exit::Fine } else { Exit::Returned })
}
