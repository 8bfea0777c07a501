//! The lane, with its reasons, and what happens next.
//!
//! Holds always: adding a reason never lowers the lane; what could not be checked is never green.

use crate::assessment::Assessment;
use crate::declaration::Declaration;
use crate::finding::Trilingual;
use crate::lpco::Checked;
use crate::reference::{Policy, Reference};
use crate::requirement::{Settled, Settlement};
use crate::risk::Score;
use crate::screening::Screening;

/// A lane. Source: RKC General Annex, chapter 6; SAFE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Released without a look.
    Green,
    /// Documents are looked at.
    Yellow,
    /// Goods are looked at.
    Red,
}

impl Lane {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// The lane with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Green, Self::Yellow, Self::Red].into_iter().find(|l| l.name() == name)
    }
}

/// Why a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable code: the id of the rule, or `requirement`, `document`, `screening`, `unknown`, `chance`.
    pub code: String,
    /// The lane this alone asks for.
    pub lane: Lane,
    /// Item number; 0 for the declaration.
    pub item: u32,
    /// As the officer reads it.
    pub text: Trilingual,
    /// Points, for rules of risk.
    pub points: u32,
    /// The facts looked at.
    pub seen: Vec<(&'static str, String)>,
}

/// A lane with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The lane.
    pub lane: Lane,
    /// Every reason, gravest first; a green lane has none.
    pub reasons: Vec<Reason>,
}

/// What happens next, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An officer looks at the documents.
    ReviewDocuments,
    /// An officer looks at the goods.
    ExamineGoods,
    /// Documents are wanted of the trader.
    RequestDocuments,
    /// The goods may not move.
    Detain,
    /// An officer says whether who has the name of a listed party is that party.
    DecideName,
    /// The amount due, or to be secured, is asked for.
    RequestPayment,
    /// The goods may move.
    Release,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ReviewDocuments,
        Self::ExamineGoods,
        Self::RequestDocuments,
        Self::Detain,
        Self::DecideName,
        Self::RequestPayment,
        Self::Release,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReviewDocuments => "review documents",
            Self::ExamineGoods => "examine goods",
            Self::RequestDocuments => "request documents",
            Self::Detain => "detain",
            Self::DecideName => "decide name",
            Self::RequestPayment => "request payment",
            Self::Release => "release",
        }
    }
}

/// The code of the reason of who is looked at by chance.
const CHANCE: &str = "chance";

fn said(en: String, zh: String, ru: String) -> Trilingual {
    Trilingual { en, zh, ru }
}

/// Chooses the lane.
#[must_use]
pub fn route(
    declaration: &Declaration,
    settled: &[Settled<'_>],
    checked: &[Checked],
    screened: &[(String, Screening)],
    score: &Score<'_>,
    assessment: &Assessment,
    reference: Reference<'_>,
) -> Decision {
    let policy: &Policy = &reference.pack.profile.policy;
    let mut reasons = Vec::new();
    let mut reason = |code: &str, lane, item, text| {
        reasons.push(Reason {
            code: code.to_owned(),
            lane,
            item,
            text,
            points: 0,
            seen: Vec::new(),
        });
    };
    for one in settled {
        let text = &one.requirement.rule.text;
        let item = one.requirement.item;
        let id = &one.requirement.rule.id;
        match one.settlement {
            Settlement::Met | Settlement::Illustrative => {}
            Settlement::Prohibited => reason(id, Lane::Red, item, text.clone()),
            Settlement::Missing | Settlement::Unknown => {
                reason(id, Lane::Yellow, item, text.clone());
            }
        }
    }
    if let Some(item) = declaration.items.iter().find(|i| i.code.is_empty()) {
        reason(
            "unknown",
            Lane::Yellow,
            item.number,
            said(
                "No commodity code is stated: what the law wants of such goods could not be checked"
                    .to_owned(),
                "未申报商品编码：无法核查法律对该货物的要求".to_owned(),
                "Код товара не указан: требования к такому товару проверить нельзя".to_owned(),
            ),
        );
    }
    // A document that is not good is looked at, whether or not anything asks for it.
    for one in checked {
        if let Err(doubt) = one.outcome {
            reason("document", Lane::Yellow, one.item, doubt.text(&one.number));
        }
    }
    // What is the same of everybody is said once.
    let mut unchecked: Vec<Trilingual> = Vec::new();
    for (name, screening) in screened {
        match screening {
            Screening::Clear => {}
            Screening::Named(hits) => {
                let list = hits.first().map(|h| h.list.as_str()).unwrap_or_default();
                reason(
                    "screening",
                    Lane::Red,
                    0,
                    said(
                        format!("{name} has the name of an entry on: {list}"),
                        format!("{name} 与名单条目同名：{list}"),
                        format!("{name}: имя совпадает с записью в списке: {list}"),
                    ),
                );
            }
            Screening::Unknown(why) => {
                if let Some(text) = why.text(name)
                    && !unchecked.contains(&text)
                {
                    unchecked.push(text);
                }
            }
        }
    }
    for text in unchecked {
        reason("unknown", Lane::Yellow, 0, text);
    }
    if let Some(first) = assessment.unknown.first() {
        let n = assessment.unknown.len();
        reason(
            "unknown",
            Lane::Yellow,
            first.item,
            said(
                format!("{n} amount(s) could not be computed, first: {}", first.tax),
                format!("有 {n} 项金额无法计算，首项：{}", first.tax),
                format!("Не удалось рассчитать сумм: {n}, первая: {}", first.tax),
            ),
        );
    }
    let by_points = if score.points >= policy.red_from {
        Lane::Red
    } else if score.points >= policy.yellow_from {
        Lane::Yellow
    } else {
        Lane::Green
    };
    for one in &score.contributions {
        reasons.push(Reason {
            code: one.rule.id.clone(),
            lane: by_points,
            item: one.item,
            text: one.rule.text.clone(),
            points: one.rule.points,
            seen: one.seen.clone(),
        });
    }
    if score.by_chance {
        reasons.push(Reason {
            code: CHANCE.to_owned(),
            lane: Lane::Yellow,
            item: 0,
            text: said(
                "Chosen at random".to_owned(),
                "随机抽查".to_owned(),
                "Выбрано случайно".to_owned(),
            ),
            points: 0,
            seen: Vec::new(),
        });
    }
    reasons.sort_by_key(|r| std::cmp::Reverse(r.lane));
    let lane = reasons.iter().map(|r| r.lane).max().unwrap_or(Lane::Green);
    Decision { lane, reasons }
}

/// What happens next; `collected` says whether taxes are collected with this declaration at all.
#[must_use]
pub fn plan(
    decision: &Decision,
    settled: &[Settled<'_>],
    screened: &[(String, Screening)],
    assessment: &Assessment,
    collected: bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let any = |s| settled.iter().any(|one| one.settlement == s);
    if any(Settlement::Prohibited) {
        steps.push(Step::Detain);
    }
    if any(Settlement::Missing) {
        steps.push(Step::RequestDocuments);
    }
    let named = |(_, screening): &(String, Screening)| matches!(screening, Screening::Named(_));
    if screened.iter().any(named) {
        steps.push(Step::DecideName);
    }
    // A look at the goods does not tell what is asked of the documents, whatever else it is for.
    if decision.reasons.iter().any(|r| r.lane == Lane::Yellow && r.code != CHANCE) {
        steps.push(Step::ReviewDocuments);
    }
    match decision.lane {
        Lane::Green => {}
        Lane::Yellow if steps.contains(&Step::ReviewDocuments) => {}
        Lane::Yellow => steps.push(Step::ReviewDocuments),
        Lane::Red => steps.push(Step::ExamineGoods),
    }
    let secured = assessment.lines.iter().any(|line| !line.secured.is_zero());
    // What could not be computed is not nothing.
    if secured || assessment.waits(collected) || !assessment.total.is_zero() {
        steps.push(Step::RequestPayment);
    }
    if !any(Settlement::Prohibited) {
        steps.push(Step::Release);
    }
    steps
}
