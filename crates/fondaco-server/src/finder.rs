//! `fondaco requirements`, and what it shares with `GET /v1/requirements`: what goods will have to
//! pay and show, asked before they are shipped.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use fondaco::allotment::{Drawn, nothing_drawn};
use fondaco::day::Day;
use fondaco::finder::{Question, answer};
use fondaco::finding::Language;
use fondaco::measure::Direction;
use fondaco::reference::Pack;
use fondaco::token::Token;
use fondaco_wire::answer::{AnswerView, DutyView};
use fondaco_wire::origin::SchemeView;
use fondaco_wire::sentence::{Said, of_formula};
use serde::Deserialize;

use crate::assess::load_pack;
use crate::cli::{self, Exit, Failure, today};

/// A question as it comes in: every part a text, so that a bad one is answered and not dropped.
#[derive(Clone, Debug, Default, clap::Args, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Ask {
    /// `import` or `export`; import where not told.
    #[arg(long, value_name = "WAY", value_parser = ["import", "export"])]
    direction: Option<String>,
    /// Country of origin, two letters.
    #[arg(long, value_name = "COUNTRY")]
    origin: Option<String>,
    /// Country of export, two letters; the origin where not told.
    #[arg(long, value_name = "COUNTRY")]
    from: Option<String>,
    /// Country of destination, two letters.
    #[arg(long, value_name = "COUNTRY")]
    to: Option<String>,
    /// Regime (preference) that would be claimed.
    #[arg(long)]
    regime: Option<String>,
    /// Procedure.
    #[arg(long)]
    procedure: Option<String>,
    /// The day whose law applies, YYYY-MM-DD; today where not told.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

/// A part of a question that cannot be read.
#[derive(Debug, thiserror::Error, serde::Serialize)]
#[error("{parameter} “{value}”: want {wanted}")]
pub(crate) struct Unread {
    parameter: &'static str,
    value: String,
    wanted: &'static str,
}

impl Unread {
    pub(crate) fn new(parameter: &'static str, value: &str, wanted: &'static str) -> Self {
        Self { parameter, value: value.chars().take(60).collect(), wanted }
    }

    /// Which part of the question it is.
    pub(crate) fn parameter(&self) -> &'static str {
        self.parameter
    }

    /// What stands there, shortened.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }
}

/// A code as a person writes it: digits, with points, spaces or nothing between them.
pub(crate) fn code(text: &str) -> Option<Token> {
    let plain: String = text.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    let digits = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Token::new(&plain).ok()).flatten()
}

impl Ask {
    /// As a form sends it, by name: what is empty is not told.
    pub(crate) fn of_form<'a>(of: impl Fn(&str) -> &'a str) -> Self {
        let told = |name: &str| Some(of(name).trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            direction: told("direction"),
            origin: told("origin"),
            from: told("from"),
            to: told("to"),
            regime: told("regime"),
            procedure: told("procedure"),
            on: told("on"),
        }
    }

    pub(crate) fn read(&self, asked: &str) -> Result<(Question, Option<Day>), Unread> {
        let unread = Unread::new;
        let country = |parameter, text: &Option<String>| match text.as_deref().map(str::trim) {
            None | Some("") => Ok(Token::EMPTY),
            Some(text) if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Ok(Token::lossy(&text.to_ascii_uppercase()))
            }
            Some(text) => Err(unread(parameter, text, "two letters of ISO 3166")),
        };
        let word = |parameter, text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            Token::new(text).map_err(|_| unread(parameter, text, "a code of at most 23 characters"))
        };
        let direction = self.direction.as_deref().unwrap_or("import");
        let origin = country("origin", &self.origin)?;
        let from = country("from", &self.from)?;
        let question = Question {
            code: code(asked).ok_or_else(|| unread("code", asked, "digits of a commodity code"))?,
            direction: Direction::named(direction)
                .ok_or_else(|| unread("direction", direction, "import or export"))?,
            origin,
            from: if from.is_empty() { origin } else { from },
            to: country("to", &self.to)?,
            regime: word("regime", &self.regime)?,
            procedure: word("procedure", &self.procedure)?,
        };
        let on = self.on.as_deref();
        let on = on.map(|on| on.parse().map_err(|_| unread("on", on, "a day as YYYY-MM-DD")));
        Ok((question, on.transpose()?))
    }

    /// The answer of the pack.
    ///
    /// # Errors
    /// [`Unread`]: the first part of the question that cannot be read.
    pub(crate) fn answer(
        &self,
        code: &str,
        pack: &Pack,
        drawn: &Drawn<'_>,
    ) -> Result<AnswerView, Unread> {
        let (question, on) = self.read(code)?;
        let reference = pack.on(on.unwrap_or_else(today));
        let declaration = question.declaration(&pack.profile);
        Ok(AnswerView::of(&question, &answer(&declaration, reference), reference, drawn))
    }
}

/// What will have to be paid and shown.
#[derive(Debug, clap::Args)]
pub(crate) struct FinderArgs {
    /// The pack: its id, a bundle file or a folder of pack files.
    #[arg(long, default_value = "gb")]
    pack: String,
    /// The commodity code.
    #[arg(long, required_unless_present = "codes", conflicts_with = "codes")]
    code: Option<String>,
    /// Codes to ask at once, one a line; - is standard input.
    #[arg(long, value_name = "FILE")]
    codes: Option<PathBuf>,
    #[command(flatten)]
    ask: Ask,
    /// Measures added for this run, as for `assess`.
    #[arg(long, value_name = "CSV")]
    measures: Option<PathBuf>,
    /// One JSON object a code instead of text.
    #[arg(long)]
    json: bool,
    /// Language of the text: en, zh or ru.
    #[arg(long, default_value = "en", value_parser = ["en", "zh", "ru"])]
    language: String,
}

/// Runs the command; a code that cannot be read or is no line is said, and the exit code is 1.
pub(crate) fn run(args: &FinderArgs) -> Result<Exit, Failure> {
    let language = Language::from_tag(&args.language).unwrap_or(Language::En);
    let codes = match (&args.code, &args.codes) {
        (Some(code), _) => vec![code.clone()],
        (None, Some(path)) => {
            let text = if path.as_os_str() == "-" {
                std::io::read_to_string(std::io::stdin().lock())
            } else {
                std::fs::read_to_string(path)
            };
            let text = text.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
            text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
        }
        (None, None) => Vec::new(),
    };
    // The rest of the question is the same for every code: looked at once, before the pack.
    args.ask.read("0").map_err(|e| Failure::Usage(e.to_string()))?;
    let pack = load_pack(&args.pack, args.measures.as_deref(), None)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut worst = Exit::Fine;
    for code in &codes {
        let written = match args.ask.answer(code, &pack, &nothing_drawn) {
            Ok(view) => {
                if view.unknown.iter().any(|u| matches!(u.why, "no-line" | "not-a-line")) {
                    worst = worst.max(Exit::Returned);
                }
                if args.json {
                    line(&mut out, &view)
                } else {
                    show(&mut out, &view, &pack, language)
                }
            }
            Err(e) if args.code.is_some() => return Err(Failure::Usage(e.to_string())),
            Err(e) => {
                worst = worst.max(Exit::Returned);
                if args.json {
                    line(&mut out, &serde_json::json!({ "code": code, "refused": e }))
                } else {
                    writeln!(out, "{e}")
                }
            }
        };
        if !cli::written(written)? {
            return Ok(worst);
        }
    }
    out.flush().map_err(|e| Failure::Fault(format!("standard output: {e}")))?;
    Ok(worst)
}

fn line(out: &mut impl Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Headings of the printed answer.
struct Headings {
    lines: &'static str,
    duties: &'static str,
    conditional: &'static str,
    claims: &'static str,
    quotas: &'static str,
    left: &'static str,
    asked: &'static str,
    untold: &'static str,
    ask: &'static str,
    saves: &'static str,
    more: &'static str,
    schemes: &'static str,
    no_rules: &'static str,
}

fn headings(language: Language) -> Headings {
    match language {
        Language::En => Headings {
            lines: "Its lines",
            duties: "Duties and taxes",
            conditional: "On a condition",
            claims: "May be claimed",
            quotas: "Quotas",
            left: "left",
            asked: "To be shown",
            untold: "Not told",
            ask: "ask",
            saves: "saves",
            more: "and more (--json has all)",
            schemes: "Schemes of preference",
            no_rules: "no rules held for the code",
        },
        Language::Zh => Headings {
            lines: "所含税号",
            duties: "税费",
            conditional: "附条件",
            claims: "可申报的优惠",
            quotas: "关税配额",
            left: "余量",
            asked: "须提交",
            untold: "未能告知",
            ask: "须询问",
            saves: "可省",
            more: "等（--json 列出全部）",
            schemes: "优惠安排",
            no_rules: "未存该税号的规则",
        },
        Language::Ru => Headings {
            lines: "Её коды",
            duties: "Пошлины и налоги",
            conditional: "При условии",
            claims: "Можно заявить",
            quotas: "Квоты",
            left: "осталось",
            asked: "Предъявить",
            untold: "Не сказано",
            ask: "спросить",
            saves: "экономия",
            more: "и другие (всё — с --json)",
            schemes: "Схемы преференций",
            no_rules: "правил для кода нет",
        },
    }
}

/// How many rows with a condition are printed for people.
const SHOWN: usize = 5;

/// The answer as a person reads it.
fn show(
    out: &mut impl Write,
    view: &AnswerView,
    pack: &Pack,
    language: Language,
) -> std::io::Result<()> {
    let w = headings(language);
    writeln!(out, "{}  {}", view.code, view.name.get(language))?;
    if !view.below.is_empty() {
        writeln!(out, "  {}:", w.lines)?;
    }
    for line in &view.below {
        writeln!(out, "    {}  {}", line.code, line.name.get(language))?;
    }
    if !view.duties.is_empty() {
        writeln!(out, "  {}:", w.duties)?;
    }
    for duty in &view.duties {
        let rate = said(duty, pack, language);
        writeln!(out, "    {}  {}  {}", duty.tax_type, duty.name.get(language), rate.text)?;
        for band in &rate.bands {
            writeln!(out, "      {band}")?;
        }
        if let Some(unknown) = &duty.unknown {
            writeln!(out, "      {}", unknown.text.get(language))?;
        }
        if !duty.basis.is_empty() {
            writeln!(out, "      {} [{}]", duty.basis, span(&duty.from, &duty.until))?;
        }
    }
    if !view.conditional.is_empty() {
        writeln!(out, "  {}:", w.conditional)?;
    }
    for duty in view.conditional.iter().take(SHOWN) {
        let quota = if duty.quota.is_empty() { "" } else { &duty.quota };
        let rate = said(duty, pack, language).text;
        writeln!(out, "    {}  {rate}  {quota}{}", duty.tax_type, duty.when)?;
        writeln!(out, "      {} [{}]", duty.basis, span(&duty.from, &duty.until))?;
    }
    if view.conditional.len() > SHOWN {
        writeln!(out, "    … {}", w.more)?;
    }
    for quota in &view.quotas {
        let state = if quota.unknown { "?" } else { &quota.state };
        write!(out, "  {}: {}  {state}", w.quotas, quota.order)?;
        writeln!(out, "  {} {} {}", w.left, quota.left, quota.unit)?;
    }
    if !view.preferences.is_empty() {
        writeln!(out, "  {}:", w.claims)?;
    }
    for row in &view.preferences {
        let formula = if row.formula.is_empty() { "?" } else { &row.formula };
        write!(out, "    {}  {}  {formula}", row.tax_type, row.regimes.join(" "))?;
        if !row.saving.is_empty() {
            write!(out, "  ({} {} %)", w.saves, row.saving)?;
        }
        writeln!(out, "\n      {} [{}]", row.basis, span(&row.from, &row.until))?;
    }
    if !view.schemes.is_empty() {
        writeln!(out, "  {}:", w.schemes)?;
    }
    for scheme in &view.schemes {
        scheme_lines(out, scheme, &w)?;
    }
    if !view.requirements.is_empty() {
        writeln!(out, "  {}:", w.asked)?;
    }
    for row in &view.requirements {
        let by = if row.unknown { w.ask } else { &row.document };
        writeln!(out, "    {} [{by}]", row.text.get(language))?;
        writeln!(out, "      {}, {}", row.agency.get(language), row.basis)?;
    }
    if !view.unknown.is_empty() {
        writeln!(out, "  {}:", w.untold)?;
    }
    for row in &view.unknown {
        writeln!(out, "    {}", row.text.get(language))?;
    }
    writeln!(out, "  {} {} {}", view.pack, view.on, view.digest.get(..12).unwrap_or_default())
}

/// A scheme: what it saves, what proves it, what it asks.
fn scheme_lines(out: &mut impl Write, scheme: &SchemeView, w: &Headings) -> std::io::Result<()> {
    let saves = if scheme.saving_unknown { "?" } else { &scheme.saving };
    write!(out, "    {}  {}", scheme.scheme, scheme.title)?;
    writeln!(out, " [{}]  ({} {saves} %)", span(&scheme.from, &scheme.until), w.saves)?;
    for proof in &scheme.proofs {
        writeln!(out, "      {} [{}]", proof.summary, proof.documents.join(" "))?;
    }
    for set in scheme.rules.iter().take(SHOWN) {
        writeln!(out, "      {}  {}", set.heading, set.goods)?;
        for rule in &set.rules {
            writeln!(out, "        {}", rule.text.replace("\n\n", " "))?;
            writeln!(out, "          = {}", rule.read)?;
        }
    }
    if scheme.rules.len() > SHOWN {
        writeln!(out, "      … {}", w.more)?;
    }
    if scheme.rules_unknown {
        writeln!(out, "      ? {}", w.no_rules)?;
    }
    Ok(())
}

/// A rate in its notation; by bands in short, with its bands in words.
fn said(duty: &DutyView, pack: &Pack, language: Language) -> Said {
    let said = of_formula(&duty.formula, &duty.tax_type, pack, language, &str::to_owned);
    let text = match (duty.formula.as_str(), said.bands.is_empty()) {
        ("", _) => "?".to_owned(),
        (formula, true) => formula.to_owned(),
        (_, false) => said.in_short(language),
    };
    Said { text, ..said }
}

fn span(from: &str, until: &str) -> String {
    format!("{from} – {until}")
}
