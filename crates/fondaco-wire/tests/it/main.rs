//! What the codecs do with messages none of us wrote, and with our own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod amendments;
mod bank;
mod bridge;
mod envelopes;
mod hostile;
mod import_mutants;
mod json_form;
mod libxml2_parity;
mod origin;
mod real_declarations;
mod sps;
mod taric3;

use std::path::PathBuf;

/// The shared data beside the repository; `None`, said aloud, where there is none.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: ../shared/data/{path} is not here");
    None
}

/// A row of the index of the set, with the file's bytes.
pub(crate) struct Sample {
    pub(crate) path: String,
    pub(crate) root: String,
    pub(crate) function: String,
    pub(crate) validates: bool,
    pub(crate) bytes: Vec<u8>,
}

/// Every message of the set that is sent to the house: no answers, no reports.
pub(crate) fn submissions() -> Option<Vec<Sample>> {
    let dir = shared("cds-dms/dev")?;
    let mut reader = csv::Reader::from_path(dir.join("INDEX.csv")).unwrap();
    let all = reader.deserialize::<std::collections::BTreeMap<String, String>>().map(|row| {
        let row = row.unwrap();
        let bytes = std::fs::read(dir.join(&row["path"])).unwrap();
        let sent = row["response"] == "False" && matches!(&*row["function"], "9" | "13");
        (sent && row["root"] != "DeclarationFullResponse").then(|| Sample {
            path: row["path"].clone(),
            root: row["root"].clone(),
            function: row["function"].clone(),
            validates: row["validates_dec"] == "True",
            bytes,
        })
    });
    Some(all.flatten().collect())
}

/// What a document says, one line an element: depth, name, attributes, own text. Read by an
/// independent parser.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(text.trim_start_matches('\u{feff}')).unwrap();
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .map(|node| {
            let mut attributes: Vec<_> =
                node.attributes().map(|a| (a.namespace(), a.name(), a.value())).collect();
            attributes.sort_unstable();
            let own: String =
                node.children().filter_map(|c| c.is_text().then(|| c.text())?).collect();
            let own = if own.trim().is_empty() { "" } else { &own };
            format!("{} {:?} {attributes:?} {own:?}", node.ancestors().count(), node.tag_name())
        })
        .collect()
}

/// A small generator of numbers, the same on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}
