//! Bytes to core types and back, with no I/O.
//!
//! Adding a format is one module and one line in [`FORMATS`].

use fondaco::draft::Draft;
use fondaco::finding::{Finding, Severity};

pub mod answer;
pub mod change;
pub mod envelope;
mod ill;
pub mod import;
pub mod iso20022;
pub mod json;
pub mod lpco;
pub mod origin;
pub mod pack;
pub mod receipt;
pub mod report;
pub mod sentence;
pub mod sps;
mod tree;
pub mod wco;
pub mod why;

/// What a message may cost before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes.
    pub bytes: usize,
    /// Deepest nesting of elements or objects.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, depth: 64 }
    }
}

/// What was made of a message: as much of a draft as could be read, and everything wrong with it.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The draft; `None` where the message could not be read at all.
    pub draft: Option<Draft>,
    /// What is wrong, in document order.
    pub findings: Vec<Finding>,
}

impl Decoded {
    fn refused(finding: Finding) -> Self {
        Self { draft: None, findings: vec![finding] }
    }

    /// Whether nothing stands against going on.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.draft.is_some() && self.findings.iter().all(|f| f.severity() < Severity::Error)
    }
}

/// A message format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its short name.
    pub name: &'static str,
    /// Its media types, the first the one that is written.
    pub media_types: &'static [&'static str],
    /// Whether bytes look like it.
    pub sniff: fn(&[u8]) -> bool,
    /// Bytes to draft.
    pub decode: fn(&[u8], &Limits) -> Decoded,
    /// Draft to text.
    pub encode: fn(&Draft) -> String,
}

fn first_byte(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

/// The formats of a declaration, in the order they are tried.
pub const FORMATS: &[Format] = &[
    Format {
        name: "json",
        media_types: &["application/json"],
        sniff: |bytes| first_byte(bytes) == Some(b'{'),
        decode: |bytes, limits| json::decode(wco::model(), bytes, limits),
        encode: json::encode,
    },
    Format {
        name: "xml",
        media_types: &["application/xml", "text/xml"],
        sniff: |_| true,
        decode: |bytes, limits| wco::xml::decode(wco::model(), bytes, limits),
        encode: wco::xml::encode,
    },
];

/// The format of this name; `None` where there is none.
#[must_use]
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name)
}

/// The format bytes look like; the last of [`FORMATS`] takes everything.
#[must_use]
pub fn sniff(bytes: &[u8]) -> &'static Format {
    FORMATS.iter().find(|f| (f.sniff)(bytes)).unwrap_or(&FORMATS[FORMATS.len() - 1])
}

/// The format with this media type.
#[must_use]
pub fn format_of(media_type: &str) -> Option<&'static Format> {
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    FORMATS.iter().find(|f| f.media_types.iter().any(|m| m.eq_ignore_ascii_case(media_type)))
}
