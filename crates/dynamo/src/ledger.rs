//! The ledger: an entry before the deed, its outcome after it, each a record that is written once. Records are chained by
//! hash and signed, so that a change, a removal or a new order is found, see [`verify`].
//! It must never hold a token, a prompt or a tool's body, and never know who may read it.

mod append;
mod body;
mod names;
mod read;
pub mod receipt;
mod record;
mod seen;
mod signing;
mod store;
mod transaction;
pub mod verify;
pub mod witness;

pub use body::{Approval, Body, Closed, Decision, End, Follows, Given, NewChain, NewTenant, Opened, Person, Weight};
pub use names::{BadDay, Day};
pub use record::{Flaw, Head, Record};
pub use signing::{BadPublicKey, BadSeed, BadSignature, LedgerKeys, PublicKeys, Signature};

use crate::item::{Item, broken, s, text};
use crate::keys;
use agent::approval::ApprovalId;
use agent::ports::{Entry, EntryId, Ledger, Millis, OpenError, Outcome, Unavailable};
use append::Writer;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use std::sync::Arc;
use store::Store;
use transaction::{Part, Transaction};

/// The ledger in the table `countersign`. Clones write as one.
#[derive(Debug, Clone)]
pub struct DynamoLedger(Arc<Writer>);

impl DynamoLedger {
    /// The ledger in `table`, signed with `keys`.
    #[must_use]
    pub fn new(client: Client, table: String, keys: Arc<LedgerKeys>) -> Self {
        Self(Arc::new(Writer::new(Store { client, table }, keys)))
    }

    /// The entry that spent an approval.
    async fn spent(&self, tenant: &str, approval: &ApprovalId) -> Result<Option<EntryId>, Unavailable> {
        let item = self.0.store.get(&names::spent(tenant), approval.as_str()).await?;
        item.map(|item| text(&item, "entry").map(|entry| EntryId(entry.to_owned()))).transpose()
    }
}

#[async_trait]
impl Ledger for DynamoLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError> {
        let opened = Opened::from(entry);
        let (tenant, at, who) = (opened.tenant.clone(), opened.at, opened.on_behalf_of.clone());
        let approval = opened.approval.as_ref().filter(|_| opened.decision == Decision::Allowed);
        let approval = approval.map(|approval| approval.id.clone());
        let beside = |transaction: &mut Transaction, entry: &EntryId| {
            let list = keys::user(&tenant, &who.issuer, &who.subject);
            transaction.add(Part::Own, pointer(list, names::own(at, entry), entry))?;
            if let Some(approval) = &approval {
                let mark = pointer(names::spent(&tenant), approval.to_string(), entry);
                transaction.add(Part::Mark, mark)?;
            }
            Ok(())
        };
        if let Some(entry) = self.0.append(&tenant, at, &Body::Opened(opened), &beside).await? {
            return Ok(entry);
        }
        let marked = approval.ok_or_else(|| broken("spent"))?;
        let before = self.spent(&tenant, &marked).await?;
        Err(OpenError::Spent(before.ok_or_else(|| broken("spent"))?))
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable> {
        let (chain, seq) = names::place(entry).ok_or_else(|| broken("entry"))?;
        let record = self.0.store.record(chain, seq).await?;
        let record =
            record.ok_or_else(|| append::broken_at(chain, format!("record {seq} is not there to be closed")))?;
        let Body::Opened(opened) = record.body else { return Err(broken("entry")) };
        let took = (at - opened.at).max(0);
        let closed = Closed { entry: entry.clone(), hash: record.hash, at, took, outcome: outcome.into() };
        let beside = |transaction: &mut Transaction, by: &EntryId| {
            transaction.add(Part::Mark, pointer(chain.to_owned(), names::closed(seq), by))
        };
        // Nothing is written when it is closed already: the first outcome counts.
        self.0.append(&opened.tenant, at, &Body::Closed(closed), &beside).await.map(|_| ())
    }
}

/// A mark that names a record.
fn pointer(pk: String, sk: String, entry: &EntryId) -> Item {
    Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk)), ("entry".to_owned(), s(&entry.0))])
}

#[cfg(test)]
pub(crate) mod tests;
