//! Turns: who runs them, who hears of them. A turn belongs to the server, never to a request.

mod hub;
mod live_log;
mod posting;
mod watch;

pub use hub::{Hub, News};
pub use posting::{Said, WithdrawError};
pub use watch::{Beat, Heard, Watching};

use crate::clock::SystemClock;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Clock, Conversations, LeaseId, Leases, Millis, Stamp, Unavailable};
use agent::turn::{Halt, History, Order, Runner};
use live_log::LiveLog;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch as channel;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// How long a lease lives without being renewed: so long another instance waits before it takes over after a crash.
/// It is renewed three times in that time, and work that nobody does is looked for four times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(pub Duration);

impl Default for Lease {
    fn default() -> Self {
        Self(Duration::from_secs(12))
    }
}

/// The name that a person knows the store by.
const STORE: &str = "the conversation store";

/// Runs the turns of this instance.
#[derive(Clone)]
pub struct Turns(Arc<Inner>);

struct Inner {
    runner: Runner,
    conversations: Arc<dyn Conversations>,
    leases: Arc<dyn Leases>,
    hub: Hub,
    instance: LeaseId,
    lease: Lease,
    running: Mutex<HashMap<Key, Running>>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// One conversation of one owner.
pub type Key = (String, String, ConversationId);

struct Running {
    halt: channel::Sender<Option<Order>>,
    /// Somebody asked for it again: it may have looked for work just before there was some.
    again: bool,
}

/// The key of a conversation: issuer and subject together name the owner.
#[must_use]
pub fn key(actor: &Actor, id: &ConversationId) -> Key {
    (actor.issuer().to_owned(), actor.subject().to_owned(), id.clone())
}

impl Turns {
    /// Turns run by `runner`; `instance` names this process.
    #[must_use]
    pub fn new(
        runner: Runner,
        conversations: Arc<dyn Conversations>,
        leases: Arc<dyn Leases>,
        instance: LeaseId,
        lease: Lease,
    ) -> Self {
        Self(Arc::new(Inner {
            runner,
            conversations,
            leases,
            hub: Hub::default(),
            instance,
            lease,
            running: Mutex::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Sees to it that what waits, or was left open by a crash, is run, here or where its lease is. What is posted while it
    /// runs here is noted in the store, and the task looks there before it ends.
    pub fn wake(&self, actor: &Actor, id: &ConversationId) {
        let key = key(actor, id);
        let (sender, halt) = Halt::new();
        {
            let mut running = self.running();
            if self.0.closing.is_cancelled() {
                return;
            }
            if let Some(running) = running.get_mut(&key) {
                running.again = true;
                return;
            }
            running.insert(key.clone(), Running { halt: sender, again: false });
        }
        let (turns, actor, id) = (self.clone(), actor.clone(), id.clone());
        let span = tracing::info_span!("turn", conversation.id = %id);
        self.0.tasks.spawn(
            async move {
                let ran = turns.run_all(&actor, &id, &key, halt).await;
                let again = turns.running().remove(&key).is_some_and(|running| running.again);
                match ran {
                    Ok(()) if again => turns.wake(&actor, &id),
                    Ok(()) => turns.0.hub.rest(&key),
                    Err(_) if turns.0.closing.is_cancelled() => tracing::info!("a turn is left for another instance"),
                    Err(error) => {
                        tracing::error!(error = %error, "a turn could not go on; somebody will try again");
                        turns.0.hub.lost(&key, error.service);
                    }
                }
            }
            .instrument(span),
        );
    }

    /// Whether a turn of this conversation runs in this process.
    #[must_use]
    pub fn runs_here(&self, key: &Key) -> bool {
        self.running().contains_key(key)
    }

    /// Where watchers hear of news.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Done when the server is shutting down.
    #[must_use]
    pub fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// Looks for work that nobody does, left behind by an instance that is no more, until the server shuts down.
    pub fn sweep(&self) {
        let turns = self.clone();
        self.0.tasks.spawn(async move {
            loop {
                match turns.0.leases.left(SystemClock.now()).await {
                    Ok(left) => left.iter().for_each(|(actor, id)| turns.wake(actor, id)),
                    Err(error) => tracing::warn!(error = %error, "work that was left behind could not be looked for"),
                }
                tokio::select! {
                    () = turns.0.closing.cancelled() => return,
                    () = tokio::time::sleep(turns.0.lease.0 / 4) => {}
                }
            }
        });
    }

    /// Tells all turns to leave off where they are and waits for that, at most `limit`. Another instance goes on.
    pub async fn drain(&self, limit: Duration) {
        self.0.closing.cancel();
        for running in self.running().values() {
            running.halt.send_replace(Some(Order::Adjourn));
        }
        self.0.tasks.close();
        if tokio::time::timeout(limit, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("some turns did not leave off in time; another instance will go on with them");
        }
    }

    /// Runs until nothing waits any more, under one lease.
    async fn run_all(&self, actor: &Actor, id: &ConversationId, key: &Key, halt: Halt) -> Result<(), Unavailable> {
        let Some(stamp) = self.take_lease(actor, id).await? else { return Ok(()) };
        let run = self.run_leased(actor, id, key, halt, stamp);
        let ran = tokio::select! {
            ran = run => ran,
            lost = self.keep_lease(actor, id) => Err(lost),
        };
        if ran.is_err()
            && let Err(error) = self.0.leases.release(actor, id, &self.0.instance).await
        {
            tracing::warn!(error = %error, "a lease could not be given back; it ends by itself");
        }
        ran
    }

    async fn run_leased(
        &self,
        actor: &Actor,
        id: &ConversationId,
        key: &Key,
        halt: Halt,
        mut stamp: Stamp,
    ) -> Result<(), Unavailable> {
        let Inner { conversations, leases, instance, runner, closing, .. } = &*self.0;
        loop {
            let log = conversations.read_after(actor, id, 0).await?;
            let history = History::fold(&log);
            if history.open.is_none() && history.waiting.is_empty() {
                // What was noted since the lease was taken may be a message that is not in this log yet.
                if leases.rest(actor, id, instance, &stamp).await? {
                    return Ok(());
                }
                let Some(fresh) = self.take_lease(actor, id).await? else { return Ok(()) };
                stamp = fresh;
                continue;
            }
            if closing.is_cancelled() {
                return Err(Unavailable::new("this server", "it is shutting down"));
            }
            let journal =
                LiveLog::new(conversations.clone(), self.0.hub.clone(), actor.clone(), id.clone(), key.clone(), log);
            let halt = self.fresh_halt(key).unwrap_or_else(|| halt.clone());
            runner.run(actor, id, &journal, halt).await?;
        }
    }

    /// A new order for a new turn: the one that stopped the last turn must not stop the next.
    fn fresh_halt(&self, key: &Key) -> Option<Halt> {
        let (sender, halt) = Halt::new();
        if self.0.closing.is_cancelled() {
            sender.send_replace(Some(Order::Adjourn));
        }
        self.running().get_mut(key).map(|running| {
            running.halt = sender;
            halt
        })
    }

    /// Takes or renews the lease; none when another instance has it. The sweep finds what that one leaves behind.
    async fn take_lease(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Stamp>, Unavailable> {
        let now = SystemClock.now();
        let until = now + Millis::try_from(self.0.lease.0.as_millis()).unwrap_or(Millis::MAX);
        self.0.leases.take(actor, id, &self.0.instance, now, until).await
    }

    /// Renews the lease for as long as it is polled; ends only when the lease is lost.
    async fn keep_lease(&self, actor: &Actor, id: &ConversationId) -> Unavailable {
        let mut failures = 0;
        loop {
            tokio::time::sleep(self.0.lease.0 / 3).await;
            match self.take_lease(actor, id).await {
                Ok(Some(_)) => failures = 0,
                Ok(None) => return Unavailable::new(STORE, "another instance has taken the lease"),
                Err(error) if failures >= 1 => return error,
                Err(_) => failures += 1,
            }
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").field("instance", &self.0.instance).finish_non_exhaustive()
    }
}
