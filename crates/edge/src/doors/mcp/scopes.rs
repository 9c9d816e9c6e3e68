//! Step-up: a call of a tool whose scopes the token lacks is answered with 403 and all of them, so that the client can ask the
//! person for more (RFC 6750 section 3.1). The protocol would answer with 200, so the call is read before it. The protocol
//! checks the scopes once more, of the call that it reads itself.

use super::entered::Entered;
use super::{LARGEST_BODY, listing};
use crate::doors::DoorState;
use crate::doors::refusal::Refusal;
use agent::ToolName;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use callers::Rejection;
use serde::Deserialize;

/// The part of a message that names the tool of a call.
#[derive(Deserialize)]
struct Message {
    method: String,
    params: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Refuses a call whose scopes the token lacks, before anything is kept, asked or written.
pub(super) async fn require(State(state): State<DoorState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !state.door.has_tool_scopes() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    // A message that is no call, or cannot be read, is the protocol's.
    if let (Ok(Message { method, params }), Some(entered)) =
        (serde_json::from_slice(&body), parts.extensions.get::<Entered>())
        && method == "tools/call"
        && let Err(rejection) = lacking(&state, entered, params.name).await
    {
        return Refusal::Caller(rejection).into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// Checks the scopes of a call. A caller who does not see the tool is not told that it exists.
async fn lacking(state: &DoorState, entered: &Entered, tool: String) -> Result<(), Rejection> {
    let Err(rejection) = state.door.require_tool_scopes(&entered.caller, &tool) else { return Ok(()) };
    if listing::is_visible(state, &entered.actor, &ToolName(tool)).await { Err(rejection) } else { Ok(()) }
}
