//! The vault port for servers that take the provider's own access tokens (RFC 8707): each gets one of its audience alone,
//! for that very person, by the refresh token of their sign-in (Auth0's *multi-resource refresh tokens*).
//! It must never give one server's token to another, nor keep one for long.

mod token;

use crate::{SignInTokens, same_secret};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{Lender, Loan, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use oidc::{RelyingParty, SERVICE};
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use token::Fault;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Longest time that a token is kept: what a person loses at the provider must stop working soon.
const KEPT: Duration = Duration::from_secs(300);

/// How long before its end a token is no longer used: it must outlive the call.
const MARGIN: Duration = Duration::from_secs(60);

/// A token is let go up to so much earlier, so that those of many people do not end at once. In milliseconds.
const JITTER: u64 = 30_000;

/// How long is waited before a fresh refresh token is given to the store once more.
const KEEPING: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// More people than this are not remembered at once.
const MOST: usize = 10_000;

/// Lends access tokens for servers.
pub struct AudienceTokens(Arc<Inner>);

struct Inner {
    provider: Arc<RelyingParty>,
    subjects: Arc<dyn SignInTokens>,
    /// The audience of each provider that tools name.
    audiences: HashMap<String, String>,
    kept: Mutex<HashMap<Person, Slot>>,
    jitter: RandomState,
    /// What was begun and must not be given up.
    begun: TaskTracker,
}

/// Organization, issuer and subject.
type Person = [String; 3];

/// One caller at a time asks for a person, whatever the server: a provider that rotates refresh tokens takes each once.
type Slot = Arc<tokio::sync::Mutex<Held>>;

/// What is held for a person.
#[derive(Default)]
struct Held {
    kept: HashMap<String, Kept>,
    /// A refresh token that the provider gave in the place of another one, and the store has not taken yet.
    unkept: Option<Rotation>,
    /// When the provider last did not answer: who has waited for that need not wait again.
    failed: Option<(Instant, Unavailable)>,
}

/// A refresh token and the one that is to take its place.
struct Rotation {
    used: SecretString,
    fresh: SecretString,
}

struct Kept {
    token: SecretString,
    scopes: Vec<String>,
    until: Instant,
    /// By which sign-in it was lent.
    subject: SecretString,
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
        let (kept, jitter, begun) = (Mutex::default(), RandomState::new(), TaskTracker::new());
        Self(Arc::new(Inner { provider, subjects, audiences, kept, jitter, begun }))
    }

    /// Waits until every refresh that was begun has kept what it was given: a server that stops must not lose it.
    pub async fn settle(&self) {
        self.0.begun.close();
        self.0.begun.wait().await;
    }
}

/// What is begun is done to its end, whoever gives up waiting: a refresh token that came back must not be lost.
#[async_trait]
impl Vault for AudienceTokens {
    async fn lend(&self, actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        let (inner, slot) = (self.0.clone(), self.0.slot(actor));
        let lent = Lent { slot: slot.clone(), provider: need.provider.clone() };
        let (actor, need) = (actor.clone(), need.clone());
        let lending = self.0.begun.spawn(async move { inner.lend(&slot, &actor, &need).await }.in_current_span());
        let token = lending.await.unwrap_or_else(|error| Err(failed(&error.to_string()).into()))?;
        Ok(Loan::lent_by(token, Arc::new(lent)))
    }
}

/// Hears when a server would not take a token.
struct Lent {
    slot: Slot,
    provider: String,
}

#[async_trait]
impl Lender for Lent {
    async fn refused(&self) {
        self.slot.lock().await.kept.remove(&self.provider);
    }
}

impl Inner {
    fn slot(&self, actor: &Actor) -> Slot {
        let mut slots = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST {
            // What is in use, or holds what is nowhere else, stays.
            slots.retain(|_, slot| {
                Arc::strong_count(slot) > 1 || slot.try_lock().is_ok_and(|held| held.unkept.is_some())
            });
        }
        slots.entry([actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned)).or_default().clone()
    }

    /// How long a token that lives so long is kept.
    fn life(&self, actor: &Actor, lives: Duration) -> Duration {
        let early = self.jitter.hash_one((actor.subject(), Instant::now())) % JITTER;
        lives.saturating_sub(MARGIN).min(KEPT).saturating_sub(Duration::from_millis(early))
    }

    async fn lend(&self, slot: &Slot, actor: &Actor, need: &Need) -> Result<SecretString, VaultError> {
        let audience = self.audiences.get(&need.provider);
        let audience = audience.ok_or_else(|| failed(&format!("no audience is {}", need.provider)))?;
        let begun = Instant::now();
        let mut held = slot.lock().await;
        // Within the lock: whoever had it before may have got another one.
        let mut subject = self.subjects.refresh_token(actor).await?.ok_or(VaultError::SignInAgain)?;
        // Of a sign-in that has ended meanwhile nothing is to be kept.
        if let Some(rotation) = held.unkept.take().filter(|rotation| same_secret(&rotation.used, &subject)) {
            subject = rotation.fresh.clone();
            self.keep(&mut held, actor, rotation).await?;
        }
        if let Some(kept) = held.kept.get(&need.provider)
            && Instant::now() < kept.until
            && same_secret(&kept.subject, &subject)
            && need.scopes.iter().all(|scope| kept.scopes.contains(scope))
        {
            return Ok(kept.token.clone());
        }
        held.kept.remove(&need.provider);
        if let Some((at, error)) = &held.failed
            && *at > begun
        {
            return Err(error.clone().into());
        }
        let wanted = token::Wanted { actor, audience, scopes: &need.scopes };
        let (used, given) = match self.refreshed(subject, wanted).await {
            Ok(given) => given,
            Err(Fault::SignInAgain) => return Err(VaultError::SignInAgain),
            Err(Fault::Unavailable(error)) => {
                held.failed = Some((Instant::now(), error.clone()));
                return Err(error.into());
            }
        };
        let subject = match given.rotated {
            None => used,
            Some(fresh) => {
                // Before anything is done with it: the old one works no more, and this one is nowhere else.
                self.keep(&mut held, actor, Rotation { used: used.clone(), fresh: fresh.clone() }).await?;
                let same = held.kept.values_mut().filter(|kept| same_secret(&kept.subject, &used));
                same.for_each(|kept| kept.subject = fresh.clone());
                fresh
            }
        };
        // What came with the fresh one may still be no good.
        let (token, scopes) = token::checked(&self.provider, &given.access, wanted).await?;
        let life = self.life(actor, given.expires_in);
        if !life.is_zero() {
            let until = Instant::now() + life;
            held.kept.insert(need.provider.clone(), Kept { token: token.clone(), scopes, until, subject });
        }
        Ok(token)
    }
}

impl Inner {
    /// Asks by `subject`, and by what has taken its place if that is used up: another instance may have been sooner.
    async fn refreshed(
        &self,
        subject: SecretString,
        wanted: token::Wanted<'_>,
    ) -> Result<(SecretString, token::Given), Fault> {
        match token::refreshed(&self.provider, &subject, wanted).await {
            Err(Fault::SignInAgain) => {}
            other => return other.map(|given| (subject, given)),
        }
        let newer = self.subjects.refresh_token(wanted.actor).await?.filter(|newer| !same_secret(newer, &subject));
        let newer = newer.ok_or(Fault::SignInAgain)?;
        let given = token::refreshed(&self.provider, &newer, wanted).await?;
        Ok((newer, given))
    }

    /// Keeps a fresh refresh token. A store that fails is tried again, at last when the person next needs a token.
    async fn keep(&self, held: &mut Held, actor: &Actor, rotation: Rotation) -> Result<(), Unavailable> {
        let mut waits = KEEPING.into_iter();
        loop {
            match (self.subjects.rotated(actor, &rotation.used, &rotation.fresh).await, waits.next()) {
                (Ok(()), _) => return Ok(()),
                (Err(_), Some(wait)) => tokio::time::sleep(wait).await,
                (Err(error), None) => {
                    tracing::error!(error = %error, "a fresh refresh token could not be kept");
                    held.unkept = Some(rotation);
                    return Err(error);
                }
            }
        }
    }
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(SERVICE, format!("access token: {cause}"))
}

impl fmt::Debug for AudienceTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AudienceTokens").field("audiences", &self.0.audiences).finish_non_exhaustive()
    }
}
