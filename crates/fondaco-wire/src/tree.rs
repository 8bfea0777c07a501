//! A message as a small tree of elements of one namespace, or of one family of them, and reading it
//! strictly.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use fondaco::day::Day;
use fondaco::finding::{Language, Trilingual};
use fondaco::ledger::MOST_DECIMALS;
use fondaco::model::is_space;
use fondaco::money::{Currency, Decimal, Money, decimal};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::Limits;
use crate::ill::{Ill, Kind};
use crate::wco::form::{is_char, is_name, is_xml_declaration, run_together, split};
use crate::wco::xml::prepare;

/// Most problems that are said of a message.
const MOST: usize = 100;

/// Most elements of a message: what a statement of 16 MiB has, and not what one of `<a/>` would.
const MOST_ELEMENTS: usize = 400_000;

/// Most attributes of an element, and most prefixes that hold at once.
pub(crate) const MOST_ATTRIBUTES: usize = 64;

/// Longest name of a namespace: it is compared at each element.
pub(crate) const LONGEST_NAMESPACE: usize = 256;

/// Longest name of an element or attribute; those of the standard are far shorter.
const LONGEST_NAME: usize = 64;

/// Why a message is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the message, from 1; 0 is the message as a whole.
    pub line: usize,
    /// The elements down to the place, such as `BkToCstmrStmt/Stmt/Ntry[2]/Amt`.
    pub path: String,
    /// What is wrong, in the words of the reader.
    pub reason: String,
    /// The same in each language; `None` where what is read has English words only.
    pub told: Option<Box<Trilingual>>,
}

impl Problem {
    /// What is wrong, in each language where it is said in each.
    #[must_use]
    pub fn text(&self) -> Trilingual {
        let same = || said([self.reason.as_str(); 3]);
        self.told.as_deref().cloned().unwrap_or_else(same)
    }
}

/// English, Chinese, Russian.
pub(crate) fn said<T: Into<String>>([en, zh, ru]: [T; 3]) -> Trilingual {
    Trilingual { en: en.into(), zh: zh.into(), ru: ru.into() }
}

/// That an element stands where none may.
const NO_SUCH: [&str; 3] =
    ["no such element here", "此处不应有该元素", "здесь не может быть такого элемента"];

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}: {}", self.line, self.path, self.reason)
    }
}

impl std::error::Error for Problem {}

/// Problems, as they are found.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    /// Says what is wrong with an element.
    pub(crate) fn at(&mut self, node: &Node, reason: impl Into<String>) {
        let reason = reason.into();
        self.push(Problem { line: node.line, path: node.step.path(), reason, told: None });
    }

    /// Says what is wrong with an element, in each language.
    pub(crate) fn say<T: Into<String>>(&mut self, node: &Node, words: [T; 3]) {
        let told = said(words);
        let reason = told.en.clone();
        let (line, path) = (node.line, node.step.path());
        self.push(Problem { line, path, reason, told: Some(Box::new(told)) });
    }

    fn push(&mut self, problem: Problem) {
        if self.0.len() < MOST {
            self.0.push(problem);
        }
    }
}

/// A step of the way to an element. Ways are written out where they are asked for only: most never are.
#[derive(Debug)]
struct Step {
    up: Option<Rc<Step>>,
    name: String,
    /// Which of its name, from 1.
    number: usize,
}

impl Step {
    fn path(&self) -> String {
        let up = self.up.as_ref().filter(|up| up.up.is_some());
        let mut path = up.map(|up| format!("{}/", up.path())).unwrap_or_default();
        path.push_str(&self.name);
        if self.number > 1 {
            path.push_str(&format!("[{}]", self.number));
        }
        path
    }
}

/// An element.
#[derive(Debug)]
pub(crate) struct Node {
    step: Rc<Step>,
    /// Its attributes without prefix.
    attributes: Vec<(String, String)>,
    /// Its own text.
    text: String,
    pub(crate) children: Vec<Node>,
    line: usize,
}

impl Node {
    /// Its name, without a prefix.
    pub(crate) fn name(&self) -> &str {
        &self.step.name
    }

    /// Holds the children against the elements there can be: names in their order, `*` where one may
    /// repeat, `!` where one has to be.
    pub(crate) fn fits(&self, elements: &str, problems: &mut Problems) {
        let all: Vec<(&str, &str)> = elements
            .split_whitespace()
            .map(|e| e.split_at(e.find(['*', '!']).unwrap_or(e.len())))
            .collect();
        let mut at = 0usize;
        for child in &self.children {
            let Some(place) = all.iter().position(|(name, _)| *name == child.name()) else {
                problems.at(child, "no such element here");
                continue;
            };
            let (_, marks) = all.get(place).copied().unwrap_or_default();
            if child.step.number > 1 && !marks.contains('*') {
                problems.at(child, "stands twice");
            } else if place < at {
                problems.at(child, "stands out of its order");
            }
            at = at.max(place);
        }
        for (name, marks) in all {
            if marks.contains('!') && self.child(name).is_none() {
                problems.at(self, format!("{name} is missing"));
            }
        }
        if !self.text.bytes().all(is_space) {
            problems.at(self, "has text between its elements");
        }
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name() == name)
    }

    /// The children of this name.
    pub(crate) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |c| c.name() == name)
    }

    /// The first child of a child and so on.
    pub(crate) fn down(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// An attribute without a prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The text of an element that has no elements, without space around it.
    pub(crate) fn leaf(&self, problems: &mut Problems) -> &str {
        if let Some(child) = self.children.first() {
            problems.say(child, NO_SUCH);
        }
        self.text.trim_matches(|c: char| c.is_ascii() && is_space(c as u8))
    }

    /// A text of 1 to `most` characters. Source: ISO 20022, Max35Text and the like.
    pub(crate) fn text(&self, most: usize, problems: &mut Problems) -> String {
        let text = self.leaf(problems);
        if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            problems.at(self, format!("want 1 to {most} characters, none of them a control"));
        }
        text.to_owned()
    }

    /// One of these codes.
    pub(crate) fn code<T: Copy>(&self, codes: &[(&str, T)], problems: &mut Problems) -> Option<T> {
        let text = self.leaf(problems);
        let found = codes.iter().find(|(code, _)| *code == text).map(|(_, to)| *to);
        if found.is_none() {
            let wanted: Vec<&str> = codes.iter().map(|(code, _)| *code).collect();
            problems.at(self, format!("`{text}`: want {}", wanted.join(", ")));
        }
        found
    }

    /// A decimal number of at most 18 digits, as sums and amounts are.
    pub(crate) fn number(&self, problems: &mut Problems) -> Option<Decimal> {
        let text = self.leaf(problems);
        let number = decimal(text).filter(|_| {
            text.bytes().filter(u8::is_ascii_digit).count() <= 18 && !text.starts_with("+-")
        });
        if number.is_none() {
            problems.at(self, format!("`{text}`: want a decimal number of at most 18 digits"));
        }
        number
    }

    /// An amount that is not negative, and its currency.
    ///
    /// Source: ISO 20022, ActiveOrHistoricCurrencyAndAmount: 18 digits, 5 behind the point.
    pub(crate) fn money(&self, problems: &mut Problems) -> Option<Money> {
        let amount = self.number(problems)?;
        if amount < Decimal::ZERO || amount.scale() > MOST_DECIMALS {
            let reason = format!("{amount}: want no sign and at most {MOST_DECIMALS} decimals");
            problems.at(self, reason);
            return None;
        }
        if let Some((name, _)) = self.attributes.iter().find(|(name, _)| name != "Ccy") {
            problems.at(self, format!("no such attribute: {name}"));
        }
        let currency = self.attributes.iter().find(|(name, _)| name == "Ccy");
        let currency = currency.and_then(|(_, text)| text.parse::<Currency>().ok());
        if currency.is_none() {
            problems.at(self, "want the attribute Ccy, three capital letters");
        }
        Some(Money { amount, currency: currency? })
    }

    /// A currency.
    pub(crate) fn currency(&self, problems: &mut Problems) -> Option<Currency> {
        let currency = self.leaf(problems).parse().ok();
        if currency.is_none() {
            problems.at(self, "want a currency, three capital letters");
        }
        currency
    }

    /// The day of a date, or of a date and time as the bank writes it.
    pub(crate) fn day(&self, with_time: bool, problems: &mut Problems) -> Option<Day> {
        let text = self.leaf(problems);
        let day = day_of(text, with_time);
        if day.is_none() {
            let wanted = if with_time { "YYYY-MM-DDThh:mm:ss" } else { "YYYY-MM-DD" };
            problems.at(self, format!("`{text}`: want {wanted}"));
        }
        day
    }

    /// A yes or no. Source: XML Schema, boolean.
    pub(crate) fn flag(&self, problems: &mut Problems) -> bool {
        let codes = [("true", true), ("1", true), ("false", false), ("0", false)];
        self.code(&codes, problems).unwrap_or_default()
    }
}

/// The day of a date or of a date and time. Source: ISO 20022, ISODate and ISODateTime.
pub(crate) fn day_of(text: &str, with_time: bool) -> Option<Day> {
    let (day, rest) = text.split_at_checked(10)?;
    let good = if with_time { is_time(rest) } else { is_zone(rest) };
    day.parse().ok().filter(|_| good)
}

/// Nothing, `Z` or an offset such as `+08:00`.
fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let two = |a: &u8, b: &u8, most: u8| {
                a.is_ascii_digit() && b.is_ascii_digit() && (a - b'0') * 10 + (b - b'0') <= most
            };
            two(h1, h2, 14) && two(m1, m2, 59)
        }
        _ => false,
    }
}

/// `Thh:mm:ss`, perhaps with a fraction, and a zone.
fn is_time(text: &str) -> bool {
    let Some(time) = text.strip_prefix('T') else { return false };
    let (clock, rest) = time.split_at_checked(8).unwrap_or((time, "bad"));
    let number = |range| clock.get(range).and_then(|t: &str| t.parse::<u8>().ok());
    let plain = clock.bytes().enumerate().all(|(n, b)| match n {
        2 | 5 => b == b':',
        _ => b.is_ascii_digit(),
    });
    let fits = number(0..2).is_some_and(|h| h <= 24)
        && number(3..5).is_some_and(|m| m <= 59)
        && number(6..8).is_some_and(|s| s <= 59);
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
            if end == 0 { "bad" } else { fraction.get(end..).unwrap_or("bad") }
        }
        None => rest,
    };
    plain && fits && is_zone(rest)
}

/// Builds the tree.
struct Builder<'t> {
    text: &'t str,
    /// What the other namespaces an element may be of begin with; empty where there are none.
    family: &'t str,
    limits: &'t Limits,
    /// Prefixes and their namespaces with the depth they were declared at.
    prefixes: Vec<(usize, String, String)>,
    open: Vec<(Node, BTreeMap<String, usize>)>,
    elements: usize,
    root: Option<Node>,
    namespace: String,
    /// Depth within an element that may hold anything.
    skipping: usize,
    /// Where lines were counted up to.
    counted: (usize, usize),
}

type Halt = Result<(), Problem>;

/// The namespace of a message and its root element; elements may also be of namespaces that begin with
/// `family`, where it is not empty.
pub(crate) fn tree(bytes: &[u8], limits: &Limits, family: &str) -> Result<(String, Node), Problem> {
    let text = prepare(bytes, limits).map_err(|finding| Problem {
        line: 0,
        path: "message".to_owned(),
        reason: finding.text(Language::En),
        told: Some(Box::new(said(Language::ALL.map(|l| finding.text(l))))),
    })?;
    let mut builder = Builder {
        text,
        family,
        limits,
        prefixes: Vec::new(),
        open: Vec::new(),
        elements: 0,
        root: None,
        namespace: String::new(),
        skipping: 0,
        counted: (0, 1),
    };
    builder.run()?;
    match builder.root {
        Some(root) => Ok((builder.namespace, root)),
        None => Err(builder.broken(text.len(), Kind::Ends, "the message ends too early")),
    }
}

impl Builder<'_> {
    fn ill(&mut self, at: usize, ill: &Ill) -> Problem {
        self.broken(at, ill.kind(), ill.said())
    }

    fn broken(&mut self, at: usize, kind: Kind, why: &str) -> Problem {
        let path =
            self.open.last().map_or_else(|| "message".to_owned(), |(node, _)| node.step.path());
        let told = Some(Box::new(said(kind.words())));
        Problem { line: self.line(at), path, reason: why.to_owned(), told }
    }

    /// The line of a byte; asked in the order of the message.
    fn line(&mut self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let (from, line) = self.counted;
        let new = self.text.as_bytes().get(from..at).unwrap_or_default();
        let line = line + memchr::memchr_iter(b'\n', new).count();
        self.counted = (at.max(from), line);
        line
    }

    fn run(&mut self) -> Halt {
        let text = self.text;
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = true;
        let mut first = true;
        loop {
            let event = reader.read_event();
            let at = reader.buffer_position() as usize;
            let event = event.map_err(|e| self.ill(at, &Ill::from(&e)))?;
            match &event {
                Event::Start(start) => self.start(start, at)?,
                Event::Empty(start) => {
                    self.start(start, at)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(part) => {
                    if part.contains("]]>") {
                        return Err(self.broken(at, Kind::Markup, "]]> within text"));
                    }
                    self.text(part, at)?;
                }
                Event::CData(part) => self.text(part, at)?,
                Event::GeneralRef(reference) => {
                    let c = match reference.resolve_char_ref() {
                        Ok(Some(c)) if is_char(c) => Some(c),
                        Ok(None) => match &**reference {
                            "amp" => Some('&'),
                            "lt" => Some('<'),
                            "gt" => Some('>'),
                            "quot" => Some('"'),
                            "apos" => Some('\''),
                            _ => None,
                        },
                        _ => None,
                    };
                    let Some(c) = c else {
                        return Err(self.broken(
                            at,
                            Kind::Instruction,
                            "an entity, and none is read",
                        ));
                    };
                    self.text(c.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::DocType(_) => {
                    return Err(self.broken(
                        at,
                        Kind::Instruction,
                        "a document type, and none is read",
                    ));
                }
                Event::Decl(decl) => {
                    let encoding = decl.encoding().and_then(Result::ok);
                    let known = encoding.is_none_or(|e| {
                        ["utf-8", "us-ascii"].iter().any(|k| e.eq_ignore_ascii_case(k))
                    });
                    if !first || !text.starts_with("<?xml") || !is_xml_declaration(decl) || !known {
                        return Err(self.broken(
                            at,
                            Kind::Head,
                            "want an XML declaration at the start, UTF-8",
                        ));
                    }
                }
                Event::PI(_) => {
                    return Err(self.broken(
                        at,
                        Kind::Instruction,
                        "a processing instruction, and none is read",
                    ));
                }
                Event::Comment(_) => {}
                Event::Eof => {
                    if !self.open.is_empty() || self.skipping > 0 {
                        return Err(self.broken(at, Kind::Ends, "the message ends too early"));
                    }
                    return Ok(());
                }
            }
            first = false;
        }
    }

    fn text(&mut self, part: &str, at: usize) -> Halt {
        match self.open.last_mut() {
            Some(_) if self.skipping > 0 => {}
            Some((node, _)) => node.text.push_str(part),
            None if part.bytes().all(is_space) => {}
            None => return Err(self.broken(at, Kind::Outside, "text outside the root")),
        }
        Ok(())
    }

    fn end(&mut self) {
        let depth = self.open.len() + self.skipping;
        self.prefixes.retain(|(declared, ..)| *declared < depth);
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        let Some((node, _)) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some((parent, _)) => parent.children.push(node),
            None => self.root = Some(node),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, at: usize) -> Halt {
        let depth = self.open.len() + self.skipping + 1;
        if depth > self.limits.depth {
            return Err(self.broken(at, Kind::Size, "nested too deep"));
        }
        if depth == 1 && self.root.is_some() {
            return Err(self.broken(at, Kind::Outside, "a second root"));
        }
        let attributes = self.attributes(start, depth, at)?;
        let (prefix, local) = split(start.name().0);
        let long = local.len().max(prefix.len()) > LONGEST_NAME;
        if long || !is_name(local) || !(prefix.is_empty() || is_name(prefix)) {
            return Err(self.broken(at, Kind::Name, "a name that is none"));
        }
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(self.broken(at, Kind::Size, "more elements than a message has"));
        }
        let declared = self.prefixes.iter().rev().find(|(_, p, _)| p == prefix);
        let namespace = declared.map(|(.., namespace)| namespace.clone());
        if namespace.is_none() && !prefix.is_empty() {
            return Err(self.broken(at, Kind::Name, "a prefix that is not declared"));
        }
        // What stands in an envelope is of any namespace, and no concern of ours.
        let within = self.open.last().is_some_and(|(node, _)| node.name() == "Envlp");
        if self.skipping > 0 || within {
            self.skipping += 1;
            return Ok(());
        }
        let namespace = namespace.unwrap_or_default();
        if depth == 1 {
            self.namespace = namespace;
        } else if namespace != self.namespace
            && (self.family.is_empty() || !namespace.starts_with(self.family))
        {
            return Err(self.broken(
                at,
                Kind::Foreign,
                &format!("{local} is of another namespace: {namespace}"),
            ));
        }
        let (up, number) = match self.open.last_mut() {
            None => (None, 1),
            Some((parent, counts)) => {
                let count = counts.entry(local.to_owned()).or_default();
                *count += 1;
                (Some(Rc::clone(&parent.step)), *count)
            }
        };
        let line = self.line(at);
        let node = Node {
            step: Rc::new(Step { up, name: local.to_owned(), number }),
            attributes,
            text: String::new(),
            children: Vec::new(),
            line,
        };
        self.open.push((node, BTreeMap::new()));
        Ok(())
    }

    /// The attributes without prefix; declarations of namespaces are kept apart.
    fn attributes(
        &mut self,
        start: &BytesStart<'_>,
        depth: usize,
        at: usize,
    ) -> Result<Vec<(String, String)>, Problem> {
        let mut plain = Vec::new();
        if start.attributes_raw().bytes().all(is_space) {
            return Ok(plain);
        }
        if run_together(start.attributes_raw()) {
            return Err(self.broken(at, Kind::Markup, "attributes run together"));
        }
        // That none stands twice is looked after by the parser.
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| self.ill(at, &Ill::attribute(&e)))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|e| self.broken(at, Kind::Reference, &e.to_string()))?;
            if attribute.value.contains('<') || !value.chars().all(is_char) {
                return Err(self.broken(
                    at,
                    Kind::Character,
                    "a character an attribute cannot have",
                ));
            }
            let value = value.into_owned();
            if plain.len().max(self.prefixes.len()) >= MOST_ATTRIBUTES {
                return Err(self.broken(at, Kind::Much, "more attributes than a message has"));
            }
            match split(attribute.key.0) {
                ("xmlns", "xml" | "xmlns") => {
                    return Err(self.broken(at, Kind::Name, "a prefix that is not free"));
                }
                ("xmlns", _) | ("", "xmlns") if value.len() > LONGEST_NAMESPACE => {
                    return Err(self.broken(at, Kind::Much, "the name of a namespace is too long"));
                }
                ("xmlns", prefix) => self.prefixes.push((depth, prefix.to_owned(), value)),
                ("", "xmlns") => self.prefixes.push((depth, String::new(), value)),
                ("", name) if is_name(name) => plain.push((name.to_owned(), value)),
                ("", _) => return Err(self.broken(at, Kind::Name, "a name that is none")),
                // Of another namespace: where a schema may be found.
                _ => {}
            }
        }
        Ok(plain)
    }
}
