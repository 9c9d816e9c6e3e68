//! Model checking of two instances that work on one conversation. The real turns, guard and fold of the log run on
//! in-memory ports, and every operation of a port waits for a scheduler. A schedule is run for each place at which a
//! crossing may happen: a stop, a cancellation, a second message, a sign-out, a crash, a slow store, a lost response,
//! a retried write or a panic. Schedules also run with clocks that disagree, and with an instance that never notices
//! the loss of its lease.
//!
//! Single crossings and some pairs run with the other tests; `cargo xtask crash` runs more, `cargo xtask model` all
//! pairs. A failing schedule is printed in the form in which it can be added to [`kept`].
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod approver;
#[path = "../crash/asked.rs"]
mod asked;
mod crossing;
mod deletions;
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
