//! A debt paid in another currency, by the official rate of the day.

use fondaco::ledger::DeclarationId;
use fondaco::money::{Currency, Decimal, Money};
use rust_decimal::RoundingStrategy;

use super::act::{MoneyDone, MoneyMessage, MoneyRefused, done_before};
use crate::cli::today;
use crate::house::House;
use crate::store::{Filing, Lodged};

impl House {
    /// Asks for what is open of a declaration's debt in another currency.
    pub(super) async fn quote(
        &self,
        message: &MoneyMessage,
        filing: Filing,
        bytes: &[u8],
    ) -> Result<MoneyDone, MoneyRefused> {
        let declaration: DeclarationId =
            message.declaration.parse().map_err(|_| MoneyRefused::Field("declaration"))?;
        let currency: Currency =
            message.currency.parse().map_err(|_| MoneyRefused::Field("currency"))?;
        let pack = self.pack();
        if currency == pack.profile.currency {
            return Err(MoneyRefused::Field("currency"));
        }
        let rate = pack.on(today()).rate_to_pay(currency);
        let (rate, until) = rate.ok_or(MoneyRefused::NoRate(currency))?;
        let per_unit = rate.per_unit;
        let prefix = self.prefix(&pack);
        let (id, receipt) = (filing.id.clone(), filing.receipt.clone());
        // Rounded up to what can be paid, so that what is asked for is worth what is open.
        let (digits, up) = (currency.minor_digits(), RoundingStrategy::ToPositiveInfinity);
        let price = move |open: Money| {
            let exact = open.amount.checked_div(per_unit)?;
            let amount = exact.round_dp_with_strategy(digits, up);
            (amount > Decimal::ZERO).then_some((Money { amount, currency }, until))
        };
        let done = self
            .store
            .written(move |writing| writing.ask_for(&filing, &declaration, &prefix, price))
            .await?;
        match done {
            Err(refusal) => Err(MoneyRefused::Ledger(Box::new(refusal))),
            Ok(Lodged::Written) => {
                let reference = self.store.reference_of(&id)?;
                Ok(MoneyDone { id, receipt, reference, repeated: false })
            }
            Ok(Lodged::Repeated(before)) => done_before(&self.store, *before, bytes),
            Ok(_) => Err(MoneyRefused::KeyUsed),
        }
    }
}
