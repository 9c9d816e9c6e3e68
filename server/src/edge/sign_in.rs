//! Sign-in and its callback: plain routes, which work without any script.

use super::identity::{SessionUser, Unnamed};
use super::logout::Auth;
use super::return_to::ReturnTo;
use super::trouble;
use crate::clock::SystemClock;
use ::dynamo::SignInKey;
use ::oidc::{AuthorizationOptions, Callback, PendingSignIn, SignInError, SignedIn};
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

/// The query of the link to the sign-in. Auth0 sends people with `organization` and `invitation` when they are invited.
#[derive(Debug, Deserialize)]
pub struct Login {
    return_to: Option<String>,
    organization: Option<String>,
    invitation: Option<String>,
}

/// A sign-in in progress, and the page that it leads to.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Attempt {
    pending: PendingSignIn,
    return_to: String,
}

/// `GET /auth/login`: remembers state, nonce and verifier in this browser's session and leads to the provider.
pub async fn login(
    State(auth): State<Auth>,
    session: Session,
    headers: HeaderMap,
    Query(login): Query<Login>,
) -> Response {
    let options = AuthorizationOptions { organization: login.organization, invitation: login.invitation };
    let (url, pending) = match auth.relying_party.begin(options).await {
        Ok(begun) => begun,
        Err(error) => {
            tracing::error!(error = %error, "no sign-in can begin");
            return trouble::answer(&headers, &ApiError::NotNow { service: error.service.to_owned() });
        }
    };
    let return_to = ReturnTo::parse(login.return_to.as_deref()).as_str().to_owned();
    let kept = async {
        let mut attempts = session.get::<Vec<Attempt>>(ATTEMPTS).await?.unwrap_or_default();
        attempts.push(Attempt { pending, return_to });
        let surplus = attempts.len().saturating_sub(MOST_ATTEMPTS);
        attempts.drain(..surplus);
        session.insert(ATTEMPTS, attempts).await?;
        if session.get::<SessionUser>(SessionUser::KEY).await?.is_none() {
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
    let attempt = match take(&session, callback.state.as_deref()).await {
        Ok(Some(attempt)) => attempt,
        Ok(None) => return spent(&session).await,
        Err(error) => return store_failed(&headers, &error),
    };
    match auth.relying_party.complete(attempt.pending, callback).await {
        Ok(person) => match enter(&auth, &session, person).await {
            Ok(()) => Redirect::to(ReturnTo::parse(Some(&attempt.return_to)).as_str()).into_response(),
            Err(EnterError::Unnamed(reason)) => {
                tracing::warn!(%reason, "a person signed in and cannot be named in FGA: see FGA_PRINCIPAL");
                unnamed(&reason)
            }
            Err(EnterError::Store(cause)) => {
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

/// The answer to a callback that belongs to no sign-in in progress. A person who is signed in has opened an old address, or
/// finished in another tab: they go on. For anybody else it is refused.
async fn spent(session: &Session) -> Response {
    if matches!(session.get::<SessionUser>(SessionUser::KEY).await, Ok(Some(_))) {
        return Redirect::to("/").into_response();
    }
    tracing::warn!(cause = "unknown state", "a callback was refused");
    refused()
}

/// The page of a person whom the provider signed in and FGA cannot name. It says the reason and whom to tell.
fn unnamed(reason: &Unnamed) -> Response {
    let missing = match reason {
        Unnamed::NoEmail => "it did not send your e-mail address",
        Unnamed::UnverifiedEmail => "it did not confirm your e-mail address",
        Unnamed::NoClaim(_) => "it did not send the account detail that identifies you here",
    };
    let sentence = format!(
        "Your company's sign-in service knows you, but {missing}, so your permissions cannot be looked up. Please tell the          person who runs this help desk; their log names the setting to change."
    );
    (StatusCode::FORBIDDEN, trouble::page("You are not signed in here", &sentence)).into_response()
}

async fn take(session: &Session, state: Option<&str>) -> Result<Option<Attempt>, tower_sessions::session::Error> {
    let Some(state) = state else { return Ok(None) };
    let mut attempts = session.get::<Vec<Attempt>>(ATTEMPTS).await?.unwrap_or_default();
    let Some(place) = attempts.iter().position(|attempt| attempt.pending.state == state) else { return Ok(None) };
    let attempt = attempts.remove(place);
    session.insert(ATTEMPTS, attempts).await?;
    // Saved before the code is used: a second callback with this state finds nothing, even at the same time.
    session.save().await?;
    Ok(Some(attempt))
}

/// A session that was not made the person's.
enum EnterError {
    Unnamed(Unnamed),
    Store(String),
}

impl<E: std::error::Error> From<E> for EnterError {
    fn from(error: E) -> Self {
        Self::Store(error.to_string())
    }
}

/// Makes this session the person's: under a new id, so that one planted before is worth nothing. Sign-ins that other tabs
/// have in progress stay, so that each tab can finish its own.
async fn enter(auth: &Auth, session: &Session, person: SignedIn) -> Result<(), EnterError> {
    let key =
        SignInKey { issuer: person.issuer.clone(), subject: Some(person.subject.clone()), sid: person.sid.clone() };
    let refresh_token = person.refresh_token.clone();
    let user = SessionUser::new(person);
    let actor = user.actor(&auth.mapping).map_err(EnterError::Unnamed)?;
    session.cycle_id().await?;
    session.set_expiry(Some(Expiry::OnInactivity(auth.lifetime)));
    session.insert(SessionUser::KEY, user).await?;
    session.save().await?;
    let id = session.id().ok_or_else(|| EnterError::Store("a saved session has no id".to_owned()))?;
    let until = session.expiry_date().unix_timestamp();
    if let Err(error) = auth.sign_ins.remember(&key, &id, until).await {
        // A session that could not be ended from outside must not begin.
        let _ = session.flush().await;
        return Err(error.into());
    }
    if let Some(token) = refresh_token {
        let now = SystemClock.now();
        // The sign-in is whole without it; only no account can be used, and the card says to sign in again.
        if let Err(error) = auth.grants.keep(&actor, &id, &token, now, until).await {
            tracing::error!(error = %error, "a refresh token could not be kept");
        }
    }
    Ok(())
}
