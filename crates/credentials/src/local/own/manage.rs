//! Connecting, listing and disconnecting accounts.

use super::{Inner, LocalVault, read};
use crate::accounts::{
    Account, AccountError, AccountManager, Answer, Connected, ConnectionRecord, Disconnected, PendingConnection, Since,
};
use crate::identity::AccountIdentity;
use crate::local::connecting::{self, ConnectRequest, Pending};
use crate::local::provider::{Authentication, People, Provider};
use crate::local::store::Expected;
use crate::local::token_endpoint::{Asked, TokenEndpoint, TokenFault, for_code};
use crate::local::tokens::Tokens;
use agent::Actor;
use agent::ports::Unavailable;
use async_trait::async_trait;
use url::Url;

/// Likely cause of a token response without any scope, for the log.
const NONE_AT_ALL: &str = "the application has permissions instead of scopes, as a GitHub App does: set `scopes = []`";

/// The id of an account is the id of its provider, since a person has at most one account a provider.
#[async_trait]
impl AccountManager for LocalVault {
    /// Lists the person's accounts, excluding expired one-time consents.
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, AccountError> {
        let now = self.0.clock.now();
        let held = self.0.store.all(actor).await?;
        let accounts = held.into_iter().filter_map(|(provider, held)| {
            let people = self.0.providers.get(&provider)?.people()?;
            let tokens = read(&held, &provider)?;
            let counts = people.authentication == Authentication::Lasting || tokens.is_recent(now);
            let (id, since) = (provider.clone(), Since::Millis(held.since));
            counts.then_some(Account { id, provider, scopes: tokens.scopes, since, owner: tokens.owner })
        });
        Ok(accounts.collect())
    }

    async fn begin(
        &self,
        actor: &Actor,
        provider: &str,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, PendingConnection), AccountError> {
        let (provider, people) = self.0.people(provider)?;
        let held = self.0.store.read(actor, &provider.id).await?.and_then(|held| read(&held, &provider.id));
        let mut all = held.map(|tokens| tokens.scopes).unwrap_or_default();
        all.extend(scopes.iter().cloned());
        all.sort();
        all.dedup();
        let request = ConnectRequest { scopes: &all, redirect_uri: self.0.callback.as_str(), state };
        let (page, pending) = connecting::begin(&provider.id, people, request)?;
        Ok((page, PendingConnection::new(&pending)?))
    }

    /// Connects the account even if scopes are missing: asking the person again may not help.
    async fn complete(
        &self,
        actor: &Actor,
        _provider: &str,
        pending: PendingConnection,
        answer: Answer,
        record: &dyn ConnectionRecord,
    ) -> Result<Connected, AccountError> {
        let pending: Pending = pending.read()?;
        if answer.connect_code.is_some() {
            return Err(AccountError::refused("the answer belongs to another kind of provider"));
        }
        let (provider, people) = self.0.people(&pending.provider)?;
        // Check the issuer of error responses as well (RFC 9207 section 2).
        connecting::check_issuer(people, answer.iss.as_deref())?;
        if let Some(error) = answer.error {
            return Err(AccountError::of_callback(provider.name, &error));
        }
        let code = answer.code.ok_or_else(|| AccountError::refused("the answer has no code"))?;
        let tokens = self.0.redeem((provider, people), &pending, &code).await?;
        // Without the record the tokens are dropped. They are not revoked: that could end the grant of an account that
        // is connected already.
        record.open(tokens.owner.as_ref().into()).await?;
        let expected = Expected::Connected(tokens.consented);
        self.0.store.write(actor, &provider.id, &tokens.written()?, expected).await?;
        let missing = tokens.lacks(&pending.scopes);
        if !missing.is_empty() {
            let likely =
                if tokens.scopes.is_empty() { NONE_AT_ALL } else { "the person may have granted only some scopes" };
            tracing::warn!(provider = provider.id, ?missing, likely, "an account has fewer scopes than were requested");
        }
        Ok(Connected { missing, owner: tokens.owner })
    }

    /// Revokes the tokens at the provider, and deletes them even if that fails.
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError> {
        let (_, people) = self.0.people(id)?;
        let store = &self.0.store;
        let Some(held) = store.read(actor, id).await? else {
            // Delete anyway: `read` also returns none for a record that fails to decrypt.
            store.remove(actor, id, None).await?;
            return Ok(Disconnected::Everywhere);
        };
        let told = match read(&held, id) {
            Some(tokens) => Inner::give_back(self, actor, id, people, tokens).await,
            None => Err(Unavailable::new(crate::SERVICE, "the stored record cannot be read")),
        };
        store.remove(actor, id, None).await?;
        Ok(match told {
            Ok(()) => Disconnected::Everywhere,
            Err(error) => {
                tracing::warn!(error = %error, provider = id, "the tokens of a disconnected account were not revoked");
                Disconnected::HereAlone
            }
        })
    }
}

impl Inner {
    /// Redeems the code of a callback. Returns the tokens with the owner of the account, not yet stored.
    async fn redeem(
        &self,
        (provider, people): (&Provider, &People),
        pending: &Pending,
        code: &str,
    ) -> Result<Tokens, AccountError> {
        let endpoint =
            TokenEndpoint { service: provider.name, url: &people.token_url, client: &people.client, http: &self.http };
        let given = endpoint.ask(&for_code(code, pending), Asked::Other).await.map_err(|fault| match fault {
            TokenFault::Dead(error) => AccountError::Refused(format!("the code was not redeemed: {error}")),
            TokenFault::Unavailable(error) => AccountError::Unavailable(error),
        })?;
        let tokens = self.first(given, &pending.scopes);
        Ok(Tokens { owner: self.owner(provider, people, &tokens).await, ..tokens })
    }

    /// Looks up the owner of an account; none if the provider does not name them now.
    async fn owner(&self, provider: &Provider, people: &People, tokens: &Tokens) -> Option<AccountIdentity> {
        let found = people.identity.as_ref()?.owner(&self.http, provider.name, &tokens.access).await;
        found.inspect_err(|error| tracing::warn!(%error, "the owner of an account could not be looked up")).ok()
    }

    fn people(&self, id: &str) -> Result<(&Provider, &People), AccountError> {
        let provider = self.providers.get(id).ok_or_else(|| AccountError::refused("there is no such provider"))?;
        let people =
            provider.people().ok_or_else(|| AccountError::refused("this provider has no personal accounts"))?;
        Ok((provider, people))
    }
}
