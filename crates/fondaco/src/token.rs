//! Short codes as they stand on the wire: a unit, a document type, an office, a country.
//!
//! A code is compared a thousand times in a filing and almost never grows, so it is kept inline and
//! copied, never allocated.

use std::fmt;
use std::str::FromStr;

/// A code of at most 23 bytes of UTF-8, without leading or trailing white space.
///
/// Which codes are allowed is not its business: that is what the lists of a data pack are for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Token {
    // Order matters: bytes first, so that the derived order is that of the text.
    bytes: [u8; 23],
    len: u8,
}

/// The text is longer than a code can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl std::error::Error for TooLong {}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code has at most 23 bytes")
    }
}

impl Token {
    /// The empty code: "not stated".
    pub const EMPTY: Self = Self { bytes: [0; 23], len: 0 };

    /// Reads a code, dropping white space around it.
    ///
    /// # Errors
    /// [`TooLong`] above 23 bytes.
    pub fn new(text: &str) -> Result<Self, TooLong> {
        let text = text.trim();
        let mut bytes = [0; 23];
        let Some(room) = bytes.get_mut(..text.len()) else { return Err(TooLong) };
        room.copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: text.len() as u8 })
    }

    /// Reads a code; a text too long for one gives [`Token::EMPTY`].
    ///
    /// For fields whose length the decoder has already checked.
    #[must_use]
    pub fn lossy(text: &str) -> Self {
        Self::new(text).unwrap_or(Self::EMPTY)
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The code as bytes: what comparing takes, since no look at its form is needed for that.
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Whether nothing was stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl FromStr for Token {
    type Err = TooLong;
    fn from_str(text: &str) -> Result<Self, TooLong> {
        Self::new(text)
    }
}

impl std::ops::Deref for Token {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq<str> for Token {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Token {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_keeps_its_text_and_its_order() {
        for text in ["", "KGM", "TNE#I", "东宁", "GBBYUKIM55320273485220"] {
            assert_eq!(Token::lossy(text).as_str(), text);
        }
        assert_eq!(Token::lossy(" KGM\n"), "KGM");
        assert!(Token::lossy("KG") < Token::lossy("KGM"));
        assert!(Token::lossy("KGM") < Token::lossy("LTR"));
        assert_eq!(Token::new(&"x".repeat(24)), Err(TooLong));
    }
}
