//! The GitHub stand-in as a client meets it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod oauth;
mod world;
