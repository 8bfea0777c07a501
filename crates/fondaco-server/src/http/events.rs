//! What the house tells, as CloudEvents: in arrays by cursor, one by one, and as they come.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tokio::sync::watch;
use utoipa::IntoParams;

use super::api::{Asked, Problem, Shared, bad_field, not_found, unavailable};
use super::notifications::{self, Notification};
use crate::house::House;
use crate::store::{Fault, News};
use crate::tell::cloud::{self, CloudEvent};

/// Whether the house is being stopped.
#[derive(Clone)]
pub(super) struct Stopping(pub(super) watch::Receiver<bool>);

/// Events looked at together for a stream.
const PAGE: usize = 64;
/// A comment on a stream on which nothing else is sent, so that it is seen to be alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream looks into the store at most so often.
const GATHER: Duration = Duration::from_millis(50);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventQuery {
    /// Only what is told of this declaration: its MRN, or the id of what has none.
    mrn: Option<String>,
    /// The cursor of the last one seen; 0 or absent is from the beginning.
    after: Option<i64>,
    /// Most events of the log that are looked at, 1 to 1,000.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1_000)]
    limit: Option<super::ask::Most<1_000>>,
}

/// See [`notifications::after`]; the store is read beside the threads that serve.
async fn page(
    house: &Arc<House>,
    name: &str,
    after: i64,
    most: usize,
) -> Result<(Vec<Notification>, i64), Fault> {
    let (house, name) = (house.clone(), name.to_owned());
    let read =
        tokio::task::spawn_blocking(move || notifications::after(&house, &name, after, most));
    read.await.unwrap_or(Err(Fault::Stopped))
}

/// What is told after a cursor, as CloudEvents in an array.
///
/// `Fondaco-Next` and the link `next` say where to go on; not everything that happens is told, so go on
/// until it no longer changes.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(EventQuery),
    responses((status = 200, body = Vec<CloudEvent>, content_type = "application/cloudevents-batch+json")))]
pub(super) async fn events(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<EventQuery>>,
) -> Response {
    let (after, most) = (query.after.unwrap_or(0), super::ask::Most::or(query.limit, 100));
    let name = query.mrn.unwrap_or_default();
    let (all, next) = match page(&house, &name, after, most).await {
        Ok(found) => found,
        Err(fault) => return unavailable(&fault),
    };
    let batch: Vec<CloudEvent<'_>> =
        all.iter().map(|n| cloud::event(house.tell.source(), n)).collect();
    let bytes = serde_json::to_vec(&batch).unwrap_or_default();
    let mut response = ([(header::CONTENT_TYPE, cloud::BATCH)], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert("fondaco-next", HeaderValue::from(next));
    let of = if name.is_empty() { String::new() } else { format!("mrn={name}&") };
    let link = format!("</v1/events?{of}after={next}&limit={most}>; rel=\"next\"");
    if let Ok(link) = HeaderValue::from_str(&link) {
        headers.insert(header::LINK, link);
    }
    response
}

/// One of them, by its cursor.
#[utoipa::path(get, path = "/v1/events/{cursor}", tag = "events",
    params(("cursor" = i64, Path, description = "Its cursor")),
    responses((status = 200, body = CloudEvent, content_type = "application/cloudevents+json"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(house): Shared, Asked(Path(cursor)): Asked<Path<i64>>) -> Response {
    match page(&house, "", cursor.saturating_sub(1), 1).await {
        Ok((all, _)) => all.iter().find(|n| n.cursor == cursor).map_or_else(not_found, |n| {
            let bytes = cloud::event(house.tell.source(), n).to_bytes();
            ([(header::CONTENT_TYPE, cloud::ONE)], bytes).into_response()
        }),
        Err(fault) => unavailable(&fault),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamQuery {
    /// Only what is told of this declaration: its MRN, or the id of what has none.
    mrn: Option<String>,
    /// Begin after this cursor: 0 is from the beginning. Absent, and without `Last-Event-ID`, with
    /// what comes from now on.
    after: Option<i64>,
}

/// A reader of the stream.
struct Reader {
    house: Arc<House>,
    name: String,
    cursor: i64,
    waiting: VecDeque<Arc<Notification>>,
    news: watch::Receiver<News>,
    stopping: Option<watch::Receiver<bool>>,
}

impl Reader {
    /// What comes next of the store.
    async fn page(&self) -> Result<(Vec<Arc<Notification>>, i64), Fault> {
        let (house, name, cursor) = (self.house.clone(), self.name.clone(), self.cursor);
        // The store is read beside the threads that serve.
        let read = tokio::task::spawn_blocking(move || {
            if name.is_empty() {
                return house.tell.after(&house, cursor, PAGE);
            }
            let (all, next) = notifications::after(&house, &name, cursor, PAGE)?;
            Ok((all.into_iter().map(Arc::new).collect(), next))
        });
        read.await.unwrap_or(Err(Fault::Stopped))
    }

    /// Resolves when the house is told to stop.
    async fn stopped(stopping: &mut Option<watch::Receiver<bool>>) {
        match stopping {
            Some(stopping) => drop(stopping.wait_for(|s| *s).await),
            None => std::future::pending().await,
        }
    }

    /// The next notification; `None` at the end of the stream, after which its reader comes again.
    async fn next(&mut self) -> Option<Arc<Notification>> {
        loop {
            if let Some(notification) = self.waiting.pop_front() {
                return Some(notification);
            }
            if self.stopping.as_ref().is_some_and(|s| *s.borrow()) {
                return None;
            }
            // Marked as seen before the store is read: what is committed in between wakes again.
            self.news.borrow_and_update();
            let (some, next) = match self.page().await {
                Ok(page) => page,
                Err(fault) => {
                    eprintln!("fondaco: a stream: {fault}");
                    return None;
                }
            };
            let more = next > self.cursor;
            self.cursor = next;
            self.waiting.extend(some);
            if more {
                continue;
            }
            tokio::select! {
                changed = self.news.changed() => changed.ok()?,
                () = Self::stopped(&mut self.stopping) => return None,
            }
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// What is told, as it comes: server-sent events with CloudEvents in them.
///
/// `id` is the cursor; a reader that comes again with `Last-Event-ID` misses nothing. The store is read
/// as fast as the reader takes it: a slow one holds up nobody.
#[utoipa::path(get, path = "/v1/events/stream", tag = "events",
    params(StreamQuery, ("Last-Event-ID" = Option<i64>, Header, description = "Begin after this one; goes before `after`")),
    responses((status = 200, description = "`event: notification`, with a CloudEvent as `data`", content_type = "text/event-stream"), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn stream(
    State(house): Shared,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    Asked(Query(query)): Asked<Query<StreamQuery>>,
) -> Response {
    let seen = match headers.get("last-event-id").map(|v| v.to_str().unwrap_or("?").parse()) {
        None => query.after,
        Some(Ok(seen)) => Some(seen),
        Some(Err(_)) => return bad_field("Last-Event-ID"),
    };
    let cursor = match seen.map_or_else(|| house.store.last_cursor(), Ok) {
        Ok(cursor) => cursor,
        Err(fault) => return unavailable(&fault),
    };
    let news = house.store.news();
    let reader = Reader {
        house,
        name: query.mrn.unwrap_or_default(),
        cursor,
        waiting: VecDeque::new(),
        news,
        stopping: stopping.map(|Extension(Stopping(stopping))| stopping),
    };
    let events = futures_util::stream::unfold(reader, |mut reader| async move {
        let n = reader.next().await?;
        let data = cloud::event(reader.house.tell.source(), &n).to_bytes();
        let data = String::from_utf8(data).unwrap_or_default();
        let event = Event::default().id(n.cursor.to_string()).event("notification").data(data);
        Some((Ok::<_, Infallible>(event), reader))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // A proxy that gathers would hold back what is to be heard at once.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
