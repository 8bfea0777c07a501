//! What takes minutes: a million declarations by chance, a hundred thousand formulas against an oracle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod chance;
mod lives;
mod million;
mod oracle;
mod world;
