//! What a server offers to a token, and what of it is offered on: names, schemas and pins are judged tool by tool, and
//! a tool that fails is quarantined, with the reason, for the operator.

mod choice;
mod judge;

use crate::ServerName;
use crate::config::{Server, Servers};
use crate::connection::{Connection, Listed};
use crate::contact::Contact;
use crate::egress::{self, EgressError, Lookup};
use crate::error::{Cause, McpError};
use crate::name::BadName;
use crate::pin::{Accepted, Definition, Pin, Pins};
use crate::remote::RemoteTool;
use crate::schema::BadSchema;
use crate::wire::Wire;
use agent::intent::Need;
use agent::ports::{Clock, Millis, Unavailable};
use agent::{Actor, ToolName};
pub use choice::LeftOut;
use judge::not_told;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longest note in the log, in characters.
const LONGEST_NOTE: usize = 1000;

/// The client of all configured servers.
pub struct Client {
    ends: BTreeMap<ServerName, Arc<End>>,
    local: Vec<ToolName>,
    pins: Arc<dyn Pins>,
    clock: Arc<dyn Clock>,
    /// The last tool of each name, so that all people to whom the same one is offered share it.
    shared: Mutex<BTreeMap<ToolName, Arc<RemoteTool>>>,
}

/// One server and the way to it.
pub(crate) struct End {
    pub(crate) server: Server,
    /// The name that a person knows it by.
    pub(crate) service: &'static str,
    http: reqwest::Client,
    pub(crate) contact: Contact,
}

/// What a server offers.
#[derive(Debug, Default)]
pub struct Discovery {
    /// What may be offered to the model.
    pub tools: Vec<Arc<RemoteTool>>,
    /// What may not.
    pub quarantined: Vec<Quarantined>,
    /// What is not looked at.
    pub left_out: LeftOut,
}

/// A tool that is not offered.
#[derive(Debug)]
pub struct Quarantined {
    /// What the server says it is, uncleaned: never for a model or a page.
    pub definition: Definition,
    /// Why it is not offered.
    pub why: Why,
}

/// Why a tool is not offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Its name could be taken for another, or is none.
    #[error(transparent)]
    Name(#[from] BadName),
    /// Its schema cannot be used.
    #[error(transparent)]
    Schema(#[from] BadSchema),
    /// Its definition is longer than 32 KiB.
    #[error("what the server says of it is too long")]
    Long,
    /// The server has offered so many tools under ever new names that no more are taken note of.
    #[error("more tools of this server were seen than are taken note of")]
    Crowded,
    /// It is not what it was when it was first seen; the lines say how (see [`Definition::changes`]).
    #[error("it changed since it was first seen: {}", .0.join("; "))]
    Changed(Vec<String>),
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("servers", &self.ends.keys()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of these servers. No tool of theirs may look like one of `local`, which are the agent's own.
    /// For each server a few bytes are kept for as long as the process lives: make one client, not many.
    ///
    /// # Errors
    /// When no HTTP client can be made on this machine.
    pub fn new(
        servers: Servers,
        local: impl IntoIterator<Item = ToolName>,
        pins: Arc<dyn Pins>,
        clock: Arc<dyn Clock>,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Self, EgressError> {
        let Servers { all, listed } = servers;
        let ends = all.into_iter().map(|server| {
            let http = egress::client(&server.url, &listed, lookup, server.limits.total)?;
            // Errors of tools name their service by a text that is always there.
            let service = Box::leak(format!("the outside server {}", server.name).into_boxed_str());
            let end = End { server, service, http, contact: Contact::new(clock.clone()) };
            Ok((end.server.name.clone(), Arc::new(end)))
        });
        let (ends, local) = (ends.collect::<Result<_, _>>()?, local.into_iter().collect());
        Ok(Self { ends, local, pins, clock, shared: Mutex::default() })
    }

    /// Every server.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.ends.values().map(|end| &end.server)
    }

    /// The name that a person knows a server by.
    #[must_use]
    pub fn service(&self, server: &ServerName) -> &'static str {
        self.ends.get(server).map_or("an outside server", |end| end.service)
    }

    /// What a token for a server is lent by; none, for a server that is not configured.
    pub(crate) fn need(&self, server: &ServerName) -> Option<Need> {
        let server = &self.ends.get(server)?.server;
        Some(Need { provider: server.provider(), scopes: server.scopes.clone() })
    }

    /// When a server last answered to anybody here.
    pub(crate) fn answered(&self, server: &ServerName) -> Option<Millis> {
        self.ends.get(server)?.contact.last()
    }

    /// Whether a server has answered that lately, and not failed since.
    pub(crate) fn answered_within(&self, server: &ServerName, time: Duration) -> bool {
        self.ends.get(server).is_some_and(|end| end.contact.within(self.clock.now(), time))
    }

    /// What is pinned of a server, for the operator.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn pins(&self, tenant: &str, server: &ServerName) -> Result<Vec<Pin>, Unavailable> {
        self.pins.all(tenant, server).await
    }

    /// Pins what an operator has read (see [`Pins::accept`]).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn accept(
        &self,
        actor: &Actor,
        server: &ServerName,
        tool: &str,
        digest: &str,
    ) -> Result<Accepted, Unavailable> {
        self.pins.accept(actor.tenant(), server, tool, digest, actor.subject(), self.clock.now()).await
    }

    /// The tools of a server as they are pinned, without asking it: for when it does not answer. Those whose change waits
    /// for the operator are left out.
    ///
    /// # Errors
    /// [`McpError`] when what is pinned cannot be told.
    pub async fn known(&self, server: &ServerName, tenant: &str) -> Result<Vec<Arc<RemoteTool>>, McpError> {
        let failed = |cause| McpError { server: server.clone(), cause };
        let end = self.ends.get(server).ok_or_else(|| failed(Cause::NotConfigured))?;
        let pins = self.pins.all(tenant, server).await.map_err(|error| failed(not_told(&error)))?;
        let pinned = pins.into_iter().filter(|pin| pin.proposed.is_none()).map(|pin| pin.definition);
        let wanted = pinned.filter(|own| end.server.wants(&own.name)).collect();
        let mut choice = self.fit_all(end, wanted);
        choice.limit(end.server.limits.most_tools, |_| ());
        Ok(choice.fit.into_iter().map(|(_, tool)| tool).collect())
    }

    /// The tools that `server` offers to whom `token` speaks for, in the organization `tenant`. The token must be one for
    /// this server's audience.
    ///
    /// # Errors
    /// See [`McpError`].
    pub async fn discover(
        &self,
        server: &ServerName,
        tenant: &str,
        token: &SecretString,
    ) -> Result<Discovery, McpError> {
        let failed = |cause| McpError { server: server.clone(), cause };
        let end = self.ends.get(server).ok_or_else(|| failed(Cause::NotConfigured))?;
        let tools = tokio::time::timeout(end.server.limits.total, end.list(token)).await.unwrap_or(Err(Cause::Late));
        end.contact.note(tools.as_ref().err());
        let tools = tools.map_err(failed)?;
        let pins = self.pins.all(tenant, server).await.map_err(|error| failed(not_told(&error)))?;
        let choice::Choice { fit, mut quarantined, left_out } = self.choose(end, tools, &pins);
        let mut tools = Vec::new();
        for (definition, tool) in fit {
            match self.compare(&end.server, tenant, &definition, &pins).await.map_err(failed)? {
                Ok(()) => tools.push(tool),
                Err(why) => quarantined.push(Quarantined { definition, why }),
            }
        }
        for Quarantined { why, .. } in &quarantined {
            tracing::warn!(mcp.server = %server, %why, "a tool of an MCP server is quarantined");
        }
        for note in left_out.warnings() {
            let note = text::line(&note, LONGEST_NOTE);
            tracing::warn!(mcp.server = %server, note, "the list of an MCP server's tools is not offered in full");
        }
        Ok(Discovery { tools, quarantined, left_out })
    }
}

impl End {
    pub(crate) async fn open(&self, token: &SecretString) -> Result<Connection, Cause> {
        let limits = self.server.limits;
        let wire = Wire::new(self.http.clone(), token.clone(), limits.longest_answer, limits.deepest);
        Connection::open(self.server.url.as_str(), wire, limits).await
    }

    /// Lists the tools; over a second connection, if the server has forgotten the session of the first.
    async fn list(&self, token: &SecretString) -> Result<Listed, Cause> {
        match self.list_once(token).await {
            Err(Cause::Forgotten) => self.list_once(token).await,
            listed => listed,
        }
    }

    async fn list_once(&self, token: &SecretString) -> Result<Listed, Cause> {
        let connection = self.open(token).await?;
        let tools = connection.tools().await;
        connection.close().await;
        tools
    }
}
