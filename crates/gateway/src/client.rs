//! One target with its HTTP client and credential: sends requests.

use crate::answer;
use crate::config::{Credential, KeyPlace, Limits, PersonToken, Secret, TargetConfig, TargetName};
use crate::failure::Failure;
use crate::http_call::{Prepared, encoded};
use crate::sign::signed;
use crate::template::kept;
use agent::intent::Need;
use aws_credential_types::provider::SharedCredentialsProvider;
use egress::{EgressError, Listed, Lookup};
use http::{HeaderValue, header};
use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::time::Instant;

/// The secrets, credentials and resolver with which targets are called.
#[derive(Debug, Clone)]
pub struct Connections {
    /// The values of the secrets that the configuration names.
    pub secrets: BTreeMap<Secret, SecretString>,
    /// The server's AWS credentials, if a target needs them.
    pub aws: Option<SharedCredentialsProvider>,
    /// The resolver of host names.
    pub lookup: Arc<dyn Lookup>,
}

/// A target, ready for requests.
pub(crate) struct Target {
    pub(crate) name: TargetName,
    /// Its name for people: `the target orders`.
    pub(crate) service: &'static str,
    limits: Limits,
    http: reqwest::Client,
    outbound: Outbound,
}

/// The credential, with its secret.
enum Outbound {
    None,
    Key(KeyPlace, SecretString),
    /// The permit carries the access token.
    Token(Need),
    SigV4 {
        service: String,
        region: String,
        provider: SharedCredentialsProvider,
    },
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("name", &self.name).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The target cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("it may not be reached: {0}")]
    Egress(#[from] EgressError),
    #[error("its secret is missing")]
    Secret,
    #[error("there are no AWS credentials")]
    Aws,
}

impl Target {
    pub(crate) fn new(
        name: &TargetName,
        config: &TargetConfig,
        listed: &Listed,
        connections: &Connections,
    ) -> Result<Self, Unusable> {
        let http = egress::client(config.url(), listed, &connections.lookup, config.limits.total)?;
        let secret = |own: &Secret| connections.secrets.get(own).cloned().ok_or(Unusable::Secret);
        let need = |scopes: &[String]| Need { provider: name.provider(), scopes: scopes.to_vec() };
        let outbound = match &config.credential {
            Credential::None => Outbound::None,
            Credential::ApiKey { place, secret: own } => Outbound::Key(place.clone(), secret(own)?),
            Credential::ClientCredentials(client) => Outbound::Token(need(&client.scopes)),
            Credential::Person(PersonToken::Audience { scopes, .. }) => Outbound::Token(need(scopes)),
            Credential::Person(PersonToken::Account { account, scopes }) => {
                Outbound::Token(Need { provider: account.clone(), scopes: scopes.clone() })
            }
            Credential::SigV4 { service, region } => {
                let provider = connections.aws.clone().ok_or(Unusable::Aws)?;
                Outbound::SigV4 { service: service.clone(), region: region.clone(), provider }
            }
        };
        let service = kept(format!("the target {name}"));
        Ok(Self { name: name.clone(), service, limits: config.limits, http, outbound })
    }

    /// The access token that calls need, if any.
    pub(crate) const fn need(&self) -> Option<&Need> {
        match &self.outbound {
            Outbound::Token(need) => Some(need),
            Outbound::None | Outbound::Key(..) | Outbound::SigV4 { .. } => None,
        }
    }

    /// Sends the request once, with the credential, and returns the data of the answer.
    pub(crate) async fn send(&self, request: Prepared, token: Option<&SecretString>) -> Result<Value, Failure> {
        answer::data(self.exchange(request, token).await?, self.limits.answer_bytes).await
    }

    /// Sends the request once, with the credential, and returns the body of the answer as it is.
    pub(crate) async fn fetch(&self, request: Prepared) -> Result<Vec<u8>, Failure> {
        let (_, body) = answer::body(self.exchange(request, None).await?, self.limits.answer_bytes).await?;
        Ok(body)
    }

    async fn exchange(&self, request: Prepared, token: Option<&SecretString>) -> Result<Response, Failure> {
        let until = Instant::now() + self.limits.total;
        // Until here nothing was sent, however long AWS credentials take.
        let authorized = tokio::time::timeout_at(until, self.authorized(request, token)).await;
        let Prepared { method, url, headers, body } = authorized.unwrap_or(Err(Failure::NoCredential))?;
        let left = until.saturating_duration_since(Instant::now());
        let request = self.http.request(method, url).headers(headers).body(body).timeout(left);
        request.send().await.map_err(|error| Failure::of_client(&error))
    }

    async fn authorized(&self, mut request: Prepared, token: Option<&SecretString>) -> Result<Prepared, Failure> {
        match &self.outbound {
            Outbound::None => {}
            Outbound::Key(KeyPlace::Header(name, prefix), key) => {
                request.headers.insert(name.clone(), sensitive(prefix, key)?);
            }
            Outbound::Key(KeyPlace::Query(name), key) => {
                let pair = format!("{}={}", encoded(name), encoded(key.expose_secret()));
                let query = request.url.query().map_or_else(|| pair.clone(), |query| format!("{query}&{pair}"));
                request.url.set_query(Some(&query));
            }
            Outbound::Token(_) => {
                let token = token.ok_or(Failure::NoCredential)?;
                request.headers.insert(header::AUTHORIZATION, sensitive("Bearer ", token)?);
            }
            Outbound::SigV4 { service, region, provider } => return signed(request, provider, service, region).await,
        }
        Ok(request)
    }
}

fn sensitive(prefix: &str, secret: &SecretString) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::from_str(&format!("{prefix}{}", secret.expose_secret()));
    let mut value = value.map_err(|_| Failure::NoCredential)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
