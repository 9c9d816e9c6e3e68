//! Whether a tool can be offered: by its name, its schema, its length, and what it was when it was first seen.

use super::choice::Looks;
use super::{Client, End, Why};
use crate::ServerName;
use crate::config::Server;
use crate::error::Cause;
use crate::name::{BadName, Name};
use crate::pin::{Definition, Pin};
use crate::remote::RemoteTool;
use crate::schema;
use agent::ports::Unavailable;
use std::sync::{Arc, PoisonError};

/// Longest definition, in bytes of JSON.
const LONGEST: usize = 32 * 1024;

/// Most pins of one server in one organization, unless the operator names its tools: a server that offers ever new names
/// fills no table.
const MOST_PINS: usize = 128;

/// More tools than this are not kept to be shared.
const MOST_SHARED: usize = 1024;

impl Client {
    /// The tool, if its definition is one that can be offered at all.
    pub(super) fn fit(&self, end: &Arc<End>, definition: &Definition, looks: &Looks) -> Result<Arc<RemoteTool>, Why> {
        let name = self.name(&end.server.name, definition, looks)?;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = shared.get(&name.local).filter(|tool| tool.definition() == definition) {
            return Ok(same.clone());
        }
        let schema = schema::reduce(&definition.schema)?;
        if definition.length() > LONGEST {
            return Err(Why::Long);
        }
        let local = name.local.clone();
        // An object's id holds nothing that a name does not.
        let tool = RemoteTool::new(end.clone(), name, definition.clone(), schema).map_err(|_| BadName::Characters)?;
        let tool = Arc::new(tool);
        if shared.len() >= MOST_SHARED {
            shared.clear();
        }
        shared.insert(local, tool.clone());
        Ok(tool)
    }

    /// Whether the tool is what it was when it was first seen. What it is now is noted for the operator.
    pub(super) async fn compare(
        &self,
        server: &Server,
        tenant: &str,
        definition: &Definition,
        pins: &[Pin],
    ) -> Result<Result<(), Why>, Cause> {
        let (name, named) = (&server.name, server.only.is_some());
        let first;
        let pin = match pins.iter().find(|pin| pin.definition.name == definition.name) {
            Some(pin) => pin,
            None if !named && pins.len() >= MOST_PINS => return Ok(Err(Why::Crowded)),
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
        Ok(if same { Ok(()) } else { Err(Why::Changed(definition.changes(&pin.definition))) })
    }

    /// The tool's name, when it looks like no tool of ours, no other server, and no other tool of its own.
    fn name(&self, server: &ServerName, definition: &Definition, looks: &Looks) -> Result<Name, BadName> {
        let name = Name::new(server, &definition.name)?;
        let servers = self.ends.keys().filter(|other| *other != server).map(ServerName::as_str);
        name.unlike(self.local.iter().map(|own| own.0.as_str()).chain(servers))?;
        let alike = name.looks().iter().any(|look| looks.get(look).is_some_and(|count| *count > 1));
        if alike { Err(BadName::Confusable("another tool of this server".to_owned())) } else { Ok(name) }
    }
}

/// What is pinned cannot be told: for the log.
pub(super) fn not_told(error: &Unavailable) -> Cause {
    tracing::warn!(%error, "what is pinned cannot be told");
    Cause::Pins
}
