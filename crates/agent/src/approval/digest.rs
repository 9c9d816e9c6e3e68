//! The digest that an approval is bound to: SHA-256 of canonical JSON (RFC 8785, with exact numbers) of everything that
//! determines the action.

use super::{ApprovalId, canonical};
use crate::ids::ConversationId;
use crate::intent::Object;
use crate::ports::Millis;
use crate::tool::ToolSpec;
use crate::{Actor, ToolCall};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A tool's identity: SHA-256 of its name, description and schema as canonical JSON, in lower-case hexadecimal. A
/// pending request stores this instead of the whole definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition(String);

impl Definition {
    /// Computes the definition of a tool from its specification.
    ///
    /// # Errors
    /// An error if the schema cannot be written as canonical JSON.
    pub fn of(spec: &ToolSpec) -> Result<Self, serde_json::Error> {
        let ToolSpec { name, description, input_schema } = spec;
        hash(&json!({ "name": name, "description": description, "input": input_schema })).map(Self)
    }

    /// The digest, in lower-case hexadecimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The input of a digest.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The person on whose behalf the action is done.
    pub actor: &'a Actor,
    /// The conversation.
    pub conversation: &'a ConversationId,
    /// The call with its arguments.
    pub call: &'a ToolCall,
    /// The object that was looked up, if the tool looks one up.
    pub target: Option<&'a Object>,
    /// The tool as it is defined now.
    pub definition: &'a Definition,
    /// The nonce.
    pub nonce: &'a ApprovalId,
    /// The time until which an answer is accepted.
    pub until: Millis,
    /// The period after the approval in which the action may start.
    pub window: Millis,
    /// The external recipient to whom an approval lets data go.
    pub discloses: Option<&'a str>,
}

/// Computes the digest in lower-case hexadecimal. It differs for every other actor, tool, definition, argument, object,
/// conversation, call, nonce, expiry, window or recipient.
///
/// # Errors
/// An error if the arguments cannot be written as canonical JSON.
pub fn digest(subject: &Subject<'_>) -> Result<String, serde_json::Error> {
    let Subject { actor, conversation, call, target, definition, nonce, until, window, discloses } = subject;
    let mut bound = json!({
        "tool": call.tool,
        "definition": definition.0,
        "arguments": call.input,
        "actor": { "issuer": actor.issuer(), "subject": actor.subject(), "tenant": actor.tenant() },
        "conversation": conversation,
        "call": call.id,
        "nonce": nonce,
        "until": until.to_string(),
        "window": window.to_string(),
        "discloses": discloses,
    });
    if let Some(target) = target {
        bound["target"] = target.to_string().into();
    }
    hash(&bound)
}

/// SHA-256 of the canonical JSON of `value`.
pub(super) fn hash(value: &Value) -> Result<String, serde_json::Error> {
    Ok(sha256(canonical(value)?.as_ref()))
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::actor;
    use crate::{CallId, ToolName};
    use std::collections::BTreeSet;

    #[test]
    fn every_change_to_an_action_changes_its_digest() {
        let (ada, bob) = (actor("ada"), actor("bob"));
        let (here, there) = (ConversationId::from_random([1; 26]), ConversationId::from_random([2; 26]));
        let call =
            |id: &str, tool: &str, input: Value| ToolCall { id: CallId(id.into()), tool: ToolName(tool.into()), input };
        let spec = |text: &str| {
            let (name, input_schema) = (ToolName("reset".into()), json!({"type": "object"}));
            Definition::of(&ToolSpec { name, description: text.into(), input_schema }).unwrap()
        };
        let (one, two) = (spec("one"), spec("two"));
        let calls = [
            call("call-1-1", "reset", json!({"user": "bob", "mail": true})),
            call("call-1-2", "reset", json!({"user": "bob", "mail": true})),
            call("call-1-1", "delete", json!({"user": "bob", "mail": true})),
            call("call-1-1", "reset", json!({"user": "b\u{43e}b", "mail": true})),
            call("call-1-1", "reset", json!({"user": "bob", "mail": "true"})),
            call("call-1-1", "reset", json!({"user": "bob", "mail": 9_007_199_254_740_992_u64})),
            call("call-1-1", "reset", json!({"user": "bob", "mail": 9_007_199_254_740_993_u64})),
            call("call-1-1", "reset", json!({"user": "bob", "mail": 1_234_567_890_123_456_789_u64})),
            call("call-1-1", "reset", json!({"user": "bob", "mail": 1_234_567_890_123_456_800_u64})),
            call("call-1-1", "reset", json!({"user": "bob", "mail": 1_234_567_890_123_456_800.0})),
        ];
        let nonces = [ApprovalId::from_random([1; 26]), ApprovalId::from_random([2; 26])];
        let first = Subject {
            actor: &ada,
            conversation: &here,
            call: &calls[0],
            target: None,
            definition: &one,
            nonce: &nonces[0],
            until: 1,
            window: 1,
            discloses: None,
        };
        let objects = [Object::new("thing", "1").unwrap(), Object::new("thing", "2").unwrap()];
        let mut all = vec![
            first,
            Subject { target: Some(&objects[0]), ..first },
            Subject { target: Some(&objects[1]), ..first },
            Subject { actor: &bob, ..first },
            Subject { conversation: &there, ..first },
            Subject { definition: &two, ..first },
            Subject { nonce: &nonces[1], ..first },
            Subject { until: 2, ..first },
            Subject { window: 2, ..first },
            Subject { discloses: Some("desk"), ..first },
        ];
        all.extend(calls[1..].iter().map(|call| Subject { call, ..first }));
        let digests: BTreeSet<String> = all.iter().map(|subject| digest(subject).unwrap()).collect();
        assert_eq!(digests.len(), all.len());
    }

    #[test]
    fn the_order_and_spelling_of_the_same_arguments_do_not_matter() {
        let ada = actor("ada");
        let here = ConversationId::from_random([1; 26]);
        let nonce = ApprovalId::from_random([1; 26]);
        let spec = ToolSpec { name: ToolName("reset".into()), description: String::new(), input_schema: json!({}) };
        let spec = Definition::of(&spec).unwrap();
        let of = |text: &str| {
            let call = ToolCall {
                id: CallId("c".into()),
                tool: ToolName("reset".into()),
                input: serde_json::from_str(text).unwrap(),
            };
            digest(&Subject {
                actor: &ada,
                conversation: &here,
                call: &call,
                target: None,
                definition: &spec,
                nonce: &nonce,
                until: 1,
                window: 1,
                discloses: None,
            })
            .unwrap()
        };
        assert_eq!(of(r#"{"a": 1, "b": "é"}"#), of(r#"{ "b":"\u00e9", "a":1.0 }"#));
    }
}
