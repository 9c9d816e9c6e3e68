//! Takes over the turns whose instance is gone.

use super::Turns;
use crate::run::Task;
use std::time::Duration;
use tokio::time::Instant;

impl Turns {
    /// Takes over orphaned turns, follows the feed of other instances, and erases deleted conversations, until the server
    /// shuts down.
    pub fn sweep(&self) {
        self.follow();
        self.delete_due();
        let turns = self.clone();
        self.0.tasks.spawn(async move {
            loop {
                if turns.0.admission.has_room() {
                    turns.take_over().await;
                }
                tokio::select! {
                    () = turns.0.closing.cancelled() => return,
                    () = tokio::time::sleep(jittered(turns.0.lease.0 / 4, (turns.0.random)())) => {}
                }
            }
        });
    }

    async fn take_over(&self) {
        match self.0.leases.queue().await {
            Ok(queue) => {
                let orphans = self.orphans().poll(queue, Instant::now(), self.0.lease.0, self.0.random);
                for work in orphans {
                    self.begin(&work.actor, &work.conversation, Task::Turns { gone: work.holder });
                }
            }
            Err(error) => tracing::warn!(error = %error, "the queue of turns could not be read"),
        }
    }
}

/// Returns a random duration between half and one and a half of `time`, so that instances do not poll at the same
/// moment.
pub(super) fn jittered(time: Duration, random: u32) -> Duration {
    time / 2 + time.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
