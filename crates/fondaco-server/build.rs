//! Compiles the data packs into the program, so that one file is all there is to install.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a build may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/packs");
    println!("cargo::rerun-if-changed={}", root.display());
    let out = std::env::var("OUT_DIR").unwrap();
    let mut index = String::from("pub(crate) static BUNDLES: &[(&str, &[u8])] = &[\n");
    // Fewer packs, for quick builds while one is being written.
    println!("cargo::rerun-if-env-changed=FONDACO_PACKS");
    let only = std::env::var("FONDACO_PACKS").ok();
    for (id, dir) in fondaco_wire::pack::folder::packs(&root).unwrap() {
        if only.as_ref().is_some_and(|only| !only.split(',').any(|o| o == id)) {
            continue;
        }
        let files: BTreeMap<String, Vec<u8>> =
            fondaco_wire::pack::folder::read(&root.join("common"), &dir).unwrap();
        match fondaco_wire::pack::compile(files) {
            Ok(bundle) => {
                let file = format!("{id}.pack");
                fs::write(Path::new(&out).join(&file), bundle).unwrap();
                index.push_str(&format!(
                    "    ({id:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))),\n"
                ));
            }
            Err(problems) => {
                let all: Vec<String> =
                    problems.iter().take(20).map(|p| format!("data/packs/{id}/{p}")).collect();
                panic!("{} problem(s):\n{}", problems.len(), all.join("\n"));
            }
        }
    }
    index.push_str("];\n");
    fs::write(Path::new(&out).join("bundles.rs"), index).unwrap();
}
