//! An edition after another: rows that go on, rows that end, rows that begin.
//!
//! A published row is not edited. Where an edition says again what the one before it said, the row
//! goes on; what it no longer says ends the day before; what it says anew begins on its day. So a
//! pack that takes edition after edition answers for each day by the edition of that day.

use std::collections::{BTreeMap, BTreeSet};

use fondaco::day::Day;
use serde::Serialize;

use super::Imported;
use crate::pack::rows::{LineRow, MeasureRow};

/// A row with its days.
pub(super) trait Dated: Serialize + Clone {
    fn days(&mut self) -> (&mut String, &mut String);
}

impl Dated for LineRow {
    fn days(&mut self) -> (&mut String, &mut String) {
        (&mut self.from, &mut self.until)
    }
}

impl Dated for MeasureRow {
    fn days(&mut self) -> (&mut String, &mut String) {
        (&mut self.from, &mut self.until)
    }
}

/// What an edition changed, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Begin with it.
    pub added: usize,
    /// End the day before it.
    pub ended: usize,
    /// Go on.
    pub kept: usize,
}

/// What a row says, without its days.
pub(super) fn said<T: Dated>(row: &T) -> String {
    let mut row = row.clone();
    let (from, until) = row.days();
    from.clear();
    until.clear();
    // Rows hold texts only: there is nothing that cannot be written.
    serde_json::to_string(&row).unwrap_or_default()
}

fn follow<T: Dated>(before: Vec<T>, now: Vec<T>, day: Day, changes: &mut Changes) -> Vec<T> {
    let first = day.to_string();
    let last = Day::from_number(day.number() - 1).map(|d| d.to_string()).unwrap_or_default();
    // Days are compared as they are written: year, month, day.
    let mut again: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for mut row in now {
        if *row.days().0 < first {
            row.days().0.clone_from(&first);
        }
        again.entry(said(&row)).or_default().push(row);
    }
    let mut rows = Vec::new();
    for mut row in before {
        let (from, until) = row.days();
        if !until.is_empty() && *until < first {
            rows.push(row);
            continue;
        }
        // What an earlier edition said of days that this one is about.
        if *from >= first {
            continue;
        }
        let twins = again.get_mut(&said(&row));
        let twin = twins.and_then(|twins| {
            let at = twins.iter_mut().position(|twin| *twin.days().0 == first)?;
            Some(twins.remove(at))
        });
        match twin {
            Some(mut twin) => {
                row.days().1.clone_from(twin.days().1);
                changes.kept += 1;
            }
            None => {
                row.days().1.clone_from(&last);
                changes.ended += 1;
            }
        }
        rows.push(row);
    }
    let begin: Vec<T> = again.into_values().flatten().collect();
    changes.added += begin.len();
    rows.extend(begin);
    rows
}

impl Imported {
    /// A code that is not in an edition of which rows were refused may be one of those: its lines go
    /// on, and its rates are not known, rather than ended.
    fn keep_refused(&mut self, lines: &[LineRow], measures: &[MeasureRow], day: Day) {
        let first = day.to_string();
        let goes_on = |until: &str| until.is_empty() || *until >= *first;
        let unknown = |m: &MeasureRow| MeasureRow {
            rate: String::new(),
            formula: String::new(),
            from: first.clone(),
            ..m.clone()
        };
        // Where rates come without a nomenclature, a code may have lost one of several.
        if self.lines.is_empty() {
            let about = |m: &MeasureRow| {
                let (unit, basis, mark) = Default::default();
                said(&MeasureRow { unit, basis, mark, ..unknown(m) })
            };
            let told: BTreeSet<_> = self.measures.iter().map(about).collect();
            let lost = measures.iter().filter(|m| goes_on(&m.until) && !told.contains(&about(m)));
            self.measures.extend(lost.map(unknown));
            return;
        }
        let said: BTreeSet<String> = self.lines.iter().map(|l| l.code.clone()).collect();
        let lost = |code: &str| !code.is_empty() && !said.iter().any(|c| c.starts_with(code));
        self.lines.extend(lines.iter().filter(|l| goes_on(&l.until) && lost(&l.code)).cloned());
        let rates = measures.iter().filter(|m| goes_on(&m.until) && lost(&m.code));
        self.measures.extend(rates.map(unknown));
    }

    /// Puts an edition in force from `day` behind the rows of those before it.
    ///
    /// `lines` and `measures` are the files of these names already there, decompressed; none where
    /// there is none.
    ///
    /// # Errors
    /// Why a file that is there cannot be read.
    pub fn succeed(
        &mut self,
        lines: Option<&[u8]>,
        measures: Option<&[u8]>,
        day: Day,
    ) -> Result<Changes, csv::Error> {
        fn read<T: serde::de::DeserializeOwned>(
            bytes: Option<&[u8]>,
        ) -> Result<Vec<T>, csv::Error> {
            csv::Reader::from_reader(bytes.unwrap_or_default()).deserialize().collect()
        }
        let mut changes = Changes::default();
        let (lines, measures): (Vec<LineRow>, Vec<MeasureRow>) = (read(lines)?, read(measures)?);
        if !self.refused.is_empty() {
            self.keep_refused(&lines, &measures, day);
        }
        // Lines and rates are counted together: both are rows. What an import has none of, it says
        // nothing of.
        if !self.lines.is_empty() {
            self.lines = follow(lines, std::mem::take(&mut self.lines), day, &mut changes);
        }
        if !self.measures.is_empty() {
            self.measures = follow(measures, std::mem::take(&mut self.measures), day, &mut changes);
        }
        self.sort();
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row(rate: &str, from: &str, until: &str) -> MeasureRow {
        let own = |text: &str| text.to_owned();
        MeasureRow { rate: own(rate), from: own(from), until: own(until), ..MeasureRow::default() }
    }

    #[track_caller]
    fn check(before: &[(&str, &str, &str)], now: &[(&str, &str, &str)], wanted: &[&str]) {
        let rows = |all: &[(&str, &str, &str)]| all.iter().map(|r| row(r.0, r.1, r.2)).collect();
        let mut changes = Changes::default();
        let day = "2026-07-01".parse().unwrap();
        let got: Vec<_> = follow(rows(before), rows(now), day, &mut changes)
            .into_iter()
            .map(|r| format!("{} {}..{}", r.rate, r.from, r.until))
            .collect();
        assert_eq!(got, wanted);
    }

    #[test]
    fn an_edition_follows_another() {
        // Said again: it goes on, and may now have an end.
        check(&[("5", "2026-01-01", "")], &[("5", "2026-07-01", "")], &["5 2026-01-01.."]);
        check(&[("5", "", "")], &[("5", "", "2026-12-31")], &["5 ..2026-12-31"]);
        // No longer said: it ends the day before. Said anew: it begins.
        check(
            &[("5", "2026-01-01", "")],
            &[("6", "", "")],
            &["5 2026-01-01..2026-06-30", "6 2026-07-01.."],
        );
        // What has ended stays as it was.
        check(&[("4", "", "2025-12-31")], &[], &["4 ..2025-12-31"]);
        // What was to begin later is this edition's to say.
        check(
            &[("5", "2026-01-01", "2026-12-31"), ("7", "2027-01-01", "")],
            &[("5", "", "2026-12-31"), ("8", "2027-01-01", "")],
            &["5 2026-01-01..2026-12-31", "8 2027-01-01.."],
        );
        // The same edition twice changes nothing; said twice, it stands twice.
        check(&[("5", "2026-07-01", "")], &[("5", "", "")], &["5 2026-07-01.."]);
        check(&[("5", "", "")], &[("5", "", ""), ("5", "", "")], &["5 ..", "5 2026-07-01.."]);
        // A row that goes on only later ends and begins again.
        check(
            &[("5", "2026-01-01", "")],
            &[("5", "2026-09-01", "")],
            &["5 2026-01-01..2026-06-30", "5 2026-09-01.."],
        );
    }

    #[test]
    fn a_pack_takes_edition_after_edition() {
        let edition = |rate: &str| Imported {
            measures: vec![MeasureRow { code: "01".into(), ..row(rate, "", "") }],
            ..Imported::default()
        };
        let mut first = edition("5");
        let changes = first.succeed(None, None, "2026-01-01".parse().unwrap()).unwrap();
        assert_eq!(changes, Changes { added: 1, ended: 0, kept: 0 });
        let there = super::super::csv_of(&first.measures).unwrap();
        let mut second = edition("6");
        let changes = second.succeed(None, Some(&there), "2026-07-01".parse().unwrap()).unwrap();
        assert_eq!(changes, Changes { added: 1, ended: 1, kept: 0 });
        assert!(
            second.succeed(None, Some(b"code\n\xff\n"), "2026-07-01".parse().unwrap()).is_err()
        );
        // An import without rates says nothing of them.
        let mut lists = Imported::default();
        lists.succeed(None, Some(&there), "2026-07-01".parse().unwrap()).unwrap();
        assert_eq!(lists.measures, vec![]);
    }

    /// A row that was refused is not one that was withdrawn.
    #[test]
    fn what_was_refused_is_unknown_and_not_ended() {
        let line = |code: &str| LineRow { code: code.into(), ..LineRow::default() };
        let rate = |code: &str| MeasureRow { code: code.into(), ..row("7", "2026-01-01", "") };
        let lines = super::super::csv_of([line("01"), line("02")]).unwrap();
        let rates = super::super::csv_of([rate("01"), rate("02")]).unwrap();
        let mut next =
            Imported { lines: vec![line("01")], measures: vec![rate("01")], ..Imported::default() };
        next.refuse(2, "a bad row");
        next.succeed(Some(&lines), Some(&rates), "2026-07-01".parse().unwrap()).unwrap();
        let codes: Vec<_> = next.lines.iter().map(|l| (&*l.code, &*l.until)).collect();
        assert_eq!(codes, [("01", ""), ("02", "")]);
        let told: Vec<_> =
            next.measures.iter().map(|m| (&*m.code, &*m.rate, &*m.from, &*m.until)).collect();
        let wanted = [
            ("01", "7", "2026-01-01", ""),
            ("02", "7", "2026-01-01", "2026-06-30"),
            ("02", "", "2026-07-01", ""),
        ];
        assert_eq!(told, wanted);

        // Of rates without a nomenclature, one of two of a code was refused.
        let of = |origin: &str| MeasureRow { origin: origin.into(), ..rate("01") };
        let rates = super::super::csv_of([of("CN"), of("KR")]).unwrap();
        let mut next = Imported { measures: vec![of("CN")], ..Imported::default() };
        next.refuse(2, "a bad row");
        next.succeed(None, Some(&rates), "2026-07-01".parse().unwrap()).unwrap();
        let told: Vec<_> =
            next.measures.iter().map(|m| (&*m.origin, &*m.rate, &*m.from, &*m.until)).collect();
        let wanted = [
            ("CN", "7", "2026-01-01", ""),
            ("KR", "7", "2026-01-01", "2026-06-30"),
            ("KR", "", "2026-07-01", ""),
        ];
        assert_eq!(told, wanted);
    }
}
