//! What banks told, entry by entry, for who audits.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::house::House;
use crate::http::ask::Most;
use crate::store::Fault;

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntryQuery {
    /// Go on after the entry with this number; 0 is from the beginning.
    #[serde(default)]
    pub(crate) after: i64,
    /// Most entries, 1 to 1,000.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<Most<1000>>,
    /// Only those of this account.
    #[serde(default)]
    pub(crate) account: String,
    /// Only those booked on this day, `2026-11-26`.
    #[serde(default)]
    pub(crate) booked: String,
    /// Only those with a part for the request with this reference.
    #[serde(default)]
    pub(crate) reference: String,
    /// Only those with a part of which this became, such as `unknown-reference`.
    #[serde(default)]
    pub(crate) outcome: String,
}

/// Entries, and where to go on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EntriesView {
    /// In the order they were taken.
    pub(crate) entries: Vec<EntryView>,
    /// `after` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<i64>,
}

/// An entry as a bank told it, and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    /// Its number in the house.
    pub(crate) number: i64,
    /// The id of the message in the house.
    pub(crate) filing: String,
    /// The digest of the message.
    pub(crate) digest: String,
    /// When it was taken, RFC 3339.
    pub(crate) at: String,
    /// `camt.053` or `camt.054`.
    pub(crate) told: String,
    /// MsgId.
    pub(crate) message: String,
    /// Id of the statement or notification, and which entry of the message.
    pub(crate) statement: String,
    /// From 1.
    pub(crate) entry: u32,
    /// The account.
    pub(crate) account: String,
    /// How much.
    pub(crate) amount: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// `CRDT` or `DBIT`.
    pub(crate) side: String,
    /// Whether it takes back an earlier one.
    pub(crate) reversal: bool,
    /// `BOOK`, `PDNG`, `INFO` or `other`.
    pub(crate) status: String,
    /// The booking day; empty where there is none.
    pub(crate) booked: String,
    /// AcctSvcrRef; empty where there is none.
    pub(crate) servicer_reference: String,
    /// NtryRef; empty where there is none.
    pub(crate) entry_reference: String,
    /// The number of the entry it is taken for, where that was told before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) same_as: Option<i64>,
    /// Its parts.
    pub(crate) parts: Vec<PartView>,
}

/// A part of an entry and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartView {
    /// How much.
    pub(crate) amount: String,
    /// `CRDT` or `DBIT`.
    pub(crate) side: String,
    /// EndToEndId; empty where there is none.
    pub(crate) end_to_end: String,
    /// Structured creditor references as told.
    pub(crate) references: Vec<String>,
    /// What became of it, such as `matched`.
    pub(crate) outcome: String,
    /// The request it was for; empty where that is not known.
    pub(crate) reference: String,
    /// The key of its posting; empty where there is none.
    pub(crate) posting: String,
}

impl House {
    /// A page of what banks told.
    pub(crate) fn bank_entries(&self, query: &EntryQuery) -> Result<EntriesView, Fault> {
        let most = Most::or(query.limit, 100);
        let mut entries = self.store.bank_entries(query, most + 1)?;
        let more = entries.len() > most;
        if more {
            entries.pop();
        }
        let next = entries.last().map(|e| e.number).filter(|_| more);
        for entry in &mut entries {
            entry.amount = super::report::text(entry.amount.parse().unwrap_or_default());
            for part in &mut entry.parts {
                part.amount = super::report::text(part.amount.parse().unwrap_or_default());
            }
        }
        Ok(EntriesView { entries, next })
    }
}
