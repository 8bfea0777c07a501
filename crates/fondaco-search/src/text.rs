//! Words of a text: what is compared, never what is shown.
//!
//! Case, order, punctuation, accents and full-width forms do not matter. English and Russian words
//! are stemmed; Chinese is read two characters at a time. Grams are threes of letters within a word
//! (single characters of Chinese), so that a cut-off or misspelt word still meets its like.

use std::collections::{BTreeSet, HashMap};

use fondaco::finding::Language;
use tantivy::tokenizer::{
    Language as Tongue, RawTokenizer, Stemmer, TextAnalyzer, TokenStream as _,
};

/// Words that say nothing of goods.
const STOP: &[&str] = &[
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "by",
    "for",
    "from",
    "in",
    "into",
    "is",
    "it",
    "not",
    "of",
    "on",
    "or",
    "other",
    "than",
    "that",
    "the",
    "their",
    "these",
    "this",
    "to",
    "was",
    "will",
    "with",
    "without",
    "whether",
    "having",
    "including",
    "excluding",
    "ie",
    "eg",
    "etc",
    "но",
    "и",
    "или",
    "в",
    "на",
    "с",
    "из",
    "для",
    "по",
    "от",
    "не",
    "прочие",
    "прочее",
    "прочий",
    "прочая",
    "прочих",
    "к",
    "до",
    "их",
    "кроме",
    "а",
    "также",
    "аналогичные",
];

/// Words of a text, each once, in order of the alphabet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Stems of Latin words.
    pub(crate) en: Vec<String>,
    /// Pairs of Chinese characters.
    pub(crate) zh: Vec<String>,
    /// Stems of Cyrillic words.
    pub(crate) ru: Vec<String>,
    /// Threes of letters.
    pub(crate) grams: Vec<String>,
    /// How many of the parts were figures.
    pub(crate) figures: usize,
    /// How many parts there were.
    pub(crate) parts: usize,
}

impl Words {
    /// Words in one language.
    #[must_use]
    pub(crate) fn of(&self, language: Language) -> &[String] {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
            Language::Ru => &self.ru,
        }
    }

    /// Whether there is no word at all.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.is_empty() && self.ru.is_empty()
    }
}

/// Which script a character belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Han,
    Figure,
    None,
}

fn script(c: char) -> Script {
    match c {
        'a'..='z' => Script::Latin,
        'а'..='я' => Script::Cyrillic,
        '\u{3400}'..='\u{9fff}' => Script::Han,
        '0'..='9' => Script::Figure,
        _ => Script::None,
    }
}

/// Lower case, without accents, full width made half.
fn plain(text: &str) -> String {
    let text = text.replace("&amp;", " ").replace("&quot;", " ").replace("&#39;", "'");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(' ')
            }
            other => other,
        };
        for c in c.to_lowercase() {
            out.push(match c {
                'à'..='å' => 'a',
                'è'..='ë' => 'e',
                'ì'..='ï' => 'i',
                'ò'..='ö' | 'ø' => 'o',
                'ù'..='ü' => 'u',
                'ç' => 'c',
                'ñ' => 'n',
                'ё' => 'е',
                '\u{2019}' => '\'',
                other => other,
            });
        }
    }
    // The owner's s is no part of a word.
    out.replace("'s ", " ").trim_end_matches("'s").to_owned()
}

/// Reads words out of texts.
#[derive(Clone)]
pub(crate) struct Reader {
    en: TextAnalyzer,
    ru: TextAnalyzer,
    /// Words met before, with their stems; of words that say nothing, none.
    stems: HashMap<String, Option<String>>,
}

impl Reader {
    pub(crate) fn new() -> Self {
        let stemmer = |tongue| {
            TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(tongue)).build()
        };
        Self { en: stemmer(Tongue::English), ru: stemmer(Tongue::Russian), stems: HashMap::new() }
    }

    /// The same without what it remembers.
    pub(crate) fn fresh(self) -> Self {
        Self { stems: HashMap::new(), ..self }
    }

    /// The stem; none of a word that says nothing of goods.
    fn stem(&mut self, word: &str, latin: bool) -> Option<String> {
        if let Some(stem) = self.stems.get(word) {
            return stem.clone();
        }
        let stem = (!STOP.contains(&word)).then(|| {
            let analyzer = if latin { &mut self.en } else { &mut self.ru };
            let mut stream = analyzer.token_stream(word);
            stream.next().map_or_else(|| word.to_owned(), |token| token.text.clone())
        });
        self.stems.insert(word.to_owned(), stem.clone());
        stem
    }

    /// The words of a text.
    pub(crate) fn read(&mut self, text: &str) -> Words {
        self.parted(text, true)
    }

    /// The words of a text, without threes of letters, which names have no use for.
    pub(crate) fn read_words(&mut self, text: &str) -> Words {
        self.parted(text, false)
    }

    fn parted(&mut self, text: &str, with_grams: bool) -> Words {
        let text: Vec<char> = plain(text).chars().collect();
        let (mut en, mut zh, mut ru, mut grams) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut figures, mut parts) = (0, 0);
        for run in text.chunk_by(|a, b| script(*a) == script(*b)) {
            let Some(kind) = run.first().map(|c| script(*c)) else { continue };
            let word: String = run.iter().collect();
            match kind {
                Script::None => continue,
                Script::Figure => figures += 1,
                Script::Han => {
                    if run.len() == 1 {
                        zh.insert(word);
                    } else {
                        zh.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
                    }
                    if with_grams {
                        grams.extend(run.iter().map(char::to_string));
                    }
                }
                Script::Latin | Script::Cyrillic => {
                    parts += 1;
                    if run.len() < 2 {
                        continue;
                    }
                    let Some(stem) = self.stem(&word, kind == Script::Latin) else { continue };
                    if with_grams {
                        let edged: Vec<char> =
                            std::iter::once('^').chain(run.iter().copied()).chain(['$']).collect();
                        let threes = edged.windows(3);
                        grams.extend(threes.map(|three| three.iter().collect::<String>()));
                    }
                    (if kind == Script::Latin { &mut en } else { &mut ru }).insert(stem);
                    continue;
                }
            }
            parts += 1;
        }
        let listed = |set: BTreeSet<String>| set.into_iter().collect();
        Words {
            en: listed(en),
            zh: listed(zh),
            ru: listed(ru),
            grams: listed(grams),
            figures,
            parts,
        }
    }
}
