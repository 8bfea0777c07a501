//! Names against lists: exact and normalised, with what matched.
//!
//! Holds always: with no list loaded but illustrative ones nobody is clear: a party is on one of those, or
//! [`Screening::Unknown`]. Nor is anybody clear of whose name nothing is left to compare.

use crate::declaration::Party;
use crate::finding::Trilingual;
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
    /// No list is loaded that is not illustrative.
    NoList,
    /// Only a number is given, no name.
    NoName,
    /// The name has neither letters nor digits: nothing is left of it to compare.
    NoLetters,
}

impl NotChecked {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoList => "no list loaded",
            Self::NoName => "no name given",
            Self::NoLetters => "no letters in the name",
        }
    }

    /// Why this party could not be screened, where somebody has to look; `None` where not: a party known by
    /// its number only is checked by the register it is numbered in, not by name. Of lists that lack it is the
    /// same of every party.
    #[must_use]
    pub fn text(self, party: &str) -> Option<Trilingual> {
        let said = |en: &str, zh: &str, ru: &str| Trilingual {
            en: format!("{party} could not be screened: {en}"),
            zh: format!("无法筛查 {party}：{zh}"),
            ru: format!("{party}: проверка невозможна, {ru}"),
        };
        match self {
            Self::NoList => Some(Trilingual {
                en: "Nobody could be screened: no list is loaded".to_owned(),
                zh: "无法筛查任何一方：未加载名单".to_owned(),
                ru: "Никого не удалось проверить: список не загружен".to_owned(),
            }),
            Self::NoLetters => Some(said(
                "the name has no letters to compare",
                "名称中没有可供比对的文字",
                "в названии нет букв для сравнения",
            )),
            Self::NoName => None,
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
    let key = key(&party.name);
    // An illustrative list has names to find; that a name is not on it says nothing.
    if let Some(hits) = names.by_key.get(&key) {
        return Screening::Named(hits.clone());
    }
    let why = match (names.loaded, party.name.trim(), &*key) {
        (0, ..) => NotChecked::NoList,
        (_, "", _) => NotChecked::NoName,
        (_, _, "") => NotChecked::NoLetters,
        _ => return Screening::Clear,
    };
    Screening::Unknown(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::NodeId;
    use crate::token::Token;

    #[test]
    fn nobody_is_clear_who_could_not_be_checked() {
        use NotChecked::{NoLetters, NoList, NoName};
        let hit =
            ListedName { id: "1".into(), name: "Karst & Velloni".into(), list: "a list".into() };
        let check = |loaded: usize, name: &str, wanted: Screening| {
            let by_key = [(key(&hit.name), vec![hit.clone()])].into_iter().collect();
            let (id, country) = (String::new(), Token::EMPTY);
            let party = Party { role: "Buyer", id, name: name.into(), country, node: NodeId(0) };
            assert_eq!(screen(&party, &Names { by_key, loaded }), wanted, "{loaded} {name:?}");
        };
        let unknown = Screening::Unknown;
        check(1, "Amur Les", Screening::Clear);
        check(1, "VELLONI, Karst", Screening::Named(vec![hit.clone()]));
        check(1, " ", unknown(NoName));
        for name in ["-", "***", "«»", "'’.", "…", "&"] {
            check(1, name, unknown(NoLetters));
        }
        // Of the names loaded none is of a list that is not illustrative.
        check(0, "Amur Les", unknown(NoList));
        check(0, "***", unknown(NoList));
        check(0, "", unknown(NoList));
        check(0, "KARST Velloni", Screening::Named(vec![hit.clone()]));
    }

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
