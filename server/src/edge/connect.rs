//! Connecting an account: to whoever asks the person, and back. A pending connection belongs to the session that began it and
//! counts once, so that nobody finishes what another one began.

use super::document::{self, Person};
use super::{connections, trouble};
use crate::clock::SystemClock;
use crate::edge::headers::PageNonce;
use crate::random;
use crate::services::Services;
use crate::session::SessionId;
use ::dynamo::PendingConnections;
use agent::guard::Mend;
use agent::ids::ConversationId;
use agent::ports::{Clock, Millis, Unavailable};
use agent::turn::{Event, History};
use agent::{Actor, CallId};
use app::wire::ApiError;
use axum::extract::{Extension, Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use credentials::accounts::{AccountError, Accounts, Answer, PendingConnection};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The page of accounts.
pub(super) const PAGE: &str = "/connections";

/// How long the person has to come back, in milliseconds: twice what Auth0 gives them.
const COUNTS: Millis = 600_000;

/// What connecting needs.
#[derive(Debug, Clone)]
pub struct Connect {
    /// Accounts.
    pub accounts: Arc<Accounts>,
    /// Conversations, and the turns that wait.
    pub services: Arc<Services>,
    /// Connections that were begun and not completed.
    pub pending: PendingConnections,
}

/// The call that waits for an account.
#[derive(Debug, Deserialize)]
pub struct Wanting {
    conversation: String,
    call: String,
}

/// A pending connection: whose, and of what.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    at: Millis,
    issuer: String,
    subject: String,
    provider: String,
    connecting: PendingConnection,
    /// The call that waits; `None` when it was begun on the page of connections.
    waiting: Option<(ConversationId, CallId)>,
}

/// `POST /connect`: begins to connect what a call waits for. What that is, the log says, not the form.
pub async fn wanted(
    State(connect): State<Connect>,
    Person(actor): Person,
    Extension(session): Extension<SessionId>,
    headers: HeaderMap,
    Form(wanting): Form<Wanting>,
) -> Response {
    let Ok(id) = ConversationId::try_from(wanting.conversation) else { return absent() };
    let call = CallId(wanting.call);
    let log = match connect.services.conversations.read_after(&actor, &id, 0).await {
        Ok(log) => log,
        Err(error) => return trouble::answer(&headers, &crate::backend::unread(error)),
    };
    let waits = History::fold(&log).open.is_some_and(|open| open.wants_account(&call));
    let wanted = log.into_iter().rev().find_map(|entry| match entry.event {
        Event::AccountWanted { call: own, need, mend, .. } if own == call => Some((need, mend)),
        _ => None,
    });
    let Some((need, mend)) = wanted.filter(|_| waits) else {
        return Redirect::to(&format!("/c/{id}")).into_response();
    };
    match mend {
        Mend::Connect | Mend::Widen => {
            let caller = Caller { actor: &actor, session, headers: &headers };
            begin(&connect, caller, &need.provider, &need.scopes, Some((id, call))).await
        }
        Mend::SignIn => failed(&headers, &AccountError::SignInAgain, &format!("/c/{id}")),
        Mend::KeepOne => Redirect::to(PAGE).into_response(),
    }
}

/// The person who connects, in their session.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) actor: &'a Actor,
    pub(super) session: SessionId,
    pub(super) headers: &'a HeaderMap,
}

/// Begins to connect an account of `provider`.
pub(super) async fn begin(
    connect: &Connect,
    Caller { actor, session, headers }: Caller<'_>,
    provider: &str,
    scopes: &[String],
    waiting: Option<(ConversationId, CallId)>,
) -> Response {
    let Some(provider) = connect.accounts.provider(provider) else { return absent() };
    let Ok(state) = random::text() else {
        return trouble::answer(headers, &ApiError::NotNow { service: "randomness".to_owned() });
    };
    let (page, connecting) = match connect.accounts.begin(actor, provider, scopes, &state).await {
        Ok(begun) => begun,
        Err(fault) => return failed(headers, &fault, &back(waiting.as_ref())),
    };
    let now = SystemClock.now();
    let begun = Begun {
        at: now,
        issuer: actor.issuer().to_owned(),
        subject: actor.subject().to_owned(),
        provider: provider.id.clone(),
        connecting,
        waiting,
    };
    let kept = async {
        let plain = serde_json::to_vec(&begun).map_err(|error| Unavailable::new("this server", error.to_string()))?;
        connect.pending.keep(&session.0, &state, &plain, now, now + COUNTS).await
    };
    match kept.await {
        // A page, not a redirect: browsers hold the redirects of a form to `form-action`, and the way leads on to others.
        Ok(()) => document::leading(&provider.name, page.as_str()).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "a pending connection could not be kept");
            trouble::answer(headers, &ApiError::NotNow { service: error.service.to_owned() })
        }
    }
}

/// What was sent back.
#[derive(Deserialize)]
pub struct Callback {
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

/// `GET /auth/connect/callback`: completes what this session began, and lets the call go on that waits for it.
pub async fn callback(
    State(connect): State<Connect>,
    actor: Option<Extension<Actor>>,
    session: Option<Extension<SessionId>>,
    headers: HeaderMap,
    nonce: Option<Extension<PageNonce>>,
    Query(callback): Query<Callback>,
) -> Response {
    let empty = callback.state.is_none() && callback.error.is_none() && callback.code.is_none();
    if let Some(Extension(PageNonce(nonce))) = nonce.as_ref().filter(|_| empty) {
        // The provider may put its answer behind the `#`, which only a script can read.
        return document::unfolding(nonce, "/auth/connect/callback").into_response();
    }
    let (Some(Extension(actor)), Some(Extension(session))) = (actor, session) else {
        return trouble::answer(&headers, &ApiError::SignedOut);
    };
    let begun = match take(&connect, session, callback.state.as_deref()).await {
        Ok(begun) => begun.filter(|begun| begun.issuer == actor.issuer() && begun.subject == actor.subject()),
        Err(error) => {
            tracing::error!(error = %error, "a pending connection could not be looked up");
            return trouble::answer(&headers, &ApiError::NotNow { service: error.service.to_owned() });
        }
    };
    let Some(begun) = begun else {
        tracing::warn!(cause = "unknown state", "an account was not connected");
        return (StatusCode::BAD_REQUEST, connections::refused()).into_response();
    };
    let back = back(begun.waiting.as_ref());
    let answer =
        Answer { connect_code: callback.connect_code, code: callback.code, iss: callback.iss, error: callback.error };
    let missing = match connect.accounts.complete(&actor, &begun.provider, begun.connecting, answer).await {
        Ok(missing) => missing,
        Err(AccountError::Declined(error)) => {
            tracing::info!(code = error, "an account was not connected");
            return (StatusCode::FORBIDDEN, connections::declined(&back)).into_response();
        }
        Err(fault) => return failed(&headers, &fault, &back),
    };
    if let Some((id, call)) = &begun.waiting
        && let Err(error) = connect.services.turns.connected(&actor, id, call).await
    {
        return trouble::answer(&headers, &crate::backend::unread(error));
    }
    if missing.is_empty() {
        return Redirect::to(&back).into_response();
    }
    // Said here, once: a call that needs it has just ended, and to be led to the same question again would be in vain.
    connections::lacking(&missing, &back).into_response()
}

/// Takes out what this session began with this state, so that no state counts twice.
async fn take(connect: &Connect, session: SessionId, state: Option<&str>) -> Result<Option<Begun>, Unavailable> {
    let Some(state) = state else { return Ok(None) };
    let plain = connect.pending.take(&session.0, state).await?;
    let begun = plain.and_then(|plain| serde_json::from_slice::<Begun>(&plain).ok());
    Ok(begun.filter(|begun| counts(begun.at, SystemClock.now())))
}

/// Decides whether a connection that was begun at `begun` can still be completed.
const fn counts(begun: Millis, now: Millis) -> bool {
    begun <= now && begun > now - COUNTS
}

/// Where the person came from: the call that waits, or the page of accounts.
fn back(waiting: Option<&(ConversationId, CallId)>) -> String {
    waiting.map_or_else(|| PAGE.to_owned(), |(id, _)| format!("/c/{id}"))
}

/// What a fault means for the person; its cause is for the log.
pub(super) fn failed(headers: &HeaderMap, fault: &AccountError, back: &str) -> Response {
    tracing::warn!(error = %fault, "an account could not be managed");
    match fault {
        AccountError::SignInAgain => (StatusCode::UNAUTHORIZED, connections::sign_in_again(back)).into_response(),
        AccountError::Declined(_) | AccountError::Refused(_) => {
            (StatusCode::BAD_REQUEST, connections::refused()).into_response()
        }
        AccountError::Unavailable(error) => {
            trouble::answer(headers, &ApiError::NotNow { service: error.service.to_owned() })
        }
    }
}

fn absent() -> Response {
    (StatusCode::NOT_FOUND, trouble::page("There is nothing here", "No account is waited for here.")).into_response()
}

#[cfg(test)]
mod tests {
    use super::counts;

    /// Row 19 of the attacks: a link to a consent that was begun long ago is worth nothing.
    #[test]
    fn attack_19_what_was_begun_counts_for_ten_minutes() {
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
