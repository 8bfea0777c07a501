//! Money in the house: what is owed, what a bank tells, what follows of it for the goods.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::http::{House, Said, good};

const OURS: &str = "GB33BUKB20201555555555";

const SETTINGS: &str = r#"
holder = "Customs of the house"
[[account]]
id = "GB33BUKB20201555555555"
currency = "GBP"
bic = "BUKBGB22"
"#;

const MEASURES: &str = "\
code,direction,origin,regime,tax_type,rate,formula,unit,from,until,basis
9503003500,import,,,A00,4.7,,,2020-01-01,,tcta-2018
9503004100,import,,,A00,2,,,2020-01-01,,tcta-2018
";

pub(crate) fn house(dir: &Path) -> House {
    house_with(dir, SETTINGS)
}

fn house_with(dir: &Path, settings: &str) -> House {
    std::fs::write(dir.join("money.toml"), settings).unwrap();
    // The pack has no customs duty: rates come as rows of the operator.
    std::fs::create_dir_all(dir.join("pack")).unwrap();
    std::fs::write(dir.join("pack/measures-money.csv"), MEASURES).unwrap();
    House::sandbox(dir)
}

/// A notification of entries: side, amount, currency, status, reference or EndToEndId, own number.
pub(crate) fn camt(id: &str, entries: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut all = String::new();
    for (n, (side, amount, currency, status, reference)) in entries.iter().enumerate() {
        let (way, back) = match *side {
            "in" => ("CRDT", ""),
            "out" => ("DBIT", ""),
            "out-back" => ("CRDT", "<RvslInd>true</RvslInd>"),
            _ => ("DBIT", "<RvslInd>true</RvslInd>"),
        };
        let booked = if *status == "BOOK" { "<BookgDt><Dt>2026-11-26</Dt></BookgDt>" } else { "" };
        let (end, remittance) = if side.starts_with("out") {
            (*reference, String::new())
        } else {
            let said = format!(
                "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>\
                 <Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>"
            );
            ("NOTPROVIDED", said)
        };
        write!(
            all,
            "<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{back}\
             <Sts><Cd>{status}</Cd></Sts>{booked}<AcctSvcrRef>{id}-{n}</AcctSvcrRef>\
             <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs>\
             <EndToEndId>{end}</EndToEndId></Refs><Amt Ccy=\"{currency}\">{amount}</Amt>\
             <CdtDbtInd>{way}</CdtDbtInd>{remittance}</TxDtls></NtryDtls></Ntry>"
        )
        .unwrap();
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
         <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{id}</MsgId>\
         <CreDtTm>2026-11-26T18:00:00Z</CreDtTm></GrpHdr>\n<Ntfctn><Id>{id}</Id>\
         <CreDtTm>2026-11-26T18:00:00Z</CreDtTm><Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>\n\
         {all}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n"
    )
}

pub(crate) fn tells(house: &House, key: &str, message: &str) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/xml")];
    house.post("/v1/bank", &headers, message.as_bytes())
}

/// What became of the first part of each entry.
pub(crate) fn outcomes(said: &Said) -> Vec<String> {
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    let all = said.json();
    let outcome = |e: &Value| e["parts"][0]["outcome"].as_str().unwrap().to_owned();
    all["entries"].as_array().unwrap().iter().map(outcome).collect()
}

pub(crate) fn decides(house: &House, key: &str, act: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post("/v1/money/acts", &headers, act.to_string().as_bytes())
}

pub(crate) fn act(house: &House, mrn: &str, key: &str, act: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post(&format!("/v1/declarations/{mrn}/acts"), &headers, act.to_string().as_bytes())
}

pub(crate) fn state(house: &House, mrn: &str) -> String {
    house.get(&format!("/v1/declarations/{mrn}")).text("state")
}

pub(crate) fn debt(house: &House, mrn: &str) -> Value {
    let debts = house.get(&format!("/v1/declarations/{mrn}/debt")).json();
    let opinion = || house.get(&format!("/v1/declarations/{mrn}/opinion")).json();
    assert!(debts[0].is_object(), "{} {}", debts, opinion()["assessment"]);
    debts[0].clone()
}

/// The reference of the last request.
pub(crate) fn reference(house: &House, mrn: &str) -> String {
    let debt = debt(house, mrn);
    debt["requests"].as_array().unwrap().last().unwrap()["reference"].as_str().unwrap().to_owned()
}

fn told(house: &House, mrn: &str) -> Vec<String> {
    let all = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let all = all["notifications"].as_array().unwrap();
    all.iter().map(|n| n["function"].as_str().unwrap().to_owned()).collect()
}

/// An import whose price has every cost in it, so that what it owes is known.
fn import(lrn: &str) -> String {
    good(lrn).replace("<ConditionCode>FCA<", "<ConditionCode>DAP<")
}

/// The same, naming how each tax is paid: what is unknown of them is collected.
pub(crate) fn naming(message: &str) -> String {
    let payment = "</DutyRegimeCode><Payment><MethodCode>E</MethodCode></Payment>";
    message.replace("</DutyRegimeCode>", payment)
}

/// An import that owes, which nothing but its debt holds.
pub(crate) fn owes(house: &House, lrn: &str) -> String {
    files(house, lrn, &import(lrn))
}

fn files(house: &House, lrn: &str, message: &str) -> String {
    let filed = house.file(lrn, message);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    let mrn = filed.text("mrn");
    for kind in ["documents", "examination"] {
        let lift = json!({"act": "lift", "by": "o1", "kind": kind});
        act(house, &mrn, &format!("{mrn} {kind}"), &lift);
    }
    mrn
}

/// That every currency sums to nothing.
pub(crate) fn balanced(house: &House) {
    let money = house.get("/v1/money").json();
    for currency in money["currencies"].as_array().unwrap() {
        assert_eq!(currency["sum"], "0.00", "{currency}");
    }
}

#[test]
fn goods_are_released_on_money_the_bank_booked() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "PAYS");
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let owed = debt(&house, &mrn);
    let due = owed["due"].as_str().unwrap().to_owned();
    assert_eq!((&owed["settled"], &owed["outstanding"]), (&"open".into(), &due.clone().into()));
    let request = owed["requests"][0].clone();
    assert_eq!((&request["amount"], &request["currency"]), (&due.clone().into(), &"GBP".into()));
    assert_eq!(request["accounts"][0]["account"], OURS);
    let reference = reference(&house, &mrn);
    assert!(reference.starts_with("RF"), "{reference}");

    // Announced, in another currency, under another reference, too little: nothing moves.
    let pending = tells(&house, "p", &camt("M1", &[("in", &due, "GBP", "PDNG", &reference)]));
    assert_eq!(outcomes(&pending), ["not-booked"]);
    let euros = tells(&house, "e", &camt("M2", &[("in", &due, "EUR", "BOOK", &reference)]));
    assert_eq!(outcomes(&euros), ["wrong-currency"]);
    let foreign = ("in", &*due, "GBP", "BOOK", "RF18539007547034");
    let little = ("in", "1.00", "GBP", "BOOK", &*reference);
    let other = tells(&house, "o", &camt("M4", &[foreign, little]));
    assert_eq!(outcomes(&other), ["unknown-reference", "part"]);
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    assert_eq!(debt(&house, &mrn)["settled"], "part");

    // The rest, booked: cleared in the same commit, told once.
    let rest = debt(&house, &mrn)["outstanding"].as_str().unwrap().to_owned();
    let paid = camt("M3", &[("in", &rest, "GBP", "BOOK", &reference)]);
    let taken = tells(&house, "r", &paid);
    assert_eq!(outcomes(&taken), ["matched"]);
    assert_eq!(taken.json()["entries"][0]["parts"][0]["declaration"], mrn);
    assert_eq!(state(&house, &mrn), "cleared");
    let functions = told(&house, &mrn);
    assert_eq!(functions[functions.len() - 2..], ["13", "09"], "{functions:?}");

    // The same message again, under its key and under another, counts once.
    let again = tells(&house, "r", &paid);
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(outcomes(&tells(&house, "r2", &paid)), ["duplicate"]);
    assert_eq!(debt(&house, &mrn)["settled"], "paid");
    assert_eq!(told(&house, &mrn), functions);
    balanced(&house);

    // Another program that opens the house finds the same.
    let (money, owed) = (house.get("/v1/money").json(), debt(&house, &mrn));
    house.stop();
    let house = self::house(dir.path());
    assert_eq!(house.get("/v1/money").json(), money);
    assert_eq!(debt(&house, &mrn), owed);
    assert_eq!(outcomes(&tells(&house, "r3", &paid)), ["duplicate"]);
}

#[test]
fn what_is_no_message_of_the_bank_is_kept_and_takes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "NONE");
    let reference = reference(&house, &mrn);
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let good = camt("M1", &[("in", &due, "GBP", "BOOK", &reference)]);
    let check = |key: &str, message: &str, says: &str| {
        let said = tells(&house, key, message);
        said.is_problem(422, "bank-message-refused");
        let problems = said.json()["problems"].to_string();
        assert!(problems.contains(says), "{problems}");
        let kept = house.get(&format!("/v1/declarations/{}/message", said.text("id")));
        assert_eq!(kept.body, message.as_bytes());
        // Asked again it is answered the same.
        assert_eq!(tells(&house, key, message).status, 422);
        assert_eq!(state(&house, &mrn), "awaiting-payment");
    };
    check("1", "no XML", "");
    check("2", &good.replace(OURS, "GB94BARC10201530093459"), "foreign-account");
    check("3", &good.replace("<CdtDbtInd>CRDT</CdtDbtInd>", ""), "CdtDbtInd");
    check("4", &good.replace("camt.054.001.08", "camt.054.001.01"), "camt.054.001.01");
    check("5", &good.replace(&due, &format!("-{due}")), "Amt");
    let without = house.post("/v1/bank", &[("Content-Type", "application/xml")], good.as_bytes());
    without.is_problem(400, "key-wanted");
    let used = tells(&house, "1", &good);
    used.is_problem(422, "key-used");
    assert_eq!(outcomes(&tells(&house, "6", &good)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
}

#[test]
fn a_deferment_account_takes_the_debt_of_those_who_may_use_it() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let named = |lrn: &str, account: &str| {
        let document = format!(
            "<AdditionalDocument><CategoryCode>1</CategoryCode><ID>{account}</ID>\
             <TypeCode>DAN</TypeCode></AdditionalDocument>"
        );
        let text = import(lrn);
        let at = text.find("<BorderTransportMeans>").unwrap();
        format!("{}{document}{}", &text[..at], &text[at..])
    };
    let mrn = owes(&house, "PLAIN");
    let plain = debt(&house, &mrn);
    let (due, debtor) = (plain["due"].as_str().unwrap(), plain["debtor"].as_str().unwrap());
    let limit = |amount: &str, holders: &[&str]| json!({"act": "limit", "by": "cashier", "deferment": "1108654", "amount": amount, "currency": "GBP", "holders": holders});

    // Nobody's account, and one that others hold, take nothing over.
    let mrn = files(&house, "D1", &named("D1", "1108654"));
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    assert_eq!(decides(&house, "l1", &limit(due, &["SOMEBODY"])).status, 201);
    let mrn = files(&house, "D2", &named("D2", "1108654"));
    assert_eq!(
        (state(&house, &mrn), told(&house, &mrn).contains(&"14".to_owned())),
        ("awaiting-payment".into(), false)
    );

    assert_eq!(decides(&house, "l2", &limit(due, &[debtor])).status, 201);
    let mrn = files(&house, "D3", &named("D3", "1108654"));
    assert_eq!(state(&house, &mrn), "cleared");
    let owed = debt(&house, &mrn);
    assert_eq!((&owed["settled"], &owed["deferred"]), (&"secured".into(), &due.into()));
    assert_eq!(owed["requests"], json!([]));

    // The limit is used up: payment is asked for, and it is said that the account holds too little.
    let mrn = files(&house, "D4", &named("D4", "1108654"));
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    assert!(told(&house, &mrn).contains(&"14".to_owned()));
    assert_eq!(debt(&house, &mrn)["requests"].as_array().unwrap().len(), 1);
    let over = decides(
        &house,
        "over",
        &json!({"act": "defer", "by": "c", "declaration": mrn, "deferment": "1108654", "amount": due, "currency": "GBP"}),
    );
    over.is_problem(409, "money-refused");
    assert_eq!(over.json()["why"], "over-limit");

    // What the account owes is asked for, paid, and frees it.
    let asked = decides(
        &house,
        "ask",
        &json!({"act": "ask", "by": "c", "deferment": "1108654", "amount": due, "currency": "GBP"}),
    );
    assert_eq!(asked.status, 201);
    let reference = asked.text("reference");
    let again = decides(
        &house,
        "ask",
        &json!({"act": "ask", "by": "c", "deferment": "1108654", "amount": due, "currency": "GBP"}),
    );
    assert_eq!(again.text("reference"), reference);
    assert_eq!(
        outcomes(&tells(&house, "b", &camt("M1", &[("in", due, "GBP", "BOOK", &reference)]))),
        ["matched"]
    );
    let defer = json!({"act": "defer", "by": "c", "declaration": mrn, "deferment": "1108654", "amount": due, "currency": "GBP"});
    assert_eq!(decides(&house, "defer", &defer).status, 201);
    assert_eq!(state(&house, &mrn), "cleared");
    balanced(&house);
}

#[test]
fn a_guarantee_releases_and_money_clears() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "SECURED");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let of = |act: &str, amount: &str| json!({"act": act, "by": "c", "declaration": mrn, "guarantee": "G1", "amount": amount, "currency": "GBP"});
    let nothing = decides(&house, "g0", &of("secure", &due));
    nothing.is_problem(409, "money-refused");
    let given =
        json!({"act": "guarantee", "by": "c", "guarantee": "G1", "amount": due, "currency": "GBP"});
    assert_eq!(decides(&house, "g1", &given).status, 201);
    assert_eq!(decides(&house, "g2", &of("secure", &due)).status, 201);
    assert_eq!(state(&house, &mrn), "released");
    let functions = told(&house, &mrn);
    assert_eq!(functions[functions.len() - 2..], ["13", "08"], "{functions:?}");
    decides(&house, "g3", &of("release", &due)).is_problem(409, "money-refused");
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    assert_eq!(outcomes(&tells(&house, "b", &paid)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
    assert_eq!(decides(&house, "g4", &of("release", &due)).status, 201);
    assert_eq!(state(&house, &mrn), "cleared");
    balanced(&house);
}

#[test]
fn a_payment_the_bank_takes_back_opens_the_debt_again() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "BACK");
    let hold = json!({"act": "hold", "by": "o", "kind": "examination", "agency": "vet", "reason": "sample"});
    assert_eq!(act(&house, &mrn, "h", &hold).status, 201);
    let (due, reference) =
        (debt(&house, &mrn)["due"].as_str().unwrap().to_owned(), reference(&house, &mrn));
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference)]);
    assert_eq!(outcomes(&tells(&house, "1", &paid)), ["matched"]);
    let back = camt("M2", &[("back", &due, "GBP", "BOOK", &reference)]);
    assert_eq!(outcomes(&tells(&house, "2", &back)), ["reversed"]);
    let lift = json!({"act": "lift", "by": "o", "kind": "examination", "agency": "vet"});
    assert_eq!(act(&house, &mrn, "l", &lift).status, 201);
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let paid = camt("M3", &[("in", &due, "GBP", "BOOK", &reference)]);
    assert_eq!(outcomes(&tells(&house, "3", &paid)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
    balanced(&house);
}

#[test]
fn what_was_paid_on_a_declaration_that_is_ended_is_given_back() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "ENDED");
    let hold = json!({"act": "hold", "by": "o", "kind": "query", "reason": "question"});
    assert_eq!(act(&house, &mrn, "h", &hold).status, 201);
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    assert_eq!(outcomes(&tells(&house, "1", &paid)), ["matched"]);
    let refund = |amount: &str| json!({"act": "refund", "by": "c", "declaration": mrn, "amount": amount, "currency": "GBP", "payee": {"name": "Trader", "account": "GB94BARC10201530093459", "bic": "BARCGB22"}});
    decides(&house, "r0", &refund(&due)).is_problem(409, "money-refused");
    let cancel = json!({"act": "cancel", "by": "o", "reason": "not-founded"});
    let mut cancelled = act(&house, &mrn, "c", &cancel);
    if cancelled.status == 422 {
        let reason = cancelled.json()["reasons"][0]["code"].clone();
        cancelled = act(&house, &mrn, "c", &json!({"act": "cancel", "by": "o", "reason": reason}));
    }
    assert_eq!(cancelled.status, 201, "{}", String::from_utf8_lossy(&cancelled.body));
    let owed = debt(&house, &mrn);
    assert_eq!((&owed["due"], &owed["settled"]), (&"0.00".into(), &"over".into()));
    let decided = decides(&house, "r1", &refund(&due));
    assert_eq!(decided.status, 201, "{}", String::from_utf8_lossy(&decided.body));
    let order = json!({"act": "order", "by": "c", "currency": "GBP"});
    let ordered = decides(&house, "o1", &order);
    assert_eq!(ordered.status, 201, "{}", String::from_utf8_lossy(&ordered.body));
    let text = house.get(&format!("/v1/money/orders/{}", ordered.text("id"))).body;
    let text = String::from_utf8(text).unwrap();
    let end = decided.text("id").replace('-', "");
    assert!(text.contains(&format!("<EndToEndId>{end}</EndToEndId>")), "{text}");
    assert!(text.contains("GB94BARC10201530093459") && text.contains(&due), "{text}");
    // What a bank was told to pay out is not taken back, nor paid to nobody.
    let posting = format!("act {}", decided.text("id"));
    let reverse = json!({"act": "reverse", "by": "c", "posting": posting, "why": "correction"});
    let refused = decides(&house, "rev", &reverse);
    refused.is_problem(409, "money-refused");
    assert_eq!(refused.json()["why"], "only-the-bank");
    let mut nobody = refund("1.00");
    nobody["payee"]["name"] = " Trader ".into();
    decides(&house, "nobody", &nobody).is_problem(400, "bad-request");
    // Nothing is ordered twice.
    decides(&house, "o2", &order).is_problem(409, "order-refused");
    let out = camt("M2", &[("out", &due, "GBP", "BOOK", &end)]);
    assert_eq!(outcomes(&tells(&house, "2", &out)), ["refund-paid"]);
    assert_eq!(house.get("/v1/money").json()["refunds"], json!([]));
    balanced(&house);

    // The payee's bank sends it back: it waits again, and is decided anew for another account.
    decides(&house, "rev2", &reverse).is_problem(409, "money-refused");
    let back = camt("M3", &[("out-back", &due, "GBP", "BOOK", &end)]);
    assert_eq!(outcomes(&tells(&house, "3", &back)), ["reversed"]);
    decides(&house, "o3", &order).is_problem(409, "order-refused");
    let reversed = decides(&house, "rev3", &reverse);
    assert_eq!(reversed.status, 201, "{}", String::from_utf8_lossy(&reversed.body));
    let mut other = refund(&due);
    other["payee"]["account"] = OURS.into();
    let decided = decides(&house, "r2", &other);
    assert_eq!(decided.status, 201, "{}", String::from_utf8_lossy(&decided.body));
    let ordered = decides(&house, "o4", &order);
    assert_eq!(ordered.status, 201, "{}", String::from_utf8_lossy(&ordered.body));
    let text = house.get(&format!("/v1/money/orders/{}", ordered.text("id"))).body;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(OURS) && text.contains(&due) && !text.contains(&end), "{text}");
    balanced(&house);
}

#[test]
fn a_debt_is_paid_in_another_currency_at_todays_official_rate() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("pack")).unwrap();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::system()).date();
    let old = today - jiff::Span::new().days(60);
    let rates = format!(
        "currency,per_unit,from,until,source\nCNY,0.10,{today},,the central bank\n\
         KZT,0.0015,{old},,the central bank\n"
    );
    std::fs::write(dir.path().join("pack/rates-today.csv"), rates).unwrap();
    let settings = format!("{SETTINGS}[[account]]\nid = \"CN1\"\ncurrency = \"CNY\"\n");
    let house = house_with(dir.path(), &settings);
    let mrn = owes(&house, "YUAN");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let quote = |currency: &str| json!({"act": "quote", "by": "trader", "declaration": mrn, "currency": currency});
    // No rate, and one that is two months old.
    decides(&house, "usd", &quote("USD")).is_problem(409, "no-rate");
    decides(&house, "kzt", &quote("KZT")).is_problem(409, "no-rate");
    decides(&house, "gbp", &quote("GBP")).is_problem(400, "bad-request");
    let asked = decides(&house, "cny", &quote("CNY"));
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    let request = debt(&house, &mrn)["requests"][1].clone();
    let yuan = format!("{:.2}", due.parse::<f64>().unwrap() * 10.0);
    assert_eq!((&request["amount"], &request["currency"]), (&yuan.clone().into(), &"CNY".into()));
    assert_eq!(request["worth"], format!("{due} GBP"));
    assert_eq!(request["accounts"][0]["account"], "CN1");
    assert_eq!(decides(&house, "cny", &quote("CNY")).text("reference"), asked.text("reference"));
    let told = camt("Y1", &[("in", &yuan, "CNY", "BOOK", &asked.text("reference"))]);
    let told = told.replace("<IBAN>GB33BUKB20201555555555</IBAN>", "<Othr><Id>CN1</Id></Othr>");
    let told = told.replace("<Dt>2026-11-26</Dt>", &format!("<Dt>{today}</Dt>"));
    assert_eq!(outcomes(&tells(&house, "y", &told)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
    balanced(&house);
    let money = house.get("/v1/money").json();
    let yuans = money["currencies"].as_array().unwrap().iter().find(|c| c["currency"] == "CNY");
    assert_eq!(yuans.unwrap()["exchanged"], format!("-{yuan}"));
}

#[test]
fn a_message_is_the_banks_only_with_its_signature_where_its_key_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let bank = fondaco_wire::receipt::Signer::new(&[7; 32]);
    let other = fondaco_wire::receipt::Signer::new(&[8; 32]);
    let settings = format!("bank_keys = ['{}']\n{SETTINGS}", bank.public_jwk());
    let house = house_with(dir.path(), &settings);
    let mrn = owes(&house, "SIGNED");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let message = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    let signs = |signer: &fondaco_wire::receipt::Signer, text: &str| {
        let digest = fondaco_wire::receipt::digest(text.as_bytes());
        signer.state("fondaco-bank+jws", &json!({"digest": digest}))
    };
    let sends = |key: &str, signature: Option<String>| {
        let mut headers = vec![("Idempotency-Key", key), ("Content-Type", "application/xml")];
        headers.extend(signature.as_deref().map(|s| ("Bank-Signature", s)));
        house.post("/v1/bank", &headers, message.as_bytes())
    };
    sends("1", None).is_problem(401, "not-the-bank");
    sends("2", Some(signs(&other, &message))).is_problem(401, "not-the-bank");
    sends("3", Some(signs(&bank, "another"))).is_problem(401, "not-the-bank");
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    assert_eq!(outcomes(&sends("4", Some(signs(&bank, &message)))), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
}

#[test]
fn goods_lodged_before_they_came_owe_when_they_come() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let message = import("COMES").replace("<TypeCode>IMA<", "<TypeCode>IMD<");
    let filed = house.file("COMES", &message);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    let mrn = filed.text("mrn");
    let owed = house.get(&format!("/v1/declarations/{mrn}/debt")).json();
    assert_eq!(owed, json!([]), "nothing is owed before the goods come");
    let came = house.file("came", &crate::http::about(&mrn, "CAME", "GPR", ""));
    assert_eq!(came.status, 201, "{}", String::from_utf8_lossy(&came.body));
    for kind in ["documents", "examination"] {
        let lift = json!({"act": "lift", "by": "o1", "kind": kind});
        act(&house, &mrn, &format!("{mrn} {kind}"), &lift);
    }
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    assert_eq!(outcomes(&tells(&house, "pays", &paid)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
}

/// A message that changes the delivery term of a declaration, granted, and the look at it over.
fn term_changed(house: &House, mrn: &str, number: u32, term: &str) {
    let shipment = format!("<TradeTerms><ConditionCode>{term}</ConditionCode></TradeTerms>");
    amended(house, mrn, number, &["42A", "67A", "22B"], "090", &shipment);
}

/// The same of the code of its first item.
fn code_changed(house: &House, mrn: &str, number: u32, code: &str) {
    let shipment = format!(
        "<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric><Commodity>\
         <Classification><ID>{code}</ID><IdentificationTypeCode>TSP</IdentificationTypeCode>\
         </Classification></Commodity></GovernmentAgencyGoodsItem>"
    );
    amended(house, mrn, number, &["42A", "67A", "68A", "23A", "21A"], "145", &shipment);
}

fn amended(house: &House, mrn: &str, number: u32, path: &[&str], tag: &str, shipment: &str) {
    let pointers: String = path
        .iter()
        .map(|class| {
            format!(
                "<Pointer><SequenceNumeric>1</SequenceNumeric>\
                 <DocumentSectionCode>{class}</DocumentSectionCode></Pointer>"
            )
        })
        .collect();
    let at = pointers.rfind("</Pointer>").unwrap();
    let pointers = format!("{}<TagID>{tag}</TagID>{}", &pointers[..at], &pointers[at..]);
    let body = format!(
        "<Amendment><ChangeReasonCode>21</ChangeReasonCode>{pointers}</Amendment>\
         <GoodsShipment>{shipment}</GoodsShipment>"
    );
    let key = format!("COR{number}");
    let filed = house.file(&key, &crate::http::about(mrn, &key, "COR", &body));
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": number});
    let granted = act(house, mrn, &format!("grant {key}"), &grant);
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    for kind in ["documents", "examination"] {
        let hold = format!("amendment {number}");
        let lift = json!({"act": "lift", "by": "o", "kind": kind, "hold": hold});
        act(house, mrn, &format!("lift {kind} {number}"), &lift);
    }
}

/// The messages that duties were told by.
fn duties_told(house: &House, mrn: &str) -> Vec<Value> {
    let all = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
    let all = all["notifications"].as_array().unwrap();
    all.iter().filter(|n| n["function"] == "13").cloned().collect()
}

#[test]
fn what_was_told_of_a_debt_is_told_the_same_after_an_amendment() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "STANDS");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    assert_eq!(outcomes(&tells(&house, "b", &paid)), ["matched"]);
    let before = duties_told(&house, &mrn);
    assert_eq!(before.last().unwrap()["event"], "debt-settled");
    code_changed(&house, &mrn, 1, "95030041");
    let after = duties_told(&house, &mrn);
    assert!(after.len() > before.len(), "{after:?}");
    assert_eq!(after[..before.len()], before);
}

#[test]
fn a_debt_that_is_less_than_was_secured_is_told_when_it_is_final() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = owes(&house, "LESS");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let of = |act: &str| json!({"act": act, "by": "c", "declaration": mrn, "guarantee": "G1", "amount": due, "currency": "GBP"});
    for act in ["guarantee", "secure"] {
        let mut said = of(act);
        if act == "guarantee" {
            said.as_object_mut().unwrap().remove("declaration");
        }
        assert_eq!(decides(&house, act, &said).status, 201);
    }
    code_changed(&house, &mrn, 1, "95030041");
    let less = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    assert_ne!(less, due);
    let paid = camt("M1", &[("in", &less, "GBP", "BOOK", &reference(&house, &mrn))]);
    // The request was for more.
    assert_eq!(outcomes(&tells(&house, "b", &paid)), ["part"]);
    assert_eq!(state(&house, &mrn), "cleared");
    let told = duties_told(&house, &mrn);
    let last = told.last().unwrap();
    assert_eq!(last["event"], "debt-settled", "{told:?}");
    assert!(last["message"].as_str().unwrap().contains("<NameCode>4</NameCode>"));
    // The figures are those it was amended to.
    let of_amendment = &told[told.len() - 2];
    let figures = |n: &Value| {
        n["message"].as_str().unwrap().split("<GoodsShipment>").nth(1).unwrap().to_owned()
    };
    assert_eq!(
        (&of_amendment["event"], figures(of_amendment)),
        (&json!("assessed"), figures(last))
    );
}

/// Where the declarant names every tax that is collected, one that is named no more and cannot be computed is
/// waited for by nobody; what was charged stands, and settles. A cost that lacks is waited for: what was
/// computed without it is too little.
#[test]
fn what_an_amendment_leaves_unknown_is_not_settled_by_what_was_charged_before() {
    for (lrn, named, cost) in [
        ("NAMED", true, true),
        ("RATE", true, false),
        ("UNNAMED", false, false),
        ("COST", false, true),
    ] {
        let waits = named || cost;
        let dir = tempfile::tempdir().unwrap();
        let house = house(dir.path());
        let mrn = files(&house, lrn, &naming(&import(lrn)));
        let (due, reference) =
            (debt(&house, &mrn)["due"].as_str().unwrap().to_owned(), reference(&house, &mrn));
        let mut number = 0;
        if !named {
            number += 1;
            let item = "<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem>";
            let path = ["42A", "67A", "68A", "23A", "50A", "94A"];
            amended(&house, &mrn, number, &path, "107", item);
        }
        match cost {
            true => term_changed(&house, &mrn, number + 1, "FCA"),
            // There is no rate for it.
            false => code_changed(&house, &mrn, number + 1, "95030010"),
        }
        assert_eq!(state(&house, &mrn), "awaiting-payment");
        assert_eq!(debt(&house, &mrn)["due"], due);
        let paid = camt(lrn, &[("in", &due, "GBP", "BOOK", &reference)]);
        assert_eq!(outcomes(&tells(&house, "bank", &paid)), ["matched"]);
        assert_eq!(state(&house, &mrn), if waits { "awaiting-payment" } else { "cleared" });
        // Known again, it is what was paid.
        match cost {
            true => term_changed(&house, &mrn, number + 2, "DAP"),
            false => code_changed(&house, &mrn, number + 2, "95030035"),
        }
        assert_eq!((&*state(&house, &mrn), &debt(&house, &mrn)["due"]), ("cleared", &json!(due)));
        let debts = house.get(&format!("/v1/declarations/{mrn}/debt")).json();
        assert_eq!(debts.as_array().unwrap().len(), 1);
        balanced(&house);
    }
}

/// A relief takes away what a cost that lacks in the value would add to: nobody waits for it.
#[test]
fn a_cost_that_lacks_of_what_bears_no_tax_opens_no_debt() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mrn = files(&house, "RELIEVED", &naming(&import("RELIEVED")));
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    assert_eq!(outcomes(&tells(&house, "1", &paid)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
    let item = "<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric><GovernmentProcedure>\
        <CurrentCode>51</CurrentCode></GovernmentProcedure></GovernmentAgencyGoodsItem>";
    amended(&house, &mrn, 1, &["42A", "67A", "68A", "70A"], "166", item);
    let owed = debt(&house, &mrn);
    assert_eq!((&owed["due"], &owed["settled"]), (&json!("0.00"), &json!("over")));
    term_changed(&house, &mrn, 2, "FCA");
    let assessment =
        house.get(&format!("/v1/declarations/{mrn}/opinion")).json()["assessment"].clone();
    let unknown = &assessment["unknown"][0];
    assert_eq!((&unknown["why"], &unknown["payable"]), (&json!("no-cost"), &json!(false)));
    assert_eq!(state(&house, &mrn), "cleared");
    // Of goods that bear duty again it is waited for.
    let item = item.replace("51", "40");
    amended(&house, &mrn, 3, &["42A", "67A", "68A", "70A"], "166", &item);
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    balanced(&house);
}

#[test]
fn what_is_known_is_charged_beside_a_cost_that_lacks_of_what_bears_no_tax() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/008-toys-southampton.xml");
    let toys = std::fs::read_to_string(path).unwrap();
    // The first is stored, and no carriage is stated; the second bears duty, and has its own.
    let toys = toys.replacen("<CurrentCode>40<", "<CurrentCode>51<", 1).replace(">CIF<", ">FCA<");
    let first = toys.find("<Classification>").unwrap();
    let codes = &toys[first..toys.find("<DutyTaxFee>").unwrap()];
    let at = toys.rfind("<Classification>").unwrap();
    let end = at + toys[at..].find("<DutyTaxFee>").unwrap();
    let toys = [&toys[..at], codes, &toys[end..]].concat();
    let method = "<MethodCode>1</MethodCode>";
    let at = toys.rfind(method).unwrap() + method.len();
    let carriage = "<ChargeDeduction><ChargesTypeCode>AK</ChargesTypeCode><OtherChargeDeductionAmount \
        currencyID=\"GBP\">100.00</OtherChargeDeductionAmount></ChargeDeduction>";
    let toys = [&toys[..at], carriage, &toys[at..]].concat();
    let mrn = files(&house, "STORED", &toys);
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let due = debt(&house, &mrn)["due"].as_str().unwrap().to_owned();
    let paid = camt("M1", &[("in", &due, "GBP", "BOOK", &reference(&house, &mrn))]);
    assert_eq!(outcomes(&tells(&house, "1", &paid)), ["matched"]);
    assert_eq!(state(&house, &mrn), "cleared");
    balanced(&house);
}

#[test]
fn a_tax_that_cannot_be_computed_is_waited_for_where_no_declarant_names_taxes() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::start(dir.path(), &["--pack", "cn", "--sandbox"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/cn/058-lathe-tianjin.xml");
    let lathe = std::fs::read_to_string(path).unwrap();
    let own = lathe.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    // There is no rate for the euro: neither duty nor VAT is known, and neither is nothing.
    let unknown = files(&house, "EURO", &lathe.replace(own, "EURO"));
    assert_eq!(state(&house, &unknown), "awaiting-payment");
    assert_eq!(house.get(&format!("/v1/declarations/{unknown}/debt")).json(), json!([]));
    // Charged, and left unknown by an amendment: the freight is not in the price any more.
    let (before, rest) = lathe.split_once("   <ChargeDeduction>").unwrap();
    let after = rest.rsplit_once("</ChargeDeduction>").unwrap().1;
    let known = format!("{before}{after}").replace("EUR", "CNY").replace(">FOB<", ">CIF<");
    let known = files(&house, "YUAN", &known.replace(own, "YUAN"));
    assert_eq!(state(&house, &known), "awaiting-payment");
    let owed = debt(&house, &known)["due"].clone();
    term_changed(&house, &known, 1, "FOB");
    assert_eq!(state(&house, &known), "awaiting-payment");
    assert_eq!(
        (&debt(&house, &known)["due"], &debt(&house, &known)["settled"]),
        (&owed, &json!("open"))
    );
    // Known again it is charged as it is now.
    term_changed(&house, &known, 2, "CFR");
    assert_ne!(debt(&house, &known)["due"], owed);
}

/// A change of a message: of a figure, a word, a reference, an element, a byte.
fn mutant(text: &str, others: &[String], below: &mut impl FnMut(usize) -> usize) -> String {
    let amount = text.split("<Amt Ccy=\"GBP\">").nth(1).unwrap().split('<').next().unwrap();
    let reference = text.split("<Ref>").nth(1).unwrap().split('<').next().unwrap();
    let other = &others[below(others.len())];
    let more = |factor: &str| text.replace(&format!(">{amount}<"), &format!(">{factor}<"));
    match below(16) {
        0 => more("0.01"),
        1 => more(&format!("{amount}0")),
        2 => more(&format!("1{amount}")),
        3 => text.replacen(&format!(">{amount}<"), ">999.99<", 1),
        4 => text.replace(reference, other),
        5 => text.replace("BOOK", ["PDNG", "INFO", "FUTR", "book"][below(4)]),
        6 => text.replace("CRDT", "DBIT"),
        7 => text.replacen("CRDT", "DBIT", 1),
        8 => text.replace("Ccy=\"GBP\"", "Ccy=\"USD\""),
        9 => text.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>"),
        10 => text.replace(reference, &reference.replacen(|c: char| c.is_ascii_digit(), "7", 3)),
        11 => text.replace(&format!("<Ref>{reference}</Ref>"), ""),
        12 => text.replace(OURS, "GB94BARC10201530093459"),
        13 => {
            let second = format!("<Strd><CdtrRefInf><Ref>{other}</Ref></CdtrRefInf></Strd>");
            text.replace("</RmtInf>", &format!("{second}</RmtInf>"))
        }
        14 => {
            let entry = &text[text.find("<Ntry>").unwrap()..text.find("</Ntfctn>").unwrap()];
            text.replace(entry, &format!("{entry}{entry}"))
        }
        _ => {
            let mut bytes = text.as_bytes().to_vec();
            let at = below(bytes.len());
            bytes[at] = b" 0123456789<>/AZaz\"."[below(20)];
            String::from_utf8(bytes).unwrap()
        }
    }
}

/// What a message that was taken says was booked under each reference, read by another program: one
/// entry with one part, once for each number of the bank's own.
fn booked(text: &str, told: &mut std::collections::BTreeSet<String>) -> Vec<(String, f64)> {
    let document = roxmltree::Document::parse(text).unwrap();
    let text_of = |node: roxmltree::Node<'_, '_>, name: &str| {
        let found =
            node.descendants().find(|n| n.has_tag_name(name) || n.tag_name().name() == name);
        found.and_then(|n| n.text()).unwrap_or_default().trim().to_owned()
    };
    let mut all = Vec::new();
    for entry in document.descendants().filter(|n| n.tag_name().name() == "Ntry") {
        let back = text_of(entry, "RvslInd") == "true" || text_of(entry, "RvslInd") == "1";
        let amount = entry.descendants().find(|n| n.tag_name().name() == "Amt").unwrap();
        let counts = text_of(entry, "Cd") == "BOOK"
            && text_of(entry, "CdtDbtInd") == "CRDT"
            && amount.attribute("Ccy") == Some("GBP")
            && !back;
        if counts && told.insert(text_of(entry, "AcctSvcrRef")) {
            let amount = amount.text().unwrap().trim().parse().unwrap();
            all.push((text_of(entry, "Ref").to_uppercase(), amount));
        }
    }
    all
}

#[test]
fn a_thousand_changed_messages_release_nothing_the_bank_did_not_pay_for() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let mut seed = 0x5eed_u64;
    let mut below = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    let mrns: Vec<String> = (0..600).map(|n| owes(&house, &format!("M{n}"))).collect();
    let references: Vec<String> = mrns.iter().map(|mrn| reference(&house, mrn)).collect();
    let due = debt(&house, &mrns[0])["due"].as_str().unwrap().to_owned();
    let owed: f64 = due.parse().unwrap();
    let mut received = std::collections::BTreeMap::<String, f64>::new();
    let mut told = std::collections::BTreeSet::new();
    let (mut taken, mut refused) = (0, 0);
    let mut open: Vec<usize> = (0..mrns.len()).collect();
    for n in 0..1_000 {
        let at = below(open.len());
        let of = open[at];
        let honest = camt(&format!("X{n}"), &[("in", &due, "GBP", "BOOK", &references[of])]);
        let message = mutant(&honest, &references, &mut below);
        let said = tells(&house, &format!("m{n}"), &message);
        match said.status {
            201 => {
                taken += 1;
                for (reference, amount) in booked(&message, &mut told) {
                    *received.entry(reference).or_default() += amount;
                }
            }
            422 => refused += 1,
            other => panic!("{other}: {message}"),
        }
        let paid = received.get(&references[of]).copied().unwrap_or_default() + 1e-9 >= owed;
        let cleared = state(&house, &mrns[of]) == "cleared";
        assert!(paid || !cleared, "{} was released by {message}", mrns[of]);
        if cleared {
            open.swap_remove(at);
        }
    }
    let mut cleared = 0;
    for (mrn, reference) in mrns.iter().zip(&references) {
        let paid = received.get(reference).copied().unwrap_or_default() + 1e-9 >= owed;
        let is_cleared = state(&house, mrn) == "cleared";
        assert!(paid || !is_cleared, "{mrn} was released");
        cleared += usize::from(is_cleared);
    }
    println!("{taken} taken, {refused} refused, {cleared} of {} released, 0 wrongly", mrns.len());
    assert!(taken > 200 && refused > 200, "{taken} {refused}");
    balanced(&house);
}
