//! Tariff quotas drawn on at acceptance: first come, first served, never oversold, and told.

use std::path::Path;

use serde_json::Value;

use crate::arrivals::{amends, weighs};
use crate::commands::run;
use crate::golden::compose;
use crate::http::{House, about, at_once, gb};

/// A house whose pack has goods at 20 %, and at 5 % within a quota of a thousand kilograms.
pub(crate) fn house(at: &Path, balance: &str) -> House {
    let over = at.join("pack");
    std::fs::create_dir_all(&over).unwrap();
    let measures = "code,direction,origin,regime,tax_type,rate,quota,basis,mark\n\
        95030035,import,,100,A00,20,,vata-1994,ours\n\
        95030035,import,,120,A00,5,050001,vata-1994,ours\n";
    let quotas = format!(
        "order,definition,from,until,volume,unit,critical,threshold,balance,balance_on,state\n\
         050001,1,2020-01-01,2099-12-31,1000,KGM,N,90,{balance},open\n"
    );
    std::fs::write(over.join("measures-own.csv"), measures).unwrap();
    std::fs::write(over.join("quotas-own.csv"), quotas).unwrap();
    House::sandbox(at)
}

/// A declaration of so many kilograms that claims the quota, a pound a kilogram.
fn claim(lrn: &str, kilograms: u32, kind: &str) -> String {
    let (mass, price) = (kilograms.to_string(), format!("{kilograms}.00"));
    let case = gb(&[("regime", "120"), ("net_mass", &mass), ("price", &price), ("type", kind)]);
    let regime = "<DutyRegimeCode>120</DutyRegimeCode>";
    let with = format!("{regime}<QuotaOrderID>050001</QuotaOrderID>");
    compose(&case, lrn).replace(regime, &with)
}

fn opinion(house: &House, mrn: &str) -> Value {
    house.get(&format!("/v1/declarations/{mrn}/opinion")).json()
}

/// What was granted and the state before, of the one draw.
fn drawn(opinion: &Value) -> (u32, String) {
    let draw = &opinion["assessment"]["quota_draws"][0];
    let text = |name: &str| draw[name].as_str().unwrap_or_else(|| panic!("{draw}")).to_owned();
    (text("granted").parse().unwrap(), text("state"))
}

fn left(house: &House) -> String {
    let asked = house.get("/v1/requirements?code=9503003500&origin=CN&on=2026-11-25").json();
    let quota = &asked["quotas"][0];
    format!("{} {}", quota["left"].as_str().unwrap(), quota["state"].as_str().unwrap())
}

fn duty(opinion: &Value) -> Vec<(String, String)> {
    let lines = opinion["assessment"]["lines"].as_array().unwrap();
    let duty = lines.iter().filter(|l| l["tax_type"] == "A00");
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    duty.map(|l| (text(&l["payable"]), text(&l["secured"]))).collect()
}

#[test]
fn a_quota_is_drawn_on_in_the_order_of_acceptance() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path(), ",");
    assert_eq!(left(&first), " open");
    let file = |house: &House, lrn: &str, kilograms| {
        let said = house.file(lrn, &claim(lrn, kilograms, "IMA"));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        let mrn = said.text("mrn");
        let formed = opinion(house, &mrn);
        (mrn, drawn(&formed), duty(&formed))
    };
    let due = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let (one, grant, duties) = file(&first, "ONE", 900);
    assert_eq!((grant, duties), ((900, "open".into()), due(&[("45.00", "0.00")])));
    assert_eq!(left(&first), "100 critical");
    // What was drawn is known after a restart, too.
    assert!(first.stop().success());
    let again = house(dir.path(), ",");
    assert_eq!(left(&again), "100 critical");
    // Of the second there is enough for a half.
    let (two, grant, duties) = file(&again, "TWO", 200);
    let wanted = due(&[("5.00", "15.00"), ("20.00", "0.00")]);
    assert_eq!((grant, duties), ((100, "critical".into()), wanted));
    let (three, grant, duties) = file(&again, "THREE", 50);
    assert_eq!((grant, duties), ((0, "exhausted".into()), due(&[("10.00", "0.00")])));
    assert_eq!(left(&again), "0 exhausted");
    // The same key again draws nothing again.
    let repeated = again.file("ONE", &claim("ONE", 900, "IMA"));
    assert_eq!(repeated.header("idempotency-replayed"), "true");
    assert!(again.stop().success());
    for mrn in [one, two, three] {
        let came = run(&["replay", &mrn, "--data", dir.path().to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}

#[test]
fn many_at_once_never_oversell_a_quota() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path(), "500,2026-01-01");
    let said = at_once(64, |n| {
        let lrn = format!("LRN-{n}");
        house.file(&lrn, &claim(&lrn, 9, "IMA"))
    });
    let mrns: Vec<String> = said.iter().map(|s| s.text("mrn")).collect();
    let grants: Vec<_> = mrns.iter().map(|mrn| drawn(&opinion(&house, mrn))).collect();
    // 64 times 9 are 576: 55 in full, one for 5, the others nothing.
    assert_eq!(grants.iter().map(|g| g.0).sum::<u32>(), 500);
    assert_eq!(grants.iter().filter(|g| g.0 == 9).count(), 55);
    assert_eq!(grants.iter().filter(|g| g.0 == 5).count(), 1);
    assert_eq!(grants.iter().filter(|g| g.1 == "exhausted").count(), 8);
    assert_eq!(left(&house), "0 exhausted");
    assert!(house.stop().success());
    for mrn in &mrns {
        let came = run(&["replay", mrn, "--data", dir.path().to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}

#[test]
fn goods_to_come_draw_when_they_come() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path(), ",");
    let lodged = house.file("main", &claim("MAIN", 300, "IMD"));
    let mrn = lodged.text("mrn");
    let id = lodged.text("id");
    assert_eq!(drawn(&opinion(&house, &mrn)), (300, "open".into()));
    assert_eq!(left(&house), " open", "lodging draws nothing");
    // Another was here first.
    assert_eq!(house.file("other", &claim("OTHER", 900, "IMA")).status, 201);
    // One lodged after it is told what is left then, and that is so when it is replayed.
    let after = house.file("after", &claim("AFTER", 300, "IMD")).text("mrn");
    assert_eq!(drawn(&opinion(&house, &after)), (100, "critical".into()));
    let said = at_once(4, |n| {
        let lrn = format!("ARRIVE-{n}");
        house.file(&lrn, &about(&mrn, &lrn, "GPR", ""))
    });
    assert!(said.iter().all(|s| s.status == 201));
    assert_eq!(left(&house), "0 exhausted", "four arrivals draw once");
    let formed = opinion(&house, &mrn);
    assert_eq!(drawn(&formed), (100, "critical".into()));
    assert_eq!(opinion(&house, &id)["assessment"]["quota_draws"][0]["granted"], "300");
    // The trader is told the duty as it was computed at lodging, and as it was at acceptance.
    let told = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let of_duty = told["notifications"].as_array().unwrap().iter();
    let message = of_duty.filter(|n| n["function"] == "13").map(|n| n["message"].to_string());
    let messages: Vec<String> = message.collect();
    let says = |n: usize, amount: &str| messages[n].contains(&format!(">{amount}<"));
    assert!(says(0, "15.00") && !says(0, "40.00"), "{messages:?}");
    assert!(says(1, "40.00") && !says(1, "15.00"), "{messages:?}");
    let page = house.get(&format!("/declarations/{mrn}?lang=en"));
    let page = String::from_utf8_lossy(&page.body).into_owned();
    assert!(page.contains("Of 300 KGM, 100 are under quota 050001"), "{page}");
    let ids: Vec<String> = said.iter().map(|s| s.text("id")).collect();
    assert!(house.stop().success());
    for name in ids.iter().chain([&mrn, &after]) {
        let came = run(&["replay", name, "--data", dir.path().to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}

#[test]
fn what_an_ended_declaration_drew_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path(), ",");
    let file = |house: &House, lrn: &str, kilograms| {
        let said = house.file(lrn, &claim(lrn, kilograms, "IMA"));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        said.text("mrn")
    };
    let end = |house: &House, mrn: &str| {
        let body = br#"{"act":"cancel","by":"o","reason":"lodged-in-error"}"#;
        let headers = [("Idempotency-Key", mrn)];
        let said = house.post(&format!("/v1/declarations/{mrn}/acts"), &headers, body);
        assert_eq!((said.status, &*said.text("state")), (201, "cancelled"));
    };
    let one = file(&first, "ONE", 700);
    file(&first, "TWO", 200);
    assert_eq!(left(&first), "100 critical");
    end(&first, &one);
    assert_eq!(left(&first), "800 open");
    // What went back is there to be drawn, also after a restart, and is given once.
    assert!(first.stop().success());
    let again = house(dir.path(), ",");
    assert_eq!(left(&again), "800 open");
    let three = file(&again, "THREE", 800);
    assert_eq!(drawn(&opinion(&again, &three)), (800, "open".into()));
    assert_eq!(left(&again), "0 exhausted");
    // Many drawn and ended at once leave what none of them drew.
    end(&again, &three);
    at_once(16, |n| {
        let mrn = file(&again, &format!("MANY-{n}"), 40);
        end(&again, &mrn);
    });
    assert_eq!(left(&again), "800 open");
}

#[test]
fn an_amended_declaration_keeps_its_place_and_more_is_drawn_in_turn() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path(), ",");
    let file = |lrn: &str, kilograms| {
        let said = first.file(lrn, &claim(lrn, kilograms, "IMA"));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        said.text("mrn")
    };
    let mut names = Vec::new();
    let mut amended = |mrn: &str, number, kilograms| {
        let said = amends(&first, mrn, number, &weighs(mrn, &format!("{mrn}-{number}"), kilograms));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        names.push(said.text("id"));
        drawn(&opinion(&first, mrn))
    };
    let one = file("ONE", 300);
    let two = file("TWO", 600);
    assert_eq!(left(&first), "100 critical");
    // Of what grows it has what others left.
    assert_eq!(amended(&one, 1, 500), (400, "open".into()));
    assert_eq!(left(&first), "0 exhausted");
    // What it had it keeps, however little is left; what it needs no more is there for others.
    assert_eq!(amended(&two, 1, 600), (600, "open".into()));
    assert_eq!(amended(&one, 2, 350), (350, "open".into()));
    assert_eq!(left(&first), "50 critical");
    assert_eq!(amended(&two, 2, 700), (650, "open".into()));
    assert_eq!(left(&first), "0 exhausted");
    // Ended, it gives back what it has, once.
    let body = br#"{"act":"cancel","by":"o","reason":"lodged-in-error"}"#;
    let path = format!("/v1/declarations/{two}/acts");
    assert_eq!(first.post(&path, &[("Idempotency-Key", "end")], body).status, 201);
    assert_eq!(left(&first), "650 open");
    assert!(first.stop().success());
    let again = house(dir.path(), ",");
    assert_eq!(left(&again), "650 open");
    assert!(again.stop().success());
    names.extend([one, two]);
    for name in &names {
        let came = run(&["replay", name, "--data", dir.path().to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}

#[test]
fn many_amended_at_once_never_oversell_a_quota() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path(), ",");
    let mrns = at_once(24, |n| {
        let lrn = format!("LRN-{n}");
        house.file(&lrn, &claim(&lrn, 30, "IMA")).text("mrn")
    });
    assert_eq!(left(&house), "280 open");
    // A third grows, a third shrinks, a third stays, and others come meanwhile.
    let said = at_once(32, |n| match mrns.get(n) {
        Some(mrn) => {
            let kilograms = [60, 10, 30][n % 3];
            amends(&house, mrn, 1, &weighs(mrn, &format!("AMEND-{n}"), kilograms))
        }
        None => house.file(&format!("NEW-{n}"), &claim(&format!("NEW-{n}"), 50, "IMA")),
    });
    assert!(said.iter().all(|s| s.status == 201));
    let mut all = mrns.clone();
    all.extend(said[24..].iter().map(|s| s.text("mrn")));
    let grants: Vec<u32> = all.iter().map(|mrn| drawn(&opinion(&house, mrn)).0).collect();
    let sum: u32 = grants.iter().sum();
    assert!(sum <= 1000, "{grants:?}");
    assert_eq!(left(&house).split(' ').next().unwrap(), (1000 - sum).to_string());
    for (n, granted) in grants.iter().enumerate().take(24) {
        // Nobody lost what it had and still wants.
        assert!(*granted >= [30, 10, 30][n % 3], "{n}: {granted}");
    }
    let ids: Vec<String> = said[..24].iter().map(|s| s.text("id")).collect();
    assert!(house.stop().success());
    for name in ids.iter().step_by(4).chain(mrns.iter().step_by(6)) {
        let came = run(&["replay", name, "--data", dir.path().to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}
