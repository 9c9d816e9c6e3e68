//! Notifications outside our pages: a person's browsers are told that a request for approval waits. Pure state with its
//! bounds, and the service that changes it; a port stores it, and another port delivers.

mod record;

pub use record::{NotSubscribed, Subscription, SubscriptionRecord};

use crate::Actor;
use crate::approval::ApprovalId;
use crate::ports::{Millis, SubscriptionStore, Unavailable};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Most attempts at a change of a person's record while others change it.
const ATTEMPTS: u32 = 5;

/// A person who is told: their FGA principal, since a second person is known by nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Recipient {
    /// The organization.
    pub tenant: String,
    /// The id part of the principal in FGA.
    pub principal: String,
}

impl From<&Actor> for Recipient {
    fn from(actor: &Actor) -> Self {
        Self { tenant: actor.tenant().to_owned(), principal: actor.principal().to_owned() }
    }
}

/// The occasion of a notification. A person is told of a request once on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The request was made.
    Asked,
    /// Half of its time is over, and it is still open.
    Reminder,
}

/// The fact that a request for approval waits for a person. It holds nothing of the request but its id and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The person.
    pub to: Recipient,
    /// The request.
    pub request: ApprovalId,
    /// The occasion.
    pub occasion: Occasion,
    /// The time until which the request can be answered.
    pub until: Millis,
}

/// The browsers of everybody in which they are told.
#[derive(Clone)]
pub struct Subscriptions(Arc<dyn SubscriptionStore>);

impl Subscriptions {
    /// Creates the service.
    #[must_use]
    pub fn new(store: Arc<dyn SubscriptionStore>) -> Self {
        Self(store)
    }

    /// Returns a person's subscriptions.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn list(&self, person: &Recipient) -> Result<Vec<Subscription>, Unavailable> {
        Ok(self.0.read(person).await?.0.all().to_vec())
    }

    /// Adds a subscription, or replaces the one of the same browser.
    ///
    /// # Errors
    /// See [`NotSubscribed`].
    pub async fn add(&self, person: &Recipient, subscription: Subscription) -> Result<(), NotSubscribed> {
        self.change(person, |record| record.add(subscription.clone())).await
    }

    /// Adds a subscription as [`Self::add`] does, and removes it again unless `goes_on` then says that its session goes on:
    /// a sign-out that ended the session meanwhile may have looked for its subscriptions before this one was there.
    ///
    /// # Errors
    /// See [`NotSubscribed`].
    pub async fn add_while(
        &self,
        goes_on: impl Future<Output = Result<bool, Unavailable>> + Send,
        person: &Recipient,
        subscription: Subscription,
    ) -> Result<(), NotSubscribed> {
        let session = subscription.session.clone();
        self.add(person, subscription).await?;
        let reason = match goes_on.await {
            Ok(true) => return Ok(()),
            Ok(false) => NotSubscribed::SignedOut,
            Err(error) => error.into(),
        };
        self.end_session(person, &session).await?;
        Err(reason)
    }

    /// Removes the subscription with this id, if there is one.
    ///
    /// # Errors
    /// [`Unavailable`]: it may still be there.
    pub async fn remove(&self, person: &Recipient, id: &str) -> Result<(), Unavailable> {
        self.change(person, |record| {
            record.retain(|own| own.id != id);
            Ok(())
        })
        .await
    }

    /// Removes the subscriptions of a session that has ended.
    ///
    /// # Errors
    /// [`Unavailable`]: they may still be there.
    pub async fn end_session(&self, person: &Recipient, session: &str) -> Result<(), Unavailable> {
        self.change(person, |record| {
            record.retain(|own| own.session != session);
            Ok(())
        })
        .await
    }

    /// Reserves this notice, and returns the subscriptions to send it to: none if it was reserved before, on whatever
    /// instance, or if a limit is reached. Reserved before it is sent, so a notice may get lost and never comes twice.
    ///
    /// # Errors
    /// [`Unavailable`]: do not send it.
    pub async fn claim(&self, notice: &Notice, now: Millis) -> Result<Vec<Subscription>, Unavailable> {
        self.change(&notice.to, |record| {
            let mut reserved = record.clone();
            if !reserved.claim(notice, now) {
                return Ok(Vec::new());
            }
            *record = reserved;
            Ok(record.all().to_vec())
        })
        .await
    }

    /// Changes a person's record and returns what `change` does; repeats it, which must be idempotent, on what others have
    /// written meanwhile.
    async fn change<T: Send, E: From<Unavailable> + Send>(
        &self,
        person: &Recipient,
        change: impl Fn(&mut SubscriptionRecord) -> Result<T, E> + Send + Sync,
    ) -> Result<T, E> {
        for _ in 0..ATTEMPTS {
            let (before, version) = self.0.read(person).await?;
            let mut record = before.clone();
            let result = change(&mut record)?;
            if record == before || self.0.replace(person, &record, version).await? {
                return Ok(result);
            }
        }
        Err(Unavailable::new("the store of notifications", "a person's subscriptions change too fast").into())
    }
}

impl fmt::Debug for Subscriptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriptions").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
