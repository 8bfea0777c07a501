//! What agencies have to decide, over HTTP: their open tasks, the oldest due first.

use axum::extract::{Query, State};
use axum::response::Response;
use fondaco::consignment;
use fondaco_wire::report::Texts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::api::{Asked, Problem, Shared, answer, bad_field};
use crate::house::House;
use crate::store::{Fault, NEVER, Task, key};

/// What is said for the customs administration, which has no id of its own.
pub(super) const CUSTOMS: &str = "customs";

/// Something an agency has to decide.
#[derive(Serialize, ToSchema)]
pub(super) struct TaskView {
    /// Where to go on from.
    pub(super) cursor: String,
    /// The declaration.
    pub(super) mrn: String,
    /// The declarant's reference.
    lrn: String,
    /// Whose hold it is, as an act names it; empty is the customs administration.
    pub(super) agency: String,
    /// The kind of hold: `delay` is waiting for the agency's word.
    pub(super) kind: &'static str,
    /// The name of the hold, as a lift names it.
    pub(super) hold: String,
    /// The requirement it is about; empty where somebody placed it by hand.
    pub(super) requirement: String,
    /// What the requirement wants, in three languages.
    #[schema(value_type = Object)]
    pub(super) text: Option<Texts>,
    /// Item numbers; empty is the whole declaration.
    pub(super) items: Vec<u32>,
    /// Those of them that are decided.
    pub(super) decided: Vec<u32>,
    /// Since when, RFC 3339 UTC.
    since: String,
    /// Until when, RFC 3339 UTC; `null` where no time is set.
    pub(super) due: Option<String>,
    /// Whether that is over.
    pub(super) overdue: bool,
    /// What silence means: `nothing`, `release`, `escalate`.
    silence: &'static str,
    /// Whether time and silence are shown and not applied, because no source is held.
    pub(super) illustrative: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Tasks {
    /// The oldest due first.
    pub(super) tasks: Vec<TaskView>,
    /// The cursor to ask with next; the one given where there are no more.
    pub(super) next: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskQuery {
    /// Whose tasks: the id of an agency, or `customs`.
    agency: Option<String>,
    /// The cursor of the last one seen; absent is from the beginning.
    after: Option<String>,
    /// Most of them, up to 1,000.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1_000)]
    limit: Option<super::ask::Most<1_000>>,
}

fn view(house: &House, task: Task) -> Result<TaskView, Fault> {
    let pack = house.pack();
    let requirement = consignment::requirement_of(&task.hold);
    let rule = pack.requirements.all().iter().find(|r| r.id == requirement);
    let day = task.since.get(..10).and_then(|day| day.parse().ok());
    let row = day.and_then(|day| pack.agencies.agency(&task.hold.agency, day));
    let hold = key(&task.hold);
    let mut decided = house.store.decided_items(&task.mrn)?;
    decided.retain(|(of, ..)| *of == hold);
    let due = (task.due != NEVER).then(|| jiff::Timestamp::from_millisecond(task.due).ok());
    let due = due.flatten();
    Ok(TaskView {
        cursor: format!("{}-{}", task.due, task.seq),
        lrn: house.store.filing(&task.mrn)?.map(|f| f.lrn).unwrap_or_default(),
        mrn: task.mrn,
        agency: task.hold.agency.to_string(),
        kind: task.hold.kind.name(),
        hold: task.hold.reason.to_string(),
        requirement: rule.map(|r| r.id.clone()).unwrap_or_default(),
        text: rule.map(|r| Texts::from(&r.text)),
        items: task.items,
        decided: decided.into_iter().map(|(_, item, _)| item).collect(),
        since: task.since,
        due: due.map(|due| format!("{due:.3}")),
        overdue: due.is_some_and(|due| due <= jiff::Timestamp::now()),
        silence: row.map(|row| row.silence).unwrap_or_default().name(),
        illustrative: row.is_some_and(|row| row.illustrative),
    })
}

/// Open tasks of an agency after a cursor; `None` where that is none.
pub(super) async fn open(
    house: &House,
    agency: &str,
    after: Option<&str>,
    most: usize,
) -> Result<Option<Tasks>, Fault> {
    let agency = if agency == CUSTOMS { "" } else { agency };
    let position = |cursor: &str| {
        let (due, seq) = cursor.rsplit_once('-')?;
        Some((due.parse().ok()?, seq.parse().ok()?))
    };
    let from = match after.unwrap_or_default() {
        "" => (i64::MIN, 0),
        cursor => match position(cursor) {
            Some(from) => from,
            None => return Ok(None),
        },
    };
    // What was answered before is in the list.
    house.follow().await?;
    let tasks = house.store.tasks(agency, from, most)?;
    let tasks: Result<Vec<TaskView>, Fault> =
        tasks.into_iter().map(|task| view(house, task)).collect();
    let tasks = tasks?;
    let next = tasks.last().map(|t| t.cursor.clone());
    let next = next.or_else(|| after.map(ToOwned::to_owned)).unwrap_or_default();
    Ok(Some(Tasks { tasks, next }))
}

/// What an agency has to decide, the oldest due first.
///
/// A task is an open hold of the agency, or of an agency that was silent where that comes to customs: decide by an act about the declaration, or by the result of an
/// inspection.
#[utoipa::path(get, path = "/v1/tasks", tag = "declarations", params(TaskQuery),
    responses((status = 200, body = Tasks), (status = 400, description = "No agency, or no such cursor", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn tasks(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<TaskQuery>>,
) -> Response {
    let Some(agency) = query.agency.as_deref().filter(|a| !a.is_empty()) else {
        return bad_field("agency");
    };
    let most = super::ask::Most::or(query.limit, 100);
    match open(&house, agency, query.after.as_deref(), most).await {
        Ok(None) => bad_field("after"),
        Ok(Some(tasks)) => answer(Ok(tasks), |tasks| tasks),
        Err(fault) => answer(Err(fault), |tasks: Tasks| tasks),
    }
}
