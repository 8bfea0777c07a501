//! What a house tells its neighbours and when: by which day, of what, and what it does with what cannot be
//! read.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use sha2::Digest as _;

use crate::bridge::{
    Chain, Side, act, corpus, hand, hex, knows, let_go, listed, made, neighbours, run, said_mrn,
    side,
};
use crate::channel::until;
use crate::http::{House, fondaco, good};

const CASHMERE: &str = "gb/042-cashmere-heathrow.xml";

#[test]
fn a_day_from_which_exports_are_told_begins_where_the_house_stands() {
    // There it is a day later than in Greenwich, whatever time it is.
    let zone = [("TZ", Path::new("<+24>-24"))];
    let dir = tempfile::tempdir().unwrap();
    let a = Side { house: House::sandbox_under(dir.path(), &zone), dir };
    let b = side("cn");
    let output = fondaco()
        .envs(zone)
        .args(["partner", "add", "b", "--countries", "CN", "--pack", "cn", "--data"])
        .arg(a.dir.path())
        .arg("--key")
        .arg(b.dir.path().join("receipt.jwk"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let tomorrow = crate::bridge::day_in(1);
    assert!(output.status.success() && said.contains(&tomorrow), "{said}");
    let_go(&a, CASHMERE, "EAST");
    assert_eq!(made(&a).len(), 1);
}

/// The store of a house, to spoil.
fn store(side: &Side) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(side.dir.path().join("fondaco.db")).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    db
}

/// Puts something else in the place of a filing's body; gives what was there.
fn spoil(db: &rusqlite::Connection, mrn: &str, body: &[u8]) -> Vec<u8> {
    let before = db.query_row("SELECT body FROM filing WHERE mrn = ?1", [mrn], |row| row.get(0));
    let before: Vec<u8> = before.unwrap();
    db.execute("UPDATE filing SET body = ?1 WHERE mrn = ?2", rusqlite::params![body, mrn]).unwrap();
    before
}

fn again(side: Side, pack: &str) -> Side {
    let Side { dir, house } = side;
    house.stop();
    let house = House::start(dir.path(), &["--pack", pack, "--sandbox"]);
    Side { dir, house }
}

#[test]
fn what_cannot_be_read_holds_up_nothing_behind_it() {
    let (a, b) = (side("gb"), side("cn"));
    let all: Vec<String> = (0..4).map(|n| let_go(&a, CASHMERE, &format!("STUCK-{n}"))).collect();
    let db = store(&a);
    // Of one nothing can be unpacked, of one nothing can be read.
    let text = zstd::encode_all(&b"no declaration"[..], 0).unwrap();
    let before = [spoil(&db, &all[0], b"x"), spoil(&db, &all[1], &text)];
    knows(&a, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    assert_eq!(made(&a).iter().map(|jws| said_mrn(jws)).collect::<Vec<_>>(), all[2..]);
    assert_eq!((&listed(&a, "b")["stuck"], &listed(&a, "b")["sent"]), (&json!(2), &json!(2)));
    // A notice behind them is told too.
    let cancel = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
    assert_eq!(act(&a, &all[3], &cancel).status, 201);
    assert_eq!(made(&a).len(), 3);
    let (_, text) = run(&["partner", "list"], a.dir.path());
    assert!(text.contains("2 not told"), "{text}");
    // At the start it is looked again.
    for (mrn, body) in all.iter().zip(&before) {
        spoil(&db, mrn, body);
    }
    let a = again(a, "gb");
    let told: Vec<String> = made(&a)[3..].iter().map(|jws| said_mrn(jws)).collect();
    assert_eq!(told, all[..2]);
    assert_eq!(listed(&a, "b")["stuck"], 0);
}

#[test]
fn an_import_that_cannot_be_read_holds_up_no_other() {
    let a = side("gb");
    let filed = |lrn: &str| {
        let filed = a.house.file(lrn, &good(lrn));
        assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
        filed.text("mrn")
    };
    let (first, second) = (filed("FIRST"), filed("SECOND"));
    let db = store(&a);
    let before = spoil(&db, &first, b"x");
    let b = side("cn");
    knows(&a, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    let followed = || {
        let sql =
            "SELECT count(*) FROM event WHERE mrn = ?1 AND event IN ('registered', 'accepted')
             AND cursor <= (SELECT coalesce(max(cursor), 0) FROM import_named)";
        db.query_row(sql, [&second], |row| row.get::<_, i64>(0)).unwrap() > 0
    };
    until("followed", followed);
    assert_eq!(listed(&a, "b")["imports_stuck"], 1);
    spoil(&db, &first, &before);
    let a = again(a, "gb");
    until("read", || listed(&a, "b")["imports_stuck"] == 0);
}

#[test]
fn a_neighbour_is_told_nothing_for_it_stands_for_a_country_no_longer() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, CASHMERE, "DROPPED");
    assert_eq!(made(&a).len(), 1);
    knows(&a, "b", "HK", "cn", &b.dir.path().join("receipt.jwk"));
    let departed = act(&a, &mrn, &json!({"act": "depart", "by": "port"}));
    assert_eq!(departed.status, 201, "{}", String::from_utf8_lossy(&departed.body));
    assert_eq!(made(&a).len(), 1);
}

#[test]
fn a_supplementary_declaration_is_not_told_as_a_second_export() {
    let (a, _b) = neighbours("gb", "GB", "cn", "CN");
    let simplified = let_go(&a, CASHMERE, "SIMPLIFIED");
    let text = corpus(CASHMERE).replace("<TypeCode>EXA</TypeCode>", "<TypeCode>EXY</TypeCode>");
    let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    let filed = a.house.file("SUPPLEMENTARY", &text.replace(own, "SUPPLEMENTARY"));
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    for kind in ["documents", "examination"] {
        act(&a, &filed.text("mrn"), &json!({"act": "lift", "by": "o1", "kind": kind}));
    }
    let state = a.house.get(&format!("/v1/declarations/{}", filed.text("mrn"))).text("state");
    assert!(["released", "cleared"].contains(&&*state), "{state}");
    assert_eq!(made(&a).iter().map(|jws| said_mrn(jws)).collect::<Vec<_>>(), [simplified]);
}

#[test]
fn what_is_put_aside_is_judged_again_at_the_start() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let_go(&a, CASHMERE, "FIRST");
    let first = made(&a).remove(0);
    assert_eq!(hand(&b, &first).status, 201);
    let aside = Chain::of(&a, &first).next(&|v| v["to"]["country"] = json!("HK"));
    hand(&b, &aside).is_problem(422, "envelope-aside");
    // As another program would have put it aside.
    let fine = Chain::of(&a, &first).next(&|_| ());
    let digest = format!("sha-256:{}", hex(&sha2::Sha256::digest(&fine)));
    let db = store(&b);
    let body = zstd::encode_all(fine.as_bytes(), 0).unwrap();
    let sql = "UPDATE envelope_taken SET jws = ?1, digest = ?2 WHERE sequence = 2";
    db.execute(sql, rusqlite::params![body, digest]).unwrap();
    let b = again(b, "cn");
    until("judged again", || listed(&b, "a")["aside"] == 0);
    assert_eq!(b.house.get("/v1/drafts").json().as_array().unwrap().len(), 2);
}
