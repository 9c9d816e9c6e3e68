//! The tamper-evident ledger: one entry before each action and its outcome afterwards, each in a record that is
//! written once.
//!
//! Records are chained by hash and signed ([`Record`]), and the newest record of each chain has a signed [`Head`], so
//! that changes, removals and reorderings are detected. [`verify`] says what it detects, [`witness`] collects heads
//! to keep outside of the store, and [`receipt`] makes the signed document that a person can take away. A chain holds
//! the entries of one tenant, day and shard (of 16). A chain of each tenant lists that tenant's chains, and one chain
//! lists the tenants (`names.rs`). [`SignedLedger`] implements the ports of `agent` on top of this.
//!
//! The rows are kept in a [`LedgerStore`], which need not be trusted: someone who can write to it without a signing
//! key can at worst delete. This crate must not depend on a particular store, nor decide who may read the ledger.
//! Records never contain a token, a prompt or the body of a tool call.

mod append;
mod audit;
mod body;
mod chains;
mod day;
#[cfg(feature = "fakes")]
pub mod fakes;
mod names;
pub mod receipt;
mod record;
mod row;
mod seen;
mod signed_ledger;
mod signing;
mod store;
pub mod verify;
pub mod witness;

#[cfg(test)]
mod tests;

pub use body::{
    ActionOutcome, Approval, BadEvidence, Body, Closed, Decision, Follows, GivenApproval, NewChain, NewTenant, Opened,
    Person, Weight,
};
pub use day::{BadDay, Day};
pub use names::{of_short, short};
pub use record::{Flaw, Head, Record};
pub use row::{Key, Row, Value};
pub use signed_ledger::SignedLedger;
pub use signing::{BadPublicKey, BadSeed, BadSignature, LedgerKeys, PublicKeys, Signature};
pub use store::{Expected, LedgerStore, NotWritten, RowKind, SortRange, Write};

/// Name of the ledger in messages to people.
const SERVICE: &str = "the ledger";
