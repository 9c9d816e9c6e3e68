//! Access tokens of the application itself by client credentials (RFC 6749 section 4.4): for the FGA API, and for Okta
//! where tools do not use people's own accounts.

use crate::cache::{Cache, Fresh, Key, Lifetime, Locked};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Unavailable};
use async_trait::async_trait;
use oidc::{Client, Endpoint, Method, TokenError, TokenResponse, http};
use secrecy::SecretString;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const LIFETIME: Lifetime =
    Lifetime { margin: Duration::from_secs(60), longest: Duration::from_hours(24), jitter: Duration::ZERO };

/// Assumed lifetime of a token without `expires_in`, in seconds.
const UNTOLD_S: i64 = 300;

/// A client that obtains tokens for itself.
#[derive(Debug, Clone)]
pub struct ApplicationCredentials {
    /// Name of the token service in messages to people.
    pub service: &'static str,
    /// Token endpoint.
    pub token_url: Url,
    /// Client identifier and credential.
    pub client: Client,
    /// Auth0's `audience` parameter: the API that the token is for.
    pub audience: Option<String>,
    /// Scopes to request; empty for all that the client has.
    pub scopes: Vec<String>,
}

/// Source of the application's token, with its cache. Clones share the cache.
#[derive(Debug, Clone)]
pub struct ApplicationToken {
    source: Arc<Source>,
    cache: Cache<Infallible>,
}

#[derive(Debug)]
struct Source {
    credentials: ApplicationCredentials,
    http: reqwest::Client,
}

impl ApplicationToken {
    /// Creates the source. The first call requests the first token.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    pub fn new(credentials: ApplicationCredentials) -> Result<Self, reqwest::Error> {
        Ok(Self::over(credentials, http::client()?))
    }

    /// Creates the source with a client of the caller's, for an endpoint that obeys other rules.
    #[must_use]
    pub fn over(credentials: ApplicationCredentials, http: reqwest::Client) -> Self {
        Self { source: Arc::new(Source { credentials, http }), cache: Cache::new(LIFETIME) }
    }

    /// Returns a token; one from the cache is valid for at least another minute.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause, without URL or body.
    pub async fn token(&self) -> Result<SecretString, Unavailable> {
        match self.access_token().await {
            Ok(access_token) => Ok(access_token.token().clone()),
            Err(CredentialError::Unavailable(error)) => Err(error),
            Err(other) => Err(Unavailable::new(self.source.credentials.service, other.to_string())),
        }
    }

    /// Removes the cached token after a service has rejected it.
    pub fn forget(&self) {
        self.cache.forget(&Key::Application);
    }

    async fn access_token(&self) -> Result<AccessToken, CredentialError> {
        let source = self.source.clone();
        self.cache.access_token(Key::Application, APPLICATION, |locked| async move { source.token(locked).await }).await
    }
}

/// Returns the same token for every person. Reports a missing scope as `Unavailable` and not as `MoreScopes`, since no
/// person can grant it.
#[async_trait]
impl CredentialProvider for ApplicationToken {
    async fn access_token(&self, _actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let ApplicationCredentials { service, scopes, .. } = &self.source.credentials;
        let missing: Vec<_> = need.scopes.iter().filter(|scope| !scopes.contains(scope)).map(String::as_str).collect();
        if !missing.is_empty() {
            let cause = format!("the application's own token lacks {}", missing.join(" "));
            return Err(Unavailable::new(service, cause).into());
        }
        self.access_token().await
    }
}

/// Key of the single cache entry.
const APPLICATION: &str = "application";

impl Source {
    async fn token(&self, mut locked: Locked<Infallible>) -> Result<SecretString, CredentialError> {
        let need = Need { provider: APPLICATION.to_owned(), scopes: Vec::new() };
        if let Some(token) = locked.cached(&need, None)? {
            return Ok(token);
        }
        match self.fetch().await {
            Ok(fresh) => Ok(locked.insert(APPLICATION, fresh)),
            Err(error) => Err(locked.failed(error)),
        }
    }

    async fn fetch(&self) -> Result<Fresh, Unavailable> {
        let answer = self.request().await?;
        let failed = |cause: &str| Unavailable::new(self.credentials.service, format!("token request: {cause}"));
        let token = answer.access_token.ok_or_else(|| failed("the answer has no access token"))?;
        // An absent `scope` means "as requested" (RFC 6749 section 5.1). The tools need every requested scope.
        let granted = answer.scope.as_deref().map(|scope| scope.split_whitespace().collect::<Vec<_>>());
        if granted.is_some_and(|granted| self.credentials.scopes.iter().any(|scope| !granted.contains(&scope.as_str())))
        {
            return Err(failed("the token has fewer scopes than were requested"));
        }
        let life = u64::try_from(answer.expires_in.unwrap_or(UNTOLD_S)).unwrap_or_default();
        Ok(Fresh { token, scopes: Vec::new(), expires_in: Duration::from_secs(life), subject: None })
    }

    async fn request(&self) -> Result<TokenResponse, Unavailable> {
        let ApplicationCredentials { service, token_url, client, audience, scopes } = &self.credentials;
        let scope = scopes.join(" ");
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(audience.as_deref().map(|audience| ("audience", audience)));
        form.extend((!scope.is_empty()).then_some(("scope", scope.as_str())));
        let endpoint = Endpoint {
            service,
            url: token_url,
            client,
            preferred: Method::SecretPost,
            // Okta requires the URL of its token endpoint as audience (developer.okta.com, "Implement OAuth for Okta").
            assertion_audience: token_url.as_str(),
            http: &self.http,
        };
        endpoint.post(&form).await.map_err(|error: TokenError| error.into_unavailable(service, "token request"))
    }
}
