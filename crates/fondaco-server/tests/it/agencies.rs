//! Agencies that have to decide: their tasks, decisions on single items, what they see.

use serde_json::{Value, json};

use crate::http::{House, Said, at_once};

/// The declaration with its one item several times; what is counted is counted again.
pub(crate) fn several(text: &str, items: usize) -> String {
    let close = "</GovernmentAgencyGoodsItem>";
    let from = text.find("<GovernmentAgencyGoodsItem>").unwrap();
    let to = text.rfind(close).unwrap() + close.len();
    let sequence = |n: usize| format!("<SequenceNumeric>{n}</SequenceNumeric>");
    let item = &text[from..to];
    let all: String = (1..=items).map(|n| item.replacen(&sequence(1), &sequence(n), 1)).collect();
    let mut text = [&text[..from], &*all, &text[to..]].concat();
    for name in ["<GoodsItemQuantity>", "<TotalPackageQuantity>"] {
        let from = text.find(name).unwrap() + name.len();
        let to = from + text[from..].find('<').unwrap();
        let one: usize = text[from..to].parse().unwrap();
        text.replace_range(from..to, &(one * items).to_string());
    }
    let from = text.find("<InvoiceAmount").unwrap();
    let from = from + text[from..].find('>').unwrap() + 1;
    let to = from + text[from..].find('<').unwrap();
    let cents: usize = text[from..to].replace('.', "").parse().unwrap();
    let cents = cents * items;
    text.replace_range(from..to, &format!("{}.{:02}", cents / 100, cents % 100));
    text
}

/// A declaration of our corpus under another reference, its one item as often as asked for.
pub(crate) fn filed(house: &House, path: &str, lrn: &str, items: usize) -> String {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/");
    let text = std::fs::read_to_string(format!("{dir}{path}")).unwrap();
    let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    let mut text = text.replace(own, lrn);
    if items > 1 {
        text = several(&text, items);
    }
    let filed = house.file(lrn, &text);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    filed.text("mrn")
}

pub(crate) fn act(house: &House, mrn: &str, key: &str, act: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post(&format!("/v1/declarations/{mrn}/acts"), &headers, act.to_string().as_bytes())
}

pub(crate) fn tasks(house: &House, agency: &str) -> Vec<Value> {
    let said = house.get(&format!("/v1/tasks?agency={agency}"));
    assert_eq!(said.status, 200, "{}", String::from_utf8_lossy(&said.body));
    said.json()["tasks"].as_array().unwrap().clone()
}

pub(crate) fn state(house: &House, mrn: &str) -> String {
    house.get(&format!("/v1/declarations/{mrn}")).text("state")
}

/// Kinds, agencies and names of the holds that were placed.
fn holds(house: &House, mrn: &str) -> Vec<String> {
    let events = house.get(&format!("/v1/declarations/{mrn}/events")).json();
    let text = |e: &Value, key: &str| e[key].as_str().unwrap_or_default().to_owned();
    let held = |e: &&Value| e["hold"].is_string() && e["event"] != "hold-lifted";
    let name = |e: &Value| format!("{}/{}/{}", text(e, "kind"), text(e, "agency"), text(e, "hold"));
    events.as_array().unwrap().iter().filter(held).map(name).collect()
}

/// Lifts what the customs administration holds of its own.
pub(crate) fn lift_lane(house: &House, mrn: &str) {
    for kind in ["documents", "examination"] {
        let lift = json!({"act": "lift", "by": "o1", "kind": kind});
        act(house, mrn, &format!("{mrn} lane {kind}"), &lift);
    }
}

#[test]
fn an_agency_that_has_to_decide_gets_a_task_and_releases_by_item() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let check = |file: &str, agency: &str, kind: &str, requirement: &str| {
        let mrn = filed(&house, file, &file[3..6].replace("0", "TASK-"), 1);
        let wanted = format!("{kind}/{agency}/{requirement}");
        assert!(holds(&house, &mrn).contains(&wanted), "{:?}", holds(&house, &mrn));
        let tasks = tasks(&house, agency);
        let task = tasks.iter().find(|t| t["mrn"] == *mrn).unwrap();
        assert_eq!((&task["kind"], &task["requirement"]), (&kind.into(), &requirement.into()));
        let items = task["items"].clone();
        assert!(items[0] == 1 && task["decided"] == json!([]), "{task}");
        assert_eq!((&task["silence"], &task["illustrative"]), (&"escalate".into(), &true.into()));
        // An agency is waited for; where the trader is, no time of the agency's runs.
        assert_eq!((task["due"].is_string(), &task["overdue"]), (kind == "delay", &false.into()));
        assert!(task["text"]["zh"].as_str().is_some_and(|t| !t.is_empty()));
        // The trader is told what the agency wants, not what the lane is.
        let told = house.get(&format!("/v1/declarations/{mrn}/notifications")).json();
        let function = if kind == "delay" { "50" } else { "06" };
        let of_agency = |n: &&Value| {
            let message = n["message"].as_str().unwrap();
            n["function"] == function
                && message.matches("<StatementCode>").count() == 1
                && message.contains(&format!("<StatementCode>{requirement}</StatementCode>"))
                && !message.contains("<NameCode>")
        };
        let all = told["notifications"].as_array().unwrap();
        assert_eq!(all.iter().filter(of_agency).count(), 1, "{told}");
        lift_lane(&house, &mrn);
        let lift = json!({"act": "lift", "by": "v", "kind": kind, "agency": agency,
            "hold": requirement, "items": items});
        let before = state(&house, &mrn);
        let lifted = act(&house, &mrn, &format!("{mrn} lift"), &lift);
        assert_eq!(lifted.status, 201, "{}", String::from_utf8_lossy(&lifted.body));
        assert_ne!(lifted.text("state"), before);
        assert!(self::tasks(&house, agency).iter().all(|t| t["mrn"] != *mrn));
    };
    check("gb/014-lamb-gateway.xml", "port-health", "delay", "gb-animal-products");
    check("gb/029-timber-immingham.xml", "plant-health", "delay", "gb-phyto");
    // What it wants to see is not there: the trader is asked for it.
    check("gb/015-beef-bare.xml", "port-health", "documents", "gb-animal-products");
    // A document that is only shown makes no task.
    let mrn = filed(&house, "gb/043-machine-licence.xml", "NO-TASK", 1);
    assert!(holds(&house, &mrn).iter().all(|hold| hold.contains("//")));
    // What customs looks at of its own is customs' task, until it is lifted.
    let held = holds(&house, &mrn);
    let customs =
        |house: &House| tasks(house, "customs").iter().filter(|t| t["mrn"] == *mrn).count();
    assert_eq!(customs(&house), held.len());
    lift_lane(&house, &mrn);
    assert_eq!(customs(&house), 0);
    for (path, field) in [("/v1/tasks", "agency"), ("/v1/tasks?agency=a&after=x", "after")] {
        let said = house.get(path);
        said.is_problem(400, "bad-request");
        assert_eq!(said.text("field"), field);
    }
    assert_eq!(tasks(&house, "nobody"), Vec::<Value>::new());
}

#[test]
fn goods_move_once_every_item_is_decided_whoever_is_last() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, "gb/014-lamb-gateway.xml", "ITEMS", 3);
    let hold = holds(&house, &mrn).into_iter().find(|h| h.contains("port-health")).unwrap();
    let kind = hold.split('/').next().unwrap().to_owned();
    let lift = |items: &[u32]| {
        json!({"act": "lift", "by": "v", "kind": kind, "agency": "port-health",
            "hold": "gb-animal-products", "items": items})
    };
    let other = act(&house, &mrn, "other", &lift(&[4]));
    other.is_problem(400, "bad-request");
    assert_eq!(other.text("field"), "items");
    let first = act(&house, &mrn, "first", &lift(&[2]));
    assert_eq!(first.status, 201, "{}", String::from_utf8_lossy(&first.body));
    let task = tasks(&house, "port-health").pop().unwrap();
    assert_eq!((&task["items"], &task["decided"]), (&json!([1, 2, 3]), &json!([2])));
    let lifted = |house: &House| {
        let events = house.get(&format!("/v1/declarations/{mrn}/events")).json();
        let is = |e: &&Value| e["event"] == "hold-lifted" && e["agency"] == "port-health";
        events.as_array().unwrap().iter().filter(is).count()
    };
    assert_eq!(lifted(&house), 0);
    // The last two are decided by eight at once: the hold is lifted once.
    let statuses = at_once(8, |n| {
        let items = [if n % 2 == 0 { 1 } else { 3 }];
        act(&house, &mrn, &format!("item {n}"), &lift(&items)).status
    });
    assert!(statuses.iter().all(|s| [201, 409].contains(s)), "{statuses:?}");
    assert_eq!(lifted(&house), 1);
    assert_eq!(tasks(&house, "port-health"), Vec::<Value>::new());
    // Items refused are decided too, and the refusal stands for the whole.
    let mrn = filed(&house, "gb/014-lamb-gateway.xml", "PARTLY", 2);
    let refuse = json!({"act": "refuse", "by": "v", "agency": "port-health", "reason": "sanitary",
        "items": [1]});
    let refused = act(&house, &mrn, "refuse", &refuse);
    assert_eq!((refused.status, &*refused.text("state")), (201, "refused"));
    let task = tasks(&house, "port-health").pop().unwrap();
    assert_eq!(task["decided"], json!([1]));
    let rest = act(&house, &mrn, "rest", &lift(&[2]));
    assert_eq!((rest.status, &*rest.text("state")), (201, "refused"));
    assert_eq!(tasks(&house, "port-health"), Vec::<Value>::new());
}

#[test]
fn tasks_are_listed_by_their_time_and_go_on_from_any_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrns: Vec<String> =
        (0..5).map(|n| filed(&house, "gb/014-lamb-gateway.xml", &format!("LIST-{n}"), 1)).collect();
    // One placed by hand has no time.
    let hold = json!({"act": "hold", "by": "v", "kind": "query", "agency": "port-health",
        "reason": "question", "items": [1]});
    assert_eq!(act(&house, &mrns[2], "hold", &hold).status, 201);
    let all = tasks(&house, "port-health");
    let dues: Vec<Option<&str>> = all.iter().map(|t| t["due"].as_str()).collect();
    assert_eq!(dues.len(), 6);
    assert!(dues[5].is_none() && dues[..5].is_sorted() && dues[..5].iter().all(Option::is_some));
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = house.get(&format!("/v1/tasks?agency=port-health&limit=2&after={after}")).json();
        let tasks = page["tasks"].as_array().unwrap();
        if tasks.is_empty() {
            assert_eq!(page["next"], after);
            break;
        }
        seen.extend(tasks.clone());
        after = page["next"].as_str().unwrap().to_owned();
    }
    assert_eq!(seen, all);
    // A declaration that is ended is nobody's task any more.
    let end = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
    assert_eq!(act(&house, &mrns[0], "end", &end).status, 201);
    assert_eq!(tasks(&house, "port-health").len(), 5);
    for (language, wanted) in [
        ("en", ["What is to be decided", "Look at the documents."]),
        ("zh", ["待决定事项", "审核单证"]),
        ("ru", ["Что нужно решить", "Проверьте документы."]),
    ] {
        let page = house.get(&format!("/tasks?agency=port-health&lang={language}"));
        let page = String::from_utf8(page.body).unwrap();
        for wanted in wanted.into_iter().chain([mrns[1].as_str()]) {
            assert!(page.contains(wanted), "{language}: {wanted}");
        }
        assert!(!page.contains(&mrns[0]));
    }
}

#[test]
fn the_border_control_of_another_pack_is_rows_too() {
    if !crate::is_carried("eaeu") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let house = House::start(dir.path(), &["--pack", "eaeu", "--sandbox"]);
    let mrn = filed(&house, "eaeu/063-cheese-petersburg.xml", "CHEESE", 1);
    let tasks = tasks(&house, "rosselkhoznadzor");
    assert!(tasks.iter().any(|t| t["mrn"] == *mrn && t["requirement"] == "ea-vet"), "{tasks:?}");
}
