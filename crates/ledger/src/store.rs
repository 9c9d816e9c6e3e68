//! The storage port of the ledger.

use crate::row::{Key, Row};
use agent::ports::Unavailable;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::fmt;

/// An inclusive range of sort keys in one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortRange {
    /// Name of the partition.
    pub partition: String,
    /// Lowest sort key, included.
    pub from: String,
    /// Highest sort key, included.
    pub to: String,
}

/// The kind of a written row. It decides how a failed condition is reported: see [`NotWritten`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A record or the head of a chain.
    Chain,
    /// A marker that an approval is spent or an entry is closed.
    Mark,
    /// An item of a person's own list.
    Own,
}

/// The condition that the row stored under a key must meet for a write to succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// No row exists under the key.
    Absent,
    /// The row is a head with exactly this `seq` and `hash`.
    Head {
        /// Record number of the head.
        seq: u64,
        /// Hash of that record.
        hash: String,
    },
}

/// A conditional write of one row, part of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The row to write.
    pub row: Row,
    /// The kind of the row.
    pub part: RowKind,
    /// Condition for the whole transaction to succeed.
    pub expected: Expected,
}

impl Write {
    /// Writes a row that must not exist yet.
    pub(crate) fn new(part: RowKind, row: Row) -> Self {
        Self { row, part, expected: Expected::Absent }
    }
}

/// The reasons for which a transaction wrote nothing.
#[derive(Debug)]
pub enum NotWritten {
    /// Another writer was first: the record already exists, or the head has changed.
    Raced,
    /// The marker already exists: the approval is spent or the entry is closed. Reported in preference to
    /// [`NotWritten::Raced`] if both apply.
    Marked,
    /// The store did not answer. The rows may have been written.
    Unavailable(Unavailable),
}

impl From<Unavailable> for NotWritten {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// Stores the rows of the ledger. All reads are strongly consistent.
///
/// A transaction has at most eight rows. Rows are never deleted and only heads are overwritten, so the writing
/// process needs no permission to delete rows or to overwrite other rows. The store need not be trusted otherwise.
#[async_trait]
pub trait LedgerStore: fmt::Debug + Send + Sync {
    /// Returns the row under a key.
    ///
    /// # Errors
    /// [`Unavailable`] if the store did not answer; the same holds for the methods below.
    async fn row(&self, key: &Key) -> Result<Option<Row>, Unavailable>;

    /// Returns the rows under these keys, in any order. Absent rows are left out.
    ///
    /// # Errors
    /// [`Unavailable`], also if only some of the rows could be read.
    async fn rows(&self, keys: BTreeSet<Key>) -> Result<Vec<Row>, Unavailable>;

    /// Returns all rows of a partition, ordered by sort key.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn partition(&self, name: &str) -> Result<Vec<Row>, Unavailable>;

    /// Returns the first rows of a range, ordered by sort key: at most `most`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn first(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable>;

    /// Returns the last rows of a range in descending order: at most `most`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn last(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable>;

    /// Returns the names of all partitions that begin with `prefix`. May scan the whole store, so it is not for
    /// requests.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn partitions(&self, prefix: &str) -> Result<BTreeSet<String>, Unavailable>;

    /// Writes all rows or none, in one transaction.
    ///
    /// # Errors
    /// See [`NotWritten`].
    async fn write(&self, writes: Vec<Write>) -> Result<(), NotWritten>;
}
