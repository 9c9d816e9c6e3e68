//! The lease of a running turn: taken, renewed, and lost in time.

use super::{STORE, Turns};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Holder, Stamp, Unavailable};
use std::time::Duration;
use tokio::time::Instant;

/// The time of a lease: another instance takes a turn over when its lease has not changed for so long. A lease is renewed
/// three times in that time, and the queue is looked at about four times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(pub Duration);

impl Default for Lease {
    fn default() -> Self {
        Self(Duration::from_secs(12))
    }
}

impl Turns {
    /// Takes or renews the lease, also from `gone`; `None` when another instance has it.
    pub(super) async fn take_lease(
        &self,
        actor: &Actor,
        id: &ConversationId,
        gone: Option<&Holder>,
    ) -> Result<Option<Stamp>, Unavailable> {
        self.0.leases.take(actor, id, &self.0.instance, gone).await
    }

    /// Renews the lease that was taken at `held` for as long as it is polled; ends only when the lease is lost. Nobody
    /// else can have seen it unchanged for its whole time before that time has passed here.
    pub(super) async fn keep_lease(&self, actor: &Actor, id: &ConversationId, mut held: Instant) -> Unavailable {
        let Lease(time) = self.0.lease;
        loop {
            tokio::time::sleep(time / 3).await;
            let begun = Instant::now();
            let left = (held + time).saturating_duration_since(begun);
            match tokio::time::timeout(left, self.take_lease(actor, id, None)).await {
                Ok(Ok(Some(_))) => held = begun,
                Ok(Ok(None)) => return Unavailable::new(STORE, "another instance has taken the lease"),
                Ok(Err(error)) => tracing::warn!(error = %error, "a lease could not be renewed"),
                Err(_) => return Unavailable::new(STORE, "the lease could not be renewed in its time"),
            }
        }
    }
}
