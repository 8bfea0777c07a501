//! Risk: dated rules, points, reasons, and a share chosen by chance.

use crate::assessment::Assessment;
use crate::declaration::{Declaration, ItemFacts};
use crate::reference::{Reference, RiskRule};

/// A rule that applied.
#[derive(Clone, Debug)]
pub struct Contribution<'a> {
    /// Item number; 0 for the declaration.
    pub item: u32,
    /// The rule.
    pub rule: &'a RiskRule,
    /// The facts it looked at, as they were.
    pub seen: Vec<(&'static str, String)>,
}

/// The score of a declaration.
#[derive(Clone, Debug)]
pub struct Score<'a> {
    /// Sum of the points.
    pub points: u32,
    /// What made it.
    pub contributions: Vec<Contribution<'a>>,
    /// Rules that could not be told, by id: a figure they need is not stated.
    pub untold: Vec<&'a str>,
    /// Whether it is among those looked at by chance.
    pub by_chance: bool,
}

/// Scores the declaration.
///
/// `draw` is a number from 0 to 9,999 fixed before the declaration was looked at. A rule counts
/// once, on the first item it applies to.
#[must_use]
pub fn score<'a>(
    declaration: &Declaration,
    assessment: &Assessment,
    reference: Reference<'a>,
    draw: u32,
) -> Score<'a> {
    let pack = reference.pack;
    let mut score = Score {
        points: 0,
        contributions: Vec::new(),
        untold: Vec::new(),
        by_chance: draw < pack.profile.policy.random_per_10000,
    };
    for rule in &pack.risks {
        if !rule.validity.covers(reference.day) {
            continue;
        }
        let mut untold = false;
        for (n, item) in declaration.items.iter().enumerate() {
            let value = assessment.values.get(n).and_then(|v| v.value);
            let facts = ItemFacts { declaration, item: Some(item), reference, value };
            match rule.when.holds(&facts) {
                Some(true) => {
                    score.points = score.points.saturating_add(rule.points);
                    let seen = rule.when.seen(&facts);
                    score.contributions.push(Contribution { item: item.number, rule, seen });
                    untold = false;
                    break;
                }
                Some(false) => {}
                None => untold = true,
            }
        }
        if untold {
            score.untold.push(&rule.id);
        }
    }
    score
}
