//! A calendar day, the grain at which law is in force.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// One day of the Gregorian calendar, without a clock or a zone.
///
/// Law, rates and lists are valid from a day until a day. Which day a filing belongs to is decided
/// at the edge, where the office's own zone is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// The text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADay;

impl std::error::Error for NotADay {}

impl fmt::Display for NotADay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day: want YYYY-MM-DD")
    }
}

impl Day {
    /// The day with this year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// [`NotADay`] where the calendar has no such day.
    pub fn of(year: i16, month: i8, day: i8) -> Result<Self, NotADay> {
        Date::new(year, month, day).map(Self).map_err(|_| NotADay)
    }

    /// Reads the date part of `YYYYMMDD` or `YYYYMMDDhhmmss…` (UN/EDIFACT 2379 codes 102 and 304).
    ///
    /// # Errors
    /// [`NotADay`] where the first eight characters are no day.
    pub fn compact(text: &str) -> Result<Self, NotADay> {
        let digits = text.get(..8).ok_or(NotADay)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotADay);
        }
        let number = |range| digits.get(range).and_then(|t: &str| t.parse::<i16>().ok());
        let (Some(year), Some(month), Some(day)) = (number(0..4), number(4..6), number(6..8))
        else {
            return Err(NotADay);
        };
        Self::of(
            year,
            i8::try_from(month).map_err(|_| NotADay)?,
            i8::try_from(day).map_err(|_| NotADay)?,
        )
    }

    /// 1970-01-01.
    pub const EPOCH: Self = Self(Date::constant(1970, 1, 1));

    /// The month, 1 to 12, and the day of the month.
    #[must_use]
    pub fn month_and_day(self) -> (i8, i8) {
        (self.0.month(), self.0.day())
    }

    /// Days from `earlier` to this day; negative where this day is the earlier one.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        let seconds = self.0.duration_since(earlier.0).as_secs();
        // The calendar has fewer days than fit.
        i32::try_from(seconds / 86_400).unwrap_or(0)
    }

    /// The year, such as 2026.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn number(self) -> i32 {
        self.days_since(Self::EPOCH)
    }

    /// The day `number` days after 1970-01-01.
    ///
    /// # Errors
    /// [`NotADay`] outside the years -9999 to 9999.
    pub fn from_number(number: i32) -> Result<Self, NotADay> {
        Self::EPOCH
            .0
            .checked_add(jiff::Span::new().try_days(i64::from(number)).map_err(|_| NotADay)?)
            .map(Self)
            .map_err(|_| NotADay)
    }
}

impl FromStr for Day {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Self, NotADay> {
        if text.len() != 10 {
            return Err(NotADay);
        }
        text.parse::<Date>().map(Self).map_err(|_| NotADay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// From a day, until a day or for ever; both ends are within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Validity {
    /// First day in force; `None` is "since ever".
    pub from: Option<Day>,
    /// Last day in force; `None` is "until further notice".
    pub until: Option<Day>,
}

impl Validity {
    /// Always in force.
    pub const ALWAYS: Self = Self { from: None, until: None };

    /// Whether `day` lies within.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether some day lies within both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts = |a: &Self, b: &Self| match (a.from, b.until) {
            (Some(from), Some(until)) => from <= until,
            _ => true,
        };
        starts(self, other) && starts(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_both_forms_and_nothing_else() {
        let day = Day::of(2026, 2, 28).ok();
        assert_eq!("2026-02-28".parse().ok(), day);
        assert_eq!(Day::compact("20260228112200+01").ok(), day);
        for bad in ["2026-02-30", "20260228", "2026-2-28", "", "2026-02-28T00:00", "abcd-ef-gh"] {
            assert_eq!(bad.parse::<Day>(), Err(NotADay), "{bad}");
        }
        for bad in ["2026022", "20260230", "2026-228", "２０２６０２２８"] {
            assert_eq!(Day::compact(bad), Err(NotADay), "{bad}");
        }
        assert_eq!(day.and_then(|d| Day::from_number(d.number()).ok()), day);
    }

    #[test]
    fn validity_takes_both_ends() {
        let day = |t: &str| t.parse::<Day>().ok();
        let march = Validity { from: day("2026-03-01"), until: day("2026-03-31") };
        let covers = |t| day(t).is_some_and(|d| march.covers(d));
        assert!(covers("2026-03-01") && covers("2026-03-31"));
        assert!(!covers("2026-02-28") && !covers("2026-04-01"));
        assert!(march.overlaps(&Validity::ALWAYS));
        assert!(!march.overlaps(&Validity { from: day("2026-04-01"), until: None }));
    }
}
