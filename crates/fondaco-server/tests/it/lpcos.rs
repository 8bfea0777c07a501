//! The register of licences, permits and certificates: issued, shown, written off, given back, never
//! overdrawn, and told.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use crate::commands::run;
use crate::golden::compose;
use crate::http::{House, Said, about, at_once, gb};

/// A house whose register keeps phytosanitary certificates (N851), which toys want here.
pub(crate) fn house(at: &Path) -> House {
    house_with(at, "")
}

/// The same with more rates.
pub(crate) fn house_with(at: &Path, rates: &str) -> House {
    let over = at.join("pack");
    std::fs::create_dir_all(&over).unwrap();
    let kinds = "document,issuer,name_en,name_zh,name_ru,operators,basis,from,until,counted\n\
        N851,plants,Phytosanitary certificate,植物检疫证书,Фитосанитарный сертификат,,vata-1994,,,\n\
        AEOC,customs,Authorised operator,经认证的经营者,УЭО,yes,vata-1994,,,\n\
        X002,control,,,,,,,,value\n";
    let wanted = "[[requirement]]\nid = \"own-phyto\"\nkind = \"certificate\"\n\
        agency = { en = \"Plants\", zh = \"植物\", ru = \"Растения\" }\n\
        codes = [\"9503\"]\ndirection = \"import\"\ndocuments = [\"N851\"]\n\
        text = { en = \"A certificate\", zh = \"证书\", ru = \"Сертификат\" }\n\
        basis = \"vata-1994\"\n";
    let rate = format!(
        "code,direction,origin,regime,tax_type,rate,quota,basis,mark\n\
         95030035,import,,100,A00,20,,vata-1994,ours\n{rates}"
    );
    std::fs::write(over.join("lpcos-own.csv"), kinds).unwrap();
    std::fs::write(over.join("requirements-own.toml"), wanted).unwrap();
    std::fs::write(over.join("measures-own.csv"), rate).unwrap();
    House::sandbox(at)
}

fn send(house: &House, path: &str, key: &str, message: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post(path, &headers, message.to_string().as_bytes())
}

fn phyto(number: &str, terms: &Value) -> Value {
    json!({"kind": "N851", "number": number, "issuer": "plants", "by": "p1", "terms": terms})
}

/// Issues a certificate for so many kilograms of toys.
pub(crate) fn issue(house: &House, number: &str, kilograms: &str) {
    let lines = json!([{"codes": ["9503"], "quantity": kilograms, "unit": "KGM"}]);
    issue_with(house, number, &json!({"lines": lines}));
}

pub(crate) fn issue_with(house: &House, number: &str, terms: &Value) {
    let said = send(house, "/v1/lpcos", number, &phyto(number, terms));
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
}

fn act(house: &House, number: &str, key: &str, act: &str) -> Said {
    let message = json!({"act": act, "issuer": "plants", "by": "p1", "note": "Pests found."});
    send(house, &format!("/v1/lpcos/{number}/acts"), key, &message)
}

/// A declaration of so many kilograms of toys that shows a certificate.
pub(crate) fn shows(lrn: &str, number: &str, kilograms: u32, kind: &str) -> String {
    let (mass, price) = (kilograms.to_string(), format!("{kilograms}.00"));
    let case = gb(&[("net_mass", &mass), ("price", &price), ("type", kind)]);
    let first = "<SequenceNumeric>1</SequenceNumeric>";
    let document = format!(
        "{first}<AdditionalDocument><CategoryCode>N</CategoryCode><ID>{number}</ID>\
         <TypeCode>851</TypeCode></AdditionalDocument>"
    );
    compose(&case, lrn).replacen(first, &document, 1)
}

pub(crate) fn filed(house: &House, lrn: &str, number: &str, kilograms: u32) -> String {
    let said = house.file(lrn, &shows(lrn, number, kilograms, "IMA"));
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    said.text("mrn")
}

pub(crate) fn opinion(house: &House, name: &str) -> Value {
    house.get(&format!("/v1/declarations/{name}/opinion")).json()
}

/// What the opinion says of the one document shown: its state, what is written off, and whether what wants
/// it is met.
pub(crate) fn said_of(opinion: &Value) -> (String, String, String) {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let document = &opinion["documents"][0];
    let all = opinion["requirements"].as_array().unwrap();
    let wanted = all.iter().find(|r| r["id"] == "own-phyto").unwrap();
    (text(&document["status"]), text(&document["quantity"]), text(&wanted["status"]))
}

pub(crate) fn is(state: &str, quantity: &str, met: &str) -> (String, String, String) {
    (state.to_owned(), quantity.to_owned(), met.to_owned())
}

pub(crate) fn left(house: &House, number: &str) -> String {
    let told = house.get(&format!("/v1/lpcos/{number}")).json();
    told["balance"][0]["left_quantity"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}

pub(crate) fn end(house: &House, mrn: &str) {
    let message = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
    let said = send(house, &format!("/v1/declarations/{mrn}/acts"), mrn, &message);
    assert_eq!((said.status, &*said.text("state")), (201, "cancelled"));
}

fn replays(dir: &Path, names: &[String]) {
    for name in names {
        let came = run(&["replay", name, "--data", dir.to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}

#[test]
fn a_certificate_is_issued_shown_written_off_and_given_back() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path());
    // Nothing is in the register yet: what is shown is not there.
    let none = filed(&first, "NONE", "PC-1", 10);
    let formed = opinion(&first, &none);
    assert_eq!(said_of(&formed), is("not-found", "", "missing"));
    let all = formed["requirements"].as_array().unwrap();
    let doubt = &all.iter().find(|r| r["id"] == "own-phyto").unwrap()["doubt"];
    assert_eq!((&doubt["document"], &doubt["why"]), (&json!("PC-1"), &json!("not-found")));
    assert!(["en", "zh", "ru"].iter().all(|l| doubt["text"][l].as_str().unwrap().contains("PC-1")));
    issue(&first, "PC-1", "1000");
    let one = filed(&first, "ONE", "PC-1", 700);
    assert_eq!(said_of(&opinion(&first, &one)), is("valid", "700 KGM", "met"));
    assert_eq!(left(&first, "PC-1"), "300");
    let two = filed(&first, "TWO", "PC-1", 301);
    assert_eq!(said_of(&opinion(&first, &two)), is("exhausted", "", "missing"));
    // The same key again writes nothing off again, and all is so after a restart.
    let repeated = first.file("ONE", &shows("ONE", "PC-1", 700, "IMA"));
    assert_eq!(repeated.header("idempotency-replayed"), "true");
    assert!(first.stop().success());
    let again = house(dir.path());
    assert_eq!(left(&again, "PC-1"), "300");
    let three = filed(&again, "THREE", "PC-1", 300);
    assert_eq!(said_of(&opinion(&again, &three)), is("valid", "300 KGM", "met"));
    assert_eq!(left(&again, "PC-1"), "0");
    end(&again, &one);
    assert_eq!(left(&again, "PC-1"), "700");
    let told = again.get("/v1/lpcos/PC-1").json();
    let offs: Vec<_> = told["write_offs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| {
            (
                w["mrn"].as_str().unwrap(),
                w["quantity"].as_str().unwrap(),
                w["state"].as_str().unwrap(),
            )
        })
        .collect();
    let wanted =
        [(&*one, "-700", "given-back"), (&*three, "300", "reserved"), (&*one, "700", "reserved")];
    assert_eq!(offs, wanted);
    // Suspended, resumed and revoked it is what it is at filing.
    let stands = |word: &str, state: &str, key: &str| {
        let said = act(&again, "PC-1", &format!("act {key}"), word);
        assert_eq!((said.status, &*said.text("state")), (201, state));
        let mrn = filed(&again, key, "PC-1", 1);
        (said_of(&opinion(&again, &mrn)).0, mrn)
    };
    let (said, four) = stands("suspend", "suspended", "S");
    assert_eq!(said, "suspended");
    let (said, five) = stands("resume", "active", "R");
    assert_eq!(said, "valid");
    let (said, six) = stands("revoke", "revoked", "V");
    assert_eq!(said, "revoked");
    act(&again, "PC-1", "V2", "resume").is_problem(409, "act-refused");
    let told = again.get("/v1/lpcos/PC-1").json();
    assert_eq!(told["state"], "revoked");
    let acts: Vec<_> = told["acts"].as_array().unwrap().iter().map(|a| a["act"].clone()).collect();
    assert_eq!(acts, ["issue", "suspend", "resume", "revoke"]);
    let id = told["acts"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(again.get(&format!("/v1/declarations/{id}/receipt")).status, 200);
    assert_eq!(again.get(&format!("/declarations/{id}")).status, 200);
    assert!(again.stop().success());
    replays(dir.path(), &[none, one, two, three, four, five, six, id]);
}

#[test]
fn sixty_four_at_once_never_overdraw_a_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path());
    issue(&first, "PC-1", "500");
    let said = at_once(64, |n| filed(&first, &format!("LRN-{n}"), "PC-1", 9));
    let states: Vec<_> = said.iter().map(|mrn| said_of(&opinion(&first, mrn)).0).collect();
    // 64 times 9 are 576: 55 fit, and each is all or nothing.
    assert_eq!(states.iter().filter(|s| *s == "valid").count(), 55);
    assert_eq!(states.iter().filter(|s| *s == "exhausted").count(), 9);
    assert_eq!(left(&first, "PC-1"), "5");
    let sum = |house: &House| -> i64 {
        let told = house.get("/v1/lpcos/PC-1").json();
        let offs = told["write_offs"].as_array().unwrap();
        offs.iter().map(|w| w["quantity"].as_str().unwrap().parse::<i64>().unwrap()).sum()
    };
    assert_eq!(sum(&first), 495);
    assert!(first.stop().success());
    let again = house(dir.path());
    assert_eq!((left(&again, "PC-1"), sum(&again)), ("5".to_owned(), 495));
    // Taken and given back at once, it has in the end what none of them took.
    at_once(16, |n| {
        let mrn = filed(&again, &format!("MANY-{n}"), "PC-1", 5);
        end(&again, &mrn);
    });
    assert_eq!((left(&again, "PC-1"), sum(&again)), ("5".to_owned(), 495));
    assert!(again.stop().success());
    let some: Vec<String> = said.into_iter().step_by(4).collect();
    replays(dir.path(), &some);
}

#[test]
fn a_certificate_is_never_overdrawn_whatever_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let answered: Mutex<BTreeSet<String>> = Mutex::default();
    let mut first = Some(house(dir.path()));
    issue(first.as_ref().unwrap(), "PC-1", "200");
    for round in 0..6 {
        let running = first.take().unwrap_or_else(|| house(dir.path()));
        std::thread::scope(|scope| {
            for caller in 0..8 {
                let (running, answered) = (&running, &answered);
                scope.spawn(move || {
                    for n in 0..1_000 {
                        let lrn = format!("{round}-{caller}-{n}");
                        let headers =
                            [("Content-Type", "application/xml"), ("Idempotency-Key", &*lrn)];
                        let body = shows(&lrn, "PC-1", 3, "IMA");
                        let Ok(said) = running.try_post(&headers, body.as_bytes()) else { return };
                        if said.status == 201 {
                            answered.lock().unwrap().insert(said.text("mrn"));
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(150 + 40 * round));
            running.kill();
        });
    }
    let last = house(dir.path());
    let told = last.get("/v1/lpcos/PC-1").json();
    let offs = told["write_offs"].as_array().unwrap();
    let of: BTreeSet<_> = offs.iter().map(|w| w["mrn"].as_str().unwrap().to_owned()).collect();
    assert_eq!(of.len(), offs.len(), "one declaration wrote off twice");
    let left: usize = left(&last, "PC-1").parse().unwrap();
    assert_eq!(offs.len() * 3 + left, 200);
    let mut good = 0;
    for mrn in &*answered.lock().unwrap() {
        let valid = said_of(&opinion(&last, mrn)).0 == "valid";
        assert_eq!(valid, of.contains(mrn), "{mrn}");
        good += usize::from(valid);
    }
    println!("{good} answered and written off, {} in all, {left} kg left", offs.len());
    assert!(good > 0);
}

#[test]
fn goods_to_come_take_when_they_come_and_an_amendment_takes_anew() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    issue(&house, "PC-1", "1000");
    let lodged = house.file("main", &shows("MAIN", "PC-1", 300, "IMD"));
    let (mrn, id) = (lodged.text("mrn"), lodged.text("id"));
    assert_eq!(said_of(&opinion(&house, &mrn)), is("valid", "300 KGM", "met"));
    assert_eq!(left(&house, "PC-1"), "1000", "lodging takes nothing");
    let came = at_once(4, |n| {
        let lrn = format!("ARRIVE-{n}");
        house.file(&lrn, &about(&mrn, &lrn, "GPR", ""))
    });
    assert!(came.iter().all(|s| s.status == 201));
    assert_eq!(left(&house, "PC-1"), "700", "four arrivals take once");
    // Amended to 950 kilograms it takes those instead, also where the two together are too many.
    let change = "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>\
        <Commodity><GoodsMeasure><GrossMassMeasure unitCode=\"KGM\">950</GrossMassMeasure>\
        <NetNetWeightMeasure unitCode=\"KGM\">950</NetNetWeightMeasure></GoodsMeasure></Commodity>\
        </GovernmentAgencyGoodsItem></GoodsShipment>";
    let pointer = "<Amendment><ChangeReasonCode>32</ChangeReasonCode>\
        <Pointer><DocumentSectionCode>42A</DocumentSectionCode></Pointer>\
        <Pointer><DocumentSectionCode>67A</DocumentSectionCode></Pointer>\
        <Pointer><SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>68A</DocumentSectionCode></Pointer>\
        <Pointer><DocumentSectionCode>23A</DocumentSectionCode></Pointer>\
        <Pointer><DocumentSectionCode>65A</DocumentSectionCode></Pointer></Amendment>";
    let asked = house.file("amend", &about(&mrn, "AMEND", "COR", &format!("{pointer}{change}")));
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": 1});
    let granted = send(&house, &format!("/v1/declarations/{mrn}/acts"), "grant", &grant);
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    assert_eq!(said_of(&opinion(&house, &mrn)), is("valid", "950 KGM", "met"));
    assert_eq!(left(&house, "PC-1"), "50");
    end(&house, &mrn);
    assert_eq!(left(&house, "PC-1"), "1000");
    let mut all: Vec<String> = came.iter().map(|s| s.text("id")).collect();
    all.extend([id, granted.text("id"), mrn]);
    assert!(house.stop().success());
    replays(dir.path(), &all);
}

#[test]
fn what_cannot_be_done_with_a_document_is_refused_with_why() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    issue(&house, "PC-1", "100");
    let check =
        |message: Value, path: &str, status: u16, problem: &str, key: &str, wanted: &str| {
            let said = send(&house, path, &format!("{path}{message}"), &message);
            said.is_problem(status, problem);
            let found = said.json()[key].to_string();
            assert!(found.contains(wanted), "{message}: {found}");
        };
    let issues = |message: Value, status, problem: &str, key: &str, wanted: &str| {
        check(message, "/v1/lpcos", status, problem, key, wanted);
    };
    let plain = json!({});
    issues(phyto("PC-1", &plain), 409, "act-refused", "why", "issued-already");
    issues(phyto("", &plain), 400, "bad-request", "field", "number");
    issues(phyto(&"9".repeat(71), &plain), 400, "bad-request", "field", "number");
    issues(phyto("2", &json!({"from": "yesterday"})), 400, "bad-request", "field", "from");
    let backwards = json!({"from": "2026-02-01", "until": "2026-01-01"});
    issues(phyto("2", &backwards), 400, "bad-request", "field", "until");
    let none = json!({"lines": [{"quantity": "0", "unit": "KGM"}]});
    issues(phyto("2", &none), 400, "bad-request", "field", "quantity");
    let bare = json!({"lines": [{"quantity": "1"}]});
    issues(phyto("2", &bare), 400, "bad-request", "field", "unit");
    issues(phyto("2", &json!({"surprise": 1})), 400, "bad-request", "field", "surprise");
    let mut other = phyto("2", &plain);
    other["kind"] = json!("N853");
    issues(other, 409, "act-refused", "why", "not-kept");
    let mut other = phyto("2", &plain);
    other["issuer"] = json!("vets");
    issues(other, 409, "act-refused", "why", "other-issuer");
    let acts = "/v1/lpcos/PC-1/acts";
    let act = |act: &str| json!({"act": act, "issuer": "plants", "by": "p1"});
    check(act("revoke"), acts, 400, "bad-request", "field", "note");
    check(act("amend"), acts, 400, "bad-request", "field", "terms");
    check(act("resume"), acts, 409, "act-refused", "why", "not-suspended");
    check(act("fold"), acts, 400, "bad-request", "field", "act");
    filed(&house, "USES", "PC-1", 60);
    let mut less = act("amend");
    less["terms"] = json!({"lines": [{"codes": ["9503"], "quantity": "59", "unit": "KGM"}]});
    check(less, acts, 409, "act-refused", "why", "below-used");
    send(&house, "/v1/lpcos/PC-9/acts", "k", &act("resume")).is_problem(404, "not-found");
    house.get("/v1/lpcos/PC-9").is_problem(404, "not-found");
    house.post("/v1/lpcos", &[], b"{}").is_problem(400, "key-wanted");
    // One key is one message.
    let two = send(&house, "/v1/lpcos", "two", &phyto("2", &plain));
    assert_eq!(two.status, 201);
    let again = send(&house, "/v1/lpcos", "two", &phyto("2", &plain));
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(again.text("id"), two.text("id"));
    send(&house, "/v1/lpcos", "two", &phyto("3", &plain)).is_problem(422, "key-used");
    house.file("two", &shows("TWO", "2", 1, "IMA")).is_problem(422, "key-used");
    // At once, one issues and the others are told.
    let said = at_once(16, |n| send(&house, "/v1/lpcos", &format!("at {n}"), &phyto("R", &plain)));
    assert_eq!(said.iter().filter(|s| s.status == 201).count(), 1);
    assert_eq!(said.iter().filter(|s| s.status == 409).count(), 15);
}

#[test]
fn who_issued_a_document_acts_about_it_also_when_its_type_is_kept_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let over = dir.path().join("pack");
    std::fs::create_dir_all(&over).unwrap();
    // Types with who issues them, and the days on which the register keeps them.
    let with = |kinds: &[[&str; 4]]| {
        let mut rows = "document,issuer,from,until,name_en,name_zh,name_ru,basis\n".to_owned();
        for kind in kinds {
            rows += &format!("{},Paper,证,Бумага,vata-1994\n", kind.join(","));
        }
        std::fs::write(over.join("lpcos-own.csv"), rows).unwrap();
        House::sandbox(dir.path())
    };
    let issues = |house: &House, kind: &str, number: &str, issuer: &str| {
        let message = json!({"kind": kind, "number": number, "issuer": issuer, "by": "x"});
        send(house, "/v1/lpcos", &format!("{kind}{number}{issuer}"), &message)
    };
    let acts = |house: &House, number: &str, act: &str, issuer: &str, why: &str| {
        let mut message = json!({"act": act, "issuer": issuer, "by": "x", "note": "So."});
        if act == "amend" {
            message["terms"] = json!({"holder": "GB1"});
        }
        let key = format!("{number}{act}{issuer}{why}");
        let said = send(house, &format!("/v1/lpcos/{number}/acts"), &key, &message);
        if why.is_empty() {
            assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        } else {
            said.is_problem(409, "act-refused");
            assert_eq!(said.text("why"), why, "{number} {act} {issuer}");
        }
    };
    // Of a type that anybody issues, of one of the agency, and of one that is kept from a later day on.
    let first = with(&[
        ["Y001", "", "", ""],
        ["Y002", "vets", "", ""],
        ["Y003", "vets", "2099-01-01", ""],
        ["Y004", "vets", "", "2020-01-01"],
    ]);
    assert_eq!(issues(&first, "Y001", "A", "vets").status, 201);
    assert_eq!(issues(&first, "Y001", "N", "").status, 201);
    for act in ["amend", "suspend", "revoke"] {
        acts(&first, "A", act, "plants", "other-issuer");
        acts(&first, "A", act, "", "other-issuer");
    }
    acts(&first, "A", "amend", "vets", "");
    acts(&first, "A", "suspend", "vets", "");
    acts(&first, "A", "resume", "plants", "other-issuer");
    acts(&first, "N", "suspend", "plants", "other-issuer");
    acts(&first, "N", "suspend", "", "");
    issues(&first, "Y002", "B", "plants").is_problem(409, "act-refused");
    assert_eq!(issues(&first, "Y002", "B", "vets").status, 201);
    // Before the first day it is issued, after the last it is not.
    assert_eq!(issues(&first, "Y003", "C", "vets").status, 201);
    acts(&first, "C", "amend", "vets", "");
    issues(&first, "Y003", "D", "plants").is_problem(409, "act-refused");
    issues(&first, "Y004", "E", "vets").is_problem(409, "act-refused");
    assert!(first.stop().success());
    // A type that is kept no more: it is amended no more, and suspended, resumed and revoked as before. Where
    // the law gave another to another agency, both act about what the first issued.
    let second = with(&[["Y001", "", "", "2020-12-31"], ["Y002", "plants", "", ""]]);
    acts(&second, "A", "amend", "vets", "not-kept");
    acts(&second, "A", "resume", "vets", "");
    acts(&second, "A", "revoke", "plants", "other-issuer");
    acts(&second, "A", "revoke", "vets", "");
    acts(&second, "B", "suspend", "customs", "other-issuer");
    acts(&second, "B", "suspend", "vets", "");
    acts(&second, "B", "resume", "plants", "");
    let gone = json!({"act": "resume", "kind": "Y009", "by": "x"});
    send(&second, "/v1/lpcos/A/acts", "gone", &gone).is_problem(404, "not-found");
}

#[test]
fn a_document_is_verified_before_it_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let terms = json!({"holder": "GB1", "origin": "CN", "until": "2026-12-31",
        "lines": [{"codes": ["9503"], "quantity": "2", "unit": "TNE", "value": "900", "currency": "GBP"}]});
    assert_eq!(send(&house, "/v1/lpcos", "1", &phyto("PC/1", &terms)).status, 201);
    let check = |query: &str, wanted: &str| {
        let said = house.get(&format!("/v1/lpcos/PC%2F1/verify?on=2026-11-25&{query}"));
        assert_eq!(said.status, 200, "{}", String::from_utf8_lossy(&said.body));
        assert_eq!(said.text("status"), wanted, "{query}");
        let text = &said.json()["text"];
        assert!(["en", "zh", "ru"].iter().all(|l| !text[l].as_str().unwrap().is_empty()));
    };
    let all = "code=9503003500&holder=GB1&origin=CN&value=900&currency=GBP";
    check(&format!("{all}&quantity=2000&unit=KGM"), "valid");
    check(&format!("{all}&quantity=2001&unit=KGM"), "exhausted");
    check(&format!("{all}&quantity=2&unit=NAR"), "not-checked");
    check(all, "not-checked");
    for (amounts, field) in [
        ("quantity=0&unit=KGM&value=900&currency=GBP", "quantity"),
        ("quantity=-5&unit=TNE&value=900&currency=GBP", "quantity"),
        ("quantity=1&unit=TNE&value=0.00&currency=GBP", "value"),
        ("quantity=1&unit=TNE&value=-900&currency=GBP", "value"),
    ] {
        let goods = "on=2026-11-25&code=9503003500&holder=GB1&origin=CN";
        let said = house.get(&format!("/v1/lpcos/PC%2F1/verify?{goods}&{amounts}"));
        said.is_problem(400, "bad-request");
        assert_eq!(said.text("field"), field, "{amounts}");
    }
    check("code=9503003500&holder=GB2", "other-holder");
    check("code=9503003500", "not-checked");
    check("code=44&holder=GB1", "other-goods");
    check("code=9503003500&holder=GB1&origin=RU", "other-country");
    check("code=9503&kind=N853", "not-kept");
    house.get("/v1/lpcos/XX/verify?code=1").is_problem(400, "bad-request");
    let none = house.get("/v1/lpcos/XX/verify?code=1&kind=N851");
    assert_eq!(none.text("status"), "not-found");
    house.get("/v1/lpcos/PC%2F1/verify?kind=N851").is_problem(400, "bad-request");
    let listed = house.get("/v1/lpcos?holder=GB1").json();
    assert_eq!((listed[0]["number"].as_str(), listed.as_array().unwrap().len()), (Some("PC/1"), 1));
    // Given to another by an amendment it is listed under that one, and no longer under the first.
    let other = json!({"act": "amend", "issuer": "plants", "by": "p1", "terms": {"holder": "GB2"}});
    assert_eq!(send(&house, "/v1/lpcos/PC%2F1/acts", "amend", &other).status, 201);
    for (holder, wanted) in [("GB1", 0), ("GB2", 1), ("GB3", 0), ("", 1)] {
        let listed = house.get(&format!("/v1/lpcos?holder={holder}")).json();
        assert_eq!(listed.as_array().unwrap().len(), wanted, "{holder}");
    }
}

#[test]
fn the_page_shows_a_document_and_what_is_left_in_each_language() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let page = |path: &str, status: u16| {
        let said = house.get(path);
        assert_eq!(said.status, status, "{path}");
        String::from_utf8_lossy(&said.body).into_owned()
    };
    assert!(page("/lpcos?lang=en", 200).contains("None."));
    issue(&house, "PC/1 <b>", "1000");
    filed(&house, "ONE", "PC/1 &lt;b>", 300);
    for (lang, kind, left) in [
        ("en", "Phytosanitary certificate", "What is left"),
        ("zh", "植物检疫证书", "余额"),
        ("ru", "Фитосанитарный сертификат", "Остаток"),
    ] {
        let list = page(&format!("/lpcos?lang={lang}"), 200);
        assert!(
            list.contains(kind) && list.contains("kind=N851&#38;number=PC%2F1%20%3Cb%3E"),
            "{list}"
        );
        let one = page(&format!("/lpcos?number=PC%2F1%20%3Cb%3E&lang={lang}"), 200);
        assert!(one.contains(left) && one.contains("700 KGM") && !one.contains("<b>"), "{one}");
    }
    assert!(page("/lpcos?number=XX&lang=en", 404).contains("There is no document"));
}

#[test]
fn a_type_the_pack_knows_is_kept_by_a_row_that_says_so_and_counts_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let issues = |number: &str, kind: &str, terms: Value| {
        let message = json!({"kind": kind, "number": number, "issuer": "control", "by": "c1",
            "terms": terms});
        send(&house, "/v1/lpcos", number, &message)
    };
    let refused = |said: Said, field: &str| {
        said.is_problem(400, "bad-request");
        assert_eq!(said.text("field"), field);
    };
    // It is counted by value.
    refused(issues("1", "X002", json!({})), "lines");
    let by_weight = json!({"lines": [{"codes": ["9503"], "quantity": "1", "unit": "KGM"}]});
    refused(issues("2", "X002", by_weight), "value");
    let by_value = json!({"lines": [{"codes": ["9503"], "value": "900", "currency": "GBP"}]});
    assert_eq!(issues("3", "X002", by_value).status, 201);
    // Its name is the pack's, in each language.
    for (lang, name) in [("en", "Dual-use export licence"), ("zh", "两用物项出口许可证")] {
        let page = house.get(&format!("/lpcos?lang={lang}"));
        assert!(String::from_utf8_lossy(&page.body).contains(name), "{lang}");
    }
    // What the pack knows and no row keeps is not kept: nothing is said of it.
    issues("4", "C400", json!({})).is_problem(409, "act-refused");
    let asked = house.get("/v1/lpcos/4/verify?code=9503&kind=C400");
    assert_eq!(asked.text("status"), "not-kept");
}

#[test]
fn an_authorised_operator_is_seen_where_a_rule_of_risk_asks() {
    let dir = tempfile::tempdir().unwrap();
    let over = dir.path().join("pack");
    std::fs::create_dir_all(&over).unwrap();
    let risk = "[[risk]]\nid = \"stranger\"\npoints = 70\n\
        when = '!declaration.programmes.exists(p, p in [\"AEOC\"])'\n\
        text = { en = \"Not an authorised operator\", zh = \"非AEO\", ru = \"Не УЭО\" }\n\
        category = { en = \"Who\", zh = \"人\", ru = \"Лицо\" }\n";
    std::fs::write(over.join("risk.toml"), risk).unwrap();
    let house = house(dir.path());
    let mut mrns = Vec::new();
    let mut stranger = |lrn: &str| {
        let said = house.file(lrn, &compose(&gb(&[]), lrn));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        mrns.push(said.text("mrn"));
        let formed = opinion(&house, &said.text("mrn"));
        let reasons = formed["decision"]["reasons"].as_array().unwrap();
        reasons.iter().any(|r| r["code"] == "stranger")
    };
    assert!(stranger("BEFORE"));
    let aeo = json!({"kind": "AEOC", "number": "AEO-7", "issuer": "customs", "by": "c1",
        "terms": {"holder": "5000000001"}});
    assert_eq!(send(&house, "/v1/lpcos", "aeo", &aeo).status, 201);
    assert!(!stranger("AFTER"));
    let act = |act: &str| {
        let message = json!({"act": act, "issuer": "customs", "by": "c1", "note": "Audit."});
        assert_eq!(send(&house, "/v1/lpcos/AEO-7/acts", act, &message).status, 201);
    };
    act("suspend");
    assert!(stranger("SUSPENDED"));
    act("resume");
    assert!(!stranger("RESUMED"));
    assert!(house.stop().success());
    replays(dir.path(), &mrns);
}

#[test]
fn a_certificate_of_another_country_is_taken_in_shown_and_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let xml = r#"<SPSCertificate xmlns="urn:un:unece:uncefact:data:standard:SPSCertificate:17"
        xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21">
        <SPSExchangedDocument><r:ID>CN-PC-9</r:ID><r:TypeCode>851</r:TypeCode>
        <r:StatusCode>70</r:StatusCode><r:IssueDateTime>2026-01-09</r:IssueDateTime>
        </SPSExchangedDocument><SPSConsignment>
        <r:ExportSPSCountry><r:ID>CN</r:ID></r:ExportSPSCountry>
        <r:ImportSPSCountry><r:ID>GB</r:ID></r:ImportSPSCountry>
        <r:IncludedSPSConsignmentItem><r:IncludedSPSTradeLineItem>
        <r:SequenceNumeric>1</r:SequenceNumeric><r:Description>Wooden toys</r:Description>
        <r:NetWeightMeasure unitCode="KGM">300</r:NetWeightMeasure>
        <r:ApplicableSPSClassification><r:SystemName>HS</r:SystemName>
        <r:ClassCode>95030035</r:ClassCode></r:ApplicableSPSClassification>
        <r:OriginSPSCountry><r:ID>CN</r:ID></r:OriginSPSCountry>
        </r:IncludedSPSTradeLineItem></r:IncludedSPSConsignmentItem></SPSConsignment></SPSCertificate>"#;
    let import = |key: &str, body: &str, query: &str| {
        let headers = [("Idempotency-Key", key), ("Content-Type", "application/xml")];
        house.post(&format!("/v1/lpcos?{query}"), &headers, body.as_bytes())
    };
    let said = import("1", xml, "by=p1&issuer=plants");
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    assert_eq!((&*said.text("kind"), &*said.text("number")), ("N851", "CN-PC-9"));
    assert_eq!(import("1", xml, "by=p1&issuer=plants").header("idempotency-replayed"), "true");
    // The same key with another issuer, person or holder is another message.
    for query in ["by=p2&issuer=plants", "by=p1&issuer=pests", "by=p1&issuer=plants&holder=GB1"] {
        import("1", xml, query).is_problem(422, "key-used");
    }
    let mrn = filed(&house, "ONE", "CN-PC-9", 300);
    assert_eq!(said_of(&opinion(&house, &mrn)), is("valid", "300 KGM", "met"));
    // It is for one consignment.
    let two = filed(&house, "TWO", "CN-PC-9", 1);
    assert_eq!(said_of(&opinion(&house, &two)), is("used-before", "", "missing"));
    let written = house.get("/v1/lpcos/CN-PC-9/certificate");
    assert_eq!((written.status, written.header("content-type")), (200, "application/xml"));
    let written = String::from_utf8_lossy(&written.body).into_owned();
    assert!(written.contains("Wooden toys") && written.contains(">95030035<"), "{written}");
    // One issued here is written, too; one that is not good is not.
    issue(&house, "PC-1", "1000");
    let own = house.get("/v1/lpcos/PC-1/certificate");
    assert!(String::from_utf8_lossy(&own.body).contains("unitCode=\"KGM\">1000<"));
    // Also where white space stood before what issued it.
    let spaced = format!("\r\n  {}", phyto("PC-2", &json!({})));
    let headers = [("Idempotency-Key", "spaced"), ("Content-Type", "application/json")];
    assert_eq!(house.post("/v1/lpcos", &headers, spaced.as_bytes()).status, 201);
    assert_eq!(house.get("/v1/lpcos/PC-2/certificate").status, 200);
    assert_eq!(act(&house, "PC-1", "s", "suspend").status, 201);
    house.get("/v1/lpcos/PC-1/certificate").is_problem(404, "not-found");
    // What cannot be read is said with its place.
    let bad = xml.replace(">300<", ">many<").replace("CN-PC-9", "CN-PC-8");
    let said = import("2", &bad, "by=p1&issuer=plants");
    said.is_problem(400, "bad-request");
    let path = said.json()["problems"][0]["path"].to_string();
    assert!(path.contains("IncludedSPSTradeLineItem/NetWeightMeasure"), "{path}");
    let drawn = xml.replace(">70<", ">40<").replace("CN-PC-9", "CN-PC-8");
    import("3", &drawn, "by=p1&issuer=plants").is_problem(400, "bad-request");
    import("4", xml, "by=p1").is_problem(409, "act-refused");
    // Goods without a code would be any goods.
    let any = xml.replace(">HS<", ">IPPCPCC<").replace("CN-PC-9", "CN-PC-8");
    import("5", &any, "by=p1&issuer=plants").is_problem(400, "bad-request");
}
