//! Creates the client of the configured MCP servers, with pins in the table and access tokens from people's sign-ins.

mod pins;
mod shown;

use super::StartError;
use crate::config::{Config, McpHints, McpServer};
use agent::Toolbox;
use agent::ports::CredentialProvider;
use dynamo::DynamoPins;
use egress::SystemLookup;
use mcp::{Catalog, Client, Hints, Limits, Override, Server, ServerName, Servers};
use pins::KeptPins;
pub(super) use shown::Shown;
use std::collections::BTreeSet;
use std::sync::Arc;
use system::SystemClock;

/// Creates a catalog of the tools of `servers` and of `local`. Calls to the servers use access tokens from `vault`.
pub(super) fn catalog(
    servers: Servers,
    local: Toolbox,
    pins: DynamoPins,
    vault: Arc<dyn CredentialProvider>,
) -> Result<Catalog, StartError> {
    let lookup: Arc<dyn egress::Lookup> = Arc::new(SystemLookup);
    let names: Vec<_> = local.names().cloned().collect();
    let client = Client::new(servers, names, Arc::new(KeptPins(pins)), Arc::new(SystemClock), &lookup);
    Ok(Catalog::new(local, client.map_err(|error| StartError::Mcp(error.to_string()))?, vault))
}

/// Returns the configured servers.
///
/// # Errors
/// [`StartError::Mcp`] with all mistakes in one text.
pub(super) fn servers(config: &Config) -> Result<Servers, StartError> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for own in &config.mcp.servers {
        match ServerName::new(&own.name) {
            Some(name) => all.push(server(name, own)),
            None => {
                wrong.push(format!("[servers.{}] needs a name of 1 to 24 characters out of a-z, 0-9 and -", own.name))
            }
        }
    }
    if let Some(variable) = config.mcp.unused_proxy {
        tracing::warn!(
            variable,
            "MCP servers are reached without the proxy of this machine: it would resolve their names unchecked"
        );
    }
    let servers = Servers::new(all, &config.mcp.allow).map_err(|bad| wrong.extend(bad.iter().map(ToString::to_string)));
    match servers {
        Ok(servers) if wrong.is_empty() => Ok(servers),
        _ => Err(StartError::Mcp(wrong.join("; "))),
    }
}

fn server(name: ServerName, own: &McpServer) -> Server {
    let (standard, named) = (Limits::default(), own.only.as_ref().map_or(0, BTreeSet::len));
    let tools = own.tools.iter().map(|tool| {
        let known = Override { risk: tool.risk, relation: tool.relation, object: tool.object.clone() };
        (tool.name.clone(), known)
    });
    Server {
        name,
        url: own.url.clone(),
        audience: own.audience.clone(),
        scopes: own.scopes.clone(),
        hints: match own.hints {
            McpHints::Believed => Hints::Believed,
            McpHints::Ignored => Hints::Ignored,
        },
        only: own.only.clone(),
        tools: tools.collect(),
        limits: Limits {
            total: own.limits.total.unwrap_or(standard.total),
            longest_answer: own.limits.answer_bytes.unwrap_or(standard.longest_answer),
            longest_result: own.limits.result_bytes.unwrap_or(standard.longest_result),
            deepest: own.limits.levels.unwrap_or(standard.deepest),
            // All tools that the configuration names are accepted, even if they exceed the default limit.
            most_tools: own.limits.tools.unwrap_or(named.max(standard.most_tools)),
        },
    }
}
