//! A store and a ledger in memory behind gates. A request that was sent takes place, also when its sender is no more.

use crate::gates::{Answer, Gates, Who};
use agent::Actor;
use agent::fakes::MemoryLedger;
use agent::ids::ConversationId;
use agent::ports::{
    AppendError, Conversations, Entry, EntryId, Feed, Growth, Header, Holder, LeaseId, Leases, Ledger, ListCursor,
    Listing, LogName, Millis, Numbered, OpenError, Outcome, ReadError, Stamp, Unavailable, Work,
};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, MutexGuard};

/// The rows of one conversation.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) log: Vec<Numbered>,
    pub(crate) queued: Option<Queued>,
    grown: Vec<(Millis, Growth)>,
    counter: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Queued {
    actor: Actor,
    id: ConversationId,
    stamp: u64,
    holder: Option<Holder>,
}

impl Rows {
    fn append(&mut self, event: &Numbered) -> Result<(), AppendError> {
        if event.number != self.log.len() as u64 + 1 {
            return Err(AppendError::Taken);
        }
        self.log.push(event.clone());
        Ok(())
    }

    fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}

/// The store as one instance sees it.
#[derive(Debug, Clone)]
pub(crate) struct Gated {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) rows: Arc<Mutex<Rows>>,
}

fn lost() -> Unavailable {
    Unavailable::new("the store", "the answer was lost")
}

impl Gated {
    fn rows(rows: &Mutex<Rows>) -> MutexGuard<'_, Rows> {
        rows.lock().unwrap()
    }

    /// Sends a request: it takes place in a task of its own, whatever becomes of the caller.
    async fn send<T: Send + 'static>(
        &self,
        what: &'static str,
        act: impl FnOnce(&mut Rows) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let Self { who, gates, rows } = self.clone();
        let sent = tokio::spawn(async move {
            let answer = gates.pass(who, what).await;
            (answer, act(&mut Self::rows(&rows)))
        });
        match sent.await.unwrap() {
            (Answer::Arrives, result) => Ok(result),
            (Answer::IsLost, _) => Err(lost()),
        }
    }
}

#[async_trait]
impl Conversations for Gated {
    async fn begin(&self, _: &Actor, _: &Header) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn header(&self, _: &Actor, _: &ConversationId) -> Result<Option<Header>, Unavailable> {
        Ok(None)
    }

    async fn list(&self, _: &Actor, _: u32, _: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        Ok(Listing::default())
    }

    async fn append(&self, _: &Actor, _: &ConversationId, event: &Numbered) -> Result<(), AppendError> {
        let event = event.clone();
        self.send("append", move |rows| rows.append(&event)).await?
    }

    async fn append_and_enqueue(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
    ) -> Result<(), AppendError> {
        let (event, actor, id) = (event.clone(), actor.clone(), id.clone());
        let act = move |rows: &mut Rows| {
            rows.append(&event)?;
            let stamp = rows.count();
            let holder = rows.queued.take().and_then(|queued| queued.holder);
            rows.queued = Some(Queued { actor, id, stamp, holder });
            Ok(())
        };
        self.send("post", act).await?
    }

    async fn read_after(&self, _: &Actor, _: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError> {
        let skipped = usize::try_from(number).unwrap();
        Ok(self.send("read", move |rows| rows.log.iter().skip(skipped).cloned().collect()).await?)
    }
}

#[async_trait]
impl Leases for Gated {
    async fn take(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        gone: Option<&Holder>,
    ) -> Result<Option<Stamp>, Unavailable> {
        let (actor, id, by, gone) = (actor.clone(), id.clone(), by.clone(), gone.cloned());
        self.send("take", move |rows| {
            let (fresh, beat) = (rows.count(), rows.count().to_string());
            let queued = rows.queued.get_or_insert(Queued { actor, id, stamp: fresh, holder: None });
            let free = queued.holder.as_ref().is_none_or(|holder| holder.by == by || gone.as_ref() == Some(holder));
            free.then(|| {
                queued.holder = Some(Holder { by, beat });
                Stamp(queued.stamp.to_string())
            })
        })
        .await
    }

    async fn release(&self, _: &Actor, _: &ConversationId, by: &LeaseId) -> Result<(), Unavailable> {
        let by = by.clone();
        self.send("release", move |rows| {
            if let Some(queued) = &mut rows.queued {
                queued.holder.take_if(|holder| holder.by == by);
            }
        })
        .await
    }

    async fn complete(&self, _: &Actor, _: &ConversationId, by: &LeaseId, stamp: &Stamp) -> Result<bool, Unavailable> {
        let (by, stamp) = (by.clone(), stamp.0.clone());
        self.send("complete", move |rows| {
            let own = |queued: &mut Queued| {
                queued.stamp.to_string() == stamp && queued.holder.as_ref().is_some_and(|holder| holder.by == by)
            };
            rows.queued.take_if(own).is_some()
        })
        .await
    }

    async fn queue(&self) -> Result<Vec<Work>, Unavailable> {
        self.send("queue", |rows| {
            let work = |queued: &Queued| Work {
                actor: queued.actor.clone(),
                conversation: queued.id.clone(),
                holder: queued.holder.clone(),
            };
            rows.queued.iter().map(work).collect()
        })
        .await
    }
}

#[async_trait]
impl Feed for Gated {
    fn name(&self, _: &Actor, id: &ConversationId) -> LogName {
        LogName(id.to_string())
    }

    async fn publish(&self, grown: &[Growth], now: Millis) -> Result<(), Unavailable> {
        let grown = grown.to_vec();
        self.send("tell", move |rows| rows.grown.extend(grown.into_iter().map(|growth| (now, growth)))).await
    }

    async fn since(&self, since: Millis) -> Result<Vec<Growth>, Unavailable> {
        let new = move |rows: &mut Rows| {
            rows.grown.iter().filter(|(at, _)| *at > since).map(|(_, growth)| growth.clone()).collect()
        };
        self.send("hear", new).await
    }
}

/// The ledger as one instance sees it.
pub(crate) struct GatedLedger {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) ledger: Arc<MemoryLedger>,
}

#[async_trait]
impl Ledger for GatedLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError> {
        let (who, gates, ledger) = (self.who, self.gates.clone(), self.ledger.clone());
        let sent = tokio::spawn(async move { (gates.pass(who, "open").await, ledger.open(entry).await) });
        match sent.await.unwrap() {
            (Answer::Arrives, result) => result,
            (Answer::IsLost, _) => Err(lost().into()),
        }
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable> {
        let (who, gates, ledger, entry) = (self.who, self.gates.clone(), self.ledger.clone(), entry.clone());
        let sent =
            tokio::spawn(async move { (gates.pass(who, "close").await, ledger.close(&entry, outcome, at).await) });
        match sent.await.unwrap() {
            (Answer::Arrives, result) => result,
            (Answer::IsLost, _) => Err(lost()),
        }
    }
}
