//! The one fold: frames in, what the page shows out. The server renders with it and the browser goes on with it.

use crate::wire::{ApiError, End, Event, Frame, Refusal};
use std::sync::Arc;

/// What the page shows of a conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// The number of the last event.
    pub last: u64,
    /// What was said and done, in order.
    pub items: Vec<Arc<Item>>,
    /// The unfinished block.
    pub partial: String,
    /// What is going on.
    pub turn: Turn,
    /// The event that finished the last block: text from before it is old news.
    pub finished: u64,
    /// Why the stream ended, if it said so.
    pub fault: Option<ApiError>,
}

/// What is going on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    #[default]
    Idle,
    /// The model is thinking about message `said`.
    Thinking {
        /// The message.
        said: u64,
    },
    /// The model is speaking.
    Speaking {
        /// The message.
        said: u64,
    },
    /// A call runs or waits.
    Calling {
        /// The message.
        said: u64,
    },
}

/// One thing on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The person's words.
    Mine {
        /// Number of the event.
        n: u64,
        /// The text.
        text: String,
        /// Where it stands.
        place: Place,
    },
    /// The agent's words.
    Theirs {
        /// Number of the event.
        n: u64,
        /// Sanitized HTML.
        html: String,
    },
    /// A call.
    Call(Call),
    /// A remark on how a turn ended.
    Remark {
        /// Number of the event.
        n: u64,
        /// The remark.
        text: String,
    },
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It waits for its turn.
    Waiting,
    /// It is or was answered.
    Taken,
    /// It was taken back.
    Withdrawn,
}

/// A call as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Number of the event that proposed it.
    pub n: u64,
    /// Its id.
    pub id: String,
    /// What it would do.
    pub summary: String,
    /// Tool and arguments.
    pub detail: String,
    /// How far it is.
    pub state: CallState,
}

/// How far a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// Being checked.
    Checking,
    /// Begun.
    Running,
    /// Done.
    Done {
        /// What came of it.
        summary: String,
        /// How long it took, in milliseconds.
        took_ms: u64,
    },
    /// Refused.
    Refused(Refusal),
    /// Tried, and nothing came of it.
    Failed {
        /// Why.
        reason: String,
    },
    /// Whether it was done is not known.
    Unknown,
}

/// What a frame changed, so that the page redraws no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// The unfinished block alone.
    Partial,
    /// More than that.
    All,
}

impl Item {
    /// Changes whenever the item does, so that a keyed list draws it anew.
    #[must_use]
    pub fn key(&self) -> (u64, u8) {
        match self {
            Self::Mine { n, place, .. } => (*n, *place as u8),
            Self::Theirs { n, .. } | Self::Remark { n, .. } => (*n, 0),
            Self::Call(call) => {
                let state = match call.state {
                    CallState::Checking => 0,
                    CallState::Running => 1,
                    CallState::Done { .. } => 2,
                    CallState::Refused(_) => 3,
                    CallState::Failed { .. } => 4,
                    CallState::Unknown => 5,
                };
                (call.n, state)
            }
        }
    }
}

impl Transcript {
    /// The transcript of some frames.
    #[must_use]
    pub fn of(frames: &[Frame]) -> Self {
        let mut transcript = Self::default();
        for frame in frames {
            transcript.apply(frame.clone());
        }
        transcript
    }

    /// Takes one frame. An event that is known already changes nothing, so a stream may be replayed.
    pub fn apply(&mut self, frame: Frame) -> Change {
        match frame {
            Frame::Event { n, .. } if n <= self.last => Change::Nothing,
            Frame::Event { n, event, .. } => {
                self.last = n;
                self.event(n, event);
                Change::All
            }
            Frame::Partial { since, .. } | Frame::Delta { since, .. } if since < self.finished => Change::Nothing,
            Frame::Partial { text, .. } if text == self.partial => Change::Nothing,
            Frame::Partial { text, .. } => {
                self.partial = text;
                self.speaking()
            }
            Frame::Delta { text, .. } => {
                self.partial.push_str(&text);
                self.speaking()
            }
            Frame::Beat => Change::Nothing,
            Frame::Fault { error } => {
                self.fault = Some(error);
                Change::All
            }
        }
    }

    fn speaking(&mut self) -> Change {
        match self.turn {
            Turn::Thinking { said } | Turn::Calling { said } => {
                self.turn = Turn::Speaking { said };
                Change::All
            }
            Turn::Speaking { .. } | Turn::Idle => Change::Partial,
        }
    }

    fn event(&mut self, n: u64, event: Event) {
        match event {
            Event::UserSaid { text } => self.push(Item::Mine { n, text, place: Place::Waiting }),
            Event::Withdrawn { said } => self.place(said, Place::Withdrawn),
            Event::TurnStarted { said } => {
                self.place(said, Place::Taken);
                self.turn = Turn::Thinking { said };
            }
            Event::Said { html } => {
                self.finish(n);
                self.think();
                self.push(Item::Theirs { n, html });
            }
            Event::CallProposed { call: id, summary, detail } => {
                self.call_turn();
                self.push(Item::Call(Call { n, id, summary, detail, state: CallState::Checking }));
            }
            Event::CallStarted { call } => self.set(&call, CallState::Running),
            Event::CallRefused { call, refusal } => self.settle(&call, CallState::Refused(refusal)),
            Event::CallDone { call, summary, took_ms } => self.settle(&call, CallState::Done { summary, took_ms }),
            Event::CallFailed { call, reason } => self.settle(&call, CallState::Failed { reason }),
            Event::CallUnknown { call } => self.settle(&call, CallState::Unknown),
            Event::TurnEnded { why, .. } => self.end(n, &why),
        }
    }

    fn end(&mut self, n: u64, why: &End) {
        self.finish(n);
        self.turn = Turn::Idle;
        if let Some(text) = why.sentence() {
            self.push(Item::Remark { n, text });
        }
    }

    fn finish(&mut self, n: u64) {
        self.partial.clear();
        self.finished = n;
    }

    fn push(&mut self, item: Item) {
        self.items.push(Arc::new(item));
    }

    fn think(&mut self) {
        if let Turn::Speaking { said } | Turn::Calling { said } = self.turn {
            self.turn = Turn::Thinking { said };
        }
    }

    fn call_turn(&mut self) {
        if let Turn::Thinking { said } | Turn::Speaking { said } = self.turn {
            self.turn = Turn::Calling { said };
        }
    }

    fn place(&mut self, said: u64, to: Place) {
        for item in self.items.iter_mut().rev() {
            if matches!(&**item, Item::Mine { n, .. } if *n == said)
                && let Item::Mine { place, .. } = Arc::make_mut(item)
            {
                *place = to;
            }
        }
    }

    fn set(&mut self, id: &str, to: CallState) {
        for item in self.items.iter_mut().rev() {
            if matches!(&**item, Item::Call(call) if call.id == id)
                && let Item::Call(call) = Arc::make_mut(item)
            {
                call.state = to;
                return;
            }
        }
    }

    /// A call has its outcome; when none is left the model thinks again.
    fn settle(&mut self, id: &str, to: CallState) {
        self.set(id, to);
        let open = |item: &Arc<Item>| {
            matches!(&**item, Item::Call(Call { state: CallState::Checking | CallState::Running, .. }))
        };
        if !self.items.iter().any(open) {
            self.think();
        }
    }
}

#[cfg(test)]
mod tests;
