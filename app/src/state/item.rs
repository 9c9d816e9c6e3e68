//! What stands on the page of a conversation: words, calls, remarks.

use crate::wire::{Detail, Refusal};

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
    /// The line before which the assistant sees nothing any more.
    Cut {
        /// Number of the event.
        n: u64,
    },
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
    /// Whom or what it touches.
    pub target: String,
    /// Tool and arguments.
    pub detail: String,
    /// The code of its approval, once it was asked for.
    pub code: Option<String>,
    /// How far it is.
    pub state: CallState,
}

/// How far a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// Being checked.
    Checking,
    /// It waits for an account of the person's.
    Wanting(Wanting),
    /// It waits until the person has answered another question.
    Queued,
    /// It waits for the person's yes.
    Asking(Asking),
    /// The person said yes.
    Approved,
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

impl CallState {
    /// Whether the call has no outcome yet.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Checking | Self::Wanting(_) | Self::Queued | Self::Asking(_) | Self::Approved | Self::Running
        )
    }
}

/// An account that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanting {
    /// What is wanted and how it comes about, in sentences.
    pub words: String,
    /// What it must allow.
    pub scopes: Vec<String>,
    /// What the button says that leads there.
    pub label: String,
    /// How long the call waits, in seconds from when it was told.
    pub seconds: i64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// What a person is being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// What exactly, name by name.
    pub details: Vec<Detail>,
    /// How long an answer counts, in seconds from when it was asked.
    pub seconds: i64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
    /// How far the question has come.
    pub reach: Reach,
}

/// How far a question has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On its way.
    Sending,
    /// On the person's phone.
    Ringing,
}

impl Item {
    /// Changes whenever the item does, so that a keyed list draws it anew.
    #[must_use]
    pub fn key(&self) -> (u64, u8) {
        match self {
            Self::Mine { n, place, .. } => (*n, *place as u8),
            Self::Theirs { n, .. } | Self::Cut { n } | Self::Remark { n, .. } => (*n, 0),
            Self::Call(call) => {
                let state = match call.state {
                    CallState::Checking => 0,
                    CallState::Queued => 1,
                    CallState::Asking(Asking { reach: Reach::Sending, .. }) => 2,
                    CallState::Asking(Asking { reach: Reach::Ringing, .. }) => 3,
                    CallState::Approved => 4,
                    CallState::Running => 5,
                    CallState::Done { .. } => 6,
                    CallState::Refused(_) => 7,
                    CallState::Failed { .. } => 8,
                    CallState::Unknown => 9,
                    CallState::Wanting(_) => 10,
                };
                (call.n, state)
            }
        }
    }
}
