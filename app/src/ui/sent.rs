//! The person's own message between sending it and its event: it appears at once, and one that was not sent keeps its
//! place.

#[cfg(feature = "ssr")]
use crate::texts::texts;
use crate::wire::ApiError;
use leptos::prelude::*;

/// A message that the log does not hold yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) text: String,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    OnItsWay,
    /// Nobody knows if the server has it. Its key stays the same, so sending it again does not post it twice. The page
    /// knew this event when it was sent.
    NotSent(u64),
    /// The server has accepted it as the event with this number.
    Accepted(u64),
}

impl Sent {
    pub(super) const fn on_its_way(text: String) -> Self {
        Self { text, state: State::OnItsWay }
    }

    pub(super) const fn accepted(text: String, said: u64) -> Self {
        Self { text, state: State::Accepted(said) }
    }

    /// Returns the message that keeps its place after this error; `None` if only the person can mend the message.
    pub(super) fn after(error: &ApiError, text: String, since: u64) -> Option<Self> {
        matches!(error, ApiError::Transport | ApiError::NotNow { .. } | ApiError::Internal { .. })
            .then_some(Self { text, state: State::NotSent(since) })
    }

    /// Returns `true` until the server has answered.
    pub(super) fn is_on_its_way(&self) -> bool {
        self.state == State::OnItsWay
    }

    /// Returns `true` if the message was not sent.
    pub(super) fn is_unsent(&self) -> bool {
        matches!(self.state, State::NotSent(_))
    }
}

/// The ids of the two templates: the message while it is on its way, and one that was not sent.
#[cfg(not(feature = "ssr"))]
const TEMPLATES: [&str; 2] = ["sending", "unsent"];

/// Renders the templates of the message, at the end of the log. The browser shows it behind them.
#[cfg(feature = "ssr")]
pub(super) fn templates() -> AnyView {
    view! {
        <template id="sending">{bubble(false, String::new())}</template>
        <template id="unsent">{bubble(true, String::new())}</template>
    }
    .into_any()
}

/// Renders the message.
#[cfg(feature = "ssr")]
pub(super) fn bubble(unsent: bool, text: String) -> AnyView {
    let t = texts();
    let state = if unsent {
        view! {
            <small class="unsent">{t.log_unsent()}</small>
            <button class="btn quiet" type="button" data-retry="">{t.log_retry()}</button>
        }
        .into_any()
    } else {
        view! { <small>{t.log_sending()}</small> }.into_any()
    };
    view! { <article class="said mine" data-place="sending"><p dir="auto">{text}</p>{state}</article> }.into_any()
}

/// Shows the message until the log holds it: it has the event `last`.
#[cfg(not(feature = "ssr"))]
pub(super) fn show(sent: RwSignal<Option<Sent>>, last: Signal<u64>) {
    use crate::browser::log;
    let shown = Memo::new(move |_| {
        let last = last.get();
        sent.get().filter(|sent| !matches!(sent.state, State::Accepted(said) if said <= last))
    });
    // The answer was lost, but not the message.
    Effect::new(move |_| {
        last.track();
        let arrived = |sent: &Sent| matches!(sent.state, State::NotSent(since) if log::holds_own(since, &sent.text));
        if shown.get().is_some_and(|sent| arrived(&sent)) {
            sent.set(None);
        }
    });
    Effect::new(move |_| {
        shown.with(|sent| {
            let template = |sent: &Sent| TEMPLATES[usize::from(sent.is_unsent())];
            log::show_sent(sent.as_ref().map(|sent| (template(sent), sent.text.as_str())));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::BadInput;

    #[test]
    fn a_message_keeps_its_place_if_sending_it_again_can_help() {
        for (error, keeps) in [
            (ApiError::Transport, true),
            (ApiError::NotNow { service: "the store".into() }, true),
            (ApiError::Internal { id: "1".into() }, true),
            (ApiError::SignedOut, false),
            (ApiError::OtherPerson, false),
            (ApiError::Invalid(BadInput::Malformed), false),
        ] {
            let sent = Sent::after(&error, "Hello".into(), 7);
            assert_eq!(sent.is_some_and(|sent| sent.is_unsent() && !sent.is_on_its_way()), keeps, "{error:?}");
        }
    }
}
