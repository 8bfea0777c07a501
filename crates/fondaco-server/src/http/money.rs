//! Money over HTTP: debts, what the bank tells, decisions, reports.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use fondaco::ledger::Refusal;
use fondaco_wire::report::Texts;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::api::{
    Asked, Problem, Shared, answer, bad_field, key_of, key_used, key_wanted, not_found, problem,
    read, replayed, said, unavailable, with,
};
use crate::money::{
    BankRefused, DebtView, EntriesView, EntryQuery, MONEY, MoneyMessage, MoneyRefused, MoneyView,
};

/// A bank's message that was taken.
#[derive(Serialize, ToSchema)]
struct BankTaken {
    /// Its id in the house.
    id: String,
    /// Signed receipt: a JWS, EdDSA.
    receipt: String,
    /// What became of each entry and its parts, with a sentence in three languages.
    entries: Value,
}

/// A decision about money that is on the disk.
#[derive(Serialize, ToSchema)]
struct MoneyTaken {
    /// Its id; of a refund without dashes its id too.
    id: String,
    /// Signed receipt: a JWS, EdDSA.
    receipt: String,
    /// Of what is asked for: the reference to pay with.
    #[serde(skip_serializing_if = "String::is_empty")]
    reference: String,
}

/// What a declaration owes, what stands against it, and how to pay.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/debt", tag = "money",
    params(("mrn" = String, Path, description = "MRN")),
    responses((status = 200, body = Vec<DebtView>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn debt(State(house): Shared, Path(mrn): Path<String>) -> Response {
    with(&house, &mrn, |filing| answer(house.debts(&filing.mrn), |debts| debts))
}

/// Take what a bank tells: camt.053 or camt.054, whole or not at all.
///
/// Goods whose debt is settled by it, and that nothing else holds, are released in the same commit. A
/// message of which nothing is taken is kept, and every problem of it is named.
#[utoipa::path(
    post, path = "/v1/bank", tag = "money",
    request_body(content = String, content_type = "application/xml"),
    params(
        super::ask::Key,
        ("Bank-Signature" = Option<String>, Header, description = "A JWS of the bank over `{\"digest\": \"sha-256:...\"}`, where the operator named the bank's key"),
    ),
    responses(
        (status = 201, description = "Taken, and on the disk", body = BankTaken),
        (status = 400, description = "No key", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "It is not signed by the bank", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Nothing of it is taken: `problems`; or the key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn bank(
    State(house): Shared,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let signature = headers.get("bank-signature").and_then(|v| v.to_str().ok());
    match house.bank(&body, key, signature).await {
        Ok(done) => {
            let response = if done.taken {
                let entries = done.told["entries"].clone();
                let taken = BankTaken { id: done.id, receipt: done.receipt, entries };
                (StatusCode::CREATED, Json(taken)).into_response()
            } else {
                let problems = &done.told["problems"];
                let more = json!({"id": done.id, "receipt": done.receipt, "problems": problems});
                problem(StatusCode::UNPROCESSABLE_ENTITY, "bank-message-refused", Some(more))
            };
            if done.repeated { replayed(response) } else { response }
        }
        Err(BankRefused::NotTheBank(why)) => {
            problem(StatusCode::UNAUTHORIZED, "not-the-bank", Some(json!({"why": why})))
        }
        Err(BankRefused::KeyUsed) => key_used(),
        Err(BankRefused::Fault(fault)) => unavailable(&fault),
    }
}

/// Decide about money: a deferment account's limit, a guarantee, a refund, a reversal.
#[utoipa::path(
    post, path = "/v1/money/acts", tag = "money",
    request_body = MoneyMessage,
    params(super::ask::Key),
    responses(
        (status = 201, description = "Posted, and on the disk", body = MoneyTaken),
        (status = 400, description = "No key, or it cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ledger does not take it: `why`, `why_text`, `detail`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was posted", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn act(
    State(house): Shared,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let message: MoneyMessage = match read(&body) {
        Ok(message) => message,
        Err(response) => return *response,
    };
    match house.money_act(&message, &body, key).await {
        Ok(done) => {
            let taken =
                MoneyTaken { id: done.id, receipt: done.receipt, reference: done.reference };
            said(StatusCode::CREATED, taken, done.repeated)
        }
        Err(MoneyRefused::Field(field)) => bad_field(field),
        Err(MoneyRefused::Ledger(refusal)) => not_posted(&refusal),
        Err(MoneyRefused::NoRate(currency)) => {
            let more = json!({"currency": currency.as_str()});
            problem(StatusCode::CONFLICT, "no-rate", Some(more))
        }
        Err(MoneyRefused::Order(why)) => {
            problem(StatusCode::CONFLICT, "order-refused", Some(json!({"detail": why})))
        }
        Err(MoneyRefused::KeyUsed) => key_used(),
        Err(MoneyRefused::Fault(fault)) => unavailable(&fault),
    }
}

/// Why the ledger does not take it.
pub(super) fn not_posted(refusal: &Refusal) -> Response {
    let more = json!({
        "why": refusal.name(),
        "why_text": Texts::from(&refusal.text()),
        "detail": refusal.to_string(),
    });
    problem(StatusCode::CONFLICT, "money-refused", Some(more))
}

/// What is owed, paid, deferred, secured and waiting, by currency.
#[utoipa::path(get, path = "/v1/money", tag = "money", responses((status = 200, body = MoneyView)))]
pub(super) async fn money(State(house): Shared) -> Response {
    answer(house.money_view(), |view| view)
}

/// What banks told, entry by entry, with what became of it and the digest of the message; a page at a time.
#[utoipa::path(get, path = "/v1/money/entries", tag = "money", params(EntryQuery),
    responses((status = 200, body = EntriesView)))]
pub(super) async fn entries(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<EntryQuery>>,
) -> Response {
    answer(house.bank_entries(&query), |page| page)
}

/// An order to the bank for refunds: pain.001.
#[utoipa::path(get, path = "/v1/money/orders/{id}", tag = "money",
    params(("id" = String, Path, description = "The id of the act that ordered")),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn order(State(house): Shared, Path(id): Path<String>) -> Response {
    with(&house, &id, |filing| {
        if filing.format != MONEY || filing.kind != "order" {
            return not_found();
        }
        ([(header::CONTENT_TYPE, "application/xml")], filing.opinion).into_response()
    })
}
