//! Sign-out by the person, and by the provider (OpenID Connect Back-Channel Logout 1.0).

use super::identity::{PrincipalMapping, SessionUser};
use super::trouble;
use crate::clock::SystemClock;
use ::dynamo::{DynamoSessions, Grants, SignInKey, SignIns};
use ::oidc::{InvalidLogoutToken, RelyingParty};
use agent::Actor;
use agent::ports::Clock;
use app::wire::ApiError;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use time::Duration;
use tower_sessions::Session;
use tower_sessions::session::Id;

/// The parts of sign-in and sign-out.
#[derive(Debug, Clone)]
pub struct Auth {
    /// The relying party.
    pub relying_party: Arc<RelyingParty>,
    /// Which sessions belong to which sign-in.
    pub sign_ins: SignIns,
    /// The refresh tokens of sign-ins.
    pub grants: Grants,
    /// Sessions, to end those of others.
    pub sessions: DynamoSessions,
    /// The rules by which a sign-in becomes an actor.
    pub mapping: PrincipalMapping,
    /// How long a session lives.
    pub lifetime: Duration,
    /// The application's address, where the provider sends people after a sign-out.
    pub home: Arc<str>,
}

/// `POST /auth/logout`: ends the session here, then at the provider.
pub async fn logout(State(auth): State<Auth>, session: Session, headers: HeaderMap) -> Response {
    let user = session.get::<SessionUser>(SessionUser::KEY).await.ok().flatten();
    let id = session.id();
    if let Err(error) = session.flush().await {
        tracing::error!(error = %error, "a session could not be ended");
        return trouble::answer(&headers, &ApiError::NotNow { service: "the session store".to_owned() });
    }
    let Some(user) = user else { return Redirect::to("/").into_response() };
    if let (Ok(actor), Some(id)) = (user.actor(&auth.mapping), id) {
        // In the background: a provider that is slow must not keep the person waiting.
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

/// Forgets the refresh token of the session that ended, and revokes it at the provider.
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

/// The body of a back-channel logout.
#[derive(Deserialize)]
pub struct Backchannel {
    logout_token: String,
}

impl std::fmt::Debug for Backchannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backchannel { .. }")
    }
}

/// `POST /auth/backchannel-logout`: ends the sessions that a verified logout token names, once.
pub async fn backchannel(State(auth): State<Auth>, Form(body): Form<Backchannel>) -> Response {
    let now = SystemClock.now().div_euclid(1000);
    let status = match end_named(&auth, &body.logout_token, now).await {
        Ok(count) => {
            tracing::info!(sessions = count, "the provider ended sessions");
            StatusCode::OK
        }
        Err(InvalidLogoutToken::Unavailable(error)) => {
            tracing::error!(error = %error, "a logout token could not be served");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(error) => {
            tracing::warn!(error = %error, "a logout token was refused");
            StatusCode::BAD_REQUEST
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn end_named(auth: &Auth, token: &str, now: i64) -> Result<usize, InvalidLogoutToken> {
    let token = auth.relying_party.verify_logout(token, now).await?;
    let issuer = auth.relying_party.issuer().to_owned();
    if !auth.sign_ins.take_once(&issuer, &token.jti, now + 3600).await? {
        return Err(InvalidLogoutToken::Claim("jti was taken before"));
    }
    let keys = auth.sign_ins.find(&SignInKey { issuer, subject: token.subject, sid: token.sid }).await?;
    for key in &keys {
        let ended = auth.sessions.end(key).await;
        ended.map_err(|error| agent::ports::Unavailable::new("the session store", error.to_string()))?;
    }
    Ok(keys.len())
}
