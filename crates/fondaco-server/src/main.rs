//! `fondaco`: the one binary of the house.

mod act;
mod arrival;
mod assess;
mod bench;
mod classify;
mod cli;
mod consider;
mod exchange;
mod determine;
mod explain;
mod file;
mod finder;
mod house;
mod inspect;
mod http;
mod import;
mod keys;
mod law;
mod leaving;
mod look;
mod money;
mod lpco;
mod origin;
mod packs;
mod replay;
#[cfg(test)]
mod scripts;
mod serve;
mod store;
mod tasks;
mod timers;
mod tell;
mod undone;
mod upgrade;

use clap::{Parser, Subcommand};

use crate::cli::{Exit, Failure};

/// A filing is made by one thread and written and freed by another, which the system's allocator makes
/// wait for each other: ADR 23.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Find what goods will have to pay and show, before they are shipped.
    Requirements(finder::FinderArgs),
    /// List the rules of origin of a scheme for a code, or hold a production against them.
    Origin(origin::OriginArgs),
    /// Look for the code of goods in Chinese, Russian or English; vague words get a question back.
    Classify(classify::ClassifyArgs),
    /// Explain what changed for goods between two days, and by which act.
    Explain(explain::ExplainArgs),
    /// Serve the house: API, pages, store.
    Serve(serve::ServeArgs),
    /// File a folder of declarations to a house; goes on where it was cut off.
    File(file::FileArgs),
    /// Show a filing of a house.
    Show(look::LookArgs),
    /// Form the stored opinion again: the same byte for byte, or what differs.
    Replay(look::LookArgs),
    /// Verify a receipt, offline.
    Verify(look::VerifyArgs),
    /// Propose and approve the law of a house.
    Law(law::commands::LawArgs),
    /// Take in who may propose and approve it.
    Person(law::commands::PersonArgs),
    /// Take in a neighbour's house, by its public key.
    Partner(exchange::commands::PartnerArgs),
    /// Make and announce the next key the house signs with.
    Key(keys::KeyArgs),
    /// Carry envelopes of exports to and from a neighbour's house.
    Exchange(exchange::commands::ExchangeArgs),
    /// Measure: the whole walk beside what others do of it.
    Bench(bench::BenchArgs),
    /// Turn official files into rows of a data pack.
    Import(import::ImportArgs),
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result: Result<u8, Failure> = match cli.command {
        Command::Check(args) => assess::run(&args, false).map(|e: Exit| e as u8),
        Command::Assess(args) => assess::run(&args, true).map(|e: Exit| e as u8),
        Command::Origin(args) => origin::run(&args).map(|e| e as u8),
        Command::Classify(args) => classify::run(&args).map(|e| e as u8),
        Command::Explain(args) => explain::run(&args).map(|e| e as u8),
        Command::Requirements(args) => finder::run(&args).map(|e| e as u8),
        Command::Serve(args) => serve::run(&args).map(|e| e as u8),
        Command::File(args) => file::run(&args).map(|e| e as u8),
        Command::Show(args) => look::show(&args).map(|e| e as u8),
        Command::Replay(args) => look::replay(&args).map(|e| e as u8),
        Command::Verify(args) => look::verify(&args).map(|e| e as u8),
        Command::Law(args) => law::commands::law(&args).map(|e| e as u8),
        Command::Person(args) => law::commands::person(&args).map(|e| e as u8),
        Command::Partner(args) => exchange::commands::partner(&args).map(|e| e as u8),
        Command::Key(args) => keys::key(&args).map(|e| e as u8),
        Command::Exchange(args) => exchange::commands::exchange(&args).map(|e| e as u8),
        Command::Bench(args) => bench::run(&args).map(|e| e as u8),
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
