//! The page on which an officer decides about a declaration, and what is sent from it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use fondaco::assessment::TaxLine;
use fondaco::consignment::{Answer, HoldKind, RequestKind};
use fondaco_wire::report::Texts;
use serde_json::Value;

use super::super::problems::PROBLEMS;
use super::super::tasks::CUSTOMS;
use super::{Named, Page, Said, Shared, encode, named, of};
use crate::act::{ActMessage, Refused, had_part, nothing_unknown, words};
use crate::determine::{ASSESS, Stated};
use crate::house::House;
use crate::money;
use crate::store::{Fault, Filing};

/// The longest text of a field that is taken, in characters.
const LONGEST: usize = 2000;

pub(super) fn router() -> Router<Arc<House>> {
    Router::new().route("/declarations/{name}/decide", get(ask).post(decide))
}

/// Something that can be done.
struct Choice {
    /// What is sent of it: names and values of the act, as a form has them.
    value: String,
    label: String,
    chosen: bool,
}

/// A word of a list.
pub(super) struct Word {
    pub(super) id: String,
    pub(super) text: String,
    chosen: bool,
}

/// An amount that may be stated: of which item and tax, what was written, and why it is not known.
struct AmountField {
    item: u32,
    tax: String,
    name: String,
    why: String,
    amount: String,
    secured: String,
}

/// The names of the fields of an amount and of what is secured beside it begin so; item and tax follow.
const AMOUNT: &str = "amount/";
const SECURED: &str = "secured/";

#[derive(Template)]
#[template(path = "decide.html")]
struct DecidePage<'a> {
    p: Page<'a>,
    name: String,
    state: &'static str,
    choices: Vec<Choice>,
    agencies: Vec<Word>,
    reasons: Vec<Word>,
    by: String,
    /// The name of a hold that is placed.
    hold: String,
    items: String,
    note: String,
    /// Amounts that could not be computed, which may be stated.
    amounts: Vec<AmountField>,
    currency: String,
    /// Whether something can be granted that may be about money.
    money: bool,
    /// The key of what is sent: sent twice it is done once.
    key: String,
    /// Why it was not done, line by line.
    wrong: Vec<String>,
}

/// What can be done about a declaration as it stands.
fn choices(p: &Page<'_>, life: &fondaco::consignment::Life) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for hold in life.open_holds() {
        let (kind, agency, name) = (hold.kind.name(), hold.agency, hold.reason);
        let value = format!(
            "act=lift&kind={kind}&agency={}&hold={}",
            encode(agency.as_str()),
            encode(name.as_str())
        );
        let told = [p.term("held", kind), agency.as_str(), name.as_str()];
        let told: Vec<&str> = told.into_iter().filter(|text| !text.is_empty()).collect();
        all.push((value, format!("{}: {}", p.term("decide", "lift"), told.join(" · "))));
    }
    for (request, _) in life.requests().filter(|(_, answer)| *answer == Answer::Open) {
        for act in ["grant", "deny"] {
            let (kind, number) = (request.kind.name(), request.number);
            let label = format!("{}: {} {number}", p.term("decide", act), p.term("asked", kind));
            all.push((format!("act={act}&kind={kind}&request={number}"), label));
        }
        // A request is answered once: what a granted appeal overturns is said with it.
        if request.kind == RequestKind::Appeal {
            for agency in life.refusals() {
                let (id, name) = match agency.as_str() {
                    "" => (CUSTOMS, p.term("tasks", CUSTOMS)),
                    id => (id, id),
                };
                let number = request.number;
                let label = format!(
                    "{}: {} {number}, {} {name}",
                    p.term("decide", "grant"),
                    p.term("asked", request.kind.name()),
                    p.term("decide", "overturns")
                );
                let of = encode(id);
                all.push((format!("act=grant&kind=appeal&request={number}&overturns={of}"), label));
            }
        }
    }
    for kind in HoldKind::ALL {
        let kind = kind.name();
        let label = format!("{}: {}", p.term("decide", "hold"), p.term("held", kind));
        all.push((format!("act=hold&kind={kind}"), label));
    }
    let assess = (!life.is_settled()).then_some(ASSESS);
    for act in assess.into_iter().chain(["refuse", "depart", "cancel", "hand-over"]) {
        all.push((format!("act={act}"), p.term("decide", act).to_owned()));
    }
    all
}

/// The amounts that could not be computed of a declaration that waits for payment, and the currency: of an
/// item whose value lacks a cost each that was computed without it.
fn amounts(
    p: &Page<'_>,
    main: &Filing,
    sent: &[(String, String)],
) -> Result<(Vec<AmountField>, String), Fault> {
    let standing = p.house.standing(main)?;
    let opinion = &standing.as_ref().unwrap_or(main).opinion;
    let opinion: Value = serde_json::from_slice(opinion).unwrap_or_default();
    let assessment = &opinion["assessment"];
    let list = |name: &str| assessment[name].as_array().into_iter().flatten();
    let number = |one: &Value| u32::try_from(one["item"].as_u64().unwrap_or_default());
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let mut all: Vec<AmountField> = Vec::new();
    let mut add = |item: u32, tax: String, why: String, [amount, secured]: [String; 2]| {
        if all.iter().any(|field| field.item == item && field.tax == tax) {
            return;
        }
        let written = |what: &str, else_: String| match of(sent, &format!("{what}{item}/{tax}")) {
            "" => else_,
            written => written.to_owned(),
        };
        all.push(AmountField {
            name: p.tax(&tax).to_owned(),
            why,
            amount: written(AMOUNT, amount),
            secured: written(SECURED, secured),
            item,
            tax,
        });
    };
    // What was stated may be stated otherwise, all of it with it.
    for line in list("lines").filter(|line| line["mark"] == TaxLine::DETERMINED) {
        let item = number(line).unwrap_or_default();
        let amounts = [text(line, "payable"), text(line, "secured")];
        add(item, text(line, "tax_type"), text(line, "basis"), amounts);
    }
    for unknown in list("unknown").filter(|one| money::is_waited_for(one)) {
        let item = number(unknown).unwrap_or_default();
        let why: Texts = serde_json::from_value(unknown["text"].clone()).unwrap_or_default();
        let why = || p.text(&why).to_owned();
        match text(unknown, "tax_type") {
            tax if tax.is_empty() => {
                let of = list("lines").filter(|line| [Ok(item), Ok(0)].contains(&number(line)));
                for line in of {
                    let of = number(line).unwrap_or_default();
                    add(of, text(line, "tax_type"), why(), <[String; 2]>::default());
                }
            }
            tax => add(item, tax, why(), <[String; 2]>::default()),
        }
    }
    Ok((all, text(assessment, "currency")))
}

/// The amounts that were written.
fn stated(sent: &[(String, String)]) -> Vec<Stated> {
    let of_field = |(name, amount): &(String, String)| {
        let (item, tax) = name.strip_prefix(AMOUNT)?.split_once('/')?;
        let secured = of(sent, &format!("{SECURED}{item}/{tax}")).trim().to_owned();
        let amount = amount.trim().to_owned();
        let is_written = !amount.is_empty() || !secured.is_empty();
        // What is to be secured alone is paid by nobody.
        let amount = if amount.is_empty() { "0".to_owned() } else { amount };
        let item = item.parse().ok()?;
        is_written.then(|| Stated { item, tax: tax.to_owned(), amount, secured })
    };
    sent.iter().filter_map(of_field).collect()
}

/// The page, with what was written in its fields and why that was not done.
fn page(
    p: Page<'_>,
    main: &Filing,
    sent: &[(String, String)],
    status: StatusCode,
    wrong: Vec<String>,
) -> Response {
    let life = match p.house.store.life(&main.mrn) {
        Ok((life, _)) => life,
        Err(fault) => return p.fault(&fault),
    };
    let text = |name: &str| of(sent, name).chars().take(LONGEST).collect::<String>();
    let chosen = of(sent, "do");
    let choices: Vec<Choice> = choices(&p, &life)
        .into_iter()
        .map(|(value, label)| Choice { chosen: value == chosen, value, label })
        .collect();
    let money = life.requests().any(|(request, answer)| {
        let of_money = matches!(request.kind, RequestKind::Refund | RequestKind::Appeal);
        of_money && answer == Answer::Open
    });
    let (amounts, currency) =
        match (!life.is_settled()).then(|| amounts(&p, main, sent)).transpose() {
            Ok(all) => all.unwrap_or_default(),
            Err(fault) => return p.fault(&fault),
        };
    let today = crate::cli::today();
    let (agency, why) = (of(sent, "agency"), of(sent, "reason"));
    let customs =
        Word { id: String::new(), text: p.term("tasks", CUSTOMS).to_owned(), chosen: false };
    let in_force = p.pack.agencies.all.iter().filter(|a| a.validity.covers(today));
    let named = in_force.map(|a| Word {
        id: a.id.to_string(),
        text: a.name.get(p.l).to_owned(),
        chosen: a.id.as_str() == agency,
    });
    let agencies = std::iter::once(customs).chain(named).collect();
    let page = DecidePage {
        name: main.mrn.clone(),
        state: life.state().name(),
        choices,
        agencies,
        reasons: reasons(&p, why),
        by: text("by"),
        hold: text("hold"),
        money,
        items: text("items"),
        note: text("note"),
        amounts,
        currency,
        key: uuid::Uuid::now_v7().to_string(),
        wrong,
        p,
    };
    page.p.respond(status, &page)
}

/// The reasons of the pack; the one with the code `chosen` is.
pub(super) fn reasons(p: &Page<'_>, chosen: &str) -> Vec<Word> {
    let word = |r: &fondaco::reference::DecisionReason| Word {
        id: r.code.to_string(),
        text: r.text.get(p.l).to_owned(),
        chosen: r.code.as_str() == chosen,
    };
    p.pack.reasons.iter().map(word).collect()
}

/// Item numbers, as they are written.
pub(super) fn numbers(text: &str) -> Result<Vec<u32>, ()> {
    let numbers = text.split([',', ' ', '，', '、']).filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().map_err(|_| ())).collect()
}

/// The key a form was sent with.
pub(super) fn key(sent: &[(String, String)]) -> String {
    match of(sent, "key") {
        "" => uuid::Uuid::now_v7().to_string(),
        key => key.chars().filter(char::is_ascii_graphic).take(255).collect(),
    }
}

/// That a form was not kept, in words; why is for the operator.
pub(super) fn not_kept(p: &Page<'_>, fault: &Fault) -> Vec<String> {
    eprintln!("fondaco: {fault}");
    vec![p.w.fault_told.to_owned()]
}

/// A problem, in words.
pub(super) fn problem(p: &Page<'_>, name: &str) -> Vec<String> {
    let titles = PROBLEMS.iter().find(|(n, _)| *n == name).map(|(_, titles)| titles);
    let [en, zh, ru] = titles.copied().unwrap_or_default();
    let texts = Texts { en: en.to_owned(), zh: zh.to_owned(), ru: ru.to_owned() };
    vec![p.text(&texts).to_owned()]
}

/// The declaration of a name.
pub(super) fn main(p: Page<'_>, name: Named) -> Result<(Page<'_>, Filing), Box<Response>> {
    match p.house.store.filing(&named(name)) {
        Ok(Some(filing)) if !filing.mrn.is_empty() => Ok((p, filing)),
        Ok(_) => Err(Box::new(p.not_found())),
        Err(fault) => Err(Box::new(p.fault(&fault))),
    }
}

async fn ask(State(house): Shared, name: Named, headers: HeaderMap, uri: Uri) -> Response {
    let p = Page::new(&house, &headers, &uri, "/tasks");
    match main(p, name) {
        Ok((p, main)) => page(p, &main, &super::pairs(&uri), StatusCode::OK, Vec::new()),
        Err(response) => *response,
    }
}

/// Whether a form was sent from a page of the house: a browser shows the sign-in also where another site asks.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str()).unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, at)| at == host)
        }
        // No browser: it shows the sign-in itself.
        (None, None) => true,
    }
}

/// The declaration a form is about, where it was sent from a page of the house.
pub(super) fn main_of_form<'a>(
    p: Page<'a>,
    name: Named,
    headers: &HeaderMap,
) -> Result<(Page<'a>, Filing), Box<Response>> {
    if is_ours(headers) {
        return main(p, name);
    }
    let (title, told) = (p.term("decide", "foreign"), p.term("decide", "foreign-told"));
    let said = Said { title, told, p };
    Err(Box::new(said.p.respond(StatusCode::FORBIDDEN, &said)))
}

/// What a form says, as an act; why not, in words.
fn message(p: &Page<'_>, sent: &[(String, String)]) -> Result<ActMessage, String> {
    let said = |name: &str| p.term("decide", name).to_owned();
    let chosen: Vec<(String, String)> = format!("/?{}", of(sent, "do"))
        .parse()
        .map(|uri: Uri| super::pairs(&uri))
        .unwrap_or_default();
    let act = of(&chosen, "act").to_owned();
    if act.is_empty() {
        return Err(said("choose"));
    }
    let by = of(sent, "by").trim().to_owned();
    if by.is_empty() {
        return Err(said("name"));
    }
    let items = numbers(of(sent, "items")).map_err(|()| said("numbers"))?;
    // What is lifted names its agency itself; an act that takes no agency is sent none.
    let agency = match act.as_str() {
        "lift" => of(&chosen, "agency"),
        "hold" | "refuse" => of(sent, "agency"),
        _ => "",
    };
    // A hold that was lifted is placed again under a name of its own.
    let hold = match act.as_str() {
        "hold" => of(sent, "hold").trim(),
        _ => of(&chosen, "hold"),
    };
    let overturns = Some(of(&chosen, "overturns")).filter(|agency| !agency.is_empty());
    let stops = matches!(act.as_str(), "hold" | "refuse" | "deny" | "cancel" | "hand-over");
    Ok(ActMessage {
        kind: of(&chosen, "kind").to_owned(),
        agency: agency.to_owned(),
        hold: hold.to_owned(),
        overturns: overturns.map(ToOwned::to_owned),
        request: of(&chosen, "request").parse().unwrap_or_default(),
        reason: if stops { of(sent, "reason").to_owned() } else { String::new() },
        note: of(sent, "note").trim().to_owned(),
        amounts: if act == ASSESS { stated(sent) } else { Vec::new() },
        by,
        items,
        act,
        ..ActMessage::default()
    })
}

/// Why it was not done, line by line.
fn why(p: &Page<'_>, refused: &Refused, message: &ActMessage) -> Vec<String> {
    let problem = |name: &str| problem(p, name);
    match refused {
        Refused::Reason => {
            let fitting = message.reasons(&p.pack).map(|r| r.text.get(p.l).to_owned());
            std::iter::once(p.term("decide", "fits").to_owned()).chain(fitting).collect()
        }
        Refused::NotNow(why) => vec![words(*why).get(p.l).to_owned()],
        Refused::NothingUnknown => vec![nothing_unknown().get(p.l).to_owned()],
        Refused::HadPart => vec![had_part().get(p.l).to_owned()],
        Refused::Money(why) => vec![why.text().get(p.l).to_owned()],
        Refused::Returned(report) => {
            let mut lines = problem("declaration-returned");
            let texts = report.findings.iter().map(|f| p.text(&f.text).to_owned());
            lines.extend(texts);
            lines
        }
        Refused::StillUnknown(report) => {
            let mut lines = problem("still-unknown");
            let unknown = report.assessment.iter().flat_map(|a| &a.unknown);
            lines
                .extend(unknown.map(|u| format!("{} {}: {}", u.item, u.tax_type, p.text(&u.text))));
            lines
        }
        Refused::NotApplied(detail) => {
            let mut lines = problem("amendment-not-applied");
            lines.push(detail.clone());
            lines
        }
        Refused::KeyUsed => problem("key-used"),
        Refused::Field("amounts") => vec![p.term("decide", "amounts-unread").to_owned()],
        Refused::Field("note") if message.act == ASSESS => {
            vec![p.term("decide", "amounts-why").to_owned()]
        }
        Refused::Field(_) => vec![p.term("decide", "unread").to_owned()],
        _ => problem("act-refused"),
    }
}

async fn decide(
    State(house): Shared,
    name: Named,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let p = Page::new(&house, &headers, &uri, "/tasks");
    let (p, main) = match main_of_form(p, name, &headers) {
        Ok(both) => both,
        Err(response) => return *response,
    };
    let message = match message(&p, &sent) {
        Ok(message) => message,
        Err(why) => return page(p, &main, &sent, StatusCode::UNPROCESSABLE_ENTITY, vec![why]),
    };
    let bytes = serde_json::to_vec(&message).unwrap_or_default();
    let key = key(&sent);
    match house.act(&main.mrn, &message, &bytes, &key).await {
        Ok(_) => {
            let at = format!("/declarations/{}#state", encode(&main.mrn));
            Redirect::to(&at).into_response()
        }
        Err(Refused::Fault(fault)) => {
            let told = not_kept(&p, &fault);
            page(p, &main, &sent, StatusCode::SERVICE_UNAVAILABLE, told)
        }
        Err(Refused::Unknown) => p.not_found(),
        Err(refused) => {
            let status = match &refused {
                Refused::NotNow(_)
                | Refused::HadPart
                | Refused::Money(_)
                | Refused::NothingUnknown
                | Refused::StillUnknown(_) => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let lines = why(&p, &refused, &message);
            page(p, &main, &sent, status, lines)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_not_ours() {
        let check = |all: &[(&str, &str)], ours: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in all {
                let name = header::HeaderName::from_bytes(name.as_bytes()).unwrap();
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(is_ours(&headers), ours, "{all:?}");
        };
        let host = ("host", "127.0.0.1:8080");
        check(&[host], true);
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("sec-fetch-site", "none")], false);
        check(&[host, ("origin", "http://127.0.0.1:8080")], true);
        check(&[host, ("origin", "http://127.0.0.1:8081")], false);
        check(&[host, ("origin", "null")], false);
    }
}
