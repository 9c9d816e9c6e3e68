//! The permit to run one call once. It has no public constructor, is not `Clone`, and is consumed by use.

use super::Request;
use crate::approval::{Definition, Question};
use crate::ports::{AccessToken, Clock, EntryId, Millis};
use crate::target::Target;
use crate::tool::ToolSpec;
use crate::{Actor, Intent, ToolCall};
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// The permission to run one call, once. Only [`crate::Guard::admit`] creates it, and only [`crate::Toolbox::run`]
/// spends it.
#[must_use = "a permit that is not spent allows a call that never runs"]
pub struct Permit {
    pub(super) request: Box<Request>,
    pub(super) entry: EntryId,
    pub(super) access_token: Option<AccessToken>,
    pub(super) question: Option<Question>,
    /// The latest time at which the action may start, by the wall clock, because a suspended process notices the pause
    /// in no other way.
    pub(super) until: Millis,
    pub(super) clock: Arc<dyn Clock>,
}

impl Permit {
    /// The person on whose behalf the call runs.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.request.actor
    }

    /// The call that was checked, and thus the one that runs.
    #[must_use]
    pub fn call(&self) -> &ToolCall {
        &self.request.call
    }

    /// The action that the guard decided about.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.request.intent
    }

    /// The object that the guard looked up and decided about. A tool with a lookup must act on this object only.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        self.request.target.as_ref()
    }

    /// The credential, which is available in no other way.
    #[must_use]
    pub const fn access_token(&self) -> Option<&AccessToken> {
        self.access_token.as_ref()
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> Option<&SecretString> {
        self.access_token.as_ref().map(AccessToken::token)
    }

    /// Reports that the service rejected the credential, so that the same one is not handed out again.
    pub async fn refused(&self) {
        if let Some(access_token) = &self.access_token {
            access_token.refused().await;
        }
    }

    /// The ledger entry of this action.
    #[must_use]
    pub fn entry(&self) -> &EntryId {
        &self.entry
    }

    /// The last check before the action: the tool is the approved one, and the decision has not expired.
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

    pub(crate) fn spent(&self) -> SpentPermit {
        SpentPermit(self.entry.clone())
    }
}

/// The reason why a permit is no longer valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Void {
    /// The tool, its arguments or its object differ from those that the person approved.
    #[error("The action differs from the one that was approved. Nothing was done.")]
    Changed,
    /// The decision is older than its window allows.
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

/// The remainder of a spent permit: the ledger entry that needs an outcome.
#[derive(Debug)]
#[must_use = "the ledger's entry must be closed"]
pub struct SpentPermit(EntryId);

impl SpentPermit {
    pub(crate) fn entry(&self) -> &EntryId {
        &self.0
    }
}
