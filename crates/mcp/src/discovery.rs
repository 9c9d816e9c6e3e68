//! What a server offers to a token, and what of it is offered on: names, schemas and pins are judged tool by tool, and
//! a tool that fails is quarantined, with the reason, for the operator.

use crate::ServerName;
use crate::config::{Server, Servers};
use crate::connection::Connection;
use crate::egress::{self, EgressError, Lookup};
use crate::error::{Cause, McpError};
use crate::name::{BadName, Name, skeleton};
use crate::pin::{Definition, Pins};
use crate::remote::RemoteTool;
use crate::schema::{self, BadSchema};
use crate::wire::Wire;
use agent::ToolName;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The client of all configured servers.
pub struct Client {
    ends: BTreeMap<ServerName, Arc<End>>,
    local: Vec<ToolName>,
    pins: Arc<dyn Pins>,
}

/// One server and the way to it.
pub(crate) struct End {
    pub(crate) server: Server,
    /// The name that a person knows it by.
    pub(crate) service: &'static str,
    http: reqwest::Client,
}

/// What a server offers.
#[derive(Debug, Default)]
pub struct Discovery {
    /// What may be offered to the model.
    pub tools: Vec<RemoteTool>,
    /// What may not.
    pub quarantined: Vec<Quarantined>,
}

/// A tool that is not offered.
#[derive(Debug)]
pub struct Quarantined {
    /// What the server says it is, uncleaned: for [`Pins::renew`], and never for a model or a page.
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
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Self, EgressError> {
        let Servers { all, listed } = servers;
        let ends = all.into_iter().map(|server| {
            let http = egress::client(&server.url, &listed, lookup, server.limits.total)?;
            // Errors of tools name their service by a text that is always there.
            let service = Box::leak(format!("the outside server {}", server.name).into_boxed_str());
            Ok((server.name.clone(), Arc::new(End { server, service, http })))
        });
        Ok(Self { ends: ends.collect::<Result<_, _>>()?, local: local.into_iter().collect(), pins })
    }

    /// The tools that `server` offers to whom `token` speaks for. The token must be one for this server's audience.
    ///
    /// # Errors
    /// See [`McpError`].
    pub async fn discover(&self, server: &ServerName, token: &SecretString) -> Result<Discovery, McpError> {
        let failed = |cause| McpError { server: server.clone(), cause };
        let end = self.ends.get(server).ok_or_else(|| failed(Cause::NotConfigured))?;
        let listed = async {
            let connection = end.open(token).await.map_err(|cause| (cause, ()))?;
            let tools = connection.tools().await.map_err(|cause| (cause, ()));
            connection.close().await;
            tools
        };
        let tools = end.within(end.server.limits.total, listed).await.map_err(|(cause, ())| failed(cause))?;
        let definitions: Vec<_> = tools.iter().map(Definition::from).collect();
        let mut discovery = Discovery::default();
        for definition in &definitions {
            match self.judge(end, definition, &definitions).await.map_err(failed)? {
                Ok(tool) => discovery.tools.push(tool),
                Err(why) => {
                    tracing::warn!(mcp.server = %server, %why, "a tool of an MCP server is quarantined");
                    discovery.quarantined.push(Quarantined { definition: definition.clone(), why });
                }
            }
        }
        Ok(discovery)
    }

    async fn judge(
        &self,
        end: &Arc<End>,
        definition: &Definition,
        all: &[Definition],
    ) -> Result<Result<RemoteTool, Why>, Cause> {
        let judged = self.name(&end.server.name, definition, all).map_err(Why::from);
        let judged = judged.and_then(|name| Ok((name, schema::reduce(&definition.schema)?)));
        let (name, schema) = match judged {
            Ok(good) => good,
            Err(why) => return Ok(Err(why)),
        };
        let pinned = self.pins.first(&end.server.name, definition).await.map_err(|error| {
            tracing::warn!(%error, "what is pinned cannot be told");
            Cause::Pins
        })?;
        if pinned.digest().is_none() || pinned.digest() != definition.digest() {
            return Ok(Err(Why::Changed(definition.changes(&pinned))));
        }
        // An object's id holds nothing that a name does not.
        let tool = RemoteTool::new(end.clone(), name, definition.clone(), schema);
        Ok(tool.map_err(|_| Why::Name(BadName::Characters)))
    }

    /// The tool's name, when it looks like no tool of ours, no other server, and no other tool of its own.
    fn name(&self, server: &ServerName, definition: &Definition, all: &[Definition]) -> Result<Name, BadName> {
        let name = Name::new(server, &definition.name)?;
        let servers = self.ends.keys().filter(|other| *other != server).map(ServerName::as_str);
        name.unlike(self.local.iter().map(|own| own.0.as_str()).chain(servers))?;
        let alike = all.iter().filter(|other| match Name::new(server, &other.name) {
            Ok(other) => skeleton(&other.own) == skeleton(&name.own),
            Err(_) => false,
        });
        if alike.count() > 1 { Err(BadName::Confusable("another tool of this server".to_owned())) } else { Ok(name) }
    }
}

impl End {
    pub(crate) async fn open(&self, token: &SecretString) -> Result<Connection, Cause> {
        let limits = self.server.limits;
        let wire = Wire::new(self.http.clone(), token.clone(), limits.longest_answer, limits.deepest);
        Connection::open(self.server.url.as_str(), wire, limits).await
    }

    /// All of `work` within `limit`, or it is late.
    pub(crate) async fn within<T, S: Default>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, (Cause, S)>>,
    ) -> Result<T, (Cause, S)> {
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err((Cause::Late, S::default())))
    }
}
