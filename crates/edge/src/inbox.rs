//! The number of requests of other people that wait for a person, as every page shows it. Counted at most every few seconds
//! for each person: a page load must not cost what the inbox costs.

use crate::services::Services;
use agent::Actor;
use agent::ports::{ApprovalRequest, Clock, Unavailable};
use moka::future::Cache;
use std::fmt;
use std::time::Duration;
use system::SystemClock;

/// Time for which a number is remembered. An answer of the person's own is seen at once.
const REMEMBERED: Duration = Duration::from_secs(15);

/// Longest wait of a page for the number; a page without it shows the person's own requests alone.
const PATIENCE: Duration = Duration::from_millis(500);

/// Most people whose number is remembered.
const MOST_PEOPLE: u64 = 10_000;

/// The numbers of people who opened a page lately.
pub struct InboxCounts(Cache<[String; 3], u32>);

impl Default for InboxCounts {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_PEOPLE).time_to_live(REMEMBERED).build())
    }
}

impl InboxCounts {
    /// Returns how many requests of other people this person can answer: approvals, and access to objects that they
    /// administer. 0 if that cannot be found out in time.
    pub(crate) async fn of(&self, services: &Services, actor: &Actor) -> u32 {
        if let Some(known) = self.0.get(&key(actor)).await {
            return known;
        }
        match tokio::time::timeout(PATIENCE, counted(services, actor)).await {
            Ok(Ok(count)) => {
                self.0.insert(key(actor), count).await;
                count
            }
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "the requests that wait for a person could not be counted");
                0
            }
            Err(_) => 0,
        }
    }

    /// Forgets a person's number, because they have just answered a request.
    pub(crate) async fn forget(&self, actor: &Actor) {
        self.0.invalidate(&key(actor)).await;
    }
}

fn key(actor: &Actor) -> [String; 3] {
    [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned)
}

async fn counted(services: &Services, actor: &Actor) -> Result<u32, Unavailable> {
    let now = SystemClock.now();
    let requests = services.requests.waiting_for(actor, now);
    let (approvals, access) = futures::join!(requests, services.access.to_answer(actor));
    let approvals = approvals?.iter().filter(|request| !is_own(request, actor)).count();
    let access = access?.iter().filter(|request| request.is_open()).count();
    Ok(u32::try_from(approvals + access).unwrap_or(u32::MAX))
}

/// Returns whether `actor` is the person who asks. Their own requests are counted by the limits on prompting them.
pub(crate) fn is_own(request: &ApprovalRequest, actor: &Actor) -> bool {
    request.asker.issuer == actor.issuer() && request.asker.subject == actor.subject()
}

impl fmt::Debug for InboxCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxCounts").finish_non_exhaustive()
    }
}
