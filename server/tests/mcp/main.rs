//! The client of MCP servers against an honest and a hostile server, over sockets, with permits of the real guard.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calls;
mod catalog;
mod offers;
mod tasks;
mod world;
