//! The work of one conversation under its lease: its turns, and its erasure once it was deleted.

use super::{Inner, Key, Turns};
use crate::checkpoints::Folded;
use crate::live_log::LiveLog;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{ChangeError, Erasure, Holder, Progress, ReadError, Stamp, Unavailable};
use agent::turn::{Interrupt, Interrupts};
use tokio::time::Instant;

/// The work to do.
#[derive(Debug)]
pub(super) enum Task {
    /// Run the turns, even if `gone`, which has not renewed its lease, still holds it.
    Turns {
        /// The holder to take the lease from.
        gone: Option<Holder>,
    },
    /// Erase the conversation.
    Erase(Erasure),
}

impl Turns {
    /// Does the work under one lease, until no message waits any more.
    pub(super) async fn run_all(
        &self,
        actor: &Actor,
        id: &ConversationId,
        key: &Key,
        interrupts: Interrupts,
        task: Task,
    ) -> Result<(), Unavailable> {
        let _place = tokio::select! {
            place = self.0.admission.turn(actor) => place,
            () = self.0.closing.cancelled() => return Ok(()),
        };
        let (gone, erasure) = match task {
            Task::Turns { gone } => (gone, None),
            Task::Erase(erasure) => (None, Some(erasure)),
        };
        let taken = Instant::now();
        let Some(stamp) = self.take_lease(actor, id, gone.as_ref()).await? else { return Ok(()) };
        let run = async {
            if let Some(erasure) = &erasure {
                Box::pin(self.erase_leased(key, &interrupts, erasure)).await?;
            }
            self.run_leased(actor, id, key, interrupts, stamp).await
        };
        let ran = tokio::select! {
            ran = run => ran,
            lost = self.keep_lease(actor, id, taken) => Err(lost),
        };
        if ran.is_err()
            && let Err(error) = self.0.leases.release(actor, id, &self.0.instance).await
        {
            tracing::warn!(error = %error, "a lease could not be released; another instance takes it over later");
        }
        ran
    }

    async fn run_leased(
        &self,
        actor: &Actor,
        id: &ConversationId,
        key: &Key,
        interrupts: Interrupts,
        mut stamp: Stamp,
    ) -> Result<(), Unavailable> {
        let Inner { leases, instance, .. } = &*self.0;
        loop {
            self.settle(actor, id, key, &interrupts).await?;
            // A message that was enqueued since the lease was taken may not be in this log yet.
            if leases.complete(actor, id, instance, &stamp).await? {
                return Ok(());
            }
            let Some(fresh) = self.take_lease(actor, id, None).await? else { return Ok(()) };
            stamp = fresh;
        }
    }

    /// Runs turns until none is open and no message waits.
    async fn settle(
        &self,
        actor: &Actor,
        id: &ConversationId,
        key: &Key,
        interrupts: &Interrupts,
    ) -> Result<(), ReadError> {
        let Inner { conversations, checkpoints, runner, .. } = &*self.0;
        loop {
            let Folded { history, last, .. } = match checkpoints.read(&**conversations, actor, id).await {
                Err(ReadError::Deleted) => return Ok(()),
                read => read?,
            };
            if history.open.is_none() && history.waiting.is_empty() {
                return Ok(());
            }
            self.check_open()?;
            let hub = self.0.hub.clone();
            let clock = runner.clock.clone();
            let journal = LiveLog::new(conversations.clone(), hub, clock, actor.clone(), id.clone(), history, last);
            let interrupts = self.fresh_interrupts(key).unwrap_or_else(|| interrupts.clone());
            runner.run(actor, id, &journal, interrupts).await?;
        }
    }

    /// Erases a conversation whose time is over. An open turn ends first, so that the ledger learns of its outcome; the
    /// log that cannot be read has no turn that could run.
    async fn erase_leased(&self, key: &Key, interrupts: &Interrupts, erasure: &Erasure) -> Result<(), Unavailable> {
        let Inner { deletions, checkpoints, .. } = &*self.0;
        let Erasure { actor, conversation: id, .. } = erasure;
        match self.settle(actor, id, key, interrupts).await {
            Ok(()) | Err(ReadError::Unreadable { .. } | ReadError::Deleted) => {}
            Err(ReadError::Unavailable(error)) => return Err(error),
        }
        match deletions.mark(erasure).await {
            Ok(()) => {}
            Err(ChangeError::NotFound) => return Ok(()),
            Err(ChangeError::Unavailable(error)) => return Err(error),
        }
        checkpoints.forget(key);
        // Tells those again who missed it when the conversation was hidden.
        self.0.hub.deleted(actor, id);
        while deletions.erase_some(erasure).await? == Progress::More {
            self.check_open()?;
        }
        deletions.complete(erasure).await?;
        tracing::info!(conversation.id = %id, pass = ?erasure.pass, "a deleted conversation was erased");
        Ok(())
    }

    /// Refuses to begin further work while the server shuts down.
    fn check_open(&self) -> Result<(), Unavailable> {
        if self.0.closing.is_cancelled() {
            return Err(Unavailable::new("this server", "it is shutting down"));
        }
        Ok(())
    }

    /// Makes a new order for the next turn: the order that stopped the last turn must not stop the next.
    fn fresh_interrupts(&self, key: &Key) -> Option<Interrupts> {
        let (sender, interrupts) = Interrupts::new();
        if self.0.closing.is_cancelled() {
            sender.send_replace(Some(Interrupt::Suspend));
        }
        self.work().replace(key, sender).then_some(interrupts)
    }
}
