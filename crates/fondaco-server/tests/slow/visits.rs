//! Visits and results that were answered survive any kill, and count once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::caller::{Caller, Chance, Turns};
use crate::{House, root};

/// Kills of one run.
const KILLS: usize = 50;
/// Callers at it all the time.
const CALLERS: usize = 4;
/// A yard for two in each quarter of an hour, all week.
const POSTS: &str = "\
id,name_en,name_zh,name_ru,utc_offset,days,opens,closes,slot_minutes,capacity,agencies,from,until
yard,Y,Y,Y,+00:00,1234567,00:00,24:00,15,2,,,
";

/// Four ask for each slot, which takes two.
fn slot(n: usize) -> String {
    let (n, minutes) = (n / 4, n / 4 % 96 * 15);
    format!(
        "2099-{:02}-{:02}T{:02}:{:02}",
        1 + n / 96 / 28 % 12,
        1 + n / 96 % 28,
        minutes / 60,
        minutes % 60
    )
}

impl Caller {
    /// Files, holds, books and puts down the result of the n-th consignment: its number and its visit, where
    /// there was room. Begun again it does the same again.
    fn all(&self, n: usize) -> Option<(String, Option<String>)> {
        let path = root().join("data/corpus/gb/043-machine-licence.xml");
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
        let text = text.replace(own, &format!("VISIT-{n}"));
        let kind = "application/xml";
        let (_, filed) =
            self.send("/v1/declarations", &format!("file {n}"), kind, text.as_bytes())?;
        let mrn = filed["mrn"].as_str().unwrap().to_owned();
        let at = format!("/v1/declarations/{mrn}");
        let hold = json!({"act": "hold", "by": "o", "kind": "examination", "agency": "vet",
            "reason": "identity-check"});
        let (status, held) = self.json(&format!("{at}/acts"), &format!("hold {n}"), &hold)?;
        assert_eq!(status, 201, "{held}");
        let book = json!({"by": "o", "post": "yard", "slot": slot(n),
            "controls": [{"kind": "examination", "agency": "vet"}]});
        let (status, booked) =
            self.json(&format!("{at}/inspections"), &format!("book {n}"), &book)?;
        if status == 409 {
            assert_eq!(booked["why"], "full");
            return Some((mrn, None));
        }
        let visit = booked["inspection"].as_str().unwrap().to_owned();
        let result = json!({"by": "v", "device": "tablet", "sequence": n,
            "made_at": "2026-01-01T00:00:00Z",
            "controls": [{"kind": "examination", "agency": "vet", "outcome": "pass"}]});
        let path = format!("{at}/inspections/{visit}/results");
        // Under another key each time: the device's own number tells.
        let key = format!("result {n} {}", uuid());
        let (status, put) = self.json(&path, &key, &result)?;
        assert_eq!(status, 201, "{put}");
        Some((mrn, Some(visit)))
    }
}

fn uuid() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[test]
fn no_visit_and_no_result_is_lost_doubled_or_one_too_many() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("pack")).unwrap();
    std::fs::write(dir.path().join("pack/posts.csv"), POSTS).unwrap();
    let seed = std::process::id().into();
    println!("seed {seed}");
    let mut chance = Chance(seed);
    let turns = Turns::default();
    let done: Mutex<BTreeMap<usize, (String, Option<String>)>> = Mutex::default();
    for _ in 0..KILLS {
        let house = House::start(dir.path(), "gb");
        let address = house.address.clone();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    let caller = Caller::new(&address);
                    while !stop.load(Ordering::Relaxed) {
                        let n = turns.next();
                        match caller.all(n) {
                            Some(all) => {
                                done.lock().unwrap().insert(n, all);
                            }
                            None => turns.again(n),
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(100 + chance.below(400)));
            house.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let house = House::start(dir.path(), "gb");
    let caller = Caller::new(&house.address);
    // What was begun is finished: nothing of it is taken twice.
    let mut done = done.into_inner().unwrap();
    for n in turns.left() {
        done.insert(n, caller.all(n).unwrap());
    }
    let get = |path: String| caller.get(&path).unwrap();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut waiting: BTreeSet<String> = BTreeSet::new();
    for (n, (mrn, visit)) in &done {
        let visits = get(format!("/v1/declarations/{mrn}/inspections"));
        let visits = visits.as_array().unwrap();
        assert_eq!(visits.len(), usize::from(visit.is_some()), "{n}: {visits:?}");
        match visit {
            Some(visit) => {
                assert_eq!(visits[0]["id"], **visit);
                let control = &visits[0]["controls"][0];
                let results = control["results"].as_array().unwrap();
                assert_eq!((&control["outcome"], results.len()), (&"pass".into(), 1), "{n}");
                *taken.entry(slot(*n)).or_default() += 1;
            }
            None => {
                waiting.insert(mrn.clone());
            }
        }
    }
    assert!(taken.values().all(|n| *n <= 2), "{taken:?}");
    // Only who found no room has something to do still.
    let mut tasks: BTreeSet<String> = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = get(format!("/v1/tasks?agency=vet&limit=1000&after={after}"));
        let some = page["tasks"].as_array().unwrap();
        tasks.extend(some.iter().map(|t| t["mrn"].as_str().unwrap().to_owned()));
        if some.is_empty() {
            break;
        }
        after = page["next"].as_str().unwrap().to_owned();
    }
    assert_eq!(tasks, waiting);
    let visits: usize = taken.values().sum();
    println!("{KILLS} kills, {} consignments, {visits} visits, 0 lost, 0 doubled", done.len());
    assert!(visits > 100, "only {visits} visits were booked");
}
