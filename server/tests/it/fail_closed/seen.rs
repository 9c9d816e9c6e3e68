//! Short descriptions of what a person sees of a failure.

use crate::world::chat::Failure;
use app::wire::{ApiError, Event, Refusal};

/// Describes the outcome of the call, or of the turn if there was no call.
pub(crate) fn outcome(events: &[Event]) -> String {
    events.iter().find_map(call).unwrap_or_else(|| match events.last() {
        Some(Event::TurnEnded { why, .. }) => match why.text(app::Texts::default()) {
            words if words.is_empty() => "an answer without a call".to_owned(),
            words => format!("“{words}”"),
        },
        other => panic!("the turn goes on after {other:?}"),
    })
}

/// Describes the outcome of a call, if the event is one.
pub(crate) fn call(event: &Event) -> Option<String> {
    Some(match event {
        Event::CallRefused { refusal: Refusal::NotNow { service }, .. } => not_now(service),
        Event::CallRefused { refusal, .. } => format!("refused: {refusal:?}"),
        Event::CallFailed { reason, .. } => format!("failed: “{reason}”"),
        Event::CallUnknown { .. } => "outcome unknown".to_owned(),
        Event::CallDone { .. } => "done".to_owned(),
        _ => return None,
    })
}

/// Describes the error of a server function.
pub(crate) fn failure(failure: &Failure) -> String {
    match &failure.error {
        ApiError::NotNow { service } => not_now(service),
        other => format!("{} {other:?}", failure.status),
    }
}

pub(crate) fn not_now(service: &str) -> String {
    format!("not now: {service}")
}
