//! In-memory permissions, grants and requests for access, which share one world.

use super::{FixedClock, lock};
use crate::Actor;
use crate::access::{AccessGrant, PersonRequests};
use crate::permission::Permission;
use crate::ports::{
    AccessGrants, AccessRequests, Administrators, Clock, Decision, Explanation, GrantRemoved, GrantWritten, Millis,
    Permissions, RecordVersion, Supposition, Unavailable,
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};

/// Something that happens between a service's read and its write.
type Meanwhile = BoxFuture<'static, ()>;

/// Permissions for good and for a time, and requests for the latter.
#[derive(Default)]
pub struct MemoryAccess {
    /// The clock by which grants end.
    pub clock: Arc<FixedClock>,
    held: Mutex<BTreeSet<(String, Permission)>>,
    grants: Mutex<Vec<AccessGrant>>,
    requests: Mutex<BTreeMap<String, (PersonRequests, u64)>>,
    down: Mutex<BTreeSet<&'static str>>,
    meanwhile: Mutex<Option<Meanwhile>>,
    forgetful: Mutex<bool>,
    checked: Mutex<usize>,
}

impl MemoryAccess {
    /// Gives a person a permission for good: `ada admin okta:groups`.
    ///
    /// # Panics
    /// If the text is not a principal and a permission.
    pub fn give(&self, tuple: &str) {
        lock(&self.held).insert(read(tuple));
    }

    /// Takes a permission that was given for good.
    ///
    /// # Panics
    /// As [`Self::give`].
    pub fn take(&self, tuple: &str) {
        lock(&self.held).remove(&read(tuple));
    }

    /// Makes `part` fail until it is named again: `permissions`, `grants` or `requests`.
    pub fn toggle(&self, part: &'static str) {
        let mut down = lock(&self.down);
        if !down.remove(part) {
            down.insert(part);
        }
    }

    /// Lets something happen just before the next replacement of a person's requests.
    pub fn meanwhile(&self, happens: impl Future<Output = ()> + Send + 'static) {
        *lock(&self.meanwhile) = Some(Box::pin(happens));
    }

    /// Loses the answer of the next replacement, which a retry then finds to have been written.
    pub fn lose_answer(&self) {
        *lock(&self.forgetful) = true;
    }

    /// The number of permissions that were checked so far.
    #[must_use]
    pub fn checked(&self) -> usize {
        *lock(&self.checked)
    }

    /// The number of stored grants, whether or not they have ended.
    #[must_use]
    pub fn granted(&self) -> usize {
        lock(&self.grants).len()
    }

    fn up(&self, part: &'static str) -> Result<(), Unavailable> {
        if lock(&self.down).contains(part) { Err(Unavailable::new("the service", part)) } else { Ok(()) }
    }

    fn has(&self, person: &Actor, permission: &Permission, at: Millis) -> bool {
        let counts = |grant: &AccessGrant| is_same(grant, person, permission) && at < grant.end();
        lock(&self.held).contains(&(person.principal().to_owned(), permission.clone()))
            || lock(&self.grants).iter().any(counts)
    }
}

impl fmt::Debug for MemoryAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryAccess").finish_non_exhaustive()
    }
}

#[expect(clippy::expect_used, reason = "a fake, which documents its panics")]
fn read(tuple: &str) -> (String, Permission) {
    let mut words = tuple.split(' ');
    let (person, relation, object) = (words.next(), words.next(), words.next());
    let permission = Permission::new(relation.unwrap_or_default(), object.unwrap_or_default());
    (person.unwrap_or_default().to_owned(), permission.expect("a relation and an object"))
}

fn is_same(grant: &AccessGrant, person: &Actor, permission: &Permission) -> bool {
    grant.person.principal() == person.principal() && grant.permission == *permission
}

#[async_trait]
impl Permissions for MemoryAccess {
    async fn check_all(
        &self,
        person: &Actor,
        permissions: &[Permission],
        supposing: Option<&Supposition>,
    ) -> Vec<Result<Decision, Unavailable>> {
        *lock(&self.checked) += permissions.len();
        let at = supposing.map_or_else(|| self.clock.now(), |own| own.at);
        let kept = |permission: &Permission| {
            supposing.is_some_and(|own| own.keeping.iter().any(|grant| is_same(grant, person, permission)))
        };
        let decide = |permission: &Permission| {
            self.up("permissions")?;
            Ok(if kept(permission) || self.has(person, permission, at) { Decision::Allow } else { Decision::Deny })
        };
        permissions.iter().map(decide).collect()
    }

    async fn explain(&self, person: &Actor, permission: &Permission) -> Result<Explanation, Unavailable> {
        self.up("permissions")?;
        let held = self.has(person, permission, self.clock.now());
        Ok(Explanation::Unclear(if held { Decision::Allow } else { Decision::Deny }))
    }

    async fn administrators(&self, _: &Actor, permission: &Permission) -> Result<Administrators, Unavailable> {
        self.up("permissions")?;
        let admin = permission.admin();
        let held = lock(&self.held);
        let people = held.iter().filter(|(_, own)| *own == admin).map(|(person, _)| person.clone());
        Ok(Administrators { people: people.collect(), more: false })
    }

    async fn is_grantable(&self, _: &Actor, permission: &Permission) -> Result<bool, Unavailable> {
        self.up("permissions")?;
        Ok(permission.relation() != Permission::ADMIN)
    }
}

#[async_trait]
impl AccessGrants for MemoryAccess {
    async fn write(&self, grant: &AccessGrant) -> Result<GrantWritten, Unavailable> {
        self.up("grants")?;
        if lock(&self.held).contains(&(grant.person.principal().to_owned(), grant.permission.clone())) {
            return Ok(GrantWritten::HeldForGood);
        }
        let mut grants = lock(&self.grants);
        grants.retain(|own| !is_same(own, &grant.person, &grant.permission));
        grants.push(grant.clone());
        Ok(GrantWritten::Yes)
    }

    async fn remove(&self, grant: &AccessGrant) -> Result<GrantRemoved, Unavailable> {
        self.up("grants")?;
        let mut grants = lock(&self.grants);
        let before = grants.len();
        grants.retain(|own| !is_same(own, &grant.person, &grant.permission));
        Ok(if grants.len() < before { GrantRemoved::Yes } else { GrantRemoved::Absent })
    }
}

#[async_trait]
impl AccessRequests for MemoryAccess {
    async fn of(&self, asker: &Actor) -> Result<(PersonRequests, RecordVersion), Unavailable> {
        self.up("requests")?;
        let (own, version) = lock(&self.requests).get(asker.subject()).cloned().unwrap_or_default();
        Ok((own, RecordVersion(version)))
    }

    async fn replace(
        &self,
        asker: &Actor,
        requests: &PersonRequests,
        version: RecordVersion,
    ) -> Result<bool, Unavailable> {
        self.up("requests")?;
        let meanwhile = lock(&self.meanwhile).take();
        if let Some(happens) = meanwhile {
            happens.await;
        }
        let mut all = lock(&self.requests);
        let stored = all.entry(asker.subject().to_owned()).or_default();
        if stored.1 != version.0 {
            return Ok(false);
        }
        *stored = (requests.clone(), version.0 + 1);
        Ok(!std::mem::take(&mut *lock(&self.forgetful)))
    }

    async fn of_owner(&self, tenant: &str, owner: &str) -> Result<PersonRequests, Unavailable> {
        let is_owners = |requests: &PersonRequests| requests.all().first().is_some_and(|own| own.id.owner() == owner);
        Ok(self.of_tenant(tenant).await?.into_iter().find(is_owners).unwrap_or_default())
    }

    async fn of_tenant(&self, tenant: &str) -> Result<Vec<PersonRequests>, Unavailable> {
        self.up("requests")?;
        let own = |requests: &PersonRequests| requests.all().first().is_some_and(|first| first.asker.tenant == tenant);
        Ok(lock(&self.requests).values().map(|(requests, _)| requests.clone()).filter(own).collect())
    }
}
