//! The findings of verification.

use crate::signing::BadSignature;
use agent::approval::ApprovalId;
use agent::ports::EntryId;
use std::fmt;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The chain, or the partition of the store.
    pub chain: String,
    /// The number of the record, if it is about one.
    pub seq: Option<u64>,
    /// The fault.
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

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A record says otherwise than was hashed, or is spelled otherwise, or has an attribute too many or too few.
    #[error("changed")]
    Changed,
    /// A record stands in another one's place.
    #[error("reordered: record {0} stands here")]
    Moved(u64),
    /// A record's signature does not count.
    #[error("{0}")]
    Signature(BadSignature),
    /// A record follows another one than stands before it.
    #[error("does not follow the record before it")]
    Unlinked,
    /// Records are not there, up to this number.
    #[error("removed (up to record {0})")]
    Removed(u64),
    /// A chain has no head.
    #[error("the head is removed")]
    NoHead,
    /// The head is no head.
    #[error("the head is changed")]
    HeadChanged,
    /// The head's signature does not count.
    #[error("the head: {0}")]
    HeadSignature(BadSignature),
    /// Records stand after the head.
    #[error("stands after the head, which was put back to record {0}")]
    AfterHead(u64),
    /// The head is that of another record.
    #[error("the head is signed for another record than this")]
    HeadOther,
    /// Something that the ledger did not put there.
    #[error("an item `{0}` that the ledger did not write")]
    Strange(String),
    /// A listed chain is not there.
    #[error("the whole chain is removed")]
    ChainRemoved,
    /// A chain is not in the list.
    #[error("the chain is missing in the list of chains")]
    Unlisted,
    /// A chain's successor began after another record than this.
    #[error("not the record that {0} was begun after")]
    NotFollowed(String),
    /// A chain ends before a record whose head was witnessed.
    #[error("cut off: the head of this record was witnessed, the chain ends at record {0}")]
    CutOff(u64),
    /// Another record stands where a witnessed one stood.
    #[error("replaced: the head of another record was witnessed here")]
    Replaced,
    /// A record whose head was witnessed is not there, though later ones are.
    #[error("left out: the head of this record was witnessed")]
    LeftOut,
    /// A chain is not there, nor listed, and a head of it was witnessed.
    #[error("the whole chain is removed: the head of this record was witnessed")]
    WitnessedGone,
    /// A witnessed head is not ours.
    #[error("the witnessed head: {0}")]
    WitnessedSignature(BadSignature),
    /// An outcome of an entry that is not there.
    #[error("the outcome of the entry {id}, which is not there", id = .0.0)]
    OutcomeOfNothing(EntryId),
    /// A second outcome of one entry.
    #[error("a second outcome of the entry {id}", id = .0.0)]
    SecondOutcome(EntryId),
    /// The mark beside an entry does not name its outcome.
    #[error("the mark that the entry is closed is removed, changed or forged")]
    CloseMark,
    /// An approval's mark does not name its entry.
    #[error("the mark that the approval {0} is spent is removed or names another entry")]
    SpentMark(ApprovalId),
    /// A mark of an approval names an entry that does not rest on it.
    #[error("the mark that the approval {0} is spent names an entry that does not rest on it")]
    SpentByNothing(String),
    /// Two entries rest on one approval.
    #[error("rests on the approval {0}, which was spent by {by} before", by = .1.0)]
    SpentTwice(ApprovalId, EntryId),
    /// An elevated deed was allowed without a yes that names its evidence.
    #[error("an elevated deed was allowed without a yes that names its evidence")]
    NoYes,
    /// The entry is missing in the list of its person.
    #[error("missing in the list of the person on whose behalf it was")]
    NotOwn,
}

/// The extent of a look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tenants.
    pub tenants: u64,
    /// Chains, without the lists of chains and tenants.
    pub chains: u64,
    /// Records in them.
    pub records: u64,
    /// Entries among these.
    pub entries: u64,
}

/// The report of a verification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Allowed entries without an outcome: deeds that go on, or whose end was never written.
    pub open: Vec<EntryId>,
    /// The extent of the look.
    pub counts: Counts,
}
