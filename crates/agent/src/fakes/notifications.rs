//! An in-memory store of subscriptions, and a notifier that only records.

use super::lock;
use crate::notifications::{Notice, Recipient, Subscription, SubscriptionRecord};
use crate::ports::{InvalidSubscription, Notifier, SubscriptionStore, SubscriptionsVersion, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Keeps subscriptions in memory.
#[derive(Debug, Default)]
pub struct MemorySubscriptions(Mutex<BTreeMap<Recipient, (SubscriptionRecord, u64)>>);

#[async_trait]
impl SubscriptionStore for MemorySubscriptions {
    async fn read(&self, person: &Recipient) -> Result<(SubscriptionRecord, SubscriptionsVersion), Unavailable> {
        let (record, version) = lock(&self.0).get(person).cloned().unwrap_or_default();
        Ok((record, SubscriptionsVersion(version)))
    }

    async fn replace(
        &self,
        person: &Recipient,
        record: &SubscriptionRecord,
        version: SubscriptionsVersion,
    ) -> Result<bool, Unavailable> {
        tokio::task::yield_now().await;
        let mut records = lock(&self.0);
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
