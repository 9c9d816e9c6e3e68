//! Credential provider for servers that accept the identity provider's own access tokens (RFC 8707). Each token is
//! bound to one audience and one person, and is obtained with the refresh token of the person's sign-in (Auth0's
//! *multi-resource refresh tokens*). A token must never reach a server of another audience, and is cached for five
//! minutes at most.

mod token;

use crate::cache::{Cache, Fresh, Key, Lifetime, Locked};
use crate::{SignInTokens, same_secret};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Unavailable};
use async_trait::async_trait;
use oidc::{RelyingParty, SERVICE};
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const LIFETIME: Lifetime =
    Lifetime { margin: Duration::from_secs(60), longest: Duration::from_secs(300), jitter: Duration::from_secs(30) };

/// Obtains people's access tokens for servers, by audience.
pub struct AudienceTokens {
    source: Arc<Source>,
    /// One key a person, shared by all servers: a provider that rotates refresh tokens accepts each only once.
    cache: Cache<Rotation>,
}

struct Source {
    provider: Arc<RelyingParty>,
    subjects: Arc<dyn SignInTokens>,
    /// Audience of each provider that tools name.
    audiences: HashMap<String, String>,
}

/// A used refresh token and its replacement.
#[derive(Clone)]
struct Rotation {
    used: SecretString,
    fresh: SecretString,
}

impl AudienceTokens {
    /// Creates a source that requests tokens at `provider` with its client and the refresh tokens of `subjects`.
    /// `audiences` maps each provider that tools name to the audience of its tokens.
    #[must_use]
    pub fn new(
        provider: Arc<RelyingParty>,
        subjects: Arc<dyn SignInTokens>,
        audiences: HashMap<String, String>,
    ) -> Self {
        Self { source: Arc::new(Source { provider, subjects, audiences }), cache: Cache::new(LIFETIME) }
    }

    /// Waits until every running refresh has stored its rotated refresh token, so that a server that stops does not
    /// lose it.
    pub async fn settle(&self) {
        self.cache.settle().await;
    }
}

#[async_trait]
impl CredentialProvider for AudienceTokens {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let key = Key::person(actor);
        let (source, actor, wanted) = (self.source.clone(), actor.clone(), need.clone());
        let fetch = |locked| async move { source.token(locked, &actor, &wanted).await };
        self.cache.access_token(key, &need.provider, fetch).await
    }
}

impl Source {
    async fn token(
        &self,
        mut locked: Locked<Rotation>,
        actor: &Actor,
        need: &Need,
    ) -> Result<SecretString, CredentialError> {
        let audience = self.audiences.get(&need.provider);
        let audience = audience.ok_or_else(|| failed(&format!("there is no audience {}", need.provider)))?;
        // Read under the lock: the previous holder may have rotated the refresh token.
        let mut subject = self.subjects.refresh_token(actor).await?.ok_or(CredentialError::SignInAgain)?;
        // Discard a pending rotation that belongs to an earlier sign-in.
        if let Some(rotation) = locked.take_unkept().filter(|rotation| same_secret(&rotation.used, &subject)) {
            subject = self.keep(&mut locked, actor, rotation).await?;
        }
        if let Some(token) = locked.cached(need, Some(&subject))? {
            return Ok(token);
        }
        let wanted = token::Wanted { actor, audience, scopes: &need.scopes };
        let (used, given) = match self.refreshed(subject, wanted).await {
            Err(CredentialError::Unavailable(error)) => return Err(locked.failed(error)),
            other => other?,
        };
        let subject = match given.rotated {
            None => used,
            Some(fresh) => {
                // Store the new refresh token before use: the old one is invalid, and this is the only copy.
                let fresh = self.keep(&mut locked, actor, Rotation { used: used.clone(), fresh }).await?;
                locked.rebind(&used, &fresh);
                fresh
            }
        };
        // Check the access token only now: the rotation must be stored even if the token is wrong.
        let (token, scopes) = token::checked(&self.provider, &given.access, wanted).await?;
        let fresh = Fresh { token, scopes, expires_in: given.expires_in, subject: Some(subject) };
        Ok(locked.insert(&need.provider, fresh))
    }

    /// Requests a token with `subject`. If that is rejected and another instance has stored a newer refresh token
    /// meanwhile, tries that one once.
    async fn refreshed(
        &self,
        subject: SecretString,
        wanted: token::Wanted<'_>,
    ) -> Result<(SecretString, token::UncheckedResponse), CredentialError> {
        match token::refreshed(&self.provider, &subject, wanted).await {
            Err(CredentialError::SignInAgain) => {}
            other => return other.map(|given| (subject, given)),
        }
        let newer = self.subjects.refresh_token(wanted.actor).await?.filter(|newer| !same_secret(newer, &subject));
        let newer = newer.ok_or(CredentialError::SignInAgain)?;
        let given = token::refreshed(&self.provider, &newer, wanted).await?;
        Ok((newer, given))
    }

    /// Stores a rotated refresh token and returns it.
    async fn keep(
        &self,
        locked: &mut Locked<Rotation>,
        actor: &Actor,
        rotation: Rotation,
    ) -> Result<SecretString, Unavailable> {
        let Rotation { used, fresh } = rotation.clone();
        locked.keep(rotation, || self.subjects.rotated(actor, &used, &fresh)).await?;
        Ok(fresh)
    }
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(SERVICE, format!("access token: {cause}"))
}

impl fmt::Debug for AudienceTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AudienceTokens").field("audiences", &self.source.audiences).finish_non_exhaustive()
    }
}
