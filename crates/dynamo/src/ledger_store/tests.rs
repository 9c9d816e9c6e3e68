#![expect(clippy::unwrap_used, reason = "tests")]

mod contract;
mod hostile;
mod writing;

use super::DynamoLedgerStore;
use crate::test_table::TABLE;
use aws_sdk_dynamodb::Client;
use ledger::SignedLedger;
use ledger::fakes::keys;
use ledger::verify::{Report, Scope, verify};
use std::sync::Arc;

/// Returns a new instance that writes to the table.
fn instance(client: &Client) -> SignedLedger {
    SignedLedger::new(Arc::new(DynamoLedgerStore::new(client.clone(), TABLE.to_owned())), keys("k1"))
}

async fn checked(ledger: &SignedLedger) -> Report {
    verify(ledger, &Scope::default()).await.unwrap()
}

/// Returns the chain and the record number in an entry's id.
fn place(entry: &str) -> (&str, u64) {
    let (chain, seq) = entry.rsplit_once(' ').unwrap();
    (chain, seq.parse().unwrap())
}
