//! The Consolidated List of the United Nations Security Council, in the XML the UN publishes.
//!
//! Every name an entry is known by becomes a row: the listed name, its original script and each
//! alias, good or weak. An alias field often holds several names; they are taken apart.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Imported, resolve, squeeze, unfold};
use crate::pack::rows::NameRow;

/// The name of the list in every row.
pub const LIST: &str = "UN Security Council Consolidated List";

/// The list nests six deep.
const MAX_DEPTH: usize = 32;

/// Reads the list. A nationality becomes its ISO 3166 code; one that has none stays as it stands.
///
/// Counts: `entries`, `persons`, `entities`, `names`. Source: scsanctions.un.org, consolidated.xml.
#[must_use]
pub fn import(bytes: &[u8]) -> Imported {
    let bytes = match unfold(bytes) {
        Ok(bytes) => bytes,
        Err(reason) => return Imported::whole(reason),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Imported::whole("not UTF-8");
    };
    let mut out = Imported::default();
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut entry: Option<Entry> = None;
    let mut value = String::new();
    let (mut number, mut persons, mut entities) = (0, 0, 0);
    loop {
        match reader.read_event() {
            Err(e) => {
                return Imported::whole(format!(
                    "broken XML at byte {}: {e}",
                    reader.error_position()
                ));
            }
            Ok(Event::Start(start)) => {
                let name = start.name().0;
                if path.is_empty() && name != "CONSOLIDATED_LIST" {
                    return Imported::whole(format!("the root is {name}, not CONSOLIDATED_LIST"));
                }
                if path.len() >= MAX_DEPTH {
                    return Imported::whole(format!("nests more than {MAX_DEPTH} deep"));
                }
                if path.len() == 2 && (name == "INDIVIDUAL" || name == "ENTITY") {
                    number += 1;
                    entry = Some(Entry::default());
                }
                path.push(name.to_owned());
                value.clear();
            }
            Ok(Event::Text(text)) => value.push_str(&text),
            Ok(Event::CData(text)) => value.push_str(&text),
            Ok(Event::GeneralRef(reference)) => match resolve(&reference) {
                Some(c) => value.push(c),
                None => {
                    if let Some(entry) = &mut entry {
                        entry
                            .bad
                            .get_or_insert_with(|| format!("unknown entity &{};", &*reference));
                    }
                }
            },
            Ok(Event::End(_)) => {
                let name = path.pop().unwrap_or_default();
                if path.len() == 2 {
                    match (name.as_str(), entry.take()) {
                        ("INDIVIDUAL", Some(entry)) => {
                            persons += usize::from(entry.finish("person", number, &mut out));
                        }
                        ("ENTITY", Some(entry)) => {
                            entities += usize::from(entry.finish("entity", number, &mut out));
                        }
                        _ => {}
                    }
                } else if let Some(entry) = &mut entry {
                    let parent = path.get(3).map_or("", String::as_str);
                    entry.put(parent, &name, &squeeze(&value));
                }
                value.clear();
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
        }
    }
    if !path.is_empty() || number == 0 {
        return Imported::whole("the list breaks off or has no entries");
    }
    out.counts = vec![
        ("entries", persons + entities),
        ("persons", persons),
        ("entities", entities),
        ("names", out.names.len()),
    ];
    // Stable: the names of an entry keep their order, the listed one first.
    out.names.sort_by(|a, b| a.id.cmp(&b.id));
    out
}

/// An entry while it is read.
#[derive(Default)]
struct Entry {
    reference: String,
    data_id: String,
    listed: String,
    /// First to fourth name.
    parts: [String; 4],
    other_names: Vec<String>,
    countries: Vec<String>,
    bad: Option<String>,
}

impl Entry {
    /// Takes the element `name`, which stands in `parent` or (where that is empty) in the entry.
    fn put(&mut self, parent: &str, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let [first, second, third, fourth] = &mut self.parts;
        let place = match (parent, name) {
            ("", "REFERENCE_NUMBER") => &mut self.reference,
            ("", "DATAID") => &mut self.data_id,
            ("", "LISTED_ON") => &mut self.listed,
            ("", "FIRST_NAME") => first,
            ("", "SECOND_NAME") => second,
            ("", "THIRD_NAME") => third,
            ("", "FOURTH_NAME") => fourth,
            ("", "NAME_ORIGINAL_SCRIPT") | ("INDIVIDUAL_ALIAS" | "ENTITY_ALIAS", "ALIAS_NAME") => {
                self.other_names.push(value.to_owned());
                return;
            }
            ("NATIONALITY", "VALUE") => {
                let country = country(value).to_owned();
                if value != "na" && !self.countries.contains(&country) {
                    self.countries.push(country);
                }
                return;
            }
            _ => return,
        };
        value.clone_into(place);
    }

    /// Writes the rows; whether there were any.
    fn finish(self, kind: &str, number: usize, out: &mut Imported) -> bool {
        let id = if self.reference.is_empty() { self.data_id } else { self.reference };
        let listed = squeeze(&self.parts.join(" "));
        let mut names: Vec<String> = Vec::new();
        for name in std::iter::once(&listed).chain(&self.other_names).flat_map(|n| variants(n)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let reason = match self.bad {
            Some(bad) => bad,
            None if id.is_empty() => "no REFERENCE_NUMBER and no DATAID".to_owned(),
            None if names.is_empty() => format!("{id}: no name"),
            None => {
                // A date that is none must not cost the entry.
                let from = if self.listed.parse::<fondaco::day::Day>().is_ok() {
                    self.listed
                } else {
                    String::new()
                };
                out.names.extend(names.into_iter().map(|name| NameRow {
                    id: id.clone(),
                    kind: kind.to_owned(),
                    name,
                    country: self.countries.join("|"),
                    list: LIST.to_owned(),
                    from: from.clone(),
                    illustrative: String::new(),
                }));
                return true;
            }
        };
        out.refuse(number, reason);
        false
    }
}

/// The names in one field, as printed first.
///
/// `A; B` is two names, and so is `A b) B`. Words in brackets are left off for a second name; where
/// they are in another script they are a third: `Jin Tiesan (金铁三)`.
fn variants(field: &str) -> Vec<String> {
    let mut names = Vec::new();
    for one in split_names(field) {
        let (Some(open), Some(close)) = (one.find('('), one.rfind(')')) else {
            names.push(one);
            continue;
        };
        let outside = match (one.get(..open), one.get(close + 1..)) {
            (Some(before), Some(after)) if open < close => squeeze(&format!("{before} {after}")),
            _ => String::new(),
        };
        let inside = one.get(open + 1..close).unwrap_or_default();
        let inside = squeeze(inside.trim_start_matches("original script:"));
        let latin = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
        let both = outside.contains(char::is_alphabetic) && inside.contains(char::is_alphabetic);
        names.push(one.clone());
        if outside.contains(char::is_alphabetic) {
            names.push(outside.clone());
        }
        if both && latin(&outside) != latin(&inside) {
            names.extend(split_names(&inside));
        }
    }
    names
}

/// Cuts at `;` and at ` b) ` outside brackets.
fn split_names(field: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0usize;
    for word in field.split_inclusive([';', ' ']) {
        let bare = word.trim_end_matches([';', ' ']);
        let letter = bare
            .strip_suffix(')')
            .is_some_and(|l| l.len() == 1 && l.starts_with(|c: char| c.is_ascii_lowercase()));
        if depth == 0 && letter {
            names.push(String::new());
            continue;
        }
        depth = (depth + bare.matches('(').count()).saturating_sub(bare.matches(')').count());
        let cut = depth == 0 && word.ends_with(';');
        if let Some(last) = names.last_mut() {
            last.push_str(if cut { bare } else { word });
        }
        if cut {
            names.push(String::new());
        }
    }
    names.iter().map(|n| squeeze(n)).filter(|n| n.contains(char::is_alphabetic)).collect()
}

/// The ISO 3166-1 code of a state by the name the UN uses; the name itself where there is none.
fn country(name: &str) -> &str {
    let mut states = STATES.lines().skip(1).filter_map(|row| row.split_once(','));
    states.find(|(_, known)| *known == name).map_or(name, |(code, _)| code)
}

/// Members and observers of the United Nations under their names there, former ones that lists still
/// have among them: `code,name`.
const STATES: &str = include_str!("../../../../data/model/un-states.csv");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::tests::shared;
    use super::*;

    fn list(entries: &str) -> Imported {
        import(format!("<?xml version=\"1.0\"?><CONSOLIDATED_LIST><INDIVIDUALS>{entries}</INDIVIDUALS></CONSOLIDATED_LIST>").as_bytes())
    }

    fn check(entry: &str, wanted: &[&str]) {
        let got = list(&format!(
            "{entry}<ENTITY><REFERENCE_NUMBER>Z</REFERENCE_NUMBER><FIRST_NAME>GOOD</FIRST_NAME></ENTITY>"
        ));
        let mut rows: Vec<String> = got
            .names
            .iter()
            .map(|n| {
                format!("{} {} {} [{}] {}", n.id, n.kind, n.name, n.country, n.from)
                    .trim_end()
                    .to_owned()
            })
            .collect();
        assert_eq!(rows.pop().as_deref(), Some("Z entity GOOD []"), "{entry}");
        rows.extend(got.refused.iter().map(|r| format!("refused {}: {}", r.line, r.reason)));
        assert_eq!(rows, wanted, "{entry}");
    }

    #[test]
    fn every_name_of_an_entry_becomes_a_row() {
        check(
            "<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>ERIC</FIRST_NAME><SECOND_NAME> BADEGE </SECOND_NAME>\
             <REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>\
             <NATIONALITY><VALUE>Rwanda</VALUE><VALUE>former Soviet Union</VALUE></NATIONALITY>\
             <NAME_ORIGINAL_SCRIPT>x</NAME_ORIGINAL_SCRIPT>\
             <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>A; B b) C</ALIAS_NAME></INDIVIDUAL_ALIAS>\
             <INDIVIDUAL_ALIAS><ALIAS_NAME/></INDIVIDUAL_ALIAS>\
             <INDIVIDUAL_ALIAS><ALIAS_NAME>A</ALIAS_NAME></INDIVIDUAL_ALIAS></INDIVIDUAL>",
            &[
                "CDi.001 person ERIC BADEGE [RW|former Soviet Union] 2012-12-31",
                "CDi.001 person x [RW|former Soviet Union] 2012-12-31",
                "CDi.001 person A [RW|former Soviet Union] 2012-12-31",
                "CDi.001 person B [RW|former Soviet Union] 2012-12-31",
                "CDi.001 person C [RW|former Soviet Union] 2012-12-31",
            ],
        );
        check(
            "<ENTITY><DATAID>7</DATAID><FIRST_NAME>AIR &amp; SEA &#40;AS&#41;</FIRST_NAME>\
             <LISTED_ON>soon</LISTED_ON><NATIONALITY><VALUE>na</VALUE></NATIONALITY></ENTITY>",
            &["7 entity AIR & SEA (AS) []", "7 entity AIR & SEA []"],
        );
    }

    #[test]
    fn names_in_one_field_are_taken_apart() {
        let check = |field: &str, wanted: &[&str]| assert_eq!(variants(field), wanted, "{field}");
        check("Jin Tiesan (金铁三)", &["Jin Tiesan (金铁三)", "Jin Tiesan", "金铁三"]);
        check("Amir (original script: Амир)", &["Amir (original script: Амир)", "Amir", "Амир"]);
        check(
            "حسن غول (Hassan Ghul; Hasan Gul)",
            &["حسن غول (Hassan Ghul; Hasan Gul)", "حسن غول", "Hassan Ghul", "Hasan Gul"],
        );
        check("EL PARA (COMBAT NAME)", &["EL PARA (COMBAT NAME)", "EL PARA"]);
        check("A (x) ; B", &["A (x)", "A", "B"]);
        check("odd )( name", &["odd )( name"]);
        check("open ( name", &["open ( name"]);
        check(" ; - ;", &[]);
    }

    #[test]
    fn bad_entries_are_refused_alone_and_bad_files_whole() {
        check(
            "<INDIVIDUAL><FIRST_NAME>NOBODY</FIRST_NAME></INDIVIDUAL>",
            &["refused 1: no REFERENCE_NUMBER and no DATAID"],
        );
        check("<INDIVIDUAL><DATAID>5</DATAID></INDIVIDUAL>", &["refused 1: 5: no name"]);
        check(
            "<INDIVIDUAL><DATAID>5</DATAID><FIRST_NAME>&x;</FIRST_NAME></INDIVIDUAL>",
            &["refused 1: unknown entity &x;"],
        );
        let deep = format!("<CONSOLIDATED_LIST>{}", "<a>".repeat(100));
        for (bytes, reason) in [
            (&b""[..], "the list breaks off"),
            (b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL>", "the list breaks off"),
            (b"<html/>", "the list breaks off"),
            (b"<html></html>", "the root is html"),
            (b"<CONSOLIDATED_LIST></x>", "broken XML"),
            (b"\xff", "not UTF-8"),
            (deep.as_bytes(), "nests more"),
        ] {
            let got = import(bytes);
            assert!(got.is_empty(), "{got:?}");
            assert!(got.refused[0].reason.starts_with(reason), "{:?}", got.refused);
        }
    }

    #[test]
    fn the_list_at_hand_is_taken_whole() {
        let Some(bytes) = shared("screening/lists/UN_consolidated.xml") else { return };
        let got = import(&bytes);
        println!("{:?}", got.counts);
        assert_eq!(got.refused, []);
        assert_eq!(got.counts[..3], [("entries", 1_003), ("persons", 730), ("entities", 273)]);
        assert!(got.names.len() > 3_700);
    }
}
