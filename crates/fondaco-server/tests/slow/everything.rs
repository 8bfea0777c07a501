//! Filings, payments, draws on a quota, write-offs of a licence, notifications and envelopes, all in flight at
//! once, survive any kill of the house and of its neighbour.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{Caller, Chance, Turns};
use crate::kills::booked;
use crate::receiver::Receiver;
use crate::{House, renamed};

/// Kills of one run.
const KILLS: usize = 50;
/// Callers at it all the time.
const CALLERS: usize = 4;
/// Kilograms; less than what is asked of either.
const QUOTA: f64 = 200_000.0;
const LICENCE: f64 = 250_000.0;
/// The house's account at its bank.
const ACCOUNT: &str = "GB33BUKB20201555555555";

/// The tables of the operator: telephones pay 20 %, 5 % within a quota, and want a licence of the register.
fn furnish(dir: &Path, receiver: &Receiver) {
    let pack = dir.join("pack");
    std::fs::create_dir_all(&pack).unwrap();
    let measures = "code,direction,origin,regime,tax_type,rate,quota,basis,mark\n\
        85171300,import,,100,A00,20,,vata-1994,ours\n\
        85171300,import,,120,A00,5,050001,vata-1994,ours\n";
    let quotas = format!(
        "order,definition,from,until,volume,unit,critical,threshold,balance,balance_on,state\n\
         050001,1,2020-01-01,2099-12-31,{QUOTA},KGM,N,100,,,open\n"
    );
    let kinds = "document,issuer,name_en,name_zh,name_ru,operators,basis,from,until\n\
        N851,plants,Phytosanitary certificate,植物检疫证书,Фитосанитарный сертификат,,vata-1994,,\n";
    let wanted = "[[requirement]]\nid = \"own-phyto\"\nkind = \"certificate\"\n\
        agency = { en = \"Plants\", zh = \"植物\", ru = \"Растения\" }\n\
        codes = [\"8517\"]\ndirection = \"import\"\ndocuments = [\"N851\"]\n\
        text = { en = \"A certificate\", zh = \"证书\", ru = \"Сертификат\" }\n\
        basis = \"vata-1994\"\n";
    let money = format!(
        "holder = \"Customs\"\n[[account]]\nid = \"{ACCOUNT}\"\ncurrency = \"GBP\"\nbic = \"BUKBGB22\"\n"
    );
    for (name, text) in [
        ("pack/measures-own.csv", measures),
        ("pack/quotas-own.csv", &quotas),
        ("pack/lpcos-own.csv", kinds),
        ("pack/requirements-own.toml", wanted),
        ("money.toml", &money),
        ("webhook-allow", &receiver.address.to_string()),
    ] {
        std::fs::write(dir.join(name), text).unwrap();
    }
}

/// Telephones that claim the quota and show the licence.
fn import(n: usize) -> Vec<u8> {
    let text = String::from_utf8(renamed("gb/001-phones-felixstowe.xml", &lrn(n))).unwrap();
    let regime = "<DutyRegimeCode>120</DutyRegimeCode><QuotaOrderID>050001</QuotaOrderID>";
    let shown = "<AdditionalDocument><CategoryCode>N</CategoryCode><ID>PC-1</ID>\
        <TypeCode>851</TypeCode></AdditionalDocument><Commodity>";
    text.replace("<DutyRegimeCode>100</DutyRegimeCode>", regime)
        .replace("currencyID=\"USD\"", "currencyID=\"GBP\"")
        .replacen("<Commodity>", shown, 1)
        .into_bytes()
}

fn lrn(n: usize) -> String {
    format!("ALL-{n}")
}

/// What becomes of the n-th.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Paid,
    Cancelled,
    Exported,
}

fn kind(n: usize) -> Kind {
    [Kind::Paid, Kind::Exported, Kind::Paid, Kind::Cancelled][n % 4]
}

impl Caller {
    /// Files the n-th; its number.
    fn file(&self, n: usize) -> Option<String> {
        let text = match kind(n) {
            Kind::Exported => renamed("gb/042-cashmere-heathrow.xml", &lrn(n)),
            _ => import(n),
        };
        let said =
            self.taken("/v1/declarations", &format!("file {n}"), "application/xml", &text)?;
        Some(said["mrn"].as_str().unwrap().to_owned())
    }

    /// Has happen to the n-th what is to; begun again it does the same again.
    fn go_on(&self, n: usize, mrn: &str) -> Option<()> {
        let at = format!("/v1/declarations/{mrn}");
        let acts = format!("{at}/acts");
        match kind(n) {
            Kind::Paid => {
                let debt = self.get(&format!("{at}/debt"))?;
                let request = &debt[0]["requests"][0];
                let text = |name: &str| request[name].as_str().unwrap_or_else(|| panic!("{debt}"));
                let told = booked(
                    n,
                    text("reference"),
                    text("amount"),
                    "GBP",
                    &format!("<IBAN>{ACCOUNT}</IBAN>"),
                );
                let key = format!("bank {n}");
                self.taken("/v1/bank", &key, "application/xml", told.as_bytes())?;
            }
            Kind::Cancelled => {
                let end = json!({"act": "cancel", "by": "o", "reason": "lodged-in-error"});
                let key = format!("end {n}");
                self.taken(&acts, &key, "application/json", end.to_string().as_bytes())?;
            }
            Kind::Exported => {
                for held in ["documents", "examination"] {
                    let lift = json!({"act": "lift", "by": "o", "kind": held});
                    // Held or not: what is let go is told to the neighbour.
                    let key = format!("lift {held} {n}");
                    self.json(&acts, &key, &lift)?;
                }
            }
        }
        Some(())
    }
}

/// Carries the envelopes one house has for the other.
fn carry(from: &Caller, to: &Caller, after: &mut u64) -> Option<()> {
    let page = from.get(&format!("/v1/exchange/envelopes?partner=b&limit=100&after={after}"))?;
    for envelope in page["envelopes"].as_array().unwrap() {
        let jws = envelope["jws"].as_str().unwrap();
        let (status, said) =
            to.send("/v1/exchange/envelopes", "", "application/jose", jws.as_bytes())?;
        assert!(matches!(status, 200 | 201), "{status} {said}");
        *after = envelope["sequence"].as_u64().unwrap();
    }
    Some(())
}

fn knows(dir: &Path, name: &str, country: &str, pack: &str, other: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_fondaco"))
        .args(["partner", "add", name, "--countries", country, "--pack", pack, "--data"])
        .arg(dir)
        .arg("--key")
        .arg(other.join("receipt.jwk"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every page of a list.
fn all_events(caller: &Caller) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let (page, next) = caller.page(&format!("/v1/events?after={after}&limit=1000")).unwrap();
        all.extend(page.as_array().unwrap().clone());
        if next == after {
            return all;
        }
        after = next;
    }
}

/// An amount, with or without its unit; nothing where none is said.
fn number(value: &Value) -> f64 {
    let text = value.as_str().and_then(|t| t.split(' ').next()).unwrap_or_default();
    if text.is_empty() { 0.0 } else { text.parse().unwrap() }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.001
}

#[test]
fn all_that_is_in_flight_survives_any_kill() {
    let receiver = Receiver::fine();
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    furnish(here.path(), &receiver);
    let seed = std::process::id().into();
    println!("seed {seed}");
    let mut chance = Chance(seed);
    // Each makes its key at its first start.
    House::start(here.path(), "gb").kill();
    let mut neighbour = House::start(there.path(), "cn");
    knows(here.path(), "b", "CN", "cn", there.path());
    knows(there.path(), "a", "GB", "gb", here.path());
    {
        let house = House::start(here.path(), "gb");
        let caller = Caller::new(&house.address);
        let lines = json!([{"codes": ["8517"], "quantity": LICENCE.to_string(), "unit": "KGM"}]);
        let issue = json!({"kind": "N851", "number": "PC-1", "issuer": "plants", "by": "p",
            "terms": {"lines": lines}});
        assert_eq!(caller.json("/v1/lpcos", "issue", &issue).unwrap().0, 201);
        let hook = json!({"by": "b", "url": receiver.url()});
        assert_eq!(caller.json("/v1/webhooks", "hook", &hook).unwrap().0, 201);
        house.kill();
    }
    let turns = Turns::default();
    let answered: Mutex<BTreeMap<usize, String>> = Mutex::default();
    let done: Mutex<BTreeSet<usize>> = Mutex::default();
    let other = RwLock::new(neighbour.address.clone());
    let mut carried = 0;
    let (mut slowest, mut neighbours) = (Duration::ZERO, 0);
    for round in 0..KILLS {
        let house = House::start(here.path(), "gb");
        slowest = slowest.max(house.ready_after);
        let address = house.address.clone();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    let caller = Caller::new(&address);
                    while !stop.load(Ordering::Relaxed) {
                        let n = turns.next();
                        let filed = caller.file(n);
                        if let Some(mrn) = &filed {
                            let before = answered.lock().unwrap().insert(n, mrn.clone());
                            assert!(before.is_none_or(|b| b == *mrn), "{n} got two numbers");
                        }
                        let whole = filed.and_then(|mrn| caller.go_on(n, &mrn)).is_some();
                        if whole {
                            done.lock().unwrap().insert(n);
                        } else {
                            turns.again(n);
                        }
                    }
                });
            }
            scope.spawn(|| {
                let from = Caller::new(&address);
                while !stop.load(Ordering::Relaxed) {
                    let to = Caller::new(&other.read().unwrap());
                    carry(&from, &to, &mut carried);
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
            std::thread::sleep(Duration::from_millis(100 + chance.below(400)));
            // Every third time the neighbour dies, too, in the middle of what it is brought.
            if round % 3 == 2 {
                neighbours += 1;
                let (mut address, gone) = (other.write().unwrap(), &mut neighbour);
                gone.end();
                *gone = House::start(there.path(), "cn");
                slowest = slowest.max(gone.ready_after);
                address.clone_from(&gone.address);
            }
            house.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let house = House::start(here.path(), "gb");
    slowest = slowest.max(house.ready_after);
    let caller = Caller::new(&house.address);
    // What was begun and not answered is done again, now that nobody dies.
    for n in turns.left() {
        let mrn = caller.file(n).unwrap();
        caller.go_on(n, &mrn).unwrap();
        answered.lock().unwrap().insert(n, mrn);
        done.lock().unwrap().insert(n);
    }
    let (answered, done) = (answered.into_inner().unwrap(), done.into_inner().unwrap());

    // Every declaration once, and none that nobody filed.
    let mut states: BTreeMap<String, (String, Value)> = BTreeMap::new();
    let mut before = i64::MAX;
    loop {
        let page = caller.get(&format!("/v1/declarations?limit=1000&before={before}")).unwrap();
        let page = page.as_array().unwrap().clone();
        for one in &page {
            before = one["cursor"].as_i64().unwrap();
            if one["outcome"] != "accepted" || !one["lrn"].as_str().unwrap().starts_with("ALL-") {
                continue;
            }
            let mrn = one["mrn"].as_str().unwrap().to_owned();
            let stands = caller.get(&format!("/v1/declarations/{mrn}")).unwrap();
            let lrn = one["lrn"].as_str().unwrap().to_owned();
            let doubled = states.insert(lrn.clone(), (mrn, stands["state"].clone()));
            assert!(doubled.is_none(), "{lrn} stands twice");
        }
        if page.is_empty() {
            break;
        }
    }
    assert_eq!(states.len(), answered.len());
    let (mut drawn, mut written_off, mut exports, mut paid) = (0.0, 0.0, BTreeSet::new(), 0);
    for (n, mrn) in &answered {
        let (stands, state) = &states[&lrn(*n)];
        assert_eq!(stands, mrn, "the declaration of receipt {mrn}");
        assert!(done.contains(n));
        let opinion = || caller.get(&format!("/v1/declarations/{mrn}/opinion")).unwrap();
        match kind(*n) {
            Kind::Exported => {
                assert!(matches!(state.as_str(), Some("released" | "cleared")), "{mrn}: {state}");
                exports.insert(mrn.clone());
            }
            Kind::Cancelled => assert_eq!(state, "cancelled", "{mrn}"),
            Kind::Paid => {
                let debt = &caller.get(&format!("/v1/declarations/{mrn}/debt")).unwrap()[0];
                assert_eq!(debt["settled"], "paid", "{mrn}: {debt}");
                let opinion = opinion();
                drawn += number(&opinion["assessment"]["quota_draws"][0]["granted"]);
                written_off += number(&opinion["documents"][0]["quantity"]);
                paid += 1;
            }
        }
    }

    // The quota and the licence have left what none of those that stand took, and never less than nothing.
    let asked = caller.get("/v1/requirements?code=8517130000&origin=CN&on=2026-11-26").unwrap();
    let left = number(&asked["quotas"][0]["left"]);
    assert!(left >= 0.0 && near(left + drawn, QUOTA), "{left} left, {drawn} drawn");
    let told = caller.get("/v1/lpcos/PC-1").unwrap();
    let left_off = number(&told["balance"][0]["left_quantity"]);
    assert!(left_off >= 0.0 && near(left_off + written_off, LICENCE), "{left_off}, {written_off}");

    // The books balance, and what the bank booked stands in them once.
    let money = caller.get("/v1/money").unwrap();
    let pounds = &money["currencies"][0];
    assert_eq!((&pounds["sum"], &money["suspense"]), (&"0.00".into(), &json!([])));
    assert_eq!(pounds["at_banks"][0][1], pounds["received"]);
    assert_eq!(pounds["paid"], paid);

    // Each event of the log was brought, in the order of the log, counted once by its name.
    let events = all_events(&caller);
    let events: Vec<&str> = events.iter().map(|e| e["id"].as_str().unwrap()).collect();
    let begun = Instant::now();
    let last = (*events.last().unwrap()).to_owned();
    while receiver.ids().last() != Some(&last) {
        assert!(begun.elapsed() < Duration::from_secs(60), "the last event is not brought");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut seen = BTreeSet::new();
    let once: Vec<String> =
        receiver.ids().into_iter().filter(|id| seen.insert(id.clone())).collect();
    assert!(once == events, "{} brought of {}", once.len(), events.len());

    // Each export let go is one envelope, and one draft in the neighbour's house.
    let to = Caller::new(&neighbour.address);
    let begun = Instant::now();
    let mut crossed = 0;
    while carried < exports.len() as u64 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{carried} of {}", exports.len());
        carry(&caller, &to, &mut carried).unwrap();
    }
    carry(&caller, &to, &mut carried).unwrap();
    let mut drafts = BTreeSet::new();
    let mut before = i64::MAX;
    loop {
        let page = to.get(&format!("/v1/drafts?limit=100&before={before}")).unwrap();
        for draft in page.as_array().unwrap() {
            crossed += 1;
            drafts.insert(draft["mrn"].as_str().unwrap().to_owned());
            before = draft["before"].as_i64().unwrap();
        }
        if page == json!([]) {
            break;
        }
    }
    assert_eq!((crossed, &drafts), (exports.len(), &exports));
    println!(
        "{KILLS} kills and {neighbours} of the neighbour: {} declarations, {paid} payments, {drawn:.1} of \
         {QUOTA} kg drawn, {written_off:.1} of {LICENCE} kg written off, {} events brought, {crossed} \
         envelopes; 0 lost, 0 doubled, slowest start {slowest:?}",
        answered.len(),
        events.len()
    );
    assert!(paid > 300 && crossed > 100, "only {paid} were paid, {crossed} crossed");
    assert!(drawn > QUOTA / 2.0 && written_off > LICENCE / 2.0, "{drawn}, {written_off}");
    assert!(slowest < Duration::from_secs(5), "a start took {slowest:?}");
    drop(neighbour);
}
