//! What could not be computed of a declaration is assessed anew: by the rates that were loaded since, and by
//! amounts that an officer states.
//!
//! Holds always: nothing but the assessment changes; of quotas the declaration has what it had; nothing stays
//! unknown that may have to be paid; less than was charged is stated by nobody who had a part before.

use std::collections::BTreeSet;
use std::path::Path;

use fondaco::assessment::{Determined, TaxLine};
use fondaco::day::Day;
use fondaco::declaration::Message;
use fondaco::ledger::{Charge, is_amount};
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
use crate::arrival::{self, Standing};
use crate::cli::today;
use crate::consider::{Considered, When};
use crate::house::{House, total};
use crate::money;
use crate::store::lpco::Lookups;
use crate::store::{self, Draw, Fault, Filing, Owed, Store};

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
    pub(crate) lane: String,
    pub(crate) owed: Option<Box<Owed>>,
    pub(crate) looked: Lookups,
    pub(crate) draws: Vec<Draw>,
    /// Whether less is owed than was charged.
    pub(crate) lowers: bool,
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
        let good = whole && amount >= Decimal::ZERO && is_amount(amount);
        if good { Ok(amount) } else { Err(wrong()) }
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

/// Whether an amount may be stated: of a tax that is not known and not relieved, or that was computed of a
/// value that lacks a cost.
fn is_wanted(one: &Determined, assessment: &AssessmentView) -> bool {
    let tax = one.tax.as_str();
    let lines = || assessment.lines.iter().filter(|l| l.item == one.item && l.tax_type == tax);
    assessment.unknown.iter().filter(|u| u.payable).any(|u| match u.tax_type.as_str() {
        // What is charged once for the declaration is computed of the values of its items.
        "" => (u.item == one.item || one.item == 0) && lines().next().is_some(),
        unknown => u.item == one.item && unknown == tax,
    })
}

/// What was thought of a declaration, with another assessment.
pub(crate) fn with_assessment(opinion: &[u8], report: &Report) -> Result<Vec<u8>, Fault> {
    let engine = |e: serde_json::Error| Fault::Engine(e.to_string());
    let mut opinion: Value = serde_json::from_slice(opinion).map_err(engine)?;
    opinion["assessment"] = serde_json::to_value(&report.assessment).map_err(engine)?;
    serde_json::to_vec(&opinion).map_err(engine)
}

/// What a stored act states.
pub(crate) fn stated(filing: &Filing, pack: &Pack) -> Result<Vec<Determined>, String> {
    let message: ActMessage = serde_json::from_slice(&filing.body).map_err(|e| e.to_string())?;
    determined(&message, pack).map_err(|refused| refused.to_string())
}

/// By what a declaration is looked at.
pub(crate) struct By<'b> {
    pub(crate) store: &'b Store,
    /// The folder of the house.
    pub(crate) dir: &'b Path,
    pub(crate) pack: &'b Pack,
    pub(crate) main: &'b Filing,
    /// The act; empty where it is not stored yet.
    pub(crate) act: &'b str,
    pub(crate) when: When,
}

impl By<'_> {
    /// Looks at a declaration that was accepted, with what an officer states: by the law of its day, or where
    /// that would return it, by the law by which it stands.
    ///
    /// # Errors
    /// Why the law by which it stands cannot be told.
    pub(crate) fn look(
        &self,
        decoded: Decoded,
        determined: &[Determined],
        known: Known<'_>,
    ) -> Result<Considered, Fault> {
        let Self { store, dir, pack, main, act, when } = *self;
        let standing = || Standing::of(store, dir, main, act, pack);
        let known = Known { anew: Some(determined), ..known };
        Ok(arrival::considered(decoded, pack, when, main.draw, standing, known)?.0)
    }
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
        let by = By { store: &self.store, dir: &self.dir, pack, main, act: "", when };
        let decoded = self.as_it_stands(main)?;
        let look = |determined: &[Determined]| {
            let decoded = decoded.clone();
            let (considered, sight) =
                self.with_known(&main.mrn, |known| by.look(decoded, determined, known))?;
            Ok::<_, Fault>((considered?, sight))
        };
        let formed = self.standing(main)?;
        let standing = formed.as_ref().unwrap_or(main);
        if !waits_for_amounts(&standing.opinion) {
            return Err(Refused::NothingUnknown);
        }
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
        let lowers = self.lowers(main, &charge)?;
        let owed = self.owed(pack, &main.mrn, &declaration, Some(charge), when.today);
        // Nobody says how much they owe themselves.
        let debtor = owed.as_ref().map(|owed| owed.debt.debtor.as_str());
        if [Some(main.declarant.trim()), debtor].contains(&Some(message.by.trim())) {
            return Err(Refused::HadPart);
        }
        Ok(Anew {
            total: total(&report),
            opinion: store::pack(&with_assessment(&standing.opinion, &report)?)?,
            lane: standing.lane.clone(),
            owed,
            // What it takes of quotas and of the register it has: nothing is taken again.
            looked: Lookups::of(sight, pack, considered.checked, false),
            draws: considered.draws.into_iter().map(Draw::foreseen).collect(),
            lowers,
        })
    }

    /// Whether less is owed and secured by a charge than is of a declaration now.
    fn lowers(&self, main: &Filing, charge: &Charge) -> Result<bool, Fault> {
        let Ok(declaration) = main.mrn.parse() else { return Ok(false) };
        let due = self.store.debts(&declaration)?;
        let all = |due: Decimal, secured| due.checked_add(secured).unwrap_or(Decimal::MAX);
        let asked = all(charge.total(), charge.secured());
        Ok(due.iter().any(|(_, standing)| all(standing.due, standing.contingent) > asked))
    }
}

/// Whether something of a stored opinion may have to be paid and is not known, or was stated.
pub(crate) fn waits_for_amounts(opinion: &[u8]) -> bool {
    let opinion: Value = serde_json::from_slice(opinion).unwrap_or_default();
    let lines = opinion["assessment"]["lines"].as_array().into_iter().flatten();
    money::waits(&opinion) || lines.into_iter().any(|l| l["mark"] == TaxLine::DETERMINED)
}
