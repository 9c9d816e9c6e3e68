//! Strict parsing of requests: input that the service does not define is rejected and recorded as a protocol violation.
//! Must not depend on a store's content.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::fga::Fga;
use crate::ulid::is_ulid;

/// A JSON body. Unknown fields are rejected.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Fga> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, fga: &Fga) -> Result<Self, Error> {
        let path = request.uri().path().to_owned();
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        let refuse = |message: String| {
            fga.sin(format!("{path}: {message}"));
            Error::validation(message)
        };
        if !is_json {
            return Err(refuse("the body must be application/json".to_owned()));
        }
        let bytes = Bytes::from_request(request, fga).await.map_err(|error| refuse(error.body_text()))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| refuse(format!("invalid request body: {error}")))
    }
}

/// Query parameters. Unknown ones are rejected.
#[derive(Debug)]
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Fga> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, fga: &Fga) -> Result<Self, Error> {
        let parsed = Query::<T>::try_from_uri(&parts.uri).map(|Query(params)| Self(params));
        parsed.map_err(|error| {
            fga.sin(format!("{}: {error}", parts.uri.path()));
            Error::validation(error.body_text())
        })
    }
}

/// The ids in the path: of the store and, if the route has one, of the model; otherwise empty.
#[derive(Debug)]
pub(super) struct Ids {
    pub(super) store: String,
    pub(super) model: String,
}

impl FromRequestParts<Fga> for Ids {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, fga: &Fga) -> Result<Self, Error> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, fga).await;
        let mut names = path.map(|Path(names)| names).map_err(|error| Error::validation(error.body_text()))?;
        if names.values().any(|id| !is_ulid(id)) {
            let pattern = "value does not match regex pattern \"^[ABCDEFGHJKMNPQRSTVWXYZ0-9]{26}$\"";
            return Err(Error::validation(format!("invalid id in the path: {pattern}")));
        }
        Ok(Self { store: names.remove("store").unwrap_or_default(), model: names.remove("model").unwrap_or_default() })
    }
}

/// Creates the error of the service's request schema and records a protocol violation.
pub(super) fn invalid(fga: &Fga, field: &str, reason: &str) -> Error {
    let message = format!("invalid {field}: {reason}");
    fga.sin(message.clone());
    Error::validation(message)
}

/// Matches `^[^\s]{min,max}$`; the length is in bytes.
pub(super) fn is_token(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && !text.contains(char::is_whitespace)
}

/// Matches `^[^:#@\s]{1,max}$`, the pattern of types and relations.
pub(super) fn is_name(text: &str, max: usize) -> bool {
    is_token(text, 1, max) && !text.contains([':', '#', '@'])
}
