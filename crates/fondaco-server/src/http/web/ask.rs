//! A question asked on a page: its form, what of it cannot be read, and what every answer to one says
//! in the same way.

use fondaco::finding::Language;
use fondaco_wire::report::Texts;
use fondaco_wire::sentence::{self, Said};

use super::{Page, encode, of};
use crate::finder::{Ask, Unread};

/// A field of a form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) value: String,
    pub(super) is_wanted: bool,
    /// Whether it could not be read.
    pub(super) is_wrong: bool,
}

/// A question as a form: what was written in it, and what of that cannot be read.
pub(super) struct Form {
    pub(super) fields: Vec<Field>,
    pub(super) is_export: bool,
    /// What is wrong, in words; empty where nothing is.
    pub(super) wrong: String,
}

impl Form {
    /// The form of a page, with what the address says. Fields beside those every question has are
    /// named: name, label, hint.
    pub(super) fn new(
        p: &Page<'_>,
        query: &[(String, String)],
        days: &[(&'static str, &'static str, &'static str)],
    ) -> Self {
        let w = p.w;
        let all = [
            ("code", w.ask_code, w.ask_code_hint),
            ("origin", w.ask_origin, w.ask_country_hint),
            ("from", w.ask_from, w.ask_country_hint),
            ("to", w.ask_to, w.ask_country_hint),
        ];
        let more = [("regime", w.ask_regime, ""), ("procedure", w.ask_procedure, "")];
        let fields = all.iter().chain(days).chain(&more).map(|&(name, label, hint)| Field {
            name,
            label,
            hint,
            value: of(query, name).trim().chars().take(60).collect(),
            is_wanted: matches!(name, "code" | "since" | "until"),
            is_wrong: false,
        });
        Self {
            fields: fields.collect(),
            is_export: of(query, "direction") == "export",
            wrong: String::new(),
        }
    }

    /// With what cannot be read.
    pub(super) fn refused(&mut self, p: &Page<'_>, unread: &Unread) {
        let parameter = unread.parameter();
        let field = self.fields.iter_mut().find(|f| f.name == parameter);
        let label = field.map_or(p.w.ask_direction, |field| {
            field.is_wrong = true;
            field.label
        });
        let told = p.term("unread", parameter);
        self.wrong = match (unread.value(), p.l) {
            ("", Language::Zh) => format!("{label}：{told}"),
            (value, Language::Zh) => format!("{label}：“{value}”。{told}"),
            ("", _) => format!("{label}: {told}"),
            (value, Language::Ru) => format!("{label}: «{value}». {told}"),
            (value, Language::En) => format!("{label}: “{value}”. {told}"),
        };
    }

    /// Name of the field that cannot be read; that of the direction where no other is.
    pub(super) fn wrong_at(&self) -> &'static str {
        self.fields.iter().find(|f| f.is_wrong).map_or("direction", |f| f.name)
    }

    /// The address of a question, as far as these names of it are told.
    pub(super) fn address(&self, names: &[&str]) -> String {
        let told = |f: &&Field| names.contains(&f.name) && !f.value.is_empty();
        let mut all: Vec<String> = self
            .fields
            .iter()
            .filter(told)
            .map(|f| format!("{}={}", f.name, encode(&f.value)))
            .collect();
        if self.is_export {
            all.push("direction=export".to_owned());
        }
        all.join("&")
    }
}

/// The question of a form; what is empty is not told.
pub(super) fn ask(query: &[(String, String)]) -> Ask {
    Ask::of_form(|name| of(query, name))
}

impl Page<'_> {
    /// A rate in words, its figures grouped; a rate that is not held is said to be unknown.
    pub(super) fn rate(&self, formula: &str, tax: &str) -> Said {
        if formula.is_empty() {
            return Said { text: self.w.not_known.to_owned(), bands: Vec::new() };
        }
        sentence::of_formula(formula, tax, &self.pack, self.l, &|figure| self.amount(figure))
    }

    /// An official name and the language it is in: that of the page where the pack holds one.
    pub(super) fn official<'b>(&self, name: &'b Texts) -> (&'static str, &'b str) {
        let held = |l: &Language| !name.get(*l).is_empty();
        let l = [self.l].into_iter().chain(Language::ALL).find(held).unwrap_or(self.l);
        (l.tag(), name.get(l))
    }

    /// The first and the last day, as far as they are told.
    pub(super) fn span(&self, from: &str, until: &str) -> String {
        if from.is_empty() && until.is_empty() {
            "—".to_owned()
        } else {
            format!("{from} – {until}")
        }
    }
}
