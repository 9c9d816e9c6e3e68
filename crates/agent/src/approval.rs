//! The question that a person is asked before an elevated action, and the possible answers. An approval is bound to the
//! digest of everything that determines the action, so that the shown action is the one that runs.

mod binding;
mod canonical;
mod channel;
mod digest;
mod evidence;
mod standing;

pub use binding::binding_message;
pub use canonical::canonical;
pub use channel::{Channel, missing};
pub use digest::{Definition, Subject, digest};
pub use evidence::{ApprovalEvidence, BadEvidence, SignedApproval};
pub use standing::{ActionKind, Standing, StandingLimits, arguments};

use crate::ToolName;
use crate::ids::random_id;
use crate::intent::Effect;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

random_id! {
    /// An approval. Its id is the nonce in the digest.
    ApprovalId
}

impl ApprovalId {
    /// The short code shown on both screen and phone, such as `K7-31Q`: enough to tell two questions apart.
    #[must_use]
    pub fn code(&self) -> String {
        let text = self.as_str();
        format!("{}-{}", &text[..2], &text[2..5])
    }
}

/// The question about one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: ApprovalId,
    /// The tool that would run.
    pub tool: ToolName,
    /// The action in plain words.
    pub summary: String,
    /// The consequence of the action, if the tool states one.
    pub effect: Option<Effect>,
    /// The action and its object in full, as name and value.
    pub details: Vec<(String, String)>,
    /// The relation on which authorization decided.
    pub relation: String,
    /// The object of the relation.
    pub object: String,
    /// SHA-256 of everything that determines the action, see [`digest()`], in hexadecimal.
    pub digest: String,
    /// The line for a small screen: 1 to 64 characters, with the verb, the target and the code.
    pub binding_message: String,
    /// The time at which it was asked.
    pub asked: Millis,
    /// The time until which an answer is accepted.
    pub until: Millis,
    /// The period after the approval in which the action may start, in milliseconds.
    pub window: Millis,
    /// The external recipient to whom the arguments would disclose other tools' results. An approval of that is valid
    /// for the rest of the conversation.
    pub discloses: Option<String>,
}

impl Question {
    /// The short code shown on both screen and phone.
    #[must_use]
    pub fn code(&self) -> String {
        self.id.code()
    }
}

/// A denial that a person gave on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// The name of the person who declined; `None` if it is the person who asked.
    pub by: Option<String>,
    /// The reason, for the person who asked. Never shown to the model.
    pub reason: Option<String>,
}

impl Declined {
    /// Longest reason, in characters.
    pub const LONGEST_REASON: usize = 300;
}

/// The answer to a question, or its end without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Approved by each person whose approval is needed.
    Approved {
        /// The persons, the times, and the evidence. Never empty.
        given: Vec<SignedApproval>,
    },
    /// Denied.
    Denied,
    /// Denied on a page, perhaps with a reason.
    Declined {
        /// The person and the reason.
        declined: Declined,
    },
    /// Nobody answered in time.
    Expired,
    /// The person who asked cancelled the question.
    Cancelled,
    /// An approval for another question, or by another person.
    Mismatched {
        /// The mismatch, for the ledger.
        what: String,
    },
    /// The approver handed its answer out once, to an instance that died before recording it.
    Lost,
    /// The person has no device to receive the question.
    NoDevice,
    /// The person has no passkey.
    NoPasskey,
    /// Nobody else may approve the action.
    NoApprover,
    /// The answer could not be obtained in time.
    Unavailable {
        /// The service, by the name that people know.
        service: String,
    },
}
