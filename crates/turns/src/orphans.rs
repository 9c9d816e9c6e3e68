//! Finds turns whose instance is gone, by watching the queue.
//!
//! An instance renews its lease three times within the duration of a lease. An entry whose lease has not changed for
//! that duration, by this instance's own monotonic clock, is orphaned; wall clocks of different machines are never
//! compared. Each poll takes a random share of limited size, so that many instances do not compete for the same
//! entries. An entry that failed waits longer each time, so that a single damaged log stops nobody.

use super::{Key, key};
use agent::ports::{Holder, Work};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;

/// Most turns that one poll takes over.
const SHARE: usize = 16;
/// Wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// The entries of the queue as this instance has seen them. Entries that have left the queue are forgotten.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    seen: HashMap<Key, Seen>,
    failed: HashMap<Key, Failed>,
}

#[derive(Debug)]
struct Seen {
    holder: Holder,
    since: Instant,
}

#[derive(Debug)]
struct Failed {
    times: u32,
    until: Instant,
}

impl Orphans {
    /// Takes in the queue as it is `now`, and returns a share of the orphaned entries, chosen by `random`.
    pub(super) fn poll(
        &mut self,
        queue: Vec<Work>,
        now: Instant,
        lease: Duration,
        random: impl Fn() -> u32,
    ) -> Vec<Work> {
        let keys: HashSet<Key> = queue.iter().map(|work| key(&work.actor, &work.conversation)).collect();
        self.seen.retain(|key, _| keys.contains(key));
        self.failed.retain(|key, _| keys.contains(key));
        let mut orphans: Vec<Work> = queue.into_iter().filter(|work| self.is_orphaned(work, now, lease)).collect();
        while orphans.len() > SHARE {
            let place = random() as usize % orphans.len();
            orphans.swap_remove(place);
        }
        orphans
    }

    fn is_orphaned(&mut self, work: &Work, now: Instant, lease: Duration) -> bool {
        let key = key(&work.actor, &work.conversation);
        if self.failed.get(&key).is_some_and(|failed| now < failed.until) {
            return false;
        }
        let Some(holder) = &work.holder else {
            self.seen.remove(&key);
            return true;
        };
        match self.seen.get(&key) {
            Some(seen) if seen.holder == *holder => now.duration_since(seen.since) >= lease,
            _ => {
                self.seen.insert(key, Seen { holder: holder.clone(), since: now });
                false
            }
        }
    }

    /// Notes that the turn of an entry could not continue, and returns the wait until this instance retries it.
    pub(super) fn failed(&mut self, key: &Key, now: Instant) -> Duration {
        let times = self.failed.get(key).map_or(0, |failed| failed.times);
        let wait = LONGEST_WAIT.min(FIRST_WAIT.saturating_mul(1 << times.min(6)));
        self.failed.insert(key.clone(), Failed { times: times + 1, until: now + wait });
        wait
    }

    /// Notes that the turn of an entry could continue.
    pub(super) fn succeeded(&mut self, key: &Key) {
        self.failed.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::Actor;
    use agent::actor::Evidence;
    use agent::ids::ConversationId;
    use agent::ports::LeaseId;

    const LEASE: Duration = Duration::from_secs(12);

    fn work(name: u8, holder: Option<(&str, &str)>) -> Work {
        let holder = holder.map(|(by, beat)| Holder { by: LeaseId(by.to_owned()), beat: beat.to_owned() });
        let actor = Actor::attest(Evidence::of("https://idp.example/", "ada", "acme"));
        Work { actor, conversation: ConversationId::from_random([name; 26]), holder }
    }

    fn count(orphans: &mut Orphans, queue: Vec<Work>, now: Instant) -> usize {
        orphans.poll(queue, now, LEASE, || 3).len()
    }

    #[test]
    fn an_entry_is_orphaned_when_its_lease_has_not_changed_for_the_time_of_a_lease() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut orphans = Orphans::default();
        for (second, holder, expected) in [
            (0, Some(("a", "1")), 0),
            (11, Some(("a", "1")), 0),
            (12, Some(("a", "1")), 1),
            (13, Some(("a", "2")), 0),
            (24, Some(("a", "2")), 0),
            (25, Some(("b", "2")), 0),
            (36, Some(("b", "2")), 0),
            (37, Some(("b", "2")), 1),
            (38, None, 1),
            (39, Some(("b", "2")), 0),
        ] {
            assert_eq!(count(&mut orphans, vec![work(1, holder)], at(second)), expected, "second {second}");
        }
    }

    #[test]
    fn an_instance_takes_a_bounded_share_and_failures_wait_longer_each_time() {
        let (start, mut orphans) = (Instant::now(), Orphans::default());
        let queue = || (0..200).map(|name| work(name % 100 + 1, None)).collect::<Vec<_>>();
        assert_eq!(count(&mut orphans, queue(), start), SHARE);
        let bad = key(&work(1, None).actor, &work(1, None).conversation);
        let waits: Vec<u64> = (0..8).map(|_| orphans.failed(&bad, start).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300]);
        let both = || vec![work(1, None), work(2, None)];
        assert_eq!(count(&mut orphans, both(), start), 1, "the other entry still runs");
        assert_eq!(count(&mut orphans, both(), start + LONGEST_WAIT), 2);
        orphans.succeeded(&bad);
        assert_eq!(orphans.failed(&bad, start).as_secs(), 5);
        assert_eq!(count(&mut orphans, Vec::new(), start), 0);
        assert!(orphans.failed.is_empty(), "entries that left the queue are dropped");
    }
}
