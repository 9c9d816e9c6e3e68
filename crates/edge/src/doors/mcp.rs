//! The door of the Model Context Protocol: `/mcp` offers the tools of the agent, one call at a time and without a model, to
//! the clients of people. Each call passes the guard. The transport is stateless: no session is kept, so none can be guessed.
//! (modelcontextprotocol.io/specification, 2026-07-28 and 2025-11-25, Streamable HTTP)

mod call;
mod elicit;
mod entered;
mod handler;
mod intercept;
mod listing;
mod paging;
mod request_state;
mod result;
mod scopes;
mod search;
mod task;
mod wait;

use super::DoorState;
use super::refusal::Refusal;
use crate::log;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use entered::Entered;
use handler::Handler;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, session::never::NeverSessionManager};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;

/// Name of the door, in the configuration and in the ids of conversations.
pub const NAME: &str = "mcp";

/// Path of the door.
pub const PATH: &str = "/mcp";

/// Port on which AgentCore Runtime expects a container that speaks this protocol.
/// (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-mcp-protocol-contract.html)
pub const PORT: u16 = 8000;

/// Largest request body, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;

/// Most bytes of a refused request that are read: well above the first request of a client.
const LARGEST_DRAIN: usize = 64 * 1024;

/// Longest time for which a refused request is read.
const LONGEST_DRAIN: Duration = Duration::from_secs(2);

/// The routes of the door.
pub fn router(state: &DoorState) -> Router {
    let handler = Handler::new(state.clone());
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        config(state),
    );
    Router::new()
        .route_service(PATH, service)
        // Inside of the interceptors: the scopes are those of the call that they let through.
        .layer(from_fn_with_state(state.clone(), scopes::require))
        .layer(from_fn_with_state(state.clone(), intercept::intercept))
        // Outside of it: an interceptor sees the requests of proved callers alone, and cannot change the caller.
        .layer(from_fn_with_state(state.clone(), enter))
        .route(&state.door.metadata_path(), get(super::metadata))
        .with_state(state.clone())
        .layer(CatchPanicLayer::new())
        .layer(from_fn(log::line))
}

/// A `Host` other than the door's own and every `Origin` are refused: no page of a browser calls here.
fn config(state: &DoorState) -> StreamableHttpServerConfig {
    let resource: Option<Uri> = state.door.resource().as_str().parse().ok();
    let hosts: Vec<String> = resource.and_then(|url| url.authority().map(ToString::to_string)).into_iter().collect();
    StreamableHttpServerConfig::default()
        .with_allowed_hosts(hosts)
        .enforce_origin_validation()
        .with_legacy_session_mode(false)
        .with_max_request_body_bytes(LARGEST_BODY)
        .with_cancellation_token(state.services.turns.closing().clone())
}

/// Proves the caller of each request, whatever its method.
async fn enter(State(state): State<DoorState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Entered::prove(&state, &parts).await {
        Ok(entered) => {
            parts.extensions.insert(entered);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => {
            drain(body).await;
            Refusal::into_response(refusal)
        }
    }
}

/// Reads a refused request to its end. The server closes a connection whose request it has not read, and a client that sends the
/// next one on it, with a token at last, would get no answer. Bounded, because anybody may send it.
async fn drain(body: Body) {
    let _ = timeout(LONGEST_DRAIN, to_bytes(body, LARGEST_DRAIN)).await;
}
