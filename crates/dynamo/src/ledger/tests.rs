#![expect(clippy::unwrap_used, reason = "tests")]

pub(crate) mod bench;
mod reading;
mod regression;
mod tampering;
mod witness;
mod writing;
