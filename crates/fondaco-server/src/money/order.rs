//! Refunds leave the house as an order to its bank, each once.

use fondaco::day::Day;
use fondaco::ledger::{Account, RefundId};
use fondaco::money::{Currency, Decimal, Money};
use fondaco_wire::iso20022::{Agent, Holder, Order, Remittance, Transfer, pain001};

use super::act::{MoneyDone, MoneyMessage, MoneyRefused, Payee, done_before};
use crate::cli::today;
use crate::house::House;
use crate::store::{self, Fault, Filing, Lodged};

impl House {
    /// Orders the refunds that were decided in a currency and not ordered yet.
    pub(super) async fn order(
        &self,
        message: &MoneyMessage,
        mut filing: Filing,
        bytes: &[u8],
    ) -> Result<MoneyDone, MoneyRefused> {
        let currency: Currency =
            message.currency.parse().map_err(|_| MoneyRefused::Field("currency"))?;
        let of = |(account, money): (&Account, Money)| match account {
            Account::Refund(id) if money.currency == currency => {
                Some((id.clone(), -money.amount)).filter(|(_, a)| *a > Decimal::ZERO)
            }
            _ => None,
        };
        let open: Vec<(RefundId, Decimal)> = self.store.sums().balances().filter_map(of).collect();
        let ordered = self.store.ordered()?;
        let waiting: Vec<_> =
            open.into_iter().filter(|(id, _)| !ordered.contains(id.as_str())).collect();
        let mut transfers = Vec::new();
        for (id, amount) in &waiting {
            transfers.push(self.transfer(id, Money { amount: *amount, currency })?);
        }
        if transfers.is_empty() {
            return Err(MoneyRefused::Order("no refund is waiting".to_owned()));
        }
        let account = self.money.accounts.iter().find(|a| a.currency == currency.as_str());
        let account = account.ok_or(MoneyRefused::Field("currency"))?;
        let order = Order {
            id: super::act::refund_id(&filing.id),
            at: filing.at.split('.').next().unwrap_or_default().to_owned(),
            initiator: self.money.holder.clone(),
            on: today(),
            debtor: Holder {
                name: self.money.holder.clone(),
                account: account.id.clone(),
                agent: agent(&account.bic),
            },
            transfers,
        };
        let text = pain001(&order).map_err(|e| MoneyRefused::Order(e.to_string()))?;
        filing.opinion = store::pack(text.as_bytes())?;
        let (id, receipt) = (filing.id.clone(), filing.receipt.clone());
        let money = |(id, amount)| (id, Money { amount, currency });
        let refunds: Vec<(RefundId, Money)> = waiting.into_iter().map(money).collect();
        match self.store.written(move |writing| writing.order(&filing, &refunds)).await? {
            Lodged::Written => {
                Ok(MoneyDone { id, receipt, reference: String::new(), repeated: false })
            }
            Lodged::Repeated(before) => done_before(&self.store, *before, bytes),
            // Another ordered one of them meanwhile.
            Lodged::Moved => Err(MoneyRefused::Order("a refund was ordered meanwhile".to_owned())),
            Lodged::KeyUsed | Lodged::ReferenceUsed => Err(MoneyRefused::KeyUsed),
        }
    }

    /// A refund as the bank is asked for it: to whom is said by the act that decided it.
    fn transfer(&self, id: &RefundId, money: Money) -> Result<Transfer, MoneyRefused> {
        let fault = |what: &str| Fault::Engine(format!("refund {id}: {what}"));
        let (act, n) = id.as_str().split_at_checked(32).unwrap_or((id.as_str(), ""));
        let act = uuid::Uuid::parse_str(act).map_err(|_| fault("no act of the house"))?;
        let filing = self.store.filing(&act.to_string())?;
        let filing = filing.ok_or_else(|| fault("there is no such act"))?;
        let message = super::act::decided_by(&filing, n).ok_or_else(|| fault("cannot be read"))?;
        let payee = message.payee.unwrap_or_default();
        let about = [message.declaration, message.debtor, message.note];
        let about = about.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        Ok(Transfer {
            end_to_end: id.to_string(),
            money,
            creditor: Holder { name: payee.name, account: payee.account, agent: agent(&payee.bic) },
            remittance: Remittance::Text(plain(&format!("Refund {about}"))),
        })
    }
}

/// A text as a bank takes it: at most 140 characters, none of control, no space around.
fn plain(text: &str) -> String {
    let one_line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    one_line.take(140).collect::<String>().trim().to_owned()
}

/// Whether an order to a bank can be written for a payee: it is found out when the refund is decided, and
/// not when it is in the way of others.
pub(super) fn can_be_paid(act: &str, payee: &Payee, money: Money) -> bool {
    let holder = |name: &str, account: &str, bic: &str| Holder {
        name: name.to_owned(),
        account: account.to_owned(),
        agent: agent(bic),
    };
    let creditor = holder(&payee.name, &payee.account, &payee.bic);
    let order = Order {
        id: "1".to_owned(),
        at: "2000-01-01T00:00:00".to_owned(),
        initiator: "1".to_owned(),
        on: Day::EPOCH,
        debtor: holder("1", "1", ""),
        transfers: vec![Transfer {
            end_to_end: super::act::refund_id(act),
            money,
            creditor,
            remittance: Remittance::Text("Refund".to_owned()),
        }],
    };
    pain001(&order).is_ok()
}

fn agent(bic: &str) -> Agent {
    if bic.is_empty() { Agent::NotProvided } else { Agent::Bic(bic.to_owned()) }
}
