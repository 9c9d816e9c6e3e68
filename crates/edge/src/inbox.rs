//! The number of requests of other people that wait for a person, as every page shows it. Counted at most every few seconds
//! for each person, and by one request at a time: a page load must not cost what the inbox costs.

mod count;

use crate::services::Services;
use agent::Actor;
use agent::ports::{ApprovalRequest, Clock, Unavailable};
use count::Count;
use moka::future::Cache;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use system::SystemClock;

/// Time for which the count of a person who opens no page is kept.
const IDLE: Duration = Duration::from_secs(300);

/// Most people whose number is remembered.
const MOST_PEOPLE: u64 = 10_000;

/// The numbers of people who opened a page lately.
pub struct InboxCounts(Cache<[String; 3], Arc<Count>>);

impl Default for InboxCounts {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_PEOPLE).time_to_idle(IDLE).build())
    }
}

impl InboxCounts {
    /// Returns how many requests of other people this person can answer: approvals, and access to objects that they
    /// administer. If that cannot be found out in time, the last known number; 0 if there is none.
    pub(crate) async fn of(&self, services: &Services, actor: &Actor) -> u32 {
        let count = self.0.get_with(key(actor), async { Arc::default() }).await;
        count.number(counted(services, actor)).await
    }

    /// Forgets a person's number, because they have just answered a request.
    pub(crate) async fn forget(&self, actor: &Actor) {
        if let Some(count) = self.0.get(&key(actor)).await {
            count.forget();
        }
    }
}

fn key(actor: &Actor) -> [String; 3] {
    [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned)
}

async fn counted(services: &Services, actor: &Actor) -> Result<u32, Unavailable> {
    let now = SystemClock.now();
    let requests = services.requests.waiting_for(actor, now);
    let (approvals, access) = futures::join!(requests, services.access.count_open(actor));
    let approvals = approvals?.iter().filter(|request| !is_own(request, actor)).count();
    Ok(u32::try_from(approvals + access?).unwrap_or(u32::MAX))
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
