//! The ledger: an entry before the action, its outcome after it, each a record that is written once.
//!
//! Records are chained by hash and signed ([`Record`]), and the newest of each chain has a signed [`Head`], so that a change,
//! a removal or a new order is found: see [`verify`] for what that finds, [`witness`] for the heads that are kept elsewhere,
//! and [`receipt`] for what a person takes away. A chain is a tenant's day in one of sixteen shards; each chain is listed in
//! a chain of its tenant's, each tenant in the chain of tenants (`names.rs`). [`SignedLedger`] writes and reads all this for
//! the ports of `agent`.
//!
//! The rows lie in a [`LedgerStore`], which need not be trusted: who can write to it without a signing key can at worst
//! delete. This crate never knows which store it is, nor who may read the ledger. Records never hold a token, a prompt or a
//! tool's body.

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

pub use body::{Approval, Body, Closed, Decision, End, Follows, Given, NewChain, NewTenant, Opened, Person, Weight};
pub use day::{BadDay, Day};
pub use record::{Flaw, Head, Record};
pub use row::{Key, Row, Value};
pub use signed_ledger::SignedLedger;
pub use signing::{BadPublicKey, BadSeed, BadSignature, LedgerKeys, PublicKeys, Signature};
pub use store::{Expected, LedgerStore, NotWritten, Part, SortRange, Write};

/// The name of the ledger in messages to people.
const SERVICE: &str = "the ledger";
