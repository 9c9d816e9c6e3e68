//! The permissions of known scopes in words, which continue "It allows Countersign to".

use app::pages::accounts::Scope;
use text::visible;

/// Scopes of the providers with presets, by the vendors' documentation of scopes.
const KNOWN: [(&str, &str); 17] = [
    ("repo", "See and change your repositories, including private ones"),
    ("read:user", "See your profile"),
    ("user:email", "See your e-mail addresses"),
    ("read:org", "See your organizations and teams"),
    ("okta.users.read", "See users"),
    ("okta.users.manage", "Reset passwords, and disable or delete users"),
    ("okta.groups.read", "See groups"),
    ("openid", "Know who you are"),
    ("profile", "See your name"),
    ("email", "See your e-mail address"),
    ("offline_access", "Stay connected until you disconnect it"),
    ("User.Read", "See your profile"),
    ("Mail.Read", "Read your mail"),
    ("Calendars.Read", "See your calendar"),
    ("Calendars.ReadWrite", "See and change your calendar"),
    ("https://www.googleapis.com/auth/calendar.events", "See and change the events of your calendar"),
    ("https://www.googleapis.com/auth/gmail.readonly", "Read your mail"),
];

/// Returns a scope with its words.
pub(super) fn scope(name: &str) -> Scope {
    let words = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, words)| *words);
    Scope { words, name: visible(name) }
}
