//! The desk with a clock of the test and receivers on real sockets.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::desk::{GIVEN_UP_AFTER, Limits, Turn, wait};
use super::subscribe::{Verb, WebhookMessage};
use crate::house::House;
use crate::http::notifications;
use crate::store::Sync;

const HOUR: i64 = 60 * 60 * 1000;

/// A house that may call this address, with what runs it.
struct Stage {
    house: Arc<House>,
    runtime: tokio::runtime::Runtime,
    keys: Cell<usize>,
    _dir: tempfile::TempDir,
}

impl Stage {
    fn new(allowed: SocketAddr) -> Self {
        Self::with([allowed])
    }

    fn with(allowed: impl IntoIterator<Item = SocketAddr>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let allowed: Vec<String> = allowed.into_iter().map(|a| a.to_string()).collect();
        std::fs::write(dir.path().join("webhook-allow"), allowed.join("\n")).unwrap();
        let house = Arc::new(House::open(dir.path(), "gb", true, Sync::Off).unwrap());
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

/// A turn within the limits of a house.
fn turn(
    house: &House,
    id: &str,
    at: Option<(i64, i64)>,
    now: &dyn Fn() -> i64,
) -> Result<Turn, crate::store::Fault> {
    super::desk::turn(house, id, at, now, Limits::default()).map(|ended| ended.turn)
}

/// A port where nobody listens.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Names and bodies of what came.
type Heard = Arc<Mutex<Vec<(String, Value)>>>;

/// Listens there and answers with this status; gives the names and bodies of what came.
fn listen(address: SocketAddr, status: u16) -> Heard {
    listen_for(address, status, Duration::ZERO)
}

/// The same, thinking for a time before each answer.
fn listen_for(address: SocketAddr, status: u16, time: Duration) -> Heard {
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
            std::thread::sleep(time);
            write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .ok();
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
fn a_try_put_off_by_a_clock_that_was_ahead_is_made_once_the_clock_is_right() {
    let check = |at: i64, due: i64, now: i64, wanted: bool| {
        assert_eq!(super::desk::is_left_alone(at, due, now), wanted, "{at} {due} {now}");
    };
    check(0, 5, 4, true);
    check(0, 5, 5, false);
    check(5, 10, 4, false);
    check(0, 24 * HOUR, 0, true);
    check(0, 24 * HOUR + 1, 0, false);
    let address = free();
    let stage = Stage::new(address);
    let id = stage.subscribe(address).stands.id;
    stage.file();
    let right = super::desk::clock();
    let ahead = right + 30 * HOUR;
    assert!(matches!(turn(&stage.house, &id, None, &|| ahead).unwrap(), Turn::Later(_)));
    let heard = listen(address, 204);
    assert!(matches!(turn(&stage.house, &id, None, &|| right).unwrap(), Turn::UpToDate { .. }));
    let names: Vec<String> = heard.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(names, stage.told());
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
fn who_ended_or_moved_gets_no_more_than_the_delivery_under_way() {
    let check = |verb: Verb| {
        let (old, other) = (free(), free());
        let stage = Stage::with([old, other]);
        let id = stage.subscribe(old).stands.id;
        (0..4).for_each(|_| drop(stage.file()));
        let heard = listen_for(old, 200, Duration::from_millis(600));
        let house = stage.house.clone();
        let running = {
            let id = id.clone();
            std::thread::spawn(move || turn(&house, &id, None, &super::desk::clock).unwrap())
        };
        while heard.lock().unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        // Another one changes nothing for it.
        let third = stage.subscribe(other).stands.id;
        assert_ne!(third, id);
        let url = Some(format!("http://{other}/hook"));
        stage.say(verb, &id, &WebhookMessage { by: "b".into(), url, ..Default::default() });
        assert_eq!(running.join().unwrap(), Turn::Changed);
        assert_eq!(heard.lock().unwrap().len(), 1);
    };
    check(Verb::Change);
    check(Verb::End);
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

#[test]
fn receivers_that_are_slow_hold_up_no_other() {
    let quick = free();
    let slow: Vec<SocketAddr> = (0..12).map(|_| free()).collect();
    let stage = Stage::with(slow.iter().copied().chain([quick]));
    let mut mrns = Vec::new();
    for _ in 0..30 {
        mrns.push(stage.file());
    }
    let from_the_beginning = |address: SocketAddr| {
        let url = Some(format!("http://{address}/hook"));
        let wanted = WebhookMessage { by: "b".into(), url, after: Some(0), ..Default::default() };
        stage.say(Verb::Make, "", &wanted)
    };
    // Three times as many as there are places, each a second's quarter for each of sixty and more: all
    // of theirs takes a minute for each place.
    let slow: Vec<Heard> = slow
        .into_iter()
        .map(|address| {
            from_the_beginning(address);
            listen_for(address, 204, Duration::from_millis(250))
        })
        .collect();
    from_the_beginning(quick);
    let heard = listen(quick, 204);
    let limits = Limits {
        at_once: 4,
        deliveries: 8,
        turn: Duration::from_millis(500),
        slow: Duration::from_millis(100),
    };
    super::desk::open(&stage.house, limits).unwrap();
    let wanted = stage.told();
    assert!(wanted.len() >= 60, "{}", wanted.len());
    let begun = Instant::now();
    while heard.lock().unwrap().len() < wanted.len() {
        assert!(begun.elapsed() < Duration::from_secs(12), "{}", heard.lock().unwrap().len());
        std::thread::sleep(Duration::from_millis(10));
    }
    let names = |heard: &Heard| -> Vec<String> {
        heard.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    };
    assert_eq!(names(&heard), wanted);
    // And the slow ones take turns: none has all while another has nothing.
    let begun = Instant::now();
    while slow.iter().any(|h| h.lock().unwrap().len() < 2) {
        assert!(begun.elapsed() < Duration::from_secs(12));
        std::thread::sleep(Duration::from_millis(10));
    }
    for heard in &slow {
        let told = names(heard);
        assert!(told.len() < wanted.len(), "{}", told.len());
        assert_eq!(told, wanted[..told.len()]);
    }
}

#[test]
fn a_turn_ends_by_its_number_and_by_its_time_with_what_arrived_written() {
    let address = free();
    let stage = Stage::new(address);
    let id = stage.subscribe(address).stands.id;
    let heard = listen_for(address, 204, Duration::from_millis(30));
    (0..6).for_each(|_| drop(stage.file()));
    let all = stage.told();
    let turn = |limits: Limits| {
        let ended =
            super::desk::turn(&stage.house, &id, None, &super::desk::clock, limits).unwrap();
        let stands = stage.house.store.subscription(&id).unwrap().unwrap();
        (ended, stands.progress.cursor, heard.lock().unwrap().len())
    };
    let (ended, cursor, told) = turn(Limits { deliveries: 3, ..Limits::default() });
    assert_eq!((ended.turn, ended.slow, told), (Turn::More { position: cursor }, false, 3));
    let limits = Limits {
        turn: Duration::from_millis(40),
        slow: Duration::from_millis(1),
        ..Limits::default()
    };
    let (ended, cursor, told) = turn(limits);
    assert_eq!((ended.turn, ended.slow, told), (Turn::More { position: cursor }, true, 5));
    let (ended, cursor, told) = turn(Limits::default());
    let last = Turn::UpToDate { position: cursor, written: cursor };
    assert_eq!((ended.turn, told), (last, all.len()));
}

#[test]
fn a_cursor_behind_the_end_of_the_log_begins_nothing_anew() {
    let address = free();
    let stage = Stage::new(address);
    (0..3).for_each(|_| drop(stage.file()));
    let last = stage.house.store.last_cursor().unwrap();
    let after = |cursor| {
        let (some, next) = stage.house.tell.after(&stage.house, cursor, 1000).unwrap();
        (some.len(), next)
    };
    let all = after(0);
    assert_eq!(all, (stage.told().len(), last));
    for far in [last + 1, last + 10_000, i64::MAX] {
        assert_eq!(after(far), (0, last), "{far}");
        assert!(stage.house.tell.recent.reaches(0), "{far}");
    }
    // Who is a little ahead of what is held makes it for those behind too.
    stage.file();
    let next = stage.house.store.last_cursor().unwrap();
    assert_eq!(after(next), (0, next));
    assert!(stage.house.tell.recent.reaches(0));
    assert_eq!(after(0), (stage.told().len(), next));
    // A subscription from there hears what comes next.
    let url = Some(format!("http://{address}/hook"));
    let far = WebhookMessage { by: "b".into(), url, after: Some(i64::MAX), ..Default::default() };
    let made = stage.say(Verb::Make, "", &far).stands;
    assert_eq!(made.progress.cursor, next);
    let heard = listen(address, 204);
    stage.file();
    assert!(matches!(
        turn(&stage.house, &made.id, None, &super::desk::clock).unwrap(),
        Turn::UpToDate { .. }
    ));
    assert!(!heard.lock().unwrap().is_empty());
}

#[test]
fn an_event_that_cannot_be_read_holds_up_who_stands_at_it_and_nobody_past_it() {
    let [at, past] = [free(), free()];
    let stage = Stage::with([at, past]);
    let id = stage.subscribe(at).stands.id;
    stage.file();
    let before = stage.told();
    let spoilt = stage.file();
    let until_it = stage.told().len();
    let other = stage.subscribe(past).stands.id;
    stage.file();
    let all = stage.told();
    let db = rusqlite::Connection::open(stage._dir.path().join("fondaco.db")).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    let sql = "UPDATE filing SET opinion = ?1 WHERE mrn = ?2";
    db.execute(sql, rusqlite::params![&b"x"[..], spoilt]).unwrap();
    // What comes before it is served; then it is said that it cannot be read.
    let (some, next) = notifications::after(&stage.house, "", 0, 1000).unwrap();
    let names: Vec<String> = some.iter().map(notifications::Notification::id).collect();
    assert_eq!(names, before);
    assert!(notifications::after(&stage.house, "", next, 1000).is_err());
    let (heard_at, heard_past) = (listen(at, 204), listen(past, 204));
    super::desk::open(&stage.house, Limits::default()).unwrap();
    let names = |heard: &Heard| -> Vec<String> {
        heard.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    };
    let begun = Instant::now();
    while names(&heard_past) != all[until_it..] || names(&heard_at) != before {
        assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", names(&heard_past));
        std::thread::sleep(Duration::from_millis(10));
    }
    let clock = &super::desk::clock;
    assert!(turn(&stage.house, &id, None, clock).is_err());
    assert!(matches!(turn(&stage.house, &other, None, clock).unwrap(), Turn::UpToDate { .. }));
    assert_eq!(names(&heard_at), before);
}

#[test]
fn of_an_address_logs_say_the_host_alone() {
    let check = |url: &str, wanted: &str| assert_eq!(super::host(url), wanted, "{url}");
    check("https://hooks.example/services/T0/B1/secret?token=s3cret#x", "hooks.example");
    check("https://hooks.example:8443/secret", "hooks.example");
    check("https://[2001:db8::1]/secret", "[2001:db8::1]");
    check("mailto:broker.secret@mail.example", "mail.example");
    check("not an address/secret", "an address");
    check("", "an address");
}
