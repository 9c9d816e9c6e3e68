//! The list of an owner's conversations, ordered by last use: one item for each, which moves to the front when a
//! message is posted.
//!
//! A message costs one consistent read of the header and, in the transaction that appends it, one write of the search
//! index; a move costs five writes more. Two messages within [`MOVE_AFTER`] cause one move, so the first message of a
//! new conversation causes none.
//!
//! Every change of the list replaces its stamp. A client that has the list with the current stamp need not read it
//! again.

use super::DynamoConversations;
use super::entry::StoredHeader;
use crate::item::{Item, n, s, text};
use crate::writes::{self, Writes, values};
use crate::{keys, random, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Header, ListCursor, Listing, Millis, Unavailable};
use agent::search::SearchWords;

/// Minimum time between two moves of a conversation, in milliseconds.
const MOVE_AFTER: Millis = 1_000;

/// Sort key of the list's stamp.
pub(super) const STAMP: &str = "list";

impl DynamoConversations {
    /// Adds the writes that note the use of a conversation at `at`: its new words, and its new place if it was used at
    /// least [`MOVE_AFTER`] before. They fail if the header has changed or the conversation was deleted.
    pub(super) async fn note_use(
        &self,
        writes: &mut Writes,
        actor: &Actor,
        stored: &StoredHeader,
        at: Millis,
        words: &SearchWords,
    ) -> Result<(), Unavailable> {
        let mut header = self.open_header(stored).await?;
        let place_of_header = writes::header(actor, &header.id);
        if at.saturating_sub(header.used) < MOVE_AFTER {
            writes.check(place_of_header, stored.unchanged()?)?;
            return writes.put(self.words_item(actor, &header, words)?);
        }
        writes.update(place_of_header, "SET used = :at", values([(":at", n(at))]), Some(stored.unchanged()?))?;
        let (old, owner) = (place(header.used, &header.id), keys::conversations_of(actor));
        writes.delete((owner, old.clone()))?;
        writes.delete((keys::words_of(actor), old))?;
        header.used = at;
        writes.put_new(self.list_item(actor, &header)?)?;
        writes.put(self.words_item(actor, &header, words)?)?;
        self.restamp(writes, actor)
    }

    /// Adds the write that replaces the stamp of the list.
    pub(super) fn restamp(&self, writes: &mut Writes, actor: &Actor) -> Result<(), Unavailable> {
        writes.put(Item::from([
            ("pk".to_owned(), s(keys::conversations_of(actor))),
            ("sk".to_owned(), s(STAMP)),
            ("stamp".to_owned(), s(random()?)),
        ]))
    }

    /// Returns one page of the list, at least as recent as any stamp read before. Reads one item more than it
    /// returns, to know whether the list continues. Items that fail to decrypt are logged and left out.
    pub(super) async fn page(
        &self,
        actor: &Actor,
        most: u32,
        after: Option<&ListCursor>,
    ) -> Result<Listing, Unavailable> {
        let limit = i32::try_from(most).unwrap_or(i32::MAX).saturating_add(1);
        let (items, _) = self.newest(keys::conversations_of(actor), limit, after).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let shown = items.get(..most).unwrap_or(&items);
        let mut headers = Vec::with_capacity(shown.len());
        for item in shown {
            headers.extend(self.listed(item).await?);
        }
        let next = shown.last().filter(|_| items.len() > shown.len()).and_then(cursor);
        Ok(Listing { headers, next })
    }

    /// Decrypts an item of a list or of a search index; `None` for one that was not written there, which is logged.
    pub(super) async fn listed(&self, item: &Item) -> Result<Option<Header>, Unavailable> {
        let header = match cursor(item) {
            Some(ListCursor { used, id }) => self.open_entry(item, used).await?.filter(|header| header.id == id),
            None => None,
        };
        if header.is_none() {
            let entry = text(item, "sk").unwrap_or("without a key");
            tracing::error!(entry, "an entry of a list of conversations could not be opened and is left out");
        }
        Ok(header)
    }

    /// Reads the items of a partition that is ordered by last use, the latest first; returns `true` with them if the
    /// partition continues.
    pub(super) async fn newest(
        &self,
        partition: String,
        limit: i32,
        after: Option<&ListCursor>,
    ) -> Result<(Vec<Item>, bool), Unavailable> {
        let after = after.map(|after| {
            Item::from([("pk".to_owned(), s(&partition)), ("sk".to_owned(), s(place(after.used, &after.id)))])
        });
        let request = self.client.query().table_name(&self.table).scan_index_forward(false).consistent_read(true);
        let request = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :c)")
            .expression_attribute_values(":pk", s(partition))
            .expression_attribute_values(":c", s("c#"))
            .set_exclusive_start_key(after)
            .limit(limit);
        let answer = request.send().await.map_err(unavailable)?;
        let continues = answer.last_evaluated_key.is_some();
        Ok((answer.items.unwrap_or_default(), continues))
    }
}

/// Returns the sort key of a conversation in its owner's list and search index: thirteen digits, so that text order is
/// time order.
pub(super) fn place(used: Millis, id: &ConversationId) -> String {
    format!("c#{used:013}#{id}")
}

/// Returns the position of an item in the list, as its key says.
pub(super) fn cursor(item: &Item) -> Option<ListCursor> {
    let (used, id) = text(item, "sk").ok()?.strip_prefix("c#")?.split_once('#')?;
    Some(ListCursor { used: used.parse().ok()?, id: ConversationId::try_from(id.to_owned()).ok()? })
}

#[cfg(test)]
mod tests;
