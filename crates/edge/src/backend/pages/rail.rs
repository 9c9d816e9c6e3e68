//! The column of every page: the person, their conversations, the requests that wait for them, their roles.

use crate::backend::role::{self, AUDITOR, MissingRole, OPERATOR};
use crate::backend::{greeting, owner, waiting};
use crate::services::Services;
use crate::time_text;
use crate::zone::Zone;
use agent::Actor;
use agent::ports::{Clock, Header, ListCursor, Listing};
use agent::prompts::OpenPrompt;
use agent::title::Titled;
use app::Texts;
use app::wire::{Head, Me, Rail, Role};
use moka::future::Cache;
use std::fmt;
use std::time::Duration;
use system::SystemClock;

/// Time for which a person's roles are remembered. They decide only which links are shown: each page checks anew.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Most people whose roles are remembered.
const MOST_PEOPLE: u64 = 10_000;

/// The roles of people who opened a page lately.
pub struct RoleHints(Cache<[String; 3], Vec<Role>>);

impl Default for RoleHints {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_PEOPLE).time_to_live(REMEMBERED).build())
    }
}

impl fmt::Debug for RoleHints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleHints").finish_non_exhaustive()
    }
}

impl RoleHints {
    /// Returns the roles that `actor` has for certain. A failed check is not remembered.
    pub(crate) async fn of(&self, services: &Services, actor: &Actor) -> Vec<Role> {
        let key = [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned);
        if let Some(known) = self.0.get(&key).await {
            return known;
        }
        let held = futures::join!(role::require(services, actor, AUDITOR), role::require(services, actor, OPERATOR));
        let checks = [(held.0, Role::Auditor), (held.1, Role::Operator)];
        let failed = checks.iter().any(|(held, _)| matches!(held, Err(MissingRole::Unavailable(_))));
        let roles: Vec<Role> = checks.into_iter().filter_map(|(held, role)| certain(&held).then_some(role)).collect();
        if !failed {
            self.0.insert(key, roles.clone()).await;
        }
        roles
    }
}

fn certain(held: &Result<(), MissingRole>) -> bool {
    if let Err(MissingRole::Unavailable(error)) = held {
        tracing::warn!(error = %error, "the check for a role failed");
    }
    held.is_ok()
}

/// Everything but the roles, as the store knows it.
pub(in crate::backend) struct Column {
    pub(in crate::backend) listing: Listing,
    pub(in crate::backend) after: Option<ListCursor>,
    pub(in crate::backend) open: Vec<OpenPrompt>,
    /// Number of requests of others that the person can answer.
    pub(in crate::backend) others: u32,
}

/// Returns the data of the column.
pub(in crate::backend) fn rail(actor: &Actor, zone: &Zone, column: Column, roles: Vec<Role>) -> Rail {
    let now = SystemClock.now();
    let Column { listing: Listing { headers, next }, after, open, others } = column;
    let waiting = waiting(open, None, zone.texts());
    Rail {
        owner: owner(actor),
        me: me(actor, zone.texts()),
        heads: headers.iter().map(|header| head(header, zone)).collect(),
        listed_after: after.map(|after| after.to_string()),
        older: next.map(|next| next.to_string()),
        count: others.saturating_add(u32::try_from(waiting.len()).unwrap_or(u32::MAX)),
        waiting,
        roles,
        now,
    }
}

/// Returns a conversation as the list shows it.
pub(in crate::backend) fn head(header: &Header, zone: &Zone) -> Head {
    let used = header.used;
    Head {
        id: header.id.to_string(),
        title: title(header, zone.texts()),
        day: zone.distance(used, SystemClock.now()),
        utc: time_text::rfc3339(used),
        clock: zone.clock(used),
    }
}

/// Returns the title of a conversation. One that the first call gave is a sentence of ours.
pub(in crate::backend) fn title(header: &Header, t: Texts) -> String {
    match header.titled {
        Titled::Action => t.stored(&header.title).into_owned(),
        Titled::Message | Titled::Person => header.title.clone(),
    }
}

/// Returns the person as pages show them.
fn me(actor: &Actor, t: Texts) -> Me {
    Me { name: actor.name().to_owned(), greeting: greeting(actor, t), email: actor.email().map(str::to_owned) }
}
