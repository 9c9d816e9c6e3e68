//! The data of the pages around the chat.

pub(crate) mod accounts;
pub(super) mod activity;
pub(super) mod entry;
pub(super) mod rail;
mod scopes;
pub(super) mod tools;
