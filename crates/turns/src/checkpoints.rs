//! Folded logs of recent conversations. A post or a turn applies only the events since the last fold; of a long
//! conversation it copies pointers, not texts.

use super::{Key, json_bytes, key};
use crate::{AdmissionLimits, Limit};
use agent::Actor;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{Conversations, Numbered, ReadError};
use agent::search::SearchWords;
use agent::turn::{Event, History};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of the events that all kept folds contain, measured as JSON.
const MOST_FOLDED_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes that a fold weighs beside its events: about those of the fold of a short conversation, and of its words.
const OWN_BYTES: usize = 4 * 1024;
/// Time without a request after which a fold is dropped.
const IDLE: Duration = Duration::from_secs(600);

/// The folds of this instance.
pub(super) struct Checkpoints(Cache<Key, Arc<Folded>>);

/// A log up to its event number `last`, folded. Clones share what they do not change.
#[derive(Debug, Clone, Default)]
pub(super) struct Folded {
    pub(super) history: Arc<History>,
    /// Number of the last event; 0 for an empty log. Since numbers have no gaps, it is also the number of events.
    pub(super) last: u64,
    /// Size of all events, measured as JSON.
    pub(super) bytes: usize,
    /// The words by which a search finds the conversation.
    pub(super) words: Arc<SearchWords>,
    /// The numbers of the messages by the digest of key and text.
    posted: Arc<HashMap<[u8; 32], u64>>,
}

impl Folded {
    /// Returns the limit that keeps another message from this log, if one is reached.
    pub(super) fn limit(&self, most: &AdmissionLimits) -> Option<Limit> {
        if self.last >= most.events || self.bytes >= most.bytes {
            Some(Limit::Length)
        } else {
            (self.history.waiting.len() >= most.waiting).then_some(Limit::Waiting)
        }
    }

    /// Applies the next events.
    pub(super) fn apply(&mut self, events: &[Numbered]) {
        let history = Arc::make_mut(&mut self.history);
        for entry in events {
            history.apply(entry);
            self.last = entry.number;
            self.bytes += json_bytes(entry);
            if let Event::UserSaid { client, text, .. } = &entry.event {
                let posted = Arc::make_mut(&mut self.posted);
                posted.entry(digest(client, text)).or_insert(entry.number);
                Arc::make_mut(&mut self.words).add(text);
            }
        }
    }

    /// Returns the number of the message that was posted with this key and text.
    pub(super) fn posted(&self, client: &IdempotencyKey, text: &str) -> Option<u64> {
        self.posted.get(&digest(client, text)).copied()
    }
}

/// The digest of a message and its key, with a length between them, so that no two pairs have the same bytes.
fn digest(client: &IdempotencyKey, text: &str) -> [u8; 32] {
    let client = client.as_str();
    let mut digest = Sha256::new();
    digest.update(u64::try_from(client.len()).unwrap_or(u64::MAX).to_be_bytes());
    digest.update(client);
    digest.update(text);
    digest.finalize().into()
}

impl Checkpoints {
    pub(super) fn new() -> Self {
        let weight = |_: &Key, folded: &Arc<Folded>| u32::try_from(folded.bytes + OWN_BYTES).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MOST_FOLDED_BYTES).time_to_idle(IDLE).weigher(weight).build())
    }

    /// Drops the fold of a conversation.
    pub(super) fn forget(&self, key: &Key) {
        self.0.invalidate(key);
    }

    /// Reads the events since the last fold, and returns the fold of the whole log.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub(super) async fn read(
        &self,
        conversations: &dyn Conversations,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<Folded, ReadError> {
        let key = key(actor, id);
        let mut folded = self.0.get(&key).map(|folded| Folded::clone(&folded)).unwrap_or_default();
        let more = conversations.read_after(actor, id, folded.last).await?;
        if !more.is_empty() {
            folded.apply(&more);
            // A slow reader must not replace a later fold that another reader has kept meanwhile.
            if self.0.get(&key).is_none_or(|kept| kept.last < folded.last) {
                self.0.insert(key, Arc::new(folded.clone()));
            }
        }
        Ok(folded)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
