//! The files of a pack, read and checked: TOML for what a person writes, CSV for what is imported.

use std::collections::BTreeMap;

use fondaco::condition::Condition;
use fondaco::day::Validity;
use fondaco::finding::Trilingual;
use fondaco::formula::Formula;
use fondaco::measure::{Direction, Measure, Selection, When};
use fondaco::measures::{Measures, Table};
use fondaco::money::{Decimal, Rounding, RoundingMode, decimal};
use fondaco::origin::Origins;
use fondaco::quantity::{UnitProduct, UnitRow, Units};
use fondaco::reference::{
    Act, Check, Codes, DocumentCodes, Line, ListedName, Names, Pack, Proofs, Rate, Requirements,
    RiskRule,
};
use fondaco::screening;
use fondaco::token::Token;
use serde::Deserialize;

use super::profile::ProfileFile;
use super::rows::{
    GroupRow, LawRow, LineRow, ListNameRow, ListRow, MeasureRow, NameRow, RateRow, TermRow,
};
use super::{Files, Problem, agencies, asked, cel, lpcos, origin, quotas, reasons, table};

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    en: String,
    zh: String,
    ru: String,
}

impl Texts {
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { en: change(&self.en), zh: change(&self.zh), ru: change(&self.ru) }
    }
}

impl From<Texts> for Trilingual {
    fn from(t: Texts) -> Self {
        Self { en: t.en, zh: t.zh, ru: t.ru }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChecksFile {
    #[serde(default, rename = "check")]
    checks: Vec<CheckFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    id: String,
    #[serde(default)]
    per: String,
    at: String,
    when: String,
    #[serde(default)]
    wanted: String,
    text: Texts,
    remedy: Texts,
    basis: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RisksFile {
    #[serde(default, rename = "risk")]
    risks: Vec<RiskFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RiskFile {
    id: String,
    points: u32,
    when: String,
    text: Texts,
    category: Texts,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

#[derive(Deserialize)]
struct UnitFile {
    unit: String,
    base: String,
    factor: String,
}

/// Collects problems with the file and row they are in.
pub(crate) struct Reader<'p> {
    pub(crate) file: String,
    pub(crate) row: usize,
    pub(crate) problems: &'p mut Vec<Problem>,
}

impl Reader<'_> {
    pub(crate) fn problem(&mut self, what: impl Into<String>) {
        let problem = Problem { file: self.file.clone(), row: self.row, what: what.into() };
        self.problems.push(problem);
    }

    pub(super) fn or<T, E: std::fmt::Display>(
        &mut self,
        result: Result<T, E>,
        default: T,
        what: &str,
    ) -> T {
        result.unwrap_or_else(|e| {
            self.problem(format!("{what}: {e}"));
            default
        })
    }

    pub(super) fn token(&mut self, text: &str) -> Token {
        self.or(Token::new(text), Token::EMPTY, text)
    }

    pub(super) fn tokens(&mut self, all: &[String]) -> Vec<Token> {
        all.iter().map(|t| self.token(t)).collect()
    }

    /// Codes, each whole or, with `*` behind it, a beginning.
    pub(super) fn codes(&mut self, all: &[String]) -> Codes {
        let mut codes = Codes::default();
        for code in all {
            match code.strip_suffix('*') {
                // Nothing is the beginning of every code, and what is stated where none is.
                Some("") => self.problem(format!("“{code}” is no code")),
                Some(begun) => codes.begun.push(self.token(begun)),
                None if code.is_empty() => self.problem("an empty code".to_owned()),
                None => codes.whole.push(self.token(code)),
            }
        }
        codes
    }

    pub(super) fn validity(&mut self, from: &str, until: &str) -> Validity {
        let mut day = |text: &str| {
            if text.is_empty() {
                return None;
            }
            let day = text.parse();
            if day.is_err() {
                self.problem(format!("“{text}” is not a day"));
            }
            day.ok()
        };
        let validity = Validity { from: day(from), until: day(until) };
        if let (Some(from), Some(until)) = (validity.from, validity.until)
            && from > until
        {
            self.problem(format!("{from} is after {until}"));
        }
        validity
    }

    pub(super) fn condition(&mut self, text: &str) -> Condition {
        self.or(cel::parse(text), Condition::ALWAYS, text)
    }

    pub(super) fn direction(&mut self, text: &str) -> Option<Direction> {
        let direction = Direction::named(text);
        if direction.is_none() && !text.is_empty() {
            self.problem(format!("“{text}” is neither import nor export"));
        }
        direction
    }

    pub(super) fn selection(&mut self, text: &str) -> Selection {
        self.or(text.parse(), Selection::default(), text)
    }

    pub(super) fn rounding(&mut self, text: &str) -> Rounding {
        let read = text.split_once(' ').and_then(|(digits, mode)| {
            Some(Rounding { digits: digits.parse().ok()?, mode: RoundingMode::named(mode)? })
        });
        read.unwrap_or_else(|| {
            self.problem(format!("“{text}” is no rounding such as “2 half-up”"));
            Rounding { digits: 2, mode: RoundingMode::HalfUp }
        })
    }

    pub(super) fn figure(&mut self, text: &str) -> Option<Decimal> {
        let figure = decimal(text);
        if figure.is_none() {
            self.problem(format!("“{text}” is not a figure"));
        }
        figure
    }

    /// A measure from its row.
    pub(crate) fn measure(&mut self, row: &MeasureRow) -> Option<Measure> {
        let before = self.problems.len();
        if !row.code.bytes().all(|b| b.is_ascii_digit()) || row.code.len() > Measure::LONGEST {
            self.problem(format!("“{}” is not a commodity code", row.code));
        }
        let formula = match (row.rate.trim(), row.formula.trim()) {
            ("", "") => None,
            (rate, "") => {
                self.figure(rate).map(|percent| Formula::AdValorem { percent, part: None })
            }
            ("", formula) => match formula.parse() {
                Ok(formula) => Some(formula),
                Err(e) => {
                    self.problem(format!("“{formula}”: {e}"));
                    None
                }
            },
            _ => {
                self.problem("both a rate and a formula");
                None
            }
        };
        if row.tax_type.is_empty() || !row.tax_type.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.problem(format!("“{}” is no tax type", row.tax_type));
        }
        if row.rate.trim().starts_with('-') {
            self.problem(format!("“{}” is below zero", row.rate));
        }
        if row.basis.is_empty() {
            self.problem("no basis");
        }
        let measure = Measure {
            code: self.token(&row.code),
            direction: self.direction(&row.direction),
            origin: self.selection(&row.origin),
            regime: self.selection(&row.regime),
            tax: self.token(&row.tax_type),
            formula,
            unit: self.token(&row.unit),
            quota: self.token(&row.quota),
            when: When { text: row.when.clone(), condition: self.condition(&row.when) },
            season: match row.season.as_str() {
                "" => None,
                season => self.or(season.parse().map(Some), None, season),
            },
            validity: self.validity(&row.from, &row.until),
            basis: row.basis.clone(),
            mark: row.mark.clone(),
        };
        (self.problems.len() == before).then_some(measure)
    }

    /// What a check wants: as its row says, or the list it asks for, or the element that lacks.
    fn wanted(&mut self, said: String, when: &Condition, at: &str) -> String {
        if !said.is_empty() {
            said
        } else if let Some(list) = when.list_missed() {
            list.to_string()
        } else if when.is_of_lack() {
            at.rsplit('/').next().unwrap_or_default().to_owned()
        } else {
            self.problem("what is wanted cannot be read off the condition: say it in `wanted`");
            String::new()
        }
    }

    /// Says which groups of countries a measure names that the pack has not.
    pub(super) fn groups(&mut self, origin: &Selection, pack: &Pack) {
        for one in origin.of.iter().chain(&origin.but) {
            if one.starts_with('~')
                && !pack.groups.contains_key(one)
                && !pack.untold_groups.contains(one)
            {
                self.problem(format!("the pack has no group {one}"));
            }
        }
    }

    /// A rate of exchange from its row.
    pub(crate) fn rate(&mut self, row: &RateRow) -> Option<Rate> {
        let currency = match row.currency.parse() {
            Ok(currency) => currency,
            Err(e) => {
                self.problem(format!("“{}”: {e}", row.currency));
                return None;
            }
        };
        let per_unit = self.figure(&row.per_unit)?;
        if per_unit <= Decimal::ZERO {
            self.problem("a rate is above zero");
            return None;
        }
        Some(Rate {
            currency,
            per_unit,
            validity: self.validity(&row.from, &row.until),
            source: row.source.clone(),
        })
    }

    /// A group from its row, and who is in it since when; nobody where that is not held.
    pub(crate) fn group(&mut self, row: &GroupRow) -> (Token, Option<(Token, Validity)>) {
        if !row.group.starts_with('~') {
            self.problem(format!("“{}” is no group: want ~ and its name", row.group));
        }
        let validity = self.validity(&row.from, &row.until);
        let member = (!row.country.is_empty()).then(|| (self.token(&row.country), validity));
        (self.token(&row.group), member)
    }

    /// A code of a list from its row.
    pub(crate) fn listed(&mut self, row: &ListRow) -> (Token, Token, Validity) {
        if row.list.is_empty() || row.code.is_empty() {
            self.problem("no list or no code");
        }
        let validity = self.validity(&row.from, &row.until);
        (self.token(&row.list), self.token(&row.code), validity)
    }

    pub(crate) fn line(&mut self, row: LineRow) -> Line {
        if row.code.is_empty() || !row.code.bytes().all(|b| b.is_ascii_digit()) {
            self.problem(format!("“{}” is not a commodity code", row.code));
        }
        Line {
            code: self.token(&row.code),
            units: [self.token(&row.unit), self.token(&row.unit2)],
            validity: self.validity(&row.from, &row.until),
            season: match row.season.as_str() {
                "" => None,
                season => self.or(season.parse().map(Some), None, season),
            },
            name: Trilingual { en: row.name_en, zh: row.name_zh, ru: row.name_ru },
        }
    }
}

pub(super) fn rows<T: serde::de::DeserializeOwned>(
    files: &Files<'_>,
    wanted: impl Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
    mut take: impl FnMut(&mut Reader<'_>, T),
) {
    for (name, bytes) in files.iter().filter(|(name, _)| wanted(name)) {
        let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_ref());
        for (n, row) in csv.deserialize::<T>().enumerate() {
            let mut reader = Reader { file: name.clone(), row: n + 2, problems };
            match row {
                Ok(row) => take(&mut reader, row),
                Err(e) => reader.problem(e.to_string()),
            }
        }
    }
}

pub(super) fn toml_file<T: serde::de::DeserializeOwned>(
    files: &Files<'_>,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let bytes = files.get(name)?;
    let mut reader = Reader { file: name.to_owned(), row: 0, problems };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            reader.problem(e.to_string());
            return None;
        }
    };
    match toml::from_str(text) {
        Ok(file) => Some(file),
        Err(e) => {
            reader.problem(e.to_string().replace('\n', " "));
            None
        }
    }
}

/// Makes the pack of its files, or says everything that is wrong with them.
pub(super) fn read(files: &Files<'_>, digest: String) -> Result<Pack, Vec<Problem>> {
    let mut problems = Vec::new();
    let Some(profile) = toml_file::<ProfileFile>(files, "profile.toml", &mut problems) else {
        if problems.is_empty() {
            let what = "the pack has no profile".to_owned();
            problems.push(Problem { file: "profile.toml".to_owned(), row: 0, what });
        }
        return Err(problems);
    };
    let id = profile.id.clone();
    let (profile, groups) =
        Reader { file: "profile.toml".into(), row: 0, problems: &mut problems }.profile(profile);
    let mut pack = Pack {
        id,
        digest,
        profile,
        law: BTreeMap::new(),
        lines: Vec::new(),
        measures: Measures::default(),
        groups,
        untold_groups: Vec::new(),
        rates: Vec::new(),
        lists: BTreeMap::new(),
        list_names: BTreeMap::new(),
        units: Units::default(),
        checks: Vec::new(),
        requirements: Requirements::default(),
        lpcos: Vec::new(),
        terms: Vec::new(),
        quotas: Vec::new(),
        origins: Origins::default(),
        proofs: Proofs::default(),
        risks: Vec::new(),
        names: Names::default(),
        reasons: Vec::new(),
        agencies: Default::default(),
    };
    rows(
        files,
        |n| n.starts_with("law") && n.ends_with(".csv"),
        &mut problems,
        |reader, row: LawRow| {
            let title = Trilingual { en: row.title_en, zh: row.title_zh, ru: row.title_ru };
            let act = Act { title, reference: row.reference, source: row.source };
            if pack.law.insert(row.id.clone(), act).is_some() {
                reader.problem(format!("{} stands twice", row.id));
            }
        },
    );
    rows(
        files,
        |n| n.starts_with("groups"),
        &mut problems,
        |reader, row: GroupRow| match reader.group(&row) {
            (group, None) => pack.untold_groups.push(group),
            (group, Some(member)) => pack.groups.entry(group).or_default().push(member),
        },
    );
    // The two long tables, each on a thread of its own: loading them is most of a cold start.
    let (lines, measures) = std::thread::scope(|scope| {
        let lines = scope.spawn(|| {
            let (mut lines, mut wrong) = (Vec::new(), Vec::new());
            rows(
                files,
                |n| n.starts_with("lines"),
                &mut wrong,
                |reader, row: LineRow| {
                    lines.push(reader.line(row));
                },
            );
            lines.sort_by_key(|l: &Line| l.code);
            (lines, wrong)
        });
        let measures = measures(files, &pack, &mut problems);
        (lines.join(), measures)
    });
    // A thread that panicked has no result to go on with.
    let (lines, wrong) = lines.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    pack.lines = lines;
    problems.extend(wrong);
    rows(
        files,
        |n| n.starts_with("rates"),
        &mut problems,
        |reader, row: RateRow| {
            pack.rates.extend(reader.rate(&row));
        },
    );
    pack.rates.sort_by_key(|r| std::cmp::Reverse(r.validity.from));
    rows(
        files,
        |n| n.starts_with("lists/"),
        &mut problems,
        |reader, row: ListRow| {
            let (list, code, validity) = reader.listed(&row);
            pack.lists.entry(list).or_default().push((code, validity));
        },
    );
    for codes in pack.lists.values_mut() {
        codes.sort_by_key(|(code, _)| *code);
    }
    rows(
        files,
        |n| n == "lists.csv",
        &mut problems,
        |reader, row: ListNameRow| {
            let name = Trilingual { en: row.name_en, zh: row.name_zh, ru: row.name_ru };
            let list = reader.token(&row.list);
            if pack.list_names.insert(list, name).is_some() {
                reader.problem(format!("{} stands twice", row.list));
            }
        },
    );
    let (mut units, mut products) = (Vec::new(), Vec::new());
    rows(
        files,
        |n| n == "units.csv",
        &mut problems,
        |reader, row: UnitFile| {
            let factor = reader.figure(&row.factor).unwrap_or(Decimal::ONE);
            if let Some((a, b)) = row.base.split_once('*') {
                let (unit, of) = (reader.token(&row.unit), [reader.token(a), reader.token(b)]);
                products.push(UnitProduct { unit, of, factor });
                return;
            }
            units.push(UnitRow {
                unit: reader.token(&row.unit),
                base: reader.token(&row.base),
                factor,
            });
        },
    );
    pack.units = Units::new(units, products);
    rows(
        files,
        |n| n == "incoterms.csv",
        &mut problems,
        |reader, row: TermRow| {
            let names = row.in_price.split('|').filter(|name| !name.is_empty());
            let costs = names.filter_map(|name| reader.cost(name)).collect();
            pack.terms.push((reader.token(&row.term), costs));
        },
    );
    for rule in pack.profile.values.iter().chain(pack.profile.statistics.iter().map(|s| &s.value)) {
        let mut reader = Reader { file: "profile.toml".into(), row: 0, problems: &mut problems };
        cited(&mut reader, &rule.basis, &pack.law);
    }
    if pack.profile.documents != DocumentCodes::default() {
        let mut reader = Reader { file: "profile.toml".into(), row: 0, problems: &mut problems };
        cited(&mut reader, &pack.profile.documents.basis, &pack.law);
    }
    rows(
        files,
        |n| n.starts_with("names"),
        &mut problems,
        |reader, row: NameRow| add_name(reader, &mut pack.names, row),
    );
    if let Some(file) = toml_file::<ChecksFile>(files, "checks.toml", &mut problems) {
        let mut reader = Reader { file: "checks.toml".into(), row: 0, problems: &mut problems };
        for (n, c) in file.checks.into_iter().enumerate() {
            reader.row = n + 1;
            cited(&mut reader, &c.basis, &pack.law);
            let when = reader.condition(&c.when);
            pack.checks.push(Check {
                per_item: c.per == "item",
                wanted: reader.wanted(c.wanted, &when, &c.at),
                when,
                validity: reader.validity(&c.from, &c.until),
                text: c.text.into(),
                remedy: c.remedy.into(),
                id: c.id,
                at: c.at,
                basis: c.basis,
            });
        }
    }
    pack.requirements = Requirements::new(asked::read(files, &pack, &mut problems));
    pack.agencies = agencies::read(files, &pack, &mut problems);
    quotas::read(files, &mut pack, &mut problems);
    reasons::read(files, &mut pack, &mut problems);
    lpcos::read(files, &mut pack, &mut problems);
    pack.origins = origin::read(files, &pack.law, &mut problems);
    pack.proofs = Proofs::of(&pack.origins, &pack.profile);
    if let Some(file) = toml_file::<RisksFile>(files, "risk.toml", &mut problems) {
        let mut reader = Reader { file: "risk.toml".into(), row: 0, problems: &mut problems };
        for (n, r) in file.risks.into_iter().enumerate() {
            reader.row = n + 1;
            pack.risks.push(RiskRule {
                when: reader.condition(&r.when),
                validity: reader.validity(&r.from, &r.until),
                text: r.text.into(),
                category: r.category.into(),
                id: r.id,
                points: r.points,
            });
        }
    }
    pack.measures = measures;
    if problems.is_empty() { Ok(pack) } else { Err(problems) }
}

/// The measures of every file of them, checked against the profile, the law and the groups.
fn measures(files: &Files<'_>, pack: &Pack, problems: &mut Vec<Problem>) -> Measures {
    let taxes: Vec<Token> = pack.profile.taxes.iter().map(|t| t.code).collect();
    let named = |reader: &mut Reader<'_>, tax: Token| {
        if !taxes.contains(&tax) {
            reader.problem(format!("the profile has no tax {tax}"));
        }
    };
    let mut measures = Vec::new();
    rows(
        files,
        |n| n.starts_with("measures") && n.ends_with(".csv"),
        problems,
        |reader, row: MeasureRow| {
            let Some(measure) = reader.measure(&row) else { return };
            named(reader, measure.tax);
            cited(reader, &measure.basis, &pack.law);
            reader.groups(&measure.origin, pack);
            measures.push(measure);
        },
    );
    let own = if measures.is_empty() { None } else { Some(Table::of(&measures, &pack.groups)) };
    let mut all: Vec<_> = own.into_iter().collect();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".table")) {
        let mut reader = Reader { file: name.clone(), row: 0, problems };
        let table = table::decode(bytes, &pack.groups);
        if let Ok(table) = &table {
            let (shared, ..) = table.parts();
            shared.taxes.iter().for_each(|tax| named(&mut reader, *tax));
            shared.bases.iter().for_each(|basis| cited(&mut reader, basis, &pack.law));
            shared.origins.iter().for_each(|origin| reader.groups(origin, pack));
        }
        all.push(table);
    }
    let tables: Result<Vec<Table>, _> = all.into_iter().collect();
    let tables = tables.unwrap_or_else(|e| {
        problems.push(Problem { file: "measures".into(), row: 0, what: e.to_string() });
        Vec::new()
    });
    Measures { tables }
}

/// A basis begins with the id of an act.
pub(super) fn cited(reader: &mut Reader<'_>, basis: &str, law: &BTreeMap<String, Act>) {
    let id = basis.split(',').next().unwrap_or_default().trim();
    if !law.contains_key(id) {
        reader.problem(format!("law.csv has no act {id}"));
    }
}

/// Adds a listed name to those a pack screens by.
fn add_name(reader: &mut Reader<'_>, names: &mut Names, row: NameRow) {
    let illustrative = reader.flag(&row.illustrative);
    let key = screening::key(&row.name);
    if key.is_empty() {
        return;
    }
    names.loaded += usize::from(!illustrative);
    let entry = ListedName { id: row.id, name: row.name, list: row.list };
    let all = names.by_key.entry(key).or_default();
    if !all.contains(&entry) {
        all.push(entry);
    }
}
