//! The vault of each provider. There is no fallback from one to another.

use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, Unavailable, CredentialProvider, CredentialError};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One vault for each provider that tools name.
#[derive(Default)]
pub struct CredentialProviders(BTreeMap<String, Arc<dyn CredentialProvider>>);

impl CredentialProviders {
    /// These vaults, and `vault` for the tokens of `provider`.
    #[must_use]
    pub fn with(mut self, provider: impl Into<String>, vault: Arc<dyn CredentialProvider>) -> Self {
        self.0.insert(provider.into(), vault);
        self
    }
}

#[async_trait]
impl CredentialProvider for CredentialProviders {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let vault = self.0.get(&need.provider);
        let vault =
            vault.ok_or_else(|| Unavailable::new(crate::SERVICE, format!("no vault lends {}", need.provider)))?;
        vault.access_token(actor, need).await
    }
}

impl fmt::Debug for CredentialProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
