#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::ids::IdempotencyKey;
use crate::ports::{Numbered, Role};
use crate::turn::{Event, TurnEnd};
use crate::{CallId, ToolCall, ToolName};
use serde_json::json;

/// A history of turns that call a tool; those marked `cut` end with the call's result.
fn history(turns: &[(&str, bool)]) -> History {
    let mut events = Vec::new();
    for (text, cut) in turns {
        let said = events.len() as u64 + 1;
        let client = IdempotencyKey::try_from("client-0001".to_owned()).unwrap();
        let call = CallId(format!("call-{text}"));
        let tool = ToolCall { id: call.clone(), tool: ToolName("deed".into()), input: json!({}) };
        events.extend([
            Event::UserSaid { text: (*text).to_owned(), client, session: None, replaces: None, arrival: None },
            Event::TurnStarted { said },
            Event::CallProposed { call: tool, summary: String::new(), target: String::new() },
            Event::CallFailed { call, reason: "no".into() },
        ]);
        if !cut {
            events.push(Event::Said { text: "done".into() });
        }
        events.push(Event::TurnEnded { said, why: TurnEnd::Done });
    }
    let log: Vec<_> = events.into_iter().zip(1..).map(|(event, number)| Numbered { number, at: 0, event }).collect();
    History::fold(&log)
}

fn words(messages: &[Message]) -> Vec<&str> {
    let user = messages.iter().filter(|message| message.role == Role::User).flat_map(|message| &message.blocks);
    user.filter_map(|block| if let Block::Text(text) = block { Some(&**text) } else { None }).collect()
}

fn results(messages: &[Message]) -> Vec<&str> {
    let blocks = messages.iter().flat_map(|message| &message.blocks);
    blocks.filter_map(|block| if let Block::Result { call, .. } = block { Some(&*call.0) } else { None }).collect()
}

#[test]
fn a_cut_leaves_out_whole_turns_and_later_ones_follow() {
    let mut history = history(&[("1", false), ("2", true), ("3", false), ("4", false)]);
    let all = history.messages.clone();
    assert_eq!(words(&history.told()), ["1", "2", "3", "4"]);
    for (kept_from, expected) in [(99, vec!["1", "2", "3", "4"]), (7, vec!["2", "3", "4"]), (12, vec!["3", "4"])] {
        history.cut(kept_from);
        let told = history.told();
        assert_eq!(words(&told), expected, "{kept_from}");
        let calls: Vec<_> = expected.iter().map(|turn| format!("call-{turn}")).collect();
        assert_eq!(results(&told), calls, "a result is never kept without its call");
    }
    history.cut(1);
    assert_eq!(words(&history.told()), ["3", "4"], "what was left out does not come back");
    assert_eq!(history.messages, all, "the origin of arguments is looked for in all of it");
}

#[test]
fn a_cut_by_size_frees_half_and_leaves_the_last_turn() {
    let long = "x".repeat(1000);
    let turns: Vec<_> = std::iter::repeat_n((&*long, false), 10).collect();
    let history = history(&turns);
    let said = |turn: u64| (turn - 1) * 6 + 1;
    for (most, expected) in
        [(100_000, None), (10_000, Some(said(7))), (5_000, Some(said(9))), (1_000, Some(said(10))), (0, Some(said(10)))]
    {
        assert_eq!(history.beyond(most), expected, "{most}");
    }
    let mut alone = history;
    alone.cut(said(10));
    assert_eq!((alone.beyond(10), alone.shorter()), (None, None), "the last turn is all there is");
    assert_eq!((History::default().beyond(0), History::default().shorter()), (None, None));
}

/// A message that replaces the one with number `said`.
fn replacing(history: &mut History, number: u64, said: u64, text: &str) {
    let client = IdempotencyKey::try_from("client-0002".to_owned()).unwrap();
    let said = Event::UserSaid { text: text.to_owned(), client, session: None, replaces: Some(said), arrival: None };
    for (event, number) in [(said, number), (Event::TurnStarted { said: number }, number + 1)] {
        history.apply(&Numbered { number, at: 0, event });
    }
}

#[test]
fn a_message_that_replaces_another_leaves_nothing_of_it_and_of_what_followed() {
    for (said, expected, calls) in [
        (1, vec!["new"], vec![]),
        (7, vec!["1", "new"], vec!["call-1"]),
        (12, vec!["1", "2", "new"], vec!["call-1", "call-2"]),
        // A message that no turn answers replaces nothing.
        (99, vec!["1", "2", "3", "new"], vec!["call-1", "call-2", "call-3"]),
    ] {
        let mut history = history(&[("1", false), ("2", true), ("3", false)]);
        replacing(&mut history, 30, said, "new");
        let told = history.told();
        assert_eq!((words(&told), results(&told)), (expected, calls), "{said}");
        let roles: Vec<_> = told.iter().map(|message| message.role).collect();
        assert!(roles.windows(2).all(|pair| pair[0] != pair[1]), "{said}: roles alternate: {roles:?}");
        assert!(told.iter().all(|message| !message.blocks.is_empty()), "{said}");
        assert_eq!(words(&history.messages.iter().map(|own| Message::clone(own)).collect::<Vec<_>>()), words(&told));
    }
}

#[test]
fn a_replaced_start_of_a_shortened_conversation_is_the_new_one() {
    let mut history = history(&[("1", false), ("2", true), ("3", false)]);
    history.cut(7);
    assert!(!history.can_replace(1), "the model no longer receives it");
    assert!(history.can_replace(7) && !history.can_replace(8));
    replacing(&mut history, 30, 7, "new");
    assert_eq!(words(&history.told()), ["new"]);
    assert_eq!(results(&history.told()), Vec::<&str>::new(), "nothing of the turn before");
    assert!(!history.can_replace(12), "a turn runs");
    history.apply(&Numbered { number: 32, at: 0, event: Event::TurnEnded { said: 30, why: TurnEnd::Done } });
    assert!(history.can_replace(30) && !history.can_replace(7));
    replacing(&mut history, 33, 30, "again");
    assert_eq!(words(&history.told()), ["again"]);
}
