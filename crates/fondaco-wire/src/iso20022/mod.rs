//! ISO 20022: what a house tells its bank, and what the bank tells it.
//!
//! In: statements (camt.053) and notifications (camt.054), versions 02 to 14, as the entries that
//! [`fondaco::ledger::Intake`] takes. Out: credit transfer initiations (pain.001.001.09), as payment requests
//! and for refunds.
//!
//! Holds always:
//! - a message is taken whole or not at all, and what is refused says why and where;
//! - no document type and no entity is read, and no message costs more than [`crate::Limits`] allow;
//! - what the message says of itself adds up: parts to entries, entries to their totals, balances.
//!
//! Not here: whether the message is the bank's own. That is for the channel it came by.

mod camt;
mod order;

pub use crate::tree::Problem;
pub use camt::{BankMessage, Statement, read, read_taken};
pub use order::{Agent, CannotWrite, Holder, Order, Remittance, Transfer, pain001};
