//! Domain events to wire events, by hand: what is not written here does not leave the server.

use super::markdown;
use super::visible::visible;
use agent::ports::Numbered;
use agent::turn::{End, Event, Trouble};
use agent::{Refusal, ToolCall};
use app::wire::{self, Frame};

/// A stored event as a frame.
pub(super) fn frame(entry: &Numbered) -> Frame {
    Frame::Event { n: entry.number, at: entry.at, event: event(&entry.event) }
}

fn event(event: &Event) -> wire::Event {
    match event.clone() {
        Event::UserSaid { text, .. } => wire::Event::UserSaid { text },
        Event::Withdrawn { said } => wire::Event::Withdrawn { said },
        Event::TurnStarted { said } => wire::Event::TurnStarted { said },
        Event::Said { text } => wire::Event::Said { html: markdown::html(&text) },
        Event::CallProposed { call, summary } => {
            let detail = detail(&call);
            wire::Event::CallProposed { call: call.id.0, summary: visible(&summary), detail }
        }
        Event::CallRefused { call, refusal } => {
            wire::Event::CallRefused { call: call.0, refusal: self::refusal(refusal) }
        }
        Event::CallStarted { call } => wire::Event::CallStarted { call: call.0 },
        // The content is for the model alone: the person sees the summary, and what the model says of it.
        Event::CallDone { call, summary, took_ms, content: _ } => {
            wire::Event::CallDone { call: call.0, summary: visible(&summary), took_ms }
        }
        Event::CallFailed { call, reason } => wire::Event::CallFailed { call: call.0, reason: visible(&reason) },
        Event::CallUnknown { call } => wire::Event::CallUnknown { call: call.0 },
        Event::TurnEnded { said, why } => wire::Event::TurnEnded { said, why: end(why) },
    }
}

/// Tool and arguments as they are, cut where nobody would read on.
fn detail(call: &ToolCall) -> String {
    let text = visible(&format!("{} {}", call.tool, call.input));
    match text.char_indices().nth(400) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn refusal(refusal: Refusal) -> wire::Refusal {
    match refusal {
        Refusal::Denied { relation, object } => wire::Refusal::Denied { relation, object },
        Refusal::NoApprover => wire::Refusal::NoApprover,
        Refusal::NotConnected { provider, .. } => wire::Refusal::NotConnected { provider },
        Refusal::Unavailable { service } => wire::Refusal::NotNow { service },
        Refusal::BadInput { reason } => wire::Refusal::BadInput { reason: visible(&reason) },
        Refusal::OverLimit { limit } => wire::Refusal::OverLimit { limit },
    }
}

fn end(end: End) -> wire::End {
    match end {
        End::Done => wire::End::Done,
        End::Stopped => wire::End::Stopped,
        End::Interrupted => wire::End::Interrupted,
        End::Steps { limit } => wire::End::Steps { limit },
        End::Time { limit_s } => wire::End::Time { limit_s },
        End::Tokens { limit } => wire::End::Tokens { limit },
        End::Model { trouble } => wire::End::Model { trouble: self::trouble(trouble) },
    }
}

const fn trouble(trouble: Trouble) -> wire::Trouble {
    match trouble {
        Trouble::Throttled => wire::Trouble::Throttled,
        Trouble::ContextOverflow => wire::Trouble::ContextOverflow,
        Trouble::Misconfigured => wire::Trouble::Misconfigured,
        Trouble::Unavailable => wire::Trouble::Unavailable,
        Trouble::Cut => wire::Trouble::Cut,
        Trouble::Silent => wire::Trouble::Silent,
        Trouble::Filtered => wire::Trouble::Filtered,
        Trouble::Empty => wire::Trouble::Empty,
    }
}
