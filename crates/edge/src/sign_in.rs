//! Sign-in and its callback: plain routes that work without any script.

use super::attempts::{Attempt, Attempts};
use super::identity::{STORE, SessionUser, Unnamed};
use super::logout::Auth;
use super::page_error::PageError;
use super::return_to::ReturnTo;
use agent::ports::Clock;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use dynamo::{BeginError, SignInKey};
use oidc::{AuthorizationOptions, Callback, SignInError, SignedIn};
use sealing::Keyring;
use serde::Deserialize;
use std::collections::HashMap;
use system::SystemClock;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

/// The query of the sign-in link. Auth0 adds `organization` and `invitation` for people who are invited.
#[derive(Debug, Deserialize)]
pub(crate) struct Login {
    return_to: Option<String>,
    organization: Option<String>,
    invitation: Option<String>,
    /// Set to sign in again although the provider still knows the person.
    #[serde(default)]
    again: bool,
}

/// `GET /auth/login`: gives state, nonce and code verifier to this browser in a sealed cookie, and redirects to the
/// provider. Nothing is stored on the server.
pub(crate) async fn login(
    State(auth): State<Auth>,
    headers: HeaderMap,
    Query(login): Query<Login>,
) -> Result<Response, PageError> {
    let options =
        AuthorizationOptions { organization: login.organization, invitation: login.invitation, again: login.again };
    let (url, pending) = auth.relying_party.begin(options).await?;
    let return_to = ReturnTo::parse(login.return_to.as_deref());
    let keyring = auth.keyring.now();
    let cookies = attempts(&auth, &keyring).keep(&headers, pending, &return_to)?;
    let mut response = Redirect::to(url.as_str()).into_response();
    cookies.into_iter().for_each(|cookie| cookie.add_to(&mut response));
    Ok(response)
}

fn attempts<'a>(auth: &Auth, keyring: &'a Keyring) -> Attempts<'a> {
    Attempts { keyring, cookies: auth.cookies, now: SystemClock.now() }
}

/// `GET /auth/callback`: completes the sign-in that this browser began with this state, and deletes its cookie.
pub(crate) async fn callback(
    State(auth): State<Auth>,
    headers: HeaderMap,
    Query(callback): Query<Callback>,
) -> Response {
    let state = callback.state.clone().unwrap_or_default();
    let keyring = auth.keyring.now();
    let Some(attempt) = attempts(&auth, &keyring).find(&headers, &state) else {
        return spent(&auth, &headers).await.into_response();
    };
    let mut response = complete(&auth, &headers, attempt, callback).await.into_response();
    auth.cookies.forget_sign_in(&state).add_to(&mut response);
    response
}

async fn complete(
    auth: &Auth,
    headers: &HeaderMap,
    attempt: Attempt,
    callback: Callback,
) -> Result<Response, PageError> {
    let person = auth.relying_party.complete(attempt.pending, callback).await?;
    let id = enter(auth, headers, person).await?;
    let mut response = Redirect::to(ReturnTo::parse(Some(&attempt.return_to)).as_str()).into_response();
    auth.cookies.keep_session(&id, auth.lifetime).add_to(&mut response);
    Ok(response)
}

impl From<SignInError> for PageError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Declined(code) => {
                tracing::info!(code = %code.escape_debug(), "the provider refused a sign-in");
                let sentence = "The sign-in was cancelled or not allowed. You can try again.";
                Self::plain(StatusCode::FORBIDDEN, "You are not signed in", sentence)
            }
            SignInError::Refused(cause) => {
                tracing::warn!(cause, "a callback was refused");
                refused()
            }
            SignInError::Unavailable(error) => error.into(),
        }
    }
}

/// The reason is only in the log, so that whoever forged the callback learns nothing.
fn refused() -> PageError {
    let sentence = "This sign-in could not be verified, or was already used. Start again.";
    PageError::plain(StatusCode::BAD_REQUEST, "You are not signed in", sentence)
}

/// Answers a callback that belongs to no pending sign-in. A person who is signed in has opened an old address, or
/// finished in another tab, and is sent to the start page. For anybody else the callback is refused.
async fn spent(auth: &Auth, headers: &HeaderMap) -> Result<Response, PageError> {
    if let Some(id) = auth.cookies.session(headers)
        && matches!(auth.user(&id).await, Ok(Some(_)))
    {
        return Ok(Redirect::to("/").into_response());
    }
    tracing::warn!(cause = "unknown state", "a callback was refused");
    Err(refused())
}

/// Returns the page for a person whom the provider signed in and FGA cannot name. It says the reason and whom to tell.
fn unnamed(reason: &Unnamed) -> PageError {
    let missing = match reason {
        Unnamed::NoEmail => "it did not send your e-mail address",
        Unnamed::UnverifiedEmail => "it did not confirm your e-mail address",
        Unnamed::NoClaim(_) => "it did not send the account detail that identifies you here",
    };
    let sentence = format!(
        "Your company's sign-in service knows you, but {missing}, so your permissions cannot be looked up. Please tell the \
         person who runs this help desk; their log names the setting to change."
    );
    PageError::plain(StatusCode::FORBIDDEN, "You are not signed in here", &sentence)
}

/// The reason why a sign-in did not become a session.
enum EnterError {
    Unnamed(Unnamed),
    Ended,
    Store(String),
}

impl From<EnterError> for PageError {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::Unnamed(reason) => {
                tracing::warn!(%reason, "a signed-in person has no FGA name: see FGA_PRINCIPAL");
                unnamed(&reason)
            }
            EnterError::Ended => {
                tracing::info!("the provider ended a sign-in before its session began");
                refused()
            }
            EnterError::Store(cause) => {
                tracing::error!(cause, "a sign-in could not be stored");
                Self::not_now(STORE)
            }
        }
    }
}

impl From<BeginError> for EnterError {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Ended => Self::Ended,
            BeginError::Store(error) => Self::Store(error.to_string()),
        }
    }
}

/// Begins the person's session under a new id, so that a planted id is worth nothing (session fixation), and ends the
/// session that this browser had. The session's end is fixed now: nothing prolongs it.
async fn enter(auth: &Auth, headers: &HeaderMap, person: SignedIn) -> Result<Id, EnterError> {
    let store = |error: &dyn std::fmt::Display| EnterError::Store(error.to_string());
    let sign_in = SignInKey {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        sid: person.sid.clone(),
        issued_at: person.issued_at,
    };
    let refresh_token = person.refresh_token.clone();
    let user = SessionUser::new(person);
    let actor = user.actor(&auth.mapping).map_err(EnterError::Unnamed)?;
    if let Some(before) = auth.cookies.session(headers) {
        auth.sessions.delete(&before).await.map_err(|error| store(&error))?;
    }
    let data = HashMap::from([
        (SessionUser::KEY.to_owned(), serde_json::to_value(user).map_err(|error| store(&error))?),
        (SignInKey::FIELD.to_owned(), serde_json::to_value(sign_in).map_err(|error| store(&error))?),
    ]);
    let expiry_date = OffsetDateTime::now_utc() + auth.lifetime;
    let mut record = Record { id: Id::default(), data, expiry_date };
    auth.sessions.begin(&mut record).await?;
    if let Some(token) = refresh_token {
        let (now, until) = (SystemClock.now(), expiry_date.unix_timestamp());
        // The sign-in is complete without it. Only accounts cannot be used, and the card then says to sign in again.
        if let Err(error) = auth.grants.keep(&actor, &record.id, &token, now, until).await {
            tracing::error!(error = %error, "a refresh token could not be stored");
        }
    }
    Ok(record.id)
}
