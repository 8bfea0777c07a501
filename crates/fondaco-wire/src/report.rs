//! The opinion as JSON: one object, its keys in one order, so that the same opinion is the same
//! bytes.

use fondaco::assessment::{TaxLine, UnknownLine};
use fondaco::decision::{Lane, Reason, Step};
use fondaco::declaration::Declaration;
use fondaco::finding::{Finding, Language, Severity, Trilingual};
use fondaco::formula::Input;
use fondaco::money::Decimal;
use fondaco::reference::{Pack, Reference};
use fondaco::requirement::Settled;
use fondaco::screening::Screening;
use fondaco::valuation::{ItemValue, Part};
use fondaco::walk::Opinion;
use serde::{Deserialize, Serialize};

use crate::lpco::{DocumentView, DoubtView};
use crate::{lpco, sentence, why};

/// A text in the three languages.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InputView {
    what: String,
    /// The figure.
    pub value: String,
    /// Its unit; empty where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

impl InputView {
    /// The kind of figure, and its name where it has one.
    #[must_use]
    pub fn what(&self) -> (&str, &str) {
        self.what.split_once(": ").unwrap_or((&self.what, ""))
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

/// A tax line. What an older program did not write is empty when it is read.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
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

impl LineView {
    /// How many digits it is rounded to, and which way.
    #[must_use]
    pub fn rounded(&self) -> (&str, &str) {
        let digits = self.rounding.split(' ').next().unwrap_or_default();
        let way = self.rounding.rsplit(' ').next().unwrap_or_default();
        (digits, way)
    }

    /// Whether a relief took anything off.
    #[must_use]
    pub fn is_relieved(&self) -> bool {
        self.relief.is_some() || self.assessed != self.payable
    }

    /// Whether anything is secured.
    #[must_use]
    pub fn is_secured(&self) -> bool {
        self.secured.bytes().any(|b| (b'1'..=b'9').contains(&b))
    }
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
    /// Whether it is waited for, since it may have to be paid with the declaration. Left out where it is.
    #[serde(skip_serializing_if = "is_true")]
    pub payable: bool,
}

fn is_true(is: &bool) -> bool {
    *is
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
    /// How each was made.
    pub valuation: Vec<ValueView>,
    /// Lines.
    pub lines: Vec<LineView>,
    /// What could not be computed.
    pub unknown: Vec<UnknownView>,
    /// What is drawn on tariff quotas when the declaration is accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quota_draws: Vec<DrawView>,
}

/// How the value of an item was made.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueView {
    /// Item number.
    pub item: u32,
    /// Price and charges, in the order they were taken in.
    pub parts: Vec<PartView>,
    /// Costs the law wants in the value that are neither in the price nor stated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// Kinds of charges that are added although the delivery term has them in the price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// The value for statistics with its currency; empty where it cannot be told or is not asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub statistical: String,
}

/// A part of a value.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PartView {
    /// The kind of charge; empty for the price.
    pub kind: String,
    /// The item's share of it, with its currency.
    pub amount: String,
    /// One unit of the currency in that of assessment, and where that is from; empty where they are one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rate: String,
    /// The source of the rate.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What it does to the value; `0` where it stands apart.
    pub value: String,
}

impl From<&ItemValue> for ValueView {
    fn from(value: &ItemValue) -> Self {
        let part = |part: &Part| PartView {
            kind: part.kind.to_string(),
            amount: format!("{} {}", part.amount.normalize(), part.currency),
            rate: if part.source.is_empty() {
                String::new()
            } else {
                part.rate.normalize().to_string()
            },
            source: part.source.clone(),
            value: part.value.normalize().to_string(),
        };
        let statistical = value.statistical.map(|m| format!("{} {}", m.amount, m.currency));
        Self {
            item: value.item,
            parts: value.parts.iter().map(part).collect(),
            lacks: value.lacks.iter().map(|cost| cost.name().to_owned()).collect(),
            doubts: value.doubts.iter().map(ToString::to_string).collect(),
            statistical: statistical.unwrap_or_default(),
        }
    }
}

/// A draw on a tariff quota.
#[derive(Debug, Serialize)]
pub struct DrawView {
    /// Item number.
    pub item: u32,
    /// The order number claimed.
    pub order: String,
    /// The number of the period.
    pub definition: String,
    /// How much the goods are, in `unit`; empty where that is not stated.
    pub wanted: String,
    /// How much of it is under the quota.
    pub granted: String,
    /// The unit of the quota.
    pub unit: String,
    /// `open`, `critical`, `exhausted` or `blocked`: the period before this draw.
    pub state: &'static str,
    /// In words.
    pub text: Texts,
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
    /// Of a document that is shown and is not good: which, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<DoubtView>,
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
    /// Documents shown that the register keeps, and what it says of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentView>,
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
            documents: Vec::new(),
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
            assessment: Some(assessment_view(opinion, reference)),
            requirements: opinion.settled.iter().map(requirement_view).collect(),
            documents: opinion.checked.iter().map(lpco::document).collect(),
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

    /// Has somebody look at goods that the law of the day they came would return: everything it finds is
    /// told, and each error is a reason.
    pub fn hold_for(&mut self, findings: &[Finding]) {
        let errors = findings.iter().filter(|f| f.severity() == Severity::Error);
        let found = errors.map(|f| ReasonView {
            code: f.shown_code().to_owned(),
            lane: Lane::Yellow.name(),
            item: 0,
            text: Texts::each(|l| f.text(l)),
            points: 0,
            seen: Vec::new(),
        });
        let decision = &mut self.decision;
        // Gravest first, as the others are.
        let at = decision.reasons.iter().take_while(|r| r.lane == Lane::Red.name()).count();
        decision.reasons.splice(at..at, found);
        if Lane::named(decision.lane) != Some(Lane::Red) {
            decision.lane = Lane::Yellow.name();
        }
        if !decision.plan.contains(&Step::ReviewDocuments.name()) {
            decision.plan.insert(0, Step::ReviewDocuments.name());
        }
        self.findings = findings.iter().map(FindingView::from).collect();
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

fn assessment_view(opinion: &Opinion<'_>, reference: Reference<'_>) -> AssessmentView {
    let assessment = &opinion.assessment;
    AssessmentView {
        currency: assessment.currency.to_string(),
        total: assessment.total.to_string(),
        values: assessment
            .values
            .iter()
            .map(|v| (v.item, v.value.map(|x| x.to_string())))
            .collect(),
        valuation: assessment.values.iter().map(ValueView::from).collect(),
        lines: assessment.lines.iter().map(|l| line_view(l, reference)).collect(),
        unknown: assessment.unknown.iter().map(|u| unknown_view(u, opinion.collected)).collect(),
        quota_draws: opinion.allotted.iter().map(why::draw).collect(),
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

fn unknown_view(unknown: &UnknownLine, collected: bool) -> UnknownView {
    let (why, what, text) = why::unknown(&unknown.why);
    UnknownView {
        item: unknown.item,
        tax_type: unknown.tax.to_string(),
        formula: unknown.formula.clone(),
        why,
        what,
        text,
        basis: unknown.basis.clone(),
        payable: unknown.is_waited_for(collected),
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
        doubt: settled.doubt.as_ref().map(|(number, doubt)| lpco::doubt(number, *doubt)),
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
