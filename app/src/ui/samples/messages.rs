//! Messages, a typeset answer, and remarks.

use super::super::sent::bubble;
use super::script::Script;
use crate::wire::{Event, ModelFailure, TurnEnd};
use leptos::prelude::*;

/// The answer as the server typesets it.
const ANSWER: &str = include_str!("answer.html");

/// Renders messages in every state, and what is being written.
pub(crate) fn messages() -> AnyView {
    let said = |html: &str| Event::Said { html: html.to_owned() };
    let script = Script::default()
        .asked("What are my Okta groups?")
        .event(said("<p dir=\"auto\">You are in four groups.</p>"))
        .asked(&"wide".repeat(60))
        .asked("מהן הקבוצות שלי ב-Okta?")
        .asked("👩🏽‍💻 🎉 👍");
    let removed = script.next();
    let script = script
        .event(Event::UserSaid { text: "And Bob's?".to_owned(), replaces: None })
        .event(Event::Withdrawn { said: removed })
        .event(Event::UserSaid { text: "Then disable the user eve@acme.example".to_owned(), replaces: None })
        .writes("<p dir=\"auto\">Okta lists these groups:</p>", "Everyone, Engineering");
    let thinking = Script::default().asked("What is 12 * 7?").log();
    let replaced = Script::default().asked("Hello").event(said("<p>Hello.</p>"));
    let replaced = replaced.event(Event::TurnEnded { said: 1, why: TurnEnd::Done });
    let replaced = replaced.event(Event::UserSaid { text: "Hello again".to_owned(), replaces: Some(1) }).log();
    let sent = view! { <div class="log">{bubble(false, "Thanks".to_owned())}{bubble(true, "Are you there?".to_owned())}</div> };
    view! { {script.log()}{sent}{thinking}{replaced} }.into_any()
}

/// Renders an answer with everything that an answer can hold.
pub(crate) fn answer() -> AnyView {
    Script::default().event(Event::Said { html: ANSWER.to_owned() }).log()
}

/// Renders the remarks of every end of a turn, and the marker of a shortened conversation.
pub(crate) fn remarks() -> AnyView {
    let model = |trouble| TurnEnd::Model { trouble };
    let ends = [
        TurnEnd::Stopped,
        TurnEnd::Steps { limit: 20 },
        TurnEnd::Calls { limit: 20 },
        TurnEnd::Time { limit_s: 600 },
        TurnEnd::Tokens { limit: 100_000 },
        model(ModelFailure::Throttled),
        model(ModelFailure::ContextOverflow),
        model(ModelFailure::Misconfigured),
        model(ModelFailure::Unavailable),
        model(ModelFailure::Cut),
        model(ModelFailure::Silent),
        model(ModelFailure::Filtered),
        model(ModelFailure::Empty),
    ];
    let script = Script::default().asked("Tell me a story").event(Event::Shortened { kept_from: 1 });
    let end = |script: Script, why| script.event(Event::TurnEnded { said: 1, why });
    ends.into_iter().fold(script, end).log()
}
