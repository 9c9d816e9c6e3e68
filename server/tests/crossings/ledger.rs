//! The ledger behind gates. A request that was sent is executed even if its sender is gone.

use crate::gates::{Gates, Who};
use agent::fakes::MemoryLedger;
use agent::ports::{Entry, EntryId, Ledger, Millis, OpenError, Outcome, Unavailable};
use async_trait::async_trait;
use std::sync::Arc;

/// The ledger as one instance sees it.
pub(crate) struct GatedLedger {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) ledger: Arc<MemoryLedger>,
}

#[async_trait]
impl Ledger for GatedLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError> {
        let (who, gates, ledger) = (self.who, self.gates.clone(), self.ledger.clone());
        let sent = tokio::spawn(async move { (gates.pass(who, "open").await, ledger.open(entry).await) });
        let (answer, opened) = sent.await.unwrap();
        answer.arrives("the ledger")?;
        opened
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable> {
        let (who, gates, ledger, entry) = (self.who, self.gates.clone(), self.ledger.clone(), entry.clone());
        let sent =
            tokio::spawn(async move { (gates.pass(who, "close").await, ledger.close(&entry, outcome, at).await) });
        let (answer, closed) = sent.await.unwrap();
        answer.arrives("the ledger")?;
        closed
    }
}
