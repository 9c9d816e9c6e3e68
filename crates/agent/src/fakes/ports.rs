//! Authorizer, vault, ids and clocks in memory.

use super::lock;
use crate::Actor;
use crate::approval::ApprovalId;
use crate::intent::Need;
use crate::ports::{Authorizer, Check, Clock, Decision, Ids, Loan, Millis, SignIns, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};
use tokio::time::Instant;

/// Knows tuples `principal relation object`, which may be taken away.
#[derive(Debug, Default)]
pub struct TableAuthorizer {
    tuples: Mutex<BTreeSet<String>>,
    barred: Mutex<BTreeSet<String>>,
    down: Mutex<bool>,
    asked: Mutex<Vec<String>>,
}

impl TableAuthorizer {
    /// An authorizer that knows these tuples.
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

    /// Takes a tuple away.
    pub fn remove(&self, tuple: &str) {
        lock(&self.tuples).remove(tuple);
    }

    /// Denies every check with this fact, `subject relation object`, whatever the tuples say.
    pub fn bar(&self, fact: &str) {
        lock(&self.barred).insert(fact.to_owned());
    }

    /// Answers nothing from now on.
    pub fn fail(&self) {
        *lock(&self.down) = true;
    }

    /// The questions so far.
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

/// Lends what is connected.
#[derive(Debug, Default)]
pub struct MemoryVault {
    /// Providers that are connected.
    pub connected: Vec<String>,
    /// Whether it answers nothing.
    pub down: bool,
}

#[async_trait]
impl Vault for MemoryVault {
    async fn lend(&self, _actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        if self.down {
            return Err(Unavailable::new("the vault", "down").into());
        }
        if !self.connected.contains(&need.provider) {
            return Err(VaultError::NotConnected);
        }
        Ok(Loan::new(SecretString::from("a borrowed token")))
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

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Moves the clock on.
    pub fn advance(&self, millis: Millis) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::Relaxed)
    }
}

/// A clock that goes as the runtime's does: with the runtime's time paused, waits take no time.
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
    /// Moves the clock on as a suspended process finds it: no timer has noticed.
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

/// Counts ids up.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU8);

impl Ids for CountingIds {
    fn approval(&self) -> Result<ApprovalId, Unavailable> {
        let mut bytes = [0; ApprovalId::LENGTH];
        bytes[0] = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(ApprovalId::from_random(bytes))
    }
}
