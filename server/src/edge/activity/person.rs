//! Whoever asks must be signed in. Who is not gets a page that leads to the sign-in and back.

use super::page;
use agent::Actor;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

/// The signed-in person.
#[derive(Debug)]
pub struct Person(pub(super) Actor);

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let return_to = match parts.uri.path() {
            "/activity/all" | "/activity/export" => "/activity/all",
            _ => "/activity",
        };
        let actor = parts.extensions.get::<Actor>().cloned();
        // Not a redirect: whom the provider knows and we do not would go round for ever.
        actor.map(Self).ok_or_else(|| (StatusCode::UNAUTHORIZED, page::signed_out(return_to)).into_response())
    }
}
