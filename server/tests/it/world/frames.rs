//! The lines of `chat/watch`, and questions about what happened.

use app::wire::{End, Event, Frame, Refusal};
use reqwest::Response;
use std::time::{Duration, Instant};

/// Longest wait for a frame. Nothing waits for it: it ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest wait for an event.
const LONGEST: Duration = Duration::from_secs(100);

/// Whether numbers may be left out: those of what people are not told of.
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
    /// The unfinished block as the page would show it.
    pub(crate) partial: String,
}

impl Watch {
    pub(crate) fn new(answer: Response, after: u64) -> Self {
        Self { answer, buffer: Vec::new(), last: after, gaps: Gaps::Refused, partial: String::new() }
    }

    /// The same stream of a model that thinks: what it thought has a number, and nobody is told.
    pub(crate) fn with_gaps(self) -> Self {
        Self { gaps: Gaps::Allowed, ..self }
    }

    /// The next frame; `None` when the stream has ended. Numbers must have no gap, unless that is allowed.
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
            }
            Frame::Partial { text, since } if *since == self.last => self.partial.clone_from(text),
            Frame::Delta { text, since } if *since == self.last => self.partial.push_str(text),
            _ => {}
        }
    }

    /// Events until one fits.
    pub(crate) async fn events_until(&mut self, fits: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        let begun = Instant::now();
        loop {
            // A stream that only beats is alive, and a test that waits for it is not.
            assert!(begun.elapsed() < LONGEST, "nothing fits in {events:?}");
            match self.next().await {
                Some(Frame::Event { event, .. }) => {
                    events.push(event);
                    if events.last().is_some_and(&fits) {
                        return events;
                    }
                    // Who waits for something of a turn would wait for ever now.
                    assert!(!matches!(events.last(), Some(Event::TurnEnded { .. })), "the turn has ended: {events:?}");
                }
                Some(Frame::Fault { error }) => panic!("{error:?} after {events:?}"),
                Some(_) => {}
                None => panic!("the stream ended after {events:?}"),
            }
        }
    }

    /// Events to the end of a turn.
    pub(crate) async fn turn(&mut self) -> Vec<Event> {
        self.events_until(|event| matches!(event, Event::TurnEnded { .. })).await
    }

    /// Reads until the unfinished block has this many words.
    pub(crate) async fn words(&mut self, many: usize) {
        while self.partial.split_whitespace().count() < many {
            assert!(self.next().await.is_some(), "the stream goes on");
        }
    }
}

/// The names of events, as they travel; words of the agent left out, since they come where they like.
pub(crate) fn deeds(events: &[Event]) -> Vec<String> {
    // An enum's value is an object of one member: its name.
    let name = |event: &Event| serde_json::to_value(event).unwrap().as_object().unwrap().keys().next().unwrap().clone();
    events.iter().map(name).filter(|name| name != "said").collect()
}

/// All that the agent said.
pub(crate) fn said(events: &[Event]) -> String {
    let html = events.iter().filter_map(|event| match event {
        Event::Said { html } => Some(html.as_str()),
        _ => None,
    });
    html.collect()
}

/// Every refusal.
pub(crate) fn refusals(events: &[Event]) -> Vec<Refusal> {
    let refusal = |event: &Event| match event {
        Event::CallRefused { refusal, .. } => Some(refusal.clone()),
        _ => None,
    };
    events.iter().filter_map(refusal).collect()
}

/// What was tried, and why nothing came of it.
pub(crate) fn failures(events: &[Event]) -> Vec<&str> {
    let failed = events.iter().filter_map(|event| match event {
        Event::CallFailed { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    failed.collect()
}

/// Why the turn ended.
pub(crate) fn end(events: &[Event]) -> End {
    match events.last() {
        Some(Event::TurnEnded { why, .. }) => why.clone(),
        other => panic!("the turn goes on after {other:?}"),
    }
}

/// Whether a call was begun.
pub(crate) fn began(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::CallStarted { .. }))
}

/// The refusal for a missing permission.
pub(crate) fn denied() -> Refusal {
    Refusal::Denied { relation: "read_okta".to_owned(), object: "okta:groups".to_owned() }
}
