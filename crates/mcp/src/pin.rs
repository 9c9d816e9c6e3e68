//! What a tool was when it was first seen. A server that changes a tool afterwards (a *rug pull*) must not have the trust
//! that the first one was given.

mod definition;

pub use definition::Definition;

use crate::ServerName;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is pinned for a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    /// What the tool was when it was first seen, or as an operator has accepted it.
    pub definition: Definition,
    /// Since when.
    pub at: Millis,
    /// Who accepted it; nobody, if it is as it was first seen. As the ledger names people: the subject.
    pub by: Option<String>,
    /// What the server says now, when that is something else: it is not offered before an operator has read it.
    pub proposed: Option<Definition>,
}

/// What became of an operator's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// What was read is pinned.
    Pinned,
    /// What was read is not what the server proposes any more. Nothing changed.
    Outdated,
}

/// Keeps what tools were, for each organization by itself. Each method is one conditional write, or one read.
#[async_trait]
pub trait Pins: Send + Sync {
    /// All pins of this server.
    ///
    /// # Errors
    /// [`Unavailable`] when that cannot be told: nothing of this server is then offered.
    async fn all(&self, tenant: &str, server: &ServerName) -> Result<Vec<Pin>, Unavailable>;

    /// What is pinned for this tool of this server; `definition` from now on, when nothing was.
    ///
    /// # Errors
    /// [`Unavailable`] when that cannot be told: the tool is then not offered.
    async fn first(
        &self,
        tenant: &str,
        server: &ServerName,
        definition: &Definition,
        now: Millis,
    ) -> Result<Pin, Unavailable>;

    /// Notes what the server says of a tool in place of what is pinned, for the operator; nothing, when it is as pinned.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be written.
    async fn propose(
        &self,
        tenant: &str,
        server: &ServerName,
        tool: &str,
        proposed: Option<&Definition>,
    ) -> Result<(), Unavailable>;

    /// Pins what is proposed for `tool` in place of what was pinned, if its digest is still the one that `by` has read.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be written.
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

/// Pins that last as long as the process.
#[derive(Debug, Default)]
pub struct MemoryPins(Mutex<BTreeMap<Place, Pin>>);

/// Organization, server, tool.
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
