//! What records and marks say of each other. Pure: facts in, findings out.

use super::finding::{Finding, Wrong};
use crate::ledger::body::{Closed, Decision, Opened, Weight};
use crate::ledger::names;
use agent::approval::ApprovalId;
use agent::ports::EntryId;
use std::collections::{BTreeMap, BTreeSet};

/// An entry, by what other items must agree with.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) hash: String,
    allowed: bool,
    elevated: bool,
    approval: Option<ApprovalId>,
    given: bool,
    /// Whether its person's list has it.
    pub(super) own: bool,
}

impl Fact {
    pub(super) fn of(hash: String, opened: &Opened) -> Self {
        let approval = opened.approval.as_ref();
        Self {
            hash,
            allowed: opened.decision == Decision::Allowed,
            elevated: opened.risk == Weight::Elevated,
            approval: approval.map(|approval| approval.id.clone()),
            given: approval.is_some_and(|approval| approval.given.is_some()),
            own: true,
        }
    }
}

/// What is known of a tenant, in its days.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// By their keys.
    pub(super) entries: BTreeMap<String, Fact>,
    /// The records that close entries, by their own keys.
    pub(super) closings: BTreeMap<String, Closed>,
    /// The marks beside entries, by the entries' keys; `None` is no mark.
    pub(super) marks: BTreeMap<String, Option<EntryId>>,
    /// The marks of spent approvals; `None` is no mark.
    pub(super) spent: BTreeMap<String, Option<EntryId>>,
}

/// What does not agree. `within` says of a chain whether it was looked at, `known` of a place whether something is wrong
/// with it anyhow.
pub(super) fn check(facts: &Facts, within: impl Fn(&str) -> bool, known: impl Fn(&EntryId) -> bool) -> Vec<Finding> {
    let looked_at = |id: &EntryId| names::place(id).is_some_and(|(chain, _)| within(chain)) && !known(id);
    let mut found = Found { out: Vec::new(), known: &known };
    outcomes(facts, &looked_at, &mut found);
    approvals(facts, &looked_at, &mut found);
    for (id, _) in facts.entries.iter().filter(|(_, fact)| !fact.own) {
        found.at(&EntryId(id.clone()), Wrong::NotOwn);
    }
    found.out
}

/// Allowed entries without an outcome.
pub(super) fn open(facts: &Facts) -> Vec<EntryId> {
    let open = facts.entries.iter().filter(|(id, fact)| fact.allowed && !facts.marks.contains_key(*id));
    open.map(|(id, _)| EntryId(id.clone())).collect()
}

fn outcomes(facts: &Facts, looked_at: &impl Fn(&EntryId) -> bool, found: &mut Found<'_, impl Fn(&EntryId) -> bool>) {
    let mut ended = BTreeSet::new();
    for (by, closed) in &facts.closings {
        let (id, by) = (&closed.entry, EntryId(by.clone()));
        if !ended.insert(&id.0) {
            found.at(&by, Wrong::SecondOutcome(id.clone()));
        }
        if looked_at(id) {
            match facts.entries.get(&id.0) {
                Some(entry) if entry.hash == closed.hash => {}
                _ => found.at(&by, Wrong::OutcomeOfNothing(id.clone())),
            }
            if !facts.marks.contains_key(&id.0) {
                found.at(id, Wrong::CloseMark);
            }
        }
    }
    for (id, by) in &facts.marks {
        let id = EntryId(id.clone());
        let names_its_end = |by: &EntryId| facts.closings.get(&by.0).is_some_and(|closed| closed.entry == id);
        if by.as_ref().is_none_or(|by| looked_at(by) && !names_its_end(by)) {
            found.at(&id, Wrong::CloseMark);
        }
    }
}

fn approvals(facts: &Facts, looked_at: &impl Fn(&EntryId) -> bool, found: &mut Found<'_, impl Fn(&EntryId) -> bool>) {
    let mut rests = BTreeMap::<&str, EntryId>::new();
    for (id, entry) in facts.entries.iter().filter(|(_, entry)| entry.allowed) {
        let id = EntryId(id.clone());
        // An approval that is named must have been given, whatever the deed.
        if !entry.given && (entry.elevated || entry.approval.is_some()) {
            found.at(&id, Wrong::NoYes);
        }
        let Some(approval) = &entry.approval else { continue };
        if let Some(first) = rests.get(approval.as_str()) {
            found.at(&id, Wrong::SpentTwice(approval.clone(), first.clone()));
            continue;
        }
        if facts.spent.get(approval.as_str()).is_none_or(|by| by.as_ref() != Some(&id)) {
            found.at(&id, Wrong::SpentMark(approval.clone()));
        }
        rests.insert(approval.as_str(), id);
    }
    for (approval, by) in facts.spent.iter().filter(|(approval, _)| !rests.contains_key(approval.as_str())) {
        match by {
            None => found.beside(Wrong::SpentByNothing(approval.clone())),
            Some(id) if names::place(id).is_none() => found.beside(Wrong::SpentByNothing(approval.clone())),
            Some(id) if looked_at(id) => found.at(id, Wrong::SpentByNothing(approval.clone())),
            Some(_) => {}
        }
    }
}

struct Found<'a, F> {
    out: Vec<Finding>,
    known: &'a F,
}

impl<F: Fn(&EntryId) -> bool> Found<'_, F> {
    fn at(&mut self, id: &EntryId, wrong: Wrong) {
        if let Some((chain, seq)) = names::place(id)
            && !(self.known)(id)
        {
            self.out.push(Finding { chain: chain.to_owned(), seq: Some(seq), wrong });
        }
    }

    fn beside(&mut self, wrong: Wrong) {
        self.out.push(Finding { chain: names::SPENT.to_owned(), seq: None, wrong });
    }
}
