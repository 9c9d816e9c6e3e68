//! Appends records: each follows the head of its chain, and the head advances in the same transaction. An instance
//! writes to one shard and moves to the next only while that one is busy, so that instances rarely contend. It
//! refuses to append to a chain that has lost records which this instance has seen.

use crate::SERVICE;
use crate::body::{Body, Follows, NewChain, NewTenant};
use crate::chains::Chains;
use crate::day::Day;
use crate::names::{self, SHARDS};
use crate::record::{Head, NOTHING, Record};
use crate::seen::{Regression, SeenHeads};
use crate::signing::{LedgerKeys, PublicKeys};
use crate::store::{Expected, NotWritten, RowKind, Write};
use agent::ports::{EntryId, Millis, Unavailable};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// Maximum attempts at an append while other instances write to the same chain.
const TRIES: u32 = 12;

/// Appends to the chains in the store.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) chains: Chains,
    pub(crate) public: PublicKeys,
    keys: Arc<LedgerKeys>,
    seen: SeenHeads,
    tenants: Lock<HashMap<String, Arc<Tenant>>>,
    home: u8,
    /// Counter that spreads the waiting writers over the shards when all are busy.
    waiting: AtomicU8,
}

/// A tenant's shards as this instance last saw them. The holder of a shard's lock is the only writer to it in this
/// process.
#[derive(Debug, Default)]
struct Tenant {
    shards: [Mutex<Option<(Day, Head)>>; SHARDS as usize],
    /// Held while a chain begins, because all new chains append to the tenant's list of chains.
    beginning: Mutex<()>,
}

/// Returns the rows to write beside a record, given the id of its entry.
pub(crate) type Beside<'a> = &'a (dyn Fn(&EntryId) -> Vec<Write> + Send + Sync);

impl Writer {
    pub(crate) fn new(chains: Chains, keys: Arc<LedgerKeys>) -> Self {
        let (public, seen, tenants) = (keys.public(), SeenHeads::default(), Lock::default());
        Self { chains, public, keys, seen, tenants, home: random() % SHARDS, waiting: AtomicU8::new(0) }
    }

    pub(crate) fn keys(&self) -> &LedgerKeys {
        &self.keys
    }

    /// Appends to one of the tenant's chains of the day; returns `None` and writes nothing if a marker beside it
    /// already exists.
    pub(crate) async fn append(
        &self,
        tenant: &str,
        at: Millis,
        body: &Body,
        beside: Beside<'_>,
    ) -> Result<Option<EntryId>, Unavailable> {
        let day = Day::of(at).ok_or_else(|| Unavailable::new(SERVICE, format!("{at} is not a valid time")))?;
        let shards = self.tenant(tenant);
        let (shard, mut seen) = self.shard(&shards).await;
        let chain = names::chain(tenant, day, shard);
        for attempt in 0..TRIES {
            // Taken, not copied: if this future is cancelled, no stale head remains.
            let head = match seen.take() {
                Some((of, head)) if of == day => Some(head),
                _ => self.head(&chain).await?,
            };
            let written = match head {
                Some(head) => self.follow(&head, body, beside).await,
                None => {
                    let _alone = shards.beginning.lock().await;
                    self.begin(tenant, &chain, body, beside).await
                }
            };
            match written {
                Ok(head) => {
                    let entry = names::entry(&chain, head.seq);
                    *seen = Some((day, head));
                    return Ok(Some(entry));
                }
                Err(NotWritten::Marked) => return Ok(None),
                Err(NotWritten::Raced) => tokio::time::sleep(pause(attempt)).await,
                Err(NotWritten::Unavailable(error)) => return Err(error),
            }
        }
        Err(Unavailable::new(SERVICE, "too many instances write to one chain of the ledger"))
    }

    async fn follow(&self, before: &Head, body: &Body, beside: Beside<'_>) -> Result<Head, NotWritten> {
        let mut writes = Vec::new();
        let head = self.add(&mut writes, &before.chain, Some(before), &before.hash, body)?;
        writes.extend(beside(&names::entry(&head.chain, head.seq)));
        self.chains.0.write(writes).await?;
        self.seen.note(&head);
        Ok(head)
    }

    /// Begins a chain. The transaction that writes its first record also adds it to the tenant's list, and a new
    /// tenant to the list of tenants.
    async fn begin(&self, tenant: &str, chain: &str, body: &Body, beside: Beside<'_>) -> Result<Head, NotWritten> {
        let index = names::index(tenant);
        let list = self.head(&index).await?;
        let follows = self.last_of_shard(&index, list.as_ref(), chain).await?;
        let mut writes = Vec::new();
        let previous = follows.as_ref().map_or(NOTHING, |follows| &follows.hash).to_owned();
        let head = self.add(&mut writes, chain, None, &previous, body)?;
        let listed = Body::Chain(NewChain { chain: chain.to_owned(), follows });
        let mut written = vec![self.add(&mut writes, &index, list.as_ref(), after(list.as_ref()), &listed)?];
        if list.is_none() {
            let root = self.head(names::ROOT).await?;
            let named = Body::Tenant(NewTenant { tenant: tenant.to_owned() });
            written.push(self.add(&mut writes, names::ROOT, root.as_ref(), after(root.as_ref()), &named)?);
        }
        writes.extend(beside(&names::entry(chain, head.seq)));
        self.chains.0.write(writes).await?;
        written.iter().chain([&head]).for_each(|head| self.seen.note(head));
        Ok(head)
    }

    /// Adds the writes of a new record and of the head that replaces `before`.
    fn add(
        &self,
        writes: &mut Vec<Write>,
        chain: &str,
        before: Option<&Head>,
        previous: &str,
        body: &Body,
    ) -> Result<Head, Unavailable> {
        let seq = before.map_or(0, |head| head.seq) + 1;
        let record = Record::seal(chain, seq, previous, body, &self.keys)?;
        let head = record.head(&self.keys)?;
        let expected =
            before.map_or(Expected::Absent, |Head { seq, hash, .. }| Expected::Head { seq: *seq, hash: hash.clone() });
        writes.push(Write::new(RowKind::Chain, record.row()?));
        writes.push(Write { row: head.row(), part: RowKind::Chain, expected });
        Ok(head)
    }

    /// Returns the stored head of a chain after checking its signature and that the chain still contains what this
    /// instance has seen of it.
    async fn head(&self, chain: &str) -> Result<Option<Head>, Unavailable> {
        // Looked up before the head is read: records that this instance appends afterwards need not be in it.
        let seen = self.seen.of(chain);
        let head = self.chains.head(chain).await?;
        if let Some(head) = &head {
            head.check(&self.public).map_err(|error| broken_at(chain, error))?;
        }
        if let Some(seen) = seen {
            seen.check(head.as_ref(), chain, &self.chains).await.map_err(|regression| match regression {
                Regression::Unavailable(error) => error,
                regression => broken_at(chain, regression),
            })?;
        }
        head.iter().for_each(|head| self.seen.note(head));
        Ok(head)
    }

    /// Returns the head of the newest listed chain in the shard of `chain`; `list` is the head of the tenant's list
    /// of chains.
    async fn last_of_shard(
        &self,
        index: &str,
        list: Option<&Head>,
        chain: &str,
    ) -> Result<Option<Follows>, Unavailable> {
        let shard = chain.rsplit('#').next();
        let of_shard = |record: &Record| match &record.body {
            Body::Chain(NewChain { chain, .. }) => chain.rsplit('#').next() == shard,
            _ => false,
        };
        let last = list.map_or(0, |list| list.seq);
        let Some(record) = self.chains.newest(index, last, of_shard).await? else { return Ok(None) };
        record.check(&self.public).map_err(|flaw| broken_at(index, flaw))?;
        let Body::Chain(NewChain { chain: listed, .. }) = record.body else { return Ok(None) };
        let head = self.head(&listed).await?.ok_or_else(|| broken_at(&listed, "there is no head"))?;
        Ok(Some(Follows { chain: listed, seq: head.seq, hash: head.hash }))
    }

    fn tenant(&self, tenant: &str) -> Arc<Tenant> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant.to_owned()).or_default().clone()
    }

    async fn shard<'a>(&self, tenant: &'a Tenant) -> (u8, MutexGuard<'a, Option<(Day, Head)>>) {
        for shard in (0..SHARDS).map(|step| (self.home + step) % SHARDS) {
            if let Ok(free) = tenant.shards[usize::from(shard)].try_lock() {
                return (shard, free);
            }
        }
        let shard = self.waiting.fetch_add(1, Ordering::Relaxed) % SHARDS;
        (shard, tenant.shards[usize::from(shard)].lock().await)
    }
}

/// Returns the error for a chain that fails verification, and logs an alarm. Nothing is appended to such a chain, so
/// no action is taken until an operator has looked at it.
pub(crate) fn broken_at(chain: &str, reason: impl std::fmt::Display) -> Unavailable {
    tracing::error!(chain, reason = %reason, "ALARM: the ledger was tampered with, nothing more is written to this chain");
    Unavailable::new(SERVICE, format!("the ledger fails verification at {chain}: {reason}"))
}

fn after(head: Option<&Head>) -> &str {
    head.map_or(NOTHING, |head| &head.hash)
}

/// A random pause whose limit doubles up to 128 ms, so that instances do not retry in step.
fn pause(attempt: u32) -> Duration {
    Duration::from_millis(u64::from(random()) % (4 << attempt.min(5)))
}

/// A random number from the randomly seeded hasher of the standard library: enough to spread instances, but not a
/// secret.
fn random() -> u8 {
    RandomState::new().hash_one(()).to_le_bytes()[0]
}
