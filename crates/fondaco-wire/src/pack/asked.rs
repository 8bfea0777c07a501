//! What must be shown, as files say it: `requirements*.toml` by people, `requirements*.csv` by
//! importers.

use fondaco::finding::Trilingual;
use fondaco::reference::{Pack, RequirementRule};
use serde::Deserialize;

use super::rows::RequirementRow;
use super::source::{Reader, Texts, cited, rows, toml_file};
use super::{Files, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementsFile {
    #[serde(default, rename = "requirement")]
    requirements: Vec<RequirementFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    id: String,
    kind: String,
    agency: Texts,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    origin: String,
    #[serde(default)]
    when: String,
    #[serde(default)]
    documents: Vec<String>,
    text: Texts,
    basis: String,
    #[serde(default)]
    writeoff: String,
    days: Option<u16>,
    #[serde(default)]
    cost: String,
    without: Option<Texts>,
    #[serde(default)]
    illustrative: bool,
    /// Who has to decide on the goods, and by looking at what.
    #[serde(default)]
    decides: String,
    #[serde(default)]
    control: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// The kinds a requirement may be of.
const KINDS: [&str; 6] =
    ["certificate", "licence", "permit", "inspection", "notice", "prohibition"];

/// Reads every requirement of the pack but those it carries out by rows of its own.
pub(super) fn read(
    files: &Files<'_>,
    pack: &Pack,
    problems: &mut Vec<Problem>,
) -> Vec<RequirementRule> {
    let mut all: Vec<RequirementRule> = Vec::new();
    let carried =
        |id: &str| pack.profile.carried_out.iter().any(|own| id.starts_with(own.as_str()));
    for name in files.keys().filter(|n| n.starts_with("requirements") && n.ends_with(".toml")) {
        let Some(file) = toml_file::<RequirementsFile>(files, name, problems) else { continue };
        let mut reader = Reader { file: name.clone(), row: 0, problems };
        for (n, r) in file.requirements.into_iter().enumerate() {
            reader.row = n + 1;
            if carried(&r.id) {
                continue;
            }
            cited(&mut reader, &r.basis, &pack.law);
            all.push(RequirementRule {
                kind: reader.token(&r.kind),
                codes: reader.tokens(&r.codes),
                direction: reader.direction(&r.direction),
                origin: reader.selection(&r.origin),
                when: reader.condition(&r.when),
                documents: reader.tokens(&r.documents),
                validity: reader.validity(&r.from, &r.until),
                agency: r.agency.into(),
                text: r.text.into(),
                decides: reader.decides(&r.id, &r.decides, &r.control),
                id: r.id,
                basis: r.basis,
                write_off: reader.token(&r.writeoff),
                days: r.days,
                cost: r.cost,
                without: r.without.map(Into::into),
                illustrative: r.illustrative,
            });
        }
    }
    rows(
        files,
        |n| n.starts_with("requirements") && n.ends_with(".csv"),
        problems,
        |reader, r: RequirementRow| {
            cited(reader, &r.basis, &pack.law);
            let codes = |text: &str| -> Vec<String> {
                text.split('|').filter(|t| !t.is_empty()).map(str::to_owned).collect()
            };
            all.push(RequirementRule {
                kind: reader.token(&r.kind),
                codes: reader.tokens(&codes(&r.codes)),
                direction: reader.direction(&r.direction),
                origin: reader.selection(&r.origin),
                when: reader.condition(&r.when),
                documents: reader.tokens(&codes(&r.documents)),
                validity: reader.validity(&r.from, &r.until),
                agency: Trilingual { en: r.agency_en, zh: r.agency_zh, ru: r.agency_ru },
                text: Trilingual { en: r.text_en, zh: r.text_zh, ru: r.text_ru },
                id: r.id,
                basis: r.basis,
                write_off: Default::default(),
                days: None,
                cost: String::new(),
                without: None,
                illustrative: false,
                decides: None,
            });
        },
    );
    for rule in &all {
        if !KINDS.contains(&rule.kind.as_str()) {
            let what = format!("{}: “{}” is none of {}", rule.id, rule.kind, KINDS.join(", "));
            problems.push(Problem { file: "requirements".into(), row: 0, what });
        }
    }
    all
}
