//! Two instances, one conversation, and everything that can cross: the real turns, guard and fold run on ports in memory
//! whose every operation waits for a scheduler. A schedule is run for each place at which a stop, a cancellation, a second
//! message, a sign-out, a crash, a slow store, a lost answer, a repetition or a panic may fall, also where clocks disagree and
//! where an instance believes for ever that it holds its lease.
//!
//! Singles and some pairs run with all tests; `cargo xtask crash` runs more, `cargo xtask model` all pairs. A schedule that
//! fails is printed as a row that [`kept`] takes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod approver;
#[path = "../crash/asked.rs"]
mod asked;
mod crossing;
mod explore;
mod gates;
mod judge;
mod kept;
mod ledger;
mod person;
#[path = "../crash/random.rs"]
mod random;
mod schedules;
mod sessions;
mod store;
mod tool;
mod world;
