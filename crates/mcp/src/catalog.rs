//! What all servers offer to a person, for each run of a turn. Servers are asked together, by one asker at a time for a
//! person, and not again for a minute; one that does not answer is passed over after three seconds, and what is known of its
//! tools is offered in its place, so that a call of one is refused with the name of what is missing.
//! It must never lend a token of its own: the vault beneath it does.

mod look;
mod slots;

pub use look::{Look, State};

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
use slots::{Heard, Slots};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// How long a turn waits for its servers: all of them together.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long what a server has offered to a person is not asked for again.
const KEPT: Duration = Duration::from_secs(60);

/// The same, of a server that did not answer.
const KEPT_FAILURE: Duration = Duration::from_secs(10);

/// How long a server that has answered is taken to answer still. After that it is asked before somebody is asked for a yes.
const TRUSTED: Duration = Duration::from_secs(10);

/// The tools of all servers beside the agent's own. Clones share everything.
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
    /// The tools of `client`'s servers beside `local`. `vault` lends what people's tools are found, and called, with.
    #[must_use]
    pub fn new(local: Toolbox, client: Client, vault: Arc<dyn CredentialProvider>) -> Self {
        Self(Arc::new(Inner { local, client, vault, slots: Slots::default() }))
    }

    /// The providers whose tokens it lends: one for each server.
    pub fn providers(&self) -> impl Iterator<Item = String> {
        self.0.client.servers().map(crate::Server::provider)
    }

    /// Pins what an operator has read; from then on it is offered here at once, elsewhere within a minute.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be written.
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
        // Who has waited for this server already waits no longer for it.
        let patience = PATIENCE.saturating_sub(slot.busy(Instant::now()));
        let (catalog, whose, of) = (self.clone(), actor.clone(), server.clone());
        // Asked to the end, whoever waits no longer: the next turn has what is heard.
        let asking = tokio::spawn(async move { catalog.hear(&whose, &of).await }.in_current_span());
        match tokio::time::timeout(patience, asking).await {
            Ok(Ok(heard)) => heard.tools.clone(),
            _ => {
                tracing::warn!(mcp.server = %server, "an MCP server did not answer in time for a turn");
                self.known(actor, &server).await
            }
        }
    }

    async fn hear(&self, actor: &Actor, server: &ServerName) -> Arc<Heard> {
        let slot = self.0.slots.of(actor, server);
        let flight = slot.take_off().await;
        // What somebody else has heard in the meantime is as good.
        if let Some(heard) = slot.fresh(Instant::now()) {
            return heard;
        }
        let (tools, kept) = match self.0.discover(actor, server).await {
            Ok(discovery) => (discovery.tools, KEPT),
            Err(trouble) => {
                tracing::warn!(mcp.server = %server, %trouble, "the tools of an MCP server could not be asked for");
                let known = match slot.last() {
                    Some(last) => last.tools.clone(),
                    None => self.known(actor, server).await,
                };
                (known, KEPT_FAILURE)
            }
        };
        flight.land(Heard::now(tools, kept))
    }

    /// What is pinned; nothing, when that cannot be told.
    async fn known(&self, actor: &Actor, server: &ServerName) -> Vec<Arc<RemoteTool>> {
        let known = tokio::time::timeout(PATIENCE, self.0.client.known(server, actor.tenant())).await;
        known.ok().and_then(Result::ok).unwrap_or_default()
    }
}

impl Inner {
    async fn discover(&self, actor: &Actor, server: &ServerName) -> Result<Discovery, Trouble> {
        let need = self.client.need(server).ok_or(Trouble::Server(Cause::NotConfigured))?;
        let access_token =
            self.vault.access_token(actor, &need).await.map_err(|error| Trouble::Token(error.to_string()))?;
        let found = self.client.discover(server, actor.tenant(), access_token.token()).await;
        if matches!(found, Err(McpError { cause: Cause::Unauthorized, .. })) {
            access_token.refused().await;
        }
        found.map_err(|McpError { cause, .. }| Trouble::Server(cause))
    }
}

/// Why nothing was heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no token for this person: the vault's reason.
    #[error("no token could be had: {0}")]
    Token(String),
    /// The server does not answer as it should.
    #[error("{0}")]
    Server(Cause),
}

#[async_trait]
impl Toolboxes for Catalog {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let names: Vec<_> = self.0.client.servers().map(|server| server.name.clone()).collect();
        if names.is_empty() {
            return self.0.local.clone();
        }
        let offered = join_all(names.into_iter().map(|server| self.offered(actor, server))).await;
        self.0.local.beside(offered.into_iter().flatten().map(|tool| tool as Arc<dyn Tool>))
    }
}

/// Lends what the vault beneath lends, for a server that answers: nobody is asked for a yes to what cannot be done.
#[async_trait]
impl CredentialProvider for Catalog {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let server = self.0.client.servers().find(|server| server.provider() == need.provider);
        let server = server.ok_or_else(|| Unavailable::new("the vault", format!("no server is {}", need.provider)))?;
        let access_token = self.0.vault.access_token(actor, need).await?;
        if self.0.client.answered_within(&server.name, TRUSTED) {
            return Ok(access_token);
        }
        // Not what others are waiting for: that may hang while the server answers again.
        let found = tokio::time::timeout(PATIENCE, self.0.discover(actor, &server.name)).await;
        match found.unwrap_or(Err(Trouble::Server(Cause::Late))) {
            Ok(discovery) => {
                let heard = Heard::now(discovery.tools, KEPT);
                self.0.slots.of(actor, &server.name).put(heard);
                Ok(access_token)
            }
            Err(Trouble::Server(cause)) if cause.is_outage() => {
                let service = self.0.client.service(&server.name);
                Err(Unavailable::new(service, cause.to_string()).into())
            }
            // Whatever else is wrong, the call itself tells best.
            Err(_) => Ok(access_token),
        }
    }
}
