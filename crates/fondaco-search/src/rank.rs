//! What speaks for each code, and the codes in order.
//!
//! In goes a text; out come codes with their chances, the nearest words of trade, and the signs
//! that tell whether the words say enough. English words are put in order by learnt weights; in
//! Chinese and Russian, of which no descriptions with a code are at hand, by the sum of the voices.

use std::collections::BTreeSet;

use crate::order::{Points, chances, score};
use crate::text::Words;
use crate::vague::{COLOURS, Signs};
use crate::{LANGUAGES, Search, fields};

/// How many nearest words of trade are asked.
const NEAREST: usize = 30;
/// How many nearest names are asked.
const NAMES_NEAREST: usize = 200;
/// What the voices count for: words, letters, names, likelihood.
const VOICES: [f64; 4] = [1.0, 0.7, 1.0, 0.6];
/// What a word of a whole heading counts for there, and one of a whole chapter at its usual heading.
const HEADING: f64 = 2.0;
const CHAPTER: f64 = 5.0;
/// What words for a whole chapter count for as a logarithm of how likely, where they are all but the
/// same. Set by hand: no description at hand is so broad.
const WHOLE: f64 = 30.0;
/// How much less a word of trade counts the farther it is: a power.
const FAR: f64 = 2.25;
/// What counts a word of the found text that was not asked for, a word not found counting one.
const UNASKED: f64 = 0.5;
/// How many codes are weighed against each other.
const WEIGHED: usize = 100;
/// How much less likely than the best a code may be before it makes no difference.
const UNLIKELY: f64 = -12.0;

/// What is known of a text before it is judged.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// Codes with their scores, best first, at most a hundred. Those of English words add up to
    /// one.
    pub codes: Vec<(String, f64)>,
    /// What tells whether the words say enough; English words only.
    pub signs: Signs,
    /// Of the nearest words of trade: which, and how near.
    pub(crate) near: Vec<(usize, f64)>,
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

/// What speaks for the codes, before it is weighed.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    /// Codes with the sum of the voices, best first.
    pub(crate) codes: Vec<(String, f64)>,
    /// What speaks for each.
    pub(crate) points: Vec<Points>,
    near: Vec<(usize, f64)>,
    english: bool,
    /// Those that do not hang on the order are filled in.
    signs: Signs,
}

impl Gathered {
    /// The codes in order, by weights.
    pub(crate) fn ordered(self, weights: &Points) -> Ranking {
        let Self { mut codes, points, near, english, mut signs } = self;
        let first = codes.first().map_or(0.0, |(_, s)| *s);
        if english {
            let scores: Vec<f64> = points.iter().map(|p| score(weights, p)).collect();
            for ((_, sum), chance) in codes.iter_mut().zip(chances(&scores)) {
                *sum = chance;
            }
            codes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        }
        let whole: f64 = codes.iter().take(20).map(|(_, s)| s).sum();
        let best = codes.first().map_or(0.0, |(_, s)| *s);
        signs[13] = first;
        signs[14] = if whole > 0.0 { best / whole } else { 0.0 };
        signs[15] = codes.iter().take(5).map(|(_, s)| s).sum();
        signs[16] = codes.iter().map(|(_, s)| s).filter(|s| **s > 0.0).map(|s| -s * s.ln()).sum();
        Ranking { codes, signs, near }
    }
}

/// Nearness of one kind: all of it added up, and the nearest.
#[derive(Clone, Copy, Default)]
struct Near {
    sum: f64,
    best: f64,
}

impl Near {
    fn add(&mut self, likeness: f64) {
        self.sum += likeness.powf(FAR);
        self.best = self.best.max(likeness);
    }
}

/// What was seen of a code or a heading.
#[derive(Clone, Copy, Default)]
struct Seen {
    votes: f64,
    words: Near,
    letters: Near,
    name: f64,
    /// What words for the whole chapter give a usual heading.
    chapter: f64,
}

impl Search {
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
        self.gather(&self.read(text)).ordered(&self.weights.order)
    }

    /// What speaks for the codes.
    pub(crate) fn gather(&self, words: &Words) -> Gathered {
        let mut own = vec![Seen::default(); self.tree.codes.len()];
        let mut heads = vec![Seen::default(); self.tree.headings.len()];
        let mut near: Vec<(usize, f64)> = Vec::new();
        let mut r_top: f64 = 0.0;
        let mut grams_near = Vec::new();
        let [by_words, by_grams, by_names, by_likely] = VOICES;
        for (name, list) in fields(words) {
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
                            let usual = u.powi(3);
                            h.votes += CHAPTER * vote * usual;
                            h.chapter += WHOLE * likeness.powi(6) * usual.powi(3);
                        }
                    }
                    continue;
                }
                let part = if word.code.len() == 6 { 0.3 } else { HEADING };
                let code = self.tree.place(0, &word.code).and_then(|n| own.get_mut(n));
                let heading = self.tree.place(1, &word.code).and_then(|n| heads.get_mut(n));
                for (seen, part) in [(code, 1.0), (heading, part)] {
                    let Some(seen) = seen else { continue };
                    seen.votes += vote * part;
                    (if grams { &mut seen.letters } else { &mut seen.words }).add(*likeness);
                }
            }
            if grams {
                grams_near = found;
                continue;
            }
            if name == "en" {
                r_top = found.first().map_or(0.0, |(_, l)| *l);
            }
            for (n, likeness) in self.by_names.nearest(name, list, NAMES_NEAREST) {
                let heading = self.tree.up.get(n).and_then(|up| heads.get_mut(*up));
                for (seen, part) in [(own.get_mut(n), 1.0), (heading, 0.1)] {
                    let Some(seen) = seen else { continue };
                    seen.votes += part * by_names * likeness;
                    seen.name = seen.name.max(likeness);
                }
            }
        }
        // How likely, with how usual.
        let mut likely = vec![0.0; self.tree.codes.len()];
        for (model, language) in self.likely.iter().zip(LANGUAGES) {
            model.add(&self.tree, words.of(language), &mut likely);
        }
        // What is usual was learnt from English words, and says nothing of the others.
        let english = !words.en.is_empty();
        for (score, n) in likely.iter_mut().zip(&self.used).filter(|_| english) {
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
            let head = heads.get(up).map_or(0.0, |h| h.votes);
            let here = (score - best_of.get(up).copied().unwrap_or(*score)).exp();
            let posterior = (score - best).exp();
            let usual = if english { self.used.get(n).map_or(0.0, |n| n.ln_1p()) } else { 0.0 };
            let sum = own.votes
                + by_likely * posterior * f64::from(u8::from(!words.is_empty()))
                + 0.5 * head * (0.5 + 0.5 * here)
                + 0.1 * usual * (own.votes + head);
            if sum > 1e-6 {
                codes.push((n, sum));
            }
        }
        codes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        codes.truncate(WEIGHED);
        let points = codes.iter().map(|(n, _)| {
            let own = own.get(*n).copied().unwrap_or_default();
            let up = self.tree.up.get(*n).and_then(|up| heads.get(*up));
            let head = up.copied().unwrap_or_default();
            let score = likely.get(*n).map_or(UNLIKELY, |s| (s - best).max(UNLIKELY));
            [
                score + head.chapter,
                self.used.get(*n).map_or(0.0, |n| n.ln_1p()),
                own.name,
                own.name.sqrt(),
                head.name,
                head.votes,
                head.letters.best,
                head.words.sum.sqrt(),
                head.letters.sum.sqrt(),
                own.letters.best,
                own.letters.sum.sqrt(),
                own.words.sum.sqrt(),
            ]
        });
        let points = points.collect();
        let name = |(n, s): (usize, f64)| Some((self.tree.codes.get(n)?.clone(), s));
        let codes = codes.into_iter().filter_map(name).collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        near.truncate(20);
        let signs = self.signs(words, &grams_near, r_top, best, &share_of);
        Gathered { codes, points, near, english, signs }
    }

    fn signs(
        &self,
        words: &Words,
        near: &[(usize, f64)],
        r_top: f64,
        best: f64,
        shares: &[f64],
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
            0.0,
            0.0,
            0.0,
            0.0,
        ]
    }
}
