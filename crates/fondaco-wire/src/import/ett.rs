//! The Common Customs Tariff of the Eurasian Economic Union, as a table made from the Commission's
//! PDFs: a row for each printed line, in document order.
//!
//! The duty is read from the printed text. The table's own columns for kind and amounts were made
//! from the same text by another hand, so a row where the two disagree is refused.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fondaco::day::Day;
use fondaco::formula::Formula;
use fondaco::money::{Decimal, decimal};
use fondaco::token::Token;

pub use self::notes::MEMBERS;
use self::notes::{Line, Reading, dated};
use super::{Imported, MAX_DEPTH, Table, path_name, put_at, rate_fields, squeeze, unfold};
use crate::pack::rows::{LawRow, LineRow, ListRow, MeasureRow};

mod notes;

/// Import duty in the Union's classifier of kinds of payment.
pub const TAX_TYPE: &str = "2010";

const LAW: &str = "eaeu-ett";

/// Reads the tariff and, where given, the notes to it (`note,text_ru`).
///
/// `from` is the first day of every line; without it each takes the day its chapter was last
/// revised. A line with a note is cut into rows: the note's rate in its days, the printed rate before
/// and after. A note whose text is not in `notes` or not understood is marked `unread` on the
/// printed rate.
///
/// `state` is the member state the goods are brought into, one of [`MEMBERS`]. Without it the rate
/// of a note for some states hangs: its days have a row without a rate.
///
/// Counts, of printed rates: `codes_10`, `ad_valorem`, `minimum` ("%, but not less than"),
/// `specific`, `compound` (the rest: "% plus", and the lesser of two). `notes_read` are those of
/// `notes` that were understood, with those repealed; `notes_unread` the others and those that stand
/// on a line without a text; `rows_by_note` the rows whose rate a note sets or that it marks.
#[must_use]
pub fn import(
    bytes: &[u8],
    notes: Option<&[u8]>,
    state: Option<&str>,
    from: Option<&str>,
) -> Imported {
    const COLUMNS: &[&str] = &[
        "code",
        "level",
        "dash_depth",
        "name_ru",
        "unit",
        "duty_text",
        "duty_kind",
        "ad_valorem_pct",
        "specific",
        "specific_currency",
        "specific_per",
        "duty_notes",
        "pdf_revision",
    ];
    let texts = match notes.map(read_notes).transpose() {
        Ok(texts) => texts.unwrap_or_default(),
        Err(reason) => return Imported::whole(format!("the notes: {reason}")),
    };
    if let Some(state) = state.filter(|state| !MEMBERS.contains(state)) {
        return Imported::whole(format!("`{state}` is no member state"));
    }
    let begins: Option<Day> = match from.map(str::parse).transpose() {
        Ok(begins) => begins,
        Err(e) => return Imported::whole(format!("`from`: {e}")),
    };
    let table = match unfold(bytes).and_then(|bytes| Table::read(&bytes, COLUMNS)) {
        Ok(table) => table,
        Err(reason) => return Imported::whole(reason),
    };
    let readings: BTreeMap<&str, Reading> =
        texts.iter().map(|(note, text)| (note.as_str(), notes::read(text))).collect();
    let mut unknown = BTreeSet::new();
    let mut rows_by_note: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = Imported { refused: table.bad.clone(), ..Imported::default() };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unparsed = BTreeSet::new();
    let mut seen = HashSet::new();
    let mut path = Vec::new();
    let mut lost = table.bad.iter().peekable();
    for (at, (line, row)) in table.rows.iter().enumerate() {
        let field = |column| table.field(row, column);
        while lost.next_if(|bad| bad.line < *line).is_some() {
            // It may have headed those below it: no name is better than another's.
            path.clear();
        }
        let depth = match field("dash_depth").parse::<usize>() {
            Ok(depth) if depth <= MAX_DEPTH => depth,
            _ => {
                path.clear();
                out.refuse(*line, format!("`dash_depth` is `{}`", field("dash_depth")));
                continue;
            }
        };
        if continues(field("code"), field("name_ru")) {
            continue;
        }
        let mut name = squeeze(field("name_ru"));
        for (_, next) in table.rows.iter().skip(at + 1) {
            let more = table.field(next, "name_ru");
            if !continues(table.field(next, "code"), more) {
                break;
            }
            name = format!("{name} –{}", squeeze(more));
        }
        put_at(&mut path, depth, name.trim_end_matches([':', ' ']).to_owned());

        let code = field("code");
        let level = field("level");
        if level != "10" {
            if level != code.len().to_string() {
                out.refuse(*line, format!("`level` is `{level}` and `code` is `{code}`"));
            } else if !field("duty_text").is_empty() {
                out.refuse(*line, format!("{code}: a duty on a heading"));
            }
            continue;
        }
        if code.len() != 10 || !code.bytes().all(|b| b.is_ascii_digit()) {
            out.refuse(*line, format!("`code` is `{code}`: want ten digits"));
            continue;
        }
        if seen.contains(code) {
            out.refuse(*line, format!("{code} stands twice"));
            continue;
        }
        let [unit, unit2] = match line_units(field("unit")) {
            Some(units) => units,
            None => {
                out.refuse(*line, format!("{code}: no unit is called `{}`", field("unit")));
                continue;
            }
        };
        let Some(edition) = revision(field("pdf_revision")) else {
            let text = field("pdf_revision");
            out.refuse(*line, format!("{code}: `pdf_revision` is `{text}`: want a day"));
            continue;
        };
        let text = field("duty_text");
        if text.is_empty() {
            out.refuse(*line, format!("{code}: no `duty_text`"));
            continue;
        }
        let formula = duty(text);
        if let Some(formula) = &formula {
            let derived =
                ["duty_kind", "ad_valorem_pct", "specific", "specific_currency", "specific_per"]
                    .map(field);
            if let Err(reason) = agrees(formula, derived) {
                out.refuse(*line, format!("{code}: the text `{text}` and {reason} disagree"));
                continue;
            }
        } else {
            unparsed.insert(text.to_owned());
        }
        seen.insert(code.to_owned());
        let kind = match formula.as_ref().map(Formula::kind) {
            None => "unparsed",
            Some("ad valorem") => "ad_valorem",
            Some("minimum") => "minimum",
            Some("specific") => "specific",
            Some(_) => "compound",
        };
        *kinds.entry(kind).or_default() += 1;
        let edition = Some(edition);
        let line = Line { printed: formula.as_ref(), edition, begins: begins.or(edition) };
        let names = note_names(field("duty_notes"));
        let noted: Vec<_> = names.iter().map(|n| (n.as_str(), readings.get(n.as_str()))).collect();
        let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
        for piece in dated(&line, &noted, state) {
            let (rate, formula) = piece.rate.map(rate_fields).unwrap_or_default();
            let mut basis = LAW.to_owned();
            for note in &piece.by {
                basis.push_str(&format!(", note {note}"));
            }
            for note in piece.by.iter().chain(&piece.unread) {
                *rows_by_note.entry((*note).to_owned()).or_default() += 1;
            }
            out.measures.push(MeasureRow {
                code: code.to_owned(),
                direction: "import".to_owned(),
                tax_type: TAX_TYPE.to_owned(),
                rate,
                formula,
                from: day(piece.validity.from),
                until: day(piece.validity.until),
                basis,
                mark: piece.mark(),
                ..MeasureRow::default()
            });
        }
        unknown.extend(names.iter().filter(|n| !texts.contains_key(*n)).cloned());
        out.lines.push(LineRow {
            code: code.to_owned(),
            unit,
            unit2,
            name_ru: path_name(&path),
            from: day(line.begins),
            season: path.iter().rev().find_map(|name| season(name)).unwrap_or_default(),
            ..LineRow::default()
        });
    }
    if !out.lines.is_empty() {
        out.law.push(law());
        out.lists = texts
            .iter()
            .map(|(note, text)| ListRow {
                list: "tariff-note".to_owned(),
                code: note.clone(),
                name_ru: text.clone(),
                ..ListRow::default()
            })
            .collect();
    }
    let not_read = readings.values().filter(|r| **r == Reading::Unread).count();
    let count = |kind| kinds.get(kind).copied().unwrap_or(0);
    out.counts = vec![
        ("codes_10", out.lines.len()),
        ("ad_valorem", count("ad_valorem")),
        ("minimum", count("minimum")),
        ("specific", count("specific")),
        ("compound", count("compound")),
        ("notes_read", readings.len() - not_read),
        ("notes_unread", not_read + unknown.len()),
    ];
    out.tallies = vec![("rows_by_note", rows_by_note)];
    out.unparsed = unparsed.into_iter().collect();
    out.sort();
    out
}

fn law() -> LawRow {
    LawRow {
        id: LAW.to_owned(),
        title_en: "Common Customs Tariff of the Eurasian Economic Union".to_owned(),
        title_zh: "欧亚经济联盟统一海关税则".to_owned(),
        title_ru: "Единый таможенный тариф Евразийского экономического союза".to_owned(),
        reference: "Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, \
                    в редакции на день каждой строки"
            .to_owned(),
        source: "Consolidated PDFs of the Eurasian Economic Commission by chapter. The text of an \
                 official act, not an object of copyright (Civil Code of the Russian Federation, \
                 art. 1259(6))."
            .to_owned(),
    }
}

/// Months as a day of them is written.
const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// The number of a month, from 1.
fn month(name: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|month| *month == name)?;
    i8::try_from(place + 1).ok()
}

/// The part of the year a name says its goods come in, such as `с 1 октября по 31 марта`, as
/// `MM-DD/MM-DD`.
fn season(name: &str) -> Option<String> {
    let day = |number: &str, name: &str| {
        let month = self::month(name.trim_end_matches([',', ':', ';']))?;
        // A season that ends with February ends with its last day in any year.
        let day = if number == "конец" { 29 } else { number.parse::<u8>().ok()? };
        Some(format!("{month:02}-{day:02}"))
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    words.windows(6).find_map(|six| match six {
        ["с", from, month, "по", until, last] => {
            let season = format!("{}/{}", day(from, month)?, day(until, last)?);
            season.parse::<fondaco::measure::Season>().ok().map(|_| season)
        }
        _ => None,
    })
}

/// Whether a row is the wrapped end of the name above it. Four times a line of the print begins
/// with `–40 °С`, whose minus was taken for the dash of a new line.
fn continues(code: &str, name: &str) -> bool {
    code.is_empty()
        && name.starts_with(|c: char| c.is_ascii_digit())
        && name.contains("°")
        && !name.ends_with(':')
}

/// `08.03.2026`, or `as adopted (2022-01-01)`.
fn revision(text: &str) -> Option<Day> {
    match text.strip_prefix("as adopted (") {
        Some(day) => day.strip_suffix(')')?.parse().ok(),
        None => dotted(text),
    }
}

fn dotted(text: &str) -> Option<Day> {
    let mut parts = text.split('.');
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    if parts.next().is_some() { None } else { Day::of(year, month, day).ok() }
}

/// The unit column with its codes in UN/ECE Rec 20; the second is the second supplementary unit.
const LINE_UNITS: &[(&str, &str, &str)] = &[
    ("–", "", ""),
    ("-", "", ""),
    ("", "", ""),
    ("шт", "NMB", ""),
    ("шт (колод)", "NMB", ""),
    ("шт, м", "NMB", "MTR"),
    ("100 шт", "CEN", ""),
    ("1000 шт", "MIL", ""),
    ("пар", "NPR", ""),
    ("кг", "KGM", ""),
    ("г", "GRM", ""),
    ("т", "TNE", ""),
    ("кар", "CTM", ""),
    ("м", "MTR", ""),
    ("м2", "MTK", ""),
    ("м3", "MTQ", ""),
    ("1000 м3", "R9", ""),
    ("л", "LTR", ""),
    ("1000 л", "K6", ""),
    ("л 100% спирта", "LPA", ""),
    ("1000 кВт·ч", "MWH", ""),
    ("Ки", "CUR", ""),
    ("г Д/И", "GFI", ""),
    ("кг 90% с/в", "KSD", ""),
    ("кг N", "KNI", ""),
    ("кг U", "KUR", ""),
    ("кг K2O", "KPO", ""),
    ("кг P2O5", "KPP", ""),
    ("кг NaOH", "KSH", ""),
    ("кг KOH", "KPH", ""),
    ("кг H2O2", "KHY", ""),
];

fn line_units(text: &str) -> Option<[String; 2]> {
    // Subscripts and superscripts came out of the PDF with a space before and behind them.
    let text = text.replace(" 2", "2").replace(" 3", "3").replace(" 5", "5").replace("2 O", "2O");
    let (_, unit, unit2) = LINE_UNITS.iter().find(|(name, ..)| *name == text)?;
    Some([(*unit).to_owned(), (*unit2).to_owned()])
}

/// The formula of a printed duty; `None` where it cannot be read.
///
/// A bare number is per cent of the customs value.
#[must_use]
pub fn duty(text: &str) -> Option<Formula> {
    const LESSER: &str =
        ", в зависимости от того, какая из исчисленных сумм таможенной пошлины ниже";
    let text = squeeze(text);
    if let Some(text) = text.strip_suffix(LESSER) {
        let (one, other) = text.split_once(", либо ")?;
        return Some(Formula::Least(vec![percent(one)?, minimum(other)?]));
    }
    if let Some((one, other)) = text.split_once(" плюс ") {
        return Some(Formula::Sum(vec![percent(one)?, specific(other)?]));
    }
    percent(&text).or_else(|| minimum(&text)).or_else(|| specific(&text))
}

fn minimum(text: &str) -> Option<Formula> {
    let (one, other) = text.split_once(", но не менее ")?;
    Some(Formula::Greatest(vec![percent(one)?, specific(other)?]))
}

fn percent(text: &str) -> Option<Formula> {
    Some(Formula::AdValorem { percent: number(text)?, part: None })
}

fn number(text: &str) -> Option<Decimal> {
    if text.starts_with(['+', '-']) { None } else { decimal(&text.replace(',', ".")) }
}

/// `0,2 евро за 1 кг`.
fn specific(text: &str) -> Option<Formula> {
    let (amount, rest) = text.split_once(' ')?;
    let (currency, rest) = rest.split_once(" за ")?;
    let currency = match currency {
        "евро" => "EUR",
        "доллар США" | "доллара США" | "долларов США" => "USD",
        "рубль" | "рубля" | "рублей" => "RUB",
        _ => return None,
    };
    let (per, unit) = rest.split_once(' ')?;
    let unit = match unit {
        "кг" => "KGM",
        "т" => "TNE",
        "л" => "LTR",
        "м" => "MTR",
        "м2" | "м²" => "MTK",
        "м3" | "м³" => "MTQ",
        "шт" => "NMB",
        "пару" | "пар" => "NPR",
        // Only an engine has its volume in these on a customs declaration.
        "см3 объема двигателя" | "см³ объема двигателя" => "CMQ",
        _ => return None,
    };
    let per = number(per).filter(|per| !per.is_zero())?;
    Some(Formula::Specific {
        amount: number(amount)?,
        currency: currency.parse().ok()?,
        per,
        unit: Token::new(unit).ok()?,
        part: None,
    })
}

/// Whether the table's own columns say the same as the text.
fn agrees(formula: &Formula, derived: [&str; 5]) -> Result<(), String> {
    let [kind, ad_valorem, amount, currency, per] = derived;
    let (wanted, parts): (&str, &[Formula]) = match formula {
        Formula::AdValorem { .. } => ("ADV", std::slice::from_ref(formula)),
        Formula::Specific { .. } => ("SPEC", std::slice::from_ref(formula)),
        Formula::Greatest(parts) => ("ADV_MIN_SPEC", parts),
        Formula::Sum(parts) => ("ADV_PLUS_SPEC", parts),
        // The table has no columns for the rest and leaves them empty.
        _ => ("OTHER", &[]),
    };
    if kind != wanted {
        return Err(format!("`duty_kind` {kind}"));
    }
    let said = parts.iter().find_map(|p| match p {
        Formula::AdValorem { percent, .. } => Some(*percent),
        _ => None,
    });
    if said != number(ad_valorem) {
        return Err(format!("`ad_valorem_pct` {ad_valorem}"));
    }
    let said = parts.iter().find(|p| matches!(p, Formula::Specific { .. }));
    let column =
        format!("{amount} {} за {per}", if currency == "EUR" { "евро" } else { "доллар США" });
    let column = if amount.is_empty() { None } else { specific(&column) };
    if said != column.as_ref() {
        return Err(format!("`specific` {amount} {currency} for {per}"));
    }
    Ok(())
}

fn read_notes(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let table = Table::read(&unfold(bytes)?, &["note", "text_ru"])?;
    if let Some(bad) = table.bad.first() {
        return Err(format!("line {}: {}", bad.line, bad.reason));
    }
    let mut notes = BTreeMap::new();
    for (line, row) in &table.rows {
        let note = note_name(table.field(row, "note"));
        let text = squeeze(table.field(row, "text_ru"));
        if note.is_empty() || text.is_empty() {
            return Err(format!("line {line}: no note or no text"));
        }
        if let Some(before) = notes.insert(note.clone(), text.clone())
            && before != text
        {
            return Err(format!("line {line}: {note} stands twice, with another text"));
        }
    }
    Ok(notes)
}

/// `63С)` as `63С`; the letter is Cyrillic even where the print has the Latin one.
fn note_name(text: &str) -> String {
    text.trim().trim_end_matches(')').replace('C', "С")
}

/// The notes of a line, each once.
fn note_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for name in text.split([' ', ',', ';']).filter(|n| !n.is_empty()).map(note_name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `30.09.2022`, or `30 апреля 2025 г.`
fn russian_day(text: &str) -> Option<Day> {
    let text = text.trim().trim_end_matches("г.").trim();
    let Some((day, rest)) = text.split_once(' ') else { return dotted(text) };
    let (month, year) = rest.split_once(' ')?;
    Day::of(year.parse().ok()?, self::month(month)?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::path::Path;

    use super::super::tests::shared;
    use super::*;

    fn check(text: &str, wanted: &str) {
        let got = duty(text);
        if let Some(formula) = &got {
            assert_eq!(formula.to_string().parse(), Ok(formula.clone()), "{text}");
        }
        assert_eq!(got.map_or("-".to_owned(), |f| f.to_string()), wanted, "{text}");
    }

    #[test]
    fn duties_become_formulas() {
        check("0", "0%");
        check("7,5", "7.5%");
        check("0,4 евро за 1 кг", "0.4 EUR/KGM");
        check("53 доллара США за 1000 кг", "53 USD/1000 KGM");
        check("1,5 евро за 1 пару", "1.5 EUR/NPR");
        check("3 евро за 1 м2", "3 EUR/MTK");
        check("2 евро за 1000 шт", "2 EUR/1000 NMB");
        check("5,7 евро за 1 см³ объема двигателя", "5.7 EUR/CMQ");
        check("10, но не менее 0,2 евро за 1 кг", "max(10%, 0.2 EUR/KGM)");
        check("5 плюс 0,2 евро за 1 кг", "5% + 0.2 EUR/KGM");
        check(
            "15, либо 12,5, но не менее 0,6 евро за 1 см3 объема двигателя, в зависимости от \
             того, какая из исчисленных сумм таможенной пошлины ниже",
            "min(15%, max(12.5%, 0.6 EUR/CMQ))",
        );
        for bad in [
            "",
            "-5",
            "5%",
            "5, но не менее",
            "5 плюс 3",
            "3 тенге за 1 кг",
            "3 евро за 1 бочку",
            "3 евро за 0 кг",
            "3 евро за кг",
            "15, либо 12",
            "пять",
        ] {
            check(bad, "-");
        }
    }

    const HEAD: &str = "row,code,level,dash_depth,name_ru,unit,duty_text,duty_kind,ad_valorem_pct,\
        specific,specific_currency,specific_per,name_notes,duty_notes,plus_mark,source_pdf,\
        pdf_revision,pdf_page\n";

    fn table(rows: &str) -> Imported {
        let rate = "Ставка ввозной таможенной пошлины в размере 3 % от таможенной стоимости";
        let notes = format!(
            "note,text_ru\n9С,Ставка 5 %.\n63С,{rate} применяется по 30.09.2026 включительно.\n"
        );
        import(format!("{HEAD}{rows}").as_bytes(), Some(notes.as_bytes()), Some("RU"), None)
    }

    #[test]
    fn a_row_becomes_a_line_and_a_measure() {
        let got = table(
            "0,0101,4,0,Лошади:,,,,,,,,,,,p,25.04.2022,1\n\
             1,,0,1,прочие:,,,,,,,,,,,p,25.04.2022,1\n\
             2,0101210000,10,2,стойкие при,м 2,\"10, но не менее 0,2 евро за 1 кг\",ADV_MIN_SPEC,10,0.2,EUR,1 кг,,9C),,p,as adopted (2022-01-01),1\n\
             3,,0,1,40 °С и ниже,,,,,,,,,,,p,25.04.2022,1\n\
             4,0101220000,10,2,прочие,\"шт, м\",5,ADV,5,,,,,63С),+,p,08.03.2026,1\n\
             5,0101230000,10,2,новые,–,5,ADV,5,,,,,107С),,p,08.03.2026,1\n",
        );
        assert_eq!(got.refused, []);
        assert_eq!(got.unparsed, Vec::<String>::new());
        let lines: Vec<_> =
            got.lines.iter().map(|l| (&*l.name_ru, &*l.unit, &*l.unit2, &*l.from)).collect();
        assert_eq!(
            lines,
            [
                ("Лошади > прочие > стойкие при –40 °С и ниже", "MTK", "", "2022-01-01"),
                ("Лошади > прочие > прочие", "NMB", "MTR", "2026-03-08"),
                ("Лошади > прочие > новые", "", "", "2026-03-08"),
            ]
        );
        let measures: Vec<_> = got
            .measures
            .iter()
            .map(|m| [&*m.rate, &*m.formula, &*m.from, &*m.until, &*m.basis, &*m.mark])
            .collect();
        let (minimum, edition) = ("max(10%, 0.2 EUR/KGM)", "2026-03-08");
        assert_eq!(
            measures,
            [
                ["", minimum, "2022-01-01", "", "eaeu-ett", "note 9С unread"],
                ["3", "", edition, "2026-09-30", "eaeu-ett, note 63С", ""],
                ["5", "", "2026-10-01", "", "eaeu-ett", ""],
                ["5", "", edition, "", "eaeu-ett", "note 107С unread"],
            ]
        );
        assert_eq!(got.counts[5..], [("notes_read", 1), ("notes_unread", 2)]);
        let by = ["107С", "63С", "9С"].map(|note| (note.to_owned(), 1));
        assert_eq!(got.tallies, [("rows_by_note", BTreeMap::from(by))]);
    }

    #[test]
    fn a_bad_row_is_refused_alone() {
        let check = |row: &str, reason: &str| {
            let got = table(&format!(
                "{row}\n9,0199990000,10,1,добрая,шт,5,ADV,5,,,,,,,p,08.03.2026,1\n"
            ));
            assert_eq!(got.lines.len(), 1, "{row}");
            assert_eq!(got.refused.len(), 1, "{row}");
            assert_eq!(got.refused[0].line, 2, "{row}");
            assert!(got.refused[0].reason.contains(reason), "{}", got.refused[0].reason);
        };
        check("2,0101210000,10,2,x,шт,5,ADV,6,,,,,,,p,08.03.2026,1", "`ad_valorem_pct` 6 disagree");
        check("2,0101210000,10,2,x,шт,5,SPEC,5,,,,,,,p,08.03.2026,1", "`duty_kind` SPEC disagree");
        check(
            "2,0101210000,10,2,x,шт,5 плюс 1 евро за 1 кг,ADV_PLUS_SPEC,5,2,EUR,1 кг,,,,p,08.03.2026,1",
            "`specific` 2 EUR for 1 кг disagree",
        );
        check(
            "2,0101210000,10,2,x,бочка,5,ADV,5,,,,,,,p,08.03.2026,1",
            "no unit is called `бочка`",
        );
        check("2,01012100,10,2,x,шт,5,ADV,5,,,,,,,p,08.03.2026,1", "want ten digits");
        check("2,0101210000,10,many,x,шт,5,ADV,5,,,,,,,p,08.03.2026,1", "`dash_depth` is `many`");
        check("2,0101210000,10,2", "4 fields where the header has 18");
        let got = table("2,0101210000,10,2,x,шт,как договорятся,OTHER,,,,,,,,p,08.03.2026,1\n");
        assert_eq!(got.unparsed, ["как договорятся"]);
        assert!(got.measures[0].rate.is_empty() && got.measures[0].formula.is_empty());
        let whole = |bytes: &[u8], notes, state, from| {
            import(bytes, notes, state, from).refused.remove(0).reason
        };
        assert!(whole(b"a,b\n", None, None, None).contains("no column `code`"));
        assert!(whole(HEAD.as_bytes(), Some(b"x"), None, None).starts_with("the notes"));
        assert_eq!(whole(HEAD.as_bytes(), None, Some("US"), None), "`US` is no member state");
        assert!(whole(HEAD.as_bytes(), None, None, Some("x")).starts_with("`from`"));
    }

    #[test]
    fn the_tariff_is_taken_whole() {
        let Some(tariff) = shared("eaeu-ett/ett_2026-03-08.csv.gz") else { return };
        let Some(notes) = shared("eaeu-ett/ett_notes_2025-09-21.csv") else { return };
        let got = import(&tariff, Some(&notes), Some("RU"), None);
        println!("{:?} {:?}", got.counts, got.tallies);
        assert_eq!(got.refused, []);
        assert_eq!(got.unparsed, Vec::<String>::new());
        assert_eq!(
            got.counts,
            [
                ("codes_10", 13_289),
                ("ad_valorem", 11_560),
                ("minimum", 1_072),
                ("specific", 617),
                ("compound", 40),
                ("notes_read", 105),
                ("notes_unread", 12),
            ]
        );
        for measure in &got.measures {
            assert!(measure.rate.is_empty() != measure.formula.is_empty(), "{measure:?}");
        }
        let marked = got.measures.iter().filter(|m| !m.mark.is_empty());
        assert_eq!(marked.clone().count(), 42);
        assert!(marked.clone().all(|m| m.mark.ends_with("unread")));

        // The pack carried is this, made for the country of its profile.
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/packs/eaeu");
        let read = |name: &str| std::fs::read(pack.join(name)).unwrap();
        let profile = String::from_utf8(read("profile.toml")).unwrap();
        assert!(profile.contains("\ncountry = \"RU\"\n"));
        let files = got.files(&read("law.csv")).unwrap();
        let (made, held) = (&files["measures.csv.zst"], read("measures.csv.zst"));
        assert!(zstd::decode_all(&**made).unwrap() == zstd::decode_all(&*held).unwrap());
        assert!(files["lists/tariff-note.csv"] == read("lists/tariff-note.csv"));
    }
}
