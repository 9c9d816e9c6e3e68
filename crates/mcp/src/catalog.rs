//! The tools that all servers offer to a person, collected for each run of a turn. Servers are queried concurrently, by
//! one query at a time for each person and server, and not again for a minute. A server that does not answer within
//! three seconds contributes its pinned tools instead, so that a call of one is refused with the name of the missing
//! service. This module must not issue tokens itself: the vault that it wraps does.

mod look;
mod slots;

pub use look::{ServerStatus, State};

use crate::discovery::Client;
use crate::error::Cause;
use crate::pin::Accepted;
use crate::remote::RemoteTool;
use crate::{Discovery, McpError, ServerName};
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Toolboxes, Unavailable};
use agent::{Actor, Tool, Toolbox};
use async_trait::async_trait;
use futures::future::join_all;
use slots::{ServerAnswer, Slots};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// Longest time that a turn waits for all of its servers together.
const LONGEST_LISTING: Duration = Duration::from_secs(3);

/// Time for which a server's answer to a person is reused.
const LISTING_AGE: Duration = Duration::from_secs(60);

/// Time for which a failure to answer is reused.
const KEPT_FAILURE: Duration = Duration::from_secs(10);

/// Time after an answer in which a server is assumed to be reachable. Later, it is checked before a person is asked for
/// approval.
const TRUSTED: Duration = Duration::from_secs(10);

/// The tools of all servers in addition to the agent's own. Clones share all state.
#[derive(Clone)]
pub struct Catalog(Arc<Inner>);

struct Inner {
    local: Toolbox,
    client: Client,
    vault: Arc<dyn CredentialProvider>,
    slots: Slots,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("client", &self.0.client).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Creates a catalog of `local` and the tools of `client`'s servers. `vault` provides the tokens with which a
    /// person's tools are discovered and called.
    #[must_use]
    pub fn new(local: Toolbox, client: Client, vault: Arc<dyn CredentialProvider>) -> Self {
        Self(Arc::new(Inner { local, client, vault, slots: Slots::default() }))
    }

    /// The providers in the needs of all tools, one for each server.
    pub fn providers(&self) -> impl Iterator<Item = String> {
        self.0.client.servers().map(crate::Server::provider)
    }

    /// Pins a definition that an operator has read. This instance offers it at once, others within a minute.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be written.
    pub async fn accept(
        &self,
        actor: &Actor,
        server: &ServerName,
        tool: &str,
        digest: &str,
    ) -> Result<Accepted, Unavailable> {
        let accepted = self.0.client.accept(actor, server, tool, digest).await;
        self.0.slots.forget(actor.tenant(), server);
        accepted
    }

    async fn offered(&self, actor: &Actor, server: ServerName) -> Vec<Arc<RemoteTool>> {
        let slot = self.0.slots.of(actor, &server);
        if let Some(heard) = slot.fresh(Instant::now()) {
            return heard.tools.clone();
        }
        // Time that earlier queries have already spent on this server is not waited for again.
        let patience = LONGEST_LISTING.saturating_sub(slot.busy(Instant::now()));
        let (catalog, whose, of) = (self.clone(), actor.clone(), server.clone());
        // The query runs to its end even if this turn stops waiting; the next turn uses its result.
        let asking = tokio::spawn(async move { catalog.hear(&whose, &of).await }.in_current_span());
        match tokio::time::timeout(patience, asking).await {
            Ok(Ok(heard)) => heard.tools.clone(),
            _ => {
                tracing::warn!(mcp.server = %server, "an MCP server did not answer in time for a turn");
                self.known(actor, &server).await
            }
        }
    }

    async fn hear(&self, actor: &Actor, server: &ServerName) -> Arc<ServerAnswer> {
        let slot = self.0.slots.of(actor, server);
        let flight = slot.take_off().await;
        // A result that somebody else obtained meanwhile is just as good.
        if let Some(heard) = slot.fresh(Instant::now()) {
            return heard;
        }
        let (tools, kept) = match self.0.discover(actor, server).await {
            Ok(discovery) => (discovery.tools, LISTING_AGE),
            Err(trouble) => {
                tracing::warn!(mcp.server = %server, %trouble, "an MCP server did not list its tools");
                let known = match slot.last() {
                    Some(last) => last.tools.clone(),
                    None => self.known(actor, server).await,
                };
                (known, KEPT_FAILURE)
            }
        };
        flight.land(ServerAnswer::now(tools, kept))
    }

    /// Returns the pinned tools, or none if they cannot be read.
    async fn known(&self, actor: &Actor, server: &ServerName) -> Vec<Arc<RemoteTool>> {
        let known = tokio::time::timeout(LONGEST_LISTING, self.0.client.known(server, actor.tenant())).await;
        known.ok().and_then(Result::ok).unwrap_or_default()
    }
}

impl Inner {
    async fn discover(&self, actor: &Actor, server: &ServerName) -> Result<Discovery, ListingFailure> {
        let need = self.client.need(server).ok_or(ListingFailure::Server(Cause::NotConfigured))?;
        let access_token =
            self.vault.access_token(actor, &need).await.map_err(|error| ListingFailure::Token(error.to_string()))?;
        let found = self.client.discover(server, actor.tenant(), access_token.token()).await;
        if matches!(found, Err(McpError { cause: Cause::Unauthorized, .. })) {
            access_token.refused().await;
        }
        found.map_err(|McpError { cause, .. }| ListingFailure::Server(cause))
    }
}

/// The reason why a server's tools could not be listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListingFailure {
    /// No token for this person, with the vault's reason.
    #[error("no token is available: {0}")]
    Token(String),
    /// The server failed or answered incorrectly.
    #[error("{0}")]
    Server(Cause),
}

#[async_trait]
impl Toolboxes for Catalog {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let names: Vec<_> = self.0.client.servers().map(|server| server.name.clone()).collect();
        // The servers want tokens of people.
        if names.is_empty() || actor.is_agent() {
            return self.0.local.clone();
        }
        let offered = join_all(names.into_iter().map(|server| self.offered(actor, server))).await;
        self.0.local.beside(offered.into_iter().flatten().map(|tool| tool as Arc<dyn Tool>))
    }
}

/// Provides the wrapped vault's tokens, but only for reachable servers: nobody is asked to approve a call that cannot
/// be made.
#[async_trait]
impl CredentialProvider for Catalog {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let server = self.0.client.servers().find(|server| server.provider() == need.provider);
        let server =
            server.ok_or_else(|| Unavailable::new("the vault", format!("there is no server {}", need.provider)))?;
        let access_token = self.0.vault.access_token(actor, need).await?;
        if self.0.client.answered_within(&server.name, TRUSTED) {
            return Ok(access_token);
        }
        // Bypasses the query that others wait for, which may hang although the server answers again.
        let found = tokio::time::timeout(LONGEST_LISTING, self.0.discover(actor, &server.name)).await;
        match found.unwrap_or(Err(ListingFailure::Server(Cause::Late))) {
            Ok(discovery) => {
                let heard = ServerAnswer::now(discovery.tools, LISTING_AGE);
                self.0.slots.of(actor, &server.name).put(heard);
                Ok(access_token)
            }
            Err(ListingFailure::Server(cause)) if cause.is_outage() => {
                let service = self.0.client.service(&server.name);
                Err(Unavailable::new(service, cause.to_string()).into())
            }
            // The call itself reports any other problem best.
            Err(_) => Ok(access_token),
        }
    }
}
