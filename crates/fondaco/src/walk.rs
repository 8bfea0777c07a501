//! From a declaration to an opinion: the walk, in one function.

use crate::allotment::{self, Allotment, Drawn, nothing_drawn};
use crate::assessment::{self, Assessment, Determined};
use crate::decision::{self, Decision, Step};
use crate::declaration::Declaration;
use crate::lpco::{self, Checked, Looked};
use crate::money::Decimal;
use crate::quota::Quota;
use crate::reference::Reference;
use crate::requirement::{self, Settled};
use crate::risk::{self, Score};
use crate::screening::{self, Screening};

/// What a house knows that stands in no law: what was drawn before, and its register.
#[derive(Clone, Copy)]
pub struct Known<'d> {
    /// What was drawn on quotas by others.
    pub drawn: &'d Drawn<'d>,
    /// What the declaration drew before it was amended.
    pub kept: &'d Drawn<'d>,
    /// The register of licences, permits, certificates and others.
    pub looked: &'d dyn Looked,
    /// What officers stated, where it is assessed anew what could not be computed: nothing is drawn by that,
    /// and of quotas the declaration has what it had.
    pub anew: Option<&'d [Determined]>,
}

/// Where nothing is known but what was drawn: the register is empty.
impl<'d, F: Fn(&Quota) -> Decimal> From<&'d F> for Known<'d> {
    fn from(drawn: &'d F) -> Self {
        Self { drawn, kept: &nothing_drawn, looked: &lpco::EMPTY, anew: None }
    }
}

/// Everything the house thinks of a declaration.
#[derive(Clone, Debug)]
pub struct Opinion<'a> {
    /// What is drawn on tariff quotas when the declaration is accepted.
    pub allotted: Vec<Allotment<'a>>,
    /// What has to be paid.
    pub assessment: Assessment,
    /// The documents shown that the register keeps, and what it says of them.
    pub checked: Vec<Checked>,
    /// What has to be shown, and whether it is.
    pub settled: Vec<Settled<'a>>,
    /// Who is named on the declaration and what the lists say: role and name, outcome.
    pub screened: Vec<(String, Screening)>,
    /// The risk, with its reasons.
    pub score: Score<'a>,
    /// The lane, with its reasons.
    pub decision: Decision,
    /// What happens next.
    pub plan: Vec<Step>,
    /// Whether taxes that could not be computed are collected with the declaration.
    pub collected: bool,
}

/// Forms the opinion. Same declaration, same law, same draw, same quotas and register: same opinion.
///
/// `draw` is a number from 0 to 9,999, fixed by the house before it looks; `known` says what was drawn
/// on quotas before and what the register has.
#[must_use]
pub fn consider<'a, 'k>(
    declaration: &Declaration,
    reference: Reference<'a>,
    draw: u32,
    known: impl Into<Known<'k>>,
) -> Opinion<'a> {
    consider_by(declaration, reference, reference, draw, known)
}

/// The same where the documents shown and the names are looked up by another day's register and lists than
/// the law: of goods that came on a day whose law would return them.
#[must_use]
pub fn consider_by<'a, 'k>(
    declaration: &Declaration,
    reference: Reference<'a>,
    register: Reference<'_>,
    draw: u32,
    known: impl Into<Known<'k>>,
) -> Opinion<'a> {
    let Known { drawn, kept, looked, anew } = known.into();
    let mut allotted = allotment::allot(declaration, reference, drawn, kept);
    if anew.is_some() {
        allotted.iter_mut().for_each(|a| a.granted = a.granted.min(a.kept));
    }
    let assessment =
        assessment::assess(declaration, reference, &allotted, anew.unwrap_or_default());
    let requirements = requirement::find(declaration, &assessment, reference);
    let checked = lpco::check(declaration, &assessment, register, looked);
    let settled = requirement::settle(requirements, declaration, &checked, register);
    let screened: Vec<_> = declaration
        .parties
        .iter()
        .filter(|p| !p.id.is_empty() || !p.name.is_empty())
        .map(|p| {
            let shown = if p.name.is_empty() { &p.id } else { &p.name };
            (format!("{} {shown}", p.role), screening::screen(p, &register.pack.names))
        })
        .collect();
    let score = risk::score(declaration, &assessment, reference, draw);
    let decision =
        decision::route(declaration, &settled, &checked, &screened, &score, &assessment, reference);
    let profile = &reference.pack.profile;
    let told = profile.type_of(&declaration.kind).is_some_and(|t| t.assessed);
    let collected = told || !profile.taxes_named || declaration.names_taxes();
    let plan = decision::plan(&decision, &settled, &screened, &assessment, collected);
    Opinion { allotted, assessment, checked, settled, screened, score, decision, plan, collected }
}
