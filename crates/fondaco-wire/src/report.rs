//! The opinion as JSON: one object, its keys in one order, so that the same opinion is the same
//! bytes.

use fondaco::assessment::{Assessment, TaxLine, UnknownLine};
use fondaco::decision::Reason;
use fondaco::declaration::Declaration;
use fondaco::finding::{Finding, Language, Trilingual};
use fondaco::formula::{Input, Unknown};
use fondaco::money::Decimal;
use fondaco::reference::{Pack, Reference};
use fondaco::requirement::Settled;
use fondaco::screening::Screening;
use fondaco::walk::Opinion;
use serde::Serialize;

use crate::sentence;

/// A text in the three languages.
#[derive(Debug, Default, Serialize)]
pub struct Texts {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
    /// Russian.
    pub ru: String,
}

impl Texts {
    /// The text in one of them.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
            Language::Ru => &self.ru,
        }
    }

    pub(crate) fn each(say: impl Fn(Language) -> String) -> Self {
        Self { en: say(Language::En), zh: say(Language::Zh), ru: say(Language::Ru) }
    }
}

impl From<&Trilingual> for Texts {
    fn from(t: &Trilingual) -> Self {
        Self::each(|l| t.get(l).to_owned())
    }
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct FindingView {
    /// Stable code.
    pub code: String,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// WCO pointer.
    pub pointer: String,
    /// XPath.
    pub path: String,
    /// RFC 6901 pointer into the JSON form.
    pub json_pointer: String,
    /// The value seen.
    pub value: String,
    /// What is wanted.
    pub wanted: String,
    /// What is wrong.
    pub text: Texts,
    /// How to mend it.
    pub remedy: Texts,
    /// Why it is asked.
    pub basis: String,
}

impl From<&Finding> for FindingView {
    fn from(f: &Finding) -> Self {
        Self {
            code: f.shown_code().to_owned(),
            severity: f.severity().name(),
            pointer: f.place.pointer.clone(),
            path: f.place.xpath.clone(),
            json_pointer: f.place.json.clone(),
            value: f.value.clone(),
            wanted: f.wanted.clone(),
            text: Texts::each(|l| f.text(l)),
            remedy: Texts::each(|l| f.remedy(l)),
            basis: f.basis.clone(),
        }
    }
}

/// A figure that went into an amount.
#[derive(Debug, Serialize)]
pub struct InputView {
    what: String,
    value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    unit: String,
}

impl InputView {
    /// What it is, the figure, and its unit.
    pub(crate) fn parts(&self) -> (&str, &str, &str) {
        (&self.what, &self.value, &self.unit)
    }
}

impl From<&Input> for InputView {
    fn from(input: &Input) -> Self {
        let (what, value, unit) = match input {
            Input::Base(value) => ("base".to_owned(), value, String::new()),
            Input::Quantity(q) => ("quantity".to_owned(), &q.value, q.unit.to_string()),
            Input::Part(name, value) => (format!("part: {name}"), value, String::new()),
            Input::Fact(name, value) => (format!("fact: {name}"), value, String::new()),
            Input::Rate(currency, value) => (format!("rate: {currency}"), value, String::new()),
            Input::Tax(tax, value) => (format!("tax: {tax}"), value, String::new()),
            Input::Threshold(value) => ("threshold".to_owned(), value, String::new()),
        };
        Self { what, value: value.to_string(), unit }
    }
}

/// A tax line.
#[derive(Debug, Serialize)]
pub struct LineView {
    /// Item number.
    pub item: u32,
    /// Tax type.
    pub tax_type: String,
    /// Its name.
    pub name: Texts,
    /// Tax base; empty where it cannot be told and the formula does not ask for it.
    pub base: String,
    /// What is in it.
    pub base_terms: Vec<(String, String)>,
    /// Plain percentage; empty where the formula is not one.
    pub rate: String,
    /// Due after relief.
    pub assessed: String,
    /// Taken off by relief.
    pub deducted: String,
    /// What is secured instead of paid.
    pub secured: String,
    /// To be paid now.
    pub payable: String,
    /// The formula in its notation.
    pub formula: String,
    /// Every figure that went in.
    pub inputs: Vec<InputView>,
    /// The amount before rounding and relief.
    pub exact: String,
    /// How it was rounded.
    pub rounding: String,
    /// The relief, where one applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relief: Option<(String, String)>,
    /// The code the measure names; empty for every code.
    pub measure: String,
    /// The act.
    pub basis: String,
    /// `ours`, `note …` or empty.
    pub mark: String,
    /// The line as a sentence; made where it is asked for, never stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Texts>,
}

/// Something that could not be computed.
#[derive(Debug, Serialize)]
pub struct UnknownView {
    /// Item number.
    pub item: u32,
    /// Tax type.
    pub tax_type: String,
    /// The formula, where there is one.
    pub formula: String,
    /// Stable word for the reason.
    pub why: &'static str,
    /// What is missing.
    pub what: String,
    /// The reason in words.
    pub text: Texts,
    /// The act.
    pub basis: String,
}

/// What has to be paid.
#[derive(Debug, Serialize)]
pub struct AssessmentView {
    /// Currency of every amount.
    pub currency: String,
    /// Sum of what is payable.
    pub total: String,
    /// Customs value by item; absent where it cannot be told.
    pub values: Vec<(u32, Option<String>)>,
    /// Lines.
    pub lines: Vec<LineView>,
    /// What could not be computed.
    pub unknown: Vec<UnknownView>,
}

/// What has to be shown.
#[derive(Debug, Serialize)]
pub struct RequirementView {
    /// Item number.
    pub item: u32,
    /// Id of the row.
    pub id: String,
    /// `certificate`, `licence`, `permit`, `inspection`, `notice`, `prohibition`.
    pub kind: String,
    /// `met`, `missing`, `unknown`, `prohibited`, `illustrative`.
    pub status: &'static str,
    /// Who decides.
    pub agency: Texts,
    /// Document codes that satisfy it.
    pub documents: Vec<String>,
    /// The document shown.
    pub document: String,
    /// What is wanted.
    pub text: Texts,
    /// The act.
    pub basis: String,
}

/// Why a lane.
#[derive(Debug, Serialize)]
pub struct ReasonView {
    /// Stable code.
    pub code: String,
    /// The lane it asks for.
    pub lane: &'static str,
    /// Item number; 0 for the declaration.
    pub item: u32,
    /// In words.
    pub text: Texts,
    /// Points of risk.
    pub points: u32,
    /// The facts looked at.
    pub seen: Vec<(String, String)>,
}

/// The lane.
#[derive(Debug, Serialize)]
pub struct DecisionView {
    /// `green`, `yellow` or `red`; empty where the filing is returned.
    pub lane: &'static str,
    /// Why.
    pub reasons: Vec<ReasonView>,
    /// Points of risk.
    pub points: u32,
    /// Rules of risk that could not be told, by id: a figure they need is not stated.
    pub untold: Vec<String>,
    /// What happens next.
    pub plan: Vec<&'static str>,
}

/// What was screened.
#[derive(Debug, Serialize)]
pub struct ScreeningView {
    /// Role and name.
    pub party: String,
    /// `clear`, `named` or `unknown`.
    pub status: &'static str,
    /// The entries, or why it could not be checked.
    pub detail: String,
}

/// By which law.
#[derive(Debug, Serialize)]
pub struct ReferenceView {
    /// Pack.
    pub pack: String,
    /// Day.
    pub on: String,
    /// SHA-256 of the bundle (and of rows added for this run).
    pub digest: String,
    /// Version of the program.
    pub program: &'static str,
}

/// Everything the house says of a message.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `accepted` or `returned`.
    pub outcome: &'static str,
    /// `original`, `amendment`, `cancellation`, `arrival`, `request`; empty where unreadable.
    pub message: &'static str,
    /// What is wrong.
    pub findings: Vec<FindingView>,
    /// What has to be paid; absent where returned.
    pub assessment: Option<AssessmentView>,
    /// What has to be shown.
    pub requirements: Vec<RequirementView>,
    /// Who was screened.
    pub screening: Vec<ScreeningView>,
    /// The lane.
    pub decision: DecisionView,
    /// By which law.
    pub reference: ReferenceView,
}

/// Version of the program that forms opinions.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

impl Report {
    /// Of a message that is returned.
    #[must_use]
    pub fn returned(findings: &[Finding], reference: Reference<'_>) -> Self {
        Self {
            outcome: "returned",
            message: "",
            findings: findings.iter().map(FindingView::from).collect(),
            assessment: None,
            requirements: Vec::new(),
            screening: Vec::new(),
            decision: DecisionView {
                lane: "",
                reasons: Vec::new(),
                points: 0,
                untold: Vec::new(),
                plan: Vec::new(),
            },
            reference: reference_view(reference),
        }
    }

    /// Of a declaration that is accepted.
    #[must_use]
    pub fn accepted(
        declaration: &Declaration,
        findings: &[Finding],
        opinion: &Opinion<'_>,
        reference: Reference<'_>,
    ) -> Self {
        Self {
            outcome: "accepted",
            message: declaration.message.name(),
            findings: findings.iter().map(FindingView::from).collect(),
            assessment: Some(assessment_view(&opinion.assessment, reference)),
            requirements: opinion.settled.iter().map(requirement_view).collect(),
            screening: opinion.screened.iter().map(screening_view).collect(),
            decision: DecisionView {
                lane: opinion.decision.lane.name(),
                reasons: opinion.decision.reasons.iter().map(reason_view).collect(),
                points: opinion.score.points,
                untold: opinion.score.untold.iter().map(|id| (*id).to_owned()).collect(),
                plan: opinion.plan.iter().map(|s| s.name()).collect(),
            },
            reference: reference_view(reference),
        }
    }

    /// Of a message about another declaration, accepted for that one's file.
    #[must_use]
    pub fn noted(
        declaration: &Declaration,
        findings: &[Finding],
        reference: Reference<'_>,
    ) -> Self {
        let mut report = Self::returned(findings, reference);
        report.outcome = "accepted";
        report.message = declaration.message.name();
        report
    }

    /// Gives every line its sentence.
    pub fn explain(&mut self, pack: &Pack) {
        let Some(assessment) = &mut self.assessment else { return };
        for line in &mut assessment.lines {
            line.text = Some(sentence::of_line(line, &assessment.currency, pack));
        }
    }

    /// The bytes that are stored and replayed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn reference_view(reference: Reference<'_>) -> ReferenceView {
    ReferenceView {
        pack: reference.pack.id.clone(),
        on: reference.day.to_string(),
        digest: reference.pack.digest.clone(),
        program: PROGRAM,
    }
}

fn plain(value: Option<Decimal>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn assessment_view(assessment: &Assessment, reference: Reference<'_>) -> AssessmentView {
    AssessmentView {
        currency: assessment.currency.to_string(),
        total: assessment.total.to_string(),
        values: assessment
            .values
            .iter()
            .map(|v| (v.item, v.value.map(|x| x.to_string())))
            .collect(),
        lines: assessment.lines.iter().map(|l| line_view(l, reference)).collect(),
        unknown: assessment.unknown.iter().map(unknown_view).collect(),
    }
}

fn line_view(line: &TaxLine, reference: Reference<'_>) -> LineView {
    let tax = reference.pack.profile.taxes.iter().find(|t| t.code == line.tax);
    LineView {
        item: line.item,
        tax_type: line.tax.to_string(),
        name: tax.map_or_else(|| Texts::each(|_| line.tax.to_string()), |t| Texts::from(&t.name)),
        base: plain(line.base),
        base_terms: line.base_terms.iter().map(|(t, a)| (t.to_string(), a.to_string())).collect(),
        rate: plain(line.percent),
        assessed: line.assessed.to_string(),
        deducted: line.deducted.to_string(),
        secured: line.secured.to_string(),
        payable: line.payable.to_string(),
        formula: line.formula.clone(),
        inputs: line.inputs.iter().map(InputView::from).collect(),
        exact: line.exact.normalize().to_string(),
        rounding: line.rounding.to_string(),
        relief: line.relief.clone(),
        measure: line.measure.to_string(),
        basis: line.basis.clone(),
        mark: line.mark.clone(),
        text: None,
    }
}

/// The reason in a stable word, what is missing, and a sentence.
pub(crate) fn why_unknown(why: &Unknown) -> (&'static str, String, Texts) {
    let (why, what, text): (_, String, [String; 3]) = match why {
        Unknown::NoValue => (
            "no-value",
            String::new(),
            [
                "The customs value cannot be told: no price is stated, or no rate of exchange is in force.".into(),
                "无法确定完税价格：未申报价格或无有效汇率。".into(),
                "Таможенную стоимость определить нельзя: не указана цена или нет действующего курса.".into(),
            ],
        ),
        Unknown::NoRate(c) => (
            "no-rate",
            c.to_string(),
            [
                format!("No rate of exchange for {c} is in force on the day."),
                format!("当日没有 {c} 的有效汇率。"),
                format!("На этот день нет действующего курса {c}."),
            ],
        ),
        Unknown::NoQuantity(u) => (
            "no-quantity",
            u.to_string(),
            [
                format!("The quantity in {u} is not stated."),
                format!("未申报以 {u} 计的数量。"),
                format!("Не указано количество в {u}."),
            ],
        ),
        Unknown::NoPart(p) => (
            "no-part",
            p.clone(),
            [
                format!("The value or quantity of “{p}” is not stated apart."),
                format!("未单独申报“{p}”的价值或数量。"),
                format!("Не указаны отдельно стоимость или количество: «{p}»."),
            ],
        ),
        Unknown::NoFact(p) => (
            "no-fact",
            p.clone(),
            [
                format!("“{p}” is not stated."),
                format!("未申报“{p}”。"),
                format!("Не указано: «{p}»."),
            ],
        ),
        Unknown::NoMeasure => (
            "no-measure",
            String::new(),
            [
                "The pack holds no rate for this tax on this code.".into(),
                "数据包中没有该税号的该税种税率。".into(),
                "В пакете данных нет ставки этого платежа для этого кода.".into(),
            ],
        ),
        Unknown::NoPreference(regime, origin) => (
            "no-preference",
            regime.to_string(),
            [
                format!("The preference {regime} is claimed for goods of {origin}, and the pack holds no rate for it on this code; the rate without a claim is not taken instead."),
                format!("对原产于 {origin} 的货物申报了优惠 {regime}，但数据包中没有该税号的相应税率；不以未申报优惠时的税率代替。"),
                format!("Заявлена преференция {regime} для товара из {origin}, но в пакете данных нет её ставки для этого кода; ставка без преференции вместо неё не берётся."),
            ],
        ),
        Unknown::Note(n) => (
            "note",
            n.clone(),
            [
                format!("A note of the tariff bears on this line and is not computed: {n}."),
                format!("税则注释影响本项，未予计算：{n}。"),
                format!("К строке относится примечание тарифа, оно не рассчитано: {n}."),
            ],
        ),
        Unknown::Hangs(on) => (
            "hangs-on",
            on.clone(),
            [
                format!("Whether this rate applies hangs on what is not told: {on}."),
                format!("该税率是否适用取决于未知事项：{on}。"),
                format!("Применяется ли эта ставка, зависит от того, что неизвестно: {on}."),
            ],
        ),
        Unknown::DependsOn(t) => (
            "depends-on",
            t.to_string(),
            [
                format!("Its base includes {t}, which is unknown."),
                format!("其计税基础包含未知的 {t}。"),
                format!("В её основу входит {t}, а эта сумма неизвестна."),
            ],
        ),
        Unknown::TooLarge => (
            "too-large",
            String::new(),
            [
                "The figures are too large to compute exactly.".into(),
                "数字过大，无法精确计算。".into(),
                "Числа слишком велики для точного расчёта.".into(),
            ],
        ),
    };
    let [en, zh, ru] = text;
    (why, what, Texts { en, zh, ru })
}

fn unknown_view(unknown: &UnknownLine) -> UnknownView {
    let (why, what, text) = why_unknown(&unknown.why);
    UnknownView {
        item: unknown.item,
        tax_type: unknown.tax.to_string(),
        formula: unknown.formula.clone(),
        why,
        what,
        text,
        basis: unknown.basis.clone(),
    }
}

fn requirement_view(settled: &Settled<'_>) -> RequirementView {
    let rule = settled.requirement.rule;
    RequirementView {
        item: settled.requirement.item,
        id: rule.id.clone(),
        kind: rule.kind.to_string(),
        status: settled.settlement.name(),
        agency: Texts::from(&rule.agency),
        documents: rule.documents.iter().map(ToString::to_string).collect(),
        document: settled.document.clone(),
        text: Texts::from(&rule.text),
        basis: rule.basis.clone(),
    }
}

fn screening_view((party, screening): &(String, Screening)) -> ScreeningView {
    let (status, detail) = match screening {
        Screening::Clear => ("clear", String::new()),
        Screening::Named(hits) => (
            "named",
            hits.iter()
                .map(|h| format!("{} ({}, {})", h.name, h.list, h.id))
                .collect::<Vec<_>>()
                .join("; "),
        ),
        Screening::Unknown(why) => ("unknown", why.name().to_owned()),
    };
    ScreeningView { party: party.clone(), status, detail }
}

fn reason_view(reason: &Reason) -> ReasonView {
    ReasonView {
        code: reason.code.clone(),
        lane: reason.lane.name(),
        item: reason.item,
        text: Texts::from(&reason.text),
        points: reason.points,
        seen: reason.seen.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
    }
}
