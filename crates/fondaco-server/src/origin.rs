//! `fondaco origin`: the rules of origin of a scheme for a code, and what they say of a production.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use fondaco::finding::Language;
use fondaco_wire::origin::{SchemeView, SetView, outcome, production};

use crate::assess::load_pack;
use crate::cli::{self, Exit, Failure, today};
use crate::finder::code;

/// The rules of a scheme for a code.
#[derive(Debug, clap::Args)]
pub(crate) struct OriginArgs {
    /// The pack: its id, a bundle file or a folder of pack files.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// The scheme, as `fondaco requirements` names it.
    #[arg(long)]
    scheme: String,
    /// The commodity code, or its beginning.
    #[arg(long)]
    code: String,
    /// The day whose law applies, YYYY-MM-DD; today where not told.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// How the goods were made, as JSON (docs/origin.md); - is standard input.
    #[arg(long, value_name = "FILE")]
    production: Option<PathBuf>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Language of the text: en, zh or ru.
    #[arg(long, default_value = "en", value_parser = ["en", "zh", "ru"])]
    language: String,
}

/// Runs the command; where a production is given and not every set of rules is met, the exit code is 1.
pub(crate) fn run(args: &OriginArgs) -> Result<Exit, Failure> {
    let usage = |e: String| Failure::Usage(e);
    let language = Language::from_tag(&args.language).unwrap_or(Language::En);
    let asked = code(&args.code)
        .ok_or_else(|| usage(format!("code “{}”: want digits of a commodity code", args.code)))?;
    let day = match &args.on {
        None => today(),
        Some(on) => {
            on.parse().map_err(|_| usage(format!("on “{on}”: want a day as YYYY-MM-DD")))?
        }
    };
    let made = match &args.production {
        None => None,
        Some(path) => {
            let text = if path.as_os_str() == "-" {
                std::io::read_to_string(std::io::stdin().lock())
            } else {
                std::fs::read_to_string(path)
            };
            let text = text.map_err(|e| usage(format!("{}: {e}", path.display())))?;
            let made = production(&asked, text.as_bytes());
            Some(made.map_err(|e| usage(format!("{}: {e}", path.display())))?)
        }
    };
    let pack = load_pack(&args.pack, None, None)?;
    let origins = &pack.origins;
    let Some(scheme) = origins.scheme(&args.scheme) else {
        let ids: Vec<&str> = origins.schemes.iter().map(|s| s.id.as_str()).collect();
        let wanted = if ids.is_empty() { "the pack holds none".into() } else { ids.join(", ") };
        return Err(usage(format!("there is no scheme “{}”: {wanted}", args.scheme)));
    };
    let mut view = SchemeView::plain(scheme, &pack);
    let sets = origins.rules.of(&scheme.id, &asked);
    view.rules = sets
        .map(|set| match &made {
            None => SetView::of(&set, origins),
            Some(made) => SetView::judged(&set, scheme, made, origins),
        })
        .collect();
    view.rules_unknown = view.rules.is_empty();
    let in_force = scheme.validity.covers(day);
    // Several sets may bear on a code; which is meant hangs on the goods. Only what all of them say
    // is certain.
    let first = view.rules.first().and_then(|set| set.outcome);
    let agreed = first.filter(|first| view.rules.iter().all(|set| set.outcome == Some(first)));
    let overall = made.as_ref().map(|_| agreed.unwrap_or("untold"));
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = if args.json {
        let told = serde_json::json!({
            "code": asked.as_str(),
            "on": day.to_string(),
            "in_force": in_force,
            "outcome": overall,
            "scheme": view,
            "pack": pack.id,
            "digest": pack.digest,
        });
        writeln!(out, "{told}")
    } else {
        show(&mut out, &view, (in_force, overall), language)
    };
    cli::written(written.and_then(|()| out.flush()))?;
    Ok(if made.is_some() && !(overall == Some("met") && in_force) {
        Exit::Returned
    } else {
        Exit::Fine
    })
}

fn show(
    out: &mut impl Write,
    view: &SchemeView,
    (in_force, overall): (bool, Option<&str>),
    language: Language,
) -> std::io::Result<()> {
    let word = |en: &'static str, zh: &'static str, ru: &'static str| match language {
        Language::En => en,
        Language::Zh => zh,
        Language::Ru => ru,
    };
    writeln!(out, "{}  {} [{} – {}]", view.scheme, view.title, view.from, view.until)?;
    writeln!(out, "  {}; {}", view.basis.title, view.basis.reference)?;
    if !in_force {
        let not = word("not in force on the day", "当日不适用", "в этот день не действует");
        writeln!(out, "  {not}")?;
    }
    if view.rules.is_empty() {
        let none = word("no rules held for the code", "未存该税号的规则", "правил для кода нет");
        writeln!(out, "  {none}")?;
    }
    for set in &view.rules {
        writeln!(out, "  {}  {}", set.heading, set.goods)?;
        for (n, rule) in set.rules.iter().enumerate() {
            let join = match (n, set.join) {
                (0, _) => "",
                (_, "any") => word("or ", "或 ", "или "),
                _ => word(
                    "(and or or: not said) ",
                    "（“和”或“或”：未载明）",
                    "(и или или: не сказано) ",
                ),
            };
            writeln!(out, "    {join}{}", rule.text.replace("\n\n", "\n      "))?;
            writeln!(out, "      = {}", rule.read)?;
            let Some(verdict) = &rule.verdict else { continue };
            writeln!(out, "      {}", outcome(verdict.outcome).get(language))?;
            for step in &verdict.steps {
                let indent = step.depth.saturating_mul(2).saturating_add(8);
                writeln!(
                    out,
                    "{:indent$}{}: {}",
                    "",
                    step.test,
                    outcome(step.outcome).get(language)
                )?;
                for why in &step.why {
                    writeln!(out, "{:indent$}  {}", "", why.get(language))?;
                }
            }
            for (n, counted) in verdict.materials.iter().enumerate() {
                let as_word = word("material", "材料", "материал");
                writeln!(out, "        {as_word} {}: {counted}", n + 1)?;
            }
        }
        if let Some(told) = set.outcome {
            writeln!(out, "    => {}", outcome(told).get(language))?;
        }
    }
    if let (Some(told), true) = (overall, view.rules.len() > 1) {
        let sets = word("all sets together", "全部规则合计", "все наборы вместе");
        writeln!(out, "  {sets}: {}", outcome(told).get(language))?;
    }
    Ok(())
}
