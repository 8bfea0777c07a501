//! The WCO Data Model as a table: which element may stand where, how often, holding what.
//!
//! The table is data (`data/model/declaration.txt`); this module reads it and checks single values
//! against it. Codecs walk it, so that a format never carries a schema of its own.

use std::fmt;

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// An identifier: any text, white space kept.
    Id,
    /// A code: white space collapsed.
    Code,
    /// Free text, white space kept.
    Text,
    /// A decimal with `currencyID`.
    Amount,
    /// A decimal with `unitCode`.
    Measure,
    /// A decimal with `unitCode`.
    Quantity,
    /// A decimal.
    Numeric,
    /// `YYYYMMDD` or `YYYYMMDDhhmmss` and a zone, with `formatCode` 102 or 304.
    DateTime,
}

impl Base {
    /// The attributes such a value may carry; the first is the one it is read with.
    #[must_use]
    pub fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::Id => &[
                "schemeID",
                "schemeName",
                "schemeAgencyID",
                "schemeAgencyName",
                "schemeVersionID",
                "schemeDataURI",
                "schemeURI",
            ],
            Self::Code => &[
                "listID",
                "listAgencyID",
                "listAgencyName",
                "listName",
                "listVersionID",
                "name",
                "languageID",
                "listURI",
                "listSchemeURI",
            ],
            Self::Text => &["languageID"],
            Self::Amount => &["currencyID"],
            Self::Measure | Self::Quantity => &["unitCode"],
            Self::Numeric => &[],
            Self::DateTime => &["formatCode"],
        }
    }

    /// Whether the value is a decimal.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Amount | Self::Measure | Self::Quantity | Self::Numeric)
    }
}

/// Which characters a value may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Any, blank allowed.
    Any,
    /// Any on one line, but not blank.
    NotBlank,
    /// Latin letters.
    Letters,
    /// Digits.
    Digits,
}

/// The rules for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is made of.
    pub base: Base,
    /// Most characters.
    pub max: Option<u16>,
    /// Exact number of characters.
    pub len: Option<u16>,
    /// Which characters.
    pub alphabet: Alphabet,
    /// Most significant digits of a decimal.
    pub digits: Option<u16>,
    /// Most digits after the point.
    pub fraction: Option<u16>,
    /// The only values allowed, where listed.
    pub one_of: Vec<String>,
}

/// How a value breaks its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// Nothing but white space, or a line break within.
    Blank,
    /// More characters than this.
    TooLong(u16),
    /// Not exactly this many characters.
    Length(u16),
    /// Something else than Latin letters.
    NotLetters,
    /// Something else than digits.
    NotDigits,
    /// Not a plain decimal.
    NotANumber,
    /// More significant digits than this.
    Digits(u16),
    /// More digits after the point than this.
    Fraction(u16),
    /// Not one of the listed values.
    NotListed,
    /// Not a date or date and time.
    NotADateTime,
}

/// White space as XML counts it.
#[must_use]
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The text without XML white space around it.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

impl Value {
    /// Checks one value as it stands on the wire.
    ///
    /// # Errors
    /// The first [`Breach`].
    pub fn check(&self, raw: &str) -> Result<(), Breach> {
        let text = match self.base {
            Base::Id | Base::Text | Base::DateTime => raw,
            Base::Code | Base::Amount | Base::Measure | Base::Quantity | Base::Numeric => trim(raw),
        };
        if self.base.is_number() {
            return self.check_number(text);
        }
        if self.base == Base::DateTime && !is_date_time(text) {
            return Err(Breach::NotADateTime);
        }
        if self.max.is_some() || self.len.is_some() {
            let chars = if text.is_ascii() && self.base != Base::Code {
                text.len()
            } else if self.base == Base::Code {
                collapsed_len(text)
            } else {
                text.chars().count()
            };
            if let Some(max) = self.max
                && chars > usize::from(max)
            {
                return Err(Breach::TooLong(max));
            }
            if let Some(len) = self.len
                && chars != usize::from(len)
            {
                return Err(Breach::Length(len));
            }
        }
        match self.alphabet {
            Alphabet::Any => {}
            Alphabet::NotBlank => {
                // One line of its pattern language: a line break anywhere is no match.
                let broken =
                    self.base != Base::Code && text.bytes().any(|b| b == b'\n' || b == b'\r');
                if broken || text.bytes().all(is_space) {
                    return Err(Breach::Blank);
                }
            }
            Alphabet::Letters => {
                if !text.bytes().all(|b| b.is_ascii_alphabetic()) {
                    return Err(Breach::NotLetters);
                }
            }
            Alphabet::Digits => {
                if !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(Breach::NotDigits);
                }
            }
        }
        if !self.one_of.is_empty() && !self.one_of.iter().any(|one| one == text) {
            return Err(Breach::NotListed);
        }
        Ok(())
    }

    fn check_number(&self, text: &str) -> Result<(), Breach> {
        let body = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let digits_only = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty())
            || !digits_only(whole)
            || !digits_only(fraction)
        {
            return Err(Breach::NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        if let Some(max) = self.fraction
            && fraction.len() > usize::from(max)
        {
            return Err(Breach::Fraction(max));
        }
        if let Some(max) = self.digits {
            let whole = whole.trim_start_matches('0');
            if whole.len() + fraction.len() > usize::from(max) {
                return Err(Breach::Digits(max));
            }
        }
        Ok(())
    }
}

/// Characters after runs of white space become one.
fn collapsed_len(text: &str) -> usize {
    let mut chars = 0usize;
    let mut space = false;
    for c in text.chars() {
        let is = matches!(c, ' ' | '\t' | '\n' | '\r');
        if !(is && space) {
            chars += 1;
        }
        space = is;
    }
    chars
}

/// `20YYMMDD`, or that with `hhmmss` and `Z` or an hour's offset. Whether the calendar has such a
/// day is asked at admission.
fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |part: Option<&[u8]>| part.is_some_and(|p| p.iter().all(u8::is_ascii_digit));
    let zone_ok = match bytes.len() {
        8 => true,
        15 => bytes.last() == Some(&b'Z') && digits(bytes.get(8..14)),
        17 => {
            matches!(bytes.get(14), Some(b'+' | b'-'))
                && digits(bytes.get(8..14))
                && digits(bytes.get(15..))
        }
        _ => false,
    };
    zone_ok && bytes.starts_with(b"20") && digits(bytes.get(..8))
}

/// A place in the model, by its index in [`Model::elements`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub u16);

/// An element of the model at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// WCO name, as on the wire.
    pub name: String,
    /// WCO class id (`68A`) or data element id (`145`); `-` where the model has none.
    pub wco: String,
    /// Fewest.
    pub min: u16,
    /// Most; `u16::MAX` is any number.
    pub max: u16,
    /// The rules of its value; `None` for a class.
    pub value: Option<Value>,
    /// The class it stands in; the root stands in itself.
    pub parent: ElementId,
    /// Its children, in the order of the wire.
    pub children: Vec<ElementId>,
    /// The children's names as [`key`]s, so that one is found without looking at all of them.
    keys: Vec<u64>,
}

/// Length, first and last bytes of a name in one word: unlike names seldom share it.
fn key(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let take = |all: &mut dyn Iterator<Item = &u8>| {
        all.fold(0u64, |word, byte| (word << 8) | u64::from(*byte))
    };
    let head = take(&mut bytes.iter().take(3));
    let tail = take(&mut bytes.iter().rev().take(4));
    ((bytes.len() as u64) << 56) | (head << 32) | tail
}

impl Element {
    /// Whether it may stand more than once.
    #[must_use]
    pub fn repeats(&self) -> bool {
        self.max > 1
    }
}

/// The table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    elements: Vec<Element>,
}

/// The model file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAModel {
    /// The line, from 1.
    pub line: usize,
    /// What was wanted there.
    pub wanted: &'static str,
}

impl std::error::Error for NotAModel {}

impl fmt::Display for NotAModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model, line {}: want {}", self.line, self.wanted)
    }
}

impl Model {
    /// Reads the table from its text.
    ///
    /// # Errors
    /// [`NotAModel`] with the first bad line.
    pub fn parse(text: &str) -> Result<Self, NotAModel> {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<ElementId> = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let bad = |wanted| NotAModel { line: n + 1, wanted };
            let body = line.trim_start();
            if body.is_empty() || body.starts_with('#') {
                continue;
            }
            let depth = (line.len() - body.len()) / 2;
            if depth > open.len() || (depth == 0 && !elements.is_empty()) {
                return Err(bad("one level deeper at most, and one root"));
            }
            open.truncate(depth);
            let mut words = body.split_whitespace();
            let (Some(name), Some(wco), Some(min), Some(max)) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                return Err(bad("name, id, fewest, most"));
            };
            let id = ElementId(u16::try_from(elements.len()).map_err(|_| bad("fewer elements"))?);
            let parent = open.last().copied().unwrap_or(id);
            elements.push(Element {
                name: name.to_owned(),
                wco: wco.to_owned(),
                min: min.parse().map_err(|_| bad("a number"))?,
                max: match max {
                    "*" => u16::MAX,
                    number => number.parse().map_err(|_| bad("a number or *"))?,
                },
                value: match words.next() {
                    None => None,
                    Some(base) => Some(parse_value(base, words).ok_or_else(|| bad("facets"))?),
                },
                parent,
                children: Vec::new(),
                keys: Vec::new(),
            });
            if parent != id
                && let Some(element) = elements.get_mut(usize::from(parent.0))
            {
                element.children.push(id);
                element.keys.push(key(name));
            }
            open.push(id);
        }
        if elements.is_empty() {
            return Err(NotAModel { line: 0, wanted: "an element" });
        }
        Ok(Self { elements })
    }

    /// The root class, `Declaration`.
    #[must_use]
    pub fn root(&self) -> ElementId {
        ElementId(0)
    }

    /// All elements, in document order.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The element.
    ///
    /// An id of another model may name another element; there is one model in the house.
    #[must_use]
    #[allow(clippy::missing_panics_doc)]
    pub fn element(&self, id: ElementId) -> &Element {
        &self.elements[usize::from(id.0)]
    }

    /// The child with this name, and its position among the children. `hint` is where to look
    /// first: messages come in the order of the model.
    #[must_use]
    pub fn child(&self, parent: ElementId, name: &str, hint: usize) -> Option<(usize, ElementId)> {
        let element = self.element(parent);
        let wanted = key(name);
        let find = |range: std::ops::Range<usize>| {
            let keys = element.keys.get(range.clone())?;
            let at = keys.iter().position(|k| *k == wanted)? + range.start;
            let id = *element.children.get(at)?;
            (self.element(id).name == name).then_some((at, id))
        };
        find(hint..element.keys.len()).or_else(|| find(0..hint.min(element.keys.len()))).or_else(
            // Two names of one class that share a key: looked at one by one.
            || {
                let all = element.children.iter().enumerate();
                all.map(|(n, id)| (n, *id)).find(|(_, id)| self.element(*id).name == name)
            },
        )
    }

    /// The element at this path below the root, such as `GoodsShipment/Importer/ID`.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<ElementId> {
        path.split('/')
            .try_fold(self.root(), |parent, name| self.child(parent, name, 0).map(|(_, id)| id))
    }
}

fn parse_value<'a>(base: &str, facets: impl Iterator<Item = &'a str>) -> Option<Value> {
    let base = match base {
        "id" => Base::Id,
        "code" => Base::Code,
        "text" => Base::Text,
        "amount" => Base::Amount,
        "measure" => Base::Measure,
        "quantity" => Base::Quantity,
        "plain-numeric" => Base::Numeric,
        "datetime" => Base::DateTime,
        _ => return None,
    };
    let mut value = Value {
        base,
        max: None,
        len: None,
        alphabet: Alphabet::Any,
        digits: None,
        fraction: None,
        one_of: Vec::new(),
    };
    for facet in facets {
        match facet.split_once('=') {
            Some(("max", n)) => value.max = Some(n.parse().ok()?),
            Some(("len", n)) => value.len = Some(n.parse().ok()?),
            Some(("digits", n)) => value.digits = Some(n.parse().ok()?),
            Some(("fraction", n)) => value.fraction = Some(n.parse().ok()?),
            Some(("one", all)) => value.one_of = all.split(',').map(str::to_owned).collect(),
            None if facet == "nonblank" => value.alphabet = Alphabet::NotBlank,
            None if facet == "alpha" => value.alphabet = Alphabet::Letters,
            None if facet == "numeric" => value.alphabet = Alphabet::Digits,
            _ => return None,
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, raw: &str, wanted: Result<(), Breach>) {
        let mut words = rules.split(' ');
        let value = parse_value(words.next().unwrap_or(""), words);
        assert_eq!(value.map(|v| v.check(raw)), Some(wanted), "{rules} <- {raw:?}");
    }

    #[test]
    fn values_keep_their_rules() {
        check("id max=3 nonblank", "a b", Ok(()));
        check("id max=3 nonblank", "abcd", Err(Breach::TooLong(3)));
        check("id max=3 nonblank", " ", Err(Breach::Blank));
        check("id max=9 nonblank", "a\nb", Err(Breach::Blank));
        check("text max=3 nonblank", "木材料", Ok(()));
        check("code max=3 nonblank", "  abc \n", Ok(()));
        check("code len=2 alpha", "GB", Ok(()));
        check("code len=2 alpha", "GBR", Err(Breach::Length(2)));
        check("code len=2 alpha", "G1", Err(Breach::NotLetters));
        check("code max=2 numeric one=9,13", "13", Ok(()));
        check("code max=2 numeric one=9,13", "5", Err(Breach::NotListed));
        check("amount digits=16 fraction=3", "1000.000", Ok(()));
        check("amount digits=16 fraction=3", "1000.0001", Err(Breach::Fraction(3)));
        check("amount digits=5 fraction=3", "001000.5", Ok(()));
        check("amount digits=5 fraction=3", "1000.55", Err(Breach::Digits(5)));
        check("amount digits=5", "1,000", Err(Breach::NotANumber));
        check("amount digits=5", "", Err(Breach::NotANumber));
        check("amount digits=5", "1e3", Err(Breach::NotANumber));
        check("datetime max=35", "20260228112200+01", Ok(()));
        check("datetime max=35", "20260228112200Z", Ok(()));
        check("datetime max=35", "20260228", Ok(()));
        check("datetime max=35", "19990228", Err(Breach::NotADateTime));
        check("datetime max=35", "20260228112200", Err(Breach::NotADateTime));
        check("datetime max=35", "2026-02-28", Err(Breach::NotADateTime));
    }

    #[test]
    fn a_model_is_read_by_its_indentation() {
        let model = Model::parse("A 1A 1 1\n  B 2 0 1 id max=3\n  C 3C 0 *\n    D 4 1 1 code\n");
        let at = |path| model.as_ref().ok().and_then(|m| m.at(path));
        assert_eq!(at("C/D"), Some(ElementId(3)));
        assert_eq!(at("D"), None);
        assert!(Model::parse("A 1A 1 1\n      B 2 0 1").is_err());
        assert!(Model::parse("A 1A 1 1\n  B 2 0 1 wrong").is_err());
        assert!(Model::parse("").is_err());
    }
}
