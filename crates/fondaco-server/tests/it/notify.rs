//! What the house tells reaches people: events, streams, webhooks, mails, on real sockets.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::http::{House, Said, at_once, good};
use crate::receiver::{Receiver, of};

fn until(what: &str, is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not come to be: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A house that may call these.
fn house(dir: &Path, allowed: &[&Receiver]) -> House {
    let lines: Vec<String> = allowed.iter().map(|r| r.address.to_string()).collect();
    std::fs::write(dir.join("webhook-allow"), lines.join("\n")).unwrap();
    House::sandbox(dir)
}

fn subscribe(house: &House, key: &str, message: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post("/v1/webhooks", &headers, message.to_string().as_bytes())
}

fn change(house: &House, id: &str, key: &str, message: &Value) -> Said {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    house.post(&format!("/v1/webhooks/{id}"), &headers, message.to_string().as_bytes())
}

/// Everything the house tells, by its pages of events.
fn told(house: &House) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let page = house.get(&format!("/v1/events?after={after}&limit=50"));
        assert_eq!(page.header("content-type"), "application/cloudevents-batch+json");
        all.extend(page.json().as_array().unwrap().clone());
        let next = page.header("fondaco-next").to_owned();
        if next == after {
            return all;
        }
        after = next;
    }
}

fn names(events: &[Value]) -> Vec<String> {
    events.iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect()
}

/// HMAC by the letter of RFC 2104, as the house does not do it.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|b| b ^ with);
    let inner = Sha256::digest([&pad(0x36)[..], text].concat());
    Sha256::digest([&pad(0x5c)[..], &inner].concat()).to_vec()
}

/// Whether one of the signatures of a delivery is by this secret.
fn is_signed(delivery: &(Vec<(String, String)>, Vec<u8>), secret: &str) -> bool {
    let (headers, body) = delivery;
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let head = format!("{}.{}.", of(headers, "webhook-id"), of(headers, "webhook-timestamp"));
    let wanted = format!("v1,{}", STANDARD.encode(hmac(&key, &[head.as_bytes(), body].concat())));
    of(headers, "webhook-signature").split(' ').any(|s| s == wanted)
}

#[test]
fn a_receiver_gets_signed_events_and_both_signatures_after_another_secret() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::fine();
    let house = house(dir.path(), &[&receiver]);
    let wanted = json!({"by": "broker", "url": receiver.url()});
    let made = subscribe(&house, "s", &wanted);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let (id, secret) = (made.text("id"), made.text("secret"));
    // The same again is the same; nowhere else is the secret.
    let again = subscribe(&house, "s", &wanted);
    assert_eq!((again.text("id"), again.text("secret")), (id.clone(), secret.clone()));
    assert_eq!(again.header("idempotency-replayed"), "true");
    subscribe(&house, "s", &json!({"by": "x", "url": receiver.url()})).is_problem(422, "key-used");
    for path in ["/v1/webhooks", &format!("/v1/webhooks/{id}"), "/v1/declarations"] {
        let shown = String::from_utf8(house.get(path).body).unwrap();
        assert!(!shown.contains("whsec_"), "{shown}");
    }
    house.file("1", &good("ONE"));
    until("told", || receiver.ids().len() == told(&house).len());
    let events = told(&house);
    assert_eq!(receiver.ids(), names(&events));
    {
        let heard = receiver.heard.lock().unwrap();
        for (delivery, event) in heard.iter().zip(&events) {
            assert!(is_signed(delivery, &secret));
            assert_eq!(of(&delivery.0, "content-type"), "application/cloudevents+json");
            assert_eq!(serde_json::from_slice::<Value>(&delivery.1).unwrap(), *event);
            assert_eq!(event["specversion"], "1.0");
            assert_eq!(event["datacontenttype"], "application/xml");
            let cursor: i64 = event["sequence"].as_str().unwrap().parse().unwrap();
            let one = house.get(&format!("/v1/events/{cursor}"));
            assert_eq!(one.header("content-type"), "application/cloudevents+json");
            assert_eq!(one.json(), *event);
            let mrn = event["subject"].as_str().unwrap();
            let message = house.get(&format!("/v1/declarations/{mrn}/notifications/{cursor}"));
            assert_eq!(message.body, event["data"].as_str().unwrap().as_bytes());
        }
    }
    // Another secret: for a time both sign. Only function 01 from then on.
    let rotated =
        change(&house, &id, "r", &json!({"by": "b", "rotate": true, "functions": ["01"]}));
    assert_eq!(rotated.status, 200, "{}", String::from_utf8_lossy(&rotated.body));
    let next = rotated.text("secret");
    assert_ne!(next, secret);
    let before = receiver.ids().len();
    house.file("2", &good("TWO"));
    until("told by both", || receiver.ids().len() > before);
    let heard = receiver.heard.lock().unwrap()[before].clone();
    assert!(is_signed(&heard, &secret) && is_signed(&heard, &next));
    assert!(!is_signed(&heard, "whsec_AAAA"));
    // Ended, it hears no more.
    let path = format!("{}/v1/webhooks/{id}", house.address);
    let end = |key: &str| {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        agent.delete(&path).header("Idempotency-Key", key).call().unwrap().status().as_u16()
    };
    assert_eq!([end("e"), end("e"), end("f")], [200, 200, 404]);
    assert_eq!(house.get(&format!("/v1/webhooks/{id}")).text("state"), "ended");
    assert_eq!(house.get("/v1/webhooks").json(), json!([]));
    let so_far = receiver.ids().len();
    house.file("3", &good("THREE"));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(receiver.ids().len(), so_far);
    assert_eq!(so_far, before + 1);
}

#[test]
fn a_receiver_that_hangs_or_fails_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let good_one = Receiver::fine();
    let failing = Receiver::new(|_| "HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n".to_owned());
    let hanging = Receiver::new(|_| {
        std::thread::sleep(Duration::from_secs(60));
        String::new()
    });
    let elsewhere = Receiver::fine();
    let to = elsewhere.url();
    let redirecting = Receiver::new(move |_| {
        format!("HTTP/1.1 307 there\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
    });
    let all = [&hanging, &failing, &redirecting, &good_one, &elsewhere];
    let house = house(dir.path(), &all);
    let mut ids = Vec::new();
    for (n, receiver) in all.iter().take(4).enumerate() {
        let made = subscribe(&house, &n.to_string(), &json!({"by": "b", "url": receiver.url()}));
        ids.push(made.text("id"));
    }
    let begun = Instant::now();
    for n in 0..20 {
        house.file(&format!("f{n}"), &good(&format!("HANG-{n}")));
    }
    let events = names(&told(&house));
    until("the good one has all", || good_one.ids().len() == events.len());
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    assert_eq!(good_one.ids(), events);
    let standing = |n: usize| house.get(&format!("/v1/webhooks/{}", ids[n])).json();
    until("failing", || standing(1)["state"] == "failing");
    assert_eq!(standing(1)["why"], "status-500");
    assert!(standing(1)["why_text"]["ru"].as_str().unwrap().contains("500"));
    until("redirecting", || standing(2)["why"] == "status-307");
    assert_eq!(elsewhere.ids().len(), 0);
    until("hanging", || standing(0)["why"] == "timeout");
    // The first is tried first, until it arrives.
    assert!(failing.ids().iter().all(|id| *id == events[0]));
}

#[test]
fn a_house_killed_in_the_middle_delivers_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::new(|_| {
        std::thread::sleep(Duration::from_millis(15));
        "HTTP/1.1 200 ok\r\ncontent-length: 0\r\n\r\n".to_owned()
    });
    let first = house(dir.path(), &[&receiver]);
    subscribe(&first, "s", &json!({"by": "b", "url": receiver.url()}));
    for n in 0..60 {
        first.file(&format!("f{n}"), &good(&format!("KILL-{n}")));
    }
    until("some", || receiver.ids().len() > 20);
    drop(first);
    let before = receiver.ids().len();
    let second = House::sandbox(dir.path());
    let events = names(&told(&second));
    assert!(before < events.len(), "{before} of {}", events.len());
    until("all", || receiver.ids().last() == events.last());
    // Each at least once; counted once by its name, in the order of the log.
    let mut seen = BTreeSet::new();
    let once: Vec<String> =
        receiver.ids().into_iter().filter(|id| seen.insert(id.clone())).collect();
    assert_eq!(once, events);
    assert!(receiver.ids().len() <= events.len() + 64);
}

/// Reads a stream of events from after a cursor until it has so many, then leaves.
fn stream(house: &House, query: &str, seen: Option<&str>, most: usize) -> Vec<(String, Value)> {
    let address = house.address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let seen = seen.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
    write!(stream, "GET /v1/events/stream{query} HTTP/1.1\r\nHost: h\r\n{seen}\r\n").unwrap();
    let (mut all, mut id) = (Vec::new(), String::new());
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap();
        if let Some(text) = line.strip_prefix("id: ") {
            text.clone_into(&mut id);
        }
        if let Some(text) = line.strip_prefix("data: ") {
            all.push((id.clone(), serde_json::from_str(text).unwrap()));
            if all.len() == most {
                break;
            }
        }
    }
    all
}

#[test]
fn a_stream_taken_up_again_misses_nothing_while_many_file() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let done = std::sync::atomic::AtomicBool::new(false);
    let read = std::thread::scope(|scope| {
        let filing = scope.spawn(|| {
            at_once(8, |t| {
                for n in 0..8 {
                    let lrn = format!("S-{t}-{n}");
                    assert_eq!(house.file(&lrn, &good(&lrn)).status, 201);
                }
            });
            done.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        // Leaves after every seven, and comes again with the last it saw.
        let mut read = stream(&house, "?after=0", None, 7);
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            let last = read.last().unwrap().0.clone();
            read.extend(stream(&house, "?after=0", Some(&last), 7));
            if read.len() > 90 {
                break;
            }
        }
        filing.join().unwrap();
        read
    });
    let events = told(&house);
    let last = read.last().unwrap().0.clone();
    let rest = events.len() - read.len();
    let mut read = read;
    if rest > 0 {
        read.extend(stream(&house, "", Some(&last), rest));
    }
    assert_eq!(read.iter().map(|(_, e)| e.clone()).collect::<Vec<_>>(), events);
    // Of one declaration alone, from the beginning.
    let mrn = events[0]["subject"].as_str().unwrap();
    let own: Vec<Value> = events.iter().filter(|e| e["subject"] == mrn).cloned().collect();
    let streamed = stream(&house, &format!("?mrn={mrn}&after=0"), None, own.len());
    assert_eq!(streamed.into_iter().map(|(_, e)| e).collect::<Vec<_>>(), own);
    let bad = ureq::get(format!("{}/v1/events/stream", house.address))
        .header("Last-Event-ID", "x")
        .call();
    assert!(matches!(bad, Err(ureq::Error::StatusCode(400))));
    // A stream that is open does not hold up the end of the house.
    let address = house.address.clone();
    let open = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "GET /v1/events/stream HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).ok();
    });
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    assert!(house.stop().success());
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    open.join().unwrap();
}

#[test]
fn no_private_address_is_subscribed_or_called() {
    let dir = tempfile::tempdir().unwrap();
    let inside = Receiver::fine();
    let house = House::sandbox(dir.path());
    let check = |url: &str, why: &str| {
        let said = subscribe(&house, url, &json!({"by": "b", "url": url}));
        said.is_problem(422, "address-refused");
        assert_eq!(said.text("why"), why, "{url}");
    };
    check(&inside.url(), "not-https");
    check("https://127.0.0.1/", "not-public");
    check("https://169.254.169.254/latest/", "not-public");
    check("https://[::1]/", "not-public");
    check("https://u:p@a.example/", "credentials");
    check("nowhere", "unreadable");
    check("mailto:a@b.example", "no-relay");
    let bad = |message: Value| {
        subscribe(&house, &message.to_string(), &message).is_problem(400, "bad-request");
    };
    bad(json!({"by": "", "url": "https://a.example/"}));
    bad(json!({"by": "b", "url": "https://a.example/", "functions": ["x"]}));
    bad(json!({"by": "b", "url": "https://a.example/", "functions": ["01", "04"]}));
    bad(json!({"by": "b", "url": "https://a.example/", "language": "xx"}));
    bad(json!({"by": "b", "url": "https://a.example/", "after": -1}));
    bad(json!({"by": "b", "url": "https://a.example/", "other": 1}));
    // Names are taken, and what they lead to is not called.
    let port = inside.address.port();
    for (n, host) in ["localhost", "127.1", "2130706433"].iter().enumerate() {
        let url = format!("https://{host}:{port}/");
        let made = subscribe(&house, &format!("n{n}"), &json!({"by": "b", "url": url}));
        assert_eq!(made.status, 201, "{url}");
    }
    house.file("f", &good("INSIDE"));
    until("refused", || {
        let all = house.get("/v1/webhooks").json();
        all.as_array().unwrap().iter().all(|w| w["why"] == "address")
    });
    assert_eq!(inside.ids().len(), 0);
}

/// A mail server that takes mails and gives their texts, envelope first.
fn smtp() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mails: Arc<Mutex<Vec<String>>> = Arc::default();
    let all = mails.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut mail = String::new();
            write!(stream, "220 test\r\n").unwrap();
            while let Some(Ok(line)) = lines.next() {
                let upper = line.to_uppercase();
                if upper.starts_with("DATA") {
                    write!(stream, "354 go\r\n").unwrap();
                    for text in lines.by_ref().map_while(Result::ok).take_while(|l| l != ".") {
                        mail.push_str(&text);
                        mail.push('\n');
                    }
                    all.lock().unwrap().push(std::mem::take(&mut mail));
                } else if upper.starts_with("MAIL") || upper.starts_with("RCPT") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                let quits = upper.starts_with("QUIT");
                write!(stream, "250 ok\r\n").ok();
                if quits {
                    break;
                }
            }
        }
    });
    (address, mails)
}

/// A text of a mail, by RFC 2045.
fn quoted_printable(text: &str) -> String {
    let text = text.replace("=\n", "");
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn mails_are_short_in_the_readers_language_and_take_no_header_from_outside() {
    let dir = tempfile::tempdir().unwrap();
    let (address, mails) = smtp();
    let toml = format!(
        "relay = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"Fondaco <house@fondaco.example>\"\n\
         link = \"https://fondaco.example/\"\n",
        address.port()
    );
    std::fs::write(dir.path().join("mail.toml"), toml).unwrap();
    let house = House::sandbox(dir.path());
    for bad in [
        "mailto:a@b.example\r\nBcc: c@d.example",
        "mailto:a@b.example\nX: y",
        "mailto:a b@c.example",
        "mailto:a@b.example,c@d.example",
        "mailto:a@b.example?bcc=c@d.example",
        "mailto:",
        "mailto:<a@b.example>",
    ] {
        subscribe(&house, &bad.replace(['\r', '\n'], "_"), &json!({"by": "b", "url": bad}))
            .is_problem(422, "address-refused");
    }
    for language in ["en", "zh", "ru"] {
        let url = format!("mailto:{language}@reader.example");
        let message = json!({"by": "b", "url": url, "language": language, "functions": ["01"]});
        assert_eq!(subscribe(&house, language, &message).status, 201);
    }
    let filed = house.file("f", &good("MAILED"));
    let mrn = filed.text("mrn");
    until("three mails", || mails.lock().unwrap().len() == 3);
    let mails = mails.lock().unwrap();
    let check = |language: &str, word: &str| {
        let to = format!("RCPT TO:<{language}@reader.example>");
        let mail = mails.iter().find(|m| m.contains(&to)).unwrap();
        let (head, body) = mail.split_once("\n\n").unwrap();
        assert_eq!(head.matches("RCPT TO").count(), 1, "{head}");
        assert!(head.contains(&format!("Message-ID: <{mrn}-")), "{head}");
        assert!(head.contains("@fondaco.example>"), "{head}");
        let body = if head.contains("base64") {
            let text: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
        } else {
            quoted_printable(body)
        };
        assert!(body.contains(word), "{body}");
        let link = format!("https://fondaco.example/declarations/{mrn}?lang={language}");
        assert!(body.contains(&link), "{body}");
    };
    check("en", "Accepted");
    check("zh", "接受申报");
    check("ru", "Зарегистрирована");
}
