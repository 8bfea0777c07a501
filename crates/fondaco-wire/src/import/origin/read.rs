//! The text of a rule of origin to the tree of what it asks.
//!
//! A text is read by its clauses; each is held against the few dozen templates in which agreements
//! say the same things. What fits none stays as it is and is to be asked: beside clauses that were
//! read, where the text joins them by "and", or for the whole text.
//!
//! Holds always: nothing is guessed. A clause is read whole or not at all.

use fondaco::money::Decimal;
use fondaco::origin::Test;
use fondaco::origin::test::{Base, Codes, Method, Which};

use super::text::{codes, fits, named_codes, percent, plain};
use super::work::process;

/// The tree of a rule as published. `classes` are those the source gives it.
#[must_use]
pub fn read(published: &str, classes: &str) -> Test {
    let text = plain(published);
    let (text, note) = without_note(&text);
    let test = whole(&text, classes).unwrap_or_else(|| Test::Ask(text.clone()));
    match note {
        // A note may allow more than the rule says: it is asked wherever the rule is not met.
        Some(note) if !matches!(test, Test::Ask(_)) => Test::Any(vec![test, Test::Ask(note)]),
        _ => test,
    }
}

/// The text without what it says of an introductory note, and that.
fn without_note(text: &str) -> (String, Option<String>) {
    for mark in ["for special conditions", "for the special conditions", "see introductory note"] {
        if let Some((before, _)) = text.split_once(mark)
            && !before.trim().is_empty()
        {
            let note = text.get(before.len()..).unwrap_or_default().to_owned();
            let kept = before.trim_end_matches([' ', '•', '.', ',', ';', '(']).to_owned();
            return (kept, Some(note));
        }
    }
    (text.to_owned(), None)
}

fn one_or(mut all: Vec<Test>, join: fn(Vec<Test>) -> Test) -> Option<Test> {
    if all.len() > 1 { Some(join(all)) } else { all.pop() }
}

fn whole(text: &str, classes: &str) -> Option<Test> {
    if let Some(test) = sentence(text) {
        return Some(test);
    }
    for mark in [" or manufacture in which ", " or manufacture from ", " or a change "] {
        if let Some((first, _)) = text.split_once(mark) {
            let rest = text.get(first.len() + " or ".len()..)?;
            return Some(Test::Any(vec![whole(first, classes)?, whole(rest, classes)?]));
        }
    }
    if let Some(test) = however(text, classes) {
        return Some(test);
    }
    if let Some(test) = listed(text, classes) {
        return Some(test);
    }
    if let Some(test) = provided(text, classes) {
        return Some(test);
    }
    process(text, classes)
}

/// Clauses parted by commas and "and" below one beginning.
fn clauses(text: &str) -> Option<Test> {
    if let Some(test) = clause(text) {
        return Some(test);
    }
    let marks = [", and in which ", " and in which ", ", in which ", ", and ", " and ", ", "];
    for mark in marks {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(mark)) {
            let (first, rest) = text.split_at_checked(from + at)?;
            let rest = rest.strip_prefix(mark)?;
            if let Some(a) = clause(first)
                && let Some(b) = clauses(rest)
            {
                return Some(Test::All(vec![a, b]));
            }
            from += at + mark.len();
        }
    }
    None
}

fn sentence(text: &str) -> Option<Test> {
    let text = text.trim().trim_end_matches(['.', ',', ';', ':']);
    clauses(text).or_else(|| {
        let inner = stem(text)?;
        clauses(inner)
    })
}

/// What stands behind the words that most texts begin with.
fn stem(text: &str) -> Option<&str> {
    [
        "manufacture in which: • ",
        "manufacture in which • ",
        "manufacture in which ",
        "other operations in which ",
        "manufacture: • in which ",
        "manufacture where ",
        "manufacture: • ",
        "manufacture: ",
        "manufacture ",
        "in which ",
    ]
    .into_iter()
    .find_map(|start| text.strip_prefix(start))
}

/// `manufacture in which: • a • b, and • c`.
fn listed(text: &str, classes: &str) -> Option<Test> {
    let (head, rest) = text.split_once(" • ").or_else(|| text.split_once(": "))?;
    let head = head.trim_end_matches([':', ' ', ',']);
    let head = head.strip_suffix("provided that").unwrap_or(head);
    let head = head.trim_end_matches([' ', ',']);
    let begins = matches!(
        head,
        "manufacture" | "manufacture in which" | "other operations in which" | "manufacture where"
    );
    let mut parts: Vec<&str> = Vec::new();
    if !begins {
        parts.push(head);
    }
    let mut or = false;
    let mut both = false;
    for part in rest.split('•') {
        let mut part = part.trim();
        // "and" and "or" stand at the end of a point, at the beginning of one, or alone.
        for (word, is_or) in [("and / or", true), ("and/or", true), ("and", false), ("or", true)] {
            if part == word {
                part = "";
                or |= is_or;
                both |= !is_or;
            }
            if let Some(cut) = part.strip_suffix(word)
                && cut.ends_with([' ', ','])
            {
                part = cut.trim_end_matches([' ', ',', ';']);
                or |= is_or;
                both |= !is_or;
            }
            if let Some(cut) = part.strip_prefix(word).and_then(|cut| cut.strip_prefix(' ')) {
                part = cut;
                or |= is_or;
                both |= !is_or;
            }
        }
        let part = part.trim_end_matches([' ', ',', ';', '.']);
        if !part.is_empty() {
            parts.push(part);
        }
    }
    if or && both {
        return None;
    }
    // A list that begins otherwise and is joined by "or" may be one of words, not of clauses.
    if or && !begins {
        return None;
    }
    let read: Vec<Option<Test>> = parts.iter().map(|part| point(part, classes)).collect();
    if or {
        let all: Option<Vec<Test>> = read.into_iter().collect();
        return one_or(all?, Test::Any);
    }
    // A list with a beginning of its own may be of anything: it is read whole or not at all.
    if read.iter().all(Option::is_none) || (!begins && read.iter().any(Option::is_none)) {
        return None;
    }
    let with_asks = read.into_iter().zip(&parts);
    let all = with_asks.map(|(test, part)| test.unwrap_or_else(|| Test::Ask((*part).to_owned())));
    one_or(all.collect(), Test::All)
}

fn point(text: &str, classes: &str) -> Option<Test> {
    sentence(text).or_else(|| however(text, classes)).or_else(|| provided(text, classes))
}

/// `x. however, y may be used`.
fn however(text: &str, classes: &str) -> Option<Test> {
    let (first, rest) = ["; however, ", ". however, ", " however, ", ". however ", " • however "]
        .iter()
        .find_map(|mark| text.split_once(mark))?;
    let first = first.trim_end_matches([' ', '•', '.', ',']);
    let base = sentence(first).or_else(|| listed(first, classes))?;
    let rest = rest.trim_start_matches(['•', ' ']).trim_end_matches('.');
    if let Some(words) = fits("the value of the materials of {} used does not exceed {}", rest) {
        let [of, share] = words.as_slice() else { return None };
        let value = value(Which::Of(codes(of)?), share)?;
        return Some(Test::All(vec![base, value]));
    }
    if let Some(words) = fits("{} may not be used", rest) {
        let (name, of) = named_codes(words.first()?)?;
        return Some(Test::All(vec![base, without(&name, &of)]));
    }
    let spared = |which: Which, percent: Decimal, by: Base| match &base {
        Test::Change(..) => Some(Test::Spare(Box::new(base.clone()), which, percent, by)),
        // Materials of any heading may be used, but not the very same: the same may be, in part.
        Test::Other => Some(Test::Any(vec![Test::Other, Test::Value(which, percent, by)])),
        _ => None,
    };
    let which = |text: &str| -> Option<Which> {
        let text = text.strip_prefix("non-originating ").unwrap_or(text);
        if matches!(
            text,
            "materials of the same heading as the product"
                | "materials of the same heading"
                | "materials of the same description as the product"
                | "other materials of the same heading as the product"
        ) {
            return Some(Which::Same);
        }
        let listed = text
            .strip_prefix("materials of ")
            .or_else(|| text.strip_prefix("other materials of "))
            .unwrap_or(text);
        codes(listed).map(Which::Of)
    };
    for template in [
        "{} may be used, provided that their value does not exceed {}",
        "{} may be used provided that their value does not exceed {}",
    ] {
        if let Some([of, share]) = fits(template, rest).as_deref() {
            let (percent, by) = share_of(share)?;
            return match which(of) {
                Some(which) => spared(which, percent, by),
                // Only these goods of the codes: what they are has to be stated.
                None => Some(Test::Any(vec![
                    base,
                    Test::Done(format!(
                        "the change fails by {of} only, and their value does not exceed {share}"
                    )),
                ])),
            };
        }
    }
    let [of] = fits("{} may be used", rest)?.as_slice().try_into().ok()?;
    match which(of) {
        Some(which) => spared(which, Decimal::ONE_HUNDRED, Base::ExWorks),
        None => Some(Test::Any(vec![base, Test::Done(format!("the change fails by {of} only"))])),
    }
}

/// `x, provided that y`.
fn provided(text: &str, classes: &str) -> Option<Test> {
    let marks = [
        ", provided that ",
        " provided that ",
        ", in which ",
        ", except that ",
        " where the ",
        " and • ",
        " and standard ",
        " and a ",
    ];
    for mark in marks {
        let Some((first, _)) = text.split_once(mark) else { continue };
        let kept = if matches!(mark, " where the ") { "where ".len() + 1 } else { mark.len() };
        let rest = text.get(first.len() + kept..)?;
        let rest =
            if mark == " and standard " { format!("standard {rest}") } else { rest.to_owned() };
        let base = sentence(first).or_else(|| process(first, classes));
        let Some(base) = base else { continue };
        let condition = sentence(&rest)
            .or_else(|| rest.split_once(" • ").and_then(|_| listed(&rest, classes)))
            .or_else(|| stated_limit(&rest))
            .unwrap_or_else(|| Test::Ask(rest.clone()));
        return Some(Test::All(vec![base, condition]));
    }
    None
}

/// A limit on a material that is named and has no code: the maker has to state it.
fn stated_limit(text: &str) -> Option<Test> {
    let [_, share] = fits("the value of the {} used does not exceed {}", text)
        .or_else(|| fits("the value of {} used does not exceed {}", text))?
        .as_slice()
        .try_into()
        .ok()?;
    share_of(share)?;
    Some(Test::Done(text.to_owned()))
}

/// `40% of the ex-works price of the product`.
fn share_of(text: &str) -> Option<(Decimal, Base)> {
    let (figure, of) = text.split_once('%')?;
    let of = of.trim().strip_prefix("of ").unwrap_or(of.trim());
    let of = of.strip_prefix("the ").unwrap_or(of);
    let of = of.strip_suffix(" of the product").unwrap_or(of);
    let base = match of {
        "ex-works price" | "ex-works price of product" => Base::ExWorks,
        "fob price" | "fob value" => Base::Fob,
        "transaction value or ex-works price" => Base::Either,
        _ => return None,
    };
    Some((percent(figure)?, base))
}

fn value(which: Which, share: &str) -> Option<Test> {
    let (percent, base) = share_of(share)?;
    Some(Test::Value(which, percent, base))
}

/// No material of these codes that is what the name says.
fn without(name: &str, of: &Codes) -> Test {
    Test::Any(vec![Test::Change(0, of.clone()), Test::Done(format!("no {name} of {of} used"))])
}

/// What a change may not be from: codes, and goods of codes that have to be stated.
fn except(test: impl Fn(Codes) -> Test, from: &str) -> Option<Test> {
    let from = from.strip_prefix("from ").unwrap_or(from);
    if from == "that of the product" {
        return Some(Test::Change(4, Codes::default()));
    }
    let from = from.strip_prefix("those of ").unwrap_or(from);
    if let Some(of) = codes(from) {
        return Some(test(of));
    }
    let (name, of) = named_codes(from)?;
    let name = name.strip_prefix("from ").unwrap_or(&name);
    Some(Test::All(vec![test(Codes::default()), without(name, &of)]))
}

fn level(word: &str) -> Option<u8> {
    match word {
        "chapter" => Some(2),
        "heading" => Some(4),
        "subheading" => Some(6),
        _ => None,
    }
}

/// One clause, by the templates.
fn clause(text: &str) -> Option<Test> {
    let text = text.trim().trim_end_matches(['.', ',', ';', ':']);
    change(text).or_else(|| obtained(text)).or_else(|| figures(text)).or_else(|| content(text))
}

fn change(text: &str) -> Option<Test> {
    let plain_change = |level| Test::Change(level, Codes::default());
    match text {
        "from materials of any heading, except that of the product"
        | "manufacture from materials of any heading, except that of the product"
        | "the materials used are classified within a heading other than that of the product"
        | "from materials of any heading except that of the product"
        | "manufacture from materials of any heading except that of the product"
        | "a change from any other heading" => return Some(plain_change(4)),
        "from materials of any heading"
        | "manufacture from materials of any heading"
        | "manufacture from non-originating materials of any heading" => {
            return Some(plain_change(0));
        }
        "from materials of any subheading, except that of the product"
        | "manufacture from materials of any subheading, except that of the product"
        | "the materials used are classified within a subheading other than that of the product"
        | "a change from any other subheading" => return Some(plain_change(6)),
        "the materials used are classified within a chapter other than that of the product"
        | "a change from any other chapter" => return Some(plain_change(2)),
        _ => {}
    }
    // Product-specific beginnings: the abbreviation, what it means, then what it leaves out.
    for (mark, level) in [("cc: ", 2), ("cth: ", 4), ("ctsh: ", 6)] {
        let Some(rest) = text.strip_prefix(mark) else { continue };
        let (_, rest) = rest.split_once("-digit level (")?;
        let (_, rest) = rest.split_once(')')?;
        if rest.trim().is_empty() {
            return Some(plain_change(level));
        }
        let rest = rest.trim_start_matches([',', ' ']);
        let from = rest.strip_prefix("except from non-originating materials of ");
        let from = from.or_else(|| rest.strip_prefix("except from "));
        let from = from.or_else(|| rest.strip_prefix("except "));
        return except(|of| Test::Change(level, of), from?);
    }
    if let Some([of]) = fits("from materials of any heading, including other materials of {}", text)
        .or_else(|| {
            fits("manufacture from materials of any heading, including other materials of {}", text)
        })
        .or_else(|| {
            fits("manufacture from materials of any heading, including materials of {}", text)
        })
        .as_deref()
    {
        return codes(of).map(|_| Test::Other);
    }
    for start in ["manufacture from materials of any heading, ", "from materials of any heading, "]
    {
        let Some(rest) = text.strip_prefix(start) else { continue };
        let rest = rest.strip_prefix("except ")?;
        // "except that of the product and those of heading 0103".
        for mark in ["that of the product and ", "that of the product or ", "that of the product, "]
        {
            if let Some(more) = rest.strip_prefix(mark) {
                return except(|of| Test::Change(4, of), more);
            }
        }
        return except(|of| Test::Change(0, of), rest);
    }
    for start in ["manufacture from materials of ", "from materials of "] {
        if let Some(of) = text.strip_prefix(start) {
            return codes(of).map(Test::From);
        }
    }
    if let Some(of) = text.strip_prefix("manufacture from ingots or other primary forms of ") {
        let of = codes(of)?;
        return Some(Test::All(vec![
            Test::From(of),
            Test::Made("ingots or other primary forms".to_owned()),
        ]));
    }
    // "a change to bread of heading 1905 from any other heading, except from heading 1901".
    let (to, rest) = match text.strip_prefix("a change ")?.strip_prefix("to ") {
        Some(rest) => {
            let (to, rest) = rest.split_once(" from any other ")?;
            (Some(to), rest)
        }
        None => (None, text.strip_prefix("a change from any other ")?),
    };
    let (kind, from) = rest.split_once(", except ").map_or((rest, None), |(k, f)| (k, Some(f)));
    let level = level(kind.trim())?;
    let test = match from {
        Some(from) => except(|of| Test::Change(level, of), from)?,
        None => plain_change(level),
    };
    let Some(to) = to else { return Some(test) };
    let (name, _) = named_codes(to)?;
    Some(match name.as_str() {
        "a product" | "a good" | "the product" => test,
        goods => Test::All(vec![Test::Goods(goods.to_owned()), test]),
    })
}

fn obtained(text: &str) -> Option<Test> {
    if let Some(of) = text.strip_suffix(" are wholly obtained") {
        let of = of.strip_suffix(" used").unwrap_or(of);
        if matches!(of, "all goods" | "all the product" | "the product" | "all products") {
            return Some(Test::Whole);
        }
        for start in ["the materials of ", "materials of "] {
            if let Some(list) = of.strip_prefix(start) {
                return codes(list).map(Test::WholeOf);
            }
        }
        // "All animals of chapter 1 are wholly obtained" is of the goods, which are of that chapter.
        for start in ["all the animals of ", "all animals of "] {
            if let Some(list) = of.strip_prefix(start) {
                return codes(list).map(|_| Test::Whole);
            }
        }
        let named = of.strip_prefix("all the ").or_else(|| of.strip_prefix("all "))?;
        if let Some((name, list)) = named_codes(named) {
            let stated = Test::Done(format!("all the {name} of {list} used are wholly obtained"));
            return Some(Test::Any(vec![Test::WholeOf(list), stated]));
        }
        return Some(Test::Done(format!("all the {named} used are wholly obtained")));
    }
    let of = text.strip_suffix(" are originating")?;
    let of = of.strip_suffix(" used").unwrap_or(of);
    if of == "the materials" {
        return Some(Test::Originating(Codes::default()));
    }
    if let Some(list) = of.strip_prefix("the materials of ") {
        return codes(list).map(Test::Originating);
    }
    let named = of.strip_prefix("all the ").or_else(|| of.strip_prefix("all "))?;
    if let Some((name, list)) = named_codes(named) {
        let stated = Test::Done(format!("all the {name} of {list} used are originating"));
        return Some(Test::Any(vec![Test::Originating(list), stated]));
    }
    Some(Test::Done(format!("all the {named} used are originating")))
}

fn figures(text: &str) -> Option<Test> {
    let text = text.strip_prefix("within the above limit, ").unwrap_or(text);
    let text = text.strip_prefix("where ").unwrap_or(text);
    let text = text.strip_prefix("in which ").unwrap_or(text);
    if let Some(share) = text.strip_prefix("the value of the materials used does not exceed ") {
        return value(Which::All, share);
    }
    if let Some(share) =
        text.strip_prefix("the value of all the non-originating materials used does not exceed ")
    {
        if matches!(
            share,
            "the value of the originating materials used"
                | "the value of all the originating materials used"
                | "the value of the originating material used"
        ) {
            return Some(Test::Balance);
        }
        return value(Which::All, share);
    }
    for template in [
        "the value of the materials of {} used does not exceed {}",
        "the value of all the non-originating materials of {} used does not exceed {}",
        "the value of all non-originating materials of {} does not exceed {}",
        "the value of non-originating materials of {} used does not exceed {}",
        "the value of non-originating materials of {} does not exceed {}",
        "the value of non-originating material of {} used does not exceed {}",
        "the value of the materials of {} does not exceed {}",
    ] {
        let Some(words) = fits(template, text) else { continue };
        let [of, share] = words.as_slice() else { continue };
        let which = match *of {
            "the same heading as the product" => Which::Same,
            list => match codes(list) {
                Some(list) => Which::Of(list),
                None => continue,
            },
        };
        return value(which, share);
    }
    // A value against the ex-works or the fob price, whichever the maker takes.
    if let Some([of, exw, fob]) = fits(
        "the value of non-originating materials of {} used does not exceed {}% of the ex-works price or {}% of the fob price of the product",
        text,
    )
    .as_deref()
    {
        let which = Which::Of(codes(of)?);
        return Some(Test::Any(vec![
            Test::Value(which.clone(), percent(exw)?, Base::ExWorks),
            Test::Value(which, percent(fob)?, Base::Fob),
        ]));
    }
    for template in [
        "the weight of the materials of {} used does not exceed {}% of the {}weight of the product",
        "the net weight of non-originating material of {} used in manufacture does not exceed {}% of the net {}weight of the product",
        "the net weight of non-originating material of {} used in manufacture does not exceed {}% of the net weight of the product",
        "the total weight of non-originating materials of {} used does not exceed {}% of the weight of the product",
        "the total weight of non-originating materials of {} does not exceed {}% of the weight of the product",
        "the weight of non-originating materials of {} used does not exceed {}% of the weight of the product",
        "the weight of the materials of {} used does not exceed {}% of the weight of the product",
        "the weight of the materials of {} used does not exceed {}% of the weight of the final product",
    ] {
        let Some(words) = fits(template, text) else { continue };
        let [of, figure, ..] = words.as_slice() else { continue };
        return Some(Test::Weight(Which::Of(codes(of)?), percent(figure)?));
    }
    if let Some([figure]) = fits(
        "a maximum of {}% of the ex-works price is made up of non-originating parts (maxnom)",
        text,
    )
    .or_else(|| {
        fits(
            "the maximum value of non-originating materials (maxnom) does not exceed {}% of the ex-works price of the product",
            text,
        )
    })
    .as_deref()
    {
        return Some(Test::Value(Which::All, percent(figure)?, Base::ExWorks));
    }
    None
}

fn content(text: &str) -> Option<Test> {
    if let Some([figure, base]) = fits(
        "the product contain a regional value content (rvc) of at least {}% of the {} of the product",
        text,
    )
    .as_deref()
    {
        let base = match *base {
            "fob price" => Base::Fob,
            "ex-works price" => Base::ExWorks,
            _ => return None,
        };
        return Some(Test::Content(percent(figure)?, Method::Down, base));
    }
    // The methods of an agreement are over the value of the good: free on board.
    let of = |figure: &str, method| percent(figure).map(|p| Test::Content(p, method, Base::Fob));
    if let Some([figure, _]) = fits(
        "the product has a regional value content (rvc) as calculated under article 4 of the origin reference document of not less than {}%, whether using the build-up method or build-down method ({})",
        text,
    )
    .as_deref()
    {
        return Some(Test::Any(vec![of(figure, Method::Up)?, of(figure, Method::Down)?]));
    }
    let bare = text
        .strip_prefix("there is a regional value content of not less than")
        .map(|rest| rest.trim_start_matches([':', ' ', '•']));
    let bare = bare.unwrap_or(text);
    let bare =
        ["a) ", "b) ", "(a) ", "(b) "].iter().find_map(|m| bare.strip_prefix(m)).unwrap_or(bare);
    let bare = bare.strip_suffix("; or").unwrap_or(bare).trim_end_matches([';', ',', ' ']);
    if let Some([figure]) = fits("{}% under the build-down method", bare).as_deref() {
        return of(figure, Method::Down);
    }
    if let Some([figure]) = fits("{}% under the build-up method", bare).as_deref() {
        return of(figure, Method::Up);
    }
    // "No change is required": what follows "provided that" is the whole of it.
    let rest = text.strip_prefix("no change in tariff classification required")?;
    let Some(goods) = rest.trim().strip_prefix("for ") else {
        return Some(Test::Change(0, Codes::default()));
    };
    let (name, _) = named_codes(goods)?;
    Some(match name.as_str() {
        "a product" | "a good" | "the product" => Test::Change(0, Codes::default()),
        goods => Test::Goods(goods.to_owned()),
    })
}
