//! The vault of our own on the sandbox's GitHub and `DynamoDB`, with a clock of the test's: renewing, losing, ending.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod answers;
mod between;
mod lending;
mod renewing;
mod world;
