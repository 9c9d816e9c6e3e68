//! The vault port by the provider's token vault: a tool that needs a provider gets the token of that very person's own account.
//! It must never keep a token for long: what the person disconnects must stop working soon, on every instance.

use crate::token_vault::{TokenVault, VaultFault};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{Loan, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest time that a lent token is kept: a call borrows twice, once to see and once to use.
const KEPT: Duration = Duration::from_secs(60);

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(30);

/// More people than this are not remembered at once.
const MOST: usize = 10_000;

/// The name that a person knows the vault by.
const NAME: &str = "the token vault";

/// Finds what a person's accounts are lent by.
#[async_trait]
pub trait Subjects: Send + Sync {
    /// The refresh token of the person's sign-in; none, when no sign-in of theirs lives, or it came without one.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable>;

    /// Keeps `fresh` in the place of `old`, which the provider has used up.
    ///
    /// # Errors
    /// [`Unavailable`] when it is not kept: nothing may then be done with it.
    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable>;
}

/// Lends people's own accounts.
pub struct PeopleVault {
    vault: TokenVault,
    subjects: Arc<dyn Subjects>,
    /// The provider's connection for each provider that tools name.
    connections: HashMap<String, String>,
    kept: Mutex<HashMap<Key, Slot>>,
}

/// Whose token, and of which provider.
type Key = (String, String, String);

/// One caller at a time asks; the others wait for what it gets.
type Slot = Arc<tokio::sync::Mutex<Option<Kept>>>;

struct Kept {
    token: SecretString,
    scopes: Vec<String>,
    until: Instant,
    /// By which sign-in it was lent.
    subject: SecretString,
}

impl PeopleVault {
    /// Lends by `vault`, for the sign-ins that `subjects` finds; `connections` says which connection a provider is.
    #[must_use]
    pub fn new(vault: TokenVault, subjects: Arc<dyn Subjects>, connections: HashMap<String, String>) -> Self {
        Self { vault, subjects, connections, kept: Mutex::default() }
    }

    /// Forgets what is kept for a person: they have connected or disconnected an account.
    pub fn forget(&self, actor: &Actor, provider: &str) {
        self.slots().remove(&key(actor, provider));
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Slot>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, actor: &Actor, provider: &str) -> Slot {
        let mut slots = self.slots();
        if slots.len() >= MOST {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        slots.entry(key(actor, provider)).or_default().clone()
    }
}

fn key(actor: &Actor, provider: &str) -> Key {
    (actor.issuer().to_owned(), actor.subject().to_owned(), provider.to_owned())
}

#[async_trait]
impl Vault for PeopleVault {
    async fn lend(&self, actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        let connection = self.connections.get(&need.provider);
        let connection =
            connection.ok_or_else(|| Unavailable::new(NAME, format!("no connection is {}", need.provider)))?;
        let subject = self.subjects.refresh_token(actor).await?.ok_or(VaultError::SignInAgain)?;
        let slot = self.slot(actor, &need.provider);
        let mut kept = slot.lock().await;
        if let Some(kept) = kept.as_ref()
            && Instant::now() < kept.until
            && kept.subject.expose_secret() == subject.expose_secret()
            && need.scopes.iter().all(|scope| kept.scopes.contains(scope))
        {
            return Ok(Loan::new(kept.token.clone()));
        }
        *kept = None;
        let lent = self.vault.exchange(&subject, connection, None, &need.scopes).await.map_err(refused)?;
        let life = lent.expires_in.saturating_sub(MARGIN).min(KEPT);
        if !life.is_zero() {
            let until = Instant::now() + life;
            *kept = Some(Kept { token: lent.token.clone(), scopes: lent.scopes, until, subject });
        }
        Ok(Loan::new(lent.token))
    }
}

fn refused(fault: VaultFault) -> VaultError {
    match fault {
        VaultFault::NotConnected => VaultError::NotConnected,
        VaultFault::MoreScopes { missing } => VaultError::MoreScopes { missing },
        VaultFault::SignInAgain => VaultError::SignInAgain,
        VaultFault::SeveralAccounts => {
            Unavailable::new(NAME, "several accounts are connected, and none is chosen").into()
        }
        VaultFault::Unavailable(error) => error.into(),
    }
}

impl fmt::Debug for PeopleVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeopleVault").field("connections", &self.connections).finish_non_exhaustive()
    }
}
