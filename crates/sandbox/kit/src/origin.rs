//! Keeps other sites out: their forms could press the buttons, and a name that they point at loopback could read.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// A layer for pages and interfaces that need no sign-in. Answers 421 to a `Host` that is not this machine's own name,
/// and 403 to what another site sent, except GET and HEAD, which therefore must never change anything.
pub async fn check(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let own = text(headers, header::HOST.as_str());
    let name = own.rsplit_once(':').map_or(own, |(name, _)| name);
    if name != "localhost" && name != "127.0.0.1" {
        return (StatusCode::MISDIRECTED_REQUEST, "This page answers on loopback only.").into_response();
    }
    let safe = request.method() == Method::GET || request.method() == Method::HEAD;
    if !safe && !is_same_origin(headers, own) {
        return (StatusCode::FORBIDDEN, "This form belongs to another site.").into_response();
    }
    next.run(request).await
}

/// A browser always tells with a POST where it comes from; what tells nothing is a program on this machine.
fn is_same_origin(headers: &HeaderMap, own: &str) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, header::ORIGIN.as_str())) {
        ("same-origin", _) | ("", "") => true,
        ("", origin) => origin.strip_prefix("http://") == Some(own),
        _ => false,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
