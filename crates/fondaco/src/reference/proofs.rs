//! The proofs of origin that schemes make a claim ask for, as rows of what must be shown.

use std::collections::BTreeMap;

use super::{Profile, RequirementRule};
use crate::condition::Condition;
use crate::day::{Day, Validity};
use crate::finding::Trilingual;
use crate::measure::{Direction, Selection};
use crate::origin::{Origins, Scheme};
use crate::token::Token;

/// What has to be shown where a regime claims the origin of goods: for each country, by the schemes
/// it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs {
    /// By scope, whether one side gives the preference, and country.
    rows: BTreeMap<(Token, bool, Token), Vec<RequirementRule>>,
    /// Where the country is in no scheme.
    nowhere: Option<RequirementRule>,
}

impl Proofs {
    /// The rows that the schemes make; nothing where the pack has no schemes.
    #[must_use]
    pub fn of(origins: &Origins, profile: &Profile) -> Self {
        let mut proofs = Self::default();
        let Some(claim) = origins.claims.first().filter(|_| !origins.schemes.is_empty()) else {
            return proofs;
        };
        proofs.nowhere = Some(no_scheme(profile, &claim.basis));
        let mut members: BTreeMap<(Token, bool, Token), Vec<&Scheme>> = BTreeMap::new();
        for scheme in &origins.schemes {
            for country in &scheme.countries {
                let key = (scheme.scope, scheme.unilateral, *country);
                members.entry(key).or_default().push(scheme);
            }
        }
        for (key, schemes) in members {
            let mut turns: Vec<Option<Day>> = schemes.iter().map(|s| s.validity.from).collect();
            let after = |day: Day| Day::from_number(day.number().saturating_add(1)).ok();
            turns.extend(schemes.iter().filter_map(|s| s.validity.until).map(after));
            turns.sort_unstable();
            turns.dedup();
            for (n, from) in turns.iter().enumerate() {
                let next = turns.get(n.saturating_add(1)).copied().flatten();
                let until = next.and_then(|d| Day::from_number(d.number().saturating_sub(1)).ok());
                let holds = |s: &&&Scheme| match from {
                    Some(day) => s.validity.covers(*day),
                    None => s.validity.from.is_none(),
                };
                let held: Vec<&Scheme> = schemes.iter().filter(holds).copied().collect();
                if !held.is_empty() {
                    let validity = Validity { from: *from, until };
                    let row = proof_rule(origins, profile, &held, validity);
                    proofs.rows.entry(key).or_default().push(row);
                }
            }
        }
        proofs
    }

    /// What has to be shown where a claim is made for goods of the country on the day.
    #[must_use]
    pub fn wanted(
        &self,
        scope: Token,
        unilateral: bool,
        country: Token,
        day: Day,
    ) -> Option<&RequirementRule> {
        let rows = self.rows.get(&(scope, unilateral, country));
        let row = rows.into_iter().flatten().find(|row| row.validity.covers(day));
        row.or(self.nowhere.as_ref())
    }
}

fn proof_row(profile: &Profile, id: String, text: Trilingual, basis: String) -> RequirementRule {
    RequirementRule {
        id,
        kind: Token::lossy("certificate"),
        agency: Trilingual {
            en: format!("Customs, {}", profile.name.en),
            zh: format!("{}海关", profile.name.zh),
            ru: format!("Таможенные органы, {}", profile.name.ru),
        },
        codes: Vec::new(),
        direction: Some(Direction::Import),
        origin: Selection::default(),
        when: Condition::ALWAYS,
        documents: Vec::new(),
        text,
        basis,
        write_off: Token::EMPTY,
        days: None,
        cost: String::new(),
        without: None,
        illustrative: false,
        decides: None,
        validity: Validity::ALWAYS,
    }
}

/// Any proof that any of the schemes accepts. Where one of them names no proof the pack has documents
/// for, no document is named: who decides has to be asked.
fn proof_rule(
    origins: &Origins,
    profile: &Profile,
    schemes: &[&Scheme],
    validity: Validity,
) -> RequirementRule {
    let mut documents: Vec<Token> = Vec::new();
    let mut told = true;
    for scheme in schemes {
        let of = origins.proofs_of(scheme);
        told &= !of.is_empty();
        documents.extend(of);
    }
    let mut once: Vec<Token> = Vec::new();
    for code in documents {
        if told && !once.contains(&code) {
            once.push(code);
        }
    }
    let ids: Vec<&str> = schemes.iter().map(|s| s.id.as_str()).collect();
    let titles: Vec<&str> = schemes.iter().map(|s| s.title.as_str()).collect();
    let titles = titles.join("; ");
    let text = Trilingual {
        en: format!("Proof of origin for the preference claimed: {titles}"),
        zh: format!("所申报优惠的原产地证明：{titles}"),
        ru: format!("Подтверждение происхождения для заявленной преференции: {titles}"),
    };
    let basis = schemes.first().map(|s| s.basis.clone()).unwrap_or_default();
    let row = proof_row(profile, format!("origin-proof-{}", ids.join("-")), text, basis);
    RequirementRule { documents: once, validity, ..row }
}

fn no_scheme(profile: &Profile, basis: &str) -> RequirementRule {
    let text = Trilingual {
        en: "A preference is claimed for goods of a country that is in no scheme held: ask by which proof, if any".into(),
        zh: "对所存任何优惠安排均未列入的国家的货物申报了优惠：须询问以何种证明（如有）".into(),
        ru: "Преференция заявлена для товара страны, которой нет ни в одной известной схеме: спросите, каким подтверждением и есть ли оно".into(),
    };
    proof_row(profile, "origin-no-scheme".into(), text, basis.to_owned())
}
