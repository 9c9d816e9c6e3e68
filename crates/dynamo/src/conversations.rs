//! Conversations: a header, a place in the owner's list, and numbered events. What fetches the answer to a question, and what
//! a model thought, is sealed: whoever has the table can read neither.

use crate::item::{Item, broken, n, number, s, text};
use crate::keyring::LiveKeyring;
use crate::keys;
use crate::sealing::Sealed;
use crate::{SERVICE, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{AppendError, Conversations, Header, Numbered, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use std::sync::Arc;

mod secret;
use secret::Secret;

/// Conversations in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoConversations {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

impl DynamoConversations {
    /// Conversations in `table`; what must not be read there is sealed with `keyring`.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    /// Whether the table answers: for the readiness endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        let request = self.client.get_item().table_name(&self.table).key("pk", s("readiness")).key("sk", s("h"));
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    async fn event(&self, item: &Item) -> Result<Numbered, Unavailable> {
        let mut event: agent::turn::Event = serde_json::from_str(text(item, "body")?).map_err(|_| broken("body"))?;
        if let Some(attribute) = secret::attribute(&event)
            && let Some(bytes) = item.get(attribute)
        {
            let bytes = bytes.as_b().map_err(|_| broken(attribute))?.clone().into_inner();
            let sealed = Sealed { key: text(item, "key")?.to_owned(), bytes };
            let plain = self.keyring.open(&place(text(item, "pk")?, text(item, "sk")?), &sealed).await?;
            match plain.map(String::from_utf8) {
                Some(Ok(plain)) => secret::join(&mut event, plain),
                // Without its handle an answer cannot be fetched: the approver knows no such request, and nothing is done.
                _ => tracing::error!(attribute, "a sealed part of an event could not be opened"),
            }
        }
        Ok(Numbered { number: number(item, "number")?, at: number(item, "at")?, event })
    }

    fn put(&self, pk: String, sk: String, header: &Header) -> Result<TransactWriteItem, Unavailable> {
        let item = Item::from([
            ("pk".to_owned(), s(pk)),
            ("sk".to_owned(), s(sk)),
            ("id".to_owned(), s(header.id.as_str())),
            ("title".to_owned(), s(&header.title)),
            ("created".to_owned(), n(header.created)),
        ]);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

#[async_trait]
impl Conversations for DynamoConversations {
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable> {
        let listed = format!("c#{:013}#{}", header.created, header.id);
        let request = self
            .client
            .transact_write_items()
            .transact_items(self.put(keys::conversation(actor, &header.id), "h".to_owned(), header)?)
            .transact_items(self.put(keys::conversations_of(actor), listed, header)?);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error))
                if error.err().is_transaction_canceled_exception()
                    && self.header(actor, &header.id).await?.is_some() =>
            {
                Ok(())
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn header(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(keys::conversation(actor, id))).key("sk", s("h"));
        let answer = request.send().await.map_err(unavailable)?;
        answer.item.map(|item| header(&item)).transpose()
    }

    async fn list(&self, actor: &Actor, most: u32) -> Result<Vec<Header>, Unavailable> {
        let request = self.client.query().table_name(&self.table).scan_index_forward(false);
        let answer = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :c)")
            .expression_attribute_values(":pk", s(keys::conversations_of(actor)))
            .expression_attribute_values(":c", s("c#"))
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unavailable)?;
        answer.items().iter().map(header).collect()
    }

    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError> {
        let unwritten = |error: String| Unavailable::new(SERVICE, format!("an event cannot be written: {error}"));
        let (pk, sk) = (keys::conversation(actor, id), keys::event(event.number));
        let (open, secret) = secret::split(&event.event).map_err(|error| unwritten(error.to_string()))?;
        let body = serde_json::to_string(&open).map_err(|error| unwritten(error.to_string()))?;
        let mut request = self.client.put_item().table_name(&self.table);
        if let Some(Secret { attribute, plain }) = secret {
            let Sealed { key, bytes } = self.keyring.seal(&place(&pk, &sk), plain.as_bytes())?;
            request = request.item(attribute, AttributeValue::B(Blob::new(bytes))).item("key", s(key));
        }
        let request = request
            .item("pk", s(pk))
            .item("sk", s(sk))
            .item("number", n(event.number))
            .item("at", n(event.at))
            .item("body", s(body))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                Err(AppendError::Taken)
            }
            Err(error) => Err(unavailable(error).into()),
        }
    }

    async fn read_after(&self, actor: &Actor, id: &ConversationId, after: u64) -> Result<Vec<Numbered>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let mut items = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(keys::conversation(actor, id)))
            .expression_attribute_values(":first", s(keys::event(after + 1)))
            .expression_attribute_values(":last", s(keys::event(999_999_999_999)))
            .into_paginator()
            .items()
            .send();
        let mut events = Vec::new();
        while let Some(item) = items.next().await {
            events.push(self.event(&item.map_err(unavailable)?).await?);
        }
        Ok(events)
    }
}

fn header(item: &Item) -> Result<Header, Unavailable> {
    let id = ConversationId::try_from(text(item, "id")?.to_owned()).map_err(|_| broken("id"))?;
    Ok(Header { id, title: text(item, "title")?.to_owned(), created: number(item, "created")? })
}

/// What a secret is sealed to: its place in the log.
fn place(pk: &str, sk: &str) -> String {
    format!("{pk} {sk}")
}
