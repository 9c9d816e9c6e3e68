//! In-memory authorizer, vault, ids and clocks.

use super::lock;
use crate::Actor;
use crate::access::AccessRequestId;
use crate::approval::ApprovalId;
use crate::intent::Need;
use crate::ports::{
    AccessToken, Authorizer, Check, Clock, CredentialError, CredentialProvider, Decision, Ids, Millis, SignIns,
    Unavailable,
};
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};
use tokio::time::Instant;

/// Stores tuples `principal relation object`, which can be removed.
#[derive(Debug, Default)]
pub struct TableAuthorizer {
    tuples: Mutex<BTreeSet<String>>,
    barred: Mutex<BTreeSet<String>>,
    down: Mutex<bool>,
    asked: Mutex<Vec<String>>,
}

impl TableAuthorizer {
    /// Creates an authorizer with these tuples.
    #[must_use]
    pub fn knowing(tuples: &[&str]) -> Self {
        let it = Self::default();
        *lock(&it.tuples) = tuples.iter().map(|tuple| (*tuple).to_owned()).collect();
        it
    }

    /// Adds a tuple.
    pub fn grant(&self, tuple: &str) {
        lock(&self.tuples).insert(tuple.to_owned());
    }

    /// Removes a tuple.
    pub fn remove(&self, tuple: &str) {
        lock(&self.tuples).remove(tuple);
    }

    /// Denies every check that states this fact, `subject relation object`, regardless of the tuples.
    pub fn bar(&self, fact: &str) {
        lock(&self.barred).insert(fact.to_owned());
    }

    /// Fails every check from now on.
    pub fn fail(&self) {
        *lock(&self.down) = true;
    }

    /// The checks so far.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        lock(&self.asked).clone()
    }
}

#[async_trait]
impl Authorizer for TableAuthorizer {
    async fn decide(&self, actor: &Actor, check: Check<'_>) -> Result<Decision, Unavailable> {
        let tuple = format!("{} {} {}", actor.principal(), check.relation, check.object);
        lock(&self.asked).push(tuple.clone());
        if *lock(&self.down) {
            return Err(Unavailable::new("the permission service", "down"));
        }
        let barred = check.facts.iter().any(|fact| lock(&self.barred).contains(&fact.to_string()));
        Ok(if !barred && lock(&self.tuples).contains(&tuple) { Decision::Allow } else { Decision::Deny })
    }
}

/// Provides a token for every connected provider.
#[derive(Debug, Default)]
pub struct MemoryVault {
    /// The connected providers.
    pub connected: Vec<String>,
    /// Makes every request fail if set.
    pub down: bool,
}

#[async_trait]
impl CredentialProvider for MemoryVault {
    async fn access_token(&self, _actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        if self.down {
            return Err(Unavailable::new("the vault", "down").into());
        }
        if !self.connected.contains(&need.provider) {
            return Err(CredentialError::NotConnected);
        }
        Ok(AccessToken::new(SecretString::from("a borrowed token")))
    }
}

/// Everybody is signed in until they have signed out.
#[derive(Debug, Default)]
pub struct MemorySignIns {
    ended: AtomicBool,
    down: AtomicBool,
}

impl MemorySignIns {
    /// Ends all sessions.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Answers nothing from now on.
    pub fn fail(&self) {
        self.down.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl SignIns for MemorySignIns {
    async fn is_signed_in(&self, _actor: &Actor, _now: Millis) -> Result<bool, Unavailable> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable::new("the session store", "down"));
        }
        Ok(!self.ended.load(Ordering::Relaxed))
    }
}

/// A clock that changes only when it is advanced.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Advances the clock.
    pub fn advance(&self, millis: Millis) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::Relaxed)
    }
}

/// A clock that follows the runtime's: with the runtime's time paused, waits take no real time.
#[derive(Debug)]
pub struct RuntimeClock {
    begun: Instant,
    slept: AtomicI64,
}

impl Default for RuntimeClock {
    fn default() -> Self {
        Self { begun: Instant::now(), slept: AtomicI64::default() }
    }
}

impl RuntimeClock {
    /// Advances the clock without firing timers, as after a suspension of the process.
    pub fn oversleep(&self, millis: Millis) {
        self.slept.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Millis {
        let awake = Millis::try_from(self.begun.elapsed().as_millis()).unwrap_or(Millis::MAX);
        awake.saturating_add(self.slept.load(Ordering::Relaxed))
    }
}

/// Generates consecutive ids.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU8);

impl Ids for CountingIds {
    fn approval(&self) -> Result<ApprovalId, Unavailable> {
        let mut bytes = [0; ApprovalId::LENGTH];
        bytes[0] = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(ApprovalId::from_random(bytes))
    }

    fn access_request(&self, asker: &Actor) -> Result<AccessRequestId, Unavailable> {
        let mut bytes = [0; AccessRequestId::HALF];
        bytes[0] = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(AccessRequestId::from_random(bytes, asker))
    }
}
