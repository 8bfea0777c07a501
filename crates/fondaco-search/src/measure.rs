//! How well the search finds, measured honestly.
//!
//! Words with a code and words without are cut into folds; those that are nearly the same stand in
//! one fold. The words of a fold are looked for by a search that was never shown them, and how the
//! signs are weighed is learnt from the other folds.

use std::collections::{BTreeSet, HashMap};

use crate::data::{Data, Word};
use crate::order::{self, POINTS, Points, solve};
use crate::rank::Gathered;
use crate::text::Reader;
use crate::vague::{SIGNS, Signs, Weights};
use crate::{Broken, Search};

/// The share of words without a code that are to be refused where the weights are learnt.
const REFUSE: f64 = 0.815;

/// What a description with a code counts for among signs where its code is not found: to ask back
/// then takes nothing away.
const MISSED: f64 = 0.5;

/// What is learnt of a text with its signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It has a code, and that is found.
    Found,
    /// It has a code, and another is found.
    Missed,
    /// It has none.
    Vague,
}

/// What was counted over words of one source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// How many there were.
    pub all: usize,
    /// Of which plain BM25 over the names had the code among its first five.
    pub plain: usize,
    /// Of which the search had it, had it answered always.
    pub ranked: usize,
    /// Of which the search answered it.
    pub answered: usize,
    /// How many were asked back.
    pub refused: usize,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// By source: words of reference, words of traders, words without a code.
    pub by_source: [(&'static str, Count); 3],
    /// The weights that all words teach.
    pub learnt: Weights,
}

/// Puts texts into folds, those nearly the same into one.
#[must_use]
pub fn folds(texts: &[&str], count: usize) -> Vec<usize> {
    fn root(of: &mut [usize], mut n: usize) -> usize {
        while let Some(&up) = of.get(n)
            && up != n
        {
            n = up;
        }
        n
    }
    fn join(of: &mut [usize], a: usize, b: usize) {
        let (a, b) = (root(of, a), root(of, b));
        if let Some(up) = of.get_mut(a.max(b)) {
            *up = a.min(b);
        }
    }
    let mut reader = Reader::new();
    let mut group: Vec<usize> = (0..texts.len()).collect();
    let mut having: HashMap<String, Vec<usize>> = HashMap::new();
    let mut letters: HashMap<String, usize> = HashMap::new();
    let mut sizes: Vec<usize> = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let words = reader.read(text).en;
        let mut only: String =
            text.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
        if only.len() < 3 {
            only = text.to_lowercase();
        }
        if let Some(other) = letters.insert(only, n) {
            join(&mut group, n, other);
        }
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for word in &words {
            for other in having.get(word).into_iter().flatten() {
                *shared.entry(*other).or_default() += 1;
            }
        }
        for (other, both) in shared {
            let either = words.len() + sizes.get(other).copied().unwrap_or(0) - both;
            if both * 10 >= either * 7 {
                join(&mut group, n, other);
            }
        }
        sizes.push(words.len());
        for word in words {
            having.entry(word).or_default().push(n);
        }
    }
    let roots: Vec<usize> = (0..texts.len()).map(|n| root(&mut group, n)).collect();
    // Groups go round the folds as they are met, by a fixed shuffle of their places.
    roots.iter().map(|r| (r.wrapping_mul(0x9E37_79B1) >> 7) % count.max(1)).collect()
}

/// Learns how to weigh signs by Newton's method.
#[must_use]
pub fn learn(order: Points, seen: &[(Signs, Kind)]) -> Weights {
    const N: usize = SIGNS + 1;
    let count = seen.len().max(1) as f64;
    let mean = |n: usize| seen.iter().filter_map(|(s, _)| s.get(n)).sum::<f64>() / count;
    let mut middle = [0.0; SIGNS];
    let mut width = [1.0; SIGNS];
    for (n, (m, w)) in middle.iter_mut().zip(&mut width).enumerate() {
        *m = mean(n);
        let square: f64 =
            seen.iter().filter_map(|(s, _)| s.get(n)).map(|x| (x - *m) * (x - *m)).sum();
        *w = (square / count).sqrt().max(1e-9);
    }
    let even = |s: &Signs| -> [f64; N] {
        let mut out = [1.0; N];
        for (n, o) in out.iter_mut().take(SIGNS).enumerate() {
            *o = (s[n] - middle[n]) / width[n];
        }
        out
    };
    let rows: Vec<([f64; N], f64, f64)> = seen
        .iter()
        .map(|(s, kind)| match kind {
            Kind::Vague => (even(s), 1.0, 1.0),
            Kind::Found => (even(s), 0.0, 1.0),
            Kind::Missed => (even(s), 0.0, MISSED),
        })
        .collect();
    let mut weights = [0.0; N];
    for _ in 0..20 {
        let mut slope = weights;
        let mut bend = [[0.0; N]; N];
        for (n, row) in bend.iter_mut().enumerate() {
            row[n] = 1.0;
        }
        for (x, y, count) in &rows {
            let sum: f64 = x.iter().zip(&weights).map(|(a, b)| a * b).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            for i in 0..N {
                slope[i] += count * x[i] * (p - y);
                for j in 0..N {
                    bend[i][j] += count * x[i] * x[j] * p * (1.0 - p);
                }
            }
        }
        for (w, s) in weights.iter_mut().zip(solve(bend, slope)) {
            *w -= s;
        }
    }
    let mut signs = [0.0; SIGNS];
    let mut bias = weights[SIGNS];
    for n in 0..SIGNS {
        signs[n] = weights[n] / width[n];
        bias -= signs[n] * middle[n];
    }
    let mut learnt = Weights { order, signs, bias, threshold: 0.5 };
    let mut chances: Vec<f64> = seen
        .iter()
        .filter(|(_, kind)| *kind == Kind::Vague)
        .map(|(s, _)| learnt.chance(s))
        .collect();
    chances.sort_by(f64::total_cmp);
    let at = (chances.len() as f64 * (1.0 - REFUSE)) as usize;
    learnt.threshold = chances.get(at).copied().unwrap_or(0.5);
    learnt
}

/// Measures over `count` folds.
///
/// # Errors
/// [`Broken`]: an index could not be made.
pub fn measure(data: &Data, count: usize) -> Result<Measured, Broken> {
    let tested = |w: &&Word| ["reference", "trader", "vague"].contains(&w.source.as_str());
    let words: Vec<&Word> = data.words.iter().filter(tested).collect();
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    let fold = folds(&texts, count);
    let none = Weights { order: [0.0; POINTS], signs: [0.0; SIGNS], bias: 0.0, threshold: 1.0 };
    let mut seen: Vec<Option<(Gathered, bool)>> = vec![None; words.len()];
    for f in 0..count {
        let held: BTreeSet<(&str, &str)> = words
            .iter()
            .zip(&fold)
            .filter(|(_, at)| **at == f)
            .map(|(w, _)| (w.text.as_str(), w.source.as_str()))
            .collect();
        let shown = data.words.iter().filter(|w| !held.contains(&(&w.text, &w.source)));
        let shown = Data { names: data.names.clone(), words: shown.cloned().collect() };
        let search = Search::new(shown, none.clone())?;
        for ((word, at), seen) in words.iter().zip(&fold).zip(&mut seen) {
            if *at == f {
                let plain = search.plain(&word.text, 5).contains(&word.code);
                *seen = Some((search.gather(&search.read(&word.text)), plain));
            }
        }
    }
    // Weights learnt of what stands outside a fold, or of all.
    let order = |without: Option<usize>| {
        let all = words.iter().zip(&fold).zip(&seen).filter(|((_, at), _)| Some(**at) != without);
        let asked: Vec<(&[Points], usize)> = all
            .filter_map(|((word, _), seen)| {
                let (gathered, _) = seen.as_ref()?;
                let right = gathered.codes.iter().position(|(c, _)| *c == word.code)?;
                Some((gathered.points.as_slice(), right))
            })
            .collect();
        order::learn(&asked)
    };
    let orders: Vec<Points> = (0..count).map(|f| order(Some(f))).collect();
    let mut judged: Vec<(Signs, bool, bool)> = Vec::new();
    for ((word, at), seen) in words.iter().zip(&fold).zip(&seen) {
        let (Some((gathered, plain)), Some(order)) = (seen.clone(), orders.get(*at)) else {
            judged.push(<_>::default());
            continue;
        };
        let ranking = gathered.ordered(order);
        let ranked = ranking.codes.iter().take(5).any(|(c, _)| *c == word.code);
        judged.push((ranking.signs, plain, ranked));
    }
    let weights = |without: Option<usize>, order: Points| {
        let all = words.iter().zip(&fold).zip(&judged);
        let others: Vec<(Signs, Kind)> = all
            .filter(|((_, at), _)| Some(**at) != without)
            .map(|((word, _), (signs, _, ranked))| {
                let kind = match (word.code.is_empty(), ranked) {
                    (true, _) => Kind::Vague,
                    (false, true) => Kind::Found,
                    (false, false) => Kind::Missed,
                };
                (*signs, kind)
            })
            .collect();
        learn(order, &others)
    };
    let mut by_source = ["reference", "trader", "vague"].map(|source| (source, Count::default()));
    for (f, order) in orders.iter().enumerate() {
        let weights = weights(Some(f), *order);
        for ((word, at), (signs, plain, ranked)) in words.iter().zip(&fold).zip(&judged) {
            if *at != f {
                continue;
            }
            let Some((_, n)) = by_source.iter_mut().find(|(s, _)| *s == word.source) else {
                continue;
            };
            let refused = weights.chance(signs) > weights.threshold;
            n.all += 1;
            n.plain += usize::from(*plain);
            n.ranked += usize::from(*ranked);
            n.refused += usize::from(refused);
            n.answered += usize::from(*ranked && !refused);
        }
    }
    Ok(Measured { by_source, learnt: weights(None, order(None)) })
}

/// What came of questions in three languages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spoken {
    /// How many questions.
    pub all: usize,
    /// Of which each language had the heading (or chapter) first: English, Chinese, Russian.
    pub first: [usize; 3],
    /// Among the first five.
    pub five: [usize; 3],
    /// Of which all three had the same heading first.
    pub same: usize,
    /// Of which all three had the right heading (or chapter) first.
    pub right: usize,
    /// Those in which a language had not the right one first: code, language, what it had.
    pub missed: Vec<(String, &'static str, String)>,
}

/// Rows of code, Chinese, Russian, English, the first a heading; rows that are none are left out.
#[must_use]
pub fn cases(csv: &str) -> Vec<[String; 4]> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row = |r: csv::StringRecord| [0, 1, 2, 3].map(|n| r.get(n).unwrap_or_default().to_owned());
    reader.records().filter_map(Result::ok).map(row).collect()
}

/// Asks the same in three languages: rows of code, Chinese, Russian, English.
#[must_use]
pub fn spoken(search: &Search, rows: &[[String; 4]]) -> Spoken {
    let mut out = Spoken::default();
    for [code, zh, ru, en] in rows {
        out.all += 1;
        let mut firsts = BTreeSet::new();
        let mut right = 0;
        let asked = [("en", en), ("zh", zh), ("ru", ru)];
        for (((tag, text), first), five) in asked.iter().zip(&mut out.first).zip(&mut out.five) {
            let headings = search.rank(text).headings();
            let had = headings.first().cloned().unwrap_or_default();
            if had.starts_with(code.as_str()) {
                *first += 1;
                right += 1;
            } else {
                out.missed.push((code.clone(), tag, format!("{text}: {had}")));
            }
            *five += usize::from(headings.iter().take(5).any(|h| h.starts_with(code.as_str())));
            firsts.insert(had);
        }
        out.same += usize::from(firsts.len() == 1);
        out.right += usize::from(right == 3);
    }
    out
}
