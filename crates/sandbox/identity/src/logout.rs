//! The ends of sessions: both logout endpoints, and telling the clients. It must never know tokens other than hints.

pub(crate) mod backchannel;
pub(crate) mod classic;
pub(crate) mod rp;

use axum::http::HeaderMap;
use axum::response::Response;

use crate::provider::Provider;
use crate::sessions::Session;
use crate::settings::{Client, Settings};
use crate::{pages, sessions};

/// A logout that waits for the person's yes.
#[derive(Clone)]
pub(crate) struct Ending {
    /// Where to go afterwards: checked, with `state`.
    target: Option<String>,
    /// The session that was asked about.
    sid: String,
}

/// Ends the session of this browser, tells its clients, takes the cookie away and goes where it was asked to go.
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

/// Where a browser may go after logout: the client's list, or the provider's own when no client is known.
fn allowed<'a>(settings: &'a Settings, client: Option<&'a Client>) -> &'a [String] {
    client.map_or(&settings.logout_urls, |client| &client.logout_urls)
}
