//! The port for the store of the ledger's rows.

use crate::row::{Key, Row};
use agent::ports::Unavailable;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::fmt;

/// Rows of one partition between two sort keys, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortRange {
    /// The partition.
    pub partition: String,
    /// The least sort key.
    pub from: String,
    /// The greatest sort key.
    pub to: String,
}

/// The kind of a row that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A record or a head.
    Chain,
    /// The mark that an approval is spent, or an entry closed.
    Mark,
    /// A line of a person's own list.
    Own,
}

/// What must lie under a row's key for it to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Absent,
    /// A head with this `seq` and this `hash`.
    Head {
        /// The attribute `seq`.
        seq: u64,
        /// The attribute `hash`.
        hash: String,
    },
}

/// One row of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The row.
    pub row: Row,
    /// Its kind.
    pub part: Part,
    /// The condition on which it is written.
    pub expected: Expected,
}

impl Write {
    /// A row that must not be there yet.
    pub(crate) fn new(part: Part, row: Row) -> Self {
        Self { row, part, expected: Expected::Absent }
    }
}

/// Why a transaction wrote nothing.
#[derive(Debug)]
pub enum NotWritten {
    /// Another writer was faster: a record is there already, or a head is another one.
    Raced,
    /// A mark is there already: the approval is spent, or the entry closed. It weighs more than a lost race.
    Marked,
    /// The store did not answer; it may have written.
    Unavailable(Unavailable),
}

impl From<Unavailable> for NotWritten {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// The store of the ledger's rows. Every read sees all that was written before it.
///
/// A transaction has at most eight rows. Rows are never removed and only heads are replaced, so the right to do either can be
/// denied to the process that writes; a store need not be trusted otherwise.
#[async_trait]
pub trait LedgerStore: fmt::Debug + Send + Sync {
    /// The row under a key.
    ///
    /// # Errors
    /// [`Unavailable`], here and below: it is not known what lies there.
    async fn row(&self, key: &Key) -> Result<Option<Row>, Unavailable>;

    /// The rows under these keys, in any order. Absent ones are left out.
    ///
    /// # Errors
    /// [`Unavailable`], also when only some of them are known.
    async fn rows(&self, keys: BTreeSet<Key>) -> Result<Vec<Row>, Unavailable>;

    /// All rows of a partition, by sort key.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn partition(&self, name: &str) -> Result<Vec<Row>, Unavailable>;

    /// The first rows of a range, by sort key: `most` of them, or all.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn first(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable>;

    /// The last rows of a range, from its end backwards: `most` of them, or all.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn last(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable>;

    /// The names of all partitions that begin with `prefix`. It may read the whole store: not for requests.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn partitions(&self, prefix: &str) -> Result<BTreeSet<String>, Unavailable>;

    /// Writes all rows, or none.
    ///
    /// # Errors
    /// See [`NotWritten`].
    async fn write(&self, writes: Vec<Write>) -> Result<(), NotWritten>;
}
