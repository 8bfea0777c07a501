//! Which bundle is the law of a house, and since when: proposed by one person, approved by another,
//! live whole from a day on.
//!
//! What is said of a bundle is signed by who says it and never taken back, only followed by something
//! else. A row whose signature does not fit says nothing.

pub(crate) mod commands;
pub(crate) mod kept;

use std::collections::BTreeMap;

use fondaco::day::Day;
use fondaco_wire::receipt::{self, Signer};
use serde::{Deserialize, Serialize};

use crate::store::{Act, Fault, Person, Store};

/// The kind of a signed statement.
const TYPE: &str = "fondaco-law";

/// What is said of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Said {
    /// By the house, of the bundle it began with.
    Founded,
    /// It shall be the law from a day on.
    Proposed,
    /// By another person: so be it.
    Approved,
    /// By anybody, before it is the law: it shall not be.
    Refused,
}

/// A signed statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Statement {
    /// What is said.
    pub(crate) act: Said,
    /// SHA-256 of the bundle.
    pub(crate) bundle: String,
    /// Of a proposal: the first day it is the law.
    pub(crate) from: Option<String>,
    /// Why, in the words of who says it.
    pub(crate) why: String,
    /// When, RFC 3339 UTC.
    pub(crate) at: String,
    /// The house, by the name of its key: said to one it is not said to another.
    pub(crate) house: String,
}

/// A bundle and what was said of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Version {
    /// SHA-256 of the bundle.
    pub(crate) bundle: String,
    /// `proposed`, `approved`, `refused`; `founded` of the bundle the house began with.
    pub(crate) state: &'static str,
    /// The first day it is the law, where it is or will be; else the day proposed. Empty of the first.
    pub(crate) from: String,
    /// Who proposed it.
    pub(crate) proposed_by: String,
    /// Why.
    pub(crate) why: String,
    /// When it was proposed.
    pub(crate) proposed_at: String,
    /// Who approved or refused it.
    pub(crate) decided_by: String,
    /// When.
    pub(crate) decided_at: String,
    /// Whether it is the law today.
    pub(crate) in_force: bool,
}

/// Why something cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Against {
    /// Nobody proposed it, or it was decided on already.
    #[error("no proposal of the bundle {0} waits for a decision")]
    NotProposed(String),
    /// It waits for a decision already.
    #[error("the bundle {0} is proposed already")]
    Proposed(String),
    /// Who approves is who proposed.
    #[error("{0} proposed it: another person approves")]
    SamePerson(String),
}

/// Everything said, as far as the signatures fit.
fn heard(acts: &[Act], persons: &[Person], house_key: &str) -> Vec<(String, Statement)> {
    let house = kid(house_key);
    let keys: BTreeMap<&str, &str> =
        persons.iter().map(|p| (p.name.as_str(), p.key.as_str())).collect();
    acts.iter()
        .filter_map(|act| {
            let key = if act.person.is_empty() {
                Some(house_key)
            } else {
                keys.get(&*act.person).copied()
            };
            let said: Statement = receipt::stated(&act.statement, TYPE, key?).ok()?;
            let own = said.house == house && (said.act == Said::Founded) == act.person.is_empty();
            own.then(|| (act.person.clone(), said))
        })
        .collect()
}

/// By what a house is known: the name of its first public key.
fn kid(keys: &str) -> String {
    receipt::kids(keys).unwrap_or_default().into_iter().next().unwrap_or_default()
}

/// The versions, in the order they were proposed. Of two that were approved for one day the one
/// approved later goes first.
fn versions(heard: &[(String, Statement)], today: Day) -> Vec<Version> {
    let mut all: Vec<Version> = Vec::new();
    // The day each is the law from and the order of its approval.
    let mut live: Vec<Option<(i32, usize)>> = Vec::new();
    for (n, (person, said)) in heard.iter().enumerate() {
        let waiting = all.iter().rposition(|v| v.bundle == said.bundle && v.state == "proposed");
        match (said.act, waiting) {
            (Said::Founded, _) | (Said::Proposed, None) => {
                let founded = said.act == Said::Founded;
                all.push(Version {
                    bundle: said.bundle.clone(),
                    state: if founded { "founded" } else { "proposed" },
                    from: said.from.clone().unwrap_or_default(),
                    proposed_by: person.clone(),
                    why: said.why.clone(),
                    proposed_at: said.at.clone(),
                    decided_by: String::new(),
                    decided_at: String::new(),
                    in_force: false,
                });
                live.push(founded.then_some((i32::MIN, n)));
            }
            (Said::Approved | Said::Refused, Some(at)) => {
                let (Some(version), Some(live)) = (all.get_mut(at), live.get_mut(at)) else {
                    continue;
                };
                if said.act == Said::Approved && *person == version.proposed_by {
                    continue;
                }
                version.decided_by.clone_from(person);
                version.decided_at.clone_from(&said.at);
                version.state = "refused";
                let day = |text: &str| text.get(..10).and_then(|d| d.parse::<Day>().ok());
                let days = day(&version.from).zip(day(&said.at));
                if let (Said::Approved, Some((from, approved))) = (said.act, days) {
                    // Never for days that have passed: they had their law.
                    let from = from.max(approved);
                    version.state = "approved";
                    version.from = from.to_string();
                    *live = Some((from.number(), n));
                }
            }
            (Said::Proposed, Some(_)) | (Said::Approved | Said::Refused, None) => {}
        }
    }
    let past = |(from, _): &(i32, usize)| *from <= today.number();
    let first = live.iter().flatten().copied().filter(past).max();
    for (version, live) in all.iter_mut().zip(&live) {
        version.in_force = first.is_some() && *live == first;
    }
    all
}

/// Whether any bundle was ever approved.
pub(crate) fn is_voted_on(versions: &[Version]) -> bool {
    versions.iter().any(|v| v.state == "approved")
}

/// The register of a house.
pub(crate) struct Register<'a> {
    store: &'a Store,
    /// The public key of the house.
    key: String,
}

impl<'a> Register<'a> {
    pub(crate) fn new(store: &'a Store, key: String) -> Self {
        Self { store, key }
    }

    /// Every version.
    pub(crate) fn versions(&self, today: Day) -> Result<Vec<Version>, Fault> {
        Ok(versions(&heard(&self.store.acts()?, &self.store.persons()?, &self.key), today))
    }

    /// The bundle that is the law; `None` where the house has none yet.
    pub(crate) fn in_force(&self, today: Day) -> Result<Option<String>, Fault> {
        let versions = self.versions(today)?;
        Ok(versions.into_iter().find(|v| v.in_force).map(|v| v.bundle))
    }

    /// Says something of a bundle.
    ///
    /// # Errors
    /// [`Fault`]; inside, what stands against it.
    pub(crate) fn say(
        &self,
        signer: &Signer,
        person: &str,
        act: Said,
        bundle: &str,
        from: Option<Day>,
        why: &str,
    ) -> Result<Result<(), Against>, Fault> {
        let statement = Statement {
            act,
            bundle: bundle.to_owned(),
            from: from.map(|day| day.to_string()),
            why: why.to_owned(),
            at: crate::house::now(),
            house: kid(&self.key),
        };
        let row = Act { person: person.to_owned(), statement: signer.state(TYPE, &statement) };
        let persons = self.store.persons()?;
        self.store.say(&row, |acts| {
            let before = versions(&heard(acts, &persons, &self.key), crate::cli::today());
            let waiting = before.iter().rfind(|v| v.bundle == bundle && v.state == "proposed");
            match (act, waiting) {
                (Said::Proposed, Some(_)) => Err(Against::Proposed(bundle.to_owned())),
                (Said::Approved | Said::Refused, None) => {
                    Err(Against::NotProposed(bundle.to_owned()))
                }
                (Said::Approved, Some(version)) if version.proposed_by == person => {
                    Err(Against::SamePerson(person.to_owned()))
                }
                _ => Ok(()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each act as `person act bundle from at`; the versions as `bundle state from`, the one in force
    /// marked.
    #[test]
    fn a_bundle_is_the_law_from_its_day_once_another_approved_it() {
        let check = |acts: &[&str], today: &str, wanted: &[&str]| {
            let heard: Vec<(String, Statement)> = acts
                .iter()
                .map(|act| {
                    let [person, act, bundle, from, at] = act.split(' ').collect::<Vec<_>>()[..]
                    else {
                        panic!("{act}")
                    };
                    let statement = Statement {
                        act: serde_json::from_value(act.into()).unwrap(),
                        bundle: bundle.to_owned(),
                        from: (from != "-").then(|| from.to_owned()),
                        why: String::new(),
                        at: format!("{at}T08:00:00.000Z"),
                        house: String::new(),
                    };
                    (person.replace("house", ""), statement)
                })
                .collect();
            let said = |v: &Version| {
                let mark = if v.in_force { " in force" } else { "" };
                format!("{} {} {}{mark}", v.bundle, v.state, v.from)
            };
            let got: Vec<String> =
                versions(&heard, today.parse().unwrap()).iter().map(said).collect();
            assert_eq!(got, wanted, "{acts:?}");
        };
        let founded = "house founded a - 2026-01-01";
        let proposed = "li proposed b 2026-12-01 2026-11-25";
        check(&[], "2026-12-01", &[]);
        check(&[founded], "2026-11-25", &["a founded  in force"]);
        // Proposed is not live, on whatever day.
        check(
            &[founded, proposed],
            "2027-01-01",
            &["a founded  in force", "b proposed 2026-12-01"],
        );
        let approved = "ivanov approved b - 2026-11-26";
        let both = [founded, proposed, approved];
        check(&both, "2026-11-30", &["a founded  in force", "b approved 2026-12-01"]);
        check(&both, "2026-12-01", &["a founded ", "b approved 2026-12-01 in force"]);
        // Who proposed does not approve; who approves late approves for the days to come.
        let own = "li approved b - 2026-11-26";
        check(
            &[founded, proposed, own],
            "2026-12-01",
            &["a founded  in force", "b proposed 2026-12-01"],
        );
        let late = "ivanov approved b - 2026-12-05";
        check(
            &[founded, proposed, late],
            "2026-12-05",
            &["a founded ", "b approved 2026-12-05 in force"],
        );
        // Refused is refused; it may be proposed again.
        let refused = "li refused b - 2026-11-26";
        check(
            &[founded, proposed, refused, approved],
            "2026-12-01",
            &["a founded  in force", "b refused 2026-12-01"],
        );
        let again = "ivanov proposed b 2026-12-02 2026-11-27";
        let so_be_it = "li approved b - 2026-11-28";
        check(
            &[founded, proposed, refused, again, so_be_it],
            "2026-12-02",
            &["a founded ", "b refused 2026-12-01", "b approved 2026-12-02 in force"],
        );
        // Going back is going on: the first bundle is proposed again.
        check(
            &[
                founded,
                proposed,
                approved,
                "li proposed a 2026-12-03 2026-12-02",
                "ivanov approved a - 2026-12-02",
            ],
            "2026-12-03",
            &["a founded ", "b approved 2026-12-01", "a approved 2026-12-03 in force"],
        );
        // Of two for one day the one approved later.
        check(
            &[
                founded,
                proposed,
                "li proposed c 2026-12-01 2026-11-25",
                "ivanov approved c - 2026-11-25",
                approved,
            ],
            "2026-12-01",
            &["a founded ", "b approved 2026-12-01 in force", "c approved 2026-12-01"],
        );
    }

    #[test]
    fn what_is_not_signed_by_who_says_it_is_not_heard() {
        let [house, li, other] = [1, 2, 3].map(|n| Signer::new(&[n; 32]));
        let persons = [Person { name: "li".into(), key: li.public_jwk(), at: String::new() }];
        let statement = Statement {
            act: Said::Proposed,
            bundle: "b".into(),
            from: None,
            why: String::new(),
            at: String::new(),
            house: house.kid().to_owned(),
        };
        let check = |person: &str, signer: &Signer, statement: &Statement, wanted: usize| {
            let act = Act { person: person.into(), statement: signer.state(TYPE, statement) };
            assert_eq!(heard(&[act], &persons, &house.public_jwk()).len(), wanted, "{person}");
        };
        check("li", &li, &statement, 1);
        check("li", &other, &statement, 0);
        check("wang", &li, &statement, 0);
        check("", &house, &statement, 0);
        let elsewhere = Statement { house: other.kid().to_owned(), ..statement.clone() };
        check("li", &li, &elsewhere, 0);
        let founded = Statement { act: Said::Founded, ..statement };
        check("", &house, &founded, 1);
        check("li", &li, &founded, 0);
    }
}
