//! A receiver of webhooks on a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a receiver heard: headers by small letters, the body.
type Heard = Arc<Mutex<Vec<(Vec<(String, String)>, Vec<u8>)>>>;

/// A receiver that answers each with what `answer` says.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    pub(crate) heard: Heard,
}

impl Receiver {
    pub(crate) fn new(answer: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard: Heard = Arc::default();
        let all = heard.clone();
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (all, answer, stream) = (all.clone(), answer.clone(), stream.unwrap());
                std::thread::spawn(move || Self::serve(stream, &all, &*answer));
            }
        });
        Self { address, heard }
    }

    /// Answers one request after the other on a connection.
    fn serve(mut stream: TcpStream, all: &Heard, answer: &dyn Fn(usize) -> String) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        loop {
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if line.trim().is_empty() {
                    break;
                }
                if let Some((name, value)) = line.trim().split_once(": ") {
                    headers.push((name.to_lowercase(), value.to_owned()));
                }
            }
            // A caller that was killed ends in the middle.
            let Ok(length) = of(&headers, "content-length").parse() else { return };
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                return;
            }
            let n = {
                let mut all = all.lock().unwrap();
                all.push((headers, body));
                all.len() - 1
            };
            if stream.write_all(answer(n).as_bytes()).is_err() {
                return;
            }
        }
    }

    pub(crate) fn fine() -> Self {
        Self::new(|_| "HTTP/1.1 204 ok\r\n\r\n".to_owned())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Names of what came, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(h, _)| of(h, "webhook-id").to_owned()).collect()
    }
}

/// What a header says; nothing where it is not there.
pub(crate) fn of<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
}
