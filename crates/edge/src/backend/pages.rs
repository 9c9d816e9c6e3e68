//! The data of the pages around the chat.

pub(crate) mod accounts;
pub(super) mod activity;
pub(super) mod entry;
pub(super) mod rail;
pub(super) mod tools;
