//! From bytes to what the house says of them: the part of the walk that needs no store.

use fondaco::admission::{Admission, admit, admit_come};
use fondaco::day::Day;
use fondaco::declaration::{Declaration, Message};
use fondaco::draft::Draft;
use fondaco::finding::{Code, Finding};
use fondaco::ledger::Charge;
use fondaco::lpco::{self, Checked};
use fondaco::reference::{Pack, Reference};
use fondaco::walk::{self, Known};
use fondaco_wire::report::Report;
use fondaco_wire::{Decoded, Format, Limits};

use crate::store::Draw;

/// The draw that chooses nobody.
pub(crate) const NO_DRAW: u32 = 9_999;

/// When a message is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    /// The day whose law applies, where it is given; otherwise the day of acceptance the declaration
    /// states, otherwise today.
    pub(crate) on: Option<Day>,
    /// Today.
    pub(crate) today: Day,
    /// Whether the window for a stated acceptance date is kept. It is not where recorded messages
    /// are looked at again.
    pub(crate) window: bool,
}

/// What the house says of a message.
pub(crate) struct Considered {
    /// The report.
    pub(crate) report: Report,
    /// The declaration, where it was admitted.
    pub(crate) declaration: Option<Box<Declaration>>,
    /// The draft, where the bytes could be read.
    pub(crate) draft: Option<Draft>,
    /// The day whose law was applied.
    pub(crate) day: Day,
    /// What it would draw on tariff quotas.
    pub(crate) draws: Vec<Draw>,
    /// What is owed by it; `None` where it is nothing, or something of it is unknown.
    pub(crate) charge: Option<Charge>,
    /// The documents shown that the register keeps.
    pub(crate) checked: Vec<Checked>,
}

impl Considered {
    pub(crate) fn is_accepted(&self) -> bool {
        self.declaration.is_some()
    }
}

/// The acceptance date a draft states.
pub(crate) fn stated_acceptance(draft: &Draft) -> Option<Day> {
    Day::compact(draft.root()?.child("AcceptanceDateTime")?.text()).ok()
}

/// Looks at a message.
pub(crate) fn consider<'k>(
    pack: &Pack,
    format: &Format,
    bytes: &[u8],
    when: When,
    draw: u32,
    known: impl Into<Known<'k>>,
) -> Considered {
    considered((format.decode)(bytes, &Limits::default()), pack, when, draw, known)
}

/// Looks at a message that was read.
pub(crate) fn considered<'k>(
    decoded: Decoded,
    pack: &Pack,
    when: When,
    draw: u32,
    known: impl Into<Known<'k>>,
) -> Considered {
    again(decoded, pack, when, false, draw, known)
}

/// Looks at a declaration again; `come` where its goods were lodged before they came, and are here.
pub(crate) fn again<'k>(
    decoded: Decoded,
    pack: &Pack,
    when: When,
    come: bool,
    draw: u32,
    known: impl Into<Known<'k>>,
) -> Considered {
    let stated = decoded.draft.as_ref().and_then(stated_acceptance);
    let day = when.on.or(stated).unwrap_or(when.today);
    let law = pack.on(day);
    let Some(draft) = decoded.draft else {
        let report = Report::returned(&decoded.findings, law);
        return returned_whole(report, None, day);
    };
    let filed = when.window.then_some(when.on.unwrap_or(when.today));
    let admission = match come {
        true => admit_come(&draft, decoded.findings, law),
        false => admit(&draft, decoded.findings, law, filed),
    };
    match admission {
        Admission::Returned(findings) => {
            let report = Report::returned(&findings, law);
            returned_whole(report, Some(draft), day)
        }
        Admission::Accepted(declaration, findings) => {
            admitted(draft, (declaration, &findings), law, law, draw, known.into())
        }
    }
}

/// The opinion on a message that was admitted, by the law and by what the register keeps.
pub(crate) fn admitted(
    draft: Draft,
    (mut declaration, findings): (Box<Declaration>, &[Finding]),
    law: Reference<'_>,
    register: Reference<'_>,
    draw: u32,
    known: Known<'_>,
) -> Considered {
    let (mut draws, mut checked) = (Vec::new(), Vec::new());
    let mut charge = None;
    let report = if declaration.message == Message::Original {
        declaration.programmes = lpco::programmes(&declaration, register, known.looked);
        let opinion = walk::consider_by(&declaration, law, register, draw, known);
        draws.extend(opinion.allotted.iter().map(Draw::proposed));
        // What could not be computed is no part of it where it is not collected.
        let of = if opinion.collected { Charge::of } else { Charge::of_known };
        charge = of(&opinion.assessment).ok();
        checked.clone_from(&opinion.checked);
        Report::accepted(&declaration, findings, &opinion, law)
    } else {
        Report::noted(&declaration, findings, law)
    };
    let (declaration, draft) = (Some(declaration), Some(draft));
    Considered { report, declaration, draft, day: law.day, draws, checked, charge }
}

pub(crate) fn returned_whole(report: Report, draft: Option<Draft>, day: Day) -> Considered {
    let (draws, checked, charge) = (Vec::new(), Vec::new(), None);
    Considered { report, declaration: None, draft, day, draws, checked, charge }
}

/// Turns an accepted filing into a returned one, for a finding only the store can make.
pub(crate) fn returned(
    pack: &Pack,
    day: Day,
    draft: &Draft,
    code: Code,
    at: &str,
    value: &str,
) -> Report {
    let place = draft.root().map(|r| r.place_of(at)).unwrap_or_default();
    Report::returned(&[Finding::new(code, place).value(value)], pack.on(day))
}
