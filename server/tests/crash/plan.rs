//! The time and place of each kill. Everything comes from the seed, so that a run can be repeated.

use crate::random::Random;
use crate::scenario::{Care, RESETS, SCENARIOS, Scenario};
use std::fmt;
use std::time::Duration;

/// The plan of one run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Its number in the list; `CRASH_RUN` repeats it alone.
    pub(crate) number: usize,
    pub(crate) scenario: &'static Scenario,
    pub(crate) kills: Vec<Kill>,
    pub(crate) house: House,
    pub(crate) phone: Phone,
    pub(crate) slow: Slow,
    pub(crate) seat: Seat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kill {
    pub(crate) when: When,
    /// Additional delay.
    pub(crate) later: Duration,
}

/// The condition that a kill waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// The page shows the event with this number.
    Shown(u64),
    /// This much time has passed since the message was sent, or since the last kill.
    After(Duration),
    /// Something happens outside the server, which has not heard of it yet.
    Outside(Moment),
}

/// A moment outside the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The model receives a request.
    ModelAsked,
    /// Another push arrives on the phone.
    Rings,
    /// The person has answered.
    Answered,
    /// The provider has returned the evidence of an approval.
    Redeemed,
    /// Okta has performed an action.
    Done,
}

/// The server that continues after a kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum House {
    /// The same server, restarted.
    Restart,
    /// A second server that ran beside it.
    Second,
}

/// The moment when the person answers the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phone {
    AtOnce,
    /// After the last kill.
    AfterKills,
}

/// The service that responds slowly, so that a kill falls between an action and its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slow {
    Nothing,
    /// The store, for appended events.
    Appends,
    /// The store, for ledger entries.
    Ledger,
    /// Okta, for password resets.
    Okta,
}

/// The instance that the open page is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    /// The instance that runs the turn.
    Same,
    /// Another instance.
    Other,
}

/// The kind of a kill, for the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Boundary,
    Random,
    Outside,
}

impl When {
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Shown(_) => Kind::Boundary,
            Self::After(_) => Kind::Random,
            Self::Outside(_) => Kind::Outside,
        }
    }
}

const HOUSES: [House; 2] = [House::Restart, House::Second];
const SLOW: [Slow; 4] = [Slow::Nothing, Slow::Appends, Slow::Ledger, Slow::Okta];
const MOMENTS: [Moment; 5] = [Moment::ModelAsked, Moment::Rings, Moment::Answered, Moment::Redeemed, Moment::Done];

/// Returns enough plans for `kills` kills: event boundaries, outside moments and random times, chosen by the seed.
pub(crate) fn few(seed: u64, kills: usize) -> Vec<Plan> {
    let mut random = Random::new(seed, 0);
    let mut plans: Vec<Plan> = Vec::new();
    while count(&plans) < kills {
        let stream = plans.len() as u64;
        let plan = match stream % 3 {
            0 => random.pick(&boundaries()).clone(),
            1 => random.pick(&outside()).clone(),
            _ => anywhere(seed, stream),
        };
        plans.push(plan);
    }
    numbered(seed, plans)
}

/// Returns every scenario without a kill, every event boundary and every outside moment with both kinds of successor,
/// and then random times until there are `kills` kills, at least sixty of them random.
pub(crate) fn many(seed: u64, kills: usize) -> Vec<Plan> {
    let mut plans: Vec<Plan> = SCENARIOS.iter().map(|scenario| plain(scenario, Vec::new(), House::Restart)).collect();
    plans.extend(boundaries());
    plans.extend(outside());
    plans.extend(HOUSES.map(ringing));
    let enough = kills.max(count(&plans) + 60);
    while count(&plans) < enough {
        plans.push(anywhere(seed, plans.len() as u64));
    }
    numbered(seed, plans)
}

/// Returns the number of kills in these plans.
pub(crate) fn count(plans: &[Plan]) -> usize {
    plans.iter().map(|plan| plan.kills.len()).sum()
}

/// Kills the server while the approval is pending; the person approves afterwards.
pub(crate) fn ringing(house: House) -> Plan {
    // Five events follow the push: the answer, the start, the end, the text, and the end of the turn.
    Plan { phone: Phone::AfterKills, ..plain(&RESETS, vec![kill(When::Shown(RESETS.events - 5))], house) }
}

fn boundaries() -> Vec<Plan> {
    let thorough = SCENARIOS.iter().filter(|scenario| scenario.care == Care::Every);
    let at = |scenario: &'static Scenario, event, house| plain(scenario, vec![kill(When::Shown(event))], house);
    let mut plans: Vec<Plan> = thorough
        .flat_map(|scenario| {
            (1..=scenario.events).flat_map(move |event| HOUSES.map(|house| at(scenario, event, house)))
        })
        .collect();
    let slow = SCENARIOS.iter().filter(|scenario| scenario.care == Care::Ringing);
    plans.extend(slow.flat_map(|scenario| HOUSES.map(|house| at(scenario, scenario.events - 4, house))));
    plans
}

fn outside() -> Vec<Plan> {
    let thorough = SCENARIOS.iter().filter(|scenario| scenario.care == Care::Every);
    let reachable = thorough.flat_map(|scenario| {
        MOMENTS.into_iter().filter(|moment| reaches(scenario, *moment)).map(move |moment| (scenario, moment))
    });
    let plans = reachable
        .flat_map(|(scenario, moment)| HOUSES.map(|house| plain(scenario, vec![kill(When::Outside(moment))], house)));
    plans.collect()
}

fn reaches(scenario: &Scenario, moment: Moment) -> bool {
    match moment {
        Moment::ModelAsked => true,
        Moment::Rings | Moment::Answered => scenario.phone.is_some(),
        Moment::Redeemed | Moment::Done => !scenario.effects.is_empty(),
    }
}

/// Returns a plan with one to three kills at random times.
fn anywhere(seed: u64, stream: u64) -> Plan {
    let mut random = Random::new(seed, stream);
    let thorough: Vec<&'static Scenario> = SCENARIOS.iter().filter(|scenario| scenario.care == Care::Every).collect();
    let scenario = *random.pick(&thorough);
    let span = if scenario.phone.is_some() { 2_500 } else { 900 };
    let kills =
        (0..*random.pick(&[1, 1, 1, 2, 3])).map(|_| kill(When::After(Duration::from_millis(random.below(span)))));
    let kills = kills.collect();
    let house = *random.pick(&HOUSES);
    let phone = *random.pick(&[Phone::AtOnce, Phone::AfterKills]);
    let slow = *random.pick(&SLOW);
    let seat = *random.pick(&[Seat::Same, Seat::Other]);
    Plan { phone, slow, seat, ..plain(scenario, kills, house) }
}

fn plain(scenario: &'static Scenario, kills: Vec<Kill>, house: House) -> Plan {
    Plan { number: 0, scenario, kills, house, phone: Phone::AtOnce, slow: Slow::Nothing, seat: Seat::Same }
}

const fn kill(when: When) -> Kill {
    Kill { when, later: Duration::ZERO }
}

/// Numbers the plans, adds slow services to those that wait for an outside moment, and delays half of the kills that
/// wait for something, so that they fall everywhere between two steps.
fn numbered(seed: u64, mut plans: Vec<Plan>) -> Vec<Plan> {
    let mut random = Random::new(seed, u64::MAX);
    for (number, plan) in plans.iter_mut().enumerate() {
        plan.number = number;
        if plan.kills.iter().any(|kill| kill.when.kind() == Kind::Outside) {
            plan.slow = *random.pick(&SLOW);
        }
        for kill in plan.kills.iter_mut().filter(|kill| kill.when.kind() != Kind::Random) {
            kill.later = Duration::from_micros(*random.pick(&[0, 1]) * random.below(6_000));
        }
    }
    plans
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, scenario, kills, house, phone, slow, seat } = self;
        write!(f, "run {number}: {}, {house:?}, phone {phone:?}, slow {slow:?}, page {seat:?}", scenario.name)?;
        kills.iter().try_for_each(|kill| write!(f, ", kill {:?} + {:?}", kill.when, kill.later))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_plans_and_enough_kills() {
        let lines = |plans: Vec<Plan>| plans.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (seed, kills) in [(1, 12), (2, 200), (3, 500)] {
            for plans in [few, many] {
                assert_eq!(lines(plans(seed, kills)), lines(plans(seed, kills)));
                assert_ne!(lines(plans(seed, kills)), lines(plans(seed + 1, kills)));
                assert!(count(&plans(seed, kills)) >= kills, "{seed}");
            }
        }
    }

    #[test]
    fn the_long_list_kills_at_every_event_and_lets_both_go_on() {
        let plans = many(1, 0);
        let boundaries = SCENARIOS.iter().filter(|scenario| scenario.care == Care::Every);
        for (scenario, house) in boundaries.flat_map(|scenario| HOUSES.map(|house| (scenario, house))) {
            for event in 1..=scenario.events {
                let fits = |plan: &&Plan| {
                    plan.scenario.name == scenario.name
                        && plan.house == house
                        && plan.kills.iter().any(|kill| kill.when == When::Shown(event))
                };
                assert!(plans.iter().any(|plan| fits(&plan)), "{} event {event}, {house:?}", scenario.name);
            }
        }
        let random = plans.iter().flat_map(|plan| &plan.kills).filter(|kill| kill.when.kind() == Kind::Random).count();
        assert!(random >= 60, "{random} kills at random instants");
    }
}
