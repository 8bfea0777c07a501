//! Acts of officers, agencies and ports about a declaration, over HTTP.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fondaco_wire::report::Texts;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::api::{
    Asked, Problem, Shared, bad_field, key_of, key_used, key_wanted, not_found, problem, read,
    said, unavailable,
};
use crate::act::{ActMessage, Done, Refused, had_part, nothing_unknown, offered, words};

/// What became of an act.
#[derive(Serialize, ToSchema)]
struct ActDone {
    /// Its id.
    id: String,
    /// The declaration.
    mrn: String,
    /// Where the declaration stands now, with what followed.
    state: &'static str,
    /// Signed receipt: a JWS, EdDSA.
    receipt: String,
}

/// Do something about a declaration: hold it, lift a hold, refuse, ask, grant, deny, assess, say that it left.
///
/// What follows of it (release, clearance, exit) follows in the same commit. The same key with the same
/// bytes gets the same answer.
#[utoipa::path(
    post, path = "/v1/declarations/{mrn}/acts", tag = "declarations",
    request_body = ActMessage,
    params(
        ("mrn" = String, Path, description = "MRN"),
        super::ask::Key,
    ),
    responses(
        (status = 201, description = "Done, and on the disk", body = ActDone),
        (status = 400, description = "No key, or the act cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such declaration", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It cannot be done now: `why`, `why_text`; assessed anew, amounts are not known still: `unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A reason is wanted: `reasons` lists those that go with the act; or the key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn act(
    State(house): Shared,
    Path(mrn): Path<String>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let message: ActMessage = match read(&body) {
        Ok(message) => message,
        Err(response) => return *response,
    };
    match house.act(&mrn, &message, &body, key).await {
        Ok(Done { id, state, receipt, repeated }) => {
            let done = ActDone { id, mrn, state: state.name(), receipt };
            said(StatusCode::CREATED, done, repeated)
        }
        Err(Refused::Unknown) => not_found(),
        Err(Refused::Field(field)) => bad_field(field),
        Err(Refused::Reason) => {
            let pack = house.pack();
            let reasons: Vec<Value> = message.reasons(&pack).map(offered).collect();
            let more = json!({"reasons": reasons});
            problem(StatusCode::UNPROCESSABLE_ENTITY, "reason-wanted", Some(more))
        }
        Err(Refused::NotNow(why)) => {
            let more = json!({"why": why.name(), "why_text": Texts::from(&words(why))});
            problem(StatusCode::CONFLICT, "act-refused", Some(more))
        }
        Err(Refused::Returned(report)) => {
            let opinion: Value = serde_json::from_slice(&report.to_bytes()).unwrap_or_default();
            let more = json!({"findings": opinion["findings"]});
            problem(StatusCode::UNPROCESSABLE_ENTITY, "declaration-returned", Some(more))
        }
        Err(Refused::NothingUnknown) => {
            let more =
                json!({"why": "nothing-unknown", "why_text": Texts::from(&nothing_unknown())});
            problem(StatusCode::CONFLICT, "act-refused", Some(more))
        }
        Err(Refused::StillUnknown(report)) => {
            let opinion: Value = serde_json::from_slice(&report.to_bytes()).unwrap_or_default();
            let more = json!({"unknown": opinion["assessment"]["unknown"]});
            problem(StatusCode::CONFLICT, "still-unknown", Some(more))
        }
        Err(Refused::NotApplied(why)) => {
            let more = json!({"field": why});
            problem(StatusCode::UNPROCESSABLE_ENTITY, "amendment-not-applied", Some(more))
        }
        Err(Refused::HadPart) => {
            let more = json!({"why": "had-part", "why_text": Texts::from(&had_part())});
            problem(StatusCode::CONFLICT, "act-refused", Some(more))
        }
        Err(Refused::Money(refusal)) => super::money::not_posted(&refusal),
        Err(Refused::KeyUsed) => key_used(),
        Err(Refused::Fault(fault)) => unavailable(&fault),
    }
}
