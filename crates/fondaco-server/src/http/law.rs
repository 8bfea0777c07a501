//! `GET /v1/law`: which bundle is the law of the house, since when, and who said so.

use axum::extract::State;
use axum::response::Response;

use super::api::{Shared, answer};
use crate::law::Version;

/// What was proposed, approved and refused as the law, and what is in force.
#[utoipa::path(get, path = "/v1/law", tag = "law", responses((status = 200, body = Vec<Version>)))]
pub(super) async fn law(State(house): Shared) -> Response {
    answer(house.versions(), |all| all)
}
