//! Prevents cross-site request forgery: a request that can change something, or reads through the API, must come from
//! our own page.

use super::page_error::PageError;
use app::wire::ApiError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The only path that accepts a POST from elsewhere: a signature authenticates its body.
pub const BACKCHANNEL_LOGOUT: &str = "/auth/backchannel-logout";

/// Refuses requests that do not come from `own`, the application's origin.
pub async fn check(State(own): State<Arc<str>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let safe =
        matches!(*request.method(), Method::GET | Method::HEAD) && !request.headers().contains_key(header::UPGRADE);
    let fine = match (safe, path.starts_with("/api/")) {
        (true, false) => true,
        (true, true) => !comes_from_elsewhere(request.headers()),
        (false, _) => path == BACKCHANNEL_LOGOUT || comes_from_here(request.headers(), &own),
    };
    if fine { next.run(request).await } else { PageError::Api(ApiError::Foreign).into_response() }
}

/// Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. If both are missing, nothing proves it.
fn comes_from_here(headers: &HeaderMap, own: &str) -> bool {
    let origin = headers.get(header::ORIGIN).map(|value| value.as_bytes() == own.as_bytes());
    match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
        Some(b"same-origin") => origin != Some(false),
        Some(_) => false,
        None => origin == Some(true),
    }
}

fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|value| !matches!(value.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_our_own_origin_is_accepted() {
        let own = "https://help.acme.example";
        for (site, origin, here) in [
            (Some("same-origin"), None, true),
            (Some("same-origin"), Some(own), true),
            (Some("same-origin"), Some("https://evil.example"), false),
            (Some("same-site"), Some(own), false),
            (Some("cross-site"), None, false),
            (Some("none"), None, false),
            (None, Some(own), true),
            (None, Some("https://help.acme.example.evil.example"), false),
            (None, Some("null"), false),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(comes_from_here(&headers, own), here, "{site:?} {origin:?}");
        }
    }
}
