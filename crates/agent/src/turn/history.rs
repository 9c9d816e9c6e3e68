//! The fold of a conversation's log: what waits, what runs, and what the model is to be told.

use super::Event;
use crate::ports::{Block, Message, Millis, Numbered, Role};
use crate::{CallId, ToolCall};
use serde_json::json;
use std::collections::VecDeque;

/// What a log says.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct History {
    /// Messages that wait for their turn, oldest first.
    pub waiting: VecDeque<Waiting>,
    /// The turn that has begun and not ended.
    pub open: Option<Open>,
    /// The conversation for the model: roles alternate, each call has its result.
    pub messages: Vec<Message>,
}

/// A message that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the log.
    pub said: u64,
    /// Its text.
    pub text: String,
}

/// A turn that has begun and not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// The number of the message that it answers.
    pub said: u64,
    /// When it began.
    pub since: Millis,
    /// How many answers the model has given in it.
    pub steps: u32,
    /// How many calls it has proposed in it.
    pub calls: u32,
    /// How many bytes of text it has written in it.
    pub written: usize,
    /// Calls without an outcome, in order.
    pub pending: Vec<Pending>,
}

/// A call without an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The call.
    pub call: ToolCall,
    /// Whether it was begun: then it must not be begun again.
    pub stage: Stage,
}

/// How far a pending call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Proposed; the guard has not let it pass.
    Proposed,
    /// Begun.
    Started,
}

impl History {
    /// Folds a log.
    #[must_use]
    pub fn fold(log: &[Numbered]) -> Self {
        let mut history = Self::default();
        for entry in log {
            history.apply(entry);
        }
        history
    }

    fn apply(&mut self, Numbered { number, at, event }: &Numbered) {
        match event {
            Event::UserSaid { text, .. } => self.waiting.push_back(Waiting { said: *number, text: text.clone() }),
            Event::Withdrawn { said } => self.waiting.retain(|waiting| waiting.said != *said),
            Event::TurnStarted { said } => self.start(*said, *at),
            Event::Said { text } => {
                self.answering();
                if let Some(open) = &mut self.open {
                    open.written += text.len();
                }
                self.push(Role::Assistant, Block::Text(text.clone()));
            }
            Event::CallProposed { call, .. } => {
                self.answering();
                if let Some(open) = &mut self.open {
                    open.calls += 1;
                    open.pending.push(Pending { call: call.clone(), stage: Stage::Proposed });
                }
                self.push(Role::Assistant, Block::Call(call.clone()));
            }
            Event::CallStarted { call } => self.started(call),
            Event::CallRefused { call, refusal } => self.result(call, json!({ "refused": refusal.for_model() })),
            Event::CallDone { call, content, .. } => self.result(call, object(content)),
            Event::CallFailed { call, reason } => self.result(call, json!({ "failed": reason })),
            Event::CallUnknown { call } => self.result(call, json!({ "unknown": UNKNOWN })),
            Event::TurnEnded { .. } => self.end(),
        }
    }

    fn start(&mut self, said: u64, at: Millis) {
        if let Some(place) = self.waiting.iter().position(|waiting| waiting.said == said)
            && let Some(waiting) = self.waiting.remove(place)
        {
            self.push(Role::User, Block::Text(waiting.text));
            self.open = Some(Open { said, since: at, steps: 0, calls: 0, written: 0, pending: Vec::new() });
        }
    }

    /// The first block of an answer, after the user's words or the results of calls, is a step.
    fn answering(&mut self) {
        let begins = self.messages.last().is_some_and(|message| message.role == Role::User);
        if let (true, Some(open)) = (begins, &mut self.open) {
            open.steps += 1;
        }
    }

    fn started(&mut self, call: &CallId) {
        for pending in self.open.iter_mut().flat_map(|open| &mut open.pending) {
            if pending.call.id == *call {
                pending.stage = Stage::Started;
            }
        }
    }

    fn result(&mut self, call: &CallId, content: serde_json::Value) {
        if let Some(open) = &mut self.open {
            open.pending.retain(|pending| pending.call.id != *call);
        }
        self.push(Role::User, Block::Result { call: call.clone(), content });
    }

    /// What has no outcome when its turn ends never gets one: the model is told so, since each call must have a result.
    fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        for pending in open.pending {
            self.push(Role::User, Block::Result { call: pending.call.id, content: json!({ "unknown": UNKNOWN }) });
        }
    }

    fn push(&mut self, role: Role, block: Block) {
        match self.messages.last_mut() {
            Some(last) if last.role == role => last.blocks.push(block),
            _ => self.messages.push(Message { role, blocks: vec![block] }),
        }
    }
}

/// Results are objects; anything else is put into one.
fn object(content: &serde_json::Value) -> serde_json::Value {
    if content.is_object() { content.clone() } else { json!({ "result": content }) }
}

const UNKNOWN: &str = "The call was interrupted; whether it was done is not known. Do not repeat it; tell the user.";
