//! `fondaco explain`: what changed for goods between two days, and which act changed it.

use std::io::{BufWriter, Write};

use fondaco::day::Day;
use fondaco::finder::{answer, changes};
use fondaco::finding::Language;
use fondaco_wire::change::ChangesView;

use crate::assess::load_pack;
use crate::cli::{self, Exit, Failure};
use crate::finder::Ask;

/// What is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The pack: its id, a bundle file or a folder of pack files.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// The commodity code.
    #[arg(long)]
    code: String,
    /// The first of the two days, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    since: Day,
    /// The second of the two days, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    until: Day,
    #[command(flatten)]
    ask: Ask,
    /// JSON instead of text.
    #[arg(long)]
    json: bool,
    /// Language of the text: en, zh or ru.
    #[arg(long, default_value = "en", value_parser = ["en", "zh", "ru"])]
    language: String,
}

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let (question, on) = args.ask.read(&args.code).map_err(|e| Failure::Usage(e.to_string()))?;
    if on.is_some() {
        return Err(Failure::Usage("--on: want --since and --until".into()));
    }
    let span = (args.since, args.until);
    if span.0 > span.1 {
        return Err(Failure::Usage(format!("{} is after {}", span.0, span.1)));
    }
    let language = Language::from_tag(&args.language).unwrap_or(Language::En);
    let pack = load_pack(&args.pack, None, None)?;
    let asked = question.declaration(&pack.profile);
    let found = changes(&asked, &pack, span.0, span.1);
    let told = answer(&asked, pack.on(span.1));
    let view = ChangesView::of(&question, &found, &pack, span, &told);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = if args.json {
        serde_json::to_writer(&mut out, &view)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
    } else {
        view.changes.iter().try_for_each(|c| writeln!(out, "{}", c.text.get(language)))
    };
    cli::written(written.and_then(|()| out.flush()))?;
    if view.changes.is_empty() && !args.json {
        eprintln!("fondaco: nothing changed after {} and until {}", span.0, span.1);
    }
    for unknown in &view.unknown {
        eprintln!("fondaco: on {}: {unknown}", span.1);
    }
    Ok(if told.no_such_line { Exit::Returned } else { Exit::Fine })
}
