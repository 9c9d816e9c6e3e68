//! What a person is asked before an elevated deed, and what they may answer. A yes is bound to the digest of all that
//! decides what will be done, so that what was shown is what runs.

mod binding;
mod canonical;
mod digest;
mod evidence;

pub use binding::binding_message;
pub use canonical::canonical;
pub use digest::{Definition, Subject, digest};
pub use evidence::{ApprovalEvidence, BadEvidence, SignedApproval};

use crate::ToolName;
use crate::ids::random_id;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

random_id! {
    /// One approval. Its id is the nonce in the digest.
    ApprovalId
}

impl ApprovalId {
    /// The short code that screen and phone both show, such as `K7-31Q`: enough to tell two questions apart.
    #[must_use]
    pub fn code(&self) -> String {
        let text = self.as_str();
        format!("{}-{}", &text[..2], &text[2..5])
    }
}

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: ApprovalId,
    /// The tool that would run.
    pub tool: ToolName,
    /// The deed in plain words.
    pub summary: String,
    /// What will be done and to whom, name by name, in full.
    pub details: Vec<(String, String)>,
    /// The relation that was found.
    pub relation: String,
    /// The object of the relation.
    pub object: String,
    /// SHA-256 over all that decides what will be done, see [`digest`], in hexadecimal.
    pub digest: String,
    /// The line for a small screen: 1 to 64 characters, with the verb, the target and the code.
    pub binding_message: String,
    /// When it was asked.
    pub asked: Millis,
    /// Until when an answer counts.
    pub until: Millis,
    /// The time after its approval in which the action may begin, in milliseconds.
    pub window: Millis,
    /// The recipient outside to whom the arguments would go although they hold what other tools answered. Its approval
    /// counts for the rest of the conversation.
    pub discloses: Option<String>,
}

impl Question {
    /// The short code that screen and phone both show.
    #[must_use]
    pub fn code(&self) -> String {
        self.id.code()
    }
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Yes, by this person.
    Approved {
        /// Who, when, and the evidence.
        given: SignedApproval,
    },
    /// No.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// The person who asked took the question back.
    Cancelled,
    /// A yes came that is not to this question, or not of this person.
    Mismatched {
        /// What did not fit, for the ledger.
        what: String,
    },
    /// The approver gave its answer out once, to an instance that died before it could write it down.
    Lost,
    /// Nobody could be asked, since this person has no device for it.
    NoDevice,
    /// The answer could not be had in time.
    Unavailable {
        /// The service, by the name a person knows.
        service: String,
    },
}
