//! The cached answers, by person and server. It must not grow without bound, because people come and go.

use crate::ServerName;
use crate::remote::RemoteTool;
use agent::Actor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Number of entries beyond which unused ones are dropped.
const MOST_ENTRIES: usize = 10_000;

/// The answer of one server on behalf of one person.
#[derive(Debug)]
pub(super) struct ServerAnswer {
    /// The tools to offer; the pinned ones if the server did not answer.
    pub(super) tools: Vec<Arc<RemoteTool>>,
    at: Instant,
    /// The time until which the answer is reused.
    until: Instant,
}

impl ServerAnswer {
    /// Creates an answer that is reused for `kept` from now on.
    pub(super) fn now(tools: Vec<Arc<RemoteTool>>, kept: Duration) -> Self {
        let at = Instant::now();
        Self { tools, at, until: at + kept }
    }
}

/// Tenant, issuer, subject, server.
type Key = (String, String, String, ServerName);

/// The cache of all answers.
#[derive(Default)]
pub(super) struct Slots(Mutex<HashMap<Key, Arc<CacheEntry>>>);

impl Slots {
    pub(super) fn of(&self, actor: &Actor, server: &ServerName) -> Arc<CacheEntry> {
        let mut slots = lock(&self.0);
        if slots.len() >= MOST_ENTRIES {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        let [tenant, issuer, subject] = [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned);
        slots.entry((tenant, issuer, subject, server.clone())).or_default().clone()
    }

    /// Drops the answers of this server to this tenant's people.
    pub(super) fn forget(&self, tenant: &str, server: &ServerName) {
        lock(&self.0).retain(|(whose, _, _, of), _| whose != tenant || of != server);
    }
}

/// The entry of one person and one server.
#[derive(Default)]
pub(super) struct CacheEntry {
    flight: tokio::sync::Mutex<()>,
    state: Mutex<CachedAnswer>,
}

#[derive(Default)]
struct CachedAnswer {
    heard: Option<Arc<ServerAnswer>>,
    busy: Option<Instant>,
}

impl CacheEntry {
    /// Returns the answer if it may still be reused.
    pub(super) fn fresh(&self, now: Instant) -> Option<Arc<ServerAnswer>> {
        self.last().filter(|heard| now < heard.until)
    }

    pub(super) fn last(&self) -> Option<Arc<ServerAnswer>> {
        lock(&self.state).heard.clone()
    }

    /// The time since the running query began; zero if none is running.
    pub(super) fn busy(&self, now: Instant) -> Duration {
        lock(&self.state).busy.map_or(Duration::ZERO, |since| now.duration_since(since))
    }

    /// Waits until no other query is running, and starts one.
    pub(super) async fn take_off(&self) -> QueryPermit<'_> {
        let alone = self.flight.lock().await;
        let begun = Instant::now();
        lock(&self.state).busy = Some(begun);
        QueryPermit { slot: self, begun, _alone: alone }
    }

    /// Stores an answer.
    pub(super) fn put(&self, heard: ServerAnswer) {
        lock(&self.state).heard = Some(Arc::new(heard));
    }
}

/// The exclusive right to query. Dropping it admits the next query.
pub(super) struct QueryPermit<'a> {
    slot: &'a CacheEntry,
    begun: Instant,
    _alone: tokio::sync::MutexGuard<'a, ()>,
}

impl QueryPermit<'_> {
    /// Stores the answer, unless a newer one was stored since this query began.
    pub(super) fn land(self, heard: ServerAnswer) -> Arc<ServerAnswer> {
        let mut state = lock(&self.slot.state);
        match &state.heard {
            Some(newer) if newer.at > self.begun => newer.clone(),
            _ => state.heard.insert(Arc::new(heard)).clone(),
        }
    }
}

impl Drop for QueryPermit<'_> {
    fn drop(&mut self) {
        lock(&self.slot.state).busy = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
