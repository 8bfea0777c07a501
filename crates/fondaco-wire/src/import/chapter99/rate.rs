//! What a rate column of a heading of chapter 99 says.
//!
//! A text goes in, a [`Rate`] comes out; one that is not understood is [`Rate::Unread`].

use fondaco::money::Decimal;

use super::text::{eat, eat_any, eat_percent, fold};

/// What a rate column of a heading says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rate {
    /// Nothing.
    Blank,
    /// Free, no change, or the duty of the ordinary line as it is.
    NothingAdded,
    /// So much on top of the duty of the ordinary line; of a part of the value where one is named.
    Added(Decimal, Option<String>),
    /// So much together with the duty of the ordinary line: a floor under it.
    Total(Decimal),
    /// A text that is not understood.
    Unread,
}

impl Rate {
    /// Whether something may be due.
    pub(super) fn is_duty(&self) -> bool {
        matches!(self, Self::Added(..) | Self::Total(_) | Self::Unread)
    }

    /// The percentage, where there is one.
    pub(super) fn percent(&self) -> Option<Decimal> {
        match self {
            Self::Added(percent, _) | Self::Total(percent) => Some(*percent),
            Self::Blank | Self::NothingAdded | Self::Unread => None,
        }
    }

    /// Whether it is counted on a part of the value only.
    pub(super) fn is_of_part(&self) -> bool {
        matches!(self, Self::Added(_, Some(_)))
    }

    /// Reads a rate column.
    pub(super) fn read(text: &str) -> Self {
        let text = fold(text);
        let text = text.trim_end_matches(['.', ' ']);
        if text.is_empty() {
            return Self::Blank;
        }
        if text == "free" || text.starts_with("no change") {
            return Self::NothingAdded;
        }
        let mut rest = text;
        if let Some(percent) = eat_percent(&mut rest)
            && rest.is_empty()
        {
            return Self::Total(percent);
        }
        Self::on_top(text).unwrap_or(Self::Unread)
    }

    /// `the duty provided in the applicable subheading + 25%`; the export has it with missing
    /// spaces.
    fn on_top(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix("the duty provided ")?;
        eat(&mut rest, "for ");
        eat(&mut rest, "in").then_some(())?;
        rest = rest.trim_start();
        eat(&mut rest, "the applicable sub").then_some(())?;
        rest = rest.trim_start();
        eat(&mut rest, "heading").then_some(())?;
        if rest.is_empty() {
            return Some(Self::NothingAdded);
        }
        rest = rest.trim_start();
        eat_any(&mut rest, &["+", "plus"]).then_some(())?;
        rest = rest.trim_start();
        let of_part = eat(&mut rest, "a duty of ");
        eat(&mut rest, "an additional ");
        let percent = eat_percent(&mut rest)?;
        if of_part {
            let part = rest.strip_prefix(" upon the value of the ");
            let part = part.or_else(|| rest.strip_prefix(" on the value of the "))?;
            return Some(Self::Added(percent, Some(part.to_owned())));
        }
        eat(&mut rest, " ad valorem");
        // The programmes of a special column.
        let programmes = rest.trim().strip_prefix('(').and_then(|r| r.strip_suffix(')'));
        let plain = |p: &str| p.chars().all(|c| c.is_ascii_lowercase() || "+*, ".contains(c));
        (rest.is_empty() || programmes.is_some_and(plain)).then_some(Self::Added(percent, None))
    }
}
