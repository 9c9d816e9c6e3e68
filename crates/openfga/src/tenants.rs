//! The stores of all tenants. The tenant of the person chooses the store, and no other store is ever asked about them. A
//! tenant without a store gets no answer, which is neither a yes nor a no.

use crate::{GrantWriter, OpenFga, SERVICE};
use agent::Actor;
use agent::access::AccessGrant;
use agent::intent::Object;
use agent::permission::Permission;
use agent::ports::{
    AccessGrants, Administrators, ApproverDirectory, Authorizer, Check, Decision, Explanation, GrantRemoved,
    GrantWritten, Permissions, Supposition, Unavailable,
};
use agent::target::Fact;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The clients that ask, by tenant.
pub struct TenantStores(BTreeMap<String, Arc<OpenFga>>);

/// The writers of grants, by tenant.
pub struct TenantWriters(BTreeMap<String, GrantWriter>);

impl TenantStores {
    /// Returns the stores of these tenants. Two tenants may share one.
    #[must_use]
    pub const fn new(stores: BTreeMap<String, Arc<OpenFga>>) -> Self {
        Self(stores)
    }

    fn of(&self, person: &Actor) -> Result<&OpenFga, Unavailable> {
        let store = self.0.get(person.tenant()).map(Arc::as_ref);
        store.ok_or_else(|| Unavailable::new(SERVICE, format!("the tenant {} has no store", person.tenant())))
    }
}

impl TenantWriters {
    /// Returns the writers of these tenants.
    #[must_use]
    pub const fn new(writers: BTreeMap<String, GrantWriter>) -> Self {
        Self(writers)
    }

    fn of(&self, grant: &AccessGrant) -> Result<&GrantWriter, Unavailable> {
        let tenant = grant.person.tenant();
        let writer = self.0.get(tenant);
        writer.ok_or_else(|| Unavailable::new(SERVICE, format!("the tenant {tenant} has no writer of grants")))
    }
}

#[async_trait]
impl Authorizer for TenantStores {
    async fn decide(&self, actor: &Actor, check: Check<'_>) -> Result<Decision, Unavailable> {
        self.of(actor)?.decide(actor, check).await
    }
}

#[async_trait]
impl ApproverDirectory for TenantStores {
    async fn approvers(&self, asker: &Actor, object: &Object, facts: &[Fact]) -> Result<Vec<String>, Unavailable> {
        self.of(asker)?.approvers(asker, object, facts).await
    }
}

#[async_trait]
impl Permissions for TenantStores {
    async fn check_all(
        &self,
        person: &Actor,
        permissions: &[Permission],
        supposing: Option<&Supposition>,
    ) -> Vec<Result<Decision, Unavailable>> {
        match self.of(person) {
            Ok(store) => store.check_all(person, permissions, supposing).await,
            Err(error) => permissions.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn explain(&self, person: &Actor, permission: &Permission) -> Result<Explanation, Unavailable> {
        self.of(person)?.explain(person, permission).await
    }

    async fn administrators(&self, person: &Actor, permission: &Permission) -> Result<Administrators, Unavailable> {
        self.of(person)?.administrators(person, permission).await
    }

    async fn is_grantable(&self, person: &Actor, permission: &Permission) -> Result<bool, Unavailable> {
        self.of(person)?.is_grantable(person, permission).await
    }
}

#[async_trait]
impl AccessGrants for TenantWriters {
    fn serves(&self, person: &Actor) -> bool {
        self.0.contains_key(person.tenant())
    }

    async fn write(&self, grant: &AccessGrant) -> Result<GrantWritten, Unavailable> {
        self.of(grant)?.write(grant).await
    }

    async fn remove(&self, grant: &AccessGrant) -> Result<GrantRemoved, Unavailable> {
        self.of(grant)?.remove(grant).await
    }
}

impl fmt::Debug for TenantStores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for TenantWriters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
