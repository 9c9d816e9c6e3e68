//! The person on whose behalf a request came, proved by its access token.

use crate::doors::DoorState;
use crate::doors::person::{actor, via};
use crate::doors::refusal::Refusal;
use agent::Actor;
use agent::via::Via;
use axum::http::request::Parts;
use rmcp::ErrorData;
use rmcp::model::Extensions;
use std::sync::Arc;

/// A proved caller with a person.
#[derive(Debug, Clone)]
pub(super) struct Entered {
    /// The person, acting through this door.
    pub(super) actor: Actor,
    /// The same door.
    pub(super) via: Arc<Via>,
}

impl Entered {
    /// Proves the caller of a request.
    ///
    /// # Errors
    /// [`Refusal`], also for an agent without a person: it has no tools here.
    pub(super) async fn prove(state: &DoorState, parts: &Parts) -> Result<Self, Refusal> {
        let caller = state.door.authorize(parts).await?;
        let person = caller.person().ok_or(Refusal::NoPerson)?;
        let actor = actor(person, state).map_err(|unnamed| {
            tracing::warn!(reason = %unnamed, "FGA has no name for a caller");
            Refusal::Unnamed
        })?;
        let via = Arc::new(via(&caller, super::NAME));
        Ok(Self { actor: actor.through(Some(via.clone())), via })
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
