//! The invariants of the log: no message is lost, no number is missing, every turn ends, every call has one outcome,
//! and no call starts without its approval.

use super::Violation;
use crate::record::Record;
use crate::scenario::deeds_of;
use agent::CallId;
use agent::approval::Answer;
use agent::ports::Numbered;
use agent::turn::Event;

pub(super) fn check(record: &Record) -> Vec<Violation> {
    let mut violations = messages(record);
    violations.extend(numbers(&record.log));
    violations.extend(turns(&record.log));
    violations.extend(calls(record));
    violations
}

fn messages(record: &Record) -> Vec<Violation> {
    let mut violations = Vec::new();
    for post in &record.posts {
        let said = record.log.iter().filter_map(|entry| match &entry.event {
            Event::UserSaid { text, client, .. } if client.as_str() == post.client => Some(text),
            _ => None,
        });
        let said: Vec<_> = said.collect();
        let client = post.client.clone();
        match said.as_slice() {
            [] => violations.push(Violation::MessageLost { client }),
            [text] if **text == post.text => {}
            [_] => violations.push(Violation::MessageChanged { client }),
            many => violations.push(Violation::MessageRepeated { client, times: many.len() }),
        }
    }
    violations
}

fn numbers(log: &[Numbered]) -> Vec<Violation> {
    let gap = |(expected, entry): (u64, &Numbered)| {
        (entry.number != expected).then_some(Violation::Gap { expected, found: entry.number })
    };
    (1..).zip(log).find_map(gap).into_iter().collect()
}

fn turns(log: &[Numbered]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let saids = log.iter().filter(|entry| matches!(entry.event, Event::UserSaid { .. })).map(|entry| entry.number);
    for number in saids {
        let begun = log.iter().filter(|entry| matches!(entry.event, Event::TurnStarted { said } if said == number));
        let ended = log.iter().filter(|entry| matches!(entry.event, Event::TurnEnded { said, .. } if said == number));
        let (begun, ended) = (begun.count(), ended.count());
        if (begun, ended) != (1, 1) {
            violations.push(Violation::Turn { said: number, begun, ended });
        }
    }
    let mut open = None;
    for Numbered { number, event, .. } in log {
        let fits = match event {
            Event::TurnStarted { said } => open.replace(*said).is_none() && said < number,
            Event::TurnEnded { said, .. } => open.take() == Some(*said),
            Event::UserSaid { .. } | Event::Withdrawn { .. } => true,
            _ => open.is_some(),
        };
        if !fits {
            violations.push(Violation::OutsideOfTurn { event: *number });
        }
    }
    violations
}

fn calls(record: &Record) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut seen = Vec::new();
    for entry in &record.log {
        let Event::CallProposed { call, .. } = &entry.event else { continue };
        if seen.contains(&call.id) {
            continue;
        }
        seen.push(call.id.clone());
        let story: Vec<&Event> =
            record.log.iter().map(|entry| &entry.event).filter(|event| of(event) == Some(&call.id)).collect();
        violations.extend(story_of(&call.id, &story));
        if !deeds_of(&call.tool.0).is_empty() && !has_yes(&story, &record.who) {
            violations.push(Violation::BegunWithoutYes { call: call.id.0.clone() });
        }
    }
    violations
}

/// Checks the events of one call.
fn story_of(id: &CallId, story: &[&Event]) -> Vec<Violation> {
    let count = |is: fn(&Event) -> bool| story.iter().filter(|event| is(event)).count();
    let proposed = count(|event| matches!(event, Event::CallProposed { .. }));
    let begun = count(|event| matches!(event, Event::CallStarted { .. }));
    let outcomes = count(is_outcome);
    let call = id.0.clone();
    let mut violations = Vec::new();
    if proposed != 1 {
        violations.push(Violation::CallRepeated { call: call.clone(), times: proposed });
    }
    if outcomes != 1 || !story.last().is_some_and(|event| is_outcome(event)) {
        violations.push(Violation::Outcomes { call: call.clone(), outcomes });
    }
    let fits = match story.last() {
        Some(Event::CallDone { .. } | Event::CallUnknown { .. }) => begun == 1,
        Some(Event::CallRefused { .. }) => begun == 0,
        _ => begun <= 1,
    };
    if !fits {
        violations.push(Violation::Begun { call, times: begun });
    }
    violations
}

/// Returns `true` if the call was not started, or if the first answer before its start is an approval of this person.
fn has_yes(story: &[&Event], who: &str) -> bool {
    let Some(begun) = story.iter().position(|event| matches!(event, Event::CallStarted { .. })) else { return true };
    let answer = story[..begun].iter().find_map(|event| match event {
        Event::ApprovalAnswered { answer: Answer::Approved { given }, .. } => {
            Some(given.iter().any(|given| given.subject == who))
        }
        Event::ApprovedInAdvance { given, .. } => Some(given.subject == who),
        Event::ApprovalAnswered { .. } | Event::ApprovalCancelled { .. } => Some(false),
        _ => None,
    });
    answer == Some(true)
}

const fn is_outcome(event: &Event) -> bool {
    matches!(
        event,
        Event::CallDone { .. } | Event::CallFailed { .. } | Event::CallRefused { .. } | Event::CallUnknown { .. }
    )
}

/// Returns the call of an event.
const fn of(event: &Event) -> Option<&CallId> {
    match event {
        Event::CallProposed { call, .. } => Some(&call.id),
        Event::CallRefused { call, .. }
        | Event::ApprovalQueued { call }
        | Event::AccountWanted { call, .. }
        | Event::AccountConnected { call, .. }
        | Event::AccountDeclined { call }
        | Event::ApprovalAsked { call, .. }
        | Event::ApprovalPut { call, .. }
        | Event::ApprovalGiven { call, .. }
        | Event::ApprovedInAdvance { call, .. }
        | Event::ApprovalDeclined { call, .. }
        | Event::ApprovalAnswered { call, .. }
        | Event::ApprovalCancelled { call }
        | Event::CallStarted { call, .. }
        | Event::CallDone { call, .. }
        | Event::CallFailed { call, .. }
        | Event::CallUnknown { call } => Some(call),
        Event::UserSaid { .. }
        | Event::Withdrawn { .. }
        | Event::TurnStarted { .. }
        | Event::Said { .. }
        | Event::Reasoned { .. }
        | Event::Fetched { .. }
        | Event::StopAsked { .. }
        | Event::BrokenOff { .. }
        | Event::Shortened { .. }
        | Event::TurnEnded { .. } => None,
    }
}
