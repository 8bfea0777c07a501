//! The public API: file, ask, replay. Described by OpenAPI 3.1, errors by RFC 9457.

use std::fmt::Display;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco::consignment::State as Standpoint;
use fondaco::day::Day;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problems::PROBLEMS;
use crate::house::{Answer, House, Refusal};
use crate::store::{Fault, Filing, Happened};

pub(super) type Shared = State<Arc<House>>;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fondaco",
        description = "Cross-border trade single window: a declaration goes in and comes out decided.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "declarations", description = "Filing and asking"),
        (name = "money", description = "Debts, what the bank tells, decisions about money"),
        (name = "events", description = "What the house tells, and who is told"),
        (name = "house", description = "Readiness, keys, descriptions"),
    )
)]
struct Description;

/// The routes and their description.
pub(crate) fn router() -> (axum::Router<Arc<House>>, utoipa::openapi::OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(file, list))
        .routes(routes!(show))
        .routes(routes!(opinion))
        .routes(routes!(super::act::act))
        .routes(routes!(super::money::debt))
        .routes(routes!(super::money::bank))
        .routes(routes!(super::money::act))
        .routes(routes!(super::money::money))
        .routes(routes!(super::money::order))
        .routes(routes!(super::money::entries))
        .routes(routes!(super::tasks::tasks))
        .routes(routes!(super::inspections::book, super::inspections::inspections))
        .routes(routes!(super::inspections::results))
        .routes(routes!(super::inspections::posts))
        .routes(routes!(events))
        .routes(routes!(super::notifications::notifications))
        .routes(routes!(super::notifications::notification))
        .routes(routes!(receipt))
        .routes(routes!(message))
        .routes(routes!(super::notifications::all_notifications))
        .routes(routes!(super::events::events))
        .routes(routes!(super::events::one))
        .routes(routes!(super::events::stream))
        .routes(routes!(super::webhooks::make, super::webhooks::list))
        .routes(routes!(super::webhooks::change, super::webhooks::show, super::webhooks::end))
        .routes(routes!(super::finder::requirements))
        .routes(routes!(super::law::law))
        .routes(routes!(super::explain::explain))
        .routes(routes!(super::lpco::issue, super::lpco::list))
        .routes(routes!(super::lpco::show))
        .routes(routes!(super::lpco::act))
        .routes(routes!(super::lpco::verify))
        .routes(routes!(super::lpco::certificate))
        .routes(routes!(super::classify::classify))
        .routes(routes!(super::exchange::envelopes, super::exchange::take))
        .routes(routes!(super::exchange::aside))
        .routes(routes!(super::exchange::exports))
        .routes(routes!(super::exchange::drafts))
        .routes(routes!(super::exchange::draft))
        .routes(routes!(super::exchange::drafted))
        .routes(routes!(keys))
        .routes(routes!(health))
        .routes(routes!(schema))
        .split_for_parts();
    description.info.version = env!("CARGO_PKG_VERSION").to_owned();
    super::describe::complete(&mut description);
    let text = description.to_json().unwrap_or_default();
    let router = router.route(
        "/openapi.json",
        axum::routing::get(move || {
            let text = text.clone();
            async move { ([(header::CONTENT_TYPE, "application/json")], text) }
        }),
    );
    (router, description)
}

/// RFC 9457.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Where the problem is explained.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, in English.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// The same in the three languages.
    text: Value,
    /// The filing, where it was kept: id, receipt, and the findings.
    #[serde(flatten)]
    more: Value,
}

/// A problem as a response.
pub(crate) fn problem(status: StatusCode, name: &str, more: Option<Value>) -> Response {
    let titles = PROBLEMS.iter().find(|(n, _)| *n == name).map_or(["", "", ""], |(_, t)| *t);
    let body = Problem {
        kind: format!("/problems/{name}"),
        title: titles[0],
        status: status.as_u16(),
        text: json!({"en": titles[0], "zh": titles[1], "ru": titles[2]}),
        more: more.unwrap_or_else(|| json!({})),
    };
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// A part of a request; where it cannot be read, the answer is a problem like any other.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: FromRequest<S>> FromRequest<S> for Asked<T>
where
    T::Rejection: IntoResponse + Display,
{
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        T::from_request(request, state).await.map(Asked).map_err(unread)
    }
}

impl<S: Send + Sync, T: FromRequestParts<S>> FromRequestParts<S> for Asked<T>
where
    T::Rejection: IntoResponse + Display,
{
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        T::from_request_parts(parts, state).await.map(Asked).map_err(unread)
    }
}

fn unread(rejection: impl IntoResponse + Display) -> Response {
    let why = rejection.to_string();
    match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large", None),
        // What follows the first colon names the field and what is wanted of it.
        _ => bad_field(why.split_once(": ").map_or(&*why, |(_, field)| field)),
    }
}

/// The caller's own name for a request; `None` where there is none that can be kept.
pub(super) fn key_of(headers: &HeaderMap) -> Option<&str> {
    let key = headers.get("idempotency-key")?.to_str().ok()?.trim();
    let visible = key.bytes().all(|b| (0x20..0x7f).contains(&b));
    (!key.is_empty() && key.len() <= 255 && visible).then_some(key)
}

/// That there is no such name, or none that can be kept.
pub(super) fn key_wanted() -> Response {
    problem(StatusCode::BAD_REQUEST, "key-wanted", None)
}

/// That the name was used for another request.
pub(super) fn key_used() -> Response {
    problem(StatusCode::UNPROCESSABLE_ENTITY, "key-used", None)
}

/// That something of a request is not what it may be: which field, or why it cannot be read.
pub(super) fn bad_field(field: impl std::fmt::Display) -> Response {
    problem(StatusCode::BAD_REQUEST, "bad-request", Some(json!({"field": field.to_string()})))
}

/// What was sent, as JSON.
pub(super) fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Box<Response>> {
    serde_json::from_slice(body).map_err(|e| Box::new(bad_field(e)))
}

/// What became of a request, said again where it was answered before.
pub(super) fn said(status: StatusCode, view: impl Serialize, repeated: bool) -> Response {
    let response = (status, Json(view)).into_response();
    if repeated { replayed(response) } else { response }
}

pub(super) fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "not-found", None)
}

pub(super) fn unavailable(fault: &Fault) -> Response {
    eprintln!("fondaco: {fault}");
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", None);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// The answer to a filing that was accepted.
#[derive(Serialize, ToSchema)]
struct Filed {
    /// The filing's id.
    id: String,
    /// The number given.
    mrn: String,
    /// `accepted`.
    outcome: String,
    /// `green`, `yellow` or `red`; empty for messages about another declaration.
    lane: String,
    /// Signed receipt: a JWS, EdDSA.
    receipt: String,
}

/// File a declaration, or a message about one.
///
/// XML of the WCO Data Model 3.6 or its JSON form. The same key with the same bytes gets the same
/// answer; with other bytes it is refused.
#[utoipa::path(
    post, path = "/v1/declarations", tag = "declarations",
    request_body(content((String = "application/xml"), (Object = "application/json"))),
    params(
        super::ask::Key,
        ("Fondaco-On" = Option<String>, Header, description = "Sandbox only: the day to file as of, YYYY-MM-DD"),
    ),
    responses(
        (status = 201, description = "Lodged and accepted", body = Filed),
        (status = 400, description = "No key, or a bad header", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 16 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Another media type", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Returned, with everything that is wrong; or the key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was taken", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn file(State(house): Shared, headers: HeaderMap, Asked(body): Asked<Bytes>) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let Some(format) = fondaco_wire::format_of(text("content-type")) else {
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", None);
    };
    let on = match text("fondaco-on") {
        "" => None,
        day if house.sandbox => match day.parse::<Day>() {
            Ok(day) => Some(day),
            Err(_) => return bad_field("Fondaco-On"),
        },
        // The day is the clock's outside a sandbox; a request that thinks otherwise is told so.
        _ => return bad_field("Fondaco-On: this is no sandbox"),
    };
    match house.file(format, &body, key, on).await {
        Ok(answer) => answered(answer),
        Err(Refusal::KeyUsed) => key_used(),
        Err(Refusal::Fault(fault)) => unavailable(&fault),
    }
}

fn answered(answer: Answer) -> Response {
    let response = if answer.outcome == "accepted" {
        let location = if answer.mrn.is_empty() { &answer.id } else { &answer.mrn };
        let location = HeaderValue::from_str(&format!("/v1/declarations/{location}"));
        let filed = Filed {
            id: answer.id,
            mrn: answer.mrn,
            outcome: answer.outcome,
            lane: answer.lane,
            receipt: answer.receipt,
        };
        let mut response = (StatusCode::CREATED, Json(filed)).into_response();
        if let Ok(location) = location {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    } else {
        let opinion: Value = serde_json::from_slice(&answer.opinion).unwrap_or_default();
        let more = json!({
            "instance": format!("/v1/declarations/{}", answer.id),
            "id": answer.id,
            "outcome": answer.outcome,
            "receipt": answer.receipt,
            "findings": opinion["findings"],
        });
        problem(StatusCode::UNPROCESSABLE_ENTITY, "declaration-returned", Some(more))
    };
    if answer.repeated { replayed(response) } else { response }
}

/// Says that it was answered before.
pub(super) fn replayed(mut response: Response) -> Response {
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

/// A filing in a list.
#[derive(Serialize, ToSchema)]
struct Listed {
    /// Where to go on from.
    cursor: i64,
    /// Id.
    id: String,
    /// Number; empty where returned.
    mrn: String,
    /// Declarant's reference.
    lrn: String,
    /// Declarant.
    declarant: String,
    /// Type.
    kind: String,
    /// `accepted` or `returned`.
    outcome: String,
    /// Lane.
    lane: String,
    /// Payable, with its currency; empty where nothing could be computed.
    total: String,
    /// When.
    lodged_at: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `accepted`, `returned` or a lane.
    show: Option<String>,
    /// The cursor to go back from.
    before: Option<i64>,
    /// Most filings, up to 1,000.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1_000)]
    limit: Option<super::ask::Most<1_000>>,
}

/// What the store read, as JSON; a problem where it could not.
pub(super) fn answer<T, V: Serialize>(
    read: Result<T, Fault>,
    view: impl FnOnce(T) -> V,
) -> Response {
    match read {
        Ok(found) => Json(view(found)).into_response(),
        Err(fault) => unavailable(&fault),
    }
}

/// Filings, newest first.
#[utoipa::path(get, path = "/v1/declarations", tag = "declarations", params(ListQuery),
    responses((status = 200, body = Vec<Listed>)))]
async fn list(State(house): Shared, Asked(Query(query)): Asked<Query<ListQuery>>) -> Response {
    let show = query.show.unwrap_or_default();
    let most = super::ask::Most::or(query.limit, 100);
    answer(house.store.newest(&show, query.before.unwrap_or(i64::MAX), most), |rows| {
        let listed = |(cursor, f): (i64, Filing)| Listed {
            cursor,
            id: f.id,
            mrn: f.mrn,
            lrn: f.lrn,
            declarant: f.declarant,
            kind: f.kind,
            outcome: f.outcome,
            lane: f.lane,
            total: f.total,
            lodged_at: f.at,
        };
        rows.into_iter().map(listed).collect::<Vec<_>>()
    })
}

/// A filing and where it stands.
#[derive(Serialize, ToSchema)]
struct Standing {
    /// Id.
    id: String,
    /// Number; empty where returned.
    mrn: String,
    /// Declarant's reference.
    lrn: String,
    /// Declarant.
    declarant: String,
    /// Type.
    kind: String,
    /// `accepted` or `returned`.
    outcome: String,
    /// Where it stands.
    state: &'static str,
    /// Lane.
    lane: String,
    /// Payable, with its currency; empty where nothing could be computed.
    total: String,
    /// When.
    lodged_at: String,
    /// Digest of the bytes as filed.
    digest: String,
    /// SHA-256 of the bundle it was judged by.
    bundle: String,
    /// Receipt.
    receipt: String,
    /// Where the rest is.
    links: Value,
}

/// Finds a filing by MRN or id and hands it on.
pub(super) fn with(house: &House, name: &str, then: impl FnOnce(Filing) -> Response) -> Response {
    match house.store.filing(name) {
        Ok(Some(filing)) => then(filing),
        Ok(None) => not_found(),
        Err(fault) => unavailable(&fault),
    }
}

/// Where a declaration stands.
#[utoipa::path(get, path = "/v1/declarations/{mrn}", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN or id")),
    responses((status = 200, body = Standing), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(State(house): Shared, Path(name): Path<String>) -> Response {
    with(&house, &name, |f| {
        let state = match house.state(f.log()) {
            Ok(Standpoint::Rejected) => "returned",
            Ok(_) if f.mrn.is_empty() => "noted",
            Ok(state) => state.name(),
            Err(fault) => return unavailable(&fault),
        };
        let at = format!("/v1/declarations/{name}");
        let (lane, total) = match house.standing(&f) {
            Ok(now) => now.map_or_else(|| (f.lane.clone(), f.total.clone()), |n| (n.lane, n.total)),
            Err(fault) => return unavailable(&fault),
        };
        Json(Standing {
            id: f.id,
            mrn: f.mrn,
            lrn: f.lrn,
            declarant: f.declarant,
            kind: f.kind,
            outcome: f.outcome,
            state,
            lane,
            total,
            lodged_at: f.at,
            digest: f.digest,
            bundle: f.bundle,
            receipt: f.receipt,
            links: json!({
                "opinion": format!("{at}/opinion"),
                "events": format!("{at}/events"),
                "notifications": format!("{at}/notifications"),
                "receipt": format!("{at}/receipt"),
                "message": format!("{at}/message"),
            }),
        })
        .into_response()
    })
}

/// The opinion, byte for byte as it was formed. Of a declaration lodged before its goods came, asked by
/// its MRN, it is the one formed at acceptance; what was thought at lodging is under its id.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/opinion", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN or id")),
    responses((status = 200, content_type = "application/json"), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn opinion(State(house): Shared, Path(name): Path<String>) -> Response {
    with(&house, &name, |f| {
        let now = if f.mrn == name { house.standing(&f) } else { Ok(None) };
        match now {
            Ok(now) => {
                let opinion = now.map_or(f.opinion, |n| n.opinion);
                ([(header::CONTENT_TYPE, "application/json")], opinion).into_response()
            }
            Err(fault) => unavailable(&fault),
        }
    })
}

/// The receipt.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/receipt", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN or id")),
    responses((status = 200, content_type = "application/jose"), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn receipt(State(house): Shared, Path(name): Path<String>) -> Response {
    with(&house, &name, |f| {
        ([(header::CONTENT_TYPE, "application/jose")], f.receipt).into_response()
    })
}

/// The message, byte for byte as it was filed.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/message", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN or id")),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn message(State(house): Shared, Path(name): Path<String>) -> Response {
    with(&house, &name, |f| {
        let format = fondaco_wire::format_named(&f.format);
        let kind = format.map_or("application/octet-stream", |x| x.media_types[0]);
        // Never shown in place: it is what somebody else wrote.
        let place = HeaderValue::from_static("attachment");
        let kind = HeaderValue::from_static(kind);
        ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], f.body)
            .into_response()
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CursorQuery {
    /// The cursor of the last one seen; 0 or absent is from the beginning.
    after: Option<i64>,
    /// Most of them, up to 1,000.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1_000)]
    limit: Option<super::ask::Most<1_000>>,
}

impl CursorQuery {
    pub(super) fn bounds(&self) -> (i64, usize) {
        (self.after.unwrap_or(0), super::ask::Most::or(self.limit, 100))
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct EventView {
    /// Position in the log of the house.
    cursor: i64,
    /// The declaration.
    mrn: String,
    /// What happened.
    event: &'static str,
    /// The message it came with.
    filing: String,
    /// Of a hold its `kind`, `agency` and `hold`, of a request its `kind` and number; of what an
    /// amendment undid `text` and `remedy`.
    #[serde(flatten)]
    more: Value,
    /// When.
    at: String,
}

/// What happened to a declaration, oldest first.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/events", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN"), CursorQuery),
    responses((status = 200, body = Vec<EventView>), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn events(
    State(house): Shared,
    Path(name): Path<String>,
    Asked(Query(query)): Asked<Query<CursorQuery>>,
) -> Response {
    let (after, most) = query.bounds();
    with(&house, &name, |f| {
        answer(house.store.events(f.log(), after, most), |all| {
            let view = |h: Happened| EventView {
                more: crate::undone::more(&house, &h),
                cursor: h.cursor,
                mrn: h.mrn,
                event: h.event.name(),
                filing: h.filing,
                at: h.at,
            };
            all.into_iter().map(view).collect::<Vec<_>>()
        })
    })
}

/// The public keys receipts are signed with, the first one first, as a JWK set; and, where there are
/// several, what each signed of the next: `succession`.
#[utoipa::path(get, path = "/v1/keys", tag = "house",
    responses((status = 200, content_type = "application/jwk-set+json")))]
async fn keys(State(house): Shared) -> Response {
    let set = house.keys.set();
    ([(header::CONTENT_TYPE, "application/jwk-set+json")], set).into_response()
}

/// Readiness.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ready`.
    status: &'static str,
    /// The pack.
    pack: String,
    /// SHA-256 of its bundle.
    bundle: String,
    /// Whether this is a sandbox.
    sandbox: bool,
    /// Version of the program.
    version: &'static str,
}

/// Whether the house takes filings.
#[utoipa::path(get, path = "/healthz", tag = "house",
    responses((status = 200, body = Health), (status = 503, body = Problem, content_type = "application/problem+json")))]
async fn health(State(house): Shared) -> Response {
    let pack = house.pack();
    answer(house.store.last_number(), |_| Health {
        status: "ready",
        pack: pack.id.clone(),
        bundle: pack.digest.clone(),
        sandbox: house.sandbox,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The JSON Schema of a declaration.
#[utoipa::path(get, path = "/v1/schema/declaration.json", tag = "house",
    responses((status = 200, content_type = "application/schema+json")))]
async fn schema() -> Response {
    let schema = fondaco_wire::json::schema(fondaco_wire::wco::model());
    ([(header::CONTENT_TYPE, "application/schema+json")], schema.to_string()).into_response()
}
