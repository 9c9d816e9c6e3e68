//! A recorded conversation: groups, an approved reset, and groups again without the permission.

use super::approval::{asked, code_left_out};
use super::house::{GROUPS, House, principal, start};
use super::person;
use app::wire::{Event, Refusal};
use peers::oidc::{Answer, Character};
use std::fmt::Write;

pub(crate) const HEAD: &str = "\
# The same conversation with three providers

Written by `server/tests/it/peers.rs`: Ada signs in at npm's `oidc-provider`, which behaves as Auth0, as Okta (an issuer without a
path, a thin ID token, a user name as login hint) and as Keycloak do, and says the same three things. What the phone shows stands in
italics.
";

/// Holds the conversation and returns it as Markdown.
pub(crate) async fn record(character: &Character) -> String {
    let House { provider, app } = start(character).await.unwrap();
    let ada = app.browser();
    person::sign_in(&ada, "ada").await;
    let me = person::known(&ada).await.unwrap();
    let mut text = format!("\n## {}\n\nSigned in as {}, {}.\n", character.name, me.name, me.email.unwrap_or_default());
    let (_, events) = ada.ask(GROUPS).await;
    told(&mut text, None, &events);
    let (message, events) = asked(&provider, &ada, Answer::Approve).await;
    told(&mut text, message.as_deref(), &events);
    app.revoke(&principal(&provider, "ada"), "read_okta", "okta:groups").await;
    let _ = write!(text, "\nHer relation `read_okta` on `okta:groups` is removed.\n");
    let (_, events) = ada.ask(GROUPS).await;
    told(&mut text, None, &events);
    app.finish().await;
    text
}

/// Appends a turn, line by line.
fn told(text: &mut String, message: Option<&str>, events: &[Event]) {
    for event in events {
        let line = match event {
            Event::UserSaid { text, .. } => format!("\n> **Ada**: {text}\n>"),
            Event::Said { html } => format!("> **Countersign**: {}", plain(html)),
            Event::CallProposed { summary, .. } => format!("> - proposed: {summary}"),
            Event::ApprovalPut { .. } => {
                format!("> - the phone rings: *{}*", code_left_out(message.unwrap_or_default()))
            }
            Event::Approved { .. } => "> - approved".to_owned(),
            Event::CallDone { summary, .. } => format!("> - done: {summary}"),
            Event::CallRefused { refusal: Refusal::Denied { relation, object }, .. } => {
                format!("> - refused: `{relation}` on `{object}` is missing")
            }
            Event::CallRefused { refusal, .. } => format!("> - refused: {refusal:?}"),
            Event::CallFailed { reason, .. } => format!("> - failed: {reason}"),
            _ => continue,
        };
        let _ = writeln!(text, "{line}");
    }
}

/// Returns the text of a rendered message.
pub(crate) fn plain(html: &str) -> String {
    let mut words = String::new();
    let mut within = false;
    for c in html.chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            '\n' => words.push(' '),
            c if !within => words.push(c),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace("&#x27;", "'")
}
