//! An officer decides on a page: as a form is sent by a browser, in each language.

use serde_json::json;

use crate::http::{House, Said, good};
use crate::money::act;

/// Sends the form of a page as a browser does.
fn sends(house: &House, mrn: &str, more: &[(&str, &str)], fields: &[(&str, &str)]) -> Said {
    sends_to(house, &format!("/declarations/{mrn}/decide"), more, fields)
}

/// The same to another page.
pub(crate) fn sends_to(
    house: &House,
    path: &str,
    more: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Said {
    let encode = |text: &str| {
        let bytes = text.bytes();
        bytes.map(|b| format!("%{b:02X}")).collect::<String>()
    };
    let body: Vec<String> =
        fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let mut headers = vec![kind, ("Sec-Fetch-Site", "same-origin")];
    headers.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    headers.extend(more);
    house.post(path, &headers, body.join("&").as_bytes())
}

pub(crate) fn text(said: &Said) -> String {
    String::from_utf8_lossy(&said.body).into_owned()
}

#[test]
fn an_officer_decides_on_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = house.file("f", &good("DECIDE")).text("mrn");
    let state = || house.get(&format!("/v1/declarations/{mrn}")).text("state");
    let hold = json!({"act": "hold", "by": "o1", "kind": "detention", "agency": "vet",
        "hold": "own", "reason": "sanitary"});
    assert_eq!(act(&house, &mrn, "hold", &hold).status, 201);
    let held = state();

    // What can be done stands on the page, in each language; the task and the declaration lead there.
    let at = format!("/declarations/{mrn}/decide");
    for (tag, lifts) in [
        ("en", "Lift: detention · vet · own"),
        ("zh", "解除: 扣押 · vet · own"),
        ("ru", "Снять: арест товаров · vet · own"),
    ] {
        let page = house.get(&format!("{at}?lang={tag}"));
        assert_eq!(page.status, 200);
        assert!(text(&page).contains(lifts), "{tag}: {}", text(&page));
        let of_it = house.get(&format!("/declarations/{mrn}?lang={tag}"));
        assert!(text(&of_it).contains(&at));
    }
    assert!(text(&house.get("/tasks?agency=vet&lang=en")).contains(&at));
    assert_eq!(house.get("/declarations/26GBF9999999999990/decide").status, 404);

    // What is not done is said, what was written is kept, and nothing happened.
    let lift = "act=lift&kind=detention&agency=vet&hold=own";
    let check = |status: u16, says: &str, lang: &str, fields: &[(&str, &str)]| {
        let said = sends(&house, &mrn, &[("Accept-Language", lang)], fields);
        assert_eq!(said.status, status, "{}", text(&said));
        assert!(text(&said).contains(says), "{says}: {}", text(&said));
        for (_, value) in fields.iter().filter(|(n, _)| matches!(*n, "by" | "note")) {
            assert!(value.is_empty() || text(&said).contains(&format!("value=\"{value}\"")));
        }
        assert_eq!(state(), held);
    };
    check(422, "Choose what is to be done", "en", &[("by", "o1"), ("note", "kept")]);
    check(422, "Укажите, кто решает", "ru", &[("do", lift), ("by", " "), ("note", "заметка")]);
    check(422, "商品项须为", "zh", &[("do", lift), ("by", "o1"), ("items", "one")]);
    let unreasoned = [("do", "act=hold&kind=query"), ("by", "o1")];
    check(422, "A reason is wanted that goes with it", "en", &unreasoned);
    let never = "act=lift&kind=query&agency=vet&hold=";
    check(409, "Такой задержки нет", "ru", &[("do", never), ("by", "o1")]);
    check(422, "not what it may be", "en", &[("do", "act=hold&kind=nothing"), ("by", "o1")]);

    // Another site's form does nothing, whatever sign-in the browser shows.
    let fields = [("do", lift), ("by", "o1"), ("key", "k1")];
    for from in [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")] {
        assert_eq!(sends(&house, &mrn, &[from], &fields).status, 403);
        assert_eq!(state(), held);
    }

    // Done: the browser is led to the declaration; sent twice it is done once, and kept with its receipt.
    for _ in 0..2 {
        let done = sends(&house, &mrn, &[], &fields);
        assert_eq!(done.status, 303, "{}", text(&done));
        assert_eq!(done.header("location"), format!("/declarations/{mrn}#state"));
    }
    assert_ne!(state(), held);
    let events = house.get(&format!("/v1/declarations/{mrn}/events")).json();
    let lifted: Vec<_> =
        events.as_array().unwrap().iter().filter(|e| e["event"] == "hold-lifted").collect();
    assert_eq!(lifted.len(), 1);
    let id = lifted[0]["filing"].as_str().unwrap();
    assert_eq!(house.get(&format!("/v1/declarations/{id}/receipt")).status, 200);
    let again = sends(&house, &mrn, &[], &[("do", lift), ("by", "o1"), ("key", "k2")]);
    assert_eq!(again.status, 409);

    // A request is answered on the page, with a reason that its declarant reads.
    let asks = json!({"act": "request", "by": "trader", "kind": "appeal"});
    assert_eq!(act(&house, &mrn, "ask", &asks).status, 201);
    let deny = [
        ("do", "act=deny&kind=appeal&request=1"),
        ("by", "judge"),
        ("reason", "not-founded"),
        ("note", "Смотрите решение"),
    ];
    let had_part = [("do", deny[0].1), ("by", "o1"), ("reason", "not-founded")];
    assert_eq!(sends(&house, &mrn, &[], &had_part).status, 409);
    assert_eq!(sends(&house, &mrn, &[], &deny).status, 303);
    assert!(text(&house.get(&format!("/declarations/{mrn}?lang=ru"))).contains("Смотрите решение"));

    // What was lifted is held again under another name; an appeal that is granted says what it overturns.
    let again = [
        ("do", "act=hold&kind=detention"),
        ("by", "o1"),
        ("agency", "vet"),
        ("reason", "sanitary"),
    ];
    let named = [&again[..], &[("hold", "second")]].concat();
    assert_eq!(sends(&house, &mrn, &[], &named).status, 303);
    let lift = [("do", "act=lift&kind=detention&agency=vet&hold=second"), ("by", "o1")];
    assert_eq!(sends(&house, &mrn, &[], &lift).status, 303);
    let refuse = [("do", "act=refuse"), ("by", "o1"), ("reason", "prohibited")];
    assert_eq!(sends(&house, &mrn, &[], &refuse).status, 303);
    assert_eq!(state(), "refused");
    assert_eq!(act(&house, &mrn, "ask again", &asks).status, 201);
    let page = text(&house.get(&format!("{at}?lang=en")));
    assert!(page.contains("Grant: appeal 2, overturns the refusal of Customs"), "{page}");
    assert!(page.contains("moves no money"), "{page}");
    let grant = [("do", "act=grant&kind=appeal&request=2&overturns=customs"), ("by", "chair")];
    assert_eq!(sends(&house, &mrn, &[], &grant).status, 303);
    assert_ne!(state(), "refused");
}

#[test]
fn an_officer_states_amounts_on_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let house = crate::money::house(dir.path());
    // The carriage is neither in the price nor stated: what is owed is not known.
    let mrn = house.file("f", &crate::money::naming(&good("AMOUNTS"))).text("mrn");
    for kind in ["documents", "examination"] {
        act(&house, &mrn, kind, &json!({"act": "lift", "by": "o1", "kind": kind}));
    }
    let of_it = |tag: &str| text(&house.get(&format!("/declarations/{mrn}?lang={tag}")));
    for (tag, waits, fields) in [
        ("en", "What is owed is not known yet", "Amounts that could not be computed, GBP"),
        ("zh", "应缴金额尚未确定", "未能计算的金额, GBP"),
        ("ru", "Сколько уплатить, ещё неизвестно", "Суммы, которые не удалось рассчитать, GBP"),
    ] {
        assert!(of_it(tag).contains(waits), "{tag}");
        let page = text(&house.get(&format!("/declarations/{mrn}/decide?lang={tag}")));
        assert!(page.contains(fields), "{tag}: {page}");
    }
    let page = text(&house.get(&format!("/declarations/{mrn}/decide")));
    let names: Vec<&str> =
        page.split("name=\"amount/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.len() > 1, "{page}");
    let named: Vec<String> = names.iter().map(|name| format!("amount/{name}")).collect();
    let stated = |amount: &'static str, note: &'static str| {
        let fields = [("do", "act=assess"), ("by", "o7"), ("note", note), ("key", "")];
        let amounts = named.iter().map(|name| (name.as_str(), amount));
        fields.into_iter().chain(amounts).collect::<Vec<_>>()
    };
    let check = |lang: &str, status: u16, says: &str, amount: &'static str, note: &'static str| {
        let said = sends(&house, &mrn, &[("Accept-Language", lang)], &stated(amount, note));
        assert_eq!(said.status, status, "{}", text(&said));
        assert!(text(&said).contains(says), "{}", text(&said));
        // What was written is kept.
        assert!(amount.is_empty() || text(&said).contains(&format!("value=\"{amount}\"")));
    };
    check("ru", 422, "Напишите в примечании", "10", " ");
    check("en", 422, "An amount is a number", "1,5", "why");
    check("zh", 409, "仍有可能应缴的金额未知", "", "");
    assert_eq!(sends(&house, &mrn, &[], &stated("10.50", "by the tariff")).status, 303);
    let told = of_it("zh");
    assert!(told.contains("关员核定") && told.contains("by the tariff"), "{told}");
    assert!(told.contains("货物仅因未缴税费而未放行"), "{told}");
    // What was stated stands in the fields, to be stated otherwise.
    let page = text(&house.get(&format!("/declarations/{mrn}/decide")));
    assert_eq!(page.matches("value=\"10.50\"").count(), named.len(), "{page}");
    assert_eq!(sends(&house, &mrn, &[], &stated("11.50", "by the tariff, read again")).status, 303);
}
