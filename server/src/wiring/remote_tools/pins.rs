//! Stores pins of MCP tools in the table. Converts definitions to JSON, since the two adapters must not depend on each
//! other.

use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;
use dynamo::{DynamoPins, PinnedBody, Proposal, Renewed};
use mcp::{Accepted, Definition, Pin, Pins, ServerName};

/// Persistent pins, shared by all instances.
#[derive(Debug)]
pub(super) struct KeptPins(pub(super) DynamoPins);

#[async_trait]
impl Pins for KeptPins {
    async fn all(&self, tenant: &str, server: &ServerName) -> Result<Vec<Pin>, Unavailable> {
        self.0.all(tenant, server.as_str()).await?.into_iter().map(pin).collect()
    }

    async fn first(
        &self,
        tenant: &str,
        server: &ServerName,
        definition: &Definition,
        now: Millis,
    ) -> Result<Pin, Unavailable> {
        let body = body(definition)?;
        pin(self.0.first((tenant, server.as_str()), &definition.name, &body, now).await?)
    }

    async fn propose(
        &self,
        tenant: &str,
        server: &ServerName,
        tool: &str,
        proposed: Option<&Definition>,
    ) -> Result<(), Unavailable> {
        let place = (tenant, server.as_str());
        let Some(definition) = proposed else { return self.0.propose(place, tool, None).await };
        let digest = definition.digest().ok_or_else(|| broken("a definition has no digest"))?;
        let proposal = Proposal { body: &body(definition)?, digest: &digest };
        self.0.propose(place, tool, Some(proposal)).await
    }

    async fn accept(
        &self,
        tenant: &str,
        server: &ServerName,
        tool: &str,
        digest: &str,
        by: &str,
        now: Millis,
    ) -> Result<Accepted, Unavailable> {
        Ok(match self.0.accept((tenant, server.as_str()), tool, digest, by, now).await? {
            Renewed::Yes => Accepted::Pinned,
            Renewed::No => Accepted::Outdated,
        })
    }
}

fn body(definition: &Definition) -> Result<String, Unavailable> {
    serde_json::to_string(definition).map_err(|error| broken(&error.to_string()))
}

fn pin(kept: PinnedBody) -> Result<Pin, Unavailable> {
    let read = |body: &str| serde_json::from_str(body).map_err(|error| broken(&error.to_string()));
    Ok(Pin {
        definition: read(&kept.body)?,
        at: kept.at,
        by: kept.by,
        proposed: kept.proposed.as_deref().map(read).transpose()?,
    })
}

fn broken(cause: &str) -> Unavailable {
    Unavailable::new(dynamo::SERVICE, format!("a pin: {cause}"))
}
