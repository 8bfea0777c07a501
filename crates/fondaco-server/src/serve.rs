//! `fondaco serve`: the house on the network.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::cli::{Exit, Failure};
use crate::house::House;
use crate::http::{self, Serving};
use crate::store::Sync;
use crate::timers;

/// Where and how to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The folder of the house; made where it is not.
    #[arg(long)]
    data: PathBuf,
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The pack: its id, a bundle file or a folder of pack files.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// No sign-in, recorded messages as of their own day; on a loopback address only.
    #[arg(long)]
    sandbox: bool,
}

/// The digest of the house's token; the token itself is made at the first start and kept in a file
/// only its owner can read.
fn token(dir: &Path) -> Result<[u8; 32], Failure> {
    let path = dir.join("token");
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", path.display()));
    if !path.exists() {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|e| Failure::Fault(format!("no randomness: {e}")))?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(fault)?;
        writeln!(file, "{}", fondaco_wire::pack::hex(&bytes)).map_err(fault)?;
        file.sync_all().map_err(fault)?;
    }
    let text = std::fs::read_to_string(&path).map_err(fault)?;
    Ok(Sha256::digest(text.trim()).into())
}

/// Puts the next law in force when its day comes or it is approved; ends with the house.
fn watch(house: &Weak<House>) {
    let mut complained = String::new();
    while let Some(house) = house.upgrade() {
        match house.turn() {
            Ok(None) => {}
            Ok(Some(digest)) => eprintln!("fondaco: the law in force is now {digest}"),
            Err(failure) => {
                let said = failure.to_string();
                if said != complained {
                    eprintln!("fondaco: the law could not be looked at: {said}");
                    complained = said;
                }
            }
        }
        drop(house);
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Makes the envelopes that are due to neighbours, judges again what was put aside of theirs and looks which
/// imports are of their exports; ends with the house.
fn neighbours(house: &Weak<House>) {
    let mut troubled = String::new();
    while let Some(house) = house.upgrade() {
        // One fails alone.
        let faults =
            [house.make_envelopes().err(), house.judge_again().err(), house.follow_imports().err()];
        let said: Vec<String> = faults.iter().flatten().map(ToString::to_string).collect();
        let said = said.join("; ");
        if !said.is_empty() && said != troubled {
            eprintln!("fondaco: neighbours could not be served: {said}");
        }
        troubled = said;
        drop(house);
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Serves until told to stop.
pub(crate) fn run(args: &ServeArgs) -> Result<Exit, Failure> {
    if args.sandbox && !args.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--sandbox needs no sign-in, so it is served on a loopback address only, not on {}",
            args.listen.ip()
        )));
    }
    let house = Arc::new(House::open(&args.data, &args.pack, args.sandbox, Sync::Full)?);
    let token = if args.sandbox { None } else { Some(token(&args.data)?) };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::Fault(format!("runtime: {e}")))?;
    let sandbox = args.sandbox;
    let dir = args.data.display().to_string();
    let pack = house.pack().id.clone();
    let watched = Arc::downgrade(&house);
    std::thread::Builder::new()
        .name("law".into())
        .spawn(move || watch(&watched))
        .map_err(|e| Failure::Fault(format!("law: {e}")))?;
    let served = Arc::downgrade(&house);
    std::thread::Builder::new()
        .name("neighbours".into())
        .spawn(move || neighbours(&served))
        .map_err(|e| Failure::Fault(format!("neighbours: {e}")))?;
    let timed = Arc::downgrade(&house);
    std::thread::Builder::new()
        .name("timers".into())
        .spawn(move || timers::watch(&timed))
        .map_err(|e| Failure::Fault(format!("timers: {e}")))?;
    let serving = Serving { house, listen: args.listen, token };
    runtime.block_on(http::serve(serving, |bound| {
        eprintln!("fondaco: serving pack {pack} on http://{bound}/");
        if sandbox {
            eprintln!("fondaco: sandbox: no sign-in, nothing here is a legal act");
        } else {
            eprintln!("fondaco: sign in with any name and the token in {dir}/token");
            if !bound.ip().is_loopback() {
                eprintln!("fondaco: {bound} is not a loopback address: put TLS in front of it");
            }
        }
    }))?;
    Ok(Exit::Fine)
}
