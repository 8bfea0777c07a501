//! The core of Fondaco: what a declaration is, what the law asks of it, and what is decided.
//!
//! No I/O, no clock, no randomness, no serialisation: time, lists and law are arguments. The
//! modules stand in the order of the walk, and each uses only those above it (held by
//! `cargo xtask tidy`).

pub mod token;
pub mod day;
pub mod money;
pub mod quantity;
pub mod id;
pub mod formula;
pub mod finding;
pub mod model;
pub mod draft;
pub mod amendment;
pub mod bridge;
pub mod condition;
pub mod measure;
pub mod measures;
pub mod quota;
pub mod origin;
pub mod agency;
pub mod reference;
pub mod declaration;
pub mod admission;
pub mod rates;
pub mod valuation;
pub mod allotment;
pub mod assessment;
pub mod lpco;
pub mod requirement;
pub mod finder;
pub mod screening;
pub mod risk;
pub mod decision;
pub mod walk;
pub mod ledger;
pub mod consignment;
pub mod inspection;
