//! The page of what agencies have to decide, and what to do.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;

use super::super::tasks::{CUSTOMS, TaskView, open};
use super::{Page, Shared, encode, of, pairs};
use crate::house::House;
use crate::store::Fault;

/// Tasks on one page.
const ROWS: usize = 50;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/tasks", get(tasks))
}

/// An agency, with what it has to do.
struct AgencyView {
    id: String,
    name: String,
    count: i64,
    hours: Option<u32>,
    silence: &'static str,
    illustrative: bool,
}

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage<'a> {
    p: Page<'a>,
    agencies: Vec<AgencyView>,
    /// Whose tasks are shown; empty where none are asked for.
    agency: String,
    name: String,
    tasks: Vec<TaskView>,
    /// The address of the next page; empty where there is none.
    later: String,
}

impl TasksPage<'_> {
    fn numbers(&self, numbers: &[u32]) -> String {
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// The agencies of the law in force today, and whoever else has something to decide.
fn agencies(p: &Page<'_>) -> Result<Vec<AgencyView>, Fault> {
    let mut open: BTreeMap<String, i64> = p.house.store.tasks_open()?.into_iter().collect();
    let customs = open.remove("").unwrap_or(0);
    let mut all = vec![AgencyView {
        id: CUSTOMS.to_owned(),
        name: p.term("tasks", CUSTOMS).to_owned(),
        count: customs,
        hours: None,
        silence: "nothing",
        illustrative: false,
    }];
    let today = crate::cli::today();
    let in_force = p.pack.agencies.all.iter().filter(|a| a.validity.covers(today));
    all.extend(in_force.map(|a| AgencyView {
        id: a.id.to_string(),
        name: a.name.get(p.l).to_owned(),
        count: open.remove(a.id.as_str()).unwrap_or(0),
        hours: a.hours,
        silence: a.silence.name(),
        illustrative: a.illustrative,
    }));
    all.extend(open.into_iter().map(|(id, count)| AgencyView {
        name: id.clone(),
        id,
        count,
        hours: None,
        silence: "nothing",
        illustrative: false,
    }));
    Ok(all)
}

async fn tasks(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/tasks");
    let query = pairs(&uri);
    let agency = of(&query, "agency").to_owned();
    let after = Some(of(&query, "after")).filter(|after| !after.is_empty());
    let found = match agency.as_str() {
        "" => house.follow().await.map(|()| None),
        agency => open(&house, agency, after, ROWS + 1).await,
    };
    let (found, agencies) = match found.and_then(|found| Ok((found, agencies(&p)?))) {
        Ok(both) => both,
        Err(fault) => return p.fault(&fault),
    };
    let mut tasks = found.map(|found| found.tasks).unwrap_or_default();
    let more = tasks.len() > ROWS;
    tasks.truncate(ROWS);
    let last = tasks.last().filter(|_| more).map(|t| t.cursor.as_str());
    let later = last.map(|last| format!("/tasks?agency={}&after={last}", encode(&agency)));
    let name = agencies.iter().find(|a| a.id == agency).map(|a| a.name.clone());
    let page = TasksPage {
        name: name.unwrap_or_else(|| agency.clone()),
        agencies,
        agency,
        tasks,
        later: later.unwrap_or_default(),
        p,
    };
    page.p.respond(StatusCode::OK, &page)
}
