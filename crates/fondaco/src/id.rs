//! Numbers the house gives.

use std::fmt;

/// A movement reference number: two digits of the year, two letters of the country, thirteen
/// characters, a check digit; eighteen in all.
///
/// Source: WCO DM 3.6, D014; the check digit is that of ISO 6346, as customs administrations use it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mrn([u8; 18]);

/// The text is not an MRN, or its check digit is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnMrn;

impl fmt::Display for NotAnMrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an MRN: want 18 letters and digits with a right check digit")
    }
}

impl std::error::Error for NotAnMrn {}

/// What a character counts in ISO 6346: digits themselves, letters from 10 up leaving out multiples
/// of 11.
fn weight(c: u8) -> Option<u32> {
    match c {
        b'0'..=b'9' => Some(u32::from(c - b'0')),
        b'A'..=b'Z' => {
            let n = u32::from(c - b'A');
            // A = 10, then one is skipped at 11, 22 and 33.
            Some(10 + n + n.div_ceil(10))
        }
        _ => None,
    }
}

fn check_digit(body: &[u8]) -> Option<u8> {
    let mut sum = 0u32;
    for (place, c) in body.iter().enumerate() {
        sum = (sum + weight(*c)? * (1u32 << place)) % 11;
    }
    Some(b'0' + (sum % 10) as u8)
}

impl Mrn {
    /// The MRN of the `sequence`-th filing of a house in this year and country.
    ///
    /// `year` is its last two digits; `country` two capital letters; sequences up to 36^12.
    ///
    /// # Errors
    /// [`NotAnMrn`] where the country is not two capital letters or digits.
    pub fn new(year: u8, country: &str, sequence: u64) -> Result<Self, NotAnMrn> {
        let mut text = [b'0'; 18];
        text[0] = b'0' + year / 10 % 10;
        text[1] = b'0' + year % 10;
        let country: [u8; 2] = country.as_bytes().try_into().map_err(|_| NotAnMrn)?;
        text[2..4].copy_from_slice(&country);
        // The letter that tells the house's own numbers from those of other systems.
        text[4] = b'F';
        let mut rest = sequence;
        for place in text[5..17].iter_mut().rev() {
            let digit = (rest % 36) as u8;
            *place = if digit < 10 { b'0' + digit } else { b'A' + digit - 10 };
            rest /= 36;
        }
        text[17] = check_digit(&text[..17]).ok_or(NotAnMrn)?;
        Ok(Self(text))
    }

    /// The eighteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::str::FromStr for Mrn {
    type Err = NotAnMrn;
    fn from_str(text: &str) -> Result<Self, NotAnMrn> {
        let bytes: [u8; 18] = text.as_bytes().try_into().map_err(|_| NotAnMrn)?;
        if check_digit(&bytes[..17]) == Some(bytes[17]) { Ok(Self(bytes)) } else { Err(NotAnMrn) }
    }
}

impl fmt::Display for Mrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_iso_6346() {
        // The example of the standard's annex: container CSQU 305438 3.
        assert_eq!(check_digit(b"CSQU305438"), Some(b'3'));
        assert_eq!(
            [b'A', b'B', b'K', b'L', b'U', b'V', b'Z'].map(|c| weight(c).unwrap_or(0)),
            [10, 12, 21, 23, 32, 34, 38]
        );
    }

    #[test]
    fn one_wrong_character_is_seen() {
        let mrn = Mrn::new(26, "GB", 123_456_789).map(|m| m.to_string()).unwrap_or_default();
        assert_eq!(mrn.parse::<Mrn>().map(|m| m.to_string()), Ok(mrn.clone()));
        assert_eq!(mrn.len(), 18);
        for place in 0..17 {
            let mut wrong = mrn.clone().into_bytes();
            wrong[place] = if wrong[place] == b'7' { b'8' } else { b'7' };
            let wrong = String::from_utf8_lossy(&wrong).into_owned();
            // Two residues share the digit 0, so one change in eleven may slip through.
            let seen = wrong.parse::<Mrn>().is_err() || mrn.ends_with('0');
            assert!(seen, "{wrong}");
        }
        assert!("26GB".parse::<Mrn>().is_err());
        assert!(Mrn::new(26, "gb", 1).is_err());
    }
}
