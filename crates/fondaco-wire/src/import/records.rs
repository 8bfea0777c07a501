//! A CSV file cut into its rows, each with the line it begins on.
//!
//! Stricter about quotes than the `csv` crate: a quote that is never closed would make a good deal
//! of a table one field, and nobody would miss the rows that are in it.

/// A row of the file.
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line: usize,
    /// The line it ends on: further down where a quoted field goes over lines.
    pub(super) last: usize,
    /// Its fields, or why it has none.
    pub(super) fields: Result<Vec<String>, String>,
    /// No line break is behind it: the file may have been cut off, even behind what looks like a
    /// closing quote.
    pub(super) open: bool,
}

/// The rows of a file; lines with nothing on them are none.
///
/// # Errors
/// Why no row can be told from another.
pub(super) fn records(bytes: &[u8], delimiter: u8) -> Result<Vec<Record>, String> {
    let ends = |b: u8| b == b'\n' || b == b'\r';
    let mut all = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(byte) = bytes.get(at) {
        if ends(*byte) {
            line += usize::from(*byte == b'\n');
            at += 1;
            continue;
        }
        let first = line;
        let mut fields = Vec::new();
        let mut wrong = None;
        loop {
            let mut field = Vec::new();
            let mut quoted = false;
            if bytes.get(at) == Some(&b'"') {
                at += 1;
                let opens = line;
                loop {
                    let Some(byte) = bytes.get(at) else {
                        return Err(format!(
                            "the quote that opens in line {opens} is never closed"
                        ));
                    };
                    at += 1;
                    line += usize::from(*byte == b'\n');
                    if *byte == b'"' {
                        if bytes.get(at) != Some(&b'"') {
                            break;
                        }
                        at += 1;
                    }
                    field.push(*byte);
                }
                quoted = true;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            let more = rest.iter().position(|b| *b == delimiter || ends(*b)).unwrap_or(rest.len());
            if quoted && more > 0 {
                wrong = Some("text behind a closing quote".to_owned());
            }
            field.extend(rest.get(..more).unwrap_or_default());
            at += more;
            match String::from_utf8(field) {
                Ok(field) => fields.push(field),
                Err(_) => wrong = Some(format!("field {} is not UTF-8", fields.len() + 1)),
            }
            if bytes.get(at) != Some(&delimiter) {
                break;
            }
            at += 1;
        }
        let open = bytes.get(at).is_none();
        let fields = wrong.map_or(Ok(fields), Err);
        all.push(Record { line: first, last: line, fields, open });
    }
    Ok(all)
}

/// The delimiter whose header has most of the columns looked for, then most columns.
pub(super) fn delimiter(bytes: &[u8], wanted: &[&str]) -> u8 {
    let header = bytes.split(|b| *b == b'\n' || *b == b'\r').find(|line| !line.is_empty());
    let score = |delimiter: u8| {
        let header = records(header.unwrap_or_default(), delimiter).ok();
        let fields = header.and_then(|all| all.into_iter().next()?.fields.ok()).unwrap_or_default();
        let found = wanted.iter().filter(|w| fields.iter().any(|f| f.trim() == **w)).count();
        (found, fields.len())
    };
    // Of equals the last is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|d| score(*d)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: &[(usize, Result<&[&str], &str>)]) {
        let got = records(text.as_bytes(), b',').unwrap();
        let got: Vec<_> = got.iter().map(|r| (r.line, r.fields.clone())).collect();
        let own = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect();
        let wanted: Vec<_> =
            wanted.iter().map(|(n, r)| (*n, r.map(own).map_err(str::to_owned))).collect();
        assert_eq!(got, wanted);
    }

    #[test]
    fn rows_are_cut_at_their_lines() {
        check("", &[]);
        check("a,b\n1,2\n", &[(1, Ok(&["a", "b"])), (2, Ok(&["1", "2"]))]);
        check("a\r\n\r\n,\r\n", &[(1, Ok(&["a"])), (3, Ok(&["", ""]))]);
        check("\"a,\"\"b\"\"\nc\",d\ne", &[(1, Ok(&["a,\"b\"\nc", "d"])), (3, Ok(&["e"]))]);
        check("12\" pipe,b\n", &[(1, Ok(&["12\" pipe", "b"]))]);
        check("\"a\"x,b\nc\n", &[(1, Err("text behind a closing quote")), (2, Ok(&["c"]))]);
        let open: Vec<_> = ["a,b", "a,b\n", "a,\"b\"", "a,"]
            .map(|t| records(t.as_bytes(), b',').unwrap()[0].open)
            .into();
        assert_eq!(open, [true, false, true, true]);
        assert!(records(b"a\n\"b\nc\n", b',').is_err_and(|e| e.contains("line 2")));
    }

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(delimiter(b"a,b;c\n", &["c"]), b';');
        assert_eq!(delimiter(b"a\tb\n1,2,3", &[]), b'\t');
        assert_eq!(delimiter(b"a", &["a"]), b',');
        assert_eq!(delimiter(b"", &["a"]), b',');
    }
}
