#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::ports::Numbered;

fn event(number: u64, event: Event) -> WatchItem {
    WatchItem::Event(Numbered { number, at: 0, event })
}

fn words(text: &str) -> Told {
    Told::Words { text: text.to_owned() }
}

fn end(outcome: Outcome) -> Told {
    Told::End { outcome, text: String::new() }
}

fn told(items: Vec<WatchItem>) -> Vec<Told> {
    let mut telling = Telling::new(3, "https://desk.example.com/c/1".to_owned());
    items.into_iter().flat_map(|item| telling.take(item)).collect()
}

fn done(said: u64) -> Event {
    Event::TurnEnded { said, why: agent::turn::TurnEnd::Done }
}

#[test]
fn a_caller_is_told_of_its_own_turn_alone() {
    let said = |text: &str| Event::Said { text: text.to_owned() };
    let items = vec![
        WatchItem::Delta(1, "of another turn".to_owned()),
        event(4, said("of another turn")),
        event(5, done(1)),
        event(6, Event::TurnStarted { said: 3 }),
        WatchItem::Delta(6, "Yes".to_owned()),
        WatchItem::Delta(6, ", I can.".to_owned()),
        event(7, said("Yes, I can.")),
        event(8, done(3)),
    ];
    assert_eq!(told(items), [words("Yes"), words(", I can."), end(Outcome::Done)]);
}

#[test]
fn each_word_is_told_once_however_the_stream_begins() {
    let started = || event(4, Event::TurnStarted { said: 3 });
    let said = || event(5, Event::Said { text: "One two three".to_owned() });
    let said_text = |text: &str| Event::Said { text: text.to_owned() };
    let waits = || {
        let client = agent::ids::IdempotencyKey::try_from("client-0001".to_owned()).unwrap();
        Event::UserSaid { text: "And then?".to_owned(), client, session: None, replaces: None, arrival: None }
    };
    let delta = |text: &str| WatchItem::Delta(4, text.to_owned());
    let whole = |text: &str| WatchItem::Partial(4, text.to_owned());
    for (items, expected) in [
        (vec![started(), said()], vec![words("One two three")]),
        (vec![started(), whole("One"), delta(" two"), said()], vec![words("One"), words(" two"), words(" three")]),
        (vec![started(), delta("One"), whole("One two"), said()], vec![words("One"), words(" two"), words(" three")]),
        (vec![started(), delta("Other"), whole("One")], vec![words("Other"), Told::Void, words("One")]),
        (
            vec![started(), said(), event(6, Event::BrokenOff { said: 3 }), delta("Again")],
            vec![words("One two three"), Told::Void, words("Again")],
        ),
        (
            // Another message waits meanwhile.
            vec![started(), delta("One"), event(5, waits()), delta(" two"), event(6, said_text("One two"))],
            vec![words("One"), words(" two")],
        ),
    ] {
        assert_eq!(told(items), expected);
    }
}

#[test]
fn every_end_is_told_as_one() {
    let ends = [
        (event(5, Event::Withdrawn { said: 3 }), end(Outcome::Withdrawn)),
        (WatchItem::Deleted, Told::Error { kind: "deleted" }),
        (WatchItem::Lost("the store"), Told::Error { kind: "unavailable" }),
        (WatchItem::Closing, Told::Error { kind: "closing" }),
    ];
    for (item, expected) in ends {
        assert_eq!(told(vec![item]), [expected]);
    }
}
