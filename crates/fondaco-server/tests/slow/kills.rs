//! What was answered with a receipt survives any kill.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::caller::{Caller, Chance, Turns};
use crate::{House, renamed};

/// Kills of one run.
const KILLS: usize = 50;
/// Callers filing all the time.
const CALLERS: usize = 6;

/// What the operator says of the money of the house.
const MONEY: &str =
    "holder = \"Customs\"\n[[account]]\nid = \"40101810900000010153\"\ncurrency = \"RUB\"\n";

const ACCOUNT: &str = "<Othr><Id>40101810900000010153</Id></Othr>";

/// The bank's word that a request was paid into an account.
pub(crate) fn booked(
    n: usize,
    reference: &str,
    amount: &str,
    currency: &str,
    account: &str,
) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
         <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M{n}</MsgId>\
         <CreDtTm>2026-11-26T18:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N{n}</Id>\
         <CreDtTm>2026-11-26T18:00:00Z</CreDtTm><Acct><Id>{account}</Id></Acct><Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
         <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>\
         <AcctSvcrRef>E{n}</AcctSvcrRef><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls>\
         <TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>\
         <Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Strd><CdtrRefInf>\
         <Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Ntfctn>\
         </BkToCstmrDbtCdtNtfctn></Document>"
    )
}

/// Files a declaration and pays what it owes; its number, and whether the payment was answered. `None`
/// where the filing was not.
fn file_and_pay(caller: &Caller, n: usize) -> Option<(String, bool)> {
    let file = "/v1/declarations";
    let (key, xml) = (format!("key-{n}"), "application/xml");
    let filed = caller.taken(file, &key, xml, &owing(&format!("KILL-{n}")))?;
    let mrn = filed["mrn"].as_str().unwrap().to_owned();
    let pay = || {
        let debt = caller.get(&format!("{file}/{mrn}/debt"))?;
        let request = &debt[0]["requests"][0];
        let (reference, amount) = (request["reference"].as_str()?, request["amount"].as_str()?);
        let told = booked(n, reference, amount, "RUB", ACCOUNT);
        caller.taken("/v1/bank", &format!("bank-{n}"), xml, told.as_bytes())
    };
    let paid = pay().is_some();
    Some((mrn, paid))
}

/// An import of the corpus that owes a known amount, under another reference.
fn owing(reference: &str) -> Vec<u8> {
    renamed("eaeu/084-steel-zabaikalsk.xml", reference)
}

#[test]
fn no_receipt_without_its_declaration_and_none_doubled() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("money.toml"), MONEY).unwrap();
    let seed = std::process::id().into();
    println!("seed {seed}");
    let mut chance = Chance(seed);
    // What was begun and not answered when the house died is sent again under the same key.
    let turns = Turns::default();
    // What was answered: reference number to MRN.
    let answered: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());
    // Whose payment was answered.
    let paid: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
    let mut slowest = Duration::ZERO;
    for _ in 0..KILLS {
        let house = House::start(dir.path(), "eaeu");
        slowest = slowest.max(house.ready_after);
        let address = house.address.clone();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    let caller = Caller::new(&address);
                    while !stop.load(Ordering::Relaxed) {
                        let n = turns.next();
                        let Some((mrn, settled)) = file_and_pay(&caller, n) else {
                            turns.again(n);
                            continue;
                        };
                        let before = answered.lock().unwrap().insert(n, mrn.clone());
                        assert!(before.is_none_or(|b| b == mrn), "{n} got two numbers");
                        if settled {
                            paid.lock().unwrap().insert(n);
                        } else {
                            turns.again(n);
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(50 + chance.below(350)));
            house.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let begun = Instant::now();
    let house = House::start(dir.path(), "eaeu");
    slowest = slowest.max(begun.elapsed());
    let caller = Caller::new(&house.address);
    let answered = answered.into_inner().unwrap();
    let get = |path: String| caller.get(&path).unwrap();
    for (n, mrn) in &answered {
        let found = get(format!("/v1/declarations/{mrn}"));
        assert_eq!(found["lrn"], format!("KILL-{n}"), "the declaration of receipt {mrn}");
    }
    let paid = paid.into_inner().unwrap();
    for n in &paid {
        let mrn = &answered[n];
        let debt = &get(format!("/v1/declarations/{mrn}/debt"))[0];
        assert_eq!(debt["settled"], "paid", "{n} {mrn}: {debt}");
        let state = get(format!("/v1/declarations/{mrn}"))["state"].clone();
        // But for what is looked at by chance.
        assert!(state == "cleared" || state == "under-documentary-check", "{mrn}: {state}");
    }
    let money = get("/v1/money".to_owned());
    let roubles = &money["currencies"][0];
    assert_eq!((&roubles["sum"], &money["suspense"]), (&"0.00".into(), &serde_json::json!([])));
    // What the ledger has at the bank is what was booked, once each: nothing received is over.
    assert_eq!(roubles["at_banks"][0][1], roubles["received"]);
    let settled = roubles["paid"].as_u64().unwrap();
    assert!(settled >= paid.len() as u64, "{settled} of {}", paid.len());
    assert_eq!(roubles["debts"].as_u64().unwrap() - settled, roubles["open"].as_u64().unwrap());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut before = i64::MAX;
    loop {
        let page = get(format!("/v1/declarations?limit=1000&before={before}"));
        let page = page.as_array().unwrap();
        for one in page {
            if one["outcome"] == "accepted" {
                *seen.entry(one["lrn"].as_str().unwrap().to_owned()).or_default() += 1;
            }
            before = one["cursor"].as_i64().unwrap();
        }
        if page.is_empty() {
            break;
        }
    }
    let doubled: Vec<_> = seen.iter().filter(|(_, n)| **n > 1).collect();
    assert!(doubled.is_empty(), "doubled: {doubled:?}");
    println!(
        "{KILLS} kills, {} receipts, {} payments, 0 lost, 0 doubled, slowest start {slowest:?}",
        answered.len(),
        paid.len()
    );
    assert!(
        answered.len() > 500 && paid.len() > 300,
        "only {} filings were answered",
        answered.len()
    );
    assert!(slowest < Duration::from_secs(5), "a start took {slowest:?}");
}
