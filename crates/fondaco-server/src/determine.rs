//! What could not be computed of a declaration is assessed anew: by the rates that were loaded since, and by
//! amounts that an officer states.
//!
//! Holds always: nothing but the assessment changes, and nothing of it stays unknown that may have to be paid.

use std::collections::BTreeSet;

use fondaco::assessment::{Determined, TaxLine};
use fondaco::day::Day;
use fondaco::declaration::Message;
use fondaco::money::Decimal;
use fondaco::reference::Pack;
use fondaco::token::Token;
use fondaco::walk::Known;
use fondaco_wire::Decoded;
use fondaco_wire::report::{AssessmentView, Report};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::act::{ActMessage, Refused};
use crate::cli::today;
use crate::consider::{self, Considered, When};
use crate::house::{House, last_formed, total};
use crate::store::lpco::Lookups;
use crate::store::{self, Draw, Fault, Filing, Owed};

/// The act, as it is named.
pub(crate) const ASSESS: &str = "assess";

/// An amount that an officer states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stated {
    /// Item number; 0, or left out, of a tax that is charged once for the declaration.
    #[serde(default)]
    pub(crate) item: u32,
    /// Tax type.
    pub(crate) tax: String,
    /// What is to be paid, a decimal in the currency of assessment.
    pub(crate) amount: String,
    /// What is to be secured beside it; empty where nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) secured: String,
}

/// A declaration assessed anew.
pub(crate) struct Anew {
    /// What the act makes of what was thought.
    pub(crate) opinion: Vec<u8>,
    /// The sum, as filings have it.
    pub(crate) total: String,
    pub(crate) owed: Option<Box<Owed>>,
    pub(crate) looked: Lookups,
    pub(crate) draws: Vec<Draw>,
}

/// What an act states, typed: each tax of an item once, in whole smallest units, and why.
fn determined(message: &ActMessage, pack: &Pack) -> Result<Vec<Determined>, Refused> {
    let wrong = || Refused::Field("amounts");
    if !message.amounts.is_empty() && message.note.trim().is_empty() {
        return Err(Refused::Field("note"));
    }
    let amount = |text: &str| {
        let amount: Decimal = text.parse().map_err(|_| wrong())?;
        let whole = amount.normalize().scale() <= pack.profile.currency.minor_digits();
        if whole && amount >= Decimal::ZERO { Ok(amount) } else { Err(wrong()) }
    };
    let mut said = BTreeSet::new();
    let mut all = Vec::with_capacity(message.amounts.len());
    for one in &message.amounts {
        let tax = Token::new(&one.tax).map_err(|_| wrong())?;
        if tax.is_empty() || !said.insert((one.item, tax)) {
            return Err(wrong());
        }
        all.push(Determined {
            item: one.item,
            tax,
            payable: amount(&one.amount)?,
            secured: if one.secured.is_empty() { Decimal::ZERO } else { amount(&one.secured)? },
            basis: message.note.trim().to_owned(),
        });
    }
    Ok(all)
}

/// Whether an amount may be stated: of a tax that is not known, or that was computed of a value that lacks a
/// cost.
fn is_wanted(one: &Determined, assessment: &AssessmentView) -> bool {
    let tax = one.tax.as_str();
    let of = |u: &&fondaco_wire::report::UnknownView| u.item == one.item;
    assessment.unknown.iter().filter(of).any(|u| u.tax_type == tax || u.tax_type.is_empty())
}

/// What was thought of a declaration, with another assessment.
pub(crate) fn with_assessment(opinion: &[u8], report: &Report) -> Result<Vec<u8>, Fault> {
    let engine = |e: serde_json::Error| Fault::Engine(e.to_string());
    let mut opinion: Value = serde_json::from_slice(opinion).map_err(engine)?;
    opinion["assessment"] = serde_json::to_value(&report.assessment).map_err(engine)?;
    serde_json::to_vec(&opinion).map_err(engine)
}

/// The opinion that stood before a message about a declaration.
pub(crate) fn before<'f>(about: &'f [Filing], main: &'f Filing, id: &str) -> &'f Filing {
    let end = about.iter().position(|filing| filing.id == id).unwrap_or(about.len());
    about.get(..end).and_then(last_formed).unwrap_or(main)
}

/// What a stored act states.
pub(crate) fn stated(filing: &Filing, pack: &Pack) -> Result<Vec<Determined>, String> {
    let message: ActMessage = serde_json::from_slice(&filing.body).map_err(|e| e.to_string())?;
    determined(&message, pack).map_err(|refused| refused.to_string())
}

/// Looks at a declaration that was accepted, with what an officer states.
pub(crate) fn look(
    decoded: Decoded,
    pack: &Pack,
    when: When,
    draw: u32,
    determined: &[Determined],
    known: Known<'_>,
) -> Considered {
    consider::again(decoded, pack, when, true, draw, Known { determined, ..known })
}

impl House {
    /// Assesses a declaration anew, by the law of its day and what the act states.
    pub(crate) fn assessed_anew(
        &self,
        pack: &Pack,
        main: &Filing,
        message: &ActMessage,
        on: Day,
    ) -> Result<Anew, Refused> {
        let determined = determined(message, pack)?;
        let when = When { on: Some(on), today: today(), window: false };
        let look = |determined: &[Determined]| {
            let decoded = self.as_it_stands(main)?;
            self.with_known(&main.mrn, |known| {
                look(decoded, pack, when, main.draw, determined, known)
            })
        };
        if !determined.is_empty() {
            let (known, _) = look(&[])?;
            let assessment = known.report.assessment.as_ref();
            let wanted = |one| assessment.is_some_and(|a| is_wanted(one, a));
            if !determined.iter().all(wanted) {
                return Err(Refused::Field("amounts"));
            }
        }
        let (considered, sight) = look(&determined)?;
        let report = considered.report;
        let declaration = considered.declaration.filter(|d| d.message == Message::Original);
        let Some(declaration) = declaration else {
            return Err(Refused::Returned(Box::new(report)));
        };
        let lines = report.assessment.iter().flat_map(|a| &a.lines);
        let stated = lines.filter(|line| line.mark == TaxLine::DETERMINED).count();
        let Some(charge) = considered.charge.filter(|_| stated == determined.len()) else {
            return Err(Refused::StillUnknown(Box::new(report)));
        };
        let about = self.store.about(&main.mrn)?;
        let opinion = with_assessment(&before(&about, main, "").opinion, &report)?;
        Ok(Anew {
            total: total(&report),
            opinion: store::pack(&opinion)?,
            owed: self.owed(pack, &main.mrn, &declaration, Some(charge), when.today),
            // What it takes of quotas and of the register it has: nothing is taken again.
            looked: Lookups::of(sight, pack, considered.checked, false),
            draws: considered.draws.into_iter().map(Draw::foreseen).collect(),
        })
    }
}
