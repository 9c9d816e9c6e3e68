//! An in-memory ledger.

use super::lock;
use crate::approval::ApprovalId;
use crate::ports::{
    Approval, Entry, EntryId, Ledger, Millis, OpenError, Outcome, PolicyDecision, Unavailable, Verdict, Way,
};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// One entry of the memory ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The decision.
    pub verdict: Verdict,
    /// The tool.
    pub tool: String,
    /// The action in plain words.
    pub intent: String,
    /// The approval that the decision is based on.
    pub approval: Option<Approval>,
    /// The way by which the person acted.
    pub way: Option<Way>,
    /// The decision of the policies.
    pub policy: Option<PolicyDecision>,
    /// The outcome, once known.
    pub outcome: Option<Outcome>,
}

/// Stores entries and spent approvals.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    lines: Mutex<Vec<Line>>,
    spent: Mutex<BTreeMap<ApprovalId, EntryId>>,
    down: Mutex<bool>,
}

impl MemoryLedger {
    /// Rejects every write from now on.
    pub fn fail(&self) {
        *lock(&self.down) = true;
    }

    /// The entries.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        lock(&self.lines).clone()
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError> {
        if *lock(&self.down) {
            return Err(Unavailable::new("the ledger", "down").into());
        }
        let mut lines = lock(&self.lines);
        let id = EntryId(lines.len().to_string());
        if let (Verdict::Allowed, Some(approval)) = (&entry.verdict, &entry.approval) {
            let mut spent = lock(&self.spent);
            if let Some(by) = spent.get(&approval.id) {
                return Err(OpenError::Spent(by.clone()));
            }
            spent.insert(approval.id.clone(), id.clone());
        }
        let Entry { verdict, tool, intent, approval, actor, policy, .. } = entry;
        let way = actor.via().map(|via| Way::from(&**via));
        lines.push(Line { verdict, tool: tool.0, intent, approval, way, policy, outcome: None });
        Ok(id)
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, _at: Millis) -> Result<(), Unavailable> {
        let place: usize = entry.0.parse().unwrap_or(usize::MAX);
        let mut lines = lock(&self.lines);
        assert!(place < lines.len(), "only an existing entry can be closed");
        lines[place].outcome.get_or_insert(outcome);
        Ok(())
    }
}
