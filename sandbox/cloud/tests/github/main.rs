//! The GitHub stand-in, tested over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod oauth;
mod world;
