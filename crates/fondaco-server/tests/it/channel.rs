//! What goes wrong between two houses, and goes on: an id used twice, keys that ended, lines that were
//! cut, a neighbour whose envelopes cannot be written.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bridge::{
    Chain, Side, act, day_in, exchange, filed_from, filed_of, hand, knows, let_go, listed, made,
    neighbours, parts, run, side,
};
use crate::http::{House, about};

const CASHMERE: &str = "gb/042-cashmere-heathrow.xml";

fn payload(jws: &str) -> Value {
    serde_json::from_str(&parts(jws).1).unwrap()
}

/// Asks until this is so.
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn draft(side: &Side, id: &Value) -> Value {
    side.house.get(&format!("/v1/drafts/{}", id.as_str().unwrap())).json()
}

fn exports(side: &Side, import: &str) -> Value {
    side.house.get(&format!("/v1/declarations/{import}/exports")).json()
}

#[test]
fn an_id_that_was_used_is_put_aside_and_stops_nobody() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let c = side("gb");
    knows(&c, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    knows(&b, "c", "GB", "gb", &c.dir.path().join("receipt.jwk"));
    let firsts = [&a, &c].map(|from| {
        let_go(from, CASHMERE, "ID");
        let first = made(from).remove(0);
        assert_eq!(hand(&b, &first).status, 201);
        first
    });
    let id = payload(&firsts[0])["id"].clone();
    // Of the neighbour itself, and of another one, which did nothing wrong here.
    for (n, (from, first)) in [&a, &c].into_iter().zip(&firsts).enumerate() {
        let mut chain = Chain::of(from, first);
        let jws = chain.next(&|v| v["id"] = id.clone());
        let said = hand(&b, &jws);
        said.is_problem(422, "envelope-aside");
        let told = said.json();
        assert_eq!((&told["field"], &told["next"]), (&json!("id"), &json!(3)), "{told}");
        let again = hand(&b, &jws);
        again.is_problem(422, "envelope-aside");
        assert_eq!(again.text("receipt"), said.text("receipt"));
        let own = json!(format!("0190a6b1-0000-7000-8000-{n:012x}"));
        assert_eq!(hand(&b, &chain.next(&|v| v["id"] = own.clone())).status, 201);
    }
    // The first is there as it was.
    assert_eq!(hand(&b, &firsts[0]).status, 200);
    assert_eq!(draft(&b, &id)["partner"], "a");
    assert_eq!(b.house.get("/v1/exchange/aside").json().as_array().unwrap().len(), 2);
}

#[test]
fn what_was_taken_keeps_its_answer_when_the_key_has_ended() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let_go(&a, CASHMERE, "ENDS");
    let first = made(&a).remove(0);
    let said = hand(&b, &first);
    assert_eq!(said.status, 201);
    let mut chain = Chain::of(&a, &first);
    let aside = chain.next(&|v| v["from"]["country"] = json!("US"));
    hand(&b, &aside).is_problem(422, "envelope-aside");
    let key = a.dir.path().join("receipt.jwk");
    let key = key.to_str().unwrap();
    let add = |more: &[&str]| {
        let add = ["partner", "add", "a", "--pack", "gb", "--key", key];
        run(&[&add, more].concat(), b.dir.path())
    };
    let (code, text) = add(&["--countries", "GB", "--from", "2026-01-01", "--until", "2026-01-02"]);
    assert_eq!(code, Some(0), "{text}");
    let again = hand(&b, &first);
    assert_eq!((again.status, again.text("receipt")), (200, said.text("receipt")));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let (fine, text) = exchange(&["push", "b", "--to", &b.house.address], a.dir.path());
    assert!(fine && text.contains("1 was there"), "{text}");
    let new = hand(&b, &chain.next(&|_| ()));
    new.is_problem(422, "envelope-refused");
    assert_eq!(new.text("why"), "key");
    // Another word about the neighbour revives no key of it, and says so.
    let (code, text) = add(&["--countries", "GB,US"]);
    assert!(code == Some(0) && text.contains("from 2026-01-01 until 2026-01-02"), "{text}");
    let stands = listed(&b, "a")["keys"][0].clone();
    assert_eq!((&stands["from"], &stands["until"]), (&json!("2026-01-01"), &json!("2026-01-02")));
    assert_eq!(hand(&b, &chain.next(&|_| ())).text("why"), "key");
    // What was put aside while the key counted is judged again.
    until("judged again", || listed(&b, "a")["aside"] == 0);
    assert_eq!(hand(&b, &aside).status, 200);
    // One day alone is said, the other stands.
    let (code, text) = add(&["--countries", "GB", "--until", "9999-01-01"]);
    assert!(code == Some(0) && text.contains("from 2026-01-01 until 9999-01-01"), "{text}");
}

#[test]
fn the_next_key_of_a_neighbour_changes_nothing_else_of_it() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let other = side("us");
    let id = listed(&b, "a")["house"].as_str().unwrap().to_owned();
    let key = other.dir.path().join("receipt.jwk");
    let add = ["partner", "add", "a", "--countries", "GB,IM", "--pack", "gb-next", "--house", &id];
    let (code, text) = run(&[&add[..], &["--key", key.to_str().unwrap()]].concat(), b.dir.path());
    assert_eq!(code, Some(0), "{text}");
    let (code, statement) = run(&["key", "announce", "--from", &day_in(1)], a.dir.path());
    assert_eq!(code, Some(0), "{statement}");
    let file = b.dir.path().join("next.jws");
    std::fs::write(&file, statement).unwrap();
    let (code, text) = run(&["partner", "key", "a", file.to_str().unwrap()], b.dir.path());
    assert_eq!(code, Some(0), "{text}");
    let stands = listed(&b, "a");
    assert_eq!(stands["keys"].as_array().unwrap().len(), 3);
    assert_eq!((&stands["countries"], &stands["pack"]), (&json!(["GB", "IM"]), &json!("gb-next")));
}

#[test]
fn an_import_filed_before_its_envelope_came_is_known_to_be_of_it() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let first = let_go(&a, CASHMERE, "FIRST");
    let second = let_go(&a, CASHMERE, "SECOND");
    let all = made(&a);
    let drafted = hand(&b, &all[0]).text("id");
    // The importer has the number from the exporter, and the line is cut.
    let import = filed_of(&b, &drafted, "EARLY", &|form| {
        let text = form.to_string();
        assert!(text.contains(&first));
        *form = serde_json::from_str(&text.replace(&first, &second)).unwrap();
    });
    let other = filed_from(&b, &drafted, "IN-TIME");
    until("followed", || draft(&b, &json!(drafted))["filed"] == json!([other]));
    assert_eq!(hand(&b, &all[1]).status, 201);
    let late = payload(&all[1])["id"].clone();
    assert_eq!(draft(&b, &late)["filed"], json!([import]));
    assert_eq!(exports(&b, &import), json!([]));
    let cancelled =
        act(&a, &second, &json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"}));
    assert_eq!(cancelled.status, 201);
    assert_eq!(hand(&b, &made(&a)[2]).status, 201);
    let told = exports(&b, &import);
    assert_eq!((&told[0]["standing"]["state"], &told[0]["draft"]), (&json!("cancelled"), &late));
    assert_eq!(exports(&b, &other), json!([]));
}

#[test]
fn what_is_put_aside_replaces_no_export() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, CASHMERE, "KEPT");
    let first = made(&a).remove(0);
    let drafted = hand(&b, &first).text("id");
    let mut chain = Chain::of(&a, &first);
    let aside = chain.next(&|v| {
        v["mrn"] = json!(mrn);
        v["from"]["country"] = json!("US");
    });
    hand(&b, &aside).is_problem(422, "envelope-aside");
    let import = filed_from(&b, &drafted, "OF-FIRST");
    until("followed", || draft(&b, &json!(drafted))["filed"] == json!([import]));
    // It may be that the goods do not come: nobody relies on the first as if nothing had been told.
    let told = exports(&b, &import);
    assert_eq!((&told[0]["standing"]["is"], &told[0]["draft"]), (&json!("doubt"), &json!(drafted)));
    assert_eq!(draft(&b, &json!(drafted))["standing"], told[0]["standing"]);
    for (language, wanted) in [("en", "In doubt"), ("zh", "存疑"), ("ru", "Под сомнением")]
    {
        for path in [format!("/declarations/{import}"), format!("/drafts/{drafted}")] {
            let page = b.house.get(&format!("{path}?lang={language}")).body;
            let page = String::from_utf8(page).unwrap();
            assert!(page.contains(wanted), "{path}: {page}");
        }
    }
    // Once the reason is gone it is judged again by itself. Taken after the import was filed it is one that
    // came after.
    knows(&b, "a", "GB,US", "gb", &a.dir.path().join("receipt.jwk"));
    until("judged again", || listed(&b, "a")["aside"] == 0);
    let said = hand(&b, &aside);
    assert_eq!(said.status, 200);
    let told = exports(&b, &import);
    assert_eq!(
        (&told[0]["standing"]["is"], &told[0]["standing"]["by"], &told[0]["draft"]),
        (&json!("replaced"), &json!(said.text("id")), &json!(drafted))
    );
}

#[test]
fn a_neighbour_whose_envelopes_cannot_be_written_stops_no_other() {
    let a = side("gb");
    let (b, c) = (side("cn"), side("cn"));
    knows(&a, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    knows(&a, "c", "CN", "cn", &c.dir.path().join("receipt.jwk"));
    let db = rusqlite::Connection::open(a.dir.path().join("fondaco.db")).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    db.execute_batch(
        "CREATE TRIGGER broken BEFORE INSERT ON envelope WHEN NEW.partner = 'b'
         BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    let_go(&a, CASHMERE, "TO-BOTH");
    // By itself, within a second or so, and when it is asked for.
    let sent = |name: &str| listed(&a, name)["sent"].clone();
    until("c has its envelope", || sent("c") == 1);
    let page = |name: &str| a.house.get(&format!("/v1/exchange/envelopes?partner={name}"));
    assert_eq!(page("b").status, 503);
    assert_eq!(page("c").json()["envelopes"].as_array().unwrap().len(), 1);
    db.execute_batch("DROP TRIGGER broken").unwrap();
    assert_eq!(page("b").json()["envelopes"].as_array().unwrap().len(), 1);
    // What stands is given although the next cannot be made; who has it all is told that it failed.
    db.execute_batch(
        "CREATE TRIGGER broken BEFORE INSERT ON envelope BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    let_go(&a, CASHMERE, "NEXT");
    assert_eq!(page("b").json()["envelopes"].as_array().unwrap().len(), 1);
    assert_eq!(page("b&after=1").status, 503);
}

#[test]
fn by_other_countries_what_was_let_go_before_is_told_and_nothing_taken_back() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let there = "gb/043-machine-licence.xml";
    let_go(&a, there, "THERE");
    let_go(&a, CASHMERE, "HERE");
    let key = b.dir.path().join("receipt.jwk");
    let sent = |a: &Side| -> Vec<Value> {
        made(a).iter().map(|jws| payload(jws)["to"]["country"].clone()).collect()
    };
    assert_eq!(sent(&a), [json!("CN")]);
    let country = "IN";
    knows(&a, "b", &format!("CN,{country}"), "cn", &key);
    assert_eq!(sent(&a), [json!("CN"), json!(country)]);
    // Said while the house stood still, it is the same; and what was told stays told.
    let Side { dir, house } = a;
    house.stop();
    let said = |countries: &str| {
        let side = ["partner", "add", "b", "--pack", "cn", "--countries", countries, "--key"];
        let (code, text) = run(&[&side[..], &[key.to_str().unwrap()]].concat(), dir.path());
        assert_eq!(code, Some(0), "{text}");
    };
    said("CN");
    let house = House::start(dir.path(), &["--pack", "gb", "--sandbox"]);
    let a = Side { dir, house };
    assert_eq!(sent(&a).len(), 2);
    let_go(&a, there, "AGAIN");
    assert_eq!(sent(&a).len(), 2);
    let Side { dir, house } = a;
    house.stop();
    let side = ["partner", "add", "b", "--pack", "cn", "--countries"];
    let both = format!("{country},CN");
    let (code, text) =
        run(&[&side[..], &[&both, "--key", key.to_str().unwrap()]].concat(), dir.path());
    assert_eq!(code, Some(0), "{text}");
    let house = House::start(dir.path(), &["--pack", "gb", "--sandbox"]);
    let a = Side { dir, house };
    assert_eq!(sent(&a).len(), 3);
}

#[test]
fn an_export_an_import_names_by_an_amendment_is_known_to_be_its() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let first = let_go(&a, CASHMERE, "FIRST");
    let made_first = made(&a).remove(0);
    let drafted = hand(&b, &made_first).text("id");
    let import = filed_from(&b, &drafted, "AMENDED");
    until("followed", || draft(&b, &json!(drafted))["filed"] == json!([import]));
    // Of the second export two envelopes came before the import named it.
    let mut chain = Chain::of(&a, &made_first);
    let second = "26GBA0000000000002";
    hand(&b, &chain.next(&|_| ()));
    let late = json!(hand(&b, &chain.next(&|v| v["mrn"] = json!(second))).text("id"));
    let pointers =
        [("42A", ""), ("67A", ""), ("99A", "<TagID>D018</TagID>")].map(|(class, tag)| {
            format!(
                "<Pointer><SequenceNumeric>1</SequenceNumeric>\
             <DocumentSectionCode>{class}</DocumentSectionCode>{tag}</Pointer>"
            )
        });
    let amends = format!(
        "<Amendment><ChangeReasonCode>32</ChangeReasonCode>{}</Amendment><GoodsShipment>\
         <PreviousDocument><ID>{second}</ID></PreviousDocument></GoodsShipment>",
        pointers.concat()
    );
    let asked = b.house.file("amend", &about(&import, "AMEND", "COR", &amends));
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": 1});
    let granted = act(&b, &import, &grant);
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    until("followed", || draft(&b, &late)["filed"] == json!([import]));
    assert_eq!(exports(&b, &import), json!([]), "{first} {second}");
    // Who never sent it has nothing to say of it.
    let c = side("gb");
    knows(&c, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    knows(&b, "c", "GB", "gb", &c.dir.path().join("receipt.jwk"));
    let own = let_go(&c, CASHMERE, "ITS-OWN");
    assert_eq!(hand(&b, &made(&c)[0]).status, 201);
    let cancel = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
    assert_eq!(act(&c, &own, &cancel).status, 201);
    let notice = made(&c).remove(1);
    let before = payload(&notice)["previous"].clone();
    let forged = Chain::of(&c, &notice).next(&|v| {
        v["id"] = json!("0190a6b0-0000-7000-8000-00000000000c");
        v["mrn"] = json!(second);
        v["previous"] = before.clone();
    });
    let said = hand(&b, &forged);
    said.is_problem(422, "envelope-aside");
    assert_eq!(said.text("field"), "about");
    assert_eq!(exports(&b, &import), json!([]));
    // What the amendment took away is filed of no more.
    assert_eq!(draft(&b, &json!(drafted))["filed"], json!([]));
}
