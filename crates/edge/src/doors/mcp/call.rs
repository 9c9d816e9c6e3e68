//! One call. It runs by itself if it needs nobody, and otherwise waits for the person in a conversation of its own.

use super::entered::Entered;
use super::{elicit, listing, result, task, wait};
use crate::backend::errors::limited;
use crate::doors::DoorState;
use crate::doors::conversation::named;
use agent::approval::canonical;
use agent::ids::ConversationId;
use agent::ports::{ReadError, Unavailable};
use agent::turn::AloneEnd;
use agent::via::RequestedCall;
use agent::{CallId, Place, Refusal, ToolName};
use rmcp::ErrorData;
use rmcp::model::{CallToolRequestParams, CallToolResponse};
use rmcp::service::{RequestContext, RoleServer};

/// Answers a call, or comes back to it with the state that its client holds.
pub(super) async fn answer(
    state: &DoorState,
    entered: &Entered,
    params: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let CallToolRequestParams { name, arguments, input_responses, request_state, .. } = params;
    let requested = RequestedCall { tool: ToolName(name.into_owned()), input: arguments.unwrap_or_default().into() };
    // A tool that the caller sees was refused before, with a status that tells the client which scopes to ask for.
    if state.door.require_tool_scopes(&entered.caller, &requested.tool.0).is_err() {
        return Err(unknown(&requested));
    }
    if let Err(limit) = state.services.turns.count_post(&entered.actor) {
        return Ok(result::error(&limited(limit).to_string(), "limited").into());
    }
    let Ok(conversation) = conversation(entered, &requested) else {
        return Ok(result::error("The arguments cannot be read.", "bad_input").into());
    };
    if let Some(text) = request_state {
        let held = (text.as_str(), input_responses.as_ref());
        return elicit::resume(state, entered, &conversation, held, context).await.map(Into::into);
    }
    match run(state, entered, &conversation, &requested).await? {
        // The guard refuses this before; no agent ever has a question asked.
        AloneEnd::NeedsPerson if entered.actor.is_agent() => {
            Ok(result::of(AloneEnd::Refused(Refusal::NoPerson)).into())
        }
        AloneEnd::NeedsPerson if context.client_capabilities().is_some_and(|own| own.supports_tasks()) => {
            task::create(state, entered, &conversation, &requested).await
        }
        AloneEnd::NeedsPerson if elicit::is_possible(context) => {
            elicit::ask(state, entered, &conversation, &requested, context).await
        }
        AloneEnd::NeedsPerson => Ok(wait::answer(state, entered, &conversation, &requested, context).await.into()),
        AloneEnd::NoSuchTool => Err(unknown(&requested)),
        AloneEnd::Refused(Refusal::Forbidden { .. } | Refusal::Denied { .. })
            if !listing::is_visible(state, &entered.actor, &requested.tool).await =>
        {
            Err(unknown(&requested))
        }
        end => Ok(result::of(end).into()),
    }
}

/// Runs the call by itself, unless the same call of before waits in its conversation or has an outcome there that was not told:
/// once the person has connected an account, nobody is needed any more, and the call would be done twice.
async fn run(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    requested: &RequestedCall,
) -> Result<AloneEnd, ErrorData> {
    let unavailable =
        |error: Unavailable| AloneEnd::Refused(Refusal::Unavailable { service: error.service.to_owned() });
    let turns = &state.services.turns;
    match turns.awaited(&entered.actor, conversation).await {
        Ok(None) | Err(ReadError::Deleted) => {}
        Ok(Some(_)) => return Ok(AloneEnd::NeedsPerson),
        Err(error) => return Ok(unavailable(error.into())),
    }
    let random = system::random::text().map_err(|_| ErrorData::internal_error("No id could be made.", None))?;
    let place = Place { conversation: conversation.clone(), call: CallId(random) };
    Ok(turns.call_alone(&entered.actor, place, requested.clone()).await.unwrap_or_else(unavailable))
}

/// The answer to a tool that the caller does not see. Those that are hidden and those that do not exist are not told apart.
fn unknown(requested: &RequestedCall) -> ErrorData {
    ErrorData::invalid_params(format!("Unknown tool: {}", requested.tool), None)
}

/// Returns the conversation of exactly this call of this person, through this client and these agents. A client that asks
/// again comes back to it, and nobody else does.
///
/// # Errors
/// The arguments have no canonical form (RFC 8785).
fn conversation(entered: &Entered, requested: &RequestedCall) -> Result<ConversationId, serde_json::Error> {
    let (via, input) = (&entered.via, canonical(&requested.input)?);
    let rest = via.agents.iter().map(String::as_str).chain(["", &requested.tool.0, &input]);
    Ok(named(super::NAME, &entered.actor, via.client.as_deref(), rest))
}
