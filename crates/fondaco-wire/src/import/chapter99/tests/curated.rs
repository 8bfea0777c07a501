//! The additional duties of every revision at hand against a curated reading of them.

use std::collections::BTreeMap;

use fondaco::day::Validity;
use fondaco::measure::{Groups, Selection};
use fondaco::money::Decimal;

use super::super::countries::CODES;
use super::super::programme::{Outcome, all, resolve};
use super::super::*;
use crate::import::tests::{shared, shared_path};
use crate::import::{Table, unfold};
use crate::pack::cel;
use crate::pack::rows::MeasureRow;

/// The countries of general note 3(b), as the profile of the pack has them.
const COLUMN_2: [&str; 4] = ["CU", "KP", "RU", "BY"];

/// Where the text and the curated tables differ, how often, and why. None was mended by a table.
const DIFFERENCES: &[(&str, usize)] = &[
    // The country rates of 9903.01.43 to .76 were in force from 9 April 00:01 to 10 April 00:01;
    // the curator leaves the one day out.
    ("reciprocal, the day of 9 April 2025", 82),
    // "Côte D'Ivoire": the curator missed 9903.02.15.
    ("reciprocal, Côte d'Ivoire", 9),
    // 9903.76.21 and .22 name subdivisions (d) and (f), furniture and cabinets; lumber is under
    // 9903.76.01 for everyone.
    ("lumber of the European Union and Japan", 56),
    // The curator has the rate of goods that comply with the USMCA; the rate of a country is 25 %.
    ("vehicle parts of Canada and Mexico", 34),
    // 9903.85.01 excepts others than the heading for steel does.
    ("aluminum of countries excepted for steel only", 20),
    // 9903.85.21 still stands in the export; its goods are left to note 19(a)(iv).
    ("aluminum of Canada before March 2025", 4),
    // 10 % is within the quota of subdivision (i) only.
    ("cars of the United Kingdom", 11),
];

fn difference(revision: &str, name: &str, country: &str) -> &'static str {
    let number: usize = revision.strip_prefix("rev_").map_or(0, |n| n.parse().unwrap());
    match (name, country) {
        ("reciprocal", c) if number == 8 && !["CN", "HK", "MO"].contains(&c) => DIFFERENCES[0].0,
        ("reciprocal", "CI") if number >= 18 => DIFFERENCES[1].0,
        ("softwood_lumber", _) => DIFFERENCES[2].0,
        ("auto_parts" | "mhd_parts", "CA" | "MX") => DIFFERENCES[3].0,
        ("aluminum", "CA") if number <= 3 => DIFFERENCES[5].0,
        ("aluminum", "BR" | "GB" | "JP" | "KR" | "UA") if number <= 3 => DIFFERENCES[4].0,
        ("autos", "GB") => DIFFERENCES[6].0,
        _ => panic!("{revision}: {name} of {country} differs"),
    }
}

/// The names the curator has for a programme; `None` for one he does not follow.
fn curated_name(authority: &str, name: &str) -> Option<(String, String)> {
    let name = match name {
        "steel_derivatives" | "aluminum_derivatives" | "wood_products" => return None,
        "brazil" | "india" => "reciprocal",
        name if name.starts_with("fentanyl") => "fentanyl",
        name => name,
    };
    Some((authority.to_owned(), name.to_owned()))
}

/// What the text says of every country on a day, by the curator's names, as fractions.
type Rates = BTreeMap<(String, String), Decimal>;

fn rates_by_country(chapter: &Chapter, day: Day) -> BTreeMap<&'static str, Rates> {
    let mut out: BTreeMap<&str, Rates> = BTreeMap::new();
    for programme in all(&chapter.headings).keys() {
        let Some(name) = curated_name(programme.authority, &programme.name) else { continue };
        for (country, outcome) in resolve(&chapter.headings, programme, Some(day)) {
            if let Outcome::Taken(heading) = outcome {
                let rate = heading.general.percent().unwrap() / Decimal::from(100);
                *out.entry(country).or_default().entry(name.clone()).or_default() += rate;
            }
        }
    }
    out
}

fn json(path: &str) -> Option<Value> {
    Some(serde_json::from_slice(&unfold(&shared(path)?).unwrap()).unwrap())
}

fn census() -> Option<BTreeMap<String, &'static str>> {
    let table = Table::read(&shared("us-hts/common/census_codes.csv")?, &["Code", "Name"]).unwrap();
    let code = |row| {
        let name = fold(table.field(row, "Name"));
        let (codes, len) = countries::name_at(&name).unwrap();
        assert_eq!((codes.len(), len), (1, name.len()), "{name}");
        (table.field(row, "Code").to_owned(), codes[0])
    };
    Some(table.rows.iter().map(|(_, row)| code(row)).collect())
}

/// The revisions at hand with the first day of their policy.
fn revisions() -> Option<Vec<(String, String)>> {
    let bytes = shared("us-hts/common/revision_dates.csv")?;
    let columns = ["revision", "effective_date", "policy_effective_date"];
    let table = Table::read(&bytes, &columns).unwrap();
    let mut all = Vec::new();
    for (_, row) in &table.rows {
        let [revision, day, policy] = columns.map(|column| table.field(row, column).to_owned());
        let at = shared_path("us-hts/dev").unwrap();
        if at.join(format!("hts_2025_{revision}.json.gz")).exists() {
            all.push((revision, if policy == "NA" { day } else { policy }));
        }
    }
    Some(all)
}

#[derive(Default)]
struct Tally {
    equal: usize,
    differences: BTreeMap<&'static str, usize>,
}

/// Every revision at hand, country by country and programme by programme, against the curated
/// tables of rates; and the rows against what the text says.
#[test]
fn every_revision_says_what_a_curated_reading_of_it_says() {
    let (Some(census), Some(revisions)) = (census(), revisions()) else { return };
    assert_eq!(revisions.len(), 27);
    let half = revisions.len() / 2;
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let run = |part: &[(String, String)]| {
            let mut tally = Tally::default();
            part.iter().for_each(|(rev, day)| compare(rev, day, &census, &mut tally));
            tally
        };
        let parts = [&revisions[..half], &revisions[half..]];
        let threads = parts.map(|part| scope.spawn(move || run(part)));
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut sum = Tally::default();
    for tally in tallies {
        sum.equal += tally.equal;
        for (name, n) in tally.differences {
            *sum.differences.entry(name).or_default() += n;
        }
    }
    println!("equal: {}", sum.equal);
    assert_eq!(sum.differences, DIFFERENCES.iter().copied().collect());
    assert_eq!(sum.equal, 30_771);
}

fn compare(revision: &str, day: &str, census: &BTreeMap<String, &str>, tally: &mut Tally) {
    let export = json(&format!("us-hts/dev/hts_2025_{revision}.json.gz")).unwrap();
    let curated = json(&format!("us-hts/dev/tariff_rates_{revision}.json.gz")).unwrap();
    let day = curated["policy_effective_date"].as_str().unwrap_or(day);
    let day: Day = day.parse().unwrap();
    let chapter = Chapter::read(export.as_array().unwrap());
    let text = rates_by_country(&chapter, day);
    for (code, country) in curated.as_object().unwrap().iter().filter(|(_, v)| v.is_object()) {
        let iso = census[code];
        let mut wanted = Rates::new();
        for tariff in country["tariffs"].as_array().unwrap() {
            let of = |field: &str| tariff[field].as_str().unwrap().to_owned();
            let rate = tariff["tariff_rate"].to_string().parse().unwrap();
            wanted.insert((of("tariff_authority"), of("tariff_name")), rate);
        }
        let none = Rates::new();
        let got = text.get(iso).unwrap_or(&none);
        let mut names: Vec<_> = wanted.keys().chain(got.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            if wanted.get(name) == got.get(name) {
                tally.equal += 1;
            } else {
                let class = difference(revision, &name.1, iso);
                *tally.differences.entry(class).or_default() += 1;
            }
        }
    }
    let rows = rows::rows(&chapter.headings, &chapter.lines, Some(day));
    let unread: Vec<_> = chapter.headings.iter().flat_map(Heading::unread).collect();
    assert_eq!(unread, Vec::<String>::new(), "{revision}");
    let unknown = rows.iter().filter(|r| r.rate.is_empty() && r.formula.is_empty());
    let every = rows.iter().filter(|r| r.code.is_empty()).count();
    println!(
        "{revision} {day}: {} rows, {every} for every code, {} unknown",
        rows.len(),
        unknown.count()
    );
    rows_say_what_the_text_says(&chapter, &rows, day);
    let later = Day::from_number(day.number() + 30).unwrap();
    rows_say_what_the_text_says(&chapter, &rows, later);
}

fn percent_of(row: &MeasureRow) -> Decimal {
    let text = match row.formula.strip_prefix("upto(") {
        Some(floor) => floor.strip_suffix("%, DTY)").unwrap(),
        None => &row.rate,
    };
    text.parse().unwrap()
}

/// The rows for every code, taken as an assessment takes them, against [`resolve`].
fn rows_say_what_the_text_says(chapter: &Chapter, rows: &[MeasureRow], day: Day) {
    let column2 = COLUMN_2.iter().map(|c| (c.parse().unwrap(), Validity::ALWAYS)).collect();
    let groups = Groups::from([("~column2".parse().unwrap(), column2)]);
    let mut conditions = BTreeMap::new();
    for row in rows {
        let taken = conditions.entry(&row.when).or_insert_with(|| cel::parse(&row.when));
        assert!(taken.is_ok(), "{taken:?}: {}", row.when);
        assert!(row.rate.is_empty() || row.formula.is_empty(), "{row:?}");
        assert!(row.basis.starts_with("us-htsus-99, heading 9903."), "{row:?}");
    }
    // As for someone who states no additional code.
    let now: Vec<(&MeasureRow, Selection)> = rows
        .iter()
        .filter(|row| row.code.is_empty() && !row.when.starts_with("item."))
        .filter(|row| {
            let (from, until) = (row.from.parse::<Day>().unwrap(), row.until.parse::<Day>());
            from <= day && until.map_or(true, |until| day <= until)
        })
        .map(|row| (row, row.origin.parse().unwrap()))
        .collect();
    let by_programme = all(&chapter.headings);
    for (programme, headings) in by_programme {
        if programme.is_of_products() {
            continue;
        }
        let named = format!(", {programme}");
        let mine: Vec<_> = now.iter().filter(|(row, _)| row.basis.contains(&named)).collect();
        let spared = headings.iter().any(|h| h.wording.any && !h.wording.but_headings.is_empty());
        let outcomes = resolve(&chapter.headings, programme, Some(day));
        for country in CODES.iter().copied().chain(["ZZ"]) {
            let outcome = outcomes.get(if country == "ZZ" { "" } else { country });
            let wanted = match outcome {
                Some(Outcome::Taken(h))
                    if !(h.wording.any && spared && COLUMN_2.contains(&country)) =>
                {
                    h.general.percent()
                }
                _ => None,
            };
            let takes: Vec<_> = mine
                .iter()
                .filter(|(_, origin)| origin.takes(country, &groups, day) == Some(true))
                .filter(|(row, _)| !row.basis.contains("left to a U.S. note"))
                .collect();
            assert!(takes.len() <= 1, "{programme} {country}: {takes:?}");
            let got = takes.first().map(|(row, _)| percent_of(row));
            assert_eq!(got, wanted, "{programme} of {country}: {takes:?}");
        }
    }
}
