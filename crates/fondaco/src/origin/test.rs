//! What a rule of origin asks, as a tree, and its notation.
//!
//! `any(change(4), value(*, 40, exw))` is "a change of heading, or non-originating materials of at
//! most 40 per cent of the ex-works price". The notation is what a pack holds beside the published
//! text; `docs/origin.md` lists it.

use std::fmt;
use std::str::FromStr;

use crate::money::{Decimal, decimal};
use crate::token::Token;

/// A span of codes, each a beginning; `17` to `17` is a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First.
    pub from: Token,
    /// Last.
    pub until: Token,
}

impl Span {
    /// Whether the code lies within; `None` where it has too few digits to tell.
    #[must_use]
    pub fn holds(&self, code: &str) -> Option<bool> {
        let (from, until) = (self.from.as_str(), self.until.as_str());
        match (code.get(..from.len()), code.get(..until.len())) {
            (Some(a), Some(b)) => Some(from <= a && b <= until),
            // A short code that differs already is outside.
            _ if code < from && !from.starts_with(code) => Some(false),
            _ if code > until && !until.starts_with(code) => Some(false),
            _ => None,
        }
    }
}

/// Codes; none is every code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes(pub Vec<Span>);

impl Codes {
    /// Whether the code is one of them; `None` where it has too few digits to tell.
    #[must_use]
    pub fn hold(&self, code: &str) -> Option<bool> {
        let mut told = true;
        for span in &self.0 {
            match span.holds(code) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => told = false,
            }
        }
        told.then_some(false)
    }
}

impl fmt::Display for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, span) in self.0.iter().enumerate() {
            let plus = if n > 0 { "+" } else { "" };
            if span.from == span.until {
                write!(f, "{plus}{}", span.from)?;
            } else {
                write!(f, "{plus}{}-{}", span.from, span.until)?;
            }
        }
        Ok(())
    }
}

/// Which materials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// Those of the heading of the product.
    Same,
    /// Those of these codes.
    Of(Codes),
}

/// Of which price a share is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The ex-works price.
    ExWorks,
    /// The price free on board.
    Fob,
    /// Either, as the maker chooses.
    Either,
}

/// How a regional value content is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The price less non-originating materials.
    Down,
    /// The originating materials.
    Up,
}

/// What a rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// All of these.
    All(Vec<Test>),
    /// Any of these.
    Any(Vec<Test>),
    /// The product itself is wholly obtained.
    Whole,
    /// The materials of these codes are wholly obtained.
    WholeOf(Codes),
    /// The materials of these codes are originating; of every code where none is named.
    Originating(Codes),
    /// Non-originating materials are of another chapter (2), heading (4) or subheading (6) than the
    /// product, or of any (0); and of none of these codes.
    Change(u8, Codes),
    /// A change, but materials of these may fail it up to so many per cent of the price.
    Spare(Box<Test>, Which, Decimal, Base),
    /// Non-originating materials of any heading, also other ones of the product's own.
    Other,
    /// Non-originating materials are of these codes.
    From(Codes),
    /// The value of these non-originating materials is at most so many per cent of the price.
    Value(Which, Decimal, Base),
    /// The weight of these non-originating materials is at most so many per cent of that of the
    /// product.
    Weight(Which, Decimal),
    /// The regional value content is at least so many per cent.
    Content(Decimal, Method, Base),
    /// Non-originating materials are worth no more than originating ones.
    Balance,
    /// This was done to the goods.
    Done(String),
    /// The goods were made from this.
    Made(String),
    /// The rule is for these goods of the codes only.
    Goods(String),
    /// The text was not read: whoever decides has to be asked.
    Ask(String),
}

impl Test {
    /// Whether nothing in it is unread.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match self {
            Self::Ask(_) => false,
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_read),
            Self::Spare(test, ..) => test.is_read(),
            _ => true,
        }
    }

    /// Whether codes, figures and origins alone answer it: no process, no name of a material.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        match self {
            Self::Ask(_) | Self::Done(_) | Self::Made(_) | Self::Goods(_) => false,
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_counted),
            Self::Spare(test, ..) => test.is_counted(),
            _ => true,
        }
    }
}

fn said(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'"))
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Same => f.write_str("same"),
            Self::Of(codes) => write!(f, "{codes}"),
        }
    }
}

impl Base {
    fn name(self) -> &'static str {
        match self {
            Self::ExWorks => "exw",
            Self::Fob => "fob",
            Self::Either => "price",
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |f: &mut fmt::Formatter<'_>, name, all: &[Test]| {
            write!(f, "{name}(")?;
            for (n, one) in all.iter().enumerate() {
                write!(f, "{}{one}", if n > 0 { ", " } else { "" })?;
            }
            f.write_str(")")
        };
        match self {
            Self::All(all) => many(f, "all", all),
            Self::Any(all) => many(f, "any", all),
            Self::Whole => f.write_str("whole()"),
            Self::WholeOf(codes) => write!(f, "whole({codes})"),
            Self::Originating(codes) if codes.0.is_empty() => f.write_str("originating()"),
            Self::Originating(codes) => write!(f, "originating({codes})"),
            Self::Change(level, codes) if codes.0.is_empty() => write!(f, "change({level})"),
            Self::Change(level, codes) => write!(f, "change({level}, {codes})"),
            Self::Spare(test, which, percent, base) => {
                write!(f, "spare({test}, {which}, {percent}, {})", base.name())
            }
            Self::Other => f.write_str("other()"),
            Self::From(codes) => write!(f, "from({codes})"),
            Self::Value(which, percent, base) => {
                write!(f, "value({which}, {percent}, {})", base.name())
            }
            Self::Weight(which, percent) => write!(f, "weight({which}, {percent})"),
            Self::Content(percent, method, base) => {
                let method = if *method == Method::Down { "down" } else { "up" };
                write!(f, "content({percent}, {method}, {})", base.name())
            }
            Self::Balance => f.write_str("balance()"),
            Self::Done(text) => write!(f, "done({})", said(text)),
            Self::Made(text) => write!(f, "made({})", said(text)),
            Self::Goods(text) => write!(f, "goods({})", said(text)),
            Self::Ask(text) => write!(f, "ask({})", said(text)),
        }
    }
}

/// The text is not in the notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotATest(pub String);

impl std::error::Error for NotATest {}

impl fmt::Display for NotATest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not the notation of a rule of origin at “{}”", self.0)
    }
}

impl FromStr for Codes {
    type Err = NotATest;
    fn from_str(text: &str) -> Result<Self, NotATest> {
        let bad = || NotATest(text.chars().take(40).collect());
        let code = |text: &str| {
            let digits = matches!(text.len(), 2..=10) && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| Token::lossy(text)).ok_or_else(bad)
        };
        let spans = text.split('+').map(|span| {
            let (from, until) = span.split_once('-').unwrap_or((span, span));
            Ok(Span { from: code(from.trim())?, until: code(until.trim())? })
        });
        spans.collect::<Result<_, _>>().map(Self)
    }
}

/// Deepest nesting that is read.
const DEEPEST: usize = 12;

struct Parser<'a> {
    rest: &'a str,
}

enum Argument {
    Test(Test),
    Word(String),
    Text(String),
}

impl Parser<'_> {
    fn bad(&self) -> NotATest {
        NotATest(self.rest.chars().take(40).collect())
    }

    fn eat(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start();
        let eaten = rest.strip_prefix(sign);
        self.rest = eaten.unwrap_or(rest);
        eaten.is_some()
    }

    fn word(&mut self) -> String {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "*+-.".contains(c)));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        self.rest = after;
        word.to_owned()
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, NotATest> {
        if self.eat('"') {
            let (text, after) = self.rest.split_once('"').ok_or_else(|| self.bad())?;
            self.rest = after;
            return Ok(Argument::Text(text.to_owned()));
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.bad());
        }
        if !self.eat('(') {
            return Ok(Argument::Word(word));
        }
        if depth >= DEEPEST {
            return Err(self.bad());
        }
        let mut arguments = Vec::new();
        while !self.eat(')') {
            if !arguments.is_empty() && !self.eat(',') {
                return Err(self.bad());
            }
            arguments.push(self.argument(depth + 1)?);
        }
        made(&word, arguments).map(Argument::Test).ok_or(NotATest(word))
    }
}

fn made(name: &str, arguments: Vec<Argument>) -> Option<Test> {
    let mut words = Vec::new();
    let mut tests = Vec::new();
    let mut texts = Vec::new();
    for argument in arguments {
        match argument {
            Argument::Test(test) => tests.push(test),
            Argument::Word(word) => words.push(word),
            Argument::Text(text) => texts.push(text),
        }
    }
    let codes = |text: &str| text.parse::<Codes>().ok();
    let which = |text: &str| match text {
        "*" => Some(Which::All),
        "same" => Some(Which::Same),
        codes => codes.parse().ok().map(Which::Of),
    };
    let percent = |text: &str| {
        let figure = decimal(text)?;
        (figure >= Decimal::ZERO && figure <= Decimal::ONE_HUNDRED).then_some(figure)
    };
    let base = |text: &str| {
        [Base::ExWorks, Base::Fob, Base::Either].into_iter().find(|base| base.name() == text)
    };
    let level = |text: &str| match text {
        "0" => Some(0),
        "2" => Some(2),
        "4" => Some(4),
        "6" => Some(6),
        _ => None,
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let ("all" | "any", true, true) = (name, words.is_empty(), texts.is_empty()) {
        let some = !tests.is_empty();
        return some.then(|| if name == "all" { Test::All(tests) } else { Test::Any(tests) });
    }
    if let (1, true, true) = (texts.len(), words.is_empty(), tests.is_empty()) {
        let text = texts.pop()?;
        return match name {
            "done" => Some(Test::Done(text)),
            "made" => Some(Test::Made(text)),
            "goods" => Some(Test::Goods(text)),
            "ask" => Some(Test::Ask(text)),
            _ => None,
        };
    }
    if !texts.is_empty() {
        return None;
    }
    match (name, tests.len(), words.as_slice()) {
        ("whole", 0, []) => Some(Test::Whole),
        ("whole", 0, [one]) => Some(Test::WholeOf(codes(one)?)),
        ("originating", 0, []) => Some(Test::Originating(Codes::default())),
        ("originating", 0, [one]) => Some(Test::Originating(codes(one)?)),
        ("change", 0, [one]) => Some(Test::Change(level(one)?, Codes::default())),
        ("change", 0, [one, but]) => Some(Test::Change(level(one)?, codes(but)?)),
        ("other", 0, []) => Some(Test::Other),
        ("balance", 0, []) => Some(Test::Balance),
        ("from", 0, [one]) => Some(Test::From(codes(one)?)),
        ("value", 0, [of, most, by]) => Some(Test::Value(which(of)?, percent(most)?, base(by)?)),
        ("weight", 0, [of, most]) => Some(Test::Weight(which(of)?, percent(most)?)),
        ("content", 0, [least, how, by]) => {
            let method = match *how {
                "down" => Method::Down,
                "up" => Method::Up,
                _ => return None,
            };
            Some(Test::Content(percent(least)?, method, base(by)?))
        }
        ("spare", 1, [of, most, by]) => {
            let test = tests.pop().filter(|t| matches!(t, Test::Change(..)))?;
            Some(Test::Spare(Box::new(test), which(of)?, percent(most)?, base(by)?))
        }
        _ => None,
    }
}

impl FromStr for Test {
    type Err = NotATest;
    fn from_str(text: &str) -> Result<Self, NotATest> {
        let mut parser = Parser { rest: text };
        match parser.argument(0)? {
            Argument::Test(test) if parser.rest.trim().is_empty() => Ok(test),
            _ => Err(parser.bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_read_as_it_is_written() {
        for text in [
            "whole()",
            "whole(01-02+0304)",
            "originating()",
            "change(4, 0101-0106+17)",
            "change(0)",
            "spare(change(4), same, 20, exw)",
            "any(change(2), all(value(*, 40, exw), value(17, 30.5, fob), balance()))",
            "content(55, down, fob)",
            "weight(17+1806, 40)",
            "from(7206)",
            "other()",
            "all(done(\"weaving\"), made(\"single yarn\"), goods(\"bread\"), ask(\"Who knows?\"))",
        ] {
            assert_eq!(text.parse::<Test>().map(|t| t.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_test_is_refused() {
        for text in [
            "",
            "change",
            "change()",
            "change(5)",
            "change(4",
            "change(4))",
            "all()",
            "whole(x)",
            "value(*, 140, exw)",
            "value(*, -1, exw)",
            "value(*, 40, cif)",
            "spare(whole(), *, 4, exw)",
            "ask(x)",
            "ask(\"x)",
            "whole(\"x\")",
            "from()",
            "from(1)",
            "nothing(1)",
        ] {
            assert!(text.parse::<Test>().is_err(), "{text}");
        }
        let deep = "all(".repeat(40) + "whole()" + &")".repeat(40);
        assert!(deep.parse::<Test>().is_err());
    }

    #[test]
    fn codes_hold_what_begins_so() {
        let codes: Codes = "0101-0106+17+190190".parse().unwrap();
        for (code, wanted) in [
            ("010121", Some(true)),
            ("010700", Some(false)),
            ("1701", Some(true)),
            ("17", Some(true)),
            ("1901", None),
            ("19", None),
            ("190190", Some(true)),
            ("1902", Some(false)),
            ("01", None),
        ] {
            assert_eq!(codes.hold(code), wanted, "{code}");
        }
    }
}
