//! The deletion of a conversation. Its header, its entries in the list and in the search index and its timer change in
//! one transaction, so no instance sees half of it.

use super::append::{ATTEMPTS, too_fast};
use super::entry::HeaderState;
use super::list::place;
use super::{DynamoConversations, erasure};
use crate::item::{n, number, text};
use crate::keys::{self, Timer};
use crate::writes::{self, FREE, Writes, values};
use crate::{transaction, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    ChangeError, Deletions, Erasure, HideError, Hiding, Millis, Pass, Progress, TimerCheck, Unavailable, Unused,
};
use agent::search::SearchWords;
use async_trait::async_trait;

#[async_trait]
impl Deletions for DynamoConversations {
    async fn hide(&self, actor: &Actor, id: &ConversationId, hiding: Hiding<'_>) -> Result<Millis, HideError> {
        let Some(stored) = self.stored(actor, id).await? else { return Err(HideError::NotFound) };
        match stored.state()? {
            HeaderState::Present => {}
            HeaderState::Hidden(until) => return Ok(until),
            HeaderState::Erased => return Err(HideError::NotFound),
        }
        let used = stored.used()?;
        if hiding.if_last_used.is_some_and(|expected| expected != used) {
            return Err(HideError::Used);
        }
        let mut writes = Writes::new(&self.table);
        let deleted = values([(":until", n(hiding.until))]);
        writes.update(writes::header(actor, id), "SET deleted = :until", deleted, Some(stored.unchanged()?))?;
        if let Some(last) = hiding.last.filter(|_| hiding.events.is_empty()) {
            let next = (keys::conversation(actor, id), keys::event(last + 1));
            writes.check(next, (FREE, values([])))?;
        }
        for event in hiding.events {
            writes.put_new(self.event_item(actor, id, event)?)?;
        }
        writes.delete((keys::conversations_of(actor), place(used, id)))?;
        writes.delete((keys::words_of(actor), place(used, id)))?;
        writes.delete(keys::timer(Timer::Unused, stored.timer()?, actor, id))?;
        writes.put(self.erasure_item(actor, id, hiding.until, (hiding.until, Pass::First))?)?;
        self.restamp(&mut writes, actor)?;
        match transaction::write(writes.request(&self.client)).await {
            Ok(()) => Ok(hiding.until),
            Err(error) if transaction::failed_condition(&error).is_some() => Err(HideError::Changed),
            Err(error) => Err(unavailable(*error).into()),
        }
    }

    async fn restore(
        &self,
        actor: &Actor,
        id: &ConversationId,
        words: &SearchWords,
        now: Millis,
    ) -> Result<(), ChangeError> {
        for _ in 0..ATTEMPTS {
            let Some(stored) = self.stored(actor, id).await? else { return Err(ChangeError::NotFound) };
            let until = match stored.state()? {
                HeaderState::Present => return Ok(()),
                HeaderState::Hidden(until) if now < until => until,
                HeaderState::Hidden(_) | HeaderState::Erased => return Err(ChangeError::NotFound),
            };
            let header = self.open_header(&stored).await?;
            let mut writes = Writes::new(&self.table);
            let hidden = ("deleted = :until AND attribute_not_exists(erased)", values([(":until", n(until))]));
            writes.update(writes::header(actor, id), "REMOVE deleted", values([]), Some(hidden))?;
            writes.put(self.list_item(actor, &header)?)?;
            writes.put(self.words_item(actor, &header, words)?)?;
            writes.delete(keys::timer(Timer::Deleted, until, actor, id))?;
            writes.put(self.timer_item(Timer::Unused, stored.timer()?, actor, id)?)?;
            self.restamp(&mut writes, actor)?;
            match transaction::write(writes.request(&self.client)).await {
                Ok(()) => return Ok(()),
                Err(error) if transaction::failed_condition(&error).is_some() => {}
                Err(error) => return Err(unavailable(*error).into()),
            }
        }
        Err(too_fast().into())
    }

    async fn due(&self, now: Millis) -> Result<Vec<Erasure>, Unavailable> {
        let timers = self.timers(Timer::Deleted, now).await?;
        let erasure = |timer: super::timer::Due| {
            let until = number(&timer.item, "until").ok()?;
            let pass = if text(&timer.item, "pass").ok()? == erasure::LAST { Pass::Last } else { Pass::First };
            Some(Erasure { actor: timer.actor, conversation: timer.conversation, until, due: timer.at, pass })
        };
        Ok(timers.into_iter().filter_map(erasure).collect())
    }

    async fn mark(&self, erasure: &Erasure) -> Result<(), ChangeError> {
        self.mark_erased(erasure).await
    }

    async fn erase_some(&self, erasure: &Erasure) -> Result<Progress, Unavailable> {
        self.erase_events(erasure).await
    }

    async fn complete(&self, erasure: &Erasure) -> Result<(), Unavailable> {
        self.complete_pass(erasure).await
    }

    async fn unused(&self, before: Millis) -> Result<Vec<Unused>, Unavailable> {
        let timers = self.timers(Timer::Unused, before).await?;
        let unused =
            |timer: super::timer::Due| Unused { actor: timer.actor, conversation: timer.conversation, at: timer.at };
        Ok(timers.into_iter().map(unused).collect())
    }

    async fn check_timer(&self, unused: &Unused, check: TimerCheck) -> Result<Option<Millis>, Unavailable> {
        let Unused { actor, conversation: id, at } = unused;
        let mut writes = Writes::new(&self.table);
        writes.delete(keys::timer(Timer::Unused, *at, actor, id))?;
        let header = writes::header(actor, id);
        match self.stored(actor, id).await? {
            Some(stored) if stored.state()? == HeaderState::Present && stored.timer()? == *at => {
                let (used, unchanged) = (stored.used()?, stored.unchanged()?);
                if check.is_due(used) {
                    return Ok(Some(used));
                }
                let next = check.next(used);
                writes.update(header, "SET timer = :timer", values([(":timer", n(next))]), Some(unchanged))?;
                writes.put(self.timer_item(Timer::Unused, next, actor, id)?)?;
            }
            // The conversation has another timer, or is gone.
            _ => writes.check(header, ("attribute_not_exists(timer) OR timer <> :at", values([(":at", n(*at))])))?,
        }
        match transaction::write(writes.request(&self.client)).await {
            Ok(()) => Ok(None),
            // It was used, deleted or restored meanwhile; the next look finds it again.
            Err(error) if transaction::failed_condition(&error).is_some() => Ok(None),
            Err(error) => Err(unavailable(*error)),
        }
    }
}

#[cfg(test)]
mod tests;
