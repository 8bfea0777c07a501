//! Visits in which goods are looked at, over HTTP: posts and what is free, bookings, results.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fondaco::agency::Post;
use fondaco::consignment::Hold;
use fondaco::day::Day;
use fondaco::inspection::{Found, decides};
use fondaco_wire::report::Texts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::api::{
    Asked, Problem, Shared, answer, bad_field, key_of, key_used, key_wanted, not_found, problem,
    read, said, unavailable, with,
};
use crate::house::House;
use crate::inspect::{BookingMessage, NotVisited, ResultMessage, Visited, why};
use crate::store::{Booking, Fault, No, Slot};

/// What became of a message about a visit.
#[derive(Serialize, ToSchema)]
struct VisitDone {
    /// The message's id.
    id: String,
    /// The visit; empty where one was only given up.
    inspection: String,
    /// The declaration.
    mrn: String,
    /// Where the declaration stands now, with what followed.
    state: &'static str,
    /// Signed receipt: a JWS, EdDSA.
    receipt: String,
}

pub(super) fn time(slot: &Slot) -> String {
    format!("{}T{:02}:{:02}", slot.day, slot.minute / 60, slot.minute % 60)
}

fn done(mrn: String, result: Result<Visited, NotVisited>) -> Response {
    let refused = match result {
        Ok(Visited { id, inspection, state, receipt, repeated }) => {
            let done = VisitDone { id, inspection, mrn, state: state.name(), receipt };
            return said(StatusCode::CREATED, done, repeated);
        }
        Err(refused) => refused,
    };
    match refused {
        NotVisited::Unknown => not_found(),
        NotVisited::Field(field) => bad_field(field),
        NotVisited::Reason(reasons) => {
            let more = json!({"reasons": reasons});
            problem(StatusCode::UNPROCESSABLE_ENTITY, "reason-wanted", Some(more))
        }
        NotVisited::KeyUsed => key_used(),
        NotVisited::No(No::Differs) => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, "result-differs", None)
        }
        NotVisited::Fault(fault) => unavailable(&fault),
        refused => {
            let (name, words) = why(&refused);
            let mut more = json!({"why": name, "why_text": Texts::from(&words)});
            match refused {
                NotVisited::No(No::Elsewhere(id, slot)) => {
                    more["inspection"] = id.into();
                    more["post"] = slot.post.clone().into();
                    more["slot"] = time(&slot).into();
                }
                NotVisited::No(No::Already(id)) => more["inspection"] = id.into(),
                _ => {}
            }
            problem(StatusCode::CONFLICT, "booking-refused", Some(more))
        }
    }
}

/// Book a visit in which goods are looked at, for the holds of one or several agencies; move or give up one.
///
/// A declaration has one visit to come. Agencies that book the same slot for it come together and take one
/// place; a slot never takes more consignments than its post has places.
#[utoipa::path(
    post, path = "/v1/declarations/{mrn}/inspections", tag = "declarations",
    request_body = BookingMessage,
    params(
        ("mrn" = String, Path, description = "MRN"),
        super::ask::Key,
    ),
    responses(
        (status = 201, description = "Booked, and on the disk", body = VisitDone),
        (status = 400, description = "No key, or the message cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such declaration", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It cannot be booked: `why`, `why_text`; where there is a visit already, `inspection`, `post`, `slot`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn book(
    State(house): Shared,
    Path(mrn): Path<String>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let message: BookingMessage = match read(&body) {
        Ok(message) => message,
        Err(response) => return *response,
    };
    let result = house.book(&mrn, &message, &body, key).await;
    done(mrn, result)
}

/// Put down what was found in a visit, at once or later from a device that was offline.
///
/// One visit answers several controls: `pass` lifts the hold, `detain` and `refuse` put another in its
/// place. A message counts once by `device` and `sequence`; the result made last decides, whenever it
/// comes.
#[utoipa::path(
    post, path = "/v1/declarations/{mrn}/inspections/{id}/results", tag = "declarations",
    request_body = ResultMessage,
    params(
        ("mrn" = String, Path, description = "MRN"),
        ("id" = String, Path, description = "The visit"),
        super::ask::Key,
    ),
    responses(
        (status = 201, description = "Put down, and on the disk", body = VisitDone),
        (status = 400, description = "No key, or the message cannot be read: `field` names what", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such declaration", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There is no such visit, or it is not for the control: `why`, `why_text`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A reason is wanted (`reasons`), the device said something else under this number, or the key was used for another message", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; nothing was done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn results(
    State(house): Shared,
    Path((mrn, id)): Path<(String, String)>,
    headers: HeaderMap,
    Asked(body): Asked<Bytes>,
) -> Response {
    let Some(key) = key_of(&headers) else {
        return key_wanted();
    };
    let message: ResultMessage = match read(&body) {
        Ok(message) => message,
        Err(response) => return *response,
    };
    let result = house.found(&mrn, &id, &message, &body, key).await;
    done(mrn, result)
}

/// A control of a visit.
#[derive(Serialize, ToSchema)]
struct ControlView {
    /// The kind of hold.
    kind: &'static str,
    /// Whose hold; empty is the customs administration.
    agency: String,
    /// Which of several of a kind.
    hold: String,
    /// What was found, by the result made last; `null` before there is one.
    outcome: Option<&'static str>,
    /// Every result, in the order they came.
    #[schema(value_type = Vec<Object>)]
    results: Vec<Value>,
}

/// A visit.
#[derive(Serialize, ToSchema)]
struct VisitView {
    /// Its id.
    id: String,
    /// The declaration.
    mrn: String,
    /// The post.
    post: String,
    /// When its slot begins, on the clock of the post.
    slot: String,
    /// Whether it was given up.
    given_up: bool,
    /// What is looked at.
    controls: Vec<ControlView>,
}

fn control(hold: &Hold, found: &[Found]) -> ControlView {
    let result = |f: &Found| {
        let made = jiff::Timestamp::from_millisecond(f.made).map(|t| format!("{t:.3}"));
        json!({"device": f.device, "sequence": f.sequence, "made_at": made.ok(),
            "outcome": f.outcome.name()})
    };
    ControlView {
        kind: hold.kind.name(),
        agency: hold.agency.to_string(),
        hold: hold.reason.to_string(),
        outcome: decides(found).map(|f| f.outcome.name()),
        results: found.iter().map(result).collect(),
    }
}

fn visit(booking: Booking) -> VisitView {
    VisitView {
        id: booking.id,
        mrn: booking.mrn,
        post: booking.slot.post.clone(),
        slot: time(&booking.slot),
        given_up: booking.over,
        controls: booking.controls.iter().map(|(hold, found)| control(hold, found)).collect(),
    }
}

/// Visits booked for a declaration and what was found in them, oldest first.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/inspections", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN or id")),
    responses((status = 200, body = Vec<VisitView>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn inspections(State(house): Shared, Path(name): Path<String>) -> Response {
    with(&house, &name, |f| {
        answer(house.store.bookings(&f.mrn), |all| all.into_iter().map(visit).collect::<Vec<_>>())
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PostQuery {
    /// The day, `YYYY-MM-DD`; absent is today.
    on: Option<String>,
}

/// A slot of a post.
#[derive(Serialize, ToSchema)]
pub(super) struct SlotView {
    /// When it begins, on the clock of the post.
    pub(super) slot: String,
    /// How many more consignments it takes.
    pub(super) free: u32,
}

/// A place where goods are looked at.
#[derive(Serialize, ToSchema)]
pub(super) struct PostView {
    /// Its id.
    pub(super) id: String,
    /// Its name, in three languages.
    #[schema(value_type = Object)]
    name: Texts,
    /// Minutes its clock is ahead of UTC.
    ahead: i16,
    /// Minutes of a slot.
    slot_minutes: u16,
    /// Consignments in a slot.
    capacity: u32,
    /// Agencies that look at goods there; empty is all.
    agencies: Vec<String>,
    /// The slots of the day.
    pub(super) slots: Vec<SlotView>,
}

pub(super) fn post_view(house: &House, post: &Post, day: Day) -> Result<PostView, Fault> {
    let name = day.to_string();
    let booked = house.store.booked(&post.id, &name)?;
    let slots = post.slots().filter(|minute| post.has_slot(day, *minute));
    let slots = slots.map(|minute| {
        let taken = booked.iter().find(|(m, _)| *m == minute).map_or(0, |(_, n)| *n);
        let slot = Slot { post: String::new(), day: name.clone(), minute };
        SlotView { slot: time(&slot), free: post.capacity.saturating_sub(taken) }
    });
    Ok(PostView {
        slots: slots.collect(),
        id: post.id.to_string(),
        name: Texts::from(&post.name),
        ahead: post.ahead,
        slot_minutes: post.slot,
        capacity: post.capacity,
        agencies: post.agencies.iter().map(ToString::to_string).collect(),
    })
}

/// Posts where goods are looked at, with what is free on a day.
#[utoipa::path(get, path = "/v1/posts", tag = "declarations", params(PostQuery),
    responses((status = 200, body = Vec<PostView>), (status = 400, description = "No such day", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn posts(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<PostQuery>>,
) -> Response {
    let day = query.on.map_or_else(|| Ok(crate::cli::today()), |day| day.parse::<Day>());
    let Ok(day) = day else {
        return bad_field("on");
    };
    let pack = house.pack();
    let in_force = pack.agencies.posts.iter().filter(|p| p.validity.covers(day));
    let all: Result<Vec<PostView>, Fault> =
        in_force.map(|post| post_view(&house, post, day)).collect();
    answer(all, |all| all)
}
