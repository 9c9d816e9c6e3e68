//! Limits what people may have at once, each person and all together. Beyond a limit the answer is a polite message,
//! and nothing that was accepted is lost. The counts are those of this instance.

use agent::Actor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limits.
#[derive(Debug, Clone, Copy)]
pub struct AdmissionLimits {
    /// Most turns of a person that run at once; further ones wait in the queue.
    pub turns_each: usize,
    /// Most turns that run at once.
    pub turns: usize,
    /// Most messages that a person posts in a minute.
    pub posts_a_minute: u32,
    /// Most messages that wait in a conversation.
    pub waiting: usize,
    /// Most open streams of a person.
    pub streams_each: usize,
    /// Most open streams.
    pub streams: usize,
    /// Most events in the log of a conversation.
    pub events: u64,
    /// Most bytes of the log of a conversation, measured as JSON.
    pub bytes: usize,
}

impl Default for AdmissionLimits {
    fn default() -> Self {
        Self {
            turns_each: 8,
            turns: 2_000,
            posts_a_minute: 120,
            waiting: 20,
            streams_each: 64,
            streams: 20_000,
            events: 20_000,
            bytes: 16 * 1024 * 1024,
        }
    }
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Too many messages in a minute; the next one is accepted after this time.
    Posts(Duration),
    /// Too many messages wait in the conversation.
    Waiting,
    /// Too many streams are open.
    Streams,
    /// The log of the conversation holds the most events or bytes that it may.
    Length,
}

/// Identifies a person: tenant, issuer and subject.
type Owner = (String, String, String);

/// Counts what people have at once, and keeps it within the limits.
#[derive(Debug)]
pub struct Admission {
    limits: AdmissionLimits,
    turns: Arc<Semaphore>,
    turns_each: Shares,
    streams: Arc<Semaphore>,
    streams_each: Shares,
    posts: Mutex<HashMap<Owner, Posts>>,
}

/// A place within the limits of a person and of all; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    _own: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
}

impl Admission {
    /// Returns an admission within `limits`, with all places free.
    #[must_use]
    pub fn new(limits: AdmissionLimits) -> Self {
        Self {
            limits,
            turns: Arc::new(Semaphore::new(limits.turns)),
            turns_each: Shares::new(limits.turns_each),
            streams: Arc::new(Semaphore::new(limits.streams)),
            streams_each: Shares::new(limits.streams_each),
            posts: Mutex::default(),
        }
    }

    /// Returns the limits.
    #[must_use]
    pub fn limits(&self) -> &AdmissionLimits {
        &self.limits
    }

    /// Waits for a place for a turn of this person. It never returns `None` while the server runs.
    pub(super) async fn turn(&self, actor: &Actor) -> Option<Place> {
        // The person's own place first: a person with many conversations must not hold the shared places of others
        // while waiting.
        let own = self.turns_each.of(owner(actor)).acquire_owned().await.ok()?;
        let shared = self.turns.clone().acquire_owned().await.ok()?;
        Some(Place { _own: own, _shared: shared })
    }

    /// Returns `true` if a turn of somebody else could begin at once.
    pub(super) fn has_room(&self) -> bool {
        self.turns.available_permits() > 0
    }

    /// Takes a place for a stream of this person.
    ///
    /// # Errors
    /// [`Limit::Streams`].
    pub fn stream(&self, actor: &Actor) -> Result<Place, Limit> {
        let own = self.streams_each.of(owner(actor)).try_acquire_owned().map_err(|_| Limit::Streams)?;
        let shared = self.streams.clone().try_acquire_owned().map_err(|_| Limit::Streams)?;
        Ok(Place { _own: own, _shared: shared })
    }

    /// Counts a message of this person against the rate limit.
    ///
    /// # Errors
    /// [`Limit::Posts`].
    pub fn post(&self, actor: &Actor, now: Instant) -> Result<(), Limit> {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        // After a quiet minute a bucket is full again, so it can be forgotten.
        posts.retain(|_, posts| now.duration_since(posts.last) < MINUTE);
        posts.entry(owner(actor)).or_insert_with(|| Posts::new(self.limits.posts_a_minute, now)).take(now)
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// A token bucket that refills evenly.
#[derive(Debug)]
struct Posts {
    most: f64,
    left: f64,
    last: Instant,
}

impl Posts {
    fn new(most: u32, now: Instant) -> Self {
        Self { most: f64::from(most), left: f64::from(most), last: now }
    }

    fn take(&mut self, now: Instant) -> Result<(), Limit> {
        let rate = self.most / MINUTE.as_secs_f64();
        self.left = self.most.min(self.left + now.duration_since(self.last).as_secs_f64() * rate);
        self.last = now;
        if self.left < 1.0 {
            return Err(Limit::Posts(Duration::from_secs_f64((1.0 - self.left) / rate)));
        }
        self.left -= 1.0;
        Ok(())
    }
}

/// A semaphore for each person who has something running.
#[derive(Debug)]
struct Shares {
    each: usize,
    held: Mutex<HashMap<Owner, Arc<Semaphore>>>,
}

impl Shares {
    fn new(each: usize) -> Self {
        Self { each, held: Mutex::default() }
    }

    fn of(&self, owner: Owner) -> Arc<Semaphore> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= SWEPT_FROM {
            held.retain(|_, share| Arc::strong_count(share) > 1);
        }
        held.entry(owner).or_insert_with(|| Arc::new(Semaphore::new(self.each))).clone()
    }
}

/// Number of people from which on those who have nothing running are forgotten.
const SWEPT_FROM: usize = 256;

fn owner(actor: &Actor) -> Owner {
    (actor.tenant().to_owned(), actor.issuer().to_owned(), actor.subject().to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use agent::actor::Evidence;
    use futures::FutureExt;

    fn person(subject: &str) -> Actor {
        Actor::attest(Evidence::of("https://idp.example/", subject, "acme"))
    }

    fn admission() -> Admission {
        let limits = AdmissionLimits {
            turns_each: 2,
            turns: 3,
            posts_a_minute: 6,
            streams_each: 2,
            streams: 3,
            ..AdmissionLimits::default()
        };
        Admission::new(limits)
    }

    #[test]
    fn a_turn_waits_for_a_free_place_of_its_person_and_of_the_instance() {
        let (admission, ada, bob) = (admission(), person("ada"), person("bob"));
        let turn = |actor| admission.turn(actor).now_or_never().flatten();
        let first = turn(&ada).unwrap();
        let _second = turn(&ada).unwrap();
        assert!(turn(&ada).is_none(), "she has no free place left");
        let _his = turn(&bob).unwrap();
        assert!(turn(&bob).is_none() && !admission.has_room(), "no place is free");
        drop(first);
        assert!(turn(&ada).is_some() || turn(&bob).is_some());
    }

    #[test]
    fn streams_beyond_the_limit_are_refused() {
        let (admission, ada, bob) = (admission(), person("ada"), person("bob"));
        let open: Vec<_> = (0..2).map(|_| admission.stream(&ada).unwrap()).collect();
        assert_eq!(admission.stream(&ada).unwrap_err(), Limit::Streams);
        let _his = admission.stream(&bob).unwrap();
        assert_eq!(admission.stream(&bob).unwrap_err(), Limit::Streams);
        drop(open);
        assert!(admission.stream(&ada).is_ok());
    }

    #[test]
    fn messages_are_limited_per_minute_and_person() {
        let (admission, ada, bob, start) = (admission(), person("ada"), person("bob"), Instant::now());
        for _ in 0..6 {
            admission.post(&ada, start).unwrap();
        }
        assert_eq!(admission.post(&ada, start), Err(Limit::Posts(Duration::from_secs(10))));
        assert_eq!(admission.post(&bob, start), Ok(()));
        assert_eq!(admission.post(&ada, start + Duration::from_secs(10)), Ok(()));
        assert!(admission.post(&ada, start + Duration::from_secs(10)).is_err());
        admission.post(&bob, start + Duration::from_secs(100)).unwrap();
        assert_eq!(admission.posts.lock().unwrap().len(), 1, "inactive people are dropped");
    }

    #[test]
    fn people_with_nothing_running_are_forgotten() {
        let admission = admission();
        for number in 0..SWEPT_FROM + 10 {
            drop(admission.stream(&person(&number.to_string())).unwrap());
        }
        assert!(admission.streams_each.held.lock().unwrap().len() <= SWEPT_FROM);
    }
}
