//! What could not be computed is assessed by an officer, or by a rate that was loaded since.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::run;
use crate::http::{House, Said, good};
use crate::money::{act, balanced, debt, decides, naming, reference, state};

/// A lathe priced in euros, for which the pack has no rate: neither duty nor VAT can be computed.
fn lathe(lrn: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/cn/058-lathe-tianjin.xml");
    let lathe = std::fs::read_to_string(path).unwrap();
    let own = lathe.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    lathe.replace(own, lrn)
}

fn house(dir: &Path) -> House {
    let settings = "holder = \"H\"\n[[account]]\nid = \"CN01\"\ncurrency = \"CNY\"\n";
    std::fs::write(dir.join("money.toml"), settings).unwrap();
    House::start(dir, &["--pack", "cn", "--sandbox"])
}

/// Files it; nothing but what it owes holds it.
fn files(house: &House, lrn: &str, message: &str) -> String {
    let filed = house.file(lrn, message);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    let mrn = filed.text("mrn");
    for kind in ["documents", "examination"] {
        let lift = json!({"act": "lift", "by": "o1", "kind": kind});
        act(house, &mrn, &format!("{mrn} {kind}"), &lift);
    }
    assert_eq!(state(house, &mrn), "awaiting-payment");
    mrn
}

fn assess(house: &House, mrn: &str, key: &str, note: &str, amounts: &Value) -> Said {
    act(house, mrn, key, &json!({"act": "assess", "by": "o7", "note": note, "amounts": amounts}))
}

fn assessment(house: &House, mrn: &str) -> Value {
    house.get(&format!("/v1/declarations/{mrn}/opinion")).json()["assessment"].clone()
}

/// The responses that tell what is owed.
fn told(house: &House, mrn: &str) -> Vec<String> {
    let all = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let all = all["notifications"].as_array().unwrap().iter();
    let assessed = all.filter(|n| n["function"] == "13");
    assessed.map(|n| n["message"].as_str().unwrap().to_owned()).collect()
}

fn pays(house: &House, mrn: &str, key: &str, amount: &str) {
    let message = crate::money::camt(key, &[("in", amount, "CNY", "BOOK", &reference(house, mrn))]);
    let message =
        message.replace("<IBAN>GB33BUKB20201555555555</IBAN>", "<Othr><Id>CN01</Id></Othr>");
    let said = crate::money::tells(house, key, &message);
    // Of a request for what was to be secured too, it may be a part.
    let outcome = crate::money::outcomes(&said);
    assert!(["matched", "part"].contains(&&*outcome[0]), "{outcome:?}");
}

fn replays(dir: &Path, id: &str) {
    let came = run(&["replay", id, "--data", dir.to_str().unwrap(), "--json"]);
    assert_eq!(came.json()["same"], true, "{}", came.out);
}

#[test]
fn an_officer_states_what_could_not_be_computed_and_it_is_paid_like_any_debt() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = files(&house, "STATED", &lathe("STATED"));
    let before = assessment(&house, &mrn);
    assert_eq!(before["unknown"].as_array().unwrap().len(), 2, "{before}");
    let both = json!([
        {"item": 1, "tax": "DTY", "amount": "9000.00"},
        {"item": 1, "tax": "VAT", "amount": "14170", "secured": "500.50"},
    ]);

    // What is not what it may be changes nothing.
    let check = |n: usize, status: u16, kind: &str, field: &str, note: &str, amounts: Value| {
        let said = assess(&house, &mrn, &format!("wrong {n}"), note, &amounts);
        said.is_problem(status, kind);
        assert!(field.is_empty() || said.text("field") == field, "{n} {}", said.json());
        assert_eq!(assessment(&house, &mrn), before);
        assert_eq!(house.get(&format!("/v1/declarations/{mrn}/debt")).json(), json!([]));
        said.json()
    };
    let one =
        |item: u32, tax: &str, amount: &str| json!([{"item": item, "tax": tax, "amount": amount}]);
    check(0, 400, "bad-request", "note", " ", both.clone());
    for (n, amounts) in [
        one(1, "DTY", "-1"),
        one(1, "DTY", "1.001"),
        one(1, "DTY", "much"),
        one(1, "", "1"),
        one(2, "DTY", "1"),
        one(0, "DTY", "1"),
        one(1, "XXX", "1"),
        json!([{"item": 1, "tax": "DTY", "amount": "1"}, {"item": 1, "tax": "DTY", "amount": "1"}]),
        json!([{"item": 1, "tax": "DTY", "amount": "1", "secured": "-1"}]),
    ]
    .into_iter()
    .enumerate()
    {
        check(n + 1, 400, "bad-request", "amounts", "why", amounts);
    }
    let left = |said: &Value| -> Vec<String> {
        let all = said["unknown"].as_array().unwrap();
        all.iter().map(|u| u["tax_type"].as_str().unwrap().to_owned()).collect()
    };
    let all = check(20, 409, "still-unknown", "", "", json!([]));
    assert_eq!(left(&all), ["DTY", "VAT"]);
    let one_left = check(21, 409, "still-unknown", "", "why", one(1, "DTY", "9000.00"));
    assert_eq!(left(&one_left), ["VAT"]);
    let other = json!({"act": "depart", "by": "o7", "amounts": both});
    act(&house, &mrn, "other", &other).is_problem(400, "bad-request");

    // Stated, it is owed, told and paid; what is to be secured waits for a guarantee.
    let times = told(&house, &mrn).len();
    let done = assess(&house, &mrn, "both", "valued by expert report 12", &both);
    assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
    assert_eq!(done.text("state"), "awaiting-payment");
    let again = assess(&house, &mrn, "both", "valued by expert report 12", &both);
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let after = assessment(&house, &mrn);
    assert_eq!((&after["unknown"], &after["total"]), (&json!([]), &json!("23170.00")));
    let line = &after["lines"][1];
    assert_eq!(
        (&line["payable"], &line["secured"], &line["mark"], &line["basis"]),
        (
            &json!("14170"),
            &json!("500.50"),
            &json!("determined"),
            &json!("valued by expert report 12")
        )
    );
    let told_now = told(&house, &mrn);
    assert_eq!(told_now.len(), times + 1);
    assert!(told_now[times].contains("9000.00"), "{}", told_now[times]);
    let owed = debt(&house, &mrn);
    assert_eq!((&owed["due"], &owed["settled"]), (&json!("23170.00"), &json!("open")));
    replays(dir.path(), &done.text("id"));

    // Said wrongly, it is stated anew, and only the difference is posted.
    let less = json!([
        {"item": 1, "tax": "DTY", "amount": "8000.00"},
        {"item": 1, "tax": "VAT", "amount": "14000", "secured": "500.50"},
    ]);
    // Who stated it does not lower it: another does.
    assess(&house, &mrn, "own", "report 12, corrected", &less).is_problem(409, "act-refused");
    let by = |by: &str, note: &str, amounts: &Value| {
        let message = json!({"act": "assess", "by": by, "note": note, "amounts": amounts});
        act(&house, &mrn, &format!("{by} {note}"), &message)
    };
    by("0000000001", "own", &both).is_problem(409, "act-refused");
    let second = by("o8", "report 12, corrected", &less);
    assert_eq!(second.status, 201, "{}", String::from_utf8_lossy(&second.body));
    assert_eq!(debt(&house, &mrn)["due"], "22000.00");
    replays(dir.path(), &second.text("id"));
    replays(dir.path(), &done.text("id"));
    pays(&house, &mrn, "M1", "22500.50");
    assert_eq!(state(&house, &mrn), "released");
    // Known at last, nothing more is secured, and what was paid is more than enough.
    let last = json!([
        {"item": 1, "tax": "DTY", "amount": "8000.00"},
        {"item": 1, "tax": "VAT", "amount": "14100"},
    ]);
    assess(&house, &mrn, "last", "report 14", &last).is_problem(409, "act-refused");
    assert_eq!(by("o9", "report 14", &last).status, 201);
    assert_eq!(state(&house, &mrn), "cleared");
    assert_eq!(debt(&house, &mrn)["settled"], "over");
    balanced(&house);
    assess(&house, &mrn, "late", "why", &both).is_problem(409, "act-refused");
}

#[test]
fn an_amount_of_nothing_is_an_amount_and_what_is_secured_is_secured() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let stated = |amount: &str, secured: &str| {
        json!([
            {"item": 1, "tax": "DTY", "amount": amount, "secured": secured},
            {"item": 1, "tax": "VAT", "amount": amount, "secured": secured},
        ])
    };
    let free = files(&house, "FREE", &lathe("FREE"));
    assert_eq!(
        assess(&house, &free, "free", "relieved by decision 3", &stated("0", "0")).status,
        201
    );
    assert_eq!(state(&house, &free), "cleared");

    // The goods go before the amount is final, under a guarantee.
    let mrn = files(&house, "SECURED", &lathe("SECURED"));
    assert_eq!(
        assess(&house, &mrn, "s", "until the rate is told", &stated("0", "10000")).status,
        201
    );
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let money = |act: &str, amount: &str| {
        json!({"act": act, "by": "cashier", "guarantee": "G1", "declaration": mrn,
            "amount": amount, "currency": "CNY"})
    };
    assert_eq!(decides(&house, "g", &money("guarantee", "20000")).status, 201);
    assert_eq!(decides(&house, "s1", &money("secure", "20000")).status, 201);
    assert_eq!(state(&house, &mrn), "released");
    // The final amount is asked for; the goods are free still, for the guarantee stands for it.
    let known = stated("7000", "0");
    assess(&house, &mrn, "final", "the rate told", &known).is_problem(409, "act-refused");
    let other = json!({"act": "assess", "by": "o8", "note": "the rate told", "amounts": known});
    assert_eq!(act(&house, &mrn, "other", &other).status, 201);
    assert_eq!(state(&house, &mrn), "released");
    pays(&house, &mrn, "M1", "14000");
    assert_eq!(state(&house, &mrn), "cleared");
    balanced(&house);
}

#[test]
fn a_rate_that_was_loaded_assesses_without_an_amount() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path());
    let mrn = files(&first, "RATE", &lathe("RATE"));
    let reasons = first.get(&format!("/v1/declarations/{mrn}/opinion")).json()["decision"].clone();
    drop(first);
    std::fs::create_dir_all(dir.path().join("pack")).unwrap();
    let rates = "currency,per_unit,from,until,source\nEUR,7.8,2020-01-01,,central bank\n";
    std::fs::write(dir.path().join("pack/rates.csv"), rates).unwrap();
    let house = house(dir.path());
    // An amendment that came meanwhile is of what it says; the goods are not looked at again.
    let done = assess(&house, &mrn, "now", "", &json!([]));
    assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
    let opinion = house.get(&format!("/v1/declarations/{mrn}/opinion")).json();
    assert_eq!((&opinion["assessment"]["unknown"], &opinion["decision"]), (&json!([]), &reasons));
    let due = debt(&house, &mrn)["outstanding"].as_str().unwrap().to_owned();
    replays(dir.path(), &done.text("id"));
    pays(&house, &mrn, "M1", &due);
    assert_eq!(state(&house, &mrn), "cleared");
    // Nothing is unknown: nothing is to be stated.
    let known = files(&house, "KNOWN", &lathe("KNOWN"));
    let stated = json!([{"item": 1, "tax": "DTY", "amount": "1"}]);
    assess(&house, &known, "k", "why", &stated).is_problem(409, "act-refused");
}

#[test]
fn a_value_that_lacks_a_cost_is_answered_by_the_amounts_of_the_item() {
    let dir = tempfile::tempdir().unwrap();
    let house = crate::money::house(dir.path());
    // Free carrier: the carriage is neither in the price nor stated.
    let filed = house.file("f", &naming(&good("COST")));
    let mrn = filed.text("mrn");
    for kind in ["documents", "examination"] {
        act(&house, &mrn, kind, &json!({"act": "lift", "by": "o1", "kind": kind}));
    }
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let before = assessment(&house, &mrn);
    assert_eq!(
        (&before["unknown"][0]["why"], &before["unknown"][0]["tax_type"]),
        (&json!("no-cost"), &json!(""))
    );
    let lines = before["lines"].as_array().unwrap();
    let stated = |some: &[Value]| -> Value {
        let of = |l: &Value| json!({"item": l["item"], "tax": l["tax_type"], "amount": "10"});
        some.iter().map(of).collect()
    };
    assert!(lines.len() > 1, "{before}");
    let some = stated(&lines[1..]);
    assess(&house, &mrn, "some", "why", &some).is_problem(409, "still-unknown");
    let done = assess(&house, &mrn, "all", "carriage by the carrier's tariff", &stated(lines));
    assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
    let due = debt(&house, &mrn)["due"].clone();
    assert_eq!(due, format!("{}.00", 10 * lines.len()));
    replays(dir.path(), &done.text("id"));
}
