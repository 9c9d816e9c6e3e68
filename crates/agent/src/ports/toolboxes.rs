//! What can be done, turn by turn: the agent's own tools, and what comes from elsewhere for this person now.

use crate::{Actor, Toolbox};
use async_trait::async_trait;

/// Fills toolboxes.
#[async_trait]
pub trait Toolboxes: Send + Sync {
    /// What may be proposed in a turn of `actor`'s that begins, or goes on, now. It never fails and never waits for long:
    /// what cannot be reached is missing, or stands there as it was last known. What is in it is allowed to nobody yet.
    async fn toolbox(&self, actor: &Actor) -> Toolbox;
}

/// The same tools for everybody, always.
#[async_trait]
impl Toolboxes for Toolbox {
    async fn toolbox(&self, _actor: &Actor) -> Toolbox {
        self.clone()
    }
}
