#![expect(clippy::unwrap_used, reason = "tests")]

pub(super) mod bench;
mod reading;
mod tampering;
mod writing;
