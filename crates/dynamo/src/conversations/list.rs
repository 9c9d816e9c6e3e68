//! The list of an owner's conversations, ordered by last use: one item for each, which moves to the front when a
//! message is posted.
//!
//! A move costs one consistent read of the header and four writes, in the transaction that appends the message. Two
//! messages within [`MOVE_AFTER`] cause one move, so the first message of a new conversation causes none.
//!
//! Every change of the list replaces its stamp. A client that has the list with the current stamp need not read it
//! again.

use super::{DynamoConversations, header};
use crate::item::{Item, n, number, s};
use crate::{SERVICE, keys, random, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Header, ListCursor, Listing, Millis, Unavailable};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};

/// Minimum time between two moves of a conversation, in milliseconds.
const MOVE_AFTER: Millis = 1_000;

/// Sort key of the list's stamp.
pub(super) const STAMP: &str = "list";

impl DynamoConversations {
    /// Returns the write of an item with a header and the time of last use. It fails if the item exists.
    pub(super) fn put_header(
        &self,
        pk: String,
        sk: String,
        header: &Header,
        used: Millis,
    ) -> Result<TransactWriteItem, Unavailable> {
        let item = Item::from([
            ("pk".to_owned(), s(pk)),
            ("sk".to_owned(), s(sk)),
            ("id".to_owned(), s(header.id.as_str())),
            ("title".to_owned(), s(&header.title)),
            ("created".to_owned(), n(header.created)),
            ("used".to_owned(), n(used)),
        ]);
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(pk)").build().map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Returns the item of the header.
    pub(super) async fn header_item(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Item>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(keys::conversation(actor, id))).key("sk", s("h"));
        Ok(request.send().await.map_err(unavailable)?.item)
    }

    /// Returns the writes that move a conversation to the place of its use at `at`; none if it was used less than
    /// [`MOVE_AFTER`] before. They fail if the conversation was moved concurrently, which means that another message
    /// was appended.
    pub(super) async fn moves(
        &self,
        actor: &Actor,
        id: &ConversationId,
        at: Millis,
    ) -> Result<Vec<TransactWriteItem>, Unavailable> {
        let Some(item) = self.header_item(actor, id).await? else { return Ok(Vec::new()) };
        let used: Millis = number(&item, "used")?;
        if at.saturating_sub(used) < MOVE_AFTER {
            return Ok(Vec::new());
        }
        let update = Update::builder()
            .table_name(&self.table)
            .key("pk", s(keys::conversation(actor, id)))
            .key("sk", s("h"))
            .update_expression("SET used = :at")
            .condition_expression("used = :used")
            .expression_attribute_values(":at", n(at))
            .expression_attribute_values(":used", n(used));
        let owner = keys::conversations_of(actor);
        let delete = Delete::builder().table_name(&self.table).key("pk", s(&owner)).key("sk", s(place(used, id)));
        Ok(vec![
            TransactWriteItem::builder().update(update.build().map_err(unbuilt)?).build(),
            TransactWriteItem::builder().delete(delete.build().map_err(unbuilt)?).build(),
            self.put_header(owner, place(at, id), &header(&item)?, at)?,
            self.restamp(actor)?,
        ])
    }

    /// Returns the write that replaces the stamp of the list.
    pub(super) fn restamp(&self, actor: &Actor) -> Result<TransactWriteItem, Unavailable> {
        let item = Item::from([
            ("pk".to_owned(), s(keys::conversations_of(actor))),
            ("sk".to_owned(), s(STAMP)),
            ("stamp".to_owned(), s(random()?)),
        ]);
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build().map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Returns one page of the list, at least as recent as any stamp read before. Reads one item more than it
    /// returns, to know whether the list continues.
    pub(super) async fn page(
        &self,
        actor: &Actor,
        most: u32,
        after: Option<&ListCursor>,
    ) -> Result<Listing, Unavailable> {
        let owner = keys::conversations_of(actor);
        let after = after.map(|after| {
            Item::from([("pk".to_owned(), s(&owner)), ("sk".to_owned(), s(place(after.used, &after.id)))])
        });
        let request = self.client.query().table_name(&self.table).scan_index_forward(false).consistent_read(true);
        let answer = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :c)")
            .expression_attribute_values(":pk", s(&owner))
            .expression_attribute_values(":c", s("c#"))
            .set_exclusive_start_key(after)
            .limit(i32::try_from(most).unwrap_or(i32::MAX).saturating_add(1))
            .send()
            .await
            .map_err(unavailable)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let shown = answer.items().get(..most).unwrap_or(answer.items());
        let headers: Vec<Header> = shown.iter().map(header).collect::<Result<_, _>>()?;
        let last = shown.last().filter(|_| answer.items().len() > shown.len());
        let cursor = |item| Ok::<_, Unavailable>(ListCursor { used: number(item, "used")?, id: header(item)?.id });
        let next = last.map(cursor).transpose()?;
        Ok(Listing { headers, next })
    }
}

/// Returns the sort key of a conversation in its owner's list: thirteen digits, so that text order is time order.
pub(super) fn place(used: Millis, id: &ConversationId) -> String {
    format!("c#{used:013}#{id}")
}

fn unbuilt(error: BuildError) -> Unavailable {
    Unavailable::new(SERVICE, error.to_string())
}

#[cfg(test)]
mod tests;
