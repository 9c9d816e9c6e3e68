//! `kill -9` of the server in the middle of real turns: no message is lost, nothing is done twice or without its
//! approval, and every turn ends in a state that the person can read.
//!
//! The servers are real processes with a sandbox in this process. The kills come from a seed: `CRASH_SEED` and
//! `CRASH_KILLS` set the seed and the number, `CRASH_RUN` repeats one run of the list alone. `cargo xtask crash` runs
//! the long list.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod asked;
mod check;
mod instance;
mod killer;
mod page;
mod person;
mod phone;
mod plan;
mod random;
mod record;
mod report;
mod run;
mod scenario;
mod world;

use agent::turn::Event;
use asked::{add_to_table, asked, say};
use futures::{FutureExt, StreamExt};
use plan::{House, Plan};
use report::Report;
use run::{Outcome, run};
use scenario::Done;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Instant;

/// Runs at the same time; most of a run is waiting for leases and restarts.
const AT_A_TIME: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_anywhere_lose_nothing_and_do_nothing_twice() {
    let begun = Instant::now();
    let (seed, kills) = (asked("CRASH_SEED").unwrap_or(1), asked("CRASH_KILLS"));
    let plans = kills.map_or_else(|| plan::few(seed, 12), |kills| plan::many(seed, kills));
    let alone: Option<usize> = asked("CRASH_RUN");
    let plans: Vec<Plan> = plans.into_iter().filter(|plan| alone.is_none_or(|run| plan.number == run)).collect();
    say(&format!("seed {seed}: {} runs, {} kills", plans.len(), plan::count(&plans)));
    let (mut report, all) = (Report::default(), plans.len());
    let mut outcomes = futures::stream::iter(plans.into_iter().map(named)).buffer_unordered(AT_A_TIME);
    while let Some(outcome) = outcomes.next().await {
        tell(&outcome);
        report.add(&outcome);
        if report.runs().is_multiple_of(20) {
            say(&format!("{} of {all} runs", report.runs()));
        }
    }
    say(&format!("{report}, seed {seed}"));
    add_to_table("kills", report.kills(), report.violations(), begun.elapsed().as_secs_f64());
    assert_eq!(report.violations(), 0, "violations");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_and_a_restart_an_approval_resets_the_password_once() {
    rings_and_is_done(House::Restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_instance_finishes_the_turn_of_one_that_was_killed() {
    rings_and_is_done(House::Second).await;
}

async fn rings_and_is_done(house: House) {
    let outcome = run(plan::ringing(house)).await;
    tell(&outcome);
    assert_eq!(outcome.violations, [], "violations");
    let whom: Vec<_> = outcome.record.effects.iter().map(|effect| (effect.what, effect.whom.as_str())).collect();
    assert_eq!(whom, [(Done::Reset, "bob@acme.example")]);
    let done = |event: &Event| matches!(event, Event::CallDone { .. });
    assert!(outcome.record.log.iter().any(|entry| done(&entry.event)), "{:?}", outcome.record.log);
}

/// Runs a plan; prints the plan if the run panics.
async fn named(plan: Plan) -> Outcome {
    let name = plan.to_string();
    AssertUnwindSafe(run(plan)).catch_unwind().await.unwrap_or_else(|cause| {
        say(&format!("broke down: {name}"));
        resume_unwind(cause)
    })
}

/// Prints everything about a run with violations.
fn tell(outcome: &Outcome) {
    let Outcome { plan, violations, record, logs, .. } = outcome;
    if violations.is_empty() {
        return;
    }
    say(&format!("wrong: {plan}"));
    violations.iter().for_each(|violation| say(&format!("     {violation}")));
    record.log.iter().for_each(|entry| say(&format!("     {} {:?}", entry.number, entry.event)));
    say(&format!("     effects: {:?}\n     phone: {:?}\n{logs}", record.effects, record.pushes));
}
