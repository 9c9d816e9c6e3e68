//! The records with a finding of their own, so that one change causes one finding.

use super::finding::{Finding, Wrong};
use crate::names;
use agent::ports::EntryId;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The record numbers, by chain, that have a finding of their own.
#[derive(Debug)]
pub(super) struct Known<'a>(BTreeMap<&'a str, Vec<RangeInclusive<u64>>>);

impl<'a> Known<'a> {
    pub(super) fn of(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut known = BTreeMap::<_, Vec<_>>::new();
        for Finding { chain, seq, wrong } in findings {
            let places = match (seq, wrong) {
                (Some(first), Wrong::Removed(last)) => *first..=*last,
                (Some(seq), _) => *seq..=*seq,
                (None, Wrong::ChainRemoved) => 0..=u64::MAX,
                (None, _) => continue,
            };
            known.entry(chain.as_str()).or_default().push(places);
        }
        Self(known)
    }

    pub(super) fn has(&self, id: &EntryId) -> bool {
        let Some((chain, seq)) = names::place(id) else { return false };
        self.0.get(chain).is_some_and(|places| places.iter().any(|places| places.contains(&seq)))
    }
}
