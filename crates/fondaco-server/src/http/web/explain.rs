//! The page that says why a line changed between two days, and which act changed it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use fondaco_wire::change::{ChangeView, ChangesView, RateView};

use super::ask::{Form, ask};
use super::{ActView, Page, Shared, of, pairs};
use crate::explain::changed;
use crate::house::House;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/explain", get(explain))
}

#[derive(Template)]
#[template(path = "explain.html")]
struct ExplainPage<'a> {
    p: Page<'a>,
    form: Form,
    /// The changes; `None` where nothing was asked or the question cannot be read.
    view: Option<ChangesView>,
    acts: Vec<ActView>,
}

impl ExplainPage<'_> {
    /// Taxes whose rate is not held on the second day.
    fn not_held<'b>(&self, view: &'b ChangesView) -> Vec<&'b str> {
        view.unknown.iter().filter_map(|u| u.strip_prefix("not-held ")).collect()
    }

    /// The rates before a change and from it on, each under its word.
    fn sides<'b>(&self, change: &'b ChangeView) -> [(&'static str, &'b [RateView]); 2] {
        [(self.p.w.change_before, &change.before), (self.p.w.change_after, &change.after)]
    }

    fn has_no_line(&self, view: &ChangesView) -> bool {
        view.unknown.iter().any(|u| u == "no-line")
    }
}

async fn explain(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/explain");
    let query = pairs(&uri);
    let days = [
        ("since", p.w.ask_since, p.w.ask_between_hint),
        ("until", p.w.ask_until, p.w.ask_between_hint),
    ];
    let mut form = Form::new(&p, &query, &days);
    let mut view = None;
    if query.iter().any(|(name, _)| name == "code") {
        let told = |name| of(&query, name).trim();
        match changed(&ask(&query), told("code"), told("since"), told("until"), &p.pack) {
            Ok(changes) => view = Some(changes),
            Err(unread) => form.refused(&p, &unread),
        }
    }
    let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let changes = view.iter().flat_map(|v| &v.changes);
    let rates = changes.flat_map(|c| c.before.iter().chain(&c.after));
    let acts = p.acts(rates.map(|rate| rate.basis.as_str()));
    let page = ExplainPage { acts, form, view, p };
    page.p.respond(status, &page)
}
