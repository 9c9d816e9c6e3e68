//! Connecting, listing and disconnecting accounts.

use super::renew::jitter;
use super::{Inner, LocalVault, read};
use crate::local::connecting::{self, ConnectFault, Connecting, Wish};
use crate::local::provider::{Authentication, People, Provider};
use crate::local::store::Expected;
use crate::local::token_endpoint::{Asked, TokenEndpoint, TokenFault, for_code};
use agent::Actor;
use agent::ports::{Millis, Unavailable};
use url::Url;

/// What an answer without any scope most likely means.
const NONE_AT_ALL: &str = "the application has permissions instead of scopes, as a GitHub App does: set `scopes = []`";

/// An account that a person has connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider.
    pub provider: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// Since when, in milliseconds since 1970.
    pub since: Millis,
}

/// How far an account was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnected {
    /// The provider has taken the tokens back.
    Everywhere,
    /// They are gone here, and the provider could not be told: there they may count until they end.
    HereAlone,
}

impl LocalVault {
    /// The person's accounts. What a consent for one deed left behind is none.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Account>, Unavailable> {
        let now = self.0.clock.now();
        let held = self.0.store.all(actor).await?;
        let accounts = held.into_iter().filter_map(|(provider, held)| {
            let people = self.0.providers.get(&provider)?.people()?;
            let tokens = read(&held, &provider)?;
            let counts = people.authentication == Authentication::Lasting || tokens.is_recent(now);
            counts.then_some(Account { provider, scopes: tokens.scopes, since: held.since })
        });
        Ok(accounts.collect())
    }

    /// Begins to connect an account: where to send the browser, and what to keep in its session. What the account allows
    /// already is asked for again, since a consent replaces the one before.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn begin(&self, actor: &Actor, id: &str, wish: Wish<'_>) -> Result<(Url, Connecting), ConnectFault> {
        let (provider, people) = self.people(id)?;
        let held = self.0.store.read(actor, id).await?.and_then(|held| read(&held, id));
        let mut scopes = held.map(|tokens| tokens.scopes).unwrap_or_default();
        scopes.extend(wish.scopes.iter().cloned());
        scopes.sort();
        scopes.dedup();
        Ok(connecting::begin(&provider.id, people, Wish { scopes: &scopes, ..wish })?)
    }

    /// Completes what this person began. The caller has compared `state`, and taken `connecting` out of the session. Returns
    /// the scopes that were asked for and not granted: the account is connected without them, and to ask the person for them
    /// again may be in vain.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn complete(
        &self,
        actor: &Actor,
        connecting: Connecting,
        code: &str,
        iss: Option<&str>,
    ) -> Result<Vec<String>, ConnectFault> {
        let (provider, people) = self.people(&connecting.provider)?;
        connecting::check_issuer(people, iss)?;
        let inner = &self.0;
        let endpoint =
            TokenEndpoint { service: provider.name, url: &people.token_url, client: &people.client, http: &inner.http };
        let jitter = jitter()?;
        let given = endpoint.ask(&for_code(code, &connecting), Asked::Other).await.map_err(|fault| match fault {
            TokenFault::Dead(error) => ConnectFault::Refused(format!("the code: {error}")),
            TokenFault::Unavailable(error) => ConnectFault::Unavailable(error),
        })?;
        let tokens = inner.first(given, &connecting.scopes, jitter);
        let expected = Expected::Connected(tokens.consented);
        inner.store.write(actor, &provider.id, &tokens.written()?, expected).await?;
        let missing = tokens.lacks(&connecting.scopes);
        if !missing.is_empty() {
            let likely =
                if tokens.scopes.is_empty() { NONE_AT_ALL } else { "the person may have allowed a part alone" };
            tracing::warn!(provider = provider.id, ?missing, likely, "an account allows less than was asked for");
        }
        Ok(missing)
    }

    /// Whether an answer that brings no code can be the provider's own (RFC 9207 holds for errors as well).
    ///
    /// # Errors
    /// [`ConnectFault::Refused`] when it names another issuer.
    pub fn declined(&self, connecting: &Connecting, iss: Option<&str>) -> Result<(), ConnectFault> {
        let (_, people) = self.people(&connecting.provider)?;
        connecting::check_issuer(people, iss)
    }

    /// Takes an account of this person's away: gives its tokens back to the provider, and forgets them in any case.
    ///
    /// # Errors
    /// [`Unavailable`] when it is still there.
    pub async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, Unavailable> {
        let (_, people) = self.people(id).map_err(|fault| Unavailable::new(crate::SERVICE, fault.to_string()))?;
        let Some(held) = self.0.store.read(actor, id).await? else {
            // Something that does not open may still lie there.
            self.0.store.remove(actor, id, None).await?;
            return Ok(Disconnected::Everywhere);
        };
        let told = match read(&held, id) {
            Some(tokens) => Inner::give_back(self, actor, id, people, tokens).await,
            None => Err(Unavailable::new(crate::SERVICE, "what is kept cannot be read")),
        };
        self.0.store.remove(actor, id, None).await?;
        Ok(match told {
            Ok(()) => Disconnected::Everywhere,
            Err(error) => {
                tracing::warn!(error = %error, provider = id, "the tokens of an account were not given back");
                Disconnected::HereAlone
            }
        })
    }

    fn people(&self, id: &str) -> Result<(&Provider, &People), ConnectFault> {
        let provider = self.0.provider(id)?;
        let people = provider.people().ok_or_else(|| ConnectFault::Refused("nobody connects this".to_owned()))?;
        Ok((provider, people))
    }
}
