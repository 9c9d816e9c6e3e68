//! The events of a conversation, as the page receives them.

use crate::texts::Texts;
use serde::{Deserialize, Serialize};

/// An event of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person posted a message.
    UserSaid {
        /// The message.
        text: String,
        /// Number of the earlier message that it replaces.
        replaces: Option<u64>,
    },
    /// The person withdrew a waiting message.
    Withdrawn {
        /// Number of the message.
        said: u64,
    },
    /// The turn that answers a message started.
    TurnStarted {
        /// Number of the message.
        said: u64,
    },
    /// The agent finished a block of text.
    Said {
        /// HTML, sanitized on the server.
        html: String,
    },
    /// The agent proposed a tool call.
    CallProposed {
        /// Id of the call.
        call: String,
        /// Summary of the proposed action.
        summary: String,
        /// The person or resource affected; empty if unknown.
        target: String,
        /// Tool and arguments, shown on demand.
        detail: String,
    },
    /// The call was refused, and nothing was done.
    CallRefused {
        /// Id of the call.
        call: String,
        /// The reason.
        refusal: Refusal,
    },
    /// The call waits for the person to connect an account.
    AccountWanted {
        /// Id of the call.
        call: String,
        /// Sentences that say which account is needed and how to connect it.
        words: String,
        /// OAuth scopes that the account must grant.
        scopes: Vec<String>,
        /// Label of the button that starts the connection.
        label: String,
        /// Deadline of the wait, in milliseconds since 1970.
        until: i64,
    },
    /// The call no longer waits for an account.
    AccountSettled {
        /// Id of the call.
        call: String,
        /// Sentence that names the account that was connected; `None` if none was, or not on the call's card.
        account: Option<String>,
    },
    /// The call waits because another approval of the person is open.
    ApprovalQueued {
        /// Id of the call.
        call: String,
    },
    /// An approval was requested; it is not yet on the person's phone.
    ApprovalAsked {
        /// Id of the call.
        call: String,
        /// The code that the screen and the phone both show.
        code: String,
        /// The consequence of the action, if the tool states one.
        effect: Option<Effect>,
        /// The action in detail, one name and value a line.
        details: Vec<Detail>,
        /// Deadline of the answer, in milliseconds since 1970.
        until: i64,
    },
    /// The approval request reached the people who are to answer it.
    ApprovalPut {
        /// Id of the call.
        call: String,
        /// The place at which the person who asks can answer.
        at: AskedAt,
    },
    /// One of several people approved the call.
    ApprovalGiven {
        /// Id of the call.
        call: String,
    },
    /// The call is approved by everybody whose approval it needs.
    Approved {
        /// Id of the call.
        call: String,
        /// Time of the approval, in milliseconds since 1970.
        at: i64,
    },
    /// A standing approval of the person approved the call; nobody was asked.
    ApprovedInAdvance {
        /// Id of the call.
        call: String,
        /// The number of this use.
        number: u32,
        /// Most uses.
        uses: u32,
    },
    /// The approval request ended without an approval.
    ApprovalOver {
        /// Id of the call.
        call: String,
    },
    /// The person asked to stop the turn.
    StopAsked {
        /// Number of the message that the turn answers.
        said: u64,
    },
    /// The tool started to run.
    CallStarted {
        /// Id of the call.
        call: String,
    },
    /// The call succeeded.
    CallDone {
        /// Id of the call.
        call: String,
        /// Summary of the result.
        summary: String,
        /// Duration in milliseconds.
        took_ms: u64,
    },
    /// The call failed.
    CallFailed {
        /// Id of the call.
        call: String,
        /// The error, in a sentence for the person.
        reason: String,
    },
    /// The outcome of the call is unknown: its end was never seen.
    CallUnknown {
        /// Id of the call.
        call: String,
    },
    /// The server stopped in the middle of an answer. Another one answers again, so the page discards the incomplete
    /// text.
    BrokenOff {
        /// Number of the message.
        said: u64,
    },
    /// From now on the model receives only the later part of the conversation.
    Shortened {
        /// Number of the first message that the model still receives.
        kept_from: u64,
    },
    /// The turn ended.
    TurnEnded {
        /// Number of the message that the turn answered.
        said: u64,
        /// The reason.
        why: TurnEnd,
    },
}

/// The consequence of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// One or two sentences.
    pub text: String,
    /// The possibility to take it back.
    pub permanence: Permanence,
}

/// The possibility to take an action back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permanence {
    /// Somebody can restore the state before it.
    Reversible,
    /// Nobody can.
    Permanent,
}

/// The place at which the person who asks can answer an approval request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedAt {
    /// Their phone.
    Phone,
    /// Their phone; other people are asked as well.
    PhoneAndOthers,
    /// The page at this path, for themselves with a passkey, perhaps others as well.
    Page(String),
    /// Nowhere: only other people are asked.
    Others,
}

/// One line of an approval request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Label of the line.
    pub name: String,
    /// The value, as the person approves it.
    pub value: String,
}

/// The reason why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The person lacks a permission.
    Denied {
        /// The missing relation.
        relation: String,
        /// The object of the permission.
        object: String,
    },
    /// The call needs an approval, and none was given.
    NotApproved {
        /// The reason.
        why: NotApproved,
    },
    /// No connected account can be used.
    NoAccount {
        /// The reason and the remedy, in sentences.
        why: String,
    },
    /// A service cannot be reached.
    NotNow {
        /// Name of the service.
        service: String,
    },
    /// The arguments of the call are invalid.
    BadInput {
        /// The error, in a sentence for the person.
        reason: String,
    },
    /// Policies do not allow it through this door.
    Forbidden,
    /// The turn made too many calls.
    OverLimit {
        /// Most calls in one turn.
        limit: u32,
    },
}

/// The reason why an approval is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotApproved {
    /// The person denied the request.
    Denied,
    /// The request expired unanswered.
    Expired,
    /// The person withdrew the request.
    Cancelled,
    /// The approval that arrived belongs to another request.
    Mismatched,
    /// The server stopped before it stored the answer.
    Lost,
    /// A person declined on a page.
    Declined {
        /// Name of the person; empty if it is the reader.
        by: String,
        /// The reason; empty if none was given.
        reason: String,
    },
    /// The person has no passkey.
    NoPasskey,
    /// Nobody else may approve the action.
    NoApprover,
    /// The second person may no longer approve the action.
    NotApprover,
    /// The person has no enrolled device.
    NoDevice,
    /// The same approval is already requested in another conversation.
    Asked,
    /// Another approval of the person stayed open for too long.
    Busy,
    /// The person denied or withdrew a request recently, so no new one is sent yet.
    Cooling {
        /// End of the pause, in milliseconds since 1970.
        until: i64,
    },
    /// The person reached the daily limit of approval requests.
    DailyLimit {
        /// Most requests in a day.
        limit: u32,
    },
    /// Too much time passed between the approval and the action.
    Stale,
    /// The approval was already used; each one is valid for one attempt.
    Used,
    /// The action differs from the one that was approved.
    Changed,
}

/// The reason why a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnEnd {
    /// The answer is complete.
    Done,
    /// The person stopped it.
    Stopped,
    /// The turn reached the limit of steps.
    Steps {
        /// Most steps in a turn.
        limit: u32,
    },
    /// The turn reached the limit of calls.
    Calls {
        /// Most calls in a turn.
        limit: u32,
    },
    /// The turn reached the time limit.
    Time {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// The turn reached the limit of tokens.
    Tokens {
        /// Most tokens in a turn.
        limit: u32,
    },
    /// The model did not answer.
    Model {
        /// The reason.
        trouble: ModelFailure,
    },
}

/// The reason why the model did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelFailure {
    /// The provider throttles our requests.
    Throttled,
    /// The conversation exceeds the model's context window.
    ContextOverflow,
    /// The provider rejects our requests; an operator must act.
    Misconfigured,
    /// The provider cannot be reached.
    Unavailable,
    /// The answer was cut off.
    Cut,
    /// The model did not answer in time.
    Silent,
    /// A content filter blocked the answer.
    Filtered,
    /// The answer was empty.
    Empty,
}

impl TurnEnd {
    /// Returns the sentence for the person; empty after a complete answer.
    #[must_use]
    pub fn text(&self, t: Texts) -> String {
        match self {
            Self::Done => String::new(),
            Self::Stopped => t.end_stopped().to_owned(),
            Self::Steps { limit } => t.end_steps((*limit).into()),
            Self::Calls { limit } => t.end_calls((*limit).into()),
            Self::Time { limit_s } => t.end_time(*limit_s),
            Self::Tokens { limit } => t.end_tokens((*limit).into()),
            Self::Model { trouble } => trouble.text(t).to_owned(),
        }
    }
}

impl ModelFailure {
    fn text(self, t: Texts) -> &'static str {
        match self {
            Self::Throttled => t.model_throttled(),
            Self::ContextOverflow => t.model_overflow(),
            Self::Misconfigured => t.model_misconfigured(),
            Self::Unavailable => t.model_unavailable(),
            Self::Cut => t.model_cut(),
            Self::Silent => t.model_silent(),
            Self::Filtered => t.model_filtered(),
            Self::Empty => t.model_empty(),
        }
    }
}
