#![expect(clippy::unwrap_used, reason = "tests")]

mod reading;
mod regression;
mod tampering;
mod witness;
mod writing;

use crate::fakes::{MemoryStore, keys};
use crate::verify::{Report, Scope, verify};
use crate::{Row, SignedLedger, Value};
use std::sync::Arc;

/// Returns an empty store.
fn store() -> Arc<MemoryStore> {
    Arc::default()
}

/// Returns a new instance that writes to the store.
fn instance(store: &Arc<MemoryStore>) -> SignedLedger {
    SignedLedger::new(store.clone(), keys("k1"))
}

async fn checked(ledger: &SignedLedger) -> Report {
    verify(ledger, &Scope::default()).await.unwrap()
}

/// Returns the value of a text attribute.
pub(crate) fn attribute<'a>(row: &'a Row, name: &str) -> &'a str {
    let Value::Text(text) = &row.attributes[name] else { panic!("{name} of {row:?}") };
    text
}
