//! What can happen in a conversation. Closed enums: no string means a state.

use crate::approval::{Answer, Question};
use crate::guard::Mend;
use crate::ids::ClientId;
use crate::intent::Need;
use crate::ports::{EntryId, Millis, ModelError, Reasoning, Ticket};
use crate::{CallId, Refusal, ToolCall};
use serde::{Deserialize, Serialize};

/// One thing that happened, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The person posted a message; it waits for its turn.
    UserSaid {
        /// The message.
        text: String,
        /// What makes a repeated post the same post.
        client: ClientId,
    },
    /// The person took a waiting message back.
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
    /// The model reasoned, before what it says or proposes next. Nobody but the model is told.
    Reasoned {
        /// Its blocks in order. Empty, if what is stored cannot be opened any more.
        blocks: Vec<Reasoning>,
    },
    /// The model proposed a call.
    CallProposed {
        /// The call, under an id of our own making.
        call: ToolCall,
        /// What it would do, for the person.
        summary: String,
        /// Whom or what it touches; empty when that cannot be told.
        target: String,
    },
    /// The guard refused a call; nothing was done.
    CallRefused {
        /// The call.
        call: CallId,
        /// Why.
        refusal: Refusal,
    },
    /// A call needs an account that the person has not connected, or not with all that it needs. It waits.
    AccountWanted {
        /// The call.
        call: CallId,
        /// What it needs.
        need: Need,
        /// What the person can do. Logs of before this was told apart do not have it.
        #[serde(default)]
        mend: Mend,
        /// Until when it waits.
        until: Millis,
    },
    /// The person has connected the account, on a page of ours.
    AccountConnected {
        /// The call that waited for it.
        call: CallId,
    },
    /// The person will not connect the account.
    AccountDeclined {
        /// The call that waited for it.
        call: CallId,
    },
    /// An elevated call waits until the person has answered another question.
    ApprovalQueued {
        /// The call.
        call: CallId,
    },
    /// A question was written down; it is about to be put to the person.
    ApprovalAsked {
        /// The call.
        call: CallId,
        /// The question.
        question: Question,
    },
    /// The person has the question.
    ApprovalPut {
        /// The call.
        call: CallId,
        /// What its answer is looked up by.
        ticket: Ticket,
    },
    /// The question is answered, or will not be.
    ApprovalAnswered {
        /// The call.
        call: CallId,
        /// The answer. The first one counts.
        answer: Answer,
    },
    /// The person took the question back, on the page.
    ApprovalCancelled {
        /// The call.
        call: CallId,
    },
    /// A permitted call was begun.
    CallStarted {
        /// The call.
        call: CallId,
        /// The ledger's entry that its outcome closes.
        entry: EntryId,
    },
    /// A call was done.
    CallDone {
        /// The call.
        call: CallId,
        /// What came of it, for the person.
        summary: String,
        /// What came of it, for the model.
        content: serde_json::Value,
        /// How long it took, in milliseconds.
        took_ms: u64,
    },
    /// A call was tried and did not come about.
    CallFailed {
        /// The call.
        call: CallId,
        /// Why, for the person and the model.
        reason: String,
    },
    /// A call was begun and its end was not seen. It is not repeated.
    CallUnknown {
        /// The call.
        call: CallId,
    },
    /// The person wants the turn to stop.
    StopAsked {
        /// The number of the message that is being answered.
        said: u64,
    },
    /// The model's answer broke off with the instance that heard it. Its blocks are void: it is asked for again.
    BrokenOff {
        /// The number of the message that is being answered.
        said: u64,
    },
    /// The conversation became too long for the model, which is told only a later part of it from now on.
    Shortened {
        /// The number of the message that this part begins with.
        kept_from: u64,
    },
    /// The turn ended.
    TurnEnded {
        /// The number of the message that it answered.
        said: u64,
        /// Why.
        why: End,
    },
}

impl Event {
    /// Whether people write this, beside the turn that runs: all else is written by the one instance that runs it.
    #[must_use]
    pub const fn is_from_outside(&self) -> bool {
        matches!(
            self,
            Self::UserSaid { .. }
                | Self::Withdrawn { .. }
                | Self::ApprovalCancelled { .. }
                | Self::AccountConnected { .. }
                | Self::AccountDeclined { .. }
                | Self::StopAsked { .. }
        )
    }
}

/// Why a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// The model has said all.
    Done,
    /// The person stopped it.
    Stopped,
    /// So many model answers were not enough.
    Steps {
        /// The limit.
        limit: u32,
    },
    /// So many calls were not enough.
    Calls {
        /// The limit.
        limit: u32,
    },
    /// It took too long.
    Time {
        /// The limit, in seconds.
        limit_s: u64,
    },
    /// The model wrote as much as one turn may hold.
    Tokens {
        /// The limit.
        limit: u32,
    },
    /// The model could not answer.
    Model {
        /// What was wrong.
        trouble: Trouble,
    },
}

/// What was wrong with the model's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Too many requests.
    Throttled,
    /// The conversation is too long for the model.
    ContextOverflow,
    /// An operator must act.
    Misconfigured,
    /// Not reachable, or failed.
    Unavailable,
    /// The answer broke off.
    Cut,
    /// No word in the time allowed.
    Silent,
    /// A content filter stopped the answer.
    Filtered,
    /// It answered nothing.
    Empty,
    /// Its answer could not be read.
    Malformed,
}

impl From<&ModelError> for Trouble {
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
