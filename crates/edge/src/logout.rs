//! Sign-out by the person, and by the provider (OpenID Connect Back-Channel Logout 1.0).

use super::cookies::OwnCookies;
use super::identity::{PrincipalMapping, STORE, SessionUser};
use super::page_error::PageError;
use agent::Actor;
use agent::notifications::{Recipient, Subscriptions};
use agent::ports::{Clock, Unavailable};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dynamo::{DynamoSessions, EndedSignIn, Grants, SignIns};
use oidc::{InvalidLogoutToken, RelyingParty};
use sealing::LiveKeyring;
use serde::Deserialize;
use std::sync::Arc;
use system::SystemClock;
use time::Duration;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

/// The state of the routes for sign-in and sign-out.
#[derive(Debug, Clone)]
pub struct Auth {
    /// The relying party.
    pub relying_party: Arc<RelyingParty>,
    /// The sessions of each sign-in.
    pub sign_ins: SignIns,
    /// The refresh tokens of sign-ins.
    pub grants: Grants,
    /// The session store.
    pub sessions: DynamoSessions,
    /// The keys that seal pending sign-ins.
    pub keyring: Arc<LiveKeyring>,
    /// The rules by which a sign-in becomes an actor.
    pub mapping: PrincipalMapping,
    /// Time from a sign-in to the end of its session, whatever happens in between.
    pub lifetime: Duration,
    /// The browsers in which people are told of requests. Those of an ended session are forgotten.
    pub subscriptions: Subscriptions,
    /// The application's address, to which the provider redirects after a sign-out.
    pub home: Arc<str>,
    /// The cookies.
    pub cookies: OwnCookies,
}

impl Auth {
    /// Returns the person who is signed in by the session `id`; `None` if it has ended, or cannot be decrypted or
    /// parsed.
    ///
    /// # Errors
    /// Returns the cause if the store does not answer.
    pub(super) async fn user(&self, id: &Id) -> Result<Option<SessionUser>, String> {
        let record = self.sessions.load(id).await.map_err(|error| error.to_string())?;
        let Some(user) = record.and_then(|mut record| record.data.remove(SessionUser::KEY)) else { return Ok(None) };
        let user = serde_json::from_value(user);
        Ok(user.inspect_err(|error| tracing::error!(error = %error, "a stored session cannot be read")).ok())
    }
}

/// `POST /auth/logout`: ends the session here, then at the provider.
pub async fn logout(State(auth): State<Auth>, headers: HeaderMap) -> Result<Response, PageError> {
    let Some(id) = auth.cookies.session(&headers) else { return Ok(Redirect::to("/").into_response()) };
    let user = auth.user(&id).await.ok().flatten();
    auth.sessions.delete(&id).await.map_err(|error| {
        tracing::error!(error = %error, "a session could not be ended");
        PageError::not_now(STORE)
    })?;
    let mut response = match user {
        Some(user) => leave(&auth, &user, id).await,
        None => Redirect::to("/").into_response(),
    };
    auth.cookies.forget_session().add_to(&mut response);
    Ok(response)
}

/// Redirects to the page on which the provider ends its own session, if it has one, and revokes the refresh token.
async fn leave(auth: &Auth, user: &SessionUser, id: Id) -> Response {
    if let Ok(actor) = user.actor(&auth.mapping) {
        forget_browsers(auth, &actor, &DynamoSessions::key_of(&id)).await;
        // In the background: a slow provider must not keep the person waiting.
        tokio::spawn(revoke(auth.clone(), actor, id));
    }
    match auth.relying_party.end_session_url(&user.id_token(), &auth.home).await {
        Ok(Some(url)) => Redirect::to(url.as_str()).into_response(),
        Ok(None) => Redirect::to("/").into_response(),
        Err(error) => {
            tracing::warn!(error = %error, "the session at the provider could not be ended");
            Redirect::to("/").into_response()
        }
    }
}

/// Removes the browsers that subscribed by the session that ended.
async fn forget_browsers(auth: &Auth, actor: &Actor, session: &str) {
    if let Err(error) = auth.subscriptions.end_session(&Recipient::from(actor), session).await {
        tracing::warn!(error = %error, "the subscriptions of an ended session could not be removed");
    }
}

/// Deletes the refresh token of the session that ended, and revokes it at the provider.
async fn revoke(auth: Auth, actor: Actor, id: Id) {
    let token = match auth.grants.take(&actor, &id).await {
        Ok(Some(token)) => token,
        Ok(None) => return,
        Err(error) => {
            tracing::warn!(error = %error, "the refresh token of an ended session could not be removed");
            return;
        }
    };
    if let Err(error) = auth.relying_party.revoke(&token).await {
        tracing::warn!(error = %error, "the refresh token of an ended session could not be revoked");
    }
}

/// The body of a back-channel logout request.
#[derive(Deserialize)]
pub struct Backchannel {
    logout_token: String,
}

impl std::fmt::Debug for Backchannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backchannel { .. }")
    }
}

/// `POST /auth/backchannel-logout`: ends the sessions that a verified logout token names.
pub async fn backchannel(State(auth): State<Auth>, Form(body): Form<Backchannel>) -> Response {
    let now = SystemClock.now().div_euclid(1000);
    let status = match end_named(&auth, &body.logout_token, now).await {
        Ok(count) => {
            tracing::info!(sessions = count, "the provider ended sessions");
            StatusCode::OK
        }
        Err(InvalidLogoutToken::Unavailable(error)) => {
            tracing::error!(error = %error, "a back-channel logout failed");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(error) => {
            tracing::warn!(error = %error, "a logout token was refused");
            StatusCode::BAD_REQUEST
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// Ends the sessions of a sign-in, and only then records that the token was served, so that a delivery that failed
/// half-way is repeated. A token that was served before ends nothing more, so that one from the log of a proxy cannot
/// end a later session.
async fn end_named(auth: &Auth, token: &str, now: i64) -> Result<usize, InvalidLogoutToken> {
    let token = auth.relying_party.verify_logout(token, now).await?;
    let issuer = auth.relying_party.issuer().to_owned();
    if auth.sign_ins.was_served(&issuer, &token.jti).await? {
        return Ok(0);
    }
    let jti = token.jti;
    let who = EndedSignIn { issuer, subject: token.subject, sid: token.sid, issued_at: token.issued_at };
    // Recorded before the sessions are looked up, so that a sign-in that is still in progress is either found or
    // refused.
    auth.sign_ins.note_ended(&who, now).await?;
    let keys = auth.sign_ins.find(&who).await?;
    for key in &keys {
        let ended = auth.sessions.end(key).await;
        let held = ended.map_err(|error| Unavailable::new(STORE, error.to_string()))?;
        let user = held.and_then(|mut held| serde_json::from_value::<SessionUser>(held.remove(SessionUser::KEY)?).ok());
        if let Some(Ok(actor)) = user.map(|user| user.actor(&auth.mapping)) {
            forget_browsers(auth, &actor, key).await;
        }
    }
    auth.sign_ins.note_served(&who.issuer, &jti, now).await?;
    Ok(keys.len())
}
