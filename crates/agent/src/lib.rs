//! The core: a language model proposes, the guard disposes. It must never know a vendor, HTTP, AWS, Leptos or the environment.
//!
//! Read in this order: [`call`] (what a model proposed), [`intent`] (what that would do), [`guard`] (whether it may),
//! [`toolbox`] (doing it, once), [`turn`] (the loop around all of it), [`ports`] (what the outside must offer).

pub mod actor;
pub mod approval;
pub mod call;
mod excerpt;
pub mod guard;
pub mod ids;
pub mod intent;
pub mod ports;
pub mod prompts;
pub mod target;
pub mod tool;
pub mod toolbox;
pub mod turn;

#[cfg(any(test, feature = "fakes"))]
pub mod fakes;

pub use actor::Actor;
pub use call::{CallId, Place, ToolCall, ToolName};
pub use guard::{Guard, Permit, Refusal};
pub use intent::Intent;
pub use tool::Tool;
pub use toolbox::{Execution, Toolbox};
