//! One connection: a token's few requests to one server, in a protocol revision that both support. The SDK drives the
//! protocol.

use crate::config::Limits;
use crate::error::Cause;
use crate::outcome;
use crate::revision;
use crate::wire::Wire;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientCapabilities, ClientConfig, ClientRequest, Implementation,
    PaginatedRequestParams, ProtocolVersion, Tool,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt, PeerRequestOptions, RoleClient, RunningService,
    ServiceError,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::Instant;

/// Most pages of one list that are read.
const MOST_PAGES: usize = 40;

/// Most tools of one list that are read.
const MOST_READ: usize = 1024;

/// Longest wait for the end of a session. Less than the time that a call adds to its limit for this.
const LONGEST_CLOSE: Duration = Duration::from_millis(500);

/// The tools that a token may see.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) tools: Vec<Tool>,
    /// The list may continue: reading stopped at the limits.
    pub(crate) cut: bool,
}

/// An open connection. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Connection {
    service: RunningService<RoleClient, ClientConfig>,
    wire: Wire,
    limits: Limits,
}

impl Connection {
    /// Negotiates the protocol revision, trying the current one first, and initializes the connection. The client
    /// declares no capabilities: the server must not ask the person or the model for anything.
    pub(crate) async fn open(url: &str, wire: Wire, limits: Limits) -> Result<Self, Cause> {
        let current = ClientLifecycleMode::Auto {
            preferred_versions: vec![revision::CURRENT],
            legacy_version: Some(revision::NEWEST_OLDER),
        };
        let started = match start(url, &wire, current, client(revision::NEWEST_OLDER)).await {
            // The SDK gives up on a server that knows the current revision and does not support it.
            Err(ClientInitializeError::NoCompatibleProtocolVersion { server_supported, .. }) => {
                let older = client(revision::fallback(&server_supported)?);
                start(url, &wire, ClientLifecycleMode::Initialize, older).await
            }
            started => started,
        };
        let service = started.map_err(|error| refusal(&error, &wire))?;
        if let Some(peer) = service.peer().peer_info() {
            revision::agreed(&peer.protocol_version)?;
        }
        Ok(Self { service, wire, limits })
    }

    /// Lists the tools that this token may see, up to 1024. The server is always queried, even if it declares its list
    /// cacheable.
    pub(crate) async fn tools(&self) -> Result<Listed, Cause> {
        let (mut tools, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let params = PaginatedRequestParams::default().with_cursor(cursor);
            let page = self.service.list_tools(Some(params)).await.map_err(|error| self.cause(error))?;
            tools.extend(page.tools);
            cursor = page.next_cursor;
            if tools.len() > MOST_READ {
                tools.truncate(MOST_READ);
                return Ok(Listed { tools, cut: true });
            }
            if cursor.is_none() {
                return Ok(Listed { tools, cut: false });
            }
        }
        Ok(Listed { tools, cut: true })
    }

    /// Calls a tool once; a server that asks for further input does not get any. A server that has not answered by
    /// `until` is told that the call is cancelled (2025-11-25, basic/utilities/cancellation; since 2026-07-28 by the
    /// end of the request).
    pub(crate) async fn call(
        &self,
        name: String,
        arguments: Map<String, Value>,
        until: Instant,
    ) -> Result<Value, Cause> {
        let params = CallToolRequestParams::new(name).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        let limit = PeerRequestOptions::with_timeout(until.saturating_duration_since(Instant::now()));
        let answer = async { self.service.send_cancellable_request(request, limit).await?.await_response().await };
        outcome::of_answer(answer.await.map_err(|error| self.cause(error))?, &self.limits)
    }

    /// Closes the connection, so that an older server need not keep its session. A slow close does not delay the result
    /// of a call: it continues in the background.
    pub(crate) async fn close(mut self) {
        if let Err(error) = self.service.close_with_timeout(LONGEST_CLOSE).await {
            tracing::debug!(%error, "an MCP connection ended by itself");
        }
    }

    fn cause(&self, error: ServiceError) -> Cause {
        match error {
            ServiceError::McpError(error) => outcome::of_error(&error),
            ServiceError::UnexpectedResponse => Cause::Unreadable,
            ServiceError::Timeout { .. } => Cause::Late,
            _ => self.wire.fault().unwrap_or(Cause::Cut),
        }
    }
}

/// The client information, and the revision that it offers in `initialize`.
fn client(version: ProtocolVersion) -> ClientConfig {
    let own = Implementation::new("countersign", env!("CARGO_PKG_VERSION"));
    ClientConfig::new(ClientCapabilities::default(), own).with_protocol_version(version)
}

async fn start(
    url: &str,
    wire: &Wire,
    lifecycle: ClientLifecycleMode,
    client: ClientConfig,
) -> Result<RunningService<RoleClient, ClientConfig>, ClientInitializeError> {
    let mut config = StreamableHttpClientTransportConfig::with_uri(url);
    config.reinit_on_expired_session = false;
    config.allow_stateless = true;
    let transport = StreamableHttpClientTransport::with_client(wire.clone(), config);
    client.serve_with_lifecycle(transport, lifecycle).await
}

/// The reason why initialization failed. A failure recorded below the SDK is more specific than the SDK's own error.
fn refusal(error: &ClientInitializeError, wire: &Wire) -> Cause {
    wire.fault().unwrap_or_else(|| match error {
        ClientInitializeError::JsonRpcError(error) => outcome::of_error(error),
        ClientInitializeError::LegacyFallbackFailed { fallback, .. } => refusal(fallback, wire),
        _ => Cause::Unreadable,
    })
}
