//! The provider's metadata and keys (OpenID Connect Discovery 1.0), cached for ten minutes and refetched at most every
//! ten seconds.

use crate::{SERVICE, http};
use agent::ports::Unavailable;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;

/// Lifetime of cached metadata and keys.
const FRESH: Duration = Duration::from_secs(600);

/// Shortest pause between two refetches. A token with an unknown key id causes one, and anybody can send such a token.
const REFETCH_PAUSE: Duration = Duration::from_secs(10);

/// Metadata beyond OpenID Connect Discovery 1.0.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Extra {
    /// `OpenID` Connect RP-Initiated Logout 1.0 section 2.1.
    pub end_session_endpoint: Option<Url>,
    /// RFC 8414 section 2, for RFC 7009.
    pub revocation_endpoint: Option<Url>,
    /// CIBA Core section 4.
    pub backchannel_authentication_endpoint: Option<Url>,
    /// CIBA Core section 4. Some providers offer polling without announcing it.
    pub backchannel_token_delivery_modes_supported: Option<Vec<String>>,
    /// `OpenID` Connect Back-Channel Logout 1.0 section 2.1.
    #[serde(default)]
    pub backchannel_logout_supported: bool,
    /// RFC 9207 section 3: if true, a callback without `iss` is rejected.
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

/// The metadata of one provider, with a cache.
#[derive(Debug)]
pub struct Discovery {
    issuer: IssuerUrl,
    http: reqwest::Client,
    cached: Mutex<Cached>,
    /// The last refetch for a key that the cached copy lacked. Only refetches are limited, because a key may be rotated
    /// right after the metadata was fetched.
    refetched: Mutex<Option<Instant>>,
    /// The origin of the logout page, readable while a fetch is running.
    end_session: std::sync::Mutex<Option<String>>,
}

/// The results of the last fetches.
#[derive(Debug, Default)]
struct Cached {
    metadata: Option<(Arc<Metadata>, Instant)>,
    failure: Option<(Unavailable, Instant)>,
}

impl Discovery {
    /// Creates a provider with this issuer. Nothing is fetched yet.
    #[must_use]
    pub fn new(issuer: IssuerUrl, http: reqwest::Client) -> Self {
        Self {
            issuer,
            http,
            cached: Mutex::default(),
            refetched: Mutex::default(),
            end_session: std::sync::Mutex::default(),
        }
    }

    /// The issuer exactly as configured. Issuers are always compared as strings.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Returns the metadata, and fetches it if the cached copy is older than ten minutes.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider cannot be reached, or publishes another issuer. Stale metadata is never used
    /// instead.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, Unavailable> {
        self.fetched(FRESH).await
    }

    /// Returns the metadata after a key id was not found in the cached copy: refetched, but at most every ten seconds.
    ///
    /// # Errors
    /// As [`Discovery::metadata`].
    pub async fn refetched(&self) -> Result<Arc<Metadata>, Unavailable> {
        let mut refetched = self.refetched.lock().await;
        if refetched.is_some_and(|at| at.elapsed() < REFETCH_PAUSE) {
            return self.metadata().await;
        }
        *refetched = Some(Instant::now());
        self.fetched(Duration::ZERO).await
    }

    /// The origin of the provider's logout page, once the metadata has been fetched.
    #[must_use]
    pub fn end_session_origin(&self) -> Option<String> {
        self.end_session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the metadata, and fetches it unless the cached copy is younger than `age`.
    async fn fetched(&self, age: Duration) -> Result<Arc<Metadata>, Unavailable> {
        let asked = Instant::now();
        let mut cached = self.cached.lock().await;
        if let Some((metadata, at)) = &cached.metadata
            && at.elapsed() < age
        {
            return Ok(metadata.clone());
        }
        // Callers that waited for a fetch that failed share its failure instead of starting another fetch.
        if let Some((failure, at)) = &cached.failure
            && *at > asked
        {
            return Err(failure.clone());
        }
        match self.fetch().await {
            Ok(metadata) => {
                *cached = Cached { metadata: Some((metadata.clone(), Instant::now())), failure: None };
                Ok(metadata)
            }
            Err(error) => {
                cached.failure = Some((error.clone(), Instant::now()));
                Err(error)
            }
        }
    }

    async fn fetch(&self) -> Result<Arc<Metadata>, Unavailable> {
        let client = self.http.clone();
        let send = move |request| http::send(client.clone(), request);
        let metadata = Metadata::discover_async(self.issuer.clone(), &send)
            .await
            .map_err(|error| Unavailable::new(SERVICE, format!("discovery failed: {error}")))?;
        if let Some(endpoint) = unencrypted(self.issuer(), &metadata) {
            return Err(Unavailable::new(SERVICE, format!("discovery failed: {endpoint} is not https")));
        }
        let end_session = metadata.additional_metadata().end_session_endpoint.as_ref();
        let origin = end_session.map(|url| url.origin().ascii_serialization());
        *self.end_session.lock().unwrap_or_else(PoisonError::into_inner) = origin;
        Ok(Arc::new(metadata))
    }
}

/// Returns the name of an endpoint that would transmit secrets unencrypted although the issuer is `https`.
fn unencrypted(issuer: &str, metadata: &Metadata) -> Option<&'static str> {
    if !issuer.starts_with("https:") {
        return None;
    }
    let extra = metadata.additional_metadata();
    let endpoints = [
        ("authorization_endpoint", Some(metadata.authorization_endpoint().url())),
        ("token_endpoint", metadata.token_endpoint().map(|url| url.url())),
        ("userinfo_endpoint", metadata.userinfo_endpoint().map(|url| url.url())),
        ("end_session_endpoint", extra.end_session_endpoint.as_ref()),
        ("revocation_endpoint", extra.revocation_endpoint.as_ref()),
        ("backchannel_authentication_endpoint", extra.backchannel_authentication_endpoint.as_ref()),
    ];
    endpoints.into_iter().find(|(_, url)| url.is_some_and(|url| url.scheme() != "https")).map(|(name, _)| name)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn waiters_share_the_failure_of_one_fetch_and_later_callers_fetch_again() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let fetches = Arc::new(AtomicUsize::new(0));
        let counted = fetches.clone();
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
                drop(connection);
            }
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let discovery = Arc::new(Discovery::new(IssuerUrl::new(issuer).unwrap(), client));
        let mut waiters = tokio::task::JoinSet::new();
        for _ in 0..5 {
            let discovery = discovery.clone();
            waiters.spawn(async move { discovery.metadata().await.is_err() });
        }
        assert!(waiters.join_all().await.into_iter().all(|failed| failed));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert!(discovery.metadata().await.is_err());
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
    }

    /// Answers each request with `document`, and with no keys where keys are asked for.
    fn publish(listener: &std::net::TcpListener, document: &str) {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let length = connection.read(&mut request).unwrap();
            let keys = String::from_utf8_lossy(&request[..length]).contains("/keys");
            let body = if keys { r#"{"keys":[]}"# } else { document };
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            write!(connection, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    }

    #[tokio::test]
    async fn metadata_of_another_issuer_is_refused() {
        for (ending, expected) in [("", true), ("/", false), ("/tenant", false), ("0", false)] {
            let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let own = format!("http://{}", listener.local_addr().unwrap());
            let document = serde_json::json!({
                "issuer": format!("{own}{ending}"),
                "authorization_endpoint": format!("{own}/authorize"),
                "jwks_uri": format!("{own}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            });
            std::thread::spawn(move || publish(&listener, &document.to_string()));
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let metadata = Discovery::new(IssuerUrl::new(own).unwrap(), client).metadata().await;
            assert_eq!(metadata.is_ok(), expected, "{ending:?}: {:?}", metadata.err());
        }
    }
}
