//! Fine-grained authorization: checks whether an actor may act on an object now.

use super::Unavailable;
use crate::intent::{Object, Relation};
use crate::target::Fact;
use crate::{Actor, Intent};
use async_trait::async_trait;

/// The answer to one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The actor has the relation on the object.
    Allow,
    /// The actor does not have the relation on the object.
    Deny,
}

/// One check: does the actor have this relation on this object, given these facts in addition to the stored
/// relationships?
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// The relation.
    pub relation: Relation,
    /// The object.
    pub object: &'a Object,
    /// Facts in addition to the stored relationships, for this check only. At most [`Check::MOST_FACTS`].
    pub facts: &'a [Fact],
}

impl<'a> Check<'a> {
    /// Most facts in one check: the number of contextual tuples that `OpenFGA` accepts since v1.7.0 (openfga/api pull
    /// request 208).
    pub const MOST_FACTS: usize = 100;

    /// The check of an intent's own relation and object.
    #[must_use]
    pub const fn of(intent: &'a Intent) -> Self {
        Self { relation: intent.relation, object: &intent.object, facts: &[] }
    }
}

/// Answers checks. Implementations must not cache answers, so that a revocation takes effect immediately.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// Decides whether `actor` has the relation on the object.
    ///
    /// # Errors
    /// [`Unavailable`] if there is no definite answer.
    async fn decide(&self, actor: &Actor, check: Check<'_>) -> Result<Decision, Unavailable>;
}

/// Finds the people who may approve actions on an object.
#[async_trait]
pub trait ApproverDirectory: Send + Sync {
    /// Returns the principals of those of the asker's tenant who have [`super::CAN_APPROVE`] on the object, given these
    /// facts. A relation that everybody has names nobody. The answer says who can be asked; [`Authorizer::decide`] says who
    /// may approve.
    ///
    /// # Errors
    /// [`Unavailable`] if there is no definite answer.
    async fn approvers(&self, asker: &Actor, object: &Object, facts: &[Fact]) -> Result<Vec<String>, Unavailable>;
}
