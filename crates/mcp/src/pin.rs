//! Pins record each tool as it was first seen. A server that changes a tool afterwards (a *rug pull*) must not inherit
//! the trust in the original.

mod definition;

pub use definition::Definition;

use crate::ServerName;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The pinned state of one tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    /// The definition as first seen, or as accepted by an operator.
    pub definition: Definition,
    /// The time of pinning.
    pub at: Millis,
    /// Subject of the operator who accepted it, as in the ledger; `None` if it is as first seen.
    pub by: Option<String>,
    /// The server's current definition if it differs. It is not offered until an operator has read it.
    pub proposed: Option<Definition>,
}

/// The result of an operator's acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// The definition that the operator read is pinned.
    Pinned,
    /// The server has proposed another definition meanwhile. Nothing changed.
    Outdated,
}

/// Stores pins, separately for each tenant. Each method is one conditional write, or one read.
#[async_trait]
pub trait Pins: Send + Sync {
    /// Returns all pins of this server.
    ///
    /// # Errors
    /// [`Unavailable`] if they cannot be read: no tool of this server is then offered.
    async fn all(&self, tenant: &str, server: &ServerName) -> Result<Vec<Pin>, Unavailable>;

    /// Returns the pin of this tool, and pins `definition` if there is none.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be determined: the tool is then not offered.
    async fn first(
        &self,
        tenant: &str,
        server: &ServerName,
        definition: &Definition,
        now: Millis,
    ) -> Result<Pin, Unavailable>;

    /// Records the definition that differs from the pin, for the operator, or clears it if the tool is as pinned.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be written.
    async fn propose(
        &self,
        tenant: &str,
        server: &ServerName,
        tool: &str,
        proposed: Option<&Definition>,
    ) -> Result<(), Unavailable>;

    /// Pins the proposed definition of `tool`, if its digest is still the one that `by` has read.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be written.
    async fn accept(
        &self,
        tenant: &str,
        server: &ServerName,
        tool: &str,
        digest: &str,
        by: &str,
        now: Millis,
    ) -> Result<Accepted, Unavailable>;
}

/// Pins in memory, for the lifetime of the process.
#[derive(Debug, Default)]
pub struct MemoryPins(Mutex<BTreeMap<Place, Pin>>);

/// Tenant, server, tool.
type Place = (String, ServerName, String);

fn place(tenant: &str, server: &ServerName, tool: &str) -> Place {
    (tenant.to_owned(), server.clone(), tool.to_owned())
}

impl MemoryPins {
    fn pins(&self) -> MutexGuard<'_, BTreeMap<Place, Pin>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Pins for MemoryPins {
    async fn all(&self, tenant: &str, server: &ServerName) -> Result<Vec<Pin>, Unavailable> {
        let pins = self.pins();
        let own = pins.iter().filter(|((whose, of, _), _)| whose == tenant && of == server);
        Ok(own.map(|(_, pin)| pin.clone()).collect())
    }

    async fn first(
        &self,
        tenant: &str,
        server: &ServerName,
        definition: &Definition,
        now: Millis,
    ) -> Result<Pin, Unavailable> {
        let fresh = || Pin { definition: definition.clone(), at: now, by: None, proposed: None };
        Ok(self.pins().entry(place(tenant, server, &definition.name)).or_insert_with(fresh).clone())
    }

    async fn propose(
        &self,
        tenant: &str,
        server: &ServerName,
        tool: &str,
        proposed: Option<&Definition>,
    ) -> Result<(), Unavailable> {
        if let Some(pin) = self.pins().get_mut(&place(tenant, server, tool)) {
            pin.proposed = proposed.cloned();
        }
        Ok(())
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
        let mut pins = self.pins();
        let pin = pins.get_mut(&place(tenant, server, tool));
        let Some(pin) = pin.filter(|pin| pin.proposed.as_ref().and_then(Definition::digest).as_deref() == Some(digest))
        else {
            return Ok(Accepted::Outdated);
        };
        if let Some(definition) = pin.proposed.take() {
            *pin = Pin { definition, at: now, by: Some(by.to_owned()), proposed: None };
        }
        Ok(Accepted::Pinned)
    }
}
