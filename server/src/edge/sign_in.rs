//! Sign-in and its callback: plain routes, which work without any script.

use super::identity::Known;
use super::logout::Auth;
use super::return_to::ReturnTo;
use super::trouble;
use crate::clock::SystemClock;
use ::dynamo::SignInKey;
use ::identity::{Attempt, Callback, SignInError};
use agent::ports::Clock;
use app::wire::ApiError;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use time::Duration;
use tower_sessions::{Expiry, Session};

/// How long a person may take at the provider.
const PATIENCE: Duration = Duration::minutes(15);

/// Most sign-ins that one browser may have begun and not completed.
const MOST_ATTEMPTS: usize = 8;

const ATTEMPTS: &str = "attempts";

/// What the link to the sign-in says.
#[derive(Debug, Deserialize)]
pub struct Login {
    return_to: Option<String>,
}

/// A sign-in that was begun, and where it leads.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Begun {
    attempt: Attempt,
    return_to: String,
}

/// `GET /auth/login`: remembers state, nonce and verifier in this browser's session and leads to the provider.
pub async fn login(
    State(auth): State<Auth>,
    session: Session,
    headers: HeaderMap,
    Query(login): Query<Login>,
) -> Response {
    let begun = match auth.relying_party.begin().await {
        Ok(begun) => begun,
        Err(error) => {
            tracing::error!(error = %error, "no sign-in can begin");
            return trouble::answer(&headers, &ApiError::NotNow { service: error.service.to_owned() });
        }
    };
    let (url, attempt) = begun;
    let return_to = ReturnTo::parse(login.return_to.as_deref()).as_str().to_owned();
    let kept = async {
        let mut attempts = session.get::<Vec<Begun>>(ATTEMPTS).await?.unwrap_or_default();
        attempts.push(Begun { attempt, return_to });
        let surplus = attempts.len().saturating_sub(MOST_ATTEMPTS);
        attempts.drain(..surplus);
        session.insert(ATTEMPTS, attempts).await?;
        if session.get::<Known>(Known::KEY).await?.is_none() {
            session.set_expiry(Some(Expiry::OnInactivity(PATIENCE)));
        }
        session.save().await
    };
    match kept.await {
        Ok(()) => Redirect::to(url.as_str()).into_response(),
        Err(error) => store_failed(&headers, &error),
    }
}

/// `GET /auth/callback`: takes the attempt with this state out of the session, so that no state counts twice.
pub async fn callback(
    State(auth): State<Auth>,
    session: Session,
    headers: HeaderMap,
    Query(callback): Query<Callback>,
) -> Response {
    let begun = match take(&session, callback.state.as_deref()).await {
        Ok(Some(begun)) => begun,
        Ok(None) => {
            tracing::warn!(cause = "unknown state", "a callback was refused");
            return refused();
        }
        Err(error) => return store_failed(&headers, &error),
    };
    match auth.relying_party.complete(begun.attempt, callback).await {
        Ok(who) => match enter(&auth, &session, who).await {
            Ok(()) => Redirect::to(ReturnTo::parse(Some(&begun.return_to)).as_str()).into_response(),
            Err(cause) => {
                tracing::error!(cause, "a sign-in could not be kept");
                trouble::answer(&headers, &ApiError::NotNow { service: "the session store".to_owned() })
            }
        },
        Err(SignInError::Declined(code)) => {
            tracing::info!(code = %code.escape_debug(), "the provider declined a sign-in");
            let page =
                trouble::page("You are not signed in", "The sign-in was cancelled or not allowed. You can try again.");
            (StatusCode::FORBIDDEN, page).into_response()
        }
        Err(SignInError::Refused(cause)) => {
            tracing::warn!(cause, "a callback was refused");
            refused()
        }
        Err(SignInError::Unavailable(error)) => {
            tracing::error!(error = %error, "a sign-in could not be completed");
            trouble::answer(&headers, &ApiError::NotNow { service: error.service.to_owned() })
        }
    }
}

/// The reason is in the log alone: whoever forged the callback learns nothing.
fn refused() -> Response {
    let page =
        trouble::page("You are not signed in", "This sign-in could not be verified, or was used before. Begin again.");
    (StatusCode::BAD_REQUEST, page).into_response()
}

fn store_failed(headers: &HeaderMap, error: &tower_sessions::session::Error) -> Response {
    tracing::error!(error = %error, "the session store failed during a sign-in");
    trouble::answer(headers, &ApiError::NotNow { service: "the session store".to_owned() })
}

async fn take(session: &Session, state: Option<&str>) -> Result<Option<Begun>, tower_sessions::session::Error> {
    let Some(state) = state else { return Ok(None) };
    let mut attempts = session.get::<Vec<Begun>>(ATTEMPTS).await?.unwrap_or_default();
    let Some(place) = attempts.iter().position(|begun| begun.attempt.state == state) else { return Ok(None) };
    let begun = attempts.remove(place);
    session.insert(ATTEMPTS, attempts).await?;
    // Saved before the code is used: a second callback with this state finds nothing, even at the same time.
    session.save().await?;
    Ok(Some(begun))
}

/// Makes this session the person's: under a new id, so that one planted before is worth nothing.
async fn enter(auth: &Auth, session: &Session, who: ::identity::SignedIn) -> Result<(), String> {
    let key = SignInKey { issuer: who.issuer.clone(), subject: Some(who.subject.clone()), sid: who.sid.clone() };
    let refresh_token = who.refresh_token.clone();
    let known = Known::new(who);
    let actor = known.actor(&auth.naming);
    session.cycle_id().await.map_err(|error| error.to_string())?;
    session.set_expiry(Some(Expiry::OnInactivity(auth.lifetime)));
    session.insert(Known::KEY, known).await.map_err(|error| error.to_string())?;
    session.remove_value(ATTEMPTS).await.map_err(|error| error.to_string())?;
    session.save().await.map_err(|error| error.to_string())?;
    let id = session.id().ok_or("a saved session has no id")?;
    let until = session.expiry_date().unix_timestamp();
    if let Err(error) = auth.sign_ins.remember(&key, &id, until).await {
        // A session that could not be ended from outside must not begin.
        let _ = session.flush().await;
        return Err(error.to_string());
    }
    if let (Some(token), Some(actor)) = (refresh_token, actor) {
        let now = SystemClock.now();
        // Without it the sign-in is whole, and only nothing can be borrowed: the card says to sign in again.
        if let Err(error) = auth.grants.keep(&actor, &id, &token, now, until).await {
            tracing::error!(error = %error, "a refresh token could not be kept");
        }
    }
    Ok(())
}
