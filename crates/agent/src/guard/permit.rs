//! The leave to run one call once. It has no public constructor, is not `Clone`, and is eaten by use.

use crate::ports::{EntryId, Loan};
use crate::{Actor, Intent, ToolCall};
use secrecy::SecretString;
use std::fmt;

/// Leave to run one call, once. Made by [`crate::Guard::admit`] alone and spent by [`crate::Toolbox::run`] alone.
#[must_use = "a permit not spent is a call allowed and never run"]
pub struct Permit {
    pub(super) actor: Actor,
    pub(super) call: ToolCall,
    pub(super) intent: Intent,
    pub(super) entry: EntryId,
    pub(super) loan: Option<Loan>,
}

impl Permit {
    /// Whose call it is.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The call: what was checked is what runs.
    #[must_use]
    pub fn call(&self) -> &ToolCall {
        &self.call
    }

    /// What the guard was asked about.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// The borrowed credential: the only way to one.
    #[must_use]
    pub fn token(&self) -> Option<&SecretString> {
        self.loan.as_ref().map(Loan::token)
    }

    pub(crate) fn spent(&self) -> Spent {
        Spent(self.entry.clone())
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("call", &self.call.id).field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// What is left of a permit: the ledger's entry that waits for its outcome.
#[derive(Debug)]
#[must_use = "the ledger's entry must be closed"]
pub struct Spent(EntryId);

impl Spent {
    pub(crate) fn entry(&self) -> &EntryId {
        &self.0
    }
}
