//! Converts domain events to wire events by hand: what is not listed here does not leave the server.

use super::{account, markdown, translate};
use crate::services::ReasoningVisibility;
use agent::approval::{Answer, Channel};
use agent::guard::{NotApproved, Remedy};
use agent::intent::{Effect, Permanence};
use agent::ports::{Numbered, Reasoning, Ticket};
use agent::turn::{Event, ModelFailure, TurnEnd};
use agent::{Refusal, ToolCall};
use app::Texts;
use app::wire::{self, AskedAt, Frame};
use text::{shown, visible};

/// The form in which a reader sees events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    pub(super) reasoning: ReasoningVisibility,
    pub(super) texts: Texts,
}

impl View {
    /// In English, as stored, without reasoning.
    pub(crate) const STORED: Self =
        Self { reasoning: ReasoningVisibility::Hidden, texts: Texts::of(languages::Language::English) };
}

/// Converts a stored event to a frame; `None` for an event that people are not shown.
pub(crate) fn frame(entry: &Numbered, view: View) -> Option<Frame> {
    let event = translate::event(event(&entry.event, view.reasoning)?, view.texts);
    Some(Frame::Event { n: entry.number, at: entry.at, event })
}

/// Converts the model's reasoning to a folded block of text. Redacted reasoning and signatures stay on the server.
fn thought(blocks: &[Reasoning], reasoning: ReasoningVisibility) -> Option<wire::Event> {
    let readable = |block: &Reasoning| match block {
        Reasoning::Text { text, .. } => markdown::html(text),
        Reasoning::Redacted { .. } => String::new(),
    };
    let html: String = match reasoning {
        ReasoningVisibility::Hidden => return None,
        ReasoningVisibility::Shown => blocks.iter().map(readable).collect(),
    };
    let html = (!html.is_empty()).then(|| format!("<details><summary>Thinking</summary>{html}</details>"));
    html.map(|html| wire::Event::Said { html })
}

fn event(event: &Event, reasoning: ReasoningVisibility) -> Option<wire::Event> {
    Some(match event.clone() {
        Event::Reasoned { blocks } => return thought(&blocks, reasoning),
        Event::Fetched { .. } => return None,
        Event::UserSaid { text, replaces, .. } => wire::Event::UserSaid { text, replaces },
        Event::Withdrawn { said } => wire::Event::Withdrawn { said },
        Event::TurnStarted { said } => wire::Event::TurnStarted { said },
        Event::Said { text } => wire::Event::Said { html: markdown::html(&text) },
        Event::CallProposed { call, summary, target } => {
            let detail = detail(&call);
            let (summary, target) = (shown(&summary), shown(&target));
            wire::Event::CallProposed { call: call.id.0, summary, target, detail }
        }
        Event::CallRefused { call, refusal } => {
            wire::Event::CallRefused { call: call.0, refusal: self::refusal(refusal) }
        }
        Event::AccountWanted { call, need, remedy, until } => {
            let (words, label) = account::wanted(&need, remedy);
            let scopes = if matches!(remedy, Remedy::Connect | Remedy::GrantScopes) { need.scopes } else { Vec::new() };
            wire::Event::AccountWanted { call: call.0, words, scopes, label, until }
        }
        Event::AccountConnected { call, account } => {
            wire::Event::AccountSettled { call: call.0, account: account.as_ref().map(account::connected) }
        }
        Event::AccountDeclined { call } => wire::Event::AccountSettled { call: call.0, account: None },
        Event::ApprovalQueued { call } => wire::Event::ApprovalQueued { call: call.0 },
        // The digest is only for the ledger, the ticket only for the server.
        Event::ApprovalAsked { call, question } => wire::Event::ApprovalAsked {
            call: call.0,
            code: question.code(),
            effect: question.effect.map(effect),
            details: question.details.into_iter().map(|(name, value)| wire::Detail { name, value }).collect(),
            until: question.until,
        },
        Event::ApprovalPut { call, ticket } => wire::Event::ApprovalPut { call: call.0, at: asked_at(&ticket) },
        Event::ApprovalAnswered { call, answer: Answer::Approved { given } } => {
            wire::Event::Approved { call: call.0, at: given.iter().map(|given| given.at).max().unwrap_or_default() }
        }
        Event::ApprovedInAdvance { call, given, .. } => {
            let (number, uses) = given.use_number().unwrap_or_default();
            wire::Event::ApprovedInAdvance { call: call.0, number, uses }
        }
        Event::ApprovalGiven { call, .. } => wire::Event::ApprovalGiven { call: call.0 },
        Event::ApprovalDeclined { call, .. } => wire::Event::ApprovalOver { call: call.0 },
        // The refusal that follows says why there is no approval.
        Event::ApprovalAnswered { call, .. } | Event::ApprovalCancelled { call } => {
            wire::Event::ApprovalOver { call: call.0 }
        }
        Event::StopAsked { said } => wire::Event::StopAsked { said },
        Event::CallStarted { call, entry: _ } => wire::Event::CallStarted { call: call.0 },
        // The content is only for the model: the person sees the summary and the model's answer.
        Event::CallDone { call, summary, took_ms, content: _ } => {
            wire::Event::CallDone { call: call.0, summary: visible(&summary), took_ms }
        }
        Event::CallFailed { call, reason } => wire::Event::CallFailed { call: call.0, reason: visible(&reason) },
        Event::CallUnknown { call } => wire::Event::CallUnknown { call: call.0 },
        Event::BrokenOff { said } => wire::Event::BrokenOff { said },
        Event::Shortened { kept_from } => wire::Event::Shortened { kept_from },
        Event::TurnEnded { said, why } => wire::Event::TurnEnded { said, why: end(why) },
    })
}

/// Returns the place at which the person who asks can answer.
fn asked_at(ticket: &Ticket) -> AskedAt {
    let asks = |channel| ticket.channels.contains(&channel);
    match &ticket.page {
        Some(id) if asks(Channel::Passkey) => AskedAt::Page(format!("/approve/{id}")),
        Some(_) if asks(Channel::Ciba) => AskedAt::PhoneAndOthers,
        Some(_) => AskedAt::Others,
        None => AskedAt::Phone,
    }
}

/// Converts the consequence of an action, in English.
pub(crate) fn effect(effect: Effect) -> wire::Effect {
    let permanence = match effect.permanence {
        Permanence::Reversible => wire::Permanence::Reversible,
        Permanence::Permanent => wire::Permanence::Permanent,
    };
    wire::Effect { text: effect.text, permanence }
}

/// Returns the tool and its arguments as they are, cut after 400 characters.
fn detail(call: &ToolCall) -> String {
    let text = shown(&format!("{} {}", call.tool, call.input));
    match text.char_indices().nth(400) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

pub(crate) fn refusal(refusal: Refusal) -> wire::Refusal {
    match refusal {
        Refusal::Denied { relation, object } => wire::Refusal::Denied { relation, object },
        Refusal::NotApproved { why } => wire::Refusal::NotApproved { why: not_approved(&why) },
        Refusal::NotConnected { provider, .. } => wire::Refusal::NoAccount { why: account::not_connected(&provider) },
        Refusal::MoreScopes { provider, scopes } => {
            wire::Refusal::NoAccount { why: account::more_scopes(&provider, &scopes) }
        }
        Refusal::SeveralAccounts { provider } => wire::Refusal::NoAccount { why: account::several(&provider) },
        Refusal::SignInAgain => wire::Refusal::NoAccount { why: account::SIGN_IN_AGAIN.to_owned() },
        Refusal::Unavailable { service } => wire::Refusal::NotNow { service },
        Refusal::BadInput { reason } | Refusal::UnusableTarget { reason } => {
            wire::Refusal::BadInput { reason: visible(&reason) }
        }
        // An agent has no page.
        Refusal::Forbidden { .. } | Refusal::NoPerson => wire::Refusal::Forbidden,
        Refusal::OverLimit { limit } => wire::Refusal::OverLimit { limit },
    }
}

fn not_approved(why: &NotApproved) -> wire::NotApproved {
    match why {
        NotApproved::Denied => wire::NotApproved::Denied,
        NotApproved::Expired => wire::NotApproved::Expired,
        NotApproved::Cancelled => wire::NotApproved::Cancelled,
        NotApproved::Mismatched { .. } => wire::NotApproved::Mismatched,
        NotApproved::Declined { by, reason } => wire::NotApproved::Declined {
            by: by.as_deref().map(visible).unwrap_or_default(),
            reason: reason.as_deref().map(visible).unwrap_or_default(),
        },
        NotApproved::NoPasskey => wire::NotApproved::NoPasskey,
        NotApproved::NoApprover => wire::NotApproved::NoApprover,
        NotApproved::NotApprover => wire::NotApproved::NotApprover,
        NotApproved::Lost => wire::NotApproved::Lost,
        NotApproved::NoDevice => wire::NotApproved::NoDevice,
        NotApproved::Asked => wire::NotApproved::Asked,
        NotApproved::Busy => wire::NotApproved::Busy,
        NotApproved::Cooling { until } => wire::NotApproved::Cooling { until: *until },
        NotApproved::DailyLimit { limit } => wire::NotApproved::DailyLimit { limit: *limit },
        NotApproved::Used => wire::NotApproved::Used,
        NotApproved::Changed => wire::NotApproved::Changed,
        NotApproved::Stale => wire::NotApproved::Stale,
    }
}

fn end(end: TurnEnd) -> wire::TurnEnd {
    match end {
        TurnEnd::Done => wire::TurnEnd::Done,
        TurnEnd::Stopped => wire::TurnEnd::Stopped,
        TurnEnd::Steps { limit } => wire::TurnEnd::Steps { limit },
        TurnEnd::Calls { limit } => wire::TurnEnd::Calls { limit },
        TurnEnd::Time { limit_s } => wire::TurnEnd::Time { limit_s },
        TurnEnd::Tokens { limit } => wire::TurnEnd::Tokens { limit },
        TurnEnd::Model { trouble } => wire::TurnEnd::Model { trouble: self::trouble(trouble) },
    }
}

const fn trouble(trouble: ModelFailure) -> wire::ModelFailure {
    match trouble {
        ModelFailure::Throttled => wire::ModelFailure::Throttled,
        ModelFailure::ContextOverflow => wire::ModelFailure::ContextOverflow,
        ModelFailure::Misconfigured => wire::ModelFailure::Misconfigured,
        ModelFailure::Unavailable => wire::ModelFailure::Unavailable,
        ModelFailure::Cut | ModelFailure::Malformed => wire::ModelFailure::Cut,
        ModelFailure::Silent => wire::ModelFailure::Silent,
        ModelFailure::Filtered => wire::ModelFailure::Filtered,
        ModelFailure::Empty => wire::ModelFailure::Empty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_is_folded_or_left_out_and_its_signature_is_never_shown() {
        let text = |text: &str| Reasoning::Text { text: text.to_owned(), signature: Some("sig".to_owned()) };
        let redacted = Reasoning::Redacted { content: "c2VhbGVk".to_owned() };
        let frame = |blocks: Vec<Reasoning>, reasoning| {
            let view = View { reasoning, texts: Texts::default() };
            frame(&Numbered { number: 3, at: 9, event: Event::Reasoned { blocks } }, view)
        };
        let thought = || vec![text("First <b>this</b>."), redacted.clone()];
        assert_eq!(frame(thought(), ReasoningVisibility::Hidden), None);
        let html = "<details><summary>Thinking</summary><p dir=\"auto\">First &lt;b&gt;this&lt;/b&gt;.</p>\n</details>"
            .to_owned();
        let shown = Frame::Event { n: 3, at: 9, event: wire::Event::Said { html } };
        assert_eq!(frame(thought(), ReasoningVisibility::Shown), Some(shown));
        assert_eq!(frame(vec![text(""), redacted], ReasoningVisibility::Shown), None);
        assert_eq!(frame(Vec::new(), ReasoningVisibility::Shown), None);
    }
}
