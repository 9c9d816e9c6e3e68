#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::ids::IdempotencyKey;
use agent::turn::TurnEnd;

/// Returns a log of `messages` answered messages of `bytes` bytes each. While one is being answered the next is already
/// posted, as an impatient person does, and every tenth is withdrawn.
fn log(messages: u64, bytes: usize, done: bool) -> Vec<Numbered> {
    let mut log = Log::default();
    let mut next = log.said(bytes);
    for number in 1..=messages {
        let said = next;
        log.push(Event::TurnStarted { said });
        if number % 10 == 0 {
            let said = log.said(bytes);
            log.push(Event::Withdrawn { said });
        }
        if number < messages || !done {
            next = log.said(bytes);
        }
        log.push(Event::Said { text: "x".repeat(bytes) });
        if number < messages || done {
            log.push(Event::TurnEnded { said, why: TurnEnd::Done });
        }
    }
    log.0
}

#[derive(Default)]
struct Log(Vec<Numbered>);

impl Log {
    fn push(&mut self, event: Event) -> u64 {
        let number = self.0.len() as u64 + 1;
        self.0.push(Numbered { number, at: 0, event });
        number
    }

    fn said(&mut self, bytes: usize) -> u64 {
        let client = IdempotencyKey::try_from("client-0001".to_owned()).unwrap();
        self.push(Event::UserSaid { text: "x".repeat(bytes), client, session: None, replaces: None, arrival: None })
    }
}

fn numbers(frames: &[Frame]) -> Vec<u64> {
    frames.iter().filter_map(|frame| if let Frame::Event { n, .. } = frame { Some(*n) } else { None }).collect()
}

fn bytes(frames: &[Frame]) -> usize {
    frames.iter().map(|frame| frame.line().len()).sum()
}

/// Returns the parts of a log from the last to the first, in the order in which a reader requests them.
fn parts_of(parts: &Parts<'_>) -> Vec<Vec<Frame>> {
    let Part { frames, mut earlier } = parts.last();
    let mut all = vec![frames];
    while let Some(number) = earlier {
        let (part, past) = parts.before(number).unwrap();
        assert!(past.later.is_some() || all.len() == 1, "the following part has an address");
        earlier = part.earlier;
        all.push(past.frames);
    }
    all
}

#[test]
fn parts_hold_every_event_once_in_order_and_no_more_than_fits() {
    for (messages, size, done) in
        [(0, 5, true), (1, 5, true), (20, 5, true), (1000, 20, true), (1000, 5, false), (50, 9000, false)]
    {
        let log = if messages == 0 { Vec::new() } else { log(messages, size, done) };
        let parts = Parts::of(log.iter(), View::STORED);
        let all = parts_of(&parts);
        let mut seen: Vec<u64> = all.iter().rev().flat_map(|part| numbers(part)).collect();
        for part in &all {
            assert!(numbers(part).is_sorted(), "events are in order");
            assert!(part.len() <= PART_EVENTS, "{messages}: {} events", part.len());
            assert!(bytes(part) <= PART_BYTES.max(5 * (size + 200)), "{messages}: {} bytes", bytes(part));
        }
        assert!(all.len() >= log.len() / PART_EVENTS, "{messages}");
        seen.sort_unstable();
        assert_eq!(seen, log.iter().map(|entry| entry.number).collect::<Vec<_>>(), "{messages}");
    }
}

#[test]
fn every_page_shows_open_turns_and_waiting_messages() {
    for messages in [1, 5, 100] {
        let mut log = Log(log(messages, 500, false));
        let waiting = log.said(20);
        let open = log.0.iter().rfind(|entry| matches!(entry.event, Event::TurnStarted { .. })).unwrap().number;
        let parts = Parts::of(log.0.iter(), View::STORED);
        let Part { frames, mut earlier } = parts.last();
        assert!([open, waiting].iter().all(|number| numbers(&frames).contains(number)), "the last page");
        while let Some(number) = earlier {
            let (part, past) = parts.before(number).unwrap();
            assert!([open, waiting].iter().all(|number| numbers(&part.frames).contains(number)), "before {number}");
            assert!(numbers(&past.frames).iter().all(|number| *number < open), "before {number}");
            earlier = part.earlier;
        }
    }
}

#[test]
fn a_finished_conversation_has_only_its_past() {
    let log = log(100, 500, true);
    let parts = Parts::of(log.iter(), View::STORED);
    let (part, _) = parts.before(parts.last().earlier.unwrap()).unwrap();
    assert_eq!(part.frames, []);
}

#[test]
fn links_lead_from_the_first_part_to_the_last() {
    let log = log(200, 300, true);
    let parts = Parts::of(log.iter(), View::STORED);
    let (part, mut past) = parts.before(0).unwrap();
    assert_eq!((part.earlier, numbers(&past.frames)[0]), (None, 1));
    let mut pages = 1;
    while let Some(later) = past.later {
        let next = parts.before(later).unwrap().1;
        let (shown, wanted) = (numbers(&next.frames), numbers(&past.frames).last().unwrap() + 1);
        assert!(shown.contains(&wanted) || shown.contains(&(wanted + 1)), "no turn is left out");
        (past, pages) = (next, pages + 1);
    }
    let last = numbers(&parts.last().frames)[0];
    assert!(pages > 3 && last <= numbers(&past.frames).last().unwrap() + 1, "{pages} pages, {last}");
}

#[test]
fn a_number_inside_a_turn_still_leads_to_a_page() {
    let log = log(100, 500, true);
    let parts = Parts::of(log.iter(), View::STORED);
    assert_eq!(numbers(&parts.before(1).unwrap().1.frames)[0], 1);
    assert!(parts.before(u64::MAX).is_none(), "these are the last turns");
    assert!(Parts::of([].iter(), View::STORED).before(5).is_none());
    assert_eq!(Parts::of([].iter(), View::STORED).last().frames, []);
}

#[test]
fn the_line_of_a_shortened_conversation_comes_with_the_first_turn_that_the_model_sees() {
    let mut log = Log(log(100, 500, false));
    let starts = log.0.iter().filter_map(|entry| match entry.event {
        Event::TurnStarted { said } => Some((entry.number, said)),
        _ => None,
    });
    let (begun, kept_from) = starts.collect::<Vec<_>>()[50];
    let cut = log.push(Event::Shortened { kept_from });
    let parts = Parts::of(log.0.iter(), View::STORED);
    for (place, part) in parts_of(&parts).iter().enumerate() {
        let numbers = numbers(part);
        assert!(numbers.is_sorted(), "events are in order");
        assert_eq!(numbers.contains(&cut), place == 0 || numbers.contains(&begun), "{numbers:?}");
    }
}

#[test]
fn a_link_to_a_message_leads_to_a_page_that_shows_it() {
    let log = log(100, 500, true);
    let parts = Parts::of(log.iter(), View::STORED);
    let first = parts.last().earlier.unwrap();
    for number in [1, 2, first / 2, first - 1] {
        let past = parts.with(number).1.unwrap();
        assert!(numbers(&past.frames).contains(&number), "{number}");
    }
    let newest = log.last().unwrap().number;
    for number in [first, newest, newest + 1, u64::MAX] {
        assert!(parts.with(number).1.is_none(), "{number}: the last page shows it, or nothing does");
    }
    assert!(Parts::of([].iter(), View::STORED).with(1).1.is_none());
}
