//! The stored record of one person: the browsers in which they are told, and what they were told of lately.

use super::{Notice, Occasion};
use crate::approval::ApprovalId;
use crate::ports::{Millis, Unavailable};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One hour, in milliseconds.
const HOUR: Millis = 3_600_000;

/// A browser in which a person is told. Whoever has the address and the keys can send to it, so `Debug` hides them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id, by which the browser recognizes itself: the SHA-256 of the address, in hexadecimal.
    pub id: String,
    /// The address at the browser's push service.
    pub endpoint: String,
    /// The browser's public key (P-256, uncompressed), in base64url.
    pub p256dh: String,
    /// The browser's authentication secret of 16 bytes, in base64url.
    pub auth: String,
    /// The session that subscribed, by the hash under which it is stored.
    pub session: String,
    /// The browser, as the person reads it in the list.
    pub label: String,
    /// The time of the subscription.
    pub added: Millis,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("id", &self.id).field("label", &self.label).finish_non_exhaustive()
    }
}

/// The reason why a browser was not added.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotSubscribed {
    /// The person has as many as are allowed.
    #[error("the person has {} subscriptions already", SubscriptionRecord::MOST)]
    Full,
    /// The session that subscribed has ended meanwhile.
    #[error("the session has ended")]
    SignedOut,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The record of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRecord {
    all: Vec<Subscription>,
    sent: Vec<Sent>,
}

/// A notice that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    request: ApprovalId,
    occasion: Occasion,
    at: Millis,
    /// The time until which it must not be sent again.
    until: Millis,
}

impl SubscriptionRecord {
    /// Most browsers of a person.
    pub const MOST: usize = 10;

    /// Most notices to a person an hour.
    pub const MOST_AN_HOUR: usize = 20;

    /// Most notices that are remembered. While all of them are of open requests, no further one is sent.
    const REMEMBERED: usize = 100;

    /// The subscriptions, in the order in which they were added.
    #[must_use]
    pub fn all(&self) -> &[Subscription] {
        &self.all
    }

    /// Adds a subscription, or replaces the one with its id.
    ///
    /// # Errors
    /// [`NotSubscribed::Full`].
    pub fn add(&mut self, subscription: Subscription) -> Result<(), NotSubscribed> {
        if let Some(own) = self.all.iter_mut().find(|own| own.id == subscription.id) {
            *own = Subscription { added: own.added, ..subscription };
        } else if self.all.len() >= Self::MOST {
            return Err(NotSubscribed::Full);
        } else {
            self.all.push(subscription);
        }
        Ok(())
    }

    /// Keeps the subscriptions for which `keep` returns `true`.
    pub fn retain(&mut self, keep: impl Fn(&Subscription) -> bool) {
        self.all.retain(keep);
    }

    /// Records a notice. Returns whether it may be sent: there is a browser to send it to, it was not sent before, and no
    /// limit is reached.
    pub fn claim(&mut self, notice: &Notice, now: Millis) -> bool {
        self.sent.retain(|sent| sent.until > now);
        let is_repeated = self.sent.iter().any(|it| it.request == notice.request && it.occasion == notice.occasion);
        let lately = self.sent.iter().filter(|sent| sent.at > now - HOUR).count();
        let is_limited = lately >= Self::MOST_AN_HOUR || self.sent.len() >= Self::REMEMBERED;
        if self.all.is_empty() || notice.until <= now || is_repeated || is_limited {
            return false;
        }
        let Notice { request, occasion, until, .. } = notice;
        let until = (*until).max(now + HOUR);
        self.sent.push(Sent { request: request.clone(), occasion: *occasion, at: now, until });
        true
    }
}
