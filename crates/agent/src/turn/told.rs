//! The part of a conversation that the model is told. A conversation that is too long is cut where a turn begins, and the
//! event [`Shortened`](super::Event::Shortened) records it: later requests begin at the same place.

use super::History;
use crate::ports::{Block, Message, Reasoning};

/// The place where a turn begins in the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    said: u64,
    message: usize,
    /// Before it the message may hold results of the turn before, whose calls are left out with that turn.
    block: usize,
}

impl Start {
    /// The turn that the last block begins.
    pub(super) fn last(said: u64, messages: &[Message]) -> Self {
        let block = messages.last().map_or(0, |message| message.blocks.len().saturating_sub(1));
        Self { said, message: messages.len().saturating_sub(1), block }
    }
}

/// The part of the messages that the model is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Extent {
    #[default]
    Whole,
    From(Start),
}

impl History {
    /// The messages for the model.
    #[must_use]
    pub fn told(&self) -> Vec<Message> {
        let Extent::From(Start { message, block, .. }) = self.extent else { return self.messages.clone() };
        let mut told = self.messages.get(message..).unwrap_or_default().to_vec();
        if let Some(first) = told.first_mut() {
            first.blocks.drain(..block.min(first.blocks.len()));
        }
        told
    }

    /// Reports whether the model is told a part of the conversation only.
    #[must_use]
    pub fn is_shortened(&self) -> bool {
        self.extent != Extent::Whole
    }

    /// Leaves out the turns before the one that answers `kept_from`. A message that begins no turn changes nothing.
    pub(super) fn cut(&mut self, kept_from: u64) {
        let Some(place) = self.starts.iter().position(|start| start.said == kept_from) else { return };
        self.starts.drain(..place);
        self.extent = self.starts.first().map_or(Extent::Whole, |start| Extent::From(*start));
        if let Some(open) = &mut self.open {
            open.shortened += 1;
        }
    }

    /// The message to begin with so that half of `most` bytes are free, if more than `most` are told. The last turn is
    /// never left out.
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

    /// The message to begin with after the model found the conversation too long: the later half of the turns, the second
    /// time in a turn that turn alone. `None` if that is all there is.
    pub(super) fn shorter(&self) -> Option<u64> {
        let again = self.open.as_ref().is_some_and(|open| open.shortened > 0);
        let kept = if again { 1 } else { (self.starts.len() / 2).max(1) };
        let place = self.starts.len().checked_sub(kept).filter(|place| *place > 0)?;
        self.starts.get(place).map(|start| start.said)
    }
}

/// The bytes of messages, nearly.
fn size(messages: &[Message]) -> usize {
    let blocks = messages.iter().flat_map(|message| &message.blocks);
    blocks
        .map(|block| match block {
            Block::Text(text) | Block::Reasoning(Reasoning::Text { text, .. }) => text.len(),
            Block::Reasoning(Reasoning::Redacted { content }) => content.len(),
            Block::Call(call) => call.input.to_string().len(),
            Block::Result { content, .. } => content.to_string().len(),
        })
        .sum()
}

#[cfg(test)]
mod tests;
