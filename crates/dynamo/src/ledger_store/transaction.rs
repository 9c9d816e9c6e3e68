//! Writes of several rows in one transaction, and the reasons for which one fails.

use super::item;
use crate::item::{n, s};
use crate::{SERVICE, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem};
use ledger::{Expected, NotWritten, RowKind, Write};

/// Writes all rows or none, in one transaction.
///
/// # Errors
/// See [`NotWritten`].
pub(super) async fn write(client: &Client, table: &str, writes: Vec<Write>) -> Result<(), NotWritten> {
    let parts: Vec<RowKind> = writes.iter().map(|write| write.part).collect();
    let items = writes.into_iter().map(|write| put(table, write)).collect::<Result<_, _>>()?;
    let Err(error) = client.transact_write_items().set_transact_items(Some(items)).send().await else {
        return Ok(());
    };
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
        && let Some(reason) = reason(&parts, cancelled.cancellation_reasons())
    {
        return Err(reason);
    }
    Err(unavailable(error).into())
}

fn put(table: &str, write: Write) -> Result<TransactWriteItem, Unavailable> {
    let put = Put::builder().table_name(table).set_item(Some(item(write.row)?));
    let put = match write.expected {
        Expected::Absent => put.condition_expression("attribute_not_exists(pk)"),
        Expected::Head { seq, hash } => put
            .condition_expression("#seq = :seq AND #hash = :hash")
            .expression_attribute_names("#seq", "seq")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":seq", n(seq))
            .expression_attribute_values(":hash", s(hash)),
    };
    let put = put.build().map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// Maps the reasons of a cancellation to an error; `None` if a retry cannot succeed.
fn reason(parts: &[RowKind], reasons: &[CancellationReason]) -> Option<NotWritten> {
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code().unwrap_or("None")).collect();
    if parts.iter().zip(&codes).any(|(part, code)| *part == RowKind::Mark && *code == "ConditionalCheckFailed") {
        return Some(NotWritten::Marked);
    }
    let passing = ["None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"];
    codes.iter().all(|code| passing.contains(code)).then_some(NotWritten::Raced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_marker_takes_precedence_over_a_lost_race() {
        const FAILED: &str = "ConditionalCheckFailed";
        let parts = [RowKind::Chain, RowKind::Chain, RowKind::Mark];
        for (codes, expected) in [
            ([FAILED, FAILED, FAILED], "Some(Marked)"),
            (["None", "None", FAILED], "Some(Marked)"),
            (["None", FAILED, "None"], "Some(Raced)"),
            (["None", "TransactionConflict", "TransactionConflict"], "Some(Raced)"),
            (["None", "ValidationError", "None"], "None"),
        ] {
            let reasons = codes.map(|code| CancellationReason::builder().code(code).build());
            assert_eq!(format!("{:?}", reason(&parts, &reasons)), expected, "{codes:?}");
        }
    }
}
