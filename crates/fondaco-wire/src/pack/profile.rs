//! `profile.toml`: how a jurisdiction does what all do.

use std::collections::BTreeMap;

use fondaco::day::Validity;
use fondaco::measure::Groups;
use fondaco::reference::{
    BaseTerm, ChargeRule, Choice, Exclusive, Policy, Profile, Relief, ReliefEffect, Tax, TypeRule,
};
use serde::Deserialize;

use super::source::{Reader, Texts};
use crate::wco;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileFile {
    pub(super) id: String,
    name: Texts,
    currency: String,
    country: String,
    value_rounding: String,
    code_lengths: Vec<u8>,
    #[serde(default)]
    lines_complete: bool,
    acceptance_days: Option<u16>,
    #[serde(default = "yes")]
    packages_must_add_up: bool,
    #[serde(default, rename = "type")]
    types: Vec<TypeFile>,
    #[serde(default, rename = "list")]
    lists: Vec<ListAt>,
    #[serde(default, rename = "tax")]
    taxes: Vec<TaxFile>,
    #[serde(default)]
    exclusive: Vec<ExclusiveFile>,
    #[serde(default, rename = "relief")]
    reliefs: Vec<ReliefFile>,
    #[serde(default)]
    charges: BTreeMap<String, String>,
    #[serde(default)]
    no_claim: Option<Vec<String>>,
    #[serde(default)]
    carried_out: Vec<String>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    policy: PolicyFile,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeFile {
    prefix: String,
    direction: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListAt {
    list: String,
    at: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxFile {
    #[serde(default)]
    code: String,
    /// Instead of one code several, put in the place of `{code}` in names and condition.
    #[serde(default)]
    codes: Vec<String>,
    /// What a term `family:…` of a base takes together.
    #[serde(default)]
    family: String,
    name: Texts,
    base: Vec<String>,
    rounding: String,
    #[serde(default)]
    choice: String,
    #[serde(default)]
    picks: BTreeMap<String, String>,
    #[serde(default)]
    expected: bool,
    #[serde(default)]
    preferential: bool,
    #[serde(default)]
    when: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExclusiveFile {
    prefer: Vec<String>,
    over: Vec<String>,
    when: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReliefFile {
    id: String,
    #[serde(default)]
    taxes: Vec<String>,
    effect: String,
    #[serde(default)]
    in_base: bool,
    when: String,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    yellow_from: u32,
    red_from: u32,
    random_per_10000: u32,
    basis: String,
}

impl TaxFile {
    /// One for each of its codes.
    fn each(self) -> Vec<Self> {
        if self.codes.is_empty() {
            return vec![self];
        }
        let with = |text: &str, code: &str| text.replace("{code}", code);
        let one = |code: &String| Self {
            code: code.clone(),
            codes: Vec::new(),
            name: self.name.map(|text| with(text, code)),
            when: with(&self.when, code),
            ..self.clone()
        };
        self.codes.iter().map(one).collect()
    }
}

impl Reader<'_> {
    pub(super) fn profile(&mut self, file: ProfileFile) -> (Profile, Groups) {
        let model = wco::model();
        let mut lists_at = Vec::new();
        for list in file.lists {
            let name = self.token(&list.list);
            for path in list.at {
                match model.at(&path) {
                    Some(id) => lists_at.push((id, name)),
                    None => self.problem(format!("the model has no {path}")),
                }
            }
        }
        lists_at.sort();
        let all: Vec<TaxFile> = file.taxes.into_iter().flat_map(TaxFile::each).collect();
        let families: Vec<(String, String)> =
            all.iter().map(|t| (t.family.clone(), t.code.clone())).collect();
        let taxes = all.into_iter().map(|t| self.tax(t, &families)).collect();
        let profile = Profile {
            name: file.name.into(),
            currency: match file.currency.parse() {
                Ok(currency) => currency,
                Err(e) => {
                    self.problem(format!("“{}”: {e}", file.currency));
                    #[allow(clippy::unwrap_used, reason = "three letters")]
                    "XXX".parse().unwrap()
                }
            },
            country: self.token(&file.country),
            value_rounding: self.rounding(&file.value_rounding),
            code_lengths: file.code_lengths,
            lines_complete: file.lines_complete,
            acceptance_days: file.acceptance_days,
            packages_must_add_up: file.packages_must_add_up,
            types: file
                .types
                .iter()
                .filter_map(|t| {
                    Some(TypeRule {
                        prefix: self.token(&t.prefix),
                        direction: self.direction(&t.direction)?,
                    })
                })
                .collect(),
            lists_at,
            taxes,
            exclusive: file
                .exclusive
                .iter()
                .map(|e| Exclusive {
                    prefer: self.tokens(&e.prefer),
                    over: self.tokens(&e.over),
                    when: self.condition(&e.when),
                })
                .collect(),
            reliefs: file.reliefs.into_iter().map(|r| self.relief(r)).collect(),
            charges: file
                .charges
                .iter()
                .map(|(kind, sign)| {
                    let rule = match sign.as_str() {
                        "+" => ChargeRule::Added,
                        "-" => ChargeRule::TakenOff,
                        "0" => ChargeRule::Apart,
                        "?" => ChargeRule::Untold,
                        _ => {
                            self.problem(format!("charge {kind}: +, -, 0 or ? is wanted"));
                            ChargeRule::Apart
                        }
                    };
                    (self.token(kind), rule)
                })
                .collect(),
            no_claim: file.no_claim.as_deref().map(|all| self.tokens(all)),
            carried_out: file.carried_out,
            policy: Policy {
                yellow_from: file.policy.yellow_from,
                red_from: file.policy.red_from,
                random_per_10000: file.policy.random_per_10000,
                basis: file.policy.basis,
            },
        };
        let groups = file
            .groups
            .iter()
            .map(|(name, all)| {
                let members = self.tokens(all).into_iter().map(|c| (c, Validity::ALWAYS));
                (self.token(&format!("~{name}")), members.collect())
            })
            .collect();
        (profile, groups)
    }

    fn tax(&mut self, t: TaxFile, families: &[(String, String)]) -> Tax {
        let mut base = Vec::new();
        for text in &t.base {
            let (term, when) = text.split_once(" when ").unwrap_or((text, ""));
            let (term, less) = match term.strip_prefix('-') {
                Some(term) => (term.trim(), true),
                None => (term.trim(), false),
            };
            let when = self.condition(when);
            let terms: Vec<&str> = match term.strip_prefix("family:") {
                Some(family) => {
                    let of = families.iter().filter(|(own, _)| own == family);
                    of.map(|(_, code)| code.as_str()).collect()
                }
                None => vec![term],
            };
            if terms.is_empty() {
                self.problem(format!("no tax is of the family of “{term}”"));
            }
            for term in terms {
                base.push(BaseTerm { term: self.token(term), less, when: when.clone() });
            }
        }
        Tax {
            code: self.token(&t.code),
            name: t.name.into(),
            base,
            rounding: self.rounding(&t.rounding),
            choice: match t.choice.as_str() {
                "all" => Choice::All,
                "each" => Choice::Each,
                "" | "highest" => Choice::Highest,
                "lowest" => Choice::Lowest,
                other => {
                    self.problem(format!("“{other}” is none of all, each, highest, lowest"));
                    Choice::Highest
                }
            },
            picks: t
                .picks
                .iter()
                .filter_map(|(code, percent)| Some((self.token(code), self.figure(percent)?)))
                .collect(),
            expected: t.expected,
            preferential: t.preferential,
            when: self.condition(&t.when),
        }
    }

    fn relief(&mut self, r: ReliefFile) -> Relief {
        Relief {
            taxes: self.tokens(&r.taxes),
            effect: match r.effect.as_str() {
                "relieve" => ReliefEffect::Relieve,
                "suspend" => ReliefEffect::Suspend,
                "exempt" => ReliefEffect::Exempt,
                "secure" => ReliefEffect::Secure,
                other => {
                    self.problem(format!("“{other}” is none of relieve, suspend, exempt, secure"));
                    ReliefEffect::Exempt
                }
            },
            in_base: r.in_base,
            when: self.condition(&r.when),
            id: r.id,
            basis: r.basis,
        }
    }
}
