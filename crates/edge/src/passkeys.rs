//! The page and the calls by which people manage their passkeys. A passkey is enrolled only a short while after an
//! authentication at the provider, so that a session that somebody else uses cannot add one.

use crate::caller::Caller;
use crate::current_user::CurrentUser;
use crate::framed::{Frame, framed};
use crate::identity::Authenticated;
use crate::logout::Auth;
use crate::page_error::PageError;
use crate::script_error::ScriptError;
use crate::services::Services;
use crate::session::SessionId;
use crate::zone::Zone;
use agent::enrolments::{Enrolment, Enrolments};
use agent::ports::{Clock, Millis, Unavailable};
use app::pages::{Destination, Enrolling, Passkey, PasskeysPage};
use approvals::passkey::{Creation, EnrolError, RevokeError};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::{Extension, Form, Json};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use system::{SystemClock, random};
use webauthn::{Bytes, Registration};

/// Longest time since the authentication at the provider, in milliseconds.
const FRESH: Millis = oidc::FRESH_S * 1000;

/// Time that a person may take for the ceremony, in milliseconds.
const CEREMONY: Millis = 5 * 60_000;

/// The state of the routes.
#[derive(Debug, Clone)]
pub(crate) struct PasskeyState {
    pub(crate) services: Arc<Services>,
    pub(crate) auth: Auth,
}

/// `GET /passkeys`.
pub(crate) async fn page(
    State(state): State<PasskeyState>,
    CurrentUser(actor): CurrentUser,
    Extension(authenticated): Extension<Authenticated>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let own = state.services.passkeys.list(&actor).await?;
    let enrolling = if own.len() >= Enrolments::MOST {
        Enrolling::Full
    } else if authenticated.is_within(FRESH, SystemClock.now()) {
        Enrolling::Open
    } else {
        Enrolling::SignInAgain
    };
    let passkeys = own.into_iter().map(|own| shown(own, &frame.zone)).collect();
    let body = view! { <PasskeysPage passkeys enrolling/> }.into_any();
    framed(&state.services, actor, frame, (Destination::Passkeys, app::texts().nav_passkeys()), body).await
}

fn shown(own: Enrolment, zone: &Zone) -> Passkey {
    Passkey {
        id: own.credential_id,
        name: text::visible(&own.name),
        enrolled: zone.full(own.enrolled),
        used: own.used.map(|used| zone.full(used)),
        backed_up: own.backed_up,
    }
}

/// The options of an enrolment, and the sealed challenge that the answer must bring along.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    token: String,
    public_key: Creation,
}

/// A begun enrolment, sealed for its session.
#[derive(Debug, Serialize, Deserialize)]
struct Pending {
    challenge: Bytes,
    until: Millis,
}

/// `POST /passkeys/options`: begins an enrolment. Nothing is stored on the server.
pub(crate) async fn options(
    State(state): State<PasskeyState>,
    Caller { actor, session, authenticated }: Caller,
) -> Result<Json<Begun>, ScriptError> {
    let now = SystemClock.now();
    if !authenticated.is_within(FRESH, now) {
        return Err(sign_in_again());
    }
    let failed = |cause: String| Unavailable::new("this server", cause);
    let challenge = random::text().map_err(|error| failed(error.to_string()))?.into_bytes();
    let challenge = Bytes::try_from(challenge).map_err(|error| failed(error.to_string()))?;
    let public_key = state.services.passkeys.creation(&actor, &challenge).await?;
    let pending = Pending { challenge, until: now + CEREMONY };
    let plain = serde_json::to_vec(&pending).map_err(|error| failed(error.to_string()))?;
    let token = state.auth.keyring.now().seal_cookie(&place(session), &plain)?;
    Ok(Json(Begun { token, public_key }))
}

fn place(session: SessionId) -> String {
    format!("passkey enrolment {}", session.tag())
}

/// The answer to an enrolment.
#[derive(Debug, Deserialize)]
pub(crate) struct Enrolled {
    token: String,
    name: String,
    response: Registration,
}

/// `POST /passkeys/enrol`: completes an enrolment.
pub(crate) async fn enrol(
    State(state): State<PasskeyState>,
    Caller { actor, session, authenticated }: Caller,
    Json(enrolled): Json<Enrolled>,
) -> Result<Json<serde_json::Value>, ScriptError> {
    let now = SystemClock.now();
    // Each enrolment is recorded for good, so they are limited like messages.
    state.services.turns.count_post(&actor).map_err(|_| too_fast())?;
    let plain = state.auth.keyring.now().open_cookie(&place(session), &enrolled.token);
    let pending = plain.and_then(|plain| serde_json::from_slice::<Pending>(&plain).ok());
    let pending = pending.filter(|pending| now < pending.until);
    let pending = pending.ok_or(ScriptError::of(StatusCode::GONE, "This took too long. Start again."))?;
    // With the time of the ceremony on top, or a person who hesitates would have to sign in twice.
    if !authenticated.is_within(FRESH + CEREMONY, now) {
        return Err(sign_in_again());
    }
    let Enrolled { name, response, .. } = enrolled;
    match state.services.passkeys.enrol(&actor, &name, &pending.challenge, &response, now).await {
        Ok(_) => Ok(Json(serde_json::json!({}))),
        Err(EnrolError::Unavailable(error)) => Err(error.into()),
        Err(EnrolError::NotEnrolled(_)) => {
            Err(ScriptError::of(StatusCode::CONFLICT, "You have this passkey already, or too many of them."))
        }
        Err(EnrolError::Response(reason)) => {
            tracing::warn!(%reason, "the registration of a passkey was refused");
            Err(ScriptError::of(StatusCode::BAD_REQUEST, "This passkey cannot be used here."))
        }
    }
}

const fn too_fast() -> ScriptError {
    ScriptError::of(StatusCode::TOO_MANY_REQUESTS, "You are doing this very often. Try again in a minute.")
}

fn sign_in_again() -> ScriptError {
    ScriptError::of(StatusCode::FORBIDDEN, "Sign in again, then set up the passkey.")
}

/// The passkey to revoke.
#[derive(Debug, Deserialize)]
pub(crate) struct Revoked {
    id: String,
}

/// `POST /passkeys/revoke`.
pub(crate) async fn revoke(
    State(state): State<PasskeyState>,
    CurrentUser(actor): CurrentUser,
    Form(Revoked { id }): Form<Revoked>,
) -> Result<Redirect, PageError> {
    match state.services.passkeys.revoke(&actor, &id, SystemClock.now()).await {
        Ok(()) | Err(RevokeError::Unknown) => Ok(Redirect::to("/passkeys")),
        Err(RevokeError::Unavailable(error)) => Err(error.into()),
    }
}
