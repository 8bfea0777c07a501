//! The bridge to neighbours' houses: envelopes of exports that were let go, made and taken, and the
//! drafts of imports that come of them.

pub(crate) mod commands;
pub(crate) mod crossed;
pub(crate) mod drafts;
mod make;
mod stuck;
mod take;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fondaco_wire::envelope::{self, Refused};
use fondaco_wire::receipt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cli::today;
use crate::house::{House, now};
use crate::keys::Keys;
use crate::store::{Fault, Kept, PartnerKey, Store};

/// How far two clocks may be apart.
const CLOCKS: SignedDuration = SignedDuration::from_secs(300);

/// How long one of the works for neighbours goes on at one time; the others wait for the same thread.
const AT_A_TIME: Duration = Duration::from_secs(1);

/// The kind (`typ`) of what a neighbour signs when it asks for envelopes.
const PULL: &str = "fondaco-pull";

/// How far it was looked for envelopes, by neighbour, and for imports of neighbours' exports, and what was
/// put aside was judged again. After a start it is looked again from the last one made.
#[derive(Default)]
pub(crate) struct Looked {
    events: Mutex<HashMap<String, Arc<Mutex<make::LookedFor>>>>,
    imports: Mutex<crossed::Followed>,
    asides: Mutex<HashMap<String, take::Judged>>,
}

/// A neighbour, as it was last said to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Partner {
    /// Its name here.
    pub(crate) name: String,
    /// The id of its house.
    pub(crate) house: String,
    /// The pack its house applies.
    pub(crate) pack: String,
    /// The countries it stands for.
    pub(crate) countries: Vec<String>,
    /// The countries of this house's by which it may address it; none is that of the law in force alone.
    pub(crate) ours: Vec<String>,
    /// The day from which exports are told to it, by the clock on the wall where the house stands.
    pub(crate) since: String,
    /// Its keys: what was said last of each.
    pub(crate) keys: Vec<PartnerKey>,
}

impl Partner {
    /// What decides which exports are told to it: by other terms the whole log is looked through again.
    fn terms(&self) -> String {
        let mut countries = self.countries.clone();
        countries.sort();
        format!("{} since {}", countries.join(" "), self.begins())
    }

    /// The same as an older program wrote it down, where it meant the same moment.
    fn terms_of_before(&self) -> Option<String> {
        let midnight = format!("{}T00:00:00.000Z", self.since);
        (self.begins() == midnight).then(|| self.terms().replace(&midnight, &self.since))
    }

    /// The moment from which exports are told to it, as events have theirs.
    fn begins(&self) -> String {
        begins(&self.since, &TimeZone::system())
    }

    /// The key of this name, where it counts on a day (YYYY-MM-DD).
    fn key(&self, kid: &str, day: &str) -> Option<&PartnerKey> {
        let counts = |k: &&PartnerKey| {
            k.kid == kid && *k.from <= *day && (k.until.is_empty() || *day < *k.until)
        };
        self.keys.iter().find(counts)
    }
}

/// The neighbours of a house, by name: what was said last stands.
///
/// # Errors
/// [`Fault`].
pub(crate) fn partners(store: &Store) -> Result<Vec<Partner>, Fault> {
    let mut all: BTreeMap<String, Partner> = BTreeMap::new();
    for said in store.partner_keys()? {
        let partner = all.entry(said.name.clone()).or_insert_with(|| Partner {
            name: said.name.clone(),
            since: said.from.clone(),
            ..Partner::default()
        });
        partner.house.clone_from(&said.house);
        partner.pack.clone_from(&said.pack);
        partner.countries = said.countries.split(' ').map(str::to_owned).collect();
        partner.keys.retain(|k| k.kid != said.kid);
        partner.keys.push(said);
    }
    for (name, countries) in store.partner_ours()? {
        if let Some(partner) = all.get_mut(&name) {
            partner.ours = countries.split_whitespace().map(str::to_owned).collect();
        }
    }
    Ok(all.into_values().collect())
}

/// The moment a day (YYYY-MM-DD) begins in a zone, as events have theirs: RFC 3339, UTC, milliseconds. What
/// is no day stays what it is.
fn begins(day: &str, zone: &TimeZone) -> String {
    let begin = day.parse::<Date>().and_then(|date| date.to_zoned(zone.clone()));
    begin.map_or_else(|_| day.to_owned(), |begin| format!("{:.3}", begin.timestamp()))
}

/// An envelope that was taken, now or before.
#[derive(Clone, Debug)]
pub(crate) struct Receipted {
    pub(crate) kept: Kept,
    pub(crate) repeated: bool,
}

/// Why an envelope is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    /// It proves nothing, or says what it may not.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Its id or its number was used by another envelope; that one.
    #[error("this id or number was used by another envelope")]
    Used(Box<Kept>),
    /// Another is next: which.
    #[error("envelope {0} is wanted next")]
    Wanted(i64),
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a neighbour signs when it asks for envelopes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pull {
    /// The house that asks.
    from: String,
    /// The house that is asked.
    to: String,
    /// When, RFC 3339.
    at: String,
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A statement by which a house asks another for its envelopes; it counts for five minutes.
pub(crate) fn pull_statement(keys: &Keys, to: &str) -> String {
    let pull = Pull { from: keys.id().to_owned(), to: to.to_owned(), at: now() };
    keys.on(today()).state(PULL, &pull)
}

impl House {
    /// By what its neighbours know this house: the name of its first key.
    pub(crate) fn id(&self) -> &str {
        self.keys.id()
    }

    /// Its neighbours.
    pub(crate) fn partners(&self) -> Result<Vec<Partner>, Fault> {
        partners(&self.store)
    }

    /// The name of the neighbour that has a key of this name, whether it counts today or not: what was
    /// taken of it before has its answer still.
    pub(crate) fn whose(&self, kid: &str) -> Result<Option<String>, Fault> {
        let mut all = self.partners()?.into_iter();
        Ok(all.find(|p| p.keys.iter().any(|k| k.kid == kid)).map(|p| p.name))
    }

    /// The neighbour that signed a request for envelopes; `None` where nobody known did, or not now.
    pub(crate) fn who_pulls(&self, statement: &str) -> Result<Option<Partner>, Fault> {
        let Some(kid) = envelope::kid(statement) else { return Ok(None) };
        let day = today().to_string();
        for partner in self.partners()? {
            let Some(key) = partner.key(&kid, &day) else { continue };
            let Ok(pull) = receipt::stated::<Pull>(statement, PULL, &key.key) else { continue };
            let near = moment(&pull.at)
                .is_some_and(|at| Timestamp::now().duration_since(at).abs() <= CLOCKS);
            if near && pull.from == partner.house && pull.to == self.id() {
                return Ok(Some(partner));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_house_stands() {
        let check = |day: &str, hours: i8, wanted: &str| {
            let zone = TimeZone::fixed(jiff::tz::offset(hours));
            assert_eq!(begins(day, &zone), wanted, "{day} {hours}");
        };
        check("2026-05-02", 8, "2026-05-01T16:00:00.000Z");
        check("2026-05-02", 0, "2026-05-02T00:00:00.000Z");
        check("2026-05-02", -5, "2026-05-02T05:00:00.000Z");
        check("", 8, "");
    }
}
