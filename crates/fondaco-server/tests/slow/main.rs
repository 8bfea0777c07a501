//! What takes minutes: real kills under load, the pages in a real browser, the API by its description.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod browser;
mod caller;
mod contract;
mod everything;
mod kills;
#[path = "../common/receiver.rs"]
mod receiver;
mod visits;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A running house.
pub(crate) struct House {
    child: Child,
    pub(crate) address: String,
    /// How long it took until it answered that it is ready.
    pub(crate) ready_after: Duration,
}

impl House {
    pub(crate) fn start(data: &Path, pack: &str) -> Self {
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_fondaco"))
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--pack", pack, "--sandbox"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|l| l.find("http://").map(|at| l[at..].trim_end_matches('/').to_owned()))
            .expect("the house says where it is");
        // What it says later must not fill the pipe and stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = ureq::Agent::new_with_defaults();
        while agent.get(format!("{address}/healthz")).call().is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the house is not ready");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { child, address, ready_after: begun.elapsed() }
    }

    /// Ends it as a power cut would end the process: nothing is told to it.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// The same, to its owner that keeps it.
    pub(crate) fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A declaration of the corpus under another reference.
pub(crate) fn declaration(reference: &str) -> Vec<u8> {
    renamed("gb/001-phones-felixstowe.xml", reference)
}

/// This file of the corpus under another reference.
pub(crate) fn renamed(file: &str, reference: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(root().join("data/corpus").join(file)).unwrap();
    let open = text.find("<FunctionalReferenceID>").unwrap() + "<FunctionalReferenceID>".len();
    let end = open + text[open..].find('<').unwrap();
    format!("{}{reference}{}", &text[..open], &text[end..]).into_bytes()
}
