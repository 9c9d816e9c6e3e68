//! Small records of a person: one encrypted item of each kind.

use crate::keys;
use crate::versioned::{Key, VersionedRecords};
use agent::Actor;
use agent::ports::{PersonalRecords, RecordKind, RecordVersion, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use sealing::LiveKeyring;
use std::sync::Arc;

/// Encrypted records in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoPersonalRecords(VersionedRecords);

impl DynamoPersonalRecords {
    /// Creates the store in `table`; `keyring` encrypts the items.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self(VersionedRecords::new(client, table, keyring))
    }
}

fn key(actor: &Actor, kind: RecordKind) -> Key {
    Key { pk: keys::personal_of(actor), sk: kind.name(), what: "a record of a person" }
}

#[async_trait]
impl PersonalRecords for DynamoPersonalRecords {
    async fn read(&self, actor: &Actor, kind: RecordKind) -> Result<(Vec<u8>, RecordVersion), Unavailable> {
        let (plain, version) = self.0.read_bytes(&key(actor, kind)).await?.unwrap_or_default();
        Ok((plain, RecordVersion(version)))
    }

    async fn replace(
        &self,
        actor: &Actor,
        kind: RecordKind,
        plain: &[u8],
        RecordVersion(version): RecordVersion,
    ) -> Result<bool, Unavailable> {
        self.0.replace_bytes(&key(actor, kind), plain, version).await
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::item::s;
    use crate::test_table::{TABLE, table};
    use ledger::fakes::actor;
    use sealing::fakes::ring;

    #[tokio::test]
    async fn a_record_belongs_to_its_person_and_kind_and_is_replaced_by_one_writer_at_a_time() {
        let client = table().await;
        let store = DynamoPersonalRecords::new(
            client.clone(),
            TABLE.to_owned(),
            Arc::new(LiveKeyring::of(ring("k1", &["k1"]))),
        );
        let (ada, kind) = (actor("acme", "ada"), RecordKind::ActivityFilters);
        assert_eq!(store.read(&ada, kind).await.unwrap(), (Vec::new(), RecordVersion(0)));
        assert!(store.replace(&ada, kind, b"readable", RecordVersion(0)).await.unwrap());
        assert!(!store.replace(&ada, kind, b"late", RecordVersion(0)).await.unwrap());
        assert_eq!(store.read(&ada, kind).await.unwrap(), (b"readable".to_vec(), RecordVersion(1)));
        for (who, other) in [(&actor("acme", "bob"), kind), (&ada, RecordKind::AccountOwners)] {
            assert_eq!(store.read(who, other).await.unwrap().1, RecordVersion(0));
        }
        let request = client.get_item().table_name(TABLE).key("pk", s(keys::personal_of(&ada)));
        let mut item = request.key("sk", s(kind.name())).send().await.unwrap().item.unwrap();
        assert!(!format!("{item:?}").contains("readable"));
        item.insert("sk".to_owned(), s(RecordKind::AccountOwners.name()));
        client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
        assert!(store.read(&ada, RecordKind::AccountOwners).await.is_err(), "moved to another kind");
    }
}
