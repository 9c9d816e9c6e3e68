//! Two instances, one conversation, and everything that can cross: the real turns, guard and fold run on ports in memory
//! whose every operation waits for a scheduler. A schedule is run for each place at which a stop, a cancellation, a second
//! message, a crash, a slow store or a lost answer may fall, and for pairs of them.
//!
//! A few hundred schedules run with all tests; `cargo xtask model` runs all pairs. A schedule that failed is printed as a row
//! that [`explore::KEPT`] takes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod approver;
mod explore;
mod gates;
mod judge;
mod store;
mod tool;
mod world;
