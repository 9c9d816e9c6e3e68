//! The policies of all doors as one encrypted item, which is replaced as a whole. This crate does not interpret them.

use crate::versioned::{Key, VersionedRecords};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use sealing::LiveKeyring;
use std::sync::Arc;

/// Most bytes of the policies: an item of DynamoDB has at most 400 KB.
pub const LARGEST_POLICIES: usize = 350 * 1024;

/// Published policies in the table `countersign`. Whoever can write the table can remove them or bring an older version back,
/// and cannot write any.
#[derive(Debug, Clone)]
pub struct DynamoPolicies(VersionedRecords);

impl DynamoPolicies {
    /// Creates the store in `table`; `keyring` encrypts the item.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self(VersionedRecords::new(client, table, keyring))
    }

    /// Returns the published policies and their version, counted from one; `None` if there are none.
    ///
    /// # Errors
    /// [`Unavailable`], also if the item was not written by a holder of the keys.
    pub async fn read(&self) -> Result<Option<(Vec<u8>, u64)>, Unavailable> {
        self.0.read_bytes(&key()).await
    }

    /// Replaces the policies of this version; 0 for none. Returns false, and replaces nothing, if another version is published
    /// by now.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn replace(&self, plain: &[u8], version: u64) -> Result<bool, Unavailable> {
        self.0.replace_bytes(&key(), plain, version).await
    }
}

fn key() -> Key {
    Key { pk: "policies".to_owned(), sk: "current", what: "the policies" }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::item::{n, s};
    use crate::test_table::{TABLE, table};
    use sealing::fakes::ring;

    #[tokio::test]
    async fn policies_are_replaced_as_a_whole_and_cannot_be_written_without_the_keys() {
        let client = table().await;
        let store = |key: &'static str| {
            DynamoPolicies::new(client.clone(), TABLE.to_owned(), Arc::new(LiveKeyring::of(ring(key, &[key]))))
        };
        let own = store("k1");
        assert_eq!(own.read().await.unwrap(), None);
        assert!(own.replace(b"one", 0).await.unwrap());
        assert!(!own.replace(b"late", 0).await.unwrap(), "another publisher was first");
        assert!(own.replace(&vec![b'x'; LARGEST_POLICIES], 1).await.unwrap());
        assert_eq!(own.read().await.unwrap().unwrap().1, 2);
        assert!(store("k2").read().await.is_err(), "other keys");
        let update = client.update_item().table_name(TABLE).key("pk", s("policies")).key("sk", s("current"));
        let update = update.update_expression("SET version = :one").expression_attribute_values(":one", n(1));
        update.send().await.unwrap();
        assert!(own.read().await.is_err(), "a version that it is not");
    }
}
