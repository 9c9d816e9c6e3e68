//! The findings of verification.

use crate::signing::BadSignature;
use agent::approval::ApprovalId;
use agent::ports::EntryId;
use std::fmt;

/// A defect and its location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The chain, or the partition if the row belongs to no chain.
    pub chain: String,
    /// Number of the record, if the finding concerns one.
    pub seq: Option<u64>,
    /// The defect.
    pub wrong: Wrong,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            Some(seq) => write!(f, "{} record {seq}: {}", self.chain, self.wrong),
            None => write!(f, "{}: {}", self.chain, self.wrong),
        }
    }
}

/// A defect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The content of a record does not match its hash, is spelled otherwise, or has an attribute too many or too
    /// few.
    #[error("changed")]
    Changed,
    /// A valid record is stored under the number of another one.
    #[error("reordered: record {0} stands here")]
    Moved(u64),
    /// The signature of a record is invalid.
    #[error("{0}")]
    Signature(BadSignature),
    /// A record does not follow the one stored before it.
    #[error("does not follow the record before it")]
    Unlinked,
    /// The records from here up to this number are missing.
    #[error("removed (up to record {0})")]
    Removed(u64),
    /// The chain has no head.
    #[error("the head is removed")]
    NoHead,
    /// The row of the head is malformed.
    #[error("the head is changed")]
    HeadChanged,
    /// The signature of the head is invalid.
    #[error("the head: {0}")]
    HeadSignature(BadSignature),
    /// Records exist after the one that the head names.
    #[error("stands after the head, which was put back to record {0}")]
    AfterHead(u64),
    /// The head names another hash for this record.
    #[error("the head is signed for another record than this")]
    HeadOther,
    /// A row that the ledger did not write.
    #[error("an item `{0}` that the ledger did not write")]
    Strange(String),
    /// A listed chain does not exist.
    #[error("the whole chain is removed")]
    ChainRemoved,
    /// A chain exists but is not listed.
    #[error("the chain is missing in the list of chains")]
    Unlisted,
    /// The next chain was begun after a different record with this number.
    #[error("not the record after which {0} was started")]
    NotFollowed(String),
    /// The chain ends before a record whose head was witnessed.
    #[error("cut off: the head of this record was witnessed, the chain ends at record {0}")]
    CutOff(u64),
    /// Another record is stored in place of one whose head was witnessed.
    #[error("replaced: the head of another record was witnessed here")]
    Replaced,
    /// A record whose head was witnessed is missing, though later records exist.
    #[error("left out: the head of this record was witnessed")]
    LeftOut,
    /// A chain of which a head was witnessed neither exists nor is listed.
    #[error("the whole chain is removed: the head of this record was witnessed")]
    WitnessedGone,
    /// The signature of a witnessed head is invalid.
    #[error("the witnessed head: {0}")]
    WitnessedSignature(BadSignature),
    /// An outcome names an entry that does not exist.
    #[error("the outcome of the entry {id}, which does not exist", id = .0.0)]
    OutcomeOfNothing(EntryId),
    /// An entry has a second outcome.
    #[error("a second outcome of the entry {id}", id = .0.0)]
    SecondOutcome(EntryId),
    /// The marker of a closed entry does not name its outcome.
    #[error("the mark that the entry is closed is removed, changed or forged")]
    CloseMark,
    /// The marker of a spent approval does not name the entry that used the approval.
    #[error("the mark that the approval {0} is spent is removed or names another entry")]
    SpentMark(ApprovalId),
    /// The marker of a spent approval names an entry that did not use it.
    #[error("the mark that the approval {0} is spent names an entry that does not use it")]
    SpentByNothing(String),
    /// Two entries used the same approval.
    #[error("uses the approval {0}, which {by} spent before", by = .1.0)]
    SpentTwice(ApprovalId, EntryId),
    /// An elevated action was allowed without an approval that names its evidence.
    #[error("an elevated action was allowed without an approval that names its evidence")]
    NoYes,
    /// The entry is missing from the list of its person.
    #[error("missing in the list of the person on whose behalf it was made")]
    NotOwn,
}

/// The number of items that were verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tenants in scope.
    pub tenants: u64,
    /// Chains of entries, without the lists of chains and of tenants.
    pub chains: u64,
    /// Records in these chains.
    pub records: u64,
    /// Entries among these records.
    pub entries: u64,
}

/// The result of a verification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings; empty if nothing is wrong.
    pub findings: Vec<Finding>,
    /// Allowed entries without an outcome: actions that still run, or whose outcome was never written.
    pub open: Vec<EntryId>,
    /// The number of items that were verified.
    pub counts: Counts,
}
