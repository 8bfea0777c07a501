//! The page of the house's money: what is owed and paid by currency, and what waits for somebody.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::{Page, Shared};
use crate::money::{DebtView, Facility, MoneyView, RequestView, Waiting};

#[derive(Template)]
#[template(path = "money.html")]
struct MoneyPage<'a> {
    p: Page<'a>,
    m: MoneyView,
}

impl MoneyPage<'_> {
    /// What waits for somebody, under its heading.
    fn waiting(&self) -> [(&'static str, &'static str, &[Waiting]); 2] {
        [
            ("suspense", "money-suspense", &self.m.suspense),
            ("refunds", "money-refunds", &self.m.refunds),
        ]
    }

    /// What may stand for a debt, under its heading.
    fn facilities(&self) -> [(&'static str, &'static str, &[Facility]); 2] {
        [
            ("deferments", "money-deferments", &self.m.deferments),
            ("guarantees", "money-guarantees", &self.m.guarantees),
        ]
    }
}

impl DebtView {
    /// The name of the drawing and the colour it is shown with.
    pub(super) fn mark(&self) -> &'static str {
        match self.settled {
            "paid" => "cleared",
            "secured" => "released",
            _ => "warning",
        }
    }

    /// The request to pay with, where something is still to be paid.
    pub(super) fn to_pay(&self) -> Option<&RequestView> {
        let open = matches!(self.settled, "open" | "part");
        self.requests.last().filter(|_| open)
    }
}

pub(super) async fn money(State(house): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/money");
    match house.money_view() {
        Ok(m) => {
            let page = MoneyPage { m, p };
            page.p.respond(StatusCode::OK, &page)
        }
        Err(fault) => p.fault(&fault),
    }
}
