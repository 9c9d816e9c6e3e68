//! Credential provider backed by Auth0's Token Vault: returns the access token of the account that the same person
//! connected. A token is cached for at most a minute, so that a disconnected account soon stops working on every
//! instance.

use super::exchange::{AccountToken, Exchange, Subject};
use crate::SignInTokens;
use crate::cache::{Cache, Fresh, Key, Lifetime, Locked};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Unavailable};
use async_trait::async_trait;
use oidc::Client;
use secrecy::SecretString;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The cache serves the two token requests of a call: one that checks availability, and one that uses the token.
const LIFETIME: Lifetime =
    Lifetime { margin: Duration::from_secs(30), longest: Duration::from_secs(60), jitter: Duration::ZERO };

/// Time for which a rejected token is not handed out, although the Token Vault returns it until it expires. The time is
/// limited so that a token rejected by mistake does not lock people out of their account.
const DOUBTED: Duration = Duration::from_secs(300);

/// Name of the Token Vault in messages to people.
const NAME: &str = "the token vault";

/// Provider name in the [`Need`] for the access token that is exchanged.
pub const SUBJECT: &str = "token-vault";

/// Source of the person's token that is exchanged.
pub enum SubjectTokens {
    /// The refresh token of the person's sign-in.
    Refresh(Arc<dyn SignInTokens>),
    /// The person's access token for an API of the company, which `vault` returns for the provider [`SUBJECT`].
    Access {
        /// Source of the access token.
        vault: Arc<dyn CredentialProvider>,
        /// Client of the API, which performs the exchange.
        client: Client,
    },
}

/// Access tokens of people's own accounts from the Token Vault.
pub struct Auth0TokenVault {
    source: Arc<Source>,
    cache: Cache<Infallible>,
}

struct Source {
    exchange: Exchange,
    subjects: SubjectTokens,
    /// Auth0 connection of each provider that tools name.
    connections: HashMap<String, String>,
}

impl Auth0TokenVault {
    /// Creates a credential provider that exchanges the tokens of `subjects`. `connections` maps each provider to its
    /// Auth0 connection.
    #[must_use]
    pub fn new(exchange: Exchange, subjects: SubjectTokens, connections: HashMap<String, String>) -> Self {
        Self { source: Arc::new(Source { exchange, subjects, connections }), cache: Cache::new(LIFETIME) }
    }

    /// Removes the person's cached token of `provider`; to be called when they connect or disconnect an account.
    pub fn forget(&self, actor: &Actor, provider: &str) {
        self.cache.forget(&Key::account(actor, provider));
    }

    /// Returns the Auth0 connection of each provider.
    pub(super) fn connections(&self) -> &HashMap<String, String> {
        &self.source.connections
    }
}

#[async_trait]
impl CredentialProvider for Auth0TokenVault {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let key = Key::account(actor, &need.provider);
        let (source, actor, wanted) = (self.source.clone(), actor.clone(), need.clone());
        let fetch = |locked| async move { source.token(locked, &actor, &wanted).await };
        self.cache.access_token(key, &need.provider, fetch).await
    }
}

impl Source {
    async fn token(
        &self,
        mut locked: Locked<Infallible>,
        actor: &Actor,
        need: &Need,
    ) -> Result<SecretString, CredentialError> {
        locked.awaited()?;
        match self.cached_or_fetched(&mut locked, actor, need).await {
            Err(CredentialError::Unavailable(error)) => Err(locked.failed(error)),
            other => other,
        }
    }

    async fn cached_or_fetched(
        &self,
        locked: &mut Locked<Infallible>,
        actor: &Actor,
        need: &Need,
    ) -> Result<SecretString, CredentialError> {
        let connection = self.connections.get(&need.provider);
        let connection =
            connection.ok_or_else(|| Unavailable::new(NAME, format!("there is no connection {}", need.provider)))?;
        let subject = self.subject(actor).await?;
        if let Some(token) = locked.cached(need, Some(subject.token()))? {
            return Ok(token);
        }
        let AccountToken { token, scopes, expires_in } =
            match self.exchange(actor, &subject, connection, &need.scopes).await {
                Err(CredentialError::SignInAgain) => {
                    subject.refused().await;
                    return Err(CredentialError::SignInAgain);
                }
                other => other?,
            };
        if locked.was_refused_within(DOUBTED, &token) {
            return Err(CredentialError::NotConnected);
        }
        let fresh = Fresh { token, scopes, expires_in, subject: Some(subject.token().clone()) };
        Ok(locked.insert(&need.provider, fresh))
    }

    async fn subject(&self, actor: &Actor) -> Result<AccessToken, CredentialError> {
        match &self.subjects {
            SubjectTokens::Refresh(people) => {
                people.refresh_token(actor).await?.map(AccessToken::new).ok_or(CredentialError::SignInAgain)
            }
            SubjectTokens::Access { vault, .. } => {
                vault.access_token(actor, &Need { provider: SUBJECT.to_owned(), scopes: Vec::new() }).await
            }
        }
    }

    /// Exchanges the subject token. If the person has several accounts, uses the one that they signed in with; if it is
    /// not among them, fails with `SeveralAccounts`.
    async fn exchange(
        &self,
        actor: &Actor,
        subject: &AccessToken,
        connection: &str,
        scopes: &[String],
    ) -> Result<AccountToken, CredentialError> {
        let token = match &self.subjects {
            SubjectTokens::Refresh(_) => Subject::RefreshToken(subject.token()),
            SubjectTokens::Access { client, .. } => Subject::AccessToken(subject.token(), client),
        };
        let several = match self.exchange.exchange(token, connection, None, scopes).await {
            Err(several @ CredentialError::SeveralAccounts) => several,
            other => return other,
        };
        let Some(own) = signed_in_by(actor.subject(), connection) else { return Err(several) };
        match self.exchange.exchange(token, connection, Some(own), scopes).await {
            Err(CredentialError::NotConnected) => Err(several),
            other => other,
        }
    }
}

/// Returns the third party's id of the account that a person signed in with, if they used this connection. Auth0's
/// `sub` is then `strategy|id` for a social connection, which is named like its strategy, or else
/// `strategy|connection|id` (Auth0, *User Profile Structure*).
fn signed_in_by<'a>(sub: &'a str, connection: &str) -> Option<&'a str> {
    let (strategy, rest) = sub.split_once('|')?;
    let id = if strategy == connection && !rest.contains('|') {
        rest
    } else {
        rest.split_once('|').filter(|(name, _)| *name == connection)?.1
    };
    (!id.is_empty()).then_some(id)
}

impl fmt::Debug for Auth0TokenVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth0TokenVault").field("connections", &self.source.connections).finish_non_exhaustive()
    }
}

impl fmt::Debug for SubjectTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refresh(_) => "Refresh(..)",
            Self::Access { .. } => "Access { .. }",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::signed_in_by;

    #[test]
    fn only_the_subject_names_the_account_of_a_sign_in() {
        let rows = [
            ("github|58001", "github", Some("58001")),
            ("okta|Okta-OIDC|00u1", "Okta-OIDC", Some("00u1")),
            ("oidc|Okta-OIDC|a|b", "Okta-OIDC", Some("a|b")),
            ("auth0|ada", "github", None),
            ("okta|Okta-OIDC|00u1", "okta", None),
            ("okta|Okta-OIDC|00u1", "00u1", None),
            ("github|", "github", None),
            ("oidc|Okta-OIDC|", "Okta-OIDC", None),
            ("github", "github", None),
            ("", "", None),
        ];
        for (sub, connection, expected) in rows {
            assert_eq!(signed_in_by(sub, connection), expected, "{sub} by {connection}");
        }
    }
}
