//! The answer to a question before shipping, as JSON: `fondaco requirements` and
//! `GET /v1/requirements`.

use fondaco::allotment::Drawn;
use fondaco::day::Validity;
use fondaco::finder::{Answer, Duty, Preference, Question};
use fondaco::formula::{Formula, Unknown};
use fondaco::measures::Found;
use fondaco::money::Decimal;
use fondaco::quota::Quota;
use fondaco::reference::Reference;
use fondaco::requirement::Requirement;
use fondaco::token::Token;
use serde::Serialize;

use crate::origin::SchemeView;
use crate::report::Texts;
use crate::why;

/// A duty or tax that bears on the goods.
#[derive(Debug, Default, Serialize)]
pub struct DutyView {
    /// Tax type.
    pub tax_type: String,
    /// Its name.
    pub name: Texts,
    /// The formula; empty where unknown.
    pub formula: String,
    /// The plain percentage, where the formula is one; empty otherwise.
    pub rate: String,
    /// The act; empty where no row was found.
    pub basis: String,
    /// First day in force; empty where open.
    pub from: String,
    /// Last day in force; empty where open.
    pub until: String,
    /// Whether the row has no source and is shown only.
    pub illustrative: bool,
    /// The code the row names; empty where it is for all.
    pub measure: String,
    /// `ours`, `note …` or empty.
    pub mark: String,
    /// Only where this holds, as a condition of `docs/conditions.md`; empty where always.
    pub when: String,
    /// The order number of the tariff quota to claim; empty where none.
    pub quota: String,
    /// The part of every year it applies in; empty where the whole.
    pub season: String,
    /// Why it cannot be told; absent where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<WhyView>,
}

/// Why something cannot be told.
#[derive(Debug, Serialize)]
pub struct WhyView {
    /// A stable word.
    pub why: &'static str,
    /// What is missing.
    pub what: String,
    /// In words.
    pub text: Texts,
}

/// A lower rate that may be claimed.
#[derive(Debug, Serialize)]
pub struct PreferenceView {
    /// The regimes to claim it by.
    pub regimes: Vec<String>,
    /// Tax type.
    pub tax_type: String,
    /// The formula; empty where unknown.
    pub formula: String,
    /// The plain percentage, where the formula is one.
    pub rate: String,
    /// Percentage points saved; empty where the rates are not both plain percentages.
    pub saving: String,
    /// Only where this holds; empty where always.
    pub when: String,
    /// The order number of the tariff quota to claim; empty where none.
    pub quota: String,
    /// The act.
    pub basis: String,
    /// First day in force; empty where open.
    pub from: String,
    /// Last day in force; empty where open.
    pub until: String,
}

/// What has to be shown.
#[derive(Debug, Serialize)]
pub struct AskedView {
    /// Id of the row.
    pub id: String,
    /// `certificate`, `licence`, `permit`, `inspection`, `notice`, `prohibition`.
    pub kind: String,
    /// Who decides.
    pub agency: Texts,
    /// Codes of the documents any of which satisfies it, with `|` between them; empty where none
    /// can.
    pub document: String,
    /// What is wanted.
    pub text: Texts,
    /// The act.
    pub basis: String,
    /// Whether the agency has to be asked: the row hangs on something not told, or no document
    /// settles it.
    pub unknown: bool,
    /// What is written off on the document: `quantity`, `value` or empty.
    pub write_off: String,
    /// Days it usually takes; absent where not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// What it costs; empty where not known.
    pub cost: String,
    /// What happens to goods without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<Texts>,
    /// Whether the row has no source and is shown only.
    pub illustrative: bool,
}

/// What the law says of a code on a day.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    /// The code asked.
    pub code: String,
    /// Its official name; empty where the pack has no such line.
    pub name: Texts,
    /// Where the code is the beginning of lines and none itself: those lines, the first
    /// [`AnswerView::BELOW`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<BelowView>,
    /// Supplementary units.
    pub units: Vec<String>,
    /// Which way.
    pub direction: &'static str,
    /// Origin asked.
    pub origin: String,
    /// Duties and taxes, in the order they are computed.
    pub duties: Vec<DutyView>,
    /// Rates that apply only where their condition holds or their quota is claimed.
    pub conditional: Vec<DutyView>,
    /// What has to be shown.
    pub requirements: Vec<AskedView>,
    /// Tariff quotas open to the goods.
    pub quotas: Vec<QuotaView>,
    /// Rates that may be claimed.
    pub preferences: Vec<PreferenceView>,
    /// Schemes under which goods of the origin may claim, and what they ask.
    pub schemes: Vec<SchemeView>,
    /// What the answer does not cover, and why.
    pub unknown: Vec<WhyView>,
    /// Pack.
    pub pack: String,
    /// Day.
    pub on: String,
    /// SHA-256 of the bundle.
    pub digest: String,
}

/// A tariff quota that rates for the goods are under.
#[derive(Debug, Default, Serialize)]
pub struct QuotaView {
    /// The order number to claim.
    pub order: String,
    /// The number of the period; empty where none is held.
    pub definition: String,
    /// `open`, `critical`, `exhausted`, `blocked`; empty where none is held.
    pub state: String,
    /// How much there was.
    pub volume: String,
    /// How much is left: of what was left when last told, less what was drawn in this house since;
    /// empty where nothing was told and nothing was drawn.
    pub left: String,
    /// The day that was told; empty where nothing was told since it opened.
    pub told_on: String,
    /// The unit.
    pub unit: String,
    /// First day of the period.
    pub from: String,
    /// Last day of the period.
    pub until: String,
    /// Whether the pack holds no period of the quota for the day, or nothing was told of its balance.
    pub unknown: bool,
}

/// A line that the code asked is the beginning of.
#[derive(Debug, Serialize)]
pub struct BelowView {
    /// Its code.
    pub code: String,
    /// Its official name.
    pub name: Texts,
}

impl AnswerView {
    /// Most lines said of those a code is the beginning of.
    pub const BELOW: usize = 50;

    /// The answer to a question, in the words of the wire.
    #[must_use]
    pub fn of(
        question: &Question,
        answer: &Answer<'_>,
        reference: Reference<'_>,
        drawn: &Drawn<'_>,
    ) -> Self {
        let texts = |line: &fondaco::reference::Line| Texts::from(&line.name);
        let mut unknown = Vec::new();
        if answer.no_such_line {
            unknown.push(no_line(&question.code, !answer.below.is_empty()));
        }
        if let Some(line) = answer.line
            && let Some(season) = line.season
            && !season.covers(reference.day)
        {
            unknown.push(other_season(&line.code, &season.to_string()));
        }
        if question.origin.is_empty() {
            unknown.push(no_origin());
        }
        if !answer.not_asked.is_empty() {
            let codes: Vec<_> = answer.not_asked.iter().map(|t| t.code.to_string()).collect();
            unknown.push(not_asked(codes.join("|")));
        }
        if reference.pack.quotas.is_empty() {
            unknown.push(no_quotas());
        }
        let illustrative = answer
            .illustrative
            .iter()
            .map(|row| DutyView { illustrative: true, ..row_view(row, reference) });
        Self {
            code: question.code.to_string(),
            name: answer.line.map(texts).unwrap_or_default(),
            below: answer
                .below
                .iter()
                .take(Self::BELOW)
                .map(|l| BelowView { code: l.code.to_string(), name: texts(l) })
                .collect(),
            units: answer
                .line
                .into_iter()
                .flat_map(|l| l.units.iter().filter(|u| !u.is_empty()).map(ToString::to_string))
                .collect(),
            direction: question.direction.name(),
            origin: question.origin.to_string(),
            duties: answer.duties.iter().map(|d| duty(d, reference)).chain(illustrative).collect(),
            conditional: answer.conditional.iter().map(|row| row_view(row, reference)).collect(),
            requirements: answer.requirements.iter().map(asked).collect(),
            quotas: answer.quotas.iter().map(|q| quota(q, reference, drawn)).collect(),
            preferences: answer.preferences.iter().map(preference).collect(),
            schemes: answer.schemes.iter().map(|c| SchemeView::of(c, answer, reference)).collect(),
            unknown,
            pack: reference.pack.id.clone(),
            on: reference.day.to_string(),
            digest: reference.pack.digest.clone(),
        }
    }
}

fn other_season(code: &str, season: &str) -> WhyView {
    WhyView {
        why: "other-season",
        what: season.to_owned(),
        text: Texts {
            en: format!(
                "The line {code} is for goods of {season} (month-day) only; on this day they go under another."
            ),
            zh: format!("税号 {code} 仅适用于 {season}（月-日）期间的货物；当日应归入其他税号。"),
            ru: format!(
                "Код {code} — только для товаров в период {season} (месяц-день); в этот день они относятся к другому."
            ),
        },
    }
}

fn no_line(code: &str, begins_lines: bool) -> WhyView {
    if begins_lines {
        return WhyView {
            why: "not-a-line",
            what: code.to_owned(),
            text: Texts {
                en: format!("{code} is a heading, not a line: ask one of the codes below it."),
                zh: format!("{code} 是品目而非税号：请查询其下的具体税号。"),
                ru: format!("{code} — позиция, а не код: спросите один из кодов под ней."),
            },
        };
    }
    WhyView {
        why: "no-line",
        what: code.to_owned(),
        text: Texts {
            en: format!("The tariff has no line {code} in force: nothing can be told of duties."),
            zh: format!("税则中没有有效的税号 {code}：无法告知税费。"),
            ru: format!("В тарифе нет действующего кода {code}: о платежах сказать нельзя."),
        },
    }
}

fn no_origin() -> WhyView {
    WhyView {
        why: "no-origin",
        what: String::new(),
        text: Texts {
            en: "No origin is given: rates and documents for goods of single countries are left out.".into(),
            zh: "未给出原产地：针对特定国家货物的税率和单证未列入。".into(),
            ru: "Происхождение не указано: ставки и документы для товаров отдельных стран не учтены.".into(),
        },
    }
}

fn not_asked(codes: String) -> WhyView {
    WhyView {
        why: "named-taxes",
        text: Texts {
            en: format!(
                "Charged only where the declaration names them, and not looked at: {codes}."
            ),
            zh: format!("仅在申报中列明时征收，此处未查：{codes}。"),
            ru: format!(
                "Взимаются, только если названы в декларации, и здесь не рассмотрены: {codes}."
            ),
        },
        what: codes,
    }
}

fn no_quotas() -> WhyView {
    WhyView {
        why: "no-quotas",
        what: String::new(),
        text: Texts {
            en: "The pack holds no tariff quotas: whether one is open cannot be told.".into(),
            zh: "数据包中没有关税配额：无法告知是否有可用配额。".into(),
            ru: "В пакете данных нет тарифных квот: открыта ли квота, сказать нельзя.".into(),
        },
    }
}

fn plain(figure: Option<Decimal>) -> String {
    figure.map(|f| f.normalize().to_string()).unwrap_or_default()
}

fn days(validity: Validity) -> (String, String) {
    let said = |day: Option<fondaco::day::Day>| day.map(|d| d.to_string()).unwrap_or_default();
    (said(validity.from), said(validity.until))
}

fn row_view(row: &Found<'_>, reference: Reference<'_>) -> DutyView {
    let tax = reference.pack.profile.taxes.iter().find(|t| t.code == row.tax());
    let (from, until) = days(row.validity());
    let unknown = row.formula().is_none().then(|| why(&Unknown::NoMeasure));
    DutyView {
        tax_type: row.tax().to_string(),
        name: tax.map_or_else(|| Texts::each(|_| row.tax().to_string()), |t| Texts::from(&t.name)),
        formula: row.formula().map(ToString::to_string).unwrap_or_default(),
        rate: plain(row.formula().and_then(Formula::percent)),
        basis: row.basis().to_owned(),
        from,
        until,
        illustrative: false,
        measure: row.code().to_string(),
        mark: row.mark().to_owned(),
        when: row.when().text.clone(),
        quota: row.quota().to_string(),
        season: row.season().map(|s| s.to_string()).unwrap_or_default(),
        unknown: match row.mark().strip_prefix("note") {
            Some(note) => Some(why(&Unknown::Note(note.trim().to_owned()))),
            None => unknown,
        },
    }
}

fn why(unknown: &Unknown) -> WhyView {
    let (why, what, text) = why::unknown(unknown);
    WhyView { why, what, text }
}

fn duty(duty: &Duty<'_>, reference: Reference<'_>) -> DutyView {
    let view = match &duty.rate.row {
        Some(row) => row_view(row, reference),
        None => DutyView {
            tax_type: duty.tax.code.to_string(),
            name: Texts::from(&duty.tax.name),
            ..DutyView::default()
        },
    };
    match &duty.rate.untold {
        Some(untold) => DutyView { unknown: Some(why(untold)), ..view },
        None => view,
    }
}

fn quota(
    (order, held): &(Token, Option<&Quota>),
    reference: Reference<'_>,
    drawn: &Drawn<'_>,
) -> QuotaView {
    let order = order.to_string();
    let Some(quota) = held else {
        return QuotaView { order, unknown: true, ..QuotaView::default() };
    };
    let (from, until) = days(quota.validity);
    let drawn = drawn(quota);
    // What was never told of its balance is not known to be untouched.
    let told = quota.balance.is_some() || !drawn.is_zero();
    QuotaView {
        order,
        definition: quota.definition.to_string(),
        state: quota.state(reference.day, drawn).name().to_owned(),
        volume: quota.volume.normalize().to_string(),
        left: if told { quota.left_after(drawn).normalize().to_string() } else { String::new() },
        told_on: quota.told_on().map(|d| d.to_string()).unwrap_or_default(),
        unit: quota.unit.to_string(),
        from,
        until,
        unknown: !told,
    }
}

fn preference(preference: &Preference<'_>) -> PreferenceView {
    let row = &preference.row;
    let (from, until) = days(row.validity());
    PreferenceView {
        regimes: row.regime().of.iter().map(ToString::to_string).collect(),
        tax_type: row.tax().to_string(),
        formula: row.formula().map(ToString::to_string).unwrap_or_default(),
        rate: plain(row.formula().and_then(Formula::percent)),
        saving: plain(preference.saving),
        when: row.when().text.clone(),
        quota: row.quota().to_string(),
        basis: row.basis().to_owned(),
        from,
        until,
    }
}

fn asked(requirement: &Requirement<'_>) -> AskedView {
    let rule = requirement.rule;
    let documents: Vec<_> = rule.documents.iter().map(ToString::to_string).collect();
    AskedView {
        id: rule.id.clone(),
        kind: rule.kind.to_string(),
        agency: Texts::from(&rule.agency),
        unknown: !requirement.certain || (documents.is_empty() && rule.kind != "prohibition"),
        document: documents.join("|"),
        text: Texts::from(&rule.text),
        basis: rule.basis.clone(),
        write_off: rule.write_off.to_string(),
        days: rule.days,
        cost: rule.cost.clone(),
        without: rule.without.as_ref().map(Texts::from),
        illustrative: rule.illustrative,
    }
}
