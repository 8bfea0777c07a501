//! The messages to the trader: WCO responses, made of what happened when they are asked for, from any
//! cursor, for ever.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use fondaco::consignment::{Event, Hold, HoldKind, Request, RequestKind, requirement_of};
use fondaco_wire::wco::response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::api::{Asked, CursorQuery, Problem, Shared, answer, not_found, unavailable, with};
use crate::act;
use crate::house::House;
use crate::store::{Fault, Filing, Happened};
use crate::timers;

/// A WCO response message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Notification {
    /// Ask for what comes after it.
    pub(crate) cursor: i64,
    /// The declaration.
    pub(crate) mrn: String,
    /// The declarant's reference.
    pub(crate) lrn: String,
    /// WCO function code, as in `docs/protocol/responses.md`.
    pub(crate) function: &'static str,
    /// What happened.
    pub(crate) event: &'static str,
    /// When.
    pub(crate) at: String,
    /// The message, XML.
    pub(crate) message: String,
    /// The number, or the id of what has none.
    #[serde(skip)]
    pub(crate) name: String,
    /// Whose declaration it is.
    #[serde(skip)]
    pub(crate) declarant: String,
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
/// the message it came with, where that is another; `before` what happened to the declaration before.
pub(super) fn function(
    event: Event,
    filing: &Filing,
    by: Option<&Filing>,
    mut before: impl Iterator<Item = Event>,
) -> Option<&'static str> {
    // Who says that the goods came is told that it was heard; where the port says so, nobody is.
    let heard = |f: &Filing| f.declarant.is_empty() || f.declarant == filing.declarant;
    match event {
        Event::Arrived if by.is_some_and(heard) => Some("02"),
        // What was never accepted and ends is told as not taken, with nothing wrong named.
        Event::Cancelled if !before.any(|e| e == Event::Accepted) => Some("03"),
        // What was told as secured and is final as it was is not told again; that it is, 09 says. Assessed
        // anew it is not as it was.
        Event::Settled(time) => {
            let as_it_was = before.fold(false, |as_it_was, event| match event {
                Event::Secured(t) if t >= time => true,
                Event::Assessed => false,
                _ => as_it_was,
            });
            if as_it_was { None } else { event.response() }
        }
        event => event.response(),
    }
}

/// Whether anything that happens is told by a response of this function code.
pub(crate) fn is_told_by(code: &str) -> bool {
    let held = HoldKind::ALL.map(|kind| Event::Held(Hold::of_customs(kind)));
    let request = Request { number: 1, kind: RequestKind::Amend };
    let numbered = [
        Event::Amended(1),
        Event::Secured(1),
        Event::Settled(1),
        Event::Corrected(1),
        Event::StillCleared(1),
        Event::Requested(request),
        Event::Granted(request),
        Event::Denied(request),
    ];
    let mut all = Event::PLAIN.into_iter().chain(held).chain(numbered);
    all.any(|event| event.response() == Some(code))
}

/// A filing with its opinion read.
struct Read {
    filing: Filing,
    opinion: Value,
}

impl Read {
    fn new(filing: Filing) -> Self {
        let opinion = serde_json::from_slice(&filing.opinion).unwrap_or_default();
        Self { filing, opinion }
    }

    /// See [`crate::house::forms_an_opinion`].
    fn forms_an_opinion(&self) -> bool {
        !self.filing.about.is_empty() && self.opinion["assessment"].is_object()
    }
}

/// The filings a run of events is told by: each taken off the disk, unpacked and read once.
struct Shelf<'a> {
    house: &'a House,
    /// By number and by id.
    filings: HashMap<String, Option<Rc<Read>>>,
    /// Messages about a declaration that formed an opinion on it.
    formed: HashMap<String, Vec<Rc<Read>>>,
    /// What happened to a declaration, oldest first.
    logs: HashMap<String, Rc<[Happened]>>,
}

impl<'a> Shelf<'a> {
    fn new(house: &'a House) -> Self {
        Self { house, filings: HashMap::new(), formed: HashMap::new(), logs: HashMap::new() }
    }

    /// Takes what these events are told by off the disk at once.
    fn fetch(&mut self, events: &[Happened]) -> Result<(), Fault> {
        let mut names: Vec<&str> = Vec::with_capacity(events.len());
        names.extend(events.iter().flat_map(|h| [h.mrn.as_str(), h.filing.as_str()]));
        names.sort_unstable();
        names.dedup();
        let found: BTreeMap<String, Filing> = self.house.store.filings(&names, act::FORMAT)?;
        self.filings.extend(names.iter().map(|name| ((*name).to_owned(), None)));
        let mut by_id: HashMap<String, Rc<Read>> = HashMap::new();
        for (name, filing) in found {
            let id = filing.id.clone();
            let read = by_id.entry(id).or_insert_with(|| Rc::new(Read::new(filing)));
            self.filings.insert(name, Some(read.clone()));
        }
        Ok(())
    }

    fn filing(&self, name: &str) -> Option<Rc<Read>> {
        self.filings.get(name).cloned().flatten()
    }

    /// What happened to a declaration, oldest first.
    fn log(&mut self, mrn: &str) -> Result<Rc<[Happened]>, Fault> {
        if let Some(log) = self.logs.get(mrn) {
            return Ok(log.clone());
        }
        let log: Rc<[Happened]> = self.house.store.events(mrn, 0, usize::MAX)?.into();
        self.logs.insert(mrn.to_owned(), log.clone());
        Ok(log)
    }

    /// The opinion on a declaration that stood when this happened, where it is not its own: the last one
    /// formed by what happened up to it. By the log: what moves money is about no declaration.
    fn standing(&mut self, happened: &Happened) -> Result<Option<Rc<Read>>, Fault> {
        if !self.formed.contains_key(&happened.mrn) {
            let about = self.house.store.about(&happened.mrn)?;
            let read = about.into_iter().map(|f| Rc::new(Read::new(f)));
            let formed = read.filter(|r| r.forms_an_opinion()).collect();
            self.formed.insert(happened.mrn.clone(), formed);
        }
        let log = self.log(&happened.mrn)?;
        let formed = self.formed.get(&happened.mrn).map(Vec::as_slice).unwrap_or_default();
        let of = |h: &Happened| formed.iter().find(|r| r.filing.id == h.filing).cloned();
        Ok(log.iter().rev().filter(|h| h.cursor <= happened.cursor).find_map(of))
    }

    /// What happened to a declaration before, where how an event is told hangs on that.
    fn before(&mut self, happened: &Happened) -> Result<Vec<Event>, Fault> {
        if !matches!(happened.event, Event::Settled(_) | Event::Cancelled) {
            return Ok(Vec::new());
        }
        let log = self.log(&happened.mrn)?;
        Ok(log.iter().filter(|h| h.cursor < happened.cursor).map(|h| h.event).collect())
    }

    /// The message an event is told by, where it is told. What came with another filing, as the
    /// acceptance comes with the arrival, is told by the opinion formed then.
    fn told(&mut self, happened: &Happened) -> Result<Option<Notification>, Fault> {
        if happened.event.response().is_none() && happened.event != Event::Arrived {
            return Ok(None);
        }
        let Some(main) = self.filing(&happened.mrn) else { return Ok(None) };
        let filing = &main.filing;
        let by = if happened.filing == filing.id { None } else { self.filing(&happened.filing) };
        let before = self.before(happened)?.into_iter();
        let by_filing = by.as_ref().map(|r| &r.filing);
        let Some(function) = function(happened.event, filing, by_filing, before) else {
            return Ok(None);
        };
        let own = is_decided(happened.event);
        let said =
            |r: &&Rc<Read>| act::is_said(&r.filing) && (own || r.filing.format == timers::FORMAT);
        let decided = match by.as_ref().filter(said) {
            Some(r) if !r.forms_an_opinion() => Some(self.house.said_of(&r.filing, happened)?),
            // Of a grant that formed an opinion only what was sent is left of the act.
            Some(r) if matches!(happened.event, Event::Granted(_)) => {
                let sent: Value = serde_json::from_slice(&r.filing.body).unwrap_or_default();
                Some(serde_json::json!({"act": sent}))
            }
            _ => None,
        };
        let formed = by.as_ref().filter(|r| r.forms_an_opinion());
        // What was secured or final is told by what stood then: asked for again it says the same.
        let standing = match (formed, &by) {
            (None, Some(_)) if function == "13" => self.standing(happened)?,
            _ => None,
        };
        let opinion = &formed.or(standing.as_ref()).unwrap_or(&main).opinion;
        let requirement = match &happened.event {
            Event::Held(hold) if decided.is_none() && !hold.agency.is_empty() => {
                requirement_of(hold)
            }
            _ => "",
        };
        let id = id(happened);
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
                opinion,
                decided: decided.as_ref(),
                requirement,
                status: match happened.event {
                    Event::Granted(_) => "39",
                    Event::Denied(_) => "41",
                    Event::Assessed => "67",
                    Event::Secured(_) => "115",
                    Event::Settled(_) => "4",
                    _ => "",
                },
            }),
            name: happened.mrn.clone(),
            declarant: filing.declarant.clone(),
        }))
    }
}

/// The name of a notification, the same whenever it is made.
fn id(happened: &Happened) -> String {
    format!("{}-{}", happened.mrn, happened.cursor)
}

impl Notification {
    /// Its name, the same whenever it is made.
    pub(crate) fn id(&self) -> String {
        format!("{}-{}", self.name, self.cursor)
    }
}

/// Events looked at together: what they are told by is held in memory meanwhile.
const TOGETHER: usize = 64;
/// A page ends with the message that takes it over so many bytes.
const MOST_BYTES: usize = 4 << 20;

/// The messages to the trader after a cursor, of one declaration or (`name` empty) of all, oldest first,
/// and the cursor to go on with; of at most `most` events, fewer where they are large. What cannot be read
/// ends it: those before it are given.
///
/// # Errors
/// [`Fault`]: the first of them cannot be read.
pub(crate) fn after(
    house: &House,
    name: &str,
    after: i64,
    most: usize,
) -> Result<(Vec<Notification>, i64), Fault> {
    let events = events(house, name, after, most)?;
    let (mut all, mut bytes, mut read) = (Vec::new(), 0, after);
    for some in events.chunks(TOGETHER) {
        let mut shelf = Shelf::new(house);
        let fetched = shelf.fetch(some);
        for happened in some {
            // Where one of them cannot be read each is looked at alone.
            let told = match &fetched {
                Ok(()) => shelf.told(happened),
                Err(_) => told_alone(house, happened),
            };
            let told = match told {
                Ok(told) => told,
                Err(_) if read > after => return Ok((all, read)),
                Err(fault) => return Err(fault),
            };
            read = happened.cursor;
            let Some(told) = told else { continue };
            bytes += told.message.len();
            all.push(told);
            if bytes > MOST_BYTES {
                return Ok((all, read));
            }
        }
    }
    Ok((all, read))
}

fn told_alone(house: &House, happened: &Happened) -> Result<Option<Notification>, Fault> {
    let mut shelf = Shelf::new(house);
    shelf.fetch(std::slice::from_ref(happened))?;
    shelf.told(happened)
}

/// Events after a cursor; where one of so many cannot be read, fewer.
///
/// # Errors
/// [`Fault`]: the first of them cannot be read.
fn events(house: &House, name: &str, after: i64, mut most: usize) -> Result<Vec<Happened>, Fault> {
    loop {
        match house.store.events(name, after, most) {
            Err(_) if most > 1 => most /= 2,
            read => return read,
        }
    }
}

/// Answers beside the threads that serve: a page of messages is many reads and much to write.
async fn beside(answer: impl FnOnce() -> Response + Send + 'static) -> Response {
    let answered = tokio::task::spawn_blocking(answer).await;
    answered.unwrap_or_else(|_| unavailable(&Fault::Stopped))
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
    let read = move || {
        with(&house, &name, |f| {
            let all = self::after(&house, f.log(), after, most);
            answer(all, |(notifications, next)| Notifications { notifications, next })
        })
    };
    beside(read).await
}

/// One message, as XML.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/notifications/{cursor}", tag = "declarations",
    params(("mrn" = String, Path, description = "MRN"), ("cursor" = i64, Path, description = "Its cursor")),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn notification(
    State(house): Shared,
    Asked(Path((name, cursor))): Asked<Path<(String, i64)>>,
) -> Response {
    let read = move || {
        with(&house, &name, |f| match self::after(&house, f.log(), cursor.saturating_sub(1), 1) {
            Ok((all, _)) => {
                let one = all.into_iter().find(|n| n.cursor == cursor);
                one.map_or_else(not_found, |n| {
                    ([(header::CONTENT_TYPE, "application/xml")], n.message).into_response()
                })
            }
            Err(fault) => unavailable(&fault),
        })
    };
    beside(read).await
}

/// The messages of the whole house after a cursor.
#[utoipa::path(get, path = "/v1/notifications", tag = "declarations", params(CursorQuery),
    responses((status = 200, body = Notifications)))]
pub(super) async fn all_notifications(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<CursorQuery>>,
) -> Response {
    let (after, most) = query.bounds();
    let read = move || {
        let all = self::after(&house, "", after, most);
        answer(all, |(notifications, next)| Notifications { notifications, next })
    };
    beside(read).await
}

/// Function codes of what a declaration's parties were told, in order, and whether each is a look that
/// the lane chose or an agency's word that the pack's requirements wait for.
#[cfg(test)]
pub(crate) fn functions_told(house: &House, name: &str) -> Result<Vec<(String, bool)>, Fault> {
    let Some(filing) = house.store.filing(name)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    let events = house.store.events(filing.log(), 0, 1000)?;
    let mut shelf = Shelf::new(house);
    shelf.fetch(&events)?;
    for happened in events {
        let of_lane = |reason: &str| reason.is_empty() || reason.starts_with("amendment ");
        let acted = shelf.filing(&happened.filing).is_some_and(|r| act::is_said(&r.filing));
        let by_lane = matches!(happened.event, Event::Held(h)
            if (h.agency.is_empty() && of_lane(&h.reason))
                || (h.kind == HoldKind::Delay && !acted));
        all.extend(shelf.told(&happened)?.map(|n| (n.function.to_owned(), by_lane)));
    }
    Ok(all)
}
