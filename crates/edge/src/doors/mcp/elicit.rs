//! Elicitation: a client that can open pages asks the person to open the page of the call, where an account is connected or the
//! confirmation stands, and then calls again. (revision 2026-07-28, client/elicitation and basic/patterns/mrtr)
//!
//! Nothing that the client answers approves anything: `accept` says that a page was opened, and the page needs a session of the
//! person's own. Revisions before declare the capability in a session, and this door keeps none, so their clients are told by
//! progress notifications.

use super::entered::Entered;
use super::request_state::RequestState;
use super::wait::{self, StopAt, Waited};
use super::{result, task};
use crate::doors::DoorState;
use agent::ids::ConversationId;
use agent::ports::{Clock, Millis};
use agent::via::RequestedCall;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolResponse, CallToolResult, ElicitRequest, ElicitRequestParams, InputRequest, InputRequests,
    InputRequiredResult, InputResponses, ProtocolVersion,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;
use system::SystemClock;

/// Longest time for which a client may hold a state, in milliseconds. The call goes on without it.
const LIFETIME_MS: Millis = 15 * 60 * 1000;

/// Returns whether the client can be asked to open a page.
pub(super) fn is_possible(context: &RequestContext<RoleServer>) -> bool {
    let opens = context.client_capabilities().and_then(|own| own.elicitation).is_some_and(|own| own.url.is_some());
    opens && context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// Begins the call or joins it, and asks the client to open its page as soon as the person is needed.
pub(super) async fn ask(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    requested: &RequestedCall,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let said = match wait::begin(state, entered, conversation, requested).await {
        Ok(said) => said,
        Err(error) => return Ok(result::error(&error.to_string(), "unavailable").into()),
    };
    match wait::follow(state, entered, conversation, said, StopAt::Person, context).await {
        Waited::Person(message) => question(state, entered, conversation, said, message).map(Into::into),
        waited => Ok(waited.result(state, conversation).into()),
    }
}

/// Returns the question, and the state by which the client comes back to the call.
fn question(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    said: u64,
    message: String,
) -> Result<InputRequiredResult, ErrorData> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(error = %error, "a client could not be asked to open a page");
        ErrorData::internal_error("The person cannot be asked right now.", None)
    };
    let key = system::random::text().map_err(|error| failed(&error))?;
    let until = entered.via.until.min(SystemClock.now() + LIFETIME_MS);
    let own = RequestState { said, key: key.clone(), until };
    let sealed = own.seal(&state.keyring.now(), conversation).map_err(|error| failed(&error))?;
    let page = ElicitRequestParams::UrlElicitationParams {
        meta: None,
        message,
        url: wait::page(state, conversation),
        elicitation_id: key.clone(),
    };
    let asked = InputRequests::from([(key, InputRequest::Elicitation(ElicitRequest::new(page)))]);
    Ok(InputRequiredResult::new(Some(asked), Some(sealed)))
}

/// Comes back to a call: waits for its outcome, or takes it back if the person declined. Begins nothing.
///
/// # Errors
/// The state is not of this call of this person through this client, has ended, or its outcome was told already.
pub(super) async fn resume(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    (text, answers): (&str, Option<&InputResponses>),
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let opened = RequestState::open(&state.keyring.now(), conversation, text, SystemClock.now());
    let awaited = state.services.turns.awaited(&entered.actor, conversation).await.map_err(|error| {
        tracing::warn!(error = %error, "a call could not be joined");
        ErrorData::internal_error("The call cannot be joined right now.", None)
    })?;
    let Some(own) = opened.filter(|own| awaited == Some(own.said)) else {
        return Err(ErrorData::invalid_params("The request state is not one of this call, or has ended.", None));
    };
    let action = answers.and_then(|answers| answers.get(&own.key)?.get("action")).and_then(Value::as_str);
    if matches!(action, Some("decline" | "cancel")) {
        task::cancel(state, entered, &task::task_id(conversation, own.said)).await?;
    }
    let waited = wait::follow(state, entered, conversation, own.said, StopAt::Outcome, context).await;
    Ok(waited.result(state, conversation))
}
