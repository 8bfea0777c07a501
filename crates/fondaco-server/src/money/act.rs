//! What a person decides about money: comes as a message of its own, is lodged with a receipt.

use fondaco::ledger::{
    Debt, DefermentId, Key, Ledger, Payable, Posting, Refusal, Slip, Source, Why,
};
use fondaco::money::{Currency, Decimal, Money};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::act::ActMessage;
use crate::cli::today;
use crate::house::{self, House};
use crate::store::{self, About, Ask, Fault, Filing, Intent, Lodged, Store};

/// The format of such a message in the store.
pub(crate) const MONEY: &str = "money";

/// A decision about money, as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyMessage {
    /// `limit`, `guarantee`, `ask`, `quote`, `defer`, `undefer`, `secure`, `release`, `refund`, `credit`,
    /// `use-credit`, `assign`, `assign-refund`, `reverse` or `order`.
    pub(crate) act: String,
    /// Who decides: the person's own id.
    pub(crate) by: String,
    /// The declaration whose debt it is about (MRN).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) declaration: String,
    /// The deferment account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) deferment: String,
    /// The guarantee.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) guarantee: String,
    /// Of a limit: the parties whose declarations may use the account, and nobody else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) holders: Vec<String>,
    /// How much, a decimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) amount: String,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) currency: String,
    /// Money that found no debt: its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) suspense: String,
    /// Whose credit is given back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) debtor: String,
    /// The refund that money which left was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) refund: String,
    /// Of a refund: who gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payee: Option<Payee>,
    /// The posting that is reversed: its key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) posting: String,
    /// Of a reversal: `appeal`, `cancellation` or `correction`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) why: String,
    /// The decision behind it, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

/// Who gets a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Payee {
    /// The name, 1 to 140 characters.
    pub(crate) name: String,
    /// IBAN or the number of the account.
    pub(crate) account: String,
    /// BIC of the bank; empty where the account says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) bic: String,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) struct MoneyDone {
    pub(crate) id: String,
    pub(crate) receipt: String,
    /// Of what is asked for: the reference to pay with.
    pub(crate) reference: String,
    pub(crate) repeated: bool,
}

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MoneyRefused {
    /// The message says something there is not: which field.
    #[error("{0} is not what it may be")]
    Field(&'static str),
    /// The ledger does not take it.
    #[error(transparent)]
    Ledger(Box<Refusal>),
    /// There is no official rate of exchange for the currency today, or the newest is stale.
    #[error("no rate of exchange is good today for {0}")]
    NoRate(Currency),
    /// No payment order can be written: which element, and why.
    #[error("{0}")]
    Order(String),
    /// The Idempotency-Key was used for another message.
    #[error("this Idempotency-Key was used for another message")]
    KeyUsed,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The id of the refund that is decided by the act with this id: at most 35 characters.
pub(super) fn refund_id(act: &str) -> String {
    act.replace('-', "")
}

impl MoneyMessage {
    fn money(&self) -> Result<Money, MoneyRefused> {
        let amount: Decimal = self.amount.parse().map_err(|_| MoneyRefused::Field("amount"))?;
        let currency: Currency =
            self.currency.parse().map_err(|_| MoneyRefused::Field("currency"))?;
        Ok(Money { amount, currency })
    }

    fn deferment(&self) -> Result<DefermentId, MoneyRefused> {
        self.deferment.parse().map_err(|_| MoneyRefused::Field("deferment"))
    }

    /// Whether it takes back what an assessment charged (`Writing::charge` names these postings).
    pub(crate) fn takes_back_assessed(&self) -> bool {
        let of_assessment = || ["charge ", "amend "].iter().any(|k| self.posting.starts_with(k));
        self.act == "cancel" || (self.act == "reverse" && of_assessment())
    }

    /// What it is about: looked up whatever the act makes of it.
    fn about(&self) -> About {
        About { declaration: self.declaration.parse().ok(), posting: self.posting.parse().ok() }
    }

    /// What its posting says of it, under the id of the act.
    fn slip(&self, id: &str) -> Result<Slip, MoneyRefused> {
        let key = format!("act {id}").parse().map_err(|_| MoneyRefused::Field("act"))?;
        let note = format!("act {id} of {}: {}", self.by, self.note);
        let note = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Ok(Slip { key, day: today(), note })
    }

    /// What it wants posted; `None` where nothing is.
    fn intent(&self, slip: Slip, id: &str) -> Result<Option<Intent>, MoneyRefused> {
        fn field<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T, MoneyRefused> {
            text.parse().map_err(|_| MoneyRefused::Field(field))
        }
        let declaration = || field(&self.declaration, "declaration");
        let guarantee = || field(&self.guarantee, "guarantee");
        let suspense = || field(&self.suspense, "suspense");
        let on_debt = |declaration, f: OnDebt| -> Intent {
            Box::new(move |ledger: &Ledger| f(ledger, &debt(ledger, &declaration)?))
        };
        Ok(Some(match self.act.as_str() {
            "limit" => {
                let (id, money) = (self.deferment()?, self.money()?);
                if self.holders.iter().any(|h| h.trim().is_empty() || h.trim() != h) {
                    return Err(MoneyRefused::Field("holders"));
                }
                Box::new(move |ledger| ledger.limit(slip, &id, money))
            }
            "guarantee" => {
                let (id, money) = (guarantee()?, self.money()?);
                Box::new(move |ledger| ledger.guarantee(slip, &id, money))
            }
            "defer" => {
                let (id, money) = (self.deferment()?, self.money()?);
                on_debt(declaration()?, Box::new(move |l, d| l.defer(slip, d, &id, money)))
            }
            "undefer" => {
                let (id, money) = (self.deferment()?, self.money()?);
                on_debt(declaration()?, Box::new(move |l, d| l.undefer(slip, d, &id, money)))
            }
            "secure" => {
                let (id, money) = (guarantee()?, self.money()?);
                on_debt(declaration()?, Box::new(move |l, d| l.secure(slip, d, &id, money)))
            }
            "release" => {
                let (id, money) = (guarantee()?, self.money()?);
                on_debt(declaration()?, Box::new(move |l, d| l.release(slip, d, &id, money)))
            }
            "credit" => on_debt(declaration()?, Box::new(move |l, d| l.credit(slip, d))),
            "use-credit" => {
                let money = self.money()?;
                on_debt(declaration()?, Box::new(move |l, d| l.use_credit(slip, d, money)))
            }
            "refund" => {
                let (money, refund) = (self.money()?, field(&refund_id(id), "refund")?);
                // A bank pays whole smallest units only.
                if money.amount.normalize().scale() > money.currency.minor_digits() {
                    return Err(MoneyRefused::Field("amount"));
                }
                let payee = self.payee.as_ref().ok_or(MoneyRefused::Field("payee"))?;
                if !super::order::can_be_paid(id, payee, money) {
                    return Err(MoneyRefused::Field("payee"));
                }
                match (&*self.declaration, &*self.debtor, &*self.suspense) {
                    (_, "", "") => {
                        let of = move |l: &Ledger, d: &Debt| {
                            l.refund(slip, &Source::Debt(d.clone()), &refund, money)
                        };
                        on_debt(declaration()?, Box::new(of))
                    }
                    ("", _, "") => {
                        let from = Source::Credit(field(&self.debtor, "debtor")?);
                        Box::new(move |ledger| ledger.refund(slip, &from, &refund, money))
                    }
                    ("", "", _) => {
                        let from = Source::Suspense(suspense()?);
                        Box::new(move |ledger| ledger.refund(slip, &from, &refund, money))
                    }
                    _ => return Err(MoneyRefused::Field("declaration, debtor, suspense")),
                }
            }
            "assign" => {
                let (from, money) = (suspense()?, self.money()?);
                if self.deferment.is_empty() {
                    let to = move |l: &Ledger, d: &Debt| {
                        l.assign(slip, &from, &Payable::Debt(d.clone()), money)
                    };
                    on_debt(declaration()?, Box::new(to))
                } else {
                    let to = Payable::Deferment(self.deferment()?);
                    Box::new(move |ledger| ledger.assign(slip, &from, &to, money))
                }
            }
            "assign-refund" => {
                let (from, money) = (suspense()?, self.money()?);
                let refund = field(&self.refund, "refund")?;
                Box::new(move |ledger| ledger.assign_refund(slip, &from, &refund, money))
            }
            "cancel" => {
                on_debt(declaration()?, Box::new(move |l, d| l.cancel(slip, d, Why::Appeal)))
            }
            "reverse" => {
                let of: Key = field(&self.posting, "posting")?;
                let why = match self.why.as_str() {
                    "appeal" => Why::Appeal,
                    "cancellation" => Why::Cancellation,
                    "correction" => Why::Correction,
                    _ => return Err(MoneyRefused::Field("why")),
                };
                Box::new(move |ledger| ledger.reverse(slip, &of, why))
            }
            "ask" | "order" | "quote" => return Ok(None),
            _ => return Err(MoneyRefused::Field("act")),
        }))
    }
}

/// What decides on a refund or an appeal posts of the debt of its declaration.
///
/// # Errors
/// [`MoneyRefused::Field`]: one of them is no decision about that debt, or another person's.
pub(crate) fn decided(
    all: &[MoneyMessage],
    by: &str,
    mrn: &str,
    act: &str,
) -> Result<Vec<(About, Intent)>, MoneyRefused> {
    const OF_A_DEBT: [&str; 9] = [
        "cancel",
        "reverse",
        "refund",
        "credit",
        "use-credit",
        "defer",
        "undefer",
        "secure",
        "release",
    ];
    let mut intents = Vec::with_capacity(all.len());
    for (n, one) in all.iter().enumerate() {
        if !OF_A_DEBT.contains(&one.act.as_str()) {
            return Err(MoneyRefused::Field("money.act"));
        }
        if one.by != by {
            return Err(MoneyRefused::Field("money.by"));
        }
        if !one.declaration.is_empty() && one.declaration != mrn {
            return Err(MoneyRefused::Field("money.declaration"));
        }
        let one = MoneyMessage { declaration: mrn.to_owned(), ..one.clone() };
        // Each is a posting of its own, and a refund its own refund.
        let id = format!("{act}{n:03}");
        let intent = one.intent(one.slip(&id)?, &id)?;
        intents.extend(intent.map(|intent| (one.about(), intent)));
    }
    Ok(intents)
}

/// The decision a refund was made by: the act itself, or the n-th of those of an act on a request.
pub(super) fn decided_by(filing: &Filing, n: &str) -> Option<MoneyMessage> {
    if n.is_empty() {
        return serde_json::from_slice(&filing.body).ok();
    }
    let mut act: ActMessage = serde_json::from_slice(&filing.body).ok()?;
    let n: usize = n.parse().ok().filter(|n| *n < act.money.len())?;
    let decision = act.money.swap_remove(n);
    Some(MoneyMessage { declaration: filing.about.clone(), ..decision })
}

/// What is posted of a debt.
type OnDebt = Box<dyn FnOnce(&Ledger, &Debt) -> Result<Posting, Refusal> + Send>;

/// The debt of a declaration.
fn debt(ledger: &Ledger, declaration: &fondaco::ledger::DeclarationId) -> Result<Debt, Refusal> {
    let first = ledger.debts_of(declaration).next().map(|(debt, _)| debt.clone());
    let nobody = || declaration.as_str().parse().map_err(|_| Refusal::TooLarge);
    match first {
        Some(debt) => Ok(debt),
        None => {
            Err(Refusal::NoSuchDebt(Debt { declaration: declaration.clone(), debtor: nobody()? }))
        }
    }
}

impl House {
    /// Does what a person decides about money; waits until it is on the disk.
    pub(crate) async fn money_act(
        &self,
        message: &MoneyMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<MoneyDone, MoneyRefused> {
        if message.by.trim().is_empty() {
            return Err(MoneyRefused::Field("by"));
        }
        if let Some(before) = self.store.by_key(key)? {
            return done_before(&self.store, before, bytes);
        }
        let pack = self.pack();
        let mut filing = Filing {
            declarant: message.by.clone(),
            kind: message.act.clone(),
            opinion: store::pack(json!({"act": message}).to_string().as_bytes())?,
            ..house::sent(MONEY, &pack.digest, bytes, key)?
        };
        let id = filing.id.clone();
        // What takes back all that is owed goes with the decision on a request.
        if message.act == "cancel" {
            return Err(MoneyRefused::Field("act"));
        }
        // So does taking back what an assessment charged.
        if message.takes_back_assessed() {
            return Err(MoneyRefused::Field("posting"));
        }
        let intent = message.intent(message.slip(&id)?, &id)?;
        let about = message.about();
        let holders = if message.act == "limit" {
            Some((message.deferment()?, message.holders.clone()))
        } else {
            None
        };
        let ask = if message.act == "ask" {
            let (deferment, money) = (message.deferment()?, message.money()?);
            if money.amount <= Decimal::ZERO {
                return Err(MoneyRefused::Field("amount"));
            }
            Some(Ask { deferment, money, prefix: self.prefix(&pack) })
        } else {
            None
        };
        filing.receipt = self.receipt(&filing, "");
        match message.act.as_str() {
            "order" => return self.order(message, filing, bytes).await,
            "quote" => return self.quote(message, filing, bytes).await,
            _ => {}
        }
        let receipt = filing.receipt.clone();
        let done = self
            .store
            .written(move |writing| writing.money_act(&filing, (about, intent), holders, ask))
            .await?;
        match done {
            Err(refusal) => Err(MoneyRefused::Ledger(Box::new(refusal))),
            Ok((Lodged::Repeated(before), _)) => done_before(&self.store, *before, bytes),
            Ok((Lodged::Written, reference)) => {
                let reference = reference.map(|r| r.as_str().to_owned()).unwrap_or_default();
                Ok(MoneyDone { id, receipt, reference, repeated: false })
            }
            Ok(_) => Err(MoneyRefused::KeyUsed),
        }
    }
}

pub(super) fn done_before(
    store: &Store,
    before: Filing,
    bytes: &[u8],
) -> Result<MoneyDone, MoneyRefused> {
    if !house::is_again(&before, MONEY, bytes) {
        return Err(MoneyRefused::KeyUsed);
    }
    let reference = store.reference_of(&before.id)?;
    Ok(MoneyDone { id: before.id, receipt: before.receipt, reference, repeated: true })
}
