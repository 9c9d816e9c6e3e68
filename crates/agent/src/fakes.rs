//! In-memory ports for tests, stricter than the real services. There is no fake permit: only the guard creates one.

mod access;
mod approver;
mod directory;
mod journal;
mod ledger;
mod model;
mod notifications;
mod passkeys;
mod personal_records;
mod policies;
mod ports;
mod standing;
mod tool;

pub use access::MemoryAccess;
pub use approver::{MemoryApprover, MemoryPromptLimiter, Person, signed_approval};
pub use directory::MemoryDirectory;
pub use journal::MemoryJournal;
pub use ledger::{Line, MemoryLedger};
pub use model::{Script, ScriptedModel};
pub use notifications::{MemorySubscriptions, RecordingNotifier};
pub use passkeys::{FixedApprovers, MemoryApprovalRequests, MemoryPasskeys, approval_request, question};
pub use personal_records::MemoryRecords;
pub use policies::{FixedPolicies, ruled};
pub use ports::{CountingIds, FixedClock, MemorySignIns, MemoryVault, RuntimeClock, TableAuthorizer};
pub use standing::{kind, limits};
pub use tool::{FakeAction, FakeTool};

use crate::Actor;
use crate::actor::Evidence;
use std::sync::{Mutex, MutexGuard, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates an actor with this `sub`.
#[must_use]
pub fn actor(subject: &str) -> Actor {
    Actor::attest(Evidence {
        name: subject.to_owned(),
        email: Some(format!("{subject}@acme.example")),
        ..Evidence::of("https://idp.example/", subject, "acme")
    })
}
