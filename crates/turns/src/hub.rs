//! Publishes events, and the text in between, to the watchers of this instance. Nothing here is stored.

use super::{Key, key};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::Numbered;
use agent::turn::Event;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, broadcast};

/// News for watchers.
#[derive(Debug, Clone)]
pub enum News {
    /// An event was stored.
    Event(Arc<Numbered>),
    /// More text of the unfinished block.
    Delta {
        /// The number of the last event before it.
        since: u64,
        /// The text.
        text: String,
    },
    /// The conversation was deleted.
    Deleted,
    /// The turn could not continue because this service does not answer; it is retried.
    Lost(&'static str),
}

/// Number of news by which a slow watcher may fall behind before it must read the store instead.
const BACKLOG: usize = 128;

/// The channels of conversations that are watched or running.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<Channels>>);

#[derive(Debug, Default)]
struct Channels {
    open: HashMap<Key, Channel>,
    /// The news of this instance of which other instances have not been told yet.
    untold: HashMap<Key, Untold>,
}

#[derive(Debug)]
struct Channel {
    log: (Actor, ConversationId),
    /// Present while somebody watches: it allocates the whole backlog, and most conversations that wait for a person
    /// are not watched.
    watchers: Option<broadcast::Sender<News>>,
    /// Wakes the turn that runs here when a person adds an event.
    people: Arc<Notify>,
    partial: String,
    since: u64,
}

/// A log and the number of its last event, as far as it is known here.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub(super) actor: Actor,
    pub(super) id: ConversationId,
    pub(super) number: u64,
}

/// News that other instances must be told.
#[derive(Debug, Clone)]
pub(super) struct Untold {
    /// The log; its number is 0 if it has not grown.
    pub(super) log: Watched,
    /// `true` if the conversation was deleted.
    pub(super) deleted: bool,
}

impl Hub {
    /// Returns a receiver of all further news, the number of the last event before the unfinished block, and that
    /// block's text so far. They are taken in one step, so that no text is missed or doubled.
    #[must_use]
    pub fn subscribe(&self, actor: &Actor, id: &ConversationId) -> (broadcast::Receiver<News>, u64, String) {
        self.with(actor, id, |channel| {
            let watchers = channel.watchers.get_or_insert_with(|| broadcast::channel(BACKLOG).0);
            (watchers.subscribe(), channel.since, channel.partial.clone())
        })
    }

    /// Returns the notifier that wakes its holder when a person adds an event. A running turn holds it, which also
    /// keeps the unfinished block alive.
    #[must_use]
    pub fn people(&self, actor: &Actor, id: &ConversationId) -> Arc<Notify> {
        self.with(actor, id, |channel| channel.people.clone())
    }

    /// Returns the unfinished block so far, and the number of the last event before it, for a page that is rendered
    /// now.
    #[must_use]
    pub fn partial(&self, key: &Key) -> (u64, String) {
        self.lock().open.get(key).map(|channel| (channel.since, channel.partial.clone())).unwrap_or_default()
    }

    /// Publishes an event that this instance has stored, and notes it for other instances.
    pub fn event(&self, actor: &Actor, id: &ConversationId, event: &Numbered) {
        self.heard(actor, id, event);
        let log = Watched { actor: actor.clone(), id: id.clone(), number: event.number };
        self.untold(vec![Untold { log, deleted: false }]);
    }

    /// Publishes that a conversation was deleted, and notes it for other instances.
    pub fn deleted(&self, actor: &Actor, id: &ConversationId) {
        self.heard_deleted(actor, id);
        let log = Watched { actor: actor.clone(), id: id.clone(), number: 0 };
        self.untold(vec![Untold { log, deleted: true }]);
    }

    /// Publishes that a conversation was deleted on another instance.
    pub(super) fn heard_deleted(&self, actor: &Actor, id: &ConversationId) {
        if let Some(channel) = self.lock().open.get_mut(&key(actor, id)) {
            channel.partial.clear();
            channel.tell(|_| News::Deleted);
        }
    }

    /// Notes that the log has been read up to this event.
    pub(super) fn seen(&self, actor: &Actor, id: &ConversationId, number: u64) {
        self.with(actor, id, |channel| channel.since = channel.since.max(number));
    }

    /// Publishes an event that another instance has stored.
    pub(super) fn heard(&self, actor: &Actor, id: &ConversationId, event: &Numbered) {
        self.with(actor, id, |channel| {
            if matches!(event.event, Event::Said { .. } | Event::TurnEnded { .. }) {
                channel.partial.clear();
            }
            channel.since = channel.since.max(event.number);
            channel.tell(|_| News::Event(Arc::new(event.clone())));
            if event.event.is_from_outside() {
                channel.people.notify_one();
            }
        });
    }

    /// Publishes more text of the unfinished block.
    pub fn delta(&self, actor: &Actor, id: &ConversationId, text: &str) {
        self.with(actor, id, |channel| {
            channel.partial.push_str(text);
            channel.tell(|since| News::Delta { since, text: text.to_owned() });
        });
    }

    /// Publishes that the turn could not continue.
    pub fn lost(&self, actor: &Actor, id: &ConversationId, service: &'static str) {
        self.with(actor, id, |channel| {
            channel.partial.clear();
            channel.tell(|_| News::Lost(service));
        });
        self.rest(&key(actor, id));
    }

    /// Frees the backlog of a conversation that nobody watches, and forgets the conversation if no turn runs here
    /// either.
    pub fn rest(&self, key: &Key) {
        let mut channels = self.lock();
        let Some(channel) = channels.open.get_mut(key) else { return };
        if channel.watchers.as_ref().is_some_and(|watchers| watchers.receiver_count() > 0) {
            return;
        }
        channel.watchers = None;
        if Arc::strong_count(&channel.people) == 1 {
            channels.open.remove(key);
        }
    }

    /// Returns the logs that somebody watches here, or whose turn runs here.
    pub(super) fn watched(&self) -> Vec<Watched> {
        let watched = |channel: &Channel| Watched {
            actor: channel.log.0.clone(),
            id: channel.log.1.clone(),
            number: channel.since,
        };
        self.lock().open.values().map(watched).collect()
    }

    /// Takes the news of which other instances must be told.
    pub(super) fn take_untold(&self) -> Vec<Untold> {
        std::mem::take(&mut self.lock().untold).into_values().collect()
    }

    /// Notes news of which other instances must be told.
    pub(super) fn untold(&self, news: Vec<Untold>) {
        let mut channels = self.lock();
        for new in news {
            let (number, deleted) = (new.log.number, new.deleted);
            let untold = channels.untold.entry(key(&new.log.actor, &new.log.id)).or_insert(new);
            untold.log.number = untold.log.number.max(number);
            untold.deleted |= deleted;
        }
    }

    fn with<T>(&self, actor: &Actor, id: &ConversationId, act: impl FnOnce(&mut Channel) -> T) -> T {
        let mut channels = self.lock();
        act(channels.open.entry(key(actor, id)).or_insert_with(|| Channel {
            log: (actor.clone(), id.clone()),
            watchers: None,
            people: Arc::default(),
            partial: String::new(),
            since: 0,
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Channels> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel {
    /// Sends news to the watchers. Having none is no failure.
    fn tell(&self, news: impl FnOnce(u64) -> News) {
        if let Some(watchers) = &self.watchers {
            let _ = watchers.send(news(self.since));
        }
    }
}
