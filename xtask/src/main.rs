//! `cargo xtask`: what is done to the house, in Rust.
#![allow(clippy::print_stdout, reason = "a tool talks")]

mod corpus;
mod demo;
mod house;
mod pay;
mod run;
mod suites;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, try, test and measure Fondaco")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build, load the packs, file the declarations, serve the window, say where to look.
    Demo {
        /// Stop after the summary.
        #[arg(long)]
        once: bool,
        /// Port of the window; 0 takes a free one.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Check and compile the data packs; print each bundle's digest.
    Data,
    /// Write the corpus of declarations again.
    Corpus,
    /// Generate what is generated: docs/findings.md, the JSON Schema.
    Generate {
        /// Only say whether something would change.
        #[arg(long)]
        check: bool,
    },
    /// The rules of the house: order of modules, country names, lengths.
    Tidy,
    /// The fast suites.
    Test,
    /// The slow suites: real kills, PostgreSQL, libxml2, the browser.
    Ci,
    /// The benchmarks, each beside its peer.
    Bench,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

fn main() -> ExitCode {
    let root = root();
    let result = match Cli::parse().command {
        Command::Demo { once, port } => demo::run(&root, once, port),
        Command::Data => house::data(&root),
        Command::Corpus => corpus::run(&root),
        Command::Generate { check } => house::generate(&root, check),
        Command::Tidy => house::tidy(&root),
        Command::Test => suites::test(&root),
        Command::Ci => suites::ci(&root),
        Command::Bench => suites::bench(&root),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
