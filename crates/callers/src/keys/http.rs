//! Keys over HTTP: from the configured addresses, without redirects, with a time-out and a limit.

use super::{KeySource, LARGEST_KEY_SET};
use crate::config::values::encrypted;
use crate::config::{IssuerId, KeyLocation};
use agent::ports::Unavailable;
use async_trait::async_trait;
use reqwest::StatusCode;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// Longest wait for one document.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The members of a discovery document that matter here. An issuer of AWS has no other endpoints.
#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

/// The source of keys that asks the issuers.
#[derive(Debug, Clone)]
pub struct HttpKeys(reqwest::Client);

impl HttpKeys {
    /// Creates the source.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new() -> Result<Self, reqwest::Error> {
        http_client::client(TIMEOUT).map(Self)
    }

    #[cfg(test)]
    pub(crate) const fn with_client(client: reqwest::Client) -> Self {
        Self(client)
    }

    async fn get(&self, url: Url) -> Result<Vec<u8>, Unavailable> {
        let answer = self.0.get(url).send().await.map_err(|error| failed(error.without_url()))?;
        if answer.status() != StatusCode::OK {
            return Err(failed(format!("status {}", answer.status())));
        }
        http_client::body(answer, LARGEST_KEY_SET).await.map_err(failed)
    }
}

#[async_trait]
impl KeySource for HttpKeys {
    async fn fetch(&self, issuer: &IssuerId, location: &KeyLocation) -> Result<Vec<u8>, Unavailable> {
        let url = match location {
            KeyLocation::KeySet(url) => url.url().clone(),
            KeyLocation::Discovery(url) => key_set_url(issuer, url.url(), &self.get(url.url().clone()).await?)?,
        };
        self.get(url).await
    }
}

/// Returns the address of the keys, if the document is this issuer's and the address is encrypted as that of the document.
fn key_set_url(issuer: &IssuerId, own: &Url, document: &[u8]) -> Result<Url, Unavailable> {
    let document: Discovered =
        serde_json::from_slice(document).map_err(|_| failed("the discovery document is malformed"))?;
    if document.issuer != issuer.as_str() {
        return Err(failed("the discovery document names another issuer"));
    }
    let url = encrypted(&document.jwks_uri).filter(|url| url.scheme() == "https" || own.scheme() == "http");
    url.ok_or_else(|| failed("the address of the keys is not https"))
}

fn failed(cause: impl ToString) -> Unavailable {
    Unavailable::new(oidc::SERVICE, cause.to_string())
}
