//! Discovery of the tools that a server offers to a token. Each tool's name, schema and pin are checked, and a tool
//! that fails is quarantined, with the reason for the operator.

mod choice;
mod judge;

use crate::ServerName;
use crate::config::{Server, Servers};
use crate::connection::{Connection, Listed};
use crate::contact::Contact;
use crate::error::{Cause, McpError};
use crate::name::BadName;
use crate::pin::{Accepted, Definition, Pin, Pins};
use crate::remote::RemoteTool;
use crate::wire::Wire;
use agent::intent::Need;
use agent::ports::{Clock, Millis, Unavailable};
use agent::{Actor, ToolName};
pub use choice::LeftOut;
use egress::{EgressError, Lookup};
use judge::not_told;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use untrusted::schema::BadSchema;

/// Longest note in the log, in characters.
const LONGEST_NOTE: usize = 1000;

/// The client of all configured servers.
pub struct Client {
    ends: BTreeMap<ServerName, Arc<ServerEndpoint>>,
    local: Vec<ToolName>,
    pins: Arc<dyn Pins>,
    clock: Arc<dyn Clock>,
    /// The last tool of each name, so that all people who are offered the same tool share it.
    shared: Mutex<BTreeMap<ToolName, Arc<RemoteTool>>>,
}

/// One server and its HTTP client.
pub(crate) struct ServerEndpoint {
    pub(crate) server: Server,
    /// The name by which people know it.
    pub(crate) service: &'static str,
    http: reqwest::Client,
    pub(crate) contact: Contact,
}

/// The result of a discovery.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The tools that may be offered to the model.
    pub tools: Vec<Arc<RemoteTool>>,
    /// The tools that may not.
    pub quarantined: Vec<Quarantined>,
    /// The tools that were not examined.
    pub left_out: LeftOut,
}

/// A tool that is not offered.
#[derive(Debug)]
pub struct Quarantined {
    /// The definition that the server sent, uncleaned: not for a model or a page.
    pub definition: Definition,
    /// The reason for the quarantine.
    pub why: NotOffered,
}

/// The reason why a tool is not offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// Its name is invalid or could be mistaken for another one.
    #[error(transparent)]
    Name(#[from] BadName),
    /// Its schema is not supported.
    #[error(transparent)]
    Schema(#[from] BadSchema),
    /// Its definition is longer than 32 KiB.
    #[error("its definition is too long")]
    Long,
    /// The server has offered so many new names that no more tools are recorded.
    #[error("the server has offered too many different tools")]
    Crowded,
    /// It differs from its pin; the lines list the changes (see [`Definition::changes`]).
    #[error("it has changed since it was first seen: {}", .0.join("; "))]
    Changed(Vec<String>),
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("servers", &self.ends.keys()).finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client of these servers. None of their tools may have a name that looks like one of `local`, the
    /// agent's own tools. Leaks a few bytes per server, so a process should create only one client.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
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
            // Errors of tools name their service by a `&'static str`.
            let service = Box::leak(format!("the MCP server {}", server.name).into_boxed_str());
            let end = ServerEndpoint { server, service, http, contact: Contact::new(clock.clone()) };
            Ok((end.server.name.clone(), Arc::new(end)))
        });
        let (ends, local) = (ends.collect::<Result<_, _>>()?, local.into_iter().collect());
        Ok(Self { ends, local, pins, clock, shared: Mutex::default() })
    }

    /// All servers.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.ends.values().map(|end| &end.server)
    }

    /// The name by which people know a server.
    #[must_use]
    pub fn service(&self, server: &ServerName) -> &'static str {
        self.ends.get(server).map_or("an MCP server", |end| end.service)
    }

    /// The credential for a server's token; `None` if the server is not configured.
    pub(crate) fn need(&self, server: &ServerName) -> Option<Need> {
        let server = &self.ends.get(server)?.server;
        Some(Need { provider: server.provider(), scopes: server.scopes.clone() })
    }

    /// The time of a server's last answer on this instance.
    pub(crate) fn answered(&self, server: &ServerName) -> Option<Millis> {
        self.ends.get(server)?.contact.last()
    }

    /// Returns whether a server has answered within `time` and not failed since.
    pub(crate) fn answered_within(&self, server: &ServerName, time: Duration) -> bool {
        self.ends.get(server).is_some_and(|end| end.contact.within(self.clock.now(), time))
    }

    /// Returns the pins of a server, for the operator.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn pins(&self, tenant: &str, server: &ServerName) -> Result<Vec<Pin>, Unavailable> {
        self.pins.all(tenant, server).await
    }

    /// Pins a definition that an operator has read (see [`Pins::accept`]).
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

    /// Returns a server's pinned tools without a request to it, for when it does not answer. Tools with a change that
    /// awaits the operator are omitted.
    ///
    /// # Errors
    /// [`McpError`] if the pins cannot be read.
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

    /// Returns the tools that `server` offers to the owner of `token`, in the organization `tenant`. The token must be
    /// issued for this server's audience.
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

impl ServerEndpoint {
    pub(crate) async fn open(&self, token: &SecretString) -> Result<Connection, Cause> {
        let limits = self.server.limits;
        let wire = Wire::new(self.http.clone(), token.clone(), limits.longest_answer, limits.deepest);
        Connection::open(self.server.url.as_str(), wire, limits).await
    }

    /// Lists the tools; on a second connection if the server lost the session of the first.
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
