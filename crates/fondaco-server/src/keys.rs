//! The keys a house signs with: the first, and those that were announced after it, each by the one before.
//!
//! A house is known by the name of its first key for ever. The key that signs is the last whose day has
//! come; the others stay, so that what they signed is verified for ever.

use std::fs;
use std::path::{Path, PathBuf};

use fondaco::day::Day;
use fondaco_wire::receipt::{self, Signer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::{Exit, Failure, today};
use crate::house::{now, secret};

/// The kind (`typ`) of what a key signs of the next.
pub(crate) const NEXT: &str = "fondaco-key-next";

/// Most keys of one house.
const MOST: usize = 1_000;

/// What a key says of the next one of its house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Next {
    /// The house: the name of its first key.
    pub(crate) house: String,
    /// The how manieth key it is; the first is 1.
    pub(crate) number: usize,
    /// The public key, a JWK.
    pub(crate) key: Value,
    /// The first day on which it signs, YYYY-MM-DD.
    pub(crate) from: String,
    /// When it was announced, RFC 3339.
    pub(crate) at: String,
}

impl Next {
    /// The name of the key it announces; `None` where that is no key.
    pub(crate) fn kid(&self) -> Option<String> {
        match receipt::kids(&self.key.to_string()).ok()?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }
}

/// A key after the first.
struct Later {
    from: Day,
    signer: Signer,
    /// What the key before it signed.
    statement: String,
}

/// The keys of a house.
pub(crate) struct Keys {
    first: Signer,
    later: Vec<Later>,
}

fn key_path(dir: &Path, number: usize) -> PathBuf {
    dir.join(format!("receipt-{number}.key"))
}

fn statement_path(dir: &Path, number: usize) -> PathBuf {
    dir.join(format!("receipt-{number}.jws"))
}

impl Keys {
    /// Reads the keys of a house; the first is made where there is none.
    ///
    /// # Errors
    /// One cannot be read, or was not announced by the one before it.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        let mut keys =
            Self { first: Signer::new(&secret(&dir.join("receipt.key"))?), later: Vec::new() };
        for number in 2..MOST {
            let path = statement_path(dir, number);
            let statement = match fs::read_to_string(&path) {
                Ok(text) => text.trim().to_owned(),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => break,
                Err(e) => return Err(Failure::Fault(format!("{}: {e}", path.display()))),
            };
            let wrong = |what: &str| Failure::Fault(format!("{}: {what}", path.display()));
            let next: Next = receipt::stated(&statement, NEXT, &keys.last().public_jwk())
                .map_err(|e| wrong(&e.to_string()))?;
            let file = key_path(dir, number);
            if !file.exists() {
                return Err(wrong("its key is not there"));
            }
            let signer = Signer::new(&secret(&file)?);
            let from = next.from.parse().map_err(|_| wrong("its day is none"))?;
            let fits = next.kid().as_deref() == Some(signer.kid());
            if !fits || next.house != keys.id() || next.number != number {
                return Err(wrong("it announces another key"));
            }
            keys.later.push(Later { from, signer, statement });
        }
        Ok(keys)
    }

    /// By what a house is known: the name of its first key.
    pub(crate) fn id(&self) -> &str {
        self.first.kid()
    }

    fn last(&self) -> &Signer {
        self.later.last().map_or(&self.first, |later| &later.signer)
    }

    /// The key that signs on a day.
    pub(crate) fn on(&self, day: Day) -> &Signer {
        let come = self.later.iter().rev().find(|later| later.from <= day);
        come.map_or(&self.first, |later| &later.signer)
    }

    /// The public keys, the first one first: a JWK where there is one, else a set of them.
    pub(crate) fn public(&self) -> String {
        if self.later.is_empty() { self.first.public_jwk() } else { self.set() }
    }

    /// The public keys as a set, with what each signed of the next.
    pub(crate) fn set(&self) -> String {
        let jwk = |signer: &Signer| serde_json::from_str::<Value>(&signer.public_jwk());
        let all = std::iter::once(&self.first).chain(self.later.iter().map(|l| &l.signer));
        let keys: Vec<Value> = all.filter_map(|signer| jwk(signer).ok()).collect();
        if self.later.is_empty() {
            return json!({"keys": keys}).to_string();
        }
        let succession: Vec<&str> = self.later.iter().map(|l| &*l.statement).collect();
        json!({"keys": keys, "succession": succession}).to_string()
    }

    /// Makes the next key, which signs from a day on, and has the last one announce it.
    ///
    /// # Errors
    /// A file cannot be written; the day is before that of the last key.
    fn announce(&mut self, dir: &Path, from: Day) -> Result<(), Failure> {
        if let Some(last) = self.later.last()
            && from < last.from
        {
            let text = format!("the key before it signs from {} on", last.from);
            return Err(Failure::Usage(text));
        }
        let number = self.later.len() + 2;
        let signer = Signer::new(&secret(&key_path(dir, number))?);
        let next = Next {
            house: self.id().to_owned(),
            number,
            key: serde_json::from_str(&signer.public_jwk()).unwrap_or_default(),
            from: from.to_string(),
            at: now(),
        };
        let statement = self.last().state(NEXT, &next);
        // Written whole or not at all: a key without it is taken up again by the next try.
        let path = statement_path(dir, number);
        let beside = path.with_extension("new");
        let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", path.display()));
        fs::write(&beside, format!("{statement}\n")).map_err(fault)?;
        fs::File::open(&beside).and_then(|f| f.sync_all()).map_err(fault)?;
        fs::rename(&beside, &path).map_err(fault)?;
        // What neighbours are told of is on the disk before they are: the key, and that it was announced.
        #[cfg(unix)]
        fs::File::open(dir).and_then(|f| f.sync_all()).map_err(fault)?;
        self.later.push(Later { from, signer, statement });
        fs::write(dir.join("receipt.jwk"), self.public()).map_err(fault)
    }
}

/// The keys a house signs with.
#[derive(Debug, clap::Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    what: KeyCommand,
}

#[derive(Debug, clap::Subcommand)]
enum KeyCommand {
    /// Make the next key, which signs from a day on; the last one announces it. Prints what it signed,
    /// for neighbours.
    Announce {
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// The first day on which it signs, YYYY-MM-DD, not before tomorrow. The house takes it up when
        /// it is started.
        #[arg(long, value_name = "DATE")]
        from: Day,
    },
    /// List the keys and from when each signs.
    List {
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
    },
}

/// `fondaco key`.
pub(crate) fn key(args: &KeyArgs) -> Result<Exit, Failure> {
    let (KeyCommand::Announce { data, .. } | KeyCommand::List { data }) = &args.what;
    if !data.join("receipt.key").exists() {
        return Err(Failure::Usage(format!("{} is not the folder of a house", data.display())));
    }
    let mut keys = Keys::open(data)?;
    if let KeyCommand::Announce { data, from } = &args.what {
        if *from <= today() {
            let why = "the next key signs from tomorrow at the earliest: neighbours have to know it first";
            return Err(Failure::Usage(why.to_owned()));
        }
        keys.announce(data, *from)?;
        if let Some(last) = keys.later.last() {
            println!("{}", last.statement);
        }
        return Ok(Exit::Fine);
    }
    let signs = keys.on(today()).kid().to_owned();
    let mark = |kid: &str| if kid == signs { "  signs" } else { "" };
    println!("{} first{}", keys.id(), mark(keys.id()));
    for later in &keys.later {
        let kid = later.signer.kid();
        println!("{kid} from {}{}", later.from, mark(kid));
    }
    Ok(Exit::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_house_signs_by_the_last_key_whose_day_has_come_and_verifies_by_all() {
        let dir = tempfile::tempdir().unwrap();
        let mut keys = Keys::open(dir.path()).unwrap();
        let id = keys.id().to_owned();
        assert_eq!(receipt::kids(&keys.public()).unwrap(), std::slice::from_ref(&id));
        keys.announce(dir.path(), day("2027-01-01")).unwrap();
        keys.announce(dir.path(), day("2028-01-01")).unwrap();
        assert!(keys.announce(dir.path(), day("2027-06-01")).is_err());
        let keys = Keys::open(dir.path()).unwrap();
        let all = receipt::kids(&keys.public()).unwrap();
        assert_eq!((keys.id(), all.len(), &all[0]), (&*id, 3, &id));
        let file = fs::read_to_string(dir.path().join("receipt.jwk")).unwrap();
        assert_eq!(receipt::kids(&file).unwrap(), all);
        let check =
            |on: &str, number: usize| assert_eq!(keys.on(day(on)).kid(), all[number], "{on}");
        check("2026-12-31", 0);
        check("2027-01-01", 1);
        check("2027-12-31", 1);
        check("2030-01-01", 2);
        // What any of them signed is verified by the set.
        for on in ["2026-12-31", "2027-01-01", "2028-01-01"] {
            let said = keys.on(day(on)).state("x", &1);
            assert_eq!(receipt::stated::<u8>(&said, "x", &keys.set()), Ok(1));
        }
        // One that the key before did not announce is none.
        let path = statement_path(dir.path(), 3);
        let right = fs::read_to_string(&path).unwrap();
        let wrong = |text: &str| {
            fs::write(&path, text).unwrap();
            assert!(Keys::open(dir.path()).is_err(), "{text}");
        };
        wrong("x");
        wrong(&right.replacen('e', "f", 1));
        let next: Next = receipt::stated(&right, NEXT, &keys.set()).unwrap();
        wrong(&keys.first.state(NEXT, &next));
        let second = &keys.later[0].signer;
        wrong(&second.state(NEXT, &Next { number: 2, ..next.clone() }));
        wrong(&second.state(NEXT, &Next { house: "x".into(), ..next.clone() }));
        let key = serde_json::from_str(&second.public_jwk()).unwrap();
        wrong(&second.state(NEXT, &Next { key, ..next.clone() }));
        fs::write(&path, &right).unwrap();
        assert!(Keys::open(dir.path()).is_ok());
    }
}
