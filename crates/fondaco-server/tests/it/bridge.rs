//! Two houses of different packs: an export that one lets go becomes a draft of an import in the other.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::channel::until;
use crate::http::{House, Said, fondaco};

/// A house that knows a neighbour, and what it takes to speak as it.
pub(crate) struct Side {
    pub(crate) dir: TempDir,
    pub(crate) house: House,
}

pub(crate) fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus").join(name);
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn side(pack: &str) -> Side {
    let dir = tempfile::tempdir().unwrap();
    let house = House::start(dir.path(), &["--pack", pack, "--sandbox"]);
    Side { dir, house }
}

/// Takes a neighbour in by its key.
pub(crate) fn knows(side: &Side, name: &str, countries: &str, pack: &str, key: &Path) {
    let output = fondaco()
        .args(["partner", "add", name, "--countries", countries, "--pack", pack, "--data"])
        .arg(side.dir.path())
        .arg("--key")
        .arg(key)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A house of one pack and one of another, each of which knows the other.
pub(crate) fn neighbours(pack: &str, country: &str, other: &str, its: &str) -> (Side, Side) {
    let (a, b) = (side(pack), side(other));
    knows(&a, "b", its, other, &b.dir.path().join("receipt.jwk"));
    knows(&b, "a", country, pack, &a.dir.path().join("receipt.jwk"));
    (a, b)
}

/// Files an export of the corpus and lifts what holds it; its number.
pub(crate) fn let_go(side: &Side, name: &str, lrn: &str) -> String {
    let text = corpus(name);
    let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    let filed = side.house.file(lrn, &text.replace(own, lrn));
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    let mrn = filed.text("mrn");
    for kind in ["documents", "examination"] {
        act(side, &mrn, &json!({"act": "lift", "by": "o1", "kind": kind}));
    }
    mrn
}

pub(crate) fn act(side: &Side, mrn: &str, act: &Value) -> Said {
    let key = format!("{mrn} {act}");
    let headers = [("Idempotency-Key", &*key), ("Content-Type", "application/json")];
    let path = format!("/v1/declarations/{mrn}/acts");
    side.house.post(&path, &headers, act.to_string().as_bytes())
}

pub(crate) fn exchange(args: &[&str], data: &Path) -> (bool, String) {
    let output = fondaco().arg("exchange").args(args).arg("--data").arg(data).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

pub(crate) fn hand(side: &Side, envelope: &str) -> Said {
    side.house.post("/v1/exchange/envelopes", &[], envelope.as_bytes())
}

pub(crate) fn made(side: &Side) -> Vec<String> {
    let page = side.house.get("/v1/exchange/envelopes?partner=b").json();
    let all = page["envelopes"].as_array().unwrap();
    all.iter().map(|e| e["jws"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_export_one_house_lets_go_is_a_draft_in_the_other_and_is_filed_there() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, "gb/042-cashmere-heathrow.xml", "CASHMERE");
    // Goods that go elsewhere are not told.
    let_go(&a, "gb/043-machine-licence.xml", "ELSEWHERE");
    let pull = ["pull", "a", "--from", &a.house.address, "--to", &b.house.address];
    let (fine, said) = exchange(&pull, b.dir.path());
    assert!(fine && said.contains(&format!("1 taken: {mrn}")), "{said}");
    let (fine, said) = exchange(&pull, b.dir.path());
    assert!(fine && said.is_empty(), "{said}");
    let drafts = b.house.get("/v1/drafts").json();
    assert_eq!(drafts.as_array().unwrap().len(), 1, "{drafts}");
    let id = drafts[0]["id"].as_str().unwrap();
    assert_eq!((&drafts[0]["mrn"], &drafts[0]["partner"]), (&json!(mrn), &json!("a")));
    let draft = b.house.get(&format!("/v1/drafts/{id}")).json();
    let filled = |path: &str| {
        let all = draft["filled"].as_array().unwrap();
        let one = all.iter().find(|f| f["path"] == path);
        one.map(|f| (f["value"].as_str().unwrap().to_owned(), f["from"].as_str().unwrap()))
    };
    let item = "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/0";
    let check = |path: &str, value: &str, from: &str| {
        let found = filled(path);
        let found = found.as_ref().map(|(v, f)| (v.as_str(), *f));
        assert_eq!(found, Some((value, from)), "{path}");
    };
    check("/Declaration/TypeCode", "IMD", "message");
    check("/Declaration/GoodsShipment/PreviousDocument/0/ID", &mrn, "export-number");
    check(&format!("{item}/Commodity/Classification/0/ID"), "611012", "export-six-digits");
    check(&format!("{item}/Origin/0/CountryCode"), "GB", "export");
    let open = |path: &str| {
        let all = draft["open"].as_array().unwrap();
        let one = all.iter().find(|o| o["path"] == path);
        one.map(|o| o["why"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    assert_eq!(open("/Declaration/FunctionalReferenceID"), "importer");
    assert_eq!(open("/Declaration/DeclarationOfficeID"), "place");
    assert_eq!(open(&format!("{item}/Commodity/Classification/0/ID")), "digits");
    assert_eq!(open(&format!("{item}/GovernmentProcedure/0/CurrentCode")), "law");
    // The number of the exporter is one of another register; it is said to be left out.
    assert!(filled("/Declaration/Exporter/ID").is_none());
    let left = draft["left"].as_array().unwrap();
    assert!(left.iter().any(|l| l["at"] == "/Declaration[1]/Exporter[1]/ID[1]"), "{left:?}");
    assert!(!draft["findings"].as_array().unwrap().is_empty());

    // Completed by the importer it is filed as any other.
    filed_from(&b, id, "FROM-A-1");
    let xml = b.house.get(&format!("/v1/drafts/{id}/declaration/xml"));
    assert_eq!((xml.status, xml.header("content-type")), (200, "application/xml"));
    assert_eq!(b.house.get("/v1/drafts/none").status, 404);
}

#[test]
fn each_state_of_a_declaration_is_told_once_with_what_was_granted() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, "gb/042-cashmere-heathrow.xml", "AMENDED");
    assert_eq!(made(&a).len(), 1);
    let page = a.house.get("/v1/exchange/envelopes?partner=b&after=1").json();
    assert_eq!((page["envelopes"].as_array().unwrap().len(), &page["next"]), (0, &json!(1)));
    a.house.get("/v1/exchange/envelopes?partner=nobody").is_problem(404, "not-found");
    // Who has more than there are asks a house that was restored, or was restored itself.
    let beyond = a.house.get("/v1/exchange/envelopes?partner=b&after=2");
    beyond.is_problem(409, "envelope-unmade");
    assert_eq!(beyond.json()["last"], 1);
    // Something else than before is declared: that is another envelope.
    let pointer = |class: &str, tag: &str| {
        format!("<Pointer><DocumentSectionCode>{class}</DocumentSectionCode>{tag}</Pointer>")
    };
    let asks = format!(
        "<?xml version=\"1.0\"?><Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">\
         <FunctionCode>13</FunctionCode><FunctionalReferenceID>AMEND</FunctionalReferenceID>\
         <ID>{mrn}</ID><TypeCode>COR</TypeCode><Amendment><ChangeReasonCode>32</ChangeReasonCode>\
         {}{}</Amendment><GoodsShipment><UCR>\
         <TraderAssignedReferenceID>ORDER 7</TraderAssignedReferenceID></UCR></GoodsShipment>\
         </Declaration>",
        pointer("42A", "") + &pointer("67A", ""),
        pointer("35B", "<TagID>009</TagID>"),
    );
    let filed = a.house.file("amend", &asks);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    assert_eq!(made(&a).len(), 1);
    let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": 1});
    let granted = act(&a, &mrn, &grant);
    assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    let all = made(&a);
    assert_eq!(all.len(), 2);
    assert!(!parts(&all[0]).1.contains("ORDER 7") && parts(&all[1]).1.contains("ORDER 7"));
    // That they left changes nothing of what is declared.
    act(&a, &mrn, &json!({"act": "depart", "by": "port"}));
    assert_eq!(made(&a).len(), 2);
    for envelope in &all {
        assert_eq!(hand(&b, envelope).status, 201);
    }
    // Both are kept; the one before names no later one, the later one the one before.
    let said: Value = serde_json::from_str(&parts(&all[1]).1).unwrap();
    let digest = format!("sha-256:{}", hex(&Sha256::digest(&all[0])));
    assert_eq!((&said["previous"], &said["sequence"]), (&json!(digest), &json!(2)));
}

#[test]
fn many_who_ask_at_once_make_each_envelope_once() {
    let (a, _b) = neighbours("gb", "GB", "cn", "CN");
    for n in 0..6 {
        let_go(&a, "gb/042-cashmere-heathrow.xml", &format!("ONCE-{n}"));
    }
    let all: Vec<Vec<String>> = std::thread::scope(|scope| {
        let asks: Vec<_> = (0..16).map(|_| scope.spawn(|| made(&a))).collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert!(all.iter().all(|one| one == &all[0] && one.len() == 6));
    let numbers: Vec<Value> = all[0]
        .iter()
        .map(|e| serde_json::from_str::<Value>(&parts(e).1).unwrap()["sequence"].clone())
        .collect();
    assert_eq!(numbers, (1..=6).map(|n| json!(n)).collect::<Vec<_>>());
}

#[test]
fn a_thousand_envelopes_in_any_order_and_again_are_each_taken_once() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let_go(&a, "gb/042-cashmere-heathrow.xml", "FIRST");
    let (header, payload) = parts(&made(&a)[0]);
    let template: Value = serde_json::from_str(&payload).unwrap();
    // As the neighbour would have signed them: the same goods a thousand times.
    let mut all: Vec<String> = Vec::new();
    for n in 1..=1000 {
        let mut said = template.clone();
        said["sequence"] = json!(n);
        said["id"] = json!(format!("0190a6b0-0000-7000-8000-{n:012x}"));
        said["mrn"] = json!(format!("26GBA{n:013}"));
        let before = all.last().map(|e| format!("sha-256:{}", hex(&Sha256::digest(e))));
        said["previous"] = json!(before.unwrap_or_default());
        all.push(signed(a.dir.path(), &header, &said.to_string()));
    }
    // In rounds: one from anywhere, then the one whose turn it is, then one that was taken, again.
    let mut refused = 0;
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for next in 0..all.len() {
        for _ in 0..2 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let any = usize::try_from(seed % 1000).unwrap();
            if any > next {
                let said = hand(&b, &all[any]);
                assert_eq!((said.status, &said.json()["wanted"]), (409, &json!(next + 1)));
                refused += 1;
            } else if any < next {
                assert_eq!(hand(&b, &all[any]).status, 200);
            }
        }
        // A byte of it turned.
        let mut turned = all[next].clone().into_bytes();
        let place = usize::try_from(seed).unwrap_or(0) % turned.len();
        turned[place] = if turned[place] == b'A' { b'B' } else { b'A' };
        let said = b.house.post("/v1/exchange/envelopes", &[], &turned);
        assert_eq!(said.status, 422, "byte {place} of {next}");
        let taken = hand(&b, &all[next]);
        assert_eq!(taken.status, 201, "{}", String::from_utf8_lossy(&taken.body));
    }
    assert!(refused > 500, "{refused}");
    let list = fondaco().args(["partner", "list", "--json", "--data"]).arg(b.dir.path()).output();
    let list: Value = serde_json::from_slice(&list.unwrap().stdout).unwrap();
    assert_eq!(list["taken"], 1000);
    // What was taken is there after a restart, and its answer is the same.
    let answer = hand(&b, &all[17]).text("receipt");
    let Side { dir, house } = b;
    house.stop();
    let house = House::start(dir.path(), &["--pack", "cn", "--sandbox"]);
    let b = Side { dir, house };
    assert_eq!(hand(&b, &all[17]).text("receipt"), answer);
}

#[test]
fn the_page_of_drafts_says_what_is_filled_and_what_is_open() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, "gb/042-cashmere-heathrow.xml", "PAGE");
    let page = |path: &str, language: &str, wanted: &[&str]| {
        let page = b.house.get(&format!("{path}?lang={language}"));
        assert_eq!(page.status, 200);
        let page = String::from_utf8(page.body).unwrap();
        for wanted in wanted {
            assert!(page.contains(wanted), "{language}: {wanted}: {page}");
        }
    };
    page("/drafts", "en", &["No neighbour has sent anything yet."]);
    let said = hand(&b, &made(&a)[0]);
    let path = format!("/drafts/{}", said.text("id"));
    for (language, filled, open, digits) in [
        ("en", "Filled in", "Open", "The first six digits are from the export"),
        ("zh", "已填", "未填", "前六位取自出口报关单"),
        ("ru", "Заполнено", "Не заполнено", "Первые шесть цифр взяты"),
    ] {
        page("/drafts", language, &[&mrn, filled, open]);
        page(&path, language, &[&mrn, filled, open, digits, "/Declaration/Exporter/Name"]);
    }
    assert_eq!(b.house.get("/drafts/none").status, 404);
}

/// What is signed by a house's key: header, payload.
pub(crate) fn signed(dir: &Path, header: &str, payload: &str) -> String {
    let seed: [u8; 32] = std::fs::read(dir.join("receipt.key")).unwrap().try_into().unwrap();
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = SigningKey::from_bytes(&seed).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

pub(crate) fn parts(jws: &str) -> (String, String) {
    let decoded = |n: usize| {
        let bytes = URL_SAFE_NO_PAD.decode(jws.split('.').nth(n).unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    (decoded(0), decoded(1))
}

/// Envelopes a neighbour signed one after the other, each as `change` makes it of the first.
pub(crate) struct Chain<'a> {
    side: &'a Side,
    header: String,
    template: Value,
    last: String,
    number: u64,
}

impl<'a> Chain<'a> {
    pub(crate) fn of(side: &'a Side, first: &str) -> Self {
        let (header, payload) = parts(first);
        let template = serde_json::from_str(&payload).unwrap();
        Self { side, header, template, last: first.to_owned(), number: 1 }
    }

    /// The next one; it counts whether it is taken or put aside.
    pub(crate) fn next(&mut self, change: &dyn Fn(&mut Value)) -> String {
        self.number += 1;
        let mut said = self.template.clone();
        said["sequence"] = json!(self.number);
        said["id"] = json!(format!("0190a6b0-0000-7000-8000-{:012x}", self.number));
        said["mrn"] = json!(format!("26GBA{:013}", self.number));
        said["previous"] = json!(format!("sha-256:{}", hex(&Sha256::digest(&self.last))));
        change(&mut said);
        self.last = signed(self.side.dir.path(), &self.header, &said.to_string());
        self.last.clone()
    }
}

pub(crate) fn listed(side: &Side, name: &str) -> Value {
    let output =
        fondaco().args(["partner", "list", "--json", "--data"]).arg(side.dir.path()).output();
    let list = String::from_utf8(output.unwrap().stdout).unwrap();
    let mut lines = list.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.find(|partner| partner["name"] == name).unwrap()
}

#[test]
fn one_that_says_what_it_may_not_is_put_aside_and_the_channel_goes_on() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let_go(&a, "gb/042-cashmere-heathrow.xml", "ASIDE");
    let first = made(&a).remove(0);
    assert_eq!(hand(&b, &first).status, 201);
    let mut chain = Chain::of(&a, &first);
    let mut aside = Vec::new();
    let mut check = |why: &str, field: &str, change: &dyn Fn(&mut Value)| {
        let jws = chain.next(change);
        let said = hand(&b, &jws);
        said.is_problem(422, "envelope-aside");
        let told = said.json();
        assert_eq!((&told["why"], &told["field"]), (&json!(why), &json!(field)), "{told}");
        assert_eq!(told["next"], chain.number + 1);
        assert!(told["why_text"]["ru"].as_str().is_some_and(|t| !t.is_empty()), "{told}");
        // What the house signed says which it is, and why.
        let (header, receipt) = parts(told["receipt"].as_str().unwrap());
        assert!(header.contains("fondaco-envelope-aside"), "{header}");
        let receipt: Value = serde_json::from_str(&receipt).unwrap();
        let digest = format!("sha-256:{}", hex(&Sha256::digest(&jws)));
        assert_eq!((&receipt["digest"], &receipt["why"]), (&json!(digest), &json!(why)));
        // The same again is the same; no draft comes of it.
        let again = hand(&b, &jws);
        again.is_problem(422, "envelope-aside");
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.text("receipt"), said.text("receipt"));
        assert_eq!(
            b.house.get(&format!("/v1/drafts/{}", told["id"].as_str().unwrap())).status,
            404
        );
        aside.push(jws);
    };
    check("field", "from.pack", &|v| v["from"]["pack"] = json!("us"));
    check("field", "from.country", &|v| v["from"]["country"] = json!("US"));
    check("field", "to.country", &|v| v["to"]["country"] = json!("RU"));
    check("field", "mrn", &|v| v["mrn"] = json!("26CNA0000000000001"));
    check("field", "state", &|v| v["state"] = json!("accepted"));
    check("payload", "", &|v| v["more"] = json!(1));
    check("payload", "", &|v| v["mrn"] = json!({}));
    check("digest", "", &|v| v["xml"] = json!("<Declaration/>"));
    check("disagree", "", &|v| {
        v["declaration"]["Declaration"]["TotalPackageQuantity"] = json!("9")
    });
    check("disagree", "", &|v| {
        let xml = v["xml"].as_str().unwrap().replace("GB</CountryCode>", "FR</CountryCode>");
        v["xml_digest"] = json!(format!("sha-256:{}", hex(&Sha256::digest(&xml))));
        v["xml"] = json!(xml);
    });
    let put = aside.len();
    // Another under a number that was put aside is another.
    let other = {
        let mut other = Chain::of(&a, &first);
        other.next(&|v| v["mrn"] = json!("26GBOTHER"))
    };
    hand(&b, &other).is_problem(409, "envelope-used");
    // The clock of the sender may have been ahead and be set back: that stops nothing.
    for at in ["2126-01-01T00:00:00.000Z", "2020-01-01T00:00:00.000Z", "2026-11-26T00:00:00.000Z"] {
        let said = hand(&b, &chain.next(&|v| v["issued_at"] = json!(at)));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    }
    assert_eq!(listed(&b, "a")["aside"], put);
    assert_eq!(listed(&b, "a")["taken"], put + 4);
    let all = b.house.get("/v1/exchange/aside").json();
    assert_eq!(all.as_array().unwrap().len(), put);
    assert_eq!(
        (&all[put - 1]["sequence"], &all[put - 1]["field"]),
        (&json!(2), &json!("from.pack"))
    );
    assert_eq!(b.house.get("/v1/drafts").json().as_array().unwrap().len(), 4);
    for (language, wanted) in [("en", "Put aside"), ("zh", "已搁置"), ("ru", "Отложено")]
    {
        let page = b.house.get(&format!("/drafts?lang={language}")).body;
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains(wanted) && page.contains("from.country"), "{page}");
    }
    // Once the operator said more of the neighbour, the same bytes are judged again, and taken.
    knows(&b, "a", "GB,US", "gb", &a.dir.path().join("receipt.jwk"));
    until("judged again", || listed(&b, "a")["aside"] == put - 1);
    let said = hand(&b, &aside[1]);
    assert_eq!(said.status, 200, "{}", String::from_utf8_lossy(&said.body));
    assert_eq!(b.house.get(&said.text("draft")).status, 200);
    let again = hand(&b, &aside[1]);
    assert_eq!((again.status, again.text("receipt")), (200, said.text("receipt")));
    assert_eq!(listed(&b, "a")["aside"], put - 1);
}

#[test]
fn a_house_of_several_countries_is_addressed_by_those_it_said_and_by_no_other() {
    let (a, b) = (side("gb"), side("cn"));
    knows(&a, "b", "CN,HK", "cn", &b.dir.path().join("receipt.jwk"));
    knows(&b, "a", "GB", "gb", &a.dir.path().join("receipt.jwk"));
    let text = corpus("gb/042-cashmere-heathrow.xml");
    let there = "<Destination>\n   <CountryCode>CN</CountryCode>";
    assert!(text.contains(there));
    let text = text.replace(there, &there.replace("CN", "HK"));
    let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
    let filed = a.house.file("hk", &text.replace(own, "HK"));
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    for kind in ["documents", "examination"] {
        act(&a, &filed.text("mrn"), &json!({"act": "lift", "by": "o1", "kind": kind}));
    }
    let_go(&a, "gb/042-cashmere-heathrow.xml", "CN");
    let push = || exchange(&["push", "b", "--to", &b.house.address], a.dir.path());
    assert_eq!(made(&a).len(), 2);
    // The first is for a country the receiver does not say it stands for: it is put aside, and the
    // second is there.
    let (fine, said) = push();
    assert!(!fine && said.contains("1 put aside: field to.country"), "{said}");
    assert!(said.contains("2 taken"), "{said}");
    let to_b = ["partner", "add", "a", "--countries", "GB", "--pack", "gb", "--ours", "CN,HK"];
    let output = fondaco()
        .args(to_b)
        .arg("--data")
        .arg(b.dir.path())
        .arg("--key")
        .arg(a.dir.path().join("receipt.jwk"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(listed(&b, "a")["ours"], json!(["CN", "HK"]));
    let all = made(&a);
    until("judged again", || listed(&b, "a")["aside"] == 0);
    assert_eq!(hand(&b, &all[0]).status, 200);
    assert_eq!(b.house.get("/v1/drafts").json().as_array().unwrap().len(), 2);
    let (fine, said) = push();
    assert!(fine && said.contains("was there"), "{said}");
}

/// A connection that says it will send so much, and sends this.
fn half_sent(side: &Side, length: usize, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(side.house.address.trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /v1/exchange/envelopes HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{text}"
    )
    // What is refused on the way is not read to its end.
    .ok();
    stream
}

/// The first line of what comes, and all of it.
fn heard(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut all = Vec::new();
    let mut some = [0; 4096];
    while let Ok(n) = stream.read(&mut some) {
        all.extend_from_slice(&some[..n]);
        if n == 0 || all.windows(2).any(|w| w == b"}}" || w == b"\"}") {
            break;
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn who_sends_without_end_holds_up_no_neighbour_for_long_and_nobody_else_at_all() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let_go(&a, "gb/042-cashmere-heathrow.xml", "DOOR");
    let envelope = made(&a).remove(0);
    let head = envelope.split_inclusive('.').next().unwrap();
    // Nobody's key, no key, too long: told at once, though nothing more came.
    let other = "0".repeat(43);
    let (header, _) = parts(&envelope);
    let kid = serde_json::from_str::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned();
    let nobody = URL_SAFE_NO_PAD.encode(header.replace(&kid, &other)) + ".";
    let said = heard(half_sent(&b, 16 << 20, &nobody));
    assert!(said.starts_with("HTTP/1.1 422") && said.contains(&other), "{said}");
    let evil = "<script>alert(1)</script>".repeat(3);
    let evil = URL_SAFE_NO_PAD.encode(header.replace(&kid, &evil)) + ".";
    let said = heard(half_sent(&b, 1000, &evil));
    assert!(said.starts_with("HTTP/1.1 422") && !said.contains("script"), "{said}");
    let said = heard(half_sent(&b, 1000, &"x".repeat(600)));
    assert!(said.starts_with("HTTP/1.1 422"), "{said}");
    let said = heard(half_sent(&b, (16 << 20) + 1, head));
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    // What is announced and does not come keeps nobody out.
    let announced: Vec<TcpStream> = (0..8).map(|_| half_sent(&b, 16 << 20, head)).collect();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(hand(&b, &envelope).status, 201);
    drop(announced);
    // Who knows the name of a neighbour's key, which is no secret, may send so much under it and no more.
    let holds = |mib: usize| {
        let much = format!("{head}{}", "x".repeat((mib << 20) - head.len() - 1));
        half_sent(&b, mib << 20, &much)
    };
    let mut held = [16, 8].map(|mib| (mib, holds(mib)));
    let begun = Instant::now();
    let full = loop {
        let said = hand(&b, "x");
        assert_eq!(said.status, 422);
        let said = hand(&b, &envelope.replace(&envelope[head.len()..], "x"));
        if said.status == 503 {
            break said;
        }
        assert!(begun.elapsed() < Duration::from_secs(40));
        std::thread::sleep(Duration::from_millis(100));
        // What was asked just now may have had the room that one of them wanted.
        for (mib, stream) in &mut held {
            stream.set_nonblocking(true).unwrap();
            if stream.peek(&mut [0]).is_ok() {
                *stream = holds(*mib);
            }
        }
    };
    full.is_problem(503, "busy");
    assert_eq!(full.header("retry-after"), "10");
    // All else goes on meanwhile.
    assert_eq!(b.house.get("/v1/drafts").status, 200);
    drop(held);
    let begun = Instant::now();
    while hand(&b, &envelope).status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(hand(&b, &envelope).status, 200);
}

#[test]
fn envelopes_come_in_their_order_once_and_unchanged() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    for n in 0..4 {
        let_go(&a, "gb/042-cashmere-heathrow.xml", &format!("ORDER-{n}"));
    }
    let all = made(&a);
    assert_eq!(all.len(), 4);
    // One ahead of its turn is told which is wanted.
    let ahead = hand(&b, &all[2]);
    ahead.is_problem(409, "envelope-order");
    assert_eq!(ahead.json()["wanted"], 1);
    let first = hand(&b, &all[0]);
    assert_eq!(first.status, 201, "{}", String::from_utf8_lossy(&first.body));
    let again = hand(&b, &all[0]);
    assert_eq!((again.status, again.text("receipt")), (200, first.text("receipt")));
    assert_eq!(again.header("idempotency-replayed"), "true");
    // Changed anywhere it proves nothing, and says why.
    let check = |envelope: &str, status: u16, problem: &str, key: &str, wanted: &str| {
        let said = hand(&b, envelope);
        said.is_problem(status, problem);
        assert_eq!(said.json()[key], wanted, "{}", String::from_utf8_lossy(&said.body));
    };
    let (header, payload) = parts(&all[1]);
    let cut = &all[1][..all[1].len() - 90];
    check(cut, 422, "envelope-refused", "why", "form");
    check("", 422, "envelope-refused", "why", "form");
    let stranger = side("cn");
    check(
        &signed(stranger.dir.path(), &header, &payload),
        422,
        "envelope-refused",
        "why",
        "signature",
    );
    let none = header.replace("EdDSA", "none");
    check(&signed(a.dir.path(), &none, &payload), 422, "envelope-refused", "why", "algorithm");
    let hmac = header.replace("EdDSA", "HS256");
    check(&signed(a.dir.path(), &hmac, &payload), 422, "envelope-refused", "why", "algorithm");
    let receipt = header.replace("fondaco-export", "fondaco-receipt");
    check(&signed(a.dir.path(), &receipt, &payload), 422, "envelope-refused", "why", "form");
    let more = header.replace("{", "{\"crit\":[],");
    check(&signed(a.dir.path(), &more, &payload), 422, "envelope-refused", "why", "form");
    // Said by the neighbour itself, and yet not what it may say.
    let value: Value = serde_json::from_str(&payload).unwrap();
    let says = |change: &dyn Fn(&mut Value)| {
        let mut value = value.clone();
        change(&mut value);
        signed(a.dir.path(), &header, &value.to_string())
    };
    let field = |field: &str, change: &dyn Fn(&mut Value)| {
        check(&says(change), 422, "envelope-refused", "field", field);
    };
    field("id", &|v| v["id"] = json!("1"));
    field("from.house", &|v| v["from"]["house"] = json!("other"));
    field("to.house", &|v| v["to"]["house"] = json!("other"));
    field("sequence", &|v| v["sequence"] = json!(0));
    field("previous", &|v| v["previous"] = json!(""));
    field("previous", &|v| v["previous"] = json!(format!("sha-256:{}", "0".repeat(64))));
    // Two under one number; one under an id that was used, out of its turn.
    let first_said: Value = serde_json::from_str(&parts(&all[0]).1).unwrap();
    let twice = says(&|v| {
        v["sequence"] = json!(1);
        v["previous"] = json!("");
    });
    check(&twice, 409, "envelope-used", "id", first_said["id"].as_str().unwrap());
    let same_id = says(&|v| {
        v["id"] = first_said["id"].clone();
        v["sequence"] = json!(7);
    });
    check(&same_id, 409, "envelope-used", "id", first_said["id"].as_str().unwrap());
    // And none of it stood in the way of the right ones.
    let (fine, said) = exchange(&["push", "b", "--to", &b.house.address], a.dir.path());
    assert!(fine && said.matches("taken").count() == 3, "{said}");
    let kept: Vec<String> = {
        let all = b.house.get("/v1/drafts").json();
        let mrns = all.as_array().unwrap().iter().rev().map(|d| d["mrn"].as_str().unwrap());
        mrns.map(str::to_owned).collect()
    };
    assert_eq!(kept.len(), 4, "{kept:?}");
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn a_house_with_sign_in_takes_what_is_signed_and_shows_envelopes_to_their_receiver_only() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::start(dir.path(), &["--pack", "gb"]);
    house.token =
        Some(std::fs::read_to_string(dir.path().join("token")).unwrap().trim().to_owned());
    let a = Side { dir, house };
    let (b, c) = (side("cn"), side("us"));
    knows(&a, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    knows(&b, "a", "GB", "gb", &a.dir.path().join("receipt.jwk"));
    knows(&c, "a", "GB", "gb", &a.dir.path().join("receipt.jwk"));
    let text = corpus("gb/042-cashmere-heathrow.xml");
    let filed = a.house.file("SIGNED", &text);
    // Outside the sandbox the window of acceptance is kept; what is shown does not hang on it.
    assert!(matches!(filed.status, 201 | 422));
    let pull = |side: &Side| {
        let args = ["pull", "a", "--from", &a.house.address, "--to", &side.house.address];
        exchange(&args, side.dir.path())
    };
    let (fine, said) = pull(&b);
    assert!(fine, "{said}");
    // Who is no neighbour of it sees nothing.
    let (fine, said) = pull(&c);
    assert!(!fine && said.contains("401"), "{said}");
    let mut a = a;
    a.house.token = None;
    let nobody = &a.house;
    nobody.get("/v1/exchange/envelopes?partner=b").is_problem(401, "sign-in-wanted");
    nobody.get("/v1/drafts").is_problem(401, "sign-in-wanted");
    let door = nobody.post("/v1/exchange/envelopes", &[], b"x");
    door.is_problem(422, "envelope-refused");
}

#[test]
fn envelopes_are_carried_by_hand_and_keys_end() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    for n in 0..2 {
        let_go(&a, "gb/042-cashmere-heathrow.xml", &format!("HAND-{n}"));
    }
    assert_eq!(made(&a).len(), 2);
    let (fine, lines) = exchange(&["export", "b"], a.dir.path());
    assert!(fine && lines.lines().count() == 2, "{lines}");
    let file = a.dir.path().join("envelopes.txt");
    std::fs::write(&file, lines).unwrap();
    let import = || {
        let to = b.house.address.as_str();
        let output =
            fondaco().args(["exchange", "import", "--to", to]).arg(&file).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = import();
    assert!(code == Some(0) && said.matches("taken").count() == 2, "{said}");
    let (code, said) = import();
    assert!(code == Some(0) && said.matches("was there").count() == 2, "{said}");
    // From the day a key ends nothing signed by it is taken, whatever it says.
    let jwk = a.dir.path().join("receipt.jwk");
    let ended = fondaco()
        .args(["partner", "add", "a", "--countries", "GB", "--pack", "gb"])
        .args(["--from", "2026-01-01", "--until", "2026-01-02", "--data"])
        .arg(b.dir.path())
        .arg("--key")
        .arg(&jwk)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let_go(&a, "gb/042-cashmere-heathrow.xml", "HAND-3");
    let last = made(&a).pop().unwrap();
    let said = hand(&b, &last);
    said.is_problem(422, "envelope-refused");
    assert_eq!(said.json()["why"], "key");
    // A house is no neighbour of itself, and a key stands for one neighbour.
    let add = |name: &str, key: &Path| {
        fondaco()
            .args(["partner", "add", name, "--countries", "GB", "--pack", "gb", "--data"])
            .arg(b.dir.path())
            .arg("--key")
            .arg(key)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(add("self", &b.dir.path().join("receipt.jwk")), Some(2));
    assert_eq!(add("second", &jwk), Some(2));
    assert_eq!(add("bad name", &jwk), Some(2));
    let list = fondaco().args(["partner", "list", "--json", "--data"]).arg(b.dir.path()).output();
    let list: Value = serde_json::from_slice(&list.unwrap().stdout).unwrap();
    assert_eq!((&list["taken"], &list["keys"][0]["until"]), (&json!(2), &json!("2026-01-02")));
}

/// Completes the draft of an envelope as its importer would, and files it; its number.
pub(crate) fn filed_from(side: &Side, id: &str, lrn: &str) -> String {
    filed_of(side, id, lrn, &|_| ())
}

/// The same, of a draft that was changed so.
pub(crate) fn filed_of(side: &Side, id: &str, lrn: &str, change: &dyn Fn(&mut Value)) -> String {
    let form = side.house.get(&format!("/v1/drafts/{id}/declaration/json"));
    assert_eq!(form.status, 200);
    let mut form = form.json();
    change(&mut form);
    let d = &mut form["Declaration"];
    d["FunctionalReferenceID"] = json!(lrn);
    d["DeclarationOfficeID"] = json!("2248");
    let importer = json!({"Name": "上海范例服饰有限公司", "ID": "0000000007",
        "Address": {"CityName": "上海", "CountryCode": "CN", "Line": "1", "PostcodeID": "200000"}});
    d["Declarant"] = importer.clone();
    let shipment = &mut d["GoodsShipment"];
    shipment["Importer"] = importer;
    shipment["Consignment"]["GoodsLocation"] = json!({"Name": "上海浦东", "ID": "CNPVG",
        "TypeCode": "A", "Address": {"TypeCode": "U", "CountryCode": "CN"}});
    let goods = &mut shipment["GovernmentAgencyGoodsItem"][0];
    goods["Commodity"]["Classification"][0]["ID"] = json!("61101200");
    goods["CustomsValuation"] = json!({"MethodCode": "1"});
    goods["GovernmentProcedure"] = json!([{"CurrentCode": "0110"}]);
    let headers = [("Idempotency-Key", lrn), ("Content-Type", "application/json")];
    let filed = side.house.post_with(&headers, form.to_string().as_bytes());
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    filed.text("mrn")
}

#[test]
fn an_export_that_does_not_come_is_told_and_stays_with_what_was_filed_of_it() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, "gb/042-cashmere-heathrow.xml", "GONE");
    let other = let_go(&a, "gb/042-cashmere-heathrow.xml", "COMES");
    let push = || exchange(&["push", "b", "--to", &b.house.address], a.dir.path());
    assert_eq!(made(&a).len(), 2);
    assert!(push().0);
    let draft = |mrn: &str| {
        let all = b.house.get("/v1/drafts").json();
        let one = all.as_array().unwrap().iter().find(|d| d["mrn"] == mrn).unwrap();
        b.house.get(&format!("/v1/drafts/{}", one["id"].as_str().unwrap())).json()
    };
    assert_eq!(draft(&mrn)["standing"]["is"], "live");
    let import = filed_from(&b, draft(&mrn)["id"].as_str().unwrap(), "FROM-GONE");
    let exports = |import: &str| b.house.get(&format!("/v1/declarations/{import}/exports")).json();
    let begun = Instant::now();
    while draft(&mrn)["filed"] != json!([import]) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", draft(&mrn)["filed"]);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(exports(&import), json!([]));
    // Recalled: a notice, in the same chain. Told once, however often it is looked.
    let hold = json!({"act": "hold", "by": "o", "kind": "examination", "reason": "sample",
        "hold": "again"});
    let held = act(&a, &mrn, &hold);
    assert_eq!(held.status, 201, "{}", String::from_utf8_lossy(&held.body));
    assert_eq!((made(&a).len(), made(&a).len()), (3, 3));
    let (header, notice) = parts(&made(&a)[2]);
    assert!(header.contains("fondaco-export-notice"), "{header}");
    let notice: Value = serde_json::from_str(&notice).unwrap();
    assert_eq!((&notice["state"], &notice["about"]), (&json!("recalled"), &json!(1)));
    assert_eq!((&notice["mrn"], &notice["sequence"]), (&json!(mrn), &json!(3)));
    let (fine, said) = push();
    assert!(fine && said.contains(&format!("3 taken: {mrn}")), "{said}");
    let standing = draft(&mrn)["standing"].clone();
    assert_eq!((&standing["is"], &standing["state"]), (&json!("gone"), &json!("recalled")));
    assert!(standing["text"]["zh"].as_str().unwrap().contains("召回"), "{standing}");
    // The draft is there with all it had; a notice is no draft.
    assert_eq!(b.house.get("/v1/drafts").json().as_array().unwrap().len(), 2);
    assert!(!draft(&mrn)["filled"].as_array().unwrap().is_empty());
    assert_eq!(draft(&other)["standing"]["is"], "live");
    let told = exports(&import);
    assert_eq!(
        (&told[0]["export"], &told[0]["standing"]["state"]),
        (&json!(mrn), &json!("recalled"))
    );
    for (language, wanted) in [("en", "wants the goods back"), ("zh", "召回"), ("ru", "вернула")]
    {
        for path in [format!("/declarations/{import}"), format!("/drafts/{}", notice_draft(&told))]
        {
            let page = b.house.get(&format!("{path}?lang={language}")).body;
            let page = String::from_utf8(page).unwrap();
            assert!(page.contains(wanted) && page.contains(&mrn), "{path}: {page}");
        }
    }
    // Let go again: it is told again, though its declaration is the same; and cancelled for good.
    act(&a, &mrn, &json!({"act": "lift", "by": "o", "kind": "examination", "hold": "again"}));
    assert_eq!(made(&a).len(), 4);
    let (fine, said) = push();
    assert!(fine && said.contains("4 taken"), "{said}");
    assert_eq!(draft(&mrn)["standing"]["is"], "live");
    let cancel = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
    let cancelled = act(&a, &mrn, &cancel);
    assert_eq!(cancelled.status, 201, "{}", String::from_utf8_lossy(&cancelled.body));
    let (fine, said) = pull_to(&a, &b);
    assert!(fine, "{said}");
    assert_eq!(draft(&mrn)["standing"]["state"], "cancelled");
    assert_eq!(exports(&import)[0]["standing"]["state"], "cancelled");
    // What is known of it stays after a restart, and nothing more is told.
    assert_eq!(made(&a).len(), 5);
    let last: Value = serde_json::from_str(&parts(&made(&a)[4]).1).unwrap();
    assert_eq!((&last["state"], &last["about"]), (&json!("cancelled"), &json!(4)));
    let Side { dir, house } = b;
    house.stop();
    let house = House::start(dir.path(), &["--pack", "cn", "--sandbox"]);
    let b = Side { dir, house };
    let told = b.house.get(&format!("/v1/declarations/{import}/exports")).json();
    assert_eq!(told[0]["standing"]["state"], "cancelled");
    assert_eq!(b.house.get(&format!("/v1/declarations/{import}")).status, 200);
}

/// The draft an import was filed of, as it is told of its export.
fn notice_draft(told: &Value) -> String {
    told[0]["draft"].as_str().unwrap().to_owned()
}

fn pull_to(from: &Side, to: &Side) -> (bool, String) {
    let args = ["pull", "a", "--from", &from.house.address, "--to", &to.house.address];
    exchange(&args, to.dir.path())
}

#[test]
fn an_export_that_was_changed_replaces_its_draft_and_one_that_goes_elsewhere_ends_it() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, "gb/042-cashmere-heathrow.xml", "CHANGED");
    assert_eq!(made(&a).len(), 1);
    let pointer = |class: &str, tag: &str| {
        format!("<Pointer><DocumentSectionCode>{class}</DocumentSectionCode>{tag}</Pointer>")
    };
    let amend = |lrn: &str, class: &str, tag: &str, shipment: &str, request: u32| {
        let asks = format!(
            "<?xml version=\"1.0\"?><Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">\
             <FunctionCode>13</FunctionCode><FunctionalReferenceID>{lrn}</FunctionalReferenceID>\
             <ID>{mrn}</ID><TypeCode>COR</TypeCode><Amendment><ChangeReasonCode>32</ChangeReasonCode>\
             {}{}{}</Amendment><GoodsShipment>{shipment}</GoodsShipment></Declaration>",
            pointer("42A", ""),
            pointer("67A", ""),
            pointer(class, tag),
        );
        let filed = a.house.file(lrn, &asks);
        assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
        let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": request});
        let granted = act(&a, &mrn, &grant);
        assert_eq!(granted.status, 201, "{}", String::from_utf8_lossy(&granted.body));
    };
    let reference = "<UCR><TraderAssignedReferenceID>ORDER 7</TraderAssignedReferenceID></UCR>";
    amend("A1", "35B", "<TagID>009</TagID>", reference, 1);
    assert_eq!(made(&a).len(), 2);
    let there = "<Destination><CountryCode>US</CountryCode></Destination>";
    let first = hand(&b, &made(&a)[0]).text("id");
    let draft = b.house.get(&format!("/v1/drafts/{first}")).json();
    let filled = draft["filled"].as_array().unwrap().iter();
    let destination = "/Declaration/GoodsShipment/Destination/CountryCode";
    let at = filled.clone().find(|f| f["path"] == destination).unwrap()["wco"].as_str().unwrap();
    amend("A2", at.split('/').nth_back(1).unwrap(), "", there, 2);
    let all = made(&a);
    assert_eq!(all.len(), 3);
    let said: Value = serde_json::from_str(&parts(&all[2]).1).unwrap();
    assert_eq!((&said["state"], &said["about"]), (&json!("elsewhere"), &json!(2)));
    let standing = |id: &str| b.house.get(&format!("/v1/drafts/{id}")).json()["standing"].clone();
    assert_eq!(standing(&first)["is"], "live");
    let second = hand(&b, &all[1]).text("id");
    let (one, two) = (standing(&first), standing(&second));
    assert_eq!(
        (&one["is"], &one["by"], &two["is"]),
        (&json!("replaced"), &json!(second), &json!("live"))
    );
    assert_eq!(hand(&b, &all[2]).status, 201);
    for id in [&first, &second] {
        assert_eq!(standing(id)["state"], "elsewhere");
    }
}

/// A day so many days from today.
pub(crate) fn day_in(days: i64) -> String {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::system()).date();
    today.checked_add(jiff::Span::new().days(days)).unwrap().to_string()
}

/// Runs a command; its code and what it said.
pub(crate) fn run(args: &[&str], data: &Path) -> (Option<i32>, String) {
    let output = fondaco().args(args).arg("--data").arg(data).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_house_changes_its_key_and_what_the_old_one_signed_stays_good() {
    let (a, b) = neighbours("gb", "GB", "cn", "CN");
    let mrn = let_go(&a, "gb/042-cashmere-heathrow.xml", "OLD-KEY");
    let old = made(&a).remove(0);
    let old_receipt = a.house.get(&format!("/v1/declarations/{mrn}/receipt"));
    let old_receipt = String::from_utf8(old_receipt.body).unwrap();
    let id = serde_json::from_str::<Value>(&parts(&old).0).unwrap()["kid"].clone();
    // Not today: neighbours have to know it first.
    let (code, said) = run(&["key", "announce", "--from", &day_in(0)], a.dir.path());
    assert_eq!(code, Some(2), "{said}");
    let (code, statement) = run(&["key", "announce", "--from", &day_in(1)], a.dir.path());
    assert_eq!(code, Some(0), "{statement}");
    // The neighbour takes it in by what the old key signed, and by nothing else.
    let file = b.dir.path().join("next.jws");
    let take_in = |text: &str| {
        std::fs::write(&file, text).unwrap();
        run(&["partner", "key", "a", file.to_str().unwrap()], b.dir.path())
    };
    let (_, payload) = parts(statement.trim());
    let header = parts(statement.trim()).0;
    let forged = signed(b.dir.path(), &header, &payload);
    let (code, said) = take_in(&forged);
    assert!(code == Some(2) && said.contains("did not announce"), "{said}");
    let jwk = std::fs::read_to_string(b.dir.path().join("receipt.jwk")).unwrap();
    let jwk: Value = serde_json::from_str(&jwk).unwrap();
    let own = header.replace(id.as_str().unwrap(), jwk["kid"].as_str().unwrap());
    let (code, said) = take_in(&signed(b.dir.path(), &own, &payload));
    assert!(code == Some(2) && said.contains("no key of it"), "{said}");
    let (code, said) = take_in(&statement);
    assert!(code == Some(0) && said.contains(&day_in(1)) && said.contains(&day_in(31)), "{said}");
    let (code, said) = take_in(&statement);
    assert!(code == Some(0) && said.contains("nothing new"), "{said}");
    let keys = listed(&b, "a")["keys"].as_array().unwrap().clone();
    assert_eq!((keys.len(), &keys[0]["kid"], &keys[0]["until"]), (2, &id, &json!(day_in(31))));
    // Tomorrow is made today, for both: what was announced is as if it had been for today.
    let Side { dir, house } = a;
    house.stop();
    let said = payload.replace(&day_in(1), &day_in(0));
    let today = signed(dir.path(), &header, &said);
    std::fs::write(dir.path().join("receipt-2.jws"), today).unwrap();
    let house = House::start(dir.path(), &["--pack", "gb", "--sandbox"]);
    let a = Side { dir, house };
    let next = keys[1]["kid"].clone();
    let set = a.house.get("/v1/keys").json();
    assert_eq!((&set["keys"][0]["kid"], &set["keys"][1]["kid"]), (&id, &next));
    // The old envelope is taken after the change; the next is signed by the new key, in the same chain,
    // from the same house.
    assert_eq!(hand(&b, &old).status, 201);
    let_go(&a, "gb/042-cashmere-heathrow.xml", "NEW-KEY");
    let all = made(&a);
    assert_eq!((all.len(), &all[0]), (2, &old));
    let (header, payload) = parts(&all[1]);
    let said: Value = serde_json::from_str(&payload).unwrap();
    assert!(header.contains(next.as_str().unwrap()), "{header}");
    assert_eq!((&said["from"]["house"], &said["sequence"]), (&id, &json!(2)));
    let refused = hand(&b, &all[1]);
    assert_eq!(refused.text("why"), "key", "it does not count before tomorrow");
    // The operator says of this one key that it counts today; of a set of them no day is said.
    let one = b.dir.path().join("second.jwk");
    std::fs::write(&one, set["keys"][1].to_string()).unwrap();
    let today = day_in(0);
    let counts = |key: &Path| {
        let key = key.to_str().unwrap();
        let add = ["partner", "add", "a", "--countries", "GB", "--pack", "gb", "--key", key];
        run(&[&add[..], &["--from", &today]].concat(), b.dir.path())
    };
    let (code, said) = counts(&a.dir.path().join("receipt.jwk"));
    assert!(code == Some(2) && said.contains("not of a set"), "{said}");
    let (code, said) = counts(&one);
    assert!(code == Some(0) && said.contains(&format!("from {today}")), "{said}");
    // By pull too: a statement signed by the new key is of the same house.
    knows(&a, "b", "CN", "cn", &b.dir.path().join("receipt.jwk"));
    let (fine, said) = pull_to(&a, &b);
    assert!(fine && said.contains("2 taken"), "{said}");
    let (fine, said) = {
        let pull = ["pull", "b", "--from", &b.house.address, "--to", &a.house.address];
        exchange(&pull, a.dir.path())
    };
    assert!(fine, "{said}");
    // Receipts of both are verified by the set; the law of the house stands.
    let key = a.dir.path().join("receipt.jwk");
    let verify = |receipt: &str| {
        let file = a.dir.path().join("receipt.txt");
        std::fs::write(&file, receipt).unwrap();
        let args = ["verify", file.to_str().unwrap(), "--key", key.to_str().unwrap()];
        fondaco().args(args).output().unwrap().status.code()
    };
    let new_receipt = a.house.get(&format!("/v1/declarations/{}/receipt", said_mrn(&all[1]))).body;
    assert_eq!(verify(&old_receipt), Some(0));
    assert_eq!(verify(&String::from_utf8(new_receipt).unwrap()), Some(0));
    let law = a.house.get("/v1/law").json();
    assert!(law.to_string().contains("founded"), "{law}");
    let page = a.house.get(&format!("/declarations/{mrn}"));
    assert_eq!(page.status, 200);
}

/// The number of the export of an envelope.
pub(crate) fn said_mrn(jws: &str) -> String {
    let said: Value = serde_json::from_str(&parts(jws).1).unwrap();
    said["mrn"].as_str().unwrap().to_owned()
}
