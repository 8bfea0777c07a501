//! The messages to the trader: WCO responses, made of what happened when they are asked for, from any
//! cursor, for ever.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use fondaco::consignment::Event;
use fondaco_wire::wco::response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::api::{Asked, CursorQuery, Problem, Shared, answer, not_found, unavailable, with};
use crate::act;
use crate::house::{self, House};
use crate::store::{Fault, Filing, Happened};
use crate::timers;

/// A WCO response message.
#[derive(Serialize, ToSchema)]
struct Notification {
    /// Ask for what comes after it.
    cursor: i64,
    /// The declaration.
    mrn: String,
    /// The declarant's reference.
    lrn: String,
    /// WCO function code, as in `docs/protocol/responses.md`.
    function: &'static str,
    /// What happened.
    event: &'static str,
    /// When.
    at: String,
    /// The message, XML.
    message: String,
}

/// Notifications and where to go on.
#[derive(Serialize, ToSchema)]
struct Notifications {
    /// Oldest first.
    notifications: Vec<Notification>,
    /// The cursor to ask with next; the one given where there is nothing new.
    next: i64,
}

/// Whether somebody decided it and said why; what follows of itself, such as the release by the last hold
/// lifted, nobody gave a reason for.
pub(super) fn is_decided(event: Event) -> bool {
    matches!(
        event,
        Event::Held(_)
            | Event::Refused(_)
            | Event::Cancelled
            | Event::HandedOver
            | Event::Granted(_)
            | Event::Denied(_)
    )
}

/// The function code of the response that the parties of a declaration are told an event by; `by` is
/// the message it came with, where that is another.
pub(super) fn function(event: Event, filing: &Filing, by: Option<&Filing>) -> Option<&'static str> {
    // Who says that the goods came is told that it was heard; where the port says so, nobody is.
    let heard = |f: &Filing| f.declarant.is_empty() || f.declarant == filing.declarant;
    match event {
        Event::Arrived if by.is_some_and(heard) => Some("02"),
        event => event.response(),
    }
}

/// The message an event is told by, where it is told. What came with another filing, as the acceptance
/// comes with the arrival, is told by the opinion formed then.
fn told(
    house: &House,
    filing: &Filing,
    happened: &Happened,
) -> Result<Option<Notification>, Fault> {
    if happened.event.response().is_none() && happened.event != Event::Arrived {
        return Ok(None);
    }
    let json = |f: &Filing| serde_json::from_slice::<Value>(&f.opinion).unwrap_or_default();
    let by =
        if happened.filing == filing.id { None } else { house.store.filing(&happened.filing)? };
    let Some(function) = function(happened.event, filing, by.as_ref()) else { return Ok(None) };
    let own = is_decided(happened.event);
    let decided = by
        .as_ref()
        .filter(|f| act::is_said(f) && (own || f.format == timers::FORMAT))
        .and_then(|f| {
            // Of a grant that formed an opinion only what was sent is left of the act.
            match (house::forms_an_opinion(f), happened.event) {
                (false, event) => Some(act::said_of(f, event)),
                (true, Event::Granted(_)) => {
                    let sent: Value = serde_json::from_slice(&f.body).unwrap_or_default();
                    Some(serde_json::json!({"act": sent}))
                }
                (true, _) => None,
            }
        });
    let formed = by.as_ref().filter(|f| house::forms_an_opinion(f));
    // What was secured or final is told by what stood then: asked for again it says the same.
    let standing = match (formed, &by) {
        (None, Some(by)) if function == "13" => {
            let mut about = house.store.about(&filing.mrn)?;
            about.truncate(about.iter().position(|f| f.id == by.id).unwrap_or(about.len()));
            house::last_formed(&about).cloned()
        }
        _ => None,
    };
    let opinion = json(formed.or(standing.as_ref()).unwrap_or(filing));
    let id = format!("{}-{}", happened.mrn, happened.cursor);
    Ok(Some(Notification {
        cursor: happened.cursor,
        mrn: filing.mrn.clone(),
        lrn: filing.lrn.clone(),
        function,
        event: happened.event.name(),
        at: happened.at.clone(),
        message: response::encode(&response::Response {
            function,
            id: &id,
            at: &happened.at,
            lrn: &filing.lrn,
            mrn: &filing.mrn,
            opinion: &opinion,
            decided: decided.as_ref(),
            status: match happened.event {
                Event::Granted(_) => "39",
                Event::Denied(_) => "41",
                Event::Assessed => "67",
                Event::Secured(_) => "115",
                Event::Settled(_) => "4",
                _ => "",
            },
        }),
    }))
}

/// The messages to the trader after a cursor; they can be asked for again for ever.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/notifications", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN"), CursorQuery),
    responses((status = 200, body = Notifications), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn notifications(
    State(house): Shared,
    Path(name): Path<String>,
    Asked(Query(query)): Asked<Query<CursorQuery>>,
) -> Response {
    let (after, most) = query.bounds();
    with(&house, &name, |f| {
        let all = house.store.events(f.log(), after, most).and_then(|all| {
            let told: Result<Vec<_>, _> = all.iter().map(|h| told(&house, &f, h)).collect();
            let next = all.last().map_or(after, |h| h.cursor);
            Ok(Notifications { next, notifications: told?.into_iter().flatten().collect() })
        });
        answer(all, |all| all)
    })
}

/// One message, as XML.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/notifications/{cursor}", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN"), ("cursor" = i64, Path, description = "Its cursor")),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn notification(
    State(house): Shared,
    Asked(Path((name, cursor))): Asked<Path<(String, i64)>>,
) -> Response {
    with(&house, &name, |f| {
        let one = house.store.events(f.log(), cursor.saturating_sub(1), 1).and_then(|all| {
            let one = all.first().filter(|h| h.cursor == cursor);
            one.map_or(Ok(None), |h| told(&house, &f, h))
        });
        match one {
            Ok(one) => one.map_or_else(not_found, |n| {
                ([(header::CONTENT_TYPE, "application/xml")], n.message).into_response()
            }),
            Err(fault) => unavailable(&fault),
        }
    })
}

/// The messages of the whole house after a cursor.
#[utoipa::path(get, path = "/v1/notifications", tag = "declarations", params(CursorQuery),
    responses((status = 200, body = Notifications)))]
pub(super) async fn all_notifications(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<CursorQuery>>,
) -> Response {
    let (after, most) = query.bounds();
    let all = match house.store.events("", after, most) {
        Ok(all) => all,
        Err(fault) => return unavailable(&fault),
    };
    let mut notifications = Vec::new();
    let mut last: Option<Filing> = None;
    for happened in &all {
        if last.as_ref().is_none_or(|f| f.log() != happened.mrn) {
            last = match house.store.filing(&happened.mrn) {
                Ok(filing) => filing,
                Err(fault) => return unavailable(&fault),
            };
        }
        match last.as_ref().map_or(Ok(None), |f| told(&house, f, happened)) {
            Ok(one) => notifications.extend(one),
            Err(fault) => return unavailable(&fault),
        }
    }
    let next = all.last().map_or(after, |h| h.cursor);
    Json(Notifications { notifications, next }).into_response()
}

/// Function codes of what a declaration's parties were told, in order, and whether each is a look that
/// the lane chose.
#[cfg(test)]
pub(crate) fn functions_told(house: &House, name: &str) -> Result<Vec<(String, bool)>, Fault> {
    let Some(filing) = house.store.filing(name)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for happened in house.store.events(filing.log(), 0, 1000)? {
        let of_lane = |reason: &str| reason.is_empty() || reason.starts_with("amendment ");
        let by_lane =
            matches!(happened.event, Event::Held(h) if h.agency.is_empty() && of_lane(&h.reason));
        all.extend(told(house, &filing, &happened)?.map(|n| (n.function.to_owned(), by_lane)));
    }
    Ok(all)
}
