//! The local vault on the sandbox's GitHub and `DynamoDB`, with a test clock: renewal, store failures and expiry.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod answers;
mod between;
mod lending;
mod renewing;
mod world;
