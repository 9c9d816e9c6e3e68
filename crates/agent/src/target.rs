//! The object that a call touches, if only the service knows it: people write a name, the service acts on an id. The
//! guard looks the object up before it prompts anybody, and the tool acts on the object found.

use crate::ToolCall;
use crate::intent::{Need, Object, Relation};
use crate::ports::AccessToken;
use crate::tool::ToolError;
use async_trait::async_trait;
use std::fmt;

/// The object that a call would touch, as the service knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The relation that the actor must have on it, in addition to the intent's own.
    pub relation: Relation,
    /// The object, by the service's id: its name may belong to another object a moment later.
    pub object: Object,
    /// Facts about the object that the service states and the authorizer does not store.
    pub facts: Vec<Fact>,
    /// Details to show the person in addition to the intent's target, as name and value: `Name`, `Bob Crane`.
    pub details: Vec<(&'static str, String)>,
    /// A sentence shown with a denial if `facts` is incomplete.
    pub caveat: Option<String>,
}

impl Target {
    /// Returns whether both are the same object with the same displayed details. Facts may differ, because they are
    /// checked again.
    #[must_use]
    pub fn is_as_shown(&self, other: &Self) -> bool {
        (&self.object, &self.relation, &self.details) == (&other.object, &other.relation, &other.details)
    }
}

/// A relationship that exists at a service: `subject` has `relation` to `object`. `OpenFGA` receives it as a contextual
/// tuple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The object that has the relation, such as a group.
    pub subject: Object,
    /// The relation.
    pub relation: Relation,
    /// The object that the relation points to.
    pub object: Object,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.subject, self.relation, self.object)
    }
}

/// Looks up targets without changing anything.
#[async_trait]
pub trait TargetLookup: fmt::Debug + Send + Sync {
    /// The read-only credential that the lookup needs.
    fn needs(&self) -> Need;

    /// Queries the service, without a cache, for the object that `call` touches.
    ///
    /// # Errors
    /// [`ToolError::Failed`] with a sentence if there is no such object; the other variants name the service that did
    /// not answer.
    async fn target(&self, call: &ToolCall, credential: &AccessToken) -> Result<Target, ToolError>;
}
