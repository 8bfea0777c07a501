//! What a granted amendment undoes of holds and refusals of agencies, and what it does not.

use serde_json::{Value, json};

use crate::agencies::{act, filed, lift_lane, several, state, tasks};
use crate::http::{House, about};

const FILE: &str = "gb/014-lamb-gateway.xml";

/// A pointer's steps: class, number, and the element of the last.
fn pointer(reason: u32, steps: &[(&str, u32)], element: &str) -> String {
    let last = steps.len() - 1;
    let step = |(n, (class, number)): (usize, &(&str, u32))| {
        let tag = match n == last && !element.is_empty() {
            true => format!("<TagID>{element}</TagID>"),
            false => String::new(),
        };
        format!(
            "<Pointer><SequenceNumeric>{number}</SequenceNumeric><DocumentSectionCode>{class}\
             </DocumentSectionCode>{tag}</Pointer>"
        )
    };
    let steps: String = steps.iter().enumerate().map(step).collect();
    format!("<Amendment><ChangeReasonCode>{reason}</ChangeReasonCode>{steps}</Amendment>")
}

/// Sends the goods of these items to Northern Ireland, where the requirement does not apply.
fn elsewhere(items: u32) -> String {
    let pointers: String = (1..=items)
        .map(|n| pointer(32, &[("42A", 1), ("67A", 1), ("68A", n), ("03A", 1)], ""))
        .collect();
    let items: String = (1..=items)
        .map(|n| {
            format!(
                "<GovernmentAgencyGoodsItem><SequenceNumeric>{n}</SequenceNumeric>\
                 <AdditionalInformation><StatementCode>NIIMP</StatementCode>\
                 </AdditionalInformation></GovernmentAgencyGoodsItem>"
            )
        })
        .collect();
    format!("{pointers}<GoodsShipment>{items}</GoodsShipment>")
}

/// The text of the declaration.
fn corpus() -> String {
    let path = format!("{}/../../data/corpus/{FILE}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// What stands from one text to another, with both.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let at = text.find(from).unwrap();
    &text[at..text.rfind(to).unwrap() + to.len()]
}

/// Takes items off; as many are left.
pub(crate) fn taken_off(off: &[u32], left: usize) -> String {
    let text = corpus();
    let one = |name: &str| {
        let from = text.find(name).unwrap() + name.len();
        text[from..from + text[from..].find('<').unwrap()].to_owned()
    };
    let packages: usize = one("<TotalPackageQuantity>").parse().unwrap();
    let cents: usize = one("<InvoiceAmount currencyID=\"GBP\">").replace('.', "").parse().unwrap();
    let cents = cents * left;
    let items: String =
        off.iter().map(|n| pointer(30, &[("42A", 1), ("67A", 1), ("68A", *n)], "")).collect();
    let totals: String =
        ["228", "109", "146"].iter().map(|e| pointer(28, &[("42A", 1)], e)).collect();
    format!(
        "<GoodsItemQuantity>{left}</GoodsItemQuantity><InvoiceAmount currencyID=\"GBP\">{}.{:02}\
         </InvoiceAmount><TotalPackageQuantity>{}</TotalPackageQuantity>{items}{totals}",
        cents / 100,
        cents % 100,
        packages * left,
    )
}

/// Asks for an amendment and grants it.
pub(crate) fn amended(house: &House, mrn: &str, lrn: &str, number: u32, more: &str) {
    let asked = house.file(lrn, &about(mrn, lrn, "COR", more));
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": number});
    let granted = act(house, mrn, &format!("{lrn} grant"), &grant);
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
}

pub(crate) fn events(house: &House, mrn: &str, name: &str) -> Vec<Value> {
    let all = house.get(&format!("/v1/declarations/{mrn}/events")).json();
    all.as_array().unwrap().iter().filter(|e| e["event"] == name).cloned().collect()
}

fn refuse(house: &House, mrn: &str, key: &str, items: &[u32]) -> u16 {
    let refuse = json!({"act": "refuse", "by": "v", "agency": "port-health", "reason": "sanitary",
        "items": items});
    act(house, mrn, key, &refuse).status
}

/// The tasks of the agency on a declaration.
fn open(house: &House, mrn: &str) -> usize {
    tasks(house, "port-health").iter().filter(|task| task["mrn"] == mrn).count()
}

#[test]
fn an_amendment_lifts_what_is_asked_for_no_more_and_nothing_that_a_person_placed() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "GONE", 2);
    lift_lane(&house, &mrn);
    assert_eq!((&*state(&house, &mrn), open(&house, &mrn)), ("awaiting-agency", 1));
    amended(&house, &mrn, "GONE-2", 1, &elsewhere(2));
    lift_lane(&house, &mrn);
    assert_eq!(open(&house, &mrn), 0);
    let lifted = events(&house, &mrn, "hold-lifted");
    let lifted = lifted.iter().find(|e| e["agency"] == "port-health").unwrap();
    for language in ["en", "zh", "ru"] {
        let said = lifted["text"][language].as_str().unwrap();
        assert!(!said.is_empty() && lifted["remedy"][language].is_string(), "{lifted}");
        let page = house.get(&format!("/declarations/{mrn}?lang={language}"));
        assert!(String::from_utf8(page.body).unwrap().contains(said), "{language}: {said}");
    }
    assert_ne!(state(&house, &mrn), "awaiting-agency");

    // A physical hold and a refusal were decided by an officer: they stay.
    let mrn = filed(&house, FILE, "DECIDED", 2);
    lift_lane(&house, &mrn);
    let hold = json!({"act": "hold", "by": "v", "kind": "examination", "agency": "port-health",
        "hold": "gb-animal-products", "reason": "sample"});
    assert_eq!(act(&house, &mrn, "physical", &hold).status, 201);
    assert_eq!(open(&house, &mrn), 2);
    amended(&house, &mrn, "DECIDED-2", 1, &elsewhere(2));
    assert_eq!((&*state(&house, &mrn), open(&house, &mrn)), ("under-examination", 1));
    let mrn = filed(&house, FILE, "WHOLE", 2);
    lift_lane(&house, &mrn);
    assert_eq!(refuse(&house, &mrn, "whole", &[]), 201);
    amended(&house, &mrn, "WHOLE-2", 1, &elsewhere(2));
    assert_eq!((&*state(&house, &mrn), open(&house, &mrn)), ("refused", 0));
}

#[test]
fn the_rest_goes_on_once_what_was_refused_is_taken_off() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "REST", 3);
    lift_lane(&house, &mrn);
    assert_eq!(refuse(&house, &mrn, "r2", &[2]), 201);
    // The same is no new refusal; another item is.
    assert_eq!(refuse(&house, &mrn, "r2 again", &[2]), 409);
    assert_eq!(refuse(&house, &mrn, "r3", &[3]), 201);
    let release = json!({"act": "lift", "by": "v", "kind": "delay", "agency": "port-health",
        "hold": "gb-animal-products", "items": [1]});
    assert_eq!(act(&house, &mrn, "rest", &release).status, 201);
    assert_eq!((&*state(&house, &mrn), open(&house, &mrn)), ("refused", 0));
    // One of two is off: the other, which moved up, is still refused.
    amended(&house, &mrn, "REST-2", 1, &taken_off(&[2], 2));
    assert_eq!(state(&house, &mrn), "refused");
    assert_eq!(events(&house, &mrn, "refusal-overturned").len(), 0);
    amended(&house, &mrn, "REST-3", 2, &taken_off(&[2], 1));
    let over = events(&house, &mrn, "refusal-overturned");
    assert_eq!((over.len(), &over[0]["agency"]), (1, &"port-health".into()));
    for language in ["en", "zh", "ru"] {
        assert!(over[0]["text"][language].as_str().is_some_and(|t| !t.is_empty()), "{over:?}");
    }
    assert_ne!(state(&house, &mrn), "refused");
    // What it decided it decided on the declaration as it was: the item left is decided again.
    let again: Vec<Value> = tasks(&house, "port-health");
    let again = again.iter().find(|task| task["mrn"] == *mrn).unwrap();
    assert_eq!(again["items"], json!([1]), "{again}");
    // Taking off what was not refused, in front of what was, ends nothing.
    let other = filed(&house, FILE, "FRONT", 3);
    assert_eq!(refuse(&house, &other, "front", &[3]), 201);
    amended(&house, &other, "FRONT-2", 1, &taken_off(&[1], 2));
    assert_eq!(state(&house, &other), "refused");
    amended(&house, &other, "FRONT-3", 2, &taken_off(&[2], 1));
    assert_ne!(state(&house, &other), "refused");
    // Refused anew it stands anew, and with the whole of it refused no amendment ends that.
    assert_eq!(refuse(&house, &mrn, "all", &[]), 201);
    assert_eq!(state(&house, &mrn), "refused");
    assert_eq!(refuse(&house, &mrn, "all again", &[1]), 409);
}

#[test]
fn an_item_that_is_added_is_decided_too() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "MORE", 1);
    lift_lane(&house, &mrn);
    amended(&house, &mrn, "MORE-2", 1, &added(1, 2, &str::to_owned));
    let own: Vec<Value> = tasks(&house, "port-health");
    let own: Vec<&Value> = own.iter().filter(|task| task["mrn"] == *mrn).collect();
    assert_eq!((own.len(), &own[0]["items"]), (1, &json!([1, 2])), "{own:?}");
    let lift = |items: &[u32]| {
        json!({"act": "lift", "by": "v", "kind": "delay", "agency": "port-health",
            "hold": own[0]["hold"], "items": items})
    };
    assert_eq!(act(&house, &mrn, "first", &lift(&[1])).status, 201);
    assert_eq!(open(&house, &mrn), 1);
    assert_eq!(act(&house, &mrn, "second", &lift(&[2])).status, 201);
    assert_eq!(open(&house, &mrn), 0);
}

#[test]
fn no_way_to_state_the_goods_anew_ends_a_refusal_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "ANEW", 2);
    let refusal = json!({"act": "refuse", "by": "v", "agency": "port-health",
        "reason": "sanitary", "items": [2, 9]});
    let none = act(&house, &mrn, "none", &refusal);
    none.is_problem(400, "bad-request");
    assert_eq!(none.text("field"), "items");
    assert_eq!(refuse(&house, &mrn, "second", &[2]), 201);
    // The whole shipment is stated again, as it was.
    let text = several(&corpus(), 2);
    let shipment = between(&text, "<GoodsShipment>", "</GoodsShipment>");
    let names = "<GoodsShipment xmlns:ds=\"urn:wco:datamodel:WCO:Declaration_DS:DMS:2\">";
    let shipment = shipment.replacen("<GoodsShipment>", names, 1);
    let again = format!("{}{shipment}", pointer(32, &[("42A", 1), ("67A", 1)], ""));
    amended(&house, &mrn, "ANEW-2", 1, &again);
    assert_eq!(state(&house, &mrn), "refused");
    // Which of the goods were refused is not known any more: it is the whole.
    amended(&house, &mrn, "ANEW-3", 2, &taken_off(&[2], 1));
    assert_eq!(state(&house, &mrn), "refused");
    assert_eq!(events(&house, &mrn, "refusal-overturned").len(), 0);
}

#[test]
fn the_last_item_refused_ends_what_the_agency_had_to_decide() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "LAST", 2);
    lift_lane(&house, &mrn);
    let release = json!({"act": "lift", "by": "v", "kind": "delay", "agency": "port-health",
        "hold": "gb-animal-products", "items": [1]});
    assert_eq!(act(&house, &mrn, "first", &release).status, 201);
    assert_eq!((&*state(&house, &mrn), open(&house, &mrn)), ("awaiting-agency", 1));
    assert_eq!(refuse(&house, &mrn, "second", &[2]), 201);
    assert_eq!((&*state(&house, &mrn), open(&house, &mrn)), ("refused", 0));
}

/// Adds items as the corpus has its one, with this done to each; there are so many then.
fn added(from: usize, to: usize, change: &dyn Fn(&str) -> String) -> String {
    let text = several(&corpus(), to);
    let all = between(&text, "<GovernmentAgencyGoodsItem>", "</GovernmentAgencyGoodsItem>");
    let items = all.split_inclusive("</GovernmentAgencyGoodsItem>").skip(from);
    let items: String = items.map(change).collect();
    let pointers: String = (from + 1..=to)
        .map(|n| pointer(32, &[("42A", 1), ("67A", 1), ("68A", u32::try_from(n).unwrap())], ""))
        .collect();
    format!("{}{pointers}<GoodsShipment>{items}</GoodsShipment>", taken_off(&[], to))
}

#[test]
fn what_an_amendment_does_not_bear_on_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "STAYS", 2);
    lift_lane(&house, &mrn);
    let own = |house: &House| -> Vec<Value> {
        tasks(house, "port-health").into_iter().filter(|task| task["mrn"] == *mrn).collect()
    };
    let before = own(&house);
    let reference = pointer(32, &[("42A", 1), ("67A", 1), ("35B", 1)], "009");
    let ucr = "<UCR><TraderAssignedReferenceID>ORDER 7</TraderAssignedReferenceID></UCR>";
    let more = format!("{reference}<GoodsShipment>{ucr}</GoodsShipment>");
    amended(&house, &mrn, "STAYS-2", 1, &more);
    assert_eq!(own(&house), before);
    let lifted = events(&house, &mrn, "hold-lifted");
    assert!(lifted.iter().all(|e| e["agency"] != "port-health"), "{lifted:?}");
}

#[test]
fn what_is_held_is_let_go_by_the_numbers_it_was_held_by_or_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let act_on = |mrn: &str, act: &str, items: &[u32]| {
        let said = json!({"act": act, "by": "v", "kind": "examination", "agency": "port-health",
            "hold": "look", "reason": if act == "hold" { "sample" } else { "" }, "items": items});
        self::act(&house, mrn, &format!("{mrn} {act} {items:?}"), &said)
    };
    let looks = |mrn: &str| {
        let all = tasks(&house, "port-health");
        all.iter().filter(|t| t["mrn"] == *mrn && t["hold"] == "look").count()
    };
    // Held as a whole it is let go item by item, and with the last of them.
    let mrn = filed(&house, FILE, "WHOLE", 2);
    assert_eq!(act_on(&mrn, "hold", &[]).status, 201);
    assert_eq!(act_on(&mrn, "lift", &[3]).text("field"), "items");
    assert_eq!((act_on(&mrn, "lift", &[1]).status, looks(&mrn)), (201, 1));
    assert_eq!((act_on(&mrn, "lift", &[2]).status, looks(&mrn)), (201, 0));
    // Once items moved up the numbers of then are no numbers of now.
    let mrn = filed(&house, FILE, "MOVED", 3);
    assert_eq!(act_on(&mrn, "hold", &[2, 3]).status, 201);
    amended(&house, &mrn, "MOVED-2", 1, &taken_off(&[1], 2));
    for items in [[1], [2], [3]] {
        let said = act_on(&mrn, "lift", &items);
        said.is_problem(400, "bad-request");
        assert_eq!(said.text("field"), "items");
    }
    assert_eq!(looks(&mrn), 1);
    assert_eq!((act_on(&mrn, "lift", &[]).status, looks(&mrn)), (201, 0));
}

#[test]
fn what_a_person_holds_for_is_no_answer_for_an_item_that_is_added() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "PERSON", 1);
    lift_lane(&house, &mrn);
    let own = json!({"by": "v", "agency": "port-health", "hold": "gb-animal-products"});
    let with = |more: &Value| {
        let mut said = own.clone();
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    let hold = with(
        &json!({"act": "hold", "kind": "documents", "reason": "document-unclear", "items": [1]}),
    );
    let held = act(&house, &mrn, "hold", &hold);
    assert_eq!(held.status, 201, "{}", String::from_utf8_lossy(&held.body));
    assert_eq!(
        act(&house, &mrn, "lift", &with(&json!({"act": "lift", "kind": "delay"}))).status,
        201
    );
    assert_eq!(open(&house, &mrn), 1);
    // The certificate is that of the first item alone.
    let bare = |item: &str| match item.find("<AdditionalDocument>") {
        Some(at) => {
            let end = "</AdditionalDocument>";
            let to = item.rfind(end).unwrap() + end.len();
            format!("{}{}", &item[..at], &item[to..])
        }
        None => item.to_owned(),
    };
    amended(&house, &mrn, "PERSON-2", 1, &added(1, 2, &bare));
    let items = |t: &Value| t["items"].clone();
    let open: Vec<Value> = tasks(&house, "port-health").iter().map(items).collect();
    assert!(open.len() == 2 && open.contains(&json!([1, 2])), "{open:?}");
}

#[test]
fn goods_that_were_refused_are_not_let_go_under_another_number_by_two_amendments() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, FILE, "TWO-STEPS", 2);
    lift_lane(&house, &mrn);
    assert_eq!(refuse(&house, &mrn, "second", &[2]), 201);
    amended(&house, &mrn, "TWO-STEPS-2", 1, &added(2, 3, &str::to_owned));
    amended(&house, &mrn, "TWO-STEPS-3", 2, &taken_off(&[2], 2));
    assert_eq!(state(&house, &mrn), "refused");
}
