//! The decision whether a tool can be offered: by its name, schema, length and pin.

use super::choice::Looks;
use super::{Client, NotOffered, ServerEndpoint};
use crate::ServerName;
use crate::config::Server;
use crate::error::Cause;
use crate::name::{BadName, Name};
use crate::pin::{Definition, Pin};
use crate::remote::RemoteTool;
use agent::ports::Unavailable;
use std::sync::{Arc, PoisonError};
use untrusted::schema;

/// Longest definition, in bytes of JSON.
const LARGEST_DEFINITION: usize = 32 * 1024;

/// Most pins of one server in one organization, unless the operator lists its tools: a server that keeps inventing
/// names cannot fill the table.
const MOST_PINS: usize = 128;

/// Number of shared tools beyond which the cache is cleared.
const MOST_SHARED: usize = 1024;

impl Client {
    /// Returns the tool if its definition can be offered at all.
    pub(super) fn fit(
        &self,
        end: &Arc<ServerEndpoint>,
        definition: &Definition,
        looks: &Looks,
    ) -> Result<Arc<RemoteTool>, NotOffered> {
        let name = self.name(&end.server.name, definition, looks)?;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = shared.get(&name.local).filter(|tool| tool.definition() == definition) {
            return Ok(same.clone());
        }
        let schema = schema::reduce(&definition.schema)?;
        if definition.length() > LARGEST_DEFINITION {
            return Err(NotOffered::Long);
        }
        let local = name.local.clone();
        // An object id allows every character that a name allows.
        let tool = RemoteTool::new(end.clone(), name, definition.clone(), schema).map_err(|_| BadName::Characters)?;
        let tool = Arc::new(tool);
        if shared.len() >= MOST_SHARED {
            shared.clear();
        }
        shared.insert(local, tool.clone());
        Ok(tool)
    }

    /// Compares the tool with its pin, and records the current definition for the operator if it differs.
    pub(super) async fn compare(
        &self,
        server: &Server,
        tenant: &str,
        definition: &Definition,
        pins: &[Pin],
    ) -> Result<Result<(), NotOffered>, Cause> {
        let (name, named) = (&server.name, server.only.is_some());
        let first;
        let pin = match pins.iter().find(|pin| pin.definition.name == definition.name) {
            Some(pin) => pin,
            None if !named && pins.len() >= MOST_PINS => return Ok(Err(NotOffered::Crowded)),
            None => {
                let now = self.clock.now();
                first = self.pins.first(tenant, name, definition, now).await.map_err(|error| not_told(&error))?;
                &first
            }
        };
        let same = pin.definition.digest().is_some() && pin.definition.digest() == definition.digest();
        let proposed = (!same).then_some(definition);
        if pin.proposed.as_ref() != proposed {
            let noted = self.pins.propose(tenant, name, &definition.name, proposed).await;
            noted.map_err(|error| not_told(&error))?;
        }
        Ok(if same { Ok(()) } else { Err(NotOffered::Changed(definition.changes(&pin.definition))) })
    }

    /// Returns the tool's name if it does not look like a local tool, another server, or another tool of the same
    /// server.
    fn name(&self, server: &ServerName, definition: &Definition, looks: &Looks) -> Result<Name, BadName> {
        let name = Name::new(server, &definition.name)?;
        let servers = self.ends.keys().filter(|other| *other != server).map(ServerName::as_str);
        name.unlike(self.local.iter().map(|own| own.0.as_str()).chain(servers))?;
        let alike = name.looks().iter().any(|look| looks.get(look).is_some_and(|count| *count > 1));
        if alike { Err(BadName::Confusable("another tool of this server".to_owned())) } else { Ok(name) }
    }
}

/// Logs that the pins cannot be read.
pub(super) fn not_told(error: &Unavailable) -> Cause {
    tracing::warn!(%error, "the pinned tools cannot be read");
    Cause::Pins
}
