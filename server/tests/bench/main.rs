//! Measurements of waiting, thinking and starting, on the real program in its own process with a sandbox in this one.
//! The numbers depend on the machine, so they are printed and never asserted. Only the number of actions is asserted:
//! each happens once.
//!
//! `cargo xtask bench approvals`, `streams`, `pages`, `turns` and `doors` run them in release mode; `BENCH_PEOPLE` and
//! `BENCH_STREAMS` set the numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod approvals;
mod doors;
mod house;
mod pages;
mod server;
mod streams;
mod turns;

#[path = "../it/world/browser.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod browser;
#[path = "../it/world/chat.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod chat;
#[path = "../it/world/frames.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod frames;

use countersign::config::Env;
use std::io::{Write, stdout};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, minutes long"]
async fn approvals() {
    approvals::run(asked("BENCH_PEOPLE").unwrap_or(1_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, minutes long"]
async fn streams() {
    streams::run(asked("BENCH_STREAMS").unwrap_or(10_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn pages() {
    pages::run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn doors() {
    doors::run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn turns() {
    turns::run().await;
}

/// The same with a few people, so that the regular test run covers the measurement itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_pending_approvals_are_each_done_once() {
    approvals::pend_and_approve(12, Duration::from_secs(2), 5).await;
}

/// A measured value and its budget. Exceeding it is printed, not an error, because the value depends on the machine.
struct Budget {
    what: &'static str,
    measured: f64,
    most: f64,
}

impl Budget {
    fn say(&self) {
        let Self { what, measured, most } = self;
        let verdict = if measured <= most { "within" } else { "OVER" };
        say(&format!("  {what:<34}{measured:.2}   {verdict} the budget of {most}"));
    }
}

fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

fn asked(variable: &str) -> Option<usize> {
    let env = Env::of_process();
    env.get(variable).map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Returns the time that this percentage of the samples stays within.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
