//! Runs a schedule.

use crate::crossing::{Crossing, Place, Schedule, after};
use crate::gates::{Answer, DEFECT, What, Who};
use crate::judge::judge;
use crate::person;
use crate::world::World;
use std::collections::HashMap;
use std::sync::Once;
use std::time::Duration;

/// Duration of a slow store: longer than a lease.
const STALL: Duration = Duration::from_secs(30);
/// Step of the virtual time.
const TICK: Duration = Duration::from_millis(500);
/// Time by which a schedule must be idle: longer than the time that a person has to sign in again.
const LONGEST: Duration = Duration::from_secs(900);
/// Time without work after which a schedule counts as idle: longer than a lease and the interval of queue polls.
const REST: Duration = Duration::from_secs(25);

/// The result of a schedule.
pub(crate) struct Run {
    /// Places of all operations, in order.
    pub(crate) trace: Vec<Place>,
    /// Violated properties.
    pub(crate) broken: Vec<String>,
    /// The number of actions that took place.
    pub(crate) done: usize,
    /// Crossings whose place was never reached.
    pub(crate) missed: Schedule,
}

/// Runs a schedule to its end in virtual time.
pub(crate) fn run(schedule: &Schedule) -> Run {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(silence_defects);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let start: Vec<Crossing> =
            schedule.iter().filter(|(place, _)| *place == Place::Start).map(|(_, crossing)| *crossing).collect();
        let world = World::new(&start);
        let mut scheduler = Scheduler::new(schedule);
        world.person.post(Who::First, person::FIRST);
        scheduler.run(&world).await;
        let mut broken = judge(&world, schedule);
        if scheduler.time >= LONGEST {
            broken.push("the run ends".to_owned());
        }
        let done = world.done.lock().unwrap().len();
        Run { trace: scheduler.trace, broken, done, missed: scheduler.due }
    })
}

/// Suppresses the output of panics that a schedule causes on purpose.
fn silence_defects() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some(DEFECT) {
            others(info);
        }
    }));
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..24 {
        tokio::task::yield_now().await;
    }
}

struct Scheduler {
    due: Schedule,
    trace: Vec<Place>,
    counts: HashMap<(Who, What), u32>,
    time: Duration,
    /// Set until the first instance crashes.
    alive: bool,
    /// Remaining time for which the store is slow, for each instance.
    stalled: [Duration; 2],
    /// Fate of the response to the next suitable operation of the first instance.
    fate: Answer,
}

impl Scheduler {
    fn new(schedule: &Schedule) -> Self {
        Self {
            due: schedule.clone(),
            trace: Vec::new(),
            counts: HashMap::new(),
            time: Duration::ZERO,
            alive: true,
            stalled: [Duration::ZERO; 2],
            fate: Answer::Arrives,
        }
    }

    async fn run(&mut self, world: &World) {
        let mut quiet = Duration::ZERO;
        let mut place = Place::Start;
        while self.time < LONGEST && quiet < REST {
            settle().await;
            self.cross(&place, world);
            settle().await;
            if let Some((who, what)) = self.open(world) {
                let count = self.counts.entry((who, what.clone())).or_default();
                *count += 1;
                place = after(who, what, *count);
                if !place.is_a_look() {
                    quiet = Duration::ZERO;
                }
                self.trace.push(place.clone());
            } else {
                tokio::time::advance(TICK).await;
                self.time += TICK;
                // A schedule is not idle while the store is slow.
                if self.stalled.iter().all(Duration::is_zero) {
                    quiet += TICK;
                }
                self.stalled = self.stalled.map(|stalled| stalled.saturating_sub(TICK));
            }
        }
    }

    /// Triggers the crossings that are due at this place.
    fn cross(&mut self, place: &Place, world: &World) {
        let (now, later) = std::mem::take(&mut self.due).into_iter().partition(|(due, _)| due == place);
        self.due = later;
        let now: Schedule = now;
        for (_, crossing) in now {
            match crossing {
                Crossing::Stop(who) => world.person.stop(who),
                Crossing::Cancel(who) => world.person.cancel(who),
                Crossing::Withdraw(who) => world.person.withdraw(who),
                Crossing::Delete(who) => world.person.delete(who),
                Crossing::Post => world.person.post(Who::Second, person::OTHER),
                Crossing::Correct => world.person.post(Who::Second, person::CORRECTED),
                Crossing::SignOut => world.session.end(),
                Crossing::Crash => self.alive = false,
                Crossing::Stall(who) => self.stalled[usize::from(who == Who::Second)] = STALL,
                Crossing::Lose => self.fate = Answer::IsLost,
                Crossing::Repeat => self.fate = Answer::IsRepeated,
                Crossing::Panic => self.fate = Answer::Panics,
                Crossing::Clock(seconds) => world.set_clock(seconds),
                // Applied when the world is created.
                Crossing::Freeze | Crossing::Borrow => {}
            }
        }
    }

    /// Executes one waiting operation. The second instance has precedence, so that a person's requests there happen
    /// between two operations of the first.
    fn open(&mut self, world: &World) -> Option<(Who, What)> {
        let [first, second] = self.stalled.map(|stalled| stalled.is_zero());
        if second && let Some(what) = world.gates.open(Who::Second, &mut |_| Answer::Arrives) {
            return Some((Who::Second, what));
        }
        if !first || !self.alive {
            return None;
        }
        let mut take = |what: &str| {
            let fits = fits(self.fate, what);
            if fits { std::mem::replace(&mut self.fate, Answer::Arrives) } else { Answer::Arrives }
        };
        let what = world.gates.open(Who::First, &mut take)?;
        Some((Who::First, what))
    }
}

/// Returns whether an operation can have this fate. A retry makes a difference for conditional writes only. Panics
/// are limited to turns, whose operations are not requests to the store.
fn fits(fate: Answer, what: &str) -> bool {
    match fate {
        Answer::Arrives | Answer::IsLost => true,
        Answer::IsRepeated => what.starts_with("append") || matches!(what, "take" | "release" | "complete"),
        Answer::Panics => matches!(what, "ask" | "look" | "verify" | "open" | "close" | "act" | "session" | "lend"),
    }
}
