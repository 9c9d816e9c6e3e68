//! The outcome of a call as a result that a model can read. Only what the tool returned, or a sentence about why nothing was
//! done: no token, no argument of ours.

use crate::backend::convert;
use agent::Refusal;
use agent::tool::ToolOutput;
use agent::turn::{AloneEnd, Event};
use app::Texts;
use app::ui::refusal_text;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

/// Returns the result of a call that nobody attended.
pub(super) fn of(end: AloneEnd) -> CallToolResult {
    match end {
        AloneEnd::Done(ToolOutput { content, .. }) => done(content),
        AloneEnd::Failed(reason) => error(&reason, "failed"),
        AloneEnd::Unknown => unknown(),
        AloneEnd::Refused(refusal) => refused(refusal),
        AloneEnd::NoSuchTool | AloneEnd::NeedsPerson => error("Nothing was done.", "failed"),
    }
}

/// Returns the result that this event of a conversation is; `None` for other events.
pub(super) fn of_event(event: &Event) -> Option<CallToolResult> {
    match event {
        Event::CallDone { content, .. } => Some(done(content.clone())),
        Event::CallFailed { reason, .. } => Some(error(reason, "failed")),
        Event::CallUnknown { .. } => Some(unknown()),
        Event::CallRefused { refusal, .. } => Some(refused(refusal.clone())),
        _ => None,
    }
}

/// Returns a result that says that nothing was done, with a kind for programs.
pub(super) fn error(text: &str, kind: &str) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    result.structured_content = Some(json!({ "error": kind }));
    result
}

fn done(content: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(content.to_string())]);
    result.structured_content = Some(if content.is_object() { content } else { json!({ "result": content }) });
    result
}

fn unknown() -> CallToolResult {
    error("The call was started, and it is not known if it was done. Do not repeat it.", "unknown")
}

fn refused(refusal: Refusal) -> CallToolResult {
    let kind = kind(&refusal);
    let policies = match &refusal {
        Refusal::Forbidden { policies } => Some(policies.clone()),
        _ => None,
    };
    if matches!(refusal, Refusal::NoPerson) {
        return error("This needs a person, and an agent asks for itself. Nothing was done.", kind);
    }
    let mut result = error(&refusal_text(&convert::refusal(refusal), Texts::default()), kind);
    if let (Some(policies), Some(Value::Object(members))) = (policies, result.structured_content.as_mut()) {
        members.insert("policies".to_owned(), policies.into());
    }
    result
}

/// Returns the kind of a refusal for programs.
const fn kind(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Denied { .. } => "denied",
        Refusal::Forbidden { .. } => "policy",
        Refusal::NoPerson => "no_person",
        Refusal::NotApproved { .. } => "not_approved",
        Refusal::NotConnected { .. } | Refusal::MoreScopes { .. } | Refusal::SeveralAccounts { .. } => "no_account",
        Refusal::SignInAgain => "sign_in_again",
        Refusal::Unavailable { .. } => "unavailable",
        Refusal::BadInput { .. } | Refusal::UnusableTarget { .. } => "bad_input",
        Refusal::OverLimit { .. } => "limited",
    }
}
