//! Conversations: a header, numbered events, an item in the owner's list, one in the search index and a timer, each
//! encrypted and bound to its place.

use crate::item::{Item, s, text};
use crate::keys::Timer;
use crate::writes::Writes;
use crate::{keys, sealed_item, transaction, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    AppendError, ChangeError, Conversations, Header, ListCursor, Listing, Numbered, ReadError, Unavailable, Unreadable,
};
use agent::search::SearchWords;
use agent::title::Title;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use entry::HeaderState;
use sealing::LiveKeyring;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

mod append;
mod deletion;
mod entry;
mod erasure;
mod glance;
mod list;
mod row;
#[cfg(test)]
pub(crate) mod tests;
mod timer;
mod words;

/// Conversations in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoConversations {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
    /// The place at which the next reading of each partition of timers goes on, after timers that are not authentic.
    resume: Arc<Mutex<HashMap<String, Item>>>,
}

impl DynamoConversations {
    /// Creates the store in `table`; `keyring` encrypts all items.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring, resume: Arc::default() }
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

    /// Reads the log after event number `after`, and the header behind it.
    async fn log_after(&self, actor: &Actor, id: &ConversationId, after: u64) -> Result<Vec<Numbered>, ReadError> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let mut items = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :header")
            .expression_attribute_values(":pk", s(keys::conversation(actor, id)))
            .expression_attribute_values(":first", s(keys::event(after + 1)))
            .expression_attribute_values(":header", s(HEADER))
            .into_paginator()
            .items()
            .send();
        let mut events = Vec::new();
        let mut number = after;
        while let Some(item) = items.next().await {
            let item = item.map_err(unavailable)?;
            if text(&item, "sk")? == HEADER {
                if item.contains_key("erased") {
                    return Err(ReadError::Deleted);
                }
                continue;
            }
            number += 1;
            events.push(self.event(number, &item).await?);
        }
        Ok(events)
    }
}

/// Sort key of a header, which comes after all events.
const HEADER: &str = "h";

#[async_trait]
impl Conversations for DynamoConversations {
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable> {
        let mut writes = Writes::new(&self.table);
        writes.put_new(self.header_item(actor, header)?)?;
        writes.put(self.list_item(actor, header)?)?;
        writes.put(self.timer_item(Timer::Unused, header.used, actor, &header.id)?)?;
        self.restamp(&mut writes, actor)?;
        match transaction::write(writes.request(&self.client)).await {
            Ok(()) => Ok(()),
            // It exists, or it was deleted; nothing can be posted to a deleted one.
            Err(error) if transaction::failed_condition(&error).is_some() => Ok(()),
            Err(error) => Err(unavailable(*error)),
        }
    }

    async fn header(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable> {
        Ok(self.present(actor, id).await?.map(|(_, header)| header))
    }

    async fn list(&self, actor: &Actor, most: u32, after: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        self.page(actor, most, after).await
    }

    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError> {
        if event.event.starts_a_call() {
            self.append_start(actor, id, event).await
        } else {
            self.append_alone(actor, id, event).await
        }
    }

    async fn append_and_title(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        title: &Title,
    ) -> Result<(), AppendError> {
        self.append_titling(actor, id, event, title).await
    }

    async fn append_and_enqueue(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        words: &SearchWords,
    ) -> Result<(), AppendError> {
        self.append_queued(actor, id, event, words).await
    }

    async fn rename(&self, actor: &Actor, id: &ConversationId, title: &Title) -> Result<(), ChangeError> {
        self.give_title(actor, id, title).await
    }

    async fn read_after(&self, actor: &Actor, id: &ConversationId, after: u64) -> Result<Vec<Numbered>, ReadError> {
        let read = self.log_after(actor, id, after).await;
        let Err(error @ ReadError::Unreadable { .. }) = read else { return read };
        // The events of a log that is being erased disappear before its header is reached.
        if let Some(stored) = self.stored(actor, id).await?
            && stored.state()? == HeaderState::Erased
        {
            return Err(ReadError::Deleted);
        }
        tracing::error!(conversation.id = %id, error = %error, "a log is invalid, so it is not used");
        Err(error)
    }
}
