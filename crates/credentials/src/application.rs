//! Tokens of the application itself, by client credentials (RFC 6749 section 4.4): for the FGA API, and for Okta where nobody's
//! own account is used.

use agent::Actor;
use agent::intent::Need;
use agent::ports::{Lender, Loan, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use oidc::{Client, Endpoint, Method, TokenError, TokenResponse, http};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;

/// Time before its end from which a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);

/// Assumed lifetime of a token whose lifetime is not told, in seconds.
const UNTOLD_S: i64 = 300;

/// A client that gets tokens of its own.
#[derive(Debug, Clone)]
pub struct ApplicationCredentials {
    /// The name of the token service in messages to people.
    pub service: &'static str,
    /// The token endpoint.
    pub token_url: Url,
    /// The client.
    pub client: Client,
    /// Auth0's `audience`: the API that the token is for.
    pub audience: Option<String>,
    /// The scopes to request; none for all that the client has.
    pub scopes: Vec<String>,
}

/// The current token of an application. One caller at a time requests a new one; the others wait for it.
#[derive(Debug)]
pub struct ApplicationToken {
    credentials: ApplicationCredentials,
    http: reqwest::Client,
    cached: Mutex<Option<(SecretString, Instant)>>,
}

impl ApplicationToken {
    /// Nothing is requested yet.
    ///
    /// # Errors
    /// When no HTTP client can be made on this machine.
    pub fn new(credentials: ApplicationCredentials) -> Result<Self, reqwest::Error> {
        Ok(Self { credentials, http: http::client()?, cached: Mutex::default() })
    }

    /// A token that lives for another minute at least.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause, without address or body.
    pub async fn token(&self) -> Result<SecretString, Unavailable> {
        let mut cached = self.cached.lock().await;
        if let Some((token, until)) = cached.as_ref()
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let answer = self.request().await?;
        let failed = |cause: &str| Unavailable::new(self.credentials.service, format!("token request: {cause}"));
        let token = answer.access_token.ok_or_else(|| failed("the answer has no access token"))?;
        // An absent `scope` means "as requested" (RFC 6749 section 5.1). Fewer scopes are not what the tools declare.
        let granted = answer.scope.as_deref().map(|scope| scope.split_whitespace().collect::<Vec<_>>());
        if granted.is_some_and(|granted| self.credentials.scopes.iter().any(|scope| !granted.contains(&scope.as_str())))
        {
            return Err(failed("the token has fewer scopes than were requested"));
        }
        let life = u64::try_from(answer.expires_in.unwrap_or(UNTOLD_S)).unwrap_or_default();
        let until = Instant::now() + Duration::from_secs(life).saturating_sub(MARGIN);
        *cached = Some((token.clone(), until));
        Ok(token)
    }

    /// Forgets the token, which a service refused.
    pub async fn forget(&self) {
        *self.cached.lock().await = None;
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
            // Okta wants the address of its token endpoint (developer.okta.com, "Implement OAuth for Okta").
            assertion_audience: token_url.as_str(),
            http: &self.http,
        };
        endpoint.post(&form).await.map_err(|error: TokenError| error.into_unavailable(service, "token request"))
    }
}

/// The application's own token for every tool of one provider. It is nobody's own account.
#[derive(Debug)]
pub struct ApplicationVault {
    provider: &'static str,
    token: Arc<ApplicationToken>,
}

impl ApplicationVault {
    /// The tokens of `provider`.
    #[must_use]
    pub const fn new(provider: &'static str, token: Arc<ApplicationToken>) -> Self {
        Self { provider, token }
    }
}

#[async_trait]
impl Vault for ApplicationVault {
    async fn lend(&self, _actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        let scopes = &self.token.credentials.scopes;
        if need.provider != self.provider || !need.scopes.iter().all(|scope| scopes.contains(scope)) {
            return Err(VaultError::NotConnected);
        }
        Ok(Loan::lent_by(self.token.token().await?, self.token.clone()))
    }
}

#[async_trait]
impl Lender for ApplicationToken {
    async fn refused(&self) {
        self.forget().await;
    }
}
