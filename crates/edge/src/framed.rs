//! Pages in the frame that handlers of their own render.

use crate::backend::ForCaller;
use crate::headers::PageNonce;
use crate::page_error::PageError;
use crate::services::Services;
use crate::session::SessionId;
use crate::zone::Zone;
use agent::Actor;
use app::backend::Backend;
use app::pages::{Destination, Framed};
use app::wire::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Html;
use leptos::prelude::AnyView;
use std::sync::Arc;

/// The parts of a request that the frame needs besides the person.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) session: SessionId,
    pub(crate) zone: Zone,
    nonce: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let session = parts.extensions.get::<SessionId>().copied().ok_or(PageError::Api(ApiError::SignedOut))?;
        let nonce = parts.extensions.get::<PageNonce>().map(|PageNonce(nonce)| nonce.clone());
        Ok(Self { session, zone: Zone::of(&parts.headers), nonce })
    }
}

/// Renders `content` in the frame of `actor`, at this place of the navigation and with this heading.
pub(crate) async fn framed(
    services: &Arc<Services>,
    actor: Actor,
    frame: Frame,
    (destination, title): (Destination, &str),
    content: AnyView,
) -> Result<Html<String>, PageError> {
    let title = frame.zone.texts().stored(title);
    let rail = ForCaller::new(services.clone(), actor, frame.session, frame.zone).rail().await;
    let rail = rail.map_err(PageError::Api)?;
    Ok(Html(Framed { rail: &rail, destination, title: &title, nonce: frame.nonce, content }.document()))
}
