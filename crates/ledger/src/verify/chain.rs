//! Verifies one chain by itself. Pure: rows in, findings out.

use super::finding::{Finding, Wrong};
use crate::names;
use crate::record::{Flaw, Head, Record};
use crate::row::Row;
use crate::signed_ledger::named_alone;
use crate::signing::PublicKeys;
use agent::ports::EntryId;
use std::collections::BTreeMap;

/// The parsed rows of a chain's partition.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub(super) name: String,
    /// Records by the number in their key; `None` if the row is not exactly a record as the ledger writes it.
    pub(super) records: BTreeMap<u64, Option<Record>>,
    /// Markers that an entry is closed, by the number of that entry; `None` if the row does not name exactly one
    /// record.
    pub(super) marks: BTreeMap<u64, Option<EntryId>>,
    pub(super) head: HeadRow,
    strange: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) enum HeadRow {
    #[default]
    Missing,
    Unreadable,
    There(Head),
}

impl Chain {
    pub(super) fn of(name: &str, rows: &[Row]) -> Self {
        let mut chain = Self { name: name.to_owned(), ..Self::default() };
        for row in rows {
            let sort = row.key.sort.as_str();
            if sort == names::HEAD {
                chain.head = Head::read(name, row).map_or(HeadRow::Unreadable, HeadRow::There);
            } else if let Some(seq) = place(sort) {
                chain.records.insert(seq, Record::read(name, row).ok());
            } else if let Some(seq) = sort.strip_prefix(names::CLOSED).and_then(place) {
                chain.marks.insert(seq, named_alone(row));
            } else {
                chain.strange.push(sort.to_owned());
            }
        }
        chain
    }

    pub(super) fn is_gone(&self) -> bool {
        self.records.is_empty() && self.marks.is_empty() && matches!(self.head, HeadRow::Missing)
    }

    /// Returns the hash of a record, if it exists and is readable.
    pub(super) fn hash(&self, seq: u64) -> Option<&str> {
        self.records.get(&seq)?.as_ref().map(|record| record.hash.as_str())
    }

    /// Returns the finding for a record that must exist in this chain but does not.
    pub(super) fn lost(&self, seq: u64) -> Wrong {
        match self.records.last_key_value() {
            _ if self.records.contains_key(&seq) => Wrong::Replaced,
            Some((&last, _)) if seq < last => Wrong::LeftOut,
            last => Wrong::CutOff(last.map_or(0, |(&last, _)| last)),
        }
    }

    /// Returns all findings of the chain. `first` is the hash that the first record must follow, if it is known.
    pub(super) fn check(&self, first: Option<&str>, keys: &PublicKeys) -> Vec<Finding> {
        if self.is_gone() && self.strange.is_empty() {
            return vec![self.finding(None, Wrong::ChainRemoved)];
        }
        let mut found: Vec<_> =
            self.strange.iter().map(|sort| self.finding(None, Wrong::Strange(sort.clone()))).collect();
        let (mut before, mut next) = (first, 1);
        for (&seq, record) in &self.records {
            if next < seq {
                found.push(self.finding(Some(next), Wrong::Removed(seq - 1)));
                before = None;
            }
            next = seq + 1;
            let flaw = record.as_ref().map_or(Some(Wrong::Changed), |record| flaw(record, seq, before, keys));
            // After a defective record the expected `previous` is unknown, so one change causes one finding.
            before = record.as_ref().filter(|_| flaw.is_none()).map(|record| record.hash.as_str());
            found.extend(flaw.map(|wrong| self.finding(Some(seq), wrong)));
        }
        let head = self.check_head(next - 1, keys);
        let known = |wrong: &Finding| wrong.wrong == Wrong::HeadOther && found.iter().any(|it| it.seq == wrong.seq);
        let head = head.filter(|wrong| !known(wrong));
        found.extend(head);
        found
    }

    fn check_head(&self, last: u64, keys: &PublicKeys) -> Option<Finding> {
        let head = match &self.head {
            HeadRow::Missing => return Some(self.finding(None, Wrong::NoHead)),
            HeadRow::Unreadable => return Some(self.finding(None, Wrong::HeadChanged)),
            HeadRow::There(head) => head,
        };
        if let Err(error) = head.check(keys) {
            return Some(self.finding(None, Wrong::HeadSignature(error)));
        }
        if last < head.seq {
            return Some(self.finding(Some(last + 1), Wrong::Removed(head.seq)));
        }
        if head.seq < last {
            return Some(self.finding(Some(head.seq + 1), Wrong::AfterHead(head.seq)));
        }
        let other = self.hash(head.seq).is_some_and(|hash| hash != head.hash);
        other.then(|| self.finding(Some(head.seq), Wrong::HeadOther))
    }

    pub(super) fn finding(&self, seq: Option<u64>, wrong: Wrong) -> Finding {
        Finding { chain: self.name.clone(), seq, wrong }
    }
}

fn flaw(record: &Record, seq: u64, before: Option<&str>, keys: &PublicKeys) -> Option<Wrong> {
    match record.check(keys) {
        Err(Flaw::Changed) => return Some(Wrong::Changed),
        Err(Flaw::Signature(error)) => return Some(Wrong::Signature(error)),
        Ok(()) => {}
    }
    if record.seq != seq {
        return Some(Wrong::Moved(record.seq));
    }
    before.is_some_and(|before| before != record.previous).then_some(Wrong::Unlinked)
}

fn place(sort: &str) -> Option<u64> {
    let seq = sort.parse().ok()?;
    (names::number(seq) == sort && seq > 0).then_some(seq)
}
