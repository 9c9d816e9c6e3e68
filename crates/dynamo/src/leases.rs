//! The queue of conversations that have a turn to run, and the instance that runs each. One conditional update takes
//! or renews a lease. A few partitions hold the whole queue, so that orphaned turns are found without a scan.

use crate::item::{Item, broken, s, text};
use crate::queue::QueueItem;
use crate::{keys, owner_item, random, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Holder, LeaseId, Leases, Stamp, Unavailable, Work};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::ReturnValue;
use sealing::LiveKeyring;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Leases in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoLeases {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

impl DynamoLeases {
    /// Creates the leases in `table`; `keyring` encrypts the entries of the queue.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    async fn work(&self, item: &Item) -> Result<Work, String> {
        let (actor, conversation) = owner_item::open(&self.keyring, item).await?;
        let held = |name: &str| text(item, name).map(str::to_owned).ok();
        let holder = held("owner").zip(held("beat")).map(|(by, beat)| Holder { by: LeaseId(by), beat });
        Ok(Work { actor, conversation, holder })
    }
}

#[async_trait]
impl Leases for DynamoLeases {
    async fn take(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        gone: Option<&Holder>,
    ) -> Result<Option<Stamp>, Unavailable> {
        let entry = QueueItem::seal(&self.keyring.now(), actor, id)?;
        let mut request = self.client.update_item().table_name(&self.table);
        request = request.key("pk", s(&entry.pk)).key("sk", s(&entry.sk));
        let request = request
            .update_expression(
                "SET #owner = :me, beat = :beat, stamp = if_not_exists(stamp, :stamp), #key = :key, sealed = :sealed",
            )
            .condition_expression(
                "attribute_not_exists(#owner) OR #owner = :me OR (#owner = :gone AND beat = :unchanged)",
            )
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#key", "key")
            .set_expression_attribute_values(Some(entry.values()?))
            .expression_attribute_values(":me", s(&by.0))
            .expression_attribute_values(":beat", s(random()?))
            // No instance has an empty name.
            .expression_attribute_values(":gone", s(gone.map_or("", |holder| &holder.by.0)))
            .expression_attribute_values(":unchanged", s(gone.map_or("", |holder| &holder.beat)))
            .return_values(ReturnValue::AllNew);
        match request.send().await {
            Ok(answer) => {
                let item = answer.attributes.ok_or_else(|| broken("attributes"))?;
                Ok(Some(Stamp(text(&item, "stamp")?.to_owned())))
            }
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn release(&self, actor: &Actor, id: &ConversationId, by: &LeaseId) -> Result<(), Unavailable> {
        let (pk, sk) = keys::work(actor, id);
        let request = self.client.update_item().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        let request = request
            .update_expression("REMOVE #owner, beat")
            .condition_expression("#owner = :me")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", s(&by.0));
        match request.send().await {
            Ok(_) => Ok(()),
            // Another instance holds the lease, or none: nothing to release.
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn complete(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        stamp: &Stamp,
    ) -> Result<bool, Unavailable> {
        let (pk, sk) = keys::work(actor, id);
        let request = self.client.delete_item().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        let request = request
            .condition_expression("#owner = :me AND stamp = :stamp")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", s(&by.0))
            .expression_attribute_values(":stamp", s(&stamp.0));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn queue(&self) -> Result<Vec<Work>, Unavailable> {
        let mut queue = Vec::new();
        for shard in 0..keys::WORK_SHARDS {
            let request = self.client.query().table_name(&self.table).key_condition_expression("pk = :pk");
            let request = request.expression_attribute_values(":pk", s(keys::work_shard(shard)));
            let mut items = request.into_paginator().items().send();
            while let Some(item) = items.next().await {
                let item = item.map_err(unavailable)?;
                match self.work(&item).await {
                    Ok(work) => queue.push(work),
                    Err(reason) => {
                        let entry = text(&item, "sk").unwrap_or("without a key");
                        tracing::error!(entry, reason, "an entry of the queue could not be opened and is skipped");
                    }
                }
            }
        }
        Ok(queue)
    }
}
