//! What was heard, by person and server. It must never keep more than it needs: people come and go.

use crate::ServerName;
use crate::remote::RemoteTool;
use agent::Actor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// More than this are not remembered at once.
const MOST: usize = 10_000;

/// What was heard of a server, on behalf of a person.
#[derive(Debug)]
pub(super) struct Heard {
    /// What may be offered; what is known, when the server did not answer.
    pub(super) tools: Vec<Arc<RemoteTool>>,
    at: Instant,
    /// How long it need not be asked again.
    until: Instant,
}

impl Heard {
    /// What was heard just now, and need not be asked again for so long.
    pub(super) fn now(tools: Vec<Arc<RemoteTool>>, kept: Duration) -> Self {
        let at = Instant::now();
        Self { tools, at, until: at + kept }
    }
}

/// Organization, issuer, subject, server.
type Key = (String, String, String, ServerName);

/// All of it.
#[derive(Default)]
pub(super) struct Slots(Mutex<HashMap<Key, Arc<Slot>>>);

impl Slots {
    pub(super) fn of(&self, actor: &Actor, server: &ServerName) -> Arc<Slot> {
        let mut slots = lock(&self.0);
        if slots.len() >= MOST {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        let [tenant, issuer, subject] = [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned);
        slots.entry((tenant, issuer, subject, server.clone())).or_default().clone()
    }

    /// What this organization's people were offered by this server is to be asked for again.
    pub(super) fn forget(&self, tenant: &str, server: &ServerName) {
        lock(&self.0).retain(|(whose, _, _, of), _| whose != tenant || of != server);
    }
}

/// One person, one server.
#[derive(Default)]
pub(super) struct Slot {
    flight: tokio::sync::Mutex<()>,
    state: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    heard: Option<Arc<Heard>>,
    busy: Option<Instant>,
}

impl Slot {
    /// What need not be asked for again.
    pub(super) fn fresh(&self, now: Instant) -> Option<Arc<Heard>> {
        self.last().filter(|heard| now < heard.until)
    }

    pub(super) fn last(&self) -> Option<Arc<Heard>> {
        lock(&self.state).heard.clone()
    }

    /// For how long the server is being asked already.
    pub(super) fn busy(&self, now: Instant) -> Duration {
        lock(&self.state).busy.map_or(Duration::ZERO, |since| now.duration_since(since))
    }

    /// Waits until nobody else asks.
    pub(super) async fn take_off(&self) -> Flight<'_> {
        let alone = self.flight.lock().await;
        let begun = Instant::now();
        lock(&self.state).busy = Some(begun);
        Flight { slot: self, begun, _alone: alone }
    }

    /// Keeps what was heard.
    pub(super) fn put(&self, heard: Heard) {
        lock(&self.state).heard = Some(Arc::new(heard));
    }
}

/// The one asker. Dropped, the next one may ask.
pub(super) struct Flight<'a> {
    slot: &'a Slot,
    begun: Instant,
    _alone: tokio::sync::MutexGuard<'a, ()>,
}

impl Flight<'_> {
    /// Keeps what was heard, unless something was heard since this flight began: that is newer.
    pub(super) fn land(self, heard: Heard) -> Arc<Heard> {
        let mut state = lock(&self.slot.state);
        match &state.heard {
            Some(newer) if newer.at > self.begun => newer.clone(),
            _ => state.heard.insert(Arc::new(heard)).clone(),
        }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        lock(&self.slot.state).busy = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
