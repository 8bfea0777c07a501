//! `fondaco`: the one binary of the house.

mod assess;
mod cli;
mod consider;
mod import;
mod packs;

use clap::{Parser, Subcommand};

use crate::cli::{Exit, Failure};

/// A cross-border trade single window: file, check, assess, decide, replay.
#[derive(Parser)]
#[command(name = "fondaco", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check declarations: everything that is wrong, with where and how to mend it.
    Check(assess::AssessArgs),
    /// Assess declarations: findings, duties and taxes, requirements, lane, with no server.
    Assess(assess::AssessArgs),
    /// Turn official files into rows of a data pack.
    Import(import::ImportArgs),
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result: Result<u8, Failure> = match cli.command {
        Command::Check(args) => assess::run(&args, false).map(|e: Exit| e as u8),
        Command::Assess(args) => assess::run(&args, true).map(|e: Exit| e as u8),
        Command::Import(args) => Ok(import::run(args)),
    };
    match result {
        Ok(code) => code.into(),
        Err(failure) => {
            eprintln!("fondaco: {failure}");
            failure.code().into()
        }
    }
}
