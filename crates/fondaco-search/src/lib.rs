//! Which code goods may go under, and a question back where the words say too little.
//!
//! [`Search::new`] puts the names of the nomenclature and words of trade on shelves, in English,
//! Chinese and Russian; [`Search::find`] answers. No I/O, no clock. The answer is a help in looking,
//! never a classification: what is filed is what the declarant declares.
//!
//! Four voices are added up: the nearest words of trade by words and by letters, the nearest names,
//! and how likely the words are level by level. All are between 0 and about 1.

pub mod data;
pub mod gather;
mod likely;
pub mod measure;
mod shelf;
mod text;
mod vague;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fondaco::finding::{Language, Trilingual};

use crate::data::{Data, Name, Word};
use crate::likely::{Likely, Tree};
use crate::shelf::Shelf;
use crate::text::{Reader, Words};
use crate::vague::{COLOURS, Sides, ask, empty};
pub use crate::vague::{NAMES as SIGNS, Signs, Weights, Why};

/// What [`Weights`] were learnt to be from all words at hand.
pub const LEARNT: Weights = Weights {
    signs: [
        -1.4065, 8.3815, 0.1528, 0.5730, -0.1297, 2.1412, -0.2302, 0.1025, 0.4019, -0.3731, 0.393,
        -1.5262, 1.4158, 0.0426, 0.0336,
    ],
    bias: -0.6610,
    threshold: 0.3729,
};

/// How many nearest words of trade are asked.
const NEAREST: usize = 30;
/// How many nearest names are asked.
const NAMES_NEAREST: usize = 200;
/// What the voices count for: words, letters, names, likelihood.
const VOICES: [f64; 4] = [1.0, 0.7, 1.0, 0.6];
/// What a name counts for in what is likely, a word of trade counting one; a heading's name twice.
const NAME_WEIGHT: f64 = 0.7;
/// What a word of a whole heading counts for there, and one of a whole chapter at its usual heading.
const HEADING: f64 = 2.0;
const CHAPTER: f64 = 5.0;
/// How much less a word of trade counts the farther it is: a power.
const FAR: f64 = 2.25;
/// What counts a word of the found text that was not asked for, a word not found counting one.
const UNASKED: f64 = 0.5;
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
    /// Lines of the pack below it, nearest first: code and name.
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

/// What is known of a text before it is judged.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// Codes with their scores, best first, at most a hundred.
    pub codes: Vec<(String, f64)>,
    /// What tells whether the words say enough; English words only.
    pub signs: Signs,
    /// Of the nearest words of trade: which, and how near.
    near: Vec<(usize, f64)>,
}

impl Ranking {
    /// Headings in order of their best code.
    #[must_use]
    pub fn headings(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let headings = self.codes.iter().filter_map(|(code, _)| code.get(..4));
        headings.filter(|h| seen.insert(*h)).map(str::to_owned).collect()
    }
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
    lines: BTreeMap<String, Vec<(String, Trilingual, BTreeSet<String>)>>,
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
        // One text of each subheading, with what its headings are called.
        let mut texts: Vec<[String; 3]> = vec![<[String; 3]>::default(); tree.codes.len()];
        for Name { code, lang, name, more } in &data.names {
            let all = format!("{name} ; {more}");
            if let Some(text) =
                tree.place(0, code).and_then(|n| texts.get_mut(n)?.get_mut(field(*lang)))
            {
                text.push_str(&all);
                text.push_str(" ; ");
            }
            let read = reader.read(&all);
            let weight = if code.len() == 6 { NAME_WEIGHT } else { 2.0 * NAME_WEIGHT };
            if let Some(likely) = likely.get_mut(field(*lang)) {
                likely.learn(&tree, code, read.of(*lang), weight);
            }
            place(titles.entry(code.clone()).or_default(), *lang).clone_from(name);
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
                likely.learn(&tree, &word.code, read.of(word.lang), weight);
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
        // A word counts once for each part of the names it stands in.
        let read: Vec<[Vec<String>; 3]> = texts
            .iter()
            .map(|texts| {
                let mut at = LANGUAGES.iter();
                texts.each_ref().map(|text| {
                    let language = at.next().copied().unwrap_or(Language::En);
                    let parts = text.split([';', '>']);
                    parts.flat_map(|part| reader.read(part).of(language).to_vec()).collect()
                })
            })
            .collect();
        let named = read.iter().map(|[en, zh, ru]| {
            [("en", en.as_slice()), ("zh", zh.as_slice()), ("ru", ru.as_slice())]
        });
        Ok(Self {
            by_words: Shelf::new(&FIELDS, shelved.iter().map(fields))?,
            by_names: Shelf::new(&FIELDS, named)?,
            by_vague: Shelf::new(&FIELDS, vague.iter().map(fields))?,
            reader: reader.fresh(),
            read: shelved,
            tree,
            words,
            likely,
            sides,
            used,
            usual,
            titles,
            lines: BTreeMap::new(),
            weights,
        })
    }

    /// Lays the lines of a pack below the codes: code and names, parents parted by ` > `.
    #[must_use]
    pub fn with_lines(mut self, lines: impl Iterator<Item = (String, Trilingual)>) -> Self {
        for (code, name) in lines {
            let Some(six) = code.get(..6).map(str::to_owned) else { continue };
            let mut words = BTreeSet::new();
            for language in LANGUAGES {
                let read = self.reader.read(name.get(language));
                words.extend(read.of(language).iter().cloned());
            }
            self.lines.entry(six).or_default().push((code, name, words));
        }
        self
    }

    /// What plain BM25 over the names alone finds: six-digit codes, best first.
    #[must_use]
    pub fn plain(&self, text: &str, most: usize) -> Vec<String> {
        let words = self.reader.clone().read(text);
        let mut found: Vec<(usize, f64)> = LANGUAGES
            .iter()
            .flat_map(|l| self.by_names.nearest(l.tag(), words.of(*l), most))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.iter().take(most).filter_map(|(n, _)| self.tree.codes.get(*n).cloned()).collect()
    }

    /// The nearest words of trade, by the weight of the words shared among all of both: 1 where the
    /// same was asked.
    fn alike(&self, name: &'static str, list: &[String]) -> Vec<(usize, f64)> {
        let weight = |w: &String| self.by_words.weight(name, w);
        let whole: f64 = list.iter().map(weight).sum();
        let mut found = self.by_words.nearest(name, list, 2 * NEAREST);
        for (n, likeness) in &mut found {
            let Some(read) = self.read.get(*n) else { continue };
            let has = fields(read).into_iter().find(|(f, _)| *f == name).map_or(&[][..], |f| f.1);
            let (mut both, mut unasked) = (0.0, 0.0);
            for word in has {
                *(if list.contains(word) { &mut both } else { &mut unasked }) += weight(word);
            }
            *likeness = both / (whole + UNASKED * unasked).max(f64::MIN_POSITIVE);
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(NEAREST);
        found
    }

    /// Ranks codes and looks for what tells whether the words say enough.
    #[must_use]
    pub fn rank(&self, text: &str) -> Ranking {
        let words = self.reader.clone().read(text);
        let mut own = vec![0.0; self.tree.codes.len()];
        let mut heads = vec![0.0; self.tree.headings.len()];
        let mut near: Vec<(usize, f64)> = Vec::new();
        let mut r_top: f64 = 0.0;
        let mut grams_near = Vec::new();
        let [by_words, by_grams, by_names, by_likely] = VOICES;
        for (name, list) in fields(&words) {
            let grams = name == "grams";
            let found = self.alike(name, list);
            let voice = if grams { by_grams } else { by_words };
            for (at, likeness) in &found {
                let Some(word) = self.words.get(*at) else { continue };
                let vote = voice * likeness.powf(FAR);
                near.push((*at, vote));
                if word.code.len() == 2 {
                    for (n, up) in self.tree.up_again.iter().enumerate() {
                        if self.tree.chapters.get(*up) == Some(&word.code)
                            && let (Some(h), Some(u)) = (heads.get_mut(n), self.usual.get(n))
                        {
                            *h += CHAPTER * vote * u * u * u;
                        }
                    }
                    continue;
                }
                let part = if word.code.len() == 6 { 0.3 } else { HEADING };
                if let Some(n) = self.tree.place(0, &word.code).and_then(|n| own.get_mut(n)) {
                    *n += vote;
                }
                if let Some(n) = self.tree.place(1, &word.code).and_then(|n| heads.get_mut(n)) {
                    *n += vote * part;
                }
            }
            if grams {
                grams_near = found;
            } else if name == "en" {
                r_top = found.first().map_or(0.0, |(_, l)| *l);
            }
            if !grams {
                for (n, likeness) in self.by_names.nearest(name, list, NAMES_NEAREST) {
                    if let Some(own) = own.get_mut(n) {
                        *own += by_names * likeness;
                    }
                    if let Some(h) = self.tree.up.get(n).and_then(|up| heads.get_mut(*up)) {
                        *h += 0.1 * by_names * likeness;
                    }
                }
            }
        }
        // How likely, with how usual.
        let mut likely = vec![0.0; self.tree.codes.len()];
        for (model, language) in self.likely.iter().zip(LANGUAGES) {
            model.add(&self.tree, words.of(language), &mut likely);
        }
        let used = &self.used;
        // What is usual was learnt from English words, and says nothing of the others.
        let english = !words.en.is_empty();
        for (score, n) in likely.iter_mut().zip(used).filter(|_| english) {
            *score += (0.5 + n).ln();
        }
        let best = likely.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut best_of = vec![f64::NEG_INFINITY; self.tree.headings.len()];
        let mut share_of = vec![0.0; self.tree.headings.len()];
        for (score, up) in likely.iter().zip(&self.tree.up) {
            if let (Some(b), Some(s)) = (best_of.get_mut(*up), share_of.get_mut(*up)) {
                *b = b.max(*score);
                *s += (score - best).exp();
            }
        }
        let mut codes: Vec<(usize, f64)> = Vec::new();
        for (n, (own, score)) in own.iter().zip(&likely).enumerate() {
            let up = self.tree.up.get(n).copied().unwrap_or_default();
            let head = heads.get(up).copied().unwrap_or(0.0);
            let here = (score - best_of.get(up).copied().unwrap_or(*score)).exp();
            let posterior = (score - best).exp();
            let usual = if english { used.get(n).copied().unwrap_or(0.0).ln_1p() } else { 0.0 };
            let sum = own
                + by_likely * posterior * f64::from(u8::from(!words.is_empty()))
                + 0.5 * head * (0.5 + 0.5 * here)
                + 0.1 * usual * (own + head);
            if sum > 1e-6 {
                codes.push((n, sum));
            }
        }
        codes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        codes.truncate(100);
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        near.truncate(20);
        let first = codes.first().map_or(0.0, |(_, s)| *s);
        let whole: f64 = codes.iter().take(20).map(|(_, s)| s).sum();
        let sure = [first, if whole > 0.0 { first / whole } else { 0.0 }];
        let signs = self.signs(&words, &grams_near, r_top, best, &share_of, sure);
        let name = |(n, s): (usize, f64)| Some((self.tree.codes.get(n)?.clone(), s));
        Ranking { codes: codes.into_iter().filter_map(name).collect(), signs, near }
    }

    fn signs(
        &self,
        words: &Words,
        near: &[(usize, f64)],
        r_top: f64,
        best: f64,
        shares: &[f64],
        sure: [f64; 2],
    ) -> Signs {
        let mean = |found: &[(usize, f64)]| found.iter().take(5).map(|(_, l)| l).sum::<f64>() / 5.0;
        let far = self.by_vague.nearest("grams", &words.grams, 5);
        let (by_word, by_gram) = self.sides.tell(words);
        let grams = words.grams.len() as f64;
        let count = words.en.len().max(1) as f64;
        let whole: f64 = shares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let spread: f64 =
            shares.iter().map(|s| s / whole).filter(|s| *s > 0.0).map(|s| -s * s.ln()).sum();
        let colours = words.en.iter().filter(|w| COLOURS.contains(&w.as_str())).count() as f64;
        let (mut all, mut known) = (0.0, 0.0);
        for word in &words.en {
            let weight = self.by_words.weight("en", word);
            all += weight;
            if self.by_names.count("en", word).unwrap_or(0.0) > 0.0 {
                known += weight;
            }
        }
        [
            mean(near),
            mean(&far),
            by_word,
            by_gram / (1.0 + grams.sqrt()),
            by_gram / 10.0,
            words.figures as f64 / words.parts.max(1) as f64,
            best / 5.0,
            spread,
            colours / count,
            if all > 0.0 { known / all } else { 0.0 },
            r_top,
            near.first().map_or(0.0, |(_, l)| *l),
            far.first().map_or(0.0, |(_, l)| *l),
            sure[0],
            sure[1],
        ]
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
        let words = self.reader.clone().read(text);
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
        let whole: f64 = ranking.codes.iter().take(20).map(|(_, s)| s).sum();
        let asked: BTreeSet<&String> = LANGUAGES.iter().flat_map(|l| words.of(*l)).collect();
        let hits = ranking.codes.iter().take(most).map(|(code, score)| {
            let near = ranking.near.iter().filter_map(|(n, _)| self.words.get(*n));
            let why = near.clone().find(|w| code.starts_with(&w.code));
            let mut lines: Vec<_> = self.lines.get(code).into_iter().flatten().collect();
            lines.sort_by_key(|(_, _, words)| {
                std::cmp::Reverse(asked.iter().filter(|w| words.contains(**w)).count())
            });
            Hit {
                code: code.clone(),
                share: score / whole.max(f64::MIN_POSITIVE),
                name: self.title(code),
                why: why.map(|w| (w.text.clone(), w.source.clone())),
                lines: lines.iter().take(3).map(|(c, n, _)| (c.clone(), n.clone())).collect(),
            }
        });
        Answer::Found(hits.collect())
    }
}
