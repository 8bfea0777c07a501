//! From a declaration to an opinion: the walk, in one function.

use crate::allotment::{self, Allotment, Drawn};
use crate::assessment::{self, Assessment};
use crate::decision::{self, Decision, Step};
use crate::declaration::Declaration;
use crate::reference::Reference;
use crate::requirement::{self, Settled};
use crate::risk::{self, Score};
use crate::screening::{self, Screening};

/// Everything the house thinks of a declaration.
#[derive(Clone, Debug)]
pub struct Opinion<'a> {
    /// What is drawn on tariff quotas when the declaration is accepted.
    pub allotted: Vec<Allotment<'a>>,
    /// What has to be paid.
    pub assessment: Assessment,
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
}

/// Forms the opinion. Same declaration, same law, same draw, same quotas: same opinion.
///
/// `draw` is a number from 0 to 9,999, fixed by the house before it looks; `drawn` says what was drawn
/// on quotas before.
#[must_use]
pub fn consider<'a>(
    declaration: &Declaration,
    reference: Reference<'a>,
    draw: u32,
    drawn: &Drawn<'_>,
) -> Opinion<'a> {
    let allotted = allotment::allot(declaration, reference, drawn);
    let assessment = assessment::assess(declaration, reference, &allotted);
    let requirements = requirement::find(declaration, &assessment, reference);
    let settled = requirement::settle(requirements, declaration);
    let screened: Vec<_> = declaration
        .parties
        .iter()
        .filter(|p| !p.id.is_empty() || !p.name.is_empty())
        .map(|p| {
            let shown = if p.name.is_empty() { &p.id } else { &p.name };
            (format!("{} {shown}", p.role), screening::screen(p, &reference.pack.names))
        })
        .collect();
    let score = risk::score(declaration, &assessment, reference, draw);
    let decision = decision::route(&settled, &screened, &score, &assessment, reference);
    let plan = decision::plan(&decision, &settled, &assessment);
    Opinion { allotted, assessment, settled, screened, score, decision, plan }
}
