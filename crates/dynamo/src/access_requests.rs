//! Requests for access: one encrypted item for each person who asked, in a partition of their tenant, so that
//! administrators find them. Replaced with optimistic locking.

use crate::item::{Item, broken, n, number, s, text};
use crate::{SERVICE, keys, sealed_item, unavailable};
use agent::Actor;
use agent::access::PersonRequests;
use agent::ports::{AccessRequests, Millis, RecordVersion, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use sealing::LiveKeyring;
use std::sync::Arc;

/// Most people of a tenant whose requests are read at once. Items disappear a month after their last request ended.
const MOST_PEOPLE: usize = 500;

/// Time for which an item is kept after its last request or grant ended, in milliseconds.
const KEPT: Millis = 30 * 86_400_000;

/// Requests for access in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoAccessRequests {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

impl DynamoAccessRequests {
    /// Creates the store in `table`; `keyring` encrypts the items.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    async fn item(&self, pk: String, sk: &str) -> Result<Option<Item>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        Ok(request.key("pk", s(pk)).key("sk", s(sk)).send().await.map_err(unavailable)?.item)
    }

    /// Decrypts an item for its own place, so that a moved or changed one is not read.
    async fn open(&self, item: &Item) -> Result<PersonRequests, Unavailable> {
        let place = place(text(item, "pk")?, text(item, "sk")?);
        let sealed = sealed_item::read(item).ok_or_else(|| broken("sealed"))?;
        let plain = self.keyring.open(&place, &sealed).await?.ok_or_else(|| broken("sealed"))?;
        serde_json::from_slice(&plain).map_err(|_| broken("sealed"))
    }
}

#[async_trait]
impl AccessRequests for DynamoAccessRequests {
    async fn of(&self, asker: &Actor) -> Result<(PersonRequests, RecordVersion), Unavailable> {
        let (pk, sk) = keys::access_of(asker);
        match self.item(pk, &sk).await? {
            None => Ok((PersonRequests::default(), RecordVersion(0))),
            Some(item) => Ok((self.open(&item).await?, RecordVersion(number(&item, "version")?))),
        }
    }

    async fn replace(
        &self,
        asker: &Actor,
        requests: &PersonRequests,
        version: RecordVersion,
    ) -> Result<bool, Unavailable> {
        let (pk, sk) = keys::access_of(asker);
        let plain = serde_json::to_vec(requests)
            .map_err(|error| Unavailable::new(SERVICE, format!("requests for access cannot be written: {error}")))?;
        let sealed = self.keyring.seal(&place(&pk, &sk), &plain)?;
        let until = requests.last_at().unwrap_or_default().saturating_add(KEPT);
        let request = self.client.put_item().table_name(&self.table).set_item(Some(sealed_item::write(sealed)));
        let request = request
            .item("pk", s(pk))
            .item("sk", s(sk))
            .item("version", n(version.0 + 1))
            .item("ttl", n(until.div_euclid(1000)))
            .condition_expression("attribute_not_exists(pk) OR version = :version")
            .expression_attribute_values(":version", n(version.0));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn of_owner(&self, tenant: &str, owner: &str) -> Result<PersonRequests, Unavailable> {
        match self.item(keys::access_in(tenant), owner).await? {
            None => Ok(PersonRequests::default()),
            Some(item) => self.open(&item).await,
        }
    }

    async fn of_tenant(&self, tenant: &str) -> Result<Vec<PersonRequests>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request =
            request.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(keys::access_in(tenant)));
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let page = request.clone().set_exclusive_start_key(from).send().await.map_err(unavailable)?;
            for item in page.items.unwrap_or_default() {
                if all.len() == MOST_PEOPLE {
                    tracing::warn!(most = MOST_PEOPLE, "not all requests for access of an organization were read");
                    return Ok(all);
                }
                match self.open(&item).await {
                    Ok(requests) => all.push(requests),
                    Err(error) => tracing::error!(error = %error, "a person's requests for access cannot be read"),
                }
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(all);
            }
        }
    }
}

/// Returns the associated data of an encrypted item: its tenant and person.
fn place(pk: &str, sk: &str) -> String {
    format!("{pk} {sk}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
