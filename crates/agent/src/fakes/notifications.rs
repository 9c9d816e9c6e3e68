//! An in-memory store of subscriptions, and a notifier that only records.

use super::lock;
use crate::notifications::{Notice, Recipient, Subscription, SubscriptionRecord};
use crate::ports::{InvalidSubscription, Notifier, SubscriptionStore, SubscriptionsVersion, Unavailable};
use async_trait::async_trait;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Mutex;

/// Something that happens between a service's read and its write.
type Meanwhile = BoxFuture<'static, ()>;

/// Keeps subscriptions in memory.
#[derive(Default)]
pub struct MemorySubscriptions {
    records: Mutex<BTreeMap<Recipient, (SubscriptionRecord, u64)>>,
    meanwhile: Mutex<VecDeque<Meanwhile>>,
}

impl MemorySubscriptions {
    /// Lets something happen just before a replacement: the first of these before the next one, and so on.
    pub fn meanwhile(&self, happens: impl Future<Output = ()> + Send + 'static) {
        lock(&self.meanwhile).push_back(Box::pin(happens));
    }
}

impl fmt::Debug for MemorySubscriptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySubscriptions").finish_non_exhaustive()
    }
}

#[async_trait]
impl SubscriptionStore for MemorySubscriptions {
    async fn read(&self, person: &Recipient) -> Result<(SubscriptionRecord, SubscriptionsVersion), Unavailable> {
        let (record, version) = lock(&self.records).get(person).cloned().unwrap_or_default();
        Ok((record, SubscriptionsVersion(version)))
    }

    async fn replace(
        &self,
        person: &Recipient,
        record: &SubscriptionRecord,
        version: SubscriptionsVersion,
    ) -> Result<bool, Unavailable> {
        tokio::task::yield_now().await;
        let meanwhile = lock(&self.meanwhile).pop_front();
        if let Some(happens) = meanwhile {
            happens.await;
        }
        let mut records = lock(&self.records);
        let own = records.entry(person.clone()).or_default();
        if own.1 != version.0 {
            return Ok(false);
        }
        *own = (record.clone(), version.0 + 1);
        Ok(true)
    }
}

/// Records notices.
#[derive(Debug, Default)]
pub struct RecordingNotifier(Mutex<Vec<Notice>>);

impl RecordingNotifier {
    /// The notices so far.
    pub fn sent(&self) -> Vec<Notice> {
        lock(&self.0).clone()
    }
}

impl Notifier for RecordingNotifier {
    fn key(&self) -> Option<&str> {
        Some("key")
    }

    fn check(&self, _: &Subscription) -> Result<(), InvalidSubscription> {
        Ok(())
    }

    fn notify(&self, notice: Notice) {
        lock(&self.0).push(notice);
    }
}
