//! What the description of a heading of chapter 99 says.
//!
//! [`Wording::read`] takes the full description, that of its parents before its own, and cuts off one
//! clause after another: compiler's notes, exceptions, days. What is left names origin, products and
//! notes. A clause that is not understood is a [`Doubt`]; it never passes for one that says nothing.

use fondaco::day::Day;

use super::countries::{list_at, name_at};
use super::text::{
    Headings, Named, Note, cut, days, eat, eat_any, eat_day, eat_headings, find_any, fold, has,
    heading_in, notes, previous,
};

/// Whether a heading is in force, apart from its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// It is.
    Active,
    /// A note says it is suspended.
    Suspended,
    /// A note says it has ended.
    Ended,
}

/// A condition that keeps a heading from applying to goods as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Goods on their way on a day.
    InTransit,
    /// Goods that entered a foreign trade zone before a day.
    ForeignTradeZone,
    /// Goods of the countries of general note 3(b).
    Column2,
    /// Something the importer has to claim or show.
    Claimed,
}

/// What was not understood, or is left to a text that is not in the export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A compiler's note.
    CompilersNote,
    /// The origin.
    Origin,
    /// The origin is that of countries listed in a U.S. note.
    OriginInNote,
}

/// What begins a heading's days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// The text says from when it is in force.
    Text,
    /// An exception, a note or another heading implies it.
    Implied,
}

/// A description, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wording {
    /// The folded text without compiler's notes.
    pub text: String,
    /// Whether in force, apart from days.
    pub status: Status,
    /// First day, and what says it.
    pub from: Option<(Day, Start)>,
    /// Last day.
    pub until: Option<Day>,
    /// Headings whose goods it does not take.
    pub but_headings: Vec<String>,
    /// Countries whose goods it does not take, and from when.
    pub but_countries: Vec<&'static str>,
    /// The first day of that exception.
    pub but_from: Option<Day>,
    /// What it depends on.
    pub conditions: Vec<Condition>,
    /// The U.S. notes it names.
    pub notes: Vec<Note>,
    /// Whether it takes goods of any country.
    pub any: bool,
    /// The countries it names.
    pub countries: Vec<&'static str>,
    /// The products, in words.
    pub product: String,
    /// Whether it takes every product.
    pub all_products: bool,
    /// Whether a U.S. note lists the products all the same.
    pub listed: bool,
    /// What was not understood.
    pub doubts: Vec<Doubt>,
}

/// Words after which goods are of a country.
const ENTERED: &[&str] = &[
    "entered for consumption, or withdrawn from warehouse for consumption",
    "entered for consumption or withdrawn from warehouse for consumption",
];

/// What a person has to claim or show, by its words.
const CONDITIONS: &[(Condition, &[&str])] = &[
    (Condition::InTransit, &["loaded onto a vessel", "in transit on the final mode"]),
    (Condition::ForeignTradeZone, &["privileged foreign status"]),
    (Condition::Column2, &["general note 3(b)"]),
    (
        Condition::Claimed,
        &[
            "donations",
            "informational materials",
            "transshipped",
            "u.s. content of",
            "general note 11",
            "usmca",
            "when entered under the terms",
            "entered under temporary importation",
            "containing primary aluminum",
            "was melted and poured",
            "were smelted",
            "when such goods",
            "when such products",
            "covered by an exclusion",
            "granted relief",
            "qualifying contract",
            "if exported to the united states before",
            "for personal use",
        ],
    ),
];

/// Words for every product.
const EVERYTHING: &[&str] = &[
    "articles",
    "article",
    "goods",
    "products",
    "all articles",
    "all products",
    "imported articles",
    "articles that are",
];

impl Wording {
    /// Reads a full description.
    pub(super) fn read(description: &str) -> Self {
        let mut wording = Self {
            text: String::new(),
            status: Status::Active,
            from: None,
            until: None,
            but_headings: Vec::new(),
            but_countries: Vec::new(),
            but_from: None,
            conditions: Vec::new(),
            notes: Vec::new(),
            any: false,
            countries: Vec::new(),
            product: String::new(),
            all_products: false,
            listed: false,
            doubts: Vec::new(),
        };
        let mut not_before = None;
        let text = wording.compilers_notes(fold(description), &mut not_before);
        wording.text.clone_from(&text);
        let text = wording.goods_in_transit(text);
        let text = wording.excepted_countries(text);
        let text = wording.excepted_headings(text);
        let text = wording.days(text);
        // A note that suspends or begins the heading goes beyond the text.
        if let Some(day) = not_before.filter(|day| wording.from.is_none_or(|(from, _)| from < *day))
        {
            wording.from = Some((day, Start::Implied));
        }
        wording.what_is_left(&text);
        wording
    }

    fn end(&mut self, day: Option<Day>) {
        if let Some(day) = day {
            self.until = Some(self.until.map_or(day, |until| until.min(day)));
        }
    }

    /// Cuts `[compiler's note: …]` out, and takes what it says.
    fn compilers_notes(&mut self, mut text: String, not_before: &mut Option<Day>) -> String {
        while let Some(start) = text.find("[compiler") {
            let mut depth = 0usize;
            let end = text.get(start..).unwrap_or_default().char_indices().find_map(|(at, c)| {
                match c {
                    '[' => depth += 1,
                    ']' => depth -= 1,
                    _ => {}
                }
                (depth == 0).then_some(start + at + 1)
            });
            let end = end.unwrap_or(text.len());
            let note = text.get(start..end).unwrap_or_default().to_owned();
            self.compilers_note(&note, not_before);
            text = cut(&text, start, end);
        }
        // A day that was never filled in: `on or after [ ]`.
        let text = text.replace("[ ]", "").replace("[]", "");
        text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
    }

    fn compilers_note(&mut self, note: &str, not_before: &mut Option<Day>) {
        let days = days(note);
        let after = |words: &[&str]| {
            days.iter().find(|d| words.iter().any(|w| d.before.ends_with(w))).map(|d| d.day)
        };
        let since = after(&["effective", "as of", "beginning", "after", "on"]);
        let until = after(&["until", "through"]);
        if has(note, &["suspended except", "except on"]) {
            // What is left for goods from foreign trade zones is none for goods as such; of anything
            // else it is not told.
            if note.contains("foreign trade zone") {
                self.status = Status::Suspended;
            } else {
                self.doubts.push(Doubt::CompilersNote);
            }
        } else if has(note, ENDED) {
            match since.and_then(previous) {
                Some(last) => self.end(Some(last)),
                None => self.status = Status::Ended,
            }
        } else if note.contains("suspend") {
            match (until, since.and_then(previous)) {
                (Some(day), _) => *not_before = Some(day),
                (None, Some(last)) => self.end(Some(last)),
                (None, None) => self.status = Status::Suspended,
            }
        } else if let Some(day) = begins(&days) {
            *not_before = Some(day);
        } else if !is_harmless(note) {
            self.doubts.push(Doubt::CompilersNote);
        }
    }

    /// Cuts `except for goods loaded onto a vessel … before DAY, and entered … before DAY,` out.
    /// What is not excepted so is under the heading from the first of these days.
    fn goods_in_transit(&mut self, text: String) -> String {
        let Some(start) = find_any(
            &text,
            &[
                "except for goods loaded onto a vessel",
                "except for articles loaded onto a vessel",
                "except for products loaded onto a vessel",
            ],
        ) else {
            return text;
        };
        let tail = text.get(start..).unwrap_or_default();
        let Some(loaded) = days(tail).into_iter().find(|day| day.before.ends_with("before")) else {
            return text;
        };
        self.from = Some((loaded.day, Start::Implied));
        let mut end = loaded.end;
        let mut rest = tail.get(end..).unwrap_or_default();
        eat(&mut rest, ",");
        eat(&mut rest, " and");
        eat(&mut rest, " are");
        rest = rest.trim_start();
        if eat_any(&mut rest, ENTERED) {
            eat_day(&mut rest, &["on or after"]);
            if eat_day(&mut rest, &["before", "and before"]).is_some() {
                end = tail.len() - rest.len();
            }
        }
        let after = tail.get(end..).unwrap_or_default().trim_start_matches([',', ' ']);
        let text_end = text.len() - after.len();
        let before = text.get(..start).unwrap_or_default().trim_end();
        let before = before.strip_suffix("and").unwrap_or(before);
        cut(&text, before.len(), text_end)
    }

    /// Cuts `except products of A, of B …` out, and takes the countries.
    fn excepted_countries(&mut self, mut text: String) -> String {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|t| find_any(t, &["except ", "other than "]))
        {
            let at = from + at;
            let tail = text.get(at..).unwrap_or_default();
            let mut rest = tail;
            eat_any(&mut rest, &["except ", "other than "]);
            eat(&mut rest, "for ");
            eat_any(&mut rest, &["articles ", "goods "]);
            eat(&mut rest, "that are ");
            eat(&mut rest, "the ");
            if !eat_any(&mut rest, &["products of ", "product of "]) {
                from = at + 1;
                continue;
            }
            let (countries, len) = list_at(rest);
            let after = rest.get(len..).unwrap_or_default();
            let stop = find_any(
                after,
                &[
                    ", as provided for in subdivision",
                    ", as provided for in u.s. note",
                    ", under any ",
                    ", articles the product",
                    "; ",
                    " any exclusions",
                ],
            );
            let end = text.len() - after.len() + stop.unwrap_or(after.len());
            let clause = text.get(at..end).unwrap_or_default();
            if !countries.is_empty() {
                let since = days(clause).into_iter().find(|d| d.before.ends_with("after"));
                self.but_from = since.map(|d| d.day).or(self.but_from);
                self.but_countries.extend(countries);
            }
            let before = text.get(..at).unwrap_or_default().trim_end();
            let before = before.strip_suffix(" and").unwrap_or(before).trim_end_matches(',');
            from = before.len();
            let mut left = before.to_owned();
            let rest = text.get(end..).unwrap_or_default();
            if !rest.starts_with([',', ';']) {
                left.push(' ');
            }
            left.push_str(rest.trim_start());
            text = left;
        }
        text
    }

    /// Cuts `except for products described in headings H, H-H …` out, and takes the headings.
    fn excepted_headings(&mut self, mut text: String) -> String {
        let mut from = 0;
        while let Some(at) =
            text.get(from..).and_then(|t| find_any(t, &["except", "notwithstanding"]))
        {
            let at = from + at;
            let tail = text.get(at..).unwrap_or_default();
            let words = |lead: &str| {
                lead.chars().all(|c| c.is_ascii_lowercase() || [' ', '\'', ','].contains(&c))
            };
            let head = heading_in(tail).filter(|h| tail.get(..*h).is_some_and(words));
            let Some(head) = head else {
                from = at + 1;
                continue;
            };
            let mut rest = tail.get(head..).unwrap_or_default();
            let Headings { codes, note: _ } = eat_headings(&mut rest);
            for code in codes {
                if !self.but_headings.contains(&code) {
                    self.but_headings.push(code);
                }
            }
            // `, and except as provided for in u.s. note 2(w)`
            let mut after = rest;
            eat(&mut after, ",");
            eat(&mut after, " and");
            if eat(&mut after, " except as provided for in u.s. note ") {
                let end = after.find([' ', ',']).unwrap_or(after.len());
                rest = after.get(end..).unwrap_or_default();
            }
            rest = rest.trim_start_matches([',', ' ']);
            let end = text.len() - rest.len();
            let before = text.get(..at).unwrap_or_default().trim_end();
            let before =
                ["and", "or"].iter().find_map(|w| before.strip_suffix(w)).unwrap_or(before);
            let before = before.trim_end_matches([',', ' ']).len();
            text = cut(&text, before, end);
            from = before.min(text.len());
        }
        let text = text.trim_matches([',', ' ']);
        let text = ["and ", "or "].iter().find_map(|w| text.strip_prefix(w)).unwrap_or(text);
        text.to_owned()
    }

    /// Cuts the days of the heading out, and takes them.
    ///
    /// A start that the text gives without a day, such as `7 days after the date of the executive
    /// order`, is none: the heading is in force from the first day of the edition that has it.
    fn days(&mut self, text: String) -> String {
        let entries =
            ["with respect to entries", "with respect to articles", "with respect to goods"];
        if let Some(start) = find_any(&text, &entries) {
            let tail = text.get(start..).unwrap_or_default();
            let on = |d: &Named<'_>| d.before.ends_with("on or after") && !d.before.contains(';');
            if let Some(day) = days(tail).into_iter().find(on) {
                self.from = Some((day.day, Start::Text));
                let end = start + self.last_day(tail, day.end);
                let before = text.get(..start).unwrap_or_default().trim_end();
                let before = before.strip_suffix("effective").unwrap_or(before).len();
                return cut(&text, before, end);
            }
        }
        if let Some(start) = find_any(&text, ENTERED) {
            let tail = text.get(start..).unwrap_or_default();
            let mut rest = tail;
            eat_any(&mut rest, ENTERED);
            eat(&mut rest, ",");
            eat(&mut rest, " in the united states");
            eat(&mut rest, ",");
            if let Some(day) = eat_day(&mut rest, &["on or after", "after"]) {
                self.from = Some((day.day, Start::Text));
                let mut end = self.last_day(tail, tail.len() - rest.len());
                let mut after = tail.get(end..).unwrap_or_default();
                if eat(&mut after, " and that were not in transit")
                    && let Some(other) = days(after).first()
                {
                    end = tail.len() - after.len() + other.end;
                }
                let before = text.get(..start).unwrap_or_default();
                let lead = ["(2) are ", "that are ", "and are "];
                let before = lead.iter().find_map(|w| before.strip_suffix(w)).unwrap_or(before);
                return cut(&text, before.len(), start + end);
            }
            self.last_day(tail, tail.len() - rest.len());
        }
        // A start that was never filled in.
        text.replace("effective with respect to entries on or after,", "")
            .replace("effective with respect to entries on or after ,", "")
            .trim()
            .to_owned()
    }

    /// Takes `, and before DAY` or `, through DAY` behind `at`; gives where the days end.
    fn last_day(&mut self, text: &str, at: usize) -> usize {
        let mut rest = text.get(at..).unwrap_or_default();
        eat(&mut rest, ",");
        eat(&mut rest, " and");
        let mut end = at;
        if let Some(day) = eat_day(&mut rest, &["through", "before", "until", "prior to"]) {
            self.end(if day.before == "through" { Some(day.day) } else { previous(day.day) });
            end = text.len() - rest.len();
        }
        let mut after = text.get(end..).unwrap_or_default();
        eat(&mut after, ",");
        text.len() - after.len()
    }

    /// Conditions, notes, origin, products.
    fn what_is_left(&mut self, text: &str) {
        for (condition, words) in CONDITIONS {
            if has(text, words) {
                self.conditions.push(*condition);
            }
        }
        if is_made_elsewhere(text) {
            self.conditions.push(Condition::Claimed);
        }
        self.notes = notes(text);
        self.origin(text);
        let stated = self.any || !self.countries.is_empty();
        if !stated && !self.doubts.contains(&Doubt::Origin) {
            self.any = true;
        }
        products(text).clone_into(&mut self.product);
        if has(text, COUNTRY_IN_NOTE) && !text.contains("general note 3(b)") {
            self.any = false;
            self.doubts.push(Doubt::OriginInNote);
        }
        self.listed = has(text, PRODUCTS_IN_NOTE);
        let subdivided = text
            .split(": ")
            .skip(1)
            .any(|part| part.starts_with(|c: char| c.is_ascii_lowercase() || c == '('));
        self.all_products = !subdivided
            && stated
            && (self.any || !self.countries.is_empty())
            && EVERYTHING.contains(&self.product.as_str());
    }

    fn origin(&mut self, text: &str) {
        if has(text, &["of any country", "the product of any"]) {
            self.any = true;
            return;
        }
        let mut used = 0;
        for (at, _) in text.match_indices("of ") {
            let before = text.get(..at).unwrap_or_default();
            if at < used || !(before.is_empty() || before.ends_with([' ', '('])) {
                continue;
            }
            // `persons subject to the jurisdiction of the united states` are of no origin.
            let governed = ["jurisdiction", "territory", "customs", "government", "secretary"];
            if governed.iter().any(|word| before.trim_end().ends_with(word)) {
                continue;
            }
            let start = at + "of ".len();
            let (countries, len) = list_at(text.get(start..).unwrap_or_default());
            if countries.is_empty() || (countries == ["US"] && !before.ends_with("product ")) {
                continue;
            }
            used = start + len;
            for country in countries {
                if !self.countries.contains(&country) {
                    self.countries.push(country);
                }
            }
        }
        if self.countries.is_empty() && names_unread_origin(text) {
            self.doubts.push(Doubt::Origin);
        }
    }
}

/// Words of a compiler's note that ends its heading.
const ENDED: &[&str] = &[
    "terminat",
    "delet",
    "no longer",
    "not collected",
    "not be collected",
    "not in effect",
    "not be in effect",
    "not apply",
    "expired",
    "repeal",
    "revok",
    "rescind",
    "vacat",
    "invalid",
    "strick",
    "struck",
    "cease",
    "removed",
    "void",
];

/// Words for an origin that a U.S. note lists.
const COUNTRY_IN_NOTE: &[&str] = &[
    "country described",
    "country not exempt",
    "country enumerated",
    "country specified",
    "country listed",
    "country identified",
];

/// The day on which a compiler's note says that its heading becomes effective.
fn begins(days: &[Named<'_>]) -> Option<Day> {
    let effective = |day: &&Named<'_>| {
        let before = ["on or after", "on", "from", "as of"]
            .iter()
            .find_map(|word| day.before.strip_suffix(word))
            .unwrap_or(day.before);
        let sentence = before.rsplit(". ").next().unwrap_or(before);
        before.trim_end().ends_with("effective") || sentence.contains("effective with respect to")
    };
    days.iter().find(effective).map(|day| day.day)
}

/// Words for products that a U.S. note lists.
const PRODUCTS_IN_NOTE: &[&str] =
    &["headings enumerated", "provisions enumerated", "headings listed", "classified in the"];

/// Whether a compiler's note only says where to read more, or mends the print.
fn is_harmless(note: &str) -> bool {
    if has(note, &["refers to ", "should read", "so in original"]) {
        return true;
    }
    let mut rest = note.trim_start_matches('[').trim_end_matches(']');
    eat_any(&mut rest, &["compiler's", "compilers'", "compilers", "compiler"]);
    eat(&mut rest, " note");
    rest = rest.trim_start_matches([':', ' ']);
    eat(&mut rest, "for more information, ");
    eat(&mut rest, "for more information ");
    eat(&mut rest, "see ")
        && rest.contains("fed. reg.")
        && !rest.replace("fed. reg.", "").contains(|c: char| c.is_ascii_lowercase())
}

/// `where the … steel was melted elsewhere`: a claim about how the goods were made.
fn is_made_elsewhere(text: &str) -> bool {
    text.match_indices("where the ").any(|(at, words)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + words.len()..).unwrap_or_default();
        let end = after.find(|c: char| !c.is_ascii_lowercase() && c != ' ').unwrap_or(after.len());
        let run = after.get(..end).unwrap_or_default();
        !before.ends_with("or ")
            && run.split(' ').any(|word| {
                ["steel", "aluminum", "copper", "product", "products", "derivative"].contains(&word)
            })
    })
}

/// Whether products are said to be of something that is neither a country known here nor a metal.
fn names_unread_origin(text: &str) -> bool {
    ["products of ", "product of "].iter().any(|words| {
        text.match_indices(words).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at + words.len()..).unwrap_or_default();
            let metals = ["iron", "steel", "aluminum", "copper", "tool", "the paragraph"];
            !before.ends_with(|c: char| c.is_alphanumeric())
                && !metals.iter().any(|metal| after.starts_with(metal))
        })
    })
}

/// What the text says before it comes to origin and notes.
fn products(text: &str) -> &str {
    let origin =
        text.match_indices(" of ").map(|(at, of)| (at, at + of.len())).find(|(_, after)| {
            let after = text.get(*after..).unwrap_or_default();
            after.starts_with("any country") || name_at(after).is_some()
        });
    let origin = origin.map(|(at, _)| {
        let mut before = text.get(..at).unwrap_or_default();
        if let Some(b) = [" products", " product"].iter().find_map(|w| before.strip_suffix(w)) {
            before = b;
            before = before.strip_suffix(" the").unwrap_or(before);
            before = before.strip_suffix(" that are").unwrap_or(before);
            before = before.strip_suffix(" when the").unwrap_or(before);
        }
        before.len()
    });
    let place = ["provided", "specified", "described", "enumerated", "classified"]
        .iter()
        .flat_map(|verb| ["", " for"].map(|by| format!(" {verb}{by}")))
        .flat_map(|verb| [format!("{verb} in"), format!("{verb} by")])
        .filter_map(|words| text.find(&words))
        .min();
    let place = place.map(|at| {
        let before = text.get(..at).unwrap_or_default();
        before.strip_suffix(" as").unwrap_or(before).len()
    });
    let rate = text.find(", with an ad valorem");
    let end = [origin, place, rate].into_iter().flatten().min().unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_matches([',', ' '])
}
