//! The adapters that connect people's own accounts and obtain their access tokens, tested against the sandbox over
//! HTTP, without the server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accounts;
mod enemy;
mod resources;
mod vault;
mod world;
