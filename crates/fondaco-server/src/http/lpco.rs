//! The register of licences, permits and certificates over HTTP.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use fondaco::lpco::NotDone;
use fondaco::money::Decimal;
use fondaco_wire::report::Texts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::api::{
    Asked, Problem, Shared, answer, bad_field, key_of, key_used, key_wanted, not_found, problem,
    read, said, unavailable,
};
use crate::lpco::form::{self, TermsForm};
use crate::lpco::{
    ActDone, ImportQuery, IssueMessage, LpcoActMessage, Refused, Told, Verified, VerifyQuery,
};
use crate::store::lpco::{ActRow, DrawRow};

/// A document of the register.
#[derive(Serialize, ToSchema)]
pub(super) struct LpcoView {
    kind: String,
    number: String,
    /// The agency that issued it.
    issuer: String,
    /// `active`, `suspended` or `revoked`.
    state: &'static str,
    /// What it says now.
    terms: TermsForm,
    /// What was written off on each line, and what is left.
    balance: Vec<BalanceView>,
    /// The acts, oldest first.
    acts: Vec<ActView>,
    /// The last thousand write-offs, newest first.
    write_offs: Vec<WriteOffView>,
}

/// A line and what is left of it; decimals, empty where not counted.
#[derive(Serialize, ToSchema)]
pub(super) struct BalanceView {
    /// From 1.
    pub(super) line: usize,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) used_quantity: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) left_quantity: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) unit: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) used_value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) left_value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) currency: String,
}

/// An act about a document.
#[derive(Serialize, ToSchema)]
struct ActView {
    /// The id of its filing; its receipt is under it.
    id: String,
    act: String,
    issuer: String,
    by: String,
    note: String,
    /// What the document said from then on; absent where the act did not change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<TermsForm>,
    at: String,
}

/// A write-off on a document.
#[derive(Serialize, ToSchema)]
pub(super) struct WriteOffView {
    pub(super) mrn: String,
    pub(super) item: u32,
    /// From 1.
    pub(super) line: usize,
    /// Below zero where it was given back; empty where not counted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) quantity: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) value: String,
    /// `reserved`, `final` once the goods are cleared, or `given-back`.
    pub(super) state: &'static str,
    pub(super) at: String,
}

fn text(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// What is left of each line.
pub(super) fn balance(told: &Told) -> Vec<BalanceView> {
    let lines = told.record.document.terms.lines.iter().enumerate();
    lines
        .map(|(n, line)| {
            let (used, left) = (told.record.used(n), told.record.left(n));
            let counted = |amount: Decimal, is: bool| if is { text(amount) } else { String::new() };
            BalanceView {
                line: n.saturating_add(1),
                used_quantity: counted(used.quantity, line.quantity.is_some()),
                left_quantity: left.0.map(text).unwrap_or_default(),
                unit: line.quantity.map(|q| q.unit.to_string()).unwrap_or_default(),
                used_value: counted(used.value, line.value.is_some()),
                left_value: left.1.map(text).unwrap_or_default(),
                currency: line.value.map(|v| v.currency.to_string()).unwrap_or_default(),
            }
        })
        .collect()
}

/// A write-off as it is told.
pub(super) fn write_off(draw: &DrawRow) -> WriteOffView {
    let counted = |amount: Decimal| if amount.is_zero() { String::new() } else { text(amount) };
    let state = match (draw.given_back, draw.cleared) {
        (true, _) => "given-back",
        (false, true) => "final",
        (false, false) => "reserved",
    };
    WriteOffView {
        mrn: draw.mrn.clone(),
        item: draw.item,
        line: draw.line.saturating_add(1),
        quantity: counted(draw.quantity),
        value: counted(draw.value),
        state,
        at: draw.at.clone(),
    }
}

fn act_view(row: ActRow) -> ActView {
    let ActRow { filing, act, issuer, by, terms, note, at } = row;
    ActView { id: filing, act, issuer, by, note, terms: form::read(&terms).ok(), at }
}

impl From<Told> for LpcoView {
    fn from(told: Told) -> Self {
        Self {
            kind: told.kind.to_string(),
            number: told.number.clone(),
            issuer: told.acts.first().map(|a| a.issuer.clone()).unwrap_or_default(),
            state: told.record.document.standing.name(),
            terms: TermsForm::from(&told.record.document.terms),
            balance: balance(&told),
            write_offs: told.draws.iter().map(write_off).collect(),
            acts: told.acts.into_iter().map(act_view).collect(),
        }
    }
}

pub(super) fn refused(refused: Refused) -> Response {
    match refused {
        Refused::Unknown => not_found(),
        Refused::Field(field) | Refused::NotDone(NotDone::Unfit(field)) => bad_field(field),
        Refused::Unreadable(problems) => {
            let one = |p: &fondaco_wire::sps::Problem| json!({"line": p.line, "path": p.path, "reason": p.reason, "text": Texts::from(&p.text())});
            let all: Vec<_> = problems.iter().map(one).collect();
            problem(StatusCode::BAD_REQUEST, "bad-request", Some(json!({"problems": all})))
        }
        Refused::Ambiguous(kinds) => {
            let more = json!({"field": "kind", "kinds": kinds});
            problem(StatusCode::BAD_REQUEST, "bad-request", Some(more))
        }
        Refused::NotDone(why) => {
            let more = json!({"why": why.name(), "why_text": Texts::from(&why.text())});
            problem(StatusCode::CONFLICT, "act-refused", Some(more))
        }
        Refused::KeyUsed => key_used(),
        Refused::Fault(fault) => unavailable(&fault),
    }
}

fn done(result: Result<ActDone, Refused>) -> Response {
    match result {
        Ok(done) => {
            let repeated = done.repeated;
            said(StatusCode::CREATED, done, repeated)
        }
        Err(why) => refused(why),
    }
}

/// Issue a document: a licence, permit, certificate, or that somebody is an authorised operator.
///
/// The types the register keeps, and who issues them, are rows of `lpcos.csv`. As `application/xml` it takes
/// an SPS certificate of UN/CEFACT, such as an ePhyto, with `by`, `issuer` and `holder` as parameters.
#[utoipa::path(
    post, path = "/v1/lpcos", tag = "lpcos",
    request_body(content((IssueMessage = "application/json"), (String = "application/xml"))),
    params(ImportQuery, super::ask::Key),
    responses(
        (status = 201, description = "Issued, and on the disk", body = ActDone),
        (status = 400, description = "No key, or the message cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It cannot be issued: `why`, `why_text`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn issue(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<ImportQuery>>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let media = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if fondaco_wire::format_of(media).is_some_and(|format| format.name == "xml") {
        return done(house.import_certificate(&query, &body, key).await);
    }
    match read::<IssueMessage>(&body) {
        Ok(message) => done(house.issue(&message, &body, key).await),
        Err(response) => *response,
    }
}

/// Amend, suspend, resume or revoke a document.
#[utoipa::path(
    post, path = "/v1/lpcos/{number}/acts", tag = "lpcos",
    request_body = LpcoActMessage,
    params(
        ("number" = String, Path, description = "The document's number, percent-encoded"),
        super::ask::Key,
    ),
    responses(
        (status = 201, description = "Done, and on the disk", body = ActDone),
        (status = 400, description = "No key, or the message cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It cannot be done: `why`, `why_text`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn act(
    State(house): Shared,
    Path(number): Path<String>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    match read::<LpcoActMessage>(&body) {
        Ok(message) => done(house.lpco_act(&number, &message, &body, key).await),
        Err(response) => *response,
    }
}

/// Which of several documents of one number.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct KindQuery {
    /// The type; wanted where documents of two types have the number.
    pub(super) kind: String,
}

/// A document, with what is left of it, its acts and what was written off on it.
#[utoipa::path(
    get, path = "/v1/lpcos/{number}", tag = "lpcos",
    params(("number" = String, Path, description = "The document's number"), KindQuery),
    responses(
        (status = 200, body = LpcoView),
        (status = 400, description = "Documents of several types have the number: `kinds`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show(
    State(house): Shared,
    Path(number): Path<String>,
    Asked(Query(query)): Asked<Query<KindQuery>>,
) -> Response {
    match house.lpco(&number, &query.kind) {
        Ok(told) => Json(LpcoView::from(told)).into_response(),
        Err(why) => refused(why),
    }
}

/// A document that is good, as an SPS certificate of UN/CEFACT (ePhyto).
#[utoipa::path(
    get, path = "/v1/lpcos/{number}/certificate", tag = "lpcos",
    params(("number" = String, Path, description = "The document's number"), KindQuery),
    responses(
        (status = 200, description = "SPSCertificate, version 17", body = String, content_type = "application/xml"),
        (status = 404, description = "There is no such document, or its type is none of N and a code of UNCL 1001, or it is suspended or revoked", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn certificate(
    State(house): Shared,
    Path(number): Path<String>,
    Asked(Query(query)): Asked<Query<KindQuery>>,
) -> Response {
    match house.certificate(&number, &query.kind) {
        Ok(xml) => ([(header::CONTENT_TYPE, "application/xml")], xml).into_response(),
        Err(why) => refused(why),
    }
}

/// Whether a document would be good for goods. Nothing is written off.
#[utoipa::path(
    get, path = "/v1/lpcos/{number}/verify", tag = "lpcos",
    params(("number" = String, Path, description = "The document's number"), VerifyQuery),
    responses(
        (status = 200, body = Verified),
        (status = 400, description = "The question cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn verify(
    State(house): Shared,
    Path(number): Path<String>,
    Asked(Query(query)): Asked<Query<VerifyQuery>>,
) -> Response {
    match house.verified(&number, &query) {
        Ok(verified) => Json(verified).into_response(),
        Err(why) => refused(why),
    }
}

/// Which documents.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The type; empty is all.
    kind: String,
    /// To whom they were issued; empty is anybody.
    holder: String,
    /// The cursor to go back from.
    before: i64,
    /// Most of them, up to 1,000.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1_000)]
    limit: Option<super::ask::Most<1_000>>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { kind: String::new(), holder: String::new(), before: i64::MAX, limit: None }
    }
}

/// A document of the list.
#[derive(Serialize, ToSchema)]
struct ListedView {
    /// Where to go back from.
    cursor: i64,
    kind: String,
    number: String,
    issuer: String,
    /// When it was issued.
    at: String,
}

/// Documents, the last issued first.
#[utoipa::path(get, path = "/v1/lpcos", tag = "lpcos", params(ListQuery), responses((status = 200, body = Vec<ListedView>)))]
pub(super) async fn list(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<ListQuery>>,
) -> Response {
    let limit = super::ask::Most::or(query.limit, 100);
    answer(house.store.lpcos(&query.kind, &query.holder, query.before, limit), |all| {
        let view = |l: crate::store::lpco::Listed| ListedView {
            cursor: l.seq,
            kind: l.kind,
            number: l.number,
            issuer: l.issuer,
            at: l.at,
        };
        all.into_iter().map(view).collect::<Vec<_>>()
    })
}
