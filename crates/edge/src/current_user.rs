//! The signed-in person of a request outside the pages.

use super::page_error::PageError;
use agent::Actor;
use app::pages::notice::{Notice, Way};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

/// The signed-in person.
#[derive(Debug)]
pub(crate) struct CurrentUser(pub(super) Actor);

impl<S: Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let return_to = match parts.uri.path() {
            "/activity/export" => "/activity/all",
            path if path.starts_with("/activity") => "/activity",
            path if path.starts_with("/tools") => "/tools",
            path if path.starts_with("/connections") => "/connections",
            path if path.starts_with("/passkeys") => "/passkeys",
            path if path.starts_with("/approve/") && path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/') => {
                path
            }
            path if path.starts_with("/appro") => "/approve",
            path if path.starts_with("/access") => "/permissions",
            path if path.starts_with("/export") => "/conversations",
            _ => "/",
        };
        let actor = parts.extensions.get::<Actor>().cloned();
        // Not a redirect: a person whom the provider knows and this application does not would be redirected for ever.
        actor.map(Self).ok_or_else(|| {
            let way = Way { href: format!("/auth/login?return_to={return_to}"), label: app::texts().sign_in() };
            let sentence = "Sign in to continue.".to_owned();
            PageError::notice(StatusCode::UNAUTHORIZED, Notice::new("You are signed out", sentence, way))
        })
    }
}
