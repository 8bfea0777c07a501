//! Which code goods may go under, and a question back where the words say too little.
//!
//! [`Search::new`] puts the names of the nomenclature and words of trade on shelves, in English,
//! Chinese and Russian; [`Search::find`] answers. No I/O, no clock. The answer is a help in looking,
//! never a classification: what is filed is what the declarant declares.
//!
//! Four voices are added up: the nearest words of trade by words and by letters, the nearest names,
//! and how likely the words are level by level. All are between 0 and about 1. Their sum says which
//! codes are weighed; those of English words are put in order by learnt weights ([`LEARNT`]).

pub mod data;
pub mod gather;
mod likely;
pub mod measure;
mod order;
mod rank;
mod shelf;
mod text;
mod vague;

use std::collections::{BTreeSet, HashMap};

use fondaco::finding::{Language, Trilingual};

use crate::data::{Data, Name, Word};
use crate::likely::{Likely, Tree};
pub use crate::order::NAMES as POINTS;
pub use crate::rank::Ranking;
use crate::shelf::Shelf;
use crate::text::{Reader, Words};
use crate::vague::{COLOURS, Sides, ask, empty};
pub use crate::vague::{NAMES as SIGNS, Signs, Weights, Why};

/// What [`Weights`] were learnt to be from all words at hand.
pub const LEARNT: Weights = Weights {
    order: [
        0.2606, 0.7741, 15.8771, -4.6073, -3.4022, -0.0660, 2.8413, 1.0856, 0.5017, -0.4409,
        2.6933, -1.4538,
    ],
    signs: [
        -1.5082, 8.3874, 0.1427, 0.4883, 0.1435, 2.3491, -0.1791, 0.0539, 0.5533, -0.3811, 0.4661,
        -1.2661, 1.6529, 0.0908, 0.1480, -1.2773, 0.1484,
    ],
    bias: -0.2003,
    threshold: 0.4502,
};

/// What a name counts for in what is likely, a word of trade counting one; a heading's name twice.
const NAME_WEIGHT: f64 = 0.7;
const LANGUAGES: [Language; 3] = [Language::En, Language::Zh, Language::Ru];

/// Why a search could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the index could not be made: {0}")]
pub struct Broken(#[from] tantivy::TantivyError);

/// A code found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Six digits.
    pub code: String,
    /// Its share of what all codes found have, from 0 to 1.
    pub share: f64,
    /// Names with those of the parents, where held.
    pub name: Trilingual,
    /// The words of trade nearest to those asked, with whence they are.
    pub why: Option<(String, String)>,
    /// Lines of a pack below it, nearest first: code and name. [`Search`] knows none.
    pub lines: Vec<(String, Trilingual)>,
}

/// A question back.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Why no code is given.
    pub why: Why,
    /// What to say, in three languages.
    pub ask: Trilingual,
    /// Headings to choose between, best first: four digits and the name.
    pub headings: Vec<(String, Trilingual)>,
}

/// What [`Search::find`] answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Codes, best first.
    Found(Vec<Hit>),
    /// The words say too little.
    Vague(Question),
}

/// Names and words of trade, ready to be searched.
pub struct Search {
    reader: Reader,
    tree: Tree,
    /// Words with a code, and what was read of them.
    words: Vec<Word>,
    read: Vec<Words>,
    by_words: Shelf,
    by_names: Shelf,
    by_vague: Shelf,
    likely: [Likely; 3],
    sides: Sides,
    /// Of each subheading, how many words of reference and of traders it has.
    used: Vec<f64>,
    /// Of each heading, its share of the words and names of its chapter, the largest being 1.
    usual: Vec<f64>,
    titles: HashMap<String, Trilingual>,
    weights: Weights,
}

fn field(language: Language) -> usize {
    match language {
        Language::En => 0,
        Language::Zh => 1,
        Language::Ru => 2,
    }
}

const FIELDS: [&str; 4] = ["en", "zh", "ru", "grams"];

fn fields(words: &Words) -> [(&'static str, &[String]); 4] {
    [("en", &words.en), ("zh", &words.zh), ("ru", &words.ru), ("grams", &words.grams)]
}

/// The parts of a name and of what stands below it.
fn parted(name: &Name) -> impl Iterator<Item = &str> + Clone {
    [&name.name, &name.more].into_iter().flat_map(|text| text.split([';', '>']))
}

fn place(of: &mut Trilingual, language: Language) -> &mut String {
    match language {
        Language::En => &mut of.en,
        Language::Zh => &mut of.zh,
        Language::Ru => &mut of.ru,
    }
}

impl Search {
    /// Puts the data on shelves. Takes some tenths of a second.
    ///
    /// # Errors
    /// [`Broken`]: the index could not be made.
    pub fn new(data: Data, weights: Weights) -> Result<Self, Broken> {
        let mut reader = Reader::new();
        let six = |code: &&str| code.len() == 6;
        let codes = data.names.iter().map(|n| n.code.as_str());
        let tree = Tree::new(codes.chain(data.words.iter().map(|w| w.code.as_str())).filter(six));
        let mut likely = [(); 3].map(|()| Likely::new(&tree));
        let mut titles: HashMap<String, Trilingual> = HashMap::new();
        // What each subheading and its headings are called; a word counts once for each part of the
        // names it stands in. Parts are read once: a heading's name stands in all below it.
        let mut parts: HashMap<&str, Words> = HashMap::new();
        for part in data.names.iter().flat_map(parted) {
            if !parts.contains_key(part) {
                parts.insert(part, reader.read_words(part));
            }
        }
        let mut named: Vec<[Vec<&str>; 3]> = vec![<_>::default(); tree.codes.len()];
        for name in &data.names {
            let Name { code, lang, .. } = name;
            let mut words: BTreeSet<&str> = BTreeSet::new();
            let at = tree.place(0, code);
            let mut into = at.and_then(|n| named.get_mut(n)?.get_mut(field(*lang)));
            for part in parted(name).filter_map(|part| parts.get(part)) {
                let part = part.of(*lang).iter().map(String::as_str);
                words.extend(part.clone());
                if let Some(into) = &mut into {
                    into.extend(part);
                }
            }
            let weight = if code.len() == 6 { NAME_WEIGHT } else { 2.0 * NAME_WEIGHT };
            if let Some(likely) = likely.get_mut(field(*lang)) {
                likely.learn(&tree, code, words, weight);
            }
            place(titles.entry(code.clone()).or_default(), *lang).clone_from(&name.name);
        }
        let mut usual = vec![0.0; tree.headings.len()];
        for up in &tree.up {
            if let Some(n) = usual.get_mut(*up) {
                *n += 0.2;
            }
        }
        let mut used = vec![0.0; tree.codes.len()];
        let mut sides = Sides::default();
        let mut same: HashMap<(&str, &str), f64> = HashMap::new();
        for word in &data.words {
            *same.entry((&word.text, &word.source)).or_default() += 1.0;
        }
        let (mut shelved, mut vague) = (Vec::new(), Vec::new());
        let mut words = Vec::new();
        for word in &data.words {
            let read = reader.read(&word.text);
            if word.code.is_empty() {
                sides.learn(&read, 1);
                vague.push(read);
                continue;
            }
            let among = same.get(&(word.text.as_str(), word.source.as_str())).copied();
            if let Some(likely) = likely.get_mut(field(word.lang)) {
                let weight = 1.0 / among.unwrap_or(1.0);
                likely.learn(
                    &tree,
                    &word.code,
                    read.of(word.lang).iter().map(String::as_str),
                    weight,
                );
            }
            if word.source == "hint" {
                continue;
            }
            if let Some(n) = tree.place(1, &word.code).and_then(|n| usual.get_mut(n)) {
                *n += 1.0;
            }
            if word.source == "ours" {
                let title = place(titles.entry(word.code.clone()).or_default(), word.lang);
                if title.is_empty() {
                    title.clone_from(&word.text);
                }
            } else {
                sides.learn(&read, 0);
                if let Some(n) = tree.place(0, &word.code).and_then(|n| used.get_mut(n)) {
                    *n += 1.0;
                }
            }
            shelved.push(read);
            words.push(word.clone());
        }
        let mut most = vec![0.0_f64; tree.chapters.len()];
        for (n, up) in usual.iter().zip(&tree.up_again) {
            if let Some(m) = most.get_mut(*up) {
                *m = m.max(*n);
            }
        }
        for (n, up) in usual.iter_mut().zip(&tree.up_again) {
            *n /= most.get(*up).copied().unwrap_or(1.0).max(1.0);
        }
        let named = named
            .iter()
            .map(|[en, zh, ru]| [("en", en.join(" ")), ("zh", zh.join(" ")), ("ru", ru.join(" "))]);
        let joined = |read: &Words| fields(read).map(|(field, words)| (field, words.join(" ")));
        // Each shelf is filled by one thread, so that it is always the same.
        let (by_names, by_words, by_vague) = std::thread::scope(|scope| {
            let names = scope.spawn(|| Shelf::new(&FIELDS, named));
            let words = Shelf::new(&FIELDS, shelved.iter().map(joined));
            let vague = Shelf::new(&FIELDS, vague.iter().map(joined));
            (names.join(), words, vague)
        });
        let by_names = by_names.unwrap_or_else(|thrown| std::panic::resume_unwind(thrown))?;
        Ok(Self {
            by_words: by_words?,
            by_names,
            by_vague: by_vague?,
            reader: reader.fresh(),
            read: shelved,
            tree,
            words,
            likely,
            sides,
            used,
            usual,
            titles,
            weights,
        })
    }

    /// The words of a text.
    pub(crate) fn read(&self, text: &str) -> Words {
        self.reader.clone().read(text)
    }

    /// What plain BM25 over the names alone finds: six-digit codes, best first.
    #[must_use]
    pub fn plain(&self, text: &str, most: usize) -> Vec<String> {
        let words = self.read(text);
        let mut found: Vec<(usize, f64)> = LANGUAGES
            .iter()
            .flat_map(|l| self.by_names.nearest(l.tag(), words.of(*l), most))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.iter().take(most).filter_map(|(n, _)| self.tree.codes.get(*n).cloned()).collect()
    }

    /// Whether the words say too little, and why.
    fn doubt(&self, text: &str, words: &Words, ranking: &Ranking) -> Option<Why> {
        let known = LANGUAGES
            .iter()
            .zip(&self.likely)
            .any(|(l, model)| words.of(*l).iter().any(|w| model.knows(w)));
        let looks = |w: &String| COLOURS.contains(&w.as_str());
        if words.is_empty() && words.figures > 0
            || !words.en.is_empty()
                && words.en.iter().all(looks)
                && words.zh.is_empty()
                && words.ru.is_empty()
        {
            return Some(Why::Looks);
        }
        if words.is_empty() || empty(text, words) {
            return Some(if words.is_empty() { Why::Unknown } else { Why::Broad });
        }
        if words.zh.is_empty() && words.ru.is_empty() {
            if self.weights.chance(&ranking.signs) > self.weights.threshold {
                return Some(match (known, words.en.len()) {
                    (false, _) => Why::Unknown,
                    (true, 1) => Why::Broad,
                    (true, _) => Why::Spread,
                });
            }
            return None;
        }
        (!known || ranking.codes.is_empty()).then_some(Why::Unknown)
    }

    fn title(&self, code: &str) -> Trilingual {
        let mut title = self.titles.get(code).cloned().unwrap_or_default();
        if title.zh.is_empty() {
            // The Chinese tariff names no headings: the first line of one stands for it.
            let first = self.tree.codes.iter().find(|c| c.starts_with(code));
            if let Some(t) = first.and_then(|c| self.titles.get(c)) {
                title.zh.clone_from(&t.zh);
            }
        }
        title
    }

    /// Finds codes for goods, or asks back.
    ///
    /// `most` bounds how many codes or headings are answered.
    #[must_use]
    pub fn find(&self, text: &str, most: usize) -> Answer {
        let words = self.read(text);
        let ranking = self.rank(text);
        if let Some(why) = self.doubt(text, &words, &ranking) {
            let mut headings = ranking.headings();
            headings.truncate(if why == Why::Unknown || why == Why::Looks { 0 } else { most });
            let chapters: Vec<u8> =
                headings.iter().take(3).filter_map(|h| h.get(..2)?.parse().ok()).collect();
            let (first, then) = (why.text(), ask(&chapters));
            let ask = Trilingual {
                en: format!("{} {}", first.en, then.en),
                zh: format!("{}{}", first.zh, then.zh),
                ru: format!("{} {}", first.ru, then.ru),
            };
            let headings = headings.into_iter().map(|h| (h.clone(), self.title(&h))).collect();
            return Answer::Vague(Question { why, ask, headings });
        }
        let codes: Vec<(String, f64)> = ranking.codes.iter().take(most.max(20)).cloned().collect();
        Answer::Found(self.hits(&codes, &ranking, most))
    }

    /// The codes of one heading, best first, those the words say nothing of last.
    #[must_use]
    pub fn within(&self, text: &str, heading: &str) -> Vec<Hit> {
        let ranking = self.rank(text);
        let in_it = |code: &&String| code.starts_with(heading);
        let mut codes: Vec<(String, f64)> =
            ranking.codes.iter().filter(|(code, _)| in_it(&code)).cloned().collect();
        for code in self.tree.codes.iter().filter(in_it) {
            if self.titles.contains_key(code) && codes.iter().all(|(c, _)| c != code) {
                codes.push((code.clone(), 0.0));
            }
        }
        self.hits(&codes, &ranking, codes.len())
    }

    fn hits(&self, codes: &[(String, f64)], ranking: &Ranking, most: usize) -> Vec<Hit> {
        let whole: f64 = codes.iter().map(|(_, s)| s).sum();
        let hit = |(code, score): &(String, f64)| {
            let mut near = ranking.near.iter().filter_map(|(n, _)| self.words.get(*n));
            let why = near.find(|w| code.starts_with(&w.code));
            Hit {
                code: code.clone(),
                share: score / whole.max(f64::MIN_POSITIVE),
                name: self.title(code),
                why: why.map(|w| (w.text.clone(), w.source.clone())),
                lines: Vec::new(),
            }
        };
        codes.iter().take(most).map(hit).collect()
    }

    /// Of lines with names, those that have the most words of a text, the first first.
    #[must_use]
    pub fn nearest<'a>(
        &self,
        text: &str,
        lines: impl Iterator<Item = (&'a str, &'a Trilingual)>,
        most: usize,
    ) -> Vec<(String, Trilingual)> {
        let mut reader = self.reader.clone();
        let asked = reader.read_words(text);
        let mut found: Vec<(usize, &str, &Trilingual)> = lines
            .map(|(code, name)| {
                let shared = LANGUAGES.iter().map(|l| {
                    let has = reader.read_words(name.get(*l));
                    asked.of(*l).iter().filter(|w| has.of(*l).contains(w)).count()
                });
                (shared.sum(), code, name)
            })
            .collect();
        found.sort_by_key(|(shared, ..)| std::cmp::Reverse(*shared));
        found.into_iter().take(most).map(|(_, c, n)| (c.to_owned(), n.clone())).collect()
    }
}
