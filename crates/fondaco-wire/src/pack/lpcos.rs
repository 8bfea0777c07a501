//! The types of documents that the register of the house keeps or could keep: `lpcos*.csv`.

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
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    name_zh: String,
    #[serde(default)]
    name_ru: String,
    /// `yes` where it says that its holder is an authorised operator.
    #[serde(default)]
    operators: String,
    /// `no` where it is only told what it is; otherwise the register keeps it.
    #[serde(default)]
    kept: String,
    /// `quantity`, `value` or both, a space between.
    #[serde(default)]
    counted: String,
    #[serde(default)]
    basis: String,
    /// `yes` where the row has no source at hand.
    #[serde(default)]
    illustrative: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// The types of the pack, in the order of its rows. A row that is kept takes what it does not say from one of
/// the same document that is not, and stands in its place.
pub(super) fn read(files: &Files<'_>, pack: &mut Pack, problems: &mut Vec<Problem>) {
    let Pack { law, lpcos, .. } = pack;
    let mut known: Vec<LpcoKind> = Vec::new();
    rows(
        files,
        |n| n.starts_with("lpcos") && n.ends_with(".csv"),
        problems,
        |reader, row: LpcoRow| {
            if !row.basis.is_empty() {
                cited(reader, &row.basis, law);
            }
            let mut is = |text: &str, unsaid: bool| match text {
                "" => unsaid,
                "yes" => true,
                "no" => false,
                other => {
                    reader.problem(format!("“{other}” is neither yes nor no"));
                    false
                }
            };
            let operators = is(&row.operators, false);
            let kept = is(&row.kept, true);
            let illustrative = is(&row.illustrative, false);
            if let Some(other) =
                row.counted.split_whitespace().find(|w| !["quantity", "value"].contains(w))
            {
                reader.problem(format!("“{other}” is neither quantity nor value"));
            }
            let counted = |word| row.counted.split_whitespace().any(|w| w == word);
            let kind = LpcoKind {
                document: reader.token(&row.document),
                issuer: reader.token(&row.issuer),
                kept,
                by_quantity: counted("quantity"),
                by_value: counted("value"),
                illustrative,
                name: Trilingual { en: row.name_en, zh: row.name_zh, ru: row.name_ru },
                operators,
                basis: row.basis,
                validity: reader.validity(&row.from, &row.until),
            };
            if kind.document.is_empty() {
                reader.problem("no document");
            }
            let of = if kept { &mut *lpcos } else { &mut known };
            let same =
                |k: &LpcoKind| k.document == kind.document && k.validity.overlaps(&kind.validity);
            if of.iter().any(same) {
                reader.problem(format!("{} stands twice", kind.document));
            }
            of.push(kind);
        },
    );
    for kind in lpcos.iter_mut() {
        let same =
            |k: &LpcoKind| k.document == kind.document && k.validity.overlaps(&kind.validity);
        if let Some(at) = known.iter().position(same) {
            filled(kind, known.remove(at));
        }
    }
    lpcos.append(&mut known);
    let (mut unnamed, mut unfounded) = (Vec::new(), Vec::new());
    for kind in lpcos.iter() {
        if [&kind.name.en, &kind.name.zh, &kind.name.ru].iter().any(|t| t.is_empty()) {
            unnamed.push(kind.document.to_string());
        }
        if kind.basis.is_empty() {
            unfounded.push(kind.document.to_string());
        }
    }
    let mut wrong = |of: Vec<String>, what: &str| {
        if !of.is_empty() {
            let what = format!("{}: {what}", of.join(", "));
            problems.push(Problem { file: "lpcos.csv".into(), row: 0, what });
        }
    };
    wrong(unnamed, "a name is empty: it is told in each language");
    wrong(unfounded, "no basis");
}

/// What a row does not say is taken from what is known of its document; who issues it and how it is counted
/// only where that has a source.
fn filled(kind: &mut LpcoKind, known: LpcoKind) {
    if kind.issuer.is_empty() && !known.illustrative {
        kind.issuer = known.issuer;
    }
    if !kind.by_quantity && !kind.by_value && !known.illustrative {
        (kind.by_quantity, kind.by_value) = (known.by_quantity, known.by_value);
    }
    let name = &mut kind.name;
    for (own, other) in [
        (&mut name.en, known.name.en),
        (&mut name.zh, known.name.zh),
        (&mut name.ru, known.name.ru),
    ] {
        if own.is_empty() {
            *own = other;
        }
    }
    if kind.basis.is_empty() {
        kind.basis = known.basis;
    }
    kind.operators |= known.operators;
}
