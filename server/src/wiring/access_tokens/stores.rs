//! Adapters of the token sources' store ports to the tables.

use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, Clock, CredentialError, CredentialProvider, Millis, Unavailable};
use async_trait::async_trait;
use credentials::local::{Expected, Leased, Store, StoredAccount, Version, Written};
use credentials::{LocalVault, SignInTokens};
use dynamo::{AccountLease, Condition, DynamoAccounts, Grants, KeptAccount, SignIns};
use secrecy::{SecretSlice, SecretString};
use system::SystemClock;

/// The store of the local vault on `DynamoDB`.
#[derive(Debug, Clone)]
pub struct SealedTokens(pub DynamoAccounts);

#[async_trait]
impl Store for SealedTokens {
    async fn read(&self, actor: &Actor, provider: &str) -> Result<Option<StoredAccount>, Unavailable> {
        Ok(self.0.read(actor, provider).await?.map(held))
    }

    async fn all(&self, actor: &Actor) -> Result<Vec<(String, StoredAccount)>, Unavailable> {
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

fn held(kept: KeptAccount) -> StoredAccount {
    StoredAccount { plain: SecretSlice::from(kept.plain.to_vec()), version: Version(kept.version), since: kept.since }
}

/// Hands out people's own tokens only while they are signed in: a turn that continues after sign-out gets no more
/// tokens.
pub(super) struct WhileSignedIn {
    pub(super) sign_ins: SignIns,
    pub(super) vault: LocalVault,
}

#[async_trait]
impl CredentialProvider for WhileSignedIn {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        if !self.sign_ins.any_lives(actor, SystemClock.now()).await? {
            return Err(CredentialError::SignInAgain);
        }
        self.vault.access_token(actor, need).await
    }
}

/// The refresh tokens of people's sign-ins.
#[derive(Debug)]
pub(in crate::wiring) struct SignedInPeople(pub(in crate::wiring) Grants);

#[async_trait]
impl SignInTokens for SignedInPeople {
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable> {
        self.0.newest(actor, SystemClock.now()).await
    }

    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable> {
        self.0.replace(actor, old, fresh).await
    }
}
