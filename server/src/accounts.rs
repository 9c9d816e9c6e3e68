//! People's own accounts at third parties: what they have connected, connecting and disconnecting, whoever keeps them. Bound
//! to nobody: each method is told whose accounts it is about. It must never know how an account is kept.

use agent::Actor;
use agent::ports::Unavailable;
use async_trait::async_trait;
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// A provider whose accounts can be connected.
#[derive(Debug, Clone)]
pub struct Provider {
    /// What tools call it: `okta`.
    pub id: String,
    /// The name that people know it by.
    pub name: String,
    /// Who keeps its accounts.
    pub keeper: Keeper,
    /// All scopes that its tools ask for.
    pub scopes: Vec<String>,
    /// What the tools do that need it, in plain words.
    pub tools: Vec<String>,
    /// What those tools are named.
    pub names: Vec<String>,
}

/// Who keeps accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    /// The identity provider.
    TokenVault,
    /// We.
    OwnVault,
}

/// An account that a person has connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Names it for [`Accounts::disconnect`].
    pub id: String,
    /// The provider.
    pub provider: String,
    /// What was granted.
    pub scopes: Vec<String>,
    /// When it was connected, for people: by it they tell their accounts apart.
    pub since: String,
}

/// What is known of a person's accounts: of some providers perhaps nothing, since whoever keeps them did not say.
#[derive(Debug, Default)]
pub struct Listing {
    accounts: Vec<Account>,
    unknown: BTreeMap<Keeper, Fault>,
}

/// What is known of a person's accounts at one provider.
#[derive(Debug)]
pub enum Standing<'a> {
    /// These; it may be none.
    Accounts(Vec<&'a Account>),
    /// Nothing now, neither yes nor no, and why.
    Unknown(&'a Fault),
}

impl Listing {
    /// What is known of the accounts at this provider.
    #[must_use]
    pub fn at(&self, provider: &Provider) -> Standing<'_> {
        match self.unknown.get(&provider.keeper) {
            Some(fault) => Standing::Unknown(fault),
            None => {
                let own = self.accounts.iter().filter(|account| account.provider == provider.id);
                Standing::Accounts(own.collect())
            }
        }
    }
}

/// What a keeper wants to find again when the browser comes back: kept in the person's session, taken out once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Connecting(pub serde_json::Value);

impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connecting(..)")
    }
}

/// What the browser brought back.
#[derive(Clone, Default)]
pub struct Answer {
    /// The code of the identity provider's connected accounts.
    pub connect_code: Option<String>,
    /// The code of OAuth 2.0.
    pub code: Option<String>,
    /// Who says that it gave the code (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("iss", &self.iss).field("error", &self.error).finish_non_exhaustive()
    }
}

/// How far an account was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnected {
    /// Everywhere that we can speak for.
    Everywhere,
    /// Here; the third party could not be told, and what it gave may count there until it ends.
    HereAlone,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The sign-in works no more: the person must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The person, or the third party, said no.
    #[error("declined: {0}")]
    Declined(String),
    /// What came back is not what was begun, or counts no more. The reason is for the log.
    #[error("refused: {0}")]
    Refused(String),
    /// Whoever keeps the account did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Fault {
    /// What an error means that the browser brought back (RFC 6749 section 4.1.2.1): a no, an outage, or a mistake.
    #[must_use]
    pub fn of_callback(service: &'static str, error: &str) -> Self {
        // Whoever holds the address can write anything there, and it goes to the log.
        let told: String = error.chars().take(60).flat_map(char::escape_debug).collect();
        match error {
            "access_denied" => Self::Declined(told),
            "server_error" | "temporarily_unavailable" => Self::Unavailable(Unavailable::new(service, told)),
            _ => Self::Refused(told),
        }
    }
}

/// Keeps accounts for some providers.
#[async_trait]
pub trait Manager: Send + Sync {
    /// The person's accounts.
    ///
    /// # Errors
    /// See [`Fault`].
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, Fault>;

    /// Begins to connect an account: where to send the browser, and what to keep in its session.
    ///
    /// # Errors
    /// See [`Fault`].
    async fn begin(
        &self,
        actor: &Actor,
        provider: &str,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, Connecting), Fault>;

    /// Completes what this person began at this provider. Returns the scopes that were asked for and that the account, which
    /// is connected, does not allow, as far as the keeper knows.
    ///
    /// # Errors
    /// See [`Fault`].
    async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        connecting: Connecting,
        answer: Answer,
    ) -> Result<Vec<String>, Fault>;

    /// Takes an account of this person's away. One that is not there is no matter.
    ///
    /// # Errors
    /// See [`Fault`].
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, Fault>;
}

/// All accounts, whoever keeps them.
#[derive(Clone, Default)]
pub struct Accounts {
    /// What can be connected; nothing, if the application has credentials of its own.
    pub providers: Vec<Provider>,
    /// Who keeps what. Nobody is asked of whom no provider is.
    pub managers: BTreeMap<Keeper, Arc<dyn Manager>>,
}

/// What the names of accounts begin with that we keep.
const OWN: &str = "own:";

impl Accounts {
    /// The provider of this id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    /// The person's accounts, as far as their keepers say. All are asked at once, and none stands for another one.
    pub async fn list(&self, actor: &Actor) -> Listing {
        let asked = self.managers.iter().map(async |(keeper, manager)| (*keeper, manager.list(actor).await));
        let mut listing = Listing::default();
        for (keeper, answer) in join_all(asked).await {
            let own = match answer {
                Ok(own) => own,
                Err(fault) => {
                    tracing::warn!(error = %fault, ?keeper, "accounts cannot be looked up now");
                    listing.unknown.insert(keeper, fault);
                    continue;
                }
            };
            let is_kept = |id: &str| self.provider(id).is_some_and(|provider| provider.keeper == keeper);
            let own = own.into_iter().filter(|account| is_kept(&account.provider));
            listing.accounts.extend(own.map(|account| match keeper {
                Keeper::TokenVault => account,
                Keeper::OwnVault => Account { id: format!("{OWN}{}", account.id), ..account },
            }));
        }
        listing
    }

    /// Begins to connect an account, as [`Manager::begin`] does.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn begin(
        &self,
        actor: &Actor,
        provider: &Provider,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, Connecting), Fault> {
        self.manager(provider.keeper)?.begin(actor, &provider.id, scopes, state).await
    }

    /// Completes what this person began, as [`Manager::complete`] does.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        connecting: Connecting,
        answer: Answer,
    ) -> Result<Vec<String>, Fault> {
        let known = self.provider(provider).ok_or_else(|| Fault::Refused("there is no such provider".to_owned()))?;
        self.manager(known.keeper)?.complete(actor, provider, connecting, answer).await
    }

    /// Takes an account of this person's away.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, Fault> {
        match id.strip_prefix(OWN) {
            Some(own) => self.manager(Keeper::OwnVault)?.disconnect(actor, own).await,
            None => self.manager(Keeper::TokenVault)?.disconnect(actor, id).await,
        }
    }

    fn manager(&self, keeper: Keeper) -> Result<&dyn Manager, Fault> {
        let manager = self.managers.get(&keeper).map(Arc::as_ref);
        manager.ok_or_else(|| Fault::Refused("nobody keeps such accounts".to_owned()))
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("providers", &self.providers).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn only_access_denied_is_a_no() {
        let rows = [
            ("access_denied", "declined: access_denied"),
            ("server_error", "the vault is not available: server_error"),
            ("temporarily_unavailable", "the vault is not available: temporarily_unavailable"),
            ("invalid_scope", "refused: invalid_scope"),
            ("", "refused: "),
            ("a\nforged line", "refused: a\\nforged line"),
        ];
        for (error, expected) in rows {
            assert_eq!(Fault::of_callback("the vault", error).to_string(), expected);
        }
        assert!(Fault::of_callback("the vault", &"x".repeat(4_000)).to_string().len() < 100);
    }
}
