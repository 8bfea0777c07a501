//! `fondaco partner` and `fondaco exchange`: who a house's neighbours are, and carrying envelopes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fondaco::day::Day;
use fondaco_wire::{envelope, receipt};
use serde_json::{Value, json};

use super::{Partner, partners, pull_statement};
use crate::cli::{Exit, Failure, today, written};
use crate::house::now;
use crate::keys::{Keys, NEXT, Next};
use crate::store::{Fault, PartnerKey, Store, Sync};

/// Who a house's neighbours are.
#[derive(Debug, clap::Args)]
pub(crate) struct PartnerArgs {
    #[command(subcommand)]
    what: PartnerCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PartnerCommand {
    /// Take a neighbour in, give it another key, or end a key.
    Add {
        /// The name here.
        name: String,
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// The public key of its house: its receipt.jwk, or a set of keys, the first one first.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The id of its house, where it is not the name of this key: that of its first one.
        #[arg(long)]
        house: Option<String>,
        /// The countries it stands for, two letters each, with commas between.
        #[arg(long, required = true, value_delimiter = ',')]
        countries: Vec<String>,
        /// The pack its house applies.
        #[arg(long)]
        pack: String,
        /// The countries of this house's by which it may address it, with commas between; that of the
        /// law in force where never told.
        #[arg(long, value_delimiter = ',')]
        ours: Vec<String>,
        /// The first day on which the key counts, YYYY-MM-DD; where not told, today, and of a key it has
        /// the day that was said last.
        #[arg(long, value_name = "DATE")]
        from: Option<Day>,
        /// The first day on which it no longer does; of a key it has, that said last where not told.
        #[arg(long, value_name = "DATE")]
        until: Option<Day>,
    },
    /// Take in the next key of a neighbour by what its key before signed of it.
    Key {
        /// The name here.
        name: String,
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// What it announced, one statement on a line; or what its house gives at /v1/keys.
        file: PathBuf,
        /// How many days the key before goes on counting beside the next, for envelopes under way.
        #[arg(long, default_value_t = 30)]
        both: i32,
    },
    /// List the neighbours and their keys, and how many envelopes went and came.
    List {
        /// The folder of the house.
        #[arg(long)]
        data: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Carrying envelopes between houses.
#[derive(Debug, clap::Args)]
pub(crate) struct ExchangeArgs {
    #[command(subcommand)]
    what: ExchangeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ExchangeCommand {
    /// Ask a neighbour's house for what is new, and hand it to this one.
    Pull {
        /// The neighbour, by its name here.
        partner: String,
        /// The folder of this house.
        #[arg(long)]
        data: PathBuf,
        /// Where the neighbour's house serves.
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where this house serves.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        to: String,
    },
    /// Hand a neighbour's house what it has not yet.
    Push {
        /// The neighbour, by its name here.
        partner: String,
        /// The folder of this house.
        #[arg(long)]
        data: PathBuf,
        /// Where the neighbour's house serves.
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Write envelopes for a neighbour, one on a line, to be carried by hand.
    Export {
        /// The neighbour, by its name here.
        partner: String,
        /// The folder of this house.
        #[arg(long)]
        data: PathBuf,
        /// The number of the last one the neighbour has.
        #[arg(long, default_value_t = 0)]
        after: i64,
    },
    /// Hand this house envelopes that were carried by hand.
    Import {
        /// Envelopes, one on a line.
        file: PathBuf,
        /// Where this house serves.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        to: String,
    },
}

fn said(fault: Fault) -> Failure {
    Failure::Fault(fault.to_string())
}

fn opened(data: &Path) -> Result<Arc<Store>, Failure> {
    let path = data.join("fondaco.db");
    if !path.exists() {
        return Err(Failure::Usage(format!("{} is not the folder of a house", data.display())));
    }
    Store::open(&path, Sync::Full).map_err(said)
}

fn named(store: &Store, name: &str) -> Result<Partner, Failure> {
    let mut all = partners(store).map_err(said)?.into_iter();
    all.find(|p| p.name == name)
        .ok_or_else(|| Failure::Usage(format!("the house has no neighbour {name}")))
}

/// The keys of a JWK or a set of them, each as a text.
fn jwks(text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    match value["keys"].as_array() {
        Some(all) => all.iter().map(Value::to_string).collect(),
        None => vec![text.trim().to_owned()],
    }
}

/// Statements of next keys: one on a line, or those of a set of keys.
fn statements(text: &str) -> Vec<String> {
    let of_set = serde_json::from_str::<Value>(text).ok();
    match of_set.as_ref().and_then(|set| set["succession"].as_array()) {
        Some(all) => all.iter().filter_map(|s| Some(s.as_str()?.to_owned())).collect(),
        None => text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect(),
    }
}

/// Takes in the next key of a neighbour, where one of its keys that counts announced it; whether it is
/// new. The key that did goes on counting for so many days beside it.
fn take_next(
    store: &Store,
    partner: &mut Partner,
    statement: &str,
    both: i32,
) -> Result<bool, Failure> {
    let name = partner.name.clone();
    let wrong = |why: &str| Failure::Usage(format!("{name} did not announce this key: {why}"));
    let kid = envelope::kid(statement).ok_or_else(|| wrong("not a signed statement"))?;
    let by = partner.keys.iter().find(|k| k.kid == kid).cloned();
    let by = by.ok_or_else(|| wrong("no key of it signed it"))?;
    let next: Next =
        receipt::stated(statement, NEXT, &by.key).map_err(|e| wrong(&e.to_string()))?;
    let kid = next.kid().ok_or_else(|| wrong("it is no key"))?;
    let from: Day = next.from.parse().map_err(|_| wrong("its day is none"))?;
    if next.house != partner.house {
        return Err(wrong("it is of another house"));
    }
    if partner.keys.iter().any(|k| k.kid == kid) {
        return Ok(false);
    }
    // What ended announces nothing any more: it may have ended because somebody has it.
    let today = today();
    if !by.until.is_empty() && *by.until <= *today.to_string() {
        return Err(wrong("the key that signed it no longer counts"));
    }
    if partners(store).map_err(said)?.iter().any(|p| p.keys.iter().any(|k| k.kid == kid)) {
        return Err(wrong("it is a key of another neighbour"));
    }
    // Of a key that is taken in late, envelopes by the old one may still be under way.
    let begins = from.max(today);
    let until =
        Day::from_number(begins.number() + both.clamp(0, 3_650)).unwrap_or(begins).to_string();
    // Of the neighbour as it stands: more may have been said of it since the old key was.
    let by =
        PartnerKey { countries: partner.countries.join(" "), pack: partner.pack.clone(), ..by };
    let new = PartnerKey {
        kid: kid.clone(),
        key: next.key.to_string(),
        from: from.to_string(),
        until: String::new(),
        at: now(),
        ..by.clone()
    };
    // The end of the old one is said with the next: one that ends sooner stays with its end.
    let sooner = !by.until.is_empty() && by.until < until;
    let old = PartnerKey { until: if sooner { by.until.clone() } else { until }, at: now(), ..by };
    println!("{name}: key {kid} from {}, {} until {}", new.from, old.kid, old.until);
    for said_of in [old, new] {
        store.say_of_partner(&said_of).map_err(said)?;
        partner.keys.retain(|k| k.kid != said_of.kid);
        partner.keys.push(said_of);
    }
    Ok(true)
}

/// `fondaco partner`.
pub(crate) fn partner(args: &PartnerArgs) -> Result<Exit, Failure> {
    match &args.what {
        PartnerCommand::Add { name, data, key, house, countries, pack, ours, from, until } => {
            let store = opened(data)?;
            let text = std::fs::read_to_string(key)
                .map_err(|e| Failure::Usage(format!("{}: {e}", key.display())))?;
            let all = jwks(&text);
            let not_one = || Failure::Usage(format!("{}: not one public key", key.display()));
            let kids = receipt::kids(&text).map_err(|_| not_one())?;
            let (Some(kid), true) = (kids.first(), kids.len() == all.len()) else {
                return Err(not_one());
            };
            let fit = |t: &str| {
                !t.is_empty()
                    && t.len() <= 70
                    && t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            };
            if !fit(name) || !fit(pack) || house.as_deref().is_some_and(|h| !fit(h)) {
                let wanted = "names have Latin letters, digits, - and _, at most 70";
                return Err(Failure::Usage(wanted.to_owned()));
            }
            let two = |c: &String| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase());
            if !countries.iter().chain(ours).all(two) {
                return Err(Failure::Usage("countries are two capital letters each".to_owned()));
            }
            if kids.len() > 1 && (from.is_some() || until.is_some()) {
                let one = "--from and --until are said of one key, not of a set";
                return Err(Failure::Usage(one.to_owned()));
            }
            let own = std::fs::read_to_string(data.join("receipt.jwk")).unwrap_or_default();
            if receipt::kids(&own).is_ok_and(|own| own.iter().any(|k| kids.contains(k))) {
                return Err(Failure::Usage("this is the key of this house itself".to_owned()));
            }
            let known = partners(&store).map_err(said)?;
            let taken = known
                .iter()
                .find(|p| p.name != *name && p.keys.iter().any(|k| kids.contains(&k.kid)));
            if let Some(other) = taken {
                return Err(Failure::Usage(format!("the key is one of {}", other.name)));
            }
            let before = known.iter().find(|p| p.name == *name);
            let house = house.clone().or_else(|| before.map(|p| p.house.clone()));
            let house = house.unwrap_or_else(|| kid.clone());
            if before.is_some_and(|p| p.house != house) {
                let same = "a house keeps its id; another house is another neighbour";
                return Err(Failure::Usage(same.to_owned()));
            }
            let at = now();
            for (kid, key) in kids.iter().zip(&all) {
                // Who says something else of the neighbour revives no key that was ended.
                let had = before.and_then(|p| p.keys.iter().find(|k| k.kid == *kid));
                let had_from = || had.map(|k| k.from.clone());
                let had_until = || had.map(|k| k.until.clone());
                let from = from.map(|day| day.to_string()).or_else(had_from);
                let until = until.map(|day| day.to_string()).or_else(had_until);
                let said_of = PartnerKey {
                    name: name.clone(),
                    house: house.clone(),
                    kid: kid.clone(),
                    key: key.clone(),
                    countries: countries.join(" "),
                    pack: pack.clone(),
                    from: from.unwrap_or_else(|| today().to_string()),
                    until: until.unwrap_or_default(),
                    at: at.clone(),
                };
                store.say_of_partner(&said_of).map_err(said)?;
                let until = match &*said_of.until {
                    "" => String::new(),
                    day => format!(" until {day}"),
                };
                println!("{name}: house {house}, key {kid} from {}{until}", said_of.from);
            }
            if !ours.is_empty() {
                store.say_ours(name, &ours.join(" "), &at).map_err(said)?;
            }
            Ok(Exit::Fine)
        }
        PartnerCommand::Key { name, data, file, both } => {
            let store = opened(data)?;
            let text = std::fs::read_to_string(file)
                .map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
            let mut known = named(&store, name)?;
            let mut new = 0;
            for statement in statements(&text) {
                new += usize::from(take_next(&store, &mut known, &statement, *both)?);
            }
            if new == 0 {
                println!("nothing new of {name}");
            }
            Ok(Exit::Fine)
        }
        PartnerCommand::List { data, json } => {
            let store = opened(data)?;
            let imports = store.stuck("").map_err(said)?.len();
            for partner in partners(&store).map_err(said)? {
                let made = store.last_made(&partner.name).map_err(said)?;
                let taken = store.last_taken(&partner.name).map_err(said)?;
                let aside = store.put_aside(&partner.name).map_err(said)?;
                let stuck = store.stuck(&partner.name).map_err(said)?.len();
                if *json {
                    let key =
                        |k: &PartnerKey| json!({"kid": k.kid, "from": k.from, "until": k.until});
                    let keys: Vec<Value> = partner.keys.iter().map(key).collect();
                    println!(
                        "{}",
                        json!({
                            "name": partner.name, "house": partner.house, "pack": partner.pack,
                            "countries": partner.countries, "keys": keys, "sent": made, "taken": taken,
                            "aside": aside, "ours": partner.ours, "stuck": stuck,
                            "imports_stuck": imports,
                        })
                    );
                    continue;
                }
                let passed = match stuck {
                    0 => String::new(),
                    some => format!(", {some} not told for they cannot be read"),
                };
                println!(
                    "{}  {}  {}  sent {made}, taken {taken}, of these put aside {aside}{passed}",
                    partner.name,
                    partner.pack,
                    partner.countries.join(",")
                );
                for key in &partner.keys {
                    println!("  {} from {} {}", key.kid, key.from, key.until);
                }
            }
            if imports > 0 && !*json {
                println!(
                    "{imports} declarations cannot be read: which exports they name is not known"
                );
            }
            Ok(Exit::Fine)
        }
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

fn answer(
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<(u16, Value), Failure> {
    let mut response = response.map_err(|e| Failure::Fault(e.to_string()))?;
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(256 << 20).read_to_string();
    let text = text.map_err(|e| Failure::Fault(e.to_string()))?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

fn path(house: &str) -> String {
    format!("{}/v1/exchange/envelopes", house.trim_end_matches('/'))
}

fn hand_over(agent: &ureq::Agent, house: &str, jws: &str) -> Result<(u16, Value), Failure> {
    let request = agent.post(path(house)).header("Content-Type", "application/jose");
    answer(request.send(jws.as_bytes()))
}

/// What became of an envelope that was handed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    /// It is there.
    Taken,
    /// It took its number and is put aside; the next may come.
    Aside,
    /// It is not there.
    Refused,
}

/// Says what became of an envelope.
fn told(status: u16, said: &Value) -> Became {
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let number = &said["sequence"];
    match status {
        201 => println!("{number} taken: {}", text("mrn")),
        200 => println!("{number} was there: {}", text("mrn")),
        422 if text("type") == "/problems/envelope-aside" => {
            println!("{number} put aside: {} {}", text("why"), text("field"));
            return Became::Aside;
        }
        _ => println!("not taken: {} {} {}", text("title"), text("why"), text("field")),
    }
    if matches!(status, 200 | 201) { Became::Taken } else { Became::Refused }
}

/// Hands over envelopes in turn until one is refused; whether all are there, and what became of the
/// last.
fn hand_over_all<'a>(
    agent: &ureq::Agent,
    house: &str,
    all: impl Iterator<Item = &'a str>,
) -> Result<(bool, Became), Failure> {
    let mut fine = true;
    for jws in all {
        let (status, said) = hand_over(agent, house, jws)?;
        match told(status, &said) {
            Became::Taken => {}
            Became::Aside => fine = false,
            Became::Refused => return Ok((false, Became::Refused)),
        }
    }
    Ok((fine, Became::Taken))
}

/// `fondaco exchange`.
pub(crate) fn exchange(args: &ExchangeArgs) -> Result<Exit, Failure> {
    let agent = agent();
    let fine = match &args.what {
        ExchangeCommand::Pull { partner, data, from, to } => pull(&agent, partner, data, from, to)?,
        ExchangeCommand::Push { partner, data, to } => push(&agent, partner, data, to)?,
        ExchangeCommand::Export { partner, data, after } => {
            let store = opened(data)?;
            let partner = named(&store, partner)?;
            let mut out = std::io::stdout().lock();
            let mut after = *after;
            loop {
                let some = store.envelopes(&partner.name, after, 100).map_err(said)?;
                let Some(last) = some.last() else { break };
                after = last.sequence;
                for kept in &some {
                    let line = [kept.jws.as_slice(), b"\n"].concat();
                    if !written(out.write_all(&line))? {
                        return Ok(Exit::Fine);
                    }
                }
            }
            true
        }
        ExchangeCommand::Import { file, to } => {
            let text = std::fs::read_to_string(file)
                .map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
            hand_over_all(&agent, to, text.lines().filter(|line| !line.trim().is_empty()))?.0
        }
    };
    Ok(if fine { Exit::Fine } else { Exit::Returned })
}

fn pull(
    agent: &ureq::Agent,
    partner: &str,
    data: &Path,
    from: &str,
    to: &str,
) -> Result<bool, Failure> {
    let store = opened(data)?;
    let partner = named(&store, partner)?;
    let keys = Keys::open(data)?;
    let mut fine = true;
    loop {
        let after = store.last_taken(&partner.name).map_err(said)?;
        let statement = pull_statement(&keys, &partner.house);
        let url = format!("{}?partner={}&after={after}", path(from), keys.id());
        let request = agent.get(url).header("Authorization", format!("Bearer {statement}"));
        let (status, page) = answer(request.call())?;
        if status != 200 {
            let title = page["title"].as_str().unwrap_or_default();
            return Err(Failure::Fault(format!("{from} answers {status}: {title}")));
        }
        let envelopes = page["envelopes"].as_array().cloned().unwrap_or_default();
        let texts: Vec<&str> = envelopes.iter().filter_map(|e| e["jws"].as_str()).collect();
        if texts.is_empty() {
            return Ok(fine);
        }
        let (all, became) = hand_over_all(agent, to, texts.into_iter())?;
        fine &= all;
        if became == Became::Refused {
            return Ok(false);
        }
    }
}

fn push(agent: &ureq::Agent, partner: &str, data: &Path, to: &str) -> Result<bool, Failure> {
    let store = opened(data)?;
    let partner = named(&store, partner)?;
    let last = store.last_made(&partner.name).map_err(said)?;
    // The neighbour says itself which one it wants; the last is offered first.
    let mut next = last;
    let (mut asked, mut fine) = (false, true);
    while next > 0 && next <= last {
        let some = store.envelopes(&partner.name, next - 1, 1).map_err(said)?;
        let Some(kept) = some.first() else { break };
        let text = String::from_utf8_lossy(&kept.jws).into_owned();
        let (status, page) = hand_over(agent, to, &text)?;
        if let Some(wanted) = page["wanted"].as_i64().filter(|_| status == 409 && !asked) {
            asked = true;
            next = wanted;
            continue;
        }
        match told(status, &page) {
            Became::Taken => {}
            Became::Aside => fine = false,
            Became::Refused => return Ok(false),
        }
        next += 1;
    }
    Ok(fine)
}
