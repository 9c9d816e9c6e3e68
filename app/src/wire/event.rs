//! What happened in a conversation, as the page shows it.

use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person posted a message.
    UserSaid {
        /// The message.
        text: String,
    },
    /// A waiting message was taken back.
    Withdrawn {
        /// Its number.
        said: u64,
    },
    /// The turn that answers a message began.
    TurnStarted {
        /// The message's number.
        said: u64,
    },
    /// A finished block of the agent's text.
    Said {
        /// Sanitized HTML, made on the server.
        html: String,
    },
    /// The agent proposed a call.
    CallProposed {
        /// The call.
        call: String,
        /// What it would do.
        summary: String,
        /// Whom or what it touches; empty when that cannot be told.
        target: String,
        /// Tool and arguments, for who wants to see them.
        detail: String,
    },
    /// The call was refused; nothing was done.
    CallRefused {
        /// The call.
        call: String,
        /// Why.
        refusal: Refusal,
    },
    /// The call waits for an account of the person's.
    AccountWanted {
        /// The call.
        call: String,
        /// What is wanted and how it comes about, in sentences.
        words: String,
        /// What it must allow.
        scopes: Vec<String>,
        /// What the button says that leads there.
        label: String,
        /// Until when the call waits, in milliseconds since 1970.
        until: i64,
    },
    /// It waits no longer.
    AccountSettled {
        /// The call.
        call: String,
    },
    /// The call waits until another question is answered.
    ApprovalQueued {
        /// The call.
        call: String,
    },
    /// The person is to be asked.
    ApprovalAsked {
        /// The call.
        call: String,
        /// The code that screen and phone both show.
        code: String,
        /// What exactly is asked, name by name.
        details: Vec<Detail>,
        /// Until when an answer counts, in milliseconds since 1970.
        until: i64,
    },
    /// The question is on the person's phone.
    ApprovalPut {
        /// The call.
        call: String,
    },
    /// The person said yes.
    Approved {
        /// The call.
        call: String,
        /// When, in milliseconds since 1970.
        at: i64,
    },
    /// The question is over, without a yes.
    ApprovalOver {
        /// The call.
        call: String,
    },
    /// The person wants the turn to stop.
    StopAsked {
        /// The message's number.
        said: u64,
    },
    /// The call was begun.
    CallStarted {
        /// The call.
        call: String,
    },
    /// The call was done.
    CallDone {
        /// The call.
        call: String,
        /// What came of it.
        summary: String,
        /// How long it took, in milliseconds.
        took_ms: u64,
    },
    /// The call did not come about.
    CallFailed {
        /// The call.
        call: String,
        /// Why.
        reason: String,
    },
    /// Whether the call was done is not known.
    CallUnknown {
        /// The call.
        call: String,
    },
    /// The answer broke off with its server; what it said is said anew.
    BrokenOff {
        /// The message's number.
        said: u64,
    },
    /// The assistant is told only a later part of the conversation from now on.
    Shortened {
        /// The number of the message that this part begins with.
        kept_from: u64,
    },
    /// The turn ended.
    TurnEnded {
        /// The message's number.
        said: u64,
        /// Why.
        why: End,
    },
}

/// One line of what is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// What it is about.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A permission is missing.
    Denied {
        /// The relation.
        relation: String,
        /// The object.
        object: String,
    },
    /// An approval was needed, and there is none.
    NotApproved {
        /// Why.
        why: NotApproved,
    },
    /// No account could be used.
    NoAccount {
        /// Why, in sentences.
        why: String,
    },
    /// A service does not answer.
    NotNow {
        /// The service.
        service: String,
    },
    /// The call could not be read.
    BadInput {
        /// What is wrong.
        reason: String,
    },
    /// Too many calls.
    OverLimit {
        /// The limit.
        limit: u32,
    },
}

/// Why there is no yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotApproved {
    /// The person said no.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// The question was taken back.
    Cancelled,
    /// The yes did not fit.
    Mismatched,
    /// The answer was lost.
    Lost,
    /// The person has no device to be asked on.
    NoDevice,
    /// The same is being asked already.
    Asked,
    /// Another question took too long.
    Busy,
    /// A question was denied or taken back not long ago.
    Cooling {
        /// Until when, in milliseconds since 1970.
        until: i64,
    },
    /// Enough for a day.
    DailyLimit {
        /// The limit.
        limit: u32,
    },
    /// The approval came too long before the action.
    Stale,
    /// The yes was used already.
    Used,
    /// What would run is not what was asked.
    Changed,
}

/// Why a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All is said.
    Done,
    /// The person stopped it.
    Stopped,
    /// Too many steps.
    Steps {
        /// The limit.
        limit: u32,
    },
    /// Too many calls.
    Calls {
        /// The limit.
        limit: u32,
    },
    /// Too much time.
    Time {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// Too much text.
    Tokens {
        /// The limit.
        limit: u32,
    },
    /// The model could not answer.
    Model {
        /// Why.
        trouble: Trouble,
    },
}

/// Why the model could not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Too many requests.
    Throttled,
    /// The conversation is too long.
    ContextOverflow,
    /// An operator must act.
    Misconfigured,
    /// Not reachable.
    Unavailable,
    /// The answer broke off.
    Cut,
    /// No word in time.
    Silent,
    /// A content filter stopped it.
    Filtered,
    /// It said nothing.
    Empty,
}

impl End {
    /// What to tell the person; `None` when the turn simply ended.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::Done => return None,
            Self::Stopped => "You stopped this answer.".to_owned(),
            Self::Steps { limit } => format!("Stopped after {limit} steps, the most that one answer may take."),
            Self::Calls { limit } => format!("Stopped after {limit} calls, the most that one answer may make."),
            Self::Time { limit_s } => format!("Stopped after {limit_s} seconds, the longest that one answer may take."),
            Self::Tokens { limit } => format!("Stopped at {limit} tokens, the most that one answer may be long."),
            Self::Model { trouble } => trouble.sentence().to_owned(),
        })
    }
}

impl Trouble {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Throttled => "The model has too many requests right now. Ask again in a minute.",
            Self::ContextOverflow => "This conversation is too long for the model. Begin a new one.",
            Self::Misconfigured => "The model refuses our requests. Your administrator can find the reason in the log.",
            Self::Unavailable => "The model cannot be reached right now. Ask again in a moment.",
            Self::Cut => "The model's answer is incomplete. Ask again to continue.",
            Self::Silent => "The model did not answer in time. Ask again in a moment.",
            Self::Filtered => "A content filter stopped this answer.",
            Self::Empty => "The model answered nothing. Try other words.",
        }
    }
}
