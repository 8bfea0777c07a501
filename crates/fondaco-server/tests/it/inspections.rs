//! Visits in which goods are looked at: booked by several at once, results at once and later.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::agencies::{act, filed, lift_lane, state};
use crate::decide::{sends_to, text};
use crate::http::{House, Said, at_once};
use crate::undone::{amended, events, taken_off};

/// A quay with room for two in each half hour, and a yard for one where only the vet looks.
const POSTS: &str = "\
id,name_en,name_zh,name_ru,utc_offset,days,opens,closes,slot_minutes,capacity,agencies,from,until
quay,Quay 4,4号码头,Причал 4,+00:00,1234567,08:00,18:00,30,2,,,
yard,Yard,场站,Площадка,+08:00,12345,09:00,10:00,60,1,plant-health,,
";

fn house(dir: &Path) -> House {
    std::fs::create_dir_all(dir.join("pack")).unwrap();
    std::fs::write(dir.join("pack/posts.csv"), POSTS).unwrap();
    House::sandbox(dir)
}

/// An export that owes nothing, held for examination by these agencies.
fn held(house: &House, lrn: &str, agencies: &[&str]) -> String {
    let mrn = filed(house, "gb/043-machine-licence.xml", lrn, 1);
    for agency in agencies {
        let hold = json!({"act": "hold", "by": "o", "kind": "examination", "agency": agency,
            "reason": "identity-check"});
        assert_eq!(act(house, &mrn, &format!("{lrn} {agency}"), &hold).status, 201);
    }
    lift_lane(house, &mrn);
    assert_eq!(state(house, &mrn), "under-examination");
    mrn
}

fn send(house: &House, path: &str, key: &str, body: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post(path, &headers, body.to_string().as_bytes())
}

fn book(house: &House, mrn: &str, key: &str, body: &Value) -> Said {
    send(house, &format!("/v1/declarations/{mrn}/inspections"), key, body)
}

fn control(agency: &str) -> Value {
    json!({"kind": "examination", "agency": agency})
}

fn at(slot: &str, agencies: &[&str]) -> Value {
    let controls: Vec<Value> = agencies.iter().map(|a| control(a)).collect();
    json!({"by": "o", "post": "quay", "slot": slot, "controls": controls})
}

fn visits(house: &House, mrn: &str) -> Vec<Value> {
    let said = house.get(&format!("/v1/declarations/{mrn}/inspections")).json();
    said.as_array().unwrap().clone()
}

fn free(house: &House, slot: &str) -> u64 {
    let (day, _) = slot.split_once('T').unwrap();
    let posts = house.get(&format!("/v1/posts?on={day}")).json();
    let quay = posts.as_array().unwrap().iter().find(|p| p["id"] == "quay").unwrap();
    let slots = quay["slots"].as_array().unwrap();
    slots.iter().find(|s| s["slot"] == slot).unwrap()["free"].as_u64().unwrap()
}

const SLOT: &str = "2099-01-05T09:00";
const LATER: &str = "2099-01-05T09:30";

#[test]
fn sixty_four_at_once_never_book_a_slot_twice_nor_more_than_it_takes() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let agencies = ["vet", "radio"];
    let mrns: Vec<String> = (0..8).map(|n| held(&house, &format!("MANY-{n}"), &agencies)).collect();
    // Of eight consignments two find room; each of two agencies asks four times for each of them.
    let said = at_once(64, |n| {
        let agency = agencies[n / 8 % 2];
        let said = book(&house, &mrns[n % 8], &format!("book {n}"), &at(SLOT, &[agency]));
        (n % 8, agency, said.status, said.text("why"), said.text("inspection"))
    });
    let mut booked: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut ids: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (n, agency, status, why, id) in &said {
        match (status, why.as_str()) {
            (201, _) => {
                *booked.entry((*n, agency)).or_default() += 1;
                ids.entry(*n).or_default().push(id);
            }
            (409, "already" | "full") => {}
            other => panic!("{other:?}"),
        }
    }
    // Both agencies of the two came together, once each, in one visit; the other six found it full.
    assert_eq!(booked.len(), 4, "{booked:?}");
    assert!(booked.values().all(|n| *n == 1), "{booked:?}");
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(ids.values().all(|ids| ids[0] == ids[1]), "{ids:?}");
    assert_eq!(said.iter().filter(|s| s.3 == "full").count(), 48);
    assert_eq!(said.iter().filter(|s| s.3 == "already").count(), 12);
    assert_eq!(free(&house, SLOT), 0);
    let all: Vec<Vec<Value>> = mrns.iter().map(|mrn| visits(&house, mrn)).collect();
    assert_eq!(all.iter().filter(|v| v.len() == 1).count(), 2);
    for visit in all.iter().flatten() {
        assert_eq!(visit["controls"].as_array().unwrap().len(), 2, "{visit}");
    }
    // The same message sent by many at once under one key is one booking.
    let mrn = &mrns[all.iter().position(Vec::is_empty).unwrap()];
    let same = at_once(16, |_| book(&house, mrn, "same", &at(LATER, &agencies)).text("inspection"));
    assert!(same.iter().all(|id| *id == same[0] && !id.is_empty()), "{same:?}");
    assert_eq!(free(&house, LATER), 1);
    // Another process that opens the house finds what was booked.
    house.stop();
    let house = self::house(dir.path());
    assert_eq!((free(&house, SLOT), free(&house, LATER)), (0, 1));
}

#[test]
fn a_visit_is_moved_joined_and_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = held(&house, "MOVED", &["vet", "plant-health"]);
    let first = book(&house, &mrn, "1", &at(SLOT, &["vet"]));
    assert_eq!(first.status, 201, "{}", String::from_utf8_lossy(&first.body));
    let id = first.text("inspection");
    // The second agency is told of the visit there is, and joins it.
    let other = book(&house, &mrn, "2", &at(LATER, &["plant-health"]));
    other.is_problem(409, "booking-refused");
    let told = ["why", "inspection", "post", "slot"].map(|key| other.text(key));
    assert_eq!(told, ["elsewhere", &id, "quay", SLOT]);
    let joined = book(&house, &mrn, "3", &at(SLOT, &["plant-health"]));
    assert_eq!((joined.status, joined.text("inspection")), (201, id.clone()));
    let again = book(&house, &mrn, "3", &at(SLOT, &["plant-health"]));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.text("inspection"), id);
    assert_eq!(free(&house, SLOT), 1);
    book(&house, &mrn, "3", &at(LATER, &["plant-health"])).is_problem(422, "key-used");
    // Moved: none named are all that wait for an examination.
    let moves = json!({"by": "o", "post": "quay", "slot": LATER, "replaces": id});
    let moved = book(&house, &mrn, "4", &moves);
    assert_eq!(moved.status, 201, "{}", String::from_utf8_lossy(&moved.body));
    assert_eq!((free(&house, SLOT), free(&house, LATER)), (2, 1));
    let all = visits(&house, &mrn);
    assert_eq!(all[0]["given_up"], true);
    assert_eq!(all[1]["controls"].as_array().unwrap().len(), 2);
    let up = json!({"by": "o", "replaces": moved.text("inspection")});
    assert_eq!(book(&house, &mrn, "5", &up).status, 201);
    assert_eq!(free(&house, LATER), 2);
    let check = |body: Value, status: u16, kind: &str, why: &str| {
        let said = book(&house, &mrn, &body.to_string(), &body);
        said.is_problem(status, kind);
        let found = if said.text("why").is_empty() { said.text("field") } else { said.text("why") };
        assert!(found.contains(why), "{body}: {found}");
    };
    let refused = "booking-refused";
    check(up, 409, refused, "no-such-visit");
    check(at("2099-01-05T09:10", &["vet"]), 409, refused, "no-slot");
    check(at("2099-01-05T18:00", &["vet"]), 409, refused, "no-slot");
    check(at("2020-01-05T09:00", &["vet"]), 409, refused, "past");
    check(at(SLOT, &["nobody"]), 409, refused, "not-held");
    let mut yard = at("2099-01-05T09:00", &["vet"]);
    yard["post"] = "yard".into();
    check(yard.clone(), 409, refused, "not-served");
    yard["slot"] = "2099-01-04T09:00".into();
    check(yard.clone(), 409, refused, "no-slot");
    yard["post"] = "nowhere".into();
    check(yard, 400, "bad-request", "post");
    check(at("tomorrow", &["vet"]), 400, "bad-request", "slot");
    check(json!({"by": "o"}), 400, "bad-request", "post");
    check(json!({"by": " ", "post": "quay", "slot": SLOT}), 400, "bad-request", "by");
    check(json!({"by": "o", "where": 1}), 400, "bad-request", "where");
    // Nobody comes for what is over.
    let end = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
    assert_eq!(act(&house, &mrn, "end", &end).status, 201);
    check(at(SLOT, &["plant-health"]), 409, refused, "not-held");
    book(&house, "26GBZ0000000000099", "k", &at(SLOT, &["vet"])).is_problem(404, "not-found");
    house.get("/v1/posts?on=x").is_problem(400, "bad-request");
}

/// A result of a device: of each agency what was found.
fn result(sequence: u32, made: &str, found: &[(&str, &str)]) -> Value {
    let one = |(agency, outcome): &(&str, &str)| {
        let mut one = control(agency);
        one["outcome"] = (*outcome).into();
        if *outcome != "pass" {
            one["reason"] = "sanitary".into();
            one["note"] = "Dock <2>".into();
        }
        one
    };
    let controls: Vec<Value> = found.iter().map(one).collect();
    json!({"by": "inspector 7", "device": "tablet-1", "sequence": sequence,
        "made_at": format!("2026-01-05T{made}Z"), "controls": controls})
}

/// What was found of controls of the vet: by name, outcome and items.
type Found<'f> = &'f [(&'f str, &'f str, &'f [u32])];

/// A control of the vet's by its name.
fn named(hold: &str) -> Value {
    json!({"kind": "examination", "agency": "vet", "hold": hold})
}

struct Visit<'h> {
    house: &'h House,
    mrn: String,
    id: String,
}

impl<'h> Visit<'h> {
    fn of(house: &'h House, lrn: &str) -> Self {
        let mrn = held(house, lrn, &["vet", "radio"]);
        let slot = format!("2099-01-{:02}T09:00", 6 + lrn.len() % 20);
        let booked = book(house, &mrn, &format!("{lrn} book"), &at(&slot, &["vet", "radio"]));
        assert_eq!(booked.status, 201, "{}", String::from_utf8_lossy(&booked.body));
        Self { house, id: booked.text("inspection"), mrn }
    }

    fn put(&self, key: &str, result: &Value) -> Said {
        let path = format!("/v1/declarations/{}/inspections/{}/results", self.mrn, self.id);
        send(self.house, &path, &format!("{} {key}", self.mrn), result)
    }

    /// One of controls `a` and `b` of the vet on lamb of this many items.
    fn of_two(house: &'h House, lrn: &str, items: usize) -> Self {
        let mrn = filed(house, "gb/014-lamb-gateway.xml", lrn, items);
        for hold in ["a", "b"] {
            let mut act = named(hold);
            act["act"] = "hold".into();
            act["by"] = "o".into();
            act["reason"] = "identity-check".into();
            assert_eq!(self::act(house, &mrn, &format!("{lrn} {hold}"), &act).status, 201);
        }
        lift_lane(house, &mrn);
        let slot = format!("2099-02-{:02}T09:00", lrn.len());
        let visit = json!({"by": "o", "post": "quay", "slot": slot,
            "controls": [named("a"), named("b")]});
        let booked = book(house, &mrn, &format!("{lrn} book"), &visit);
        assert_eq!(booked.status, 201, "{}", String::from_utf8_lossy(&booked.body));
        Self { house, id: booked.text("inspection"), mrn }
    }

    /// Puts down what was found of controls of the vet by their names, at this minute past nine; the state
    /// after it.
    fn finds(&self, minute: u32, found: Found<'_>) -> String {
        let mut result = result(minute, &format!("09:{minute:02}:00"), &[]);
        result["device"] = self.mrn.clone().into();
        let one = |(hold, outcome, items): &(&str, &str, &[u32])| {
            let mut one = named(hold);
            one["outcome"] = (*outcome).into();
            one["items"] = json!(items);
            match *outcome {
                "pass" => {}
                "detain" => one["reason"] = "intellectual-property".into(),
                _ => one["reason"] = "sanitary".into(),
            }
            one["note"] = format!("found by {hold}").into();
            one
        };
        result["controls"] = found.iter().map(one).collect();
        let said = self.put(&minute.to_string(), &result);
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        said.text("state")
    }

    /// How often something happened to the declaration.
    fn count(&self, event: &str) -> usize {
        events(self.house, &self.mrn, event).len()
    }

    /// What was found of an agency's control, and how many results of it came.
    fn outcome(&self, agency: &str) -> (String, usize) {
        let visit = visits(self.house, &self.mrn).pop().unwrap();
        let controls = visit["controls"].as_array().unwrap().clone();
        let one = controls.iter().find(|c| c["agency"] == agency).unwrap();
        let outcome = one["outcome"].as_str().unwrap_or_default().to_owned();
        (outcome, one["results"].as_array().unwrap().len())
    }
}

#[test]
fn one_visit_answers_the_controls_of_several_agencies() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let check = |lrn: &str, vet: &str, radio: &str, wanted: &str| {
        let visit = Visit::of(&house, lrn);
        // Each device has a number of its own for it.
        let mut both = result(1, "09:10:00", &[("vet", vet), ("radio", radio)]);
        both["device"] = lrn.into();
        let said = visit.put("both", &both);
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        assert_eq!(said.text("state"), wanted, "{vet} {radio}");
        assert_eq!(said.text("inspection"), visit.id);
        assert_eq!(visit.outcome("vet"), (vet.to_owned(), 1));
        assert_eq!(visit.outcome("radio"), (radio.to_owned(), 1));
        visit.mrn
    };
    check("A", "pass", "pass", "cleared");
    let detained = check("AB", "pass", "detain", "detained");
    check("ABC", "refuse", "pass", "refused");
    check("ABCD", "detain", "refuse", "refused");
    // The trader is told why and what to do.
    let told = house.get(&format!("/v1/declarations/{detained}/notifications")).json();
    let told = told["notifications"].as_array().unwrap().clone();
    let message = told.iter().find(|n| n["function"] == "52").unwrap()["message"].to_string();
    for wanted in ["sanitary", "Have them treated, returned or destroyed", "Dock"] {
        assert!(message.contains(wanted), "{message}");
    }
    for (language, wanted) in
        [("en", "Have them treated"), ("zh", "退运或销毁"), ("ru", "Обработайте")]
    {
        let page = house.get(&format!("/declarations/{detained}?lang={language}"));
        let page = String::from_utf8(page.body).unwrap();
        assert!(page.contains(wanted) && page.contains("inspector 7"), "{language}");
    }
    for (language, wanted) in [
        ("en", ["Quay 4", "not so: detained", "as it has to be"]),
        ("zh", ["4号码头", "不符：扣留", "符合要求"]),
        ("ru", ["Причал 4", "не соответствует: задержано", "соответствует"]),
    ] {
        let page = house.get(&format!("/declarations/{detained}?lang={language}"));
        let page = String::from_utf8(page.body).unwrap();
        assert!(wanted.iter().all(|wanted| page.contains(wanted)), "{language}");
    }
    // It is a task of the agency again, and its lift lets the goods go.
    let task = crate::agencies::tasks(&house, "radio").pop().unwrap();
    assert_eq!((&task["mrn"], &task["kind"]), (&detained.clone().into(), &"detention".into()));
    let lift = json!({"act": "lift", "by": "r", "kind": "detention", "agency": "radio",
        "hold": task["hold"]});
    let lifted = act(&house, &detained, "lift", &lift);
    assert_eq!((lifted.status, &*lifted.text("state")), (201, "cleared"));
}

#[test]
fn a_result_counts_once_and_the_one_made_last_decides_whenever_it_comes() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let vet = |sequence, made, outcome| result(sequence, made, &[("vet", outcome)]);
    let radio = |n: u32| {
        let mut one = result(n, "09:00:00", &[("radio", "pass")]);
        one["device"] = "radio".into();
        one
    };
    // Sent twice under one key and under another: once.
    let visit = Visit::of(&house, "T");
    assert_eq!(visit.put("r", &radio(1)).status, 201);
    let first = visit.put("1", &vet(1, "09:10:00", "detain"));
    assert_eq!((first.status, &*first.text("state")), (201, "detained"));
    for key in ["1", "another"] {
        let again = visit.put(key, &vet(1, "09:10:00", "detain"));
        assert_eq!((again.status, again.text("id")), (201, first.text("id")), "{key}");
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
    assert_eq!(visit.outcome("vet"), ("detain".to_owned(), 1));
    // The same number of the device with something else.
    visit.put("other", &vet(1, "09:10:00", "pass")).is_problem(422, "result-differs");
    // Many at once: once.
    let said = at_once(16, |n| {
        let said = visit.put(&format!("many {n}"), &vet(2, "09:20:00", "pass"));
        (said.status, said.text("id"))
    });
    assert!(said.iter().all(|s| *s == (201, said[0].1.clone())), "{said:?}");
    assert_eq!(
        (visit.outcome("vet"), &*state(&house, &visit.mrn)),
        (("pass".into(), 2), "cleared")
    );
    // Late and out of order: what was made before changes nothing, what was made after does.
    let visit = Visit::of(&house, "TO");
    assert_eq!(visit.put("r", &radio(2)).status, 201);
    let second = visit.put("2", &vet(12, "10:00:00", "pass"));
    assert_eq!(second.text("state"), "cleared");
    let late = visit.put("1", &vet(11, "09:30:00", "refuse"));
    assert_eq!((late.status, &*late.text("state")), (201, "cleared"));
    assert_eq!(visit.outcome("vet"), ("pass".to_owned(), 2));
    let third = visit.put("3", &vet(13, "10:30:00", "detain"));
    assert_eq!((third.status, &*third.text("state")), (201, "recalled"));
    let fourth = visit.put("4", &vet(14, "11:00:00", "pass"));
    assert_eq!((fourth.status, &*fourth.text("state")), (201, "cleared"));
    assert_eq!(visit.outcome("vet"), ("pass".to_owned(), 4));
    // A refusal by a result made later is no more; the goods go.
    let visit = Visit::of(&house, "TOM");
    assert_eq!(visit.put("r", &radio(3)).status, 201);
    assert_eq!(visit.put("1", &vet(21, "09:00:00", "refuse")).text("state"), "refused");
    assert_eq!(visit.put("2", &vet(22, "09:30:00", "pass")).text("state"), "cleared");
    let check = |body: Value, status: u16, kind: &str, field: &str| {
        let said = visit.put(&body.to_string(), &body);
        said.is_problem(status, kind);
        let found = [said.text("field"), said.text("why"), said.json()["reasons"].to_string()];
        assert!(found.iter().any(|f| f.contains(field)), "{body}: {found:?}");
    };
    let with = |key: &str, value: Value| {
        let mut one = vet(30, "09:40:00", "pass");
        one[key] = value;
        one
    };
    // What is made tomorrow would stand against all that is found today.
    check(with("made_at", "2099-01-01T00:00:00Z".into()), 400, "bad-request", "made_at");
    check(with("made_at", "yesterday".into()), 400, "bad-request", "made_at");
    check(with("device", " ".into()), 400, "bad-request", "device");
    check(with("controls", json!([])), 400, "bad-request", "controls");
    check(vet(31, "09:40:00", "perhaps"), 400, "bad-request", "outcome");
    check(with("controls", json!([control("nobody")])), 400, "bad-request", "outcome");
    check(result(32, "09:40:00", &[("x", "pass")]), 409, "booking-refused", "not-for-it");
    let mut none = vet(33, "09:40:00", "detain");
    none["controls"][0]["reason"] = "question".into();
    check(none, 422, "reason-wanted", "sanitary");
    let mut elsewhere = Visit { house: &house, mrn: visit.mrn.clone(), id: "none".to_owned() };
    let said = elsewhere.put("e", &vet(34, "09:40:00", "pass"));
    said.is_problem(409, "booking-refused");
    assert_eq!(said.text("why"), "no-such-visit");
    elsewhere.mrn = "26GBZ0000000000099".to_owned();
    elsewhere.put("e", &vet(34, "09:40:00", "pass")).is_problem(404, "not-found");
    // What was said by results and bookings is replayed as it was said.
    let results = [second.text("id"), fourth.text("id")];
    house.stop();
    for id in results {
        let data = dir.path().to_str().unwrap();
        let replayed = crate::commands::run(&["replay", &id, "--data", data]);
        assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
    }
}

#[test]
fn each_refusal_of_a_message_keeps_its_own_items_through_an_amendment() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let none = [].as_slice();
    // Found of the first and the second control of the vet, with items; whether it is refused once item 1
    // is taken off.
    let check = |lrn: &str, found: [(&str, &[u32]); 2], refused: bool| {
        let visit = Visit::of_two(&house, lrn, 2);
        let [(a, of_a), (b, of_b)] = found;
        assert_eq!(visit.finds(10, &[("a", a, of_a), ("b", b, of_b)]), "refused");
        amended(&house, &visit.mrn, &format!("{lrn}-2"), 1, &taken_off(&[1], 1));
        let still = state(&house, &visit.mrn) == "refused";
        assert_eq!(still, refused, "{found:?}");
        assert_eq!(
            events(&house, &visit.mrn, "refusal-overturned").is_empty(),
            refused,
            "{found:?}"
        );
    };
    check("V", [("refuse", &[1]), ("refuse", none)], true);
    check("VE", [("refuse", none), ("refuse", &[1])], true);
    check("VET", [("refuse", &[1]), ("refuse", &[2])], true);
    check("VETS", [("refuse", &[1]), ("refuse", &[1])], false);
    check("VETSX", [("detain", &[2]), ("refuse", &[1])], false);
    check("VETSXY", [("pass", none), ("refuse", &[1])], false);
    // What is not declared is no item: the whole is refused.
    check("VETSXYZ", [("pass", none), ("refuse", &[9])], true);
}

#[test]
fn a_visit_is_for_no_detention() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = held(&house, "DETAINED", &["vet"]);
    let detain = json!({"act": "hold", "by": "o", "kind": "detention", "agency": "vet",
        "reason": "sanitary"});
    assert_eq!(act(&house, &mrn, "detain", &detain).status, 201);
    let mut visit = at(SLOT, &["vet"]);
    let detention = json!({"kind": "detention", "agency": "vet"});
    visit["controls"].as_array_mut().unwrap().push(detention);
    let said = book(&house, &mrn, "both", &visit);
    said.is_problem(400, "bad-request");
    assert_eq!(said.text("field"), "controls");
    assert_eq!(book(&house, &mrn, "one", &at(SLOT, &["vet"])).status, 201);
}

#[test]
fn a_pass_ends_no_refusal_that_an_officer_made() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let vet = |sequence, made, outcome| {
        let mut one = result(sequence, made, &[("vet", outcome)]);
        one["device"] = "vet".into();
        one
    };
    let visit = Visit::of(&house, "OWN");
    let refuse = json!({"act": "refuse", "by": "v", "agency": "vet", "reason": "sanitary"});
    assert_eq!(act(&house, &visit.mrn, "own", &refuse).text("state"), "refused");
    assert_eq!(visit.put("1", &vet(1, "09:00:00", "refuse")).text("state"), "refused");
    assert_eq!(visit.put("2", &vet(2, "09:30:00", "pass")).text("state"), "refused");
    assert!(events(&house, &visit.mrn, "refusal-overturned").is_empty());
}

#[test]
fn a_refusal_ends_once_every_control_that_refused_passes() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let none = [].as_slice();
    let check = |lrn: &str, passes: [&str; 2]| {
        let visit = Visit::of_two(&house, lrn, 1);
        assert_eq!(visit.finds(1, &[("a", "refuse", none)]), "refused");
        assert_eq!(visit.finds(2, &[("b", "refuse", none)]), "refused");
        assert_eq!(visit.finds(3, &[(passes[0], "pass", none)]), "refused");
        assert_ne!(visit.finds(4, &[(passes[1], "pass", none)]), "refused", "{passes:?}");
        assert_eq!(visit.count("refusal-overturned"), 1, "{passes:?}");
    };
    check("B", ["b", "a"]);
    check("BO", ["a", "b"]);
}

#[test]
fn each_detention_has_the_items_and_the_reason_of_its_own_control() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    // Messages as they come; the detentions there are then, by items and by whose control.
    let check = |lrn: &str, messages: &[(u32, Found<'_>)], wanted: &[(&str, u32)]| {
        let visit = Visit::of_two(&house, lrn, 2);
        for (minute, found) in messages {
            visit.finds(*minute, found);
        }
        let mrn = &visit.mrn;
        let tasks = crate::agencies::tasks(&house, "vet");
        let own = |t: &&Value| t["mrn"] == **mrn && t["kind"] == "detention";
        let tasks: Vec<&Value> = tasks.iter().filter(own).collect();
        let items: Vec<Value> = tasks.iter().map(|t| t["items"].clone()).collect();
        let all: Vec<Value> = wanted.iter().map(|(_, item)| json!([item])).collect();
        assert_eq!(items, all, "{messages:?}");
        // The trader is told why of each, and so is who looks at the page.
        let told = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
        let told = told["notifications"].as_array().unwrap().clone();
        let told: Vec<String> = told
            .iter()
            .filter(|n| n["function"] == "52")
            .map(|n| n["message"].to_string())
            .filter(|message| message.contains("found by"))
            .collect();
        for (by, _) in wanted {
            let by = format!("found by {by}");
            assert_eq!(told.iter().filter(|message| message.contains(&by)).count(), 1, "{told:?}");
            let page = house.get(&format!("/declarations/{mrn}?lang=en"));
            assert!(String::from_utf8(page.body).unwrap().contains(&by), "{by}");
        }
        for (n, (task, (_, item))) in tasks.iter().zip(wanted).enumerate() {
            let lift = |items: &[u32]| {
                let lift = json!({"act": "lift", "by": "v", "kind": "detention", "agency": "vet",
                    "hold": task["hold"], "items": items});
                act(&house, mrn, &format!("{lrn} {n} {items:?}"), &lift)
            };
            lift(&[3 - item]).is_problem(400, "bad-request");
            assert_eq!(lift(&[*item]).status, 201, "{task}");
        }
    };
    let one = [1].as_slice();
    let two = [2].as_slice();
    check("D", &[(1, &[("a", "refuse", one), ("b", "detain", two)])], &[("b", 2)]);
    check("DE", &[(1, &[("a", "detain", one), ("b", "detain", two)])], &[("a", 1), ("b", 2)]);
    check("DET", &[(1, &[("a", "detain", two), ("b", "detain", one)])], &[("a", 2), ("b", 1)]);
    // What was made before changes nothing: the detention is of the other control.
    let late: Found<'_> = &[("a", "detain", one), ("b", "detain", two)];
    check("DETA", &[(9, &[("a", "pass", &[])]), (5, late)], &[("b", 2)]);
}

#[test]
fn an_amendment_ends_what_the_results_that_decide_refuse_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let (one, two) = ([1].as_slice(), [2].as_slice());
    let refuse = |visit: &Visit<'_>, items: &[u32]| {
        let refuse = json!({"act": "refuse", "by": "v", "agency": "vet", "reason": "sanitary",
            "items": items});
        let key = format!("refuse {} {items:?}", visit.mrn);
        act(&house, &visit.mrn, &key, &refuse).status
    };
    // An officer refuses item 1; whether the goods are refused once it is taken off, by what was found.
    let check = |lrn: &str, found: &[(u32, Found<'_>)], refused: bool| {
        let visit = Visit::of_two(&house, lrn, 2);
        assert_eq!(refuse(&visit, one), 201);
        for (minute, found) in found {
            assert_eq!(visit.finds(*minute, found), "refused");
        }
        amended(&house, &visit.mrn, &format!("{lrn}-2"), 1, &taken_off(&[1], 1));
        assert_eq!(state(&house, &visit.mrn) == "refused", refused, "{found:?}");
        assert_eq!(visit.count("refusal-overturned"), usize::from(!refused), "{found:?}");
    };
    check("A", &[(1, &[("a", "refuse", two)])], true);
    check("AM", &[(1, &[("a", "refuse", two)]), (2, &[("a", "pass", two)])], false);
    check("AME", &[(1, &[("a", "refuse", &[])]), (2, &[("a", "detain", two)])], false);
    check("AMEN", &[(1, &[("a", "refuse", two)]), (2, &[("b", "pass", two)])], true);
    // What the same control refuses instead is refused, and nothing else.
    check("AMEND", &[(1, &[("a", "refuse", two)]), (2, &[("a", "refuse", one)])], false);
    // Made before the pass that came first, it never refused anything; that beside it did.
    let late: Found<'_> = &[("a", "refuse", two), ("b", "refuse", one)];
    check("AMENDE", &[(9, &[("a", "pass", one)]), (5, late)], false);
    // The same where it is taken off before the control passes.
    let visit = Visit::of_two(&house, "AMENDING", 2);
    assert_eq!(refuse(&visit, one), 201);
    assert_eq!(visit.finds(1, &[("a", "refuse", two)]), "refused");
    amended(&house, &visit.mrn, "AMENDING-2", 1, &taken_off(&[1], 1));
    assert_eq!(state(&house, &visit.mrn), "refused");
    assert_ne!(visit.finds(2, &[("a", "pass", one)]), "refused");
    // What a control refuses no more an officer may.
    let visit = Visit::of_two(&house, "AMENDED", 2);
    assert_eq!(refuse(&visit, one), 201);
    visit.finds(1, &[("a", "refuse", two)]);
    assert_eq!(refuse(&visit, two), 409);
    visit.finds(2, &[("a", "pass", two)]);
    assert_eq!(refuse(&visit, two), 201);
}

#[test]
fn a_refusal_comes_back_unless_an_appeal_or_an_amendment_overturned_it() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let none = [].as_slice();
    let (a_refuses, b_refuses) = (("a", "refuse", none), ("b", "refuse", none));
    let a_passes = ("a", "pass", none);
    let finds = |lrn: &str, messages: &[Found<'_>]| {
        let visit = Visit::of_two(&house, lrn, 2);
        for (minute, found) in (1..).zip(messages) {
            visit.finds(minute, found);
        }
        visit
    };
    // The same results in any order: the goods are refused.
    let check = |lrn: &str, messages: &[Found<'_>], overturned: usize| {
        let visit = finds(lrn, messages);
        assert_eq!(state(&house, &visit.mrn), "refused", "{messages:?}");
        assert_eq!(visit.count("refusal-overturned"), overturned, "{messages:?}");
        assert_eq!(visit.count("detained"), 0, "{messages:?}");
    };
    check("O", &[&[a_refuses], &[a_passes, b_refuses]], 0);
    check("OV", &[&[a_refuses], &[b_refuses, a_passes]], 0);
    check("OVE", &[&[a_refuses], &[b_refuses], &[a_passes]], 0);
    check("OVER", &[&[a_refuses], &[a_passes], &[b_refuses]], 1);
    check("OVERT", &[&[a_refuses], &[a_passes], &[a_refuses]], 1);
    // What an appeal decided no result undoes, nor what an amendment took off.
    let visit = finds("OVERTU", &[&[a_refuses]]);
    let appeal = json!({"act": "request", "by": "trader", "kind": "appeal"});
    assert_eq!(act(&house, &visit.mrn, "appeal", &appeal).status, 201);
    let grant = json!({"act": "grant", "by": "judge", "kind": "appeal", "request": 1,
        "overturns": "vet"});
    assert_eq!(act(&house, &visit.mrn, "grant", &grant).status, 201);
    assert_eq!(visit.finds(9, &[b_refuses]), "detained");
    let visit = finds("OVERTUR", &[&[("a", "refuse", &[1])]]);
    amended(&house, &visit.mrn, "OVERTUR-2", 1, &taken_off(&[1], 1));
    assert_eq!(visit.finds(9, &[b_refuses]), "detained");
}

#[test]
fn a_visit_is_booked_and_its_results_are_put_down_on_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = held(&house, "PAGE", &["vet", "plant-health"]);
    let at = format!("/declarations/{mrn}/visits");
    let page = |query: &str| text(&house.get(&format!("{at}?{query}")));
    assert!(text(&house.get(&format!("/declarations/{mrn}"))).contains(&at));
    for (tag, says) in [
        ("en", "No post is in force on this day"),
        ("zh", "当日没有生效的查验点"),
        ("ru", "На этот день постов нет"),
    ] {
        // No pack brings posts.
        let bare = tempfile::tempdir().unwrap();
        let other = House::sandbox(bare.path());
        let filed = filed(&other, "gb/043-machine-licence.xml", "BARE", 1);
        let hold = json!({"act": "hold", "by": "o", "kind": "examination", "agency": "vet",
            "reason": "identity-check"});
        assert_eq!(act(&other, &filed, "h", &hold).status, 201);
        let said = text(&other.get(&format!("/declarations/{filed}/visits?lang={tag}")));
        assert!(said.contains(says), "{tag}: {said}");
    }
    assert!(page("day=2099-01-05&lang=zh").contains("4号码头, 2099-01-05"));
    assert!(page("day=2099-02-30&lang=ru").contains("Такого дня нет"));
    let sends = |lang: &str, fields: &[(&str, &str)]| {
        sends_to(&house, &at, &[("Accept-Language", lang)], fields)
    };
    let slot = format!("quay/{SLOT}");
    let [vet, plant] = ["examination/vet/", "examination/plant-health/"];
    let check = |status: u16, says: &str, lang: &str, fields: &[(&str, &str)]| {
        let said = sends(lang, fields);
        assert_eq!(said.status, status, "{}", text(&said));
        assert!(text(&said).contains(says), "{says}: {}", text(&said));
        assert_eq!(visits(&house, &mrn).len(), 0);
    };
    check(422, "Choose a time of a post", "en", &[("do", "book"), ("by", "o")]);
    check(422, "Укажите, кто решает", "ru", &[("do", "book"), ("by", " "), ("slot", &slot)]);
    check(
        409,
        "该查验点没有此时开始的时段",
        "zh",
        &[("do", "book"), ("by", "o"), ("slot", "quay/2099-01-05T09:07")],
    );
    let foreign = sends_to(&house, &at, &[("Sec-Fetch-Site", "cross-site")], &[("do", "book")]);
    assert_eq!(foreign.status, 403);

    // Booked for both, sent twice it is booked once.
    let both = [
        ("do", "book"),
        ("by", "o"),
        ("slot", &slot),
        ("control", vet),
        ("control", plant),
        ("key", "b1"),
    ];
    for _ in 0..2 {
        let done = sends("en", &both);
        assert_eq!(done.status, 303, "{}", text(&done));
        assert_eq!(done.header("location"), format!("/declarations/{mrn}#visits"));
    }
    let booked = visits(&house, &mrn);
    assert_eq!((booked.len(), booked[0]["controls"].as_array().unwrap().len()), (1, 2));
    let first = booked[0]["id"].as_str().unwrap().to_owned();

    // Moved to a later slot.
    let later = format!("quay/{LATER}");
    let moved = [
        &both[..2],
        &[("slot", &*later), ("replaces", &first), ("control", vet), ("control", plant)],
    ]
    .concat();
    assert_eq!(sends("en", &moved).status, 303);
    let coming: Vec<Value> =
        visits(&house, &mrn).into_iter().filter(|v| v["given_up"] == false).collect();
    assert_eq!((coming.len(), &coming[0]["slot"]), (1, &json!(LATER)));
    let visit = coming[0]["id"].as_str().unwrap().to_owned();

    // What was found: a reason is wanted of what is not as it has to be.
    let (of_vet, of_plant) = (format!("outcome/{vet}"), format!("outcome/{plant}"));
    let found = |more: &[(&str, &str)]| {
        let fields = [&[("do", "found"), ("visit", &*visit), ("by", "v")], more].concat();
        sends("en", &fields)
    };
    let nothing = found(&[]);
    assert!(text(&nothing).contains("what was found"), "{}", text(&nothing));
    let bare = found(&[(&of_vet, "refuse")]);
    assert_eq!(bare.status, 422);
    assert!(text(&bare).contains("A reason is wanted"), "{}", text(&bare));
    let reason = format!("reason/{vet}");
    for _ in 0..2 {
        let done = found(&[
            (&of_vet, "refuse"),
            (&reason, "sanitary"),
            (&of_plant, "pass"),
            ("key", "f1"),
        ]);
        assert_eq!(done.status, 303, "{}", text(&done));
    }
    // Another result under the same key is not taken for the one before.
    let other = found(&[(&of_vet, "pass"), (&of_plant, "pass"), ("key", "f1")]);
    assert_eq!(other.status, 422, "{}", text(&other));
    assert_eq!(state(&house, &mrn), "refused");
    let done = visits(&house, &mrn).into_iter().find(|v| v["id"] == *visit).unwrap();
    let outcomes: Vec<&Value> =
        done["controls"].as_array().unwrap().iter().map(|c| &c["outcome"]).collect();
    assert_eq!(outcomes, ["refuse", "pass"]);
    assert_eq!(done["controls"][0]["results"].as_array().unwrap().len(), 1);

    // A visit that is not wanted is given up.
    let other = held(&house, "GIVEN", &["vet"]);
    let at = format!("/declarations/{other}/visits");
    let book = [("do", "book"), ("by", "o"), ("slot", &*slot)];
    assert_eq!(sends_to(&house, &at, &[], &book).status, 303);
    let id = visits(&house, &other)[0]["id"].as_str().unwrap().to_owned();
    let gives = [("do", "give-up"), ("by", "o"), ("visit", &*id)];
    assert_eq!(sends_to(&house, &at, &[], &gives).status, 303);
    assert_eq!(visits(&house, &other)[0]["given_up"], true);
}
