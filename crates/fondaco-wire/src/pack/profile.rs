//! `profile.toml`: how a jurisdiction does what all do.

use std::collections::BTreeMap;

use fondaco::day::Validity;
use fondaco::measure::{Direction, Groups};
use fondaco::money::{Currency, Decimal};
use fondaco::reference::{
    Apportionment, BaseTerm, ChargeEffect, ChargeKind, Choice, Cost, DocumentCodes, Exclusive,
    Policy, Profile, Relief, ReliefEffect, StatisticsRule, Tax, TypeRule, ValueRule,
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
    #[serde(default, rename = "value")]
    values: Vec<ValueFile>,
    #[serde(default)]
    statistics: Vec<StatisticsFile>,
    #[serde(default = "by_price")]
    price_methods: Vec<String>,
    #[serde(default)]
    no_claim: Option<Vec<String>>,
    #[serde(default)]
    carried_out: Vec<String>,
    #[serde(default)]
    deferment_documents: Vec<String>,
    #[serde(default)]
    documents: DocumentsFile,
    #[serde(default)]
    taxes_named: bool,
    rate_days: Option<u16>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    policy: PolicyFile,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DocumentsFile {
    /// Types, whole or a beginning with `*` behind it; so are the statuses.
    statements: Vec<String>,
    unavailable: Vec<String>,
    waived: Vec<String>,
    basis: String,
}

fn by_price() -> Vec<String> {
    vec!["1".to_owned()]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueFile {
    direction: String,
    includes: Vec<String>,
    #[serde(default)]
    fills: BTreeMap<String, String>,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatisticsFile {
    direction: String,
    includes: Vec<String>,
    currency: String,
    rounding: String,
    basis: String,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeFile {
    prefix: String,
    direction: String,
    #[serde(default)]
    assessed: bool,
    #[serde(default)]
    supplements: bool,
    acceptance_days: Option<u16>,
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
    /// Charged once for the declaration.
    #[serde(default)]
    per_declaration: bool,
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
    #[serde(default)]
    secured: Option<String>,
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
            currency: self.currency(&file.currency),
            country: self.token(&file.country),
            value_rounding: self.rounding(&file.value_rounding),
            code_lengths: file.code_lengths,
            lines_complete: file.lines_complete,
            packages_must_add_up: file.packages_must_add_up,
            types: file
                .types
                .iter()
                .filter_map(|t| {
                    Some(TypeRule {
                        prefix: self.token(&t.prefix),
                        direction: self.direction(&t.direction)?,
                        assessed: t.assessed,
                        supplements: t.supplements,
                        acceptance_days: t.acceptance_days.or(file.acceptance_days),
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
            charges: file.charges.iter().map(|(kind, text)| self.charge(kind, text)).collect(),
            values: file.values.iter().map(|v| self.value_rule(v)).collect(),
            statistics: file.statistics.iter().map(|s| self.statistics(s)).collect(),
            price_methods: self.tokens(&file.price_methods),
            no_claim: file.no_claim.as_deref().map(|all| self.tokens(all)),
            carried_out: file.carried_out,
            rate_days: file.rate_days,
            deferment_documents: self.tokens(&file.deferment_documents),
            documents: DocumentCodes {
                statements: self.codes(&file.documents.statements),
                unavailable: self.codes(&file.documents.unavailable),
                waived: self.codes(&file.documents.waived),
                basis: file.documents.basis,
            },
            taxes_named: file.taxes_named,
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

    fn currency(&mut self, text: &str) -> Currency {
        text.parse().unwrap_or_else(|e| {
            self.problem(format!("“{text}”: {e}"));
            #[allow(clippy::unwrap_used, reason = "three letters")]
            "XXX".parse().unwrap()
        })
    }

    /// `+`, `-`, `0` or `?`, then the costs it is for, then what it is shared out by.
    fn charge(&mut self, kind: &str, text: &str) -> ChargeKind {
        let mut words = text.split_whitespace();
        let effect = match words.next() {
            Some("+") => ChargeEffect::Added,
            Some("-") => ChargeEffect::TakenOff,
            Some("0") => ChargeEffect::Apart,
            Some("?") => ChargeEffect::Untold,
            _ => {
                self.problem(format!("charge {kind}: +, -, 0 or ? is wanted"));
                ChargeEffect::Untold
            }
        };
        let words: Vec<&str> = words.collect();
        let (of, by) = match words.iter().position(|w| *w == "by") {
            Some(at) => {
                (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default())
            }
            None => (words.as_slice(), &["price"][..]),
        };
        let by = match by {
            ["price"] => Apportionment::Price,
            ["gross-mass"] => Apportionment::GrossMass,
            _ => {
                self.problem(format!("charge {kind}: by price or by gross-mass is wanted"));
                Apportionment::Price
            }
        };
        let of = of.iter().filter_map(|name| self.cost(name)).collect();
        ChargeKind { kind: self.token(kind), effect, of, by }
    }

    pub(super) fn cost(&mut self, name: &str) -> Option<Cost> {
        let cost = Cost::named(name);
        if cost.is_none() {
            let all = Cost::ALL.map(Cost::name).join(", ");
            self.problem(format!("“{name}” is no cost: want one of {all}"));
        }
        cost
    }

    fn value_rule(&mut self, file: &ValueFile) -> ValueRule {
        let mut fills = Vec::new();
        for (name, percent) in &file.fills {
            let percent = self.figure(percent).filter(|p| *p >= Decimal::ZERO);
            fills.extend(self.cost(name).zip(percent));
        }
        let direction = self.direction(&file.direction);
        if direction.is_none() {
            self.problem("a value is of import or of export".to_owned());
        }
        ValueRule {
            direction: direction.unwrap_or(Direction::Import),
            includes: file.includes.iter().filter_map(|name| self.cost(name)).collect(),
            fills,
            basis: file.basis.clone(),
        }
    }

    fn statistics(&mut self, file: &StatisticsFile) -> StatisticsRule {
        StatisticsRule {
            value: self.value_rule(&ValueFile {
                direction: file.direction.clone(),
                includes: file.includes.clone(),
                fills: BTreeMap::new(),
                basis: file.basis.clone(),
            }),
            currency: self.currency(&file.currency),
            rounding: self.rounding(&file.rounding),
        }
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
            per_declaration: t.per_declaration,
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
            secured: r.secured.map(|when| self.condition(&when)),
            id: r.id,
            basis: r.basis,
        }
    }
}
