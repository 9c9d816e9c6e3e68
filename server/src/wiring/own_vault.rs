//! Accounts that we keep ourselves: the vault of our own on the sealed store.

use crate::accounts::{Account, Answer, Connecting, Disconnected, Fault, Manager};
use crate::clock::SystemClock;
use agent::Actor;
use agent::intent::Need;
use agent::ports::{Clock, Loan, Millis, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use credentials::LocalVault;
use credentials::local::{self, ConnectFault, Expected, Held, Leased, Store, Version, Wish, Written};
use dynamo::{AccountLease, Condition, DynamoAccounts, KeptAccount, SignIns};
use secrecy::SecretSlice;
use url::Url;

/// The vault's store on `DynamoDB`.
#[derive(Debug, Clone)]
pub struct SealedTokens(pub DynamoAccounts);

#[async_trait]
impl Store for SealedTokens {
    async fn read(&self, actor: &Actor, provider: &str) -> Result<Option<Held>, Unavailable> {
        Ok(self.0.read(actor, provider).await?.map(held))
    }

    async fn all(&self, actor: &Actor) -> Result<Vec<(String, Held)>, Unavailable> {
        Ok(self.0.all(actor).await?.into_iter().map(|(provider, kept)| (provider, held(kept))).collect())
    }

    async fn write(
        &self,
        actor: &Actor,
        provider: &str,
        plain: &[u8],
        expected: Expected,
    ) -> Result<Written, Unavailable> {
        let condition = match &expected {
            Expected::Connected(at) => Condition::Connected(*at),
            Expected::Still(Version(version)) => Condition::Version(version),
        };
        let done = self.0.write(actor, provider, plain, condition).await?;
        Ok(if done { Written::Done } else { Written::Conflict })
    }

    async fn lease(
        &self,
        actor: &Actor,
        provider: &str,
        Version(version): &Version,
        now: Millis,
        until: Millis,
    ) -> Result<Leased, Unavailable> {
        Ok(match self.0.lease(actor, provider, version, now, until).await? {
            AccountLease::Ours => Leased::Ours,
            AccountLease::Busy => Leased::Busy,
            AccountLease::Changed => Leased::Changed,
        })
    }

    async fn release(&self, actor: &Actor, provider: &str, version: &Version) -> Result<(), Unavailable> {
        self.0.release(actor, provider, &version.0).await
    }

    async fn remove(&self, actor: &Actor, provider: &str, version: Option<&Version>) -> Result<(), Unavailable> {
        self.0.remove(actor, provider, version.map(|version| version.0.as_str())).await
    }
}

fn held(kept: KeptAccount) -> Held {
    Held { plain: SecretSlice::from(kept.plain.to_vec()), version: Version(kept.version), since: kept.since }
}

/// Lends people's own tokens while a session of theirs lives: a turn that goes on after a sign-out borrows nothing more.
pub(super) struct WhileSignedIn {
    pub(super) sign_ins: SignIns,
    pub(super) vault: LocalVault,
}

#[async_trait]
impl Vault for WhileSignedIn {
    async fn lend(&self, actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        if !self.sign_ins.any_lives(actor, SystemClock.now()).await? {
            return Err(VaultError::SignInAgain);
        }
        self.vault.lend(actor, need).await
    }
}

/// Manages accounts that we keep. The name of an account is its provider's.
pub(super) struct OwnAccounts {
    pub(super) vault: LocalVault,
    /// Where providers send people back to.
    pub(super) callback: Url,
}

#[async_trait]
impl Manager for OwnAccounts {
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, Fault> {
        let account = |own: local::Account| Account {
            id: own.provider.clone(),
            provider: own.provider,
            scopes: own.scopes,
            since: crate::moment::words(own.since),
        };
        Ok(self.vault.list(actor).await?.into_iter().map(account).collect())
    }

    async fn begin(
        &self,
        actor: &Actor,
        provider: &str,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, Connecting), Fault> {
        let wish = Wish { scopes, redirect_uri: self.callback.as_str(), state };
        let (page, connecting) = self.vault.begin(actor, provider, wish).await?;
        let kept = serde_json::to_value(connecting).map_err(|error| Fault::Refused(error.to_string()))?;
        Ok((page, Connecting(kept)))
    }

    async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        Connecting(kept): Connecting,
        answer: Answer,
    ) -> Result<Vec<String>, Fault> {
        let refused = |why: &str| Fault::Refused(why.to_owned());
        let connecting: local::Connecting =
            serde_json::from_value(kept).map_err(|_| refused("it was begun elsewhere"))?;
        if answer.connect_code.is_some() {
            return Err(refused("the answer is of another kind of provider"));
        }
        if let Some(error) = answer.error {
            self.vault.declined(&connecting, answer.iss.as_deref())?;
            let known = self.vault.providers().find(|known| known.id == provider);
            return Err(Fault::of_callback(known.map_or(credentials::SERVICE, |known| known.name), &error));
        }
        let code = answer.code.ok_or_else(|| refused("the answer has no code"))?;
        Ok(self.vault.complete(actor, connecting, &code, answer.iss.as_deref()).await?)
    }

    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, Fault> {
        if !self.vault.providers().any(|provider| provider.id == id && provider.people().is_some()) {
            return Err(Fault::Refused("there is no such provider".to_owned()));
        }
        Ok(match self.vault.disconnect(actor, id).await? {
            local::Disconnected::Everywhere => Disconnected::Everywhere,
            local::Disconnected::HereAlone => Disconnected::HereAlone,
        })
    }
}

impl From<ConnectFault> for Fault {
    fn from(fault: ConnectFault) -> Self {
        match fault {
            ConnectFault::Refused(why) => Self::Refused(why),
            ConnectFault::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
