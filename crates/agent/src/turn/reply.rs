//! One answer of the model, converted to events as it streams.

use super::{Event, Interrupt, Interrupts, Journal, Limits, ModelFailure, Open, Runner, TurnEnd};
use crate::ports::{ModelError, Reasoning, ReplyPart, ReplyStream, StopReason, Unavailable};
use crate::via::RequestedCall;
use crate::{Actor, CallId, ToolCall, ToolName, Toolbox};
use futures::StreamExt;
use serde_json::json;

/// Reads one answer and appends its events.
pub(super) struct Reading<'a> {
    pub(super) actor: &'a Actor,
    pub(super) toolbox: &'a Toolbox,
    pub(super) limits: &'a Limits,
    pub(super) journal: &'a dyn Journal,
    /// The number of the message being answered. Call ids contain it, so that they are unique in the log.
    pub(super) said: u64,
    /// Calls proposed earlier in this turn.
    pub(super) calls: u32,
}

/// The continuation after an answer.
pub(super) enum Next {
    /// Run the calls that are pending now.
    Calls,
    /// The turn is over.
    TurnEnd(TurnEnd),
}

/// Events that are appended only once the answer is complete.
enum Proposed {
    Call(ToolCall),
    /// Reasoning between two calls.
    Reasoning(Reasoning),
}

impl<'a> Reading<'a> {
    /// Reads for this turn.
    pub(super) fn new(
        runner: &'a Runner,
        actor: &'a Actor,
        toolbox: &'a Toolbox,
        journal: &'a dyn Journal,
        open: &Open,
    ) -> Self {
        Self { actor, toolbox, limits: &runner.limits, journal, said: open.said, calls: open.calls }
    }

    /// Proposes the one call that a client asks for, without the model. The turn ends once it has an outcome.
    pub(super) async fn requested(mut self, call: RequestedCall) -> Result<Option<TurnEnd>, Unavailable> {
        if self.calls > 0 {
            return Ok(Some(TurnEnd::Done));
        }
        let RequestedCall { tool, input } = call;
        let call = self.label(ToolCall { id: CallId(String::new()), tool, input });
        Ok(match self.propose(vec![Proposed::Call(call)]).await? {
            Next::Calls => None,
            Next::TurnEnd(end) => Some(end),
        })
    }

    /// Reads to the end of the answer, a failure, a long silence, or an order to stop. Text received until then is
    /// kept.
    pub(super) async fn read(
        mut self,
        mut stream: ReplyStream,
        interrupts: &mut Interrupts,
    ) -> Result<Next, Unavailable> {
        let (mut text, mut proposed, mut anything) = (String::new(), Vec::new(), false);
        let mut reasoned = 0;
        let end = loop {
            let part = tokio::select! {
                biased;
                interrupt = interrupts.wait() => break Some(end_of(interrupt)?),
                part = tokio::time::timeout(self.limits.silence, stream.next()) => part,
            };
            match part {
                Err(_) => break Some(trouble(ModelFailure::Silent)),
                Ok(None) => break Some(trouble(ModelFailure::Cut)),
                Ok(Some(Err(error))) => {
                    tracing::warn!(error = %error, "the model's answer broke off");
                    break Some(trouble(ModelFailure::from(&error)));
                }
                Ok(Some(Ok(ReplyPart::Text(more)))) => {
                    if text.len() + more.len() > self.limits.written_bytes {
                        break Some(TurnEnd::Tokens { limit: self.limits.tokens_per_answer });
                    }
                    self.journal.delta(&more);
                    text.push_str(&more);
                }
                Ok(Some(Ok(ReplyPart::TextEnd))) => anything |= self.say(&mut text).await?,
                Ok(Some(Ok(ReplyPart::Progress | ReplyPart::Usage { .. }))) => {}
                Ok(Some(Ok(ReplyPart::Reasoning(block)))) => {
                    reasoned += block.len();
                    if reasoned > self.limits.reasoning_bytes {
                        break Some(TurnEnd::Tokens { limit: self.limits.tokens_per_answer });
                    }
                    if proposed.is_empty() {
                        self.journal.append(Event::Reasoned { blocks: vec![block] }).await?;
                    } else {
                        proposed.push(Proposed::Reasoning(block));
                    }
                }
                Ok(Some(Ok(ReplyPart::Call(call)))) => proposed.push(Proposed::Call(self.label(call))),
                Ok(Some(Ok(ReplyPart::Garbled { tool, .. }))) => {
                    let call = ToolCall { id: CallId(String::new()), tool: ToolName(tool), input: json!(null) };
                    proposed.push(Proposed::Call(self.label(call)));
                }
                Ok(Some(Ok(ReplyPart::Stop(reason)))) => match reason {
                    StopReason::Done | StopReason::Calls => break None,
                    StopReason::MaxTokens => break Some(TurnEnd::Tokens { limit: self.limits.tokens_per_answer }),
                    StopReason::Filtered => break Some(trouble(ModelFailure::Filtered)),
                    StopReason::ContextOverflow => break Some(trouble(ModelFailure::ContextOverflow)),
                    StopReason::Malformed => break Some(trouble(ModelFailure::Malformed)),
                },
            }
        };
        anything |= self.say(&mut text).await?;
        match end {
            // Calls of an incomplete answer are not run: the missing part might have withdrawn them.
            Some(end) => Ok(Next::TurnEnd(end)),
            None if !proposed.is_empty() => self.propose(proposed).await,
            None if anything => Ok(Next::TurnEnd(TurnEnd::Done)),
            None => Ok(Next::TurnEnd(trouble(ModelFailure::Empty))),
        }
    }

    async fn say(&self, text: &mut String) -> Result<bool, Unavailable> {
        let text = std::mem::take(text);
        if text.trim().is_empty() {
            return Ok(false);
        }
        self.journal.append(Event::Said { text }).await?;
        Ok(true)
    }

    /// Assigns the call an id, because the model's own may be repeated or malformed.
    fn label(&mut self, call: ToolCall) -> ToolCall {
        self.calls += 1;
        ToolCall { id: CallId(format!("call-{}-{}", self.said, self.calls)), ..call }
    }

    /// Appends the proposed calls. All calls beyond the turn's limit are represented by the first of them, so that a
    /// flood does not fill the log. If that one was appended by an earlier answer, the turn ends.
    async fn propose(&self, proposed: Vec<Proposed>) -> Result<Next, Unavailable> {
        let limit = self.limits.calls;
        let within = |it: &Proposed| matches!(it, Proposed::Call(call) if ordinal(call) <= limit + 1);
        let Some(last) = proposed.iter().rposition(within) else { return Ok(Next::TurnEnd(TurnEnd::Calls { limit })) };
        for it in proposed.into_iter().take(last + 1) {
            let call = match it {
                Proposed::Call(call) => self.bounded(call),
                Proposed::Reasoning(block) => {
                    self.journal.append(Event::Reasoned { blocks: vec![block] }).await?;
                    continue;
                }
            };
            let (summary, target) = match self.toolbox.intend(self.actor, &call) {
                Ok(intent) => (intent.summary, intent.target),
                Err(_) => (format!("Use the tool {}", call.tool), String::new()),
            };
            self.journal.append(Event::CallProposed { call, summary, target }).await?;
        }
        Ok(Next::Calls)
    }

    /// Replaces a tool name or arguments that no tool would accept, so that the call can neither flood the log nor make
    /// the next prompt invalid.
    fn bounded(&self, call: ToolCall) -> ToolCall {
        let ToolCall { id, tool: ToolName(name), input } = call;
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let well_named = !name.is_empty() && name.len() <= 64 && name.chars().all(fits);
        let name = if well_named { name } else { "invalid_name".to_owned() };
        let small = input.is_object() && input.to_string().len() <= self.limits.input_bytes;
        let input = if small { input } else { json!({ "unreadable": "not an object, or too large" }) };
        ToolCall { id, tool: ToolName(name), input }
    }
}

/// Returns the end that an order causes, or the error that leaves the turn open for another instance.
pub(super) fn end_of(interrupt: Interrupt) -> Result<TurnEnd, Unavailable> {
    match interrupt {
        Interrupt::Stop => Ok(TurnEnd::Stopped),
        Interrupt::Suspend => Err(Unavailable::new("this server", "it is shutting down; another instance continues")),
    }
}

/// The position of a call within its turn, parsed from the id that the runner assigned.
pub(super) fn ordinal(call: &ToolCall) -> u32 {
    call.id.0.rsplit('-').next().and_then(|text| text.parse().ok()).unwrap_or(u32::MAX)
}

fn trouble(trouble: ModelFailure) -> TurnEnd {
    TurnEnd::Model { trouble }
}

/// The end of a turn whose model failed before it started to answer.
pub(super) fn failed(error: &ModelError) -> TurnEnd {
    tracing::warn!(error = %error, "the model did not answer");
    trouble(ModelFailure::from(error))
}
