//! `fondaco show`, `replay` and `verify`: looking at what was lodged.

use std::path::PathBuf;
use std::sync::Arc;

use fondaco_wire::receipt;
use serde_json::Value;

use crate::cli::{Exit, Failure};
use crate::replay;
use crate::store::{Filing, Store, Sync};

/// Which filing of which house.
#[derive(Debug, clap::Args)]
pub(crate) struct LookArgs {
    /// MRN or id.
    name: String,
    /// The folder of the house.
    #[arg(long)]
    data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn find(args: &LookArgs) -> Result<(Arc<Store>, Filing), Failure> {
    let path = args.data.join("fondaco.db");
    if !path.exists() {
        return Err(Failure::Usage(format!(
            "{} is not the folder of a house",
            args.data.display()
        )));
    }
    let fault = |e: crate::store::Fault| Failure::Fault(e.to_string());
    let store = Store::open(&path, Sync::Full).map_err(fault)?;
    let filing = store.filing(&args.name).map_err(fault)?;
    let filing = filing
        .ok_or_else(|| Failure::Usage(format!("the house has no declaration {}", args.name)))?;
    Ok((store, filing))
}

/// `fondaco show`.
pub(crate) fn show(args: &LookArgs) -> Result<Exit, Failure> {
    let (store, f) = find(args)?;
    let opinion: Value = serde_json::from_slice(&f.opinion).unwrap_or_default();
    let events = store.events(f.log(), 0, 1000).map_err(|e| Failure::Fault(e.to_string()))?;
    if args.json {
        let events: Vec<Value> = events
            .iter()
            .map(|e| serde_json::json!({"cursor": e.cursor, "event": e.event.name(), "at": e.at}))
            .collect();
        println!(
            "{}",
            serde_json::json!({
                "id": f.id, "mrn": f.mrn, "lrn": f.lrn, "declarant": f.declarant, "kind": f.kind,
                "outcome": f.outcome, "lane": f.lane, "lodged_at": f.at, "digest": f.digest,
                "receipt": f.receipt, "events": events, "opinion": opinion,
            })
        );
        return Ok(Exit::Fine);
    }
    println!("{}  {}  {}", if f.mrn.is_empty() { &f.id } else { &f.mrn }, f.kind, f.outcome);
    println!("  reference {}  declarant {}  lodged {}", f.lrn, f.declarant, f.at);
    if !f.lane.is_empty() {
        let total = if f.total.is_empty() { "unknown" } else { &f.total };
        println!("  lane {}  payable {total}", f.lane);
    }
    for finding in opinion["findings"].as_array().into_iter().flatten() {
        println!(
            "  {} {}  {}",
            finding["code"].as_str().unwrap_or_default(),
            finding["pointer"].as_str().unwrap_or_default(),
            finding["text"]["en"].as_str().unwrap_or_default()
        );
    }
    for event in events {
        println!("  {}  {}", event.at, event.event.name());
    }
    println!("  {}", f.digest);
    Ok(Exit::Fine)
}

/// Where two JSON texts differ, as pointers.
fn differences(at: &str, a: &Value, b: &Value, into: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let none = Value::Null;
                let (x, y) = (a.get(key).unwrap_or(&none), b.get(key).unwrap_or(&none));
                differences(&format!("{at}/{key}"), x, y, into);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (n, (x, y)) in a.iter().zip(b).enumerate() {
                differences(&format!("{at}/{n}"), x, y, into);
            }
        }
        (a, b) if a != b => into.push(format!("{at}: stored {a}, now {b}")),
        _ => {}
    }
}

/// `fondaco replay`.
pub(crate) fn replay(args: &LookArgs) -> Result<Exit, Failure> {
    let (store, filing) = find(args)?;
    let again = replay::replay(&args.data, &store, &filing).map_err(Failure::Fault)?;
    if again == filing.opinion {
        if args.json {
            println!("{{\"same\":true,\"bytes\":{}}}", again.len());
        } else {
            println!("{}: the same, byte for byte ({} bytes)", args.name, again.len());
        }
        return Ok(Exit::Fine);
    }
    let parse = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let mut all = Vec::new();
    differences("", &parse(&filing.opinion), &parse(&again), &mut all);
    if args.json {
        println!("{}", serde_json::json!({"same": false, "differences": all}));
    } else {
        println!("{}: {} difference(s)", args.name, all.len());
        for one in &all {
            println!("  {one}");
        }
    }
    Ok(Exit::Returned)
}

/// A receipt and what to hold it against.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The receipt: a file that holds it.
    receipt: PathBuf,
    /// The public key of the house: its receipt.jwk, or the set of /v1/keys.
    #[arg(long)]
    key: PathBuf,
    /// The message that was filed, to hold against the digest.
    #[arg(long)]
    message: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `fondaco verify`: offline, with nothing but the receipt and the key.
pub(crate) fn verify(args: &VerifyArgs) -> Result<Exit, Failure> {
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))
    };
    let text = |path: &PathBuf| {
        read(path).and_then(|b| {
            String::from_utf8(b).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))
        })
    };
    // An answer of the house holds the receipt under its name.
    let given = text(&args.receipt)?;
    let given = serde_json::from_str::<Value>(&given)
        .ok()
        .and_then(|v| v["receipt"].as_str().map(str::to_owned))
        .unwrap_or(given);
    let result = receipt::verify(&given, &text(&args.key)?);
    let message = args.message.as_ref().map(read).transpose()?;
    let (proven, why) = match &result {
        Err(e) => (false, e.to_string()),
        Ok(r) => match &message {
            Some(bytes) if receipt::digest(bytes) != r.digest => {
                (false, "the receipt is for another message".to_owned())
            }
            _ => (true, String::new()),
        },
    };
    if args.json {
        println!("{}", serde_json::json!({"proven": proven, "why": why, "receipt": result.ok()}));
    } else if proven {
        if let Ok(r) = &result {
            println!("proven: {} filed {} as {} ({})", r.lrn, r.lodged_at, r.mrn, r.outcome);
            println!("  {}", r.digest);
        }
    } else {
        println!("NOT PROVEN: {why}");
    }
    Ok(if proven { Exit::Fine } else { Exit::Returned })
}
