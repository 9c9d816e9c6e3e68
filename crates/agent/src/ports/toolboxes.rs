//! The tools of a turn: the agent's own, and those that other servers offer to this person at the moment.

use crate::{Actor, Toolbox};
use async_trait::async_trait;

/// Assembles toolboxes.
#[async_trait]
pub trait Toolboxes: Send + Sync {
    /// Returns the tools that may be proposed in a turn of `actor` that starts or continues now. Never fails and never
    /// blocks for long: an unreachable source is omitted, or appears as last known. Being in the toolbox authorizes
    /// nothing yet.
    async fn toolbox(&self, actor: &Actor) -> Toolbox;
}

/// The same tools for everybody, at all times.
#[async_trait]
impl Toolboxes for Toolbox {
    async fn toolbox(&self, _actor: &Actor) -> Toolbox {
        self.clone()
    }
}
