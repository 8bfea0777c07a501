//! Any official table in CSV to the rows of a pack: which of its columns is which field is said by
//! whoever takes it.
//!
//! A row is checked by what reads it in a pack, so what is refused here is what a pack refuses. What
//! a row says twice is refused too: that is a slip of the table or of the choice of columns.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::records::delimiter;
use super::succession::said;
use super::{Imported, Refused, Table, csv_of, unfold};
use crate::pack::rows::{GroupRow, LineRow, ListRow, MeasureRow, QuotaRow, RateRow};
use crate::pack::source::Reader;

/// Which rows of a pack a table is made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Rates of duties and taxes.
    Measures,
    /// Lines of the nomenclature.
    Lines,
    /// Tariff quotas.
    Quotas,
    /// Rates of exchange.
    Rates,
    /// Codes of code lists.
    Lists,
    /// Groups of countries.
    Groups,
}

impl Rows {
    /// All of them by name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("measures", Self::Measures),
        ("lines", Self::Lines),
        ("quotas", Self::Quotas),
        ("rates", Self::Rates),
        ("lists", Self::Lists),
        ("groups", Self::Groups),
    ];

    /// The name of their file.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, rows)| *rows == self).map_or("", |(name, _)| name)
    }

    fn follow(self) -> bool {
        matches!(self, Self::Measures | Self::Lines)
    }

    /// Their fields, in order.
    fn fields(self) -> Vec<String> {
        let header = match self {
            Self::Measures => csv_of([MeasureRow::default()]),
            Self::Lines => csv_of([LineRow::default()]),
            Self::Quotas => csv_of([QuotaRow::default()]),
            Self::Rates => csv_of([RateRow::default()]),
            Self::Lists => csv_of([ListRow::default()]),
            Self::Groups => csv_of([GroupRow::default()]),
        };
        let header = String::from_utf8(header.unwrap_or_default()).unwrap_or_default();
        let header = header.lines().next().unwrap_or_default();
        header.split(',').map(str::to_owned).collect()
    }

    /// Fields each of which has to come from somewhere; where several stand together, one of them.
    fn needed(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Measures => &[&["code"], &["tax_type"], &["rate", "formula"], &["basis"]],
            Self::Lines => &[&["code"]],
            Self::Quotas => &[&["order"], &["from"], &["until"], &["volume"]],
            Self::Rates => &[&["currency"], &["per_unit"]],
            Self::Lists => &[&["list"], &["code"]],
            Self::Groups => &[&["group"], &["country"]],
        }
    }
}

/// Where each field of a row comes from.
#[derive(Clone, Debug)]
pub struct Layout {
    rows: Rows,
    fields: Vec<(String, Source)>,
}

#[derive(Clone, Debug)]
enum Source {
    /// A column that has to be there.
    Told(String),
    /// The column of the same name, where there is one.
    Same,
    /// Always this.
    Fixed(String),
}

impl Layout {
    /// The rows to make, the columns of fields that are called otherwise in the file, and the values
    /// of fields that are the same in every row.
    ///
    /// # Errors
    /// Which field there is not, or is said twice.
    pub fn new(
        rows: Rows,
        columns: &[(String, String)],
        values: &[(String, String)],
    ) -> Result<Self, String> {
        let names = rows.fields();
        let mut fields: Vec<_> = names.iter().map(|f| (f.clone(), Source::Same)).collect();
        let columns = columns.iter().map(|(f, c)| (f, Source::Told(c.trim().to_owned())));
        let values = values.iter().map(|(f, v)| (f, Source::Fixed(v.trim().to_owned())));
        for (field, source) in columns.chain(values) {
            match fields.iter_mut().find(|(name, _)| name == field) {
                Some((_, told @ Source::Same)) => *told = source,
                Some(_) => return Err(format!("where `{field}` comes from is said twice")),
                None => {
                    let (rows, all) = (rows.name(), names.join(", "));
                    return Err(format!("{rows} have no field `{field}`; they have {all}"));
                }
            }
        }
        Ok(Self { rows, fields })
    }

    /// Whether editions of the rows follow one another.
    #[must_use]
    pub fn follow(&self) -> bool {
        self.rows.follow()
    }

    /// The column of a field; none where it has a fixed value.
    fn column(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).and_then(|(name, source)| match source {
            Source::Told(column) => Some(column.as_str()),
            Source::Same => Some(name.as_str()),
            Source::Fixed(_) => None,
        })
    }

    /// Reads the table by the first delimiter that fits.
    fn read(&self, bytes: &[u8], from: Option<&str>) -> Result<Table, String> {
        let told = self.fields.iter().filter(|(_, source)| matches!(source, Source::Told(_)));
        let mut wanted: Vec<&str> = told.filter_map(|(name, _)| self.column(name)).collect();
        let mut any: Vec<&[&str]> = Vec::new();
        for group in self.rows.needed() {
            match group {
                ["from"] if from.is_some() => {}
                [one] => wanted.extend(self.column(one)),
                group => any.push(group),
            }
        }
        let all: Vec<&str> = self.fields.iter().filter_map(|(name, _)| self.column(name)).collect();
        let table = Table::cut(bytes, delimiter(bytes, &all), &wanted, &all)?;
        for group in any {
            let there = |field: &&&str| {
                self.column(field).is_none_or(|column| table.columns.iter().any(|c| c == column))
            };
            // A fixed value for one of them is an answer; a column nobody named is not.
            if !group.iter().any(|field| there(&field)) {
                return Err(format!("no column `{}` in the header line", group.join("` or `")));
            }
        }
        Ok(table)
    }
}

/// A row that may not be said twice.
trait Once: DeserializeOwned {
    /// What it is about.
    fn about(&self) -> String;
    /// Its days.
    fn days(&self) -> (&str, &str);
    /// Checks it as a pack does.
    fn check(&self, reader: &mut Reader<'_>);
}

impl Once for MeasureRow {
    fn about(&self) -> String {
        said(self)
    }
    fn days(&self) -> (&str, &str) {
        (&self.from, &self.until)
    }
    fn check(&self, reader: &mut Reader<'_>) {
        reader.measure(self);
        if self.rate.ends_with('.') {
            reader.problem(format!("“{}” breaks off", self.rate));
        }
        for origin in self.origin.split('|').filter(|origin| !origin.is_empty()) {
            let bare = origin.strip_prefix('!').unwrap_or(origin);
            let name = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            let known = match bare.strip_prefix('~') {
                Some(group) => !group.is_empty() && group.bytes().all(name),
                None => bare.len() == 2 && bare.bytes().all(|b| b.is_ascii_uppercase()),
            };
            if !known {
                reader.problem(format!("“{origin}” is neither a country nor a group"));
            }
        }
    }
}

impl Once for LineRow {
    fn about(&self) -> String {
        self.code.clone()
    }
    fn days(&self) -> (&str, &str) {
        (&self.from, &self.until)
    }
    fn check(&self, reader: &mut Reader<'_>) {
        reader.line(self.clone());
    }
}

impl Once for QuotaRow {
    fn about(&self) -> String {
        format!("{} {}", self.order, self.definition)
    }
    fn days(&self) -> (&str, &str) {
        (&self.from, &self.until)
    }
    fn check(&self, reader: &mut Reader<'_>) {
        reader.quota(self);
    }
}

impl Once for RateRow {
    // A rate without a last day is followed by the next.
    fn about(&self) -> String {
        format!("{} {}", self.currency, self.from)
    }
    fn days(&self) -> (&str, &str) {
        ("", "")
    }
    fn check(&self, reader: &mut Reader<'_>) {
        reader.rate(self);
    }
}

impl Once for ListRow {
    fn about(&self) -> String {
        format!("{} {}", self.list, self.code)
    }
    fn days(&self) -> (&str, &str) {
        (&self.from, &self.until)
    }
    fn check(&self, reader: &mut Reader<'_>) {
        reader.listed(self);
        // It is the name of a file.
        if !self.list.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            reader.problem(format!("“{}” is no name of a list", self.list));
        }
    }
}

impl Once for GroupRow {
    fn about(&self) -> String {
        format!("{} {}", self.group, self.country)
    }
    fn days(&self) -> (&str, &str) {
        (&self.from, &self.until)
    }
    fn check(&self, reader: &mut Reader<'_>) {
        reader.group(self);
    }
}

/// Reads a table. `stem` stands between the name of the pack's file and its ending. `from` is the
/// first day of rows that state none; of rows whose editions follow one another, none ends before.
///
/// Counts: `rows` and those `taken`.
#[must_use]
pub fn import(bytes: &[u8], layout: &Layout, stem: &str, from: Option<&str>) -> Imported {
    let bytes = match unfold(bytes) {
        Ok(bytes) => bytes,
        Err(reason) => return Imported::whole(reason),
    };
    let table = match layout.read(&bytes, from) {
        Ok(table) => table,
        Err(reason) => return Imported::whole(reason),
    };
    let mut out = Imported { stem: format!("-{stem}").into(), ..Imported::default() };
    let (rows, bad) = (table.rows.len(), &mut out.refused);
    bad.extend(table.bad.iter().cloned());
    let taken = match layout.rows {
        Rows::Measures => take(&mut out.measures, &table, layout, from, bad),
        Rows::Lines => take(&mut out.lines, &table, layout, from, bad),
        Rows::Quotas => take(&mut out.quotas, &table, layout, from, bad),
        Rows::Rates => take(&mut out.rates, &table, layout, from, bad),
        Rows::Lists => take(&mut out.lists, &table, layout, from, bad),
        Rows::Groups => take(&mut out.groups, &table, layout, from, bad),
    };
    bad.sort_by_key(|refused| refused.line);
    out.counts = vec![("rows", rows + table.bad.len()), ("taken", taken)];
    out.sort();
    out
}

fn take<T: Once>(
    taken: &mut Vec<T>,
    table: &Table,
    layout: &Layout,
    from: Option<&str>,
    refused: &mut Vec<Refused>,
) -> usize {
    let names: csv::StringRecord = layout.fields.iter().map(|(name, _)| name.as_str()).collect();
    let mut seen: BTreeMap<String, Vec<(String, String, usize)>> = BTreeMap::new();
    for (line, row) in &table.rows {
        let fields = layout.fields.iter().map(|(name, source)| {
            let text = match source {
                Source::Told(column) => table.field(row, column),
                Source::Same => table.field(row, name),
                Source::Fixed(value) => value,
            };
            match (name.as_str(), layout.rows) {
                ("from", _) if text.is_empty() => from.unwrap_or_default().to_owned(),
                ("code", Rows::Measures | Rows::Lines) | ("order" | "quota", _) => plain(text),
                _ => text.to_owned(),
            }
        });
        let fields: csv::StringRecord = fields.collect::<Vec<_>>().into();
        let mut refuse = |reason| refused.push(Refused { line: *line, reason });
        let row: T = match fields.deserialize(Some(&names)) {
            Ok(row) => row,
            Err(e) => {
                refuse(e.to_string());
                continue;
            }
        };
        // Without a code it would be of all goods, which only a fixed value says.
        let coded = layout.fields.iter().zip(&fields).find(|((name, _), _)| name == "code");
        if let Some(((_, Source::Told(_) | Source::Same), "")) = coded {
            refuse("no code".to_owned());
            continue;
        }
        let mut problems = Vec::new();
        row.check(&mut Reader { file: String::new(), row: *line, problems: &mut problems });
        if !problems.is_empty() {
            let all: Vec<_> = problems.into_iter().map(|problem| problem.what).collect();
            refuse(all.join("; "));
            continue;
        }
        // Days are compared as they are written: year, month, day.
        let (first, last) = row.days();
        if let Some(from) = from.filter(|_| layout.rows.follow())
            && !last.is_empty()
            && last < from
        {
            refuse(format!("ends on {last}, before the edition begins"));
            continue;
        }
        let days = seen.entry(row.about()).or_default();
        let overlaps = |(from, until, _): &&(String, String, usize)| {
            (until.is_empty() || first <= until.as_str())
                && (last.is_empty() || from.as_str() <= last)
        };
        if let Some((.., before)) = days.iter().find(overlaps) {
            refuse(format!("stands twice: line {before} says it too"));
            continue;
        }
        days.push((first.to_owned(), last.to_owned(), *line));
        taken.push(row);
    }
    taken.len()
}

/// A code without the points and spaces it is printed with; as it stands where it is not of digits.
fn plain(text: &str) -> String {
    let code: String = text.chars().filter(|c| *c != '.' && !c.is_whitespace()).collect();
    if code.bytes().all(|b| b.is_ascii_digit()) { code } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pair = |pair: &str| pair.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()));
        text.split(',').filter_map(pair).collect()
    }

    /// The rows of a table in CSV, what was refused behind them.
    #[track_caller]
    fn check(rows: Rows, columns: &str, values: &str, text: &str, wanted: &[&str]) {
        let layout = Layout::new(rows, &pairs(columns), &pairs(values)).unwrap();
        let got = import(text.as_bytes(), &layout, "x", Some("2026-01-01"));
        let all = [
            csv_of(&got.measures),
            csv_of(&got.lines),
            csv_of(&got.quotas),
            csv_of(&got.rates),
            csv_of(&got.lists),
            csv_of(&got.groups),
        ];
        let all = all.map(|bytes| String::from_utf8(bytes.unwrap()).unwrap()).concat();
        let mut told: Vec<_> = all.lines().skip(1).map(str::to_owned).collect();
        told.extend(got.refused.iter().map(|r| format!("{}: {}", r.line, r.reason)));
        assert_eq!(told, wanted, "{text}");
    }

    #[test]
    fn any_table_becomes_rows() {
        let fixed = "tax_type=A00,basis=act";
        check(
            Rows::Measures,
            "code=HS,rate=Duty %",
            fixed,
            "HS\tName\tDuty %\n0101.21 00\tHorses\t5\n0102\tCows\tfive\n",
            &["01012100,,,,A00,5,,,,,,2026-01-01,,act,", "3: “five” is not a figure"],
        );
        check(
            Rows::Lines,
            "",
            "",
            "code,unit,name_en,from,until\n01,KGM,\"Live, horses\",2020-01-01,2025-06-30\n02,,Meat,,\n",
            &["02,,,Meat,,,2026-01-01,,", "2: ends on 2025-06-30, before the edition begins"],
        );
        check(
            Rows::Quotas,
            "",
            "state=open",
            "order,from,until,volume,unit\n09.0709,2026-01-01,2026-12-31,1000,KGM\n\
             090709,2026-06-01,2026-12-31,1000,KGM\n1,2026-01-01,2026-12-31,-1,\n",
            &[
                "090709,,2026-01-01,2026-12-31,1000,KGM,,,,,open,,,,",
                "3: stands twice: line 2 says it too",
                "4: “-1” is below zero",
            ],
        );
        check(
            Rows::Rates,
            "per_unit=value",
            "source=a bank",
            "currency;value;from\nUSD;0,79;\nEUR;0.84;2026-02-01\nEUR;0;\n",
            &[
                "EUR,0.84,2026-02-01,,a bank",
                "2: “0,79” is not a figure",
                "4: a rate is above zero",
            ],
        );
        check(
            Rows::Lists,
            "",
            "list=country",
            "code,name_en\nXA,A\nXA,B\n,C\n",
            &["country,XA,A,,,2026-01-01,", "3: stands twice: line 2 says it too", "4: no code"],
        );
        check(Rows::Lists, "", "list=../x", "code\n1\n", &["2: “../x” is no name of a list"]);
        check(
            Rows::Groups,
            "country=iso",
            "group=~friends",
            "iso,until\nXA,2020-13-01\nXB,\n",
            &["~friends,XB,2026-01-01,", "2: “2020-13-01” is not a day"],
        );
    }

    #[test]
    fn a_file_without_its_columns_is_refused_whole() {
        let fixed = "tax_type=A00,basis=act";
        check(
            Rows::Measures,
            "",
            fixed,
            "code\n01\n",
            &["0: no column `rate` or `formula` in the header line"],
        );
        check(
            Rows::Measures,
            "",
            "tax_type=A00",
            "code,rate\n01,5\n",
            &["0: no column `basis` in the header line"],
        );
        check(
            Rows::Measures,
            "rate=duty",
            fixed,
            "code,rate\n01,5\n",
            &["0: no column `duty` in the header line"],
        );
        // All goods, said so.
        check(
            Rows::Measures,
            "",
            "tax_type=B00,basis=act,code=",
            "rate\n20\n",
            &[",,,,B00,20,,,,,,2026-01-01,,act,"],
        );
    }

    #[test]
    fn a_field_there_is_not_is_named() {
        let new = |columns, values| {
            Layout::new(Rows::Groups, &pairs(columns), &pairs(values)).map(|_| ()).unwrap_err()
        };
        let all = "groups have no field `land`; they have group, country, from, until";
        assert_eq!(new("land=x", ""), all);
        assert_eq!(new("", "land=x"), all);
        assert_eq!(new("country=x", "country=y"), "where `country` comes from is said twice");
        for (name, rows) in Rows::ALL {
            assert_eq!(rows.name(), name);
            let fields = rows.fields();
            assert!(rows.needed().concat().iter().all(|f| fields.iter().any(|g| g == f)), "{name}");
        }
    }
}
