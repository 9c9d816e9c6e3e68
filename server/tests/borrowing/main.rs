//! The adapters that connect and borrow people's own accounts, against the sandbox: over the wire, without the server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accounts;
mod enemy;
mod resources;
mod vault;
mod world;
