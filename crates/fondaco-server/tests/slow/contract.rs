//! The API answers as its description says, to thousands of requests that fit it and that do not.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::{House, root};

/// Requests of an operation and phase.
const EXAMPLES: &str = "30";

fn post(caller: &Caller, path: &str, kind: &str, body: &str) -> Value {
    caller.taken(path, &format!("{path} {}", body.len()), kind, body.as_bytes()).unwrap()
}

#[test]
fn every_answer_is_as_described() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../python/bin/schemathesis");
    if !program.exists() {
        println!("skipped: schemathesis is not installed (cargo xtask ci installs it)");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let money = "holder = \"Customs\"\n[[account]]\nid = \"GB33BUKB20201555555555\"\n\
        currency = \"GBP\"\n";
    std::fs::write(dir.path().join("money.toml"), money).unwrap();
    std::fs::create_dir_all(dir.path().join("pack")).unwrap();
    let kinds = "document,issuer,name_en,name_zh,name_ru,operators,basis,from,until\n\
        N851,plants,Phytosanitary certificate,植物检疫证书,Фитосанитарный сертификат,,vata-1994,,\n";
    std::fs::write(dir.path().join("pack/lpcos-own.csv"), kinds).unwrap();
    let house = House::start(dir.path(), "gb");
    let caller = &Caller::new(&house.address);
    let at = &house.address;
    let mut mrn = String::new();
    for file in ["001-phones-felixstowe", "042-cashmere-heathrow", "035-prelodged"] {
        let path = root().join(format!("data/corpus/gb/{file}.xml"));
        let text = std::fs::read_to_string(path).unwrap();
        let filed = post(caller, "/v1/declarations", "application/xml", &text);
        mrn = filed["mrn"].as_str().unwrap().to_owned();
    }
    let terms = json!({"lines": [{"codes": ["8517"], "quantity": "9", "unit": "KGM"}]});
    let issue = json!({"kind": "N851", "number": "PC-1", "issuer": "plants", "by": "p",
        "terms": terms});
    post(caller, "/v1/lpcos", "application/json", &issue.to_string());
    // Nobody is there: what is told to it is tried again later.
    let hook = json!({"by": "b", "url": "https://receiver.example/hook"});
    let hook = post(caller, "/v1/webhooks", "application/json", &hook.to_string());
    let hook = hook["id"].as_str().unwrap();
    // A body or a key may be refused for what no schema says; nothing else may.
    let settings = format!(
        "[checks]\npositive_data_acceptance.expected-statuses = \
         [\"2xx\", \"400\", \"401\", \"404\", \"409\", \"415\", \"422\"]\n\
         [parameters]\n\"path.mrn\" = \"{mrn}\"\n\"path.number\" = \"PC-1\"\n\
         [[operations]]\ninclude-path-regex = \"^/v1/webhooks\"\n\
         parameters = {{ \"path.id\" = \"{hook}\" }}\n"
    );
    let config = dir.path().join("schemathesis.toml");
    std::fs::write(&config, settings).unwrap();
    let output = Command::new(program)
        .arg("--config-file")
        .arg(&config)
        .args(["run", &format!("{at}/openapi.json"), "--max-examples", EXAMPLES, "--seed", "1"])
        // A stream does not end; an envelope is a signature that no generator makes.
        .args([
            "--exclude-path",
            "/v1/events/stream",
            "--exclude-operation-id",
            "post_exchange_envelopes",
        ])
        .args(["--continue-on-failure", "--workers", "1", "--no-color"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let count = said.lines().find(|line| line.contains("generated,")).unwrap_or_default();
    println!("schemathesis: {}", count.trim());
}
