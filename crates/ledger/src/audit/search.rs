//! Searches within limits: each reads a bounded number of chains and records, and says how far back it came.

use super::{fits, is_of, kind};
use crate::body::Opened;
use crate::day::Day;
use crate::names;
use crate::record::Record;
use crate::signed_ledger::{SignedLedger, named};
use agent::Actor;
use agent::ports::{Filter, FoundEntries, Millis, Unavailable};
use std::ops::Range;

/// Most chains of one search. A day of a busy organization has 16, of a quiet one 1 or 2.
const MOST_CHAINS: usize = 96;

/// Most records of one search. Each signature is verified.
const MOST_RECORDS: usize = 20_000;

/// Lines of a person's own list in one read.
const STEP: usize = 200;

/// Most lines of a person's own list in one search.
const MOST_OWN: usize = 1_000;

/// The entries of a search so far, newest first.
#[derive(Default)]
struct Hits {
    entries: Vec<(Record, Opened)>,
    found: FoundEntries,
}

impl Hits {
    /// Adds entries that are older than all before. Only the first `most` are kept.
    fn extend(&mut self, mut older: Vec<(Record, Opened)>, most: usize) {
        older.sort_by_key(|(_, opened)| std::cmp::Reverse(opened.at));
        self.found.decisions.extend(older.iter().map(|(_, opened)| (opened.at, kind(&opened.decision))));
        older.truncate(most.saturating_sub(self.entries.len()));
        self.entries.append(&mut older);
    }

    async fn finish(self, ledger: &SignedLedger) -> Result<FoundEntries, Unavailable> {
        Ok(FoundEntries { entries: ledger.past(self.entries).await?, ..self.found })
    }
}

impl SignedLedger {
    pub(super) async fn find(
        &self,
        tenant: &str,
        times: Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<FoundEntries, Unavailable> {
        let (mut hits, mut chains_read, mut records_read, mut oldest) = (Hits::default(), 0, 0, None::<Day>);
        for (day, chains) in self.days(tenant, &times).await?.into_iter().rev() {
            // A whole day or nothing of it, and at least one day.
            let full = chains_read + chains.len() > MOST_CHAINS || records_read >= MOST_RECORDS;
            if let Some(oldest) = oldest.filter(|_| full) {
                hits.found.searched_to = Some(oldest.start());
                break;
            }
            let mut of_day = Vec::new();
            for chain in chains {
                let records = self.opened_in(&chain).await?;
                (chains_read, records_read) = (chains_read + 1, records_read + records.len());
                of_day.extend(records.into_iter().filter(|(_, own)| times.contains(&own.at) && fits(filter, own)));
            }
            hits.extend(of_day, most);
            oldest = Some(day);
        }
        hits.finish(self).await
    }

    pub(super) async fn find_own(
        &self,
        actor: &Actor,
        times: Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<FoundEntries, Unavailable> {
        let list = names::list_of(actor.tenant(), actor.issuer(), actor.subject());
        let (mut hits, mut lines_read, mut end) = (Hits::default(), 0, times.end);
        loop {
            let lines = self.0.chains.own(&list, &(times.start..end), STEP).await?;
            let records = self.records(&lines.iter().map(named).collect::<Result<Vec<_>, _>>()?).await?;
            // The lines are not signed, so ownership and time are decided by the record alone.
            let in_part = |own: &Opened| (times.start..end).contains(&own.at);
            let last = lines.last().and_then(|line| names::own_at(&line.key.sort));
            lines_read += lines.len();
            match last.filter(|_| lines.len() == STEP) {
                // Entries of the last millisecond are read with the next part, unless it fills this one.
                Some(last) if last + 1 < end => {
                    let own = |own: &Opened| in_part(own) && own.at > last && is_of(own, actor) && fits(filter, own);
                    hits.extend(records.into_iter().filter(|(_, opened)| own(opened)).collect(), most);
                    end = last + 1;
                    if lines_read >= MOST_OWN {
                        hits.found.searched_to = Some(end);
                        break;
                    }
                }
                full => {
                    // More entries of one millisecond than a part holds are not all found.
                    hits.found.searched_to = full;
                    let own = |own: &Opened| in_part(own) && is_of(own, actor) && fits(filter, own);
                    hits.extend(records.into_iter().filter(|(_, opened)| own(opened)).collect(), most);
                    break;
                }
            }
        }
        hits.finish(self).await
    }
}
