//! The wording piece by piece, and the rows that made-up headings make.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::countries::list_at;
use super::*;
use crate::pack::cel;

mod curated;

#[test]
fn texts_are_folded_to_one_spelling() {
    let check = |text: &str, wanted: &str| assert_eq!(fold(text), wanted);
    check("<b>Côte D\u{2019}Ivoire</b>  and T\u{fc}rkiye", "cote d'ivoire and turkiye");
    check("Co\u{302}te d`Ivoire", "cote d'ivoire");
    check("9903.01.26\u{2013}  9903.01.33", "9903.01.26-9903.01.33");
    check("eastern day light\u{a0}time", "eastern daylight time");
    check("a < b", "a < b");
}

#[test]
fn lists_of_countries_are_read_as_one() {
    let check = |text: &str, wanted: &str, rest: &str| {
        let (countries, len) = list_at(text);
        assert_eq!((countries.join("|").as_str(), &text[len..]), (wanted, rest), "{text}");
    };
    check("turkiye, viet nam, and bosnia and herzegovina that", "TR|VN|BA", " that");
    check("china, including hong kong and macau, as", "CN|HK|MO", ", as");
    check("democratic republic of the congo, as", "CD", ", as");
    check("the republic of the congo or the philippines", "CG|PH", "");
    check("switzerland or liechtenstein, with", "CH|LI", ", with");
    check(
        "argentina (as specified in (h)(i)), of canada specified in subdivision (f) of such note, \
         of mexico or of the united kingdom entered",
        "AR|CA|MX|GB",
        " entered",
    );
    check("nigeria", "NG", "");
    check("guinea-bissau", "GW", "");
    check("the freedonian republic", "", "the freedonian republic");
    check("indiana", "", "indiana");
    assert_eq!(list_at("european union.").0.len(), 27);
}

#[test]
fn rates_are_read_or_said_to_be_unread() {
    let check = |text: &str, wanted: &str| {
        assert_eq!(format!("{:?}", Rate::read(text)), wanted, "{text}");
    };
    check("", "Blank");
    check("Free", "NothingAdded");
    check("No change.", "NothingAdded");
    check("The duty provided in the applicable subheading.", "NothingAdded");
    check("The duty provided for inthe applicable subheading +10%", "Added(10, None)");
    check("The duty provided in the applicable subheading plus 7.5%", "Added(7.5, None)");
    check("The duty provided in the applicable subheading + 10% (AU, BH,CA)", "Added(10, None)");
    check(
        "The duty provided in the applicable subheading + a duty of 50% upon the value of the \
         steel content.",
        "Added(50, Some(\"steel content\"))",
    );
    check("15%", "Total(15)");
    for text in [
        "The duty provided in the applicable subheading + 3.5 cents/kg",
        "The duty provided in the applicable subheading + 10% but not less than 2%",
        "3.5¢/kg",
        "See note 2",
        "15% or 20%",
    ] {
        check(text, "Unread");
    }
}

#[test]
fn notes_and_headings_are_found() {
    let check = |text: &str, wanted: &str| {
        let got: Vec<String> =
            text::notes(text).iter().map(|n| format!("{}{}", n.number, n.part)).collect();
        assert_eq!(got.join(" "), wanted, "{text}");
    };
    check("as provided for in u.s. note 2(s) to this subchapter", "2(s)");
    check("subdivisions (d) and (f) of u.s. note 37 of this subchapter", "37(d) 37(f)");
    check("subdivision (v)(vi) through (v)(xi) of note 2", "2(v)(vi) 2(v)(xi)");
    check("subdivision (m) or subdivision (n) of note 16", "16(m) 16(n)");
    check("the terms of general note 11, statistical note 1", "");
    check("subdivision (q)", "");
    let check = |text: &str, wanted: &str| {
        assert_eq!(text::headings(text).join(" "), wanted, "{text}");
    };
    check("see 9903.88.15 and 9903.91.01.", "99038815 99039101");
    check("see subheadings 9903.88.05-9903.88.08.", "99038805 99038806 99038807 99038808");
    check("9903.01.26 through heading 9903.01.28", "99030126 99030127 99030128");
    check("see 9903.92.", "990392");
    check("9903.01.99-9903.02.01", "99030199 99030201");
    check("199, 99.03, 9903", "");
    let check = |text: &str, wanted: &str| {
        assert_eq!(text::ordinary_codes(text).join(" "), wanted, "{text}");
    };
    check("subheading 0406.40.44, 0406.40.54, or 0406.40.70)", "04064044 04064054 04064070");
    check("classified in htsus heading 8702 as", "8702");
    check("heading 4105, 4106 or 4112); in 2025", "4105 4106 4112");
    check("numbers 8802.40.0040 or 17012.90.10, 9903.45.01", "8802400040");
}

/// A description as `what it takes; days; exceptions; conditions; doubts`.
fn shown(description: &str) -> String {
    let w = Wording::read(description);
    let whose = if w.any { "any".to_owned() } else { w.countries.join("|") };
    let what = if w.all_products { "all" } else { &w.product };
    let day = |day: Option<Day>| day.map_or("-".to_owned(), |day| day.to_string());
    let mut out = format!("{whose}: {what}");
    if w.from.is_some() || w.until.is_some() {
        out.push_str(&format!("; {} to {}", day(w.from.map(|f| f.0)), day(w.until)));
    }
    if w.status != Status::Active {
        out.push_str(&format!("; {:?}", w.status));
    }
    if !w.but_headings.is_empty() || !w.but_countries.is_empty() {
        out.push_str(&format!(
            "; but {}",
            [w.but_headings, w.but_countries.iter().map(|c| (*c).to_owned()).collect()]
                .concat()
                .join(" ")
        ));
    }
    for condition in w.conditions {
        out.push_str(&format!("; {condition:?}"));
    }
    for doubt in w.doubts {
        out.push_str(&format!("; {doubt:?}?"));
    }
    out
}

#[test]
fn descriptions_are_read_clause_by_clause() {
    let check = |text: &str, wanted: &str| assert_eq!(shown(text), wanted, "{text}");
    let note = "as provided for in subdivision (v) of U.S. note 2 to this subchapter";
    check(
        &format!(
            "Except for products described in headings 9903.01.30–9903.01.32, and except as \
                  provided for in heading 9903.01.34, articles the product of any country, {note}"
        ),
        "any: all; but 99030130 99030131 99030132 99030134",
    );
    check(
        &format!(
            "Except for goods loaded onto a vessel at the port of loading and in transit on \
                  the final mode of transit before 12:01 a.m. eastern day light time on August 7, \
                  2025, and entered for consumption or withdrawn from warehouse for consumption \
                  before 12:01 a.m. eastern daylight time on October 5, 2025,except for products \
                  described in headings 9903.01.30, articles the product of Japan, with an ad \
                  valorem (or ad valorem equivalent) rate of duty under column 1 less than 15 \
                  percent, {note}"
        ),
        "JP: all; 2025-08-07 to -; but 99030130",
    );
    check(
        &format!(
            "Articles the product of any country, except for articles the product of China, \
                  including Hong Kong and Macau, as described in heading 9903.01.63 that are \
                  entered for consumption, or withdrawn from warehouse for consumption, after \
                  12:01 a.m. eastern daylight time on April 9, 2025, {note}"
        ),
        "any: all; but CN HK MO",
    );
    check(
        "Effective with respect to entries on or after January 1, 2025, and before January 1, 2026, \
         articles the product of China, as provided for in subdivision (e) of U.S. note 31",
        "CN: all; 2025-01-01 to 2025-12-31",
    );
    check(
        "Effective with respect to entries on or after June 15, 2025 and through August 31, 2025, \
         articles the product of China, as provided for in U.S. note 20(vvv), each covered by an \
         exclusion granted by the U.S. Trade Representative",
        "CN: all; 2025-06-15 to 2025-08-31; Claimed",
    );
    check(
        "Articles the product of Canada that are donations, by persons subject to the jurisdiction \
         of the United States, as provided for in U.S. note 2(k)",
        "CA: all; Claimed",
    );
    check(
        "Articles the product of any country identified in general note 3(b)",
        "any: all; Column2",
    );
    check(
        "Potash that is a product of Mexico, as provided for in U.S. note 2(c)",
        "MX: potash that is a",
    );
    check("Articles the product of Canada: Crude oil and coal", "CA: articles");
    check(
        "Wood products of Japan as provided for in subdivisions (d) and (f) of U.S. note 37",
        "JP: wood",
    );
    check(
        "Solar cells, when the product of a country other than a country described in note 18(b)",
        ": solar cells, when the product of a country other than a country; Origin?; OriginInNote?",
    );
    check(
        "Except for derivative products described in heading 9903.80.03, products of iron or steel \
         provided for in headings enumerated in note 16, except products of Argentina, of Canada \
         (as specified in subdivision (h)(i) of such note 16), or of the United Kingdom, under any \
         provisions",
        "any: products of iron or steel; but 99038003 AR CA GB",
    );
}

#[test]
fn compilers_notes_end_suspend_and_begin() {
    let check = |note: &str, wanted: &str| {
        let text = format!("Articles the product of India <b>[{note}]</b>");
        assert_eq!(shown(&text), format!("IN: all{wanted}"), "{note}");
    };
    check("Compiler\u{2019}s note: provision terminated.see 90 Fed. Reg. 37963.", "; Ended");
    check("Compiler's note: terminated effective February 7, 2026.", "; - to 2026-02-06");
    check("Compilers note: provision suspended.", "; Suspended");
    check("Compiler's note: suspended until November 10, 2026.", "; 2026-11-10 to -");
    check(
        "Compiler's note: Duties suspended except on certain goods entered from foreign trade \
           zones.",
        "; Suspended",
    );
    check("Compiler's note: suspended except for aircraft.", "; CompilersNote?");
    check(
        "Compilers note: this heading is effective on or after June 30, 2025. For more \
           information, see 90 Fed. Reg. 27851.",
        "; 2025-06-30 to -",
    );
    check(
        "Compiler's note: Executive Order 14323 was signed on July 30, 2025, and became \
           effective on August 6, 2025.",
        "; 2025-08-06 to -",
    );
    check("Compiler's note: [insert EO number] refers to Executive Order 14326.", "");
    check("Compiler's note: see 90 Fed. Reg. 37963.", "");
    check("Compiler's note: see Executive Order 14999 about this.", "; CompilersNote?");
    check("Compiler's note: never closed", "; CompilersNote?");
}

const APPLICABLE: &str = "The duty provided in the applicable subheading";

/// A record of an export; a rate that begins with `+` is on top of the applicable one.
fn record(htsno: &str, description: &str, rate: &str) -> Value {
    let general = if rate.is_empty() || rate.starts_with('+') {
        format!("{APPLICABLE} {rate}")
    } else {
        rate.to_owned()
    };
    serde_json::json!({
        "htsno": htsno, "indent": "0", "description": description,
        "general": general, "other": general,
    })
}

/// The rows of records on a day, each as `code origin rate when from until heading`.
fn made(records: &[Value], from: &str) -> Vec<String> {
    let mut out = Imported::default();
    let unread = add(records, from, &mut out);
    let mut all: Vec<String> = out
        .measures
        .iter()
        .map(|row| {
            assert!(cel::parse(&row.when).is_ok(), "{}", row.when);
            let rate = if row.rate.is_empty() { &row.formula } else { &row.rate };
            let rate = if rate.is_empty() { "?" } else { rate };
            let codes = row.when.replace("item.additional_codes.exists(c, c in ", "");
            let codes = codes.replace(['"', ')'], "");
            let place = row.basis.strip_prefix("us-htsus-99, ").unwrap();
            [&row.code, &row.origin, rate, &codes, &row.from, &row.until, place].join(";")
        })
        .collect();
    all.extend(unread);
    all
}

#[test]
fn wordings_to_come_give_the_right_row_or_an_unknown_one() {
    let check = |records: &[Value], wanted: &[&str]| {
        assert_eq!(made(records, "2026-01-10"), wanted);
    };
    // A programme of another section, with an end.
    check(
        &[
            record(
                "9903.03.01",
                "Except for products described in headings 9903.03.02–9903.03.07, \
                    articles the product of any country that are entered for consumption, or \
                    withdrawn from warehouse for consumption, on or after 12:01 a.m. eastern \
                    standard time on February 24, 2026, and before 12:01 a.m. eastern daylight \
                    time on July 24, 2026, as provided for in subdivision (aa) of U.S. note 2 to \
                    this subchapter",
                "+ 10%",
            ),
            record(
                "9903.03.02",
                "Articles the product of any country, classified in the \
                    subheadings enumerated in subdivision (aa)(ii) of U.S. note 2",
                "",
            ),
            record(
                "9903.03.07",
                "Articles the product of Canada that are entered free of duty \
                    under the terms of general note 11",
                "",
            ),
        ],
        &[";;10;![99030302, 99030307];2026-02-24;2026-07-23;heading 9903.03.01, s122/section_122"],
    );
    let general = "Articles the product of any country, except for products described in headings \
                   9903.02.02–9903.02.89, as provided for in subdivision (v) of U.S. note 2 to \
                   this subchapter";
    let v = "as provided for in subdivision (v) of U.S. note 2 to this subchapter";
    // A rate that a floor replaces, and a new floor for two countries.
    let rows = made(
        &[
            record("9903.01.25", general, "+ 10%"),
            record(
                "9903.02.56",
                &format!(
                    "Articles the product of South Korea, {v} [Compiler’s \
                    note: provision terminated. See 90 Fed. Reg. 55555]"
                ),
                "+ 15%",
            ),
            record(
                "9903.02.79",
                &format!(
                    "Articles the product of South Korea, with an ad valorem \
                    (or ad valorem equivalent) rate of duty under column 1-Special less than 15 \
                    percent, {v}"
                ),
                "15%",
            ),
            record(
                "9903.02.82",
                &format!(
                    "Articles the product of Switzerland or Liechtenstein, \
                    with an ad valorem rate of duty under column 1 less than 15 percent, {v}"
                ),
                "15%",
            ),
        ],
        "2026-01-10",
    );
    assert_eq!(
        rows,
        [
            ";!CH|!KR|!LI;10;;2026-01-10;;heading 9903.01.25, ieepa/reciprocal",
            ";KR;upto(15%, DTY);;2026-01-10;;heading 9903.02.79, ieepa/reciprocal",
            ";CH|LI;upto(15%, DTY);;2026-01-10;;heading 9903.02.82, ieepa/reciprocal",
        ]
    );
    // An origin that is not understood: the goods asked for might be of it.
    check(
        &[
            record("9903.01.25", general, "+ 10%"),
            record("9903.02.83", &format!("Articles the product of Chad, {v}"), "+ 15%"),
            record(
                "9903.02.90",
                &format!("Articles the product of the Freedonian Republic, {v}"),
                "+ 12%",
            ),
        ],
        &[
            ";!TD;?;;2026-01-10;;heading 9903.01.25, ieepa/reciprocal",
            ";TD;15;;2026-01-10;;heading 9903.02.83, ieepa/reciprocal",
            "heading 9903.02.90: the origin is not understood",
        ],
    );
    // A note that is not understood, one that ends a heading, one that suspends it to a day.
    check(
        &[record(
            "9903.02.91",
            &format!(
                "Articles the product of Türkiye, {v} [Compiler's note: \
                  see Executive Order 14999 about this.]"
            ),
            "+ 9%",
        )],
        &[
            ";TR;?;;2026-01-10;;heading 9903.02.91, ieepa/reciprocal",
            "heading 9903.02.91: a compiler's note is not understood",
        ],
    );
    check(
        &[record(
            "9903.01.84",
            "Articles the product of India that are entered for consumption, or \
                  withdrawn from warehouse for consumption, after 12:01 a.m. eastern daylight time \
                  on August 27, 2025, as provided for in subdivision (z) of U.S. note 2 to this \
                  subchapter [Compiler's note: provision terminated effective February 7, 2026.]",
            "+ 25%",
        )],
        &[";IN;25;;2026-01-10;2026-02-06;heading 9903.01.84, ieepa/india"],
    );
    check(
        &[record(
            "9903.01.63",
            &format!(
                "Articles the product of China, including Hong Kong and \
                  Macau, {v} <b>[Compiler's note: provision suspended until November 10, 2026.]\
                  </b>"
            ),
            "+ 34%",
        )],
        &[";CN|HK|MO;34;;2026-11-10;;heading 9903.01.63, ieepa/reciprocal"],
    );
    // Tiers of which a note says which goods are in them.
    check(
        &[
            record(
                "9903.82.02",
                "Articles of steel as provided for in subdivision (b) of U.S. \
                    note 16 to this subchapter",
                "+ 50%",
            ),
            record(
                "9903.82.04",
                "Articles of steel as provided for in subdivision (c) of U.S. \
                    note 16 to this subchapter",
                "+ 25%",
            ),
        ],
        &[
            ";;?;![99038202, 99038204];2026-01-10;;heading 9903.82.04, s232/steel, left to a U.S. note",
            ";;50;[99038202];2026-01-10;;heading 9903.82.02, s232/steel, as stated",
            ";;25;[99038204];2026-01-10;;heading 9903.82.04, s232/steel, as stated",
        ],
    );
    // A rate that is not understood, under a note that no table knows.
    check(
        &[record(
            "9903.04.99",
            "Articles the product of any country, as provided in note 44",
            "+ 3.5 cents/kg",
        )],
        &[
            ";;?;![99030499];2026-01-10;;heading 9903.04.99, unknown/us_note_44, left to a U.S. note",
            ";;?;[99030499];2026-01-10;;heading 9903.04.99, unknown/us_note_44, as stated",
            "heading 9903.04.99: The duty provided in the applicable subheading + 3.5 cents/kg",
        ],
    );
}

#[test]
fn a_note_that_may_list_products_leaves_the_rate_unknown() {
    let check = |text: &str, wanted: &[&str]| {
        assert_eq!(made(&[record("9903.05.01", text, "+ 5%")], "2026-01-10"), wanted, "{text}");
    };
    check(
        "Articles the product of Chad, as provided for in subdivision (bb) of U.S. note 2",
        &[";TD;5;;2026-01-10;;heading 9903.05.01, unknown/us_note_2(bb)"],
    );
    check(
        "Articles the product of Chad, as provided for in the subheadings enumerated in U.S. note 2",
        &[
            ";TD;?;![99030501];2026-01-10;;heading 9903.05.01, unknown/us_note_2, left to a U.S. note",
            ";TD;5;[99030501];2026-01-10;;heading 9903.05.01, unknown/us_note_2, as stated",
        ],
    );
    check(
        "Articles the product of Chad, as provided for in U.S. note 45",
        &[
            ";TD;?;![99030501];2026-01-10;;heading 9903.05.01, unknown/us_note_45, left to a U.S. \
              note",
            ";TD;5;[99030501];2026-01-10;;heading 9903.05.01, unknown/us_note_45, as stated",
        ],
    );
    check(
        "Bottles of Chad (provided for in subheading 7010.90.20)",
        &[
            "70109020;TD;?;![99030501];2026-01-10;;heading 9903.05.01, other/block_9903.05, for some \
             goods of the line",
            "70109020;TD;5;[99030501];2026-01-10;;heading 9903.05.01, other/block_9903.05, as stated",
        ],
    );
    check(
        "Bottles of Chad",
        &[
            ";TD;?;![99030501];2026-01-10;;heading 9903.05.01, other/block_9903.05, for some goods \
             of the line",
            ";TD;5;[99030501];2026-01-10;;heading 9903.05.01, other/block_9903.05, as stated",
        ],
    );
}

#[test]
fn footnotes_of_lines_point_to_headings_and_notes() {
    let line = |code: &str, columns: &str, footnote: &str| {
        serde_json::json!({
            "htsno": code, "indent": "0", "description": "Goods", "general": "Free",
            "footnotes": [{"columns": [columns], "value": footnote, "type": "endnote"}],
        })
    };
    let list = |number: &str, rate: &str, but: &str| {
        let text = format!(
            "{but}articles the product of China, as provided for in U.S. note 20(a) to this \
             subchapter and as provided for in the subheadings enumerated in U.S. note 20(b)"
        );
        record(&format!("9903.88.{number}"), &text, rate)
    };
    let records = [
        line("8471.30.01", "general", "See 9903.88.03. "),
        line("8471.41.01", "general", "See 9903.88.03 and 9903.88.15."),
        line(
            "8471.49.00",
            "general",
            "See 9903.88.04 and its associated definitional note (U.S. \
              note 20(a) to subchapter III, chapter 99).",
        ),
        line("7208.10.15", "general", "See U.S. note 16 to subchapter III, chapter 99."),
        line("2709.00.10", "other", "See 9903.90.08."),
        line("8471.50.01", "desc", "See 9903.88.69."),
        line("8471.60.10", "general", "See U.S. note 77 to subchapter III, chapter 99."),
        line("8471.70.10", "general", "See 9903.88.99, 9904.01.01 and statistical note 1."),
        line("2709.00.20", "other", "See 9903.90.10."),
        list("03", "+ 25%", "Except as provided in headings 9903.88.69, "),
        list("04", "+ 25%", ""),
        list("15", "+ 7.5%", ""),
        record(
            "9903.88.69",
            "Articles the product of China, as provided for in U.S. note 20(vvv), \
                each covered by an exclusion granted by the U.S. Trade Representative",
            "",
        ),
        record(
            "9903.81.87",
            "Products of iron or steel enumerated in subdivision (j) of note 16 to \
                this subchapter",
            "+ 50%",
        ),
        serde_json::json!({
            "htsno": "9903.90.08", "indent": "0", "other": "35%", "general": "",
            "description": "Articles the product of the Russian Federation, as provided for in \
                            U.S. note 30(a) to this subchapter",
        }),
        serde_json::json!({
            "htsno": "9903.90.10", "indent": "0", "other": "50%", "general": "",
            "description": "Articles, as provided for in U.S. note 30(c) to this subchapter",
        }),
    ];
    let mut rows = made(&records, "2026-01-10");
    rows.sort();
    let day = ";2026-01-10;;";
    let wanted = [
        format!("27090010;RU;upto(35%, DTY);{day}heading 9903.90.08, unknown/us_note_30"),
        format!(
            "27090020;~column2;?;![99039010]{day}heading 9903.90.10, unknown/us_note_30, left \
                 to a U.S. note"
        ),
        format!(
            "27090020;~column2;upto(50%, DTY);[99039010]{day}heading 9903.90.10, \
                 unknown/us_note_30, as stated"
        ),
        format!("84717010;;?;{day}heading 9903.88.99, not in the export"),
        format!("72081015;;?;![99038187]{day}heading 9903.81.87, s232/steel, left to a U.S. note"),
        format!("84713001;CN;25;![99038869]{day}heading 9903.88.03, s301/china_301"),
        format!("84714101;CN;25;[99038803]{day}heading 9903.88.03, s301/china_301, as stated"),
        format!("84714101;CN;7.5;[99038815]{day}heading 9903.88.15, s301/china_301, as stated"),
        format!(
            "84714101;CN;?;![99038803, 99038815, 99038869]{day}heading 9903.88.03, \
                 s301/china_301 or another, left to a U.S. note"
        ),
        format!("84714900;CN;25;[99038804]{day}heading 9903.88.04, s301/china_301, as stated"),
        format!(
            "84714900;CN;?;![99038804]{day}heading 9903.88.04, s301/china_301, left to a U.S. \
                 note"
        ),
        format!("84716010;;?;{day}unknown/us_note_77, left to a U.S. note"),
        format!(";;50;[99038187]{day}heading 9903.81.87, s232/steel, as stated"),
    ];
    let mut wanted: Vec<String> = wanted.iter().map(|w| w.replace(";;2026", ";2026")).collect();
    wanted.sort();
    rows = rows.iter().map(|w| w.replace(";;2026", ";2026")).collect();
    assert_eq!(rows, wanted);
}

#[test]
fn a_malformed_record_makes_no_row_and_no_panic() {
    let texts = [
        "",
        "[",
        "[compiler",
        "[Compiler's note: [",
        "except",
        "except 9903.01.",
        "Except for 9903.01.25-",
        "of ",
        "product of the",
        "(",
        "with respect to entries on or after",
        "subdivision (",
        "except for goods loaded onto a vessel before April 5, 2025",
        "note 2(",
        "\u{301}é\u{a0}¢",
        "except products of China",
        "heading 870",
        "heading 99999",
    ];
    for text in texts {
        for rate in ["", "%", "+", "+ 999999999999999999999999999999999%", "9%"] {
            made(
                &[record("9903.01.25", text, rate), record("9903.01.26", text, rate)],
                "2026-01-10",
            );
        }
    }
    let odd = serde_json::json!([
        7, {"htsno": "9903.01.25", "indent": "x"}, {"htsno": "9903.01.25", "indent": "0", "general": 3},
        {"htsno": "0101.21.00", "indent": "0", "footnotes": 3},
        {"htsno": "0101.21.00", "indent": "0", "footnotes": [3, {"value": 3}, {"value": "See 9903."}]},
    ]);
    assert_eq!(made(odd.as_array().unwrap(), "2026-01-10"), Vec::<String>::new());
}
