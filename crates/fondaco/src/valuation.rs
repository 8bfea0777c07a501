//! The customs value: price, charges, the item's share of what is charged for the consignment.
//!
//! Source: WTO Agreement on Implementation of Article VII of GATT 1994, articles 1 and 8.

use crate::declaration::{Charge, Declaration, Item};
use crate::money::{Currency, Decimal};
use crate::reference::{ChargeRule, Reference};
use crate::token::Token;

/// The value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemValue {
    /// Item number.
    pub item: u32,
    /// The customs value in the currency of assessment, rounded; `None` where it cannot be told.
    pub value: Option<Decimal>,
    /// Price and charges that made it: what, amount, currency, rate.
    pub parts: Vec<(Token, Decimal, Currency, Decimal)>,
}

/// The customs value of an item: its price, its charges, its share of the consignment's.
///
/// Source: WTO Agreement on Implementation of Article VII of GATT 1994, articles 1 and 8.
#[must_use]
pub fn value(declaration: &Declaration, item: &Item, reference: Reference<'_>) -> ItemValue {
    let profile = &reference.pack.profile;
    let mut result = ItemValue { item: item.number, value: None, parts: Vec::new() };
    let Some(price) = item.price.or(item.customs_value) else { return result };
    let Some(rate) = reference.rate(price.currency) else { return result };
    let Some(mut sum) = price.amount.checked_mul(rate) else { return result };
    result.parts.push((Token::EMPTY, price.amount, price.currency, rate));
    let share = share(declaration, item);
    let own = item.charges.iter().map(|c| (c, Some(Decimal::ONE)));
    let whole = declaration.charges.iter().map(|c| (c, share));
    for (Charge { kind, amount }, share) in own.chain(whole) {
        // A charge the pack does not know, or a share that cannot be told: the value cannot either.
        let adds = match profile.charge(*kind) {
            Some(ChargeRule::Added) => true,
            Some(ChargeRule::TakenOff) => false,
            Some(ChargeRule::Apart) => continue,
            Some(ChargeRule::Untold) | None => return result,
        };
        let Some(share) = share else { return result };
        let Some(rate) = reference.rate(amount.currency) else { return result };
        let part = amount.amount.checked_mul(share).and_then(|x| x.checked_mul(rate));
        let total = part.and_then(|p| if adds { sum.checked_add(p) } else { sum.checked_sub(p) });
        let (Some(part), Some(total)) = (part, total) else { return result };
        sum = total;
        let signed = if adds { part } else { -part };
        result.parts.push((*kind, signed, amount.currency, rate));
    }
    // What is taken off cannot be more than the price: the value cannot be told.
    result.value = Some(profile.value_rounding.apply(sum)).filter(|v| *v >= Decimal::ZERO);
    result
}

/// The item's share of the consignment's charges, by price; `None` where the prices are not all
/// stated in one currency.
fn share(declaration: &Declaration, item: &Item) -> Option<Decimal> {
    let price = item.price?;
    let sum = declaration.items.iter().try_fold(Decimal::ZERO, |sum, i| {
        let same = i.price.filter(|p| p.currency == price.currency)?;
        sum.checked_add(same.amount)
    })?;
    price.amount.checked_div(sum)
}
