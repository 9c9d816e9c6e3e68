//! The browsers in which people are told of requests: one encrypted item a person.

use crate::keys;
use crate::versioned::{Key, VersionedRecords};
use agent::notifications::{Recipient, SubscriptionRecord};
use agent::ports::{SubscriptionStore, SubscriptionsVersion, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use sealing::LiveKeyring;
use std::sync::Arc;

/// Sort key of the item.
const SORT: &str = "subscriptions";

/// Encrypted subscriptions in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoSubscriptions(VersionedRecords);

impl DynamoSubscriptions {
    /// Creates the store in `table`; `keyring` encrypts the items.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self(VersionedRecords::new(client, table, keyring))
    }
}

fn key(person: &Recipient) -> Key {
    let pk = keys::subscriptions_of(&person.tenant, &person.principal);
    Key { pk, sk: SORT, what: "a person's subscriptions" }
}

#[async_trait]
impl SubscriptionStore for DynamoSubscriptions {
    async fn read(&self, person: &Recipient) -> Result<(SubscriptionRecord, SubscriptionsVersion), Unavailable> {
        let (record, version) = self.0.read(&key(person)).await?;
        Ok((record, SubscriptionsVersion(version)))
    }

    async fn replace(
        &self,
        person: &Recipient,
        record: &SubscriptionRecord,
        SubscriptionsVersion(version): SubscriptionsVersion,
    ) -> Result<bool, Unavailable> {
        self.0.replace(&key(person), record, version).await
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::item::s;
    use crate::test_table::{TABLE, table};
    use agent::notifications::Subscription;
    use sealing::fakes::ring;

    fn person(tenant: &str, principal: &str) -> Recipient {
        Recipient { tenant: tenant.to_owned(), principal: principal.to_owned() }
    }

    fn browser() -> Subscription {
        Subscription {
            id: "1".to_owned(),
            endpoint: "https://push.example/capability".to_owned(),
            p256dh: "key".to_owned(),
            auth: "secret-of-the-browser".to_owned(),
            session: "s".to_owned(),
            label: "Firefox".to_owned(),
            added: 1,
        }
    }

    #[tokio::test]
    async fn subscriptions_are_sealed_for_their_person() {
        let client = table().await;
        let store =
            DynamoSubscriptions::new(client.clone(), TABLE.to_owned(), Arc::new(LiveKeyring::of(ring("k1", &["k1"]))));
        let (ada, mut record) = (person("acme", "ada@acme.example"), SubscriptionRecord::default());
        record.add(browser()).unwrap();
        assert!(store.replace(&ada, &record, SubscriptionsVersion(0)).await.unwrap());
        assert!(!store.replace(&ada, &record, SubscriptionsVersion(0)).await.unwrap());
        assert_eq!(store.read(&ada).await.unwrap(), (record, SubscriptionsVersion(1)));
        for other in [person("acme", "bob"), person("other", "ada@acme.example")] {
            assert!(store.read(&other).await.unwrap().0.all().is_empty());
        }
        let request = client.get_item().table_name(TABLE).key("pk", s(key(&ada).pk)).key("sk", s(SORT));
        let mut item = request.send().await.unwrap().item.unwrap();
        let shown = format!("{item:?}");
        for hidden in ["capability", "secret-of-the-browser", "ada@acme.example"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        item.insert("pk".to_owned(), s(key(&person("acme", "mallory")).pk));
        client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
        assert!(store.read(&person("acme", "mallory")).await.is_err(), "moved to another person");
    }
}
