//! Deletes conversations: at once for their owner, who can undo it for a short time, and then for ever.

use super::sweep::jittered;
use super::{Inner, Retention, STORE, Turns, key};
use crate::run::Task;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{ChangeError, HideError, Hiding, Millis, Numbered, ReadError, Unavailable};
use agent::turn::{Event, Interrupt, Stop};
use std::time::Duration;

/// The times of deletion.
#[derive(Debug, Clone)]
pub struct DeletionTimes {
    /// Time in which a deletion can be undone.
    pub undo: Duration,
    /// Mean interval at which each instance looks for conversations to delete.
    pub sweep: Duration,
    /// Times without use after which conversations are deleted.
    pub retention: Retention,
}

impl Default for DeletionTimes {
    fn default() -> Self {
        Self { undo: Duration::from_secs(60), sweep: Duration::from_secs(30), retention: Retention::default() }
    }
}

/// Most attempts to hide a conversation whose log grows meanwhile.
const ATTEMPTS: u32 = 16;
/// Most conversations of each kind that one look of an instance takes on.
const SHARE: usize = 32;

impl Turns {
    /// Hides a conversation, stops its turn, withdraws the messages that wait, and schedules its erasure. Returns the time
    /// until which it can be restored. A deletion of one that is hidden already changes nothing.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn delete(&self, actor: &Actor, id: &ConversationId) -> Result<Millis, ChangeError> {
        match self.hide(actor, id, None).await {
            Ok(until) => Ok(until),
            Err(HideError::NotFound) => Err(ChangeError::NotFound),
            Err(HideError::Unavailable(error)) => Err(error.into()),
            // `hide` tries these again.
            Err(HideError::Changed | HideError::Used) => Err(too_fast().into()),
        }
    }

    /// Restores a deleted conversation. Its turn stays stopped, and its withdrawn messages stay withdrawn.
    ///
    /// # Errors
    /// See [`ChangeError`]: it is too late once the time is over.
    pub async fn restore(&self, actor: &Actor, id: &ConversationId) -> Result<(), ChangeError> {
        let Inner { conversations, checkpoints, deletions, .. } = &*self.0;
        let words = match checkpoints.read(&**conversations, actor, id).await {
            Ok(folded) => folded.words,
            Err(ReadError::Unreadable { .. }) => Default::default(),
            Err(ReadError::Deleted) => return Err(ChangeError::NotFound),
            Err(ReadError::Unavailable(error)) => return Err(error.into()),
        };
        deletions.restore(actor, id, &words, self.now()).await
    }

    pub(crate) async fn hide(
        &self,
        actor: &Actor,
        id: &ConversationId,
        if_last_used: Option<Millis>,
    ) -> Result<Millis, HideError> {
        for _ in 0..ATTEMPTS {
            let (last, events) = self.last_events(actor, id).await?;
            let until = self.now() + Millis::try_from(self.0.deletion.undo.as_millis()).unwrap_or(Millis::MAX);
            match self.0.deletions.hide(actor, id, Hiding { events: &events, last, until, if_last_used }).await {
                Ok(until) => {
                    self.hidden(actor, id, &events);
                    return Ok(until);
                }
                Err(HideError::Changed) => {}
                Err(error) => return Err(error),
            }
        }
        Err(too_fast().into())
    }

    /// Returns the number of the last event, and the events that stop the open turn and withdraw the messages that wait.
    /// A log that cannot be read is deleted as it is: nothing runs from it.
    async fn last_events(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<(Option<u64>, Vec<Numbered>), Unavailable> {
        let Inner { conversations, checkpoints, .. } = &*self.0;
        let folded = match checkpoints.read(&**conversations, actor, id).await {
            Ok(folded) => folded,
            Err(ReadError::Unreadable { .. } | ReadError::Deleted) => return Ok((None, Vec::new())),
            Err(ReadError::Unavailable(error)) => return Err(error),
        };
        let open = folded.history.open.iter().filter(|open| open.stop == Stop::Unasked);
        let stop = open.map(|open| Event::StopAsked { said: open.said });
        let withdrawn = folded.history.waiting.iter().map(|waiting| Event::Withdrawn { said: waiting.said });
        let at = self.now();
        let numbered = |(number, event)| Numbered { number, at, event };
        Ok((Some(folded.last), (folded.last + 1..).zip(stop.chain(withdrawn)).map(numbered).collect()))
    }

    /// Tells the turn and the watchers, on whatever instance they are.
    fn hidden(&self, actor: &Actor, id: &ConversationId, events: &[Numbered]) {
        if let Some(interrupts) = self.work().interrupts(&key(actor, id)) {
            interrupts.send_replace(Some(Interrupt::Stop));
        }
        events.iter().for_each(|event| self.0.hub.event(actor, id, event));
        self.0.hub.deleted(actor, id);
    }

    /// Erases what is due, and deletes what was not used, until the server shuts down.
    pub(super) fn delete_due(&self) {
        let turns = self.clone();
        self.0.tasks.spawn(async move {
            while !turns.closing().is_cancelled() {
                if turns.0.admission.has_room() {
                    turns.erase_due().await;
                    turns.retire_unused().await;
                }
                tokio::select! {
                    () = turns.closing().cancelled() => {}
                    () = tokio::time::sleep(jittered(turns.0.deletion.sweep, (turns.0.random)())) => {}
                }
            }
        });
    }

    async fn erase_due(&self) {
        match self.0.deletions.due(self.now()).await {
            Ok(due) => {
                for erasure in self.share(due) {
                    let (actor, id) = (erasure.actor.clone(), erasure.conversation.clone());
                    self.begin(&actor, &id, Task::Erase(erasure));
                }
            }
            Err(error) => tracing::warn!(error = %error, "deleted conversations could not be looked up"),
        }
    }

    /// Returns a random share of limited size, so that instances do not compete for the same conversations.
    pub(crate) fn share<T>(&self, mut all: Vec<T>) -> Vec<T> {
        while all.len() > SHARE {
            let place = (self.0.random)() as usize % all.len();
            all.swap_remove(place);
        }
        all
    }
}

fn too_fast() -> Unavailable {
    Unavailable::new(STORE, "a conversation changes too fast")
}
