//! Subscriptions over HTTP: who is told, and how far each came.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::api::{
    Asked, Problem, Shared, answer, bad_field, key_of, key_used, key_wanted, not_found, problem,
    said, unavailable,
};
use crate::house::House;
use crate::store::{Progress, Subscription};
use crate::tell::address::Refused;
use crate::tell::subscribe::{NotSaid, Said, Verb, WebhookMessage};
use crate::tell::words;

/// A subscription as it stands.
#[derive(Serialize, ToSchema)]
struct Webhook {
    /// Its id.
    id: String,
    /// Where to.
    url: String,
    /// Whose declarations; empty is everybody's.
    declarant: String,
    /// WCO function codes; none is all.
    functions: Vec<String>,
    /// The language of mails.
    language: String,
    /// `live`, `failing` (it is tried again), `paused` (nothing arrived for three days, or the receiver
    /// said that it is gone: say go on with a change) or `ended`.
    state: &'static str,
    /// All up to this cursor arrived, or was not wanted.
    cursor: i64,
    /// How often the next one was tried in vain.
    attempts: u32,
    /// Since when nothing arrives; absent where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<String>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try: Option<String>,
    /// Why the last try failed, such as `status-503`, `timeout`, `unresolved`, `address`, `connection`.
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
    /// The same in the three languages.
    #[serde(skip_serializing_if = "Value::is_null")]
    why_text: Value,
    /// When it was made or last changed.
    changed_at: String,
}

/// A subscription, and the secret where one was made.
#[derive(Serialize, ToSchema)]
struct WebhookSaid {
    #[serde(flatten)]
    webhook: Webhook,
    /// What deliveries are signed with. It is shown here and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// The filing it was asked for by.
    filing: String,
    /// Signed receipt: a JWS, EdDSA.
    receipt: String,
}

/// A try.
#[derive(Serialize, ToSchema)]
struct Try {
    /// `delivered`, `failed` or `paused`.
    outcome: String,
    /// All up to this cursor had arrived then.
    cursor: i64,
    /// How often the next one was tried in vain.
    attempts: u32,
    /// Why it failed.
    why: String,
    /// When.
    at: String,
}

/// A subscription with its last tries.
#[derive(Serialize, ToSchema)]
struct WebhookTries {
    #[serde(flatten)]
    webhook: Webhook,
    /// The last 50, newest first.
    tries: Vec<Try>,
}

fn time(milliseconds: i64) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(milliseconds).ok()?;
    (milliseconds > 0).then(|| format!("{at:.3}"))
}

fn view(s: Subscription) -> Webhook {
    let failed = matches!(&*s.progress.outcome, "failed" | "paused");
    let [en, zh, ru] = words(&s.progress.why);
    Webhook {
        id: s.id,
        url: s.terms.url,
        declarant: s.terms.declarant,
        functions: s.terms.functions,
        language: s.terms.language,
        state: match &*s.progress.outcome {
            _ if s.ended => "ended",
            "failed" => "failing",
            "paused" => "paused",
            _ => "live",
        },
        cursor: s.progress.cursor,
        attempts: s.progress.attempts,
        failing_since: time(s.progress.failing_since).filter(|_| failed),
        next_try: time(s.progress.due).filter(|_| s.progress.outcome == "failed" && !s.ended),
        why_text: if en.is_empty() { Value::Null } else { json!({"en": en, "zh": zh, "ru": ru}) },
        why: s.progress.why,
        changed_at: s.at,
    }
}

/// Why an address is refused, by name and in the three languages.
fn refused(why: Refused) -> Response {
    let (name, [en, zh, ru]) = match why {
        Refused::Unreadable => {
            ("unreadable", ["It is no address.", "不是有效地址。", "Это не адрес."])
        }
        Refused::NotHttps => {
            ("not-https", ["It is not https.", "不是 https 地址。", "Это не https."])
        }
        Refused::Credentials => (
            "credentials",
            [
                "A name or password stands in it.",
                "地址中含有用户名或密码。",
                "В адресе стоит имя или пароль.",
            ],
        ),
        Refused::NotPublic => (
            "not-public",
            ["It is not a public address.", "不是公网地址。", "Это не публичный адрес."],
        ),
        Refused::NoRelay => (
            "no-relay",
            ["This house sends no mail.", "本系统不发送邮件。", "Эта система не отправляет писем."],
        ),
    };
    let more = json!({"why": name, "why_text": {"en": en, "zh": zh, "ru": ru}});
    problem(StatusCode::UNPROCESSABLE_ENTITY, "address-refused", Some(more))
}

async fn say(
    house: &House,
    verb: Verb,
    id: &str,
    headers: &HeaderMap,
    message: Result<WebhookMessage, serde_json::Error>,
    body: &[u8],
) -> Response {
    let Some(key) = key_of(headers) else {
        return key_wanted();
    };
    let message = match message {
        Ok(message) => message,
        Err(e) => return bad_field(e),
    };
    match house.subscribe(verb, id, &message, body, key).await {
        Ok(Said { stands, secret, filing, receipt, repeated }) => {
            let status = if verb == Verb::Make { StatusCode::CREATED } else { StatusCode::OK };
            let view = WebhookSaid { webhook: view(stands), secret, filing, receipt };
            said(status, view, repeated)
        }
        Err(NotSaid::Field(name)) => bad_field(name),
        Err(NotSaid::Address(why)) => refused(why),
        Err(NotSaid::None) => not_found(),
        Err(NotSaid::KeyUsed) => key_used(),
        Err(NotSaid::Fault(fault)) => unavailable(&fault),
    }
}

/// Subscribe: have what the house tells posted to an address, or mailed.
///
/// Deliveries are CloudEvents, signed by the scheme of Standard Webhooks. The secret is in this answer
/// and in no other.
#[utoipa::path(post, path = "/v1/webhooks", tag = "events", request_body = WebhookMessage,
    params(super::ask::Key),
    responses(
        (status = 201, description = "Made, and on the disk", body = WebhookSaid),
        (status = 400, description = "No key, or it cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The address is not told: `why`, `why_text`; or the key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn make(
    State(house): Shared,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    say(&house, Verb::Make, "", &headers, serde_json::from_slice(&body), &body).await
}

/// Change a subscription, or have it go on after a pause: only what is named changes.
#[utoipa::path(post, path = "/v1/webhooks/{id}", tag = "events", request_body = WebhookMessage,
    params(("id" = String, Path, description = "Its id"),
        super::ask::Key),
    responses(
        (status = 200, description = "Changed, and on the disk", body = WebhookSaid),
        (status = 400, description = "No key, or it cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none, or it has ended", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The address is not told: `why`, `why_text`; or the key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(house): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    say(&house, Verb::Change, &id, &headers, serde_json::from_slice(&body), &body).await
}

/// End a subscription. What was said of it stays.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "events",
    params(("id" = String, Path, description = "Its id"),
        super::ask::Key),
    responses(
        (status = 200, description = "Ended, and on the disk", body = WebhookSaid),
        (status = 400, description = "No key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none, or it has ended", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn end(
    State(house): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    // Who ends it may say so, and need not.
    let message =
        if body.is_empty() { Ok(WebhookMessage::default()) } else { serde_json::from_slice(&body) };
    say(&house, Verb::End, &id, &headers, message, &body).await
}

/// Subscriptions that have not ended.
#[utoipa::path(get, path = "/v1/webhooks", tag = "events",
    responses((status = 200, body = Vec<Webhook>)))]
pub(super) async fn list(State(house): Shared) -> Response {
    answer(house.store.subscriptions(), |all| all.into_iter().map(view).collect::<Vec<_>>())
}

/// A subscription with its last tries; also one that has ended.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "events",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = WebhookTries), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(State(house): Shared, Path(id): Path<String>) -> Response {
    let found = house.store.subscription(&id).and_then(|s| {
        let Some(s) = s else { return Ok(None) };
        Ok(Some((s, house.store.tries(&id, 50)?)))
    });
    match found {
        Ok(Some((s, tries))) => {
            let one = |t: Progress| Try {
                outcome: t.outcome,
                cursor: t.cursor,
                attempts: t.attempts,
                why: t.why,
                at: time(t.at).unwrap_or_default(),
            };
            let tries = tries.into_iter().map(one).collect();
            Json(WebhookTries { webhook: view(s), tries }).into_response()
        }
        Ok(None) => not_found(),
        Err(fault) => unavailable(&fault),
    }
}
