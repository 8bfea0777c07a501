//! `GET /v1/requirements`: the question before shipping.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::api::{Asked, Shared, problem, unavailable};
use crate::finder::Ask;

/// The code; the rest of the question is [`Ask`].
#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
    #[serde(flatten)]
    ask: Ask,
}

/// What goods will have to pay and show.
///
/// The rows are those a declaration filed on that day meets. What cannot be told is in the answer.
#[utoipa::path(get, path = "/v1/requirements", tag = "law", params(("code" = String, Query, description = "The commodity code; points and spaces are taken"), Ask),
    responses((status = 200, content_type = "application/json"), (status = 400, body = super::api::Problem, content_type = "application/problem+json")))]
pub(super) async fn requirements(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<Code>>,
) -> Response {
    match house.with_drawn(|drawn| query.ask.answer(&query.code, &house.pack(), drawn)) {
        Err(fault) => unavailable(&fault),
        Ok(Ok(view)) => Json(view).into_response(),
        Ok(Err(unread)) => {
            let more = serde_json::to_value(&unread).ok();
            problem(StatusCode::BAD_REQUEST, "bad-request", more)
        }
    }
}
