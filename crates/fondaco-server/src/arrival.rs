//! What becomes of a declaration that was lodged before its goods came, when they come: it is looked at again
//! by the law of that day.
//!
//! Holds always: goods that this law would return are held for an officer, with what it finds told; they take
//! of the register and of quotas what they would have taken, and owe what they owed.

use std::path::Path;

use fondaco::admission::{Admission, admit, admit_come};
use fondaco::consignment::{self, Event, Follows};
use fondaco::day::Day;
use fondaco::decision::{Lane, Step};
use fondaco::declaration::Message;
use fondaco::money::Decimal;
use fondaco::quota::Quota;
use fondaco::reference::Pack;
use fondaco::walk::Known;
use fondaco_wire::Decoded;
use fondaco_wire::report::Report;

use crate::consider::{self, Considered, When, stated_acceptance};
use crate::house::{House, follows, step, stood_by};
use crate::law::kept::of_digest;
use crate::money;
use crate::store::lpco::Lookups;
use crate::store::{Draw, Fault, Filing, Owed, Store};
use crate::tasks;

/// What becomes of a pre-lodged declaration whose goods have come.
pub(crate) struct Accepted {
    pub(crate) events: Vec<Event>,
    pub(crate) draws: Vec<Draw>,
    pub(crate) owed: Option<Box<Owed>>,
    pub(crate) looked: Lookups,
    /// Where the goods were declared to be.
    pub(crate) location: String,
    /// The opinion formed then; `None` where none could be.
    pub(crate) report: Option<Report>,
}

/// The law by which a declaration was last thought good.
pub(crate) struct Standing {
    /// `None` where it is the law it is looked at by.
    pack: Option<Box<Pack>>,
    day: Day,
}

impl Standing {
    /// Of a declaration, before the message with this id came, where that is not empty; `pack` is the law at
    /// hand.
    pub(crate) fn of(
        store: &Store,
        dir: &Path,
        main: &Filing,
        until: &str,
        pack: &Pack,
    ) -> Result<Self, Fault> {
        let about = store.about(&main.mrn)?;
        let last = stood_by(&about, main, until);
        let engine = |what: String| Fault::Engine(what);
        let other = || of_digest(dir, &last.bundle).map_err(|failure| engine(failure.to_string()));
        let pack = if last.bundle == pack.digest { None } else { Some(Box::new(other()?)) };
        let day = match last.on {
            Some(on) => Day::from_number(on).map_err(|e| engine(e.to_string()))?,
            None => {
                let format = crate::house::format_of(last).map_err(Fault::Engine)?;
                let decoded = (format.decode)(&last.body, &fondaco_wire::Limits::default());
                let stated = decoded.draft.as_ref().and_then(stated_acceptance);
                let today = Day::from_number(last.today).map_err(|e| engine(e.to_string()))?;
                stated.unwrap_or(today)
            }
        };
        Ok(Self { pack, day })
    }
}

/// The opinion on a declaration whose goods have come: by the law of the day, or where that would return
/// them, by the law that `standing` is, held for an officer. Nothing is accepted where neither takes it.
///
/// # Errors
/// Why `standing` cannot be told.
pub(crate) fn considered(
    decoded: Decoded,
    pack: &Pack,
    when: When,
    draw: u32,
    standing: impl FnOnce() -> Result<Standing, Fault>,
    known: Known<'_>,
) -> Result<(Considered, Option<Standing>), Fault> {
    let day = when.on.unwrap_or(when.today);
    let now = pack.on(day);
    let Some(draft) = decoded.draft else {
        let report = Report::returned(&decoded.findings, now);
        return Ok((consider::returned_whole(report, None, day), None));
    };
    let findings = match admit_come(&draft, decoded.findings.clone(), now) {
        Admission::Accepted(declaration, findings) => {
            let admitted = (declaration, findings.as_slice());
            return Ok((consider::admitted(draft, admitted, now, now, draw, known), None));
        }
        Admission::Returned(findings) => findings,
    };
    let standing = standing()?;
    let law = standing.pack.as_deref().unwrap_or(pack).on(standing.day);
    let Admission::Accepted(declaration, _) = admit(&draft, decoded.findings, law, None) else {
        let report = Report::returned(&findings, now);
        return Ok((consider::returned_whole(report, Some(draft), day), None));
    };
    // Nothing is left for them of a period that is no longer there, is told otherwise or is closed.
    let drawn = |quota: &Quota| match now.quota(&quota.order) {
        Some(there) if there == quota && !there.closed.iter().any(|span| span.covers(day)) => {
            (known.drawn)(quota)
        }
        _ => Decimal::MAX,
    };
    let known = Known { drawn: &drawn, ..known };
    let admitted = (declaration, findings.as_slice());
    let mut considered = consider::admitted(draft, admitted, law, now, draw, known);
    considered.draws.retain(|draw| draw.before < Decimal::MAX);
    considered.report.hold_for(&findings);
    Ok((considered, Some(standing)))
}

impl House {
    /// What becomes of a pre-lodged declaration when its goods come: it is looked at again by the law of
    /// that day, draws on its quotas, writes off and is accepted. Where that law would return it, it is
    /// accepted by that by which it stands, for an officer to look at.
    pub(crate) fn accepted_on_arrival(
        &self,
        pack: &Pack,
        main: &Filing,
        when: When,
    ) -> Result<Accepted, Fault> {
        let decoded = self.as_it_stands(main)?;
        let standing = || Standing::of(&self.store, &self.dir, main, "", pack);
        let (considered, sight) = self.with_known(&main.mrn, |known| {
            considered(decoded, pack, when, main.draw, standing, known)
        })?;
        let (considered, standing) = considered?;
        let Some(declared) = considered.declaration else {
            return self.held_on_arrival(pack, main, when);
        };
        let law = standing.as_ref().and_then(|s| s.pack.as_deref()).unwrap_or(pack);
        let mut report = considered.report;
        report.message = Message::Arrival.name();
        let events = consignment::after_acceptance(&follows(law, &report, Some(&declared)));
        let owed = self.owed(pack, &main.mrn, &declared, considered.charge, when.today);
        Ok(Accepted {
            events,
            draws: considered.draws,
            owed,
            looked: Lookups::of(sight, pack, considered.checked, true),
            location: declared.location.clone(),
            report: Some(report),
        })
    }

    /// The same of one of which no opinion can be formed any more, as by another program that reads it
    /// otherwise: what was thought of it stands, nothing of it was looked up, and the goods are looked at.
    fn held_on_arrival(&self, pack: &Pack, main: &Filing, when: When) -> Result<Accepted, Fault> {
        let standing = self.standing(main)?;
        let opinion = &standing.as_ref().unwrap_or(main).opinion;
        let opinion: serde_json::Value = serde_json::from_slice(opinion).unwrap_or_default();
        let some = |list: &serde_json::Value| list.as_array().is_some_and(|l| !l.is_empty());
        let lines = &opinion["assessment"]["lines"];
        // What was owed by it is owed; what was not known is not nothing.
        let plan = opinion["decision"]["plan"].as_array().into_iter().flatten();
        let mut plan: Vec<Step> = plan.filter_map(|s| step(s.as_str()?)).collect();
        if money::waits(&opinion) {
            plan.push(Step::RequestPayment);
        }
        let tasks = tasks::holds_of(pack, &opinion);
        let told = pack.profile.type_of(&main.kind).is_some_and(|t| t.assessed);
        let assessed = told || some(lines);
        let follows = Follows { lane: Lane::Red, plan, assessed, tasks };
        Ok(Accepted {
            events: consignment::after_acceptance(&follows),
            draws: Vec::new(),
            owed: self.owed_by(pack, main, &opinion, when.today),
            looked: Lookups::default(),
            location: String::new(),
            report: None,
        })
    }
}
