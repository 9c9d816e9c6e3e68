//! A server's definition of a tool, its digest, and its changes in a form that an operator can read. Different
//! definitions have different digests and different lines: no member can stand in for another one, or hide it.

use agent::approval::canonical;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use untrusted::schema;

/// Everything that a server says about a tool and that anything may depend on, uncleaned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// The name at the server.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The schema of the arguments.
    pub schema: Value,
    /// The annotations, on which the risk may depend.
    pub annotations: Value,
}

impl Definition {
    /// SHA-256 of the canonical JSON with exact numbers, in hexadecimal. `None` if there is no canonical form; such a
    /// definition matches no pin.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        let canonical = canonical(&serde_json::to_value(self).ok()?).ok()?;
        Some(Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The length in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        let text = self.name.len() + self.description.as_ref().map_or(0, String::len);
        text + self.schema.to_string().len() + self.annotations.to_string().len()
    }

    /// The changes from `before` to this, for the operator: lines that begin with `-` or `+` and contain nothing
    /// invisible. The most important ones come first, regardless of the number of others: the name, the description,
    /// the annotations, then under `model` the arguments as the model receives them, and under `schema` the server's
    /// complete schema.
    #[must_use]
    pub fn changes(&self, before: &Self) -> Vec<String> {
        let both = before.parts().into_iter().zip(self.parts());
        both.flat_map(|(old, new)| {
            let (was, is): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
            let gone = old.iter().filter(|line| !is.contains(line)).map(|line| format!("- {line}"));
            let come = new.iter().filter(|line| !was.contains(line)).map(|line| format!("+ {line}"));
            gone.chain(come).collect::<Vec<_>>()
        })
        .collect()
    }

    /// The complete definition as lines. Different definitions never have the same lines.
    fn parts(&self) -> [Vec<String>; 5] {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        [
            lines("name", &text(Some(&self.name))),
            lines("description", &text(self.description.as_deref())),
            lines("annotations", &self.annotations),
            lines("model", &schema::reduce(&self.schema).unwrap_or_default()),
            lines("schema", &self.schema),
        ]
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

fn lines(at: &str, value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    flatten(at, value, &mut lines);
    lines
}

/// Emits one line for each value that is not an object. A list is one value, so that no key can look like an index.
fn flatten(at: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, own)| flatten(&format!("{at}/{}", token(key)), own, lines));
        }
        other => lines.push(format!("{at}: {}", shown(&other.to_string(), |_| false))),
    }
}

/// A key as a reference token of a JSON Pointer (RFC 6901) in printable ASCII, without characters that could end it in
/// a line.
fn token(key: &str) -> String {
    let pointer = key.replace('~', "~0").replace('/', "~1");
    shown(&pointer, |c| !c.is_ascii_graphic() || matches!(c, ':' | '"' | '\\'))
}

/// Replaces each character that `foreign` rejects, that is invisible, or that starts a code point notation, by its code
/// point.
fn shown(text: &str, foreign: impl Fn(char) -> bool) -> String {
    let odd = |c: char| c == '\u{27e8}' || text::is_hidden(c) || (c.is_whitespace() && c != ' ');
    text::escaped(text, |c| odd(c) || foreign(c))
}

#[cfg(test)]
mod tests;
