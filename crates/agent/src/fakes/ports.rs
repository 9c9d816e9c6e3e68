//! Authorizer, ledger, vault and clock in memory.

use crate::intent::Need;
use crate::ports::{
    Authorizer, Clock, Decision, Entry, EntryId, Ledger, Loan, Millis, Outcome, Unavailable, Vault, VaultError, Verdict,
};
use crate::{Actor, Intent};
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Knows tuples `principal relation object`, which may be taken away.
#[derive(Debug, Default)]
pub struct TableAuthorizer {
    tuples: Mutex<BTreeSet<String>>,
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

    /// Takes a tuple away.
    pub fn remove(&self, tuple: &str) {
        lock(&self.tuples).remove(tuple);
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
    async fn decide(&self, actor: &Actor, intent: &Intent) -> Result<Decision, Unavailable> {
        let tuple = format!("{} {} {}", actor.principal(), intent.relation, intent.object);
        lock(&self.asked).push(tuple.clone());
        if *lock(&self.down) {
            return Err(Unavailable::new("the permission service", "down"));
        }
        Ok(if lock(&self.tuples).contains(&tuple) { Decision::Allow } else { Decision::Deny })
    }
}

/// One line of the memory ledger.
pub type Line = (Verdict, String, Option<Outcome>);

/// Keeps entries; panics when an entry is closed twice or does not exist.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    lines: Mutex<Vec<Line>>,
    down: Mutex<bool>,
}

impl MemoryLedger {
    /// Takes nothing from now on.
    pub fn fail(&self) {
        *lock(&self.down) = true;
    }

    /// Verdict, tool and outcome of each entry.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        lock(&self.lines).clone()
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, Unavailable> {
        if *lock(&self.down) {
            return Err(Unavailable::new("the ledger", "down"));
        }
        let mut lines = lock(&self.lines);
        lines.push((entry.verdict, entry.tool.0, None));
        Ok(EntryId((lines.len() - 1).to_string()))
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, _at: Millis) -> Result<(), Unavailable> {
        let place: usize = entry.0.parse().unwrap_or(usize::MAX);
        let mut lines = lock(&self.lines);
        let line = lines.get_mut(place);
        assert!(line.as_ref().is_some_and(|line| line.2.is_none()), "an entry is closed once, and only if it is there");
        if let Some(line) = line {
            line.2 = Some(outcome);
        }
        Ok(())
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
