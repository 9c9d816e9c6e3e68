//! Standing approvals: a person approves a limited number of further actions in advance. The limits are signed together
//! with the question on whose page the person chose them.

use super::digest::{Definition, hash, sha256};
use super::{ApprovalId, Question};
use crate::ports::Millis;
use crate::{Actor, ToolCall, ToolName};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The action of a question, as standing approvals compare it.
#[derive(Debug, Clone, Copy)]
pub struct ActionKind<'a> {
    /// The call with its arguments.
    pub call: &'a ToolCall,
    /// The tool as it is defined now.
    pub definition: &'a Definition,
    /// The person or thing that the action affects, as the intent names it.
    pub target: &'a str,
}

/// The limits of a standing approval. The person's passkey signs their [`digest`](Self::digest) as its challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingLimits {
    /// The id of the question on whose page it was given, and so its own.
    pub id: ApprovalId,
    /// The digest of that question.
    pub question: String,
    /// Issuer of the identity of the person who gave it.
    pub issuer: String,
    /// Subject of that person.
    pub subject: String,
    /// The organization.
    pub tenant: String,
    /// The tool.
    pub tool: ToolName,
    /// The definition of the tool, see [`Definition`].
    pub definition: String,
    /// SHA-256 of the canonical JSON of each set of arguments that it covers, in hexadecimal. At most
    /// [`Self::MOST_ARGUMENTS`].
    pub arguments: Vec<String>,
    /// Most uses.
    pub uses: u32,
    /// The time from which it covers nothing.
    pub until: Millis,
}

impl StandingLimits {
    /// Most uses of one.
    pub const MOST_USES: u32 = 100;

    /// Longest validity, in milliseconds: a day.
    pub const LONGEST: Millis = 24 * 3_600_000;

    /// Most other objects that a person may name.
    pub const MOST_OTHERS: usize = 20;

    /// Most sets of arguments: those of the question, and one for each other object.
    pub const MOST_ARGUMENTS: usize = Self::MOST_OTHERS + 1;

    /// Longest name of an object, in characters.
    pub const LONGEST_NAME: usize = 100;

    /// Computes the digest that the person signs, in lower-case hexadecimal. It differs from that of every question,
    /// and for every other limit.
    ///
    /// # Errors
    /// An error if a text cannot be written as canonical JSON.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        let Self { id, question, issuer, subject, tenant, tool, definition, arguments, uses, until } = self;
        hash(&json!({
            "kind": "countersign standing approval 1",
            "id": id,
            "question": question,
            "person": { "issuer": issuer, "subject": subject, "tenant": tenant },
            "tool": tool,
            "definition": definition,
            "arguments": arguments,
            "uses": uses.to_string(),
            "until": until.to_string(),
        }))
    }

    /// Returns the id of the approval that use `number` is, so that the ledger admits each use once, whatever the store
    /// of standing approvals holds.
    #[must_use]
    pub fn use_id(&self, number: u32) -> ApprovalId {
        let hex = sha256(format!("countersign use {number} of standing approval {}", self.id).as_bytes());
        let mut bytes = [0; ApprovalId::LENGTH];
        for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
            // Two hexadecimal digits, of which the id takes five bits.
            *byte = pair.iter().fold(0, |value, digit| value << 4 | char::from(*digit).to_digit(16).unwrap_or(0) as u8);
        }
        ApprovalId::from_random(bytes)
    }

    /// Returns whether it covers this action of this person. Count, time and revocation are the store's.
    #[must_use]
    pub fn covers(&self, actor: &Actor, kind: &ActionKind<'_>) -> bool {
        let person = (self.issuer.as_str(), self.subject.as_str(), self.tenant.as_str());
        person == (actor.issuer(), actor.subject(), actor.tenant())
            && self.tool == kind.call.tool
            && self.definition == kind.definition.as_str()
            && arguments(&kind.call.input).is_ok_and(|own| self.arguments.contains(&own))
    }
}

/// Returns the form in which limits name a set of arguments.
///
/// # Errors
/// An error if they cannot be written as canonical JSON.
pub fn arguments(input: &Value) -> Result<String, serde_json::Error> {
    hash(input)
}

/// The part that a standing approval has in an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// The limits that were signed.
    pub limits: StandingLimits,
    /// The number of the use, counted from 1; `None` for the approval with which the person gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<u32>,
}

impl Standing {
    /// Checks that the approval of `question`, received at `at`, is one that these limits allow. The signature of the
    /// limits and the count are checked elsewhere.
    ///
    /// # Errors
    /// The contradiction.
    pub fn check(
        &self,
        question: &Question,
        actor: &Actor,
        kind: &ActionKind<'_>,
        at: Millis,
    ) -> Result<(), &'static str> {
        let Self { limits, used } = self;
        if used.is_none() {
            let is_own = (&limits.id, &limits.question) == (&question.id, &question.digest);
            return if is_own { Ok(()) } else { Err("the standing approval was given for another question") };
        }
        if !self.is_numbered_as(&question.id) {
            Err("the use of the standing approval has another number")
        } else if !limits.covers(actor, kind) || question.discloses.is_some() {
            Err("the standing approval covers another action")
        } else if at >= limits.until {
            Err("the standing approval has ended")
        } else {
            Ok(())
        }
    }

    /// Returns whether the approval with this id is the use that it claims to be.
    #[must_use]
    pub fn is_numbered_as(&self, id: &ApprovalId) -> bool {
        self.used.is_some_and(|number| (1..=self.limits.uses).contains(&number) && self.limits.use_id(number) == *id)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
