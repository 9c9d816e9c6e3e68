//! The search index: one item for each conversation, in a partition of its owner, ordered by last use like the list. It
//! holds the entry and, sealed as a value of its own, the bounded words of the person's messages. A search reads a
//! bounded part of the partition, opens the items and compares the words; no key holds a word.

use super::DynamoConversations;
use super::entry::{associated, sealed_values};
use super::list::{cursor, place};
use crate::item::{Item, b, s, text};
use crate::keys;
use crate::writes::Writes;
use agent::Actor;
use agent::ports::{Found, Header, ListCursor, Search, SearchHit, Unavailable};
use agent::search::{SearchQuery, SearchWords};
use async_trait::async_trait;
use sealing::Sealed;

/// Most items that one request reads. DynamoDB returns at most 1 MiB, which may be fewer.
const MOST_SEARCHED: i32 = 1_000;

/// Items that are opened before other tasks of the thread get their turn.
const OPENED_AT_ONCE: usize = 100;

impl DynamoConversations {
    /// Returns the item of a conversation in the search index.
    pub(super) fn words_item(&self, actor: &Actor, header: &Header, words: &SearchWords) -> Result<Item, Unavailable> {
        let (pk, sk) = (keys::words_of(actor), place(header.used, &header.id));
        let Sealed { key, bytes } = self.keyring.seal(&associated("words", &pk, &sk), words.line().as_bytes())?;
        let mut item = self.entry_item((pk, sk), header)?;
        item.extend([("words_key".to_owned(), s(key)), ("words".to_owned(), b(bytes))]);
        Ok(item)
    }

    /// Adds the write that replaces the title in the search index and keeps the words.
    pub(super) fn retitle_words(&self, writes: &mut Writes, actor: &Actor, header: &Header) -> Result<(), Unavailable> {
        let place = (keys::words_of(actor), place(header.used, &header.id));
        let values = sealed_values(self.seal_entry(&place, header)?);
        writes.update(place, "SET #key = :key, sealed = :sealed", values, None)
    }

    /// Decrypts the words of an item; none if it has none or they were changed.
    async fn words(&self, item: &Item) -> Result<SearchWords, Unavailable> {
        let place = associated("words", text(item, "pk")?, text(item, "sk")?);
        let key = item.get("words_key").and_then(|key| key.as_s().ok()).cloned();
        let bytes = item.get("words").and_then(|words| words.as_b().ok()).map(|words| words.as_ref().to_vec());
        let Some((key, bytes)) = key.zip(bytes) else { return Ok(SearchWords::default()) };
        let plain = self.keyring.open(&place, &Sealed { key, bytes }).await?.unwrap_or_default();
        Ok(SearchWords::of_line(&String::from_utf8_lossy(&plain)))
    }
}

#[async_trait]
impl Search for DynamoConversations {
    async fn search(
        &self,
        actor: &Actor,
        query: &SearchQuery,
        most: usize,
        after: Option<&ListCursor>,
    ) -> Result<Found, Unavailable> {
        let (items, continues) = self.newest(keys::words_of(actor), MOST_SEARCHED, after).await?;
        let mut hits = Vec::new();
        for (number, item) in items.iter().enumerate() {
            if number % OPENED_AT_ONCE == OPENED_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let Some(header) = self.listed(item).await? else { continue };
            let words = self.words(item).await?;
            if let Some(matched) = query.matched(&header.title, &words) {
                hits.push(SearchHit { header, matched });
            }
            if hits.len() >= most && (continues || number + 1 < items.len()) {
                return Ok(Found { hits, next: cursor(item) });
            }
        }
        let next = items.last().filter(|_| continues).and_then(cursor);
        Ok(Found { hits, next })
    }
}

#[cfg(test)]
mod tests;
