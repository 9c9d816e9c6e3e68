//! Typed reads from the store.

use crate::names;
use crate::record::{Head, Record};
use crate::row::{Key, Row, broken};
use crate::store::{LedgerStore, SortRange};
use agent::ports::{Millis, Unavailable};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Maximum number of records in one read of a chain that is read in steps.
const STEP: usize = 100;

/// Reads chains, records and lists from the store.
#[derive(Debug, Clone)]
pub(crate) struct Chains(pub(crate) Arc<dyn LedgerStore>);

impl Chains {
    /// Returns the stored head. The signature is not checked.
    pub(crate) async fn head(&self, chain: &str) -> Result<Option<Head>, Unavailable> {
        let row = self.0.row(&names::head(chain)).await?;
        row.map(|row| Head::read(chain, &row)).transpose()
    }

    /// Returns a stored record. Hash and signature are not checked.
    pub(crate) async fn record(&self, chain: &str, seq: u64) -> Result<Option<Record>, Unavailable> {
        let row = self.0.row(&names::record(chain, seq)).await?;
        row.map(|row| Record::read(chain, &row)).transpose()
    }

    /// Returns the rows of all records of a chain, in order.
    pub(crate) async fn records(&self, chain: &str) -> Result<Vec<Row>, Unavailable> {
        let is_record = |row: &Row| row.key.sort.starts_with(|c: char| c.is_ascii_digit());
        Ok(self.0.partition(chain).await?.into_iter().filter(is_record).collect())
    }

    /// Returns up to [`STEP`] records after number `seq`; an empty list at the end of the chain.
    pub(crate) async fn some_after(&self, chain: &str, seq: u64) -> Result<Vec<Row>, Unavailable> {
        self.0.first(&between(chain, seq + 1, names::LAST_RECORD), STEP).await
    }

    /// Returns up to [`STEP`] records up to number `last`, newest first; an empty list before the first one.
    pub(crate) async fn some_before(&self, chain: &str, last: u64) -> Result<Vec<Row>, Unavailable> {
        self.0.last(&between(chain, 1, last), STEP).await
    }

    /// Returns the newest record up to number `last` that satisfies `fits`. The signature is not checked.
    pub(crate) async fn newest(
        &self,
        chain: &str,
        last: u64,
        fits: impl Fn(&Record) -> bool,
    ) -> Result<Option<Record>, Unavailable> {
        let mut last = last;
        while last > 0 {
            let rows = self.0.last(&between(chain, 1, last), STEP).await?;
            for row in &rows {
                let record = Record::read(chain, row)?;
                // A record stored under another number could hide the one it replaced.
                if row.key != names::record(chain, record.seq) {
                    return Err(broken("seq"));
                }
                if fits(&record) {
                    return Ok(Some(record));
                }
                last = record.seq - 1;
            }
            if rows.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    /// Returns the newest items of a person's own list within these times.
    pub(crate) async fn own(&self, list: &str, times: &Range<Millis>, most: usize) -> Result<Vec<Row>, Unavailable> {
        if times.is_empty() {
            return Ok(Vec::new());
        }
        let (from, to) = (names::own_from(times.start), names::own_from(times.end));
        self.0.last(&SortRange { partition: list.to_owned(), from, to }, most).await
    }

    /// Returns the existing rows under these keys.
    pub(crate) async fn all(&self, keys: impl IntoIterator<Item = Key>) -> Result<BTreeMap<Key, Row>, Unavailable> {
        let keys: BTreeSet<Key> = keys.into_iter().collect();
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(self.0.rows(keys).await?.into_iter().map(|row| (row.key.clone(), row)).collect())
    }
}

fn between(chain: &str, first: u64, last: u64) -> SortRange {
    let (Key { partition, sort: from }, Key { sort: to, .. }) =
        (names::record(chain, first), names::record(chain, last));
    SortRange { partition, from, to }
}
