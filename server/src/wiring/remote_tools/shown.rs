//! The state of the MCP servers and the targets for the operators' page.

use agent::intent::Risk;
use agent::ports::Unavailable;
use agent::{Actor, Tool};
use async_trait::async_trait;
use edge::remote_tools::{Accepted, Asks, Change, RemoteServer, RemoteTool, RemoteTools, Source};
use mcp::{Catalog, NotOffered, Pin, ServerName, ServerStatus, State};

/// A catalog as the operators' page sees it, and the targets, which do not change.
#[derive(Debug)]
pub(in crate::wiring) struct Shown {
    pub(in crate::wiring) catalog: Catalog,
    pub(in crate::wiring) targets: Vec<RemoteServer>,
}

#[async_trait]
impl RemoteTools for Shown {
    async fn look(&self, actor: &Actor) -> Result<Vec<RemoteServer>, Unavailable> {
        Ok(self.catalog.look(actor).await?.iter().map(server).chain(self.targets.iter().cloned()).collect())
    }

    async fn accept(&self, actor: &Actor, server: &str, tool: &str, digest: &str) -> Result<Accepted, Unavailable> {
        // An unknown server has no pending proposals.
        let Some(server) = ServerName::new(server) else { return Ok(Accepted::Outdated) };
        Ok(match self.catalog.accept(actor, &server, tool, digest).await? {
            mcp::Accepted::Pinned => Accepted::Yes,
            mcp::Accepted::Outdated => Accepted::Outdated,
        })
    }
}

fn server(look: &ServerStatus) -> RemoteServer {
    let unfit = look.discovery.quarantined.iter().filter(|own| !matches!(own.why, NotOffered::Changed(_)));
    RemoteServer {
        source: Source::Discovered,
        name: look.server.name.to_string(),
        url: look.server.url.to_string(),
        trouble: match &look.state {
            State::Answers => None,
            State::Fails(trouble) => Some(trouble.to_string()),
        },
        last: look.last,
        tools: look.discovery.tools.iter().map(|own| tool(own, &look.pins)).collect(),
        changes: look.pins.iter().filter_map(change).collect(),
        unfit: unfit.map(|own| (own.definition.name.clone(), own.why.to_string())).collect(),
        notes: look.discovery.left_out.notes(),
    }
}

fn tool(own: &mcp::RemoteTool, pins: &[Pin]) -> RemoteTool {
    let pin = pins.iter().find(|pin| pin.definition.name == own.definition().name);
    let (relation, object) = own.permission();
    RemoteTool {
        name: own.spec().name.to_string(),
        own: own.aliased().map(str::to_owned),
        description: own.spec().description.clone(),
        relation: relation.to_string(),
        object: object.to_string(),
        asks: match own.risk() {
            Risk::Read => Asks::Nobody,
            Risk::Elevated => Asks::ThePerson,
        },
        since: pin.map(|pin| pin.at),
        by: pin.and_then(|pin| pin.by.clone()),
    }
}

fn change(pin: &Pin) -> Option<Change> {
    let proposed = pin.proposed.as_ref()?;
    let lines = proposed.changes(&pin.definition);
    Some(Change { tool: pin.definition.name.clone(), lines, digest: proposed.digest()? })
}
