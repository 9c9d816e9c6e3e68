//! The invariants after a run, whenever the server was killed. Pure functions of the record.

mod deeds;
mod log;
mod page;
#[cfg(test)]
mod tests;

use crate::record::Record;
use crate::scenario::{Done, Mind, Scenario};
use app::wire::ApiError;

/// A violated invariant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("the message {client} is lost")]
    MessageLost { client: String },
    #[error("the message {client} is in the log {times} times")]
    MessageRepeated { client: String, times: usize },
    #[error("the message {client} is not what was posted")]
    MessageChanged { client: String },
    #[error("event {found} stands where event {expected} should")]
    Gap { expected: u64, found: u64 },
    #[error("message {said} has {begun} beginnings and {ended} ends of its turn")]
    Turn { said: u64, begun: usize, ended: usize },
    #[error("event {event} is of no turn that is open")]
    OutsideOfTurn { event: u64 },
    #[error("the call {call} was proposed {times} times")]
    CallRepeated { call: String, times: usize },
    #[error("the call {call} has {outcomes} outcomes")]
    Outcomes { call: String, outcomes: usize },
    #[error("the call {call} was begun {times} times, and its outcome does not fit that")]
    Begun { call: String, times: usize },
    #[error("the call {call} was begun without a yes of this person before it")]
    BegunWithoutYes { call: String },
    #[error("{what:?} of {whom} happened {times} times")]
    EffectRepeated { what: Done, whom: String, times: usize },
    #[error("{what:?} of {whom} happened, and no call was begun that does it")]
    EffectWithoutCall { what: Done, whom: String },
    #[error("{what:?} of {whom} happened without an allowed entry of the ledger before it")]
    EffectWithoutEntry { what: Done, whom: String },
    #[error("{what:?} of {whom} happened without a yes on the phone before it")]
    EffectWithoutYes { what: Done, whom: String },
    #[error("the call {call} is said to be done, and {missing:?} did not happen")]
    NotDone { call: String, missing: Done },
    #[error("the call {call} is said not to be done, and {what:?} happened")]
    DoneAllTheSame { call: String, what: Done },
    #[error("two allowed entries rest on the approval {approval}")]
    YesSpentTwice { approval: String },
    #[error("the call {call} was begun under the entry {entry}, which is not there or not of this call")]
    StrangeEntry { call: String, entry: String },
    #[error("the entry {entry} of the call {call} says otherwise than the log")]
    EntryDisagrees { call: String, entry: String },
    #[error("a push with the code {code} came to the phone without a question in the log")]
    PushWithoutQuestion { code: String },
    #[error("the open page gave up: {0}")]
    PageOver(ApiError),
    #[error("the open page and a reload show different things")]
    PageDiffers,
    #[error("the page still shows something that goes on: {0}")]
    PageBusy(&'static str),
    #[error("nobody was killed, and there are {found} events in place of {expected}")]
    Events { expected: u64, found: u64 },
    #[error("nobody was killed, and this happened: {found:?}")]
    Effects { found: Vec<(Done, String)> },
    #[error("the ledger: {0}")]
    Ledger(String),
    #[error("a protocol mistake at {0}")]
    Sin(String),
}

/// Checks that a run without a kill matches its scenario; otherwise the list of event boundaries would be too short.
pub(crate) fn undisturbed(record: &Record, scenario: &Scenario) -> Vec<Violation> {
    let mut violations = Vec::new();
    let found = record.log.len() as u64;
    let stops = matches!(scenario.mind, Mind::StopsTheRinging | Mind::StopsTheWords);
    if found != scenario.events && !(stops && found + 1 == scenario.events) {
        violations.push(Violation::Events { expected: scenario.events, found });
    }
    let found: Vec<_> = record.effects.iter().map(|effect| (effect.what, effect.whom.clone())).collect();
    if !found.iter().map(|(what, whom)| (*what, whom.as_str())).eq(scenario.effects.iter().copied()) {
        violations.push(Violation::Effects { found });
    }
    violations
}

/// Returns all violations.
pub(crate) fn all(record: &Record) -> Vec<Violation> {
    let mut violations = log::check(record);
    violations.extend(deeds::check(record));
    violations.extend(page::check(record));
    violations.extend(record.findings.iter().cloned().map(Violation::Ledger));
    violations.extend(record.sins.iter().cloned().map(Violation::Sin));
    violations
}
