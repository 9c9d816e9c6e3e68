//! The stored form of a conversation's header and of its entries in the list and in the search index: title, its source
//! and the time of the start, encrypted and bound to the item's place. The time of last use is an attribute, since it
//! orders the entries.

use super::DynamoConversations;
use super::list::place;
use crate::item::{Item, broken, n, number, s, text};
use crate::writes::{self, Condition, Place, values};
use crate::{SERVICE, keys, sealed_item, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Header, Millis, Unavailable};
use agent::title::Titled;
use aws_sdk_dynamodb::types::AttributeValue;
use sealing::Sealed;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    id: Cow<'a, str>,
    title: Cow<'a, str>,
    titled: Titled,
    created: Millis,
}

/// The stored header of a conversation.
pub(super) struct StoredHeader(Item);

/// The state of a stored header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderState {
    Present,
    /// Deleted, and can be restored until this time.
    Hidden(Millis),
    /// Being erased, or erased: nothing but a mark is left.
    Erased,
}

impl StoredHeader {
    pub(super) const fn new(item: Item) -> Self {
        Self(item)
    }

    pub(super) fn state(&self) -> Result<HeaderState, Unavailable> {
        Ok(match (self.0.contains_key("deleted"), self.0.contains_key("erased")) {
            (_, true) => HeaderState::Erased,
            (true, false) => HeaderState::Hidden(number(&self.0, "deleted")?),
            (false, false) => HeaderState::Present,
        })
    }

    /// The time of last use.
    pub(super) fn used(&self) -> Result<Millis, Unavailable> {
        number(&self.0, "used")
    }

    /// The time in the key of the conversation's timer.
    pub(super) fn timer(&self) -> Result<Millis, Unavailable> {
        number(&self.0, "timer")
    }

    /// Returns the condition that the header is as it was read, and not deleted. Every write that copies something of it
    /// has this condition.
    pub(super) fn unchanged(&self) -> Result<Condition<'static>, Unavailable> {
        let sealed = self.0.get("sealed").cloned().ok_or_else(|| broken("sealed"))?;
        let values = values([(":was_used", n(self.used()?)), (":was_sealed", sealed)]);
        Ok(("used = :was_used AND sealed = :was_sealed AND attribute_not_exists(deleted)", values))
    }
}

impl DynamoConversations {
    /// Reads the header, in whatever state.
    pub(super) async fn stored(&self, actor: &Actor, id: &ConversationId) -> Result<Option<StoredHeader>, Unavailable> {
        let (pk, sk) = writes::header(actor, id);
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.key("pk", s(pk)).key("sk", s(sk)).send().await.map_err(unavailable)?;
        Ok(answer.item.map(StoredHeader))
    }

    /// Decrypts the header of a conversation that is not deleted.
    pub(super) async fn header_of(&self, stored: StoredHeader) -> Result<Option<Header>, Unavailable> {
        match stored.state()? {
            HeaderState::Present => self.open_header(&stored).await.map(Some),
            HeaderState::Hidden(_) | HeaderState::Erased => Ok(None),
        }
    }

    /// Decrypts the header of a conversation that is not erased.
    pub(super) async fn open_header(&self, stored: &StoredHeader) -> Result<Header, Unavailable> {
        self.open_entry(&stored.0, stored.used()?).await?.ok_or_else(|| broken("sealed"))
    }

    /// Decrypts a header or an entry that says when the conversation was `used`; `None` if it is not what was written
    /// in its place.
    pub(super) async fn open_entry(&self, item: &Item, used: Millis) -> Result<Option<Header>, Unavailable> {
        let place = associated("conversation", text(item, "pk")?, text(item, "sk")?);
        let Some(sealed) = sealed_item::read(item) else { return Ok(None) };
        let Some(plain) = self.keyring.open(&place, &sealed).await? else { return Ok(None) };
        let Ok(Entry { id, title, titled, created }) = serde_json::from_slice(&plain) else { return Ok(None) };
        let Ok(id) = ConversationId::try_from(id.into_owned()) else { return Ok(None) };
        Ok(Some(Header { id, title: title.into_owned(), titled, created, used }))
    }

    /// Returns the attributes `key` and `sealed` of an entry at its place.
    pub(super) fn seal_entry(&self, (pk, sk): &Place, header: &Header) -> Result<Sealed, Unavailable> {
        let Header { id, title, titled, created, .. } = header;
        let (id, title) = (Cow::Borrowed(id.as_str()), Cow::Borrowed(title.as_str()));
        let plain = serde_json::to_vec(&Entry { id, title, titled: *titled, created: *created });
        let plain = plain.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        self.keyring.seal(&associated("conversation", pk, sk), &plain)
    }

    /// Returns the item of a new header, whose timer has the same time as its last use.
    pub(super) fn header_item(&self, actor: &Actor, header: &Header) -> Result<Item, Unavailable> {
        let place = writes::header(actor, &header.id);
        let mut item = self.entry_item(place, header)?;
        item.extend([("used".to_owned(), n(header.used)), ("timer".to_owned(), n(header.used))]);
        Ok(item)
    }

    /// Returns the item of a conversation in its owner's list.
    pub(super) fn list_item(&self, actor: &Actor, header: &Header) -> Result<Item, Unavailable> {
        self.entry_item((keys::conversations_of(actor), place(header.used, &header.id)), header)
    }

    /// Returns the item of an entry at a place.
    pub(super) fn entry_item(&self, place: Place, header: &Header) -> Result<Item, Unavailable> {
        let mut item = sealed_item::write(self.seal_entry(&place, header)?);
        let (pk, sk) = place;
        item.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
        Ok(item)
    }
}

/// Returns the values `:key` and `:sealed` of an update expression.
pub(super) fn sealed_values(Sealed { key, bytes }: Sealed) -> Item {
    values([(":key", s(key)), (":sealed", AttributeValue::B(bytes.into()))])
}

/// Returns the associated data of a value at a place.
pub(super) fn associated(kind: &str, pk: &str, sk: &str) -> String {
    format!("{kind} {pk} {sk}")
}
