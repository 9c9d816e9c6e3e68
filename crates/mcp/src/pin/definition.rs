//! What a server says of a tool, its digest, and how an operator reads what changed in it. Whatever differs has another
//! digest and another line: no member can stand in for another one, or hide it.

use crate::schema;
use agent::approval::canonical;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

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
    /// SHA-256 of the canonical JSON with exact numbers, in hexadecimal. `None` when there is no such form, which is nobody's
    /// pin.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        let canonical = canonical(&serde_json::to_value(self).ok()?).ok()?;
        Some(Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// How long it is, in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        let text = self.name.len() + self.description.as_ref().map_or(0, String::len);
        text + self.schema.to_string().len() + self.annotations.to_string().len()
    }

    /// What changed from `before` to this, for the operator: lines that begin with `-` and `+`, nothing in them invisible.
    /// What weighs most comes first, however much follows: the name, the description, the annotations, then under `model`
    /// the arguments as the model is given them, and under `schema` all that the server says of them.
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

    /// All of it, in lines. Two that differ never have the same ones.
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

/// One line for each value that is no object; a list is one value, so that no key looks like a place in it.
fn flatten(at: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, own)| flatten(&format!("{at}/{}", token(key)), own, lines));
        }
        other => lines.push(format!("{at}: {}", shown(&other.to_string(), |_| false))),
    }
}

/// A key as a reference token of a JSON Pointer (RFC 6901), in plain letters, without what could end it in a line.
fn token(key: &str) -> String {
    let pointer = key.replace('~', "~0").replace('/', "~1");
    shown(&pointer, |c| !c.is_ascii_graphic() || matches!(c, ':' | '"' | '\\'))
}

/// The text with the code point of each character that is `foreign` here, has no look of its own, or begins a code point.
fn shown(text: &str, foreign: impl Fn(char) -> bool) -> String {
    let odd = |c: char| c == '\u{27e8}' || text::is_hidden(c) || (c.is_whitespace() && c != ' ');
    text::escaped(text, |c| odd(c) || foreign(c))
}

#[cfg(test)]
mod tests;
