//! The loop: fold the log, settle the pending call, or ask the model; append the event; repeat.

use super::call_log::JournaledCall;
use super::open::{Open, Pending, Stage, Stop};
use super::reply::{Next, Reading, end_of, failed, ordinal};
use super::{Event, History, Interrupts, Journal, Limits, TurnEnd, request};
use crate::guard::NotAdmitted;
use crate::ports::{Clock, EntryId, Model, ModelError, Outcome, Prompt, Toolboxes, Unavailable};
use crate::tool::{ToolError, ToolOutput};
use crate::{Actor, CallId, Guard, Refusal, ToolCall, Toolbox, excerpt, ids::ConversationId};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Creates the system prompt of one request. It may contain the date and the actor's name, so it is not cached.
pub type Instructions = Arc<dyn Fn(&Actor, crate::ports::Millis) -> String + Send + Sync>;

/// Runs turns.
#[derive(Clone)]
pub struct Runner {
    /// The model that proposes calls.
    pub model: Arc<dyn Model>,
    /// The guard that decides about them.
    pub guard: Guard,
    /// The source of tools, queried once for each run of a turn.
    pub toolboxes: Arc<dyn Toolboxes>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The limits of a turn.
    pub limits: Limits,
    /// The source of the system prompt.
    pub instructions: Instructions,
}

impl Runner {
    /// Runs the turn of the oldest waiting message, or continues the open turn. Returns when no turn is open.
    ///
    /// # Errors
    /// [`Unavailable`] if the log could not be written: the turn stays open, and the next holder of the lease continues
    /// it.
    pub async fn run(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        journal: &dyn Journal,
        mut interrupts: Interrupts,
    ) -> Result<(), Unavailable> {
        if !begin(journal).await? {
            return Ok(());
        }
        // One run is one turn, so the way of its message holds to its end.
        let actor = &journal.history().open.as_ref().map_or_else(|| actor.clone(), |open| open.actor(actor));
        let toolbox = tokio::select! {
            biased;
            // The first check below obeys either order, and needs no tools for that.
            _ = interrupts.wait() => Toolbox::default(),
            toolbox = self.toolbox(actor) => toolbox,
        };
        loop {
            let history = journal.history();
            let Some(open) = &history.open else { return Ok(()) };
            let said = open.said;
            // Boxed separately, and without the history, to keep the future of a waiting turn small.
            let end = match (self.limit_reached(open, &interrupts)?, open.pending.first().cloned()) {
                (Some(end), _) => Some(end),
                (None, Some(pending)) => {
                    drop(history);
                    Box::pin(self.settle(actor, &toolbox, conversation, pending, journal, &interrupts)).await?
                }
                (None, None) => Box::pin(self.ask(actor, &toolbox, history, journal, &mut interrupts)).await?,
            };
            if let Some(why) = end {
                self.abandon(journal).await?;
                journal.append(Event::TurnEnded { said, why }).await?;
                return Ok(());
            }
        }
    }

    /// Returns the tools of this actor. An agent without a person has only those that are for agents.
    pub(super) async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let toolbox = self.toolboxes.toolbox(actor).await;
        if actor.is_agent() { toolbox.for_agents() } else { toolbox }
    }

    /// Returns the end that a reached limit or an order to stop causes.
    fn limit_reached(&self, open: &Open, interrupts: &Interrupts) -> Result<Option<TurnEnd>, Unavailable> {
        let Limits { steps, time, written_bytes, tokens_per_answer, .. } = self.limits;
        if let Some(interrupt) = interrupts.sent() {
            return end_of(interrupt).map(Some);
        }
        Ok(if open.stop == Stop::Asked && !open.is_on_a_phone() {
            Some(TurnEnd::Stopped)
        } else if open.waits.is_none() && self.remaining(open).is_zero() {
            Some(TurnEnd::Time { limit_s: time.as_secs() })
        } else if open.pending.is_empty() && open.steps >= steps {
            Some(TurnEnd::Steps { limit: steps })
        } else if open.written >= written_bytes {
            Some(TurnEnd::Tokens { limit: tokens_per_answer })
        } else {
            None
        })
    }

    fn remaining(&self, open: &Open) -> Duration {
        let gone = u64::try_from(self.clock.now() - open.since).unwrap_or(0);
        self.limits.time.saturating_sub(Duration::from_millis(gone))
    }

    /// Returns the instructions, plus a note if the conversation is shortened, plus the sentence to answer with if
    /// tools are withheld.
    fn system(&self, actor: &Actor, toolbox: &Toolbox, history: &History) -> String {
        let mut instructions = (self.instructions)(actor, self.clock.now());
        if history.is_shortened() {
            instructions.push_str(SHORTENED);
        }
        match toolbox.withheld_reason() {
            None => instructions,
            Some(reason) => format!(
                "{instructions}\nWhen somebody asks for an action that no tool offers, answer with this sentence: \"{reason}\""
            ),
        }
    }

    async fn ask(
        &self,
        actor: &Actor,
        toolbox: &Toolbox,
        history: Arc<History>,
        journal: &dyn Journal,
        interrupts: &mut Interrupts,
    ) -> Result<Option<TurnEnd>, Unavailable> {
        let Some(open) = history.open.clone() else { return Ok(None) };
        if let Some(call) = open.requested() {
            drop(history);
            return Reading::new(self, actor, toolbox, journal, &open).requested(call.clone()).await;
        }
        if history.is_broken_off() {
            drop(history);
            journal.append(Event::BrokenOff { said: open.said }).await?;
            return Ok(None);
        }
        if let Some(kept_from) = history.beyond(self.limits.history_bytes) {
            drop(history);
            journal.append(Event::Shortened { kept_from }).await?;
            return Ok(None);
        }
        let shorter = history.shorter();
        let prompt = Prompt {
            system: self.system(actor, toolbox, &history),
            messages: history.told(),
            tools: toolbox.specs(),
            max_tokens: self.limits.tokens_per_answer,
        };
        drop(history);
        let patience = self.limits.silence.min(self.remaining(&open));
        let stream = tokio::select! {
            biased;
            interrupt = interrupts.wait() => return end_of(interrupt).map(Some),
            answer = tokio::time::timeout(patience, self.model.converse(prompt)) => match answer {
                Ok(Ok(stream)) => stream,
                // The next iteration asks the model again.
                Ok(Err(ModelError::ContextOverflow(error))) if let Some(kept_from) = shorter => {
                    tracing::warn!(error = %error, kept_from, "the model is sent a shortened conversation");
                    journal.append(Event::Shortened { kept_from }).await?;
                    return Ok(None);
                }
                Ok(Err(error)) => return Ok(Some(failed(&error))),
                Err(_) => return Ok(Some(failed(&ModelError::Silent(patience.as_secs())))),
            },
        };
        let reading = Reading::new(self, actor, toolbox, journal, &open);
        let limit = self.remaining(&open);
        match tokio::time::timeout(limit, reading.read(stream, interrupts)).await {
            Ok(next) => Ok(match next? {
                Next::Calls => None,
                Next::TurnEnd(end) => Some(end),
            }),
            Err(_) => Ok(Some(TurnEnd::Time { limit_s: self.limits.time.as_secs() })),
        }
    }

    /// Gives one pending call its outcome. A call that was started before a crash is not started again.
    async fn settle(
        &self,
        actor: &Actor,
        toolbox: &Toolbox,
        conversation: &ConversationId,
        pending: Pending,
        journal: &dyn Journal,
        interrupts: &Interrupts,
    ) -> Result<Option<TurnEnd>, Unavailable> {
        let Pending { call, stage, .. } = pending;
        let id = call.id.clone();
        // The log comes first: after this event, an instance that is still running the call can no longer append its
        // outcome.
        let event = match stage {
            Stage::Started(entry) => {
                journal.append(Event::CallUnknown { call: id }).await?;
                unclosed(self.guard.close_unseen(&entry).await);
                return Ok(None);
            }
            Stage::Stopped(entry) => self.stopped(id, &entry).await,
            Stage::Proposed(_) if ordinal(&call) > self.limits.calls => {
                Event::CallRefused { call: id, refusal: Refusal::OverLimit { limit: self.limits.calls } }
            }
            Stage::Proposed(_) => match self.dispatch(actor, toolbox, conversation, call, journal, interrupts).await {
                Ok(event) => event,
                Err(NotAdmitted::Refused(refusal)) => Event::CallRefused { call: id, refusal },
                Err(NotAdmitted::Spent { refusal, entry }) => {
                    journal.append(Event::CallRefused { call: id, refusal: refusal.clone() }).await?;
                    unclosed(self.guard.close_spent(&entry, &refusal).await);
                    return Ok(None);
                }
                Err(NotAdmitted::Suspended(error)) => return Err(error),
            },
        };
        journal.append(event).await?;
        Ok(None)
    }

    async fn dispatch(
        &self,
        actor: &Actor,
        toolbox: &Toolbox,
        conversation: &ConversationId,
        call: ToolCall,
        journal: &dyn Journal,
        interrupts: &Interrupts,
    ) -> Result<Event, NotAdmitted> {
        let id = call.id.clone();
        let intent = toolbox.intend(actor, &call);
        let intent = intent.map_err(|bad| Refusal::BadInput { reason: bad.to_string() })?;
        let request = request::of(actor, toolbox, conversation, call, intent, &journal.history())?;
        let call_log = JournaledCall { journal, interrupts, call: &id };
        let permit = self.guard.admit(request, &call_log).await?;
        journal.append(Event::CallStarted { call: id.clone(), entry: permit.entry().clone() }).await?;
        // The log now contains every event that others wrote before this one: this is the last check before the action.
        if !is_begun(&journal.history(), &id) {
            return Ok(self.stopped(id, permit.entry()).await);
        }
        let begun = self.clock.now();
        let (spent, outcome) = toolbox.run(permit, self.limits.call_time).await;
        let took_ms = u64::try_from(self.clock.now() - begun).unwrap_or(0);
        let ending = outcome.as_ref().map_or_else(ToolError::outcome, |_| Outcome::Done);
        let event = match outcome {
            Ok(ToolOutput { content, summary }) => {
                let content = excerpt::within(content, self.limits.result_bytes);
                Event::CallDone { call: id, summary, content, took_ms }
            }
            Err(ToolError::Unknown { .. }) => Event::CallUnknown { call: id },
            Err(ToolError::Unavailable { service }) => {
                let reason = format!("{service} is not available right now. Nothing was done.");
                Event::CallFailed { call: id, reason }
            }
            Err(ToolError::Failed(reason)) => Event::CallFailed { call: id, reason },
        };
        unclosed(self.guard.close(&spent, ending).await);
        Ok(event)
    }

    /// Gives every pending call its final event, so that no card waits forever.
    async fn abandon(&self, journal: &dyn Journal) -> Result<(), Unavailable> {
        let pending = journal.history().open.as_ref().map(|open| open.pending.clone()).unwrap_or_default();
        for Pending { call, stage, .. } in pending {
            let call = call.id;
            let event = match stage {
                Stage::Started(_) => Event::CallUnknown { call },
                Stage::Stopped(entry) => self.stopped(call, &entry).await,
                Stage::Proposed(_) => {
                    let reason = "The turn ended before this began. Nothing was done.".to_owned();
                    Event::CallFailed { call, reason }
                }
            };
            journal.append(event).await?;
        }
        Ok(())
    }

    /// Closes the ledger entry of a call that the person stopped just before it started, and returns its event.
    async fn stopped(&self, call: CallId, entry: &EntryId) -> Event {
        unclosed(self.guard.close_stopped(entry).await);
        Event::CallFailed { call, reason: "You stopped this before it began. Nothing was done.".to_owned() }
    }
}

/// The instruction for a shortened conversation.
const SHORTENED: &str = "\nThis conversation is long, and its beginning is left out. If the person refers to something that you do \
    not see, say that you no longer see it and ask for it.";

/// Logs a failure to close a ledger entry. The ledger's verification reports entries that stay open.
fn unclosed(closed: Result<(), Unavailable>) {
    if let Err(error) = closed {
        tracing::error!(error = %error, "an entry of the ledger could not be closed");
    }
}

/// Starts the turn of the oldest waiting message unless a turn is open; returns whether one is open now. A message that
/// is withdrawn concurrently is skipped.
async fn begin(journal: &dyn Journal) -> Result<bool, Unavailable> {
    loop {
        let history = journal.history();
        if history.open.is_some() {
            return Ok(true);
        }
        let Some(said) = history.waiting.front().map(|next| next.said) else { return Ok(false) };
        drop(history);
        let waits = |history: &History| history.waiting.front().is_some_and(|next| next.said == said);
        journal.append_if(Event::TurnStarted { said }, &waits).await?;
    }
}

/// Returns whether the log records the call as started, with no earlier request to stop.
fn is_begun(history: &History, call: &CallId) -> bool {
    let pending = history.open.iter().flat_map(|open| &open.pending).find(|pending| pending.call.id == *call);
    pending.is_some_and(|pending| matches!(pending.stage, Stage::Started(_)))
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("limits", &self.limits).finish_non_exhaustive()
    }
}
