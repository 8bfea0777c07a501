//! Running other programs and saying so.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs a program in the root of the repository; its output is shown.
pub(crate) fn run<S: AsRef<OsStr>>(root: &Path, program: &str, args: &[S]) -> Result<(), String> {
    let shown: Vec<String> =
        args.iter().map(|a| a.as_ref().to_string_lossy().into_owned()).collect();
    println!("$ {program} {}", shown.join(" "));
    let status = Command::new(program)
        .args(args)
        .current_dir(root)
        // A build of fewer packs is for the bench of one developer, never for the suites.
        .env_remove("FONDACO_PACKS")
        .status()
        .map_err(|e| format!("{program}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {}: {status}", shown.join(" "))) }
}

/// Where cargo builds: below `target`, or wherever `CARGO_TARGET_DIR` or a configuration says.
pub(crate) fn target(root: &Path) -> Result<PathBuf, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let said = || format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    metadata["target_directory"].as_str().map(PathBuf::from).ok_or_else(said)
}

/// The program, as built for release.
pub(crate) fn binary(root: &Path) -> Result<PathBuf, String> {
    let name = format!("fondaco{}", std::env::consts::EXE_SUFFIX);
    Ok(target(root)?.join("release").join(name))
}

/// Whether a program can be started at all.
pub(crate) fn has(program: &str, version: &str) -> bool {
    Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Installs Debian packages where that is possible; says what it skipped where it is not.
pub(crate) fn apt(packages: &[&str], wanted_for: &str) -> bool {
    let quiet = |args: &[&str]| {
        Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(packages);
    println!("installing {} for {wanted_for}", packages.join(" "));
    if quiet(&install) || (quiet(&["update"]) && quiet(&install)) {
        return true;
    }
    println!("skipped: {wanted_for}: could not install {}", packages.join(" "));
    false
}

/// Installs a Python program into `target/python` where that is possible; says what it skipped where it is not.
pub(crate) fn pip(root: &Path, package: &str, wanted_for: &str) -> Result<bool, String> {
    let home = target(root)?.join("python");
    let quiet = |program: &Path, args: &[&OsStr]| {
        Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    };
    println!("installing {package} for {wanted_for}");
    let make = ["-m".as_ref(), "venv".as_ref(), home.as_os_str()];
    let install = ["install".as_ref(), "--quiet".as_ref(), package.as_ref()];
    if quiet(Path::new("python3"), &make) && quiet(&home.join("bin/pip"), &install) {
        return Ok(true);
    }
    println!("skipped: {wanted_for}: could not install {package}");
    Ok(false)
}
