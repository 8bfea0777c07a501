//! How likely words are for a code, learnt level by level: chapter, heading, subheading.
//!
//! What a subheading was never called it may be called by what its heading is called, and that by
//! its chapter: each level is smoothed by the one above (Dirichlet smoothing), the chapter by the
//! words of all. A word never seen says nothing.

use std::collections::HashMap;

/// How many words the level above counts for: subheading, heading, chapter.
const ABOVE: [f64; 3] = [4.0, 20.0, 60.0];

/// The places of codes: subheadings with their headings and chapters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    /// Six digits each, in order.
    pub(crate) codes: Vec<String>,
    pub(crate) headings: Vec<String>,
    pub(crate) chapters: Vec<String>,
    /// Of each subheading, the place of its heading; of each heading, that of its chapter.
    pub(crate) up: Vec<usize>,
    pub(crate) up_again: Vec<usize>,
}

impl Tree {
    pub(crate) fn new<'a>(codes: impl Iterator<Item = &'a str>) -> Self {
        let mut codes: Vec<String> = codes.map(str::to_owned).collect();
        codes.sort();
        codes.dedup();
        let cut = |all: &[String], n: usize| {
            let mut short: Vec<String> =
                all.iter().filter_map(|c| c.get(..n)).map(str::to_owned).collect();
            short.dedup();
            short
        };
        let headings = cut(&codes, 4);
        let chapters = cut(&codes, 2);
        let place = |all: &[String], code: Option<&str>| {
            code.and_then(|c| all.binary_search_by(|a| a.as_str().cmp(c)).ok()).unwrap_or_default()
        };
        let up = codes.iter().map(|c| place(&headings, c.get(..4))).collect();
        let up_again = headings.iter().map(|c| place(&chapters, c.get(..2))).collect();
        Self { codes, headings, chapters, up, up_again }
    }

    /// The place of a code on its level: 0 subheading, 1 heading, 2 chapter.
    pub(crate) fn place(&self, level: usize, code: &str) -> Option<usize> {
        let (all, digits) = match level {
            0 => (&self.codes, 6),
            1 => (&self.headings, 4),
            _ => (&self.chapters, 2),
        };
        let code = code.get(..digits)?;
        all.binary_search_by(|a| a.as_str().cmp(code)).ok()
    }
}

#[derive(Clone, Debug, Default)]
struct Seen {
    /// Places with what was seen there; a place may stand more than once.
    levels: [Vec<(usize, f64)>; 3],
    all: f64,
}

/// Words seen of codes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Likely {
    words: HashMap<String, Seen>,
    totals: [Vec<f64>; 3],
    all: f64,
}

impl Likely {
    pub(crate) fn new(tree: &Tree) -> Self {
        let totals = [tree.codes.len(), tree.headings.len(), tree.chapters.len()];
        Self { totals: totals.map(|n| vec![0.0; n]), ..Self::default() }
    }

    /// Learns that goods of a code are called so.
    pub(crate) fn learn<'a>(
        &mut self,
        tree: &Tree,
        code: &str,
        words: impl IntoIterator<Item = &'a str>,
        weight: f64,
    ) {
        let places = [0, 1, 2].map(|level| tree.place(level, code));
        for word in words {
            if !self.words.contains_key(word) {
                self.words.insert(word.to_owned(), Seen::default());
            }
            let Some(seen) = self.words.get_mut(word) else { continue };
            seen.all += weight;
            self.all += weight;
            for ((place, counts), totals) in
                places.iter().zip(&mut seen.levels).zip(&mut self.totals)
            {
                let Some(place) = place else { continue };
                match counts.last_mut() {
                    Some((last, count)) if last == place => *count += weight,
                    _ => counts.push((*place, weight)),
                }
                if let Some(total) = totals.get_mut(*place) {
                    *total += weight;
                }
            }
        }
    }

    /// Whether a word was ever seen.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Adds to each subheading how much likelier the words are there than anywhere, as a logarithm.
    pub(crate) fn add(&self, tree: &Tree, words: &[String], out: &mut [f64]) {
        for word in words {
            let Some(seen) = self.words.get(word) else { continue };
            let common = seen.all / self.all;
            let [t6, t4, t2] = &self.totals;
            let [six, four, two] = [0, 1, 2].map(|level: usize| {
                let mut counts = vec![0.0; self.totals.get(level).map_or(0, Vec::len)];
                for (place, count) in seen.levels.get(level).into_iter().flatten() {
                    if let Some(n) = counts.get_mut(*place) {
                        *n += count;
                    }
                }
                counts
            });
            let at = |counts: &[f64], n: usize| counts.get(n).copied().unwrap_or(0.0);
            let smooth =
                |count: f64, above: f64, by: f64, total: f64| (count + by * above) / (total + by);
            let chapters: Vec<f64> = t2
                .iter()
                .enumerate()
                .map(|(n, total)| smooth(at(&two, n), common, ABOVE[2], *total))
                .collect();
            let headings: Vec<f64> = t4
                .iter()
                .zip(&tree.up_again)
                .enumerate()
                .map(|(n, (total, up))| {
                    let above = chapters.get(*up).copied().unwrap_or(common);
                    smooth(at(&four, n), above, ABOVE[1], *total)
                })
                .collect();
            // Most subheadings have not the word themselves: only their total matters then.
            for (n, ((score, total), up)) in out.iter_mut().zip(t6).zip(&tree.up).enumerate() {
                let above = headings.get(*up).copied().unwrap_or(common);
                *score += (smooth(at(&six, n), above, ABOVE[0], *total) / common).ln();
            }
        }
    }
}
