//! The page of the law of the house: what is in force, proposed, approved and refused, by whom and
//! from which day.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;

use super::{Page, Shared};
use crate::house::House;
use crate::law::Version;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/law", get(law))
}

#[derive(Template)]
#[template(path = "law.html")]
struct LawPage<'a> {
    p: Page<'a>,
    /// The newest first.
    versions: Vec<Version>,
}

impl LawPage<'_> {
    /// The name of the drawing and the colour of a state.
    fn mark(&self, version: &Version) -> &'static str {
        match version.state {
            "refused" => "returned",
            "proposed" => "warning",
            _ => "accepted",
        }
    }
}

async fn law(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/law");
    let mut versions = match house.versions() {
        Ok(versions) => versions,
        Err(fault) => return p.fault(&fault),
    };
    versions.reverse();
    let page = LawPage { versions, p };
    page.p.respond(StatusCode::OK, &page)
}
