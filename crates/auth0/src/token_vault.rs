//! The vault port on Auth0's Token Vault: a tool gets the token of the account that the very person connected.
//! A token is cached for a minute at most: an account that the person disconnects stops working soon, on every instance.

use crate::exchange::{AccountToken, Exchange, ExchangeError, Subject};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{Lender, Loan, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use credentials::{SignInTokens, same_secret};
use oidc::Client;
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest time that a lent token is kept: a call borrows twice, once to see and once to use.
const KEPT: Duration = Duration::from_secs(60);

/// How long a token is not lent that was refused: one that was refused by mistake must not part people from their account.
const DOUBTED: Duration = Duration::from_secs(300);

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(30);

/// More people than this are not remembered at once.
const MOST: usize = 10_000;

/// The name that a person knows the vault by.
const NAME: &str = "the token vault";

/// The provider that a need names for the access token that is exchanged.
pub const SUBJECT: &str = "token-vault";

/// The token of a person's that is exchanged.
pub enum SubjectTokens {
    /// The refresh token of their sign-in.
    Refresh(Arc<dyn SignInTokens>),
    /// An access token of theirs for an API of the company's, which `vault` gives for the provider [`SUBJECT`].
    Access {
        /// The source of the access token.
        vault: Arc<dyn Vault>,
        /// The API's client.
        client: Client,
    },
}

/// People's own accounts by the Token Vault.
pub struct Auth0TokenVault {
    exchange: Exchange,
    subjects: SubjectTokens,
    /// The provider's connection for each provider that tools name.
    connections: HashMap<String, String>,
    kept: Mutex<HashMap<Key, Slot>>,
}

/// Organization, issuer and subject, and the provider.
type Key = [String; 4];

/// One caller at a time asks; the others wait for what it gets.
type Slot = Arc<tokio::sync::Mutex<Held>>;

/// What is held of one account.
#[derive(Default)]
struct Held {
    kept: Option<Kept>,
    /// What the third party would not take, and when. The vault lends it until it ends by itself, so it is known again.
    refused: Option<(SecretString, Instant)>,
    /// When the vault last did not answer: who has waited for that need not wait again.
    failed: Option<(Instant, Unavailable)>,
}

struct Kept {
    token: SecretString,
    scopes: Vec<String>,
    until: Instant,
    /// What it was exchanged for.
    subject: SecretString,
}

impl Auth0TokenVault {
    /// A vault that exchanges `subjects`; `connections` names the connection of each provider.
    #[must_use]
    pub fn new(exchange: Exchange, subjects: SubjectTokens, connections: HashMap<String, String>) -> Self {
        Self { exchange, subjects, connections, kept: Mutex::default() }
    }

    /// Forgets the cached token of a person who has connected or disconnected an account.
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

    async fn subject(&self, actor: &Actor) -> Result<Loan, VaultError> {
        match &self.subjects {
            SubjectTokens::Refresh(people) => {
                people.refresh_token(actor).await?.map(Loan::new).ok_or(VaultError::SignInAgain)
            }
            SubjectTokens::Access { vault, .. } => {
                vault.lend(actor, &Need { provider: SUBJECT.to_owned(), scopes: Vec::new() }).await
            }
        }
    }

    /// Exchanges. Of several accounts, the one by which the person signed in is meant; otherwise none is taken.
    async fn exchange(
        &self,
        actor: &Actor,
        subject: &Loan,
        connection: &str,
        scopes: &[String],
    ) -> Result<AccountToken, ExchangeError> {
        let token = match &self.subjects {
            SubjectTokens::Refresh(_) => Subject::RefreshToken(subject.token()),
            SubjectTokens::Access { client, .. } => Subject::AccessToken(subject.token(), client),
        };
        let several = match self.exchange.exchange(token, connection, None, scopes).await {
            Err(several @ ExchangeError::SeveralAccounts) => several,
            other => return other,
        };
        let Some(own) = signed_in_by(actor.subject(), connection) else { return Err(several) };
        match self.exchange.exchange(token, connection, Some(own), scopes).await {
            Err(ExchangeError::NotConnected) => Err(several),
            other => other,
        }
    }

    async fn lend(&self, held: &mut Held, actor: &Actor, need: &Need) -> Result<SecretString, VaultError> {
        let connection = self.connections.get(&need.provider);
        let connection =
            connection.ok_or_else(|| Unavailable::new(NAME, format!("no connection is {}", need.provider)))?;
        let subject = self.subject(actor).await?;
        if let Some(kept) = &held.kept
            && Instant::now() < kept.until
            && same_secret(&kept.subject, subject.token())
            && need.scopes.iter().all(|scope| kept.scopes.contains(scope))
        {
            return Ok(kept.token.clone());
        }
        held.kept = None;
        let lent = match self.exchange(actor, &subject, connection, &need.scopes).await {
            Ok(lent) => lent,
            Err(fault) => {
                if matches!(fault, ExchangeError::SignInAgain) {
                    subject.refused().await;
                }
                return Err(fault.into());
            }
        };
        if held
            .refused
            .as_ref()
            .is_some_and(|(refused, at)| same_secret(refused, &lent.token) && at.elapsed() < DOUBTED)
        {
            return Err(VaultError::NotConnected);
        }
        held.refused = None;
        let life = lent.expires_in.saturating_sub(MARGIN).min(KEPT);
        if !life.is_zero() {
            let (until, subject) = (Instant::now() + life, subject.token().clone());
            held.kept = Some(Kept { token: lent.token.clone(), scopes: lent.scopes, until, subject });
        }
        Ok(lent.token)
    }
}

fn key(actor: &Actor, provider: &str) -> Key {
    [actor.tenant(), actor.issuer(), actor.subject(), provider].map(str::to_owned)
}

/// The third party's own id of the account that a person signed in with, if it was by this connection. Auth0's `sub` is then
/// `strategy|id`, where a social connection has its strategy's name, or `strategy|connection|id` (*User Profile Structure*).
fn signed_in_by<'a>(sub: &'a str, connection: &str) -> Option<&'a str> {
    let (strategy, rest) = sub.split_once('|')?;
    let id = if strategy == connection && !rest.contains('|') {
        rest
    } else {
        rest.split_once('|').filter(|(name, _)| *name == connection)?.1
    };
    (!id.is_empty()).then_some(id)
}

#[async_trait]
impl Vault for Auth0TokenVault {
    async fn lend(&self, actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        let (slot, begun) = (self.slot(actor, &need.provider), Instant::now());
        let mut held = slot.lock().await;
        if let Some((at, error)) = &held.failed
            && *at > begun
        {
            return Err(error.clone().into());
        }
        match self.lend(&mut held, actor, need).await {
            Ok(token) => {
                drop(held);
                Ok(Loan::lent_by(token.clone(), Arc::new(Borrowed { slot, token })))
            }
            Err(error) => {
                if let VaultError::Unavailable(error) = &error {
                    held.failed = Some((Instant::now(), error.clone()));
                }
                Err(error)
            }
        }
    }
}

/// Hears when a third party would not take a token.
struct Borrowed {
    slot: Slot,
    token: SecretString,
}

#[async_trait]
impl Lender for Borrowed {
    async fn refused(&self) {
        let mut held = self.slot.lock().await;
        if held.kept.as_ref().is_some_and(|kept| same_secret(&kept.token, &self.token)) {
            held.kept = None;
        }
        held.refused = Some((self.token.clone(), Instant::now()));
    }
}

impl From<ExchangeError> for VaultError {
    fn from(fault: ExchangeError) -> Self {
        match fault {
            ExchangeError::NotConnected => Self::NotConnected,
            ExchangeError::MoreScopes { missing } => Self::MoreScopes { missing },
            ExchangeError::SeveralAccounts => Self::SeveralAccounts,
            ExchangeError::SignInAgain => Self::SignInAgain,
            ExchangeError::Unavailable(error) => error.into(),
        }
    }
}

impl fmt::Debug for Auth0TokenVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth0TokenVault").field("connections", &self.connections).finish_non_exhaustive()
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
    fn the_account_of_a_sign_in_is_named_by_its_subject_alone() {
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
