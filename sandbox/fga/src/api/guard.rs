//! Middleware for every request: checks the bearer token and adds the service's headers. Must not read bodies.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use sandbox_kit::canary;

use crate::error::{Code, Error};
use crate::fga::Fga;
use crate::ulid::is_ulid;

/// Passes requests with an accepted bearer token, or all requests if none is required.
pub(super) async fn bearer(State(fga): State<Fga>, request: Request, next: Next) -> Result<Response, Error> {
    if let Some(accepts) = &fga.bearer {
        let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) else {
            fga.sin("sent no bearer token");
            return Err(Error::new(Code::BearerTokenMissing, "missing bearer token"));
        };
        if !accepts(token) {
            return Err(Error::new(Code::InvalidBearerToken, "unauthenticated"));
        }
        let writes = request.uri().path().ends_with("/write");
        if fga.writer.as_ref().is_some_and(|may_write| may_write(token) != writes) {
            fga.sin("used a credential for what it may not do");
            return Err(Error::new(Code::Forbidden, "the principal is not authorized to perform the action"));
        }
    }
    Ok(next.run(request).await)
}

/// Adds the request id and, if the path names a store, the store's id to the response.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let store =
        request.uri().path().split('/').nth(2).filter(|id| is_ulid(id)).and_then(|id| HeaderValue::from_str(id).ok());
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::from_str(&canary::random(16)) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    if let Some(store) = store {
        response.headers_mut().insert(HeaderName::from_static("openfga-store-id"), store);
    }
    response
}
