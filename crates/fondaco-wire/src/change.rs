//! What changed for goods between two days, and by which act, as JSON: `fondaco explain`.

use fondaco::day::Day;
use fondaco::finder::{Answer, Change, Duty, Question};
use fondaco::finding::Language;
use fondaco::rates::Applies;
use fondaco::reference::{Act, Pack};
use serde::Serialize;

use crate::report::Texts;
use crate::sentence::of_formula;
use crate::why;

/// A rate before or after a change.
#[derive(Debug, Serialize)]
pub struct RateView {
    /// The formula; empty where unknown.
    pub formula: String,
    /// The act, as cited; empty where no row was found.
    pub basis: String,
    /// Why it cannot be told, in a stable word; empty where it can.
    pub unknown: &'static str,
}

/// The act that made a change.
#[derive(Debug, Serialize)]
pub struct ActView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Texts,
    /// Number and date.
    pub reference: String,
    /// Where the text was read, or that it was not.
    pub source: String,
    /// The place in it.
    pub place: String,
}

/// A change.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// The first day it is so.
    pub on: String,
    /// Tax type.
    pub tax_type: String,
    /// Rates the day before that no longer apply.
    pub before: Vec<RateView>,
    /// Rates from that day on that did not apply before.
    pub after: Vec<RateView>,
    /// The acts the new rates cite; of a rate that only ends, those it cited.
    pub acts: Vec<ActView>,
    /// In a sentence.
    pub text: Texts,
}

/// What changed between two days.
#[derive(Debug, Serialize)]
pub struct ChangesView {
    /// The code asked.
    pub code: String,
    /// Origin asked.
    pub origin: String,
    /// The first of the two days.
    pub from: String,
    /// The second.
    pub to: String,
    /// Changes, by day.
    pub changes: Vec<ChangeView>,
    /// What the answer does not cover: `no-line` where the tariff has no such code on the second day,
    /// `not-held` with each tax whose rate is not held then.
    pub unknown: Vec<String>,
    /// Pack.
    pub pack: String,
    /// SHA-256 of the bundle.
    pub digest: String,
}

impl ChangesView {
    /// The changes, in the words of the wire.
    #[must_use]
    pub fn of(
        question: &Question,
        changes: &[Change<'_>],
        pack: &Pack,
        (from, to): (Day, Day),
        told: &Answer<'_>,
    ) -> Self {
        let no_line = told.no_such_line.then(|| "no-line".to_owned());
        let held = |d: &&Duty<'_>| {
            d.rate.untold.is_none() && d.rate.row.is_some_and(|row| row.formula().is_some())
        };
        let not_held = told.duties.iter().filter(|d| !held(d));
        let mut unknown: Vec<String> = no_line
            .into_iter()
            .chain(not_held.map(|d| format!("not-held {}", d.tax.code)))
            .collect();
        unknown.dedup();
        Self {
            unknown,
            code: question.code.to_string(),
            origin: question.origin.to_string(),
            from: from.to_string(),
            to: to.to_string(),
            changes: changes
                .iter()
                .map(|c| change(c, pack))
                // Rates that only stand in another order, or under another condition that holds.
                .filter(|view| !(view.before.is_empty() && view.after.is_empty()))
                .collect(),
            pack: pack.id.clone(),
            digest: pack.digest.clone(),
        }
    }
}

fn rate(applies: &Applies<'_>) -> RateView {
    let row = applies.row.as_ref();
    let formula = row.and_then(|r| r.formula()).map(ToString::to_string).unwrap_or_default();
    let untold = applies.untold.as_ref().map(|why| why::unknown(why).0);
    RateView {
        unknown: untold.unwrap_or(if formula.is_empty() { "no-measure" } else { "" }),
        basis: row.map(|r| r.basis().to_owned()).unwrap_or_default(),
        formula,
    }
}

fn act(basis: &str, pack: &Pack) -> Option<ActView> {
    let (id, place) = basis.split_once(',').unwrap_or((basis, ""));
    let Act { title, reference, source } = pack.law.get(id.trim())?;
    Some(ActView {
        id: id.trim().to_owned(),
        title: Texts::from(title),
        reference: reference.clone(),
        source: source.clone(),
        place: place.trim().to_owned(),
    })
}

fn change(change: &Change<'_>, pack: &Pack) -> ChangeView {
    let same = |a: &RateView, b: &RateView| {
        (&a.formula, &a.basis, a.unknown) == (&b.formula, &b.basis, b.unknown)
    };
    let mut before: Vec<RateView> = change.before.iter().map(rate).collect();
    let mut after: Vec<RateView> = change.after.iter().map(rate).collect();
    // Of duties on top of one another only those that came or went are said.
    before.retain(|was| {
        let at = after.iter().position(|is| same(was, is));
        at.map(|at| after.remove(at)).is_none()
    });
    let citing = if after.is_empty() { &before } else { &after };
    let mut acts: Vec<ActView> = Vec::new();
    for view in citing.iter().filter_map(|r| act(&r.basis, pack)) {
        match acts.iter_mut().find(|a| a.id == view.id) {
            Some(known) if known.place.split("; ").any(|place| place == view.place) => {}
            Some(known) => known.place = format!("{}; {}", known.place, view.place),
            None => acts.push(view),
        }
    }
    let text = sentence(change, &before, &after, &acts, pack);
    ChangeView {
        on: change.on.to_string(),
        tax_type: change.tax.code.to_string(),
        before,
        after,
        acts,
        text,
    }
}

/// In the order of [`Language`].
const NOT_KNOWN: [&str; 3] = ["not known", "未知", "неизвестно"];

fn sentence(
    change: &Change<'_>,
    before: &[RateView],
    after: &[RateView],
    acts: &[ActView],
    pack: &Pack,
) -> Texts {
    let list = |all: &[RateView], language: Language| {
        let one = |r: &RateView| {
            let code = &change.tax.code;
            let said = of_formula(&r.formula, code, pack, language, &str::to_owned);
            match (r.formula.is_empty(), said.bands.is_empty()) {
                (true, _) => NOT_KNOWN[language as usize].to_owned(),
                // In its notation a rate is short and the same in every language; bands are not.
                (false, true) => r.formula.clone(),
                (false, false) => said.in_short(language),
            }
        };
        let mut each: Vec<String> = all.iter().map(one).collect();
        each.dedup();
        each.join(" + ")
    };
    let on = change.on;
    let tax = &change.tax.name;
    let by = |title: fn(&Texts) -> &str, comma: &str| {
        let each: Vec<String> = acts
            .iter()
            .map(|a| match a.place.as_str() {
                "" => format!("{} ({})", title(&a.title), a.reference),
                place => format!("{} ({}){comma}{place}", title(&a.title), a.reference),
            })
            .collect();
        each.join("; ")
    };
    let (en, zh, ru) = (by(|t| &t.en, ", "), by(|t| &t.zh, "，"), by(|t| &t.ru, ", "));
    let was = Language::ALL.map(|l| list(before, l));
    let is = Language::ALL.map(|l| list(after, l));
    match (before.is_empty(), after.is_empty()) {
        (true, _) => Texts {
            en: format!("From {on} {} is charged: {}. Act: {en}.", tax.en, is[0]),
            zh: format!("自{on}起，开征{}：{}。依据：{zh}。", tax.zh, is[1]),
            ru: format!("С {on} взимается «{}»: {}. Основание: {ru}.", tax.ru, is[2]),
        },
        (false, true) => Texts {
            en: format!("From {on} {} of {} no longer applies. It was by: {en}.", tax.en, was[0]),
            zh: format!("自{on}起，不再适用{} {}。原依据：{zh}。", tax.zh, was[1]),
            ru: format!("С {on} «{}» {} больше не применяется. Было по: {ru}.", tax.ru, was[2]),
        },
        (false, false) => Texts {
            en: format!("From {on} {} is {} instead of {}. Act: {en}.", tax.en, is[0], was[0]),
            zh: format!("自{on}起，{}由 {} 改为 {}。依据：{zh}。", tax.zh, was[1], is[1]),
            ru: format!("С {on} «{}»: {} вместо {}. Основание: {ru}.", tax.ru, is[2], was[2]),
        },
    }
}
