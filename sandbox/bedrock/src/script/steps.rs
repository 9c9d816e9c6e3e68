//! Conditions between the steps of one message: "if she is active, disable her".

use super::clauses::Condition;
use super::outcome::{self, Outcome};
use super::phrase;
use super::turn::Turn;
use super::wants::Want;
use serde_json::Value;

/// Returns the sentence that says why a request is not carried out; `None` if nothing stands in its way. A condition
/// that cannot be checked does not hold.
pub(super) fn obstacle(want: &Want<'_>, turn: &Turn<'_>) -> Option<String> {
    let Condition::Status { states, negated } = want.condition? else {
        return Some("I can't check that condition, so I did nothing that depends on it.".to_owned());
    };
    let Some((person, status)) = turn.done.iter().rev().find_map(|(call, result)| {
        let Outcome::Data(Value::Object(members)) = outcome::of(result) else { return None };
        let status = members.get("status")?.as_str()?.to_lowercase();
        Some((phrase::person(call)?.to_owned(), status))
    }) else {
        return Some("I couldn't check that condition, so I did nothing that depends on it.".to_owned());
    };
    let holds = states.contains(&status.as_str()) != negated;
    (!holds).then(|| format!("That condition isn't met for {person}, so I changed nothing."))
}
