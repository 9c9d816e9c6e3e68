use super::*;
use crate::wire::{AskedAt, NotApproved, Refusal, TurnEnd};

/// A page as the browser has it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    /// Numbers and keys of the items.
    items: Vec<(u64, String)>,
    partial: Partial,
    last: u64,
    settled: u64,
}

impl Shown {
    /// The page as the server renders it.
    fn of(transcript: &Transcript) -> Self {
        let entry = |item: &Arc<Item>| match &**item {
            Item::Cut { .. } => None,
            Item::Replaced { n, .. } => Some((*n, "replaced".to_owned())),
            item => Some((item.key().0, key(item))),
        };
        let doing = doing(transcript.turn).map(|(key, _)| (0, key.to_owned()));
        let (taken, queued) = (transcript.taken(), transcript.queued());
        let items = taken.iter().filter_map(entry).chain(doing).chain(queued.iter().filter_map(entry));
        Self {
            items: items.collect(),
            partial: transcript.partial.clone(),
            last: transcript.last,
            settled: transcript.settled,
        }
    }

    /// Does what `browser/log.rs` does.
    fn apply(&mut self, update: Update) {
        match update {
            Update::Log { since, items, now } => {
                let old = std::mem::take(&mut self.items);
                let stays = |(n, key): &(u64, String)| key == "replaced" || (*n > 0 && *n <= since);
                self.items = old.iter().filter(|own| stays(own)).cloned().collect();
                for Piece { n, key, html } in items {
                    let entry = (n, key);
                    assert!(html.is_some_and(|html| html.starts_with('<')) || old.contains(&entry), "{entry:?}");
                    self.items.push(entry);
                }
                if !self.items.iter().any(|(_, key)| key == "speaking") {
                    self.partial = Partial::default();
                }
                (self.last, self.settled) = (now.last, now.settled);
            }
            Update::Replaced { from, by, .. } => {
                let place = |said| self.items.iter().position(|(n, _)| *n == said);
                let (Some(start), Some(end)) = (place(from), place(by)) else { panic!("{from} and {by} are shown") };
                self.items.splice(start..end, [(by, "replaced".to_owned())]);
            }
            Update::Partial { html, text } => self.partial = Partial { html, text },
            Update::Block { html, text } => {
                self.partial.html.push_str(&html);
                self.partial.text = text;
            }
            Update::Delta { text } => self.partial.text.push_str(&text),
            Update::Cut { .. } | Update::Beat { .. } | Update::Fault { .. } => {}
        }
    }
}

fn conversation() -> Vec<Frame> {
    let call = || "c1".to_owned();
    let said = |text: &str, replaces| Event::UserSaid { text: text.to_owned(), replaces };
    let proposed = Event::CallProposed {
        call: call(),
        summary: "Reset the password of Eve".to_owned(),
        target: "eve@acme.example".to_owned(),
        detail: "{}".to_owned(),
    };
    let code = "K7-31Q".to_owned();
    let asked = Event::ApprovalAsked { call: call(), code, effect: None, details: Vec::new(), until: 300_000 };
    let refusal = Refusal::NotApproved { why: NotApproved::Expired };
    let answer = |html: &str| Event::Said { html: html.to_owned() };
    let events = [
        said("Hello", None),
        Event::TurnStarted { said: 1 },
        answer("<p>Hello.</p>"),
        Event::TurnEnded { said: 1, why: TurnEnd::Done },
        said("Reset the password of Eve", None),
        Event::TurnStarted { said: 5 },
        proposed,
        said("And thanks", None),
        asked,
        said("Never mind", None),
        Event::ApprovalPut { call: call(), at: AskedAt::Phone },
        Event::Withdrawn { said: 10 },
        Event::ApprovalOver { call: call() },
        Event::CallRefused { call: call(), refusal },
        answer("<p>Nobody"),
        Event::BrokenOff { said: 5 },
        answer("<p>Nobody confirmed it.</p>"),
        Event::TurnEnded { said: 5, why: TurnEnd::Time { limit_s: 60 } },
        Event::TurnStarted { said: 8 },
        Event::Shortened { kept_from: 5 },
        answer("<p>You're welcome.</p>"),
        said("Hello again", Some(5)),
        said("Something else", None),
        Event::TurnEnded { said: 8, why: TurnEnd::Done },
        Event::TurnStarted { said: 22 },
        answer("<p>Hello again.</p>"),
        Event::TurnEnded { said: 22, why: TurnEnd::Done },
        Event::TurnStarted { said: 23 },
        Event::TurnEnded { said: 23, why: TurnEnd::Stopped },
    ];
    let frames = (1..).zip(events).flat_map(|(n, event)| {
        let speaks = matches!(event, Event::Said { .. });
        let delta = |text: &str| Frame::Delta { since: n - 1, text: text.to_owned() };
        let text = [
            delta("No"),
            Frame::Block { since: n - 1, html: "<p>No</p>".to_owned(), text: "any".to_owned() },
            delta("body"),
        ];
        let text = text.into_iter().filter(move |_| speaks);
        text.chain([Frame::Event { n, at: 0, event }])
    });
    frames.collect()
}

/// Returns the stream of a page that knows the first frames, as the server opens it.
fn stream(frames: &[Frame], known: usize) -> Vec<Frame> {
    let shown = Transcript::of(&frames[..known]);
    let later = |frame: &&Frame| matches!(frame, Frame::Event { n, .. } if *n > shown.settled);
    let partial =
        Frame::Partial { since: shown.last, html: shown.partial.html.clone(), text: shown.partial.text.clone() };
    let replayed = frames[..known].iter().filter(later).cloned();
    replayed.chain([partial]).chain(frames[known..].iter().cloned()).collect()
}

#[test]
fn a_page_that_is_opened_or_reconnected_at_any_point_shows_at_each_step_what_a_reload_would_show() {
    let frames = conversation();
    for known in 0..=frames.len() {
        let begun = Transcript::of(&frames[..known]);
        let mut page = Shown::of(&begun);
        let mut live = Live::new(Page::default(), Texts::default(), page.settled, page.last);
        let stream = stream(&frames, known);
        let replayed = stream.len() - (frames.len() - known);
        for (step, frame) in stream.into_iter().enumerate() {
            live.take(frame.clone()).into_iter().for_each(|update| page.apply(update));
            if step + 1 >= replayed {
                let reloaded = Shown::of(&Transcript::of(&frames[..known + step + 1 - replayed]));
                assert_eq!(page.items, reloaded.items, "known {known}, after {frame:?}");
                assert_eq!(page.partial, reloaded.partial, "known {known}, after {frame:?}");
                assert!(page.settled <= page.last && page.settled <= reloaded.settled, "known {known}");
            }
        }
    }
}

#[test]
fn a_conversation_at_rest_is_not_held() {
    let mut live = Live::new(Page::default(), Texts::default(), 0, 0);
    for frame in conversation() {
        live.take(frame);
        let rests = live.transcript.settled == live.transcript.last;
        assert_eq!(live.transcript.items.is_empty(), rests, "{:?}", live.transcript.last);
    }
    assert!(live.shown.is_empty());
}

#[test]
fn what_the_page_has_is_only_named() {
    let mut live = Live::new(Page::default(), Texts::default(), 0, 0);
    let sent: usize = conversation()
        .into_iter()
        .flat_map(|frame| live.take(frame))
        .map(|update| match update {
            Update::Log { items, .. } => items.iter().filter(|piece| piece.n > 0 && piece.html.is_some()).count(),
            _ => 0,
        })
        .sum();
    let frames = conversation();
    let pages: Vec<_> = (0..=frames.len()).map(|known| Shown::of(&Transcript::of(&frames[..known])).items).collect();
    let new = |pair: &[Vec<(u64, String)>]| {
        let drawn = |(n, key): &&(u64, String)| *n > 0 && key != "replaced";
        pair[1].iter().filter(drawn).filter(|own| !pair[0].contains(own)).count()
    };
    assert_eq!(sent, pages.windows(2).map(new).sum::<usize>(), "each state of each item is sent once");
}

#[test]
fn the_page_is_rendered_in_its_language_and_nothing_in_it_is_markup() {
    let german = Texts::of(languages::Language::German);
    let mut live = Live::new(Page::default(), german, 0, 0);
    let said = Event::UserSaid { text: "<script>alert(1)</script>".to_owned(), replaces: None };
    let updates = live.take(Frame::Event { n: 1, at: 0, event: said });
    let html = match &updates[..] {
        [Update::Log { items, .. }] => items[0].html.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    };
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    assert!(html.contains(german.log_remove()), "{html}");
}
