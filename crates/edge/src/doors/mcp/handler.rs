//! The methods of the protocol. Everything that is not listed here is refused by the library as unknown.

use super::entered::Entered;
use super::{call, listing, paging, search, task};
use crate::doors::DoorState;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, GetTaskParams, GetTaskResult,
    Implementation, ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig,
    UpdateTaskParams,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler};
use std::borrow::Cow;

/// The revisions that the door speaks. The oldest is the first with structured results.
const REVISIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::V_2026_07_28, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2025_06_18];

/// Time for which a list may be kept, in milliseconds. A permission may change at any time, and each call is decided anew.
const LIST_LIFETIME_MS: u64 = 60_000;

/// Advice to the model of the client.
const INSTRUCTIONS: &str = "The tools act as the person who signed in, and never beyond. Some ask the person for a confirmation \
    on another device: such a call takes minutes. If it ends before, call again with the same arguments to learn the outcome; \
    the action is not repeated.";

/// Answers the requests of MCP clients.
#[derive(Clone)]
pub(super) struct Handler {
    state: DoorState,
}

impl Handler {
    pub(super) const fn new(state: DoorState) -> Self {
        Self { state }
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_tasks().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("countersign", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(&REVISIONS)
    }

    async fn list_tools(
        &self,
        params: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let Entered { actor, .. } = Entered::of(&context.extensions)?;
        let mut tools = listing::tools(&self.state, &actor).await;
        tools.push(search::tool());
        tools.sort_by(|one, other| one.name.cmp(&other.name));
        let cursor = params.and_then(|params| params.cursor);
        let (page, next) = paging::page(tools, cursor.as_deref(), self.state.page.0)?;
        let mut listed = ListToolsResult::with_all_items(page);
        listed.next_cursor = next;
        listed.cache_scope = Some(CacheScope::Private);
        listed.ttl_ms = Some(LIST_LIFETIME_MS);
        Ok(listed)
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let entered = Entered::of(&context.extensions)?;
        if params.name == search::NAME {
            let input = params.arguments.unwrap_or_default();
            return search::answer(&self.state, &entered.actor, &input).await.map(Into::into);
        }
        call::answer(&self.state, &entered, params, &context).await
    }

    async fn get_task(
        &self,
        params: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let entered = Entered::of(&context.extensions)?;
        task::get(&self.state, &entered, &params.task_id).await
    }

    async fn update_task(
        &self,
        params: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let entered = Entered::of(&context.extensions)?;
        task::update(&self.state, &entered, &params.task_id).await
    }

    async fn cancel_task(
        &self,
        params: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let entered = Entered::of(&context.extensions)?;
        task::cancel(&self.state, &entered, &params.task_id).await
    }
}
