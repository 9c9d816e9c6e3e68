//! MCP servers put together: as the configuration names them, with pins in the table and tokens of the people's sign-ins.

mod pins;
mod shown;

use super::StartError;
use crate::clock::SystemClock;
use crate::config::{Config, McpHints, McpServer};
use agent::Toolbox;
use agent::ports::CredentialProvider;
use dynamo::DynamoPins;
use mcp::egress::SystemLookup;
use mcp::{Catalog, Client, Hints, Limits, Override, Server, ServerName, Servers};
use pins::KeptPins;
pub(super) use shown::Shown;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The tools of `servers` beside `local`, called with what `vault` lends.
pub(super) fn catalog(
    servers: Servers,
    local: Toolbox,
    pins: DynamoPins,
    vault: Arc<dyn CredentialProvider>,
) -> Result<Catalog, StartError> {
    let lookup: Arc<dyn mcp::egress::Lookup> = Arc::new(SystemLookup);
    let names: Vec<_> = local.names().cloned().collect();
    let client = Client::new(servers, names, Arc::new(KeptPins(pins)), Arc::new(SystemClock), &lookup);
    Ok(Catalog::new(local, client.map_err(|error| StartError::Mcp(error.to_string()))?, vault))
}

/// The servers as they are configured.
///
/// # Errors
/// All that is wrong with them, in one sentence.
pub(super) fn servers(config: &Config) -> Result<Servers, StartError> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for own in &config.mcp.servers {
        match ServerName::new(&own.name) {
            Some(name) => all.push(server(name, own)),
            None => {
                wrong.push(format!("[servers.{}] has a name of other signs than 1 to 24 of a-z, 0-9 and -", own.name))
            }
        }
    }
    if let Some(variable) = config.mcp.unused_proxy {
        tracing::warn!(
            variable,
            "MCP servers are reached without the proxy of this machine, which would resolve their names unchecked"
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
            // What is named is wanted, be it more than what is taken of a server unseen.
            most_tools: own.limits.tools.unwrap_or(named.max(standard.most_tools)),
        },
    }
}
