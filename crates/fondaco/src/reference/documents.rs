//! What the declarant says of a document beside its type: its number, and whether it is there at all.

use crate::token::Token;

/// Codes, each whole or a beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// Codes as they are.
    pub whole: Vec<Token>,
    /// Beginnings of codes.
    pub begun: Vec<Token>,
}

impl Codes {
    /// Whether a code is one of them.
    #[must_use]
    pub fn have(&self, code: &str) -> bool {
        self.whole.iter().any(|one| one.as_str() == code)
            || self.begun.iter().any(|one| code.starts_with(one.as_str()))
    }
}

/// By what a pack tells whether a document is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentCodes {
    /// Types, category and type run together, that are statements of the declarant: they have no number.
    pub statements: Codes,
    /// Statuses that say that the document is not there.
    pub unavailable: Codes,
    /// Statuses that say that it is not required: a claim that somebody has to look at.
    pub waived: Codes,
    /// The act or the publication; empty where the pack says nothing of it: no number is wanted.
    pub basis: String,
}
