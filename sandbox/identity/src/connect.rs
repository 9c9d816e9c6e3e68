//! Connecting a third-party account: the pending connection that a client started, and its consent page.
//! Must never add an account itself; the client's second call does.

mod browser;

use axum::Router;
use axum::routing::get;
use sandbox_kit::canary;

use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::store::Store;

/// Path of the consent page below the issuer.
pub(crate) const PATH: &str = "connected-accounts/connect";
/// Time limit for the whole process, in seconds.
pub(crate) const LIFETIME_S: i64 = 300;

pub(crate) fn router() -> Router<Provider> {
    Router::new().route("/connected-accounts/connect", get(browser::page).post(browser::answer))
}

/// A pending connection, started by a client on behalf of a person.
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
    /// Cookie of the browser that first opened the page.
    browser: Option<String>,
    pub(crate) stage: Stage,
}

/// Progress of a pending connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The person has not answered yet.
    Open,
    /// The person has granted access to this account; the client must now present the code.
    Allowed { code: String, account: String },
    /// The person denied it, or validation failed.
    Failed,
    /// The account is connected.
    Done,
}

/// A validated request to connect an account.
pub(crate) struct Asked {
    pub(crate) client: String,
    pub(crate) sub: String,
    pub(crate) connection: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) challenge: String,
    pub(crate) scopes: Scopes,
}

/// Creates a pending connection and returns its `auth_session` and ticket.
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
