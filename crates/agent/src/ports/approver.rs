//! A human yes, out of band. The way to the person may be a push to the phone, another device, or another person;
//! the core only knows that it was asked and what was answered.

use super::{Millis, Unavailable};
use crate::Actor;
use crate::approval::{Question, SignedApproval};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// What an asked question is looked up by, kept in the conversation's log so that another instance can go on asking.
/// Worth nothing without the application's own credentials; its `Debug` shows nothing of it all the same.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The approver's own handle.
    pub handle: String,
    /// Shortest time between two looks, in milliseconds.
    pub interval_ms: u64,
    /// Until when the approver waits for an answer.
    pub until: Millis,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Why a question was not asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// This person has no device that could be asked.
    #[error("no device to ask")]
    NoDevice,
    /// The approver did not take it, or did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What one look brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Not answered yet; from now on look no more often than this.
    Pending {
        /// Shortest time until the next look.
        wait: Duration,
    },
    /// Yes. Signature, issuer, audience and expiry of the evidence are good.
    Yes {
        /// Who, when, and the evidence.
        given: SignedApproval,
        /// The digest of the question that the yes names.
        digest: String,
    },
    /// No, or too late: an approver may not tell the two apart.
    No,
    /// Too late: nobody answered in time.
    Expired,
    /// The approver knows of no such question any more: its answer was given out already, and nobody kept it.
    Gone,
    /// There is evidence, and it is not good.
    Invalid {
        /// What is wrong, for the ledger and the log.
        what: String,
    },
}

/// Evidence of an approval that does not count now.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// It is not the evidence of this person's approval of this question.
    #[error("{0}")]
    Invalid(String),
    /// It cannot be verified now, which says nothing about it.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Asks people.
#[async_trait]
pub trait Approver: Send + Sync {
    /// Returns whether anybody can be asked at all by this channel, as it is configured.
    ///
    /// # Errors
    /// [`Unavailable`]: not known now.
    async fn is_offered(&self) -> Result<bool, Unavailable> {
        Ok(true)
    }

    /// Puts the question to the actor.
    ///
    /// # Errors
    /// See [`AskError`].
    async fn ask(&self, actor: &Actor, question: &Question, now: Millis) -> Result<Ticket, AskError>;

    /// Looks once whether there is an answer. One look at a time for a ticket.
    ///
    /// # Errors
    /// [`Unavailable`]: not known yet; look again later.
    async fn look(&self, actor: &Actor, question: &Question, ticket: &Ticket, now: Millis)
    -> Result<Seen, Unavailable>;

    /// Verifies the evidence of an approval once more, before it is spent: that the channel signed it, for this application, of
    /// the actor, in the time in which `question` could be answered. It may have ended since: its age is judged by the time of
    /// its receipt.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    async fn verify(&self, actor: &Actor, question: &Question, approval: &SignedApproval) -> Result<(), EvidenceError>;
}
