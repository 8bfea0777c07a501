//! The page on which visits are booked, moved and given up, and what was found in them is put down.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use fondaco::consignment::{Hold, HoldKind};
use fondaco::day::Day;
use fondaco::inspection::{Outcome, decides};
use fondaco_wire::report::Texts;

use super::super::inspections::{post_view, time};
use super::super::tasks::CUSTOMS;
use super::decide::{self, Word, numbers};
use super::{Named, Page, Shared, encode, of};
use crate::house::House;
use crate::inspect::{
    BookingMessage, ControlMessage, FoundMessage, NotVisited, RESULT, ResultMessage, why,
};
use crate::store::{Booking, Fault, Filing};

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/declarations/{name}/visits", get(ask).post(sent))
}

/// A hold that may be looked at in a visit.
struct ControlView {
    /// As the form sends it: kind, agency and name, parted by `/`.
    value: String,
    label: String,
    chosen: bool,
    /// What was found so far; empty where nothing was.
    found: &'static str,
    outcome: String,
    reason: String,
    items: String,
    note: String,
}

/// A visit that is to come.
struct Coming {
    id: String,
    slot: String,
    post: String,
    controls: Vec<ControlView>,
}

/// A post with what is free on the day.
struct PostView {
    name: String,
    slots: Vec<SlotView>,
}

struct SlotView {
    /// As the form sends it: the post and the slot, parted by `/`.
    value: String,
    clock: String,
    free: u32,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage<'a> {
    p: Page<'a>,
    name: String,
    day: String,
    controls: Vec<ControlView>,
    coming: Vec<Coming>,
    posts: Vec<PostView>,
    outcomes: [&'static str; 3],
    reasons: Vec<Word>,
    by: String,
    replaces: String,
    /// The key of what is sent: sent twice it is done once.
    key: String,
    /// Why it was not done, line by line.
    wrong: Vec<String>,
}

impl VisitsPage<'_> {
    /// Whether a visit is the one that would be moved.
    fn moves(&self, id: &str) -> bool {
        self.replaces == id
    }
}

fn control(p: &Page<'_>, hold: Hold, sent: &[(String, String)]) -> ControlView {
    let value = format!("{}/{}/{}", hold.kind.name(), hold.agency, hold.reason);
    let agency = match hold.agency.as_str() {
        "" => p.term("tasks", CUSTOMS),
        agency => agency,
    };
    let told = [agency, p.term("held", hold.kind.name()), hold.reason.as_str()];
    let told: Vec<&str> = told.into_iter().filter(|text| !text.is_empty()).collect();
    let written = |what: &str| of(sent, &format!("{what}/{value}")).to_owned();
    ControlView {
        label: told.join(" · "),
        chosen: sent.iter().any(|(n, v)| n == "control" && *v == value),
        found: "",
        outcome: written("outcome"),
        reason: written("reason"),
        items: written("items"),
        note: written("note"),
        value,
    }
}

fn coming(p: &Page<'_>, booking: &Booking, sent: &[(String, String)]) -> Coming {
    let day = booking.slot.day.parse::<Day>().ok();
    let post = day.and_then(|day| p.pack.agencies.post(&booking.slot.post, day));
    let of_control = |(hold, found): &(Hold, Vec<fondaco::inspection::Found>)| ControlView {
        found: decides(found).map_or("", |f| p.term("found", f.outcome.name())),
        ..control(p, *hold, sent)
    };
    Coming {
        id: booking.id.clone(),
        slot: time(&booking.slot).replace('T', " "),
        post: post.map_or_else(|| booking.slot.post.clone(), |post| post.name.get(p.l).to_owned()),
        controls: booking.controls.iter().map(of_control).collect(),
    }
}

/// The posts with a place on a day.
fn posts(p: &Page<'_>, day: Day, sent: &[(String, String)]) -> Result<Vec<PostView>, Fault> {
    let in_force = p.pack.agencies.posts.iter().filter(|post| post.validity.covers(day));
    let view = |post| {
        let view = post_view(p.house, post, day)?;
        let slots = view.slots.iter().filter(|slot| slot.free > 0).map(|slot| {
            let value = format!("{}/{}", view.id, slot.slot);
            SlotView {
                chosen: of(sent, "slot") == value,
                clock: slot.slot.split('T').nth(1).unwrap_or_default().to_owned(),
                free: slot.free,
                value,
            }
        });
        Ok(PostView { slots: slots.collect(), name: post.name.get(p.l).to_owned() })
    };
    in_force.map(view).collect()
}

/// The page, with what was written in its fields and why that was not done.
fn page(
    p: Page<'_>,
    main: &Filing,
    sent: &[(String, String)],
    status: StatusCode,
    mut wrong: Vec<String>,
) -> Response {
    let day = match of(sent, "day") {
        "" => Ok(crate::cli::today()),
        day => day.parse::<Day>(),
    };
    let (day, status) = match day {
        Ok(day) => (day, status),
        Err(_) => {
            wrong.push(p.term("visit", "day-unread").to_owned());
            (crate::cli::today(), StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    let read = || {
        let (life, _) = p.house.store.life(&main.mrn)?;
        let visits = p.house.store.bookings(&main.mrn)?;
        Ok::<_, Fault>((life, visits, posts(&p, day, sent)?))
    };
    let (life, visits, posts) = match read() {
        Ok(all) => all,
        Err(fault) => return p.fault(&fault),
    };
    let open = life.open_holds().filter(|hold| hold.kind != HoldKind::Detention);
    // What is chosen at first is what a booking without controls is for.
    let fresh = sent.iter().all(|(name, _)| name == "day" || name == "lang");
    let controls = open.map(|hold| {
        let view = control(&p, hold, sent);
        let chosen = view.chosen || (fresh && hold.kind == HoldKind::Examination);
        ControlView { chosen, ..view }
    });
    let is_coming = |b: &&Booking| {
        !b.over && b.controls.iter().any(|(hold, _)| life.hold(*hold) == Some(false))
    };
    let why = of(sent, "reason");
    let page = VisitsPage {
        name: main.mrn.clone(),
        day: day.to_string(),
        controls: controls.collect(),
        coming: visits.iter().filter(is_coming).map(|b| coming(&p, b, sent)).collect(),
        posts,
        outcomes: Outcome::ALL.map(Outcome::name),
        reasons: decide::reasons(&p, why),
        by: of(sent, "by").to_owned(),
        replaces: of(sent, "replaces").to_owned(),
        key: uuid::Uuid::now_v7().to_string(),
        wrong,
        p,
    };
    page.p.respond(status, &page)
}

async fn ask(State(house): Shared, name: Named, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/tasks");
    match decide::main(p, name) {
        Ok((p, main)) => page(p, &main, &super::pairs(&uri), StatusCode::OK, Vec::new()),
        Err(response) => *response,
    }
}

/// The parts of a control as the form sends it.
fn parts(value: &str) -> [&str; 3] {
    let mut parts = value.splitn(3, '/');
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// What is to be booked, moved or given up.
fn booking(sent: &[(String, String)]) -> BookingMessage {
    let gives_up = of(sent, "do") == "give-up";
    let (post, slot) = match gives_up {
        true => ("", ""),
        false => of(sent, "slot").split_once('/').unwrap_or_default(),
    };
    let chosen = sent.iter().filter(|(name, _)| name == "control" && !gives_up);
    let control = |(_, value): &(String, String)| {
        let [kind, agency, hold] = parts(value).map(str::to_owned);
        ControlMessage { kind, agency, hold }
    };
    BookingMessage {
        by: of(sent, "by").trim().to_owned(),
        post: post.to_owned(),
        slot: slot.to_owned(),
        controls: chosen.map(control).collect(),
        replaces: of(sent, if gives_up { "visit" } else { "replaces" }).to_owned(),
    }
}

/// What was found of the controls of a visit; why it cannot be read, in words.
fn found(p: &Page<'_>, sent: &[(String, String)], key: &str) -> Result<ResultMessage, String> {
    let mut controls = Vec::new();
    for (name, outcome) in sent {
        let Some(value) = name.strip_prefix("outcome/").filter(|_| !outcome.is_empty()) else {
            continue;
        };
        let written = |what: &str| of(sent, &format!("{what}/{value}"));
        let passes = outcome == Outcome::Pass.name();
        let [kind, agency, hold] = parts(value).map(str::to_owned);
        controls.push(FoundMessage {
            kind,
            agency,
            hold,
            outcome: outcome.clone(),
            reason: if passes { String::new() } else { written("reason").to_owned() },
            note: written("note").trim().to_owned(),
            items: numbers(written("items"))
                .map_err(|()| p.term("decide", "numbers").to_owned())?,
        });
    }
    if controls.is_empty() {
        return Err(p.term("visit", "nothing-found").to_owned());
    }
    Ok(ResultMessage {
        by: of(sent, "by").trim().to_owned(),
        // Each message of a page is of a device of its own, that says one thing.
        device: format!("page {key}").chars().take(64).collect(),
        sequence: 1,
        made_at: format!("{:.3}", jiff::Timestamp::now()),
        controls,
    })
}

/// Why it was not done, line by line.
fn lines(p: &Page<'_>, not: &NotVisited) -> Vec<String> {
    match not {
        NotVisited::Field("by") => vec![p.term("decide", "name").to_owned()],
        NotVisited::Field("post" | "slot") => vec![p.term("visit", "choose").to_owned()],
        NotVisited::Field(_) => vec![p.term("decide", "unread").to_owned()],
        NotVisited::Reason(fitting) => {
            let text = |one: &serde_json::Value| {
                let texts = serde_json::from_value::<Texts>(one["text"].clone());
                p.text(&texts.unwrap_or_default()).to_owned()
            };
            std::iter::once(p.term("decide", "fits").to_owned())
                .chain(fitting.iter().map(text))
                .collect()
        }
        NotVisited::KeyUsed => decide::problem(p, "key-used"),
        not => vec![why(not).1.get(p.l).to_owned()],
    }
}

async fn sent(
    State(house): Shared,
    name: Named,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let p = Page::new(&house, &headers, &uri, "/tasks");
    let (p, main) = match decide::main_of_form(p, name, &headers) {
        Ok(both) => both,
        Err(response) => return *response,
    };
    let key = decide::key(&sent);
    let done = if of(&sent, "do") == "found" {
        let mut message = match found(&p, &sent, &key) {
            Ok(message) => message,
            Err(why) => {
                return page(p, &main, &sent, StatusCode::UNPROCESSABLE_ENTITY, vec![why]);
            }
        };
        // Sent again it was made when it was first sent.
        match made_before(&p, &key) {
            Ok(Some(made)) => message.made_at = made,
            Ok(None) => {}
            Err(fault) => return p.fault(&fault),
        }
        let bytes = serde_json::to_vec(&message).unwrap_or_default();
        let visit = of(&sent, "visit");
        house.found(&main.mrn, visit, &message, &bytes, &key).await.map(drop)
    } else {
        let message = booking(&sent);
        let bytes = serde_json::to_vec(&message).unwrap_or_default();
        house.book(&main.mrn, &message, &bytes, &key).await.map(drop)
    };
    match done {
        Ok(()) => {
            let at = format!("/declarations/{}#visits", encode(&main.mrn));
            Redirect::to(&at).into_response()
        }
        Err(NotVisited::Fault(fault)) => {
            let told = decide::not_kept(&p, &fault);
            page(p, &main, &sent, StatusCode::SERVICE_UNAVAILABLE, told)
        }
        Err(NotVisited::Unknown) => p.not_found(),
        Err(not) => {
            let status = match &not {
                NotVisited::Field(_) | NotVisited::Reason(_) | NotVisited::KeyUsed => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                _ => StatusCode::CONFLICT,
            };
            let lines = lines(&p, &not);
            page(p, &main, &sent, status, lines)
        }
    }
}

/// When the results were made that were sent under a key before.
fn made_before(p: &Page<'_>, key: &str) -> Result<Option<String>, Fault> {
    let before = p.house.store.by_key(key)?.filter(|before| before.format == RESULT);
    let said = before.and_then(|f| serde_json::from_slice::<ResultMessage>(&f.body).ok());
    Ok(said.map(|message| message.made_at))
}
