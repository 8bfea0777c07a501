//! The page of one filing: what the house stored of it, and its law.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use fondaco::consignment::{Event, Hold};
use fondaco::finding::{Language, MOST};
use fondaco::inspection::{self, Found};
use fondaco::token::Token;
use fondaco_wire::receipt::{self, Receipt};
use fondaco_wire::report::{LineView, Texts, ValueView};
use fondaco_wire::sentence::{self, Said};
use fondaco_wire::why;
use serde::Deserialize;
use serde_json::Value;

use super::super::notifications;
use super::{ActView, Named, Page, Shared, named};
use crate::act;
use crate::exchange::crossed::WordOfExport;
use crate::house::{self, House};
use crate::money::{self, DebtView};
use crate::store::{Booking, Filing, Happened};
use crate::timers;
use crate::undone;

/// Most characters of a message that are shown.
const SHOWN: usize = 200_000;

impl Page<'_> {
    /// A charge by its kind; a cost the law fills in has a name.
    fn charge<'b>(&self, kind: &'b str) -> &'b str {
        let Some([en, zh, ru]) = why::cost(kind) else { return kind };
        match self.l {
            Language::En => en,
            Language::Zh => zh,
            Language::Ru => ru,
        }
    }

    /// How the value of an item was made, where that is stored.
    fn made<'b>(&self, of: &'b AssessmentView, item: &u32) -> Option<&'b ValueView> {
        of.valuation.iter().find(|v| v.item == *item)
    }

    /// The formula of a line in words, its figures grouped.
    fn formula(&self, line: &LineView) -> Said {
        sentence::of_formula_of(line, self.l, &|figure| self.amount(figure))
    }

    /// What a list of codes is called.
    fn list(&self, list: &str) -> Option<&str> {
        let names = &self.pack.list_names;
        Token::new(list).ok().and_then(|list| names.get(&list)).map(|name| name.get(self.l))
    }

    /// One of three texts by their tags, in the language of the page.
    fn told<'b>(&self, text: &'b Value) -> &'b str {
        text[self.tag()].as_str().unwrap_or_default()
    }

    /// What a figure of a line is.
    fn input<'b>(&self, line: &LineView, what: &'b str) -> &'b str {
        match what {
            "threshold" => sentence::band_word(line, self.l),
            other => self.term("input", other),
        }
    }
}

/// The opinion as stored, as far as the page shows it. What an older program did not write is empty.
#[derive(Deserialize, Default)]
#[serde(default)]
struct OpinionView {
    message: String,
    findings: Vec<FindingView>,
    assessment: Option<AssessmentView>,
    requirements: Vec<RequirementView>,
    screening: Vec<ScreeningView>,
    decision: DecisionView,
    reference: ReferenceView,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FindingView {
    code: String,
    severity: String,
    pointer: String,
    path: String,
    json_pointer: String,
    value: String,
    wanted: String,
    text: Texts,
    remedy: Texts,
    basis: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AssessmentView {
    currency: String,
    total: String,
    values: Vec<(u32, Option<String>)>,
    valuation: Vec<ValueView>,
    lines: Vec<LineView>,
    unknown: Vec<UnknownView>,
    quota_draws: Vec<DrawView>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DrawView {
    item: u32,
    state: String,
    text: Texts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct UnknownView {
    item: u32,
    tax_type: String,
    formula: String,
    text: Texts,
    basis: String,
    /// Absent where it may have to be paid.
    payable: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RequirementView {
    item: u32,
    id: String,
    kind: String,
    status: String,
    agency: Texts,
    documents: Vec<String>,
    document: String,
    text: Texts,
    basis: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ScreeningView {
    party: String,
    status: String,
    detail: String,
}

impl ScreeningView {
    /// The role, and the name or number.
    fn party(&self) -> (&str, &str) {
        self.party.split_once(' ').unwrap_or((&self.party, ""))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DecisionView {
    lane: String,
    reasons: Vec<ReasonView>,
    points: u32,
    plan: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ReasonView {
    code: String,
    lane: String,
    item: u32,
    text: Texts,
    points: u32,
    seen: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ReferenceView {
    pack: String,
    on: String,
    digest: String,
    program: String,
}

/// Something that happened, and how it was told.
struct EventView {
    happened: Happened,
    function: &'static str,
    /// Whether it came with this very filing.
    own: bool,
    /// Where it came by an act: which agency, why, what to do, the note, who.
    said: Vec<String>,
}

/// What an act says of what happened by it, in the language of the page.
fn said(
    house: &House,
    happened: &Happened,
    by: Option<&Filing>,
    log: &[Happened],
    language: Language,
) -> Vec<String> {
    let Some(act) = by.filter(|f| act::is_said(f)) else { return Vec::new() };
    let event = happened.event;
    let told = house.said_of(act, happened).unwrap_or_default();
    let agency = event.agency().unwrap_or_default().to_string();
    let decided = notifications::is_decided(event) || act.format == timers::FORMAT;
    // What followed of itself has no reason of its own.
    if !decided && agency.is_empty() {
        return Vec::new();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![agency];
    if let Some([text, remedy]) = undone::why(event, act, || log) {
        lines.extend([text, remedy].map(|text| text.get(language).to_owned()));
    } else if decided {
        let tag = language.tag();
        lines.extend([text(&told["text"][tag]), text(&told["remedy"][tag])]);
        lines.push(text(&told["act"]["note"]));
    }
    lines.push(act.declarant.clone());
    lines.retain(|line| !line.is_empty());
    lines
}

/// A visit in which the goods are looked at.
struct VisitView {
    /// The name of the post, or its id.
    post: String,
    slot: String,
    given_up: bool,
    /// Whose control, of which kind, and what was found.
    controls: Vec<(String, &'static str, &'static str)>,
}

impl VisitView {
    fn of(booking: &Booking, p: &Page<'_>) -> Self {
        let slot = &booking.slot;
        let day = slot.day.parse().ok();
        let post = day.and_then(|day| p.pack.agencies.post(&slot.post, day));
        let control = |(hold, found): &(Hold, Vec<Found>)| {
            let agency = match hold.agency.as_str() {
                "" => p.term("tasks", "customs").to_owned(),
                agency => agency.to_owned(),
            };
            let found = inspection::decides(found).map(|f| p.term("found", f.outcome.name()));
            (agency, hold.kind.name(), found.unwrap_or_else(|| p.term("visit", "waits")))
        };
        Self {
            post: post.map_or_else(|| slot.post.clone(), |post| post.name.get(p.l).to_owned()),
            slot: format!("{} {:02}:{:02}", slot.day, slot.minute / 60, slot.minute % 60),
            given_up: booking.over,
            controls: booking.controls.iter().map(control).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "declaration.html")]
struct DeclarationPage<'a> {
    p: Page<'a>,
    name: String,
    f: Filing,
    heading: &'static str,
    state: &'static str,
    /// Whether it was accepted as a declaration, so that it was assessed and decided on.
    decided: bool,
    readable: bool,
    o: OpinionView,
    events: Vec<EventView>,
    about_it: Vec<Filing>,
    visits: Vec<VisitView>,
    says: Option<Receipt>,
    /// Whether a line is the project's own.
    ours: bool,
    /// Whether nothing is to be paid yet, for what is owed is not known.
    waits_for_amounts: bool,
    most_findings: bool,
    message: String,
    cut: bool,
    size: usize,
    acts: Vec<ActView>,
    debts: Vec<DebtView>,
    /// What neighbours told since of the exports it was filed of.
    exports: Vec<WordOfExport>,
}

pub(super) async fn declaration(
    State(house): Shared,
    name: Named,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let p = Page::new(&house, &headers, &uri, "/");
    let f = match house.store.filing(&named(name)) {
        Ok(Some(filing)) => filing,
        Ok(None) => return p.not_found(),
        Err(fault) => return p.fault(&fault),
    };
    let numbered = !f.mrn.is_empty();
    let kept = if numbered {
        house.state(&f.mrn).and_then(|state| {
            let events = house.store.events(&f.mrn, 0, 10_000)?;
            let about = house.store.about(&f.mrn)?;
            let visits = house.store.bookings(&f.mrn)?;
            Ok((state.name(), events, about, visits, house.debts(&f.mrn)?))
        })
    } else if f.outcome == "returned" {
        Ok(("returned", Vec::new(), Vec::new(), Vec::new(), Vec::new()))
    } else {
        Ok(("noted", Vec::new(), Vec::new(), Vec::new(), Vec::new()))
    };
    let (state, events, about_it, visits, debts) = match kept {
        Ok(all) => all,
        Err(fault) => return p.fault(&fault),
    };
    let exports = match house.words_of_exports(&f.mrn) {
        Ok(exports) => exports,
        Err(fault) => return p.fault(&fault),
    };
    // What was thought when the goods came, or when it was amended, stands in place of what was thought before.
    let formed = house::last_formed(&about_it).unwrap_or(&f);
    let opinion = serde_json::from_slice::<OpinionView>(&formed.opinion);
    let readable = opinion.is_ok();
    let waits = serde_json::from_slice(&formed.opinion).is_ok_and(|o| money::waits(&o));
    let mut o = opinion.unwrap_or_default();
    if let Some(assessment) = &mut o.assessment {
        for line in &mut assessment.lines {
            line.text = Some(sentence::of_line(line, &assessment.currency, &p.pack));
        }
    }
    let text = String::from_utf8_lossy(&f.body);
    let message: String = text.chars().filter(|c| *c != '\0').take(SHOWN).collect();
    let lines = || o.assessment.iter().flat_map(|a| &a.lines);
    let unknown = o.assessment.iter().flat_map(|a| &a.unknown);
    let acts = p.acts(
        lines()
            .map(|l| l.basis.as_str())
            .chain(lines().filter_map(|l| Some(l.relief.as_ref()?.1.as_str())))
            .chain(unknown.map(|u| u.basis.as_str()))
            .chain(o.findings.iter().map(|f| f.basis.as_str()))
            .chain(o.requirements.iter().map(|r| r.basis.as_str())),
    );
    let all: Vec<Event> = events.iter().map(|happened| happened.event).collect();
    let page = DeclarationPage {
        heading: match state {
            "returned" => p.w.returned_filing,
            "noted" => p.w.note_filing,
            _ => p.w.declaration,
        },
        state,
        decided: numbered,
        readable,
        events: events
            .iter()
            .enumerate()
            .map(|(n, happened)| {
                let by = about_it.iter().find(|m| m.id == happened.filing);
                let before = all.iter().take(n).copied();
                let function = notifications::function(happened.event, &f, by, before);
                EventView {
                    function: function.unwrap_or_default(),
                    own: happened.filing == f.id,
                    said: said(&house, happened, by, &events, p.l),
                    happened: happened.clone(),
                }
            })
            .collect(),
        about_it,
        visits: visits.iter().map(|visit| VisitView::of(visit, &p)).collect(),
        says: receipt::verify(&f.receipt, &house.keys.public()).ok(),
        ours: lines().any(|l| l.mark == "ours"),
        waits_for_amounts: state == "awaiting-payment"
            && waits
            && debts.iter().all(|debt| !debt.known),
        most_findings: o.findings.len() >= MOST,
        cut: message.len() < text.len(),
        message,
        size: f.body.len(),
        acts,
        debts,
        exports,
        o,
        name: if numbered { f.mrn.clone() } else { f.id.clone() },
        f,
        p,
    };
    page.p.respond(StatusCode::OK, &page)
}
