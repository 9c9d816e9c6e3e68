//! Schedules: what happens at which step, and the search through them.

use crate::gates::{Answer, Who};
use crate::judge::judge;
use crate::world::World;
use std::time::Duration;

/// Something that crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// The person stops the turn, by the second instance.
    Stop,
    /// The person stops the turn where it runs.
    StopHere,
    /// The person takes the question back.
    Cancel,
    /// The person takes the message back.
    Withdraw,
    /// The person posts another message, by the second instance.
    Post,
    /// The first instance dies.
    Crash,
    /// The store is slow for the first instance: nothing of it happens for half a minute, and what was sent happens then.
    Stall,
    /// The next operation of the first instance takes place, and its answer is lost.
    Lose,
}

const CROSSINGS: [Crossing; 8] = [
    Crossing::Stop,
    Crossing::StopHere,
    Crossing::Cancel,
    Crossing::Withdraw,
    Crossing::Post,
    Crossing::Crash,
    Crossing::Stall,
    Crossing::Lose,
];

/// The crossings, each with its step.
type Schedule = Vec<(usize, Crossing)>;

/// Schedules that have failed once. They run first.
pub(crate) const KEPT: &[&[(usize, Crossing)]] = &[];

/// The time of a slow store: longer than a lease.
const STALL: Duration = Duration::from_secs(30);
/// The time that goes by at once.
const TICK: Duration = Duration::from_millis(500);
/// The time after which a schedule must have come to rest.
const LONGEST: Duration = Duration::from_secs(150);
/// The time without work after which a schedule has come to rest: longer than a lease and a look at the queue.
const REST: Duration = Duration::from_secs(25);

/// The findings of a schedule.
struct Run {
    steps: usize,
    broken: Vec<String>,
}

fn run(schedule: &[(usize, Crossing)]) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let world = World::new();
        let mut state = State { alive: true, stalled: Duration::ZERO, answer: Answer::Arrives };
        world.post(Who::First, "key-00000001");
        let (mut steps, mut time, mut quiet) = (0, Duration::ZERO, Duration::ZERO);
        while time < LONGEST && quiet < REST {
            settle().await;
            for (_, crossing) in schedule.iter().filter(|(at, _)| *at == steps) {
                state.cross(*crossing, &world);
            }
            settle().await;
            match state.open(&world) {
                Some(what) => {
                    steps += 1;
                    // Looking is no work.
                    if !matches!(what, "queue" | "hear" | "tell") {
                        quiet = Duration::ZERO;
                    }
                }
                None => {
                    tokio::time::advance(TICK).await;
                    time += TICK;
                    quiet += TICK;
                    state.stalled = state.stalled.saturating_sub(TICK);
                }
            }
        }
        let mut broken = judge(&world);
        if time >= LONGEST {
            broken.push("it comes to rest".to_owned());
        }
        Run { steps, broken }
    })
}

/// Lets every task go as far as it can.
async fn settle() {
    for _ in 0..24 {
        tokio::task::yield_now().await;
    }
}

struct State {
    /// The first instance lives.
    alive: bool,
    /// The time for which the store is still slow for it.
    stalled: Duration,
    /// The fate of the next answer.
    answer: Answer,
}

impl State {
    fn cross(&mut self, crossing: Crossing, world: &World) {
        match crossing {
            Crossing::Stop => world.stop(Who::Second),
            Crossing::StopHere => world.stop(Who::First),
            Crossing::Cancel => world.cancel(Who::Second),
            Crossing::Withdraw => world.withdraw(Who::Second),
            Crossing::Post => world.post(Who::Second, "key-00000002"),
            Crossing::Crash => self.alive = false,
            Crossing::Stall => self.stalled = STALL,
            Crossing::Lose => self.answer = Answer::IsLost,
        }
    }

    /// Lets one operation happen. The second instance goes first, so that what people do there falls in between.
    fn open(&mut self, world: &World) -> Option<&'static str> {
        if let Some(what) = world.gates.open(Who::First.other(), Answer::Arrives) {
            return Some(what);
        }
        if !self.alive || !self.stalled.is_zero() {
            return None;
        }
        let what = world.gates.open(Who::First, self.answer)?;
        self.answer = Answer::Arrives;
        Some(what)
    }
}

/// Runs a schedule and panics with a row that [`KEPT`] takes.
fn check(schedule: &[(usize, Crossing)]) -> usize {
    let Run { steps, broken } = run(schedule);
    assert!(broken.is_empty(), "{broken:?}\n    &{schedule:?},");
    steps
}

/// Every crossing at every step, alone.
fn singles(steps: usize) -> impl Iterator<Item = Schedule> {
    (0..steps).flat_map(|at| CROSSINGS.map(|crossing| vec![(at, crossing)]))
}

/// Every pair of crossings, the second at most `within` steps after the first.
fn pairs(steps: usize, within: usize) -> impl Iterator<Item = Schedule> {
    singles(steps).flat_map(move |first| {
        let (at, crossing) = first[0];
        (at..=at + within).flat_map(move |later| CROSSINGS.map(|other| vec![(at, crossing), (later, other)]))
    })
}

#[test]
fn schedules_that_failed_once_hold() {
    for schedule in KEPT {
        check(schedule);
    }
}

#[test]
fn every_crossing_at_every_step_holds() {
    let steps = check(&[]);
    for schedule in singles(steps) {
        check(&schedule);
    }
}

#[test]
fn pairs_of_crossings_that_are_close_hold() {
    let steps = check(&[]);
    // Every thirteenth: all of them are `cargo xtask model`'s.
    for schedule in pairs(steps, 6).step_by(13) {
        check(&schedule);
    }
}

#[test]
#[ignore = "minutes long"]
fn all_pairs_of_crossings_hold() {
    let steps = check(&[]);
    let mut count = 0_u32;
    for schedule in pairs(steps, steps) {
        check(&schedule);
        count += 1;
    }
    let _ = std::io::Write::write_all(
        &mut std::io::stdout(),
        format!("{count} schedules of {steps} steps, 0 violations\n").as_bytes(),
    );
}
