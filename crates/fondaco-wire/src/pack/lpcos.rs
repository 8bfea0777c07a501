//! The types of documents that the register of the house keeps: `lpcos*.csv`.

use fondaco::finding::Trilingual;
use fondaco::reference::{LpcoKind, Pack};
use serde::Deserialize;

use super::source::{cited, rows};
use super::{Files, Problem};

#[derive(Deserialize)]
struct LpcoRow {
    document: String,
    #[serde(default)]
    issuer: String,
    name_en: String,
    name_zh: String,
    name_ru: String,
    /// `yes` where it says that its holder is an authorised operator.
    #[serde(default)]
    operators: String,
    basis: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// The types of the pack, in the order of its rows.
pub(super) fn read(files: &Files<'_>, pack: &mut Pack, problems: &mut Vec<Problem>) {
    let Pack { law, lpcos, .. } = pack;
    rows(
        files,
        |n| n.starts_with("lpcos") && n.ends_with(".csv"),
        problems,
        |reader, row: LpcoRow| {
            cited(reader, &row.basis, law);
            let kind = LpcoKind {
                document: reader.token(&row.document),
                issuer: reader.token(&row.issuer),
                name: Trilingual { en: row.name_en, zh: row.name_zh, ru: row.name_ru },
                operators: match row.operators.as_str() {
                    "" | "no" => false,
                    "yes" => true,
                    other => {
                        reader.problem(format!("“{other}” is neither yes nor no"));
                        false
                    }
                },
                basis: row.basis,
                validity: reader.validity(&row.from, &row.until),
            };
            if kind.document.is_empty() {
                reader.problem("no document");
            }
            if [&kind.name.en, &kind.name.zh, &kind.name.ru].iter().any(|t| t.is_empty()) {
                reader.problem("a name is empty: it is told in each language");
            }
            let same =
                |k: &LpcoKind| k.document == kind.document && k.validity.overlaps(&kind.validity);
            if lpcos.iter().any(same) {
                reader.problem(format!("{} stands twice", kind.document));
            }
            lpcos.push(kind);
        },
    );
}
