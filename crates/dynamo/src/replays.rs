//! Signatures of presigned requests that were used, shared by all instances. This crate does not interpret them: a signature
//! is kept as its hash.

use crate::item::{n, s};
use crate::keys::hash;
use crate::unavailable;
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;

/// Used signatures in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoReplays {
    client: Client,
    table: String,
}

impl DynamoReplays {
    /// Creates the store in `table`.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reserves a signature until `until`; both times are in seconds since 1970. Returns false if it is reserved already. Of
    /// two callers at once, one gets it. `by` is random for each call, so that a retry of the SDK gets what its first attempt
    /// got.
    ///
    /// # Errors
    /// [`Unavailable`]. The signature may be reserved then.
    pub async fn reserve(&self, signature: &str, by: &str, now: i64, until: i64) -> Result<bool, Unavailable> {
        let request = self.client.put_item().table_name(&self.table).item("pk", s(partition(signature)));
        let request = request.item("sk", s(SORT)).item("until", n(until)).item("by", s(by)).item("ttl", n(until));
        let request = request
            .condition_expression("attribute_not_exists(pk) OR #until < :now OR #by = :by")
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#by", "by")
            .expression_attribute_values(":now", n(now))
            .expression_attribute_values(":by", s(by));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Releases a signature. Only its holder may call this.
    ///
    /// # Errors
    /// [`Unavailable`]. The signature stays reserved until its end.
    pub async fn release(&self, signature: &str) -> Result<(), Unavailable> {
        let request = self.client.delete_item().table_name(&self.table).key("pk", s(partition(signature)));
        request.key("sk", s(SORT)).send().await.map_err(unavailable)?;
        Ok(())
    }
}

const SORT: &str = "signature";

fn partition(signature: &str) -> String {
    format!("used#{}", hash(signature))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::test_table::{TABLE, table};

    #[tokio::test]
    async fn a_signature_is_reserved_once_until_its_end_by_all_instances() {
        let client = table().await;
        let [one, two] = [client.clone(), client].map(|client| DynamoReplays::new(client, TABLE.to_owned()));
        assert!(one.reserve("a", "first", 0, 900).await.unwrap());
        assert!(one.reserve("a", "first", 0, 900).await.unwrap(), "the same attempt, sent again by the SDK");
        assert!(!two.reserve("a", "second", 900, 1800).await.unwrap(), "not yet at its end");
        assert!(two.reserve("b", "third", 0, 900).await.unwrap(), "another signature");
        assert!(two.reserve("a", "fourth", 901, 1801).await.unwrap(), "after its end");
        two.release("a").await.unwrap();
        assert!(one.reserve("a", "fifth", 901, 1801).await.unwrap(), "a released one is free");
    }

    #[tokio::test]
    async fn of_many_reservations_at_once_one_succeeds() {
        let replays = DynamoReplays::new(table().await, TABLE.to_owned());
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..20 {
            let replays = replays.clone();
            tasks.spawn(async move { replays.reserve("a", &number.to_string(), 0, 900).await.unwrap() });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|reserved| *reserved).count(), 1);
    }
}
