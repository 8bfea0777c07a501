//! Taking connections, within bounds: who connects and says nothing, or never ends what it says first,
//! holds a place for a time and never all of the system's files.

use std::io::{Error, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The bounds of a listener.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How long the head of a request may take, the wait for it counted in; then the connection is closed.
    pub(super) head: Duration,
    /// Connections at one time; others wait to be taken. Systems often give a program 1,024 files.
    pub(super) connections: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), connections: 768 }
    }
}

/// Serves what connects until told to stop, then ends when the requests under way have their answers.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head);
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = room.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(e) if is_its_own(&e) => continue,
            // Such as no more files: some are given back in a while.
            Err(e) => {
                eprintln!("fondaco: no connection is taken: {e}");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        stream.set_nodelay(true).ok();
        let service = TowerToHyperService::new(app.clone());
        let served = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // How it ended is the client's to know.
            served.await.ok();
            drop(place);
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// Whether it is the fault of one connection alone.
fn is_its_own(e: &Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(e.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    use super::*;

    const ASKS: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    /// Sends this and reads until it is said or the connection ends.
    async fn hears(stream: &mut TcpStream, sends: &str) -> String {
        stream.write_all(sends.as_bytes()).await.ok();
        let mut heard = Vec::new();
        while !heard.ends_with(b"here") && stream.read_buf(&mut heard).await.is_ok_and(|n| n > 0) {}
        String::from_utf8(heard).unwrap().lines().last().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn who_says_nothing_is_parted_with_and_who_asks_is_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/", get(async || "here"));
        let bounds = Bounds { head: Duration::from_millis(300), connections: 2 };
        let (stop, told) = oneshot::channel::<()>();
        let told = async { told.await.unwrap_or_default() };
        let house = tokio::spawn(serve(listener, app, bounds, told));
        let connect = async || TcpStream::connect(address).await.unwrap();
        // All places are held by who says nothing, and by who never ends; then they are free again.
        let (mut silent, mut endless) = (connect().await, connect().await);
        endless.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        let begun = Instant::now();
        let mut third = connect().await;
        assert_eq!(hears(&mut third, ASKS).await, "here");
        assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
        assert_eq!(hears(&mut silent, "").await, "");
        assert_eq!(hears(&mut endless, "").await, "");
        // A connection serves on while it asks in time.
        assert_eq!(hears(&mut third, ASKS).await, "here");
        stop.send(()).unwrap();
        house.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
