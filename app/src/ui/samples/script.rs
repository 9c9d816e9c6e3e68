//! Conversations made of events, as the server would send them.

use super::super::log::log;
use super::super::page::Page;
use crate::state::Transcript;
use crate::wire::{Event, Frame};
use leptos::prelude::*;

/// Id of the conversation of every sample. No conversation has it, so the buttons of a sample change nothing.
pub(super) const NOWHERE: &str = "sample";

/// The events of a conversation.
#[derive(Default)]
pub(super) struct Script(Vec<Frame>);

impl Script {
    /// Adds an event.
    pub(super) fn event(mut self, event: Event) -> Self {
        let n = self.next();
        self.0.push(Frame::Event { n, at: 0, event });
        self
    }

    /// Adds a message whose turn has begun.
    pub(super) fn asked(self, text: &str) -> Self {
        let said = self.next();
        self.event(Event::UserSaid { text: text.to_owned(), replaces: None }).event(Event::TurnStarted { said })
    }

    /// Adds a proposed call and what became of it.
    pub(super) fn call(self, summary: &str, then: impl FnOnce(String) -> Vec<Event>) -> Self {
        let call = format!("call-{}", self.next());
        let proposed = Event::CallProposed {
            call: call.clone(),
            summary: summary.to_owned(),
            target: "eve@acme.example".to_owned(),
            detail: r#"reset_password {"user":"eve@acme.example"}"#.to_owned(),
        };
        then(call).into_iter().fold(self.event(proposed), Self::event)
    }

    /// Adds the block that the model is writing.
    pub(super) fn writes(mut self, html: &str, text: &str) -> Self {
        self.0.push(Frame::Partial { since: self.next(), html: html.to_owned(), text: text.to_owned() });
        self
    }

    /// Returns the number of the next event.
    pub(super) fn next(&self) -> u64 {
        self.0.len() as u64 + 1
    }

    /// Renders the conversation.
    pub(super) fn log(&self) -> AnyView {
        log(&page(), &Transcript::of(&self.0))
    }
}

/// Returns the context of a sample.
pub(super) fn page() -> Page {
    let asker = "Ada Byron (ada@acme.example)".to_owned();
    Page { conversation: NOWHERE.to_owned(), asker, ..Page::default() }
}
