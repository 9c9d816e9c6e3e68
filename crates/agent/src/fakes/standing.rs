//! Standing approvals for tests.

use super::{actor, question};
use crate::approval::{Definition, StandingLimits, arguments};
use crate::ports::Millis;
use crate::tool::ToolSpec;
use crate::{CallId, ToolCall, ToolName};
use serde_json::json;

/// Returns the call that [`question`] asks about, and the definition of its tool.
///
/// # Panics
/// Never: both are constants.
#[must_use]
pub fn kind() -> (ToolCall, Definition) {
    let name = ToolName("deed".into());
    let spec = ToolSpec { name: name.clone(), description: "Does it.".into(), input_schema: json!({"type": "object"}) };
    let definition = Definition::of(&spec).unwrap_or_else(|error| panic!("{error}"));
    (ToolCall { id: CallId("call-1-1".into()), tool: name, input: json!({ "id": "1" }) }, definition)
}

/// Returns limits that Ada chose on the page of question 1, for the call of [`kind`].
///
/// # Panics
/// Never: all of it is constant.
#[must_use]
pub fn limits(uses: u32, until: Millis) -> StandingLimits {
    let (ada, question, (call, definition)) = (actor("ada"), question(1), kind());
    StandingLimits {
        id: question.id,
        question: question.digest,
        issuer: ada.issuer().to_owned(),
        subject: ada.subject().to_owned(),
        tenant: ada.tenant().to_owned(),
        tool: call.tool,
        definition: definition.as_str().to_owned(),
        arguments: vec![arguments(&call.input).unwrap_or_else(|error| panic!("{error}"))],
        uses,
        until,
    }
}
