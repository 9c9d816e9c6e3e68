//! What a person sees of a failure, in a few words.

use crate::world::chat::Failure;
use app::wire::{ApiError, Event, Refusal};

/// What came of the call, or of the turn if there was none.
pub(crate) fn outcome(events: &[Event]) -> String {
    events.iter().find_map(call).unwrap_or_else(|| match events.last() {
        Some(Event::TurnEnded { why, .. }) => {
            why.sentence().map_or_else(|| "an answer without a call".to_owned(), |words| format!("“{words}”"))
        }
        other => panic!("the turn goes on after {other:?}"),
    })
}

/// What came of a call, if that is what the event is about.
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

/// The refusal of a server function.
pub(crate) fn failure(failure: &Failure) -> String {
    match &failure.error {
        ApiError::NotNow { service } => not_now(service),
        other => format!("{} {other:?}", failure.status),
    }
}

pub(crate) fn not_now(service: &str) -> String {
    format!("not now: {service}")
}
