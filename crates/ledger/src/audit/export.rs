//! The stream of all entries of a tenant. Memory holds one step of each chain of a day.

use super::{fits, opened, sound};
use crate::body::Opened;
use crate::names;
use crate::record::Record;
use crate::row::Row;
use crate::signed_ledger::SignedLedger;
use agent::ports::{Filter, Millis, PastEntry, Unavailable};
use futures::stream::{BoxStream, StreamExt, try_unfold};
use std::collections::VecDeque;
use std::ops::Range;

/// Entries in one part of the stream.
const PART: usize = 100;

/// A running export.
struct Export {
    ledger: SignedLedger,
    tenant: String,
    times: Range<Millis>,
    filter: Filter,
    /// The chains of the days that are not begun, the newest day last. `None` before they are listed.
    days: Option<Vec<Vec<String>>>,
    /// The chains of the day that is written now.
    cursors: Vec<Cursor>,
}

/// A chain that is read backwards.
struct Cursor {
    chain: String,
    /// Number of the newest record that is not read; 0 at the end.
    last: u64,
    ready: VecDeque<(Record, Opened)>,
}

pub(super) fn stream(
    ledger: SignedLedger,
    tenant: String,
    times: Range<Millis>,
    filter: Filter,
) -> BoxStream<'static, Result<Vec<PastEntry>, Unavailable>> {
    let export = Export { ledger, tenant, times, filter, days: None, cursors: Vec::new() };
    let next = |mut export: Export| async move { Ok(export.part().await?.map(|part| (part, export))) };
    try_unfold(export, next).boxed()
}

impl Export {
    /// Returns the next part; `None` at the end.
    async fn part(&mut self) -> Result<Option<Vec<PastEntry>>, Unavailable> {
        let mut part = Vec::new();
        while part.len() < PART {
            match self.next().await? {
                Some(entry) => part.push(entry),
                None if part.is_empty() => return Ok(None),
                None => break,
            }
        }
        self.ledger.past(part).await.map(Some)
    }

    async fn next(&mut self) -> Result<Option<(Record, Opened)>, Unavailable> {
        loop {
            for cursor in &mut self.cursors {
                cursor.fill(&self.ledger, &self.times, &self.filter).await?;
            }
            let newest = self.cursors.iter_mut().max_by_key(|cursor| cursor.ready.front().map(|(_, own)| own.at));
            if let Some(entry) = newest.and_then(|cursor| cursor.ready.pop_front()) {
                return Ok(Some(entry));
            }
            if !self.begin_day().await? {
                return Ok(None);
            }
        }
    }

    /// Begins the next day; returns false if there is none.
    async fn begin_day(&mut self) -> Result<bool, Unavailable> {
        if self.days.is_none() {
            self.days = Some(self.ledger.days(&self.tenant, &self.times).await?.into_values().collect());
        }
        let Some(chains) = self.days.as_mut().and_then(Vec::pop) else { return Ok(false) };
        let cursor = |chain| Cursor { chain, last: names::LAST_RECORD, ready: VecDeque::new() };
        self.cursors = chains.into_iter().map(cursor).collect();
        Ok(true)
    }
}

impl Cursor {
    /// Reads until an entry is ready or the chain ends. Refuses a gap: what is missing must not look like the end.
    async fn fill(&mut self, ledger: &SignedLedger, times: &Range<Millis>, filter: &Filter) -> Result<(), Unavailable> {
        while self.ready.is_empty() && self.last > 0 {
            let rows = ledger.0.chains.some_before(&self.chain, self.last).await?;
            let records = verified(ledger, &self.chain, rows).await?;
            for record in records {
                if self.last != names::LAST_RECORD && record.seq != self.last {
                    return Err(crate::row::broken("seq"));
                }
                self.last = record.seq - 1;
                let wanted = |own: &Opened| times.contains(&own.at) && fits(filter, own);
                self.ready.extend(opened(record).filter(|(_, own)| wanted(own)));
            }
        }
        Ok(())
    }
}

/// Verifies records on the blocking pool.
async fn verified(ledger: &SignedLedger, chain: &str, rows: Vec<Row>) -> Result<Vec<Record>, Unavailable> {
    if rows.is_empty() {
        return Err(crate::row::broken("seq"));
    }
    let (public, chain) = (ledger.0.public.clone(), chain.to_owned());
    let check = move || rows.iter().map(|row| sound(Record::read(&chain, row)?, &public)).collect();
    let checked = tokio::task::spawn_blocking(check).await;
    checked
        .unwrap_or_else(|error| Err(Unavailable::new(crate::SERVICE, format!("a chain could not be checked: {error}"))))
}
