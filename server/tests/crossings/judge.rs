//! The properties that hold at the end of every schedule.

use crate::world::World;
use agent::approval::Answer;
use agent::ports::{Outcome, Verdict};
use agent::turn::{Event, History};

/// The properties that do not hold.
pub(crate) fn judge(world: &World) -> Vec<String> {
    let rows = world.rows.lock().unwrap();
    let events: Vec<&Event> = rows.log.iter().map(|entry| &entry.event).collect();
    let done = world.done.lock().unwrap().clone();
    let history = History::fold(&rows.log);
    let mut broken = Vec::new();
    let mut hold = |holds: bool, property: &str| {
        if !holds {
            broken.push(property.to_owned());
        }
    };
    hold(done.len() <= 1, "an action takes place once");
    let started = events.iter().position(|event| matches!(event, Event::CallStarted { .. }));
    let before = &events[..started.unwrap_or(events.len())];
    let approved =
        before.iter().any(|event| matches!(event, Event::ApprovalAnswered { answer: Answer::Approved { .. }, .. }));
    // Only this turn and this call were taken back: the next message has a turn of its own.
    let turn = before.iter().rev().find_map(|event| match event {
        Event::TurnStarted { said } => Some(said),
        _ => None,
    });
    let taken_back = before.iter().any(|event| match event {
        Event::StopAsked { said } => Some(said) == turn,
        Event::ApprovalCancelled { call } => done.contains(&call.to_string()),
        _ => false,
    });
    hold(done.is_empty() || (started.is_some() && approved), "no action without an approval in front of it");
    hold(done.is_empty() || !taken_back, "no action behind a stop or a cancellation");
    let withdrawn = |said: &u64| events.contains(&&Event::Withdrawn { said: *said });
    let begun = events.iter().filter_map(|event| match event {
        Event::TurnStarted { said } => Some(said),
        _ => None,
    });
    hold(!begun.into_iter().any(withdrawn), "no turn begins for a message that was withdrawn");
    hold(history.open.is_none(), "every turn ends");
    hold(history.waiting.is_empty(), "no message waits for ever");
    hold(rows.queued.is_none(), "the queue is empty when nothing is left to do");
    for number in world.posted.lock().unwrap().iter() {
        let there = usize::try_from(*number - 1).ok().and_then(|place| events.get(place));
        hold(matches!(there, Some(Event::UserSaid { .. })), "a message that was taken on is in the log");
    }
    let keys = events.iter().filter_map(|event| match event {
        Event::UserSaid { client, .. } => Some(client),
        _ => None,
    });
    let (all, mut distinct) = (keys.clone().count(), keys.collect::<Vec<_>>());
    distinct.sort_by_key(|key| format!("{key:?}"));
    distinct.dedup();
    hold(all == distinct.len(), "a repeated post is one message");
    let allowed: Vec<_> = world.ledger.lines().into_iter().filter(|line| line.verdict == Verdict::Allowed).collect();
    hold(done.is_empty() || !allowed.is_empty(), "no action without an entry of the ledger");
    let denied = allowed.iter().any(|line| matches!(line.outcome, Some(Outcome::NotDone(_))));
    hold(done.is_empty() || !denied, "the ledger does not say \"not done\" of what was done");
    broken
}
