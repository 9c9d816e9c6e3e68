//! Conversations: a header, an item in the owner's list, and numbered events, each encrypted and bound to its place.

use crate::item::{Item, broken, number, s, text};
use crate::queue::QueueItem;
use crate::sealed_item;
use crate::{SERVICE, keys, random, transaction, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    AppendError, Conversations, Header, ListCursor, Listing, Numbered, ReadError, Unavailable, Unreadable,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use sealing::LiveKeyring;
use std::sync::Arc;

mod glance;
mod list;
mod row;
#[cfg(test)]
pub(crate) mod tests;

/// Conversations in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoConversations {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

impl DynamoConversations {
    /// Creates the store in `table`; `keyring` encrypts the events.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    /// Checks that the table responds, for the readiness endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        let request = self.client.get_item().table_name(&self.table).key("pk", s("readiness")).key("sk", s("h"));
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    /// Decrypts the event `number` of a log.
    async fn event(&self, number: u64, item: &Item) -> Result<Numbered, ReadError> {
        let unreadable = |reason| ReadError::Unreadable { number, reason };
        let sk = text(item, "sk")?;
        if sk != keys::event(number) {
            return Err(unreadable(Unreadable::Missing));
        }
        let sealed = sealed_item::read(item).ok_or_else(|| unreadable(Unreadable::NotAuthentic))?;
        let keyring = self.keyring.with(&sealed.key).await?;
        row::open(&keyring, text(item, "pk")?, sk, number, &sealed).map_err(unreadable)
    }

    /// Creates the item of an event, with a nonce by which a retried request recognizes its own write.
    fn item(&self, pk: String, entry: &Numbered, nonce: String) -> Result<Item, Unavailable> {
        let sk = keys::event(entry.number);
        let sealed = row::seal(&self.keyring, &pk, &sk, entry);
        let sealed = sealed.map_err(|error| Unavailable::new(SERVICE, format!("an event was not sealed: {error}")))?;
        let mut item = sealed_item::write(sealed);
        item.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk)), ("nonce".to_owned(), s(nonce))]);
        Ok(item)
    }

    /// Interprets a failed condition. The SDK retries a request whose response was late, and the retry then finds the
    /// number taken by its own first attempt.
    async fn taken(&self, pk: String, number: u64, nonce: &str) -> Result<(), AppendError> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.key("pk", s(pk)).key("sk", s(keys::event(number))).send().await.map_err(unavailable)?;
        match answer.item {
            Some(item) if text(&item, "nonce")? == nonce => Ok(()),
            _ => Err(AppendError::Taken),
        }
    }
}

#[async_trait]
impl Conversations for DynamoConversations {
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable> {
        let (own, owner) = (keys::conversation(actor, &header.id), keys::conversations_of(actor));
        let listed = list::place(header.created, &header.id);
        let request = self
            .client
            .transact_write_items()
            .transact_items(self.put_header(own, "h".to_owned(), header, header.created)?)
            .transact_items(self.put_header(owner, listed, header, header.created)?)
            .transact_items(self.restamp(actor)?);
        match transaction::write(request).await {
            Ok(()) => Ok(()),
            Err(error)
                if transaction::failed_condition(&error).is_some()
                    && self.header(actor, &header.id).await?.is_some() =>
            {
                Ok(())
            }
            Err(error) => Err(unavailable(*error)),
        }
    }

    async fn header(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable> {
        let header = self.header_item(actor, id).await?.map(|item| header(&item)).transpose()?;
        // The item is not sealed: one that names another conversation was planted.
        if header.as_ref().is_some_and(|header| header.id != *id) {
            return Err(broken("id"));
        }
        Ok(header)
    }

    async fn list(&self, actor: &Actor, most: u32, after: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        self.page(actor, most, after).await
    }

    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError> {
        let (pk, nonce) = (keys::conversation(actor, id), random()?);
        let item = self.item(pk.clone(), event, nonce.clone())?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        match request.condition_expression(FREE).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                self.taken(pk, event.number, &nonce).await
            }
            Err(error) => Err(unavailable(error).into()),
        }
    }

    async fn append_and_enqueue(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
    ) -> Result<(), AppendError> {
        let built = |error: aws_sdk_dynamodb::error::BuildError| Unavailable::new(SERVICE, error.to_string());
        let (pk, nonce) = (keys::conversation(actor, id), random()?);
        let put = Put::builder().table_name(&self.table).set_item(Some(self.item(pk.clone(), event, nonce.clone())?));
        let put = put.condition_expression(FREE).build().map_err(built)?;
        let queued = QueueItem::seal(&self.keyring.now(), actor, id)?;
        let update = Update::builder()
            .table_name(&self.table)
            .key("pk", s(&queued.pk))
            .key("sk", s(&queued.sk))
            .update_expression("SET stamp = :stamp, #key = :key, sealed = :sealed")
            .expression_attribute_names("#key", "key")
            .set_expression_attribute_values(Some(queued.values()?))
            .build()
            .map_err(built)?;
        let request = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(put).build())
            .transact_items(TransactWriteItem::builder().update(update).build());
        let moves = self.moves(actor, id, event.at).await?;
        let request = moves.into_iter().fold(request, |request, write| request.transact_items(write));
        match transaction::write(request).await {
            Ok(()) => Ok(()),
            // Another event was appended first: the number is taken, or the conversation has moved in its owner's
            // list.
            Err(error) if transaction::failed_condition(&error).is_some() => self.taken(pk, event.number, &nonce).await,
            Err(error) => Err(unavailable(*error).into()),
        }
    }

    async fn read_after(&self, actor: &Actor, id: &ConversationId, after: u64) -> Result<Vec<Numbered>, ReadError> {
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
        let mut number = after;
        while let Some(item) = items.next().await {
            number += 1;
            let event = self.event(number, &item.map_err(unavailable)?).await;
            events.push(event.inspect_err(|error| match error {
                ReadError::Unavailable(_) => {}
                ReadError::Unreadable { .. } => {
                    tracing::error!(conversation.id = %id, error = %error, "a log is invalid, so it is not used");
                }
            })?);
        }
        Ok(events)
    }
}

/// Condition of an append: no item exists under the key.
const FREE: &str = "attribute_not_exists(pk)";

fn header(item: &Item) -> Result<Header, Unavailable> {
    let id = ConversationId::try_from(text(item, "id")?.to_owned()).map_err(|_| broken("id"))?;
    Ok(Header { id, title: text(item, "title")?.to_owned(), created: number(item, "created")? })
}
