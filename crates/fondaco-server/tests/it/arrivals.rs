//! Goods lodged before they came: what the day they come and amendments before it make of them.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::run;
use crate::golden::compose;
use crate::http::{House, Said, about, gb};
use crate::lpcos;

/// A house whose register keeps phytosanitary certificates, where toys are of a line for the first half of
/// the year, at 20 % and at 5 % within a quota.
fn house(at: &Path) -> House {
    let over = at.join("pack");
    std::fs::create_dir_all(&over).unwrap();
    let line = "code,unit,unit2,name_en,name_zh,name_ru,from,until,season\n\
        9503003500,,,Toys,玩具,Игрушки,,,01-01/06-30\n\
        9503003600,,,Toys,玩具,Игрушки,,,\n";
    let quotas = "order,definition,from,until,volume,unit,critical,threshold,balance,balance_on,state\n\
        050001,1,2020-01-01,2026-09-30,1000,KGM,N,90,,,open\n\
        050001,2,2026-10-01,2099-12-31,1000,KGM,N,90,,,open\n";
    std::fs::write(over.join("lines-own.csv"), line).unwrap();
    std::fs::write(over.join("quotas-own.csv"), quotas).unwrap();
    lpcos::house_with(
        at,
        "95030035,import,,120,A00,5,050001,vata-1994,ours\n\
         95030036,import,,100,A00,20,,vata-1994,ours\n",
    )
}

/// Files under a key, as of a day.
fn on(house: &House, day: &str, key: &str, body: &str) -> Said {
    let headers =
        [("Content-Type", "application/xml"), ("Idempotency-Key", key), ("Fondaco-On", day)];
    let said = house.post("/v1/declarations", &headers, body.as_bytes());
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    said
}

fn act(house: &House, mrn: &str, key: &str, message: &Value) -> Said {
    let path = format!("/v1/declarations/{mrn}/acts");
    house.post(&path, &[("Idempotency-Key", key)], message.to_string().as_bytes())
}

fn state(house: &House, mrn: &str) -> String {
    house.get(&format!("/v1/declarations/{mrn}")).text("state")
}

fn replays(dir: &Path, names: &[&str]) {
    for name in names {
        let came = run(&["replay", name, "--data", dir.to_str().unwrap(), "--json"]);
        assert_eq!(came.json()["same"], true, "{}", came.out);
    }
}

#[test]
fn goods_the_law_of_the_day_would_return_are_held_and_take_what_they_would() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    lpcos::issue(&house, "PC-1", "1000");
    // Lodged in spring, as goods of the line for spring; they come in July.
    let lodged = on(&house, "2026-05-02", "main", &lpcos::shows("MAIN", "PC-1", 300, "IMD"));
    let mrn = lodged.text("mrn");
    let came = on(&house, "2026-07-02", "came", &about(&mrn, "CAME", "GPR", ""));
    assert_eq!(state(&house, &mrn), "under-documentary-check");
    let formed = lpcos::opinion(&house, &mrn);
    let reasons = formed["decision"]["reasons"].as_array().unwrap();
    let reason =
        reasons.iter().find(|r| r["code"] == "FD415").unwrap_or_else(|| panic!("{formed}"));
    assert_eq!(
        reason["text"]["en"],
        "The line 9503003500 is for goods of 01-01/06-30 (month-day) only."
    );
    assert!(
        ["zh", "ru"].iter().all(|l| reason["text"][l].as_str().unwrap().contains("9503003500"))
    );
    assert!(!formed["findings"][0]["remedy"]["ru"].as_str().unwrap().is_empty());
    // The trader is told so too.
    let told = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let wanted = told["notifications"].as_array().unwrap().iter().find(|n| n["function"] == "06");
    let said =
        "<StatementCode>FD415</StatementCode><StatementDescription>The line 9503003500 is for";
    assert!(wanted.unwrap()["message"].as_str().unwrap().contains(said), "{told}");
    // They write off what they would have, and owe.
    assert_eq!(lpcos::said_of(&formed), lpcos::is("valid", "300 KGM", "met"));
    assert_eq!(lpcos::left(&house, "PC-1"), "700");
    let page = house.get(&format!("/declarations/{mrn}?lang=ru"));
    assert!(String::from_utf8_lossy(&page.body).contains("только для товаров в период"));
    let lift = json!({"act": "lift", "by": "o", "kind": "documents"});
    assert_eq!(act(&house, &mrn, "lift", &lift).status, 201);
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    // Of a certificate that ended meanwhile nothing is written off.
    let lodged = on(&house, "2026-05-02", "late", &lpcos::shows("LATE", "PC-2", 300, "IMD"));
    let late = lodged.text("mrn");
    let terms = json!({"until": "2026-06-30"});
    lpcos::issue_with(&house, "PC-2", &terms);
    let last = on(&house, "2026-07-02", "late came", &about(&late, "LATE-CAME", "GPR", ""));
    assert_eq!(lpcos::said_of(&lpcos::opinion(&house, &late)), lpcos::is("expired", "", "missing"));
    assert_eq!(state(&house, &late), "under-documentary-check");
    // In season they come as any.
    let lodged = on(&house, "2026-05-02", "soon", &lpcos::shows("SOON", "PC-1", 200, "IMD"));
    let soon = lodged.text("mrn");
    let spring = on(&house, "2026-06-30", "soon came", &about(&soon, "SOON-CAME", "GPR", ""));
    let formed = lpcos::opinion(&house, &soon);
    assert!(!formed.to_string().contains("FD415"), "{formed}");
    assert_eq!(lpcos::left(&house, "PC-1"), "500");
    assert!(house.stop().success());
    replays(dir.path(), &[&mrn, &came.text("id"), &late, &last.text("id"), &spring.text("id")]);
}

#[test]
fn goods_the_law_of_the_day_would_return_draw_on_a_quota_that_is_still_there() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let claim = |lrn: &str| {
        let case =
            gb(&[("regime", "120"), ("net_mass", "300"), ("price", "300.00"), ("type", "IMD")]);
        let regime = "<DutyRegimeCode>120</DutyRegimeCode>";
        let with = format!("{regime}<QuotaOrderID>050001</QuotaOrderID>");
        compose(&case, lrn).replace(regime, &with)
    };
    let mut names = Vec::new();
    let mut comes = |lrn: &str, day: &str| {
        let mrn = on(&house, "2026-05-02", lrn, &claim(lrn)).text("mrn");
        let came =
            on(&house, day, &format!("{lrn} came"), &about(&mrn, &format!("{lrn}-C"), "GPR", ""));
        names.extend([mrn.clone(), came.text("id")]);
        let formed = lpcos::opinion(&house, &mrn);
        assert!(formed.to_string().contains("FD415"), "{formed}");
        let draw = &formed["assessment"]["quota_draws"][0];
        (draw["granted"].as_str().unwrap().to_owned(), draw["state"].as_str().unwrap().to_owned())
    };
    assert_eq!(comes("ONE", "2026-07-02"), ("300".into(), "open".into()));
    assert_eq!(comes("TWO", "2026-08-02"), ("300".into(), "open".into()));
    // There is another period by then, and no place is kept in one that is over.
    assert_eq!(comes("THREE", "2026-11-02"), ("0".into(), "exhausted".into()));
    assert_eq!(comes("FOUR", "2026-08-03"), ("300".into(), "open".into()));
    assert_eq!(comes("FIVE", "2026-08-03"), ("100".into(), "critical".into()));
    assert!(house.stop().success());
    replays(dir.path(), &names.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn goods_accepted_by_an_older_law_are_screened_and_draw_by_what_is_told_on_their_day() {
    let dir = tempfile::tempdir().unwrap();
    let over = dir.path().join("pack");
    let house = house(dir.path());
    let case = gb(&[("regime", "120"), ("net_mass", "300"), ("price", "300.00"), ("type", "IMD")]);
    let regime = "<DutyRegimeCode>120</DutyRegimeCode>";
    let with = format!("{regime}<QuotaOrderID>050001</QuotaOrderID>");
    let text = compose(&case, "OLD").replace(regime, &with);
    let mrn = on(&house, "2026-05-02", "old", &text).text("mrn");
    assert!(!lpcos::opinion(&house, &mrn)["screening"].to_string().contains("OWN-1"));
    assert!(house.stop().success());
    // Another balance is told of the period meanwhile, and the exporter is put on a list.
    let quotas = std::fs::read_to_string(over.join("quotas-own.csv")).unwrap();
    let told = quotas.replace("1000,KGM,N,90,,,open", "1000,KGM,N,90,50,2026-07-01,open");
    std::fs::write(over.join("quotas-own.csv"), told).unwrap();
    let name =
        "id,kind,name,country,list,from\nOWN-1,entity,Placeholder Exports,,Ours,2026-06-01\n";
    std::fs::write(over.join("names-own.csv"), name).unwrap();
    let house = House::sandbox(dir.path());
    let came = on(&house, "2026-07-02", "old came", &about(&mrn, "OLD-C", "GPR", ""));
    let formed = lpcos::opinion(&house, &mrn);
    assert!(formed.to_string().contains("FD415"), "{formed}");
    assert_eq!(formed["assessment"]["quota_draws"][0]["granted"], "0", "{formed}");
    assert!(formed["screening"].to_string().contains("OWN-1"), "{}", formed["screening"]);
    assert!(house.stop().success());
    replays(dir.path(), &[&mrn, &came.text("id")]);
}

/// A message that puts other masses in the place of those of item 1.
pub(crate) fn weighs(mrn: &str, lrn: &str, kilograms: u32) -> String {
    let change = format!(
        "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>\
        <Commodity><GoodsMeasure><GrossMassMeasure unitCode=\"KGM\">{kilograms}</GrossMassMeasure>\
        <NetNetWeightMeasure unitCode=\"KGM\">{kilograms}</NetNetWeightMeasure></GoodsMeasure></Commodity>\
        </GovernmentAgencyGoodsItem></GoodsShipment>"
    );
    about(mrn, lrn, "COR", &format!("{}{change}", points(&["23A", "65A"])))
}

/// What points from the declaration at something of item 1.
fn points(at: &[&str]) -> String {
    let section = |code: &&str| {
        let sequence = match *code {
            "68A" | "02A" => "<SequenceNumeric>1</SequenceNumeric>",
            _ => "",
        };
        format!("<Pointer>{sequence}<DocumentSectionCode>{code}</DocumentSectionCode></Pointer>")
    };
    let all: String = ["42A", "67A", "68A"].iter().chain(at).map(section).collect();
    format!("<Amendment><ChangeReasonCode>32</ChangeReasonCode>{all}</Amendment>")
}

/// Asks for an amendment and has it granted.
pub(crate) fn amends(house: &House, mrn: &str, number: u32, message: &str) -> Said {
    let key = format!("amend {mrn} {number}");
    let asked = house.file(&key, message);
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": number});
    act(house, mrn, &format!("grant {key}"), &grant)
}

#[test]
fn an_amendment_before_the_goods_come_takes_nothing_until_they_do() {
    let dir = tempfile::tempdir().unwrap();
    let house = lpcos::house(dir.path());
    lpcos::issue(&house, "PC-1", "1000");
    let mrn = house.file("main", &lpcos::shows("MAIN", "PC-1", 300, "IMD")).text("mrn");
    let granted = amends(&house, &mrn, 1, &weighs(&mrn, "AMEND", 950));
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    assert_eq!(lpcos::said_of(&lpcos::opinion(&house, &mrn)), lpcos::is("valid", "950 KGM", "met"));
    assert_eq!(lpcos::left(&house, "PC-1"), "1000", "the goods are not here");
    let came = house.file("came", &about(&mrn, "CAME", "GPR", ""));
    assert_eq!(came.status, 201);
    assert_eq!(lpcos::left(&house, "PC-1"), "50");
    assert!(house.stop().success());
    replays(dir.path(), &[&mrn, &granted.text("id"), &came.text("id")]);
}

#[test]
fn an_amendment_that_takes_the_licence_away_gives_back_what_it_wrote_off() {
    let dir = tempfile::tempdir().unwrap();
    let house = lpcos::house(dir.path());
    lpcos::issue(&house, "PC-1", "1000");
    let mrn = lpcos::filed(&house, "MAIN", "PC-1", 300);
    assert_eq!(lpcos::left(&house, "PC-1"), "700");
    let without = about(&mrn, "AMEND", "COR", &points(&["02A"]));
    let granted = amends(&house, &mrn, 1, &without);
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    assert!(lpcos::opinion(&house, &mrn)["documents"].is_null());
    assert_eq!(lpcos::left(&house, "PC-1"), "1000");
    lpcos::end(&house, &mrn);
    assert_eq!(lpcos::left(&house, "PC-1"), "1000", "and not twice");
    assert!(house.stop().success());
    replays(dir.path(), &[&mrn, &granted.text("id")]);
}
