//! Writes one canonical log line for each request: request, person, status and duration. It holds no query, no body and
//! no cookie.

use agent::Actor;
use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use system::random;
use tracing::Instrument;

/// Writes the line when the head of the answer is ready; a stream goes on after that.
pub(crate) async fn line(request: Request, next: Next) -> Response {
    let id = random::text().unwrap_or_else(|_| "none".to_owned());
    let method = request.method().clone();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| request.uri().path().to_owned(), |path| path.as_str().to_owned());
    let begun = Instant::now();
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = next.run(request).instrument(span).await;
    let actor = response.extensions().get::<Actor>().map(|actor| actor.subject().to_owned()).unwrap_or_default();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        request.id = %id,
        http.method = %method,
        http.path = %path.escape_debug(),
        http.status = response.status().as_u16(),
        actor.id = %actor.escape_debug(),
        duration_ms,
        "request"
    );
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Copies the actor to the answer, so that the log line can name them.
pub(crate) async fn note_actor(request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<Actor>().cloned();
    let mut response = next.run(request).await;
    if let Some(actor) = actor {
        response.extensions_mut().insert(actor);
    }
    response
}
