//! The request for access that an address names, with the signed-in person and the services.

use super::error;
use crate::current_user::CurrentUser;
use crate::page_error::PageError;
use crate::services::Services;
use agent::Actor;
use agent::access::AccessRequestId;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use std::sync::Arc;

/// The parts that each form about one request needs.
#[derive(Debug)]
pub(crate) struct OneRequest {
    pub(super) services: Arc<Services>,
    pub(super) actor: Actor,
    pub(super) id: AccessRequestId,
}

impl FromRequestParts<Arc<Services>> for OneRequest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, services: &Arc<Services>) -> Result<Self, PageError> {
        let CurrentUser(actor) = CurrentUser::from_request_parts(parts, services).await?;
        let Path(id) = Path::<String>::from_request_parts(parts, services).await.map_err(|_| error::absent())?;
        let id = AccessRequestId::try_from(id).map_err(|_| error::absent())?;
        Ok(Self { services: services.clone(), actor, id })
    }
}
