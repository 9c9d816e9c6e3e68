//! The vault port for servers that take the provider's own access tokens (RFC 8707): each gets one of its audience alone,
//! for that very person, by the refresh token of their sign-in (Auth0's *multi-resource refresh tokens*).
//! It must never give one server's token to another, nor keep one for long.

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

/// Lends access tokens for servers.
pub struct AudienceTokens {
    source: Arc<Source>,
    /// By person, whatever the server: a provider that rotates refresh tokens takes each once.
    cache: Cache<Rotation>,
}

struct Source {
    provider: Arc<RelyingParty>,
    subjects: Arc<dyn SignInTokens>,
    /// The audience of each provider that tools name.
    audiences: HashMap<String, String>,
}

/// A refresh token and the one that is to take its place.
#[derive(Clone)]
struct Rotation {
    used: SecretString,
    fresh: SecretString,
}

impl AudienceTokens {
    /// Lends at the provider of `provider`, with its client, for the sign-ins that `subjects` finds; `audiences` says which
    /// audience a provider's tokens have.
    #[must_use]
    pub fn new(
        provider: Arc<RelyingParty>,
        subjects: Arc<dyn SignInTokens>,
        audiences: HashMap<String, String>,
    ) -> Self {
        Self { source: Arc::new(Source { provider, subjects, audiences }), cache: Cache::new(LIFETIME) }
    }

    /// Waits until every refresh that was begun has kept what it was given: a server that stops must not lose it.
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
        let audience = audience.ok_or_else(|| failed(&format!("no audience is {}", need.provider)))?;
        // Within the lock: whoever had it before may have got another one.
        let mut subject = self.subjects.refresh_token(actor).await?.ok_or(CredentialError::SignInAgain)?;
        // A rotation of a sign-in that has ended is discarded.
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
                // Before anything is done with it: the old one works no more, and this one is nowhere else.
                let fresh = self.keep(&mut locked, actor, Rotation { used: used.clone(), fresh }).await?;
                locked.rebind(&used, &fresh);
                fresh
            }
        };
        // What came with the fresh one may still be no good.
        let (token, scopes) = token::checked(&self.provider, &given.access, wanted).await?;
        let fresh = Fresh { token, scopes, expires_in: given.expires_in, subject: Some(subject) };
        Ok(locked.insert(&need.provider, fresh))
    }

    /// Asks by `subject`, and by what has taken its place if that is used up: another instance may have been sooner.
    async fn refreshed(
        &self,
        subject: SecretString,
        wanted: token::Wanted<'_>,
    ) -> Result<(SecretString, token::Given), CredentialError> {
        match token::refreshed(&self.provider, &subject, wanted).await {
            Err(CredentialError::SignInAgain) => {}
            other => return other.map(|given| (subject, given)),
        }
        let newer = self.subjects.refresh_token(wanted.actor).await?.filter(|newer| !same_secret(newer, &subject));
        let newer = newer.ok_or(CredentialError::SignInAgain)?;
        let given = token::refreshed(&self.provider, &newer, wanted).await?;
        Ok((newer, given))
    }

    /// Stores a fresh refresh token, and returns it.
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
