//! The client of MCP servers against an honest one and a hostile one, over sockets, with permits of the real guard.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calls;
mod catalog;
mod offers;
mod tasks;
mod world;
