//! The items that a conversation's page lists: messages, calls and remarks.

use crate::wire::{AskedAt, Detail, Effect, Refusal, TurnEnd};
use std::sync::Arc;

/// An item of the conversation log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "each item is shared by an `Arc` of its own; only on 64 bits is a call large"
)]
pub enum Item {
    /// A message of the person.
    Mine {
        /// Number of the event.
        n: u64,
        /// The text.
        text: String,
        /// Its status: waiting, answered or withdrawn.
        place: Place,
    },
    /// A finished block of the agent's text.
    Theirs {
        /// Number of the event.
        n: u64,
        /// Sanitized HTML.
        html: String,
    },
    /// A tool call.
    Call(Call),
    /// The marker above the first message that the assistant still sees; earlier messages are no longer sent to the
    /// model.
    Cut {
        /// Number of the event.
        n: u64,
    },
    /// The part of the conversation that an edited message replaced. The model no longer receives it.
    Replaced {
        /// Number of the message that replaced it.
        n: u64,
        /// Its items.
        items: Vec<Arc<Item>>,
    },
    /// A remark about a turn that did not end normally.
    Remark {
        /// Number of the event.
        n: u64,
        /// The end of the turn.
        why: TurnEnd,
    },
}

/// The status of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Its turn has not begun.
    Waiting,
    /// Its turn has begun or ended.
    Taken,
    /// The person withdrew it before its turn began.
    Withdrawn,
}

/// A tool call with its current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Number of the event that proposed the call.
    pub n: u64,
    /// Its id.
    pub id: String,
    /// Summary of the proposed action, such as "Read your Okta groups".
    pub summary: String,
    /// The person or resource affected; empty if unknown.
    pub target: String,
    /// Tool and arguments, as shown in the details.
    pub detail: String,
    /// The code that the screen and the phone both show; set when an approval is first requested.
    pub code: Option<String>,
    /// The use of a standing approval by which it was approved.
    pub in_advance: Option<InAdvance>,
    /// Sentence that names the account that was connected for it.
    pub account: Option<String>,
    /// The current state.
    pub state: CallState,
}

/// A use of a standing approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InAdvance {
    /// Its number.
    pub number: u32,
    /// Most uses.
    pub uses: u32,
}

/// The state of a tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// The server is checking it, for example its permission.
    Checking,
    /// The call waits for the person to connect an account.
    AccountRequest(AccountRequest),
    /// The call waits because another approval of the person is open.
    Queued,
    /// The call waits for the person's approval.
    Asking(Asking),
    /// The person approved it.
    Approved,
    /// The tool is running.
    Running,
    /// The call succeeded.
    Done {
        /// Summary of the result.
        summary: String,
        /// Duration in milliseconds.
        took_ms: u64,
    },
    /// The call was refused, and nothing was done.
    Refused(Refusal),
    /// The tool ran and failed.
    Failed {
        /// The error, in a sentence for the person.
        reason: String,
    },
    /// The outcome is unknown: the call was started, but its end was never seen.
    Unknown,
}

impl CallState {
    /// Returns `true` until the call has an outcome.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Checking | Self::AccountRequest(_) | Self::Queued | Self::Asking(_) | Self::Approved | Self::Running
        )
    }
}

/// A request to connect an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRequest {
    /// Sentences that say which account is needed and how to connect it.
    pub words: String,
    /// OAuth scopes that the account must grant.
    pub scopes: Vec<String>,
    /// Label of the button that starts the connection.
    pub label: String,
    /// Time that the call waits, in seconds from the request.
    pub seconds: i64,
    /// The deadline, in milliseconds since 1970.
    pub until: i64,
}

/// A request for the person's approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The consequence of the action, if the tool states one.
    pub effect: Option<Effect>,
    /// The action in detail, one name and value a line.
    pub details: Vec<Detail>,
    /// Time to answer, in seconds from the request.
    pub seconds: i64,
    /// The deadline, in milliseconds since 1970.
    pub until: i64,
    /// Delivery status of the request.
    pub reach: Reach,
}

/// The delivery status of an approval request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Not yet sent.
    Sending,
    /// Sent; the person who asks can answer at this place.
    Put(AskedAt),
}

impl Item {
    /// Returns `true` for a message whose turn has not begun.
    #[must_use]
    pub const fn is_queued(&self) -> bool {
        matches!(self, Self::Mine { place: Place::Waiting, .. })
    }

    /// Returns a key that changes whenever the item does, so that a keyed list renders it again.
    #[must_use]
    pub fn key(&self) -> (u64, u8) {
        match self {
            Self::Mine { n, place, .. } => (*n, *place as u8),
            Self::Theirs { n, .. } | Self::Cut { n } | Self::Remark { n, .. } => (*n, 0),
            Self::Replaced { n, .. } => (*n, 3),
            Self::Call(call) => {
                let state = match call.state {
                    CallState::Checking => 0,
                    CallState::Queued => 1,
                    CallState::Asking(Asking { reach: Reach::Sending, .. }) => 2,
                    CallState::Asking(Asking { reach: Reach::Put(_), .. }) => 3,
                    CallState::Approved => 4,
                    CallState::Running => 5,
                    CallState::Done { .. } => 6,
                    CallState::Refused(_) => 7,
                    CallState::Failed { .. } => 8,
                    CallState::Unknown => 9,
                    CallState::AccountRequest(_) => 10,
                };
                (call.n, state)
            }
        }
    }
}
