//! Tokens of the application itself (RFC 6749 section 4.4): for the FGA API, and for Okta where nobody's own account is used.

use agent::Actor;
use agent::intent::Need;
use agent::ports::{Lender, Loan, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);

/// A client that may ask for tokens of its own.
#[derive(Debug)]
pub struct ClientCredentials {
    /// The token endpoint.
    pub token_url: String,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// Auth0's `audience`: the API that the token is for.
    pub audience: Option<String>,
    /// The scopes to ask for; none for all that the client has.
    pub scopes: Vec<String>,
    /// What asks.
    pub http: reqwest::Client,
    /// The current token. One caller at a time asks for a new one; the others wait for it.
    pub kept: Mutex<Option<(SecretString, Instant)>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    expires_in: Option<u64>,
    scope: Option<String>,
}

impl ClientCredentials {
    /// A token that lives for another minute at least.
    ///
    /// # Errors
    /// A sentence for the log, without URL or body.
    pub async fn token(&self) -> Result<SecretString, String> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = kept.as_ref()
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let answer = self.request().await?;
        let life = Duration::from_secs(answer.expires_in.unwrap_or(300)).saturating_sub(MARGIN);
        *kept = Some((answer.access_token.clone(), Instant::now() + life));
        Ok(answer.access_token)
    }

    /// Forgets the token: what to do when a service would not take it.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn request(&self) -> Result<Answer, String> {
        let scope = self.scopes.join(" ");
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
        ];
        form.extend(self.audience.as_deref().map(|audience| ("audience", audience)));
        if !scope.is_empty() {
            form.push(("scope", &scope));
        }
        let answer = self.http.post(&self.token_url).form(&form).send().await;
        let answer = answer.map_err(|error| format!("token request: {}", error.without_url()))?;
        if !answer.status().is_success() {
            return Err(format!("token request: status {}", answer.status()));
        }
        let answer: Answer = answer.json().await.map_err(|_| "the token response cannot be read".to_owned())?;
        let granted = answer.scope.as_deref().map(|scope| scope.split(' ').collect::<Vec<_>>());
        // A missing `scope` means "as asked for" (RFC 6749 section 5.1); a narrower one is not what the tool stated.
        if granted.is_some_and(|granted| self.scopes.iter().any(|scope| !granted.contains(&scope.as_str()))) {
            return Err("the token has fewer scopes than were asked for".to_owned());
        }
        Ok(answer)
    }
}

/// Lends the application's own Okta token to every tool that needs Okta; it is not the person's own.
#[derive(Debug)]
pub struct OktaVault(pub Arc<ClientCredentials>);

#[async_trait]
impl Vault for OktaVault {
    async fn lend(&self, _actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        let covered = need.scopes.iter().all(|scope| self.0.scopes.contains(scope));
        if need.provider != "okta" || !covered {
            return Err(VaultError::NotConnected);
        }
        match self.0.token().await {
            Ok(token) => Ok(Loan::lent_by(token, self.0.clone())),
            Err(cause) => Err(Unavailable::new("the token service of Okta", cause).into()),
        }
    }
}

#[async_trait]
impl Lender for ClientCredentials {
    async fn refused(&self) {
        self.forget().await;
    }
}
