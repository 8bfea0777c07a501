//! What was answered with a receipt survives any kill.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{House, declaration};

/// Kills of one run.
const KILLS: usize = 50;
/// Callers filing all the time.
const CALLERS: usize = 6;

/// Numbers that look random; the seed is printed, so that a run can be had again.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn post(agent: &ureq::Agent, address: &str, n: usize) -> Option<(u16, Value)> {
    let mut response = agent
        .post(format!("{address}/v1/declarations"))
        .header("Content-Type", "application/xml")
        .header("Idempotency-Key", format!("key-{n}"))
        .send(&declaration(&format!("KILL-{n}"))[..])
        .ok()?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().ok()?;
    Some((status, serde_json::from_str(&text).ok()?))
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into()
}

#[test]
fn no_receipt_without_its_declaration_and_none_doubled() {
    let dir = tempfile::tempdir().unwrap();
    let seed = std::process::id().into();
    println!("seed {seed}");
    let mut chance = Chance(seed);
    let next = AtomicUsize::new(0);
    // What was answered: reference number to MRN.
    let answered: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());
    // Begun and not answered when the house died: to be sent again under the same key.
    let open: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
    let mut slowest = Duration::ZERO;
    for _ in 0..KILLS {
        let house = House::start(dir.path(), "gb");
        slowest = slowest.max(house.ready_after);
        let address = house.address.clone();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    let agent = agent();
                    while !stop.load(Ordering::Relaxed) {
                        let again = open.lock().unwrap().pop_first();
                        let n = again.unwrap_or_else(|| next.fetch_add(1, Ordering::Relaxed));
                        match post(&agent, &address, n) {
                            Some((201, answer)) => {
                                let mrn = answer["mrn"].as_str().unwrap().to_owned();
                                let before = answered.lock().unwrap().insert(n, mrn.clone());
                                assert!(before.is_none_or(|b| b == mrn), "{n} got two numbers");
                            }
                            Some((503, _)) | None => {
                                open.lock().unwrap().insert(n);
                            }
                            Some((status, answer)) => panic!("{n}: {status} {answer}"),
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
    let house = House::start(dir.path(), "gb");
    slowest = slowest.max(begun.elapsed());
    let agent = agent();
    let answered = answered.into_inner().unwrap();
    let get = |path: String| -> Value {
        let mut response = agent.get(format!("{}{path}", house.address)).call().unwrap();
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    };
    for (n, mrn) in &answered {
        let found = get(format!("/v1/declarations/{mrn}"));
        assert_eq!(found["lrn"], format!("KILL-{n}"), "the declaration of receipt {mrn}");
    }
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
        "{KILLS} kills, {} receipts, 0 lost, 0 doubled, slowest start {slowest:?}",
        answered.len()
    );
    assert!(answered.len() > 500, "only {} filings were answered", answered.len());
    assert!(slowest < Duration::from_secs(5), "a start took {slowest:?}");
}
