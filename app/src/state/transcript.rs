//! The state of a conversation's page, folded from frames. The server renders it, and what changes of it
//! ([`Live`](crate::Live)).

use super::Partial;
use super::item::{AccountRequest, Asking, Call, CallState, InAdvance, Item, Place, Reach};
use crate::wire::{ApiError, Event, Frame, Past, Replaced, Talk, TurnEnd, Waiting};
use std::sync::Arc;

/// A conversation as its page shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// Number of the last event.
    pub last: u64,
    /// Number of an event up to which no item changes any more, except that an edited message may replace some.
    pub settled: u64,
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
    pub(crate) edits: Vec<Replaced>,
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
        let before = talk.frames.iter().find_map(|frame| match frame {
            Frame::Event { n, .. } => Some(n - 1),
            _ => None,
        });
        let mut transcript = Self { settled: before.unwrap_or(talk.last), ..Self::default() };
        talk.frames.iter().for_each(|frame| _ = transcript.apply(frame.clone()));
        transcript.last = transcript.last.max(talk.last);
        transcript.elsewhere.clone_from(&talk.elsewhere);
        transcript.others = talk.others;
        transcript.earlier = talk.earlier;
        transcript.past = talk.past.as_ref().map(items_of).unwrap_or_default();
        transcript.fold(&talk.replaced);
        transcript
    }

    /// Returns the items of earlier turns, which an open page puts in above its own.
    #[must_use]
    pub fn past_of(past: &Past, replaced: &[Replaced]) -> Vec<Arc<Item>> {
        let mut transcript = Self { past: items_of(past), ..Self::default() };
        transcript.fold(replaced);
        transcript.past
    }

    /// Applies one frame. Events that are already known are ignored, so a stream may be replayed.
    pub fn apply(&mut self, frame: Frame) -> Change {
        match frame {
            Frame::Event { n, .. } if n <= self.last => Change::Nothing,
            Frame::Event { n, at, event } => {
                self.last = n;
                self.event(n, at, event);
                if self.is_at_rest() {
                    self.settled = n;
                }
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

    /// Returns `true` if nothing runs and nothing waits.
    fn is_at_rest(&self) -> bool {
        let open = |item: &Arc<Item>| item.is_queued() || matches!(&**item, Item::Call(call) if call.state.is_open());
        self.turn == Turn::Idle && !self.items.iter().any(open)
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
                if let Some(span) = span(items, *from, *by) {
                    let first = span.start;
                    let folded: Vec<_> = items.splice(span, []).collect();
                    items.insert(first, Arc::new(Item::Replaced { n: *by, items: folded }));
                }
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

    /// Adds an item. Messages that wait for their turn stay behind what is being answered.
    fn push(&mut self, item: Item) {
        let queued = self.items.iter().position(|item| item.is_queued()).filter(|_| !item.is_queued());
        self.items.insert(queued.unwrap_or(self.items.len()), Arc::new(item));
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
        let here = u32::from(self.waits());
        let elsewhere = u32::try_from(self.elsewhere.len()).unwrap_or(u32::MAX);
        here.saturating_add(elsewhere).saturating_add(self.others)
    }

    /// Returns `true` while the person is asked for an approval or an account.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.asking().is_some() || self.wanting().is_some()
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

/// Returns the places of the items from message `from` up to message `by`, if any of them is here and not folded yet. A
/// message that is not here stands before or behind these items.
fn span(items: &[Arc<Item>], from: u64, by: u64) -> Option<std::ops::Range<usize>> {
    if items.iter().any(|item| matches!(**item, Item::Replaced { n, .. } if n == by)) {
        return None;
    }
    let messages = || {
        items.iter().enumerate().filter_map(|(place, item)| match &**item {
            Item::Mine { n, .. } => Some((place, *n)),
            _ => None,
        })
    };
    let (_, first) = messages().next()?;
    let place = |said| messages().find_map(|(place, n)| (n == said).then_some(place));
    let start = place(from).or((first > from).then_some(0))?;
    let end = place(by).or((first < by).then_some(items.len()))?;
    (start < end).then_some(start..end)
}

/// The items of earlier turns.
fn items_of(past: &Past) -> Vec<Arc<Item>> {
    Transcript::of(&past.frames).items
}

#[cfg(test)]
mod tests;
