//! The law and the lists as of one day.
//!
//! A [`Pack`] is everything a jurisdiction's data says, for all days; a [`Reference`] is a pack on
//! one day. Nothing here knows a country.

use std::collections::BTreeMap;

use crate::agency::{Agencies, Decides};
use crate::condition::Condition;
use crate::day::{Day, Validity};
use crate::finding::Trilingual;
use crate::measure::{Direction, Groups, Measure, Season, Selection};
use crate::measures::{Found, Measures};
use crate::model::ElementId;
use crate::money::{Currency, Decimal, Rounding};
use crate::origin::Origins;
use crate::quantity::Units;
use crate::quota::Quota;
use crate::token::Token;

mod costs;
mod documents;
mod names;
mod proofs;
mod taxes;

pub use costs::{Apportionment, ChargeEffect, ChargeKind, Cost, StatisticsRule, ValueRule};
pub use documents::{Codes, DocumentCodes};
pub use names::{ListedName, Names};
pub use proofs::Proofs;
pub use taxes::{BaseTerm, Choice, Exclusive, Relief, ReliefEffect, Tax};

/// An act of law that rows cite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Act {
    /// Title.
    pub title: Trilingual,
    /// Number and date.
    pub reference: String,
    /// Where the text was read.
    pub source: String,
}

/// A line of the nomenclature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Digits.
    pub code: Token,
    /// Supplementary units; empty where none.
    pub units: [Token; 2],
    /// Official names.
    pub name: Trilingual,
    /// When in force.
    pub validity: Validity,
    /// The part of the year it is for, where it is for goods that come then only.
    pub season: Option<Season>,
}

/// A rate of exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The currency.
    pub currency: Currency,
    /// One unit of it in the currency of the pack.
    pub per_unit: Decimal,
    /// When in force.
    pub validity: Validity,
    /// Who published it.
    pub source: String,
}

/// A rule of the pack that a declaration must keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its stable id, shown as the finding's code.
    pub id: String,
    /// Whether it is asked of every item, or once.
    pub per_item: bool,
    /// Where the finding points, below the declaration or the item.
    pub at: String,
    /// Broken where this holds.
    pub when: Condition,
    /// What is wanted at that place: a list, an element, a value or a bound, in the notation of
    /// `docs/packs.md`.
    pub wanted: String,
    /// What is wrong.
    pub text: Trilingual,
    /// How to mend it.
    pub remedy: Trilingual,
    /// The act.
    pub basis: String,
    /// When in force.
    pub validity: Validity,
}

/// What must be shown, done or refused before goods may move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementRule {
    /// Short id.
    pub id: String,
    /// `certificate`, `licence`, `permit`, `inspection`, `notice`, `prohibition`.
    pub kind: Token,
    /// Who decides.
    pub agency: Trilingual,
    /// Commodity codes or their beginnings; empty is every code.
    pub codes: Vec<Token>,
    /// Which way; `None` is both.
    pub direction: Option<Direction>,
    /// Whose goods.
    pub origin: Selection,
    /// Only where this holds; not `true` or `false` means ask the agency.
    pub when: Condition,
    /// Document codes any of which satisfies it; empty where none can.
    pub documents: Vec<Token>,
    /// What is wanted.
    pub text: Trilingual,
    /// The act.
    pub basis: String,
    /// What is written off on the document: `quantity`, `value`, or empty for nothing.
    pub write_off: Token,
    /// Days it usually takes to get; `None` where not known.
    pub days: Option<u16>,
    /// What it costs; empty where not known.
    pub cost: String,
    /// What happens to goods without it; `None` where not said.
    pub without: Option<Trilingual>,
    /// Whether no source was at hand; such a row is shown and never applied.
    pub illustrative: bool,
    /// Who has to decide on the goods before they may move; `None` where showing the document is enough.
    pub decides: Option<Decides>,
    /// When in force.
    pub validity: Validity,
}

/// A type of document that the register of the house keeps: one that is shown and is not in it is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LpcoKind {
    /// Its code on a declaration: category and type run together, such as `N851`.
    pub document: Token,
    /// The agency that issues it, by its id; empty is any.
    pub issuer: Token,
    /// Whether the register of the house keeps it; else it is only told what it is.
    pub kept: bool,
    /// Whether what it allows is counted by quantity.
    pub by_quantity: bool,
    /// Whether what it allows is counted by value.
    pub by_value: bool,
    /// Whether the row has no source at hand: who issues it and how it is counted is shown and not asked for.
    pub illustrative: bool,
    /// What it is called.
    pub name: Trilingual,
    /// Whether it says that its holder is an authorised operator, and is looked up by the holder.
    pub operators: bool,
    /// The act.
    pub basis: String,
    /// When the register keeps it.
    pub validity: Validity,
}

/// Rows of what must be shown, found by the chapter of the goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    rules: Vec<RequirementRule>,
    /// For each two digits the places of rows that may ask for goods whose code begins so.
    chapters: Vec<Vec<u32>>,
}

impl Requirements {
    /// Takes rows; they keep their order.
    #[must_use]
    pub fn new(rules: Vec<RequirementRule>) -> Self {
        let mut chapters = vec![Vec::new(); 100];
        for (place, rule) in (0..).zip(&rules) {
            for (chapter, places) in chapters.iter_mut().enumerate() {
                let digits = format!("{chapter:02}");
                let asks =
                    |code: &Token| digits.starts_with(code.as_str()) || code.starts_with(&digits);
                if rule.codes.is_empty() || rule.codes.iter().any(asks) {
                    places.push(place);
                }
            }
        }
        Self { rules, chapters }
    }

    /// Every row.
    #[must_use]
    pub fn all(&self) -> &[RequirementRule] {
        &self.rules
    }

    /// The rows that may ask for goods of this code; every row where its chapter is not told.
    pub fn of_chapter<'a>(
        &'a self,
        code: &str,
    ) -> impl Iterator<Item = &'a RequirementRule> + use<'a> {
        let chapter = code.get(..2).and_then(|digits| digits.parse::<usize>().ok());
        let places = chapter.and_then(|chapter| self.chapters.get(chapter));
        let all = if places.is_none() { self.rules.as_slice() } else { &[] };
        let some = places.into_iter().flatten();
        some.filter_map(|place| self.rules.get(*place as usize)).chain(all)
    }
}

/// A rule of risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskRule {
    /// Short id.
    pub id: String,
    /// Points it adds.
    pub points: u32,
    /// Where it applies.
    pub when: Condition,
    /// The reason, as an officer reads it.
    pub text: Trilingual,
    /// What the trader is told: a category, not a threshold.
    pub category: Trilingual,
    /// When in force.
    pub validity: Validity,
}

/// From points to lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Points from which documents are looked at.
    pub yellow_from: u32,
    /// Points from which goods are looked at.
    pub red_from: u32,
    /// Of ten thousand otherwise green, how many are looked at by chance.
    pub random_per_10000: u32,
    /// The act or order.
    pub basis: String,
}

/// The declaration types a jurisdiction takes, by their first letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRule {
    /// Such as `IM`.
    pub prefix: Token,
    /// Which way.
    pub direction: Direction,
    /// Whether what is owed is told of it also where nothing is.
    pub assessed: bool,
    /// Whether it supplements a simplified declaration of the same goods, lodged before.
    pub supplements: bool,
    /// Most days between the acceptance it states and its filing; `None` where not limited. The law of the
    /// day of acceptance is applied, so that each day is one more whose law a declarant may choose.
    pub acceptance_days: Option<u16>,
}

/// How one jurisdiction does what all do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: Trilingual,
    /// The currency of assessment.
    pub currency: Currency,
    /// Two letters its MRNs carry.
    pub country: Token,
    /// How the customs value is rounded.
    pub value_rounding: Rounding,
    /// Lengths a commodity code may have.
    pub code_lengths: Vec<u8>,
    /// Whether the pack holds the whole nomenclature, so that a code not in it does not exist.
    pub lines_complete: bool,
    /// Whether a total of packages that is not the sum of the items' is an error, or only said.
    pub packages_must_add_up: bool,
    /// Its declaration types.
    pub types: Vec<TypeRule>,
    /// Elements whose codes must be in force on a list.
    pub lists_at: Vec<(ElementId, Token)>,
    /// Its taxes, in the order they are computed.
    pub taxes: Vec<Tax>,
    /// Families of taxes.
    pub exclusive: Vec<Exclusive>,
    /// Reliefs, first match wins for each tax.
    pub reliefs: Vec<Relief>,
    /// Kinds of charges.
    pub charges: Vec<ChargeKind>,
    /// Which costs belong to the customs value, by direction; none where charges alone say so.
    pub values: Vec<ValueRule>,
    /// How the value for statistics is made, by direction.
    pub statistics: Vec<StatisticsRule>,
    /// Methods of valuation that go by the price; of others the stated value is taken.
    pub price_methods: Vec<Token>,
    /// Regimes that claim no preference; `None` where the pack does not say, and a claim is then
    /// told by the rows alone.
    pub no_claim: Option<Vec<Token>>,
    /// Beginnings of ids of common requirements that the pack carries out by rows of its own.
    pub carried_out: Vec<String>,
    /// Days an official rate without a last day may be paid by; `None`: only its currency is taken.
    pub rate_days: Option<u16>,
    /// Documents, category and type run together, whose number is the deferment account of its debt.
    pub deferment_documents: Vec<Token>,
    /// By what it tells whether a document is shown.
    pub documents: DocumentCodes,
    /// Whether the declarant names every tax that is collected with a declaration, and how it is paid.
    pub taxes_named: bool,
    /// From points to lanes.
    pub policy: Policy,
}

impl Profile {
    /// The rule for declarations of this type, the first whose beginning it has; `None` where such
    /// declarations are not taken.
    #[must_use]
    pub fn type_of(&self, kind: &str) -> Option<&TypeRule> {
        self.types.iter().find(|rule| kind.starts_with(rule.prefix.as_str()))
    }

    /// The kind of charge of this name; `None` where there is none here.
    #[must_use]
    pub fn charge(&self, kind: Token) -> Option<&ChargeKind> {
        let begins = |k: &Token| k.strip_suffix('*').is_some_and(|start| kind.starts_with(start));
        let exact = self.charges.iter().find(|k| k.kind == kind);
        exact.or_else(|| self.charges.iter().find(|k| begins(&k.kind)))
    }

    /// The regime of goods for which no preference is claimed; empty where the pack does not say.
    #[must_use]
    pub fn unclaimed(&self) -> Token {
        self.no_claim.as_ref().and_then(|none| none.first()).copied().unwrap_or_default()
    }

    /// Which costs belong to the customs value of goods that go this way; `None` where charges alone
    /// say so.
    #[must_use]
    pub fn value_rule(&self, direction: Option<Direction>) -> Option<&ValueRule> {
        self.values.iter().find(|rule| Some(rule.direction) == direction)
    }

    /// Whether stating this regime claims a preference.
    #[must_use]
    pub fn is_claim(&self, regime: &Token) -> bool {
        !regime.is_empty() && self.no_claim.as_ref().is_some_and(|none| !none.contains(regime))
    }
}

/// Everything a jurisdiction's data says, for all days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its id, such as the name it is chosen by.
    pub id: String,
    /// SHA-256 of the bundle it was read from, and of rows added for this run.
    pub digest: String,
    /// How it does what all do.
    pub profile: Profile,
    /// Acts by id.
    pub law: BTreeMap<String, Act>,
    /// Lines, by code.
    pub lines: Vec<Line>,
    /// Rates of duties and taxes.
    pub measures: Measures,
    /// Country groups.
    pub groups: Groups,
    /// Groups that rows name and whose members are not held: what hangs on them is untold.
    pub untold_groups: Vec<Token>,
    /// Rates of exchange.
    pub rates: Vec<Rate>,
    /// Codes of each list, sorted.
    pub lists: BTreeMap<Token, Vec<(Token, Validity)>>,
    /// What each list is called.
    pub list_names: BTreeMap<Token, Trilingual>,
    /// Units.
    pub units: Units,
    /// Checks.
    pub checks: Vec<Check>,
    /// Requirements.
    pub requirements: Requirements,
    /// Types of documents the register of the house keeps.
    pub lpcos: Vec<LpcoKind>,
    /// Delivery terms: the costs a price has in it by each.
    pub terms: Vec<(Token, Vec<Cost>)>,
    /// Periods of tariff quotas, by order number and day.
    pub quotas: Vec<Quota>,
    /// Schemes of preference, their rules of origin and their proofs.
    pub origins: Origins,
    /// What has to be shown where origin is claimed, made of `origins`.
    pub proofs: Proofs,
    /// Rules of risk.
    pub risks: Vec<RiskRule>,
    /// Listed names.
    pub names: Names,
    /// Reasons of decisions, by code.
    pub reasons: Vec<DecisionReason>,
    /// Who decides beside the customs administration, how long things may take, where goods are looked at.
    pub agencies: Agencies,
}

impl Pack {
    /// The pack on one day.
    #[must_use]
    pub fn on(&self, day: Day) -> Reference<'_> {
        Reference { pack: self, day }
    }
}

/// Why an officer decides against the trader, in words; and what the trader can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionReason {
    /// Its code.
    pub code: Token,
    /// The acts it goes with: the name of the act, with the kind of hold behind a space.
    pub acts: Vec<String>,
    /// Why.
    pub text: Trilingual,
    /// What to do.
    pub remedy: Trilingual,
}

/// A pack on one day.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// The day.
    pub day: Day,
}

impl<'a> Reference<'a> {
    /// The line with this code.
    #[must_use]
    pub fn line(&self, code: &str) -> Option<&'a Line> {
        let lines = &self.pack.lines;
        let first = lines.partition_point(|l| l.code.as_str() < code);
        lines
            .get(first..)?
            .iter()
            .take_while(|l| l.code == code)
            .find(|l| l.validity.covers(self.day))
    }

    /// Lines in force whose code begins so and is longer, by code.
    pub fn lines_below(&self, code: &'a str) -> impl Iterator<Item = &'a Line> + use<'a> {
        let (lines, day) = (&self.pack.lines, self.day);
        let first = lines.partition_point(|l| l.code.as_str() <= code);
        let below = lines.get(first..).unwrap_or_default().iter();
        below.take_while(move |l| l.code.starts_with(code)).filter(move |l| l.validity.covers(day))
    }

    /// The measures in force for the goods under a regime, shortest code first; whether their
    /// conditions hold is not asked.
    pub fn measures(
        &self,
        code: &'a str,
        direction: Direction,
        origin: &'a str,
        regime: &'a str,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let this = *self;
        let rows = self.measures_of_any_regime(code, direction, origin);
        rows.filter(move |m| {
            m.mark() != Measure::ILLUSTRATIVE && this.takes(m.regime(), regime) == Some(true)
        })
    }

    /// The measures in force for the goods, whatever the regime, illustrative ones too.
    pub fn measures_of_any_regime(
        &self,
        code: &'a str,
        direction: Direction,
        origin: &'a str,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        self.pack.measures.of_goods(code, direction, origin, self.day, &self.pack.groups)
    }

    /// The measures in force for a part of the goods of a code: those under longer codes, of which a
    /// code this short does not say whether they bear on the goods.
    pub fn measures_of_parts(
        &self,
        code: &'a str,
        direction: Direction,
        origin: &'a str,
        regime: &'a str,
    ) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let this = *self;
        let (measures, groups) = (&self.pack.measures, &self.pack.groups);
        let rows = measures.of_parts(code, direction, origin, self.day, groups);
        rows.filter(move |m| {
            m.mark() != Measure::ILLUSTRATIVE && this.takes(m.regime(), regime) != Some(false)
        })
    }

    /// Whether the selection takes this country or regime; `None` where that hangs on a group
    /// whose members are not held.
    #[must_use]
    pub fn takes(&self, selection: &Selection, value: &str) -> Option<bool> {
        selection.takes(value, &self.pack.groups, self.day)
    }

    /// One unit of the currency in the pack's own; the pack's own is 1.
    #[must_use]
    pub fn rate(&self, currency: Currency) -> Option<Decimal> {
        if currency == self.pack.profile.currency {
            return Some(Decimal::ONE);
        }
        self.rate_row(currency).map(|r| r.per_unit)
    }

    /// The rate of exchange in force: the first of the pack's rows, which stand newest first, after
    /// those added for a run.
    #[must_use]
    pub fn rate_row(&self, currency: Currency) -> Option<&'a Rate> {
        self.pack.rates.iter().find(|r| r.currency == currency && r.validity.covers(self.day))
    }

    /// The rate of exchange to pay by today, and the last day it is good for; `None` where there is none,
    /// or the newest is stale.
    #[must_use]
    pub fn rate_to_pay(&self, currency: Currency) -> Option<(&'a Rate, Day)> {
        let days = i32::from(self.pack.profile.rate_days?);
        let row = self.rate_row(currency)?;
        let good = Day::from_number(row.validity.from?.number().checked_add(days - 1)?).ok()?;
        let until = row.validity.until.unwrap_or(good);
        (self.day <= until).then_some((row, until))
    }

    /// The costs a price has in it by its delivery term; `None` where that is not held.
    #[must_use]
    pub fn in_price(&self, term: &str) -> Option<&'a [Cost]> {
        let found = self.pack.terms.iter().find(|(code, _)| code == term)?;
        Some(&found.1)
    }

    /// Whether the register of the house keeps documents of this type.
    #[must_use]
    pub fn keeps(&self, document: Token) -> bool {
        let mut rows = self.pack.lpcos.iter();
        rows.any(|row| row.kept && row.document == document && row.validity.covers(self.day))
    }

    /// The period of a quota in which the day lies.
    #[must_use]
    pub fn quota(&self, order: &str) -> Option<&'a Quota> {
        self.periods(order).filter(|q| q.validity.covers(self.day)).last()
    }

    /// The period of a quota with this number.
    #[must_use]
    pub fn period(&self, order: &str, definition: &str) -> Option<&'a Quota> {
        self.periods(order).find(|q| q.definition == definition)
    }

    /// The periods of a quota, whatever the day.
    fn periods(&self, order: &str) -> impl Iterator<Item = &'a Quota> {
        let quotas = &self.pack.quotas;
        let first = quotas.partition_point(|q| q.order.as_str() < order);
        quotas.get(first..).unwrap_or_default().iter().take_while(move |q| q.order == order)
    }

    /// Whether the code is in force on the list; `None` where the pack has no such list.
    #[must_use]
    pub fn listed(&self, list: &str, code: &str) -> Option<bool> {
        let codes = self.pack.lists.get(&Token::lossy(list))?;
        let first = codes.partition_point(|(c, _)| c.as_str() < code);
        Some(
            codes
                .get(first..)
                .unwrap_or_default()
                .iter()
                .take_while(|(c, _)| c == code)
                .any(|(_, validity)| validity.covers(self.day)),
        )
    }
}
