//! The state of a conversation's page, folded from frames. The server renders the first state, and the browser
//! continues from it.

use super::Partial;
use super::item::{AccountRequest, Asking, Call, CallState, InAdvance, Item, Place, Reach};
use crate::wire::{ApiError, Earlier, Event, Frame, Past, Replaced, Talk, TurnEnd, Waiting};
use std::sync::Arc;

/// A conversation as its page shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// Number of the last event.
    pub last: u64,
    /// Messages, calls and remarks, in order.
    pub items: Vec<Arc<Item>>,
    /// Earlier turns that were loaded on request. They never change.
    pub past: Vec<Arc<Item>>,
    /// Event number to request the preceding turns with; `None` if there are none.
    pub earlier: Option<u64>,
    /// The unfinished block.
    pub partial: Partial,
    /// The activity of the current turn.
    pub turn: Turn,
    /// Number of the event that finished the last block; text frames from before it are ignored.
    pub finished: u64,
    /// Approvals that wait in other conversations.
    pub elsewhere: Vec<Waiting>,
    /// Number of requests of other people that wait for the person.
    pub others: u32,
    /// The error that ended the stream, if one did.
    pub fault: Option<ApiError>,
    /// The messages that wait and will replace earlier ones.
    edits: Vec<Replaced>,
}

/// The activity of the current turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Turn {
    /// No turn is running.
    #[default]
    Idle,
    /// The model is thinking about message `said`.
    Thinking {
        /// The message.
        said: u64,
    },
    /// The model is writing.
    Speaking {
        /// The message.
        said: u64,
    },
    /// A call is running or waiting.
    Calling {
        /// The message.
        said: u64,
    },
}

/// The extent of a change; decides how much of the page is rendered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// No change.
    Nothing,
    /// Only the unfinished block changed.
    Partial,
    /// Anything else changed.
    All,
}

impl Transcript {
    /// Builds the transcript from frames.
    #[must_use]
    pub fn of(frames: &[Frame]) -> Self {
        let mut transcript = Self::default();
        for frame in frames {
            transcript.apply(frame.clone());
        }
        transcript
    }

    /// Builds the transcript from the data of a page.
    #[must_use]
    pub fn of_page(talk: &Talk) -> Self {
        let mut transcript = Self::of(&talk.frames);
        transcript.last = transcript.last.max(talk.last);
        transcript.elsewhere.clone_from(&talk.elsewhere);
        transcript.others = talk.others;
        transcript.earlier = talk.earlier;
        transcript.past = items_of(talk.past.as_ref());
        transcript.fold(&talk.replaced);
        transcript
    }

    /// Inserts the earlier turns that were requested with `before` at the top. A repeated response changes nothing.
    pub fn prepend(&mut self, before: u64, page: &Earlier) {
        if self.earlier == Some(before) {
            let mut past = items_of(page.past.as_ref());
            past.append(&mut self.past);
            (self.past, self.earlier) = (past, page.earlier);
            self.fold(&page.replaced);
        }
    }

    /// Applies one frame. Events that are already known are ignored, so a stream may be replayed.
    pub fn apply(&mut self, frame: Frame) -> Change {
        match frame {
            Frame::Event { n, .. } if n <= self.last => Change::Nothing,
            Frame::Event { n, at, event } => {
                self.last = n;
                self.event(n, at, event);
                Change::All
            }
            Frame::Partial { since, .. } | Frame::Block { since, .. } | Frame::Delta { since, .. }
                if since < self.finished =>
            {
                Change::Nothing
            }
            Frame::Partial { html, text, .. } => self.replace(Partial { html, text }),
            Frame::Block { html, text, .. } => {
                self.partial.html.push_str(&html);
                self.partial.text = text;
                self.speaking()
            }
            Frame::Delta { text, .. } => {
                self.partial.text.push_str(&text);
                self.speaking()
            }
            Frame::Beat { elsewhere: Some(elsewhere) } if elsewhere != self.elsewhere => {
                self.elsewhere = elsewhere;
                Change::All
            }
            Frame::Beat { .. } => Change::Nothing,
            Frame::Fault { error } => {
                self.fault = Some(error);
                Change::All
            }
        }
    }

    fn replace(&mut self, partial: Partial) -> Change {
        if partial == self.partial {
            return Change::Nothing;
        }
        self.partial = partial;
        if self.partial.is_empty() { Change::Partial } else { self.speaking() }
    }

    fn speaking(&mut self) -> Change {
        match self.turn {
            Turn::Thinking { said } | Turn::Calling { said } => {
                self.turn = Turn::Speaking { said };
                Change::All
            }
            Turn::Speaking { .. } | Turn::Idle => Change::Partial,
        }
    }

    fn event(&mut self, n: u64, at: i64, event: Event) {
        match event {
            Event::UserSaid { text, replaces } => {
                self.edits.extend(replaces.map(|from| Replaced { from, by: n }));
                self.push(Item::Mine { n, text, place: Place::Waiting });
            }
            Event::Withdrawn { said } => self.place(said, Place::Withdrawn),
            Event::TurnStarted { said } => {
                self.place(said, Place::Taken);
                // The model still receives what a message replaces until its turn starts.
                let edits: Vec<_> = self.edits.iter().filter(|edit| edit.by == said).cloned().collect();
                self.fold(&edits);
                self.turn = Turn::Thinking { said };
            }
            Event::Said { html } => {
                self.finish(n);
                self.think();
                self.push(Item::Theirs { n, html });
            }
            Event::CallProposed { call: id, summary, target, detail } => {
                self.call_turn();
                let (code, in_advance, account, state) = (None, None, None, CallState::Checking);
                self.push(Item::Call(Call { n, id, summary, target, detail, code, in_advance, account, state }));
            }
            Event::AccountWanted { call, words, scopes, label, until } => {
                let seconds = (until - at) / 1000;
                self.set(&call, CallState::AccountRequest(AccountRequest { words, scopes, label, seconds, until }));
            }
            Event::AccountSettled { call, account } => self.change(&call, |call| {
                call.account = account;
                call.state = CallState::Checking;
            }),
            Event::ApprovalQueued { call } => self.set(&call, CallState::Queued),
            Event::ApprovalAsked { call, code, effect, details, until } => {
                let seconds = (until - at) / 1000;
                self.change(&call, |call| {
                    call.code = Some(code);
                    call.state = CallState::Asking(Asking { effect, details, seconds, until, reach: Reach::Sending });
                });
            }
            Event::ApprovalPut { call, at } => self.change(&call, |call| {
                if let CallState::Asking(asking) = &mut call.state {
                    asking.reach = Reach::Put(at);
                }
            }),
            Event::Approved { call, .. } => self.set(&call, CallState::Approved),
            Event::ApprovedInAdvance { call, number, uses } => self.change(&call, |call| {
                call.in_advance = Some(InAdvance { number, uses });
                call.state = CallState::Approved;
            }),
            Event::ApprovalOver { call } => self.set(&call, CallState::Checking),
            Event::ApprovalGiven { .. } | Event::StopAsked { .. } => {}
            Event::CallStarted { call } => self.set(&call, CallState::Running),
            Event::CallRefused { call, refusal } => self.settle(&call, CallState::Refused(refusal)),
            Event::CallDone { call, summary, took_ms } => self.settle(&call, CallState::Done { summary, took_ms }),
            Event::CallFailed { call, reason } => self.settle(&call, CallState::Failed { reason }),
            Event::CallUnknown { call } => self.settle(&call, CallState::Unknown),
            Event::BrokenOff { .. } => self.take_back(n),
            Event::Shortened { kept_from } => self.cut(n, kept_from),
            Event::TurnEnded { why, .. } => self.end(n, &why),
        }
    }

    /// Removes the agent's incomplete answer: its text after the last call or the last message whose turn has begun.
    fn take_back(&mut self, n: u64) {
        self.finish(n);
        self.think();
        let stays = |item: &Arc<Item>| matches!(&**item, Item::Mine { place: Place::Taken, .. } | Item::Call(_));
        let kept = self.items.iter().rposition(stays).map_or(0, |last| last + 1);
        let mut place = 0;
        self.items.retain(|item| {
            place += 1;
            place <= kept || !matches!(&**item, Item::Theirs { .. })
        });
    }

    /// Moves the "no longer sees" marker to the message `kept_from`. If that message is not loaded yet, its page brings
    /// the marker along.
    fn cut(&mut self, n: u64, kept_from: u64) {
        for items in [&mut self.past, &mut self.items] {
            items.retain(|item| !matches!(**item, Item::Cut { .. }));
            let first = |item: &Arc<Item>| matches!(&**item, Item::Mine { n, .. } if *n == kept_from);
            if let Some(place) = items.iter().position(first) {
                items.insert(place, Arc::new(Item::Cut { n }));
            }
        }
    }

    /// Folds away what was replaced, as far as it is loaded. A part of the conversation may show what a later part
    /// replaces.
    fn fold(&mut self, replaced: &[Replaced]) {
        for Replaced { from, by } in replaced {
            for items in [&mut self.past, &mut self.items] {
                let inside = |item: &Arc<Item>| (*from..*by).contains(&item.key().0);
                let (Some(first), Some(last)) = (items.iter().position(inside), items.iter().rposition(inside)) else {
                    continue;
                };
                let folded: Vec<_> = items.splice(first..=last, []).collect();
                items.insert(first, Arc::new(Item::Replaced { n: *by, items: folded }));
            }
        }
    }

    fn end(&mut self, n: u64, why: &TurnEnd) {
        self.finish(n);
        self.turn = Turn::Idle;
        if *why != TurnEnd::Done {
            self.push(Item::Remark { n, why: why.clone() });
        }
    }

    fn finish(&mut self, n: u64) {
        self.partial = Partial::default();
        self.finished = n;
    }

    fn push(&mut self, item: Item) {
        self.items.push(Arc::new(item));
    }

    fn think(&mut self) {
        if let Turn::Speaking { said } | Turn::Calling { said } = self.turn {
            self.turn = Turn::Thinking { said };
        }
    }

    fn call_turn(&mut self) {
        if let Turn::Thinking { said } | Turn::Speaking { said } = self.turn {
            self.turn = Turn::Calling { said };
        }
    }

    fn place(&mut self, said: u64, to: Place) {
        for item in self.items.iter_mut().rev() {
            if matches!(&**item, Item::Mine { n, .. } if *n == said)
                && let Item::Mine { place, .. } = Arc::make_mut(item)
            {
                *place = to;
            }
        }
    }

    fn set(&mut self, id: &str, to: CallState) {
        self.change(id, |call| call.state = to);
    }

    fn change(&mut self, id: &str, act: impl FnOnce(&mut Call)) {
        let found = self.items.iter_mut().rev().find(|item| matches!(&***item, Item::Call(call) if call.id == id));
        if let Some(item) = found
            && let Item::Call(call) = Arc::make_mut(item)
        {
            act(call);
        }
    }

    /// Returns the number of requests that wait for the person: in this conversation, in others, and of other people.
    #[must_use]
    pub fn waiting_count(&self) -> u32 {
        let here = u32::from(self.asking().is_some() || self.wanting().is_some());
        let elsewhere = u32::try_from(self.elsewhere.len()).unwrap_or(u32::MAX);
        here.saturating_add(elsewhere).saturating_add(self.others)
    }

    /// Returns `true` if a call is in a state that `matches`.
    #[must_use]
    pub fn holds(&self, matches: impl Fn(&CallState) -> bool) -> bool {
        self.items.iter().any(|item| matches!(&**item, Item::Call(call) if matches(&call.state)))
    }

    /// Returns the items that are answered or being answered.
    #[must_use]
    pub fn taken(&self) -> Vec<Arc<Item>> {
        self.items.iter().filter(|item| !item.is_queued()).cloned().collect()
    }

    /// Returns `true` if the person has said this after event number `since`.
    #[must_use]
    pub fn has_own_since(&self, since: u64, own: &str) -> bool {
        let is_it =
            |item: &Arc<Item>| matches!(&**item, Item::Mine { n, text, .. } if *n > since && text.trim() == own.trim());
        self.items.iter().any(is_it)
    }

    /// Returns the messages that wait for their turn. They stand below the running answer.
    #[must_use]
    pub fn queued(&self) -> Vec<Arc<Item>> {
        self.items.iter().filter(|item| item.is_queued()).cloned().collect()
    }

    /// Returns the pending request to connect an account, if any.
    #[must_use]
    pub fn wanting(&self) -> Option<&AccountRequest> {
        self.items.iter().rev().find_map(|item| match &**item {
            Item::Call(Call { state: CallState::AccountRequest(wanting), .. }) => Some(wanting),
            _ => None,
        })
    }

    /// Returns the call that waits for the person's approval, if any.
    #[must_use]
    pub fn asking(&self) -> Option<&Call> {
        self.items.iter().rev().find_map(|item| match &**item {
            Item::Call(call) if matches!(call.state, CallState::Asking(_)) => Some(call),
            _ => None,
        })
    }

    /// Records the outcome of a call. After the last open call the model is thinking again.
    fn settle(&mut self, id: &str, to: CallState) {
        self.set(id, to);
        let open = |item: &Arc<Item>| matches!(&**item, Item::Call(call) if call.state.is_open());
        if !self.items.iter().any(open) {
            self.think();
        }
    }
}

/// The items of earlier turns.
fn items_of(past: Option<&Past>) -> Vec<Arc<Item>> {
    past.map(|past| Transcript::of(&past.frames).items).unwrap_or_default()
}

#[cfg(test)]
mod tests;
