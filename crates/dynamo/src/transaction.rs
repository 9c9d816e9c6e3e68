//! Transactions with retries on conflict. DynamoDB cancels one of two transactions that write the same item at the
//! same time (`TransactionConflict`, API reference of `TransactWriteItems`). The cancelled one has written nothing
//! and is sent again.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::types::CancellationReason;
use std::time::Duration;

/// Maximum number of attempts at one transaction.
const ATTEMPTS: u32 = 5;
/// Wait after the first conflict. Later waits are multiples of it.
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// The error of a transaction that failed.
pub(crate) type TransactionError = SdkError<TransactWriteItemsError>;

/// Writes a transaction; retries if it conflicts with another one.
///
/// # Errors
/// The error of the last attempt.
pub(crate) async fn write(request: TransactWriteItemsFluentBuilder) -> Result<(), Box<TransactionError>> {
    let mut attempt = 1;
    loop {
        match request.clone().send().await {
            Ok(_) => return Ok(()),
            Err(error) if attempt < ATTEMPTS && has_met_another(&error) => {
                tokio::time::sleep(RETRY_PAUSE * attempt).await;
                attempt += 1;
            }
            Err(error) => return Err(Box::new(error)),
        }
    }
}

/// Returns the index of the first item whose condition failed.
pub(crate) fn failed_condition(error: &TransactionError) -> Option<usize> {
    failed(reasons(error))
}

fn has_met_another(error: &TransactionError) -> bool {
    is_conflict(reasons(error))
}

/// Returns the reason for each item; empty if the transaction was not cancelled.
fn reasons(error: &TransactionError) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
        _ => &[],
    }
}

fn failed(reasons: &[CancellationReason]) -> Option<usize> {
    reasons.iter().position(|reason| reason.code() == Some("ConditionalCheckFailed"))
}

/// A failed condition takes precedence: the same transaction would fail again.
fn is_conflict(reasons: &[CancellationReason]) -> bool {
    failed(reasons).is_none() && reasons.iter().any(|reason| reason.code() == Some("TransactionConflict"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_repeated_only_after_a_conflict_with_another() {
        const FAILED: &str = "ConditionalCheckFailed";
        const CONFLICT: &str = "TransactionConflict";
        for (codes, condition, again) in [
            (["None", CONFLICT], None, true),
            ([CONFLICT, CONFLICT], None, true),
            ([CONFLICT, FAILED], Some(1), false),
            ([FAILED, FAILED], Some(0), false),
            (["None", "ValidationError"], None, false),
        ] {
            let reasons = codes.map(|code| CancellationReason::builder().code(code).build());
            assert_eq!((failed(&reasons), is_conflict(&reasons)), (condition, again), "{codes:?}");
        }
    }
}
