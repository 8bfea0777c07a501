//! China's import tariff of a year, as a table of the printed one: MFN and provisional rates by
//! eight-digit code, with the names and units of the statistics nomenclature.
//!
//! The printed rate (`rate_text`) is read and held against the columns made from it.

use std::collections::HashSet;

use fondaco::money::{Decimal, decimal};

use super::{Imported, Table, unfold};
use crate::pack::rows::{LawRow, LineRow, MeasureRow};

const LAW: &str = "cn-tariff-2026";
const FROM: &str = "2026-01-01";
const UNTIL: &str = "2026-12-31";

/// Reads the tariff of 2026. The year's last day stands on every row: rates are set anew each year.
///
/// A code whose applied rate is not a number in the table gets a row with neither rate nor formula:
/// not known. A circled mark of the print (tariff quotas, specific and alternative duties) is kept as
/// `note ①`; its meaning is not in the table. `from` overrides the first day.
///
/// Counts: `lines`, `mfn` (with an MFN rate), `provisional`, `marked`, `unknown`.
#[must_use]
pub fn import(bytes: &[u8], from: Option<&str>) -> Imported {
    const COLUMNS: &[&str] = &[
        "hs8",
        "mfn_pct",
        "provisional_pct",
        "mark",
        "rate_text",
        "name_zh_2023",
        "name_en_2023",
        "unit1",
        "unit2",
    ];
    let table = match unfold(bytes).and_then(|bytes| Table::read(&bytes, COLUMNS)) {
        Ok(table) => table,
        Err(reason) => return Imported::whole(reason),
    };
    let mut out = Imported { refused: table.bad.clone(), ..Imported::default() };
    let (mut mfn, mut provisional, mut marked) = (0, 0, 0);
    let mut seen = HashSet::new();
    let from = from.unwrap_or(FROM);
    for (line, row) in &table.rows {
        let field = |column| table.field(row, column);
        let code = field("hs8");
        if code.len() != 8 || !code.bytes().all(|b| b.is_ascii_digit()) {
            out.refuse(*line, format!("`hs8` is `{code}`: want eight digits"));
            continue;
        }
        if seen.contains(code) {
            out.refuse(*line, format!("{code} stands twice"));
            continue;
        }
        let columns = ["mfn_pct", "provisional_pct", "mark"].map(field);
        let printed = match Printed::read(field("rate_text"), columns) {
            Ok(printed) => printed,
            Err(reason) => {
                out.refuse(*line, format!("{code}: {reason}"));
                continue;
            }
        };
        let (Some(unit), Some(unit2)) = (unit(field("unit1")), unit(field("unit2"))) else {
            let units = format!("`{}` or `{}`", field("unit1"), field("unit2"));
            out.refuse(*line, format!("{code}: no unit is called {units}"));
            continue;
        };
        seen.insert(code.to_owned());
        mfn += usize::from(printed.mfn.is_some());
        provisional += usize::from(printed.provisional.is_some());
        marked += usize::from(!printed.marks.is_empty());
        let (rate, place) = printed.applied();
        out.lines.push(LineRow {
            code: code.to_owned(),
            unit: unit.to_owned(),
            unit2: unit2.to_owned(),
            name_en: super::squeeze(field("name_en_2023")),
            name_zh: super::squeeze(field("name_zh_2023")),
            from: from.to_owned(),
            until: UNTIL.to_owned(),
            ..LineRow::default()
        });
        out.measures.push(MeasureRow {
            code: code.to_owned(),
            direction: "import".to_owned(),
            // The most-favoured-nation rate is for origins that have it, not for all.
            origin: "~mfn".to_owned(),
            tax_type: "DTY".to_owned(),
            rate: rate.map(|r| r.normalize().to_string()).unwrap_or_default(),
            from: from.to_owned(),
            until: UNTIL.to_owned(),
            basis: format!("{LAW}, {place}"),
            mark: if printed.marks.is_empty() {
                String::new()
            } else {
                format!("note {}", printed.marks)
            },
            ..MeasureRow::default()
        });
    }
    if !out.lines.is_empty() {
        out.law.push(law());
    }
    out.counts = vec![
        ("lines", out.lines.len()),
        ("mfn", mfn),
        ("provisional", provisional),
        ("marked", marked),
        ("unknown", out.measures.iter().filter(|m| m.rate.is_empty()).count()),
    ];
    out.sort();
    out
}

fn law() -> LawRow {
    LawRow {
        id: LAW.to_owned(),
        title_en: "Import and Export Tariff of the People's Republic of China (2026)".to_owned(),
        title_zh: "中华人民共和国进出口税则（2026）".to_owned(),
        title_ru: "Импортный и экспортный тариф Китайской Народной Республики (2026)".to_owned(),
        reference: "国务院关税税则委员会公告2025年第12号".to_owned(),
        source:
            "Transcribed line by line from the printed tariff; names and units are those of the \
                 statistics nomenclature of 2023. Facts of an official act, not protected \
                 (Copyright Law of the PRC, art. 5)."
                .to_owned(),
    }
}

/// A printed rate: `10`, `10∆7` (provisional 7), `65①`, `20∆①`, `①`, or nothing.
struct Printed {
    mfn: Option<Decimal>,
    provisional: Option<Decimal>,
    /// A provisional rate is printed, as a number or only as a mark.
    has_provisional: bool,
    marks: String,
}

impl Printed {
    fn read(text: &str, [mfn, provisional, mark]: [&str; 3]) -> Result<Self, String> {
        let is_mark = |c: &char| ('①'..='⑳').contains(c);
        let marks: String = text.chars().filter(is_mark).collect();
        let plain: String = text.chars().filter(|c| !is_mark(c)).collect();
        let (first, second) = match plain.split_once('∆') {
            Some((first, second)) => (first, Some(second)),
            None => (plain.as_str(), None),
        };
        let number = |text: &str| match (text.trim(), decimal(text.trim())) {
            ("", _) => Ok(None),
            (_, Some(number)) if !number.is_sign_negative() => Ok(Some(number)),
            _ => Err(format!("`{text}` is no rate")),
        };
        let read = Self {
            mfn: number(first)?,
            provisional: number(second.unwrap_or_default())?,
            has_provisional: second.is_some(),
            marks,
        };
        if (read.mfn, read.provisional) != (number(mfn)?, number(provisional)?)
            || read.marks != mark
        {
            return Err(format!(
                "the text `{text}` and `{mfn}`, `{provisional}`, `{mark}` disagree"
            ));
        }
        Ok(read)
    }

    /// The rate that applies and which it is. A provisional rate goes before MFN where it is lower;
    /// one that is printed as a mark only is not known, and so is what applies.
    fn applied(&self) -> (Option<Decimal>, &'static str) {
        match (self.mfn, self.provisional) {
            (_, None) if self.has_provisional => (None, "provisional rate"),
            (mfn, Some(provisional)) if mfn.is_none_or(|mfn| provisional < mfn) => {
                (Some(provisional), "provisional rate")
            }
            (mfn, _) => (mfn, "MFN"),
        }
    }
}

/// A statutory unit with its code in UN/ECE Rec 20. Counting words of every kind are pieces; `?` is
/// the table's own "none".
fn unit(text: &str) -> Option<&'static str> {
    Some(match text {
        "" | "?" | "无" => "",
        "千克" => "KGM",
        "克" => "GRM",
        "吨" => "TNE",
        "克拉" => "CTM",
        "升" => "LTR",
        "千升" => "K6",
        "米" => "MTR",
        "千米" => "KMT",
        "平方米" => "MTK",
        "立方米" => "MTQ",
        "千瓦时" => "KWH",
        "百万贝可" => "4N",
        "双" => "NPR",
        "套" => "SET",
        "打" => "DZN",
        "百个" | "百支" | "百枝" | "百块" => "CEN",
        "千个" | "千支" | "千枝" | "千块" => "MIL",
        "个" | "台" | "辆" | "件" | "只" | "条" | "艘" | "架" | "支" | "枝" | "株" | "张"
        | "幅" | "片" | "盘" | "副" | "把" | "座" | "块" | "根" | "头" | "匹" | "部" | "具" => {
            "NMB"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::tests::shared;
    use super::*;

    const HEAD: &str =
        "hs8,mfn_pct,provisional_pct,mark,rate_text,name_zh_2023,name_en_2023,unit1,unit2\n";

    fn check(row: &str, wanted: &str) {
        let got = import(format!("{HEAD}{row}\n99999999,1,,,1,好,good,千克,?\n").as_bytes(), None);
        let last = got.measures.last().unwrap();
        assert_eq!((&*last.code, &*last.rate, &*last.until), ("99999999", "1", "2026-12-31"));
        let got = match got.refused.first() {
            Some(refused) => format!("{}: {}", refused.line, refused.reason),
            None => {
                let (l, m) = (&got.lines[0], &got.measures[0]);
                assert!(m.formula.is_empty() && m.regime.is_empty() && m.tax_type == "DTY");
                format!("{} {} [{}] {} {} {}", l.unit, l.unit2, m.rate, m.basis, m.mark, l.name_zh)
            }
        };
        assert_eq!(got.trim_end(), wanted, "{row}");
    }

    #[test]
    fn rows_become_lines_and_applied_rates() {
        check("01012100,0,,,0,马,Horse,千克,头", "KGM NMB [0] cn-tariff-2026, MFN  马");
        check(
            "03021410,10,7,,10∆7,鱼,Fish,千克,?",
            "KGM  [7] cn-tariff-2026, provisional rate  鱼",
        );
        check("03021410,10,12,,10∆12,鱼,Fish,千克,?", "KGM  [10] cn-tariff-2026, MFN  鱼");
        check("10011100,65,,①,65①,麦,Wheat,千克,?", "KGM  [65] cn-tariff-2026, MFN note ① 麦");
        check("02071411,,,①,①,鸡,Chicken,千克,?", "KGM  [] cn-tariff-2026, MFN note ① 鸡");
        check(
            "40011000,20,,①,20∆①,胶,Rubber,千克,?",
            "KGM  [] cn-tariff-2026, provisional rate note ① 胶",
        );
        check(
            "37024229,,,①②,①∆②,片,Film,米,平方米",
            "MTR MTK [] cn-tariff-2026, provisional rate note ①② 片",
        );
        check("12112031,,,,,,,,", "  [] cn-tariff-2026, MFN");
        check("84011000,2,,,2,堆,Reactor,台,百万贝可", "NMB 4N [2] cn-tariff-2026, MFN  堆");
    }

    #[test]
    fn bad_rows_are_refused_alone() {
        check("0101210,0,,,0,马,Horse,千克,头", "2: `hs8` is `0101210`: want eight digits");
        check(
            "99999999,2,,,1,马,Horse,千克,头",
            "2: 99999999: the text `1` and `2`, ``, `` disagree",
        );
        check(
            "01012100,5,,①,5,马,Horse,千克,头",
            "2: 01012100: the text `5` and `5`, ``, `①` disagree",
        );
        check("01012100,x,,,x,马,Horse,千克,头", "2: 01012100: `x` is no rate");
        check("01012100,-1,,,-1,马,Horse,千克,头", "2: 01012100: `-1` is no rate");
        check("01012100,1,,,1,马,Horse,斤,头", "2: 01012100: no unit is called `斤` or `头`");
        check("01012100,1", "2: 2 fields where the header has 9");
    }

    #[test]
    fn the_tariff_is_taken_whole() {
        let Some(tariff) = shared("cn-mfn-2026/mfn_2026.csv") else { return };
        let got = import(&tariff, None);
        println!("{:?}", got.counts);
        assert_eq!(got.refused, []);
        assert_eq!(
            got.counts,
            [
                ("lines", 8_972),
                ("mfn", 7_568),
                ("provisional", 508),
                ("marked", 70),
                ("unknown", 1_407),
            ]
        );
        let formulas = got.measures.iter().filter(|m| !m.formula.is_empty()).count();
        assert_eq!(formulas, 0);
    }
}
