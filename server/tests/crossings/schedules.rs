//! The search: every crossing at every place, and pairs and triples of crossings, under each initial condition.

use crate::asked::{add_to_table, asked, say};
use crate::crossing::{CROSSINGS, Crossing, Place, Schedule, WORLDS};
use crate::explore::{Run, run};
use crate::random::Random;
use std::collections::HashSet;
use std::time::Instant;

/// Maximum number of violations that are printed.
const PRINTED: usize = 10;

/// A schedule that was run, and the places at which a further crossing can happen.
type Explored = (Schedule, Vec<Place>);

/// Counts of one kind of schedule.
#[derive(Debug)]
struct Tally {
    kind: &'static str,
    begun: Instant,
    schedules: usize,
    violations: usize,
}

impl Tally {
    fn new(kind: &'static str) -> Self {
        Self { kind, begun: Instant::now(), schedules: 0, violations: 0 }
    }

    /// Runs schedules on all processors. Returns each with the places for a further crossing, in the same order.
    fn explore(&mut self, schedules: &[Schedule]) -> Vec<Explored> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let parts = schedules.chunks(schedules.len().div_ceil(threads).max(1));
        let runs: Vec<Run> = std::thread::scope(|scope| {
            let begin = |part: &'_ [Schedule]| part.iter().map(run).collect::<Vec<_>>();
            let threads: Vec<_> = parts.map(|part| scope.spawn(move || begin(part))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let count = |(schedule, run): (&Schedule, Run)| {
            self.count(schedule, &run);
            (schedule.clone(), places(schedule, run.trace))
        };
        schedules.iter().zip(runs).map(count).collect()
    }

    fn count(&mut self, schedule: &Schedule, run: &Run) {
        self.schedules += 1;
        if !run.broken.is_empty() {
            self.violations += 1;
            if self.violations <= PRINTED {
                say(&format!("{:?}\n    &{schedule:?}", run.broken));
            }
        }
    }

    /// Prints the counts, adds them to the summary table and fails if there was a violation.
    fn finish(self) {
        let Self { kind, begun, schedules, violations } = self;
        let seconds = begun.elapsed().as_secs_f64();
        say(&format!("{kind}: {schedules} schedules, {violations} violations, {seconds:.1} s"));
        add_to_table(kind, schedules, violations, seconds);
        assert_eq!(violations, 0, "{kind}: a schedule breaks a property; add the row above to `kept`");
    }
}

/// Returns the places of a run for a further crossing: from the last crossing on.
fn places(schedule: &Schedule, trace: Vec<Place>) -> Vec<Place> {
    let last = schedule.last().map_or(Place::Start, |(place, _)| place.clone());
    let from = trace.iter().position(|place| *place == last);
    let mut places = trace.split_at(from.unwrap_or(0)).1.to_vec();
    // Consecutive polls that find nothing are equivalent places.
    places.dedup_by(|later, earlier| later.is_a_look() && earlier.is_a_look());
    if last == Place::Start {
        places.insert(0, last);
    }
    places
}

/// Returns all schedules with one more crossing.
fn longer((schedule, places): &Explored) -> Vec<Schedule> {
    let with = |place: &Place, crossing| {
        let mut longer = schedule.clone();
        longer.push((place.clone(), crossing));
        longer
    };
    places.iter().flat_map(|place| CROSSINGS.map(|crossing| with(place, crossing))).collect()
}

/// Returns a random schedule with one more crossing.
fn one_longer(explored: &Explored, random: &mut Random) -> Schedule {
    let mut schedule = explored.0.clone();
    schedule.push((random.pick(&explored.1).clone(), *random.pick(&CROSSINGS)));
    schedule
}

/// Returns the initial conditions without any crossing.
fn worlds() -> Vec<Schedule> {
    let world = |start: &[Crossing]| start.iter().map(|crossing| (Place::Start, *crossing)).collect();
    WORLDS.iter().map(|start| world(start)).collect()
}

/// Runs every crossing at every place without initial conditions, and every `each`th one under the others.
fn singles(tally: &mut Tally, each: usize) -> Vec<Explored> {
    let worlds = tally.explore(&worlds());
    let plain = worlds.iter().filter(|(schedule, _)| schedule.is_empty()).flat_map(longer);
    let others = worlds.iter().filter(|(schedule, _)| !schedule.is_empty());
    let others: Vec<_> = others.flat_map(longer).step_by(each).collect();
    // A step that divides the number of crossings would leave some out of every world.
    let kinds: HashSet<String> = others.iter().map(kind_of).collect();
    assert_eq!(kinds.len(), (WORLDS.len() - 1) * CROSSINGS.len(), "every crossing is run in every world");
    tally.explore(&plain.chain(others).collect::<Vec<_>>())
}

/// Returns the initial conditions and the last crossing of a schedule, without its place.
fn kind_of(schedule: &Schedule) -> String {
    let start = schedule.iter().filter(|(place, _)| *place == Place::Start).map(|(_, crossing)| crossing);
    format!(
        "{:?} {:?}",
        start.filter(|start| !CROSSINGS.contains(start)).collect::<Vec<_>>(),
        schedule.last().map(|it| it.1)
    )
}

/// Returns `count` random schedules that extend one of `explored` by one crossing.
fn sampled(explored: &[Explored], random: &mut Random, count: usize) -> Vec<Schedule> {
    (0..count).map(|_| one_longer(random.pick(explored), random)).collect()
}

/// Returns whether all pairs are run for this schedule: without initial conditions, and with two instances that both
/// believe to hold the lease. The others are sampled.
fn is_whole(schedule: &Schedule) -> bool {
    let start = schedule.iter().filter(|(place, _)| *place == Place::Start).map(|(_, crossing)| *crossing);
    start.filter(|crossing| !CROSSINGS.contains(crossing)).all(|crossing| crossing == Crossing::Freeze)
}

#[test]
fn every_crossing_at_every_step_holds() {
    let mut tally = Tally::new("single crossings");
    singles(&mut tally, 8);
    tally.finish();
}

#[test]
fn pairs_of_crossings_hold() {
    let mut tally = Tally::new("pairs of crossings");
    let random = &mut Random::new(1, 0);
    let worlds = tally.explore(&worlds());
    let singles = tally.explore(&sampled(&worlds, random, 150));
    tally.explore(&sampled(&singles, random, 300));
    tally.finish();
}

/// Runs as many as `CROSSINGS_PAIRS` and `CROSSINGS_TRIPLES` say; all pairs if the first is not set.
#[test]
#[ignore = "minutes long"]
fn crossings_hold_to_the_requested_depth() {
    let random = &mut Random::new(asked("CRASH_SEED").unwrap_or(1), 0);
    let mut tally = Tally::new("single crossings");
    let singles = singles(&mut tally, 1);
    tally.finish();
    let mut tally = Tally::new("pairs of crossings");
    match asked("CROSSINGS_PAIRS") {
        Some(count) => drop(tally.explore(&sampled(&singles, random, count))),
        None => {
            let (whole, others): (Vec<_>, Vec<_>) =
                singles.iter().cloned().partition(|(schedule, _)| is_whole(schedule));
            whole.iter().for_each(|single| drop(tally.explore(&longer(single))));
            tally.explore(&sampled(&others, random, whole.len()));
        }
    }
    tally.finish();
    if let Some(count) = asked::<usize>("CROSSINGS_TRIPLES").filter(|count| *count > 0) {
        let mut tally = Tally::new("triples of crossings");
        let pairs = tally.explore(&sampled(&singles, random, count / 2));
        tally.explore(&sampled(&pairs, random, count));
        tally.finish();
    }
}

/// Without crossings, a run has a message, a question, an approval and one action.
#[test]
fn without_a_crossing_the_run_completes() {
    let trace = format!("{:?}", run(&Schedule::new()).trace);
    for operation in
        ["append user_said", "ask", "look", "verify", "open", "session", "append call_started", "act", "close"]
    {
        assert!(trace.contains(&format!("after(First, {operation:?}, 1)")), "{operation}: {trace}");
    }
}
