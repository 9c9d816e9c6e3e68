//! Selects the source of tokens by provider. There is no fallback from one source to another.

use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One credential provider for each provider that tools name.
#[derive(Default)]
pub struct CredentialProviders(BTreeMap<String, Arc<dyn CredentialProvider>>);

impl CredentialProviders {
    /// Adds `source` for the tokens of `provider`, replacing an earlier one.
    #[must_use]
    pub fn with(mut self, provider: impl Into<String>, source: Arc<dyn CredentialProvider>) -> Self {
        self.0.insert(provider.into(), source);
        self
    }
}

#[async_trait]
impl CredentialProvider for CredentialProviders {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let source = self.0.get(&need.provider);
        let missing = || Unavailable::new(crate::SERVICE, format!("no source of tokens serves {}", need.provider));
        let source = source.ok_or_else(missing)?;
        source.access_token(actor, need).await
    }
}

impl fmt::Debug for CredentialProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
