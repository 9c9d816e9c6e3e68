//! People's passkeys: one encrypted item a person, which holds all of them and is replaced as a whole.

use crate::keys;
use crate::versioned::{Key, VersionedRecords};
use agent::Actor;
use agent::enrolments::Enrolments;
use agent::ports::{EnrolmentsVersion, PasskeyStore, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use sealing::LiveKeyring;
use std::sync::Arc;

/// Sort key of the item.
const SORT: &str = "passkeys";

/// Encrypted passkeys in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoPasskeys(VersionedRecords);

impl DynamoPasskeys {
    /// Creates the store in `table`; `keyring` encrypts the items.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self(VersionedRecords::new(client, table, keyring))
    }
}

fn key(actor: &Actor) -> Key {
    Key { pk: keys::passkeys_of(actor), sk: SORT, what: "a person's passkeys" }
}

#[async_trait]
impl PasskeyStore for DynamoPasskeys {
    async fn read(&self, actor: &Actor) -> Result<(Enrolments, EnrolmentsVersion), Unavailable> {
        let (enrolments, version) = self.0.read(&key(actor)).await?;
        Ok((enrolments, EnrolmentsVersion(version)))
    }

    async fn replace(
        &self,
        actor: &Actor,
        enrolments: &Enrolments,
        EnrolmentsVersion(version): EnrolmentsVersion,
    ) -> Result<bool, Unavailable> {
        self.0.replace(&key(actor), enrolments, version).await
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::item::{n, s};
    use crate::test_table::{TABLE, table};
    use agent::enrolments::Enrolment;
    use ledger::fakes::actor;
    use sealing::fakes::ring;

    fn passkey(name: &str) -> Enrolment {
        Enrolment {
            credential_id: name.to_owned(),
            key: "secret-looking-key".to_owned(),
            name: name.to_owned(),
            enrolled: 1,
            used: None,
            sign_count: 7,
            backed_up: false,
            last: None,
        }
    }

    #[tokio::test]
    async fn a_record_is_replaced_by_one_writer_at_a_time() {
        let keyring = Arc::new(LiveKeyring::of(ring("k1", &["k1"])));
        let store = DynamoPasskeys::new(table().await, TABLE.to_owned(), keyring);
        let ada = actor("acme", "ada");
        let (mut own, version) = store.read(&ada).await.unwrap();
        assert_eq!((own.all().len(), version), (0, EnrolmentsVersion(0)));
        own.enrol(passkey("laptop")).unwrap();
        assert!(store.replace(&ada, &own, version).await.unwrap());
        assert!(!store.replace(&ada, &own, version).await.unwrap(), "a second first record");
        let (read, version) = store.read(&ada).await.unwrap();
        assert_eq!(read, own);
        own.enrol(passkey("phone")).unwrap();
        assert!(store.replace(&ada, &own, version).await.unwrap());
        own.revoke("laptop");
        assert!(!store.replace(&ada, &own, version).await.unwrap(), "a change of an older record");
        assert_eq!(store.read(&ada).await.unwrap().0.all().len(), 2);
        assert!(store.read(&actor("acme", "bob")).await.unwrap().0.all().is_empty());
        assert!(store.read(&actor("other", "ada")).await.unwrap().0.all().is_empty());
    }

    #[tokio::test]
    async fn a_moved_or_renumbered_record_is_neither_used_nor_taken_for_none() {
        let client = table().await;
        let keyring = Arc::new(LiveKeyring::of(ring("k1", &["k1"])));
        let store = DynamoPasskeys::new(client.clone(), TABLE.to_owned(), keyring);
        let mut own = Enrolments::default();
        own.enrol(passkey("evil")).unwrap();
        store.replace(&actor("acme", "mallory"), &own, EnrolmentsVersion(0)).await.unwrap();
        let request = client.get_item().table_name(TABLE).key("pk", s(keys::passkeys_of(&actor("acme", "mallory"))));
        let item = request.key("sk", s(SORT)).send().await.unwrap().item.unwrap();
        assert!(!format!("{item:?}").contains("secret-looking-key"));
        let put = |pk: String, version: u64| {
            let mut item = item.clone();
            item.extend([("pk".to_owned(), s(pk)), ("version".to_owned(), n(version))]);
            client.put_item().table_name(TABLE).set_item(Some(item)).send()
        };
        put(keys::passkeys_of(&actor("acme", "ada")), 1).await.unwrap();
        assert!(store.read(&actor("acme", "ada")).await.is_err(), "moved to another person");
        put(keys::passkeys_of(&actor("acme", "mallory")), 9).await.unwrap();
        assert!(store.read(&actor("acme", "mallory")).await.is_err(), "given another version");
    }
}
