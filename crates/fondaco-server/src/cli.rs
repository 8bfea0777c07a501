//! What every command shares: exit codes, failures, today, progress.

use fondaco::day::Day;
use indicatif::{ProgressBar, ProgressStyle};

/// Exit codes, documented in `docs/cli.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All accepted, or done.
    Fine = 0,
    /// Something returned, refused or different.
    Returned = 1,
    /// The call was wrong.
    Usage = 2,
}

/// Why a command could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The call was wrong: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Something failed: exit code 3.
    #[error("{0}")]
    Fault(String),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Fault(_) => 3,
        }
    }
}

/// The day it is here.
pub(crate) fn today() -> Day {
    let date = jiff::Zoned::now().date();
    Day::of(date.year(), date.month(), date.day())
        .unwrap_or_else(|_| unreachable!("the clock gives a calendar day"))
}

/// Whether to go on after writing to standard output: not where its reader has seen enough, which is
/// no fault.
///
/// # Errors
/// [`Failure::Fault`]: what else stood in the way.
pub(crate) fn written(result: std::io::Result<()>) -> Result<bool, Failure> {
    match result {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(Failure::Fault(format!("standard output: {e}"))),
    }
}

/// A progress bar on standard error, drawn only on a terminal and where wanted.
pub(crate) fn progress(total: u64, wanted: bool) -> ProgressBar {
    if !wanted {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {per_sec} {eta} {msg}") {
        bar.set_style(style);
    }
    bar
}
