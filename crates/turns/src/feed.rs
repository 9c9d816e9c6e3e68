//! Exchanges news between instances: tells the others which logs grew here, and reads once for all pages which logs
//! grew elsewhere. An idle page therefore costs the store nothing.

use super::hub::{Untold, Watched};
use super::{Key, Turns, key};
use agent::ports::{Feed, Growth, LogName, LogNews, Millis};
use std::collections::HashMap;
use std::time::Duration;

/// Interval of telling and reading: a message shows on every instance within a second.
const EVERY: Duration = Duration::from_millis(500);
/// Time that is read again at each poll, in milliseconds: the clocks of instances may differ by this much.
const OVERLAP: Millis = 45_000;

impl Turns {
    /// Publishes to the feed and reads it until the server shuts down.
    pub(super) fn follow(&self) {
        let (turns, feed) = (self.clone(), self.0.feed.clone());
        self.0.tasks.spawn(async move {
            let mut read_until = turns.now();
            while !turns.closing().is_cancelled() {
                turns.tell(&*feed).await;
                turns.hear(&*feed, &mut read_until).await;
                tokio::select! {
                    () = turns.closing().cancelled() => {}
                    () = tokio::time::sleep(EVERY) => {}
                }
            }
            turns.tell(&*feed).await;
        });
    }

    async fn tell(&self, feed: &dyn Feed) {
        let untold = self.hub().take_untold();
        if untold.is_empty() {
            return;
        }
        let grown: Vec<Growth> = untold.iter().flat_map(|news| growth(feed, news)).collect();
        if let Err(error) = feed.publish(&grown, self.now()).await {
            tracing::warn!(error = %error, "other instances could not be notified of new events; this is retried");
            self.hub().untold(untold);
        }
    }

    async fn hear(&self, feed: &dyn Feed, read_until: &mut Millis) {
        let watched = self.hub().watched();
        let now = self.now();
        if watched.is_empty() {
            *read_until = now;
            return;
        }
        match feed.since(*read_until - OVERLAP).await {
            Ok(grown) => {
                *read_until = now;
                // Names are digests, which are computed only when there is something to compare them with.
                if grown.is_empty() {
                    return;
                }
                let watched = watched.into_iter().map(|log| (feed.name(&log.actor, &log.id), log)).collect();
                for log in grown_logs(&watched, &grown).into_values() {
                    self.read_on(&log).await;
                }
                for log in deleted_logs(&watched, &grown).into_values() {
                    self.check(&log).await;
                }
            }
            Err(error) => tracing::warn!(error = %error, "the feed could not be read; this is retried"),
        }
    }

    /// Reads the events of a log beyond those known here, once for all who watch it.
    async fn read_on(&self, Watched { actor, id, number }: &Watched) {
        match self.0.conversations.read_after(actor, id, *number).await {
            Ok(events) => events.iter().for_each(|event| self.hub().heard(actor, id, event)),
            // The feed repeats the news for as long as its reads overlap.
            Err(error) => tracing::warn!(error = %error, "a log with new events of another instance could not be read"),
        }
    }

    /// Tells the watchers of a conversation if it is gone: the news is a hint only, and it may have been restored.
    async fn check(&self, Watched { actor, id, .. }: &Watched) {
        match self.0.conversations.header(actor, id).await {
            Ok(Some(_)) => {}
            Ok(None) => self.hub().heard_deleted(actor, id),
            // The feed repeats the news for as long as its reads overlap.
            Err(error) => tracing::warn!(error = %error, "the header of a deleted conversation could not be read"),
        }
    }
}

/// Returns the notifications of some news.
fn growth(feed: &dyn Feed, Untold { log, deleted }: &Untold) -> Vec<Growth> {
    let name = feed.name(&log.actor, &log.id);
    let grown = (log.number > 0).then_some(LogNews::Grown(log.number));
    let deleted = deleted.then_some(LogNews::Deleted);
    grown.into_iter().chain(deleted).map(|news| Growth { log: name.clone(), news }).collect()
}

/// Returns the watched logs that have grown beyond what is known here.
fn grown_logs(watched: &HashMap<LogName, Watched>, news: &[Growth]) -> HashMap<Key, Watched> {
    select(watched, news, |news, known| matches!(news, LogNews::Grown(number) if number > known.number))
}

/// Returns the watched logs whose conversations were deleted.
fn deleted_logs(watched: &HashMap<LogName, Watched>, news: &[Growth]) -> HashMap<Key, Watched> {
    select(watched, news, |news, _| news == LogNews::Deleted)
}

fn select(
    watched: &HashMap<LogName, Watched>,
    news: &[Growth],
    wanted: impl Fn(LogNews, &Watched) -> bool,
) -> HashMap<Key, Watched> {
    let known = |new: &Growth| watched.get(&new.log).filter(|log| wanted(new.news, log));
    news.iter().filter_map(known).map(|log| (key(&log.actor, &log.id), log.clone())).collect()
}
