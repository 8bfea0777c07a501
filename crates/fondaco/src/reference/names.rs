//! Names of listed parties.

use std::collections::BTreeMap;

/// A name on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedName {
    /// The entry's id.
    pub id: String,
    /// As listed.
    pub name: String,
    /// The list.
    pub list: String,
}

/// Names of listed parties by their normalised form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Normalised name to entries.
    pub by_key: BTreeMap<String, Vec<ListedName>>,
    /// How many entries of lists that are not illustrative; none means nobody can be said to be clear.
    pub loaded: usize,
}
