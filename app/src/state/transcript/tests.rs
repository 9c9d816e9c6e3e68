use super::*;

fn event(n: u64, event: Event) -> Frame {
    Frame::Event { n, at: 0, event }
}

fn conversation() -> Vec<Frame> {
    vec![
        event(1, Event::UserSaid { text: "My groups?".into(), replaces: None }),
        event(2, Event::TurnStarted { said: 1 }),
        Frame::Delta { since: 2, text: "Let me ".into() },
        Frame::Delta { since: 2, text: "look.".into() },
        event(3, Event::Said { html: "<p>Let me look.</p>".into() }),
        event(
            4,
            Event::CallProposed {
                call: "c1".into(),
                summary: "Read your Okta groups".into(),
                target: "ada@acme.example".into(),
                detail: "{}".into(),
            },
        ),
        event(5, Event::UserSaid { text: "And Bob's?".into(), replaces: None }),
        event(6, Event::CallStarted { call: "c1".into() }),
        event(7, Event::CallDone { call: "c1".into(), summary: "3 groups".into(), took_ms: 12 }),
        event(8, Event::Said { html: "<p>Three.</p>".into() }),
        event(9, Event::TurnEnded { said: 1, why: TurnEnd::Done }),
    ]
}

#[test]
fn the_turn_shows_its_state_at_each_step() {
    let expected = [
        Turn::Idle,
        Turn::Thinking { said: 1 },
        Turn::Speaking { said: 1 },
        Turn::Speaking { said: 1 },
        Turn::Thinking { said: 1 },
        Turn::Calling { said: 1 },
        Turn::Calling { said: 1 },
        Turn::Calling { said: 1 },
        Turn::Thinking { said: 1 },
        Turn::Thinking { said: 1 },
        Turn::Idle,
    ];
    let mut transcript = Transcript::default();
    for (frame, turn) in conversation().into_iter().zip(expected) {
        transcript.apply(frame.clone());
        assert_eq!(transcript.turn, turn, "after {frame:?}");
    }
}

#[test]
fn only_an_unfinished_answer_is_removed() {
    let mut frames = conversation();
    frames.truncate(9);
    let known = Transcript::of(&frames).items;
    frames.extend([
        event(8, Event::Said { html: "<p>Thr</p>".into() }),
        event(9, Event::UserSaid { text: "And Eve's?".into(), replaces: None }),
        Frame::Delta { since: 8, text: "ee".into() },
        event(10, Event::BrokenOff { said: 1 }),
    ]);
    let transcript = Transcript::of(&frames);
    assert_eq!(transcript.items[..known.len()], known);
    assert!(matches!(&transcript.items[known.len()..], [item] if matches!(**item, Item::Mine { n: 9, .. })));
    assert_eq!((transcript.partial.text.as_str(), transcript.turn), ("", Turn::Thinking { said: 1 }));
}

#[test]
fn a_heartbeat_updates_the_approvals_that_wait_in_other_conversations() {
    let waiting = vec![Waiting { conversation: "c2".into(), summary: "Delete Eve".into() }];
    let mut transcript = Transcript::default();
    for (elsewhere, change, waits) in [
        (Some(Vec::new()), Change::Nothing, 0),
        (Some(waiting.clone()), Change::All, 1),
        (Some(waiting), Change::Nothing, 1),
        (None, Change::Nothing, 1),
        (Some(Vec::new()), Change::All, 0),
    ] {
        assert_eq!(transcript.apply(Frame::Beat { elsewhere }), change);
        assert_eq!(transcript.waiting_count(), waits);
    }
}

#[test]
fn a_replayed_stream_changes_nothing() {
    let once = Transcript::of(&conversation());
    let mut twice = once.clone();
    for frame in conversation().into_iter().filter(|frame| matches!(frame, Frame::Event { .. })) {
        assert_eq!(twice.apply(frame), Change::Nothing);
    }
    assert_eq!(once, twice);
}

#[test]
fn a_reload_in_the_middle_shows_what_was_said_so_far() {
    for stop in 0..conversation().len() {
        let mut live = Transcript::default();
        let mut stored = Vec::new();
        for frame in conversation().into_iter().take(stop) {
            if matches!(frame, Frame::Event { .. }) {
                stored.push(frame.clone());
            }
            live.apply(frame);
        }
        stored.push(Frame::Partial {
            since: live.last,
            html: live.partial.html.clone(),
            text: live.partial.text.clone(),
        });
        assert_eq!(Transcript::of(&stored), live, "reloaded after {stop} frames");
    }
}

#[test]
fn a_waiting_message_is_taken_or_withdrawn() {
    let mut transcript = Transcript::of(&conversation());
    let place = |transcript: &Transcript| {
        transcript.items.iter().find_map(|item| match &**item {
            Item::Mine { n: 5, place, .. } => Some(*place),
            _ => None,
        })
    };
    assert_eq!(place(&transcript), Some(Place::Waiting));
    transcript.apply(event(10, Event::Withdrawn { said: 5 }));
    assert_eq!(place(&transcript), Some(Place::Withdrawn));
}

#[test]
fn every_abnormal_end_leaves_a_remark() {
    for (why, remark) in [(TurnEnd::Done, false), (TurnEnd::Stopped, true), (TurnEnd::Steps { limit: 8 }, true)] {
        let mut transcript = Transcript::of(&conversation()[..4]);
        transcript.apply(event(3, Event::TurnEnded { said: 1, why: why.clone() }));
        let last = transcript.items.last().map(|item| matches!(&**item, Item::Remark { .. }));
        assert_eq!(last, Some(remark), "{why:?}");
        assert_eq!((transcript.turn, transcript.partial.text.as_str()), (Turn::Idle, ""));
    }
}

#[test]
fn late_deltas_of_a_finished_block_are_ignored() {
    let mut transcript = Transcript::of(&conversation()[..5]);
    assert_eq!(transcript.apply(Frame::Delta { since: 2, text: "look.".into() }), Change::Nothing);
    assert_eq!(
        transcript.apply(Frame::Partial { since: 2, html: String::new(), text: "Let me look.".into() }),
        Change::Nothing
    );
    assert_eq!(transcript.partial.text, "");
}

/// When another instance takes over a turn, it starts the block again and the page drops the text of the first one.
#[test]
fn a_turn_that_is_taken_over_restarts_its_block() {
    let mut transcript = Transcript::of(&conversation()[..4]);
    assert_eq!(transcript.partial.text, "Let me look.");
    transcript.apply(Frame::Partial { since: 2, html: String::new(), text: String::new() });
    transcript.apply(Frame::Delta { since: 2, text: "Let me ".into() });
    assert_eq!(transcript.partial.text, "Let me ");
}

/// Follows an approval through each state that the page shows.
#[test]
fn an_approval_waits_reaches_the_phone_and_ends() {
    let call = || "c1".to_owned();
    let asked =
        Event::ApprovalAsked { call: call(), code: "K7-31Q".into(), effect: None, details: Vec::new(), until: 300_000 };
    let why = crate::wire::NotApproved::Denied;
    let steps = [
        (Event::ApprovalQueued { call: call() }, "Queued", false),
        (asked, "Asking", true),
        (Event::ApprovalPut { call: call(), at: crate::wire::AskedAt::Phone }, "Asking", true),
        (Event::ApprovalOver { call: call() }, "Checking", false),
        (Event::CallRefused { call: call(), refusal: crate::wire::Refusal::NotApproved { why } }, "Refused", false),
    ];
    let mut transcript = Transcript::of(&conversation()[..6]);
    let mut keys = std::collections::BTreeSet::new();
    for (n, (step, state, asks)) in (5..).zip(steps) {
        transcript.apply(event(n, step));
        let found = transcript.items.iter().find_map(|item| match &**item {
            Item::Call(call) => Some((format!("{:?}", call.state), item.key())),
            _ => None,
        });
        let (shown, key) = found.unwrap_or_default();
        assert!(shown.starts_with(state), "{shown} is not {state}");
        assert_eq!(transcript.asking().is_some(), asks, "{state}");
        keys.insert(key);
    }
    assert_eq!(keys.len(), 5, "each state is drawn again");
}

#[test]
fn a_page_of_earlier_turns_keeps_the_unfinished_turn_apart() {
    let turn = |first: u64| {
        let said = |n: u64| event(n, Event::UserSaid { text: format!("{n}"), replaces: None });
        vec![said(first), event(first + 1, Event::TurnStarted { said: first })]
    };
    let page = |frames: Vec<Frame>, past: Option<Vec<Frame>>, earlier: Option<u64>| Talk {
        owner: "o".to_owned(),
        asker: "Ada".to_owned(),
        conversation: None,
        fresh: String::new(),
        client_id: String::new(),
        now: 0,
        frames,
        last: 9,
        past: past.map(|frames| Past { frames, later: None }),
        earlier,
        replaced: Vec::new(),
        edit: None,
        elsewhere: Vec::new(),
        others: 0,
    };
    let numbers = |items: &[Arc<Item>]| items.iter().map(|item| item.key().0).collect::<Vec<_>>();
    for (frames, past, items, before) in [
        (turn(7), None, (vec![7], vec![]), 6),
        (turn(7), Some(turn(4)), (vec![7], vec![4]), 6),
        (Vec::new(), Some(turn(1)), (vec![], vec![1]), 9),
    ] {
        let transcript = Transcript::of_page(&page(frames, past, Some(8)));
        assert_eq!((transcript.last, transcript.earlier, transcript.settled), (9, Some(8), before));
        assert_eq!((numbers(&transcript.items), numbers(&transcript.past)), items);
    }
}

#[test]
fn a_line_marks_the_first_message_that_the_model_still_sees() {
    let said = |n: u64| event(n, Event::UserSaid { text: format!("{n}"), replaces: None });
    let cut = |n: u64, kept_from: u64| event(n, Event::Shortened { kept_from });
    let drawn =
        |frames: &[Frame]| -> Vec<u64> { Transcript::of(frames).items.iter().map(|item| item.key().0).collect() };
    let begun = [said(1), said(2), said(3)];
    for (cuts, expected) in [
        (vec![cut(4, 2)], vec![1, 4, 2, 3]),
        (vec![cut(4, 2), cut(5, 3)], vec![1, 2, 5, 3]),
        (vec![cut(4, 1)], vec![4, 1, 2, 3]),
        (vec![cut(9, 8)], vec![1, 2, 3]),
    ] {
        assert_eq!(drawn(&[begun.as_slice(), &cuts].concat()), expected);
    }
    let mut transcript = Transcript { past: Transcript::of(&begun).items, last: 3, ..Transcript::default() };
    transcript.apply(cut(5, 3));
    assert_eq!(transcript.past.iter().map(|item| item.key().0).collect::<Vec<_>>(), [1, 2, 5, 3], "in the past, too");
}

/// Numbers of the items, and of the items inside of what was replaced.
fn shape(items: &[Arc<Item>]) -> Vec<(u64, usize)> {
    let count = |item: &Arc<Item>| match &**item {
        Item::Replaced { items, .. } => items.len(),
        _ => 0,
    };
    items.iter().map(|item| (item.key().0, count(item))).collect()
}

fn asked(n: u64, replaces: Option<u64>) -> Frame {
    event(n, Event::UserSaid { text: format!("{n}"), replaces })
}

fn answered(n: u64) -> [Frame; 3] {
    [
        event(n + 1, Event::TurnStarted { said: n }),
        event(n + 2, Event::Said { html: "<p>Yes.</p>".to_owned() }),
        event(n + 3, Event::TurnEnded { said: n, why: TurnEnd::Done }),
    ]
}

#[test]
fn a_message_that_replaces_another_folds_away_all_from_there_once_its_turn_starts() {
    let first: Vec<Frame> = [asked(1, None)].into_iter().chain(answered(1)).collect();
    let two: Vec<Frame> = first.into_iter().chain([asked(5, None)]).chain(answered(5)).collect();
    for (replaces, expected) in [(5, vec![(1, 0), (3, 0), (9, 2), (9, 0)]), (1, vec![(9, 4), (9, 0)])] {
        let waits: Vec<_> = two.iter().cloned().chain([asked(9, Some(replaces))]).collect();
        let mut transcript = Transcript::of(&waits);
        assert_eq!(shape(&transcript.items), [(1, 0), (3, 0), (5, 0), (7, 0), (9, 0)], "the model still receives it");
        transcript.apply(event(10, Event::TurnStarted { said: 9 }));
        assert_eq!(shape(&transcript.items), expected, "{replaces}");
        let keys: std::collections::HashSet<_> = transcript.items.iter().map(|item| item.key()).collect();
        assert_eq!(keys.len(), transcript.items.len(), "the list of the page tells items apart by their keys");
        transcript.fold(&[Replaced { from: replaces, by: 9 }]);
        assert_eq!(shape(&transcript.items), expected, "a page that names it folds it once");
        let mut withdrawn = Transcript::of(&waits);
        withdrawn.apply(event(10, Event::Withdrawn { said: 9 }));
        assert_eq!(shape(&withdrawn.items).len(), 5, "a withdrawn message replaces nothing");
    }
}

#[test]
fn a_part_shows_what_a_later_part_replaces_as_replaced() {
    let past: Vec<Frame> = [asked(1, None)].into_iter().chain(answered(1)).collect();
    let now: Vec<Frame> = [asked(5, None)].into_iter().chain(answered(5)).collect();
    let replaced = vec![Replaced { from: 1, by: 40 }];
    let past = Past { frames: past, later: None };
    assert_eq!(shape(&Transcript::past_of(&past, &replaced)), [(40, 2)]);
    let mut transcript = Transcript::of(&now);
    transcript.fold(&replaced);
    assert_eq!(shape(&transcript.items), [(40, 2)]);
    transcript.fold(&[Replaced { from: 50, by: 60 }]);
    assert_eq!(shape(&transcript.items), [(40, 2)], "the part is later");
}

#[test]
fn a_message_that_waited_stands_behind_the_answer_before_it() {
    let transcript = Transcript::of(&conversation());
    let order: Vec<u64> = transcript.items.iter().map(|item| item.key().0).collect();
    assert_eq!(order, [1, 3, 4, 8, 5]);
}
