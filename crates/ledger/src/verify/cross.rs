//! Checks that records and markers agree with each other. Pure: facts in, findings out.

use super::Scope;
use super::finding::{Finding, Wrong};
use super::known::Known;
use crate::body::{Approval, Closed, Decision, Opened, Weight};
use crate::names;
use agent::approval::ApprovalId;
use agent::ports::{EntryId, Millis};
use std::collections::{BTreeMap, BTreeSet};

/// The properties of an entry that other rows must agree with.
#[derive(Debug)]
pub(super) struct Fact {
    hash: String,
    at: Millis,
    allowed: bool,
    elevated: bool,
    approval: Option<ApprovalId>,
    given: bool,
    /// Set if the person's own list contains the entry.
    pub(super) own: bool,
}

impl Fact {
    pub(super) fn of(hash: String, opened: &Opened) -> Self {
        let approval = opened.approval.as_ref();
        Self {
            hash,
            at: opened.at,
            allowed: opened.decision == Decision::Allowed,
            elevated: opened.risk == Weight::Elevated,
            approval: approval.map(|approval| approval.id.clone()),
            given: approval.is_some_and(Approval::is_proven),
            own: true,
        }
    }
}

/// Everything known about a tenant on the days in scope.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Entries by their ids.
    pub(super) entries: BTreeMap<String, Fact>,
    /// Closing records, by their own ids.
    pub(super) closings: BTreeMap<String, Closed>,
    /// Markers that an entry is closed, by the entry's id; `None` if the row does not name exactly one record.
    pub(super) marks: BTreeMap<String, Option<EntryId>>,
    /// Markers of spent approvals, by approval; `None` if the row does not name exactly one entry.
    pub(super) spent: BTreeMap<String, Option<EntryId>>,
}

/// Returns the contradictions in `scope`, except those that involve a record of `known`.
pub(super) fn check(facts: &Facts, scope: &Scope, known: &Known<'_>) -> Vec<Finding> {
    let mut cross = Cross { facts, scope, known, found: Vec::new() };
    cross.outcomes();
    cross.marks();
    cross.approvals();
    cross.spent();
    for (id, _) in facts.entries.iter().filter(|(_, fact)| !fact.own) {
        cross.find(&EntryId(id.clone()), Wrong::NotOwn);
    }
    cross.found
}

/// Returns the allowed entries that have no outcome.
pub(super) fn open(facts: &Facts) -> Vec<EntryId> {
    let open = facts.entries.iter().filter(|(id, fact)| fact.allowed && !facts.marks.contains_key(*id));
    open.map(|(id, _)| EntryId(id.clone())).collect()
}

struct Cross<'a> {
    facts: &'a Facts,
    scope: &'a Scope,
    known: &'a Known<'a>,
    found: Vec<Finding>,
}

impl Cross<'_> {
    fn outcomes(&mut self) {
        let mut ended = BTreeSet::new();
        for (by, closed) in &self.facts.closings {
            let (id, by) = (&closed.entry, EntryId(by.clone()));
            if !ended.insert(&id.0) {
                self.find(&by, Wrong::SecondOutcome(id.clone()));
            }
            if !self.looks_at(id) {
                continue;
            }
            if self.facts.entries.get(&id.0).is_none_or(|entry| entry.hash != closed.hash) {
                self.find(&by, Wrong::OutcomeOfNothing(id.clone()));
            }
            if !self.facts.marks.contains_key(&id.0) {
                self.find(id, Wrong::CloseMark);
            }
        }
    }

    fn marks(&mut self) {
        for (id, by) in &self.facts.marks {
            let id = EntryId(id.clone());
            let its_end = |by: &EntryId| self.facts.closings.get(&by.0).is_some_and(|closed| closed.entry == id);
            if by.as_ref().is_none_or(|by| !self.known.has(by) && !its_end(by)) {
                self.find(&id, Wrong::CloseMark);
            }
        }
    }

    fn approvals(&mut self) {
        let mut allowed: Vec<_> = self.facts.entries.iter().filter(|(_, entry)| entry.allowed).collect();
        allowed.sort_by_key(|(_, entry)| entry.at);
        let mut rests = BTreeMap::<&str, EntryId>::new();
        for (id, entry) in allowed {
            let id = EntryId(id.clone());
            // An approval that an entry names must have been given, even if the action would not need one.
            if !entry.given && (entry.elevated || entry.approval.is_some()) {
                self.find(&id, Wrong::NoYes);
            }
            let Some(approval) = &entry.approval else { continue };
            if let Some(first) = rests.get(approval.as_str()) {
                self.find(&id, Wrong::SpentTwice(approval.clone(), first.clone()));
                continue;
            }
            if self.facts.spent.get(approval.as_str()).is_none_or(|by| by.as_ref() != Some(&id)) {
                self.find(&id, Wrong::SpentMark(approval.clone()));
            }
            rests.insert(approval.as_str(), id);
        }
    }

    fn spent(&mut self) {
        for (approval, by) in &self.facts.spent {
            let wrong = Wrong::SpentByNothing(approval.clone());
            let Some(id) = by.as_ref().filter(|id| names::place(id).is_some()) else {
                self.found.push(Finding { chain: names::SPENT.to_owned(), seq: None, wrong });
                continue;
            };
            let own = self.facts.entries.get(&id.0).filter(|entry| entry.allowed);
            let own = own.and_then(|entry| entry.approval.as_ref());
            if self.looks_at(id) && own.is_none_or(|own| own.as_str() != approval) {
                self.find(id, wrong);
            }
        }
    }

    /// Returns whether the entry is in scope and has no finding of its own, so that its absence is conclusive. An id
    /// that names no chain of a day counts as in scope, because no other scope would cover it.
    fn looks_at(&self, id: &EntryId) -> bool {
        let within = |chain| names::day_of(chain).is_none() || self.scope.holds(chain);
        names::place(id).is_some_and(|(chain, _)| within(chain)) && !self.known.has(id)
    }

    fn find(&mut self, id: &EntryId, wrong: Wrong) {
        if let Some((chain, seq)) = names::place(id)
            && !self.known.has(id)
        {
            self.found.push(Finding { chain: chain.to_owned(), seq: Some(seq), wrong });
        }
    }
}
