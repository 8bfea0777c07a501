//! Acts of officers, agencies and ports about a declaration, and what follows of them.

use serde_json::{Value, json};

use crate::http::{House, Said, about, at_once};

/// An export that owes nothing: what holds it is only what is placed on it.
fn export(house: &House, lrn: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/043-machine-licence.xml");
    let text = std::fs::read_to_string(path).unwrap();
    let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    let text = text.replace(own, lrn);
    let filed = house.file(lrn, &text);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    filed.text("mrn")
}

fn act(house: &House, mrn: &str, key: &str, act: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post(&format!("/v1/declarations/{mrn}/acts"), &headers, act.to_string().as_bytes())
}

/// Function codes of the messages told, in order.
fn told(house: &House, mrn: &str) -> Vec<String> {
    let all = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let all = all["notifications"].as_array().unwrap();
    all.iter().map(|n| n["function"].as_str().unwrap().to_owned()).collect()
}

fn state(house: &House, mrn: &str) -> String {
    house.get(&format!("/v1/declarations/{mrn}")).text("state")
}

/// Lifts what the lane holds, so that only the acts of a test are left.
fn lift_lane(house: &House, mrn: &str) {
    for kind in ["documents", "examination"] {
        let lift = json!({"act": "lift", "by": "o1", "kind": kind});
        act(house, mrn, &format!("{mrn} {kind}"), &lift);
    }
}

#[test]
fn goods_are_released_when_the_last_hold_is_lifted() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = export(&house, "HOLDS");
    let hold = |kind: &str, agency: &str, reason: &str| json!({"act": "hold", "by": "o1", "kind": kind, "agency": agency, "reason": reason, "note": "Lab 4."});
    // Held by two agencies before the lane is lifted.
    let vet = act(&house, &mrn, "1", &hold("examination", "vet", "sample"));
    assert_eq!(vet.status, 201, "{}", String::from_utf8_lossy(&vet.body));
    assert_eq!(act(&house, &mrn, "2", &hold("query", "radio", "question")).status, 201);
    lift_lane(&house, &mrn);
    assert_eq!(state(&house, &mrn), "under-examination");
    let lift = |kind: &str, agency: &str| json!({"act": "lift", "by": "o2", "kind": kind, "agency": agency});
    let lifted = act(&house, &mrn, "3", &lift("examination", "vet"));
    assert_eq!((lifted.status, &*lifted.text("state")), (201, "query-open"));
    let lifted = act(&house, &mrn, "4", &lift("query", "radio"));
    assert_eq!((lifted.status, &*lifted.text("state")), (201, "cleared"));
    // Said again it changes nothing; with another key it cannot be done.
    let again = act(&house, &mrn, "4", &lift("query", "radio"));
    assert_eq!((again.status, again.text("id")), (201, lifted.text("id")));
    assert_eq!(again.header("idempotency-replayed"), "true");
    act(&house, &mrn, "5", &lift("query", "radio")).is_problem(409, "act-refused");
    let gone = act(&house, &mrn, "6", &json!({"act": "depart", "by": "port"}));
    assert_eq!((gone.status, &*gone.text("state")), (201, "exited"));
    let told = told(&house, &mrn);
    assert_eq!(told.first().map(String::as_str), Some("01"));
    assert_eq!(told[told.len() - 4..], ["05", "51", "09", "16"], "{told:?}");
    // The trader is told why and what to do.
    let all = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let message = all["notifications"].as_array().unwrap().iter().rev().nth(3).unwrap();
    let message = message["message"].as_str().unwrap();
    assert!(message.contains("<StatementCode>sample</StatementCode>"), "{message}");
    assert!(
        message.contains("A sample is to be taken.") && message.contains("Lab 4."),
        "{message}"
    );
}

#[test]
fn what_cannot_be_done_is_refused_with_why() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = export(&house, "REFUSED");
    let before = house.get(&format!("/v1/declarations/{mrn}/events")).json();
    let check = |message: Value, status: u16, problem: &str, key: &str, wanted: &str| {
        let said = act(&house, &mrn, &message.to_string(), &message);
        said.is_problem(status, problem);
        let found = said.json()[key].to_string();
        assert!(found.contains(wanted), "{message}: {found}");
    };
    check(
        json!({"act": "hold", "by": "o", "kind": "query"}),
        422,
        "reason-wanted",
        "reasons",
        "question",
    );
    let other = json!({"act": "hold", "by": "o", "kind": "query", "reason": "prohibited"});
    check(other, 422, "reason-wanted", "reasons", "value-doubt");
    check(json!({"act": "jump", "by": "o"}), 400, "bad-request", "field", "act");
    check(json!({"act": "lift", "by": " ", "kind": "query"}), 400, "bad-request", "field", "by");
    check(json!({"act": "lift", "by": "o", "kind": "xyz"}), 400, "bad-request", "field", "kind");
    let long = json!({"act": "lift", "by": "o", "kind": "query", "agency": "x".repeat(24)});
    check(long, 400, "bad-request", "field", "agency");
    let note = json!({"act": "hold", "by": "o", "kind": "query", "reason": "question",
        "note": "a\u{1}b"});
    check(note, 400, "bad-request", "field", "note");
    check(json!({"act": "lift", "by": "o", "how": 1}), 400, "bad-request", "field", "how");
    check(
        json!({"act": "lift", "by": "o", "kind": "query"}),
        409,
        "act-refused",
        "why",
        "not-held",
    );
    // A look of the house would be taken for the hold of a person.
    for name in ["amendment 3", "result 12", "x~3"] {
        let own = json!({"act": "hold", "by": "o", "kind": "query", "reason": "question",
            "hold": name});
        check(own, 409, "act-refused", "why", "own-name");
    }
    let grant = json!({"act": "grant", "by": "o", "kind": "cancel", "request": 1});
    check(grant, 409, "act-refused", "why", "no-such-request");
    assert_eq!(house.get(&format!("/v1/declarations/{mrn}/events")).json(), before);
    let lift = json!({"act": "lift", "by": "o", "kind": "query"});
    act(&house, "26GBZ0000000000099", "k", &lift).is_problem(404, "not-found");
    house.post(&format!("/v1/declarations/{mrn}/acts"), &[], b"{}").is_problem(400, "key-wanted");
    // The same bytes under the same key about another declaration are another act.
    let depart = json!({"act": "depart", "by": "port"});
    assert_eq!(act(&house, &mrn, "leaves", &depart).status, 201);
    let other = export(&house, "OTHER");
    act(&house, &other, "leaves", &depart).is_problem(422, "key-used");
    let slash =
        json!({"act": "hold", "by": "o", "kind": "query", "agency": "a/b", "reason": "question"});
    act(&house, &other, "slash", &slash).is_problem(400, "bad-request");
    let amend = json!({"act": "request", "by": "o", "kind": "amend"});
    act(&house, &other, "amend", &amend).is_problem(400, "bad-request");
}

#[test]
fn a_request_moves_the_declaration_when_it_is_granted() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let check = |lrn: &str, answer: &str, reason: &str, wanted: &str, told_last: &[&str]| {
        let mrn = export(&house, lrn);
        let hold = json!({"act": "hold", "by": "o", "kind": "query", "reason": "question"});
        assert_eq!(act(&house, &mrn, &format!("{lrn} hold"), &hold).status, 201);
        let cancels = "<AdditionalInformation><StatementDescription>Not shipped\
            </StatementDescription><StatementTypeCode>AES</StatementTypeCode></AdditionalInformation>\
            <Amendment><ChangeReasonCode>1</ChangeReasonCode><Pointer>\
            <DocumentSectionCode>42A</DocumentSectionCode></Pointer></Amendment>";
        let asked =
            house.file(&format!("{lrn} ask"), &about(&mrn, &format!("{lrn}-C"), "INV", cancels));
        assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
        let before = state(&house, &mrn);
        let answer =
            json!({"act": answer, "by": "o", "kind": "cancel", "request": 1, "reason": reason});
        let done = act(&house, &mrn, &format!("{lrn} answer"), &answer);
        assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
        let wanted = if wanted.is_empty() { before } else { wanted.to_owned() };
        assert_eq!(done.text("state"), wanted);
        let told = told(&house, &mrn);
        assert_eq!(told[told.len() - told_last.len()..], *told_last, "{told:?}");
        let twice = act(&house, &mrn, &format!("{lrn} twice"), &answer);
        twice.is_problem(409, "act-refused");
    };
    check("GRANTED", "grant", "", "withdrawn", &["51", "02", "11", "10"]);
    check("DENIED", "deny", "too-late", "", &["51", "02", "11"]);
}

#[test]
fn many_who_act_at_once_do_each_thing_once() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = export(&house, "RACE");
    for n in 0..8 {
        let hold = json!({"act": "hold", "by": "o", "kind": "query", "agency": format!("a{n}"), "reason": "question"});
        assert_eq!(act(&house, &mrn, &format!("hold {n}"), &hold).status, 201);
    }
    lift_lane(&house, &mrn);
    // Each hold is lifted by four at once: one does it, the others are told that it is so already.
    let statuses = at_once(32, |n| {
        let lift =
            json!({"act": "lift", "by": "o", "kind": "query", "agency": format!("a{}", n % 8)});
        act(&house, &mrn, &format!("lift {n}"), &lift).status
    });
    assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 8, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|s| **s == 409).count(), 24, "{statuses:?}");
    assert_eq!(state(&house, &mrn), "cleared");
    let cleared = told(&house, &mrn).iter().filter(|f| *f == "09").count();
    assert_eq!(cleared, 1);
}

#[test]
fn a_granted_amendment_is_assessed_anew_and_stands() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = export(&house, "AMENDED");
    let opinion = |house: &House| house.get(&format!("/v1/declarations/{mrn}/opinion")).json();
    let before = opinion(&house);
    let pointers = ["42A", "67A", "68A", "23A"].map(|class| {
        format!(
            "<Pointer><SequenceNumeric>1</SequenceNumeric>\
             <DocumentSectionCode>{class}</DocumentSectionCode></Pointer>"
        )
    });
    let amends = |code: &str| {
        format!(
            "<Amendment><ChangeReasonCode>21</ChangeReasonCode>{}<Pointer>\
             <SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>21A</DocumentSectionCode>\
             <TagID>145</TagID></Pointer></Amendment><GoodsShipment><GovernmentAgencyGoodsItem>\
             <SequenceNumeric>1</SequenceNumeric><Commodity><Classification><ID>{code}</ID>\
             <IdentificationTypeCode>TSP</IdentificationTypeCode></Classification></Commodity>\
             </GovernmentAgencyGoodsItem></GoodsShipment>",
            pointers.concat()
        )
    };
    let grant =
        |number: u32| json!({"act": "grant", "by": "o", "kind": "amend", "request": number});
    // One whose declaration would be returned is not granted, and changes nothing.
    let bad = house.file("bad", &about(&mrn, "BAD", "COR", &amends("AB")));
    assert_eq!(bad.status, 201, "{}", String::from_utf8_lossy(&bad.body));
    let refused = act(&house, &mrn, "grant bad", &grant(1));
    refused.is_problem(422, "declaration-returned");
    assert_eq!(refused.json()["findings"][0]["code"], "FD411");
    assert_eq!(opinion(&house), before);
    let good = house.file("good", &about(&mrn, "GOOD", "COR", &amends("22085011")));
    assert_eq!(good.status, 201, "{}", String::from_utf8_lossy(&good.body));
    let granted = act(&house, &mrn, "grant good", &grant(2));
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    let after = opinion(&house);
    assert_ne!(after, before);
    assert_eq!(after["message"], "amendment", "{after}");
    let standing = house.get(&format!("/v1/declarations/{mrn}")).json();
    assert_eq!((&standing["lane"], &standing["total"]), (&"green".into(), &"0.00 GBP".into()));
    // What was machine tools under control is gin: no licence is asked for any more.
    let asks = |o: &Value| o["requirements"].to_string().contains("dual-use");
    assert!(asks(&before) && !asks(&after), "{}", after["requirements"]);
    lift_lane(&house, &mrn);
    let told = told(&house, &mrn);
    assert_eq!(told[told.len() - 2..], ["07", "09"], "{told:?}");
    // One granted later does not change what was thought of the first.
    let back = house.file("back", &about(&mrn, "BACK", "COR", &amends("84571010")));
    assert_eq!(back.status, 201, "{}", String::from_utf8_lossy(&back.body));
    assert_eq!(act(&house, &mrn, "grant back", &grant(3)).status, 201);
    assert!(asks(&opinion(&house)));
    // Another program that opens the house forms the same opinion again.
    house.stop();
    let (act, data) = (granted.text("id"), dir.path().to_str().unwrap());
    let replayed = crate::commands::run(&["replay", &act, "--data", data]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
}

#[test]
fn the_page_says_who_holds_the_goods_why_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = export(&house, "PAGE");
    let hold = json!({"act": "hold", "by": "inspector 7", "kind": "examination", "agency": "vet",
        "reason": "sample", "note": "Dock <2>"});
    assert_eq!(act(&house, &mrn, "hold", &hold).status, 201);
    let check = |language: &str, wanted: &[&str]| {
        let page = house.get(&format!("/declarations/{mrn}?lang={language}"));
        let page = String::from_utf8(page.body).unwrap();
        for wanted in wanted {
            assert!(page.contains(wanted), "{language}: {wanted}");
        }
    };
    check("en", &["A sample is to be taken.", "Present the goods;", "Dock &#60;2&#62;", "vet"]);
    check("zh", &["须取样。", "请出示货物", "inspector 7"]);
    check("ru", &["Нужно взять пробу.", "Предъявите товар", "inspector 7"]);
}

#[test]
fn what_is_over_is_not_changed_or_ended_again() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = export(&house, "OVER");
    let cancel = json!({"act": "cancel", "by": "o", "reason": "no"});
    let refused = act(&house, &mrn, "c0", &cancel).json();
    let reason = refused["reasons"][0]["code"].clone();
    let cancel = json!({"act": "cancel", "by": "o", "reason": reason});
    assert_eq!(act(&house, &mrn, "c", &cancel).status, 201);
    for (key, kind, more) in [("a", "COR", crate::http::AMENDS), ("i", "INV", crate::http::CANCELS)]
    {
        let filed = house.file(key, &about(&mrn, key, kind, more));
        filed.is_problem(422, "declaration-returned");
        assert_eq!(filed.json()["findings"][0]["code"], "FD603");
        assert_eq!(filed.json()["findings"][0]["value"], mrn);
    }
    assert_eq!(state(&house, &mrn), "cancelled");
    assert_eq!(told(&house, &mrn).iter().filter(|f| *f == "02").count(), 0);
}
