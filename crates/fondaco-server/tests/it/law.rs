//! The law of a house: proposed by one person, approved by another, live whole from its day.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::commands::run;
use crate::http::{House, good};

const SERVE: &[&str] = &["--pack", "gb"];

fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

/// A house that was started once, with two persons in it.
fn founded(at: &Path) -> String {
    let mut house = House::start(at, SERVE);
    house.token = Some(std::fs::read_to_string(at.join("token")).unwrap().trim().to_owned());
    let bundle = house.get("/healthz").text("bundle");
    assert!(house.stop().success());
    for name in ["Li Na", "Ivanov"] {
        let came = run(&["person", "add", name, "--data", text(at), "--key", &key(at, name)]);
        assert_eq!(came.code, 0, "{}", came.err);
    }
    bundle
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn key(at: &Path, name: &str) -> String {
    format!("{}/{name}.key", text(at))
}

/// A folder with a rate of exchange.
fn rates(at: &Path, per_unit: &str) -> String {
    let over = at.join("new");
    std::fs::create_dir_all(&over).unwrap();
    let rows = format!("currency,per_unit,from,until,source\nUSD,{per_unit},2020-01-01,,a bank\n");
    std::fs::write(over.join("rates-day.csv"), rows).unwrap();
    text(&over).to_owned()
}

fn propose(at: &Path, who: &str, over: &str, from: &str) -> serde_json::Value {
    let came = run(&[
        "law",
        "propose",
        "--data",
        text(at),
        "--key",
        &key(at, who),
        "--over",
        over,
        "--from",
        from,
        "--why",
        "rates of the day",
        "--json",
    ]);
    assert_eq!(came.code, 0, "{}", came.err);
    came.json()
}

fn value(house: &House, lrn: &str) -> String {
    let priced = good(lrn).replace("currencyID=\"GBP\"", "currencyID=\"USD\"");
    let mrn = house.file(lrn, &priced).text("mrn");
    let opinion = house.get(&format!("/v1/declarations/{mrn}/opinion")).json();
    opinion["assessment"]["values"][0][1].as_str().unwrap_or("unknown").to_owned()
}

#[test]
fn a_law_is_live_once_another_person_approved_it() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let first = founded(at);
    let over = rates(at, "0.80");
    let proposed = propose(at, "Li Na", &over, &today());
    assert_eq!(proposed["before"], *first);
    let changes = &proposed["changes"];
    assert_eq!((&changes[0]["file"], &changes[0]["added"]), (&"rates-day.csv".into(), &2.into()));
    assert_eq!(changes.as_array().unwrap().len(), 1, "{changes}");
    let bundle = proposed["bundle"].as_str().unwrap();

    let mut house = House::start(at, SERVE);
    house.token = Some(std::fs::read_to_string(at.join("token")).unwrap().trim().to_owned());
    assert_eq!(value(&house, "BEFORE"), "unknown", "what is proposed is not live");
    let decide = |what: &str, who: &str| {
        run(&["law", what, &bundle[..12], "--data", text(at), "--key", &key(at, who)])
    };
    // Not by who proposed it, not by a stranger.
    let own = decide("approve", "Li Na");
    assert_eq!(own.code, 2);
    assert!(own.err.contains("another person"), "{}", own.err);
    let stranger = decide("approve", "Nobody");
    assert_eq!(stranger.code, 2, "{}", stranger.err);
    assert_eq!(decide("approve", "Ivanov").code, 0);
    // The running house takes it without a restart, whole.
    let begun = Instant::now();
    while house.get("/healthz").text("bundle") != bundle {
        assert!(begun.elapsed() < Duration::from_secs(20), "the law does not turn");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(value(&house, "AFTER"), "800.00");
    let told = house.get("/v1/law").json();
    assert_eq!(told[1]["bundle"], bundle);
    assert_eq!((&told[1]["state"], &told[1]["in_force"]), (&"approved".into(), &true.into()));
    assert_eq!(
        (&told[1]["proposed_by"], &told[1]["decided_by"]),
        (&"Li Na".into(), &"Ivanov".into())
    );
    assert!(house.stop().success());
    // Started with the pack it was founded on, it keeps its law.
    let mut again = House::start(at, SERVE);
    again.token = Some(std::fs::read_to_string(at.join("token")).unwrap().trim().to_owned());
    assert_eq!(again.get("/healthz").text("bundle"), bundle);
}

#[test]
fn a_law_waits_for_its_day_and_what_is_broken_is_never_proposed() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let first = founded(at);
    let over = rates(at, "0.80");
    let proposed = propose(at, "Li Na", &over, "2099-01-01");
    let bundle = proposed["bundle"].as_str().unwrap();
    let came = run(&["law", "approve", bundle, "--data", text(at), "--key", &key(at, "Ivanov")]);
    assert_eq!(came.code, 0, "{}", came.err);
    assert!(came.out.contains("approved from 2099-01-01"), "{}", came.out);
    let list = || run(&["law", "list", "--data", text(at), "--json"]).json();
    let states = |list: &serde_json::Value| -> Vec<(String, bool)> {
        let all = list.as_array().unwrap().iter();
        all.map(|v| (v["state"].as_str().unwrap().into(), v["in_force"].as_bool().unwrap()))
            .collect()
    };
    assert_eq!(states(&list()), [("founded".into(), true), ("approved".into(), false)]);
    // Decided is decided.
    let again = run(&["law", "refuse", bundle, "--data", text(at), "--key", &key(at, "Li Na")]);
    assert_eq!(again.code, 2, "{}", again.err);
    // Half a file, a pack of another country, and no change at all.
    std::fs::write(
        Path::new(&over).join("rates-day.csv"),
        "currency,per_unit,from,until,source\nUS",
    )
    .unwrap();
    let propose = |more: &[&str]| {
        let own = key(at, "Li Na");
        run(&[&["law", "propose", "--data", text(at), "--key", own.as_str()], more].concat())
    };
    let broken = propose(&["--over", &over]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("rates-day.csv:2"), "{}", broken.err);
    assert_eq!(propose(&["--pack", "gb"]).code, 2);
    if crate::is_carried("cn") {
        let other = propose(&["--pack", "cn"]);
        assert!(other.err.contains("not cn"), "{}", other.err);
    }
    assert_eq!(list().as_array().unwrap().len(), 2);
    // A bundle whose bytes were changed is not loaded under its name.
    let kept = at.join("bundles").join(format!("{first}.pack"));
    let other = std::fs::read(at.join("bundles").join(format!("{bundle}.pack"))).unwrap();
    std::fs::write(kept, other).unwrap();
    std::fs::create_dir_all(at.join("pack")).unwrap();
    std::fs::write(at.join("pack/rates-x.csv"), "currency,per_unit,from,until,source\n").unwrap();
    let child = run(&["serve", "--data", text(at), "--pack", "gb", "--listen", "127.0.0.1:0"]);
    assert!(child.code != 0 && child.err.contains("bytes were changed"), "{}", child.err);
}

#[test]
fn the_law_of_the_house_is_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let first = founded(at);
    let over = rates(at, "0.80");
    let [approved, refused, waiting] = ["2098-01-01", "2098-02-01", "2098-03-01"].map(|day| {
        rates(at, &format!("0.{}", day.replace('-', "")));
        propose(at, "Li Na", &over, day)["bundle"].as_str().unwrap().to_owned()
    });
    for (what, bundle) in [("approve", &approved), ("refuse", &refused)] {
        let came = run(&["law", what, bundle, "--data", text(at), "--key", &key(at, "Ivanov")]);
        assert_eq!(came.code, 0, "{}", came.err);
    }
    let mut house = House::start(at, SERVE);
    house.token = Some(std::fs::read_to_string(at.join("token")).unwrap().trim().to_owned());
    for (language, words) in [
        ("en", ["in force", "Approved", "Refused", "waits for another person", "the beginning"]),
        ("zh", ["现行有效", "已批准", "已否决", "待另一人决定", "系统启用之日"]),
        ("ru", ["действует", "Утверждено", "Отклонено", "ждёт другого лица", "с начала работы"]),
    ] {
        let said = house.get(&format!("/law?lang={language}"));
        assert_eq!(said.status, 200);
        let body = String::from_utf8(said.body).unwrap();
        let row = |bundle: &str| {
            let row = body.split("<tr>").find(|row| row.contains(bundle));
            row.unwrap_or_else(|| panic!("{bundle}: {body}")).to_owned()
        };
        let [now, yes, no, waits, beginning] = words;
        assert!(row(&first).contains(now) && row(&first).contains(beginning), "{body}");
        assert!(row(&approved).contains(yes) && row(&approved).contains("2098-01-01"), "{body}");
        assert!(row(&refused).contains(no) && row(&refused).contains("Ivanov"), "{body}");
        assert!(
            row(&waiting).contains(waits) && row(&waiting).contains("rates of the day"),
            "{body}"
        );
        assert_eq!(body.matches(&format!("<strong>{now}</strong>")).count(), 1, "{body}");
    }
}
