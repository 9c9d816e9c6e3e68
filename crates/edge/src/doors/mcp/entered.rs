//! The caller of a request, proved by its access token.

use crate::doors::DoorState;
use crate::doors::person::proved;
use crate::doors::refusal::Refusal;
use agent::Actor;
use agent::via::Via;
use axum::http::request::Parts;
use callers::Caller;
use rmcp::ErrorData;
use rmcp::model::Extensions;
use std::sync::Arc;

/// A proved caller.
#[derive(Debug, Clone)]
pub(super) struct Entered {
    /// The person, or the agent for itself, acting through this door.
    pub(super) actor: Actor,
    /// The same door.
    pub(super) via: Arc<Via>,
    /// The caller, whose scopes bound each call.
    pub(super) caller: Arc<Caller>,
}

impl Entered {
    /// Proves the caller of a request.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) async fn prove(state: &DoorState, parts: &Parts) -> Result<Self, Refusal> {
        let caller = state.door.authorize(parts).await?;
        let (actor, via) = proved(&caller, super::NAME, state)?;
        Ok(Self { actor, via, caller: Arc::new(caller) })
    }

    /// Returns the caller of the request that a handler answers.
    ///
    /// # Errors
    /// The request did not pass [`super::router`], which is an error of ours.
    pub(super) fn of(extensions: &Extensions) -> Result<Self, ErrorData> {
        let found = extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Self>());
        found.cloned().ok_or_else(|| ErrorData::internal_error("The caller is not known.", None))
    }
}
