//! The suites: fast ones under a quarter of an hour, slow ones apart.

use std::path::Path;

use crate::run::{apt, binary, has, pip, run};

/// The fast suites.
pub(crate) fn test(root: &Path) -> Result<(), String> {
    if !has("xmllint", "--version") {
        apt(&["libxml2-utils"], "comparing verdicts with libxml2");
    }
    crate::house::data(root)?;
    crate::house::tidy(root)?;
    run(root, "cargo", &["fmt", "--all", "--check"])?;
    run(root, "cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    // Slow tests are no target of a plain run (`test = false`): only named are they looked at.
    let slow = ["clippy", "--package", "fondaco", "--package", "fondaco-server", "--test", "slow"];
    run(root, "cargo", &[&slow[..], &["--", "-D", "warnings"]].concat())?;
    if has("cargo-deny", "--version") {
        run(root, "cargo", &["deny", "check", "licenses", "bans", "sources"])?;
    } else {
        println!("skipped: cargo deny: not installed (cargo install cargo-deny)");
    }
    if has("cargo-nextest", "--version") {
        run(root, "cargo", &["nextest", "run", "--workspace", "--no-fail-fast"])?;
        run(root, "cargo", &["test", "--workspace", "--doc", "--quiet"])
    } else {
        println!("cargo-nextest is not installed: using cargo test");
        run(root, "cargo", &["test", "--workspace"])
    }
}

/// The slow suites.
pub(crate) fn ci(root: &Path) -> Result<(), String> {
    if !Path::new("/usr/lib/postgresql/15/bin/pgbench").exists() {
        apt(&["postgresql-15"], "committing the same rows in PostgreSQL");
    }
    if !Path::new("/usr/bin/chromium").exists() {
        apt(&["chromium", "fonts-noto-cjk"], "looking at the pages in a real browser");
    }
    pip(root, "schemathesis==4.32.5", "asking the API what its description allows and what not")?;
    run(root, "cargo", &["build", "--release", "--workspace"])?;
    for package in ["fondaco", "fondaco-server"] {
        let slow = ["test", "--release", "--package", package, "--test", "slow"];
        run(root, "cargo", &[&slow[..], &["--", "--nocapture"]].concat())?;
    }
    crate::demo::run(root, true, 0)
}

/// The benchmarks.
pub(crate) fn bench(root: &Path) -> Result<(), String> {
    if !Path::new("/usr/lib/postgresql/15/bin/pgbench").exists() {
        apt(&["postgresql-15"], "committing the same rows in PostgreSQL");
    }
    if !has("xmllint", "--version") {
        apt(&["libxml2-utils"], "parsing and validating with libxml2");
    }
    run(root, "cargo", &["build", "--release", "--package", "fondaco-server"])?;
    let binary = binary(root)?;
    let binary = binary.to_string_lossy();
    let measures = root.join("../shared/data/cds-dms/dev/MEASURES.csv");
    let mut args = vec!["bench", "walk"];
    let shown = measures.to_string_lossy();
    if measures.exists() {
        args.extend(["--measures", &shown]);
    }
    run(root, &binary, &args)?;
    run(root, &binary, &["bench", "law"])?;
    run(root, &binary, &["bench", "books"])?;
    crate::demo::cold(root)
}
