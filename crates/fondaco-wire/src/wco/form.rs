//! What XML itself asks of names, characters and its declaration, where the parser does not.

use fondaco::model::is_space;

/// Whether the text between `<?` and `?>` is an XML declaration. Source: XML 1.0, 2.8.
pub(crate) fn is_xml_declaration(text: &str) -> bool {
    fn part<'a>(rest: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
        let after = rest.trim_start_matches(|c: char| c.is_ascii() && is_space(c as u8));
        if after.len() == rest.len() {
            return None;
        }
        let value = after.strip_prefix(name)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let inner = value.get(1..)?;
        let end = inner.find(quote)?;
        Some((inner.get(..end)?, inner.get(end + 1..)?))
    }
    let Some((version, mut rest)) = text.strip_prefix("xml").and_then(|r| part(r, "version"))
    else {
        return false;
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !version.strip_prefix("1.").is_some_and(digits) {
        return false;
    }
    if let Some((encoding, after)) = part(rest, "encoding") {
        let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if !encoding.starts_with(|c: char| c.is_ascii_alphabetic()) || !encoding.bytes().all(sign) {
            return false;
        }
        rest = after;
    }
    if let Some((standalone, after)) = part(rest, "standalone") {
        if !matches!(standalone, "yes" | "no") {
            return false;
        }
        rest = after;
    }
    rest.bytes().all(is_space)
}

/// Whether an attribute begins right behind the quote of another.
pub(crate) fn run_together(raw: &str) -> bool {
    let mut quote = None;
    let mut closed = false;
    for byte in raw.bytes() {
        if closed && !is_space(byte) && byte != b'/' {
            return true;
        }
        closed = false;
        match quote {
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            Some(open) if byte == open => {
                quote = None;
                closed = true;
            }
            _ => {}
        }
    }
    false
}

/// Whether a name without its prefix is one. Source: XML Namespaces 1.0, NCName, with all that is
/// not ASCII taken.
pub(crate) fn is_name(name: &str) -> bool {
    // Nearly every name is letters only.
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic()) {
        return true;
    }
    let start = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    name.starts_with(start)
        && name.chars().all(|c| start(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

/// Whether it is white space only. Gathered, not searched: so it is vectorised.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().fold(true, |blank, b| blank & is_space(b))
}

/// The prefix of a name, empty where it has none, and the rest.
pub(crate) fn split(name: &str) -> (&str, &str) {
    // Names are short: a plain loop is quicker than a searcher is set up.
    let colon = name.bytes().position(|b| b == b':');
    colon.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))).unwrap_or(("", name))
}

/// Characters XML 1.0 allows.
#[must_use]
pub fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
