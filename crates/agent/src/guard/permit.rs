//! The leave to run one call once. It has no public constructor, is not `Clone`, and is eaten by use.

use super::Request;
use crate::approval::{Definition, Question};
use crate::ports::{AccessToken, Clock, EntryId, Millis};
use crate::target::Target;
use crate::tool::ToolSpec;
use crate::{Actor, Intent, ToolCall};
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// Leave to run one call, once. Made by [`crate::Guard::admit`] alone and spent by [`crate::Toolbox::run`] alone.
#[must_use = "a permit not spent is a call allowed and never run"]
pub struct Permit {
    pub(super) request: Box<Request>,
    pub(super) entry: EntryId,
    pub(super) access_token: Option<AccessToken>,
    pub(super) question: Option<Question>,
    /// Until when the action may begin, by the wall clock: a process that was suspended does not notice otherwise.
    pub(super) until: Millis,
    pub(super) clock: Arc<dyn Clock>,
}

impl Permit {
    /// Whose call it is.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.request.actor
    }

    /// The call: what was checked is what runs.
    #[must_use]
    pub fn call(&self) -> &ToolCall {
        &self.request.call
    }

    /// What the guard was asked about.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.request.intent
    }

    /// The object that the guard looked up and decided about. A tool that has a lookup acts on this one alone.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        self.request.target.as_ref()
    }

    /// The access token with its source: the only way to one.
    #[must_use]
    pub const fn access_token(&self) -> Option<&AccessToken> {
        self.access_token.as_ref()
    }

    /// The borrowed token.
    #[must_use]
    pub fn token(&self) -> Option<&SecretString> {
        self.access_token.as_ref().map(AccessToken::token)
    }

    /// Says that the service would not take the credential, so that it is not lent again as it is.
    pub async fn refused(&self) {
        if let Some(access_token) = &self.access_token {
            access_token.refused().await;
        }
    }

    /// The ledger's entry of this deed.
    #[must_use]
    pub fn entry(&self) -> &EntryId {
        &self.entry
    }

    /// The last look before the action: the tool is what was asked about, and the decision is fresh.
    pub(crate) fn still_holds(&self, definition: &ToolSpec) -> Result<(), Void> {
        let same = |question| Definition::of(definition).is_ok_and(|it| self.request.is_as_asked(&it, question));
        if !self.question.as_ref().is_none_or(same) {
            Err(Void::Changed)
        } else if self.clock.now() > self.until {
            Err(Void::Late)
        } else {
            Ok(())
        }
    }

    pub(crate) fn spent(&self) -> Spent {
        Spent(self.entry.clone())
    }
}

/// The reason for which a permit no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Void {
    /// The tool, its arguments or its object are not what a person approved.
    #[error("What would be done is not what was approved. Nothing was done.")]
    Changed,
    /// The decision is older than the question said that it may be.
    #[error("Too much time has passed since this was allowed. Nothing was done. Ask again.")]
    Late,
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("call", &self.request.call.id)
            .field("entry", &self.entry)
            .finish_non_exhaustive()
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
