//! What is written together or not at all, and why it was not.

use super::record::{Head, Record};
use crate::item::{Item, n, s};
use crate::{SERVICE, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem};

/// What an item of a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A record or a head.
    Chain,
    /// The mark that an approval is spent, or an entry closed.
    Mark,
    /// A line of a person's own list.
    Own,
}

/// Why nothing was written.
#[derive(Debug)]
pub(crate) enum NotWritten {
    /// Somebody else wrote meanwhile.
    Raced,
    /// A mark was there already: that an approval is spent, or an entry closed.
    Marked,
    /// The table did not answer.
    Unavailable(Unavailable),
}

impl From<Unavailable> for NotWritten {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// Items that are written together.
#[derive(Debug)]
pub(crate) struct Transaction {
    table: String,
    parts: Vec<Part>,
    items: Vec<TransactWriteItem>,
}

impl Transaction {
    pub(crate) fn of(table: &str) -> Self {
        Self { table: table.to_owned(), parts: Vec::new(), items: Vec::new() }
    }

    /// A record that was not there, and the head that it becomes after `before`.
    pub(crate) fn extend(&mut self, record: &Record, head: &Head, before: Option<&Head>) -> Result<(), Unavailable> {
        self.add(Part::Chain, record.item()?)?;
        let put = Put::builder().set_item(Some(head.item()));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("#seq = :seq AND #hash = :hash")
                .expression_attribute_names("#seq", "seq")
                .expression_attribute_names("#hash", "hash")
                .expression_attribute_values(":seq", n(before.seq))
                .expression_attribute_values(":hash", s(&before.hash)),
        };
        self.put(Part::Chain, put)
    }

    /// An item that must not be there yet.
    pub(crate) fn add(&mut self, part: Part, item: Item) -> Result<(), Unavailable> {
        self.put(part, Put::builder().set_item(Some(item)).condition_expression("attribute_not_exists(pk)"))
    }

    fn put(&mut self, part: Part, put: aws_sdk_dynamodb::types::builders::PutBuilder) -> Result<(), Unavailable> {
        let put = put.table_name(&self.table).build();
        let put = put.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        self.items.push(TransactWriteItem::builder().put(put).build());
        self.parts.push(part);
        Ok(())
    }

    pub(crate) async fn commit(self, client: &Client) -> Result<(), NotWritten> {
        let Err(error) = client.transact_write_items().set_transact_items(Some(self.items)).send().await else {
            return Ok(());
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
            && let Some(reason) = why(&self.parts, cancelled.cancellation_reasons())
        {
            return Err(reason);
        }
        Err(unavailable(error).into())
    }
}

/// What the reasons of a cancellation mean; `None` when they mean that it is no use to try again.
fn why(parts: &[Part], reasons: &[CancellationReason]) -> Option<NotWritten> {
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code().unwrap_or("None")).collect();
    if parts.iter().zip(&codes).any(|(part, code)| *part == Part::Mark && *code == "ConditionalCheckFailed") {
        return Some(NotWritten::Marked);
    }
    let passing = ["None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"];
    codes.iter().all(|code| passing.contains(code)).then_some(NotWritten::Raced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_is_there_weighs_more_than_a_lost_race() {
        const FAILED: &str = "ConditionalCheckFailed";
        let parts = [Part::Chain, Part::Chain, Part::Mark];
        for (codes, expected) in [
            ([FAILED, FAILED, FAILED], "Some(Marked)"),
            (["None", "None", FAILED], "Some(Marked)"),
            (["None", FAILED, "None"], "Some(Raced)"),
            (["None", "TransactionConflict", "TransactionConflict"], "Some(Raced)"),
            (["None", "ValidationError", "None"], "None"),
        ] {
            let reasons = codes.map(|code| CancellationReason::builder().code(code).build());
            assert_eq!(format!("{:?}", why(&parts, &reasons)), expected, "{codes:?}");
        }
    }
}
