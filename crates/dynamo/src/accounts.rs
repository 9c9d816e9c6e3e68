//! The stored tokens of people's connected accounts, encrypted. Each person has a data key, wrapped by the keyring.
//! Each of their accounts is encrypted under it and bound to tenant, issuer, subject, agent and provider. Access to
//! the table thus reveals no token, and an item that is moved to another person, provider or agent cannot be
//! decrypted.

mod data_key;
mod owner;
mod rotation;

pub use rotation::Rotated;

use crate::item::{b, n, number, s, text};
use crate::keys::hex;
use crate::{SERVICE, sealed_item, unavailable};
use agent::Actor;
use agent::ports::{Millis, Unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use owner::Owner;
use sealing::{LiveKeyring, SealError};
use secrecy::zeroize::Zeroizing;
use std::fmt;
use std::sync::Arc;

/// Sort key of the item with a person's data key.
const KEY: &str = "key";

/// Connected accounts in the table `countersign`.
#[derive(Clone)]
pub struct DynamoAccounts {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
    agent: String,
}

/// The stored record of a connected account.
#[derive(Debug)]
pub struct KeptAccount {
    /// The decrypted record.
    pub plain: Zeroizing<Vec<u8>>,
    /// Random version, replaced by each write.
    pub version: String,
    /// Time at which the account was connected, in milliseconds since 1970.
    pub since: Millis,
}

/// The condition of a write.
#[derive(Debug, Clone, Copy)]
pub enum Condition<'a> {
    /// No condition: the account was connected anew, at this time in milliseconds since 1970.
    Connected(Millis),
    /// The stored record has this version.
    Version(&'a str),
}

/// The result of a request for the lease on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountLease {
    /// The caller holds the lease.
    Ours,
    /// Another caller holds the lease.
    Busy,
    /// The account has another version or does not exist.
    Changed,
}

impl DynamoAccounts {
    /// Creates the store of the accounts that `agent` uses, in `table`; `keyring` wraps the data keys.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>, agent: String) -> Self {
        Self { client, table, keyring, agent }
    }

    /// Returns the person's accounts, each with its provider. Accounts that cannot be decrypted (tampered with or
    /// moved) are skipped and logged.
    ///
    /// # Errors
    /// [`Unavailable`], also if the person's data key cannot be unwrapped.
    pub async fn all(&self, actor: &Actor) -> Result<Vec<(String, KeptAccount)>, Unavailable> {
        let own = Owner::of(actor, &self.agent);
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(&own.pk));
        let mut pages = request.into_paginator().items().send();
        let (mut wrapped, mut sealed) = (None, Vec::new());
        while let Some(item) = pages.next().await {
            let item = item.map_err(unavailable)?;
            match text(&item, "sk")? {
                KEY => wrapped = Some(item),
                sort => sealed.extend(own.provider(sort).map(|provider| (provider, item.clone()))),
            }
        }
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        let Some(wrapped) = wrapped else {
            tracing::error!("stored accounts have no data key and cannot be opened");
            return Ok(Vec::new());
        };
        let key = self.unwrapped(&own, &wrapped).await?;
        let mut accounts = Vec::new();
        for (provider, item) in sealed {
            match key.open(&own.place(&provider), &sealed_item::bytes(&item)) {
                Ok(plain) => {
                    let version = text(&item, "version")?.to_owned();
                    let kept = KeptAccount { plain, version, since: number(&item, "since")? };
                    accounts.push((provider, kept));
                }
                Err(error) => tracing::error!(error = %error, provider, "an account could not be opened"),
            }
        }
        Ok(accounts)
    }

    /// Returns the person's account at `provider`, read as in [`DynamoAccounts::all`].
    ///
    /// # Errors
    /// [`Unavailable`], as in [`DynamoAccounts::all`].
    pub async fn read(&self, actor: &Actor, provider: &str) -> Result<Option<KeptAccount>, Unavailable> {
        let all = self.all(actor).await?;
        Ok(all.into_iter().find(|(own, _)| own == provider).map(|(_, kept)| kept))
    }

    /// Stores `plain` and removes the lease. Returns `false` and writes nothing if the condition does not hold.
    ///
    /// # Errors
    /// [`Unavailable`]: the record may have been written.
    pub async fn write(
        &self,
        actor: &Actor,
        provider: &str,
        plain: &[u8],
        condition: Condition<'_>,
    ) -> Result<bool, Unavailable> {
        let own = Owner::of(actor, &self.agent);
        let key = self.data_key(&own).await?;
        let sealed = key.seal(&own.place(provider), plain).map_err(not_sealed)?;
        let request = self.update(&own, provider);
        let request = request
            .expression_attribute_values(":sealed", b(sealed))
            .expression_attribute_values(":next", s(random::<12>()?));
        let request = match condition {
            Condition::Connected(at) => request
                .update_expression("SET sealed = :sealed, version = :next, since = :since REMOVE lease")
                .expression_attribute_values(":since", n(at)),
            Condition::Version(version) => request
                .update_expression("SET sealed = :sealed, version = :next REMOVE lease")
                .condition_expression("version = :version")
                .expression_attribute_values(":version", s(version)),
        };
        held(request.send().await)
    }

    /// Takes the lease on refreshing the record of this `version`. It expires at `until`, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn lease(
        &self,
        actor: &Actor,
        provider: &str,
        version: &str,
        now: Millis,
        until: Millis,
    ) -> Result<AccountLease, Unavailable> {
        let own = Owner::of(actor, &self.agent);
        let request = self.update(&own, provider).update_expression("SET lease = :until");
        let request = request
            .condition_expression("version = :version AND (attribute_not_exists(lease) OR lease < :now)")
            .expression_attribute_values(":version", s(version))
            .expression_attribute_values(":now", n(now))
            .expression_attribute_values(":until", n(until));
        if held(request.send().await)? {
            return Ok(AccountLease::Ours);
        }
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(&own.pk)).key("sk", s(own.sort(provider))).projection_expression("version");
        let item = request.send().await.map_err(unavailable)?.item;
        let same = item.as_ref().is_some_and(|item| text(item, "version").is_ok_and(|own| own == version));
        Ok(if same { AccountLease::Busy } else { AccountLease::Changed })
    }

    /// Releases the lease on the record of this `version`; has no effect if the version has changed.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn release(&self, actor: &Actor, provider: &str, version: &str) -> Result<(), Unavailable> {
        let own = Owner::of(actor, &self.agent);
        let request = self.update(&own, provider).update_expression("REMOVE lease");
        let request =
            request.condition_expression("version = :version").expression_attribute_values(":version", s(version));
        held(request.send().await).map(|_| ())
    }

    /// Removes the account, or only if it has this `version`. Removing an account that does not exist succeeds.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn remove(&self, actor: &Actor, provider: &str, version: Option<&str>) -> Result<(), Unavailable> {
        let own = Owner::of(actor, &self.agent);
        let request = self.client.delete_item().table_name(&self.table);
        let request = request.key("pk", s(&own.pk)).key("sk", s(own.sort(provider)));
        let request = match version {
            None => request,
            Some(version) => {
                request.condition_expression("version = :version").expression_attribute_values(":version", s(version))
            }
        };
        held(request.send().await).map(|_| ())
    }

    fn update(
        &self,
        own: &Owner,
        provider: &str,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let request = self.client.update_item().table_name(&self.table);
        request.key("pk", s(&own.pk)).key("sk", s(own.sort(provider)))
    }
}

fn not_sealed(error: SealError) -> Unavailable {
    Unavailable::new(VAULT, error.to_string())
}

/// Name of this part of the store in messages to people.
const VAULT: &str = "the vault";

fn random<const N: usize>() -> Result<String, Unavailable> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
    Ok(hex(&bytes))
}

/// Returns whether the condition of a conditional write held.
fn held<T, E>(answer: Result<T, SdkError<E>>) -> Result<bool, Unavailable>
where
    E: std::error::Error + aws_sdk_dynamodb::error::ProvideErrorMetadata + 'static,
{
    match answer {
        Ok(_) => Ok(true),
        Err(SdkError::ServiceError(error)) if error.err().code() == Some("ConditionalCheckFailedException") => {
            Ok(false)
        }
        Err(error) => Err(unavailable(error)),
    }
}

impl fmt::Debug for DynamoAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoAccounts").field("table", &self.table).field("agent", &self.agent).finish_non_exhaustive()
    }
}
