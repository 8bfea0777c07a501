//! Why the ledger does not take something.

use std::fmt;

use super::posting::{BankId, Debt, DeclarationId, Key, Unbalanced};
use crate::money::{Currency, Decimal, Money};

/// Why the ledger does not take a posting or an intent. Nothing is changed by a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The entries are no posting.
    Unbalanced(Unbalanced),
    /// The key was used for something else.
    KeyReused(Key),
    /// No posting has this key.
    NoSuchPosting(Key),
    /// The posting was reversed, by this one.
    AlreadyReversed(Key),
    /// A reversal is not reversed.
    IsReversal(Key),
    /// What is said to reverse a posting is not its reverse.
    NotTheReverse(Key),
    /// The debt was never charged.
    NoSuchDebt(Debt),
    /// The debt was charged before; it is amended, not charged again.
    AlreadyCharged(Debt),
    /// The debt is in this currency.
    WrongCurrency(Currency),
    /// Not above zero, or not an amount of at most 18 digits, five of them behind the point.
    NotAnAmount(Decimal),
    /// The assessment could not tell everything, so what is owed is not known.
    NotAssessed,
    /// There is nothing to post: the state is as wanted.
    NothingToPost,
    /// More than is owed; this much is.
    MoreThanOwed(Money),
    /// More than the deferment account has room for; this much it has.
    OverLimit(Money),
    /// More than the guarantee has free; this much it has.
    OverGuarantee(Money),
    /// More than was paid; this much was.
    NotPaid(Money),
    /// It would leave the debt open: only this much is over.
    StillDue(Money),
    /// More than stands on the account; this much does.
    MoreThanHeld(Money),
    /// Money at a bank is moved by what the bank tells only.
    OnlyTheBank,
    /// The account at a bank is not one of the house.
    ForeignAccount(BankId),
    /// The id was used for another refund.
    RefundTaken,
    /// The reference was used for another payment request.
    ReferenceTaken,
    /// A balance would grow beyond 10^22.
    TooLarge,
    /// The debts of the declaration were not brought to hand: a fault of who keeps the ledger.
    NotAtHand(DeclarationId),
}

impl Refusal {
    /// The stable name of the refusal.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unbalanced(_) => "unbalanced",
            Self::KeyReused(_) => "key-reused",
            Self::NoSuchPosting(_) => "no-such-posting",
            Self::AlreadyReversed(_) => "already-reversed",
            Self::IsReversal(_) => "is-reversal",
            Self::NotTheReverse(_) => "not-the-reverse",
            Self::NoSuchDebt(_) => "no-such-debt",
            Self::AlreadyCharged(_) => "already-charged",
            Self::WrongCurrency(_) => "wrong-currency",
            Self::NotAnAmount(_) => "not-an-amount",
            Self::NotAssessed => "not-assessed",
            Self::NothingToPost => "nothing-to-post",
            Self::MoreThanOwed(_) => "more-than-owed",
            Self::OverLimit(_) => "over-limit",
            Self::OverGuarantee(_) => "over-guarantee",
            Self::NotPaid(_) => "not-paid",
            Self::StillDue(_) => "still-due",
            Self::MoreThanHeld(_) => "more-than-held",
            Self::OnlyTheBank => "only-the-bank",
            Self::ForeignAccount(_) => "foreign-account",
            Self::RefundTaken => "refund-taken",
            Self::ReferenceTaken => "reference-taken",
            Self::TooLarge => "too-large",
            Self::NotAtHand(_) => "not-at-hand",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Unbalanced(why) => write!(f, ": {why}"),
            Self::KeyReused(key)
            | Self::NoSuchPosting(key)
            | Self::AlreadyReversed(key)
            | Self::IsReversal(key)
            | Self::NotTheReverse(key) => write!(f, ": {key}"),
            Self::NoSuchDebt(debt) | Self::AlreadyCharged(debt) => {
                write!(f, ": {} of {}", debt.declaration, debt.debtor)
            }
            Self::ForeignAccount(account) => write!(f, ": {account}"),
            Self::NotAtHand(declaration) => write!(f, ": {declaration}"),
            Self::WrongCurrency(currency) => write!(f, ": want {currency}"),
            Self::NotAnAmount(amount) => write!(f, ": {amount}"),
            Self::MoreThanOwed(money)
            | Self::OverLimit(money)
            | Self::OverGuarantee(money)
            | Self::NotPaid(money)
            | Self::StillDue(money)
            | Self::MoreThanHeld(money) => {
                write!(f, ": at most {} {}", money.amount.normalize(), money.currency)
            }
            Self::NotAssessed
            | Self::NothingToPost
            | Self::OnlyTheBank
            | Self::RefundTaken
            | Self::ReferenceTaken
            | Self::TooLarge => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
