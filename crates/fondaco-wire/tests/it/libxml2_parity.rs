//! The reader says of a declaration what libxml2 says of it with the published schema.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use fondaco_wire::Limits;
use fondaco_wire::wco::{model, xml};

use crate::{Dice, Sample, shared, submissions};

/// Broken and bent declarations made besides the real ones.
const MUTANTS: usize = 400;

const VALUES: &[&str] = &[
    "",
    " ",
    "x",
    "9",
    "13",
    "GB",
    " GB ",
    "GB\n",
    "gb",
    "G1",
    "A\nB",
    "A  B",
    "A\tB",
    "-1",
    "+1",
    "1.",
    ".5",
    ".",
    "007",
    "1,5",
    "1e3",
    "0x1F",
    "NaN",
    "INF",
    "1.0000001",
    "1.000000000",
    "12345678901234567890",
    "99999",
    "100000",
    "0000000000000000000001",
    "木材",
    "１２",
    "\u{a0}",
    "\u{2003}",
    "é",
    "20260228",
    "20260230",
    "19991231",
    "2026-02-28",
    "20260228112200Z",
    "20260228112200+01",
    "20260228112200",
    "20260228112200+0100",
    "2026022811Z",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "&#x20;",
    "&#10;",
    "<![CDATA[ ]]>",
    "<!-- x -->",
    "I<!-- x -->MA",
    "<x/>",
    "&amp;",
    "&#x10FFFF;",
];

const ATTRIBUTES: &[&str] = &[
    "currencyID=\"GBP\"",
    "currencyID=\"XXX\"",
    "currencyID=\"gbp\"",
    "currencyID=\" GBP\"",
    "currencyID=\"\"",
    "currencyID=\"QQQ\"",
    "unitCode=\"KGM\"",
    "unitCode=\" KGM \"",
    "unitCode=\"\"",
    "unitCode=\"KGM#K\"",
    "unitCode=\"TOOLONG\"",
    "formatCode=\"102\"",
    "formatCode=\"304\"",
    "formatCode=\"203\"",
    "formatCode=\"\"",
    "formatCode=\" 102\"",
    "x=\"1\"",
    "listID=\"a\"",
    "listAgencyID=\"6\"",
    "listAgencyID=\"9999\"",
    "listName=\"\"",
    "languageID=\"en\"",
    "languageID=\"not a tag\"",
    "listURI=\"urn:x\"",
    "listURI=\"::%\"",
    "schemeID=\"\"",
    "schemeAgencyID=\"6\"",
    "schemeAgencyID=\"\"",
    "schemeURI=\"a b\"",
    "name=\"n\"",
    "xml:lang=\"en\"",
    "xml:space=\"preserve\"",
    "xmlns:q=\"urn:q\"",
    "xmlns:q=\"urn:q\" q:x=\"1\"",
    "xmlns=\"\"",
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"a b\"",
];

/// Every element within the declaration: name, the whole of it, its start tag, what stands within.
struct Part {
    name: String,
    whole: Range<usize>,
    tag: Range<usize>,
    inner: Option<Range<usize>>,
    parent: usize,
    leaf: bool,
}

fn parts(text: &str) -> Vec<Part> {
    let document = roxmltree::Document::parse(text).unwrap();
    let declaration =
        document.descendants().find(|n| n.tag_name().name() == "Declaration").unwrap();
    let nodes: Vec<_> = declaration.descendants().filter(roxmltree::Node::is_element).collect();
    nodes
        .iter()
        .skip(1)
        .map(|node| {
            let whole = node.range();
            let (mut quote, mut tag_end) = (None, whole.start);
            for (n, b) in text.as_bytes()[whole.clone()].iter().enumerate() {
                match (quote, b) {
                    (None, b'"' | b'\'') => quote = Some(*b),
                    (Some(q), b) if q == *b => quote = None,
                    (None, b'>') => {
                        tag_end = whole.start + n + 1;
                        break;
                    }
                    _ => {}
                }
            }
            let inner = (!text[..tag_end].ends_with("/>"))
                .then(|| tag_end..whole.start + text[whole.clone()].rfind("</").unwrap());
            let start = text[whole.start + 1..]
                .find(|c: char| c.is_ascii_whitespace() || "/>".contains(c))
                .unwrap();
            Part {
                name: text[whole.start + 1..whole.start + 1 + start].to_owned(),
                tag: whole.start..tag_end,
                inner,
                parent: nodes.iter().position(|n| Some(*n) == node.parent()).unwrap(),
                leaf: node.children().all(|c| !c.is_element()),
                whole,
            }
        })
        .collect()
}

/// Changes one thing within the declaration; says what.
fn mutate(text: &str, dice: &mut Dice) -> (String, String) {
    let parts = parts(text);
    let part = &parts[dice.roll(parts.len())];
    let leaves: Vec<&Part> = parts.iter().filter(|p| p.leaf && p.inner.is_some()).collect();
    let leaf = leaves[dice.roll(leaves.len())];
    let other = &parts[dice.roll(parts.len())];
    let replaced =
        |at: Range<usize>, with: &str| [&text[..at.start], with, &text[at.end..]].concat();
    let renamed = |to: &str| {
        let tag = text[part.tag.clone()].replacen(&part.name, to, 1);
        match &part.inner {
            None => replaced(part.whole.clone(), &tag),
            Some(inner) => {
                replaced(part.whole.clone(), &format!("{tag}{}</{to}>", &text[inner.clone()]))
            }
        }
    };
    match dice.roll(10) {
        0 => (format!("{} left out", part.name), replaced(part.whole.clone(), "")),
        1 => {
            let twice = text[part.whole.clone()].repeat(2);
            (format!("{} twice", part.name), replaced(part.whole.clone(), &twice))
        }
        2 => {
            let body = &text[part.whole.clone()];
            let to = if dice.roll(2) == 0 { other.whole.start } else { other.whole.end };
            let moved = if to <= part.whole.start {
                [&text[..to], body, &text[to..part.whole.start], &text[part.whole.end..]].concat()
            } else if to >= part.whole.end {
                [&text[..part.whole.start], &text[part.whole.end..to], body, &text[to..]].concat()
            } else {
                text.to_owned()
            };
            (format!("{} moved to {}", part.name, other.name), moved)
        }
        3 => {
            // To its neighbour's place: the order among siblings.
            let next =
                parts.iter().find(|p| p.parent == part.parent && p.whole.start >= part.whole.end);
            match next {
                None => (format!("{} is last", part.name), text.to_owned()),
                Some(next) => {
                    let swapped = [
                        &text[next.whole.clone()],
                        &text[part.whole.end..next.whole.start],
                        &text[part.whole.clone()],
                    ];
                    let whole = part.whole.start..next.whole.end;
                    (
                        format!("{} and {} change places", part.name, next.name),
                        replaced(whole, &swapped.concat()),
                    )
                }
            }
        }
        4 => {
            let names = model().elements();
            let to = match dice.roll(4) {
                0 => part.name.to_lowercase(),
                1 => format!("{}s", part.name),
                _ => names[dice.roll(names.len())].name.clone(),
            };
            (format!("{} called {to}", part.name), renamed(&to))
        }
        5 | 6 => {
            let value = dice.pick(VALUES);
            (format!("{} is {value:?}", leaf.name), replaced(leaf.inner.clone().unwrap(), value))
        }
        7 => {
            let target = if dice.roll(3) == 0 { part } else { leaf };
            let attribute = dice.pick(ATTRIBUTES);
            let at = target.tag.start + 1 + target.name.len();
            let key = attribute.split('=').next().unwrap();
            if text[target.tag.clone()].contains(&format!("{key}=")) {
                return (format!("{} as it is", target.name), text.to_owned());
            }
            (
                format!("{} with {attribute}", target.name),
                replaced(at..at, &format!(" {attribute}")),
            )
        }
        8 => {
            let with: Vec<&&Part> =
                leaves.iter().filter(|p| text[p.tag.clone()].contains('=')).collect();
            if with.is_empty() {
                return ("nothing".into(), text.to_owned());
            }
            let part = with[dice.roll(with.len())];
            let at = part.tag.start + 1 + part.name.len()..part.tag.end - 1;
            let was = &text[at.clone()];
            let attribute = if dice.roll(3) == 0 { "" } else { dice.pick(ATTRIBUTES) };
            (
                format!("{} with {attribute:?} for {was}", part.name),
                replaced(at, &format!(" {attribute}")),
            )
        }
        _ => {
            let stray = dice.pick(&[
                "x",
                " ",
                "<!-- x -->",
                "<x/>",
                "<?x y?>",
                "<![CDATA[x]]>",
                "<![CDATA[]]>",
                "&#32;",
                "<Name>x</Name>",
            ]);
            let at = if dice.roll(2) == 0 { part.tag.end } else { part.whole.end };
            (format!("{stray} after {}", part.name), replaced(at..at, stray))
        }
    }
}

/// Which of the files the schema takes, by libxml2.
fn by_libxml2(schema: &Path, dir: &Path, count: usize) -> Vec<bool> {
    let files = (0..count).map(|n| format!("{n}.xml"));
    let output = Command::new("xmllint")
        .current_dir(dir)
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let mut verdicts = vec![false; count];
    for line in said.lines() {
        if let Some(n) = line.strip_suffix(".xml validates") {
            verdicts[n.parse::<usize>().unwrap()] = true;
        }
    }
    verdicts
}

/// Why the two may differ here; `None` where they may not.
fn tolerated(text: &str) -> Option<&'static str> {
    if text.contains("<![CDATA[]]>") {
        Some("an empty section is no text; libxml2 counts it as some")
    } else if text.contains("languageID=\"not a tag\"") || text.contains("listURI=\"::%\"") {
        Some("annotations nobody decides by: kept as they are")
    } else {
        None
    }
}

#[test]
fn the_verdict_is_that_of_libxml2() {
    let Some(samples) = submissions() else { return };
    let Some(schema) = shared("cds-dms/common/schemas/_driver_dec.xsd") else { return };
    let schema = schema.canonicalize().unwrap();
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: xmllint is not installed");
        return;
    }
    let wanted = |s: &&Sample| s.root == "MetaData" && (s.function == "9" || s.validates);
    let real: Vec<&Sample> = samples.iter().filter(wanted).collect();
    let mut cases: Vec<(String, String)> = real
        .iter()
        .map(|s| (s.path.clone(), String::from_utf8(s.bytes.clone()).unwrap()))
        .collect();
    let mut dice = Dice(0x00f0_4da6_c02a_11d3);
    while cases.len() < real.len() + MUTANTS {
        let (path, text) = &cases[dice.roll(real.len())];
        let (what, mutant) = mutate(text, &mut dice);
        if mutant != *text {
            cases.push((format!("{path}: {what}"), mutant));
        }
    }
    let dir = tempfile::tempdir().unwrap();
    for (n, (_, text)) in cases.iter().enumerate() {
        std::fs::write(dir.path().join(format!("{n}.xml")), text).unwrap();
    }
    let theirs = by_libxml2(&schema, dir.path(), cases.len());
    let (mut differ, mut let_be) = (Vec::new(), 0);
    for ((name, text), theirs) in cases.iter().zip(&theirs) {
        let decoded = xml::decode(model(), text.as_bytes(), &Limits::default());
        let ours = decoded.draft.is_some() && decoded.findings.is_empty();
        if ours == *theirs {
            continue;
        }
        if tolerated(text).is_some() {
            let_be += 1;
        } else {
            let said = decoded.findings.first().map(|f| (f.code, f.value.clone()));
            differ.push(format!("{name}: libxml2 {theirs}, here {ours} {said:?}"));
        }
    }
    let valid = theirs.iter().filter(|v| **v).count();
    println!(
        "{} real, {MUTANTS} mutants, {valid} valid by libxml2, {let_be} tolerated differences",
        real.len()
    );
    assert!(theirs[..real.len()].iter().all(|v| *v), "a real declaration does not validate");
    assert!(valid > real.len() && valid < cases.len(), "the mutants are all of one kind");
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}
