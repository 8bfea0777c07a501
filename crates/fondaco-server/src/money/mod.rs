//! Money in the house: what is owed, what the bank told, what a person decided of it.
//!
//! The ledger itself is [`fondaco::ledger`]; what is written of it stands in [`crate::store`]. Goods are
//! released on money the bank booked, a deferment account or a guarantee, and nothing else.

mod act;
mod bank;
mod entries;
mod order;
mod quote;
mod report;
mod sweep;

use std::path::Path;

use fondaco::day::Day;
use fondaco::declaration::Declaration;
use fondaco::ledger::{BankId, Charge, CreditorReference, Debt, DefermentId};
use fondaco::measure::Direction;
use fondaco::money::{Currency, Decimal};
use fondaco::reference::Pack;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use act::{MONEY, MoneyMessage, MoneyRefused, decided};
pub(crate) use bank::BankRefused;
pub(crate) use entries::{EntriesView, EntryQuery, EntryView, PartView};
pub(crate) use report::{DebtView, Facility, MoneyView, RequestView, Waiting};

use crate::cli::Failure;
use crate::house::House;
use crate::store::{Filing, Owed};

/// What the operator says of the house's money: `money.toml` in its folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// What payment references begin with: at most 8 letters and digits, the last a letter.
    reference: Option<String>,
    /// Whose the accounts are, as a payer has to name it.
    #[serde(default)]
    pub(crate) holder: String,
    /// Accounts at banks.
    #[serde(default, rename = "account")]
    pub(crate) accounts: Vec<BankAccount>,
    /// Public keys of the bank, JWK: where there is one, what comes without its signature is not the
    /// bank's.
    #[serde(default)]
    pub(crate) bank_keys: Vec<String>,
}

/// An account of the house at a bank.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BankAccount {
    /// As the bank's messages name it: the IBAN or a number of the bank's own.
    pub(crate) id: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// BIC of the bank; empty where none.
    #[serde(default)]
    pub(crate) bic: String,
}

impl Settings {
    /// What the operator wrote; nothing where there is no file.
    ///
    /// # Errors
    /// [`Failure::Usage`] where the file says something it may not, with the line.
    pub(crate) fn read(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join("money.toml");
        let wrong = |what: String| Failure::Usage(format!("{}: {what}", path.display()));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Failure::Fault(format!("{}: {e}", path.display()))),
        };
        let settings: Self = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        if let Some(prefix) = &settings.reference {
            CreditorReference::numbered(prefix, 1).map_err(|_| {
                wrong(format!(
                    "reference {prefix}: want at most 8 letters and digits, a letter last"
                ))
            })?;
        }
        for account in &settings.accounts {
            account
                .id
                .parse::<BankId>()
                .map_err(|e| wrong(format!("account {}: {e}", account.id)))?;
            let currency = account.currency.parse::<Currency>();
            currency.map_err(|e| wrong(format!("account {}: {e}", account.id)))?;
        }
        Ok(settings)
    }

    /// Whether an account is one of the house.
    fn has(&self, account: &BankId) -> bool {
        self.accounts.iter().any(|a| a.id == account.as_str())
    }
}

/// Whether something that is unknown by an opinion as it is stored is waited for. One of before that was told
/// says nothing of it: there it is.
pub(crate) fn waits(opinion: &Value) -> bool {
    let unknown = opinion["assessment"]["unknown"].as_array();
    unknown.into_iter().flatten().any(is_waited_for)
}

/// The same of one amount.
pub(crate) fn is_waited_for(unknown: &Value) -> bool {
    unknown["payable"] != false
}

/// What is owed by an opinion as it is stored; `None` where something of it is waited for or no figure.
fn charge_of(opinion: &Value) -> Option<Charge> {
    if waits(opinion) {
        return None;
    }
    let assessment = &opinion["assessment"];
    let figure = |line: &Value, name: &str| line[name].as_str()?.parse::<Decimal>().ok();
    let mut lines = Vec::new();
    let mut contingent = Decimal::ZERO;
    for line in assessment["lines"].as_array()? {
        lines.push((line["tax_type"].as_str()?.parse().ok()?, figure(line, "payable")?));
        contingent = contingent.checked_add(figure(line, "secured").unwrap_or_default())?;
    }
    Charge::new(assessment["currency"].as_str()?.parse().ok()?, lines, contingent).ok()
}

impl House {
    /// What is owed of a declaration by an opinion that is stored, by who filed it: where the law of the
    /// day its goods came would return it.
    pub(crate) fn owed_by(
        &self,
        pack: &Pack,
        main: &Filing,
        opinion: &Value,
        day: Day,
    ) -> Option<Box<Owed>> {
        let declaration = main.mrn.parse().ok()?;
        let debtor = main.declarant.trim().parse().or_else(|_| main.mrn.parse()).ok()?;
        Some(Box::new(Owed {
            debt: Debt { declaration, debtor },
            charge: charge_of(opinion),
            deferments: Vec::new(),
            parties: Vec::new(),
            prefix: self.prefix(pack),
            day,
            mark: "",
        }))
    }

    /// What payment references of the house begin with.
    fn prefix(&self, pack: &Pack) -> String {
        self.money.reference.clone().unwrap_or_else(|| pack.profile.country.to_string())
    }

    /// What is owed of a declaration, and by whom; `None` where no debt can be named.
    pub(crate) fn owed(
        &self,
        pack: &Pack,
        mrn: &str,
        declaration: &Declaration,
        charge: Option<Charge>,
        day: Day,
    ) -> Option<Box<Owed>> {
        let role = match declaration.direction {
            Some(Direction::Export) => "Exporter",
            _ => "Importer",
        };
        let (owner, files) = (declaration.party_shown(role), declaration.declarant());
        // Who files owes where nobody else is named. Source: UCC 77(3); RKC Standard 4.4.
        let named = [owner, files].into_iter().find_map(|party| party.trim().parse().ok());
        let debtor = named.or_else(|| mrn.parse().ok())?;
        let documents = &pack.profile.deferment_documents;
        let deferments = declaration.documents.iter().filter(|d| documents.contains(&d.code));
        let deferments: Vec<DefermentId> =
            deferments.filter_map(|d| d.id.trim().parse().ok()).collect();
        Some(Box::new(Owed {
            debt: Debt { declaration: mrn.parse().ok()?, debtor },
            charge,
            deferments,
            parties: [owner, files].into_iter().map(str::to_owned).collect(),
            prefix: self.prefix(pack),
            day,
            mark: "",
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_owed_is_read_from_an_opinion_or_is_not_known() {
        let check = |lines: Value, unknown: Value, owed: Option<(&str, bool)>| {
            let assessment = json!({"currency": "GBP", "lines": lines, "unknown": unknown});
            let charge = charge_of(&json!({"assessment": assessment}));
            let told = charge.map(|c| (c.total().to_string(), c.is_nothing()));
            assert_eq!(told, owed.map(|(total, nothing)| (total.to_owned(), nothing)));
        };
        let line = |payable: &str, secured: &str| json!({"tax_type": "A00", "payable": payable, "secured": secured});
        check(
            json!([line("47.00", "0.00"), line("1.50", "0.00")]),
            json!([]),
            Some(("48.50", false)),
        );
        check(json!([line("0.00", "5.00")]), json!([]), Some(("0.00", false)));
        check(json!([]), json!([]), Some(("0", true)));
        check(json!([line("47.00", "0.00")]), json!([{"item": 1}]), None);
        // As a newer program keeps it: of what a relief takes away.
        let relieved = json!({"item": 1, "payable": false});
        check(json!([line("47.00", "0.00")]), json!([relieved]), Some(("47.00", false)));
        check(json!([line("47.00", "0.00")]), json!([relieved, {"item": 2}]), None);
        for (unknown, is) in [(json!([]), false), (json!([relieved]), false), (json!([{}]), true)] {
            assert_eq!(waits(&json!({"assessment": {"unknown": unknown}})), is);
        }
        check(json!([{"tax_type": "A00"}]), json!([]), None);
        assert!(charge_of(&json!({})).is_none());
    }
}
