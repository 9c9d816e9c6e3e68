//! One connection: a token's few requests to one server, in whichever revision it speaks. The SDK leads the conversation.

use crate::config::Limits;
use crate::error::Cause;
use crate::outcome;
use crate::wire::Wire;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, Implementation, PaginatedRequestParams, ProtocolVersion,
    Tool,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService, ServiceError,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Map, Value};

/// Most pages of one list.
const MOST_PAGES: usize = 20;

/// An open connection. Dropped, it ends by itself.
#[derive(Debug)]
pub(crate) struct Connection {
    service: RunningService<RoleClient, ClientConfig>,
    wire: Wire,
    limits: Limits,
}

impl Connection {
    /// Finds out which revision the server speaks, the current one first, and greets it. No capability is offered to it:
    /// it is not to ask the person or the model for anything.
    pub(crate) async fn open(url: &str, wire: Wire, limits: Limits) -> Result<Self, Cause> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(url);
        config.reinit_on_expired_session = false;
        config.allow_stateless = true;
        let transport = StreamableHttpClientTransport::with_client(wire.clone(), config);
        let own = Implementation::new("countersign", env!("CARGO_PKG_VERSION"));
        let client = ClientConfig::new(ClientCapabilities::default(), own);
        let lifecycle = ClientLifecycleMode::Auto {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            legacy_version: Some(ProtocolVersion::V_2025_11_25),
        };
        match client.serve_with_lifecycle(transport, lifecycle).await {
            Ok(service) => Ok(Self { service, wire, limits }),
            Err(ClientInitializeError::JsonRpcError(error)) => {
                Err(wire.fault().unwrap_or_else(|| outcome::of_error(&error)))
            }
            Err(_) => Err(wire.fault().unwrap_or(Cause::Unreadable)),
        }
    }

    /// All tools that this token may see. Asked of the server each time, whatever it says may be kept.
    pub(crate) async fn tools(&self) -> Result<Vec<Tool>, Cause> {
        let (mut tools, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let params = PaginatedRequestParams::default().with_cursor(cursor);
            let page = self.service.list_tools(Some(params)).await.map_err(|error| self.cause(error))?;
            tools.extend(page.tools);
            if tools.len() > self.limits.most_tools {
                return Err(Cause::TooMany);
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(tools);
            }
        }
        Err(Cause::TooMany)
    }

    /// Calls a tool, once: a server that wants more before it answers does not get it.
    pub(crate) async fn call(&self, name: String, arguments: Map<String, Value>) -> Result<Value, Cause> {
        let params = CallToolRequestParams::new(name).with_arguments(arguments);
        let response = self.service.call_tool_once(params).await.map_err(|error| self.cause(error))?;
        outcome::of_response(response, &self.limits)
    }

    /// Ends it, so that an older server need not keep a session.
    pub(crate) async fn close(self) {
        if let Err(error) = self.service.cancel().await {
            tracing::debug!(%error, "an MCP connection ended of itself");
        }
    }

    fn cause(&self, error: ServiceError) -> Cause {
        match error {
            ServiceError::McpError(error) => outcome::of_error(&error),
            ServiceError::UnexpectedResponse => Cause::Unreadable,
            _ => self.wire.fault().unwrap_or(Cause::Cut),
        }
    }
}
