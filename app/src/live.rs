//! The changes of an open page. The server folds the frames of the conversation and renders the items that have changed;
//! the browser, which knows no event, puts them in their places (`browser/log.rs`).

use crate::state::{Change, Item, Partial, Transcript, Turn};
use crate::texts::Texts;
use crate::ui::log::{activity, cut, doing, key, now, one, replaced};
use crate::ui::page::Page;
use crate::wire::{Event, Frame, Now, Piece, Update};
use leptos::prelude::*;
use std::sync::Arc;

/// Makes the lines of `chat/live` from the frames of a conversation. It holds the items that can still change, and nothing
/// while the conversation is at rest.
pub struct Live {
    page: Page,
    texts: Texts,
    transcript: Transcript,
    /// Number of the last event that the page shows.
    after: u64,
    /// The keys of the items that the page shows after the settled ones.
    shown: Vec<String>,
    /// Set once a turn ran.
    spoke: bool,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("after", &self.after).finish_non_exhaustive()
    }
}

/// An item after the settled ones, or what the model is doing, which has number 0.
struct Place {
    n: u64,
    key: String,
    item: Option<Arc<Item>>,
}

impl Live {
    /// Continues a page that shows everything up to event `after`, and on which nothing up to event `settled` changes any
    /// more. It takes the frames after event `settled`.
    #[must_use]
    pub fn new(page: Page, texts: Texts, settled: u64, after: u64) -> Self {
        let transcript = Transcript { last: settled, settled, ..Transcript::default() };
        Self { page, texts, transcript, after, shown: Vec::new(), spoke: false }
    }

    /// Takes a frame and returns what changes on the page.
    pub fn take(&mut self, frame: Frame) -> Vec<Update> {
        match frame {
            Frame::Beat { elsewhere } => vec![Update::Beat { elsewhere }],
            Frame::Fault { error } => vec![Update::Fault { error }],
            Frame::Event { n, .. } if n <= self.transcript.last => Vec::new(),
            Frame::Event { n, event: Event::Shortened { kept_from }, .. } => {
                self.transcript.last = n;
                (n > self.after).then(|| Update::Cut { kept_from, html: self.html(cut) }).into_iter().collect()
            }
            Frame::Event { n, at, event } => self.event(n, at, event),
            Frame::Partial { .. } | Frame::Block { .. } | Frame::Delta { .. } => self.text(frame),
        }
    }

    fn event(&mut self, n: u64, at: i64, event: Event) -> Vec<Update> {
        let since = self.transcript.settled;
        let begun = if let Event::TurnStarted { said } = &event { Some(*said) } else { None };
        let edit = self.transcript.edits.iter().find(|edit| Some(edit.by) == begun).cloned();
        self.transcript.apply(Frame::Event { n, at, event });
        let mut updates = Vec::new();
        if let Some(edit) = edit {
            // The page moves the items; from then on they are none of the log.
            self.transcript.items.retain(|item| !matches!(**item, Item::Replaced { .. }));
            let html = self.html(|| replaced(().into_any()));
            updates.push(Update::Replaced { from: edit.from, by: edit.by, html });
        }
        self.spoke |= self.transcript.turn != Turn::Idle;
        updates.push(self.log(since));
        if self.transcript.settled == n {
            self.transcript.items = Vec::new();
            self.transcript.edits = Vec::new();
            self.shown = Vec::new();
        }
        if n > self.after { updates } else { Vec::new() }
    }

    fn text(&mut self, frame: Frame) -> Vec<Update> {
        match self.transcript.apply(frame.clone()) {
            Change::Nothing => Vec::new(),
            Change::All => {
                let Partial { html, text } = self.transcript.partial.clone();
                vec![self.log(self.transcript.settled), Update::Partial { html, text }]
            }
            Change::Partial => match frame {
                Frame::Partial { html, text, .. } => vec![Update::Partial { html, text }],
                Frame::Block { html, text, .. } => vec![Update::Block { html, text }],
                Frame::Delta { text, .. } => vec![Update::Delta { text }],
                Frame::Event { .. } | Frame::Beat { .. } | Frame::Fault { .. } => Vec::new(),
            },
        }
    }

    /// Returns the log after event `since`. What the page shows already is only named.
    fn log(&mut self, since: u64) -> Update {
        let places = self.places();
        let known = |place: &Place| place.n > 0 && self.shown.contains(&place.key);
        let html = |place: &Place| match &place.item {
            Some(item) => self.html(|| one(item, &self.page)),
            // Its text follows by itself.
            None => self.html(|| activity(self.transcript.turn, &Partial::default())),
        };
        let piece = |place: &Place| {
            let html = (!known(place)).then(|| html(place));
            Piece { n: place.n, key: place.key.clone(), html }
        };
        let items = places.iter().map(piece).collect();
        self.shown = places.into_iter().map(|place| place.key).collect();
        Update::Log { since, items, now: self.now() }
    }

    /// Returns what stands after the settled items, in order.
    fn places(&self) -> Vec<Place> {
        let place = |item: Arc<Item>| Place { n: item.key().0, key: key(&item), item: Some(item) };
        let doing = doing(self.transcript.turn).map(|(key, _)| Place { n: 0, key: key.to_owned(), item: None });
        let taken = self.transcript.taken().into_iter().map(place);
        taken.chain(doing).chain(self.transcript.queued().into_iter().map(place)).collect()
    }

    fn now(&self) -> Now {
        let now = now(&self.transcript, self.spoke, self.texts);
        // Events that are not shown have numbers, too.
        Now { last: now.last.max(self.after), ..now }
    }

    fn html(&self, view: impl FnOnce() -> AnyView) -> String {
        let owner = Owner::new();
        let html = owner.with(|| {
            provide_context(self.texts);
            view().to_html()
        });
        owner.cleanup();
        html
    }
}

#[cfg(test)]
mod tests;
