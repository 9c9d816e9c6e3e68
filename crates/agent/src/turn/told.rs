//! The part of a conversation that is sent to the model. A conversation that is too long is cut at the start of a turn,
//! and the event [`Shortened`](super::Event::Shortened) records the cut, so that later requests start at the same
//! message.

use super::History;
use crate::ports::{Block, Message, Reasoning};
use std::sync::Arc;

/// The position in the messages at which a turn starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    said: u64,
    message: usize,
    /// Index of the first block of the turn. Earlier blocks of the message are results of the previous turn's calls;
    /// they are omitted together with that turn.
    block: usize,
}

impl Start {
    /// The start of the turn whose first block was just appended.
    pub(super) fn last(said: u64, messages: &[Arc<Message>]) -> Self {
        let block = messages.last().map_or(0, |message| message.blocks.len().saturating_sub(1));
        Self { said, message: messages.len().saturating_sub(1), block }
    }
}

/// The part of the messages that is sent to the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Extent {
    #[default]
    Whole,
    From(Start),
}

impl History {
    /// The messages to send to the model.
    #[must_use]
    pub fn told(&self) -> Vec<Message> {
        let (message, block) = match self.extent {
            Extent::Whole => (0, 0),
            Extent::From(Start { message, block, .. }) => (message, block),
        };
        let told = self.messages.get(message..).unwrap_or_default().iter();
        let mut told: Vec<Message> = told.map(|message| Message::clone(message)).collect();
        if let Some(first) = told.first_mut() {
            first.blocks.drain(..block.min(first.blocks.len()));
        }
        told
    }

    /// Returns whether the model receives only a part of the conversation.
    #[must_use]
    pub fn is_shortened(&self) -> bool {
        self.extent != Extent::Whole
    }

    /// Omits the turns before the one that answers message `kept_from`. Does nothing if no turn answers that message.
    pub(super) fn cut(&mut self, kept_from: u64) {
        let Some(place) = self.starts.iter().position(|start| start.said == kept_from) else { return };
        self.starts.drain(..place);
        self.extent = self.starts.first().map_or(Extent::Whole, |start| Extent::From(*start));
        if let Some(open) = &mut self.open {
            open.shortened += 1;
        }
    }

    /// Returns whether a message can be replaced: the model receives its turn, no turn runs, and no message waits.
    #[must_use]
    pub fn can_replace(&self, said: u64) -> bool {
        self.open.is_none() && self.waiting.is_empty() && self.starts.iter().any(|start| start.said == said)
    }

    /// Notes that the turn of message `said` starts with the last block.
    pub(super) fn begin(&mut self, said: u64) {
        let start = Start::last(said, &self.messages);
        // The extent began with a turn that was replaced.
        if self.starts.is_empty() && self.extent != Extent::Whole {
            self.extent = Extent::From(start);
        }
        self.starts.push(start);
    }

    /// Removes the turn that answers message `said`, and all after it, from the messages. Does nothing if the model does
    /// not receive that turn.
    pub(super) fn rewind(&mut self, said: u64) {
        let Some(place) = self.starts.iter().position(|start| start.said == said) else { return };
        let Some(Start { message, block, .. }) = self.starts.drain(place..).next() else { return };
        self.messages.truncate(message + 1);
        // Earlier blocks of the same message are results of the previous turn's calls.
        if let Some(last) = self.messages.last_mut() {
            Arc::make_mut(last).blocks.truncate(block);
        }
        self.messages.pop_if(|message| message.blocks.is_empty());
    }

    /// Returns the message from which to continue so that half of `most` bytes are free, if the current extent exceeds
    /// `most`. The last turn is never omitted.
    pub(super) fn beyond(&self, most: usize) -> Option<u64> {
        let mut from = self.starts.first()?.message;
        let mut told = size(self.messages.get(from..)?);
        if told <= most {
            return None;
        }
        let later = self.starts.get(1..)?;
        for start in later {
            told -= size(self.messages.get(from..start.message)?);
            from = start.message;
            if told <= most / 2 {
                return Some(start.said);
            }
        }
        later.last().map(|start| start.said)
    }

    /// Returns the message from which to continue after the model reported that the conversation is too long: the later
    /// half of the turns, or the last turn alone if the conversation was already shortened in this turn. `None` if
    /// nothing can be omitted.
    pub(super) fn shorter(&self) -> Option<u64> {
        let again = self.open.as_ref().is_some_and(|open| open.shortened > 0);
        let kept = if again { 1 } else { (self.starts.len() / 2).max(1) };
        let place = self.starts.len().checked_sub(kept).filter(|place| *place > 0)?;
        self.starts.get(place).map(|start| start.said)
    }
}

/// The approximate size of messages, in bytes.
fn size(messages: &[Arc<Message>]) -> usize {
    let blocks = messages.iter().flat_map(|message| &message.blocks);
    blocks
        .map(|block| match block {
            Block::Text(text) | Block::Relayed { text, .. } | Block::Reasoning(Reasoning::Text { text, .. }) => {
                text.len()
            }
            Block::Reasoning(Reasoning::Redacted { content }) => content.len(),
            Block::Call(call) => call.input.to_string().len(),
            Block::Result { content, .. } => content.to_string().len(),
        })
        .sum()
}

#[cfg(test)]
mod tests;
