//! The house on the network, from outside: file, ask, ask again, stop and go on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::Digest as _;

use crate::Row;
use crate::golden::{cases, compose};

/// A running house; it ends with its owner.
pub(crate) struct House {
    child: Child,
    pub(crate) address: String,
    pub(crate) token: Option<String>,
}

/// An answer of the house.
pub(crate) struct Said {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Said {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// A text of the JSON body.
    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    /// An RFC 9457 problem of this status and kind.
    pub(crate) fn is_problem(&self, status: u16, kind: &str) {
        let shown = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{shown}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{shown}");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/problems/{kind}"));
        assert!(problem["title"].as_str().is_some_and(|t| !t.is_empty()), "{shown}");
    }
}

pub(crate) fn fondaco() -> Command {
    Command::new(env!("CARGO_BIN_EXE_fondaco"))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

/// Gives a new sandbox a secret by which none of its first forty declarations of this year is looked at by
/// chance: what a test tells is then what it says, and not one time in fifty something else.
fn choose_nobody(data: &Path, args: &[&str]) {
    let path = data.join("draw.key");
    if path.exists() || !args.contains(&"--sandbox") {
        return;
    }
    let pack = args.iter().position(|a| *a == "--pack").and_then(|at| args.get(at + 1));
    let country = match pack {
        Some(&"eaeu") => "RU",
        Some(&"cn") => "CN",
        Some(&"us") => "US",
        _ => "GB",
    };
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::system()).date();
    let year = u8::try_from(today.year().rem_euclid(100)).unwrap();
    let mrns: Vec<String> =
        (1..=40).map(|n| fondaco::id::Mrn::new(year, country, n).unwrap().to_string()).collect();
    let chooses = |key: &[u8; 32], mrn: &String| {
        let digest = sha2::Sha256::new().chain_update(key).chain_update(mrn).finalize();
        let number = digest.iter().take(8).fold(0u64, |n, b| (n << 8) | u64::from(*b));
        number % 10_000 < 200
    };
    let mut keys = (0u8..).map(|first| [first; 32]);
    let key = keys.find(|key| !mrns.iter().any(|mrn| chooses(key, mrn))).unwrap();
    std::fs::create_dir_all(data).unwrap();
    std::fs::write(path, key).unwrap();
}

/// Gives a new sandbox a list nobody of a test is on: with none loaded nobody is clear. A test that wants
/// other names writes the file before.
fn load_a_list(data: &Path, args: &[&str]) {
    let path = data.join("pack/names-tests.csv");
    if path.exists() || !args.contains(&"--sandbox") {
        return;
    }
    std::fs::create_dir_all(data.join("pack")).unwrap();
    let rows = "id,kind,name,country,list,from\nT-1,entity,Nobody in a test,,A list,2020-01-01\n";
    std::fs::write(path, rows).unwrap();
}

impl House {
    /// Serves a folder with these further arguments, on a free port.
    pub(crate) fn start(data: &Path, args: &[&str]) -> Self {
        Self::try_start(data, args).unwrap_or_else(|said| panic!("it does not serve: {said}"))
    }

    /// The same; what it said, where it ended instead.
    fn try_start(data: &Path, args: &[&str]) -> Result<Self, String> {
        Self::try_start_under(data, args, &[])
    }

    /// The sandbox, with these variables of the environment.
    pub(crate) fn sandbox_under(data: &Path, variables: &[(&str, &Path)]) -> Self {
        Self::try_start_under(data, &["--pack", "gb", "--sandbox"], variables).unwrap()
    }

    fn try_start_under(
        data: &Path,
        args: &[&str],
        variables: &[(&str, &Path)],
    ) -> Result<Self, String> {
        choose_nobody(data, args);
        load_a_list(data, args);
        let mut child = fondaco()
            .envs(variables.iter().copied())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = lines.by_ref().map(Result::unwrap).find_map(|line| {
            said.push_str(&line);
            line.find("http://").map(|at| line[at..].trim_end_matches('/').to_owned())
        });
        let Some(address) = address else {
            child.wait().unwrap();
            return Err(said);
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address, token: None })
    }

    pub(crate) fn sandbox(data: &Path) -> Self {
        Self::start(data, &["--pack", "gb", "--sandbox"])
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.terminate();
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not end on SIGTERM");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it where it stands.
    pub(crate) fn kill(&self) {
        let status = Command::new("kill").args(["-KILL", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    fn heard(response: ureq::http::Response<ureq::Body>) -> Said {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into()))
            .collect();
        let mut response = response;
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        Said { status, headers, body }
    }

    pub(crate) fn get(&self, path: &str) -> Said {
        let mut request = agent().get(format!("{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        Self::heard(request.call().unwrap())
    }

    fn delete(&self, path: &str) -> Said {
        Self::heard(agent().delete(format!("{}{path}", self.address)).call().unwrap())
    }

    pub(crate) fn post_with(&self, headers: &[(&str, &str)], body: &[u8]) -> Said {
        self.try_post(headers, body).unwrap()
    }

    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Said {
        self.try_post_to(path, headers, body).unwrap()
    }

    pub(crate) fn try_post(
        &self,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Said, ureq::Error> {
        self.try_post_to("/v1/declarations", headers, body)
    }

    fn try_post_to(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Said, ureq::Error> {
        let mut request = agent().post(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request.send(body).map(Self::heard)
    }

    /// Files XML under a key.
    pub(crate) fn file(&self, key: &str, body: &str) -> Said {
        self.post_with(
            &[("Content-Type", "application/xml"), ("Idempotency-Key", key)],
            body.as_bytes(),
        )
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(crate) fn gb(extra: &[(&str, &str)]) -> Row {
    let plain = [("pack", "gb"), ("regime", "100"), ("price", "1000.00"), ("currency", "GBP")];
    plain.iter().chain(extra).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

/// A declaration the house accepts.
pub(crate) fn good(lrn: &str) -> String {
    compose(&gb(&[]), lrn)
}

/// One that stands before its goods.
fn before_arrival(lrn: &str) -> String {
    compose(&gb(&[("type", "IMD")]), lrn)
}

/// One that is returned: the package kind, the country and the procedure are none.
pub(crate) fn bad(lrn: &str) -> String {
    good(lrn)
        .replace("<TypeCode>CT</TypeCode>", "<TypeCode>!!</TypeCode>")
        .replace("<CurrentCode>40</CurrentCode>", "<CurrentCode>99</CurrentCode>")
}

/// A message about another declaration.
pub(crate) fn about(mrn: &str, lrn: &str, kind: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">\
         <FunctionCode>13</FunctionCode>\
         <FunctionalReferenceID>{lrn}</FunctionalReferenceID>\
         <ID>{mrn}</ID><TypeCode>{kind}</TypeCode>{more}</Declaration>"
    )
}

pub(crate) const AMENDS: &str = "<Amendment><ChangeReasonCode>32</ChangeReasonCode><Pointer>\
    <DocumentSectionCode>42A</DocumentSectionCode></Pointer></Amendment>";
pub(crate) const CANCELS: &str = "<AdditionalInformation><StatementDescription>Not shipped\
    </StatementDescription><StatementTypeCode>AES</StatementTypeCode></AdditionalInformation>\
    <Amendment><ChangeReasonCode>1</ChangeReasonCode><Pointer>\
    <DocumentSectionCode>42A</DocumentSectionCode></Pointer></Amendment>";

/// Whether the last of eighteen characters is the check digit of ISO 6346, worked out from the
/// standard's table of values.
fn check_digit_is_right(mrn: &str) -> bool {
    const VALUES: [(char, u64); 26] = [
        ('A', 10),
        ('B', 12),
        ('C', 13),
        ('D', 14),
        ('E', 15),
        ('F', 16),
        ('G', 17),
        ('H', 18),
        ('I', 19),
        ('J', 20),
        ('K', 21),
        ('L', 23),
        ('M', 24),
        ('N', 25),
        ('O', 26),
        ('P', 27),
        ('Q', 28),
        ('R', 29),
        ('S', 30),
        ('T', 31),
        ('U', 32),
        ('V', 34),
        ('W', 35),
        ('X', 36),
        ('Y', 37),
        ('Z', 38),
    ];
    let value = |c: char| {
        let letter = VALUES.iter().find(|(l, _)| *l == c).map(|(_, v)| *v);
        letter.or(c.to_digit(10).map(u64::from))
    };
    if mrn.len() != 18 {
        return false;
    }
    let body: Option<Vec<u64>> = mrn[..17].chars().map(value).collect();
    let Some(body) = body else { return false };
    let sum: u64 = body.iter().enumerate().map(|(n, v)| v << n).sum();
    mrn.ends_with(char::from(b'0' + u8::try_from(sum % 11 % 10).unwrap()))
}

fn events(house: &House, mrn: &str) -> Vec<String> {
    let all = house.get(&format!("/v1/declarations/{mrn}/events")).json();
    let name = |e: &Value| e["event"].as_str().unwrap().to_owned();
    all.as_array().unwrap().iter().map(name).collect()
}

#[test]
fn a_declaration_is_filed_answered_and_can_be_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let health = house.get("/healthz");
    assert_eq!((health.status, health.text("status")), (200, "ready".into()));
    assert_eq!(health.header("fondaco-sandbox"), "true");

    let body = good("ONE");
    let first = house.file("key-1", &body);
    assert_eq!(first.status, 201, "{}", String::from_utf8_lossy(&first.body));
    let names: BTreeSet<String> = first.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["id", "lane", "mrn", "outcome", "receipt"].map(str::to_owned).into());
    let mrn = first.text("mrn");
    assert!(check_digit_is_right(&mrn), "{mrn}");
    assert_eq!(first.text("outcome"), "accepted");
    assert!(["green", "yellow", "red"].contains(&&*first.text("lane")));
    assert_eq!(first.header("location"), format!("/v1/declarations/{mrn}"));
    assert_eq!(first.header("idempotency-replayed"), "");

    // The same again is the same answer; other bytes under the key are refused.
    let again = house.file("key-1", &body);
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    house.file("key-1", &good("OTHER")).is_problem(422, "key-used");
    assert_eq!(house.get("/v1/declarations").json().as_array().unwrap().len(), 1);

    // By number and by id.
    for name in [&mrn, &first.text("id")] {
        let at = format!("/v1/declarations/{name}");
        let standing = house.get(&at).json();
        assert_eq!(standing["mrn"], *mrn);
        assert_eq!(standing["lrn"], "ONE");
        assert_eq!(standing["declarant"], "5000000001");
        assert_eq!(standing["kind"], "IMA");
        assert_eq!(standing["outcome"], "accepted");
        assert_eq!(standing["receipt"], first.text("receipt"));
        let moving =
            ["accepted", "assessed", "under-documentary-check", "under-examination", "cleared"];
        assert!(moving.contains(&standing["state"].as_str().unwrap()), "{standing}");
        let opinion = house.get(&format!("{at}/opinion"));
        assert_eq!(opinion.body, house.get(&format!("{at}/opinion")).body);
        assert_eq!(opinion.text("outcome"), "accepted");
        let message = house.get(&format!("{at}/message"));
        assert_eq!(message.header("content-type"), "application/xml");
        assert_eq!(message.body, body.as_bytes());
        assert_eq!(house.get(&format!("{at}/receipt")).body, first.text("receipt").as_bytes());
        for (_, link) in standing["links"].as_object().unwrap() {
            assert_eq!(house.get(link.as_str().unwrap()).status, 200, "{link}");
        }
    }
    assert_eq!(events(&house, &mrn)[0], "accepted");
}

#[test]
fn what_is_not_a_filing_is_refused_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let body = good("NONE");
    let xml = ("Content-Type", "application/xml");
    house.post_with(&[xml], body.as_bytes()).is_problem(400, "key-wanted");
    let long = "k".repeat(256);
    for key in ["", "  ", &long, "\u{7f}", "k\u{e9}"] {
        // A client may refuse to send what is no header at all.
        if let Ok(said) = house.try_post(&[xml, ("Idempotency-Key", key)], body.as_bytes()) {
            said.is_problem(400, "key-wanted");
        }
    }
    for kind in ["text/plain", "application/octet-stream", "", "multipart/form-data"] {
        house
            .post_with(&[("Content-Type", kind), ("Idempotency-Key", "k")], body.as_bytes())
            .is_problem(415, "media-type");
    }
    house
        .post_with(&[xml, ("Idempotency-Key", "k"), ("Fondaco-On", "2026-02-30")], body.as_bytes())
        .is_problem(400, "bad-request");
    for path in ["", "/opinion", "/events", "/receipt", "/message", "/notifications"] {
        house
            .get(&format!("/v1/declarations/26GBF000000000009X{path}"))
            .is_problem(404, "not-found");
    }
    assert_eq!(house.get("/v1/declarations").json(), serde_json::json!([]));
    // None of it took the key.
    assert_eq!(house.file("k", &body).status, 201);
    // Longest key, and one of blanks within.
    assert_eq!(house.file(&long[..255], &good("LONG")).status, 201);
    assert_eq!(house.file("a b", &good("BLANK")).status, 201);
}

#[test]
fn what_cannot_be_read_of_a_request_is_a_problem_too() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    house.get("/v1/declarations?limit=many").is_problem(400, "bad-request");
    house.get("/v1/notifications?after=x").is_problem(400, "bad-request");
    let mrn = house.file("k", &good("Q")).text("mrn");
    house
        .get(&format!("/v1/declarations/{mrn}/notifications/first"))
        .is_problem(400, "bad-request");
    house.get("/v1/nothing").is_problem(404, "not-found");
}

#[test]
fn a_returned_declaration_is_kept_whole_and_has_no_number() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let body = bad("BAD");
    let said = house.file("key", &body);
    said.is_problem(422, "declaration-returned");
    let problem = said.json();
    let codes: Vec<&str> = problem["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert!(codes.len() >= 2, "everything that is wrong at once: {codes:?}");
    assert!(problem["receipt"].as_str().is_some_and(|r| r.matches('.').count() == 2));
    assert!(problem.get("mrn").is_none());
    let listed = house.get("/v1/declarations").json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    for (name, wanted) in
        [("outcome", "returned"), ("mrn", ""), ("lane", ""), ("total", ""), ("lrn", "BAD")]
    {
        assert_eq!(listed[0][name], wanted, "{name}");
    }
    let at = problem["instance"].as_str().unwrap();
    assert_eq!(house.get(at).text("state"), "returned");
    assert_eq!(house.get(&format!("{at}/message")).body, body.as_bytes());
    let happened = house.get(&format!("{at}/events")).json();
    assert_eq!(happened.as_array().unwrap().len(), 1);
    assert_eq!(happened[0]["event"], "rejected");
    let told = house.get(&format!("{at}/notifications")).json();
    assert_eq!(told["notifications"][0]["function"], "03");
    let all = house.get("/v1/notifications").json();
    assert_eq!(all["notifications"], told["notifications"], "the feed of the house tells it too");
    assert!(house.get(&format!("{at}/opinion")).json()["assessment"].is_null());
    // Once more under its key: the same answer, and nothing new.
    let again = house.file("key", &body);
    assert_eq!((again.status, again.json()), (422, problem));
    assert_eq!(again.header("idempotency-replayed"), "true");
    // Its reference is free: nothing was accepted under it.
    assert_eq!(house.file("mended", &good("BAD")).status, 201);
}

#[test]
fn a_total_is_told_only_where_something_was_computed() {
    let check = |pack: &str, body: &str, computed: bool| {
        let dir = tempfile::tempdir().unwrap();
        let house = House::start(dir.path(), &["--pack", pack, "--sandbox"]);
        let filed = house.file("key", body);
        assert_eq!(filed.status, 201, "{pack}: {}", filed.json());
        let at = format!("/v1/declarations/{}", filed.text("mrn"));
        let opinion = house.get(&format!("{at}/opinion")).json();
        let lines = opinion["assessment"]["lines"].as_array().unwrap().len();
        assert_eq!(lines > 0, computed, "{pack}: {lines} lines");
        assert_eq!(house.get(&at).text("total").is_empty(), !computed, "{pack}");
    };
    // This pack holds no tariff: duty and the tax on it are unknown, and zero would be a lie.
    check("gb", &good("UNKNOWN"), false);
    check("us", &compose(&cases("us")[0], "KNOWN"), true);
}

#[test]
fn a_reference_is_used_once_and_the_second_is_returned() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    assert_eq!(house.file("1", &good("LRN")).status, 201);
    let second = house.file("2", &good("LRN").replace("Placeholder goods", "Other goods"));
    second.is_problem(422, "declaration-returned");
    let findings = second.json()["findings"].clone();
    assert_eq!(findings[0]["code"], "FD601", "{findings}");
    assert_eq!(findings[0]["value"], "LRN");
    let listed = house.get("/v1/declarations").json();
    let returned = listed.as_array().unwrap().iter().find(|f| f["outcome"] == "returned").unwrap();
    for name in ["mrn", "lane", "total"] {
        assert_eq!(returned[name], "", "{name} of what is returned: {returned}");
    }
    assert_eq!(events(&house, second.json()["id"].as_str().unwrap()), ["rejected"]);
    // Another declarant may use the same text.
    let other = compose(&gb(&[("declarant", "5000000009")]), "LRN");
    assert_eq!(house.file("3", &other).status, 201);
}

#[test]
fn json_is_filed_as_xml_is() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let json = |xml: &str| {
        let format = |name: &str| fondaco_wire::FORMATS.iter().find(|f| f.name == name).unwrap();
        let limits = fondaco_wire::Limits::default();
        let draft = (format("xml").decode)(xml.as_bytes(), &limits).draft.unwrap();
        (format("json").encode)(&draft)
    };
    let parts = |said: &Said| {
        let json = said.json();
        let at = format!("/v1/declarations/{}/opinion", json["id"].as_str().unwrap());
        let opinion = house.get(&at).json();
        ["outcome", "message", "findings", "assessment", "requirements", "screening", "reference"]
            .map(|name| opinion[name].clone())
    };
    for (n, make) in [good as fn(&str) -> String, bad].iter().enumerate() {
        let xml = house.file(&format!("x{n}"), &make("LRN-1"));
        let body = json(&make("LRN-2"));
        let key = format!("j{n}");
        let sent =
            [("Content-Type", "application/json; charset=utf-8"), ("Idempotency-Key", &*key)];
        let as_json = house.post_with(&sent, body.as_bytes());
        assert_eq!(as_json.status, xml.status, "{}", String::from_utf8_lossy(&as_json.body));
        assert_eq!(parts(&as_json), parts(&xml));
        let at = format!("/v1/declarations/{}/message", as_json.json()["id"].as_str().unwrap());
        let message = house.get(&at);
        assert_eq!(message.body, body.as_bytes());
        assert_eq!(message.header("content-type"), "application/json");
    }
}

#[test]
fn notifications_are_read_by_cursor_and_as_often_as_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mut of_each = BTreeMap::new();
    for n in 0..4 {
        let mrn = house.file(&format!("k{n}"), &good(&format!("LRN-{n}"))).text("mrn");
        let at = format!("/v1/declarations/{mrn}/notifications");
        let all = house.get(&at).json();
        let told = all["notifications"].as_array().unwrap().clone();
        assert!(told.len() >= 2, "accepted, and what follows: {all}");
        assert_eq!(told[0]["function"], "01");
        assert!(told.iter().all(|one| one["mrn"] == *mrn && one["lrn"] == format!("LRN-{n}")));
        let cursors: Vec<i64> = told.iter().map(|t| t["cursor"].as_i64().unwrap()).collect();
        assert!(cursors.is_sorted_by(|a, b| a < b), "{cursors:?}");
        // From the beginning, from the middle, at the end.
        assert_eq!(house.get(&format!("{at}?after=0")).json(), all);
        let rest = house.get(&format!("{at}?after={}", cursors[0])).json();
        assert_eq!(rest["notifications"].as_array().unwrap()[..], told[1..]);
        let next = all["next"].as_i64().unwrap();
        let end = house.get(&format!("{at}?after={next}")).json();
        assert_eq!(end, serde_json::json!({"notifications": [], "next": next}));
        for one in &told {
            let single = house.get(&format!("{at}/{}", one["cursor"]));
            assert_eq!((single.status, single.header("content-type")), (200, "application/xml"));
            assert_eq!(single.body, one["message"].as_str().unwrap().as_bytes());
            let text = String::from_utf8(single.body).unwrap();
            let xml = roxmltree::Document::parse(&text).unwrap();
            let texts = |name: &str| -> Vec<String> {
                xml.descendants()
                    .filter(|e| e.tag_name().name() == name)
                    .map(|e| e.text().unwrap_or_default().to_owned())
                    .collect()
            };
            assert_eq!(texts("FunctionCode")[0], one["function"].as_str().unwrap());
            assert!(texts("ID").contains(&mrn), "{text}");
            assert!(texts("FunctionalReferenceID").contains(&format!("LRN-{n}")), "{text}");
        }
        house.get(&format!("{at}/999999")).is_problem(404, "not-found");
        of_each.insert(mrn, told);
    }
    // A notification of one declaration is not found under another.
    let (one, other) = (of_each.keys().next().unwrap(), of_each.keys().nth(1).unwrap());
    let cursor = &of_each[other][0]["cursor"];
    house
        .get(&format!("/v1/declarations/{one}/notifications/{cursor}"))
        .is_problem(404, "not-found");
    // The whole house, two at a time, comes to the same.
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = house.get(&format!("/v1/notifications?after={after}&limit=2")).json();
        let next = page["next"].as_i64().unwrap();
        all.extend(page["notifications"].as_array().unwrap().clone());
        if next == after {
            break;
        }
        after = next;
    }
    let mut wanted: Vec<Value> = of_each.into_values().flatten().collect();
    wanted.sort_by_key(|one| one["cursor"].as_i64());
    assert_eq!(all, wanted);
}

#[test]
fn a_receipt_is_proven_offline_and_only_for_its_message() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let house = House::sandbox(&at("house"));
    let keys = house.get("/v1/keys");
    std::fs::write(at("keys.json"), &keys.body).unwrap();
    for (n, body) in [good("A"), bad("B")].iter().enumerate() {
        let said = house.file(&format!("k{n}"), body);
        std::fs::write(at("receipt"), said.text("receipt")).unwrap();
        std::fs::write(at("answer.json"), &said.body).unwrap();
        std::fs::write(at("sent.xml"), body).unwrap();
        std::fs::write(at("other.xml"), format!("{body} ")).unwrap();
        let verify = |receipt: &str, key: &Path, message: &str| {
            let mut command = fondaco();
            command.arg("verify").arg(at(receipt)).arg("--key").arg(key);
            command.arg("--message").arg(at(message)).arg("--json");
            let output = command.output().unwrap();
            let said: Value = serde_json::from_slice(&output.stdout).unwrap();
            (output.status.code().unwrap(), said["proven"] == true)
        };
        let jwk = at("house").join("receipt.jwk");
        assert_eq!(verify("receipt", &at("keys.json"), "sent.xml"), (0, true));
        assert_eq!(verify("answer.json", &jwk, "sent.xml"), (0, true));
        assert_eq!(verify("receipt", &jwk, "other.xml"), (1, false));
    }
}

#[test]
fn messages_about_a_declaration_go_to_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let lodged = house.file("main", &before_arrival("MAIN"));
    assert_eq!(lodged.status, 201, "{}", String::from_utf8_lossy(&lodged.body));
    let mrn = lodged.text("mrn");
    let at = format!("/v1/declarations/{mrn}");
    assert_eq!(house.get(&at).text("state"), "pre-lodged");
    assert_eq!(events(&house, &mrn), ["registered"]);
    assert_eq!(
        house.get(&format!("{at}/notifications")).json()["notifications"][0]["function"],
        "02"
    );

    let amended = house.file("amend", &about(&mrn, "AMEND", "COR", AMENDS));
    assert_eq!(amended.status, 201, "{}", String::from_utf8_lossy(&amended.body));
    assert_eq!((amended.text("mrn"), amended.text("lane")), (String::new(), String::new()));
    let own = house.get(&format!("/v1/declarations/{}", amended.text("id"))).json();
    assert_eq!((&own["state"], &own["outcome"]), (&"noted".into(), &"accepted".into()));
    assert_eq!(house.file("cancel", &about(&mrn, "CANCEL", "INV", CANCELS)).status, 201);
    assert_eq!(house.get(&at).text("state"), "pre-lodged");
    assert_eq!(
        events(&house, &mrn),
        ["registered", "amendment-requested", "cancellation-requested"]
    );

    assert_eq!(house.file("arrive", &about(&mrn, "ARRIVE", "GPR", "")).status, 201);
    let after = events(&house, &mrn);
    assert_eq!(after[3..5], ["arrived".to_owned(), "accepted".to_owned()]);
    let state = house.get(&at).text("state");
    assert!(!["pre-lodged", "draft"].contains(&&*state), "{state}");
    // Come twice: told twice, accepted once.
    assert_eq!(house.file("again", &about(&mrn, "ARRIVE-2", "GPR", "")).status, 201);
    let accepted = events(&house, &mrn).iter().filter(|e| *e == "accepted").count();
    assert_eq!(accepted, 1);
    assert_eq!(house.get(&at).text("state"), state);

    let nobody = house.file("lost", &about("26GBZ0000000000099", "LOST", "COR", AMENDS));
    nobody.is_problem(422, "declaration-returned");
    assert_eq!(nobody.json()["findings"][0]["code"], "FD602");
    assert_eq!(nobody.json()["findings"][0]["value"], "26GBZ0000000000099");
}

#[test]
fn arrivals_at_one_time_accept_once() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    for round in 0..3 {
        let lodged = house.file(&format!("main{round}"), &before_arrival(&format!("MAIN-{round}")));
        let mrn = lodged.text("mrn");
        let (house, mrn, barrier) = (&house, &*mrn, &Barrier::new(8));
        std::thread::scope(|scope| {
            for n in 0..8 {
                scope.spawn(move || {
                    barrier.wait();
                    let lrn = format!("ARRIVE-{round}-{n}");
                    assert_eq!(house.file(&lrn, &about(mrn, &lrn, "GPR", "")).status, 201);
                });
            }
        });
        let all = events(house, mrn);
        let accepted = all.iter().filter(|e| *e == "accepted").count();
        assert_eq!(accepted, 1, "{all:?}");
    }
}

#[test]
fn one_key_at_once_is_one_filing_and_many_are_many_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let said: Vec<Said> = at_once(32, |_| house.file("one", &good("ONE")));
    assert!(said.iter().all(|s| s.status == 201));
    let ids: BTreeSet<String> = said.iter().map(|s| s.text("id")).collect();
    let mrns: BTreeSet<String> = said.iter().map(|s| s.text("mrn")).collect();
    assert_eq!((ids.len(), mrns.len()), (1, 1));
    let replayed = said.iter().filter(|s| s.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 31);
    assert_eq!(house.get("/v1/declarations").json().as_array().unwrap().len(), 1);

    let said = at_once(64, |n| house.file(&format!("k{n}"), &good(&format!("LRN-{n}"))));
    assert!(said.iter().all(|s| s.status == 201));
    let mrns: BTreeSet<String> = said.iter().map(|s| s.text("mrn")).chain(mrns).collect();
    assert_eq!(mrns.len(), 65);
    assert!(mrns.iter().all(|m| check_digit_is_right(m)), "{mrns:?}");

    // One reference, many keys: one is accepted.
    let said = at_once(16, |n| house.file(&format!("same{n}"), &good("SAME")));
    assert_eq!(said.iter().filter(|s| s.status == 201).count(), 1);
    assert_eq!(said.iter().filter(|s| s.status == 422).count(), 15);
}

/// So many calls, begun together.
pub(crate) fn at_once<T: Send>(many: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(many);
    let (call, barrier) = (&call, &barrier);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..many)
            .map(|n| {
                scope.spawn(move || {
                    barrier.wait();
                    call(n)
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn numbers_go_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    // Numbers are taken that never come to be: many callers at once with one key.
    for key in 0..4 {
        at_once(16, |_| house.file(&format!("burst{key}"), &good(&format!("BURST-{key}"))));
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    assert!(seen.insert(house.file("last", &good("LAST")).text("mrn")));
    let bundle = house.get("/healthz").text("bundle");
    assert!(house.stop().success());
    let house = House::sandbox(dir.path());
    assert_eq!(house.get("/healthz").text("bundle"), bundle);
    let before = house.get("/v1/declarations").json();
    assert_eq!(before.as_array().unwrap().len(), 5);
    seen.extend(before.as_array().unwrap().iter().map(|f| f["mrn"].as_str().unwrap().to_owned()));
    assert_eq!(seen.len(), 5);
    // The key is remembered too.
    let again = house.file("last", &good("LAST"));
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let mut refused = Vec::new();
    for n in 0..80 {
        let said = house.file(&format!("after{n}"), &good(&format!("AFTER-{n}")));
        if said.status == 201 {
            assert!(seen.insert(said.text("mrn")), "a number given twice");
        } else {
            refused.push((n, said.status, said.text("title")));
        }
    }
    assert!(refused.is_empty(), "after the restart: {refused:?}");
}

#[test]
fn what_was_answered_before_it_was_told_to_stop_is_there_after() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let ended = AtomicBool::new(false);
    let answered: Vec<(String, String)> = std::thread::scope(|scope| {
        let (house, ended) = (&house, &ended);
        let all: Vec<_> = (0..6)
            .map(|caller| {
                scope.spawn(move || {
                    let mut answered = Vec::new();
                    for n in 0.. {
                        if ended.load(Ordering::Relaxed) {
                            break;
                        }
                        let lrn = format!("LRN-{caller}-{n}");
                        let headers =
                            [("Content-Type", "application/xml"), ("Idempotency-Key", &*lrn)];
                        let Ok(said) = house.try_post(&headers, good(&lrn).as_bytes()) else {
                            break;
                        };
                        assert_eq!(said.status, 201);
                        answered.push((said.text("mrn"), said.text("receipt")));
                    }
                    answered
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(400));
        house.terminate();
        std::thread::sleep(Duration::from_secs(1));
        ended.store(true, Ordering::Relaxed);
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    assert!(house.stop_status().success());
    assert!(answered.len() > 6, "{}", answered.len());
    let house = House::sandbox(dir.path());
    for (mrn, receipt) in &answered {
        let standing = house.get(&format!("/v1/declarations/{mrn}"));
        assert_eq!((standing.status, &standing.text("receipt")), (200, receipt), "{mrn}");
    }
    let distinct: BTreeSet<&String> = answered.iter().map(|(mrn, _)| mrn).collect();
    assert_eq!(distinct.len(), answered.len());
}

impl House {
    /// How it ended, having been told to.
    fn stop_status(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

#[test]
fn a_connection_that_is_kept_open_does_not_keep_the_house_from_ending() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mut idle = TcpStream::connect(house.address.trim_start_matches("http://")).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    assert!(house.stop().success());
}

#[test]
fn told_to_stop_as_soon_as_it_serves_it_ends_in_order() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..10 {
        let status = House::sandbox(dir.path()).stop();
        assert_eq!(status.code(), Some(0), "{status}");
    }
}

#[test]
fn an_upload_that_never_ends_does_not_keep_the_house_from_ending() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mut stalled = TcpStream::connect(house.address.trim_start_matches("http://")).unwrap();
    stalled
        .write_all(
            b"POST /v1/declarations HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\n\
              Idempotency-Key: stalled\r\nContent-Length: 1000\r\n\r\n<Declaration",
        )
        .unwrap();
    assert_eq!(house.get("/healthz").status, 200);
    assert!(house.stop().success());
}

#[test]
fn two_that_serve_one_folder_do_not_spoil_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let one = House::sandbox(dir.path());
    // Refused with a reason, or as good as the first.
    match House::try_start(dir.path(), &["--pack", "gb", "--sandbox"]) {
        Err(said) => assert!(!said.is_empty()),
        Ok(two) => {
            for n in 0..3 {
                for (house, name) in [(&one, "one"), (&two, "two")] {
                    let lrn = format!("{name}-{n}");
                    let said = house.file(&lrn, &good(&lrn));
                    let shown = String::from_utf8_lossy(&said.body).into_owned();
                    assert_eq!(said.status, 201, "{lrn}: {shown}");
                }
            }
        }
    }
}

#[test]
fn the_sandbox_is_for_a_loopback_address_only() {
    let dir = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let output = fondaco()
            .args(["serve", "--sandbox", "--listen", address, "--data"])
            .arg(dir.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{address}: {said}");
        assert!(said.contains("loopback"), "{said}");
    }
}

#[test]
fn without_the_sandbox_only_the_token_opens() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::start(dir.path(), &["--pack", "gb"]);
    assert_eq!(house.get("/healthz").status, 200);
    assert_eq!(house.get("/healthz").header("fondaco-sandbox"), "");
    let token = std::fs::read_to_string(dir.path().join("token")).unwrap().trim().to_owned();
    assert!(token.len() >= 32, "{token}");
    #[cfg(unix)]
    for name in ["token", "receipt.key", "draw.key"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let refused = house.get("/v1/declarations");
    refused.is_problem(401, "sign-in-wanted");
    assert!(refused.header("www-authenticate").starts_with("Basic"));
    house.file("k", &good("L")).is_problem(401, "sign-in-wanted");
    for path in ["/v1/keys", "/openapi.json", "/v1/notifications", "/v1/nothing"] {
        assert_eq!(house.get(path).status, 401, "{path}");
    }
    house.token = Some(format!("{token}0"));
    assert_eq!(house.get("/v1/declarations").status, 401);
    house.token = Some(String::new());
    assert_eq!(house.get("/v1/declarations").status, 401);
    house.token = Some(token.clone());
    assert_eq!(house.get("/v1/declarations").json(), serde_json::json!([]));
    assert_eq!(house.file("k", &good("L")).status, 201);

    // Nothing that is described is given to anybody else, but whether the house is ready.
    let description = house.get("/openapi.json").json();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            // What neighbours bring is signed, and asked by them with what they signed.
            if path == "/healthz" || (path == "/v1/exchange/envelopes" && method == "post") {
                continue;
            }
            let path = path.replace(['{', '}'], "");
            let uri = format!("{}{path}?partner=b", house.address);
            let request = ureq::http::Request::builder().method(&*method.to_uppercase()).uri(uri);
            let said = agent().run(request.body(()).unwrap()).unwrap();
            assert_eq!(said.status(), 401, "{method} {path}");
        }
    }

    // As a password, with any name.
    let basic = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("клерк:{token}"),
    );
    let request = agent()
        .get(format!("{}/v1/declarations", house.address))
        .header("Authorization", format!("Basic {basic}"));
    assert_eq!(House::heard(request.call().unwrap()).json().as_array().unwrap().len(), 1);

    // The day to file as of is the sandbox's alone; the window of acceptance is kept.
    let late = good("LATE").replace(
        "<FunctionCode>",
        "<AcceptanceDateTime><DateTimeString xmlns=\"urn:wco:datamodel:WCO:Declaration_DS:DMS:2\" \
         formatCode=\"102\">20200101</DateTimeString></AcceptanceDateTime><FunctionCode>",
    );
    // The day is the clock's here: a request that would have another is told so.
    let headers = [("Content-Type", "application/xml"), ("Idempotency-Key", "late")];
    let mut other_day = headers.to_vec();
    other_day.push(("Fondaco-On", "2020-01-02"));
    house.post_with(&other_day, late.as_bytes()).is_problem(400, "bad-request");
    let said = house.post_with(&headers, late.as_bytes());
    assert_eq!(said.status, 422);
    assert_eq!(said.json()["findings"][0]["code"], "FD403");
}

#[test]
fn the_description_is_openapi_3_1_and_every_path_of_it_answers() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = house.file("k", &good("L")).text("mrn");
    let description = house.get("/openapi.json");
    assert_eq!(description.header("content-type"), "application/json");
    let description = description.json();
    assert!(
        description["openapi"].as_str().unwrap().starts_with("3.1"),
        "{}",
        description["openapi"]
    );
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 11, "{}", paths.len());
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            for (mrn, cursor) in [(&*mrn, "1"), ("none", "1"), (&*mrn, "0")] {
                let real = path.replace("{mrn}", mrn).replace("{cursor}", cursor);
                let real = real.replace("{id}", mrn).replace("{format}", "xml");
                // It does not end; `notify.rs` reads it.
                if real.ends_with("/stream") {
                    continue;
                }
                let said = match &**method {
                    "get" => house.get(&real),
                    "post" => house.post(&real, &[("Content-Type", "text/plain")], b"x"),
                    "delete" => house.delete(&real),
                    other => panic!("{other} {path}"),
                };
                assert!(said.status < 500, "{method} {real}: {}", said.status);
                let stated = &operation["responses"][said.status.to_string()];
                assert!(stated.is_object(), "{method} {real}: {} is not described", said.status);
                let kinds = stated["content"].as_object().unwrap();
                let kind = said.header("content-type").split(';').next().unwrap().to_owned();
                assert!(kinds.contains_key(&kind), "{method} {real}: {kind} is not described");
            }
        }
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_with_a_clear_problem() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    // A little above what is read: it comes back as a finding.
    let mut large = good("LARGE");
    large.push_str(&" ".repeat((16 << 20) + 1 - large.len()));
    let said = house.file("large", &large);
    said.is_problem(422, "declaration-returned");
    assert_eq!(said.json()["findings"][0]["code"], "FD105");
    // Just what is read is taken.
    large.pop();
    assert_eq!(house.file("most", &large).status, 201);
    // Above the limit of the connection: refused before the rest is sent.
    let address = house.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(
        stream,
        "POST /v1/declarations HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/xml\r\n\
         Idempotency-Key: huge\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        1_u64 << 30
    )
    .unwrap();
    stream.write_all(&vec![b' '; (17 << 20) + 1]).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 413 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert_eq!(house.get("/healthz").status, 200);
}
