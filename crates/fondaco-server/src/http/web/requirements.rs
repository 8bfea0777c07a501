//! The page that is asked before goods are shipped: what they will pay and have to show.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use fondaco_wire::answer::{AnswerView, AskedView, DutyView};

use super::ask::{Form, ask};
use super::{ActView, Page, Shared, encode, of, pairs};
use crate::house::House;

/// How many rows with a condition, and rules of a scheme, stand open.
const OPEN: usize = 10;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/requirements", get(requirements))
}

impl Page<'_> {
    /// What settles a requirement: a name of the table of words that says how it stands.
    fn settled(&self, asked: &AskedView) -> &'static str {
        match () {
            () if asked.kind == "prohibition" => "prohibited",
            () if asked.illustrative => "illustrative",
            () if asked.unknown => "unknown",
            () => "missing",
        }
    }
}

#[derive(Template)]
#[template(path = "requirements.html")]
struct RequirementsPage<'a> {
    p: Page<'a>,
    form: Form,
    /// The answer; `None` where nothing was asked or the question cannot be read.
    view: Option<AnswerView>,
    /// The same question to the page of what changed, in the year before the day.
    changes: String,
    acts: Vec<ActView>,
}

impl RequirementsPage<'_> {
    fn open(&self) -> usize {
        OPEN
    }

    /// The address of the same question about another code.
    fn about(&self, code: &str) -> String {
        let rest = self.form.address(&["origin", "from", "to", "on", "regime", "procedure"]);
        format!("code={}&{rest}", encode(code))
    }
}

/// The year before a day.
fn year_before(day: &str) -> String {
    let (year, rest) = day.split_at_checked(4).unwrap_or((day, ""));
    // There is no 29 February a year before.
    let rest = if rest == "-02-29" { "-02-28" } else { rest };
    year.parse::<u16>()
        .map_or_else(|_| day.to_owned(), |y| format!("{}{rest}", y.saturating_sub(1)))
}

async fn requirements(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/requirements");
    let query = pairs(&uri);
    let mut form = Form::new(&p, &query, &[("on", p.w.law_day, p.w.ask_day_hint)]);
    let mut view = None;
    if query.iter().any(|(name, _)| name == "code") {
        let asked = ask(&query);
        match house.with_drawn(|drawn| asked.answer(of(&query, "code").trim(), &p.pack, drawn)) {
            Err(fault) => return p.fault(&fault),
            Ok(Ok(answer)) => view = Some(answer),
            Ok(Err(unread)) => form.refused(&p, &unread),
        }
    }
    let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let rows = |v: &AnswerView| {
        let duties = v.duties.iter().chain(&v.conditional).map(|d: &DutyView| d.basis.clone());
        let claims = v.preferences.iter().map(|c| c.basis.clone());
        let asked = v.requirements.iter().map(|r| r.basis.clone());
        let schemes = v.schemes.iter().map(|s| s.basis.id.clone());
        duties.chain(claims).chain(asked).chain(schemes).collect::<Vec<_>>()
    };
    let bases = view.as_ref().map(rows).unwrap_or_default();
    let changes = view.as_ref().map(|v| {
        let same = form.address(&["code", "origin", "from", "to", "regime", "procedure"]);
        format!("{same}&since={}&until={}", year_before(&v.on), v.on)
    });
    let page = RequirementsPage {
        acts: p.acts(bases.iter().map(String::as_str)),
        changes: changes.unwrap_or_default(),
        form,
        view,
        p,
    };
    page.p.respond(status, &page)
}
