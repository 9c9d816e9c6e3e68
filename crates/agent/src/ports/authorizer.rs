//! Fine-grained authorization: may this actor do this to this object, now.

use super::Unavailable;
use crate::{Actor, Intent};
use async_trait::async_trait;

/// The answer to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The actor has the relation on the object.
    Allow,
    /// The actor has not.
    Deny,
}

/// Answers questions about relations. Implementations ask afresh each time: no cache may outlive a revocation.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// Whether `actor` has the intent's relation on its object.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no certain answer.
    async fn decide(&self, actor: &Actor, intent: &Intent) -> Result<Decision, Unavailable>;
}
