//! The signed-in caller of a script's request, with the session that answers.

use crate::identity::Authenticated;
use crate::script_error::ScriptError;
use crate::session::SessionId;
use agent::Actor;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

/// The person, their session, and the time of their authentication.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) session: SessionId,
    pub(crate) authenticated: Authenticated,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ScriptError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ScriptError> {
        let actor = parts.extensions.get::<Actor>().cloned();
        let session = parts.extensions.get::<SessionId>().copied();
        let authenticated = parts.extensions.get::<Authenticated>().copied();
        let caller = actor.zip(session).zip(authenticated);
        let caller = caller.map(|((actor, session), authenticated)| Self { actor, session, authenticated });
        caller.ok_or(ScriptError::of(StatusCode::UNAUTHORIZED, "You are signed out. Sign in, then try again."))
    }
}
