//! The pages of what came from neighbours: the drafts of imports, and one of them with where each value
//! came from and what is open.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;

use super::super::exchange::words_aside;
use super::{Named, Page, Shared, named, of, pairs};
use crate::exchange::drafts::Draft;
use crate::house::House;
use crate::store::{Fault, Kept};

/// Drafts on one page of the list.
const ROWS: usize = 50;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/drafts", get(drafts)).route("/drafts/{id}", get(draft))
}

#[derive(Template)]
#[template(path = "drafts.html")]
struct DraftsPage<'a> {
    p: Page<'a>,
    /// The newest first.
    drafts: Vec<Draft>,
    /// What is put aside, the newest first.
    aside: Vec<Kept>,
    /// The place to go back from; 0 where there is nothing older.
    older: i64,
}

impl DraftsPage<'_> {
    /// The text in the language of the page.
    fn said<'b>(&self, text: &'b Value) -> &'b str {
        text[self.p.tag()].as_str().unwrap_or_default()
    }

    /// Why it is put aside, and the field.
    fn why(&self, kept: &Kept) -> String {
        let Some(aside) = &kept.aside else { return String::new() };
        let words = words_aside(aside);
        format!("{} {}", self.said(&words), aside.field).trim_end().to_owned()
    }

    fn t<'b>(&self, name: &'b str) -> &'b str {
        self.p.term("drafts", name)
    }
}

async fn drafts(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/drafts");
    let query = pairs(&uri);
    let before = of(&query, "before").parse().unwrap_or(i64::MAX);
    let looked = house.clone();
    // Each is made anew: beside the threads that serve.
    let made = tokio::task::spawn_blocking(move || {
        let all = looked.drafts(before, ROWS)?;
        let aside = looked.store.newest_taken(true, i64::MAX, ROWS)?;
        let last = all.last().map_or(0, |(seq, _)| *seq);
        let is_more = last > 1 && !looked.store.newest_taken(false, last, 1)?.is_empty();
        Ok((all, aside, if is_more { last } else { 0 }))
    });
    let (all, aside, older) = match made.await.unwrap_or(Err(Fault::Stopped)) {
        Ok(found) => found,
        Err(fault) => return p.fault(&fault),
    };
    let aside = aside.into_iter().map(|(_, kept)| kept).collect();
    let page = DraftsPage { p, drafts: all.into_iter().map(|(_, d)| d).collect(), aside, older };
    page.p.respond(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage<'a> {
    p: Page<'a>,
    d: Draft,
}

impl DraftPage<'_> {
    fn t<'b>(&self, name: &'b str) -> &'b str {
        self.p.term("drafts", name)
    }

    /// The text in the language of the page.
    fn said<'b>(&self, text: &'b Value) -> &'b str {
        text[self.p.tag()].as_str().or_else(|| text["en"].as_str()).unwrap_or_default()
    }

    /// Code, place and text of what the law has against it.
    fn findings(&self) -> Vec<(&str, &str, &str)> {
        let all = self.d.findings.as_array().into_iter().flatten();
        all.map(|f| {
            let code = f["code"].as_str().unwrap_or_default();
            let path = f["json_pointer"].as_str().unwrap_or_default();
            (code, path, self.said(&f["text"]))
        })
        .collect()
    }
}

async fn draft(State(house): Shared, id: Named, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/drafts");
    match house.draft(&named(id)) {
        Ok(Some(d)) => {
            let page = DraftPage { p, d };
            page.p.respond(StatusCode::OK, &page)
        }
        Ok(None) => p.not_found(),
        Err(fault) => p.fault(&fault),
    }
}
