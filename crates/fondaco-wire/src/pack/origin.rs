//! Origin in a pack: schemes, rules, proofs and claims as rows; the rules packed in a bundle.
//!
//! `origin-rules….csv` is read and checked once, when the bundle is made, and stands in it as
//! `origin-rules….packed`: texts once each, rows as numbers. A rule's tree is read from its notation
//! only when its code is asked.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use fondaco::origin::{
    Claim, Cumulation, Origins, Proof, ProofDocument, RuleRow, Rules, Scheme, SetRow, Test,
    Tolerance,
};
use fondaco::reference::Act;
use fondaco::token::Token;
use serde::{Deserialize, Serialize};

use super::rows::{ClaimRow, NoteRow, OriginRow, ProofRow, SchemeRow};
use super::source::{Reader, cited, rows};
use super::{Files, Problem, problem};

/// The name a file of rules has once it is packed; `None` of any other file.
pub(super) fn packed_name(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".csv").filter(|stem| stem.starts_with("origin-rules"))?;
    Some(format!("{stem}.packed"))
}

type PackedSet = (u32, u64, u64, u32, u32, u8, u32, u32);
type PackedRule = (u32, u32, u32, u32, u8);

#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    schemes: Vec<String>,
    texts: Cow<'a, str>,
    ends: Vec<u32>,
    sets: Vec<PackedSet>,
    rules: Vec<PackedRule>,
}

/// Puts packed rules in the place of each file of them; the rows are right.
pub(super) fn pack(files: &mut Files<'_>) -> Result<(), Vec<Problem>> {
    let names: Vec<_> =
        files.keys().filter_map(|name| Some((name.clone(), packed_name(name)?))).collect();
    for (name, packed) in names {
        let mut problems = Vec::new();
        let rules = from_csv(files, |n| n == name, &mut problems);
        files.remove(&name);
        let one = Packed {
            schemes: rules.schemes.clone(),
            texts: Cow::Borrowed(&rules.texts),
            ends: rules.ends.clone(),
            sets: rules
                .sets
                .iter()
                .map(|s| (s.scheme, s.from, s.until, s.heading, s.goods, s.join, s.first, s.count))
                .collect(),
            rules: rules
                .rules
                .iter()
                .map(|r| (r.text, r.notation, r.classes, r.notes, r.flags))
                .collect(),
        };
        let bytes = postcard::to_stdvec(&one).map_err(|e| problem(&name, e))?;
        files.insert(packed, Cow::Owned(bytes));
    }
    Ok(())
}

fn unpack(bytes: &[u8]) -> Result<Rules, String> {
    let packed: Packed<'_> = postcard::from_bytes(bytes).map_err(|e| e.to_string())?;
    let set = |(scheme, from, until, heading, goods, join, first, count): PackedSet| SetRow {
        scheme,
        from,
        until,
        heading,
        goods,
        join,
        first,
        count,
    };
    let rule = |(text, notation, classes, notes, flags): PackedRule| RuleRow {
        text,
        notation,
        classes,
        notes,
        flags,
    };
    Ok(Rules {
        schemes: packed.schemes,
        texts: packed.texts.into_owned(),
        ends: packed.ends,
        sets: packed.sets.into_iter().map(set).collect(),
        rules: packed.rules.into_iter().map(rule).collect(),
    })
}

/// Texts, each kept once.
#[derive(Default)]
struct Interner {
    texts: String,
    ends: Vec<u32>,
    places: HashMap<String, u32>,
}

impl Interner {
    fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.texts.push_str(text);
        self.ends.push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.places.insert(text.to_owned(), place);
        place
    }
}

fn from_csv(
    files: &Files<'_>,
    wanted: impl Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) -> Rules {
    let mut texts = Interner::default();
    let mut schemes: Vec<String> = Vec::new();
    let mut sets: Vec<SetRow> = Vec::new();
    let mut rules: Vec<RuleRow> = Vec::new();
    let mut last: Option<(String, String)> = None;
    rows(files, wanted, problems, |reader, row: OriginRow| {
        let code = |reader: &mut Reader<'_>, text: &str| {
            let digits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit());
            if !digits {
                reader.problem(format!("“{text}” is not a code of ten digits"));
            }
            text.parse::<u64>().unwrap_or_default()
        };
        let read: Result<Test, _> = row.read.parse();
        if let Err(e) = read {
            reader.problem(e.to_string());
        }
        if row.text.is_empty() {
            reader.problem("no text");
        }
        let place = schemes.iter().position(|s| *s == row.scheme).unwrap_or_else(|| {
            schemes.push(row.scheme.clone());
            schemes.len() - 1
        });
        let here = Some((row.scheme.clone(), row.set.clone()));
        let first = u32::try_from(rules.len()).unwrap_or(u32::MAX);
        if here == last {
            if let Some(set) = sets.last_mut() {
                set.count += 1;
            }
        } else {
            let (from, until) = (code(reader, &row.from), code(reader, &row.until));
            if from > until {
                reader.problem(format!("{from} is after {until}"));
            }
            sets.push(SetRow {
                scheme: u32::try_from(place).unwrap_or(u32::MAX),
                from,
                until,
                heading: texts.place(&row.heading),
                goods: texts.place(&row.goods),
                join: u8::from(row.join == "unsaid"),
                first,
                count: 1,
            });
            last = here;
        }
        let flags = match row.direction.as_str() {
            "" => 3,
            "import" => 1,
            "export" => 2,
            other => {
                reader.problem(format!("“{other}” is neither import nor export"));
                3
            }
        };
        rules.push(RuleRow {
            text: texts.place(&row.text),
            notation: texts.place(&row.read),
            classes: texts.place(&row.classes),
            notes: texts.place(&row.notes),
            flags: flags | if row.quota == "Y" { 4 } else { 0 },
        });
    });
    sets.sort_by_key(|s| (s.scheme, s.from, s.until));
    Rules { schemes, texts: texts.texts, ends: texts.ends, sets, rules }
}

/// What the files say of origin.
pub(super) fn read(
    files: &Files<'_>,
    law: &BTreeMap<String, Act>,
    problems: &mut Vec<Problem>,
) -> Origins {
    let mut origins = Origins::default();
    let named =
        |start: &'static str| move |name: &str| name.starts_with(start) && name.ends_with(".csv");
    rows(files, named("origin-schemes"), problems, |reader, row: SchemeRow| {
        if origins.schemes.iter().any(|s| s.id == row.scheme) || row.scheme.is_empty() {
            reader.problem(format!("“{}” stands twice or is empty", row.scheme));
        }
        cited(reader, &row.basis, law);
        let proofs = row.proofs.split('|').filter_map(|one| one.split_once('='));
        let proofs = proofs
            .map(|(class, summary)| Proof { class: reader.token(class), summary: summary.into() })
            .collect();
        let cumulation = row.cumulation.split('|').filter_map(|one| one.split_once('='));
        let cumulation = cumulation
            .map(|(method, countries)| Cumulation {
                method: reader.token(method),
                countries: countries.split_whitespace().map(|c| reader.token(c)).collect(),
            })
            .collect();
        let tolerance = match row.tolerance.as_str() {
            "" => None,
            figure => reader.figure(figure).map(|percent| Tolerance { percent }),
        };
        let countries = row.countries.split('|').filter(|c| !c.is_empty());
        let countries: Vec<Token> = countries.map(|c| reader.token(c)).collect();
        origins.schemes.push(Scheme {
            scope: reader.token(&row.scope),
            unilateral: row.unilateral == "Y",
            validity: reader.validity(&row.from, &row.until),
            id: row.scheme,
            title: row.title,
            basis: row.basis,
            note: row.note,
            proofs,
            cumulation,
            countries,
            tolerance,
        });
    });
    origins.rules = from_csv(files, named("origin-rules"), problems);
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".packed")) {
        match unpack(bytes) {
            Ok(rules) if origins.rules.sets.is_empty() => origins.rules = rules,
            Ok(_) => problems.extend(problem(name, "rules of origin stand in two files")),
            Err(e) => problems.extend(problem(name, e)),
        }
    }
    for scheme in &origins.rules.schemes {
        if origins.scheme(scheme).is_none() {
            problems.extend(problem("origin-rules", format!("there is no scheme {scheme}")));
        }
    }
    rows(files, named("origin-notes"), problems, |_, row: NoteRow| {
        origins.notes.insert(row.note, row.text);
    });
    rows(files, named("origin-proofs"), problems, |reader, row: ProofRow| {
        cited(reader, &row.basis, law);
        if !row.scheme.is_empty() && origins.scheme(&row.scheme).is_none() {
            reader.problem(format!("there is no scheme {}", row.scheme));
        }
        let documents = row.documents.split('|').filter(|d| !d.is_empty());
        let documents = documents.map(|d| reader.token(d)).collect();
        let class = reader.token(&row.class);
        origins.documents.push(ProofDocument {
            class,
            scheme: row.scheme,
            documents,
            basis: row.basis,
        });
    });
    rows(files, named("origin-claims"), problems, |reader, row: ClaimRow| {
        cited(reader, &row.basis, law);
        origins.claims.push(Claim {
            regime: reader.token(&row.regime),
            unilateral: row.unilateral == "Y",
            scope: reader.token(&row.scope),
            when: reader.condition(&row.when),
            basis: row.basis,
        });
    });
    origins
}
