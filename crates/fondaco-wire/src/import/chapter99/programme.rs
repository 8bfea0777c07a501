//! The programmes of chapter 99, and which heading of one takes the goods of a country.
//!
//! A programme is what a U.S. note or a subdivision of it sets up. The table has names only: no
//! rates and no countries. A note that is not in it is a programme of its own number.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fondaco::day::Day;
use fondaco::money::Decimal;

use super::Heading;
use super::countries::CODES;
use super::rate::Rate;
use super::wording::{Condition, Doubt, Status};

/// A programme: the authority it rests on, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Programme {
    /// Such as `ieepa` or `s232`.
    pub authority: &'static str,
    /// Such as `reciprocal` or `steel`.
    pub name: String,
}

impl fmt::Display for Programme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.authority, self.name)
    }
}

impl Programme {
    fn new(authority: &'static str, name: impl Into<String>) -> Self {
        Self { authority, name: name.into() }
    }

    /// Whether it takes certain products, which a U.S. note lists.
    pub(super) fn is_of_products(&self) -> bool {
        matches!(self.authority, "s232" | "s301" | "aircraft")
    }

    /// Whether the note it rests on may hold back products that the wording does not. The notes in
    /// the table that are for all products are known to be so, and all of note 2 is.
    pub(super) fn is_untold(&self) -> bool {
        self.authority == "unknown" && !self.name.starts_with("us_note_2(")
    }

    /// The programme of a U.S. note that a footnote names without a heading.
    pub(super) fn of_note(number: &str) -> Self {
        let row = NOTES.iter().find(|row| row.note == number && row.product == Words::Any);
        row.filter(|row| row.parts.is_empty())
            .map_or_else(|| Self::unlisted(number, None), |row| Self::new(row.authority, row.name))
    }

    fn unlisted(number: &str, letters: Option<&str>) -> Self {
        let part = letters.filter(|_| number == "2").map(|l| format!("({l})")).unwrap_or_default();
        Self::new("unknown", format!("us_note_{number}{part}"))
    }
}

/// Words for the products of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    Any,
    Has(&'static [&'static str]),
    Begins(&'static [&'static str]),
}

struct Row {
    note: &'static str,
    /// The letters of subdivisions, each by itself; empty is all.
    parts: &'static str,
    product: Words,
    authority: &'static str,
    name: &'static str,
}

const fn row(
    note: &'static str,
    parts: &'static str,
    product: Words,
    authority: &'static str,
    name: &'static str,
) -> Row {
    Row { note, parts, product, authority, name }
}

/// The first that fits a note named by a heading is the programme of the heading.
const NOTES: &[Row] = &[
    row("2", "abcdefghi", Words::Any, "ieepa", "fentanyl_mx"),
    row("2", "jklmnopqr", Words::Any, "ieepa", "fentanyl_ca"),
    row("2", "stuw", Words::Any, "ieepa", "fentanyl_cn"),
    row("2", "v", Words::Any, "ieepa", "reciprocal"),
    row("2", "x", Words::Any, "ieepa", "brazil"),
    row("2", "z", Words::Any, "ieepa", "india"),
    row("16", "", Words::Has(&["derivative"]), "s232", "steel_derivatives"),
    row("16", "", Words::Any, "s232", "steel"),
    row("19", "", Words::Has(&["derivative"]), "s232", "aluminum_derivatives"),
    row("19", "", Words::Any, "s232", "aluminum"),
    row(
        "33",
        "",
        Words::Begins(&["parts of passenger", "parts of light", "automobile parts"]),
        "s232",
        "auto_parts",
    ),
    row("33", "", Words::Any, "s232", "autos"),
    row("35", "", Words::Any, "aircraft", "civil_aircraft"),
    row("36", "", Words::Any, "s232", "copper"),
    row("37", "", Words::Has(&["softwood", "lumber"]), "s232", "softwood_lumber"),
    row("37", "", Words::Has(&["upholstered", "furniture"]), "s232", "wood_furniture"),
    row("37", "", Words::Has(&["kitchen", "vanit"]), "s232", "kitchen_cabinets"),
    row("37", "", Words::Any, "s232", "wood_products"),
    row("38", "", Words::Begins(&["buses"]), "s232", "buses"),
    row("38", "", Words::Has(&["parts"]), "s232", "mhd_parts"),
    row("38", "", Words::Any, "s232", "mhd_vehicles"),
    row("20", "", Words::Any, "s301", "china_301"),
    row("31", "", Words::Any, "s301", "china_301"),
];

/// Programmes of headings whose note is not in [`NOTES`], by the first six digits.
const BLOCKS: &[(&str, &str, &str)] = &[
    ("990303", "s122", "section_122"),
    ("990392", "s301", "china_301"),
    ("990379", "s232", "semiconductors"),
];

/// Gives every heading its programmes.
pub(super) fn assign(headings: &mut [Heading]) {
    let mut own: Vec<Option<Programme>> = headings.iter().map(by_wording).collect();
    // One that names no note is of the programme of the heading that excepts it. Twice: that one
    // may have its programme so too.
    for _ in 0..2 {
        let excepted: BTreeMap<&str, &Programme> = headings
            .iter()
            .zip(&own)
            .rev()
            .filter_map(|(heading, programme)| Some((heading, programme.as_ref()?)))
            .flat_map(|(h, p)| h.wording.but_headings.iter().map(move |code| (code.as_str(), p)))
            .collect();
        let found: Vec<Option<Programme>> =
            headings.iter().map(|h| excepted.get(h.code.as_str()).map(|p| (*p).clone())).collect();
        for (own, found) in own.iter_mut().zip(found) {
            if own.is_none() {
                *own = found;
            }
        }
    }
    let own: Vec<Programme> = own
        .into_iter()
        .zip(headings.iter())
        .map(|(own, h)| {
            let block = || {
                let digits = (h.code.get(..4), h.code.get(4..6));
                let (a, b) = (digits.0.unwrap_or_default(), digits.1.unwrap_or_default());
                Programme::new("other", format!("block_{a}.{b}"))
            };
            own.unwrap_or_else(block)
        })
        .collect();
    // `Wood products of Japan … subdivisions (d) and (f) of note 37`: of the programmes whose
    // general headings are these subdivisions.
    let general: Vec<(usize, &Heading)> = headings
        .iter()
        .enumerate()
        .filter(|(_, h)| h.wording.any && matches!(h.general, Rate::Added(..)))
        .collect();
    let several: Vec<Vec<Programme>> = headings
        .iter()
        .zip(&own)
        .map(|(heading, own_programme)| {
            let mut twins: Vec<Programme> = Vec::new();
            if !heading.wording.countries.is_empty() && own_programme.authority == "s232" {
                let parts = heading.wording.notes.iter().filter(|note| !note.part.is_empty());
                let parts: Vec<_> = parts.collect();
                let shares = |q: &Heading| parts.iter().any(|n| q.wording.notes.contains(n));
                for (at, _) in general.iter().filter(|(_, q)| shares(q)) {
                    let twin = own.get(*at).filter(|twin| !twins.contains(twin));
                    twins.extend(twin.cloned());
                }
            }
            let keep = twins.is_empty() || twins.contains(own_programme);
            if keep { vec![own_programme.clone()] } else { twins }
        })
        .collect();
    for (heading, programmes) in headings.iter_mut().zip(several) {
        heading.programmes = programmes;
    }
}

fn by_wording(heading: &Heading) -> Option<Programme> {
    let wording = &heading.wording;
    for note in &wording.notes {
        let fits = |row: &&Row| {
            let part = row.parts.is_empty()
                || note.letters().is_some_and(|l| l.len() == 1 && row.parts.contains(l));
            let product = match row.product {
                Words::Any => true,
                Words::Has(words) => words.iter().any(|w| wording.product.contains(w)),
                Words::Begins(words) => words.iter().any(|w| wording.product.starts_with(w)),
            };
            row.note == note.number && part && product
        };
        if let Some(row) = NOTES.iter().find(fits) {
            return Some(Programme::new(row.authority, row.name));
        }
    }
    if let Some((_, authority, name)) = BLOCKS.iter().find(|(b, ..)| heading.code.starts_with(b)) {
        return Some(Programme::new(authority, *name));
    }
    wording.notes.first().map(|note| Programme::unlisted(&note.number, note.letters()))
}

/// Every programme, with its headings in the order of the schedule.
pub(super) fn all(headings: &[Heading]) -> BTreeMap<&Programme, Vec<&Heading>> {
    let mut all: BTreeMap<&Programme, Vec<&Heading>> = BTreeMap::new();
    for heading in headings {
        for programme in &heading.programmes {
            all.entry(programme).or_default().push(heading);
        }
    }
    all
}

/// What a programme says of the goods of a country.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome<'h> {
    /// This heading takes them.
    Taken(&'h Heading),
    /// This heading takes them, and its rate is not known for them.
    Unknown(&'h Heading),
    /// A heading exempts all of them.
    Exempt,
}

/// The country that is none of those known by name: only headings for any country take its goods.
pub(super) const ELSEWHERE: &str = "";

/// What a programme says of every country on a day, without those it says nothing of.
///
/// A heading that names the country goes before one for any country, and among equals the later
/// supersedes. Headings with a condition take part in nothing, nor do headings for some products in
/// a programme that is for all.
pub(super) fn resolve<'h>(
    headings: &'h [Heading],
    programme: &Programme,
    day: Option<Day>,
) -> BTreeMap<&'static str, Outcome<'h>> {
    let mine = || headings.iter().filter(|h| h.programmes.contains(programme));
    let of_products = programme.is_of_products();
    let mut duties: Vec<&Heading> = mine()
        .filter(|h| h.in_force(day) && h.general.is_duty() && !h.is_conditional())
        .filter(|h| h.wording.all_products || of_products)
        .collect();
    // Goods of a country that was not understood might be those asked for.
    let unread_origin =
        mine().any(|h| h.doubts(Doubt::Origin) && h.wording.status == Status::Active);
    let mut untold = false;
    if programme.authority != "s301" {
        untold = supersede(&mut duties) && of_products;
    }
    let mut out = BTreeMap::new();
    for country in CODES.iter().copied().chain([ELSEWHERE]) {
        let named: Vec<&Heading> =
            duties.iter().copied().filter(|h| h.wording.countries.contains(&country)).collect();
        let general = || {
            let takes = |h: &&Heading| {
                let but = h.wording.but_countries.contains(&country)
                    && h.wording.but_from.is_none_or(|from| day.is_some_and(|day| day >= from));
                h.wording.any && !but
            };
            duties.iter().copied().filter(takes).collect()
        };
        let candidates = if named.is_empty() { general() } else { named };
        let Some(heading) = pick(&candidates, programme) else { continue };
        let any = heading.wording.any;
        let unknown = heading.doubts(Doubt::CompilersNote)
            || heading.general == Rate::Unread
            || (any && (unread_origin || untold));
        let exempt = any && !of_products && is_exempt(headings, heading, programme, country, day);
        let outcome = match (exempt, unknown) {
            (true, _) => Outcome::Exempt,
            (false, true) => Outcome::Unknown(heading),
            (false, false) => Outcome::Taken(heading),
        };
        out.insert(country, outcome);
    }
    out
}

/// Of several headings for any country the latest stays, and those for a country that only a
/// superseded one excepted go with it. Says whether the rate is left to a note: general headings
/// side by side, each for a subdivision, with different rates.
fn supersede(duties: &mut Vec<&Heading>) -> bool {
    let whole = duties.iter().any(|h| h.wording.any && !h.general.is_of_part());
    let general: Vec<&Heading> = duties
        .iter()
        .copied()
        .filter(|h| h.wording.any && !(whole && h.general.is_of_part()))
        .collect();
    let Some(last) = general.iter().copied().max_by(|a, b| a.code.cmp(&b.code)) else {
        return false;
    };
    let older: Vec<&Heading> = general.iter().copied().filter(|h| h.code != last.code).collect();
    let gone: BTreeSet<&String> = older
        .iter()
        .flat_map(|h| &h.wording.but_headings)
        .filter(|code| !last.wording.but_headings.contains(code))
        .collect();
    duties.retain(|h| {
        let superseded = older.iter().any(|o| o.code == h.code);
        !superseded && (h.wording.countries.is_empty() || !gone.contains(&h.code))
    });
    let subdivided = |h: &Heading| h.wording.notes.iter().any(|note| !note.part.is_empty());
    let beside = |h: &&Heading| {
        h.code == last.code
            || (subdivided(h)
                && subdivided(last)
                && h.code.get(..6) == last.code.get(..6)
                && !h.general.is_of_part())
    };
    let rates: BTreeSet<Option<Decimal>> =
        general.iter().copied().filter(|h| beside(h)).map(|h| h.general.percent()).collect();
    rates.len() > 1
}

fn pick<'h>(candidates: &[&'h Heading], programme: &Programme) -> Option<&'h Heading> {
    let latest = |of: &mut dyn Iterator<Item = &'h Heading>| of.max_by(|a, b| a.code.cmp(&b.code));
    if programme.authority == "s301" {
        // Lists of products side by side: the highest.
        let mut best: Option<&Heading> = None;
        for heading in candidates {
            if best.is_none_or(|best| heading.general.percent() > best.general.percent()) {
                best = Some(heading);
            }
        }
        return best;
    }
    if programme.is_of_products()
        && let Some(whole) =
            latest(&mut candidates.iter().copied().filter(|h| !h.general.is_of_part()))
    {
        return Some(whole);
    }
    latest(&mut candidates.iter().copied())
}

/// Whether a heading exempts all goods of a country from one for any country.
///
/// The wording of such a heading is that of one whose products a U.S. note lists. It is taken for an
/// exemption only where the country is under another programme of the same note.
fn is_exempt(
    headings: &[Heading],
    general: &Heading,
    programme: &Programme,
    country: &str,
    day: Option<Day>,
) -> bool {
    headings.iter().any(|h| {
        let wording = &h.wording;
        general.wording.but_headings.contains(&h.code)
            && !h.general.is_duty()
            && wording.all_products
            && !h.is_conditional()
            && wording.countries.contains(&country)
            && h.in_force(day)
            && headings.iter().any(|other| {
                let note = |h: &Heading| h.wording.notes.first().map(|n| n.number.clone());
                other.in_force(day)
                    && !other.is_conditional()
                    && other.general.is_duty()
                    && other.wording.countries.contains(&country)
                    && !other.programmes.contains(programme)
                    && note(other).is_some()
                    && note(other) == note(h)
            })
    })
}

/// Whether goods of the countries of general note 3(b) are not under a heading for any country: a
/// heading it excepts says so, or its column 2 adds nothing.
pub(super) fn spares_column2(headings: &[Heading], general: &Heading, day: Option<Day>) -> bool {
    !general.other.is_duty()
        || headings.iter().any(|h| {
            general.wording.but_headings.contains(&h.code)
                && h.wording.conditions.contains(&Condition::Column2)
                && h.in_force(day)
        })
}
