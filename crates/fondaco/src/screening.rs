//! Names against lists: exact and normalised, with what matched.
//!
//! Holds always: with no list loaded nobody is clear; every party is [`Screening::Unknown`].

use crate::declaration::Party;
use crate::reference::{ListedName, Names};

/// What came of one party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screening {
    /// Not on the lists that were loaded.
    Clear,
    /// A name on a list is the same after normalisation.
    Named(Vec<ListedName>),
    /// Could not be checked.
    Unknown(NotChecked),
}

/// Why a party could not be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// No list is loaded.
    NoList,
    /// Only a number is given, no name.
    NoName,
}

impl NotChecked {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoList => "no list loaded",
            Self::NoName => "no name given",
        }
    }
}

/// A name with case, marks, punctuation and the order of its words taken away, so that
/// `“AMUR-LES”, OOO` and `OOO Amur Les` are one.
#[must_use]
pub fn key(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'ё' => 'е',
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' => 'a',
            'è' | 'é' | 'ê' | 'ë' | 'ē' => 'e',
            'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ō' => 'o',
            'ù' | 'ú' | 'û' | 'ü' | 'ū' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            other => other,
        };
        if c.is_alphanumeric() {
            word.push(c);
        } else if !matches!(c, '\'' | '’' | '.') && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.sort();
    words.join(" ")
}

/// Screens one party.
#[must_use]
pub fn screen(party: &Party, names: &Names) -> Screening {
    if names.loaded == 0 {
        return Screening::Unknown(NotChecked::NoList);
    }
    if party.name.trim().is_empty() {
        return Screening::Unknown(NotChecked::NoName);
    }
    match names.by_key.get(&key(&party.name)) {
        Some(hits) => Screening::Named(hits.clone()),
        None => Screening::Clear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_whatever_their_case_marks_and_order() {
        let same = |a: &str, b: &str| assert_eq!(key(a), key(b));
        same("“AMUR-LES”, OOO", "ООО Amur Les".replace('О', "O").as_str());
        same("Müller & Söhne", "SOHNE MULLER");
        same("O'Brien Ltd.", "OBrien LTD");
        same("ЁЛКА", "елка");
        same("黑河 贸易", "贸易 黑河");
        assert_ne!(key("Amur Les"), key("Amur Lest"));
    }
}
