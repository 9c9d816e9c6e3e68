//! Creates the clients of OpenFGA or Auth0 FGA: for each tenant one that checks and one that writes grants, each with its
//! credential.

use super::{PermissionClock, StartError};
use crate::config::{Config, Credentials, Fga, FgaAccess, Tenant, ToolNames};
use agent::ports::AccessGrants;
use async_trait::async_trait;
use credentials::{ApplicationCredentials, ApplicationToken};
use fga::{GrantWriter, OpenFga, TenantStores, TenantWriters};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The stores of all tenants.
pub(super) struct PermissionStores {
    /// The store of the deployment.
    pub(super) own: Arc<OpenFga>,
    /// All of them, chosen by the tenant.
    pub(super) all: Arc<TenantStores>,
    /// The writers, the only holders of their credentials; `None` if none is configured.
    pub(super) grants: Option<Arc<dyn AccessGrants>>,
}

/// Creates the clients. By `clock` grants end.
pub(super) fn permission_stores(config: &Config, clock: PermissionClock) -> Result<PermissionStores, StartError> {
    let own = Arc::new(reader(&config.fga, clock)?);
    let (mut stores, mut writers) = (BTreeMap::new(), BTreeMap::new());
    let mut add = |tenant: &str, fga: &Fga, reader: &Arc<OpenFga>| {
        stores.insert(tenant.to_owned(), reader.clone());
        if let Some(writer) = writer(fga, reader.clone())? {
            writers.insert(tenant.to_owned(), writer);
        }
        Ok::<_, StartError>(())
    };
    for tenant in config.own_tenants() {
        add(tenant, &config.fga, &own)?;
    }
    for (name, tenant) in &config.tenants.all {
        match tenant {
            Tenant::Shares => add(name, &config.fga, &own)?,
            Tenant::Own { fga, .. } => add(name, fga, &Arc::new(reader(fga, clock)?))?,
        }
    }
    let grants = (!writers.is_empty()).then(|| Arc::new(TenantWriters::new(writers)) as Arc<dyn AccessGrants>);
    Ok(PermissionStores { own, all: Arc::new(TenantStores::new(stores)), grants })
}

/// Returns the tools of each tenant that has a list of them.
pub(super) fn tools(config: &Config) -> BTreeMap<String, ToolNames> {
    let lists = config.tenants.all.iter().filter_map(|(name, tenant)| match tenant {
        Tenant::Own { tools, .. } => Some((name.clone(), tools.clone())),
        Tenant::Shares => None,
    });
    lists.collect()
}

/// Logs each tenant whose store does not answer with its model. Nothing waits for it: one tenant's store must not keep the
/// others from starting.
pub async fn report_tenants(config: Config) {
    for (tenant, fga) in own_stores(&config) {
        match ready(fga).await {
            Ok(()) => tracing::info!(tenant, model = fga.model_id, "the tenant's store answers"),
            Err(error) => tracing::error!(tenant, error, "the tenant's store cannot be used now"),
        }
    }
}

/// Returns the stores of the tenants that have their own.
pub(super) fn own_stores(config: &Config) -> impl Iterator<Item = (&str, &Fga)> {
    config.tenants.all.iter().filter_map(|(name, tenant)| match tenant {
        Tenant::Own { fga, .. } => Some((name.as_str(), &**fga)),
        Tenant::Shares => None,
    })
}

/// Checks that the store answers and that its model has the relations of this version.
///
/// # Errors
/// The cause.
pub(super) async fn ready(fga: &Fga) -> Result<(), String> {
    let reader = reader(fga, PermissionClock::default()).map_err(|error| error.to_string())?;
    reader.ready().await.map_err(|error| error.to_string())
}

fn reader(fga: &Fga, clock: PermissionClock) -> Result<OpenFga, StartError> {
    Ok(OpenFga::new(fga_config(fga), bearer(&fga.access)?, Arc::new(clock))?)
}

fn writer(fga: &Fga, reader: Arc<OpenFga>) -> Result<Option<GrantWriter>, StartError> {
    let Some(access) = &fga.grants else { return Ok(None) };
    let Some(bearer) = bearer(access)? else { return Ok(None) };
    Ok(Some(GrantWriter::new(fga_config(fga), bearer, reader)?))
}

fn fga_config(fga: &Fga) -> fga::Config {
    fga::Config {
        api_url: fga.api_url.to_string(),
        store_id: fga.store_id.clone(),
        model_id: fga.model_id.clone(),
        timeout: Duration::from_secs(5),
    }
}

fn bearer(access: &FgaAccess) -> Result<Option<Arc<dyn fga::Bearer>>, StartError> {
    Ok(match access {
        FgaAccess::Open => None,
        FgaAccess::Key(key) => Some(Arc::new(FgaKey(key.clone()))),
        FgaAccess::Client(credentials) => Some(fga_bearer(credentials)?),
    })
}

struct FgaBearer(ApplicationToken);

#[async_trait]
impl fga::Bearer for FgaBearer {
    async fn token(&self) -> Result<SecretString, String> {
        self.0.token().await.map_err(|error| error.cause)
    }

    async fn forget(&self) {
        self.0.forget();
    }
}

/// A preshared key of an `OpenFGA` server. It is constant, so rejecting it has no effect.
struct FgaKey(SecretString);

#[async_trait]
impl fga::Bearer for FgaKey {
    async fn token(&self) -> Result<SecretString, String> {
        Ok(self.0.clone())
    }

    async fn forget(&self) {}
}

fn fga_bearer(credentials: &Credentials) -> Result<Arc<dyn fga::Bearer>, StartError> {
    let credentials = ApplicationCredentials {
        service: "the permission service",
        token_url: credentials.token_url.clone(),
        client: oidc::Client::with_secret(credentials.client_id.clone(), credentials.client_secret.clone(), None),
        audience: credentials.audience.clone(),
        scopes: Vec::new(),
    };
    Ok(Arc::new(FgaBearer(ApplicationToken::new(credentials)?)))
}
