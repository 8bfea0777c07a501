//! `fondaco explain`, and what it shares with `GET /v1/explain` and its page: what changed for goods between two days, and which act changed it.

use std::io::{BufWriter, Write};

use fondaco::day::Day;
use fondaco::finder::{Question, answer, changes};
use fondaco::finding::Language;
use fondaco::reference::Pack;
use fondaco_wire::change::ChangesView;

use crate::assess::load_pack;
use crate::cli::{self, Exit, Failure};
use crate::finder::{Ask, Unread};

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

/// What changed between two days by a pack.
fn between(question: &Question, pack: &Pack, span: (Day, Day)) -> ChangesView {
    let asked = question.declaration(&pack.profile);
    let found = changes(&asked, pack, span.0, span.1);
    let told = answer(&asked, pack.on(span.1));
    ChangesView::of(question, &found, pack, span, &told)
}

/// The same, of a question as it comes in.
///
/// # Errors
/// [`Unread`]: the first part of the question that cannot be read.
pub(crate) fn changed(
    ask: &Ask,
    code: &str,
    since: &str,
    until: &str,
    pack: &Pack,
) -> Result<ChangesView, Unread> {
    let (question, on) = ask.read(code)?;
    if let Some(on) = on {
        return Err(Unread::new("on", &on.to_string(), "since and until"));
    }
    let day = |parameter, text: &str| {
        text.parse::<Day>().map_err(|_| Unread::new(parameter, text, "a day as YYYY-MM-DD"))
    };
    let span = (day("since", since)?, day("until", until)?);
    if span.0 > span.1 {
        return Err(Unread::new("until", until, "a day that is not before since"));
    }
    Ok(between(&question, pack, span))
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
    let view = between(&question, &pack, span);
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
    Ok(if view.unknown.iter().any(|u| u == "no-line") { Exit::Returned } else { Exit::Fine })
}
