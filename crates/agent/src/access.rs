//! Access that people ask for and administrators grant for a limited time; and what a person may do now, tool by tool.
//!
//! [`overview`] judges the tools, [`suggestions`] picks what to offer on the first screen. [`Access`] takes a request,
//! has it granted or declined, and revokes grants. A grant counts only while its tuple's condition holds, so nothing has
//! to run when it ends.

mod answer;
mod ask;
mod desk;
mod grant;
mod overview;
mod request;
mod revoke;

pub use answer::AnswerError;
pub use ask::{Ask, AskError, LONGEST_REASON};
pub use desk::{Access, AccessPorts};
pub use grant::{AccessGrant, GrantDuration};
pub use overview::{Ability, AbilityState, AccountState, Expectation, Suggestion, overview, suggestions};
pub use request::{AccessRequest, AccessRequestId, AccessState, Answerer, NotAdded, PersonRequests};
pub use revoke::RevocationPreview;

#[cfg(test)]
mod tests;
