//! Lets watchers of this instance know of events and of the words in between. Nothing here is stored.

use super::Key;
use agent::ports::Numbered;
use agent::turn::Event;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, broadcast};

/// What watchers hear.
#[derive(Debug, Clone)]
pub enum News {
    /// An event was stored.
    Event(Arc<Numbered>),
    /// More of the unfinished block.
    Delta {
        /// The last event before it.
        since: u64,
        /// The text.
        text: String,
    },
    /// The turn could not go on because of this service; somebody will try again.
    Lost(&'static str),
}

/// How much a slow watcher may fall behind before it must read the store instead.
const BACKLOG: usize = 128;

/// The channels of conversations that are watched or running.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<HashMap<Key, Channel>>>);

#[derive(Debug, Default)]
struct Channel {
    /// There while somebody watches: it holds room for the whole backlog, and most that wait for a person are not watched.
    watchers: Option<broadcast::Sender<News>>,
    /// Wakes the turn that runs here when people write.
    people: Arc<Notify>,
    partial: String,
    since: u64,
}

impl Hub {
    /// The news from now on, and the unfinished block so far with the last event before it: taken in one step,
    /// so that no word is missed or doubled.
    #[must_use]
    pub fn subscribe(&self, key: &Key) -> (broadcast::Receiver<News>, u64, String) {
        let mut channels = self.lock();
        let channel = channels.entry(key.clone()).or_default();
        let watchers = channel.watchers.get_or_insert_with(|| broadcast::channel(BACKLOG).0);
        (watchers.subscribe(), channel.since, channel.partial.clone())
    }

    /// Wakes whoever holds it when people write. A turn that runs holds one, and keeps the unfinished block alive with it.
    #[must_use]
    pub fn people(&self, key: &Key) -> Arc<Notify> {
        self.lock().entry(key.clone()).or_default().people.clone()
    }

    /// The unfinished block so far, for a page that is rendered now.
    #[must_use]
    pub fn partial(&self, key: &Key) -> (u64, String) {
        self.lock().get(key).map(|channel| (channel.since, channel.partial.clone())).unwrap_or_default()
    }

    /// An event was stored.
    pub fn event(&self, key: &Key, event: &Numbered) {
        self.with(key, |channel| {
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

    /// More of the unfinished block.
    pub fn delta(&self, key: &Key, text: &str) {
        self.with(key, |channel| {
            channel.partial.push_str(text);
            channel.tell(|since| News::Delta { since, text: text.to_owned() });
        });
    }

    /// The turn could not go on.
    pub fn lost(&self, key: &Key, service: &'static str) {
        self.with(key, |channel| {
            channel.partial.clear();
            channel.tell(|_| News::Lost(service));
        });
        self.rest(key);
    }

    /// Gives back the room for watchers when nobody watches, and forgets a conversation that nothing runs either.
    pub fn rest(&self, key: &Key) {
        let mut channels = self.lock();
        let Some(channel) = channels.get_mut(key) else { return };
        if channel.watchers.as_ref().is_some_and(|watchers| watchers.receiver_count() > 0) {
            return;
        }
        channel.watchers = None;
        if Arc::strong_count(&channel.people) == 1 {
            channels.remove(key);
        }
    }

    fn with(&self, key: &Key, act: impl FnOnce(&mut Channel)) {
        act(self.lock().entry(key.clone()).or_default());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Channel>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel {
    /// Nobody listening is no failure.
    fn tell(&self, news: impl FnOnce(u64) -> News) {
        if let Some(watchers) = &self.watchers {
            let _ = watchers.send(news(self.since));
        }
    }
}
