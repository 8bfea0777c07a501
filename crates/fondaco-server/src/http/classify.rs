//! `GET /v1/classify`: which code goods may go under, or a question back.

use std::sync::OnceLock;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_search::{Answer, LEARNT, Search};
use serde::Deserialize;

use super::api::{Asked, Shared, bad_field, problem};
use crate::classify;
use crate::cli::today;

/// The question.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Goods {
    /// What the goods are, in Chinese, Russian or English; at most 1,000 bytes
    q: String,
    /// The language of the answer: zh, ru or en
    lang: Option<String>,
}

/// Made at the first question: most houses are never asked.
static SEARCH: OnceLock<Option<Search>> = OnceLock::new();
/// The longest question, in bytes.
pub(super) const LONGEST: usize = 1000;

/// The search; `None` where none could be made.
pub(super) fn search() -> Option<&'static Search> {
    SEARCH.get_or_init(|| classify::search(LEARNT).ok()).as_ref()
}

/// Which six-digit codes goods may go under.
///
/// A help in looking, never a classification. Words that say too little get a question back.
#[utoipa::path(get, path = "/v1/classify", tag = "law", params(Goods),
    responses((status = 200, content_type = "application/json"), (status = 400, body = super::api::Problem, content_type = "application/problem+json")))]
pub(super) async fn classify(
    State(house): Shared,
    Asked(Query(goods)): Asked<Query<Goods>>,
) -> Response {
    let lang = classify::language(goods.lang.as_deref().unwrap_or("en"));
    let Ok(lang) = lang else { return bad_field("lang") };
    if goods.q.len() > LONGEST {
        return bad_field(format!("q: at most {LONGEST} bytes"));
    }
    let answered = tokio::task::spawn_blocking(move || {
        let search = search()?;
        let mut answer = search.find(&goods.q, 5);
        if let Answer::Found(hits) = &mut answer {
            classify::lay(search, &goods.q, hits, &house.pack(), today());
        }
        Some(classify::told(&goods.q, &answer, lang))
    });
    match answered.await {
        Ok(Some(answer)) => Json(answer).into_response(),
        _ => problem(StatusCode::INTERNAL_SERVER_ERROR, "fault", None),
    }
}
