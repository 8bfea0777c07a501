//! The desk with a clock of the test and receivers on real sockets.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::desk::{GIVEN_UP_AFTER, Turn, turn, wait};
use super::subscribe::{Verb, WebhookMessage};
use crate::house::House;
use crate::http::notifications;
use crate::store::Sync;

const HOUR: i64 = 60 * 60 * 1000;

/// A house that may call this address, with what runs it.
struct Stage {
    house: House,
    runtime: tokio::runtime::Runtime,
    keys: Cell<usize>,
    _dir: tempfile::TempDir,
}

impl Stage {
    fn new(allowed: SocketAddr) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("webhook-allow"), allowed.to_string()).unwrap();
        let house = House::open(dir.path(), "gb", true, Sync::Off).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { house, runtime, keys: Cell::new(0), _dir: dir }
    }

    fn key(&self) -> String {
        self.keys.set(self.keys.get() + 1);
        format!("k{}", self.keys.get())
    }

    /// Files a declaration under a reference of its own.
    fn file(&self) -> String {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/043-machine-licence.xml");
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("<FunctionalReferenceID>").nth(1).unwrap().split('<').next().unwrap();
        let key = self.key();
        let text = text.replace(own, &format!("TELL-{key}"));
        let format = fondaco_wire::format_of("application/xml").unwrap();
        let filed = self.house.file(format, text.as_bytes(), &key, None);
        self.runtime.block_on(filed).unwrap().mrn
    }

    fn act(&self, mrn: &str, act: &str) {
        let message = serde_json::from_str(act).unwrap();
        let key = self.key();
        let done = self.house.act(mrn, &message, act.as_bytes(), &key);
        self.runtime.block_on(done).unwrap();
    }

    fn say(&self, verb: Verb, id: &str, message: &WebhookMessage) -> super::subscribe::Said {
        let key = self.key();
        let said = self.house.subscribe(verb, id, message, key.as_bytes(), &key);
        self.runtime.block_on(said).unwrap()
    }

    fn subscribe(&self, address: SocketAddr) -> super::subscribe::Said {
        let url = Some(format!("http://{address}/hook"));
        self.say(Verb::Make, "", &WebhookMessage { by: "b".into(), url, ..Default::default() })
    }

    /// Names of everything told, in the order of the log.
    fn told(&self) -> Vec<String> {
        let (all, _) = notifications::after(&self.house, "", 0, usize::MAX).unwrap();
        all.iter().map(notifications::Notification::id).collect()
    }
}

/// A port where nobody listens.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Listens there and answers with this status; gives the names and bodies of what came.
fn listen(address: SocketAddr, status: u16) -> Arc<Mutex<Vec<(String, Value)>>> {
    let listener = TcpListener::bind(address).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = heard.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut id, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim().split_once(": ") else {
                    if line.trim().is_empty() {
                        break;
                    }
                    continue;
                };
                match &*name.to_lowercase() {
                    "webhook-id" => id = value.to_owned(),
                    "content-length" => length = value.parse().unwrap(),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            all.lock().unwrap().push((id, serde_json::from_slice(&body).unwrap()));
            write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
        }
    });
    heard
}

#[test]
fn a_receiver_down_for_a_day_gets_everything_once_it_is_back_in_order() {
    let address = free();
    let stage = Stage::new(address);
    let id = stage.subscribe(address).stands.id;
    let begun = super::desk::clock();
    let now = Cell::new(begun);
    let clock = || now.get();
    let mut mrns: Vec<String> = Vec::new();
    let (mut tries, mut next) = (0, begun);
    // Each hour something is filed, held and let go; the receiver is tried when that is due.
    for hour in 0..24 {
        let mrn = stage.file();
        let hold = r#"{"act":"hold","by":"o","kind":"query","agency":"vet","reason":"question"}"#;
        stage.act(&mrn, hold);
        if let Some(before) = mrns.last() {
            stage.act(before, r#"{"act":"lift","by":"o","kind":"query","agency":"vet"}"#);
        }
        mrns.push(mrn);
        let until = begun + (hour + 1) * HOUR;
        while next < until {
            now.set(next);
            match turn(&stage.house, &id, None, &clock).unwrap() {
                Turn::Later(due) => {
                    assert!(due > next && due <= next + HOUR, "{due} {next}");
                    next = due;
                    tries += 1;
                }
                other => panic!("{other:?}"),
            }
            // Before its time nothing is tried.
            now.set(next - 1);
            assert_eq!(turn(&stage.house, &id, None, &clock).unwrap(), Turn::Later(next));
        }
    }
    assert!((20..=80).contains(&tries), "{tries}");
    let standing = stage.house.store.subscription(&id).unwrap().unwrap();
    assert_eq!((&*standing.progress.outcome, &*standing.progress.why), ("failed", "connection"));
    assert_eq!(standing.progress.failing_since, begun);
    let heard = listen(address, 204);
    now.set(next);
    let last = stage.house.store.last_cursor().unwrap();
    let all = Turn::UpToDate { position: last, written: last };
    assert_eq!(turn(&stage.house, &id, None, &clock).unwrap(), all);
    let heard = heard.lock().unwrap();
    let names: Vec<String> = heard.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(names, stage.told());
    assert!(names.len() >= 72, "{}", names.len());
    for (id, event) in heard.iter() {
        assert_eq!(event["id"], **id);
        assert!(event["data"].as_str().unwrap().starts_with("<?xml"), "{event}");
    }
}

#[test]
fn a_receiver_that_fails_for_long_is_paused_and_goes_on_where_it_stopped() {
    let address = free();
    let stage = Stage::new(address);
    let id = stage.subscribe(address).stands.id;
    stage.file();
    let now = Cell::new(super::desk::clock());
    let begun = now.get();
    let clock = || now.get();
    loop {
        match turn(&stage.house, &id, None, &clock).unwrap() {
            Turn::Later(due) => now.set(due),
            Turn::Paused => break,
            other => panic!("{other:?}"),
        }
    }
    let lasted = now.get() - begun;
    assert!((GIVEN_UP_AFTER..GIVEN_UP_AFTER + 2 * HOUR).contains(&lasted), "{lasted}");
    now.set(now.get() + 1000 * HOUR);
    assert_eq!(turn(&stage.house, &id, None, &clock).unwrap(), Turn::Paused);
    let heard = listen(address, 200);
    stage.file();
    let on = WebhookMessage { by: "b".into(), ..Default::default() };
    assert_eq!(stage.say(Verb::Change, &id, &on).stands.progress.outcome, "");
    assert!(matches!(turn(&stage.house, &id, None, &clock).unwrap(), Turn::UpToDate { .. }));
    let names: Vec<String> = heard.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(names, stage.told());
}

#[test]
fn who_is_gone_is_paused_at_once_and_who_ended_is_not_called() {
    let address = free();
    let stage = Stage::new(address);
    let heard = listen(address, 410);
    let id = stage.subscribe(address).stands.id;
    stage.file();
    let clock = super::desk::clock;
    assert_eq!(turn(&stage.house, &id, None, &clock).unwrap(), Turn::Paused);
    let on = WebhookMessage { by: "b".into(), ..Default::default() };
    stage.say(Verb::End, &id, &on);
    assert_eq!(turn(&stage.house, &id, None, &clock).unwrap(), Turn::Over);
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[test]
fn what_is_said_meanwhile_stands_against_a_delivery_under_way() {
    let address = free();
    let stage = Stage::new(address);
    let made = stage.subscribe(address).stands;
    // From the beginning again, while a delivery thinks it came further.
    let again = WebhookMessage { by: "b".into(), after: Some(0), ..Default::default() };
    stage.file();
    let changed = stage.say(Verb::Change, &made.id, &again).stands;
    let (id, said) = (made.id.clone(), made.seq);
    let far =
        crate::store::Progress { cursor: 99, outcome: "delivered".into(), ..Default::default() };
    let written = stage
        .runtime
        .block_on(stage.house.store.written(move |w| w.delivered(&id, said, &far)))
        .unwrap();
    assert!(!written);
    let stands = stage.house.store.subscription(&made.id).unwrap().unwrap();
    assert_eq!((stands.seq, stands.progress.cursor), (changed.seq, 0));
}

#[test]
fn the_time_between_tries_doubles_up_to_an_hour_with_chance_in_it() {
    let check = |attempts: u32, least: i64, most: i64| {
        assert_eq!((wait(attempts, 0), wait(attempts, u32::MAX)), (least, most), "{attempts}");
    };
    check(1, 2_500, 5_000);
    check(2, 5_000, 10_000);
    check(5, 40_000, 80_000);
    check(10, HOUR / 2 - 520_000, HOUR - 1_040_000);
    check(11, HOUR / 2, HOUR);
    check(u32::MAX, HOUR / 2, HOUR);
}
