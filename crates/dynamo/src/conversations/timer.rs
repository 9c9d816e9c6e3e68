//! The timer of a conversation: one item, in order of time, in one of the partitions that every instance reads. A
//! conversation's timer says when it was last used, as far as it is known; a deleted one's, when it is due to be erased.
//! Neither moves with each message.

use super::DynamoConversations;
use crate::item::{Item, s, text};
use crate::keys::{self, Timer};
use crate::{owner_item, sealed_item, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Millis, Unavailable};
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

/// Most timers of a partition that one request reads.
const READ_AT_ONCE: i32 = 256;

/// Most requests for timers of a partition at a time, all but the last of which found none that is authentic.
const MOST_PAGES: usize = 8;

/// A timer that was read.
pub(super) struct Due {
    pub(super) actor: Actor,
    pub(super) conversation: ConversationId,
    pub(super) at: Millis,
    pub(super) item: Item,
}

impl DynamoConversations {
    /// Returns the item of a timer.
    pub(super) fn timer_item(
        &self,
        kind: Timer,
        at: Millis,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<Item, Unavailable> {
        let (pk, sk) = keys::timer(kind, at, actor, id);
        let mut item = sealed_item::write(owner_item::seal(&self.keyring.now(), (&pk, &sk), actor, id)?);
        item.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
        Ok(item)
    }

    /// Returns timers before a time, the earliest first. Those that are not authentic are logged and skipped. They starve
    /// no others: reading goes on behind them, now or, when there are too many, the next time.
    pub(super) async fn timers(&self, kind: Timer, before: Millis) -> Result<Vec<Due>, Unavailable> {
        let mut due = Vec::new();
        for shard in 0..keys::WORK_SHARDS {
            due.append(&mut self.timers_of(kind, keys::timer_shard(kind, shard), before).await?);
        }
        Ok(due)
    }

    async fn timers_of(&self, kind: Timer, pk: String, before: Millis) -> Result<Vec<Due>, Unavailable> {
        let (mut due, mut from) = (Vec::new(), self.resumes().remove(&pk));
        let request = self.client.query().table_name(&self.table).limit(READ_AT_ONCE);
        let request = request
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(&pk))
            .expression_attribute_values(":before", s(format!("{:013}", before.max(0))));
        for _ in 0..MOST_PAGES {
            let answer = request.clone().set_exclusive_start_key(from).send().await.map_err(unavailable)?;
            for item in answer.items.unwrap_or_default() {
                match self.due_timer(kind, item).await {
                    Ok(timer) => due.push(timer),
                    Err((entry, reason)) => {
                        tracing::error!(entry, reason, "a timer of a conversation could not be opened and is skipped");
                    }
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() || !due.is_empty() {
                return Ok(due);
            }
        }
        if let Some(from) = from {
            self.resumes().insert(pk, from);
        }
        Ok(due)
    }

    fn resumes(&self) -> MutexGuard<'_, HashMap<String, Item>> {
        self.resume.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn due_timer(&self, kind: Timer, item: Item) -> Result<Due, (String, String)> {
        let sk = text(&item, "sk").unwrap_or("without a key").to_owned();
        let opened = owner_item::open(&self.keyring, &item).await;
        let (actor, conversation) = opened.map_err(|reason| (sk.clone(), reason))?;
        let at = sk.split('#').next().and_then(|at| at.parse().ok());
        match at.filter(|at| keys::timer(kind, *at, &actor, &conversation).1 == sk) {
            Some(at) => Ok(Due { actor, conversation, at, item }),
            None => Err((sk, "its key names another conversation".to_owned())),
        }
    }
}
