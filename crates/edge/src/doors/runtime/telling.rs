//! A turn as a caller is told of it: text, calls, requests that wait for the person, and exactly one end.

use crate::backend::convert::{View, frame};
use agent::turn::Event;
use app::Texts;
use app::ui::refusal_text;
use app::wire::{self, Frame, Refusal, TurnEnd};
use serde::Serialize;
use turns::WatchItem;

/// One thing that a caller is told, as the JSON of a server-sent event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Told {
    /// More text of the answer.
    Words { text: String },
    /// The text after the last call is void; the answer begins again there.
    Void,
    /// The state of a call.
    Call {
        call: String,
        state: CallState,
        #[serde(skip_serializing_if = "Option::is_none")]
        tool: Option<String>,
        /// A sentence for people.
        #[serde(skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// The call waits until people have approved it. They are asked elsewhere, and see this code.
    ApprovalWanted {
        call: String,
        code: String,
        /// The end of the wait, in milliseconds since 1970.
        until: i64,
        url: String,
    },
    /// The call waits until the person has connected an account, on a page of their own session.
    AccountWanted { call: String, text: String, until: i64, url: String },
    /// The turn has ended. Nothing follows; a stream without it was cut.
    End {
        outcome: Outcome,
        #[serde(skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// The stream ends, and the turn goes on or not. Nothing follows.
    Error { kind: &'static str },
}

/// The state of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallState {
    Proposed,
    Approved,
    Running,
    Done,
    Refused,
    NotApproved,
    NoAccount,
    Failed,
    Unknown,
}

/// The outcome of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Done,
    Stopped,
    Limited,
    ModelFailed,
    Withdrawn,
}

/// Follows one turn of a conversation.
pub(super) struct Telling {
    said: u64,
    /// The page of the conversation.
    url: String,
    began: bool,
    /// The text of the unfinished block that was told.
    block: String,
}

impl Telling {
    /// Follows the turn that answers message `said`.
    pub(super) fn new(said: u64, url: String) -> Self {
        Self { said, url, began: false, block: String::new() }
    }

    /// Returns what the caller is told of this item.
    pub(super) fn take(&mut self, item: WatchItem) -> Vec<Told> {
        match item {
            WatchItem::Event(entry) => match &entry.event {
                Event::TurnStarted { said } => {
                    self.began |= *said == self.said;
                    Vec::new()
                }
                Event::Withdrawn { said } if *said == self.said => {
                    vec![Told::End { outcome: Outcome::Withdrawn, text: String::new() }]
                }
                _ if !self.began => Vec::new(),
                Event::Said { text } => {
                    let told = self.words(text);
                    self.block.clear();
                    told
                }
                Event::BrokenOff { .. } => {
                    self.block.clear();
                    vec![Told::Void]
                }
                Event::CallProposed { call, summary, .. } => {
                    let (tool, text) = (Some(call.tool.to_string()), text::shown(summary));
                    vec![Told::Call { call: call.id.0.clone(), state: CallState::Proposed, tool, text }]
                }
                // An event of another message does not end the block.
                _ => self.other(frame(&entry, View::STORED)),
            },
            WatchItem::Partial(_, text) if self.began => self.words(&text),
            WatchItem::Delta(_, text) if self.began => {
                self.block.push_str(&text);
                vec![Told::Words { text }]
            }
            WatchItem::Partial(..) | WatchItem::Delta(..) | WatchItem::Beat => Vec::new(),
            WatchItem::Deleted => vec![Told::Error { kind: "deleted" }],
            WatchItem::Lost(_) => vec![Told::Error { kind: "unavailable" }],
            WatchItem::Closing => vec![Told::Error { kind: "closing" }],
        }
    }

    /// Tells the part of a block that was not told yet. If the block differs, it began again.
    fn words(&mut self, block: &str) -> Vec<Told> {
        let told = std::mem::replace(&mut self.block, block.to_owned());
        match block.strip_prefix(told.as_str()) {
            Some("") => Vec::new(),
            Some(rest) => vec![Told::Words { text: rest.to_owned() }],
            None => vec![Told::Void, Told::Words { text: block.to_owned() }],
        }
    }

    fn other(&self, frame: Option<Frame>) -> Vec<Told> {
        let Some(Frame::Event { event, .. }) = frame else { return Vec::new() };
        let call = |call: String, state, text: String| Told::Call { call, state, tool: None, text };
        let told = match event {
            wire::Event::ApprovalAsked { call, code, until, .. } => {
                Told::ApprovalWanted { call, code, until, url: self.url.clone() }
            }
            wire::Event::AccountWanted { call, words, until, .. } => {
                Told::AccountWanted { call, text: words, until, url: self.url.clone() }
            }
            wire::Event::Approved { call: id, .. } | wire::Event::ApprovedInAdvance { call: id, .. } => {
                call(id, CallState::Approved, String::new())
            }
            wire::Event::CallStarted { call: id } => call(id, CallState::Running, String::new()),
            wire::Event::CallDone { call: id, summary, .. } => call(id, CallState::Done, summary),
            wire::Event::CallFailed { call: id, reason } => call(id, CallState::Failed, reason),
            wire::Event::CallUnknown { call: id } => call(id, CallState::Unknown, String::new()),
            wire::Event::CallRefused { call: id, refusal } => {
                let (state, text) = refused(&refusal);
                call(id, state, text)
            }
            wire::Event::TurnEnded { said, why } if said == self.said => {
                Told::End { outcome: outcome(&why), text: why.text(Texts::default()) }
            }
            _ => return Vec::new(),
        };
        vec![told]
    }
}

/// Returns the state of a refused call, and the sentence about it.
fn refused(refusal: &Refusal) -> (CallState, String) {
    let state = match refusal {
        Refusal::NotApproved { .. } => CallState::NotApproved,
        Refusal::NoAccount { .. } => CallState::NoAccount,
        Refusal::Denied { .. }
        | Refusal::Forbidden
        | Refusal::NotNow { .. }
        | Refusal::BadInput { .. }
        | Refusal::OverLimit { .. } => CallState::Refused,
    };
    (state, refusal_text(refusal, Texts::default()))
}

const fn outcome(why: &TurnEnd) -> Outcome {
    match why {
        TurnEnd::Done => Outcome::Done,
        TurnEnd::Stopped => Outcome::Stopped,
        TurnEnd::Steps { .. } | TurnEnd::Calls { .. } | TurnEnd::Time { .. } | TurnEnd::Tokens { .. } => {
            Outcome::Limited
        }
        TurnEnd::Model { .. } => Outcome::ModelFailed,
    }
}

#[cfg(test)]
mod tests;
