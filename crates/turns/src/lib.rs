//! Runs turns and publishes their events. A turn belongs to the server, never to a request.

mod admission;
mod answering;
pub mod cached_conversations;
mod checkpoints;
mod feed;
mod hub;
mod lease;
mod live_log;
mod orphans;
mod posting;
mod sweep;
mod watch;

pub use admission::{Admission, AdmissionLimits, Limit, Place};
pub use answering::{AnswerError, AskedFrom};
pub use hub::{Hub, News};
pub use lease::Lease;
pub use posting::{PostError, WithdrawError};
pub use watch::{Heartbeat, WatchItem, Watching};

use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Conversations, Feed, Holder, LeaseId, Leases, Millis, Numbered, Stamp, Unavailable};
use agent::turn::{Interrupt, Interrupts, Runner};
use checkpoints::{Checkpoints, Folded};
use futures::FutureExt;
use live_log::LiveLog;
use orphans::Orphans;
use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch as channel;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The settings of an instance's turns.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name by which this process holds leases.
    pub instance: LeaseId,
    /// The duration of a lease.
    pub lease: Lease,
    /// The limits on what people may have at once.
    pub admission: AdmissionLimits,
    /// The source of random numbers for shares and jitter.
    pub random: fn() -> u32,
}

/// The store's name in messages to people.
const STORE: &str = "the conversation store";

/// Runs the turns of this instance.
#[derive(Clone)]
pub struct Turns(Arc<Inner>);

struct Inner {
    runner: Runner,
    conversations: Arc<dyn Conversations>,
    checkpoints: Checkpoints,
    leases: Arc<dyn Leases>,
    feed: Arc<dyn Feed>,
    hub: Hub,
    instance: LeaseId,
    lease: Lease,
    admission: Arc<Admission>,
    orphans: Mutex<Orphans>,
    random: fn() -> u32,
    running: Mutex<HashMap<Key, Running>>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// Identifies a conversation: tenant, issuer, subject and conversation id.
pub type Key = (String, String, String, ConversationId);

struct Running {
    interrupts: channel::Sender<Option<Interrupt>>,
    /// `true` if the conversation was woken while it ran: the run may have looked for work just before there was some.
    again: bool,
}

/// Returns the key of a conversation.
#[must_use]
pub fn key(actor: &Actor, id: &ConversationId) -> Key {
    (actor.tenant().to_owned(), actor.issuer().to_owned(), actor.subject().to_owned(), id.clone())
}

/// Returns the size of an event as JSON, by which logs are bounded and caches weighed. An event that cannot be
/// serialized counts as a large one.
fn json_bytes(entry: &Numbered) -> usize {
    serde_json::to_vec(&entry.event).map_or(64 * 1024, |json| json.len())
}

impl Turns {
    /// Makes the turns of this instance, which `runner` runs.
    #[must_use]
    pub fn new(
        runner: Runner,
        conversations: Arc<dyn Conversations>,
        leases: Arc<dyn Leases>,
        feed: Arc<dyn Feed>,
        settings: Settings,
    ) -> Self {
        let Settings { instance, lease, admission, random } = settings;
        Self(Arc::new(Inner {
            runner,
            conversations,
            checkpoints: Checkpoints::new(),
            leases,
            feed,
            hub: Hub::default(),
            instance,
            lease,
            admission: Arc::new(Admission::new(admission)),
            orphans: Mutex::default(),
            random,
            running: Mutex::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Makes sure that the turns of a conversation run, here or on the instance that holds its lease. A message that is
    /// posted meanwhile is enqueued in the store, and the task looks there before it ends.
    pub fn wake(&self, actor: &Actor, id: &ConversationId) {
        self.begin(actor, id, None);
    }

    /// Runs the turns of a conversation, even if `gone`, which has not renewed its lease, still holds it.
    fn begin(&self, actor: &Actor, id: &ConversationId, gone: Option<Holder>) {
        let key = key(actor, id);
        let (sender, interrupts) = Interrupts::new();
        {
            let mut running = self.running();
            if self.0.closing.is_cancelled() {
                return;
            }
            if let Some(running) = running.get_mut(&key) {
                running.again = true;
                return;
            }
            running.insert(key.clone(), Running { interrupts: sender, again: false });
        }
        let (turns, actor, id) = (self.clone(), actor.clone(), id.clone());
        let span = tracing::info_span!("turn", conversation.id = %id);
        self.0.tasks.spawn(
            async move {
                let run = turns.run_all(&actor, &id, &key, interrupts, gone);
                // A panic must not leave the conversation marked as running for as long as the process lives.
                let ran = AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Err(panicked()));
                let again = turns.running().remove(&key).is_some_and(|running| running.again);
                turns.ended(&actor, &id, &key, ran, again);
            }
            .instrument(span),
        );
    }

    fn ended(&self, actor: &Actor, id: &ConversationId, key: &Key, ran: Result<(), Unavailable>, again: bool) {
        match ran {
            Ok(()) => {
                self.orphans().succeeded(key);
                if again { self.wake(actor, id) } else { self.0.hub.rest(key) }
            }
            Err(_) if self.0.closing.is_cancelled() => tracing::info!("a turn is handed over to another instance"),
            Err(error) => {
                let wait = self.orphans().failed(key, Instant::now());
                tracing::error!(error = %error, again_in_s = wait.as_secs(), "a turn failed and will be retried");
                self.0.hub.lost(actor, id, error.service);
            }
        }
    }

    /// Returns the hub by which watchers receive news.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Returns the limits on what people may have at once.
    #[must_use]
    pub fn admission(&self) -> &Arc<Admission> {
        &self.0.admission
    }

    /// Returns the token that is cancelled when the server shuts down.
    #[must_use]
    pub fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// Suspends all turns and waits until they have stopped, at most `limit`. Another instance resumes them.
    pub async fn shut_down(&self, limit: Duration) {
        self.0.closing.cancel();
        for running in self.running().values() {
            running.interrupts.send_replace(Some(Interrupt::Suspend));
        }
        self.0.tasks.close();
        if tokio::time::timeout(limit, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("some turns did not suspend in time; another instance will resume them");
        }
    }

    /// Runs the conversation's turns under one lease, until no message waits any more.
    async fn run_all(
        &self,
        actor: &Actor,
        id: &ConversationId,
        key: &Key,
        interrupts: Interrupts,
        gone: Option<Holder>,
    ) -> Result<(), Unavailable> {
        let _place = tokio::select! {
            place = self.0.admission.turn(actor) => place,
            () = self.0.closing.cancelled() => return Ok(()),
        };
        let taken = Instant::now();
        let Some(stamp) = self.take_lease(actor, id, gone.as_ref()).await? else { return Ok(()) };
        let run = self.run_leased(actor, id, key, interrupts, stamp);
        let ran = tokio::select! {
            ran = run => ran,
            lost = self.keep_lease(actor, id, taken) => Err(lost),
        };
        if ran.is_err()
            && let Err(error) = self.0.leases.release(actor, id, &self.0.instance).await
        {
            tracing::warn!(error = %error, "a lease could not be released; another instance takes it over later");
        }
        ran
    }

    async fn run_leased(
        &self,
        actor: &Actor,
        id: &ConversationId,
        key: &Key,
        interrupts: Interrupts,
        mut stamp: Stamp,
    ) -> Result<(), Unavailable> {
        let Inner { conversations, checkpoints, leases, instance, runner, closing, .. } = &*self.0;
        loop {
            let Folded { history, last, .. } = checkpoints.read(&**conversations, actor, id).await?;
            if history.open.is_none() && history.waiting.is_empty() {
                // A message that was enqueued since the lease was taken may not be in this log yet.
                if leases.complete(actor, id, instance, &stamp).await? {
                    return Ok(());
                }
                let Some(fresh) = self.take_lease(actor, id, None).await? else { return Ok(()) };
                stamp = fresh;
                continue;
            }
            if closing.is_cancelled() {
                return Err(Unavailable::new("this server", "it is shutting down"));
            }
            let hub = self.0.hub.clone();
            let clock = runner.clock.clone();
            let journal = LiveLog::new(conversations.clone(), hub, clock, actor.clone(), id.clone(), history, last);
            let interrupts = self.fresh_interrupts(key).unwrap_or_else(|| interrupts.clone());
            runner.run(actor, id, &journal, interrupts).await?;
        }
    }

    /// Makes a new order for the next turn: the order that stopped the last turn must not stop the next.
    fn fresh_interrupts(&self, key: &Key) -> Option<Interrupts> {
        let (sender, interrupts) = Interrupts::new();
        if self.0.closing.is_cancelled() {
            sender.send_replace(Some(Interrupt::Suspend));
        }
        self.running().get_mut(key).map(|running| {
            running.interrupts = sender;
            interrupts
        })
    }

    /// The wall clock of this instance, which its turns use too.
    fn now(&self) -> Millis {
        self.0.runner.clock.now()
    }

    fn orphans(&self) -> std::sync::MutexGuard<'_, Orphans> {
        self.0.orphans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn panicked() -> Unavailable {
    Unavailable::new("this server", "a turn panicked")
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").field("instance", &self.0.instance).finish_non_exhaustive()
    }
}
