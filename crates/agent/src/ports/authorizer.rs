//! Fine-grained authorization: may this actor do this to this object, now.

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
    /// The actor has not.
    Deny,
}

/// One question: does the actor have this relation on this object, if these facts hold besides what is stored?
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// The relation.
    pub relation: Relation,
    /// The object.
    pub object: &'a Object,
    /// Facts besides the stored relationships, for this check alone. At most [`Check::MOST_FACTS`].
    pub facts: &'a [Fact],
}

impl<'a> Check<'a> {
    /// The most facts of one check: what `OpenFGA` takes as contextual tuples since v1.7.0 (openfga/api pull request 208).
    pub const MOST_FACTS: usize = 100;

    /// The check of an intent's own relation and object.
    #[must_use]
    pub const fn of(intent: &'a Intent) -> Self {
        Self { relation: intent.relation, object: &intent.object, facts: &[] }
    }
}

/// Answers checks. Implementations ask afresh each time: no cache may outlive a revocation.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// Decides whether `actor` has the relation on the object.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no certain answer.
    async fn decide(&self, actor: &Actor, check: Check<'_>) -> Result<Decision, Unavailable>;
}
