//! Tests of the client against servers by other authors: MCP's official SDKs, each in its own process on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod farewell;
mod house;
mod older;
mod process;
mod table;
mod tap;
