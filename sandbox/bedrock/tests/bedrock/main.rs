//! The stand-in as clients see it: through the AWS SDK over loopback, and byte by byte.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod auth;
mod control;
mod http;
mod mischief;
mod sdk;
mod support;
mod thinking;
