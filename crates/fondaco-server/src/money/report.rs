//! What is owed and what was paid, as it is shown.

use std::collections::BTreeMap;

use fondaco::ledger::{Account, DeclarationId, PaymentRequest, Settled, Sums, Totals};
use fondaco::money::{Currency, Decimal, Money};
use serde::Serialize;
use utoipa::ToSchema;

use super::BankAccount;
use crate::house::House;
use crate::store::{Fault, Posted};

/// The debt of a declaration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DebtView {
    /// The declaration.
    pub(crate) declaration: String,
    /// Who owes.
    pub(crate) debtor: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// Whether what is owed is known; by an amendment it may be so no more.
    pub(crate) known: bool,
    /// What is owed.
    pub(crate) due: String,
    /// What has to be secured because it may become owed.
    pub(crate) contingent: String,
    /// Money the bank booked on it, less what was given back.
    pub(crate) received: String,
    /// What deferment accounts took over.
    pub(crate) deferred: String,
    /// What guarantees stand for.
    pub(crate) secured: String,
    /// What is still to be paid, deferred or secured; negative where too much was.
    pub(crate) outstanding: String,
    /// `open`, `part`, `secured`, `paid` or `over`.
    pub(crate) settled: &'static str,
    /// Payment requests, oldest first; the last is the one to pay.
    pub(crate) requests: Vec<RequestView>,
    /// What was posted, oldest first.
    pub(crate) postings: Vec<Posted>,
}

/// A payment request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// The reference to give: ISO 11649.
    pub(crate) reference: String,
    /// The same as it is printed.
    pub(crate) printed: String,
    /// How much was asked for.
    pub(crate) amount: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// How much of it was received.
    pub(crate) received: String,
    /// What all of it settles, where that is in another currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) worth: Option<String>,
    /// The last day the bank may book it by the rate it was made by; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) until: String,
    /// Where to pay: accounts of the house in its currency.
    pub(crate) accounts: Vec<AccountView>,
}

/// An account to pay to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// IBAN or number.
    pub(crate) account: String,
    /// BIC.
    pub(crate) bic: String,
    /// Whose it is.
    pub(crate) holder: String,
}

/// The money of the whole house.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct MoneyView {
    /// By currency.
    pub(crate) currencies: Vec<CurrencyView>,
    /// Money that found no debt, and money that left and nobody said why (negative).
    pub(crate) suspense: Vec<Waiting>,
    /// Refunds that were decided and not paid out.
    pub(crate) refunds: Vec<Waiting>,
    /// Deferment accounts.
    pub(crate) deferments: Vec<Facility>,
    /// Guarantees.
    pub(crate) guarantees: Vec<Facility>,
}

/// The figures of a currency.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct CurrencyView {
    /// ISO 4217.
    pub(crate) currency: String,
    /// Debts in it that are not nothing.
    pub(crate) debts: u64,
    /// Of these, settled by money.
    pub(crate) paid: u64,
    /// Settled by a deferment account or a guarantee, wholly or in part.
    pub(crate) secured: u64,
    /// Neither.
    pub(crate) open: u64,
    /// What was charged.
    pub(crate) due: String,
    /// What has to be secured.
    pub(crate) contingent: String,
    /// What was received on debts.
    pub(crate) received: String,
    /// What was deferred.
    pub(crate) deferred: String,
    /// What guarantees stand for.
    pub(crate) guaranteed: String,
    /// What is still to come.
    pub(crate) outstanding: String,
    /// How much of what was charged was received as money, percent; empty where nothing was charged.
    pub(crate) received_share: String,
    /// How much of it was received or deferred, percent.
    pub(crate) settled_share: String,
    /// Of all debts of the house that are settled, how many are in this currency, percent.
    pub(crate) share_of_settled: String,
    /// By tax type, what was charged.
    pub(crate) revenue: Vec<(String, String)>,
    /// What of it was paid in other currencies, by the rates of its requests (below zero: paid in this
    /// currency for debts in others).
    pub(crate) exchanged: String,
    /// What is at banks by the ledger.
    pub(crate) at_banks: Vec<(String, String)>,
    /// The sum of all balances: nothing.
    pub(crate) sum: String,
}

/// Money that waits for a person or a bank.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// Its id.
    pub(crate) id: String,
    /// How much.
    pub(crate) amount: String,
    /// ISO 4217.
    pub(crate) currency: String,
}

/// A deferment account or a guarantee.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Facility {
    /// Its id.
    pub(crate) id: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// Up to how much.
    pub(crate) limit: String,
    /// How much of it is used.
    pub(crate) used: String,
    /// Who may use it.
    pub(crate) holders: Vec<String>,
}

pub(super) fn text(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    // Cents stay; nothing that is there is cut.
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

fn percent(part: Decimal, whole: Decimal) -> String {
    let share = part.checked_mul(Decimal::ONE_HUNDRED).and_then(|p| p.checked_div(whole));
    share.filter(|_| !whole.is_zero()).map_or(String::new(), |s| s.round_dp(1).to_string())
}

pub(super) fn name(settled: Settled) -> &'static str {
    match settled {
        Settled::Open => "open",
        Settled::Part => "part",
        Settled::Secured => "secured",
        Settled::Paid => "paid",
        Settled::Over => "over",
    }
}

impl House {
    /// The debts of a declaration; none where nothing was ever charged.
    pub(crate) fn debts(&self, mrn: &str) -> Result<Vec<DebtView>, Fault> {
        let Ok(declaration) = mrn.parse::<DeclarationId>() else { return Ok(Vec::new()) };
        let postings = self.store.postings_of(mrn)?;
        let debts = self.store.debts(&declaration)?;
        let known = !self.store.is_unknown(&declaration)?;
        let requests = self.store.requests(&declaration)?;
        let requests: Vec<RequestView> =
            requests.iter().map(|(request, received)| self.request(request, *received)).collect();
        Ok(debts
            .iter()
            .map(|(debt, standing)| DebtView {
                declaration: mrn.to_owned(),
                debtor: debt.debtor.to_string(),
                currency: standing.currency.to_string(),
                known,
                due: text(standing.due),
                contingent: text(standing.contingent),
                received: text(standing.received),
                deferred: text(standing.deferred),
                secured: text(standing.secured),
                outstanding: text(standing.outstanding()),
                settled: name(standing.settled()),
                requests: requests.clone(),
                postings: postings.clone(),
            })
            .collect())
    }

    fn request(&self, request: &PaymentRequest, received: Decimal) -> RequestView {
        let currency = request.money.currency;
        let ours = self.money.accounts.iter().filter(|a| a.currency == currency.as_str());
        let account = |a: &BankAccount| AccountView {
            account: a.id.clone(),
            bic: a.bic.clone(),
            holder: self.money.holder.clone(),
        };
        RequestView {
            reference: request.reference.as_str().to_owned(),
            printed: request.reference.grouped(),
            amount: text(request.money.amount),
            currency: currency.to_string(),
            received: text(received),
            worth: (request.worth.currency != currency)
                .then(|| format!("{} {}", text(request.worth.amount), request.worth.currency)),
            until: request.until.map(|day| day.to_string()).unwrap_or_default(),
            accounts: ours.map(account).collect(),
        }
    }

    /// The money of the whole house.
    pub(crate) fn money_view(&self) -> Result<MoneyView, Fault> {
        let mut view = view(&self.store.sums());
        let holders = self.store.holders()?;
        for deferment in &mut view.deferments {
            let of = holders.get(&deferment.id).into_iter().flatten();
            deferment.holders = of.cloned().collect();
        }
        Ok(view)
    }
}

/// What is told of a currency.
#[derive(Default)]
struct Told {
    debts: Totals,
    exchanged: Decimal,
    revenue: Vec<(String, String)>,
    at_banks: Vec<(String, String)>,
}

/// A sum that is too large to be told stays at the most there is; the ledger itself refuses such.
fn add(sum: &mut Decimal, more: Decimal) {
    *sum = sum.checked_add(more).unwrap_or(Decimal::MAX);
}

fn view(books: &Sums) -> MoneyView {
    let mut sums: BTreeMap<Currency, Told> = BTreeMap::new();
    let mut out = MoneyView::default();
    for (currency, totals) in books.totals().filter(|(_, totals)| totals.debts > 0) {
        sums.entry(currency).or_default().debts = *totals;
    }
    let mut used: BTreeMap<(Account, Currency), Decimal> = BTreeMap::new();
    for (account, Money { amount, currency }) in books.balances() {
        let waiting = |id: &str, amount: Decimal| Waiting {
            id: id.to_owned(),
            amount: text(amount),
            currency: currency.to_string(),
        };
        match account {
            Account::Revenue(tax) if !amount.is_zero() => {
                let of = sums.entry(currency).or_default();
                of.revenue.push((tax.to_string(), text(-amount)));
            }
            Account::Exchange => sums.entry(currency).or_default().exchanged = amount,
            Account::Bank(id) => {
                let of = sums.entry(currency).or_default();
                of.at_banks.push((id.to_string(), text(amount)));
            }
            Account::Suspense(id) if !amount.is_zero() => {
                out.suspense.push(waiting(id.as_str(), -amount));
            }
            Account::Refund(id) if !amount.is_zero() => {
                out.refunds.push(waiting(id.as_str(), -amount));
            }
            Account::Deferment(id) | Account::DefermentPaid(id) => {
                let owed = used.entry((Account::Limit(id.clone()), currency)).or_default();
                add(owed, amount);
            }
            Account::Used(id) => {
                add(used.entry((Account::Amount(id.clone()), currency)).or_default(), amount);
            }
            _ => {}
        }
    }
    for (account, Money { amount, currency }) in books.balances() {
        let used = used.get(&(account.clone(), currency)).copied().unwrap_or_default();
        let facility = |id: &str| Facility {
            id: id.to_owned(),
            currency: currency.to_string(),
            limit: text(amount),
            used: text(used),
            holders: Vec::new(),
        };
        match account {
            Account::Limit(id) => {
                out.deferments.push(facility(id.as_str()));
            }
            Account::Amount(id) => out.guarantees.push(facility(id.as_str())),
            _ => {}
        }
    }
    let settled = |s: &Told| Decimal::from(s.debts.paid + s.debts.secured);
    let all: Decimal = sums.values().map(settled).sum();
    let currency = |(currency, told): (Currency, Told)| {
        let s = &told.debts;
        CurrencyView {
            currency: currency.to_string(),
            debts: s.debts,
            paid: s.paid,
            secured: s.secured,
            open: s.debts.saturating_sub(s.paid + s.secured),
            due: text(s.due),
            contingent: text(s.contingent),
            received: text(s.received),
            deferred: text(s.deferred),
            guaranteed: text(s.guaranteed),
            outstanding: text(s.due + s.contingent - s.received - s.deferred),
            received_share: percent(s.received, s.due),
            settled_share: percent(s.received + s.deferred, s.due),
            share_of_settled: percent(settled(&told), all),
            exchanged: text(told.exchanged),
            sum: text(books.sum(currency)),
            revenue: told.revenue,
            at_banks: told.at_banks,
        }
    };
    out.currencies = sums.into_iter().map(currency).collect();
    out
}
