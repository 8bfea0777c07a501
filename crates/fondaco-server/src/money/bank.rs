//! What a bank tells: taken whole or not at all, kept either way.

use fondaco::ledger::{BankEntry, Refusal};
use fondaco_wire::iso20022::{self, Problem};
use fondaco_wire::report::Texts;
use fondaco_wire::{Limits, receipt};
use serde_json::{Value, json};

use crate::house::{self, House};
use crate::store::{self, BANK, Fault, Filing, Lodge, Lodged, PartTaken, Told};

/// The answer to a bank's message.
#[derive(Clone, Debug)]
pub(crate) struct BankAnswer {
    pub(crate) id: String,
    pub(crate) receipt: String,
    /// Whether it was taken.
    pub(crate) taken: bool,
    /// What became of each entry, or every problem.
    pub(crate) told: Value,
    /// Whether it was answered before.
    pub(crate) repeated: bool,
}

/// Why a message is not taken, and not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BankRefused {
    /// The bank's signature is wanted and is not there, or is not the bank's.
    #[error("it is not signed by the bank: {0}")]
    NotTheBank(String),
    /// The Idempotency-Key was used for another message.
    #[error("this Idempotency-Key was used for another message")]
    KeyUsed,
    /// The store failed; nothing was taken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The kind of a signed statement by which a bank says that a message is its own.
pub(crate) const SIGNED: &str = "fondaco-bank+jws";

/// What a bank signs of a message.
#[derive(serde::Deserialize)]
struct Signed {
    /// `sha-256:` and the digest of the bytes.
    digest: String,
}

impl House {
    /// Takes a bank's message; waits until what it says is on the disk.
    pub(crate) async fn bank(
        &self,
        bytes: &[u8],
        key: &str,
        signature: Option<&str>,
    ) -> Result<BankAnswer, BankRefused> {
        self.is_the_bank(bytes, signature)?;
        if let Some(before) = self.store.by_key(key)? {
            return again(before, bytes);
        }
        let read = iso20022::read(bytes, &Limits::default());
        let mut filing = self.bank_filing(bytes, key)?;
        let message = match read {
            Ok(message) => message,
            Err(problems) => return self.not_taken(filing, &problems).await,
        };
        filing.kind.clone_from(&message.name);
        filing.lrn.clone_from(&message.id);
        let foreign = message.statements.iter().find(|s| !self.money.has(&s.account));
        if let Some(foreign) = foreign {
            let refusal = Refusal::ForeignAccount(foreign.account.clone());
            return self.not_taken(filing, &[refused(&refusal)]).await;
        }
        let entries: Vec<BankEntry> = message.entries().cloned().collect();
        let kept = filing.clone();
        let done = self.store.written(move |writing| {
            writing.bank(filing, &entries, |told| {
                json!({"entries": outcomes(&entries, told)}).to_string().into_bytes()
            })
        });
        match done.await {
            Ok(Ok(opinion)) => answer(Filing { opinion, ..kept }, false),
            Ok(Err(Lodged::Repeated(before))) => again(*before, bytes),
            Ok(Err(_)) => Err(BankRefused::KeyUsed),
            Err(Fault::Refused(refusal)) => self.not_taken(kept, &[refused(&refusal)]).await,
            Err(fault) => Err(fault.into()),
        }
    }

    /// Whether the bank's key stands for the message, where the operator named one.
    fn is_the_bank(&self, bytes: &[u8], signature: Option<&str>) -> Result<(), BankRefused> {
        if self.money.bank_keys.is_empty() {
            return Ok(());
        }
        let not = |why: &dyn std::fmt::Display| BankRefused::NotTheBank(why.to_string());
        let jws = signature.ok_or_else(|| not(&"there is no signature"))?;
        let keys = format!("{{\"keys\":[{}]}}", self.money.bank_keys.join(","));
        let signed: Signed = receipt::stated(jws, SIGNED, &keys).map_err(|e| not(&e))?;
        if signed.digest == receipt::digest(bytes) {
            Ok(())
        } else {
            Err(not(&"the signature is of another message"))
        }
    }

    fn bank_filing(&self, bytes: &[u8], key: &str) -> Result<Filing, Fault> {
        let mut filing = house::sent(BANK, &self.pack().digest, bytes, key)?;
        filing.receipt = self.receipt(&filing, "");
        Ok(filing)
    }

    /// Keeps a message of which nothing is taken, with what is wrong.
    async fn not_taken(
        &self,
        mut filing: Filing,
        problems: &[Problem],
    ) -> Result<BankAnswer, BankRefused> {
        let problem = |p: &Problem| json!({"line": p.line, "path": p.path, "reason": p.reason});
        let problems: Vec<Value> = problems.iter().map(problem).collect();
        let opinion = json!({"problems": problems}).to_string().into_bytes();
        filing.outcome = "returned".to_owned();
        filing.receipt = self.receipt(&filing, "");
        filing.opinion = store::pack(&opinion)?;
        let kept = filing.clone();
        let lodge = Lodge { filing, ..Lodge::default() };
        match self.lodge(lodge).await? {
            Lodged::Repeated(before) => answer(*before, true),
            Lodged::KeyUsed => Err(BankRefused::KeyUsed),
            Lodged::Written | Lodged::ReferenceUsed | Lodged::Moved => {
                answer(Filing { opinion, ..kept }, false)
            }
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    Problem { line: 0, path: String::new(), reason: refusal.to_string(), told: None }
}

fn again(before: Filing, bytes: &[u8]) -> Result<BankAnswer, BankRefused> {
    if !house::is_again(&before, BANK, bytes) {
        return Err(BankRefused::KeyUsed);
    }
    answer(before, true)
}

fn answer(filing: Filing, repeated: bool) -> Result<BankAnswer, BankRefused> {
    Ok(BankAnswer {
        taken: filing.outcome == "accepted",
        told: serde_json::from_slice(&filing.opinion).unwrap_or_default(),
        id: filing.id,
        receipt: filing.receipt,
        repeated,
    })
}

/// What became of each entry, in the words of each language.
fn outcomes(entries: &[BankEntry], told: &Told) -> Vec<Value> {
    let of_part = |PartTaken { taken, declaration }: &PartTaken| {
        json!({
            "part": taken.part,
            "outcome": taken.outcome.name(),
            "text": Texts::from(&taken.outcome.text()),
            "reference": taken.reference.map(|r| r.as_str().to_owned()),
            "declaration": declaration,
            "posting": taken.posted.as_ref().map(|key| key.as_str()),
        })
    };
    let of = |(entry, taken): (&BankEntry, &Vec<PartTaken>)| {
        json!({
            "statement": entry.statement,
            "number": entry.number,
            "account": entry.account.as_str(),
            "amount": entry.money.amount.normalize().to_string(),
            "currency": entry.money.currency.as_str(),
            "parts": taken.iter().map(of_part).collect::<Vec<_>>(),
        })
    };
    entries.iter().zip(told).map(of).collect()
}
