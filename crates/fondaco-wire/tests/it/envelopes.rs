//! Envelopes: what one house signs, another reads as it was signed or not at all.

use std::path::{Path, PathBuf};

use fondaco::draft::Draft;
use fondaco_wire::envelope::{
    Envelope, GONE, Notice, Receiver, Refused, Said, Sender, canonical, declared, kid, open, read,
    seal, seal_notice,
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

fn notice() -> Notice {
    Notice {
        id: "0190a6b0-7b1c-7def-8123-0123456789ab".into(),
        from: Sender { house: "a".into(), pack: "gb".into(), country: "GB".into() },
        to: Receiver { house: "b".into(), country: "CN".into() },
        sequence: 2,
        previous: format!("sha-256:{}", "0".repeat(64)),
        issued_at: "2026-11-26T07:00:00.000Z".into(),
        mrn: "26GBF0000000000011".into(),
        state: "cancelled".into(),
        about: 1,
    }
}

#[test]
fn a_notice_is_read_as_it_was_signed_or_not_at_all() {
    let signer = Signer::new(&[7; 32]);
    let keys = signer.public_jwk();
    for state in GONE {
        let wanted = Notice { state: state.into(), ..notice() };
        let opened = read(&seal_notice(&signer, &wanted).unwrap(), &keys).unwrap();
        assert!(matches!(opened.said, Ok(Said::Notice(said)) if said == wanted), "{state}");
        assert_eq!((opened.slip.sequence, &*opened.slip.mrn), (2, &*wanted.mrn));
    }
    let jws = seal_notice(&signer, &notice()).unwrap();
    assert_eq!(open(&jws, &keys), Err(Refused::Form));
    for place in 0..jws.len() {
        let mut changed = jws.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(read(&String::from_utf8(changed).unwrap(), &keys).is_err(), "byte {place}");
    }
    let why = |notice: Notice| {
        read(&seal_notice(&signer, &notice).unwrap(), &keys).and_then(|o| o.said.map(|_| o.slip))
    };
    let field = |notice, field| assert_eq!(why(notice), Err(Refused::Field(field)));
    field(Notice { state: "cleared".into(), ..notice() }, "state");
    field(Notice { about: 2, ..notice() }, "about");
    field(Notice { about: 0, ..notice() }, "about");
    field(Notice { previous: String::new(), ..notice() }, "previous");
}

#[test]
fn what_is_signed_has_its_place_also_where_its_rest_is_not_what_it_may_be() {
    let signer = Signer::new(&[7; 32]);
    let keys = signer.public_jwk();
    let said = serde_json::to_value(notice()).unwrap();
    let read_of = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut said = said.clone();
        change(&mut said);
        read(&signer.state("fondaco-export-notice", &said), &keys)
    };
    // A member a later version may have, a state nobody knows, an export with nothing of it.
    let placed = |why: Refused, change: &dyn Fn(&mut serde_json::Value)| {
        let opened = read_of(change).unwrap();
        assert_eq!((opened.slip.sequence, opened.said.unwrap_err()), (2, why));
    };
    placed(Refused::Payload, &|v| v["more"] = 1.into());
    placed(Refused::Field("state"), &|v| v["state"] = "lost".into());
    placed(Refused::Payload, &|v| v["mrn"] = 1.into());
    let not_placed = |why: Refused, change: &dyn Fn(&mut serde_json::Value)| {
        assert_eq!(read_of(change).unwrap_err(), why);
    };
    not_placed(Refused::Field("id"), &|v| v["id"] = "1".into());
    not_placed(Refused::Field("sequence"), &|v| v["sequence"] = 0.into());
    not_placed(Refused::Payload, &|v| v["sequence"] = "2".into());
    not_placed(Refused::Field("to.house"), &|v| v["to"]["house"] = "".into());
}

#[test]
fn a_name_of_a_key_is_a_thumbprint_and_nothing_else() {
    use base64::Engine as _;
    let head = |header: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
    let of = |name: &str| kid(&format!("{}.x.y", head(&format!("{{\"kid\":\"{name}\"}}"))));
    let name = Signer::new(&[7; 32]).kid().to_owned();
    assert_eq!(of(&name).as_deref(), Some(&*name));
    assert_eq!(kid(&head(&format!("{{\"kid\":\"{name}\"}}"))).as_deref(), Some(&*name));
    for wrong in ["", "a", &name[1..], &format!("{name}A"), &name.replacen(&name[..1], "<", 1)] {
        assert_eq!(of(wrong), None, "{wrong}");
    }
    assert_eq!(of(&"A".repeat(1 << 20)), None);
    assert_eq!(of(&format!("{}\\u0000", &name[1..])), None);
}
