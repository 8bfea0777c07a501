//! The page of the register of licences, permits and certificates: the list, and one document with what is
//! left of it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;

use super::{Page, Shared, encode, of, pairs};
use crate::house::House;
use crate::http::lpco::{BalanceView, WriteOffView, balance, write_off};
use crate::lpco::form::TermsForm;
use crate::lpco::{Refused, Told};
use crate::store::lpco::{ActRow, Listed};

/// Documents on one page of the list.
const ROWS: usize = 50;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/lpcos", get(lpcos))
}

/// A document shown.
struct Shown {
    kind: String,
    number: String,
    state: &'static str,
    terms: TermsForm,
    balance: Vec<BalanceView>,
    acts: Vec<ActRow>,
    write_offs: Vec<WriteOffView>,
}

impl From<Told> for Shown {
    fn from(told: Told) -> Self {
        Self {
            kind: told.kind.to_string(),
            number: told.number.clone(),
            state: told.record.document.standing.name(),
            terms: TermsForm::from(&told.record.document.terms),
            balance: balance(&told),
            write_offs: told.draws.iter().map(write_off).collect(),
            acts: told.acts,
        }
    }
}

#[derive(Template)]
#[template(path = "lpcos.html")]
struct LpcosPage<'a> {
    p: Page<'a>,
    /// What is looked for; empty where nothing is.
    number: String,
    /// The types that have the number, where there are several.
    kinds: Vec<String>,
    shown: Option<Shown>,
    rows: Vec<Listed>,
    /// Where to go back from; 0 where there are no more.
    older: i64,
}

impl LpcosPage<'_> {
    /// The link to a document.
    fn link(&self, kind: &str, number: &str) -> String {
        format!("/lpcos?kind={}&number={}", encode(kind), encode(number))
    }

    /// What the pack calls a type; the type where it does not.
    fn name<'b>(&'b self, kind: &'b str) -> &'b str {
        let row = self.p.pack.lpcos.iter().find(|row| row.document == kind);
        row.map_or(kind, |row| row.name.get(self.p.l))
    }

    /// The name of the drawing and the colour of a state.
    fn mark(&self, state: &str) -> &'static str {
        match state {
            "active" => "accepted",
            "suspended" => "warning",
            _ => "returned",
        }
    }
}

async fn lpcos(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/lpcos");
    let query = pairs(&uri);
    let number = of(&query, "number").trim().to_owned();
    let (mut shown, mut kinds, mut rows, mut status) =
        (None, Vec::new(), Vec::new(), StatusCode::OK);
    if number.is_empty() {
        let before = of(&query, "before").parse().unwrap_or(i64::MAX);
        rows = match house.store.lpcos("", "", before, ROWS) {
            Ok(rows) => rows,
            Err(fault) => return p.fault(&fault),
        };
    } else {
        match house.lpco(&number, of(&query, "kind")) {
            Ok(told) => shown = Some(Shown::from(told)),
            Err(Refused::Ambiguous(several)) => kinds = several,
            Err(Refused::Fault(fault)) => return p.fault(&fault),
            Err(_) => status = StatusCode::NOT_FOUND,
        }
    }
    let older = if rows.len() == ROWS { rows.last().map_or(0, |row| row.seq) } else { 0 };
    let page = LpcosPage { p, number, kinds, shown, rows, older };
    page.p.respond(status, &page)
}
