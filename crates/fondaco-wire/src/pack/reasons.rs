//! The reasons of decisions: why an officer decides against the trader, and what the trader can do.

use std::collections::BTreeSet;

use fondaco::consignment::HoldKind;
use fondaco::finding::Trilingual;
use fondaco::reference::{DecisionReason, Pack};

use super::rows::ReasonRow;
use super::source::{Reader, rows};
use super::{Files, Problem};

/// Acts that take a reason, other than holds.
const ACTS: [&str; 4] = ["refuse", "deny", "cancel", "hand-over"];

impl Reader<'_> {
    fn reason(&mut self, row: ReasonRow) -> DecisionReason {
        let acts: Vec<String> = row.acts.split('|').map(|a| a.trim().to_owned()).collect();
        for act in &acts {
            let hold = act.strip_prefix("hold ").and_then(HoldKind::named);
            if hold.is_none() && !ACTS.contains(&act.as_str()) {
                self.problem(format!("“{act}” is no act that takes a reason"));
            }
        }
        let text = Trilingual { en: row.text_en, zh: row.text_zh, ru: row.text_ru };
        let remedy = Trilingual { en: row.remedy_en, zh: row.remedy_zh, ru: row.remedy_ru };
        if [&text, &remedy].iter().any(|t| [&t.en, &t.zh, &t.ru].iter().any(|t| t.is_empty())) {
            self.problem("a text is empty: who is decided against is told in each language");
        }
        DecisionReason { code: self.token(&row.code), acts, text, remedy }
    }
}

/// The reasons of the pack, by code.
pub(super) fn read(files: &Files<'_>, pack: &mut Pack, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    rows(
        files,
        |n| n.starts_with("decision-reasons"),
        problems,
        |reader, row: ReasonRow| {
            if !seen.insert(row.code.clone()) {
                reader.problem(format!("{} stands twice", row.code));
            }
            pack.reasons.push(reader.reason(row));
        },
    );
    pack.reasons.sort_by_key(|r| r.code);
}
