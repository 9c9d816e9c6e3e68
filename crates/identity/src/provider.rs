//! What the provider publishes about itself, kept for a while and fetched again at most every ten seconds.

use crate::{SERVICE, http};
use agent::ports::Unavailable;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;

/// How long metadata and keys are used without asking again.
const FRESH: Duration = Duration::from_secs(600);

/// An unknown key id makes us look again, but no oftener than this: otherwise anybody could make us hammer the provider.
const PATIENCE: Duration = Duration::from_secs(10);

/// Members beyond those that the library knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Extra {
    /// `OpenID` Connect RP-Initiated Logout 1.0 section 2.1.
    pub end_session_endpoint: Option<Url>,
    /// CIBA Core section 4.
    pub backchannel_authentication_endpoint: Option<Url>,
    /// RFC 9207 section 3: when true, a callback without `iss` is refused.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

/// The discovery document with its keys.
pub type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The provider, as last seen.
#[derive(Debug)]
pub struct Provider {
    issuer: IssuerUrl,
    http: reqwest::Client,
    seen: Mutex<Option<(Arc<Metadata>, Instant)>>,
}

impl Provider {
    /// The provider with this issuer; nothing is fetched yet.
    #[must_use]
    pub fn new(issuer: IssuerUrl, http: reqwest::Client) -> Self {
        Self { issuer, http, seen: Mutex::new(None) }
    }

    /// The issuer, compared exactly everywhere.
    #[must_use]
    pub fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// The metadata, fetched if it is older than ten minutes.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be had; old metadata is not used longer for that.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, Unavailable> {
        self.at_most(FRESH).await
    }

    /// The metadata for a key id that was not in the last one: fetched again, but at most every ten seconds.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be had.
    pub async fn metadata_again(&self) -> Result<Arc<Metadata>, Unavailable> {
        self.at_most(PATIENCE).await
    }

    async fn at_most(&self, age: Duration) -> Result<Arc<Metadata>, Unavailable> {
        let mut seen = self.seen.lock().await;
        if let Some((metadata, at)) = seen.as_ref()
            && at.elapsed() < age
        {
            return Ok(metadata.clone());
        }
        let client = self.http.clone();
        let send = move |request| http::send(client.clone(), request);
        let metadata = Metadata::discover_async(self.issuer.clone(), &send)
            .await
            .map_err(|error| Unavailable::new(SERVICE, format!("discovery failed: {error}")))?;
        let metadata = Arc::new(metadata);
        *seen = Some((metadata.clone(), Instant::now()));
        Ok(metadata)
    }
}
