//! Leases: which instance runs a conversation's turn. One conditional put takes or renews, so there are never two owners.

use crate::item::{n, s};
use crate::{keys, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{LeaseId, Leases, Millis, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;

/// Leases in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoLeases {
    client: Client,
    table: String,
}

impl DynamoLeases {
    /// Leases in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }
}

#[async_trait]
impl Leases for DynamoLeases {
    async fn take(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        now: Millis,
        until: Millis,
    ) -> Result<bool, Unavailable> {
        let request = self.client.put_item().table_name(&self.table);
        let request = request
            .item("pk", s(keys::conversation(actor, id)))
            .item("sk", s("lease"))
            .item("owner", s(&by.0))
            .item("until", n(until))
            .condition_expression("attribute_not_exists(pk) OR #owner = :me OR #until < :now")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":me", s(&by.0))
            .expression_attribute_values(":now", n(now));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn release(&self, actor: &Actor, id: &ConversationId, by: &LeaseId) -> Result<(), Unavailable> {
        let request = self.client.delete_item().table_name(&self.table);
        let request = request
            .key("pk", s(keys::conversation(actor, id)))
            .key("sk", s("lease"))
            .condition_expression("#owner = :me")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", s(&by.0));
        match request.send().await {
            Ok(_) => Ok(()),
            // Somebody else has it, or nobody: there is nothing to give back.
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}
