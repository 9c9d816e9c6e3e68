//! The components of the chat in every state, with made-up data, for the style guide.

mod approvals;
mod calls;
mod column;
mod lines;
mod messages;
mod refusals;
mod script;

pub(crate) use approvals::{accounts, approvals};
pub(crate) use calls::calls;
pub(crate) use column::{columns, head, rail};
pub(crate) use lines::{composers, lines, problems, start};
pub(crate) use messages::{answer, messages, remarks};
pub(crate) use refusals::{refusals, unapproved};
