//! What the codecs do with messages none of us wrote, and with our own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod real_declarations;

use std::path::PathBuf;

/// The shared data beside the repository; `None`, said aloud, where there is none.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: ../shared/data/{path} is not here");
    None
}
