//! What the house tells goes over TLS to who can prove a name by the roots of the machine, and to nobody
//! else: real servers with certificates made here.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::http::{House, good};

/// An authority of one's own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// What a server of this name needs, its certificate good or over for long.
    fn server(&self, name: &str, over: bool) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if over {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(config.with_single_cert(chain, key).unwrap())
    }
}

fn secured(config: &Arc<ServerConfig>, stream: TcpStream) -> impl Read + Write + use<> {
    StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream)
}

/// What came, in plain text.
type Heard = Arc<Mutex<Vec<String>>>;

/// Serves each connection by this.
fn serve(each: impl Fn(TcpStream, &Heard) + Send + Sync + 'static) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let (all, each) = (heard.clone(), Arc::new(each));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (all, each, stream) = (all.clone(), each.clone(), stream.unwrap());
            std::thread::spawn(move || each(stream, &all));
        }
    });
    (address, heard)
}

/// Takes webhooks over TLS.
fn receiver(config: Arc<ServerConfig>) -> (SocketAddr, Heard) {
    serve(move |stream, heard| {
        let mut reader = BufReader::new(secured(&config, stream));
        loop {
            let (mut length, mut first) = (0, String::new());
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                if first.is_empty() {
                    first = line;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            heard.lock().unwrap().push(format!("{first}{}", String::from_utf8(body).unwrap()));
            if reader.get_mut().write_all(b"HTTP/1.1 204 ok\r\n\r\n").is_err() {
                return;
            }
        }
    })
}

/// Speaks SMTP on a connection; `true` where the other side asks for TLS.
fn speak(stream: &mut (impl Read + Write), greets: bool, offers: bool, heard: &Heard) -> bool {
    let mut reader = BufReader::new(stream);
    if greets && reader.get_mut().write_all(b"220 test\r\n").is_err() {
        return false;
    }
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        let upper = line.to_uppercase();
        let mut answer = "250 ok\r\n";
        if upper.starts_with("EHLO") && offers {
            answer = "250-test\r\n250 STARTTLS\r\n";
        } else if upper.starts_with("STARTTLS") {
            reader.get_mut().write_all(b"220 go\r\n").unwrap();
            return true;
        } else if upper.starts_with("DATA") {
            reader.get_mut().write_all(b"354 go\r\n").unwrap();
            loop {
                let mut text = String::new();
                if reader.read_line(&mut text).unwrap_or(0) == 0 || text.trim_end() == "." {
                    break;
                }
                mail.push_str(&text);
            }
            heard.lock().unwrap().push(std::mem::take(&mut mail));
        } else if upper.starts_with("MAIL")
            || upper.starts_with("RCPT")
            || upper.starts_with("AUTH")
        {
            mail.push_str(&line);
        }
        if reader.get_mut().write_all(answer.as_bytes()).is_err() || upper.starts_with("QUIT") {
            return false;
        }
    }
}

/// A relay that speaks TLS from the first byte on.
fn implicit(config: Arc<ServerConfig>) -> (SocketAddr, Heard) {
    serve(move |stream, heard| {
        speak(&mut secured(&config, stream), true, false, heard);
    })
}

/// A relay that is asked for TLS, or never offers it.
fn starttls(config: Option<Arc<ServerConfig>>) -> (SocketAddr, Heard) {
    serve(move |mut stream, heard| {
        if speak(&mut stream, true, config.is_some(), heard)
            && let Some(config) = &config
        {
            speak(&mut secured(config, stream), false, false, heard);
        }
    })
}

fn until(what: &str, is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not come to be: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn subscribe(house: &House, key: &str, url: &str) -> String {
    let headers = [("Idempotency-Key", key), ("Content-Type", "application/json")];
    let message = json!({"by": "b", "url": url, "functions": ["01"]}).to_string();
    let said = house.post("/v1/webhooks", &headers, message.as_bytes());
    assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
    said.text("id")
}

fn standing(house: &House, id: &str) -> Value {
    house.get(&format!("/v1/webhooks/{id}")).json()
}

/// A house for which this is the root of the machine.
fn house(dir: &Path, root: &Authority) -> House {
    let roots = dir.join("roots.pem");
    std::fs::write(&roots, &root.pem).unwrap();
    House::sandbox_under(dir, &[("SSL_CERT_FILE", &roots), ("SSL_CERT_DIR", dir)])
}

#[test]
fn webhooks_go_to_who_proves_the_name_by_the_roots_of_the_machine_and_to_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let (root, stranger) = (Authority::new(), Authority::new());
    let right = receiver(root.server("localhost", false));
    let wrong = [
        ("another root", receiver(stranger.server("localhost", false))),
        ("another name", receiver(root.server("other.example", false))),
        ("over", receiver(root.server("localhost", true))),
    ];
    let all = wrong.iter().map(|(_, (address, _))| address).chain([&right.0]);
    let named: Vec<String> = all.map(|address| format!("localhost:{}", address.port())).collect();
    std::fs::write(dir.path().join("webhook-allow"), named.join("\n")).unwrap();
    let house = house(dir.path(), &root);
    let url = |address: &SocketAddr| format!("https://localhost:{}/hook", address.port());
    let fine = subscribe(&house, "right", &url(&right.0));
    let ids: Vec<String> =
        wrong.iter().map(|(name, (address, _))| subscribe(&house, name, &url(address))).collect();
    let mrn = house.file("f", &good("TLS")).text("mrn");
    until("told", || right.1.lock().unwrap().len() == 1);
    let told = right.1.lock().unwrap()[0].clone();
    assert!(told.starts_with("POST /hook") && told.contains(&mrn), "{told}");
    until("written", || standing(&house, &fine)["state"] == "live");
    for ((name, (_, heard)), id) in wrong.iter().zip(&ids) {
        until(name, || standing(&house, id)["state"] == "failing");
        assert_eq!(standing(&house, id)["why"], "connection", "{name}");
        assert!(heard.lock().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn mails_go_over_tls_to_the_relay_that_proves_its_name_and_never_in_clear() {
    let (root, stranger) = (Authority::new(), Authority::new());
    let check = |way: &str, (address, heard): (SocketAddr, Heard), why: Option<&str>| {
        let dir = tempfile::tempdir().unwrap();
        let toml = format!(
            "relay = \"localhost\"\nport = {}\ntls = \"{way}\"\n\
             from = \"Fondaco <house@fondaco.example>\"\nlink = \"https://fondaco.example/\"\n",
            address.port()
        );
        std::fs::write(dir.path().join("mail.toml"), toml).unwrap();
        let house = house(dir.path(), &root);
        let id = subscribe(&house, "m", "mailto:a@reader.example");
        let mrn = house.file("f", &good("MAIL")).text("mrn");
        match why {
            None => {
                until(way, || heard.lock().unwrap().len() == 1);
                let mail = heard.lock().unwrap()[0].clone();
                assert!(mail.contains("RCPT TO:<a@reader.example>"), "{mail}");
                assert!(mail.contains(&mrn), "{mail}");
            }
            Some(why) => {
                until(why, || standing(&house, &id)["state"] == "failing");
                assert_eq!(standing(&house, &id)["why"], why, "{way}");
                assert!(heard.lock().unwrap().is_empty(), "{way}: {heard:?}");
            }
        }
    };
    check("implicit", implicit(root.server("localhost", false)), None);
    check("implicit", implicit(stranger.server("localhost", false)), Some("connection"));
    check("implicit", implicit(root.server("other.example", false)), Some("connection"));
    check("implicit", implicit(root.server("localhost", true)), Some("connection"));
    check("starttls", starttls(Some(root.server("localhost", false))), None);
    check("starttls", starttls(Some(stranger.server("localhost", false))), Some("connection"));
    // One that takes the offer out of the greeting gets nothing in clear.
    check("starttls", starttls(None), Some("connection"));
}
