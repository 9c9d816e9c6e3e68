//! The standing approval that a person may give on the page of a question, and their choice within its bounds.

use crate::Actor;
use crate::approval::{ActionKind, Question, StandingLimits, arguments};
use crate::ports::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The bounds of the standing approval that a person may give with their answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingOffer {
    /// Most uses.
    pub uses: u32,
    /// Longest validity, in milliseconds.
    pub longest: Millis,
    /// The definition of the tool.
    definition: String,
    /// The arguments of the call.
    input: Value,
    /// The name of the object that the action affects, if one argument is this name: another object's can take its
    /// place.
    target: Option<String>,
}

/// The standing approval that a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingChoice {
    /// Most uses.
    pub uses: u32,
    /// The time from which it covers nothing.
    pub until: Millis,
    /// The other objects that it covers, by name.
    #[serde(default)]
    pub others: Vec<String>,
}

/// The choice is not within the bounds of the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadChoice {
    /// The number of uses is 0 or too large.
    #[error("the number of uses is out of bounds")]
    Uses,
    /// The end is not in the future, or too far in it.
    #[error("the end is out of bounds")]
    Until,
    /// There are too many names, one is empty or too long, or the action takes no other object.
    #[error("the other objects are out of bounds")]
    Others,
}

impl StandingOffer {
    /// Creates the offer for an action.
    #[must_use]
    pub fn of(kind: &ActionKind<'_>, uses: u32, longest: Millis) -> Self {
        let input = kind.call.input.clone();
        let target = (count(&input, kind.target) == 1).then(|| kind.target.to_owned());
        Self { uses, longest, definition: kind.definition.as_str().to_owned(), input, target }
    }

    /// Returns whether the person may name other objects.
    #[must_use]
    pub const fn takes_others(&self) -> bool {
        self.target.is_some()
    }

    /// Returns the limits that `actor` signs with their answer to `question`.
    ///
    /// # Errors
    /// See [`BadChoice`].
    pub fn limits(
        &self,
        actor: &Actor,
        question: &Question,
        choice: &StandingChoice,
        now: Millis,
    ) -> Result<StandingLimits, BadChoice> {
        let StandingChoice { uses, until, others } = choice;
        let is_name = |name: &String| {
            (1..=StandingLimits::LONGEST_NAME).contains(&name.chars().count()) && name.trim() == name.as_str()
        };
        if !(1..=self.uses.min(StandingLimits::MOST_USES)).contains(uses) {
            return Err(BadChoice::Uses);
        } else if *until <= now || *until > now.saturating_add(self.longest.min(StandingLimits::LONGEST)) {
            return Err(BadChoice::Until);
        } else if others.len() > StandingLimits::MOST_OTHERS || !others.iter().all(is_name) {
            return Err(BadChoice::Others);
        }
        let mut all = vec![arguments(&self.input).map_err(|_| BadChoice::Others)?];
        for name in others {
            let target = self.target.as_deref().ok_or(BadChoice::Others)?;
            all.push(arguments(&replaced(&self.input, target, name)).map_err(|_| BadChoice::Others)?);
        }
        Ok(StandingLimits {
            id: question.id.clone(),
            question: question.digest.clone(),
            issuer: actor.issuer().to_owned(),
            subject: actor.subject().to_owned(),
            tenant: actor.tenant().to_owned(),
            tool: question.tool.clone(),
            definition: self.definition.clone(),
            arguments: all,
            uses: *uses,
            until: *until,
        })
    }
}

/// Counts the texts in `value` that are `name`.
fn count(value: &Value, name: &str) -> usize {
    match value {
        Value::String(text) => usize::from(text == name),
        Value::Array(items) => items.iter().map(|item| count(item, name)).sum(),
        Value::Object(members) => members.values().map(|item| count(item, name)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Returns `value` with `other` in the place of the text `name`.
fn replaced(value: &Value, name: &str, other: &str) -> Value {
    match value {
        Value::String(text) if text == name => Value::String(other.to_owned()),
        Value::Array(items) => items.iter().map(|item| replaced(item, name, other)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, item)| (key.clone(), replaced(item, name, other))).collect())
        }
        other => other.clone(),
    }
}
