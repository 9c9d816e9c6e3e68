//! Connects an account: redirects to the provider that asks the person, and handles the callback. A pending connection
//! belongs to the session that began it and can be completed once, so that nobody completes what another person began.

use super::connections;
use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::headers::PageNonce;
use crate::services::Services;
use crate::session::SessionId;
use agent::guard::Remedy;
use agent::ids::ConversationId;
use agent::ports::{Clock, Millis, Unavailable};
use agent::turn::{ConnectedAccount, Event, History};
use agent::{Actor, CallId};
use app::wire::ApiError;
use axum::extract::{Extension, Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use credentials::accounts::{AccountError, Answer, Connected, PendingConnection};
use dynamo::PendingConnections;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use system::SystemClock;
use system::random;

/// The page of connected accounts.
pub(super) const PAGE: &str = "/connections";

/// Lifetime of a pending connection, in milliseconds: twice what Auth0 gives the person.
const COUNTS: Millis = 600_000;

/// The state of the routes that connect accounts.
#[derive(Debug, Clone)]
pub(crate) struct Connect {
    /// Conversations, and the turns that wait.
    pub services: Arc<Services>,
    /// The pending connections.
    pub pending: PendingConnections,
}

/// The call that waits for an account.
#[derive(Debug, Deserialize)]
pub(crate) struct WaitingCall {
    conversation: String,
    call: String,
}

/// The stored record of a pending connection.
#[derive(Debug, Serialize, Deserialize)]
struct PendingRecord {
    at: Millis,
    issuer: String,
    subject: String,
    provider: String,
    connecting: PendingConnection,
    /// The call that waits; `None` if the connection was begun on the page of connected accounts.
    waiting: Option<(ConversationId, CallId)>,
}

/// `POST /connect`: begins to connect the account that a call waits for. The log, not the form, names the account and
/// its scopes.
pub(crate) async fn wanted(
    State(connect): State<Connect>,
    CurrentUser(actor): CurrentUser,
    Extension(session): Extension<SessionId>,
    Form(wanting): Form<WaitingCall>,
) -> Result<Response, PageError> {
    let id = ConversationId::try_from(wanting.conversation).map_err(|_| absent())?;
    let call = CallId(wanting.call);
    let log = connect.services.conversations.read_after(&actor, &id, 0).await?;
    let waits = History::fold(&log).open.is_some_and(|open| open.wants_account(&call));
    let wanted = log.into_iter().rev().find_map(|entry| match entry.event {
        Event::AccountWanted { call: own, need, remedy, .. } if own == call => Some((need, remedy)),
        _ => None,
    });
    let Some((need, remedy)) = wanted.filter(|_| waits) else {
        return Ok(Redirect::to(&format!("/c/{id}")).into_response());
    };
    match remedy {
        Remedy::Connect | Remedy::GrantScopes => {
            let caller = Caller { actor: &actor, session };
            begin(&connect, caller, &need.provider, &need.scopes, Some((id, call))).await
        }
        Remedy::SignIn => Err(failed(AccountError::SignInAgain, &format!("/c/{id}"))),
        Remedy::ChooseAccount => Ok(Redirect::to(PAGE).into_response()),
    }
}

/// The person who connects, and their session.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) actor: &'a Actor,
    pub(super) session: SessionId,
}

/// Begins to connect an account of `provider`.
pub(super) async fn begin(
    connect: &Connect,
    Caller { actor, session }: Caller<'_>,
    provider: &str,
    scopes: &[String],
    waiting: Option<(ConversationId, CallId)>,
) -> Result<Response, PageError> {
    let provider = connect.services.accounts.provider(provider).ok_or_else(absent)?;
    let state = random::text().map_err(|error| Unavailable::new("this server", error.to_string()))?;
    let begun = connect.services.accounts.begin(actor, provider, scopes, &state).await;
    let (page, connecting) = begun.map_err(|fault| failed(fault, &back(waiting.as_ref())))?;
    let now = SystemClock.now();
    let begun = PendingRecord {
        at: now,
        issuer: actor.issuer().to_owned(),
        subject: actor.subject().to_owned(),
        provider: provider.id.clone(),
        connecting,
        waiting,
    };
    let plain = serde_json::to_vec(&begun).map_err(|error| Unavailable::new("this server", error.to_string()))?;
    connect.pending.keep(&session.0, &state, &plain, now, now + COUNTS).await?;
    // A page, not a redirect: browsers apply `form-action` to the redirects of a form, and these lead on to other
    // origins.
    Ok(connections::leading(&provider.name, page.as_str()).into_response())
}

/// The query of the callback.
#[derive(Deserialize)]
pub(crate) struct Callback {
    state: Option<String>,
    connect_code: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback").field("error", &self.error).finish_non_exhaustive()
    }
}

/// `GET /auth/connect/callback`: completes the connection that this session began, and lets the call that waits for it
/// continue.
pub(crate) async fn callback(
    State(connect): State<Connect>,
    actor: Option<Extension<Actor>>,
    session: Option<Extension<SessionId>>,
    nonce: Option<Extension<PageNonce>>,
    Query(callback): Query<Callback>,
) -> Result<Response, PageError> {
    let empty = callback.state.is_none() && callback.error.is_none() && callback.code.is_none();
    if let Some(Extension(PageNonce(nonce))) = nonce.as_ref().filter(|_| empty) {
        // The provider may put its answer into the fragment of the URL, which only a script can read.
        return Ok(connections::unfolding(nonce, "/auth/connect/callback").into_response());
    }
    let (Some(Extension(actor)), Some(Extension(session))) = (actor, session) else {
        return Err(PageError::Api(ApiError::SignedOut));
    };
    let begun = take(&connect, session, callback.state.as_deref()).await?;
    let begun = begun.filter(|begun| begun.issuer == actor.issuer() && begun.subject == actor.subject());
    let begun = begun.ok_or_else(|| {
        tracing::warn!(cause = "unknown state", "an account was not connected");
        PageError::notice(StatusCode::BAD_REQUEST, connections::refused())
    })?;
    let back = back(begun.waiting.as_ref());
    let answer =
        Answer { connect_code: callback.connect_code, code: callback.code, iss: callback.iss, error: callback.error };
    let completed = complete(&connect.services, actor, begun, answer).await;
    let Connected { missing, .. } = completed.map_err(|fault| match fault {
        AccountError::Declined(error) => {
            tracing::info!(code = error, "an account was not connected");
            PageError::notice(StatusCode::FORBIDDEN, connections::declined(&back))
        }
        fault => failed(fault, &back),
    })?;
    if missing.is_empty() {
        return Ok(Redirect::to(&back).into_response());
    }
    // Shown once, here: the call that needs the missing scopes has just ended, and asking the person again would be in
    // vain.
    Ok(connections::lacking(&missing, &back).into_response())
}

/// Completes the connection and lets the call that waits for it continue. A task of its own, so that a browser that goes
/// away leaves no code that is redeemed and no account that is not kept.
async fn complete(
    services: &Arc<Services>,
    actor: Actor,
    begun: PendingRecord,
    answer: Answer,
) -> Result<Connected, AccountError> {
    let services = services.clone();
    let completing = tokio::spawn(async move {
        let PendingRecord { provider, connecting, waiting, .. } = begun;
        let connected = services.accounts.complete(&actor, &provider, connecting, answer).await?;
        if let Some((id, call)) = &waiting {
            let name = services.accounts.provider(&provider).map(|own| own.name.clone()).unwrap_or(provider);
            let owner = connected.owner.as_ref().map(|owner| owner.name.clone());
            let account = ConnectedAccount { provider: name, owner };
            // The call that waits looks for its account by itself as well.
            if let Err(error) = services.turns.connected(&actor, id, call, account).await {
                tracing::warn!(%error, "a call was not told that its account is connected");
            }
        }
        Ok(connected)
    });
    completing.await.unwrap_or_else(|error| Err(Unavailable::new("this server", error.to_string()).into()))
}

/// Takes the pending connection that this session began with this state, so that no state can be used twice.
async fn take(
    connect: &Connect,
    session: SessionId,
    state: Option<&str>,
) -> Result<Option<PendingRecord>, Unavailable> {
    let Some(state) = state else { return Ok(None) };
    let plain = connect.pending.take(&session.0, state).await?;
    let begun = plain.and_then(|plain| serde_json::from_slice::<PendingRecord>(&plain).ok());
    Ok(begun.filter(|begun| counts(begun.at, SystemClock.now())))
}

/// Returns `true` if a connection that was begun at `begun` can still be completed.
const fn counts(begun: Millis, now: Millis) -> bool {
    begun <= now && begun > now - COUNTS
}

/// Returns the page that the person came from: the conversation of the call that waits, or the page of accounts.
fn back(waiting: Option<&(ConversationId, CallId)>) -> String {
    waiting.map_or_else(|| PAGE.to_owned(), |(id, _)| format!("/c/{id}"))
}

/// Translates a fault for the person; its cause goes to the log.
fn failed(fault: AccountError, back: &str) -> PageError {
    tracing::warn!(error = %fault, "a request about a connected account failed");
    match fault {
        AccountError::SignInAgain => PageError::notice(StatusCode::UNAUTHORIZED, connections::sign_in_again(back)),
        AccountError::Declined(_) | AccountError::Refused(_) => {
            PageError::notice(StatusCode::BAD_REQUEST, connections::refused())
        }
        AccountError::NotRecorded(error) | AccountError::Unavailable(error) => error.into(),
    }
}

fn absent() -> PageError {
    PageError::absent("No request here is waiting for an account.")
}

#[cfg(test)]
mod tests {
    use super::counts;

    /// Attack 19 of the threat model: a consent that was begun long ago can no longer be completed.
    #[test]
    fn attack_19_a_pending_connection_expires_after_ten_minutes() {
        let now = 1_795_353_600_000;
        for (begun, expected) in [
            (now, true),
            (now - 599_999, true),
            (now - 600_000, false),
            (now + 1, false),
            (0, false),
            (i64::MIN, false),
        ] {
            assert_eq!(counts(begun, now), expected, "{begun}");
        }
    }
}
