//! Events in the reader's language. A log holds English sentences of tools and of the core, which the model and the ledger
//! read too; everything else of an event has no language, and the page finds the words for it.

use app::Texts;
use app::wire::{Effect, Event, Refusal};
use languages::Language;

/// The detail of a question whose value is a sentence of ours (`agent::guard`). All other values are data.
const DISCLOSURE: &str = "Data goes out";

/// Returns the event with its sentences in the reader's language.
pub(super) fn event(event: Event, t: Texts) -> Event {
    if t.language() == Language::English {
        return event;
    }
    let say = |text: String| t.stored(&text).into_owned();
    match event {
        Event::CallProposed { call, summary, target, detail } => {
            Event::CallProposed { call, summary: say(summary), target, detail }
        }
        Event::CallRefused { call, refusal } => Event::CallRefused { call, refusal: self::refusal(refusal, t) },
        Event::AccountWanted { call, words, scopes, label, until } => {
            Event::AccountWanted { call, words: say(words), scopes, label: say(label), until }
        }
        Event::ApprovalAsked { call, code, effect, mut details, until } => {
            for detail in &mut details {
                if detail.name == DISCLOSURE {
                    detail.value = say(std::mem::take(&mut detail.value));
                }
                detail.name = say(std::mem::take(&mut detail.name));
            }
            let effect = effect.map(|own| self::effect(own, t));
            Event::ApprovalAsked { call, code, effect, details, until }
        }
        Event::AccountSettled { call, account } => Event::AccountSettled { call, account: account.map(say) },
        Event::CallDone { call, summary, took_ms } => Event::CallDone { call, summary: say(summary), took_ms },
        Event::CallFailed { call, reason } => Event::CallFailed { call, reason: say(reason) },
        other => other,
    }
}

/// Returns the consequence of an action in the reader's language.
pub(crate) fn effect(effect: Effect, t: Texts) -> Effect {
    Effect { text: t.stored(&effect.text).into_owned(), permanence: effect.permanence }
}

fn refusal(refusal: Refusal, t: Texts) -> Refusal {
    let say = |text: String| t.stored(&text).into_owned();
    match refusal {
        Refusal::NoAccount { why } => Refusal::NoAccount { why: say(why) },
        Refusal::NotNow { service } => Refusal::NotNow { service: say(service) },
        Refusal::BadInput { reason } => Refusal::BadInput { reason: say(reason) },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_translated_and_values_are_not() {
        let proposed = |summary: &str| Event::CallProposed {
            call: "1".into(),
            summary: summary.into(),
            target: "bob@acme.example".into(),
            detail: "okta_reset_password {}".into(),
        };
        for (language, expected) in [
            (Language::English, "Reset the password of bob@acme.example"),
            (Language::Spanish, "Restablecer la contraseña de bob@acme.example"),
            (Language::German, "Das Passwort von bob@acme.example zurücksetzen"),
        ] {
            let translated = event(proposed("Reset the password of bob@acme.example"), Texts::of(language));
            assert_eq!(translated, proposed(expected));
        }
        let own_words = proposed("Whatever another server calls it");
        assert_eq!(event(own_words.clone(), Texts::of(Language::German)), own_words);
    }
}
