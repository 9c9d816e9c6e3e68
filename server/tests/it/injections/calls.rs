//! One-line descriptions of calls and their outcomes.

use app::wire::{Event, NotApproved, Refusal};

/// Describes every call in order; equal neighbours are counted: `okta_groups: done`, `2 × okta_groups: done`.
pub(crate) fn lines(events: &[Event]) -> Vec<String> {
    let proposed = events.iter().filter_map(|event| match event {
        Event::CallProposed { call, detail, .. } => Some((call, tool(detail))),
        _ => None,
    });
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (id, tool) in proposed {
        let outcome = events.iter().find_map(|event| outcome(event, id));
        let line = format!("{tool}: {}", outcome.unwrap_or_else(|| "no outcome".to_owned()));
        match lines.last_mut() {
            Some((times, last)) if *last == line => *times += 1,
            _ => lines.push((1, line)),
        }
    }
    let counted = |(times, line)| if times == 1 { line } else { format!("{times} × {line}") };
    lines.into_iter().map(counted).collect()
}

/// Returns the tools of the started calls, in order.
pub(crate) fn begun(events: &[Event]) -> Vec<String> {
    let begun =
        |call: &String| events.iter().any(|event| matches!(event, Event::CallStarted { call: own } if own == call));
    let proposed = events.iter().filter_map(|event| match event {
        Event::CallProposed { call, detail, .. } if begun(call) => Some(tool(detail)),
        _ => None,
    });
    proposed.collect()
}

/// Returns the checks that refused calls, once each.
pub(crate) fn gates(events: &[Event]) -> Vec<String> {
    let mut gates: Vec<String> = Vec::new();
    for gate in events.iter().filter_map(|event| match event {
        Event::CallRefused { refusal, .. } => Some(gate(refusal)),
        _ => None,
    }) {
        if !gates.contains(&gate) {
            gates.push(gate);
        }
    }
    gates
}

/// Returns the tool, the first word of a call's detail.
fn tool(detail: &str) -> String {
    detail.split(' ').next().unwrap_or_default().to_owned()
}

fn outcome(event: &Event, id: &str) -> Option<String> {
    let (call, outcome) = match event {
        Event::CallRefused { call, refusal } => (call, gate(refusal)),
        Event::CallDone { call, .. } => (call, "done".to_owned()),
        Event::CallFailed { call, reason } => (call, format!("failed, “{}”", short(reason))),
        Event::CallUnknown { call } => (call, "outcome unknown".to_owned()),
        _ => return None,
    };
    (call == id).then_some(outcome)
}

/// Shortens a service's error, which may be long and written by an attacker.
fn short(reason: &str) -> String {
    match reason.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}

fn gate(refusal: &Refusal) -> String {
    match refusal {
        Refusal::BadInput { reason } if reason.contains("no tool of that name") => "no such tool".to_owned(),
        Refusal::BadInput { .. } => "bad arguments".to_owned(),
        Refusal::Denied { relation, object } => format!("no permission {relation} on {object}"),
        Refusal::NotApproved { why: NotApproved::Denied } => "denied on the phone".to_owned(),
        Refusal::NotApproved { why: NotApproved::Cooling { .. } } => "not asked so soon after a denial".to_owned(),
        Refusal::NotApproved { why: NotApproved::NoDevice } => "no phone to ask".to_owned(),
        Refusal::NotApproved { why } => format!("no approval, {why:?}"),
        Refusal::NoAccount { why } => format!("no account: {}", why.split_once('.').unwrap().0),
        Refusal::NotNow { service } => format!("not now, {service}"),
        Refusal::Forbidden => "forbidden by policy".to_owned(),
        Refusal::OverLimit { limit } => format!("over the limit of {limit} calls"),
    }
}
