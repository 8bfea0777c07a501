//! Two houses of different packs: an export that one lets go becomes a draft of an import in the other.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::http::{House, Said, fondaco};

/// A house that knows a neighbour, and what it takes to speak as it.
struct Side {
    dir: TempDir,
    house: House,
}

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn side(pack: &str) -> Side {
    let dir = tempfile::tempdir().unwrap();
    let house = House::start(dir.path(), &["--pack", pack, "--sandbox"]);
    Side { dir, house }
}

/// Takes a neighbour in by its key.
fn knows(side: &Side, name: &str, countries: &str, pack: &str, key: &Path) {
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
fn neighbours(pack: &str, country: &str, other: &str, its: &str) -> (Side, Side) {
    let (a, b) = (side(pack), side(other));
    knows(&a, "b", its, other, &b.dir.path().join("receipt.jwk"));
    knows(&b, "a", country, pack, &a.dir.path().join("receipt.jwk"));
    (a, b)
}

/// Files an export of the corpus and lifts what holds it; its number.
fn let_go(side: &Side, name: &str, lrn: &str) -> String {
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

fn act(side: &Side, mrn: &str, act: &Value) -> Said {
    let key = format!("{mrn} {act}");
    let headers = [("Idempotency-Key", &*key), ("Content-Type", "application/json")];
    let path = format!("/v1/declarations/{mrn}/acts");
    side.house.post(&path, &headers, act.to_string().as_bytes())
}

fn exchange(args: &[&str], data: &Path) -> (bool, String) {
    let output = fondaco().arg("exchange").args(args).arg("--data").arg(data).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn hand(side: &Side, envelope: &str) -> Said {
    side.house.post("/v1/exchange/envelopes", &[], envelope.as_bytes())
}

fn made(side: &Side) -> Vec<String> {
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
    let form = b.house.get(&format!("/v1/drafts/{id}/declaration/json"));
    assert_eq!(form.status, 200);
    let mut form = form.json();
    let d = &mut form["Declaration"];
    d["FunctionalReferenceID"] = json!("FROM-A-1");
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
    let headers = [("Idempotency-Key", "draft"), ("Content-Type", "application/json")];
    let filed = b.house.post_with(&headers, form.to_string().as_bytes());
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
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
fn signed(dir: &Path, header: &str, payload: &str) -> String {
    let seed: [u8; 32] = std::fs::read(dir.join("receipt.key")).unwrap().try_into().unwrap();
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = SigningKey::from_bytes(&seed).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn parts(jws: &str) -> (String, String) {
    let decoded = |n: usize| {
        let bytes = URL_SAFE_NO_PAD.decode(jws.split('.').nth(n).unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    (decoded(0), decoded(1))
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
    field("from.pack", &|v| v["from"]["pack"] = json!("us"));
    field("from.country", &|v| v["from"]["country"] = json!("US"));
    field("to.house", &|v| v["to"]["house"] = json!("other"));
    field("to.country", &|v| v["to"]["country"] = json!("RU"));
    field("sequence", &|v| v["sequence"] = json!(0));
    field("previous", &|v| v["previous"] = json!(""));
    field("previous", &|v| v["previous"] = json!(format!("sha-256:{}", "0".repeat(64))));
    field("issued_at", &|v| v["issued_at"] = json!("2126-01-01T00:00:00.000Z"));
    field("issued_at", &|v| v["issued_at"] = json!("2020-01-01T00:00:00.000Z"));
    field("mrn", &|v| v["mrn"] = json!(""));
    field("state", &|v| v["state"] = json!("accepted"));
    let why = |why: &str, change: &dyn Fn(&mut Value)| {
        check(&says(change), 422, "envelope-refused", "why", why);
    };
    why("payload", &|v| v["more"] = json!(1));
    why("digest", &|v| v["xml"] = json!("<Declaration/>"));
    why("disagree", &|v| {
        v["declaration"]["Declaration"]["TotalPackageQuantity"] = json!("999");
    });
    why("disagree", &|v| {
        let xml = v["xml"].as_str().unwrap().replace("GB</CountryCode>", "FR</CountryCode>");
        v["xml_digest"] = json!(format!("sha-256:{}", hex(&Sha256::digest(&xml))));
        v["xml"] = json!(xml);
    });
    let spaced = serde_json::to_string_pretty(&value).unwrap();
    let spaced = signed(a.dir.path(), &header, &spaced);
    check(&spaced, 422, "envelope-refused", "why", "payload");
    // Two under one number, two under one id.
    let first_said: Value = serde_json::from_str(&parts(&all[0]).1).unwrap();
    let twice = says(&|v| {
        v["sequence"] = json!(1);
        v["previous"] = json!("");
    });
    check(&twice, 409, "envelope-used", "id", first_said["id"].as_str().unwrap());
    let same_id = says(&|v| v["id"] = first_said["id"].clone());
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

fn hex(bytes: &[u8]) -> String {
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
