//! The structured reference a payer gives, so that money finds its debt without a person reading.
//!
//! Source: ISO 11649:2009, structured creditor reference; check digits by ISO/IEC 7064, mod 97-10.

use std::fmt;
use std::str::FromStr;

/// Most characters of a reference: `RF`, two check digits, 21 of its own.
const MOST: usize = 25;

/// A creditor reference: `RF`, two check digits, 1 to 21 letters and digits.
///
/// One wrong digit, one wrong letter and two neighbours of one kind changed over are always seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditorReference {
    // Order matters: bytes first, so that the derived order is that of the text.
    bytes: [u8; MOST],
    len: u8,
}

/// The text is no creditor reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAReference {
    /// It is not `RF`, two digits and 1 to 21 letters and digits.
    Form,
    /// Its check digits are wrong.
    CheckDigits,
}

impl fmt::Display for NotAReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => {
                "not a creditor reference: want RF, two digits, 1 to 21 letters or digits"
            }
            Self::CheckDigits => "a creditor reference with wrong check digits",
        })
    }
}

impl std::error::Error for NotAReference {}

/// The remainder by 97 of the characters read as one number, letters from `A` = 10 to `Z` = 35.
fn remainder(text: impl Iterator<Item = u8>) -> Option<u32> {
    let mut rest = 0u32;
    for c in text {
        rest = match c {
            b'0'..=b'9' => rest * 10 + u32::from(c - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(c - b'A') + 10,
            _ => return None,
        } % 97;
    }
    Some(rest)
}

impl CreditorReference {
    /// The reference with this text of its own, 1 to 21 letters and digits; small letters are made
    /// capitals.
    ///
    /// # Errors
    /// [`NotAReference::Form`] where it is another text.
    pub fn of(own: &str) -> Result<Self, NotAReference> {
        let own = own.to_ascii_uppercase();
        if own.is_empty() || own.len() > MOST - 4 {
            return Err(NotAReference::Form);
        }
        let rest = remainder(own.bytes().chain(*b"RF00")).ok_or(NotAReference::Form)?;
        Self::kept(&format!("RF{:02}{own}", 98 - rest))
    }

    /// The reference of the `number`-th payment request of a house, under its own prefix of at most 8
    /// letters and digits that does not end in a digit, so that no two numbers give one text.
    ///
    /// # Errors
    /// [`NotAReference::Form`] where the prefix or the number is too long or the prefix is no such one.
    pub fn numbered(prefix: &str, number: u64) -> Result<Self, NotAReference> {
        let ends_well = prefix.ends_with(|c: char| c.is_ascii_alphabetic());
        if !ends_well || prefix.len() > 8 {
            return Err(NotAReference::Form);
        }
        Self::of(&format!("{prefix}{number:08}"))
    }

    fn kept(text: &str) -> Result<Self, NotAReference> {
        let mut bytes = [0; MOST];
        let room = bytes.get_mut(..text.len()).ok_or(NotAReference::Form)?;
        room.copy_from_slice(text.as_bytes());
        // At most 25.
        Ok(Self { bytes, len: text.len() as u8 })
    }

    /// The reference without spaces, as it stands in a message.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The reference in groups of four, as it is printed for a person.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut out = String::new();
        for (n, c) in self.as_str().chars().enumerate() {
            if n > 0 && n.is_multiple_of(4) {
                out.push(' ');
            }
            out.push(c);
        }
        out
    }
}

impl FromStr for CreditorReference {
    type Err = NotAReference;
    /// Reads a reference as a message has it: no spaces; small letters are taken for capitals.
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let text = text.to_ascii_uppercase();
        let own = text.get(4..).ok_or(NotAReference::Form)?;
        let digits = text.get(2..4).ok_or(NotAReference::Form)?;
        let plain = own.bytes().all(|b| b.is_ascii_alphanumeric());
        if !text.starts_with("RF")
            || !digits.bytes().all(|b| b.is_ascii_digit())
            || own.is_empty()
            || text.len() > MOST
            || !plain
        {
            return Err(NotAReference::Form);
        }
        // 00, 01 and 99 leave the same remainder as 97, 98 and 02, and are never given.
        let given = matches!(digits, "00" | "01" | "99");
        let moved = own.bytes().chain(text.bytes().take(4));
        if given || remainder(moved) != Some(1) {
            return Err(NotAReference::CheckDigits);
        }
        Self::kept(&text)
    }
}

impl fmt::Display for CreditorReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CreditorReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_references_are_right_and_others_are_said_to_be_wrong() {
        // The example of the standard, and one of a Swiss bank's guide in the shared samples.
        for good in ["RF18539007547034", "RF712348231", "rf18539007547034"] {
            let read: CreditorReference = good.parse().unwrap();
            assert_eq!(CreditorReference::of(&good[4..]), Ok(read), "{good}");
        }
        let of = |text: &str| text.parse::<CreditorReference>().unwrap_err();
        for form in
            ["", "RF", "RF18", "RF1", "XX18539007547034", "RF185390-07547034", "RFAB5", "RF18 5"]
        {
            assert_eq!(of(form), NotAReference::Form, "{form}");
        }
        assert_eq!(of(&format!("RF18{}", "1".repeat(22))), NotAReference::Form);
        assert_eq!(of("RFé8539007547034"), NotAReference::Form);
        assert_eq!(of("RF19539007547034"), NotAReference::CheckDigits);
        // 99 has the remainder of 02, and is not a check digit.
        let two = (0..97).map(|n| CreditorReference::numbered("A", n).unwrap());
        let two = two.map(|r| r.to_string()).find(|r| r.starts_with("RF02")).unwrap();
        assert_eq!(of(&two.replace("RF02", "RF99")), NotAReference::CheckDigits);
        assert_eq!(CreditorReference::numbered("FD", 7).unwrap().grouped(), "RF39 FD00 0000 07");
        for prefix in ["", "FD1", "FONDACOHS", "F-D"] {
            assert!(CreditorReference::numbered(prefix, 7).is_err(), "{prefix}");
        }
        assert!(CreditorReference::numbered("FONDACOH", u64::MAX).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_made_is_read_and_one_wrong_character_is_seen(
            own in "[A-Z0-9]{1,21}",
            at in 0usize..25,
            to in 0u8..36,
        ) {
            let made = CreditorReference::of(&own).unwrap();
            prop_assert_eq!(made.as_str().parse(), Ok(made));
            let mut wrong = made.as_str().as_bytes().to_vec();
            let at = at % wrong.len();
            let old = wrong[at];
            // Another of its kind; a letter for a digit shifts all before it and may slip through.
            wrong[at] = if old.is_ascii_digit() { b'0' + to % 10 } else { b'A' + to % 26 };
            if wrong[at] != old {
                let text = String::from_utf8(wrong).unwrap();
                prop_assert!(text.parse::<CreditorReference>().is_err(), "{}", text);
            }
            let mut wrong = made.as_str().as_bytes().to_vec();
            let (a, b) = (at, (at + 1) % wrong.len());
            wrong.swap(a, b);
            let same_kind = wrong[a].is_ascii_digit() == wrong[b].is_ascii_digit();
            if b > a && wrong[a] != wrong[b] && same_kind {
                let text = String::from_utf8(wrong).unwrap();
                prop_assert!(text.parse::<CreditorReference>().is_err(), "{}", text);
            }
        }
    }
}
