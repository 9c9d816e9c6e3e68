//! Small records of a person: one of each kind, replaced as a whole.

use super::{RecordVersion, Unavailable};
use crate::Actor;
use async_trait::async_trait;

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// The owners of connected accounts that another service keeps.
    AccountOwners,
    /// The saved filters of the activity pages.
    ActivityFilters,
    /// The standing approvals that the person gave.
    StandingApprovals,
}

impl RecordKind {
    /// The name by which the record is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountOwners => "account_owners",
            Self::ActivityFilters => "activity_filters",
            Self::StandingApprovals => "standing_approvals",
        }
    }

    /// The name of its store in errors.
    #[must_use]
    pub const fn service(self) -> &'static str {
        match self {
            Self::AccountOwners | Self::ActivityFilters => "this server",
            Self::StandingApprovals => "the store of standing approvals",
        }
    }

    /// Most attempts at a change while others change it.
    #[must_use]
    pub const fn attempts(self) -> u32 {
        match self {
            Self::AccountOwners | Self::ActivityFilters => 4,
            // More than a turn's calls that use them at once.
            Self::StandingApprovals => 8,
        }
    }
}

/// Stores records, encrypted and bound to their person and kind. The caller limits their size.
#[async_trait]
pub trait PersonalRecords: Send + Sync {
    /// Returns a record, freshly read, with its version; nothing with version 0 if there is none.
    ///
    /// # Errors
    /// [`Unavailable`], also for a record that somebody else wrote.
    async fn read(&self, actor: &Actor, kind: RecordKind) -> Result<(Vec<u8>, RecordVersion), Unavailable>;

    /// Replaces a record if it still has `version`; returns whether it had. A write that is repeated after a lost answer
    /// may fail on itself, so the caller reads again and looks for its own change.
    ///
    /// # Errors
    /// [`Unavailable`]: the write may have happened.
    async fn replace(
        &self,
        actor: &Actor,
        kind: RecordKind,
        plain: &[u8],
        version: RecordVersion,
    ) -> Result<bool, Unavailable>;
}
