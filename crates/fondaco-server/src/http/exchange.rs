//! Envelopes to and from neighbours' houses, and the drafts that come of them, over HTTP.

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use fondaco::finding::Trilingual;
use fondaco_wire::envelope::{Refused, is_kid, peek_notice};
use fondaco_wire::report::Texts;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::api::{
    Asked, Problem, Shared, answer, not_found, problem, replayed, said, unavailable, with,
};
use super::door::{Door, Shut};
use crate::exchange::crossed::WordOfExport;
use crate::exchange::drafts::Draft;
use crate::exchange::{NotTaken, Partner, Receipted};
use crate::house::House;
use crate::store::{Aside, Fault, Kept};

/// Where neighbours come and ask.
pub(super) const DOOR: &str = "/v1/exchange/envelopes";

/// Marks a request that did not show the house's token.
#[derive(Clone, Copy)]
pub(super) struct Unknown;

/// Why an envelope is refused, in words.
fn words(why: &Refused) -> Trilingual {
    let [en, zh, ru] = match why {
        Refused::Form => ["This is not an envelope.", "这不是信封。", "Это не конверт."],
        Refused::Algorithm => [
            "An envelope is signed with EdDSA and nothing else.",
            "信封只能以 EdDSA 签名。",
            "Конверт подписывается только EdDSA.",
        ],
        Refused::OtherKey(_) => [
            "No neighbour has this key today.",
            "目前没有邻方使用该密钥。",
            "Сегодня ни у одного соседа нет такого ключа.",
        ],
        Refused::Signature => [
            "The signature does not fit: the envelope was changed.",
            "签名不符：信封已被改动。",
            "Подпись не подходит: конверт изменён.",
        ],
        Refused::Payload => [
            "The payload is not the canonical JSON (RFC 8785) of an envelope.",
            "载荷不是信封的规范 JSON（RFC 8785）。",
            "Содержимое — не канонический JSON (RFC 8785) конверта.",
        ],
        Refused::Field(_) => [
            "A field says what it may not.",
            "某一字段的内容不被允许。",
            "В одном из полей стоит недопустимое.",
        ],
        Refused::Digest => {
            ["The digest is not that of the XML.", "摘要与 XML 不符。", "Дайджест не от этого XML."]
        }
        Refused::Declaration => [
            "The declaration cannot be read.",
            "无法读取报关单。",
            "Декларацию не удалось прочитать.",
        ],
        Refused::Disagree => [
            "The XML and the JSON do not say the same.",
            "XML 与 JSON 内容不一致。",
            "XML и JSON говорят разное.",
        ],
    };
    Trilingual { en: en.to_owned(), zh: zh.to_owned(), ru: ru.to_owned() }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EnvelopesQuery {
    /// The neighbour: its name here, or the id of its house.
    partner: String,
    /// The number of the last one it has; 0 or absent is from the beginning.
    after: Option<i64>,
    /// Most of them, up to 100; after about 16 MiB there are fewer.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 100)]
    limit: Option<super::ask::Most<100>>,
}

/// An envelope.
#[derive(Serialize, ToSchema)]
struct EnvelopeView {
    /// The how manieth for this neighbour.
    sequence: i64,
    /// The message.
    id: String,
    /// The export.
    mrn: String,
    /// When it was made.
    at: String,
    /// `sha-256:` and its digest.
    digest: String,
    /// The envelope: a JWS in compact form, EdDSA.
    jws: String,
}

/// Envelopes for a neighbour, in their order.
#[derive(Serialize, ToSchema)]
struct Envelopes {
    /// The number of the last one of these, to ask on from; those that are there come until none does.
    next: i64,
    /// The envelopes.
    envelopes: Vec<EnvelopeView>,
}

fn view(kept: Kept) -> EnvelopeView {
    EnvelopeView {
        sequence: kept.sequence,
        id: kept.id,
        mrn: kept.mrn,
        at: kept.at,
        digest: kept.digest,
        jws: String::from_utf8_lossy(&kept.jws).into_owned(),
    }
}

/// Envelopes of exports that were let go to a neighbour's country, in the order they were made.
///
/// Those that are due are made first. Asked for with the house's token, or by the neighbour with a
/// statement it signed (`fondaco-pull`).
#[utoipa::path(get, path = "/v1/exchange/envelopes", tag = "exchange", params(EnvelopesQuery),
    responses(
        (status = 200, body = Envelopes),
        (status = 400, description = "The query cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Neither the token nor the neighbour's statement", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such neighbour", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "No envelope has the number `after`: the last one has `last`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed; or too many pages are read for it at once: come again after `Retry-After`", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn envelopes(
    State(house): Shared,
    unknown: Option<Extension<Unknown>>,
    Extension(door): Extension<Door>,
    headers: HeaderMap,
    Asked(Query(query)): Asked<Query<EnvelopesQuery>>,
) -> Response {
    let is_meant = |p: &Partner| p.name == query.partner || p.house == query.partner;
    let partner = if unknown.is_some() {
        let shown = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let statement = shown.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        match house.who_pulls(statement) {
            Ok(Some(partner)) if is_meant(&partner) => partner,
            Ok(_) => return problem(StatusCode::UNAUTHORIZED, "sign-in-wanted", None),
            Err(fault) => return unavailable(&fault),
        }
    } else {
        match house.partners().map(|all| all.into_iter().find(is_meant)) {
            Ok(Some(partner)) => partner,
            Ok(None) => return not_found(),
            Err(fault) => return unavailable(&fault),
        }
    };
    let Some(place) = door.page(&partner.name).await else { return shut(Shut::Full) };
    let after = query.after.unwrap_or(0);
    let most = super::ask::Most::or(query.limit, 100);
    // Beside the threads that serve: a page is 16 MiB, and each envelope of it is unpacked.
    let read = tokio::task::spawn_blocking(move || page(&house, &partner, after, most));
    let response = read.await.unwrap_or_else(|_| unavailable(&Fault::Stopped));
    // The place is given back when the page is read.
    let (parts, body) = response.into_parts();
    let held = body.into_data_stream().inspect(move |_| {
        let _ = &place;
    });
    Response::from_parts(parts, Body::from_stream(held))
}

/// A page of those for a neighbour. What another neighbour's are made of does not hold up this one. Where
/// one cannot be made, those that stand are given all the same, and who has them all is told that it failed.
fn page(house: &House, partner: &Partner, after: i64, most: usize) -> Response {
    let made = house.make_for_asker(partner);
    let stand = house.store.envelopes(&partner.name, after, most);
    if stand.as_ref().is_ok_and(Vec::is_empty) {
        match house.store.last_made(&partner.name) {
            Ok(last) if after > last => {
                let more = json!({"after": after, "last": last});
                return problem(StatusCode::CONFLICT, "envelope-unmade", Some(more));
            }
            Ok(_) => {}
            Err(fault) => return unavailable(&fault),
        }
    }
    if let Err(fault) = made {
        if stand.as_ref().is_ok_and(Vec::is_empty) {
            return unavailable(&fault);
        }
        eprintln!("fondaco: no more envelopes are made for {}: {fault}", partner.name);
    }
    answer(stand, |all| Envelopes {
        next: all.last().map_or(after, |kept| kept.sequence),
        envelopes: all.into_iter().map(view).collect(),
    })
}

/// An envelope or a notice that was taken.
#[derive(Serialize, ToSchema)]
struct TakenView {
    /// The message.
    id: String,
    /// The neighbour, by its name here.
    partner: String,
    /// The how manieth of this neighbour.
    sequence: i64,
    /// The export.
    mrn: String,
    /// The draft of the import that came of it; not there for a notice.
    #[serde(skip_serializing_if = "String::is_empty")]
    draft: String,
    /// What the house signed: a JWS, EdDSA, of the kind `fondaco-envelope-taken`.
    receipt: String,
}

/// Why a message is put aside, in words.
pub(super) fn words_aside(aside: &Aside) -> serde_json::Value {
    let why = match &*aside.why {
        "digest" => Refused::Digest,
        "declaration" => Refused::Declaration,
        "disagree" => Refused::Disagree,
        "field" => Refused::Field(""),
        _ => Refused::Payload,
    };
    json!(Texts::from(&words(&why)))
}

/// A refusal, with what of it may be said again.
fn refused(why: &Refused) -> Response {
    let mut more = json!({"why": why.name(), "why_text": Texts::from(&words(why))});
    match why {
        Refused::Field(field) => more["field"] = json!(field),
        // Whoever asks wrote it: only what can be the name of a key is said again.
        Refused::OtherKey(key) if is_kid(key) => more["key"] = json!(key),
        _ => {}
    }
    problem(StatusCode::UNPROCESSABLE_ENTITY, "envelope-refused", Some(more))
}

/// What the door says where it is shut. What was not read is not waited for: the connection ends.
fn shut(why: Shut) -> Response {
    let mut response = match why {
        Shut::Form | Shut::Broken => refused(&Refused::Form),
        Shut::Unknown(kid) => refused(&Refused::OtherKey(kid)),
        Shut::Large => problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large", None),
        Shut::Slow => problem(StatusCode::REQUEST_TIMEOUT, "too-slow", None),
        Shut::Full => {
            let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "busy", None);
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
            response
        }
        Shut::Fault(fault) => unavailable(&fault),
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Hand over an envelope of a neighbour's house, or a notice.
///
/// It needs no token: it is signed. The same envelope again gets the same answer. One that has its place
/// and says what it may not is put aside: it takes its number, and the next may come.
#[utoipa::path(post, path = "/v1/exchange/envelopes", tag = "exchange",
    request_body(content = String, content_type = "application/jose"),
    responses(
        (status = 200, description = "It was taken before", body = TakenView),
        (status = 201, description = "Taken, and on the disk", body = TakenView),
        (status = 408, description = "It did not come within a minute", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Its id or number was used by another one; or another is wanted first: `wanted`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 16 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not taken: `why`, `why_text`, and `field` or `key`; where it is `envelope-aside` it took its number and is put aside: `next`, `receipt`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store failed, nothing was taken; or too much is sent at once: come again after `Retry-After`", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn take(
    State(house): Shared,
    Extension(door): Extension<Door>,
    request: Request,
) -> Response {
    let read = match door.read(request, |kid| house.whose(kid)).await {
        Ok(read) => read,
        Err(why) => return shut(why),
    };
    // Beside the threads that serve: it is read twice over and verified.
    let taken = tokio::task::spawn_blocking(move || match std::str::from_utf8(read.text()) {
        Ok(text) => house.take(text),
        Err(_) => Err(NotTaken::Refused(Refused::Form)),
    });
    match taken.await.unwrap_or(Err(NotTaken::Fault(Fault::Stopped))) {
        Ok(receipted) => taken_as(receipted),
        Err(NotTaken::Refused(why)) => refused(&why),
        Err(NotTaken::Used(kept)) => {
            let more = json!({"id": kept.id, "sequence": kept.sequence, "digest": kept.digest});
            problem(StatusCode::CONFLICT, "envelope-used", Some(more))
        }
        Err(NotTaken::Wanted(wanted)) => {
            problem(StatusCode::CONFLICT, "envelope-order", Some(json!({"wanted": wanted})))
        }
        Err(NotTaken::Fault(fault)) => unavailable(&fault),
    }
}

/// What is said of one that took its number.
fn taken_as(Receipted { kept, repeated }: Receipted) -> Response {
    if let Some(aside) = &kept.aside {
        let more = json!({
            "id": kept.id, "sequence": kept.sequence, "next": kept.sequence + 1, "why": aside.why,
            "why_text": words_aside(aside), "field": aside.field, "receipt": kept.receipt,
        });
        let response = problem(StatusCode::UNPROCESSABLE_ENTITY, "envelope-aside", Some(more));
        return if repeated { replayed(response) } else { response };
    }
    let is_notice = std::str::from_utf8(&kept.jws).is_ok_and(|t| peek_notice(t).is_some());
    let draft = if is_notice { String::new() } else { format!("/v1/drafts/{}", kept.id) };
    let location = HeaderValue::from_str(&draft).ok().filter(|_| !is_notice);
    let view = TakenView {
        id: kept.id,
        partner: kept.partner,
        sequence: kept.sequence,
        mrn: kept.mrn,
        draft,
        receipt: kept.receipt,
    };
    let status = if repeated { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = said(status, view, repeated);
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// An envelope that is put aside.
#[derive(Serialize, ToSchema)]
struct AsideView {
    /// The message.
    id: String,
    /// The neighbour, by its name here.
    partner: String,
    /// The how manieth of this neighbour.
    sequence: i64,
    /// The export; empty where none can be read.
    mrn: String,
    /// When it came.
    at: String,
    /// Why: `payload`, `field`, `digest`, `declaration`, `disagree`.
    why: String,
    /// The field, where it is one.
    field: String,
    /// The same in the three languages.
    #[schema(value_type = Object)]
    why_text: serde_json::Value,
    /// What the house signed: a JWS of the kind `fondaco-envelope-aside`.
    receipt: String,
    /// The envelope as it came. Handed over again it is judged again.
    jws: String,
    /// Its place, to go back from.
    before: i64,
}

/// Envelopes that took their number and are put aside, newest first: for an operator to look at.
#[utoipa::path(get, path = "/v1/exchange/aside", tag = "exchange", params(DraftsQuery),
    responses((status = 200, body = Vec<AsideView>), (status = 400, description = "The query cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn aside(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<DraftsQuery>>,
) -> Response {
    let most = super::ask::Most::or(query.limit, 50);
    answer(house.store.newest_taken(true, query.before.unwrap_or(i64::MAX), most), |all| {
        let view = |(before, kept): (i64, Kept)| {
            let aside = kept.aside.unwrap_or_default();
            AsideView {
                id: kept.id,
                partner: kept.partner,
                sequence: kept.sequence,
                mrn: kept.mrn,
                at: kept.at,
                why_text: words_aside(&aside),
                why: aside.why,
                field: aside.field,
                receipt: kept.receipt,
                jws: String::from_utf8_lossy(&kept.jws).into_owned(),
                before,
            }
        };
        all.into_iter().map(view).collect::<Vec<_>>()
    })
}

/// What neighbours told of the exports an import was filed of since: replaced, or gone.
#[utoipa::path(get, path = "/v1/declarations/{mrn}/exports", tag = "exchange",
    params(("mrn" = String, Path, description = "The import's MRN")),
    responses((status = 200, body = Vec<WordOfExport>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn exports(State(house): Shared, Path(name): Path<String>) -> Response {
    with(&house, &name, |f| answer(house.words_of_exports(&f.mrn), |words| words))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DraftsQuery {
    /// The place to go back from: `before` of the last one seen.
    before: Option<i64>,
    /// Most of them, up to 100; after about 16 MiB of envelopes there are fewer.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 100)]
    limit: Option<super::ask::Most<100>>,
}

/// A draft in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftListed)]
struct Listed {
    /// The id of the envelope it came of.
    id: String,
    /// The neighbour.
    partner: String,
    /// The export.
    mrn: String,
    /// When it came.
    taken_at: String,
    /// `live`; `replaced` by a later one; `gone`: the goods do not come; `doubt`: what came since is put aside.
    standing: &'static str,
    /// Who exports.
    exporter: String,
    /// Who imports, as far as it is known.
    importer: String,
    /// The first goods.
    goods: String,
    /// How many items.
    items: usize,
    /// How many values are filled in.
    filled: usize,
    /// How many are open.
    open: usize,
    /// Its place, to go back from.
    before: i64,
}

/// Drafts of imports that came of neighbours' exports, newest first.
#[utoipa::path(get, path = "/v1/drafts", tag = "exchange", params(DraftsQuery),
    responses((status = 200, body = Vec<Listed>), (status = 400, description = "The query cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn drafts(
    State(house): Shared,
    Asked(Query(query)): Asked<Query<DraftsQuery>>,
) -> Response {
    let most = super::ask::Most::or(query.limit, 50);
    // Each is made anew: beside the threads that serve.
    let made =
        tokio::task::spawn_blocking(move || house.drafts(query.before.unwrap_or(i64::MAX), most));
    answer(made.await.unwrap_or(Err(Fault::Stopped)), |all| {
        let listed = |(before, d): (i64, Draft)| Listed {
            id: d.id,
            partner: d.partner,
            mrn: d.mrn,
            taken_at: d.taken_at,
            standing: d.standing.is,
            exporter: d.exporter,
            importer: d.importer,
            goods: d.goods,
            items: d.items,
            filled: d.filled.len(),
            open: d.open.len(),
            before,
        };
        all.into_iter().map(listed).collect::<Vec<_>>()
    })
}

/// A draft of an import: each value with where it came from, what is open and why, and what the law in
/// force still has against it.
#[utoipa::path(get, path = "/v1/drafts/{id}", tag = "exchange",
    params(("id" = String, Path, description = "The id of the envelope")),
    responses((status = 200, body = Draft), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn draft(State(house): Shared, Path(id): Path<String>) -> Response {
    match house.draft(&id) {
        Ok(Some(draft)) => Json(draft).into_response(),
        Ok(None) => not_found(),
        Err(fault) => unavailable(&fault),
    }
}

/// The declaration of a draft, to be completed and filed: `xml` or `json`.
#[utoipa::path(get, path = "/v1/drafts/{id}/declaration/{format}", tag = "exchange",
    params(("id" = String, Path, description = "The id of the envelope"), ("format" = String, Path, description = "xml or json")),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn drafted(
    State(house): Shared,
    Path((id, format)): Path<(String, String)>,
) -> Response {
    let Some(format) = fondaco_wire::format_named(&format) else { return not_found() };
    match house.drafted(&id, format) {
        Ok(Some(text)) => {
            let kind =
                HeaderValue::from_static(format.media_types.first().unwrap_or(&"text/plain"));
            let place = format!("attachment; filename=\"draft-{id}.{}\"", format.name);
            let place = HeaderValue::from_str(&place)
                .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], text)
                .into_response()
        }
        Ok(None) => not_found(),
        Err(fault) => unavailable(&fault),
    }
}
