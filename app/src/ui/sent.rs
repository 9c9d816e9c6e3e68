//! The person's own message between sending it and its event: it appears at once.

use super::at_once::AtOnce;
use crate::state::Transcript;
use crate::texts::texts;
use leptos::prelude::*;

/// A message that the log does not hold yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    text: String,
    /// The number of its event, once the server has accepted it.
    said: Option<u64>,
}

impl Sent {
    pub(super) const fn on_its_way(text: String) -> Self {
        Self { text, said: None }
    }

    pub(super) const fn accepted(text: String, said: u64) -> Self {
        Self { text, said: Some(said) }
    }

    /// Returns `true` until the server has answered.
    pub(super) const fn is_on_its_way(&self) -> bool {
        self.said.is_none()
    }
}

/// Renders the message until the log holds it.
pub(super) fn bubble(sent: RwSignal<Option<Sent>>, transcript: RwSignal<Transcript>) -> AnyView {
    let shown = Memo::new(move |_| {
        let last = transcript.with(|transcript| transcript.last);
        sent.get().filter(|sent| sent.said.is_none_or(|said| said > last)).map(|sent| sent.text)
    });
    view! {
        {move || shown.get().map(|text| view! {
            <article class="said mine" data-place="sending"><p dir="auto">{text}</p><small>{texts().log_sending()}</small></article>
        })}
    }
    .at_once()
}
