//! Envelopes: what one house signs, another reads as it was signed or not at all.

use std::path::{Path, PathBuf};

use fondaco::draft::Draft;
use fondaco_wire::envelope::{
    Envelope, Receiver, Refused, Sender, canonical, declared, open, seal,
};
use fondaco_wire::receipt::Signer;
use fondaco_wire::{Limits, sniff};

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    all.sort();
    let mut found = Vec::new();
    for path in all {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "xml") {
            found.push(path);
        }
    }
    found
}

/// Declarations that are read cleanly, of the corpus and, where they are here, of a real administration.
pub(crate) fn drafts() -> Vec<Draft> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = [root.join("data/corpus"), root.join("../shared/data/cds-dms/dev")];
    let all = folders.iter().flat_map(|f| files(f));
    let read = |path: PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let decoded = (sniff(&bytes).decode)(&bytes, &Limits::default());
        if decoded.is_clean() { decoded.draft } else { None }
    };
    all.filter_map(read).collect()
}

fn envelope(draft: &Draft, country: &str) -> Envelope {
    let both = declared(draft).unwrap();
    Envelope {
        id: "0190a6b0-7b1c-7def-8123-0123456789ab".into(),
        from: Sender { house: "a".into(), pack: "gb".into(), country: "GB".into() },
        to: Receiver { house: "b".into(), country: country.into() },
        sequence: 1,
        previous: String::new(),
        issued_at: "2026-11-26T07:00:00.000Z".into(),
        mrn: "26GBF0000000000011".into(),
        state: "cleared".into(),
        declaration: both.json,
        xml: both.xml,
        xml_digest: both.digest,
    }
}

#[test]
fn every_declaration_is_said_in_both_forms_and_read_back_the_same() {
    let signer = Signer::new(&[7; 32]);
    let mut sent = 0;
    let all = drafts();
    for draft in &all {
        let both = declared(draft).unwrap();
        // Canonical JSON is what the library of RFC 8785 writes of it, and what we write.
        assert_eq!(canonical(&both.json).unwrap(), both.json.to_string());
        let Some(country) = fondaco::bridge::destination(draft) else { continue };
        let envelope = envelope(draft, country);
        let jws = seal(&signer, &envelope).unwrap();
        match open(&jws, &signer.public_jwk()) {
            Ok((said, read)) => {
                assert_eq!(said, envelope);
                let (a, b) = (read.root().unwrap(), draft.root().unwrap());
                assert_eq!(a.children().count(), b.children().count());
                sent += 1;
            }
            // A message about another declaration is not sent.
            Err(why) => assert_eq!(why, Refused::Field("declaration/FunctionCode")),
        }
    }
    println!("{} declarations, {sent} sent", all.len());
    assert!(sent > 250, "{sent}");
}

#[test]
fn no_byte_of_an_envelope_can_change() {
    let signer = Signer::new(&[7; 32]);
    let keys = signer.public_jwk();
    let mut turned = 0;
    for draft in drafts().iter().step_by(97).filter(|d| fondaco::bridge::destination(d).is_some()) {
        let country = fondaco::bridge::destination(draft).unwrap();
        let jws = seal(&signer, &envelope(draft, country)).unwrap();
        for place in 0..jws.len() {
            let mut changed = jws.clone().into_bytes();
            changed[place] = match changed[place] {
                b'A' => b'B',
                _ => b'A',
            };
            let changed = String::from_utf8(changed).unwrap();
            assert!(open(&changed, &keys).is_err(), "byte {place}");
            turned += 1;
        }
        for more in [format!("{jws}\n"), format!(" {jws}"), format!("{jws}."), format!("{jws}A")] {
            assert!(open(&more, &keys).is_err());
        }
    }
    println!("{turned} bytes turned");
    assert!(turned > 10_000, "{turned}");
}

#[test]
fn another_key_and_another_kind_prove_nothing() {
    let (signer, other) = (Signer::new(&[7; 32]), Signer::new(&[8; 32]));
    let drafts = drafts();
    let draft = drafts.iter().find(|d| fondaco::bridge::destination(d).is_some()).unwrap();
    let said = envelope(draft, fondaco::bridge::destination(draft).unwrap());
    let jws = seal(&signer, &said).unwrap();
    assert!(matches!(open(&jws, &other.public_jwk()), Err(Refused::OtherKey(_))));
    let receipt = signer.state("fondaco-receipt", &said);
    assert_eq!(open(&receipt, &signer.public_jwk()), Err(Refused::Form));
    // The same members in the order of their declaration are not the canonical ones.
    let disordered = signer.state("fondaco-export", &said);
    assert_eq!(open(&disordered, &signer.public_jwk()), Err(Refused::Payload));
    assert_eq!(open("", &signer.public_jwk()), Err(Refused::Form));
}
