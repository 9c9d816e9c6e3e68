//! The lines of `chat/watch`, and helpers for lists of events.

use app::wire::{Event, Frame, Refusal, TurnEnd};
use reqwest::Response;
use std::time::{Duration, Instant};

/// Longest wait for a frame; ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest wait for an event.
const LONGEST: Duration = Duration::from_secs(100);

/// The policy for gaps in event numbers: events that are not shown to people leave gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gaps {
    Allowed,
    Refused,
}

/// An open stream.
pub(crate) struct Watch {
    answer: Response,
    buffer: Vec<u8>,
    last: u64,
    gaps: Gaps,
    /// The unfinished block as the page shows it.
    pub(crate) partial: String,
    /// The HTML of its finished parts.
    pub(crate) blocks: String,
}

impl Watch {
    pub(crate) fn new(answer: Response, after: u64) -> Self {
        Self {
            answer,
            buffer: Vec::new(),
            last: after,
            gaps: Gaps::Refused,
            partial: String::new(),
            blocks: String::new(),
        }
    }

    /// Allows gaps, for a model with thinking: its thinking has event numbers but is not shown.
    pub(crate) fn with_gaps(self) -> Self {
        Self { gaps: Gaps::Allowed, ..self }
    }

    /// Returns the next frame; `None` at the end of the stream. Panics on a gap in the numbers, unless gaps are
    /// allowed.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                let frame = serde_json::from_slice(&line).expect("every line is a frame");
                self.see(&frame);
                return Some(frame);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.answer.chunk()).await.expect("a frame in time").unwrap();
            self.buffer.extend_from_slice(&chunk?);
        }
    }

    fn see(&mut self, frame: &Frame) {
        match frame {
            Frame::Event { n, event, .. } => {
                let follows = *n == self.last + 1 || (self.gaps == Gaps::Allowed && *n > self.last);
                assert!(follows, "numbers have no gap: {n} after {}: {event:?}", self.last);
                self.last = *n;
                self.partial.clear();
                self.blocks.clear();
            }
            Frame::Partial { html, text, since } if *since == self.last => {
                self.blocks.clone_from(html);
                self.partial.clone_from(text);
            }
            Frame::Block { html, text, since } if *since == self.last => {
                self.blocks.push_str(html);
                self.partial.clone_from(text);
            }
            Frame::Delta { text, since } if *since == self.last => self.partial.push_str(text),
            _ => {}
        }
    }

    /// Returns the events up to the first that fits.
    pub(crate) async fn events_until(&mut self, fits: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        let begun = Instant::now();
        loop {
            // A stream with heartbeats only is alive, so the frame timeout does not end this wait.
            assert!(begun.elapsed() < LONGEST, "nothing fits in {events:?}");
            match self.next().await {
                Some(Frame::Event { event, .. }) => {
                    events.push(event);
                    if events.last().is_some_and(&fits) {
                        return events;
                    }
                    // The awaited event would not come any more.
                    assert!(!matches!(events.last(), Some(Event::TurnEnded { .. })), "the turn has ended: {events:?}");
                }
                Some(Frame::Fault { error }) => panic!("{error:?} after {events:?}"),
                Some(_) => {}
                None => panic!("the stream ended after {events:?}"),
            }
        }
    }

    /// Returns the events up to the end of the turn.
    pub(crate) async fn turn(&mut self) -> Vec<Event> {
        self.events_until(|event| matches!(event, Event::TurnEnded { .. })).await
    }

    /// Reads until the unfinished block has this many words.
    pub(crate) async fn words(&mut self, many: usize) {
        while format!("{} {}", self.blocks, self.partial).split_whitespace().count() < many {
            assert!(self.next().await.is_some(), "the stream goes on");
        }
    }
}

/// Returns the names of events as serialized, without `said`, whose position varies.
pub(crate) fn deeds(events: &[Event]) -> Vec<String> {
    // An enum value serializes as an object with one member, its name.
    let name = |event: &Event| serde_json::to_value(event).unwrap().as_object().unwrap().keys().next().unwrap().clone();
    events.iter().map(name).filter(|name| name != "said").collect()
}

/// Returns the agent's text as HTML.
pub(crate) fn said(events: &[Event]) -> String {
    let html = events.iter().filter_map(|event| match event {
        Event::Said { html } => Some(html.as_str()),
        _ => None,
    });
    html.collect()
}

/// Returns every refusal.
pub(crate) fn refusals(events: &[Event]) -> Vec<Refusal> {
    let refusal = |event: &Event| match event {
        Event::CallRefused { refusal, .. } => Some(refusal.clone()),
        _ => None,
    };
    events.iter().filter_map(refusal).collect()
}

/// Returns the errors of failed calls.
pub(crate) fn failures(events: &[Event]) -> Vec<&str> {
    let failed = events.iter().filter_map(|event| match event {
        Event::CallFailed { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    failed.collect()
}

/// Returns the reason for the end of the turn.
pub(crate) fn end(events: &[Event]) -> TurnEnd {
    match events.last() {
        Some(Event::TurnEnded { why, .. }) => why.clone(),
        other => panic!("the turn goes on after {other:?}"),
    }
}

/// Returns `true` if a call was started.
pub(crate) fn began(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::CallStarted { .. }))
}

/// The refusal for lack of `read_okta` on `okta:groups`.
pub(crate) fn denied() -> Refusal {
    Refusal::Denied { relation: "read_okta".to_owned(), object: "okta:groups".to_owned() }
}
