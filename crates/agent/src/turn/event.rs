//! The events of a conversation. All enums are closed: no state is encoded as a string.

use crate::approval::{Answer, ApprovalId, Declined, Question, SignedApproval};
use crate::guard::Remedy;
use crate::ids::IdempotencyKey;
use crate::intent::Need;
use crate::ports::{EntryId, Millis, ModelError, Reasoning, Ticket};
use crate::via::Arrival;
use crate::{CallId, Refusal, ToolCall};
use serde::{Deserialize, Serialize};

/// One event, in its stored form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The person posted a message; it waits for its turn.
    UserSaid {
        /// The message.
        text: String,
        /// The idempotency key of the post.
        client: IdempotencyKey,
        /// The hash of the id of the session that posted it, for policies about the device that approves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// The number of an earlier message that this one replaces: the model no longer receives that message and all
        /// that follows it. The log keeps them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<u64>,
        /// The door through which it came; absent for the person's own browser.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrival: Option<Box<Arrival>>,
    },
    /// The person withdrew a waiting message.
    Withdrawn {
        /// The number of the message.
        said: u64,
    },
    /// The turn that answers a message began.
    TurnStarted {
        /// The number of the message.
        said: u64,
    },
    /// The model finished a block of text.
    Said {
        /// The text.
        text: String,
    },
    /// The model reasoned, before its next text or call. Only the model receives this.
    Reasoned {
        /// The reasoning blocks in order. Empty if the stored ones can no longer be decrypted.
        blocks: Vec<Reasoning>,
    },
    /// The model proposed a call.
    CallProposed {
        /// The call, with an id that the runner assigned.
        call: ToolCall,
        /// The action that it stands for, in words for the person.
        summary: String,
        /// The person or thing that it affects; empty if unknown.
        target: String,
    },
    /// The guard refused a call. Nothing was done.
    CallRefused {
        /// The call.
        call: CallId,
        /// The reason.
        refusal: Refusal,
    },
    /// A call needs an account that is not connected, or one that lacks scopes. The call waits.
    AccountWanted {
        /// The call.
        call: CallId,
        /// The credential that it needs.
        need: Need,
        /// The remedy available to the person. Absent in logs written before remedies were distinguished.
        #[serde(default)]
        remedy: Remedy,
        /// End of the wait.
        until: Millis,
    },
    /// The person has connected the account on one of the application's pages.
    AccountConnected {
        /// The call that waited for it.
        call: CallId,
        /// The account; absent if it was connected elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<ConnectedAccount>,
    },
    /// The person declined to connect the account.
    AccountDeclined {
        /// The call that waited for it.
        call: CallId,
    },
    /// An elevated call waits until the person has answered another question.
    ApprovalQueued {
        /// The call.
        call: CallId,
    },
    /// A question was recorded; it is about to be sent to the person.
    ApprovalAsked {
        /// The call.
        call: CallId,
        /// The question.
        question: Question,
    },
    /// The question was sent to the person.
    ApprovalPut {
        /// The call.
        call: CallId,
        /// The handle by which its answer is polled.
        ticket: Ticket,
    },
    /// A person whose approval the question needs has approved. The turn decides whether that suffices.
    ApprovalGiven {
        /// The call.
        call: CallId,
        /// The question.
        question: ApprovalId,
        /// The approval.
        given: SignedApproval,
    },
    /// A standing approval of the person answers the question, which nobody was asked.
    ApprovedInAdvance {
        /// The call.
        call: CallId,
        /// The question.
        question: Question,
        /// The use of the standing approval.
        given: SignedApproval,
    },
    /// A person whose approval the question needs has declined on a page.
    ApprovalDeclined {
        /// The call.
        call: CallId,
        /// The question.
        question: ApprovalId,
        /// The person and the reason.
        declined: Declined,
    },
    /// The question was answered, or will not be.
    ApprovalAnswered {
        /// The call.
        call: CallId,
        /// The answer. Only the first one counts.
        answer: Answer,
    },
    /// The person cancelled the question on the page.
    ApprovalCancelled {
        /// The call.
        call: CallId,
    },
    /// A permitted call was started.
    CallStarted {
        /// The call.
        call: CallId,
        /// The ledger entry that the call's outcome closes.
        entry: EntryId,
    },
    /// A call was completed.
    CallDone {
        /// The call.
        call: CallId,
        /// The result, in words for the person.
        summary: String,
        /// The result, for the model.
        content: serde_json::Value,
        /// Duration in milliseconds.
        took_ms: u64,
    },
    /// A call was attempted and not completed.
    CallFailed {
        /// The call.
        call: CallId,
        /// The reason, for the person and the model.
        reason: String,
    },
    /// A call was started and its end was not observed. It is not repeated.
    CallUnknown {
        /// The call.
        call: CallId,
    },
    /// The person asked to stop the turn.
    StopAsked {
        /// The number of the message that is being answered.
        said: u64,
    },
    /// The model's answer was interrupted together with the instance that received it. Its blocks are void, and it is
    /// requested again.
    BrokenOff {
        /// The number of the message that is being answered.
        said: u64,
    },
    /// The conversation became too long for the model, which receives only a later part of it from now on.
    Shortened {
        /// The number of the message at which that part starts.
        kept_from: u64,
    },
    /// The client of a door has received the outcome of the call that it asked for.
    Fetched {
        /// The number of its message.
        said: u64,
    },
    /// The turn ended.
    TurnEnded {
        /// The number of the message that it answered.
        said: u64,
        /// The reason.
        why: TurnEnd,
    },
}

impl Event {
    /// Returns whether a call is started after this event.
    #[must_use]
    pub const fn starts_a_call(&self) -> bool {
        matches!(self, Self::CallStarted { .. })
    }

    /// Returns whether people write this event concurrently with the running turn. All others are written only by the
    /// instance that runs the turn.
    #[must_use]
    pub const fn is_from_outside(&self) -> bool {
        matches!(
            self,
            Self::UserSaid { .. }
                | Self::Withdrawn { .. }
                | Self::ApprovalCancelled { .. }
                | Self::ApprovalGiven { .. }
                | Self::ApprovalDeclined { .. }
                | Self::AccountConnected { .. }
                | Self::AccountDeclined { .. }
                | Self::StopAsked { .. }
                | Self::Fetched { .. }
        )
    }
}

/// An account that a person has connected, as their card names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedAccount {
    /// The provider, by the name that people know.
    pub provider: String,
    /// The owner's name there; `None` if it could not be looked up.
    pub owner: Option<String>,
}

/// The reason why a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum TurnEnd {
    /// The model finished its answer.
    Done,
    /// The person stopped the turn.
    Stopped,
    /// The turn reached the limit of model answers.
    Steps {
        /// The limit.
        limit: u32,
    },
    /// The turn reached the limit of calls.
    Calls {
        /// The limit.
        limit: u32,
    },
    /// The turn reached its time limit.
    Time {
        /// The limit, in seconds.
        limit_s: u64,
    },
    /// The model's output reached the limit.
    Tokens {
        /// The limit.
        limit: u32,
    },
    /// The model could not answer.
    Model {
        /// The failure.
        trouble: ModelFailure,
    },
}

/// The failure of a model's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelFailure {
    /// Too many requests.
    Throttled,
    /// The conversation is too long for the model.
    ContextOverflow,
    /// The model service rejects the requests as configured; an operator must act.
    Misconfigured,
    /// The model service could not be reached, or failed.
    Unavailable,
    /// The answer ended before it was complete.
    Cut,
    /// The model sent nothing within the allowed time.
    Silent,
    /// A content filter stopped the answer.
    Filtered,
    /// The answer was empty.
    Empty,
    /// The answer could not be parsed.
    Malformed,
}

impl From<&ModelError> for ModelFailure {
    fn from(error: &ModelError) -> Self {
        match error {
            ModelError::Throttled(_) => Self::Throttled,
            ModelError::ContextOverflow(_) => Self::ContextOverflow,
            ModelError::Misconfigured(_) => Self::Misconfigured,
            ModelError::Unavailable(_) => Self::Unavailable,
            ModelError::Cut(_) => Self::Cut,
            ModelError::Silent(_) => Self::Silent,
        }
    }
}
