//! What waiting, thinking and starting cost, measured on the real program in a process of its own and on a sandbox in this one.
//! The numbers are printed and none is asserted: they are of the machine. That every deed happens once is asserted.
//!
//! `cargo xtask bench approvals`, `streams`, `pages` and `turns` run it as a release; `BENCH_PEOPLE` and `BENCH_STREAMS` say for
//! how many.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod approvals;
mod house;
mod pages;
mod server;
mod streams;
mod turns;

#[path = "../it/world/browser.rs"]
#[expect(dead_code, reason = "the other tests do more with it")]
mod browser;
#[path = "../it/world/chat.rs"]
#[expect(dead_code, reason = "the other tests do more with it")]
mod chat;
#[path = "../it/world/frames.rs"]
#[expect(dead_code, reason = "the other tests do more with it")]
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
async fn turns() {
    turns::run().await;
}

/// The same with a few people, so that the measurement itself is tried with all other tests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_pending_approvals_are_all_done_once() {
    approvals::pend_and_approve(12, Duration::from_secs(2), 5).await;
}

/// A figure beside its budget. Nothing fails here: the figure is of the machine.
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

/// The time that so many of a hundred stay within.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
