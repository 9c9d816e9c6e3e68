//! Back-channel logout: notifies the clients of an ended session. Must never delay a request for a slow client.

use sandbox_kit::canary;
use serde_json::json;

use crate::adversary::Signing;
use crate::provider::Provider;
use crate::sessions::Session;

/// Lifetime of a logout token, in seconds.
const LIFETIME_S: i64 = 120;

/// The delivery of one logout token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The notified client.
    pub client: String,
    /// The session that ended.
    pub sid: String,
    /// The client's response.
    pub outcome: Outcome,
}

/// A client's response to a logout token. Failed deliveries are not retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A status of 200 to 299.
    Accepted,
    /// Any other status.
    Rejected(u16),
    /// No response within five seconds, or the token could not be signed.
    Undelivered,
}

impl Provider {
    /// Ends all of a person's sessions and notifies the clients. Refresh tokens stay valid, as at Auth0.
    pub async fn end_sessions_of(&self, sub: &str) -> Vec<Delivery> {
        let ended = self.store(|store| store.sessions.end(|session| session.sub == sub));
        deliver(self, &ended).await
    }

    /// Ends the session with this `sid` and notifies its clients.
    pub async fn end_session(&self, sid: &str) -> Vec<Delivery> {
        let ended = self.store(|store| store.sessions.end(|session| session.sid == sid));
        deliver(self, &ended).await
    }
}

/// Notifies the clients in the background.
pub(super) fn announce(provider: &Provider, ended: Vec<Session>) {
    let provider = provider.clone();
    tokio::spawn(async move { deliver(&provider, &ended).await });
}

async fn deliver(provider: &Provider, ended: &[Session]) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for session in ended {
        for client in session.clients.iter().filter_map(|id| provider.settings().client(id)) {
            let Some(url) = &client.backchannel_logout_url else { continue };
            let outcome = send(provider, url, &client.id, session).await;
            tracing::info!(client = client.id, ?outcome, "back-channel logout");
            deliveries.push(Delivery { client: client.id.clone(), sid: session.sid.clone(), outcome });
        }
    }
    deliveries
}

async fn send(provider: &Provider, url: &str, client: &str, session: &Session) -> Outcome {
    let now = provider.now();
    let claims = json!({
        "iss": provider.settings().issuer,
        "sub": session.sub,
        "aud": client,
        "iat": now,
        "exp": now + LIFETIME_S,
        "jti": canary::random(16),
        "sid": session.sid,
        "trace_id": canary::random(8),
        "canary": canary::MARK,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let Ok(token) = provider.forge(json!({}), claims, Signing::CurrentKey) else { return Outcome::Undelivered };
    match provider.outbound().post(url).form(&[("logout_token", token)]).send().await {
        Ok(answer) if answer.status().is_success() => Outcome::Accepted,
        Ok(answer) => Outcome::Rejected(answer.status().as_u16()),
        Err(_) => Outcome::Undelivered,
    }
}
