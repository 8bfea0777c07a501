//! `fondaco check` and `fondaco assess`: the opinion on files, with no server.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use fondaco::allotment::nothing_drawn;
use fondaco::day::Day;
use fondaco::finding::Language;
use fondaco::reference::Pack;
use fondaco_wire::report::Report;
use fondaco_wire::sentence;
use fondaco_wire::{pack, sniff};
use serde::Serialize;

use crate::cli::{self, Exit, Failure, today};
use crate::consider::{NO_DRAW, When, consider};
use crate::packs;

/// Files and the law to look at them by.
#[derive(Debug, clap::Args)]
pub(crate) struct AssessArgs {
    /// Declarations, XML or JSON; a folder stands for every file in it; - is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The pack: its id, a bundle file or a folder of pack files.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// The day whose law applies; by default the acceptance date stated, otherwise today.
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// Measures added for this run: code,direction,origin,regime,tax_type,rate,formula,unit,from,until,basis.
    #[arg(long, value_name = "CSV")]
    measures: Option<PathBuf>,
    /// Rates of exchange for this run: currency,per_unit,from,until,source.
    #[arg(long, value_name = "CSV")]
    rates: Option<PathBuf>,
    /// Explain each tax line in a sentence: what is charged, on which figures, by which act.
    #[arg(long)]
    explain: bool,
    /// One JSON object a file instead of text.
    #[arg(long)]
    json: bool,
    /// Language of the text: en, zh or ru.
    #[arg(long, default_value = "en", value_parser = ["en", "zh", "ru"])]
    language: String,
}

#[derive(Serialize)]
struct FileReport<'a> {
    file: &'a str,
    #[serde(flatten)]
    report: &'a Report,
}

/// Loads the pack with the rows of this run.
pub(crate) fn load_pack(
    name: &str,
    measures: Option<&Path>,
    rates: Option<&Path>,
) -> Result<Pack, Failure> {
    let (mut pack, _) = packs::load(name).map_err(Failure::Usage)?;
    let read = |path: Option<&Path>| -> Result<Option<(String, Vec<u8>)>, Failure> {
        path.map(|p| {
            let shown = p.display().to_string();
            std::fs::read(p)
                .map(|b| (shown.clone(), b))
                .map_err(|e| Failure::Usage(format!("{shown}: {e}")))
        })
        .transpose()
    };
    let (measures, rates) = (read(measures)?, read(rates)?);
    if measures.is_some() || rates.is_some() {
        let part = |x: &Option<(String, Vec<u8>)>| x.as_ref().map(|(n, b)| (n.clone(), b.clone()));
        let (m, r) = (part(&measures), part(&rates));
        pack::extend(
            &mut pack,
            m.as_ref().map(|(n, b)| (n.as_str(), b.as_slice())),
            r.as_ref().map(|(n, b)| (n.as_str(), b.as_slice())),
        )
        .map_err(|problems| {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Failure::Usage(all.join("\n"))
        })?;
    }
    Ok(pack)
}

/// Every file named, folders opened, in order.
pub(crate) fn expand(files: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for file in files {
        if file.is_dir() {
            let entries = std::fs::read_dir(file)
                .map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
            let mut inside: Vec<PathBuf> =
                entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
            inside.sort();
            let wanted = |p: &PathBuf| {
                p.is_dir()
                    || p.extension().is_some_and(|e| {
                        e.eq_ignore_ascii_case("xml") || e.eq_ignore_ascii_case("json")
                    })
            };
            inside.retain(wanted);
            all.extend(expand(&inside)?);
        } else {
            all.push(file.clone());
        }
    }
    Ok(all)
}

/// Runs either command; the text of `check` leaves the assessment out.
pub(crate) fn run(args: &AssessArgs, assess: bool) -> Result<Exit, Failure> {
    let pack = load_pack(&args.pack, args.measures.as_deref(), args.rates.as_deref())?;
    let language = Language::from_tag(&args.language).unwrap_or(Language::En);
    // Whoever assesses by the law of a day chose the law; whoever checks asks what filing then would find.
    let when = When { on: args.on, today: today(), window: args.on.is_some() && !assess };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut worst = Exit::Fine;
    let files = expand(&args.files)?;
    let bar = crate::cli::progress(
        files.len() as u64,
        files.len() > 50 && !args.json || files.len() > 500,
    );
    for file in &files {
        let shown = file.display().to_string();
        let bytes = if shown == "-" {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
                .map_err(|e| Failure::Fault(format!("standard input: {e}")))?;
            bytes
        } else {
            match std::fs::read(file) {
                Ok(bytes) => bytes,
                Err(e) => {
                    out.flush().ok();
                    eprintln!("fondaco: {shown}: {e}");
                    worst = worst.max(Exit::Usage);
                    continue;
                }
            }
        };
        let mut considered = consider(&pack, sniff(&bytes), &bytes, when, NO_DRAW, &nothing_drawn);
        if !considered.is_accepted() {
            worst = worst.max(Exit::Returned);
        }
        if !assess && !args.json {
            considered.report.assessment = None;
        }
        if args.explain {
            considered.report.explain(&pack);
        }
        let write = if args.json {
            serde_json::to_writer(
                &mut out,
                &FileReport { file: &shown, report: &considered.report },
            )
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
        } else {
            show(&mut out, &shown, &considered.report, language)
        };
        if !cli::written(write)? {
            return Ok(worst);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.flush().map_err(|e| Failure::Fault(format!("standard output: {e}")))?;
    Ok(worst)
}

/// Words of the printed report.
struct Words {
    accepted: &'static str,
    returned: &'static str,
    lane: &'static str,
    base: &'static str,
    payable: &'static str,
    total: &'static str,
    unknown: &'static str,
    requirements: &'static str,
    by: &'static str,
    whole: &'static str,
}

fn words(language: Language) -> Words {
    match language {
        Language::En => Words {
            accepted: "accepted",
            returned: "RETURNED",
            lane: "lane",
            base: "of",
            payable: "payable",
            total: "Total payable",
            unknown: "Not computed",
            requirements: "Requirements",
            by: "By pack",
            whole: "whole declaration",
        },
        Language::Zh => Words {
            accepted: "接受申报",
            returned: "退回",
            lane: "通道",
            base: "计税基础",
            payable: "应缴",
            total: "应缴合计",
            unknown: "未能计算",
            requirements: "监管要求",
            by: "数据包",
            whole: "整份报关单",
        },
        Language::Ru => Words {
            accepted: "принято",
            returned: "ВОЗВРАЩЕНО",
            lane: "коридор",
            base: "от",
            payable: "к уплате",
            total: "Всего к уплате",
            unknown: "Не рассчитано",
            requirements: "Требования",
            by: "По пакету",
            whole: "вся декларация",
        },
    }
}

/// The number of an item; what is charged once is for the whole declaration.
fn of_item(item: u32, w: &Words) -> String {
    if item == 0 { w.whole.to_owned() } else { item.to_string() }
}

/// The report as a person reads it.
pub(crate) fn show(
    out: &mut impl Write,
    file: &str,
    report: &Report,
    language: Language,
) -> std::io::Result<()> {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let paint = |code: &str, text: &str| {
        if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let w = words(language);
    let accepted = report.outcome == "accepted";
    let outcome = if accepted { paint("32", w.accepted) } else { paint("31;1", w.returned) };
    write!(out, "{file}: {outcome}")?;
    if !report.decision.lane.is_empty() {
        let code = match report.decision.lane {
            "green" => "32",
            "yellow" => "33",
            _ => "31",
        };
        write!(out, ", {} {}", w.lane, paint(code, report.decision.lane))?;
    }
    writeln!(out)?;
    for finding in &report.findings {
        writeln!(out, "  {} {}  {}", finding.severity, finding.code, finding.pointer)?;
        writeln!(out, "    {}", finding.text.get(language))?;
        writeln!(out, "    {}", finding.remedy.get(language))?;
        if !finding.wanted.is_empty() {
            writeln!(out, "    {:?} -> {}", finding.value, finding.wanted)?;
        }
    }
    if let Some(assessment) = &report.assessment {
        for line in &assessment.lines {
            // A base says something of a percentage only.
            let of = if line.formula.contains('%') {
                format!(" {} {}", w.base, line.base)
            } else {
                String::new()
            };
            writeln!(
                out,
                "  {}  {} {}  {}{of} = {} {}  ({})",
                of_item(line.item, &w),
                line.tax_type,
                line.name.get(language),
                sentence::in_a_line(line, language),
                line.payable,
                w.payable,
                line.basis
            )?;
            if let Some(text) = &line.text {
                writeln!(out, "       {}", text.get(language))?;
            }
        }
        if !assessment.lines.is_empty() {
            writeln!(out, "  {}: {} {}", w.total, assessment.total, assessment.currency)?;
        }
        for unknown in &assessment.unknown {
            writeln!(
                out,
                "  {}: {}  {} {}",
                w.unknown,
                of_item(unknown.item, &w),
                unknown.tax_type,
                unknown.text.get(language)
            )?;
        }
    }
    if !report.requirements.is_empty() {
        writeln!(out, "  {}:", w.requirements)?;
        for r in &report.requirements {
            writeln!(out, "    {}  [{}] {} ({})", r.item, r.status, r.text.get(language), r.basis)?;
        }
    }
    for reason in &report.decision.reasons {
        writeln!(out, "  {} ← {}", reason.lane, reason.text.get(language))?;
    }
    let r = &report.reference;
    writeln!(out, "  {} {} {} {}", w.by, r.pack, r.on, r.digest.get(..12).unwrap_or(&r.digest))
}
