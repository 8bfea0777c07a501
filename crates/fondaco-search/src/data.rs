//! What is searched: names of the nomenclature, words of trade, and words that say too little.

use fondaco::finding::Language;

/// A name in the nomenclature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Four or six digits.
    pub code: String,
    /// The language of the name.
    pub lang: Language,
    /// Names of the parents and its own, parted by ` > `.
    pub name: String,
    /// What stands below it.
    pub more: String,
}

/// Words of trade for goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Two, four or six digits; empty where the words say too little for any.
    pub code: String,
    /// The language.
    pub lang: Language,
    /// The words.
    pub text: String,
    /// Whence: `ours`, `reference`, `trader`, `hint` or `vague`.
    pub source: String,
}

/// All that is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The nomenclature.
    pub names: Vec<Name>,
    /// Words of trade.
    pub words: Vec<Word>,
}

/// Why data could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// A row that is none.
    #[error("row {0}: {1}")]
    Row(usize, String),
}

fn rows(csv: &[u8]) -> Result<Vec<[String; 4]>, Unread> {
    let mut reader = csv::Reader::from_reader(csv);
    let mut out = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|e| Unread::Row(row + 1, e.to_string()))?;
        let field = |n: usize| record.get(n).unwrap_or_default().to_owned();
        let code = field(0);
        if code.len() > 6 || code.chars().any(|c| !c.is_ascii_digit()) || record.len() != 4 {
            return Err(Unread::Row(row + 1, format!("no code of two to six digits: {code}")));
        }
        out.push([code, field(1), field(2), field(3)]);
    }
    Ok(out)
}

fn language(row: usize, tag: &str) -> Result<Language, Unread> {
    Language::from_tag(tag).ok_or_else(|| Unread::Row(row + 1, format!("no language: {tag}")))
}

impl Data {
    /// Reads the two files of `data/search`, unpacked.
    ///
    /// # Errors
    /// [`Unread`] with the first row that is wrong.
    pub fn read(names: &[u8], words: &[u8]) -> Result<Self, Unread> {
        let mut data = Self::default();
        for (row, [code, lang, name, more]) in rows(names)?.into_iter().enumerate() {
            data.names.push(Name { code, lang: language(row, &lang)?, name, more });
        }
        for (row, [code, lang, text, source]) in rows(words)?.into_iter().enumerate() {
            data.words.push(Word { code, lang: language(row, &lang)?, text, source });
        }
        Ok(data)
    }
}
