//! A rule of origin held against one production.
//!
//! Holds always:
//! - an originating material more never turns met into not met, and a dearer non-originating one
//!   never turns not met into met;
//! - a figure or a statement that is missing gives untold, with what is missing;
//! - a material counts as originating where its origin is proven, and it comes from where the
//!   product is made or from a country of the scheme's cumulation; the verdict says by which method.

use super::test::{Base, Codes, Method, Test, Which};
use super::{Cumulation, Join, OriginRule, RuleSet, Scheme};
use crate::money::Decimal;
use crate::token::Token;

pub use super::verdict::{
    Fact, Material, Outcome, Production, Standing, Step, Verdict, Why, statement,
};

/// Holds a rule against a production.
#[must_use]
pub fn judge(rule: &OriginRule<'_>, scheme: &Scheme, production: &Production) -> Verdict {
    judge_test(&rule.test(), scheme, production)
}

/// Holds a tree against a production.
#[must_use]
pub fn judge_test(test: &Test, scheme: &Scheme, production: &Production) -> Verdict {
    let materials = production.materials.as_deref().unwrap_or_default();
    let standings: Vec<_> =
        materials.iter().map(|m| standing(m, scheme, &production.country)).collect();
    let mut bench = Bench { scheme, production, standings: &standings, steps: Vec::new() };
    let outcome = bench.step(test, 0);
    let steps = bench.steps;
    Verdict { outcome, steps, standings }
}

/// What the verdicts on the rules of a set come to together.
#[must_use]
pub fn together(set: &RuleSet<'_>, verdicts: &[Verdict]) -> Outcome {
    let mut outcomes = verdicts.iter().map(|v| v.outcome);
    match set.join {
        Join::Any => any(outcomes),
        Join::Unsaid => {
            let first = outcomes.next().unwrap_or(Outcome::Untold);
            if outcomes.all(|o| o == first) { first } else { Outcome::Untold }
        }
    }
}

fn any(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut worst = Outcome::NotMet;
    for outcome in outcomes {
        match outcome {
            Outcome::Met => return Outcome::Met,
            Outcome::Untold => worst = Outcome::Untold,
            Outcome::NotMet => {}
        }
    }
    worst
}

fn all(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut worst = Outcome::Met;
    for outcome in outcomes {
        match outcome {
            Outcome::NotMet => return Outcome::NotMet,
            Outcome::Untold => worst = Outcome::Untold,
            Outcome::Met => {}
        }
    }
    worst
}

/// How a material counts under the scheme, in the country the product is made in.
fn standing(material: &Material, scheme: &Scheme, country: &Token) -> Standing {
    let origin = &material.origin;
    let own = !origin.is_empty() && origin == country;
    let method = scheme.cumulation.iter().find(|c| c.countries.contains(origin));
    match (material.proven, own, method) {
        (Some(true), true, _) => Standing::Own,
        (Some(true), false, Some(by)) => Standing::By(by.method),
        (None, true, _) | (None, _, Some(_)) => Standing::Untold,
        _ => Standing::Not,
    }
}

/// A sum of which some parts may not be known: at least, and at most where there is a most.
#[derive(Clone, Copy)]
struct Between {
    least: Decimal,
    most: Option<Decimal>,
}

/// A material with its number, and whether it is certain that it is not originating.
struct Foreign<'a> {
    number: usize,
    material: &'a Material,
    certain: bool,
}

struct Bench<'a> {
    scheme: &'a Scheme,
    production: &'a Production,
    standings: &'a [Standing],
    steps: Vec<Step>,
}

impl<'a> Bench<'a> {
    fn step(&mut self, test: &Test, depth: usize) -> Outcome {
        let place = self.steps.len();
        let placed = Step { depth, test: test.to_string(), outcome: Outcome::Untold, why: vec![] };
        self.steps.push(placed);
        let mut why = Vec::new();
        let outcome = match test {
            Test::All(parts) => {
                let outcomes: Vec<_> = parts.iter().map(|p| self.step(p, depth + 1)).collect();
                all(outcomes.into_iter())
            }
            Test::Any(parts) => {
                let outcomes: Vec<_> = parts.iter().map(|p| self.step(p, depth + 1)).collect();
                any(outcomes.into_iter())
            }
            Test::Whole => match self.production.whole {
                None => {
                    why.push(Why::Missing(Fact::Whole));
                    Outcome::Untold
                }
                told => Outcome::of(told),
            },
            Test::Done(text) | Test::Made(text) | Test::Goods(text) => self.stated(text, &mut why),
            Test::Ask(text) => {
                why.push(Why::Unread(text.clone()));
                Outcome::Untold
            }
            Test::Content(least, method, base) => self.content(*least, *method, *base, &mut why),
            _ if self.production.materials.is_none() => {
                why.push(Why::Missing(Fact::Materials));
                Outcome::Untold
            }
            Test::WholeOf(codes) => self.whole_of(codes, &mut why),
            Test::Originating(codes) => self.originating(codes, &mut why),
            Test::Change(level, but) => self.change(*level, but, None, &mut why),
            Test::Spare(inner, which, percent, base) => match inner.as_ref() {
                Test::Change(level, but) => {
                    self.change(*level, but, Some((which, *percent, *base)), &mut why)
                }
                // The notation reads nothing else within.
                _ => Outcome::Untold,
            },
            Test::Other => self.other(&mut why),
            Test::From(codes) => self.from(codes, &mut why),
            Test::Value(which, most, base) => {
                let sum = self.sum(which, &mut why);
                self.at_most(sum, *most, *base, &mut why)
            }
            Test::Weight(which, most) => self.weight(which, *most, &mut why),
            Test::Balance => self.balance(&mut why),
        };
        if let Some(step) = self.steps.get_mut(place) {
            step.outcome = outcome;
            step.why = why;
        }
        outcome
    }

    fn stated(&self, text: &str, why: &mut Vec<Why>) -> Outcome {
        let stated = self.production.stated.get(&statement(text)).copied();
        why.push(match stated {
            Some(so) => Why::Stated(text.to_owned(), so),
            None => Why::Missing(Fact::Statement(text.to_owned())),
        });
        Outcome::of(stated)
    }

    fn materials(&self) -> impl Iterator<Item = (usize, &'a Material, Standing)> + use<'a> {
        let all = self.production.materials.as_deref().unwrap_or_default();
        (1..).zip(all).zip(self.standings).map(|((n, material), s)| (n, material, *s))
    }

    /// Materials that are not originating, or of which that is not certain.
    fn foreign(&self) -> impl Iterator<Item = Foreign<'a>> + use<'a> {
        self.materials().filter_map(|(number, material, standing)| match standing {
            Standing::Own | Standing::By(_) => None,
            Standing::Not => Some(Foreign { number, material, certain: true }),
            Standing::Untold => Some(Foreign { number, material, certain: false }),
        })
    }

    /// What of a material counts as not originating.
    fn foreign_value(&self, material: &Material) -> Option<Decimal> {
        let full = self
            .scheme
            .cumulation
            .iter()
            .any(|c| c.method == Cumulation::FULL && c.countries.contains(&material.origin));
        let part = material.foreign_part.filter(|_| full);
        part.or(material.value).filter(|v| *v >= Decimal::ZERO)
    }

    fn within(&self, which: &Which, code: &Token) -> Option<bool> {
        match which {
            Which::All => Some(true),
            Which::Same => same(&self.production.code, code, 4),
            Which::Of(codes) if code.is_empty() => codes.0.is_empty().then_some(true),
            Which::Of(codes) => codes.hold(code),
        }
    }

    /// The value of the non-originating materials of these, as far as known.
    fn sum(&self, which: &Which, why: &mut Vec<Why>) -> Between {
        let mut sum = Between { least: Decimal::ZERO, most: Some(Decimal::ZERO) };
        for foreign in self.foreign() {
            let within = self.within(which, &foreign.material.code);
            if within == Some(false) {
                continue;
            }
            let value = self.foreign_value(foreign.material);
            let missing = match (within, value, foreign.certain) {
                (None, ..) => Some(Fact::MaterialCode(foreign.number)),
                (_, None, _) => Some(Fact::MaterialValue(foreign.number)),
                (.., false) => Some(Fact::MaterialProof(foreign.number)),
                _ => None,
            };
            if let (None, Some(value)) = (&missing, value) {
                sum.least = sum.least.checked_add(value).unwrap_or(Decimal::MAX);
            }
            sum.most = sum.most.zip(value).and_then(|(most, value)| most.checked_add(value));
            why.extend(missing.map(Why::Missing));
        }
        sum
    }

    fn prices(&self, base: Base) -> Vec<(Base, Option<Decimal>)> {
        let of = |base| match base {
            Base::ExWorks => (Base::ExWorks, self.production.ex_works),
            Base::Fob | Base::Either => (Base::Fob, self.production.fob),
        };
        match base {
            Base::Either => vec![of(Base::ExWorks), of(Base::Fob)],
            one => vec![of(one)],
        }
    }

    fn at_most(&self, sum: Between, limit: Decimal, base: Base, why: &mut Vec<Why>) -> Outcome {
        let prices = self.prices(base);
        // Where the maker may choose, a price that is not stated is one not chosen.
        let chosen = prices.iter().any(|(_, price)| price.is_some());
        let outcomes: Vec<_> = prices
            .into_iter()
            .filter(|(_, price)| price.is_some() || !chosen)
            .map(|(base, price)| {
                let Some(price) = price.filter(|p| *p > Decimal::ZERO) else {
                    why.push(Why::Missing(match base {
                        Base::ExWorks => Fact::ExWorks,
                        Base::Fob | Base::Either => Fact::Fob,
                    }));
                    return Outcome::Untold;
                };
                share(sum, price, limit, false, Some(base), why)
            })
            .collect();
        any(outcomes.into_iter())
    }

    fn content(&self, least: Decimal, method: Method, base: Base, why: &mut Vec<Why>) -> Outcome {
        if self.production.materials.is_none() {
            why.push(Why::Missing(Fact::Materials));
            return Outcome::Untold;
        }
        match method {
            // At least so much is left of the price: at most the rest is taken off.
            Method::Down => {
                let rest = Decimal::ONE_HUNDRED.checked_sub(least).unwrap_or_default();
                let sum = self.sum(&Which::All, why);
                self.at_most(sum, rest, base, why)
            }
            Method::Up => {
                let mut sum = Between { least: Decimal::ZERO, most: Some(Decimal::ZERO) };
                for (number, material, standing) in self.materials() {
                    let value = material.value.filter(|v| *v >= Decimal::ZERO);
                    match standing {
                        Standing::Not => continue,
                        Standing::Untold => why.push(Why::Missing(Fact::MaterialProof(number))),
                        Standing::Own | Standing::By(_) if value.is_none() => {
                            why.push(Why::Missing(Fact::MaterialValue(number)));
                        }
                        Standing::Own | Standing::By(_) => {
                            let more = value.unwrap_or_default();
                            sum.least = sum.least.checked_add(more).unwrap_or(Decimal::MAX);
                        }
                    }
                    sum.most = sum.most.zip(value).and_then(|(m, v)| m.checked_add(v));
                }
                let (base, price) = match base {
                    Base::ExWorks => (Base::ExWorks, self.production.ex_works),
                    Base::Fob | Base::Either => (Base::Fob, self.production.fob),
                };
                let Some(price) = price.filter(|p| *p > Decimal::ZERO) else {
                    let fact = if base == Base::Fob { Fact::Fob } else { Fact::ExWorks };
                    why.push(Why::Missing(fact));
                    return Outcome::Untold;
                };
                share(sum, price, least, true, Some(base), why)
            }
        }
    }

    fn weight(&self, which: &Which, limit: Decimal, why: &mut Vec<Why>) -> Outcome {
        let mut sum = Between { least: Decimal::ZERO, most: Some(Decimal::ZERO) };
        for foreign in self.foreign() {
            let within = self.within(which, &foreign.material.code);
            if within == Some(false) {
                continue;
            }
            let weight = foreign.material.weight.filter(|w| *w >= Decimal::ZERO);
            let missing = match (within, weight, foreign.certain) {
                (None, ..) => Some(Fact::MaterialCode(foreign.number)),
                (_, None, _) => Some(Fact::MaterialWeight(foreign.number)),
                (.., false) => Some(Fact::MaterialProof(foreign.number)),
                _ => None,
            };
            if let (None, Some(weight)) = (&missing, weight) {
                sum.least = sum.least.checked_add(weight).unwrap_or(Decimal::MAX);
            }
            sum.most = sum.most.zip(weight).and_then(|(most, w)| most.checked_add(w));
            why.extend(missing.map(Why::Missing));
        }
        let Some(whole) = self.production.weight.filter(|w| *w > Decimal::ZERO) else {
            why.push(Why::Missing(Fact::Weight));
            return Outcome::Untold;
        };
        share(sum, whole, limit, false, None, why)
    }

    fn balance(&self, why: &mut Vec<Why>) -> Outcome {
        let foreign = self.sum(&Which::All, why);
        let mut own = Between { least: Decimal::ZERO, most: Some(Decimal::ZERO) };
        for (number, material, standing) in self.materials() {
            match (standing, material.value) {
                (Standing::Not, _) => {}
                (Standing::Untold, value) => {
                    own.most = own.most.zip(value).and_then(|(m, v)| m.checked_add(v));
                }
                (Standing::Own | Standing::By(_), Some(value)) => {
                    own.least = own.least.checked_add(value).unwrap_or(Decimal::MAX);
                    own.most = own.most.and_then(|m| m.checked_add(value));
                }
                (Standing::Own | Standing::By(_), None) => {
                    own.most = None;
                    why.push(Why::Missing(Fact::MaterialValue(number)));
                }
            }
        }
        why.push(Why::Against(foreign.least, own.least));
        if foreign.most.is_some_and(|most| most <= own.least) {
            Outcome::Met
        } else if own.most.is_some_and(|most| most < foreign.least) {
            Outcome::NotMet
        } else {
            Outcome::Untold
        }
    }

    fn whole_of(&self, codes: &Codes, why: &mut Vec<Why>) -> Outcome {
        let mut outcome = Some(true);
        for (number, material, standing) in self.materials() {
            let within = self.within(&Which::Of(codes.clone()), &material.code);
            let own = matches!(standing, Standing::Own | Standing::By(_));
            let one = match (within, standing, material.whole) {
                (Some(false), ..) => continue,
                (Some(true), Standing::Not, _) => Some(false),
                (Some(true), _, Some(true)) if own => Some(true),
                // What is not wholly obtained somewhere fails, proven or not.
                (Some(true), _, Some(false)) => Some(false),
                _ => None,
            };
            match one {
                Some(true) => {}
                Some(false) => {
                    why.push(Why::Fails(number));
                    outcome = Some(false);
                }
                None => {
                    why.push(Why::Missing(match (within, own) {
                        (None, _) => Fact::MaterialCode(number),
                        (_, true) => Fact::MaterialWhole(number),
                        (_, false) => Fact::MaterialProof(number),
                    }));
                    outcome = outcome.filter(|so| !so);
                }
            }
        }
        Outcome::of(outcome)
    }

    fn originating(&self, codes: &Codes, why: &mut Vec<Why>) -> Outcome {
        let which = if codes.0.is_empty() { Which::All } else { Which::Of(codes.clone()) };
        let mut outcome = Some(true);
        for foreign in self.foreign() {
            match (self.within(&which, &foreign.material.code), foreign.certain) {
                (Some(false), _) => {}
                (Some(true), true) => {
                    why.push(Why::Fails(foreign.number));
                    outcome = Some(false);
                }
                (within, _) => {
                    why.push(Why::Missing(match within {
                        None => Fact::MaterialCode(foreign.number),
                        Some(_) => Fact::MaterialProof(foreign.number),
                    }));
                    outcome = outcome.filter(|so| !so);
                }
            }
        }
        Outcome::of(outcome)
    }

    fn from(&self, codes: &Codes, why: &mut Vec<Why>) -> Outcome {
        let mut outcome = Outcome::Met;
        for foreign in self.foreign() {
            match codes.hold(&foreign.material.code).filter(|_| !foreign.material.code.is_empty()) {
                Some(true) => {}
                // A rule that names a material does not shut out what comes before it, nor what by
                // its nature cannot be it: who decides has to be asked.
                Some(false) => {
                    why.push(Why::Beside(foreign.number));
                    outcome = Outcome::Untold;
                }
                None => {
                    why.push(Why::Missing(Fact::MaterialCode(foreign.number)));
                    outcome = Outcome::Untold;
                }
            }
        }
        outcome
    }

    fn other(&self, why: &mut Vec<Why>) -> Outcome {
        let mut outcome = Outcome::Met;
        for foreign in self.foreign() {
            // Of another heading it is another good; of the same it may be the very same.
            if same(&self.production.code, &foreign.material.code, 4) != Some(false) {
                why.push(Why::Beside(foreign.number));
                outcome = Outcome::Untold;
            }
        }
        outcome
    }

    fn change(
        &self,
        level: u8,
        but: &Codes,
        spare: Option<(&Which, Decimal, Base)>,
        why: &mut Vec<Why>,
    ) -> Outcome {
        let mut spared = Vec::new();
        let mut failing = Vec::new();
        let mut untold = false;
        for foreign in self.foreign() {
            let code = &foreign.material.code;
            let stays = if level == 0 {
                Some(false)
            } else {
                same(&self.production.code, code, usize::from(level))
            };
            let shut = if but.0.is_empty() {
                Some(false)
            } else if code.is_empty() {
                None
            } else {
                but.hold(code)
            };
            let fails = match (stays, shut) {
                (Some(false), Some(false)) => continue,
                (Some(true), _) | (_, Some(true)) => foreign.certain,
                _ => {
                    let product = self.production.code.len() < usize::from(level);
                    let number = foreign.number;
                    let fact = if product { Fact::Code } else { Fact::MaterialCode(number) };
                    why.push(Why::Missing(fact));
                    untold = true;
                    continue;
                }
            };
            if !fails {
                // It fails if it is not originating, which is not certain.
                why.push(Why::Missing(Fact::MaterialProof(foreign.number)));
                untold = true;
                continue;
            }
            match spare.map(|(which, ..)| self.within(which, code)) {
                Some(Some(true)) => spared.push(foreign),
                Some(None) => {
                    why.push(Why::Missing(Fact::MaterialCode(foreign.number)));
                    untold = true;
                }
                _ => failing.push(foreign),
            }
        }
        let mut outcome = Some(true);
        if let (Some((_, percent, base)), false) = (spare, spared.is_empty()) {
            let sum = self.sum_of(&spared, why);
            let within = self.at_most(sum, percent, base, why);
            let word = |f: &Foreign<'_>| match within {
                Outcome::NotMet => Why::Fails(f.number),
                Outcome::Met | Outcome::Untold => Why::Spared(f.number),
            };
            why.extend(spared.iter().map(word));
            outcome = within.told();
        }
        if !failing.is_empty() {
            let tolerated = match self.scheme.tolerance {
                None => {
                    why.push(Why::NoTolerance);
                    Outcome::NotMet
                }
                Some(tolerance) => {
                    let sum = self.sum_of(&failing, why);
                    self.at_most(sum, tolerance.percent, Base::ExWorks, why)
                }
            };
            let word = |f: &Foreign<'_>| match tolerated {
                Outcome::NotMet => Why::Fails(f.number),
                Outcome::Met | Outcome::Untold => Why::Spared(f.number),
            };
            why.extend(failing.iter().map(word));
            outcome = match (outcome, tolerated.told()) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Outcome::of(if untold { outcome.filter(|so| !so) } else { outcome })
    }

    fn sum_of(&self, all: &[Foreign<'_>], why: &mut Vec<Why>) -> Between {
        let mut sum = Between { least: Decimal::ZERO, most: Some(Decimal::ZERO) };
        for foreign in all {
            let value = self.foreign_value(foreign.material);
            match value {
                Some(value) => sum.least = sum.least.checked_add(value).unwrap_or(Decimal::MAX),
                None => why.push(Why::Missing(Fact::MaterialValue(foreign.number))),
            }
            sum.most = sum.most.zip(value).and_then(|(most, value)| most.checked_add(value));
        }
        sum
    }
}

/// Whether two codes are the same to so many digits; `None` where one has fewer and they do not
/// differ before.
fn same(a: &Token, b: &Token, digits: usize) -> Option<bool> {
    match (a.get(..digits), b.get(..digits)) {
        (Some(a), Some(b)) => Some(a == b),
        _ => {
            let shared = a.len().min(b.len()).min(digits);
            let differ = a.get(..shared) != b.get(..shared);
            if differ { Some(false) } else { None }
        }
    }
}

/// Whether a part is within the limit of a whole, told only where it is so whatever is not known.
fn share(
    sum: Between,
    whole: Decimal,
    limit: Decimal,
    least: bool,
    base: Option<Base>,
    why: &mut Vec<Why>,
) -> Outcome {
    let Some(bound) = whole.checked_mul(limit).and_then(|b| b.checked_div(Decimal::ONE_HUNDRED))
    else {
        return Outcome::Untold;
    };
    let most = sum.most.unwrap_or(sum.least);
    let percent = sum.least.checked_mul(Decimal::ONE_HUNDRED).and_then(|p| p.checked_div(whole));
    if let Some(percent) = percent {
        let percent = percent.round_dp(2);
        why.push(Why::Share { part: sum.least, most, whole, percent, limit, least, base });
    }
    let (yes, no) = if least {
        (sum.least >= bound, sum.most.is_some_and(|most| most < bound))
    } else {
        (sum.most.is_some_and(|most| most <= bound), sum.least > bound)
    };
    Outcome::of(if yes {
        Some(true)
    } else if no {
        Some(false)
    } else {
        None
    })
}
