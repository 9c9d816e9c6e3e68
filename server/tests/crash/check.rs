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
    #[error("found event {found} in the place of event {expected}")]
    Gap { expected: u64, found: u64 },
    #[error("the turn of message {said} began {begun} times and ended {ended} times")]
    Turn { said: u64, begun: usize, ended: usize },
    #[error("event {event} belongs to no open turn")]
    OutsideOfTurn { event: u64 },
    #[error("the call {call} was proposed {times} times")]
    CallRepeated { call: String, times: usize },
    #[error("the call {call} has {outcomes} outcomes")]
    Outcomes { call: String, outcomes: usize },
    #[error("the call {call} started {times} times, which does not match its outcome")]
    Begun { call: String, times: usize },
    #[error("the call {call} started without an earlier approval by this person")]
    BegunWithoutYes { call: String },
    #[error("{what:?} of {whom} happened {times} times")]
    EffectRepeated { what: Done, whom: String, times: usize },
    #[error("{what:?} of {whom} happened, but no started call does that")]
    EffectWithoutCall { what: Done, whom: String },
    #[error("{what:?} of {whom} happened without an earlier entry in the ledger that allows it")]
    EffectWithoutEntry { what: Done, whom: String },
    #[error("{what:?} of {whom} happened without an earlier approval on the phone")]
    EffectWithoutYes { what: Done, whom: String },
    #[error("the log says that the call {call} is done, but {missing:?} did not happen")]
    NotDone { call: String, missing: Done },
    #[error("the log says that the call {call} is not done, but {what:?} happened")]
    DoneAllTheSame { call: String, what: Done },
    #[error("two allowed entries use the approval {approval}")]
    YesSpentTwice { approval: String },
    #[error("the call {call} started under the entry {entry}, which is missing or belongs to another call")]
    StrangeEntry { call: String, entry: String },
    #[error("the entry {entry} of the call {call} contradicts the log")]
    EntryDisagrees { call: String, entry: String },
    #[error("the phone got a push with the code {code}, but the log has no question with it")]
    PushWithoutQuestion { code: String },
    #[error("the open page gave up: {0}")]
    PageOver(ApiError),
    #[error("the open page and a reload show different things")]
    PageDiffers,
    #[error("the page still shows something unfinished: {0}")]
    PageBusy(&'static str),
    #[error("no instance was killed, but there are {found} events instead of {expected}")]
    Events { expected: u64, found: u64 },
    #[error("no instance was killed, but this happened: {found:?}")]
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
