//! The HTTP server: accepts connections and serves each within fixed limits. It speaks only HTTP/1.1; the proxy in
//! front of it terminates TLS and HTTP/2.

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Longest wait for the head of a request, counted from the connection or from the previous answer. It is longer than
/// the 60 s for which an AWS Application Load Balancer keeps an idle connection (its *idle timeout* attribute), so that
/// the proxy is the one that closes.
const LONGEST_HEAD: Duration = Duration::from_secs(75);
/// Most bytes that a connection buffers in each direction; this also limits the head of a request.
const LARGEST_BUFFER: usize = 64 * 1024;
/// Most simultaneous connections. Further ones wait in the operating system's accept queue.
const MOST_CONNECTIONS: usize = 32_768;
/// Longest wait for open answers after a stop. Turns have ended by then, and streams with them; a client that does not read
/// must not keep the server from stopping.
const LONGEST_FAREWELL: Duration = Duration::from_secs(5);
/// Pause after a failed accept, which most likely means that too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Serves `app` until `stopped` completes, and returns once every answer is sent.
pub async fn serve(listener: TcpListener, app: Router, stopped: impl Future<Output = ()> + Send) {
    let app: Router = app.with_state(());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEAD).max_buf_size(LARGEST_BUFFER);
    let (connections, closing) = (TaskTracker::new(), CancellationToken::new());
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut stopped = pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let (socket, place) = match accepted {
            Ok(accepted) => accepted,
            // The client has gone before it was accepted.
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => continue,
            Err(error) => {
                tracing::error!(error = %error, "accepting a connection failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let app = app.clone();
        // Cloned for each request and boxed, so that an idle or streaming connection holds no copy of the routes.
        let answer =
            service_fn(move |request: hyper::Request<Incoming>| Box::pin(app.clone().oneshot(request.map(Body::new))));
        // An upgraded connection, a WebSocket, leaves this task; its door bounds it.
        let connection = http.serve_connection(TokioIo::new(socket), answer).with_upgrades();
        let closing = closing.clone();
        connections.spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = closing.cancelled_owned() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // Clients disconnect and send malformed requests at will; that is no error of this server.
            if let Err(error) = ended {
                tracing::debug!(error = %error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    closing.cancel();
    connections.close();
    if tokio::time::timeout(LONGEST_FAREWELL, connections.wait()).await.is_err() {
        tracing::warn!("connections that did not end in time were closed");
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (socket, _) = listener.accept().await?;
    // Disables Nagle's algorithm: the small frames of a stream must not wait until earlier ones are acknowledged.
    drop(socket.set_nodelay(true));
    Ok((socket, place))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
