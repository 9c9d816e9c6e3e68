//! The ledger that the guard writes to, on top of a store.

use crate::append::Writer;
use crate::body::{Body, Closed, Decision, Opened};
use crate::chains::Chains;
use crate::names;
use crate::row::{Key, Row, Value, broken};
use crate::signing::LedgerKeys;
use crate::store::{LedgerStore, RowKind, Write};
use agent::approval::ApprovalId;
use agent::ports::{Entry, EntryId, Ledger, Millis, OpenError, Outcome, Unavailable};
use async_trait::async_trait;
use std::sync::Arc;

/// A signed ledger in a [`LedgerStore`]. Clones share one writer.
#[derive(Debug, Clone)]
pub struct SignedLedger(pub(crate) Arc<Writer>);

impl SignedLedger {
    /// Creates the ledger in `store`; `keys` sign its records.
    #[must_use]
    pub fn new(store: Arc<dyn LedgerStore>, keys: Arc<LedgerKeys>) -> Self {
        Self(Arc::new(Writer::new(Chains(store), keys)))
    }

    /// Returns the entry that used an approval.
    pub(crate) async fn spent(&self, tenant: &str, approval: &ApprovalId) -> Result<Option<EntryId>, Unavailable> {
        let row = self.0.chains.0.row(&names::spent(tenant, approval)).await?;
        row.map(|row| named(&row)).transpose()
    }
}

#[async_trait]
impl Ledger for SignedLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError> {
        let opened = Opened::from(entry);
        let (tenant, at, who) = (opened.tenant.clone(), opened.at, opened.on_behalf_of.clone());
        let approval = opened.approval.as_ref().filter(|_| opened.decision == Decision::Allowed);
        let approval = approval.map(|approval| approval.id.clone());
        let beside = |entry: &EntryId| {
            let list = names::list_of(&tenant, &who.issuer, &who.subject);
            let line = Write::new(RowKind::Own, pointer(names::own(&list, at, entry), entry));
            let mark = approval.as_ref().map(|approval| pointer(names::spent(&tenant, approval), entry));
            std::iter::once(line).chain(mark.map(|mark| Write::new(RowKind::Mark, mark))).collect()
        };
        if let Some(entry) = self.0.append(&tenant, at, &Body::Opened(opened), &beside).await? {
            return Ok(entry);
        }
        let marked = approval.as_ref().ok_or_else(|| broken("spent"))?;
        // The caller closes the entry that it is told. A marker is not signed, so the entry must itself rest on the approval.
        let (record, _) = self.approved(&tenant, marked).await?.ok_or_else(|| broken("spent"))?;
        Err(OpenError::Spent(names::entry(&record.chain, record.seq)))
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable> {
        let (chain, seq) = names::place(entry).ok_or_else(|| broken("entry"))?;
        // The outcome repeats the entry's hash and organization, so the entry is verified first.
        let found = self.records(std::slice::from_ref(entry)).await?.pop();
        let (record, opened) = found.ok_or_else(|| broken("entry"))?;
        let took = (at - opened.at).max(0);
        let closed = Closed { entry: entry.clone(), hash: record.hash, at, took, outcome: outcome.into() };
        let beside = |by: &EntryId| vec![Write::new(RowKind::Mark, pointer(names::closed(chain, seq), by))];
        // Writes nothing if the entry is already closed: the first outcome counts.
        self.0.append(&opened.tenant, at, &Body::Closed(closed), &beside).await.map(|_| ())
    }
}

/// Returns a row that names an entry: a marker, or an item of a person's own list.
pub(crate) fn pointer(key: Key, entry: &EntryId) -> Row {
    Row::new(key, [("entry", Value::text(&entry.0))])
}

/// Returns the entry that a row names.
pub(crate) fn named(row: &Row) -> Result<EntryId, Unavailable> {
    row.text("entry").map(|entry| EntryId(entry.to_owned()))
}

/// Returns the entry that a row names if it has no other attribute, as the ledger wrote it.
pub(crate) fn named_alone(row: &Row) -> Option<EntryId> {
    named(row).ok().filter(|_| row.attributes.len() == 1)
}
