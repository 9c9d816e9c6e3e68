//! A person with two tabs, one on each instance, and the responses that they received.

use crate::gates::Who;
use agent::fakes::actor;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{ChangeError, ReadError};
use agent::{Actor, CallId};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use turns::{Post, PostError, Turns, WithdrawError};

/// Idempotency key and text of the first message.
pub(crate) const FIRST: (&str, &str) = ("key-00000001", "Reset it for bob");
/// A correction of the first message, with the same key because the page did not know yet that the message was
/// stored.
pub(crate) const CORRECTED: (&str, &str) = ("key-00000001", "Reset it for eve");
/// Key and text of another message.
pub(crate) const OTHER: (&str, &str) = ("key-00000002", "And one thing more");

pub(crate) struct Person {
    turns: [Turns; 2],
    ada: Actor,
    id: ConversationId,
    /// The number of posts, accepted or not.
    pub(crate) asked: Arc<AtomicUsize>,
    /// Set when a message was refused for a limit, which no schedule reaches.
    pub(crate) limited: Arc<AtomicBool>,
    /// The number of posts that were refused because the conversation was deleted.
    pub(crate) refused: Arc<AtomicUsize>,
    /// Set when the deletion was confirmed.
    pub(crate) deleted: Arc<AtomicBool>,
    /// Messages that were accepted, by their numbers.
    pub(crate) posted: Arc<Mutex<Vec<(u64, &'static str)>>>,
    pub(crate) withdrawn: Arc<Mutex<RevocationOutcome>>,
    pub(crate) cancelled: Arc<Mutex<RevocationOutcome>>,
}

/// Counts of the responses to one kind of request.
#[derive(Debug, Default)]
pub(crate) struct RevocationOutcome {
    asked: usize,
    done: usize,
    too_late: usize,
}

impl RevocationOutcome {
    fn hear(&mut self, answer: &Result<(), WithdrawError>) {
        match answer {
            Ok(()) => self.done += 1,
            Err(WithdrawError::TooLate) => self.too_late += 1,
            Err(WithdrawError::Log(_)) => {}
        }
    }

    /// Returns whether this number of events in the log agrees with the responses.
    pub(crate) fn fits(&self, events: usize) -> bool {
        (self.done..=self.asked - self.too_late).contains(&events)
    }
}

impl Person {
    pub(crate) fn new(turns: [Turns; 2]) -> Self {
        let id = ConversationId::from_random([7; 26]);
        let (posted, withdrawn, cancelled) = (Arc::default(), Arc::default(), Arc::default());
        let (asked, limited, refused, deleted) = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
        Self { turns, ada: actor("ada"), id, asked, limited, refused, deleted, posted, withdrawn, cancelled }
    }

    fn at(&self, who: Who) -> (Turns, Actor, ConversationId) {
        (self.turns[usize::from(who == Who::Second)].clone(), self.ada.clone(), self.id.clone())
    }

    /// Posts like a page: retries with the same key until the message is known to be stored.
    pub(crate) fn post(&self, who: Who, (key, text): (&'static str, &'static str)) {
        let ((turns, ada, id), posted) = (self.at(who), self.posted.clone());
        let (limited, refused) = (self.limited.clone(), self.refused.clone());
        self.asked.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            loop {
                let client = IdempotencyKey::try_from(key.to_owned()).unwrap();
                match turns
                    .say(
                        &ada,
                        &id,
                        Post { text: text.to_owned(), client, session: None, replaces: None, arrival: None },
                    )
                    .await
                {
                    Ok(number) => return posted.lock().unwrap().push((number, text)),
                    Err(PostError::Log(ReadError::Deleted)) => {
                        refused.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                    Err(PostError::Limited(_)) => return limited.store(true, Ordering::Relaxed),
                    Err(PostError::Log(_) | PostError::NotReplaceable) => {
                        tokio::time::sleep(Duration::from_secs(1)).await
                    }
                }
            }
        });
    }

    /// Deletes the conversation like a page: retries until it is done.
    pub(crate) fn delete(&self, who: Who) {
        let ((turns, ada, id), deleted) = (self.at(who), self.deleted.clone());
        tokio::spawn(async move {
            while let Err(ChangeError::Unavailable(_)) = turns.delete(&ada, &id).await {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            deleted.store(true, Ordering::Relaxed);
        });
    }

    pub(crate) fn stop(&self, who: Who) {
        let (turns, ada, id) = self.at(who);
        tokio::spawn(async move { turns.stop(&ada, &id).await });
    }

    pub(crate) fn cancel(&self, who: Who) {
        let ((turns, ada, id), told) = (self.at(who), self.cancelled.clone());
        told.lock().unwrap().asked += 1;
        tokio::spawn(async move {
            let answer = turns.cancel(&ada, &id, CallId("call-1-1".to_owned())).await;
            told.lock().unwrap().hear(&answer);
        });
    }

    pub(crate) fn withdraw(&self, who: Who) {
        let ((turns, ada, id), told) = (self.at(who), self.withdrawn.clone());
        told.lock().unwrap().asked += 1;
        tokio::spawn(async move {
            let answer = turns.withdraw(&ada, &id, 1).await;
            told.lock().unwrap().hear(&answer);
        });
    }
}
