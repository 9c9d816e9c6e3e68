//! Which conversations have work, and which instance does it. One conditional update takes or renews a lease, so there are
//! never two owners. The list is kept in a few partitions, so that work left behind is found without a scan.

use crate::item::{Item, broken, n, s, text};
use crate::{SERVICE, keys, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{LeaseId, Leases, Millis, Stamp, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

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

    /// An update of the work of a conversation, with what whoever goes on must know of its owner.
    fn update(&self, actor: &Actor, id: &ConversationId) -> Result<UpdateItemFluentBuilder, Unavailable> {
        let evidence = serde_json::to_string(actor.evidence())
            .map_err(|error| Unavailable::new(SERVICE, format!("an actor cannot be written: {error}")))?;
        let (pk, sk) = keys::work(actor, id);
        let request = self.client.update_item().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        Ok(request
            .expression_attribute_values(":evidence", s(evidence))
            .expression_attribute_values(":id", s(id.as_str()))
            .expression_attribute_values(":stamp", s(random()?)))
    }
}

#[async_trait]
impl Leases for DynamoLeases {
    async fn note(&self, actor: &Actor, id: &ConversationId) -> Result<(), Unavailable> {
        let request = self.update(actor, id)?;
        let request = request.update_expression("SET stamp = :stamp, evidence = :evidence, id = :id");
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    async fn take(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        now: Millis,
        until: Millis,
    ) -> Result<Option<Stamp>, Unavailable> {
        let request = self
            .update(actor, id)?
            .update_expression(
                "SET #owner = :me, #until = :until, stamp = if_not_exists(stamp, :stamp), evidence = :evidence, id = :id",
            )
            .condition_expression("attribute_not_exists(#owner) OR #owner = :me OR #until < :now")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":me", s(&by.0))
            .expression_attribute_values(":until", n(until))
            .expression_attribute_values(":now", n(now))
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
            .update_expression("REMOVE #owner, #until")
            .condition_expression("#owner = :me")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":me", s(&by.0));
        match request.send().await {
            Ok(_) => Ok(()),
            // Somebody else has it, or nobody: there is nothing to give back.
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn rest(&self, actor: &Actor, id: &ConversationId, by: &LeaseId, stamp: &Stamp) -> Result<bool, Unavailable> {
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

    async fn left(&self, now: Millis) -> Result<Vec<(Actor, ConversationId)>, Unavailable> {
        let mut left = Vec::new();
        for shard in 0..keys::WORK_SHARDS {
            let mut items = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .filter_expression("attribute_not_exists(#owner) OR #until < :now")
                .expression_attribute_names("#owner", "owner")
                .expression_attribute_names("#until", "until")
                .expression_attribute_values(":pk", s(keys::work_shard(shard)))
                .expression_attribute_values(":now", n(now))
                .into_paginator()
                .items()
                .send();
            while let Some(item) = items.next().await {
                left.push(work(&item.map_err(unavailable)?)?);
            }
        }
        Ok(left)
    }
}

fn work(item: &Item) -> Result<(Actor, ConversationId), Unavailable> {
    let evidence = serde_json::from_str(text(item, "evidence")?).map_err(|_| broken("evidence"))?;
    let id = ConversationId::try_from(text(item, "id")?.to_owned()).map_err(|_| broken("id"))?;
    Ok((Actor::attest(evidence), id))
}

fn random() -> Result<String, Unavailable> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
    Ok(keys::hex(&bytes))
}
