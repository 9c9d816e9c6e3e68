//! An in-memory store, and keys and entries for tests. The store enforces the conditions of the port. Tests may
//! change its rows as an attacker with write access to a real store could.

use crate::row::{Key, Row, Value};
use crate::signing::LedgerKeys;
use crate::store::{Expected, LedgerStore, NotWritten, RowKind, SortRange, Write};
use agent::actor::Evidence;
use agent::approval::{ApprovalId, Channel};
use agent::intent::Risk;
use agent::ports::{Approval, Entry, GivenApproval, Ledger, Millis, Outcome, Unavailable, Verdict};
use agent::{Actor, CallId, Place, ToolName, ids::ConversationId};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// 2026-03-01 12:00 UTC, in milliseconds since 1970.
pub const NOON: Millis = 1_772_366_400_000;
/// Milliseconds of a day.
pub const DAY: Millis = 86_400_000;

/// A [`LedgerStore`] in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: Mutex<BTreeMap<Key, Row>>,
    down: AtomicBool,
}

impl MemoryStore {
    /// Returns all rows, ordered by key.
    #[must_use]
    pub fn everything(&self) -> Vec<Row> {
        self.lock().values().cloned().collect()
    }

    /// Puts a row, replacing any that exists.
    pub fn put(&self, row: Row) {
        self.lock().insert(row.key.clone(), row);
    }

    /// Removes a row, if it exists.
    pub fn remove(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Restores the store to an older state.
    pub fn put_back(&self, rows: &[Row]) {
        *self.lock() = rows.iter().map(|row| (row.key.clone(), row.clone())).collect();
    }

    /// Makes every later read and write fail.
    pub fn fail(&self) {
        self.down.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the rows after yielding once, so that other tasks interleave.
    async fn answer(&self) -> Result<MutexGuard<'_, BTreeMap<Key, Row>>, Unavailable> {
        tokio::task::yield_now().await;
        if self.down.load(Ordering::Relaxed) { Err(Unavailable::new("the store", "down")) } else { Ok(self.lock()) }
    }
}

#[async_trait]
impl LedgerStore for MemoryStore {
    async fn row(&self, key: &Key) -> Result<Option<Row>, Unavailable> {
        Ok(self.answer().await?.get(key).cloned())
    }

    async fn rows(&self, keys: BTreeSet<Key>) -> Result<Vec<Row>, Unavailable> {
        let rows = self.answer().await?;
        Ok(keys.iter().filter_map(|key| rows.get(key).cloned()).collect())
    }

    async fn partition(&self, name: &str) -> Result<Vec<Row>, Unavailable> {
        Ok(self.answer().await?.values().filter(|row| row.key.partition == name).cloned().collect())
    }

    async fn first(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable> {
        Ok(within(&*self.answer().await?, range).take(most).cloned().collect())
    }

    async fn last(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable> {
        Ok(within(&*self.answer().await?, range).rev().take(most).cloned().collect())
    }

    async fn partitions(&self, prefix: &str) -> Result<BTreeSet<String>, Unavailable> {
        let rows = self.answer().await?;
        Ok(rows.keys().map(|key| key.partition.clone()).filter(|name| name.starts_with(prefix)).collect())
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), NotWritten> {
        let mut rows = self.answer().await?;
        let failed: Vec<RowKind> =
            writes.iter().filter(|write| !holds(write, rows.get(&write.row.key))).map(|write| write.part).collect();
        if failed.contains(&RowKind::Mark) {
            return Err(NotWritten::Marked);
        }
        if !failed.is_empty() {
            return Err(NotWritten::Raced);
        }
        rows.extend(writes.into_iter().map(|write| (write.row.key.clone(), write.row)));
        Ok(())
    }
}

fn within<'a>(rows: &'a BTreeMap<Key, Row>, range: &SortRange) -> impl DoubleEndedIterator<Item = &'a Row> {
    let SortRange { partition, from, to } = range;
    rows.range(Key::new(partition, from)..=Key::new(partition, to)).map(|(_, row)| row)
}

fn holds(write: &Write, there: Option<&Row>) -> bool {
    match (&write.expected, there) {
        (Expected::Absent, there) => there.is_none(),
        (Expected::Head { .. }, None) => false,
        (Expected::Head { seq, hash }, Some(there)) => {
            there.attributes.get("seq") == Some(&Value::number(seq))
                && there.attributes.get("hash") == Some(&Value::text(hash))
        }
    }
}

/// Returns two keys, `k1` and `k2`; `current` signs.
///
/// # Panics
/// If `current` is neither.
#[must_use]
#[expect(clippy::expect_used, reason = "for tests")]
pub fn keys(current: &str) -> Arc<LedgerKeys> {
    let seed = |first: u8| (first..first + 32).collect::<Vec<_>>();
    let (k1, k2) = (seed(1), seed(2));
    let keys = LedgerKeys::of(current, [("k1", k1.as_slice()), ("k2", k2.as_slice())]);
    Arc::new(keys.expect("the key is one of the two"))
}

/// Returns an actor of a tenant.
#[must_use]
pub fn actor(tenant: &str, subject: &str) -> Actor {
    Actor::attest(Evidence::of("https://idp.example/", subject, tenant))
}

/// Returns an allowed entry of a reading action.
#[must_use]
pub fn entry(actor: &Actor, at: Millis) -> Entry {
    Entry {
        at,
        actor: actor.clone(),
        place: Some(Place { conversation: ConversationId::from_random([1; 26]), call: CallId("call-1-1".into()) }),
        tool: ToolName("okta_groups".into()),
        intent: "Read the Okta groups of bob@acme.example".into(),
        relation: "read_okta".into(),
        object: "okta:groups".into(),
        risk: Risk::Read,
        approval: None,
        policy: None,
        verdict: Verdict::Allowed,
    }
}

/// Returns the approval with this number.
#[must_use]
pub fn approval(number: u8) -> ApprovalId {
    ApprovalId::from_random([number; ApprovalId::LENGTH])
}

/// Returns an allowed entry of an elevated action, approved by the approval with this number.
#[must_use]
pub fn elevated(actor: &Actor, at: Millis, number: u8) -> Entry {
    let evidence = "e1".repeat(32);
    let given = GivenApproval {
        channel: Channel::Ciba,
        issuer: actor.issuer().into(),
        subject: actor.subject().into(),
        at: at - 1000,
        evidence,
        assertion: None,
        standing: None,
    };
    let approval = Approval { id: approval(number), digest: "d1".repeat(32), given: vec![given] };
    Entry { risk: Risk::Elevated, approval: Some(approval), ..entry(actor, at) }
}

/// Writes the actions of two tenants on two days: closed entries with an approval, refused entries, and open ones.
///
/// # Panics
/// If the ledger does not accept an entry.
#[expect(clippy::unwrap_used, reason = "for tests")]
pub async fn fill(ledger: &impl Ledger) {
    let (ada, eve) = (actor("acme", "ada"), actor("umbrella", "eve"));
    for (at, number) in [(NOON, 0), (NOON + DAY, 1)] {
        let id = ledger.open(elevated(&ada, at, number)).await.unwrap();
        ledger.close(&id, Outcome::Done, at + 9).await.unwrap();
        let refused = Verdict::Refused("denied".into());
        ledger.open(Entry { verdict: refused, ..entry(&ada, at) }).await.unwrap();
        ledger.open(entry(&ada, at)).await.unwrap();
    }
    ledger.open(entry(&eve, NOON)).await.unwrap();
}
