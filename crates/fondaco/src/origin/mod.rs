//! Where goods come from by the law of a preference: schemes, their product-specific rules, and what
//! a rule asks of how goods were made.
//!
//! A [`Scheme`] is an agreement or a unilateral preference: who may claim under it, by which proof,
//! and whose materials count as its own. A [`RuleSet`] is what it asks of goods of a range of codes,
//! kept as published beside the tree it was read into ([`test::Test`]). [`judge::judge`] holds a rule
//! against one production and answers in three values.
//!
//! Holds always:
//! - a text that could not be read is shown and asked about: it never says yes and never no;
//! - what the maker did not state is not taken for nothing;
//! - a tolerance the data does not state is not given;
//! - nothing here knows a country or a scheme.

pub mod judge;
pub mod test;
mod verdict;

use std::collections::BTreeMap;

use crate::day::{Day, Validity};
use crate::money::Decimal;
use crate::token::Token;

pub use judge::{Material, Outcome, Production, Verdict, judge};
pub use test::Test;

/// A way of proving origin that a scheme accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its class, which the pack knows the document codes of.
    pub class: Token,
    /// As published.
    pub summary: String,
}

/// Countries whose materials count as the maker's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cumulation {
    /// As published: `bilateral`, `diagonal`, `extended`, `full`.
    pub method: Token,
    /// The countries.
    pub countries: Vec<Token>,
}

impl Cumulation {
    /// The method under which work done in another country counts too, not only its own goods.
    pub const FULL: &'static str = "full";
}

/// How much of a scheme's materials may fail a change of classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Per cent of the price of the product.
    pub percent: Decimal,
}

/// An agreement, or a preference given by one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Its id in the pack.
    pub id: String,
    /// Into which territory it is claimed: a word of the pack's own.
    pub scope: Token,
    /// As published.
    pub title: String,
    /// Whether one side gives it and no agreement was made.
    pub unilateral: bool,
    /// When in force.
    pub validity: Validity,
    /// The act its rules stand in: an id of the law.
    pub basis: String,
    /// Proofs it accepts; none where the data does not say.
    pub proofs: Vec<Proof>,
    /// Whose materials count.
    pub cumulation: Vec<Cumulation>,
    /// Whose goods may claim under it.
    pub countries: Vec<Token>,
    /// Materials that may fail a change of classification; `None` where the data states none.
    pub tolerance: Option<Tolerance>,
    /// A remark, as published.
    pub note: String,
}

impl Scheme {
    /// Whether goods of the country may claim under it on the day.
    #[must_use]
    pub fn is_for(&self, country: &str, day: Day) -> bool {
        self.validity.covers(day) && self.countries.iter().any(|c| c == country)
    }
}

/// How the rules of one set go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// One rule, or any of several.
    #[default]
    Any,
    /// The source does not say: only what all of them say is certain.
    Unsaid,
}

/// One rule of a set: an alternative, as published and as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginRule<'a> {
    /// As published.
    pub text: &'a str,
    /// In the notation of [`Test`].
    pub notation: &'a str,
    /// Its classes, as published.
    pub classes: &'a str,
    /// Keys of the notes that bear on it, with `|` between them.
    pub notes: &'a str,
    /// Whether it is for goods brought in under the scheme.
    pub import: bool,
    /// Whether it is for goods brought out.
    pub export: bool,
    /// Whether it holds within a quota only.
    pub quota: bool,
}

impl OriginRule<'_> {
    /// The rule as read; what cannot be read is to be asked.
    #[must_use]
    pub fn test(&self) -> Test {
        self.notation.parse().unwrap_or_else(|_| Test::Ask(self.text.to_owned()))
    }
}

/// What a scheme asks of goods of a range of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSet<'a> {
    /// The scheme.
    pub scheme: &'a str,
    /// The heading, as published.
    pub heading: &'a str,
    /// Which goods of the codes, as published; empty where all.
    pub goods: &'a str,
    /// First code, ten digits.
    pub from: u64,
    /// Last code, ten digits.
    pub until: u64,
    /// How its rules go together.
    pub join: Join,
    table: &'a Rules,
    first: u32,
    count: u32,
}

impl<'a> RuleSet<'a> {
    /// Its rules, in the order of the source.
    pub fn rules(&self) -> impl Iterator<Item = OriginRule<'a>> + use<'a> {
        let (table, first) = (self.table, self.first as usize);
        let rows = table.rules.get(first..).unwrap_or_default();
        rows.iter().take(self.count as usize).map(|row| OriginRule {
            text: table.text(row.text),
            notation: table.text(row.notation),
            classes: table.text(row.classes),
            notes: table.text(row.notes),
            import: row.flags & 1 != 0,
            export: row.flags & 2 != 0,
            quota: row.flags & 4 != 0,
        })
    }
}

/// A set as it is kept: places of texts and of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetRow {
    /// The scheme, by its place among [`Rules::schemes`].
    pub scheme: u32,
    /// First code, ten digits.
    pub from: u64,
    /// Last code, ten digits.
    pub until: u64,
    /// Text of the heading.
    pub heading: u32,
    /// Text of the goods.
    pub goods: u32,
    /// How its rules go together: 0 any, 1 not said.
    pub join: u8,
    /// Its first rule.
    pub first: u32,
    /// How many rules.
    pub count: u32,
}

/// A rule as it is kept: places of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleRow {
    /// As published.
    pub text: u32,
    /// In the notation.
    pub notation: u32,
    /// Classes.
    pub classes: u32,
    /// Notes.
    pub notes: u32,
    /// 1 import, 2 export, 4 quota.
    pub flags: u8,
}

/// All rules of all schemes: texts shared, sets by scheme and code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Ids of the schemes.
    pub schemes: Vec<String>,
    /// Every text, one after another.
    pub texts: String,
    /// Where each text ends.
    pub ends: Vec<u32>,
    /// The sets, by scheme and first code.
    pub sets: Vec<SetRow>,
    /// The rules.
    pub rules: Vec<RuleRow>,
}

impl Rules {
    fn text(&self, place: u32) -> &str {
        let place = place as usize;
        let end = self.ends.get(place).copied().unwrap_or_default() as usize;
        let before = place.checked_sub(1).and_then(|before| self.ends.get(before));
        self.texts.get(before.copied().unwrap_or_default() as usize..end).unwrap_or_default()
    }

    /// Every set.
    pub fn all(&self) -> impl Iterator<Item = RuleSet<'_>> {
        self.sets.iter().map(|row| self.set(row))
    }

    fn set(&self, row: &SetRow) -> RuleSet<'_> {
        RuleSet {
            scheme: self.schemes.get(row.scheme as usize).map(String::as_str).unwrap_or_default(),
            heading: self.text(row.heading),
            goods: self.text(row.goods),
            from: row.from,
            until: row.until,
            join: if row.join == 0 { Join::Any } else { Join::Unsaid },
            table: self,
            first: row.first,
            count: row.count,
        }
    }

    /// The sets of a scheme that bear on goods of this code or of its beginning, in the order of
    /// codes.
    pub fn of<'a>(&'a self, scheme: &str, code: &str) -> impl Iterator<Item = RuleSet<'a>> {
        let place = self.schemes.iter().position(|s| s == scheme);
        let place = place.and_then(|p| u32::try_from(p).ok());
        let span = span(code);
        let sets = place.zip(span).map(|(place, (from, until))| {
            let first = self.sets.partition_point(|s| s.scheme < place);
            let of_scheme = self.sets.get(first..).unwrap_or_default().iter();
            of_scheme
                .take_while(move |s| s.scheme == place)
                .filter(move |s| s.from <= until && from <= s.until)
        });
        sets.into_iter().flatten().map(|row| self.set(row))
    }
}

/// The first and the last code of ten digits that begin so.
fn span(code: &str) -> Option<(u64, u64)> {
    let digits: String = code.chars().take(10).collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let from = format!("{digits:0<10}").parse().ok()?;
    let until = format!("{digits:9<10}").parse().ok()?;
    Some((from, until))
}

/// Documents of the pack that show a class of proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofDocument {
    /// The class.
    pub class: Token,
    /// Only under this scheme; empty for any.
    pub scheme: String,
    /// Document codes.
    pub documents: Vec<Token>,
    /// The act.
    pub basis: String,
}

/// What a regime claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The regime, or the beginning of one with `*` behind it.
    pub regime: Token,
    /// Whether it is of a preference given by one side.
    pub unilateral: bool,
    /// The territory it is claimed into.
    pub scope: Token,
    /// Only where this holds.
    pub when: crate::condition::Condition,
    /// The act.
    pub basis: String,
}

impl Claim {
    /// Whether stating the regime is this claim.
    #[must_use]
    pub fn is_by(&self, regime: &str) -> bool {
        match self.regime.strip_suffix('*') {
            Some(start) => regime.starts_with(start),
            None => self.regime == regime,
        }
    }
}

/// Everything a pack says of origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// The schemes, in the order of the pack.
    pub schemes: Vec<Scheme>,
    /// Their rules.
    pub rules: Rules,
    /// Which documents show which class of proof.
    pub documents: Vec<ProofDocument>,
    /// Which regimes claim origin.
    pub claims: Vec<Claim>,
    /// Notes that rules name, as published, by key.
    pub notes: BTreeMap<String, String>,
}

impl Origins {
    /// Schemes under which goods of the country may claim on the day.
    pub fn of<'a>(&'a self, country: &'a str, day: Day) -> impl Iterator<Item = &'a Scheme> {
        self.schemes.iter().filter(move |s| s.is_for(country, day))
    }

    /// The scheme with this id.
    #[must_use]
    pub fn scheme(&self, id: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|s| s.id == id)
    }

    /// Codes of documents any of which proves origin under the scheme, each once.
    #[must_use]
    pub fn proofs_of(&self, scheme: &Scheme) -> Vec<Token> {
        let mut codes = Vec::new();
        for proof in &scheme.proofs {
            for code in self.documents_of(scheme, &proof.class) {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        codes
    }

    /// Codes of documents that show a class of proof under a scheme: those named for the scheme, or
    /// else those for any.
    #[must_use]
    pub fn documents_of(&self, scheme: &Scheme, class: &Token) -> Vec<Token> {
        let of = |wanted: &str| -> Vec<Token> {
            let rows = self.documents.iter().filter(|d| d.class == *class && d.scheme == wanted);
            rows.flat_map(|d| d.documents.iter().copied()).collect()
        };
        let own = of(&scheme.id);
        if own.is_empty() { of("") } else { own }
    }
}
