//! Money to be moved: credit transfer initiations, out.
//!
//! Source: ISO 20022, pain.001.001.09 CustomerCreditTransferInitiation.

use std::fmt::Write as _;

use fondaco::day::Day;
use fondaco::ledger::{CreditorReference, MOST_DECIMALS};
use fondaco::money::{Currency, Decimal, Money};

use crate::tree::day_of;
use crate::wco::write::escape;

/// The namespace that is written.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// Why no message can be written: the element and what is wrong with what is to stand in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{element}: {reason}")]
pub struct CannotWrite {
    /// The element, such as `PmtInf/CdtTrfTxInf[2]/Cdtr/Nm`.
    pub element: String,
    /// What is wrong.
    pub reason: String,
}

/// A bank. Source: ISO 20022, FinancialInstitutionIdentification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agent {
    /// By its BIC (BICFI).
    Bic(String),
    /// By its number in a clearing system (ClrSysMmbId).
    Member {
        /// The code of the clearing system, 1 to 5 characters. Source: ISO 20022 external code set,
        /// ClearingSystemIdentification.
        system: String,
        /// The number, 1 to 35 characters.
        member: String,
    },
    /// The one whose account it is knows it.
    NotProvided,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The name, 1 to 140 characters (Nm).
    pub name: String,
    /// The account: an IBAN where it has the form of one, else a number of the bank's own of at most 34
    /// characters (Othr/Id).
    pub account: String,
    /// The bank.
    pub agent: Agent,
}

/// What the payment is for. Source: ISO 20022, RmtInf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remittance {
    /// A creditor reference (Strd/CdtrRefInf, type SCOR).
    Reference(CreditorReference),
    /// A text of 1 to 140 characters (Ustrd).
    Text(String),
}

/// One transfer. Source: ISO 20022, CdtTrfTxInf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// EndToEndId, 1 to 35 characters: of a refund its id, by which the bank's debit is known.
    pub end_to_end: String,
    /// How much, above zero, at most 18 digits, 5 behind the point.
    pub money: Money,
    /// Who gets it.
    pub creditor: Holder,
    /// What for.
    pub remittance: Remittance,
}

/// Transfers from one account: for refunds from the house's, for a payment request from the trader's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// MsgId and PmtInfId, 1 to 35 characters.
    pub id: String,
    /// When it is written, `YYYY-MM-DDThh:mm:ss` with or without a zone (CreDtTm).
    pub at: String,
    /// Who asks for it (InitgPty/Nm), 1 to 140 characters.
    pub initiator: String,
    /// The day it is to be carried out (ReqdExctnDt).
    pub on: Day,
    /// Whose account pays.
    pub debtor: Holder,
    /// The transfers; at least one, all in one currency.
    pub transfers: Vec<Transfer>,
}

/// Writes a credit transfer initiation.
///
/// # Errors
/// [`CannotWrite`] names the element that cannot be written.
pub fn pain001(order: &Order) -> Result<String, CannotWrite> {
    let (currency, total) = total(order)?;
    if day_of(&order.at, true).is_none() {
        let reason = "want YYYY-MM-DDThh:mm:ss".to_owned();
        return Err(CannotWrite { element: "GrpHdr/CreDtTm".to_owned(), reason });
    }
    let count = order.transfers.len().to_string();
    let mut w = Writer { out: String::with_capacity(2048), path: Vec::new() };
    w.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"");
    w.out.push_str(NAMESPACE);
    w.out.push_str("\">");
    w.within("CstmrCdtTrfInitn", |w| {
        w.within("GrpHdr", |w| {
            w.text("MsgId", &order.id, 35)?;
            w.text("CreDtTm", &order.at, 35)?;
            w.text("NbOfTxs", &count, 15)?;
            w.text("CtrlSum", &total, 19)?;
            w.within("InitgPty", |w| w.text("Nm", &order.initiator, 140))
        })?;
        w.within("PmtInf", |w| {
            w.text("PmtInfId", &order.id, 35)?;
            w.text("PmtMtd", "TRF", 3)?;
            w.text("NbOfTxs", &count, 15)?;
            w.text("CtrlSum", &total, 19)?;
            w.within("ReqdExctnDt", |w| w.text("Dt", &order.on.to_string(), 10))?;
            w.within("Dbtr", |w| w.text("Nm", &order.debtor.name, 140))?;
            w.within("DbtrAcct", |w| {
                w.account(&order.debtor.account)?;
                w.text("Ccy", currency.as_str(), 3)
            })?;
            w.within("DbtrAgt", |w| w.agent(&order.debtor.agent))?;
            for (n, transfer) in (1..).zip(&order.transfers) {
                w.within("CdtTrfTxInf", |w| w.transfer(transfer)).map_err(|e| {
                    let which = format!("CdtTrfTxInf[{n}]");
                    CannotWrite { element: e.element.replace("CdtTrfTxInf", &which), ..e }
                })?;
            }
            Ok(())
        })
    })?;
    w.out.push_str("</Document>\n");
    Ok(w.out)
}

/// The currency and the sum of the transfers.
fn total(order: &Order) -> Result<(Currency, String), CannotWrite> {
    let cannot = |n: usize, reason: &str| CannotWrite {
        element: format!("PmtInf/CdtTrfTxInf[{}]/Amt/InstdAmt", n + 1),
        reason: reason.to_owned(),
    };
    let first = order.transfers.first().ok_or_else(|| CannotWrite {
        element: "PmtInf/CdtTrfTxInf".to_owned(),
        reason: "there is none".to_owned(),
    })?;
    let mut sum = Decimal::ZERO;
    for (n, transfer) in order.transfers.iter().enumerate() {
        let Money { amount, currency } = transfer.money;
        if amount <= Decimal::ZERO || !fits(amount) {
            return Err(cannot(
                n,
                "want above zero, at most 18 digits, at most 5 of them decimals",
            ));
        }
        if currency != first.money.currency {
            return Err(cannot(n, "in another currency than the first"));
        }
        sum = sum.checked_add(amount).filter(|s| fits(*s)).ok_or_else(|| cannot(n, "too large"))?;
    }
    Ok((first.money.currency, sum.to_string()))
}

/// Whether an amount has at most 18 digits as it is written, at most five of them behind the point.
fn fits(amount: Decimal) -> bool {
    let digits = amount.mantissa().unsigned_abs().checked_ilog10().map_or(1, |n| n + 1);
    amount.scale() <= MOST_DECIMALS && digits <= 18
}

struct Writer {
    out: String,
    path: Vec<String>,
}

type Written = Result<(), CannotWrite>;

impl Writer {
    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self) -> Written) -> Written {
        // Writing to a text does not fail.
        let _ = write!(self.out, "<{name}>");
        self.path.push(name.to_owned());
        inner(self)?;
        self.path.pop();
        let _ = write!(self.out, "</{name}>");
        Ok(())
    }

    fn text(&mut self, name: &str, text: &str, most: usize) -> Written {
        let control = text.chars().any(char::is_control);
        if text.is_empty() || text.trim() != text || text.chars().count() > most || control {
            return Err(self.cannot(
                name,
                &format!("want 1 to {most} characters, no control, no space around them"),
            ));
        }
        let _ = write!(self.out, "<{name}>");
        escape(&mut self.out, text, false);
        let _ = write!(self.out, "</{name}>");
        Ok(())
    }

    fn cannot(&self, name: &str, reason: &str) -> CannotWrite {
        // The outermost element says nothing.
        let path = self.path.get(1..).unwrap_or_default().join("/");
        let element = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        CannotWrite { element, reason: reason.to_owned() }
    }

    /// Source: ISO 20022, AccountIdentification4Choice.
    fn account(&mut self, account: &str) -> Written {
        let iban = account.len() > 4
            && account.bytes().take(2).all(|b| b.is_ascii_uppercase())
            && account.bytes().skip(2).take(2).all(|b| b.is_ascii_digit())
            && account.bytes().all(|b| b.is_ascii_alphanumeric());
        self.within("Id", |w| {
            if iban {
                w.text("IBAN", account, 34)
            } else {
                w.within("Othr", |w| w.text("Id", account, 34))
            }
        })
    }

    fn agent(&mut self, agent: &Agent) -> Written {
        self.within("FinInstnId", |w| match agent {
            Agent::Bic(bic) => {
                let b = bic.as_bytes();
                let capital = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
                let country = b.iter().skip(4).take(2).all(u8::is_ascii_uppercase);
                if !matches!(b.len(), 8 | 11) || !b.iter().all(capital) || !country {
                    return Err(w.cannot("BICFI", "want 8 or 11 capital letters and digits"));
                }
                w.text("BICFI", bic, 11)
            }
            Agent::Member { system, member } => w.within("ClrSysMmbId", |w| {
                w.within("ClrSysId", |w| w.text("Cd", system, 5))?;
                w.text("MmbId", member, 35)
            }),
            Agent::NotProvided => w.within("Othr", |w| w.text("Id", "NOTPROVIDED", 35)),
        })
    }

    fn transfer(&mut self, transfer: &Transfer) -> Written {
        self.within("PmtId", |w| w.text("EndToEndId", &transfer.end_to_end, 35))?;
        self.within("Amt", |w| {
            let Money { amount, currency } = transfer.money;
            let _ = write!(w.out, "<InstdAmt Ccy=\"{currency}\">{amount}</InstdAmt>");
            Ok(())
        })?;
        let to = &transfer.creditor;
        if to.agent != Agent::NotProvided {
            self.within("CdtrAgt", |w| w.agent(&to.agent))?;
        }
        self.within("Cdtr", |w| w.text("Nm", &to.name, 140))?;
        self.within("CdtrAcct", |w| w.account(&to.account))?;
        self.within("RmtInf", |w| match &transfer.remittance {
            Remittance::Text(text) => w.text("Ustrd", text, 140),
            Remittance::Reference(reference) => w.within("Strd", |w| {
                w.within("CdtrRefInf", |w| {
                    w.within("Tp", |w| w.within("CdOrPrtry", |w| w.text("Cd", "SCOR", 4)))?;
                    w.text("Ref", reference.as_str(), 35)
                })
            }),
        })
    }
}
