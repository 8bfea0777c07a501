//! Rows that are no rates, made of the transmissions: quotas, groups of countries, lines, documents.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::document;
use super::state::{Things, by, of as all};
use super::{DEFINITION, Record, day};
use crate::pack::rows::{GroupRow, LineRow, ListRow, QuotaRow};

pub(super) fn quotas(things: &Things<'_>) -> Vec<QuotaRow> {
    let mut events: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for (_, of_kind) in things.iter().filter(|(kind, _)| kind.ends_with(".event")) {
        for event in of_kind.values() {
            events.entry(event.field(DEFINITION)).or_default().push(event);
        }
    }
    let mut windows = by(things, "quota.blocking.period", DEFINITION);
    for (definition, more) in by(things, "quota.suspension.period", DEFINITION) {
        windows.entry(definition).or_default().extend(more);
    }
    let orders: BTreeMap<&str, &str> = all(things, "quota.definition")
        .map(|quota| (quota.field(DEFINITION), quota.field("quota.order.number.id")))
        .collect();
    let wholes = by(things, "quota.association", "sub.quota.definition.sid");
    let mut rows = Vec::new();
    for quota in all(things, "quota.definition") {
        let sid = quota.field(DEFINITION);
        let mut row = QuotaRow {
            order: quota.field("quota.order.number.id").to_owned(),
            definition: sid.to_owned(),
            from: date(quota.field("validity.start.date")),
            until: date(quota.field("validity.end.date")),
            volume: quota.field("initial.volume").to_owned(),
            unit: unit(quota),
            critical: quota.field("critical.state").to_owned(),
            threshold: quota.field("critical.threshold").to_owned(),
            state: "open".to_owned(),
            ..QuotaRow::default()
        };
        let mut told = events.remove(sid).unwrap_or_default();
        told.sort_by_key(|e| e.field("occurrence.timestamp"));
        for event in told {
            match event.kind.as_str() {
                "quota.balance.event" => {
                    row.balance = event.field("new.balance").to_owned();
                    row.balance_on = date(event.field("occurrence.timestamp"));
                }
                "quota.critical.event" => row.critical = event.field("critical.state").to_owned(),
                "quota.exhaustion.event" => row.state = "exhausted".to_owned(),
                "quota.reopening.event" => row.state = "open".to_owned(),
                "quota.closed.and.transferred.event" => row.state = "closed".to_owned(),
                _ => {}
            }
        }
        let closed = windows.get(sid).into_iter().flatten().map(|w| {
            let day = |a: &str, b: &str| {
                let day = w.field(a);
                date(if day.is_empty() { w.field(b) } else { day })
            };
            let from = day("blocking.start.date", "suspension.start.date");
            format!("{from}/{}", day("blocking.end.date", "suspension.end.date"))
        });
        row.closed = closed.collect::<Vec<_>>().join("|");
        if let Some(whole) = wholes.get(sid).and_then(|of| of.first()) {
            let definition = whole.field("main.quota.definition.sid");
            // The order number of one that no transmission told of is not known: its own number stands
            // for it, so that the part is seen to be one of something that is not held.
            row.part_of = orders.get(definition).copied().unwrap_or(definition).to_owned();
            row.part_of_definition = definition.to_owned();
            row.coefficient = whole.field("coefficient").to_owned();
        }
        rows.push(row);
    }
    rows.sort_by(|a, b| (&a.order, &a.from).cmp(&(&b.order, &b.from)));
    rows
}

/// What a quota is counted in, as formulas name it: a unit with its qualifier, or a currency.
fn unit(quota: &Record) -> String {
    let unit = quota.field("measurement.unit.code");
    let qualifier = quota.field("measurement.unit.qualifier.code");
    match (unit, qualifier) {
        ("", _) => quota.field("monetary.unit.code").to_owned(),
        ("NAR", _) => "NMB".to_owned(),
        (unit, "") => unit.to_owned(),
        (unit, qualifier) => format!("{unit}#{qualifier}"),
    }
}

fn date(text: &str) -> String {
    day(text).map(|d| d.to_string()).unwrap_or_default()
}

pub(super) fn groups(things: &Things<'_>, named: BTreeSet<String>) -> Vec<GroupRow> {
    let names: BTreeMap<&str, &str> = all(things, "geographical.area")
        .map(|a| (a.field("geographical.area.sid"), a.field("geographical.area.id")))
        .collect();
    let mut rows = Vec::new();
    // A group is held where it is named and so is every member; one more member of a group that
    // was there before tells nothing of who else is in it.
    let mut unnamed: BTreeSet<&str> = BTreeSet::new();
    for member in all(things, "geographical.area.membership") {
        if !names.contains_key(member.field("geographical.area.sid")) {
            unnamed.insert(member.field("geographical.area.group.sid"));
        }
    }
    for member in all(things, "geographical.area.membership") {
        let name = |field: &str| names.get(member.field(field)).copied().unwrap_or_default();
        let (country, group) = (name("geographical.area.sid"), name("geographical.area.group.sid"));
        // A membership of an area no transmission has named: of whom, cannot be said.
        let whole = !unnamed.contains(member.field("geographical.area.group.sid"));
        if whole && !country.is_empty() && !group.is_empty() {
            rows.push(GroupRow {
                group: format!("~{group}"),
                country: country.to_owned(),
                from: date(member.field("validity.start.date")),
                until: date(member.field("validity.end.date")),
            });
        }
    }
    let held: BTreeSet<String> = rows.iter().map(|row| row.group.clone()).collect();
    // Of those no transmission said who is in them, that is said.
    let untold = named.difference(&held).cloned();
    rows.extend(untold.map(|group| GroupRow { group, ..GroupRow::default() }));
    rows
}

pub(super) fn lines(things: &Things<'_>) -> Vec<LineRow> {
    let mut names: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for told in all(things, "goods.nomenclature.description") {
        let language = told.field("language.id");
        let of = names.entry(told.field("goods.nomenclature.sid")).or_default();
        of.insert(language, told.field("description"));
    }
    let mut rows = Vec::new();
    for line in all(things, "goods.nomenclature") {
        // Other suffixes are headings between lines, which nobody declares.
        if !matches!(line.field("producline.suffix"), "80" | "") {
            continue;
        }
        let name = names.get(line.field("goods.nomenclature.sid"));
        let name = |language: &str| {
            name.and_then(|n| n.get(language)).map_or(String::new(), |n| (*n).to_owned())
        };
        rows.push(LineRow {
            code: line.field("goods.nomenclature.item.id").to_owned(),
            name_en: name("EN"),
            from: date(line.field("validity.start.date")),
            until: date(line.field("validity.end.date")),
            ..LineRow::default()
        });
    }
    rows
}

pub(super) fn certificates(things: &Things<'_>) -> Vec<ListRow> {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for told in all(things, "certificate.description") {
        if told.field("language.id").eq_ignore_ascii_case("en") {
            names.insert(document(told), told.field("description"));
        }
    }
    all(things, "certificate")
        .map(|certificate| {
            let code = document(certificate);
            ListRow {
                list: "certificate".to_owned(),
                name_en: names.get(&code).map_or(String::new(), |n| (*n).to_owned()),
                from: date(certificate.field("validity.start.date")),
                until: date(certificate.field("validity.end.date")),
                code,
                ..ListRow::default()
            }
        })
        .collect()
}
