//! Connecting an account at a third party: what was begun by the client, and the browser's part of it.
//! It must never add an account itself: that is the client's second call.

mod browser;

use axum::Router;
use axum::routing::get;
use sandbox_kit::canary;

use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::store::Store;

/// The path of the page, below the issuer.
pub(crate) const PATH: &str = "connected-accounts/connect";
/// How long all of it may take, in seconds.
pub(crate) const LIFETIME_S: i64 = 300;

pub(crate) fn router() -> Router<Provider> {
    Router::new().route("/connected-accounts/connect", get(browser::page).post(browser::answer))
}

/// A connection that a client has begun for a person.
#[derive(Debug, Clone)]
pub(crate) struct Connecting {
    pub(crate) client: String,
    pub(crate) sub: String,
    pub(crate) connection: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) challenge: String,
    pub(crate) scopes: Scopes,
    ticket: String,
    /// The cookie of the browser that opened the page first.
    browser: Option<String>,
    pub(crate) stage: Stage,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The person has not answered.
    Open,
    /// The person has allowed it with this account; the client must bring the code.
    Allowed { code: String, account: String },
    /// It came to nothing.
    Failed,
    /// The account is connected.
    Done,
}

/// What a client asks for; checked.
pub(crate) struct Asked {
    pub(crate) client: String,
    pub(crate) sub: String,
    pub(crate) connection: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) challenge: String,
    pub(crate) scopes: Scopes,
}

/// Begins it, and gives `auth_session` and the ticket.
pub(crate) fn begin(store: &mut Store, asked: Asked, now: i64) -> (String, String) {
    let (session, ticket) = (canary::secret("as"), canary::secret("tkt"));
    let Asked { client, sub, connection, redirect_uri, state, challenge, scopes } = asked;
    let connecting = Connecting {
        client,
        sub,
        connection,
        redirect_uri,
        state,
        challenge,
        scopes,
        ticket: ticket.clone(),
        browser: None,
        stage: Stage::Open,
    };
    store.connecting.insert(session.clone(), connecting, now + LIFETIME_S, now);
    (session, ticket)
}
