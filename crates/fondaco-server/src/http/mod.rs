//! The house on the network: the public API and the pages, each with views of its own.

mod accept;
mod act;
pub(crate) mod api;
pub(crate) mod ask;
mod classify;
mod describe;
mod door;
mod exchange;
mod explain;
mod finder;
mod inspections;
mod law;
mod money;
mod lpco;
mod events;
pub(crate) mod notifications;
mod problems;
mod tasks;
pub(crate) mod web;
mod webhooks;
pub(crate) mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::cli::Failure;
use crate::house::House;

/// How the house is served.
pub(crate) struct Serving {
    pub(crate) house: Arc<House>,
    pub(crate) listen: SocketAddr,
    /// SHA-256 of the token that signs in; `None` in the sandbox.
    pub(crate) token: Option<[u8; 32]>,
}

/// Everything behind one router.
pub(crate) fn router(house: Arc<House>, token: Option<[u8; 32]>) -> axum::Router {
    let (api, _) = api::router();
    api.merge(web::router())
        .layer(axum::middleware::from_fn_with_state(token, sign_in))
        .layer(axum::middleware::from_fn_with_state(house.sandbox, mark))
        .layer(axum::extract::DefaultBodyLimit::max(17 << 20))
        .layer(axum::Extension(door::Door::new(door::Bounds::default())))
        .with_state(house)
}

/// Says on every answer that this is a sandbox, and that an answer of the API is no page: what was
/// filed is served as it was sent, and must not run in the house's name.
async fn mark(State(sandbox): State<bool>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/v1/");
    let mut response = next.run(request).await;
    if api {
        response = as_problem(response);
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
        );
    }
    if sandbox {
        response.headers_mut().insert("fondaco-sandbox", HeaderValue::from_static("true"));
    }
    response
}

/// An error of the framework's own, in the words of the house.
fn as_problem(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let status = response.status();
    if !status.is_client_error() || kind.is_some_and(|k| k == "application/problem+json") {
        return response;
    }
    let name = match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method-refused",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        _ => "bad-request",
    };
    let mut said = api::problem(status, name, None);
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        said.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    said
}

/// Lets in whoever shows the house's token, as a bearer token or as a password.
async fn sign_in(
    State(token): State<Option<[u8; 32]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(wanted) = token else { return next.run(request).await };
    if request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let shown = shown.and_then(|value| {
        if let Some(token) = value.strip_prefix("Bearer ") {
            return Some(token.to_owned());
        }
        let basic = value.strip_prefix("Basic ")?;
        let decoded = base64::engine::general_purpose::STANDARD.decode(basic).ok()?;
        let decoded = String::from_utf8(decoded).ok()?;
        decoded.split_once(':').map(|(_, password)| password.to_owned())
    });
    // Digests are compared, so the time it takes tells nothing of the token.
    let right = shown.is_some_and(|t| <[u8; 32]>::from(Sha256::digest(t.trim())) == wanted);
    if right {
        return next.run(request).await;
    }
    // A neighbour's house has no token; what it brings and asks for is signed.
    if request.uri().path() == exchange::DOOR {
        request.extensions_mut().insert(exchange::Unknown);
        return next.run(request).await;
    }
    let mut response =
        api::problem(StatusCode::UNAUTHORIZED, "sign-in-wanted", None).into_response();
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Basic realm=\"Fondaco\", charset=\"UTF-8\""),
    );
    response
}

/// Serves until told to stop; what was taken is written before it returns.
pub(crate) async fn serve(serving: Serving, ready: impl FnOnce(SocketAddr)) -> Result<(), Failure> {
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", serving.listen));
    let listener = tokio::net::TcpListener::bind(serving.listen).await.map_err(fault)?;
    let bound = listener.local_addr().map_err(fault)?;
    // Listened for before anybody is told that the house is there to be stopped.
    let told = told_to_stop()?;
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let app = router(serving.house.clone(), serving.token)
        .layer(axum::Extension(events::Stopping(stopped.clone())));
    crate::tell::desk::open(&serving.house, crate::tell::desk::Limits::default()).map_err(fault)?;
    ready(bound);
    let stop = async move {
        told.await;
        stopping.send(true).ok();
    };
    tokio::select! {
        () = accept::serve(listener, app, accept::Bounds::default(), stop) => {}
        // What is being sent may be finished; what stands still does not hold the house.
        () = async {
            stopped.wait_for(|s| *s).await.ok();
            tokio::time::sleep(PATIENCE).await;
        } => {}
    }
    serving.house.store.close();
    Ok(())
}

/// How long requests under way are waited for once the house is told to stop.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Resolves when the process is told to stop.
fn told_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let fault = |e: std::io::Error| Failure::Fault(format!("signals: {e}"));
        let mut terminate = signal(SignalKind::terminate()).map_err(fault)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(fault)?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        tokio::signal::ctrl_c().await.ok();
    })
}
