//! What is owed and what was paid: a double-entry ledger for each currency.
//!
//! In: [`Posting`]s, made of intents ([`Ledger::charge`], [`Ledger::defer`], [`Ledger::refund`] …) and of
//! what a bank tells ([`Intake::take`]). Out: balances, the [`Standing`] of a debt and how far it is
//! [`Settled`]. The ledger is the fold of its postings; nothing is ever changed but by another posting.
//!
//! Holds always:
//! - the entries of a posting sum to zero in each currency, and so does each [`Book`] of it: a debt is
//!   never settled by anything but money the bank booked, a deferment account or a guarantee;
//! - no posting counts twice, and none is reversed twice;
//! - no deferment account takes over more than its limit, no guarantee stands for more than its amount,
//!   no more is given back than was paid and is over;
//! - money that found no debt is in suspense: never lost, and it releases nothing.
//!
//! Not here: what is owed ([`crate::assessment`]), the bank's messages (`fondaco_wire::iso20022`).

mod act;
mod fold;
mod hand;
mod intake;
mod mark;
mod outcome;
mod posting;
mod reference;
mod refusal;
mod standing;

pub use act::{Charge, Slip, Source, Why};
pub use fold::{Applied, Ledger};
pub use hand::{Change, Mark, Sums};
pub use intake::{BankEntry, Intake, Part, PaymentRequest, Side, Status, Taken, Told};
pub use mark::is_reference;
pub use outcome::Outcome;
pub use posting::{
    Account, BankId, Book, Debt, DebtorId, DeclarationId, DefermentId, Entry, GuaranteeId, Key,
    MOST_DECIMALS, NotAnId, Payable, Posting, Reason, RefundId, SuspenseId, Unbalanced, is_amount,
};
pub use reference::{CreditorReference, NotAReference};
pub use refusal::Refusal;
pub use standing::{Settled, Standing, Totals};
