//! What a tool was when it was first seen. A server that changes a tool afterwards (a *rug pull*) must not have the trust
//! that the first one was given.

use crate::ServerName;
use agent::ports::Unavailable;
use agent::visible::visible;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

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

/// Keeps what tools were. A later store must do both as one conditional write.
#[async_trait]
pub trait Pins: Send + Sync {
    /// What is pinned for this tool of this server; `definition` from now on, when nothing was.
    ///
    /// # Errors
    /// [`Unavailable`] when that cannot be told: the tool is then not offered.
    async fn first(&self, server: &ServerName, definition: &Definition) -> Result<Definition, Unavailable>;

    /// Pins `definition` in place of what was pinned: the operator has read the changes.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be written.
    async fn renew(&self, server: &ServerName, definition: &Definition) -> Result<(), Unavailable>;
}

/// Pins that last as long as the process.
#[derive(Debug, Default)]
pub struct MemoryPins(Mutex<BTreeMap<(ServerName, String), Definition>>);

#[async_trait]
impl Pins for MemoryPins {
    async fn first(&self, server: &ServerName, definition: &Definition) -> Result<Definition, Unavailable> {
        let mut pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(pins.entry((server.clone(), definition.name.clone())).or_insert_with(|| definition.clone()).clone())
    }

    async fn renew(&self, server: &ServerName, definition: &Definition) -> Result<(), Unavailable> {
        let mut pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pins.insert((server.clone(), definition.name.clone()), definition.clone());
        Ok(())
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
