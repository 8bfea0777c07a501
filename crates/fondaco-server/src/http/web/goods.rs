//! `GET /goods`: which code goods may go under, with the lines of the house's law below; for words
//! that say too little a question, and headings to choose from.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use fondaco::finding::Trilingual;
use fondaco_search::{Answer, Hit, Question};

use super::super::classify::{LONGEST, search};
use super::{Page, Shared, encode, of, pairs};
use crate::classify;
use crate::cli::today;
use crate::house::House;

/// How many codes or headings are shown.
const MOST: usize = 10;

#[derive(Template)]
#[template(path = "goods.html")]
struct GoodsPage<'a> {
    p: Page<'a>,
    q: String,
    /// The heading chosen; empty where none is.
    heading: String,
    found: Found,
}

/// What is shown of an answer.
enum Found {
    Nothing,
    TooLong,
    Codes(Vec<CodeView>),
    Question { ask: String, headings: Vec<HeadingView> },
}

/// A code found.
struct CodeView {
    code: String,
    /// In percent; empty where the words say nothing of it.
    share: String,
    name: String,
    /// The nearest words of trade and whence they are.
    why: Option<(String, String)>,
    lines: Vec<(String, String)>,
}

/// A heading to choose.
struct HeadingView {
    code: String,
    name: String,
    href: String,
}

fn codes(p: &Page<'_>, hits: Vec<Hit>) -> Found {
    let views = hits.into_iter().map(|hit| {
        let percent = (hit.share * 100.0).round();
        let line =
            |(code, name): (String, Trilingual)| (code, classify::named(&name, p.l).to_owned());
        CodeView {
            share: if percent >= 1.0 { format!("{percent}\u{a0}%") } else { String::new() },
            name: classify::named(&hit.name, p.l).to_owned(),
            why: hit.why,
            lines: hit.lines.into_iter().map(line).collect(),
            code: hit.code,
        }
    });
    Found::Codes(views.collect())
}

fn question(p: &Page<'_>, q: &str, asked: Question) -> Found {
    let headings = asked.headings.into_iter().map(|(code, name)| HeadingView {
        name: classify::named(&name, p.l).to_owned(),
        href: format!("/goods?q={}&heading={code}", encode(q)),
        code,
    });
    Found::Question { ask: asked.ask.get(p.l).to_owned(), headings: headings.collect() }
}

/// Looks for the goods; `None` where there is no search.
fn look(house: &House, q: &str, heading: &str) -> Option<Answer> {
    let search = search()?;
    let mut answer = if heading.is_empty() {
        search.find(q, MOST)
    } else {
        Answer::Found(search.within(q, heading))
    };
    if let Answer::Found(hits) = &mut answer {
        classify::lay(search, q, hits, &house.pack(), today());
    }
    Some(answer)
}

/// The page.
pub(super) async fn goods(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/goods");
    let query = pairs(&uri);
    let q = of(&query, "q").trim().to_owned();
    let heading = of(&query, "heading");
    let is_one = heading.len() == 4 && heading.bytes().all(|b| b.is_ascii_digit());
    let heading = if is_one { heading.to_owned() } else { String::new() };
    if q.len() > LONGEST {
        let page = GoodsPage { p, q: String::new(), heading, found: Found::TooLong };
        return page.p.respond(StatusCode::BAD_REQUEST, &page);
    }
    let found = if q.is_empty() {
        Found::Nothing
    } else {
        let (house, text, within) = (Arc::clone(&house), q.clone(), heading.clone());
        let looked = tokio::task::spawn_blocking(move || look(&house, &text, &within)).await;
        match looked {
            Ok(Some(Answer::Found(hits))) => codes(&p, hits),
            Ok(Some(Answer::Vague(asked))) => question(&p, &q, asked),
            _ => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    let page = GoodsPage { p, q, heading, found };
    page.p.respond(StatusCode::OK, &page)
}
