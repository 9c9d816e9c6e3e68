//! A call that waits for a person while its client waits too. The client is told of the wait by progress notifications. If it
//! gives up, the call goes on, and the same call again joins it.

use super::entered::Entered;
use super::result;
use crate::backend::errors::{not_now, not_posted};
use crate::doors::DoorState;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{Clock, Header};
use agent::turn::Event;
use agent::via::{Arrival, RequestedCall};
use app::wire::ApiError;
use rmcp::model::{CallToolResult, ProgressNotificationParam};
use rmcp::service::{RequestContext, RoleServer};
use std::time::Duration;
use system::SystemClock;
use tokio::time::{Instant, timeout_at};
use turns::{WatchItem, Watching};

/// Longest time for which a request is held. Proxies rarely allow more, and the call goes on without it.
const LONGEST_WAIT: Duration = Duration::from_secs(14 * 60);

/// Begins the call in its conversation, or joins it; returns the number of its message.
///
/// # Errors
/// [`ApiError`] if a limit is reached or the store does not answer.
pub(super) async fn begin(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    requested: &RequestedCall,
) -> Result<u64, ApiError> {
    let services = &state.services;
    let text = format!("Use the tool {}", requested.tool);
    let header = Header::new(conversation.clone(), text.clone(), SystemClock.now());
    services.conversations.begin(&entered.actor, &header).await.map_err(not_now)?;
    let random = system::random::text().map_err(crate::backend::errors::internal)?;
    let key = IdempotencyKey::try_from(random).map_err(crate::backend::errors::internal)?;
    let arrival = Arrival { via: entered.via.clone(), call: Some(requested.clone()) };
    services.turns.request(&entered.actor, conversation, &text, &key, &arrival).await.map_err(not_posted)
}

/// The event at which a wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopAt {
    /// The outcome.
    Outcome,
    /// The outcome, or that a person is needed.
    Person,
}

/// The end of a wait.
pub(super) enum Waited {
    /// The outcome, which is recorded as fetched.
    Outcome(CallToolResult),
    /// A person is needed, with a sentence about it.
    Person(String),
    /// The request can be held no longer.
    NotYet,
}

impl Waited {
    /// Returns the result for the client.
    pub(super) fn result(self, state: &DoorState, conversation: &ConversationId) -> CallToolResult {
        match self {
            Self::Outcome(outcome) => outcome,
            Self::Person(_) | Self::NotYet => later(state, conversation),
        }
    }
}

/// Begins the call or joins it, and waits for the outcome.
pub(super) async fn answer(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    requested: &RequestedCall,
    context: &RequestContext<RoleServer>,
) -> CallToolResult {
    match begin(state, entered, conversation, requested).await {
        Ok(said) => {
            let waited = follow(state, entered, conversation, said, StopAt::Outcome, context).await;
            waited.result(state, conversation)
        }
        Err(error) => result::error(&error.to_string(), "unavailable"),
    }
}

/// Follows the call with this message.
pub(super) async fn follow(
    state: &DoorState,
    entered: &Entered,
    conversation: &ConversationId,
    said: u64,
    stop_at: StopAt,
    context: &RequestContext<RoleServer>,
) -> Waited {
    let services = &state.services;
    let (turns, store) = (services.turns.clone(), services.conversations.clone());
    let actor = entered.actor.clone();
    let mut watching = Watching::new(turns, store, actor, conversation.clone(), said, services.beat);
    let until = Instant::now() + left(entered).min(LONGEST_WAIT);
    let mut progress = Progress { context, steps: 0, message: String::new() };
    let (mut outcome, mut needed, mut has_caught_up) = (None, None, false);
    loop {
        let item = tokio::select! {
            // The client has cancelled its request. The call goes on: only the person stops it.
            () = context.ct.cancelled() => return Waited::NotYet,
            item = timeout_at(until, watching.next()) => item,
        };
        match item {
            Ok(WatchItem::Event(entry)) => match &entry.event {
                Event::TurnEnded { said: ended, .. } if *ended == said => break,
                Event::Withdrawn { said: gone } if *gone == said => break,
                event => {
                    outcome = result::of_event(event).or(outcome);
                    needed = waiting_for(state, conversation, event).or(needed).filter(|_| !is_settled_by(event));
                    // The rest of the log may say that the person has been there since.
                    if stop_at == StopAt::Outcome
                        && let Some(message) = waiting_for(state, conversation, event)
                    {
                        progress.tell(message).await;
                    }
                }
            },
            Ok(WatchItem::Beat) => progress.beat().await,
            Ok(WatchItem::Partial(..)) => has_caught_up = true,
            Ok(WatchItem::Delta(..)) => {}
            Ok(WatchItem::Deleted | WatchItem::Lost(_) | WatchItem::Closing) | Err(_) => return Waited::NotYet,
        }
        if stop_at == StopAt::Person
            && has_caught_up
            && let Some(message) = needed.take()
        {
            return Waited::Person(message);
        }
    }
    fetched(state, entered, conversation, said).await;
    Waited::Outcome(outcome.unwrap_or_else(stopped))
}

/// Returns whether nobody is needed any more after this event.
const fn is_settled_by(event: &Event) -> bool {
    matches!(
        event,
        Event::ApprovalAnswered { .. }
            | Event::ApprovalCancelled { .. }
            | Event::ApprovedInAdvance { .. }
            | Event::AccountConnected { .. }
            | Event::AccountDeclined { .. }
            | Event::CallStarted { .. }
            | Event::CallRefused { .. }
    )
}

/// Returns the time that is left to the token: whatever it allowed ends with it.
fn left(entered: &Entered) -> Duration {
    let left = entered.via.until.saturating_sub(SystemClock.now());
    Duration::from_millis(u64::try_from(left).unwrap_or(0))
}

/// Records that the outcome was fetched. If that fails, asking again tells it once more, which harms nobody.
pub(super) async fn fetched(state: &DoorState, entered: &Entered, conversation: &ConversationId, said: u64) {
    if let Err(error) = state.services.turns.fetched(&entered.actor, conversation, said).await {
        tracing::warn!(error = %error, "a fetched outcome could not be noted");
    }
}

/// Returns the sentence about a person who is needed, if the event says so.
pub(super) fn waiting_for(state: &DoorState, conversation: &ConversationId, event: &Event) -> Option<String> {
    let url = page(state, conversation);
    match event {
        Event::ApprovalAsked { question, .. } => {
            Some(format!("Waiting for the person's confirmation with the code {}. See {url}", question.id.code()))
        }
        Event::ApprovalQueued { .. } => Some(format!("Waiting for another confirmation of the person. See {url}")),
        Event::AccountWanted { .. } => Some(format!("The person must connect an account at {url}")),
        _ => None,
    }
}

/// The page of the conversation, which needs a session of the person's own.
pub(super) fn page(state: &DoorState, conversation: &ConversationId) -> String {
    format!("{}/c/{conversation}", state.origin)
}

/// The result while nobody has decided.
fn later(state: &DoorState, conversation: &ConversationId) -> CallToolResult {
    let url = page(state, conversation);
    let text = format!(
        "The person has not decided yet. Call again with the same arguments to learn the outcome; the action is not repeated. \
         See {url}"
    );
    result::error(&text, "waiting")
}

/// The result of a call that the person stopped or withdrew before it began.
pub(super) fn stopped() -> CallToolResult {
    result::error("The person stopped this. Nothing was done.", "stopped")
}

/// Progress notifications, if the client asked for them.
struct Progress<'a> {
    context: &'a RequestContext<RoleServer>,
    steps: u32,
    message: String,
}

impl Progress<'_> {
    async fn tell(&mut self, message: String) {
        self.message = message;
        self.beat().await;
    }

    /// Repeats the last message. It keeps the connection and the client's patience.
    async fn beat(&mut self) {
        let Some(token) = self.context.meta.get_progress_token() else { return };
        if self.message.is_empty() {
            return;
        }
        self.steps += 1;
        let told = ProgressNotificationParam::new(token, self.steps.into()).with_message(self.message.clone());
        if let Err(error) = self.context.peer.notify_progress(told).await {
            tracing::debug!(error = %error, "a client was not told of progress");
        }
    }
}
