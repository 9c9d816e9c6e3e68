//! Connections: each is read, answered and ended within bounds. HTTP/1.1 alone; TLS and HTTP/2 end at the proxy before.

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// The time in which a client must send the head of a request, from the connection or from the answer before. It is longer
/// than the 60 s for which an AWS Application Load Balancer keeps an idle connection (its *idle timeout* attribute), so that
/// the proxy is the one that closes.
const HEAD: Duration = Duration::from_secs(75);
/// Most bytes that a connection buffers in each direction, and so the longest head of a request.
const BUFFER: usize = 64 * 1024;
/// Most connections at once. Further ones wait in the queue of the operating system.
const CONNECTIONS: usize = 32_768;
/// Wait after a connection could not be accepted: most likely there are too many open files.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves `app` until `stopped` is done and every answer is sent.
pub async fn serve(listener: TcpListener, app: Router, stopped: impl Future<Output = ()> + Send) {
    let app: Router = app.with_state(());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(BUFFER);
    let (connections, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut stopped = pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let (socket, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::error!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let app = app.clone();
        // Cloned for each request and boxed: a connection that waits, or whose answer is a stream, holds no routes.
        let answer =
            service_fn(move |request: hyper::Request<Incoming>| Box::pin(app.clone().oneshot(request.map(Body::new))));
        let connection = connections.watch(http.serve_connection(TokioIo::new(socket), answer));
        tokio::spawn(async move {
            // A client that goes away or speaks something else is its own business.
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    connections.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (socket, _) = listener.accept().await?;
    // The small frames of a stream must not wait for the receipt of one another.
    drop(socket.set_nodelay(true));
    Ok((socket, place))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
