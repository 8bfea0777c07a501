//! Measures as they stand in a bundle: what rows share as texts, the rows as columns of numbers.
//!
//! A file `measures….csv` of a pack is read and checked once, when the bundle is made; the bundle
//! holds it as `measures….table`, which loads a million rows in the time a few thousand of CSV take.

use fondaco::formula::Formula;
use fondaco::measure::{Groups, Season, Selection, When};
use fondaco::measures::{Entry, Shared, Table, Unfit};
use fondaco::token::Token;
use serde::{Deserialize, Serialize};

use super::cel;

#[derive(Default, Serialize, Deserialize)]
struct Texts {
    taxes: Vec<String>,
    units: Vec<String>,
    quotas: Vec<String>,
    seasons: Vec<String>,
    origins: Vec<String>,
    regimes: Vec<String>,
    formulas: Vec<String>,
    whens: Vec<String>,
    bases: Vec<String>,
    marks: Vec<String>,
}

fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn maybe<T: ToString>(all: &[Option<T>]) -> Vec<String> {
    all.iter().map(|one| one.as_ref().map(ToString::to_string).unwrap_or_default()).collect()
}

/// The measures as bytes.
///
/// # Errors
/// [`Unfit`] where there are more than four thousand million of something.
pub(super) fn encode(table: &Table) -> Result<Vec<u8>, Unfit> {
    let (shared, codes, rows) = table.parts();
    let head = postcard::to_stdvec(&Texts {
        taxes: texts(&shared.taxes),
        units: texts(&shared.units),
        quotas: texts(&shared.quotas),
        seasons: maybe(&shared.seasons),
        origins: texts(&shared.origins),
        regimes: texts(&shared.regimes),
        formulas: maybe(&shared.formulas),
        whens: shared.whens.iter().map(|w| w.text.clone()).collect(),
        bases: shared.bases.clone(),
        marks: shared.marks.clone(),
    })
    .map_err(|e| Unfit(e.to_string()))?;
    let mut out = Vec::with_capacity(head.len() + codes.len() * 12 + rows.len() * 37 + 12);
    for count in [head.len(), codes.len(), rows.len()] {
        let count = u32::try_from(count).map_err(|e| Unfit(e.to_string()))?;
        out.extend(count.to_le_bytes());
    }
    out.extend(head);
    codes.iter().for_each(|(key, _)| out.extend(key.to_le_bytes()));
    codes.iter().for_each(|(_, at)| out.extend(at.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.from.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.until.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.origin.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.formula.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.when.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.basis.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.quota.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.regime.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.mark.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.tax.to_le_bytes()));
    rows.iter().for_each(|r| out.push(r.unit));
    rows.iter().for_each(|r| out.push(r.season));
    rows.iter().for_each(|r| out.push(r.direction));
    Ok(out)
}

/// What is left of the bytes, taken from the front.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Unfit> {
        let (taken, rest) =
            self.0.split_at_checked(length).ok_or_else(|| Unfit("the table breaks off".into()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn column<const N: usize>(&mut self, rows: usize) -> Result<&'a [[u8; N]], Unfit> {
        let bytes = rows.checked_mul(N).ok_or_else(|| Unfit("the table is too long".into()))?;
        Ok(self.take(bytes)?.as_chunks::<N>().0)
    }

    fn count(&mut self) -> Result<usize, Unfit> {
        let [bytes] = self.column::<4>(1)? else { return Err(Unfit("no count".into())) };
        Ok(u32::from_le_bytes(*bytes) as usize)
    }
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// [`Unfit`] where the bytes are no table of measures.
pub(super) fn decode(bytes: &[u8], groups: &Groups) -> Result<Table, Unfit> {
    let mut rest = Rest(bytes);
    let [head, n_codes, n_rows] = [rest.count()?, rest.count()?, rest.count()?];
    let head: Texts =
        postcard::from_bytes(rest.take(head)?).map_err(|e| Unfit(format!("its texts: {e}")))?;
    let shared = shared(head)?;
    let keys = rest.column::<8>(n_codes)?;
    let firsts = rest.column::<4>(n_codes)?;
    let codes = keys.iter().zip(firsts);
    let codes = codes.map(|(k, f)| (u64::from_le_bytes(*k), u32::from_le_bytes(*f))).collect();
    let (from, until) = (rest.column::<4>(n_rows)?, rest.column::<4>(n_rows)?);
    let (origin, formula) = (rest.column::<4>(n_rows)?, rest.column::<4>(n_rows)?);
    let (when, basis) = (rest.column::<4>(n_rows)?, rest.column::<4>(n_rows)?);
    let quota = rest.column::<4>(n_rows)?;
    let (regime, mark) = (rest.column::<2>(n_rows)?, rest.column::<2>(n_rows)?);
    let tax = rest.column::<2>(n_rows)?;
    let (unit, season) = (rest.take(n_rows)?, rest.take(n_rows)?);
    let direction = rest.take(n_rows)?;
    if !rest.0.is_empty() {
        return Err(Unfit("more behind the table".into()));
    }
    let days = from.iter().zip(until);
    let countries = origin.iter().zip(formula);
    let texts = when.iter().zip(basis).zip(quota);
    let words = regime.iter().zip(mark).zip(tax);
    let small = unit.iter().zip(season).zip(direction);
    let rows = days.zip(countries).zip(texts).zip(words).zip(small).map(
        |((((days, countries), texts), words), small)| Entry {
            from: i32::from_le_bytes(*days.0),
            until: i32::from_le_bytes(*days.1),
            origin: u32::from_le_bytes(*countries.0),
            formula: u32::from_le_bytes(*countries.1),
            when: u32::from_le_bytes(*texts.0.0),
            basis: u32::from_le_bytes(*texts.0.1),
            quota: u32::from_le_bytes(*texts.1),
            regime: u16::from_le_bytes(*words.0.0),
            mark: u16::from_le_bytes(*words.0.1),
            tax: u16::from_le_bytes(*words.1),
            unit: *small.0.0,
            season: *small.0.1,
            direction: *small.1,
        },
    );
    Table::from_parts(shared, codes, rows.collect(), groups)
}

fn shared(texts: Texts) -> Result<Shared, Unfit> {
    fn each<T, E: std::fmt::Display>(
        texts: Vec<String>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Unfit> {
        let read = |text: String| read(&text).map_err(|e| Unfit(format!("“{text}”: {e}")));
        texts.into_iter().map(read).collect()
    }
    fn maybe<T: std::str::FromStr>(text: &str) -> Result<Option<T>, T::Err> {
        if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
    }
    let when = |text: &str| -> Result<When, String> {
        let condition = cel::parse(text).map_err(|e| e.to_string())?;
        Ok(When { text: text.to_owned(), condition })
    };
    Ok(Shared {
        taxes: each(texts.taxes, Token::new)?,
        units: each(texts.units, Token::new)?,
        quotas: each(texts.quotas, Token::new)?,
        seasons: each(texts.seasons, maybe::<Season>)?,
        origins: each(texts.origins, str::parse::<Selection>)?,
        regimes: each(texts.regimes, str::parse::<Selection>)?,
        formulas: each(texts.formulas, maybe::<Formula>)?,
        whens: each(texts.whens, when)?,
        bases: texts.bases,
        marks: texts.marks,
    })
}
