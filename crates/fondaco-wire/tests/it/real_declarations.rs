//! The declarations of a real administration: read, written back, nothing lost.

use std::path::{Path, PathBuf};

use fondaco::finding::{Code, Severity};
use fondaco_wire::wco::{model, xml};
use fondaco_wire::{Decoded, Limits};

use crate::shared;

pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    xml::decode(model(), bytes, &Limits::default())
}

/// Every XML file of the set, with what it holds.
fn files(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

/// A declaration somebody sends, as opposed to an answer, a movement message or a report.
fn is_submission(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    (text.contains("<Declaration") || text.contains(":Declaration"))
        && !text.contains("Response")
        && text.contains("FunctionCode>")
}

/// Canonical form by an independent parser: names with their namespaces, attributes in order,
/// text; no comments, no white space between elements.
fn canonical(text: &str) -> String {
    fn write(node: roxmltree::Node<'_, '_>, out: &mut String) {
        out.push_str(&format!(
            "<{{{}}}{}",
            node.tag_name().namespace().unwrap_or(""),
            node.tag_name().name()
        ));
        let mut attributes: Vec<_> = node
            .attributes()
            .map(|a| format!(" {{{}}}{}={:?}", a.namespace().unwrap_or(""), a.name(), a.value()))
            .collect();
        attributes.sort();
        out.extend(attributes);
        out.push('>');
        let mut text = String::new();
        for child in node.children() {
            if child.is_text() {
                text.push_str(child.text().unwrap_or(""));
            } else if child.is_element() {
                if !text.trim().is_empty() {
                    out.push_str(&text);
                }
                text.clear();
                write(child, out);
            }
        }
        if !text.trim().is_empty() {
            out.push_str(&text);
        }
        out.push_str("</>");
    }
    let document = roxmltree::Document::parse(text.trim_start_matches('\u{feff}')).unwrap();
    let mut out = String::new();
    write(document.root_element(), &mut out);
    out
}

#[test]
fn every_submission_decodes_and_comes_back_whole() {
    let Some(root) = shared("cds-dms/dev") else { return };
    let mut seen = 0;
    for (path, bytes) in files(&root) {
        if !is_submission(&bytes) {
            continue;
        }
        if roxmltree::Document::parse(&String::from_utf8_lossy(&bytes)).is_err() {
            let decoded = decode(&bytes);
            assert!(decoded.draft.is_none(), "{path:?} is not well formed");
            assert_eq!(decoded.findings[0].code, Code::NotWellFormed, "{path:?}");
            continue;
        }
        let decoded = decode(&bytes);
        let errors: Vec<_> =
            decoded.findings.iter().filter(|f| f.severity() == Severity::Error).collect();
        assert!(errors.is_empty(), "{path:?}: {errors:#?}");
        let draft = decoded.draft.unwrap();
        let back = xml::encode(&draft);
        let (got, sent) = (canonical(&back), canonical(&String::from_utf8_lossy(&bytes)));
        let same = got.bytes().zip(sent.bytes()).take_while(|(a, b)| a == b).count();
        let near = |t: &str| {
            String::from_utf8_lossy(&t.as_bytes()[same.min(t.len())..(same + 200).min(t.len())])
                .into_owned()
        };
        assert!(got == sent, "{path:?} lost something: {}\nsent: {}", near(&got), near(&sent));
        assert_eq!(decode(back.as_bytes()).draft.unwrap(), draft, "{path:?}");
        seen += 1;
    }
    println!("{seen} submissions");
    assert!(seen > 180, "only {seen} submissions found");
}
