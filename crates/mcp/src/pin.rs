//! What a tool was when it was first seen. A server that changes a tool afterwards (a *rug pull*) must not have the trust
//! that the first one was given.

use crate::ServerName;
use agent::ports::{Millis, Unavailable};
use agent::visible::visible;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All that a server says about a tool and that somebody may rely on, uncleaned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// The name, as the server has it.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The schema of the arguments.
    pub schema: Value,
    /// The annotations, of which the risk may depend.
    pub annotations: Value,
}

impl Definition {
    /// SHA-256 of the canonical JSON (RFC 8785), in hexadecimal; `None` when there is no such form, which is nobody's pin.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        let canonical = serde_json_canonicalizer::to_vec(self).ok()?;
        Some(Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// How long it is, in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        let text = self.name.len() + self.description.as_ref().map_or(0, String::len);
        text + self.schema.to_string().len() + self.annotations.to_string().len()
    }

    /// What changed from `before` to this, for the operator: lines that begin with `-` and `+`, nothing in them invisible.
    #[must_use]
    pub fn changes(&self, before: &Self) -> Vec<String> {
        let (old, new) = (before.lines(), self.lines());
        let gone =
            old.iter().filter(|(at, text)| new.get(*at) != Some(text)).map(|(at, text)| format!("- {at}: {text}"));
        let come =
            new.iter().filter(|(at, text)| old.get(*at) != Some(text)).map(|(at, text)| format!("+ {at}: {text}"));
        gone.chain(come).collect()
    }

    fn lines(&self) -> BTreeMap<String, String> {
        let mut lines = BTreeMap::new();
        flatten("description", &self.description.as_deref().map_or(Value::Null, Value::from), &mut lines);
        flatten("schema", &self.schema, &mut lines);
        flatten("annotations", &self.annotations, &mut lines);
        lines
    }
}

impl From<&rmcp::model::Tool> for Definition {
    fn from(tool: &rmcp::model::Tool) -> Self {
        Self {
            name: tool.name.to_string(),
            description: tool.description.as_deref().map(str::to_owned),
            schema: Value::Object((*tool.input_schema).clone()),
            annotations: tool.annotations.as_ref().and_then(|own| serde_json::to_value(own).ok()).unwrap_or_default(),
        }
    }
}

fn flatten(at: &str, value: &Value, lines: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, own)| flatten(&format!("{at}/{}", visible(key)), own, lines));
        }
        other => drop(lines.insert(at.to_owned(), visible(&other.to_string()))),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attack_44_every_change_has_another_digest_and_can_be_read() {
        let old = Definition {
            name: "weather".to_owned(),
            description: Some("The weather.".to_owned()),
            schema: json!({"type": "object", "properties": {"place": {"type": "string"}}}),
            annotations: Value::Null,
        };
        let reordered = Definition {
            schema: json!({"properties": {"place": {"type": "string"}}, "type": "object"}),
            ..old.clone()
        };
        assert_eq!((reordered.digest(), reordered.changes(&old)), (old.digest(), vec![]));

        let told = Definition { description: Some("The weather.\u{202e}".to_owned()), ..old.clone() };
        let mut asked = old.clone();
        asked.schema["properties"]["token"] = json!({"type": "string"});
        let hinted = Definition { annotations: json!({"readOnlyHint": true}), ..old.clone() };
        let rows = [
            (told, vec!["- description: \"The weather.\"", "+ description: \"The weather.\u{27e8}U+202E\u{27e9}\""]),
            (asked, vec!["+ schema/properties/token/type: \"string\""]),
            (hinted, vec!["- annotations: null", "+ annotations/readOnlyHint: true"]),
        ];
        for (new, changes) in rows {
            assert_ne!(new.digest(), old.digest());
            assert_eq!(new.changes(&old), changes);
        }
    }
}
