//! The owners of accounts in the Token Vault, which itself does not name them. Looked up when an account is connected,
//! and kept in one record a person, by account id. An id names one connection for good, so an old record says nothing
//! wrong about a new account.

use super::token_vault::Auth0TokenVault;
use crate::identity::{AccountIdentity, IdentityEndpoint};
use agent::Actor;
use agent::intent::Need;
use agent::personal_records;
use agent::ports::{CredentialError, CredentialProvider, PersonalRecords, RecordKind};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

/// Most owners of a record.
const MOST_OWNERS: usize = 20;

type Owners = BTreeMap<String, AccountIdentity>;

/// Looks up and keeps the owners of accounts.
pub struct AccountOwners {
    /// Addresses at which providers name the owner of a token, by provider.
    pub endpoints: HashMap<String, IdentityEndpoint>,
    /// Store of the record.
    pub records: Arc<dyn PersonalRecords>,
    /// Client of the requests to providers.
    pub http: reqwest::Client,
}

impl AccountOwners {
    /// Looks up the owner of the person's only account at `provider`; none if they are unknown, as among several
    /// accounts.
    pub(super) async fn look_up(
        &self,
        vault: &Auth0TokenVault,
        actor: &Actor,
        provider: &str,
    ) -> Option<AccountIdentity> {
        let endpoint = self.endpoints.get(provider)?;
        let need = Need { provider: provider.to_owned(), scopes: Vec::new() };
        let found = async {
            let token = vault.access_token(actor, &need).await?;
            Ok::<_, CredentialError>(endpoint.owner(&self.http, "the third party", token.token()).await?)
        };
        found.await.inspect_err(|error| tracing::warn!(%error, provider, "the owner of an account is unknown")).ok()
    }

    /// Returns the known owners by account id; none if the record cannot be read.
    pub(super) async fn of(&self, actor: &Actor) -> Owners {
        let read = personal_records::read(&*self.records, actor, RecordKind::AccountOwners).await;
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "the owners of accounts cannot be read");
            Owners::new()
        })
    }

    /// Keeps the owner of the account `id`, and drops those of accounts that are not in `connected`.
    pub(super) async fn keep(&self, actor: &Actor, id: &str, owner: AccountIdentity, connected: &[String]) {
        let kept = personal_records::change(&*self.records, actor, RecordKind::AccountOwners, |owners: &mut Owners| {
            owners.retain(|own, _| connected.contains(own));
            while owners.len() >= MOST_OWNERS {
                owners.pop_first();
            }
            owners.insert(id.to_owned(), owner.clone());
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "the owner of an account was not kept");
        }
    }
}

impl fmt::Debug for AccountOwners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountOwners").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::fakes::{MemoryRecords, actor};

    #[tokio::test]
    async fn owners_of_accounts_that_are_gone_are_dropped() {
        let http = reqwest::Client::new();
        let owners = AccountOwners { endpoints: HashMap::new(), records: Arc::new(MemoryRecords::default()), http };
        let named = |name: &str| AccountIdentity { name: name.to_owned(), email: None };
        let ada = actor("ada");
        owners.keep(&ada, "cac_1", named("ada-byron"), &["cac_1".to_owned()]).await;
        owners.keep(&ada, "cac_2", named("acme-ops"), &["cac_1".to_owned(), "cac_2".to_owned()]).await;
        assert_eq!(owners.of(&ada).await.len(), 2);
        owners.keep(&ada, "cac_3", named("ada"), &["cac_3".to_owned()]).await;
        assert_eq!(owners.of(&ada).await, Owners::from([("cac_3".to_owned(), named("ada"))]));
        for number in 0..2 * MOST_OWNERS {
            let all: Vec<_> = (0..2 * MOST_OWNERS).map(|number| format!("cac_{number}")).collect();
            owners.keep(&ada, &format!("cac_{number}"), named("ada"), &all).await;
        }
        assert_eq!(owners.of(&ada).await.len(), MOST_OWNERS, "the record stays small");
        assert!(owners.of(&actor("bob")).await.is_empty());
    }
}
