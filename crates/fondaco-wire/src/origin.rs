//! Origin as JSON and in words: schemes and their rules, a production, what a rule says of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use fondaco::finder::{Answer, Claimable};
use fondaco::money::{Decimal, decimal};
use fondaco::origin::judge::{Fact, Standing, Step, Why, together};
use fondaco::origin::test::Base;
use fondaco::origin::{
    Join, Material, OriginRule, Origins, Outcome, Production, RuleSet, Scheme, judge,
};
use fondaco::reference::{Pack, Reference};
use fondaco::token::Token;
use serde::{Deserialize, Serialize};

use crate::report::Texts;

/// A scheme under which goods may claim.
#[derive(Debug, Serialize)]
pub struct SchemeView {
    /// Its id.
    pub scheme: String,
    /// The territory it is claimed into, in the word of the pack.
    pub scope: String,
    /// As published.
    pub title: String,
    /// Whether one side gives it.
    pub unilateral: bool,
    /// First day; empty where not told.
    pub from: String,
    /// Last day; empty where open.
    pub until: String,
    /// The act its rules stand in.
    pub basis: BasisView,
    /// Proofs it accepts; none where the pack does not say.
    pub proofs: Vec<ProofView>,
    /// Whose materials count as the maker's own.
    pub cumulation: Vec<CumulationView>,
    /// Percentage points that the best rate to be claimed saves; empty where no such rate is held.
    pub saving: String,
    /// Whether what it saves is not known.
    pub saving_unknown: bool,
    /// Its rules for the code; none where the pack holds none.
    pub rules: Vec<SetView>,
    /// Whether the pack holds no rules of it for the code: what it asks cannot be told.
    pub rules_unknown: bool,
    /// A remark, as published.
    pub note: String,
}

/// An act.
#[derive(Debug, Serialize)]
pub struct BasisView {
    /// Its id in the law of the pack.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its number and date.
    pub reference: String,
}

/// A proof that a scheme accepts.
#[derive(Debug, Serialize)]
pub struct ProofView {
    /// Its class.
    pub class: String,
    /// As published.
    pub summary: String,
    /// Codes of documents that show it; none where the pack does not say.
    pub documents: Vec<String>,
}

/// Whose materials count.
#[derive(Debug, Serialize)]
pub struct CumulationView {
    /// `bilateral`, `diagonal`, `extended`, `full`.
    pub method: String,
    /// The countries.
    pub countries: Vec<String>,
}

/// What a scheme asks of goods of a range of codes.
#[derive(Debug, Serialize)]
pub struct SetView {
    /// The heading, as published.
    pub heading: String,
    /// Which goods, as published; empty where all of the codes.
    pub goods: String,
    /// First code.
    pub from: String,
    /// Last code.
    pub until: String,
    /// `any` of the rules will do, or `unsaid`.
    pub join: &'static str,
    /// The rules.
    pub rules: Vec<RuleView>,
    /// What the verdicts come to together; absent where no production was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
}

/// A rule.
#[derive(Debug, Serialize)]
pub struct RuleView {
    /// As published.
    pub text: String,
    /// As read, in the notation of `docs/origin.md`.
    pub read: String,
    /// `codes` where codes, figures and origins answer it, `stated` where the maker has to state
    /// something, `ask` where part of it was not read.
    pub kind: &'static str,
    /// Classes, as published.
    pub classes: Vec<String>,
    /// Notes that bear on it, as published.
    pub notes: Vec<String>,
    /// Whether it holds within a quota only.
    pub quota: bool,
    /// What it says of the production; absent where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<VerdictView>,
}

/// What a rule says of a production.
#[derive(Debug, Serialize)]
pub struct VerdictView {
    /// `met`, `not-met`, `untold`.
    pub outcome: &'static str,
    /// The steps.
    pub steps: Vec<StepView>,
    /// How each material was counted: `own`, `not`, `untold` or the method of cumulation.
    pub materials: Vec<String>,
}

/// A step of a verdict.
#[derive(Debug, Serialize)]
pub struct StepView {
    /// How deep it stands.
    pub depth: usize,
    /// What was asked, in the notation.
    pub test: String,
    /// `met`, `not-met`, `untold`.
    pub outcome: &'static str,
    /// Why, in words.
    pub why: Vec<Texts>,
}

fn day(day: Option<fondaco::day::Day>) -> String {
    day.map(|d| d.to_string()).unwrap_or_default()
}

impl SchemeView {
    /// A scheme in an answer before shipping.
    #[must_use]
    pub fn of(claimable: &Claimable<'_>, answer: &Answer<'_>, reference: Reference<'_>) -> Self {
        let saving = answer.preferences.iter().filter_map(|p| p.saving).max();
        let mut view = Self::plain(claimable.scheme, reference.pack);
        let sets = claimable.sets.iter();
        view.rules = sets.map(|set| SetView::of(set, &reference.pack.origins)).collect();
        view.rules_unknown = view.rules.is_empty();
        view.saving_unknown = saving.is_none();
        view.saving = saving.map(|s| s.normalize().to_string()).unwrap_or_default();
        view
    }

    /// A scheme without its rules.
    #[must_use]
    pub fn plain(scheme: &Scheme, pack: &Pack) -> Self {
        let act = pack.law.get(&scheme.basis);
        let codes = |all: &[Token]| all.iter().map(ToString::to_string).collect();
        Self {
            scheme: scheme.id.clone(),
            scope: scheme.scope.to_string(),
            title: scheme.title.clone(),
            unilateral: scheme.unilateral,
            from: day(scheme.validity.from),
            until: day(scheme.validity.until),
            basis: BasisView {
                id: scheme.basis.clone(),
                title: act.map(|a| a.title.en.clone()).unwrap_or_default(),
                reference: act.map(|a| a.reference.clone()).unwrap_or_default(),
            },
            proofs: scheme
                .proofs
                .iter()
                .map(|proof| ProofView {
                    class: proof.class.to_string(),
                    summary: proof.summary.clone(),
                    documents: codes(&pack.origins.documents_of(scheme, &proof.class)),
                })
                .collect(),
            cumulation: scheme
                .cumulation
                .iter()
                .map(|c| CumulationView {
                    method: c.method.to_string(),
                    countries: codes(&c.countries),
                })
                .collect(),
            saving: String::new(),
            saving_unknown: true,
            rules: Vec::new(),
            rules_unknown: true,
            note: scheme.note.clone(),
        }
    }
}

impl SetView {
    /// A set without verdicts.
    #[must_use]
    pub fn of(set: &RuleSet<'_>, origins: &Origins) -> Self {
        Self {
            heading: set.heading.to_owned(),
            goods: set.goods.to_owned(),
            from: format!("{:010}", set.from),
            until: format!("{:010}", set.until),
            join: match set.join {
                Join::Any => "any",
                Join::Unsaid => "unsaid",
            },
            rules: set.rules().map(|rule| RuleView::of(&rule, set, origins)).collect(),
            outcome: None,
        }
    }

    /// A set, and what its rules say of a production.
    #[must_use]
    pub fn judged(
        set: &RuleSet<'_>,
        scheme: &Scheme,
        production: &Production,
        origins: &Origins,
    ) -> Self {
        let mut view = Self::of(set, origins);
        let verdicts: Vec<_> = set.rules().map(|rule| judge(&rule, scheme, production)).collect();
        view.outcome = Some(together(set, &verdicts).name());
        for (rule, verdict) in view.rules.iter_mut().zip(&verdicts) {
            rule.verdict = Some(VerdictView {
                outcome: verdict.outcome.name(),
                steps: verdict.steps.iter().map(StepView::of).collect(),
                materials: verdict
                    .standings
                    .iter()
                    .map(|standing| match standing {
                        Standing::Own => "own".to_owned(),
                        Standing::By(method) => method.to_string(),
                        Standing::Not => "not".to_owned(),
                        Standing::Untold => "untold".to_owned(),
                    })
                    .collect(),
            });
        }
        view
    }
}

impl RuleView {
    fn of(rule: &OriginRule<'_>, set: &RuleSet<'_>, origins: &Origins) -> Self {
        let test = rule.test();
        let words = |text: &str| -> Vec<String> {
            text.split('|').filter(|w| !w.is_empty()).map(str::to_owned).collect()
        };
        let note = |key: String| {
            origins.notes.get(&format!("{}:{key}", set.scheme)).cloned().unwrap_or(key)
        };
        Self {
            text: rule.text.to_owned(),
            read: rule.notation.to_owned(),
            kind: match (test.is_read(), test.is_counted()) {
                (false, _) => "ask",
                (true, false) => "stated",
                (true, true) => "codes",
            },
            classes: words(rule.classes),
            notes: words(rule.notes).into_iter().map(note).collect(),
            quota: rule.quota,
            verdict: None,
        }
    }
}

impl StepView {
    fn of(step: &Step) -> Self {
        Self {
            depth: step.depth,
            test: step.test.clone(),
            outcome: step.outcome.name(),
            why: step.why.iter().map(why).collect(),
        }
    }
}

/// The word for an outcome.
#[must_use]
pub fn outcome(name: &str) -> Texts {
    let (en, zh, ru) = if name == Outcome::Met.name() {
        ("met", "符合", "выполнено")
    } else if name == Outcome::NotMet.name() {
        ("not met", "不符合", "не выполнено")
    } else {
        ("cannot be told: ask", "无法判断：须询问", "сказать нельзя: спросите")
    };
    Texts { en: en.into(), zh: zh.into(), ru: ru.into() }
}

fn fact(fact: &Fact) -> Texts {
    let (en, zh, ru) = match fact {
        Fact::Materials => {
            ("the materials used".into(), "所用材料".into(), "использованные материалы".into())
        }
        Fact::ExWorks => ("the ex-works price".into(), "出厂价".into(), "цена франко-завод".into()),
        Fact::Fob => ("the FOB price".into(), "离岸价".into(), "цена ФОБ".into()),
        Fact::Weight => {
            ("the net weight of the product".into(), "产品净重".into(), "вес товара нетто".into())
        }
        Fact::Whole => (
            "whether the product is wholly obtained".into(),
            "产品是否完全获得".into(),
            "полностью ли получен товар".into(),
        ),
        Fact::Code => ("the code of the product".into(), "产品税号".into(), "код товара".into()),
        Fact::MaterialCode(n) => (
            format!("the code of material {n}, or enough digits of it"),
            format!("材料{n}的税号或足够的位数"),
            format!("код материала {n} или достаточно его знаков"),
        ),
        Fact::MaterialValue(n) => (
            format!("the value of material {n}"),
            format!("材料{n}的价值"),
            format!("стоимость материала {n}"),
        ),
        Fact::MaterialWeight(n) => (
            format!("the weight of material {n}"),
            format!("材料{n}的重量"),
            format!("вес материала {n}"),
        ),
        Fact::MaterialProof(n) => (
            format!("whether the origin of material {n} is proven"),
            format!("材料{n}的原产地是否有证明"),
            format!("подтверждено ли происхождение материала {n}"),
        ),
        Fact::MaterialWhole(n) => (
            format!("whether material {n} is wholly obtained"),
            format!("材料{n}是否完全获得"),
            format!("полностью ли получен материал {n}"),
        ),
        Fact::Statement(text) => (
            format!("whether it is so: {text}"),
            format!("是否属实：{text}"),
            format!("так ли это: {text}"),
        ),
    };
    Texts { en, zh, ru }
}

fn figure(figure: &Decimal) -> String {
    figure.normalize().to_string()
}

fn why(why: &Why) -> Texts {
    let (en, zh, ru) = match why {
        Why::Missing(what) => {
            let what = fact(what);
            (
                format!("not stated: {}", what.en),
                format!("未说明：{}", what.zh),
                format!("не указано: {}", what.ru),
            )
        }
        Why::Share { part, most, whole, percent, limit, least, base } => {
            // By the figures themselves: rounded to two digits they may look the same.
            let bound = whole.checked_mul(*limit);
            let scaled = part.checked_mul(Decimal::ONE_HUNDRED);
            let sign = match (least, scaled.cmp(&bound)) {
                (true, Ordering::Less) => "<",
                (true, _) => "≥",
                (false, Ordering::Greater) => ">",
                (false, _) => "≤",
            };
            let sum = format!(
                "{} / {} = {} % {sign} {} %",
                figure(part),
                figure(whole),
                figure(percent),
                figure(limit)
            );
            let (of, of_zh, of_ru) = match base {
                Some(Base::ExWorks) => ("ex-works price", "出厂价", "цена франко-завод"),
                Some(Base::Fob | Base::Either) => ("FOB price", "离岸价", "цена ФОБ"),
                None => ("net weight", "净重", "вес нетто"),
            };
            let range = |word: &str| {
                if most == part { String::new() } else { format!(" ({word} {})", figure(most)) }
            };
            (
                format!("{sum} of the {of}{}", range("at most")),
                format!("{sum}（{of_zh}）{}", range("至多")),
                format!("{sum} ({of_ru}){}", range("не более")),
            )
        }
        Why::Against(foreign, own) => {
            let (foreign, own) = (figure(foreign), figure(own));
            (
                format!("non-originating {foreign} against originating {own}"),
                format!("非原产 {foreign}，原产 {own}"),
                format!("непроисходящие {foreign}, происходящие {own}"),
            )
        }
        Why::Fails(n) => (
            format!("material {n} fails it"),
            format!("材料{n}不符合"),
            format!("материал {n} не отвечает"),
        ),
        Why::Beside(n) => (
            format!("material {n} is not of those named: ask whether it may be used"),
            format!("材料{n}不在所列之内：须询问可否使用"),
            format!("материал {n} не из названных: спросите, можно ли его использовать"),
        ),
        Why::Spared(n) => (
            format!("material {n} fails the change and is held against what is allowed"),
            format!("材料{n}未发生税号改变，按允许的限额计算"),
            format!("материал {n} не меняет код и сверяется с допустимым"),
        ),
        Why::NoTolerance => (
            "no tolerance is applied: the data states none for the scheme".into(),
            "未适用微小含量：数据未载明该安排的微小含量".into(),
            "допуск не применён: в данных он для схемы не указан".into(),
        ),
        Why::Stated(text, so) => {
            let (en, zh, ru) =
                if *so { ("so", "是", "да") } else { ("not so", "否", "нет") };
            (
                format!("stated, {en}: {text}"),
                format!("已声明（{zh}）：{text}"),
                format!("заявлено, {ru}: {text}"),
            )
        }
        Why::Unread(text) => (
            format!("not read by machine, ask: {text}"),
            format!("机器未能读取，须询问：{text}"),
            format!("машиной не прочитано, спросите: {text}"),
        ),
    };
    Texts { en, zh, ru }
}

/// A production as it comes in; figures are texts or numbers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductionFile {
    /// The country it was made in.
    country: String,
    ex_works: Option<serde_json::Value>,
    fob: Option<serde_json::Value>,
    weight: Option<serde_json::Value>,
    wholly_obtained: Option<bool>,
    materials: Option<Vec<MaterialFile>>,
    /// What is stated, by the words of the rule.
    stated: BTreeMap<String, bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MaterialFile {
    name: String,
    code: String,
    origin: String,
    proven: Option<bool>,
    wholly_obtained: Option<bool>,
    value: Option<serde_json::Value>,
    weight: Option<serde_json::Value>,
    foreign_part: Option<serde_json::Value>,
}

/// A production that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unread(String);

fn amount(what: &str, value: Option<&serde_json::Value>) -> Result<Option<Decimal>, Unread> {
    let text = match value {
        None | Some(serde_json::Value::Null) => return Ok(None),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let figure = decimal(&text).filter(|f| *f >= Decimal::ZERO);
    figure.map(Some).ok_or_else(|| Unread(format!("{what}: “{text}” is not a figure")))
}

fn digits(what: &str, text: &str) -> Result<Token, Unread> {
    let plain: String = text.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    if !plain.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Unread(format!("{what}: “{text}” is not a commodity code")));
    }
    Token::new(&plain).map_err(|e| Unread(format!("{what}: {e}")))
}

/// Reads a production for a product of this code.
///
/// # Errors
/// [`Unread`]: what is not JSON, is not known, or is no figure or code.
pub fn production(code: &Token, bytes: &[u8]) -> Result<Production, Unread> {
    let file: ProductionFile = serde_json::from_slice(bytes).map_err(|e| Unread(e.to_string()))?;
    let country = |text: &str| Token::new(&text.to_ascii_uppercase()).unwrap_or_default();
    let materials = file.materials.map(|all| {
        let all = (1..).zip(all).map(|(n, m): (usize, MaterialFile)| {
            let what = format!("material {n}");
            Ok(Material {
                code: digits(&what, &m.code)?,
                origin: country(&m.origin),
                proven: m.proven,
                whole: m.wholly_obtained,
                value: amount(&what, m.value.as_ref())?,
                weight: amount(&what, m.weight.as_ref())?,
                foreign_part: amount(&what, m.foreign_part.as_ref())?,
                name: m.name,
            })
        });
        all.collect::<Result<Vec<_>, Unread>>()
    });
    let stated = file.stated.iter();
    Ok(Production {
        code: *code,
        country: country(&file.country),
        ex_works: amount("ex_works", file.ex_works.as_ref())?,
        fob: amount("fob", file.fob.as_ref())?,
        weight: amount("weight", file.weight.as_ref())?,
        whole: file.wholly_obtained,
        materials: materials.transpose()?,
        stated: stated.map(|(k, so)| (fondaco::origin::judge::statement(k), *so)).collect(),
    })
}
