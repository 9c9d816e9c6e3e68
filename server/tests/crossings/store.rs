//! An in-memory store behind gates. A request that was sent is executed even if its sender is gone.

use crate::deletions::Deletion;
use crate::gates::{Answer, Gates, What, Who};
use crate::world::LEASE;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    AppendError, ChangeError, Clock, Conversations, Feed, Growth, Header, Holder, LeaseId, Leases, ListCursor, Listing,
    LogName, Millis, Numbered, ReadError, Stamp, Unavailable, Work,
};
use agent::search::SearchWords;
use agent::title::Title;
use agent::turn::Event;
use async_trait::async_trait;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::time::Instant;

/// The rows of one conversation.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) log: Vec<Numbered>,
    pub(crate) queued: Option<Queued>,
    /// Set when the conversation was deleted.
    pub(crate) deletion: Option<Deletion>,
    /// The log as it was when its erasure began.
    pub(crate) kept: Vec<Numbered>,
    /// The titles that calls have given.
    pub(crate) titles: Vec<String>,
    /// Set when a lease was taken from an instance that had renewed it in time.
    pub(crate) stolen: bool,
    /// Nonce of the request that appended each event.
    pub(crate) nonces: Vec<u64>,
    grown: Vec<(Millis, Growth)>,
    counter: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Queued {
    actor: Actor,
    id: ConversationId,
    stamp: u64,
    holder: Option<Holder>,
    /// Time of the last renewal, independent of the instances' clocks.
    renewed: Instant,
}

impl Queued {
    fn new(actor: &Actor, id: &ConversationId) -> Self {
        Self { actor: actor.clone(), id: id.clone(), stamp: 0, holder: None, renewed: Instant::now() }
    }
}

impl Rows {
    /// Appends as the port requires: a retry of the same request finds its own event and succeeds.
    pub(crate) fn append(&mut self, event: &Numbered, nonce: u64) -> Result<Appended, AppendError> {
        let place = usize::try_from(event.number).unwrap() - 1;
        if place != self.log.len() {
            let own = self.nonces.get(place) == Some(&nonce);
            return if own { Ok(Appended::Before) } else { Err(AppendError::Taken) };
        }
        self.log.push(event.clone());
        self.nonces.push(nonce);
        Ok(Appended::Now)
    }

    /// The log as it was before its erasure, if it was erased.
    pub(crate) fn told(&self) -> &[Numbered] {
        if self.is_erased() { &self.kept } else { &self.log }
    }

    fn is_erased(&self) -> bool {
        self.deletion.as_ref().is_some_and(|deletion| deletion.erased)
    }

    fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}

/// The time at which this request appended the event.
pub(crate) enum Appended {
    Now,
    /// At an earlier attempt.
    Before,
}

/// The store as one instance sees it.
#[derive(Clone)]
pub(crate) struct Gated {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) rows: Arc<Mutex<Rows>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Gated {
    fn rows(rows: &Mutex<Rows>) -> MutexGuard<'_, Rows> {
        rows.lock().unwrap()
    }

    pub(crate) fn nonce(&self) -> u64 {
        Self::rows(&self.rows).count()
    }

    /// Sends a request. It is executed in its own task, even if the caller is cancelled.
    pub(crate) async fn send<T: Send + 'static>(
        &self,
        what: impl Into<What> + Send,
        act: impl Fn(&mut Rows) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (Self { who, gates, rows, .. }, what) = (self.clone(), what.into());
        let sent = tokio::spawn(async move {
            let answer = gates.pass(who, what).await;
            let mut rows = Self::rows(&rows);
            let result = act(&mut rows);
            (answer, if answer == Answer::IsRepeated { act(&mut rows) } else { result })
        });
        let (answer, result) = sent.await.unwrap();
        answer.arrives("the store").map(|()| result)
    }
}

/// Returns the name of an append operation.
fn append(event: &Event) -> What {
    let event = serde_json::to_value(event).unwrap();
    format!("append {}", event["kind"].as_str().unwrap()).into()
}

#[async_trait]
impl Conversations for Gated {
    async fn begin(&self, _: &Actor, _: &Header) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn header(&self, _: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable> {
        let id = id.clone();
        self.send("header", move |rows| rows.deletion.is_none().then(|| Header::new(id.clone(), String::new(), 0)))
            .await
    }

    async fn list(&self, _: &Actor, _: u32, _: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        Ok(Listing::default())
    }

    async fn append(&self, _: &Actor, _: &ConversationId, event: &Numbered) -> Result<(), AppendError> {
        let (event, nonce, name) = (event.clone(), self.nonce(), append(&event.event));
        let act = move |rows: &mut Rows| {
            if event.event.starts_a_call() && rows.is_erased() {
                return Err(AppendError::Deleted);
            }
            rows.append(&event, nonce).map(|_| ())
        };
        self.send(name, act).await?
    }

    async fn append_and_title(
        &self,
        _: &Actor,
        _: &ConversationId,
        event: &Numbered,
        title: &Title,
    ) -> Result<(), AppendError> {
        let (event, nonce, title, name) =
            (event.clone(), self.nonce(), title.as_str().to_owned(), append(&event.event));
        let act = move |rows: &mut Rows| {
            if let Appended::Now = rows.append(&event, nonce)? {
                rows.titles.push(title.clone());
            }
            Ok(())
        };
        self.send(name, act).await?
    }

    async fn append_and_enqueue(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        _: &SearchWords,
    ) -> Result<(), AppendError> {
        let (event, actor, id, nonce) = (event.clone(), actor.clone(), id.clone(), self.nonce());
        let name = append(&event.event);
        let act = move |rows: &mut Rows| {
            if rows.deletion.is_some() {
                return Err(AppendError::Deleted);
            }
            if let Appended::Before = rows.append(&event, nonce)? {
                return Ok(());
            }
            let stamp = rows.count();
            let queued = rows.queued.get_or_insert_with(|| Queued::new(&actor, &id));
            queued.stamp = stamp;
            Ok(())
        };
        self.send(name, act).await?
    }

    async fn read_after(&self, _: &Actor, _: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError> {
        let skipped = usize::try_from(number).unwrap();
        let act = move |rows: &mut Rows| match rows.is_erased() {
            true => Err(ReadError::Deleted),
            false => Ok(rows.log.iter().skip(skipped).cloned().collect()),
        };
        self.send("read", act).await?
    }

    async fn rename(&self, _: &Actor, _: &ConversationId, _: &Title) -> Result<(), ChangeError> {
        Err(ChangeError::NotFound)
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
        let (actor, id, by, gone, clock) = (actor.clone(), id.clone(), by.clone(), gone.cloned(), self.clock.clone());
        self.send("take", move |rows| {
            let fresh = rows.count();
            // Contains a time, to catch code that judges a lease by the text of the heartbeat and not by its change.
            let beat = format!("{} {fresh}", clock.now());
            let queued = rows.queued.get_or_insert_with(|| Queued { stamp: fresh, ..Queued::new(&actor, &id) });
            let foreign = queued.holder.as_ref().filter(|holder| holder.by != by);
            if foreign.is_some_and(|holder| gone.as_ref() != Some(holder)) {
                return None;
            }
            rows.stolen |= foreign.is_some() && queued.renewed.elapsed() < LEASE;
            queued.holder = Some(Holder { by: by.clone(), beat });
            queued.renewed = Instant::now();
            Some(Stamp(queued.stamp.to_string()))
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
        self.send("tell", move |rows| rows.grown.extend(grown.iter().map(|growth| (now, growth.clone())))).await
    }

    async fn since(&self, since: Millis) -> Result<Vec<Growth>, Unavailable> {
        let new = move |rows: &mut Rows| {
            rows.grown.iter().filter(|(at, _)| *at > since).map(|(_, growth)| growth.clone()).collect()
        };
        self.send("hear", new).await
    }
}
