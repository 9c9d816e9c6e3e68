//! The object that a call touches, where only the service knows it: people write a name, the service acts by an id. The
//! guard has it looked up before anybody is asked, and the tool acts by what was found.

use crate::ToolCall;
use crate::intent::{Need, Object, Relation};
use crate::ports::AccessToken;
use crate::tool::ToolError;
use async_trait::async_trait;
use std::fmt;

/// The object that a call would touch, as the service knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The relation that the actor must have on it, besides the intent's own.
    pub relation: Relation,
    /// The object, by the service's id: a name may belong to another object a moment later.
    pub object: Object,
    /// Facts about the object that the service states and the authorizer's store does not hold.
    pub facts: Vec<Fact>,
    /// Details for the person besides the intent's target, name and value: `Name`, `Bob Crane`.
    pub details: Vec<(&'static str, String)>,
    /// A sentence for whoever is denied because `facts` could not hold everything.
    pub caveat: Option<String>,
}

impl Target {
    /// Returns whether both are the same object, shown in the same words. Facts may differ: they are asked about afresh.
    #[must_use]
    pub fn is_as_shown(&self, other: &Self) -> bool {
        (&self.object, &self.relation, &self.details) == (&other.object, &other.relation, &other.details)
    }
}

/// A relationship that holds at a service: `subject` has `relation` to `object`. `OpenFGA` takes it as a contextual tuple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The object that has the relation, such as a group.
    pub subject: Object,
    /// The relation.
    pub relation: Relation,
    /// The object that the relation leads to.
    pub object: Object,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.subject, self.relation, self.object)
    }
}

/// Looks up targets. Reads only.
#[async_trait]
pub trait TargetLookup: fmt::Debug + Send + Sync {
    /// The credential of a lookup: it reads and no more.
    fn needs(&self) -> Need;

    /// Asks the service, afresh, which object `call` touches.
    ///
    /// # Errors
    /// [`ToolError::Failed`] with a sentence when there is no such object, and the service's name when it does not answer.
    async fn target(&self, call: &ToolCall, credential: &AccessToken) -> Result<Target, ToolError>;
}
