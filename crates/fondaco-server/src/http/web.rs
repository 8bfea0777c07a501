//! The pages: plain, server-rendered, in three languages, with nothing from elsewhere.
//!
//! A page shows what the house stored, or what its law says, and adds nothing to it. Templates escape
//! everything but the drawings of [`Page::icon`], which are constants here. Here is the frame of
//! every page and the short ones; the long ones are modules below.

mod ask;
mod decide;
mod declaration;
mod drafts;
mod explain;
mod law;
mod money;
mod lpcos;
mod requirements;
mod tasks;
mod visits;

mod goods;

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use fondaco::finding::{Code, Language, Trilingual};
use fondaco::reference::Pack;
use fondaco_wire::report::Texts;

use super::api::problem;
use super::problems::PROBLEMS;
use super::words::{self, Words};
use crate::house::House;
use crate::store::{Fault, Filing};

type Shared = State<Arc<House>>;
/// The last step of a path; what is not UTF-8 names nothing.
type Named = Result<Path<String>, PathRejection>;

/// Filings on one page of the list.
const ROWS: usize = 50;
/// The cookie that keeps the language.
const COOKIE: &str = "fondaco-lang";

const STYLE: &str = include_str!("../../templates/style.css");

const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "private, no-cache"),
    (header::VARY, "Accept-Language, Cookie"),
];

/// The routes of the pages.
pub(crate) fn router() -> Router<Arc<House>> {
    Router::new()
        .route("/", get(filings))
        .route("/declarations/{name}", get(declaration::declaration))
        .merge(requirements::router())
        .merge(explain::router())
        .merge(law::router())
        .route("/money", get(money::money))
        .merge(tasks::router())
        .merge(decide::router())
        .merge(visits::router())
        .merge(lpcos::router())
        .merge(drafts::router())
        .route("/goods", get(goods::goods))
        .route("/findings", get(codes))
        .route("/findings/{code}", get(code))
        .route("/problems", get(problems))
        .route("/problems/{name}", get(one_problem))
        .route("/style.css", get(style))
        .fallback(nowhere)
        .layer(axum::middleware::map_response(guard))
}

/// What every page tells the browser.
async fn guard(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn style() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, STYLE).into_response()
}

/// The query as pairs; what cannot be read is as if it were not there.
fn pairs(uri: &Uri) -> Vec<(String, String)> {
    Query::<Vec<(String, String)>>::try_from_uri(uri).map(|q| q.0).unwrap_or_default()
}

fn of<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

fn named(path: Named) -> String {
    path.map(|Path(name)| name).unwrap_or_default()
}

/// Percent-encodes all but what is never special in a URL.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The language asked for: the best of `Accept-Language` that the house speaks.
fn accepted(header: &str) -> Option<Language> {
    let mut best = None;
    for range in header.split(',') {
        let (tag, rest) = range.split_once(';').unwrap_or((range, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok());
        let weight: f32 = weight.unwrap_or(0.0);
        let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let Some(language) = Language::from_tag(&primary)
            && weight > 0.0
            && best.is_none_or(|(w, _)| weight > w)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

fn language(headers: &HeaderMap, chosen: Option<Language>) -> Language {
    let text = |name| headers.get_all(name).iter().filter_map(|v: &HeaderValue| v.to_str().ok());
    let cookie = || {
        text(header::COOKIE)
            .flat_map(|c| c.split(';'))
            .find_map(|c| Language::from_tag(c.trim().strip_prefix(COOKIE)?.strip_prefix('=')?))
    };
    let asked = || text(header::ACCEPT_LANGUAGE).find_map(accepted);
    chosen.or_else(cookie).or_else(asked).unwrap_or(Language::En)
}

/// An amount as stored, its thousands grouped as the language does; other text as it is.
fn grouped(language: Language, amount: &str) -> String {
    let (sign, digits) = amount.strip_prefix('-').map_or(("", amount), |d| ("-", d));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) {
        return amount.to_owned();
    }
    let (between, point) = match language {
        Language::En | Language::Zh => (',', '.'),
        Language::Ru => ('\u{a0}', ','),
    };
    let mut text = String::from(sign);
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            text.push(between);
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push(point);
        text.push_str(part);
    }
    text
}

/// A part of a legal basis; `id` names the act where the pack holds it.
struct Basis {
    text: String,
    id: String,
}

/// An act of law.
struct ActView {
    id: String,
    title: String,
    reference: String,
    source: String,
    is_link: bool,
}

/// A link of the switcher of languages.
struct Switch {
    tag: &'static str,
    name: &'static str,
    href: String,
    here: bool,
}

/// What every page has.
struct Page<'a> {
    house: &'a House,
    /// The law in force when the page is made.
    pack: Arc<Pack>,
    l: Language,
    w: &'static Words,
    /// The language was chosen in this request and is to be kept.
    keep: bool,
    /// Path of the entry of the navigation that is shown as here.
    section: &'static str,
    switch: Vec<Switch>,
    /// Where the house is, for examples.
    at: String,
}

impl<'a> Page<'a> {
    fn new(house: &'a House, headers: &HeaderMap, uri: &Uri, section: &'static str) -> Self {
        let query = pairs(uri);
        let chosen = Language::from_tag(of(&query, "lang"));
        let l = language(headers, chosen);
        let mut rest = String::new();
        for (name, value) in query.iter().filter(|(n, _)| n != "lang") {
            rest.push_str(&format!("{}={}&", encode(name), encode(value)));
        }
        // A query alone keeps the path, and cannot lead elsewhere.
        let switch = [(Language::Zh, "中文"), (Language::Ru, "Русский"), (Language::En, "English")]
            .map(|(to, name)| Switch {
                tag: to.tag(),
                name,
                href: format!("?{rest}lang={}", to.tag()),
                here: to == l,
            });
        let host =
            headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1:8080");
        let local = ["127.", "localhost", "[::1]"].iter().any(|p| host.starts_with(p));
        let at = format!("{}://{host}", if local { "http" } else { "https" });
        let keep = chosen.is_some();
        let pack = house.pack();
        Self { house, pack, l, w: words::words(l), keep, section, switch: switch.into(), at }
    }

    fn tag(&self) -> &'static str {
        self.l.tag()
    }

    fn program(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn short<'b>(&self, digest: &'b str) -> &'b str {
        digest.get(..12).unwrap_or(digest)
    }

    fn is(&self, section: &str) -> bool {
        self.section == section
    }

    /// The word for a name on the wire; the name where there is none.
    fn term<'b>(&self, group: &str, name: &'b str) -> &'b str {
        words::term(self.l, group, name).unwrap_or(name)
    }

    fn text<'b>(&self, texts: &'b Texts) -> &'b str {
        let text = texts.get(self.l);
        if text.is_empty() { &texts.en } else { text }
    }

    /// The name of a tax in the pack; empty where it has none.
    fn tax(&self, code: &str) -> &str {
        let taxes = &self.pack.profile.taxes;
        let tax = taxes.iter().find(|t| t.code.as_str() == code);
        tax.map_or("", |t| t.name.get(self.l))
    }

    fn amount(&self, amount: &str) -> String {
        grouped(self.l, amount)
    }

    /// An amount with its currency.
    fn money(&self, money: &str) -> String {
        match money.split_once(' ') {
            Some((amount, currency)) => format!("{}\u{a0}{currency}", self.amount(amount)),
            None => self.amount(money),
        }
    }

    /// `2026-11-23T20:20:00.123Z` as `2026-11-23 20:20:00`.
    fn time(&self, at: &str) -> String {
        let seconds = at.get(..19).filter(|_| at.ends_with('Z'));
        seconds.map_or_else(|| at.to_owned(), |s| s.replace('T', " "))
    }

    fn basis(&self, basis: &str) -> Vec<Basis> {
        let parts = basis.split("; ").filter(|p| !p.is_empty());
        parts
            .map(|part| {
                let id = part.split(',').next().unwrap_or_default().trim();
                let known = self.pack.law.contains_key(id);
                Basis {
                    text: part.to_owned(),
                    id: if known { id.to_owned() } else { String::new() },
                }
            })
            .collect()
    }

    /// The acts these bases cite.
    fn acts<'b>(&self, bases: impl IntoIterator<Item = &'b str>) -> Vec<ActView> {
        let ids: BTreeSet<String> =
            bases.into_iter().flat_map(|b| self.basis(b)).map(|b| b.id).collect();
        ids.into_iter()
            .filter_map(|id| {
                let act = self.pack.law.get(&id)?;
                let is_link = act.source.starts_with("https://") && !act.source.contains(' ');
                Some(ActView {
                    title: act.title.get(self.l).to_owned(),
                    reference: act.reference.clone(),
                    source: act.source.clone(),
                    is_link,
                    id,
                })
            })
            .collect()
    }

    /// A drawing, so that nothing is told by colour alone.
    fn icon(&self, name: &str) -> &'static str {
        match name {
            "green" | "accepted" | "met" | "clear" | "cleared" | "released" => {
                "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"6.6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/><path d=\"M4.8 8.3l2.2 2.2 4.2-4.6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/></svg>"
            }
            "yellow" | "missing" | "warning" | "under-documentary-check" => {
                "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"M8 1.6L15 14H1z\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" stroke-linejoin=\"round\"/><path d=\"M8 6v4M8 11.4v1.4\" stroke=\"currentColor\" stroke-width=\"1.7\"/></svg>"
            }
            "red" | "prohibited" | "named" | "error" | "under-examination" => {
                "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z\" fill=\"currentColor\"/><path d=\"M4.2 8h7.6\" stroke=\"Canvas\" stroke-width=\"2.2\"/></svg>"
            }
            "returned" => {
                "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"M6 2.5L2 6.5l4 4M2.4 6.5H10a4 4 0 0 1 0 7.5H6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/></svg>"
            }
            "unknown" => {
                "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"6.6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" stroke-dasharray=\"2.6 1.6\"/><path d=\"M6 6.4a2 2 0 1 1 2.6 2c-.5.2-.6.5-.6 1.1M8 10.9v1.3\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/></svg>"
            }
            _ => {
                "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><rect x=\"2\" y=\"2\" width=\"12\" height=\"12\" rx=\"2\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/></svg>"
            }
        }
    }

    /// The colour class of a name on the wire.
    fn tone(&self, name: &str) -> &'static str {
        match name {
            "green" | "accepted" | "met" | "clear" | "cleared" | "released" => "good",
            "yellow" | "missing" | "warning" | "under-documentary-check" => "warn",
            "red" | "prohibited" | "named" | "error" | "under-examination" | "returned" => "bad",
            _ => "calm",
        }
    }

    fn respond(&self, status: StatusCode, page: &impl Template) -> Response {
        let html = match page.render() {
            Ok(html) => html,
            Err(e) => {
                eprintln!("fondaco: page: {e}");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.tag()));
        if self.keep {
            let cookie = format!(
                "{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
                self.tag()
            );
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                headers.insert(header::SET_COOKIE, cookie);
            }
        }
        response
    }

    fn not_found(self) -> Response {
        let said = Said { title: self.w.not_found, told: self.w.not_found_told, p: self };
        said.p.respond(StatusCode::NOT_FOUND, &said)
    }

    fn fault(self, fault: &Fault) -> Response {
        eprintln!("fondaco: {fault}");
        let said = Said { title: self.w.fault, told: self.w.fault_told, p: self };
        let mut response = said.p.respond(StatusCode::SERVICE_UNAVAILABLE, &said);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        response
    }
}

/// A page with nothing but a sentence.
#[derive(Template)]
#[template(path = "said.html")]
struct Said<'a> {
    p: Page<'a>,
    title: &'static str,
    told: &'static str,
}

async fn nowhere(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    if uri.path().starts_with("/v1/") {
        return problem(StatusCode::NOT_FOUND, "not-found", None);
    }
    Page::new(&house, &headers, &uri, "").not_found()
}

/// A filter of the list and how many it lets through.
struct Filter {
    /// What is asked for in the query; empty for all.
    show: &'static str,
    group: &'static str,
    count: i64,
    here: bool,
}

/// A filing in the list.
struct Row {
    name: String,
    numbered: bool,
    filing: Filing,
}

#[derive(Template)]
#[template(path = "filings.html")]
struct FilingsPage<'a> {
    p: Page<'a>,
    filters: Vec<Filter>,
    rows: Vec<Row>,
    /// Whether nothing was ever filed.
    is_empty: bool,
    show: &'static str,
    /// Whether this is not the first page.
    is_later: bool,
    /// Where the next page starts; 0 where there is none.
    older: i64,
}

const SHOWS: [(&str, &str); 6] = [
    ("", ""),
    ("accepted", "outcome"),
    ("returned", "outcome"),
    ("green", "lane"),
    ("yellow", "lane"),
    ("red", "lane"),
];

async fn filings(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/");
    let query = pairs(&uri);
    let wanted = of(&query, "q").trim();
    if !wanted.is_empty() {
        return Redirect::to(&format!("/declarations/{}", encode(wanted))).into_response();
    }
    let show = SHOWS.iter().find(|(s, _)| *s == of(&query, "show")).map_or("", |(s, _)| *s);
    let before = of(&query, "before").parse().ok().filter(|n| *n > 0);
    let found = house.store.newest(show, before.unwrap_or(i64::MAX), ROWS + 1);
    let (mut found, counts) = match found.and_then(|f| Ok((f, house.store.counts()?))) {
        Ok(both) => both,
        Err(fault) => return p.fault(&fault),
    };
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let older = found.last().filter(|_| more).map_or(0, |(seq, _)| *seq);
    let filters: Vec<Filter> = SHOWS
        .iter()
        .map(|(one, group)| {
            let fits = |(outcome, lane, _): &&(String, String, i64)| {
                one.is_empty() || outcome == one || lane == one
            };
            let count = counts.iter().filter(fits).map(|(_, _, n)| n).sum();
            Filter { show: one, group, count, here: *one == show }
        })
        .collect();
    let rows = found
        .into_iter()
        .map(|(_, filing)| {
            let numbered = !filing.mrn.is_empty();
            let name = if numbered { filing.mrn.clone() } else { filing.id.clone() };
            Row { name, numbered, filing }
        })
        .collect();
    let page = FilingsPage {
        is_empty: counts.is_empty(),
        filters,
        rows,
        show,
        is_later: before.is_some(),
        older,
        p,
    };
    page.p.respond(StatusCode::OK, &page)
}

/// A code of a finding, explained.
struct CodeView {
    code: String,
    severity: &'static str,
    text: String,
    remedy: String,
    basis: String,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage<'a> {
    p: Page<'a>,
    codes: Vec<CodeView>,
    rules: Vec<CodeView>,
    acts: Vec<ActView>,
}

#[derive(Template)]
#[template(path = "finding.html")]
struct FindingPage<'a> {
    p: Page<'a>,
    c: CodeView,
    acts: Vec<ActView>,
}

/// Every code of the house.
fn house_codes(p: &Page<'_>) -> Vec<CodeView> {
    let fill = |text: &str| {
        text.replace("{value}", p.w.fill_value)
            .replace("{wanted}", p.w.fill_wanted)
            .replace("{name}", p.w.fill_name)
    };
    let view = |code: &Code| {
        let row = code.row();
        let said = |texts: &[&str; 3]| match p.l {
            Language::En => fill(texts[0]),
            Language::Zh => fill(texts[1]),
            Language::Ru => fill(texts[2]),
        };
        let is_rule = *code == Code::Rule;
        CodeView {
            code: row.code.to_owned(),
            severity: row.severity.name(),
            text: if is_rule { p.w.rule_text.to_owned() } else { said(&row.text) },
            remedy: if is_rule { p.w.rule_remedy.to_owned() } else { said(&row.remedy) },
            basis: row.basis.to_owned(),
        }
    };
    Code::ALL.iter().map(view).collect()
}

/// Every rule of the pack.
fn pack_rules(p: &Page<'_>) -> Vec<CodeView> {
    let said = |texts: &Trilingual| texts.get(p.l).to_owned();
    p.pack
        .checks
        .iter()
        .map(|check| CodeView {
            code: check.id.clone(),
            severity: Code::Rule.row().severity.name(),
            text: said(&check.text),
            remedy: said(&check.remedy),
            basis: check.basis.clone(),
        })
        .collect()
}

async fn codes(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/findings");
    let codes = house_codes(&p);
    let rules = pack_rules(&p);
    let acts = p.acts(codes.iter().chain(&rules).map(|c| c.basis.as_str()));
    let page = FindingsPage { codes, rules, acts, p };
    page.p.respond(StatusCode::OK, &page)
}

async fn code(State(house): Shared, wanted: Named, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/findings");
    let wanted = named(wanted);
    let mut all = house_codes(&p).into_iter().chain(pack_rules(&p));
    let Some(c) = all.find(|c| c.code == wanted) else { return p.not_found() };
    let acts = p.acts([c.basis.as_str()]);
    let page = FindingPage { c, acts, p };
    page.p.respond(StatusCode::OK, &page)
}

/// A problem of the API.
struct ProblemView {
    name: &'static str,
    title: &'static str,
    remedy: &'static str,
}

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage<'a> {
    p: Page<'a>,
    problems: Vec<ProblemView>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    p: Page<'a>,
    problem: ProblemView,
}

fn all_problems(p: &Page<'_>) -> Vec<ProblemView> {
    PROBLEMS
        .iter()
        .map(|(name, [en, zh, ru])| ProblemView {
            name,
            title: match p.l {
                Language::En => en,
                Language::Zh => zh,
                Language::Ru => ru,
            },
            remedy: words::term(p.l, "remedy", name).unwrap_or_default(),
        })
        .collect()
}

async fn problems(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/problems");
    let page = ProblemsPage { problems: all_problems(&p), p };
    page.p.respond(StatusCode::OK, &page)
}

async fn one_problem(State(house): Shared, name: Named, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/problems");
    let name = named(name);
    let found = all_problems(&p).into_iter().find(|x| x.name == name);
    let Some(problem) = found else { return p.not_found() };
    let page = ProblemPage { problem, p };
    page.p.respond(StatusCode::OK, &page)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]
mod tests {
    use super::*;
    use crate::store::Sync;

    /// A house with its pages on a port of its own.
    struct Served {
        runtime: tokio::runtime::Runtime,
        house: Arc<House>,
        at: String,
        agent: ureq::Agent,
        dir: tempfile::TempDir,
    }

    struct Got {
        status: u16,
        headers: HeaderMap,
        body: String,
    }

    impl Served {
        fn new(sandbox: bool) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let house = Arc::new(House::open(dir.path(), "gb", sandbox, Sync::Off).unwrap());
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let app = router().with_state(house.clone());
            let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
            let at = format!("http://{}", listener.local_addr().unwrap());
            runtime.spawn(async move { axum::serve(listener, app).await });
            let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
            Self { runtime, house, at, agent: config.build().into(), dir }
        }

        fn file(&self, bytes: &[u8], key: &str) -> crate::house::Answer {
            let format = fondaco_wire::format_of("application/xml").unwrap();
            self.runtime.block_on(self.house.file(format, bytes, key, None)).unwrap()
        }

        fn get(&self, path: &str, headers: &[(&str, &str)]) -> Got {
            let mut request = self.agent.get(format!("{}{path}", self.at));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let mut response = request.call().unwrap();
            Got {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: response.body_mut().read_to_string().unwrap(),
            }
        }

        /// The page in each language; its frame is looked at here.
        fn pages(&self, path: &str, status: u16) -> [String; 3] {
            Language::ALL.map(|l| {
                let got = self.get(path, &[("accept-language", l.tag())]);
                assert_eq!(got.status, status, "{path}");
                let header = |name: &str| got.headers[name].to_str().unwrap().to_owned();
                assert!(header("content-security-policy").starts_with("default-src 'none'; "));
                assert_eq!(header("x-content-type-options"), "nosniff");
                assert_eq!(header("content-language"), l.tag());
                assert!(got.body.contains(&format!("<html lang=\"{}\">", l.tag())), "{path}");
                assert_eq!(got.body.matches("<h1").count(), 1, "{path}");
                assert_eq!(got.body.contains("class=\"sandbox\""), self.house.sandbox, "{path}");
                assert!(got.body.contains(words::words(l).skip), "{path}");
                assert!(!got.body.contains("<script") && !got.body.contains(" style=\""), "{path}");
                got.body
            })
        }
    }

    fn corpus(name: &str) -> Vec<u8> {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/");
        std::fs::read(format!("{dir}{name}")).unwrap()
    }

    #[test]
    fn amounts_are_grouped_as_each_language_does() {
        let all = |amount| Language::ALL.map(|l| grouped(l, amount));
        assert_eq!(all("1234567.50"), ["1,234,567.50", "1,234,567.50", "1\u{a0}234\u{a0}567,50"]);
        assert_eq!(all("-999.5"), ["-999.5", "-999.5", "-999,5"]);
        assert_eq!(all("0.00"), ["0.00", "0.00", "0,00"]);
        assert_eq!(all("1000"), ["1,000", "1,000", "1\u{a0}000"]);
        assert_eq!(all("12a.5"), ["12a.5"; 3]);
        assert_eq!(all(""), [""; 3]);
    }

    #[test]
    fn the_language_is_the_one_chosen_then_kept_then_asked_for() {
        let told = |cookie: &str, accept: &str, chosen| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            language(&headers, chosen)
        };
        assert_eq!(told("", "", None), Language::En);
        assert_eq!(told("", "de-DE, fr;q=0.9", None), Language::En);
        assert_eq!(told("", "de, ru-RU;q=0.4, zh-Hans-CN;q=0.5", None), Language::Zh);
        assert_eq!(told("", "en;q=0, ru", None), Language::Ru);
        assert_eq!(told("a=b; fondaco-lang=ru", "zh", None), Language::Ru);
        assert_eq!(told("fondaco-lang=xx", "zh", None), Language::Zh);
        assert_eq!(told("fondaco-lang=ru", "zh", Some(Language::En)), Language::En);
    }

    #[test]
    fn an_empty_house_says_how_to_file() {
        for sandbox in [true, false] {
            let served = Served::new(sandbox);
            for page in served.pages("/", 200) {
                assert!(page.contains(&format!("curl {}/v1/declarations", served.at)), "{page}");
                assert!(page.contains("fondaco file declarations/"));
                assert_eq!(page.contains("Bearer"), !sandbox);
            }
        }
    }

    #[test]
    fn every_page_is_there_in_three_languages_and_nothing_filed_gets_out_of_its_text() {
        // As far as an apostrophe, which is escaped.
        let has = |page: &str, text: &str| page.contains(text.split('\'').next().unwrap());
        let served = Served::new(true);
        let good = served.file(&corpus("001-phones-felixstowe.xml"), "good");
        assert_eq!(good.outcome, "accepted");
        let evil = "<Declaration><FunctionCode>9</FunctionCode><TypeCode>IMA</TypeCode>\
            <FunctionalReferenceID>&lt;script>alert(1)&lt;/script>\"'&lt;b style=''></FunctionalReferenceID>\
            <NoSuch/></Declaration>";
        let bad = served.file(evil.as_bytes(), "bad\"><script>");
        assert_eq!(bad.outcome, "returned");
        for page in served.pages("/", 200) {
            assert!(page.contains(&good.mrn) && page.contains(&bad.id), "{page}");
        }
        for page in served.pages("/?show=returned", 200) {
            assert!(!page.contains(&good.mrn) && page.contains(&bad.id));
        }
        for page in served.pages("/?show=green&before=1", 200) {
            assert!(!page.contains(&good.mrn) && !page.contains(&bad.id));
        }
        for (l, page) in
            Language::ALL.into_iter().zip(served.pages(&format!("/declarations/{}", good.mrn), 200))
        {
            let w = words::words(l);
            for heading in [w.summary, w.duties, w.requirements, w.screening, w.events, w.receipt] {
                assert!(page.contains(heading), "{heading}");
            }
            assert!(has(&page, w.receipt_good) && page.contains(&good.receipt));
            assert!(page.contains(&format!("/v1/declarations/{}/notifications/1", good.mrn)));
        }
        for page in served.pages(&format!("/declarations/{}", bad.id), 200) {
            assert!(page.contains("FD201"), "{page}");
        }
        for code in Code::ALL.iter().map(|c| c.row().code) {
            served.pages(&format!("/findings/{code}"), 200);
        }
        let rule = &served.house.pack().checks[0];
        let [en, zh, ru] = served.pages(&format!("/findings/{}", rule.id), 200);
        assert!(has(&en, &rule.text.en) && has(&zh, &rule.text.zh) && has(&ru, &rule.text.ru));
        for (name, _) in PROBLEMS {
            served.pages(&format!("/problems/{name}"), 200);
        }
        for path in ["/findings", "/problems", "/tasks", "/tasks?agency=customs"] {
            served.pages(path, 200);
        }
        for path in [
            "/nowhere",
            "/declarations/none",
            "/findings/FD000",
            "/problems/none",
            "/declarations/%FF",
            "//x.example/",
        ] {
            served.pages(path, 404);
        }
    }

    #[test]
    fn what_is_asked_of_the_address_is_done_and_goes_nowhere_else() {
        let served = Served::new(true);
        let got = served.get("/?show=red&lang=ru", &[]);
        let cookie = got.headers["set-cookie"].to_str().unwrap();
        assert!(
            cookie.starts_with("fondaco-lang=ru; ") && cookie.contains("SameSite=Lax; HttpOnly")
        );
        assert!(got.body.contains("href=\"?show=red&#38;lang=zh\""), "{}", got.body);
        assert!(!served.get("/?lang=xx", &[]).headers.contains_key("set-cookie"));
        let got = served.get("//x.example/%22?a=%22%3E&lang=zh", &[]);
        assert!(got.body.contains("href=\"?a=%22%3E&#38;lang=en\""), "{}", got.body);
        assert!(!got.body.contains("href=\"//"));
        let got = served.get("/?q=%20a/../b%3F%20", &[]);
        assert_eq!(got.status, 303);
        assert_eq!(got.headers["location"], "/declarations/a%2F..%2Fb%3F");
        let got = served.get("/v1/nowhere", &[]);
        assert_eq!(got.headers["content-type"], "application/problem+json");
        let got = served.get("/style.css", &[]);
        assert!(got.headers["content-type"].to_str().unwrap().starts_with("text/css"));
        assert!(!got.body.contains("url(") && !got.body.contains("@import"));
    }

    #[test]
    fn a_store_that_fails_is_a_page_that_says_so() {
        let served = Served::new(true);
        let db = rusqlite::Connection::open(served.dir.path().join("fondaco.db")).unwrap();
        db.execute_batch("DROP TABLE event; DROP TABLE filing;").unwrap();
        for path in ["/", "/declarations/26GB"] {
            let [_, zh, _] = served.pages(path, 503);
            assert!(zh.contains(words::words(Language::Zh).fault));
        }
    }
}
