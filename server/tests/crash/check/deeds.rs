//! The invariants of actions: none happens twice; each has a call, a ledger entry and an approval before it; and log
//! and ledger report what happened.

use super::Violation;
use crate::record::{Effect, Record};
use crate::scenario::{Done, deeds_of};
use agent::approval::ApprovalId;
use agent::ports::{Outcome, PastEntry, Verdict};
use agent::turn::Event;
use agent::{CallId, ToolCall};
use sandbox::identity::Answer;
use std::collections::BTreeMap;

pub(super) fn check(record: &Record) -> Vec<Violation> {
    let mut violations = repeated(&record.effects);
    violations.extend(record.effects.iter().filter_map(|effect| unfounded(effect, record)));
    violations.extend(calls(record).flat_map(|call| untrue(call, record)));
    violations.extend(spent_twice(&record.entries));
    violations.extend(unasked(record));
    violations
}

fn repeated(effects: &[Effect]) -> Vec<Violation> {
    let mut times = BTreeMap::new();
    for effect in effects {
        *times.entry((effect.what, effect.whom.clone())).or_insert(0) += 1;
    }
    let repeated = times.into_iter().filter(|(_, times)| *times > 1);
    repeated.map(|((what, whom), times)| Violation::EffectRepeated { what, whom, times }).collect()
}

/// Returns the missing basis of an effect: a started call, an allowing entry, or an approval on the phone.
fn unfounded(effect: &Effect, record: &Record) -> Option<Violation> {
    let Effect { what, ref whom, at } = *effect;
    let whom = || whom.clone();
    let Some(call) = calls(record).find(|call| does(call, effect) && begun(record, &call.id).is_some()) else {
        return Some(Violation::EffectWithoutCall { what, whom: whom() });
    };
    let entry = record.entries.iter().find(|entry| is_about(entry, &call.id) && allows(entry) && entry.at <= at);
    let Some(entry) = entry else { return Some(Violation::EffectWithoutEntry { what, whom: whom() }) };
    if approved(entry, record, at) { None } else { Some(Violation::EffectWithoutYes { what, whom: whom() }) }
}

/// Returns `true` if the entry has an approval of this person, given on the phone for this request before the effect.
fn approved(entry: &PastEntry, record: &Record, at: i64) -> bool {
    let Some(approval) = &entry.approval else { return false };
    let given = approval.given.iter().any(|given| given.subject == record.who && given.at <= at);
    let said = record.pushes.iter().any(|ring| {
        let yes = ring.answered.is_some_and(|answered| answered.answer == Answer::Approve && answered.at <= at);
        ring.sub == record.who && ring.code == approval.id.code() && yes
    });
    given && said
}

/// Returns the contradictions between the log or ledger and the actual effects of a call.
fn untrue(call: &ToolCall, record: &Record) -> Vec<Violation> {
    let happened = |what: &Done| record.effects.iter().any(|effect| effect.what == *what && does(call, effect));
    let id = || call.id.0.clone();
    let (deeds, outcome) = (deeds_of(&call.tool.0), outcome(record, &call.id));
    let mut violations = Vec::new();
    match outcome {
        Some(Event::CallDone { .. }) => {
            let missing = deeds.iter().filter(|what| !happened(what));
            violations.extend(missing.map(|what| Violation::NotDone { call: id(), missing: *what }));
        }
        Some(Event::CallUnknown { .. }) => {}
        _ => {
            let done = deeds.iter().filter(|what| happened(what));
            violations.extend(done.map(|what| Violation::DoneAllTheSame { call: id(), what: *what }));
        }
    }
    let Some(named) = begun(record, &call.id) else { return violations };
    let entry = record.entries.iter().find(|entry| entry.id.0 == named && is_about(entry, &call.id) && allows(entry));
    let Some(entry) = entry else {
        violations.push(Violation::StrangeEntry { call: id(), entry: named.to_owned() });
        return violations;
    };
    let agrees = match (outcome, entry.ending.as_ref().map(|ending| &ending.outcome)) {
        (Some(Event::CallDone { .. }), Some(Outcome::Done)) => true,
        (Some(Event::CallFailed { .. }), Some(Outcome::NotDone(_))) => true,
        // An instance that closed the entry and died before it wrote the log knew more than its successor.
        (Some(Event::CallUnknown { .. }), Some(ending)) => *ending != Outcome::Done || deeds.iter().all(happened),
        _ => false,
    };
    if !agrees {
        violations.push(Violation::EntryDisagrees { call: id(), entry: named.to_owned() });
    }
    violations
}

fn spent_twice(entries: &[PastEntry]) -> Vec<Violation> {
    let mut times = BTreeMap::<&ApprovalId, usize>::new();
    for approval in entries.iter().filter(|entry| allows(entry)).filter_map(|entry| entry.approval.as_ref()) {
        *times.entry(&approval.id).or_default() += 1;
    }
    let twice = times.into_iter().filter(|(_, times)| *times > 1);
    twice.map(|(approval, _)| Violation::YesSpentTwice { approval: approval.to_string() }).collect()
}

/// Returns pushes without a request in the log.
fn unasked(record: &Record) -> Vec<Violation> {
    let asked = |code: &str| {
        let codes = record.log.iter().filter_map(|entry| match &entry.event {
            Event::ApprovalAsked { question, .. } => Some(question.code()),
            _ => None,
        });
        codes.into_iter().any(|own| own == code)
    };
    let unasked = record.pushes.iter().filter(|ring| !asked(&ring.code));
    unasked.map(|ring| Violation::PushWithoutQuestion { code: ring.code.clone() }).collect()
}

fn calls(record: &Record) -> impl Iterator<Item = &ToolCall> {
    record.log.iter().filter_map(|entry| match &entry.event {
        Event::CallProposed { call, .. } => Some(call),
        _ => None,
    })
}

/// Returns `true` if the call would have this effect.
fn does(call: &ToolCall, effect: &Effect) -> bool {
    let whom = call.input.get("user").and_then(|user| user.as_str());
    deeds_of(&call.tool.0).contains(&effect.what) && whom == Some(&effect.whom)
}

/// Returns the ledger entry under which a call was started.
fn begun<'a>(record: &'a Record, id: &CallId) -> Option<&'a str> {
    record.log.iter().find_map(|entry| match &entry.event {
        Event::CallStarted { call, entry } if call == id => Some(entry.0.as_str()),
        _ => None,
    })
}

fn outcome<'a>(record: &'a Record, id: &CallId) -> Option<&'a Event> {
    record.log.iter().map(|entry| &entry.event).find(|event| match event {
        Event::CallDone { call, .. }
        | Event::CallFailed { call, .. }
        | Event::CallRefused { call, .. }
        | Event::CallUnknown { call } => call == id,
        _ => false,
    })
}

fn allows(entry: &PastEntry) -> bool {
    entry.verdict == Verdict::Allowed
}

fn is_about(entry: &PastEntry, call: &CallId) -> bool {
    entry.place.as_ref().is_some_and(|place| place.call == *call)
}
