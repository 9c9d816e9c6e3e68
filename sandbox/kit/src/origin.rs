//! Blocks requests from other sites. Their forms could otherwise submit actions (CSRF), and a domain name that they
//! resolve to loopback could read responses (DNS rebinding).

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Axum middleware for pages and interfaces that need no sign-in. Answers 421 if `Host` is neither `localhost` nor
/// `127.0.0.1`, and 403 to a cross-site request. GET and HEAD are exempt from the cross-site check and must therefore
/// never change state.
pub async fn check(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let own = text(headers, header::HOST.as_str());
    let name = own.rsplit_once(':').map_or(own, |(name, _)| name);
    if name != "localhost" && name != "127.0.0.1" {
        return (StatusCode::MISDIRECTED_REQUEST, "This page is served on loopback only.").into_response();
    }
    let safe = request.method() == Method::GET || request.method() == Method::HEAD;
    if !safe && !is_same_origin(headers, own) {
        return (StatusCode::FORBIDDEN, "This form was sent by another site.").into_response();
    }
    next.run(request).await
}

/// Returns `true` for a request from this origin or from a local program. Browsers always send `Sec-Fetch-Site` or
/// `Origin` with a POST, so a request without both comes from a program.
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
