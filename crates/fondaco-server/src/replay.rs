//! What was thought of a filing, thought again: by the bundle of that day, what was left of the quotas
//! then, and the amendments that had been granted.

use std::collections::BTreeMap;
use std::path::Path;

use fondaco::amendment::{NotApplied, amended};
use fondaco::consignment::{Event, RequestKind};
use fondaco::day::Day;
use fondaco::declaration::Message;
use fondaco::finding::Code;
use fondaco::money::Decimal;
use fondaco::quota::Quota;
use fondaco::walk::Known;
use fondaco_wire::Decoded;

use crate::act;
use crate::arrival::{self, Standing};
use crate::consider::{self, When};
use crate::determine::{self, ASSESS};
use crate::house::{format_of, forms_an_opinion, stood_by};
use crate::law::kept::of_digest;
use crate::lpco;
use crate::store::{Fault, Filing, Store, had_of};

/// The declaration with the amendments that were granted; `until` the act with this id, where an opinion
/// is formed again.
pub(crate) fn as_it_stands(
    store: &Store,
    main: &Filing,
    until: Option<&str>,
) -> Result<Decoded, Fault> {
    let format = format_of(main).map_err(Fault::Engine)?;
    let mut decoded = (format.decode)(&main.body, &fondaco_wire::Limits::default());
    let mut asked = BTreeMap::new();
    let mut granted = Vec::new();
    for happened in store.events(&main.mrn, 0, usize::MAX)? {
        match happened.event {
            Event::Requested(request) if request.kind == RequestKind::Amend => {
                asked.insert(request, happened.filing.clone());
            }
            Event::Granted(request) => granted.extend(asked.get(&request).cloned()),
            _ => {}
        }
        // The first event of an act is the one that changes the declaration.
        if until == Some(&*happened.filing) {
            break;
        }
    }
    for id in granted {
        let fault = || Fault::Engine(format!("the amendment {id} cannot be read"));
        let filing = store.filing(&id)?.ok_or_else(fault)?;
        amend(&mut decoded, &filing)?.map_err(|e| Fault::Engine(e.to_string()))?;
    }
    Ok(decoded)
}

/// Applies the amendment that a filing asks for.
///
/// # Errors
/// [`Fault::Engine`]: one of the two cannot be read; within, where the amendment cannot be applied.
pub(crate) fn amend(
    decoded: &mut Decoded,
    filing: &Filing,
) -> Result<Result<(), NotApplied>, Fault> {
    let format = format_of(filing).map_err(Fault::Engine)?;
    let message = (format.decode)(&filing.body, &fondaco_wire::Limits::default()).draft;
    let (Some(draft), Some(message)) = (&decoded.draft, message) else {
        return Err(Fault::Engine(format!("the amendment {} cannot be read", filing.id)));
    };
    Ok(amended(draft, &message).map(|after| decoded.draft = Some(after)))
}

/// Forms the opinion on a stored filing again, by the bundle it was formed by and what was left of
/// the quotas then.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn replay(dir: &Path, store: &Store, filing: &Filing) -> Result<Vec<u8>, String> {
    if act::is_said(filing) && !forms_an_opinion(filing) {
        // No opinion is formed of an act or of what a bank tells: it stands as it was said.
        return Ok(filing.opinion.clone());
    }
    let pack = &of_digest(dir, &filing.bundle).map_err(|failure| failure.to_string())?;
    let day = |n: i32| Day::from_number(n).map_err(|e| e.to_string());
    let when = When {
        on: filing.on.map(day).transpose()?,
        today: day(filing.today)?,
        window: filing.window,
    };
    let said = |fault: Fault| fault.to_string();
    let before = store.drawn_before(&filing.id).map_err(said)?;
    let drawn = |quota: &Quota| {
        let mut of_period = before.iter().filter(|(order, definition, _)| {
            quota.order == order.as_str() && quota.definition == definition.as_str()
        });
        of_period.next().map_or(Decimal::ZERO, |(_, _, drawn)| *drawn)
    };
    // What the register had then; a declaration's own write-offs are left out where it is amended.
    let sight = store.lpco_seen(&filing.id).map_err(said)?;
    let looked = lpco::Known::as_of(store, &filing.about, sight);
    // What it drew before it was amended.
    let had = store.had(&filing.about, &filing.id).map_err(said)?;
    let kept = |quota: &Quota| had_of(&had, &quota.order, &quota.definition);
    let known = Known { drawn: &drawn, kept: &kept, looked: &looked, anew: None };
    if forms_an_opinion(filing) {
        // Formed of the declaration whose goods had come, or that was amended.
        let main = store.filing(&filing.about).map_err(said)?;
        let main = main.ok_or_else(|| format!("there is no declaration {}", filing.about))?;
        let decoded = as_it_stands(store, &main, Some(&filing.id)).map_err(said)?;
        let amends = filing.format == act::FORMAT;
        let when = When { window: false, ..when };
        if amends && filing.kind == ASSESS {
            let stated = determine::stated(filing, pack)?;
            let by = determine::By { store, dir, pack, main: &main, act: &filing.id, when };
            let looked_at = by.look(decoded, &stated, known).map_err(said)?;
            looked.told().map_err(said)?;
            let about = store.about(&main.mrn).map_err(said)?;
            let before = stood_by(&about, &main, &filing.id);
            return determine::with_assessment(&before.opinion, &looked_at.report).map_err(said);
        }
        let mut report = if amends {
            let log = store.events(&filing.about, 0, usize::MAX).map_err(said)?;
            let mut before = log.iter().take_while(|h| h.filing != filing.id);
            let come = before.any(|h| h.event == Event::Accepted);
            consider::again(decoded, pack, when, come, main.draw, known).report
        } else {
            let standing = || Standing::of(store, dir, &main, &filing.id, pack);
            let formed = arrival::considered(decoded, pack, when, main.draw, standing, known);
            formed.map_err(said)?.0.report
        };
        report.message = if amends { Message::Amendment } else { Message::Arrival }.name();
        looked.told().map_err(said)?;
        return Ok(report.to_bytes());
    }
    let format = format_of(filing)?;
    let considered = consider::consider(pack, format, &filing.body, when, filing.draw, known);
    looked.told().map_err(said)?;
    // What only the store could know is taken from what was stored.
    let stored: serde_json::Value = serde_json::from_slice(&filing.opinion).unwrap_or_default();
    let first = &stored["findings"][0];
    let by_store = [
        (Code::ReferenceUsed, "FunctionalReferenceID"),
        (Code::DeclarationUnknown, "ID"),
        (Code::DeclarationOver, "ID"),
    ];
    for (code, at) in by_store {
        if first["code"] == code.row().code
            && let Some(draft) = &considered.draft
        {
            let value = first["value"].as_str().unwrap_or_default();
            let report = consider::returned(pack, considered.day, draft, code, at, value);
            return Ok(report.to_bytes());
        }
    }
    Ok(considered.report.to_bytes())
}
