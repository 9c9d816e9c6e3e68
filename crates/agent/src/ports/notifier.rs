//! The ports of notifications: the channel that delivers them, and the store of the browsers that receive them.

use super::Unavailable;
use crate::notifications::{Notice, Recipient, Subscription, SubscriptionRecord};
use async_trait::async_trait;

/// The reason why a subscription is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSubscription {
    /// Its address is not one of an accepted push service.
    #[error("the address belongs to no accepted push service")]
    Endpoint,
    /// Its keys are malformed.
    #[error("the keys are malformed")]
    Keys,
    /// Notifications are off.
    #[error("notifications are off")]
    Off,
}

/// Tells people outside our pages that a request waits for them.
pub trait Notifier: Send + Sync {
    /// Returns the public key that browsers subscribe with, in base64url; `None` if notifications are off.
    fn key(&self) -> Option<&str>;

    /// Checks a subscription that a browser sent.
    ///
    /// # Errors
    /// See [`InvalidSubscription`].
    fn check(&self, subscription: &Subscription) -> Result<(), InvalidSubscription>;

    /// Sends a notice in the background. It may get lost, and never fails or delays its caller.
    fn notify(&self, notice: Notice);
}

/// A notifier that is off.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNotifier;

impl Notifier for NoNotifier {
    fn key(&self) -> Option<&str> {
        None
    }

    fn check(&self, _: &Subscription) -> Result<(), InvalidSubscription> {
        Err(InvalidSubscription::Off)
    }

    fn notify(&self, _: Notice) {}
}

/// The version of a person's record, by which concurrent changes are noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubscriptionsVersion(pub u64);

/// Keeps the record of each person.
#[async_trait]
pub trait SubscriptionStore: Send + Sync {
    /// Returns a person's record, freshly read; an empty one if there is none.
    ///
    /// # Errors
    /// [`Unavailable`], also for a record that somebody else wrote.
    async fn read(&self, person: &Recipient) -> Result<(SubscriptionRecord, SubscriptionsVersion), Unavailable>;

    /// Replaces a person's record if its version is still `version`. Returns whether it was. A write that is repeated
    /// after a lost answer may fail on itself.
    ///
    /// # Errors
    /// [`Unavailable`]: the write may have happened.
    async fn replace(
        &self,
        person: &Recipient,
        record: &SubscriptionRecord,
        version: SubscriptionsVersion,
    ) -> Result<bool, Unavailable>;
}
