//! A call that waits for a person, as a task that its client polls (extension `io.modelcontextprotocol/tasks`, SEP-2663). The
//! task is the conversation of the call, so it outlives its client and this instance. Its id proves nothing: each request is
//! checked against the person, the client and the agents that asked.

use super::entered::Entered;
use super::{result, wait};
use crate::doors::DoorState;
use crate::time_text::rfc3339;
use agent::CallId;
use agent::ids::ConversationId;
use agent::ports::{Millis, Numbered, ReadError};
use agent::turn::Event;
use agent::via::RequestedCall;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolResponse, CallToolResult, CreateTaskResult, DetailedTask, GetTaskResult, Task, TaskPayload, TaskStatus,
};
use serde_json::Value;

/// Suggested pause between two polls, in milliseconds.
const POLL_MS: u64 = 2_000;

/// Begins the call and returns its task.
pub(super) async fn create(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    requested: &RequestedCall,
) -> Result<CallToolResponse, ErrorData> {
    match wait::begin(state, entered, conversation, requested).await {
        Ok(said) => {
            let id = task_id(conversation, said);
            let found = find(state, entered, &id).await?;
            let task = found.task(id, state).with_status_message("Waiting for the person.");
            Ok(CreateTaskResult::new(task).into())
        }
        Err(error) => Ok(result::error(&error.to_string(), "unavailable").into()),
    }
}

/// Returns the state of a task, and its result once it has one.
pub(super) async fn get(state: &DoorState, entered: &Entered, id: &str) -> Result<GetTaskResult, ErrorData> {
    let found = find(state, entered, id).await?;
    let payload = match found.outcome() {
        None => TaskPayload::Working,
        Some(outcome) => {
            wait::fetched(state, entered, &found.conversation, found.said).await;
            let Ok(Value::Object(result)) = serde_json::to_value(outcome) else {
                return Err(ErrorData::internal_error("The result cannot be written.", None));
            };
            TaskPayload::Completed { result }
        }
    };
    Ok(GetTaskResult::new(DetailedTask::new(found.task(id.to_owned(), state), payload)))
}

/// Refuses an answer: no task asks its client anything, and nothing that a client says approves.
pub(super) async fn update(state: &DoorState, entered: &Entered, id: &str) -> Result<(), ErrorData> {
    find(state, entered, id).await?;
    Err(ErrorData::invalid_params("This task asks nothing of the client.", None))
}

/// Stops the call, unless it has begun.
pub(super) async fn cancel(state: &DoorState, entered: &Entered, id: &str) -> Result<(), ErrorData> {
    let found = find(state, entered, id).await?;
    if found.outcome().is_some() {
        return Ok(());
    }
    let turns = &state.services.turns;
    let failed = |error: &dyn std::fmt::Display| {
        tracing::warn!(error = %error, "a task could not be cancelled");
        ErrorData::internal_error("The task cannot be cancelled right now.", None)
    };
    // A turn that has begun is stopped instead.
    let _ = turns.withdraw(&entered.actor, &found.conversation, found.said).await;
    turns.stop(&entered.actor, &found.conversation).await.map_err(|error| failed(&error))?;
    if let Some(call) = found.pending() {
        // Too late is no error: the call has an answer.
        let _ = turns.cancel(&entered.actor, &found.conversation, call).await;
    }
    Ok(())
}

/// Returns the id of the task of the call with this message.
pub(super) fn task_id(conversation: &ConversationId, said: u64) -> String {
    format!("{conversation}-{said}")
}

/// The log of a task from its message on.
struct Found {
    conversation: ConversationId,
    said: u64,
    log: Vec<Numbered>,
}

/// Finds a task of this person, client and agents. Everything else is answered alike.
async fn find(state: &DoorState, entered: &Entered, id: &str) -> Result<Found, ErrorData> {
    let unknown = || ErrorData::invalid_params("Unknown task.", None);
    let (conversation, said) = id.rsplit_once('-').ok_or_else(unknown)?;
    let conversation = ConversationId::try_from(conversation.to_owned()).map_err(|_| unknown())?;
    let said: u64 = said.parse().map_err(|_| unknown())?;
    let read = state.services.conversations.read_after(&entered.actor, &conversation, said.saturating_sub(1)).await;
    let log = match read {
        Ok(log) => log,
        Err(ReadError::Unavailable(error)) => {
            tracing::warn!(error = %error, "a task could not be read");
            return Err(ErrorData::internal_error("The task cannot be read right now.", None));
        }
        Err(ReadError::Deleted | ReadError::Unreadable { .. }) => return Err(unknown()),
    };
    let is_own = log.first().is_some_and(|first| match &first.event {
        Event::UserSaid { arrival: Some(arrival), .. } if first.number == said => {
            let via = &arrival.via;
            let has_scopes =
                |call: &RequestedCall| state.door.require_tool_scopes(&entered.caller, &call.tool.0).is_ok();
            arrival.call.as_ref().is_some_and(has_scopes)
                && (&via.door, &via.client, &via.agents)
                    == (&entered.via.door, &entered.via.client, &entered.via.agents)
        }
        _ => false,
    });
    if is_own { Ok(Found { conversation, said, log }) } else { Err(unknown()) }
}

impl Found {
    /// The events of this task: a later message of the conversation begins another one.
    fn own(&self) -> impl Iterator<Item = &Numbered> {
        let end = |entry: &&Numbered| !matches!(entry.event, Event::TurnStarted { said } if said != self.said);
        self.log.iter().take_while(end)
    }

    fn outcome(&self) -> Option<CallToolResult> {
        let ended = self.own().any(|entry| match &entry.event {
            Event::TurnEnded { said, .. } | Event::Withdrawn { said } => *said == self.said,
            _ => false,
        });
        let outcome = || self.own().find_map(|entry| result::of_event(&entry.event));
        ended.then(|| outcome().unwrap_or_else(wait::stopped))
    }

    /// The call, once it was proposed.
    fn pending(&self) -> Option<CallId> {
        self.own().find_map(|entry| match &entry.event {
            Event::CallProposed { call, .. } => Some(call.id.clone()),
            _ => None,
        })
    }

    fn task(&self, id: String, state: &DoorState) -> Task {
        let at = |entry: Option<&Numbered>| rfc3339(entry.map_or(Millis::default(), |entry| entry.at));
        let task = Task::new(id, TaskStatus::Working, at(self.log.first()), at(self.own().last()));
        let task = task.with_poll_interval_ms(POLL_MS);
        let told = self.own().filter_map(|entry| wait::waiting_for(state, &self.conversation, &entry.event)).last();
        match told {
            Some(message) => task.with_status_message(message),
            None => task,
        }
    }
}
