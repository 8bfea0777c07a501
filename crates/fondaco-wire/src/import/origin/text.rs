//! Texts of rules as published, to plain words: no markup, one word for what the agreements say in
//! several, codes as digits.

use fondaco::origin::test::{Codes, Span};
use fondaco::token::Token;

/// A part of a text between two marks, replaced.
fn between(text: &str, open: &str, close: &str, by: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        let Some((inner, next)) = after.split_once(close) else { break };
        out.push_str(before);
        out.push_str(&by(inner));
        rest = next;
    }
    out + rest
}

/// `[chapter 5](/chapters/05)` is `chapter 05`; a heading keeps its words.
fn link(inner: &str) -> String {
    let Some((words, target)) = inner.split_once("](") else { return inner.to_owned() };
    match target.strip_prefix("/chapters/") {
        Some(digits) => format!("chapter {}", digits.trim_matches('/')),
        None => words.to_owned(),
    }
}

/// Words that mean the same, and the one kept.
const SAME: &[(&str, &str)] = &[
    ("non originating", "non-originating"),
    ("ex work price", "ex-works price"),
    ("ex- work price", "ex-works price"),
    ("ex-work price", "ex-works price"),
    ("ex works price", "ex-works price"),
    ("price (exw)", "price"),
    ("free on board (fob) cost", "fob price"),
    ("the final product", "the product"),
    ("the products", "the product"),
    ("the goods", "the product"),
    ("the good", "the product"),
    ("your goods", "the product"),
    ("of the set", "of the product"),
    ("production", "manufacture"),
    ("must not exceed", "does not exceed"),
    ("shall not exceed", "does not exceed"),
    ("cannot exceed", "does not exceed"),
    ("do not exceed", "does not exceed"),
    ("not exceeding", "does not exceed"),
    ("must be wholly obtained", "are wholly obtained"),
    ("shall be wholly obtained", "are wholly obtained"),
    ("must be already originating", "are originating"),
    ("must already be originating", "are originating"),
    ("must be originating", "are originating"),
    ("is originating", "are originating"),
    ("is wholly obtained", "are wholly obtained"),
    ("all of the materials", "the materials"),
    ("all the materials", "the materials"),
    ("all materials", "the materials"),
    ("any of the materials", "the materials"),
    ("any materials", "the materials"),
    ("materials used is classified", "materials used are classified"),
    ("their total value", "their value"),
    ("the total value", "the value"),
    ("classified within the same heading", "of the same heading"),
    ("classified in the same heading", "of the same heading"),
    ("of the same heading may", "of the same heading as the product may"),
    ("provided their", "provided that their"),
    ("provided the ", "provided that the "),
    ("provided there", "provided that there"),
    ("or of the product", "of the product"),
    ("tariff heading", "heading"),
    ("tariff subheading", "subheading"),
    ("tariff sub-heading", "subheading"),
    ("sub-heading", "subheading"),
    ("headings ", "heading "),
    ("subheadings ", "subheading "),
    ("chapters ", "chapter "),
    ("per cent", "%"),
    (" %", "%"),
    ("accompanied by", "combined with"),
    ("accompanied with", "combined with"),
];

/// The text in lower case and plain words; paragraphs and points of a list are parted by `•`.
pub(super) fn plain(text: &str) -> String {
    let mut text = text.replace("&nbsp;", " ").replace("<br>", "\n\n");
    text = between(&text, "<", ">", |_| String::new());
    text = between(&text, "[", ")", link);
    text = text.replace(['*', '_'], "").replace(['\u{2010}', '\u{2011}', '\u{2013}'], "-");
    text = text
        .replace(['\u{2018}', '\u{2019}', '"', '\u{201c}', '\u{201d}'], "'")
        .replace(['\u{a0}', '\u{202f}'], " ");
    let parts: Vec<String> = text
        .split('\n')
        .map(|line| line.trim().trim_start_matches("- ").trim())
        .filter(|line| !line.is_empty() && *line != "-")
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
        .collect();
    let mut text = parts.join(" • ");
    for (said, kept) in SAME {
        if text.contains(said) {
            text = text.replace(said, kept);
        }
    }
    text.trim_end_matches(['.', ' ', ';', ',']).to_owned()
}

/// A figure in per cent at the end of its digits: `40` of `40%`.
pub(super) fn percent(text: &str) -> Option<fondaco::money::Decimal> {
    let figure = fondaco::money::decimal(text.trim().trim_end_matches('%').trim())?;
    let hundred = fondaco::money::Decimal::ONE_HUNDRED;
    (figure > fondaco::money::Decimal::ZERO && figure <= hundred).then_some(figure)
}

/// Codes as the texts list them: `heading 7106, heading 7108 to heading 7110 and chapter 05`.
/// `None` where a word stands among them that is not part of such a list.
pub(super) fn codes(text: &str) -> Option<Codes> {
    let text = text.replace([',', ';', '•'], " , ").replace('.', "");
    let mut spans: Vec<Span> = Vec::new();
    let mut to = false;
    // Digits alone mean what was named before them.
    let mut length = None;
    for word in text.split_whitespace() {
        match word {
            "," | "and" | "or" | "of" | "from" | "those" | "materials" | "and/or" | "the" | "/"
            | "any" | "other" | "either" | "in" | "within" | "non-originating" | "material"
            | "both" | "goods" | "products" => {
                if to {
                    return None;
                }
            }
            "heading" => length = Some(4),
            "subheading" => length = Some(6),
            "chapter" => length = Some(2),
            "to" | "through" => {
                if spans.is_empty() {
                    return None;
                }
                to = true;
            }
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
                let digits = match (length, digits.len()) {
                    (Some(2), 1) => format!("0{digits}"),
                    (None, 1 | 2) => return None,
                    (_, 2 | 4 | 6 | 8 | 10) => digits.to_owned(),
                    _ => return None,
                };
                let code = Token::new(&digits).ok()?;
                if to {
                    let last = spans.last_mut()?;
                    if last.from != last.until || *last.from > *code {
                        return None;
                    }
                    last.until = code;
                    to = false;
                } else {
                    spans.push(Span { from: code, until: code });
                }
            }
            _ => return None,
        }
    }
    (!spans.is_empty() && !to).then_some(Codes(spans))
}

/// Codes and the words about which goods of them: `potato starch of heading 1108`.
pub(super) fn named_codes(text: &str) -> Option<(String, Codes)> {
    let at = ["of heading ", "of subheading ", "of chapter "];
    let first = at.iter().filter_map(|mark| text.find(mark)).min()?;
    let (name, rest) = text.split_at_checked(first)?;
    let name = name.trim();
    (!name.is_empty()).then_some(())?;
    Some((name.to_owned(), codes(rest)?))
}

/// Holds a text against a template: `{}` stands for words, as few as will do. What the words were.
pub(super) fn fits<'t>(template: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let (head, rest) = template.split_once("{}").unwrap_or((template, ""));
    let after = text.strip_prefix(head)?;
    if !template.contains("{}") {
        return after.is_empty().then(Vec::new);
    }
    if rest.is_empty() {
        return (!after.trim().is_empty()).then(|| vec![after.trim()]);
    }
    let next = rest.split_once("{}").map_or(rest, |(next, _)| next);
    let mut from = 0;
    while let Some(at) = after.get(from..)?.find(next) {
        let at = from + at;
        let (word, tail) = after.split_at_checked(at)?;
        if !word.trim().is_empty()
            && let Some(more) = fits(rest, tail)
        {
            let mut words = vec![word.trim()];
            words.extend(more);
            return Some(words);
        }
        from = at + next.chars().next().map_or(1, char::len_utf8);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_from_lists() {
        for (text, wanted) in [
            ("heading 7106, heading 7108 or heading 7110", "7106+7108+7110"),
            ("those of heading 3701 to heading 3704", "3701-3704"),
            ("chapter 5 and chapter 02", "05+02"),
            ("subheading 030442 through 030443", "030442-030443"),
            ("heading 1101 to 1108, subheading 170111", "1101-1108+170111"),
        ] {
            assert_eq!(codes(text).map(|c| c.to_string()).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "milk of heading 0401", "heading", "heading 7106 to", "any", "heading 123"]
        {
            assert_eq!(codes(text), None, "{text}");
        }
    }

    #[test]
    fn a_template_fits() {
        assert_eq!(fits("value of {} is {}%", "value of a is b is 4%"), Some(vec!["a", "b is 4"]));
        assert_eq!(fits("a{}", "a"), None);
        assert_eq!(fits("abc", "abc"), Some(vec![]));
        assert_eq!(fits("abc", "abcd"), None);
    }
}
