//! Runs turns and publishes their events. A turn belongs to the server, never to a request.

mod admission;
mod answering;
pub mod cached_conversations;
mod checkpoints;
mod deletion;
mod feed;
mod hub;
mod lease;
mod live_log;
mod orphans;
mod posting;
mod requested;
mod retention;
mod run;
mod sweep;
mod watch;
mod work;

pub use admission::{Admission, AdmissionLimits, Limit, Place};
pub use answering::{AnswerError, AskedFrom};
pub use deletion::DeletionTimes;
pub use hub::{Hub, News};
pub use lease::Lease;
pub use posting::{Post, PostError, WithdrawError};
pub use retention::Retention;
pub use watch::{Heartbeat, WatchItem, Watching};

use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Conversations, Deletions, Feed, LeaseId, Leases, Millis, Numbered, Unavailable};
use agent::turn::{Interrupt, Interrupts, Runner};
use checkpoints::{Checkpoints, Folded};
use futures::FutureExt;
use orphans::Orphans;
use run::Task;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use work::Work;

/// The settings of an instance's turns.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name by which this process holds leases.
    pub instance: LeaseId,
    /// The duration of a lease.
    pub lease: Lease,
    /// The limits on what people may have at once.
    pub admission: AdmissionLimits,
    /// The times of deletion.
    pub deletion: DeletionTimes,
    /// The source of random numbers for shares and jitter.
    pub random: fn() -> u32,
}

/// The store's name in messages to people.
const STORE: &str = "the conversation store";

/// The stores that turns use.
pub struct Stores {
    /// The conversations.
    pub conversations: Arc<dyn Conversations>,
    /// Their deletion.
    pub deletions: Arc<dyn Deletions>,
    /// The queue and its leases.
    pub leases: Arc<dyn Leases>,
    /// The feed between instances.
    pub feed: Arc<dyn Feed>,
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores").finish_non_exhaustive()
    }
}

/// Runs the turns of this instance.
#[derive(Clone)]
pub struct Turns(Arc<Inner>);

struct Inner {
    runner: Runner,
    conversations: Arc<dyn Conversations>,
    checkpoints: Checkpoints,
    deletions: Arc<dyn Deletions>,
    leases: Arc<dyn Leases>,
    feed: Arc<dyn Feed>,
    hub: Hub,
    instance: LeaseId,
    lease: Lease,
    admission: Arc<Admission>,
    deletion: DeletionTimes,
    orphans: Mutex<Orphans>,
    random: fn() -> u32,
    work: Mutex<Work>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// Identifies a conversation: tenant, issuer, subject and conversation id.
pub type Key = (String, String, String, ConversationId);

/// The activity of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// `true` while a turn runs or waits for a person, or a call runs that nobody attends.
    pub is_busy: bool,
    /// The time at which that last changed.
    pub since: Millis,
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
    pub fn new(runner: Runner, stores: Stores, settings: Settings) -> Self {
        let Stores { conversations, deletions, leases, feed } = stores;
        let Settings { instance, lease, admission, deletion, random } = settings;
        let now = runner.clock.now();
        Self(Arc::new(Inner {
            runner,
            conversations,
            checkpoints: Checkpoints::new(),
            deletions,
            leases,
            feed,
            hub: Hub::default(),
            instance,
            lease,
            admission: Arc::new(Admission::new(admission)),
            deletion,
            orphans: Mutex::default(),
            random,
            work: Mutex::new(Work::new(now)),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Makes sure that the turns of a conversation run, here or on the instance that holds its lease. A message that is
    /// posted meanwhile is enqueued in the store, and the task looks there before it ends.
    pub fn wake(&self, actor: &Actor, id: &ConversationId) {
        self.begin(actor, id, Task::Turns { gone: None });
    }

    /// Begins the work of a conversation unless some runs here already.
    fn begin(&self, actor: &Actor, id: &ConversationId, task: Task) {
        let key = key(actor, id);
        let (sender, interrupts) = Interrupts::new();
        {
            let mut work = self.work();
            if self.0.closing.is_cancelled() || !work.begin(&key, sender, self.now()) {
                return;
            }
        }
        let (turns, actor, id) = (self.clone(), actor.clone(), id.clone());
        let span = tracing::info_span!("turn", conversation.id = %id);
        self.0.tasks.spawn(
            async move {
                let run = turns.run_all(&actor, &id, &key, interrupts, task);
                // A panic must not leave the conversation marked as running for as long as the process lives.
                let ran = AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Err(panicked()));
                let again = turns.work().end(&key, turns.now());
                turns.ended(&actor, &id, &key, ran, again);
            }
            .instrument(span),
        );
    }

    /// Returns the activity of this instance.
    #[must_use]
    pub fn activity(&self) -> Activity {
        self.work().activity()
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
                tracing::error!(error = %error, again_in_s = wait.as_secs(), "the work of a conversation failed and will be retried");
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
        for interrupts in self.work().all_interrupts() {
            interrupts.send_replace(Some(Interrupt::Suspend));
        }
        self.0.tasks.close();
        if tokio::time::timeout(limit, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("some turns did not suspend in time; another instance will resume them");
        }
    }

    /// The wall clock of this instance, which its turns use too.
    fn now(&self) -> Millis {
        self.0.runner.clock.now()
    }

    fn orphans(&self) -> std::sync::MutexGuard<'_, Orphans> {
        self.0.orphans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) -> std::sync::MutexGuard<'_, Work> {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner)
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
