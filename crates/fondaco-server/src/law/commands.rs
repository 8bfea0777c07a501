//! `fondaco law` and `fondaco person`: proposing and approving the law of a house.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fondaco::day::Day;
use fondaco_wire::pack::difference::{self, FileChange};
use fondaco_wire::receipt::Signer;
use serde_json::json;

use super::kept::{self, keep};
use super::{Register, Said, Version};
use crate::cli::{Exit, Failure, today};
use crate::house::{now, secret};
use crate::packs;
use crate::store::{Person, Store, Sync};

/// Who may say what the law of a house is.
#[derive(Debug, clap::Args)]
pub(crate) struct PersonArgs {
    #[command(subcommand)]
    what: PersonCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PersonCommand {
    /// Make a key for a person and take them in.
    Add {
        /// The name, unique in the house.
        name: String,
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// Where the person's key is kept; made where it is not. Whoever has it signs as this person.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// List everybody.
    List {
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Which bundle is the law of a house, and from which day.
#[derive(Debug, clap::Args)]
pub(crate) struct LawArgs {
    #[command(subcommand)]
    what: LawCommand,
}

/// The house, and who speaks.
#[derive(Debug, clap::Args)]
struct Speaker {
    /// The folder of the house.
    #[arg(long)]
    data: PathBuf,
    /// The key of who speaks, made by `fondaco person add`.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Why, for who reads it later.
    #[arg(long, default_value = "")]
    why: String,
}

#[derive(Debug, clap::Subcommand)]
enum LawCommand {
    /// Propose a bundle as the law from a day on; nothing of it is live before another approves.
    Propose {
        #[command(flatten)]
        by: Speaker,
        /// The pack: its id, a bundle file or a folder of pack files; the law in force where not told.
        #[arg(long)]
        pack: Option<String>,
        /// A folder of files laid over it, such as what `fondaco import` wrote.
        #[arg(long, value_name = "DIR")]
        over: Option<PathBuf>,
        /// The first day it is the law, YYYY-MM-DD; tomorrow where not told.
        #[arg(long, value_name = "DATE")]
        from: Option<Day>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Approve a proposal of another person.
    Approve {
        /// The digest of the bundle, or its beginning.
        bundle: String,
        #[command(flatten)]
        by: Speaker,
    },
    /// Refuse a proposal, or take back one's own.
    Refuse {
        /// The digest of the bundle, or its beginning.
        bundle: String,
        #[command(flatten)]
        by: Speaker,
    },
    /// List what was proposed, approved and refused, and what is the law today.
    List {
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

fn said(fault: crate::store::Fault) -> Failure {
    Failure::Fault(fault.to_string())
}

fn open(data: &Path) -> Result<(Arc<Store>, String), Failure> {
    let path = data.join("fondaco.db");
    if !path.exists() {
        return Err(Failure::Usage(format!("{} is not the folder of a house", data.display())));
    }
    let key = std::fs::read_to_string(data.join("receipt.jwk"))
        .map_err(|e| Failure::Fault(format!("{}: {e}", data.join("receipt.jwk").display())))?;
    Ok((Store::open(&path, Sync::Full).map_err(said)?, key))
}

/// `fondaco person`.
pub(crate) fn person(args: &PersonArgs) -> Result<Exit, Failure> {
    match &args.what {
        PersonCommand::Add { name, data, key } => {
            let (store, _) = open(data)?;
            let name = name.trim();
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(Failure::Usage("a person has a name".to_owned()));
            }
            let known = store.persons().map_err(said)?;
            if known.iter().any(|p| p.name == name) {
                return Err(Failure::Usage(format!("{name} is taken in already")));
            }
            let public = Signer::new(&secret(key)?).public_jwk();
            if let Some(other) = known.iter().find(|p| p.key == public) {
                return Err(Failure::Usage(format!("this is the key of {}", other.name)));
            }
            let person = Person { name: name.to_owned(), key: public, at: now() };
            store.add_person(&person).map_err(said)?;
            println!("{name}: key in {}", key.display());
        }
        PersonCommand::List { data, json } => {
            let (store, _) = open(data)?;
            let all = store.persons().map_err(said)?;
            if *json {
                let all: Vec<_> =
                    all.iter().map(|p| json!({"name": p.name, "at": p.at, "key": p.key})).collect();
                println!("{}", json!(all));
            } else {
                all.iter().for_each(|p| println!("{}  {}", p.at, p.name));
            }
        }
    }
    Ok(Exit::Fine)
}

/// Whose key this is.
fn speaker(store: &Store, by: &Speaker) -> Result<(Signer, String), Failure> {
    if !by.key.is_file() {
        return Err(Failure::Usage(format!(
            "{}: there is no key; fondaco person add makes one",
            by.key.display()
        )));
    }
    let signer = Signer::new(&secret(&by.key)?);
    let public = signer.public_jwk();
    let known = store.persons().map_err(said)?;
    let person = known.into_iter().find(|p| p.key == public).map(|p| p.name);
    let nobody = || Failure::Usage(format!("{} is nobody's key in this house", by.key.display()));
    Ok((signer, person.ok_or_else(nobody)?))
}

/// The one version that waits and whose digest begins so.
fn waiting(versions: &[Version], beginning: &str) -> Result<String, Failure> {
    let wait = versions.iter().filter(|v| v.state == "proposed");
    let mut of: Vec<&str> =
        wait.map(|v| v.bundle.as_str()).filter(|b| b.starts_with(beginning)).collect();
    of.dedup();
    match of[..] {
        [one] if !beginning.is_empty() => Ok(one.to_owned()),
        [] => Err(Failure::Usage(format!("no proposal {beginning} waits for a decision"))),
        _ => Err(Failure::Usage(format!("{beginning} is the beginning of {} proposals", of.len()))),
    }
}

fn print_changes(changes: &[FileChange]) {
    for one in changes {
        println!("  {}  +{} -{}  of {} rows", one.file, one.added, one.removed, one.rows);
    }
}

/// `fondaco law`.
pub(crate) fn law(args: &LawArgs) -> Result<Exit, Failure> {
    match &args.what {
        LawCommand::Propose { by, pack, over, from, json } => {
            let (store, key) = open(&by.data)?;
            let (signer, person) = speaker(&store, by)?;
            let register = Register::new(&store, key);
            let in_force = register.in_force(today()).map_err(said)?;
            let in_force = in_force.ok_or_else(|| {
                Failure::Usage("the house has no law yet: start it once with fondaco serve".into())
            })?;
            let (old, before) = kept::bundle(&by.data, &in_force)?;
            let mut bundle = match pack {
                Some(pack) => packs::load(pack).map_err(Failure::Usage)?.1,
                None => before.clone(),
            };
            if let Some(over) = over {
                bundle = kept::laid_over(&bundle, over)?.ok_or_else(|| {
                    Failure::Usage(format!("{}: no files of a pack", over.display()))
                })?;
            }
            let pack = kept::loaded(&bundle)?;
            // The numbers a house gives carry its country.
            if (&pack.id, &pack.profile.country) != (&old.id, &old.profile.country) {
                return Err(Failure::Usage(format!(
                    "the law of this house is {}, not {}",
                    old.id, pack.id
                )));
            }
            if pack.digest == in_force {
                return Err(Failure::Usage("this is the law in force".to_owned()));
            }
            let changes = difference::between(&before, &bundle).map_err(kept::wrong)?;
            let from =
                from.unwrap_or_else(|| Day::from_number(today().number() + 1).unwrap_or(today()));
            // Whole on the disk before it is spoken of.
            keep(&by.data, &pack.digest, &bundle)?;
            let spoken = register
                .say(&signer, &person, Said::Proposed, &pack.digest, Some(from), &by.why)
                .map_err(said)?;
            spoken.map_err(|against| Failure::Usage(against.to_string()))?;
            if *json {
                println!(
                    "{}",
                    json!({"bundle": pack.digest, "from": from.to_string(), "proposed_by": person,
                        "before": in_force, "changes": changes})
                );
            } else {
                println!("proposed {} from {from} by {person}", pack.digest);
                print_changes(&changes);
                println!(
                    "another person approves it: fondaco law approve {} …",
                    &pack.digest[..12]
                );
            }
        }
        LawCommand::Approve { bundle, by } => decide(bundle, by, Said::Approved)?,
        LawCommand::Refuse { bundle, by } => decide(bundle, by, Said::Refused)?,
        LawCommand::List { data, json } => {
            let (store, key) = open(data)?;
            let versions = Register::new(&store, key).versions(today()).map_err(said)?;
            if *json {
                println!("{}", json!(versions));
                return Ok(Exit::Fine);
            }
            for v in &versions {
                let from = if v.from.is_empty() { "the beginning" } else { &v.from };
                let mark = if v.in_force { "  in force" } else { "" };
                println!("{}  {} from {from}{mark}", &v.bundle[..12.min(v.bundle.len())], v.state);
                if !v.proposed_by.is_empty() {
                    println!("  proposed {} by {}  {}", v.proposed_at, v.proposed_by, v.why);
                }
                if !v.decided_by.is_empty() {
                    println!("  {} {} by {}", v.state, v.decided_at, v.decided_by);
                }
            }
        }
    }
    Ok(Exit::Fine)
}

fn decide(beginning: &str, by: &Speaker, act: Said) -> Result<(), Failure> {
    let (store, key) = open(&by.data)?;
    let (signer, person) = speaker(&store, by)?;
    let register = Register::new(&store, key);
    let bundle = waiting(&register.versions(today()).map_err(said)?, beginning)?;
    if act == Said::Approved {
        // What cannot be loaded is approved by nobody.
        kept::of_digest(&by.data, &bundle)?;
    }
    let spoken = register.say(&signer, &person, act, &bundle, None, &by.why).map_err(said)?;
    spoken.map_err(|against| Failure::Usage(against.to_string()))?;
    let versions = register.versions(today()).map_err(said)?;
    if let Some(v) = versions.iter().rfind(|v| v.bundle == bundle) {
        println!("{} {} from {} by {person}", v.bundle, v.state, v.from);
    }
    Ok(())
}
