//! A hundred and fifty broken files for each importer, made of a small good one. What is to come of each
//! stands in the text files beside this; what holds of all of them is asserted here.

use std::collections::BTreeSet;
use std::io::Write;

use fondaco_wire::import::table::{Layout, Rows};
use fondaco_wire::import::{Imported, cn, ett, hts, table};
use serde_json::{Value, json};

use crate::Dice;

/// Mutants of each format.
const EACH: usize = 150;

/// A good file as rows of texts, and how it is written.
#[derive(Clone)]
struct Grid {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Csv(char),
    /// An array of objects.
    Json,
}

impl Grid {
    fn new(form: Form, columns: &'static str, rows: &[&str]) -> Self {
        let row = |row: &&str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
        let columns = columns.split('|').map(str::trim).collect();
        Self { columns, rows: rows.iter().map(row).collect(), form }
    }

    fn write(&self) -> Vec<u8> {
        let Form::Csv(delimiter) = self.form else {
            let records: Vec<String> = self.rows.iter().map(|r| self.record(r)).collect();
            return format!("[\n{}\n]\n", records.join(",\n")).into_bytes();
        };
        let header: Vec<String> = self.columns.iter().map(|c| (*c).to_owned()).collect();
        let line = |cells: &Vec<String>| {
            let cells = cells.iter().map(|cell| match cell.contains([delimiter, '"']) {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell.clone(),
            });
            cells.collect::<Vec<_>>().join(&delimiter.to_string()) + "\n"
        };
        std::iter::once(&header).chain(&self.rows).map(line).collect::<String>().into_bytes()
    }

    fn record(&self, row: &[String]) -> String {
        let cells = self.columns.iter().zip(row).map(|(column, cell)| match *column {
            "units" => format!("{column:?}:{}", json!([cell])),
            _ => format!("{column:?}:{}", json!(cell)),
        });
        format!("{{{}}}", cells.collect::<Vec<_>>().join(","))
    }

    /// The line or number of a row.
    fn line(&self, row: usize) -> usize {
        row + if self.form == Form::Json { 1 } else { 2 }
    }
}

/// What was broken.
#[derive(Clone, Copy, PartialEq)]
enum Broken {
    /// One row: none other may come out otherwise.
    Row(usize),
    /// The order or number of rows, or how they are written: no row may come out otherwise.
    Nothing,
    /// The file ends before its end: no row may come out that was not in it.
    Cut,
    /// All of it.
    Whole,
}

struct Mutant {
    name: String,
    bytes: Vec<u8>,
    broken: Broken,
    /// The line that may be named.
    line: usize,
}

/// Its name, and what it makes of a text.
type Way = (&'static str, fn(&str) -> String);

/// Ways to spoil a text; the same text where a way does not fit.
const WAYS: &[Way] = &[
    ("emptied", |_| String::new()),
    ("letter for digit", |t| match t.char_indices().rfind(|(_, c)| c.is_ascii_digit()) {
        Some((at, _)) => format!("{}O{}", &t[..at], &t[at + 1..]),
        None => t.to_owned(),
    }),
    ("digit for letter", |t| match t.char_indices().rfind(|(_, c)| c.is_alphabetic()) {
        Some((at, c)) => format!("{}0{}", &t[..at], &t[at + c.len_utf8()..]),
        None => t.to_owned(),
    }),
    ("negative", |t| {
        if t.starts_with(|c: char| c.is_ascii_digit()) { format!("-{t}") } else { t.to_owned() }
    }),
    ("huge", |t| match t.find(|c: char| c.is_ascii_digit()) {
        Some(at) => format!("{}{}{}", &t[..at], "9".repeat(40), &t[at..]),
        None => t.to_owned(),
    }),
    ("cut", |t| {
        let mut t = t.to_owned();
        t.pop();
        t
    }),
    ("doubled", |t| format!("{t}{t}")),
    ("comma for point", |t| t.replace('.', ",")),
    ("junk behind", |t| format!("{t}#?")),
    ("junk", |_| "§$~".to_owned()),
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// The mutants of a file: how it is written and packed, its rows, then its texts by chance.
fn mutants(good: &Grid, seed: u64, most: usize) -> Vec<Mutant> {
    let mut all: Vec<Mutant> = Vec::new();
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    let bytes = good.write();
    let mut put = |name: String, bytes: Vec<u8>, broken: Broken, line: usize| {
        if all.len() < most && seen.insert(bytes.clone()) {
            all.push(Mutant { name, bytes, broken, line });
        }
        all.len()
    };
    let text = String::from_utf8(bytes.clone()).unwrap();
    let packed = gzip(&bytes);
    let own = |name: &str| name.to_owned();
    put(own("empty file"), vec![], Broken::Whole, 0);
    put(own("UTF-16"), text.encode_utf16().flat_map(u16::to_le_bytes).collect(), Broken::Whole, 0);
    put(own("web page"), b"<!DOCTYPE html><html></html>\n".to_vec(), Broken::Whole, 0);
    put(own("byte order mark"), [b"\xef\xbb\xbf", &*bytes].concat(), Broken::Nothing, 0);
    put(own("CRLF"), text.replace('\n', "\r\n").into_bytes(), Broken::Nothing, 0);
    put(own("blank lines"), text.replace('\n', "\n\n").into_bytes(), Broken::Nothing, 0);
    put(own("gzip"), packed.clone(), Broken::Nothing, 0);
    for part in [4, 3, 2] {
        put(
            format!("gzip cut by 1/{part}"),
            packed[..packed.len() - packed.len() / part].to_vec(),
            Broken::Whole,
            0,
        );
    }
    let mut flipped = packed.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    put(own("gzip with a bit flipped"), flipped, Broken::Whole, 0);
    put(own("gzip without its sum"), packed[..packed.len() - 8].to_vec(), Broken::Whole, 0);
    // Cut in the last row by the letter, and elsewhere by chance.
    for less in [1, 2, 3, 4] {
        put(
            format!("cut by {less}"),
            bytes[..bytes.len() - less].to_vec(),
            Broken::Cut,
            good.line(good.rows.len() - 1),
        );
    }
    let mut dice = Dice(seed);
    for _ in 0..6 {
        let at = dice.roll(bytes.len() - 8) + 4;
        let line = bytes[..at].iter().filter(|b| **b == b'\n').count();
        put(
            format!("cut at {at}"),
            bytes[..at].to_vec(),
            Broken::Cut,
            line + usize::from(good.form != Form::Json),
        );
    }
    for row in 0..good.rows.len() {
        let line = good.line(row);
        let mut grid = good.clone();
        grid.rows.insert(row + 1, good.rows[row].clone());
        put(format!("row {line} doubled"), grid.write(), Broken::Nothing, line + 1);
        let mut grid = good.clone();
        if row > 0 {
            grid.rows.swap(row, row - 1);
            put(format!("row {line} before the one above"), grid.write(), Broken::Nothing, 0);
        }
        // A byte that is no text, a quote too many, a field too many or few.
        let at = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').nth(row).unwrap() + 1;
        let mut spoiled = bytes.clone();
        let inner = at + 3 + row;
        spoiled[inner] = 0xff;
        let broken = if good.form == Form::Json { Broken::Whole } else { Broken::Row(row) };
        put(format!("row {line} not UTF-8"), spoiled, broken, line);
        let mut spoiled = bytes.clone();
        spoiled.insert(if row % 2 == 0 { at } else { inner }, b'"');
        put(format!("row {line} with a quote"), spoiled, broken, line);
        let mut grid = good.clone();
        if good.form != Form::Json {
            grid.rows[row].pop();
            put(format!("row {line} too short"), grid.write(), Broken::Row(row), line);
            grid.rows[row].extend([String::new(), "1".to_owned()]);
            put(format!("row {line} too long"), grid.write(), Broken::Row(row), line);
        }
    }
    if good.form == Form::Json {
        let of_record = |to: &str| text.replacen(&good.record(&good.rows[1]), to, 1).into_bytes();
        for to in ["7", "null", "\"text\"", "[]"] {
            put(format!("record {to}"), of_record(to), Broken::Row(1), 2);
        }
        for (name, from, to) in [
            ("a comma too many", "}\n]", "},\n]"),
            ("no bracket at the end", "]\n", ""),
            ("two arrays", "]\n", "]\n[]\n"),
            ("an object", "[\n", "{\"a\":[\n"),
            ("no colon", "\":", "\" "),
            ("a control character", "Live", "Li\u{1}ve"),
            ("half an escape", "Live", "Li\\u12ve"),
            ("a member twice", "{\"htsno\":", "{\"general\":\"1%\",\"htsno\":"),
        ] {
            put(own(name), text.replacen(from, to, 1).into_bytes(), Broken::Whole, 0);
        }
        for (column, at) in [("general", 2), ("units", 2), ("indent", 1), ("description", 3)] {
            for to in ["7", "true", "{}"] {
                let mut record: Value = serde_json::from_str(&good.record(&good.rows[at])).unwrap();
                record[column] = serde_json::from_str(to).unwrap();
                let bytes = text.replacen(&good.record(&good.rows[at]), &record.to_string(), 1);
                put(
                    format!("record {}: {column} {to}", at + 1),
                    bytes.into_bytes(),
                    Broken::Row(at),
                    at + 1,
                );
            }
        }
    } else {
        for (at, column) in good.columns.iter().enumerate() {
            let mut grid = good.clone();
            if at % 2 == 0 {
                grid.columns[at] = "other";
                put(format!("no {column}"), grid.write(), Broken::Whole, 0);
            } else {
                grid.columns.push(column);
                grid.rows.iter_mut().for_each(|row| row.push("1".to_owned()));
                put(format!("{column} twice"), grid.write(), Broken::Whole, 0);
            }
        }
        put(
            own("header only"),
            [text.lines().next().unwrap(), "\n"].concat().into_bytes(),
            Broken::Whole,
            0,
        );
    }
    for _ in 0..100_000 {
        let (row, column) = (dice.roll(good.rows.len()), dice.roll(good.columns.len()));
        let (name, way) = dice.pick(WAYS);
        let mut grid = good.clone();
        let cell = &mut grid.rows[row][column];
        let spoiled = way(cell);
        if spoiled == *cell {
            continue;
        }
        *cell = spoiled;
        let (line, column) = (good.line(row), good.columns[column]);
        if put(format!("row {line}: {column} {name}"), grid.write(), Broken::Row(row), line) == most
        {
            break;
        }
    }
    all
}

/// Every row that was made, by its kind; `said` leaves out names.
fn rows(of: &Imported, said: bool) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    let mut put = |kind, row: Value| {
        let mut row = row;
        if said && let Some(row) = row.as_object_mut() {
            row.retain(|name, _| !name.starts_with("name"));
        }
        all.push((kind, row));
    };
    of.lines.iter().for_each(|r| put("line", json!(r)));
    of.measures.iter().for_each(|r| put("measure", json!(r)));
    of.lists.iter().for_each(|r| put("code", json!(r)));
    all
}

/// The rows of one that are not in the other.
fn without<'a>(
    these: &'a [(&'static str, Value)],
    those: &[(&'static str, Value)],
) -> Vec<&'a (&'static str, Value)> {
    let mut left: Vec<_> = those.iter().collect();
    let gone = |row: &&(&'static str, Value)| match left.iter().position(|r| r == row) {
        Some(at) => {
            left.remove(at);
            false
        }
        None => true,
    };
    these.iter().filter(gone).collect()
}

/// What came of a mutant, in words, after asserting what holds of every one.
fn judged(good: &Imported, codes: &[String], mutant: &Mutant, got: &Imported) -> String {
    let name = &mutant.name;
    if let Some(whole) = got.refused.iter().find(|r| r.line == 0) {
        assert!(got.is_empty() && got.refused.len() == 1 && !whole.reason.is_empty(), "{name}");
        return format!("refused whole: {}", whole.reason);
    }
    assert!(mutant.broken != Broken::Whole, "{name} was taken");
    let (before, after) = (rows(good, true), rows(got, true));
    let (gone, new) = (without(&before, &after), without(&after, &before));
    for refused in &got.refused {
        assert_eq!(refused.line, mutant.line, "{name}: {}", refused.reason);
        assert!(!refused.reason.is_empty(), "{name}");
    }
    assert!(got.refused.len() <= 1, "{name}");
    match mutant.broken {
        Broken::Row(row) => {
            let code = &codes[row];
            assert!(gone.iter().all(|(_, row)| row["code"] == **code), "{name}: {gone:?}");
            if !got.refused.is_empty() {
                assert_eq!(new, Vec::<&(&str, Value)>::new(), "{name}");
                let left = after.iter().filter(|(_, row)| row["code"] == **code);
                assert!(code.is_empty() || left.count() == 0, "{name}: not all of it is refused");
            }
        }
        Broken::Nothing => assert_eq!((&*gone, new.len()), (&[] as &[_], 0), "{name}"),
        Broken::Cut => assert_eq!(new, Vec::<&(&str, Value)>::new(), "{name}"),
        Broken::Whole => {}
    }
    // A rate that cannot be read is said; one that is not there is only unknown.
    let untold = |(kind, row): &&&(&str, Value)| {
        *kind == "measure" && row["rate"] == *"" && row["formula"] == *""
    };
    let bare = ["emptied", "cut"].iter().any(|way| name.ends_with(way));
    let more = new.iter().filter(untold).count() > gone.iter().filter(untold).count();
    assert!(bare || !more || !got.unparsed.is_empty(), "{name}");
    let mut told: Vec<String> =
        got.refused.iter().map(|r| format!("refused {}: {}", r.line, r.reason)).collect();
    told.extend(
        got.unparsed.iter().filter(|t| !good.unparsed.contains(t)).map(|t| format!("unread {t}")),
    );
    // Now with the names.
    let (before, after) = (rows(good, false), rows(got, false));
    let (gone, new) = (without(&before, &after), without(&after, &before));
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    if gone.len() == new.len() {
        for ((kind, old), (_, row)) in gone.iter().zip(&new) {
            let fields = row.as_object().unwrap().keys().filter(|f| old[*f] != row[*f]);
            let fields: Vec<_> = fields.map(|f| format!("{f} “{}”", text(row, f))).collect();
            told.push(format!("{kind} {}: {}", text(old, "code"), fields.join(", ")));
        }
    } else {
        for (sign, rows) in [("without", &gone), ("with", &new)] {
            let row = |(kind, row): &&(&str, Value)| {
                let rate = ["rate", "formula"].map(|f| text(row, f)).concat();
                format!("{kind} {} {rate}", text(row, "code")).trim().to_owned()
            };
            // Of a refused row that goes without saying.
            let rows: Vec<_> = rows.iter().map(row).collect();
            if !rows.is_empty() && got.refused.is_empty() {
                told.push(format!("{sign} {}", rows.join(", ")));
            }
        }
    }
    if told.is_empty() { "the same".to_owned() } else { told.join("; ") }
}

fn check(
    good: &Grid,
    seed: u64,
    wanted: expect_test::ExpectFile,
    import: impl Fn(&[u8]) -> Imported,
) {
    let fine = import(&good.write());
    assert_eq!(fine.refused, []);
    assert_eq!(fine.unparsed, Vec::<String>::new());
    let code = |row: &Vec<String>| {
        let at = ["code", "htsno", "hs8", "HS Code"];
        let at = good.columns.iter().position(|c| at.contains(c)).unwrap();
        row[at].replace(['.', ' '], "")
    };
    let codes: Vec<String> = good.rows.iter().map(code).collect();
    let mutants = mutants(good, seed, EACH);
    assert_eq!(mutants.len(), EACH);
    let mut told = String::new();
    for mutant in mutants {
        let came = judged(&fine, &codes, &mutant, &import(&mutant.bytes));
        told.push_str(&format!("{}: {came}\n", mutant.name));
    }
    wanted.assert_eq(&told);
}

#[test]
fn broken_schedules_of_the_hts() {
    let good = Grid::new(
        Form::Json,
        "htsno|indent|description|general|special|other|units",
        &[
            "|0|Live animals:||||X",
            "0101|1|Live horses, asses:||||X",
            "0101.21.00|2|Purebred|Free||Free|X",
            "0101.21.00.10|3|Males||||No.",
            "0102.29.40|1|Bovine|1¢/kg|Free (A+,AU) 0.5% (KR)|6.6¢/kg|kg",
            "2402.10.30|1|Cigars|$1.89/kg + 4.7%||$9.92/kg + 25%|No. and kg",
            "0406.10.02|1|Cheese|10.25%|See 9823.01.01 (S+)|1,000%|kg",
        ],
    );
    let wanted = expect_test::expect_file!["hts.txt"];
    check(&good, 11, wanted, |bytes| hts::import(bytes, Some("2026-01-01")));
}

const ETT: &str = "code|level|dash_depth|name_ru|unit|duty_text|duty_kind|ad_valorem_pct|specific|\
    specific_currency|specific_per|duty_notes|pdf_revision";
const ETT_ROWS: &[&str] = &[
    "0101|4|0|Лошади:|||||||||as adopted (2022-01-01)",
    "|0|1|прочие:|||||||||25.04.2022",
    "0101210000|10|2|стойкие|шт|5|ADV|5|||||08.03.2026",
    "0202300000|10|1|мясо, мороженое|кг|15, но не менее 0,2 евро за 1 кг|ADV_MIN_SPEC|15|0.2|EUR|1 кг|9С)|08.03.2026",
    "2204210000|10|1|вина|л|0,4 евро за 1 л|SPEC||0.4|EUR|1 л||22.01.2026",
    "6401100000|10|1|обувь|пар|7,5|ADV|7.5||||63С)|16.06.2022",
];

fn ett_grid() -> Grid {
    Grid::new(Form::Csv(','), ETT, ETT_ROWS)
}

#[test]
fn broken_common_customs_tariffs() {
    let wanted = expect_test::expect_file!["ett.txt"];
    check(&ett_grid(), 12, wanted, |bytes| ett::import(bytes, None, None, None));
}

/// The tariff is whole, its notes are broken.
#[test]
fn broken_notes_to_the_common_customs_tariff() {
    const RATE: &str = "Ставка ввозной таможенной пошлины в размере";
    let three =
        format!("63С)|{RATE} 3 % от таможенной стоимости применяется по 30.09.2026 включительно.");
    let five = format!(
        "9С)|{RATE} 10 % от таможенной стоимости применяется с 01.01.2025 по 31.12.2026 включительно."
    );
    let good = Grid::new(Form::Csv(','), "note|text_ru", &[&five, &three]);
    let tariff = ett_grid().write();
    let import = |notes: &[u8]| ett::import(&tariff, Some(notes), Some("RU"), None);
    let fine = import(&good.write());
    assert_eq!(fine.refused, []);
    let mut told = String::new();
    for mutant in notes_mutants(&good) {
        let got = import(&mutant.bytes);
        let came = match got.refused.first() {
            Some(refused) => {
                assert!(got.is_empty() && refused.line == 0, "{}", mutant.name);
                format!("refused whole: {}", refused.reason)
            }
            None => {
                assert!(mutant.broken != Broken::Whole, "{} was taken", mutant.name);
                let (before, after) = (rows(&fine, false), rows(&got, false));
                // Goods without a note are what they were.
                let bare = |row: &Value| {
                    ["0101210000", "2204210000"].iter().any(|code| row["code"] == **code)
                };
                let (gone, new) = (without(&before, &after), without(&after, &before));
                assert!(!gone.iter().chain(&new).any(|(_, row)| bare(row)), "{}", mutant.name);
                let show = |(_, row): &&(&str, Value)| {
                    let all = ["code", "rate", "formula", "from", "until", "mark"];
                    let all = all.map(|f| row[f].as_str().unwrap_or_default().to_owned());
                    all.iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(" ")
                };
                let new = new.iter().filter(|(kind, _)| *kind == "measure");
                let new: Vec<_> = new.map(show).collect();
                if new.is_empty() { "the same rates".to_owned() } else { new.join("; ") }
            }
        };
        told.push_str(&format!("{}: {came}\n", mutant.name));
    }
    expect_test::expect_file!["notes.txt"].assert_eq(&told);
}

/// Besides what is made of any table, each word of a note left out, doubled and changed.
fn notes_mutants(good: &Grid) -> Vec<Mutant> {
    let mut all = mutants(good, 13, 100);
    let mut dice = Dice(14);
    for _ in 0..10_000 {
        if all.len() == EACH {
            break;
        }
        let row = dice.roll(good.rows.len());
        let mut words: Vec<String> = good.rows[row][1].split(' ').map(str::to_owned).collect();
        let at = dice.roll(words.len());
        let word = words.remove(at);
        let way = dice.roll(3);
        let name = format!("row {}: {} “{word}”", row + 2, ["without", "twice", "changed"][way]);
        match way {
            0 => {}
            1 => words.splice(at..at, [word.clone(), word]).for_each(drop),
            _ => words.insert(at, word.chars().rev().collect()),
        }
        let mut grid = good.clone();
        grid.rows[row][1] = words.join(" ");
        let fresh = grid.rows[row] != good.rows[row] && all.iter().all(|m| m.name != name);
        if fresh {
            all.push(Mutant { name, bytes: grid.write(), broken: Broken::Row(row), line: row + 2 });
        }
    }
    all
}

#[test]
fn broken_tariffs_of_a_year() {
    let good = Grid::new(
        Form::Csv(','),
        "hs8|mfn_pct|provisional_pct|mark|rate_text|name_zh_2023|name_en_2023|unit1|unit2",
        &[
            "01012100|0|||0|马|Horses, live|千克|头",
            "03021410|10|7||10∆7|鱼|Fish|千克|?",
            "10011100|65||①|65①|麦|Wheat|千克|?",
            "37024229|||①②|①∆②|片|Film|米|平方米",
            "84011000|2.5|||2.5|堆|Reactor|台|百万贝可",
        ],
    );
    let wanted = expect_test::expect_file!["cn.txt"];
    check(&good, 15, wanted, |bytes| cn::import(bytes, None));
}

#[test]
fn broken_tables() {
    let mut good = Grid::new(
        Form::Csv(';'),
        "HS Code|Country|Rate|Formula|Begins|until|Remark",
        &[
            "0101.21.00|CN|5||2026-01-01||a; b",
            "0102 29|!RU|2.5||2026-01-01|2026-12-31|x",
            "2203.00|||max(10%, 0.2 EUR/LTR)|2026-01-01||y",
            "2402|~mfn|||2026-02-01||z",
            "8703.23|JP,KR|12.75||2026-01-01|2027-06-30|\"w\"",
        ],
    );
    good.rows[4][1] = "JP|KR".to_owned();
    let own = |pairs: &[(&str, &str)]| -> Vec<_> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let columns = own(&[
        ("code", "HS Code"),
        ("origin", "Country"),
        ("rate", "Rate"),
        ("formula", "Formula"),
        ("from", "Begins"),
        ("mark", "Remark"),
        ("until", "until"),
    ]);
    let values = own(&[("tax_type", "A00"), ("basis", "act, annex I"), ("direction", "import")]);
    let layout = Layout::new(Rows::Measures, &columns, &values).unwrap();
    let wanted = expect_test::expect_file!["csv.txt"];
    check(&good, 16, wanted, |bytes| table::import(bytes, &layout, "csv", None));
}
