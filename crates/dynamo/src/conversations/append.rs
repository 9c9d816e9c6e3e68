//! Appends to a log, alone or together with what else must change with it.

use super::entry::{HeaderState, StoredHeader, sealed_values};
use super::{DynamoConversations, row};
use crate::item::{Item, s, text};
use crate::queue::QueueItem;
use crate::writes::{self, FREE, Writes};
use crate::{SERVICE, keys, random, sealed_item, transaction, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{AppendError, ChangeError, Header, Numbered, Unavailable};
use agent::search::SearchWords;
use agent::title::{Title, Titled};
use aws_sdk_dynamodb::error::SdkError;

/// Most attempts at a change while others change the same header.
pub(super) const ATTEMPTS: u32 = 4;

/// The item of an event to append, with the nonce by which a retried request recognises its own write.
struct NewEvent {
    pk: String,
    number: u64,
    nonce: String,
    item: Item,
}

impl DynamoConversations {
    /// Creates the item of an event.
    pub(super) fn event_item(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<Item, Unavailable> {
        Ok(self.new_event(actor, id, event)?.item)
    }

    fn new_event(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<NewEvent, Unavailable> {
        let (pk, sk, nonce) = (keys::conversation(actor, id), keys::event(event.number), random()?);
        let sealed = row::seal(&self.keyring, &pk, &sk, event);
        let sealed = sealed.map_err(|error| Unavailable::new(SERVICE, format!("an event was not sealed: {error}")))?;
        let mut item = sealed_item::write(sealed);
        let keys = [("pk", pk.as_str()), ("sk", &sk), ("nonce", &nonce)];
        item.extend(keys.map(|(name, value)| (name.to_owned(), s(value))));
        Ok(NewEvent { pk, number: event.number, nonce, item })
    }

    pub(super) async fn append_alone(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
    ) -> Result<(), AppendError> {
        let NewEvent { pk, number, nonce, item } = self.new_event(actor, id, event)?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        match request.condition_expression(FREE).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                self.taken(pk, number, &nonce).await
            }
            Err(error) => Err(unavailable(error).into()),
        }
    }

    /// Appends an event that starts a call, unless the conversation is being erased.
    pub(super) async fn append_start(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
    ) -> Result<(), AppendError> {
        let NewEvent { pk, number, nonce, item } = self.new_event(actor, id, event)?;
        let mut writes = Writes::new(&self.table);
        writes.put_new(item)?;
        writes.check(writes::header(actor, id), ("attribute_not_exists(erased)", Item::new()))?;
        match transaction::write(writes.request(&self.client)).await {
            Ok(()) => Ok(()),
            Err(error) => match transaction::failed_condition(&error) {
                Some(0) => self.taken(pk, number, &nonce).await,
                Some(_) => Err(AppendError::Deleted),
                None => Err(unavailable(*error).into()),
            },
        }
    }

    pub(super) async fn append_titling(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        title: &Title,
    ) -> Result<(), AppendError> {
        let Some((stored, mut header)) = self.present(actor, id).await? else {
            return self.append_alone(actor, id, event).await;
        };
        if header.titled != Titled::Message {
            return self.append_alone(actor, id, event).await;
        }
        (header.title, header.titled) = (title.as_str().to_owned(), Titled::Action);
        let NewEvent { pk, number, nonce, item } = self.new_event(actor, id, event)?;
        let mut writes = Writes::new(&self.table);
        writes.put_new(item)?;
        self.retitle(&mut writes, actor, &stored, &header)?;
        self.write_event(writes, pk, number, &nonce).await
    }

    /// Writes an event and everything that belongs to it, or nothing. A failed condition means that another event was
    /// appended first: the number is taken, or the conversation has moved in its owner's list, was renamed or deleted.
    async fn write_event(&self, writes: Writes, pk: String, number: u64, nonce: &str) -> Result<(), AppendError> {
        match transaction::write(writes.request(&self.client)).await {
            Ok(()) => Ok(()),
            Err(error) if transaction::failed_condition(&error).is_some() => self.taken(pk, number, nonce).await,
            Err(error) => Err(unavailable(*error).into()),
        }
    }

    pub(super) async fn append_queued(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        words: &SearchWords,
    ) -> Result<(), AppendError> {
        let Some(stored) = self.stored(actor, id).await? else { return Err(AppendError::Deleted) };
        if stored.state()? != HeaderState::Present {
            return Err(AppendError::Deleted);
        }
        let NewEvent { pk, number, nonce, item } = self.new_event(actor, id, event)?;
        let mut writes = Writes::new(&self.table);
        writes.put_new(item)?;
        let queued = QueueItem::seal(&self.keyring.now(), actor, id)?;
        let place = (queued.pk.clone(), queued.sk.clone());
        writes.update(place, "SET stamp = :stamp, #key = :key, sealed = :sealed", queued.values()?, None)?;
        self.note_use(&mut writes, actor, &stored, event.at, words).await?;
        self.write_event(writes, pk, number, &nonce).await
    }

    pub(super) async fn give_title(
        &self,
        actor: &Actor,
        id: &ConversationId,
        title: &Title,
    ) -> Result<(), ChangeError> {
        for _ in 0..ATTEMPTS {
            let Some((stored, mut header)) = self.present(actor, id).await? else { return Err(ChangeError::NotFound) };
            if header.titled == Titled::Person && header.title == title.as_str() {
                return Ok(());
            }
            (header.title, header.titled) = (title.as_str().to_owned(), Titled::Person);
            let mut writes = Writes::new(&self.table);
            self.retitle(&mut writes, actor, &stored, &header)?;
            match transaction::write(writes.request(&self.client)).await {
                Ok(()) => return Ok(()),
                Err(error) if transaction::failed_condition(&error).is_some() => {}
                Err(error) => return Err(unavailable(*error).into()),
            }
        }
        Err(too_fast().into())
    }

    /// Adds the writes that change the title everywhere, on the condition that the header is as it was read.
    fn retitle(
        &self,
        writes: &mut Writes,
        actor: &Actor,
        stored: &StoredHeader,
        header: &Header,
    ) -> Result<(), Unavailable> {
        let place = writes::header(actor, &header.id);
        let sealed = sealed_values(self.seal_entry(&place, header)?);
        writes.update(place, "SET #key = :key, sealed = :sealed", sealed, Some(stored.unchanged()?))?;
        writes.put(self.list_item(actor, header)?)?;
        self.retitle_words(writes, actor, header)?;
        self.restamp(writes, actor)
    }

    /// Returns the header of a conversation that is not deleted, as stored and decrypted.
    pub(super) async fn present(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<Option<(StoredHeader, Header)>, Unavailable> {
        match self.stored(actor, id).await? {
            Some(stored) if stored.state()? == HeaderState::Present => {
                let header = self.open_header(&stored).await?;
                Ok(Some((stored, header)))
            }
            _ => Ok(None),
        }
    }

    /// Interprets a failed condition. The SDK retries a request whose response was late, and the retry then finds the
    /// number taken by its own first attempt.
    pub(super) async fn taken(&self, pk: String, number: u64, nonce: &str) -> Result<(), AppendError> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.key("pk", s(pk)).key("sk", s(keys::event(number))).send().await.map_err(unavailable)?;
        match answer.item {
            Some(item) if text(&item, "nonce")? == nonce => Ok(()),
            _ => Err(AppendError::Taken),
        }
    }
}

pub(super) fn too_fast() -> Unavailable {
    Unavailable::new(SERVICE, "a conversation changes too fast")
}
