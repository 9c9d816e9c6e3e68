//! Session logout: both logout endpoints and back-channel notifications. Must not depend on tokens except as hints.

pub(crate) mod backchannel;
pub(crate) mod classic;
pub(crate) mod rp;

use axum::http::HeaderMap;
use axum::response::Response;

use crate::provider::Provider;
use crate::sessions::Session;
use crate::settings::{Client, Settings};
use crate::{pages, sessions};

/// A logout that waits for the person's confirmation.
#[derive(Clone)]
pub(crate) struct Ending {
    /// Validated redirect target, including `state`.
    target: Option<String>,
    /// The session that the person was asked about.
    sid: String,
}

/// Ends this browser's session, notifies its clients, clears the cookie and redirects to `target`.
fn finish(provider: &Provider, session: Option<&Session>, target: Option<&str>) -> Response {
    if let Some(session) = session {
        let ended = provider.store(|store| store.sessions.end(|other| other.sid == session.sid));
        backchannel::announce(provider, ended);
    }
    let answer = match target {
        Some(url) => pages::redirect(url),
        None => pages::sign_out::done(provider.settings()),
    };
    pages::with_cookie(answer, &sessions::clear_cookie(&provider.settings().issuer))
}

fn session_of(provider: &Provider, headers: &HeaderMap) -> Option<Session> {
    let now = provider.now();
    provider.store(|store| store.sessions.of(headers, now).cloned())
}

/// Returns the allowed logout URLs: those of the client, or the provider's own if no client is known.
fn allowed<'a>(settings: &'a Settings, client: Option<&'a Client>) -> &'a [String] {
    client.map_or(&settings.logout_urls, |client| &client.logout_urls)
}
