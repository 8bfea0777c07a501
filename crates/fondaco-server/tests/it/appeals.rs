//! Appeals and refunds: answered by somebody else than who decided, with their money in the same commit.

use serde_json::{Value, json};

use crate::http::{AMENDS, House, Said, about};
use crate::money::{
    act, balanced, camt, debt, decides, house, outcomes, owes, reference, state, tells,
};

/// A declaration whose debt the bank booked; its number and how much that was.
fn paid(house: &House, lrn: &str) -> (String, String) {
    let mrn = owes(house, lrn);
    let due = debt(house, &mrn)["due"].as_str().unwrap().to_owned();
    let told = camt(lrn, &[("in", &due, "GBP", "BOOK", &reference(house, &mrn))]);
    assert_eq!(outcomes(&tells(house, &format!("pay {lrn}"), &told)), ["matched"]);
    assert_eq!(state(house, &mrn), "cleared");
    (mrn, due)
}

fn asks(house: &House, mrn: &str, kind: &str) {
    let message = json!({"act": "request", "by": "trader", "kind": kind});
    assert_eq!(act(house, mrn, &format!("ask {kind} {mrn}"), &message).status, 201);
}

fn grants(house: &House, mrn: &str, key: &str, kind: &str, by: &str, money: &Value) -> Said {
    let message = json!({"act": "grant", "by": by, "kind": kind, "request": 1, "money": money});
    act(house, mrn, key, &message)
}

fn payee() -> Value {
    json!({"name": "Model Machines", "account": "GB94BARC10201530093459"})
}

#[test]
fn an_appeal_is_answered_by_who_had_no_part_and_its_money_moves_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let first = house(dir.path());
    let (mrn, due) = paid(&first, "APPEAL");
    for one in ["hold", "lift"] {
        let message = json!({"act": one, "by": "o1", "kind": "query", "reason": "question"});
        let said = act(&first, &mrn, one, &message);
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    }
    asks(&first, &mrn, "appeal");
    let refund = json!({"act": "refund", "by": "judge", "amount": due, "currency": "GBP",
        "payee": payee()});
    let money = json!([{"act": "cancel", "by": "judge", "note": "not liable"}, refund]);

    // Who held it, and who asks, do not answer.
    for by in ["o1", "trader"] {
        let said = grants(&first, &mrn, by, "appeal", by, &json!([]));
        said.is_problem(409, "act-refused");
        assert_eq!(said.json()["why"], "had-part");
        assert!(said.json()["why_text"]["ru"].as_str().unwrap().contains("не решает"));
    }
    // Nor whose declaration it is, nor who asked to have it changed.
    let declarant = first.get(&format!("/v1/declarations/{mrn}")).text("declarant");
    let other = "GB555555555555";
    let more = format!("{AMENDS}<Declarant><ID>{other}</ID></Declarant>");
    let asked = first.file("AMENDS", &about(&mrn, "AMENDS", "COR", &more));
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    for by in [other, &*declarant] {
        let said = grants(&first, &mrn, by, "appeal", by, &json!([]));
        assert_eq!((said.status, &said.json()["why"]), (409, &"had-part".into()), "{by}");
    }
    let deny =
        json!({"act": "deny", "by": "o1", "kind": "appeal", "request": 1, "reason": "not-founded"});
    assert_eq!(act(&first, &mrn, "deny", &deny).json()["why"], "had-part");

    // What the ledger does not take leaves the appeal unanswered and the books as they were.
    let before = debt(&first, &mrn);
    let more = json!([money[0], {"act": "refund", "by": "judge", "amount": "9999999.00",
        "currency": "GBP", "payee": payee()}]);
    let said = grants(&first, &mrn, "more", "appeal", "judge", &more);
    said.is_problem(409, "money-refused");
    assert_eq!(debt(&first, &mrn), before);
    balanced(&first);
    // Nor is it another's decision, of another declaration, or no decision about a debt.
    let other = owes(&first, "OTHER");
    let wrong = |n: usize, one: Value, field: &str| {
        let said = grants(&first, &mrn, &format!("wrong {n}"), "appeal", "judge", &json!([one]));
        said.is_problem(400, "bad-request");
        assert_eq!(said.json()["field"], field);
    };
    wrong(1, json!({"act": "cancel", "by": "o1"}), "money.by");
    wrong(2, json!({"act": "cancel", "by": "judge", "declaration": other}), "money.declaration");
    wrong(3, json!({"act": "limit", "by": "judge"}), "money.act");
    let elsewhere = debt(&first, &other)["postings"][0]["posting"].as_str().unwrap().to_owned();
    let reverse = json!([{"act": "reverse", "by": "judge", "posting": elsewhere, "why": "appeal"}]);
    grants(&first, &mrn, "elsewhere", "appeal", "judge", &reverse).is_problem(409, "money-refused");
    assert_ne!(debt(&first, &other)["due"], "0.00");
    // What an assessment charged is taken back by nobody alone.
    let alone = json!({"act": "reverse", "by": "c", "posting": elsewhere, "why": "correction"});
    let said = decides(&first, "alone", &alone);
    said.is_problem(400, "bad-request");
    assert_eq!(said.text("field"), "posting");
    // Nor do goods that come in leave.
    let departs = json!({"act": "depart", "by": "port"});
    let said = act(&first, &other, "departs", &departs);
    said.is_problem(409, "act-refused");
    assert_eq!(said.text("why"), "not-leaving");

    // Granted: nothing is owed, what was paid waits to be paid back.
    let said = grants(&first, &mrn, "grant", "appeal", "judge", &money);
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    assert_eq!(state(&first, &mrn), "cleared");
    let after = debt(&first, &mrn);
    assert_eq!((&after["due"], &after["outstanding"]), (&"0.00".into(), &"0.00".into()), "{after}");
    balanced(&first);
    // The same again is the same; the appeal is answered once.
    let again = grants(&first, &mrn, "grant", "appeal", "judge", &money);
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let twice = grants(&first, &mrn, "twice", "appeal", "judge2", &json!([]));
    assert_eq!(twice.json()["why"], "answered");
    let order = json!({"act": "order", "by": "cashier", "currency": "GBP"});
    let order = decides(&first, "order", &order);
    assert_eq!(order.status, 201, "{}", String::from_utf8_lossy(&order.body));
    let order = first.get(&format!("/v1/money/orders/{}", order.text("id")));
    assert!(String::from_utf8_lossy(&order.body).contains(&format!(">{due}<")));

    // Another program that opens the house finds the same.
    assert!(first.stop().success());
    let again = house(dir.path());
    assert_eq!(debt(&again, &mrn), after);
    balanced(&again);
}

#[test]
fn a_refund_that_is_granted_is_one_commit_with_its_money() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let (mrn, _) = paid(&house, "REFUND");
    asks(&house, &mrn, "refund");
    // Nothing is over: there is nothing to give back before the debt is less.
    let nothing = json!([{"act": "credit", "by": "o9"}]);
    grants(&house, &mrn, "g1", "refund", "o9", &nothing).is_problem(409, "money-refused");
    let all = json!([{"act": "cancel", "by": "o9"}, {"act": "credit", "by": "o9"}]);
    assert_eq!(grants(&house, &mrn, "g2", "refund", "o9", &all).status, 201);
    assert_eq!(debt(&house, &mrn)["due"], "0.00");
    balanced(&house);
    // Who did anything about it before takes nothing back that was assessed, by no kind of request.
    let (other, _) = paid(&house, "OWN");
    asks(&house, &other, "refund");
    let hold = json!({"act": "hold", "by": "o2", "kind": "query", "reason": "question"});
    assert_eq!(act(&house, &other, "own hold", &hold).status, 201);
    for (n, by) in ["trader", "o2"].into_iter().enumerate() {
        let all = json!([{"act": "cancel", "by": by}]);
        grants(&house, &other, &format!("own {n}"), "refund", by, &all)
            .is_problem(409, "act-refused");
    }
    let all = json!([{"act": "cancel", "by": "o9"}]);
    assert_eq!(grants(&house, &other, "own", "refund", "o9", &all).status, 201);
    // Money goes with what is granted alone; taking all back goes with nothing else.
    let hold =
        json!({"act": "hold", "by": "o9", "kind": "query", "reason": "question", "money": all});
    act(&house, &mrn, "hold", &hold).is_problem(400, "bad-request");
    let alone = json!({"act": "cancel", "by": "o9", "declaration": mrn});
    decides(&house, "alone", &alone).is_problem(400, "bad-request");
}

/// A guarantee that stands for the debt of a refused declaration, by a cashier's decision; that decision's
/// posting.
fn secured(house: &House, lrn: &str) -> (String, String) {
    let mrn = owes(house, lrn);
    let refuse =
        json!({"act": "refuse", "by": "vet", "agency": "port-health", "reason": "sanitary"});
    assert_eq!(act(house, &mrn, &format!("refuse {lrn}"), &refuse).text("state"), "refused");
    let due = debt(house, &mrn)["due"].as_str().unwrap().to_owned();
    let of = |what: &str| json!({"act": what, "by": "cashier", "guarantee": lrn, "amount": due, "currency": "GBP"});
    assert_eq!(decides(house, &format!("guarantee {lrn}"), &of("guarantee")).status, 201);
    let mut secure = of("secure");
    secure["declaration"] = mrn.clone().into();
    assert_eq!(decides(house, &format!("secure {lrn}"), &secure).status, 201);
    let postings = debt(house, &mrn)["postings"].clone();
    let last = postings.as_array().unwrap().last().unwrap();
    assert_eq!(last["account"], "secured");
    (mrn, last["posting"].as_str().unwrap().to_owned())
}

fn events(house: &House, mrn: &str) -> Vec<String> {
    let all = house.get(&format!("/v1/declarations/{mrn}/events")).json();
    let name = |e: &Value| e["event"].as_str().unwrap().to_owned();
    all.as_array().unwrap().iter().map(name).collect()
}

#[test]
fn a_grant_whose_money_opens_the_debt_again_does_not_let_the_goods_go_first() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path());
    let overturns = |mrn: &str, by: &str, money: Value| {
        let grant = json!({"act": "grant", "by": by, "kind": "appeal", "request": 1,
            "overturns": "port-health", "money": money});
        act(&house, mrn, &format!("grant {mrn} {by}"), &grant)
    };
    let (mrn, posting) = secured(&house, "OPENED");
    asks(&house, &mrn, "appeal");
    // Who decided about the debt had a part in it too.
    let said = overturns(&mrn, "cashier", json!([]));
    said.is_problem(409, "act-refused");
    assert_eq!(said.json()["why"], "had-part");
    let reverse = json!([{"act": "reverse", "by": "judge", "posting": posting, "why": "appeal"}]);
    let said = overturns(&mrn, "judge", reverse);
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    assert_eq!(state(&house, &mrn), "awaiting-payment");
    let happened = events(&house, &mrn);
    assert!(happened.iter().all(|e| e != "released"), "{happened:?}");
    // Where nothing opens it the goods go by the same decision.
    let (mrn, _) = secured(&house, "OVERTURNED");
    asks(&house, &mrn, "appeal");
    assert_eq!(overturns(&mrn, "judge", json!([])).status, 201);
    assert_eq!(state(&house, &mrn), "released");
    balanced(&house);
}
