//! The core: a language model proposes calls, the guard decides whether they run. It must not depend on a vendor, HTTP,
//! AWS, Leptos or the environment.
//!
//! Read in this order: [`call`] (a call that the model proposed), [`intent`] (the action that the call stands for),
//! [`guard`] (the decision), [`toolbox`] (running the call, once), [`turn`] (the loop around all of it), [`ports`] (the
//! traits that adapters implement). `examples/approved_action.rs` shows all of it at once, with ports in memory.

pub mod access;
pub mod actor;
pub mod approval;
pub mod call;
pub mod enrolments;
mod excerpt;
pub mod guard;
pub mod ids;
pub mod intent;
pub mod notifications;
pub mod permission;
pub mod personal_records;
pub mod ports;
pub mod prompts;
pub mod search;
pub mod standing;
pub mod target;
pub mod title;
pub mod tool;
pub mod toolbox;
pub mod turn;
pub mod via;

#[cfg(any(test, feature = "fakes"))]
pub mod fakes;

pub use actor::Actor;
pub use call::{CallId, Place, ToolCall, ToolName};
pub use guard::{Guard, Permit, Refusal};
pub use intent::Intent;
pub use tool::Tool;
pub use toolbox::{Execution, Toolbox};
