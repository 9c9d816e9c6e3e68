//! Creates the clients of OpenFGA or Auth0 FGA: one that checks and one that writes grants, each with its credential.

use super::{PermissionClock, StartError};
use crate::config::{Config, Credentials, FgaAccess};
use agent::ports::AccessGrants;
use async_trait::async_trait;
use credentials::{ApplicationCredentials, ApplicationToken};
use fga::{GrantWriter, OpenFga};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// Creates the client that checks. By `clock` grants end.
pub(super) fn authorizer(config: &Config, clock: PermissionClock) -> Result<OpenFga, StartError> {
    Ok(OpenFga::new(fga_config(config), bearer(&config.fga.access)?, Arc::new(clock))?)
}

/// Creates the writer of grants, the only holder of its credential; `None` if none is configured.
pub(super) fn grants(config: &Config, reader: Arc<OpenFga>) -> Result<Option<Arc<dyn AccessGrants>>, StartError> {
    let Some(access) = &config.fga.grants else { return Ok(None) };
    let Some(bearer) = bearer(access)? else { return Ok(None) };
    Ok(Some(Arc::new(GrantWriter::new(fga_config(config), bearer, reader)?)))
}

fn fga_config(config: &Config) -> fga::Config {
    fga::Config {
        api_url: config.fga.api_url.to_string(),
        store_id: config.fga.store_id.clone(),
        model_id: config.fga.model_id.clone(),
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
