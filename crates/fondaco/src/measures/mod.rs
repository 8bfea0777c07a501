//! The rates of duties and taxes of a jurisdiction, millions of them, found by code and day.
//!
//! A [`Table`] holds the rows of one source packed, what they share once; [`Measures`] are the tables
//! of a pack; [`Found`] is a row looked at in its place. A lookup touches, of the rows of the code
//! and of its beginnings, those for goods of anywhere and those for the one country.
//!
//! Holds always: rows of one code for the same countries keep the order in which they were given.

use std::collections::BTreeMap;
use std::fmt;

use crate::day::Day;
use crate::formula::Formula;
use crate::measure::{Direction, Groups, Measure, Season, Selection, When};
use crate::token::Token;

mod found;
pub use found::Found;

/// What rows share, each once; rows name them by their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Taxes.
    pub taxes: Vec<Token>,
    /// Units.
    pub units: Vec<Token>,
    /// Order numbers of quotas.
    pub quotas: Vec<Token>,
    /// Seasons; the first is none.
    pub seasons: Vec<Option<Season>>,
    /// Countries.
    pub origins: Vec<Selection>,
    /// Regimes.
    pub regimes: Vec<Selection>,
    /// Formulas; the first is none.
    pub formulas: Vec<Option<Formula>>,
    /// Conditions.
    pub whens: Vec<When>,
    /// Acts, as cited.
    pub bases: Vec<String>,
    /// Marks.
    pub marks: Vec<String>,
}

/// A row packed: places in [`Shared`], days as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// First day as [`Day::number`]; `i32::MIN` is since ever.
    pub from: i32,
    /// Last day; `i32::MAX` is until further notice.
    pub until: i32,
    /// Place in `origins`.
    pub origin: u32,
    /// Place in `formulas`.
    pub formula: u32,
    /// Place in `whens`.
    pub when: u32,
    /// Place in `bases`.
    pub basis: u32,
    /// Place in `quotas`.
    pub quota: u32,
    /// Place in `regimes`.
    pub regime: u16,
    /// Place in `marks`.
    pub mark: u16,
    /// Place in `taxes`.
    pub tax: u16,
    /// Place in `units`.
    pub unit: u8,
    /// Place in `seasons`.
    pub season: u8,
    /// 0 both, 1 import, 2 export.
    pub direction: u8,
}

/// Two-letter codes as bits; the quick answer to "does this row take that country".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letters([u64; 11]);

impl Letters {
    fn place(value: &str) -> Option<usize> {
        match value.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => {
                Some(usize::from(a - b'A') * 26 + usize::from(b - b'A'))
            }
            _ => None,
        }
    }

    fn of(selection: &Selection, groups: &Groups) -> Option<Self> {
        if selection.hangs(groups) {
            return None;
        }
        let mut bits = [0; 11];
        let day = Day::EPOCH;
        for a in b'A'..=b'Z' {
            for b in b'A'..=b'Z' {
                let letters = [a, b];
                let country = std::str::from_utf8(&letters).unwrap_or_default();
                if selection.takes(country, groups, day) == Some(true) {
                    let place = Self::place(country)?;
                    *bits.get_mut(place / 64)? |= 1 << (place % 64);
                }
            }
        }
        Some(Self(bits))
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }
}

/// The rows cannot be packed, or packed rows are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit(pub String);

impl std::error::Error for Unfit {}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rates of one source, packed, by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    shared: Shared,
    /// Packed codes, rising, each with the place of its first row.
    codes: Vec<(u64, u32)>,
    /// Of one code, first rows that name no country, then those of each country.
    rows: Vec<Entry>,
    /// For each row: 0, or one more than the place of the one country it is for.
    countries: Vec<u16>,
    /// Bit n: some code has n digits.
    lengths: u32,
    /// For each of `origins`.
    letters: Vec<Option<Letters>>,
    /// Places in `codes` by a hash of the code, at least half of them free: one look where a search by
    /// halves takes as many as there are digits to the number of codes.
    index: Vec<u32>,
}

/// A place in the index that holds nothing.
const FREE: u32 = u32::MAX;

/// Where in an index of so many places, a power of two, the look for a code begins.
fn begin(key: u64, places: usize) -> usize {
    // The golden ratio spreads codes that differ in their last digits.
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (places - 1)
}

fn index(codes: &[(u64, u32)]) -> Result<Vec<u32>, Unfit> {
    let places = (codes.len() * 2 + 1).next_power_of_two();
    let mut index = vec![FREE; places];
    for (n, (key, _)) in codes.iter().enumerate() {
        let first = begin(*key, places);
        let mut round = (first..places).chain(0..first);
        let free = round.find(|at| index.get(*at) == Some(&FREE));
        let place = free.and_then(|at| index.get_mut(at)).ok_or_else(|| full("codes"))?;
        *place = u32::try_from(n).map_err(|_| full("codes"))?;
    }
    Ok(index)
}

/// A code of digits as a number that tells its length too; `None` where it is none or too long.
fn pack(code: &str) -> Option<u64> {
    if code.len() > Measure::LONGEST || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = code.bytes().fold(0_u64, |n, b| n * 10 + u64::from(b - b'0'));
    Some(number << 5 | code.len() as u64)
}

fn unpack(key: u64) -> Token {
    let (number, length) = (key >> 5, (key & 31) as usize);
    if length == 0 { Token::EMPTY } else { Token::lossy(&format!("{number:0length$}")) }
}

/// How many of rising numbers are below a limit.
///
/// A few hundred are counted, not searched by halves: each halving waits for memory, while all of
/// them come in one stream.
fn below(rising: &[u16], limit: u16) -> usize {
    if rising.len() > 512 {
        return rising.partition_point(|n| *n < limit);
    }
    let count = rising.iter().fold(0_u16, |count, n| count.wrapping_add(u16::from(*n < limit)));
    usize::from(count)
}

/// One more than the place of the one country a row is for; 0 where it is for others.
fn single(origin: &Selection) -> u16 {
    let place = match (origin.of.as_slice(), origin.but.as_slice()) {
        ([one], []) => Letters::place(one),
        _ => None,
    };
    place.and_then(|p| u16::try_from(p + 1).ok()).unwrap_or(0)
}

impl Table {
    /// Packs rows, by code and country, otherwise in the order given.
    ///
    /// # Errors
    /// [`Unfit`] where a code is not of digits or too long, or rows differ in more ways than a
    /// table holds.
    pub fn of(rows: &[Measure], groups: &Groups) -> Result<Self, Unfit> {
        let mut keyed = Vec::with_capacity(rows.len());
        for row in rows {
            let key = pack(&row.code)
                .ok_or_else(|| Unfit(format!("“{}” is not a commodity code", row.code)))?;
            keyed.push((key, single(&row.origin), row));
        }
        keyed.sort_by_key(|(key, country, _)| (*key, *country));
        let mut places = Places::default();
        let mut codes: Vec<(u64, u32)> = Vec::new();
        let mut entries = Vec::with_capacity(rows.len());
        for (key, _, row) in keyed {
            let entry = places.entry(row)?;
            if codes.last().is_none_or(|(last, _)| *last != key) {
                let at = u32::try_from(entries.len()).map_err(|_| full("rows"))?;
                codes.push((key, at));
            }
            entries.push(entry);
        }
        Self::from_parts(places.shared, codes, entries, groups)
    }

    /// Takes parts as [`Table::parts`] gives them.
    ///
    /// # Errors
    /// [`Unfit`] where they do not fit together.
    pub fn from_parts(
        shared: Shared,
        codes: Vec<(u64, u32)>,
        rows: Vec<Entry>,
        groups: &Groups,
    ) -> Result<Self, Unfit> {
        let rising = codes.windows(2).all(|w| matches!(w, [a, b] if a.0 < b.0 && a.1 < b.1));
        let within = codes.last().is_none_or(|(_, at)| (*at as usize) < rows.len());
        let first = codes.first().is_none_or(|(_, at)| *at == 0);
        if !rising || !within || !first || (codes.is_empty() && !rows.is_empty()) {
            return Err(Unfit("the codes are not in order".into()));
        }
        let fits = |row: &Entry| {
            (row.origin as usize) < shared.origins.len()
                && (row.formula as usize) < shared.formulas.len()
                && (row.when as usize) < shared.whens.len()
                && (row.basis as usize) < shared.bases.len()
                && (row.quota as usize) < shared.quotas.len()
                && usize::from(row.regime) < shared.regimes.len()
                && usize::from(row.mark) < shared.marks.len()
                && usize::from(row.tax) < shared.taxes.len()
                && usize::from(row.unit) < shared.units.len()
                && usize::from(row.season) < shared.seasons.len()
        };
        if !rows.iter().all(fits) {
            return Err(Unfit("a row names what is not there".into()));
        }
        let singles: Vec<u16> = shared.origins.iter().map(single).collect();
        let country = |row: &Entry| singles.get(row.origin as usize).copied().unwrap_or(0);
        let letters = shared.origins.iter().map(|o| Letters::of(o, groups)).collect();
        let lengths = codes.iter().fold(0, |bits, (key, _)| bits | 1 << (key & 31));
        let countries = rows.iter().map(country).collect();
        let index = index(&codes)?;
        let table = Self { shared, codes, rows, countries, lengths, letters, index };
        let sorted =
            |n: usize| table.countries.get(table.rows_of(n)).is_some_and(<[u16]>::is_sorted);
        if !(0..table.codes.len()).all(sorted) {
            return Err(Unfit("the countries of a code are not in order".into()));
        }
        Ok(table)
    }

    /// What it is made of: what rows share, packed codes with their first rows, packed rows.
    #[must_use]
    pub fn parts(&self) -> (&Shared, &[(u64, u32)], &[Entry]) {
        (&self.shared, &self.codes, &self.rows)
    }

    /// The place of a code; `None` where no row names it.
    fn place(&self, key: u64) -> Option<usize> {
        let places = self.index.len();
        let first = if places == 0 { 0 } else { begin(key, places) };
        for at in (first..places).chain(0..first) {
            let n = *self.index.get(at)?;
            let (code, _) = self.codes.get(n as usize)?;
            if *code == key {
                return Some(n as usize);
            }
        }
        None
    }

    fn rows_of(&self, code: usize) -> std::ops::Range<usize> {
        let at = |n: usize| self.codes.get(n).map_or(self.rows.len(), |(_, at)| *at as usize);
        at(code)..at(code + 1)
    }

    /// Of the rows of a code, those for goods of anywhere, and those of one country.
    fn rows_for(&self, code: usize, country: u16) -> [std::ops::Range<usize>; 2] {
        let rows = self.rows_of(code);
        let Some(countries) = self.countries.get(rows.clone()) else { return [0..0, 0..0] };
        let before = |limit| rows.start + below(countries, limit);
        if country == 0 {
            return [rows.start..before(1), 0..0];
        }
        [rows.start..before(1), before(country)..before(country + 1)]
    }

    /// Every row, by code.
    fn iter(&self, table: u16) -> impl Iterator<Item = Found<'_>> {
        self.codes.iter().enumerate().flat_map(move |(n, (key, _))| {
            self.rows_of(n).filter_map(move |row| self.found(*key, table, row, false))
        })
    }

    fn found(&self, key: u64, table: u16, row: usize, origin_untold: bool) -> Option<Found<'_>> {
        let entry = self.rows.get(row)?;
        // A code's first row is a u32, and no table holds more rows than that.
        Some(Found { shared: &self.shared, entry, key, row: row as u32, table, origin_untold })
    }

    /// Whether a row takes goods of the origin; `None` where that is untold.
    fn takes(&self, entry: &Entry, asked: &Asked<'_>) -> Option<bool> {
        let place = entry.origin as usize;
        match (self.letters.get(place)?, asked.place) {
            (Some(letters), Some(country)) => Some(letters.has(country)),
            _ => self.shared.origins.get(place)?.takes(asked.origin, asked.groups, asked.day),
        }
    }

    fn of_goods<'a>(
        &'a self,
        table: u16,
        asked: Asked<'a>,
        length: usize,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let prefix = asked.code.get(..length).unwrap_or_default();
        let key = if self.lengths >> length & 1 == 1 { pack(prefix) } else { None };
        let at = key.and_then(|key| self.place(key));
        let country = asked.place.and_then(|p| u16::try_from(p + 1).ok()).unwrap_or(0);
        let [general, own] = at.map_or([0..0, 0..0], |n| self.rows_for(n, country));
        let key = key.unwrap_or_default();
        // Rows of the one country take its goods: that is how they were found.
        let rows = general.map(|row| (row, false)).chain(own.map(|row| (row, true)));
        rows.filter_map(move |(row, own)| self.in_force(key, table, row, own, &asked))
    }

    /// A row, where it is in force for the goods asked about; `own` where it is of their one country.
    fn in_force(
        &self,
        key: u64,
        table: u16,
        row: usize,
        own: bool,
        asked: &Asked<'_>,
    ) -> Option<Found<'_>> {
        let entry = self.rows.get(row)?;
        if entry.from > asked.number
            || entry.until < asked.number
            || (entry.direction != 0 && entry.direction != asked.direction)
        {
            return None;
        }
        let takes = if own { Some(true) } else { self.takes(entry, asked) };
        if takes == Some(false) {
            return None;
        }
        let season = self.shared.seasons.get(usize::from(entry.season)).copied().flatten();
        if season.is_some_and(|s| !s.covers(asked.day)) {
            return None;
        }
        self.found(key, table, row, takes.is_none())
    }

    /// The rows in force of codes that begin with the code asked about and are longer.
    fn of_parts<'a>(
        &'a self,
        table: u16,
        asked: Asked<'a>,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let own = pack(asked.code).filter(|_| !asked.code.is_empty()).map(|key| key >> 5);
        let held = move |length: &usize| self.lengths >> length & 1 == 1;
        let longer = (asked.code.len() + 1..=Measure::LONGEST).filter(held);
        let places = longer.zip(std::iter::repeat(own)).flat_map(move |(length, own)| {
            let places = u32::try_from(length - asked.code.len()).unwrap_or(u32::MAX);
            // Codes stand by their number; those of other lengths among them are passed over.
            let ends = own.zip(10_u64.checked_pow(places)).and_then(|(own, times)| {
                let end = |own: u64| own.checked_mul(times).and_then(|n| n.checked_mul(32));
                Some((end(own)?, end(own + 1)?))
            });
            let (first, end) = ends.unwrap_or((0, 0));
            let begin = self.codes.partition_point(|(key, _)| *key < first);
            let codes = self.codes.iter().enumerate().skip(begin);
            codes
                .take_while(move |(_, (key, _))| *key < end)
                .filter(move |(_, (key, _))| (key & 31) as usize == length)
        });
        places.flat_map(move |(n, (key, _))| {
            let rows = self.rows_of(n);
            rows.filter_map(move |row| self.in_force(*key, table, row, false, &asked))
        })
    }
}

/// A question to the tables, in the forms they ask by.
#[derive(Clone, Copy)]
struct Asked<'a> {
    code: &'a str,
    direction: u8,
    origin: &'a str,
    place: Option<usize>,
    day: Day,
    number: i32,
    groups: &'a Groups,
}

impl<'a> Asked<'a> {
    fn of(
        code: &'a str,
        direction: Direction,
        origin: &'a str,
        day: Day,
        groups: &'a Groups,
    ) -> Self {
        let direction = match direction {
            Direction::Import => 1,
            Direction::Export => 2,
        };
        let (place, number) = (Letters::place(origin), day.number());
        Self { code, direction, origin, place, day, number, groups }
    }
}

/// Every rate of a jurisdiction: the tables of its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// The tables.
    pub tables: Vec<Table>,
}

impl Measures {
    /// One table of these rows.
    ///
    /// # Errors
    /// As [`Table::of`].
    pub fn of(rows: &[Measure], groups: &Groups) -> Result<Self, Unfit> {
        Ok(Self { tables: vec![Table::of(rows, groups)?] })
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tables.iter().map(|t| t.rows.len()).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every row, by table and code.
    pub fn iter(&self) -> impl Iterator<Item = Found<'_>> {
        (0..).zip(&self.tables).flat_map(|(n, table)| table.iter(n))
    }

    /// The rows in force on the day for goods of a code and an origin, whatever the regime and the
    /// conditions: shortest code first.
    pub fn of_goods<'a>(
        &'a self,
        code: &'a str,
        direction: Direction,
        origin: &'a str,
        day: Day,
        groups: &'a Groups,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let asked = Asked::of(code, direction, origin, day, groups);
        let longest = code.bytes().take_while(u8::is_ascii_digit).count().min(Measure::LONGEST);
        let held = self.tables.iter().fold(0, |bits, t| bits | t.lengths);
        (0..=longest).filter(move |length| held >> length & 1 == 1).flat_map(move |length| {
            (0..).zip(&self.tables).flat_map(move |(n, table)| table.of_goods(n, asked, length))
        })
    }

    /// The rows in force on the day for a part of the goods of a code: those of longer codes that begin
    /// with it. None for the empty code, of which every row is a part.
    pub fn of_parts<'a>(
        &'a self,
        code: &'a str,
        direction: Direction,
        origin: &'a str,
        day: Day,
        groups: &'a Groups,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let asked = Asked::of(code, direction, origin, day, groups);
        (0..).zip(&self.tables).flat_map(move |(n, table)| table.of_parts(n, asked))
    }

    /// The days on which some row for goods of the code begins, or is no longer in force, after one
    /// day and until another, rising.
    #[must_use]
    pub fn turns(&self, code: &str, after: Day, until: Day) -> Vec<Day> {
        let (after, until) = (after.number(), until.number());
        let mut turns = Vec::new();
        for table in &self.tables {
            for length in 0..=code.len().min(Measure::LONGEST) {
                let key = code.get(..length).and_then(pack);
                let at =
                    key.and_then(|key| table.codes.binary_search_by_key(&key, |(k, _)| *k).ok());
                let rows = at.and_then(|n| table.rows.get(table.rows_of(n)));
                for row in rows.into_iter().flatten() {
                    turns.extend([row.from, row.until.saturating_add(1)]);
                }
            }
        }
        turns.retain(|turn| after < *turn && *turn <= until);
        turns.sort_unstable();
        turns.dedup();
        turns.into_iter().filter_map(|turn| Day::from_number(turn).ok()).collect()
    }

    /// Takes the rows out that a test takes.
    ///
    /// # Errors
    /// As [`Table::of`], which cannot be where nothing is added.
    pub fn remove(
        &mut self,
        drop: impl Fn(&Found<'_>) -> bool,
        groups: &Groups,
    ) -> Result<(), Unfit> {
        for (n, table) in (0..).zip(&mut self.tables) {
            if table.iter(n).any(|found| drop(&found)) {
                let kept = table.iter(n).filter(|found| !drop(found));
                let kept: Vec<Measure> = kept.map(|found| found.to_measure()).collect();
                *table = Table::of(&kept, groups)?;
            }
        }
        Ok(())
    }
}

fn full(what: &str) -> Unfit {
    Unfit(format!("more different {what} than one table of measures holds"))
}

/// Where each shared thing stands, by its text, while rows are packed.
struct Places {
    shared: Shared,
    by: [BTreeMap<String, usize>; 10],
}

impl Default for Places {
    fn default() -> Self {
        let mut places = Self { shared: Shared::default(), by: Default::default() };
        // The first of these stands for "none".
        places.shared.seasons.push(None);
        places.shared.formulas.push(None);
        places.by[3].insert(String::new(), 0);
        places.by[6].insert(String::new(), 0);
        places
    }
}

impl Places {
    fn entry(&mut self, row: &Measure) -> Result<Entry, Unfit> {
        fn place<T, N: TryFrom<usize>>(
            by: &mut BTreeMap<String, usize>,
            all: &mut Vec<T>,
            what: &str,
            text: String,
            make: impl FnOnce() -> T,
        ) -> Result<N, Unfit> {
            let at = match by.get(&text) {
                Some(at) => *at,
                None => {
                    all.push(make());
                    by.insert(text, all.len() - 1);
                    all.len() - 1
                }
            };
            N::try_from(at).map_err(|_| full(what))
        }
        let s = &mut self.shared;
        let [taxes, units, quotas, seasons, origins, regimes, formulas, whens, bases, marks] =
            &mut self.by;
        let number = |day: Option<Day>, open| day.map_or(open, Day::number);
        let said = |text: Option<String>| text.unwrap_or_default();
        Ok(Entry {
            from: number(row.validity.from, i32::MIN),
            until: number(row.validity.until, i32::MAX),
            direction: match row.direction {
                None => 0,
                Some(Direction::Import) => 1,
                Some(Direction::Export) => 2,
            },
            tax: place(taxes, &mut s.taxes, "taxes", row.tax.to_string(), || row.tax)?,
            unit: place(units, &mut s.units, "units", row.unit.to_string(), || row.unit)?,
            quota: place(quotas, &mut s.quotas, "quotas", row.quota.to_string(), || row.quota)?,
            season: place(
                seasons,
                &mut s.seasons,
                "seasons",
                said(row.season.map(|x| x.to_string())),
                || row.season,
            )?,
            origin: place(origins, &mut s.origins, "origins", row.origin.to_string(), || {
                row.origin.clone()
            })?,
            regime: place(regimes, &mut s.regimes, "regimes", row.regime.to_string(), || {
                row.regime.clone()
            })?,
            formula: place(
                formulas,
                &mut s.formulas,
                "formulas",
                said(row.formula.as_ref().map(ToString::to_string)),
                || row.formula.clone(),
            )?,
            when: place(whens, &mut s.whens, "conditions", row.when.text.clone(), || {
                row.when.clone()
            })?,
            basis: place(bases, &mut s.bases, "acts", row.basis.clone(), || row.basis.clone())?,
            mark: place(marks, &mut s.marks, "marks", row.mark.clone(), || row.mark.clone())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Validity;

    fn row(code: &str, origin: &str, from: &str, season: &str) -> Measure {
        Measure {
            code: Token::lossy(code),
            direction: Some(Direction::Import),
            origin: origin.parse().unwrap(),
            regime: Selection::default(),
            tax: Token::lossy("A00"),
            formula: Some(Formula::Free),
            unit: Token::EMPTY,
            quota: Token::EMPTY,
            when: When::ALWAYS,
            season: if season.is_empty() { None } else { Some(season.parse().unwrap()) },
            validity: Validity { from: from.parse().ok(), until: None },
            basis: format!("{code} {origin} {from}"),
            mark: String::new(),
        }
    }

    #[track_caller]
    fn check(code: &str, origin: &str, day: &str, wanted: &[&str]) {
        let all = Validity::ALWAYS;
        let later = Validity { from: "2025-01-01".parse().ok(), until: None };
        let groups = Groups::from([
            (Token::lossy("~old"), vec![(Token::lossy("KZ"), all), (Token::lossy("MN"), all)]),
            (Token::lossy("~new"), vec![(Token::lossy("KZ"), later)]),
        ]);
        let rows = [
            row("4407", "CN", "2020-01-01", ""),
            row("", "", "2020-01-01", ""),
            row("440712", "~old|!MN", "2020-01-01", ""),
            row("440712", "~new", "2020-01-01", ""),
            row("440712", "~nowhere", "2020-01-01", ""),
            row("0007", "", "", ""),
            row("4407", "", "2026-02-01", "11-15/03-20"),
        ];
        let measures = Measures::of(&rows, &groups).unwrap();
        let day = day.parse().unwrap();
        let found: Vec<_> = measures
            .of_goods(code, Direction::Import, origin, day, &groups)
            .map(|f| format!("{}{}", f.basis(), if f.origin_untold() { "?" } else { "" }))
            .collect();
        assert_eq!(found, wanted, "{code} {origin} {day}");
        assert_eq!(measures.of_goods(code, Direction::Export, origin, day, &groups).count(), 0);
        // Packing what was unpacked gives the same table.
        let again: Vec<_> = measures.iter().map(|f| f.to_measure()).collect();
        assert_eq!(Measures::of(&again, &groups), Ok(measures.clone()));
        let (shared, codes, rows) = measures.tables[0].parts();
        let table =
            Table::from_parts(shared.clone(), codes.to_vec(), rows.to_vec(), &groups).unwrap();
        assert_eq!(table, measures.tables[0]);
    }

    #[test]
    fn rows_are_found_by_code_origin_day_and_season() {
        let (all, old, new) = (
            " ".to_owned() + " 2020-01-01",
            "440712 ~old|!MN 2020-01-01",
            "440712 ~new 2020-01-01",
        );
        let untold = "440712 ~nowhere 2020-01-01?";
        check("4407120000", "CN", "2026-06-01", &[&all, "4407 CN 2020-01-01", untold]);
        check("4407120000", "KZ", "2024-12-31", &[&all, old, untold]);
        check("4407120000", "KZ", "2025-01-01", &[&all, old, new, untold]);
        check("4407120000", "MN", "2025-01-01", &[&all, untold]);
        check("4407120000", "", "2025-01-01", &[&all, untold]);
        check("4407", "RU", "2026-03-20", &[&all, "4407  2026-02-01"]);
        check("4407", "RU", "2026-03-21", &[&all]);
        check("4407", "RU", "2026-12-31", &[&all, "4407  2026-02-01"]);
        check("44", "RU", "2019-12-31", &[]);
        check("0007", "RU", "2019-12-31", &["0007  "]);
        check("007", "RU", "2019-12-31", &[]);
        check("7", "RU", "2019-12-31", &[]);
        check("44x7", "RU", "2026-03-20", &[&all]);
    }

    #[test]
    fn rows_of_longer_codes_are_found_for_a_code_that_holds_them() {
        let rows = ["4407", "44071", "440712", "440812", "4406", "0407", "440712345678", ""];
        let rows = rows.map(|code| row(code, "!CN", "2020-01-01", ""));
        let (measures, groups) = (Measures::of(&rows, &Groups::new()).unwrap(), Groups::new());
        let check = |code: &str, origin: &str, day: &str, wanted: &[&str]| {
            let day = day.parse().unwrap();
            let rows = measures.of_parts(code, Direction::Import, origin, day, &groups);
            let found: Vec<_> = rows.map(|f| f.code().to_string()).collect();
            assert_eq!(found, wanted, "{code} {origin} {day}");
            let none = measures.of_parts(code, Direction::Export, origin, day, &groups);
            assert_eq!(none.count(), 0, "{code}");
        };
        let day = "2026-06-01";
        check("4407", "RU", day, &["44071", "440712", "440712345678"]);
        check("440712", "RU", day, &["440712345678"]);
        check("44", "RU", day, &["4406", "4407", "44071", "440712", "440812", "440712345678"]);
        check("04", "RU", day, &["0407"]);
        check("4407", "CN", day, &[]);
        check("4407", "RU", "2019-12-31", &[]);
        for none in ["", "440713", "4407123456", "440712345678", "44x7", "12345678901234567"] {
            let wanted: &[&str] = if none == "4407123456" { &["440712345678"] } else { &[] };
            check(none, "RU", day, wanted);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let groups = Groups::new();
        for code in ["44x", "123456789012345678"] {
            assert!(Table::of(&[row(code, "", "", "")], &groups).is_err(), "{code}");
        }
        let table = Table::of(&[row("44", "", "", "")], &groups).unwrap();
        let (shared, codes, rows) = table.parts();
        let bad = |codes: Vec<(u64, u32)>, rows: Vec<Entry>| {
            Table::from_parts(shared.clone(), codes, rows, &groups).is_err()
        };
        assert!(bad(vec![], rows.to_vec()) && bad(codes.to_vec(), vec![]));
        assert!(bad(codes.to_vec(), vec![Entry { basis: 9, ..rows[0] }]));
        assert!(bad(vec![(66, 0), (34, 1)], vec![rows[0], rows[0]]));
    }
}
