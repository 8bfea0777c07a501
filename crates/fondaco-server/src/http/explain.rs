//! `GET /v1/explain`: what changed for goods between two days, and by which act.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::api::{Asked, Shared, problem};
use crate::explain::changed;
use crate::finder::Ask;

/// The code and the days; the rest of the question is [`Ask`].
#[derive(Deserialize)]
pub(super) struct Between {
    code: String,
    since: String,
    until: String,
    #[serde(flatten)]
    ask: Ask,
}

/// What changed for goods between two days, and by which act.
///
/// The answer of `fondaco explain`: each change with its day, what it was, what it is and the act.
#[utoipa::path(get, path = "/v1/explain", tag = "law", params(
    ("code" = String, Query, description = "The commodity code; points and spaces are taken"),
    ("since" = String, Query, description = "The first of the two days, YYYY-MM-DD"),
    ("until" = String, Query, description = "The second of the two days, YYYY-MM-DD"), Ask),
    responses((status = 200, content_type = "application/json"), (status = 400, body = super::api::Problem, content_type = "application/problem+json")))]
pub(super) async fn explain(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<Between>>,
) -> Response {
    match changed(&query.ask, &query.code, &query.since, &query.until, &house.pack()) {
        Ok(view) => Json(view).into_response(),
        Err(unread) => {
            let more = serde_json::to_value(&unread).ok();
            problem(StatusCode::BAD_REQUEST, "bad-request", more)
        }
    }
}
