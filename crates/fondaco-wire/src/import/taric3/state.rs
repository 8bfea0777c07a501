//! What all transmissions come to: the things there are after every record has had its turn.

use std::collections::BTreeMap;

use super::{Record, Transmission, Update, key};

/// Things by kind and key.
pub(super) type Things<'a> = BTreeMap<&'a str, BTreeMap<Vec<&'a str>, &'a Record>>;

/// Folds transmissions, which stand in the order of their numbers.
pub(super) fn fold(transmissions: &[Transmission]) -> Things<'_> {
    let mut things = Things::new();
    for record in transmissions.iter().flat_map(|t| &t.records) {
        let Some(named) = key(&record.kind) else { continue };
        let of_kind = things.entry(record.kind.as_str()).or_default();
        let name: Vec<&str> = named.iter().map(|field| record.field(field)).collect();
        match record.update {
            Update::Delete => {
                of_kind.remove(&name);
            }
            Update::Update | Update::Insert => {
                of_kind.insert(name, record);
            }
        }
    }
    things
}

/// The things of a kind, by key.
pub(super) fn of<'a, 't>(
    things: &'t Things<'a>,
    kind: &str,
) -> impl Iterator<Item = &'a Record> + use<'a, 't> {
    things.get(kind).into_iter().flat_map(|all| all.values().copied())
}

/// The things of a kind by what a field of theirs says.
pub(super) fn by<'a>(
    things: &Things<'a>,
    kind: &str,
    field: &str,
) -> BTreeMap<&'a str, Vec<&'a Record>> {
    let mut all: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in of(things, kind) {
        all.entry(record.field(field)).or_default().push(record);
    }
    all
}
