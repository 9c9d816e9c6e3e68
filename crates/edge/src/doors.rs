//! Doors: the protocols beside the browser's by which others reach the same turns. A door proves its caller, and then does
//! nothing that the browser of the same person could not do.

mod conversation;
mod interceptors;
pub mod mcp;
mod person;
mod refusal;
pub mod runtime;

pub use interceptors::{Answered, Before, Intercepted, InterceptorFailed, Interceptors};

use crate::identity::PrincipalMapping;
use crate::services::Services;
use agent::ports::Policies;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sealing::LiveKeyring;
use std::fmt;
use std::sync::Arc;

/// The state behind the routes of a door.
#[derive(Clone)]
pub struct DoorState {
    /// Services of the request handlers.
    pub services: Arc<Services>,
    /// The authorizer of the door.
    pub door: Arc<callers::Door>,
    /// The rules by which a caller becomes an actor, as at the sign-in.
    pub mapping: PrincipalMapping,
    /// The issuer at which people sign in by the browser.
    pub issuer: Arc<str>,
    /// The policies, by which listings are filtered.
    pub policies: Arc<dyn Policies>,
    /// The operator's interceptors of the MCP door, if there are any.
    pub interceptors: Option<Arc<dyn Interceptors>>,
    /// The public origin of the pages, to which links lead.
    pub origin: Arc<str>,
    /// Most tools of one page of the MCP door's list.
    pub page: PageSize,
    /// The keys of values that clients hold.
    pub keyring: Arc<LiveKeyring>,
}

/// Most tools of one page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(pub usize);

impl Default for PageSize {
    fn default() -> Self {
        Self(100)
    }
}

impl fmt::Debug for DoorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoorState").field("door", &self.door).finish_non_exhaustive()
    }
}

/// The metadata document of the door (RFC 9728 section 3).
async fn metadata(State(state): State<DoorState>) -> Response {
    let headers = [(header::CACHE_CONTROL, "max-age=300"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, Json(state.door.metadata())).into_response()
}
